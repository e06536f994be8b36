//! What a command works on: a workspace, its platform, its recordings.

use std::{
    collections::BTreeMap,
    fs::File,
    io::BufReader,
    ops::ControlFlow,
    path::{Path, PathBuf},
    sync::atomic::Ordering,
};

use anyhow::Context;

use super::{Cancelled, Verdict, progress, say, signal};
use crate::{
    identity::Platform,
    journey::{Journey, JourneyId, Problem, Severity, Status, lint, lint_segments},
    recording::{EventLog, ImportCounts, RecordingError, Taxonomy, parse::read_events_in_blocks},
    report::problems,
    store::{ImportControl, Store, StoreError},
    words::counted,
    workspace::{
        self, EVENTS_IN_MEMORY, FileProblem, LoadedRecordings, WORKSPACE_FILE, Workspace, lint::in_context,
    },
};

/// Opened where nothing is named and this folder is no workspace.
const SAMPLES: &str = "sample-journeys";
/// How many rejected lines are shown before the rest is only counted.
const REJECTIONS_SHOWN: usize = 5;

/// What a path on the command line turned out to be.
pub struct Target {
    /// The workspace, with the platform asked for.
    pub workspace: Workspace,
    /// The one journey that was named, if one was.
    pub journey: Option<JourneyId>,
    /// Which file each journey came from.
    pub files: BTreeMap<JourneyId, PathBuf>,
    /// Files of the workspace that could not be read, or not wholly.
    pub problems: Vec<FileProblem>,
}

/// Opens a workspace folder, or a journey with the workspace around it, if there is one.
pub fn target(path: &Path, platform: Option<&str>) -> anyhow::Result<Target> {
    let is_folder = path.is_dir();
    let opened = if is_folder { workspace::open(path)? } else { workspace::open_journey(path)? };
    let journey = opened.workspace.journeys.first().map(|journey| journey.id.clone());
    let mut target = Target {
        workspace: opened.workspace,
        journey: journey.filter(|_| !is_folder),
        files: opened.files.journeys,
        problems: opened.problems,
    };
    if let Some(choice) = platform {
        target.workspace.platform = self::platform(choice)?;
    }
    Ok(target)
}

impl Target {
    /// Says what could not be read; refuses to go on where something is missing altogether.
    pub fn whole(self) -> anyhow::Result<Self> {
        let (missing, odd): (Vec<_>, Vec<_>) = self.problems.iter().partition(|problem| problem.blocking);
        for problem in odd {
            say(&problem.text);
        }
        let texts: Vec<&str> = missing.iter().map(|problem| problem.text.as_str()).collect();
        anyhow::ensure!(texts.is_empty(), "{}", texts.join("\n"));
        Ok(self)
    }
    /// The file a journey came from, as people would name it.
    pub fn file_of(&self, journey: &JourneyId) -> String {
        self.files.get(journey).map_or_else(|| journey.to_string(), |file| file.display().to_string())
    }
}

/// The workspace meant where none is named: this folder, or the samples in it.
pub fn default_folder() -> anyhow::Result<PathBuf> {
    [PathBuf::from("."), PathBuf::from(SAMPLES)]
        .into_iter()
        .find(|folder| folder.join(WORKSPACE_FILE).is_file())
        .with_context(|| {
            format!("there is no {WORKSPACE_FILE} here and none in {SAMPLES}; name the workspace to work on")
        })
}

/// A preset by name, or one from a file.
pub fn platform(choice: &str) -> anyhow::Result<Platform> {
    let is_file = Path::new(choice).extension().is_some_and(|extension| extension == "ron");
    if !is_file {
        return Ok(Platform::preset(choice)?.clone());
    }
    let text = std::fs::read_to_string(choice).with_context(|| format!("cannot read {choice}"))?;
    Ok(Platform::from_ron(&text, choice)?)
}

/// Loads the recordings named on the command line, or else the workspace's own: at least one. If
/// they are many they stay in the workspace's store.
pub fn recordings(
    workspace: &Workspace,
    named: &[PathBuf],
) -> anyhow::Result<(LoadedRecordings, Option<Store>)> {
    anyhow::ensure!(
        !(named.is_empty() && workspace.recordings.is_empty()),
        "there is no recording to replay; name one with --recording FILE"
    );
    let (recordings, store) = usable_recordings(workspace, named, EVENTS_IN_MEMORY)?;
    anyhow::ensure!(!recordings.sources.is_empty(), "no recording can be used");
    Ok((recordings, store))
}

