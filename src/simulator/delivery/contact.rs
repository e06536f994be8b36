//! What a person said about being contacted: consent, subscriptions, bounces, and the acts from
//! which consent may follow.
//!
//! Where each is read from is data: `assets/contact.ron` and the workspace's consent mapping. A
//! [`ContactLog`] keeps statements with their time, so that it can be asked about any instant,
//! whatever order events arrive in; refusals survive a merge from either side.

use std::collections::BTreeSet;

use serde::Deserialize;
use serde_json::Value;

use super::{
    contact_rules::{CHANNELS, ContactRules, Meaning, Subject, names},
    region::Act,
};
use crate::{
    journey::{Channel, ConsentState},
    recording::{Event, EventKind, EventLog, Span, lookup},
    simulator::settings::{ConsentFact, ConsentFrom, ConsentSource, Consents},
};

/// What is read of an event's context; the rest is skipped unread.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Context {
    consent: Value,
    locale: Value,
    device: Value,
}

/// One thing that was said.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Statement {
    subject: Subject,
    at_ms: i64,
    state: ConsentState,
    /// How long a yes lasts (ms).
    expires_ms: Option<i64>,
    /// Where it was said: `trait email_consent`, `event Newsletter Signup`, `merge`.
    source: String,
}

/// The source of a refusal that survived a merge.
const MERGE: &str = "merge";

/// A bounce or complaint.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Failure {
    at_ms: i64,
    channel: Channel,
    /// The address concerned, in lower case, if the event says.
    address: Option<String>,
    event: String,
}

/// What one person said, over time.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ContactLog {
    /// By time.
    statements: Vec<Statement>,
    /// By time.
    failures: BTreeSet<Failure>,
    purchases: BTreeSet<i64>,
    inquiries: BTreeSet<i64>,
    /// The latest locale and device token, with their times.
    locale: Option<(i64, String)>,
    device: Option<(i64, String)>,
}

impl ContactLog {
    /// Takes in an event that is (or has become) the person's and was known since `known_ms`: its
    /// arrival, but for history. Taking it in twice changes nothing.
    pub fn note(&mut self, rules: &ContactRules, log: &EventLog, event: &Event, known_ms: i64) {
        if event.kind == EventKind::Track
            && let Some(meanings) = rules.by_event.get(log.name(event))
        {
            for meaning in meanings {
                self.note_meaning(meaning, log, event);
            }
        }
        if event.kind == EventKind::Identify && !log.traits(event).is_empty() {
            self.note_attributes(rules, &log.traits_value(event), known_ms);
        }
        let context = log.context(event);
        let wants_consent = !rules.context.is_empty() && context.contains("\"consent\"");
        let wants_locale = rules.wants_locale && context.contains("\"locale\"");
        if (wants_consent || wants_locale || context.contains("\"token\""))
            && let Ok(said) = serde_json::from_str(context)
        {
            self.note_context(rules, &said, event.happened_ms);
        }
    }

    /// Takes in attributes as a call or a block sets them at `at_ms`; null removes.
    pub fn note_attributes(&mut self, rules: &ContactRules, attributes: &Value, at_ms: i64) {
        let names = names();
        for source in &rules.traits {
            let ConsentFrom::Trait(path) = &source.from else { continue };
            self.note_consent(source, &format!("trait {path}"), attributes, path, at_ms);
        }
        if let Some(value) = attributes.get(&rules.unsubscribed_attribute) {
            let state = refused_if(&rules.unsubscribed_values, value);
            self.say(Subject::Everything, state, at_ms, &format!("trait {}", rules.unsubscribed_attribute));
        }
        if let Some(value) = attributes.get(&names.suppressed_attribute) {
            let state = refused_if(&rules.unsubscribed_values, value);
            self.say(
                Subject::Deliverable(None),
                state,
                at_ms,
                &format!("trait {}", names.suppressed_attribute),
            );
        }
        for (channel, name) in &rules.channel_attributes {
            if let Some(value) = attributes.get(name) {
                let state = refused_if(&rules.unsubscribed_values, value);
                self.say(Subject::Channel(*channel), state, at_ms, &format!("trait {name}"));
            }
        }
        for path in &names.topic_paths {
            for (topic, value) in topics_at(attributes, path) {
                let state = refused_if(&names.topic_refused, value);
                self.say(Subject::Topic(topic.to_owned()), state, at_ms, &format!("trait {path}.{topic}"));
            }
        }
    }

