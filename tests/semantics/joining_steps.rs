//! The six steps of a join, where one shows in the next; ages of what joins; merges as joins.

use serde_json::json;
use throughline::{
    journey::{BlockKind, Condition, HeldTriggers, Runs, Trigger},
    simulator::HeldState,
};

use crate::world::*;

const NOTHING: [&str; 0] = [];

fn claim(at: &str) -> Call {
    identify(at).on("D").user("U1").email("ana@example.com")
}

fn cart(at: &str) -> Call {
    product(at, "Product Added", "P1").on("D")
}

fn hook(body: &str) -> BlockKind {
    BlockKind::Message(message(throughline::journey::Channel::Webhook, body))
}

#[test]
fn exits_of_current_runs_come_before_joined_triggers_are_offered() {
    // The laptop's run ends by the phone's purchase, which frees the place for the phone's cart.
    let world = on("customerio")
        .hears([
            identify("2 08:00").on("laptop").user("U1").email("ana@example.com"),
            product("2 09:00", "Product Added", "P1").user("U1"),
            track("2 10:00", "Order Completed").on("phone"),
            product("2 10:30", "Product Added", "P2").on("phone"),
            identify("2 11:00").on("phone").user("U1"),
        ])
        .runs(
            journey("j", "Product Added")
                .leaves_when("bought", did("Order Completed"))
                .then("wait", wait("1d"))
                .then("mail", email("{{ event.product_id }}")),
        );
    let outcome = world.replay();
    assert_eq!(outcome.messages(), ["3 11:00 j/mail sent"]);
    assert_eq!(outcome.bodies(), ["P2"]);
    assert_eq!((outcome.ended("j", "bought"), outcome.not_started("j", "already_in_run")), (1, 0));
}

#[test]
fn segments_are_re_evaluated_before_joined_triggers_are_offered() {
    let buyers = Condition::Segment("buyers".to_owned());
    let world = on("customerio")
        .segment("buyers", did("Order Completed"))
        .hears([cart("2 09:00"), track("2 10:00", "Order Completed").on("D"), claim("3 09:00")])
        .runs(journey("j", "Product Added").set(|j| j.audience = Some(buyers)).then("mail", email("hi")));
    assert_eq!(
        world.messages(),
        ["3 09:00 j/mail sent"],
        "the purchase came after the cart, before the join"
    );
}

#[test]
fn new_runs_all_look_back_before_any_of_them_advances() {
    // Two carts join; the first run's message would meet the second run's exit condition.
    let send = BlockKind::SendEvent { event: "Reminded".to_owned(), properties: Default::default() };
    let world = on("customerio")
        .hears([cart("2 09:00"), product("2 10:00", "Product Added", "P2").on("D"), claim("3 09:00")])
        .runs(
            journey("j", "Product Added")
                .set(|j| j.entry.runs = Runs::OnePerKey("product_id".to_owned()))
                .leaves_when("reminded", did("Reminded"))
                .then("send", send)
                .then("wait", wait("1h"))
                .then("mail", hook("{{ event.product_id }}")),
        );
    let outcome = world.replay();
    assert_eq!(outcome.0.journeys["j"].started, 2, "both were let in before either went on");
    assert_eq!(outcome.0.journeys["j"].blocks["send"].entered, 2);
}

#[test]
fn the_age_of_a_trigger_is_from_when_it_happened_to_when_it_joined() {
    let run = |claimed: &str| {
        on("customerio")
            .hears([cart("2 09:20").received("4 09:00"), claim(claimed)])
            .runs(journey("j", "Product Added").then("mail", email("hi")))
            .replay()
    };
    let young = run("5 09:20");
    assert_eq!(young.messages(), ["5 09:20 j/mail sent"], "exactly 72 hours, though it arrived a day ago");
    assert_eq!(young.0.held[0].age_ms, Some(span("72h").ms()));
    let old = run("5 09:20:00.001");
    assert_eq!(old.messages(), NOTHING);
    assert_eq!(old.0.held[0].state, HeldState::TooOld);
}

#[test]
fn an_event_of_the_tail_is_judged_by_its_age_too() {
    let world = |happened: &str| {
        on("customerio")
            .segment("adders", did("Product Added"))
            .hears([claim("6 09:00"), cart(happened).received("6 09:05")])
            .runs(journey("event", "Product Added").then("mail", email("event")))
            .runs(
                starting("segment", Trigger::EntersSegment("adders".to_owned()))
                    .then("mail", email("segment")),
            )
            .messages()
    };
    assert_eq!(world("3 09:05"), ["6 09:05 event/mail sent", "6 09:05 segment/mail sent"]);
    assert_eq!(world("3 09:04:59.999"), ["6 09:05 segment/mail sent"], "a segment sees any age");
}

#[test]
fn only_joined_events_have_an_age_limit() {
    // It happened four days before it arrived, but by somebody known: it starts the journey.
    let world = on("customerio")
        .hears([claim("1 09:00"), cart("2 09:00").user("U1").received("6 09:00")])
        .runs(journey("j", "Product Added").then("mail", email("hi")));
    assert_eq!(world.messages(), ["6 09:00 j/mail sent"]);
}

