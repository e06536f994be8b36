//! What is asked of the selection, and how far the search for the answer is.

use std::sync::Arc;

use crate::{
    app::{state::Model, why_not::Search},
    lab::Asked,
};

impl Model {
    /// The question that the selection is about, if it is about one person and one block.
    pub fn asked(&self) -> Option<&Asked> {
        self.why_not.asked.as_ref().filter(|_| self.is_asked())
    }

    /// How far the search is for what is selected.
    pub fn search(&self) -> Search {
        if !self.is_asked() {
            return Search::Nothing;
        }
        match (&self.why_not.found, self.why_not.under_way, &self.work) {
            (found, true, Some(_)) => Search::UnderWay(found.clone()),
            // What was found before somebody stopped the search is still the smallest.
            (Some(found), ..) => Search::Done(Arc::clone(found)),
            (None, true, None) => Search::Stopped,
            (None, false, _) => Search::Nothing,
        }
    }

    /// Whether the worker has something to do that a search must wait for.
    pub(in crate::app) const fn is_busy(&self) -> bool {
        self.work.is_some() && !self.why_not.under_way
    }

    pub(in crate::app) fn is_asked(&self) -> bool {
        match (&self.why_not.from, &self.story) {
            (Some((selection, about)), Some(story)) => {
                *selection == self.view.selection && Arc::ptr_eq(about, story)
            }
            _ => false,
        }
    }
}
