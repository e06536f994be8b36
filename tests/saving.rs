//! Saving a workspace: only what differs, nothing of anybody else's, and the same bytes again.
#![allow(clippy::unwrap_used, clippy::missing_panics_doc)]

#[path = "common/samples.rs"]
mod samples_copy;

use std::{collections::BTreeMap, fs, path::Path, sync::Arc};

use samples_copy::copy_of_samples;
use throughline::{
    identity::Platform,
    journey::{
        AddressNeed, Condition, Identification, JourneyId, Status,
        edit::{EditCommand, Starter},
        journey_from_ron, journey_to_ron,
    },
    workspace::{self, Loss, Opened, Saved, Workspace, WorkspaceEdit, edited, platform_to_ron},
};

fn changed(workspace: &Workspace, edit: WorkspaceEdit) -> Workspace {
    edited(workspace, edit).unwrap().workspace
}

fn with(workspace: &Workspace, id: &str, command: EditCommand) -> Workspace {
    changed(workspace, WorkspaceEdit::Journey(id.into(), command))
}

fn save(opened: &Opened, now: &Workspace) -> Saved {
    workspace::save(now, &opened.workspace, &opened.files)
}

/// Every file below a folder with its text, but the store.
fn texts(folder: &Path) -> BTreeMap<String, String> {
    let mut texts = BTreeMap::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(here) = folders.pop() {
        for entry in fs::read_dir(here).unwrap() {
            let path = entry.unwrap().path();
            let name = path.strip_prefix(folder).unwrap().to_string_lossy().into_owned();
            if path.is_dir() && name != ".throughline" {
                folders.push(path);
            } else if path.is_file() {
                texts.insert(name, String::from_utf8_lossy(&fs::read(&path).unwrap()).into_owned());
            }
        }
    }
    texts
}

/// Lines of one text that the other has not, both ways.
fn differing_lines(before: &str, after: &str) -> (Vec<String>, Vec<String>) {
    let missing = |from: &str, of: &str| {
        let mut left: Vec<&str> = of.lines().collect();
        let mut missing = Vec::new();
        for line in from.lines() {
            match left.iter().position(|other| *other == line) {
                Some(at) => drop(left.remove(at)),
                None => missing.push(line.to_owned()),
            }
        }
        missing
    };
    (missing(before, after), missing(after, before))
}

#[test]
fn saving_what_did_not_change_writes_nothing() {
    let folder = copy_of_samples();
    let before = texts(folder.path());
    let opened = workspace::open(folder.path()).unwrap();
    let saved = save(&opened, &opened.workspace);
    assert_eq!((saved.written.len(), saved.held.len(), saved.failed.len()), (0, 0, 0));
    assert_eq!(texts(folder.path()), before);
}

#[test]
fn a_change_of_one_field_is_a_change_of_one_line_in_every_journey() {
    let folder = copy_of_samples();
    let ids: Vec<JourneyId> =
        workspace::open(folder.path()).unwrap().workspace.journeys.iter().map(|it| it.id.clone()).collect();
    for id in ids {
        let priority = |workspace: &Workspace| {
            workspace.journeys.iter().find(|journey| journey.id == id).unwrap().priority
        };
        for command in [
            EditCommand::Rename("Another name".to_owned()),
            EditCommand::SetNote("A note".to_owned()),
            EditCommand::SetPriority(priority(&workspace::open(folder.path()).unwrap().workspace) + 3),
        ] {
            let opened = workspace::open(folder.path()).unwrap();
            let before = texts(folder.path());
            let now = with(&opened.workspace, id.as_str(), command.clone());
            let saved = save(&opened, &now);
            assert_eq!(saved.written, [opened.files.journeys[&id].clone()], "{command:?}");
            let after = texts(folder.path());
            for (file, text) in &before {
                let (gone, new) = differing_lines(text, &after[file]);
                let ours = file == &format!("journeys/{id}.ron");
                assert!(gone.len() <= usize::from(ours), "{file}: {gone:?}");
                assert_eq!(new.len(), usize::from(ours), "{file}: {new:?}");
            }
            // Out, in and out again is the same to the byte, and the workspace the same too.
            let again = workspace::open(folder.path()).unwrap();
            assert_eq!(again.workspace, now);
            for journey in &again.workspace.journeys {
                let text = journey_to_ron(journey);
                assert_eq!(journey_to_ron(&journey_from_ron(&text, "again").unwrap()), text);
            }
            assert_eq!(saved.files, again.files, "what was saved is known as if it had been read");
            // And back: undo and save restore the bytes.
            workspace::save(&opened.workspace, &saved.workspace, &saved.files);
            assert_eq!(texts(folder.path()), before);
        }
    }
}

