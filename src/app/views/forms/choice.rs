//! Fields to choose in: one of several, yes or no, days of the week.

use egui::{
    Align2, Color32, CornerRadius, Popup, PopupCloseBehavior, Rect, Response, ScrollArea, Sense, Stroke,
    StrokeKind, Ui, WidgetInfo, accesskit::Role, pos2, vec2,
};

use super::{Form, gap, label, remark};
use crate::{
    app::{
        icons::Icon,
        theme::{self, fonts, size},
        widgets,
    },
    journey::Weekday,
};

/// The most height a menu takes, in points.
const MENU_HEIGHT: f32 = 390.0;

impl Form<'_> {
    /// One of several, under a label.
    pub fn choice<T: PartialEq + Clone>(
        &mut self,
        ui: &mut Ui,
        name: &str,
        options: &[(T, &str)],
        value: &mut T,
    ) {
        label(ui, name);
        let width = ui.available_width();
        menu_of(ui, name, options, value, Shape::Wide(width));
        gap(ui);
    }

    /// Yes or no, with a sentence that says what yes means.
    pub fn switch(&mut self, ui: &mut Ui, name: &str, about: &str, value: &mut bool) {
        if switch(ui, name, *value).clicked() {
            *value = !*value;
        }
        if !about.is_empty() {
            ui.add_space(2.0);
            remark(ui, about);
        }
        gap(ui);
    }

    /// Days of the week; none chosen is every day.
    pub fn weekdays(&mut self, ui: &mut Ui, name: &str, days: &mut Vec<Weekday>) {
        label(ui, name);
        ui.horizontal(|ui| {
            ui.spacing_mut().item_spacing.x = 4.0;
            let width = ((ui.available_width() - 24.0) / 7.0).floor();
            for day in WEEK {
                let on = days.is_empty() || days.contains(&day);
                if toggle(ui, &format!("{day:?}"), on, width).clicked() {
                    *days = toggled(days, day);
                }
            }
        });
        gap(ui);
    }
}

const WEEK: [Weekday; 7] =
    [Weekday::Mon, Weekday::Tue, Weekday::Wed, Weekday::Thu, Weekday::Fri, Weekday::Sat, Weekday::Sun];

/// The days after one of them was turned on or off. All of them are written as none; the last one
/// cannot be turned off, since none would mean all.
fn toggled(days: &[Weekday], day: Weekday) -> Vec<Weekday> {
    let is_on = |it: &Weekday| days.is_empty() || days.contains(it);
    let next: Vec<Weekday> = WEEK.into_iter().filter(|it| is_on(it) != (*it == day)).collect();
    match next.len() {
        0 => days.to_vec(),
        7 => Vec::new(),
        _ => next,
    }
}

/// How a choice is drawn.
#[derive(Clone, Copy, PartialEq)]
pub enum Shape {
    /// A control of this width.
    Wide(f32),
    /// A word of a sentence.
    Word,
}

/// One of several in a menu. Says whether another one was chosen.
pub fn menu_of<T: PartialEq + Clone>(
    ui: &mut Ui,
    name: &str,
    options: &[(T, &str)],
    value: &mut T,
    shape: Shape,
) -> bool {
    let chosen = options.iter().find(|(option, _)| option == value).map_or("…", |(_, text)| *text);
    let button = match shape {
        Shape::Wide(width) => select(ui, name, chosen, width),
        Shape::Word => word(ui, name, chosen),
    };
    let mut changed = false;
    let texts = options.iter().map(|(_, text)| *text);
    let least = if let Shape::Wide(width) = shape { width - 14.0 } else { 120.0 };
    let width = menu_width(ui, texts, least);
    menu(&button, |ui| {
        for (option, text) in options {
            if menu_row(ui, text, "", Some(option == value), width) {
                *value = option.clone();
                changed = true;
            }
        }
    });
    changed
}

/// A menu under a button; a click on a row closes it.
pub fn menu(button: &Response, rows: impl FnOnce(&mut Ui)) {
    Popup::menu(button).gap(4.0).close_behavior(PopupCloseBehavior::CloseOnClick).show(|ui| {
        ScrollArea::vertical().max_height(MENU_HEIGHT).show(ui, |ui| {
            ui.spacing_mut().item_spacing.y = 0.0;
            rows(ui);
        });
    });
}

/// The width a menu needs for its texts, in points.
pub fn menu_width<'t>(ui: &Ui, texts: impl Iterator<Item = &'t str>, least: f32) -> f32 {
    let painter = ui.painter();
    let ink = Color32::PLACEHOLDER;
    let measure = |text: &str| painter.layout_no_wrap(text.to_owned(), fonts::body(), ink).size().x + 44.0;
    texts.map(measure).fold(least, f32::max).min(360.0)
}

/// A row of a menu; true when it was chosen. `chosen` is `None` where nothing is chosen yet, so
/// that no room is kept for a mark.
pub fn menu_row(ui: &mut Ui, name: &str, count: &str, chosen: Option<bool>, width: f32) -> bool {
    let t = theme::of(ui);
    let (rect, response) = ui.allocate_exact_size(vec2(width, size::ROW), Sense::click());
    response.widget_info(|| WidgetInfo::selected(Role::MenuItemRadio, true, chosen == Some(true), name));
    if ui.is_rect_visible(rect) {
        if response.hovered() || response.has_focus() {
            ui.painter().rect_filled(rect, CornerRadius::same(size::RADIUS), t.hover);
        }
        if chosen == Some(true) {
            Icon::Check.paint_at(ui.painter(), rect.left_center() + vec2(14.0, 0.0), 10.0, t.accent);
        }
        let mut right = rect.right() - 8.0;
        if !count.is_empty() {
            let at = pos2(right, rect.center().y);
            let drawn = ui.painter().text(at, Align2::RIGHT_CENTER, count, fonts::figures(), t.text_weak);
            right = drawn.left() - 8.0;
        }
        let indent = if chosen.is_some() { 28.0 } else { 8.0 };
        let at = rect.left_center() + vec2(indent, 0.0);
        widgets::clipped(ui, at, Align2::LEFT_CENTER, name, &fonts::body(), t.text, right - at.x);
    }
    widgets::focus_ring(ui, &response, size::RADIUS);
    response.clicked()
}

