//! A note on the canvas: its text.

use egui::{Id, Ui};

use super::parts::title;
use crate::{
    app::{
        command::Command,
        intent::Intents,
        state::Model,
        views::forms::{Form, gap, remark},
        widgets,
    },
    journey::{Journey, Note, NoteId, edit::EditCommand},
    workspace::WorkspaceEdit,
};

/// Draws it. A note just begun is ready to be written.
pub fn show(ui: &mut Ui, model: &Model, journey: &Journey, id: &NoteId, note: &Note, intents: &mut Intents) {
    title(ui, "Note", &journey.name);
    ui.push_id(("note", journey.id.as_str(), id.as_str()), |ui| {
        let mut form = Form::new(model, intents);
        let mut text = note.text.clone();
        let field = form.lines(ui, "Text", "What colleagues should know", 8, &mut text);
        let begun = Id::unique("note being written");
        let asked: Option<NoteId> = ui.data(|data| data.get_temp(begun));
        if note.text.is_empty() && asked.as_ref() != Some(id) {
            field.request_focus();
            ui.data_mut(|data| data.insert_temp(begun, id.clone()));
        }
        if text != note.text {
            let note = Note { text, at: note.at };
            form.edit(WorkspaceEdit::Journey(journey.id.clone(), EditCommand::PutNote(id.clone(), note)));
        }
        form.finish();
    });
    remark(ui, "Lies on the canvas and goes along with the journey’s file. No run ever meets it.");
    gap(ui);
    if widgets::quiet_button(ui, "Delete the note").clicked() {
        intents.run(Command::DeleteBlocks);
    }
}
