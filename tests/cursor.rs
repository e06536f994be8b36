//! The state at a cursor, and the counts as of it, against a fresh replay up to that instant.
//!
//! The fresh replay gets what the platform knew by then, and the instant as its horizon: the events
//! that had arrived, and all history once the first other event had. The cases
//! are the same in every run; `PROPTEST_CASES=20000 PROPTEST_RNG_SEED=2` looks further.

#![allow(clippy::expect_used, dead_code, reason = "made-up cases are sound; the oracle uses the rest")]

#[path = "oracle/generate.rs"]
mod generate;
#[path = "common/shop.rs"]
mod shop;

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use generate::Case;
use proptest::{prelude::*, sample::Index};
use throughline::{
    journey::{Journey, JourneyId},
    lab::Chronicle,
    recording::{Event, EventLog, Span},
    simulator::{
        Bounds, Counts, Headcount, JourneyCounts, MessageState, PersonState, ReplayInput, ReplayResult,
        StateChange, passages::STILL_HELD, person_state::Change, replay, replay_part, replay_with_counts,
        replay_with_states,
    },
};

/// A case with its log and journeys ready to be replayed.
struct Ready {
    case: Case,
    log: EventLog,
    journeys: Vec<Arc<Journey>>,
}

impl Ready {
    fn new(case: Case) -> Self {
        Self { log: case.log(), journeys: case.journeys(), case }
    }

    fn whole(&self) -> ReplayInput<'_> {
        self.case.input(&self.log, &self.journeys)
    }

    fn is_history(&self, event: &Event) -> bool {
        self.case.history > 0 && event.recording == 0
    }

    /// The events that are known at an instant, and the bounds of a replay that ends there.
    fn until(&self, at_ms: i64) -> (EventLog, Bounds) {
        let live = self.log.events().iter().filter(|event| !self.is_history(event));
        let first_ms = live.map(|event| event.arrived_ms).min().unwrap_or(i64::MAX);
        // Of an event that is in both, the first arrival counts, whichever recording it is in.
        let first_arrivals: BTreeSet<u32> = self.log.replay_order().0.into_iter().collect();
        let known = |index: &u32| {
            let event = self.log.event(*index);
            let is_there = self.is_history(event) && first_ms <= at_ms && first_arrivals.contains(index);
            event.arrived_ms <= at_ms || is_there
        };
        let kept: Vec<u32> = (0..self.log.len() as u32).filter(known).collect();
        let first_ms = if first_ms <= at_ms { first_ms } else { i64::MAX };
        (self.log.part(&kept), Bounds { first_ms, last_ms: at_ms })
    }
    /// The input of such a replay.
    fn fresh<'a>(&'a self, log: &'a EventLog) -> ReplayInput<'a> {
        ReplayInput { horizon: Span::from_ms(0), ..self.case.input(log, &self.journeys) }
    }

    /// An instant at which something happens or just before or after, or any.
    fn instant(pick: Index, near: i64, horizon_ms: i64, moments: &[i64]) -> i64 {
        let at_ms = moments.get(pick.index(moments.len().max(1))).copied().unwrap_or(horizon_ms) + near;
        at_ms.min(horizon_ms)
    }
}

/// States in an order and without the replay's own numbers, which depend on who else is there.
fn comparable(states: Vec<PersonState>) -> Vec<String> {
    let mut all: Vec<String> = states
        .into_iter()
        .map(|mut state| {
            let mut runs: Vec<String> = state.runs.values().map(|run| format!("{run:?}")).collect();
            runs.sort();
            state.runs.clear();
            format!("{state:#?} {runs:#?}")
        })
        .collect();
    all.sort();
    all
}

fn everybody(result: &ReplayResult) -> Vec<String> {
    result.people.iter().flat_map(|person| person.identifiers.clone()).collect()
}

/// Whatever was counted at least once, by name.
fn counts(journeys: &BTreeMap<JourneyId, JourneyCounts>) -> BTreeMap<String, u64> {
    let mut all = BTreeMap::new();
    let mut add = |name: String, count: u64| {
        if count > 0 {
            *all.entry(name).or_insert(0) += count;
        }
    };
    for (id, journey) in journeys {
        add(format!("{id} offered"), journey.offered);
        add(format!("{id} started"), journey.started);
        add(format!("{id} goals"), journey.goals);
        let words =
            [("not started", &journey.not_started), ("ended", &journey.ended), ("held", &journey.held)];
        for (what, words) in words {
            for (word, count) in words {
                add(format!("{id} {what} {word}"), *count);
            }
        }
        for (block, counts) in &journey.blocks {
            add(format!("{id}/{block} entered"), counts.entered);
            add(format!("{id}/{block} waiting"), counts.waiting);
            add(format!("{id}/{block} left early"), counts.left_early);
            for (exit, count) in &counts.exits {
                add(format!("{id}/{block} exit {exit}"), *count);
            }
            for (word, count) in &counts.messages {
                add(format!("{id}/{block} is {word}"), *count);
            }
            for (word, count) in &counts.reasons {
                add(format!("{id}/{block} for {word}"), *count);
            }
        }
    }
    all
}

