//! The store through its public door.

#![allow(clippy::unwrap_used, clippy::format_collect)]

use std::{
    fs,
    io::Write as _,
    path::{Path, PathBuf},
    process::Command,
    sync::atomic::{AtomicBool, AtomicU64, Ordering},
    time::{Duration, Instant},
};

use rusqlite::Connection;
use tempfile::TempDir;
use throughline::{
    recording::{EventLog, RecordingError, read_events},
    simulator::ReplayResult,
    store::{
        EXAMPLE_QUERIES, ImportControl, Imported, ReplayKey, STORE_FILE, STORE_FOLDER, Store, StoreError,
    },
};

const CROWD: &str = include_str!("../sample-journeys/recordings/spring-web-crowd.jsonl");

fn write(folder: &Path, name: &str, text: &str) -> PathBuf {
    let path = folder.join(name);
    fs::write(&path, text).unwrap();
    path
}

fn import(store: &mut Store, path: &Path) -> Imported {
    let name = path.file_name().unwrap().to_str().unwrap();
    store.import(path, name, name, ImportControl::default()).unwrap()
}

fn store_file(folder: &Path) -> PathBuf {
    folder.join(STORE_FOLDER).join(STORE_FILE)
}

/// Everything a log holds, event by event.
fn contents(log: &EventLog) -> Vec<String> {
    log.events()
        .iter()
        .map(|event| {
            let text = |symbol: Option<_>| symbol.map(|symbol| log.text(symbol));
            format!(
                "{} {} {:?} {:?} {} {} {:?} {:?} {:?} {:?} {:?} {} {} {} {}",
                event.happened_ms,
                event.arrived_ms,
                event.kind,
                event.flags,
                event.recording,
                event.line,
                text(event.name),
                text(event.anonymous_id),
                text(event.user_id),
                text(event.previous_id),
                text(event.group_id),
                log.message_id(event),
                log.properties(event),
                log.traits(event),
                log.context(event),
            )
        })
        .collect()
}

fn parsed(parts: &[(&str, &str)]) -> EventLog {
    let mut log = EventLog::new();
    for (name, text) in parts {
        read_events(&mut text.as_bytes(), name, &mut log).unwrap();
    }
    log
}

/// Page views, each of its own visitor now and then.
fn lines(count: usize) -> String {
    (0..count)
        .map(|n| {
            let (visitor, second) = (n / 7, n % 60);
            format!(
                "{{\"type\":\"page\",\"name\":\"Home\",\"messageId\":\"m{n}\",\"anonymousId\":\"a{visitor}\",\
                 \"timestamp\":\"2026-03-02T09:00:{second:02}Z\",\"properties\":{{\"path\":\"/{n}\"}}}}\n"
            )
        })
        .collect()
}

#[test]
fn what_comes_back_is_what_parsing_gives() {
    let folder = TempDir::new().unwrap();
    let odd = [
        r#"{"type":"merge","primary":{"id":"A"},"secondary":{"id":"B"},"timestamp":"2026-03-02"}"#,
        r#"{"type":"alias","previousId":"D","userId":"","timestamp":"2026-03-02","messageId":"é\u0000\"x"}"#,
        r#"{"type":"group","groupId":"G","userId":"U","timestamp":"0001-01-01","traits":{"n":1}}"#,
        "nonsense",
        r#"{"type":"track","event":"Schöne Grüße 😀","timestamp":"9999-12-31","receivedAt":"2026-03-02","context":{"a":1}}"#,
    ]
    .join("\n");
    let many = lines(120_000);
    let parts = [("crowd.jsonl", CROWD), ("odd.jsonl", &*odd), ("many.jsonl", &*many)];
    let mut store = Store::open(folder.path()).unwrap();
    let ids: Vec<_> = parts
        .iter()
        .map(|(name, text)| import(&mut store, &write(folder.path(), name, text)).recording.id)
        .collect();
    let log = store.load_log(&ids).unwrap();
    assert_eq!(contents(&log), contents(&parsed(&parts)));
    assert_eq!(log.recordings(), ["crowd.jsonl", "odd.jsonl", "many.jsonl"]);
    assert_eq!(store.recordings().unwrap()[1].counts.rejected[0].line, 4);
    drop(store);
    // And again after closing, in another order.
    let store = Store::open(folder.path()).unwrap();
    let log = store.load_log(&[ids[1], ids[0]]).unwrap();
    assert_eq!(contents(&log), contents(&parsed(&[parts[1], parts[0]])));
    assert_eq!(store.scan(ids[0]).unwrap().rows, 533);
}

