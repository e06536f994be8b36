//! The window, driven by role and label as a person would.
#![cfg(feature = "gui")]

mod app_support;

use app_support::{builder, sample, window};
use egui::{Key, Modifiers, Theme, accesskit::Role};
use egui_kittest::{Harness, kittest::Queryable};
use throughline::{
    app::{ThroughlineApp, diagram::graph::NodeKey, selection::Selection},
    words,
    workspace::{self, RecordingEntry},
};

fn open() -> Harness<'static, ThroughlineApp> {
    window(builder((1440.0, 900.0), Theme::Light), sample())
}

fn shown(harness: &Harness<'_, ThroughlineApp>) -> String {
    harness.state().model().view.journey.as_ref().map_or_else(String::new, ToString::to_string)
}

#[test]
fn the_sample_opens_with_its_journey_drawn_and_counted() {
    let harness = open();
    let model = harness.state().model();
    let outcome = model.outcome.as_ref().expect("a replay");
    assert!(outcome.result.events > 500 && !outcome.result.messages.is_empty());
    let journey = model.journey().expect("a journey");
    let (_, scene) = model.scene.as_ref().expect("a scene");
    assert_eq!(scene.blocks.len(), journey.blocks.len() + 1);
    let started = outcome.counts(&journey.id).expect("counts").started;
    harness.get_by_label_contains(&format!(", trigger, {started} run"));
    harness.get_by_label_contains("Replayed");
}

#[test]
fn another_journey_is_chosen_in_the_sidebar() {
    let mut harness = open();
    let other = harness
        .state()
        .model()
        .journeys()
        .iter()
        .map(|j| j.name.clone())
        .find(|name| harness.state().model().journey().is_some_and(|shown| shown.name != *name));
    let other = other.expect("a second journey");
    harness.get_all_by_label_contains(&other).next().expect("it is listed").click();
    harness.run();
    assert_eq!(harness.state().model().journey().map(|journey| journey.name.clone()), Some(other));
}

#[test]
fn a_message_says_why() {
    let mut harness = open();
    let first = {
        let model = harness.state().model();
        let outcome = model.outcome.as_ref().expect("a replay");
        outcome.result.messages[model.rows[0]].clone()
    };
    let who = words::person::who(&first.identifiers);
    harness.get_all_by_label_contains(&format!(" to {who}, ")).next().expect("its row").click();
    harness.run();
    assert!(matches!(harness.state().model().view.selection, Selection::Message(_)));
    harness.get_by_label("Why");
    for step in &first.because {
        let zone = harness.state().model().zone();
        let text = words::sentence(&words::time::with_spoken_instants(&step.text, zone));
        assert!(harness.query_all_by_label(&text).next().is_some(), "{text}");
    }
    if !first.subject.is_empty() {
        harness.get_by_label("Preview");
        harness.get_by_label(&first.subject);
    }
}

#[test]
fn another_platform_gives_other_results() {
    let mut harness = open();
    let before = harness.state().model().outcome.clone().expect("a replay");
    harness.get_by_label_contains("Platform: ").click();
    harness.run();
    harness.get_by_role_and_label(Role::MenuItemRadio, "Customer.io").click();
    harness.run();
    let model = harness.state().model();
    let after = model.outcome.as_ref().expect("another replay");
    assert_eq!(model.choice.as_ref().map(|choice| choice.platform.as_str()), Some("customerio"));
    assert_ne!(before.result.messages, after.result.messages);
    assert!(after.result.held.len() > before.result.held.len(), "Customer.io holds triggers");
    harness.get_by_label_contains("Platform: Customer.io");
}

#[test]
fn one_recording_is_replayed_alone() {
    let mut harness = open();
    let all = harness.state().model().outcome.as_ref().expect("a replay").result.events;
    harness.get_by_label_contains("Recording: ").click();
    harness.run();
    harness.get_by_role_and_label(Role::MenuItemRadio, "Sensitive skin shopper").click();
    harness.run();
    let one = harness.state().model().outcome.as_ref().expect("a replay").result.events;
    assert!(one > 0 && one < all);
}

#[test]
fn a_block_shows_its_settings_and_counts() {
    let mut harness = open();
    harness.get_by_label("Journey Cart recovery").click();
    harness.run();
    harness.get_all_by_label_contains(", wait for identify").next().expect("the block").click();
    harness.run();
    harness.get_by_label("Passed");
    harness.get_by_label_contains("Came here: ");
}

