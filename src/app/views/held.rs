//! The table of held triggers.

use egui::{Align, Layout, Popup, Sense, Ui, WidgetInfo};
use egui_extras::{Column as TableColumn, TableBuilder};

use super::{
    report,
    table::{self, Side},
};
use crate::{
    app::{
        held::{HeldColumn, HeldList},
        intent::{Intent, Intents},
        selection::Selection,
        session::Outcome,
        state::Model,
        theme::{self, fonts},
        widgets,
    },
    lab::held::STATES,
    recording::Span,
    simulator::HeldTrigger,
    words::{count, counted, person, sentence, status, time},
};

/// The least width of the table.
const LEAST_PT: f32 = 920.0;

/// Menus, from the right of the tab bar.
pub fn filters(ui: &mut Ui, model: &Model, intents: &mut Intents) {
    ui.spacing_mut().item_spacing.x = 8.0;
    let list = &model.view.held;
    let count_of = |list: &HeldList| model.outcome.as_ref().map_or(0, |outcome| counted_held(outcome, list));
    let names = model.names();
    let became = list.state.map_or_else(|| "Anything".to_owned(), |state| sentence(status::held(state)));
    let selector = widgets::selector(ui, "Became", &became, 140.0);
    Popup::menu(&selector).gap(4.0).show(|ui| {
        ui.set_width(240.0);
        let mut offer = |ui: &mut Ui, name: &str, state| {
            let wanted = HeldList { state, ..list.clone() };
            let number = count_of(&wanted);
            if choice(ui, name, number, list.state == state) {
                intents.want(Intent::ListHeld(wanted));
            }
        };
        offer(ui, "Anything", None);
        for state in STATES {
            offer(ui, &sentence(status::held(state)), Some(state));
        }
    });
    if let Some(ids) = &list.person {
        whose(ui, list, &person::who(ids), intents);
    }
    let journey = list.journey.as_ref().map_or("All", |id| names.journey(id));
    let selector = widgets::selector(ui, "Journey", journey, 140.0);
    Popup::menu(&selector).gap(4.0).show(|ui| {
        ui.set_width(240.0);
        let mut offer = |ui: &mut Ui, name: &str, journey| {
            let wanted = HeldList { journey, ..list.clone() };
            let number = count_of(&wanted);
            if choice(ui, name, number, list.journey == wanted.journey) {
                intents.want(Intent::ListHeld(wanted));
            }
        };
        offer(ui, "All", None);
        for journey in model.journeys() {
            offer(ui, &journey.name, Some(journey.id.clone()));
        }
    });
}

/// Whose triggers alone are listed; a press lists everybody's again.
fn whose(ui: &mut Ui, list: &HeldList, name: &str, intents: &mut Intents) {
    let label = format!("Only held triggers of {name}; press to list everybody's");
    if widgets::tab(ui, &format!("Of {name}  ×"), None, true, &label).on_hover_text(&label).clicked() {
        intents.want(Intent::ListHeld(HeldList { person: None, ..list.clone() }));
    }
}

/// How many triggers a list would hold: of one person by looking, else of what the worker added up.
fn counted_held(outcome: &Outcome, list: &HeldList) -> u64 {
    if list.person.is_some() {
        return outcome.result.held.iter().filter(|held| list.passes(held)).count() as u64;
    }
    let journeys = outcome.index.held.iter();
    let groups = journeys.filter(|(id, _)| list.journey.as_ref().is_none_or(|wanted| wanted == *id));
    let states = groups.flat_map(|(_, groups)| groups);
    states
        .filter(|(state, _)| list.state.is_none_or(|wanted| wanted == **state))
        .map(|(_, it)| it.count)
        .sum()
}

fn choice(ui: &mut Ui, name: &str, number: u64, chosen: bool) -> bool {
    let row = widgets::Row {
        name,
        count: Some(count(number)),
        count_color: None,
        label: format!("{name}, {}", counted(number, "trigger", "triggers")),
        selected: chosen,
    };
    let clicked = row.show(ui).clicked();
    if clicked {
        ui.close();
    }
    clicked
}

