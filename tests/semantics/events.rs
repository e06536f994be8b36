//! Events: shapes, duplicates, sessions, roles, carts.

use std::io::Cursor;

use serde_json::json;
use throughline::{
    journey::{Condition, EventRef, Test, Trigger},
    recording::{EventLog, facts::Role, read_events},
};

use crate::world::*;

fn ana() -> Call {
    identify("1 00:00").user("U1").email("ana@example.com")
}

#[test]
fn a_message_id_seen_again_is_a_duplicate_in_any_recording() {
    let go = || track("2 09:00", "Go").user("U1").id("same");
    let world = on("open").hears([ana(), go(), go()]).hears([go()]).runs(
        journey("j", "Go")
            .set(|j| j.entry.runs = throughline::journey::Runs::OnePerKey("k".into()))
            .then("mail", email("hi")),
    );
    let outcome = world.replay();
    assert_eq!(outcome.messages(), ["2 09:00 j/mail sent"]);
    assert_eq!((outcome.0.events, outcome.0.duplicates), (2, 2));
}

#[test]
fn of_duplicates_the_first_arrival_wins() {
    let world = on("open")
        .hears([
            ana(),
            track("2 09:00", "Go").user("U1").id("same").received("2 12:00").with("n", 2),
            track("2 09:00", "Go").user("U1").id("same").received("2 10:00").with("n", 1),
        ])
        .runs(journey("j", "Go").then("mail", email("{{ event.n }}")));
    let outcome = world.replay();
    assert_eq!(outcome.messages(), ["2 10:00 j/mail sent"]);
    assert_eq!(outcome.bodies(), ["1"]);
}

#[test]
fn without_a_message_id_the_content_stands_in() {
    let line = r#"{"type":"track","event":"Go","userId":"U1","timestamp":"2026-03-02T09:00:00Z"}"#;
    let other = r#"{"timestamp":"2026-03-02T09:00:00Z","userId":"U1","event":"Go","type":"track"}"#;
    let mut log = EventLog::new();
    read_events(&mut Cursor::new(format!("{line}\n{other}\n")), "r", &mut log).unwrap();
    let (order, duplicates) = log.replay_order();
    assert_eq!((order.len(), duplicates), (1, 1), "the same content, whatever the order of its keys");
}

#[test]
fn an_import_counts_read_kept_duplicate_and_rejected_with_line_and_reason() {
    let text = "{\"type\":\"track\",\"event\":\"A\",\"anonymousId\":\"D\",\"timestamp\":\"2026-03-02T09:00:00Z\",\"messageId\":\"1\"}\n\
                not json\n\
                {\"type\":\"track\",\"event\":\"A\",\"anonymousId\":\"D\",\"timestamp\":\"2026-03-02T09:00:00Z\",\"messageId\":\"1\"}\n\
                \n\
                {\"type\":\"track\",\"event\":\"B\",\"timestamp\":\"2026-03-02T09:00:00Z\",\"messageId\":\"2\"}\n";
    let counts = read_events(&mut Cursor::new(text), "r", &mut EventLog::new()).unwrap();
    assert_eq!((counts.read, counts.kept, counts.duplicate), (4, 2, 1));
    assert_eq!(counts.without_identifier, 1);
    assert_eq!(counts.rejected.len(), 1);
    assert_eq!(counts.rejected[0].line, 2);
    assert!(!counts.rejected[0].reason.is_empty());
}

#[test]
fn a_file_without_a_usable_event_is_an_error() {
    for text in ["", "\n\n", "nonsense\n", "[]", "{\"batch\": []}"] {
        assert!(read_events(&mut Cursor::new(text), "r", &mut EventLog::new()).is_err(), "{text:?}");
    }
}

#[test]
fn lines_an_array_and_a_batch_are_read_alike() {
    let line = |id: &str| {
        format!(
            r#"{{"type":"track","event":"A","anonymousId":"D","timestamp":"2026-03-02T09:00:00Z","messageId":"{id}"}}"#
        )
    };
    let (a, b) = (line("a"), line("b"));
    for text in [format!("{a}\n{b}\n"), format!("[{a},\n{b}]"), format!("{{\"batch\": [{a}, {b}]}}")] {
        let counts = read_events(&mut Cursor::new(text.clone()), "r", &mut EventLog::new()).unwrap();
        assert_eq!(counts.kept, 2, "{text}");
    }
}

/// What a template prints of a fact at the last event.
fn prints(template: &str, mut calls: Vec<Call>) -> String {
    calls.insert(0, ana());
    calls.push(track("9 09:00", "Go").user("U1"));
    let world = on("open").hears(calls).runs(journey("j", "Go").then("mail", email(template)));
    world.replay().bodies()[0].to_owned()
}

