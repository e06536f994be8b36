//! The window and its recordings: files that change while it is open, and lists that do.
#![cfg(feature = "gui")]
#![allow(clippy::unwrap_used)]

mod app_support;
#[path = "common/samples.rs"]
mod samples_copy;

use std::{fs, io::Write, path::Path};

use app_support::{builder, window};
use egui::Theme;
use egui_kittest::Harness;
use samples_copy::copy_of_samples;
use throughline::app::{
    ThroughlineApp,
    command::Command,
    intent::Intent,
    selection::Selection,
    session::{Outcome, RecordingChoice},
};

type Window = Harness<'static, ThroughlineApp>;

fn open(folder: &Path) -> Window {
    window(builder((1440.0, 900.0), Theme::Light), ThroughlineApp::at_once(folder.to_owned()))
}

fn want(harness: &mut Window, intent: Intent) {
    let ctx = harness.ctx.clone();
    harness.state_mut().apply(&ctx, intent);
    harness.run();
}

fn outcome(harness: &Window) -> &Outcome {
    harness.state().model().outcome.as_ref().unwrap()
}

/// Rewrites `workspace.ron` and has the window look.
fn rewrite(harness: &mut Window, folder: &Path, change: impl Fn(&str) -> String) {
    let file = folder.join("workspace.ron");
    let text = fs::read_to_string(&file).unwrap();
    let changed = change(&text);
    assert_ne!(text, changed);
    fs::write(file, changed).unwrap();
    let ctx = harness.ctx.clone();
    harness.state_mut().look_for_changes(&ctx);
    harness.run();
}

#[test]
fn replay_again_reads_a_recording_that_was_changed() {
    let folder = copy_of_samples();
    let mut harness = open(folder.path());
    let before = outcome(&harness).result.people.len();
    let file = folder.path().join("recordings/every-path.jsonl");
    let line = r#"{"type":"identify","messageId":"late","userId":"newcomer","traits":{"email":"new@example.com"},"timestamp":"2026-03-08T09:00:00Z"}"#;
    writeln!(fs::OpenOptions::new().append(true).open(file).unwrap(), "\n{line}").unwrap();
    want(&mut harness, Intent::Run(Command::Replay));
    assert_eq!(outcome(&harness).result.people.len(), before + 1);
}

#[test]
fn a_recording_that_becomes_history_triggers_nothing_any_more() {
    let folder = copy_of_samples();
    let mut harness = open(folder.path());
    let is_new = |harness: &Window| {
        let messages = &outcome(harness).result.messages;
        messages.iter().filter(|message| message.identifiers.iter().any(|id| id.contains("ada"))).count()
    };
    assert!(is_new(&harness) > 0);
    let listed = r#"name: "Every path""#;
    rewrite(&mut harness, folder.path(), |text| text.replace(listed, &format!("{listed}, history: true")));
    assert_eq!(is_new(&harness), 0);
    rewrite(&mut harness, folder.path(), |text| text.replace(", name: \"Every path\", history: true", ""));
    assert!(is_new(&harness) > 0);
}

#[test]
fn what_is_chosen_of_the_recordings_stays_chosen_where_others_go() {
    let folder = copy_of_samples();
    let mut harness = open(folder.path());
    let last = harness.state().model().sources.len() - 1;
    want(&mut harness, Intent::ChooseRecordings(RecordingChoice::One(last)));
    want(&mut harness, Intent::Select(Selection::Recording(last)));
    let shopper = r#"(file: "recordings/sensitive-skin-shopper.jsonl", name: "Sensitive skin shopper"),"#;
    rewrite(&mut harness, folder.path(), |text| text.replace(shopper, ""));
    let chosen = |harness: &Window| harness.state().model().choice.as_ref().unwrap().recordings.clone();
    assert_eq!(chosen(&harness), RecordingChoice::One(last - 1));
    assert_eq!(harness.state().model().view.selection, Selection::Recording(last - 1));
    // Undone, it is where it was.
    want(&mut harness, Intent::Run(Command::Undo));
    assert_eq!(harness.state().model().sources.len(), last + 1);
    assert_eq!(chosen(&harness), RecordingChoice::One(last));
    want(&mut harness, Intent::Run(Command::Redo));
    // What is chosen goes itself.
    let path = r#"(file: "recordings/every-path.jsonl", name: "Every path"),"#;
    rewrite(&mut harness, folder.path(), |text| text.replace(path, ""));
    assert_eq!(chosen(&harness), RecordingChoice::All);
    assert_eq!(harness.state().model().view.selection, Selection::Nothing);
}
