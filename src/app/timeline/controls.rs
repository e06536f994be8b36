//! The buttons at the right of the tabs while the timeline is shown: closer, further, whose it is,
//! in which zone.

use egui::{Popup, ScrollArea, Ui};

use super::view::{stories, whose, window};
use crate::{
    app::{
        command::Command,
        company::CompanyIntent,
        icons::Icon,
        intent::{Intent, Intents},
        state::{BottomTab, Model},
        text,
        theme::{self, fonts, size},
        widgets,
    },
    words::person,
};

/// The longest list of people before it scrolls.
const MENU_PT: f32 = 320.0;

/// Draws them, from the right.
pub fn bar(ui: &mut Ui, model: &Model, intents: &mut Intents) {
    if model.company.focused().is_none() {
        return;
    }
    let now = window(model);
    let mut look = |ui: &mut Ui, icon: Icon, name: &str, factor: f64| {
        if widgets::icon_button(ui, icon, name, size::CONTROL).on_hover_text(name).clicked() {
            let next = now.zoomed(factor, 0.5).kept_near(stories(model));
            intents.want(Intent::LookTimeline(Some(next)));
        }
    };
    ui.spacing_mut().item_spacing.x = 4.0;
    look(ui, Icon::Plus, "Look at the timeline closer", 1.6);
    look(ui, Icon::Minus, "Look at the timeline from further away", 0.625);
    if widgets::tab(ui, "Fit", None, false, "Show the whole timeline").clicked() {
        intents.want(Intent::LookTimeline(None));
    }
    ui.add_space(8.0);
    people(ui, model, intents);
    ui.add_space(8.0);
    zone(ui, model, intents);
}

/// The tabs at the left are wanted first: with less room than this for them a zone is called by its
/// city alone.
const TABS_PT: f32 = 720.0;

/// In whose zone times are, with a way to change it where the person has another.
fn zone(ui: &mut Ui, model: &Model, intents: &mut Intents) {
    let t = theme::of(ui);
    let name = model.cursor_zone().name().replace('_', " ");
    let own = model.story.as_ref().and_then(|story| story.zone).filter(|own| *own != model.zone());
    let whose = if model.view.transport.own_zone { "their" } else { "our" };
    let said = |name: &str| own.map_or_else(|| name.to_owned(), |_| format!("{whose} time, {name}"));
    let is_narrow = ui.available_width() < TABS_PT + text::width(&said(&name), fonts::body().size);
    let city = name.rsplit('/').next().unwrap_or(&name);
    let shown = said(if is_narrow { city } else { &name });
    if own.is_some() {
        let label = format!("Times in {whose} zone, {name}; press to change");
        let tab = widgets::tab(ui, &shown, None, false, &label);
        if tab.on_hover_text(widgets::command_tip(ui, Command::OwnZone)).clicked() {
            intents.run(Command::OwnZone);
        }
    } else {
        widgets::text(ui, shown, fonts::body(), t.text_weak).on_hover_text(format!("Times in {name}"));
    }
}

/// Who is on the timeline: turn to one, take one off, leave only one.
fn people(ui: &mut Ui, model: &Model, intents: &mut Intents) {
    let selector = widgets::selector(ui, "Of", &whose(model), 200.0);
    let selector = selector.on_hover_text("Who is on the timeline, and in focus");
    Popup::menu(&selector).gap(4.0).show(|ui| {
        ui.set_width(280.0);
        ScrollArea::vertical().max_height(MENU_PT).show(ui, |ui| {
            for (at, it) in model.company.people().iter().enumerate() {
                let name = person::who(it.known_as());
                let row = widgets::Row {
                    name: &format!("{} · {name}", at + 1),
                    count: None,
                    count_color: None,
                    label: format!("Turn to {name}"),
                    selected: at == model.company.focus(),
                };
                if row.show(ui).clicked() {
                    intents.want(Intent::Company(CompanyIntent::Focus(it.known_as().to_vec())));
                    ui.close();
                }
            }
        });
        ui.separator();
        let mut choice = |ui: &mut Ui, name: &str, tip: &str, intent: Intent| {
            let row = widgets::Row {
                name,
                count: None,
                count_color: None,
                label: name.to_owned(),
                selected: false,
            };
            if row.show(ui).on_hover_text(tip).clicked() {
                intents.want(intent);
                ui.close();
            }
        };
        let how = "Ctrl and a click in the list of people or of messages puts somebody beside them; \
                   Shift takes all up to there";
        choice(ui, "Add people… (Ctrl and a click)", how, Intent::ShowTab(BottomTab::People));
        if model.company.is_several() {
            let only = "Take everybody else off the timeline";
            choice(ui, "Only the one in focus", only, Intent::Company(CompanyIntent::Alone));
        }
    });
}
