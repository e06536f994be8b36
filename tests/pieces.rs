//! Recordings replayed in pieces, from the store or from memory, come to what a replay of
//! everything comes to, to the byte: whatever the size of the pieces and the threads.

#![allow(clippy::unwrap_used)] // also in the helpers of tests

#[path = "../benches/common/crowd.rs"]
mod crowd;

use std::{
    fs,
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
};

use proptest::prelude::*;
use rusqlite::Connection;
use tempfile::TempDir;
use throughline::{
    identity::Platform,
    journey::{Journey, JourneyId, Segments, format::journey_from_ron},
    recording::{Catalog, EventLog, Span, read_events},
    report::{
        messages::write_json,
        why::{Answer, Question, explain, find_people},
    },
    simulator::{ReplayError, ReplayInput, ReplayResult, WorkspaceFacts, replay},
    store::{ImportControl, RecordingId, ReplayKey, STORE_FILE, STORE_FOLDER, Store, StoredEvents},
    workspace::{
        self, Events, Following, LoadedRecordings, PieceError, Split, Workspace, recordings, replay_pieces,
        replay_recordings,
    },
};

const SIZES: [usize; 3] = [1, 40, 1_000];

fn cart() -> Arc<Journey> {
    Arc::new(journey_from_ron(include_str!("../benches/common/cart.ron"), "cart.ron").unwrap())
}

/// What a replay of one journey over a log needs beside the log.
struct Setting {
    workspace: WorkspaceFacts,
    catalog: Catalog,
    segments: Segments,
    journeys: Vec<Arc<Journey>>,
}

impl Setting {
    fn new(journeys: Vec<Arc<Journey>>) -> Self {
        let (workspace, catalog, segments) = Default::default();
        Self { workspace, catalog, segments, journeys }
    }
    fn input<'a>(&'a self, log: &'a EventLog, platform: &'a Platform, history: &'a [u16]) -> ReplayInput<'a> {
        ReplayInput {
            log,
            platform,
            workspace: &self.workspace,
            catalog: &self.catalog,
            segments: &self.segments,
            journeys: &self.journeys,
            also: None,
            history,
            seed: 7,
            horizon: Span::days(30),
            threads: 0,
            trace: false,
            cancel: None,
            progress: None,
        }
    }
}

/// The input of a workspace's replay.
fn input_of<'a>(workspace: &'a Workspace, recordings: &'a LoadedRecordings) -> ReplayInput<'a> {
    ReplayInput {
        log: &recordings.log,
        platform: &workspace.platform,
        workspace: &workspace.facts,
        catalog: &workspace.catalog,
        segments: &workspace.segments,
        journeys: &workspace.journeys,
        also: None,
        history: &recordings.history,
        seed: 0,
        horizon: Span::days(30),
        threads: 0,
        trace: false,
        cancel: None,
        progress: None,
    }
}

/// The recordings in a store of their own, left there.
fn stored(folder: &Path, texts: &[String]) -> (Store, StoredEvents) {
    let mut store = Store::open(folder).unwrap();
    let ids: Vec<RecordingId> = (0..)
        .zip(texts)
        .map(|(number, text)| {
            let name = format!("{number}.jsonl");
            let path = folder.join(&name);
            fs::write(&path, text).unwrap();
            store.import(&path, &name, &name, ImportControl::default()).unwrap().recording.id
        })
        .collect();
    let events = store.stored_events(&ids).unwrap();
    (store, events)
}

fn parsed(texts: &[String]) -> EventLog {
    let mut log = EventLog::new();
    for (number, text) in (0..).zip(texts) {
        read_events(&mut text.as_bytes(), &format!("{number}.jsonl"), &mut log).unwrap();
    }
    log
}

