//! Killed at any moment, the program loses at most the last change, and breaks no file.
#![allow(clippy::unwrap_used, clippy::missing_panics_doc)]
#![cfg(unix)]

#[path = "common/samples.rs"]
mod samples_copy;

use std::{
    fs,
    io::{BufRead as _, BufReader, Write as _},
    path::{Path, PathBuf},
    process::{Command, Stdio},
    thread,
    time::Duration,
};

use samples_copy::copy_of_samples;
use throughline::{
    journey::{JourneyId, edit::EditCommand},
    workspace::{self, Workspace, WorkspaceEdit, edited},
};

/// Set for a child: the workspace it changes.
const CHILD: &str = "THROUGHLINE_RECOVERY_CHILD";
const KILLS: u64 = 200;
const JOURNEYS: [&str; 2] = ["cart-recovery", "reactivation"];

/// The number of the last change a workspace holds.
fn number(workspace: &Workspace) -> u64 {
    let of = |journey: &std::sync::Arc<throughline::journey::Journey>| journey.note.parse().unwrap_or(0);
    workspace.journeys.iter().map(of).max().unwrap_or(0)
}

/// Changes one of two journeys in turn, keeps each change, says so, and saves every fifth.
#[test]
fn child() {
    let Some(folder) = std::env::var_os(CHILD).map(PathBuf::from) else { return };
    let opened = workspace::open(&folder).unwrap();
    let (mut now, mut saved, mut files) = (opened.workspace.clone(), opened.workspace, opened.files);
    let mut out = std::io::stdout();
    let begin = number(&now);
    for change in begin + 1.. {
        let id = JourneyId::from(JOURNEYS[(change % 2) as usize]);
        let note = EditCommand::SetNote(change.to_string());
        now = edited(&now, WorkspaceEdit::Journey(id, note)).unwrap().workspace;
        workspace::keep(&now, &saved, &files, 0).unwrap();
        writeln!(out, "kept {change}").unwrap();
        out.flush().unwrap();
        if change % 5 == 0 {
            let done = workspace::save(&now, &saved, &files);
            assert!(done.held.is_empty() && done.failed.is_empty(), "{done:?}");
            (saved, files) = (done.workspace, done.files);
            workspace::forget(&folder).unwrap();
        }
    }
}

/// Runs a child, kills it after so long, and returns the last change it said was kept.
fn killed_after(folder: &Path, wait: Duration) -> u64 {
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "child", "--nocapture"])
        .env(CHILD, folder)
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let mut last = 0;
    let mut take = |line: String| {
        // The harness writes the test's name before the first line.
        if let Some((_, number)) = line.split_once("kept ") {
            last = number.parse().unwrap_or(last);
        }
    };
    // It is killed at work, not while it starts.
    for line in lines.by_ref().map_while(Result::ok) {
        let begun = line.contains("kept ");
        take(line);
        if begun {
            break;
        }
    }
    thread::park_timeout(wait);
    child.kill().unwrap();
    child.wait().unwrap();
    lines.map_while(Result::ok).for_each(take);
    last
}

#[test]
fn killed_at_any_moment_it_loses_nothing_that_was_kept() {
    let folder = copy_of_samples();
    let mut seed = 0x2545_f491_4f6c_dd1d_u64;
    for kill in 0..KILLS {
        seed ^= seed << 13;
        seed ^= seed >> 7;
        seed ^= seed << 17;
        let wait = Duration::from_micros(seed % 20_000);
        let kept = killed_after(folder.path(), wait);
        let opened = workspace::open(folder.path()).unwrap();
        assert_eq!(opened.problems, [], "kill {kill} after {wait:?}");
        let unsaved = workspace::kept(folder.path());
        let recovered = unsaved.map(|unsaved| {
            let back = workspace::recovered(&unsaved, &opened.workspace, &opened.files);
            assert_eq!(back.lost, Vec::<String>::new(), "kill {kill} after {wait:?}");
            back
        });
        let found = number(recovered.as_ref().map_or(&opened.workspace, |back| &back.workspace));
        assert!(found == kept || found == kept + 1, "kill {kill} after {wait:?}: kept {kept}, found {found}");
        if let Some(back) = recovered {
            let saved = workspace::save(&back.workspace, &opened.workspace, &back.files);
            assert!(saved.held.is_empty() && saved.failed.is_empty(), "kill {kill}: {saved:?}");
            workspace::forget(folder.path()).unwrap();
        }
        let left: Vec<String> = fs::read_dir(folder.path().join("journeys"))
            .unwrap()
            .map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned())
            .filter(|name| !name.starts_with('.'))
            .collect();
        assert_eq!(left.len(), 6, "{left:?}");
    }
}

#[test]
fn a_change_made_on_an_older_file_is_recovered_and_not_saved_over_the_newer_unasked() {
    let folder = copy_of_samples();
    let opened = workspace::open(folder.path()).unwrap();
    let note = EditCommand::SetNote("mine".to_owned());
    let edit = WorkspaceEdit::Journey("cart-recovery".into(), note);
    let now = edited(&opened.workspace, edit).unwrap().workspace;
    workspace::keep(&now, &opened.workspace, &opened.files, 7).unwrap();
    let file = folder.path().join("journeys/cart-recovery.ron");
    let theirs = fs::read_to_string(&file).unwrap().replace("name: \"Cart recovery\"", "name: \"Theirs\"");
    fs::write(&file, theirs).unwrap();

    let opened = workspace::open(folder.path()).unwrap();
    let unsaved = workspace::kept(folder.path()).unwrap();
    assert_eq!((unsaved.at_ms, unsaved.files[0].name.as_str()), (7, "journey Cart recovery"));
    let back = workspace::recovered(&unsaved, &opened.workspace, &opened.files);
    assert_eq!(number(&back.workspace), 0);
    let mine = back.workspace.journeys.iter().find(|journey| journey.note == "mine").unwrap();
    assert_eq!(mine.name, "Cart recovery");
    let saved = workspace::save(&back.workspace, &opened.workspace, &back.files);
    assert_eq!(saved.held[0].loses, workspace::Loss::Theirs);
}

#[test]
fn what_cannot_be_read_is_said_and_stops_nothing_else() {
    let folder = copy_of_samples();
    let opened = workspace::open(folder.path()).unwrap();
    let kept = folder.path().join(".throughline/unsaved/changes.json");
    fs::create_dir_all(kept.parent().unwrap()).unwrap();
    fs::write(&kept, "{ cut short").unwrap();
    assert_eq!(workspace::kept(folder.path()), None);
    let text = r#"{"format":"throughline-unsaved","version":1,"at_ms":0,"files":[
        {"file":"journeys/a.ron","base":null,"text":"broken","name":"journey A"},
        {"file":"journeys/reactivation.ron","base":null,"text":null,"name":"journey Reactivation"}]}"#;
    fs::write(&kept, text).unwrap();
    let back =
        workspace::recovered(&workspace::kept(folder.path()).unwrap(), &opened.workspace, &opened.files);
    assert_eq!(back.lost.len(), 1, "{:?}", back.lost);
    assert_eq!(back.workspace.journeys.len(), 5);
}
