//! Bulk import: one thread reads the recording, another writes it.

use std::{
    fs::File,
    io::{self, BufReader, Read},
    ops::ControlFlow,
    path::Path,
    sync::atomic::{AtomicBool, AtomicU64, Ordering},
    time::UNIX_EPOCH,
};

use crossbeam_channel::{Receiver, Sender, bounded};
use rusqlite::{Connection, OptionalExtension, Statement, TransactionBehavior, params};

use super::{Store, StoreError};
use crate::recording::{
    Digest, EventBlock, EventLog, ImportCounts, RecordingError, Rejection, read_events_in_blocks,
};

/// A recording of the store. An id is never used again while the store has a later one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RecordingId(pub(super) i64);

impl RecordingId {
    /// The key of this recording's row with that number; the keys of one recording are one range.
    pub(super) const fn key(self, number: u64) -> i64 {
        (self.0 << 32) + number as i64
    }
    /// The first and last key of this recording.
    pub(super) const fn keys(self) -> (i64, i64) {
        (self.key(0), self.key(u32::MAX as u64))
    }
}

/// A recording in the store.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RecordingInfo {
    /// Its id.
    pub id: RecordingId,
    /// The file, as the workspace names it.
    pub file: String,
    /// The name people see.
    pub name: String,
    /// Digest of the file's content.
    pub digest: String,
    /// What the import counted.
    pub counts: ImportCounts,
}

impl RecordingInfo {
    /// How many events are in the store, duplicates among them.
    pub const fn events(&self) -> u64 {
        self.counts.kept + self.counts.duplicate
    }
}

/// What an import came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Imported {
    /// The recording as it is now in the store.
    pub recording: RecordingInfo,
    /// Whether it was in the store already, unchanged.
    pub was_known: bool,
}

/// How the caller follows and stops an import.
#[derive(Clone, Copy, Debug, Default)]
pub struct ImportControl<'a> {
    /// Set to stop; nothing is left behind.
    pub cancel: Option<&'a AtomicBool>,
    /// Bytes done: of the file, and of all before it.
    pub bytes: Option<&'a AtomicU64>,
    /// Bytes of the files before it.
    pub bytes_before: u64,
    /// Lines done.
    pub lines: Option<&'a AtomicU64>,
}

impl ImportControl<'_> {
    /// Whether the caller wants to stop.
    pub fn is_cancelled(&self) -> bool {
        self.cancel.is_some_and(|cancel| cancel.load(Ordering::Relaxed))
    }
    /// Goes on to the next file after one of so many bytes.
    pub fn pass(&mut self, bytes: u64) {
        self.bytes_before = self.bytes_before.saturating_add(bytes);
        if let Some(counter) = self.bytes {
            counter.store(self.bytes_before, Ordering::Relaxed);
        }
    }
    /// Says how far a reading is. Breaks off if the caller wants to stop.
    pub fn report(&self, progress: crate::recording::ReadProgress) -> ControlFlow<()> {
        let bytes = self.bytes_before.saturating_add(progress.bytes);
        for (counter, done) in [(self.bytes, bytes), (self.lines, progress.read)] {
            if let Some(counter) = counter {
                counter.store(done, Ordering::Relaxed);
            }
        }
        if self.is_cancelled() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    }
}

/// What tells a changed file from an unchanged one without reading it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Stamp {
    bytes: i64,
    modified_ns: i64,
}

/// In the stored flags, beside [`crate::recording::EventFlags`]: the context names external ids.
pub(super) const EXTERNAL_IDS: i64 = 1 << 8;

/// Blocks between the reading and the writing thread: enough that neither waits for the other's
/// hiccups, few enough to hold only some megabytes.
const BLOCKS_UNDER_WAY: usize = 4;

impl Store {
    /// The recordings in the store, in order of their ids.
    ///
    /// # Errors
    /// When the store fails.
    pub fn recordings(&self) -> Result<Vec<RecordingInfo>, StoreError> {
        recordings(&self.connection).map_err(|error| self.explain(error.into()))
    }

