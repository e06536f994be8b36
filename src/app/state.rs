//! What the window knows and shows. Views read it; only acting on an intent changes it.

mod company;
mod comparing;
mod filing;
mod found;
mod reporting;
mod transport;
mod why_not;

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use chrono_tz::Tz;
use egui::Rect;

use super::{
    checking::Checked,
    command::Command,
    company::Company,
    comparing::Comparing,
    covering::Covered,
    diagram::{
        camera::Camera,
        graph::NodeKey,
        hold::{Hold, Picker},
        overlay::Overlay,
        scene::Scene,
    },
    fault::Fault,
    filing::Filing,
    finder::Finder,
    held::HeldList,
    jobs::Stage,
    messages::{MessageList, index::Facets},
    people::PeopleList,
    selection::Selection,
    session::{Choice, Opened, Outcome, RecordingChoice, Source},
    stretch::Window,
    transport::{Moment, Transport},
    why_not::Asking,
};
use crate::{
    identity::{Platform, platform::Anonymous},
    journey::{BlockId, Journey, JourneyId, Problem, Segments},
    lab::Story,
    simulator::{MessageRecord, WorkspaceFacts, result::PersonSummary},
    words::{names::Names, time},
    workspace::Workspace,
};

/// Work that goes on.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Work {
    /// What is being done.
    pub stage: Stage,
    /// How much of it is done.
    pub done: u64,
    /// Of how much; 0: unknown.
    pub total: u64,
    /// For how long it has been going on.
    pub elapsed_s: f64,
}

/// Tabs of the bottom panel.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum BottomTab {
    /// What the person in focus did, waited for and got.
    Timeline,
    /// Everybody.
    People,
    /// Every message.
    #[default]
    Messages,
    /// Every trigger the platform held back.
    Held,
    /// Every problem.
    Problems,
    /// Ways nobody took.
    Coverage,
    /// What differs from another result.
    Compare,
    /// Charts of the result.
    Charts,
}

/// What is shown and how.
#[derive(Clone, Debug)]
pub struct View {
    /// Journeys with a tab.
    pub tabs: Vec<JourneyId>,
    /// The one shown.
    pub journey: Option<JourneyId>,
    /// What is selected.
    pub selection: Selection,
    /// The bottom panel's tab.
    pub bottom: BottomTab,
    /// Which panels are open.
    pub panels: Panels,
    /// What stretch of time is looked at; `None`: the whole story.
    pub timeline: Option<Window>,
    /// Where the cursor of virtual time is and how it moves.
    pub transport: Transport,
    /// How the messages are filtered and sorted.
    pub messages: MessageList,
    /// How the people are filtered and sorted.
    pub people: PeopleList,
    /// How the held triggers are filtered and sorted.
    pub held: HeldList,
    /// Where each journey is looked at from; absent: not moved yet.
    pub cameras: BTreeMap<JourneyId, Camera>,
    /// Where the canvas is on the screen.
    pub canvas: Rect,
    /// What the canvas tells by its colours and numbers.
    pub overlay: Overlay,
    /// What the pointer holds on the canvas.
    pub hold: Option<Hold>,
    /// The list that is open over the canvas.
    pub picker: Option<Picker>,
    /// Set to bring the selected message into the table's view.
    pub show_message: bool,
    /// Set to put the keys into the message filter.
    pub focus_filter: bool,
}

/// Which panels are open.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Panels {
    /// The lists on the left.
    pub sidebar: bool,
    /// Messages and problems.
    pub bottom: bool,
    /// The details on the right.
    pub inspector: bool,
}

impl Default for View {
    fn default() -> Self {
        Self {
            tabs: Vec::new(),
            journey: None,
            selection: Selection::Nothing,
            bottom: BottomTab::Messages,
            panels: Panels { sidebar: true, bottom: true, inspector: true },
            timeline: None,
            transport: Transport::default(),
            messages: MessageList::default(),
            people: PeopleList::default(),
            held: HeldList::default(),
            cameras: BTreeMap::new(),
            canvas: Rect::from_min_size(egui::Pos2::ZERO, egui::vec2(800.0, 500.0)),
            overlay: Overlay::Flow,
            hold: None,
            picker: None,
            show_message: false,
            focus_filter: false,
        }
    }
}

/// Everything the window knows.
#[derive(Debug, Default)]
pub struct Model {
    /// The open workspace.
    pub opened: Option<Opened>,
    /// Recordings of the session.
    pub sources: Vec<Source>,
    /// What to replay.
    pub choice: Option<Choice>,
    /// What came of the last replay.
    pub outcome: Option<Arc<Outcome>>,
    /// Who is on the timeline.
    pub company: Company,
    /// The story of the person in focus.
    pub story: Option<Arc<Story>>,
    /// What is known at the cursor.
    pub moment: Moment,
    /// What would have sent the message or brought the person to the block that is looked at.
    pub why_not: Asking,
    /// What is going on.
    pub work: Option<Work>,
    /// What went wrong and was not dismissed.
    pub faults: Vec<Fault>,
    /// Why the last edit could not be made.
    pub notice: Option<String>,
    /// Commands that were run, the last one first.
    pub ran: Vec<Command>,
    /// Problems of each journey on the platform chosen.
    pub problems: BTreeMap<JourneyId, Vec<Problem>>,
    /// Problems of the segments that have any, by id.
    pub segment_problems: BTreeMap<String, Vec<Problem>>,
    /// What they were found in.
    pub checked: Option<Checked>,
    /// What is known of the workspace's files.
    pub filing: Filing,
    /// What is shown.
    pub view: View,
    /// What the result is compared with.
    pub comparing: Comparing,
    /// What is searched for.
    pub finder: Finder,
    /// Which ways were taken.
    pub covered: Covered,
    /// The journey shown, arranged.
    pub scene: Option<(JourneyId, Scene)>,
    /// Messages that pass the filter, in order: positions in the result.
    pub rows: Arc<Vec<usize>>,
    /// How many messages each choice of the filters' menus would leave.
    pub facets: Facets,
    /// People that pass the filter, in order: positions in the result.
    pub people: Vec<usize>,
    /// Held triggers that pass the filter, in order: positions in the result.
    pub held: Vec<usize>,
}

