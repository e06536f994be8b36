//! Recordings through the public door: whole files, in any order, with anything in them.

#![allow(clippy::unwrap_used, clippy::format_collect)]

use std::io::BufReader;

use proptest::prelude::*;
use throughline::recording::{EventKind, EventLog, ImportCounts, RecordingError, read_events};

/// What a real browser SDK sent: 533 events of 60 visitors, grouped by visitor.
const CROWD: &str = include_str!("../sample-journeys/recordings/spring-web-crowd.jsonl");

fn read(bytes: &[u8]) -> (EventLog, Result<ImportCounts, RecordingError>) {
    let mut log = EventLog::new();
    let counts = read_events(&mut BufReader::new(bytes), "test", &mut log);
    (log, counts)
}

/// Message ids and texts of a log in replay order: all that a replay can see.
fn in_replay_order(log: &EventLog) -> Vec<(i64, i64, String, String)> {
    let (order, _) = log.replay_order();
    order
        .into_iter()
        .map(|index| log.event(index))
        .map(|event| {
            let id = log.message_id(event).to_owned();
            (event.arrived_ms, event.happened_ms, id, log.properties(event).to_owned())
        })
        .collect()
}

#[test]
fn a_real_sdks_recording_imports_whole() {
    let (log, counts) = read(CROWD.as_bytes());
    let counts = counts.unwrap();
    assert_eq!((counts.read, counts.kept, counts.duplicate), (533, 533, 0));
    assert_eq!((counts.rejected, counts.without_identifier), (vec![], 0));
    let anonymous: std::collections::BTreeSet<_> =
        log.events().iter().filter_map(|event| event.anonymous_id).map(|id| log.text(id)).collect();
    let users: std::collections::BTreeSet<_> =
        log.events().iter().filter_map(|event| event.user_id).map(|id| log.text(id)).collect();
    assert_eq!((anonymous.len(), users.len()), (61, 19));
}

#[test]
fn of_duplicates_the_first_arrival_wins_wherever_it_stands() {
    let late = r#"{"type":"page","name":"late","messageId":"m","timestamp":"2026-03-02T09:00:00Z","receivedAt":"2026-03-02T10:00:00Z"}"#;
    let early = r#"{"type":"page","name":"early","messageId":"m","timestamp":"2026-03-02T09:00:00Z","receivedAt":"2026-03-02T09:30:00Z"}"#;
    for text in [format!("{late}\n{early}"), format!("{early}\n{late}")] {
        let (log, counts) = read(text.as_bytes());
        let counts = counts.unwrap();
        assert_eq!((counts.read, counts.kept, counts.duplicate), (2, 1, 1));
        assert_eq!(log.len(), 2, "both stay in the log");
        let (order, duplicates) = log.replay_order();
        assert_eq!(duplicates, 1);
        assert_eq!(log.name(log.event(order[0])), "early");
    }
}

