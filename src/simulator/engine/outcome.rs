//! What worlds come to, and their sum.

use super::{
    attending::{self, Attending},
    passing::{self, Passing},
    tally::{self, Tally},
    world::Shared,
};
use crate::simulator::{Memberships, Passages, ReplayResult, StateChange};

/// What a world came to.
pub struct Outcome<'a> {
    /// All but the counts by journey.
    pub result: ReplayResult,
    /// Counts by journey.
    pub tallies: Vec<Tally>,
    /// When everything was counted, if that was kept.
    pub passing: Option<Passing<'a>>,
    /// Who was in which segment, if that was counted.
    pub attending: Option<Attending<'a>>,
    /// How people's state changed, if that was recorded.
    pub states: Vec<StateChange>,
}

/// What is counted, as of any instant.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// When everything was counted of journeys; `None`: it was more than may be kept.
    pub passages: Option<Passages>,
    /// How many were in each segment; `None`: it changed more often than may be kept.
    pub memberships: Option<Memberships>,
}

/// What a replay came to.
pub struct Done {
    /// What [`super::replay`] gives, its lists in no order yet.
    pub result: ReplayResult,
    /// What was counted as of any instant, if that was asked for.
    pub counts: Counts,
    /// How everybody's state changed, if that was asked for.
    pub states: Vec<StateChange>,
}

/// Adds up what the worlds came to.
pub fn merge(shared: &Shared<'_>, outcomes: Vec<Outcome<'_>>, duplicates: u64) -> Done {
    let mut whole = ReplayResult { horizon_ms: shared.horizon_ms, duplicates, ..ReplayResult::default() };
    let mut tallies = tally::blank(shared.plan);
    whole.reserve_for(&outcomes.iter().map(|part| &part.result));
    let (mut passing, mut attending, mut states) = (Vec::new(), Vec::new(), Vec::new());
    for part in outcomes {
        whole.add(part.result);
        for (tally, count) in tallies.iter_mut().zip(&part.tallies) {
            tally.add(count);
        }
        passing.extend(part.passing);
        attending.extend(part.attending);
        states.extend(part.states);
    }
    whole.journeys = tally::by_id(shared.plan, tallies);
    // Stable: what changed of one component at one instant stays in its order.
    states.sort_by_key(|change| change.at_ms);
    let counts = Counts {
        passages: passing::gather(shared.plan, passing),
        memberships: attending::gather(shared.plan, attending),
    };
    Done { result: whole, counts, states }
}
