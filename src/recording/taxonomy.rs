//! What names, properties and kinds of values a recording has.

use std::collections::BTreeMap;

use rustc_hash::FxHashMap;
use serde_json::Value;

use super::{Event, EventKind, EventLog, Roles, Span, Symbol, facts::Role};

/// What the recordings contain: names, properties, kinds of values, cart-to-purchase times.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Taxonomy {
    /// Event names with their properties (paths) and the kinds of value seen.
    pub events: BTreeMap<String, BTreeMap<String, ValueKinds>>,
    /// Attribute (trait) names with the kinds of value seen.
    pub attributes: BTreeMap<String, ValueKinds>,
    /// Times from a cart add to the same person's next purchase, sorted.
    pub cart_to_purchase: Vec<Span>,
    /// How often what was seen, for suggesting it to somebody who writes a condition.
    pub seen: Seen,
}

/// How often names and values were seen.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Seen {
    /// Track events by name.
    pub events: BTreeMap<String, u64>,
    /// Page and screen views by name.
    pub pages: BTreeMap<String, u64>,
    /// Values of events' properties: by event name, then by path.
    pub properties: BTreeMap<String, BTreeMap<String, SeenValues>>,
    /// Values of attributes by path.
    pub attributes: BTreeMap<String, SeenValues>,
}

/// The values of one property or attribute.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SeenValues {
    /// How often it was there.
    pub times: u64,
    /// How often it had each value, written plainly. Only the values met first: nobody reads more.
    pub values: BTreeMap<String, u64>,
}

/// Which kinds of value a property had.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[allow(missing_docs, clippy::struct_excessive_bools)]
pub struct ValueKinds {
    pub text: bool,
    pub number: bool,
    pub boolean: bool,
    pub list: bool,
    pub object: bool,
}

impl Taxonomy {
    /// Reads the taxonomy off a log. One pass over the events and one over the carts; bounded in
    /// the number of distinct paths per event and in how deep a path goes.
    ///
    /// Paths are written as conditions write them: `product.price`, `products[].category`.
    pub fn of(log: &EventLog, roles: &Roles) -> Self {
        let mut taxonomy = Self::default();
        let seen = &mut taxonomy.seen;
        for event in log.events() {
            if let Some(name) = event.name {
                let name = log.text(name);
                if !taxonomy.events.contains_key(name) {
                    taxonomy.events.insert(name.to_owned(), BTreeMap::new());
                    seen.properties.insert(name.to_owned(), BTreeMap::new());
                }
                match event.kind {
                    EventKind::Page | EventKind::Screen => count(&mut seen.pages, name),
                    _ => count(&mut seen.events, name),
                }
                if let (Some(paths), Some(values)) =
                    (taxonomy.events.get_mut(name), seen.properties.get_mut(name))
                {
                    walk_object(&log.properties_value(event), &mut Paths { kinds: paths, values });
                }
            }
            // The traits of a group describe the group.
            if event.kind != EventKind::Group {
                let values = &mut seen.attributes;
                let paths = &mut Paths { kinds: &mut taxonomy.attributes, values };
                walk_object(&log.traits_value(event), paths);
            }
        }
        taxonomy.cart_to_purchase = cart_to_purchase(log, roles);
        taxonomy
    }
}

impl ValueKinds {
    fn see(&mut self, value: &Value) {
        match value {
            Value::Null => {}
            Value::Bool(_) => self.boolean = true,
            Value::Number(_) => self.number = true,
            Value::String(_) => self.text = true,
            Value::Array(_) => self.list = true,
            Value::Object(_) => self.object = true,
        }
    }
}

/// Distinct paths kept per event. A recording with more uses data as keys; the rest would drown
/// every list of suggestions.
const MAX_PATHS: usize = 1_000;
/// Levels of a path that anybody would write into a condition.
const MAX_LEVELS: usize = 8;

/// Distinct values kept per path, and the longest worth suggesting, in bytes.
const MAX_VALUES: usize = 60;
const LONGEST_VALUE: usize = 80;

/// What is collected of the paths of one event or of attributes.
struct Paths<'a> {
    kinds: &'a mut BTreeMap<String, ValueKinds>,
    values: &'a mut BTreeMap<String, SeenValues>,
}

