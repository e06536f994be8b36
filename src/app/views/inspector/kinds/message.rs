//! Messages and on-site prompts: what they say, to whom they may go.

use egui::Ui;

use crate::{
    app::views::forms::{Form, gap, label},
    journey::{Channel, Message, Template},
    recording::Span,
};

/// A message.
pub fn message(ui: &mut Ui, form: &mut Form<'_>, message: &mut Message) {
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
    optional(ui, form, "Topic", "none: goes to everybody", &mut message.topic, |form| form.topics());
    optional(ui, form, "Offer", "none", &mut message.offer, |form| form.offers());
    let about = "Such as an order confirmation: skips consent, topics, limits and quiet hours.";
    form.switch(ui, "Transactional", about, &mut message.transactional);
    label(ui, "Sent only, if");
    form.optional_condition(ui, &mut message.only_if, "Sent to everybody who comes here.");
    gap(ui);
}

/// A text with suggestions that may be absent.
fn optional(
    ui: &mut Ui,
    form: &mut Form<'_>,
    name: &str,
    hint: &str,
    value: &mut Option<String>,
    suggestions: impl FnOnce(&Form<'_>) -> Vec<crate::app::views::forms::suggest::Suggestion>,
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
pub fn prompt(ui: &mut Ui, form: &mut Form<'_>, within: &mut Span, template: &mut Template) {
    form.span(ui, "Waits for a page view for at most", within);
    if !template.subject.is_empty() {
        form.liquid(ui, "Title", 1, &mut template.subject);
    }
    form.liquid(ui, "Body", 6, &mut template.body);
}
