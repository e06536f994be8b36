//! Pictures of views, drawn the same way everywhere.
//!
//! Software rasterisers differ a little between systems, so pictures are compared on Linux only,
//! drawn by a CPU adapter. It is looked for first: without one nothing is compared, and the test
//! says so, unless `THROUGHLINE_SNAPSHOTS=require`, which fails instead.

#![allow(
    dead_code,
    clippy::expect_used,
    clippy::missing_panics_doc,
    reason = "a test that cannot go on should say where"
)]

use std::{panic, sync::Arc};

use eframe::{egui_wgpu::WgpuSetup, wgpu::DeviceType};
use egui::Theme;
use egui_kittest::{
    Harness, HarnessBuilder,
    wgpu::{WgpuTestRenderer, default_wgpu_setup},
};
use throughline::app::{ThroughlineApp, intent::Intents};

use super::app_support::edge_to_edge;

/// Every picture is taken in both.
pub const THEMES: [(Theme, &str); 2] = [(Theme::Light, "light"), (Theme::Dark, "dark")];

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
pub fn comparable() -> bool {
    let required = std::env::var("THROUGHLINE_SNAPSHOTS").is_ok_and(|value| value == "require");
    let able = cfg!(target_os = "linux") && renderer().is_some();
    assert!(able || !required, "THROUGHLINE_SNAPSHOTS=require, but there is no CPU adapter to draw with");
    if !able {
        println!("No CPU adapter on Linux: no picture was compared.");
    }
    able
}

/// Draws on a CPU.
pub fn with_cpu<State>(builder: HarnessBuilder<State>) -> HarnessBuilder<State> {
    builder.renderer(renderer().expect("a CPU adapter was there before"))
}

/// One view alone, of the app's model.
pub fn part(
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