    /// Imports the file at `path`, known to the workspace as `file` and to people as `name`.
    ///
    /// A file that is in the store already and has not changed is not read again. One that has
    /// changed replaces what was there, once all of it is in.
    ///
    /// # Errors
    /// When the file cannot be read or holds no usable event, the caller cancels, or the store
    /// fails. The store is then as it was before.
    pub fn import(
        &mut self,
        path: &Path,
        file: &str,
        name: &str,
        control: ImportControl<'_>,
    ) -> Result<Imported, StoreError> {
        let unreadable = |source| RecordingError::Unreadable { file: path.display().to_string(), source };
        let mut source = File::open(path).map_err(unreadable)?;
        let stamp = stamp(&source).map_err(unreadable)?;
        if let Some(recording) = self.unchanged(file, name, stamp, &mut source, control)? {
            return Ok(Imported { recording, was_known: true });
        }
        bulk_mode(&self.connection, true);
        let imported = import(&mut self.connection, source, stamp, file, name, control);
        bulk_mode(&self.connection, false);
        let recording = imported.map_err(|error| self.explain(error))?;
        Ok(Imported { recording, was_known: false })
    }

    /// Takes a recording out of the store.
    ///
    /// # Errors
    /// When the store fails.
    pub fn forget(&mut self, recording: RecordingId) -> Result<(), StoreError> {
        let transaction = self.connection.transaction()?;
        delete(&transaction, recording)?;
        Ok(transaction.commit()?)
    }

    /// The recording as it is in the store, if the file has not changed since.
    fn unchanged(
        &self,
        file: &str,
        name: &str,
        stamp: Stamp,
        source: &mut File,
        control: ImportControl<'_>,
    ) -> Result<Option<RecordingInfo>, StoreError> {
        let known = self
            .connection
            .query_row(
                "SELECT id, bytes, modified_ns, digest FROM recordings WHERE file = ?1",
                [file],
                |row| {
                    let stamp = Stamp { bytes: row.get(1)?, modified_ns: row.get(2)? };
                    Ok((RecordingId(row.get(0)?), stamp, row.get::<_, String>(3)?))
                },
            )
            .optional()?;
        let Some((id, known_stamp, digest)) = known.filter(|(_, known, _)| known.bytes == stamp.bytes) else {
            return Ok(None);
        };
        if known_stamp != stamp {
            // Touched, but perhaps not changed.
            let unreadable = |source| RecordingError::Unreadable { file: file.to_owned(), source };
            if digest_of(source, control).map_err(unreadable)? != digest {
                io::Seek::rewind(source).map_err(unreadable)?;
                return Ok(None);
            }
        }
        self.connection.execute(
            "UPDATE recordings SET modified_ns = ?2, name = ?3 WHERE id = ?1 AND (modified_ns, name) <> (?2, ?3)",
            params![id.0, stamp.modified_ns, name],
        )?;
        Ok(recordings(&self.connection)?.into_iter().find(|recording| recording.id == id))
    }
}

fn stamp(file: &File) -> io::Result<Stamp> {
    let metadata = file.metadata()?;
    let modified = metadata.modified()?.duration_since(UNIX_EPOCH).unwrap_or_default();
    Ok(Stamp { bytes: metadata.len() as i64, modified_ns: modified.as_nanos() as i64 })
}

fn digest_of(source: &mut File, control: ImportControl<'_>) -> io::Result<String> {
    let mut reader = Digest::reading(source);
    let mut buffer = vec![0; READ_AHEAD];
    while reader.read(&mut buffer)? > 0 {
        if control.is_cancelled() {
            return Err(io::ErrorKind::Interrupted.into());
        }
    }
    Ok(reader.digest().finish())
}

