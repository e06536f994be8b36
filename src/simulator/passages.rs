//! Everything that is counted, with its instant: the counts as of any instant.
//!
//! A replay can be asked to keep it. It is compact (12 bytes each) and bounded: of more than was
//! allowed nothing is kept, and a view then shows the totals and says so.

use std::collections::BTreeMap;

use crate::{
    journey::{BlockId, ExitId, JourneyId},
    simulator::{BlockCounts, JourneyCounts},
};

/// After so many passages the counts are kept whole.
const KEYFRAME: usize = 4_096;
/// The word for triggers that are held and nothing has become of yet.
pub const STILL_HELD: &str = "held";

/// What is counted.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Counter {
    /// Triggers offered.
    Offered,
    /// Runs started.
    Started,
    /// Triggers that started nothing, for a reason.
    NotStarted(String),
    /// Held triggers in a state.
    Held(String),
    /// Visitors who left by `never identified`.
    LeftUnknown,
    /// Runs ended, for a reason.
    Ended(String),
    /// Goals reached.
    Goals,
    /// Stays begun.
    Entered(BlockId),
    /// Stays that go on.
    Waiting(BlockId),
    /// Stays left by an exit.
    Exit(BlockId, ExitId),
    /// Stays cut short.
    LeftEarly(BlockId),
    /// Messages of a status.
    Message(BlockId, String),
    /// Messages of a reason.
    Reason(BlockId, String),
}

/// One step of a counter.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Step {
    /// Position of the counter.
    counter: u32,
    /// One fewer instead of one more.
    fewer: bool,
}

/// Everything that was counted, in order of time.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Passages {
    counters: Vec<(JourneyId, Counter)>,
    at_ms: Vec<i64>,
    steps: Vec<Step>,
    /// All counters after every [`KEYFRAME`] passages; the first is before any.
    keyframes: Vec<Vec<u32>>,
}

impl Passages {
    /// Puts passages in order: counters by name, instants with whether one fewer.
    pub(super) fn new(mut noted: Vec<(i64, u32, bool)>, names: &[(JourneyId, Counter)]) -> Self {
        // By name, so that no order of counting shows.
        let mut order: Vec<u32> = (0..names.len() as u32).collect();
        order.sort_by(|a, b| names[*a as usize].cmp(&names[*b as usize]));
        let mut counters: Vec<(JourneyId, Counter)> = Vec::new();
        let mut place = vec![0; names.len()];
        for old in order {
            let name = &names[old as usize];
            if counters.last() != Some(name) {
                counters.push(name.clone());
            }
            place[old as usize] = counters.len() as u32 - 1;
        }
        for (_, counter, _) in &mut noted {
            *counter = place[*counter as usize];
        }
        noted.sort_unstable();
        let steps: Vec<Step> =
            noted.iter().map(|(_, counter, fewer)| Step { counter: *counter, fewer: *fewer }).collect();
        let at_ms = noted.into_iter().map(|(at_ms, ..)| at_ms).collect();
        let mut counts = vec![0; counters.len()];
        let mut keyframes = vec![counts.clone()];
        for chunk in steps.chunks_exact(KEYFRAME) {
            take(&mut counts, chunk);
            keyframes.push(counts.clone());
        }
        Self { counters, at_ms, steps, keyframes }
    }

    /// Those of some journeys, and all of another replay beside them.
    #[must_use]
    pub fn beside(&self, of: impl Fn(&JourneyId) -> bool, other: &Self) -> Self {
        let mut names = Vec::new();
        let places: Vec<Option<u32>> = self
            .counters
            .iter()
            .map(|name| {
                of(&name.0).then(|| {
                    names.push(name.clone());
                    names.len() as u32 - 1
                })
            })
            .collect();
        let own = self.noted(0).filter_map(|(at_ms, counter, fewer)| {
            places[counter as usize].map(|counter| (at_ms, counter, fewer))
        });
        let noted = own.chain(other.noted(names.len() as u32)).collect();
        names.extend(other.counters.iter().cloned());
        Self::new(noted, &names)
    }

    /// The most runs that were started at one instant.
    pub fn most_started_at_once(&self) -> usize {
        let is_start: Vec<bool> =
            self.counters.iter().map(|(_, counter)| *counter == Counter::Started).collect();
        let (mut most, mut now, mut at_ms) = (0, 0, None);
        for (instant, ..) in self.noted(0).filter(|(_, counter, _)| is_start[*counter as usize]) {
            now = if at_ms == Some(instant) { now + 1 } else { 1 };
            at_ms = Some(instant);
            most = most.max(now);
        }
        most
    }

