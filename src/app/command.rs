//! Everything the window can be told to do, in one enum: its text, tooltip and shortcut feed the
//! menu, the buttons' tooltips and the keyboard.

use egui::{Key, KeyboardShortcut, Modifiers, os::OperatingSystem};

/// A command.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[allow(missing_docs)] // each is said in its text
pub enum Command {
    OpenWorkspace,
    Save,
    SaveAs,
    Undo,
    Redo,
    NewJourney,
    ImportJourney,
    ExportJourney,
    ExportMermaid,
    /// Write the journey shown as a document for a review.
    ExportReview,
    /// Write the journey shown as a drawing that is sharp at any size.
    ExportSvg,
    /// Write the journey shown as a picture.
    ExportPng,
    RenameJourney,
    DuplicateJourney,
    DeleteJourney,
    WorkspaceSettings,
    NewSegment,
    AddRecording,
    Replay,
    CancelWork,
    NextJourney,
    PreviousJourney,
    CloseJourney,
    ZoomIn,
    ZoomOut,
    ZoomFull,
    ZoomFit,
    SelectUp,
    SelectDown,
    SelectLeft,
    SelectRight,
    Deselect,
    ShowTimeline,
    ShowPeople,
    AddBlock,
    FindBlock,
    /// Lay a note for colleagues on the canvas.
    AddNote,
    SelectAll,
    ShowDetails,
    CutBlocks,
    CopyBlocks,
    PasteBlocks,
    CopyBugReport,
    DuplicateBlocks,
    DeleteBlocks,
    ArrangeBlocks,
    ShowMessages,
    ShowProblems,
    ShowCoverage,
    ShowCompare,
    ShowCharts,
    KeepResult,
    FindMessage,
    ToggleSidebar,
    ToggleBottom,
    ToggleInspector,
    PlayPause,
    FirstMoment,
    StepBack,
    StepForward,
    LastMoment,
    DecisionBack,
    DecisionForward,
    MessageBack,
    MessageForward,
    Slower,
    Faster,
    OwnZone,
    ReduceMotion,
    Commands,
    Help,
    ThemeSystem,
    ThemeLight,
    ThemeDark,
    Quit,
}

/// Where a key works.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    /// Everywhere.
    Window,
    /// Where no text is being typed.
    NotTyping,
    /// Where no text is being typed and no list or button has the keys.
    Canvas,
}

impl Command {
    /// All, in the order of the menu.
    pub const ALL: [Self; 75] = [
        Self::OpenWorkspace,
        Self::Save,
        Self::SaveAs,
        Self::Undo,
        Self::Redo,
        Self::NewJourney,
        Self::ImportJourney,
        Self::ExportJourney,
        Self::ExportMermaid,
        Self::ExportReview,
        Self::ExportSvg,
        Self::ExportPng,
        Self::RenameJourney,
        Self::DuplicateJourney,
        Self::DeleteJourney,
        Self::WorkspaceSettings,
        Self::NewSegment,
        Self::AddRecording,
        Self::Replay,
        Self::CancelWork,
        Self::NextJourney,
        Self::PreviousJourney,
        Self::CloseJourney,
        Self::ZoomIn,
        Self::ZoomOut,
        Self::ZoomFull,
        Self::ZoomFit,
        Self::SelectUp,
        Self::SelectDown,
        Self::SelectLeft,
        Self::SelectRight,
        Self::Deselect,
        Self::ShowTimeline,
        Self::ShowPeople,
        Self::AddBlock,
        Self::FindBlock,
        Self::AddNote,
        Self::SelectAll,
        Self::ShowDetails,
        Self::CutBlocks,
        Self::CopyBlocks,
        Self::PasteBlocks,
        Self::CopyBugReport,
        Self::DuplicateBlocks,
        Self::DeleteBlocks,
        Self::ArrangeBlocks,
        Self::ShowMessages,
        Self::ShowProblems,
        Self::ShowCoverage,
        Self::ShowCompare,
        Self::ShowCharts,
        Self::KeepResult,
        Self::FindMessage,
        Self::ToggleSidebar,
        Self::ToggleBottom,
        Self::ToggleInspector,
        Self::PlayPause,
        Self::FirstMoment,
        Self::StepBack,
        Self::StepForward,
        Self::LastMoment,
        Self::DecisionBack,
        Self::DecisionForward,
        Self::MessageBack,
        Self::MessageForward,
        Self::Slower,
        Self::Faster,
        Self::OwnZone,
        Self::ReduceMotion,
        Self::Commands,
        Self::Help,
        Self::ThemeSystem,
        Self::ThemeLight,
        Self::ThemeDark,
        Self::Quit,
    ];

