//! The bottom panel and its tabs.

use egui::{Align, Frame, Id, Layout, Margin, Panel, Popup, Sense, Ui, UiBuilder, vec2};

use super::{charts, compare, coverage, held, messages, people, problems};
use crate::{
    app::{
        icons::Icon,
        intent::{Intent, Intents},
        state::{BottomTab, Model},
        theme::{self, size},
        timeline, widgets,
    },
    words::{count, counted},
};

/// Draws it.
pub fn show(ui: &mut Ui, model: &Model, intents: &mut Intents) {
    let t = theme::of(ui);
    if !model.view.panels.bottom {
        return;
    }
    let height = (ui.available_height() * 0.32).clamp(180.0, 340.0);
    let frame = Frame::new().fill(t.panel);
    let panel =
        Panel::bottom("bottom").resizable(true).default_size(height).size_range(120.0..=640.0).frame(frame);
    panel.show(ui, |ui| {
        ui.set_min_size(ui.available_size());
        ui.spacing_mut().item_spacing.y = 0.0;
        bar(ui, model, intents);
        match model.view.bottom {
            BottomTab::Timeline => timeline::view::show(ui, model, intents),
            BottomTab::Messages => messages::show(ui, model, intents),
            BottomTab::People => people::show(ui, model, intents),
            BottomTab::Held => held::show(ui, model, intents),
            BottomTab::Problems => problems::show(ui, model, intents),
            BottomTab::Coverage => coverage::show(ui, model, intents),
            BottomTab::Compare => compare::show(ui, model, intents),
            BottomTab::Charts => charts::show(ui, model),
        }
    });
}

/// Tabs need so much room beside what belongs to the one shown; else that has a row of its own.
const TABS_PT: f32 = 380.0;
/// Room for the button that lists all tabs.
const ALL_PT: f32 = 28.0;

/// How wide parts of the bar were when they were last drawn, which decides where they go.
#[derive(Clone, Copy, Default, PartialEq)]
struct Widths {
    tabs_pt: f32,
    controls_pt: f32,
}

/// The tabs, and what belongs to the one shown at the right of them.
fn bar(ui: &mut Ui, model: &Model, intents: &mut Intents) {
    let id = Id::unique(("bottom bar", model.view.bottom));
    let before: Widths = ui.data(|data| data.get_temp(id)).unwrap_or_default();
    let mut now = before;
    Frame::new().inner_margin(Margin::symmetric(12, 6)).show(ui, |ui| {
        ui.spacing_mut().item_spacing.y = 4.0;
        if before.controls_pt + TABS_PT <= ui.available_width() {
            row(ui, |ui| {
                widgets::from_right(ui, |ui| {
                    now.controls_pt = controls(ui, model, intents);
                    widgets::in_what_is_left(ui, |ui| now.tabs_pt = tabs(ui, before.tabs_pt, model, intents));
                });
            });
        } else {
            row(ui, |ui| now.tabs_pt = tabs(ui, before.tabs_pt, model, intents));
            row(ui, |ui| now.controls_pt = widgets::from_right(ui, |ui| controls(ui, model, intents)));
        }
    });
    if now != before {
        ui.data_mut(|data| data.insert_temp(id, now));
        ui.ctx().request_discard("the bar of the bottom panel has another width");
    }
    let line = theme::of(ui).line;
    let y = ui.cursor().top();
    ui.painter().hline(ui.max_rect().x_range(), y, egui::Stroke::new(1.0, line));
    ui.add_space(1.0);
}

/// A row that stays as wide as the panel, whatever is in it.
fn row(ui: &mut Ui, add: impl FnOnce(&mut Ui)) {
    let room = vec2(ui.available_width(), size::CONTROL);
    let (rect, _) = ui.allocate_exact_size(room, Sense::hover());
    let layout = Layout::left_to_right(Align::Center);
    add(&mut ui.new_child(UiBuilder::new().max_rect(rect).layout(layout)));
}

