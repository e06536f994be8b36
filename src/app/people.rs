//! The list of people: filter, order and counts, apart from its drawing.

use rayon::prelude::*;

use crate::{
    lab::{self, Directory},
    simulator::{MessageState, ReplayResult, result::PersonSummary},
    words::person::{PeopleGroup, devices, who},
};

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
    /// Only those whom other history joined.
    Merged,
    /// Only those about whom a link was refused.
    Refused,
    /// Only those with an address that likely reaches nobody.
    BadAddress,
    /// Only those to whom some message did not go out.
    NotSent,
}

impl PeopleFilter {
    /// In the order of the menu.
    pub const ALL: [Self; 8] = [
        Self::Everybody,
        Self::Group(PeopleGroup::Known),
        Self::Group(PeopleGroup::Anonymous),
        Self::Group(PeopleGroup::SeveralDevices),
        Self::Merged,
        Self::Refused,
        Self::BadAddress,
        Self::NotSent,
    ];
    /// What the menu calls it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Everybody => "Everybody",
            Self::Group(PeopleGroup::Anonymous) => "Never identified",
            Self::Group(group) => group.name(),
            Self::Merged => "Merged",
            Self::Refused => "Refused links",
            Self::BadAddress => "Bad address",
            Self::NotSent => "Messages not sent",
        }
    }
    /// Whether somebody is listed.
    pub fn passes(self, person: &PersonSummary, marks: Marks, got: Got) -> bool {
        match self {
            Self::Everybody => true,
            Self::Group(group) => group.holds(person),
            Self::Merged => marks.merged,
            Self::Refused => marks.refused,
            Self::BadAddress => marks.bad_address,
            Self::NotSent => got.not_sent > 0,
        }
    }
}

/// What somebody can be filtered by that takes a search to find out.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Marks {
    /// Other history joined them.
    pub merged: bool,
    /// A link was refused.
    pub refused: bool,
    /// An address of theirs likely reaches nobody.
    pub bad_address: bool,
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

/// The people of a result, prepared so that a great many are filtered between two frames. Lists
/// are in the order of the people.
#[derive(Debug, Default)]
pub struct PeopleIndex {
    /// Messages of each.
    pub got: Vec<Got>,
    /// How many each filter lists.
    pub counts: Vec<(PeopleFilter, u64)>,
    marks: Vec<Marks>,
    /// The place of each when those who are known come first, then by name: nobody looks for a
    /// device's id.
    places: Vec<u32>,
    /// Every identifier of each, in lower case.
    searched: Vec<String>,
}

impl PeopleIndex {
    /// Prepares the people of a result. A message belongs to whoever has one of the identifiers it
    /// was attempted with.
    pub fn of(result: &ReplayResult, directory: &Directory) -> Self {
        let people = &result.people;
        let mut order: Vec<usize> = (0..people.len()).collect();
        order.sort_by_cached_key(|at| (!people[*at].known, who(&people[*at].identifiers)));
        let mut places = vec![0; people.len()];
        for (place, at) in (0_u32..).zip(order) {
            places[at] = place;
        }
        let mut index = Self {
            got: (0..people.len()).map(|at| Got::of(result, directory.messages(at))).collect(),
            counts: Vec::new(),
            marks: people
                .par_iter()
                .enumerate()
                .map(|(at, person)| Marks::of(directory, at, person))
                .collect(),
            places,
            searched: people.par_iter().map(|it| it.identifiers.join("\n").to_lowercase()).collect(),
        };
        index.counts = PeopleFilter::ALL
            .map(|filter| {
                (filter, (0..people.len()).filter(|at| index.passes(people, *at, filter)).count() as u64)
            })
            .to_vec();
        index
    }

    fn passes(&self, people: &[PersonSummary], at: usize, filter: PeopleFilter) -> bool {
        match (people.get(at), self.marks.get(at), self.got.get(at)) {
            (Some(person), Some(marks), Some(got)) => filter.passes(person, *marks, *got),
            _ => false,
        }
    }

    /// Positions of the first few people, by name, of whom an identifier holds a text.
    pub fn find(&self, text: &str, at_most: usize) -> Vec<usize> {
        let wanted = text.trim().to_lowercase();
        let holds = |at: &usize| self.searched[*at].contains(&wanted);
        let mut found: Vec<usize> = (0..self.places.len()).into_par_iter().filter(holds).collect();
        found.sort_unstable_by_key(|at| self.places[*at]);
        found.truncate(at_most);
        found
    }

