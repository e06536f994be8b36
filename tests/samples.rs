//! The sample workspace: canonical files, the generator's own output.

#[path = "../examples/generate_samples/shopper.rs"]
#[allow(dead_code)]
mod shopper;
#[path = "../examples/generate_samples/stories.rs"]
mod stories;

use std::{
    fs,
    path::{Path, PathBuf},
};

use throughline::{
    journey::{
        format::{segments_from_ron, segments_to_ron},
        journey_from_ron, journey_to_ron,
    },
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
