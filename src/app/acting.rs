//! The one place that acts on what a person wants.
//!
//! [`Model::apply`] changes the model and returns what must happen outside it (work, dialogs,
//! the window itself) as [`Effect`]s, so that every flow can be tested without a window.

mod checking;
mod company;
mod comparing;
mod covering;
mod drawing;
mod editing;
pub mod exporting;
mod filing;
mod finder;
mod listing;
mod looking;
mod opening;
mod replacing;
mod reporting;
mod transport;
mod why_not;

use std::{path::PathBuf, sync::Arc};

use egui::{ThemePreference, vec2};

use super::{
    asked::Asked,
    command::Command,
    comparing::CompareIntent,
    diagram::camera::Camera,
    document::Document,
    fault::Fault,
    filing::{Dialog, FilesIntent, Then},
    held,
    intent::{Effect, Intent},
    jobs::{Job, Product, ReplayJob},
    messages::index::Listed,
    reporting::ReportIntent,
    selection::Selection,
    session::{Choice, Outcome, RecordingChoice, Source},
    state::{BottomTab, Model},
};
use crate::{journey::edit::EditCommand, simulator::HeldTrigger, words::person, workspace::WorkspaceEdit};

impl Model {
    /// Acts on an intent.
    pub fn apply(&mut self, intent: Intent) -> Vec<Effect> {
        match intent {
            Intent::Run(command) => return self.run(command),
            Intent::Edit(edit, gesture) => return self.edit(*edit, gesture),
            Intent::Settle => {
                if let Some(opened) = &mut self.opened {
                    opened.document.settle();
                }
            }
            Intent::OpenJourney(id) => return self.show(id),
            Intent::CloseJourney(id) => return self.close(&id),
            Intent::Select(selection) => return self.select(selection),
            Intent::Hold(hold) => self.view.hold = hold,
            Intent::Pick(picker) => self.view.picker = picker,
            Intent::DismissNotice => self.notice = None,
            Intent::Paste(text) => return self.paste(&text),
            Intent::GoTo(journey, place) => {
                return self.go_to(journey, place);
            }
            Intent::Look(camera) => self.look(camera),
            Intent::LookTimeline(window) => self.view.timeline = window,
            Intent::Company(intent) => return self.keep_company(intent),
            Intent::Cursor(intent) => return self.move_cursor(intent),
            Intent::CanvasAt(rect) => self.view.canvas = rect,
            Intent::ChoosePlatform(name) => {
                let effects = self.choose(|choice| choice.platform = name);
                self.draw_again(None);
                return effects;
            }
            Intent::ChooseRecordings(recordings) => {
                return self.choose(|choice| choice.recordings = recordings);
            }
            Intent::ShowTab(tab) => {
                self.view.bottom = tab;
                self.view.panels.bottom = true;
            }
            Intent::FilterMessages(filter) => {
                self.view.messages.choose(filter);
                return self.list_messages_soon();
            }
            Intent::ExportMessages => {
                let sheet = self.sheet().map(|sheet| Asked::Sheet(Box::new(sheet)));
                return sheet.map(|sheet| Effect::Ask(Box::new(sheet))).into_iter().collect();
            }
            Intent::Sort(column) => {
                let list = &mut self.view.messages;
                list.descending = list.sort == column && !list.descending;
                list.sort = column;
                return self.list_messages_soon();
            }
            Intent::ListHeld(list) => {
                self.view.held = list;
                self.list_held();
                return self.apply(Intent::ShowTab(BottomTab::Held));
            }
            Intent::FindPeople(text) => {
                self.view.people.text = text;
                self.list_people();
            }
            Intent::FilterPeople(filter) => {
                self.view.people.filter = filter;
                self.list_people();
            }
            Intent::SortPeople(column) => {
                let list = &mut self.view.people;
                list.descending = if list.sort == column { !list.descending } else { column.is_number() };
                list.sort = column;
                self.list_people();
            }
            Intent::MessageShown => self.view.show_message = false,
            Intent::FilterFocused => self.view.focus_filter = false,
            Intent::SearchAgain => {
                self.search_again();
                return self.search_now();
            }
            Intent::Dismiss(at) => {
                if at < self.faults.len() {
                    self.faults.remove(at);
                }
            }
            Intent::AddRecordings(paths) => return self.add_recordings(paths),
            Intent::OpenWorkspace(folder) => return self.files(FilesIntent::Leave(Then::Open(folder))),
            Intent::Compare(intent) => return self.compare(intent),
            Intent::Overlay(overlay) => self.view.overlay = overlay,
            Intent::Files(intent) => return self.files(intent),
            Intent::Find(intent) => return self.use_finder(intent),
            Intent::Report(intent) => return self.report(intent),
        }
        Vec::new()
    }

