//! Whether a message may go out.
//!
//! The checks, in their order; the first that fails names the reason. All run again when a
//! deferred message comes due.
//!
//! | # | check | reason | who |
//! |---|---|---|---|
//! | 1 | the message's extra condition holds | `extra_condition` (skipped) | engine |
//! | 2 | the run did not end while the message was deferred | `left_while_deferred` | engine |
//! | 3 | the person is identified | `not_identified` | [`check`] |
//! | 4 | there is an address | `no_address` | [`check`] |
//! | 5 | the address is good | `invalid_address`, `mistyped_address`, `disposable_address` | [`check`] |
//! | 6 | it is not suppressed | `suppressed` | [`check`] |
//! | 7 | the person is subscribed (all, topic, channel) | `unsubscribed`, `unsubscribed_topic`, `unsubscribed_channel` | [`check`] |
//! | 8 | there is consent | `consent_denied`, `consent_unknown` | [`check`] |
//! | 9 | no other offer lately | `offer_limit` | [`check`] |
//! | 10 | the message limits leave room | `message_limit` (defers up to the retry time) | [`check`] |
//! | 11 | it is not quiet hours | `quiet_hours` (defers) | [`check`] |
//! | 12 | the template renders | `template_error` | engine |
//!
//! Transactional messages skip 7 to 11, never suppression.

use chrono_tz::Tz;

use crate::{
    identity::{AddressVerdict, Confidence, Platform, Profile, check_address},
    journey::{Channel, Message},
    simulator::{Flag, clock, settings::WorkspaceFacts},
};

mod address;
mod checks;
mod contact;
mod contact_rules;
mod limits;
mod quiet;
mod reason;
mod region;
mod spoken_of;

pub use address::{address_of, is_phone_number};
pub use contact::ContactLog;
pub use contact_rules::{CHANNELS, ContactRules, recorded_message};
pub use limits::{SentLog, is_limit_exempt};
pub use quiet::quiet_until_ms;
pub use reason::Hindrance;
pub use region::{Act, Basis, ConsentRule, Country, Implied, RegionRules, country_of, regions};
pub use spoken_of::is_looked_at;

/// Everything the checks look at, at one instant.
#[derive(Clone, Copy)]
pub struct DeliveryView<'a> {
    /// The instant (UTC ms).
    pub now_ms: i64,
    /// When the run came to the message (UTC ms); retries of a limit count from here.
    pub reached_ms: i64,
    /// The message.
    pub message: &'a Message,
    /// The person.
    pub profile: &'a Profile,
    /// The address for the channel ([`address_of`]).
    pub address: Option<&'a str>,
    /// What the person said about being contacted.
    pub contact: &'a ContactLog,
    /// What was sent to them.
    pub sent: &'a SentLog,
    /// The person's own zone; `None`: the workspace's counts.
    pub own_zone: Option<Tz>,
    /// The workspace's zone.
    pub workspace_zone: Tz,
    /// Country, limits, quiet hours, regions…
    pub workspace: &'a WorkspaceFacts,
    /// The platform.
    pub platform: &'a Platform,
}

impl DeliveryView<'_> {
    /// An instant as people say it, in the person's zone.
    fn spoken(&self, at_ms: i64) -> String {
        clock::spoken(self.own_zone.unwrap_or(self.workspace_zone), at_ms)
    }
}

/// What is to be done with a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It goes out, if its template renders.
    Send,
    /// It does not.
    NotSent(Hindrance),
    /// It is held back, and checked again then.
    Defer {
        /// When (UTC ms); later than now.
        until_ms: i64,
        /// Why.
        reason: Hindrance,
    },
}

/// A check that passed or failed, for the trace.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CheckStep {
    /// Snake-case word of the rule.
    pub rule: &'static str,
    /// How sure we are of it, if it is the platform's.
    pub confidence: Option<Confidence>,
    /// Plain words.
    pub text: String,
    /// Whether the message passed.
    pub passed: bool,
}

/// The outcome of the checks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decision {
    /// What is to be done.
    pub verdict: Verdict,
    /// What is odd about the message, sorted.
    pub flags: Vec<Flag>,
    /// Every check that was made, in order; the last one decided.
    pub steps: Vec<CheckStep>,
}

/// Runs checks 3 to 11 in order.
pub fn check(view: &DeliveryView<'_>) -> Decision {
    checks::run(view)
}

/// Whether a message on a channel could reach somebody: there is an address, and it is neither
/// suppressed nor unsubscribed.
pub fn is_reachable(profile: &Profile, contact: &ContactLog, channel: Channel, now_ms: i64) -> bool {
    let address = address_of(profile, contact, channel);
    let has_address = match channel {
        Channel::Email => {
            address.as_deref().is_some_and(|text| check_address(text).verdict != AddressVerdict::Invalid)
        }
        Channel::Sms => address.as_deref().is_some_and(is_phone_number),
        Channel::Push => address.is_some(),
        Channel::InApp | Channel::Webhook => true,
        Channel::OnSite | Channel::Audience => return true,
    };
    has_address
        && profile.is_known()
        && contact.suppression(channel, address.as_deref(), now_ms).is_none()
        && contact.unsubscribed(now_ms).is_none()
        && contact.unsubscribed_channel(channel, now_ms).is_none()
}
