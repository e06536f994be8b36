//! The reference simulator: deliberately naive, so that it can be believed.
//!
//! It shares with the program the parsed model (journeys, events, platform data, workspace
//! facts), the facts of an event history, Liquid and the address check. Everything else is
//! written out again in the plainest way: who is who by hand for each platform, conditions over
//! whole histories, and at every instant at which anything could change, every person and every
//! waiting run is looked at afresh. No plan, no interning, no incremental segments, no resolver.
//!
//! Where `semantics.md` leaves room, the reading taken is written down once, here:
//!
//! - Reading 1: the horizon is counted from the last arrival, and its instant is still replayed.
//! - Reading 2: a run that waits at the horizon is reported with that instant, and with the
//!   identifiers known then.
//! - Reading 3: a joined event is one that comes with a claim, its tail, or a merge. Joined events
//!   are offered before the call that brought them; each event is offered to journeys by id.
//! - Reading 4: `oldest` and `newest` choose among the joined events of a journey that are young
//!   enough to trigger.
//! - Reading 5: all triggers of an arrival are offered first, then every new run looks back at its
//!   exits and goal, then all of them advance, in the order they were started.
//! - Reading 6: a sent event is in history at once; exits, waits and triggers hear of it when the
//!   run that sent it waits or ends. A changed attribute likewise; it checks no exits.
//! - Reading 7: a goal counts up to and including `within` after the trigger.
//! - Reading 8: filling an attribute by a merge is no attribute change; a first value is one.
//! - Reading 9: a profile that is new was in no segment; the survivor of a merge had its own
//!   memberships.
//! - Reading 10: a prompt is shown at the next page view to arrive after the run came to it, as the
//!   platform acts on arrival; one that arrives at the very end of the window is too late.
//! - Reading 11: a message over a limit is refused at once if no free instant lies within the
//!   retry time (which counts from the first attempt, inclusive).
//! - Reading 12: adding to an audience is no attempt to reach anybody; it leaves no message. A prompt that waits
//!   is one: cut short, it is recorded as left while deferred. Conditions on messages see
//!   prompts; limits do not.
//! - Reading 13: events that blocks send are no shopping: sessions, carts and orders leave them out.
//! - Reading 14: dates that come at one instant are timers of their own, by journey; each starts its
//!   run before the next is looked at. A date follows the zone the person has when it comes.
//! - Reading 15: nothing starts before the first event arrives that is not history, whoever's it is.
//! - Reading 16: all history is known by then; what arrived later counts as having come at that instant.
//! - Reading 17: what was said anonymously is forgotten with its call, as its event is.
//! - Reading 18: on the way of the never identified, re-entry, one at a time and `held_triggers` count among
//!   the visitor's own ways; conditions are not asked. A prompt there is shown to nobody who is known.

mod ask;
mod delivery;
mod people;
mod world;

use std::collections::BTreeMap;

use throughline::{
    journey::{BlockId, JourneyId},
    simulator::{HeldState, HeldTrigger, MessageRecord, MessageState, ReplayInput, ReplayResult},
};

/// What must agree of a message.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Seen {
    pub at_ms: i64,
    pub identifiers: Vec<String>,
    pub journey: JourneyId,
    pub run: u32,
    pub block: BlockId,
    pub state: MessageState,
    pub reason: Option<String>,
    pub subject: String,
    pub body: String,
}

impl From<&MessageRecord> for Seen {
    fn from(record: &MessageRecord) -> Self {
        Self {
            at_ms: record.at_ms,
            identifiers: record.identifiers.clone(),
            journey: record.journey.clone(),
            run: record.run,
            block: record.block.clone(),
            state: record.state,
            reason: record.reason.map(str::to_owned),
            subject: record.subject.clone(),
            body: record.body.clone(),
        }
    }
}

impl From<&HeldTrigger> for HeldSeen {
    fn from(held: &HeldTrigger) -> Self {
        Self {
            held_ms: held.held_ms,
            anonymous_id: held.anonymous_id.clone(),
            journey: held.journey.clone(),
            event: held.event.clone(),
            state: held.state,
            decided_ms: held.decided_ms,
        }
    }
}

/// What must agree of a held trigger.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct HeldSeen {
    pub held_ms: i64,
    pub anonymous_id: String,
    pub journey: JourneyId,
    pub event: String,
    pub state: HeldState,
    pub decided_ms: i64,
}

/// What must agree of a replay.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Outcome {
    /// In one order.
    pub messages: Vec<Seen>,
    /// Runs started and ended by journey, stays by block and exit; those that are not none.
    pub counts: BTreeMap<String, u64>,
    /// In one order.
    pub held: Vec<HeldSeen>,
}

impl From<&ReplayResult> for Outcome {
    fn from(result: &ReplayResult) -> Self {
        let mut counts = BTreeMap::new();
        let mut add = |key: String, count: u64| {
            if count > 0 {
                counts.insert(key, count);
            }
        };
        for (journey, of_journey) in &result.journeys {
            add(format!("{journey} started"), of_journey.started);
            for (reason, count) in &of_journey.ended {
                add(format!("{journey} ended {reason}"), *count);
            }
            for (block, of_block) in &of_journey.blocks {
                add(format!("{journey}/{block} entered"), of_block.entered);
                add(format!("{journey}/{block} waiting"), of_block.waiting);
                add(format!("{journey}/{block} left_early"), of_block.left_early);
                for (exit, count) in &of_block.exits {
                    add(format!("{journey}/{block} exit {exit}"), *count);
                }
            }
        }
        let mut messages: Vec<Seen> = result.messages.iter().map(Seen::from).collect();
        messages.sort();
        let mut held: Vec<HeldSeen> = result.held.iter().map(HeldSeen::from).collect();
        held.sort();
        Self { messages, counts, held }
    }
}

/// Replays naively. Messages by (at, identifiers, journey, run, block).
pub fn replay(input: &ReplayInput<'_>) -> Outcome {
    let mut outcome = world::World::new(input).replay();
    outcome.messages.sort();
    outcome
}
