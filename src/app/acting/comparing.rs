//! Acting on what is compared: what has to be replayed for it, and which differences are listed.

use std::sync::Arc;

use crate::{
    app::{
        comparing::{CompareIntent, Comparing, Kept},
        intent::Effect,
        jobs::{Against, Before, CompareJob, Compared, Job, ReplayJob},
        selection::{MessageKey, Selection},
        state::Model,
    },
    journey::Place,
};

impl Model {
    /// Acts on an intent.
    pub(super) fn compare(&mut self, intent: CompareIntent) -> Vec<Effect> {
        match intent {
            CompareIntent::Keep => {
                let (Some(outcome), Some(opened)) = (&self.outcome, &self.opened) else {
                    return Vec::new();
                };
                self.comparing.kept = Some(Kept {
                    outcome: Arc::clone(outcome),
                    workspace: Arc::clone(opened.document.workspace()),
                });
                self.compare_with(Some(Against::Kept));
            }
            CompareIntent::With(against) => self.compare_with(against),
            CompareIntent::Again => self.comparing.gave_up = false,
            CompareIntent::Kind(kind) => {
                let chosen = &mut self.comparing.kind;
                *chosen = if *chosen == Some(kind) { None } else { Some(kind) };
                self.list_differences();
            }
            CompareIntent::Person(person) => {
                self.comparing.person = person;
                self.list_differences();
            }
            CompareIntent::Pick(at) => return self.pick_difference(at),
        }
        Vec::new()
    }

    fn compare_with(&mut self, against: Option<Against>) {
        let kept = self.comparing.kept.take();
        self.comparing = Comparing { against, kept, ..Comparing::default() };
    }

    /// The comparison that is wanted now and not there, unless something else is being done.
    pub(super) fn compare_now(&self) -> Option<Effect> {
        let comparing = &self.comparing;
        if self.work.is_some() || self.filing.replays_soon() || comparing.gave_up {
            return None;
        }
        let (against, after) = (comparing.against.as_ref()?, self.outcome.as_ref()?);
        let known = comparing.compared.as_ref().filter(|known| known.against == *against);
        let before = if *against == Against::Kept {
            let kept = comparing.kept.as_ref()?;
            Before::Known(Arc::clone(&kept.outcome), kept.workspace.journeys.clone(), None)
        } else {
            let replay = self.replay_against(against)?;
            match known.filter(|known| known.replay.as_ref().is_some_and(|made| made.same(&replay))) {
                Some(known) => Before::Known(Arc::clone(&known.before), known.journeys.clone(), Some(replay)),
                None => Before::Replay(replay),
            }
        };
        let is_done = known.is_some_and(|known| {
            let same_before = match &before {
                Before::Known(outcome, ..) => Arc::ptr_eq(outcome, &known.before),
                Before::Replay(_) => false,
            };
            same_before && Arc::ptr_eq(&known.after, after)
        });
        if is_done {
            return None;
        }
        let job = CompareJob { against: against.clone(), before, after: Arc::clone(after) };
        Some(Effect::Work(Box::new(Job::Compare(job))))
    }

    /// What is replayed to compare with: the live choice but for one thing.
    fn replay_against(&self, against: &Against) -> Option<ReplayJob> {
        let mut replay = self.replay_job()?;
        match against {
            Against::Kept => return None,
            Against::OnDisk => replay.workspace = Arc::clone(self.opened.as_ref()?.document.saved()),
            Against::Platform(name) => replay.choice.platform.clone_from(name),
            Against::Seed(seed) => replay.choice.seed = *seed,
            Against::Recordings(recordings) => replay.choice.recordings = recordings.clone(),
        }
        Some(replay)
    }

    /// A comparison is done.
    pub(super) fn take_compared(&mut self, compared: Compared) {
        self.comparing.compared = Some(Arc::new(compared));
        self.comparing.person = None;
        self.comparing.picked = None;
        self.list_differences();
    }

    /// Work was cancelled or failed: a comparison that was under way is not begun again.
    pub(super) const fn gave_up_comparing(&mut self) {
        self.comparing.gave_up = true;
    }

