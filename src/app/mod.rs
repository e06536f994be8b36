//! The window: a thin shell over the library.
//!
//! One pass goes: the worker's reports are taken in, the views are drawn from the [`state::Model`]
//! and return what the person wants as [`intent::Intent`]s, and these are applied in one place.
//! Files, SQLite and replays are the worker's; the window never waits for them.

pub mod canvas;
pub mod command;
pub mod document;
pub mod drawing;
#[cfg(test)]
mod fixture;
pub mod intent;
pub mod jobs;
pub mod messages;
pub mod people;
pub mod session;
pub mod state;
pub mod theme;
pub mod timeline;
pub mod views;
pub mod words;
pub mod worker;

use std::{
    path::{Path, PathBuf},
    time::Instant,
};

use anyhow::Context as _;
use crossbeam_channel::{Receiver, Sender, bounded};
use egui::Context;

use command::Command;
use intent::{Effect, Intent};
use jobs::Product;
use session::Opened;
use state::{Fault, Model, Work};
use views::Intents;
use worker::{Timing, Worker};

use crate::workspace;

/// What the window is opened with.
#[derive(Clone, Debug)]
pub struct AppOptions {
    /// The workspace's folder.
    pub workspace: PathBuf,
}

/// Opens the window and returns when it is closed.
pub fn run(options: AppOptions) -> anyhow::Result<()> {
    let native = eframe::NativeOptions {
        viewport: egui::ViewportBuilder::default()
            .with_title("Throughline")
            .with_app_id("throughline")
            .with_inner_size([1440.0, 900.0])
            .with_min_inner_size([900.0, 600.0]),
        ..Default::default()
    };
    eframe::run_native(
        "Throughline",
        native,
        Box::new(|creation| Ok(Box::new(ThroughlineApp::open(&creation.egui_ctx, options.workspace)?))),
    )
    .map_err(|error| anyhow::anyhow!("{error}"))
    .context("the window could not be opened")
}

/// The application.
pub struct ThroughlineApp {
    model: Model,
    worker: Worker,
    /// When the current job began.
    started: Option<Instant>,
    /// Answers of file dialogs.
    picked: (Sender<Intent>, Receiver<Intent>),
    /// The window's title as it was last set.
    title: String,
}

impl ThroughlineApp {
    /// With a worker thread, opening the workspace in `folder`.
    pub fn open(ctx: &Context, folder: PathBuf) -> std::io::Result<Self> {
        let waker = ctx.clone();
        let worker = Worker::start(move || waker.request_repaint())?;
        theme::install(ctx);
        let mut app = Self::with(worker);
        app.apply(ctx, Intent::OpenWorkspace(folder));
        Ok(app)
    }

    /// With an open workspace, every job done at once and timed at 4 ms: for tests.
    /// The context the app is then drawn in needs [`theme::install`].
    pub fn loaded(workspace: workspace::Opened) -> Self {
        let mut app = Self::with(Worker::immediate(Timing::Fixed(4)));
        let opened = Product::Opened(Box::new(Opened::new(workspace)));
        let effects = app.model.take(Ok(opened));
        let ctx = Context::default();
        app.carry_out(&ctx, effects);
        app.take_reports(&ctx);
        app
    }

    /// Shows what came of a replay as if it had just been done: for pictures that depend on
    /// drawing alone.
    pub fn show_outcome(&mut self, outcome: session::Outcome) {
        let effects = self.model.take(Ok(Product::Replayed(Box::new(outcome))));
        self.carry_out(&Context::default(), effects);
    }

    fn with(worker: Worker) -> Self {
        Self { model: Model::default(), worker, started: None, picked: bounded(4), title: String::new() }
    }

    /// What the window knows and shows.
    pub const fn model(&self) -> &Model {
        &self.model
    }

    /// Acts on an intent as if a view had returned it.
    pub fn apply(&mut self, ctx: &Context, intent: Intent) {
        let effects = self.model.apply(intent);
        self.carry_out(ctx, effects);
    }

    /// Takes in what the worker did since.
    fn take_reports(&mut self, ctx: &Context) {
        while let Some(report) = self.worker.poll() {
            self.started = None;
            let effects = self.model.take(report.product);
            self.carry_out(ctx, effects);
        }
        self.model.work = self.worker.control().map(|control| {
            let (stage, done, total) = control.now();
            let elapsed_s = self.started.map_or(0.0, |started| started.elapsed().as_secs_f64());
            Work { stage, done, total, elapsed_s }
        });
        if self.model.work.is_some() {
            ctx.request_repaint_after_secs(0.1);
        }
    }

