//! How far an edit reaches: which journeys have to be replayed again, and which cannot have
//! noticed.
//!
//! Journeys of one replay are coupled where one does something that another may notice: messages
//! that count towards the same limit, offers of which a person gets only so many, attributes that
//! are set here and asked for there, events that are sent here and heard there, questions about
//! another journey's messages or about who is in it. Coupling goes from journey to journey: what
//! is coupled with an edited one, however far around, is replayed with it, and with all that they
//! depend on. Everybody else's part of the last result stays.
//!
//! What journeys share in another way (recordings, platform, segments, the workspace's facts)
//! reaches all of them, and so does what cannot be told apart; [`Extent`] says which it was.

mod again;
mod touches;

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use self::touches::{Setting, Touches};
use crate::{
    journey::{Journey, JourneyId, Status},
    simulator::ReplayInput,
};

pub use again::{Again, Last, replay_again};

/// How far an edit reaches.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Extent {
    /// Everything is replayed.
    Everything(Whole),
    /// These journeys alone. None: nothing that is replayed was edited.
    Journeys(Reached),
    /// There was no last result.
    #[default]
    First,
}

/// Journeys that an edit reaches.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Reached {
    /// Those that run or ran.
    pub journeys: BTreeSet<JourneyId>,
    /// Whether it also reaches what is known of people at the end: attributes, segments.
    pub people: bool,
}

/// Why everything is replayed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Whole {
    /// Other recordings.
    Recordings,
    /// Another platform, or another rule of it.
    Platform,
    /// Another seed or horizon.
    Seed,
    /// Facts of the workspace, or its catalogue.
    Workspace,
    /// A segment.
    Segments,
    /// Every journey is coupled with what was edited.
    Coupled,
    /// So many runs began at one instant that the limit on them may tell journeys apart.
    Crowded,
}

/// How far what differs between two replays reaches. Recordings are the same ones only if both
/// read the very same log.
pub fn extent(before: &ReplayInput<'_>, after: &ReplayInput<'_>) -> Extent {
    if let Some(whole) = shared(before, after) {
        return Extent::Everything(whole);
    }
    let (old, new) = (running(before), running(after));
    let all: BTreeSet<&JourneyId> = old.keys().chain(new.keys()).copied().collect();
    let differs = |id: &JourneyId| match (old.get(id), new.get(id)) {
        (Some(old), Some(new)) => !replays_alike(old, new),
        _ => true,
    };
    let edited: BTreeSet<&JourneyId> = all.iter().copied().filter(|id| differs(id)).collect();
    let setting = Setting { platform: after.platform, workspace: after.workspace, segments: after.segments };
    // The last one stands for what is known of people at the end.
    let mut nodes: Vec<(Option<&JourneyId>, Touches)> = Vec::with_capacity(all.len() + 1);
    for id in &all {
        let mut touches = Touches::default();
        for journey in [old.get(id), new.get(id)].into_iter().flatten() {
            touches.add(journey, &setting);
        }
        nodes.push((Some(id), touches));
    }
    let mut people = Touches::default();
    people.add_segments(&setting);
    nodes.push((None, people));

    let reached = reached_from(&edited, &nodes);
    let people = reached.contains(&(nodes.len() - 1));
    let journeys: BTreeSet<JourneyId> = reached.iter().filter_map(|at| nodes[*at].0.cloned()).collect();
    if !new.is_empty() && new.keys().all(|id| journeys.contains(*id)) {
        return Extent::Everything(Whole::Coupled);
    }
    Extent::Journeys(Reached { journeys, people })
}

/// What journeys share that differs.
fn shared(before: &ReplayInput<'_>, after: &ReplayInput<'_>) -> Option<Whole> {
    if !std::ptr::eq(before.log, after.log) || before.history != after.history {
        Some(Whole::Recordings)
    } else if before.platform != after.platform {
        Some(Whole::Platform)
    } else if (before.seed, before.horizon) != (after.seed, after.horizon) {
        Some(Whole::Seed)
    } else if before.workspace != after.workspace || !same(before.catalog, after.catalog) {
        Some(Whole::Workspace)
    } else if before.segments != after.segments {
        Some(Whole::Segments)
    } else {
        None
    }
}

/// Whether two are equal; large ones are mostly the very same.
fn same<T: PartialEq>(a: &T, b: &T) -> bool {
    std::ptr::eq(a, b) || a == b
}

/// The journeys that run, by id.
fn running<'a>(input: &ReplayInput<'a>) -> BTreeMap<&'a JourneyId, &'a Arc<Journey>> {
    let runs = |journey: &&Arc<Journey>| journey.status == Status::Active || input.also == Some(&journey.id);
    input.journeys.iter().filter(runs).map(|journey| (&journey.id, journey)).collect()
}

/// Whether two versions of a journey differ at most in what no replay looks at: notes, where
/// blocks lie, and whether it runs as a draft.
fn replays_alike(old: &Arc<Journey>, new: &Arc<Journey>) -> bool {
    let bare = |journey: &Journey| {
        let mut journey = journey.clone();
        journey.note.clear();
        journey.notes.clear();
        journey.positions.clear();
        journey.status = Status::Active;
        journey.blocks.values_mut().for_each(|block| block.note.clear());
        journey
    };
    Arc::ptr_eq(old, new) || bare(old) == bare(new)
}

/// Everything coupled with the edited journeys, however far around, by position.
fn reached_from(edited: &BTreeSet<&JourneyId>, nodes: &[(Option<&JourneyId>, Touches)]) -> BTreeSet<usize> {
    let moves_are_asked = nodes.iter().any(|(_, touches)| touches.asks_of_moves());
    let coupled = |a: usize, b: usize| {
        let ((a_id, a), (b_id, b)) = (&nodes[a], &nodes[b]);
        // Nothing is done by what is known at the end.
        (a_id.is_some() && a.reaches(*a_id, b, moves_are_asked && b_id.is_some()))
            || (b_id.is_some() && b.reaches(*b_id, a, moves_are_asked && a_id.is_some()))
    };
    let begins =
        |(_, (id, _)): &(usize, &(Option<&JourneyId>, Touches))| id.is_some_and(|id| edited.contains(id));
    let mut reached: BTreeSet<usize> = nodes.iter().enumerate().filter(begins).map(|(at, _)| at).collect();
    let mut open: Vec<usize> = reached.iter().copied().collect();
    while let Some(at) = open.pop() {
        for other in 0..nodes.len() {
            if !reached.contains(&other) && coupled(at, other) {
                reached.insert(other);
                open.push(other);
            }
        }
    }
    reached
}
