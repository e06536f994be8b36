//! Lists in forms: rows that can be added, taken away and put in another order.

use std::collections::BTreeMap;

use egui::{
    Align2, CornerRadius, Frame, Margin, Response, Sense, Stroke, Ui, WidgetInfo, accesskit::Role, vec2,
};

use super::{Form, complaint, edit::Look, label, reading, suggestion::Suggestion};
use crate::{
    app::{
        icons::Icon,
        theme::{self, fonts, size},
        widgets,
    },
    journey::Scalar,
};

/// What was done to a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RowChange {
    /// Take the row away.
    Remove(usize),
    /// Put the row before the one above it.
    Up(usize),
    /// Put the row behind the one below it.
    Down(usize),
}

impl RowChange {
    /// Does it to a list.
    pub fn apply<T>(self, list: &mut Vec<T>) {
        match self {
            Self::Remove(at) if at < list.len() => {
                list.remove(at);
            }
            Self::Up(at) if at > 0 && at < list.len() => list.swap(at, at - 1),
            Self::Down(at) if at + 1 < list.len() => list.swap(at, at + 1),
            _ => {}
        }
    }
}

/// Up, down and remove of a row of a list, from the right. `what` names the row.
pub fn row_controls(ui: &mut Ui, what: &str, at: usize, len: usize) -> Option<RowChange> {
    const SIDE: f32 = 22.0;
    let mut change = None;
    controls_at_right(ui, ui.available_width(), |ui| {
        if widgets::icon_button(ui, Icon::Cross, &format!("Remove {what}"), SIDE).clicked() {
            change = Some(RowChange::Remove(at));
        }
        if len > 1 {
            let down = widgets::icon_button(ui, Icon::ArrowDown, &format!("Move {what} down"), SIDE);
            if down.clicked() {
                change = Some(RowChange::Down(at));
            }
            if widgets::icon_button(ui, Icon::ArrowUp, &format!("Move {what} up"), SIDE).clicked() {
                change = Some(RowChange::Up(at));
            }
        }
    });
    change
}

/// A quiet button that adds something: a plus and words.
pub fn add_button(ui: &mut Ui, text: &str) -> Response {
    let t = theme::of(ui);
    let galley = ui.painter().layout_no_wrap(text.to_owned(), fonts::body(), t.accent_text);
    let (rect, response) = ui.allocate_exact_size(vec2(galley.size().x + 30.0, size::ROW), Sense::click());
    response.widget_info(|| WidgetInfo::labeled(Role::Button, true, text));
    if response.hovered() {
        ui.painter().rect_filled(rect, CornerRadius::same(size::RADIUS), t.hover);
    }
    Icon::Plus.paint_at(ui.painter(), rect.left_center() + vec2(11.0, 0.0), 10.0, t.accent_text);
    let at = rect.left_center() + vec2(22.0, 0.0);
    ui.painter().text(at, Align2::LEFT_CENTER, text, fonts::body(), t.accent_text);
    widgets::focus_ring(ui, &response, size::RADIUS);
    response
}

/// One member of a list: a thin line at its left keeps it together.
pub fn member(ui: &mut Ui, add: impl FnOnce(&mut Ui)) {
    let t = theme::of(ui);
    let shown = Frame::new().inner_margin(Margin { left: 12, right: 0, top: 2, bottom: 2 }).show(ui, |ui| {
        ui.set_width(ui.available_width());
        add(ui);
    });
    let rect = shown.response.rect;
    let line = Stroke::new(2.0, t.line);
    ui.painter().vline(rect.left() + 1.0, rect.y_range(), line);
}

/// Names and values. A value that may be absent (`None`) is told by the words in `removes`.
impl Form<'_> {
    /// Rows of name and value; `removes` says what a value left empty means.
    pub fn pairs(
        &mut self,
        ui: &mut Ui,
        name: &str,
        add: &str,
        removes: Option<&str>,
        pairs: &mut BTreeMap<String, Option<Scalar>>,
        suggestions: &dyn Fn(&Self) -> Vec<Suggestion>,
    ) {
        label(ui, name);
        let rows: Vec<(String, Option<Scalar>)> = pairs.clone().into_iter().collect();
        let half = ((ui.available_width() - 22.0 - 12.0) / 2.0).floor();
        for (at, (key, value)) in rows.iter().enumerate() {
            ui.push_id(("pair", at), |ui| {
                let (mut new_key, mut new_value) = (key.clone(), value.clone());
                let mut wrong = None;
                let mut gone = false;
                ui.horizontal(|ui| {
                    ui.spacing_mut().item_spacing.x = 6.0;
                    let look = Look::line("Name").hint("name").wide(half).on_leaving();
                    let taken = |text: &str| text != key && pairs.contains_key(text);
                    let read = |text: &str| match text.trim() {
                        "" => Err("Give it a name.".to_owned()),
                        text if taken(text) => Err(format!("There is a value for “{text}” already.")),
                        text => Ok(text.to_owned()),
                    };
                    let id = ui.make_persistent_id("name");
                    let typed =
                        self.suggested_value(ui, id, look, &mut new_key, Clone::clone, read, suggestions);
                    wrong = typed.wrong;
                    let called = format!("Value of {key}");
                    let look = Look::line(&called).hint(removes.unwrap_or("value")).wide(half);
                    let write = |value: &Option<Scalar>| {
                        value.as_ref().map_or_else(String::new, |value| reading::write_scalar(value, None))
                    };
                    let read = |text: &str| {
                        Ok(if text.trim().is_empty() && removes.is_some() {
                            None
                        } else {
                            Some(reading::scalar(text, None))
                        })
                    };
                    let id = ui.make_persistent_id("value");
                    self.typed_value(ui, id, look, &mut new_value, write, read);
                    gone = widgets::icon_button(ui, Icon::Cross, &format!("Remove {key}"), 22.0).clicked();
                });
                if let Some(wrong) = wrong {
                    complaint(ui, &wrong);
                }
                ui.add_space(4.0);
                if gone {
                    pairs.remove(key);
                } else if new_key != *key || new_value != *value {
                    pairs.remove(key);
                    pairs.insert(new_key, new_value);
                }
            });
        }
        if add_button(ui, add).clicked() {
            let mut number = 1;
            while pairs.contains_key(&format!("name {number}")) {
                number += 1;
            }
            pairs.insert(format!("name {number}"), Some(Scalar::Text(String::new())));
        }
        super::gap(ui);
    }
}

/// Room for buttons at the right of a line of the sentence.
pub fn controls_at_right(ui: &mut Ui, width: f32, add: impl FnOnce(&mut Ui)) {
    let from_right = egui::Layout::right_to_left(egui::Align::Center);
    ui.allocate_ui_with_layout(egui::vec2(width, size::CONTROL), from_right, |ui| {
        ui.spacing_mut().item_spacing.x = 0.0;
        add(ui);
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_move_and_go() {
        let mut list = vec!['a', 'b', 'c'];
        RowChange::Down(0).apply(&mut list);
        RowChange::Up(0).apply(&mut list);
        assert_eq!(list, ['b', 'a', 'c']);
        RowChange::Down(2).apply(&mut list);
        RowChange::Remove(1).apply(&mut list);
        RowChange::Remove(7).apply(&mut list);
        assert_eq!(list, ['b', 'c']);
    }
}
