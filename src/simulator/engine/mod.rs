//! The replay itself.
//!
//! [`replay`] compiles the journeys into a [`plan`], splits the events into identity components,
//! and has each thread replay whole components in a [`world`] of its own. What the worlds give
//! is merged in one documented order, so that threads never show.

mod arrive;
mod attending;
mod blocks;
mod condition;
mod entry;
mod halt;
mod held;
mod join;
mod message;
mod outcome;
mod outside;
mod passing;
mod plan;
mod render;
mod runs;
mod state;
mod tally;
mod tell;
mod watch;
mod world;

use std::{
    borrow::Cow,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering},
    },
};

pub use blocks::draw;
pub use condition::passes;
pub use halt::EVENTS_BETWEEN_LOOKS;
pub use outcome::Counts;
pub use world::MOST_STARTS_PER_INSTANT;

use self::{
    attending::Attending,
    outcome::{Done, Outcome, merge},
    passing::{Allowance, PassageWish, Passing},
    plan::Plan,
    watch::Watch,
    world::{Shared, World},
};
use super::{
    Bounds, GroupedEvents, Passages, ReplayResult, StateChange, WorkspaceFacts, delivery::ContactRules,
    grouped::threads_for,
};
use crate::{
    identity::Platform,
    journey::{Journey, JourneyId, Segments, Status},
    recording::{Catalog, EventIndex, EventLog, Span},
};

/// Everything a replay depends on.
#[derive(Clone, Copy)]
pub struct ReplayInput<'a> {
    /// The recordings.
    pub log: &'a EventLog,
    /// Platform rules.
    pub platform: &'a Platform,
    /// Workspace facts.
    pub workspace: &'a WorkspaceFacts,
    /// The catalogue.
    pub catalog: &'a Catalog,
    /// Segments.
    pub segments: &'a Segments,
    /// Journeys; those that are not active are left out unless named in `also`.
    pub journeys: &'a [Arc<Journey>],
    /// A draft that runs all the same (the one being edited).
    pub also: Option<&'a JourneyId>,
    /// Recordings (positions in the log) marked `history`: they build state and trigger nothing.
    /// All of it is known when the first event of the others arrives, even what arrived after it.
    pub history: &'a [u16],
    /// Seed of every random draw.
    pub seed: u64,
    /// How long after the last event the replay goes on. Default 30 days.
    pub horizon: Span,
    /// Threads to use; 0: one for each core.
    pub threads: usize,
    /// Whether to keep the whole trace.
    pub trace: bool,
    /// Set to stop early.
    pub cancel: Option<&'a AtomicBool>,
    /// Counts events done.
    pub progress: Option<&'a AtomicU64>,
}

/// Why a replay could not be done.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ReplayError {
    /// It was cancelled.
    #[error("cancelled")]
    Cancelled,
    /// The workspace's zone is none.
    #[error("“{0}” is no time zone; use an IANA name such as Europe/Berlin")]
    UnknownZone(String),
}

/// How many events one thread takes at a time: enough that handing out work costs nothing, few
/// enough that threads end together.
const EVENTS_PER_PART: usize = 8_192;

/// Replays.
///
/// # Errors
/// When the workspace's zone is unknown, or the replay was cancelled.
pub fn replay(input: &ReplayInput<'_>) -> Result<ReplayResult, ReplayError> {
    replay_grouped(input, &grouped(input))
}

/// Replays the events of the input's log that were made ready under the input's platform.
///
/// # Errors
/// As [`replay`].
pub fn replay_grouped(input: &ReplayInput<'_>, events: &GroupedEvents) -> Result<ReplayResult, ReplayError> {
    Ok(in_order(replay_part_grouped(input, events, events.bounds(input.history))?))
}

/// Replays and keeps when everything was counted of some journeys, at most so many times;
/// `None`: it was more.
///
/// # Errors
/// As [`replay`].
pub fn replay_with_passages(
    input: &ReplayInput<'_>,
    most: usize,
    of: &(dyn Fn(&JourneyId) -> bool + Sync),
) -> Result<(ReplayResult, Option<Passages>), ReplayError> {
    replay_grouped_with_passages(input, &grouped(input), most, of)
}

/// As [`replay_with_passages`], of events that were made ready.
///
/// # Errors
/// As [`replay`].
pub fn replay_grouped_with_passages(
    input: &ReplayInput<'_>,
    events: &GroupedEvents,
    most: usize,
    of: &(dyn Fn(&JourneyId) -> bool + Sync),
) -> Result<(ReplayResult, Option<Passages>), ReplayError> {
    let wish = PassageWish { allowed: &Allowance::new(most), of };
    let done = replay_wishing(input, events, events.bounds(input.history), Wish::Counts(&wish, None))?;
    Ok((in_order(done.result), done.counts.passages))
}

/// Replays and keeps when everything was counted of all journeys, as [`replay_with_passages`]
/// does, and of segments, at most so many times each.
///
/// # Errors
/// As [`replay`].
pub fn replay_with_counts(
    input: &ReplayInput<'_>,
    most: usize,
) -> Result<(ReplayResult, Counts), ReplayError> {
    replay_grouped_with_counts(input, &grouped(input), most)
}

/// As [`replay_with_counts`], of events that were made ready.
///
/// # Errors
/// As [`replay`].
pub fn replay_grouped_with_counts(
    input: &ReplayInput<'_>,
    events: &GroupedEvents,
    most: usize,
) -> Result<(ReplayResult, Counts), ReplayError> {
    let (passages, memberships) = (Allowance::new(most), Allowance::new(most));
    let wish = PassageWish { allowed: &passages, of: &|_| true };
    let wish = Wish::Counts(&wish, Some(&memberships));
    let done = replay_wishing(input, events, events.bounds(input.history), wish)?;
    Ok((in_order(done.result), done.counts))
}

