//! What the cart, the products viewed, the orders and the sessions would have to say: each comes
//! of events, so that one more event may do.

use serde_json::{Map, Value, json};

use super::{Change, List, NewCall, Said};
use crate::{
    journey::{EventRef, Test},
    lab::remedy::witness::{event_meant, put, witness},
    recording::{EventKind, facts::Role},
};

/// A product nobody sells.
const PRODUCT: &str = "throughline-product";
/// A page nobody has.
const PAGE: &str = "https://shop.example/";
/// A visit before the first one begins so long before it (ms): longer ago than a session lasts.
const VISIT_BEFORE_MS: i64 = 3_600_000;

/// Which event would change a fact.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Source {
    /// One that plays this role.
    Role(Role),
    /// A page view.
    Page,
}

impl<'a> List<'a> {
    /// An event by which a fact passes a test.
    pub(super) fn fact(&mut self, path: &str, is: &'a Test) {
        let (root, rest) = path.split_once(['.', '[']).unwrap_or((path, ""));
        let rest = rest.trim_start_matches([']', '.']).to_owned();
        let source = match root {
            "cart" => Source::Role(Role::CartAdd),
            "viewed" | "last_viewed" => Source::Role(Role::View),
            "orders" => Source::Role(Role::Purchase),
            "first_session" | "last_session" => Source::Page,
            _ => return,
        };
        let kind = if source == Source::Page { EventKind::Page } else { EventKind::Track };
        let Some(call) = self.call(kind) else { return };
        let (from_ms, to_ms) = match root {
            // It has to be the first: once is enough to try.
            "first_session" => (self.first_ms() - VISIT_BEFORE_MS, self.first_ms() - VISIT_BEFORE_MS),
            _ => (self.first_ms(), self.stopped_ms()),
        };
        let scene = self.scene;
        self.latest(from_ms, to_ms, move |at_ms| {
            let value = witness(is, at_ms).filter(|value| !value.is_null())?;
            let (kind, name, properties) = match source {
                Source::Page => (EventKind::Page, String::new(), visit(&rest, &value)?),
                Source::Role(role) => {
                    let (kind, name, _) = event_meant(&EventRef::Role(role), &[], scene, at_ms)?;
                    (kind, name, product(role, &rest, value)?)
                }
            };
            Some(Change::EventAdded(Said::Alone(Box::new(NewCall { kind, name, properties, ..call(at_ms) }))))
        });
    }
}

/// Properties of an event about a product, by which the fact at a path has a value.
fn product(role: Role, path: &str, value: Value) -> Option<Map<String, Value>> {
    let mut product = Map::from_iter([("product_id".to_owned(), Value::from(PRODUCT))]);
    let path =
        path.strip_prefix("products").map_or(path, |inside| inside.trim_start_matches(['[', ']', '.']));
    match path {
        // How many and how much: as numbers only.
        "count" | "value" | "total" if !value.is_number() => {
            product.extend([("quantity".to_owned(), json!(1)), ("price".to_owned(), json!(1))]);
        }
        "count" if role == Role::CartAdd => {
            product.extend([("quantity".to_owned(), value), ("price".to_owned(), json!(1))]);
        }
        "count" => drop(product.insert("quantity".to_owned(), json!(1))),
        "value" | "total" => {
            product.extend([("quantity".to_owned(), json!(1)), ("price".to_owned(), value)]);
        }
        "" => {}
        name => put(&mut product, name, value)?,
    }
    if role == Role::Purchase {
        let total = product.get("price").cloned().unwrap_or_else(|| json!(1));
        return Some(Map::from_iter([
            ("order_id".to_owned(), "throughline-order".into()),
            ("total".to_owned(), total),
            ("products".to_owned(), Value::Array(vec![Value::Object(product)])),
        ]));
    }
    Some(product)
}

/// Properties of a page view that begins a visit of which a fact has a value.
fn visit(path: &str, value: &Value) -> Option<Map<String, Value>> {
    let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    let tagged = |tag: &str| format!("{PAGE}?{tag}={text}");
    let (name, said) = match path {
        "" | "campaign" | "campaign.name" => ("url", tagged("utm_campaign")),
        "campaign.source" => ("url", tagged("utm_source")),
        "campaign.medium" => ("url", tagged("utm_medium")),
        "campaign.term" => ("url", tagged("utm_term")),
        "campaign.content" => ("url", tagged("utm_content")),
        "landing_page" => ("url", text),
        "landing_path" => ("path", text),
        "referrer" => ("referrer", text),
        _ => return None,
    };
    let mut properties = Map::from_iter([(name.to_owned(), Value::from(said.clone()))]);
    if let Some((_, search)) = said.split_once('?').filter(|_| name == "url") {
        properties.insert("search".to_owned(), format!("?{search}").into());
    }
    Some(properties)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cart_is_worth_what_is_asked() {
        let value = product(Role::CartAdd, "value", json!(80.0)).expect("properties");
        assert_eq!((&value["price"], &value["quantity"]), (&json!(80.0), &json!(1)));
        let count = product(Role::CartAdd, "count", json!(3.0)).expect("properties");
        assert_eq!(count["quantity"], json!(3.0));
        let inside = product(Role::CartAdd, "products[].category", "skin".into()).expect("properties");
        assert_eq!(inside["category"], "skin");
    }

    #[test]
    fn a_visit_says_where_it_comes_from() {
        let visit = visit("campaign.name", &"spring".into()).expect("properties");
        assert_eq!(visit["search"], "?utm_campaign=spring");
        assert_eq!(super::visit("device", &"x".into()), None);
    }
}
