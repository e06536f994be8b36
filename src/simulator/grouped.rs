//! Events made ready for replays: grouped by who can meet, each group in replay order.
//!
//! This depends on the events and the platform's rules alone, so that replays of other journeys,
//! with another seed or another choice of history, need not do it again.

use std::{num::NonZero, ops::Range, thread};

use super::bounds::{Bounds, FirstArrivals};
use crate::{
    identity::{Platform, components},
    recording::{EventIndex, EventLog},
};

/// Events of a log, duplicates left out, group after group: whoever is in one can never meet
/// whoever is in another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GroupedEvents {
    /// Each group in replay order.
    events: Vec<EventIndex>,
    /// Where each group lies in `events`; groups in order of their first event.
    groups: Vec<Range<u32>>,
    duplicates: usize,
    first_arrivals: FirstArrivals,
    last_ms: i64,
}

impl GroupedEvents {
    /// All events of a log, on so many threads (0: one for each core).
    pub fn of(log: &EventLog, platform: &Platform, threads: usize) -> Self {
        let threads = threads_for(threads);
        let (numbers, repeats) = if threads > 1 {
            thread::scope(|scope| {
                let repeats = scope.spawn(|| log.repeats());
                let numbers = components(platform, log);
                (numbers, repeats.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)))
            })
        } else {
            (components(platform, log), log.repeats())
        };
        Self::known(log, &numbers.iter().copied(), &repeats, threads)
    }

    /// Events whose groups are known, by their numbers in the log's order, and of which these are
    /// duplicates (sorted).
    pub(crate) fn known(
        log: &EventLog,
        numbers: &(impl Iterator<Item = u32> + Clone),
        duplicates: &[EventIndex],
        threads: usize,
    ) -> Self {
        let mut first_arrivals = FirstArrivals::default();
        let mut last_ms = i64::MIN;
        let kept = || {
            let mut duplicates = duplicates.iter().peekable();
            let is_kept = move |(_, event): &(u32, EventIndex)| duplicates.next_if_eq(&event).is_none();
            numbers.clone().zip(0..).filter(is_kept)
        };
        let mut groups: Vec<Range<u32>> = Vec::new();
        for event in log.events() {
            first_arrivals.see(event);
        }
        for (number, event) in kept() {
            let number = number as usize;
            if number >= groups.len() {
                groups.resize(number + 1, 0..0);
            }
            groups[number].end += 1;
            last_ms = last_ms.max(log.event(event).arrived_ms);
        }
        let mut end = 0;
        for group in &mut groups {
            let size = group.end;
            // Filled up to its end below.
            *group = end..end;
            end += size;
        }
        let mut events = vec![0; end as usize];
        for (number, event) in kept() {
            let group = &mut groups[number as usize];
            events[group.end as usize] = event;
            group.end += 1;
        }
        groups.retain(|group| !group.is_empty());
        sort_each(log, &mut events, &groups, threads);
        let groups = by_first(log, &events, groups);
        let last_ms = if events.is_empty() { 0 } else { last_ms };
        Self { events, groups, duplicates: duplicates.len(), first_arrivals, last_ms }
    }

    /// What a replay of all of it goes by, with these recordings marked history.
    pub fn bounds(&self, history: &[u16]) -> Bounds {
        Bounds { first_ms: self.first_arrivals.of_all_but(history), last_ms: self.last_ms }
    }
    /// How many duplicates were left out.
    pub const fn duplicates(&self) -> usize {
        self.duplicates
    }
    /// The groups, in order of their first event.
    pub(super) fn groups(&self, range: Range<usize>) -> impl Iterator<Item = &[EventIndex]> {
        self.groups[range].iter().map(|group| &self.events[group.start as usize..group.end as usize])
    }
    /// Cuts the groups into shares that have as many events or, but for the last, more.
    pub(super) fn shares(&self, events: usize) -> Vec<Range<usize>> {
        let mut shares = Vec::new();
        let (mut first, mut size) = (0, 0);
        for (position, group) in self.groups.iter().enumerate() {
            size += group.len();
            if size >= events || position + 1 == self.groups.len() {
                shares.push(first..position + 1);
                (first, size) = (position + 1, 0);
            }
        }
        shares
    }
}

/// Brings groups in order of their first event.
fn by_first(log: &EventLog, events: &[EventIndex], groups: Vec<Range<u32>>) -> Vec<Range<u32>> {
    // Times side by side, for almost every comparison ends with them.
    let keyed = |group: Range<u32>| {
        let first = events[group.start as usize];
        let event = log.event(first);
        (event.arrived_ms, event.happened_ms, first, group)
    };
    let mut keyed: Vec<(i64, i64, EventIndex, Range<u32>)> = groups.into_iter().map(keyed).collect();
    keyed.sort_unstable_by(|a, b| (a.0, a.1).cmp(&(b.0, b.1)).then_with(|| log.compare_at(a.2, b.2)));
    keyed.into_iter().map(|(_, _, _, group)| group).collect()
}

/// Brings each group, one after another in `events`, in replay order.
fn sort_each(log: &EventLog, events: &mut [EventIndex], groups: &[Range<u32>], threads: usize) {
    thread::scope(|scope| {
        let (mut rest, mut at) = (events, 0);
        for chunk in groups.chunks(groups.len().div_ceil(threads.max(1)).max(1)) {
            let start = at;
            at = chunk.last().map_or(start, |group| group.end);
            let (here, others) = std::mem::take(&mut rest).split_at_mut((at - start) as usize);
            rest = others;
            let mut sort = move || {
                for group in chunk {
                    here[(group.start - start) as usize..(group.end - start) as usize]
                        .sort_unstable_by(|a, b| log.compare_at(*a, *b));
                }
            };
            // The last on this thread.
            if rest.is_empty() {
                sort();
            } else {
                scope.spawn(sort);
            }
        }
    });
}

/// How many threads there are where so many were asked for (0: one for each core).
pub(super) fn threads_for(asked: usize) -> usize {
    match asked {
        0 => thread::available_parallelism().map_or(1, NonZero::get),
        threads => threads,
    }
}
