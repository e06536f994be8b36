//! One person: who they are, how that came about, what is known of them, and what they got.

use egui::Ui;

use super::{Intents, section, title, widgets};
use crate::{
    app::{
        intent::Intent,
        session::Outcome,
        state::{BottomTab, MessageKey, Model, Selection},
        theme::{self, fonts},
        words::{count, counted, person, sentence, spaced, status, time},
    },
    simulator::result::PersonSummary,
};

/// Draws it.
pub fn show(ui: &mut Ui, model: &Model, outcome: &Outcome, person: &PersonSummary, intents: &mut Intents) {
    let t = theme::of(ui);
    let zone = model.zone();
    let seen = format!(
        "{} from {} to {}",
        counted(person.events, "event", "events"),
        time::moment(person.first_ms, zone),
        time::moment(person.last_ms, zone)
    );
    title(ui, &person::who(&person.identifiers), &seen);
    if model.view.bottom != BottomTab::Timeline && ui.link("Show on the timeline").clicked() {
        intents.want(Intent::ShowTab(BottomTab::Timeline));
    }
    section(ui, "Identifiers");
    for id in &person.identifiers {
        widgets::paragraph(ui, sentence(&person::identifier(id)), fonts::body(), t.text);
    }
    joined(ui, model, outcome, person);
    if !person.segments.is_empty() {
        section(ui, "Segments when the last event arrived");
        for id in &person.segments {
            let name = model.segments().0.get(id).map_or(id.as_str(), |segment| &segment.name);
            widgets::paragraph(ui, name, fonts::body(), t.text);
        }
    }
    if !person.attributes.is_empty() {
        section(ui, "Attributes");
        ui.spacing_mut().item_spacing.y = 0.0;
        for (name, value) in &person.attributes {
            let value = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
            widgets::paragraph(ui, format!("{name}: {value}"), fonts::body(), t.text_weak);
        }
    }
    messages(ui, model, outcome, person, intents);
}

/// What joined them and what was refused, with the rule that decided.
fn joined(ui: &mut Ui, model: &Model, outcome: &Outcome, person: &PersonSummary) {
    let t = theme::of(ui);
    let is_theirs = |ids: &[String]| ids.iter().any(|id| person.identifiers.contains(id));
    let merges: Vec<_> = outcome.result.merges.iter().filter(|it| is_theirs(&it.survivor)).collect();
    if !merges.is_empty() {
        section(ui, "Joined");
        for merge in merges {
            let who: Vec<String> = merge.joined.iter().map(|id| person::identifier(id)).collect();
            let what =
                format!("{} with {}", sentence(&who.join(", ")), counted(merge.events, "event", "events"));
            widgets::paragraph(ui, what, fonts::body(), t.text);
            let rule = format!(
                "{} · {} rule, {}",
                time::moment(merge.at_ms, model.zone()),
                spaced(merge.rule),
                merge.confidence.word()
            );
            widgets::paragraph(ui, rule, fonts::small(), t.text_weak);
            ui.add_space(4.0);
        }
    }
    let is_own = |id: &Option<String>| id.as_ref().is_some_and(|id| person.identifiers.contains(id));
    let refused: Vec<_> = outcome.result.refusals.iter().filter(|it| is_own(&it.identifier)).collect();
    if !refused.is_empty() {
        section(ui, "Refused");
        for refusal in refused {
            let id = refusal.identifier.as_deref().map_or_else(String::new, person::identifier);
            let what = format!("{}: {}", sentence(&id), spaced(refusal.reason.word()));
            widgets::paragraph(ui, what, fonts::body(), t.not_sent_text);
            let rule = format!(
                "{} · {} rule, {}",
                time::moment(refusal.at_ms, model.zone()),
                spaced(refusal.rule),
                refusal.confidence.word()
            );
            widgets::paragraph(ui, rule, fonts::small(), t.text_weak);
            ui.add_space(4.0);
        }
    }
}

fn messages(ui: &mut Ui, model: &Model, outcome: &Outcome, person: &PersonSummary, intents: &mut Intents) {
    const SHOWN: usize = 50;
    let t = theme::of(ui);
    let is_theirs = |ids: &[String]| ids.iter().any(|id| person.identifiers.contains(id));
    let own: Vec<_> = outcome.result.messages.iter().filter(|it| is_theirs(&it.identifiers)).collect();
    section(ui, "Messages of all journeys");
    if own.is_empty() {
        widgets::paragraph(ui, "None: no run of theirs came to a message.", fonts::body(), t.text_weak);
        return;
    }
    let names = model.names();
    ui.spacing_mut().item_spacing.y = 0.0;
    for message in own.iter().take(SHOWN) {
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
        let journey = names.journey(&message.journey);
        let why = message.reason.map_or_else(String::new, |reason| format!(": {}", status::reason(reason)));
        if row.show(ui).on_hover_text(format!("{journey}{why}")).clicked() {
            intents.want(Intent::Select(Selection::Message(MessageKey::of(message))));
        }
    }
    if own.len() > SHOWN {
        let more = format!("and {} more in the Messages tab", count((own.len() - SHOWN) as u64));
        widgets::text(ui, more, fonts::small(), t.text_weak);
    }
}
