//! Sessions, cart, what was viewed, orders, recommendations: a row for each rule.

#![allow(clippy::unwrap_used, clippy::expect_used)] // also in the helpers of tests

use std::collections::BTreeMap;

use proptest::prelude::*;
use serde_json::{Value, json};
use throughline::recording::{
    Catalog, EventIndex, EventKind, EventLog, FactKey, Facts, FactsInput, NewEvent, Roles, SessionRules,
    facts::Role, lookup_first, product_of,
};

const MINUTE: i64 = 60_000;
/// 2026-03-02T09:00:00Z.
const START: i64 = 1_772_442_000_000;

/// A recording under construction; times are minutes after [`START`].
struct Shop {
    log: EventLog,
    catalog: Catalog,
}

impl Shop {
    fn new() -> Self {
        let mut log = EventLog::new();
        log.start_recording("test");
        Self { log, catalog: Catalog::default() }
    }
    fn with_catalog(rows: &[Value]) -> Self {
        let products = rows.iter().map(|row| (row["product_id"].as_str().unwrap().to_owned(), row.clone()));
        Self { catalog: Catalog::new(products.collect::<BTreeMap<_, _>>()), ..Self::new() }
    }
    fn push_ms(
        &mut self,
        ms: i64,
        device: &str,
        kind: EventKind,
        name: &str,
        properties: &Value,
        context: &Value,
    ) {
        let id = self.log.len().to_string();
        self.log.push(&NewEvent {
            happened_ms: START + ms,
            arrived_ms: START + ms,
            kind: Some(kind),
            name: Some(name),
            anonymous_id: Some(device).filter(|device| !device.is_empty()),
            user_id: Some("u1"),
            message_id: &id,
            properties: &properties.to_string(),
            context: &context.to_string(),
            ..NewEvent::default()
        });
    }
    fn track(&mut self, minute: i64, name: &str, properties: &Value) -> &mut Self {
        self.push_ms(minute * MINUTE, "d1", EventKind::Track, name, properties, &json!({}));
        self
    }
    fn page(&mut self, minute: i64, device: &str, url: &str, context: &Value) -> &mut Self {
        let mut context = context.clone();
        context["page"] = json!({"url": url});
        self.push_ms(minute * MINUTE, device, EventKind::Page, "", &json!({"url": url}), &context);
        self
    }
    fn facts_at(&self, now_ms: i64) -> Value {
        let mut history: Vec<EventIndex> = (0..self.log.len() as EventIndex).collect();
        history.sort_by_key(|index| self.log.event(*index).happened_ms);
        let roles = Roles::default().in_log(&self.log);
        let facts = Facts::of(&FactsInput {
            log: &self.log,
            history: &history,
            now_ms,
            roles: &roles,
            sessions: SessionRules::default(),
            catalog: &self.catalog,
            currency: "EUR",
        });
        facts.tree().clone()
    }
    fn facts(&self) -> Value {
        self.facts_at(i64::MAX)
    }
}

fn fact(tree: &Value, path: &str) -> Value {
    lookup_first(tree, path).cloned().unwrap_or(Value::Null)
}

#[test]
fn default_roles_know_the_spec_and_its_variants() {
    let roles = Roles::default();
    for (name, role) in [
        ("Product Viewed", Role::View),
        ("Viewed Product", Role::View),
        ("Product List Viewed", Role::CollectionView),
        ("Collection Viewed", Role::CollectionView),
        ("Products Searched", Role::Search),
        ("Product Added", Role::CartAdd),
        ("Added to Cart", Role::CartAdd),
        ("Product Removed", Role::CartRemove),
        ("Cart Updated", Role::CartUpdate),
        ("Checkout Started", Role::Checkout),
        ("Order Completed", Role::Purchase),
        ("Purchase", Role::Purchase),
        ("Placed Order", Role::Purchase),
        ("Email Captured", Role::Capture),
        ("Newsletter Signup", Role::Capture),
    ] {
        assert_eq!(roles.role_of(name), Some(role), "{name}");
    }
    for name in ["Cart Viewed", "Order Refunded", "Signed Out", ""] {
        assert_eq!(roles.role_of(name), None, "{name}");
    }
    let mut names: Vec<&String> = roles.0.values().flatten().collect();
    let count = names.len();
    names.sort();
    names.dedup();
    assert_eq!(names.len(), count, "a name plays one role only");
}

