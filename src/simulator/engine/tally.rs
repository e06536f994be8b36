//! Counting by position while replaying, by id at the end.

use std::collections::BTreeMap;

use super::plan::{BlockIndex, JourneyPlan, Plan};
use crate::{
    journey::JourneyId,
    simulator::{BlockCounts, JourneyCounts},
};

/// Counts of one journey.
#[derive(Clone, Debug, Default)]
pub struct Tally {
    /// All but the blocks.
    pub counts: JourneyCounts,
    /// By position of the block.
    pub blocks: Vec<BlockCounts>,
}

impl Tally {
    /// Nothing happened yet.
    pub fn new(blocks: usize) -> Self {
        Self { counts: JourneyCounts::default(), blocks: vec![BlockCounts::default(); blocks] }
    }
    /// A stay left by an exit.
    pub fn count_exit(&mut self, block: BlockIndex, exit: &str) {
        let exits = &mut self.blocks[block].exits;
        match exits.get_mut(exit) {
            Some(number) => *number += 1,
            None => {
                exits.insert(exit.into(), 1);
            }
        }
    }
    /// Adds another part's counts.
    pub fn add(&mut self, other: &Self) {
        self.counts.add(&other.counts);
        for (block, counts) in self.blocks.iter_mut().zip(&other.blocks) {
            block.add(counts);
        }
    }
    fn named(self, plan: &JourneyPlan<'_>) -> JourneyCounts {
        let ids = plan.blocks.iter().map(|block| block.id.clone());
        JourneyCounts { blocks: ids.zip(self.blocks).collect(), ..self.counts }
    }
}

/// Counts by id.
pub fn by_id(plan: &Plan<'_>, tallies: Vec<Tally>) -> BTreeMap<JourneyId, JourneyCounts> {
    let named = plan.journeys.iter().zip(tallies);
    named.map(|(plan, tally)| (plan.id().clone(), tally.named(plan))).collect()
}

/// One more under a word.
pub fn count(counts: &mut BTreeMap<String, u64>, word: &str) {
    match counts.get_mut(word) {
        Some(number) => *number += 1,
        None => {
            counts.insert(word.to_owned(), 1);
        }
    }
}
