//! Reading recordings: JSON Lines in Segment-spec shape, a JSON array, or `{"batch": […]}`; each also
//! as the body of a captured request. Two other shapes are put into this one first (`translate`).
//!
//! A recording comes from somewhere else and is never trusted: a line that cannot be read is
//! reported with its number and a reason in plain words, and the rest goes on. Nothing that is
//! merely odd (a future timestamp, a missing message id, an event without any identifier) is
//! dropped; it is kept and flagged.

mod broken;
mod canonical;
mod document;
mod element;
mod message;
mod translate;
mod wire;

use std::{
    io::{self, BufRead},
    ops::ControlFlow,
};

use rustc_hash::FxHashSet;

use self::{
    document::Place,
    message::Defaults,
    wire::{Field, Wire},
};
use super::{Digest, EventFlags, EventLog};

/// A line that could not be read, and why; the rest goes on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rejection {
    /// Line in the file, from 1.
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
        source: io::Error,
    },
    /// Not one usable event.
    #[error("{file} has no usable event{detail}")]
    NothingUsable {
        /// The file, as the user named it.
        file: String,
        /// `: line 1: …`, the first rejection, or empty.
        detail: String,
    },
    /// The caller asked to stop.
    #[error("reading {file} was cancelled")]
    Cancelled {
        /// The file, as the user named it.
        file: String,
    },
}

/// How far a reading has come.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ReadProgress {
    /// Bytes of the file done.
    pub bytes: u64,
    /// Lines (or array elements) done.
    pub read: u64,
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
    read_events_in_blocks(reader, name, log, &mut |_, _| ControlFlow::Continue(()))
}

/// [`read_events`] that hands over the log whenever another block of lines is in it, and once
/// more at the end. The callback may take the events away ([`EventLog::cut`]), so that another
/// thread writes one block while this one reads the next, and it may stop the reading.
///
/// # Errors
/// When the reader fails, holds no usable event, or the callback breaks off.
pub fn read_events_in_blocks(
    reader: &mut dyn BufRead,
    name: &str,
    log: &mut EventLog,
    on_block: &mut dyn FnMut(&mut EventLog, ReadProgress) -> ControlFlow<()>,
) -> Result<ImportCounts, RecordingError> {
    log.start_recording(name);
    let mut intake = Intake {
        log,
        counts: ImportCounts::default(),
        seen: FxHashSet::default(),
        due: BLOCK,
        bytes: 0,
        on_block,
    };
    match document::read(reader, &mut intake) {
        Ok(ControlFlow::Continue(())) => {}
        Ok(ControlFlow::Break(())) => return Err(RecordingError::Cancelled { file: name.to_owned() }),
        Err(source) => return Err(RecordingError::Unreadable { file: name.to_owned(), source }),
    }
    if intake.hand_over().is_break() {
        return Err(RecordingError::Cancelled { file: name.to_owned() });
    }
    let counts = intake.counts;
    if counts.kept == 0 {
        let detail = counts
            .rejected
            .first()
            .map_or_else(String::new, |Rejection { line, reason }| format!(": line {line}: {reason}"));
        return Err(RecordingError::NothingUsable { file: name.to_owned(), detail });
    }
    Ok(counts)
}

/// Lines between two calls of the block callback: large enough that handing over costs nothing,
/// small enough that a cancel is felt at once.
const BLOCK: u64 = 8_192;

/// Where messages go: counts them, keeps them, reports those it cannot use.
struct Intake<'i> {
    log: &'i mut EventLog,
    counts: ImportCounts,
    /// Hashes of the message ids seen, for counting duplicates. Two ids with one hash (one in
    /// ten million files of ten million events) would miscount by one and change nothing else.
    seen: FxHashSet<u64>,
    /// The count of lines at which the next block is due.
    due: u64,
    bytes: u64,
    on_block: &'i mut dyn FnMut(&mut EventLog, ReadProgress) -> ControlFlow<()>,
}

impl Intake<'_> {
    /// One message: the JSON text of an object.
    fn message(
        &mut self,
        text: &str,
        wire: &Wire<'_>,
        place: Place,
        defaults: &Defaults<'_>,
    ) -> ControlFlow<()> {
        self.counts.read += 1;
        let read = match distinct_message(text, wire, defaults) {
            Some(own) => {
                let own = own.to_string();
                Wire::read(&own).and_then(|wire| message::read(&own, &wire, place.line, defaults, self.log))
            }
            None => message::read(text, wire, place.line, defaults, self.log),
        };
        match read {
            Ok(event) => {
                let event = *self.log.event(event);
                if self.seen.insert(Digest::short(self.log.message_id(&event))) {
                    self.counts.kept += 1;
                    self.counts.without_identifier += u64::from(event.flags.has(EventFlags::NO_IDENTIFIER));
                } else {
                    self.counts.duplicate += 1;
                }
            }
            Err(reason) => self.reject(place, reason),
        }
        self.tick()
    }
    /// Something that is no message.
    fn refuse(&mut self, place: Place, reason: String) -> ControlFlow<()> {
        self.counts.read += 1;
        self.reject(place, reason);
        self.tick()
    }
    fn reject(&mut self, place: Place, reason: String) {
        let reason = match place.number {
            Some(number) => format!("event {number} of the list: {reason}"),
            None => reason,
        };
        self.counts.rejected.push(Rejection { line: place.line, reason });
    }
    fn tick(&mut self) -> ControlFlow<()> {
        if self.counts.read < self.due {
            return ControlFlow::Continue(());
        }
        self.due = self.counts.read + BLOCK;
        self.hand_over()
    }
    fn hand_over(&mut self) -> ControlFlow<()> {
        let progress = ReadProgress { bytes: self.bytes, read: self.counts.read };
        (self.on_block)(self.log, progress)
    }
}

/// A message that says nothing of its kind, but knows its person by one id.
fn distinct_message(text: &str, wire: &Wire<'_>, defaults: &Defaults<'_>) -> Option<serde_json::Value> {
    let untold =
        wire.get(Field::Kind).is_none() && !defaults.say_the_kind() && wire.get(Field::Event).is_some();
    (untold && text.contains("\"distinct_id\"")).then(|| translate::distinct(text)).flatten()
}

#[cfg(test)]
mod tests;
