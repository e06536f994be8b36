//! The command palette: every command, found by a few letters of its name.

use egui::{Id, Key, ScrollArea, TextEdit, Ui};

use super::{Intents, widgets};
use crate::app::{
    command::Command,
    filing::FilesIntent,
    intent::Intent,
    state::Model,
    theme::{self, fonts, size},
};

/// Draws it inside the dialog.
pub fn show(ui: &mut Ui, model: &Model, intents: &mut Intents) {
    let t = theme::of(ui);
    let key = Id::unique("command palette");
    let (mut wanted, mut at): (String, usize) = ui.data(|data| data.get_temp(key)).unwrap_or_default();
    let (up, down, enter) = ui.input_mut(|input| {
        let none = egui::Modifiers::NONE;
        (
            input.consume_key(none, Key::ArrowUp),
            input.consume_key(none, Key::ArrowDown),
            input.consume_key(none, Key::Enter),
        )
    });
    let field = TextEdit::singleline(&mut wanted).hint_text("Find a command").desired_width(f32::INFINITY);
    let response = ui.add(field);
    response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::TextInput, true, "Find a command"));
    response.request_focus();
    let found = found(&model.ran, &wanted);
    if response.changed() {
        at = 0;
    }
    at = (at + usize::from(down)).saturating_sub(usize::from(up)).min(found.len().saturating_sub(1));
    let mut chosen = None;
    ScrollArea::vertical().max_height(360.0).auto_shrink([false, true]).show(ui, |ui| {
        ui.spacing_mut().item_spacing.y = 0.0;
        if found.is_empty() {
            widgets::paragraph(ui, "No command is called so.", fonts::body(), t.text_weak);
        }
        for (row, command) in found.iter().enumerate() {
            let response = line(ui, model, *command, row == at);
            if row == at && (up || down) {
                response.scroll_to_me(None);
            }
            if response.clicked() || (enter && row == at) {
                chosen = Some(*command);
            }
        }
    });
    ui.data_mut(|data| data.insert_temp(key, (wanted, at)));
    if let Some(command) = chosen.filter(|command| model.offer(*command).why_not.is_none()) {
        ui.data_mut(|data| data.remove::<(String, usize)>(key));
        intents.want(Intent::Files(FilesIntent::Stay));
        intents.run(command);
    }
}

fn line(ui: &mut Ui, model: &Model, command: Command, selected: bool) -> egui::Response {
    let t = theme::of(ui);
    let offer = model.offer(command);
    let (rect, response) =
        ui.allocate_exact_size(egui::vec2(ui.available_width(), 30.0), egui::Sense::click());
    let usable = offer.why_not.is_none();
    response.widget_info(|| egui::WidgetInfo::selected(egui::Role::ListItem, usable, selected, &offer.text));
    if selected || response.hovered() {
        let fill = if selected { t.selection } else { t.hover };
        ui.painter().rect_filled(rect, f32::from(size::RADIUS), fill);
    }
    let keys = command.shortcut_text(ui.ctx().os());
    let beside = offer.why_not.map_or_else(|| keys.unwrap_or_default(), str::to_owned);
    let right = egui::pos2(rect.right() - 10.0, rect.center().y);
    let drawn = ui.painter().text(right, egui::Align2::RIGHT_CENTER, beside, fonts::small(), t.text_weak);
    let color = if usable { t.text } else { t.text_weak };
    let left = egui::pos2(rect.left() + 10.0, rect.center().y);
    let room = drawn.left() - left.x - 12.0;
    widgets::clipped(ui, left, egui::Align2::LEFT_CENTER, &offer.text, &fonts::body(), color, room);
    response.on_hover_text(command.tooltip())
}

/// Commands whose names hold every word wanted, those run lately first.
fn found(ran: &[Command], wanted: &str) -> Vec<Command> {
    let wanted = wanted.to_lowercase();
    let fits = |command: &Command| {
        let name = format!("{} {}", command.text(), command.tooltip()).to_lowercase();
        *command != Command::Commands && wanted.split_whitespace().all(|word| name.contains(word))
    };
    let mut found: Vec<Command> = Command::ALL.iter().copied().filter(fits).collect();
    let named = |command: &Command| {
        let name = command.text().to_lowercase();
        !wanted.split_whitespace().all(|word| name.contains(word))
    };
    let age = |command: &Command| ran.iter().position(|other| other == command).unwrap_or(ran.len());
    found.sort_by_key(|command| (named(command), age(command)));
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commands_are_found_by_words_and_those_run_lately_come_first() {
        assert_eq!(found(&[], "zoom fit").len(), 0);
        assert_eq!(found(&[], "FIT jour"), [Command::ZoomFit]);
        assert_eq!(found(&[Command::ThemeDark, Command::Save], "")[..2], [Command::ThemeDark, Command::Save]);
        assert_eq!(found(&[], "undo")[0], Command::Undo);
        assert!(!found(&[], "").contains(&Command::Commands));
    }
}
