//! The window: a thin shell over the library.
//!
//! One pass goes: the worker's reports are taken in, the views are drawn from the [`state::Model`]
//! and return what the person wants as [`intent::Intent`]s, and these are applied in one place.
//! Files, SQLite and replays are the worker's; the window never waits for them.

mod acting;
pub mod asked;
pub mod badge;
pub mod canvas;
pub mod checking;
pub mod clerk;
pub mod command;
pub mod company;
pub mod comparing;
pub mod covering;
pub mod diagram;
pub mod dialogs;
pub mod document;
pub mod fault;
pub mod filing;
pub mod finder;
#[cfg(test)]
mod fixture;
pub mod held;
pub mod icons;
pub mod indexed;
pub mod intent;
pub mod jobs;
pub mod listing;
pub mod members;
pub mod messages;
pub mod motion;
pub mod offer;
pub mod people;
pub mod plate;
pub mod printing;
pub mod recent;
pub mod reporting;
pub mod selection;
pub mod session;
pub mod sheet;
pub mod state;
pub mod stretch;
pub mod text;
pub mod theme;
pub mod timeline;
pub mod transport;
pub mod views;
pub mod why_not;
pub mod widgets;
pub mod worker;

use std::{path::PathBuf, time::Instant};

use anyhow::Context as _;
use crossbeam_channel::{Receiver, Sender, bounded};
use egui::Context;

use asked::Asked;
use clerk::Clerk;
use command::Command;
use dialogs::whole;
use fault::Fault;
use filing::{Dialog, FilesIntent, Pace, Then};
use intent::{Effect, Intent, Intents};
use jobs::{Product, Timing};
use listing::Lister;
use session::Opened;
use state::{Model, Work};
use worker::Worker;

use crate::{lab::Story, workspace};

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

/// Whether the window is to be closed.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Closing {
    /// It is not.
    No,
    /// As soon as the files are written: nothing is unsaved, or nobody wants it.
    WhenWritten,
    /// The system has been told.
    Told,
}

/// The application.
pub struct ThroughlineApp {
    model: Model,
    worker: Worker,
    clerk: Clerk,
    lister: Lister,
    pace: Pace,
    closing: Closing,
    /// When the current job began.
    started: Option<Instant>,
    /// Answers of file dialogs.
    picked: (Sender<Intent>, Receiver<Intent>),
    /// The window's title as it was last set.
    title: String,
    /// Whether a field had the keys when the last pass ended.
    typed: bool,
}

impl ThroughlineApp {
    /// With a worker thread, opening the workspace in `folder`.
    pub fn open(ctx: &Context, folder: PathBuf) -> std::io::Result<Self> {
        let waker = ctx.clone();
        let worker = Worker::start(move || waker.request_repaint())?;
        theme::install(ctx);
        let waker = ctx.clone();
        let clerk = Clerk::start(move || waker.request_repaint())?;
        motion::follow_system(ctx);
        let waker = ctx.clone();
        let lister = Lister::start(move || waker.request_repaint())?;
        let mut app = Self { lister, ..Self::with(worker, clerk, Pace::USUAL) };
        app.apply(ctx, Intent::OpenWorkspace(folder));
        Ok(app)
    }

    /// Opens the workspace in `folder` with every job and errand done at once: for tests.
    pub fn at_once(folder: PathBuf) -> Self {
        let mut app = Self::with(Worker::immediate(Timing::Fixed(4)), Clerk::immediate(), Pace::AT_ONCE);
        let ctx = Context::default();
        app.apply(&ctx, Intent::OpenWorkspace(folder));
        app.take_reports(&ctx);
        app
    }

    /// With an open workspace, every job done at once and timed at 4 ms, and no file ever written:
    /// for tests. The context the app is then drawn in needs [`theme::install`].
    pub fn loaded(workspace: workspace::Opened) -> Self {
        let mut app = Self::with(Worker::immediate(Timing::Fixed(4)), Clerk::idle(), Pace::AT_ONCE);
        let opened = Product::Opened(Box::new(Opened::new(workspace)));
        let effects = app.model.take(Ok(opened));
        let ctx = Context::default();
        app.carry_out(&ctx, effects);
        app.take_reports(&ctx);
        app
    }

    /// Shows what came of a replay as if it had just been done: for pictures that depend on
    /// drawing alone.
    pub fn show_outcome(&mut self, mut outcome: session::Outcome) {
        outcome.index = indexed::Indexed::of(&outcome.result, self.model.journeys()).into();
        let effects = self.model.take(Ok(Product::Replayed(outcome.into())));
        self.carry_out(&Context::default(), effects);
    }

    /// Tells stories as if their people had just been replayed: for pictures, too.
    pub fn show_stories(&mut self, mut stories: Vec<Story>) {
        stories.iter_mut().for_each(Story::index);
        self.model.accompany(stories);
    }

    fn with(worker: Worker, clerk: Clerk, pace: Pace) -> Self {
        Self {
            model: Model::default(),
            worker,
            clerk,
            lister: Lister::immediate(),
            pace,
            closing: Closing::No,
            started: None,
            picked: bounded(4),
            title: String::new(),
            typed: false,
        }
    }

    /// Looks at once whether another program changed a file: for tests.
    pub fn look_for_changes(&mut self, ctx: &Context) {
        let effects = self.model.look_for_changes().into_iter().collect();
        self.carry_out(ctx, effects);
        self.take_reports(ctx);
    }

    /// What the window knows and shows.
    pub const fn model(&self) -> &Model {
        &self.model
    }

    /// Acts on an intent as if a view had returned it.
    pub fn apply(&mut self, ctx: &Context, intent: Intent) {
        let mut effects = self.model.apply(intent);
        if effects.is_empty() {
            effects = self.model.search_now();
        }
        self.carry_out(ctx, effects);
    }

