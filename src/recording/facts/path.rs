//! Reading a nested value by a path such as `products[].category`.
//!
//! Conditions, property filters and lint all reach into recorded JSON; they share this one
//! reader so that a path means the same everywhere.

use serde_json::Value;

/// The values a path leads to, in the order they stand.
///
/// Dots descend into objects. An array is read through with or without `[]`
/// (`products[].category` and `products.category` are one), `[2]` or `.2` picks one element, and
/// an array at the end gives its elements. A key that itself contains dots is found by its whole
/// name. What is absent or null gives nothing: absent is null.
pub fn lookup<'v>(value: &'v Value, path: &str) -> Vec<&'v Value> {
    let mut found = Vec::new();
    collect(value, path.trim(), &mut found);
    found
}

/// The first value a path leads to.
pub fn lookup_first<'v>(value: &'v Value, path: &str) -> Option<&'v Value> {
    lookup(value, path).into_iter().next()
}

fn collect<'v>(value: &'v Value, path: &str, found: &mut Vec<&'v Value>) {
    match value {
        Value::Null => {}
        Value::Array(items) => {
            if let Some((index, rest)) = leading_index(path) {
                if let Some(item) = items.get(index) {
                    collect(item, rest, found);
                }
                return;
            }
            let rest = path.strip_prefix("[]").map_or(path, after_dot);
            for item in items {
                collect(item, rest, found);
            }
        }
        _ if path.is_empty() => found.push(value),
        Value::Object(fields) => {
            if let Some(field) = fields.get(path) {
                collect(field, "", found);
                return;
            }
            let end = path.find(['.', '[']).unwrap_or(path.len());
            if let Some(field) = fields.get(&path[..end]) {
                collect(field, after_dot(&path[end..]), found);
            }
        }
        // A path that goes on below a text or number, or `[]` of a single value: one value counts
        // as a list of one.
        _ => {
            if path == "[]" {
                found.push(value);
            }
        }
    }
}

fn after_dot(path: &str) -> &str {
    path.strip_prefix('.').unwrap_or(path)
}

/// `[2].rest` or `2.rest` as (2, `rest`).
fn leading_index(path: &str) -> Option<(usize, &str)> {
    let (digits, rest) = match path.strip_prefix('[') {
        Some(inner) => inner.split_once(']')?,
        None => path.split_at(path.find(['.', '[']).unwrap_or(path.len())),
    };
    let index = digits.parse().ok()?;
    Some((index, after_dot(rest)))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn paths_reach_into_objects_and_through_arrays() {
        let value = json!({
            "a": {"b": 1, "c.d": 2},
            "products": [{"category": "skin", "tags": ["x", "y"]}, {"category": "hair"}, {}],
            "none": null,
            "empty": [],
            "one": "text",
            "nested": [[1, 2], [3]],
        });
        let cases: [(&str, serde_json::Value); 17] = [
            ("a.b", json!([1])),
            ("a.c.d", json!([2])),
            ("a.x", json!([])),
            ("a.b.c", json!([])),
            ("products[].category", json!(["skin", "hair"])),
            ("products.category", json!(["skin", "hair"])),
            ("products[1].category", json!(["hair"])),
            ("products.1.category", json!(["hair"])),
            ("products[9].category", json!([])),
            ("products[].tags", json!(["x", "y"])),
            ("products[].tags[]", json!(["x", "y"])),
            ("products[0].tags[1]", json!(["y"])),
            ("none", json!([])),
            ("empty", json!([])),
            ("one[]", json!(["text"])),
            ("nested", json!([1, 2, 3])),
            ("nested[0]", json!([1, 2])),
        ];
        for (path, expected) in cases {
            let found: Vec<Value> = lookup(&value, path).into_iter().cloned().collect();
            assert_eq!(Value::Array(found), expected, "{path}");
        }
        assert_eq!(lookup(&json!("x"), ""), [&json!("x")]);
        for odd in ["[", "]", "..", "a..b", "[]", "products[", "products[x]", "🦀.a"] {
            let _ = lookup(&value, odd);
        }
    }
}
