//! The table of people.

use egui::{Align, Align2, Layout, Popup, Role, Sense, TextEdit, Ui, WidgetInfo, vec2};
use egui_extras::{Column as TableColumn, TableBuilder};

use super::{beside, table};
use crate::{
    app::{
        icons::Icon,
        intent::{Intent, Intents},
        people::{Got, PeopleColumn},
        selection::Selection,
        session::Outcome,
        state::Model,
        theme::{self, fonts, size},
        widgets,
    },
    simulator::result::PersonSummary,
    words::{count, counted, person, time},
};

/// The least width of the table.
const LEAST_PT: f32 = 860.0;

/// Text and group filters, from the right of the tab bar.
pub fn filters(ui: &mut Ui, model: &Model, intents: &mut Intents) {
    ui.spacing_mut().item_spacing.x = 8.0;
    let list = &model.view.people;
    let mut text = list.text.clone();
    let field = TextEdit::singleline(&mut text)
        .hint_text("Find people")
        .desired_width(180.0)
        .margin(egui::Margin::symmetric(8, 5));
    let response = ui.add(field).on_hover_text("By any identifier: email, user id, phone, device");
    let shown = text.clone();
    response.widget_info(|| {
        let mut info = WidgetInfo::labeled(Role::TextInput, true, "Find people");
        info.current_text_value = Some(shown.clone());
        info
    });
    if text != list.text {
        intents.want(Intent::FindPeople(text));
    }
    let selector = widgets::selector(ui, "Show", list.filter.name(), 150.0);
    Popup::menu(&selector).gap(4.0).show(|ui| {
        ui.set_width(220.0);
        let counts = model.outcome.as_ref().map_or(&[][..], |outcome| &outcome.index.people.counts);
        for (filter, number) in counts.iter().copied() {
            let row = widgets::Row {
                name: filter.name(),
                count: Some(count(number)),
                count_color: None,
                label: format!("{}, {}", filter.name(), counted(number, "person", "people")),
                selected: filter == list.filter,
            };
            if row.show(ui).clicked() {
                intents.want(Intent::FilterPeople(filter));
                ui.close();
            }
        }
    });
}

/// The table, or why there is none.
pub fn show(ui: &mut Ui, model: &Model, intents: &mut Intents) {
    let Some(outcome) = &model.outcome else {
        return widgets::empty(ui, "Nobody yet", "Replay a recording, and everybody in it is listed here.");
    };
    if model.people.is_empty() {
        let how = if outcome.result.people.is_empty() {
            "The platform keeps no profile of anybody in these recordings."
        } else {
            "Clear the text, or show everybody."
        };
        return widgets::empty(ui, "Nobody is listed", how);
    }
    table::roomy(ui, "people", LEAST_PT, |ui| table(ui, model, outcome, intents));
}

fn table(ui: &mut Ui, model: &Model, outcome: &Outcome, intents: &mut Intents) {
    ui.spacing_mut().item_spacing.x = 0.0;
    TableBuilder::new(ui)
        .min_scrolled_height(0.0)
        .id_salt("people")
        .striped(false)
        .sense(Sense::click())
        .cell_layout(Layout::left_to_right(Align::Center))
        .column(TableColumn::remainder().at_least(220.0))
        .columns(TableColumn::exact(84.0), 2)
        .columns(TableColumn::exact(152.0), 2)
        .columns(TableColumn::exact(84.0), 2)
        .auto_shrink(false)
        .header(26.0, |mut header| {
            for column in PeopleColumn::ALL {
                header.col(|ui| heading(ui, column, model, intents));
            }
        })
        .body(|body| {
            body.rows(26.0, model.people.len(), |mut row| {
                let row_at = row.index();
                let Some((person, got)) = model.people.get(row.index()).and_then(|at| listed(outcome, *at))
                else {
                    return;
                };
                let chosen = matches!(&model.view.selection, Selection::Person(ids)
                    if ids.iter().any(|id| person.identifiers.contains(id)));
                row.set_selected(chosen);
                for column in PeopleColumn::ALL {
                    row.col(|ui| cell(ui, model, column, person, got));
                }
                let who = person::who(&person.identifiers);
                let label = format!("{who}, {}", counted(person.events, "event", "events"));
                let response = row.response();
                response.widget_info(|| WidgetInfo::selected(Role::Button, true, chosen, &label));
                let plain = Intent::Select(Selection::Person(person.identifiers.clone()));
                let up_to = || stretch(model, outcome, row_at);
                beside::pressed(&response, model, &person.identifiers, plain, up_to, intents);
            });
        });
}

