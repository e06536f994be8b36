//! The inspector as an editor: by role and label, as a person would use it.
#![cfg(feature = "gui")]
#![allow(clippy::expect_used, reason = "a test that cannot go on should say where")]

mod app_support;

use app_support::{builder, sample, window};
use egui::{Key, Modifiers, Theme, accesskit::Role};
use egui_kittest::{Harness, kittest::Queryable};
use throughline::{
    app::{ThroughlineApp, canvas::graph::NodeKey, intent::Intent, state::Selection},
    journey::{BlockKind, DelayKind},
    recording::Span,
};

type Window = Harness<'static, ThroughlineApp>;

/// The window on the sample, tall enough for a whole form.
fn open() -> Window {
    let mut app = sample();
    app.apply(&egui::Context::default(), Intent::OpenJourney("cart-recovery".into()));
    window(builder((1440.0, 2400.0), Theme::Light), app)
}

fn select(harness: &mut Window, selection: Selection) {
    let ctx = harness.ctx.clone();
    harness.state_mut().apply(&ctx, Intent::Select(selection));
    harness.run();
}

fn select_block(harness: &mut Window, id: &str) {
    select(harness, Selection::Node(NodeKey::Block(id.into())));
}

fn kind(harness: &Window, id: &str) -> BlockKind {
    let journey = harness.state().model().journey().expect("a journey");
    journey.blocks.get(id).expect("the block").kind.clone()
}

/// Replaces what is in a field, as a person would.
fn retype(harness: &mut Window, name: &str, text: &str) {
    harness.get_by_role_and_label(Role::TextInput, name).focus();
    harness.run();
    harness.key_press_modifiers(Modifiers::COMMAND, Key::A);
    harness.run();
    for letter in text.chars() {
        harness.event(egui::Event::Text(letter.to_string()));
        harness.run();
    }
}

fn leave(harness: &mut Window) {
    harness.key_press(Key::Enter);
    harness.run();
}

#[test]
fn a_delay_is_changed_by_typing_and_taken_back_in_one_step() {
    let mut harness = open();
    select_block(&mut harness, "give-it-a-day");
    let before = kind(&harness, "give-it-a-day");
    retype(&mut harness, "For", "2 days 4 h");
    leave(&mut harness);
    assert_eq!(kind(&harness, "give-it-a-day"), BlockKind::Delay(DelayKind::For(Span::hours(52))));
    harness.key_press_modifiers(Modifiers::COMMAND, Key::Z);
    harness.run();
    assert_eq!(kind(&harness, "give-it-a-day"), before, "the whole burst is one step");
    let field = harness.get_by_role_and_label(Role::TextInput, "For");
    assert_eq!(field.value().as_deref(), Some("1 day"), "the field shows what is stored again");
}

#[test]
fn what_is_no_duration_is_said_and_not_stored() {
    let mut harness = open();
    select_block(&mut harness, "give-it-a-day");
    let before = kind(&harness, "give-it-a-day");
    retype(&mut harness, "For", "soon");
    assert_eq!(kind(&harness, "give-it-a-day"), before);
    harness.get_by_label_contains("“soon” is no length of time");
    leave(&mut harness);
    assert_eq!(kind(&harness, "give-it-a-day"), before);
    assert!(!harness.state().model().opened.as_ref().expect("open").document.unsaved());
}
