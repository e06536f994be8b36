//! “Copy as bug report”, wherever a result is shown: what it is about follows from what was pressed
//! or selected, what should have happened is asked, and the worker writes it down.

use super::{
    diagram::graph::NodeKey,
    filing::Dialog,
    intent::{Effect, Intent},
    jobs::{About, Job, ReportJob},
    selection::Selection,
    state::{BottomTab, Model},
};
use crate::{
    journey::{BlockId, JourneyId, edit::Port},
    lab::{Asked, asked::sends, place::came},
    report::{
        bug_report::{Expectation, Happened, Spot, Wish},
        difference,
    },
    simulator::{HeldTrigger, MessageRecord, MessageState},
    words::names::Names,
};

/// What is reported.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Subject {
    /// What became of somebody at a block.
    Somebody {
        /// Their identifiers.
        person: Vec<String>,
        /// The journey.
        journey: JourneyId,
        /// The block.
        block: BlockId,
        /// Which of their runs; `None`: any.
        run: Option<u32>,
        /// What became of it.
        happened: Happened,
        /// How another result differs.
        beside: Option<String>,
    },
    /// What everybody did at a place of a journey.
    Place {
        /// The journey.
        journey: JourneyId,
        /// Where in it.
        spot: Spot,
        /// How many did.
        came: u64,
    },
}

impl Subject {
    /// What happened.
    pub const fn happened(&self) -> Happened {
        match self {
            Self::Somebody { happened, .. } => *happened,
            Self::Place { came, .. } => Happened::Way(*came),
        }
    }
}

/// How far a report is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Progress {
    /// It is being asked what should have happened.
    #[default]
    Asking,
    /// The worker writes it.
    Writing,
    /// It is on the clipboard.
    Copied,
    /// The worker stopped, or found nothing to write.
    Stopped,
}

/// A report that is being put together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Draft {
    /// What it may be about; never empty.
    pub subjects: Vec<Subject>,
    /// Which of them.
    pub chosen: usize,
    /// What should have happened.
    pub expected: Expectation,
    /// How far it is.
    pub progress: Progress,
}

/// Something about a report.
#[derive(Clone, Debug, PartialEq)]
pub enum ReportIntent {
    /// Begin one about one of these.
    Begin(Vec<Subject>),
    /// Choose what it is about.
    About(usize),
    /// Choose what should have happened.
    Wish(Option<Wish>),
    /// Say so in own words.
    Words(String),
    /// Write it and put it on the clipboard.
    Copy,
}

impl Model {
    /// The report that is being put together.
    pub const fn draft(&self) -> Option<&Draft> {
        match &self.filing.dialog {
            Some(Dialog::Report(draft)) => Some(draft),
            _ => None,
        }
    }

    fn draft_mut(&mut self) -> Option<&mut Draft> {
        match &mut self.filing.dialog {
            Some(Dialog::Report(draft)) => Some(draft),
            _ => None,
        }
    }

    /// Acts on an intent about a report.
    pub(super) fn report(&mut self, intent: ReportIntent) -> Vec<Effect> {
        if let ReportIntent::Begin(subjects) = intent {
            if !subjects.is_empty() {
                let expected = Expectation::default();
                let draft = Draft { subjects, chosen: 0, expected, progress: Progress::Asking };
                self.filing.dialog = Some(Dialog::Report(Box::new(draft)));
            }
            return Vec::new();
        }
        let Some(draft) = self.draft_mut() else { return Vec::new() };
        draft.progress = Progress::Asking;
        match intent {
            ReportIntent::Begin(_) => {}
            ReportIntent::About(at) => {
                draft.chosen = at.min(draft.subjects.len().saturating_sub(1));
                draft.expected.wish = None;
            }
            ReportIntent::Wish(wish) => draft.expected.wish = wish,
            ReportIntent::Words(words) => draft.expected.words = words,
            ReportIntent::Copy => {
                draft.progress = Progress::Writing;
                let draft = draft.clone();
                let job = self.report_job(&draft);
                if job.is_none() {
                    self.stop_reporting();
                }
                return job.map(|job| Effect::Work(Box::new(job))).into_iter().collect();
            }
        }
        Vec::new()
    }