#[test]
fn settings_and_segments_go_to_their_own_files() {
    let folder = copy_of_samples();
    let opened = workspace::open(folder.path()).unwrap();
    let before = texts(folder.path());
    let renamed = changed(&opened.workspace, WorkspaceEdit::Rename("Winter shop".to_owned()));
    let saved = save(&opened, &renamed);
    assert_eq!(saved.written, [folder.path().join("workspace.ron")]);
    let (gone, new) =
        differing_lines(&before["workspace.ron"], &fs::read_to_string(&saved.written[0]).unwrap());
    assert_eq!((gone.len(), new.len()), (1, 1), "{gone:?} {new:?}");

    let (id, mut segment) =
        renamed.segments.0.first_key_value().map(|(id, it)| (id.clone(), it.clone())).unwrap();
    segment.name = "Another name".to_owned();
    let now = changed(&renamed, WorkspaceEdit::SetSegment(id, Box::new(segment)));
    let saved = workspace::save(&now, &saved.workspace, &saved.files);
    assert_eq!(saved.written, [folder.path().join("segments.ron")]);
    assert_eq!(workspace::open(folder.path()).unwrap().workspace, now);
}

#[test]
fn journeys_come_and_go_with_their_files() {
    let folder = copy_of_samples();
    fs::write(folder.path().join("journeys/cart-recovery-copy.ron"), "broken").unwrap();
    let opened = workspace::open(folder.path()).unwrap();
    let copied = changed(&opened.workspace, WorkspaceEdit::DuplicateJourney("cart-recovery".into()));
    let now = changed(&copied, WorkspaceEdit::DeleteJourney("reactivation".into()));
    let saved = save(&opened, &now);
    assert!(saved.failed.is_empty() && saved.held.is_empty(), "{saved:?}");
    assert!(!folder.path().join("journeys/reactivation.ron").exists());
    let broken = fs::read_to_string(folder.path().join("journeys/cart-recovery-copy.ron")).unwrap();
    assert_eq!(broken, "broken", "a file that could not be read is never overwritten");
    assert!(folder.path().join("journeys/cart-recovery-copy-2.ron").exists());
    let again = workspace::open(folder.path()).unwrap();
    assert!(workspace::differing(&again.workspace, &now).is_empty());
}

#[test]
fn nothing_of_anybody_elses_is_overwritten_unasked() {
    let folder = copy_of_samples();
    let file = folder.path().join("journeys/cart-recovery.ron");
    let opened = workspace::open(folder.path()).unwrap();
    let now = with(&opened.workspace, "cart-recovery", EditCommand::SetPriority(77));
    let theirs = fs::read_to_string(&file).unwrap().replace("name: \"Cart recovery\"", "name: \"Theirs\"");
    fs::write(&file, &theirs).unwrap();
    let saved = save(&opened, &now);
    assert_eq!(saved.held.iter().map(|held| held.loses).collect::<Vec<_>>(), [Loss::Theirs]);
    assert_eq!(fs::read_to_string(&file).unwrap(), theirs);

    let commented = format!("// For the team\n{}", journey_to_ron(&opened.workspace.journeys[0]));
    fs::write(&opened.files.journeys[&opened.workspace.journeys[0].id], commented).unwrap();
    fs::write(folder.path().join("segments.ron"), "broken").unwrap();
    let mut opened = workspace::open(folder.path()).unwrap();
    let first = opened.workspace.journeys[0].id.clone();
    let now = with(&opened.workspace, first.as_str(), EditCommand::SetPriority(78));
    let segment = workspace::open(&samples()).unwrap().workspace.segments.0.pop_first().unwrap();
    let now = changed(&now, WorkspaceEdit::SetSegment(segment.0, Box::new(segment.1)));
    let saved = save(&opened, &now);
    let held: Vec<Loss> = saved.held.iter().map(|held| held.loses).collect();
    assert_eq!(held, [Loss::Comments, Loss::Unreadable]);
    assert!(saved.written.is_empty());
    for held in &saved.held {
        opened.files.give_up(&held.file);
    }
    assert_eq!(save(&opened, &now).written.len(), 2, "once the person agrees it is saved");
}

