//! Writing events back as JSON Lines in Segment-spec shape: what is written reads back as the same
//! event ([`super::parse`]).

use serde_json::{Map, Value};

use super::{Event, EventKind, EventLog, time::format_instant};

/// One event as a line of a recording, without the line break.
///
/// The times written are those it has after skew correction, and an event without a message id of
/// its own gets the digest that stands in for it, so that nothing has to be corrected again.
pub fn event_line(log: &EventLog, event: &Event) -> String {
    Value::Object(event_object(log, event)).to_string()
}

fn event_object(log: &EventLog, event: &Event) -> Map<String, Value> {
    let mut line = Map::new();
    let mut put = |key: &str, value: Value| {
        if !value.is_null() {
            line.insert(key.to_owned(), value);
        }
    };
    put("type", event.kind.word().into());
    let name = log.name(event);
    match event.kind {
        EventKind::Track => put("event", name.into()),
        EventKind::Page | EventKind::Screen if !name.is_empty() => put("name", name.into()),
        _ => {}
    }
    put("messageId", log.message_id(event).into());
    for (key, id) in [
        ("anonymousId", event.anonymous_id),
        ("userId", event.user_id),
        ("previousId", event.previous_id),
        ("groupId", event.group_id),
    ] {
        put(key, id.map(|id| log.text(id)).into());
    }
    put("properties", log.properties_value(event));
    put("traits", log.traits_value(event));
    put("context", log.context_value(event));
    put("timestamp", format_instant(event.happened_ms).into());
    if event.arrived_ms != event.happened_ms {
        put("receivedAt", format_instant(event.arrived_ms).into());
    }
    line
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::recording::read_events;

    fn read(text: &str) -> EventLog {
        let mut log = EventLog::new();
        let counts = read_events(&mut text.as_bytes(), "made up", &mut log).unwrap();
        assert_eq!(counts.rejected, []);
        log
    }

    #[test]
    fn a_line_reads_back_as_the_same_event() {
        let lines = [
            r#"{"type":"track","event":"Product Added","anonymousId":"D","userId":7,"properties":{"products":[{"price":1.5}]},
               "context":{"timezone":"Europe/Berlin"},"timestamp":"2026-03-02T09:00:00.123Z"}"#,
            r#"{"type":"page","messageId":"p","userId":"","originalTimestamp":"2026-03-02T09:00:10Z",
               "sentAt":"2026-03-02T09:00:12Z","receivedAt":"2026-03-02T10:00:00Z"}"#,
            r#"{"type":"identify","messageId":"i","anonymousId":"D","context":{"traits":{"email":"a@b.example"}},
               "timestamp":"2026-03-02"}"#,
            r#"{"type":"merge","messageId":"m","primary":{"id":"A"},"secondary":{"id":"B"},"timestamp":"2026-03-02"}"#,
            r#"{"type":"alias","messageId":"a","previousId":"D","userId":"U","timestamp":"2026-03-02"}"#,
        ];
        for line in lines {
            let log = read(&line.replace('\n', " "));
            let again = read(&event_line(&log, log.event(0)));
            let said = |log: &EventLog| {
                let event = *log.event(0);
                let ids = [event.anonymous_id, event.user_id, event.previous_id, event.group_id]
                    .map(|id| id.map(|id| log.text(id).to_owned()));
                let values =
                    [log.properties_value(&event), log.traits_value(&event), log.context_value(&event)];
                let times = (event.happened_ms, event.arrived_ms);
                (
                    event.kind,
                    log.name(&event).to_owned(),
                    log.message_id(&event).to_owned(),
                    ids,
                    values,
                    times,
                )
            };
            assert_eq!(said(&again), said(&log), "{line}");
        }
    }
}
