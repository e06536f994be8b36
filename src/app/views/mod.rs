//! The panels of the window. A view reads the model and returns intents; it changes nothing.

pub mod banners;
mod beside;
pub mod bottom;
pub mod charts;
pub mod compare;
pub mod coverage;
pub mod dialog;
mod dropping;
pub mod finder;
pub mod forms;
pub mod held;
pub mod help;
pub mod inspector;
pub mod messages;
pub mod people;
pub mod problems;
pub mod report;
pub mod sidebar;
pub mod status_bar;
pub mod table;
pub mod top_bar;
pub mod transport;

use super::{intent::Intents, state::Model};

/// Everything, in the order that decides who gets which room.
pub fn window(ui: &mut egui::Ui, model: &Model, intents: &mut Intents) {
    top_bar::show(ui, model, intents);
    status_bar::show(ui, model, intents);
    inspector::show(ui, model, intents);
    bottom::show(ui, model, intents);
    sidebar::show(ui, model, intents);
    egui::CentralPanel::no_frame().show(ui, |ui| {
        super::canvas::view::show(ui, model, intents);
        banners::show(ui, model, intents);
    });
    dialog::show(ui, model, intents);
    dropping::show(ui);
}