fn samples() -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("sample-journeys")
}

#[test]
fn platforms_are_written_as_they_are_read() {
    for preset in Platform::presets() {
        let text = platform_to_ron(preset);
        let read = Platform::from_ron(&text, &preset.name).unwrap();
        assert_eq!(read, *preset);
        assert_eq!(platform_to_ron(&read), text);
    }
}

#[test]
fn a_platform_of_its_own_gets_a_file_of_its_own() {
    let folder = copy_of_samples();
    let opened = workspace::open(folder.path()).unwrap();
    let mut own = opened.workspace.platform.clone();
    own.label = "Our own".to_owned();
    own.name = "ours".to_owned();
    let now = changed(&opened.workspace, WorkspaceEdit::SetPlatform(Box::new(own)));
    let saved = save(&opened, &now);
    assert_eq!(saved.written, [folder.path().join("platform.ron"), folder.path().join("workspace.ron")]);
    let again = workspace::open(folder.path()).unwrap();
    assert_eq!(again.workspace, now);
    assert_eq!(again.files, saved.files);
    let preset = Platform::presets()[0].clone();
    let back = changed(&now, WorkspaceEdit::SetPlatform(Box::new(preset)));
    let saved = workspace::save(&back, &saved.workspace, &saved.files);
    assert_eq!(saved.written, [folder.path().join("workspace.ron")]);
    assert_eq!(workspace::open(folder.path()).unwrap().workspace, back);
}

#[test]
fn a_copy_of_everything_goes_to_another_folder() {
    let folder = copy_of_samples();
    let opened = workspace::open(folder.path()).unwrap();
    let now = with(&opened.workspace, "cart-recovery", EditCommand::SetStatus(Status::Draft));
    let now =
        with(&now, "cart-recovery", EditCommand::Insert { kind: Starter::Email.kind(), on: None, at: None });
    let target = tempfile::tempdir().unwrap();
    let to = target.path().join("copy");
    workspace::save_copy(&now, &opened.workspace, &opened.files, &to).unwrap();
    let copied = workspace::open(&to).unwrap();
    assert_eq!(copied.problems, []);
    assert_eq!(Workspace { folder: now.folder.clone(), ..copied.workspace }, now);
    assert!(to.join(&now.recordings[0].file).is_file());
    let refused = workspace::save_copy(&now, &opened.workspace, &opened.files, &to).unwrap_err();
    assert!(refused.to_string().contains("not empty"), "{refused}");
    assert_eq!(
        workspace::open(folder.path()).unwrap().workspace,
        opened.workspace,
        "the old one is as it was"
    );

    // The folder was moved away: the copy has everything that is in memory.
    let gone = folder.path().join("gone");
    drop(folder);
    let saved = save(&opened, &now);
    assert!(saved.failed[0].contains("is not there any more"), "{:?}", saved.failed);
    assert!(!gone.exists());
    let to = target.path().join("rescued");
    workspace::save_copy(&now, &opened.workspace, &opened.files, &to).unwrap();
    assert_eq!(workspace::open(&to).unwrap().workspace.journeys, now.journeys);
}

#[test]
fn what_other_programs_do_is_noticed_and_taken() {
    let folder = copy_of_samples();
    let mut opened = workspace::open(folder.path()).unwrap();
    let changes = |opened: &Opened| workspace::disk_changes(folder.path(), &opened.files).unwrap();
    assert_eq!(changes(&opened), []);
    let path = |name: &str| folder.path().join(name);
    let cart = fs::read_to_string(path("journeys/cart-recovery.ron")).unwrap();
    fs::write(path("journeys/cart-recovery.ron"), cart.replace("Cart recovery", "Theirs")).unwrap();
    fs::write(path("journeys/new.ron"), cart.replace("id: \"cart-recovery\"", "id: \"new\"")).unwrap();
    fs::remove_file(path("journeys/reactivation.ron")).unwrap();
    fs::write(path("catalog.csv"), "product_id\nP1\n").unwrap();
    fs::write(path("journeys/checkout-abandonment.ron"), "broken").unwrap();
    let found = changes(&opened);
    let unreadable = found.iter().filter(|change| !change.can_be_taken()).count();
    assert_eq!((found.len(), unreadable), (5, 1), "{found:?}");
    for change in found.iter().filter(|change| change.can_be_taken()) {
        change.take_into(&mut opened.workspace);
        change.note_in(&mut opened.files);
    }
    assert_eq!(changes(&opened).len(), 1, "what is broken is still so");
    fs::write(path("journeys/checkout-abandonment.ron"), &cart).unwrap();
    let twice = &changes(&opened)[0];
    assert!(
        matches!(&twice.theirs, workspace::Theirs::Unreadable(why) if why.contains("already")),
        "{twice:?}"
    );
    fs::remove_file(path("journeys/checkout-abandonment.ron")).unwrap();
    for change in changes(&opened) {
        change.take_into(&mut opened.workspace);
        change.note_in(&mut opened.files);
    }
    let again = workspace::open(folder.path()).unwrap();
    assert_eq!(again.workspace, opened.workspace);
    assert_eq!(again.files, opened.files);
}

