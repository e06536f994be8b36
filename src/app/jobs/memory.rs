//! What is replayed, what the worker keeps of it between jobs, and why a job stops.

use std::{path::PathBuf, sync::Arc, time::SystemTime};

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

/// A recording as it was when it was read. Another size or time on disk, or another use, is
/// another recording.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct AsRead {
    path: PathBuf,
    history: bool,
    /// Bytes, and when it was changed last; `None` where the system does not tell.
    on_disk: Option<(u64, SystemTime)>,
}

impl AsRead {
    /// A recording as it is now.
    fn now(source: &Source) -> Self {
        let on_disk =
            std::fs::metadata(&source.path).ok().and_then(|it| Some((it.len(), it.modified().ok()?)));
        Self { path: source.path.clone(), history: source.history, on_disk }
    }
}

/// Recordings in memory.
#[derive(Default)]
pub(super) struct Recordings {
    pub(super) from: Vec<AsRead>,
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
        let is_of = |read: &Recordings| read.is_of(taken.iter().map(|(_, source)| &source.path));
        let fresh = match self.read.take() {
            Some(read) if is_of(&read) && read.faults.is_empty() => read,
            _ => {
                let from = taken.iter().map(|(_, source)| AsRead::now(source)).collect();
                read_all(workspace, from, control, timing)?
            }
        };
        Ok(self.read.insert(fresh))
    }

    /// Forgets recordings that were changed since they were read. Only a replay asks for that:
    /// what is told about a result is told of the events it came from.
    pub(super) fn forget_changed(&mut self, taken: &[(usize, &Source)]) {
        let now = || taken.iter().map(|(_, source)| AsRead::now(source));
        if self.read.as_ref().is_some_and(|read| !now().eq(read.from.iter().cloned())) {
            self.read = None;
        }
    }
}

impl Recordings {
    /// Whether they are the recordings in these files.
    pub(super) fn is_of<'p>(&self, paths: impl Iterator<Item = &'p PathBuf>) -> bool {
        self.from.iter().map(|it| &it.path).eq(paths)
    }
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
    from: Vec<AsRead>,
    control: &Control,
    timing: Timing,
) -> Result<Recordings, Stop> {
    if from.is_empty() {
        return Ok(Recordings::default());
    }
    let paths: Vec<PathBuf> = from.iter().map(|it| it.path.clone()).collect();
    control.begin(Stage::Reading, from.iter().filter_map(|it| it.on_disk).map(|(bytes, _)| bytes).sum());
    let import = ImportControl {
        cancel: Some(&control.cancel),
        bytes: Some(&control.done),
        ..ImportControl::default()
    };
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
        from,
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
