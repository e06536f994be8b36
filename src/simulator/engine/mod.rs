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
mod passing;
mod plan;
mod runs;
mod state;
mod tally;
mod tell;
mod watch;
mod world;

use std::sync::{
    Arc,
    atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering},
};

pub use blocks::draw;
pub use condition::passes;
pub use halt::EVENTS_BETWEEN_LOOKS;
pub use world::MOST_STARTS_PER_INSTANT;

use self::{
    attending::Attending,
    passing::{Allowance, PassageWish, Passing},
    plan::Plan,
    tally::Tally,
    watch::Watch,
    world::{Shared, World},
};
use super::{Memberships, Passages, ReplayResult, StateChange, WorkspaceFacts, delivery::ContactRules};
use crate::{
    identity::{Platform, components},
    journey::{Journey, JourneyId, Segments, Status},
    recording::{Catalog, Event, EventIndex, EventLog, Span},
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
    let (order, duplicates) = input.log.replay_order();
    let bounds = Bounds::of(input, &order);
    Ok(replay_ordered(input, &order, duplicates, bounds, Wish::Nothing)?.result)
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
    let (order, duplicates) = input.log.replay_order();
    let bounds = Bounds::of(input, &order);
    let wish = PassageWish { allowed: &Allowance::new(most), of };
    let done = replay_ordered(input, &order, duplicates, bounds, Wish::Counts(&wish, None))?;
    Ok((done.result, done.counts.passages))
}

/// What is counted, as of any instant.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// When everything was counted of journeys; `None`: it was more than may be kept.
    pub passages: Option<Passages>,
    /// How many were in each segment; `None`: it changed more often than may be kept.
    pub memberships: Option<Memberships>,
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
    let (order, duplicates) = input.log.replay_order();
    let bounds = Bounds::of(input, &order);
    let (passages, memberships) = (Allowance::new(most), Allowance::new(most));
    let wish = PassageWish { allowed: &passages, of: &|_| true };
    let wish = Wish::Counts(&wish, Some(&memberships));
    let done = replay_ordered(input, &order, duplicates, bounds, wish)?;
    Ok((done.result, done.counts))
}

/// Replays a part as [`replay_part`] and records how everybody's state changed, in order of time.
///
/// # Errors
/// As [`replay`].
pub fn replay_with_states(
    input: &ReplayInput<'_>,
    bounds: Bounds,
) -> Result<(ReplayResult, Vec<StateChange>), ReplayError> {
    let (order, duplicates) = input.log.replay_order();
    let done = replay_ordered(input, &order, duplicates, bounds, Wish::States)?;
    Ok((done.result, done.states))
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

/// What a replay came to.
struct Done {
    result: ReplayResult,
    counts: Counts,
    states: Vec<StateChange>,
}

/// What a replay of a part must know of the whole (UTC ms).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bounds {
    /// When the first event arrived that is not history: before it nothing starts.
    pub first_ms: i64,
    /// When the last event arrived that is no duplicate.
    pub last_ms: i64,
}

impl Bounds {
    /// Those of a replay of everything in the log, given in replay order.
    pub fn of(input: &ReplayInput<'_>, order: &[EventIndex]) -> Self {
        let last_ms = order.last().map_or(0, |last| input.log.event(*last).arrived_ms);
        let mut first_ms = FirstArrivals::default();
        input.log.events().iter().for_each(|event| first_ms.see(event));
        Self { first_ms: first_ms.of_all_but(input.history), last_ms }
    }
}

/// When the first event of each recording arrived.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FirstArrivals(Vec<i64>);

impl FirstArrivals {
    /// Takes an event in.
    pub fn see(&mut self, event: &Event) {
        let recording = usize::from(event.recording);
        if recording >= self.0.len() {
            self.0.resize(recording + 1, i64::MAX);
        }
        self.0[recording] = self.0[recording].min(event.arrived_ms);
    }
    /// The earliest over all recordings but these; the end of time if there is none.
    pub fn of_all_but(&self, history: &[u16]) -> i64 {
        let live = (0..).zip(&self.0).filter(|(recording, _)| !history.contains(recording));
        live.map(|(_, first_ms)| *first_ms).min().unwrap_or(i64::MAX)
    }
}

/// Replays a log that is only part of what was recorded: whole identity components, with all
/// duplicates of their events. What comes out is what [`replay`] of everything says of them;
/// [`ReplayResult::add`] puts parts together.
///
/// # Errors
/// As [`replay`].
pub fn replay_part(input: &ReplayInput<'_>, bounds: Bounds) -> Result<ReplayResult, ReplayError> {
    let (order, duplicates) = input.log.replay_order();
    Ok(replay_ordered(input, &order, duplicates, bounds, Wish::Nothing)?.result)
}