/// A control that shows what is chosen.
pub fn select(ui: &mut Ui, name: &str, chosen: &str, width: f32) -> Response {
    let t = theme::of(ui);
    let (rect, response) = ui.allocate_exact_size(vec2(width, size::CONTROL), Sense::click());
    response.widget_info(|| WidgetInfo::labeled(Role::Button, true, format!("{name}: {chosen}")));
    let fill = if response.hovered() { t.hover } else { t.panel };
    let radius = CornerRadius::same(size::RADIUS);
    ui.painter().rect(rect, radius, fill, Stroke::new(1.0, t.line_strong), StrokeKind::Inside);
    let at = rect.left_center() + vec2(8.0, 0.0);
    widgets::clipped(ui, at, Align2::LEFT_CENTER, chosen, &fonts::body(), t.text, width - 34.0);
    let mark = pos2(rect.right() - 13.0, rect.center().y);
    Icon::ChevronDown.paint_at(ui.painter(), mark, 8.0, t.text_weak);
    widgets::focus_ring(ui, &response, size::RADIUS);
    response
}

/// A word of a sentence that can be changed: in the accent's colour, with a small chevron.
pub fn word(ui: &mut Ui, name: &str, chosen: &str) -> Response {
    let t = theme::of(ui);
    let room = (ui.max_rect().width() - 30.0).max(60.0);
    let measure = |text: &str| ui.painter().layout_no_wrap(text.to_owned(), fonts::body(), t.text).size().x;
    let text = crate::app::text::fitted(chosen, room, measure);
    let galley = ui.painter().layout_no_wrap(text, fonts::body(), t.accent_text);
    let (rect, response) = ui.allocate_exact_size(vec2(galley.size().x + 24.0, WORD_HEIGHT), Sense::click());
    response.widget_info(|| WidgetInfo::labeled(Role::Button, true, format!("{name}: {chosen}")));
    let fill = if response.hovered() { t.selection } else { t.background };
    ui.painter().rect_filled(rect, CornerRadius::same(size::RADIUS), fill);
    let at = pos2(rect.left() + 6.0, rect.center().y - galley.size().y / 2.0);
    ui.painter().galley(at, galley, t.accent_text);
    let mark = pos2(rect.right() - 10.0, rect.center().y);
    Icon::ChevronDown.paint_at(ui.painter(), mark, 6.0, t.accent_text);
    widgets::focus_ring(ui, &response, size::RADIUS);
    response
}

/// How high a changeable word is, in points.
pub const WORD_HEIGHT: f32 = 24.0;

/// A switch with its name at the right.
pub fn switch(ui: &mut Ui, name: &str, on: bool) -> Response {
    let t = theme::of(ui);
    let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), 22.0), Sense::click());
    response.widget_info(|| WidgetInfo::selected(Role::CheckBox, true, on, name));
    let pill = Rect::from_min_size(pos2(rect.left(), rect.center().y - 8.0), vec2(28.0, 16.0));
    let (fill, line) = if on { (t.accent, t.accent) } else { (t.panel, t.line_strong) };
    let radius = CornerRadius::same(8);
    ui.painter().rect(pill, radius, fill, Stroke::new(1.0, line), StrokeKind::Inside);
    let knob = if on { pill.right() - 8.0 } else { pill.left() + 8.0 };
    let ink = if on { t.on_fill } else { t.text_weak };
    ui.painter().circle_filled(pos2(knob, pill.center().y), 5.0, ink);
    let at = pos2(pill.right() + 8.0, rect.center().y);
    widgets::clipped(ui, at, Align2::LEFT_CENTER, name, &fonts::body(), t.text, rect.right() - at.x);
    widgets::focus_ring(ui, &response, size::RADIUS);
    response
}

/// A small button that stays down.
pub fn toggle(ui: &mut Ui, name: &str, on: bool, width: f32) -> Response {
    let t = theme::of(ui);
    let (rect, response) = ui.allocate_exact_size(vec2(width, size::CONTROL), Sense::click());
    response.widget_info(|| WidgetInfo::selected(Role::CheckBox, true, on, name));
    let fill = if on { t.selection } else { t.panel };
    let line = if on { t.accent } else { t.line_strong };
    let radius = CornerRadius::same(size::RADIUS);
    ui.painter().rect(rect, radius, fill, Stroke::new(1.0, line), StrokeKind::Inside);
    let (font, ink) = if on { (fonts::strong(), t.text) } else { (fonts::body(), t.text_weak) };
    ui.painter().text(rect.center(), Align2::CENTER_CENTER, name, font, ink);
    widgets::focus_ring(ui, &response, size::RADIUS);
    response
}

#[cfg(test)]
mod tests {
    use super::*;
    use Weekday::{Fri, Mon, Sat, Sun, Thu, Tue, Wed};

    #[test]
    fn days_turn_on_and_off() {
        assert_eq!(toggled(&[], Sun), [Mon, Tue, Wed, Thu, Fri, Sat]);
        assert_eq!(toggled(&[Mon, Tue, Wed, Thu, Fri, Sat], Sun), []);
        assert_eq!(toggled(&[Mon], Mon), [Mon], "one day stays");
        assert_eq!(toggled(&[Wed], Mon), [Mon, Wed]);
    }
}
