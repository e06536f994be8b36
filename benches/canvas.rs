//! A frame of the canvas: 1,000 blocks near, in the middle and far out, beside an empty journey.
//! `cargo bench --bench canvas`; what it printed last stands in `README.md` here.

#![allow(clippy::unwrap_used, reason = "a measurement that cannot go on should stop")]

use std::{hint::black_box, path::Path, time::Instant};

use egui::{Context, RawInput, Rect, pos2, vec2};
use throughline::{
    app::{
        ThroughlineApp, canvas,
        command::Command,
        intent::{Intent, Intents},
        theme,
    },
    workspace::{self, WorkspaceEdit},
};

#[path = "../tests/app_support/large.rs"]
mod large;

const RUNS: usize = 60;
const BLOCKS: usize = 1_000;

fn main() {
    println!("A frame of 1,440 x 900 points, shapes to triangles included, median of {RUNS}");
    let empty = Window::of(1);
    let empty_ms = empty.frame_ms();
    println!("one block                                    {empty_ms:>9.3} ms");
    let mut window = Window::of(BLOCKS);
    println!("{BLOCKS} blocks");
    window.run(Command::ZoomFit);
    window.measure(empty_ms);
    // From as far out as it goes to as near as it goes.
    let mut zoom = window.zoom();
    loop {
        window.run(Command::ZoomIn);
        if (window.zoom() - zoom).abs() < f32::EPSILON {
            break;
        }
        zoom = window.zoom();
        window.measure(empty_ms);
    }
}

/// A canvas of the sample workspace with one more journey.
struct Window {
    app: ThroughlineApp,
    ctx: Context,
}

impl Window {
    fn of(blocks: usize) -> Self {
        let sample = Path::new(env!("CARGO_MANIFEST_DIR")).join("sample-journeys");
        let mut app = ThroughlineApp::loaded(workspace::open(&sample).unwrap());
        let ctx = Context::default();
        theme::install(&ctx);
        let add = WorkspaceEdit::AddJourney(Box::new(large::journey(blocks)));
        app.apply(&ctx, Intent::Edit(Box::new(add), None));
        let mut window = Self { app, ctx };
        window.settle();
        window
    }

    fn run(&mut self, command: Command) {
        self.app.apply(&self.ctx, Intent::Run(command));
        self.settle();
    }

    fn zoom(&self) -> f32 {
        self.app.model().camera().map_or(0.0, |camera| camera.zoom)
    }

    /// Draws until nothing is wanted any more.
    fn settle(&mut self) {
        for _ in 0..5 {
            let (_, wanted) = self.draw();
            for intent in wanted.0 {
                self.app.apply(&self.ctx, intent);
            }
        }
    }

    fn draw(&self) -> (Vec<egui::ClippedPrimitive>, Intents) {
        let screen = Rect::from_min_size(pos2(0.0, 0.0), vec2(1_440.0, 900.0));
        let raw = RawInput { screen_rect: Some(screen), ..RawInput::default() };
        let mut intents = Intents::default();
        let mut output = self.ctx.run_ui(raw, |ui| canvas::view::show(ui, self.app.model(), &mut intents));
        output.textures_delta.clear();
        let triangles = self.ctx.tessellate(std::mem::take(&mut output.shapes), output.pixels_per_point);
        (triangles, intents)
    }

    fn measure(&self, empty_ms: f64) {
        let (zoom, ms) = (self.zoom() * 100.0, self.frame_ms());
        println!(
            "at {zoom:>3.0} %                                     {ms:>9.3} ms ({:.1} x)",
            ms / empty_ms
        );
    }

    fn frame_ms(&self) -> f64 {
        let mut times: Vec<f64> = (0..RUNS)
            .map(|_| {
                let started = Instant::now();
                black_box(self.draw());
                started.elapsed().as_secs_f64() * 1e3
            })
            .collect();
        times.sort_by(f64::total_cmp);
        times[RUNS / 2]
    }
}