    /// Instant, counter (counted from `first`), whether one fewer.
    fn noted(&self, first: u32) -> impl Iterator<Item = (i64, u32, bool)> + '_ {
        let steps = self.at_ms.iter().zip(&self.steps);
        steps.map(move |(at_ms, step)| (*at_ms, first + step.counter, step.fewer))
    }

    /// How many there are.
    pub const fn len(&self) -> usize {
        self.steps.len()
    }
    /// Whether nothing was counted.
    pub const fn is_empty(&self) -> bool {
        self.steps.is_empty()
    }
    /// The first instant later than this one at which anything was counted.
    pub fn next_ms(&self, at_ms: i64) -> Option<i64> {
        self.at_ms.get(self.at_ms.partition_point(|other| *other <= at_ms)).copied()
    }
    /// The last instant earlier than this one at which anything was counted.
    pub fn previous_ms(&self, at_ms: i64) -> Option<i64> {
        self.at_ms[..self.at_ms.partition_point(|other| *other < at_ms)].last().copied()
    }

    /// The counts up to and including an instant. Triggers that are held then and of which nothing
    /// has become yet count as [`STILL_HELD`].
    pub fn until(&self, at_ms: i64) -> BTreeMap<JourneyId, JourneyCounts> {
        let end = self.at_ms.partition_point(|other| *other <= at_ms);
        let frame = end / KEYFRAME;
        let mut counts = self.keyframes.get(frame).cloned().unwrap_or_default();
        take(&mut counts, &self.steps[frame * KEYFRAME..end]);
        let mut journeys: BTreeMap<JourneyId, JourneyCounts> = BTreeMap::new();
        for ((journey, counter), count) in self.counters.iter().zip(counts) {
            if count > 0 {
                match journeys.get_mut(journey) {
                    Some(known) => known.set(counter, u64::from(count)),
                    None => {
                        journeys.entry(journey.clone()).or_default().set(counter, u64::from(count));
                    }
                }
            }
        }
        journeys
    }
}

fn take(counts: &mut [u32], steps: &[Step]) {
    for step in steps {
        let count = &mut counts[step.counter as usize];
        // Within an instant one fewer may come before the one more it undoes.
        *count = if step.fewer { count.wrapping_sub(1) } else { count.wrapping_add(1) };
    }
}

impl JourneyCounts {
    fn set(&mut self, counter: &Counter, count: u64) {
        match counter {
            Counter::Offered => self.offered = count,
            Counter::Started => self.started = count,
            Counter::Goals => self.goals = count,
            Counter::LeftUnknown => self.left_unknown = count,
            Counter::NotStarted(reason) => drop(self.not_started.insert(reason.clone(), count)),
            Counter::Held(state) => drop(self.held.insert(state.clone(), count)),
            Counter::Ended(reason) => drop(self.ended.insert(reason.clone(), count)),
            Counter::Entered(block) => self.block(block).entered = count,
            Counter::Waiting(block) => self.block(block).waiting = count,
            Counter::LeftEarly(block) => self.block(block).left_early = count,
            Counter::Exit(block, exit) => drop(self.block(block).exits.insert(exit.clone(), count)),
            Counter::Message(block, status) => {
                self.block(block).messages.insert(status.clone(), count);
            }
            Counter::Reason(block, reason) => drop(self.block(block).reasons.insert(reason.clone(), count)),
        }
    }

    fn block(&mut self, block: &BlockId) -> &mut BlockCounts {
        self.blocks.entry(block.clone()).or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_instant_is_what_happened_up_to_it_whatever_the_keyframes() {
        let names = vec![("j".into(), Counter::Waiting("b".into())), ("j".into(), Counter::Started)];
        // One comes every 10 ms and stays for 25 ms; two counters of one name are one.
        let mut noted = Vec::new();
        let mut names = names;
        names.push(("j".into(), Counter::Started));
        for run in 0..10_000_i64 {
            noted.push((run * 10, 1 + (run % 2) as u32, false));
            noted.push((run * 10, 0, false));
            noted.push((run * 10 + 25, 0, true));
        }
        let passages = Passages::new(noted, &names);
        assert_eq!(passages.len(), 30_000);
        for at_ms in [0, 5, 19, 20, 24, 25, 13_653, 40_960, 77_777, 100_020] {
            let counts = passages.until(at_ms).remove(&JourneyId::from("j")).expect("the journey");
            let started = (at_ms / 10 + 1).min(10_000);
            let over = if at_ms < 25 { 0 } else { (at_ms - 25) / 10 + 1 }.min(10_000);
            assert_eq!(counts.started, started as u64, "at {at_ms}");
            let waiting = counts.blocks.get(&BlockId::from("b")).map_or(0, |block| block.waiting);
            assert_eq!(waiting, (started - over) as u64, "at {at_ms}");
        }
        assert_eq!(passages.until(-1), BTreeMap::new());
        assert_eq!((passages.next_ms(0), passages.previous_ms(0)), (Some(10), None));
        assert_eq!(passages.previous_ms(20), Some(10));
    }
}
