//! Which ways of the journeys somebody took.

use std::sync::Arc;

use super::session::Outcome;
use crate::{lab::JourneyCoverage, workspace::Workspace};

/// What was found, and in what.
#[derive(Debug, Default)]
pub struct Covered {
    /// Of each journey that was replayed, in the workspace's order.
    pub journeys: Vec<JourneyCoverage>,
    pub(super) found_in: Option<(Arc<Outcome>, Arc<Workspace>)>,
}
