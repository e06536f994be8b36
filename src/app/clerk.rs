//! The clerk: a thread of its own for the workspace's files. Unlike the worker's replays, what it
//! is asked for is done in order and never cancelled.

use std::{
    collections::VecDeque,
    panic::{self, AssertUnwindSafe},
    path::{Path, PathBuf},
    sync::Arc,
    thread,
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use crossbeam_channel::{Receiver, RecvTimeoutError, Sender, TrySendError, bounded};

use super::{plate::Plate, recent, sheet::Sheet};
use crate::{
    journey::Journey,
    recording::Catalog,
    workspace::{self, DiskChange, Files, Saved, Workspace, catalog::CatalogProblem},
};

/// A workspace as it is, as it lies on disk, and in which files.
#[derive(Clone, Debug)]
pub struct Papers {
    /// As it is.
    pub now: Arc<Workspace>,
    /// As it lies on disk.
    pub saved: Arc<Workspace>,
    /// In which files.
    pub files: Arc<Files>,
}

/// What the clerk is asked for.
#[derive(Clone, Debug)]
pub enum Errand {
    /// Save what differs.
    Save(Papers),
    /// Save a copy of everything in another folder.
    SaveCopy(Papers, PathBuf),
    /// Keep what is unsaved beside the workspace.
    Keep(Papers),
    /// Keep what was recovered from what an earlier time left, and then let go of that.
    KeepRecovered(Papers),
    /// Let go of what an earlier time left.
    Discard(PathBuf),
    /// Let go of what was kept.
    Forget(PathBuf),
    /// See whether another program changed something.
    Look(PathBuf, Arc<Files>),
    /// Go on seeing to it, this long after each look, and report only what is news. The window need
    /// not draw itself for it.
    Watch(PathBuf, Arc<Files>, Duration),
    /// Read a journey from anywhere.
    ReadJourney(PathBuf),
    /// Read a catalogue from anywhere.
    ReadCatalog(PathBuf),
    /// Write a text somebody asked for.
    Write(PathBuf, String),
    /// Write messages somebody asked for as a spreadsheet.
    WriteSheet(PathBuf, Box<Sheet>),
    /// Make a picture and write it.
    Print(PathBuf, Box<Plate>),
    /// Read which workspaces were open lately; the folder given is now the latest.
    Recent(Option<PathBuf>),
}

/// What came of it.
#[derive(Debug)]
pub enum Done {
    /// This workspace was saved, as far as that succeeded.
    Saved(Arc<Workspace>, Box<Saved>),
    /// A copy of this workspace lies in this folder, or why not.
    Copied(Arc<Workspace>, Result<PathBuf, String>),
    /// Kept, or why not.
    Kept(Result<(), String>),
    /// Let go.
    Forgotten,
    /// What an earlier time left was let go of.
    Discarded,
    /// What differs from these files, or why nothing can be said.
    Looked(Arc<Files>, Result<Vec<DiskChange>, String>),
    /// The same, unasked.
    Noticed(Arc<Files>, Result<Vec<DiskChange>, String>),
    /// A catalogue, with the rows that could not be used, or why it could not be read.
    ReadCatalog(Result<(Catalog, Vec<CatalogProblem>), String>),
    /// A journey, or why not.
    Read(Result<Box<Journey>, String>),
    /// A file was written, or why not.
    Written(Result<PathBuf, String>),
    /// Folders of workspaces, latest first.
    Recent(Vec<PathBuf>),
    /// The program made a mistake, in these words; what was asked for may not have been done.
    Failed(String),
}

/// The clerk as the window sees it.
pub struct Clerk {
    side: Side,
    /// Errands that were not reported on yet.
    open: usize,
}

enum Side {
    Thread {
        errands: Sender<Errand>,
        reports: Receiver<Done>,
        waiting: VecDeque<Errand>,
    },
    /// Done at once, at midnight of 1 January 1970, and no workspace is remembered (tests).
    Immediate(VecDeque<Done>),
    /// Nothing is ever done: a workspace that only looks as if it were on disk (tests).
    Idle,
}

impl Clerk {
    /// Starts the thread; `wake` is called when a report is there to be polled.
    pub fn start(wake: impl Fn() + Send + 'static) -> std::io::Result<Self> {
        let (errands, todo) = bounded::<Errand>(1);
        let (done, reports) = bounded::<Done>(16);
        thread::Builder::new().name("throughline-clerk".to_owned()).spawn(move || {
            let recent = recent::file();
            let mut watch = Watch::default();
            while let Some(errand) = watch.next(&todo) {
                let report = match errand {
                    Next::Errand(errand) => Some(guarded(|| perform(errand, now_ms(), recent.as_deref()))),
                    Next::Look => watch.look(),
                };
                if let Some(report) = report {
                    if done.send(report).is_err() {
                        return;
                    }
                    wake();
                }
            }
        })?;
        Ok(Self { side: Side::Thread { errands, reports, waiting: VecDeque::new() }, open: 0 })
    }

    /// A clerk that does everything at once.
    pub const fn immediate() -> Self {
        Self { side: Side::Immediate(VecDeque::new()), open: 0 }
    }

    /// A clerk that does nothing.
    pub const fn idle() -> Self {
        Self { side: Side::Idle, open: 0 }
    }

    /// Asks for something.
    pub fn ask(&mut self, errand: Errand) {
        if matches!(errand, Errand::Watch(..)) {
            // Nothing is reported of it by itself, and where everything is done at once nobody watches.
            if let Side::Thread { waiting, .. } = &mut self.side {
                waiting.push_back(errand);
                self.send();
            }
            return;
        }
        match &mut self.side {
            Side::Thread { waiting, .. } => {
                // Of several states of a workspace to keep only the last is wanted.
                if let Errand::Keep(later) = &errand {
                    let before = waiting.len();
                    let is_older = |other: &Errand| matches!(other, Errand::Keep(it) if it.now.folder == later.now.folder);
                    waiting.retain(|other| !is_older(other));
                    self.open -= before - waiting.len();
                }
                waiting.push_back(errand);
            }
            Side::Immediate(reports) => reports.push_back(perform(errand, 0, None)),
            Side::Idle => return,
        }
        self.open += 1;
        self.send();
    }

    /// Whether something was asked for and is not done.
    pub const fn busy(&self) -> bool {
        self.open > 0
    }

    /// What was done since, one by one.
    pub fn poll(&mut self) -> Option<Done> {
        self.send();
        let done = match &mut self.side {
            Side::Thread { reports, .. } => reports.try_recv().ok(),
            Side::Immediate(reports) => reports.pop_front(),
            Side::Idle => None,
        }?;
        if !matches!(done, Done::Noticed(..)) {
            self.open = self.open.saturating_sub(1);
        }
        Some(done)
    }

    fn send(&mut self) {
        let Side::Thread { errands, waiting, .. } = &mut self.side else { return };
        while let Some(errand) = waiting.pop_front() {
            if let Err(TrySendError::Full(errand)) = errands.try_send(errand) {
                waiting.push_front(errand);
                return;
            }
        }
    }
}

/// Files that are looked at again and again.
#[derive(Default)]
struct Watch {
    on: Option<(PathBuf, Arc<Files>, Duration)>,
    /// Whether the last look had something to tell.
    told: bool,
}

/// What the clerk does next.
enum Next {
    Errand(Errand),
    Look,
}

impl Watch {
    /// Waits for an errand, or for the next look to be due; `None`: nobody will ask any more.
    fn next(&mut self, todo: &Receiver<Errand>) -> Option<Next> {
        loop {
            let errand = match &self.on {
                Some((_, _, pause)) => match todo.recv_timeout(*pause) {
                    Err(RecvTimeoutError::Timeout) => return Some(Next::Look),
                    other => other.ok()?,
                },
                None => todo.recv().ok()?,
            };
            match errand {
                Errand::Watch(folder, files, pause) => self.on = Some((folder, files, pause)),
                errand => return Some(Next::Errand(errand)),
            }
        }
    }
    /// Looks; what is news, or no more so.
    fn look(&mut self) -> Option<Done> {
        let (folder, files, _) = self.on.as_ref()?;
        let changes = workspace::disk_changes(folder, files).map_err(|error| error.to_string());
        let tells = !matches!(&changes, Ok(none) if none.is_empty());
        let was_told = std::mem::replace(&mut self.told, tells);
        (tells || was_told).then(|| Done::Noticed(Arc::clone(files), changes))
    }
}

/// Does an errand. A panic in it is a fault of the program: it is said, and the clerk goes on.
fn guarded(errand: impl FnOnce() -> Done) -> Done {
    panic::catch_unwind(AssertUnwindSafe(errand)).unwrap_or_else(|panic| {
        let text = panic.downcast_ref::<&str>().map(|text| (*text).to_owned());
        Done::Failed(text.or_else(|| panic.downcast_ref::<String>().cloned()).unwrap_or_default())
    })
}

fn now_ms() -> i64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_millis() as i64)
}

