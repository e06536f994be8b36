//! Replaying recordings of any size, and keeping the result in the store.
//!
//! What fits is replayed at once from memory. What does not is cut into pieces ([`Split`]); each
//! thread reads a piece from the store, replays it and drops it, and of its result the people,
//! held triggers, merges and refusals go straight into the store. The result is the same.

use std::{
    collections::BTreeMap,
    sync::atomic::{AtomicBool, AtomicUsize, Ordering},
};

use crossbeam_channel::bounded;

use super::split::{Events, PieceError, Split};
use crate::{
    simulator::{HeldState, ReplayInput, ReplayResult, replay, replay_part_grouped},
    store::{ReplayId, ReplayKey, SavingResult, Store, StoreError},
};

/// Events that the pieces under way may have together: some hundred MiB. Fewer pieces pass over
/// fewer rows that belong to others.
const EVENTS_AT_ONCE: usize = 1_000_000;

/// Up to this many events are replayed at once from memory.
pub const EVENTS_IN_MEMORY: usize = 1_250_000;

/// How many events each piece of so many should have at most when this many threads are asked for
/// (0: one for each core): as many as memory allows, but so that the threads end together.
pub fn events_of_a_piece(events: usize, threads: usize) -> usize {
    let threads = threads_for(threads);
    let most = (EVENTS_AT_ONCE / threads).max(1);
    let pieces = events.div_ceil(most).next_multiple_of(threads).max(1);
    let each = events.div_ceil(pieces);
    // A piece ends before the component that would not fit: room for one that is not small.
    (each + each / 64).clamp(1, most)
}

/// What a replay came to.
#[derive(Debug)]
pub struct Replayed {
    /// The result. Of a replay in pieces it has no people, held triggers, merges and refusals:
    /// those are in the store, and counted below.
    pub result: ReplayResult,
    /// How many people there are.
    pub people: u64,
    /// How many held triggers came to each end.
    pub held: BTreeMap<HeldState, u64>,
    /// Where the result is in the store, or why it is not; `None`: there is no store.
    pub saved: Option<Result<ReplayId, StoreError>>,
}

/// Replays events in memory (`split` is `None`: those of `input.log`) or in pieces, and saves the
/// result as `key` says. A store that cannot be written is said and no more.
///
/// # Errors
/// When events cannot be read from the store, the workspace's zone is unknown, or the replay was
/// cancelled.
pub fn replay_recordings(
    input: &ReplayInput<'_>,
    pieces: Option<(Events<'_>, &Split)>,
    saving: Option<(&mut Store, &ReplayKey)>,
) -> Result<Replayed, PieceError> {
    let (key, store) = saving.map(|(store, key)| (key, store)).unzip();
    let mut keeping = Keeping {
        saving: store.zip(key).map(|(store, key)| store.begin_result(key)),
        people: 0,
        held: BTreeMap::new(),
    };
    let result = match pieces {
        None => {
            let result = replay(input)?;
            keeping.take(&result);
            result
        }
        Some((events, split)) => {
            let mut whole = in_pieces(input, events, split, &mut |part| {
                keeping.take(part);
                part.people = Vec::new();
                part.held = Vec::new();
                part.merges = Vec::new();
                part.refusals = Vec::new();
            })?;
            whole.put_in_order();
            whole
        }
    };
    let Keeping { saving, people, held } = keeping;
    let saved = saving.zip(key).map(|(saving, key)| saving?.finish(key, &result));
    Ok(Replayed { result, people, held, saved })
}

/// Replays pieces and puts their results together, all of them kept.
///
/// # Errors
/// As [`replay_recordings`].
pub fn replay_pieces(
    input: &ReplayInput<'_>,
    events: Events<'_>,
    split: &Split,
) -> Result<ReplayResult, PieceError> {
    let mut whole = in_pieces(input, events, split, &mut |_| {})?;
    whole.put_in_order();
    Ok(whole)
}

/// What is kept of each part: in the store, and counted.
struct Keeping<'s> {
    saving: Option<Result<SavingResult<'s>, StoreError>>,
    people: u64,
    held: BTreeMap<HeldState, u64>,
}

impl Keeping<'_> {
    fn take(&mut self, part: &ReplayResult) {
        self.people += part.people.len() as u64;
        for held in &part.held {
            *self.held.entry(held.state).or_default() += 1;
        }
        if let Some(Ok(saving)) = &mut self.saving
            && let Err(error) = saving.save_people(part)
        {
            self.saving = Some(Err(error));
        }
    }
}

/// Replays every piece, on as many threads as asked for, and adds up what `take` leaves of them.
/// The sum is in no order yet.
fn in_pieces(
    input: &ReplayInput<'_>,
    events: Events<'_>,
    split: &Split,
    take: &mut dyn FnMut(&mut ReplayResult),
) -> Result<ReplayResult, PieceError> {
    let pieces: Vec<&[u32]> = split.iter().collect();
    let asked = threads_for(input.threads);
    let threads = asked.min(pieces.len()).max(1);
    // A lone piece is replayed on all threads, several on one each.
    let each = if threads == 1 { asked } else { 1 };
    let bounds = split.bounds(input.history);
    let (next, stop) = (AtomicUsize::new(0), AtomicBool::new(false));
    let mut whole = ReplayResult {
        horizon_ms: split.last_ms.saturating_add(input.horizon.ms()),
        ..ReplayResult::default()
    };
    std::thread::scope(|scope| {
        // One part may wait while another is taken; then its thread waits too.
        let (sender, receiver) = bounded::<Result<ReplayResult, PieceError>>(1);
        for _ in 0..threads {
            let sender = sender.clone();
            let (pieces, next, stop) = (&pieces, &next, &stop);
            scope.spawn(move || {
                let reader = match events.reader() {
                    Ok(reader) => reader,
                    Err(error) => return drop(sender.send(Err(error.into()))),
                };
                let mut log = reader.empty();
                loop {
                    let number = next.fetch_add(1, Ordering::Relaxed);
                    let Some(piece) = pieces.get(number) else { return };
                    if stop.load(Ordering::Relaxed) {
                        return;
                    }
                    let read = reader.read_into(piece, &mut log).map_err(PieceError::from);
                    let part = read.and_then(|()| {
                        let input = ReplayInput { log: &log, threads: each, ..*input };
                        let events = split.grouped(number, &log, each);
                        Ok(replay_part_grouped(&input, &events, bounds)?)
                    });
                    if sender.send(part).is_err() {
                        return;
                    }
                }
            });
        }
        drop(sender);
        for part in &receiver {
            let mut part = part.inspect_err(|_| stop.store(true, Ordering::Relaxed))?;
            take(&mut part);
            whole.add(part);
        }
        Ok(())
    })
    .map(|()| whole)
}

fn threads_for(asked: usize) -> usize {
    match asked {
        0 => std::thread::available_parallelism().map_or(1, usize::from),
        threads => threads,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_piece_has_events_however_many_threads_are_asked_for() {
        for threads in [1, 2, EVENTS_AT_ONCE, usize::MAX / 2] {
            for events in [0, 1, 10, 3 * EVENTS_AT_ONCE] {
                assert!(events_of_a_piece(events, threads) > 0, "{events} events, {threads} threads");
            }
        }
    }
}
