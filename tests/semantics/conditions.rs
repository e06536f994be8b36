//! What may be asked of a person, one rule at a time.

use serde_json::{Value, json};
use throughline::journey::{
    Channel, CompareCount, Condition, ConsentState, EventRef, MessageStatus, Scalar, Test,
};

use crate::world::*;

fn ana() -> Call {
    identify("1 00:00").user("U1").email("ana@example.com")
}

fn by(event: &str, at: &str) -> Call {
    track(at, event).user("U1")
}

/// Whether a condition holds of Ana when she does `Go` on 9 March, 09:00.
fn holds_after(calls: Vec<Call>, condition: Condition) -> bool {
    let calls = std::iter::once(ana()).chain(calls).chain([by("Go", "9 09:00")]);
    on("open").hears(calls).runs(asking(condition)).replay().bodies() == ["yes"]
}

fn asking(condition: Condition) -> Draw {
    journey("j", "Go").then("ask", branch(condition)).then("yes", email("yes")).from(
        "ask",
        "no",
        "no",
        email("no"),
    )
}

/// Whether a test of attribute `a` holds for a value (null: it was never set).
fn passes(value: Value, test: Test) -> bool {
    let set = if value.is_null() { vec![] } else { vec![identify("2 00:00").user("U1").says("a", value)] };
    holds_after(set, attribute("a", test))
}

#[test]
fn all_any_and_not() {
    let (yes, no) = (did("Go"), did("Never"));
    let holds = |condition: Condition| holds_after(vec![], condition);
    assert!(holds(Condition::All(vec![yes.clone(), yes.clone()])));
    assert!(!holds(Condition::All(vec![yes.clone(), no.clone()])));
    assert!(holds(Condition::All(vec![])), "an empty list of all holds");
    assert!(holds(Condition::Any(vec![no.clone(), yes.clone()])));
    assert!(!holds(Condition::Any(vec![])), "an empty list of any does not");
    assert!(holds(not(Condition::Any(vec![no.clone(), no]))), "not negates the whole");
    assert!(!holds(not(yes)));
}

#[test]
fn an_event_condition_counts() {
    let twice = || vec![by("A", "2 09:00"), by("A", "3 09:00")];
    let holds = |count: CompareCount| holds_after(twice(), did_with("A", |c| c.count = count));
    assert!(holds(CompareCount::AtLeast(2)) && !holds(CompareCount::AtLeast(3)));
    assert!(holds(CompareCount::AtMost(2)) && !holds(CompareCount::AtMost(1)));
    assert!(holds(CompareCount::Exactly(2)) && !holds(CompareCount::Exactly(1)));
}

#[test]
fn every_counted_event_must_pass_every_filter() {
    let calls =
        || vec![by("A", "2 09:00").with("x", 1).with("y", 1), by("A", "3 09:00").with("x", 1).with("y", 2)];
    let one = |n: f64| Test::Equals(Scalar::Number(n));
    let holds = |y: f64| {
        let condition = did_with("A", |c| c.filters = vec![filter("x", one(1.0)), filter("y", one(y))]);
        holds_after(calls(), condition)
    };
    assert!(holds(2.0));
    assert!(!holds(3.0));
}

#[test]
fn after_and_before_compare_with_the_latest_event_of_a_kind() {
    let viewed_after_cart = || did_with("Sizing", |c| c.after = Some(named("Cart")));
    let viewed_before_cart = || did_with("Sizing", |c| c.before = Some(named("Cart")));
    let calls = |order: &[&str]| {
        order.iter().zip(2..).map(|(event, day)| by(event, &format!("{day} 09:00"))).collect()
    };
    assert!(holds_after(calls(&["Cart", "Sizing"]), viewed_after_cart()));
    assert!(!holds_after(calls(&["Sizing", "Cart"]), viewed_after_cart()));
    assert!(!holds_after(calls(&["Cart", "Sizing", "Cart"]), viewed_after_cart()), "the latest cart counts");
    assert!(!holds_after(calls(&["Sizing"]), viewed_after_cart()), "no cart: nothing counts");
    assert!(holds_after(calls(&["Sizing", "Cart"]), viewed_before_cart()));
    assert!(!holds_after(calls(&["Cart", "Sizing"]), viewed_before_cart()));
    assert!(!holds_after(calls(&["Sizing"]), viewed_before_cart()));
}

#[test]
fn since_entry_counts_only_events_after_the_runs_trigger() {
    let since = did_with("A", |c| c.since_entry = true);
    assert!(!holds_after(vec![by("A", "9 08:00")], since.clone()));
    let late = by("A", "9 08:30").received("9 09:00").id("0");
    assert!(!holds_after(vec![late], since.clone()), "before the trigger by happened");
    let world = on("open").hears([ana(), by("Go", "9 09:00"), by("A", "9 09:30")]).runs(
        journey("j", "Go")
            .then("wait", wait("1h"))
            .then("ask", branch(since))
            .then("yes", email("yes"))
            .from("ask", "no", "no", email("no")),
    );
    assert_eq!(world.replay().bodies(), ["yes"]);
}

