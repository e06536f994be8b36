//! Counting by position while replaying, by id at the end.

use std::collections::BTreeMap;

use super::plan::{BlockIndex, JourneyIndex, JourneyPlan, Plan};
use super::world::World;
use crate::{
    journey::JourneyId,
    simulator::{BlockCounts, JourneyCounts},
};

/// Something that is counted of a journey.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Counted<'c> {
    /// A trigger was offered.
    Offered,
    /// A run started.
    Started,
    /// A trigger started nothing, for this reason.
    NotStarted(&'c str),
    /// A visitor left by `never identified`.
    LeftUnknown,
    /// A run ended, for this reason.
    Ended(&'c str),
    /// A run reached the goal.
    Goal,
    /// A stay began.
    Entered(BlockIndex),
    /// A stay takes time.
    Waits(BlockIndex),
    /// A stay that takes time is over.
    WaitsNoMore(BlockIndex),
    /// A stay left by an exit.
    Exit(BlockIndex, &'c str),
    /// A stay was cut short.
    LeftEarly(BlockIndex),
    /// A message came to this status.
    Message(BlockIndex, &'c str),
    /// A message came to it for this reason.
    Reason(BlockIndex, &'c str),
}

impl World<'_> {
    /// Counts something that happens now, and keeps when if that was asked for.
    pub(super) fn count(&mut self, journey: JourneyIndex, what: Counted<'_>) {
        self.tallies[journey].count(what);
        if let Some(passing) = &mut self.passing {
            passing.note(journey, what, self.now_ms);
        }
    }
}

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
    fn count(&mut self, what: Counted<'_>) {
        let Self { counts, blocks } = self;
        match what {
            Counted::Offered => counts.offered += 1,
            Counted::Started => counts.started += 1,
            Counted::NotStarted(reason) => count(&mut counts.not_started, reason),
            Counted::LeftUnknown => counts.left_unknown += 1,
            Counted::Ended(reason) => count(&mut counts.ended, reason),
            Counted::Goal => counts.goals += 1,
            Counted::Entered(block) => blocks[block].entered += 1,
            Counted::Waits(block) => blocks[block].waiting += 1,
            Counted::WaitsNoMore(block) => blocks[block].waiting -= 1,
            Counted::Exit(block, exit) => match blocks[block].exits.get_mut(exit) {
                Some(number) => *number += 1,
                None => {
                    blocks[block].exits.insert(exit.into(), 1);
                }
            },
            Counted::LeftEarly(block) => blocks[block].left_early += 1,
            Counted::Message(block, status) => count(&mut blocks[block].messages, status),
            Counted::Reason(block, reason) => count(&mut blocks[block].reasons, reason),
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

/// Counts of every journey before anything was counted.
pub fn blank(plan: &Plan<'_>) -> Vec<Tally> {
    plan.journeys.iter().map(|plan| Tally::new(plan.blocks.len())).collect()
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
