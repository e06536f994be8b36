//! Values that pass a test: what somebody would have had to say or do.

use serde_json::{Map, Value, json};

use crate::{
    journey::{EventRef, PropertyFilter, Scalar, Test},
    recording::{EventKind, time::format_instant},
};

use super::Scene;

/// A value that passes a test at an instant; null where being absent passes. `None`: it cannot be
/// said in one value.
pub fn witness(test: &Test, now_ms: i64) -> Option<Value> {
    let date = |ms: i64| Value::from(format_instant(ms));
    Some(match test {
        Test::Equals(value) => of_scalar(value),
        Test::EqualsIgnoreCase(text)
        | Test::Contains(text)
        | Test::ContainsIgnoreCase(text)
        | Test::StartsWith(text) => text.as_str().into(),
        Test::Exists => "yes".into(),
        Test::MoreThan(bound) => json!(bound + 1.0),
        Test::LessThan(bound) => json!(bound - 1.0),
        Test::AtLeast(bound) | Test::AtMost(bound) => json!(bound),
        Test::In(values) => of_scalar(values.first()?),
        Test::WithinLast(_) => date(now_ms),
        Test::LongerAgoThan(span) => date(now_ms.saturating_sub(span.ms()).saturating_sub(1)),
        Test::WithinNext(span) => date(now_ms.saturating_add(span.ms())),
        Test::NotEquals(_) | Test::NotIn(_) | Test::Missing => Value::Null,
    })
}

fn of_scalar(value: &Scalar) -> Value {
    match value {
        Scalar::Bool(value) => (*value).into(),
        Scalar::Number(value) => json!(value),
        Scalar::Text(value) => value.as_str().into(),
    }
}

/// An event as a condition means it: its kind, its name, and properties that pass the filters.
/// `None`: no one event would do.
pub fn event_meant(
    event: &EventRef,
    filters: &[PropertyFilter],
    scene: &Scene<'_>,
    now_ms: i64,
) -> Option<(EventKind, String, Map<String, Value>)> {
    let (kind, name) = match event {
        EventRef::Named(name) => (EventKind::Track, name.clone()),
        EventRef::Role(role) => {
            // The name this shop uses, if it uses one.
            let names = || scene.input.workspace.roles.names(*role);
            let used = names().find(|name| scene.names.get(name).is_some());
            (EventKind::Track, used.or_else(|| names().next())?.to_owned())
        }
        EventRef::Page(name) => (EventKind::Page, name.clone().unwrap_or_default()),
    };
    if kind == EventKind::Track && name.trim().is_empty() {
        return None;
    }
    let mut properties = Map::new();
    for filter in filters {
        match witness(&filter.is, now_ms)? {
            Value::Null => {}
            value => put(&mut properties, &filter.property, value)?,
        }
    }
    Some((kind, name, properties))
}

/// Puts a value at a path of names and dots; `None` where the path reaches elsewhere.
pub fn put(map: &mut Map<String, Value>, path: &str, value: Value) -> Option<()> {
    if path.is_empty() || path.contains('[') || path.starts_with("context.") {
        return None;
    }
    match path.split_once('.') {
        None => {
            map.insert(path.to_owned(), value);
            Some(())
        }
        Some((first, rest)) => {
            let below = map.entry(first.to_owned()).or_insert_with(|| Value::Object(Map::new()));
            put(below.as_object_mut()?, rest, value)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::simulator::engine::passes;

    #[test]
    fn what_is_said_passes_the_test() {
        let text = |text: &str| Scalar::Text(text.to_owned());
        let now_ms = 1_772_629_320_000;
        let span = crate::recording::Span::hours(4);
        for test in [
            Test::Equals(text("gold")),
            Test::EqualsIgnoreCase("Gold".to_owned()),
            Test::NotEquals(text("gold")),
            Test::Contains("old".to_owned()),
            Test::StartsWith("go".to_owned()),
            Test::Exists,
            Test::Missing,
            Test::MoreThan(5.0),
            Test::AtLeast(5.0),
            Test::LessThan(5.0),
            Test::AtMost(5.0),
            Test::In(vec![text("a"), text("b")]),
            Test::NotIn(vec![text("a")]),
            Test::WithinLast(span),
            Test::LongerAgoThan(span),
            Test::WithinNext(span),
        ] {
            let value = witness(&test, now_ms).unwrap();
            let said: Vec<&Value> = Some(&value).into_iter().filter(|value| !value.is_null()).collect();
            assert!(passes(&said, &test, now_ms), "{test:?}: {value}");
        }
    }
}
