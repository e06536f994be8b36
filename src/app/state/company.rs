//! What is known of those on the timeline.

use std::sync::Arc;

use crate::{
    app::state::Model,
    lab::Story,
    simulator::{PersonState, TraceRecord},
};

impl Model {
    /// Whether the person in focus has one of these identifiers.
    pub(in crate::app) fn tells_of(&self, person: Option<&[String]>) -> bool {
        let focused = self.company.focused();
        focused.zip(person).is_some_and(|(focused, person)| focused.is_one_of(person))
    }

    /// The person in focus at the cursor: one profile, several that are not merged yet, or none.
    pub fn states(&self) -> &[PersonState] {
        self.moment.people.get(self.company.focus).map_or(&[], Vec::as_slice)
    }

    /// The record that is set off, if it is of this story.
    pub fn record_in(&self, story: &Arc<Story>) -> Option<&TraceRecord> {
        self.record().filter(|_| self.story.as_ref().is_some_and(|shown| Arc::ptr_eq(shown, story)))
    }
}
