//! Reading recordings back, as fast as rows come.

use rusqlite::{Connection, Row};

use super::{RecordingId, Store, StoreError, import::EXTERNAL_IDS};
use crate::recording::{Event, EventFlags, EventKind, EventLog, Symbol};

/// Everything of an event, as [`head`] and [`text`] read it.
pub(super) const ALL_COLUMNS: &str = "happened_ms, arrived_ms, kind, flags, line, name, anonymous_id, user_id, \
     previous_id, group_id, message_id, properties, traits, context";

/// Fewer rows than this are not worth a second thread.
const ROWS_PER_THREAD: u64 = 50_000;

/// Room for the texts of an event, at most, for as long as none has come.
const MOST_TEXT_BYTES: i64 = 512;

/// A recording begun in a log.
pub(super) struct Started {
    /// Its position there.
    pub number: u16,
    /// How many events it has.
    pub rows: u64,
    /// How much text an event of it may have: texts are parts of the file, so hardly more than its
    /// share of that.
    pub text_bytes: usize,
}

/// What a sweep over the rows of recordings found, without keeping them (a yardstick, and a
/// check that every page can be read).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct EventScan {
    /// Rows.
    pub rows: u64,
    /// Bytes of text in them.
    pub bytes: u64,
}

impl Store {
    /// The events of recordings, in the order given and each in the order of its file, exactly
    /// as reading the files would give them.
    ///
    /// # Errors
    /// When the store has no such recording, or fails.
    pub fn load_log(&self, recordings: &[RecordingId]) -> Result<EventLog, StoreError> {
        let mut log = EventLog::new();
        for recording in recordings {
            self.load_into(&mut log, *recording)?;
        }
        Ok(log)
    }

    /// Sweeps over the rows of a recording and reads every column.
    ///
    /// # Errors
    /// When the store fails.
    pub fn scan(&self, recording: RecordingId) -> Result<EventScan, StoreError> {
        let mut scan = EventScan::default();
        let mut statement = self
            .connection
            .prepare(&format!("SELECT {ALL_COLUMNS} FROM events WHERE key BETWEEN ?1 AND ?2"))?;
        let mut rows = statement.query([recording.keys().0, recording.keys().1])?;
        while let Some(row) = rows.next()? {
            scan.rows += 1;
            for column in 0..10 {
                row.get_ref(column)?;
            }
            for column in 10..14 {
                scan.bytes += text(row, column)?.len() as u64;
            }
        }
        Ok(scan)
    }

    /// Adds the events of a recording to a log, as a recording of its own.
    ///
    /// # Errors
    /// When the store has no such recording, or fails.
    pub fn load_into(&self, log: &mut EventLog, recording: RecordingId) -> Result<(), StoreError> {
        self.append(log, recording).map_err(|error| self.explain(error))
    }

