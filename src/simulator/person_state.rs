//! What is known of one profile at an instant, and how that changes.
//!
//! A replay can be asked to record every change; [`crate::lab::Chronicle`] makes of them the state
//! at any instant.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::settings::ConsentFact;
use crate::{
    journey::{BlockId, Channel, JourneyId},
    recording::Span,
};

/// A profile at an instant.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct PersonState {
    /// Identifiers, sorted canonical text.
    pub identifiers: Vec<String>,
    /// Attributes by name, with where each value came from.
    pub attributes: BTreeMap<String, AttributeState>,
    /// Segments it is in, by id.
    pub segments: BTreeSet<String>,
    /// What was said about consent, by channel.
    pub consent: BTreeMap<Channel, ConsentFact>,
    /// Why nothing may be sent on a channel (`None`: on any), in plain words.
    pub blocked: BTreeMap<Option<Channel>, String>,
    /// Runs that go on, by a number of the replay's own.
    pub runs: BTreeMap<u32, RunState>,
    /// Messages that went out, by time; they are what limits count.
    pub sent: Vec<SentState>,
    /// How many events its history holds.
    pub events: u32,
}

/// An attribute at an instant.
#[derive(Clone, Debug, PartialEq)]
pub struct AttributeState {
    /// The value.
    pub value: Value,
    /// When it was set (UTC ms).
    pub set_ms: i64,
    /// Message id of the call that set it; `None`: a block did.
    pub event: Option<String>,
}

/// A run at an instant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RunState {
    /// Of which journey.
    pub journey: JourneyId,
    /// Its ordinal among the profile's runs of the journey, from 1.
    pub run: u32,
    /// Where it is.
    pub block: BlockId,
    /// When it came there (UTC ms).
    pub since_ms: i64,
    /// When what it waits for comes, or is given up (UTC ms); `None`: that is not known.
    pub until_ms: Option<i64>,
}

/// A message that went out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SentState {
    /// When (UTC ms).
    pub at_ms: i64,
    /// How.
    pub channel: Channel,
    /// Whether it counts towards limits.
    pub counted: bool,
    /// Whether it made an offer.
    pub offer: bool,
}

impl PersonState {
    /// Whether any identifier is not anonymous.
    pub fn is_known(&self) -> bool {
        self.identifiers.iter().any(|id| !id.starts_with("anonymous_id:"))
    }
    /// How many counted messages lie in (now − per, now], on a channel or on all.
    pub fn counted_within(&self, channel: Option<Channel>, per: Span, now_ms: i64) -> usize {
        let after_ms = now_ms.saturating_sub(per.ms());
        let fits = |sent: &&SentState| {
            sent.counted
                && sent.at_ms > after_ms
                && sent.at_ms <= now_ms
                && channel.is_none_or(|channel| channel == sent.channel)
        };
        self.sent.iter().filter(fits).count()
    }
    /// When an offer was last made, up to now.
    pub fn last_offer_ms(&self, now_ms: i64) -> Option<i64> {
        self.sent.iter().rev().find(|sent| sent.offer && sent.at_ms <= now_ms).map(|sent| sent.at_ms)
    }
}

/// Something that changed.
#[derive(Clone, Debug, PartialEq)]
pub struct StateChange {
    /// When (UTC ms).
    pub at_ms: i64,
    /// Whose: a number of the replay's own.
    pub profile: u32,
    /// What.
    pub change: Change,
}

/// What changed of a profile.
#[derive(Clone, Debug, PartialEq)]
pub enum Change {
    /// Its identifiers.
    Identifiers(Vec<String>),
    /// An attribute; `None`: it is gone.
    Attribute(String, Option<AttributeState>),
    /// Whether it is in a segment.
    Segment(String, bool),
    /// What was said about consent to a channel.
    Consent(Channel, Option<ConsentFact>),
    /// Why nothing may be sent.
    Blocked(Option<Channel>, Option<String>),
    /// A run; `None`: it has ended, or goes on with another profile.
    Run(u32, Option<RunState>),
    /// One more message went out.
    Sent(SentState),
    /// Messages that went out, all of them.
    AllSent(Vec<SentState>),
    /// How many events its history holds.
    Events(u32),
    /// It was merged into another profile and is gone.
    MergedInto(u32),
}

impl PersonState {
    /// Takes a change in; a merged profile has nothing left.
    pub fn apply(&mut self, change: &Change) {
        match change {
            Change::Identifiers(identifiers) => self.identifiers.clone_from(identifiers),
            Change::Attribute(name, value) => put(&mut self.attributes, name, value.as_ref()),
            Change::Segment(id, true) => drop(self.segments.insert(id.clone())),
            Change::Segment(id, false) => drop(self.segments.remove(id)),
            Change::Consent(channel, said) => put(&mut self.consent, channel, said.as_ref()),
            Change::Blocked(channel, why) => put(&mut self.blocked, channel, why.as_ref()),
            Change::Run(number, run) => put(&mut self.runs, number, run.as_ref()),
            Change::Sent(sent) => self.sent.push(*sent),
            Change::AllSent(sent) => self.sent.clone_from(sent),
            Change::Events(events) => self.events = *events,
            Change::MergedInto(_) => *self = Self::default(),
        }
    }
}

fn put<K: Ord + Clone, V: Clone>(map: &mut BTreeMap<K, V>, key: &K, value: Option<&V>) {
    match value {
        Some(value) => drop(map.insert(key.clone(), value.clone())),
        None => drop(map.remove(key)),
    }
}
