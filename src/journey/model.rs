//! The model of a journey: trigger, entry rules, blocks with named exits, exit conditions, goal.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
};

use serde::{Deserialize, Serialize};

use super::condition::{AddressNeed, Condition, EventRef, Identification, PropertyFilter, Scalar, is_false};
use crate::recording::Span;

/// Makes a string id type: transparent in files, ordered by text.
macro_rules! id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub String);

        impl $name {
            /// The id's text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }
        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
        impl From<&str> for $name {
            fn from(text: &str) -> Self {
                Self(text.to_owned())
            }
        }
        impl std::borrow::Borrow<str> for $name {
            fn borrow(&self) -> &str {
                &self.0
            }
        }
    };
}

id! {
    /// Id of a journey; unique in a workspace, kept on rename.
    JourneyId
}
id! {
    /// Id of a block; unique in its journey, kept on rename, fresh on paste.
    BlockId
}
id! {
    /// Id of a note on the canvas; unique in its journey.
    NoteId
}
id! {
    /// Id of an exit of a block: a fixed word (`next`, `yes`, `timed_out`, …) or the id of a
    /// condition or split arm.
    ExitId
}

/// A journey.
#[derive(Clone, Debug, PartialEq)]
pub struct Journey {
    /// Permanent id.
    pub id: JourneyId,
    /// The name people see.
    pub name: String,
    /// For colleagues.
    pub note: String,
    /// Only active journeys are replayed.
    pub status: Status,
    /// What starts it.
    pub trigger: Trigger,
    /// Who may enter, judged when the trigger is offered.
    pub audience: Option<Condition>,
    /// Re-entry and concurrency.
    pub entry: EntryRules,
    /// Conditions that end a run, checked at every arriving event and when a deferred message
    /// comes due. In order; the first that holds names the reason.
    pub exits: Vec<ExitCondition>,
    /// What the journey is for.
    pub goal: Option<Goal>,
    /// Ties on a limit go to the higher number.
    pub priority: i32,
    /// First block.
    pub start: Option<BlockId>,
    /// Where held triggers go whose visitor is never identified (platforms that hold triggers);
    /// leads only to on-site prompt, audience and exit.
    pub never_identified: Option<BlockId>,
    /// Blocks by id.
    pub blocks: BTreeMap<BlockId, Block>,
    /// Blocks that were put somewhere by hand; others are arranged. In points.
    pub positions: BTreeMap<BlockId, Position>,
    /// Notes for colleagues that lie on the canvas. No run ever meets them.
    pub notes: BTreeMap<NoteId, Note>,
}

/// A note for colleagues on the canvas.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Note {
    /// What it says.
    pub text: String,
    /// Where its top left corner lies.
    pub at: Position,
}

impl Journey {
    /// Blocks from the trigger on, depth first by exits; then those no path reaches, by id.
    pub fn reading_order(&self) -> Vec<&BlockId> {
        let mut seen = BTreeSet::new();
        let mut order = Vec::new();
        let roots = [&self.start, &self.never_identified].into_iter().flatten();
        for root in roots.chain(self.blocks.keys()) {
            let mut stack = vec![root];
            while let Some(id) = stack.pop() {
                let Some((id, block)) = self.blocks.get_key_value(id) else { continue };
                if seen.insert(id) {
                    order.push(id);
                    let exits = block.kind.exits();
                    stack.extend(exits.iter().rev().filter_map(|exit| block.exits.get(exit)));
                }
            }
        }
        order
    }
}

/// Whether a journey runs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Status {
    /// Being drawn.
    #[default]
    Draft,
    /// Runs in a replay.
    Active,
}

/// What starts a run.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Trigger {
    /// An event.
    Event {
        /// Which.
        event: EventRef,
        /// Filters on the event itself.
        #[serde(default, rename = "where", skip_serializing_if = "Vec::is_empty")]
        filters: Vec<PropertyFilter>,
    },
    /// Entering a segment. Being in it when the replay starts is no entering.
    EntersSegment(String),
    /// Leaving a segment.
    LeavesSegment(String),
    /// A change of an attribute's value.
    AttributeChange {
        /// Name of the attribute.
        name: String,
        /// Test of the new value; `None`: any change.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        to: Option<super::condition::Test>,
    },
    /// A date held in an attribute (RFC 3339 instant, or `YYYY-MM-DD` at `at` in the person's zone).
    DateAttribute {
        /// Name of the attribute.
        name: String,
        /// Every year on the same day and month (29 February: 28 in other years).
        #[serde(default, skip_serializing_if = "is_false")]
        yearly: bool,
        /// Days before (negative) or after (positive) the date.
        #[serde(default, skip_serializing_if = "is_zero")]
        offset_days: i32,
        /// Time of day, minutes after local midnight.
        #[serde(default, skip_serializing_if = "is_zero")]
        at_minute: i32,
    },
}