#[test]
fn a_session_ends_after_thirty_minutes_without_an_event_of_the_device() {
    let first_session = |second_page: &str| {
        let world = on("open")
            .hears([
                page("2 09:00", "a").on("D").user("U1"),
                page(second_page, "b").on("D").user("U1"),
                identify("3 09:00").on("D").user("U1").email("ana@example.com"),
                track("3 10:00", "Go").on("D").user("U1"),
            ])
            .runs(journey("j", "Go").then("mail", email("{{ first_session.events }}")));
        world.replay().bodies()[0].to_owned()
    };
    assert_eq!(first_session("2 09:29:59.999"), "2");
    assert_eq!(first_session("2 09:30"), "1", "thirty minutes apart is two sessions");
}

#[test]
fn the_first_session_is_the_earliest_over_all_joined_devices() {
    let campaign = |name: &str| json!({ "campaign": { "name": name } });
    let calls = vec![
        page("3 09:00", "home").on("laptop").context(campaign("later")),
        page("2 09:00", "home").on("phone").context(campaign("spring")),
        identify("4 09:00").on("laptop").user("U1"),
        identify("5 09:00").on("phone").user("U1"),
    ];
    assert_eq!(
        prints("{{ first_session.campaign.name | default: first_session.campaign }}", calls),
        "spring"
    );
}

#[test]
fn a_partial_purchase_removes_only_what_was_bought() {
    let add = |at: &str, id: &str| {
        product(at, "Product Added", id).user("U1").with("price", 10).with("quantity", 1)
    };
    let order =
        track("2 11:00", "Order Completed").user("U1").with("products", json!([{ "product_id": "P1" }]));
    let cart = "{% for item in cart.products %}{{ item.product_id }} {% endfor %}";
    assert_eq!(prints(cart, vec![add("2 09:00", "P1"), add("2 10:00", "P2"), order]).trim(), "P2");
}

#[test]
fn names_that_play_one_role_are_one() {
    let by_role = Trigger::Event { event: EventRef::Role(Role::CartAdd), filters: Vec::new() };
    let world = on("open")
        .hears([
            ana(),
            track("2 09:00", "Added to Cart").user("U1"),
            track("3 09:00", "Product Added").user("U1"),
        ])
        .runs(starting("j", by_role).then("mail", email("hi")));
    assert_eq!(world.messages(), ["2 09:00 j/mail sent", "3 09:00 j/mail sent"]);
}

#[test]
fn a_history_recording_builds_state_and_triggers_nothing() {
    let world = on("open")
        .remembers([ana(), track("2 09:00", "Go").user("U1"), track("2 10:00", "Order Completed").user("U1")])
        .hears([track("3 09:00", "Go").user("U1")])
        .runs(
            journey("j", "Go")
                .then("bought", branch(did("Order Completed")))
                .then("yes", email("customer"))
                .from("bought", "no", "no", email("stranger")),
        );
    let outcome = world.replay();
    assert_eq!(outcome.messages(), ["3 09:00 j/yes sent"]);
}

#[test]
fn the_catalogue_completes_an_events_product_and_the_events_own_value_wins() {
    let colour = |product: Call| {
        on("open")
            .product("P1", json!({ "product_id": "P1", "colour": "blue" }))
            .hears([ana(), product, track("3 09:00", "Go").user("U1")])
            .runs(
                journey("j", "Go")
                    .then("blue", branch(did_where("Product Viewed", "colour", equals("blue"))))
                    .then("yes", email("blue"))
                    .from("blue", "no", "no", email("other")),
            )
            .replay()
            .bodies()[0]
            .to_owned()
    };
    let viewed = || product("2 09:00", "Product Viewed", "P1").user("U1");
    assert_eq!(colour(viewed()), "blue");
    assert_eq!(colour(viewed().with("colour", "red")), "other");
}

#[test]
fn facts_are_open_to_conditions_and_templates_alike() {
    let over_15 = Condition::Fact { path: "cart.value".to_owned(), is: Test::MoreThan(15.0) };
    let world = on("open")
        .hears([
            ana(),
            product("2 09:00", "Product Added", "P1").user("U1").with("price", 20).with("quantity", 1),
            track("2 10:00", "Go").user("U1"),
        ])
        .runs(journey("j", "Go").then("rich", branch(over_15)).then("yes", email("{{ cart.value }}")).from(
            "rich",
            "no",
            "no",
            email("no"),
        ));
    assert_eq!(world.replay().bodies()[0].parse::<f64>(), Ok(20.0));
}
