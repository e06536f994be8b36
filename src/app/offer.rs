//! Which commands can be run now, and how menus word them.

use super::{command::Command, selection::Selection, state::Model};

/// A command as a menu offers it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Offer {
    /// Its text; undo and redo say what.
    pub text: String,
    /// Why it cannot be run now.
    pub why_not: Option<&'static str>,
}

impl Model {
    /// How a command is offered now.
    pub fn offer(&self, command: Command) -> Offer {
        let document = self.opened.as_ref().map(|opened| &opened.document);
        let said = |what: Option<&str>| {
            what.map_or_else(|| command.text().to_owned(), |what| format!("{}: {what}", command.text()))
        };
        let text = match command {
            Command::Undo => said(document.and_then(|document| document.undoes())),
            Command::Redo => said(document.and_then(|document| document.redoes())),
            _ => command.text().to_owned(),
        };
        Offer { text, why_not: self.why_not(command) }
    }

    fn why_not(&self, command: Command) -> Option<&'static str> {
        let document = self.opened.as_ref().map(|opened| &opened.document);
        let unless = |can: bool, why: &'static str| (!can).then_some(why);
        match command {
            Command::Undo => unless(
                document.is_some_and(|document| document.undoes().is_some()),
                "Nothing was changed yet",
            ),
            Command::Redo => {
                unless(document.is_some_and(|document| document.redoes().is_some()), "Nothing was undone")
            }
            Command::Save => unless(self.unsaved(), "Everything is saved"),
            Command::SaveAs
            | Command::AddRecording
            | Command::Replay
            | Command::NewJourney
            | Command::NewSegment
            | Command::ImportJourney
            | Command::ReplaceCatalog
            | Command::WorkspaceSettings => unless(document.is_some(), "No workspace is open"),
            Command::ExportJourney
            | Command::ExportMermaid
            | Command::ExportReview
            | Command::ExportSvg
            | Command::ExportPng
            | Command::RenameJourney
            | Command::DuplicateJourney
            | Command::DeleteJourney
            | Command::ZoomIn
            | Command::ZoomOut
            | Command::ZoomFull
            | Command::ZoomFit
            | Command::AddBlock
            | Command::AddNote
            | Command::FindBlock
            | Command::SelectAll
            | Command::PasteBlocks => unless(self.journey().is_some(), "No journey is shown"),
            Command::NextJourney | Command::PreviousJourney | Command::CloseJourney => {
                unless(self.view.tabs.len() > 1, "No other journey is open")
            }
            Command::KeepResult => unless(self.outcome.is_some(), "Nothing was replayed yet"),
            Command::PlayPause | Command::FirstMoment | Command::LastMoment => {
                unless(self.outcome.is_some(), "Nothing was replayed yet")
            }
            Command::StepForward | Command::DecisionForward | Command::MessageForward => {
                unless(self.step_of(command).is_some(), "There is nothing later")
            }
            Command::StepBack | Command::DecisionBack | Command::MessageBack => {
                unless(self.step_of(command).is_some(), "There is nothing earlier")
            }
            Command::OwnZone => unless(
                self.story.as_ref().is_some_and(|story| story.zone.is_some()),
                "Nobody in focus says which zone they are in",
            ),
            Command::CancelWork => unless(self.work.is_some(), "Nothing is being done"),
            Command::CutBlocks | Command::CopyBlocks | Command::DuplicateBlocks => {
                unless(!self.selected_blocks().is_empty(), "No block is selected")
            }
            Command::DeleteBlocks => unless(
                !self.selected_blocks().is_empty()
                    || matches!(self.view.selection, Selection::Edge(_) | Selection::Note(_)),
                "No block is selected",
            ),
            Command::CopyBugReport => {
                unless(self.is_reportable(), "Select a message, a person, a block or a way")
            }
            Command::ArrangeBlocks => unless(
                self.journey().is_some_and(|journey| !journey.positions.is_empty()),
                "No block was moved by hand",
            ),
            _ => None,
        }
    }
}
