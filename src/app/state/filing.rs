//! What is not on disk.

use crate::{app::state::Model, journey::JourneyId};

impl Model {
    /// Whether anything is not on disk.
    pub fn unsaved(&self) -> bool {
        self.opened.as_ref().is_some_and(|opened| opened.document.unsaved())
    }

    /// Whether a journey is not on disk as it is now.
    pub fn journey_unsaved(&self, id: &JourneyId) -> bool {
        self.opened.as_ref().is_some_and(|opened| opened.document.journey_unsaved(id))
    }
}
