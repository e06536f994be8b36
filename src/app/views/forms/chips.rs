//! Small things that belong to a set: names that can be taken out, choices that can be on or off.

use std::collections::BTreeSet;

use egui::{Align2, CornerRadius, Sense, Ui, WidgetInfo, accesskit::Role, pos2, vec2};

use super::{Form, choice::toggle, gap, label};
use crate::app::{
    icons::Icon,
    theme::{self, fonts, size},
    widgets,
};

/// A name with a cross; true when it was clicked away. `away` says what that does.
pub fn chip(ui: &mut Ui, name: &str, away: &str) -> bool {
    let t = theme::of(ui);
    let galley = ui.painter().layout_no_wrap(name.to_owned(), fonts::body(), t.text);
    let width = (galley.size().x + 32.0).min(ui.max_rect().width());
    let (rect, response) = ui.allocate_exact_size(vec2(width, 24.0), Sense::click());
    response.widget_info(|| WidgetInfo::labeled(Role::Button, true, away));
    let fill = if response.hovered() { t.hover } else { t.selection };
    ui.painter().rect_filled(rect, CornerRadius::same(size::RADIUS), fill);
    let at = pos2(rect.left() + 8.0, rect.center().y);
    widgets::clipped(ui, at, Align2::LEFT_CENTER, name, &fonts::body(), t.text, width - 32.0);
    let mark = pos2(rect.right() - 12.0, rect.center().y);
    Icon::Cross.paint_at(ui.painter(), mark, 8.0, t.text_weak);
    widgets::focus_ring(ui, &response, size::RADIUS);
    response.on_hover_text(away).clicked()
}

impl Form<'_> {
    /// Any of a few, each on or off.
    pub fn several<T: Ord + Clone>(
        &mut self,
        ui: &mut Ui,
        name: &str,
        options: &[(T, &str)],
        chosen: &mut BTreeSet<T>,
    ) {
        label(ui, name);
        ui.horizontal_wrapped(|ui| {
            ui.spacing_mut().item_spacing = vec2(4.0, 4.0);
            for (option, text) in options {
                let ink = theme::of(ui).text;
                let galley = ui.painter().layout_no_wrap((*text).to_owned(), fonts::strong(), ink);
                let width = galley.size().x + 20.0;
                let on = chosen.contains(option);
                if toggle(ui, text, on, width).clicked() {
                    if on {
                        chosen.remove(option);
                    } else {
                        chosen.insert(option.clone());
                    }
                }
            }
        });
        gap(ui);
    }
}
