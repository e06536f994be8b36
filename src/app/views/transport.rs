//! The buttons that move and play the cursor of virtual time, and where it is.

use egui::{Align, CornerRadius, Layout, Popup, Role, Sense, Stroke, StrokeKind, Ui, WidgetInfo, vec2};

use crate::{
    app::{
        command::Command,
        icons::Icon,
        intent::{Intent, Intents},
        state::Model,
        theme::{self, fonts, size},
        transport::{CursorIntent, Speed},
        widgets::{self, menu_choice},
    },
    words::time,
};

/// Side of a button.
const BUTTON_PT: f32 = 24.0;
/// Room for the longest instant.
const CLOCK_PT: f32 = 148.0;
/// Below this width of the window only what plays and the instant are shown.
const ROOMY_PT: f32 = 1_240.0;

/// Draws them; laid out from the right.
pub fn show(ui: &mut Ui, model: &Model, intents: &mut Intents) {
    if model.outcome.is_none() {
        return;
    }
    let roomy = ui.ctx().content_rect().width() >= ROOMY_PT;
    clock(ui, model);
    let buttons = if roomy { 5.0 } else { 3.0 };
    let width = buttons * BUTTON_PT + 66.0;
    let t = theme::of(ui);
    let (rect, _) = ui.allocate_exact_size(vec2(width, size::CONTROL), Sense::hover());
    let radius = CornerRadius::same(size::RADIUS);
    ui.painter().rect(rect, radius, t.panel, Stroke::new(1.0, t.line_strong), StrokeKind::Inside);
    let layout = Layout::left_to_right(Align::Center);
    let inner = egui::UiBuilder::new().max_rect(rect.shrink2(vec2(2.0, 0.0))).layout(layout);
    ui.scope_builder(inner, |ui| {
        ui.spacing_mut().item_spacing.x = 0.0;
        if roomy {
            button(ui, model, Command::FirstMoment, Icon::First, intents);
        }
        button(ui, model, Command::StepBack, Icon::Back, intents);
        let icon = if model.view.transport.is_playing() { Icon::Pause } else { Icon::Play };
        button(ui, model, Command::PlayPause, icon, intents);
        button(ui, model, Command::StepForward, Icon::Forward, intents);
        if roomy {
            button(ui, model, Command::LastMoment, Icon::Last, intents);
        }
        speed(ui, model, intents);
    });
}

fn button(ui: &mut Ui, model: &Model, command: Command, icon: Icon, intents: &mut Intents) {
    let t = theme::of(ui);
    let why_not = model.offer(command).why_not;
    let (rect, response) = ui.allocate_exact_size(vec2(BUTTON_PT, BUTTON_PT), Sense::click());
    let playing = command == Command::PlayPause && model.view.transport.is_playing();
    let name = match command {
        Command::PlayPause if playing => "Pause",
        Command::PlayPause => "Play",
        other => other.text(),
    };
    response.widget_info(|| WidgetInfo::labeled(Role::Button, why_not.is_none(), name));
    let usable = why_not.is_none();
    if usable && response.hovered() {
        ui.painter().rect_filled(rect, CornerRadius::same(size::RADIUS - 2), t.hover);
    }
    let color = match (usable, command == Command::PlayPause, response.hovered()) {
        (false, ..) => t.line_strong,
        (true, true, _) => t.accent,
        (true, false, true) => t.text,
        (true, false, false) => t.text_weak,
    };
    icon.paint_at(ui.painter(), rect.center(), 11.0, color);
    widgets::focus_ring(ui, &response, size::RADIUS);
    let tip = widgets::command_tip(ui, command);
    let tip = why_not.map_or(tip.clone(), |why| format!("{tip}\n{why}"));
    if response.on_hover_text(tip).clicked() && usable {
        intents.run(command);
    }
}

fn speed(ui: &mut Ui, model: &Model, intents: &mut Intents) {
    let t = theme::of(ui);
    let now = model.view.transport.speed;
    let (rect, response) = ui.allocate_exact_size(vec2(60.0, BUTTON_PT), Sense::click());
    response.widget_info(|| WidgetInfo::labeled(Role::Button, true, format!("Speed: {}", now.name())));
    if response.hovered() {
        ui.painter().rect_filled(rect, CornerRadius::same(size::RADIUS - 2), t.hover);
    }
    let ink = if response.hovered() { t.text } else { t.text_weak };
    let font = fonts::small_figures();
    ui.painter().text(rect.center(), egui::Align2::CENTER_CENTER, now.name(), font, ink);
    widgets::focus_ring(ui, &response, size::RADIUS);
    let tip = format!(
        "How fast virtual time runs while playing; {} slower, {} faster",
        Command::Slower.shortcut_text(ui.ctx().os()).unwrap_or_default(),
        Command::Faster.shortcut_text(ui.ctx().os()).unwrap_or_default()
    );
    let response = response.on_hover_text(tip);
    Popup::menu(&response).gap(6.0).show(|ui| {
        for speed in Speed::ALL {
            if menu_choice(ui, speed.name(), speed == now) {
                intents.want(Intent::Cursor(CursorIntent::Speed(speed)));
            }
        }
        ui.separator();
        for command in [
            Command::DecisionBack,
            Command::DecisionForward,
            Command::MessageBack,
            Command::MessageForward,
            Command::OwnZone,
        ] {
            let checked = command == Command::OwnZone && model.view.transport.own_zone;
            if widgets::menu_command(ui, model, command, Some(checked)) {
                intents.run(command);
            }
        }
    });
}

/// Where the cursor is.
fn clock(ui: &mut Ui, model: &Model) {
    let t = theme::of(ui);
    let (rect, response) = ui.allocate_exact_size(vec2(CLOCK_PT, size::CONTROL), Sense::hover());
    let zone = model.cursor_zone();
    let (text, ink) = match model.view.transport.cursor {
        Some(at_ms) => (time::moment_and_second(at_ms, zone), t.text),
        None => ("End of the replay".to_owned(), t.text_weak),
    };
    response.widget_info(|| WidgetInfo::labeled(Role::Label, true, format!("Cursor: {text}")));
    let radius = CornerRadius::same(size::RADIUS);
    ui.painter().rect(rect, radius, t.panel, Stroke::new(1.0, t.line_strong), StrokeKind::Inside);
    ui.painter().text(rect.center(), egui::Align2::CENTER_CENTER, text, fonts::figures(), ink);
    let whole = time::moment_in_full(model.cursor_ms(), zone);
    response.on_hover_text(format!("{whole}\nClick on the timeline’s axis, or drag its cursor, to move it."));
}
