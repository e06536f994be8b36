//! What a replay produces: messages, counts, held triggers, merges and refusals, trace.

use std::{collections::BTreeMap, sync::Arc};

use serde_json::Value;

use crate::{
    identity::{Confidence, RefusalReason},
    journey::{BlockId, Channel, ExitId, JourneyId},
    recording::ImportCounts,
};

/// The result of a replay. Everything in it is in one documented order, whatever the threads,
/// the order of files, or whoever else is in the recording.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ReplayResult {
    /// Ordered by (at, person, journey, run, block).
    pub messages: Vec<MessageRecord>,
    /// Counts by journey.
    pub journeys: BTreeMap<JourneyId, JourneyCounts>,
    /// Held triggers, ordered by (held, person, journey, message id).
    pub held: Vec<HeldTrigger>,
    /// Merges and claims, ordered by (at, survivor).
    pub merges: Vec<MergeRecord>,
    /// Refused links, ordered by (at, message id).
    pub refusals: Vec<RefusalRecord>,
    /// Everybody at the end, ordered by identifiers.
    pub people: Vec<PersonSummary>,
    /// Every decision, ordered by (at, person, sequence); only if asked for.
    pub trace: Vec<TraceRecord>,
    /// The absolute horizon (UTC ms).
    pub horizon_ms: i64,
    /// Events replayed (duplicates left out), and duplicates.
    pub events: u64,
    /// Events left out because their message id had been seen.
    pub duplicates: u64,
    /// Events that count as before analytics consent.
    pub before_consent: u64,
}

/// One attempt to reach a profile, or a run still waiting at the horizon.
#[derive(Clone, Debug, PartialEq)]
pub struct MessageRecord {
    /// When it was sent, refused or skipped; for a waiting run the horizon (UTC ms).
    pub at_ms: i64,
    /// The profile's identifiers in canonical text, sorted, as known at that instant.
    pub identifiers: Vec<String>,
    /// The journey.
    pub journey: JourneyId,
    /// The run's ordinal among the profile's runs of this journey, from 1.
    pub run: u32,
    /// Which run that is, however a merge numbered it. Not kept in the store.
    pub started: Arc<RunStart>,
    /// The block.
    pub block: BlockId,
    /// The message's id (its block's); `None` for a run that waits in another block.
    pub message: Option<BlockId>,
    /// How it goes out; `None` for a run that waits in another block.
    pub channel: Option<Channel>,
    /// What became of it.
    pub state: MessageState,
    /// Documented snake-case word; `None` when sent.
    pub reason: Option<&'static str>,
    /// What is odd about it, sorted.
    pub flags: Vec<Flag>,
    /// Why, step by step, in time order. The later messages of a run share the steps of the earlier.
    pub because: Vec<Arc<Reason>>,
    /// Rendered subject; empty if it never rendered.
    pub subject: String,
    /// Rendered body; empty if it never rendered.
    pub body: String,
    /// Variables of its text that there was nothing for then, as paths, sorted. Of those that have
    /// a fallback, too. Not kept in the store.
    pub absent: Vec<String>,
}

/// Who started a run of a journey, and which of theirs it was: the same all along, while its
/// number becomes another when the profile is merged into one that has runs of its own.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RunStart {
    /// Key of the profile that started it.
    pub profile: Box<str>,
    /// The run's number when it started.
    pub number: u32,
}

impl RunStart {
    /// One to be shared by the records of a run.
    pub fn shared(profile: impl Into<Box<str>>, number: u32) -> Arc<Self> {
        Arc::new(Self { profile: profile.into(), number })
    }
}

/// What became of a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum MessageState {
    /// It went out.
    Sent,
    /// It did not.
    NotSent,
    /// Its extra condition did not hold.
    Skipped,
    /// The run still waits at the horizon.
    Waiting,
}

