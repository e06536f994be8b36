//! A replay that nobody waits for any more stops soon, whoever it is busy with.

#![allow(clippy::expect_used)]

use std::{
    fmt::Write as _,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
};

use throughline::{
    identity::Platform,
    journey::{Journey, JourneyId, Segments, format::journey_from_ron},
    recording::{Catalog, EventLog, Span, read_events},
    simulator::{EVENTS_BETWEEN_LOOKS, ReplayError, ReplayInput, WorkspaceFacts, replay_with_passages},
};

fn cart() -> Arc<Journey> {
    Arc::new(journey_from_ron(include_str!("../benches/common/cart.ron"), "cart.ron").expect("a journey"))
}

/// So many views by each of so many devices.
fn views(devices: usize, each: usize) -> EventLog {
    let mut log = EventLog::new();
    let mut text = String::new();
    for number in 0..devices * each {
        let (device, at) = (number / each, number % each);
        let (hour, minute, second) = (at / 3600 % 24, at / 60 % 60, at % 60);
        let _ = writeln!(
            text,
            r#"{{"type":"track","event":"Product Viewed","anonymousId":"D{device}","messageId":"m{number}","timestamp":"2026-03-02T{hour:02}:{minute:02}:{second:02}Z"}}"#
        );
    }
    read_events(&mut text.as_bytes(), "views", &mut log).expect("events");
    log
}

/// Replays on one thread, counting what is done; `of` is asked as each part of the recording is
/// begun. Whether it was cancelled.
fn cancelled(
    log: &EventLog,
    cancel: &AtomicBool,
    done: &AtomicU64,
    of: &(dyn Fn(&JourneyId) -> bool + Sync),
) -> bool {
    let (workspace, catalog, segments) = <(WorkspaceFacts, Catalog, Segments)>::default();
    let journeys = [cart()];
    let input = ReplayInput {
        log,
        platform: Platform::preset("open").expect("a preset"),
        workspace: &workspace,
        catalog: &catalog,
        segments: &segments,
        journeys: &journeys,
        also: None,
        history: &[],
        seed: 0,
        horizon: Span::days(30),
        threads: 1,
        trace: false,
        cancel: Some(cancel),
        progress: Some(done),
    };
    replay_with_passages(&input, 1_000_000, of).err() == Some(ReplayError::Cancelled)
}

#[test]
fn what_was_begun_when_it_is_cancelled_is_all_that_is_done() {
    let log = views(40, 1_000);
    let (cancel, begun) = (AtomicBool::new(false), AtomicU64::new(0));
    let third = |_: &JourneyId| {
        // The third part is never begun in earnest.
        cancel.fetch_or(begun.fetch_add(1, Ordering::Relaxed) == 2, Ordering::Relaxed);
        true
    };
    let done = AtomicU64::new(0);
    assert!(cancelled(&log, &cancel, &done, &third));
    let done = done.into_inner();
    assert!((16_000..20_000).contains(&done), "two parts of whole people: {done}");
    let all = AtomicU64::new(0);
    assert!(!cancelled(&log, &AtomicBool::new(false), &all, &|_| true));
    assert_eq!(all.into_inner(), 40_000, "a replay that nobody cancels counts every event");
}

#[test]
fn somebody_with_very_many_events_does_not_hold_it_up() {
    const EVENTS: u64 = 60_000;
    let log = views(1, EVENTS as usize);
    let (cancel, done) = (AtomicBool::new(false), AtomicU64::new(0));
    let stopped = std::thread::scope(|scope| {
        let replay = scope.spawn(|| cancelled(&log, &cancel, &done, &|_| true));
        // One person is replayed in one piece. It is cancelled as soon as any of it is done.
        while done.load(Ordering::Relaxed) == 0 && !replay.is_finished() {
            std::thread::yield_now();
        }
        cancel.store(true, Ordering::Relaxed);
        replay.join().expect("no panic")
    });
    let done = done.load(Ordering::Relaxed);
    assert!(stopped && done < EVENTS, "{done}");
    assert_eq!(done % EVENTS_BETWEEN_LOOKS as u64, 0, "it stopped where it looked");
}
