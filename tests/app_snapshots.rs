//! Pictures of the window, compared with the ones in `tests/snapshots`.
//!
//! They are compared where `app_support/pictures.rs` says.
//! `UPDATE_SNAPSHOTS=true cargo test --test app_snapshots` makes new ones.
#![cfg(feature = "gui")]
#![allow(clippy::expect_used, reason = "a test that cannot go on should say where")]

mod app_support;
#[path = "app_support/large.rs"]
mod large;
#[path = "app_support/made.rs"]
mod made_outcome;
#[path = "app_support/story.rs"]
mod made_story;
#[path = "app_support/pictures.rs"]
mod pictures;

use app_support::{builder, sample, window};

use egui_kittest::{SnapshotResults, kittest::Queryable};
use made_outcome::outcome;
use pictures::{THEMES, comparable, part, with_cpu};
use throughline::{
    app::{
        ThroughlineApp, canvas,
        command::Command,
        diagram::graph::NodeKey,
        intent::Intent,
        selection::{MessageKey, Selection},
        state::BottomTab,
        timeline,
        transport::CursorIntent,
        views,
    },
    workspace::WorkspaceEdit,
};

/// The sample workspace with a made-up outcome, looking at cart recovery.
fn made() -> ThroughlineApp {
    let mut app = sample();
    app.show_outcome(outcome());
    app.apply(&egui::Context::default(), Intent::OpenJourney("cart-recovery".into()));
    app
}

/// The same, looking at the message that was not sent.
fn made_with_message() -> ThroughlineApp {
    let mut app = made();
    let selection = Selection::Message(MessageKey::of(&outcome().result.messages[0]));
    app.apply(&egui::Context::default(), Intent::Select(selection));
    app
}

#[test]
fn window_in_both_themes() {
    if !comparable() {
        return;
    }
    let mut results = SnapshotResults::new();
    for (theme, name) in THEMES {
        let app = made_with_message();
        let mut harness = window(with_cpu(builder((1280.0, 800.0), theme)), app);
        results.add(harness.try_snapshot(format!("window_{name}")));
    }
}

#[test]
fn canvas_in_both_themes_at_two_scales() {
    if !comparable() {
        return;
    }
    let mut results = SnapshotResults::new();
    for (theme, name) in THEMES {
        for scale in [1.0_f32, 2.0] {
            let builder = with_cpu(builder((900.0, 640.0), theme).with_pixels_per_point(scale));
            let mut harness =
                part(builder, made(), |ui, app, intents| canvas::view::show(ui, app.model(), intents));
            results.add(harness.try_snapshot(format!("canvas_{name}_{scale}x")));
        }
    }
}

#[test]
fn palette_in_both_themes() {
    if !comparable() {
        return;
    }
    let mut results = SnapshotResults::new();
    for (theme, name) in THEMES {
        let builder = with_cpu(builder((900.0, 640.0), theme));
        let mut harness =
            part(builder, made(), |ui, app, intents| canvas::view::show(ui, app.model(), intents));
        harness.get_by_label("Add a block between Wait for an email and 4 hours from the cart").click();
        harness.run();
        results.add(harness.try_snapshot(format!("palette_{name}")));
    }
}

#[test]
fn many_blocks_in_both_themes() {
    if !comparable() {
        return;
    }
    let mut results = SnapshotResults::new();
    let ctx = egui::Context::default();
    for (blocks, picture) in [(50, "canvas_fifty"), (1000, "canvas_far")] {
        for (theme, name) in THEMES {
            let mut app = made();
            let add = WorkspaceEdit::AddJourney(Box::new(large::journey(blocks)));
            app.apply(&ctx, Intent::Edit(Box::new(add), None));
            let builder = with_cpu(builder((900.0, 640.0), theme));
            let mut harness =
                part(builder, app, |ui, app, intents| canvas::view::show(ui, app.model(), intents));
            harness.state_mut().apply(&ctx, Intent::Run(Command::ZoomFit));
            harness.run();
            results.add(harness.try_snapshot(format!("{picture}_{name}")));
        }
    }
}