impl MessageState {
    /// `sent`, `not_sent`, `skipped`, `waiting`.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Sent => "sent",
            Self::NotSent => "not_sent",
            Self::Skipped => "skipped",
            Self::Waiting => "waiting",
        }
    }
}

/// What is odd about a message that went out (or would have).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Flag {
    /// The address looks mistyped: likely to bounce.
    Mistyped,
    /// A throw-away mailbox.
    Disposable,
    /// A shared mailbox.
    Role,
    /// It was deferred by quiet hours or a limit before.
    Deferred,
    /// The person's region is a guess.
    RegionGuessed,
    /// Done outside the platform (the `never identified` exit).
    OutsidePlatform,
    /// Its outcome rests on an assumed rate.
    Assumed,
}

impl Flag {
    /// Documented snake-case word.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Mistyped => "mistyped",
            Self::Disposable => "disposable",
            Self::Role => "role",
            Self::Deferred => "deferred",
            Self::RegionGuessed => "region_guessed",
            Self::OutsidePlatform => "outside_platform",
            Self::Assumed => "assumed",
        }
    }
}

/// One step of a because: the rule, how sure we are, plain words, the events it rests on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reason {
    /// When (UTC ms).
    pub at_ms: i64,
    /// Snake-case word: a platform rule (`trigger_age`) or a simulator rule (`delay_anchored`).
    pub rule: &'static str,
    /// How sure we are that the platform does so; `None` for a rule of the journey, the workspace
    /// or the replay itself, of which there is nothing to be unsure.
    pub confidence: Option<Confidence>,
    /// Plain words.
    pub text: String,
    /// Message ids.
    pub events: Vec<String>,
}

impl Reason {
    /// `documented`, `inferred` or `assumed`; `defined` for a rule that is not the platform's.
    pub fn confidence_word(&self) -> &'static str {
        self.confidence.map_or("defined", Confidence::word)
    }
}

/// One decision.
#[derive(Clone, Debug, PartialEq)]
pub struct TraceRecord {
    /// When (UTC ms).
    pub at_ms: i64,
    /// Identifiers of the profile at that instant, sorted canonical text.
    pub identifiers: Vec<String>,
    /// The journey, if it concerns one.
    pub journey: Option<JourneyId>,
    /// The run, if it concerns one.
    pub run: Option<u32>,
    /// Which run that is, however a merge numbered it.
    pub started: Option<Arc<RunStart>>,
    /// The block, if it concerns one.
    pub block: Option<BlockId>,
    /// What was decided, snake-case: `event`, `identified`, `joined`, `merged`, `refused`,
    /// `entered_segment`, `left_segment`, `run_started`, `not_started`, `waiting` (the run came to a block and stays),
    /// `left_block`, `deferred`, `sent`, `not_sent`, `skipped`, `run_ended`, `goal_reached`,
    /// `waiting`, …
    pub decision: &'static str,
    /// Further word: the exit taken, the reason, the segment.
    pub detail: String,
    /// The rule and the evidence.
    pub because: Reason,
}

/// A trigger event that the platform keeps back because nobody is identified yet.
#[derive(Clone, Debug, PartialEq)]
pub struct HeldTrigger {
    /// The journey it would have started.
    pub journey: JourneyId,
    /// The anonymous id, canonical text.
    pub anonymous_id: String,
    /// Message id of the event.
    pub event: String,
    /// When it arrived (UTC ms).
    pub held_ms: i64,
    /// What became of it.
    pub state: HeldState,
    /// When that was decided (UTC ms).
    pub decided_ms: i64,
    /// Its age when it joined or was refused (ms): join − happened.
    pub age_ms: Option<i64>,
    /// The cart's value at the event, and its currency, if known.
    pub cart_value: Option<(f64, String)>,
}

/// What became of a held trigger.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum HeldState {
    /// It joined a profile and was offered to the journey.
    Joined,
    /// It joined but was too old to trigger.
    TooOld,
    /// It was too old to join.
    Expired,
    /// The claim was refused.
    Refused,
    /// Nobody ever claimed it.
    NeverIdentified,
}

