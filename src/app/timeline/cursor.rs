//! The cursor on the timeline: a line with a head that can be dragged, and an axis that takes it.

use egui::{
    Color32, CursorIcon, Id, PointerButton, Rect, Role, Sense, Shape, Stroke, Ui, WidgetInfo, pos2, vec2,
};

use crate::{
    app::{
        intent::{Intent, Intents},
        state::Model,
        stretch::Scale,
        theme::{self, fonts, size},
        transport::CursorIntent,
    },
    words::time,
};

/// How near the pointer must come to take the line.
const REACH_PT: f32 = 5.0;

/// Lets the axis and the line move the cursor. Before the rows, so that what stands on them is
/// pressed first.
pub fn drive(ui: &Ui, model: &Model, scale: &Scale, axis: Rect, all: Rect, intents: &mut Intents) {
    let axis = Rect::from_min_max(pos2(scale.left, axis.top()), axis.max);
    let on_axis = ui.interact(axis, Id::unique("timeline axis"), Sense::click_and_drag());
    on_axis.widget_info(|| WidgetInfo::labeled(Role::Slider, true, "Time axis: click to move the cursor"));
    if on_axis.hovered() {
        ui.set_cursor_icon(CursorIcon::ResizeHorizontal);
    }
    let mut held = [on_axis.clicked() || on_axis.dragged_by(PointerButton::Primary), false];
    if let Some(x) = place(model, scale) {
        let line = Rect::from_x_y_ranges(x - REACH_PT..=x + REACH_PT, axis.top()..=all.bottom());
        let on_line = ui.interact(line.intersect(all), Id::unique("timeline cursor"), Sense::drag());
        let at = time::moment_and_second(model.cursor_ms(), model.cursor_zone());
        on_line.widget_info(|| WidgetInfo::labeled(Role::Slider, true, format!("Cursor at {at}")));
        if on_line.hovered() || on_line.dragged() {
            ui.set_cursor_icon(CursorIcon::ResizeHorizontal);
        }
        held[1] = on_line.dragged_by(PointerButton::Primary);
    }
    if held.contains(&true)
        && let Some(at) = ui.input(|input| input.pointer.interact_pos())
    {
        let to_ms = scale.at(at.x.clamp(scale.left, scale.left + scale.width)).min(model.end_ms());
        if model.view.transport.cursor != Some(to_ms) {
            intents.want(Intent::Cursor(CursorIntent::Move(Some(to_ms))));
        }
    }
}

/// Draws the line over the rows, with its head on the axis.
pub fn paint(ui: &Ui, model: &Model, scale: &Scale, axis: Rect, all: Rect) {
    let t = theme::of(ui);
    let painter = ui.painter_at(all);
    let Some(x) = place(model, scale) else {
        // Which way it lies is said at the edge.
        if let Some(at_ms) = model.view.transport.cursor {
            let earlier = at_ms < scale.window.from_ms;
            let (edge, way) = if earlier { (scale.left + 2.0, -1.0) } else { (axis.right() - 2.0, 1.0) };
            let tip = pos2(edge, axis.center().y);
            let back = tip - vec2(8.0 * way, 0.0);
            let head = vec![tip, back - vec2(0.0, 5.0 * way), back + vec2(0.0, 5.0 * way)];
            painter.add(Shape::convex_polygon(head, t.accent, Stroke::NONE));
        }
        return;
    };
    painter.vline(x, axis.bottom()..=all.bottom(), Stroke::new(1.5, t.accent));
    let (top, half) = (axis.bottom() - 8.0, 5.5);
    let head = vec![pos2(x - half, top), pos2(x + half, top), pos2(x, axis.bottom())];
    painter.add(Shape::convex_polygon(head, t.accent, Stroke::NONE));
    let text = time::clock(model.cursor_ms(), model.cursor_zone());
    let galley = painter.layout_no_wrap(text, fonts::small_figures(), t.on_fill);
    let flag = vec2(galley.size().x + 10.0, 17.0);
    let left = (x - flag.x / 2.0).clamp(scale.left, (scale.left + scale.width - flag.x).max(scale.left));
    let flag = Rect::from_min_size(pos2(left, top - flag.y + 1.0), flag);
    painter.rect_filled(flag, f32::from(size::RADIUS) / 2.0, t.accent);
    painter.galley(flag.center() - galley.size() / 2.0, galley, Color32::PLACEHOLDER);
}

/// Where the line stands, if it is in sight.
fn place(model: &Model, scale: &Scale) -> Option<f32> {
    let at_ms = model.view.transport.cursor?;
    (at_ms >= scale.window.from_ms && at_ms <= scale.window.to_ms).then(|| scale.x(at_ms))
}
