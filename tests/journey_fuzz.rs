//! Whatever a file holds: an answer or an error with a place, never a panic, never a hang.
#![allow(clippy::unwrap_used)]

mod common;

use std::{collections::BTreeMap, io::Cursor};

use common::arbitrary;
use proptest::{prelude::*, test_runner::Config};
use throughline::{
    identity::Platform,
    journey::{
        LintContext, Segments, has_comments, journey_from_ron, journey_to_ron, lint, segments_from_ron,
        segments_to_ron,
    },
    recording::{Catalog, EventLog, Roles, read_events},
    workspace::{catalog::read_catalog, workspace_from_ron},
};

const JOURNEY: &str = include_str!("golden/journey-v1.ron");
const SEGMENTS: &str = include_str!("golden/segments-v1.ron");
const WORKSPACE: &str = include_str!("golden/workspace-v1.ron");
const PLATFORM: &str = include_str!("../assets/platforms/customerio.ron");
const EVENTS: &str = r#"{"type":"track","event":"Added to Cart","messageId":"m1","anonymousId":"D","timestamp":"2026-03-02T09:00:00Z","properties":{"price":12.5,"products":[{"sku":"a"}]}}
{"type":"identify","userId":"U","anonymousId":"D","traits":{"email":"a@example.com"},"timestamp":"2026-03-04T09:00:00.000Z"}
{"received_at":"2026-03-04T10:00:00Z","method":"POST","path":"/api/v1/customers/u%2D3/events","body":{"type":"page","name":"cart","data":{"n":1}}}
{"received_at":"2026-03-04T10:00:00Z","path":"/batch/","body":{"sent_at":"2026-03-04T10:00:00Z","batch":[{"event":"$identify","uuid":"m2","distinct_id":"U","properties":{"$set":{"a":1},"$anon_distinct_id":"D"},"timestamp":"2026-03-04T09:59:59Z"}]}}
"#;

/// Gives a text to every reader of files people keep; each says something and names the file.
fn read_all(text: &str) {
    let outcomes = [
        journey_from_ron(text, "f.ron").map(drop).map_err(|error| error.to_string()),
        segments_from_ron(text, "f.ron").map(drop).map_err(|error| error.to_string()),
        workspace_from_ron(text, "f.ron").map(drop).map_err(|error| error.to_string()),
        Platform::from_ron(text, "f.ron").map(drop).map_err(|error| error.to_string()),
    ];
    for error in outcomes.into_iter().filter_map(Result::err) {
        assert!(error.starts_with("f.ron"), "an error without a place: {error}");
        assert!(error.len() > "f.ron".len() + 10, "an error that says nothing: {error}");
    }
    let _ = has_comments(text);
}

/// Gives bytes to the readers of recordings and catalogues.
fn read_data(bytes: &[u8]) {
    let mut log = EventLog::new();
    match read_events(&mut Cursor::new(bytes), "f.jsonl", &mut log) {
        Ok(counts) => {
            assert_eq!(counts.read, counts.kept + counts.duplicate + counts.rejected.len() as u64);
            assert!(
                counts.rejected.iter().all(|rejection| rejection.line > 0 && !rejection.reason.is_empty())
            );
        }
        Err(error) => assert!(error.to_string().contains("f.jsonl"), "{error}"),
    }
    let (_, problems) = read_catalog(&String::from_utf8_lossy(bytes));
    assert!(problems.iter().all(|problem| problem.line > 0), "{problems:?}");
}

/// One change to a good file.
#[derive(Clone, Debug)]
enum Mutation {
    Cut(prop::sample::Index),
    Delete(prop::sample::Index, usize),
    Repeat(prop::sample::Index, usize),
    Insert(prop::sample::Index, String),
    Swap(prop::sample::Index, prop::sample::Index),
}