#[test]
fn a_session_ends_after_thirty_minutes_exactly() {
    for (gap_ms, sessions) in [(30 * MINUTE - 1, 1), (30 * MINUTE, 2)] {
        let mut shop = Shop::new();
        shop.page(0, "d1", "https://shop.test/a", &json!({}));
        let context = json!({"page": {"url": "https://shop.test/b"}});
        shop.push_ms(gap_ms, "d1", EventKind::Page, "", &json!({}), &context);
        let facts = shop.facts();
        let landing = fact(&facts, "last_session.landing_page");
        let expected = if sessions == 1 { "https://shop.test/a" } else { "https://shop.test/b" };
        assert_eq!(landing, expected, "{gap_ms}");
        assert_eq!(fact(&facts, "first_session.landing_page"), "https://shop.test/a");
        assert_eq!(fact(&facts, "first_session.events"), json!(if sessions == 1 { 2 } else { 1 }));
    }
}

#[test]
fn a_session_is_of_one_device_and_one_campaign() {
    let mut shop = Shop::new();
    let spring = json!({"campaign": {"name": "spring", "source": "meta"}});
    shop.page(0, "d1", "https://shop.test/landing", &json!({"referrer": {"url": "https://ad.test"}}))
        .page(1, "d1", "https://shop.test/other", &json!({}))
        .page(2, "d2", "https://shop.test/second-device", &json!({}))
        .page(3, "d1", "https://shop.test/again", &spring)
        .page(4, "d1", "https://shop.test/deeper", &json!({}));
    let facts = shop.facts();
    assert_eq!(fact(&facts, "first_session.landing_path"), "/landing");
    assert_eq!(fact(&facts, "first_session.referrer"), "https://ad.test");
    assert_eq!(fact(&facts, "first_session.events"), 2);
    assert_eq!(fact(&facts, "first_session.campaign"), Value::Null);
    assert_eq!(fact(&facts, "last_session.landing_path"), "/again", "another campaign is another session");
    assert_eq!(fact(&facts, "last_session.campaign.name"), "spring");
    assert_eq!(fact(&facts, "last_session.events"), 2, "pages without a campaign go on with it");
    assert_eq!(fact(&facts, "last_session.device"), "d1");
}

#[test]
fn the_first_session_is_the_earliest_over_all_devices() {
    let mut shop = Shop::new();
    shop.page(60, "late", "https://shop.test/b", &json!({})).page(
        0,
        "early",
        "https://shop.test/a",
        &json!({}),
    );
    let facts = shop.facts();
    assert_eq!(fact(&facts, "first_session.device"), "early");
    assert_eq!(fact(&facts, "last_session.device"), "late");
    assert_eq!(fact(&facts, "first_session.started_at"), "2026-03-02T09:00:00.000Z");
}

#[test]
fn a_campaign_comes_from_the_context_else_from_the_address() {
    let cases = [
        (json!({}), "https://s.test/?utm_campaign=Spring+Sale%21&utm_source=meta&x=1", "Spring Sale!"),
        (json!({"campaign": {}}), "https://s.test/?utm_campaign=a#utm_campaign=b", "a"),
        (json!({"campaign": {"name": "own"}}), "https://s.test/?utm_campaign=url", "own"),
        (json!({"campaign": "text"}), "https://s.test/", "text"),
    ];
    for (context, url, name) in cases {
        let mut shop = Shop::new();
        shop.page(0, "d1", url, &context);
        assert_eq!(fact(&shop.facts(), "first_session.campaign.name"), name, "{url}");
    }
    let mut shop = Shop::new();
    let context = json!({"page": {"path": "/x", "search": "?utm_medium=cpc"}});
    shop.push_ms(0, "d1", EventKind::Track, "Anything", &json!({}), &context);
    assert_eq!(fact(&shop.facts(), "first_session.campaign.medium"), "cpc");
    assert_eq!(fact(&shop.facts(), "first_session.landing_path"), "/x");
}

#[test]
fn a_call_just_before_the_landing_page_belongs_to_that_landing() {
    let mut shop = Shop::new();
    shop.push_ms(0, "d1", EventKind::Identify, "", &json!({}), &json!({}));
    shop.page(1, "d1", "https://s.test/?utm_campaign=spring", &json!({}));
    assert_eq!(fact(&shop.facts(), "first_session.campaign.name"), "spring");
}

#[test]
fn a_servers_call_is_part_of_no_session() {
    let mut shop = Shop::new();
    shop.push_ms(0, "", EventKind::Track, "Order Completed", &json!({"total": 5}), &json!({}));
    assert_eq!(fact(&shop.facts(), "first_session"), Value::Null);
    assert_eq!(fact(&shop.facts(), "orders.count"), 1);
    shop.page(1, "", "https://s.test/a", &json!({}));
    assert_eq!(fact(&shop.facts(), "first_session.landing_path"), "/a", "a page without an anonymous id");
}

