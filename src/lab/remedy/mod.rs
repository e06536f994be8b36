//! The smallest single change that would have sent a message that never went out, found by
//! replaying that person's identity component alone, once for every change that is tried.
//!
//! **Size.** Changes that undo the very decision that turned the person away come first, then all
//! others; within these a change is the smaller the less it touches ([`Reach`]): nothing, the
//! letters of an address, when or whether the person said something, what they did, a rule of the
//! workspace, the journey, the platform. Of changes that differ only in an instant the latest
//! instant is the smallest.
//!
//! **Proof.** Every change offered was made and replayed, with the horizon of the whole recording.
//! "No single change" means that none of those tried did; how many that were is said.
//!
//! **Bounds.** At most [`MOST_REPLAYS`] replays of together at most [`MOST_EVENTS`] events, and of
//! these at most [`MOST_OF_A_SIZE`] for changes of one size, so that what is larger is tried too.

mod apply;
mod candidates;
mod change;
mod witness;

use std::sync::atomic::{AtomicU64, Ordering};

use apply::compact;
pub use apply::{ADDED, Changed, apply};
use candidates::{Candidate, Idea};
pub use change::{Change, JourneyRule, NewCall, Reach, Said, WorkspaceRule};

use super::asked::{Asked, Stopped, sends};
use crate::{
    journey::Journey,
    recording::Symbols,
    simulator::{Bounds, ReplayError, ReplayInput, ReplayResult, replay_part},
};

/// How often a component is replayed at most.
pub const MOST_REPLAYS: u32 = 400;
/// How many of these are for changes of one size at most.
pub const MOST_OF_A_SIZE: u32 = 150;
/// How many events are replayed at most, over all replays: a second or two of work.
pub const MOST_EVENTS: u64 = 2_000_000;
/// How many changes are offered at most.
const MOST_OFFERED: usize = 3;

/// What came of the search.
#[derive(Clone, Debug, PartialEq)]
pub struct Remedies {
    /// The decision that turned them away.
    pub stopped: Stopped,
    /// Changes that would have sent it, the smallest first; of each [`Reach`] at most one. Empty:
    /// no single change of those tried would have.
    pub found: Vec<Remedy>,
    /// How many replays were made.
    pub tried: u32,
    /// Whether the bounds ended the search before everything was tried.
    pub cut_short: bool,
}

/// One change that would have sent it.
#[derive(Clone, Debug, PartialEq)]
pub struct Remedy {
    /// The change.
    pub change: Change,
    /// When the message is sent then, or the block reached (UTC ms).
    pub reached_ms: i64,
}

/// Looks for the smallest single change. `input` holds the events of the person's identity
/// component, `bounds` are those of the whole recording. `None`: they got it, or the journey or
/// block is not there. `input.progress` counts replays.
///
/// # Errors
/// As [`replay_part`]: when the replay is cancelled, or the workspace's zone is unknown.
pub fn remedies(
    input: &ReplayInput<'_>,
    bounds: Bounds,
    asked: &Asked,
) -> Result<Option<Remedies>, ReplayError> {
    remedies_as_found(input, bounds, asked, &|_| {})
}

/// [`remedies`], which tells what is found so far whenever another change is found: the smallest
/// comes first, long before all that is larger has been tried.
///
/// # Errors
/// As [`remedies`].
pub fn remedies_as_found(
    input: &ReplayInput<'_>,
    bounds: Bounds,
    asked: &Asked,
    tell: &dyn Fn(&Remedies),
) -> Result<Option<Remedies>, ReplayError> {
    let original = input.log;
    let log = compact(original);
    let progress = input.progress;
    let input = ReplayInput { log: &log, threads: 1, trace: true, progress: None, ..*input };
    let Some(journey) = input.journeys.iter().find(|journey| journey.id == asked.journey) else {
        return Ok(None);
    };
    if !journey.blocks.contains_key(&asked.block) {
        return Ok(None);
    }
    let before = replay_part(&input, bounds)?;
    if asked.reached_ms(&before, journey).is_some() {
        return Ok(None);
    }
    let stopped = asked.stopped(&before, journey);
    let scene = Scene {
        input,
        names: original.symbols(),
        bounds,
        asked,
        journey,
        stopped: &stopped,
        before: &before,
    };
    let mut trials = Trials { scene, progress, tell, tried: 1, events: log.len() as u64, cut_short: false };
    let found = trials.search(candidates::all(&scene))?;
    let (tried, cut_short) = (trials.tried, trials.cut_short);
    Ok(Some(Remedies { stopped, found, tried, cut_short }))
}

/// What is known before any change.
#[derive(Clone, Copy)]
struct Scene<'a> {
    input: ReplayInput<'a>,
    /// Names of the whole recording, as far as they are known.
    names: &'a Symbols,
    bounds: Bounds,
    asked: &'a Asked,
    journey: &'a Journey,
    stopped: &'a Stopped,
    before: &'a ReplayResult,
}

/// Replays under a budget.
struct Trials<'a> {
    scene: Scene<'a>,
    progress: Option<&'a AtomicU64>,
    /// Told what is found so far.
    tell: &'a dyn Fn(&Remedies),
    tried: u32,
    events: u64,
    cut_short: bool,
}