#[test]
fn an_unchanged_file_is_recognised_and_a_changed_one_read_again() {
    let folder = TempDir::new().unwrap();
    let path = write(folder.path(), "a.jsonl", &lines(100));
    let mut store = Store::open(folder.path()).unwrap();
    let first = import(&mut store, &path);
    assert!(!first.was_known);
    assert!(import(&mut store, &path).was_known);
    // Touched: the same content written anew.
    fs::File::options()
        .write(true)
        .open(&path)
        .unwrap()
        .set_modified(std::time::SystemTime::UNIX_EPOCH)
        .unwrap();
    let touched = import(&mut store, &path);
    assert!(touched.was_known);
    assert_eq!(touched.recording, first.recording);
    // Changed, and as long as before.
    write(folder.path(), "a.jsonl", &lines(100).replace("Home", "Shop"));
    let changed = import(&mut store, &path);
    assert!(!changed.was_known);
    assert_ne!(changed.recording.digest, first.recording.digest);
    assert_eq!(store.recordings().unwrap().len(), 1);
    let log = store.load_log(&[changed.recording.id]).unwrap();
    assert_eq!((log.len(), log.name(log.event(0))), (100, "Shop"));
    assert!(matches!(store.load_log(&[first.recording.id]), Err(StoreError::UnknownRecording(_))));
}

#[test]
fn a_changed_file_that_cannot_be_read_leaves_the_store_as_it_was() {
    let folder = TempDir::new().unwrap();
    let path = write(folder.path(), "a.jsonl", &lines(100));
    let mut store = Store::open(folder.path()).unwrap();
    let first = import(&mut store, &path).recording;
    write(folder.path(), "a.jsonl", "nothing\nof\nuse\n");
    let error = store.import(&path, "a.jsonl", "a", ImportControl::default()).unwrap_err();
    assert!(matches!(error, StoreError::Recording(RecordingError::NothingUsable { .. })), "{error}");
    let missing = store.import(&folder.path().join("none"), "none", "none", ImportControl::default());
    assert!(matches!(missing, Err(StoreError::Recording(RecordingError::Unreadable { .. }))));
    assert_eq!(store.recordings().unwrap(), std::slice::from_ref(&first));
    assert_eq!(store.load_log(&[first.id]).unwrap().len(), 100);
}

/// Nothing of any recording: no row in any table.
fn assert_empty(folder: &Path) {
    let connection = Connection::open(store_file(folder)).unwrap();
    for table in ["recordings", "rejections", "strings", "events"] {
        let count: i64 =
            connection.query_row(&format!("SELECT count(*) FROM {table}"), [], |row| row.get(0)).unwrap();
        assert_eq!(count, 0, "{table}");
    }
}

#[test]
fn a_cancelled_import_leaves_nothing() {
    let folder = TempDir::new().unwrap();
    let path = write(folder.path(), "a.jsonl", &lines(60_000));
    let mut store = Store::open(folder.path()).unwrap();
    let (cancel, done) = (AtomicBool::new(false), AtomicU64::new(0));
    let control = ImportControl { cancel: Some(&cancel), lines: Some(&done), ..ImportControl::default() };
    let result = std::thread::scope(|scope| {
        scope.spawn(|| {
            while done.load(Ordering::Relaxed) == 0 {
                std::thread::yield_now();
            }
            cancel.store(true, Ordering::Relaxed);
        });
        store.import(&path, "a.jsonl", "a", control)
    });
    assert!(matches!(result, Err(StoreError::Recording(RecordingError::Cancelled { .. }))), "{result:?}");
    assert_empty(folder.path());
    cancel.store(false, Ordering::Relaxed);
    assert_eq!(store.import(&path, "a.jsonl", "a", control).unwrap().recording.counts.kept, 60_000);
}

/// Run by the test below in a process of its own, to be killed.
#[test]
#[ignore = "helper process of another test"]
fn helper_imports_until_killed() {
    let Ok(folder) = std::env::var("THROUGHLINE_TEST_FOLDER") else { return };
    let folder = PathBuf::from(folder);
    let mut store = Store::open(&folder).unwrap();
    import(&mut store, &folder.join("big.jsonl"));
}

