//! A recording of any size cut into pieces that can be replayed one after another.
//!
//! One sweep over the events finds the identity components, keeping a few numbers of each event
//! and none of its text. Components that follow each other make a piece, so that a piece is read
//! and replayed in little memory. Events with one message id are kept together, whoever they
//! belong to: which of them is the duplicate is then decided inside one piece.

use std::{
    ops::ControlFlow,
    sync::atomic::{AtomicBool, AtomicU64, Ordering},
};

use crate::{
    identity::{Components, ComponentsBuilder, Platform},
    recording::{Digest, EventIndex, EventLog, shared},
    simulator::{Bounds, FirstArrivals, GroupedEvents, ReplayError},
    store::{PieceReader, StoreError, StoredEvents},
};

/// Where events are: in memory, or in the store because they are too many.
#[derive(Clone, Copy)]
pub enum Events<'a> {
    /// In memory.
    Memory(&'a EventLog),
    /// In the store.
    Stored(&'a StoredEvents),
}

/// Reads pieces of events; one for each thread.
pub enum EventsReader<'a> {
    /// From memory.
    Memory(&'a EventLog),
    /// From the store.
    Stored(PieceReader<'a>),
}

/// Why recordings could not be replayed.
#[derive(Debug, thiserror::Error)]
pub enum PieceError {
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The replay failed or was cancelled.
    #[error(transparent)]
    Replay(#[from] ReplayError),
}

impl<'a> Events<'a> {
    /// How many events.
    pub fn len(self) -> usize {
        match self {
            Self::Memory(log) => log.len(),
            Self::Stored(events) => events.len(),
        }
    }
    /// Whether there are none.
    pub fn is_empty(self) -> bool {
        self.len() == 0
    }
    /// A reader for one thread.
    ///
    /// # Errors
    /// When the store cannot be opened once more.
    pub fn reader(self) -> Result<EventsReader<'a>, StoreError> {
        Ok(match self {
            Self::Memory(log) => EventsReader::Memory(log),
            Self::Stored(events) => EventsReader::Stored(events.reader()?),
        })
    }
    fn sweep(self, visit: &mut dyn FnMut(&EventLog) -> ControlFlow<()>) -> Result<(), StoreError> {
        match self {
            Self::Memory(log) => {
                // Broken off or not, there is nothing more to come.
                let _ = visit(log);
                Ok(())
            }
            Self::Stored(events) => events.sweep(visit),
        }
    }
}

impl EventsReader<'_> {
    /// The events at these positions, which are sorted.
    ///
    /// # Errors
    /// When the store fails.
    pub fn read(&self, positions: &[u32]) -> Result<EventLog, StoreError> {
        match self {
            Self::Memory(log) => Ok(log.part(positions)),
            Self::Stored(reader) => reader.read(positions),
        }
    }
    /// [`EventsReader::read`] into a log that was read before, whose memory is used again.
    ///
    /// # Errors
    /// When the store fails.
    pub fn read_into(&self, positions: &[u32], log: &mut EventLog) -> Result<(), StoreError> {
        match self {
            Self::Memory(all) => all.part_into(positions, log),
            Self::Stored(reader) => reader.read_into(positions, log)?,
        }
        Ok(())
    }
    /// A log to read into, without any event.
    pub fn empty(&self) -> EventLog {
        match self {
            Self::Memory(log) => log.without_events(),
            Self::Stored(reader) => reader.names().without_events(),
        }
    }
}

/// How the caller follows and stops a long work.
#[derive(Clone, Copy, Debug, Default)]
pub struct Following<'a> {
    /// Set to stop.
    pub cancel: Option<&'a AtomicBool>,
    /// Counts events done.
    pub progress: Option<&'a AtomicU64>,
}

/// Events cut into pieces of whole identity components.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Split {
    /// Positions of events, piece after piece, sorted within each.
    positions: Vec<u32>,
    /// Where each piece ends in `positions`.
    ends: Vec<usize>,
    /// The component of every event, by its position.
    components: Vec<u32>,
    /// Positions of all events that may have their message id in common with another; sorted.
    alike: Vec<u32>,
    /// Events of the largest component, with those that share message ids with it.
    pub largest: usize,
    /// When the first event of each recording arrived.
    pub first_arrivals: FirstArrivals,
    /// When the last event arrived that is no duplicate (UTC ms); 0 if there is none.
    pub last_ms: i64,
}

impl Split {
    /// Cuts events into pieces of at most `most` events; a larger component is a piece alone.
    ///
    /// # Errors
    /// When the store fails or the caller cancels.
    pub fn pieces(
        events: Events<'_>,
        platform: &Platform,
        most: usize,
        following: Following<'_>,
    ) -> Result<Self, PieceError> {
        let swept = Swept::of(events, ComponentsBuilder::new(platform), following)?;
        Ok(swept.in_pieces(most))
    }

    /// One piece: the components of everybody who may be called `asked`, an identifier or the
    /// bare value of one.
    ///
    /// # Errors
    /// When the store fails or the caller cancels.
    pub fn people(
        events: Events<'_>,
        platform: &Platform,
        asked: &str,
        following: Following<'_>,
    ) -> Result<Self, PieceError> {
        let swept = Swept::of(events, ComponentsBuilder::new(platform).seek(asked), following)?;
        Ok(swept.of_sought())
    }

