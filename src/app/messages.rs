//! The list of messages: names, filter and order, apart from its drawing.

pub mod index;

use crate::{
    journey::{BlockId, Channel, JourneyId},
    simulator::{MessageRecord, MessageState},
    words::{condition, names::Names, person, status},
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
    /// Only this block of a journey.
    pub block: Option<(JourneyId, BlockId)>,
    /// Only this channel.
    pub channel: Option<Channel>,
    /// Only this reason.
    pub reason: Option<&'static str>,
    /// Only whoever has one of these identifiers.
    pub person: Option<Vec<String>>,
    /// Sorted by.
    pub sort: Column,
    /// From last to first.
    pub descending: bool,
}

/// A choice of what is listed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Filter {
    /// What any column must contain.
    Text(String),
    /// Which status.
    State(Option<MessageState>),
    /// Which journey.
    Journey(Option<JourneyId>),
    /// Which block.
    Block(Option<(JourneyId, BlockId)>),
    /// Which channel.
    Channel(Option<Channel>),
    /// Which reason.
    Reason(Option<&'static str>),
    /// Whose.
    Person(Option<Vec<String>>),
    /// Everything again.
    Clear,
}

impl MessageList {
    /// Whether anything is filtered out.
    pub fn filters(&self) -> bool {
        let all = Self { sort: self.sort, descending: self.descending, ..Self::default() };
        *self != all
    }
    /// Makes a choice. A block is one of a journey: another journey lets go of it.
    pub fn choose(&mut self, filter: Filter) {
        match filter {
            Filter::Text(text) => self.text = text,
            Filter::State(state) => self.state = state,
            Filter::Journey(journey) => {
                if self.block.as_ref().is_some_and(|(of, _)| journey.as_ref() != Some(of)) {
                    self.block = None;
                }
                self.journey = journey;
            }
            Filter::Block(block) => self.block = block,
            Filter::Channel(channel) => self.channel = channel,
            Filter::Reason(reason) => self.reason = reason,
            Filter::Person(person) => self.person = person,
            Filter::Clear => {
                *self = Self { sort: self.sort, descending: self.descending, ..Self::default() };
            }
        }
    }
}

impl Names<'_> {
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        app::{fixture, messages::index::Listed},
        words::person,
    };

    fn listed(change: impl FnOnce(&mut MessageList)) -> Listed {
        let outcome = fixture::outcome();
        let journeys = fixture::journeys();
        let mut list = MessageList::default();
        change(&mut list);
        outcome.index.messages.list(&Names::of(&journeys), &list)
    }

    fn list(change: impl FnOnce(&mut MessageList)) -> Vec<usize> {
        listed(change).rows
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

    #[test]
    fn every_choice_shows_as_many_as_its_menu_says() {
        let all = listed(|list| list.text = "e".to_owned());
        let facets = &all.facets;
        assert!(!facets.reasons.is_empty() && facets.channels.len() > 1 && !facets.people.is_empty());
        let number = |filter: Filter| {
            let chosen = list(|list| {
                list.text = "e".to_owned();
                list.choose(filter);
            });
            chosen.len() as u64
        };
        for (state, count) in &facets.states {
            assert_eq!(number(Filter::State(Some(*state))), *count);
        }
        for (journey, count) in &facets.journeys {
            assert_eq!(number(Filter::Journey(Some(journey.clone()))), *count);
        }
        for (block, count) in &facets.blocks {
            assert_eq!(number(Filter::Block(Some(block.clone()))), *count);
        }
        for (channel, count) in &facets.channels {
            assert_eq!(number(Filter::Channel(Some(*channel))), *count);
        }
        for (reason, count) in &facets.reasons {
            assert_eq!(number(Filter::Reason(Some(reason))), *count);
        }
        for (name, ids, count) in &facets.people {
            assert_eq!(number(Filter::Person(Some(ids.clone()))), *count, "{name}");
        }
        assert!(facets.reasons.windows(2).all(|pair| pair[0].1 >= pair[1].1), "most frequent first");
    }

    #[test]
    fn a_menu_counts_as_if_its_own_choice_were_not_made() {
        let before = listed(|_| {}).facets;
        let after = listed(|list| list.state = Some(MessageState::Sent)).facets;
        assert_eq!(after.states, before.states);
        assert!(after.journeys.values().sum::<u64>() < before.journeys.values().sum::<u64>());
    }

    #[test]
    fn clearing_keeps_the_order_and_another_journey_lets_go_of_a_block() {
        let mut list = MessageList { sort: Column::Person, descending: true, ..MessageList::default() };
        assert!(!list.filters());
        list.choose(Filter::Block(Some(("cart".into(), "reminder".into()))));
        list.choose(Filter::Journey(Some("cart".into())));
        assert!(list.block.is_some() && list.filters());
        list.choose(Filter::Journey(Some("other".into())));
        assert_eq!(list.block, None);
        list.choose(Filter::Clear);
        assert_eq!((list.sort, list.descending, list.filters()), (Column::Person, true, false));
    }
}
