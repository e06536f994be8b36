//! The list of messages: names, filter and order, apart from its drawing.

use std::{collections::BTreeMap, sync::Arc};

use super::words::{condition, person, status};
use crate::{
    journey::{BlockId, Journey, JourneyId},
    simulator::{MessageRecord, MessageState},
};

/// A column of the table.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Column {
    /// When it was sent, refused or skipped.
    #[default]
    When,
    /// To whom.
    Person,
    /// On which journey.
    Journey,
    /// Which message.
    Message,
    /// By which channel.
    Channel,
    /// What became of it.
    Status,
    /// Why.
    Reason,
}

impl Column {
    /// From left to right.
    pub const ALL: [Self; 7] =
        [Self::When, Self::Person, Self::Journey, Self::Message, Self::Channel, Self::Status, Self::Reason];
    /// The heading.
    pub const fn name(self) -> &'static str {
        match self {
            Self::When => "When",
            Self::Person => "Person",
            Self::Journey => "Journey",
            Self::Message => "Message",
            Self::Channel => "Channel",
            Self::Status => "Status",
            Self::Reason => "Reason",
        }
    }
}

/// How the list is filtered and sorted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MessageList {
    /// Text that any column must contain, whatever the case.
    pub text: String,
    /// Only this status.
    pub state: Option<MessageState>,
    /// Only this journey.
    pub journey: Option<JourneyId>,
    /// Sorted by.
    pub sort: Column,
    /// From last to first.
    pub descending: bool,
}

impl MessageList {
    /// Whether anything is filtered out.
    pub fn filters(&self) -> bool {
        !self.text.is_empty() || self.state.is_some() || self.journey.is_some()
    }
}

/// Names by id, for showing and sorting.
pub struct MessageNames<'a> {
    journeys: BTreeMap<&'a JourneyId, &'a Journey>,
}

impl<'a> MessageNames<'a> {
    /// Of these journeys.
    pub fn of(journeys: &'a [Arc<Journey>]) -> Self {
        Self { journeys: journeys.iter().map(|journey| (&journey.id, &**journey)).collect() }
    }
    /// A journey's name.
    pub fn journey<'b>(&self, id: &'b JourneyId) -> &'b str
    where
        'a: 'b,
    {
        self.journeys.get(id).map_or(id.as_str(), |journey| &journey.name)
    }
    /// A block's name.
    pub fn block<'b>(&self, journey: &JourneyId, id: &'b BlockId) -> &'b str
    where
        'a: 'b,
    {
        self.journeys
            .get(journey)
            .and_then(|journey| journey.blocks.get(id))
            .map_or(id.as_str(), super::words::block::title)
    }
    /// What the table shows in a column; a waiting run's block is said as “at …”.
    pub fn cell(&self, message: &MessageRecord, column: Column, when: &dyn Fn(i64) -> String) -> String {
        match column {
            Column::When => when(message.at_ms),
            Column::Person => person::who(&message.identifiers),
            Column::Journey => self.journey(&message.journey).to_owned(),
            Column::Message => {
                let block = self.block(&message.journey, &message.block);
                if message.message.is_some() { block.to_owned() } else { format!("at {block}") }
            }
            Column::Channel => message.channel.map_or_else(String::new, |c| condition::channel(c).to_owned()),
            Column::Status => status::state(message.state).to_owned(),
            Column::Reason => message.reason.map_or_else(
                || message.flags.first().map_or_else(String::new, |flag| status::flag(*flag).to_owned()),
                status::reason,
            ),
        }
    }
}

/// Positions of the messages that pass the filter, in the order of the list.
pub fn rows(messages: &[MessageRecord], names: &MessageNames<'_>, list: &MessageList) -> Vec<usize> {
    let wanted = list.text.trim().to_lowercase();
    let mut rows: Vec<usize> = messages
        .iter()
        .enumerate()
        .filter(|(_, message)| list.state.is_none_or(|state| message.state == state))
        .filter(|(_, message)| list.journey.as_ref().is_none_or(|id| message.journey == *id))
        .filter(|(_, message)| wanted.is_empty() || holds(message, names, &wanted))
        .map(|(at, _)| at)
        .collect();
    let key = |at: usize| names.cell(&messages[at], list.sort, &|_| String::new()).to_lowercase();
    // The result is in time order; a stable sort keeps it among equals.
    match list.sort {
        Column::When => {}
        Column::Status => rows.sort_by_key(|at| messages[*at].state),
        _ => rows.sort_by_cached_key(|at| key(*at)),
    }
    if list.descending {
        rows.reverse();
    }
    rows
}

fn holds(message: &MessageRecord, names: &MessageNames<'_>, wanted: &str) -> bool {
    let in_cells = Column::ALL
        .into_iter()
        .any(|column| names.cell(message, column, &|_| String::new()).to_lowercase().contains(wanted));
    in_cells
        || message.subject.to_lowercase().contains(wanted)
        || message.identifiers.iter().any(|id| id.to_lowercase().contains(wanted))
}

/// Counts of the messages by state, in the order of [`MessageState`].
pub fn by_state(messages: &[MessageRecord]) -> Vec<(MessageState, usize)> {
    [MessageState::Sent, MessageState::NotSent, MessageState::Skipped, MessageState::Waiting]
        .into_iter()
        .map(|state| (state, messages.iter().filter(|message| message.state == state).count()))
        .filter(|(_, count)| *count > 0)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::fixture;

    fn list(change: impl FnOnce(&mut MessageList)) -> Vec<usize> {
        let outcome = fixture::outcome();
        let journeys = fixture::journeys();
        let mut list = MessageList::default();
        change(&mut list);
        rows(&outcome.result.messages, &MessageNames::of(&journeys), &list)
    }

    #[test]
    fn filters_by_text_status_and_journey() {
        let all = list(|_| {});
        assert!(all.len() > 3);
        let sent = list(|list| list.state = Some(MessageState::Sent));
        assert!(!sent.is_empty() && sent.len() < all.len());
        let who = person::who(&fixture::outcome().result.messages[0].identifiers);
        let theirs = list(|list| list.text = format!("  {}", who.to_uppercase()));
        assert!(theirs.contains(&0) && theirs.len() < all.len());
        assert!(list(|list| list.text = "no such thing".into()).is_empty());
        assert!(list(|list| list.journey = Some("other".into())).is_empty());
    }

    #[test]
    fn sorts_and_turns_round() {
        let ascending = list(|list| list.sort = Column::Person);
        let mut descending = list(|list| {
            list.sort = Column::Person;
            list.descending = true;
        });
        descending.reverse();
        assert_eq!(ascending, descending);
    }
}