    fn run(&mut self, command: Command) -> Vec<Effect> {
        if self.offer(command).why_not.is_some() {
            return Vec::new();
        }
        self.ran.retain(|other| *other != command);
        self.ran.insert(0, command);
        match command {
            Command::OpenWorkspace => return vec![Effect::Ask(Box::new(Asked::Workspace))],
            Command::Save => return self.files(FilesIntent::Save),
            Command::SaveAs => return vec![Effect::Ask(Box::new(Asked::CopyFolder))],
            Command::NewJourney => return self.files(FilesIntent::Show(Dialog::NewJourney)),
            Command::ReplaceCatalog => return vec![Effect::Ask(Box::new(Asked::Catalog))],
            Command::ImportJourney => return vec![Effect::Ask(Box::new(Asked::Journey))],
            Command::ExportJourney
            | Command::ExportMermaid
            | Command::ExportReview
            | Command::ExportSvg
            | Command::ExportPng
            | Command::RenameJourney
            | Command::DuplicateJourney
            | Command::DeleteJourney => return self.run_on_journey(command),
            Command::WorkspaceSettings => return self.select(Selection::Workspace),
            Command::NewSegment => {
                let (id, segment) = editing::fresh_segment(self.segments());
                let effects = self.edit(WorkspaceEdit::SetSegment(id.clone(), Box::new(segment)), None);
                self.select(Selection::Segment(id));
                return effects;
            }
            Command::Find => return self.open_finder(),
            Command::Help => return self.files(FilesIntent::Show(Dialog::Help)),
            Command::AddRecording => return vec![Effect::Ask(Box::new(Asked::Recordings))],
            Command::Undo => return self.step_history(Document::undo),
            Command::Redo => return self.step_history(Document::redo),
            Command::Replay => return self.replay(),
            Command::CancelWork => {
                self.gave_up_comparing();
                return vec![Effect::CancelWork];
            }
            Command::NextJourney => return self.step_journey(1),
            Command::PreviousJourney => return self.step_journey(-1),
            Command::CloseJourney => {
                if let Some(id) = self.view.journey.clone() {
                    return self.close(&id);
                }
            }
            Command::ZoomIn => self.zoom(1.25),
            Command::ZoomOut => self.zoom(0.8),
            Command::ZoomFull => {
                if let Some(camera) = self.camera() {
                    self.zoom(1.0 / camera.zoom);
                }
            }
            Command::ZoomFit => {
                if let Some((_, scene)) = &self.scene {
                    let camera = Camera::fit(scene.bounds, self.view.canvas.size());
                    self.look(camera);
                }
            }
            Command::SelectUp => self.step_selection(vec2(0.0, -1.0)),
            Command::SelectDown => self.step_selection(vec2(0.0, 1.0)),
            Command::SelectLeft => self.step_selection(vec2(-1.0, 0.0)),
            Command::SelectRight => self.step_selection(vec2(1.0, 0.0)),
            Command::ShowTimeline => return self.apply(Intent::ShowTab(BottomTab::Timeline)),
            Command::ShowPeople => return self.apply(Intent::ShowTab(BottomTab::People)),
            Command::Deselect => return self.let_go(),
            Command::AddBlock => self.open_palette(),
            Command::AddNote => return self.add_note(),
            Command::FindBlock => self.list_blocks(),
            Command::DeleteBlocks => return self.delete_selected(),
            Command::DuplicateBlocks => return self.duplicate_selected(),
            Command::CutBlocks => return self.cut_selected(),
            Command::CopyBlocks => return self.copy_selected(),
            Command::PasteBlocks => return vec![Effect::ReadClipboard],
            Command::CopyBugReport => return self.report(ReportIntent::Begin(self.reportable())),
            Command::SelectAll => self.select_all(),
            Command::ArrangeBlocks => return self.edit_shown(EditCommand::Arrange),
            Command::ShowDetails => self.view.panels.inspector = true,
            Command::ShowMessages => return self.apply(Intent::ShowTab(BottomTab::Messages)),
            Command::ShowProblems => return self.apply(Intent::ShowTab(BottomTab::Problems)),
            Command::ShowCoverage => return self.apply(Intent::ShowTab(BottomTab::Coverage)),
            Command::ShowCompare => return self.apply(Intent::ShowTab(BottomTab::Compare)),
            Command::ShowCharts => return self.apply(Intent::ShowTab(BottomTab::Charts)),
            Command::KeepResult => return self.compare(CompareIntent::Keep),
            Command::FindMessage => {
                self.view.focus_filter = true;
                return self.apply(Intent::ShowTab(BottomTab::Messages));
            }
            Command::ToggleSidebar => self.view.panels.sidebar ^= true,
            Command::ToggleBottom => self.view.panels.bottom ^= true,
            Command::ToggleInspector => self.view.panels.inspector ^= true,
            Command::PlayPause
            | Command::FirstMoment
            | Command::StepBack
            | Command::StepForward
            | Command::LastMoment
            | Command::DecisionBack
            | Command::DecisionForward
            | Command::MessageBack
            | Command::MessageForward
            | Command::Slower
            | Command::Faster
            | Command::OwnZone => return self.run_transport(command),
            Command::ReduceMotion => return vec![Effect::ReduceMotion],
            Command::ThemeSystem => return vec![Effect::Theme(ThemePreference::System)],
            Command::ThemeLight => return vec![Effect::Theme(ThemePreference::Light)],
            Command::ThemeDark => return vec![Effect::Theme(ThemePreference::Dark)],
            Command::Quit => return self.files(FilesIntent::Leave(Then::Quit)),
        }
        Vec::new()
    }