impl Trials<'_> {
    fn search(&mut self, candidates: Vec<Candidate<'_>>) -> Result<Vec<Remedy>, ReplayError> {
        let mut found: Vec<Remedy> = Vec::new();
        let (mut size, mut began, mut passed_over) = (None, self.tried, false);
        for candidate in candidates {
            if size.replace((candidate.aside, candidate.reach)) != Some((candidate.aside, candidate.reach)) {
                began = self.tried;
            }
            // What comes after the smallest is worth saying only if it undoes the same decision.
            let enough = found.len() >= MOST_OFFERED
                || (!found.is_empty() && candidate.aside)
                || found.iter().any(|remedy| remedy.change.reach() == candidate.reach);
            if enough || self.cut_short {
                continue;
            }
            if self.tried - began >= MOST_OF_A_SIZE {
                passed_over = true;
                continue;
            }
            if let Some(remedy) = self.try_idea(&candidate)? {
                found.push(remedy);
                self.tell_of(&found);
            }
        }
        self.cut_short |= passed_over && found.is_empty();
        Ok(found)
    }

    fn tell_of(&self, found: &[Remedy]) {
        (self.tell)(&Remedies {
            stopped: self.scene.stopped.clone(),
            found: found.to_vec(),
            tried: self.tried,
            cut_short: false,
        });
    }

    fn try_idea(&mut self, candidate: &Candidate<'_>) -> Result<Option<Remedy>, ReplayError> {
        match &candidate.idea {
            Idea::OneOf(changes) => {
                for change in changes {
                    if let Some(remedy) = self.does(change.clone())? {
                        return Ok(Some(remedy));
                    }
                }
                Ok(None)
            }
            Idea::Latest { from_ms, to_ms, make } => {
                let most = if candidate.aside { 6 } else { 24 };
                self.latest(&probes(&self.scene, *from_ms, *to_ms, most), make)
            }
        }
    }

    /// The change at the latest instant that does. Instants at which something happens are tried
    /// from the last to the first; between the first that does and the next that does not, the
    /// boundary is found by halving.
    fn latest(
        &mut self,
        probes: &[i64],
        make: &dyn Fn(i64) -> Option<Change>,
    ) -> Result<Option<Remedy>, ReplayError> {
        let mut fails_ms = None;
        for at_ms in probes {
            let Some(mut remedy) = self.does_at(*at_ms, make)? else {
                fails_ms = Some(*at_ms);
                continue;
            };
            let (mut does_ms, mut not_ms) = (*at_ms, fails_ms.unwrap_or(*at_ms));
            while not_ms - does_ms > 1 && !self.cut_short {
                let middle_ms = does_ms + (not_ms - does_ms) / 2;
                match self.does_at(middle_ms, make)? {
                    Some(later) => (does_ms, remedy) = (middle_ms, later),
                    None => not_ms = middle_ms,
                }
            }
            return Ok(Some(remedy));
        }
        Ok(None)
    }

    fn does_at(
        &mut self,
        at_ms: i64,
        make: &dyn Fn(i64) -> Option<Change>,
    ) -> Result<Option<Remedy>, ReplayError> {
        make(at_ms).map_or(Ok(None), |change| self.does(change))
    }

    /// Makes the change and replays.
    fn does(&mut self, change: Change) -> Result<Option<Remedy>, ReplayError> {
        let Scene { input, bounds, asked, journey, .. } = self.scene;
        let size = input.log.len() as u64;
        if self.tried >= MOST_REPLAYS || self.events.saturating_add(size) > MOST_EVENTS {
            self.cut_short = true;
            return Ok(None);
        }
        let Some(changed) = apply(&change, &input, &asked.journey) else { return Ok(None) };
        self.tried += 1;
        if let Some(progress) = self.progress {
            progress.store(u64::from(self.tried), Ordering::Relaxed);
        }
        self.events += size;
        // Only a trace tells who came to a block that sends nothing.
        let input = ReplayInput { trace: !sends(journey, &asked.block), ..changed.input(&input) };
        let result = replay_part(&input, bounds)?;
        Ok(reached_ms(asked, &change, &result, journey).map(|reached_ms| Remedy { change, reached_ms }))
    }
}

/// When the person reached the block after a change, which may have given them new identifiers.
pub fn reached_ms(asked: &Asked, change: &Change, result: &ReplayResult, journey: &Journey) -> Option<i64> {
    let mut asked = asked.clone();
    asked.identifiers.extend(change.new_identifiers());
    asked.reached_ms(result, journey)
}

/// Instants in a stretch of time at which something happens to the person, the last first; thinned
/// out evenly where there are more than `most`.
fn probes(scene: &Scene<'_>, from_ms: i64, to_ms: i64, most: usize) -> Vec<i64> {
    if from_ms > to_ms {
        return Vec::new();
    }
    let arrivals = scene.input.log.events().iter().map(|event| event.arrived_ms);
    let theirs = scene.before.trace.iter().filter(|record| scene.asked.is_theirs(&record.identifiers));
    let instants = arrivals.chain(theirs.map(|record| record.at_ms));
    let around = instants.flat_map(|at_ms| [at_ms - 1, at_ms, at_ms + 1]);
    let mut all: Vec<i64> = around.filter(|at_ms| (from_ms..=to_ms).contains(at_ms)).collect();
    all.extend([from_ms, to_ms]);
    all.sort_unstable_by(|a, b| b.cmp(a));
    all.dedup();
    let step = all.len().div_ceil(most).max(1);
    let last = all.len() - 1;
    (0..).zip(all).filter(|(at, _)| at % step == 0 || *at == last).map(|(_, at_ms)| at_ms).collect()
}
