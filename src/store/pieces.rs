//! Recordings that are too large for memory: swept over in blocks, and read piece by piece.
//!
//! A reader of its own connection stands for each thread, so that a result can be written while
//! the events are still being read.

use std::{ops::ControlFlow, path::PathBuf};

use crossbeam_channel::bounded;
use rusqlite::Connection;

use super::{
    RecordingId, Store, StoreError, explained,
    load::{ALL_COLUMNS, Started, event_of, head, number, symbol, text},
    reading_connection,
};
use crate::recording::{EventKind, EventLog, Symbol};

/// What tells who an event belongs to and when it arrived, as [`read_block`] reads it: properties
/// only of merges, context only where it names external ids.
const IDENTITY_COLUMNS: &str = "arrived_ms, kind, flags, anonymous_id, user_id, previous_id, message_id, traits, \
     CASE kind WHEN 6 THEN properties END, CASE flags & 256 WHEN 256 THEN context END";

/// Rows of a block of a sweep: few enough that the next is read into memory that is still at hand.
const BLOCK: u32 = 4_096;
/// Blocks that wait for the sweeper, for each thread that reads.
const BLOCKS_UNDER_WAY: usize = 2;
/// Over this many rows that nobody wants it is quicker to step than to search anew.
const STEPS: u32 = 12;

/// The events of some recordings of a store, in the order the recordings were named and each in
/// the order of its file. An event is known by its position, from zero.
#[derive(Clone, Debug)]
pub struct StoredEvents {
    file: PathBuf,
    stretches: Vec<Stretch>,
    names: EventLog,
}

/// The rows of one recording.
#[derive(Clone, Debug)]
struct Stretch {
    id: RecordingId,
    /// Position of the recording among those named.
    number: u16,
    /// Positions of its events: the first, and the one after the last.
    first: u32,
    end: u32,
    /// How much text an event may have.
    text_bytes: usize,
    /// The symbol of each of the recording's strings.
    symbols: Vec<Symbol>,
}

impl Store {
    /// The events of recordings, left where they are.
    ///
    /// # Errors
    /// When the store has no such recording, or fails.
    pub fn stored_events(&self, recordings: &[RecordingId]) -> Result<StoredEvents, StoreError> {
        let mut names = EventLog::new();
        let mut stretches = Vec::new();
        let mut first = 0;
        for id in recordings {
            let found =
                self.start_recording(&mut names, *id).and_then(|Started { number, rows, text_bytes }| {
                    let end = first + rows as u32;
                    let symbols = self.symbols(&mut names, *id)?;
                    Ok(Stretch { id: *id, number, first, end, text_bytes, symbols })
                });
            let stretch = found.map_err(|error| self.explain(error))?;
            first = stretch.end;
            stretches.push(stretch);
        }
        Ok(StoredEvents { file: self.file.clone(), stretches, names })
    }
}

impl StoredEvents {
    /// How many events.
    pub fn len(&self) -> usize {
        self.stretches.last().map_or(0, |last| last.end as usize)
    }
    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
    /// A log without events that has their names, identifiers and recordings.
    pub const fn names(&self) -> &EventLog {
        &self.names
    }

    /// Hands over all events in blocks, in order, each with what tells whom it belongs to and
    /// when it arrived: identifiers, traits, arrival, message id. Other threads read ahead.
    ///
    /// # Errors
    /// When the store fails.
    pub fn sweep(&self, visit: &mut dyn FnMut(&EventLog) -> ControlFlow<()>) -> Result<(), StoreError> {
        let blocks: Vec<(&Stretch, u32, u32)> = self
            .stretches
            .iter()
            .flat_map(|stretch| {
                let starts = (stretch.first..stretch.end).step_by(BLOCK as usize);
                starts.map(move |from| (stretch, from, stretch.end.min(from.saturating_add(BLOCK))))
            })
            .collect();
        let threads = std::thread::available_parallelism().map_or(1, usize::from).min(blocks.len());
        let swept = std::thread::scope(|scope| {
            let mut lanes = Vec::new();
            for lane in 0..threads {
                let connection = reading_connection(&self.file)?;
                let (sender, receiver) = bounded(BLOCKS_UNDER_WAY);
                // Blocks that were looked at: their memory is used again.
                let (give_back, spare) = bounded(BLOCKS_UNDER_WAY + 1);
                let (blocks, names) = (&blocks, &self.names);
                scope.spawn(move || {
                    for (stretch, from, end) in blocks.iter().skip(lane).step_by(threads) {
                        let block = spare.try_recv().unwrap_or_else(|_| names.without_events());
                        let block = read_block(&connection, block, stretch, *from, *end);
                        // Nobody listens any more: the sweep was broken off.
                        if sender.send(block).is_err() {
                            return;
                        }
                    }
                });
                lanes.push((receiver, give_back));
            }
            for number in 0..blocks.len() {
                let (receiver, give_back) = &lanes[number % threads];
                let Ok(block) = receiver.recv() else { break };
                let block = block?;
                if visit(&block).is_break() {
                    break;
                }
                let _ = give_back.try_send(block);
            }
            Ok(())
        });
        swept.map_err(|error| self.explain(error))
    }