    /// Positions of the people that pass the filter, in the order of the list.
    pub fn list(&self, people: &[PersonSummary], list: &PeopleList) -> Vec<usize> {
        let wanted = list.text.trim().to_lowercase();
        let holds = |at: &usize| wanted.is_empty() || self.searched[*at].contains(&wanted);
        let passes = |at: &usize| self.passes(people, *at, list.filter) && holds(at);
        let mut rows: Vec<usize> = (0..self.places.len()).into_par_iter().filter(passes).collect();
        let number = |at: usize| match list.sort {
            PeopleColumn::Person => 0,
            PeopleColumn::Devices => devices(&people[at].identifiers) as i64,
            PeopleColumn::Events => people[at].events as i64,
            PeopleColumn::First => people[at].first_ms,
            PeopleColumn::Last => people[at].last_ms,
            PeopleColumn::Sent => i64::from(self.got[at].sent),
            PeopleColumn::NotSent => i64::from(self.got[at].not_sent),
        };
        rows.par_sort_unstable_by_key(|at| (number(*at), self.places[*at]));
        if list.descending {
            rows.reverse();
        }
        rows
    }
}

impl Got {
    fn of(result: &ReplayResult, messages: &[u32]) -> Self {
        let mut got = Self::default();
        for at in messages {
            match result.messages[*at as usize].state {
                MessageState::Sent => got.sent += 1,
                MessageState::NotSent => got.not_sent += 1,
                MessageState::Skipped | MessageState::Waiting => {}
            }
        }
        got
    }
}

impl Marks {
    fn of(directory: &Directory, at: usize, person: &PersonSummary) -> Self {
        Self {
            merged: !directory.merges(at).is_empty(),
            refused: !directory.refusals(at).is_empty(),
            bad_address: lab::person::bad_addresses(person).next().is_some(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::fixture;

    fn with<R>(test: impl FnOnce(&ReplayResult, &PeopleIndex) -> R) -> R {
        let outcome = fixture::outcome();
        test(&outcome.result, &outcome.index.people)
    }

    #[test]
    fn people_are_found_by_any_identifier_and_counted() {
        with(|result, index| {
            let sent: u32 = index.got.iter().map(|it| it.sent).sum();
            let all = result.messages.iter().filter(|it| it.state == MessageState::Sent).count();
            assert_eq!(sent as usize, all, "every message has an owner");
            let list = PeopleList { text: "ANA.KELLER".to_owned(), ..PeopleList::default() };
            let [one] = index.list(&result.people, &list)[..] else { panic!("one person") };
            assert!(result.people[one].identifiers.iter().any(|id| id == "user_id:u-7"));
            let by_device = PeopleList { text: "5e1f0c52".to_owned(), ..PeopleList::default() };
            assert_eq!(index.list(&result.people, &by_device), [one]);
        });
    }

    #[test]
    fn the_list_is_filtered_and_sorted() {
        with(|result, index| {
            let list = |filter, sort| PeopleList { filter, sort, descending: true, ..PeopleList::default() };
            let rows = |filter, sort| index.list(&result.people, &list(filter, sort));
            let most = rows(PeopleFilter::Everybody, PeopleColumn::Events);
            let events = |at: usize| result.people[at].events;
            assert!(most.windows(2).all(|pair| events(pair[0]) >= events(pair[1])));
            let unlucky = rows(PeopleFilter::NotSent, PeopleColumn::NotSent);
            assert!(!unlucky.is_empty() && unlucky.iter().all(|at| index.got[*at].not_sent > 0));
        });
    }

    #[test]
    fn every_filter_lists_as_many_as_its_menu_says_and_leaves_somebody_out() {
        with(|result, index| {
            for (filter, count) in index.counts.iter().copied() {
                let listed = index.list(&result.people, &PeopleList { filter, ..PeopleList::default() });
                assert_eq!(listed.len() as u64, count, "{filter:?}");
                let some = count > 0 && count < result.people.len() as u64;
                // Where visitors have profiles of their own nothing has to be refused.
                let whole = matches!(filter, PeopleFilter::Everybody | PeopleFilter::Refused);
                assert!(some || whole, "{filter:?}: {count}");
            }
        });
    }
}