    /// A new result: it is compared again, whatever became of the last one.
    pub(super) const fn compare_afresh(&mut self) {
        self.comparing.gave_up = false;
    }

    fn list_differences(&mut self) {
        let comparing = &mut self.comparing;
        let Some(compared) = &comparing.compared else {
            comparing.rows.clear();
            return;
        };
        let differences = &compared.comparison.differences;
        let wanted = |at: &usize| {
            comparing.kind.is_none_or(|kind| differences.get(*at).is_some_and(|it| it.kind == kind))
        };
        comparing.rows = match comparing.person.and_then(|at| compared.people.get(at)) {
            Some(person) => person.differences.iter().copied().filter(wanted).collect(),
            None => (0..differences.len()).filter(wanted).collect(),
        };
    }

    /// Goes to a difference: to its message, or where there is none any more to its person, with
    /// the block in view.
    fn pick_difference(&mut self, at: usize) -> Vec<Effect> {
        let Some(compared) = self.comparing.compared.clone() else { return Vec::new() };
        let Some(difference) = compared.comparison.differences.get(at) else { return Vec::new() };
        self.comparing.picked = Some(at);
        match compared.both(difference) {
            (_, Some(after)) => self.select(Selection::Message(MessageKey::of(after))),
            (Some(before), None) => {
                let block = Place::Block(before.block.clone());
                let mut effects = self.go_to(before.journey.clone(), block);
                effects.extend(self.select(Selection::Person(before.identifiers.clone())));
                effects
            }
            (None, None) => Vec::new(),
        }
    }
}

impl ReplayJob {
    /// Whether it would come to the same.
    fn same(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.workspace, &other.workspace)
            && self.choice == other.choice
            && self.sources == other.sources
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::{
        command::Command,
        fixture,
        intent::Intent,
        jobs::{Control, Memory, Product, Stage, Timing},
        state::Work,
    };

    fn working() -> Work {
        Work { stage: Stage::Comparing, done: 0, total: 0, elapsed_s: 0.0 }
    }

    /// Does the comparison that is wanted.
    fn compared(model: &mut Model) -> Arc<Compared> {
        let Some(Effect::Work(job)) = model.compare_now() else { panic!("nothing is wanted") };
        let product = Memory::default().perform(*job, &Control::default(), Timing::Fixed(4));
        assert!(matches!(product, Ok(Product::Compared(_))));
        model.take(product);
        model.comparing.compared.clone().expect("it is there")
    }

    #[test]
    fn it_is_done_once_and_again_for_another_result() {
        let mut model = fixture::replayed();
        assert!(model.compare_now().is_none(), "nothing was chosen");
        model.apply(Intent::Compare(CompareIntent::With(Some(Against::OnDisk))));
        let first = compared(&mut model);
        assert!(first.comparison.differences.is_empty() && model.compared_now());
        assert!(model.compare_now().is_none(), "it is there");
        model.take(Ok(Product::Replayed(fixture::outcome())));
        assert!(!model.compared_now());
        let second = compared(&mut model);
        assert!(Arc::ptr_eq(&first.before, &second.before), "the disk is not replayed again");
    }

    #[test]
    fn it_waits_for_other_work_and_stays_cancelled() {
        let mut model = fixture::replayed();
        model.apply(Intent::Compare(CompareIntent::With(Some(Against::Seed(1)))));
        model.work = Some(working());
        assert!(model.compare_now().is_none(), "something else is being done");
        model.apply(Intent::Run(Command::CancelWork));
        model.work = None;
        assert!(model.compare_now().is_none() && model.comparison_given_up());
        model.apply(Intent::Compare(CompareIntent::Again));
        assert!(model.compare_now().is_some());
    }

    #[test]
    fn what_is_kept_stays_when_something_else_is_compared() {
        let mut model = fixture::replayed();
        model.apply(Intent::Compare(CompareIntent::Keep));
        compared(&mut model);
        model.apply(Intent::Compare(CompareIntent::With(None)));
        assert!(model.compare_now().is_none() && model.comparing.kept.is_some());
        model.apply(Intent::Compare(CompareIntent::With(Some(Against::Kept))));
        assert!(compared(&mut model).comparison.differences.is_empty());
    }
}