impl Trigger {
    /// No trigger yet, as in a journey just begun: an event without a name. A journey file leaves
    /// it out, and lint says `no_trigger`.
    pub const fn missing() -> Self {
        Self::Event { event: EventRef::Named(String::new()), filters: Vec::new() }
    }
    /// Whether nothing would ever start the journey because nobody said what should.
    pub fn is_missing(&self) -> bool {
        let unnamed = |name: &str| name.trim().is_empty();
        match self {
            Self::Event { event: EventRef::Named(name), .. }
            | Self::EntersSegment(name)
            | Self::LeavesSegment(name)
            | Self::AttributeChange { name, .. }
            | Self::DateAttribute { name, .. } => unnamed(name),
            Self::Event { .. } => false,
        }
    }
}

#[allow(clippy::trivially_copy_pass_by_ref)] // the signature serde asks for
fn is_zero(value: &i32) -> bool {
    *value == 0
}

/// Re-entry and concurrency.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct EntryRules {
    /// Whether a profile may enter again.
    pub re_entry: ReEntry,
    /// How many runs at a time.
    pub runs: Runs,
    /// Which of several joined triggers are offered.
    pub held_triggers: HeldTriggers,
}

/// Whether a profile may enter again. A refusal is recorded as `already_entered` or `gap`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum ReEntry {
    /// Once in its life.
    Once,
    /// Every time.
    #[default]
    EveryTime,
    /// Again when this long has passed since the last entry (inclusive).
    AfterGap(Span),
}

/// How many runs a profile may have at a time. A refusal is recorded as `already_in_run`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Runs {
    /// One.
    #[default]
    OneAtATime,
    /// One for each value of a property of the triggering event (for example `product_id`).
    OnePerKey(String),
}

/// Which of several joined triggers are offered.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum HeldTriggers {
    /// Each, in order; re-entry decides.
    #[default]
    Each,
    /// The oldest only.
    Oldest,
    /// The newest only.
    Newest,
}

/// A condition that ends a run.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ExitCondition {
    /// Permanent id; the reason a run ended with.
    pub id: String,
    /// What people call it.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub name: String,
    /// When.
    pub when: Condition,
}

/// What the journey is for. Reaching it within the window is counted; the run goes on unless
/// `ends_run`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Goal {
    /// When it is reached.
    pub when: Condition,
    /// How long after the run's trigger it still counts.
    pub within: Span,
    /// Whether reaching it ends the run.
    #[serde(default, skip_serializing_if = "is_false")]
    pub ends_run: bool,
}

/// A place on the canvas, in points.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Position {
    /// To the right.
    pub x: f32,
    /// Down.
    pub y: f32,
}

/// One step on the canvas.
#[derive(Clone, Debug, PartialEq)]
pub struct Block {
    /// The name people see.
    pub name: String,
    /// For colleagues.
    pub note: String,
    /// What it does.
    pub kind: BlockKind,
    /// Where each exit leads; an exit that is absent ends the run (`path_ended`), but for a
    /// message's `not_sent`, which then goes where `sent` goes.
    pub exits: BTreeMap<ExitId, BlockId>,
}

