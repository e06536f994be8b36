//! Everything the window can be told to do, as one table: its text, keys and tooltip feed the menus,
//! the buttons' tooltips, the list of commands, the help and the keyboard.

use egui::{Key, KeyboardShortcut, Modifiers, os::OperatingSystem};

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

const PLAIN: Modifiers = Modifiers::NONE;
const SHIFT: Modifiers = Modifiers::SHIFT;
const CTRL: Modifiers = Modifiers::COMMAND;
const CTRL_SHIFT: Modifiers = Modifiers { shift: true, ..Modifiers::COMMAND };

/// Makes [`Command`] of rows `Name: "text", Scope [keys, the one that menus show first], "tooltip";`
/// in the order of the menu, so that nothing about a command can be forgotten.
macro_rules! commands {
    ($($name:ident: $text:literal, $scope:ident [$($modifiers:ident $key:ident),*], $tooltip:literal;)+) => {
        /// A command.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Command {
            $(#[doc = $tooltip] $name,)+
        }

        impl Command {
            /// All, in the order of the menu.
            pub const ALL: &[Self] = &[$(Self::$name),+];

            /// What menus call it.
            pub const fn text(self) -> &'static str {
                match self { $(Self::$name => $text,)+ }
            }

            /// What a tooltip says of it.
            pub const fn tooltip(self) -> &'static str {
                match self { $(Self::$name => $tooltip,)+ }
            }

            /// Its keys; the first is the one menus show.
            pub const fn shortcuts(self) -> &'static [KeyboardShortcut] {
                match self {
                    $(Self::$name => const { &[$(KeyboardShortcut::new($modifiers, Key::$key)),*] },)+
                }
            }

            /// Where its keys work.
            pub const fn scope(self) -> Scope {
                match self { $(Self::$name => Scope::$scope,)+ }
            }
        }
    };
}

