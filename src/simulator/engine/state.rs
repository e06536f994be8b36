//! What the simulator keeps of people and their runs.

use std::sync::Arc;

use super::plan::{BlockIndex, JourneyIndex};
use crate::{
    identity::ProfileId,
    recording::EventIndex,
    simulator::{
        HeldState, Reason, RunStart,
        delivery::{ContactLog, SentLog},
        result::MessageState,
    },
};

/// Position of a run in [`World::runs`].
pub type RunSlot = usize;

/// What the simulator keeps of a profile beside what the resolver knows.
#[derive(Default)]
pub struct Person {
    /// Its events by (happened, arrived, message id).
    pub history: Vec<EventIndex>,
    /// Current runs, by (journey, ordinal).
    pub runs: Vec<RunSlot>,
    /// Ended runs whose goal may still be reached.
    pub watched: Vec<RunSlot>,
    /// Every entry ever.
    pub entries: Vec<Entry>,
    /// Which followed segments it is in, by position in [`Plan::followed`].
    pub memberships: Vec<bool>,
    /// When each followed segment may next change by time alone.
    pub checks_ms: Vec<Option<i64>>,
    /// Arms drawn once per person.
    pub draws: Vec<(JourneyIndex, BlockIndex, usize)>,
    /// Messages so far, for limits, offers and “received”.
    pub sent: SentLog,
    /// What the person said about being contacted.
    pub contact: ContactLog,
    /// Events that `contact` has not taken in yet: nobody asks of most people.
    pub unheard: Vec<EventIndex>,
    /// Messages so far, for conditions.
    pub messages: Vec<MessageFact>,
    /// Dates in attributes that a timer is set for.
    pub dates: Vec<(JourneyIndex, i64)>,
    /// Runs started at one instant.
    pub starts: (i64, u32),
    /// The call that last said who they are.
    pub identified_by: Option<EventIndex>,
    /// When an identifier that is not anonymous was first known (UTC ms).
    pub known_ms: Option<i64>,
}

/// A run that was started.
#[derive(Clone, Copy, Debug)]
pub struct Entry {
    /// Of which journey.
    pub journey: JourneyIndex,
    /// When (UTC ms).
    pub at_ms: i64,
}

/// A message that was attempted.
#[derive(Clone, Copy, Debug)]
pub struct MessageFact {
    /// Of which journey.
    pub journey: JourneyIndex,
    /// Which block.
    pub block: BlockIndex,
    /// What became of it.
    pub state: MessageState,
    /// When (UTC ms).
    pub at_ms: i64,
}

/// One profile's passage through one journey.
pub struct Run {
    /// Which journey.
    pub journey: JourneyIndex,
    /// Ordinal among the profile's runs of the journey, from 1. A merge numbers it after those that
    /// the surviving profile started.
    pub ordinal: u32,
    /// Who.
    pub profile: ProfileId,
    /// Who started it, and its number then: tells runs apart whatever is merged.
    pub started: Arc<RunStart>,
    /// What started it.
    pub trigger: TriggerFact,
    /// Where it is.
    pub block: BlockIndex,
    /// When it came there.
    pub entered_ms: i64,
    /// How many blocks it came to.
    pub stays: u32,
    /// What it waits for; `None` while it moves or has ended.
    pub wait: Option<Wait>,
    /// Whether it has ended.
    pub ended: bool,
    /// Whether its goal was reached.
    pub goal_reached: bool,
    /// What was decided, in order.
    pub because: Vec<Arc<Reason>>,
}

/// What a message says to somebody; empty if it never rendered.
#[derive(Default)]
pub struct Written {
    /// Its subject.
    pub subject: String,
    /// Its body.
    pub body: String,
    /// Variables there was nothing for, as paths, sorted.
    pub absent: Vec<String>,
}

/// What started a run.
#[derive(Clone, Debug)]
pub struct TriggerFact {
    /// The event, for event triggers.
    pub event: Option<EventIndex>,
    /// When it happened; for other triggers the instant itself.
    pub at_ms: i64,
    /// When it was offered.
    pub offered_ms: i64,
    /// The run's key, where a profile may have one run per key.
    pub key: Option<String>,
}

/// What a run waits for.
#[derive(Clone, Debug)]
pub enum Wait {
    /// Identify, until the deadline.
    Identify {
        /// When it times out.
        deadline_ms: i64,
    },
    /// A due instant.
    Delay {
        /// When it goes on.
        due_ms: i64,
    },
    /// Conditions.
    Until {
        /// When it times out.
        deadline_ms: Option<i64>,
        /// When a condition may next change by time alone.
        check_ms: Option<i64>,
    },
    /// A window to open.
    Window {
        /// When it opens.
        open_ms: i64,
    },
    /// A page view.
    Prompt {
        /// When it gives up.
        deadline_ms: i64,
    },
    /// Its turn among the messages of this instant, or a deferral to end.
    Message {
        /// Why it was deferred last.
        deferred: Option<&'static str>,
    },
}

/// A trigger event held against an anonymous id.
pub struct Held {
    /// Which journey.
    pub journey: JourneyIndex,
    /// The event.
    pub event: EventIndex,
    /// What became of it, and when.
    pub state: Option<(HeldState, i64)>,
    /// When it left by the trigger's `never identified` exit, if it did (UTC ms).
    pub left_ms: Option<i64>,
}

/// What a block did to its own profile, waiting until the current cascade is done.
pub enum Pending {
    /// It sent an event.
    Event(ProfileId, EventIndex),
    /// It changed attributes of these names.
    Changed(ProfileId, Vec<Box<str>>),
    /// It entered a journey or concluded a message, which other runs may wait for.
    Moved(ProfileId),
}
