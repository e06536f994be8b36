//! The fields that forms are made of: a label above, one width, what is wrong in words below.
//!
//! A form edits a copy of what the model holds; whoever draws it compares the copy and asks for
//! one edit. What somebody types is a draft ([`draft`]) until it can be read: what cannot be read
//! is never stored. All changes between taking and losing the keys are one step of undo.

pub mod chips;
pub mod choice;
pub mod condition;
pub mod draft;
pub mod edit;
pub mod event;
pub mod field;
pub mod known;
pub mod liquid;
pub mod marks;
pub mod reading;
pub mod rows;
pub mod slots;
pub mod suggest;
pub mod suggestion;
pub mod test;
pub mod variables;

use egui::{Id, Response, Ui};

use crate::{
    app::{
        intent::{Intent, Intents},
        state::Model,
        theme::{self, fonts},
        widgets,
    },
    journey::edit::Gesture,
    workspace::WorkspaceEdit,
};

/// The room between two fields, in points.
const BETWEEN: f32 = 10.0;

/// A form while it is drawn: what may be suggested, and what the typing in it amounts to.
pub struct Form<'a> {
    /// What the window knows.
    pub model: &'a Model,
    /// Whether conditions may ask about a run: those of a segment may not.
    pub of_a_run: bool,
    intents: &'a mut Intents,
    /// The field that was typed into in this pass.
    gesture: Option<Gesture>,
    /// Whether a field has lost the keys.
    settles: bool,
}

impl<'a> Form<'a> {
    /// A form over what the model holds.
    pub const fn new(model: &'a Model, intents: &'a mut Intents) -> Self {
        Self { model, of_a_run: true, intents, gesture: None, settles: false }
    }
    /// Asks for a change of the workspace, as part of the typing it came from.
    pub fn edit(&mut self, edit: WorkspaceEdit) {
        self.intents.want(Intent::Edit(Box::new(edit), self.gesture));
    }
    /// Asks for something else.
    pub fn want(&mut self, intent: Intent) {
        self.intents.want(intent);
    }
    /// Ends the form: typing that is over is one step.
    pub fn finish(self) {
        if self.settles {
            self.intents.want(Intent::Settle);
        }
    }
    /// Something was typed into a field.
    fn typed(&mut self, field: Id) {
        self.gesture = Some(field.value());
    }
    /// Takes notice of a field that has lost the keys.
    fn left(&mut self, response: &Response) {
        self.settles |= response.lost_focus();
    }
}

/// The label over a field.
pub fn label(ui: &mut Ui, text: &str) {
    if !text.is_empty() {
        widgets::caption(ui, text);
        ui.add_space(2.0);
    }
}

/// What is wrong with what was typed.
pub fn complaint(ui: &mut Ui, text: &str) {
    let t = theme::of(ui);
    ui.add_space(2.0);
    widgets::paragraph(ui, text, fonts::small(), t.not_sent_text);
}

/// A quiet sentence that explains.
pub fn remark(ui: &mut Ui, text: &str) {
    let t = theme::of(ui);
    widgets::paragraph(ui, text, fonts::small(), t.text_weak);
}

/// The room between two fields.
pub fn gap(ui: &mut Ui) {
    ui.add_space(BETWEEN);
}
