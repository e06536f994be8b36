//! `throughline compare`: replays twice and prints which messages differ.

use std::{io::Write, path::Path};

use super::{
    Format, Verdict,
    args::CompareArgs,
    load::{self, Target},
    progress, say,
    simulate::{self, Settings},
};
use crate::{
    lab::compare::{self, compare},
    report::compare::{Sides, summary, write_json, write_table},
    simulator::{ReplayInput, ReplayResult},
    words::{names::Names, time},
    workspace::{LoadedRecordings, replay_recordings},
};

/// One side: what it is, and what came of replaying it.
struct Side {
    target: Target,
    result: ReplayResult,
    verdict: Verdict,
}

/// Runs the command. That something differs is an answer, not a failure.
pub fn run(arguments: &CompareArgs, out: &mut dyn Write) -> anyhow::Result<Verdict> {
    let settings = |seed| Settings { seed, horizon: arguments.horizon, threads: 0, trace: false };
    let before =
        side(&arguments.before, arguments.platform_a.as_deref(), arguments, settings(arguments.seed_a))?;
    let after =
        side(&arguments.after, arguments.platform_b.as_deref(), arguments, settings(arguments.seed_b))?;
    let (Some(mut before), Some(mut after)) = (before, after) else { return Ok(Verdict::Bad) };
    // Of two journeys only their own messages are compared, whatever ids they were saved under.
    if let (Some(old), Some(new)) = (&before.target.journey, &after.target.journey) {
        before.result = compare::of_journey(before.result, old, new);
        after.result = compare::of_journey(after.result, new, new);
    }
    let comparison = compare(&before.result, &after.result);
    let sides = Sides {
        before: &before.result.messages,
        after: &after.result.messages,
        names: Names::of(&after.target.workspace.journeys).or(Names::of(&before.target.workspace.journeys)),
        zone: time::zone(&after.target.workspace.facts.zone),
    };
    match arguments.format {
        Format::Json => write_json(&comparison, &sides, out)?,
        Format::Table => write_table(&comparison, &sides, out)?,
    }
    say(&summary(&comparison, &sides));
    let partial = before.verdict == Verdict::Partial || after.verdict == Verdict::Partial;
    Ok(if partial { Verdict::Partial } else { Verdict::Fine })
}

/// Replays one side; `None`: its journeys have errors, which were said.
fn side(
    path: &Path,
    platform: Option<&str>,
    arguments: &CompareArgs,
    settings: Settings,
) -> anyhow::Result<Option<Side>> {
    let target = load::target(path, platform)?.whole()?;
    if load::has_errors(&target)? {
        return Ok(None);
    }
    // The store stays ours until all is read; a comparison leaves no result in it.
    let (recordings, _store) = load::recordings(&target.workspace, &arguments.recording)?;
    let input = simulate::replay_input(&target, &recordings, settings);
    let result = replayed(&input, &recordings)?;
    let verdict = load::verdict(&recordings);
    Ok(Some(Side { target, result, verdict }))
}

fn replayed(input: &ReplayInput<'_>, recordings: &LoadedRecordings) -> anyhow::Result<ReplayResult> {
    let split = match &recordings.stored {
        Some(_) => Some(simulate::in_pieces(input, recordings)?),
        None => None,
    };
    let total = recordings.events().len() as u64;
    let replayed = progress::shown("Replaying", Some(total), |done| {
        let input = ReplayInput { progress: Some(done), ..*input };
        let pieces = split.as_ref().map(|split| (recordings.events(), split));
        replay_recordings(&input, pieces, None)
    });
    Ok(replayed.map_err(simulate::told)?.result)
}
