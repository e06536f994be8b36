//! The timeline on the screen: lanes, bars and signs of the person in focus.

use egui::{
    Align2, Color32, CornerRadius, CursorIcon, Id, PointerButton, Pos2, Rect, Response, Role, ScrollArea,
    Sense, Shape, Stroke, StrokeKind, Ui, WidgetInfo, epaint::CubicBezierShape, pos2, vec2,
};

use super::{
    axis::{self, Tick},
    cursor,
    items::{self, Item, Row, RowKind, SIGN_PT, Sign},
    window::{Scale, Window},
};
use crate::{
    app::{
        command::Command,
        intent::Intent,
        state::{MessageKey, Model, Selection},
        theme::{self, Tokens, fonts, size},
        transport::CursorIntent,
        views::{Intents, icons::Icon, widgets},
        words::{block, counted, person, sentence, spaced, status, time},
    },
    journey::BlockKind,
    lab::{Device, Mark, Stay, Story, story::WAITING},
    recording::{EventKind, Span},
    simulator::{MessageRecord, MessageState, TraceRecord},
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

struct Painting<'a> {
    model: &'a Model,
    story: &'a Story,
    scale: Scale,
    tokens: &'static Tokens,
}

impl Painting<'_> {
    fn moment(&self, at_ms: i64) -> String {
        time::moment(at_ms, self.model.cursor_zone())
    }

    fn message_name(&self, message: &MessageRecord) -> String {
        self.model.names().block(&message.journey, &message.block).to_owned()
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
        let is_lane = matches!(row.kind, RowKind::Device(_) | RowKind::Person);
        let font = if is_lane { fonts::strong() } else { fonts::small() };
        let color = if is_lane { t.text } else { t.text_weak };
        let dy = if under.is_empty() { 0.0 } else { 8.0 };
        let at = |dy: f32| pos2(x, rect.center().y + dy);
        widgets::clipped(ui, at(-dy), Align2::LEFT_CENTER, &name, &font, color, room);
        if !under.is_empty() {
            widgets::clipped(ui, at(dy), Align2::LEFT_CENTER, &under, &fonts::small(), t.text_weak, room);
        }
    }

    fn item(&self, ui: &mut Ui, top: f32, row: &Row, item: &Item, intents: &mut Intents) {
        let t = self.tokens;
        let y = top + row.middle();
        match item {
            Item::Line { from, to, dashed } => {
                let stroke = Stroke::new(2.0, t.edge);
                let ends = [pos2(*from, y), pos2(*to, y)];
                if *dashed {
                    ui.painter().extend(Shape::dashed_line(&ends, stroke, 4.0, 4.0));
                } else {
                    ui.painter().line_segment(ends, stroke);
                }
            }
            Item::Joins { x, to_y } => {
                let (from, to) = (pos2(*x, y), pos2(*x + 22.0, top + to_y));
                let points = [from, pos2(*x + 16.0, y), pos2(*x + 4.0, to.y), to];
                let curve = CubicBezierShape::from_points_stroke(
                    points,
                    false,
                    Color32::TRANSPARENT,
                    Stroke::new(2.0, t.edge),
                );
                ui.painter().add(curve);
                if let RowKind::Device(at) = row.kind {
                    let place = Rect::from_two_pos(from, to).expand2(vec2(4.0, 0.0));
                    self.joins(ui, place, at, intents);
                }
            }
            Item::Marks { from, to, sign, range } => {
                let marks = match row.kind {
                    RowKind::Device(at) => &self.story.devices[at].marks,
                    _ => &self.story.marks,
                };
                self.marks(ui, y, (*from, *to), *sign, &marks[range.0..range.1], intents);
            }
            Item::Hold { from, to, hold } => {
                let hold = &self.story.holds[*hold];
                let rect = bar(*from, *to, y);
                let journey = self.model.names().journey(&hold.journey);
                let what = format!(
                    "Held for {journey} until somebody says who they are: {}, {}",
                    status::held(hold.state),
                    Span::from_ms(hold.to_ms - hold.from_ms).spoken()
                );
                hatched(ui, rect, t.wait);
                let id = Id::unique(("hold", from.to_bits(), to.to_bits()));
                let at_ms = hold.from_ms;
                if hover(ui, rect, id, &what, Sense::click()).clicked() {
                    self.show_at(at_ms, intents, |record| record.journey.as_ref() == Some(&hold.journey));
                }
            }
            Item::Stay { from, to, stay, open } => {
                let stay = &self.story.stays[*stay];
                let rect = bar(*from, *to, y);
                let found = self.model.journey_by_id(&stay.journey).and_then(|it| it.blocks.get(&stay.block));
                let name = found.map_or(stay.block.as_str(), block::title);
                let waits = found.is_some_and(|it| matches!(it.kind, BlockKind::WaitForIdentify { .. }));
                if waits {
                    hatched(ui, rect, t.wait);
                } else {
                    ui.painter().rect_filled(rect, CornerRadius::same(3), t.wait.gamma_multiply(0.75));
                }
                let how = if *open || stay.ended == WAITING {
                    "still waiting at the end of the replay".to_owned()
                } else {
                    let span = Span::from_ms(stay.to_ms - stay.from_ms).spoken();
                    format!("{span}, then {}", spaced(&stay.ended))
                };
                let what = format!("{name}: {how}");
                let id = Id::unique(("stay", stay.run, stay.from_ms, stay.block.as_str()));
                let response = hover(ui, rect, id, &what, Sense::click());
                let chosen = self.model.record().is_some_and(|record| is_about(record, stay));
                if chosen || response.hovered() {
                    let outline = Stroke::new(if chosen { 2.0 } else { 1.0 }, t.accent);
                    ui.painter().rect_stroke(rect, CornerRadius::same(3), outline, StrokeKind::Outside);
                }
                if response.clicked() {
                    self.show_at(stay.from_ms, intents, |record| is_about(record, stay));
                }
            }
            Item::Messages { x, name_pt, messages } => self.messages(ui, y, *x, *name_pt, messages, intents),
        }
    }

    fn marks(
        &self,
        ui: &mut Ui,
        y: f32,
        (from, to): (f32, f32),
        sign: Sign,
        marks: &[Mark],
        intents: &mut Intents,
    ) {
        let t = self.tokens;
        let color = match sign {
            Sign::Identify => t.branch,
            Sign::Done => t.trigger,
            Sign::Seen => t.end,
        };
        let rect = Rect::from_min_max(pos2(from - 5.0, y - 5.0), pos2(to + 5.0, y + 5.0));
        if marks.len() > 1 {
            ui.painter().rect_filled(rect, CornerRadius::same(5), color);
            let number = marks.len().to_string();
            if rect.width() > 8.0 + 7.0 * number.len() as f32 {
                let font = fonts::small_figures();
                ui.painter().text(rect.center(), Align2::CENTER_CENTER, number, font, t.on_fill);
            }
        } else if sign == Sign::Identify {
            let at = |dx: f32, dy: f32| rect.center() + vec2(dx, dy);
            let points = vec![at(0.0, -7.0), at(7.0, 0.0), at(0.0, 7.0), at(-7.0, 0.0)];
            ui.painter().add(Shape::convex_polygon(points, color, Stroke::new(1.0, t.panel)));
        } else {
            ui.painter().circle(rect.center(), 5.0, color, Stroke::new(1.0, t.panel));
        }
        let id = Id::unique(("marks", marks.first().map(|mark| mark.event.as_str()), y.to_bits()));
        let response = hover(ui, rect, id, &self.marks_text(marks), Sense::click());
        let chosen = self
            .model
            .record()
            .is_some_and(|record| marks.iter().any(|mark| record.because.events.contains(&mark.event)));
        if chosen || response.hovered() {
            let outline = Stroke::new(if chosen { 2.0 } else { 1.0 }, t.accent);
            ui.painter().rect_stroke(rect.expand(2.0), CornerRadius::same(7), outline, StrokeKind::Outside);
        }
        if response.clicked()
            && let Some(mark) = marks.first()
        {
            intents.want(Intent::Cursor(match self.story.record_of_event(&mark.event) {
                Some(record) => CursorIntent::Show(record),
                None => CursorIntent::Move(Some(mark.arrived_ms)),
            }));
        }
    }

    /// Shows the first record of an instant that is meant, else the instant.
    fn show_at(&self, at_ms: i64, intents: &mut Intents, is_meant: impl Fn(&TraceRecord) -> bool) {
        let mut records = self.story.records_at(at_ms).iter().copied();
        let found = records.find(|at| self.story.replay.trace.get(*at).is_some_and(&is_meant));
        intents.want(Intent::Cursor(found.map_or(CursorIntent::Move(Some(at_ms)), CursorIntent::Show)));
    }

    /// Where a device joined: who, when, and what came along.
    fn joins(&self, ui: &Ui, place: Rect, at: usize, intents: &mut Intents) {
        let device = &self.story.devices[at];
        let Some(joined_ms) = device.joined_ms else { return };
        let told = |record: &TraceRecord| matches!(record.decision, "joined" | "merged" | "identified");
        let mut records = self.story.records_at(joined_ms).iter();
        let record = records.find_map(|at| self.story.replay.trace.get(*at).filter(|it| told(it)));
        let why = record.map_or_else(String::new, |record| {
            let because = &record.because;
            format!("\n{} ({} rule, {})", because.text, spaced(because.rule), because.confidence_word())
        });
        let with = counted(device.marks.len() as u64, "event", "events");
        let what = format!("{} joined {} with {with}{why}", device_name(device), self.moment(joined_ms));
        let id = Id::unique(("joins", at));
        if hover(ui, place, id, &what, Sense::click()).clicked() {
            self.show_at(joined_ms, intents, told);
        }
    }

    /// What a hover says of marks: each of a few, else how many.
    fn marks_text(&self, marks: &[Mark]) -> String {
        const SHOWN: usize = 8;
        let line = |mark: &Mark| {
            let what = match (mark.kind, mark.name.as_str()) {
                (EventKind::Track, name) => name.to_owned(),
                (kind, "") => sentence(kind.word()),
                (kind, name) => format!("{}: {name}", sentence(kind.word())),
            };
            let late = time::later(mark.at_ms, mark.arrived_ms);
            let late = if late.is_empty() { late } else { format!(", arrived {late}") };
            let (recording, number) = &mark.source;
            format!("{} · {what}{late} ({recording}, line {number})", self.moment(mark.at_ms))
        };
        let mut lines: Vec<String> = marks.iter().take(SHOWN).map(line).collect();
        if marks.len() > SHOWN {
            lines.push(format!("and {} more", marks.len() - SHOWN));
        }
        lines.join("\n")
    }

    fn messages(&self, ui: &mut Ui, y: f32, x: f32, name_pt: f32, messages: &[usize], intents: &mut Intents) {
        let t = self.tokens;
        let Some(message) = messages.first().map(|at| &self.story.messages[*at]) else { return };
        let rect = Rect::from_min_size(pos2(x, y - SIGN_PT / 2.0), vec2(SIGN_PT + name_pt, SIGN_PT));
        let (color, icon) = match message.state {
            MessageState::Sent => (t.sent_text, Icon::Check),
            MessageState::NotSent => (t.not_sent_text, Icon::Cross),
            MessageState::Skipped => (t.waiting_text, Icon::Skip),
            MessageState::Waiting => (t.waiting_text, Icon::Clock),
        };
        let name = self.message_name(message);
        let why = message.reason.map_or_else(String::new, |reason| format!(": {}", status::reason(reason)));
        let state = status::state(message.state).to_lowercase();
        let more = if messages.len() > 1 {
            format!("\nand {} at about the same time", counted(messages.len() as u64 - 1, "more", "more"))
        } else {
            String::new()
        };
        let what = format!("{name}, {state} {}{why}{more}", self.moment(message.at_ms));
        let id = Id::unique(("message", message.run, message.at_ms, message.block.as_str()));
        let response = hover(ui, rect, id, &what, Sense::click());
        let selected = self.model.message().is_some_and(|it| MessageKey::of(message).fits(it));
        let fill = if selected { t.selection } else { t.panel };
        let stroke = Stroke::new(if response.hovered() || selected { 1.5 } else { 1.0 }, color);
        let radius = CornerRadius::same(size::RADIUS - 2);
        ui.painter().rect(rect, radius, fill, stroke, StrokeKind::Inside);
        let sign = pos2(x + SIGN_PT / 2.0, y);
        if messages.len() > 1 {
            let number = messages.len().to_string();
            ui.painter().text(sign, Align2::CENTER_CENTER, number, fonts::small_figures(), color);
        } else {
            icon.paint_at(ui.painter(), sign, 9.0, color);
        }
        if name_pt > 0.0 {
            let at = pos2(x + SIGN_PT, y);
            ui.painter().text(at, Align2::LEFT_CENTER, &name, fonts::small(), color);
        }
        if response.clicked() {
            intents.want(Intent::Cursor(CursorIntent::Move(Some(message.at_ms))));
            intents.want(Intent::Select(Selection::Message(MessageKey::of(message))));
        }
    }
}