impl HeldState {
    /// `joined`, `too_old`, `expired`, `refused`, `never_identified`.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Joined => "joined",
            Self::TooOld => "too_old",
            Self::Expired => "expired",
            Self::Refused => "refused",
            Self::NeverIdentified => "never_identified",
        }
    }
}

/// Anonymous history that joined a person, or a merge of two profiles.
#[derive(Clone, Debug, PartialEq)]
pub struct MergeRecord {
    /// When (UTC ms).
    pub at_ms: i64,
    /// Identifiers of the survivor afterwards.
    pub survivor: Vec<String>,
    /// What joined: an anonymous id, or the absorbed profile's identifiers.
    pub joined: Vec<String>,
    /// How many events came along.
    pub events: u64,
    /// Message id of the call that did it.
    pub call: String,
    /// The rule that decided.
    pub rule: &'static str,
    /// How sure we are of it.
    pub confidence: Confidence,
}

/// A link, merge or identifier change that was refused.
#[derive(Clone, Debug, PartialEq)]
pub struct RefusalRecord {
    /// When (UTC ms).
    pub at_ms: i64,
    /// Message id of the call.
    pub call: String,
    /// The identifier concerned, canonical text.
    pub identifier: Option<String>,
    /// Why.
    pub reason: RefusalReason,
    /// The rule that decided.
    pub rule: &'static str,
    /// How sure we are of it.
    pub confidence: Confidence,
}

/// A person at the end of the replay.
#[derive(Clone, Debug, PartialEq)]
pub struct PersonSummary {
    /// Identifiers, sorted canonical text.
    pub identifiers: Vec<String>,
    /// Whether any is not anonymous.
    pub known: bool,
    /// When one that is not was first known (arrival, UTC ms).
    pub known_ms: Option<i64>,
    /// Attributes by name.
    pub attributes: BTreeMap<String, Value>,
    /// How many events.
    pub events: u64,
    /// First and last event (happened, UTC ms).
    pub first_ms: i64,
    /// See `first_ms`.
    pub last_ms: i64,
    /// Segments they were in when the last event of the recordings arrived.
    pub segments: Vec<String>,
}

/// Counts of one journey.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct JourneyCounts {
    /// Triggers offered.
    pub offered: u64,
    /// Runs started.
    pub started: u64,
    /// Triggers that started nothing, by reason (`audience`, `already_in_run`, `already_entered`,
    /// `gap`, `too_old`, `not_newest`, …).
    pub not_started: BTreeMap<String, u64>,
    /// Held triggers by final state.
    pub held: BTreeMap<String, u64>,
    /// Visitors who left by the trigger's exit `never identified`: not every held trigger of somebody
    /// never identified does, for the rules of entry hold there, too.
    pub left_unknown: u64,
    /// Runs ended, by reason (`path_ended`, `exit`, `goal`, id of an exit condition, `merged`, …).
    pub ended: BTreeMap<String, u64>,
    /// Runs that reached the goal.
    pub goals: u64,
    /// By block.
    pub blocks: BTreeMap<BlockId, BlockCounts>,
}

/// Counts of one block.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct BlockCounts {
    /// Stays begun.
    pub entered: u64,
    /// Stays that go on at the horizon.
    pub waiting: u64,
    /// Stays that left by each exit.
    pub exits: BTreeMap<ExitId, u64>,
    /// Stays cut short by an exit condition, goal, merge or limit.
    pub left_early: u64,
    /// Messages by status word.
    pub messages: BTreeMap<String, u64>,
    /// Messages by reason word.
    pub reasons: BTreeMap<String, u64>,
}

/// What was read before a replay, for showing beside it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SourceCounts {
    /// By recording name.
    pub recordings: BTreeMap<String, ImportCounts>,
}
