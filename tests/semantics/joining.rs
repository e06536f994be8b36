//! When anonymous history joins (claim, merge), and when it does not.

use serde_json::json;
use throughline::{
    journey::{Anchor, Condition, HeldTriggers, ReEntry, Runs, Trigger},
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

#[test]
fn all_joined_events_are_in_history_before_triggers_are_offered() {
    // The checkout came after the cart; the cart's trigger is judged against the full history.
    let world = on("customerio")
        .hears([cart("2 09:00"), track("2 10:00", "Checkout").on("D"), claim("3 09:00")])
        .runs(
            journey("j", "Product Added")
                .then("checkout", branch(did("Checkout")))
                .then("yes", email("went to the checkout"))
                .from("checkout", "no", "no", email("did not")),
        );
    assert_eq!(world.messages(), ["3 09:00 j/yes sent"]);
}

#[test]
fn traits_are_applied_before_triggers_are_offered() {
    let world = on("customerio").hears([cart("2 09:00"), claim("3 09:00").says("name", "Ana")]).runs(
        journey("j", "Product Added")
            .set(|j| j.audience = Some(attribute("name", equals("Ana"))))
            .then("mail", email("{{ customer.name }}")),
    );
    assert_eq!(world.messages(), ["3 09:00 j/mail sent"]);
}

#[test]
fn what_was_said_anonymously_is_forgotten_with_its_call() {
    let world = |claimed: &str| {
        on("customerio")
            .hears([
                identify("2 09:00").on("D").says("name", "Ana"),
                claim(claimed),
                track("40 09:00", "Go").user("U1"),
            ])
            .runs(journey("j", "Go").then("mail", email("Hello {{ customer.name | default: 'you' }}")))
            .replay()
    };
    assert_eq!(world("32 09:00").bodies(), ["Hello Ana"], "30 days, inclusive");
    assert_eq!(world("32 09:00:00.001").bodies(), ["Hello you"]);
}

#[test]
fn a_guest_who_bought_after_the_cart_leaves_at_once() {
    let world = on("customerio")
        .hears([cart("2 09:00"), track("2 10:00", "Order Completed").on("D"), claim("3 09:00")])
        .runs(
            journey("j", "Product Added")
                .leaves_when("bought", did("Order Completed"))
                .then("mail", email("hi")),
        );
    let outcome = world.replay();
    assert_eq!(outcome.messages(), NOTHING);
    assert_eq!(outcome.ended("j", "bought"), 1);
}

#[test]
fn a_purchase_before_the_cart_does_not_end_the_run() {
    let world = on("customerio")
        .hears([track("2 08:00", "Order Completed").on("D"), cart("2 09:00"), claim("3 09:00")])
        .runs(
            journey("j", "Product Added")
                .leaves_when("bought", did("Order Completed"))
                .then("mail", email("hi")),
        );
    assert_eq!(world.messages(), ["3 09:00 j/mail sent"]);
}

#[test]
fn a_goal_that_ends_the_run_looks_back_too() {
    let world = on("customerio")
        .hears([cart("2 09:00"), track("2 10:00", "Order Completed").on("D"), claim("3 09:00")])
        .runs(
            journey("j", "Product Added")
                .set(|j| {
                    let when = did("Order Completed");
                    j.goal = Some(throughline::journey::Goal { when, within: span("5d"), ends_run: true });
                })
                .then("mail", email("hi")),
        );
    let outcome = world.replay();
    assert_eq!(outcome.messages(), NOTHING);
    assert_eq!(outcome.0.journeys["j"].goals, 1);
}

#[test]
fn joined_triggers_are_offered_in_the_order_they_happened() {
    let world = on("customerio")
        .hears([
            product("2 10:00", "Product Added", "P2").on("D"),
            product("2 09:00", "Product Added", "P1").on("D").received("2 11:00"),
            claim("3 09:00"),
        ])
        .runs(journey("j", "Product Added").then("mail", email("{{ event.product_id }}")));
    let outcome = world.replay();
    assert_eq!(outcome.bodies(), ["P1"], "the first to happen starts; the second finds a run under way");
    assert_eq!(outcome.not_started("j", "already_in_run"), 1);
}

#[test]
fn each_joined_trigger_is_offered_and_re_entry_decides() {
    let with = |held: HeldTriggers| {
        on("customerio")
            .hears([
                product("2 09:00", "Product Added", "P1").on("D"),
                product("2 10:00", "Product Added", "P2").on("D"),
                claim("3 09:00"),
            ])
            .runs(
                journey("j", "Product Added")
                    .set(|j| {
                        j.entry.runs = Runs::OnePerKey("product_id".to_owned());
                        j.entry.held_triggers = held;
                    })
                    .then("mail", email("{{ event.product_id }}")),
            )
            .replay()
            .bodies()
            .join(" ")
    };
    assert_eq!(with(HeldTriggers::Each), "P1 P2");
    assert_eq!(with(HeldTriggers::Oldest), "P1");
    assert_eq!(with(HeldTriggers::Newest), "P2");
}

#[test]
fn current_runs_hear_of_joined_history() {
    // The laptop's cart belongs to a run already going; the phone's purchase joins and ends it.
    let world = on("customerio")
        .hears([
            identify("2 08:00").on("laptop").user("U1").email("ana@example.com"),
            product("2 09:00", "Product Added", "P1").user("U1"),
            track("2 10:00", "Order Completed").on("phone"),
            identify("2 11:00").on("phone").user("U1"),
        ])
        .runs(
            journey("j", "Product Added")
                .leaves_when("bought", did("Order Completed"))
                .then("wait", wait("4h"))
                .then("mail", email("hi")),
        );
    assert_eq!(world.messages(), NOTHING);
}

#[test]
fn waits_of_current_runs_are_re_evaluated_at_a_claim() {
    let world = on("customerio")
        .hears([
            identify("2 08:00").on("laptop").user("U1").email("ana@example.com"),
            product("2 09:00", "Product Added", "P1").user("U1"),
            track("2 10:00", "Checkout").on("phone"),
            identify("2 11:00").on("phone").user("U1"),
        ])
        .runs(
            journey("j", "Product Added")
                .then("until", wait_until(&[("checkout", did("Checkout"))], Some("1d")))
                .then("mail", email("hi")),
        );
    assert_eq!(world.messages(), ["2 11:00 j/mail sent"]);
}

#[test]
fn segments_see_joined_events_of_any_age() {
    let world = on("customerio")
        .segment("adders", did("Product Added"))
        .hears([cart("2 09:00"), claim("8 09:00")])
        .runs(journey("event", "Product Added").then("mail", email("event")))
        .runs(
            starting("segment", Trigger::EntersSegment("adders".to_owned())).then("mail", email("segment")),
        );
    assert_eq!(world.messages(), ["8 09:00 segment/mail sent"], "the cart is six days old");
}

#[test]
fn events_older_than_thirty_days_do_not_join() {
    let at = |claimed: &str| {
        on("customerio")
            .segment("adders", did("Product Added"))
            .hears([cart("1 09:00"), claim(claimed)])
            .runs(starting("j", Trigger::EntersSegment("adders".to_owned())).then("mail", email("hi")))
            .messages()
    };
    assert_eq!(at("31 09:00"), ["31 09:00 j/mail sent"], "exactly thirty days: still there");
    assert_eq!(at("31 09:00:00.001"), NOTHING);
}

#[test]
fn a_held_trigger_becomes_joined_too_old_expired_refused_or_never_identified() {
    let state = |calls: Vec<Call>| {
        let outcome = on("customerio")
            .hears(calls)
            .runs(journey("j", "Product Added").then("mail", email("hi")))
            .replay();
        assert_eq!(outcome.0.held.len(), 1);
        let held = outcome.0.held[0].clone();
        assert_eq!(held.anonymous_id, "anonymous_id:D");
        assert_eq!(outcome.0.journeys["j"].held.get(held.state.word()), Some(&1), "the trigger counts it");
        held.state
    };
    assert_eq!(state(vec![cart("2 09:00"), claim("2 10:00")]), HeldState::Joined);
    assert_eq!(state(vec![cart("2 09:00"), claim("6 09:00")]), HeldState::TooOld);
    assert_eq!(state(vec![cart("2 09:00"), claim("40 09:00")]), HeldState::Expired);
    assert_eq!(state(vec![cart("2 09:00")]), HeldState::NeverIdentified);
    let other = identify("2 10:00").on("D").user("U2");
    assert_eq!(state(vec![claim("2 08:00"), cart("2 09:00"), other]), HeldState::Refused);
}

#[test]
fn a_held_trigger_knows_the_carts_value() {
    let outcome = on("customerio")
        .hears([
            cart("2 09:00").with("price", 20).with("quantity", 2).with("currency", "EUR"),
            claim("2 10:00"),
        ])
        .runs(journey("j", "Product Added").then("mail", email("hi")))
        .replay();
    assert_eq!(outcome.0.held[0].cart_value, Some((40.0, "EUR".to_owned())));
}

#[test]
fn later_events_join_within_five_minutes_of_the_claim() {
    let at = |arrives: &str| {
        on("customerio")
            .hears([claim("2 09:00"), cart(arrives)])
            .runs(journey("j", "Product Added").then("mail", email("hi")))
            .messages()
    };
    assert_eq!(at("2 09:05"), ["2 09:05 j/mail sent"], "inclusive");
    assert_eq!(at("2 09:05:00.001"), NOTHING);
}

#[test]
fn an_event_of_the_tail_counts_once() {
    let twice = did_with("Product Added", |c| c.count = throughline::journey::CompareCount::AtLeast(2));
    let drawn =
        journey("j", "Product Added").then("twice", branch(twice)).from("twice", "no", "once", email("hi"));
    let world = on("customerio").hears([claim("2 09:00"), cart("2 09:01")]).runs(drawn);
    assert_eq!(world.messages(), ["2 09:01 j/once sent"]);
}

#[test]
fn the_same_person_again_does_not_reopen_the_tail() {
    let world = on("customerio")
        .hears([claim("2 09:00"), claim("2 10:00"), cart("2 10:01")])
        .runs(journey("j", "Product Added").then("mail", email("hi")));
    assert_eq!(world.messages(), NOTHING);
}

#[test]
fn a_refused_link_is_recorded_with_its_call_and_the_rest_applies() {
    let world = on("customerio")
        .hears([
            claim("2 08:00"),
            cart("2 09:00"),
            identify("2 10:00").on("D").user("U2").email("bo@example.com").says("name", "Bo").id("refused"),
            track("2 11:00", "Go").user("U2"),
        ])
        .runs(journey("j", "Go").then("mail", email("{{ customer.name }}")));
    let outcome = world.replay();
    assert_eq!(outcome.0.refusals.len(), 1);
    assert_eq!(outcome.0.refusals[0].call, "refused");
    assert_eq!(outcome.bodies(), ["Bo"]);
}

#[test]
fn an_anonymous_only_identify_sets_traits_without_identifying() {
    let world = on("open")
        .hears([identify("2 08:00").on("D").says("name", "Ana"), track("2 09:00", "Go").on("D")])
        .runs(
            journey("j", "Go")
                .then(
                    "known",
                    branch(Condition::Identified { by: Default::default(), address: Default::default() }),
                )
                .then("yes", email("known"))
                .from("known", "no", "name", branch(attribute("name", equals("Ana"))))
                .then("named", email("named")),
        );
    let outcome = world.replay();
    assert_eq!(outcome.messages(), ["2 09:00 j/named not_sent not_identified"]);
}

#[test]
fn profile_merges_without_a_side_or_with_one_side_twice_are_refused() {
    let id = |id: &str| json!({ "id": id });
    let user = || identify("2 08:00").user("U1").id("m1");
    for (primary, secondary) in [("U1", "U9"), ("U9", "U1"), ("U1", "U1")] {
        let outcome =
            on("customerio").hears([user(), merge("2 09:00", id(primary), id(secondary)).id("x")]).replay();
        assert_eq!(outcome.0.refusals.len(), 1, "{primary} and {secondary}");
        assert_eq!(outcome.0.refusals[0].call, "x");
        assert_eq!(outcome.0.people.len(), 1);
    }
}

#[test]
fn a_refused_merge_is_still_an_event_of_its_primary() {
    let world = on("segment")
        .hears([
            identify("2 08:00").user("U1"),
            track("2 09:00", "Go").user("U1"),
            merge("2 10:00", json!({ "id": "U1" }), json!({ "id": "U9" })).id("x"),
        ])
        .runs(journey("j", "Go").leaves_when("idle", not(did_within("Go", "30m"))).then("wait", wait("2h")));
    let outcome = world.replay();
    assert_eq!(outcome.0.refusals[0].call, "x");
    assert_eq!(outcome.ended("j", "idle"), 1, "exits are checked at every arriving event");
}

#[test]
fn an_auto_merge_is_a_profile_merge_and_its_calls_own_traits_apply_last() {
    let world = on("customerio").hears([
        identify("2 08:00").email("ana@example.com").says("plan", "free"),
        identify("2 08:10").user("U1").says("plan", "pro").says("city", "Oslo"),
        identify("2 08:20").user("U1").email("ana@example.com").says("city", "Rome"),
    ]);
    let outcome = world.replay();
    assert_eq!(outcome.0.people.len(), 1);
    let attributes = &outcome.0.people[0].attributes;
    assert_eq!((&attributes["plan"], &attributes["city"]), (&json!("free"), &json!("Rome")));
}

#[test]
fn after_a_merge_a_call_with_the_secondarys_id_makes_a_new_person() {
    let world = on("customerio").hears([
        identify("2 08:00").user("U1"),
        identify("2 08:10").user("U2"),
        merge("2 08:20", json!({ "id": "U1" }), json!({ "id": "U2" })),
        identify("2 08:30").user("U2"),
    ]);
    assert_eq!(world.replay().0.people.len(), 2);
}

#[test]
fn events_that_come_by_a_profile_merge_never_start_event_journeys_but_segment_journeys_they_may() {
    let world = on("customerio")
        .segment("adders", did("Product Added"))
        .hears([
            identify("2 08:00").user("U1").email("ana@example.com"),
            identify("2 08:10").user("U2"),
            product("2 08:15", "Product Added", "P1").user("U2"),
            merge("2 08:20", json!({ "id": "U1" }), json!({ "id": "U2" })),
        ])
        .runs(
            journey("event", "Product Added")
                .set(|j| j.audience = Some(attribute("email", throughline::journey::Test::Exists)))
                .then("mail", email("event")),
        )
        .runs(
            starting("segment", Trigger::EntersSegment("adders".to_owned()))
                .set(|j| j.audience = Some(attribute("email", throughline::journey::Test::Exists)))
                .then("mail", email("segment")),
        );
    assert_eq!(world.messages(), ["2 08:20 segment/mail sent"]);
}

#[test]
fn unsubscribed_survives_a_merge_from_either_side() {
    for (one, two) in [("true", "false"), ("false", "true")] {
        let world = on("customerio")
            .hears([
                identify("2 08:00").user("U1").email("ana@example.com").says("unsubscribed", one),
                identify("2 08:10").user("U2").says("unsubscribed", two),
                merge("2 08:20", json!({ "id": "U1" }), json!({ "id": "U2" })),
                track("2 09:00", "Go").user("U1"),
            ])
            .runs(journey("j", "Go").then("mail", email("hi")));
        assert_eq!(world.messages(), ["2 09:00 j/mail not_sent unsubscribed"], "{one} and {two}");
    }
}

#[test]
fn refused_consent_survives_a_merge_from_either_side() {
    for (one, two) in [("no", "yes"), ("yes", "no")] {
        let world = on("customerio")
            .consent_by_trait(throughline::journey::Channel::Email, "email_ok")
            .hears([
                identify("2 08:00").user("U1").email("ana@example.com").says("email_ok", one),
                identify("2 08:10").user("U2").says("email_ok", two),
                merge("2 08:20", json!({ "id": "U1" }), json!({ "id": "U2" })),
                track("2 09:00", "Go").user("U1"),
            ])
            .runs(journey("j", "Go").then("mail", email("hi")));
        let messages = world.messages();
        assert!(messages[0].contains("not_sent"), "{one} and {two}: {messages:?}");
    }
}

#[test]
fn what_the_call_that_merges_says_itself_comes_after_the_merge() {
    let world = |says: fn(Call) -> Call| {
        on("customerio")
            .consent_by_trait(throughline::journey::Channel::Email, "email_ok")
            .hears([
                identify("2 08:00")
                    .email("ana@example.com")
                    .says("email_ok", "no")
                    .says("unsubscribed", true),
                identify("2 08:10").user("U1"),
                says(identify("2 08:20").user("U1").email("ana@example.com")),
                track("2 09:00", "Go").user("U1"),
            ])
            .runs(journey("j", "Go").then("mail", email("hi")))
            .messages()
    };
    assert_eq!(world(|call| call), ["2 09:00 j/mail not_sent unsubscribed"]);
    assert_eq!(world(|call| call.says("unsubscribed", false)), ["2 09:00 j/mail not_sent consent_denied"]);
    assert_eq!(
        world(|call| call.says("unsubscribed", false).says("email_ok", "yes")),
        ["2 09:00 j/mail sent"],
        "an auto-merge's call applies last"
    );
}

#[test]
fn message_history_unites_for_limits() {
    let limit = throughline::simulator::settings::MessageLimit { channel: None, at_most: 1, per: span("7d") };
    let world = on("customerio")
        .set(|workspace| workspace.delivery.limits.push(limit))
        .hears([
            identify("2 08:00").user("U1"),
            identify("2 08:10").user("U2").email("ana@example.com"),
            track("2 08:15", "Go").user("U2"),
            merge("2 08:20", json!({ "id": "U1" }), json!({ "id": "U2" })),
            track("2 09:00", "Again").user("U1"),
        ])
        .runs(journey("a", "Go").then("mail", email("hi")))
        .runs(journey("b", "Again").then("mail", email("hi")));
    assert_eq!(world.messages(), ["2 08:15 a/mail sent", "2 09:00 b/mail not_sent message_limit"]);
}

#[test]
fn runs_of_journeys_the_survivor_never_entered_come_along() {
    let calls = |both: bool| {
        let mut calls = vec![
            identify("2 08:00").user("U1").email("ana@example.com"),
            identify("2 08:10").user("U2").email("bo@example.com"),
            track("2 08:15", "Go").user("U2"),
            merge("2 08:20", json!({ "id": "U1" }), json!({ "id": "U2" })),
        ];
        if both {
            calls.push(track("2 08:12", "Go").user("U1"));
        }
        calls
    };
    let outcome = |both: bool| {
        let drawn = journey("j", "Go").then("wait", wait("1h")).then("mail", email("{{ customer.email }}"));
        on("customerio").hears(calls(both)).runs(drawn).replay()
    };
    assert_eq!(outcome(false).messages(), ["2 09:15 j/mail sent"]);
    assert_eq!(outcome(false).bodies(), ["ana@example.com"]);
    assert_eq!(outcome(true).messages(), ["2 09:12 j/mail sent"], "the survivor's own run alone");
    assert_eq!(outcome(true).ended("j", "merged"), 1);
}

#[test]
fn a_run_goes_on_after_an_anonymous_profile_joins_a_person() {
    let world = on("open")
        .hears([cart("2 09:00"), claim("2 10:00")])
        .runs(journey("j", "Product Added").then("wait", wait("4h")).then("mail", email("hi")));
    let outcome = world.replay();
    assert_eq!(
        outcome.messages(),
        ["2 13:00 j/mail sent"],
        "joined events that started a run are not offered again"
    );
}

#[test]
fn with_both_sides_in_one_journey_the_earlier_goes_on_where_re_entry_would_have_refused() {
    let run = |runs: Runs| {
        on("open")
            .hears([
                identify("2 08:00").user("U1").email("ana@example.com"),
                product("2 09:00", "Product Added", "P1").user("U1"),
                product("2 09:30", "Product Added", "P2").on("phone"),
                identify("2 10:00").on("phone").user("U1"),
            ])
            .runs(
                journey("j", "Product Added")
                    .set(|j| {
                        j.entry.runs = runs;
                        j.entry.re_entry = ReEntry::EveryTime;
                    })
                    .then("wait", anchored(Anchor::Trigger, "4h", "0s", None, false))
                    .then("mail", email("{{ event.product_id }}")),
            )
            .replay()
    };
    let one = run(Runs::OneAtATime);
    assert_eq!(one.bodies(), ["P1"]);
    assert_eq!(one.ended("j", "merged"), 1);
    assert_eq!(run(Runs::OnePerKey("product_id".to_owned())).bodies(), ["P1", "P2"]);
}

#[test]
fn of_runs_that_started_at_one_instant_the_one_that_was_triggered_first_is_the_earlier() {
    let run = |first: &str, second: &str| {
        on("open")
            .hears([
                product("2 09:00", "Product Added", "P1").on(first).received("2 09:30"),
                product("2 09:10", "Product Added", "P2").on(second).received("2 09:30"),
                identify("2 10:00").on(first).user("U1").email("ana@example.com"),
                identify("2 10:01").on(second).user("U1"),
            ])
            .runs(
                journey("j", "Product Added")
                    .then("wait", wait("4h"))
                    .then("mail", email("{{ event.product_id }}")),
            )
            .replay()
    };
    for (first, second) in [("laptop", "phone"), ("phone", "laptop")] {
        let one = run(first, second);
        assert_eq!((one.bodies(), one.ended("j", "merged")), (vec!["P1"], 1), "{first} before {second}");
    }
}

#[test]
fn an_anonymous_id_can_be_relinked_and_joined_history_stays() {
    let world = on("open")
        .hears([
            identify("2 08:00").on("D").user("U1").email("ana@example.com"),
            cart("2 09:00"),
            identify("2 10:00").on("D").user("U2").email("bo@example.com"),
            cart("2 11:00"),
        ])
        .runs(journey("j", "Product Added").then("mail", email("{{ customer.email }}")));
    assert_eq!(world.replay().bodies(), ["ana@example.com", "bo@example.com"]);
}

#[test]
fn an_alias_takes_a_known_user_id_before_an_anonymous_one() {
    let people = |previous: &str| {
        on("rudderstack")
            .hears([
                identify("2 08:00").on("D").user("U1"),
                track("2 08:10", "Go").on("E"),
                alias("2 09:00", previous, "U2"),
            ])
            .replay()
            .0
            .people
            .into_iter()
            .map(|person| person.identifiers.join(" "))
            .collect::<Vec<_>>()
    };
    assert_eq!(people("U1"), ["anonymous_id:D user_id:U1 user_id:U2", "anonymous_id:E"]);
    assert_eq!(people("E"), ["anonymous_id:D user_id:U1", "anonymous_id:E user_id:U2"]);
}
