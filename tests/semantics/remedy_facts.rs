//! The smallest change where facts, texts, other journeys or the platform's retention decide.

use throughline::{
    journey::{Condition, JourneyId, MessageStatus, Test},
    lab::{Change, Stopped, remedy::Said},
    simulator::settings::MessageLimit,
};

use crate::{
    remedy::{remedies, smallest},
    world::*,
};

fn fact(path: &str, is: Test) -> Condition {
    Condition::Fact { path: path.to_owned(), is }
}

/// Somebody known who puts something worth 20 in the cart on Tuesday.
fn known() -> World {
    let cart = product("3 09:10", "Product Added", "P1").user("U1").with("price", 20).id("cart");
    on("customerio").hears([identify("3 09:00").user("U1").email("ana@example.com").id("ana"), cart])
}

/// The event that was added, if one was.
fn added(change: &Change) -> Option<(String, serde_json::Value)> {
    match change {
        Change::EventAdded(Said::Alone(call)) => Some((call.name.clone(), call.properties.clone().into())),
        _ => None,
    }
}

#[test]
fn a_cart_worth_too_little_had_to_hold_more() {
    let rich = fact("cart.value", Test::AtLeast(80.0));
    let world = known().runs(
        journey("j", "Product Added").then("later", wait("1d")).then("rich", branch(rich)).from(
            "rich",
            "yes",
            "mail",
            email("hi"),
        ),
    );
    let (change, _) = smallest(&world, "U1", "mail");
    let (name, properties) = added(&change).expect("something put in the cart");
    assert_eq!(name, "Product Added");
    assert_eq!(properties["price"], serde_json::json!(80.0));
}

#[test]
fn what_was_never_viewed_had_to_be() {
    let skin = fact("viewed.category", equals("skin"));
    let world = known().runs(
        journey("j", "Product Added").then("later", wait("1d")).then("skin", branch(skin)).from(
            "skin",
            "yes",
            "mail",
            email("hi"),
        ),
    );
    let (change, _) = smallest(&world, "U1", "mail");
    let (name, properties) = added(&change).expect("a view");
    assert!(name.ends_with("Viewed"), "{name}");
    assert_eq!(properties["category"], "skin");
}

#[test]
fn the_first_visit_had_to_come_from_the_campaign() {
    let spring = fact("first_session.campaign.name", equals("spring"));
    let world = known().runs(journey("j", "Product Added").then("spring", branch(spring)).from(
        "spring",
        "yes",
        "mail",
        email("hi"),
    ));
    let (change, _) = smallest(&world, "U1", "mail");
    let (_, properties) = added(&change).expect("a visit");
    assert_eq!(properties["search"], "?utm_campaign=spring");
}

#[test]
fn a_text_that_lacks_a_name_had_to_be_given_one() {
    let world =
        known().runs(journey("j", "Product Added").then("mail", email("Dear {{ customer.first_name }}")));
    let (change, _) = smallest(&world, "U1", "mail");
    let Change::AttributeSaid(name, _) = &change else { panic!("{change:?}") };
    assert_eq!(name, "first_name");
}

#[test]
fn a_text_that_lacks_what_the_cart_event_says_had_to_be_told() {
    let world = known().runs(journey("j", "Product Added").then("mail", email("Still {{ event.colour }}?")));
    let found = remedies(&world, "U1", "mail").expect("it never went out");
    assert!(matches!(found.stopped, Stopped::Message { reason: "template_error", .. }));
    let Some(Change::PropertyGiven { event, name, .. }) = found.found.first().map(|it| &it.change) else {
        panic!("{found:?}")
    };
    assert_eq!((event.as_str(), name.as_str()), ("cart", "colour"));
}

#[test]
fn who_never_got_the_other_message_had_to_begin_its_journey() {
    let got = Condition::Message {
        journey: Some(JourneyId::from("welcome")),
        block: None,
        status: MessageStatus::Sent,
        within: None,
    };
    let world = known()
        .runs(journey("j", "Product Added").then("later", wait("1d")).then("got", branch(got)).from(
            "got",
            "yes",
            "mail",
            email("hi"),
        ))
        .runs(journey("welcome", "Signed Up").then("hello", email("hello")));
    let (change, _) = smallest(&world, "U1", "mail");
    assert_eq!(added(&change).expect("a sign-up").0, "Signed Up");
}

#[test]
fn who_got_the_other_message_had_to_be_spared_it() {
    let got = Condition::Message {
        journey: Some(JourneyId::from("welcome")),
        block: None,
        status: MessageStatus::Sent,
        within: None,
    };
    let world = known()
        .runs(journey("j", "Product Added").then("later", wait("1d")).then("got", branch(not(got))).from(
            "got",
            "yes",
            "mail",
            email("hi"),
        ))
        .runs(journey("welcome", "Product Added").then("hello", email("hello")));
    let found = remedies(&world, "U1", "mail").expect("it never went out");
    let spared = Change::JourneyRun(JourneyId::from("welcome"), false);
    let by_journey = Change::Journey(throughline::lab::remedy::JourneyRule::Answer("got".into(), true));
    let changes: Vec<_> = found.found.iter().map(|it| &it.change).collect();
    assert!(changes.contains(&&spared) || changes.contains(&&by_journey), "{changes:?}");
}

#[test]
fn a_limit_that_another_journey_used_up() {
    let world = known()
        .set(|facts| {
            let limit = MessageLimit { channel: None, at_most: 1, per: span("7d") };
            facts.delivery.limits.push(limit);
        })
        .runs(journey("j", "Product Added").then("later", wait("1d")).then("mail", email("hi")))
        .runs(journey("a", "Product Added").then("hello", email("hello")));
    let found = remedies(&world, "U1", "mail").expect("it never went out");
    assert!(matches!(found.stopped, Stopped::Message { reason: "message_limit", .. }), "{found:?}");
    let changes: Vec<_> = found.found.iter().map(|it| &it.change).collect();
    assert!(changes.contains(&&Change::JourneyRun(JourneyId::from("a"), false)), "{changes:?}");
}
