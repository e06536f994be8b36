//! Laws of "why not" and of bug reports, over random journeys and recordings: the smallest change
//! offered, when made, does send the message; the recording inside a report, replayed alone, shows
//! the same result.
//!
//! The cases are the same in every run. To look further:
//! `PROPTEST_CASES=5000 PROPTEST_RNG_SEED=2 cargo test --test whynot_laws`.

#![allow(clippy::expect_used)] // also outside the test functions themselves

#[path = "oracle/generate.rs"]
mod generate;

use std::{collections::BTreeSet, sync::Arc};

use generate::Case;
use proptest::prelude::*;
use throughline::{
    journey::{BlockKind, Journey, edit::Port},
    lab::{
        Asked,
        place::{Shows, Spot},
        remedy,
        shrink::{Kept, Shown, read_back, shrink},
    },
    recording::EventLog,
    report::bug_report::{Expectation, PlaceCase, smallest_at},
    simulator::{Bounds, FirstArrivals, MessageState, ReplayInput, ReplayResult, replay, replay_part},
    store::ReplayKey,
    workspace::{Events, Following, Split},
};

/// Fixed cases, fewer than usual: each asks many questions.
fn config() -> ProptestConfig {
    let fixed = generate::fixed();
    let cases = if std::env::var_os("PROPTEST_CASES").is_some() { fixed.cases } else { 48 };
    ProptestConfig { cases, ..fixed }
}

/// A case made ready to be replayed.
struct Ready<'c> {
    case: &'c Case,
    log: EventLog,
    journeys: Vec<Arc<Journey>>,
    history: &'static [u16],
}

impl<'c> Ready<'c> {
    fn of(case: &'c Case) -> Self {
        Self {
            case,
            log: case.log(),
            journeys: case.journeys(),
            history: if case.history > 0 { &[0] } else { &[] },
        }
    }
    fn input(&self) -> ReplayInput<'_> {
        ReplayInput { trace: true, ..self.case.input(&self.log, &self.journeys) }
    }
    fn bounds(&self) -> Bounds {
        let mut first_ms = FirstArrivals::default();
        self.log.events().iter().for_each(|event| first_ms.see(event));
        let last_ms = self.log.replay_order().0.last().map_or(0, |last| self.log.event(*last).arrived_ms);
        Bounds { first_ms: first_ms.of_all_but(self.history), last_ms }
    }
}

/// A question for each person and each message they did not get, and one for each message that
/// was not sent; not too many.
fn questions(result: &ReplayResult, journeys: &[Arc<Journey>]) -> Vec<Asked> {
    const MOST: usize = 6;
    let mut questions = Vec::new();
    for message in result.messages.iter().filter(|it| it.state != MessageState::Sent) {
        let identifiers: BTreeSet<String> = message.identifiers.iter().cloned().collect();
        let Some(block) = &message.message else { continue };
        let run = Some(message.run);
        questions.push(Asked { identifiers, journey: message.journey.clone(), block: block.clone(), run });
    }
    questions.truncate(MOST / 2);
    for person in &result.people {
        for journey in journeys {
            let messages = journey.blocks.iter().filter(|(_, it)| matches!(it.kind, BlockKind::Message(_)));
            questions.extend(messages.map(|(block, _)| Asked {
                identifiers: person.identifiers.iter().cloned().collect(),
                journey: journey.id.clone(),
                block: block.clone(),
                run: None,
            }));
        }
    }
    questions.truncate(MOST);
    questions
}

/// The person's identity component alone, as a window or `why` would take it.
fn component(input: &ReplayInput<'_>, asked: &Asked) -> EventLog {
    let events = Events::Memory(input.log);
    let who = asked.identifiers.iter().next_back().expect("somebody");
    let split = Split::people(events, input.platform, who, Following::default()).expect("in memory");
    let positions = split.iter().next().expect("one piece").to_vec();
    input.log.part(&positions)
}

