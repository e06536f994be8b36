//! A place of a journey, as everybody's replay counts it: who came there, and where nobody did, how
//! far somebody came.
//!
//! What is counted of everybody is more than a few events can show. What they can show is that
//! somebody comes there; or, where nobody did, that somebody comes as near as anybody did and no
//! further ([`Shows`]).

use std::collections::{BTreeMap, BTreeSet};

use crate::{
    journey::{Block, BlockId, Journey, JourneyId, edit::Port},
    simulator::{BlockCounts, JourneyCounts},
};

/// Where in a journey.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Spot {
    /// At a block.
    Block(BlockId),
    /// On a way out: the trigger's, or a block's.
    Way(Port),
}

/// How far somebody came.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reached {
    /// An event that may start the journey was held back, for nobody was identified.
    Held,
    /// A trigger was offered to the journey.
    Offered,
    /// The place itself, or a block before it.
    Spot(Spot),
}

/// What a replay shows of a place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shows {
    /// Where.
    pub spot: Spot,
    /// How far somebody came.
    pub reached: Reached,
}

/// How many came to a spot, as counted. Exits that lead on together are one way, as in the
/// coverage.
pub fn came(journey: &Journey, counts: &JourneyCounts, spot: &Spot) -> u64 {
    let block = |id| counts.blocks.get(id);
    match spot {
        Spot::Way(Port::Start) => counts.started,
        Spot::Way(Port::NeverIdentified) => counts.left_unknown,
        Spot::Block(id) => block(id).map_or(0, |block| block.entered),
        Spot::Way(Port::Exit(id, exit)) => {
            let ways = journey.blocks.get(id).map(Block::ways).unwrap_or_default();
            let way = ways.into_iter().find(|way| way.contains(exit));
            let passed = |counts: &BlockCounts| -> u64 {
                way.iter().flatten().filter_map(|exit| counts.exits.get(exit)).sum()
            };
            block(id).map_or(0, passed)
        }
    }
}

impl Shows {
    /// What these counts of everybody show of a place; `None`: nobody came to it, nor on the way
    /// to it, and nothing they did starts the journey.
    pub fn of(journey: &Journey, counts: &JourneyCounts, spot: &Spot) -> Option<Self> {
        let of = |reached: Reached| Self { spot: spot.clone(), reached };
        let reaches = |reached: &Reached| reached.is_in(journey, counts);
        let mut steps = vec![Reached::Spot(spot.clone())];
        steps.extend(before(journey, spot).into_iter().map(|id| Reached::Spot(Spot::Block(id))));
        if *spot != Spot::Way(Port::NeverIdentified) {
            steps.push(Reached::Offered);
        }
        steps.push(Reached::Held);
        steps.into_iter().find(reaches).map(of)
    }

    /// Whether somebody came to the place itself.
    pub fn is_taken(&self) -> bool {
        self.reached == Reached::Spot(self.spot.clone())
    }

    /// Whether these counts show the same: somebody came as far, and to the place only if
    /// somebody did before.
    pub fn is_in(&self, journey: &Journey, counts: &BTreeMap<JourneyId, JourneyCounts>) -> bool {
        counts.get(&journey.id).is_some_and(|counts| {
            self.reached.is_in(journey, counts) && (self.is_taken() || came(journey, counts, &self.spot) == 0)
        })
    }
}

impl Reached {
    fn is_in(&self, journey: &Journey, counts: &JourneyCounts) -> bool {
        match self {
            Self::Held => counts.held.values().any(|number| *number > 0),
            Self::Offered => counts.offered > 0,
            Self::Spot(spot) => came(journey, counts, spot) > 0,
        }
    }
}