#[test]
fn what_happens_after_now_is_not_seen() {
    let mut shop = Shop::new();
    shop.track(0, "Product Viewed", &json!({"product_id": "a"}));
    shop.track(10, "Product Viewed", &json!({"product_id": "b"}));
    assert_eq!(fact(&shop.facts_at(START + 10 * MINUTE - 1), "last_viewed.product_id"), "a");
    assert_eq!(fact(&shop.facts_at(START + 10 * MINUTE), "last_viewed.product_id"), "b");
}

#[test]
fn the_catalogue_completes_and_the_events_own_value_wins() {
    let rows = [
        json!({"product_id": "P1", "name": "Cream", "category": "skin", "price": 20.0, "currency": "EUR"}),
        json!({"product_id": "P2", "sku": "S2", "name": "Oil", "price": 9.5, "currency": "USD"}),
    ];
    let shop = Shop::with_catalog(&rows);
    let cases = [
        (json!({"product_id": "P1"}), json!({"name": "Cream", "category": "skin", "price": 20.0})),
        (json!({"product_id": "P1", "price": 18, "name": null}), json!({"price": 18, "name": "Cream"})),
        (json!({"sku": "S2"}), json!({"product_id": "P2", "name": "Oil"})),
        (json!({"sku": "P1"}), json!({"product_id": "P1", "name": "Cream"})),
        // A price in another currency is not taken over.
        (
            json!({"product_id": "P1", "currency": "usd"}),
            json!({"price": null, "currency": "usd", "name": "Cream"}),
        ),
        (json!({"product_id": "P1", "currency": "eur"}), json!({"price": 20.0, "currency": "eur"})),
        (json!({"product_id": "nobody"}), json!({"name": null})),
    ];
    for (event, expected) in cases {
        let completed = product_of(event.clone(), &shop.catalog, "EUR");
        for (key, value) in expected.as_object().unwrap() {
            assert_eq!(completed.get(key).unwrap_or(&Value::Null), value, "{event}: {key}");
        }
    }
    let order = product_of(json!({"products": [{"product_id": "P1"}, {"sku": "S2"}]}), &shop.catalog, "EUR");
    let names: Vec<&Value> = throughline::recording::lookup(&order, "products[].name");
    assert_eq!(names, [&json!("Cream"), &json!("Oil")]);
}

#[test]
fn viewed_is_by_recency_with_counts() {
    let mut shop = Shop::with_catalog(&[json!({"product_id": "a", "name": "A", "category": "skin"})]);
    for (minute, id) in [(0, "a"), (1, "b"), (2, "a"), (3, "c"), (4, "a")] {
        shop.track(minute, "Product Viewed", &json!({"product_id": id}));
    }
    let facts = shop.facts();
    let viewed: Vec<(&str, u64)> = facts["viewed"]
        .as_array()
        .unwrap()
        .iter()
        .map(|product| (product["product_id"].as_str().unwrap(), product["count"].as_u64().unwrap()))
        .collect();
    assert_eq!(viewed, [("a", 3), ("c", 1), ("b", 1)]);
    assert_eq!(fact(&facts, "last_viewed.category"), "skin");
    assert_eq!(fact(&facts, "last_viewed.viewed_at"), "2026-03-02T09:04:00.000Z");
}

