//! Calm banners over the canvas: what went wrong, where, what to do.

use egui::{Align2, Area, CornerRadius, Frame, Margin, Order, Stroke, Ui, vec2};

use super::{Intents, icons::Icon, widgets};
use crate::app::{
    intent::Intent,
    state::Model,
    theme::{self, fonts, size},
};

/// Draws them.
pub fn show(ui: &Ui, model: &Model, intents: &mut Intents) {
    if model.faults.is_empty() {
        return;
    }
    let t = theme::of(ui);
    let room = ui.max_rect();
    let width = (room.width() - 48.0).clamp(200.0, 560.0);
    Area::new(egui::Id::unique("banners"))
        .order(Order::Middle)
        .pivot(Align2::CENTER_TOP)
        .fixed_pos(room.center_top() + vec2(0.0, 16.0))
        .show(ui.ctx(), |ui| {
            for (at, fault) in model.faults.iter().enumerate() {
                Frame::new()
                    .fill(t.panel)
                    .stroke(Stroke::new(1.0, t.not_sent))
                    .corner_radius(CornerRadius::same(size::BLOCK_RADIUS))
                    .inner_margin(Margin::symmetric(12, 10))
                    .show(ui, |ui| {
                        ui.set_width(width);
                        ui.horizontal_top(|ui| {
                            ui.vertical(|ui| {
                                ui.set_width(width - 36.0);
                                ui.spacing_mut().item_spacing.y = 4.0;
                                widgets::text(ui, &fault.what, fonts::strong(), t.not_sent_text);
                                widgets::paragraph(ui, &fault.place, fonts::body(), t.text);
                                widgets::paragraph(ui, &fault.advice, fonts::body(), t.text_weak);
                            });
                            if widgets::icon_button(ui, Icon::Cross, "Dismiss", 24.0).clicked() {
                                intents.want(Intent::Dismiss(at));
                            }
                        });
                    });
                ui.add_space(8.0);
            }
        });
}
