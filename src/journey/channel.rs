//! Channels: how people are reached.

use serde::{Deserialize, Serialize};

/// How a message goes out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Channel {
    /// Email; needs an email address.
    Email,
    /// Text message; needs a phone number.
    Sms,
    /// Push notification; needs a known person with a device token attribute or any device.
    Push,
    /// In the app or on the site; needs a known person.
    InApp,
    /// A call to another system; needs a known person.
    Webhook,
    /// On-site prompt; reaches anonymous visitors. Only for results, never in a message block.
    OnSite,
    /// Retargeting audience (advertising). Only for consent and results.
    Audience,
}

impl Channel {
    /// Documented `snake_case` word: `email`, `sms`, `push`, `in_app`, `webhook`, `on_site`,
    /// `audience`.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Email => "email",
            Self::Sms => "sms",
            Self::Push => "push",
            Self::InApp => "in_app",
            Self::Webhook => "webhook",
            Self::OnSite => "on_site",
            Self::Audience => "audience",
        }
    }
}
