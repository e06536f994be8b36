//! The table of messages.

pub mod filters;

use egui::{Align, Align2, FontId, Layout, Role, Sense, Ui, WidgetInfo, vec2};
use egui_extras::{Column as TableColumn, TableBuilder};

use super::{beside, table};
use crate::{
    app::{
        icons::Icon,
        intent::{Intent, Intents},
        messages::Column,
        selection::{MessageKey, Selection},
        session::Outcome,
        state::Model,
        theme::{self, Tokens, fonts, size},
        widgets,
    },
    simulator::{MessageRecord, MessageState},
    words::{status, time},
};

/// The least width of the table.
const LEAST_PT: f32 = 850.0;

/// The table, or why there is none.
pub fn show(ui: &mut Ui, model: &Model, intents: &mut Intents) {
    let Some(outcome) = &model.outcome else {
        let how = if model.work.is_some() {
            "The recordings are being replayed."
        } else {
            "Choose a recording at the top, or drop one on the window: every message that would go out, and every one that would not, is listed here with its reason."
        };
        return widgets::empty(ui, "No messages yet", how);
    };
    if outcome.result.messages.is_empty() {
        return widgets::empty(
            ui,
            "Nobody reached a message",
            "No run came to a message block. Look at the counts on the canvas: where they stop is where people leave or wait.",
        );
    }
    filters::rows(ui, model, intents);
    if model.rows.is_empty() {
        return widgets::empty(
            ui,
            "No message passes the filter",
            "Clear the filters, or choose others: the menus say how many messages each would leave.",
        );
    }
    table::roomy(ui, "messages", LEAST_PT, |ui| table(ui, model, outcome, intents));
}

fn table(ui: &mut Ui, model: &Model, outcome: &Outcome, intents: &mut Intents) {
    let t = theme::of(ui);
    let zone = model.zone();
    let names = model.names();
    let selected = match &model.view.selection {
        Selection::Message(key) => Some(key),
        _ => None,
    };
    let when = |ms: i64| time::moment(ms, zone);
    // Wide enough for the texts at a glance; the reason takes the rest.
    let room = ui.available_width();
    let share = |part: f32, least: f32| (room * part).max(least);
    ui.spacing_mut().item_spacing.x = 0.0;
    let mut builder = TableBuilder::new(ui).min_scrolled_height(0.0);
    if model.view.show_message {
        let fits = |at: &usize| selected.is_some_and(|key| key.fits(&outcome.result.messages[*at]));
        if let Some(row) = model.rows.iter().position(fits) {
            builder = builder.scroll_to_row(row, None);
        }
        intents.want(Intent::MessageShown);
    }
    builder
        .id_salt("messages")
        .striped(false)
        .sense(Sense::click())
        .cell_layout(Layout::left_to_right(Align::Center))
        .column(TableColumn::exact(152.0))
        .column(TableColumn::exact(share(0.19, 170.0)))
        .column(TableColumn::exact(share(0.16, 120.0)))
        .column(TableColumn::exact(share(0.17, 120.0)))
        .column(TableColumn::exact(70.0))
        .column(TableColumn::exact(96.0))
        .column(TableColumn::remainder().at_least(120.0).clip(true))
        .auto_shrink(false)
        .header(26.0, |mut header| {
            for column in Column::ALL {
                header.col(|ui| heading(ui, column, model, intents));
            }
        })
        .body(|body| {
            body.rows(26.0, model.rows.len(), |mut row| {
                let row_at = row.index();
                let Some(message) =
                    model.rows.get(row.index()).and_then(|at| outcome.result.messages.get(*at))
                else {
                    return;
                };
                let chosen = selected.is_some_and(|key| key.fits(message));
                row.set_selected(chosen);
                for column in Column::ALL {
                    row.col(|ui| {
                        let text = names.cell(message, column, &when);
                        cell(ui, t, column, &text, message);
                        if column == Column::When {
                            beside::number(ui, model, &message.identifiers);
                        }
                    });
                }
                let label = format!(
                    "{} to {}, {}",
                    names.cell(message, Column::Message, &when),
                    names.cell(message, Column::Person, &when),
                    status::state(message.state).to_lowercase()
                );
                let response = row.response();
                response.widget_info(|| WidgetInfo::selected(Role::Button, true, chosen, &label));
                let plain = Intent::Select(Selection::Message(MessageKey::of(message)));
                let up_to = || stretch(model, outcome, row_at);
                beside::pressed(&response, model, &message.identifiers, plain, up_to, intents);
            });
        });
}

