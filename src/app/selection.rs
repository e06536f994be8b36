//! What is selected, and what makes a message the same one in the next replay.

use std::collections::BTreeSet;

use super::diagram::graph::NodeKey;
use crate::{
    journey::{BlockId, JourneyId, NoteId, edit::Port},
    simulator::MessageRecord,
    words::person::PeopleGroup,
};

/// What is selected.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Selection {
    /// Nothing.
    #[default]
    Nothing,
    /// A block or the trigger of the journey shown.
    Node(NodeKey),
    /// Several blocks of the journey shown.
    Blocks(BTreeSet<BlockId>),
    /// A way out of a block of the journey shown.
    Edge(Port),
    /// A note on the canvas of the journey shown.
    Note(NoteId),
    /// A message.
    Message(MessageKey),
    /// A segment, by id.
    Segment(String),
    /// A recording, by its place in the session.
    Recording(usize),
    /// A person, by identifiers.
    Person(Vec<String>),
    /// A group of people.
    People(PeopleGroup),
    /// The workspace and its settings.
    Workspace,
}

/// What makes a message the same one in the next replay: who, which run, which block.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MessageKey {
    /// A person's identifiers.
    pub identifiers: Vec<String>,
    /// The journey.
    pub journey: JourneyId,
    /// The run.
    pub run: u32,
    /// The block.
    pub block: BlockId,
}

impl MessageKey {
    /// The key of a message.
    pub fn of(message: &MessageRecord) -> Self {
        Self {
            identifiers: message.identifiers.clone(),
            journey: message.journey.clone(),
            run: message.run,
            block: message.block.clone(),
        }
    }
    /// Whether it is this message; the person may have gained or lost identifiers since.
    pub fn fits(&self, message: &MessageRecord) -> bool {
        self.journey == message.journey
            && self.block == message.block
            && self.run == message.run
            && self.identifiers.iter().any(|id| message.identifiers.contains(id))
    }
}

/// The selection of some blocks.
pub fn several(blocks: BTreeSet<BlockId>) -> Selection {
    match blocks.first() {
        None => Selection::Nothing,
        Some(only) if blocks.len() == 1 => Selection::Node(NodeKey::Block(only.clone())),
        Some(_) => Selection::Blocks(blocks),
    }
}