/// Who is listed from the one selected to a row.
fn stretch(model: &Model, outcome: &Outcome, row: usize) -> Vec<Vec<String>> {
    let ids = |at: &usize| outcome.result.people.get(*at).map(|it| &it.identifiers);
    let selected = match &model.view.selection {
        Selection::Person(chosen) => model
            .people
            .iter()
            .position(|at| ids(at).is_some_and(|own| own.iter().any(|id| chosen.contains(id)))),
        _ => None,
    };
    beside::between(&model.people, selected, row).iter().filter_map(ids).cloned().collect()
}

fn listed(outcome: &Outcome, at: usize) -> Option<(&PersonSummary, Got)> {
    Some((outcome.result.people.get(at)?, outcome.index.people.got.get(at).copied().unwrap_or_default()))
}

fn heading(ui: &mut Ui, column: PeopleColumn, model: &Model, intents: &mut Intents) {
    let t = theme::of(ui);
    let list = &model.view.people;
    let rect = ui.max_rect();
    let response = ui.interact(rect, ui.unique_id().with(("sort", column.name())), Sense::click());
    let name = format!("Sort people by {}", column.name().to_lowercase());
    response.widget_info(|| WidgetInfo::labeled(Role::Button, true, &name));
    let sorted = list.sort == column;
    let color = if sorted || response.hovered() { t.text } else { t.text_weak };
    let (at, anchor) = place(rect, column);
    let drawn = ui.painter().text(at, anchor, column.name(), fonts::small_strong(), color);
    if sorted {
        let icon = if list.descending { Icon::ArrowDown } else { Icon::ArrowUp };
        let side = if column.is_number() {
            drawn.left_center() - vec2(9.0, 0.0)
        } else {
            drawn.right_center() + vec2(9.0, 0.0)
        };
        icon.paint_at(ui.painter(), side, 9.0, t.text_weak);
    }
    widgets::focus_ring(ui, &response, size::RADIUS);
    if response.clicked() {
        intents.want(Intent::SortPeople(column));
    }
}

/// Where the text of a cell stands.
fn place(rect: egui::Rect, column: PeopleColumn) -> (egui::Pos2, Align2) {
    match column {
        PeopleColumn::Person => (rect.left_center() + vec2(24.0, 0.0), Align2::LEFT_CENTER),
        _ if column.is_number() => (rect.right_center() - vec2(16.0, 0.0), Align2::RIGHT_CENTER),
        _ => (rect.left_center() + vec2(16.0, 0.0), Align2::LEFT_CENTER),
    }
}

fn cell(ui: &Ui, model: &Model, column: PeopleColumn, person: &PersonSummary, got: Got) {
    let t = theme::of(ui);
    let zone = model.zone();
    let number = |number: u64| if number == 0 { "–".to_owned() } else { count(number) };
    let (text, color) = match column {
        PeopleColumn::Person => {
            (person::who(&person.identifiers), if person.known { t.text } else { t.text_weak })
        }
        PeopleColumn::Devices => (number(person::devices(&person.identifiers) as u64), t.text_weak),
        PeopleColumn::Events => (number(person.events), t.text_weak),
        PeopleColumn::First => (time::moment(person.first_ms, zone), t.text_weak),
        PeopleColumn::Last => (time::moment(person.last_ms, zone), t.text_weak),
        PeopleColumn::Sent => (number(u64::from(got.sent)), t.text),
        PeopleColumn::NotSent => {
            (number(u64::from(got.not_sent)), if got.not_sent > 0 { t.not_sent_text } else { t.text_weak })
        }
    };
    let rect = ui.max_rect();
    let (at, anchor) = place(rect, column);
    if column == PeopleColumn::Person {
        beside::number(ui, model, &person.identifiers);
        widgets::clipped(ui, at, anchor, &text, &fonts::body(), color, rect.right() - at.x - 10.0);
    } else {
        ui.painter().text(at, anchor, text, fonts::figures(), color);
    }
}
