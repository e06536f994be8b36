//! What a person wants, and what must happen outside the model for it: views return intents,
//! [`Model::apply`](super::state::Model::apply) acts on them and returns effects.

use std::path::PathBuf;

use egui::{Rect, ThemePreference};

use super::{
    asked::Asked,
    clerk::Errand,
    command::Command,
    company::CompanyIntent,
    comparing::CompareIntent,
    diagram::{
        camera::Camera,
        hold::{Hold, Picker},
        overlay::Overlay,
    },
    filing::FilesIntent,
    finder::FinderIntent,
    held::HeldList,
    jobs::Job,
    listing::ListJob,
    messages::{Column, Filter},
    people::{PeopleColumn, PeopleFilter},
    plate::Form,
    reporting::ReportIntent,
    selection::Selection,
    session::RecordingChoice,
    state::BottomTab,
    stretch::Window,
    transport::CursorIntent,
};
use crate::{
    journey::{JourneyId, Place, edit::Gesture},
    workspace::WorkspaceEdit,
};

/// What somebody wants.
#[derive(Clone, Debug, PartialEq)]
pub enum Intent {
    /// A command.
    Run(Command),
    /// Change the workspace; changes of one gesture that follow each other are one step.
    Edit(Box<WorkspaceEdit>, Option<Gesture>),
    /// A gesture has ended: the next change is a step of its own.
    Settle,
    /// Show a journey, in a tab.
    OpenJourney(JourneyId),
    /// Close a journey's tab.
    CloseJourney(JourneyId),
    /// Select something.
    Select(Selection),
    /// The pointer holds something else now.
    Hold(Option<Hold>),
    /// Open a list over the canvas, change it, close it.
    Pick(Option<Picker>),
    /// Take away the reason why the last edit could not be made.
    DismissNotice,
    /// Paste what lies on the clipboard.
    Paste(String),
    /// Go to where a problem is.
    GoTo(JourneyId, Place),
    /// Look at the journey shown from somewhere else.
    Look(Camera),
    /// Look at another stretch of the timeline; `None`: at all of it.
    LookTimeline(Option<Window>),
    /// Something about who is on the timeline.
    Company(CompanyIntent),
    /// Something about the cursor of virtual time.
    Cursor(CursorIntent),
    /// The canvas has this place on the screen now.
    CanvasAt(Rect),
    /// Replay on another platform.
    ChoosePlatform(String),
    /// Replay other recordings.
    ChooseRecordings(RecordingChoice),
    /// Show a tab of the bottom panel.
    ShowTab(BottomTab),
    /// Choose which messages are listed.
    FilterMessages(Filter),
    /// Export the messages that are listed.
    ExportMessages,
    /// Sort messages; the same column again turns the order round.
    Sort(Column),
    /// The message filter has the keys now.
    FilterFocused,
    /// The selected message is in the table's view now.
    MessageShown,
    /// List held triggers, filtered and sorted so.
    ListHeld(HeldList),
    /// Find people by any identifier.
    FindPeople(String),
    /// Show some of the people only.
    FilterPeople(PeopleFilter),
    /// Sort people; the same column again turns the order round.
    SortPeople(PeopleColumn),
    /// Take a banner away.
    Dismiss(usize),
    /// Add recordings to the session.
    AddRecordings(Vec<PathBuf>),
    /// Open a workspace.
    OpenWorkspace(PathBuf),
    /// A wish about comparing results.
    Compare(CompareIntent),
    /// Let the canvas tell something else.
    Overlay(Overlay),
    /// Look again for what would have sent a message, where that was stopped.
    SearchAgain,
    /// A wish or an answer about files.
    Files(FilesIntent),
    /// Something about the search over everything.
    Find(FinderIntent),
    /// Something about a bug report.
    Report(ReportIntent),
}

/// Where views put what the person wants.
#[derive(Debug, Default)]
pub struct Intents(pub Vec<Intent>);

impl Intents {
    /// Something is wanted.
    pub fn want(&mut self, intent: Intent) {
        self.0.push(intent);
    }
    /// A command is wanted.
    pub fn run(&mut self, command: Command) {
        self.want(Intent::Run(command));
    }
}

/// What must happen outside the model.
pub enum Effect {
    /// The worker should do this.
    Work(Box<Job>),
    /// The worker should stop.
    CancelWork,
    /// Messages should be listed, apart.
    List(Box<ListJob>),
    /// The person should say where a file is, or goes.
    Ask(Box<Asked>),
    /// The clerk should do this.
    File(Errand),
    /// Write a picture of the journey shown.
    Print(PathBuf, Form),
    /// Change the theme.
    Theme(ThemePreference),
    /// Reduce motion, or do not any more.
    ReduceMotion,
    /// Put text on the clipboard.
    CopyText(String),
    /// Ask for what lies on the clipboard.
    ReadClipboard,
    /// Close the window.
    Quit,
}
