//! Keeps when everything was counted, if a replay is asked to.

use std::sync::atomic::{AtomicUsize, Ordering};

use super::{
    plan::{BlockIndex, JourneyIndex, Plan},
    tally::Counted,
};
use crate::{
    journey::{BlockId, JourneyId},
    simulator::passages::{Counter, Passages, STILL_HELD},
};

/// How much of what is counted may be kept, over all threads; of more, none is.
pub struct Allowance {
    most: usize,
    so_far: AtomicUsize,
}

impl Allowance {
    /// At most so much.
    pub const fn new(most: usize) -> Self {
        Self { most, so_far: AtomicUsize::new(0) }
    }
    /// Whether one more may be kept.
    pub fn one_more(&self) -> bool {
        self.so_far.fetch_add(1, Ordering::Relaxed) < self.most
    }
}

/// What a replay is asked to keep of what it counts.
pub struct PassageWish<'a> {
    /// How much.
    pub allowed: &'a Allowance,
    /// Of which journeys.
    pub of: &'a (dyn Fn(&JourneyId) -> bool + Sync),
}

/// What a counter is of, but for block and word.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Offered,
    Started,
    NotStarted,
    Held,
    LeftUnknown,
    Ended,
    Goals,
    Entered,
    Waiting,
    Exit,
    LeftEarly,
    Message,
    Reason,
}

/// A counter of a journey while replaying: what it is of, and its position.
struct Known {
    block: BlockIndex,
    kind: Kind,
    word: Box<str>,
    position: u32,
}

/// What one world kept.
pub struct Passing<'a> {
    allowed: &'a Allowance,
    /// By journey; `None`: not wanted.
    known: Vec<Option<Vec<Known>>>,
    /// Instant, counter, one fewer.
    noted: Vec<(i64, u32, bool)>,
    names: Vec<(JourneyIndex, BlockIndex, Kind, Box<str>)>,
    full: bool,
}

/// No block: the counter is of the journey.
const WHOLE: BlockIndex = BlockIndex::MAX;

impl<'a> Passing<'a> {
    /// Nothing yet.
    pub fn new(plan: &Plan<'_>, wish: &PassageWish<'a>) -> Self {
        let known = plan.journeys.iter().map(|plan| (wish.of)(plan.id()).then(Vec::new)).collect();
        Self { allowed: wish.allowed, known, noted: Vec::new(), names: Vec::new(), full: false }
    }

    /// Notes what is counted at an instant.
    pub fn note(&mut self, journey: JourneyIndex, what: Counted<'_>, at_ms: i64) {
        let (kind, block, word, fewer) = key(what);
        self.step(journey, (kind, block, word), at_ms, fewer);
    }

    /// Notes that a trigger was held from one instant and came to a state at another.
    pub fn held(&mut self, journey: JourneyIndex, from_ms: i64, state: &str, at_ms: i64) {
        self.step(journey, (Kind::Held, WHOLE, STILL_HELD), from_ms, false);
        self.step(journey, (Kind::Held, WHOLE, STILL_HELD), at_ms, true);
        self.step(journey, (Kind::Held, WHOLE, state), at_ms, false);
    }

    fn step(
        &mut self,
        journey: JourneyIndex,
        (kind, block, word): (Kind, BlockIndex, &str),
        at_ms: i64,
        fewer: bool,
    ) {
        let Some(known) = &mut self.known[journey] else { return };
        if self.full || !self.allowed.one_more() {
            self.full = true;
            return;
        }
        let same = |it: &&Known| it.block == block && it.kind == kind && *it.word == *word;
        let position = known.iter().find(same).map(|known| known.position);
        let counter = position.unwrap_or(self.names.len() as u32);
        if position.is_none() {
            self.names.push((journey, block, kind, word.into()));
            known.push(Known { block, kind, word: word.into(), position: counter });
        }
        self.noted.push((at_ms, counter, fewer));
    }
}

/// Everything that the worlds kept; `None`: it was too much.
pub fn gather(plan: &Plan<'_>, worlds: Vec<Passing<'_>>) -> Option<Passages> {
    let (mut noted, mut names) = (Vec::new(), Vec::new());
    for world in worlds {
        if world.full {
            return None;
        }
        let first = names.len() as u32;
        noted.extend(world.noted.into_iter().map(|(at_ms, counter, fewer)| (at_ms, first + counter, fewer)));
        names.extend(world.names.into_iter().map(|(journey, block, kind, word)| {
            let plan = &plan.journeys[journey];
            let block = plan.blocks.get(block).map(|block| block.id.clone()).unwrap_or_default();
            (plan.id().clone(), counter(kind, block, word))
        }));
    }
    Some(Passages::new(noted, &names))
}

/// A count as kind, block, word, and whether it is one fewer.
const fn key(what: Counted<'_>) -> (Kind, BlockIndex, &str, bool) {
    match what {
        Counted::Offered => (Kind::Offered, WHOLE, "", false),
        Counted::Started => (Kind::Started, WHOLE, "", false),
        Counted::NotStarted(reason) => (Kind::NotStarted, WHOLE, reason, false),
        Counted::LeftUnknown => (Kind::LeftUnknown, WHOLE, "", false),
        Counted::Ended(reason) => (Kind::Ended, WHOLE, reason, false),
        Counted::Goal => (Kind::Goals, WHOLE, "", false),
        Counted::Entered(block) => (Kind::Entered, block, "", false),
        Counted::Waits(block) => (Kind::Waiting, block, "", false),
        Counted::WaitsNoMore(block) => (Kind::Waiting, block, "", true),
        Counted::Exit(block, exit) => (Kind::Exit, block, exit, false),
        Counted::LeftEarly(block) => (Kind::LeftEarly, block, "", false),
        Counted::Message(block, status) => (Kind::Message, block, status, false),
        Counted::Reason(block, reason) => (Kind::Reason, block, reason, false),
    }
}

fn counter(kind: Kind, block: BlockId, word: Box<str>) -> Counter {
    match kind {
        Kind::Offered => Counter::Offered,
        Kind::Started => Counter::Started,
        Kind::NotStarted => Counter::NotStarted(word.into()),
        Kind::Held => Counter::Held(word.into()),
        Kind::LeftUnknown => Counter::LeftUnknown,
        Kind::Ended => Counter::Ended(word.into()),
        Kind::Goals => Counter::Goals,
        Kind::Entered => Counter::Entered(block),
        Kind::Waiting => Counter::Waiting(block),
        Kind::Exit => Counter::Exit(block, (*word).into()),
        Kind::LeftEarly => Counter::LeftEarly(block),
        Kind::Message => Counter::Message(block, word.into()),
        Kind::Reason => Counter::Reason(block, word.into()),
    }
}
