//! Held triggers added up: what became of them, how old they were, what the carts were worth.

use std::collections::BTreeMap;

use crate::{
    journey::JourneyId,
    simulator::{HeldState, HeldTrigger},
};

/// Every state of a held trigger, in the order they are shown.
pub const STATES: [HeldState; 5] = [
    HeldState::Joined,
    HeldState::TooOld,
    HeldState::Expired,
    HeldState::Refused,
    HeldState::NeverIdentified,
];

/// How old a trigger was when somebody said who they are: at most so many hours; `None`: older
/// than all.
pub type Band = Option<u32>;

/// The bands of ages, from young to old. The borders are those of the platforms' rules and of what
/// people think in: an hour, a day, three days, a week.
pub const BANDS: [Band; 5] = [Some(1), Some(24), Some(72), Some(168), None];

const HOUR_MS: i64 = 3_600_000;

/// The band of an age; a border belongs to the younger one.
pub fn band(age_ms: i64) -> Band {
    BANDS.into_iter().flatten().find(|hours| age_ms <= i64::from(*hours) * HOUR_MS)
}

/// Carts by currency: amounts in different currencies are never added up.
pub type Carts = BTreeMap<String, f64>;

/// What became of some held triggers.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct HeldGroup {
    /// How many.
    pub count: u64,
    /// What their carts were worth.
    pub carts: Carts,
    /// How many of each age, for those whose age was asked.
    pub ages: BTreeMap<Band, u64>,
}

impl HeldGroup {
    fn add(&mut self, held: &HeldTrigger) {
        self.count += 1;
        if let Some((value, currency)) = &held.cart_value {
            match self.carts.get_mut(currency) {
                Some(sum) => *sum += value,
                None => drop(self.carts.insert(currency.clone(), *value)),
            }
        }
        if let Some(age_ms) = held.age_ms {
            *self.ages.entry(band(age_ms)).or_default() += 1;
        }
    }
    /// Bands that have any, from young to old.
    pub fn bands(&self) -> impl Iterator<Item = (Band, u64)> {
        BANDS.into_iter().filter_map(|band| Some((band, *self.ages.get(&band)?)))
    }
}

/// What became of some held triggers.
pub type HeldGroups = BTreeMap<HeldState, HeldGroup>;

/// Held triggers by the journey they would have started and by what became of them.
pub fn by_journey(held: &[HeldTrigger]) -> BTreeMap<JourneyId, HeldGroups> {
    let mut groups: BTreeMap<JourneyId, HeldGroups> = BTreeMap::new();
    for it in held {
        let of_journey = match groups.get_mut(&it.journey) {
            Some(known) => known,
            None => groups.entry(it.journey.clone()).or_default(),
        };
        of_journey.entry(it.state).or_default().add(it);
    }
    groups
}

#[cfg(test)]
mod tests {
    use super::*;

    fn held(state: HeldState, age_hours: Option<i64>, cart: Option<(f64, &str)>) -> HeldTrigger {
        HeldTrigger {
            journey: "cart".into(),
            anonymous_id: "anonymous_id:a".to_owned(),
            event: "m1".to_owned(),
            held_ms: 0,
            state,
            decided_ms: 0,
            age_ms: age_hours.map(|hours| hours * HOUR_MS),
            cart_value: cart.map(|(value, currency)| (value, currency.to_owned())),
        }
    }

    #[test]
    fn borders_belong_to_the_younger_band() {
        assert_eq!(band(72 * HOUR_MS), Some(72));
        assert_eq!(band(72 * HOUR_MS + 1), Some(168));
        assert_eq!(band(-5), Some(1), "a clock that runs ahead");
        assert_eq!(band(169 * HOUR_MS), None);
    }

    #[test]
    fn counts_ages_and_carts_are_kept_apart() {
        let all = [
            held(HeldState::Joined, Some(51), Some((24.0, "EUR"))),
            held(HeldState::Joined, Some(1), Some((10.5, "EUR"))),
            held(HeldState::Joined, Some(60), Some((7.0, "USD"))),
            held(HeldState::NeverIdentified, None, None),
        ];
        let groups = &by_journey(&all)[&JourneyId::from("cart")];
        let joined = &groups[&HeldState::Joined];
        assert_eq!(joined.count, 3);
        assert_eq!(joined.carts, Carts::from([("EUR".to_owned(), 34.5), ("USD".to_owned(), 7.0)]));
        assert_eq!(joined.bands().collect::<Vec<_>>(), [(Some(1), 1), (Some(72), 2)]);
        assert_eq!(groups[&HeldState::NeverIdentified], HeldGroup { count: 1, ..HeldGroup::default() });
        assert_eq!(groups.values().map(|group| group.count).sum::<u64>(), all.len() as u64);
    }
}