#[test]
fn page_views_are_asked_for_by_name_or_at_all() {
    let page_named = |name: Option<&str>| {
        Condition::Event(throughline::journey::EventCondition {
            event: EventRef::Page(name.map(str::to_owned)),
            ..event_condition("")
        })
    };
    let calls = || vec![page("2 09:00", "shipping").user("U1")];
    assert!(holds_after(calls(), page_named(Some("shipping"))));
    assert!(!holds_after(calls(), page_named(Some("sizing"))));
    assert!(holds_after(calls(), page_named(None)));
    assert!(!holds_after(calls(), did("shipping")), "a name means track events");
}

#[test]
fn filters_reach_into_nested_objects_and_arrays() {
    let calls = || {
        vec![
            by("Order", "2 09:00")
                .with("products", json!([{ "category": "hair" }, { "category": "skin" }]))
                .with("ship", json!({ "to": { "country": "DE" } })),
        ]
    };
    let holds = |path: &str, value: &str| holds_after(calls(), did_where("Order", path, equals(value)));
    assert!(holds("products[].category", "skin"), "an array matches if any element does");
    assert!(!holds("products[].category", "nails"));
    assert!(holds("ship.to.country", "DE"));
    let none_is = |value: &str| {
        holds_after(calls(), did_where("Order", "products[].category", Test::NotEquals(text(value))))
    };
    assert!(!none_is("skin"), "not equals: none may be equal");
    assert!(none_is("nails"));
}

#[test]
fn filters_reach_into_the_context() {
    let calls = vec![by("A", "2 09:00").context(json!({ "page": { "url": "https://shop.example/sale" } }))];
    assert!(holds_after(calls, did_where("A", "context.page.url", Test::Contains("/sale".to_owned()))));
}

#[test]
fn absent_is_null_and_not_equals_holds_for_absent() {
    let absent = || Value::Null;
    assert!(!passes(absent(), equals("x")));
    assert!(!passes(absent(), Test::Exists));
    assert!(passes(absent(), Test::Missing));
    assert!(passes(absent(), Test::NotEquals(text("x"))));
    assert!(passes(absent(), Test::NotIn(vec![text("x")])));
    assert!(!passes(absent(), Test::AtMost(5.0)), "absent is not zero");
}

#[test]
fn not_holds_where_a_test_of_an_absent_value_fails() {
    assert!(holds_after(vec![], not(attribute("never_set", equals("x")))));
}

#[test]
fn numbers_compare_as_numbers() {
    assert!(passes(json!(10), Test::MoreThan(9.0)), "not as text");
    assert!(passes(json!(10.0), Test::Equals(Scalar::Number(10.0))));
    assert!(passes(json!(10), Test::AtLeast(10.0)) && !passes(json!(10), Test::MoreThan(10.0)));
    assert!(passes(json!(10), Test::AtMost(10.0)) && !passes(json!(10), Test::LessThan(10.0)));
}

#[test]
fn text_compares_with_its_case_unless_set_otherwise() {
    assert!(!passes(json!("Gold"), equals("gold")));
    assert!(passes(json!("Gold"), Test::EqualsIgnoreCase("gold".to_owned())));
    assert!(!passes(json!("Gold"), Test::Contains("OL".to_owned())));
    assert!(passes(json!("Gold"), Test::ContainsIgnoreCase("OL".to_owned())));
    assert!(
        passes(json!("Gold"), Test::StartsWith("Go".to_owned()))
            && !passes(json!("Gold"), Test::StartsWith("go".to_owned()))
    );
}

#[test]
fn comparing_text_with_a_number_does_not_match() {
    assert!(!passes(json!("10"), Test::Equals(Scalar::Number(10.0))));
    assert!(!passes(json!("10"), Test::MoreThan(5.0)));
    assert!(!passes(json!(10), equals("10")));
    assert!(passes(json!("10"), Test::NotEquals(Scalar::Number(10.0))));
}

#[test]
fn in_list_and_not_in_list() {
    let list = || vec![text("a"), text("b")];
    assert!(passes(json!("b"), Test::In(list())) && !passes(json!("c"), Test::In(list())));
    assert!(passes(json!("c"), Test::NotIn(list())) && !passes(json!("b"), Test::NotIn(list())));
}

#[test]
fn relative_dates_are_windows_closed_at_now() {
    // Go is on 9 March, 09:00.
    let at = |text: &str| json!(throughline::recording::time::format_instant(ms(text)));
    let day = || span("1d");
    assert!(passes(at("9 09:00"), Test::WithinLast(day())));
    assert!(!passes(at("8 09:00"), Test::WithinLast(day())));
    assert!(passes(at("8 09:00"), Test::LongerAgoThan(day())));
    assert!(!passes(at("8 09:00:00.001"), Test::LongerAgoThan(day())));
    assert!(!passes(at("9 09:00"), Test::WithinNext(day())), "now is not to come");
    assert!(passes(at("10 09:00"), Test::WithinNext(day())));
    assert!(!passes(at("10 09:00:00.001"), Test::WithinNext(day())));
    assert!(passes(json!(ms("9 08:00") / 1_000), Test::WithinLast(day())), "epoch seconds");
}

