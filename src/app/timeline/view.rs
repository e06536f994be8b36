//! The timeline on the screen: lanes, bars and signs of the person in focus.

use egui::{
    Align2, CursorIcon, Id, PointerButton, Rect, Response, Role, ScrollArea, Sense, Shape, Stroke, Ui,
    WidgetInfo, pos2, vec2,
};

use super::{
    axis::{self, Shift, Tick},
    cursor,
    items::{self, Row, RowKind},
    window::{Scale, Window},
};
use crate::{
    app::{
        command::Command,
        intent::Intent,
        state::Model,
        theme::{self, Tokens, fonts, size},
        views::{Intents, icons::Icon, widgets},
        words::{counted, person, time},
    },
    lab::{Device, Mark, Story},
    recording::Span,
    simulator::MessageRecord,
};

/// Room for the names of lanes.
const NAMES_PT: f32 = 196.0;
/// Height of the axis.
const AXIS_PT: f32 = 26.0;

/// Draws it.
pub fn show(ui: &mut Ui, model: &Model, intents: &mut Intents) {
    let Some(story) = &model.story else {
        let (what, how) = if model.view.focus.is_some() && model.work.is_some() {
            ("One moment", "The person is being replayed with every decision kept.")
        } else {
            (
                "Nobody is in focus",
                "Choose a message or a person, and here is everything they did on every device, where \
                 they waited, and what they got.",
            )
        };
        return widgets::empty(ui, what, how);
    };
    let all = ui.available_rect_before_wrap();
    let window = model.view.timeline.unwrap_or_else(|| Window::around(story));
    let scale =
        Scale { window, left: all.left() + NAMES_PT, width: (all.width() - NAMES_PT - 16.0).max(80.0) };
    let painting = Painting { model, story, scale, tokens: theme::of(ui) };
    let ground = ui.interact(all, Id::unique("timeline"), Sense::click_and_drag());
    ground.widget_info(|| {
        let who = person::who(&story.identifiers);
        WidgetInfo::labeled(Role::Canvas, true, format!("Timeline of {who}"))
    });
    let ticks = axis::ticks(&scale, model.cursor_zone());
    painting.axis(ui, all, &ticks);
    let strip = Rect::from_min_max(all.min, pos2(all.right(), all.top() + AXIS_PT));
    cursor::drive(ui, model, &scale, strip, all, intents);
    let below = Rect::from_min_max(pos2(all.left(), all.top() + AXIS_PT), all.max);
    ui.scope_builder(egui::UiBuilder::new().max_rect(below), |ui| {
        ScrollArea::vertical().id_salt("timeline rows").auto_shrink(false).show(ui, |ui| {
            let rows = items::rows(story, &scale, |at| painting.message_name(&story.messages[at]));
            let height = rows.last().map_or(0.0, |row| row.top + row.height) + 8.0;
            let (area, _) = ui.allocate_exact_size(vec2(below.width(), height), Sense::hover());
            painting.days(ui, area, &ticks);
            for row in &rows {
                painting.row(ui, area.top(), row, intents);
            }
        });
    });
    painting.shifts(ui, all, &axis::shifts(&scale, model.cursor_zone()));
    cursor::paint(ui, model, &scale, strip, all);
    look_around(ui, &ground, all, scale, story, intents);
}

/// Pan by dragging, shift and wheel, or a trackpad; zoom by ctrl and wheel, or pinch; a double click shows all.
fn look_around(ui: &Ui, ground: &Response, all: Rect, scale: Scale, story: &Story, intents: &mut Intents) {
    let mut next = scale.window;
    let per_pt = 1.0 / f64::from(scale.width);
    if ground.dragged_by(PointerButton::Primary) || ground.dragged_by(PointerButton::Middle) {
        next = next.panned(-f64::from(ground.drag_delta().x) * per_pt);
        ui.set_cursor_icon(CursorIcon::Grabbing);
    }
    if ui.rect_contains_pointer(all) {
        let (scroll, zoom, pointer) =
            ui.input(|input| (input.smooth_scroll_delta(), input.zoom_delta(), input.pointer.hover_pos()));
        next = next.panned(-f64::from(scroll.x) * per_pt);
        if zoom != 1.0 {
            let share = pointer.map_or(0.5, |at| scale.share(at.x).clamp(0.0, 1.0));
            next = next.zoomed(f64::from(zoom), share);
        }
    }
    if ground.double_clicked() {
        intents.want(Intent::LookTimeline(None));
    } else if next != scale.window {
        intents.want(Intent::LookTimeline(Some(next.kept_near(story))));
    }
}

