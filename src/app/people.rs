//! The list of people: filter, order and counts, apart from its drawing.

use std::collections::BTreeMap;

use super::words::person::{PeopleGroup, devices, who};
use crate::simulator::{MessageRecord, MessageState, result::PersonSummary};

/// A column of the table.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum PeopleColumn {
    /// The best name there is.
    #[default]
    Person,
    /// How many devices.
    Devices,
    /// How many events.
    Events,
    /// When they were first seen.
    First,
    /// When they were last seen.
    Last,
    /// How many messages went out to them.
    Sent,
    /// How many did not.
    NotSent,
}

impl PeopleColumn {
    /// From left to right.
    pub const ALL: [Self; 7] =
        [Self::Person, Self::Devices, Self::Events, Self::First, Self::Last, Self::Sent, Self::NotSent];
    /// The heading.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Person => "Person",
            Self::Devices => "Devices",
            Self::Events => "Events",
            Self::First => "First seen",
            Self::Last => "Last seen",
            Self::Sent => "Sent",
            Self::NotSent => "Not sent",
        }
    }
    /// Whether it holds a number that stands at the right.
    pub const fn is_number(self) -> bool {
        matches!(self, Self::Devices | Self::Events | Self::Sent | Self::NotSent)
    }
}

/// Who is listed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum PeopleFilter {
    /// Everybody.
    #[default]
    Everybody,
    /// Only a group.
    Group(PeopleGroup),
    /// Only those to whom some message did not go out.
    NotSent,
}

impl PeopleFilter {
    /// In the order of the menu.
    pub const ALL: [Self; 5] = [
        Self::Everybody,
        Self::Group(PeopleGroup::Known),
        Self::Group(PeopleGroup::Anonymous),
        Self::Group(PeopleGroup::SeveralDevices),
        Self::NotSent,
    ];
    /// What the menu calls it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Everybody => "Everybody",
            Self::Group(group) => group.name(),
            Self::NotSent => "Messages not sent",
        }
    }
}

/// How the list is filtered and sorted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PeopleList {
    /// Text that any identifier must contain, whatever the case.
    pub text: String,
    /// Who is listed.
    pub filter: PeopleFilter,
    /// Sorted by.
    pub sort: PeopleColumn,
    /// From last to first.
    pub descending: bool,
}

/// Messages of one person.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Got {
    /// Went out.
    pub sent: u32,
    /// Did not.
    pub not_sent: u32,
}

/// Messages of each of the people, in their order. A message belongs to whoever has one of the
/// identifiers it was attempted with.
pub fn got(people: &[PersonSummary], messages: &[MessageRecord]) -> Vec<Got> {
    let owner: BTreeMap<&str, usize> = people
        .iter()
        .enumerate()
        .flat_map(|(at, person)| person.identifiers.iter().map(move |id| (id.as_str(), at)))
        .collect();
    let mut got = vec![Got::default(); people.len()];
    for message in messages {
        let Some(at) = message.identifiers.iter().find_map(|id| owner.get(id.as_str())) else { continue };
        match message.state {
            MessageState::Sent => got[*at].sent += 1,
            MessageState::NotSent => got[*at].not_sent += 1,
            MessageState::Skipped | MessageState::Waiting => {}
        }
    }
    got
}

/// Positions of the people that pass the filter, in the order of the list.
pub fn rows(people: &[PersonSummary], got: &[Got], list: &PeopleList) -> Vec<usize> {
    let wanted = list.text.trim().to_lowercase();
    let of = |at: usize| got.get(at).copied().unwrap_or_default();
    let passes = |at: usize, person: &PersonSummary| match list.filter {
        PeopleFilter::Everybody => true,
        PeopleFilter::Group(group) => group.holds(person),
        PeopleFilter::NotSent => of(at).not_sent > 0,
    };
    let holds = |person: &PersonSummary| {
        wanted.is_empty() || person.identifiers.iter().any(|id| id.to_lowercase().contains(&wanted))
    };
    let mut rows: Vec<usize> = people
        .iter()
        .enumerate()
        .filter(|(at, person)| passes(*at, person) && holds(person))
        .map(|(at, _)| at)
        .collect();
    let number = |at: usize| match list.sort {
        PeopleColumn::Person => 0,
        PeopleColumn::Devices => devices(&people[at].identifiers) as i64,
        PeopleColumn::Events => people[at].events as i64,
        PeopleColumn::First => people[at].first_ms,
        PeopleColumn::Last => people[at].last_ms,
        PeopleColumn::Sent => i64::from(of(at).sent),
        PeopleColumn::NotSent => i64::from(of(at).not_sent),
    };
    // Those who are known come first, then by name: nobody looks for a device's id.
    rows.sort_by_cached_key(|at| (number(*at), !people[*at].known, who(&people[*at].identifiers)));
    if list.descending {
        rows.reverse();
    }
    rows
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::fixture;

    #[test]
    fn people_are_found_by_any_identifier_and_counted() {
        let result = fixture::outcome().result;
        let got = got(&result.people, &result.messages);
        let sent: u32 = got.iter().map(|it| it.sent).sum();
        let all = result.messages.iter().filter(|it| it.state == MessageState::Sent).count();
        assert_eq!(sent as usize, all, "every message has an owner");
        let list = PeopleList { text: "ANA.KELLER".to_owned(), ..PeopleList::default() };
        let [one] = rows(&result.people, &got, &list)[..] else { panic!("one person") };
        assert!(result.people[one].identifiers.iter().any(|id| id == "user_id:u-7"));
        let by_device = PeopleList { text: "5e1f0c52".to_owned(), ..PeopleList::default() };
        assert_eq!(rows(&result.people, &got, &by_device), [one]);
    }

    #[test]
    fn the_list_is_filtered_and_sorted() {
        let result = fixture::outcome().result;
        let got = got(&result.people, &result.messages);
        let list = |filter, sort| PeopleList { filter, sort, descending: true, ..PeopleList::default() };
        let rows = |list: &PeopleList| super::rows(&result.people, &got, list);
        let most = rows(&list(PeopleFilter::Everybody, PeopleColumn::Events));
        assert!(most.windows(2).all(|pair| result.people[pair[0]].events >= result.people[pair[1]].events));
        let unlucky = rows(&list(PeopleFilter::NotSent, PeopleColumn::NotSent));
        assert!(!unlucky.is_empty() && unlucky.iter().all(|at| got[*at].not_sent > 0));
        let known = rows(&list(PeopleFilter::Group(PeopleGroup::Known), PeopleColumn::Person));
        assert!(known.len() < most.len());
    }
}