#[test]
fn joined_triggers_that_are_not_offered_are_recorded() {
    let outcome = |held: HeldTriggers| {
        on("customerio")
            .hears([
                cart("2 09:00"),
                product("2 10:00", "Product Added", "P2").on("D"),
                product("2 11:00", "Product Added", "P3").on("D"),
                claim("3 09:00"),
            ])
            .runs(
                journey("j", "Product Added").set(|j| j.entry.held_triggers = held).then("mail", email("hi")),
            )
            .replay()
    };
    assert_eq!(outcome(HeldTriggers::Each).not_started("j", "already_in_run"), 2);
    assert_eq!(outcome(HeldTriggers::Oldest).not_started("j", "not_oldest"), 2);
    assert_eq!(outcome(HeldTriggers::Newest).not_started("j", "not_newest"), 2);
}

#[test]
fn by_an_auto_merge_events_start_no_event_journeys_and_runs_come_along() {
    let knows_email =
        Condition::Attribute { name: "email".to_owned(), is: throughline::journey::Test::Exists };
    let world = on("customerio")
        .segment("adders", did("Product Added"))
        .hears([
            identify("2 08:00").email("ana@example.com"),
            identify("2 08:10").user("U1"),
            product("2 08:15", "Product Added", "P1").user("U1"),
            track("2 08:16", "Go").user("U1"),
            identify("2 08:20").user("U1").email("ana@example.com"),
        ])
        .runs(
            journey("event", "Product Added")
                .set(|j| j.audience = Some(knows_email.clone()))
                .then("mail", email("event")),
        )
        .runs(
            starting("segment", Trigger::EntersSegment("adders".to_owned()))
                .set(|j| j.audience = Some(knows_email.clone()))
                .then("mail", email("segment")),
        )
        .runs(journey("going", "Go").then("wait", wait("1h")).then("mail", email("going")));
    assert_eq!(world.messages(), ["2 08:20 segment/mail sent", "2 09:16 going/mail sent"]);
}

#[test]
fn what_was_received_before_a_merge_counts_as_received_after_it() {
    let received = Condition::Message {
        journey: Some("a".into()),
        block: None,
        status: throughline::journey::MessageStatus::Sent,
        within: None,
    };
    let world = on("customerio")
        .hears([
            identify("2 08:00").user("U1"),
            identify("2 08:10").user("U2").email("ana@example.com"),
            track("2 08:15", "Go").user("U2"),
            merge("2 08:20", json!({ "id": "U1" }), json!({ "id": "U2" })),
            track("2 09:00", "Again").user("U1"),
        ])
        .runs(journey("a", "Go").then("mail", email("hi")))
        .runs(journey("b", "Again").then("got", branch(received)).then("yes", hook("yes")).from(
            "got",
            "no",
            "no",
            hook("no"),
        ));
    assert_eq!(world.messages(), ["2 08:15 a/mail sent", "2 09:00 b/yes sent"]);
}

#[test]
fn suppression_survives_a_merge_from_either_side() {
    for (one, two) in [(true, false), (false, true)] {
        let world = on("customerio")
            .hears([
                identify("2 08:00").user("U1").email("ana@example.com").says("suppressed", one),
                identify("2 08:10").user("U2").says("suppressed", two),
                merge("2 08:20", json!({ "id": "U1" }), json!({ "id": "U2" })),
                track("2 09:00", "Go").user("U1"),
            ])
            .runs(journey("j", "Go").then("mail", email("hi")));
        assert_eq!(world.messages(), ["2 09:00 j/mail not_sent suppressed"], "{one} and {two}");
    }
}

#[test]
fn a_refusal_survives_even_where_the_newer_word_was_yes_and_the_newest_wins() {
    // The visitor said no, the user later yes; then one call shows that they are the same person.
    let world = on("rudderstack")
        .consent_by_trait(throughline::journey::Channel::Webhook, "ok")
        .hears([
            identify("2 08:00").on("D").says("ok", "no"),
            identify("2 08:10").user("U1").says("ok", "yes"),
            track("2 08:20", "Look").on("D").user("U1"),
            track("2 09:00", "Go").user("U1"),
        ])
        .runs(journey("j", "Go").then("hook", hook("hi")));
    assert_eq!(world.messages(), ["2 09:00 j/hook not_sent consent_denied"]);
}

#[test]
fn history_that_joins_builds_state_and_is_not_offered() {
    // The cart is of a recording marked as history; the claim is not.
    let world = on("customerio")
        .remembers([cart("2 09:00")])
        .hears([claim("3 09:00")])
        .segment("adders", did("Product Added"))
        .runs(journey("event", "Product Added").then("mail", email("event")))
        .runs(
            starting("segment", Trigger::EntersSegment("adders".to_owned())).then("mail", email("segment")),
        );
    let outcome = world.replay();
    assert_eq!(outcome.messages(), ["3 09:00 segment/mail sent"]);
    assert!(outcome.0.held.is_empty(), "history holds no triggers");
}

#[test]
fn exits_hear_of_an_event_of_the_tail() {
    let world = on("customerio")
        .hears([
            claim("2 09:00"),
            track("2 09:01", "Go").user("U1"),
            track("2 09:03", "Order Completed").on("D"),
        ])
        .runs(
            journey("j", "Go")
                .leaves_when("bought", did("Order Completed"))
                .then("wait", wait("1h"))
                .then("mail", email("hi")),
        );
    let outcome = world.replay();
    assert_eq!(outcome.messages(), NOTHING);
    assert_eq!(outcome.ended("j", "bought"), 1);
}
