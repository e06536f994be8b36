//! Comparing the result shown with another one, which may have to be replayed first.

use std::sync::Arc;

use super::{Control, Keep, Memory, ReplayJob, Stop, Timing};
use crate::{
    app::{
        comparing::{Against, Compared},
        session::Outcome,
        worker::Stage,
    },
    journey::Journey,
    lab::{compare, compare::by_person},
};

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
        let others = self.read.as_ref().is_some_and(|read| read.paths != paths);
        if others {
            std::mem::swap(&mut self.read, &mut self.beside);
        }
        let outcome = self.replay(job, control, timing, Keep::No);
        if others {
            std::mem::swap(&mut self.read, &mut self.beside);
        }
        outcome
    }
}
