//! Waits and messages on the screen: holds, stays, timers, and the signs of what was sent or not.

use std::ops::Range;

use egui::{Align2, Color32, CornerRadius, Mesh, Pos2, Rect, Stroke, StrokeKind, Ui, pos2, vec2};

use super::{
    items::SIGN_PT,
    paint::{Painting, dashes},
};
use crate::{
    app::{
        company::CompanyIntent,
        held::HeldList,
        icons::Icon,
        intent::{Intent, Intents},
        selection::{MessageKey, Selection},
        text,
        theme::{fonts, size},
        transport::CursorIntent,
        widgets,
    },
    journey::{Block, BlockKind},
    lab::{Hold, Stay, story::WAITING},
    recording::Span,
    simulator::{HeldState, MessageState, TraceRecord},
    words::{block, counted, spaced, status, time},
};

/// Half the height of a bar.
const HALF_PT: f32 = 8.0;
/// What is listed under the pointer before the rest is only counted.
const SHOWN: usize = 8;
/// Room for the name of a bar, at least.
const NAME_PT: f32 = 40.0;

impl Painting<'_> {
    pub(super) fn holds(
        &self,
        ui: &Ui,
        y: f32,
        (from, to): (f32, f32),
        holds: Range<usize>,
        intents: &mut Intents,
    ) {
        let holds = &self.story.holds[holds];
        let rect = bar(from, to, y);
        let name = match holds {
            [one] => format!("{}, {}", self.names.journey(&one.journey), status::held(one.state)),
            several => counted(several.len() as u64, "trigger held", "triggers held"),
        };
        let what = || {
            let line = |hold: &Hold| {
                let span = match hold.state {
                    HeldState::NeverIdentified => "to the end".to_owned(),
                    _ => Span::from_ms(hold.to_ms - hold.from_ms).spoken(),
                };
                format!(
                    "Held for {} until somebody says who they are: {}, {span} from {}",
                    self.names.journey(&hold.journey),
                    status::held(hold.state),
                    self.moment(hold.from_ms)
                )
            };
            let all = listed(holds.iter().map(line));
            if holds.len() > 1 { format!("{name}; press to list them\n{all}") } else { all }
        };
        let Some(hold) = holds.first() else { return };
        let response = self.hover(ui, rect, ("hold", hold.from_ms, from.to_bits()), what);
        Self::hatched(ui, rect, self.tokens.wait);
        self.bar_name(ui, rect, &name);
        let is_chosen = self.record.is_some_and(|record| {
            holds.iter().any(|it| record.at_ms == it.from_ms && record.journey.as_ref() == Some(&it.journey))
        });
        self.outline(ui, rect, 3, is_chosen, &response);
        if response.clicked() && holds.len() > 1 {
            intents.want(Intent::ListHeld(self.list_of(holds)));
        } else if response.clicked() {
            self.show_at(hold.from_ms, intents, |record| record.journey.as_ref() == Some(&hold.journey));
        }
    }

    /// The list that holds several of the person's triggers: of their journey, if it is one.
    fn list_of(&self, holds: &[Hold]) -> HeldList {
        let devices = self.story.devices.iter().map(|it| format!("anonymous_id:{}", it.anonymous_id));
        let person = self.story.identifiers.iter().cloned().chain(devices).collect();
        let first = holds.first().map(|it| it.journey.clone());
        let journey = first.filter(|journey| holds.iter().all(|it| it.journey == *journey));
        HeldList { person: Some(person), journey, ..HeldList::default() }
    }

    pub(super) fn stays(
        &self,
        ui: &Ui,
        y: f32,
        ((from, to), (name_from, name_to), until): ((f32, f32), (f32, f32), Option<f32>),
        stays: &[u32],
        intents: &mut Intents,
    ) {
        let t = self.tokens;
        let stays = || stays.iter().map(|at| &self.story.stays[*at as usize]);
        let Some(stay) = stays().next() else { return };
        let several = stays().count();
        let rect = bar(from, to, y);
        let id = ("stay", stay.run, stay.from_ms, stay.block.as_str());
        let response = self.hover(ui, rect, id, || listed(stays().map(|stay| self.stay_text(stay))));
        let block = self.block(stay);
        let waits = block.is_some_and(|it| matches!(it.kind, BlockKind::WaitForIdentify { .. }));
        let is_deferred = several == 1 && !stay.deferred_ms.is_empty();
        let color = if is_deferred { t.deferred } else { t.wait };
        if several == 1 && (waits || is_deferred) {
            Self::hatched(ui, rect, color);
        } else {
            ui.painter().rect_filled(rect, CornerRadius::same(3), color.gamma_multiply(0.34));
        }
        ui.painter().rect_filled(
            Rect::from_min_max(rect.min, pos2((from + 2.0).min(to), rect.bottom())),
            1.0,
            color,
        );
        if several == 1 {
            let icon = if is_deferred { 18.0 } else { 0.0 };
            if is_deferred && rect.width() > 22.0 {
                let seen = rect.intersect(ui.clip_rect());
                Icon::Clock.paint_at(ui.painter(), pos2(seen.left() + 12.0, y), 10.0, t.deferred_text);
            }
            let name = block.map_or(stay.block.as_str(), block::title);
            let room = Rect::from_x_y_ranges(name_from + icon..=name_to, rect.y_range());
            self.bar_name(
                ui,
                room,
                &format!("{name}, {}", Span::from_ms(stay.to_ms - stay.from_ms).spoken()),
            );
            for again_ms in stay.deferred_ms.iter().skip(1) {
                let x = self.scale.x(*again_ms);
                ui.painter().vline(x, rect.y_range(), Stroke::new(1.5, color));
            }
            if stay.cut_short {
                self.cut(ui, rect, until);
            }
        } else {
            self.bar_name(ui, rect, &counted(several as u64, "stay", "stays"));
        }
        let is_chosen = self.record.is_some_and(|record| stays().any(|stay| is_about(record, stay)));
        self.outline(ui, rect, 3, is_chosen, &response);
        if response.clicked() {
            self.show_at(stay.from_ms, intents, |record| is_about(record, stay));
        }
    }

    /// A stay that was cut short ends in a cross; how long it would have gone on is a dashed line
    /// to its timer.
    fn cut(&self, ui: &Ui, rect: Rect, until: Option<f32>) {
        let t = self.tokens;
        let end = pos2(rect.right(), rect.center().y);
        if let Some(until) = until.filter(|until| *until > end.x + 8.0) {
            let stroke = Stroke::new(1.5, t.wait);
            dashes(ui.painter(), [end, pos2(until, end.y)], stroke, (3.0, 4.0));
            ui.painter().vline(until, end.y - 4.0..=end.y + 4.0, stroke);
        }
        ui.painter().circle_filled(end, 6.5, t.panel);
        Icon::Cross.paint_at(ui.painter(), end, 9.0, t.waiting_text);
    }

    fn block(&self, stay: &Stay) -> Option<&Block> {
        self.model.journey_by_id(&stay.journey).and_then(|it| it.blocks.get(&stay.block))
    }

    fn stay_text(&self, stay: &Stay) -> String {
        let block = self.block(stay);
        let name = block.map_or(stay.block.as_str(), block::title);
        let span = Span::from_ms(stay.to_ms - stay.from_ms).spoken();
        let how = if stay.ended == WAITING {
            "still waiting at the end of the replay".to_owned()
        } else if stay.cut_short {
            let timer = stay
                .until_ms
                .filter(|until_ms| *until_ms > stay.to_ms)
                .map_or_else(String::new, |until_ms| {
                    format!("; it would have waited until {}", self.moment(until_ms))
                });
            format!("{span}, then cut short: {}{timer}", status::reason(&stay.ended))
        } else {
            // A way out that has no name needs none; what became of a message is its status.
            let named =
                block.map_or_else(|| spaced(&stay.ended), |it| block::exit_name(&it.kind, &stay.ended));
            if named.is_empty() { span } else { format!("{span}, then {named}") }
        };
        let deferred = match &stay.deferred_ms[..] {
            [] => String::new(),
            held => {
                let mut records = self.story.records_at(held[0]).iter();
                let of_it = |record: &&TraceRecord| record.decision == "deferred" && is_about(record, stay);
                let record = records.find_map(|at| self.story.replay.trace.get(*at).filter(of_it));
                let zone = self.model.cursor_zone();
                let why = record.map_or_else(
                    || "put off".to_owned(),
                    |record| time::with_spoken_instants(&record.because.text, zone),
                );
                match held.len() {
                    1 => format!("\n{why}"),
                    several => format!("\n{why}\nTried again {} times", several - 1),
                }
            }
        };
        format!("{name}: {how}{deferred}")
    }

    /// What a bar is, in it, if there is room.
    fn bar_name(&self, ui: &Ui, rect: Rect, name: &str) {
        let seen = rect.intersect(ui.clip_rect()).shrink2(vec2(7.0, 0.0));
        if seen.width() >= NAME_PT {
            let font = fonts::small();
            let width = text::width(name, size::SMALL).min(seen.width());
            // On hatching a name needs a ground of its own.
            let ground = Rect::from_min_size(
                pos2(seen.left() - 2.0, rect.top() + 1.0),
                vec2(width + 2.0, rect.height() - 2.0),
            );
            ui.painter().rect_filled(ground, CornerRadius::same(3), self.tokens.panel.gamma_multiply(0.6));
            widgets::clipped(
                ui,
                pos2(seen.left(), rect.center().y),
                Align2::LEFT_CENTER,
                name,
                &font,
                self.tokens.text,
                seen.width(),
            );
        }
    }

    pub(super) fn messages(
        &self,
        ui: &Ui,
        y: f32,
        x: f32,
        name_pt: f32,
        messages: &[u32],
        intents: &mut Intents,
    ) {
        let t = self.tokens;
        let several = messages.len();
        let messages = || messages.iter().map(|at| &self.story.messages[*at as usize]);
        let Some(message) = messages().next() else { return };
        let rect = Rect::from_min_size(pos2(x, y - SIGN_PT / 2.0), vec2(SIGN_PT + name_pt, SIGN_PT));
        let (color, icon) = match message.state {
            MessageState::Sent => (t.sent_text, Icon::Check),
            MessageState::NotSent => (t.not_sent_text, Icon::Cross),
            MessageState::Skipped => (t.waiting_text, Icon::Skip),
            MessageState::Waiting => (t.waiting_text, Icon::Clock),
        };
        let what = || {
            listed(messages().map(|message| {
                let name = self.message_name(message);
                let why =
                    message.reason.map_or_else(String::new, |reason| format!(": {}", status::reason(reason)));
                let state = status::state(message.state).to_lowercase();
                format!("{name}, {state} {}{why}", self.moment(message.at_ms))
            }))
        };
        let id = ("message", message.run, message.at_ms, message.block.as_str());
        let response = self.hover(ui, rect, id, what);
        let is_selected = self.model.message().is_some_and(|selected| {
            let key = MessageKey::of(selected);
            messages().any(|message| key.fits(message))
        });
        let fill = if is_selected { t.selection } else { t.panel };
        let stands_out = response.hovered() || response.has_focus() || is_selected;
        let stroke = Stroke::new(if stands_out { 1.5 } else { 1.0 }, color);
        let radius = CornerRadius::same(size::RADIUS - 2);
        ui.painter().rect(rect, radius, fill, stroke, StrokeKind::Inside);
        let sign = pos2(x + SIGN_PT / 2.0, y);
        if several > 1 {
            let font = fonts::small_figures();
            ui.painter().text(sign, Align2::CENTER_CENTER, several, font, color);
        } else {
            icon.paint_at(ui.painter(), sign, 9.0, color);
        }
        if name_pt > 0.0 {
            let at = pos2(x + SIGN_PT, y);
            ui.painter().text(at, Align2::LEFT_CENTER, self.message_name(message), fonts::small(), color);
        }
        if response.clicked() {
            if self.model.company.focus() != self.person {
                intents.want(Intent::Company(CompanyIntent::Focus(self.story.identifiers.clone())));
            }
            // Of several each press goes to the next.
            let selected = self.model.message().map(MessageKey::of);
            let fits = |message: &crate::simulator::MessageRecord| {
                selected.as_ref().is_some_and(|key| key.fits(message))
            };
            let next = messages().skip_while(|message| !fits(message)).nth(1).unwrap_or(message);
            intents.want(Intent::Cursor(CursorIntent::Move(Some(next.at_ms))));
            intents.want(Intent::Select(Selection::Message(MessageKey::of(next))));
        }
    }

    /// A bar with slanted lines: kept waiting by somebody else.
    fn hatched(ui: &Ui, rect: Rect, color: Color32) {
        const STEP: f32 = 7.0;
        const LINE: f32 = 1.6;
        let seen = rect.intersect(ui.clip_rect());
        ui.painter().rect_filled(rect, CornerRadius::same(2), color.gamma_multiply(0.22));
        let ink = color.gamma_multiply(0.7);
        let mut mesh = Mesh::default();
        let lean = rect.height();
        let mut x = rect.left() + ((seen.left() - rect.left()) / STEP).floor() * STEP - lean;
        while x < seen.right() {
            // A line leans from the lower to the upper edge; what sticks out at the ends is left off.
            let share = |at: f32| ((at - x) / lean).clamp(0.0, 1.0);
            let (from, to) = (share(rect.left()), share(rect.right() - LINE));
            let place = |share: f32, dx: f32| Pos2::new(x + share * lean + dx, rect.bottom() - share * lean);
            if from < to {
                let first = mesh.vertices.len() as u32;
                for corner in [place(from, 0.0), place(from, LINE), place(to, LINE), place(to, 0.0)] {
                    mesh.colored_vertex(corner, ink);
                }
                mesh.add_triangle(first, first + 1, first + 2);
                mesh.add_triangle(first, first + 2, first + 3);
            }
            x += STEP;
        }
        ui.painter().add(mesh);
    }
}

/// Whether a record is about a stay: what was decided there while it lasted.
fn is_about(record: &TraceRecord, stay: &Stay) -> bool {
    record.journey.as_ref() == Some(&stay.journey)
        && record.block.as_ref() == Some(&stay.block)
        && record.started.as_ref() == Some(&stay.started)
        && (stay.from_ms..=stay.to_ms).contains(&record.at_ms)
}

fn bar(from: f32, to: f32, y: f32) -> Rect {
    Rect::from_min_max(pos2(from, y - HALF_PT), pos2(to, y + HALF_PT))
}

/// The first few, one a line, and how many more there are.
fn listed(lines: impl ExactSizeIterator<Item = String>) -> String {
    let more = lines.len().saturating_sub(SHOWN);
    let mut all: Vec<String> = lines.take(SHOWN).collect();
    if more > 0 {
        all.push(format!("and {more} more"));
    }
    all.join("\n")
}