/// Asserts that pieces of every size, on one thread and several, from both places, give the same.
fn assert_same_in_pieces(input: &ReplayInput<'_>, stored: &StoredEvents, sizes: &[usize]) -> ReplayResult {
    let whole = replay(input).unwrap();
    for (threads, most) in
        [1, 3].into_iter().flat_map(|threads| sizes.iter().map(move |most| (threads, *most)))
    {
        for events in [Events::Memory(input.log), Events::Stored(stored)] {
            let split = Split::pieces(events, input.platform, most, Following::default()).unwrap();
            let result = replay_pieces(&ReplayInput { threads, ..*input }, events, &split).unwrap();
            assert_eq!(result, whole, "{}: pieces of {most} on {threads} threads", input.platform.name);
        }
    }
    whole
}

#[test]
fn a_crowd_is_replayed_alike_whole_and_in_pieces() {
    let mut text = Vec::new();
    crowd::write(4_000, 3, &mut text).unwrap();
    // In two files, so that duplicates lie in different ones.
    let lines: Vec<&str> = std::str::from_utf8(&text).unwrap().lines().collect();
    let texts: Vec<String> =
        [0, 1].map(|part| lines.iter().skip(part).step_by(2).flat_map(|line| [*line, "\n"]).collect()).into();
    let folder = TempDir::new().unwrap();
    let (_store, events) = stored(folder.path(), &texts);
    let log = parsed(&texts);
    let setting = Setting::new(vec![cart()]);
    for platform in Platform::presets() {
        let whole = assert_same_in_pieces(&setting.input(&log, platform, &[]), &events, &SIZES);
        assert!(whole.messages.len() > 50 && whole.duplicates > 10);
        let split = Split::pieces(Events::Stored(&events), platform, 1, Following::default()).unwrap();
        assert!(split.iter().len() > 300, "{} pieces", split.iter().len());
        assert_eq!(split.iter().map(<[u32]>::len).sum::<usize>(), 4_000);
    }
}

/// A copy of the sample workspace.
fn shop() -> (TempDir, Workspace) {
    let folder = TempDir::new().unwrap();
    let samples = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("sample-journeys");
    for below in [".", "journeys", "recordings"] {
        fs::create_dir_all(folder.path().join(below)).unwrap();
        for entry in fs::read_dir(samples.join(below)).unwrap().map(Result::unwrap) {
            if entry.file_type().unwrap().is_file() {
                fs::copy(entry.path(), folder.path().join(below).join(entry.file_name())).unwrap();
            }
        }
    }
    let workspace = workspace::open(folder.path()).unwrap().workspace;
    (folder, workspace)
}

fn json(result: &ReplayResult) -> Vec<u8> {
    let mut text = Vec::new();
    write_json(&result.messages, &mut text).unwrap();
    text
}

/// Rows of the latest result, but for its number; those of tables without an order sorted.
fn saved_rows(folder: &Path) -> Vec<Vec<String>> {
    let connection = Connection::open(folder.join(STORE_FOLDER).join(STORE_FILE)).unwrap();
    let rows = |table: &str| -> Vec<String> {
        let mut statement = connection
            .prepare(&format!("SELECT * FROM {table} WHERE replay = (SELECT max(id) FROM replays)"))
            .unwrap();
        let columns = statement.column_count();
        let text = |row: &rusqlite::Row<'_>| {
            let cells = (1..columns).map(|column| Ok(format!("{:?}", row.get_ref(column)?)));
            cells.collect::<rusqlite::Result<Vec<String>>>().map(|cells| cells.join(" "))
        };
        let mut rows: Vec<String> = statement.query_map([], text).unwrap().map(Result::unwrap).collect();
        if table != "messages" {
            rows.sort();
        }
        rows
    };
    ["messages", "counts", "held_triggers", "merges", "refusals", "profiles"].map(rows).into()
}

