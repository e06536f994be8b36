//! What a file is asked for, whoever asks: the system's dialog or the window itself.

use super::{plate::Form, sheet::Sheet};

/// What a file or folder is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Asked {
    /// A workspace's folder, to be opened.
    Workspace,
    /// Recordings, to be added.
    Recordings,
    /// An empty folder to save a copy of the workspace in.
    CopyFolder,
    /// A journey's file, to be imported.
    Journey,
    /// A catalogue's file, to be taken in the place of the one there is.
    Catalog,
    /// Where a text goes, with the name proposed.
    Export(String, String),
    /// Where messages go as a spreadsheet.
    Sheet(Box<Sheet>),
    /// Where a picture of the journey shown goes, with the name proposed.
    Picture(String, Form),
}

impl Asked {
    /// What is asked, as a title.
    pub const fn title(&self) -> &'static str {
        match self {
            Self::Workspace => "Open workspace",
            Self::Recordings => "Add recordings",
            Self::CopyFolder => "Save the workspace in an empty folder",
            Self::Journey => "Import a journey",
            Self::Catalog => "Replace the catalogue",
            Self::Export(..) | Self::Picture(..) => "Export the journey",
            Self::Sheet(_) => "Export the messages listed",
        }
    }
    /// What the button that goes on says.
    pub const fn verb(&self) -> &'static str {
        match self {
            Self::Workspace => "Open",
            Self::Recordings => "Add",
            Self::Journey => "Import",
            Self::Catalog => "Replace",
            Self::CopyFolder | Self::Export(..) | Self::Sheet(_) | Self::Picture(..) => "Save",
        }
    }
    /// The name proposed for what is written; empty where something is read.
    pub fn name(&self) -> &str {
        match self {
            Self::Export(name, _) | Self::Picture(name, _) => name,
            Self::Sheet(_) => "messages.csv",
            Self::Workspace | Self::Recordings | Self::CopyFolder | Self::Journey | Self::Catalog => "",
        }
    }
}
