//! A report on a block or a way of a journey over everybody, as the canvas and the coverage show
//! it. Nobody in particular is meant, so no recording can be made smaller: the digests say which
//! were replayed.

use super::{Expectation, cell, line, one_line, settings};
use crate::{
    journey::{BlockId, Journey, edit::Port},
    simulator::{HeldState, JourneyCounts, ReplayInput},
    store::ReplayKey,
    words::{block, counted, status},
};

/// What such a report is about.
#[derive(Clone, Copy)]
pub struct PlaceCase<'a> {
    /// The settings of the replay.
    pub input: &'a ReplayInput<'a>,
    /// Digests of everything that made the result.
    pub key: &'a ReplayKey,
    /// The journey.
    pub journey: &'a Journey,
    /// Where in it.
    pub spot: &'a Spot,
    /// What was counted of the journey; `None`: it was not replayed.
    pub counts: Option<&'a JourneyCounts>,
    /// What should have happened.
    pub expected: &'a Expectation,
}

/// Writes it.
pub fn place_report(case: &PlaceCase<'_>) -> String {
    let mut text = String::new();
    let out = &mut text;
    line(out, &format!("# {} / {}", one_line(&case.journey.name), one_line(&name(case.journey, case.spot))));
    line(out, &format!("\n**What should have happened:** {}\n", case.expected.text()));
    line(out, &format!("**What happened:** {}", happened(case)));
    counts(out, case);
    settings(out, case.input, case.key);
    line(out, "\nThis is about everybody in the recordings; their digest says which they are.");
    text
}

/// Where in a journey.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Spot {
    /// At a block.
    Block(BlockId),
    /// On a way out: the trigger's, or a block's.
    Way(Port),
}

/// What a spot of a journey is called: “Wait for an email”, timed out.
pub fn name(journey: &Journey, spot: &Spot) -> String {
    match spot {
        Spot::Way(Port::Start) => "the trigger".to_owned(),
        Spot::Way(Port::NeverIdentified) => "the trigger, never identified".to_owned(),
        Spot::Block(id) => block::quoted(journey, id),
        Spot::Way(Port::Exit(id, exit)) => {
            let kind = journey.blocks.get(id).map(|block| &block.kind);
            let exit = kind.map_or_else(String::new, |kind| block::exit_name(kind, exit.as_str()));
            format!("{}, {exit}", block::quoted(journey, id))
        }
    }
}

/// How many came to a spot, as counted.
pub fn came(counts: Option<&JourneyCounts>, spot: &Spot) -> u64 {
    let block = |id| counts.and_then(|counts| counts.blocks.get(id));
    match spot {
        Spot::Way(Port::Start) => counts.map_or(0, |counts| counts.started),
        Spot::Way(Port::NeverIdentified) => {
            let never = counts.and_then(|counts| counts.held.get(HeldState::NeverIdentified.word()));
            never.copied().unwrap_or(0)
        }
        Spot::Block(id) => block(id).map_or(0, |block| block.entered),
        Spot::Way(Port::Exit(id, exit)) => {
            block(id).and_then(|block| block.exits.get(exit)).copied().unwrap_or(0)
        }
    }
}

fn happened(case: &PlaceCase<'_>) -> String {
    if case.counts.is_none() {
        return "The journey was not replayed.".to_owned();
    }
    let number = came(case.counts, case.spot);
    let runs = counted(number, "run", "runs");
    match case.spot {
        Spot::Way(Port::Start) => format!("{runs} started."),
        Spot::Block(_) if number == 0 => "Nobody came here.".to_owned(),
        Spot::Block(_) => format!("{runs} came here."),
        Spot::Way(_) if number == 0 => "Nobody took this way.".to_owned(),
        Spot::Way(Port::NeverIdentified) => {
            format!("{} took this way.", counted(number, "held trigger", "held triggers"))
        }
        Spot::Way(Port::Exit(..)) => format!("{runs} took this way."),
    }
}

/// What was counted at the block, or of the journey's triggers.
fn counts(out: &mut String, case: &PlaceCase<'_>) {
    let Some(counts) = case.counts else { return };
    line(out, "\n## Counts\n\n| | |\n| --- | --- |");
    let mut row = |name: &str, number: u64| {
        if number > 0 {
            line(out, &format!("| {} | {number} |", cell(name)));
        }
    };
    let (Spot::Block(id) | Spot::Way(Port::Exit(id, _))) = case.spot else {
        row("Triggers offered", counts.offered);
        row("Runs started", counts.started);
        for (reason, number) in &counts.not_started {
            row(&format!("Not started: {}", status::reason(reason)), *number);
        }
        for (state, number) in &counts.held {
            row(&format!("Held: {}", crate::words::spaced(state)), *number);
        }
        return;
    };
    let (Some(of_block), Some(drawn)) = (counts.blocks.get(id), case.journey.blocks.get(id)) else {
        row("Runs started", counts.started);
        return;
    };
    row("Came", of_block.entered);
    row("Wait at the end", of_block.waiting);
    row("Cut short", of_block.left_early);
    for (exit, number) in &of_block.exits {
        row(&format!("Went on: {}", block::exit_name(&drawn.kind, exit.as_str())), *number);
    }
    for (reason, number) in &of_block.reasons {
        row(&format!("Messages: {}", status::reason(reason)), *number);
    }
}
