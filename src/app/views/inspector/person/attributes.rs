//! What is known of somebody.

use egui::Ui;

use super::Page;
use crate::app::{
    theme::{self, fonts},
    views::{inspector::section, widgets},
};

/// Draws it.
pub fn show(ui: &mut Ui, page: &Page<'_>) {
    if page.person.attributes.is_empty() {
        return;
    }
    let t = theme::of(ui);
    section(ui, "Attributes");
    ui.spacing_mut().item_spacing.y = 0.0;
    for (name, value) in &page.person.attributes {
        let value = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        widgets::paragraph(ui, format!("{name}: {value}"), fonts::body(), t.text_weak);
    }
}