    /// Takes in the log of a profile that is merged into this one at `at_ms`. What either side
    /// refused stays refused until it is said otherwise after the merge.
    pub fn merge(&mut self, other: Self, at_ms: i64) {
        let refused: BTreeSet<Subject> =
            [&*self, &other].into_iter().flat_map(|log| log.refused(at_ms)).collect();
        self.statements.extend(other.statements);
        self.statements.sort_by_key(|statement| statement.at_ms);
        self.statements.dedup();
        for subject in refused {
            self.insert(Statement {
                subject,
                at_ms,
                state: ConsentState::Denied,
                expires_ms: None,
                source: MERGE.to_owned(),
            });
        }
        self.failures.extend(other.failures);
        self.purchases.extend(other.purchases);
        self.inquiries.extend(other.inquiries);
        self.locale = self.locale.take().max(other.locale);
        self.device = self.device.take().max(other.device);
    }

    /// Consent for every channel that anything was said about.
    pub fn consents(&self, now_ms: i64) -> Consents {
        CHANNELS.into_iter().filter_map(|channel| Some((channel, self.consent(channel, now_ms)?))).collect()
    }

    /// Consent for a channel; `None` if it was never said.
    pub fn consent(&self, channel: Channel, now_ms: i64) -> Option<ConsentFact> {
        let statement = self.latest(&Subject::Consent(channel), now_ms)?;
        let state = if statement.is_expired(now_ms) { ConsentState::Unknown } else { statement.state };
        Some(ConsentFact { state, said_ms: statement.at_ms, source: statement.source.clone() })
    }

    /// The next instant after now at which a consent changes by time alone.
    pub fn consent_changes_ms(&self, channel: Channel, now_ms: i64) -> Option<i64> {
        let subject = Subject::Consent(channel);
        let said = self.statements.iter().filter(|statement| statement.subject == subject);
        let instants = said.flat_map(|statement| {
            [Some(statement.at_ms), statement.expires_ms.map(|span| statement.at_ms.saturating_add(span))]
        });
        instants.flatten().filter(|at_ms| *at_ms > now_ms).min()
    }

    /// The next instant after now at which any of it changes by time alone.
    pub fn changes_ms(&self, now_ms: i64) -> Option<i64> {
        let said = self.statements.iter().flat_map(|statement| {
            [Some(statement.at_ms), statement.expires_ms.map(|span| statement.at_ms.saturating_add(span))]
        });
        let failed = self.failures.iter().map(|failure| failure.at_ms);
        said.flatten().chain(failed).filter(|at_ms| *at_ms > now_ms).min()
    }

    /// Why nothing may be sent to an address on a channel: a bounce, a complaint, or a
    /// suppression; in plain words.
    pub fn suppression(&self, channel: Channel, address: Option<&str>, now_ms: i64) -> Option<String> {
        let address = address.map(str::to_lowercase);
        let failed = self.failures.iter().rev().find(|failure| {
            failure.channel == channel
                && failure.at_ms <= now_ms
                && failure.address.as_ref().is_none_or(|failed| Some(failed) == address.as_ref())
        });
        let failed = failed.map(|failure| {
            let whose = if failure.address.is_some() { "this address" } else { "them, without an address" };
            format!("“{}” was recorded for {whose}", failure.event)
        });
        failed.or_else(|| {
            let suppressed = self.refusal(&Subject::Deliverable(None), now_ms);
            let suppressed =
                suppressed.or_else(|| self.refusal(&Subject::Deliverable(Some(channel)), now_ms));
            suppressed.map(|source| format!("the person is suppressed ({source})"))
        })
    }