/// Blocks on the way to a spot, the nearest first; equally near ones in order of their ids.
fn before(journey: &Journey, spot: &Spot) -> Vec<BlockId> {
    let leads_to = |block: &&BlockId, to: &BTreeSet<BlockId>| {
        journey.blocks[*block].exits.values().any(|next| to.contains(next))
    };
    let mut found: Vec<BlockId> = Vec::new();
    let mut seen = BTreeSet::new();
    let mut ring: BTreeSet<BlockId> = match spot {
        Spot::Way(Port::Start | Port::NeverIdentified) => BTreeSet::new(),
        Spot::Block(id) => {
            seen.insert(id.clone());
            BTreeSet::from([id.clone()])
        }
        Spot::Way(Port::Exit(id, _)) => {
            found.push(id.clone());
            seen.insert(id.clone());
            BTreeSet::from([id.clone()])
        }
    };
    while !ring.is_empty() {
        let next = journey.blocks.keys().filter(|block| leads_to(block, &ring) && !seen.contains(*block));
        ring = next.cloned().collect();
        seen.extend(ring.iter().cloned());
        found.extend(ring.iter().cloned());
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::journey::{BlockKind, edit::Starter};

    /// a → b → c, and b's other exit leads nowhere.
    fn journey() -> Journey {
        let mut journey = Journey::empty("j".into(), "J");
        let mut add = |id: &str, kind: BlockKind, exits: &[(&str, &str)]| {
            let exits = exits.iter().map(|(exit, to)| ((*exit).into(), (*to).into())).collect();
            let block = Block { name: String::new(), note: String::new(), kind, exits };
            journey.blocks.insert(id.into(), block);
        };
        add("a", Starter::Delay.kind(), &[("next", "b")]);
        add("b", Starter::Branch.kind(), &[("yes", "c")]);
        add("c", Starter::Email.kind(), &[]);
        journey.start = Some("a".into());
        journey
    }

    fn counts(entered: &[(&str, u64)], exits: &[(&str, &str, u64)]) -> JourneyCounts {
        let mut counts = JourneyCounts::default();
        for (id, number) in entered {
            counts.blocks.entry((*id).into()).or_default().entered = *number;
        }
        for (id, exit, number) in exits {
            counts.blocks.entry((*id).into()).or_default().exits.insert((*exit).into(), *number);
        }
        counts
    }

    #[test]
    fn a_message_that_goes_on_either_way_is_one_way() {
        let counts = counts(&[("c", 5)], &[("c", "sent", 2), ("c", "not_sent", 3)]);
        let way = Spot::Way(Port::Exit("c".into(), "sent".into()));
        assert_eq!(came(&journey(), &counts, &way), 5);
    }

    #[test]
    fn where_nobody_came_the_nearest_block_somebody_came_to_is_told() {
        let journey = journey();
        let near = |entered: &[(&str, u64)], spot: &Spot| {
            Shows::of(&journey, &counts(entered, &[]), spot).map(|shows| shows.reached)
        };
        let at = |id: &str| Some(Reached::Spot(Spot::Block(id.into())));
        let (c, yes) = (Spot::Block("c".into()), Spot::Way(Port::Exit("b".into(), "yes".into())));
        assert_eq!(near(&[("a", 3), ("b", 2), ("c", 1)], &c), at("c"));
        assert_eq!(near(&[("a", 3), ("b", 2)], &c), at("b"));
        assert_eq!(near(&[("a", 3)], &c), at("a"));
        assert_eq!(near(&[("a", 3), ("b", 2)], &yes), at("b"));
        assert_eq!(near(&[("a", 3)], &yes), at("a"));
        assert_eq!(near(&[], &c), None);
        let offered = JourneyCounts { offered: 1, ..JourneyCounts::default() };
        assert_eq!(Shows::of(&journey, &offered, &c).map(|shows| shows.reached), Some(Reached::Offered));
    }

    #[test]
    fn the_same_is_shown_only_where_nobody_goes_further() {
        let journey = journey();
        let shows = |entered: &[(&str, u64)]| BTreeMap::from([("j".into(), counts(entered, &[]))]);
        let c = Spot::Block("c".into());
        let short = Shows::of(&journey, &counts(&[("a", 9), ("b", 4)], &[]), &c).unwrap();
        assert!(short.is_in(&journey, &shows(&[("a", 1), ("b", 1)])));
        assert!(!short.is_in(&journey, &shows(&[("a", 1)])));
        assert!(!short.is_in(&journey, &shows(&[("a", 1), ("b", 1), ("c", 1)])));
        let taken = Shows::of(&journey, &counts(&[("a", 9), ("b", 4), ("c", 2)], &[]), &c).unwrap();
        assert!(taken.is_in(&journey, &shows(&[("c", 1)])) && !taken.is_in(&journey, &shows(&[("b", 1)])));
    }
}