#[test]
fn messages_are_filtered_and_sorted() {
    let mut harness = open();
    let all = harness.state().model().rows.len();
    harness.key_press_modifiers(Modifiers::COMMAND, Key::F);
    harness.run();
    let field = harness.get_by_role_and_label(Role::TextInput, "Filter messages");
    field.type_text("sensitive");
    harness.run();
    let some = harness.state().model().rows.len();
    assert!(some > 0 && some < all, "{some} of {all}");
    let first = harness.state().model().rows[0];
    harness.get_by_label("Sort by when").click();
    harness.run();
    assert_ne!(harness.state().model().rows[0], first, "the order is turned round");
    harness.key_press_modifiers(Modifiers::COMMAND, Key::F);
    harness.run();
    harness.get_by_role_and_label(Role::TextInput, "Filter messages").type_text(" no such thing");
    harness.run();
    harness.get_by_label("No message passes the filter");
}

#[test]
fn the_keyboard_zooms_walks_and_changes_journeys() {
    let mut harness = open();
    let zoom =
        |harness: &Harness<'_, ThroughlineApp>| harness.state().model().camera().expect("a camera").zoom;
    let before = zoom(&harness);
    harness.key_press(Key::Plus);
    harness.run();
    assert!(zoom(&harness) > before);
    harness.key_press(Key::Num1);
    harness.run();
    assert!((zoom(&harness) - 1.0).abs() < 0.001);
    harness.key_press(Key::ArrowDown);
    harness.run();
    harness.key_press(Key::ArrowDown);
    harness.run();
    assert!(matches!(harness.state().model().view.selection, Selection::Node(_)));
    harness.key_press(Key::Escape);
    harness.run();
    assert_eq!(harness.state().model().view.selection, Selection::Nothing);
    let first = shown(&harness);
    harness.key_press_modifiers(Modifiers::COMMAND, Key::PageDown);
    harness.run();
    assert_ne!(shown(&harness), first);
}

#[test]
fn a_missing_recording_is_a_calm_banner() {
    let mut harness = open();
    let ctx = harness.ctx.clone();
    let missing = std::path::PathBuf::from("no-such-recording.jsonl");
    harness.state_mut().apply(&ctx, throughline::app::intent::Intent::AddRecordings(vec![missing]));
    harness.run();
    harness.get_by_label_contains("cannot be read");
    harness.get_by_label("Dismiss").click();
    harness.run();
    assert!(harness.query_by_label_contains("cannot be read").is_none());
}

#[test]
fn a_recording_that_cannot_be_read_does_not_stop_the_others() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("sample-journeys");
    let mut opened = workspace::open(&folder).expect("the sample workspace opens");
    let missing = RecordingEntry { file: "no-such.jsonl".to_owned(), name: String::new(), history: false };
    opened.workspace.recordings.insert(0, missing);
    let harness = window(builder((1440.0, 900.0), Theme::Light), ThroughlineApp::loaded(opened));
    harness.get_by_label("A recording cannot be read");
    let outcome = harness.state().model().outcome.as_ref().expect("a replay");
    let whole = open();
    let all = whole.state().model().outcome.as_ref().expect("a replay");
    assert_eq!(outcome.result.messages, all.result.messages);
    assert_eq!((&outcome.imports[0], &outcome.imports[1..]), (&None, &all.imports[..]));
}

#[test]
fn the_window_draws_nothing_by_the_wall_clock() {
    let texts = |harness: &Harness<'_, ThroughlineApp>| {
        harness.state().model().outcome.as_ref().map(|outcome| outcome.took_ms)
    };
    assert_eq!(texts(&open()), Some(4));
}

#[test]
fn the_wheel_pans_and_with_ctrl_or_a_pinch_it_zooms() {
    let mut harness = open();
    let camera = |harness: &Harness<'_, ThroughlineApp>| harness.state().model().camera().expect("a camera");
    let before = camera(&harness);
    let middle = harness.state().model().view.canvas.center();
    harness.hover_at(middle);
    harness.run();
    harness.event(egui::Event::Zoom(1.5));
    harness.run();
    let zoomed = camera(&harness);
    assert!(zoomed.zoom > before.zoom * 1.2, "{zoomed:?}");
    harness.event(egui::Event::MouseWheel {
        unit: egui::MouseWheelUnit::Point,
        delta: egui::vec2(0.0, -40.0),
        phase: egui::TouchPhase::Move,
        source: egui::MouseWheelSource::Wheel,
        modifiers: Modifiers::NONE,
    });
    harness.run();
    let panned = camera(&harness);
    assert!(panned.center.y > zoomed.center.y && panned.zoom == zoomed.zoom, "{panned:?}");
    harness.event_modifiers(
        egui::Event::MouseWheel {
            unit: egui::MouseWheelUnit::Point,
            delta: egui::vec2(0.0, -80.0),
            phase: egui::TouchPhase::Move,
            source: egui::MouseWheelSource::Wheel,
            modifiers: Modifiers::COMMAND,
        },
        Modifiers::COMMAND,
    );
    harness.run();
    assert!(camera(&harness).zoom < panned.zoom);
}