    fn append(&self, log: &mut EventLog, recording: RecordingId) -> Result<(), StoreError> {
        let Started { number, rows, text_bytes } = self.start_recording(log, recording)?;
        let symbols = self.symbols(log, recording)?;
        let threads = std::thread::available_parallelism().map_or(1, |count| count.get() as u64);
        let threads = threads.min(rows / ROWS_PER_THREAD).max(1);
        let range =
            |part: u64| (recording.key(rows * part / threads), recording.key(rows * (part + 1) / threads));
        let mut parts = std::thread::scope(|scope| -> Result<Vec<EventLog>, StoreError> {
            let mut workers = Vec::new();
            for part in 1..threads {
                let reader = self.reader()?;
                let (symbols, mut log) = (&symbols, EventLog::new());
                log.reserve_text((rows / threads + 1) as usize, text_bytes);
                let work = move || load_range(&reader, range(part), number, symbols, log);
                workers.push(scope.spawn(work));
            }
            // The others are appended to the first.
            let mut first = EventLog::new();
            first.reserve_text(rows as usize, text_bytes);
            let mut parts = vec![load_range(&self.connection, range(0), number, &symbols, first)?];
            for worker in workers {
                parts.push(worker.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))?);
            }
            Ok(parts)
        })?;
        for part in &mut parts {
            log.append_events(part);
        }
        Ok(())
    }

    /// Starts a recording in the log under its name.
    pub(super) fn start_recording(
        &self,
        log: &mut EventLog,
        recording: RecordingId,
    ) -> Result<Started, StoreError> {
        let sql = "SELECT name, kept + duplicate, bytes FROM recordings WHERE id = ?1";
        let (name, rows, bytes): (String, i64, i64) = self
            .connection
            .query_row(sql, [recording.0], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))
            .map_err(|error| match error {
                rusqlite::Error::QueryReturnedNoRows => StoreError::UnknownRecording(recording.0),
                other => other.into(),
            })?;
        let text_bytes = (bytes / rows.max(1)).clamp(0, MOST_TEXT_BYTES) as usize;
        Ok(Started { number: log.start_recording(&name), rows: rows as u64, text_bytes })
    }

    /// The log's symbol of each of the recording's strings.
    pub(super) fn symbols(
        &self,
        log: &mut EventLog,
        recording: RecordingId,
    ) -> Result<Vec<Symbol>, StoreError> {
        let mut statement =
            self.connection.prepare("SELECT text FROM strings WHERE key BETWEEN ?1 AND ?2 ORDER BY key")?;
        let mut rows = statement.query([recording.keys().0, recording.keys().1])?;
        let mut symbols = Vec::new();
        while let Some(row) = rows.next()? {
            symbols.push(log.symbols_mut().intern(text(row, 0)?));
        }
        Ok(symbols)
    }
}

/// Adds the events with keys in `[from, to)` to `part`, with symbols of the log that they are for.
fn load_range(
    connection: &Connection,
    (from, to): (i64, i64),
    recording: u16,
    symbols: &[Symbol],
    mut part: EventLog,
) -> Result<EventLog, StoreError> {
    let mut statement = connection
        .prepare(&format!("SELECT {ALL_COLUMNS} FROM events WHERE key >= ?1 AND key < ?2 ORDER BY key"))?;
    let mut rows = statement.query([from, to])?;
    while let Some(row) = rows.next()? {
        let event = head(row, recording, symbols)?;
        part.push_head(event, [text(row, 10)?, text(row, 11)?, text(row, 12)?, text(row, 13)?]);
    }
    Ok(part)
}

/// A text column; null is empty text.
pub(super) fn text<'r>(row: &'r Row<'_>, column: usize) -> rusqlite::Result<&'r str> {
    Ok(row.get_ref(column)?.as_str_or_null()?.unwrap_or_default())
}

/// A column that holds a number.
pub(super) fn number(row: &Row<'_>, column: usize) -> rusqlite::Result<i64> {
    Ok(row.get_ref(column)?.as_i64()?)
}

/// The log's symbol for a column that holds the number of a string; null is none.
pub(super) fn symbol(row: &Row<'_>, column: usize, symbols: &[Symbol]) -> rusqlite::Result<Option<Symbol>> {
    let number = row.get_ref(column)?.as_i64_or_null()?;
    Ok(number.and_then(|number| symbols.get(usize::try_from(number).ok()?).copied()))
}

/// An event of this kind and these flags, as they are stored.
pub(super) fn event_of(kind: i64, flags: i64) -> Event {
    let kind = u8::try_from(kind).ok().and_then(EventKind::from_number);
    let mut event = Event::blank(kind.unwrap_or(EventKind::Track));
    event.flags = EventFlags(flags as u8);
    event.names_external_ids = flags & EXTERNAL_IDS != 0;
    event
}

pub(super) fn head(row: &Row<'_>, recording: u16, symbols: &[Symbol]) -> Result<Event, rusqlite::Error> {
    let mut event = event_of(number(row, 2)?, number(row, 3)?);
    event.happened_ms = number(row, 0)?;
    event.arrived_ms = number(row, 1)?;
    event.recording = recording;
    event.line = number(row, 4)? as u32;
    event.name = symbol(row, 5, symbols)?;
    event.anonymous_id = symbol(row, 6, symbols)?;
    event.user_id = symbol(row, 7, symbols)?;
    event.previous_id = symbol(row, 8, symbols)?;
    event.group_id = symbol(row, 9, symbols)?;
    Ok(event)
}
