//! The settings of a workspace, by role and label.
#![cfg(feature = "gui")]
#![allow(clippy::expect_used, clippy::unwrap_used, reason = "a test that cannot go on should say where")]

mod app_support;
#[path = "common/samples.rs"]
mod samples_copy;

use std::fs;

use app_support::{builder, sample, window};
use egui::{Context, Key, Modifiers, Theme, accesskit::Role};
use egui_kittest::{Harness, kittest::Queryable as _};
use samples_copy::copy_of_samples;
use throughline::{
    app::{ThroughlineApp, intent::Intent, selection::Selection},
    recording::{Roles, facts},
    workspace::WorkspaceEdit,
};

type Window = Harness<'static, ThroughlineApp>;

fn open(app: ThroughlineApp) -> Window {
    let mut app = app;
    app.apply(&Context::default(), Intent::Select(Selection::Workspace));
    window(builder((1440.0, 4000.0), Theme::Light), app)
}

#[test]
fn what_event_names_and_attributes_look_like_is_taken_over_at_a_press() {
    let mut app = sample();
    let mut facts = app.model().workspace().expect("the sample").facts.clone();
    let consent = facts.consent.clone();
    facts.roles.0.entry(facts::Role::CartAdd).or_default().clear();
    facts.consent.clear();
    app.apply(&Context::default(), Intent::Edit(Box::new(WorkspaceEdit::SetFacts(Box::new(facts))), None));
    let mut harness = open(app);
    let roles = |harness: &Window| -> Roles {
        harness.state().model().workspace().expect("the sample").facts.roles.clone()
    };
    assert_eq!(roles(&harness).role_of("Product Added"), None);
    harness.get_by_label_contains("Use it: “Product Added” looks like").click();
    harness.run();
    assert_eq!(roles(&harness).role_of("Product Added"), Some(facts::Role::CartAdd));
    assert!(harness.query_by_label_contains("Use it: “Product Added”").is_none(), "it is not offered again");
    harness.key_press_modifiers(Modifiers::COMMAND, Key::Z);
    harness.run();
    assert_eq!(roles(&harness).role_of("Product Added"), None, "taken back in one step");

    harness.get_by_label_contains("Use it: “email_consent” looks like consent to email").click();
    harness.run();
    let now = harness.state().model().workspace().expect("the sample").facts.consent.clone();
    assert_eq!(now.len(), 1);
    assert_eq!(
        now[0].channels,
        consent.iter().find(|it| it.from == now[0].from).expect("the sample’s own").channels
    );
}

#[test]
fn a_product_is_added_changed_found_saved_and_taken_away() {
    let folder = copy_of_samples();
    let file = folder.path().join("catalog.csv");
    let before = fs::read_to_string(&file).unwrap();
    let mut harness = open(ThroughlineApp::at_once(folder.path().to_owned()));
    let product = |harness: &Window, id: &str| {
        harness.state().model().workspace().and_then(|it| it.catalog.get(id).cloned())
    };
    harness.get_by_role_and_label(Role::TextInput, "Find a product").focus();
    write(&mut harness, "barrier");
    harness.get_by_label("Product Barrier Repair Cream, P2").click();
    harness.run();
    harness.get_by_role_and_label(Role::TextInput, "Price").focus();
    harness.run();
    harness.key_press_modifiers(Modifiers::COMMAND, Key::A);
    write(&mut harness, "17.50");
    press(&mut harness, Key::Enter);
    assert_eq!(product(&harness, "P2").unwrap()["price"], 17.5);
    harness.key_press_modifiers(Modifiers::COMMAND, Key::S);
    harness.run();
    let after = fs::read_to_string(&file).unwrap();
    let differs = before.lines().zip(after.lines()).filter(|(a, b)| a != b).collect::<Vec<_>>();
    assert_eq!(differs.len(), 1, "one row: {differs:?}");
    assert_eq!(differs[0].1, differs[0].0.replace(",16,EUR", ",17.5,EUR"));
    assert_eq!(before.lines().count(), after.lines().count());

    harness.get_by_role_and_label(Role::TextInput, "Add a product").focus();
    write(&mut harness, "P99");
    press(&mut harness, Key::Enter);
    assert!(product(&harness, "P99").is_some());
    harness.key_press_modifiers(Modifiers::COMMAND, Key::Z);
    harness.run();
    assert!(product(&harness, "P99").is_none(), "taken back in one step");
    harness.get_by_label("Product Barrier Repair Cream, P2").click();
    harness.run();
    harness.get_by_label("Delete the product").scroll_to_me();
    harness.run();
    harness.get_by_label("Delete the product").click();
    harness.run();
    assert!(product(&harness, "P2").is_none());
    harness.key_press_modifiers(Modifiers::COMMAND, Key::S);
    harness.run();
    assert!(!fs::read_to_string(&file).unwrap().contains("P2,Barrier"));
}

fn press(harness: &mut Window, key: Key) {
    harness.key_press(key);
    harness.run();
}

fn write(harness: &mut Window, text: &str) {
    harness.run();
    for letter in text.chars() {
        harness.event(egui::Event::Text(letter.to_string()));
        harness.run();
    }
}
