//! The replay itself.

use std::sync::atomic::{AtomicBool, AtomicU64};

use super::{ReplayResult, WorkspaceFacts};
use crate::{
    identity::Platform,
    journey::{Journey, JourneyId, Segments},
    recording::{Catalog, EventLog, Span},
};

/// Everything a replay depends on.
#[derive(Clone, Copy)]
pub struct ReplayInput<'a> {
    /// The recordings.
    pub log: &'a EventLog,
    /// Platform rules.
    pub platform: &'a Platform,
    /// Workspace facts.
    pub workspace: &'a WorkspaceFacts,
    /// The catalogue.
    pub catalog: &'a Catalog,
    /// Segments.
    pub segments: &'a Segments,
    /// Journeys; those that are not active are left out unless named in `also`.
    pub journeys: &'a [Journey],
    /// A draft that runs all the same (the one being edited).
    pub also: Option<&'a JourneyId>,
    /// Recordings (positions in the log) marked `history`: they build state and trigger nothing.
    pub history: &'a [u16],
    /// Seed of every random draw.
    pub seed: u64,
    /// How long after the last event the replay goes on. Default 30 days.
    pub horizon: Span,
    /// Threads to use; 0: one for each core.
    pub threads: usize,
    /// Whether to keep the whole trace.
    pub trace: bool,
    /// Set to stop early.
    pub cancel: Option<&'a AtomicBool>,
    /// Counts events done.
    pub progress: Option<&'a AtomicU64>,
}

/// Why a replay could not be done.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ReplayError {
    /// It was cancelled.
    #[error("cancelled")]
    Cancelled,
    /// A journey has errors (by lint).
    #[error("journey “{journey}” has an error: {text}")]
    Unsound {
        /// The journey.
        journey: JourneyId,
        /// The first error.
        text: String,
    },
    /// The workspace's zone is none.
    #[error("“{0}” is no time zone; use an IANA name such as Europe/Berlin")]
    UnknownZone(String),
}

/// Replays.
pub fn replay(input: &ReplayInput<'_>) -> Result<ReplayResult, ReplayError> {
    let _ = input;
    todo!()
}
