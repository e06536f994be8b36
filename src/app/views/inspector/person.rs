//! One person: who they are, how that came about, what is odd about them, what is known of them,
//! and what they got.

mod calendar;
mod identity;
mod page;
mod problems;

use egui::Ui;

use self::page::Page;
use super::{
    moment,
    parts::{section, title},
};
use crate::{
    app::{
        command::Command,
        intent::{Intent, Intents},
        messages::Filter,
        selection::{MessageKey, Selection},
        session::Outcome,
        state::{BottomTab, Model},
        theme::{self, fonts},
        widgets,
    },
    lab::Story,
    simulator::{PersonState, result::PersonSummary},
    words::{count, counted, person, status},
};

/// Draws it.
pub fn show(ui: &mut Ui, model: &Model, outcome: &Outcome, person: &PersonSummary, intents: &mut Intents) {
    let Some(at) = outcome.index.directory.person(&person.identifiers) else { return };
    let is_theirs = |story: &&Story| story.identifiers.iter().any(|id| person.identifiers.contains(id));
    let page = Page { model, outcome, at, person, story: model.story.as_deref().filter(is_theirs) };
    let t = theme::of(ui);
    let seen = format!(
        "{} from {} to {}",
        counted(person.events, "event", "events"),
        page.moment(person.first_ms),
        page.moment(person.last_ms)
    );
    title(ui, &person::who(&person.identifiers), &seen);
    if model.view.bottom != BottomTab::Timeline && ui.link("Show on the timeline").clicked() {
        intents.want(Intent::ShowTab(BottomTab::Timeline));
    }
    if ui.link("List their messages").clicked() {
        let theirs = Filter::Person(Some(person.identifiers.clone()));
        intents.want(Intent::FilterMessages(Filter::Clear));
        intents.want(Intent::FilterMessages(theirs));
        intents.want(Intent::ShowTab(BottomTab::Messages));
    }
    if ui.link(Command::CopyBugReport.text()).clicked() {
        intents.run(Command::CopyBugReport);
    }
    problems::show(ui, &page);
    identity::show(ui, &page);
    if !person.segments.is_empty() {
        section(ui, "Segments when the last event arrived");
        for id in &person.segments {
            let name = model.segments().0.get(id).map_or(id.as_str(), |segment| &segment.name);
            widgets::paragraph(ui, name, fonts::body(), t.text);
        }
    }
    let state = page.last_state();
    attributes(ui, &page, state.as_ref());
    section(ui, "Messages of all journeys");
    if outcome.index.directory.messages(at).is_empty() {
        let none = "None: no run of theirs came to a message.";
        widgets::paragraph(ui, none, fonts::body(), t.text_weak);
        return;
    }
    let sent = state.as_ref().map_or(&[][..], |state| &state.sent);
    calendar::show(ui, &page, sent, intents);
    messages(ui, &page, intents);
}

/// What is known of them; with where each value came from, once their story is told.
fn attributes(ui: &mut Ui, page: &Page<'_>, state: Option<&PersonState>) {
    if let Some((story, state)) = page.story.zip(state) {
        return moment::attributes(ui, page.model, story, state);
    }
    let t = theme::of(ui);
    for (at, (name, value)) in page.person.attributes.iter().enumerate() {
        if at == 0 {
            section(ui, "Attributes");
        }
        let value = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        widgets::paragraph(ui, format!("{name}: {value}"), fonts::body(), t.text);
    }
}

fn messages(ui: &mut Ui, page: &Page<'_>, intents: &mut Intents) {
    const SHOWN: usize = 50;
    let t = theme::of(ui);
    let names = page.model.names();
    ui.spacing_mut().item_spacing.y = 0.0;
    for message in page.messages().take(SHOWN) {
        let name = names.block(&message.journey, &message.block);
        let state = status::state(message.state).to_lowercase();
        let when = page.moment(message.at_ms);
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
    let all = page.outcome.index.directory.messages(page.at).len();
    if all > SHOWN {
        let more = format!("and {} more in the Messages tab", count((all - SHOWN) as u64));
        widgets::text(ui, more, fonts::small(), t.text_weak);
    }
}
