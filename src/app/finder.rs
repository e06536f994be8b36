//! “Search or run”: one field that finds commands, journeys, their blocks, segments and people, and
//! goes there.

use super::command::Command;
use crate::journey::{BlockId, JourneyId};

/// What is searched for. Looked up once for each change of the text, never in a frame.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Finder {
    /// What was typed.
    pub text: String,
    /// What was found, the likeliest first.
    pub hits: Vec<Hit>,
    /// The hit that Enter takes.
    pub row: usize,
}

/// Something that was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Hit {
    /// A command, to be run.
    Command(Command),
    /// A journey.
    Journey(JourneyId),
    /// A block of a journey.
    Block(JourneyId, BlockId),
    /// A segment, by id.
    Segment(String),
    /// Somebody.
    Person {
        /// Who, whatever the next replay makes of their place in the list.
        identifiers: Vec<String>,
        /// Whether they are more than an anonymous visitor.
        known: bool,
    },
}

/// Something about the search.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FinderIntent {
    /// Another text.
    Type(String),
    /// So many hits further down.
    Step(isize),
    /// Go to the hit of this row, or run it.
    Take(usize),
}
