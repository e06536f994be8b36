//! Comparing the result shown with another one, which may have to be replayed first.

use std::{collections::BTreeMap, sync::Arc};

use super::{
    control::{Control, Stage, Timing},
    memory::{Keep, Memory, ReplayJob, Stop},
};
use crate::{
    app::session::{Outcome, RecordingChoice},
    journey::{BlockId, Journey, JourneyId},
    lab::{
        Comparison, Difference, DifferenceKind, compare,
        compare::{PersonDifferences, by_person},
    },
    simulator::MessageRecord,
};

/// What the result shown is compared with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Against {
    /// The result that was kept.
    Kept,
    /// The workspace as it lies on disk.
    OnDisk,
    /// This workspace on another platform, by name.
    Platform(String),
    /// This workspace with other random draws.
    Seed(u64),
    /// Other recordings.
    Recordings(RecordingChoice),
}

/// What came of comparing.
#[derive(Clone, Debug)]
pub struct Compared {
    /// With what it was compared.
    pub against: Against,
    /// What was replayed for it; `None`: the result was kept.
    pub replay: Option<ReplayJob>,
    /// The result before.
    pub before: Arc<Outcome>,
    /// Its journeys: some may be gone.
    pub journeys: Vec<Arc<Journey>>,
    /// The live result it was compared with.
    pub after: Arc<Outcome>,
    /// What differs.
    pub comparison: Comparison,
    /// The same by person, those with most first.
    pub people: Vec<PersonDifferences>,
    /// How many differ in each way, by journey and block.
    pub blocks: BTreeMap<JourneyId, BTreeMap<BlockId, BTreeMap<DifferenceKind, usize>>>,
}

impl Compared {
    /// The messages of a difference, before and after.
    pub fn both(&self, difference: &Difference) -> (Option<&MessageRecord>, Option<&MessageRecord>) {
        let message =
            |of: &'_ Arc<Outcome>, at: Option<usize>| at.filter(|at| *at < of.result.messages.len());
        let before = message(&self.before, difference.before).map(|at| &self.before.result.messages[at]);
        let after = message(&self.after, difference.after).map(|at| &self.after.result.messages[at]);
        (before, after)
    }
}

/// Asks for a comparison.
#[derive(Clone, Debug)]
pub struct CompareJob {
    /// With what.
    pub against: Against,
    /// The result it is compared with.
    pub before: Before,
    /// The live result.
    pub after: Arc<Outcome>,
}

/// The result before.
#[derive(Clone, Debug)]
pub enum Before {
    /// It is there, with its journeys and what was replayed for it.
    Known(Arc<Outcome>, Vec<Arc<Journey>>, Option<ReplayJob>),
    /// It has to be replayed.
    Replay(ReplayJob),
}

impl Memory {
    /// Replays what has to be, and compares.
    pub(super) fn compare(
        &mut self,
        job: CompareJob,
        control: &Control,
        timing: Timing,
    ) -> Result<Compared, Stop> {
        let CompareJob { against, before, after } = job;
        let (before, journeys, replay) = match before {
            Before::Known(outcome, journeys, replay) => (outcome, journeys, replay),
            Before::Replay(replay) => {
                let outcome = self.replay_beside(&replay, control, timing)?;
                let journeys = replay.workspace.journeys.clone();
                (outcome, journeys, Some(replay))
            }
        };
        control.begin(Stage::Comparing, 0);
        let comparison = compare(&before.result, &after.result);
        let (old, new) = (&before.result.messages, &after.result.messages);
        let people = by_person(&comparison, old, new);
        let blocks = comparison.by_block(old, new);
        Ok(Compared { against, replay, before, journeys, after, comparison, people, blocks })
    }

    /// Replays without letting go of the recordings of the live result: other ones are kept beside
    /// them.
    fn replay_beside(
        &mut self,
        job: &ReplayJob,
        control: &Control,
        timing: Timing,
    ) -> Result<Arc<Outcome>, Stop> {
        let paths = job.paths();
        let others = self.read.as_ref().is_some_and(|read| !read.is_of(paths.iter()));
        if others {
            std::mem::swap(&mut self.read, &mut self.beside);
            self.forget_changed(&job.taken());
        }
        let outcome = self.replay(job, control, timing, Keep::No);
        if others {
            std::mem::swap(&mut self.read, &mut self.beside);
        }
        outcome
    }
}