commands! {
    OpenWorkspace: "Open workspace…", Window [CTRL O],
        "Open another folder with workspace.ron";
    Save: "Save", Window [CTRL S],
        "Write what you changed to the workspace’s files";
    SaveAs: "Save as…", Window [CTRL_SHIFT S],
        "Save a copy of the whole workspace in an empty folder and go on there";
    Undo: "Undo", NotTyping [CTRL Z],
        "Take the last change back";
    Redo: "Redo", NotTyping [CTRL_SHIFT Z, CTRL Y],
        "Make the change again that was taken back";
    NewJourney: "New journey…", Window [CTRL N],
        "Begin a journey, empty or from a template";
    ImportJourney: "Import journey…", Window [],
        "Add a journey from a RON file";
    ReplaceCatalog: "Replace the catalogue…", Window [],
        "Take the products from a CSV file";
    ExportJourney: "Export journey…", Window [],
        "Write the journey shown to a RON file";
    ExportMermaid: "Export as Mermaid…", Window [],
        "Write the journey shown as a Mermaid flowchart, for documents and reviews";
    ExportReview: "Export for a review…", Window [],
        "Write all of the journey shown as Markdown, for people who are to agree to it";
    ExportSvg: "Export as SVG…", Window [],
        "Write the journey shown as a drawing that is sharp at any size";
    ExportPng: "Export as PNG…", Window [],
        "Write the journey shown as a picture, for slides and messages";
    RenameJourney: "Rename journey…", NotTyping [PLAIN F2],
        "Give the journey shown another name";
    DuplicateJourney: "Duplicate journey", Window [],
        "Copy the journey shown, as a draft";
    DeleteJourney: "Delete journey", Window [],
        "Take the journey shown away; undo brings it back";
    WorkspaceSettings: "Workspace settings", Window [CTRL Comma],
        "Zone, consent, delivery rules and the platform";
    NewSegment: "New segment", Window [],
        "Begin a segment: a named condition";
    AddRecording: "Add recording…", Window [CTRL_SHIFT O],
        "Read a recording into this session; the workspace stays as it is";
    Replay: "Replay again", Window [CTRL R, PLAIN F5],
        "Read the recordings again and replay them";
    CancelWork: "Cancel", Window [CTRL Period],
        "Stop what is being done; nothing is changed";
    NextJourney: "Next journey", Window [CTRL PageDown],
        "Show the next open journey";
    PreviousJourney: "Previous journey", Window [CTRL PageUp],
        "Show the open journey before this one";
    CloseJourney: "Close journey", Window [CTRL W],
        "Close this journey's tab";
    ZoomIn: "Zoom in", NotTyping [PLAIN Plus, PLAIN Equals],
        "Make the journey larger";
    ZoomOut: "Zoom out", NotTyping [PLAIN Minus],
        "Make the journey smaller";
    ZoomFull: "Zoom to 100 %", NotTyping [PLAIN Num1],
        "Show the journey at its own size";
    ZoomFit: "Fit journey", NotTyping [PLAIN Num0],
        "Show the whole journey";
    SelectUp: "Select the block above", Canvas [PLAIN ArrowUp],
        "Walk through the journey with the arrow keys";
    SelectDown: "Select the block below", Canvas [PLAIN ArrowDown],
        "Walk through the journey with the arrow keys";
    SelectLeft: "Select the block to the left", Canvas [PLAIN ArrowLeft],
        "Walk through the journey with the arrow keys";
    SelectRight: "Select the block to the right", Canvas [PLAIN ArrowRight],
        "Walk through the journey with the arrow keys";
    Deselect: "Select nothing", NotTyping [PLAIN Escape],
        "Let go of what is selected";
    ShowTimeline: "Timeline", Window [CTRL T],
        "What the person in focus did, waited for and got";
    ShowPeople: "People", Window [CTRL_SHIFT P],
        "Everybody in the replay, and what they got";
    AddBlock: "Add block", Canvas [PLAIN A, PLAIN Insert],
        "Add a block after the selected one";
    FindBlock: "Find block", NotTyping [CTRL_SHIFT F, PLAIN Slash],
        "Go to a block by its name";
    AddNote: "Add note", Canvas [PLAIN N],
        "Lay a note for colleagues on the canvas";
    SelectAll: "Select all blocks", Canvas [CTRL A],
        "Select every block of the journey";
    ShowDetails: "Show details", Canvas [PLAIN Enter],
        "Show the details of what is selected";
    CutBlocks: "Cut", Canvas [CTRL X],
        "Take the selected blocks away and put them on the clipboard";
    CopyBlocks: "Copy", Canvas [CTRL C],
        "Put the selected blocks on the clipboard, for this or another journey";
    PasteBlocks: "Paste", Canvas [CTRL V],
        "Add the blocks that lie on the clipboard";
    CopyBugReport: "Copy as bug report", Window [CTRL_SHIFT C],
        "Put what happened on the clipboard, with the smallest recording that still shows it";
    DuplicateBlocks: "Duplicate", Canvas [CTRL D],
        "Copy the selected blocks beside themselves";
    DeleteBlocks: "Delete", Canvas [PLAIN Delete, PLAIN Backspace],
        "Take the selected blocks away and close the gaps";
    ArrangeBlocks: "Arrange", NotTyping [CTRL_SHIFT A],
        "Let go of every block that was moved by hand";
    ShowMessages: "Messages", Window [CTRL M],
        "Every message of the replay, sent or not";
    ShowProblems: "Problems", Window [CTRL_SHIFT M],
        "What is wrong with the journeys on this platform";
    ShowCoverage: "Coverage", Window [],
        "Branches and exits that no recorded session takes";
    ShowCompare: "Compare", Window [],
        "What differs from another version, platform, seed or recording";
    ShowCharts: "Charts", Window [],
        "Messages by day, time to identify and to the first message, reasons";
    KeepResult: "Keep this result to compare with", Window [],
        "Changes from now on are compared with the result as it is now";
    FindMessage: "Find message", Window [CTRL F],
        "Filter the messages by any text";
    ToggleSidebar: "Sidebar", Window [CTRL B],
        "Show or hide the lists on the left";
    ToggleBottom: "Bottom panel", Window [CTRL J],
        "Show or hide messages and problems";
    ToggleInspector: "Inspector", Window [CTRL I],
        "Show or hide the details on the right";
    PlayPause: "Play or pause", Canvas [PLAIN Space, PLAIN K],
        "Let virtual time run from the cursor on, or stop it";
    FirstMoment: "Go to the beginning", Canvas [PLAIN Home],
        "Put the cursor on the first thing that happened";
    StepBack: "Step back an event", NotTyping [PLAIN Comma],
        "Put the cursor on the event before";
    StepForward: "Step forward an event", NotTyping [PLAIN Period],
        "Put the cursor on the next event";
    LastMoment: "Go to the end", Canvas [PLAIN End],
        "Take the cursor away: the end of the replay and its totals are shown";
    DecisionBack: "Step back a decision", NotTyping [PLAIN OpenBracket],
        "Put the cursor on the decision before, and show what it is about";
    DecisionForward: "Step forward a decision", NotTyping [PLAIN CloseBracket],
        "Put the cursor on the next decision, and show what it is about";
    MessageBack: "Jump to the message before", NotTyping [SHIFT M],
        "Put the cursor on the message before, sent or not";
    MessageForward: "Jump to the next message", NotTyping [PLAIN M],
        "Put the cursor on the next message, sent or not";
    Slower: "Play slower", NotTyping [PLAIN J],
        "Let virtual time run slower while playing";
    Faster: "Play faster", NotTyping [PLAIN L],
        "Let virtual time run faster while playing";
    OwnZone: "Times in the person’s zone", NotTyping [PLAIN Z],
        "Show the timeline in the zone of the person in focus, or in the workspace’s";
    ReduceMotion: "Reduce motion", Window [],
        "Jump where things would glide";
    Find: "Search or run…", Window [CTRL K],
        "Find any journey, block, person, segment or command by its name";
    Help: "Keys and words", Window [PLAIN F1],
        "Every key, and what the words mean";
    ThemeSystem: "Follow the system", Window [],
        "Light or dark as the system has it";
    ThemeLight: "Light", Window [],
        "Always light";
    ThemeDark: "Dark", Window [],
        "Always dark";
    Quit: "Quit", Window [CTRL Q],
        "Close the window";
}

