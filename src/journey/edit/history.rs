//! Labelled undo and redo over whole states that share their structure.

/// What changes belong to one step: a drag, a burst of typing in one field. Changes that follow
/// each other with the same gesture are undone together.
pub type Gesture = u64;

/// A state, what it was before, and what it was before undo. States are cheap to clone (they
/// share what did not change), so every step is kept.
#[derive(Clone, Debug)]
pub struct History<T> {
    past: Vec<Step<T>>,
    present: T,
    future: Vec<Step<T>>,
    /// The gesture that the next change may still belong to.
    open: Option<Gesture>,
}

/// A state on the other side of a change, and what the change is called.
#[derive(Clone, Debug)]
struct Step<T> {
    label: String,
    state: T,
}

impl<T: Clone + PartialEq> History<T> {
    /// A history that begins with a state.
    pub const fn new(present: T) -> Self {
        Self { past: Vec::new(), present, future: Vec::new(), open: None }
    }
    /// The state now.
    pub const fn present(&self) -> &T {
        &self.present
    }
    /// Changes the state. A change that changes nothing is no step; one that belongs to the
    /// gesture of the change before joins its step.
    pub fn change(&mut self, next: T, label: &str, gesture: Option<Gesture>) {
        if next == self.present {
            return;
        }
        let joins = gesture.is_some() && gesture == self.open && !self.past.is_empty();
        let before = std::mem::replace(&mut self.present, next);
        if !joins {
            self.past.push(Step { label: label.to_owned(), state: before });
        }
        self.future.clear();
        self.open = gesture;
        // A drag that ends where it began, a word typed and deleted again: no step is left.
        if joins && self.past.last().is_some_and(|step| step.state == self.present) {
            self.past.pop();
            self.open = None;
        }
    }
    /// Ends the gesture: the next change is a step of its own.
    pub const fn settle(&mut self) {
        self.open = None;
    }
    /// Goes one step back. Returns what was undone.
    pub fn undo(&mut self) -> Option<String> {
        let step = self.past.pop()?;
        let after = std::mem::replace(&mut self.present, step.state);
        self.future.push(Step { label: step.label.clone(), state: after });
        self.open = None;
        Some(step.label)
    }
    /// Goes one step forward again. Returns what was done again.
    pub fn redo(&mut self) -> Option<String> {
        let step = self.future.pop()?;
        let before = std::mem::replace(&mut self.present, step.state);
        self.past.push(Step { label: step.label.clone(), state: before });
        self.open = None;
        Some(step.label)
    }
    /// What undo would undo.
    pub fn undoes(&self) -> Option<&str> {
        self.past.last().map(|step| step.label.as_str())
    }
    /// What redo would do again.
    pub fn redoes(&self) -> Option<&str> {
        self.future.last().map(|step| step.label.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_gesture_is_one_step_and_nothing_is_lost() {
        let mut history = History::new(0);
        history.change(1, "Add", None);
        for x in 2..9 {
            history.change(x, "Drag", Some(7));
        }
        history.settle();
        history.change(10, "Drag", Some(7));
        assert_eq!(history.undoes(), Some("Drag"));
        assert_eq!((history.undo().as_deref(), *history.present()), (Some("Drag"), 8));
        assert_eq!((history.undo().as_deref(), *history.present()), (Some("Drag"), 1));
        assert_eq!((history.undo().as_deref(), *history.present()), (Some("Add"), 0));
        assert_eq!(history.undo(), None);
        while history.redo().is_some() {}
        assert_eq!(*history.present(), 10);
    }

    #[test]
    fn a_drag_back_to_its_begin_and_no_change_are_no_steps() {
        let mut history = History::new(0);
        history.change(0, "Nothing", None);
        history.change(5, "Drag", Some(1));
        history.change(0, "Drag", Some(1));
        assert_eq!(history.undoes(), None);
    }

    #[test]
    fn a_change_after_undo_forgets_what_was_undone() {
        let mut history = History::new(0);
        history.change(1, "One", None);
        history.undo();
        history.change(2, "Two", None);
        assert_eq!(history.redoes(), None);
        assert_eq!(history.undoes(), Some("Two"));
    }
}