#[test]
fn inspector_in_both_themes() {
    if !comparable() {
        return;
    }
    let mut results = SnapshotResults::new();
    for (theme, name) in THEMES {
        let app = made_with_message();
        let builder = with_cpu(builder((340.0, 760.0), theme));
        let mut harness =
            part(builder, app, |ui, app, intents| views::inspector::show(ui, app.model(), intents));
        results.add(harness.try_snapshot(format!("inspector_{name}")));
    }
}

/// The same, looking at a block, a segment or the workspace.
fn made_with(selection: Selection) -> ThroughlineApp {
    let mut app = made();
    app.apply(&egui::Context::default(), Intent::Select(selection));
    app
}

#[test]
fn forms_in_both_themes_at_two_scales() {
    if !comparable() {
        return;
    }
    let mut results = SnapshotResults::new();
    for (theme, name) in THEMES {
        let block = |id: &str| Selection::Node(NodeKey::Block(id.into()));
        let forms = [
            ("question", 800.0, block("second-look")),
            ("delay", 840.0, block("cart-clock")),
            ("message", 1280.0, block("reminder")),
            ("trigger", 800.0, Selection::Node(NodeKey::Trigger)),
            ("segment", 700.0, Selection::Segment("intent-high".to_owned())),
            ("workspace", 2600.0, Selection::Workspace),
        ];
        for (form, height, selection) in forms {
            for scale in [1.0_f32, 2.0] {
                // One form is enough to see that every line is crisp.
                if scale == 2.0 && form != "question" {
                    continue;
                }
                let builder = with_cpu(builder((340.0, height), theme).with_pixels_per_point(scale));
                let app = made_with(selection.clone());
                let mut harness =
                    part(builder, app, |ui, app, intents| views::inspector::show(ui, app.model(), intents));
                results.add(harness.try_snapshot(format!("form_{form}_{name}_{scale}x")));
            }
        }
    }
}

#[test]
fn timeline_at_three_zooms_in_both_themes() {
    if !comparable() {
        return;
    }
    let mut results = SnapshotResults::new();
    for (theme, name) in THEMES {
        for (zoom, window) in made_story::windows() {
            let mut app = made();
            app.show_stories(vec![made_story::story()]);
            app.apply(&egui::Context::default(), Intent::LookTimeline(window));
            let builder = with_cpu(builder((1100.0, 240.0), theme));
            let mut harness =
                part(builder, app, |ui, app, intents| timeline::view::show(ui, app.model(), intents));
            results.add(harness.try_snapshot(format!("timeline_{zoom}_{name}")));
        }
    }
}

#[test]
fn several_people_on_the_timeline_in_both_themes() {
    if !comparable() {
        return;
    }
    let mut results = SnapshotResults::new();
    for (theme, name) in THEMES {
        let mut app = made();
        app.show_stories(vec![made_story::story(), made_story::ben()]);
        let to = CursorIntent::Move(Some(made_story::cursor_ms()));
        app.apply(&egui::Context::default(), Intent::Cursor(to));
        let builder = with_cpu(builder((1100.0, 400.0), theme));
        let mut harness =
            part(builder, app, |ui, app, intents| timeline::view::show(ui, app.model(), intents));
        results.add(harness.try_snapshot(format!("timeline_several_{name}")));
    }
}

#[test]
fn the_cursor_with_the_state_at_it_in_both_themes() {
    if !comparable() {
        return;
    }
    let mut results = SnapshotResults::new();
    for (theme, name) in THEMES {
        let told = || {
            let mut app = made();
            app.show_stories(vec![made_story::busy()]);
            app.apply(&egui::Context::default(), Intent::ShowTab(BottomTab::Timeline));
            let to = CursorIntent::Move(Some(made_story::cursor_ms()));
            app.apply(&egui::Context::default(), Intent::Cursor(to));
            app
        };
        let lanes = with_cpu(builder((1100.0, 300.0), theme));
        let mut harness =
            part(lanes, told(), |ui, app, intents| timeline::view::show(ui, app.model(), intents));
        results.add(harness.try_snapshot(format!("timeline_cursor_{name}")));
        let details = with_cpu(builder((340.0, 1_100.0), theme));
        let mut harness =
            part(details, told(), |ui, app, intents| views::inspector::show(ui, app.model(), intents));
        results.add(harness.try_snapshot(format!("state_at_the_cursor_{name}")));
    }
}
