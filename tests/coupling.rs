//! An edit replays only what it can reach, and the answer is what a replay of everything gives,
//! to the byte.
//!
//! The cases are the same in every run. To look further:
//! `PROPTEST_CASES=20000 PROPTEST_RNG_SEED=2 cargo test --test coupling`.

#![allow(clippy::expect_used)] // also outside the test functions themselves

#[path = "oracle/generate.rs"]
mod generate;

use std::sync::Arc;

use generate::Case;
use proptest::{prelude::*, strategy::ValueTree, test_runner::TestRunner};
use throughline::{
    journey::{Journey, JourneyId, Status},
    lab::coupling::{Extent, Last, Reached, extent, replay_again},
    report::messages::write_json,
    simulator::{Counts, GroupedEvents, ReplayInput, ReplayResult, TraceRecord, replay, replay_with_counts},
};

const MOST: usize = 100_000;

/// What somebody does to one journey.
#[derive(Clone, Debug)]
enum Edit {
    /// Draws it anew.
    Redraw(Box<Journey>),
    /// Makes it a draft.
    Stop,
    /// Writes a note.
    Note,
    /// Draws another one.
    Add(Box<Journey>),
}

/// A case and an edit of one of its journeys. Limits couple nearly everything, so most cases have
/// none.
fn edited() -> impl Strategy<Value = (Box<Case>, usize, Edit)> {
    // Boxed: several cases side by side are more than a test's stack holds.
    let case = || generate::case().prop_map(Box::new).boxed();
    let journey = || case().prop_map(|case| Box::new(case.journeys[0].clone())).boxed();
    let edit = prop_oneof![
        6 => journey().prop_map(Edit::Redraw),
        1 => Just(Edit::Stop),
        1 => Just(Edit::Note),
        2 => journey().prop_map(Edit::Add),
    ];
    (case(), any::<prop::sample::Index>(), edit.boxed(), prop::bool::weighted(0.2)).prop_map(
        |(mut case, which, edit, limits)| {
            if !limits {
                case.workspace.delivery.limits.clear();
                case.workspace.delivery.offer_gap = None;
            }
            let which = which.index(case.journeys.len());
            (case, which, edit)
        },
    )
}

fn after(journeys: &[Arc<Journey>], which: usize, edit: &Edit) -> Vec<Arc<Journey>> {
    let mut journeys = journeys.to_vec();
    let id = journeys[which].id.clone();
    match edit {
        Edit::Redraw(other) => journeys[which] = Arc::new(Journey { id, ..Journey::clone(other) }),
        Edit::Stop => Arc::make_mut(&mut journeys[which]).status = Status::Draft,
        Edit::Note => "For later".clone_into(&mut Arc::make_mut(&mut journeys[which]).note),
        Edit::Add(other) => journeys.push(Arc::new(Journey { id: "new".into(), ..Journey::clone(other) })),
    }
    journeys
}

fn whole(input: &ReplayInput<'_>) -> (ReplayResult, Counts) {
    replay_with_counts(input, MOST).expect("made-up journeys are sound")
}

fn json(result: &ReplayResult) -> Vec<u8> {
    let mut out = Vec::new();
    write_json(&result.messages, &mut out).expect("into memory");
    out
}

/// The part of a trace that tells of some journeys.
fn of(trace: &[TraceRecord], wanted: impl Fn(&JourneyId) -> bool) -> Vec<&TraceRecord> {
    trace.iter().filter(|record| record.journey.as_ref().is_some_and(&wanted)).collect()
}

proptest! {
    #![proptest_config(generate::fixed())]

    #[test]
    fn what_is_put_together_is_what_a_replay_of_everything_gives((case, which, edit) in edited()) {
        let log = case.log();
        let before = case.journeys();
        let after = after(&before, which, &edit);
        let (old, new) = (case.input(&log, &before), case.input(&log, &after));
        let (result, counted) = whole(&old);
        let last = Last { input: old, result: &result, counted: &counted };
        let events = GroupedEvents::of(&log, new.platform, 1);
        let again = replay_again(Some(&last), &new, &events, MOST).expect("made-up journeys are sound");
        let (fresh, counted) = whole(&new);
        prop_assert_eq!(json(&again.result), json(&fresh), "{:?}", &again.extent);
        prop_assert_eq!(again.result, fresh, "{:?}", &again.extent);
        prop_assert_eq!(again.counted, counted);
    }

    #[test]
    fn whom_an_edit_does_not_reach_decides_as_before((case, which, edit) in edited()) {
        let log = case.log();
        let before = case.journeys();
        let after = after(&before, which, &edit);
        let traced = |journeys| ReplayInput { trace: true, ..case.input(&log, journeys) };
        let (old, new) = (traced(&before), traced(&after));
        let Extent::Journeys(Reached { journeys, .. }) = extent(&old, &new) else { return Ok(()) };
        let (was, is) = (replay(&old).expect("sound").trace, replay(&new).expect("sound").trace);
        let stays = |id: &JourneyId| !journeys.contains(id);
        prop_assert_eq!(of(&was, stays), of(&is, stays));
        let reached: Vec<_> = after.iter().filter(|it| journeys.contains(&it.id)).cloned().collect();
        let alone = replay(&traced(&reached)).expect("sound").trace;
        let again = |id: &JourneyId| journeys.contains(id);
        prop_assert_eq!(of(&alone, again), of(&is, again));
    }
}

#[test]
fn the_cases_above_are_of_every_extent() {
    let mut runner = TestRunner::new(generate::fixed());
    let (mut nothing, mut some, mut with_people, mut everything) = (0, 0, 0, 0);
    for _ in 0..300 {
        let (case, which, edit) = edited().new_tree(&mut runner).expect("a case").current();
        let log = case.log();
        let before = case.journeys();
        let after = after(&before, which, &edit);
        match extent(&case.input(&log, &before), &case.input(&log, &after)) {
            Extent::Journeys(Reached { journeys, .. }) if journeys.is_empty() => nothing += 1,
            Extent::Journeys(Reached { people: true, .. }) => with_people += 1,
            Extent::Journeys(_) => some += 1,
            Extent::Everything(_) | Extent::First => everything += 1,
        }
    }
    for (count, what) in [(nothing, "nothing"), (some, "some"), (with_people, "people"), (everything, "all")]
    {
        assert!(count >= 10, "{what}: {count} of {nothing}, {some}, {with_people}, {everything}");
    }
}
