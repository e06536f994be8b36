//! Help: every key, and what the words mean.

use egui::{ScrollArea, Ui};

use crate::app::{
    command::Command,
    theme::{self, fonts},
    widgets,
};

/// The words of the product, as people meet them on the screen.
const WORDS: [(&str, &str); 15] = [
    ("Event", "One recorded call of a site or app: a page seen, a product put in the cart, an email given."),
    ("Recording", "A set of events from one source, read into the workspace."),
    ("Device", "One browser’s storage, known by the anonymous id it keeps."),
    ("Profile", "Who the platform thinks somebody is: identifiers, attributes, a history."),
    ("Platform", "The rules for who is who, who may enter and what may be sent."),
    ("Journey", "A trigger, blocks and their exits: what you draw."),
    ("Block", "One step of a journey. It has exits, each with a name."),
    ("Run", "One profile’s passage through one journey."),
    ("Session", "Events of one device less than half an hour apart."),
    ("Held trigger", "A trigger the platform keeps back because nobody is identified yet."),
    ("Message", "One attempt to reach somebody on a channel, with a status and a reason."),
    ("Segment", "A condition with a name: people come into it and leave it as things happen."),
    ("Replay", "Recorded visits sent through the journeys on a virtual clock."),
    ("Draft", "A journey that runs only while you look at it; an active one runs in every replay."),
    ("Workspace", "A folder with journeys, segments, a catalogue and recordings."),
];

/// Draws it inside the dialog.
pub fn show(ui: &mut Ui) {
    let t = theme::of(ui);
    let os = ui.ctx().os();
    widgets::text(ui, "Keys and words", fonts::title(), t.text);
    ui.add_space(4.0);
    ui.spacing_mut().item_spacing.x = 32.0;
    ui.columns(2, |columns| {
        let [keys, words] = columns else { return };
        ScrollArea::vertical().id_salt("keys").max_height(420.0).show(keys, |ui| {
            ui.spacing_mut().item_spacing.y = 0.0;
            widgets::caption(ui, "Keys");
            ui.add_space(4.0);
            for &command in Command::ALL {
                if let Some(keys) = command.shortcut_text(os) {
                    widgets::count_line(ui, command.text().trim_end_matches('…'), &keys, t.text);
                }
            }
        });
        ScrollArea::vertical().id_salt("words").max_height(420.0).show(words, |ui| {
            ui.spacing_mut().item_spacing.y = 2.0;
            // Columns stretch their text to both sides; a column of its own does not.
            ui.vertical(|ui| {
                widgets::caption(ui, "Words");
                ui.add_space(4.0);
                for (word, meaning) in WORDS {
                    widgets::text(ui, word, fonts::strong(), t.text);
                    widgets::paragraph(ui, meaning, fonts::body(), t.text_weak);
                    ui.add_space(6.0);
                }
            });
        });
    });
}
