//! What a bug report can be about: it follows from what was pressed or selected.

use crate::{
    app::{
        diagram::graph::NodeKey,
        filing::Dialog,
        reporting::{Draft, Subject},
        selection::Selection,
        state::{BottomTab, Model},
    },
    journey::{BlockId, JourneyId, edit::Port},
    lab::{asked::sends, place::came},
    report::{
        bug_report::{Happened, Spot},
        difference,
    },
    simulator::{HeldTrigger, MessageRecord, MessageState},
    words::names::Names,
};

impl Model {
    /// The report that is being put together.
    pub const fn draft(&self) -> Option<&Draft> {
        match &self.filing.dialog {
            Some(Dialog::Report(draft)) => Some(draft),
            _ => None,
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
