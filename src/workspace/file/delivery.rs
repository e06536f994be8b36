//! Delivery rules as version 1 of `workspace.ron` writes them.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::{
    journey::format::v1::words::{Channel, Clock},
    recording::Span,
    simulator::settings,
};

/// What may go out, when.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Delivery {
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) limits: Vec<Limit>,
    #[serde(skip_serializing_if = "Option::is_none")]
    limit_retry: Option<Span>,
    #[serde(skip_serializing_if = "Option::is_none")]
    quiet_hours: Option<QuietHours>,
    #[serde(skip_serializing_if = "Option::is_none")]
    bad_addresses: Option<BadAddresses>,
    #[serde(skip_serializing_if = "BTreeSet::is_empty")]
    pub(super) regions: BTreeSet<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    needs_consent: Vec<Channel>,
    #[serde(skip_serializing_if = "Option::is_none")]
    offer_gap: Option<Span>,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    audience_needs_consent: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    analytics_consent: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    before_consent: Option<BeforeConsent>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) assumed_open_percent: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    unsubscribed_attribute: Option<String>,
}

impl Delivery {
    pub(super) fn is_default(&self) -> bool {
        *self == Self::default()
    }
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Limit {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    channel: Option<Channel>,
    pub(super) at_most: u32,
    pub(super) per: Span,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct QuietHours {
    from: Clock,
    to: Clock,
}

#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub(super) enum BadAddresses {
    Flagged,
    Held,
}

#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub(super) enum BeforeConsent {
    Counted,
    LeftOut,
}

impl From<Delivery> for settings::DeliveryRules {
    fn from(file: Delivery) -> Self {
        let usual = Self::default();
        Self {
            limits: file
                .limits
                .into_iter()
                .map(|limit| settings::MessageLimit {
                    channel: limit.channel.map(Into::into),
                    at_most: limit.at_most,
                    per: limit.per,
                })
                .collect(),
            limit_retry: file.limit_retry,
            quiet_hours: file.quiet_hours.map(|hours| settings::QuietHours {
                from_minute: hours.from.minute(),
                to_minute: hours.to.minute(),
            }),
            bad_addresses: match file.bad_addresses {
                None => usual.bad_addresses,
                Some(BadAddresses::Flagged) => settings::BadAddresses::Flagged,
                Some(BadAddresses::Held) => settings::BadAddresses::Held,
            },
            regions: file.regions,
            needs_consent: file.needs_consent.into_iter().map(Into::into).collect(),
            offer_gap: file.offer_gap,
            audience_needs_consent: file.audience_needs_consent,
            analytics_consent: file.analytics_consent,
            before_consent: match file.before_consent {
                None => usual.before_consent,
                Some(BeforeConsent::Counted) => settings::BeforeConsent::Counted,
                Some(BeforeConsent::LeftOut) => settings::BeforeConsent::LeftOut,
            },
            assumed_open_percent: file.assumed_open_percent,
            unsubscribed_attribute: file.unsubscribed_attribute.unwrap_or(usual.unsubscribed_attribute),
        }
    }
}

impl From<settings::DeliveryRules> for Delivery {
    fn from(rules: settings::DeliveryRules) -> Self {
        let usual = settings::DeliveryRules::default();
        Self {
            limits: rules
                .limits
                .into_iter()
                .map(|limit| Limit {
                    channel: limit.channel.map(Into::into),
                    at_most: limit.at_most,
                    per: limit.per,
                })
                .collect(),
            limit_retry: rules.limit_retry,
            quiet_hours: rules.quiet_hours.map(|hours| QuietHours {
                from: Clock::of(hours.from_minute),
                to: Clock::of(hours.to_minute),
            }),
            bad_addresses: (rules.bad_addresses != usual.bad_addresses).then_some(
                match rules.bad_addresses {
                    settings::BadAddresses::Flagged => BadAddresses::Flagged,
                    settings::BadAddresses::Held => BadAddresses::Held,
                },
            ),
            regions: rules.regions,
            needs_consent: rules.needs_consent.into_iter().map(Into::into).collect(),
            offer_gap: rules.offer_gap,
            audience_needs_consent: rules.audience_needs_consent,
            analytics_consent: rules.analytics_consent,
            before_consent: (rules.before_consent != usual.before_consent).then_some(
                match rules.before_consent {
                    settings::BeforeConsent::Counted => BeforeConsent::Counted,
                    settings::BeforeConsent::LeftOut => BeforeConsent::LeftOut,
                },
            ),
            assumed_open_percent: rules.assumed_open_percent,
            unsubscribed_attribute: (rules.unsubscribed_attribute != usual.unsubscribed_attribute)
                .then_some(rules.unsubscribed_attribute),
        }
    }
}
