//! Recordings written as short lines, for tests of who is who.
//!
//! `m1 @5m track anon=D` · `m2 @5m/7m identify anon=D user=U1 email=a@x.org t.city="Oslo"` ·
//! `m3 @1d merge primary.id=U1 secondary.email=a@x.org` · `m4 @1d track x.ga_client_id=G`:
//! message id, when it happened (and, after a slash, arrived) since a common start, the call, and
//! what it carries. Values are JSON where they read as JSON, else text.

use serde_json::{Map, Value, json};
use throughline::{
    identity::{People, Platform, people},
    recording::{EventLog, Span, read_events},
};

const START_MS: i64 = 1_772_442_000_000;

/// The events of a script, one a line.
#[allow(dead_code, reason = "each test file uses what it needs")]
pub fn events_of(script: &str) -> Vec<Value> {
    script.lines().map(str::trim).filter(|line| !line.is_empty()).map(event_of).collect()
}

/// A log with these events, read as a recording.
pub fn log_of(events: &[Value]) -> EventLog {
    let lines: Vec<String> = events.iter().map(Value::to_string).collect();
    let mut log = EventLog::new();
    let counts = read_events(&mut lines.join("\n").as_bytes(), "script", &mut log).expect("readable");
    assert_eq!(counts.rejected, [], "an event was rejected");
    log
}

/// Everybody after a script.
#[allow(dead_code, reason = "each test file uses what it needs")]
pub fn after(platform: &str, script: &str) -> People {
    people(Platform::preset(platform).expect("a preset"), &log_of(&events_of(script)))
}

fn event_of(line: &str) -> Value {
    let mut words = line.split_whitespace();
    let mut word = || words.next().unwrap_or_else(|| panic!("too short: {line}"));
    let (message_id, when, kind) = (word(), word(), word());
    let when = when.strip_prefix('@').expect("an instant");
    let (happened, arrived) = when.split_once('/').unwrap_or((when, when));
    let mut event = json!({
        "messageId": message_id, "type": kind, "timestamp": instant(happened), "receivedAt": instant(arrived),
    });
    if kind == "track" {
        event["event"] = "Product Viewed".into();
    }
    for (key, value) in words.filter_map(|word| word.split_once('=')) {
        let value = serde_json::from_str(value).unwrap_or_else(|_| Value::from(value));
        match key.split_once('.') {
            None if key == "anon" => event["anonymousId"] = value,
            None if key == "user" => event["userId"] = value,
            None if key == "prev" => event["previousId"] = value,
            None => object(&mut event, "traits").insert(key.to_owned(), value).map_or((), drop),
            Some(("t", name)) => object(&mut event, "traits").insert(name.to_owned(), value).map_or((), drop),
            Some(("x", kind)) => {
                let ids = object(&mut event, "context").entry("externalIds").or_insert_with(|| json!([]));
                let id = json!({"id": value, "type": kind, "collection": "users", "encoding": "none"});
                ids.as_array_mut().expect("a list").push(id);
            }
            Some((side, name)) => object(&mut event, side).insert(name.to_owned(), value).map_or((), drop),
        }
    }
    event
}

fn object<'a>(event: &'a mut Value, name: &str) -> &'a mut Map<String, Value> {
    if event[name].is_null() {
        event[name] = json!({});
    }
    event[name].as_object_mut().expect("an object")
}

/// RFC 3339 of an offset such as `5m` (`2d+1ms` for sums) from the common start.
fn instant(offset: &str) -> String {
    let ms: i64 = offset.split('+').map(|span| span.parse::<Span>().expect("a length of time").ms()).sum();
    let instant = chrono::DateTime::from_timestamp_millis(START_MS + ms).expect("an instant");
    instant.to_rfc3339_opts(chrono::SecondsFormat::Millis, true)
}