#[test]
fn a_killed_import_leaves_nothing() {
    let folder = TempDir::new().unwrap();
    let mut file = fs::File::create(folder.path().join("big.jsonl")).unwrap();
    let block = lines(50_000);
    for copy in 0..4 {
        file.write_all(block.replace("\"m", &format!("\"m{copy}-")).as_bytes()).unwrap();
    }
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "helper_imports_until_killed", "--ignored"])
        .env("THROUGHLINE_TEST_FOLDER", folder.path())
        .stdout(std::process::Stdio::null())
        .spawn()
        .unwrap();
    // Rows reach the disk when the cache is full; then it is in the midst of it.
    let started = Instant::now();
    let size = || fs::metadata(store_file(folder.path())).map_or(0, |metadata| metadata.len());
    while size() < 4 << 20
        && child.try_wait().unwrap().is_none()
        && started.elapsed() < Duration::from_mins(1)
    {
        std::thread::sleep(Duration::from_millis(2));
    }
    child.kill().unwrap();
    let status = child.wait().unwrap();
    assert!(!status.success(), "it was done before it could be killed");
    let mut store = Store::open(folder.path()).unwrap();
    assert_eq!(store.notes(), [] as [&str; 0]);
    assert_empty(folder.path());
    assert_eq!(import(&mut store, &folder.path().join("big.jsonl")).recording.counts.kept, 200_000);
}

#[test]
fn a_second_writer_is_told_so() {
    let folder = TempDir::new().unwrap();
    let first = Store::open(folder.path()).unwrap();
    let error = Store::open(folder.path()).unwrap_err();
    assert!(matches!(error, StoreError::InUse { .. }));
    assert!(error.to_string().contains("in use by another Throughline"), "{error}");
    assert!(matches!(throughline::store::delete(folder.path()), Err(StoreError::InUse { .. })));
    drop(first);
    Store::open(folder.path()).unwrap();
}

#[test]
fn a_newer_store_is_politely_refused_and_untouched() {
    let folder = TempDir::new().unwrap();
    drop(Store::open(folder.path()).unwrap());
    let connection = Connection::open(store_file(folder.path())).unwrap();
    connection.execute_batch("PRAGMA user_version = 99; CREATE TABLE future (x);").unwrap();
    drop(connection);
    let error = Store::open(folder.path()).unwrap_err();
    assert!(matches!(error, StoreError::Newer { found: 99, known: 1, .. }), "{error}");
    assert!(error.to_string().contains("newer Throughline"), "{error}");
    let connection = Connection::open(store_file(folder.path())).unwrap();
    connection.execute("INSERT INTO future VALUES (1)", []).unwrap();
}

#[test]
fn another_programs_database_is_left_alone() {
    let folder = TempDir::new().unwrap();
    fs::create_dir(folder.path().join(STORE_FOLDER)).unwrap();
    let connection = Connection::open(store_file(folder.path())).unwrap();
    connection.execute_batch("CREATE TABLE theirs (x); INSERT INTO theirs VALUES (7);").unwrap();
    drop(connection);
    assert!(matches!(Store::open(folder.path()), Err(StoreError::Foreign { .. })));
    let connection = Connection::open(store_file(folder.path())).unwrap();
    assert_eq!(connection.query_row("SELECT x FROM theirs", [], |row| row.get::<_, i64>(0)), Ok(7));
}

#[test]
fn a_damaged_store_is_put_aside_and_begun_anew() {
    let folder = TempDir::new().unwrap();
    let path = write(folder.path(), "a.jsonl", &lines(1_000));
    let file = store_file(folder.path());
    drop(Store::open(folder.path()).unwrap());
    fs::write(&file, "not a database at all, but long enough to be one".repeat(100)).unwrap();
    let mut store = Store::open(folder.path()).unwrap();
    assert!(store.notes()[0].contains("damaged"), "{:?}", store.notes());
    assert!(file.with_extension("damaged.sqlite").exists());
    let id = import(&mut store, &path).recording.id;
    drop(store);
    // Damage in the midst of it is found when it is read, and said to be damage.
    let whole = fs::read(&file).unwrap();
    let half = whole.len() / 2;
    let overwritten = [&whole[..half], &vec![0xA5; whole.len() - half]].concat();
    for damaged in [&overwritten, &whole[..half]] {
        fs::write(&file, damaged).unwrap();
        match Store::open(folder.path()) {
            Ok(store) if store.notes().is_empty() => {
                let error = store.load_log(&[id]).map(|log| log.len()).unwrap_err();
                assert!(matches!(error, StoreError::Damaged { .. }), "{error}");
            }
            Ok(_) => {}
            Err(error) => panic!("{error}"),
        }
    }
}

#[test]
fn deleting_the_folder_loses_nothing() {
    let folder = TempDir::new().unwrap();
    let path = write(folder.path(), "crowd.jsonl", CROWD);
    let mut store = Store::open(folder.path()).unwrap();
    let id = import(&mut store, &path).recording.id;
    let before = store.load_log(&[id]).unwrap();
    drop(store);
    throughline::store::delete(folder.path()).unwrap();
    assert!(!folder.path().join(STORE_FOLDER).exists());
    let mut store = Store::open(folder.path()).unwrap();
    let id = import(&mut store, &path).recording.id;
    let after = store.load_log(&[id]).unwrap();
    assert_eq!(contents(&before), contents(&after));
    assert!(fs::read_to_string(folder.path().join(STORE_FOLDER).join(".gitignore")).unwrap().contains('*'));
}

