//! Listing the messages of a large result on a thread of its own: a keystroke in the filter costs
//! no more than a frame, however many messages there are.
//!
//! Only the newest list is wanted: while one is made, those asked for meanwhile replace each other,
//! and an answer to another list or another result is dropped. Until the answer is there the last
//! one is shown.

use std::{sync::Arc, thread};

use crossbeam_channel::{Receiver, Sender, TrySendError, bounded};

use super::{
    indexed::Indexed,
    intent::Effect,
    messages::{Listed, MessageList},
    state::Model,
};
use crate::{journey::Journey, words::names::Names};

/// So many messages are listed in far less than a frame, at once.
const AT_ONCE: usize = 50_000;

/// Asks for a list of messages.
#[derive(Clone, Debug)]
pub struct ListJob {
    index: Arc<Indexed>,
    journeys: Vec<Arc<Journey>>,
    list: MessageList,
}

/// The list that was asked for.
#[derive(Debug)]
pub struct Answer {
    index: Arc<Indexed>,
    list: MessageList,
    listed: Listed,
}

impl ListJob {
    fn done(self) -> Answer {
        let listed = self.index.messages.list(&Names::of(&self.journeys), &self.list);
        Answer { index: self.index, list: self.list, listed }
    }
}

/// The thread as the window sees it.
pub struct Lister(Side);

enum Side {
    Thread {
        jobs: Sender<ListJob>,
        answers: Receiver<Answer>,
        unsent: Option<ListJob>,
    },
    /// Done at once, when asked for (tests).
    Immediate(Option<Answer>),
}

impl Lister {
    /// Starts the thread; `wake` is called when an answer is there to be polled.
    ///
    /// # Errors
    /// When the system has no thread left.
    pub fn start(wake: impl Fn() + Send + 'static) -> std::io::Result<Self> {
        let (jobs, todo) = bounded::<ListJob>(1);
        let (done, answers) = bounded::<Answer>(4);
        thread::Builder::new().name("throughline-lister".to_owned()).spawn(move || {
            for job in todo {
                if done.send(job.done()).is_err() {
                    return;
                }
                wake();
            }
        })?;
        Ok(Self(Side::Thread { jobs, answers, unsent: None }))
    }

    /// One that does everything at once.
    pub const fn immediate() -> Self {
        Self(Side::Immediate(None))
    }

    /// Asks for a list in the place of one that was not begun.
    pub fn ask(&mut self, job: ListJob) {
        match &mut self.0 {
            Side::Thread { unsent, .. } => *unsent = Some(job),
            Side::Immediate(answer) => *answer = Some(job.done()),
        }
        self.send();
    }

    /// An answer, once it is there.
    pub fn poll(&mut self) -> Option<Answer> {
        self.send();
        match &mut self.0 {
            Side::Thread { answers, .. } => answers.try_recv().ok(),
            Side::Immediate(answer) => answer.take(),
        }
    }

    fn send(&mut self) {
        if let Side::Thread { jobs, unsent, .. } = &mut self.0
            && let Some(job) = unsent.take()
            && let Err(TrySendError::Full(job)) = jobs.try_send(job)
        {
            *unsent = Some(job);
        }
    }
}

impl Model {
    /// Filters and sorts the messages again: at once where they are few, else apart.
    pub(super) fn list_messages_soon(&mut self) -> Vec<Effect> {
        let job = self.list_job().filter(|job| job.index.messages.len() > AT_ONCE);
        if let Some(job) = job {
            return vec![Effect::List(Box::new(job))];
        }
        self.list_messages();
        Vec::new()
    }

    fn list_job(&self) -> Option<ListJob> {
        let index = Arc::clone(&self.outcome.as_ref()?.index);
        Some(ListJob { index, journeys: self.journeys().to_vec(), list: self.view.messages.clone() })
    }

    /// Takes in a list, unless another one is wanted by now.
    pub(super) fn listed(&mut self, answer: Answer) {
        let of_this = self.outcome.as_ref().is_some_and(|it| Arc::ptr_eq(&it.index, &answer.index));
        if of_this && self.view.messages == answer.list {
            let Listed { rows, facets } = answer.listed;
            (self.rows, self.facets) = (Arc::new(rows), facets);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        app::{fixture, intent::Intent, messages::Filter},
        simulator::MessageState,
    };

    #[test]
    fn a_list_made_apart_is_the_one_made_at_once() {
        let mut model = fixture::replayed();
        let before = Arc::clone(&model.rows);
        model.view.messages.choose(Filter::State(Some(MessageState::Sent)));
        let answer = model.list_job().expect("a result").done();
        model.listed(answer);
        let apart = Arc::clone(&model.rows);
        assert!(!apart.is_empty() && apart.len() < before.len());
        assert!(model.apply(Intent::FilterMessages(Filter::State(Some(MessageState::Sent)))).is_empty());
        assert_eq!(model.rows, apart);
    }

    #[test]
    fn an_answer_to_another_list_or_another_result_is_dropped() {
        let mut model = fixture::replayed();
        let stale = model.list_job().expect("a result");
        model.apply(Intent::FilterMessages(Filter::Text("no such thing".to_owned())));
        model.listed(stale.done());
        assert!(model.rows.is_empty(), "that was another filter");
        let other = ListJob { index: Arc::default(), ..model.list_job().expect("a result") };
        model.apply(Intent::FilterMessages(Filter::Clear));
        let shown = Arc::clone(&model.rows);
        model.listed(ListJob { list: model.view.messages.clone(), ..other }.done());
        assert_eq!(model.rows, shown, "that was another result");
    }

    #[test]
    fn the_thread_answers_the_newest_and_wakes_the_window() {
        let model = fixture::replayed();
        let (woken, wakes) = bounded(8);
        let mut lister = Lister::start(move || woken.send(()).unwrap_or_default()).expect("a thread");
        let mut job = model.list_job().expect("a result");
        for text in ["a", "an", "ana"] {
            job.list.text = text.to_owned();
            lister.ask(job.clone());
        }
        let mut last = None;
        while last.as_ref().is_none_or(|it: &Answer| it.list != job.list) {
            wakes.recv_timeout(std::time::Duration::from_secs(20)).expect("a wake");
            last = lister.poll();
        }
        assert_eq!(last.map(|it| it.listed), Some(job.done().listed));
    }
}