/// The buttons at the right of the tabs.
pub fn controls(ui: &mut Ui, model: &Model, intents: &mut Intents) {
    let Some(story) = &model.story else { return };
    let t = theme::of(ui);
    let window = model.view.timeline.unwrap_or_else(|| Window::around(story));
    let button = |ui: &mut Ui, icon: Icon, name: &str| {
        widgets::icon_button(ui, icon, name, size::CONTROL).on_hover_text(name).clicked()
    };
    ui.spacing_mut().item_spacing.x = 4.0;
    if button(ui, Icon::Plus, "Look at the timeline closer") {
        intents.want(Intent::LookTimeline(Some(window.zoomed(1.6, 0.5).kept_near(story))));
    }
    if widgets::tab(ui, "Fit", None, false, "Show the whole timeline").clicked() {
        intents.want(Intent::LookTimeline(None));
    }
    if button(ui, Icon::Minus, "Look at the timeline from further away") {
        intents.want(Intent::LookTimeline(Some(window.zoomed(0.625, 0.5).kept_near(story))));
    }
    ui.add_space(8.0);
    let zone = model.cursor_zone().name().replace('_', " ");
    if story.zone.is_some_and(|own| own != model.zone()) {
        let whose = if model.view.transport.own_zone { "their" } else { "our" };
        let label = format!("Times in {whose} zone, {zone}; press to change");
        let tab = widgets::tab(ui, &format!("{whose} time, {zone}"), None, false, &label);
        if tab.on_hover_text(widgets::command_tip(ui, Command::OwnZone)).clicked() {
            intents.run(Command::OwnZone);
        }
        widgets::text(ui, person::who(&story.identifiers), fonts::body(), t.text_weak);
    } else {
        let who = person::who(&story.identifiers);
        widgets::text(ui, format!("{who} · {zone}"), fonts::body(), t.text_weak);
    }
}

/// What the rows are painted of.
pub(super) struct Painting<'a> {
    pub(super) model: &'a Model,
    pub(super) story: &'a Story,
    scale: Scale,
    pub(super) tokens: &'static Tokens,
}

