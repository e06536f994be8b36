//! The workspace: a folder with `workspace.ron`, `journeys/*.ron`, `segments.ron`,
//! `catalog.csv`, `recordings/`.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use crate::{
    identity::Platform,
    journey::{Journey, Segments},
    recording::Catalog,
    simulator::WorkspaceFacts,
};

/// A workspace as read from its folder.
#[derive(Clone, Debug)]
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
    pub catalog: Catalog,
    /// Journeys in order of file name.
    pub journeys: Vec<Journey>,
    /// Recordings in use, in order.
    pub recordings: Vec<RecordingEntry>,
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