/// Loads those of the recordings that can be used, through the workspace's store where it has
/// one, where they stay if they have more than `most` events; says what was odd about them, and
/// why the others cannot.
pub fn usable_recordings(
    workspace: &Workspace,
    named: &[PathBuf],
    most: usize,
) -> anyhow::Result<(LoadedRecordings, Option<Store>)> {
    let loaded = progress::shown("Reading recordings", None, |lines| {
        let control =
            ImportControl { cancel: Some(signal::flag()), lines: Some(lines), ..ImportControl::default() };
        workspace::recordings::open_and_load(most, workspace, named, control)
    });
    let (recordings, store) = loaded.map_err(|error| match error {
        StoreError::Recording(RecordingError::Cancelled { .. }) => Cancelled.into(),
        other => anyhow::Error::from(other),
    })?;
    for note in &recordings.notes {
        say(note);
    }
    for unusable in &recordings.unusable {
        say(&format!("error: {}", unusable.reason));
    }
    for source in &recordings.sources {
        say_oddities(&source.name, &source.counts);
    }
    Ok((recordings, store))
}

/// How a command went that did all it could with these recordings.
pub fn verdict(recordings: &LoadedRecordings) -> Verdict {
    if recordings.unusable.is_empty() { Verdict::Fine } else { Verdict::Partial }
}

/// Reads one file, with progress; says what was odd about it. Whether it could be used.
pub fn read_recording(file: &Path, log: &mut EventLog) -> anyhow::Result<bool> {
    match read_file(file, log) {
        Ok(counts) => {
            say_oddities(&file.display().to_string(), &counts);
            Ok(true)
        }
        Err(RecordingError::Cancelled { .. }) => Err(Cancelled.into()),
        Err(error) => {
            say(&format!("error: {error}"));
            Ok(false)
        }
    }
}

fn read_file(file: &Path, log: &mut EventLog) -> Result<ImportCounts, RecordingError> {
    let name = file.display().to_string();
    let opened =
        File::open(file).map_err(|source| RecordingError::Unreadable { file: name.clone(), source })?;
    let size = opened.metadata().map(|metadata| metadata.len()).ok();
    progress::shown(&format!("Reading {name}"), size, |done| {
        read_events_in_blocks(&mut BufReader::new(opened), &name, log, &mut |_, so_far| {
            done.store(so_far.bytes, Ordering::Relaxed);
            if signal::check().is_ok() { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
        })
    })
    .inspect_err(|_| log.drop_last_recording())
}

/// What was odd about a recording: the first rejected lines, events without any identifier.
fn say_oddities(name: &str, counts: &ImportCounts) {
    say_first_oddities(name, counts, REJECTIONS_SHOWN);
}

/// What was odd about a recording, with every line that was rejected.
pub fn say_all_oddities(name: &str, counts: &ImportCounts) {
    say_first_oddities(name, counts, usize::MAX);
}

fn say_first_oddities(name: &str, counts: &ImportCounts, rejections: usize) {
    for rejection in counts.rejected.iter().take(rejections) {
        say(&format!("{name}:{}: rejected: {}", rejection.line, rejection.reason));
    }
    let more = counts.rejected.len().saturating_sub(rejections);
    if more > 0 {
        let more = counted(more as u64, "more line", "more lines");
        let kept = counted(counts.kept, "event", "events");
        say(&format!("{name}: {more} rejected; {kept} kept (`throughline import` lists every line)"));
    }
    if counts.without_identifier > 0 {
        let events = counted(counts.without_identifier, "event carries", "events carry");
        say(&format!("{name}: {events} no identifier, so nobody knows whose"));
    }
}

/// Problems of one journey in its workspace.
pub fn problems_of(journey: &Journey, workspace: &Workspace, taxonomy: Option<&Taxonomy>) -> Vec<Problem> {
    in_context(workspace, &workspace.platform, taxonomy, |context| lint(journey, context))
}

/// Problems of the workspace's segments, by their ids.
pub fn problems_of_segments(
    workspace: &Workspace,
    taxonomy: Option<&Taxonomy>,
) -> BTreeMap<String, Vec<Problem>> {
    in_context(workspace, &workspace.platform, taxonomy, lint_segments)
}

/// Says the errors of the journeys that would run; returns whether there are any.
pub fn has_errors(target: &Target) -> anyhow::Result<bool> {
    let mut any = false;
    for journey in running(target) {
        let mut errors = problems_of(journey, &target.workspace, None);
        errors.retain(|problem| problem.severity == Severity::Error);
        any |= !errors.is_empty();
        let file = target.file_of(&journey.id);
        problems::write_problems(&file, journey, &errors, &mut std::io::stderr())?;
    }
    if any {
        say("refused: mend these errors first");
    }
    Ok(any)
}

/// The journeys a replay runs: the active ones, and the one that was named.
pub fn running(target: &Target) -> impl Iterator<Item = &Journey> {
    let is_named = |journey: &Journey| target.journey.as_ref() == Some(&journey.id);
    let journeys = target.workspace.journeys.iter().map(AsRef::as_ref);
    journeys.filter(move |journey: &&Journey| journey.status == Status::Active || is_named(journey))
}
