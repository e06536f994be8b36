//! The bottom panel and its tabs.

use egui::{Align, Frame, Layout, Margin, Panel, Ui};

use super::{charts, compare, coverage, held, messages, people, problems};
use crate::{
    app::{
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

fn bar(ui: &mut Ui, model: &Model, intents: &mut Intents) {
    Frame::new().inner_margin(Margin::symmetric(12, 6)).show(ui, |ui| {
        let room = egui::vec2(ui.available_width(), size::CONTROL);
        ui.allocate_ui_with_layout(room, Layout::left_to_right(Align::Center), |ui| {
            // What belongs to the tab shown comes first in room, the tabs take what is left.
            widgets::from_right(ui, |ui| {
                match model.view.bottom {
                    BottomTab::Messages => messages::filters::bar(ui, model, intents),
                    BottomTab::People => people::filters(ui, model, intents),
                    BottomTab::Held => held::filters(ui, model, intents),
                    BottomTab::Timeline => timeline::controls::bar(ui, model, intents),
                    BottomTab::Coverage => coverage::filters(ui, model, intents),
                    BottomTab::Compare => compare::filters(ui, model, intents),
                    BottomTab::Problems | BottomTab::Charts => {}
                }
                widgets::in_what_is_left(ui, |ui| {
                    widgets::scrolling_tabs(ui, "bottom tabs", 0.0, |ui| tabs(ui, model, intents));
                });
            });
        });
    });
    let line = theme::of(ui).line;
    let y = ui.cursor().top();
    ui.painter().hline(ui.max_rect().x_range(), y, egui::Stroke::new(1.0, line));
    ui.add_space(1.0);
}

fn tabs(ui: &mut Ui, model: &Model, intents: &mut Intents) {
    let newly_shown = widgets::is_news(ui, "bottom tab shown", model.view.bottom);
    for offered in offered(model) {
        let shown = model.view.bottom == offered.tab;
        let tab = widgets::tab(ui, offered.name, offered.beside, shown, &offered.label);
        if shown && newly_shown {
            tab.scroll_to_me(None);
        }
        if tab.clicked() {
            intents.want(Intent::ShowTab(offered.tab));
        }
    }
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