    fn report_job(&self, draft: &Draft) -> Option<Job> {
        let expected = draft.expected.clone();
        let about = match draft.subjects.get(draft.chosen)?.clone() {
            Subject::Somebody { person, journey, block, run, beside, .. } => {
                let asked = Asked { identifiers: person.iter().cloned().collect(), journey, block, run };
                let about = About::Somebody(Box::new(self.around(person)?), asked);
                return Some(Job::Report(Box::new(ReportJob { about, expected, beside })));
            }
            Subject::Place { journey, spot, .. } => {
                let (replay, outcome) = (Box::new(self.replay_job()?), self.outcome.as_ref()?);
                let counts = outcome.counts(&journey).cloned();
                About::Place { replay, broken: outcome.broken.clone(), journey, spot, counts }
            }
        };
        Some(Job::Report(Box::new(ReportJob { about, expected, beside: None })))
    }

    /// Puts a report on the clipboard, and goes on with what had to wait for it.
    pub(super) fn reported(&mut self, report: Option<String>) -> Vec<Effect> {
        if let Some(draft) = self.draft_mut() {
            draft.progress = if report.is_some() { Progress::Copied } else { Progress::Stopped };
        }
        let next = self.go_on();
        report.map(Effect::CopyText).into_iter().chain(next).collect()
    }

    /// The worker stopped: whoever waits for a report is told.
    pub(super) fn stop_reporting(&mut self) {
        if let Some(draft) = self.draft_mut().filter(|draft| draft.progress == Progress::Writing) {
            draft.progress = Progress::Stopped;
        }
    }

    /// Whether anything is selected that a report can be about.
    pub fn is_reportable(&self) -> bool {
        self.outcome.is_some()
            && match &self.view.selection {
                Selection::Message(_) | Selection::Person(_) | Selection::Node(_) | Selection::Edge(_) => {
                    true
                }
                _ => self.view.bottom == BottomTab::Compare && self.comparing.picked.is_some(),
            }
    }

    /// What a report on what is selected may be about; nothing where no result is.
    pub fn reportable(&self) -> Vec<Subject> {
        if self.outcome.is_none() {
            return Vec::new();
        }
        if let Some(asked) = self.asked() {
            let person = self.company.focused().map(|it| it.identifiers.clone()).unwrap_or_default();
            let (journey, block) = (asked.journey.clone(), asked.block.clone());
            let message = self.message();
            let theirs = self.somebody(person, journey, block, asked.run, message);
            // What everybody did there is as near at hand.
            return std::iter::once(theirs).chain(self.of_selected_place()).collect();
        }
        match &self.view.selection {
            Selection::Message(_) => self.message().map(|it| self.of_message(it)).into_iter().collect(),
            Selection::Person(person) => self.of_person(person),
            Selection::Node(_) | Selection::Edge(_) => self.of_selected_place().into_iter().collect(),
            _ if self.view.bottom == BottomTab::Compare => {
                self.comparing.picked.and_then(|at| self.of_difference(at)).into_iter().collect()
            }
            _ => Vec::new(),
        }
    }

    /// A report on the block or way that is selected.
    fn of_selected_place(&self) -> Option<Subject> {
        let spot = match &self.view.selection {
            Selection::Node(NodeKey::Trigger) => Spot::Way(Port::Start),
            Selection::Node(NodeKey::Block(block)) => Spot::Block(block.clone()),
            Selection::Edge(port) => Spot::Way(port.clone()),
            _ => return None,
        };
        self.view.journey.clone().map(|journey| self.of_place(journey, spot))
    }

    /// A report on a message, or on a run that waits.
    pub fn of_message(&self, message: &MessageRecord) -> Subject {
        let (journey, block) = (message.journey.clone(), message.block.clone());
        self.somebody(message.identifiers.clone(), journey, block, Some(message.run), Some(message))
    }