/// One event, with or without an id, at one of few instants so that ties are common.
fn event_line() -> impl Strategy<Value = String> {
    (0..4_u32, 0..5_u32, 0..3_i64, 0..3_i64, any::<bool>()).prop_map(|(id, name, happened, delay, has_id)| {
        let time = |minute: i64| format!("2026-03-02T09:{minute:02}:00.000Z");
        let id = if has_id { format!(r#""messageId":"m{id}","#) } else { String::new() };
        format!(
            r#"{{"type":"track",{id}"event":"E{name}","anonymousId":"D","timestamp":"{}","receivedAt":"{}"}}"#,
            time(happened),
            time(happened + delay)
        )
    })
}

proptest! {
    #[test]
    fn the_order_of_lines_and_files_never_matters(
        (lines, shuffled) in prop::collection::vec(event_line(), 1..30)
            .prop_flat_map(|lines| (Just(lines.clone()), Just(lines).prop_shuffle())),
        cut in 0..30_usize,
    ) {
        let (one, counts) = read(lines.join("\n").as_bytes());
        let (first, second) = shuffled.split_at(cut.min(shuffled.len() - 1));
        let mut two = EventLog::new();
        for part in [second, first] {
            let _ = read_events(&mut part.join("\n").as_bytes(), "part", &mut two);
        }
        prop_assert_eq!(in_replay_order(&one), in_replay_order(&two));
        prop_assert_eq!(one.replay_order().1, two.replay_order().1);
        let counts = counts.unwrap();
        prop_assert_eq!(counts.duplicate, one.replay_order().1 as u64);
    }

    #[test]
    fn random_bytes_never_panic_and_always_add_up(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        adds_up(&bytes);
    }

    #[test]
    fn json_like_noise_never_panics(text in r#"([\[\]{},:"\\ \n0-9eE.tru-]|"type"|"track"|"batch"|"event"|"timestamp"){0,60}"#) {
        adds_up(text.as_bytes());
    }

    #[test]
    fn mutated_recordings_never_panic(at in 0..20_000_usize, byte in any::<u8>(), cut in 0..400_usize, array in any::<bool>()) {
        let text: Vec<&str> = CROWD.lines().take(20).collect();
        let text = if array { format!("[{}]", text.join(",")) } else { text.join("\n") };
        let mut bytes = text.into_bytes();
        let at = at % bytes.len();
        bytes[at] = byte;
        let end = (at + cut).min(bytes.len());
        bytes.drain(at + 1..end.max(at + 1));
        adds_up(&bytes);
    }
}

fn adds_up(bytes: &[u8]) {
    let (log, counts) = read(bytes);
    match counts {
        Ok(counts) => {
            assert_eq!(counts.read, counts.kept + counts.duplicate + counts.rejected.len() as u64);
            assert_eq!(log.len() as u64, counts.kept + counts.duplicate);
            for event in log.events() {
                assert!(log.properties(event).is_empty() || log.properties_value(event).is_object());
                assert!(log.traits(event).is_empty() || log.traits_value(event).is_object());
                assert!(log.context(event).is_empty() || log.context_value(event).is_object());
            }
        }
        Err(error) => assert!(!error.to_string().is_empty()),
    }
}

#[test]
fn a_line_of_a_hundred_megabytes_is_one_line() {
    let long = "x".repeat(100 << 20);
    let line = format!(r#"{{"type":"page","timestamp":"2026-03-02","properties":{{"a":"{long}"}}}}"#);
    assert_eq!(read(line.as_bytes()).1.unwrap().kept, 1);
    assert!(read(long.as_bytes()).1.is_err());
}

/// A page with this message id.
fn page(id: &str) -> String {
    format!(
        r#"{{"type":"page","messageId":"{id}","timestamp":"2026-03-02","properties":{{"a":[{{"b":1}},{{"b":2}}]}}}}"#
    )
}

/// Message ids that are kept of a list, and how many of its elements are refused.
fn kept_and_refused(list: &str) -> (Vec<String>, usize) {
    let (log, counts) = read(list.as_bytes());
    let ids = log.events().iter().map(|event| log.message_id(event).to_owned()).collect();
    (ids, counts.unwrap().rejected.len())
}

#[test]
fn a_bracket_or_quote_that_an_element_lacks_costs_only_that_element() {
    let (a, b, c) = (page("a"), page("b"), page("c"));
    let broken = [
        ("its last brace", a.strip_suffix('}').unwrap().to_owned()),
        ("both braces", a.strip_suffix("}}").unwrap().to_owned()),
        ("the bracket within", a.replace(']', "")),
        ("the brace within", a.replace(":2}", ":2")),
        ("a brace too many at the beginning", format!("{{{a}")),
        ("a quote", a.replace("page\"", "page")),
        ("the quote of the last text", a.replace("2026-03-02\"", "2026-03-02")),
    ];
    for (what, broken) in broken {
        let lists = [
            format!("[{broken},{b},{c}]"),
            format!("[{b},{broken},{c}]"),
            format!("[\n{b},\n{broken},\n{c}\n]\n"),
        ];
        for list in lists {
            assert_eq!(kept_and_refused(&list), (vec!["b".to_owned(), "c".to_owned()], 1), "{what}: {list}");
        }
        let batch = format!(r#"{{"batch":[{b},{broken},{c}],"sentAt":"2026-03-02"}}"#);
        assert_eq!(kept_and_refused(&batch).0, ["b", "c"], "{what}: {batch}");
    }
    let two = format!("[{b},{},{},{c}]", a.strip_suffix('}').unwrap(), a.replace("page\"", "page"));
    assert_eq!(kept_and_refused(&two).0, ["b", "c"], "two broken ones side by side");
    let last = format!("[{b},{c},{}]", a.strip_suffix('}').unwrap());
    assert_eq!(kept_and_refused(&last), (vec!["b".to_owned(), "c".to_owned()], 1), "the last one");
}

#[test]
fn what_is_broken_all_over_is_read_in_good_time() {
    for piece in
        ["{", "[", "{\"a\":", "[{", "{,", ",{", "{\"a\":1,", "{\"a\":\"x},", "{\"a\":1,]", "}", "\"", "] "]
    {
        let text = format!("[{},{}]", page("a"), piece.repeat((1 << 20) / piece.len()));
        assert_eq!(kept_and_refused(&text).0, ["a"], "{piece}");
    }
}

/// What SDKs sent, request by request as a proxy on loopback wrote them down.
fn captured(name: &str) -> (EventLog, Result<ImportCounts, RecordingError>) {
    let path = format!("{}/tests/recordings/{name}.jsonl", env!("CARGO_MANIFEST_DIR"));
    read(&std::fs::read(path).unwrap())
}

#[test]
fn captured_requests_of_a_browser_sdk_are_its_calls() {
    let (log, counts) = captured("raw-customerio-browser");
    let counts = counts.unwrap();
    assert_eq!((counts.read, counts.kept, counts.rejected), (17, 17, vec![]));
    let first = log.event(0);
    // By the client's clock it happened 11 ms before it was sent; it was received at 23.237.
    assert_eq!(first.arrived_ms - first.happened_ms, 11);
    assert!(log.events().iter().all(|event| event.anonymous_id.is_some()));
    assert_eq!(log.events().iter().filter(|event| event.kind == EventKind::Identify).count(), 2);
}

#[test]
fn of_captured_requests_what_is_no_call_is_told_line_by_line() {
    let (log, counts) = captured("raw-node-clients");
    let counts = counts.unwrap();
    assert_eq!(counts.read, counts.kept + counts.duplicate + counts.rejected.len() as u64);
    let kept = |line: u32| log.events().iter().filter(|event| event.line == line).count();
    // Batches of four SDKs, single calls whose kind stands in the address, and calls of a server
    // API that names the person there.
    assert_eq!([1, 2, 12, 13, 14, 17, 18, 19].map(kept), [6, 4, 1, 1, 1, 1, 2, 3]);
    assert_eq!([3, 4, 5, 6, 8, 9].map(kept), [1; 6]);
    let told: Vec<(u32, &str)> =
        counts.rejected.iter().map(|rejected| (rejected.line, rejected.reason.as_str())).collect();
    assert_eq!(
        told,
        [
            (7, "a request that is no event (“devices”)"),
            (10, "a request that is no event (“suppress”)"),
            (11, "`type` is missing"),
            (15, "`type` is missing"),
            (16, "`type` is missing"),
        ]
    );
    assert_eq!(counts.without_identifier, 0);
    let page = log.events().iter().find(|event| event.line == 6).unwrap();
    assert_eq!(page.kind, EventKind::Page);
    assert_eq!((log.name(page), page.user_id.map(|id| log.text(id))), ("http://shop.test/cart", Some("u-3")));
}

#[test]
fn captured_requests_that_know_people_by_one_id_are_the_same_visit() {
    let (log, counts) = captured("raw-posthog-browser");
    let counts = counts.unwrap();
    assert_eq!((counts.read, counts.kept, counts.rejected), (17, 17, vec![]));
    let people =
        throughline::identity::people(throughline::identity::Platform::preset("posthog").unwrap(), &log);
    let told: Vec<(usize, usize)> =
        people.profiles.iter().map(|person| (person.identifiers.len(), person.events.len())).collect();
    assert_eq!(told, [(3, 13)], "two devices and a name");
    assert_eq!(people.profiles[0].attributes["plan"], "free");
    let visitors: Vec<usize> = people.anonymous.iter().map(|visitor| visitor.events.len()).collect();
    assert_eq!(visitors, [2, 2], "after the reset, and on a third device");
    // On the second device an event arrived before the identify that happened before it.
    let second: Vec<(&str, i64)> = log
        .events()
        .iter()
        .filter(|event| [14, 15].contains(&event.line))
        .map(|event| (log.name(event), event.arrived_ms))
        .collect();
    assert!(second[0].0 == "Product Added" && second[0].1 < second[1].1, "{second:?}");
}
