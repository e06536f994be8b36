//! Files and time, without a thread: errands are done when a test says so.

use std::time::Duration;

use super::*;
use crate::{
    app::{
        jobs::{Job, Product},
        session::Opened,
    },
    journey::edit::EditCommand,
    workspace,
};

const PACE: Pace = Pace { keep_s: 1.0, look: Some(Duration::from_secs(5)), replay_s: 0.15 };

fn model() -> Model {
    let mut model = Model::default();
    model.take(Ok(Product::Opened(Box::new(Opened::new(crate::app::fixture::opened())))));
    model.tick(0.0, PACE);
    model
}

fn rename(model: &mut Model, name: &str) -> Vec<Effect> {
    let id = model.journeys()[0].id.clone();
    let edit = WorkspaceEdit::Journey(id, EditCommand::Rename(name.to_owned()));
    model.apply(Intent::Edit(Box::new(edit), None))
}

fn names(effects: &[Effect]) -> Vec<&'static str> {
    let name = |effect: &Effect| match effect {
        Effect::Work(_) => "replay",
        Effect::File(Errand::Keep(_)) => "keep",
        Effect::File(Errand::Watch(..)) => "watch",
        _ => "other",
    };
    effects.iter().map(name).collect()
}

#[test]
fn a_replay_waits_for_a_pause_and_what_is_unsaved_is_kept_after_a_while() {
    let mut model = model();
    assert!(rename(&mut model, "A").is_empty(), "nothing is replayed while somebody types");
    assert!(model.tick(1.0, PACE).is_empty());
    rename(&mut model, "AB");
    assert!(model.tick(1.1, PACE).is_empty());
    assert!(model.tick(1.2, PACE).is_empty(), "the second letter put it off");
    assert_eq!(names(&model.tick(1.3, PACE)), ["replay"]);
    assert_eq!(names(&model.tick(2.0, PACE)), ["keep"], "a second after the first change");
    assert!(model.tick(3.0, PACE).is_empty() && !model.filing.replays_soon());
}

#[test]
fn the_files_of_a_workspace_are_watched_from_when_they_are_known() {
    let mut fresh = Model::default();
    fresh.take(Ok(Product::Opened(Box::new(Opened::new(crate::app::fixture::opened())))));
    let folder = fresh.workspace().and_then(|workspace| workspace.folder.clone());
    let watched = usize::from(folder.is_some());
    let of = |effects: Vec<Effect>| names(&effects).iter().filter(|name| **name == "watch").count();
    assert_eq!(of(fresh.tick(0.0, PACE)), watched);
    assert_eq!(of(fresh.tick(9.0, PACE)), 0, "once is enough");
    let never = Pace { look: None, ..PACE };
    fresh.filing.watched = None;
    assert_eq!(of(fresh.tick(10.0, never)), 0);
}

/// A window on a copy of the samples.
fn on_samples() -> (tempfile::TempDir, Model) {
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::create_dir(folder.path().join("journeys")).expect("a folder");
    for file in ["workspace.ron", "journeys/cart-recovery.ron"] {
        let from = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("sample-journeys").join(file);
        std::fs::copy(from, folder.path().join(file)).expect("a sample");
    }
    let mut model = Model::default();
    open(&mut model, folder.path());
    (folder, model)
}

fn open(model: &mut Model, folder: &std::path::Path) {
    let opened = Opened::new(workspace::open(folder).expect("a workspace"));
    model.take(Ok(Product::Opened(Box::new(opened))));
}

/// The save that is asked for.
fn save(effects: Vec<Effect>) -> Option<Papers> {
    effects.into_iter().find_map(|effect| match effect {
        Effect::File(Errand::Save(papers)) => Some(papers),
        _ => None,
    })
}

/// Makes a save.
fn saved(papers: &Papers) -> Done {
    let done = workspace::save(&papers.now, &papers.saved, &papers.files);
    Done::Saved(Arc::clone(&papers.now), Box::new(done))
}

fn journey_files(folder: &std::path::Path) -> usize {
    std::fs::read_dir(folder.join("journeys")).map_or(0, Iterator::count)
}

#[test]
fn a_second_save_waits_for_the_first() {
    let (folder, mut model) = on_samples();
    model.apply(Intent::Edit(Box::new(WorkspaceEdit::DuplicateJourney("cart-recovery".into())), None));
    let first = save(model.apply(Intent::Run(Command::Save))).expect("a save");
    rename(&mut model, "Cart rescue");
    assert!(save(model.apply(Intent::Run(Command::Save))).is_none(), "one at a time");
    assert!(model.apply(Intent::Run(Command::Save)).is_empty());
    let second = save(model.filed(saved(&first))).expect("the edit is saved too");
    assert!(model.filed(saved(&second)).is_empty());
    assert!(!model.unsaved() && model.faults.is_empty(), "{:?}", model.faults);
    assert!(model.filing.conflicts.is_empty());
    assert_eq!(journey_files(folder.path()), 2, "the new journey has one file");
    let again = workspace::open(folder.path()).expect("a workspace");
    assert_eq!(again.problems, []);
    assert!(again.workspace.journeys.iter().any(|journey| journey.name == "Cart rescue"));
}