/// Every place of a journey.
fn places(journey: &Journey) -> Vec<Spot> {
    let mut places = vec![Spot::Way(Port::Start), Spot::Way(Port::NeverIdentified)];
    for (id, block) in &journey.blocks {
        places.push(Spot::Block(id.clone()));
        let ways = block.ways().into_iter().filter_map(|way| way.into_iter().next());
        places.extend(ways.map(|exit| Spot::Way(Port::Exit(id.clone(), exit))));
    }
    places
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn the_smallest_change_offered_does_send_the_message(case in generate::case()) {
        let ready = Ready::of(&case);
        let (input, bounds) = (ready.input(), ready.bounds());
        let result = replay_part(&input, bounds).expect("made-up journeys are sound");
        for asked in questions(&result, &ready.journeys) {
            let part = component(&input, &asked);
            let alone = ReplayInput { log: &part, ..input };
            let found = remedy::remedies(&alone, bounds, &asked).expect("not cancelled");
            let journey = ready.journeys.iter().find(|it| it.id == asked.journey).expect("it is there");
            prop_assert_eq!(found.is_none(), asked.reached_ms(&result, journey).is_some(), "{:?}", &asked);
            for offered in found.into_iter().flat_map(|found| found.found) {
                // Made on the whole recording, not on the component it was found in.
                let changed = remedy::apply(&offered.change, &input, &asked.journey).expect("it can be made");
                let after = replay_part(&changed.input(&input), bounds).expect("still sound");
                let at_ms = remedy::reached_ms(&asked, &offered.change, &after, journey);
                prop_assert_eq!(at_ms, Some(offered.reached_ms), "{:?} by {:?}", &asked, &offered);
            }
        }
    }
    #[test]
    fn the_smallest_recording_replayed_alone_shows_the_same(case in generate::case()) {
        let ready = Ready::of(&case);
        let (input, bounds) = (ready.input(), ready.bounds());
        let result = replay_part(&input, bounds).expect("made-up journeys are sound");
        for asked in questions(&result, &ready.journeys) {
            let part = component(&input, &asked);
            let journey = ready.journeys.iter().find(|it| it.id == asked.journey).expect("it is there");
            let shown = Shown::of(&result, &asked, journey);
            let alone = ReplayInput { log: &part, ..input };
            let smallest = shrink(&alone, bounds, &asked, &shown).expect("not cancelled");
            let smallest = smallest.expect("what everybody shows, their component shows alone");
            prop_assert!(smallest.history.len() + smallest.live.len() <= part.len() + 2);

            let text = |kept: &[Kept]| -> Vec<String> {
                kept.iter().map(|event| event.line.clone()).collect()
            };
            let (history, live) = (text(&smallest.history), text(&smallest.live));
            let (log, marked) =
                read_back(history.iter().map(String::as_str), live.iter().map(String::as_str)).expect("events");
            let again = replay(&ReplayInput { log: &log, history: marked, ..input }).expect("still sound");
            prop_assert_eq!(log.len(), history.len() + live.len(), "every line is an event");
            prop_assert!(shown.is_in(&again, &asked, journey), "{:?} shows {:?}", &asked, &shown);
        }
    }

    #[test]
    fn the_smallest_recording_of_a_place_shows_the_same_of_it(case in generate::case()) {
        const MOST: usize = 6;
        let ready = Ready::of(&case);
        let input = ReplayInput { trace: false, ..ready.input() };
        let result = replay_part(&input, ready.bounds()).expect("made-up journeys are sound");
        for journey in &ready.journeys {
            let counts = result.journeys.get(&journey.id).expect("it was replayed");
            for spot in places(journey).iter().take(MOST) {
                let Some(shows) = Shows::of(journey, counts, spot) else { continue };
                prop_assert!(shows.is_in(journey, &result.journeys), "{:?} is what everybody shows", &shows);
                let place = PlaceCase {
                    input: &input,
                    key: &ReplayKey::of(&input, &[]),
                    journey,
                    spot,
                    counts: Some(counts),
                    expected: &Expectation::default(),
                };
                let smallest = smallest_at(&place, &shows).expect("not cancelled");
                let smallest = smallest.expect("what everybody shows, somebody shows alone");
                let lines = |kept: &[Kept]| -> Vec<String> { kept.iter().map(|it| it.line.clone()).collect() };
                let (history, live) = (lines(&smallest.history), lines(&smallest.live));
                let (log, marked) =
                    read_back(history.iter().map(String::as_str), live.iter().map(String::as_str)).expect("events");
                let again = replay(&ReplayInput { log: &log, history: marked, ..input }).expect("still sound");
                prop_assert_eq!(log.len(), history.len() + live.len(), "every line is an event");
                prop_assert!(shows.is_in(journey, &again.journeys), "{:?} of {:?}", &shows, &journey.id);
            }
        }
    }
}
