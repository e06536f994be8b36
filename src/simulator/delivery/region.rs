//! Consent rules of regions, as data (`assets/regions.ron`), and which region a person is in.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::LazyLock,
};

use chrono::{DateTime, Months, Utc};
use serde::Deserialize;

use crate::journey::Channel;

/// Consent rules of one region.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RegionRules {
    /// The id used in `workspace.ron`.
    pub id: String,
    /// The name shown to people.
    pub label: String,
    /// The law it follows.
    pub source: String,
    /// Rules by channel; a channel that is not named is not ruled.
    pub channels: BTreeMap<Channel, ConsentRule>,
    /// Countries by ISO code, with other ways to write them.
    pub countries: BTreeMap<String, Vec<String>>,
    /// Time zones that tell a country.
    pub zones: BTreeMap<String, String>,
}

/// What a channel needs in a region.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ConsentRule {
    /// Whether a yes is needed, or only no refusal.
    pub basis: Basis,
    /// Acts from which consent follows.
    #[serde(default)]
    pub implied: Vec<Implied>,
}

/// What consent rests on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
pub enum Basis {
    /// A recorded yes is needed.
    OptIn,
    /// No recorded refusal is enough.
    OptOut,
}

/// Consent that follows from an act.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Implied {
    /// The act.
    pub after: Act,
    /// For how many months, the last day included; `None`: without end.
    #[serde(default)]
    pub months: Option<u32>,
}

/// An act from which consent may follow.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
pub enum Act {
    /// An order.
    Purchase,
    /// A question or request.
    Inquiry,
}

impl Implied {
    /// Whether consent still follows at `now_ms` from an act at `act_ms`.
    pub fn holds(self, act_ms: i64, now_ms: i64) -> bool {
        let Some(months) = self.months else { return act_ms <= now_ms };
        let act = DateTime::<Utc>::from_timestamp_millis(act_ms);
        let end = act.and_then(|act| act.checked_add_months(Months::new(months)));
        end.is_none_or(|end| (act_ms..=end.timestamp_millis()).contains(&now_ms))
    }
}

static REGIONS: LazyLock<Vec<RegionRules>> =
    LazyLock::new(|| ron::from_str(include_str!("../../../assets/regions.ron")).unwrap_or_default());

/// Every region there are rules for.
pub fn regions() -> &'static [RegionRules] {
    &REGIONS
}

/// How a person's country was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Country {
    /// ISO code in upper case.
    pub code: String,
    /// What it was read from: `attribute country`, `locale de-DE`, `zone Europe/Berlin`…
    pub from: String,
    /// Whether it is a guess (anything but the profile's own country).
    pub guessed: bool,
}

/// The country of a person: the profile's own, else of the locale, the zone, the workspace.
pub fn country_of(
    own: Option<(&str, &str)>,
    locale: Option<&str>,
    zone: Option<&str>,
    workspace: &str,
) -> Option<Country> {
    let guess = |code: String, from: String| Country { code, from, guessed: true };
    let own = own.and_then(|(name, text)| {
        Some(Country { code: country_code(text)?, from: format!("attribute {name}"), guessed: false })
    });
    own.or_else(|| {
        locale.and_then(|locale| Some(guess(country_of_locale(locale)?, format!("locale {locale}"))))
    })
    .or_else(|| zone.and_then(|zone| Some(guess(country_of_zone(zone)?, format!("zone {zone}")))))
    .or_else(|| Some(guess(country_code(workspace)?, "the workspace".to_owned())))
}

/// The ISO code that a text writes: itself if it is one, or the country with that name.
fn country_code(text: &str) -> Option<String> {
    let text = text.trim();
    let by_name = regions().iter().flat_map(|region| &region.countries).find_map(|(code, names)| {
        let named = code.eq_ignore_ascii_case(text)
            || names.iter().any(|name| name.to_lowercase() == text.to_lowercase());
        named.then(|| code.clone())
    });
    let is_code = text.len() == 2 && text.chars().all(|c| c.is_ascii_alphabetic());
    by_name.or_else(|| is_code.then(|| text.to_uppercase()))
}

/// The country of a locale such as `de-DE`, `de_DE.UTF-8` or `zh-Hant-TW`.
fn country_of_locale(locale: &str) -> Option<String> {
    let tag = locale.split(['.', '@']).next()?;
    let region = tag.split(['-', '_']).skip(1).find(|part| part.len() == 2);
    region.and_then(country_code)
}

fn country_of_zone(zone: &str) -> Option<String> {
    regions().iter().find_map(|region| region.zones.get(zone).cloned())
}

/// The rules in force for a country: the first region that is on and has it.
pub fn rules_of(on: &BTreeSet<String>, country: &str) -> Option<&'static RegionRules> {
    regions().iter().find(|region| on.contains(&region.id) && region.countries.contains_key(country))
}