impl Paths<'_> {
    fn see(&mut self, path: &str, value: &Value) {
        if !self.kinds.contains_key(path) {
            if self.kinds.len() >= MAX_PATHS {
                return;
            }
            self.kinds.insert(path.to_owned(), ValueKinds::default());
            self.values.insert(path.to_owned(), SeenValues::default());
        }
        if let (Some(kinds), Some(values)) = (self.kinds.get_mut(path), self.values.get_mut(path)) {
            kinds.see(value);
            values.see(value);
        }
    }
}

impl SeenValues {
    fn see(&mut self, value: &Value) {
        self.times += 1;
        match value {
            Value::String(text) => self.see_text(text),
            Value::Number(number) => self.see_text(&number.to_string()),
            Value::Bool(answer) => self.see_text(if *answer { "yes" } else { "no" }),
            Value::Null | Value::Array(_) | Value::Object(_) => {}
        }
    }
    fn see_text(&mut self, text: &str) {
        if let Some(times) = self.values.get_mut(text) {
            *times += 1;
        } else if self.values.len() < MAX_VALUES && text.len() <= LONGEST_VALUE {
            self.values.insert(text.to_owned(), 1);
        }
    }
}

fn count(counts: &mut BTreeMap<String, u64>, name: &str) {
    if let Some(times) = counts.get_mut(name) {
        *times += 1;
    } else {
        counts.insert(name.to_owned(), 1);
    }
}

fn walk_object(value: &Value, paths: &mut Paths<'_>) {
    if let Value::Object(map) = value {
        let mut path = String::new();
        for (key, value) in map {
            path.clear();
            path.push_str(key);
            walk(value, &mut path, 1, paths);
        }
    }
}

fn walk(value: &Value, path: &mut String, level: usize, paths: &mut Paths<'_>) {
    paths.see(path, value);
    if level >= MAX_LEVELS {
        return;
    }
    let length = path.len();
    match value {
        Value::Object(map) => {
            for (key, value) in map {
                path.push('.');
                path.push_str(key);
                walk(value, path, level + 1, paths);
                path.truncate(length);
            }
        }
        Value::Array(items) => {
            for item in items {
                // What the elements are is said of `tags[]`; of `tags` itself that it is a list.
                path.push_str("[]");
                walk(item, path, level + 1, paths);
                path.truncate(length);
            }
        }
        _ => {}
    }
}

/// Times from each cart add to the same person's next purchase, sorted.
///
/// Who is one person follows from the calls alone (an anonymous id and a user id on one call);
/// no platform's rules are asked, for this is about the shop's customers and not its tools.
fn cart_to_purchase(log: &EventLog, roles: &Roles) -> Vec<Span> {
    let mut people = People::default();
    let ids = |event: &Event| {
        let usable = |id: &Symbol| !matches!(log.text(*id).trim(), "" | "0" | "-1" | "null" | "undefined");
        [event.anonymous_id, event.user_id.filter(usable)]
    };
    let mut steps = Vec::new();
    let (order, _) = log.replay_order();
    let role_of = role_by_name(log, roles);
    for event in order.into_iter().map(|index| log.event(index)) {
        if let [Some(anonymous), Some(user)] = ids(event) {
            people.join(anonymous.index(), user.index());
        }
        let role = event.name.and_then(|name| role_of[name.index()]);
        if let (Some(role), [Some(id), _] | [None, Some(id)]) = (role, ids(event)) {
            steps.push((id.index(), event.happened_ms, role == Role::Purchase));
        }
    }
    let mut steps: Vec<_> =
        steps.into_iter().map(|(id, at_ms, bought)| (people.of(id), at_ms, bought)).collect();
    steps.sort_unstable();
    let mut spans = Vec::new();
    let mut next_purchase: Option<(usize, i64)> = None;
    for (person, at_ms, bought) in steps.into_iter().rev() {
        match next_purchase {
            _ if bought => next_purchase = Some((person, at_ms)),
            Some((buyer, bought_ms)) if buyer == person => spans.push(Span::from_ms(bought_ms - at_ms)),
            _ => {}
        }
    }
    spans.sort_unstable();
    spans
}