#[test]
fn the_sample_shop_prints_and_saves_the_same() {
    let (folder, mut shop) = shop();
    for platform in Platform::presets() {
        shop.platform = platform.clone();
        let (loaded, store) = recordings::load(&shop, &[], ImportControl::default()).unwrap();
        let mut store = store.unwrap();
        let input = input_of(&shop, &loaded);
        let key = ReplayKey::of(&input, &loaded.digests());
        let whole = replay_recordings(&input, None, Some((&mut store, &key))).unwrap();
        let whole_rows = saved_rows(folder.path());
        assert!(whole.result.messages.len() > 20);
        assert!(!whole_rows[0].is_empty() && !whole_rows[5].is_empty());
        drop(store);

        let (left, store) = recordings::open_and_load(100, &shop, &[], ImportControl::default()).unwrap();
        let mut store = store.unwrap();
        assert!(left.log.is_empty() && left.stored.is_some());
        assert_eq!((&left.sources, &left.history), (&loaded.sources, &loaded.history));
        let input = input_of(&shop, &left);
        assert_eq!(ReplayKey::of(&input, &left.digests()), key);
        for most in SIZES {
            let split = Split::pieces(left.events(), platform, most, Following::default()).unwrap();
            let saving = Some((&mut store, &key));
            let pieces = replay_recordings(&input, Some((left.events(), &split)), saving).unwrap();
            assert_eq!(json(&pieces.result), json(&whole.result), "{} in pieces of {most}", platform.name);
            assert_eq!(pieces.result.journeys, whole.result.journeys);
            assert_eq!((pieces.people, &pieces.held), (whole.people, &whole.held));
            assert!(pieces.saved.unwrap().is_ok());
            assert_eq!(saved_rows(folder.path()), whole_rows, "{} in pieces of {most}", platform.name);
        }
    }
}

#[test]
fn one_persons_story_needs_nobody_else() {
    let (_folder, mut shop) = shop();
    for platform in Platform::presets() {
        shop.platform = platform.clone();
        let (loaded, _) = recordings::load(&shop, &[], ImportControl::default()).unwrap();
        let input = ReplayInput { trace: true, ..input_of(&shop, &loaded) };
        let whole = replay(&input).unwrap();
        let mut asked: Vec<String> =
            whole.people.iter().flat_map(|person| &person.identifiers).step_by(29).cloned().collect();
        asked.extend(whole.held.iter().map(|held| held.anonymous_id.clone()).step_by(41));
        asked.extend(asked.clone().iter().filter_map(|one| Some(one.split_once(':')?.1.to_owned())));
        asked.push("EMAIL:Ana.Keller@Example.COM".to_owned());
        asked.push("nobody@example.com".to_owned());
        assert!(asked.len() >= 4);
        for asked in &asked {
            let events = loaded.events();
            let split = Split::people(events, platform, asked, Following::default()).unwrap();
            let alone = replay_pieces(&input, events, &split).unwrap();
            assert!(alone.events < whole.events / 2, "{asked}: {} events", alone.events);
            assert_eq!(alone.horizon_ms, whole.horizon_ms);
            assert_eq!(answers(&alone, asked, &shop), answers(&whole, asked, &shop), "{asked}");
        }
    }
}

/// The answers about some blocks of every journey for whoever is meant.
fn answers(result: &ReplayResult, asked: &str, shop: &Workspace) -> Vec<Answer> {
    let people = find_people(result, asked);
    let blocks = shop
        .journeys
        .iter()
        .flat_map(|journey| journey.blocks.keys().step_by(3).map(move |block| (journey, block)));
    people
        .iter()
        .flat_map(|identifiers| {
            blocks.clone().map(move |(journey, block)| Question { identifiers, journey, block })
        })
        .map(|question| explain(result, &question, chrono_tz::Europe::Berlin))
        .collect()
}

