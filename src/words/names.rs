//! Names of journeys and blocks by their ids.

use std::{collections::BTreeMap, sync::Arc};

use super::block;
use crate::journey::{Block, BlockId, Journey, JourneyId};

/// Names by id, for showing and sorting.
#[derive(Clone)]
pub struct Names<'a> {
    journeys: BTreeMap<&'a JourneyId, &'a Journey>,
}

impl<'a> Names<'a> {
    /// The names in these journeys.
    pub fn of(journeys: &'a [Arc<Journey>]) -> Self {
        Self { journeys: journeys.iter().map(|journey| (&journey.id, &**journey)).collect() }
    }
    /// These names, and those of other journeys that are not among them.
    #[must_use]
    pub fn or(mut self, others: Self) -> Self {
        for (id, journey) in others.journeys {
            self.journeys.entry(id).or_insert(journey);
        }
        self
    }
    /// A journey's name, or its id where it has none.
    pub fn journey<'b>(&self, id: &'b JourneyId) -> &'b str
    where
        'a: 'b,
    {
        let name = self.journeys.get(id).map_or("", |journey| journey.name.as_str());
        if name.is_empty() { id.as_str() } else { name }
    }
    /// A block's name, or what kind of block it is where it has none.
    pub fn block<'b>(&self, journey: &JourneyId, id: &'b BlockId) -> &'b str
    where
        'a: 'b,
    {
        self.known(journey, id).map_or(id.as_str(), block::title)
    }
    /// A block's name, or its id where it has none: beside the journey's file, where several blocks
    /// of one kind are told apart by nothing else.
    pub fn block_or_id<'b>(&self, journey: &JourneyId, id: &'b BlockId) -> &'b str
    where
        'a: 'b,
    {
        let name = self.known(journey, id).map_or("", |block| block.name.as_str());
        if name.is_empty() { id.as_str() } else { name }
    }

    fn known(&self, journey: &JourneyId, id: &BlockId) -> Option<&'a Block> {
        self.journeys.get(journey)?.blocks.get(id)
    }
}