    /// A report on a place of a journey.
    pub fn of_place(&self, journey: JourneyId, spot: Spot) -> Subject {
        let counts = self.outcome.as_ref().and_then(|outcome| outcome.counts(&journey));
        let drawn = self.journey_by_id(&journey);
        let came = drawn.zip(counts).map_or(0, |(journey, counts)| came(journey, counts, &spot));
        Subject::Place { journey, spot, came }
    }

    /// A report on a held trigger: whether its journey began.
    pub fn of_held(&self, held: &HeldTrigger) -> Option<Subject> {
        let start = self.journey_by_id(&held.journey)?.start.clone()?;
        let person = self.outcome.as_ref()?.owner_of(held);
        let happened = Happened::Came(held.state == crate::simulator::HeldState::Joined);
        let (journey, block) = (held.journey.clone(), start);
        Some(Subject::Somebody { person, journey, block, run: None, happened, beside: None })
    }

    /// A report on a difference from another result.
    pub fn of_difference(&self, at: usize) -> Option<Subject> {
        let compared = self.comparing.compared.as_ref()?;
        let it = compared.comparison.differences.get(at)?;
        let (before, after) = compared.both(it);
        let meant =
            [after, before].into_iter().flatten().find(|it| it.message.is_some()).or(after).or(before)?;
        let names = self.names().or(Names::of(&compared.journeys));
        let block = |message: &MessageRecord| names.block(&message.journey, &message.block).to_owned();
        let side = |message: Option<&MessageRecord>, other| {
            message.map_or_else(
                || "no message".to_owned(),
                |message| difference::side(message, other, it.kind, self.zone(), block),
            )
        };
        let beside = format!(
            "{}. Before: {}. Now: {}",
            self.against_label(&compared.against),
            side(before, after),
            side(after, before)
        );
        let run = after.filter(|after| after.block == meant.block).map(|after| after.run);
        let (person, journey) = (meant.identifiers.clone(), meant.journey.clone());
        let subject = self.somebody(person, journey, meant.block.clone(), run, after);
        Some(match subject {
            Subject::Somebody { person, journey, block, run, happened, .. } => {
                Subject::Somebody { person, journey, block, run, happened, beside: Some(beside) }
            }
            place @ Subject::Place { .. } => place,
        })
    }

    /// Reports on somebody: each of their messages, and each message they might have got.
    fn of_person(&self, person: &[String]) -> Vec<Subject> {
        /// More would be no list to choose from.
        const MOST: usize = 200;
        let Some(outcome) = &self.outcome else { return Vec::new() };
        let theirs = outcome.index.directory.person(person).map(|at| outcome.index.directory.messages(at));
        let messages =
            theirs.into_iter().flatten().filter_map(|at| outcome.result.messages.get(*at as usize));
        let mut subjects: Vec<Subject> =
            messages.take(MOST).map(|message| self.of_message(message)).collect();
        for journey in self.journeys().iter().filter(|it| outcome.counts(&it.id).is_some()) {
            for block in journey.blocks.keys().filter(|block| sends(journey, block)) {
                let is_known = |subject: &Subject| {
                    matches!(subject, Subject::Somebody { journey: j, block: b, .. }
                        if *j == journey.id && b == block)
                };
                if !subjects.iter().any(is_known) && subjects.len() < MOST {
                    let id = journey.id.clone();
                    subjects.push(self.somebody(person.to_vec(), id, block.clone(), None, None));
                }
            }
        }
        subjects
    }

    fn somebody(
        &self,
        person: Vec<String>,
        journey: JourneyId,
        block: BlockId,
        run: Option<u32>,
        message: Option<&MessageRecord>,
    ) -> Subject {
        let is_message = self.journey_by_id(&journey).is_some_and(|journey| sends(journey, &block));
        let happened = match message {
            Some(message) if message.message.is_some() => Happened::Message(Some(message.state)),
            // A run that waits is there.
            Some(message) => Happened::Came(message.state == MessageState::Waiting),
            None if is_message => Happened::Message(None),
            None => Happened::Came(false),
        };
        Subject::Somebody { person, journey, block, run, happened, beside: None }
    }
}

/// What begins a report.
pub fn begin(subject: Subject) -> Intent {
    Intent::Report(ReportIntent::Begin(vec![subject]))
}