#[test]
fn attributes_reach_into_nested_values() {
    let calls = vec![identify("2 00:00").user("U1").says("address", json!({ "city": "Oslo" }))];
    assert!(holds_after(calls, attribute("address.city", equals("Oslo"))));
}

#[test]
fn the_triggering_events_own_properties() {
    let drawn = asking(Condition::Trigger { property: "size".to_owned(), is: equals("L") });
    let world = on("open").hears([ana(), by("Go", "9 09:00").with("size", "L")]).runs(drawn);
    assert_eq!(world.replay().bodies(), ["yes"]);
}

#[test]
fn consent_is_granted_denied_or_unknown() {
    let state = |said: Option<&str>| {
        let calls = said.map(|said| identify("2 00:00").user("U1").says("email_ok", said));
        let states = [ConsentState::Granted, ConsentState::Denied, ConsentState::Unknown];
        let holds = |is: ConsentState| {
            on("open")
                .consent_by_trait(Channel::Webhook, "email_ok")
                .hears([ana()].into_iter().chain(calls.clone()).chain([by("Go", "9 09:00")]))
                .runs(asking(Condition::Consent { channel: Channel::Webhook, is }))
                .replay()
                .bodies()
                == ["yes"]
        };
        states.into_iter().filter(|state| holds(*state)).collect::<Vec<_>>()
    };
    assert_eq!(state(Some("yes")), [ConsentState::Granted]);
    assert_eq!(state(Some("no")), [ConsentState::Denied]);
    assert_eq!(state(None), [ConsentState::Unknown]);
}

#[test]
fn reachable_needs_an_address_that_is_not_unsubscribed() {
    assert!(holds_after(vec![], Condition::Reachable(Channel::Email)));
    assert!(!holds_after(vec![], Condition::Reachable(Channel::Sms)));
    let drawn = journey("j", "Go")
        .then("ask", branch(Condition::Reachable(Channel::Email)))
        .then("yes", email("yes"))
        .from("ask", "no", "no", wait("1h"));
    let world = on("open").hears([ana().says("unsubscribed", true), by("Go", "9 09:00")]).runs(drawn);
    assert_eq!(world.replay().0.journeys["j"].blocks["ask"].exits.get("no"), Some(&1));
}

#[test]
fn message_history_of_a_journey_a_block_a_status_and_a_window() {
    let asks = |within: Option<&str>, status: MessageStatus| {
        let condition = Condition::Message {
            journey: Some("first".into()),
            block: Some("mail".into()),
            status,
            within: within.map(span),
        };
        on("open")
            .hears([ana(), by("Start", "8 09:00"), by("Go", "9 09:00")])
            .runs(journey("first", "Start").then("mail", email("first")))
            .runs(asking(condition))
            .replay()
            .bodies()
            .contains(&"yes")
    };
    assert!(asks(None, MessageStatus::Sent));
    assert!(!asks(None, MessageStatus::NotSent));
    assert!(asks(Some("25h"), MessageStatus::Sent));
    assert!(!asks(Some("24h"), MessageStatus::Sent), "exactly a day ago is outside");
}

#[test]
fn in_a_journey_now_or_lately() {
    let asks = |within: Option<&str>, at: &str| {
        let condition = Condition::InJourney { journey: "first".into(), within: within.map(span) };
        on("open")
            .hears([ana(), by("Start", "8 09:00"), by("Go", at)])
            .runs(journey("first", "Start").then("wait", wait("1d")))
            .runs(asking(condition))
            .replay()
            .bodies()
            == ["yes"]
    };
    assert!(asks(None, "8 20:00"));
    assert!(!asks(None, "9 09:00"), "timers come first: the run is over");
    assert!(asks(Some("2d"), "9 09:00"));
    assert!(!asks(Some("2d"), "11 09:00"));
}

#[test]
fn prices_in_different_currencies_are_never_compared() {
    let cheap = Test::LessThan(20.0);
    let holds = |currency: &str| {
        let viewed = product("2 09:00", "Product Viewed", "P1").user("U1").with("currency", currency);
        on("open")
            .product("P1", json!({ "product_id": "P1", "price": 10.0, "currency": "EUR" }))
            .hears([ana(), viewed, by("Go", "9 09:00")])
            .runs(asking(did_where("Product Viewed", "price", cheap.clone())))
            .replay()
            .bodies()
            == ["yes"]
    };
    assert!(holds("EUR"));
    assert!(!holds("USD"), "the catalogue's price is in euro, the event speaks of dollars");
}
