//! Pictures of the window, compared with the ones in `tests/snapshots`.
//!
//! Software rasterisers differ a little between systems, so the pictures are compared on Linux
//! only, drawn by a CPU adapter. It is looked for first: without one nothing is compared, and
//! the test says so, unless `THROUGHLINE_SNAPSHOTS=require`, which fails instead.
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

use std::{panic, sync::Arc};

use app_support::{builder, edge_to_edge, sample, window};
use eframe::{egui_wgpu::WgpuSetup, wgpu::DeviceType};
use egui::Theme;
use egui_kittest::{
    Harness, HarnessBuilder, SnapshotResults,
    kittest::Queryable,
    wgpu::{WgpuTestRenderer, default_wgpu_setup},
};
use made_outcome::outcome;
use throughline::app::{
    ThroughlineApp,
    canvas::{self, graph::NodeKey},
    command::Command,
    intent::Intent,
    state::{MessageKey, Selection},
    timeline,
    views::{self, Intents},
};
use throughline::workspace::WorkspaceEdit;

const THEMES: [(Theme, &str); 2] = [(Theme::Light, "light"), (Theme::Dark, "dark")];

/// A renderer on a CPU adapter, or `None` where there is none.
fn renderer() -> Option<WgpuTestRenderer> {
    let mut setup = default_wgpu_setup();
    if let WgpuSetup::CreateNew(new) = &mut setup {
        new.native_adapter_selector = Some(Arc::new(|adapters, _| {
            adapters
                .iter()
                .find(|adapter| adapter.get_info().device_type == DeviceType::Cpu)
                .cloned()
                .ok_or_else(|| "no CPU adapter".to_owned())
        }));
    }
    panic::catch_unwind(panic::AssertUnwindSafe(|| WgpuTestRenderer::from_setup(setup))).ok()
}

/// Whether pictures can be compared here; fails if they must be and cannot.
fn comparable() -> bool {
    let required = std::env::var("THROUGHLINE_SNAPSHOTS").is_ok_and(|value| value == "require");
    let able = cfg!(target_os = "linux") && renderer().is_some();
    assert!(able || !required, "THROUGHLINE_SNAPSHOTS=require, but there is no CPU adapter to draw with");
    if !able {
        println!("No CPU adapter on Linux: no picture was compared.");
    }
    able
}

fn with_cpu<State>(builder: HarnessBuilder<State>) -> HarnessBuilder<State> {
    builder.renderer(renderer().expect("a CPU adapter was there before"))
}

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

/// One view alone, of the app's model.
fn part(
    builder: HarnessBuilder<ThroughlineApp>,
    app: ThroughlineApp,
    show: fn(&mut egui::Ui, &ThroughlineApp, &mut Intents),
) -> Harness<'static, ThroughlineApp> {
    let mut harness = builder.build_ui_state(
        move |ui, app: &mut ThroughlineApp| {
            let mut intents = Intents::default();
            edge_to_edge(ui, |ui| show(ui, app, &mut intents));
            let ctx = ui.ctx().clone();
            for intent in intents.0 {
                app.apply(&ctx, intent);
                ctx.request_repaint();
            }
        },
        app,
    );
    harness.run();
    harness
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
fn a_thousand_blocks_from_far_away() {
    if !comparable() {
        return;
    }
    let mut app = made();
    let ctx = egui::Context::default();
    let add = WorkspaceEdit::AddJourney(Box::new(large::journey(1000)));
    app.apply(&ctx, Intent::Edit(Box::new(add), None));
    let builder = with_cpu(builder((900.0, 640.0), Theme::Light));
    let mut harness = part(builder, app, |ui, app, intents| canvas::view::show(ui, app.model(), intents));
    harness.state_mut().apply(&ctx, Intent::Run(Command::ZoomFit));
    harness.run();
    let mut results = SnapshotResults::new();
    results.add(harness.try_snapshot("canvas_far"));
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
            app.show_story(made_story::story());
            app.apply(&egui::Context::default(), Intent::LookTimeline(window));
            let builder = with_cpu(builder((1100.0, 240.0), theme));
            let mut harness =
                part(builder, app, |ui, app, intents| timeline::view::show(ui, app.model(), intents));
            results.add(harness.try_snapshot(format!("timeline_{zoom}_{name}")));
        }
    }
}