/// Bytes read from a file at a time.
const READ_AHEAD: usize = 1 << 20;

/// For the length of an import, no write-ahead log: new rows are new pages at the end of the
/// file, which a rollback journal need not keep, so that each is written once. Should somebody
/// else be reading, SQLite stays with its log, and all that is lost is time.
fn bulk_mode(connection: &Connection, on: bool) {
    let (journal, synchronous) = if on { ("TRUNCATE", "OFF") } else { ("WAL", "NORMAL") };
    for (pragma, value) in [("journal_mode", journal), ("synchronous", synchronous)] {
        let _ = connection.pragma_update(None, pragma, value);
    }
}

fn import(
    connection: &mut Connection,
    source: File,
    stamp: Stamp,
    file: &str,
    name: &str,
    control: ImportControl<'_>,
) -> Result<RecordingInfo, StoreError> {
    // Dropped without a commit it rolls back.
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let id =
        RecordingId(
            transaction.query_row("SELECT coalesce(max(id), 0) + 1 FROM recordings", [], |row| row.get(0))?,
        );
    let (sender, receiver) = bounded(BLOCKS_UNDER_WAY);
    let (read, written) = std::thread::scope(|scope| {
        let reading = std::thread::Builder::new()
            .name("read recording".to_owned())
            .spawn_scoped(scope, move || read(source, name, control, &sender));
        let written = write(&transaction, id, receiver);
        let read = match reading {
            Ok(reading) => reading.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)),
            Err(source) => Err(RecordingError::Unreadable { file: file.to_owned(), source }),
        };
        (read, written)
    });
    written?;
    let (counts, digest) = read?;
    let replaced: Option<i64> = transaction
        .query_row("SELECT id FROM recordings WHERE file = ?1", [file], |row| row.get(0))
        .optional()?;
    if let Some(replaced) = replaced {
        delete(&transaction, RecordingId(replaced))?;
    }
    let info = RecordingInfo { id, file: file.to_owned(), name: name.to_owned(), digest, counts };
    insert_info(&transaction, &info, stamp)?;
    if control.is_cancelled() {
        return Err(RecordingError::Cancelled { file: file.to_owned() }.into());
    }
    transaction.commit()?;
    Ok(info)
}

/// A block on its way from the reading to the writing thread.
struct Parcel {
    events: EventBlock,
    /// Texts of the symbols that are new since the parcel before.
    strings: Vec<Box<str>>,
}

fn read(
    source: File,
    name: &str,
    control: ImportControl<'_>,
    sender: &Sender<Parcel>,
) -> Result<(ImportCounts, String), RecordingError> {
    let mut reader = BufReader::with_capacity(READ_AHEAD, Digest::reading(source));
    let mut log = EventLog::new();
    let mut sent = 0;
    let counts = read_events_in_blocks(&mut reader, name, &mut log, &mut |log, progress| {
        control.report(progress)?;
        let strings: Vec<Box<str>> = log.symbols().iter().skip(sent).map(Box::from).collect();
        sent += strings.len();
        // The writer is gone only when it failed; it says why.
        match sender.send(Parcel { events: log.cut(), strings }) {
            Ok(()) => ControlFlow::Continue(()),
            Err(_) => ControlFlow::Break(()),
        }
    })?;
    Ok((counts, reader.get_ref().digest().finish()))
}

fn write(connection: &Connection, id: RecordingId, parcels: Receiver<Parcel>) -> rusqlite::Result<()> {
    let mut insert_string = connection.prepare("INSERT INTO strings VALUES (?1, ?2)")?;
    let mut insert_event = connection.prepare("INSERT INTO events VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)")?;
    let (mut strings, mut events) = (0, 0);
    for parcel in parcels {
        for text in &parcel.strings {
            insert_string.raw_bind_parameter(1, id.key(strings))?;
            insert_string.raw_bind_parameter(2, &**text)?;
            insert_string.raw_execute()?;
            strings += 1;
        }
        for event in parcel.events.events() {
            let row = insert_row(&mut insert_event, id.key(events), event, parcel.events.texts(event));
            row?;
            events += 1;
        }
    }
    Ok(())
}