fn mutation() -> impl Strategy<Value = Mutation> {
    let index = || any::<prop::sample::Index>();
    let pieces = vec![
        "(",
        ")",
        "[",
        "]",
        "{",
        "}",
        ",",
        ":",
        "\"",
        "r#\"",
        "Some(",
        "None",
        "//",
        "/*",
        "#![enable(unwrap_newtypes)]",
        "-1",
        "1e999",
        "NaN",
        "\u{0}",
        "\\u{110000}",
        "version: 99,",
        "Not(",
        "b\"",
        "'",
        "0x",
        "_",
        "é",
        "..",
    ];
    prop_oneof![
        index().prop_map(Mutation::Cut),
        (index(), 1_usize..40).prop_map(|(at, len)| Mutation::Delete(at, len)),
        (index(), 1_usize..80).prop_map(|(at, len)| Mutation::Repeat(at, len)),
        (index(), prop::sample::select(pieces))
            .prop_map(|(at, piece)| Mutation::Insert(at, piece.to_owned())),
        (index(), any::<String>()).prop_map(|(at, piece)| Mutation::Insert(at, piece)),
        (index(), index()).prop_map(|(a, b)| Mutation::Swap(a, b)),
    ]
}

fn mutated(text: &str, mutations: &[Mutation]) -> String {
    let mut chars: Vec<char> = text.chars().collect();
    for mutation in mutations {
        if chars.is_empty() {
            break;
        }
        let len = chars.len();
        match mutation {
            Mutation::Cut(at) => chars.truncate(at.index(len)),
            Mutation::Delete(at, count) => {
                let at = at.index(len);
                chars.drain(at..(at + count).min(len));
            }
            Mutation::Repeat(at, count) => {
                let at = at.index(len);
                let piece: Vec<char> = chars[at..(at + count).min(len)].to_vec();
                chars.splice(at..at, piece);
            }
            Mutation::Insert(at, piece) => {
                let at = at.index(len);
                chars.splice(at..at, piece.chars());
            }
            Mutation::Swap(a, b) => chars.swap(a.index(len), b.index(len)),
        }
    }
    chars.into_iter().collect()
}

fn cases(cases: u32) -> Config {
    Config { cases, failure_persistence: None, ..Config::default() }
}

proptest! {
    #![proptest_config(cases(10_000))]

    #[test]
    fn random_bytes_are_an_error_with_a_place(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        read_all(&String::from_utf8_lossy(&bytes));
        read_data(&bytes);
    }
}

proptest! {
    #![proptest_config(cases(10_000))]

    #[test]
    fn mutated_files_are_read_or_refused_with_a_place(
        file in prop::sample::select(vec![JOURNEY, SEGMENTS, WORKSPACE, PLATFORM]),
        mutations in prop::collection::vec(mutation(), 1..4),
    ) {
        read_all(&mutated(file, &mutations));
    }

    #[test]
    fn mutated_recordings_are_read_or_refused_with_a_line(
        mutations in prop::collection::vec(mutation(), 1..6),
    ) {
        read_data(mutated(EVENTS, &mutations).as_bytes());
    }
}

proptest! {
    #![proptest_config(cases(400))]

    #[test]
    fn a_journey_survives_its_file(journey in arbitrary::journey()) {
        let text = journey_to_ron(&journey);
        let read = journey_from_ron(&text, "f.ron");
        prop_assert_eq!(read.as_ref(), Ok(&journey), "{}", text);
        prop_assert_eq!(journey_to_ron(&read.unwrap()), text.clone());
        prop_assert!(!has_comments(&text), "{}", text);
    }

    #[test]
    fn segments_survive_their_file(segments in arbitrary::segments()) {
        let text = segments_to_ron(&segments);
        prop_assert_eq!(segments_from_ron(&text, "f.ron"), Ok(segments), "{}", text);
    }

    #[test]
    fn lint_reads_every_journey_and_its_fixes_can_be_saved(journey in arbitrary::journey()) {
        let (roles, catalog) = (Roles::default(), Catalog::default());
        for platform in Platform::presets() {
            let context = LintContext {
                platform,
                segments: &Segments(BTreeMap::new()),
                roles: &roles,
                catalog: &catalog,
                taxonomy: None,
                journeys: &[],
            };
            for problem in lint(&journey, &context) {
                let Some(fix) = problem.fix else { continue };
                let text = journey_to_ron(&fix.journey);
                let read = journey_from_ron(&text, "f.ron");
                prop_assert_eq!(read.as_ref(), Ok(&*fix.journey), "{}", problem.code);
            }
        }
    }
}
