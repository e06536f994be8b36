//! Asking the worker for what would have sent a message; a stale answer is never shown.

use std::sync::Arc;

use crate::{
    app::{
        diagram::graph::NodeKey,
        intent::Effect,
        jobs::{Job, WhyNot, WhyNotJob},
        selection::Selection,
        state::Model,
        why_not::Asking,
    },
    lab::Asked,
    simulator::MessageState,
};

impl Model {
    fn question(&self) -> Option<Asked> {
        let story = self.story.as_ref()?;
        let (journey, block, run) = match &self.view.selection {
            Selection::Message(_) => {
                let message = self.message().filter(|it| self.tells_of(Some(&it.identifiers)))?;
                (&message.journey, &message.block, Some(message.run))
            }
            Selection::Node(NodeKey::Block(id)) => {
                let journey = self.journey().filter(|journey| journey.blocks.contains_key(id))?;
                (&journey.id, id, None)
            }
            _ => return None,
        };
        let identifiers = story.everybody().map(str::to_owned).collect();
        Some(Asked { identifiers, journey: journey.clone(), block: block.clone(), run })
    }

    /// Another job has taken the worker: a search under way is begun again when it is done.
    pub(in crate::app) fn displaced(&mut self, by: &Job) {
        if self.why_not.under_way && !matches!(by, Job::WhyNot(_)) {
            self.search_again();
        }
    }

    /// Forgets what was asked, so that it is asked again.
    pub(super) fn search_again(&mut self) {
        self.why_not = Asking::default();
    }

    /// Asks the worker, if what is selected asks for something that is not known yet.
    pub(in crate::app) fn search_now(&mut self) -> Vec<Effect> {
        let Some(story) = self.story.clone().filter(|_| !self.is_asked() && !self.is_busy()) else {
            return Vec::new();
        };
        let was_under_way = self.why_not.under_way && self.work.is_some();
        let asked = self.question();
        let job = asked.clone().filter(|_| !self.message_went_out()).and_then(|asked| {
            let around = self.around_job()?;
            Some(Job::WhyNot(Box::new(WhyNotJob { around, asked })))
        });
        let from = Some((self.view.selection.clone(), story));
        self.why_not = Asking { from, asked, under_way: job.is_some(), found: None };
        match job {
            Some(job) => vec![Effect::Work(Box::new(job))],
            None if was_under_way => vec![Effect::CancelWork],
            None => Vec::new(),
        }
    }

    /// Takes in an answer; one to another question is dropped.
    pub(super) fn answered(&mut self, answer: Option<WhyNot>) {
        self.why_not.under_way = false;
        self.why_not.found = answer.filter(|it| self.asked() == Some(&it.asked)).map(Arc::new);
    }

    /// Takes in what is known of an answer before the search is over.
    pub(in crate::app) fn answered_so_far(&mut self, answer: Arc<WhyNot>) {
        if self.why_not.under_way && self.asked() == Some(&answer.asked) {
            self.why_not.found = Some(answer);
        }
    }

    fn message_went_out(&self) -> bool {
        self.message().is_some_and(|message| message.state == MessageState::Sent || message.message.is_none())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::{
        fixture,
        intent::Intent,
        jobs::{Control, Memory, Product, Stage, Timing},
        state::Work,
        why_not::Search,
    };

    /// The sample, with somebody in focus whose story is told.
    fn with_story() -> Model {
        let mut model = fixture::replayed();
        let person = vec!["email:ana.keller@example.com".to_owned()];
        let mut effects = model.apply(Intent::Select(Selection::Person(person)));
        let Some(Effect::Work(job)) = effects.pop() else { panic!("the story is asked for") };
        let told = Memory::default().perform(*job, &Control::default(), Timing::Fixed(4));
        model.take(told);
        model
    }

    fn select(model: &mut Model, block: &str) -> Vec<Effect> {
        let effects = model.apply(Intent::Select(Selection::Node(NodeKey::Block(block.into()))));
        assert!(effects.is_empty());
        model.search_now()
    }

    fn work(stage: Stage) -> Work {
        Work { stage, done: 0, total: 0, elapsed_s: 0.0 }
    }

    fn searched(effects: &[Effect]) -> Option<Asked> {
        match effects {
            [Effect::Work(job)] => match &**job {
                Job::WhyNot(job) => Some(job.asked.clone()),
                _ => None,
            },
            _ => None,
        }
    }

    #[test]
    fn a_search_waits_for_other_work_and_never_takes_the_worker_from_it() {
        let mut model = with_story();
        model.apply(Intent::OpenJourney("cart-recovery".into()));
        model.work = Some(work(Stage::Replaying));
        assert!(select(&mut model, "reassurance").is_empty(), "the replay goes on");
        model.work = None;
        assert!(searched(&model.search_now()).is_some(), "and now it is asked");
        // Another question replaces a search; other work ends it, and it is asked again after.
        model.work = Some(work(Stage::Trying));
        assert!(searched(&select(&mut model, "too-old")).is_some());
        model.displaced(&Job::Open("elsewhere".into()));
        model.work = Some(work(Stage::Opening));
        assert!(model.is_busy() && model.search_now().is_empty());
        model.work = None;
        assert!(searched(&model.search_now()).is_some());
    }

    #[test]
    fn what_is_found_first_is_shown_while_the_search_goes_on_and_after_it_is_stopped() {
        let mut model = with_story();
        model.apply(Intent::OpenJourney("cart-recovery".into()));
        let effects = select(&mut model, "reassurance");
        let [Effect::Work(job)] = &effects[..] else { panic!("a search") };
        let Job::WhyNot(job) = &**job else { panic!("a search") };
        let control = Control::default();
        let done = Memory::default().perform(Job::WhyNot(job.clone()), &control, Timing::Fixed(4));
        let Ok(Product::WhyNot(Some(done))) = done else { panic!("an answer") };
        let all = done.remedies.clone().expect("they did not get it").found;
        let last = control.told().expect("it was told while the search went on");
        assert_eq!(last.remedies.as_ref().expect("found").found, all, "nothing is found in secret");
        assert!(control.told().is_none(), "each is told once");

        model.work = Some(work(Stage::Trying));
        assert_eq!(model.search(), Search::UnderWay(None));
        model.answered_so_far(Arc::new(WhyNot { asked: asked_elsewhere(&last.asked), ..(*last).clone() }));
        assert_eq!(model.search(), Search::UnderWay(None), "that was another question");
        model.answered_so_far(Arc::clone(&last));
        assert_eq!(model.search(), Search::UnderWay(Some(Arc::clone(&last))));
        model.work = None;
        assert_eq!(model.search(), Search::Done(last));
    }

    fn asked_elsewhere(asked: &Asked) -> Asked {
        Asked { block: "elsewhere".into(), ..asked.clone() }
    }

    #[test]
    fn an_answer_to_another_question_is_dropped() {
        let mut model = with_story();
        model.apply(Intent::OpenJourney("cart-recovery".into()));
        let asked = searched(&select(&mut model, "reassurance")).expect("a question");
        let other = searched(&select(&mut model, "too-old")).expect("another");
        model.answered(Some(WhyNot { asked, remedies: None }));
        assert!(!matches!(model.search(), Search::Done(_)));
        model.answered(Some(WhyNot { asked: other, remedies: None }));
        assert!(matches!(model.search(), Search::Done(_)));
    }
}