    /// The pieces, each with the positions of its events.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = &[u32]> {
        (0..self.ends.len()).map(|piece| self.piece(piece))
    }

    /// What a replay of a piece must know of the whole, with these recordings marked history.
    pub fn bounds(&self, history: &[u16]) -> Bounds {
        Bounds { first_ms: self.first_arrivals.of_all_but(history), last_ms: self.last_ms }
    }

    /// Makes the events of one piece ready, which were read into `log`: what the sweep found of
    /// them need not be looked for again.
    pub(super) fn grouped(&self, piece: usize, log: &EventLog, threads: usize) -> GroupedEvents {
        let positions = self.piece(piece);
        let components = positions.iter().map(|position| self.components[*position as usize]);
        let first = components.clone().min().unwrap_or(0);
        let mut others = self.alike.iter().copied().peekable();
        let mut is_alike = |position: u32| {
            while others.next_if(|other| *other < position).is_some() {}
            others.next_if_eq(&position).is_some()
        };
        let alike: Vec<EventIndex> = (0..)
            .zip(positions)
            .filter(|(_, position)| is_alike(**position))
            .map(|(index, _)| index)
            .collect();
        GroupedEvents::known(
            log,
            &components.map(|number| number - first),
            &log.repeats_among(alike),
            threads,
        )
    }

    /// Positions of the events of one piece.
    fn piece(&self, piece: usize) -> &[u32] {
        let start = if piece == 0 { 0 } else { self.ends[piece - 1] };
        &self.positions[start..self.ends[piece]]
    }
}

/// What a sweep found.
struct Swept {
    components: Components,
    /// Of each component the first of those that share a message id with it, if only by way of
    /// others: they stay in one piece.
    together: Vec<u32>,
    /// How many events these have, by the first of them.
    sizes: Vec<u32>,
    /// See [`Split::alike`].
    alike: Vec<u32>,
    first_arrivals: FirstArrivals,
    last_ms: i64,
}

impl Swept {
    fn of(
        events: Events<'_>,
        mut builder: ComponentsBuilder<'_>,
        following: Following<'_>,
    ) -> Result<Self, PieceError> {
        let mut arrivals: Vec<i64> = Vec::with_capacity(events.len());
        // Two ids with one hash would only stay together, and one be taken for a duplicate where
        // the last arrival is looked for: it would have to be that very event.
        let mut ids: Vec<u64> = Vec::with_capacity(events.len());
        let mut first_arrivals = FirstArrivals::default();
        let mut cancelled = false;
        events.sweep(&mut |block| {
            for event in block.events() {
                builder.add(block, event);
                first_arrivals.see(event);
                ids.push(Digest::short(block.message_id(event)));
                arrivals.push(event.arrived_ms);
            }
            if let Some(progress) = following.progress {
                progress.store(arrivals.len() as u64, Ordering::Relaxed);
            }
            cancelled = following.cancel.is_some_and(|cancel| cancel.load(Ordering::Relaxed));
            if cancelled { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        })?;
        if cancelled {
            return Err(ReplayError::Cancelled.into());
        }
        let alike = shared(&ids);
        drop(ids);
        let components = builder.finish();
        let pairs = alike.windows(2).filter(|pair| pair[0].0 == pair[1].0);
        let together = components.together(pairs.map(|pair| (pair[0].1, pair[1].1)));
        for same in alike.chunk_by(|a, b| a.0 == b.0) {
            // Of duplicates the first arrival counts.
            let positions = || same.iter().map(|(_, position)| *position as usize);
            let first_ms = positions().map(|position| arrivals[position]).min().unwrap_or(i64::MIN);
            positions().for_each(|position| arrivals[position] = first_ms);
        }
        let last_ms = arrivals.into_iter().max().unwrap_or(0);
        let mut alike: Vec<u32> = alike.into_iter().map(|(_, position)| position).collect();
        alike.sort_unstable();
        let mut sizes = vec![0; together.len()];
        for number in &components.numbers {
            sizes[together[*number as usize] as usize] += 1;
        }
        Ok(Self { components, together, sizes, alike, first_arrivals, last_ms })
    }

    fn in_pieces(self, most: usize) -> Split {
        let mut ends = Vec::new();
        let mut events = 0;
        let mut first_event = 0;
        let mut piece_of: Vec<u32> = Vec::with_capacity(self.together.len());
        for (first, size) in self.together.iter().zip(&self.sizes) {
            let size = *size as usize;
            if let Some(piece) = piece_of.get(*first as usize) {
                // Of what it is kept with others came before.
                piece_of.push(*piece);
                continue;
            }
            if events > first_event && events + size - first_event > most {
                ends.push(events);
                first_event = events;
            }
            events += size;
            piece_of.push(ends.len() as u32);
        }
        if events > first_event || ends.is_empty() {
            ends.push(events);
        }
        let mut next: Vec<usize> = std::iter::once(0).chain(ends.iter().copied()).collect();
        let mut positions = vec![0; events];
        for (position, number) in (0..).zip(&self.components.numbers) {
            let place = &mut next[piece_of[*number as usize] as usize];
            positions[*place] = position;
            *place += 1;
        }
        let largest = self.sizes.iter().max().map_or(0, |size| *size as usize);
        self.split(positions, ends, largest)
    }

    fn of_sought(self) -> Split {
        let mut sought: Vec<u32> =
            self.components.sought.iter().map(|number| self.together[*number as usize]).collect();
        sought.sort_unstable();
        sought.dedup();
        let positions: Vec<u32> = (0..)
            .zip(&self.components.numbers)
            .filter(|(_, number)| sought.binary_search(&self.together[**number as usize]).is_ok())
            .map(|(position, _)| position)
            .collect();
        let largest = sought.iter().map(|number| self.sizes[*number as usize] as usize).max().unwrap_or(0);
        let ends = vec![positions.len()];
        self.split(positions, ends, largest)
    }

    fn split(self, positions: Vec<u32>, ends: Vec<usize>, largest: usize) -> Split {
        let Self { components, alike, first_arrivals, last_ms, .. } = self;
        Split { positions, ends, components: components.numbers, alike, largest, first_arrivals, last_ms }
    }
}
