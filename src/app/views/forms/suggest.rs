//! A field to type into that suggests what the recordings hold.

use egui::{Id, Key, Modifiers, Popup, PopupCloseBehavior, ScrollArea, Ui};

use super::{Form, choice, complaint, edit::Look, field::Typed, gap, label, suggestion::Suggestion};
use crate::{app::theme::size, words::count};

/// Suggestions for what was typed: those that begin so, then those that hold it; the most
/// frequent first. Nothing in the field, or what stood there before anything was typed: all. Just
/// the one that was typed: none, for there is nothing to choose.
pub fn fitting(all: &[Suggestion], text: &str, was_typed: bool) -> Vec<Suggestion> {
    let wanted = text.trim().to_lowercase();
    let is_one = all.iter().any(|it| it.text.to_lowercase() == wanted);
    let whole = wanted.is_empty() || (is_one && !was_typed);
    let rank = |it: &Suggestion| {
        let text = it.text.to_lowercase();
        !(whole || text.starts_with(&wanted))
    };
    let mut fit: Vec<Suggestion> = all.iter().filter(|it| whole || it.holds(&wanted)).cloned().collect();
    fit.sort_by(|a, b| (rank(a), b.seen, &a.text).cmp(&(rank(b), a.seen, &b.text)));
    fit.dedup_by(|a, b| a.text == b.text);
    if was_typed && fit.len() == 1 && is_one {
        fit.clear();
    }
    fit
}

/// The row that the keys stand on, kept while the list is open.
#[derive(Clone, Copy, Default)]
struct Standing {
    row: Option<usize>,
    closed: bool,
    /// Something was typed since the field was gone to.
    typed: bool,
}

impl Form<'_> {
    /// A text with suggestions, under a label.
    pub fn suggested(
        &mut self,
        ui: &mut Ui,
        name: &str,
        hint: &str,
        value: &mut String,
        suggestions: impl FnOnce(&Self) -> Vec<Suggestion>,
    ) {
        label(ui, name);
        let id = ui.make_persistent_id(name);
        let look = Look::line(name).hint(hint);
        let typed =
            self.suggested_value(ui, id, look, value, Clone::clone, |text| Ok(text.to_owned()), suggestions);
        if let Some(wrong) = typed.wrong {
            complaint(ui, &wrong);
        }
        gap(ui);
    }

    /// A typed value with suggestions; a suggestion is read like something typed.
    #[allow(clippy::too_many_arguments, reason = "how to read and write it, and what to suggest")]
    pub fn suggested_value<T: PartialEq>(
        &mut self,
        ui: &mut Ui,
        id: Id,
        look: Look<'_>,
        value: &mut T,
        write: impl Fn(&T) -> String,
        read: impl Fn(&str) -> Result<T, String>,
        suggestions: impl FnOnce(&Self) -> Vec<Suggestion>,
    ) -> Typed {
        let place = id.with("standing");
        let focused = ui.memory(|memory| memory.has_focus(id));
        let mut standing = if focused {
            ui.data(|data| data.get_temp::<Standing>(place)).unwrap_or_default()
        } else {
            Standing::default()
        };
        let (mut step, mut take) = (0_isize, false);
        if focused && !standing.closed {
            ui.input_mut(|input| {
                step += isize::from(input.consume_key(Modifiers::NONE, Key::ArrowDown));
                step -= isize::from(input.consume_key(Modifiers::NONE, Key::ArrowUp));
                if input.consume_key(Modifiers::NONE, Key::Escape) {
                    standing.closed = true;
                }
                take = standing.row.is_some() && input.consume_key(Modifiers::NONE, Key::Enter);
            });
        }
        let typed = self.typed_value(ui, id, look, value, write, &read);
        let response = &typed.response;
        if response.changed() {
            standing = Standing { typed: true, ..Standing::default() };
        }
        // The click on a row takes the keys away from the field in the same pass.
        let open = (response.has_focus() || response.lost_focus()) && !standing.closed;
        let mut picked = None;
        if open {
            let fit = fitting(&suggestions(self), &typed.text, standing.typed);
            standing.row = stepped(standing.row, step, fit.len());
            if take {
                picked = standing.row.and_then(|row| fit.get(row)).map(|it| it.text.clone());
            }
            if let Some(clicked) = list(ui, &typed, &fit, standing.row) {
                picked = Some(clicked);
            }
        }
        if let Some(text) = picked {
            if let Ok(new) = read(&text)
                && new != *value
            {
                *value = new;
                self.typed(id);
            }
            ui.data_mut(|data| data.remove::<super::draft::Draft>(id));
            standing = Standing { closed: true, ..Standing::default() };
        }
        let keep = response.has_focus();
        ui.data_mut(|data| {
            if keep {
                data.insert_temp(place, standing);
            } else {
                data.remove::<Standing>(place);
            }
        });
        typed
    }
}