/// For each symbol, the role of the event of that name, if it is an add or a purchase.
fn role_by_name(log: &EventLog, roles: &Roles) -> Vec<Option<Role>> {
    let mut by_name = vec![None; log.symbols().len()];
    for role in [Role::CartAdd, Role::Purchase] {
        for name in roles.names(role).filter_map(|name| log.symbols().get(name)) {
            by_name[name.index()] = Some(role);
        }
    }
    by_name
}

/// Sets of ids that are one person (a union-find over symbols).
#[derive(Default)]
struct People {
    parent: FxHashMap<usize, usize>,
}

impl People {
    fn of(&mut self, id: usize) -> usize {
        let mut root = id;
        while let Some(parent) = self.parent.get(&root) {
            root = *parent;
        }
        let mut step = id;
        while step != root {
            step = self.parent.insert(step, root).unwrap_or(root);
        }
        root
    }
    fn join(&mut self, one: usize, other: usize) {
        let (one, other) = (self.of(one), self.of(other));
        if one != other {
            self.parent.insert(one, other);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::recording::read_events;

    fn taxonomy(lines: &[&str]) -> Taxonomy {
        let mut log = EventLog::new();
        read_events(&mut lines.join("\n").as_bytes(), "test", &mut log).unwrap();
        let names = |name: &str| [name.to_owned()].into();
        let roles = Roles([(Role::CartAdd, names("Add")), (Role::Purchase, names("Buy"))].into());
        Taxonomy::of(&log, &roles)
    }

    #[test]
    fn paths_and_kinds_are_collected() {
        let taxonomy = taxonomy(&[
            r#"{"type":"track","event":"Add","timestamp":1772442000,"properties":{"price":1,"products":[{"tags":["a"]}]}}"#,
            r#"{"type":"track","event":"Add","timestamp":1772442001,"properties":{"price":"2","none":null}}"#,
            r#"{"type":"identify","userId":"U","timestamp":1772442002,"traits":{"email":"a@x.com","address":{"city":"B"}}}"#,
            r#"{"type":"group","userId":"U","groupId":"G","timestamp":1772442002,"traits":{"employees":5}}"#,
        ]);
        let add = &taxonomy.events["Add"];
        let paths: Vec<_> = add.keys().map(String::as_str).collect();
        assert_eq!(
            paths,
            ["none", "price", "products", "products[]", "products[].tags", "products[].tags[]"]
        );
        assert_eq!(add["price"], ValueKinds { text: true, number: true, ..ValueKinds::default() });
        assert_eq!(add["none"], ValueKinds::default());
        assert!(add["products"].list && add["products[]"].object && add["products[].tags[]"].text);
        let attributes: Vec<_> = taxonomy.attributes.keys().map(String::as_str).collect();
        assert_eq!(attributes, ["address", "address.city", "email"]);
        let seen = &taxonomy.seen;
        assert_eq!(seen.events["Add"], 2);
        assert_eq!(seen.properties["Add"]["price"].times, 2);
        assert_eq!(seen.properties["Add"]["price"].values, [("1".into(), 1), ("2".into(), 1)].into());
        assert_eq!(seen.attributes["address.city"].values, [("B".into(), 1)].into());
    }

    #[test]
    fn times_from_cart_to_purchase_follow_the_person() {
        let event = |name: &str, ids: &str, minute: i64| {
            let at = 1_772_442_000 + minute * 60;
            format!(
                r#"{{"type":"track","event":"{name}","timestamp":{at},"messageId":"{name}{minute}"{ids}}}"#
            )
        };
        let (d, u, both) =
            (r#","anonymousId":"D""#, r#","userId":"U""#, r#","anonymousId":"D","userId":"U""#);
        let lines = [
            event("Add", d, 0),
            event("Add", d, 10),
            event("Other", both, 15),
            event("Buy", u, 30),
            event("Add", r#","anonymousId":"E","userId":"null""#, 5),
            event("Buy", r#","anonymousId":"F","userId":"null""#, 6),
            event("Add", u, 40),
        ];
        let taxonomy = taxonomy(&lines.each_ref().map(String::as_str));
        assert_eq!(taxonomy.cart_to_purchase, [Span::minutes(20), Span::minutes(30)]);
    }
}
