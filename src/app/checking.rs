//! What the problems in the journeys were found in: they are found again when any of it changes.

use std::sync::Arc;

use crate::{recording::Taxonomy, workspace::Workspace};

/// What the problems were found in.
#[derive(Clone, Debug)]
pub struct Checked {
    pub(super) workspace: Arc<Workspace>,
    pub(super) platform: String,
    pub(super) taxonomy: Option<Arc<Taxonomy>>,
}
