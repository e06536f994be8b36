//! Which messages are listed: text, a menu for each thing they can be told apart by, and why the
//! others did not go out.

use egui::{Align, Layout, Popup, Role, ScrollArea, TextEdit, Ui, WidgetInfo};

use crate::{
    app::{
        command::Command,
        intent::{Intent, Intents},
        messages::Filter,
        state::Model,
        theme::{self, fonts, size},
        widgets,
    },
    journey::BlockId,
    words::{condition, count, counted, person, sentence, status},
};

/// Height of the menus' row, and of the reasons'.
const ROW_PT: f32 = 34.0;
/// The longest menu before it scrolls.
const MENU_PT: f32 = 320.0;

/// Text, how many are listed, and their export: from the right of the tab bar.
pub fn bar(ui: &mut Ui, model: &Model, intents: &mut Intents) {
    let t = theme::of(ui);
    ui.spacing_mut().item_spacing.x = 8.0;
    let list = &model.view.messages;
    let mut text = list.text.clone();
    let field = TextEdit::singleline(&mut text)
        .hint_text("Filter messages")
        .desired_width(180.0)
        .margin(egui::Margin::symmetric(8, 5));
    let response = ui.add(field).on_hover_text(widgets::command_tip(ui, Command::FindMessage));
    let shown = text.clone();
    response.widget_info(|| {
        let mut info = WidgetInfo::labeled(Role::TextInput, true, "Filter messages");
        info.current_text_value = Some(shown.clone());
        info
    });
    if model.view.focus_filter {
        response.request_focus();
        intents.want(Intent::FilterFocused);
    }
    if text != list.text {
        intents.want(Intent::FilterMessages(Filter::Text(text)));
    }
    let listed = model.rows.len() as u64;
    if listed > 0 {
        let said = format!("Write the {} listed to a CSV file", counted(listed, "message", "messages"));
        if widgets::quiet_button(ui, "Export CSV").on_hover_text(said).clicked() {
            intents.want(Intent::ExportMessages);
        }
    }
    if list.filters() {
        let all = model.outcome.as_ref().map_or(0, |outcome| outcome.result.messages.len());
        let shown = format!("{} of {}", count(listed), count(all as u64));
        widgets::text(ui, shown, fonts::small_figures(), t.text_weak);
    }
}

/// The rows over the table.
pub fn rows(ui: &mut Ui, model: &Model, intents: &mut Intents) {
    row(ui, "message menus", |ui| {
        menus(ui, model, intents);
        if model.view.messages.filters() && widgets::quiet_button(ui, "Clear filters").clicked() {
            intents.want(Intent::FilterMessages(Filter::Clear));
        }
    });
    if !model.facets.reasons.is_empty() {
        row(ui, "message reasons", |ui| reasons(ui, model, intents));
    }
}

/// One row, which scrolls where the window is too narrow for it.
fn row(ui: &mut Ui, id: &str, add: impl FnOnce(&mut Ui)) {
    let size = egui::vec2(ui.available_width(), ROW_PT);
    ui.allocate_ui_with_layout(size, Layout::left_to_right(Align::Center), |ui| {
        ScrollArea::horizontal().id_salt(id).auto_shrink([false, true]).show(ui, |ui| {
            ui.set_min_height(ROW_PT);
            ui.add_space(12.0);
            ui.spacing_mut().item_spacing.x = 8.0;
            add(ui);
        });
    });
}

/// A choice of a menu: what it is, what it is called, how many messages it would leave.
type Offer<T> = (T, String, u64);

/// A menu of choices with counts, `all` the first; `pick` is told what was chosen.
fn menu<T: Clone + PartialEq>(
    ui: &mut Ui,
    caption: &str,
    all: &str,
    chosen: Option<(&T, &str)>,
    offers: &[Offer<T>],
    pick: impl FnOnce(Option<T>),
) {
    let selector = widgets::selector(ui, caption, chosen.map_or(all, |(_, name)| name), 150.0);
    let mut picked: Option<&Offer<T>> = None;
    let mut none = false;
    Popup::menu(&selector).gap(4.0).show(|ui| {
        ui.set_width(280.0);
        ScrollArea::vertical().max_height(MENU_PT).show(ui, |ui| {
            none = choice(ui, all, chosen.is_none(), None);
            for offer @ (value, name, number) in offers {
                let is_chosen = chosen.is_some_and(|(chosen, _)| chosen == value);
                if choice(ui, name, is_chosen, Some(*number)) {
                    picked = Some(offer);
                }
            }
        });
    });
    if none || picked.is_some() {
        pick(picked.map(|(value, ..)| value.clone()));
    }
}

