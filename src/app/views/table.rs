//! What the tables of the bottom panel have in common.

use egui::{Align2, Color32, FontId, Pos2, Rect, Response, Role, ScrollArea, Sense, Ui, WidgetInfo, vec2};

use crate::app::{
    icons::Icon,
    theme::{self, fonts, size},
    widgets,
};

/// Height of a row and of the heading.
pub const ROW_PT: f32 = 26.0;

/// Where the text of a column stands.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Side {
    /// So far from the left.
    Left(f32),
    /// At the right, for numbers.
    Right,
}

impl Side {
    fn place(self, rect: Rect) -> (Pos2, Align2) {
        match self {
            Self::Left(inset) => (rect.left_center() + vec2(inset, 0.0), Align2::LEFT_CENTER),
            Self::Right => (rect.right_center() - vec2(16.0, 0.0), Align2::RIGHT_CENTER),
        }
    }
}

/// Room for a table that needs at least so much width: in a narrower panel it scrolls sideways,
/// where it would grow over what is beside the panel.
pub fn roomy(ui: &mut Ui, name: &str, least_pt: f32, add: impl FnOnce(&mut Ui)) {
    if ui.available_width() >= least_pt {
        return add(ui);
    }
    ScrollArea::horizontal().id_salt(name).auto_shrink(false).show(ui, |ui| {
        ui.set_width(least_pt);
        add(ui);
    });
}

/// The heading of a column, which sorts by it. `order`: sorted by this column, from last to first
/// if true; `label` is what a screen reader says.
pub fn heading(ui: &mut Ui, name: &str, label: &str, side: Side, order: Option<bool>) -> Response {
    let t = theme::of(ui);
    let rect = ui.max_rect();
    let response = ui.interact(rect, ui.unique_id().with(("sort", name)), Sense::click());
    response.widget_info(|| WidgetInfo::labeled(Role::Button, true, label));
    let color = if order.is_some() || response.hovered() { t.text } else { t.text_weak };
    let (at, anchor) = side.place(rect);
    let drawn = ui.painter().text(at, anchor, name, fonts::small_strong(), color);
    if let Some(descending) = order {
        let icon = if descending { Icon::ArrowDown } else { Icon::ArrowUp };
        let beside = match side {
            Side::Right => drawn.left_center() - vec2(9.0, 0.0),
            Side::Left(_) => drawn.right_center() + vec2(9.0, 0.0),
        };
        icon.paint_at(ui.painter(), beside, 9.0, t.text_weak);
    }
    widgets::focus_ring(ui, &response, size::RADIUS);
    response
}

/// The text of a cell, cut to its width.
pub fn cell(ui: &Ui, side: Side, text: &str, font: &FontId, color: Color32) {
    let rect = ui.max_rect();
    let (at, anchor) = side.place(rect);
    let room = match side {
        Side::Left(_) => rect.right() - at.x - 10.0,
        Side::Right => at.x - rect.left() - 4.0,
    };
    widgets::clipped(ui, at, anchor, text, font, color, room);
}