fn insert_row(
    statement: &mut Statement<'_>,
    key: i64,
    event: &crate::recording::Event,
    texts: [&str; 4],
) -> rusqlite::Result<()> {
    let numbers = [
        key,
        event.happened_ms,
        event.arrived_ms,
        event.kind as i64,
        i64::from(event.flags.0) | if event.names_external_ids { EXTERNAL_IDS } else { 0 },
        i64::from(event.line),
    ];
    let symbols = [event.name, event.anonymous_id, event.user_id, event.previous_id, event.group_id];
    let mut column = 0;
    for number in numbers {
        column += 1;
        statement.raw_bind_parameter(column, number)?;
    }
    for symbol in symbols {
        column += 1;
        statement.raw_bind_parameter(column, symbol.map(|symbol| symbol.index() as i64))?;
    }
    for (position, text) in texts.into_iter().enumerate() {
        column += 1;
        // Only the message id is always there; of the others empty text is none.
        let text = (position == 0 || !text.is_empty()).then_some(text);
        statement.raw_bind_parameter(column, text)?;
    }
    statement.raw_execute().map(drop)
}

fn insert_info(connection: &Connection, info: &RecordingInfo, stamp: Stamp) -> rusqlite::Result<()> {
    let counts = &info.counts;
    connection.execute(
        "INSERT INTO recordings VALUES (?,?,?,?,?,?,?,?,?,?)",
        params![
            info.id.0,
            info.file,
            info.name,
            stamp.bytes,
            stamp.modified_ns,
            info.digest,
            counts.read as i64,
            counts.kept as i64,
            counts.duplicate as i64,
            counts.without_identifier as i64
        ],
    )?;
    let mut insert = connection.prepare("INSERT INTO rejections VALUES (?,?,?)")?;
    for Rejection { line, reason } in &counts.rejected {
        insert.execute(params![info.id.0, line, reason])?;
    }
    Ok(())
}

fn delete(connection: &Connection, recording: RecordingId) -> rusqlite::Result<()> {
    let (first, last) = recording.keys();
    connection.execute("DELETE FROM events WHERE key BETWEEN ?1 AND ?2", [first, last])?;
    connection.execute("DELETE FROM strings WHERE key BETWEEN ?1 AND ?2", [first, last])?;
    connection.execute("DELETE FROM rejections WHERE recording = ?1", [recording.0])?;
    connection.execute("DELETE FROM recordings WHERE id = ?1", [recording.0])?;
    Ok(())
}

fn recordings(connection: &Connection) -> rusqlite::Result<Vec<RecordingInfo>> {
    let mut rejections =
        connection.prepare("SELECT line, reason FROM rejections WHERE recording = ?1 ORDER BY rowid")?;
    let mut statement = connection.prepare(
        "SELECT id, file, name, digest, read, kept, duplicate, without_identifier FROM recordings ORDER BY id",
    )?;
    let count = |row: &rusqlite::Row<'_>, column| row.get::<_, i64>(column).map(|count| count as u64);
    statement
        .query_map([], |row| {
            let id = RecordingId(row.get(0)?);
            let rejected = rejections
                .query_map([id.0], |row| Ok(Rejection { line: row.get(0)?, reason: row.get(1)? }))?
                .collect::<rusqlite::Result<_>>()?;
            Ok(RecordingInfo {
                id,
                file: row.get(1)?,
                name: row.get(2)?,
                digest: row.get(3)?,
                counts: ImportCounts {
                    read: count(row, 4)?,
                    kept: count(row, 5)?,
                    duplicate: count(row, 6)?,
                    rejected,
                    without_identifier: count(row, 7)?,
                },
            })
        })?
        .collect()
}
