//! The sample workspace: canonical files, the generator's own output, and a recording that takes
//! every exit of every journey.

#![allow(clippy::unwrap_used)] // also in the helpers of tests

#[path = "../examples/generate_samples/shopper.rs"]
#[allow(dead_code)]
mod shopper;
#[path = "../examples/generate_samples/stories.rs"]
mod stories;

use std::{
    fs,
    io::BufReader,
    path::{Path, PathBuf},
};

use throughline::{
    journey::{
        LintContext,
        format::{segments_from_ron, segments_to_ron},
        journey_from_ron, journey_to_ron, lint,
    },
    recording::{EventLog, Span, Taxonomy, read_events},
    simulator::{ReplayInput, ReplayResult, replay},
    workspace::{self, Workspace, workspace_from_ron, workspace_to_ron},
};

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("sample-journeys")
}

fn text(file: &str) -> String {
    fs::read_to_string(folder().join(file)).unwrap()
}

fn open() -> Workspace {
    let opened = workspace::open(&folder()).unwrap();
    assert_eq!(opened.problems, [], "every file of the samples can be read");
    opened.workspace
}

/// Compares a file with its canonical form; `THROUGHLINE_CANONICAL=write` saves that instead.
fn is_canonical(file: &str, canonical: &str) {
    if std::env::var_os("THROUGHLINE_CANONICAL").is_some_and(|value| value == "write") {
        fs::write(folder().join(file), canonical).unwrap();
    }
    assert_eq!(text(file), canonical, "{file} is not in canonical form");
}

#[test]
fn files_are_in_canonical_form() {
    let shop = workspace_from_ron(&text("workspace.ron"), "workspace.ron").unwrap();
    is_canonical("workspace.ron", &workspace_to_ron(&shop));
    let segments = segments_from_ron(&text("segments.ron"), "segments.ron").unwrap();
    is_canonical("segments.ron", &segments_to_ron(&segments));
    let journeys: Vec<PathBuf> =
        fs::read_dir(folder().join("journeys")).unwrap().map(|entry| entry.unwrap().path()).collect();
    assert_eq!(journeys.len(), 6);
    for path in journeys {
        let file = format!("journeys/{}", path.file_name().unwrap().to_string_lossy());
        let journey = journey_from_ron(&text(&file), &file).unwrap();
        is_canonical(&file, &journey_to_ron(&journey));
    }
}

#[test]
fn the_generator_writes_what_is_committed() {
    for (file, generated) in stories::recordings() {
        assert_eq!(
            text(&format!("recordings/{file}")),
            generated,
            "run `cargo run --example generate_samples`"
        );
    }
}

#[test]
fn everything_opens() {
    let shop = open();
    assert_eq!(shop.name, "Calm & Clay");
    assert_eq!(shop.platform.name, "open");
    assert_eq!(shop.journeys.len(), 6);
    for entry in &shop.recordings {
        assert!(folder().join(&entry.file).is_file(), "{} exists", entry.file);
    }
}

/// Reads some of the workspace's recordings; also says which are history.
fn read(shop: &Workspace, wanted: impl Fn(&str) -> bool) -> (EventLog, Vec<u16>) {
    let mut log = EventLog::new();
    let mut history = Vec::new();
    for entry in shop.recordings.iter().filter(|entry| wanted(&entry.file)) {
        if entry.history {
            history.push(log.recordings().len() as u16);
        }
        let file = fs::File::open(folder().join(&entry.file)).unwrap();
        let counts = read_events(&mut BufReader::new(file), &entry.file, &mut log).unwrap();
        assert_eq!(counts.rejected, [], "{}", entry.file);
        assert_eq!(counts.duplicate, 0, "{}", entry.file);
    }
    (log, history)
}

/// Replays some of the workspace's recordings.
fn replayed(shop: &Workspace, wanted: impl Fn(&str) -> bool) -> ReplayResult {
    let (log, history) = read(shop, wanted);
    replay(&ReplayInput {
        log: &log,
        platform: &shop.platform,
        workspace: &shop.facts,
        catalog: &shop.catalog,
        segments: &shop.segments,
        journeys: &shop.journeys,
        also: None,
        history: &history,
        seed: 0,
        horizon: Span::days(30),
        threads: 1,
        trace: false,
        cancel: None,
        progress: None,
    })
    .unwrap()
}

#[test]
fn the_generated_recording_takes_every_exit() {
    let shop = open();
    let result = replayed(&shop, |file| file.contains("every-path") || file.contains("past-orders"));
    assert_eq!(result.duplicates, 0, "no two stories share a message id");
    let mut untaken = Vec::new();
    for journey in &shop.journeys {
        let counts = &result.journeys[&journey.id];
        for (id, block) in &journey.blocks {
            let block_counts = counts.blocks.get(id);
            for exit in block.kind.exits() {
                if block_counts.and_then(|counts| counts.exits.get(&exit)).is_none_or(|taken| *taken == 0) {
                    untaken.push(format!("{}/{id} {exit}", journey.id));
                }
            }
            if block.kind.exits().is_empty() && block_counts.is_none_or(|counts| counts.entered == 0) {
                untaken.push(format!("{}/{id}", journey.id));
            }
        }
        for exit in &journey.exits {
            if counts.ended.get(&exit.id).is_none_or(|ended| *ended == 0) {
                untaken.push(format!("{}: exit condition {}", journey.id, exit.id));
            }
        }
    }
    assert_eq!(untaken, [] as [String; 0]);
}

#[test]
fn nothing_is_wrong_with_the_journeys() {
    let shop = open();
    let log = read(&shop, |_| true).0;
    let taxonomy = Taxonomy::of(&log, &shop.facts.roles);
    let ids: Vec<_> = shop.journeys.iter().map(|journey| journey.id.clone()).collect();
    for journey in &shop.journeys {
        let problems = lint(
            journey,
            &LintContext {
                platform: &shop.platform,
                segments: &shop.segments,
                roles: &shop.facts.roles,
                catalog: &shop.catalog,
                taxonomy: Some(&taxonomy),
                journeys: &ids,
            },
        );
        let told: Vec<String> =
            problems.iter().map(|problem| format!("{}: {}", problem.code, problem.text)).collect();
        assert_eq!(told, [] as [String; 0], "{}", journey.id);
    }
}
