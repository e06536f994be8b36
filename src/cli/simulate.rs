//! `throughline simulate`: replays recordings through journeys and prints every message.

use std::{
    collections::{BTreeMap, BTreeSet},
    io::Write,
    path::{Path, PathBuf},
};

use super::{
    Cancelled, Format, Verdict,
    args::SimulateArgs,
    load::{self, Target},
    progress, say, signal,
};
use crate::{
    journey::{Journey, JourneyId},
    recording::Span,
    report::{
        messages::{self, Names},
        words,
    },
    simulator::{HeldState, MessageRecord, MessageState, ReplayError, ReplayInput, ReplayResult, replay},
    store::{ReplayKey, Store},
    workspace::{LoadedRecordings, Workspace},
};

/// How a replay is run.
#[derive(Clone, Copy)]
pub struct Settings {
    /// Seed of every random draw.
    pub seed: u64,
    /// How long after the last event it goes on.
    pub horizon: Span,
    /// Threads; 0: one for each core.
    pub threads: usize,
    /// Whether to keep the trace.
    pub trace: bool,
}

/// Runs the command.
pub fn run(arguments: &SimulateArgs, out: &mut dyn Write) -> anyhow::Result<Verdict> {
    let target = load::target(&arguments.target, arguments.platform.as_deref())?.whole()?;
    let wanted = wanted_journeys(&target, &arguments.journey)?;
    if load::has_errors(&target)? {
        return Ok(Verdict::Bad);
    }
    let (recordings, store) = load::recordings(&target.workspace, &arguments.recording)?;
    if load::running(&target).next().is_none() {
        say("no journey is active, so nothing will be sent; set `status: Active` in a journey");
    }
    let settings = Settings {
        seed: arguments.seed,
        horizon: arguments.horizon,
        threads: arguments.threads,
        trace: false,
    };
    let input = replay_input(&target, &recordings, settings);
    let result = replayed(&input)?;
    if let Some(store) = store {
        keep(store, &input, &recordings, &result);
    }
    let shown = || {
        let is_wanted = |id: &JourneyId| wanted.as_ref().is_none_or(|wanted| wanted.contains(id));
        result.messages.iter().filter(move |message| is_wanted(&message.journey))
    };
    match arguments.format {
        Format::Json => messages::write_json(shown(), out)?,
        Format::Table => {
            let names = Names::of(&target.workspace.journeys);
            messages::write_table(shown(), &names, words::zone(&target.workspace.facts.zone), out)?;
        }
    }
    say(&summary(&result, shown()));
    if let Some(held) = held_summary(&result) {
        say(&held);
    }
    Ok(load::verdict(&recordings))
}

/// What `throughline WORKSPACE` does where there is no display.
pub fn run_workspace(folder: &Path, out: &mut dyn Write) -> anyhow::Result<Verdict> {
    let arguments = SimulateArgs::of_workspace(folder.to_owned());
    run(&arguments, out)
}

impl SimulateArgs {
    /// The arguments of a plain `simulate WORKSPACE`.
    fn of_workspace(target: PathBuf) -> Self {
        Self {
            target,
            recording: Vec::new(),
            platform: None,
            journey: Vec::new(),
            seed: 0,
            horizon: Span::days(30),
            threads: 0,
            format: Format::Table,
        }
    }
}

/// Which journeys' messages are printed; `None`: all.
fn wanted_journeys(target: &Target, named: &[String]) -> anyhow::Result<Option<BTreeSet<JourneyId>>> {
    let mut wanted = BTreeSet::new();
    for name in named {
        wanted.insert(find_journey(&target.workspace, name)?.id.clone());
    }
    wanted.extend(target.journey.clone().filter(|_| named.is_empty()));
    Ok(if wanted.is_empty() { None } else { Some(wanted) })
}

/// The journey with this id or name.
pub fn find_journey<'a>(workspace: &'a Workspace, name: &str) -> anyhow::Result<&'a Journey> {
    let by_id = workspace.journeys.iter().find(|journey| journey.id.as_str() == name);
    let by_name = || workspace.journeys.iter().find(|journey| journey.name.eq_ignore_ascii_case(name));
    by_id.or_else(by_name).map(AsRef::as_ref).ok_or_else(|| {
        let known: Vec<&str> = workspace.journeys.iter().map(|journey| journey.id.as_str()).collect();
        anyhow::anyhow!("there is no journey “{name}”; known are {}", known.join(", "))
    })
}

/// Everything the replay depends on.
pub fn replay_input<'a>(
    target: &'a Target,
    recordings: &'a LoadedRecordings,
    settings: Settings,
) -> ReplayInput<'a> {
    let workspace = &target.workspace;
    ReplayInput {
        log: &recordings.log,
        platform: &workspace.platform,
        workspace: &workspace.facts,
        catalog: &workspace.catalog,
        segments: &workspace.segments,
        journeys: &workspace.journeys,
        also: target.journey.as_ref(),
        history: &recordings.history,
        seed: settings.seed,
        horizon: settings.horizon,
        threads: settings.threads,
        trace: settings.trace,
        cancel: Some(signal::flag()),
        progress: None,
    }
}

/// Replays, with progress and Ctrl-C.
pub fn replayed(input: &ReplayInput<'_>) -> anyhow::Result<ReplayResult> {
    let total = input.log.len() as u64;
    let result = progress::shown("Replaying", Some(total), |done| {
        replay(&ReplayInput { progress: Some(done), ..*input })
    });
    match result {
        Ok(result) => Ok(result),
        Err(ReplayError::Cancelled) => Err(Cancelled.into()),
        Err(error) => Err(error.into()),
    }
}

/// Keeps the result in the workspace's store. What is printed does not depend on it, so a store
/// that cannot be written is said and no more.
fn keep(mut store: Store, input: &ReplayInput<'_>, recordings: &LoadedRecordings, result: &ReplayResult) {
    let key = ReplayKey::of(input, &recordings.digests());
    if let Err(error) = store.save_result(&key, result) {
        say(&format!("The result is not kept in the store: {error}."));
    }
}

/// `Replayed 533 events of 61 people: 24 sent, 9 not sent, 40 waiting.`
fn summary<'a>(result: &ReplayResult, messages: impl Iterator<Item = &'a MessageRecord>) -> String {
    let mut counts = [0_u64; 4];
    for message in messages {
        counts[message.state as usize] += 1;
    }
    let said = [MessageState::Sent, MessageState::NotSent, MessageState::Skipped, MessageState::Waiting]
        .map(|state| format!("{} {}", counts[state as usize], state.word().replace('_', " ")));
    let duplicates = match result.duplicates {
        0 => String::new(),
        count => format!(" ({count} duplicates left out)"),
    };
    let people = match result.people.len() {
        1 => "1 person".to_owned(),
        count => format!("{count} people"),
    };
    format!("Replayed {} events{duplicates} of {people}: {}.", result.events, said.join(", "))
}

/// `Held triggers: 24 joined, 3 too old, 12 never identified.`; `None` where the platform holds
/// none back.
fn held_summary(result: &ReplayResult) -> Option<String> {
    let mut counts: BTreeMap<HeldState, u64> = BTreeMap::new();
    for held in &result.held {
        *counts.entry(held.state).or_default() += 1;
    }
    let said: Vec<String> =
        counts.iter().map(|(state, count)| format!("{count} {}", state.word().replace('_', " "))).collect();
    if said.is_empty() { None } else { Some(format!("Held triggers: {}.", said.join(", "))) }
}
