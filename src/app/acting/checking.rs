//! Finding the problems in the journeys again after every edit, without waiting for a replay.

use std::sync::Arc;

use crate::{
    app::{checking::Checked, state::Model},
    identity::Platform,
    journey::{Journey, lint, lint_segments},
    workspace::lint::in_context,
};

impl Model {
    /// Looks for problems, if anything they depend on has changed since.
    pub(super) fn find_problems(&mut self) {
        let (Some(opened), Some(choice)) = (&self.opened, &self.choice) else { return };
        let workspace = Arc::clone(opened.document.workspace());
        let taxonomy = self.outcome.as_ref().map(|outcome| Arc::clone(&outcome.taxonomy));
        let taxonomy = taxonomy.filter(|taxonomy| !taxonomy.events.is_empty());
        if let Some(checked) = &self.checked
            && Arc::ptr_eq(&checked.workspace, &workspace)
            && checked.platform == choice.platform
            && checked.taxonomy.as_ref().map(Arc::as_ptr) == taxonomy.as_ref().map(Arc::as_ptr)
        {
            return;
        }
        let platform = if workspace.platform.name == choice.platform {
            &workspace.platform
        } else {
            Platform::preset(&choice.platform).unwrap_or(&workspace.platform)
        };
        (self.problems, self.segment_problems) =
            in_context(&workspace, platform, taxonomy.as_deref(), |context| {
                let found = |journey: &Arc<Journey>| (journey.id.clone(), lint(journey, context));
                (workspace.journeys.iter().map(found).collect(), lint_segments(context))
            });
        let platform = choice.platform.clone();
        self.checked = Some(Checked { workspace, platform, taxonomy });
    }
}
