//! Which variables a template reads, where in its text, and which of them are absent.

use std::ops::Range;

use serde_json::{Map, Value};

use super::scan;

/// A variable that a template reads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Use {
    /// Its path (`customer.first_name`); the elements of a list that is looped over end in `[]`.
    pub path: String,
    /// Where it stands in the template's text (bytes).
    pub place: Range<usize>,
}

/// Every variable that a template reads, in the order of its text. None of one whose tags cannot
/// be told apart.
pub fn uses(source: &str) -> Vec<Use> {
    scan::scan(source).map_or_else(|_| Vec::new(), |tokens| scan::uses(source, &tokens))
}

/// Those of some paths that a scope has nothing for.
pub(super) fn absent(paths: &[String], scope: &Map<String, Value>) -> Vec<String> {
    let is_absent = |path: &&String| {
        let (root, rest) = head(path);
        !scope.get(root).is_some_and(|value| leads_somewhere(value, rest))
    };
    paths.iter().filter(is_absent).cloned().collect()
}

/// The first name of a path, and what is behind it.
fn head(path: &str) -> (&str, &str) {
    let end = path.find(['.', '[']).unwrap_or(path.len());
    (&path[..end], &path[end..])
}

/// Whether a path leads to any value, as Liquid goes along it: lists have a `first`, a `last` and
/// a `size`, `[]` stands for any element, and null is nothing.
fn leads_somewhere(value: &Value, path: &str) -> bool {
    if path.is_empty() {
        return !value.is_null();
    }
    if let Some(rest) = path.strip_prefix("[]") {
        return match value {
            Value::Array(items) => items.iter().any(|item| leads_somewhere(item, rest)),
            Value::Object(fields) => fields.values().any(|field| leads_somewhere(field, rest)),
            _ => false,
        };
    }
    let path = path.trim_start_matches('.');
    let (name, rest) = head(path);
    match value {
        Value::Object(fields) => match fields.get(name) {
            Some(field) => leads_somewhere(field, rest),
            None => name == "size",
        },
        Value::Array(items) => match name {
            "first" => items.first().is_some_and(|item| leads_somewhere(item, rest)),
            "last" => items.last().is_some_and(|item| leads_somewhere(item, rest)),
            "size" => true,
            _ => false,
        },
        Value::String(_) => name == "size",
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn variables_are_found_where_they_stand() {
        let template = "Hi {{ customer.name | default: 'you' }}!\n{% for item in cart.products %}\
                        {{item.name}} {{ item['price'] }}{% endfor %}{% assign x = now %}{{ x }} ä {{ event.sku }}";
        let found = uses(template);
        let read: Vec<(&str, &str)> =
            found.iter().map(|it| (it.path.as_str(), &template[it.place.clone()])).collect();
        assert_eq!(
            read,
            [
                ("customer.name", "customer.name"),
                ("cart.products", "cart.products"),
                ("cart.products[].name", "item.name"),
                ("cart.products[].price", "item['price']"),
                ("event.sku", "event.sku"),
            ]
        );
        assert_eq!(uses("{{ open"), []);
    }

    #[test]
    fn absent_is_what_liquid_finds_nothing_for() {
        let scope = serde_json::json!({
            "customer": { "name": "Ana", "age": null, "tags": [] },
            "cart": { "products": [{ "name": "Serum" }, { "price": 3 }] },
        });
        let scope = scope.as_object().cloned().unwrap_or_default();
        let all = [
            "customer.name",
            "customer.age",
            "customer.tags.first",
            "customer.tags.size",
            "customer.name.size",
            "cart.products[].price",
            "cart.products[].sku",
            "cart.products.first.name",
            "cart.products.last.name",
            "event.sku",
        ];
        let missing = absent(&all.map(str::to_owned), &scope);
        assert_eq!(
            missing,
            [
                "customer.age",
                "customer.tags.first",
                "cart.products[].sku",
                "cart.products.last.name",
                "event.sku"
            ]
        );
    }
}
