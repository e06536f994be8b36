//! The workspace's files from the window's side: saving, what other programs wrote, what a crash
//! left behind, and the questions that go with them.

use std::{path::PathBuf, sync::Arc, time::Duration};

use super::{asked::Asked, plate::Form, reporting::Draft, sheet::Sheet};
use crate::{
    journey::JourneyId,
    workspace::{DiskChange, Files, Held, Unsaved, Workspace},
};

/// When things are done by themselves, in seconds.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Pace {
    /// Unsaved changes are kept so long after the first of them.
    pub keep_s: f64,
    /// Other programs' changes are looked for with such pauses; `None`: never.
    pub look: Option<Duration>,
    /// A replay begins so long after the last edit.
    pub replay_s: f64,
}

impl Pace {
    /// For people.
    pub const USUAL: Self = Self { keep_s: 0.3, look: Some(Duration::from_secs(2)), replay_s: 0.15 };
    /// Everything at once, but looking: for tests.
    pub const AT_ONCE: Self = Self { keep_s: 0.0, look: None, replay_s: 0.0 };
}

/// What to do once nothing is unsaved any more.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Then {
    /// Close the window.
    Quit,
    /// Open another workspace.
    Open(PathBuf),
}

/// What stands over the window until it is answered or closed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Dialog {
    /// Something is unsaved: save, do not save, or stay?
    Unsaved(Then),
    /// Saving would lose something of these files: save all the same?
    Losing(Vec<Held>),
    /// Which template should a new journey begin with?
    NewJourney,
    /// What should the journey be called?
    Rename(JourneyId),
    /// What is searched for, or which command should run?
    Finder,
    /// Keys and words.
    Help,
    /// What should have happened, for a bug report?
    Report(Box<Draft>),
    /// Where is this file, or where does it go? Where the system has no dialog for it.
    Path(Box<Asked>),
}

/// An answer, a choice, a wish about files.
#[derive(Clone, Debug, PartialEq)]
pub enum FilesIntent {
    /// Save.
    Save,
    /// Leave: asks first if something is unsaved.
    Leave(Then),
    /// Save, then leave.
    SaveAndLeave,
    /// Leave; what is unsaved is lost.
    LeaveUnsaved,
    /// Save over these files, whatever they lose by it.
    SaveOver,
    /// Show a dialog.
    Show(Dialog),
    /// Close the dialog; nothing happens.
    Stay,
    /// Take away what was told.
    Heard,
    /// Take what another program wrote into a file.
    TakeTheirs(PathBuf),
    /// Keep ours; the next save writes over theirs.
    KeepOurs(PathBuf),
    /// Bring back what a crash left unsaved.
    Recover,
    /// Let go of it.
    Discard,
    /// Save a copy of the workspace in this folder.
    SaveCopy(PathBuf),
    /// Add a journey from a file.
    Import(PathBuf),
    /// Take the catalogue from a file.
    ReplaceCatalog(PathBuf),
    /// Write a text somewhere.
    Export(PathBuf, String),
    /// Write messages as a spreadsheet somewhere.
    ExportSheet(PathBuf, Box<Sheet>),
    /// Write a picture of the journey shown somewhere.
    Print(PathBuf, Form),
}

impl FilesIntent {
    /// Whether what it does depends on what lies in which file.
    pub(super) const fn asks_what_lies_on_disk(&self) -> bool {
        matches!(
            self,
            Self::Save | Self::SaveOver | Self::TakeTheirs(_) | Self::KeepOurs(_) | Self::SaveCopy(_)
        )
    }
}

/// What the window knows about the workspace's files.
#[derive(Debug, Default)]
pub struct Filing {
    /// What another program wrote while ours has changes of its own.
    pub conflicts: Vec<DiskChange>,
    /// What a crash left unsaved.
    pub recovery: Option<Unsaved>,
    /// The dialog that is open.
    pub dialog: Option<Dialog>,
    /// Something that is good to know, until it is dismissed.
    pub told: Option<String>,
    /// Workspaces that were open lately.
    pub recent: Vec<PathBuf>,
    /// What was exported last.
    pub exported: Option<String>,
    /// What is being saved.
    pub saving: Option<Arc<Workspace>>,
    /// What was wanted of the files meanwhile, and waits for it.
    pub(super) after_save: Vec<FilesIntent>,
    /// From which workspace another is being opened, and where.
    pub(super) opening: Option<(Option<Arc<Workspace>>, PathBuf)>,
    pub(super) then: Option<Then>,
    pub(super) kept: Option<Arc<Workspace>>,
    pub(super) keep_at_s: Option<f64>,
    /// The files that the clerk looks after.
    pub(super) watched: Option<Arc<Files>>,
    pub(super) edited: bool,
    pub(super) replay_at_s: Option<f64>,
}

impl Filing {
    /// Something was edited: a replay is wanted once the person pauses.
    pub(super) const fn replay_soon(&mut self) {
        self.edited = true;
    }
    /// A replay begins: none is wanted any more.
    pub(super) const fn replay_now(&mut self) {
        (self.edited, self.replay_at_s) = (false, None);
    }
    /// Whether a replay is wanted and waits.
    pub const fn replays_soon(&self) -> bool {
        self.edited || self.replay_at_s.is_some()
    }
    /// Whether something unsaved is to be kept and waits.
    pub const fn keeps_soon(&self) -> bool {
        self.keep_at_s.is_some()
    }
}

/// A file's name without its folder.
pub fn file_name(path: &std::path::Path) -> String {
    path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned()
}
