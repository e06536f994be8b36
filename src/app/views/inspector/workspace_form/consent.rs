//! Where consent is read from.

use egui::Ui;

use crate::{
    app::views::{
        forms::{
            Form,
            edit::Look,
            gap,
            rows::{add_button, member, row_controls},
        },
        inspector::kinds::member_heading,
    },
    journey::Channel,
    simulator::settings::{ConsentFrom, ConsentSource},
    words::{condition::channel, list, sentence},
};

/// Channels that consent may be asked for.
pub const CHANNELS: [(Channel, &str); 6] = [
    (Channel::Email, "Email"),
    (Channel::Sms, "SMS"),
    (Channel::Push, "Push"),
    (Channel::InApp, "In-app"),
    (Channel::Webhook, "Webhook"),
    (Channel::Audience, "Advertising"),
];

/// Which kind of place it is.
#[derive(Clone, Copy, PartialEq)]
enum Place {
    Trait,
    Context,
    GrantedBy,
    DeniedBy,
}

/// Draws it.
pub fn show(ui: &mut Ui, form: &mut Form<'_>, sources: &mut Vec<ConsentSource>) {
    let mut change = None;
    let len = sources.len();
    for (at, source) in sources.iter_mut().enumerate() {
        let channels: Vec<String> = source.channels.iter().map(|it| channel(*it).to_owned()).collect();
        let called = sentence(&format!("{} consent", list(&channels, "and")));
        ui.push_id(("source", at), |ui| {
            member(ui, |ui| {
                ui.horizontal(|ui| {
                    member_heading(ui, &called);
                    change = row_controls(ui, &called, at, len).or(change);
                });
                one(ui, form, source);
            });
        });
        gap(ui);
    }
    if let Some(change) = change {
        change.apply(sources);
    }
    if add_button(ui, "Add a place where consent is said").clicked() {
        sources.push(ConsentSource {
            channels: [Channel::Email].into(),
            from: ConsentFrom::Trait("email_consent".to_owned()),
            granted: vec!["true".to_owned(), "yes".to_owned()],
            denied: vec!["false".to_owned(), "no".to_owned()],
            expires_after: None,
        });
    }
    gap(ui);
}

fn one(ui: &mut Ui, form: &mut Form<'_>, source: &mut ConsentSource) {
    form.several(ui, "For", &CHANNELS, &mut source.channels);
    let before = match source.from {
        ConsentFrom::Trait(_) => Place::Trait,
        ConsentFrom::Context(_) => Place::Context,
        ConsentFrom::GrantedBy(_) => Place::GrantedBy,
        ConsentFrom::DeniedBy(_) => Place::DeniedBy,
    };
    let mut now = before;
    let options = [
        (Place::Trait, "An attribute of the person"),
        (Place::Context, "The consent banner (context.consent)"),
        (Place::GrantedBy, "An event that says yes"),
        (Place::DeniedBy, "An event that says no"),
    ];
    form.choice(ui, "Said by", &options, &mut now);
    let (ConsentFrom::Trait(name)
    | ConsentFrom::Context(name)
    | ConsentFrom::GrantedBy(name)
    | ConsentFrom::DeniedBy(name)) = &mut source.from;
    let is_event = matches!(now, Place::GrantedBy | Place::DeniedBy);
    let label = if is_event { "Event" } else { "Attribute or path" };
    form.suggested(ui, label, "name", name, |form| match now {
        Place::Trait => form.attributes(),
        Place::Context => Vec::new(),
        Place::GrantedBy | Place::DeniedBy => form.events(),
    });
    if now != before {
        let name = std::mem::take(name);
        source.from = match now {
            Place::Trait => ConsentFrom::Trait(name),
            Place::Context => ConsentFrom::Context(name),
            Place::GrantedBy => ConsentFrom::GrantedBy(name),
            Place::DeniedBy => ConsentFrom::DeniedBy(name),
        };
    }
    if !is_event {
        words(ui, form, "Means yes", &mut source.granted);
        words(ui, form, "Means no", &mut source.denied);
    }
    form.span_or_none(ui, "A yes lasts", "until withdrawn", &mut source.expires_after);
}

/// Words apart by commas.
pub(super) fn words(ui: &mut Ui, form: &mut Form<'_>, name: &str, words: &mut Vec<String>) {
    let read = |text: &str| {
        Ok(text.split(',').map(str::trim).filter(|word| !word.is_empty()).map(str::to_owned).collect())
    };
    form.value(ui, Look::line(name).hint("true, yes"), words, |words| words.join(", "), read);
}
