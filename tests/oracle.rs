//! The real engine against the deliberately naive one, over random journeys and recordings.
//!
//! The cases are the same in every run, so that a change is never blamed for an old disagreement.
//! To look further: `PROPTEST_CASES=20000 PROPTEST_RNG_SEED=2 cargo test --test oracle`.

#![allow(clippy::expect_used)] // also outside the test functions themselves

#[path = "oracle/generate.rs"]
mod generate;
#[path = "oracle/mod.rs"]
mod oracle;

use generate::Case;
use oracle::Outcome;
use proptest::prelude::*;
use throughline::simulator::{MessageState, replay};

/// What both simulators say.
fn both(case: &Case) -> (Outcome, Outcome) {
    let log = case.log();
    let journeys = case.journeys();
    let input = case.input(&log, &journeys);
    let result = replay(&input).expect("made-up journeys are sound");
    (Outcome::from(&result), oracle::replay(&input))
}

/// Where a run waits is compared, but not in which words it is said why. Where all ids share one
/// namespace, the value is compared and not the kind it is shown with.
fn comparable(case: &Case, mut outcome: Outcome) -> Outcome {
    for message in &mut outcome.messages {
        if message.state == MessageState::Waiting {
            message.reason = None;
        }
        if case.platform == "posthog" {
            let value = |id: &String| id.split_once(':').map(|(_, value)| value.to_owned());
            message.identifiers = message.identifiers.iter().filter_map(value).collect();
            message.identifiers.sort();
        }
    }
    outcome.messages.sort();
    outcome
}

proptest! {
    #![proptest_config(generate::fixed())]

    #[test]
    fn the_engine_agrees_with_the_reference(case in generate::case()) {
        let (real, naive) = both(&case);
        prop_assert_eq!(comparable(&case, real), comparable(&case, naive));
    }
}