#[test]
fn one_file_that_cannot_be_saved_holds_no_other_back() {
    let folder = copy_of_samples();
    let opened = workspace::open(folder.path()).unwrap();
    let now = with(&opened.workspace, "cart-recovery", EditCommand::SetPriority(77));
    let now = with(&now, "reactivation", EditCommand::SetPriority(78));
    // A folder where the file should be: the system refuses, whoever asks.
    let file = folder.path().join("journeys/cart-recovery.ron");
    fs::remove_file(&file).unwrap();
    fs::create_dir(&file).unwrap();
    let saved = save(&opened, &now);
    assert_eq!(saved.written, [folder.path().join("journeys/reactivation.ron")]);
    assert!(saved.failed[0].contains("cart-recovery.ron"), "{:?}", saved.failed);
    let left = workspace::differing(&now, &saved.workspace);
    assert_eq!(left.len(), 1, "what could not be saved is still unsaved");
}

#[test]
fn what_could_not_be_read_again_is_not_written() {
    let folder = copy_of_samples();
    let opened = workspace::open(folder.path()).unwrap();
    let nested = |levels: usize| {
        let is_known = Condition::Identified { by: Identification::Any, address: AddressNeed::Any };
        let condition = (0..levels).fold(is_known, |inner, _| Condition::Not(Box::new(inner)));
        with(&opened.workspace, "cart-recovery", EditCommand::SetAudience(Some(condition)))
    };
    let before = texts(folder.path());
    let saved = save(&opened, &nested(200));
    assert!(
        saved.failed[0].contains("cart-recovery.ron") && saved.failed[0].contains("nested too deeply"),
        "{:?}",
        saved.failed
    );
    assert_eq!(texts(folder.path()), before);
    let saved = save(&opened, &nested(20));
    assert_eq!((saved.failed.len(), saved.written.len()), (0, 1));
}

#[test]
fn a_full_disk_leaves_the_file_whole() {
    use std::process::Command;
    let folder = tempfile::tempdir().unwrap();
    let mounted = Command::new("mount")
        .args(["-t", "tmpfs", "-o", "size=256k", "tmpfs"])
        .arg(folder.path())
        .output()
        .is_ok_and(|output| output.status.success());
    if !mounted {
        println!("No small disk could be mounted: a full disk was not tried.");
        return;
    }
    let result = std::panic::catch_unwind(|| {
        fs::create_dir(folder.path().join("journeys")).unwrap();
        let file = folder.path().join("journeys/cart-recovery.ron");
        fs::copy(samples().join("journeys/cart-recovery.ron"), &file).unwrap();
        let before = fs::read(&file).unwrap();
        let opened = workspace::open(folder.path()).unwrap();
        let long = "It does not fit. ".repeat(40_000);
        let now = with(&opened.workspace, "cart-recovery", EditCommand::SetNote(long));
        let saved = save(&opened, &now);
        assert!(saved.failed[0].contains("No space left"), "{:?}", saved.failed);
        assert_eq!(fs::read(&file).unwrap(), before);
        assert_eq!(fs::read_dir(folder.path().join("journeys")).unwrap().count(), 1);
        assert!(Arc::ptr_eq(&saved.workspace.journeys[0], &opened.workspace.journeys[0]));
    });
    let _ = Command::new("umount").arg(folder.path()).output();
    assert!(result.is_ok());
}
