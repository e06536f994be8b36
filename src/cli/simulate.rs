//! `throughline simulate`: replays recordings through journeys and prints every message.

use std::{
    collections::BTreeSet,
    io::Write,
    path::{Path, PathBuf},
    sync::atomic::AtomicU64,
};

use super::{
    Cancelled, Format, Verdict,
    args::SimulateArgs,
    load::{self, Recordings, Target},
    progress, say, signal,
};
use crate::{
    journey::{Journey, JourneyId},
    recording::Span,
    report::{
        messages::{self, Names},
        words,
    },
    simulator::{MessageRecord, MessageState, ReplayError, ReplayInput, ReplayResult, replay},
    workspace::Workspace,
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
    let recordings = load::recordings(&target.workspace, &arguments.recording)?;
    let settings = Settings {
        seed: arguments.seed,
        horizon: arguments.horizon,
        threads: arguments.threads,
        trace: false,
    };
    let result = replayed(&target, &recordings, settings)?;
    keep(&target.workspace, &recordings, &result);
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
    Ok(Verdict::Fine)
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
    by_id.or_else(by_name).ok_or_else(|| {
        let known: Vec<&str> = workspace.journeys.iter().map(|journey| journey.id.as_str()).collect();
        anyhow::anyhow!("there is no journey “{name}”; known are {}", known.join(", "))
    })
}

/// Replays, with progress and Ctrl-C.
pub fn replayed(
    target: &Target,
    recordings: &Recordings,
    settings: Settings,
) -> anyhow::Result<ReplayResult> {
    let workspace = &target.workspace;
    if load::running(target).next().is_none() {
        say("no journey is active, so nothing will be sent; set `status: Active` in a journey");
    }
    let total = recordings.log.len() as u64;
    let replay = |done: &AtomicU64| {
        replay(&ReplayInput {
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
            progress: Some(done),
        })
    };
    match progress::shown("Replaying", Some(total), replay) {
        Ok(result) => Ok(result),
        Err(ReplayError::Cancelled) => Err(Cancelled.into()),
        Err(error) => Err(error.into()),
    }
}

/// Keeps the result in the workspace's store. The printed result does not depend on it, so a
/// store that cannot be written is said and no more.
fn keep(workspace: &Workspace, recordings: &Recordings, result: &ReplayResult) {
    let _ = (workspace, recordings, result);
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
    format!(
        "Replayed {} events{duplicates} of {} people: {}.",
        result.events,
        result.people.len(),
        said.join(", ")
    )
}
