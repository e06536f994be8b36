//! Segments: kept up to date as events arrive and as time passes.

use serde_json::json;
use throughline::journey::{Condition, Test, Trigger};

use crate::world::*;

const NOTHING: [&str; 0] = [];

fn ana() -> Call {
    identify("1 00:00").user("U1").email("ana@example.com")
}

fn by(event: &str, at: &str) -> Call {
    track(at, event).user("U1")
}

fn enters(segment: &str) -> Draw {
    starting("enters", Trigger::EntersSegment(segment.to_owned())).then("mail", email("in"))
}

fn leaves(segment: &str) -> Draw {
    starting("leaves", Trigger::LeavesSegment(segment.to_owned())).then("mail", email("out"))
}

#[test]
fn a_window_membership_begins_with_the_event_and_ends_at_the_exact_instant() {
    let world = on("open")
        .segment("s", did_within("View", "24h"))
        .hears([ana(), by("View", "2 09:00"), by("View", "2 15:00:00.500")])
        .runs(enters("s"))
        .runs(leaves("s"));
    assert_eq!(world.messages(), ["2 09:00 enters/mail sent", "3 15:00:00.500 leaves/mail sent"]);
}

#[test]
fn added_to_cart_but_no_purchase_in_four_hours() {
    let idle = did_with("Cart", |c| c.within = Some(span("1d")));
    let unfinished = Condition::All(vec![idle, not(did_within("Cart", "4h")), not(did("Bought"))]);
    let world = |bought: bool| {
        let mut calls = vec![ana(), by("Cart", "2 09:00")];
        if bought {
            calls.push(by("Bought", "2 12:00"));
        }
        on("open").segment("s", unfinished.clone()).hears(calls).runs(enters("s")).messages()
    };
    assert_eq!(world(false), ["2 13:00 enters/mail sent"]);
    assert_eq!(world(true), NOTHING);
}

#[test]
fn behaviour_before_the_email_counts_once_it_comes() {
    let world = on("customerio")
        .segment("s", did_within("View", "24h"))
        .hears([
            track("2 09:00", "View").on("D"),
            identify("2 20:00").on("D").user("U1").email("ana@example.com"),
        ])
        .runs(enters("s"))
        .runs(leaves("s"));
    assert_eq!(world.messages(), ["2 20:00 enters/mail sent", "3 09:00 leaves/mail sent"]);
}

#[test]
fn a_window_that_is_over_at_the_join_was_never_entered() {
    let world = on("customerio")
        .segment("s", did_within("View", "24h"))
        .hears([
            track("2 09:00", "View").on("D"),
            identify("4 09:00").on("D").user("U1").email("ana@example.com"),
        ])
        .runs(enters("s"));
    assert_eq!(world.messages(), NOTHING);
}

#[test]
fn a_segment_may_ask_for_another() {
    let world = on("open")
        .segment("viewers", did("View"))
        .segment("s", Condition::All(vec![Condition::Segment("viewers".to_owned()), did("Cart")]))
        .hears([ana(), by("Cart", "2 09:00"), by("View", "2 10:00")])
        .runs(enters("s"));
    assert_eq!(world.messages(), ["2 10:00 enters/mail sent"]);
}

#[test]
fn attributes_move_people_between_segments() {
    let world = on("open")
        .segment("s", attribute("tier", equals("gold")))
        .hears([
            ana(),
            identify("2 09:00").user("U1").says("tier", "gold"),
            identify("3 09:00").user("U1").says("tier", "silver"),
        ])
        .runs(enters("s"))
        .runs(leaves("s"));
    assert_eq!(world.messages(), ["2 09:00 enters/mail sent", "3 09:00 leaves/mail sent"]);
}

#[test]
fn relative_dates_move_people_by_time_alone() {
    let renews = throughline::recording::time::format_instant(ms("10 12:00"));
    let world = on("open")
        .segment("s", attribute("renews", Test::WithinNext(span("3d"))))
        .hears([ana().says("renews", renews)])
        .runs(enters("s"))
        .runs(leaves("s"));
    assert_eq!(world.messages(), ["7 12:00 enters/mail sent", "10 12:00 leaves/mail sent"]);
}

#[test]
fn has_not_done_within_n_days_needs_a_profile_that_old_where_the_platform_says_so() {
    let quiet = not(did_within("View", "3d"));
    let world = |platform: &str| {
        on(platform)
            .segment("s", quiet.clone())
            .hears([ana(), by("Go", "2 00:00")])
            .runs(enters("s"))
            .messages()
    };
    assert_eq!(world("customerio"), ["4 00:00 enters/mail sent"], "the profile is three days old then");
    assert_eq!(world("open"), ["1 00:00 enters/mail sent"]);
}

#[test]
fn a_profiles_age_counts_from_its_first_event_if_that_is_earlier() {
    let world = on("customerio")
        .segment("s", not(did_within("View", "3d")))
        .hears([
            track("1 12:00", "Go").on("D"),
            identify("2 00:00").on("D").user("U1").email("ana@example.com"),
        ])
        .runs(enters("s"));
    assert_eq!(world.messages(), ["4 12:00 enters/mail sent"]);
}

#[test]
fn a_merged_profile_is_as_old_as_the_one_that_survives_and_its_events() {
    let id = |id: &str| json!({ "id": id });
    let world = on("customerio")
        .segment("s", not(did_within("View", "3d")))
        .hears([
            // A clock half a day fast: U2 was made at midnight, by an event of noon.
            track("2 12:00", "Go").received("2 00:00").user("U2"),
            identify("2 12:00").user("U1").email("ana@example.com"),
            merge("2 13:00", id("U1"), id("U2")),
        ])
        .runs(enters("s"));
    assert_eq!(world.messages(), ["5 12:00 enters/mail sent"]);
}

#[test]
fn people_know_their_segments_at_the_last_event() {
    let outcome = on("open")
        .segment("ever", did("View"))
        .segment("lately", did_within("View", "1h"))
        .segment("just_now", did_within("Close", "1h"))
        .hears([ana(), by("View", "2 09:00"), by("Close", "2 11:00")])
        .replay();
    assert_eq!(outcome.0.people[0].segments, ["ever", "just_now"]);
}

#[test]
fn segments_entered_at_one_instant_start_journeys_in_the_order_of_the_journeys() {
    let in_k = Condition::InJourney { journey: "k".into(), within: None };
    let world = |of_j: &str, of_k: &str| {
        let entering = |id: &str, segment: &str| {
            starting(id, Trigger::EntersSegment(segment.to_owned())).then("mail", email("in"))
        };
        on("open")
            .segment("s", did("View"))
            .segment("t", did("View"))
            .hears([ana(), by("View", "2 09:00")])
            .runs(entering("j", of_j).set(|j| j.audience = Some(in_k.clone())))
            .runs(entering("k", of_k))
            .messages()
    };
    assert_eq!(world("s", "t"), ["2 09:00 k/mail sent"], "nobody is in k yet when j is offered");
    assert_eq!(world("t", "s"), ["2 09:00 k/mail sent"], "whatever the segments are called");
}