#[test]
fn what_is_left_while_it_is_saved_is_left_when_all_of_it_is() {
    let (_folder, mut model) = on_samples();
    rename(&mut model, "A");
    let first = save(model.apply(Intent::Run(Command::Save))).expect("a save");
    rename(&mut model, "B");
    model.files(FilesIntent::Leave(Then::Quit));
    assert!(model.files(FilesIntent::SaveAndLeave).is_empty());
    let second = save(model.filed(saved(&first))).expect("what was edited meanwhile");
    assert!(matches!(model.filed(saved(&second))[..], [Effect::Quit]));
}

#[test]
fn a_save_of_a_workspace_that_was_left_says_nothing_about_the_next() {
    let (_folder, mut model) = on_samples();
    rename(&mut model, "A");
    let first = save(model.apply(Intent::Run(Command::Save))).expect("a save");
    let (other, _) = on_samples();
    open(&mut model, other.path());
    let files = model.papers().expect("open").files;
    assert!(model.filed(saved(&first)).is_empty());
    assert!(Arc::ptr_eq(&files, &model.papers().expect("open").files));
    assert!(!model.unsaved());
}

#[test]
fn what_was_found_on_disk_while_saving_is_not_believed() {
    let (folder, mut model) = on_samples();
    rename(&mut model, "A");
    let papers = save(model.apply(Intent::Run(Command::Save))).expect("a save");
    let done = saved(&papers);
    let found = workspace::disk_changes(folder.path(), &papers.files).map_err(|error| error.to_string());
    assert!(found.as_ref().is_ok_and(|changes| !changes.is_empty()), "our own save");
    assert!(model.filed(Done::Noticed(papers.files, found)).is_empty());
    model.filed(done);
    assert!(!model.unsaved() && model.filing.conflicts.is_empty() && model.filing.told.is_none());
}

#[test]
fn a_clerk_that_failed_can_be_asked_again() {
    let (_folder, mut model) = on_samples();
    rename(&mut model, "A");
    save(model.apply(Intent::Run(Command::Save))).expect("a save");
    model.filed(Done::Failed("oh".to_owned()));
    assert_eq!(model.faults.len(), 1);
    assert_eq!(names(&model.tick(1.0, Pace::AT_ONCE)).iter().filter(|name| **name == "keep").count(), 1);
    assert!(save(model.apply(Intent::Run(Command::Save))).is_some());
}

#[test]
fn what_is_edited_while_another_workspace_opens_is_asked_about() {
    let (_folder, mut model) = on_samples();
    let (other, _) = on_samples();
    let begun = model.apply(Intent::OpenWorkspace(other.path().to_owned()));
    assert!(matches!(&begun[..], [Effect::Work(job)] if matches!(**job, Job::Open(_))));
    rename(&mut model, "A");
    let replay = model.replay_job().map(Job::Replay).expect("a job");
    assert!(!model.admits(&replay), "opening goes on");
    open(&mut model, other.path());
    assert_eq!(model.journeys()[0].name, "A", "nothing is lost");
    assert_eq!(model.filing.dialog, Some(Dialog::Unsaved(Then::Open(other.path().to_owned()))));
    assert!(model.admits(&replay));
}

#[test]
fn what_stays_open_is_kept_and_replayed_again() {
    let (_folder, mut model) = on_samples();
    rename(&mut model, "A");
    model.tick(0.0, Pace::AT_ONCE);
    model.tick(1.0, Pace::AT_ONCE);
    model.files(FilesIntent::Leave(Then::Open("elsewhere".into())));
    model.files(FilesIntent::LeaveUnsaved);
    model.filed(Done::Forgotten);
    let fault = Fault { what: "no".to_owned(), place: String::new(), advice: String::new() };
    model.take(Err(fault));
    let mut due = names(&model.tick(2.0, Pace::AT_ONCE));
    due.extend(names(&model.tick(3.0, Pace::AT_ONCE)));
    assert!(due.contains(&"keep") && due.contains(&"replay"), "{due:?}");
}

#[test]
fn what_is_edited_while_a_copy_is_made_is_asked_about() {
    let (_folder, mut model) = on_samples();
    let copied = Arc::clone(&model.papers().expect("open").now);
    rename(&mut model, "A");
    assert!(model.filed(Done::Copied(Arc::clone(&copied), Ok("copy".into()))).is_empty());
    assert!(matches!(model.filing.dialog, Some(Dialog::Unsaved(Then::Open(_)))));
    let now = Arc::clone(&model.papers().expect("open").now);
    assert!(matches!(&model.filed(Done::Copied(now, Ok("copy".into())))[..], [Effect::Work(_)]));
}
