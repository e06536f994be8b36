//! Which ways of the journeys somebody took, found again when the result or the journeys change.

use std::sync::Arc;

use super::{session::Outcome, state::Model};
use crate::{
    journey::JourneyId,
    lab::{
        JourneyCoverage, coverage,
        coverage::{Share, share_of},
    },
    workspace::Workspace,
};

/// What was found, and in what.
#[derive(Debug, Default)]
pub struct Covered {
    /// Of each journey that was replayed, in the workspace's order.
    pub journeys: Vec<JourneyCoverage>,
    found_in: Option<(Arc<Outcome>, Arc<Workspace>)>,
}

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

    /// The ways of a journey; `None`: it was not replayed.
    pub fn coverage_of(&self, journey: &JourneyId) -> Option<&JourneyCoverage> {
        self.covered.journeys.iter().find(|coverage| coverage.journey == *journey)
    }

    /// How much of all journeys was taken.
    pub fn coverage_share(&self) -> Share {
        share_of(&self.covered.journeys)
    }
}
