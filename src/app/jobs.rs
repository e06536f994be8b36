//! What the worker does: open a workspace, read recordings, replay, lint.

use std::{
    collections::BTreeMap,
    fs::File,
    io::{self, BufReader, Read},
    path::PathBuf,
    sync::{Arc, atomic::Ordering},
    time::Instant,
};

use super::{
    session::{Choice, Opened, Outcome, RuleCount, Source},
    state::Fault,
    worker::{Control, Stage, Timing},
};
use crate::{
    identity::Platform,
    journey::{Journey, JourneyId, LintContext, Problem, Severity, lint},
    recording::{EventLog, ImportCounts, Span, Taxonomy, read_events},
    simulator::{ReplayError, ReplayInput, replay},
    workspace::{self, Workspace},
};

/// A job.
pub enum Job {
    /// Open the workspace in this folder.
    Open(PathBuf),
    /// Replay.
    Replay(ReplayJob),
}

/// A replay of an open workspace.
pub struct ReplayJob {
    /// The workspace.
    pub workspace: Arc<Workspace>,
    /// Recordings of the session.
    pub sources: Vec<Source>,
    /// What to replay.
    pub choice: Choice,
}

/// What a job made.
pub enum Product {
    /// An open workspace.
    Opened(Box<Opened>),
    /// A replay's outcome.
    Replayed(Box<Outcome>),
    /// Nothing: it was cancelled.
    Cancelled,
}

/// What the worker keeps between jobs: the events read last, so that another platform or journey
/// over the same recordings need not read them again.
#[derive(Default)]
pub struct Memory {
    read: Option<Recordings>,
}

/// Recordings in memory.
struct Recordings {
    paths: Vec<PathBuf>,
    log: EventLog,
    imports: Vec<ImportCounts>,
}

/// Why a job stopped.
enum Stop {
    Cancelled,
    Fault(Fault),
}

impl From<Fault> for Stop {
    fn from(fault: Fault) -> Self {
        Self::Fault(fault)
    }
}

impl Memory {
    /// Does a job.
    pub fn perform(&mut self, job: Job, control: &Control, timing: Timing) -> Result<Product, Fault> {
        let done = match job {
            Job::Open(folder) => open(&folder, control).map(|opened| Product::Opened(Box::new(opened))),
            Job::Replay(job) => {
                self.replay(&job, control, timing).map(|outcome| Product::Replayed(Box::new(outcome)))
            }
        };
        match done {
            Ok(product) => Ok(product),
            Err(Stop::Cancelled) => Ok(Product::Cancelled),
            Err(Stop::Fault(fault)) => Err(fault),
        }
    }

    fn replay(&mut self, job: &ReplayJob, control: &Control, timing: Timing) -> Result<Outcome, Stop> {
        let workspace = &*job.workspace;
        let platform = platform(workspace, &job.choice.platform)?;
        let taken: Vec<(usize, &Source)> = job
            .sources
            .iter()
            .enumerate()
            .filter(|(at, source)| job.choice.recordings.takes(*at, source))
            .collect();
        let read = self.read(&taken, control)?;
        let history: Vec<u16> = taken
            .iter()
            .enumerate()
            .filter(|(_, (_, source))| source.history)
            .map(|(at, _)| at as u16)
            .collect();

        control.begin(Stage::Checking, 0);
        let taxonomy = Taxonomy::of(&read.log, &workspace.facts.roles);
        let ids: Vec<JourneyId> = workspace.journeys.iter().map(|journey| journey.id.clone()).collect();
        let context = LintContext {
            platform: &platform,
            segments: &workspace.segments,
            roles: &workspace.facts.roles,
            taxonomy: (!read.log.is_empty()).then_some(&taxonomy),
            journeys: &ids,
        };
        let problems: BTreeMap<JourneyId, Vec<Problem>> =
            workspace.journeys.iter().map(|journey| (journey.id.clone(), lint(journey, &context))).collect();
        // A journey with errors cannot be replayed; the others can.
        let sound: Vec<Journey> = workspace
            .journeys
            .iter()
            .filter(|journey| {
                !problems[&journey.id].iter().any(|problem| problem.severity == Severity::Error)
            })
            .cloned()
            .collect();

        control.begin(Stage::Replaying, read.log.len() as u64);
        let started = Instant::now();
        let result = replay(&ReplayInput {
            log: &read.log,
            platform: &platform,
            workspace: &workspace.facts,
            catalog: &workspace.catalog,
            segments: &workspace.segments,
            journeys: &sound,
            also: job.choice.draft.as_ref(),
            history: &history,
            seed: 0,
            horizon: Span::days(30),
            threads: 0,
            trace: false,
            cancel: Some(&control.cancel),
            progress: Some(&control.done),
        })
        .map_err(|error| match error {
            ReplayError::Cancelled => Stop::Cancelled,
            other => Stop::Fault(replay_fault(&other)),
        })?;
        let took_ms = match timing {
            Timing::Measured => started.elapsed().as_millis() as u64,
            Timing::Fixed(ms) => ms,
        };

        let mut imports = vec![None; job.sources.len()];
        for ((at, _), counts) in taken.iter().zip(&read.imports) {
            imports[*at] = Some(counts.clone());
        }
        Ok(Outcome {
            result,
            problems,
            imports,
            rules: RuleCount::of(&platform),
            platform: platform.label.clone(),
            took_ms,
        })
    }