fn stepped(row: Option<usize>, step: isize, rows: usize) -> Option<usize> {
    if rows == 0 {
        return None;
    }
    match (row, step) {
        (row, 0) => row.filter(|row| *row < rows),
        (None, step) => Some(if step > 0 { 0 } else { rows - 1 }),
        (Some(row), step) => Some((row as isize + step).rem_euclid(rows as isize) as usize),
    }
}

/// The list under the field; the text of the row that was clicked.
fn list(ui: &Ui, typed: &Typed, fit: &[Suggestion], standing: Option<usize>) -> Option<String> {
    /// More rows than anybody reads; typing narrows them down.
    const ROWS: usize = 60;
    /// Longer lists scroll.
    const HIGHEST_PT: f32 = 260.0;
    let mut picked = None;
    let width = choice::menu_width(ui, fit.iter().map(|it| it.text.as_str()), 160.0).max(220.0);
    // As high as its rows: a list that was shorter a moment ago must not cut them.
    let height = (fit.len().min(ROWS) as f32 * size::ROW).min(HIGHEST_PT);
    Popup::from_response(&typed.response)
        .open(!fit.is_empty())
        .gap(4.0)
        .close_behavior(PopupCloseBehavior::IgnoreClicks)
        .show(|ui| {
            ScrollArea::vertical().max_height(height).min_scrolled_height(height).show(ui, |ui| {
                ui.spacing_mut().item_spacing.y = 0.0;
                for (at, it) in fit.iter().take(ROWS).enumerate() {
                    let seen = it.seen.map_or_else(String::new, count);
                    if choice::menu_row(ui, &it.text, &seen, standing.map(|row| row == at), width) {
                        picked = Some(it.text.clone());
                    }
                }
            });
        });
    picked
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn suggestions_narrow_down() {
        let all = [
            Suggestion::seen("Product Viewed", 90),
            Suggestion::seen("Product Added", 40).also(Some("Added to cart".to_owned())),
            Suggestion::seen("Order Completed", 7),
            Suggestion::known("View of a product"),
        ];
        let fit = |text: &str, typed: bool| fitting(&all, text, typed).into_iter().map(|it| it.text);
        let texts = |text: &str| fit(text, true).collect::<Vec<_>>();
        assert_eq!(texts("view"), ["View of a product", "Product Viewed"]);
        assert_eq!(texts(""), ["Product Viewed", "Product Added", "Order Completed", "View of a product"]);
        assert_eq!(fit("Product Added", false).len(), 4, "what is there may be changed for anything");
        assert!(texts("Product Added").is_empty(), "typed whole: nothing is left to choose");
        assert_eq!(texts("cart"), ["Product Added"], "it is found by what people call it");
        assert!(texts("nothing").is_empty());
        assert_eq!(stepped(None, 1, 3), Some(0));
        assert_eq!(stepped(Some(0), -1, 3), Some(2));
        assert_eq!(stepped(Some(2), 0, 1), None);
    }
}
