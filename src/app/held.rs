//! The list of held triggers: filter and order, apart from its drawing.

use crate::{
    journey::JourneyId,
    lab::held::{Band, Carts},
    simulator::{HeldState, HeldTrigger},
};

/// A column of the table.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum HeldColumn {
    /// Since when it was held.
    #[default]
    When,
    /// On which device, or whose it turned out to be.
    Device,
    /// Which journey it would have started.
    Journey,
    /// What became of it.
    Became,
    /// How old it was then.
    Age,
    /// What the cart was worth.
    Cart,
}

impl HeldColumn {
    /// From left to right.
    pub const ALL: [Self; 6] = [Self::When, Self::Device, Self::Journey, Self::Became, Self::Age, Self::Cart];
    /// The heading.
    pub const fn name(self) -> &'static str {
        match self {
            Self::When => "Held since",
            Self::Device => "Person or device",
            Self::Journey => "Journey",
            Self::Became => "What became of it",
            Self::Age => "Age",
            Self::Cart => "Cart",
        }
    }
}

/// How the list is filtered and sorted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct HeldList {
    /// Only what became this.
    pub state: Option<HeldState>,
    /// Only those of this journey.
    pub journey: Option<JourneyId>,
    /// Only of whoever has one of these identifiers.
    pub person: Option<Vec<String>>,
    /// Sorted by.
    pub sort: HeldColumn,
    /// From last to first.
    pub descending: bool,
}

impl HeldList {
    /// Whether it lists one.
    pub fn passes(&self, held: &HeldTrigger) -> bool {
        self.state.is_none_or(|state| held.state == state)
            && self.journey.as_ref().is_none_or(|journey| held.journey == *journey)
            && self.person.as_ref().is_none_or(|ids| ids.contains(&held.anonymous_id))
    }
}

/// Positions of the held triggers that pass the filter, in the order of the list. `who` says who
/// or which device one belongs to.
pub fn rows(held: &[HeldTrigger], list: &HeldList, who: impl Fn(&HeldTrigger) -> String) -> Vec<usize> {
    let mut rows: Vec<usize> = (0..held.len()).filter(|at| list.passes(&held[*at])).collect();
    match list.sort {
        // The result is in this order.
        HeldColumn::When => {}
        HeldColumn::Device => rows.sort_by_cached_key(|at| who(&held[*at]).to_lowercase()),
        HeldColumn::Journey => rows.sort_by(|a, b| held[*a].journey.cmp(&held[*b].journey)),
        HeldColumn::Became => rows.sort_by_key(|at| held[*at].state),
        HeldColumn::Age => rows.sort_by_key(|at| held[*at].age_ms),
        HeldColumn::Cart => rows.sort_by(|a, b| {
            let value = |at: &usize| held[*at].cart_value.as_ref();
            let amount = |at: &usize| value(at).map_or(f64::NEG_INFINITY, |(amount, _)| *amount);
            let currency = |at: &usize| value(at).map(|(_, currency)| currency.as_str());
            // Amounts in different currencies are never compared.
            currency(a).cmp(&currency(b)).then(amount(a).total_cmp(&amount(b)))
        }),
    }
    if list.descending {
        rows.reverse();
    }
    rows
}

/// `120 EUR and 35 USD`; empty where no cart is known.
pub fn carts(carts: &Carts) -> String {
    let parts: Vec<String> = carts.iter().map(|(currency, sum)| format!("{sum:.0} {currency}")).collect();
    crate::words::list(&parts, "and")
}

/// A band of ages as people say it.
pub fn aged(band: Band) -> String {
    match band {
        Some(1) => "up to 1 hour old".to_owned(),
        Some(hours) if hours > 24 => format!("up to {} days old", hours / 24),
        Some(hours) => format!("up to {hours} hours old"),
        None => "older than a week".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn held(journey: &str, state: HeldState, cart: Option<(f64, &str)>) -> HeldTrigger {
        HeldTrigger {
            journey: journey.into(),
            anonymous_id: format!("anonymous_id:{journey}"),
            event: "m1".to_owned(),
            held_ms: 0,
            state,
            decided_ms: 0,
            age_ms: None,
            cart_value: cart.map(|(value, currency)| (value, currency.to_owned())),
        }
    }

    #[test]
    fn they_are_filtered_and_sorted() {
        let all = [
            held("b", HeldState::Joined, Some((9.0, "USD"))),
            held("a", HeldState::NeverIdentified, Some((70.0, "EUR"))),
            held("c", HeldState::Joined, Some((8.0, "EUR"))),
            held("d", HeldState::Expired, None),
        ];
        let rows = |list: HeldList| super::rows(&all, &list, |held| held.anonymous_id.clone());
        let joined = HeldList { state: Some(HeldState::Joined), ..HeldList::default() };
        assert_eq!(rows(joined.clone()), [0, 2]);
        assert_eq!(rows(HeldList { journey: Some("c".into()), ..joined }), [2]);
        let device = vec!["anonymous_id:a".to_owned(), "email:ana@example.com".to_owned()];
        assert_eq!(rows(HeldList { person: Some(device), ..HeldList::default() }), [1]);
        let by = |sort| HeldList { sort, ..HeldList::default() };
        assert_eq!(rows(by(HeldColumn::Device)), [1, 0, 2, 3]);
        assert_eq!(rows(by(HeldColumn::Cart)), [3, 2, 1, 0], "each currency by itself");
        assert_eq!(rows(HeldList { descending: true, ..by(HeldColumn::Cart) }), [0, 1, 2, 3]);
    }
}
