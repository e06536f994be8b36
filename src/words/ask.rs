//! What can be asked of a person, and how questions are grouped. Pure.

use crate::{
    journey::{
        AddressNeed, Channel, CompareCount, Condition, ConsentState, EventCondition, EventRef,
        Identification, MessageStatus, Test,
    },
    recording::{Span, facts::Role},
};

/// What can be asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ask {
    /// Did they do something?
    Event,
    /// What do we know about them?
    Attribute,
    /// Visits, cart, orders.
    Fact,
    /// The event that started the run.
    Trigger,
    /// Segment.
    Segment,
    /// Identified.
    Identified,
    /// Consent.
    Consent,
    /// Reachable.
    Reachable,
    /// Messages they got.
    Message,
    /// Journeys they are in.
    InJourney,
}

impl Ask {
    /// In the order they are offered.
    pub const ALL: [Self; 10] = [
        Self::Event,
        Self::Attribute,
        Self::Fact,
        Self::Trigger,
        Self::Segment,
        Self::Identified,
        Self::Consent,
        Self::Reachable,
        Self::Message,
        Self::InJourney,
    ];
    /// What the menu calls it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Event => "Did something",
            Self::Attribute => "Has an attribute",
            Self::Fact => "Visits, cart and orders",
            Self::Trigger => "What started the run",
            Self::Segment => "Is in a segment",
            Self::Identified => "Is identified",
            Self::Consent => "Gave consent",
            Self::Reachable => "Can be reached",
            Self::Message => "Got a message",
            Self::InJourney => "Is in a journey",
        }
    }
    /// Whether a segment can ask it: there is no run to ask about.
    pub fn in_segments(self) -> bool {
        self != Self::Trigger
    }
    /// A question to begin with. `segment` and `journey` are the first there are, or empty.
    pub fn question(self, segment: &str, journey: &str) -> Condition {
        match self {
            Self::Event => Condition::Event(EventCondition {
                event: EventRef::Role(Role::View),
                filters: Vec::new(),
                count: CompareCount::default(),
                within: None,
                since_entry: false,
                after: None,
                before: None,
            }),
            Self::Attribute => Condition::Attribute { name: String::new(), is: Test::Exists },
            Self::Fact => Condition::Fact { path: "cart.count".to_owned(), is: Test::AtLeast(1.0) },
            Self::Trigger => Condition::Trigger { property: String::new(), is: Test::Exists },
            Self::Segment => Condition::Segment(segment.to_owned()),
            Self::Identified => Condition::Identified { by: Identification::Any, address: AddressNeed::Any },
            Self::Consent => Condition::Consent { channel: Channel::Email, is: ConsentState::Granted },
            Self::Reachable => Condition::Reachable(Channel::Email),
            Self::Message => Condition::Message {
                journey: None,
                block: None,
                status: MessageStatus::Sent,
                within: Some(Span::days(7)),
            },
            Self::InJourney => Condition::InJourney { journey: journey.into(), within: None },
        }
    }
}

/// What a group asks of its questions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Group {
    /// Every one holds.
    All,
    /// At least one holds.
    Any,
    /// None holds.
    None,
    /// Not every one holds.
    NotAll,
}

impl Group {
    /// In words, in the order they are offered.
    pub const WORDS: [(Self, &'static str); 4] = [
        (Self::All, "all of these"),
        (Self::Any, "any of these"),
        (Self::None, "none of these"),
        (Self::NotAll, "not all of these"),
    ];
    /// What a condition groups, if it is a group.
    pub fn of(condition: &Condition) -> Option<Self> {
        match condition {
            Condition::All(_) => Some(Self::All),
            Condition::Any(_) => Some(Self::Any),
            Condition::Not(inner) => match **inner {
                Condition::Any(_) => Some(Self::None),
                Condition::All(_) => Some(Self::NotAll),
                _ => None,
            },
            _ => None,
        }
    }
    /// A group of questions.
    pub fn with(self, parts: Vec<Condition>) -> Condition {
        match self {
            Self::All => Condition::All(parts),
            Self::Any => Condition::Any(parts),
            Self::None => Condition::Not(Box::new(Condition::Any(parts))),
            Self::NotAll => Condition::Not(Box::new(Condition::All(parts))),
        }
    }
}

/// The questions of a group.
pub fn members(condition: &mut Condition) -> Option<&mut Vec<Condition>> {
    match condition {
        Condition::All(parts) | Condition::Any(parts) => Some(parts),
        Condition::Not(inner) => match &mut **inner {
            Condition::All(parts) | Condition::Any(parts) => Some(parts),
            _ => None,
        },
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn groups_are_turned_round_without_losing_questions() {
        let parts = vec![Ask::Reachable.question("", "")];
        for (group, _) in Group::WORDS {
            let mut condition = group.with(parts.clone());
            assert_eq!(Group::of(&condition), Some(group));
            assert_eq!(members(&mut condition), Some(&mut parts.clone()));
        }
        assert_eq!(Group::of(&Condition::Not(Box::new(parts[0].clone()))), None);
    }
}
