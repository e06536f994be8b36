//! The workspace as it is being edited: what it is now, what it was, what lies on disk.

use std::{collections::BTreeSet, sync::Arc};

use crate::{
    journey::{
        JourneyId,
        edit::{Gesture, History},
    },
    workspace::{
        Files, Part, Workspace, WorkspaceChange, WorkspaceEdit, WorkspaceEditError, differing, edited,
    },
};

/// A workspace with its history.
#[derive(Clone, Debug)]
pub struct Document {
    history: History<Arc<Workspace>>,
    saved: Arc<Workspace>,
    files: Arc<Files>,
}

impl Document {
    /// A workspace just read from disk, from these files.
    pub fn new(workspace: Workspace, files: Files) -> Self {
        let workspace = Arc::new(workspace);
        Self { history: History::new(Arc::clone(&workspace)), saved: workspace, files: Arc::new(files) }
    }
    /// The workspace now.
    pub const fn workspace(&self) -> &Arc<Workspace> {
        self.history.present()
    }
    /// The workspace as it lies on disk.
    pub const fn saved(&self) -> &Arc<Workspace> {
        &self.saved
    }
    /// Its files as they were read or saved last.
    pub const fn files(&self) -> &Arc<Files> {
        &self.files
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
        !Arc::ptr_eq(self.workspace(), &self.saved) && !self.unsaved_parts().is_empty()
    }
    /// The parts that are not on disk as they are now.
    pub fn unsaved_parts(&self) -> BTreeSet<Part> {
        differing(self.workspace(), &self.saved)
    }
    /// Whether a journey is not on disk as it is now.
    pub fn journey_unsaved(&self, id: &JourneyId) -> bool {
        let find = |workspace: &Workspace| workspace.journeys.iter().find(|it| it.id == *id).cloned();
        match (find(self.workspace()), find(&self.saved)) {
            (Some(now), Some(saved)) => !Arc::ptr_eq(&now, &saved) && now != saved,
            (now, saved) => now.is_some() != saved.is_some(),
        }
    }
    /// This workspace lies on disk now, in these files.
    pub fn mark_saved(&mut self, workspace: Workspace, files: Files) {
        self.saved = Arc::new(workspace);
        self.files = Arc::new(files);
    }
    /// Changes what is known of the files.
    pub fn change_files(&mut self, change: impl FnOnce(&mut Files)) {
        change(Arc::make_mut(&mut self.files));
    }
    /// Changes what is known to lie on disk.
    pub fn change_saved(&mut self, change: impl FnOnce(&mut Workspace)) {
        change(Arc::make_mut(&mut self.saved));
    }
    /// Makes a change that no edit describes (files that were read again), as a step of its own.
    pub fn replace(&mut self, label: &str, change: impl FnOnce(&mut Workspace)) {
        let mut next = Workspace::clone(self.workspace());
        change(&mut next);
        self.history.change(Arc::new(next), label, None);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{app::fixture, journey::edit::EditCommand};

    #[test]
    fn edits_are_unsaved_until_saved_and_undone_edits_are_none() {
        let mut document = Document::new(fixture::opened().workspace, Files::default());
        let id = JourneyId::from("cart-recovery");
        let rename = |name: &str| WorkspaceEdit::Journey(id.clone(), EditCommand::Rename(name.to_owned()));
        assert!(!document.unsaved());
        document.edit(rename("A"), Some(1)).expect("sound");
        document.edit(rename("AB"), Some(1)).expect("sound");
        assert!(document.unsaved() && document.journey_unsaved(&id));
        assert_eq!(document.undo().as_deref(), Some("Rename the journey"));
        assert!(!document.unsaved() && document.undoes().is_none());
        document.redo();
        document.mark_saved(Workspace::clone(document.workspace()), Files::default());
        assert!(!document.unsaved());
        document.edit(WorkspaceEdit::DeleteJourney(id.clone()), None).expect("sound");
        assert!(document.journey_unsaved(&id));
    }
}