/// A cart event: name and properties.
type Step = (&'static str, Value);

#[test]
fn the_cart_is_folded_from_its_events() {
    let add = |id: &str, quantity: Value| {
        ("Product Added", json!({"product_id": id, "quantity": quantity, "price": 10}))
    };
    let cases: Vec<(&str, Vec<Step>, Value)> = vec![
        ("nothing yet", vec![], json!({"count": 0, "value": 0})),
        (
            "quantity defaults to one",
            vec![("Added to Cart", json!({"product_id": "a"}))],
            json!({"count": 1, "value": null}),
        ),
        ("adds sum up", vec![add("a", json!(1)), add("a", json!(2))], json!({"count": 3, "value": 30})),
        (
            "numbers may be text",
            vec![("Product Added", json!({"product_id": "a", "quantity": "2", "price": "9.95"}))],
            json!({"count": 2, "value": 19.9}),
        ),
        ("null quantity is one", vec![add("a", Value::Null)], json!({"count": 1})),
        (
            "a removal takes one",
            vec![add("a", json!(3)), ("Product Removed", json!({"product_id": "a"}))],
            json!({"count": 2}),
        ),
        (
            "never below zero",
            vec![add("a", json!(1)), ("Product Removed", json!({"product_id": "a", "quantity": 5}))],
            json!({"count": 0, "products": []}),
        ),
        (
            "removing what is not there",
            vec![("Product Removed", json!({"product_id": "a"}))],
            json!({"count": 0}),
        ),
        (
            "an update is the whole cart",
            vec![
                add("a", json!(3)),
                ("Cart Updated", json!({"products": [{"product_id": "b", "quantity": 2, "price": 4}]})),
            ],
            json!({"count": 2, "value": 8}),
        ),
        (
            "an update may empty it",
            vec![add("a", json!(3)), ("Cart Updated", json!({"products": []}))],
            json!({"count": 0}),
        ),
        (
            "an update that lists nothing says nothing",
            vec![add("a", json!(3)), ("Cart Updated", json!({}))],
            json!({"count": 3}),
        ),
        (
            "a partial purchase removes what was bought",
            vec![
                add("a", json!(2)),
                add("b", json!(1)),
                ("Order Completed", json!({"products": [{"product_id": "a", "quantity": 1}]})),
            ],
            json!({"count": 2, "value": 20}),
        ),
        (
            "an order without products empties it",
            vec![add("a", json!(2)), ("Purchase", json!({"total": 20}))],
            json!({"count": 0}),
        ),
        (
            "an order with an empty list empties it",
            vec![add("a", json!(2)), ("Purchase", json!({"products": []}))],
            json!({"count": 0}),
        ),
        (
            "an order of something else leaves it",
            vec![add("a", json!(2)), ("Purchase", json!({"products": [{"product_id": "z"}]}))],
            json!({"count": 2}),
        ),
        (
            "an order reported twice counts once",
            vec![
                add("a", json!(2)),
                ("Order Completed", json!({"order_id": 7, "products": [{"product_id": "a"}]})),
                ("Purchase", json!({"order_id": "7", "products": [{"product_id": "a"}]})),
            ],
            json!({"count": 1}),
        ),
        (
            "variants are lines of their own",
            vec![
                ("Product Added", json!({"product_id": "a", "variant": "S", "price": 1})),
                ("Product Added", json!({"product_id": "a", "variant": "M", "price": 1})),
                ("Product Removed", json!({"product_id": "a", "variant": "M"})),
            ],
            json!({"count": 1}),
        ),
        (
            "a removal without a variant takes any",
            vec![
                ("Product Added", json!({"product_id": "a", "variant": "S"})),
                ("Product Removed", json!({"product_id": "a"})),
            ],
            json!({"count": 0}),
        ),
        (
            "sku finds the line",
            vec![
                ("Product Added", json!({"product_id": "a", "sku": "S1"})),
                ("Order Completed", json!({"products": [{"sku": "S1"}]})),
            ],
            json!({"count": 0}),
        ),
        (
            "currencies are never added",
            vec![
                ("Product Added", json!({"product_id": "a", "price": 1, "currency": "USD"})),
                add("b", json!(1)),
            ],
            json!({"count": 2, "value": null, "currency": null}),
        ),
        (
            "one currency",
            vec![("Product Added", json!({"product_id": "a", "price": 1, "currency": "usd"}))],
            json!({"value": 1, "currency": "USD"}),
        ),
        (
            "several in one event",
            vec![("Added to Cart", json!({"products": [{"product_id": "a"}, {"id": 12, "quantity": 2}]}))],
            json!({"count": 3}),
        ),
        (
            "nonsense quantities add nothing",
            vec![add("a", json!(-2)), add("b", json!(0))],
            json!({"count": 0}),
        ),
        (
            "the checkout changes nothing",
            vec![add("a", json!(1)), ("Checkout Started", json!({"products": []}))],
            json!({"count": 1}),
        ),
    ];
    for (what, steps, expected) in cases {
        let mut shop = Shop::new();
        for (minute, (name, properties)) in steps.iter().enumerate() {
            shop.track(minute as i64, name, properties);
        }
        let cart = shop.facts()["cart"].clone();
        for (key, value) in expected.as_object().unwrap() {
            assert_eq!(cart.get(key).unwrap_or(&Value::Null), value, "{what}: {key} of {cart}");
        }
    }
}

#[test]
fn the_cart_is_completed_from_the_catalogue() {
    let mut shop =
        Shop::with_catalog(&[json!({"product_id": "a", "name": "A", "price": 0.1, "currency": "EUR"})]);
    shop.track(0, "Product Added", &json!({"product_id": "a", "quantity": 3}));
    let facts = shop.facts();
    assert_eq!(fact(&facts, "cart.products[].name"), "A");
    assert_eq!(fact(&facts, "cart.value"), 0.3);
    assert_eq!(fact(&facts, "cart.updated_at"), "2026-03-02T09:00:00.000Z");
}

#[test]
fn orders_add_up_in_one_currency() {
    let mut shop = Shop::new();
    shop.track(
        0,
        "Order Completed",
        &json!({"order_id": "1", "total": "25.5", "products": [{"product_id": "a", "quantity": 2}]}),
    );
    shop.track(
        1,
        "Purchase",
        &json!({"order_id": "2", "revenue": 4, "products": [{"product_id": "b"}, {"product_id": "a"}]}),
    );
    let facts = shop.facts();
    assert_eq!(fact(&facts, "orders.count"), 2);
    assert_eq!(fact(&facts, "orders.total"), 29.5);
    assert_eq!(fact(&facts, "orders.currency"), "EUR");
    assert_eq!(fact(&facts, "orders.last_at"), "2026-03-02T09:01:00.000Z");
    assert_eq!(fact(&facts, "orders.products[0].product_id"), "a");
    assert_eq!(fact(&facts, "orders.products[0].quantity"), 3);
    shop.track(2, "Purchase", &json!({"order_id": "3", "total": 4, "currency": "USD"}));
    assert_eq!(fact(&shop.facts(), "orders.total"), Value::Null, "never added over currencies");
}

#[test]
fn recommendations_share_tags_and_can_be_had() {
    let product =
        |id: &str, stock: Value, tags: &[&str]| json!({"product_id": id, "stock": stock, "tags": tags});
    let mut shop = Shop::with_catalog(&[
        product("seen", json!(5), &["x", "y", "z"]),
        product("two", json!(5), &["x", "y"]),
        product("one-b", json!(1), &["x"]),
        product("one-a", Value::Null, &["z", "q"]),
        product("sold-out", json!(0), &["x", "y", "z"]),
        product("bought", json!(5), &["x", "y", "z"]),
        product("other", json!(5), &["q"]),
    ]);
    shop.track(0, "Product Viewed", &json!({"product_id": "seen"}));
    shop.track(1, "Order Completed", &json!({"products": [{"product_id": "bought"}]}));
    let facts = shop.facts();
    let ids: Vec<&str> = facts["recommendations"]
        .as_array()
        .unwrap()
        .iter()
        .map(|p| p["product_id"].as_str().unwrap())
        .collect();
    assert_eq!(ids, ["two", "one-a", "one-b"]);
}

#[test]
fn only_what_was_asked_for_is_computed() {
    assert_eq!(FactKey::of_path("cart.value"), Some(FactKey::Cart));
    assert_eq!(FactKey::of_path("viewed[].tags"), Some(FactKey::Viewed));
    assert_eq!(FactKey::of_path("carts"), None);
}

proptest! {
    #[test]
    fn a_cart_is_never_negative(steps in prop::collection::vec((0..5usize, 0..4u8, -3i64..6), 0..40)) {
        let names = ["Product Added", "Product Removed", "Cart Updated", "Order Completed", "Purchase"];
        let mut shop = Shop::new();
        for (minute, (name, product, quantity)) in steps.iter().enumerate() {
            let line = json!({"product_id": product.to_string(), "quantity": quantity, "price": 2});
            let properties = match names[*name] {
                "Cart Updated" | "Order Completed" => json!({"products": [line]}),
                _ => line,
            };
            shop.track(minute as i64, names[*name], &properties);
        }
        let facts = shop.facts();
        let cart = &facts["cart"];
        let count = cart["count"].as_i64().unwrap();
        prop_assert!(count >= 0);
        prop_assert_eq!(cart["value"].as_i64().unwrap(), count * 2);
        for product in cart["products"].as_array().unwrap() {
            prop_assert!(product["quantity"].as_i64().unwrap() > 0);
        }
    }
}

#[test]
fn fifty_thousand_events_fold_once() {
    let mut shop = Shop::new();
    for n in 0..50_000_i64 {
        let name = ["Product Viewed", "Product Added", "Product Removed"][n as usize % 3];
        shop.track(n, name, &json!({"product_id": (n % 20_000).to_string()}));
    }
    assert_eq!(fact(&shop.facts(), "last_viewed.product_id"), (49_998 % 20_000).to_string());
}