fn key(seed: u64) -> ReplayKey {
    ReplayKey {
        journeys: "j".to_owned(),
        workspace: "w".to_owned(),
        platform: "p".to_owned(),
        recordings: "r".to_owned(),
        seed,
        horizon_ms: 1,
    }
}

#[test]
fn a_person_can_query_with_the_example_queries() {
    let folder = TempDir::new().unwrap();
    let mut store = Store::open(folder.path()).unwrap();
    import(&mut store, &write(folder.path(), "crowd.jsonl", CROWD));
    let result = results::sample();
    store.save_result(&key(1), &result).unwrap();
    drop(store);
    let connection = Connection::open(store_file(folder.path())).unwrap();
    let rows = |sql: &str| -> Vec<Vec<rusqlite::types::Value>> {
        let mut statement = connection.prepare(sql).unwrap();
        let columns = statement.column_count();
        let rows = statement.query_map([], |row| (0..columns).map(|column| row.get(column)).collect());
        rows.unwrap().collect::<Result<_, _>>().unwrap()
    };
    for (what, sql) in EXAMPLE_QUERIES {
        assert_eq!(rows(sql).len(), 1, "{what}");
    }
    let events = rows("SELECT happened, kind, name, anonymous_id FROM event_list ORDER BY happened LIMIT 1");
    assert_eq!(events[0][0], "2026-03-02 12:02:34.650".to_owned().into());
    assert_eq!(rows("SELECT * FROM event_list").len(), 533);
}

#[test]
fn results_are_found_again_by_everything_that_made_them() {
    let folder = TempDir::new().unwrap();
    let mut store = Store::open(folder.path()).unwrap();
    let result = results::sample();
    let first = store.save_result(&key(1), &result).unwrap();
    assert_eq!(store.find_result(&key(1)).unwrap(), Some(first));
    assert_eq!(store.find_result(&key(2)).unwrap(), None);
    let other = ReplayKey { platform: "q".to_owned(), ..key(1) };
    assert_eq!(store.find_result(&other).unwrap(), None);
    for seed in 1..40 {
        store.save_result(&key(seed), &ReplayResult::default()).unwrap();
    }
    assert_eq!(store.find_result(&key(1)).unwrap(), None, "the oldest goes");
    assert!(store.find_result(&key(39)).unwrap().is_some());
    let connection = Connection::open(store_file(folder.path())).unwrap();
    let count = |table: &str| -> i64 {
        connection.query_row(&format!("SELECT count(*) FROM {table}"), [], |row| row.get(0)).unwrap()
    };
    assert_eq!((count("replays"), count("messages")), (20, 0));
}

mod results {
    use throughline::{
        identity::Confidence,
        journey::Channel,
        simulator::{
            HeldState, HeldTrigger, MessageRecord, MessageState, Reason, ReplayResult, result::JourneyCounts,
        },
    };

    /// One message that did not go out and one held trigger.
    pub fn sample() -> ReplayResult {
        let because = Reason {
            at_ms: 1_772_442_000_000,
            rule: "consent",
            confidence: Some(Confidence::Documented),
            text: "Ana said no.".to_owned(),
            events: vec!["m1".to_owned()],
        };
        ReplayResult {
            messages: vec![MessageRecord {
                at_ms: 1_772_442_000_000,
                identifiers: vec!["email:ana@example.com".to_owned(), "user_id:U1".to_owned()],
                journey: "cart".into(),
                run: 1,
                started: std::sync::Arc::new(throughline::simulator::RunStart {
                    profile: "".into(),
                    number: 1,
                }),
                block: "first".into(),
                message: Some("first".into()),
                channel: Some(Channel::Email),
                state: MessageState::NotSent,
                reason: Some("no_consent"),
                flags: vec![],
                because: vec![because.into()],
                subject: "Still there".to_owned(),
                body: "…".to_owned(),
                absent: Vec::new(),
            }],
            journeys: [("cart".into(), JourneyCounts { offered: 1, started: 1, ..JourneyCounts::default() })]
                .into(),
            held: vec![HeldTrigger {
                journey: "cart".into(),
                anonymous_id: "anonymous_id:D".to_owned(),
                event: "m1".to_owned(),
                held_ms: 1_772_442_000_000,
                state: HeldState::NeverIdentified,
                decided_ms: 1_772_442_000_000,
                age_ms: None,
                cart_value: Some((19.5, "EUR".to_owned())),
            }],
            ..ReplayResult::default()
        }
    }
}