    /// Where the person unsubscribed from everything.
    pub fn unsubscribed(&self, now_ms: i64) -> Option<&str> {
        self.refusal(&Subject::Everything, now_ms)
    }
    /// Where the person unsubscribed from a topic.
    pub fn unsubscribed_topic(&self, topic: &str, now_ms: i64) -> Option<&str> {
        self.refusal(&Subject::Topic(topic.to_owned()), now_ms)
    }
    /// Where the person unsubscribed from a channel.
    pub fn unsubscribed_channel(&self, channel: Channel, now_ms: i64) -> Option<&str> {
        self.refusal(&Subject::Channel(channel), now_ms)
    }
    /// When an act from which consent may follow was last done, up to now.
    pub fn last_act_ms(&self, act: Act, now_ms: i64) -> Option<i64> {
        let acts = match act {
            Act::Purchase => &self.purchases,
            Act::Inquiry => &self.inquiries,
        };
        acts.range(..=now_ms).next_back().copied()
    }
    /// The latest locale an event named.
    pub fn locale(&self) -> Option<&str> {
        self.locale.as_ref().map(|(_, locale)| locale.as_str())
    }
    /// The latest device token an event named.
    pub fn device_token(&self) -> Option<&str> {
        self.device.as_ref().map(|(_, token)| token.as_str())
    }

    fn note_meaning(&mut self, meaning: &Meaning, log: &EventLog, event: &Event) {
        match meaning {
            Meaning::Says { subject, state, expires_ms } => self.insert(Statement {
                subject: subject.clone(),
                at_ms: event.happened_ms,
                state: *state,
                expires_ms: *expires_ms,
                source: format!("event {}", log.name(event)),
            }),
            Meaning::Suppresses { channel, unless_soft } => {
                let properties = log.properties_value(event);
                if *unless_soft && is_soft(&properties) {
                    return;
                }
                let keys = ["email", "recipient", "address", "phone", "to"];
                let address = keys.iter().find_map(|key| properties.get(*key)?.as_str());
                self.failures.insert(Failure {
                    at_ms: event.happened_ms,
                    channel: *channel,
                    address: address.map(|address| address.trim().to_lowercase()),
                    event: log.name(event).to_owned(),
                });
            }
            Meaning::Acts(Act::Purchase) => {
                self.purchases.insert(event.happened_ms);
            }
            Meaning::Acts(Act::Inquiry) => {
                self.inquiries.insert(event.happened_ms);
            }
        }
    }

    fn note_context(&mut self, rules: &ContactRules, context: &Context, at_ms: i64) {
        for source in &rules.context {
            let ConsentFrom::Context(path) = &source.from else { continue };
            self.note_consent(source, &format!("context.consent.{path}"), &context.consent, path, at_ms);
        }
        if let Some(locale) = context.locale.as_str() {
            self.locale = self.locale.take().max(Some((at_ms, locale.to_owned())));
        }
        if let Some(token) = context.device.get("token").and_then(Value::as_str) {
            self.device = self.device.take().max(Some((at_ms, token.to_owned())));
        }
    }

    fn note_consent(&mut self, source: &ConsentSource, said: &str, tree: &Value, path: &str, at_ms: i64) {
        let values = lookup(tree, path);
        let state = if values.is_empty() {
            // Only a value that is there and null takes back what was said.
            let removed = tree.get(path).is_some_and(Value::is_null);
            if !removed {
                return;
            }
            ConsentState::Unknown
        } else {
            let names = names();
            let own = !source.granted.is_empty() || !source.denied.is_empty();
            let (yes, no) = if own { (&source.granted, &source.denied) } else { (&names.yes, &names.no) };
            let says = |words: &[String]| values.iter().any(|value| is_one_of(words, value));
            match (says(yes), says(no)) {
                (_, true) => ConsentState::Denied,
                (true, false) => ConsentState::Granted,
                (false, false) => return,
            }
        };
        let expires_ms = source.expires_after.map(Span::ms).filter(|_| state == ConsentState::Granted);
        for channel in &source.channels {
            self.insert_change(Statement {
                subject: Subject::Consent(*channel),
                at_ms,
                state,
                expires_ms,
                source: said.to_owned(),
            });
        }
    }

    fn say(&mut self, subject: Subject, state: ConsentState, at_ms: i64, source: &str) {
        self.insert_change(Statement { subject, at_ms, state, expires_ms: None, source: source.to_owned() });
    }

