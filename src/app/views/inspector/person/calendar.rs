//! Somebody's messages on a calendar, and how full the message limits got.

use chrono::Datelike;
use egui::{Align2, CornerRadius, Rect, Role, Sense, Ui, WidgetInfo, pos2, vec2};

use super::page::Page;
use crate::{
    app::{
        intent::{Intent, Intents},
        selection::{MessageKey, Selection},
        theme::{self, Tokens, fonts, size},
        views::{
            inspector::parts::section,
            messages::{state_color, state_icon},
        },
        widgets,
    },
    lab::calendar::{Month, limit_use, months, used},
    simulator::{MessageRecord, MessageState, person_state::SentState, settings::MessageLimit},
    words::{condition, counted, sentence, status, time},
};

const DAY_PT: f32 = 38.0;
const WEEKDAYS: [&str; 7] = ["Mo", "Tu", "We", "Th", "Fr", "Sa", "Su"];

/// Draws it. `sent`: what went out to them, by time, also what history told of.
pub fn show(ui: &mut Ui, page: &Page<'_>, sent: &[SentState], intents: &mut Intents) {
    let messages: Vec<&MessageRecord> = page.messages().collect();
    let limits = page.model.workspace().map_or(&[][..], |workspace| &workspace.facts.delivery.limits);
    for month in months(messages.iter().copied(), page.model.cursor_zone()) {
        grid(ui, page, &month, &messages, sent, limits, intents);
    }
    limits_used(ui, page, limits, sent);
}

fn grid(
    ui: &mut Ui,
    page: &Page<'_>,
    month: &Month,
    messages: &[&MessageRecord],
    sent: &[SentState],
    limits: &[MessageLimit],
    intents: &mut Intents,
) {
    let t = theme::of(ui);
    widgets::text(ui, month.first.format("%B %Y").to_string(), fonts::strong(), t.text);
    let width = ui.available_width();
    let side = width / 7.0;
    let heading = 20.0;
    let (area, _) =
        ui.allocate_exact_size(vec2(width, heading + month.weeks() as f32 * DAY_PT), Sense::hover());
    for (at, name) in WEEKDAYS.iter().enumerate() {
        let center = pos2(area.left() + (at as f32 + 0.5) * side, area.top() + heading / 2.0);
        ui.painter().text(center, Align2::CENTER_CENTER, name, fonts::small(), t.text_weak);
    }
    for day in 1..=month.days {
        let cell = day - 1 + month.lead();
        let corner =
            pos2(area.left() + (cell % 7) as f32 * side, area.top() + heading + (cell / 7) as f32 * DAY_PT);
        let rect = Rect::from_min_size(corner, vec2(side, DAY_PT)).shrink(1.0);
        let here: Vec<&MessageRecord> =
            month.messages.get(&day).into_iter().flatten().map(|at| messages[*at]).collect();
        let ink = if here.is_empty() { t.text_weak } else { t.text };
        let number = rect.left_top() + vec2(5.0, 3.0);
        if here.is_empty() {
            ui.painter().text(number, Align2::LEFT_TOP, day.to_string(), fonts::small_figures(), ink);
            continue;
        }
        let name = month.first.with_day(day);
        let name = name.map_or_else(String::new, |day| day.format("%a %-d %B").to_string());
        self::day(ui, page, rect, &name, &here, intents);
        ui.painter().text(number, Align2::LEFT_TOP, day.to_string(), fonts::small_figures(), ink);
        let last_ms = here.iter().map(|message| message.at_ms).max().unwrap_or_default();
        gauge(ui, t, rect, fullest(limits, sent, last_ms));
    }
    ui.add_space(8.0);
}

