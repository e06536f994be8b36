//! The tools that lie over the canvas: add a block, zoom, and why the last edit could not be made.

use egui::{
    Align2, CornerRadius, Frame, Rect, Response, Role, Sense, Stroke, StrokeKind, Ui, UiBuilder, WidgetInfo,
    pos2, vec2,
};

use crate::{
    app::{
        command::Command,
        diagram::camera::Camera,
        icons::Icon,
        intent::Intents,
        state::Model,
        text::fitted,
        theme::{self, fonts, size},
        widgets,
    },
    words::time,
};

/// The button at the top left that opens the palette; returns it when it was pressed.
pub fn add_button(ui: &mut Ui, view: Rect) -> Option<Response> {
    let t = theme::of(ui);
    let text = ui.painter().layout_no_wrap("Add block".to_owned(), fonts::body(), t.text);
    let rect = Rect::from_min_size(
        view.left_top() + vec2(16.0, 16.0),
        vec2(text.size().x + 44.0, size::CONTROL + 4.0),
    );
    let response = ui.interact(rect, ui.unique_id().with("add block"), Sense::click());
    response.widget_info(|| WidgetInfo::labeled(Role::Button, true, "Add block"));
    let fill = if response.hovered() { t.hover } else { t.panel };
    let radius = CornerRadius::same(size::RADIUS);
    ui.painter().rect(rect, radius, fill, Stroke::new(1.0, t.line_strong), StrokeKind::Inside);
    Icon::Plus.paint_at(ui.painter(), pos2(rect.left() + 18.0, rect.center().y), 11.0, t.accent);
    ui.painter().galley(pos2(rect.left() + 32.0, rect.center().y - text.size().y / 2.0), text, t.text);
    widgets::focus_ring(ui, &response, size::RADIUS);
    let tip = widgets::command_tip(ui, Command::AddBlock);
    let response = response.on_hover_text(format!("{tip}\nDrag a block from the list to where it belongs"));
    response.clicked().then_some(response)
}

/// Why the last edit could not be made, at the foot; true when it was dismissed.
pub fn notice(ui: &mut Ui, notice: &str, view: Rect) -> bool {
    const CLOSE: f32 = 24.0;
    let t = theme::of(ui);
    let most = (view.width() - 2.0 * 184.0).clamp(240.0, 640.0);
    let galley = ui.painter().layout(notice.to_owned(), fonts::body(), t.text, most - 76.0);
    let inner = vec2(galley.size().x + 76.0, galley.size().y.max(CLOSE) + 16.0);
    let rect = Rect::from_center_size(view.center_bottom() - vec2(0.0, 16.0 + inner.y / 2.0), inner);
    let response = ui.interact(rect, ui.unique_id().with("notice"), Sense::hover());
    response.widget_info(|| WidgetInfo::labeled(Role::Status, true, notice));
    let radius = CornerRadius::same(size::BLOCK_RADIUS);
    ui.painter().rect(rect, radius, t.panel, Stroke::new(1.0, t.deferred), StrokeKind::Inside);
    let sign = pos2(rect.left() + 20.0, rect.center().y);
    ui.painter().circle_filled(sign, 8.0, t.deferred);
    Icon::Warning.paint_at(ui.painter(), sign, 9.0, t.on_fill);
    ui.painter().galley(pos2(rect.left() + 36.0, rect.center().y - galley.size().y / 2.0), galley, t.text);
    let close =
        Rect::from_center_size(pos2(rect.right() - 8.0 - CLOSE / 2.0, rect.center().y), vec2(CLOSE, CLOSE));
    ui.scope_builder(UiBuilder::new().max_rect(close), |ui| {
        widgets::icon_button(ui, Icon::Cross, "Dismiss", CLOSE).clicked()
    })
    .inner
}

/// What a journey without blocks says, under the + of its trigger.
pub fn first_block(ui: &Ui, at: egui::Pos2) {
    let t = theme::of(ui);
    let painter = ui.painter();
    let title = painter.text(at, Align2::CENTER_TOP, "Add the first block", fonts::strong(), t.text);
    let measure = |text: &str| painter.layout_no_wrap(text.to_owned(), fonts::body(), t.text).size().x;
    let lines = [
        "Begin with Wait for identify to hold visitors until you know them,",
        "or drag any block here from Add block.",
    ];
    for (line, y) in lines.iter().zip([24.0, 43.0]) {
        let line = fitted(line, 560.0, measure);
        let at = pos2(at.x, title.top() + y);
        painter.text(at, Align2::CENTER_TOP, line, fonts::body(), t.text_weak);
    }
}

