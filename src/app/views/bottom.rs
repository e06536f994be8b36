//! The bottom panel and its tabs.

use egui::{Align, Frame, Layout, Margin, Panel, Ui};

use super::{Intents, charts, compare, coverage, held, messages, people, problems, widgets};
use crate::app::{
    intent::Intent,
    state::{BottomTab, Model},
    theme::{self, size},
    timeline,
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
        ui.allocate_ui_with_layout(
            egui::vec2(ui.available_width(), size::CONTROL),
            Layout::left_to_right(Align::Center),
            |ui| {
                ui.spacing_mut().item_spacing.x = 4.0;
                let outcome = model.outcome.as_ref();
                let sent = outcome.map(|outcome| outcome.result.messages.len() as u64);
                let wrong = outcome.map(|_| model.problems.values().flatten().count() as u64);
                let compared =
                    model.comparing.compared.as_ref().filter(|_| model.comparing.against.is_some());
                let differ = compared.map(|compared| compared.comparison.differences.len() as u64);
                let people = outcome.map(|outcome| outcome.result.people.len() as u64);
                let held = outcome.map(|outcome| outcome.result.held.len() as u64);
                for (tab, name, number, one, many) in [
                    (BottomTab::Timeline, "Timeline", None, "", ""),
                    (BottomTab::Messages, "Messages", sent, "message", "messages"),
                    (BottomTab::People, "People", people, "person", "people"),
                    (BottomTab::Held, "Held", held, "trigger", "triggers"),
                    (BottomTab::Problems, "Problems", wrong, "problem", "problems"),
                    (BottomTab::Compare, "Compare", differ, "difference", "differences"),
                ] {
                    // Most platforms hold nothing back.
                    if tab == BottomTab::Held && model.view.bottom != tab && !model.holds_triggers() {
                        continue;
                    }
                    let label = number.map_or_else(
                        || format!("{name} tab"),
                        |number| format!("{name} tab, {}", counted(number, one, many)),
                    );
                    let shown = model.view.bottom == tab;
                    if widgets::tab(ui, name, number.map(count), shown, &label).clicked() {
                        intents.want(Intent::ShowTab(tab));
                    }
                }
                let percent = outcome.and_then(|_| model.coverage_share().percent());
                let shown = model.view.bottom == BottomTab::Coverage;
                let label = percent.map_or_else(
                    || "Coverage tab".to_owned(),
                    |percent| format!("Coverage tab, {percent} percent of the ways taken"),
                );
                let percent = percent.map(|percent| format!("{percent} %"));
                if widgets::tab(ui, "Coverage", percent, shown, &label).clicked() {
                    intents.want(Intent::ShowTab(BottomTab::Coverage));
                }
                let shown = model.view.bottom == BottomTab::Charts;
                if widgets::tab(ui, "Charts", None, shown, "Charts tab").clicked() {
                    intents.want(Intent::ShowTab(BottomTab::Charts));
                }
                match model.view.bottom {
                    BottomTab::Messages => {
                        widgets::from_right(ui, |ui| messages::filters::bar(ui, model, intents));
                    }
                    BottomTab::People => {
                        widgets::from_right(ui, |ui| people::filters(ui, model, intents));
                    }
                    BottomTab::Held => {
                        widgets::from_right(ui, |ui| held::filters(ui, model, intents));
                    }
                    BottomTab::Timeline => {
                        widgets::from_right(ui, |ui| timeline::controls::bar(ui, model, intents));
                    }
                    BottomTab::Coverage => {
                        widgets::from_right(ui, |ui| coverage::filters(ui, model, intents));
                    }
                    BottomTab::Compare => {
                        widgets::from_right(ui, |ui| compare::filters(ui, model, intents));
                    }
                    BottomTab::Problems | BottomTab::Charts => {}
                }
            },
        );
    });
    let line = theme::of(ui).line;
    let y = ui.cursor().top();
    ui.painter().hline(ui.max_rect().x_range(), y, egui::Stroke::new(1.0, line));
    ui.add_space(1.0);
}
