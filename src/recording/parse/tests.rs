use super::*;
use crate::recording::{Event, EventKind};

fn read(text: impl AsRef<[u8]>) -> (EventLog, Result<ImportCounts, RecordingError>) {
    let mut log = EventLog::new();
    let counts = read_events(&mut text.as_ref(), "test.jsonl", &mut log);
    (log, counts)
}

fn log_of(text: impl AsRef<[u8]>) -> EventLog {
    let (log, counts) = read(text);
    assert_eq!(counts.unwrap().rejected, []);
    log
}

fn rejections(text: impl AsRef<[u8]>) -> Vec<(u32, String)> {
    let good = r#"{"type":"page","messageId":"good","timestamp":"2026-03-02"}"#;
    let text = [text.as_ref(), b"\n", good.as_bytes()].concat();
    let counts = read(text).1.unwrap();
    assert_eq!(counts.kept, 1);
    assert_eq!(counts.read, counts.kept + counts.duplicate + counts.rejected.len() as u64);
    counts.rejected.into_iter().map(|rejection| (rejection.line, rejection.reason)).collect()
}

fn only(log: &EventLog) -> &Event {
    assert_eq!(log.len(), 1);
    log.event(0)
}

/// A track with these further fields.
fn track(fields: &str) -> String {
    format!(r#"{{"type":"track","event":"E","messageId":"m","timestamp":"2026-03-02T09:00:00Z"{fields}}}"#)
}

#[test]
fn every_field_is_kept_as_sent() {
    let log = log_of(
        r#"{"type":"track","messageId":"m1","event":"Product Added","anonymousId":"D","userId":7,
           "timestamp":"2026-03-02T09:00:00Z","properties":{"a": [1, {"b":2}]},"context":{"locale":"de"}}"#
            .replace('\n', " "),
    );
    let event = only(&log);
    assert_eq!(
        (event.kind, log.name(event), log.message_id(event)),
        (EventKind::Track, "Product Added", "m1")
    );
    assert_eq!(event.anonymous_id.map(|id| log.text(id)), Some("D"));
    assert_eq!(event.user_id.map(|id| log.text(id)), Some("7"));
    assert_eq!(log.properties(event), r#"{"a": [1, {"b":2}]}"#);
    assert_eq!(log.context(event), r#"{"locale":"de"}"#);
    assert_eq!(event.flags.0, 0);
    assert_eq!(event.line, 1);
}

#[test]
fn ids_keep_what_they_say_and_null_is_none() {
    let log = log_of(track(r#","userId":"","anonymousId":null,"previousId":"null""#));
    let event = only(&log);
    assert_eq!(event.user_id.map(|id| log.text(id)), Some(""));
    assert_eq!(event.anonymous_id, None);
    assert_eq!(event.previous_id.map(|id| log.text(id)), Some("null"));
}

#[test]
fn every_kind_is_read_with_its_name() {
    let log = log_of(
        [
            r#"{"type":"page","name":"Home","messageId":"1","timestamp":1772442000}"#,
            r#"{"type":"screen","name":"Cart","messageId":"2","timestamp":1772442000000}"#,
            r#"{"type":"page","messageId":"3","timestamp":"2026-03-02"}"#,
            r#"{"type":"Track","name":"Named otherwise","messageId":"4","timestamp":"2026-03-02"}"#,
            r#"{"type":"alias","previousId":"D","userId":"U","messageId":"5","timestamp":"2026-03-02"}"#,
            r#"{"type":"group","groupId":"G","userId":"U","messageId":"6","timestamp":"2026-03-02"}"#,
            r#"{"type":"identify","userId":"U","messageId":"7","timestamp":"2026-03-02","traits":{"a":1}}"#,
            r#"{"type":"merge","primary":{"id":"A"},"secondary":{"email":"b@x.com"},"timestamp":"2026-03-02"}"#,
        ]
        .join("\n"),
    );
    let names: Vec<_> = log.events().iter().map(|event| log.name(event)).collect();
    assert_eq!(names, ["Home", "Cart", "", "Named otherwise", "", "", "", ""]);
    assert_eq!(log.event(0).happened_ms, 1_772_442_000_000);
    assert_eq!(log.event(1).happened_ms, 1_772_442_000_000);
    assert_eq!(log.properties(log.event(7)), r#"{"primary":{"id":"A"},"secondary":{"email":"b@x.com"}}"#);
    assert!(!log.event(7).flags.has(EventFlags::NO_IDENTIFIER));
}

#[test]
fn traits_come_from_context_only_where_a_call_has_no_own() {
    let of = |fields: &str| {
        let log = log_of(track(fields));
        log.traits(only(&log)).to_owned()
    };
    assert_eq!(of(r#","context":{"traits":{"a":1}}"#), r#"{"a":1}"#);
    assert_eq!(of(r#","traits":{"b":2},"context":{"traits":{"a":1}}"#), r#"{"b":2}"#);
    assert_eq!(of(r#","traits":null,"context":{"traits":{"a":1}}"#), r#"{"a":1}"#);
    assert_eq!(of(r#","context":{"page":{"title":"\"traits\""}}"#), "");
}

/// Wire times → (happened − 9:00, arrived − 9:00) in seconds, flags.
#[test]
fn happened_and_arrived_follow_the_spec() {
    let nine = 1_772_442_000_000;
    let time =
        |seconds: i64| format!("\"{}\"", crate::recording::time::format_instant(nine + seconds * 1_000));
    let (future, skew) = (EventFlags::FUTURE, EventFlags::SKEW_CORRECTED);
    for (timestamp, original, sent, received, happened, arrived, flags) in [
        (Some(0), None, None, None, 0, 0, 0),
        (Some(0), None, None, Some(5), 0, 5, 0),
        (Some(0), None, Some(3), None, 0, 0, 0),
        // A client an hour fast: sent 3 s after it happened, received at 10.
        (Some(3600), None, Some(3603), Some(10), 7, 10, skew),
        (Some(99), Some(3600), Some(3603), Some(10), 7, 10, skew),
        (None, Some(3600), Some(3603), Some(10), 7, 10, skew),
        (Some(0), None, Some(10), Some(10), 0, 10, 0),
        // It says it happened after it was sent, or after it arrived.
        (Some(8), None, Some(3), Some(3), 8, 3, future),
        (Some(60), None, None, Some(5), 60, 5, future),
        (None, None, None, Some(5), 5, 5, 0),
        (None, None, Some(4), None, 4, 4, 0),
        (None, Some(2), None, Some(5), 2, 5, 0),
    ] {
        let fields: String = [
            ("timestamp", timestamp),
            ("originalTimestamp", original),
            ("sentAt", sent),
            ("receivedAt", received),
        ]
        .into_iter()
        .filter_map(|(key, at)| at.map(|at| format!(r#","{key}":{}"#, time(at))))
        .collect();
        let log = log_of(format!(r#"{{"type":"page","messageId":"m","anonymousId":"D"{fields}}}"#));
        let event = only(&log);
        let seconds = |ms: i64| (ms - nine) / 1_000;
        assert_eq!((seconds(event.happened_ms), seconds(event.arrived_ms)), (happened, arrived), "{fields}");
        assert_eq!(event.flags.0, flags, "{fields}");
    }
}

#[test]
fn without_a_message_id_the_canonical_content_stands_in() {
    let page = |rest: &str| format!(r#"{{"type":"page","anonymousId":"D","timestamp":"2026-03-02"{rest}}}"#);
    let reordered = r#"{ "timestamp" : "2026-03-02", "type":"page","anonymousId":"D" }"#;
    let text =
        [page(""), reordered.to_owned(), page(r#","name":"x""#), page(r#","messageId":"""#)].join("\n");
    let (log, counts) = read(text);
    let counts = counts.unwrap();
    assert_eq!((counts.read, counts.kept, counts.duplicate), (4, 3, 1));
    let ids: Vec<_> = log.events().iter().map(|event| log.message_id(event)).collect();
    assert_eq!(ids[0], ids[1]);
    assert_ne!(ids[0], ids[2]);
    assert!(log.events().iter().all(|event| event.flags.has(EventFlags::NO_MESSAGE_ID)));
    assert_eq!(ids[0], "content-a0129ec3757f2faf2d3d3c2a1db2607d");
}

#[test]
fn events_without_any_identifier_are_kept_and_counted() {
    let counts = |fields: &str| read(track(fields)).1.unwrap().without_identifier;
    assert_eq!(counts(""), 1);
    assert_eq!(counts(r#","userId":"","anonymousId":"""#), 1);
    assert_eq!(counts(r#","anonymousId":"D""#), 0);
    assert_eq!(counts(r#","traits":{"email":"a@x.com"}"#), 0);
    assert_eq!(counts(r#","context":{"externalIds":[{"id":"1","type":"x"}]}"#), 0);
}

#[test]
fn arrays_batches_and_odd_line_ends_are_read() {
    let m = |id: &str| format!(r#"{{"type":"page","messageId":"{id}","timestamp":"2026-03-02"}}"#);
    let (a, b, c) = (m("a"), m("b"), m("c"));
    for text in [
        format!("{a}\n{b}\n{c}"),
        format!("\u{feff}{a}\r\n\r\n  \n{b}\r\n{c}\r\n"),
        format!("[{a},{b},{c}]"),
        format!("\u{feff}[\n  {a},\n  {b},\n  {c}\n]\n"),
        format!("\n\n[\n{a},{b},{c}]"),
        format!("{{\"batch\":[{a},{b},{c}]}}"),
        format!("{{\n\"batch\": [\n{a},\n{b},\n{c}\n]\n}}"),
        format!("{{\"batch\":[{a}]}}\n{{\"batch\":[{b},{c}]}}"),
        format!("[{a},{b}]\n[{c}]\n"),
        format!("{a}\n[{b}]\n{{\"batch\":[{c}]}}"),
    ] {
        let log = log_of(&text);
        let ids: Vec<_> = log.events().iter().map(|event| log.message_id(event)).collect();
        assert_eq!(ids, ["a", "b", "c"], "{text}");
    }
}

#[test]
fn a_pretty_printed_single_event_is_one() {
    let log = log_of("{\n  \"type\": \"page\",\n  \"timestamp\": \"2026-03-02\"\n}\n");
    assert_eq!(log.len(), 1);
}

#[test]
fn a_batch_lends_its_times_and_context() {
    let log = log_of(
        r#"{"sentAt":"2026-03-02T10:00:00Z","receivedAt":"2026-03-02T09:00:00Z","context":{"ip":"1"},"batch":[
            {"type":"page","messageId":"a","timestamp":"2026-03-02T09:59:00Z"},
            {"type":"page","messageId":"b","timestamp":"2026-03-02T09:59:00Z","sentAt":"2026-03-02T09:59:00Z",
             "context":{"ip":"2"}}]}"#,
    );
    let nine = 1_772_442_000_000;
    assert_eq!((log.event(0).happened_ms, log.event(0).arrived_ms), (nine - 60_000, nine));
    assert_eq!(log.event(1).happened_ms, nine);
    assert_eq!((log.context(log.event(0)), log.context(log.event(1))), (r#"{"ip":"1"}"#, r#"{"ip":"2"}"#));
    assert_eq!((log.event(0).line, log.event(1).line), (2, 3));
}

#[test]
fn what_is_unusable_is_reported_with_line_and_reason() {
    for (line, reason) in [
        ("nonsense", "not JSON: expected ident (column 2)"),
        (r#"{"type":"page""#, "not JSON: EOF while parsing an object (column 14)"),
        ("7", "not an object"),
        ("null", "not an object"),
        (r#""text""#, "not an object"),
        (r#"{"timestamp":"2026-03-02"}"#, "`type` is missing"),
        (r#"{"type":null,"timestamp":"2026-03-02"}"#, "`type` is missing"),
        (r#"{"type":"purchase","timestamp":"2026-03-02"}"#, "unknown `type` “purchase”"),
        (r#"{"type":{},"timestamp":"2026-03-02"}"#, "`type` is neither text nor a number"),
        (r#"{"type":"page"}"#, "no readable time (`timestamp` is missing or not a date)"),
        (r#"{"type":"page","timestamp":"soon"}"#, "no readable time (`timestamp` is missing or not a date)"),
        (
            r#"{"type":"track","timestamp":"2026-03-02","event":" "}"#,
            "a track without a name (`event` is missing)",
        ),
        (
            r#"{"type":"page","timestamp":"2026-03-02","userId":["u"]}"#,
            "`userId` is neither text nor a number",
        ),
        (r#"{"type":"page","timestamp":"2026-03-02","properties":"x"}"#, "`properties` is not an object"),
        (
            r#"{"type":"page","timestamp":"2026-03-02","properties":{"a":1e999}}"#,
            "`properties` holds a number that is too large",
        ),
        (r#"{"batch":{}}"#, "`batch` is not a list of events"),
    ] {
        // As the first line the parser has to tell it from a document, so try both places.
        assert_eq!(rejections(line), [(1, reason.to_owned())], "{line}");
        let after = format!("{}\n\n{line}", r#"{"type":"page","messageId":"good","timestamp":"2026-03-02"}"#);
        let counts = read(after).1.unwrap();
        assert_eq!(counts.rejected, [Rejection { line: 3, reason: reason.to_owned() }], "{line}");
    }
}

#[test]
fn invalid_utf8_costs_only_its_line() {
    assert_eq!(rejections(b"{\"type\":\"page\",\"name\":\"\xff\"}"), [(1, "not UTF-8 text".to_owned())]);
}

#[test]
fn broken_elements_of_an_array_cost_only_themselves() {
    let m = |id: &str| format!(r#"{{"type":"page","messageId":"{id}","timestamp":"2026-03-02"}}"#);
    let text = format!("[{},\n {{\"type\":}},\n 5, {},\n {{]\n}}, {} {}", m("a"), m("b"), m("c"), m("d"));
    let (log, counts) = read(&text);
    let counts = counts.unwrap();
    let ids: Vec<_> = log.events().iter().map(|event| log.message_id(event)).collect();
    assert_eq!(ids, ["a", "b", "c"]);
    let lines: Vec<_> = counts.rejected.iter().map(|rejection| rejection.line).collect();
    assert_eq!(lines, [2, 3, 4, 5, 5], "{:?}", counts.rejected);
    assert_eq!(counts.read, counts.kept + counts.rejected.len() as u64);
}

#[test]
fn an_event_of_a_list_on_one_line_is_named_by_its_number() {
    let good = r#"{"type":"page","messageId":"a","timestamp":"2026-03-02"}"#;
    let missing = "event 2 of the list: `type` is missing".to_owned();
    for list in [format!("[{good},{{}}]"), format!(r#"{{"batch":[{good},{{}}]}}"#)] {
        let counts = read(&list).1.unwrap();
        assert_eq!(counts.rejected, [Rejection { line: 1, reason: missing.clone() }], "{list}");
    }
    let pretty = format!("\n[\n\n{good},\n\n{{}}\n]\n");
    let rejected = read(&pretty).1.unwrap().rejected;
    assert_eq!(rejected, [Rejection { line: 6, reason: "`type` is missing".to_owned() }]);
}

/// A page of a batch, with nothing that its batch could lend it.
fn page(id: u32) -> String {
    format!(r#"{{"type":"page","messageId":"{id}","originalTimestamp":"2026-03-02T09:00:00Z"}}"#)
}

#[test]
fn a_batch_that_is_cut_off_keeps_what_is_whole() {
    let cut = |text: String| {
        let (log, counts) = read(text);
        let counts = counts.unwrap();
        let refused: Vec<_> = counts.rejected.iter().map(|it| (it.line, it.reason.as_str())).collect();
        (log.len(), refused.first().map(|(line, reason)| (*line, (*reason).to_owned())).unwrap_or_default())
    };
    let (one, two) = (page(1), page(2));
    let eof = "not JSON: EOF while parsing";
    let (kept, (line, reason)) = cut(format!(r#"{{"batch":[{one},{two},{{"type":"pa"#));
    assert_eq!((kept, line), (2, 1));
    assert!(reason.starts_with(&format!("event 3 of the list: {eof}")), "{reason}");
    let (kept, (line, reason)) = cut(format!("{{\n \"batch\": [\n  {one},\n  {two},\n  {{\"ty"));
    assert_eq!((kept, line), (2, 5));
    assert!(reason.starts_with(eof), "{reason}");
    let (kept, (_, reason)) = cut(format!(r#"{{"batch":[{one},{two}"#));
    assert_eq!((kept, reason.as_str()), (2, "the list ends too early: `]` is missing"));
    let (kept, (line, reason)) = cut(format!(r#"{{"batch":[{one},{two}],"sentAt":"2026-03"#));
    assert_eq!((kept, line), (2, 1), "cut off after the list");
    assert_eq!(reason, "the batch is cut off or broken after its list");
    let request =
        format!(r#"{{"received_at":"2026-03-02T10:00:00Z","path":"/v1/batch","body":{{"batch":[{one},{{"ty"#);
    let (log, _) = read(request);
    assert_eq!(
        log.event(0).arrived_ms - log.event(0).happened_ms,
        3_600_000,
        "the request's own fields count"
    );
}

#[test]
fn a_broken_event_of_a_batch_costs_only_itself() {
    let text = |sent: &str| format!(r#"{{"batch":[{},{{"type":pa}},{}]{sent}}}"#, page(1), page(2));
    let (log, counts) = read(text(r#","sentAt":"2026-03-02T09:00:10Z","receivedAt":"2026-03-02T09:05:10Z""#));
    let rejected = counts.unwrap().rejected;
    assert_eq!((log.len(), rejected.len()), (2, 1));
    assert!(rejected[0].reason.starts_with("event 2 of the list: not JSON"), "{rejected:?}");
    assert_eq!(log.event(0).happened_ms, log.event(0).arrived_ms - 10_000, "what follows the list counts");
    assert!(log.event(0).flags.has(EventFlags::SKEW_CORRECTED));
    let bytes = [b"{\"batch\":[".as_slice(), page(1).as_bytes(), b",{\"a\":\"\xff\"}]}"].concat();
    assert_eq!(read(bytes).0.len(), 1, "and text that is no UTF-8");
    let request = format!(
        r#"{{"body":{},"path":"/v1/batch","received_at":"2026-03-02T09:05:10Z"}}"#,
        text(r#","sentAt":"2026-03-02T09:00:10Z""#)
    );
    let (log, counts) = read(request);
    assert_eq!((log.len(), counts.unwrap().rejected.len()), (2, 1), "nothing but the event is broken");
    assert_eq!(log.event(0).happened_ms, log.event(0).arrived_ms - 10_000, "nor lost beside it");
    let lines = format!("{}\n{}\n", text(""), page(3));
    assert_eq!(read(lines).0.len(), 3, "one line of many");
    let cut = format!("{{\"batch\":[{},{{\"ty\n{}\n{}\n", page(1), page(2), page(3));
    assert_eq!(read(cut).0.len(), 3, "a first line that is cut off is a line of its own");
}

#[test]
fn events_printed_one_after_another_are_read() {
    let pretty = |id: u32| page(id).replace(',', ",\n  ").replace('{', "{\n  ").replace('}', "\n}");
    let log = log_of(format!("{}\n{}\n\n{}", pretty(1), pretty(2), pretty(3)));
    assert_eq!(log.events().iter().map(|event| event.line).collect::<Vec<_>>(), [1, 6, 12]);
    let broken = pretty(2).replace("page", "pa\"ge");
    let (log, counts) = read(format!("{}\n{broken}\n{}\n", pretty(1), pretty(3)));
    let rejected = counts.unwrap().rejected;
    assert_eq!((log.len(), rejected.len(), rejected[0].line), (2, 1, 6), "{rejected:?}");
}

#[test]
fn what_is_no_text_says_how_to_mend_it() {
    let reason = |bytes: &[u8]| read(bytes).1.unwrap_err().to_string();
    assert!(
        reason(b"\x1f\x8b\x08\0rest\nmore").ends_with("line 1: compressed with gzip: unpack the file first")
    );
    let utf16: Vec<u8> = "\u{feff}{}".encode_utf16().flat_map(u16::to_le_bytes).collect();
    assert!(reason(&utf16).ends_with("line 1: UTF-16 text: save the file as UTF-8"));
}

#[test]
fn a_broken_first_line_does_not_spoil_the_rest() {
    let good = r#"{"type":"page","timestamp":"2026-03-02"}"#;
    let (log, counts) = read(format!("{{\"type\":\"page\",\n{good}\n{good}"));
    assert_eq!(log.len(), 2);
    assert_eq!(counts.unwrap().rejected[0].line, 1);
}

#[test]
fn nothing_usable_is_an_error_that_says_why() {
    for (text, message) in [
        ("", "test.jsonl has no usable event"),
        ("\n \r\n", "test.jsonl has no usable event"),
        ("[]", "test.jsonl has no usable event"),
        ("7\n", "test.jsonl has no usable event: line 1: not an object"),
    ] {
        assert_eq!(read(text).1.unwrap_err().to_string(), message);
    }
}

#[test]
fn of_a_key_written_twice_the_last_counts() {
    let log = log_of(track(r#","event":"Second""#));
    assert_eq!(log.name(only(&log)), "Second");
}

#[test]
fn half_an_emoji_is_put_right_and_a_whole_one_stays() {
    let log = log_of(track(
        r#","properties":{"a":"x\ud83d","b":"\ud83d\ude00","c":"\\ud83d","d":"\ude00\ud83dé"},"userId":"\ud83d""#,
    ));
    let event = only(&log);
    assert_eq!(event.user_id.map(|id| log.text(id)), Some("\u{fffd}"));
    let value = log.properties_value(event);
    assert_eq!(value["a"], "x\u{fffd}");
    assert_eq!(value["b"], "😀");
    assert_eq!(value["c"], "\\ud83d");
    assert_eq!(value["d"], "\u{fffd}\u{fffd}é");
}

#[test]
fn deep_nesting_and_long_numbers_are_refused_without_harm() {
    let deep =
        |open: &str, close: &str, levels: usize| format!("{}1{}", open.repeat(levels), close.repeat(levels));
    for levels in [99, 100, 1_000, 100_000] {
        let properties = format!(r#","properties":{{"a":{}}}"#, deep("[", "]", levels));
        assert_eq!(read(track(&properties)).1.is_ok(), levels < 100, "{levels}");
    }
    // Where nobody looks, depth does no harm.
    assert!(read(track(&format!(r#","other":{}"#, deep("{\"a\":", "}", 100_000)))).1.is_ok());
    assert!(read(deep("[", "]", 200_000)).1.is_err());
    assert!(read("[".repeat(200_000)).1.is_err());
    assert!(read("{\"batch\":[".repeat(20_000)).1.is_err());
    let number = "9".repeat(400);
    assert!(read(track(&format!(r#","properties":{{"a":{number}}}"#))).1.is_err());
    assert!(read(track(&format!(r#","userId":{number}"#))).1.is_ok());
    assert!(
        read(track(r#","properties":{"a":12345678901234567890123456789012345678901234567890}"#)).1.is_ok()
    );
}

#[test]
fn blocks_are_handed_over_and_can_stop_the_reading() {
    let line = |n| format!("{{\"type\":\"page\",\"messageId\":\"{n}\",\"timestamp\":1772{n:06}}}");
    let lines = (0..20_000).map(line).collect::<Vec<_>>().join("\n");
    let (mut log, mut blocks) = (EventLog::new(), Vec::new());
    let counts = read_events_in_blocks(&mut lines.as_bytes(), "x", &mut log, &mut |log, progress| {
        blocks.push((log.cut().events().len(), progress.read));
        ControlFlow::Continue(())
    });
    assert_eq!(counts.unwrap().kept, 20_000);
    assert_eq!(blocks, [(8_192, 8_192), (8_192, 16_384), (3_616, 20_000)]);
    assert!(log.is_empty());
    let stopped =
        read_events_in_blocks(&mut lines.as_bytes(), "x", &mut log, &mut |_, _| ControlFlow::Break(()));
    assert!(matches!(stopped, Err(RecordingError::Cancelled { .. })));
}