/// A day with messages: a press leads to them, one after the other.
fn day(ui: &Ui, page: &Page<'_>, rect: Rect, name: &str, here: &[&MessageRecord], intents: &mut Intents) {
    let t = theme::of(ui);
    let response = ui.interact(rect, ui.unique_id().with(("day", name)), Sense::click());
    let said = format!("{name}: {}", tally(here));
    response.widget_info(|| WidgetInfo::labeled(Role::Button, true, &said));
    let fill = if response.hovered() { t.hover } else { t.background };
    ui.painter().rect_filled(rect, CornerRadius::same(size::RADIUS), fill);
    let shown = here.len().min(3);
    for (at, message) in here.iter().take(shown).enumerate() {
        let center = pos2(rect.left() + 9.0 + 11.0 * at as f32, rect.bottom() - 11.0);
        state_icon(message.state).paint_at(ui.painter(), center, 9.0, state_color(t, message.state));
    }
    if here.len() > shown {
        let at = pos2(rect.right() - 4.0, rect.top() + 3.0);
        ui.painter().text(
            at,
            Align2::RIGHT_TOP,
            format!("+{}", here.len() - shown),
            fonts::small_figures(),
            t.text_weak,
        );
    }
    widgets::focus_ring(ui, &response, size::RADIUS);
    let names = page.model.names();
    let zone = page.model.cursor_zone();
    let line = |message: &&MessageRecord| {
        let why = message.reason.map_or_else(String::new, |reason| format!(", {}", status::reason(reason)));
        format!(
            "{} {} · {}{why}",
            time::moment(message.at_ms, zone),
            names.block(&message.journey, &message.block),
            status::state(message.state).to_lowercase()
        )
    };
    let list: Vec<String> = here.iter().map(line).collect();
    if response.on_hover_text(list.join("\n")).clicked() {
        intents.want(Intent::Select(Selection::Message(MessageKey::of(here[0]))));
    }
}

/// `2 sent, 1 not sent`.
fn tally(here: &[&MessageRecord]) -> String {
    let states = [MessageState::Sent, MessageState::NotSent, MessageState::Skipped, MessageState::Waiting];
    let parts: Vec<String> = states
        .into_iter()
        .map(|state| (state, here.iter().filter(|message| message.state == state).count()))
        .filter(|(_, count)| *count > 0)
        .map(|(state, count)| format!("{count} {}", status::state(state).to_lowercase()))
        .collect();
    parts.join(", ")
}

/// The share of the fullest limit at an instant.
fn fullest(limits: &[MessageLimit], sent: &[SentState], at_ms: i64) -> f32 {
    let share = |limit: &MessageLimit| used(limit, sent, at_ms) as f32 / limit.at_most.max(1) as f32;
    limits.iter().map(share).fold(0.0, f32::max).min(1.0)
}

/// A line at the bottom of a rectangle that says how much of a limit is used.
fn gauge(ui: &Ui, t: &Tokens, rect: Rect, share: f32) {
    if share <= 0.0 {
        return;
    }
    let track = Rect::from_min_max(pos2(rect.left() + 5.0, rect.bottom() - 4.0), rect.max - vec2(5.0, 2.0));
    let radius = CornerRadius::same(1);
    ui.painter().rect_filled(track, radius, t.line);
    let color = if share >= 1.0 { t.deferred } else { t.accent };
    ui.painter().rect_filled(track.with_max_x(track.left() + track.width() * share), radius, color);
}

/// Each limit when it was fullest.
fn limits_used(ui: &mut Ui, page: &Page<'_>, limits: &[MessageLimit], sent: &[SentState]) {
    let t = theme::of(ui);
    for (at, it) in limit_use(limits, sent).into_iter().enumerate() {
        if at == 0 {
            section(ui, "Limits when they were fullest");
        }
        let what = it.limit.channel.map_or("All channels", condition::channel);
        let share = it.most as f32 / it.limit.at_most.max(1) as f32;
        let text = format!(
            "{}: {} of {} in {}",
            sentence(what),
            it.most,
            counted(u64::from(it.limit.at_most), "message", "messages"),
            time::span(it.limit.per)
        );
        let ink = if share >= 1.0 { t.deferred_text } else { t.text };
        widgets::paragraph(ui, text, fonts::body(), ink);
        let (line, _) = ui.allocate_exact_size(vec2(ui.available_width(), 6.0), Sense::hover());
        gauge(ui, t, line.expand2(vec2(5.0, 0.0)), share.min(1.0));
        widgets::paragraph(ui, page.moment(it.at_ms), fonts::small(), t.text_weak);
        ui.add_space(4.0);
    }
}
