//! One message: what became of it, why, and what it says.

use egui::{Sense, Ui, vec2};

use super::{
    dotted::{self, Dot},
    parts::{section, title},
    preview, remedy,
};
use crate::{
    app::{
        diagram::graph::NodeKey,
        intent::{Intent, Intents},
        selection::Selection,
        state::Model,
        theme::{self, fonts},
        views::messages::{state_color, state_icon, state_text},
        widgets,
    },
    simulator::{MessageRecord, MessageState, Reason},
    words::{condition, person, sentence, status, time},
};

/// Draws it.
pub fn show(ui: &mut Ui, model: &Model, message: &MessageRecord, intents: &mut Intents) {
    let t = theme::of(ui);
    let names = model.names();
    let block = names.block(&message.journey, &message.block);
    let heading = match message.message {
        Some(_) => format!("{}: {block}", status::state(message.state)),
        None => format!("Waiting at {block}"),
    };
    let mut under = vec![person::who(&message.identifiers)];
    under.extend(message.channel.map(|channel| condition::channel(channel).to_owned()));
    under.push(names.journey(&message.journey).to_owned());
    title(ui, &heading, &under.join(" · "));

    outcome(ui, model, message);
    section(ui, "Why");
    steps(ui, model, message);
    remedy::show(ui, model, intents);
    preview::show(ui, model, message);
    section(ui, "Person");
    for identifier in &message.identifiers {
        widgets::paragraph(ui, sentence(&person::identifier(identifier)), fonts::body(), t.text);
    }
    if ui.link("Show who this is").clicked() {
        intents.want(Intent::Select(Selection::Person(message.identifiers.clone())));
    }
    ui.add_space(12.0);
    let go = ui.link(egui::RichText::new("Show the block's settings").font(fonts::body()));
    if go.clicked() {
        intents.want(Intent::Select(Selection::Node(NodeKey::Block(message.block.clone()))));
    }
}

/// One line: when, and the reason or what is odd.
fn outcome(ui: &mut Ui, model: &Model, message: &MessageRecord) {
    let t = theme::of(ui);
    ui.horizontal_top(|ui| {
        let (icon, _) = ui.allocate_exact_size(vec2(14.0, 18.0), Sense::hover());
        state_icon(message.state).paint_at(ui.painter(), icon.center(), 12.0, state_color(t, message.state));
        ui.vertical(|ui| {
            let when = time::moment(message.at_ms, model.cursor_zone());
            let said = match (message.state, message.reason) {
                (MessageState::Sent, _) => format!("Sent {when}"),
                (MessageState::Waiting, _) => format!("Waits since {when}"),
                (_, Some(reason)) => format!("{}, {when}", sentence(&status::reason(reason))),
                (state, None) => format!("{}, {when}", status::state(state)),
            };
            widgets::paragraph(ui, said, fonts::strong(), state_text(t, message.state));
            for flag in message.flags.iter().filter(|flag| message.reason != Some(flag.word())) {
                widgets::paragraph(ui, status::flag(*flag), fonts::small(), t.deferred_text);
            }
        });
    });
    ui.add_space(4.0);
}

/// The steps of the because on a dotted time line.
fn steps(ui: &mut Ui, model: &Model, message: &MessageRecord) {
    let t = theme::of(ui);
    if message.because.is_empty() {
        widgets::paragraph(ui, "Nothing was recorded about it.", fonts::body(), t.text_weak);
        return;
    }
    let zone = model.cursor_zone();
    let last = message.because.len() - 1;
    let mut before: Option<i64> = None;
    let mut dots = Vec::with_capacity(message.because.len());
    for (at, step) in message.because.iter().enumerate() {
        let decides = at == last && message.state != MessageState::Sent;
        dots.push(Dot {
            text: time::with_spoken_instants(&step.text, zone),
            under: under(step, before, zone),
            color: if at == last {
                state_color(t, message.state)
            } else {
                dotted::color(t, &step.rule.to_lowercase())
            },
            font: if decides { fonts::strong() } else { fonts::body() },
            ink: if decides { state_text(t, message.state) } else { t.text },
        });
        before = Some(step.at_ms);
    }
    dotted::show(ui, dots);
}

/// “Wed 4 Mar 13:52 · 2 d 2 h later · trigger age, documented”.
fn under(step: &Reason, before: Option<i64>, zone: chrono_tz::Tz) -> String {
    let mut parts = vec![time::moment(step.at_ms, zone)];
    let later = before.map_or_else(String::new, |before| time::later(before, step.at_ms));
    if !later.is_empty() {
        parts.push(later);
    }
    let sure = step.confidence.map_or_else(String::new, |confidence| format!(", {}", confidence.word()));
    parts.push(format!("{}{sure}", crate::words::spaced(step.rule)));
    parts.join(" · ")
}
