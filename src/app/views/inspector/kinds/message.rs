//! Messages and on-site prompts: what they say, to whom they may go, how they look to somebody.

use egui::{Id, Ui};

use crate::{
    app::views::{
        forms::{Form, choice, gap, label, marks::Said, remark, suggestion::Suggestion},
        inspector::preview,
    },
    journey::{BlockId, Channel, Journey, Message, Place, Template},
    recording::Span,
    simulator::MessageRecord,
    words::{person, sentence, status},
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
    let seen = Seen::of(ui, form, journey, id);
    let said = seen.said(form, journey, id);
    if has_subject(message.channel) || !message.template.subject.is_empty() {
        let name = if message.channel == Channel::Email { "Subject" } else { "Title" };
        form.liquid(ui, name, 1, &said, &mut message.template.subject);
    }
    form.liquid(ui, "Body", 12, &said, &mut message.template.body);
    seen.preview(ui, form);
    optional(ui, form, "Topic", "none: goes to everybody", &mut message.topic, Form::topics);
    optional(ui, form, "Offer", "none", &mut message.offer, Form::offers);
    let about = "Such as an order confirmation: skips consent, topics, limits and quiet hours.";
    form.switch(ui, "Transactional", about, &mut message.transactional);
    label(ui, "Sent only, if");
    form.optional_condition(ui, &mut message.only_if, "Sent to everybody who comes here.");
    gap(ui);
}

/// Whom a text may be looked at as, and as whom it is.
struct Seen<'m> {
    /// Those whom the last replay wrote to, or could not for want of a variable.
    messages: Vec<&'m MessageRecord>,
    names: Vec<String>,
    /// Position of the one chosen.
    at: usize,
    /// Where the choice is kept.
    place: Id,
}

impl<'m> Seen<'m> {
    fn of(ui: &Ui, form: &Form<'m>, journey: &Journey, id: &BlockId) -> Self {
        // Enough to choose from; nobody reads thousands of one text.
        const OFFERED: usize = 200;
        let written = |message: &&MessageRecord| {
            !(message.subject.is_empty() && message.body.is_empty() && message.absent.is_empty())
        };
        let messages: Vec<&MessageRecord> = form.model.outcome.as_ref().map_or_else(Vec::new, |outcome| {
            let here = outcome.index.directory.messages_at(&journey.id, id).iter();
            let all = here.filter_map(|at| outcome.result.messages.get(*at as usize));
            all.filter(written).take(OFFERED).collect()
        });
        let names: Vec<String> = messages.iter().map(|message| person::who(&message.identifiers)).collect();
        let place = Id::unique(("previewed", &journey.id.0, &id.0));
        let kept: Option<String> = ui.data(|data| data.get_temp(place));
        // Nobody was chosen: whoever is in focus, if they came here.
        let in_focus = || form.model.company.focused().map(|it| person::who(it.known_as()));
        let wanted = kept.or_else(in_focus);
        let at = wanted.and_then(|name| names.iter().position(|other| *other == name)).unwrap_or(0);
        Self { messages, names, at, place }
    }

    /// What is known of the variables of the text.
    fn said(&self, form: &Form<'_>, journey: &Journey, id: &BlockId) -> Said {
        let here = form.model.problems_of(&journey.id).iter().filter(|problem| {
            problem.code == "unknown_template_variable" && problem.place == Place::Block(id.clone())
        });
        let unknown = here.filter_map(|problem| Some((problem.about.clone()?, problem.text.clone())));
        Said {
            unknown: unknown.collect(),
            absent: self.messages.get(self.at).map_or_else(Vec::new, |message| message.absent.clone()),
            person: self.names.get(self.at).cloned().unwrap_or_default(),
        }
    }

    /// The message as the last replay wrote it for whoever is chosen.
    fn preview(&self, ui: &mut Ui, form: &Form<'_>) {
        if form.model.outcome.is_none() {
            return;
        }
        label(ui, "Preview");
        let Some(message) = self.messages.get(self.at) else {
            remark(ui, "Nobody in this replay came as far as this text.");
            gap(ui);
            return;
        };
        let mut chosen = self.names[self.at].clone();
        let mut options: Vec<(String, &str)> =
            self.names.iter().map(|name| (name.clone(), name.as_str())).collect();
        options.dedup();
        let shape = choice::Shape::Wide(ui.available_width());
        choice::menu_of(ui, "As seen by", &options, &mut chosen, shape);
        if chosen != self.names[self.at] {
            ui.data_mut(|data| data.insert_temp(self.place, chosen));
        }
        ui.add_space(6.0);
        if !(message.subject.is_empty() && message.body.is_empty()) {
            preview::draw(ui, form.model, message);
            ui.add_space(2.0);
        }
        let became = message.reason.map_or_else(
            || status::state(message.state).to_owned(),
            |reason| format!("{}: {}", status::state(message.state), status::reason(reason)),
        );
        let said =
            if form.model.work.is_some() { "Being replayed …".to_owned() } else { sentence(&became) };
        remark(ui, &said);
        gap(ui);
    }
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
    let seen = Seen::of(ui, form, journey, id);
    let said = seen.said(form, journey, id);
    if !template.subject.is_empty() {
        form.liquid(ui, "Title", 1, &said, &mut template.subject);
    }
    form.liquid(ui, "Body", 6, &said, &mut template.body);
    seen.preview(ui, form);
}