fn near() -> impl Strategy<Value = i64> {
    prop_oneof![4 => Just(0), 1 => Just(-1), 1 => Just(1), 2 => -90_000_000..90_000_000_i64]
}

proptest! {
    #![proptest_config(generate::fixed())]

    #[test]
    fn the_state_at_a_cursor_is_that_of_a_fresh_replay_up_to_it(
        case in generate::case(),
        cuts in proptest::collection::vec((any::<Index>(), near()), 4),
    ) {
        let ready = Ready::new(case);
        let input = ready.whole();
        let bounds = Bounds::of(&input, &ready.log.replay_order().0);
        let (result, changes) = replay_with_states(&input, bounds).expect("sound");
        prop_assert_eq!(&result, &replay(&input).expect("sound"), "recording states changed the replay");
        prop_assert!(changes.is_sorted_by_key(|change| change.at_ms));
        let moments: Vec<i64> = changes.iter().map(|change| change.at_ms).collect();
        let chronicle = Chronicle::of(changes.clone(), &everybody(&result));
        for (pick, near) in cuts {
            let at_ms = Ready::instant(pick, near, result.horizon_ms, &moments);
            let (log, bounds) = ready.until(at_ms);
            let (fresh, changes) = replay_with_states(&ready.fresh(&log), bounds).expect("sound");
            if log.is_empty() {
                prop_assert_eq!(chronicle.at(at_ms), Vec::new());
                continue;
            }
            let states = Chronicle::of(changes, &everybody(&fresh)).at(at_ms);
            prop_assert_eq!(comparable(chronicle.at(at_ms)), comparable(states), "at {}", at_ms);
            // What a result says of people and of runs that wait agrees, too.
            let mut people: Vec<_> = fresh.people.iter()
                .map(|it| (it.identifiers.clone(), format!("{:?}", it.attributes), it.events > 0))
                .collect();
            let mut known: Vec<_> = chronicle.at(at_ms).into_iter()
                .map(|it| {
                    let values = it.attributes.iter().map(|(name, it)| (name.clone(), it.value.clone()));
                    let values: BTreeMap<_, _> = values.collect();
                    (it.identifiers, format!("{values:?}"), it.events > 0)
                })
                .collect();
            people.sort();
            known.sort();
            let names = |all: &[(Vec<String>, String, bool)]| -> Vec<_> {
                all.iter().map(|it| (it.0.clone(), it.1.clone())).collect()
            };
            prop_assert_eq!(names(&known), names(&people));
            let waiting = fresh.messages.iter().filter(|it| it.state == MessageState::Waiting);
            let mut waiting: Vec<_> = waiting
                .map(|it| (it.identifiers.clone(), it.journey.clone(), it.run, it.block.clone()))
                .collect();
            let mut runs: Vec<_> = chronicle.at(at_ms).into_iter()
                .flat_map(|it| {
                    let identifiers = it.identifiers;
                    it.runs.into_values().map(move |run| (identifiers.clone(), run.journey, run.run, run.block))
                })
                .collect();
            waiting.sort();
            runs.sort();
            prop_assert_eq!(runs, waiting);
        }
        // Everybody's own chronicle holds what the one of all holds of them, and nobody else.
        let at_ms = moments.get(moments.len() / 2).copied().unwrap_or(0);
        let own = result.people.iter()
            .flat_map(|person| Chronicle::of(changes.clone(), &person.identifiers).at(at_ms))
            .collect();
        prop_assert_eq!(comparable(own), comparable(chronicle.at(at_ms)));
    }

    #[test]
    fn counts_as_of_a_cursor_are_those_of_a_fresh_replay_and_end_in_the_totals(
        case in generate::case(),
        cuts in proptest::collection::vec((any::<Index>(), near()), 4),
    ) {
        let mut case = case;
        // When a held trigger leaves depends on the horizon; everything else may not.
        case.journeys.iter_mut().for_each(|journey| journey.never_identified = None);
        let ready = Ready::new(case);
        let input = ready.whole();
        let (result, counted) = replay_with_counts(&input, usize::MAX).expect("sound");
        prop_assert_eq!(&result, &replay(&input).expect("sound"));
        let passages = counted.passages.expect("not too many");
        prop_assert_eq!(counts(&passages.until(i64::MAX)), counts(&result.journeys));
        let mut moments = Vec::new();
        let mut at_ms = i64::MIN;
        while let Some(next_ms) = passages.next_ms(at_ms) {
            prop_assert_eq!(passages.previous_ms(next_ms + 1), Some(next_ms));
            moments.push(next_ms);
            at_ms = next_ms;
        }
        for (pick, near) in cuts {
            let at_ms = Ready::instant(pick, near, result.horizon_ms, &moments);
            let (log, bounds) = ready.until(at_ms);
            let mut fresh = replay_part(&ready.fresh(&log), bounds).expect("sound");
            // The fresh replay ends here: what waits is told of, and what is held never joined.
            for it in fresh.messages.iter().filter(|it| it.state == MessageState::Waiting) {
                let block = fresh.journeys.get_mut(&it.journey).and_then(|it2| it2.blocks.get_mut(&it.block));
                let block = block.expect("a block that was counted");
                if it.channel.is_some() {
                    *block.messages.entry("waiting".to_owned()).or_default() -= 1;
                    let reason = it.reason.expect("why it waits").to_owned();
                    *block.reasons.entry(reason).or_default() -= 1;
                }
            }
            let mut now = passages.until(at_ms);
            if at_ms == result.horizon_ms {
                now = passages.until(at_ms - 1);
                if ready.until(at_ms - 1).0.len() != log.len() || moments.contains(&at_ms) {
                    continue;
                }
            }
            for journey in fresh.journeys.values_mut() {
                if let Some(never) = journey.held.remove("never_identified") {
                    *journey.held.entry(STILL_HELD.to_owned()).or_default() += never;
                }
            }
            prop_assert_eq!(counts(&now), counts(&fresh.journeys), "at {}", at_ms);
        }
    }

    #[test]
    fn who_is_in_a_segment_at_a_cursor_is_who_a_fresh_replay_up_to_it_finds_there(
        case in generate::case(),
        cuts in proptest::collection::vec((any::<Index>(), near()), 4),
    ) {
        let ready = Ready::new(case);
        let input = ready.whole();
        let (result, counted) = replay_with_counts(&input, usize::MAX).expect("sound");
        let memberships = counted.memberships.unwrap_or_default();
        let segments: Vec<&String> = ready.case.segments.0.keys().collect();
        let steps = |segment: &&String| memberships.steps(segment).to_vec();
        let mut moments: Vec<i64> = segments.iter().flat_map(steps).map(|(at_ms, _)| at_ms).collect();
        moments.sort_unstable();
        for (pick, near) in cuts {
            let at_ms = Ready::instant(pick, near, result.horizon_ms, &moments);
            let (log, bounds) = ready.until(at_ms);
            let (people, changes) = replay_with_states(&ready.fresh(&log), bounds).expect("sound");
            for segment in &segments {
                // Everybody there is then, each with all they were merged from.
                let own = people.people.iter().map(|it| Chronicle::of(changes.clone(), &it.identifiers));
                let (mut inside, mut ever) = (0, 0);
                for chronicle in own {
                    let was = |it: &StateChange| matches!(&it.change, Change::Segment(id, true) if id == *segment);
                    ever += u32::from(chronicle.changes().iter().any(was));
                    let states = chronicle.at(at_ms);
                    inside += states.iter().filter(|it| it.segments.contains(*segment)).count() as u32;
                }
                prop_assert_eq!(memberships.at(segment, at_ms), Headcount { inside, ever }, "{} at {}", segment, at_ms);
            }
        }
    }
}

#[test]
fn of_more_than_was_allowed_nothing_is_kept() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("sample-journeys");
    let workspace = throughline::workspace::open(&folder).expect("the sample workspace").workspace;
    let loaded = shop::recorded(&workspace);
    let input = ReplayInput { threads: 2, ..shop::input(&workspace, &workspace.platform, &loaded) };
    let (result, all) = replay_with_counts(&input, usize::MAX).expect("sound");
    let passages = all.passages.as_ref().expect("as many as there are");
    let most = passages.len();
    assert!(most > 500, "{most}");
    assert_eq!(counts(&passages.until(i64::MAX)), counts(&result.journeys));
    assert!(all.memberships.is_some());
    assert_eq!(replay_with_counts(&input, most).expect("sound").1, all);
    // Segments change less often than journeys count: each has a bound of its own.
    let fewer = replay_with_counts(&input, most - 1).expect("sound").1;
    assert_eq!(fewer, Counts { passages: None, ..all });
    assert_eq!(replay_with_counts(&input, 3).expect("sound").1, Counts::default());
}