/// A key as it is written on keyboards: `[` and not `OpenBracket`; arrows by their names, for not
/// every font has the signs.
fn key_text(key: Key) -> &'static str {
    match key {
        Key::ArrowLeft | Key::ArrowRight | Key::ArrowUp | Key::ArrowDown => key.name(),
        _ => key.symbol_or_name(),
    }
}

impl Command {
    /// Its first key as text, for menus and tooltips.
    pub fn shortcut_text(self, os: OperatingSystem) -> Option<String> {
        let mac = matches!(os, OperatingSystem::Mac | OperatingSystem::IOS);
        let names = if mac { &egui::ModifierNames::SYMBOLS } else { &egui::ModifierNames::NAMES };
        self.shortcuts().first().map(|shortcut| {
            let held = names.format(&shortcut.modifiers, mac);
            let between = if held.is_empty() { "" } else { names.concat };
            format!("{held}{between}{}", key_text(shortcut.logical_key))
        })
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
            .iter()
            .copied()
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
        for &command in Command::ALL {
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
        let unique: BTreeSet<Command> = Command::ALL.iter().copied().collect();
        assert_eq!(unique.len(), Command::ALL.len());
        for command in Command::ALL {
            assert!(!command.text().is_empty() && !command.tooltip().is_empty(), "{command:?}");
        }
    }

    #[test]
    fn keys_are_written_as_on_keyboards() {
        let text = |command: Command| command.shortcut_text(OperatingSystem::Nix).unwrap_or_default();
        assert_eq!(text(Command::DecisionBack), "[");
        assert_eq!(text(Command::Undo), "Ctrl+Z");
        assert_eq!(text(Command::MessageBack), "Shift+M");
    }

    #[test]
    fn shortcuts_read_as_keys() {
        let text = Command::AddRecording.shortcut_text(OperatingSystem::Nix);
        assert_eq!(text.as_deref(), Some("Ctrl+Shift+O"));
        assert_eq!(Command::ThemeDark.shortcut_text(OperatingSystem::Nix), None);
    }
}