    /// A reader for one thread.
    ///
    /// # Errors
    /// When the store's file cannot be opened.
    pub fn reader(&self) -> Result<PieceReader<'_>, StoreError> {
        let connection = reading_connection(&self.file).map_err(|error| self.explain(error))?;
        Ok(PieceReader { events: self, connection })
    }

    fn explain(&self, error: StoreError) -> StoreError {
        match error {
            StoreError::Sqlite(error) => explained(error, &self.file),
            other => other,
        }
    }
}

/// Reads single events.
pub struct PieceReader<'e> {
    events: &'e StoredEvents,
    connection: Connection,
}

impl PieceReader<'_> {
    /// The events at these positions, which are sorted.
    ///
    /// # Errors
    /// When the store fails.
    pub fn read(&self, positions: &[u32]) -> Result<EventLog, StoreError> {
        let mut log = self.events.names.without_events();
        self.read_into(positions, &mut log)?;
        Ok(log)
    }

    /// [`PieceReader::read`] into a log that was read before, whose memory is used again.
    ///
    /// # Errors
    /// When the store fails.
    pub fn read_into(&self, positions: &[u32], log: &mut EventLog) -> Result<(), StoreError> {
        self.read_all(positions, log).map_err(|error| self.events.explain(error))
    }

    /// A log without events that has the names of those that are read.
    pub const fn names(&self) -> &EventLog {
        self.events.names()
    }

    fn read_all(&self, mut positions: &[u32], log: &mut EventLog) -> Result<(), StoreError> {
        log.clear_events();
        let text_bytes = self.events.stretches.iter().map(|stretch| stretch.text_bytes).max();
        log.reserve_text(positions.len(), text_bytes.unwrap_or(0));
        let mut statement = self.connection.prepare_cached(&format!(
            "SELECT {ALL_COLUMNS}, key FROM events WHERE key >= ?1 AND key <= ?2 ORDER BY key"
        ))?;
        for stretch in &self.events.stretches {
            let (mut here, rest) = positions.split_at(positions.partition_point(|at| *at < stretch.end));
            positions = rest;
            while !here.is_empty() {
                let near = here.windows(2).take_while(|pair| pair[1] - pair[0] <= STEPS).count() + 1;
                let (run, rest) = here.split_at(near);
                here = rest;
                let key = |position: u32| stretch.id.key(u64::from(position - stretch.first));
                let mut rows = statement.query([key(run[0]), key(run[near - 1])])?;
                let mut wanted = run.iter().map(|position| key(*position)).peekable();
                while let Some(row) = rows.next()? {
                    let key = number(row, 14)?;
                    if wanted.next_if_eq(&key).is_some() {
                        let event = head(row, stretch.number, &stretch.symbols)?;
                        log.push_head(
                            event,
                            [text(row, 10)?, text(row, 11)?, text(row, 12)?, text(row, 13)?],
                        );
                    }
                }
            }
        }
        Ok(())
    }
}

/// What a sweep looks at of the events at positions `[from, end)` of one recording, in place of
/// what was in `log`.
fn read_block(
    connection: &Connection,
    mut log: EventLog,
    stretch: &Stretch,
    from: u32,
    end: u32,
) -> Result<EventLog, StoreError> {
    log.clear_events();
    log.reserve((end - from) as usize);
    let mut statement = connection.prepare_cached(&format!(
        "SELECT {IDENTITY_COLUMNS} FROM events WHERE key >= ?1 AND key < ?2 ORDER BY key"
    ))?;
    let key = |position: u32| stretch.id.key(u64::from(position - stretch.first));
    let mut rows = statement.query([key(from), key(end)])?;
    while let Some(row) = rows.next()? {
        let mut event = event_of(number(row, 1)?, number(row, 2)?);
        event.recording = stretch.number;
        event.arrived_ms = number(row, 0)?;
        event.anonymous_id = symbol(row, 3, &stretch.symbols)?;
        event.user_id = symbol(row, 4, &stretch.symbols)?;
        event.previous_id = symbol(row, 5, &stretch.symbols)?;
        let properties = if event.kind == EventKind::Merge { text(row, 8)? } else { "" };
        let context = if event.names_external_ids { text(row, 9)? } else { "" };
        log.push_head(event, [text(row, 6)?, properties, text(row, 7)?, context]);
    }
    Ok(log)
}
