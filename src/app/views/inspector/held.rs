//! Held triggers of a journey, by what became of them.

use egui::Ui;

use super::parts::section;
use crate::{
    app::{
        held::{HeldList, aged, carts},
        intent::{Intent, Intents},
        state::Model,
        theme::{self, fonts},
        widgets,
    },
    journey::Journey,
    lab::held::{HeldGroup, STATES},
    words::{count, counted, sentence, status},
};

/// Draws them; a press lists those alone. Nothing where the platform held none.
pub fn show(ui: &mut Ui, model: &Model, journey: &Journey, intents: &mut Intents) {
    let Some(outcome) = &model.outcome else { return };
    let Some(groups) = outcome.index.held.get(&journey.id) else { return };
    let all: u64 = groups.values().map(|group| group.count).sum();
    let t = theme::of(ui);
    section(ui, "Held triggers");
    let text = format!(
        "This platform keeps anonymous events back until somebody says who they are: {} held.",
        counted(all, "trigger was", "triggers were")
    );
    widgets::paragraph(ui, text, fonts::small(), t.text_weak);
    ui.add_space(4.0);
    ui.spacing_mut().item_spacing.y = 0.0;
    for state in STATES {
        let Some(group) = groups.get(&state) else { continue };
        let name = sentence(status::held(state));
        let row = widgets::Row {
            name: &name,
            count: Some(worth(group)),
            count_color: None,
            label: format!("{name}, {}", counted(group.count, "held trigger", "held triggers")),
            selected: model.view.held.state == Some(state)
                && model.view.held.journey.as_ref() == Some(&journey.id),
        };
        if row.show(ui).on_hover_text("List them").clicked() {
            let list = HeldList {
                state: Some(state),
                journey: Some(journey.id.clone()),
                person: None,
                ..model.view.held.clone()
            };
            intents.want(Intent::ListHeld(list));
        }
        for (band, number) in group.bands() {
            ui.horizontal(|ui| {
                ui.add_space(20.0);
                widgets::count_line(ui, &aged(band), &format!("{}  ", count(number)), t.text_weak);
            });
        }
    }
}

/// `24 · 310 EUR`.
fn worth(group: &HeldGroup) -> String {
    let carts = carts(&group.carts);
    if carts.is_empty() { count(group.count) } else { format!("{} · {carts}", count(group.count)) }
}
