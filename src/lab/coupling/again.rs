//! Replaying what an edit reaches, and putting the answer together with what stays.

use std::{collections::BTreeSet, sync::Arc};

use super::{Extent, Reached, Whole, extent, running};
use crate::{
    journey::{Journey, JourneyId},
    simulator::{
        Counts, GroupedEvents, MOST_STARTS_PER_INSTANT, Passages, ReplayError, ReplayInput, ReplayResult,
        replay_grouped_with_counts, replay_grouped_with_passages,
    },
};

/// What came of the last replay.
#[derive(Clone, Copy)]
pub struct Last<'a> {
    /// What it depended on.
    pub input: ReplayInput<'a>,
    /// Its result.
    pub result: &'a ReplayResult,
    /// What was counted, as of any instant.
    pub counted: &'a Counts,
}

/// A result, and how much of it was replayed anew.
#[derive(Clone, Debug)]
pub struct Again {
    /// The same as a replay of everything gives.
    pub result: ReplayResult,
    /// See [`crate::simulator::replay_with_counts`].
    pub counted: Counts,
    /// What was replayed.
    pub extent: Extent,
}

/// Replays, as [`replay_grouped_with_counts`] does, only what differs from the last replay can
/// reach. No trace is kept.
///
/// # Errors
/// As [`crate::simulator::replay`].
pub fn replay_again(
    last: Option<&Last<'_>>,
    input: &ReplayInput<'_>,
    events: &GroupedEvents,
    most: usize,
) -> Result<Again, ReplayError> {
    let input = &ReplayInput { trace: false, ..*input };
    let whole = |extent: Extent| {
        let (result, counted) = replay_grouped_with_counts(input, events, most)?;
        Ok(Again { result, counted, extent })
    };
    let Some(last) = last else { return whole(Extent::First) };
    let reached = match extent(&last.input, input) {
        Extent::Journeys(reached) => reached,
        other => return whole(other),
    };
    // How many runs a person may begin at one instant is counted over all journeys.
    let runs = running(input);
    let is_crowded =
        |passages: &Passages| passages.most_started_at_once() >= MOST_STARTS_PER_INSTANT as usize;
    let Some(old) = last.counted.passages.as_ref().filter(|passages| !is_crowded(passages)) else {
        return whole(Extent::Everything(Whole::Crowded));
    };

    let stays: BTreeSet<&JourneyId> =
        runs.keys().copied().filter(|id| !reached.journeys.contains(*id)).collect();
    let journeys: Vec<Arc<Journey>> = runs
        .iter()
        .filter(|(id, _)| reached.journeys.contains(**id))
        .map(|(_, journey)| Arc::clone(journey))
        .collect();
    let again = ReplayInput { journeys: &journeys, ..*input };
    let (fresh, Counts { passages, memberships }) = if reached.people {
        replay_grouped_with_counts(&again, events, most)?
    } else {
        // Nobody is in another segment than before.
        let (fresh, passages) = if journeys.is_empty() {
            (ReplayResult::default(), Some(Passages::default()))
        } else {
            replay_grouped_with_passages(&again, events, most, &|_| true)?
        };
        (fresh, Counts { passages, memberships: last.counted.memberships.clone() })
    };
    let passages = passages.map(|fresh| old.beside(|id| stays.contains(id), &fresh));
    if passages.as_ref().is_some_and(is_crowded) {
        return whole(Extent::Everything(Whole::Crowded));
    }
    let passages = passages.filter(|passages| passages.len() <= most);
    let result = patched(last.result, fresh, &reached, &stays);
    Ok(Again { result, counted: Counts { passages, memberships }, extent: Extent::Journeys(reached) })
}

/// The last result with what was replayed anew in the place of what it stands for.
fn patched(
    last: &ReplayResult,
    fresh: ReplayResult,
    reached: &Reached,
    stays: &BTreeSet<&JourneyId>,
) -> ReplayResult {
    let mut result = ReplayResult {
        messages: last.messages.iter().filter(|it| stays.contains(&it.journey)).cloned().collect(),
        journeys: last
            .journeys
            .iter()
            .filter(|(id, _)| stays.contains(id))
            .map(|(id, counts)| (id.clone(), counts.clone()))
            .collect(),
        held: last.held.iter().filter(|it| stays.contains(&it.journey)).cloned().collect(),
        // Who is who, and what was recorded, is no journey's doing.
        merges: last.merges.clone(),
        refusals: last.refusals.clone(),
        people: if reached.people { fresh.people } else { last.people.clone() },
        trace: Vec::new(),
        ..*last
    };
    result.messages.extend(fresh.messages);
    result.journeys.extend(fresh.journeys);
    result.held.extend(fresh.held);
    result.put_in_order();
    result
}