    /// Inserts a statement of a value that stands until it changes: repeating it says nothing new,
    /// so a cookie that is sent with every event neither grows the log nor renews a consent.
    fn insert_change(&mut self, statement: Statement) {
        let same =
            |other: &&Statement| other.subject == statement.subject && other.source == statement.source;
        let at = self.statements.partition_point(|other| other.at_ms <= statement.at_ms);
        let before = self.statements[..at].iter().rfind(same);
        if before.is_some_and(|before| before.state == statement.state) {
            // After a merge, only a new statement lifts what the other side refused.
            let merged = |other: &Statement| other.subject == statement.subject && other.is_merge();
            let since = before.map_or(i64::MIN, |before| before.at_ms);
            if !self.statements[..at].iter().any(|other| merged(other) && other.at_ms >= since) {
                return;
            }
        }
        self.insert(statement);
    }

    fn insert(&mut self, statement: Statement) {
        let at = self.statements.partition_point(|other| other.at_ms <= statement.at_ms);
        let known = self.statements[..at].iter().rev().take_while(|other| other.at_ms == statement.at_ms);
        if !known.into_iter().any(|other| *other == statement) {
            self.statements.insert(at, statement);
        }
    }

    /// What was said last about a subject, up to now; of two at one instant, the refusal. The call
    /// that merges two profiles speaks after the merge, so what it says itself comes last.
    fn latest(&self, subject: &Subject, now_ms: i64) -> Option<&Statement> {
        let mut said = self.statements.iter().rev().filter(|statement| statement.subject == *subject);
        let latest = said.find(|statement| statement.at_ms <= now_ms)?;
        let same_instant = said.take_while(|statement| statement.at_ms == latest.at_ms);
        let mut since_merge = std::iter::once(latest).chain(same_instant).take_while(|said| !said.is_merge());
        since_merge.find(|statement| statement.state == ConsentState::Denied).or(Some(latest))
    }

    fn refusal(&self, subject: &Subject, now_ms: i64) -> Option<&str> {
        let latest = self.latest(subject, now_ms)?;
        (latest.state == ConsentState::Denied).then_some(latest.source.as_str())
    }

    fn refused(&self, now_ms: i64) -> Vec<Subject> {
        let subjects: BTreeSet<&Subject> =
            self.statements.iter().map(|statement| &statement.subject).collect();
        subjects.into_iter().filter(|subject| self.refusal(subject, now_ms).is_some()).cloned().collect()
    }
}

impl Statement {
    /// Whether it is a refusal that a merge brought along.
    fn is_merge(&self) -> bool {
        self.source == MERGE
    }
    fn is_expired(&self, now_ms: i64) -> bool {
        self.expires_ms.is_some_and(|span| now_ms >= self.at_ms.saturating_add(span))
    }
}

/// Topics and values below a path: an object's fields, or attributes whose own names begin with
/// the path (`subscriptions.news`).
fn topics_at<'v>(attributes: &'v Value, path: &str) -> Vec<(&'v str, &'v Value)> {
    let nested = path.split('.').try_fold(attributes, |value, key| value.get(key)).and_then(Value::as_object);
    let nested = nested.into_iter().flatten().map(|(topic, value)| (topic.as_str(), value));
    let flat = attributes.as_object().into_iter().flatten();
    let flat = flat.filter_map(|(name, value)| Some((name.strip_prefix(path)?.strip_prefix('.')?, value)));
    nested.chain(flat).collect()
}

fn refused_if(refusing: &[String], value: &Value) -> ConsentState {
    if is_one_of(refusing, value) { ConsentState::Denied } else { ConsentState::Granted }
}

/// Whether a value is one of some words, compared as text whatever the case.
fn is_one_of(words: &[String], value: &Value) -> bool {
    let text = match value {
        Value::String(text) => text.trim().to_lowercase(),
        Value::Bool(_) => value.to_string(),
        // 1.0 is the number 1.
        Value::Number(number) => number.as_f64().unwrap_or(f64::NAN).to_string(),
        _ => return false,
    };
    words.iter().any(|word| word.to_lowercase() == text)
}

fn is_soft(properties: &Value) -> bool {
    let soft = &names().soft;
    soft.properties.iter().any(|key| properties.get(key).is_some_and(|value| is_one_of(&soft.values, value)))
}
