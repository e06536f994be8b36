//! What recordings give away about a workspace that nobody has told it yet: events that look like
//! a role, attributes that look like consent. Offered, never assumed.

use std::{collections::BTreeSet, sync::LazyLock};

use serde::Deserialize;

use crate::{
    journey::Channel,
    recording::{Roles, Taxonomy, facts::Role},
    simulator::settings::{ConsentFrom, ConsentSource},
};

/// An event that looks like a role.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RoleGuess {
    /// Its name.
    pub event: String,
    /// What it looks like.
    pub role: Role,
    /// How often it was recorded.
    pub seen: u64,
}

/// An attribute that looks like consent.
#[derive(Clone, Debug, PartialEq)]
pub struct ConsentGuess {
    /// What the workspace would be told.
    pub source: ConsentSource,
    /// The attribute.
    pub attribute: String,
    /// How often it was recorded.
    pub seen: u64,
}

/// Groups of words of which a name must have one each.
#[derive(Debug, Deserialize)]
struct Looks {
    role: Role,
    groups: Vec<Vec<String>>,
}

static LOOKS: LazyLock<Vec<Looks>> =
    LazyLock::new(|| ron::from_str(include_str!("../../assets/role_words.ron")).unwrap_or_default());

/// Recorded events that have no role and look like one, the most frequent first.
pub fn roles(taxonomy: &Taxonomy, roles: &Roles) -> Vec<RoleGuess> {
    let common = Roles::default();
    let free = taxonomy.seen.events.iter().filter(|(event, _)| roles.role_of(event).is_none());
    let mut guesses: Vec<RoleGuess> = free
        .filter_map(|(event, seen)| {
            let role = common.role_of(event).or_else(|| role_like(event))?;
            Some(RoleGuess { event: event.clone(), role, seen: *seen })
        })
        .collect();
    guesses.sort_by(|a, b| b.seen.cmp(&a.seen).then_with(|| a.event.cmp(&b.event)));
    guesses
}

fn role_like(event: &str) -> Option<Role> {
    let words = words(event);
    let has_one = |group: &Vec<String>| group.iter().any(|word| words.contains(word));
    LOOKS.iter().find(|looks| looks.groups.iter().all(has_one)).map(|looks| looks.role)
}

/// The words of a name, in lower case: `AddToBag`, `add_to_bag` and `Add to bag` are the same.
fn words(name: &str) -> BTreeSet<String> {
    let mut words = BTreeSet::new();
    let mut word = String::new();
    let mut after_small = false;
    for letter in name.chars() {
        let begins = letter.is_uppercase() && after_small;
        if (begins || !letter.is_alphanumeric()) && !word.is_empty() {
            words.insert(std::mem::take(&mut word));
        }
        if letter.is_alphanumeric() {
            word.extend(letter.to_lowercase());
        }
        after_small = letter.is_lowercase();
    }
    if !word.is_empty() {
        words.insert(word);
    }
    words
}

/// Recorded attributes that say yes or no to something that sounds like consent to a channel and
/// that the workspace does not read yet, the most frequent first.
pub fn consent(taxonomy: &Taxonomy, known: &[ConsentSource]) -> Vec<ConsentGuess> {
    let is_known =
        |path: &str| known.iter().any(|it| matches!(&it.from, ConsentFrom::Trait(name) if name == path));
    let free = taxonomy.seen.attributes.iter().filter(|(path, _)| !is_known(path));
    let mut guesses: Vec<ConsentGuess> = free
        .filter_map(|(path, seen)| {
            let channels = channels_like(path)?;
            let (granted, denied) = yes_and_no(seen.values.keys())?;
            let from = ConsentFrom::Trait(path.clone());
            let source = ConsentSource { channels, from, granted, denied, expires_after: None };
            Some(ConsentGuess { source, attribute: path.clone(), seen: seen.times })
        })
        .collect();
    guesses.sort_by(|a, b| b.seen.cmp(&a.seen).then_with(|| a.attribute.cmp(&b.attribute)));
    guesses
}

/// The channels that an attribute's name sounds like consent to: email where it names none.
fn channels_like(path: &str) -> Option<BTreeSet<Channel>> {
    const CONSENT: [&str; 9] = [
        "consent",
        "optin",
        "opted",
        "opt",
        "subscribed",
        "subscription",
        "marketing",
        "newsletter",
        "permission",
    ];
    const CHANNELS: [(&str, Channel); 5] = [
        ("email", Channel::Email),
        ("sms", Channel::Sms),
        ("text", Channel::Sms),
        ("push", Channel::Push),
        ("advertising", Channel::Audience),
    ];
    let words = words(path);
    if !CONSENT.iter().any(|word| words.contains(*word)) {
        return None;
    }
    let named: BTreeSet<Channel> =
        CHANNELS.iter().filter(|(word, _)| words.contains(*word)).map(|(_, channel)| *channel).collect();
    Some(if named.is_empty() { [Channel::Email].into() } else { named })
}