/// Replays a part as [`replay_part`] and records how everybody's state changed, in order of time.
///
/// # Errors
/// As [`replay`].
pub fn replay_with_states(
    input: &ReplayInput<'_>,
    bounds: Bounds,
) -> Result<(ReplayResult, Vec<StateChange>), ReplayError> {
    let done = replay_wishing(input, &grouped(input), bounds, Wish::States)?;
    Ok((in_order(done.result), done.states))
}

/// Replays a log that is only part of what was recorded: whole identity components, with all
/// duplicates of their events. What comes out is what [`replay`] of everything says of them;
/// [`ReplayResult::add`] puts parts together.
///
/// # Errors
/// As [`replay`].
pub fn replay_part(input: &ReplayInput<'_>, bounds: Bounds) -> Result<ReplayResult, ReplayError> {
    Ok(in_order(replay_part_grouped(input, &grouped(input), bounds)?))
}

/// As [`replay_part`], of events that were made ready; in no order before
/// [`ReplayResult::put_in_order`], so that parts that are added up are put in order once.
///
/// # Errors
/// As [`replay`].
pub fn replay_part_grouped(
    input: &ReplayInput<'_>,
    events: &GroupedEvents,
    bounds: Bounds,
) -> Result<ReplayResult, ReplayError> {
    Ok(replay_wishing(input, events, bounds, Wish::Nothing)?.result)
}

fn in_order(mut result: ReplayResult) -> ReplayResult {
    result.put_in_order();
    result
}

fn grouped(input: &ReplayInput<'_>) -> GroupedEvents {
    GroupedEvents::of(input.log, input.platform, input.threads)
}

/// What a replay is to keep beside its result.
#[derive(Clone, Copy)]
enum Wish<'w> {
    Nothing,
    /// When everything is counted of journeys, and so much of segments.
    Counts(&'w PassageWish<'w>, Option<&'w Allowance>),
    /// How everybody's state changes.
    States,
}

fn replay_wishing(
    input: &ReplayInput<'_>,
    events: &GroupedEvents,
    Bounds { first_ms, last_ms }: Bounds,
    wish: Wish<'_>,
) -> Result<Done, ReplayError> {
    let zone =
        input.workspace.zone.parse().map_err(|_| ReplayError::UnknownZone(input.workspace.zone.clone()))?;
    let runs = |journey: &&Arc<Journey>| journey.status == Status::Active || input.also == Some(&journey.id);
    let journeys = input.journeys.iter().filter(runs).map(|journey| &**journey);
    let plan = Plan::new(journeys, input.segments, &input.workspace.roles, input.log);
    let horizon_ms = last_ms.saturating_add(input.horizon.ms());
    let contact_rules = ContactRules::new(input.workspace, input.platform);
    let contact_rules = &contact_rules;
    let shared = Shared { input, plan: &plan, contact_rules, zone, first_ms, last_ms, horizon_ms };
    let outcomes = replay_shares(&shared, events, wish)?;
    Ok(merge(&shared, outcomes, events.duplicates() as u64))
}

fn replay_shares<'w>(
    shared: &'w Shared<'w>,
    events: &GroupedEvents,
    wish: Wish<'w>,
) -> Result<Vec<Outcome<'w>>, ReplayError> {
    // One world numbers all profiles whose states are recorded.
    let shares = events.shares(if matches!(wish, Wish::States) { usize::MAX } else { EVENTS_PER_PART });
    let threads = threads_for(shared.input.threads).min(shares.len()).max(1);
    let next = AtomicUsize::new(0);
    let work = || -> Result<Vec<(usize, Outcome<'w>)>, ReplayError> {
        let mut done = Vec::new();
        let mut world = World::new(shared);
        loop {
            let part = next.fetch_add(1, Ordering::Relaxed);
            let Some(share) = shares.get(part) else { return Ok(done) };
            match wish {
                Wish::Nothing => {}
                Wish::Counts(passages, memberships) => {
                    world.passing = Some(Passing::new(shared.plan, passages));
                    world.attending = memberships.and_then(|allowed| Attending::new(shared.plan, allowed));
                }
                Wish::States => world.watch = Some(Watch::default()),
            }
            for group in events.groups(share.clone()) {
                world.replay(&history_first(shared.input, group));
                if shared.cancelled() {
                    return Err(ReplayError::Cancelled);
                }
            }
            done.push((part, world.depart()));
        }
    };
    let results = std::thread::scope(|scope| {
        let others: Vec<_> = (1..threads).map(|_| scope.spawn(work)).collect();
        let mut results = vec![work()];
        for other in others {
            match other.join() {
                Ok(result) => results.push(result),
                // A panic in a worker is a panic of the replay.
                Err(panic) => std::panic::resume_unwind(panic),
            }
        }
        results
    });
    let mut outcomes = Vec::new();
    for result in results {
        outcomes.extend(result?);
    }
    outcomes.sort_by_key(|(part, _)| *part);
    Ok(outcomes.into_iter().map(|(_, outcome)| outcome).collect())
}

/// A group's events, those of recordings marked history first.
fn history_first<'e>(input: &ReplayInput<'_>, group: &'e [EventIndex]) -> Cow<'e, [EventIndex]> {
    if input.history.is_empty() {
        return Cow::Borrowed(group);
    }
    let is_history = |event: &EventIndex| input.history.contains(&input.log.event(*event).recording);
    let (mut history, live): (Vec<EventIndex>, Vec<EventIndex>) = group.iter().partition(|e| is_history(e));
    history.extend(live);
    Cow::Owned(history)
}
