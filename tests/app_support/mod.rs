//! The window on the sample workspace, driven without a screen.

#![allow(
    dead_code,
    clippy::expect_used,
    clippy::missing_panics_doc,
    reason = "a test that cannot go on should say where"
)]

use std::path::Path;

use egui::Theme;
use egui_kittest::{Harness, HarnessBuilder};
use throughline::{
    app::{ThroughlineApp, theme},
    workspace,
};

/// The sample workspace, loaded and replayed.
pub fn sample() -> ThroughlineApp {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("sample-journeys");
    ThroughlineApp::loaded(workspace::open(&folder).expect("the sample workspace opens"))
}

/// A harness of a size in points, in a theme, with the window's fonts and styles.
pub fn builder<State>(size: (f32, f32), theme: Theme) -> HarnessBuilder<State> {
    HarnessBuilder::default()
        .with_size(egui::vec2(size.0, size.1))
        .with_theme(theme)
        .with_max_steps(12)
        .with_context_setup(theme::install)
}

/// The whole window.
pub fn window(
    builder: HarnessBuilder<ThroughlineApp>,
    app: ThroughlineApp,
) -> Harness<'static, ThroughlineApp> {
    let mut harness = builder.build_ui_state(
        |ui, app: &mut ThroughlineApp| {
            app.before(&ui.ctx().clone());
            edge_to_edge(ui, |ui| app.draw(ui));
        },
        app,
    );
    harness.run();
    harness
}

/// The harness leaves a margin round what it shows; a window has none.
pub fn edge_to_edge(ui: &mut egui::Ui, add: impl FnOnce(&mut egui::Ui)) {
    let all = ui.ctx().content_rect();
    ui.scope_builder(egui::UiBuilder::new().max_rect(all), |ui| {
        ui.set_clip_rect(all);
        add(ui);
    });
}
