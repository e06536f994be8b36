//! A report on a block or a way of a journey over everybody, as the canvas and the coverage show
//! it. Nobody in particular is meant: the smallest recording is one in which somebody comes there,
//! or as near as anybody did.

use std::fmt::Write as _;

use super::{Expectation, cell, events, line, one_line, settings};
use crate::{
    journey::{Journey, edit::Port},
    lab::{
        place::{Reached, Shows, came},
        shrink::{Smallest, shrink_place},
    },
    simulator::{JourneyCounts, ReplayInput},
    store::ReplayKey,
    words::{block, counted, status, time},
    workspace::{PieceError, witnesses},
};

pub use crate::lab::place::Spot;

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
///
/// # Errors
/// When a replay is cancelled, or the workspace's zone is unknown.
pub fn place_report(case: &PlaceCase<'_>) -> Result<String, PieceError> {
    let mut text = String::new();
    let out = &mut text;
    line(out, &format!("# {} / {}", one_line(&case.journey.name), one_line(&name(case.journey, case.spot))));
    line(out, &format!("\n**What should have happened:** {}\n", case.expected.text()));
    line(out, &format!("**What happened:** {}", happened(case)));
    counts(out, case);
    settings(out, case.input, case.key);
    match case.counts.and_then(|counts| Shows::of(case.journey, counts, case.spot)) {
        Some(shows) => recording(out, case, &shows)?,
        None if *case.spot == Spot::Way(Port::NeverIdentified) => {
            line(out, "\nNothing was held back for this journey, so that no recording shows more.");
        }
        None => line(out, "\nNobody in the recordings did anything that this journey begins with."),
    }
    Ok(text)
}

/// The smallest recording that shows the same of the place, and how it is replayed.
fn recording(out: &mut String, case: &PlaceCase<'_>, shows: &Shows) -> Result<(), PieceError> {
    let Some(Smallest { history, live, cut_short, .. }) = smallest(case, shows)? else {
        line(out, "\nNo smaller recording shows the same when it is replayed alone.");
        return Ok(());
    };
    line(out, &format!("\n## The smallest recording in which {}", seen(case.journey, shows)));
    let zone = time::zone(&case.input.workspace.zone);
    events(out, (&history, &live), cut_short, case.input.log.len(), zone);
    // Writing to a text cannot fail.
    let _ = write!(
        out,
        "\nSaved as a file, it is replayed by\n\n```sh\nthroughline simulate WORKSPACE --journey '{}' --platform {} --seed {} --horizon '{}' --recording FILE\n```\n",
        case.journey.id, case.input.platform.name, case.input.seed, case.input.horizon,
    );
    Ok(())
}

/// The events of whoever shows it first in the recordings, less what does not matter. `None`: what
/// everybody's counts show, nobody's events alone do.
///
/// # Errors
/// As [`place_report`].
pub fn smallest(case: &PlaceCase<'_>, shows: &Shows) -> Result<Option<Smallest>, PieceError> {
    let found = witnesses(case.input, &|result| shows.is_in(case.journey, &result.journeys))?;
    let Some((log, bounds)) = found else { return Ok(None) };
    let input = ReplayInput { log: &log, ..*case.input };
    Ok(shrink_place(&input, bounds, case.journey, shows)?)
}

/// What is seen in it.
fn seen(journey: &Journey, shows: &Shows) -> String {
    let short = |how: &str| format!("somebody {how}, and no further");
    match &shows.reached {
        Reached::Held => short("does what this journey begins with while nobody knows them"),
        Reached::Offered => short("does what this journey begins with"),
        Reached::Spot(_) if shows.is_taken() => match shows.spot {
            Spot::Block(_) => "somebody comes here".to_owned(),
            Spot::Way(_) => "somebody takes this way".to_owned(),
        },
        Reached::Spot(Spot::Block(id)) => short(&format!("comes to {}", block::quoted(journey, id))),
        Reached::Spot(way @ Spot::Way(_)) => short(&format!("comes to {}", name(journey, way))),
    }
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

fn happened(case: &PlaceCase<'_>) -> String {
    let Some(counts) = case.counts else { return "The journey was not replayed.".to_owned() };
    let number = came(case.journey, counts, case.spot);
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
