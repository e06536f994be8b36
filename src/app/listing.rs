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
    messages::{MessageList, index::Listed},
};
use crate::{journey::Journey, words::names::Names};

/// Asks for a list of messages.
#[derive(Clone, Debug)]
pub struct ListJob {
    pub(super) index: Arc<Indexed>,
    pub(super) journeys: Vec<Arc<Journey>>,
    pub(super) list: MessageList,
}

/// The list that was asked for.
#[derive(Debug)]
pub struct Answer {
    pub(super) index: Arc<Indexed>,
    pub(super) list: MessageList,
    pub(super) listed: Listed,
}

impl ListJob {
    pub(super) fn done(self) -> Answer {
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