    /// The recordings in memory; read now if they are others than last time.
    fn read(&mut self, taken: &[(usize, &Source)], control: &Control) -> Result<&Recordings, Stop> {
        let paths: Vec<PathBuf> = taken.iter().map(|(_, source)| source.path.clone()).collect();
        let fresh = match self.read.take() {
            Some(read) if read.paths == paths => read,
            _ => read_all(paths, taken, control)?,
        };
        Ok(self.read.insert(fresh))
    }
}

fn open(folder: &std::path::Path, control: &Control) -> Result<Opened, Stop> {
    control.begin(Stage::Opening, 0);
    let opened = workspace::open(folder).map_err(|error| Fault {
        what: "The workspace cannot be opened".to_owned(),
        place: error.to_string(),
        advice: "Mend it and open the workspace again, or open another folder.".to_owned(),
    })?;
    Ok(Opened::new(opened))
}

fn platform(workspace: &Workspace, name: &str) -> Result<Platform, Fault> {
    if workspace.platform.name == name {
        return Ok(workspace.platform.clone());
    }
    Platform::preset(name).cloned().map_err(|error| Fault {
        what: "There is no such platform".to_owned(),
        place: error.to_string(),
        advice: "Choose another platform at the top.".to_owned(),
    })
}

fn replay_fault(error: &ReplayError) -> Fault {
    Fault {
        what: "Nothing was replayed".to_owned(),
        place: error.to_string(),
        advice: "Mend workspace.ron and open the workspace again.".to_owned(),
    }
}

fn read_all(paths: Vec<PathBuf>, taken: &[(usize, &Source)], control: &Control) -> Result<Recordings, Stop> {
    let size = |path: &PathBuf| std::fs::metadata(path).map_or(0, |data| data.len());
    control.begin(Stage::Reading, paths.iter().map(size).sum());
    let mut log = EventLog::new();
    let mut imports = Vec::new();
    for (_, source) in taken {
        let unreadable = |reason: String| {
            if control.cancelled() {
                return Stop::Cancelled;
            }
            Stop::Fault(Fault {
                what: format!("The recording “{}” cannot be read", source.name),
                place: reason,
                advice: "Choose another recording at the top, or mend the file and replay.".to_owned(),
            })
        };
        let file = File::open(&source.path)
            .map_err(|error| unreadable(format!("{}: {error}", source.path.display())))?;
        let mut reader = BufReader::with_capacity(1 << 16, Counted { inner: file, control });
        let counts = read_events(&mut reader, &source.name, &mut log)
            .map_err(|error| unreadable(error.to_string()))?;
        imports.push(counts);
    }
    if control.cancelled() {
        return Err(Stop::Cancelled);
    }
    Ok(Recordings { paths, log, imports })
}

/// Counts the bytes read, and stops reading when the job is cancelled.
struct Counted<'a> {
    inner: File,
    control: &'a Control,
}

impl Read for Counted<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.control.cancelled() {
            return Err(io::Error::other("cancelled"));
        }
        let read = self.inner.read(buffer)?;
        self.control.done.fetch_add(read as u64, Ordering::Relaxed);
        Ok(read)
    }
}