/// What a block does.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum BlockKind {
    /// Sends a message. Exits `sent`, `not_sent`.
    Message(Message),
    /// Shows a prompt at the visitor's next page view within a window; reaches anonymous
    /// visitors. The run waits for it. Exit `next`.
    OnSitePrompt {
        /// How long the prompt waits for a page view.
        within: Span,
        /// What it says.
        template: Template,
    },
    /// Adds to or removes from a retargeting audience. Exit `next`.
    Audience {
        /// The audience.
        audience: String,
        /// Removes instead of adding.
        #[serde(default, skip_serializing_if = "is_false")]
        remove: bool,
    },
    /// Waits until the person is identified. Exits `identified`, `timed_out`.
    WaitForIdentify {
        /// By what.
        #[serde(default)]
        by: Identification,
        /// Whether the address must be good.
        #[serde(default)]
        address: AddressNeed,
        /// How long.
        up_to: Span,
    },
    /// Waits for a time. Exits `next` and, with a freshness limit, `too_late`.
    Delay(DelayKind),
    /// Waits until a condition holds, leftmost first. One exit per condition (its id), and
    /// `timed_out`.
    WaitUntil {
        /// Conditions with permanent ids.
        conditions: Vec<ConditionArm>,
        /// How long; at the deadline instant `timed_out` wins. `None`: for ever.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        up_to: Option<Span>,
    },
    /// Lets through only at certain times. Exit `next`.
    TimeWindow {
        /// Days it is open; empty: every day.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        days: Vec<Weekday>,
        /// Opens, minutes after local midnight.
        from_minute: u32,
        /// Closes (exclusive), minutes after local midnight; at or before `from_minute`: next day.
        to_minute: u32,
        /// In which zone.
        #[serde(default)]
        zone: ZoneChoice,
    },
    /// Yes or no. Exits `yes`, `no`. Without a condition: no.
    Branch {
        /// The question.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        when: Option<Condition>,
    },
    /// One exit per condition (its id), left to right, and `otherwise`.
    MultiBranch {
        /// Conditions with permanent ids.
        conditions: Vec<ConditionArm>,
    },
    /// Sends people different ways by chance. One exit per arm (its id).
    RandomSplit {
        /// Arms; shares are in proportion to their sum.
        arms: Vec<SplitArm>,
        /// Draws anew in every run instead of once per person.
        #[serde(default, skip_serializing_if = "is_false")]
        each_run: bool,
    },
    /// Sets attributes. Exit `next`.
    UpdateAttributes {
        /// New values by name; `None` removes.
        set: BTreeMap<String, Option<Scalar>>,
    },
    /// Sends an event as if the person had done it now. Exit `next`.
    SendEvent {
        /// Its name.
        event: String,
        /// Its properties.
        #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
        properties: BTreeMap<String, Scalar>,
    },
    /// The goal was reached: counts it and ends the run.
    Goal,
    /// Ends the run with a reason.
    Exit {
        /// The reason, in the marketer's words.
        #[serde(default, skip_serializing_if = "String::is_empty")]
        reason: String,
    },
}

/// A condition with a permanent id, which is its exit.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ConditionArm {
    /// Permanent id.
    pub id: ExitId,
    /// What people call it.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub name: String,
    /// The condition.
    pub when: Condition,
}

/// One arm of a random split.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SplitArm {
    /// Permanent id.
    pub id: ExitId,
    /// What people call it.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub name: String,
    /// Its share, in percent.
    pub percent: u32,
    /// Whether this arm is the hold-out.
    #[serde(default, skip_serializing_if = "is_false")]
    pub holdout: bool,
}

/// How long a delay lasts.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum DelayKind {
    /// A fixed time from the block's entry.
    For(Span),
    /// Until a time of day (and weekday) in the person's zone, at or after entry.
    UntilTime {
        /// Minutes after local midnight.
        at_minute: u32,
        /// Days; empty: every day.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        days: Vec<Weekday>,
    },
    /// Counted from an anchor. Already past: goes on after the floor.
    Anchored {
        /// What is counted from.
        from: Anchor,
        /// How long after it.
        after: Span,
        /// At least this long after the block's entry.
        #[serde(default, skip_serializing_if = "Span::is_zero_ref")]
        floor: Span,
        /// Later than this after the due instant (judged on arrival): exit `too_late`.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        fresh_for: Option<Span>,
        /// Counts anew when a newer anchor event arrives.
        #[serde(default, skip_serializing_if = "is_false")]
        restart: bool,
    },
}

/// What an anchored delay counts from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Anchor {
    /// The block's entry.
    Entry,
    /// The run's trigger event (when it happened); for other triggers the trigger's instant.
    Trigger,
    /// The last event of a kind: latest by happened, not after now. If there is none, the
    /// block's entry, and the trace says so.
    LastEvent(EventRef),
}

/// A message.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Message {
    /// How it goes out.
    pub channel: Channel,
    /// What it says.
    pub template: Template,
    /// Subscription topic.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub topic: Option<String>,
    /// Skips marketing consent, topics, limits and quiet hours; never suppression.
    #[serde(default, skip_serializing_if = "is_false")]
    pub transactional: bool,
    /// Name of an offer it makes: at most one offer per person per period (workspace rule).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub offer: Option<String>,
    /// Extra condition; not met: `skipped`, the run goes on by `sent`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub only_if: Option<Condition>,
}

