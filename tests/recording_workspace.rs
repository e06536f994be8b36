//! A workspace's recordings through the one call that both shells make: with the store and
//! without, the same events.

#![allow(clippy::unwrap_used)]

use std::{
    fs,
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

use tempfile::TempDir;
use throughline::{
    identity::Platform,
    journey::Segments,
    recording::EventLog,
    simulator::WorkspaceFacts,
    store::{ImportControl, Store},
    workspace::{LoadedRecordings, RecordingEntry, Workspace, load_recordings, open_store, recordings},
};

fn workspace(folder: Option<&Path>, entries: &[(&str, &str, bool)]) -> Workspace {
    let entry = |(file, name, history): &(&str, &str, bool)| RecordingEntry {
        file: (*file).to_owned(),
        name: (*name).to_owned(),
        history: *history,
    };
    Workspace {
        folder: folder.map(Path::to_owned),
        name: "Test".to_owned(),
        platform: Platform::preset("customerio").unwrap().clone(),
        facts: WorkspaceFacts::default(),
        segments: Segments::default(),
        catalog: Arc::default(),
        journeys: Vec::new(),
        recordings: entries.iter().map(entry).collect(),
    }
}

/// A folder with two recordings in `recordings/`.
fn folder() -> TempDir {
    let folder = TempDir::new().unwrap();
    fs::create_dir(folder.path().join("recordings")).unwrap();
    for (name, ids) in [("old.jsonl", ["a", "b"]), ("new.jsonl", ["c", "d"])] {
        let line = |id: &str| {
            format!(
                r#"{{"type":"page","messageId":"{id}","anonymousId":"D","timestamp":"2026-03-02T09:00:00Z"}}"#
            )
        };
        let text = ids.map(line).join("\n");
        fs::write(folder.path().join("recordings").join(name), text).unwrap();
    }
    folder
}

const ENTRIES: [(&str, &str, bool); 2] =
    [("recordings/old.jsonl", "Last year", true), ("recordings/new.jsonl", "", false)];

fn load(workspace: &Workspace, files: &[PathBuf]) -> (LoadedRecordings, Option<Store>) {
    recordings::load(workspace, files, ImportControl::default()).unwrap()
}

fn ids(log: &EventLog) -> Vec<&str> {
    log.events().iter().map(|event| log.message_id(event)).collect()
}

#[test]
fn all_recordings_of_the_workspace_come_in_its_order() {
    let folder = folder();
    let workspace = workspace(Some(folder.path()), &ENTRIES);
    let (first, store) = load(&workspace, &[]);
    assert_eq!(ids(&first.log), ["a", "b", "c", "d"]);
    assert_eq!(first.log.recordings(), ["Last year", "new.jsonl"]);
    assert_eq!(first.history, [0]);
    assert_eq!(first.counts().recordings["new.jsonl"].kept, 2);
    assert!(first.sources.iter().all(|source| source.stored.is_some()));
    drop(store);
    // From the store this time, and the same.
    let (again, _) = load(&workspace, &[]);
    assert_eq!(again.sources, first.sources);
    assert_eq!(ids(&again.log), ids(&first.log));
}

#[test]
fn given_files_come_instead_and_keep_what_the_workspace_says_of_them() {
    let folder = folder();
    let workspace = workspace(Some(folder.path()), &ENTRIES);
    let (loaded, _) = load(&workspace, &[folder.path().join("recordings/old.jsonl")]);
    assert_eq!(loaded.log.recordings(), ["Last year"]);
    assert_eq!(loaded.history, [0]);
    // A file from elsewhere is read and not kept.
    let elsewhere = TempDir::new().unwrap();
    let file = elsewhere.path().join("new.jsonl");
    fs::copy(folder.path().join("recordings/new.jsonl"), &file).unwrap();
    let both = [file.clone(), file, folder.path().join("recordings/new.jsonl")];
    let (loaded, store) = load(&workspace, &both);
    assert_eq!(ids(&loaded.log), ["c", "d", "c", "d"], "a file given twice counts once");
    assert_eq!(loaded.sources[0].stored, None);
    assert_ne!(loaded.sources[0].name, loaded.sources[1].name);
    assert_eq!(loaded.sources[0].digest, loaded.sources[1].digest);
    assert_eq!(store.unwrap().recordings().unwrap().len(), 2);
}

#[test]
fn without_a_store_everything_works_from_memory() {
    let folder = folder();
    let inside = workspace(Some(folder.path()), &ENTRIES);
    let busy = Store::open(folder.path()).unwrap();
    let (loaded, store) = load(&inside, &[]);
    assert!(store.is_none());
    assert!(loaded.notes[0].contains("in use by another Throughline"), "{:?}", loaded.notes);
    assert_eq!(ids(&loaded.log), ["a", "b", "c", "d"]);
    drop(busy);
    let (stored, _) = load(&inside, &[]);
    assert_eq!(stored.digests(), loaded.digests());
    // A bare journey has no folder at all.
    let (bare, notes) = (workspace(None, &[]), Vec::<String>::new());
    assert_eq!(open_store(&bare).1, notes);
    let (loaded, _) = load(&bare, &[folder.path().join("recordings/new.jsonl")]);
    assert_eq!(ids(&loaded.log), ["c", "d"]);
}

#[test]
fn progress_goes_on_from_file_to_file() {
    let folder = folder();
    let workspace = workspace(Some(folder.path()), &ENTRIES);
    let size = |(file, ..): &(&str, &str, bool)| fs::metadata(folder.path().join(file)).unwrap().len();
    let all: u64 = ENTRIES.iter().map(size).sum();
    let bytes = AtomicU64::new(0);
    let control = ImportControl { bytes: Some(&bytes), ..ImportControl::default() };
    load_recordings(&workspace, None, &[], control).unwrap();
    assert_eq!(bytes.swap(0, Ordering::Relaxed), all, "read straight into memory");
    let mut store = open_store(&workspace).0.unwrap();
    for how in ["imported", "known"] {
        load_recordings(&workspace, Some(&mut store), &[], control).unwrap();
        assert_eq!(bytes.swap(0, Ordering::Relaxed), all, "{how}");
    }
    // What is told while a file is read counts on from those before it.
    let mut control = control;
    control.pass(100);
    store.forget(store.recordings().unwrap()[0].id).unwrap();
    let old = folder.path().join(ENTRIES[0].0);
    store.import(&old, ENTRIES[0].0, "Last year", control).unwrap();
    assert_eq!(bytes.into_inner(), 100 + size(&ENTRIES[0]));
}

#[test]
fn one_that_cannot_be_used_does_not_stop_the_others() {
    let folder = folder();
    fs::write(folder.path().join("recordings/odd.jsonl"), "nonsense\n").unwrap();
    fs::write(folder.path().join("recordings/empty.jsonl"), "").unwrap();
    let entries = [
        ("recordings/none.jsonl", "", false),
        ENTRIES[0],
        ("recordings/odd.jsonl", "Odd one", true),
        ("recordings", "", false),
        ENTRIES[1],
        ("recordings/empty.jsonl", "", false),
    ];
    let workspace = workspace(Some(folder.path()), &entries);
    let (stored, store) = load(&workspace, &[]);
    assert_eq!(store.unwrap().recordings().unwrap().len(), 2);
    let read = load_recordings(&workspace, None, &[], ImportControl::default()).unwrap();
    for loaded in [stored, read] {
        assert_eq!(ids(&loaded.log), ["a", "b", "c", "d"]);
        assert_eq!(loaded.log.recordings(), ["Last year", "new.jsonl"]);
        assert_eq!(loaded.history, [0]);
        assert_eq!(loaded.sources.iter().map(|source| source.place).collect::<Vec<_>>(), [1, 4]);
        let unusable: Vec<_> =
            loaded.unusable.iter().map(|unusable| (unusable.place, unusable.file.as_str())).collect();
        let files = ["recordings/none.jsonl", "recordings/odd.jsonl", "recordings", "recordings/empty.jsonl"];
        assert_eq!(unusable, [0, 2, 3, 5].into_iter().zip(files).collect::<Vec<_>>());
        assert!(loaded.unusable[0].reason.contains("none.jsonl"), "{:?}", loaded.unusable);
        assert!(
            loaded.unusable[1].reason.contains("Odd one has no usable event: line 1"),
            "{:?}",
            loaded.unusable
        );
    }
}

#[test]
fn a_store_damaged_in_its_midst_is_rebuilt() {
    let folder = folder();
    let line = |n: usize| {
        format!(
            r#"{{"type":"page","messageId":"{n}","anonymousId":"D{n}","timestamp":"2026-03-02T09:00:00Z"}}"#
        )
    };
    let text = (0..5_000).map(line).collect::<Vec<_>>().join("\n");
    fs::write(folder.path().join("recordings/new.jsonl"), text).unwrap();
    let workspace = workspace(Some(folder.path()), &ENTRIES);
    let (before, store) = load(&workspace, &[]);
    let file = store.unwrap().file().to_owned();
    let mut bytes = fs::read(&file).unwrap();
    let half = bytes.len() / 2;
    bytes[half..].fill(0xA5);
    fs::write(&file, bytes).unwrap();
    let (after, _) = load(&workspace, &[]);
    assert!(after.notes[0].contains("damaged"), "{:?}", after.notes);
    assert_eq!(ids(&after.log), ids(&before.log));
}
