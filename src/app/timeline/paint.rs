//! The items of the timeline on the screen, each saying what it is and leading to it.

use std::sync::Arc;

use egui::{
    Color32, CornerRadius, Id, Mesh, Painter, Pos2, Rect, Response, Role, Sense, Stroke, StrokeKind, Ui,
    WidgetInfo, epaint::CubicBezierShape, pos2, vec2,
};

use super::{
    items::Item,
    layout::{Row, RowKind},
};
use crate::{
    app::{
        company::CompanyIntent,
        intent::{Intent, Intents},
        state::Model,
        stretch::Scale,
        theme::Tokens,
        transport::CursorIntent,
    },
    lab::Story,
    simulator::{MessageRecord, TraceRecord},
    words::{counted, names::Names, person, sentence, spaced, time},
};

/// What somebody's rows are painted of.
pub(super) struct Painting<'a> {
    pub(super) model: &'a Model,
    pub(super) names: &'a Names<'a>,
    pub(super) story: &'a Arc<Story>,
    /// Their place among those on the timeline.
    pub(super) person: usize,
    pub(super) scale: Scale,
    pub(super) tokens: &'static Tokens,
    /// The record that is set off, if it is theirs.
    pub(super) record: Option<&'a TraceRecord>,
}

impl Painting<'_> {
    pub(super) fn item(&self, ui: &mut Ui, top: f32, row: &Row, item: &Item, intents: &mut Intents) {
        let t = self.tokens;
        let y = top + row.middle();
        match item {
            Item::Line { from, to, dashed } => {
                let stroke = Stroke::new(2.0, t.edge);
                let ends = [pos2(*from, y), pos2(*to, y)];
                if *dashed {
                    dashes(ui.painter(), ends, stroke, (4.0, 4.0));
                } else {
                    ui.painter().line_segment(ends, stroke);
                }
            }
            Item::Joins { x, to_y } => {
                let (from, to) = (pos2(*x, y), pos2(*x + 22.0, top + to_y));
                let points = [from, pos2(*x + 16.0, y), pos2(*x + 4.0, to.y), to];
                let stroke = Stroke::new(2.0, t.edge);
                ui.painter().add(CubicBezierShape::from_points_stroke(
                    points,
                    false,
                    Color32::TRANSPARENT,
                    stroke,
                ));
                self.joins(ui, Rect::from_two_pos(from, to).expand2(vec2(4.0, 0.0)), row.kind, intents);
            }
            Item::Density { from, step, counts, range } => {
                self.density(ui, pos2(*from, y), *step, counts, (row.kind, range), intents);
            }
            Item::Marks { from, to, sign, range, named } => {
                let marks = &self.lane(row.kind)[range.clone()];
                self.marks(ui, y, (*from, *to), *sign, marks, intents);
                if *named {
                    self.mark_name(ui, pos2(*from, y), marks);
                }
            }
            Item::Holds { from, to, holds } => self.holds(ui, y, (*from, *to), holds.clone(), intents),
            Item::Stays { from, to, stays, until, name } => {
                let RowKind::Runs(at) = row.kind else { return };
                let all = &self.story.run_rows[at].stays[stays.clone()];
                self.stays(ui, y, ((*from, *to), *name, *until), all, intents);
            }
            Item::Messages { x, name_pt, messages } => {
                let RowKind::Runs(at) = row.kind else { return };
                let all = &self.story.run_rows[at].messages[messages.clone()];
                self.messages(ui, y, *x, *name_pt, all, intents);
            }
        }
    }

    /// Where a device, or somebody, joined: who, when, and what came along.
    fn joins(&self, ui: &Ui, place: Rect, kind: RowKind, intents: &mut Intents) {
        let (who, joined_ms) = match kind {
            RowKind::Device(at) => {
                let device = &self.story.devices[at];
                let Some(joined_ms) = device.joined_ms else { return };
                (device_name(self.story, at), joined_ms)
            }
            RowKind::Merged(at) => {
                let other = &self.story.merged[at];
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
        if self.hover(ui, place, ("joins", place.min.y.to_bits(), joined_ms), what).clicked() {
            self.show_at(joined_ms, intents, told);
        }
    }

    /// Shows the first record of an instant that is meant, else the instant.
    pub(super) fn show_at(&self, at_ms: i64, intents: &mut Intents, is_meant: impl Fn(&TraceRecord) -> bool) {
        let mut records = self.story.records_at(at_ms).iter().copied();
        let found = records.find(|at| self.story.replay.trace.get(*at).is_some_and(&is_meant));
        self.show(found, at_ms, intents);
    }
    /// Shows a record of the person, else an instant. Whoever is pressed comes into focus.
    pub(super) fn show(&self, record: Option<usize>, at_ms: i64, intents: &mut Intents) {
        self.turn(intents);
        intents.want(Intent::Cursor(record.map_or(CursorIntent::Move(Some(at_ms)), CursorIntent::Show)));
    }
    fn turn(&self, intents: &mut Intents) {
        if self.model.company.focus() != self.person {
            let person = self.story.identifiers.clone();
            intents.want(Intent::Company(CompanyIntent::Focus(person)));
        }
    }

    pub(super) fn moment(&self, at_ms: i64) -> String {
        time::moment(at_ms, self.model.cursor_zone())
    }
    pub(super) fn message_name(&self, message: &MessageRecord) -> String {
        self.names.block(&message.journey, &message.block).to_owned()
    }

    /// Something that says what it is under the pointer and to a screen reader, and can be pressed.
    /// What it says is put together only where somebody asks.
    pub(super) fn hover(
        &self,
        ui: &Ui,
        rect: Rect,
        id: impl std::hash::Hash + std::fmt::Debug,
        what: impl Fn() -> String,
    ) -> Response {
        let id = Id::unique((self.person, id));
        let response = ui.interact(rect.intersect(ui.clip_rect()), id, Sense::click());
        response.widget_info(|| {
            let what = what();
            WidgetInfo::labeled(Role::Button, true, what.lines().next().unwrap_or_default())
        });
        response.on_hover_ui(|ui| drop(ui.label(what())))
    }
    /// Outlines what is set off or under the pointer.
    pub(super) fn outline(&self, ui: &Ui, rect: Rect, radius: u8, is_chosen: bool, response: &Response) {
        if is_chosen || response.hovered() || response.has_focus() {
            let stroke = Stroke::new(if is_chosen { 2.0 } else { 1.0 }, self.tokens.accent);
            ui.painter().rect_stroke(rect, CornerRadius::same(radius), stroke, StrokeKind::Outside);
        }
    }
}

/// A dashed line, level or upright, as one shape. Close up it is far longer than what is in sight.
pub(super) fn dashes(painter: &Painter, ends: [Pos2; 2], stroke: Stroke, (dash, gap): (f32, f32)) {
    let along = ends[1] - ends[0];
    let way = along.normalized();
    let side = way.rot90() * (stroke.width / 2.0);
    let seen = painter.clip_rect();
    let (one, other) = ((seen.min - ends[0]).dot(way), (seen.max - ends[0]).dot(way));
    let last = along.length().min(one.max(other));
    let mut from = (one.min(other) / (dash + gap)).floor().max(0.0) * (dash + gap);
    let mut mesh = Mesh::default();
    while from < last {
        let (begin, end) = (ends[0] + way * from, ends[0] + way * (from + dash).min(last));
        mesh.add_colored_rect(Rect::from_two_pos(begin - side, end + side), stroke.color);
        from += dash + gap;
    }
    painter.add(mesh);
}

/// What to call a device: what it says it is; with its id where it says nothing, or another of the
/// person's says the same.
pub(super) fn device_name(story: &Story, at: usize) -> String {
    let device = &story.devices[at];
    let id = person::identifier(&format!("anonymous_id:{}", device.anonymous_id));
    let is_alone = story.devices.iter().filter(|other| other.name == device.name).count() == 1;
    match (device.name.is_empty(), is_alone) {
        (true, _) => sentence(&id),
        (false, true) => device.name.clone(),
        (false, false) => format!("{}, {id}", device.name),
    }
}