/// Zoom out, 100 %, zoom in, fit.
pub fn zoom_control(ui: &mut Ui, camera: Camera, view: Rect, intents: &mut Intents) {
    let t = theme::of(ui);
    let rect = Rect::from_min_size(view.left_bottom() + vec2(16.0, -16.0 - 32.0), vec2(152.0, 32.0));
    let builder = UiBuilder::new().max_rect(rect);
    ui.scope_builder(builder, |ui| {
        Frame::new()
            .fill(t.panel)
            .stroke(Stroke::new(1.0, t.line_strong))
            .corner_radius(f32::from(size::RADIUS))
            .inner_margin(2)
            .show(ui, |ui| {
                ui.horizontal_centered(|ui| {
                    ui.spacing_mut().item_spacing.x = 2.0;
                    let mut button = |ui: &mut Ui, icon: Icon, command: Command| {
                        let tip = widgets::command_tip(ui, command);
                        if widgets::icon_button(ui, icon, command.text(), 26.0).on_hover_text(tip).clicked() {
                            intents.run(command);
                        }
                    };
                    button(ui, Icon::Minus, Command::ZoomOut);
                    let zoom = format!("{:.0} %", camera.zoom * 100.0);
                    let full = flat_button(ui, &zoom, "Zoom to 100 %", 48.0)
                        .on_hover_text(widgets::command_tip(ui, Command::ZoomFull));
                    button(ui, Icon::Plus, Command::ZoomIn);
                    let fit = flat_button(ui, "Fit", "Fit journey", 38.0)
                        .on_hover_text(widgets::command_tip(ui, Command::ZoomFit));
                    if full.clicked() {
                        intents.run(Command::ZoomFull);
                    }
                    if fit.clicked() {
                        intents.run(Command::ZoomFit);
                    }
                });
            });
    });
}

/// Of which instant the counts are while the cursor stands at one, and the way back to the totals.
pub fn as_of(ui: &mut Ui, model: &Model, view: Rect, intents: &mut Intents) {
    let Some(at_ms) = model.view.transport.cursor else { return };
    let t = theme::of(ui);
    let text = match model.moment.counts {
        Some(_) => format!("Counts as of {}", time::moment(at_ms, model.cursor_zone())),
        None => "Too many events to count as of the cursor: these are the totals".to_owned(),
    };
    let galley = ui.painter().layout_no_wrap(text.clone(), fonts::figures(), t.text);
    let back = if model.moment.counts.is_some() { 88.0 } else { 0.0 };
    let size = vec2(galley.size().x + 28.0 + back, 32.0);
    let rect = Rect::from_min_size(view.left_bottom() + vec2(16.0 + 152.0 + 8.0, -16.0 - 32.0), size);
    let response = ui.interact(rect, ui.unique_id().with("as of"), Sense::hover());
    response.widget_info(|| WidgetInfo::labeled(Role::Status, true, &text));
    let radius = CornerRadius::same(size::RADIUS);
    ui.painter().rect(rect, radius, t.selection, Stroke::new(1.0, t.accent), StrokeKind::Inside);
    ui.painter().galley(pos2(rect.left() + 14.0, rect.center().y - galley.size().y / 2.0), galley, t.text);
    if back > 0.0 {
        let button = Rect::from_min_max(pos2(rect.right() - back - 4.0, rect.top() + 3.0), rect.max);
        ui.scope_builder(UiBuilder::new().max_rect(button), |ui| {
            let tip = widgets::command_tip(ui, Command::LastMoment);
            if flat_button(ui, "Show totals", "Show totals", back).on_hover_text(tip).clicked() {
                intents.run(Command::LastMoment);
            }
        });
    }
}

fn flat_button(ui: &mut Ui, text: &str, name: &str, width: f32) -> Response {
    let t = theme::of(ui);
    let (rect, response) = ui.allocate_exact_size(vec2(width, 26.0), Sense::click());
    response.widget_info(|| WidgetInfo::labeled(Role::Button, true, name));
    if response.hovered() {
        ui.painter().rect_filled(rect, f32::from(size::RADIUS), t.hover);
    }
    ui.painter().text(rect.center(), egui::Align2::CENTER_CENTER, text, fonts::figures(), t.text_weak);
    widgets::focus_ring(ui, &response, size::RADIUS);
    response
}
