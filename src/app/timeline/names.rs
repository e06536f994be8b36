//! What stands to the left of the rows, and the line over each of several people.

use egui::{Align2, CornerRadius, FontId, Pos2, Rect, Role, Sense, Stroke, Ui, WidgetInfo, pos2, vec2};

use super::{
    layout::{HEAD_PT, Row, RowKind},
    paint::{Painting, device_name},
};
use crate::{
    app::{
        badge,
        company::{Companion, CompanyIntent},
        icons::Icon,
        intent::{Intent, Intents},
        state::Model,
        theme::{self, fonts},
        widgets,
    },
    words::{counted, person},
};

/// Room for the names of lanes.
pub const NAMES_PT: f32 = 196.0;

impl Painting<'_> {
    /// The name of a row and the line under it.
    pub(super) fn name(&self, ui: &Ui, row: &Row, rect: Rect) {
        let t = self.tokens;
        let (name, under) = match row.kind {
            RowKind::Device(at) => {
                let device = &self.story.devices[at];
                let perhaps = device.joined_ms.is_none() && self.story.is_known();
                let joined = device.joined_ms.map(|at_ms| format!("joined {}", self.moment(at_ms)));
                let apart = if perhaps { "perhaps the same person" } else { "never identified" };
                (device_name(self.story, at), joined.unwrap_or_else(|| apart.to_owned()))
            }
            RowKind::Merged(at) => {
                let other = &self.story.merged[at];
                (person::who(&other.identifiers), format!("merged {}", self.moment(other.merged_ms)))
            }
            RowKind::Person => {
                let devices = person::devices(&self.story.identifiers) as u64;
                (person::who(&self.story.identifiers), counted(devices, "device", "devices"))
            }
            RowKind::Holds => ("Held triggers".to_owned(), String::new()),
            RowKind::Runs(at) => {
                let journey = self.story.run_rows.get(at).map(|row| &row.journey);
                (
                    journey.map_or_else(String::new, |journey| self.names.journey(journey).to_owned()),
                    String::new(),
                )
            }
        };
        let room = NAMES_PT - 28.0;
        let x = rect.left() + 16.0;
        let is_lane = matches!(row.kind, RowKind::Device(_) | RowKind::Merged(_) | RowKind::Person);
        let font = if is_lane { fonts::strong() } else { fonts::small() };
        let color = if is_lane { t.text } else { t.text_weak };
        let dy = if under.is_empty() { 0.0 } else { 8.0 };
        let at = |dy: f32| pos2(x, rect.center().y + dy);
        let left = |at: Pos2, text: &str, font: &FontId, color| {
            widgets::clipped(ui, at, Align2::LEFT_CENTER, text, font, color, room);
        };
        left(at(-dy), &name, &font, color);
        if !under.is_empty() {
            left(at(dy), &under, &fonts::small(), t.text_weak);
        }
    }
}

/// The line over somebody's rows: who it is; a press turns to them, the cross takes them off.
pub fn head(ui: &mut Ui, model: &Model, at: usize, it: &Companion, rect: Rect, intents: &mut Intents) {
    let t = theme::of(ui);
    let in_focus = model.company.focus() == at;
    let who = person::who(it.known_as());
    let line = Rect::from_min_size(rect.min, vec2(rect.width(), HEAD_PT));
    if at > 0 {
        ui.painter().hline(line.x_range(), line.top(), Stroke::new(1.0, t.line));
    }
    if in_focus {
        let edge = Rect::from_min_size(rect.min, vec2(3.0, rect.height()));
        ui.painter().rect_filled(edge, CornerRadius::ZERO, t.accent);
    }
    let named = Rect::from_min_size(line.min, vec2(NAMES_PT, HEAD_PT));
    let response = ui.interact(named, ui.unique_id().with(("person", at)), Sense::click());
    let label = format!("Turn to {who}");
    response.widget_info(|| WidgetInfo::selected(Role::Button, true, in_focus, &label));
    if response.hovered() {
        ui.painter().rect_filled(named.shrink(2.0), CornerRadius::same(4), t.hover);
    }
    widgets::focus_ring(ui, &response, 4);
    badge::paint(ui.painter(), line.left_center() + vec2(22.0, 0.0), badge::RADIUS_PT, at, in_focus, t);
    let place = line.left_center() + vec2(36.0, 0.0);
    let room = NAMES_PT - 36.0 - 30.0;
    widgets::clipped(ui, place, Align2::LEFT_CENTER, &who, &fonts::strong(), t.text, room);
    let is_clicked = response.clicked();
    response.on_hover_text(format!("{label}: their state and their page are shown on the right"));
    if it.story.is_none() {
        let place = line.left_center() + vec2(NAMES_PT + 4.0, 0.0);
        let what = if model.work.is_some() { "Being replayed …" } else { "Not in these recordings" };
        ui.painter().text(place, Align2::LEFT_CENTER, what, fonts::small(), t.text_weak);
    }
    let cross = Rect::from_center_size(named.right_center() - vec2(18.0, 0.0), vec2(18.0, 18.0));
    let off = ui.interact(cross, ui.unique_id().with(("off", at)), Sense::click());
    let label = format!("Take {who} off the timeline");
    off.widget_info(|| WidgetInfo::labeled(Role::Button, true, &label));
    let ink = if off.hovered() { t.text } else { t.text_weak };
    Icon::Cross.paint_at(ui.painter(), cross.center(), 9.0, ink);
    widgets::focus_ring(ui, &off, 4);
    if off.clicked() {
        intents.want(Intent::Company(CompanyIntent::Remove(it.identifiers.clone())));
    } else if is_clicked {
        intents.want(Intent::Company(CompanyIntent::Focus(it.known_as().to_vec())));
    }
    off.on_hover_text(label);
}
