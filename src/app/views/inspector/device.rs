//! A device that never joined anybody: it is nobody, and counts as nobody.

use egui::Ui;

use super::parts::{section, title};
use crate::{
    app::{
        intent::{Intent, Intents},
        selection::{MessageKey, Selection},
        session::Outcome,
        state::Model,
        theme::{self, fonts},
        widgets,
    },
    simulator::HeldTrigger,
    words::{person, sentence, status, time},
};

/// Draws it.
pub fn show(ui: &mut Ui, model: &Model, outcome: &Outcome, ids: &[String], intents: &mut Intents) {
    let t = theme::of(ui);
    title(ui, &person::who(ids), "A device that never joined anybody");
    let text = format!(
        "{} keeps no profile of anonymous visitors. Nobody said who they are here, so it is at most perhaps \
         the same person as somebody else, and counts nowhere.",
        outcome.platform
    );
    widgets::paragraph(ui, text, fonts::body(), t.text);
    for id in ids {
        section(ui, "Identifier");
        widgets::paragraph(ui, sentence(&person::identifier_in_full(id)), fonts::body(), t.text);
    }
    let Some(device) = outcome.index.directory.device(ids) else { return };
    let held = outcome.index.directory.held(device).iter();
    let held: Vec<&HeldTrigger> = held.filter_map(|at| outcome.result.held.get(*at as usize)).collect();
    if !held.is_empty() {
        section(ui, "Held triggers");
        let names = model.names();
        for it in held {
            let text = format!("{}: {}", names.journey(&it.journey), status::held(it.state));
            widgets::paragraph(ui, text, fonts::body(), t.text);
            let mut under = vec![format!("held since {}", time::moment(it.held_ms, model.zone()))];
            if let Some((value, currency)) = &it.cart_value {
                under.push(format!("cart of {value:.2} {currency}"));
            }
            widgets::paragraph(ui, sentence(&under.join(" · ")), fonts::small(), t.text_weak);
            ui.add_space(4.0);
        }
    }
    outside(ui, model, outcome, device, intents);
}

/// What was done for it outside the platform.
fn outside(ui: &mut Ui, model: &Model, outcome: &Outcome, device: usize, intents: &mut Intents) {
    let its = outcome.index.directory.messages(device).iter();
    let names = model.names();
    let messages = its.filter_map(|at| outcome.result.messages.get(*at as usize));
    for (at, message) in messages.enumerate() {
        if at == 0 {
            section(ui, "Done outside the platform");
            ui.spacing_mut().item_spacing.y = 0.0;
        }
        let name = names.block(&message.journey, &message.block);
        let state = status::state(message.state).to_lowercase();
        let when = time::moment(message.at_ms, model.zone());
        let row = widgets::Row {
            name,
            count: Some(format!("{when} · {state}")),
            count_color: None,
            label: format!("{name}, {state}, {when}"),
            selected: false,
        };
        if row.show(ui).clicked() {
            intents.want(Intent::Select(Selection::Message(MessageKey::of(message))));
        }
    }
}
