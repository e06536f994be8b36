//! How many people are in each segment at any instant.
//!
//! A replay can be asked to keep it, as it can be asked for [`super::Passages`], within the same
//! bound. Somebody who is several profiles until a merge counts once from then on.

use std::collections::BTreeMap;

/// How many people are in a segment.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Headcount {
    /// In it at the instant.
    pub inside: u32,
    /// In it then, or at some time before.
    pub ever: u32,
}

/// One more or one fewer, as the replay notes it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Change {
    /// Position of the segment.
    pub segment: u32,
    /// When (UTC ms).
    pub at_ms: i64,
    /// Who is in it now.
    pub inside: i8,
    /// Who is in it now or was before.
    pub ever: i8,
}

/// The headcount of every segment, at each instant at which it changed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Memberships(BTreeMap<String, Vec<(i64, Headcount)>>);

impl Memberships {
    /// Adds up what was noted in any order; segments by position.
    pub(super) fn new(mut noted: Vec<Change>, ids: &[&str]) -> Self {
        // Added up one by one; within an instant only where it ends is kept.
        noted.sort_unstable();
        let mut all: BTreeMap<String, Vec<(i64, Headcount)>> = BTreeMap::new();
        for changes in noted.chunk_by(|a, b| a.segment == b.segment) {
            let mut count = Headcount::default();
            let mut steps: Vec<(i64, Headcount)> = Vec::new();
            for instant in changes.chunk_by(|a, b| a.at_ms == b.at_ms) {
                let sum = |of: fn(&Change) -> i8| instant.iter().map(|it| i32::from(of(it))).sum::<i32>();
                let next = Headcount {
                    inside: count.inside.saturating_add_signed(sum(|it| it.inside)),
                    ever: count.ever.saturating_add_signed(sum(|it| it.ever)),
                };
                if next != count {
                    steps.push((instant[0].at_ms, next));
                    count = next;
                }
            }
            all.insert(ids[changes[0].segment as usize].to_owned(), steps);
        }
        Self(all)
    }

    /// The headcount of a segment after everything up to and including an instant.
    pub fn at(&self, segment: &str, at_ms: i64) -> Headcount {
        let steps = self.0.get(segment).map_or(&[][..], Vec::as_slice);
        let after = steps.partition_point(|(changed_ms, _)| *changed_ms <= at_ms);
        steps[..after].last().map_or_else(Headcount::default, |(_, count)| *count)
    }

    /// How many were in a segment at some time.
    pub fn ever(&self, segment: &str) -> u32 {
        self.at(segment, i64::MAX).ever
    }

    /// When the headcount of a segment changed and what it was from then on, in order.
    pub fn steps(&self, segment: &str) -> &[(i64, Headcount)] {
        self.0.get(segment).map_or(&[], Vec::as_slice)
    }
}

/// Of headcounts known otherwise: by segment, in order of time.
impl FromIterator<(String, Vec<(i64, Headcount)>)> for Memberships {
    fn from_iter<I: IntoIterator<Item = (String, Vec<(i64, Headcount)>)>>(known: I) -> Self {
        Self(known.into_iter().collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn instants_are_added_up_in_order_of_time_and_within_an_instant_only_the_end_counts() {
        let change = |segment, at_ms, inside, ever| Change { segment, at_ms, inside, ever };
        let noted = vec![
            change(1, 30, -1, 0),
            change(1, 10, 1, 1),
            // Two profiles of one person become one.
            change(1, 20, -1, -1),
            change(1, 10, 1, 1),
            // In and out at once.
            change(0, 5, 1, 1),
            change(0, 5, -1, 0),
        ];
        let kept = Memberships::new(noted, &["seen", "cart"]);
        let count = |inside, ever| Headcount { inside, ever };
        assert_eq!(kept.steps("cart"), [(10, count(2, 2)), (20, count(1, 1)), (30, count(0, 1))]);
        assert_eq!([9, 10, 29, 30].map(|at_ms| kept.at("cart", at_ms).inside), [0, 2, 1, 0]);
        assert_eq!(kept.at("seen", 5), count(0, 1));
        assert_eq!((kept.ever("seen"), kept.ever("cart"), kept.ever("other")), (1, 1, 0));
    }
}