fn choice(ui: &mut Ui, name: &str, chosen: bool, number: Option<u64>) -> bool {
    let row = widgets::Row {
        name,
        count: number.map(count),
        count_color: None,
        label: number.map_or_else(
            || name.to_owned(),
            |number| format!("{name}, {}", counted(number, "message", "messages")),
        ),
        selected: chosen,
    };
    let clicked = row.show(ui).clicked();
    if clicked {
        ui.close();
    }
    clicked
}

fn menus(ui: &mut Ui, model: &Model, intents: &mut Intents) {
    let list = &model.view.messages;
    let facets = &model.facets;
    let names = model.names();
    let mut want = |filter: Filter| intents.want(Intent::FilterMessages(filter));

    let offers: Vec<_> =
        facets.states.iter().map(|(it, n)| (*it, status::state(*it).to_owned(), *n)).collect();
    let chosen = list.state.as_ref().map(|state| (state, status::state(*state)));
    menu(ui, "Status", "Any", chosen, &offers, |it| want(Filter::State(it)));

    let offers: Vec<_> =
        facets.journeys.iter().map(|(id, n)| (id.clone(), names.journey(id).to_owned(), *n)).collect();
    let chosen = list.journey.as_ref().map(|id| (id, names.journey(id)));
    menu(ui, "Journey", "All", chosen, &offers, |it| want(Filter::Journey(it)));

    // Blocks of different journeys may be called the same.
    let called = |journey: &_, block: &BlockId| match &list.journey {
        Some(_) => names.block(journey, block).to_owned(),
        None => format!("{} · {}", names.block(journey, block), names.journey(journey)),
    };
    let mut offers: Vec<_> =
        facets.blocks.iter().map(|(key, n)| (key.clone(), called(&key.0, &key.1), *n)).collect();
    offers.sort_by(|a, b| a.1.cmp(&b.1));
    let name = list.block.as_ref().map(|(journey, block)| names.block(journey, block));
    menu(ui, "Block", "All", list.block.as_ref().zip(name), &offers, |it| want(Filter::Block(it)));

    let offers: Vec<_> =
        facets.channels.iter().map(|(it, n)| (*it, sentence(condition::channel(*it)), *n)).collect();
    let name = list.channel.map(|channel| sentence(condition::channel(channel)));
    menu(ui, "Channel", "All", list.channel.as_ref().zip(name.as_deref()), &offers, |it| {
        want(Filter::Channel(it));
    });

    let offers: Vec<_> =
        facets.reasons.iter().map(|(word, n)| (*word, sentence(&status::reason(word)), *n)).collect();
    let name = list.reason.map(|word| sentence(&status::reason(word)));
    menu(ui, "Reason", "Any", list.reason.as_ref().zip(name.as_deref()), &offers, |it| {
        want(Filter::Reason(it));
    });

    let offers: Vec<_> = facets.people.iter().map(|(name, ids, n)| (ids.clone(), name.clone(), *n)).collect();
    let name = list.person.as_ref().map(|ids| person::who(ids));
    menu(ui, "Person", "Everybody", list.person.as_ref().zip(name.as_deref()), &offers, |it| {
        want(Filter::Person(it));
    });
}

/// Why messages did not go out, most frequent first; a press lists those alone.
fn reasons(ui: &mut Ui, model: &Model, intents: &mut Intents) {
    let chosen = model.view.messages.reason;
    ui.spacing_mut().item_spacing.x = 4.0;
    widgets::text(ui, "Why not", fonts::small(), theme::of(ui).text_weak);
    ui.add_space(4.0);
    for (word, number) in &model.facets.reasons {
        let said = sentence(&status::reason(word));
        let is_chosen = chosen == Some(*word);
        let label = format!("{}: {said}", counted(*number, "message", "messages"));
        if widgets::tab(ui, &said, Some(count(*number)), is_chosen, &label).clicked() {
            let reason = (!is_chosen).then_some(*word);
            intents.want(Intent::FilterMessages(Filter::Reason(reason)));
        }
    }
    ui.set_max_height(size::CONTROL);
}
