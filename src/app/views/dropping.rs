//! What a drop would do, while files are held over the window.

use std::path::PathBuf;

use egui::{Align2, CornerRadius, Id, LayerId, Order, Role, Sense, Stroke, StrokeKind, Ui, WidgetInfo};

use crate::app::{
    dialogs,
    theme::{self, fonts, size},
};

/// Draws it over everything.
pub fn show(ui: &Ui) {
    let held: Vec<PathBuf> =
        ui.input(|input| input.raw.hovered_files.iter().filter_map(|file| file.path.clone()).collect());
    if held.is_empty() {
        return;
    }
    let t = theme::of(ui);
    let text = dialogs::drop_hint(held);
    let all = ui.ctx().content_rect();
    let layer = LayerId::new(Order::Foreground, Id::unique("drop"));
    let painter = ui.ctx().layer_painter(layer);
    painter.rect_filled(all, 0.0, t.background.gamma_multiply(0.7));
    let galley = painter.layout_no_wrap(text.clone(), fonts::title(), t.text);
    let card = Align2::CENTER_CENTER.anchor_size(all.center(), galley.size()).expand2(egui::vec2(28.0, 20.0));
    let radius = CornerRadius::same(size::BLOCK_RADIUS);
    painter.rect(card, radius, t.panel, Stroke::new(1.5, t.accent), StrokeKind::Inside);
    painter.galley(card.center() - galley.size() / 2.0, galley, t.text);
    let said = ui.interact(card, Id::unique("drop hint"), Sense::hover());
    said.widget_info(|| WidgetInfo::labeled(Role::Label, true, &text));
}