fn perform(errand: Errand, now_ms: i64, recent_file: Option<&Path>) -> Done {
    match errand {
        Errand::Save(Papers { now, saved, files }) => {
            let done = workspace::save(&now, &saved, &files);
            // What is still unsaved stays kept; where nothing is, nothing is kept.
            let _ = workspace::keep(&now, &done.workspace, &done.files, now_ms);
            Done::Saved(now, Box::new(done))
        }
        Errand::SaveCopy(Papers { now, saved, files }, to) => {
            let copied = workspace::save_copy(&now, &saved, &files, &to);
            if let (Ok(()), Some(folder)) = (&copied, &now.folder) {
                let _ = workspace::forget(folder);
            }
            Done::Copied(now, copied.map(|()| to).map_err(|error| error.to_string()))
        }
        Errand::Keep(Papers { now, saved, files }) => {
            Done::Kept(workspace::keep(&now, &saved, &files, now_ms).map_err(|error| error.to_string()))
        }
        Errand::KeepRecovered(Papers { now, saved, files }) => {
            let kept = workspace::keep(&now, &saved, &files, now_ms);
            if let (Ok(()), Some(folder)) = (&kept, &now.folder) {
                let _ = workspace::decided(folder);
            }
            Done::Kept(kept.map_err(|error| error.to_string()))
        }
        Errand::Discard(folder) => {
            let _ = workspace::decided(&folder);
            Done::Discarded
        }
        Errand::Forget(folder) => {
            let _ = workspace::forget(&folder);
            Done::Forgotten
        }
        Errand::Look(folder, files) | Errand::Watch(folder, files, _) => {
            let changes = workspace::disk_changes(&folder, &files).map_err(|error| error.to_string());
            Done::Looked(files, changes)
        }
        Errand::ReadJourney(path) => {
            Done::Read(workspace::read_journey(&path).map(Box::new).map_err(|error| error.to_string()))
        }
        Errand::ReadCatalog(path) => {
            Done::ReadCatalog(workspace::read_catalog_file(&path).map_err(|error| error.to_string()))
        }
        Errand::Write(path, text) => {
            let written = workspace::save_file(&path, text);
            Done::Written(written.map(|()| path).map_err(|error| error.to_string()))
        }
        Errand::WriteSheet(path, sheet) => {
            let text = sheet.text().map_err(|error| error.to_string());
            let written =
                text.and_then(|text| workspace::save_file(&path, text).map_err(|error| error.to_string()));
            Done::Written(written.map(|()| path))
        }
        Errand::Print(path, plate) => {
            let png = plate.png().map_err(|error| error.to_string());
            let written =
                png.and_then(|png| workspace::save_file(&path, png).map_err(|error| error.to_string()));
            Done::Written(written.map(|()| path))
        }
        Errand::Recent(latest) => {
            Done::Recent(recent_file.map_or_else(Vec::new, |file| recent::note(file, latest.as_deref())))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_is_said_and_the_next_errand_is_done() {
        let failed = guarded(|| panic!("no {} left", "ink"));
        assert!(matches!(failed, Done::Failed(text) if text == "no ink left"));
        assert!(matches!(guarded(|| Done::Forgotten), Done::Forgotten));
    }

    #[test]
    fn what_another_program_writes_is_noticed_without_being_asked_for() {
        let folder = tempfile::tempdir().expect("a folder");
        std::fs::write(folder.path().join("segments.ron"), SEGMENTS).expect("a file");
        std::fs::write(folder.path().join("workspace.ron"), WORKSPACE).expect("a file");
        let opened = workspace::open(folder.path()).expect("a workspace");
        let (woken, wakes) = crossbeam_channel::unbounded();
        let wake = move || {
            let _ = woken.send(());
        };
        let mut clerk = Clerk::start(wake).expect("a thread");
        let files = Arc::new(opened.files);
        clerk.ask(Errand::Watch(folder.path().to_owned(), Arc::clone(&files), Duration::from_millis(1)));
        assert!(!clerk.busy(), "it is nothing to wait for");
        let written = SEGMENTS.replace("Buyers", "Customers");
        std::fs::write(folder.path().join("segments.ron"), written).expect("a file");
        wakes.recv_timeout(Duration::from_mins(1)).expect("it is noticed");
        let Some(Done::Noticed(of, Ok(changes))) = clerk.poll() else { panic!("not noticed") };
        assert!(Arc::ptr_eq(&of, &files));
        assert_eq!(changes.len(), 1);
    }

    const WORKSPACE: &str = "(format: \"throughline-workspace\", version: 1, name: \"Shop\")\n";
    const SEGMENTS: &str = "(\n    format: \"throughline-segments\",\n    version: 1,\n    segments: {\n        \
                            \"buyers\": (name: \"Buyers\", condition: Event(event: Role(purchase))),\n    },\n)\n";
}
