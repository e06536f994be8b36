//! The workspace: a folder with `workspace.ron`, `journeys/*.ron`, `segments.ron`,
//! `catalog.csv`, `recordings/`.

mod adopt;
pub mod catalog;
pub mod catalog_text;
mod disk;
mod edit;
mod file;
mod files;
pub mod lint;
mod load;
pub mod recordings;
mod replace;
mod replay;
mod save;
mod split;
pub mod templates;
mod unsaved;
mod witness;

use std::{
    io,
    path::{Path, PathBuf},
    sync::Arc,
};

use serde::{Deserialize, Serialize};

pub use adopt::{Adopted, Listing, adopt_recording, begin_in_empty, end_what_began, list_recording};
pub use disk::{DiskChange, Theirs, disk_changes};
pub use edit::{WorkspaceChange, WorkspaceEdit, WorkspaceEditError, edited};
pub use file::{WorkspaceFile, workspace_from_ron, workspace_to_ron};
pub use files::{Files, Part, Stamp, differing};
pub use load::{
    DEFAULT_PLATFORM, FileProblem, Opened, WORKSPACE_FILE, bare, default_platform, enclosing, open,
    open_journey, read_catalog_file, read_journey, read_platform,
};
pub use recordings::{LoadedRecordings, RecordingSource, UnusableRecording, load_recordings, open_store};
pub use replay::{EVENTS_IN_MEMORY, Replayed, events_of_a_piece, replay_pieces, replay_recordings};
pub use save::{
    Held, Loss, Saved, platform_to_ron, save, save_copy, save_file, save_journey, save_workspace,
};
pub use split::{Events, EventsReader, Following, PieceError, Split};
pub use unsaved::{Recovered, Unsaved, UnsavedFile, decided, forget, keep, kept, left_behind, recovered};
pub use witness::witnesses;

use crate::{
    identity::{Platform, PlatformError},
    journey::{FormatError, Journey, Segments},
    recording::Catalog,
    simulator::WorkspaceFacts,
};

/// A workspace as read from its folder.
#[derive(Clone, Debug, PartialEq)]
pub struct Workspace {
    /// The folder; `None` for a bare journey outside any workspace.
    pub folder: Option<PathBuf>,
    /// The workspace's name.
    pub name: String,
    /// The platform in force.
    pub platform: Platform,
    /// Zone, currency, roles, consent, delivery.
    pub facts: WorkspaceFacts,
    /// Segments.
    pub segments: Segments,
    /// Catalogue.
    pub catalog: Arc<Catalog>,
    /// Journeys in order of file name.
    pub journeys: Vec<Arc<Journey>>,
    /// Recordings in use, in order.
    pub recordings: Vec<RecordingEntry>,
}

impl Workspace {
    /// What `workspace.ron` says of it. `platform` is what names the platform there: a preset, or
    /// a file below the folder.
    pub fn as_file(&self, platform: String) -> WorkspaceFile {
        WorkspaceFile {
            name: self.name.clone(),
            platform,
            facts: self.facts.clone(),
            recordings: self.recordings.clone(),
        }
    }
}

/// A recording in use.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RecordingEntry {
    /// Path below the workspace's folder.
    pub file: String,
    /// The name people see; empty: the file's name.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub name: String,
    /// Builds state before the first event and triggers nothing.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub history: bool,
}

/// Why a workspace or one of its files could not be opened or saved.
#[derive(Debug, thiserror::Error)]
pub enum WorkspaceError {
    /// The system would not read it.
    #[error("cannot read {}: {source}", file.display())]
    Unreadable {
        /// The file or folder.
        file: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// A folder with nothing of ours in it.
    #[error("{} is no workspace: it has neither workspace.ron nor a folder journeys; name a folder that has", folder.display())]
    NotAWorkspace {
        /// The folder.
        folder: PathBuf,
    },
    /// Bytes that are no text.
    #[error("{}:{line}: this is no UTF-8 text; is it the right file?", file.display())]
    NotText {
        /// The file.
        file: PathBuf,
        /// Line of the first such byte, from 1.
        line: usize,
    },
    /// Text that is not what the file should hold.
    #[error(transparent)]
    Format(#[from] FormatError),
    /// A platform that could not be had.
    #[error(transparent)]
    Platform(#[from] PlatformError),
    /// A workspace that was open and is not where it was.
    #[error("the folder {} is not there any more; put it back, or save the workspace in another folder", folder.display())]
    Gone {
        /// Where it was.
        folder: PathBuf,
    },
    /// The system would not write it; what was there is untouched.
    #[error("cannot save {}: {source}; the file is as it was", file.display())]
    Unsaved {
        /// The file.
        file: PathBuf,
        /// What the system said.
        source: io::Error,
    },
}

impl WorkspaceError {
    fn unreadable(file: &Path, source: io::Error) -> Self {
        Self::Unreadable { file: file.to_owned(), source }
    }
    fn unsaved(file: &Path, source: io::Error) -> Self {
        Self::Unsaved { file: file.to_owned(), source }
    }
}
