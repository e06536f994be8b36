//! What a command works on: a workspace, its platform, its recordings.

use std::{
    fs::File,
    io::BufReader,
    ops::ControlFlow,
    path::{Path, PathBuf},
    sync::atomic::Ordering,
};

use anyhow::Context;

use super::{Cancelled, args::DEFAULT_PLATFORM, progress, say, signal};
use crate::{
    identity::Platform,
    journey::{Journey, JourneyId, LintContext, Problem, Severity, lint},
    recording::{EventLog, ImportCounts, RecordingError, Taxonomy, parse::read_events_in_blocks},
    report::problems,
    workspace::Workspace,
};

/// The file that makes a folder a workspace.
const WORKSPACE_FILE: &str = "workspace.ron";
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
}

/// Opens a workspace folder, or a journey with the workspace around it, if there is one.
pub fn target(path: &Path, platform: Option<&str>) -> anyhow::Result<Target> {
    let mut target = if path.is_dir() {
        Target { workspace: Workspace::load(path)?, journey: None }
    } else {
        bare_journey(path)?
    };
    if let Some(choice) = platform {
        target.workspace.platform = self::platform(choice)?;
    }
    Ok(target)
}

/// A journey on its own. Where a workspace's journeys hold another version of it, the one named
/// takes its place.
fn bare_journey(path: &Path) -> anyhow::Result<Target> {
    let journey = Workspace::load_journey(path)?;
    let id = journey.id.clone();
    let mut workspace = match enclosing_workspace(path) {
        Some(folder) => Workspace::load(&folder)?,
        None => Workspace::without_folder(platform(DEFAULT_PLATFORM)?),
    };
    workspace.journeys.retain(|other| other.id != id);
    workspace.journeys.push(journey);
    Ok(Target { workspace, journey: Some(id) })
}

/// The nearest folder above a file that is a workspace.
fn enclosing_workspace(file: &Path) -> Option<PathBuf> {
    let absolute = std::path::absolute(file).ok()?;
    absolute.ancestors().skip(1).find(|folder| folder.join(WORKSPACE_FILE).is_file()).map(Path::to_owned)
}

/// The workspace meant where none is named: this folder, or the samples in it.
pub fn default_folder() -> anyhow::Result<PathBuf> {
    let here = Path::new(".");
    [here.to_owned(), here.join(SAMPLES)]
        .into_iter()
        .find(|folder| folder.join(WORKSPACE_FILE).is_file())
        .with_context(|| {
            format!("no workspace here: neither {WORKSPACE_FILE} nor {SAMPLES}/{WORKSPACE_FILE} exists; name a workspace folder")
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

/// Recordings that were read, and which of them are history.
pub struct Recordings {
    /// Their events.
    pub log: EventLog,
    /// Positions in the log of those that build state and trigger nothing.
    pub history: Vec<u16>,
}

/// Reads the recordings named on the command line, or else the workspace's own.
pub fn recordings(workspace: &Workspace, named: &[PathBuf]) -> anyhow::Result<Recordings> {
    let files: Vec<(PathBuf, bool)> = if named.is_empty() {
        let folder = workspace.folder.as_deref().unwrap_or_else(|| Path::new("."));
        workspace.recordings.iter().map(|entry| (folder.join(&entry.file), entry.history)).collect()
    } else {
        named.iter().map(|file| (file.clone(), false)).collect()
    };
    anyhow::ensure!(!files.is_empty(), "there is no recording to replay; name one with --recording FILE");
    let mut log = EventLog::new();
    let mut history = Vec::new();
    for (position, (file, is_history)) in files.iter().enumerate() {
        read_recording(file, &mut log)?;
        if *is_history {
            history.push(u16::try_from(position).context("too many recordings")?);
        }
    }
    Ok(Recordings { log, history })
}

/// Reads one file, with progress; says what was odd about it.
pub fn read_recording(file: &Path, log: &mut EventLog) -> anyhow::Result<ImportCounts> {
    let name = file.display().to_string();
    let opened = File::open(file).with_context(|| format!("cannot read {name}"))?;
    let size = opened.metadata().map(|metadata| metadata.len()).ok();
    let counts = progress::shown(&format!("Reading {name}"), size, |done| {
        read_events_in_blocks(&mut BufReader::new(opened), &name, log, &mut |_, so_far| {
            done.store(so_far.bytes, Ordering::Relaxed);
            if signal::check().is_ok() { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
        })
    });
    match counts {
        Ok(counts) => {
            say_oddities(&name, &counts);
            Ok(counts)
        }
        Err(RecordingError::Cancelled { .. }) => Err(Cancelled.into()),
        Err(error) => Err(error.into()),
    }
}

/// What was odd about a recording: rejected lines, events without any identifier.
pub fn say_oddities(name: &str, counts: &ImportCounts) {
    for rejection in counts.rejected.iter().take(REJECTIONS_SHOWN) {
        say(&format!("{name}:{}: rejected: {}", rejection.line, rejection.reason));
    }
    let more = counts.rejected.len().saturating_sub(REJECTIONS_SHOWN);
    if more > 0 {
        say(&format!("{name}: {more} more lines rejected; {} events kept", counts.kept));
    }
    if counts.without_identifier > 0 {
        say(&format!(
            "{name}: {} events carry no identifier and belong to nobody",
            counts.without_identifier
        ));
    }
}

/// Problems of one journey in its workspace.
pub fn problems_of(journey: &Journey, workspace: &Workspace, taxonomy: Option<&Taxonomy>) -> Vec<Problem> {
    let ids: Vec<JourneyId> = workspace.journeys.iter().map(|journey| journey.id.clone()).collect();
    let context = LintContext {
        platform: &workspace.platform,
        segments: &workspace.segments,
        roles: &workspace.facts.roles,
        taxonomy,
        journeys: &ids,
    };
    lint(journey, &context)
}

/// Refuses journeys with errors: says their errors, and returns whether there are any.
pub fn has_errors<'a>(
    journeys: impl IntoIterator<Item = &'a Journey>,
    workspace: &Workspace,
) -> anyhow::Result<bool> {
    let mut any = false;
    for journey in journeys {
        let mut errors = problems_of(journey, workspace, None);
        errors.retain(|problem| problem.severity == Severity::Error);
        if !errors.is_empty() {
            any = true;
            problems::write_problems(journey.id.as_str(), journey, &errors, &mut std::io::stderr())?;
        }
    }
    Ok(any)
}
