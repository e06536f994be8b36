//! A workspace on a disk that cannot be written: it is opened, replayed and edited all the same,
//! what cannot be kept is said, and the work goes elsewhere.
//!
//! Permissions do not stop whoever is root, so the folder is a disk mounted read-only where that
//! can be done, else one whose permissions are taken away. Where neither stops a write the test
//! says that nothing was tried.
#![cfg(all(feature = "gui", unix))]
#![allow(clippy::expect_used, clippy::unwrap_used, reason = "a test that cannot go on should say where")]

mod app_support;

use std::{
    fs,
    os::unix::fs::PermissionsExt as _,
    path::{Path, PathBuf},
    process::Command,
};

use app_support::{builder, window};
use egui::{Key, Modifiers, Theme};
use egui_kittest::kittest::Queryable as _;
use throughline::{
    app::{ThroughlineApp, filing::FilesIntent, intent::Intent},
    journey::edit::EditCommand,
    workspace::{self, WorkspaceEdit},
};

/// The sample workspace where nothing can be written.
struct ReadOnly {
    folder: tempfile::TempDir,
    mounted: bool,
}

impl ReadOnly {
    /// `None` where nothing stops a write.
    fn new() -> Option<Self> {
        let folder = tempfile::tempdir().unwrap();
        let mounted = run("mount", &["-t", "tmpfs", "-o", "size=8m", "tmpfs"], folder.path());
        let read_only = Self { folder, mounted };
        copy(&Path::new(env!("CARGO_MANIFEST_DIR")).join("sample-journeys"), read_only.path());
        if mounted {
            assert!(run("mount", &["-o", "remount,ro"], read_only.path()));
        } else {
            read_only.permit(0o555);
        }
        fs::write(read_only.path().join("probe"), "").is_err().then_some(read_only)
    }

    fn path(&self) -> &Path {
        self.folder.path()
    }

    fn permit(&self, mode: u32) {
        for folder in [self.path().to_owned(), self.path().join("journeys"), self.path().join("recordings")] {
            fs::set_permissions(folder, fs::Permissions::from_mode(mode)).unwrap();
        }
    }
}

impl Drop for ReadOnly {
    fn drop(&mut self) {
        if self.mounted {
            run("umount", &[], self.path());
        } else {
            self.permit(0o755);
        }
    }
}

fn run(program: &str, args: &[&str], folder: &Path) -> bool {
    Command::new(program).args(args).arg(folder).output().is_ok_and(|output| output.status.success())
}

/// Copies the files of a workspace, without its store.
fn copy(from: &Path, to: &Path) {
    for entry in fs::read_dir(from).unwrap().map(Result::unwrap) {
        let target = to.join(entry.file_name());
        if !entry.file_type().unwrap().is_dir() {
            fs::copy(entry.path(), target).unwrap();
        } else if entry.file_name() != ".throughline" {
            fs::create_dir(&target).unwrap();
            copy(&entry.path(), &target);
        }
    }
}

fn texts(folder: &Path) -> Vec<(PathBuf, Vec<u8>)> {
    let journeys = fs::read_dir(folder.join("journeys")).unwrap().map(|entry| entry.unwrap().path());
    let mut texts: Vec<_> = journeys.map(|path| (path.clone(), fs::read(path).unwrap())).collect();
    texts.sort();
    texts
}

#[test]
fn nothing_is_lost_where_nothing_can_be_written() {
    let Some(read_only) = ReadOnly::new() else {
        println!("Nothing stops a write here: a read-only folder was not tried.");
        return;
    };
    let before = texts(read_only.path());
    let app = ThroughlineApp::at_once(read_only.path().to_owned());
    let mut harness = window(builder((1440.0, 900.0), Theme::Light), app);
    let ctx = harness.ctx.clone();
    let sent = harness.state().model().outcome.as_ref().map_or(0, |outcome| outcome.result.messages.len());
    assert!(sent > 50, "it was replayed");

    let id = harness.state().model().view.journey.clone().unwrap();
    let rename = WorkspaceEdit::Journey(id.clone(), EditCommand::Rename("Cart rescue".to_owned()));
    harness.state_mut().apply(&ctx, Intent::Edit(Box::new(rename), None));
    harness.run();
    harness.key_press_modifiers(Modifiers::COMMAND, Key::S);
    harness.run();
    harness.get_by_label("Not everything is saved");
    harness.get_by_label_contains(&format!("{id}.ron"));
    let name = |model: &throughline::app::state::Model| model.journey().unwrap().name.clone();
    assert!(harness.state().model().unsaved());
    assert_eq!(name(harness.state().model()), "Cart rescue", "the work is kept in memory");
    assert_eq!(texts(read_only.path()), before);

    let elsewhere = tempfile::tempdir().unwrap();
    let rescued = elsewhere.path().join("rescued");
    let copy = Intent::Files(FilesIntent::SaveCopy(rescued.clone()));
    harness.state_mut().apply(&ctx, copy);
    harness.run();
    assert!(!harness.state().model().unsaved());
    let again = workspace::open(&rescued).unwrap().workspace;
    assert_eq!(again.journeys.iter().find(|journey| journey.id == id).unwrap().name, "Cart rescue");
}
