//! Reading recordings: JSON Lines in Segment-spec shape, a JSON array, or `{"batch": […]}`.

use std::io::BufRead;

use super::EventLog;

/// A line that could not be read, and why; the rest goes on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rejection {
    /// Line in the file, from 1 (position in the array for JSON arrays).
    pub line: u32,
    /// What is wrong with it, in plain words.
    pub reason: String,
}

/// What an import read. `read = kept + duplicate + rejected.len()`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ImportCounts {
    /// Lines (or array elements) that were not blank.
    pub read: u64,
    /// Events kept.
    pub kept: u64,
    /// Events whose message id was seen before.
    pub duplicate: u64,
    /// Lines refused.
    pub rejected: Vec<Rejection>,
    /// Kept events that carry no identifier at all.
    pub without_identifier: u64,
}

/// Why a recording could not be read at all.
#[derive(Debug, thiserror::Error)]
pub enum RecordingError {
    /// The file could not be read.
    #[error("cannot read {file}: {source}")]
    Unreadable {
        /// The file, as the user named it.
        file: String,
        /// What the system said.
        source: std::io::Error,
    },
    /// Not one usable event.
    #[error("{file} has no usable event{detail}")]
    NothingUsable {
        /// The file, as the user named it.
        file: String,
        /// `: line 1: …`, the first rejection, or empty.
        detail: String,
    },
}

/// Reads every event of `reader` into `log` as a new recording called `name`.
///
/// Duplicates inside the file are *kept in the log* (the first *arrival* wins, which only
/// [`EventLog::replay_order`] can tell over several files) but counted here.
///
/// # Errors
/// When the reader fails or holds no usable event.
pub fn read_events(
    reader: &mut dyn BufRead,
    name: &str,
    log: &mut EventLog,
) -> Result<ImportCounts, RecordingError> {
    let _ = (reader, name, log);
    todo!()
}
