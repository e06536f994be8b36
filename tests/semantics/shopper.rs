//! The sensitive-skin shopper: an ad, three views, a cart, a bounce; an email two days later.

use throughline::{journey::Anchor, simulator::HeldState};

use crate::world::*;

/// The cart is at 2 March, 09:20; `identify` comes when the test says.
fn shopper(platform: &str, identified_at: &str) -> World {
    let ad = serde_json::json!({ "campaign": { "name": "sensitive", "source": "ad" } });
    on(platform)
        .hears([
            page("2 09:00", "landing").on("D").context(ad),
            product("2 09:05", "Product Viewed", "P1").on("D").with("name", "Calm Cream"),
            product("2 09:10", "Product Viewed", "P2").on("D").with("name", "Balm"),
            product("2 09:15", "Product Viewed", "P1").on("D").with("name", "Calm Cream"),
            product("2 09:20", "Product Added", "P1").on("D").with("name", "Calm Cream").id("cart"),
            identify(identified_at).on("D").user("U1").email("ana@example.com"),
        ])
        .runs(
            journey("cart", "Product Added")
                .then("known", wait_for_identify("7d"))
                .then("clock", anchored(Anchor::Trigger, "4h", "30m", None, false))
                .then("reminder", email("Still thinking about {{ event.name }}?")),
        )
}

#[test]
fn identified_two_days_after_the_cart_the_message_names_the_product_and_goes_out_after_the_floor() {
    let outcome = shopper("customerio", "4 09:20").replay();
    assert_eq!(outcome.messages(), ["4 09:50 cart/reminder sent"]);
    assert_eq!(outcome.bodies(), ["Still thinking about Calm Cream?"]);
    assert_eq!(outcome.0.held[0].state, HeldState::Joined);
    assert_eq!(outcome.0.held[0].age_ms, Some(span("2d").ms()));
}

#[test]
fn a_cart_exactly_72_hours_old_still_starts_the_journey() {
    assert_eq!(shopper("customerio", "5 09:20").messages(), ["5 09:50 cart/reminder sent"]);
}

#[test]
fn one_millisecond_past_72_hours_it_does_not_start_and_the_rule_is_named() {
    let outcome = shopper("customerio", "5 09:20:00.001").with(|world| world.trace = true).replay();
    assert_eq!(outcome.messages(), [""; 0]);
    assert_eq!(outcome.not_started("cart", "too_old"), 1);
    assert_eq!(outcome.0.held[0].state, HeldState::TooOld);
    let refusal = outcome.0.trace.iter().find(|record| record.because.rule == "trigger_age");
    let refusal = refusal.expect("the trace names the rule");
    assert_eq!(refusal.because.confidence_word(), "documented");
    assert_eq!(refusal.because.events, ["cart"]);
}

#[test]
fn where_anonymous_visitors_enter_the_run_starts_at_the_cart_and_waits() {
    let outcome = shopper("open", "4 09:20").replay();
    assert_eq!(outcome.messages(), ["4 09:50 cart/reminder sent"]);
    assert!(outcome.0.held.is_empty(), "nothing is held where anonymous visitors may enter");

    let never = shopper("open", "4 09:20").with(|world| drop(world.recordings[0].2.pop())).replay();
    assert_eq!(never.messages(), [""; 0]);
    assert_eq!(never.ended("cart", "path_ended"), 1, "the wait for identify timed out after 7 days");

    let short = shopper("open", "4 09:20")
        .with(|world| {
            world.recordings[0].2.pop();
            world.horizon = span("2d");
        })
        .replay();
    assert_eq!(short.waiting(), ["4 09:20 cart/known"]);
}

#[test]
fn the_cart_of_somebody_who_never_says_who_they_are_is_held_and_counted() {
    let outcome = shopper("customerio", "4 09:20").with(|world| drop(world.recordings[0].2.pop())).replay();
    assert_eq!(outcome.messages(), [""; 0]);
    assert_eq!(outcome.0.held.len(), 1);
    assert_eq!(outcome.0.held[0].state, HeldState::NeverIdentified);
    assert_eq!(outcome.0.journeys["cart"].held.get("never_identified"), Some(&1));
}
