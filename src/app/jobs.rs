//! What the worker does: open a workspace, read recordings, replay, lint.

mod around;
mod compare;
mod control;
mod ready;
mod replay;
mod report;
mod story;
mod why_not;

use std::{path::PathBuf, sync::Arc};

use self::{
    ready::Ready,
    replay::{Keep, Shown},
};
use super::{
    fault::Fault,
    session::{Choice, Opened, Outcome, Source},
};
use crate::{
    identity::Platform,
    lab::Story,
    recording::{EventLog, ImportCounts, Roles, Taxonomy},
    simulator::ReplayError,
    store::ImportControl,
    workspace::{self, Workspace, recordings},
};

pub use around::AroundJob;
pub use compare::{Against, Before, CompareJob, Compared};
pub use control::{Control, Stage, Timing};
pub use report::{About, ReportJob};
pub use why_not::{WhyNot, WhyNotJob};

/// A job.
pub enum Job {
    /// Open the workspace in this folder.
    Open(PathBuf),
    /// Replay.
    Replay(ReplayJob),
    /// Tell the story of one person.
    Story(AroundJob),
    /// Compare the result shown with another.
    Compare(CompareJob),
    /// Look for what would have sent a message.
    WhyNot(Box<WhyNotJob>),
    /// Write a result down as a bug report.
    Report(Box<ReportJob>),
}

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
    fn taken(&self) -> Vec<(usize, &Source)> {
        let taken = |(at, source): &(usize, &Source)| self.choice.recordings.takes(*at, source);
        self.sources.iter().enumerate().filter(taken).collect()
    }
    /// Their files.
    fn paths(&self) -> Vec<PathBuf> {
        self.taken().iter().map(|(_, source)| source.path.clone()).collect()
    }
}

/// What a job made.
pub enum Product {
    /// An open workspace.
    Opened(Box<Opened>),
    /// A replay's outcome.
    Replayed(Arc<Outcome>),
    /// A person's story; `None`: nobody is called so.
    Story(Option<Box<Story>>),
    /// A comparison.
    Compared(Box<Compared>),
    /// What would have sent a message; `None`: nobody is called so.
    WhyNot(Option<Box<WhyNot>>),
    /// A bug report; `None`: nobody is called so.
    Report(Option<String>),
    /// Nothing: it was cancelled.
    Cancelled,
}

/// What the worker keeps between jobs: the events read last, so that another platform or journey
/// over the same recordings need not read them again.
#[derive(Default)]
pub struct Memory {
    read: Option<Recordings>,
    /// Other recordings, that a result is compared on.
    beside: Option<Recordings>,
}

/// Recordings in memory.
#[derive(Default)]
struct Recordings {
    paths: Vec<PathBuf>,
    log: EventLog,
    history: Vec<u16>,
    /// Digests of the recordings, in the log's order.
    digests: Vec<String>,
    /// What was read of each path; `None` for one that cannot be used.
    imports: Vec<Option<ImportCounts>>,
    /// Why those cannot.
    faults: Vec<Fault>,
    /// What they hold, and the roles it was read with: an edit of a journey changes neither.
    taxonomy: Option<(Roles, Arc<Taxonomy>)>,
    /// The replay of them that is shown.
    shown: Option<Shown>,
    ready: Ready,
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
            Job::Story(job) => {
                self.story(&job, control, timing).map(|story| Product::Story(story.map(Box::new)))
            }
            Job::Compare(job) => {
                self.compare(job, control, timing).map(|compared| Product::Compared(Box::new(compared)))
            }
            Job::Report(job) => self.report(&job, control, timing).map(Product::Report),
            Job::WhyNot(job) => {
                self.why_not(&job, control, timing).map(|found| Product::WhyNot(found.map(Box::new)))
            }
            Job::Replay(job) => self.replay(&job, control, timing, Keep::Yes).map(Product::Replayed),
        };
        match done {
            Ok(product) => Ok(product),
            Err(Stop::Cancelled) => Ok(Product::Cancelled),
            Err(Stop::Fault(fault)) => Err(fault),
        }
    }

    /// The recordings in memory; read now if they are others than last time, or if one could not
    /// be used, which may be mended by now. With a clock of its
    /// own (a test) a job leaves no store behind.
    fn read(
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
    fn taxonomy(&mut self, roles: &Roles) -> Arc<Taxonomy> {
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

fn open(folder: &std::path::Path, control: &Control) -> Result<Opened, Stop> {
    control.begin(Stage::Opening, 0);
    let opened = workspace::open(folder).map_err(|error| Fault {
        what: "The workspace cannot be opened".to_owned(),
        place: error.to_string(),
        advice: "Mend it and open the workspace again, or open another folder.".to_owned(),
    })?;
    let unsaved = workspace::kept(folder);
    Ok(Opened { unsaved, ..Opened::new(opened) })
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