impl Model {
    /// The open workspace.
    pub fn workspace(&self) -> Option<&Workspace> {
        self.opened.as_ref().map(|opened| &**opened.document.workspace())
    }
    /// The journeys of the workspace.
    pub fn journeys(&self) -> &[Arc<Journey>] {
        self.workspace().map_or(&[], |workspace| &workspace.journeys)
    }
    /// A journey by id.
    pub fn journey_by_id(&self, id: &JourneyId) -> Option<&Journey> {
        self.journeys().iter().find(|journey| journey.id == *id).map(AsRef::as_ref)
    }
    /// The journey shown.
    pub fn journey(&self) -> Option<&Journey> {
        self.view.journey.as_ref().and_then(|id| self.journey_by_id(id))
    }
    /// The workspace's segments.
    pub fn segments(&self) -> &Segments {
        static NONE: Segments = Segments(BTreeMap::new());
        self.workspace().map_or(&NONE, |workspace| &workspace.segments)
    }
    /// The zone times are shown in: the workspace's.
    pub fn zone(&self) -> Tz {
        self.workspace().map_or(Tz::UTC, |workspace| time::zone(zone_name(&workspace.facts)))
    }
    /// Names of journeys and blocks.
    pub fn names(&self) -> Names<'_> {
        Names::of(self.journeys())
    }
    /// Somebody of the result who has one of these identifiers.
    pub fn person(&self, identifiers: &[String]) -> Option<&PersonSummary> {
        let outcome = self.outcome.as_ref()?;
        outcome.result.people.get(outcome.index.directory.person(identifiers)?)
    }
    /// The message that is selected.
    pub fn message(&self) -> Option<&MessageRecord> {
        let Selection::Message(key) = &self.view.selection else { return None };
        let outcome = self.outcome.as_ref()?;
        let all = &outcome.result.messages;
        match outcome.index.directory.person(&key.identifiers) {
            Some(person) => {
                let theirs = outcome.index.directory.messages(person).iter();
                theirs.filter_map(|at| all.get(*at as usize)).find(|message| key.fits(message))
            }
            None => all.iter().find(|message| key.fits(message)),
        }
    }
    /// The node to outline on the canvas: the selected one, or the selected message's block.
    pub fn highlighted(&self) -> Option<NodeKey> {
        match &self.view.selection {
            Selection::Node(key) => Some(key.clone()),
            Selection::Message(key) if Some(&key.journey) == self.view.journey.as_ref() => {
                Some(NodeKey::Block(key.block.clone()))
            }
            _ => None,
        }
    }
    /// The blocks that are selected.
    pub fn selected_blocks(&self) -> BTreeSet<BlockId> {
        match &self.view.selection {
            Selection::Node(key) => key.block().cloned().into_iter().collect(),
            Selection::Blocks(blocks) => blocks.clone(),
            _ => BTreeSet::new(),
        }
    }
    /// Whether the chosen platform holds triggers of visitors nobody knows.
    pub fn holds_triggers(&self) -> bool {
        let Some(workspace) = self.workspace() else { return false };
        let name = self.choice.as_ref().map_or(&workspace.platform.name, |choice| &choice.platform);
        let own = &workspace.platform;
        let platform = if own.name == *name { Some(own) } else { Platform::preset(name).ok() };
        platform.is_some_and(|platform| matches!(platform.anonymous.value, Anonymous::Held { .. }))
    }
    /// Where the journey shown is looked at from.
    pub fn camera(&self) -> Option<Camera> {
        let (id, scene) = self.scene.as_ref()?;
        let moved = self.view.cameras.get(id).copied();
        Some(moved.unwrap_or_else(|| {
            let trigger = scene.blocks.first().map_or(scene.bounds.center_top(), Rect::center);
            Camera::first(scene.bounds, trigger, self.view.canvas.size())
        }))
    }
    /// The name of the chosen recordings.
    pub fn recording_name(&self) -> String {
        match self.choice.as_ref().map(|choice| &choice.recordings) {
            Some(RecordingChoice::One(at)) => {
                self.sources.get(*at).map_or_else(String::new, |source| source.name.clone())
            }
            _ if self.sources.len() == 1 => self.sources[0].name.clone(),
            _ => format!("All {}", self.sources.len()),
        }
    }
    /// The label of the chosen platform.
    pub fn platform_label(&self) -> &str {
        let chosen = self.choice.as_ref().map(|choice| choice.platform.as_str());
        self.opened
            .as_ref()
            .and_then(|opened| {
                opened.platforms.iter().find(|platform| Some(platform.name.as_str()) == chosen)
            })
            .map_or("", |platform| platform.label.as_str())
    }
}

fn zone_name(facts: &WorkspaceFacts) -> &str {
    &facts.zone
}
