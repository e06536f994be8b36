//! `throughline simulate`: replays recordings through journeys and prints every message.

use std::{
    collections::{BTreeMap, BTreeSet},
    io::Write,
    path::{Path, PathBuf},
};

use super::{
    Cancelled, Verdict,
    args::{MessageFormat, SimulateArgs},
    load::{self, Target},
    progress, say, signal,
};
use crate::{
    journey::{Journey, JourneyId},
    recording::Span,
    report::{messages, spreadsheet},
    simulator::{HeldState, MessageRecord, MessageState, ReplayError, ReplayInput},
    store::ReplayKey,
    words::{names::Names, time},
    workspace::{
        Following, LoadedRecordings, PieceError, Replayed, Split, Workspace, events_of_a_piece,
        replay_recordings,
    },
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
    let (recordings, mut store) = load::recordings(&target.workspace, &arguments.recording)?;
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
    let split = match &recordings.stored {
        Some(_) => Some(in_pieces(&input, &recordings)?),
        None => None,
    };
    let key = ReplayKey::of(&input, &recordings.digests());
    let total = recordings.events().len() as u64;
    let replayed = progress::shown("Replaying", Some(total), |done| {
        let input = ReplayInput { progress: Some(done), ..input };
        let pieces = split.as_ref().map(|split| (recordings.events(), split));
        replay_recordings(&input, pieces, store.as_mut().map(|store| (store, &key)))
    });
    let replayed = replayed.map_err(told)?;
    // What is printed does not depend on the store.
    if let Some(Err(error)) = &replayed.saved {
        say(&format!("The result is not kept in the store: {error}."));
    }
    let result = &replayed.result;
    let shown = || {
        let is_wanted = |id: &JourneyId| wanted.as_ref().is_none_or(|wanted| wanted.contains(id));
        result.messages.iter().filter(move |message| is_wanted(&message.journey))
    };
    let names = Names::of(&target.workspace.journeys);
    let zone = time::zone(&target.workspace.facts.zone);
    match arguments.format {
        MessageFormat::Json => messages::write_json(shown(), out)?,
        MessageFormat::Table => messages::write_table(shown(), &names, zone, out)?,
        MessageFormat::Csv => spreadsheet::write_messages(shown(), &names, zone, out)?,
    }
    say(&summary(&replayed, shown()));
    if let Some(held) = held_summary(&replayed.held) {
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
            format: MessageFormat::Table,
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
        let known = if known.is_empty() { "none".to_owned() } else { known.join(", ") };
        anyhow::anyhow!("there is no journey “{name}”; known: {known}")
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

/// Cuts recordings that are too large for memory into pieces.
pub fn in_pieces(input: &ReplayInput<'_>, recordings: &LoadedRecordings) -> anyhow::Result<Split> {
    let events = recordings.events();
    let most = events_of_a_piece(events.len(), input.threads);
    let split = progress::shown("Looking who may meet", Some(events.len() as u64), |done| {
        let following = Following { cancel: input.cancel, progress: Some(done) };
        Split::pieces(events, input.platform, most, following)
    });
    let split = split.map_err(told)?;
    if split.largest > most {
        say(&format!(
            "{} events belong to people who share identifiers with each other; they need memory all at once",
            split.largest
        ));
    }
    Ok(split)
}

/// The same error, with Ctrl-C told apart.
pub fn told(error: PieceError) -> anyhow::Error {
    match error {
        PieceError::Replay(ReplayError::Cancelled) => Cancelled.into(),
        other => other.into(),
    }
}

/// `Replayed 533 events of 61 people: 24 sent, 9 not sent, 40 waiting.`
fn summary<'a>(replayed: &Replayed, messages: impl Iterator<Item = &'a MessageRecord>) -> String {
    let mut counts = [0_u64; 4];
    for message in messages {
        counts[message.state as usize] += 1;
    }
    let said = [MessageState::Sent, MessageState::NotSent, MessageState::Skipped, MessageState::Waiting]
        .map(|state| format!("{} {}", counts[state as usize], state.word().replace('_', " ")));
    let result = &replayed.result;
    let duplicates = match result.duplicates {
        0 => String::new(),
        count => format!(" ({count} duplicates left out)"),
    };
    let people = match replayed.people {
        1 => "1 person".to_owned(),
        count => format!("{count} people"),
    };
    format!("Replayed {} events{duplicates} of {people}: {}.", result.events, said.join(", "))
}

/// `Held triggers: 24 joined, 3 too old, 12 never identified.`; `None` where the platform holds
/// none back.
fn held_summary(counts: &BTreeMap<HeldState, u64>) -> Option<String> {
    let said: Vec<String> =
        counts.iter().map(|(state, count)| format!("{count} {}", state.word().replace('_', " "))).collect();
    if said.is_empty() { None } else { Some(format!("Held triggers: {}.", said.join(", "))) }
}