/// What belongs to the tab shown; returns how wide it is.
fn controls(ui: &mut Ui, model: &Model, intents: &mut Intents) -> f32 {
    let right = ui.cursor().right();
    match model.view.bottom {
        BottomTab::Messages => messages::filters::bar(ui, model, intents),
        BottomTab::People => people::filters(ui, model, intents),
        BottomTab::Held => held::filters(ui, model, intents),
        BottomTab::Timeline => timeline::controls::bar(ui, model, intents),
        BottomTab::Coverage => coverage::filters(ui, model, intents),
        BottomTab::Compare => compare::filters(ui, model, intents),
        BottomTab::Problems | BottomTab::Charts => {}
    }
    right - ui.cursor().right()
}

/// The tabs; where not all of them are in sight, a menu lists them. Returns how wide they are.
fn tabs(ui: &mut Ui, tabs_pt: f32, model: &Model, intents: &mut Intents) -> f32 {
    let all = offered(model);
    let room = ui.available_width();
    let after_pt = if tabs_pt > room { ALL_PT } else { 0.0 };
    // What is shown comes into view, also where the room becomes another.
    let layout = (model.view.bottom, room.round() as i32, tabs_pt.round() as i32);
    let newly_shown = widgets::is_news(ui, "bottom tab shown", layout);
    let tabs_pt = widgets::scrolling_tabs(ui, "bottom tabs", after_pt, |ui| {
        for offered in &all {
            let shown = model.view.bottom == offered.tab;
            let tab = widgets::tab(ui, offered.name, offered.beside.clone(), shown, &offered.label);
            if shown && newly_shown {
                tab.scroll_to_me(None);
            }
            if tab.clicked() {
                intents.want(Intent::ShowTab(offered.tab));
            }
        }
    });
    if after_pt > 0.0 {
        let button = widgets::icon_button(ui, Icon::ChevronDown, "All tabs", 24.0);
        Popup::menu(&button).gap(4.0).show(|ui| {
            ui.set_min_width(160.0);
            for offered in &all {
                if widgets::menu_choice(ui, offered.name, model.view.bottom == offered.tab) {
                    intents.want(Intent::ShowTab(offered.tab));
                }
            }
        });
    }
    tabs_pt
}

/// A tab: its name, what stands beside the name, and what assistive software says of both.
struct Offered {
    tab: BottomTab,
    name: &'static str,
    beside: Option<String>,
    label: String,
}

/// The tabs there are, from left to right.
fn offered(model: &Model) -> Vec<Offered> {
    let outcome = model.outcome.as_ref();
    let counting = |tab, name, number: Option<u64>, one, many| Offered {
        tab,
        name,
        beside: number.map(count),
        label: number.map_or_else(
            || format!("{name} tab"),
            |number| format!("{name} tab, {}", counted(number, one, many)),
        ),
    };
    let messages = outcome.map(|outcome| outcome.result.messages.len() as u64);
    let people = outcome.map(|outcome| outcome.result.people.len() as u64);
    let held = outcome.map(|outcome| outcome.result.held.len() as u64);
    let problems = outcome.map(|_| problems::number(model) as u64);
    let compared = model.comparing.compared.as_ref().filter(|_| model.comparing.against.is_some());
    let differences = compared.map(|compared| compared.comparison.differences.len() as u64);
    let share = outcome.and_then(|_| model.coverage_share().percent());
    let coverage = Offered {
        tab: BottomTab::Coverage,
        name: "Coverage",
        beside: share.map(|percent| format!("{percent} %")),
        label: share.map_or_else(
            || "Coverage tab".to_owned(),
            |percent| format!("Coverage tab, {percent} percent of the ways taken"),
        ),
    };
    let mut tabs = vec![
        counting(BottomTab::Timeline, "Timeline", None, "", ""),
        counting(BottomTab::Messages, "Messages", messages, "message", "messages"),
        counting(BottomTab::People, "People", people, "person", "people"),
        counting(BottomTab::Held, "Held", held, "trigger", "triggers"),
        counting(BottomTab::Problems, "Problems", problems, "problem", "problems"),
        counting(BottomTab::Compare, "Compare", differences, "difference", "differences"),
        coverage,
        counting(BottomTab::Charts, "Charts", None, "", ""),
    ];
    // Most platforms hold nothing back.
    if model.view.bottom != BottomTab::Held && !model.holds_triggers() {
        tabs.retain(|offered| offered.tab != BottomTab::Held);
    }
    tabs
}
