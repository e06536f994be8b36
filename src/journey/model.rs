//! A journey as a whole: trigger, entry rules, blocks, exit conditions, goal, notes.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::{
    block::Block,
    condition::{Condition, EventRef, PropertyFilter, is_false},
    ids::{BlockId, JourneyId, NoteId},
};
use crate::recording::Span;

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