    /// What menus call it.
    pub const fn text(self) -> &'static str {
        match self {
            Self::OpenWorkspace => "Open workspace…",
            Self::Save => "Save",
            Self::SaveAs => "Save as…",
            Self::Undo => "Undo",
            Self::Redo => "Redo",
            Self::NewJourney => "New journey…",
            Self::ImportJourney => "Import journey…",
            Self::ExportJourney => "Export journey…",
            Self::ExportMermaid => "Export as Mermaid…",
            Self::ExportReview => "Export for a review…",
            Self::ExportSvg => "Export as SVG…",
            Self::ExportPng => "Export as PNG…",
            Self::RenameJourney => "Rename journey…",
            Self::DuplicateJourney => "Duplicate journey",
            Self::DeleteJourney => "Delete journey",
            Self::WorkspaceSettings => "Workspace settings",
            Self::NewSegment => "New segment",
            Self::AddRecording => "Add recording…",
            Self::Replay => "Replay again",
            Self::CancelWork => "Cancel",
            Self::NextJourney => "Next journey",
            Self::PreviousJourney => "Previous journey",
            Self::CloseJourney => "Close journey",
            Self::ZoomIn => "Zoom in",
            Self::ZoomOut => "Zoom out",
            Self::ZoomFull => "Zoom to 100 %",
            Self::ZoomFit => "Fit journey",
            Self::SelectUp => "Select the block above",
            Self::SelectDown => "Select the block below",
            Self::SelectLeft => "Select the block to the left",
            Self::SelectRight => "Select the block to the right",
            Self::Deselect => "Select nothing",
            Self::ShowTimeline => "Timeline",
            Self::ShowPeople => "People",
            Self::AddBlock => "Add block",
            Self::FindBlock => "Find block",
            Self::AddNote => "Add note",
            Self::SelectAll => "Select all blocks",
            Self::ShowDetails => "Show details",
            Self::CutBlocks => "Cut",
            Self::CopyBlocks => "Copy",
            Self::PasteBlocks => "Paste",
            Self::CopyBugReport => "Copy as bug report",
            Self::DuplicateBlocks => "Duplicate",
            Self::DeleteBlocks => "Delete",
            Self::ArrangeBlocks => "Arrange",
            Self::ShowMessages => "Messages",
            Self::ShowProblems => "Problems",
            Self::ShowCoverage => "Coverage",
            Self::ShowCompare => "Compare",
            Self::ShowCharts => "Charts",
            Self::KeepResult => "Keep this result to compare with",
            Self::FindMessage => "Find message",
            Self::ToggleSidebar => "Sidebar",
            Self::ToggleBottom => "Bottom panel",
            Self::ToggleInspector => "Inspector",
            Self::PlayPause => "Play or pause",
            Self::FirstMoment => "Go to the beginning",
            Self::StepBack => "Step back an event",
            Self::StepForward => "Step forward an event",
            Self::LastMoment => "Go to the end",
            Self::DecisionBack => "Step back a decision",
            Self::DecisionForward => "Step forward a decision",
            Self::MessageBack => "Jump to the message before",
            Self::MessageForward => "Jump to the next message",
            Self::Slower => "Play slower",
            Self::Faster => "Play faster",
            Self::OwnZone => "Times in the person’s zone",
            Self::ReduceMotion => "Reduce motion",
            Self::Commands => "Find command…",
            Self::Help => "Keys and words",
            Self::ThemeSystem => "Follow the system",
            Self::ThemeLight => "Light",
            Self::ThemeDark => "Dark",
            Self::Quit => "Quit",
        }
    }

    /// What a tooltip says of it.
    pub const fn tooltip(self) -> &'static str {
        match self {
            Self::OpenWorkspace => "Open another folder with workspace.ron",
            Self::Save => "Write what you changed to the workspace’s files",
            Self::SaveAs => "Save a copy of the whole workspace in an empty folder and go on there",
            Self::Undo => "Take the last change back",
            Self::Redo => "Make the change again that was taken back",
            Self::NewJourney => "Begin a journey, empty or from a template",
            Self::ImportJourney => "Add a journey from a RON file",
            Self::ExportJourney => "Write the journey shown to a RON file",
            Self::ExportMermaid => {
                "Write the journey shown as a Mermaid flowchart, for documents and reviews"
            }
            Self::ExportReview => {
                "Write all of the journey shown as Markdown, for people who are to agree to it"
            }
            Self::ExportSvg => "Write the journey shown as a drawing that is sharp at any size",
            Self::ExportPng => "Write the journey shown as a picture, for slides and messages",
            Self::RenameJourney => "Give the journey shown another name",
            Self::DuplicateJourney => "Copy the journey shown, as a draft",
            Self::DeleteJourney => "Take the journey shown away; undo brings it back",
            Self::WorkspaceSettings => "Zone, consent, delivery rules and the platform",
            Self::NewSegment => "Begin a segment: a named condition",
            Self::AddRecording => "Read a recording into this session; the workspace stays as it is",
            Self::Replay => "Read the recordings again and replay them",
            Self::CancelWork => "Stop what is being done; nothing is changed",
            Self::NextJourney => "Show the next open journey",
            Self::PreviousJourney => "Show the open journey before this one",
            Self::CloseJourney => "Close this journey's tab",
            Self::ZoomIn => "Make the journey larger",
            Self::ZoomOut => "Make the journey smaller",
            Self::ZoomFull => "Show the journey at its own size",
            Self::ZoomFit => "Show the whole journey",
            Self::SelectUp | Self::SelectDown | Self::SelectLeft | Self::SelectRight => {
                "Walk through the journey with the arrow keys"
            }
            Self::Deselect => "Let go of what is selected",
            Self::ShowPeople => "Everybody in the replay, and what they got",
            Self::ShowTimeline => "What the person in focus did, waited for and got",
            Self::AddBlock => "Add a block after the selected one",
            Self::FindBlock => "Go to a block by its name",
            Self::AddNote => "Lay a note for colleagues on the canvas",
            Self::SelectAll => "Select every block of the journey",
            Self::ShowDetails => "Show the details of what is selected",
            Self::CutBlocks => "Take the selected blocks away and put them on the clipboard",
            Self::CopyBlocks => "Put the selected blocks on the clipboard, for this or another journey",
            Self::PasteBlocks => "Add the blocks that lie on the clipboard",
            Self::CopyBugReport => {
                "Put what happened on the clipboard, with the smallest recording that still shows it"
            }
            Self::DuplicateBlocks => "Copy the selected blocks beside themselves",
            Self::DeleteBlocks => "Take the selected blocks away and close the gaps",
            Self::ArrangeBlocks => "Let go of every block that was moved by hand",
            Self::ShowMessages => "Every message of the replay, sent or not",
            Self::ShowProblems => "What is wrong with the journeys on this platform",
            Self::ShowCoverage => "Branches and exits that no recorded session takes",
            Self::ShowCompare => "What differs from another version, platform, seed or recording",
            Self::ShowCharts => "Messages by day, time to identify and to the first message, reasons",
            Self::KeepResult => "Changes from now on are compared with the result as it is now",
            Self::FindMessage => "Filter the messages by any text",
            Self::ToggleSidebar => "Show or hide the lists on the left",
            Self::ToggleBottom => "Show or hide messages and problems",
            Self::ToggleInspector => "Show or hide the details on the right",
            Self::PlayPause => "Let virtual time run from the cursor on, or stop it",
            Self::FirstMoment => "Put the cursor on the first thing that happened",
            Self::StepBack => "Put the cursor on the event before",
            Self::StepForward => "Put the cursor on the next event",
            Self::LastMoment => "Take the cursor away: the end of the replay and its totals are shown",
            Self::DecisionBack => "Put the cursor on the decision before, and show what it is about",
            Self::DecisionForward => "Put the cursor on the next decision, and show what it is about",
            Self::MessageBack => "Put the cursor on the message before, sent or not",
            Self::MessageForward => "Put the cursor on the next message, sent or not",
            Self::Slower => "Let virtual time run slower while playing",
            Self::Faster => "Let virtual time run faster while playing",
            Self::OwnZone => "Show the timeline in the zone of the person in focus, or in the workspace’s",
            Self::ReduceMotion => "Jump where things would glide",
            Self::Commands => "Find any command by its name",
            Self::Help => "Every key, and what the words mean",
            Self::ThemeSystem => "Light or dark as the system has it",
            Self::ThemeLight => "Always light",
            Self::ThemeDark => "Always dark",
            Self::Quit => "Close the window",
        }
    }

    /// Its keys; the first is the one menus show.
    pub fn shortcuts(self) -> &'static [KeyboardShortcut] {
        const fn on(modifiers: Modifiers, key: Key) -> KeyboardShortcut {
            KeyboardShortcut::new(modifiers, key)
        }
        const CTRL: Modifiers = Modifiers::COMMAND;
        const CTRL_SHIFT: Modifiers = Modifiers { shift: true, ..Modifiers::COMMAND };
        const PLAIN: Modifiers = Modifiers::NONE;
        const SHIFT: Modifiers = Modifiers::SHIFT;
        match self {
            Self::OpenWorkspace => const { &[on(CTRL, Key::O)] },
            Self::Save => const { &[on(CTRL, Key::S)] },
            Self::SaveAs => const { &[on(CTRL_SHIFT, Key::S)] },
            Self::Undo => const { &[on(CTRL, Key::Z)] },
            Self::Redo => const { &[on(CTRL_SHIFT, Key::Z), on(CTRL, Key::Y)] },
            Self::NewJourney => const { &[on(CTRL, Key::N)] },
            Self::RenameJourney => const { &[on(PLAIN, Key::F2)] },
            Self::WorkspaceSettings => const { &[on(CTRL, Key::Comma)] },
            Self::AddRecording => const { &[on(CTRL_SHIFT, Key::O)] },
            Self::Replay => const { &[on(CTRL, Key::R), on(PLAIN, Key::F5)] },
            Self::CancelWork => const { &[on(CTRL, Key::Period)] },
            Self::NextJourney => const { &[on(CTRL, Key::PageDown)] },
            Self::PreviousJourney => const { &[on(CTRL, Key::PageUp)] },
            Self::CloseJourney => const { &[on(CTRL, Key::W)] },
            Self::ZoomIn => const { &[on(PLAIN, Key::Plus), on(PLAIN, Key::Equals)] },
            Self::ZoomOut => const { &[on(PLAIN, Key::Minus)] },
            Self::ZoomFull => const { &[on(PLAIN, Key::Num1)] },
            Self::ZoomFit => const { &[on(PLAIN, Key::Num0)] },
            Self::SelectUp => const { &[on(PLAIN, Key::ArrowUp)] },
            Self::SelectDown => const { &[on(PLAIN, Key::ArrowDown)] },
            Self::SelectLeft => const { &[on(PLAIN, Key::ArrowLeft)] },
            Self::SelectRight => const { &[on(PLAIN, Key::ArrowRight)] },
            Self::Deselect => const { &[on(PLAIN, Key::Escape)] },
            Self::ShowPeople => const { &[on(CTRL_SHIFT, Key::P)] },
            Self::ShowTimeline => const { &[on(CTRL, Key::T)] },
            Self::AddBlock => const { &[on(PLAIN, Key::A), on(PLAIN, Key::Insert)] },
            Self::FindBlock => const { &[on(CTRL_SHIFT, Key::F), on(PLAIN, Key::Slash)] },
            Self::AddNote => const { &[on(PLAIN, Key::N)] },
            Self::SelectAll => const { &[on(CTRL, Key::A)] },
            Self::ShowDetails => const { &[on(PLAIN, Key::Enter)] },
            Self::CutBlocks => const { &[on(CTRL, Key::X)] },
            Self::CopyBlocks => const { &[on(CTRL, Key::C)] },
            Self::PasteBlocks => const { &[on(CTRL, Key::V)] },
            Self::CopyBugReport => const { &[on(CTRL_SHIFT, Key::C)] },
            Self::DuplicateBlocks => const { &[on(CTRL, Key::D)] },
            Self::DeleteBlocks => const { &[on(PLAIN, Key::Delete), on(PLAIN, Key::Backspace)] },
            Self::ArrangeBlocks => const { &[on(CTRL_SHIFT, Key::A)] },
            Self::ShowMessages => const { &[on(CTRL, Key::M)] },
            Self::ShowProblems => const { &[on(CTRL_SHIFT, Key::M)] },
            Self::FindMessage => const { &[on(CTRL, Key::F)] },
            Self::ToggleSidebar => const { &[on(CTRL, Key::B)] },
            Self::ToggleBottom => const { &[on(CTRL, Key::J)] },
            Self::ToggleInspector => const { &[on(CTRL, Key::I)] },
            Self::PlayPause => const { &[on(PLAIN, Key::Space), on(PLAIN, Key::K)] },
            Self::FirstMoment => const { &[on(PLAIN, Key::Home)] },
            Self::StepBack => const { &[on(PLAIN, Key::Comma)] },
            Self::StepForward => const { &[on(PLAIN, Key::Period)] },
            Self::LastMoment => const { &[on(PLAIN, Key::End)] },
            Self::DecisionBack => const { &[on(PLAIN, Key::OpenBracket)] },
            Self::DecisionForward => const { &[on(PLAIN, Key::CloseBracket)] },
            Self::MessageBack => const { &[on(SHIFT, Key::M)] },
            Self::MessageForward => const { &[on(PLAIN, Key::M)] },
            Self::Slower => const { &[on(PLAIN, Key::J)] },
            Self::Faster => const { &[on(PLAIN, Key::L)] },
            Self::OwnZone => const { &[on(PLAIN, Key::Z)] },
            Self::Commands => const { &[on(CTRL, Key::K)] },
            Self::Help => const { &[on(PLAIN, Key::F1)] },
            Self::ImportJourney
            | Self::ExportJourney
            | Self::ExportMermaid
            | Self::ExportReview
            | Self::ExportSvg
            | Self::ExportPng
            | Self::DuplicateJourney
            | Self::DeleteJourney
            | Self::NewSegment
            | Self::ShowCoverage
            | Self::ShowCompare
            | Self::ShowCharts
            | Self::KeepResult
            | Self::ReduceMotion
            | Self::ThemeSystem
            | Self::ThemeLight
            | Self::ThemeDark => &[],
            Self::Quit => const { &[on(CTRL, Key::Q)] },
        }
    }

    /// Where its keys work.
    pub const fn scope(self) -> Scope {
        match self {
            Self::SelectUp
            | Self::SelectDown
            | Self::SelectLeft
            | Self::SelectRight
            | Self::AddBlock
            | Self::AddNote
            | Self::SelectAll
            | Self::ShowDetails
            | Self::CutBlocks
            | Self::CopyBlocks
            | Self::PasteBlocks
            | Self::DuplicateBlocks
            | Self::DeleteBlocks
            | Self::PlayPause
            | Self::FirstMoment
            | Self::LastMoment => Scope::Canvas,
            Self::Undo
            | Self::Redo
            | Self::FindBlock
            | Self::ArrangeBlocks
            | Self::RenameJourney
            | Self::ZoomIn
            | Self::ZoomOut
            | Self::ZoomFull
            | Self::ZoomFit
            | Self::StepBack
            | Self::StepForward
            | Self::DecisionBack
            | Self::DecisionForward
            | Self::MessageBack
            | Self::MessageForward
            | Self::Slower
            | Self::Faster
            | Self::OwnZone
            | Self::Deselect => Scope::NotTyping,
            _ => Scope::Window,
        }
    }

    /// Its first key as text, for menus and tooltips.
    pub fn shortcut_text(self, os: OperatingSystem) -> Option<String> {
        let mac = matches!(os, OperatingSystem::Mac | OperatingSystem::IOS);
        let names = if mac { &egui::ModifierNames::SYMBOLS } else { &egui::ModifierNames::NAMES };
        self.shortcuts().first().map(|shortcut| shortcut.format(names, mac))
    }

    /// The commands whose keys were pressed in this pass; takes the presses.
    pub fn pressed(ctx: &egui::Context, typing: bool, focused_elsewhere: bool) -> Vec<Self> {
        let works = |command: &Self| match command.scope() {
            Scope::Window => true,
            Scope::NotTyping => !typing,
            Scope::Canvas => !typing && !focused_elsewhere,
        };
        // Keys with more modifiers come first: Ctrl+Shift+O must not be taken for Ctrl+O.
        let mut keys: Vec<(Self, KeyboardShortcut)> = Self::ALL
            .into_iter()
            .filter(works)
            .flat_map(|command| command.shortcuts().iter().map(move |shortcut| (command, *shortcut)))
            .filter(|(_, shortcut)| *shortcut != HAND)
            .collect();
        keys.sort_by_key(|(_, shortcut)| !shortcut.modifiers.shift);
        let mut pressed: Vec<Self> = ctx.input_mut(|input| {
            keys.iter()
                .filter(|(_, shortcut)| input.consume_shortcut(shortcut))
                .map(|(command, _)| *command)
                .collect()
        });
        if ctx.input(|input| input.key_released(HAND.logical_key)) {
            let held = ctx.data_mut(|data| data.remove_temp::<bool>(hand_id())).is_some();
            if !held && works(&Self::PlayPause) {
                pressed.push(Self::PlayPause);
            }
        }
        pressed
    }
}