/// Subject and body, in Liquid.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Template {
    /// Subject line or title; empty where the channel has none.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub subject: String,
    /// Body.
    pub body: String,
}

/// How a message goes out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Channel {
    /// Email; needs an email address.
    Email,
    /// Text message; needs a phone number.
    Sms,
    /// Push notification; needs a known person with a device token attribute or any device.
    Push,
    /// In the app or on the site; needs a known person.
    InApp,
    /// A call to another system; needs a known person.
    Webhook,
    /// On-site prompt; reaches anonymous visitors. Only for results, never in a message block.
    OnSite,
    /// Retargeting audience (advertising). Only for consent and results.
    Audience,
}

impl Channel {
    /// Documented `snake_case` word: `email`, `sms`, `push`, `in_app`, `webhook`, `on_site`,
    /// `audience`.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Email => "email",
            Self::Sms => "sms",
            Self::Push => "push",
            Self::InApp => "in_app",
            Self::Webhook => "webhook",
            Self::OnSite => "on_site",
            Self::Audience => "audience",
        }
    }
}

/// A day of the week.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[allow(missing_docs)]
pub enum Weekday {
    Mon,
    Tue,
    Wed,
    Thu,
    Fri,
    Sat,
    Sun,
}

/// Which zone a block looks at. A zone is fixed when a stay begins.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum ZoneChoice {
    /// The person's (attribute or `context.timezone`), else the workspace's.
    #[default]
    Person,
    /// The workspace's.
    Workspace,
    /// This IANA zone.
    Fixed(String),
}

/// Words of the fixed exits.
pub mod exit {
    /// The only way on.
    pub const NEXT: &str = "next";
    /// A message went out (or was skipped).
    pub const SENT: &str = "sent";
    /// A message did not go out.
    pub const NOT_SENT: &str = "not_sent";
    /// The wait for identify ended well.
    pub const IDENTIFIED: &str = "identified";
    /// A wait ran out of time.
    pub const TIMED_OUT: &str = "timed_out";
    /// The freshness limit of a delay was passed.
    pub const TOO_LATE: &str = "too_late";
    /// The condition holds.
    pub const YES: &str = "yes";
    /// It does not.
    pub const NO: &str = "no";
    /// No condition holds.
    pub const OTHERWISE: &str = "otherwise";
}

impl BlockKind {
    /// Exits in the order they are drawn, left to right.
    pub fn exits(&self) -> Vec<ExitId> {
        let fixed = |words: &[&str]| words.iter().map(|word| ExitId::from(*word)).collect();
        match self {
            Self::Message(_) => fixed(&[exit::SENT, exit::NOT_SENT]),
            Self::WaitForIdentify { .. } => fixed(&[exit::IDENTIFIED, exit::TIMED_OUT]),
            Self::Delay(DelayKind::Anchored { fresh_for: Some(_), .. }) => {
                fixed(&[exit::NEXT, exit::TOO_LATE])
            }
            Self::OnSitePrompt { .. }
            | Self::Audience { .. }
            | Self::TimeWindow { .. }
            | Self::UpdateAttributes { .. }
            | Self::SendEvent { .. }
            | Self::Delay(_) => fixed(&[exit::NEXT]),
            Self::WaitUntil { conditions, up_to } => {
                let mut exits: Vec<ExitId> = conditions.iter().map(|arm| arm.id.clone()).collect();
                if up_to.is_some() {
                    exits.push(exit::TIMED_OUT.into());
                }
                exits
            }
            Self::Branch { .. } => fixed(&[exit::YES, exit::NO]),
            Self::MultiBranch { conditions } => conditions
                .iter()
                .map(|arm| arm.id.clone())
                .chain(std::iter::once(exit::OTHERWISE.into()))
                .collect(),
            Self::RandomSplit { arms, .. } => arms.iter().map(|arm| arm.id.clone()).collect(),
            Self::Goal | Self::Exit { .. } => Vec::new(),
        }
    }
}

impl Block {
    /// Where an exit leads. A message's unconnected `not_sent` goes where `sent` goes.
    pub fn target(&self, exit: &str) -> Option<&BlockId> {
        self.exits.get(exit).or_else(|| {
            let joined = matches!(self.kind, BlockKind::Message(_)) && exit == self::exit::NOT_SENT;
            if joined { self.exits.get(self::exit::SENT) } else { None }
        })
    }
}
