//! Where somebody said who they are: the popup, the checkout, the page.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::{path::lookup_first, product::text_of};
use crate::recording::{Event, EventIndex, EventLog, Span};

/// How the point is found at which somebody was identified.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct CaptureRules {
    /// The property (or trait, as a path) in which a call says where it was made; `None`: calls
    /// do not say.
    pub property: Option<String>,
    /// A capture event of the same device counts when it happened at most this long before or
    /// after the call. Default 5 minutes.
    pub nearby: Span,
}

impl Default for CaptureRules {
    fn default() -> Self {
        Self { property: None, nearby: Span::minutes(5) }
    }
}

/// Where somebody said who they are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CapturePoint {
    /// The call says so itself, in the mapped property.
    Said(String),
    /// A capture event nearby says so, in the mapped property or else by its name.
    Event {
        /// The event.
        event: EventIndex,
        /// What it says.
        said: String,
    },
    /// The page of the call (path, else address) is all that is known.
    Page(String),
    /// Nothing tells.
    Unknown,
}

impl fmt::Display for CapturePoint {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Said(said) | Self::Event { said, .. } => out.write_str(said),
            Self::Page(page) => write!(out, "on {page}"),
            Self::Unknown => out.write_str("capture point unknown"),
        }
    }
}

/// The point at which `call` identified somebody: what the call says, else the nearest capture
/// event of its device, else its page.
///
/// `captures` are the events of the role `capture` that may be near, in any order.
pub fn capture_point(
    log: &EventLog,
    rules: &CaptureRules,
    call: &Event,
    captures: impl IntoIterator<Item = EventIndex>,
) -> CapturePoint {
    if let Some(said) = mapped(log, rules, call) {
        return CapturePoint::Said(said);
    }
    let distance_ms = |event: &Event| (event.happened_ms - call.happened_ms).abs();
    let near = |event: &Event| {
        event.anonymous_id.is_some()
            && event.anonymous_id == call.anonymous_id
            && distance_ms(event) <= rules.nearby.ms()
    };
    let order = |index: &EventIndex| {
        let event = log.event(*index);
        (distance_ms(event), event.happened_ms, event.arrived_ms, log.message_id(event))
    };
    let nearest =
        captures.into_iter().filter(|index| near(log.event(*index))).min_by(|a, b| order(a).cmp(&order(b)));
    if let Some(index) = nearest {
        let event = log.event(index);
        let said = mapped(log, rules, event).unwrap_or_else(|| log.name(event).to_owned());
        return CapturePoint::Event { event: index, said };
    }
    let context = log.context_value(call);
    let page = ["page.path", "page.url"].iter().find_map(|path| text_of(lookup_first(&context, path)?));
    page.map_or(CapturePoint::Unknown, CapturePoint::Page)
}

/// What an event says in the mapped property, or else trait.
fn mapped(log: &EventLog, rules: &CaptureRules, event: &Event) -> Option<String> {
    let path = rules.property.as_deref()?;
    [log.properties_value(event), log.traits_value(event)]
        .iter()
        .find_map(|value| text_of(lookup_first(value, path)?))
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::recording::{EventKind, NewEvent};

    const MINUTE_MS: i64 = 60_000;

    /// A capture event: minute, device, name, properties.
    type Capture = (i64, &'static str, &'static str, Value);

    /// What is said of an identify on device `d`, at minute 0.
    fn said(property: Option<&str>, call: &Value, captures: &[Capture]) -> String {
        let mut log = EventLog::new();
        log.start_recording("test");
        let text = |value: &Value| if value.is_null() { String::new() } else { value.to_string() };
        let mut push = |minute: i64, device: &str, kind, name, fields: [&Value; 3]| {
            let id = log.len().to_string();
            let [properties, traits, context] = fields.map(text);
            log.push(&NewEvent {
                happened_ms: minute * MINUTE_MS,
                arrived_ms: minute * MINUTE_MS,
                kind: Some(kind),
                name,
                anonymous_id: Some(device),
                message_id: &id,
                properties: &properties,
                traits: &traits,
                context: &context,
                ..NewEvent::default()
            })
        };
        let fields = [&call["properties"], &call["traits"], &call["context"]];
        let asked = push(0, "d", EventKind::Identify, None, fields);
        let captures: Vec<EventIndex> = captures
            .iter()
            .map(|(minute, device, name, properties)| {
                push(*minute, device, EventKind::Track, Some(name), [properties, &Value::Null, &Value::Null])
            })
            .collect();
        let rules = CaptureRules { property: property.map(str::to_owned), ..CaptureRules::default() };
        capture_point(&log, &rules, log.event(asked), captures).to_string()
    }

    #[test]
    fn what_says_most_is_taken() {
        let page =
            json!({ "context": { "page": { "path": "/checkout", "url": "https://shop.example/checkout" } } });
        let popup = json!({ "traits": { "signup": { "source": " popup " } }, "context": page["context"] });
        let event = |minute| (minute, "d", "Email Captured", json!({ "signup": { "source": "footer" } }));
        let elsewhere = (0, "other", "Email Captured", Value::Null);
        let mapped = Some("signup.source");
        let cases: [(Option<&str>, &Value, &[Capture], &str); 9] = [
            (mapped, &popup, &[event(0)], "popup"),
            (None, &popup, &[event(0)], "Email Captured"),
            (mapped, &page, &[event(1)], "footer"),
            (None, &page, &[event(-5)], "Email Captured"),
            (None, &page, &[event(-6), event(6)], "on /checkout"),
            (None, &page, &[elsewhere], "on /checkout"),
            (None, &json!({ "context": { "page": { "url": "app://cart" } } }), &[], "on app://cart"),
            (
                None,
                &Value::Null,
                &[event(5), (-5, "d", "Newsletter Signup", Value::Null)],
                "Newsletter Signup",
            ),
            (mapped, &Value::Null, &[], "capture point unknown"),
        ];
        for (property, call, captures, expected) in cases {
            assert_eq!(said(property, call, captures), expected, "{property:?} {call} {captures:?}");
        }
    }

    #[test]
    fn the_nearest_capture_event_counts() {
        let at = |minute, name| (minute, "d", name, Value::Null);
        assert_eq!(said(None, &Value::Null, &[at(-4, "far"), at(2, "near"), at(-3, "nearer")]), "near");
        assert_eq!(said(None, &Value::Null, &[at(3, "after"), at(-3, "before")]), "before");
    }
}