#[test]
fn it_counts_and_can_be_stopped() {
    let texts = [{
        let mut text = Vec::new();
        crowd::write(500, 1, &mut text).unwrap();
        String::from_utf8(text).unwrap()
    }];
    let folder = TempDir::new().unwrap();
    let (_store, events) = stored(folder.path(), &texts);
    let platform = Platform::preset("open").unwrap();
    let setting = Setting::new(vec![cart()]);
    let (stop, done) = (AtomicBool::new(false), AtomicU64::new(0));
    let following = Following { cancel: Some(&stop), progress: Some(&done) };
    let events = Events::Stored(&events);
    let split = Split::pieces(events, platform, 50, following).unwrap();
    assert_eq!(done.swap(0, Ordering::Relaxed), 500);
    let names = EventLog::new();
    let input =
        ReplayInput { cancel: Some(&stop), progress: Some(&done), ..setting.input(&names, platform, &[]) };
    let result = replay_pieces(&input, events, &split).unwrap();
    assert_eq!(done.load(Ordering::Relaxed), result.events);
    stop.store(true, Ordering::Relaxed);
    let cancelled = |error| matches!(error, PieceError::Replay(ReplayError::Cancelled));
    assert!(cancelled(Split::pieces(events, platform, 50, following).unwrap_err()));
    assert!(cancelled(replay_pieces(&input, events, &split).unwrap_err()));
}

#[test]
fn without_any_event_there_is_one_empty_piece() {
    let (log, setting) = (EventLog::new(), Setting::new(vec![cart()]));
    let platform = Platform::preset("open").unwrap();
    let input = setting.input(&log, platform, &[]);
    let events = Events::Memory(&log);
    let split = Split::pieces(events, platform, 10, Following::default()).unwrap();
    assert_eq!(replay_pieces(&input, events, &split).unwrap(), replay(&input).unwrap());
    assert!(split.iter().eq([[0_u32; 0].as_slice()]));
    assert!(replay(&input).unwrap().journeys.contains_key(&JourneyId::from("cart")));
}

/// One call over few ids and few message ids, so that people meet and calls repeat, also as
/// somebody else's.
fn line() -> impl Strategy<Value = String> {
    let some = |prefix: &'static str, count: u8| prop_oneof![2 => Just(String::new()), 5 => (0..count).prop_map(move |n| format!(r#","{prefix}":"{prefix}{n}""#))];
    let what = prop_oneof![
        3 => Just(r#""type":"track","event":"Product Added","properties":{"product_id":"P"}"#.to_owned()),
        1 => Just(r#""type":"track","event":"Order Completed""#.to_owned()),
        3 => (0..6_u8).prop_map(|n| format!(r#""type":"identify","traits":{{"email":"e{n}@example.com"}}"#)),
        1 => (0..12_u8).prop_map(|n| format!(r#""type":"alias","previousId":"anonymousId{n}""#)),
        1 => (0..6_u8).prop_map(|n| {
            format!(r#""type":"merge","primary":{{"id":"userId{n}"}},"secondary":{{"email":"e{n}@example.com"}}"#)
        }),
    ];
    let minutes = 0..3_000_u32;
    (
        what,
        some("anonymousId", 12),
        some("userId", 6),
        prop::option::weighted(0.9, 0..60_u8),
        minutes,
        0..90_u32,
    )
        .prop_map(|(what, anonymous, user, id, minute, late)| {
            let at = |minute: u32| {
                let (day, hour, minute) = (2 + minute / 1_440, minute / 60 % 24, minute % 60);
                format!("2026-03-{day:02}T{hour:02}:{minute:02}:00Z")
            };
            let id = id.map_or(String::new(), |id| format!(r#","messageId":"m{id}""#));
            let (happened, arrived) = (at(minute), at(minute + late));
            format!(
                "{{{what}{anonymous}{user}{id},\"timestamp\":\"{happened}\",\"receivedAt\":\"{arrived}\"}}\n"
            )
        })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]

    #[test]
    fn any_recordings_are_replayed_alike_whole_and_in_pieces(
        platform in 0..Platform::presets().len(),
        first in prop::collection::vec(line(), 1..40),
        second in prop::collection::vec(line(), 1..40),
        history: bool,
        size in 1..30_usize,
    ) {
        let texts = [first.concat(), second.concat()];
        let folder = TempDir::new().unwrap();
        let (_store, events) = stored(folder.path(), &texts);
        let log = parsed(&texts);
        let setting = Setting::new(vec![cart()]);
        let history: &[u16] = if history { &[0] } else { &[] };
        let input = setting.input(&log, &Platform::presets()[platform], history);
        assert_same_in_pieces(&input, &events, &[size]);
    }
}
