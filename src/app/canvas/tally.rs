//! What the canvas counts, looked up by block and exit.
//!
//! Painting asks this and nothing else, so that it need not know of which replay, or of which
//! instant of it, the counts are.

use crate::{
    app::{
        diagram::graph::{Edge, NEVER_IDENTIFIED, NodeKey, STARTED},
        state::Model,
    },
    journey::JourneyId,
    simulator::{BlockCounts, JourneyCounts, MessageState},
};

/// Counts of one journey. A journey that did not run counts nothing.
#[derive(Clone, Copy, Debug, Default)]
pub struct Tally<'a> {
    counts: Option<&'a JourneyCounts>,
}

impl Model {
    /// The counts the canvas shows of a journey; `None`: nothing was replayed.
    pub fn tally(&self, journey: &JourneyId) -> Option<Tally<'_>> {
        let outcome = self.outcome.as_ref()?;
        Some(Tally::new(match &self.moment.counts {
            Some(as_of_cursor) => as_of_cursor.get(journey),
            None => outcome.counts(journey),
        }))
    }
}

impl<'a> Tally<'a> {
    /// These counts.
    pub const fn new(counts: Option<&'a JourneyCounts>) -> Self {
        Self { counts }
    }
    fn block(self, key: &NodeKey) -> Option<&'a BlockCounts> {
        self.counts?.blocks.get(key.block()?)
    }
    /// How many runs came to a node.
    pub fn came(self, key: &NodeKey) -> u64 {
        match key {
            NodeKey::Trigger => self.counts.map_or(0, |counts| counts.started),
            NodeKey::Block(_) => self.block(key).map_or(0, |block| block.entered),
        }
    }
    /// How many runs wait in a node.
    pub fn waiting(self, key: &NodeKey) -> u64 {
        self.block(key).map_or(0, |block| block.waiting)
    }
    /// How many runs went on from a node by one of its exits.
    pub fn left(self, key: &NodeKey) -> u64 {
        match key {
            NodeKey::Trigger => self.came(key),
            NodeKey::Block(_) => self.block(key).map_or(0, |block| block.exits.values().sum()),
        }
    }
    /// How many stays in a node were cut short: the run ended there.
    pub fn left_early(self, key: &NodeKey) -> u64 {
        self.block(key).map_or(0, |block| block.left_early)
    }
    /// How many messages of a node came to this end.
    pub fn messages(self, key: &NodeKey, state: MessageState) -> u64 {
        self.block(key).and_then(|block| block.messages.get(state.word())).copied().unwrap_or(0)
    }
    /// Why messages of a node did not go out, or triggers started nothing: how many by reason, the
    /// most frequent first, those of one number by word.
    pub fn reasons(self, key: &NodeKey) -> Vec<(&'a str, u64)> {
        let all = match key {
            NodeKey::Trigger => self.counts.map(|counts| &counts.not_started),
            NodeKey::Block(_) => self.block(key).map(|block| &block.reasons),
        };
        let mut reasons: Vec<(&str, u64)> =
            all.into_iter().flatten().map(|(reason, number)| (reason.as_str(), *number)).collect();
        reasons.sort_by_key(|(_, number)| std::cmp::Reverse(*number));
        reasons
    }
    /// Of how many held triggers this became (a word of a [`crate::simulator::HeldState`], or
    /// [`crate::simulator::passages::STILL_HELD`]).
    pub fn held_as(self, word: &str) -> u64 {
        self.counts.and_then(|counts| counts.held.get(word)).copied().unwrap_or(0)
    }
    /// How many took an edge that leaves this node.
    pub fn flow(self, from: &NodeKey, edge: &Edge) -> u64 {
        edge.exits.iter().map(|exit| self.through(from, exit.as_str())).sum()
    }
    fn through(self, from: &NodeKey, exit: &str) -> u64 {
        match (from, exit) {
            (NodeKey::Trigger, STARTED) => self.came(from),
            (NodeKey::Trigger, NEVER_IDENTIFIED) => self.counts.map_or(0, |counts| counts.left_unknown),
            (NodeKey::Trigger, _) => 0,
            (NodeKey::Block(_), exit) => {
                self.block(from).and_then(|block| block.exits.get(exit)).copied().unwrap_or(0)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::{diagram::graph::Graph, fixture};

    #[test]
    fn what_comes_to_a_block_goes_waits_or_ends_there() {
        let outcome = fixture::outcome();
        let mut seen = 0;
        for journey in fixture::journeys() {
            let tally = Tally::new(outcome.counts(&journey.id));
            for (id, block) in &journey.blocks {
                let key = NodeKey::Block(id.clone());
                if !block.kind.exits().is_empty() {
                    let gone = tally.left(&key) + tally.waiting(&key) + tally.left_early(&key);
                    assert_eq!(tally.came(&key), gone, "{} {id}", journey.id);
                    seen += tally.came(&key);
                }
            }
        }
        assert!(seen > 0);
    }

    #[test]
    fn the_edges_of_a_block_carry_what_left_it() {
        let outcome = fixture::outcome();
        let journey = fixture::cart_recovery();
        let tally = Tally::new(outcome.counts(&journey.id));
        let graph = Graph::of(&journey, &crate::journey::Segments::default(), false);
        for (at, node) in graph.nodes.iter().enumerate() {
            let edges = graph.edges.iter().filter(|edge| edge.from == at);
            let carried: u64 = edges.map(|edge| tally.flow(&node.key, edge)).sum();
            assert_eq!(carried, tally.left(&node.key), "{}", node.title);
        }
    }

    #[test]
    fn a_journey_that_did_not_run_counts_nothing() {
        let tally = Tally::default();
        let key = NodeKey::Block("reminder".into());
        assert_eq!(
            (tally.came(&NodeKey::Trigger), tally.came(&key), tally.held_as(NEVER_IDENTIFIED)),
            (0, 0, 0)
        );
        assert!(tally.reasons(&key).is_empty());
    }
}
