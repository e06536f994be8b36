//! Every decision is a record with its evidence and rule.

use serde_json::json;
use throughline::{identity::Platform, journey::Anchor};

use crate::world::*;

fn world() -> World {
    on("customerio")
        .with(|world| world.trace = true)
        .hears([
            product("2 09:00", "Product Added", "P1").on("D").id("cart"),
            identify("3 09:00").on("D").user("U1").email("ana@example.com").id("who"),
            product("3 09:10", "Product Added", "P2").user("U1").id("second"),
        ])
        .runs(
            journey("j", "Product Added")
                .then("clock", anchored(Anchor::Trigger, "4h", "30m", None, false))
                .then("mail", email("hi")),
        )
}

#[test]
fn every_record_says_when_who_what_and_by_which_rule() {
    let trace = world().replay().0.trace;
    assert!(!trace.is_empty());
    for record in &trace {
        assert!(!record.decision.is_empty());
        assert!(!record.because.rule.is_empty(), "{record:?}");
        assert!(!record.because.text.is_empty(), "{record:?}");
        assert_eq!(record.because.at_ms, record.at_ms);
    }
    assert!(trace.is_sorted_by_key(|record| record.at_ms));
}

#[test]
fn a_run_can_be_followed_from_trigger_to_message() {
    let trace = world().replay().0.trace;
    let of_run: Vec<&str> =
        trace.iter().filter(|record| record.run == Some(1)).map(|record| record.decision).collect();
    let place = |decision: &str| {
        of_run.iter().position(|one| *one == decision).unwrap_or_else(|| panic!("{decision} in {of_run:?}"))
    };
    assert!(place("run_started") < place("left_block"));
    assert!(place("left_block") < place("sent"));
    assert!(place("sent") < place("run_ended"));
}

#[test]
fn what_is_not_started_is_recorded_with_its_reason_and_evidence() {
    let trace = world().replay().0.trace;
    let refused = trace.iter().find(|record| record.decision == "not_started").expect("a record");
    assert_eq!(refused.detail, "already_in_run");
    assert_eq!(refused.because.events, ["second"]);
}

#[test]
fn without_asking_there_is_no_trace_and_the_same_result() {
    let (mut with, without) = (world().replay().0, world().with(|world| world.trace = false).replay().0);
    assert!(without.trace.is_empty());
    with.trace.clear();
    assert_eq!(with, without);
}

#[test]
fn a_message_says_why_in_time_order() {
    let outcome = world().replay();
    let because = &outcome.0.messages[0].because;
    assert!(because.is_sorted_by_key(|reason| reason.at_ms));
    assert!(because.iter().any(|reason| reason.events.contains(&"cart".to_owned())), "{because:?}");
}

#[test]
fn a_message_that_would_have_gone_out_earlier_but_for_a_hold_says_so() {
    let outcome = world().replay();
    let because = &outcome.0.messages[0].because;
    assert!(because.iter().any(|reason| reason.text.to_lowercase().contains("held")), "{because:?}");
}

#[test]
fn a_held_trigger_says_since_when_where_identify_came_and_how_old_it_was() {
    let start = |world: World| {
        let outcome = world.replay();
        let because = outcome.0.messages[0].because.clone();
        because.iter().find(|reason| reason.rule == "trigger_age").expect("why it started").text.clone()
    };
    let capture = track("3 08:58", "Email Captured").on("D").with("from", "popup");
    assert_eq!(
        start(world()),
        "Held since Mon 2 Mar 09:00: nobody was identified yet. Identified 1 d later. Product Added was \
         24 h old, so it still counts (72-hour rule, documented)"
    );
    let near = world().hears([capture.clone()]);
    assert!(start(near.clone()).contains("Identified 1 d later (Email Captured)."));
    let mapped = near.set(|workspace| workspace.capture.property = Some("from".to_owned()));
    assert!(start(mapped).contains("Identified 1 d later (popup)."));
}

#[test]
fn how_sure_we_are_is_said_of_the_platforms_rules_alone() {
    let platform = Platform::preset("customerio").unwrap();
    let names: Vec<&str> = platform.rules().iter().map(|rule| rule.name).collect();
    let outcome = world().replay();
    let traced = outcome.0.trace.iter().map(|record| &record.because);
    let reasons: Vec<_> = traced
        .chain(outcome.0.messages.iter().flat_map(|message| &message.because).map(AsRef::as_ref))
        .collect();
    for rule in ["trigger_age", "delay_anchored", "sent"] {
        assert!(reasons.iter().any(|reason| reason.rule == rule), "{rule}");
    }
    for reason in reasons {
        assert_eq!(reason.confidence.is_some(), names.contains(&reason.rule), "{reason:?}");
        assert_eq!(reason.confidence_word() == "defined", reason.confidence.is_none());
    }
}

#[test]
fn every_identify_has_its_capture_point_in_the_trace() {
    let on_page = json!({ "page": { "path": "/account" } });
    let trace = world().hears([identify("4 09:00").on("E").user("U1").context(on_page)]).replay().0.trace;
    let captured: Vec<&str> = trace
        .iter()
        .filter(|record| record.decision == "captured")
        .map(|record| record.because.text.as_str())
        .collect();
    assert_eq!(captured, ["Nothing tells where they said who they are", "Said who they are (on /account)"]);
}

#[test]
fn a_wait_for_identify_says_where_it_came() {
    let world = on("open")
        .hears([
            product("2 09:00", "Product Added", "P1").on("D"),
            track("2 10:00", "Email Captured").on("D"),
            identify("2 10:00").on("D").email("ana@example.com"),
        ])
        .runs(journey("j", "Product Added").then("who", wait_for_identify("3d")).then("mail", email("hi")));
    let because = world.replay().0.messages[0].because.clone();
    let identified =
        because.iter().find(|reason| reason.rule == "wait_for_identify" && reason.at_ms == ms("2 10:00"));
    assert_eq!(identified.expect("why it went on").text, "Identified (Email Captured), 1 h later");
}
