//! Finding which ways of the journeys somebody took, when the result or the journeys change.

use std::sync::Arc;

use crate::{
    app::{covering::Covered, state::Model},
    lab::coverage,
};

impl Model {
    /// Looks which ways were taken, if anything that depends on has changed since. Comes after the
    /// problems, which say what nobody can take.
    pub(super) fn find_untaken(&mut self) {
        let (Some(outcome), Some(opened)) = (&self.outcome, &self.opened) else {
            self.covered = Covered::default();
            return;
        };
        let workspace = opened.document.workspace();
        if let Some((of, within)) = &self.covered.found_in
            && Arc::ptr_eq(of, outcome)
            && Arc::ptr_eq(within, workspace)
        {
            return;
        }
        let journeys = workspace.journeys.iter().map(AsRef::as_ref);
        let journeys = coverage(journeys, &outcome.result.journeys, &self.problems, self.holds_triggers());
        let found_in = Some((Arc::clone(outcome), Arc::clone(workspace)));
        self.covered = Covered { journeys, found_in };
    }
}
