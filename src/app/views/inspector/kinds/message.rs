//! Messages and on-site prompts: what they say, to whom they may go, how they look to somebody.

use egui::{Id, Ui};

use crate::{
    app::{
        theme::{self, fonts},
        views::{
            forms::{Form, gap, label, remark, suggest::Suggestion},
            inspector::preview,
            widgets,
        },
        words::{person, sentence, status},
    },
    journey::{BlockId, Channel, Journey, Message, Place, Template},
    recording::Span,
    simulator::MessageRecord,
};

/// Codes of the problems that are said beside the text.
pub const TEMPLATE_CODES: [&str; 2] = ["template_not_liquid", "unknown_template_variable"];

/// A message.
pub fn message(ui: &mut Ui, form: &mut Form<'_>, (journey, id): (&Journey, &BlockId), message: &mut Message) {
    let channels = [
        (Channel::Email, "Email"),
        (Channel::Sms, "SMS"),
        (Channel::Push, "Push notification"),
        (Channel::InApp, "In-app message"),
        (Channel::Webhook, "Webhook"),
    ];
    form.choice(ui, "Channel", &channels, &mut message.channel);
    if has_subject(message.channel) || !message.template.subject.is_empty() {
        let name = if message.channel == Channel::Email { "Subject" } else { "Title" };
        form.liquid(ui, name, 1, &mut message.template.subject);
    }
    form.liquid(ui, "Body", 12, &mut message.template.body);
    missing(ui, form, journey, id);
    preview(ui, form, journey, id);
    optional(ui, form, "Topic", "none: goes to everybody", &mut message.topic, Form::topics);
    optional(ui, form, "Offer", "none", &mut message.offer, Form::offers);
    let about = "Such as an order confirmation: skips consent, topics, limits and quiet hours.";
    form.switch(ui, "Transactional", about, &mut message.transactional);
    label(ui, "Sent only, if");
    form.optional_condition(ui, &mut message.only_if, "Sent to everybody who comes here.");
    gap(ui);
}

/// Variables that nobody will ever have.
fn missing(ui: &mut Ui, form: &Form<'_>, journey: &Journey, id: &BlockId) {
    let t = theme::of(ui);
    let here = form.model.problems_of(&journey.id).iter().filter(|problem| {
        problem.code == "unknown_template_variable" && problem.place == Place::Block(id.clone())
    });
    for problem in here {
        widgets::paragraph(ui, &problem.text, fonts::small(), t.deferred_text);
        ui.add_space(4.0);
    }
}

/// The message as the last replay rendered it for somebody.
fn preview(ui: &mut Ui, form: &Form<'_>, journey: &Journey, id: &BlockId) {
    // Enough to choose from; nobody reads thousands of one text.
    const OFFERED: usize = 200;
    let Some(outcome) = &form.model.outcome else { return };
    let all = &outcome.result.messages;
    let here = outcome.index.directory.messages_at(&journey.id, id).iter();
    let written = |message: &&MessageRecord| !(message.subject.is_empty() && message.body.is_empty());
    let messages: Vec<&MessageRecord> =
        here.filter_map(|at| all.get(*at as usize)).filter(written).take(OFFERED).collect();
    label(ui, "Preview");
    if messages.is_empty() {
        remark(ui, "Nobody in this replay came as far as this text.");
        gap(ui);
        return;
    }
    let place = Id::unique(("previewed", &journey.id.0, &id.0));
    let kept: Option<String> = ui.data(|data| data.get_temp(place));
    let names: Vec<String> = messages.iter().map(|message| person::who(&message.identifiers)).collect();
    let mut chosen = kept.filter(|name| names.contains(name)).unwrap_or_else(|| names[0].clone());
    let before = chosen.clone();
    let mut options: Vec<(String, &str)> = names.iter().map(|name| (name.clone(), name.as_str())).collect();
    options.dedup();
    let width = ui.available_width();
    let shape = crate::app::views::forms::choice::Shape::Wide(width);
    crate::app::views::forms::choice::menu_of(ui, "As seen by", &options, &mut chosen, shape);
    if chosen != before {
        ui.data_mut(|data| data.insert_temp(place, chosen.clone()));
    }
    ui.add_space(6.0);
    let at = names.iter().position(|name| *name == chosen).unwrap_or(0);
    let message = messages[at];
    preview::draw(ui, form.model, message);
    ui.add_space(2.0);
    let became = message.reason.map_or_else(
        || status::state(message.state).to_owned(),
        |reason| format!("{}: {}", status::state(message.state), status::reason(reason)),
    );
    let said = if form.model.work.is_some() { "Being replayed …".to_owned() } else { sentence(&became) };
    remark(ui, &said);
    gap(ui);
}

/// A text with suggestions that may be absent.
fn optional<'m>(
    ui: &mut Ui,
    form: &mut Form<'m>,
    name: &str,
    hint: &str,
    value: &mut Option<String>,
    suggestions: impl FnOnce(&Form<'m>) -> Vec<Suggestion>,
) {
    let mut text = value.clone().unwrap_or_default();
    form.suggested(ui, name, hint, &mut text, suggestions);
    let now = (!text.trim().is_empty()).then_some(text);
    if now != *value {
        *value = now;
    }
}

const fn has_subject(channel: Channel) -> bool {
    matches!(channel, Channel::Email | Channel::Push | Channel::InApp)
}

/// An on-site prompt.
pub fn prompt(
    ui: &mut Ui,
    form: &mut Form<'_>,
    (journey, id): (&Journey, &BlockId),
    within: &mut Span,
    template: &mut Template,
) {
    form.span(ui, "Waits for a page view for at most", within);
    if !template.subject.is_empty() {
        form.liquid(ui, "Title", 1, &mut template.subject);
    }
    form.liquid(ui, "Body", 6, &mut template.body);
    missing(ui, form, journey, id);
    preview(ui, form, journey, id);
}
