//! The window and the workspace's files: saving, leaving, recovering, journeys that come and go.
#![cfg(feature = "gui")]
#![allow(clippy::unwrap_used)]

mod app_support;
#[path = "common/samples.rs"]
mod samples_copy;

use std::{fs, path::Path};

use app_support::{builder, window};
use egui::{Key, Modifiers, Theme, accesskit::Role};
use egui_kittest::{Harness, kittest::Queryable};
use samples_copy::copy_of_samples;
use throughline::{
    app::{
        ThroughlineApp,
        asked::Asked,
        filing::{Dialog, FilesIntent, Then},
        intent::Intent,
        plate::Form,
        selection::Selection,
    },
    journey::{
        JourneyId,
        edit::{EditCommand, Starter},
    },
    workspace::{self, WorkspaceEdit},
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

fn edit(harness: &mut Window, command: EditCommand) {
    let edit = WorkspaceEdit::Journey("cart-recovery".into(), command);
    want(harness, Intent::Edit(Box::new(edit), None));
}

fn look(harness: &mut Window) {
    let ctx = harness.ctx.clone();
    harness.state_mut().look_for_changes(&ctx);
    harness.run();
}

fn name_on_disk(folder: &Path, id: &str) -> Option<String> {
    let id = JourneyId::from(id);
    let opened = workspace::open(folder).unwrap().workspace;
    opened.journeys.iter().find(|journey| journey.id == id).map(|journey| journey.name.clone())
}

fn shown_name(harness: &Window, id: &str) -> Option<String> {
    harness.state().model().journey_by_id(&id.into()).map(|journey| journey.name.clone())
}

#[test]
fn what_is_not_saved_is_marked_until_it_is() {
    let folder = copy_of_samples();
    let mut harness = open(folder.path());
    edit(&mut harness, EditCommand::Rename("Cart rescue".to_owned()));
    assert!(harness.state().model().unsaved());
    harness.get_by_label("Journey Cart rescue, not saved");
    assert!(harness.query_all_by_label_contains("Cart rescue, draft").next().is_none());
    harness.key_press_modifiers(Modifiers::COMMAND, Key::S);
    harness.run();
    assert!(!harness.state().model().unsaved());
    harness.get_by_label("Journey Cart rescue");
    assert_eq!(name_on_disk(folder.path(), "cart-recovery").as_deref(), Some("Cart rescue"));
    assert_eq!(workspace::kept(folder.path()), None);
}

#[test]
fn leaving_asks_first() {
    let folder = copy_of_samples();
    let other = copy_of_samples();
    let mut harness = open(folder.path());
    edit(&mut harness, EditCommand::Rename("Cart rescue".to_owned()));
    want(&mut harness, Intent::OpenWorkspace(other.path().to_owned()));
    harness.get_by_label("Save your changes?");
    harness.get_by_label("Cancel").click();
    harness.run();
    assert!(harness.query_by_label("Save your changes?").is_none());
    assert_eq!(harness.state().model().workspace().unwrap().folder.as_deref(), Some(folder.path()));

    want(&mut harness, Intent::OpenWorkspace(other.path().to_owned()));
    harness.key_press(Key::Escape);
    harness.run();
    assert!(harness.state().model().unsaved() && harness.query_by_label("Save your changes?").is_none());

    want(&mut harness, Intent::OpenWorkspace(other.path().to_owned()));
    harness.get_by_role_and_label(Role::Button, "Save").click();
    harness.run();
    assert_eq!(name_on_disk(folder.path(), "cart-recovery").as_deref(), Some("Cart rescue"));
    assert_eq!(harness.state().model().workspace().unwrap().folder.as_deref(), Some(other.path()));

    edit(&mut harness, EditCommand::Rename("Never".to_owned()));
    want(&mut harness, Intent::OpenWorkspace(folder.path().to_owned()));
    harness.get_by_label("Don’t save").click();
    harness.run();
    assert_eq!(name_on_disk(other.path(), "cart-recovery").as_deref(), Some("Cart recovery"));
    assert_eq!(workspace::kept(other.path()), None);
    assert_eq!(harness.state().model().workspace().unwrap().folder.as_deref(), Some(folder.path()));
}

#[test]
fn the_window_is_closed_after_the_answer() {
    let folder = copy_of_samples();
    let mut harness = open(folder.path());
    edit(&mut harness, EditCommand::Rename("Cart rescue".to_owned()));
    want(&mut harness, Intent::Files(FilesIntent::Leave(Then::Quit)));
    harness.get_by_role_and_label(Role::Button, "Save").click();
    harness.run();
    assert_eq!(name_on_disk(folder.path(), "cart-recovery").as_deref(), Some("Cart rescue"));
}

#[test]
fn a_workspace_that_is_moved_away_while_open_loses_nothing() {
    let home = tempfile::tempdir().unwrap();
    let (here, there) = (home.path().join("shop"), home.path().join("elsewhere"));
    let samples = copy_of_samples();
    fs::rename(samples.path(), &here).unwrap();
    let mut harness = open(&here);
    edit(&mut harness, EditCommand::Rename("Cart rescue".to_owned()));
    fs::rename(&here, &there).unwrap();
    look(&mut harness);
    harness.get_by_label_contains("The workspace is not where it was");
    edit(&mut harness, EditCommand::SetPriority(7));
    harness.key_press_modifiers(Modifiers::COMMAND, Key::S);
    harness.run();
    assert!(harness.state().model().unsaved(), "it is not said to be saved");
    assert_eq!(shown_name(&harness, "cart-recovery").as_deref(), Some("Cart rescue"));
    assert_eq!(
        name_on_disk(&there, "cart-recovery").as_deref(),
        Some("Cart recovery"),
        "nor written elsewhere"
    );
    // It comes back.
    assert!(!here.exists(), "nothing is made where it was");
    fs::rename(&there, &here).unwrap();
    look(&mut harness);
    assert!(harness.query_by_label_contains("The workspace is not where it was").is_none());
    harness.key_press_modifiers(Modifiers::COMMAND, Key::S);
    harness.run();
    assert!(!harness.state().model().unsaved());
    assert_eq!(name_on_disk(&here, "cart-recovery").as_deref(), Some("Cart rescue"));
}

#[test]
fn a_journey_whose_file_is_renamed_stays_and_is_saved_there() {
    for name in ["a-new-name.ron", "z-new-name.ron"] {
        let folder = copy_of_samples();
        let (old, new) =
            (folder.path().join("journeys/cart-recovery.ron"), folder.path().join("journeys").join(name));
        let mut harness = open(folder.path());
        let journeys = harness.state().model().journeys().len();
        fs::rename(&old, &new).unwrap();
        look(&mut harness);
        assert_eq!(harness.state().model().journeys().len(), journeys);
        assert!(!harness.state().model().unsaved());
        harness.get_by_label(&format!("{name} was changed by another program and read again."));
        edit(&mut harness, EditCommand::Rename("Cart rescue".to_owned()));
        harness.key_press_modifiers(Modifiers::COMMAND, Key::S);
        harness.run();
        assert!(!old.exists() && !harness.state().model().unsaved());
        assert_eq!(name_on_disk(folder.path(), "cart-recovery").as_deref(), Some("Cart rescue"));

        // Renamed back, with work that is not saved: it is asked about, and ours is kept there.
        edit(&mut harness, EditCommand::Rename("Cart help".to_owned()));
        fs::rename(&new, &old).unwrap();
        look(&mut harness);
        harness.get_by_label("Keep mine").click();
        harness.run();
        harness.key_press_modifiers(Modifiers::COMMAND, Key::S);
        harness.run();
        assert!(!new.exists() && !harness.state().model().unsaved());
        assert_eq!(name_on_disk(folder.path(), "cart-recovery").as_deref(), Some("Cart help"));
        assert_eq!(workspace::open(folder.path()).unwrap().problems, []);
    }
}

#[test]
fn what_a_crash_left_is_offered_again() {
    let folder = copy_of_samples();
    let mut harness = open(folder.path());
    edit(&mut harness, EditCommand::Rename("Cart rescue".to_owned()));
    drop(harness);
    let mut harness = open(folder.path());
    harness.get_by_label("Changes that were not saved can be recovered");
    harness.get_by_label_contains("Journey Cart rescue, last changed");
    harness.get_by_label("Recover").click();
    harness.run();
    assert_eq!(shown_name(&harness, "cart-recovery").as_deref(), Some("Cart rescue"));
    assert!(harness.state().model().unsaved());
    harness.key_press_modifiers(Modifiers::COMMAND, Key::Z);
    harness.run();
    assert_eq!(shown_name(&harness, "cart-recovery").as_deref(), Some("Cart recovery"));
    harness.key_press_modifiers(Modifiers { shift: true, ..Modifiers::COMMAND }, Key::Z);
    harness.run();
    drop(harness);

    let mut harness = open(folder.path());
    harness.get_by_label("Discard").click();
    harness.run();
    drop(harness);
    assert!(open(folder.path()).query_by_label("Recover").is_none());
    assert_eq!(name_on_disk(folder.path(), "cart-recovery").as_deref(), Some("Cart recovery"));
}

#[test]
fn what_a_crash_left_stays_until_somebody_decides() {
    const BANNER: &str = "Changes that were not saved can be recovered";
    let folder = copy_of_samples();
    let mut harness = open(folder.path());
    edit(&mut harness, EditCommand::Rename("Cart rescue".to_owned()));
    drop(harness);
    // The banner is not answered, and other work is done and saved.
    let mut harness = open(folder.path());
    edit(&mut harness, EditCommand::SetPriority(7));
    harness.key_press_modifiers(Modifiers::COMMAND, Key::S);
    harness.run();
    assert!(!harness.state().model().unsaved());
    drop(harness);
    let mut harness = open(folder.path());
    harness.get_by_label(BANNER);
    // Work besides it is kept against a crash, too.
    let added = WorkspaceEdit::DuplicateJourney("cart-recovery".into());
    want(&mut harness, Intent::Edit(Box::new(added), None));
    drop(harness);
    let mut harness = open(folder.path());
    harness.get_by_label(BANNER);
    let before = harness.state().model().journeys().len();
    harness.get_by_label("Recover").click();
    harness.run();
    assert_eq!(shown_name(&harness, "cart-recovery").as_deref(), Some("Cart rescue"));
    assert_eq!(harness.state().model().journeys().len(), before + 1);
    drop(harness);
    // Recovered and not saved: it is offered once more.
    let mut harness = open(folder.path());
    harness.get_by_label("Discard").click();
    harness.run();
    drop(harness);
    assert!(open(folder.path()).query_by_label(BANNER).is_none());
}

#[test]
fn what_another_program_writes_is_read_again_or_asked_about() {
    let folder = copy_of_samples();
    let file = folder.path().join("journeys/cart-recovery.ron");
    let rewrite = |name: &str| {
        let text = fs::read_to_string(&file).unwrap();
        let old = name_on_disk(folder.path(), "cart-recovery").unwrap();
        fs::write(&file, text.replacen(&format!("name: \"{old}\""), &format!("name: \"{name}\""), 1))
            .unwrap();
    };
    let mut harness = open(folder.path());
    rewrite("By hand");
    look(&mut harness);
    assert_eq!(shown_name(&harness, "cart-recovery").as_deref(), Some("By hand"));
    assert!(!harness.state().model().unsaved());
    harness.get_by_label("cart-recovery.ron was changed by another program and read again.");
    harness.get_by_label("Dismiss").click();
    harness.run();

    edit(&mut harness, EditCommand::SetPriority(77));
    rewrite("By somebody else");
    harness.key_press_modifiers(Modifiers::COMMAND, Key::S);
    harness.run();
    assert_eq!(name_on_disk(folder.path(), "cart-recovery").as_deref(), Some("By somebody else"));
    harness.get_by_label("cart-recovery.ron was changed by another program");
    harness.get_by_label("Take theirs").click();
    harness.run();
    assert_eq!(shown_name(&harness, "cart-recovery").as_deref(), Some("By somebody else"));
    assert!(!harness.state().model().unsaved());

    edit(&mut harness, EditCommand::Rename("Mine".to_owned()));
    rewrite("Theirs once more");
    look(&mut harness);
    harness.get_by_label("Keep mine").click();
    harness.run();
    harness.key_press_modifiers(Modifiers::COMMAND, Key::S);
    harness.run();
    assert_eq!(name_on_disk(folder.path(), "cart-recovery").as_deref(), Some("Mine"));
}

#[test]
fn comments_are_not_dropped_unasked() {
    let folder = copy_of_samples();
    let file = folder.path().join("journeys/cart-recovery.ron");
    let text = fs::read_to_string(&file).unwrap();
    fs::write(&file, format!("// Agreed with legal\n{text}")).unwrap();
    let mut harness = open(folder.path());
    edit(&mut harness, EditCommand::Rename("Cart rescue".to_owned()));
    harness.key_press_modifiers(Modifiers::COMMAND, Key::S);
    harness.run();
    harness.get_by_label("Saving would lose something");
    harness.get_by_label_contains("cart-recovery.ron has comments");
    assert!(fs::read_to_string(&file).unwrap().starts_with("// Agreed"));
    harness.get_by_label("Save anyway").click();
    harness.run();
    assert_eq!(name_on_disk(folder.path(), "cart-recovery").as_deref(), Some("Cart rescue"));
}

#[test]
fn a_folder_that_is_gone_takes_nothing_with_it() {
    let folder = copy_of_samples();
    let away = tempfile::tempdir().unwrap();
    let mut harness = open(folder.path());
    edit(&mut harness, EditCommand::Rename("Cart rescue".to_owned()));
    let moved = away.path().join("moved");
    fs::rename(folder.path(), &moved).unwrap();
    look(&mut harness);
    harness.get_by_label("The workspace is not where it was");
    harness.key_press_modifiers(Modifiers::COMMAND, Key::S);
    harness.run();
    harness.get_by_label("Not everything is saved");
    assert!(harness.state().model().unsaved() && !folder.path().exists());
    assert_eq!(shown_name(&harness, "cart-recovery").as_deref(), Some("Cart rescue"));

    let rescued = away.path().join("rescued");
    want(&mut harness, Intent::Files(FilesIntent::SaveCopy(rescued.clone())));
    assert_eq!(name_on_disk(&rescued, "cart-recovery").as_deref(), Some("Cart rescue"));
    assert_eq!(harness.state().model().workspace().unwrap().folder.as_deref(), Some(rescued.as_path()));
    assert!(!harness.state().model().unsaved());
    fs::rename(&moved, folder.path()).unwrap();
}

#[test]
fn a_folder_that_cannot_be_written_is_said_calmly() {
    let folder = copy_of_samples();
    let mut harness = open(folder.path());
    // A folder where the file should be: the system refuses, whoever asks.
    let file = folder.path().join("journeys/cart-recovery.ron");
    fs::remove_file(&file).unwrap();
    fs::create_dir(&file).unwrap();
    edit(&mut harness, EditCommand::Rename("Cart rescue".to_owned()));
    harness.key_press_modifiers(Modifiers::COMMAND, Key::S);
    harness.run();
    harness.get_by_label("Not everything is saved");
    harness.get_by_label_contains("cart-recovery.ron");
    assert!(harness.state().model().unsaved());
    fs::remove_dir(&file).unwrap();
}

#[test]
fn a_broken_file_hides_nothing_but_itself() {
    let folder = copy_of_samples();
    fs::write(folder.path().join("journeys/cart-recovery.ron"), "(format: ").unwrap();
    let harness = open(folder.path());
    harness.get_by_label("A file of the workspace cannot be read");
    harness.get_by_label_contains("cart-recovery.ron:1:");
    assert_eq!(harness.state().model().journeys().len(), 5);
}

#[test]
fn journeys_begin_from_templates_and_deleted_ones_come_back() {
    let folder = copy_of_samples();
    let mut harness = open(folder.path());
    harness.get_by_role_and_label(Role::Button, "New journey").click();
    harness.run();
    harness.get_by_role_and_label(Role::Button, "Begin with: An empty journey").click();
    harness.run();
    assert_eq!(harness.state().model().journeys().len(), 7);
    assert_eq!(harness.state().model().journey().unwrap().name, "New journey");
    // A name typed first names the file, too; Enter begins with nothing.
    want(&mut harness, Intent::Files(FilesIntent::Show(Dialog::NewJourney)));
    harness.run();
    harness.get_by_role_and_label(Role::TextInput, "Name of the new journey").type_text("Win back");
    harness.run();
    harness.key_press(Key::Enter);
    harness.run();
    let begun = harness.state().model().journey().unwrap();
    assert_eq!((begun.id.as_str(), &*begun.name, begun.blocks.len()), ("win-back", "Win back", 0));
    want(&mut harness, Intent::Files(FilesIntent::Show(Dialog::NewJourney)));
    harness.get_by_role_and_label(Role::Button, "Begin with: Reactivation").click();
    harness.run();
    let model = harness.state().model();
    assert_eq!(model.journey().unwrap().id.as_str(), "reactivation-2");
    assert!(model.journey().unwrap().blocks.len() > 3);

    let names = |harness: &Window| -> Vec<String> {
        harness.state().model().journeys().iter().map(|journey| journey.name.clone()).collect()
    };
    let before = names(&harness);
    harness.key_press_modifiers(Modifiers::COMMAND, Key::K);
    harness.run();
    harness.get_by_role_and_label(Role::TextInput, "Search or run").type_text("delete journey");
    harness.run();
    harness.key_press(Key::Enter);
    harness.run();
    assert_eq!(names(&harness).len(), before.len() - 1);
    harness.key_press_modifiers(Modifiers::COMMAND, Key::Z);
    harness.run();
    assert_eq!(names(&harness), before);
    harness.key_press_modifiers(Modifiers::COMMAND, Key::S);
    harness.run();
    assert_eq!(workspace::open(folder.path()).unwrap().workspace.journeys.len(), 9);
}

#[test]
fn a_journey_is_renamed_and_duplicated_from_its_menu() {
    let folder = copy_of_samples();
    let mut harness = open(folder.path());
    let tab = |harness: &mut Window| {
        harness.get_by_label("Journey Cart recovery").click_secondary();
        harness.run();
    };
    tab(&mut harness);
    harness.get_by_role_and_label(Role::MenuItem, "Duplicate").click();
    harness.run();
    assert_eq!(harness.state().model().journey().unwrap().name, "Cart recovery (copy)");
    // The copy's tab came into view and may have moved the others out of it.
    harness.key_press_modifiers(Modifiers::COMMAND, Key::W);
    harness.run();
    tab(&mut harness);
    harness.get_by_role_and_label(Role::MenuItem, "Rename…").click();
    harness.run();
    let field = harness.get_by_role_and_label(Role::TextInput, "Name of the journey");
    field.type_text(" of spring");
    harness.run();
    harness.key_press(Key::Escape);
    harness.run();
    tab(&mut harness);
    harness.get_by_role_and_label(Role::MenuItem, "Rename…").click();
    harness.run();
    // What was typed before is forgotten, and the field is ready to be typed into.
    harness.get_by_role_and_label(Role::TextInput, "Name of the journey").type_text(" of spring");
    harness.run();
    harness.get_by_role_and_label(Role::Button, "Rename").click();
    harness.run();
    assert_eq!(shown_name(&harness, "cart-recovery").as_deref(), Some("Cart recovery of spring"));
    assert!(harness.state().model().filing.dialog.is_none());
}

#[test]
fn where_the_system_has_no_file_dialog_the_window_asks_for_a_path() {
    let folder = copy_of_samples();
    let mut harness = open(folder.path());
    let export = || Asked::Export("chart.mmd".to_owned(), "flowchart TD".to_owned());
    let ask = |asked: Asked| Intent::Files(FilesIntent::Show(Dialog::Path(Box::new(asked))));
    want(&mut harness, ask(export()));
    harness.key_press(Key::Enter);
    harness.run();
    assert_eq!(fs::read_to_string(folder.path().join("chart.mmd")).unwrap(), "flowchart TD");
    assert!(harness.state().model().filing.dialog.is_none());

    want(&mut harness, ask(export()));
    harness.get_by_role_and_label(Role::Button, "Save").click();
    harness.run();
    harness.get_by_label_contains("There is a file of this name already");
    harness.get_by_role_and_label(Role::TextInput, "Path").type_text(".txt");
    harness.run();
    assert!(harness.query_by_label_contains("There is a file of this name already").is_none());
    harness.get_by_role_and_label(Role::Button, "Save").click();
    harness.run();
    assert!(folder.path().join("chart.mmd.txt").exists());

    // What was typed is forgotten with the dialog, by whatever way it closes.
    want(&mut harness, ask(Asked::Journey));
    harness.get_by_role_and_label(Role::TextInput, "Path").type_text("none");
    harness.run();
    harness.key_press(Key::Escape);
    harness.run();
    assert!(harness.state().model().filing.dialog.is_none());
    want(&mut harness, ask(Asked::Journey));
    harness.get_by_role_and_label(Role::TextInput, "Path").type_text("journeys/reactivation.ron");
    harness.run();
    harness.key_press(Key::Enter);
    harness.run();
    assert_eq!(harness.state().model().journeys().len(), 7, "imported");

    // A folder to save a copy in is no folder to open.
    want(&mut harness, ask(Asked::CopyFolder));
    harness.get_by_role_and_label(Role::Button, "Save");
    harness.key_press(Key::Escape);
    harness.run();
    // One types on at the end, wherever the cursor was in another question.
    want(&mut harness, ask(export()));
    harness.get_by_role_and_label(Role::TextInput, "Path").type_text(".2");
    harness.run();
    harness.key_press(Key::Enter);
    harness.run();
    assert!(folder.path().join("chart.mmd.2").exists());
}

/// A file as a system hands it over.
#[derive(Debug)]
struct Dropped(std::path::PathBuf);

impl egui::DroppedFile for Dropped {
    fn path(&self) -> &Path {
        &self.0
    }
    fn bytes(&self) -> Result<Vec<u8>, String> {
        fs::read(&self.0).map_err(|error| error.to_string())
    }
}

#[test]
fn another_catalogue_takes_the_place_of_the_one_there_is() {
    let folder = copy_of_samples();
    let away = tempfile::tempdir().unwrap();
    let mut harness = open(folder.path());
    let products = |harness: &Window| harness.state().model().workspace().unwrap().catalog.products().len();
    let before = products(&harness);
    let path = away.path().join("other.csv");
    fs::write(&path, "product_id,name,price\nN1,Night oil,19\nN2,Silk,39\n,Nobody,1\n").unwrap();
    // It is held over the window, with another, and dropped.
    let held = |path: &Path| egui::HoveredFile { path: Some(path.to_owned()), mime: String::new() };
    harness.input_mut().hovered_files = vec![held(&path), held(&away.path().join("more.csv"))];
    // Files held over it keep the window drawing.
    harness.step();
    harness.get_by_label("Drop to replace the catalogue by other.csv");
    harness.input_mut().hovered_files.clear();
    harness.input_mut().dropped_files.push(std::sync::Arc::new(Dropped(path.clone())));
    harness.run();
    assert_eq!(products(&harness), 2);
    harness.get_by_label_contains("Line 4");
    harness.key_press_modifiers(Modifiers::COMMAND, Key::S);
    harness.run();
    let written = workspace::open(folder.path()).unwrap().workspace.catalog;
    assert_eq!(written.get("N2").and_then(|it| it["price"].as_f64()), Some(39.0), "it is saved");
    assert_eq!(written.products().len(), 2);
    harness.key_press_modifiers(Modifiers::COMMAND, Key::Z);
    harness.run();
    assert_eq!(products(&harness), before, "it is a change like any other");
    fs::write(&path, "once upon a time\n").unwrap();
    want(&mut harness, Intent::Files(FilesIntent::ReplaceCatalog(path)));
    assert_eq!(products(&harness), before, "what is no catalogue replaces nothing");
    harness.get_by_label_contains("The catalogue cannot be read");
}

#[test]
fn journeys_go_out_and_come_in_as_files() {
    let folder = copy_of_samples();
    let away = tempfile::tempdir().unwrap();
    let path = away.path().join("cart.ron");
    let mut harness = open(folder.path());
    let text = fs::read_to_string(folder.path().join("journeys/cart-recovery.ron")).unwrap();
    want(&mut harness, Intent::Files(FilesIntent::Export(path.clone(), text.clone())));
    assert_eq!(fs::read_to_string(&path).unwrap(), text);
    want(&mut harness, Intent::Files(FilesIntent::Import(path.clone())));
    assert_eq!(harness.state().model().journey().unwrap().id.as_str(), "cart-recovery-2");
    fs::write(&path, "broken").unwrap();
    want(&mut harness, Intent::Files(FilesIntent::Import(path)));
    harness.get_by_label("The journey cannot be read");
    assert_eq!(harness.state().model().journeys().len(), 7);
}

#[test]
fn the_journey_shown_goes_out_as_a_picture() {
    let folder = copy_of_samples();
    let away = tempfile::tempdir().unwrap();
    let mut harness = open(folder.path());
    let (svg, png) = (away.path().join("cart.svg"), away.path().join("cart.png"));
    want(&mut harness, Intent::Files(FilesIntent::Print(svg.clone(), Form::Svg)));
    let text = fs::read_to_string(&svg).unwrap();
    assert!(text.starts_with("<svg") && text.contains(">Cart reminder</text>"));
    harness.get_by_label("Exported cart.svg");
    want(&mut harness, Intent::Files(FilesIntent::Print(png.clone(), Form::Png)));
    assert_eq!(fs::read(&png).unwrap()[1..4], *b"PNG");
    want(&mut harness, Intent::Files(FilesIntent::Print(away.path().join("no/such.png"), Form::Png)));
    harness.get_by_label("Nothing was saved there");
}

#[test]
fn the_menu_says_what_undo_undoes() {
    let folder = copy_of_samples();
    let mut harness = open(folder.path());
    edit(&mut harness, EditCommand::Rename("Cart rescue".to_owned()));
    harness.get_by_label("Throughline menu").click();
    harness.run();
    harness.get_by_label("Edit").click();
    harness.run();
    harness.get_by_role_and_label(Role::MenuItem, "Undo: Rename the journey").click();
    harness.run();
    assert_eq!(shown_name(&harness, "cart-recovery").as_deref(), Some("Cart recovery"));
}

#[test]
fn problems_follow_an_edit_at_once_and_are_mended_by_a_button() {
    let folder = copy_of_samples();
    let mut harness = open(folder.path());
    assert!(harness.state().model().problems.values().all(Vec::is_empty));
    let blocks = harness.state().model().journey_by_id(&"cart-recovery".into()).unwrap().blocks.clone();
    let kind = EditCommand::Insert { kind: Starter::CartClock.kind(), on: None, at: None };
    edit(&mut harness, kind);
    harness.key_press_modifiers(Modifiers { shift: true, ..Modifiers::COMMAND }, Key::M);
    harness.run();
    let (label, number) = {
        let found = harness.state().model().problems_of(&"cart-recovery".into());
        let fix = found.iter().find_map(|problem| problem.fix.as_ref()).expect("a problem with a fix");
        (fix.label.clone(), found.len())
    };
    harness.get_all_by_label(&format!("Fix: {label}")).next().unwrap().click();
    harness.run();
    let model = harness.state().model();
    assert!(model.problems_of(&"cart-recovery".into()).len() < number);
    harness.key_press_modifiers(Modifiers::COMMAND, Key::Z);
    harness.run();
    assert_eq!(harness.state().model().problems_of(&"cart-recovery".into()).len(), number);
    harness.key_press_modifiers(Modifiers::COMMAND, Key::Z);
    harness.run();
    assert_eq!(harness.state().model().journey_by_id(&"cart-recovery".into()).unwrap().blocks, blocks);
}

#[test]
fn help_lists_keys_and_words() {
    let folder = copy_of_samples();
    let mut harness = open(folder.path());
    harness.key_press(Key::F1);
    harness.run();
    harness.get_by_label("Keys and words");
    harness.get_by_label("Held trigger");
    harness.get_by_label_contains("Undo: Ctrl+Z");
}

#[test]
fn a_person_is_found_from_anywhere_and_nothing_else_has_the_keys_meanwhile() {
    let folder = copy_of_samples();
    let mut harness = open(folder.path());
    harness.key_press_modifiers(Modifiers::COMMAND, Key::K);
    harness.run();
    harness.get_by_role_and_label(Role::TextInput, "Search or run").type_text("ana.keller");
    harness.run();
    harness.get_by_role_and_label(Role::ListItem, "ana.keller@example.com");
    harness.key_press(Key::Enter);
    harness.run();
    assert!(harness.query_by_role_and_label(Role::TextInput, "Search or run").is_none());
    let Selection::Person(identifiers) = &harness.state().model().view.selection else { panic!("a person") };
    assert!(identifiers.contains(&"email:ana.keller@example.com".to_owned()));
}

#[test]
fn however_much_is_wrong_in_a_folder_the_banners_are_few() {
    let folder = copy_of_samples();
    let rows: Vec<String> = (0..200).map(|at| format!("P{at},Thing {at},cheap\n")).collect();
    fs::write(folder.path().join("catalog.csv"), format!("product_id,name,price\n{}", rows.concat()))
        .unwrap();
    for at in 0..9 {
        fs::write(folder.path().join(format!("journeys/broken-{at}.ron")), "(").unwrap();
    }
    let harness = open(folder.path());
    harness.get_by_label_contains("And 199 more.");
    assert_eq!(harness.query_all_by_label("A file has a flaw").count(), 1);
    assert_eq!(harness.query_all_by_label("A file of the workspace cannot be read").count(), 2);
    harness.get_by_label("7 more files cannot be read, or not wholly");
    harness.get_by_label("broken-2.ron, broken-3.ron, broken-4.ron. And 4 more.");
    assert_eq!(harness.query_all_by_label("Dismiss").count(), 4);
}