fn replay_ordered(
    input: &ReplayInput<'_>,
    order: &[EventIndex],
    duplicates: usize,
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
    // One world numbers all profiles whose states are recorded.
    let most = if matches!(wish, Wish::States) { usize::MAX } else { EVENTS_PER_PART };
    let parts = Parts::new(input, order, most);
    let outcomes = replay_parts(&shared, &parts, wish)?;
    Ok(merge(&shared, outcomes, duplicates as u64))
}

/// Events grouped by component, each in replay order, and the components cut into parts.
struct Parts {
    events: Vec<EventIndex>,
    /// End of each component in `events`.
    ends: Vec<usize>,
    /// What a thread takes at a time: ranges of `ends`.
    shares: Vec<std::ops::Range<usize>>,
}

impl Parts {
    /// Components in order of their first event; events of recordings marked history first.
    fn new(input: &ReplayInput<'_>, order: &[EventIndex], most: usize) -> Self {
        let numbers = components(input.platform, input.log, order);
        let count = numbers.iter().max().map_or(0, |last| *last as usize + 1);
        let mut starts = vec![0; count + 1];
        for number in &numbers {
            starts[*number as usize + 1] += 1;
        }
        for component in 0..count {
            starts[component + 1] += starts[component];
        }
        let ends = starts[1..].to_vec();
        let mut events = vec![0; order.len()];
        let mut next = starts;
        let is_history = |event: EventIndex| input.history.contains(&input.log.event(event).recording);
        let passes: &[Option<bool>] =
            if input.history.is_empty() { &[None] } else { &[Some(true), Some(false)] };
        for wanted in passes {
            for (event, number) in order.iter().zip(&numbers) {
                if wanted.is_none_or(|wanted| is_history(*event) == wanted) {
                    let place = &mut next[*number as usize];
                    events[*place] = *event;
                    *place += 1;
                }
            }
        }
        let mut shares = Vec::new();
        let (mut first, mut first_event) = (0, 0);
        for (component, end) in ends.iter().enumerate() {
            if *end - first_event >= most || component + 1 == ends.len() {
                shares.push(first..component + 1);
                (first, first_event) = (component + 1, *end);
            }
        }
        Self { events, ends, shares }
    }

    fn component(&self, component: usize) -> &[EventIndex] {
        let start = if component == 0 { 0 } else { self.ends[component - 1] };
        &self.events[start..self.ends[component]]
    }
}

/// What a world came to.
struct PartOutcome<'w> {
    result: ReplayResult,
    tallies: Vec<Tally>,
    passing: Option<Passing<'w>>,
    attending: Option<Attending<'w>>,
    states: Vec<StateChange>,
}

fn replay_parts<'w>(
    shared: &'w Shared<'w>,
    parts: &Parts,
    wish: Wish<'w>,
) -> Result<Vec<PartOutcome<'w>>, ReplayError> {
    let threads = match shared.input.threads {
        0 => std::thread::available_parallelism().map_or(1, std::num::NonZero::get),
        threads => threads,
    };
    let threads = threads.min(parts.shares.len()).max(1);
    let next = AtomicUsize::new(0);
    let work = || -> Result<Vec<(usize, PartOutcome<'w>)>, ReplayError> {
        let mut done = Vec::new();
        loop {
            let part = next.fetch_add(1, Ordering::Relaxed);
            let Some(range) = parts.shares.get(part) else { return Ok(done) };
            let mut world = World::new(shared);
            match wish {
                Wish::Nothing => {}
                Wish::Counts(passages, memberships) => {
                    world.passing = Some(Passing::new(shared.plan, passages));
                    world.attending = memberships.and_then(|allowed| Attending::new(shared.plan, allowed));
                }
                Wish::States => world.watch = Some(Watch::default()),
            }
            for component in range.clone() {
                world.replay(parts.component(component));
                if shared.cancelled() {
                    return Err(ReplayError::Cancelled);
                }
            }
            let World { result, tallies, passing, attending, watch, .. } = world;
            let states = watch.map(|watch| watch.changes).unwrap_or_default();
            done.push((part, PartOutcome { result, tallies, passing, attending, states }));
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

/// Puts the parts together in the documented order.
fn merge(shared: &Shared<'_>, outcomes: Vec<PartOutcome<'_>>, duplicates: u64) -> Done {
    let mut whole = ReplayResult { horizon_ms: shared.horizon_ms, duplicates, ..ReplayResult::default() };
    let mut tallies: Vec<Tally> =
        shared.plan.journeys.iter().map(|plan| Tally::new(plan.blocks.len())).collect();
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
    whole.put_in_order();
    // Stable: what changed of one component at one instant stays in its order.
    states.sort_by_key(|change| change.at_ms);
    let counts = Counts {
        passages: passing::gather(shared.plan, passing),
        memberships: attending::gather(shared.plan, attending),
    };
    Done { result: whole, counts, states }
}
