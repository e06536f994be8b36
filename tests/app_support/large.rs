//! A journey as large as nobody should draw one.

use std::collections::BTreeMap;

use throughline::journey::{Block, BlockId, Journey, JourneyId, edit::Starter};

/// How many blocks follow each question.
const CHAIN: usize = 10;

/// A journey of `count` blocks: question after question, each with a chain of delays at its “yes”.
pub fn journey(count: usize) -> Journey {
    let mut journey = Journey::empty(JourneyId::from("large"), "Large");
    let id = |at: usize| BlockId(format!("block-{at}"));
    for at in 0..count {
        let asks = at % CHAIN == 0;
        let below = if asks { vec![at + 1, at + CHAIN] } else { vec![at + 1] };
        let starter = if asks { Starter::Branch } else { Starter::Delay };
        let kind = starter.kind();
        let ends = at % CHAIN == CHAIN - 1;
        let exits: BTreeMap<_, _> = kind
            .exits()
            .into_iter()
            .zip(below)
            .filter(|(_, to)| *to < count && !ends)
            .map(|(exit, to)| (exit, id(to)))
            .collect();
        journey.blocks.insert(id(at), Block { name: format!("Step {at}"), note: String::new(), kind, exits });
    }
    journey.start = Some(id(0));
    journey
}
