//! The workspace's facts that a replay depends on (`workspace.ron` without the list of files).

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::{
    journey::{Channel, ConsentState},
    recording::{CaptureRules, Roles, SessionRules, Span},
};

/// Zone, country, currency, roles, consent mapping and delivery rules.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct WorkspaceFacts {
    /// IANA zone where a person has none of their own.
    pub zone: String,
    /// ISO 3166 country, upper case; empty if unknown.
    pub country: String,
    /// ISO 4217 currency of prices that name none.
    pub currency: String,
    /// Event-name roles.
    pub roles: Roles,
    /// What is one session.
    pub sessions: SessionRules,
    /// Where somebody said who they are.
    pub capture: CaptureRules,
    /// Where consent is read from.
    pub consent: Vec<ConsentSource>,
    /// What may go out, when.
    pub delivery: DeliveryRules,
}

impl Default for WorkspaceFacts {
    fn default() -> Self {
        Self {
            zone: "UTC".to_owned(),
            country: String::new(),
            currency: "EUR".to_owned(),
            roles: Roles::default(),
            sessions: SessionRules::default(),
            capture: CaptureRules::default(),
            consent: Vec::new(),
            delivery: DeliveryRules::default(),
        }
    }
}

/// One place where consent is said.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ConsentSource {
    /// For which channels.
    pub channels: BTreeSet<Channel>,
    /// Where it is said.
    pub from: ConsentFrom,
    /// Values that mean yes (compared as text, whatever the case). Events need none.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub granted: Vec<String>,
    /// Values that mean no.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub denied: Vec<String>,
    /// How long a yes lasts; `None`: until withdrawn.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires_after: Option<Span>,
}

/// Where consent is said.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum ConsentFrom {
    /// A trait of this name (path).
    Trait(String),
    /// A path below `context.consent` (for example `categoryPreferences.Advertising`).
    Context(String),
    /// An event of this name says yes.
    GrantedBy(String),
    /// An event of this name says no.
    DeniedBy(String),
}

/// What may go out, when.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct DeliveryRules {
    /// Message limits.
    pub limits: Vec<MessageLimit>,
    /// How long a message over a limit is retried; `None`: not at all.
    pub limit_retry: Option<Span>,
    /// Quiet hours.
    pub quiet_hours: Option<QuietHours>,
    /// What happens to mistyped and disposable addresses.
    pub bad_addresses: BadAddresses,
    /// Region rule sets that are on (ids of `assets/regions.ron`: `eu_uk`, `us`, `ca`).
    pub regions: BTreeSet<String>,
    /// Channels that need consent whatever the region.
    pub needs_consent: BTreeSet<Channel>,
    /// At most one offer per person in this long; `None`: no such rule.
    pub offer_gap: Option<Span>,
    /// Whether retargeting audiences need advertising consent.
    pub audience_needs_consent: bool,
    /// Path below `context.consent` that says whether analytics is allowed (for example
    /// `categoryPreferences.Analytics`). An event that says no there came before analytics
    /// consent. `None`: no event is asked.
    pub analytics_consent: Option<String>,
    /// What events before analytics consent do.
    pub before_consent: BeforeConsent,
    /// Share of sent emails assumed opened, in percent; `None`: only recorded opens count.
    pub assumed_open_percent: Option<u32>,
    /// Attribute that says unsubscribed from everything. Default `unsubscribed`.
    pub unsubscribed_attribute: String,
}

impl DeliveryRules {
    /// Whether adding to a retargeting audience needs consent to advertising, however that is said.
    pub fn advertising_needs_consent(&self) -> bool {
        self.audience_needs_consent || self.needs_consent.contains(&Channel::Audience)
    }
}

impl Default for DeliveryRules {
    fn default() -> Self {
        Self {
            limits: Vec::new(),
            limit_retry: None,
            quiet_hours: None,
            bad_addresses: BadAddresses::Flagged,
            regions: BTreeSet::new(),
            needs_consent: BTreeSet::new(),
            offer_gap: None,
            audience_needs_consent: false,
            analytics_consent: None,
            before_consent: BeforeConsent::Counted,
            assumed_open_percent: None,
            unsubscribed_attribute: "unsubscribed".to_owned(),
        }
    }
}

/// Rolling limit: at most `at_most` messages in any (now − per, now].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MessageLimit {
    /// On this channel; `None`: overall.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub channel: Option<Channel>,
    /// How many.
    pub at_most: u32,
    /// In how long.
    pub per: Span,
}

/// Quiet hours [from, to) in the person's zone; over midnight when `to` is not after `from`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct QuietHours {
    /// Minutes after local midnight.
    pub from_minute: u32,
    /// Minutes after local midnight.
    pub to_minute: u32,
}

/// What happens to mistyped and disposable addresses.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum BadAddresses {
    /// Sent, flagged as likely to bounce.
    #[default]
    Flagged,
    /// Not sent.
    Held,
}

/// What events before analytics consent do. They are counted either way.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum BeforeConsent {
    /// They count as any other.
    #[default]
    Counted,
    /// They are left out of the replay.
    LeftOut,
}

/// State of consent for one channel, and where it was said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConsentFact {
    /// The state.
    pub state: ConsentState,
    /// When it was said (UTC ms).
    pub said_ms: i64,
    /// Where: `trait email_consent`, `event Newsletter Signup`…
    pub source: String,
}

/// Consent by channel.
pub type Consents = BTreeMap<Channel, ConsentFact>;
