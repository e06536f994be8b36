//! Blocks: what each kind does, and the exits it has.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{
    channel::Channel,
    condition::{AddressNeed, Condition, EventRef, Identification, Scalar, is_false},
    ids::{BlockId, ExitId},
};
use crate::recording::Span;

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
    /// Whether it may stand on the way of visitors who were never identified: it works outside the
    /// platform, without a profile.
    pub const fn serves_unknown(&self) -> bool {
        matches!(self, Self::OnSitePrompt { .. } | Self::Audience { .. } | Self::Exit { .. })
    }
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