/// Whom the messages from the selected one to a row are to.
fn stretch(model: &Model, outcome: &Outcome, row: usize) -> Vec<Vec<String>> {
    let message = |at: &usize| outcome.result.messages.get(*at);
    let selected = match &model.view.selection {
        Selection::Message(key) => {
            model.rows.iter().position(|at| message(at).is_some_and(|it| key.fits(it)))
        }
        _ => None,
    };
    let rows = beside::between(&model.rows, selected, row);
    rows.iter().filter_map(message).map(|it| it.identifiers.clone()).collect()
}

fn heading(ui: &mut Ui, column: Column, model: &Model, intents: &mut Intents) {
    let t = theme::of(ui);
    let list = &model.view.messages;
    let sorted = list.sort == column;
    let rect = ui.max_rect();
    let id = ui.unique_id().with(("sort", column.name()));
    let response = ui.interact(rect, id, Sense::click());
    response.widget_info(|| {
        WidgetInfo::labeled(Role::Button, true, format!("Sort by {}", column.name().to_lowercase()))
    });
    let color = if sorted || response.hovered() { t.text } else { t.text_weak };
    let at = rect.left_center() + vec2(inset(column), 0.0);
    let font = fonts::small_strong();
    let drawn = ui.painter().text(at, Align2::LEFT_CENTER, column.name(), font, color);
    if sorted {
        let icon = if list.descending { Icon::ArrowDown } else { Icon::ArrowUp };
        icon.paint_at(ui.painter(), drawn.right_center() + vec2(9.0, 0.0), 9.0, t.text_weak);
    }
    widgets::focus_ring(ui, &response, size::RADIUS);
    if response.clicked() {
        intents.want(Intent::Sort(column));
    }
}

/// Room before the text of a column.
const fn inset(column: Column) -> f32 {
    match column {
        Column::When => 24.0,
        _ => 4.0,
    }
}

fn cell(ui: &Ui, t: &Tokens, column: Column, text: &str, message: &MessageRecord) {
    let rect = ui.max_rect();
    let mut at = rect.left_center() + vec2(inset(column), 0.0);
    let (font, color): (FontId, _) = match column {
        Column::When => (fonts::figures(), t.text_weak),
        Column::Person | Column::Message => (fonts::body(), t.text),
        Column::Status => (fonts::body(), state_text(t, message.state)),
        _ => (fonts::body(), t.text_weak),
    };
    if column == Column::Status {
        let center = at + vec2(6.0, 0.0);
        state_icon(message.state).paint_at(ui.painter(), center, 11.0, state_color(t, message.state));
        at.x += 18.0;
    }
    widgets::clipped(ui, at, Align2::LEFT_CENTER, text, &font, color, rect.right() - at.x - 10.0);
}

/// The shape of a status: never colour alone.
pub const fn state_icon(state: MessageState) -> Icon {
    match state {
        MessageState::Sent => Icon::Check,
        MessageState::NotSent => Icon::Cross,
        MessageState::Skipped => Icon::Skip,
        MessageState::Waiting => Icon::Clock,
    }
}

/// The colour of a status.
pub const fn state_color(t: &Tokens, state: MessageState) -> egui::Color32 {
    match state {
        MessageState::Sent => t.sent,
        MessageState::NotSent => t.not_sent,
        MessageState::Skipped | MessageState::Waiting => t.waiting,
    }
}

/// The colour of a status's words.
pub const fn state_text(t: &Tokens, state: MessageState) -> egui::Color32 {
    match state {
        MessageState::Sent => t.sent_text,
        MessageState::NotSent => t.not_sent_text,
        MessageState::Skipped | MessageState::Waiting => t.waiting_text,
    }
}