impl Painting<'_> {
    pub(super) fn moment(&self, at_ms: i64) -> String {
        time::moment(at_ms, self.model.cursor_zone())
    }

    pub(super) fn message_name(&self, message: &MessageRecord) -> String {
        self.model.names().block(&message.journey, &message.block).to_owned()
    }

    /// The events of a row.
    pub(super) fn lane(&self, kind: &RowKind) -> &[Mark] {
        match kind {
            RowKind::Device(at) => &self.story.devices[*at].marks,
            RowKind::Merged(at) => &self.story.merged[*at].marks,
            _ => &self.story.marks,
        }
    }

    /// Where the clocks change: a dashed line that says by how much.
    fn shifts(&self, ui: &Ui, all: Rect, shifts: &[Shift]) {
        let t = self.tokens;
        for shift in shifts {
            let x = self.scale.x(shift.at_ms);
            let line = [pos2(x, all.top() + AXIS_PT), pos2(x, all.bottom())];
            let stroke = Stroke::new(1.0, t.wait);
            ui.painter_at(all).extend(Shape::dashed_line(&line, stroke, 3.0, 3.0));
            let by = Span::from_ms(shift.by_ms.abs()).spoken();
            let way = if shift.by_ms > 0 { "forward" } else { "back" };
            let sign = if shift.by_ms > 0 { "+" } else { "−" };
            let at = pos2(x + 4.0, all.top() + AXIS_PT + 2.0);
            let drawn = ui.painter_at(all).text(
                at,
                Align2::LEFT_TOP,
                format!("{sign}{by}"),
                fonts::small(),
                t.text_weak,
            );
            let said = format!("The clocks go {way} {by} here");
            let place = drawn.union(Rect::from_two_pos(line[0], pos2(x, drawn.bottom()))).intersect(all);
            let response = ui.interact(place, Id::unique(("shift", shift.at_ms)), Sense::hover());
            response.widget_info(|| WidgetInfo::labeled(Role::Label, true, &said));
            response.on_hover_text(&said);
        }
    }

    fn axis(&self, ui: &Ui, all: Rect, ticks: &[Tick]) {
        let t = self.tokens;
        let painter = ui.painter_at(all);
        for tick in ticks.iter().filter(|tick| !tick.label.is_empty()) {
            let at = pos2(self.scale.x(tick.at_ms) + 4.0, all.top() + AXIS_PT / 2.0);
            let color = if tick.day { t.text } else { t.text_weak };
            painter.text(at, Align2::LEFT_CENTER, &tick.label, fonts::small_figures(), color);
        }
        // Close up no day begins in sight: the first one is said where the names stand.
        let day = time::day(self.scale.window.from_ms, self.model.cursor_zone());
        let at = pos2(all.left() + 16.0, all.top() + AXIS_PT / 2.0);
        painter.text(at, Align2::LEFT_CENTER, day, fonts::small_figures(), t.text_weak);
        painter.hline(all.x_range(), all.top() + AXIS_PT, Stroke::new(1.0, t.line));
    }

    fn days(&self, ui: &Ui, area: Rect, ticks: &[Tick]) {
        let painter = ui.painter();
        for tick in ticks.iter().filter(|tick| tick.day) {
            painter.vline(self.scale.x(tick.at_ms), area.y_range(), Stroke::new(1.0, self.tokens.line));
        }
    }

    fn row(&self, ui: &mut Ui, top: f32, row: &Row, intents: &mut Intents) {
        let left = self.scale.left - NAMES_PT;
        let rect = Rect::from_min_size(
            pos2(left, top + row.top),
            vec2(NAMES_PT + self.scale.width + 16.0, row.height),
        );
        if !ui.is_rect_visible(rect) {
            return;
        }
        self.name(ui, row, rect);
        let clip = ui.clip_rect();
        let lane = Rect::from_min_max(pos2(self.scale.left, clip.top()), clip.max).intersect(clip);
        ui.scope_builder(egui::UiBuilder::new().max_rect(rect), |ui| {
            ui.set_clip_rect(lane);
            for item in &row.items {
                self.item(ui, top, row, item, intents);
            }
        });
    }

    /// The name of a lane and the line under it.
    fn name(&self, ui: &Ui, row: &Row, rect: Rect) {
        let t = self.tokens;
        let (name, under) = match &row.kind {
            RowKind::Device(at) => {
                let device = &self.story.devices[*at];
                let perhaps = device.joined_ms.is_none() && self.story.is_known();
                let id = person::identifier(&format!("anonymous_id:{}", device.anonymous_id));
                let joined = device.joined_ms.map(|at_ms| format!("joined {}", self.moment(at_ms)));
                let under = if perhaps { "perhaps the same person".to_owned() } else { joined.unwrap_or(id) };
                (device_name(device), under)
            }
            RowKind::Merged(at) => {
                let other = &self.story.merged[*at];
                (person::who(&other.identifiers), format!("merged {}", self.moment(other.merged_ms)))
            }
            RowKind::Person => {
                let devices = person::devices(&self.story.identifiers) as u64;
                (person::who(&self.story.identifiers), counted(devices, "device", "devices"))
            }
            RowKind::Holds => ("Held triggers".to_owned(), String::new()),
            RowKind::Run(journey, run) => {
                let name = self.model.names().journey(journey).to_owned();
                (if *run > 1 { format!("{name} · {run}") } else { name }, String::new())
            }
        };
        let room = NAMES_PT - 28.0;
        let x = rect.left() + 16.0;
        let is_lane = matches!(row.kind, RowKind::Device(_) | RowKind::Merged(_) | RowKind::Person);
        let font = if is_lane { fonts::strong() } else { fonts::small() };
        let color = if is_lane { t.text } else { t.text_weak };
        let dy = if under.is_empty() { 0.0 } else { 8.0 };
        let at = |dy: f32| pos2(x, rect.center().y + dy);
        widgets::clipped(ui, at(-dy), Align2::LEFT_CENTER, &name, &font, color, room);
        if !under.is_empty() {
            widgets::clipped(ui, at(dy), Align2::LEFT_CENTER, &under, &fonts::small(), t.text_weak, room);
        }
    }
}

/// What to call a device.
pub(super) fn device_name(device: &Device) -> String {
    if device.name.is_empty() { "Device".to_owned() } else { device.name.clone() }
}
