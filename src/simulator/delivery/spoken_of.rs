//! Attributes that delivery looks at whatever a journey asks for.

use super::contact_rules::{CHANNELS, names};
use crate::simulator::settings::{ConsentFrom, WorkspaceFacts};

/// Attributes a person's own zone is read from.
const ZONES: [&str; 2] = ["timezone", "time_zone"];

/// Whether delivery may look at the attribute of this name (or at something inside it): for an
/// address, a subscription, a consent, a country or a zone.
pub fn is_looked_at(attribute: &str, workspace: &WorkspaceFacts) -> bool {
    let names = names();
    let paths = [
        &names.email_attributes,
        &names.phone_attributes,
        &names.device_attributes,
        &names.country_attributes,
        &names.locale_attributes,
        &names.topic_paths,
    ];
    let consents = workspace.consent.iter().filter_map(|source| match &source.from {
        ConsentFrom::Trait(path) => Some(path.as_str()),
        _ => None,
    });
    let single = [&names.suppressed_attribute, &workspace.delivery.unsubscribed_attribute];
    let of_channel = |pattern: &String| {
        CHANNELS.iter().any(|channel| pattern.replace("{channel}", channel.word()) == attribute)
    };
    let mut all = paths
        .into_iter()
        .flatten()
        .map(String::as_str)
        .chain(consents)
        .chain(single.into_iter().map(String::as_str))
        .chain(ZONES);
    all.any(|path| root(path) == root(attribute)) || names.channel_attributes.iter().any(of_channel)
}

/// The attribute a path begins with.
fn root(path: &str) -> &str {
    path.split(['.', '[']).next().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::simulator::settings::ConsentSource;

    #[test]
    fn addresses_consents_subscriptions_and_zones_are_looked_at_and_nothing_else() {
        let mut workspace = WorkspaceFacts::default();
        workspace.consent.push(ConsentSource {
            channels: BTreeSet::new(),
            from: ConsentFrom::Trait("marketing.email".to_owned()),
            granted: Vec::new(),
            denied: Vec::new(),
            expires_after: None,
        });
        for name in ["email", "timezone", "address.country", "sms_unsubscribed", "unsubscribed", "marketing"]
        {
            assert!(is_looked_at(name, &workspace), "{name}");
        }
        for name in ["tier", "intent", "email_opens", "favourite"] {
            assert!(!is_looked_at(name, &workspace), "{name}");
        }
    }
}
