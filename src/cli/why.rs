//! `throughline why`: the trace of one person and one block, in plain words.

use std::{collections::BTreeSet, io::Write};

use super::{
    Verdict,
    args::WhyArgs,
    load::{self, Target},
    progress, say,
    simulate::{self, Settings},
};
use crate::{
    journey::{BlockId, Journey, Status},
    lab::{Asked, remedies},
    recording::EventLog,
    report::{
        bug_report::{Case, Expectation, bug_report},
        remedy::{Setting, paragraph},
        why::{Question, explain, find_people, write_answer},
    },
    simulator::{Bounds, ReplayInput, ReplayResult},
    store::ReplayKey,
    words::time,
    workspace::{Events, Following, PieceError, Split, replay_pieces},
};

/// Replays the person with the trace kept, and answers.
pub fn run(arguments: &WhyArgs, out: &mut dyn Write) -> anyhow::Result<Verdict> {
    let folder = match &arguments.workspace {
        Some(folder) => folder.clone(),
        None => load::default_folder()?,
    };
    let mut target = load::target(&folder, arguments.platform.as_deref())?.whole()?;
    let (journey, block) = find_block(&target, &arguments.block)?;
    target.journey.get_or_insert_with(|| journey.id.clone());
    if load::has_errors(&target)? {
        return Ok(Verdict::Bad);
    }
    // The store stays ours until all is read.
    let (recordings, _store) = load::recordings(&target.workspace, &arguments.recording)?;
    let settings = Settings { seed: arguments.seed, horizon: arguments.horizon, threads: 0, trace: true };
    let input = simulate::replay_input(&target, &recordings, settings);
    let around = Around::of(&arguments.person, &input, recordings.events()).map_err(simulate::told)?;
    let result = &around.result;
    let people = find_people(result, &arguments.person);
    let identifiers = the_one(&arguments.person, &people)?;
    let zone = time::zone(&target.workspace.facts.zone);
    let asked = Asked {
        identifiers: identifiers.clone(),
        journey: journey.id.clone(),
        block: block.clone(),
        run: None,
    };
    let text = if arguments.report {
        let key = ReplayKey::of(&input, &recordings.digests());
        let input = ReplayInput { log: &around.log, ..input };
        let bounds = around.bounds;
        let words = arguments.expected.clone().unwrap_or_default();
        let case = Case {
            input: &input,
            bounds,
            key: &key,
            asked: &asked,
            journey: &journey,
            zone,
            expected: &Expectation { wish: None, words },
            beside: None,
        };
        bug_report(&case).map_err(|error| simulate::told(error.into()))?
    } else {
        if journey.status == Status::Draft {
            say(&format!("“{}” is a draft: this is what it would do", journey.name));
        }
        let question = Question { identifiers, journey: &journey, block: &block };
        write_answer(&explain(result, &question, zone), zone, out)?;
        let setting = Setting {
            journey: &journey,
            journeys: &target.workspace.journeys,
            workspace: &target.workspace.facts,
            zone,
        };
        let found = progress::shown("Looking for what would have done", None, |done| {
            let input = ReplayInput { log: &around.log, progress: Some(done), ..input };
            remedies(&input, around.bounds, &asked)
        });
        let found = found.map_err(|error| simulate::told(error.into()))?;
        found.map_or_else(String::new, |found| format!("\n{}\n", paragraph(&found, &asked, &setting)))
    };
    write!(out, "{text}")?;
    Ok(load::verdict(&recordings))
}

/// Whoever may be meant, and all they share an identifier with: nobody else can have had a say.
struct Around {
    /// Their events.
    log: EventLog,
    /// What of everybody's events they depend on.
    bounds: Bounds,
    /// Their replay, up to the same horizon as everybody.
    result: ReplayResult,
}

impl Around {
    fn of(asked: &str, input: &ReplayInput<'_>, events: Events<'_>) -> Result<Self, PieceError> {
        let total = Some(events.len() as u64);
        let split = progress::shown("Looking for them", total, |done| {
            let following = Following { cancel: input.cancel, progress: Some(done) };
            Split::people(events, input.platform, asked, following)
        })?;
        let result = replay_pieces(input, events, &split)?;
        let positions: Vec<u32> = split.iter().flatten().copied().collect();
        let log = events.reader()?.read(&positions)?;
        Ok(Self { log, bounds: split.bounds(input.history), result })
    }
}

/// The block named as `JOURNEY/BLOCK`, each by id or name.
fn find_block(target: &Target, asked: &str) -> anyhow::Result<(Journey, BlockId)> {
    // A name or an id may hold a slash of its own.
    let parts: Vec<(&str, &str)> =
        asked.match_indices('/').map(|(at, _)| (&asked[..at], &asked[at + 1..])).collect();
    let first =
        parts.first().ok_or_else(|| anyhow::anyhow!("“{asked}” names no block; write JOURNEY/BLOCK"))?;
    let is_known = |(journey, _): &&(&str, &str)| simulate::find_journey(&target.workspace, journey).is_ok();
    let (journey, block) = *parts.iter().find(is_known).unwrap_or(first);
    let journey = simulate::find_journey(&target.workspace, journey)?;
    let by_id = journey.blocks.keys().find(|id| id.as_str() == block);
    let by_name =
        || journey.blocks.iter().find(|(_, it)| it.name.eq_ignore_ascii_case(block)).map(|(id, _)| id);
    let id = by_id.or_else(by_name).ok_or_else(|| {
        let known: Vec<&str> = journey.blocks.keys().map(BlockId::as_str).collect();
        anyhow::anyhow!("journey “{}” has no block “{block}”; known are {}", journey.id, known.join(", "))
    })?;
    Ok((journey.clone(), id.clone()))
}

/// The only person found.
fn the_one<'a>(asked: &str, people: &'a [BTreeSet<String>]) -> anyhow::Result<&'a BTreeSet<String>> {
    match people {
        [one] => Ok(one),
        [] => anyhow::bail!("nobody in the recordings is “{asked}”"),
        several => {
            let who: Vec<String> = several
                .iter()
                .map(|identifiers| identifiers.iter().cloned().collect::<Vec<_>>().join(" "))
                .collect();
            anyhow::bail!(
                "“{asked}” is {} people; write kind:value of one of them:\n  {}",
                several.len(),
                who.join("\n  ")
            )
        }
    }
}
