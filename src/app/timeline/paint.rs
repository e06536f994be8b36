//! The items of the timeline on the screen, each saying what it is and leading to it.

use egui::{
    Align2, Color32, CornerRadius, Id, Pos2, Rect, Response, Role, Sense, Shape, Stroke, StrokeKind, Ui,
    WidgetInfo, epaint::CubicBezierShape, pos2, vec2,
};

use super::{
    items::{Item, Row, RowKind, SIGN_PT, Sign},
    view::{Painting, device_name},
};
use crate::{
    app::{
        intent::Intent,
        state::{MessageKey, Selection},
        theme::{fonts, size},
        transport::CursorIntent,
        views::{Intents, icons::Icon},
        words::{block, count, counted, person, sentence, spaced, status, time},
    },
    journey::BlockKind,
    lab::{Mark, Stay, story::WAITING},
    recording::{EventKind, Span},
    simulator::{MessageState, TraceRecord},
};

/// Height of the densest step of a density.
const DENSITY_PT: f32 = 22.0;

impl Painting<'_> {
    pub(super) fn item(&self, ui: &mut Ui, top: f32, row: &Row, item: &Item, intents: &mut Intents) {
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
                self.joins(ui, Rect::from_two_pos(from, to).expand2(vec2(4.0, 0.0)), &row.kind, intents);
            }
            Item::Density { from, step, counts, range } => {
                let marks = &self.lane(&row.kind)[range.0..range.1];
                self.density(ui, pos2(*from, y), *step, counts, marks);
            }
            Item::Marks { from, to, sign, range } => {
                let marks = &self.lane(&row.kind)[range.0..range.1];
                self.marks(ui, y, (*from, *to), *sign, marks, intents);
            }
            Item::Hold { from, to, hold } => {
                let hold = &self.story.holds[*hold];
                let rect = bar(*from, *to, y);
                let what = || {
                    format!(
                        "Held for {} until somebody says who they are: {}, {}",
                        self.model.names().journey(&hold.journey),
                        status::held(hold.state),
                        Span::from_ms(hold.to_ms - hold.from_ms).spoken()
                    )
                };
                hatched(ui, rect, t.wait);
                let id = Id::unique(("hold", from.to_bits(), to.to_bits()));
                let at_ms = hold.from_ms;
                if hover(ui, rect, id, what).clicked() {
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
                let what = || {
                    let how = if *open || stay.ended == WAITING {
                        "still waiting at the end of the replay".to_owned()
                    } else {
                        let span = Span::from_ms(stay.to_ms - stay.from_ms).spoken();
                        format!("{span}, then {}", spaced(&stay.ended))
                    };
                    format!("{name}: {how}")
                };
                let id = Id::unique(("stay", stay.run, stay.from_ms, stay.block.as_str()));
                let response = hover(ui, rect, id, what);
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
        let response = hover(ui, rect, id, || self.marks_text(marks));
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

    /// How many events come when, far out: one bar for each step.
    fn density(&self, ui: &Ui, from: Pos2, step: f32, counts: &[u32], marks: &[Mark]) {
        let most = counts.iter().copied().max().unwrap_or(1).max(1) as f32;
        let bars = counts.iter().enumerate().filter(|(_, count)| **count > 0);
        for (at, number) in bars {
            let height = (*number as f32 / most).sqrt() * DENSITY_PT;
            let left = from.x + at as f32 * step;
            let bar =
                Rect::from_center_size(pos2(left + step / 2.0, from.y), vec2(step - 1.0, height.max(2.0)));
            ui.painter().rect_filled(bar, 1.0, self.tokens.trigger.gamma_multiply(0.7));
        }
        let size = vec2(counts.len() as f32 * step, DENSITY_PT);
        let rect = Rect::from_min_size(pos2(from.x, from.y - DENSITY_PT / 2.0), size);
        let (first, last) =
            (marks.first().map_or(0, |mark| mark.at_ms), marks.last().map_or(0, |mark| mark.at_ms));
        let what = || {
            let number = count(marks.len() as u64);
            format!(
                "{number} events from {} to {}; look closer to tell them apart",
                self.moment(first),
                self.moment(last)
            )
        };
        let id = Id::unique(("density", from.y.to_bits()));
        let response = ui.interact(rect.intersect(ui.clip_rect()), id, Sense::hover());
        response.widget_info(|| WidgetInfo::labeled(Role::Label, true, what()));
        response.on_hover_ui(|ui| drop(ui.label(what())));
    }

    /// Where a device, or somebody, joined: who, when, and what came along.
    fn joins(&self, ui: &Ui, place: Rect, kind: &RowKind, intents: &mut Intents) {
        let (who, joined_ms) = match kind {
            RowKind::Device(at) => {
                let device = &self.story.devices[*at];
                let Some(joined_ms) = device.joined_ms else { return };
                (device_name(device), joined_ms)
            }
            RowKind::Merged(at) => {
                let other = &self.story.merged[*at];
                (person::who(&other.identifiers), other.merged_ms)
            }
            _ => return,
        };
        let told = |record: &TraceRecord| matches!(record.decision, "joined" | "merged" | "identified");
        let what = || {
            let mut records = self.story.records_at(joined_ms).iter();
            let record = records.find_map(|at| self.story.replay.trace.get(*at).filter(|it| told(it)));
            let why = record.map_or_else(String::new, |record| {
                let because = &record.because;
                format!("\n{} ({} rule, {})", because.text, spaced(because.rule), because.confidence_word())
            });
            let with = counted(self.lane(kind).len() as u64, "event", "events");
            format!("{who} joined {} with {with}{why}", self.moment(joined_ms))
        };
        if hover(ui, place, Id::unique(("joins", place.min.y.to_bits(), joined_ms)), what).clicked() {
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
        let what = || {
            let why =
                message.reason.map_or_else(String::new, |reason| format!(": {}", status::reason(reason)));
            let state = status::state(message.state).to_lowercase();
            let more = match messages.len() {
                1 => String::new(),
                several => {
                    format!("\nand {} at about the same time", counted(several as u64 - 1, "more", "more"))
                }
            };
            format!("{name}, {state} {}{why}{more}", self.moment(message.at_ms))
        };
        let id = Id::unique(("message", message.run, message.at_ms, message.block.as_str()));
        let response = hover(ui, rect, id, what);
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

/// Something that says what it is under the pointer and to a screen reader, and can be pressed.
/// What it says is put together only where somebody asks.
fn hover(ui: &Ui, rect: Rect, id: Id, what: impl Fn() -> String) -> Response {
    let response = ui.interact(rect.intersect(ui.clip_rect()), id, Sense::click());
    response.widget_info(|| {
        let what = what();
        WidgetInfo::labeled(Role::Button, true, what.lines().next().unwrap_or_default())
    });
    response.on_hover_ui(|ui| drop(ui.label(what())))
}
