//! Listing the messages: at once where they are few, else apart.

use std::sync::Arc;

use crate::app::{
    intent::Effect,
    listing::{Answer, ListJob},
    messages::index::Listed,
    sheet::Sheet,
    state::Model,
};

/// So many messages are listed in far less than a frame, at once.
const AT_ONCE: usize = 50_000;

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
    pub(in crate::app) fn listed(&mut self, answer: Answer) {
        let of_this = self.outcome.as_ref().is_some_and(|it| Arc::ptr_eq(&it.index, &answer.index));
        if of_this && self.view.messages == answer.list {
            let Listed { rows, facets } = answer.listed;
            (self.rows, self.facets) = (Arc::new(rows), facets);
        }
    }

    /// What is listed now, as a sheet; `None` if that is nothing.
    pub fn sheet(&self) -> Option<Sheet> {
        let outcome = self.outcome.as_ref().filter(|_| !self.rows.is_empty())?;
        Some(Sheet {
            outcome: Arc::clone(outcome),
            journeys: self.journeys().to_vec(),
            rows: Arc::clone(&self.rows),
            zone: self.zone(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crossbeam_channel::bounded;

    use crate::{
        app::{fixture, intent::Intent, listing::Lister, messages::Filter},
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