    fn carry_out(&mut self, ctx: &Context, effects: Vec<Effect>) {
        for effect in effects {
            match effect {
                Effect::Work(job) => {
                    self.started = Some(Instant::now());
                    self.worker.submit(*job);
                    ctx.request_repaint();
                }
                Effect::CancelWork => {
                    self.worker.cancel();
                    self.model.work = None;
                }
                Effect::PickWorkspace => self.ask(ctx, || {
                    rfd::FileDialog::new()
                        .set_title("Open workspace")
                        .pick_folder()
                        .map(Intent::OpenWorkspace)
                }),
                Effect::PickRecordings => self.ask(ctx, || {
                    rfd::FileDialog::new()
                        .set_title("Add recordings")
                        .add_filter("Recordings", &["jsonl", "json", "ndjson"])
                        .pick_files()
                        .map(|paths| Intent::AddRecordings(paths.iter().map(|path| whole(path)).collect()))
                }),
                Effect::Theme(preference) => ctx.set_theme(preference),
                Effect::CopyText(text) => ctx.copy_text(text),
                Effect::ReadClipboard => ctx.send_viewport_cmd(egui::ViewportCommand::RequestPaste),
                Effect::Quit => ctx.send_viewport_cmd(egui::ViewportCommand::Close),
            }
        }
    }

    /// Asks with a dialog on a thread of its own; the answer comes with a later pass.
    fn ask(&mut self, ctx: &Context, dialog: impl FnOnce() -> Option<Intent> + Send + 'static) {
        let (answers, ctx) = (self.picked.0.clone(), ctx.clone());
        let asked = std::thread::Builder::new().name("throughline-dialog".to_owned()).spawn(move || {
            if let Some(intent) = dialog()
                && answers.send(intent).is_ok()
            {
                ctx.request_repaint();
            }
        });
        if let Err(error) = asked {
            self.model.faults.push(Fault {
                what: "The file dialog cannot be shown".to_owned(),
                place: error.to_string(),
                advice: "Drop the file or folder on the window instead.".to_owned(),
            });
        }
    }

    /// What was dropped on the window: folders are workspaces, files recordings.
    fn dropped(ctx: &Context) -> Vec<Intent> {
        let dropped = ctx.input(|input| input.raw.dropped_files.clone());
        let paths: Vec<PathBuf> = dropped.into_iter().map(|file| whole(file.path())).collect();
        let (folders, files): (Vec<_>, Vec<_>) = paths.into_iter().partition(|path| path.is_dir());
        let mut intents: Vec<Intent> = folders.into_iter().map(Intent::OpenWorkspace).collect();
        if !files.is_empty() {
            intents.push(Intent::AddRecordings(files));
        }
        intents
    }
}

/// The whole path of a file, so that one file has one name in a session.
fn whole(path: &Path) -> PathBuf {
    path.canonicalize().unwrap_or_else(|_| path.to_owned())
}

impl ThroughlineApp {
    /// What comes before drawing: reports of the worker, keys, dialogs, drops.
    pub fn before(&mut self, ctx: &Context) {
        self.take_reports(ctx);
        let typing = ctx.text_edit_focused();
        let focused = !canvas::view::has_keys(ctx, &self.model);
        let mut wanted: Vec<Intent> =
            Command::pressed(ctx, typing, focused).into_iter().map(Intent::Run).collect();
        wanted.extend(self.picked.1.try_iter());
        wanted.extend(Self::dropped(ctx));
        for intent in wanted {
            self.apply(ctx, intent);
        }
        self.take_reports(ctx);
    }

    /// Draws the window and does what the person wants.
    pub fn draw(&mut self, ui: &mut egui::Ui) {
        let mut intents = Intents::default();
        views::window(ui, &self.model, &mut intents);
        let ctx = ui.ctx().clone();
        for intent in intents.0 {
            self.apply(&ctx, intent);
            ctx.request_repaint();
        }
    }
}

impl eframe::App for ThroughlineApp {
    fn logic(&mut self, ctx: &Context, _frame: &mut eframe::Frame) {
        self.before(ctx);
    }

    fn ui(&mut self, ui: &mut egui::Ui, _frame: &mut eframe::Frame) {
        self.draw(ui);
        if let Some(workspace) = self.model.workspace() {
            let title = format!("{} · Throughline", workspace.name);
            // Not every system says what the title is, and a command draws the window again.
            if self.title != title {
                ui.ctx().send_viewport_cmd(egui::ViewportCommand::Title(title.clone()));
                self.title = title;
            }
        }
    }

    fn clear_color(&self, visuals: &egui::Visuals) -> [f32; 4] {
        theme::of_dark(visuals.dark_mode).background.to_normalized_gamma_f32()
    }
}