/// The table, or why there is none.
pub fn show(ui: &mut Ui, model: &Model, intents: &mut Intents) {
    let Some(outcome) = &model.outcome else {
        return widgets::empty(
            ui,
            "Nothing is held yet",
            "Replay a recording, and what the platform holds back is listed here.",
        );
    };
    if !model.holds_triggers() {
        return widgets::empty(
            ui,
            "This platform holds nothing back",
            "It gives anonymous visitors a profile, so that their events start journeys at once.",
        );
    }
    if model.held.is_empty() {
        return widgets::empty(ui, "No held trigger is listed", "Choose others at the right of the tabs.");
    }
    table::roomy(ui, "held", LEAST_PT, |ui| rows(ui, model, outcome, intents));
}

/// Where the text of a column stands.
const fn side(column: HeldColumn) -> Side {
    match column {
        HeldColumn::When => Side::Left(24.0),
        HeldColumn::Age | HeldColumn::Cart => Side::Right,
        _ => Side::Left(4.0),
    }
}

fn rows(ui: &mut Ui, model: &Model, outcome: &Outcome, intents: &mut Intents) {
    let t = theme::of(ui);
    let zone = model.zone();
    let names = model.names();
    let list = &model.view.held;
    ui.spacing_mut().item_spacing.x = 0.0;
    TableBuilder::new(ui)
        .min_scrolled_height(0.0)
        .id_salt("held triggers")
        .striped(false)
        .sense(Sense::click())
        .cell_layout(Layout::left_to_right(Align::Center))
        .column(TableColumn::exact(152.0))
        .column(TableColumn::remainder().at_least(160.0).clip(true))
        .column(TableColumn::exact(190.0))
        .column(TableColumn::exact(150.0))
        .column(TableColumn::exact(110.0))
        .column(TableColumn::exact(120.0))
        .column(TableColumn::exact(34.0))
        .auto_shrink(false)
        .header(table::ROW_PT, |mut header| {
            for column in HeldColumn::ALL {
                header.col(|ui| {
                    let label = format!("Sort held triggers by {}", column.name().to_lowercase());
                    let order = (list.sort == column).then_some(list.descending);
                    if table::heading(ui, column.name(), &label, side(column), order).clicked() {
                        let descending = list.sort == column && !list.descending;
                        let list = HeldList { sort: column, descending, ..list.clone() };
                        intents.want(Intent::ListHeld(list));
                    }
                });
            }
            header.col(|_| {});
        })
        .body(|body| {
            body.rows(table::ROW_PT, model.held.len(), |mut row| {
                let Some(held) = model.held.get(row.index()).and_then(|at| outcome.result.held.get(*at))
                else {
                    return;
                };
                let identifiers = outcome.owner_of(held);
                let who = person::who(&identifiers);
                let chosen = matches!(&model.view.selection, Selection::Person(ids)
                    if ids.iter().any(|id| identifiers.contains(id)));
                row.set_selected(chosen);
                for column in HeldColumn::ALL {
                    let (text, font, color) = match column {
                        HeldColumn::When => (time::moment(held.held_ms, zone), fonts::figures(), t.text_weak),
                        HeldColumn::Device => (who.clone(), fonts::body(), t.text),
                        HeldColumn::Journey => {
                            (names.journey(&held.journey).to_owned(), fonts::body(), t.text_weak)
                        }
                        HeldColumn::Became => (sentence(status::held(held.state)), fonts::body(), t.text),
                        HeldColumn::Age => (age(held), fonts::figures(), t.text_weak),
                        HeldColumn::Cart => (cart(held), fonts::figures(), t.text),
                    };
                    row.col(|ui| table::cell(ui, side(column), &text, &font, color));
                }
                row.col(|ui| {
                    let of = format!("{}, {who}", names.journey(&held.journey));
                    if let Some(subject) = model.of_held(held)
                        && report::button(ui, &of)
                    {
                        intents.want(report::begin(subject));
                    }
                });
                let label =
                    format!("Held for {}, {who}, {}", names.journey(&held.journey), status::held(held.state));
                let response = row.response();
                response.widget_info(|| WidgetInfo::selected(egui::Role::Button, true, chosen, &label));
                if response.clicked() {
                    intents.want(Intent::Select(Selection::Person(identifiers)));
                }
            });
        });
}

fn age(held: &HeldTrigger) -> String {
    held.age_ms.map_or_else(|| "–".to_owned(), |age_ms| Span::from_ms(age_ms.max(0)).spoken())
}

fn cart(held: &HeldTrigger) -> String {
    match &held.cart_value {
        Some((value, currency)) if *value > 0.0 => format!("{value:.2} {currency}"),
        _ => "–".to_owned(),
    }
}