#[test]
fn the_paper_is_dragged() {
    let mut harness = open();
    let center =
        |harness: &Harness<'_, ThroughlineApp>| harness.state().model().camera().expect("a camera").center;
    let before = center(&harness);
    // Under the bar and beside the journey the ground is free.
    let ground = harness.state().model().view.canvas.left_top() + egui::vec2(30.0, 30.0);
    harness.drag_at(ground);
    harness.run();
    harness.hover_at(ground + egui::vec2(60.0, 40.0));
    harness.run();
    harness.drop_at(ground + egui::vec2(60.0, 40.0));
    harness.run();
    let after = center(&harness);
    assert!(after.x < before.x && after.y < before.y, "{before:?} to {after:?}");
    assert_eq!(harness.state().model().view.selection, Selection::Nothing);
}

#[test]
fn the_timeline_tells_the_story_of_whoever_got_the_message() {
    let mut harness = open();
    harness.get_by_label("Timeline tab").click();
    harness.run();
    harness.get_by_label("Nobody is in focus");
    harness.get_by_label_contains("Messages tab").click();
    harness.run();
    harness.get_by_role_and_label(Role::TextInput, "Filter messages").focus();
    harness.run();
    harness.get_by_role_and_label(Role::TextInput, "Filter messages").type_text("ana.keller");
    harness.run();
    harness.get_all_by_label_contains(" to ana.keller@example.com, ").next().expect("her message").click();
    harness.run();
    harness.get_by_label("Timeline tab").click();
    harness.run();
    harness.get_by_label("Timeline of ana.keller@example.com");
    let story = harness.state().model().story.clone().expect("her story");
    assert_eq!(story.devices.len(), 1);
    let wait = harness.get_all_by_label_contains("Wait for an email: ").next().expect("the wait, as a bar");
    wait.click();
    harness.run();
    assert!(matches!(harness.state().model().view.selection, Selection::Node(_)));
    harness.get_by_label("Look at the timeline closer").click();
    harness.run();
    let closer = harness.state().model().view.timeline.expect("a stretch of it");
    assert!(closer.length_ms() < story.to_ms - story.from_ms);
    harness.get_by_label("Show the whole timeline").click();
    harness.run();
    assert_eq!(harness.state().model().view.timeline, None);
}

#[test]
fn a_person_is_found_by_any_identifier_and_says_what_they_got() {
    let mut harness = open();
    harness.get_by_label_contains("People tab, ").click();
    harness.run();
    let all = harness.state().model().people.len();
    harness.get_by_role_and_label(Role::TextInput, "Find people").focus();
    harness.run();
    harness.get_by_role_and_label(Role::TextInput, "Find people").type_text("u-7");
    harness.run();
    assert!(harness.state().model().people.len() < all);
    harness.get_all_by_label_contains("ana.keller@example.com, ").next().expect("her row").click();
    harness.run();
    harness.get_by_label("Email ana.keller@example.com");
    harness.get_by_label("Messages of all journeys");
    harness.get_by_label("Show on the timeline").click();
    harness.run();
    harness.get_by_label("Timeline of ana.keller@example.com");
    harness.get_all_by_label_contains(", sent, ").next().expect("a message she got").scroll_to_me();
    harness.run();
    harness.get_all_by_label_contains(", sent, ").next().expect("a message she got").click();
    harness.run();
    assert!(matches!(harness.state().model().view.selection, Selection::Message(_)));
}

#[test]
fn a_message_that_never_went_says_why_not_for_whoever_is_in_focus() {
    let mut harness = open();
    harness.get_by_label_contains("Recording: ").click();
    harness.run();
    harness.get_by_role_and_label(Role::MenuItemRadio, "Sensitive skin shopper").click();
    harness.run();
    harness.get_by_label_contains("People tab, ").click();
    harness.run();
    harness.get_all_by_label_contains("ana.keller@example.com, ").next().expect("her row").click();
    harness.run();
    harness.get_by_label("Journey Cart recovery").click();
    harness.run();
    let reached = Selection::Node(NodeKey::Block("reassurance".into()));
    let ctx = harness.ctx.clone();
    harness.state_mut().apply(&ctx, throughline::app::intent::Intent::Select(reached));
    harness.run();
    harness.get_by_label("Why ana.keller@example.com did not get it");
    harness.get_all_by_label_contains("Showed friction?").next().expect("the branch that turned her away");
}