    /// Takes in what the worker made.
    pub fn take(&mut self, product: Result<Product, Fault>) -> Vec<Effect> {
        self.work = None;
        match product {
            Ok(Product::Opened(opened)) => return self.opened(*opened),
            Ok(Product::Replayed(outcome)) => {
                self.replayed(outcome);
                return self.tell_story();
            }
            Ok(Product::Report(report)) => return self.reported(report),
            Ok(Product::WhyNot(found)) => self.answered(found.map(|found| *found)),
            Ok(Product::Compared(compared)) => {
                self.take_compared(*compared);
                // Whoever was picked meanwhile waits for their story.
                return self.go_on();
            }
            Ok(Product::Cancelled) => {
                self.not_opened();
                self.gave_up_comparing();
                self.stop_reporting();
            }
            Err(fault) => {
                self.not_opened();
                self.gave_up_comparing();
                self.stop_reporting();
                self.fault(fault);
            }
            Ok(Product::Story(story)) => {
                self.take_story(story.map(|story| *story));
                return self.go_on();
            }
        }
        Vec::new()
    }

    /// Says what went wrong, once.
    pub(super) fn fault(&mut self, fault: Fault) {
        self.faults.retain(|known| *known != fault);
        self.faults.push(fault);
    }

    /// A replay is done.
    fn replayed(&mut self, outcome: Arc<Outcome>) {
        for fault in outcome.faults.iter().cloned() {
            self.fault(fault);
        }
        self.compare_afresh();
        self.company.outdated();
        self.outcome = Some(outcome);
        self.look_at_cursor();
        self.list_people();
        self.list_held();
        if matches!(self.view.selection, Selection::Message(_)) && self.message().is_none() {
            self.view.selection = Selection::Nothing;
        }
        self.list_messages();
    }

    pub(super) fn replay(&mut self) -> Vec<Effect> {
        self.filing.replay_now();
        let job = self.replay_job().map(Job::Replay);
        job.map(|job| Effect::Work(Box::new(job))).into_iter().collect()
    }

    pub(super) fn replay_job(&self) -> Option<ReplayJob> {
        let (Some(opened), Some(choice)) = (&self.opened, &self.choice) else { return None };
        Some(ReplayJob {
            workspace: Arc::clone(opened.document.workspace()),
            sources: self.sources.clone(),
            choice: choice.clone(),
        })
    }

    /// Changes what is replayed, and replays if that made a difference.
    fn choose(&mut self, change: impl FnOnce(&mut Choice)) -> Vec<Effect> {
        let Some(choice) = &mut self.choice else { return Vec::new() };
        let before = choice.clone();
        change(choice);
        if *choice == before { Vec::new() } else { self.replay() }
    }

    fn add_recordings(&mut self, paths: Vec<PathBuf>) -> Vec<Effect> {
        let mut last = None;
        for path in paths {
            if let Some(known) = self.sources.iter().position(|source| source.path == path) {
                last = Some(known);
                continue;
            }
            let name = path.file_stem().map_or_else(String::new, |stem| stem.to_string_lossy().into_owned());
            self.sources.push(Source { name, path, history: false, added: true });
            last = Some(self.sources.len() - 1);
        }
        let Some(last) = last else { return Vec::new() };
        self.view.selection = Selection::Recording(last);
        self.choose(|choice| choice.recordings = RecordingChoice::One(last))
    }

    /// Filters and sorts the people again.
    fn list_people(&mut self) {
        self.people = self.outcome.as_ref().map_or_else(Vec::new, |outcome| {
            outcome.index.people.list(&outcome.result.people, &self.view.people)
        });
    }

    /// Filters and sorts the held triggers again.
    fn list_held(&mut self) {
        self.held = self.outcome.as_ref().map_or_else(Vec::new, |outcome| {
            let who = |held: &HeldTrigger| person::who(&outcome.owner_of(held));
            held::rows(&outcome.result.held, &self.view.held, who)
        });
    }

    /// Filters and sorts the messages again.
    pub(super) fn list_messages(&mut self) {
        let Listed { rows, facets } = self.outcome.as_ref().map_or_else(Listed::default, |outcome| {
            outcome.index.messages.list(&self.names(), &self.view.messages)
        });
        (self.rows, self.facets) = (Arc::new(rows), facets);
    }
}
