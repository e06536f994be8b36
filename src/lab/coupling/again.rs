//! Replaying what an edit reaches, and putting the answer together with what stays.

use std::{collections::BTreeSet, sync::Arc};

use super::{Extent, Reached, Whole, extent, running};
use crate::{
    journey::{Journey, JourneyId},
    simulator::{
        MOST_STARTS_PER_INSTANT, Passages, ReplayError, ReplayInput, ReplayResult, replay_with_passages,
    },
};

/// What came of the last replay.
#[derive(Clone, Copy)]
pub struct Last<'a> {
    /// What it depended on.
    pub input: ReplayInput<'a>,
    /// Its result.
    pub result: &'a ReplayResult,
    /// When everything was counted; `None`: it was too much.
    pub passages: Option<&'a Passages>,
}

/// A result, and how much of it was replayed anew.
#[derive(Clone, Debug)]
pub struct Again {
    /// The same as a replay of everything gives.
    pub result: ReplayResult,
    /// See [`replay_with_passages`].
    pub passages: Option<Passages>,
    /// What was replayed.
    pub extent: Extent,
}

/// Replays, as [`replay_with_passages`] does, only what differs from the last replay can reach.
/// No trace is kept. A journey that is not counted (`of`) starts at most once for each person.
///
/// # Errors
/// As [`crate::simulator::replay`].
pub fn replay_again(
    last: Option<&Last<'_>>,
    input: &ReplayInput<'_>,
    most: usize,
    of: &(dyn Fn(&JourneyId) -> bool + Sync),
) -> Result<Again, ReplayError> {
    let input = &ReplayInput { trace: false, ..*input };
    let whole = |extent: Extent| {
        let (result, passages) = replay_with_passages(input, most, of)?;
        Ok(Again { result, passages, extent })
    };
    let Some(last) = last else { return whole(Extent::First) };
    let reached = match extent(&last.input, input) {
        Extent::Journeys(reached) => reached,
        other => return whole(other),
    };
    // How many runs a person may begin at one instant is counted over all journeys.
    let runs = running(input);
    let uncounted = runs.keys().filter(|id| !of(id)).count();
    let is_crowded =
        |passages: &Passages| passages.most_started_at_once() + uncounted >= MOST_STARTS_PER_INSTANT as usize;
    let Some(old) = last.passages.filter(|passages| !is_crowded(passages)) else {
        return whole(Extent::Everything(Whole::Crowded));
    };

    let stays: BTreeSet<&JourneyId> =
        runs.keys().copied().filter(|id| !reached.journeys.contains(*id)).collect();
    let journeys: Vec<Arc<Journey>> = runs
        .iter()
        .filter(|(id, _)| reached.journeys.contains(**id))
        .map(|(_, journey)| Arc::clone(journey))
        .collect();
    let (fresh, passages) = if journeys.is_empty() && !reached.people {
        (ReplayResult::default(), Some(Passages::default()))
    } else {
        replay_with_passages(&ReplayInput { journeys: &journeys, ..*input }, most, of)?
    };
    let passages = passages.map(|fresh| old.beside(|id| stays.contains(id), &fresh));
    if passages.as_ref().is_some_and(is_crowded) {
        return whole(Extent::Everything(Whole::Crowded));
    }
    let passages = passages.filter(|passages| passages.len() <= most);
    let result = patched(last.result, fresh, &reached, &stays);
    Ok(Again { result, passages, extent: Extent::Journeys(reached) })
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
