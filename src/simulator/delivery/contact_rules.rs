//! Where what people say about being contacted is read from: names of attributes and events as
//! data (`assets/contact.ron`), and the workspace's consent mapping, compiled for a replay.

use std::sync::LazyLock;

use rustc_hash::FxHashMap;
use serde::Deserialize;

use super::region::Act;
use crate::{
    identity::Platform,
    journey::{Channel, ConsentState},
    recording::{Span, facts::Role},
    simulator::settings::{ConsentFrom, ConsentSource, WorkspaceFacts},
};

/// Channels that consent and subscriptions are kept for.
pub const CHANNELS: [Channel; 6] =
    [Channel::Email, Channel::Sms, Channel::Push, Channel::InApp, Channel::Webhook, Channel::Audience];

/// `assets/contact.ron`: names of attributes and events.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ContactNames {
    pub email_attributes: Vec<String>,
    pub phone_attributes: Vec<String>,
    pub device_attributes: Vec<String>,
    pub country_attributes: Vec<String>,
    pub locale_attributes: Vec<String>,
    pub topic_paths: Vec<String>,
    pub topic_refused: Vec<String>,
    pub channel_attributes: Vec<String>,
    pub suppressed_attribute: String,
    pub yes: Vec<String>,
    pub no: Vec<String>,
    suppressing: Vec<SuppressingEvent>,
    pub soft: Soft,
    unsubscribing: Vec<SubscriptionEvent>,
    resubscribing: Vec<SubscriptionEvent>,
    sent: Vec<SentEvent>,
    inquiries: Vec<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct SuppressingEvent {
    event: String,
    channel: Channel,
    /// Whether the event may say that it is only soft.
    #[serde(default)]
    soft_unless: bool,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Soft {
    pub properties: Vec<String>,
    pub values: Vec<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct SubscriptionEvent {
    event: String,
    channel: Option<Channel>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct SentEvent {
    event: String,
    channel: Channel,
}

/// The names that come with the program.
pub(super) fn names() -> &'static ContactNames {
    static NAMES: LazyLock<ContactNames> =
        LazyLock::new(|| ron::from_str(include_str!("../../../assets/contact.ron")).unwrap_or_default());
    &NAMES
}

/// What a statement is about.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Subject {
    /// Consent to a channel.
    Consent(Channel),
    /// Subscription to everything.
    Everything,
    /// Subscription to a channel.
    Channel(Channel),
    /// Subscription to a topic.
    Topic(String),
    /// Being mailed at all; `None`: on any channel.
    Deliverable(Option<Channel>),
}

/// What an event of a name means.
#[derive(Clone, Debug)]
pub(super) enum Meaning {
    Says { subject: Subject, state: ConsentState, expires_ms: Option<i64> },
    Suppresses { channel: Channel, unless_soft: bool },
    Acts(Act),
}

/// A workspace's and a platform's way of saying these things, compiled once for a replay.
#[derive(Clone, Debug)]
pub struct ContactRules {
    pub(super) by_event: FxHashMap<String, Vec<Meaning>>,
    pub(super) traits: Vec<ConsentSource>,
    pub(super) context: Vec<ConsentSource>,
    /// Attributes that say something of one channel.
    pub(super) channel_attributes: Vec<(Channel, String)>,
    pub(super) unsubscribed_attribute: String,
    pub(super) unsubscribed_values: Vec<String>,
    pub(super) wants_locale: bool,
}

impl ContactRules {
    /// Compiles the rules.
    pub fn new(workspace: &WorkspaceFacts, platform: &Platform) -> Self {
        let names = names();
        let mut rules = Self {
            by_event: FxHashMap::default(),
            traits: Vec::new(),
            context: Vec::new(),
            channel_attributes: channel_attributes(&names.channel_attributes),
            unsubscribed_attribute: workspace.delivery.unsubscribed_attribute.clone(),
            unsubscribed_values: platform.unsubscribed_values.value.clone(),
            wants_locale: !workspace.delivery.regions.is_empty(),
        };
        for source in &workspace.consent {
            match &source.from {
                ConsentFrom::Trait(_) => rules.traits.push(source.clone()),
                ConsentFrom::Context(_) => rules.context.push(source.clone()),
                ConsentFrom::GrantedBy(event) => rules.consent_event(source, event, ConsentState::Granted),
                ConsentFrom::DeniedBy(event) => rules.consent_event(source, event, ConsentState::Denied),
            }
        }
        for event in &names.suppressing {
            let meaning = Meaning::Suppresses { channel: event.channel, unless_soft: event.soft_unless };
            rules.mean(&event.event, meaning);
        }
        let subscriptions =
            [(&names.unsubscribing, ConsentState::Denied), (&names.resubscribing, ConsentState::Granted)];
        for (events, state) in subscriptions {
            for event in events {
                let subject = event.channel.map_or(Subject::Everything, Subject::Channel);
                rules.mean(&event.event, Meaning::Says { subject, state, expires_ms: None });
            }
        }
        for event in workspace.roles.names(Role::Purchase) {
            rules.mean(event, Meaning::Acts(Act::Purchase));
        }
        for event in &names.inquiries {
            rules.mean(event, Meaning::Acts(Act::Inquiry));
        }
        rules
    }

    fn consent_event(&mut self, source: &ConsentSource, event: &str, state: ConsentState) {
        let expires_ms = source.expires_after.map(Span::ms).filter(|_| state == ConsentState::Granted);
        for channel in &source.channels {
            self.mean(event, Meaning::Says { subject: Subject::Consent(*channel), state, expires_ms });
        }
    }
    fn mean(&mut self, event: &str, meaning: Meaning) {
        self.by_event.entry(event.to_owned()).or_default().push(meaning);
    }
}

/// The attributes that patterns such as `{channel}_opt_in` stand for.
fn channel_attributes(patterns: &[String]) -> Vec<(Channel, String)> {
    let of = |channel: Channel| {
        let name = move |pattern: &String| (channel, pattern.replace("{channel}", channel.word()));
        patterns.iter().map(name)
    };
    CHANNELS.into_iter().flat_map(of).collect()
}

/// The channel of a recorded message (`Email Sent`); counts towards limits where the recording is
/// marked `history`.
pub fn recorded_message(event_name: &str) -> Option<Channel> {
    names().sent.iter().find(|sent| sent.event == event_name).map(|sent| sent.channel)
}