/// Whether a record is about a stay: what was decided there while it lasted.
fn is_about(record: &TraceRecord, stay: &Stay) -> bool {
    record.journey.as_ref() == Some(&stay.journey)
        && record.block.as_ref() == Some(&stay.block)
        && record.run == Some(stay.run)
        && (stay.from_ms..=stay.to_ms).contains(&record.at_ms)
}

fn device_name(device: &Device) -> String {
    if device.name.is_empty() { "Device".to_owned() } else { device.name.clone() }
}

fn bar(from: f32, to: f32, y: f32) -> Rect {
    Rect::from_min_max(pos2(from, y - 5.0), pos2(to, y + 5.0))
}

/// A bar with slanted lines: kept waiting by somebody else.
fn hatched(ui: &Ui, rect: Rect, color: Color32) {
    const STEP: f32 = 7.0;
    let seen = rect.intersect(ui.clip_rect());
    let painter = ui.painter_at(seen);
    painter.rect_filled(rect, CornerRadius::same(2), color.gamma_multiply(0.28));
    let mut x = rect.left() + ((seen.left() - rect.left()) / STEP).floor() * STEP - rect.height();
    while x < seen.right() {
        let line: [Pos2; 2] = [pos2(x, rect.bottom()), pos2(x + rect.height(), rect.top())];
        painter.line_segment(line, Stroke::new(1.5, color.gamma_multiply(0.8)));
        x += STEP;
    }
}

/// Something that says what it is under the pointer and to a screen reader.
fn hover(ui: &Ui, rect: Rect, id: Id, what: &str, sense: Sense) -> Response {
    let seen = rect.intersect(ui.clip_rect());
    let response = ui.interact(seen, id, sense);
    let role = if sense.senses_click() { Role::Button } else { Role::Label };
    let line = what.lines().next().unwrap_or_default();
    response.widget_info(|| WidgetInfo::labeled(role, true, line));
    response.on_hover_text(what)
}
