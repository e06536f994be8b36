//! Which ways of a journey nobody in the recordings took.
//!
//! What counts is every way out: the trigger's into the journey, its way for visitors who are never
//! identified where that leads somewhere, and every exit of every block. Exits that lead on together
//! (a message's `sent` and `not_sent`, until they are led apart) are one way. A way is taken if at
//! least one run, or one held trigger, took it in the replay.
//!
//! Ways that nobody can take, whatever is recorded, do not count; they are listed apart, with what
//! stands in their way. Journeys that were not replayed have no coverage.

use std::collections::{BTreeMap, BTreeSet};

use crate::{
    journey::{BlockId, ExitId, Journey, JourneyId, Place, Problem, edit::Port},
    simulator::{BlockCounts, JourneyCounts},
};

/// What became of a way.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Taken {
    /// So many took it.
    By(u64),
    /// Nobody took it, though somebody could.
    ByNobody,
    /// Nobody can take it.
    Never(Obstacle),
}

/// Why a way cannot be taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Obstacle {
    /// What stands before it decides every time, on this platform or anywhere (lint says how).
    Decided,
    /// The platform holds no triggers, so none is held until the end.
    NothingHeld,
    /// No way that can be taken leads to its block.
    Unreachable,
}

/// One way out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Way {
    /// Which: by its first exit.
    pub port: Port,
    /// Its exits; none at the trigger.
    pub exits: Vec<ExitId>,
    /// What became of it.
    pub taken: Taken,
}

/// The ways of one journey, from the trigger on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct JourneyCoverage {
    /// Which journey.
    pub journey: JourneyId,
    /// Its ways, in reading order.
    pub ways: Vec<Way>,
    /// Where in them each is.
    places: BTreeMap<Port, usize>,
}

/// How many ways there are, and how many were taken.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Share {
    /// Ways somebody took.
    pub taken: u64,
    /// Ways somebody could take.
    pub all: u64,
}

impl Share {
    /// In whole percent, rounded down: 100 means all. `None`: there is nothing to take.
    pub const fn percent(self) -> Option<u64> {
        (self.taken * 100).checked_div(self.all)
    }
    fn and(self, other: Self) -> Self {
        Self { taken: self.taken + other.taken, all: self.all + other.all }
    }
}

impl JourneyCoverage {
    /// How much of the journey was taken.
    pub fn share(&self) -> Share {
        let count =
            |wanted: fn(Taken) -> bool| self.ways.iter().filter(|way| wanted(way.taken)).count() as u64;
        let taken = count(|taken| matches!(taken, Taken::By(_)));
        Share { taken, all: taken + count(|it| it == Taken::ByNobody) }
    }
    /// What became of a way.
    pub fn way(&self, port: &Port) -> Option<&Way> {
        self.places.get(port).and_then(|at| self.ways.get(*at))
    }
}

/// How much of several journeys was taken.
pub fn share_of(journeys: &[JourneyCoverage]) -> Share {
    journeys.iter().map(JourneyCoverage::share).fold(Share::default(), Share::and)
}

/// The coverage of the journeys that were replayed, in their order.
///
/// `problems` are what lint says of each on the platform replayed; `holds` is whether that platform
/// holds triggers of visitors nobody knows.
pub fn coverage<'a>(
    journeys: impl IntoIterator<Item = &'a Journey>,
    counts: &BTreeMap<JourneyId, JourneyCounts>,
    problems: &BTreeMap<JourneyId, Vec<Problem>>,
    holds: bool,
) -> Vec<JourneyCoverage> {
    let of = |journey: &'a Journey| {
        let counts = counts.get(&journey.id)?;
        let problems = problems.get(&journey.id).map_or(&[][..], Vec::as_slice);
        Some(of_journey(journey, counts, problems, holds))
    };
    journeys.into_iter().filter_map(of).collect()
}

fn of_journey(
    journey: &Journey,
    counts: &JourneyCounts,
    problems: &[Problem],
    holds: bool,
) -> JourneyCoverage {
    let decided = decided(problems);
    let reached = reached(journey, &decided, holds);
    let by = |number: u64| if number > 0 { Taken::By(number) } else { Taken::ByNobody };
    let mut ways = vec![Way { port: Port::Start, exits: Vec::new(), taken: by(counts.started) }];
    if journey.never_identified.is_some() {
        let number = counts.left_unknown;
        let taken = if holds || number > 0 { by(number) } else { Taken::Never(Obstacle::NothingHeld) };
        ways.push(Way { port: Port::NeverIdentified, exits: Vec::new(), taken });
    }
    let nothing = BlockCounts::default();
    for id in journey.reading_order() {
        let passed = counts.blocks.get(id).unwrap_or(&nothing);
        for exits in journey.blocks[id].ways() {
            let number = exits.iter().filter_map(|exit| passed.exits.get(exit)).sum();
            let is_decided = exits.iter().all(|exit| decided.contains(&(id, exit.as_str())));
            let taken = match by(number) {
                Taken::ByNobody if is_decided => Taken::Never(Obstacle::Decided),
                Taken::ByNobody if !reached.contains(id) => Taken::Never(Obstacle::Unreachable),
                taken => taken,
            };
            let Some(first) = exits.first() else { continue };
            ways.push(Way { port: Port::Exit(id.clone(), first.clone()), exits, taken });
        }
    }
    let places = ways.iter().enumerate().map(|(at, way)| (way.port.clone(), at)).collect();
    JourneyCoverage { journey: journey.id.clone(), ways, places }
}

/// Exits that lint knows nobody takes.
fn decided(problems: &[Problem]) -> BTreeSet<(&BlockId, &str)> {
    let never = problems.iter().filter(|problem| problem.code == "exit_never_taken");
    never
        .filter_map(|problem| match &problem.place {
            Place::Exit(block, exit) => Some((block, exit.as_str())),
            _ => None,
        })
        .collect()
}

/// Blocks that somebody can come to.
fn reached<'a>(
    journey: &'a Journey,
    decided: &BTreeSet<(&BlockId, &str)>,
    holds: bool,
) -> BTreeSet<&'a BlockId> {
    let mut reached = BTreeSet::new();
    let never = journey.never_identified.as_ref().filter(|_| holds);
    let mut queue: Vec<&BlockId> = journey.start.iter().chain(never).collect();
    while let Some(id) = queue.pop() {
        let Some(block) = journey.blocks.get(id) else { continue };
        if reached.insert(id) {
            let open = block.kind.exits().into_iter().filter(|exit| !decided.contains(&(id, exit.as_str())));
            queue.extend(open.filter_map(|exit| block.target(exit.as_str())));
        }
    }
    reached
}
