//! What the inspector's pages are made of: titles, headings, frames.

use egui::{Frame, Margin, Ui};

use crate::app::{
    theme::{self, fonts, size},
    widgets,
};

/// The title and the line under it.
pub fn title(ui: &mut Ui, title: &str, under: &str) {
    let t = theme::of(ui);
    widgets::paragraph(ui, title, fonts::title(), t.text);
    if !under.is_empty() {
        widgets::paragraph(ui, under, fonts::body(), t.text_weak);
    }
    ui.add_space(12.0);
}

/// A heading between groups.
pub fn section(ui: &mut Ui, name: &str) {
    ui.add_space(8.0);
    widgets::caption(ui, name);
    ui.add_space(4.0);
}

/// A heading over a part of a form, with a line above it.
pub fn part(ui: &mut Ui, name: &str) {
    let t = theme::of(ui);
    ui.add_space(6.0);
    let (line, _) = ui.allocate_exact_size(egui::vec2(ui.available_width(), 1.0), egui::Sense::hover());
    ui.painter().hline(line.x_range(), line.center().y, egui::Stroke::new(1.0, t.line));
    ui.add_space(10.0);
    widgets::text(ui, name, fonts::strong(), t.text);
    ui.add_space(8.0);
}

/// A quiet frame around text that was written for somebody else: a message, a template.
pub fn paper(ui: &mut Ui, add: impl FnOnce(&mut Ui)) {
    let t = theme::of(ui);
    Frame::new()
        .fill(t.background)
        .stroke(egui::Stroke::new(1.0, t.line_strong))
        .corner_radius(egui::CornerRadius::same(size::RADIUS))
        .inner_margin(Margin::symmetric(10, 8))
        .show(ui, |ui| {
            ui.set_width(ui.available_width());
            ui.spacing_mut().item_spacing.y = 4.0;
            add(ui);
        });
}