    /// Takes in what the worker did since.
    fn take_reports(&mut self, ctx: &Context) {
        while let Some(report) = self.worker.poll() {
            self.started = None;
            let effects = self.model.take(report.product);
            self.carry_out(ctx, effects);
        }
        while let Some(answer) = self.lister.poll() {
            self.model.listed(answer);
        }
        while let Some(done) = self.clerk.poll() {
            let effects = self.model.filed(done);
            self.carry_out(ctx, effects);
        }
        if let Some(so_far) = self.worker.control().and_then(|control| control.told()) {
            self.model.answered_so_far(so_far);
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
                Effect::Work(job) if !self.model.admits(&job) => {}
                Effect::Work(job) => {
                    self.model.displaced(&job);
                    self.started = Some(Instant::now());
                    self.worker.submit(*job);
                    ctx.request_repaint();
                }
                Effect::CancelWork => {
                    self.worker.cancel();
                    self.model.work = None;
                    self.model.not_opened();
                }
                Effect::List(job) => self.lister.ask(*job),
                Effect::Ask(asked) => self.ask(ctx, *asked),
                Effect::File(errand) => {
                    self.clerk.ask(errand);
                    ctx.request_repaint();
                }
                Effect::Print(path, form) => {
                    if let Some(errand) = acting::exporting::picture(&mut self.model, path, form, ctx.theme())
                    {
                        self.clerk.ask(errand);
                        ctx.request_repaint();
                    }
                }
                Effect::Theme(preference) => ctx.set_theme(preference),
                Effect::ReduceMotion => motion::reduce(ctx, !motion::is_reduced(ctx)),
                Effect::CopyText(text) => ctx.copy_text(text),
                Effect::ReadClipboard => ctx.send_viewport_cmd(egui::ViewportCommand::RequestPaste),
                Effect::Quit => self.closing = Closing::WhenWritten,
            }
        }
    }

    /// Asks with the system's dialog on a thread of its own; the answer comes with a later pass.
    /// Where the system has none, the window asks.
    fn ask(&mut self, ctx: &Context, asked: Asked) {
        if dialogs::is_missing() {
            let show = FilesIntent::Show(Dialog::Path(Box::new(asked)));
            return self.apply(ctx, Intent::Files(show));
        }
        let (answers, ctx) = (self.picked.0.clone(), ctx.clone());
        let begun = std::thread::Builder::new().name("throughline-dialog".to_owned()).spawn(move || {
            if let Some(intent) = asked.by_system()
                && answers.send(intent).is_ok()
            {
                ctx.request_repaint();
            }
        });
        if let Err(error) = begun {
            self.model.faults.push(Fault {
                what: "The file dialog cannot be shown".to_owned(),
                place: error.to_string(),
                advice: "Drop the file or folder on the window instead.".to_owned(),
            });
        }
    }
}

impl ThroughlineApp {
    /// What comes before drawing: reports of the worker, keys, dialogs, drops.
    pub fn before(&mut self, ctx: &Context) {
        self.take_reports(ctx);
        // An open menu has Escape and the arrows to itself. So has a field: the Escape that leaves it
        // has taken the keys from it already.
        let typing = self.typed || ctx.text_edit_focused() || egui::Popup::is_any_open(ctx);
        let focused = !canvas::view::has_keys(ctx, &self.model);
        // A dialog has all keys to itself.
        let mut wanted: Vec<Intent> = match self.model.filing.dialog {
            Some(_) => Vec::new(),
            None => Command::pressed(ctx, typing, focused).into_iter().map(Intent::Run).collect(),
        };
        wanted.extend(self.picked.1.try_iter());
        let dropped = ctx.input(|input| input.raw.dropped_files.clone());
        wanted.extend(dialogs::dropped(dropped.iter().map(|file| whole(file.path())).collect()));
        // The window's own cross: the question comes first. Who presses it again while files are
        // being written does not want to wait for them.
        if ctx.input(|input| input.viewport().close_requested())
            && self.closing == Closing::No
            && (self.model.unsaved() || self.clerk.busy())
        {
            ctx.send_viewport_cmd(egui::ViewportCommand::CancelClose);
            wanted.push(Intent::Files(FilesIntent::Leave(Then::Quit)));
        }
        for intent in wanted {
            self.apply(ctx, intent);
        }
        let now_s = ctx.input(|input| input.time);
        if self.model.play(now_s, motion::is_reduced(ctx)) {
            ctx.request_repaint();
        }
        let due = self.model.tick(now_s, self.pace);
        self.carry_out(ctx, due);
        self.take_reports(ctx);
        if self.closing == Closing::WhenWritten && !self.clerk.busy() {
            self.closing = Closing::Told;
            ctx.send_viewport_cmd(egui::ViewportCommand::Close);
        }
        if self.model.filing.replays_soon() {
            ctx.request_repaint_after_secs(0.05);
        }
        if self.model.filing.keeps_soon() {
            ctx.request_repaint_after_secs(self.pace.keep_s as f32);
        }
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
        self.typed = ctx.text_edit_focused();
    }
}

impl eframe::App for ThroughlineApp {
    fn logic(&mut self, ctx: &Context, _frame: &mut eframe::Frame) {
        self.before(ctx);
    }

    fn ui(&mut self, ui: &mut egui::Ui, _frame: &mut eframe::Frame) {
        self.draw(ui);
        if let Some(workspace) = self.model.workspace() {
            let mark = if self.model.unsaved() { "• " } else { "" };
            let title = format!("{mark}{} · Throughline", workspace.name);
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