/// Held, this key moves the canvas under the pointer; pressed and let go it plays and pauses.
const HAND: KeyboardShortcut = KeyboardShortcut::new(Modifiers::NONE, Key::Space);

/// Where the canvas says that it was moved by the key that is held.
pub fn hand_id() -> egui::Id {
    egui::Id::unique("the canvas was moved by hand")
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn no_two_shortcuts_clash() {
        let mut seen: Vec<(Command, KeyboardShortcut)> = Vec::new();
        for command in Command::ALL {
            for shortcut in command.shortcuts() {
                if let Some((other, _)) = seen.iter().find(|(_, taken)| taken == shortcut) {
                    panic!("{command:?} and {other:?} share {shortcut:?}");
                }
                seen.push((command, *shortcut));
            }
        }
    }

    #[test]
    fn every_command_is_listed_once_and_says_what_it_does() {
        let unique: BTreeSet<Command> = Command::ALL.into_iter().collect();
        assert_eq!(unique.len(), Command::ALL.len());
        for command in Command::ALL {
            assert!(!command.text().is_empty() && !command.tooltip().is_empty(), "{command:?}");
        }
    }

    #[test]
    fn shortcuts_read_as_keys() {
        let text = Command::AddRecording.shortcut_text(OperatingSystem::Nix);
        assert_eq!(text.as_deref(), Some("Ctrl+Shift+O"));
        assert_eq!(Command::ThemeDark.shortcut_text(OperatingSystem::Nix), None);
    }
}
