//! How many people are in a segment: at the cursor, at the end, at some time, and drawn over time.

use egui::{Key, Painter, Rect, Sense, Shape, Stroke, Ui, WidgetInfo, pos2, vec2};

use crate::{
    app::{
        session::Outcome,
        state::Model,
        theme::{self, Tokens, fonts, size},
        widgets,
    },
    simulator::Headcount,
    words::{count, counted, time},
};

/// Height of the drawing (points).
const HEIGHT: f32 = 56.0;
/// One column of the drawing (points).
const COLUMN: f32 = 2.0;
/// So many changes are looked at for one column.
const LOOKED_AT: usize = 64;

/// Draws it; a press in the drawing gives where the cursor is to go (UTC ms).
pub fn show(ui: &mut Ui, model: &Model, outcome: &Outcome, segment: &str, at_last: usize) -> Option<i64> {
    let t = theme::of(ui);
    let Some(memberships) = &outcome.counted.memberships else {
        widgets::paragraph(
            ui,
            "Memberships change more often than can be counted for any instant. Replay one recording alone to see them.",
            fonts::body(),
            t.text_weak,
        );
        return None;
    };
    let (at_ms, zone) = (model.cursor_ms(), model.cursor_zone());
    let here = memberships.at(segment, at_ms);
    let when = match model.view.transport.cursor {
        Some(at_ms) => format!("In it on {}", time::moment(at_ms, zone)),
        None => format!("In it at the end, {}", time::moment(at_ms, zone)),
    };
    widgets::count_line(ui, &when, &count(here.inside.into()), t.text);
    widgets::count_line(ui, "In it when the last event arrived", &count(at_last as u64), t.text_weak);
    if model.view.transport.cursor.is_some() {
        widgets::count_line(ui, "In it at some time until then", &count(here.ever.into()), t.text_weak);
    }
    let ever = u64::from(memberships.ever(segment));
    widgets::count_line(ui, "In it at some time", &count(ever), t.text_weak);
    let steps = memberships.steps(segment);
    let ((first_ms, _), (last_ms, _)) = steps.first().zip(steps.last())?;
    let span = Span { from_ms: *first_ms, to_ms: (*last_ms).max(*first_ms + 1) };
    ui.add_space(6.0);
    let to_ms = over_time(ui, steps, span, at_ms, here);
    ui.horizontal(|ui| {
        widgets::text(ui, time::moment(span.from_ms, zone), fonts::small(), t.text_weak);
        widgets::from_right(ui, |ui| {
            widgets::text(ui, time::moment(span.to_ms, zone), fonts::small(), t.text_weak);
        });
    });
    to_ms
}

/// What is drawn, from left to right.
#[derive(Clone, Copy)]
struct Span {
    from_ms: i64,
    to_ms: i64,
}

impl Span {
    fn at(self, share: f32) -> i64 {
        self.from_ms + ((self.to_ms - self.from_ms) as f64 * f64::from(share.clamp(0.0, 1.0))) as i64
    }
    fn share(self, at_ms: i64) -> f32 {
        ((at_ms - self.from_ms) as f64 / (self.to_ms - self.from_ms) as f64) as f32
    }
}

/// The drawing; a press or drag in it, or an arrow key, gives where the cursor is to go.
fn over_time(
    ui: &mut Ui,
    steps: &[(i64, Headcount)],
    span: Span,
    at_ms: i64,
    here: Headcount,
) -> Option<i64> {
    let t = theme::of(ui);
    let (rect, response) =
        ui.allocate_exact_size(vec2(ui.available_width(), HEIGHT), Sense::click_and_drag());
    let columns = columns(steps, span, (rect.width() / COLUMN) as usize);
    let most = columns.iter().copied().max().unwrap_or(0).max(1);
    let said = format!(
        "In it over time: {} at once at most, {} now",
        counted(most.into(), "person", "people"),
        count(here.inside.into())
    );
    response.widget_info(|| WidgetInfo::slider(true, f64::from(here.inside), &said));
    if ui.is_rect_visible(rect) {
        paint(ui.painter(), rect, &columns, most, t);
        let share = span.share(at_ms);
        if (0.0..=1.0).contains(&share) {
            let x = rect.left() + share * rect.width();
            ui.painter().vline(x, rect.y_range(), Stroke::new(1.5, t.accent));
        }
        widgets::focus_ring(ui, &response, size::RADIUS);
    }
    let pressed = response.interact_pointer_pos().filter(|_| response.clicked() || response.dragged());
    let tip = format!(
        "At most {} at once. Click or drag to move the cursor.",
        counted(most.into(), "person", "people")
    );
    let by_key = response.has_focus().then(|| stepped(ui, steps, at_ms)).flatten();
    response.on_hover_text(tip);
    pressed.map(|at| span.at((at.x - rect.left()) / rect.width())).or(by_key)
}

/// Where an arrow key goes: to the change before or after.
fn stepped(ui: &Ui, steps: &[(i64, Headcount)], at_ms: i64) -> Option<i64> {
    let pressed = |key| ui.input(|input| input.key_pressed(key));
    let step = if pressed(Key::ArrowRight) {
        steps.get(steps.partition_point(|(changed_ms, _)| *changed_ms <= at_ms))
    } else if pressed(Key::ArrowLeft) {
        steps[..steps.partition_point(|(changed_ms, _)| *changed_ms < at_ms)].last()
    } else {
        None
    };
    step.map(|(changed_ms, _)| *changed_ms)
}

/// The most people at once within each column.
fn columns(steps: &[(i64, Headcount)], span: Span, number: usize) -> Vec<u32> {
    let until = |share: f32| steps.partition_point(|(at_ms, _)| *at_ms <= span.at(share));
    let mut done = 0;
    (1..=number)
        .map(|column| {
            let end = until(column as f32 / number as f32);
            // What it was before counts too: it lasts into the column.
            let within = &steps[done.max(1) - 1..end];
            done = end;
            let looked_at = within.iter().step_by(within.len() / LOOKED_AT + 1).chain(within.last());
            looked_at.map(|(_, count)| count.inside).max().unwrap_or(0)
        })
        .collect()
}

fn paint(painter: &Painter, rect: Rect, columns: &[u32], most: u32, t: &Tokens) {
    painter.rect_filled(rect, size::RADIUS, t.background);
    let width = rect.width() / columns.len().max(1) as f32;
    let top = |count: u32| rect.bottom() - count as f32 / most as f32 * (rect.height() - 6.0);
    let mut line = Vec::with_capacity(columns.len() * 2);
    for (at, count) in columns.iter().enumerate() {
        let (left, right) = (rect.left() + at as f32 * width, rect.left() + (at + 1) as f32 * width);
        let column = Rect::from_x_y_ranges(left..=right, top(*count)..=rect.bottom());
        painter.rect_filled(column, 0.0, t.selection);
        line.extend([pos2(left, top(*count)), pos2(right, top(*count))]);
    }
    painter.add(Shape::line(line, Stroke::new(1.0, t.branch)));
    painter.hline(rect.x_range(), rect.bottom(), Stroke::new(1.0, t.line));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_column_shows_the_most_at_once_and_what_lasts_into_it() {
        let count = |inside| Headcount { inside, ever: 9 };
        let steps = [(0, count(1)), (35, count(7)), (36, count(2)), (80, count(0))];
        let span = Span { from_ms: 0, to_ms: 100 };
        assert_eq!(columns(&steps, span, 5), [1, 7, 2, 2, 0]);
        assert_eq!(columns(&[], span, 2), [0, 0]);
        assert_eq!((span.at(0.5), span.share(25)), (50, 0.25));
    }
}
