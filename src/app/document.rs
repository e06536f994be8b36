//! The workspace as it is being edited: what it is now, what it was, what lies on disk.

use std::sync::Arc;

use crate::{
    journey::{
        JourneyId,
        edit::{Gesture, History},
    },
    workspace::{Workspace, WorkspaceChange, WorkspaceEdit, WorkspaceEditError, edited},
};

/// A workspace with its history.
#[derive(Clone, Debug)]
pub struct Document {
    history: History<Arc<Workspace>>,
    saved: Arc<Workspace>,
}

impl Document {
    /// A workspace just read from disk.
    pub fn new(workspace: Workspace) -> Self {
        let workspace = Arc::new(workspace);
        Self { history: History::new(Arc::clone(&workspace)), saved: workspace }
    }
    /// The workspace now.
    pub const fn workspace(&self) -> &Arc<Workspace> {
        self.history.present()
    }
    /// The workspace as it lies on disk.
    pub const fn saved(&self) -> &Arc<Workspace> {
        &self.saved
    }
    /// Makes a change. Returns what it did, without the workspace: that is the document's now.
    ///
    /// # Errors
    /// When the edit cannot be made; nothing is changed.
    pub fn edit(
        &mut self,
        edit: WorkspaceEdit,
        gesture: Option<Gesture>,
    ) -> Result<WorkspaceChange, WorkspaceEditError> {
        let change = edited(self.workspace(), edit)?;
        self.history.change(Arc::new(change.workspace.clone()), &change.label, gesture);
        Ok(change)
    }
    /// Ends a gesture: the next change is a step of its own.
    pub const fn settle(&mut self) {
        self.history.settle();
    }
    /// Goes one step back; what was undone.
    pub fn undo(&mut self) -> Option<String> {
        self.history.undo()
    }
    /// Goes one step forward again; what was done again.
    pub fn redo(&mut self) -> Option<String> {
        self.history.redo()
    }
    /// What undo would undo.
    pub fn undoes(&self) -> Option<&str> {
        self.history.undoes()
    }
    /// What redo would do again.
    pub fn redoes(&self) -> Option<&str> {
        self.history.redoes()
    }
    /// Whether anything is not on disk yet.
    pub fn unsaved(&self) -> bool {
        !Arc::ptr_eq(self.workspace(), &self.saved) && *self.workspace() != self.saved
    }
    /// Whether a journey is not on disk as it is now.
    pub fn journey_unsaved(&self, id: &JourneyId) -> bool {
        let find = |workspace: &Workspace| workspace.journeys.iter().find(|it| it.id == *id).cloned();
        match (find(self.workspace()), find(&self.saved)) {
            (Some(now), Some(saved)) => !Arc::ptr_eq(&now, &saved) && now != saved,
            (now, saved) => now.is_some() != saved.is_some(),
        }
    }
    /// This workspace lies on disk now.
    pub fn mark_saved(&mut self, workspace: Arc<Workspace>) {
        self.saved = workspace;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{app::fixture, journey::edit::EditCommand};

    #[test]
    fn edits_are_unsaved_until_saved_and_undone_edits_are_none() {
        let mut document = Document::new(fixture::opened().workspace);
        let id = JourneyId::from("cart-recovery");
        let rename = |name: &str| WorkspaceEdit::Journey(id.clone(), EditCommand::Rename(name.to_owned()));
        assert!(!document.unsaved());
        document.edit(rename("A"), Some(1)).expect("sound");
        document.edit(rename("AB"), Some(1)).expect("sound");
        assert!(document.unsaved() && document.journey_unsaved(&id));
        assert_eq!(document.undo().as_deref(), Some("Rename the journey"));
        assert!(!document.unsaved() && document.undoes().is_none());
        document.redo();
        document.mark_saved(Arc::clone(document.workspace()));
        assert!(!document.unsaved());
        document.edit(WorkspaceEdit::DeleteJourney(id.clone()), None).expect("sound");
        assert!(document.journey_unsaved(&id));
    }
}
