//! What is replayed, what the worker keeps of it between jobs, and why a job stops.

use std::{path::PathBuf, sync::Arc};

use super::control::{Control, Stage, Timing};
use crate::{
    app::{
        fault::Fault,
        session::{Choice, Outcome, Source},
    },
    identity::Platform,
    journey::Journey,
    recording::{EventLog, ImportCounts, Roles, Taxonomy},
    simulator::{GroupedEvents, ReplayError},
    store::ImportControl,
    workspace::{Workspace, recordings},
};

/// A replay of an open workspace.
#[derive(Clone, Debug)]
pub struct ReplayJob {
    /// The workspace.
    pub workspace: Arc<Workspace>,
    /// Recordings of the session.
    pub sources: Vec<Source>,
    /// What to replay.
    pub choice: Choice,
}

impl ReplayJob {
    /// The recordings that are replayed, with their place in the session.
    pub(super) fn taken(&self) -> Vec<(usize, &Source)> {
        let taken = |(at, source): &(usize, &Source)| self.choice.recordings.takes(*at, source);
        self.sources.iter().enumerate().filter(taken).collect()
    }
    /// Their files.
    pub(super) fn paths(&self) -> Vec<PathBuf> {
        self.taken().iter().map(|(_, source)| source.path.clone()).collect()
    }
}

/// What the worker keeps between jobs: the events read last, so that another platform or journey
/// over the same recordings need not read them again.
#[derive(Default)]
pub struct Memory {
    pub(super) read: Option<Recordings>,
    /// Other recordings, that a result is compared on.
    pub(super) beside: Option<Recordings>,
}

/// Recordings in memory.
#[derive(Default)]
pub(super) struct Recordings {
    pub(super) paths: Vec<PathBuf>,
    pub(super) log: EventLog,
    pub(super) history: Vec<u16>,
    /// Digests of the recordings, in the log's order.
    pub(super) digests: Vec<String>,
    /// What was read of each path; `None` for one that cannot be used.
    pub(super) imports: Vec<Option<ImportCounts>>,
    /// Why those cannot.
    pub(super) faults: Vec<Fault>,
    /// What they hold, and the roles it was read with: an edit of a journey changes neither.
    pub(super) taxonomy: Option<(Roles, Arc<Taxonomy>)>,
    /// The replay of them that is shown.
    pub(super) shown: Option<Shown>,
    pub(super) ready: Ready,
}

/// The last replay of recordings, and all it depended on.
pub(super) struct Shown {
    pub(super) workspace: Arc<Workspace>,
    pub(super) platform: Platform,
    pub(super) choice: Choice,
    /// Journeys without errors.
    pub(super) journeys: Vec<Arc<Journey>>,
    pub(super) outcome: Arc<Outcome>,
}

/// Events made ready, and the platform under whose rules.
#[derive(Default)]
pub(super) struct Ready(pub(super) Option<(Platform, Arc<GroupedEvents>)>);

/// Why a job stopped.
pub(super) enum Stop {
    Cancelled,
    Fault(Fault),
}

impl From<Fault> for Stop {
    fn from(fault: Fault) -> Self {
        Self::Fault(fault)
    }
}

/// Whether a result is what the next replay begins from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Keep {
    /// It is the one that is shown: the next edit replays only what it reaches.
    Yes,
    /// It is another one to compare with.
    No,
}

impl Memory {
    /// The recordings in memory; read now if they are others than last time, or if one could not
    /// be used, which may be mended by now. With a clock of its
    /// own (a test) a job leaves no store behind.
    pub(super) fn read(
        &mut self,
        workspace: &Workspace,
        taken: &[(usize, &Source)],
        control: &Control,
        timing: Timing,
    ) -> Result<&mut Recordings, Stop> {
        let paths: Vec<PathBuf> = taken.iter().map(|(_, source)| source.path.clone()).collect();
        let fresh = match self.read.take() {
            Some(read) if read.paths == paths && read.faults.is_empty() => read,
            _ => read_all(workspace, paths, control, timing)?,
        };
        Ok(self.read.insert(fresh))
    }
}

impl Recordings {
    /// The taxonomy, as these roles see it.
    pub(super) fn taxonomy(&mut self, roles: &Roles) -> Arc<Taxonomy> {
        match &self.taxonomy {
            Some((with, taxonomy)) if with == roles => Arc::clone(taxonomy),
            _ => {
                let taxonomy = Arc::new(Taxonomy::of(&self.log, roles));
                self.taxonomy = Some((roles.clone(), Arc::clone(&taxonomy)));
                taxonomy
            }
        }
    }
}

fn read_all(
    workspace: &Workspace,
    paths: Vec<PathBuf>,
    control: &Control,
    timing: Timing,
) -> Result<Recordings, Stop> {
    if paths.is_empty() {
        return Ok(Recordings::default());
    }
    let size = |path: &PathBuf| std::fs::metadata(path).map_or(0, |data| data.len());
    control.begin(Stage::Reading, paths.iter().map(size).sum());
    let import = ImportControl { cancel: Some(&control.cancel), bytes: Some(&control.done), lines: None };
    let loaded = match timing {
        Timing::Measured => recordings::load(workspace, &paths, import).map(|(loaded, _)| loaded),
        Timing::Fixed(_) => recordings::load_recordings(workspace, None, &paths, import),
    };
    let loaded = loaded.map_err(|error| {
        if control.cancelled() { Stop::Cancelled } else { Stop::Fault(recording_fault(error.to_string())) }
    })?;
    let digests = loaded.digests();
    let mut imports = vec![None; paths.len()];
    for source in loaded.sources {
        imports[source.place] = Some(source.counts);
    }
    let faults = loaded.unusable.into_iter().map(|unusable| recording_fault(unusable.reason)).collect();
    Ok(Recordings {
        paths,
        log: loaded.log,
        history: loaded.history,
        digests,
        imports,
        faults,
        taxonomy: None,
        shown: None,
        ready: Ready::default(),
    })
}

fn recording_fault(place: String) -> Fault {
    Fault {
        what: "A recording cannot be read".to_owned(),
        place,
        advice: "Choose another recording at the top, or mend the file and replay.".to_owned(),
    }
}

pub(super) fn platform(workspace: &Workspace, name: &str) -> Result<Platform, Fault> {
    if workspace.platform.name == name {
        return Ok(workspace.platform.clone());
    }
    Platform::preset(name).cloned().map_err(|error| Fault {
        what: "There is no such platform".to_owned(),
        place: error.to_string(),
        advice: "Choose another platform at the top.".to_owned(),
    })
}

pub(super) fn replay_fault(error: &ReplayError) -> Fault {
    Fault {
        what: "Nothing was replayed".to_owned(),
        place: error.to_string(),
        advice: "Mend workspace.ron and open the workspace again.".to_owned(),
    }
}
