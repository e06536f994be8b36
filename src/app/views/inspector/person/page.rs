//! What the page of a person is drawn from.

use crate::{
    app::{session::Outcome, state::Model},
    lab::Story,
    simulator::{MessageRecord, PersonState, result::PersonSummary},
    words::time,
};

/// A person of the result, with all that belongs to them.
pub struct Page<'a> {
    pub model: &'a Model,
    pub outcome: &'a Outcome,
    /// Their position among the result's people.
    pub at: usize,
    pub person: &'a PersonSummary,
    /// Their story, once it is told.
    pub story: Option<&'a Story>,
}

impl<'a> Page<'a> {
    /// Their messages and waiting runs, in order of time.
    pub fn messages(&self) -> impl Iterator<Item = &'a MessageRecord> + use<'a> {
        let all = &self.outcome.result.messages;
        self.outcome.index.directory.messages(self.at).iter().filter_map(|at| all.get(*at as usize))
    }
    /// What is known of them when the replay ends, once their story is told.
    pub fn last_state(&self) -> Option<PersonState> {
        let states = self.story?.chronicle.at(i64::MAX);
        states
            .into_iter()
            .find(|state| state.identifiers.iter().any(|id| self.person.identifiers.contains(id)))
    }
    pub fn moment(&self, ms: i64) -> String {
        time::moment(ms, self.model.cursor_zone())
    }
}