/// Which of some values mean yes and which no; `None`: others are among them, or there are none.
fn yes_and_no<'v>(values: impl Iterator<Item = &'v String>) -> Option<(Vec<String>, Vec<String>)> {
    const YES: [&str; 8] = ["true", "yes", "1", "granted", "subscribed", "opted_in", "opt_in", "optin"];
    const NO: [&str; 8] = ["false", "no", "0", "denied", "unsubscribed", "opted_out", "opt_out", "optout"];
    let (mut granted, mut denied) = (Vec::new(), Vec::new());
    for value in values {
        let plain = value.to_lowercase().replace([' ', '-'], "_");
        if YES.contains(&plain.as_str()) {
            granted.push(value.clone());
        } else if NO.contains(&plain.as_str()) {
            denied.push(value.clone());
        } else {
            return None;
        }
    }
    let add = |words: &mut Vec<String>, word: &str| {
        if words.is_empty() {
            words.push(word.to_owned());
        }
    };
    if granted.is_empty() && denied.is_empty() {
        return None;
    }
    add(&mut granted, "true");
    add(&mut denied, "false");
    Some((granted, denied))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::recording::taxonomy::{Seen, SeenValues};

    #[test]
    fn names_give_their_role_away_in_any_spelling() {
        let cases = [
            ("AddToBag", Some(Role::CartAdd)),
            ("basket_item_added", Some(Role::CartAdd)),
            ("Removed item from basket", Some(Role::CartRemove)),
            ("pdp-viewed", Some(Role::View)),
            ("Category page viewed", Some(Role::CollectionView)),
            ("checkoutCompleted", Some(Role::Purchase)),
            ("Checkout: entered address", Some(Role::Checkout)),
            ("site search", Some(Role::Search)),
            ("Newsletter popup submitted", Some(Role::Capture)),
            ("Review added", None),
            ("Order tracking opened", None),
            ("Email Opened", None),
        ];
        for (name, role) in cases {
            assert_eq!(role_like(name), role, "{name}");
        }
        assert_eq!(LOOKS.len(), 10, "the table can be read");
    }

    #[test]
    fn only_what_plays_no_role_is_offered_the_most_frequent_first() {
        let events = [("Added to Bag", 3), ("Product Added", 9), ("Bought", 5), ("Scrolled", 99)];
        let events = events.map(|(name, seen)| (name.to_owned(), seen)).into();
        let taxonomy = Taxonomy { seen: Seen { events, ..Seen::default() }, ..Taxonomy::default() };
        let offered = |own: &Roles| -> Vec<(String, Role)> {
            roles(&taxonomy, own).into_iter().map(|it| (it.event, it.role)).collect()
        };
        assert_eq!(
            offered(&Roles::default()),
            [("Bought".to_owned(), Role::Purchase), ("Added to Bag".to_owned(), Role::CartAdd)]
        );
        // A workspace with roles of its own may lack a common name.
        assert_eq!(offered(&Roles(BTreeMap::new()))[0], ("Product Added".to_owned(), Role::CartAdd));
    }

    #[test]
    fn consent_is_offered_where_name_and_values_sound_like_it() {
        let seen = |values: &[&str]| SeenValues {
            times: 7,
            values: values.iter().map(|value| ((*value).to_owned(), 1)).collect(),
        };
        let attributes = [
            ("sms_opt_in", seen(&["Yes", "no"])),
            ("acceptsMarketing", seen(&["true"])),
            ("email_consent", seen(&["maybe later"])),
            ("email", seen(&["a@example.com"])),
        ];
        let attributes = attributes.map(|(name, seen)| (name.to_owned(), seen)).into();
        let taxonomy = Taxonomy { seen: Seen { attributes, ..Seen::default() }, ..Taxonomy::default() };
        let offered = consent(&taxonomy, &[]);
        let said: Vec<_> = offered
            .iter()
            .map(|it| {
                (
                    it.attribute.as_str(),
                    &it.source.channels,
                    it.source.granted.join(","),
                    it.source.denied.join(","),
                )
            })
            .collect();
        let (email, sms) = (BTreeSet::from([Channel::Email]), BTreeSet::from([Channel::Sms]));
        assert_eq!(
            said,
            [
                ("acceptsMarketing", &email, "true".to_owned(), "false".to_owned()),
                ("sms_opt_in", &sms, "Yes".to_owned(), "no".to_owned()),
            ]
        );
        assert_eq!(consent(&taxonomy, &[offered[1].source.clone()]).len(), 1);
    }
}
