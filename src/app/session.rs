//! What a replay in the window is asked for, and what came of it.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::PathBuf,
    sync::Arc,
};

use super::fault::Fault;
use crate::{
    app::{document::Document, indexed::Indexed},
    identity::{Confidence, Platform},
    journey::JourneyId,
    lab::{coupling::Extent, series::Charts},
    recording::{ImportCounts, Taxonomy},
    simulator::{Counts, HeldTrigger, JourneyCounts, ReplayResult},
    words::person::PeopleGroup,
    workspace::{self, FileProblem, Unsaved, Workspace},
};

/// A platform in the selector.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlatformName {
    /// As in files.
    pub name: String,
    /// As people say it.
    pub label: String,
}

/// An open workspace, and what can be chosen in it.
#[derive(Clone, Debug)]
pub struct Opened {
    /// The workspace and its edits.
    pub document: Document,
    /// Platforms: the workspace's own first if it is no preset, then the presets.
    pub platforms: Vec<PlatformName>,
    /// The workspace's own platform when it was looked at last, by name.
    pub own: String,
    /// Files that could not be read, or not wholly.
    pub problems: Vec<FileProblem>,
    /// What an earlier session left unsaved.
    pub unsaved: Option<Unsaved>,
}

impl Opened {
    /// A workspace with the presets to choose from.
    pub fn new(opened: workspace::Opened) -> Self {
        let workspace = opened.workspace;
        Self {
            platforms: platforms(&workspace.platform),
            own: workspace.platform.name.clone(),
            document: Document::new(workspace, opened.files),
            problems: opened.problems,
            unsaved: None,
        }
    }
}

impl Opened {
    /// Lists the platforms anew after an edit; the workspace's own if it is another one now.
    pub fn follow_platform(&mut self) -> Option<String> {
        let own = &self.document.workspace().platform;
        self.platforms = platforms(own);
        let now = own.name.clone();
        (now != self.own).then(|| {
            self.own.clone_from(&now);
            now
        })
    }
}

/// Platforms to choose from: the workspace's own first if it is no preset, then the presets.
pub fn platforms(own: &Platform) -> Vec<PlatformName> {
    let mut platforms: Vec<PlatformName> = Platform::presets().iter().map(named).collect();
    if !platforms.iter().any(|platform| platform.name == own.name) {
        platforms.insert(0, named(own));
    }
    platforms
}

fn named(platform: &Platform) -> PlatformName {
    PlatformName { name: platform.name.clone(), label: platform.label.clone() }
}

/// A recording of the session: of the workspace, or dropped on the window.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Source {
    /// The name people see.
    pub name: String,
    /// The file.
    pub path: PathBuf,
    /// Builds state and triggers nothing.
    pub history: bool,
    /// Added to this session only.
    pub added: bool,
}

/// The recordings of a workspace, as sources.
pub fn sources(workspace: &Workspace) -> Vec<Source> {
    let folder = workspace.folder.clone().unwrap_or_default();
    let folder = folder.canonicalize().unwrap_or(folder);
    workspace
        .recordings
        .iter()
        .map(|entry| Source {
            name: if entry.name.is_empty() { entry.file.clone() } else { entry.name.clone() },
            path: folder.join(&entry.file),
            history: entry.history,
            added: false,
        })
        .collect()
}

/// Which recordings are replayed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum RecordingChoice {
    /// All of the session.
    #[default]
    All,
    /// The one at this place (and all that are history).
    One(usize),
}

impl RecordingChoice {
    /// Whether the source at a place is replayed.
    pub fn takes(&self, at: usize, source: &Source) -> bool {
        match self {
            Self::All => true,
            Self::One(one) => *one == at || source.history,
        }
    }
}

/// What to replay.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Choice {
    /// Platform by name.
    pub platform: String,
    /// Recordings.
    pub recordings: RecordingChoice,
    /// A draft that runs all the same: the one that is looked at.
    pub draft: Option<JourneyId>,
    /// Seed of every random draw.
    pub seed: u64,
}

/// What came of a replay.
#[derive(Clone, Debug, Default)]
pub struct Outcome {
    /// The result.
    pub result: ReplayResult,
    /// It, ready for looking things up.
    pub index: Arc<Indexed>,
    /// What is counted, as of any instant.
    pub counted: Counts,
    /// How many people the platform keeps a profile of are in each group.
    pub groups: BTreeMap<PeopleGroup, u64>,
    /// Devices that belong to nobody the platform keeps a profile of.
    pub strangers: u64,
    /// Journeys that have errors, so that they could not be replayed.
    pub broken: BTreeSet<JourneyId>,
    /// What was read of each source of the session, in its order; `None` for one not replayed.
    pub imports: Vec<Option<ImportCounts>>,
    /// Names and values of the recordings replayed, to suggest them.
    pub taxonomy: Arc<Taxonomy>,
    /// What the charts show.
    pub charts: Charts,
    /// Rules of the platform, and how many of them are assumed.
    pub rules: RuleCount,
    /// Label of the platform.
    pub platform: String,
    /// How long the replay took.
    pub took_ms: u64,
    /// Recordings that could not be used; the others were replayed.
    pub faults: Vec<Fault>,
    /// How much of it was replayed anew; the rest is of the result before.
    pub extent: Extent,
}

/// How many rules a platform has, and how many of them nobody documents.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct RuleCount {
    /// All.
    pub settings: usize,
    /// Assumed.
    pub assumed: usize,
}

impl RuleCount {
    /// Counts a platform's rules.
    pub fn of(platform: &Platform) -> Self {
        let rules = platform.rules();
        let assumed = rules.iter().filter(|rule| rule.confidence == Confidence::Assumed).count();
        Self { settings: rules.len(), assumed }
    }
}

impl Outcome {
    /// Counts of a journey.
    pub fn counts(&self, journey: &JourneyId) -> Option<&JourneyCounts> {
        self.result.journeys.get(journey)
    }
    /// How many people are in a group; visitors without a profile are anonymous too.
    pub fn group(&self, group: PeopleGroup) -> u64 {
        let held = if group == PeopleGroup::Anonymous { self.strangers } else { 0 };
        self.groups.get(&group).copied().unwrap_or(0) + held
    }
    /// Identifiers of whoever a held trigger turned out to be, else of its device alone.
    pub fn owner_of(&self, held: &HeldTrigger) -> Vec<String> {
        let device = vec![held.anonymous_id.clone()];
        let person = self.index.directory.person(&device).and_then(|at| self.result.people.get(at));
        person.map_or(device, |person| person.identifiers.clone())
    }
}
