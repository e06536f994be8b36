//! Version 1 of the journey and segments files: frozen.
//!
//! These structs are the file format, apart from the model, so that the model may grow without
//! changing what an old file means. A change here needs a new version, this module kept as it is
//! and a pure upgrade from it. `tests/golden/journey-v1.ron` holds it still.

mod block;
mod condition;
mod contradiction;
mod segments;
pub(crate) mod unique;
pub(crate) mod words;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

pub(crate) use block::Block;
pub(crate) use condition::Condition;
use condition::{EventRef, PropertyFilter, Test, each};
pub(crate) use segments::{Segment, Segments};
pub(crate) use words::Scalar;
use words::{Clock, HeldTriggers, Status, finite_f32};

use super::JOURNEY_FORMAT;
use crate::{
    journey::{self as model, BlockId, JourneyId, NoteId},
    recording::Span,
};

/// A journey file.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Journey {
    format: String,
    version: u32,
    id: String,
    name: String,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    note: String,
    status: Status,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    trigger: Option<Trigger>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    audience: Option<Condition>,
    #[serde(default, skip_serializing_if = "Entry::is_default")]
    entry: Entry,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    exits: Vec<ExitCondition>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    goal: Option<Goal>,
    #[serde(default, skip_serializing_if = "is_zero")]
    priority: i32,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    start: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    never_identified: Option<String>,
    #[serde(default, deserialize_with = "unique::blocks")]
    blocks: BTreeMap<String, Block>,
    #[serde(default, deserialize_with = "unique::positions", skip_serializing_if = "BTreeMap::is_empty")]
    positions: BTreeMap<String, Position>,
    #[serde(default, deserialize_with = "unique::notes", skip_serializing_if = "BTreeMap::is_empty")]
    notes: BTreeMap<String, Note>,
}

/// What starts a run.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
enum Trigger {
    Event {
        event: EventRef,
        #[serde(default, rename = "where", skip_serializing_if = "Vec::is_empty")]
        filters: Vec<PropertyFilter>,
    },
    EntersSegment(String),
    LeavesSegment(String),
    AttributeChange {
        name: String,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        to: Option<Test>,
    },
    DateAttribute {
        name: String,
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        yearly: bool,
        #[serde(default, skip_serializing_if = "is_zero")]
        offset_days: i32,
        #[serde(default, skip_serializing_if = "Clock::is_midnight")]
        at: Clock,
    },
}

#[allow(clippy::trivially_copy_pass_by_ref)] // the signature serde asks for
const fn is_zero(value: &i32) -> bool {
    *value == 0
}

/// Re-entry and concurrency.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(clippy::struct_field_names)] // the file's words
struct Entry {
    #[serde(default, skip_serializing_if = "ReEntry::is_default")]
    re_entry: ReEntry,
    #[serde(default, skip_serializing_if = "Runs::is_default")]
    runs: Runs,
    #[serde(default = "each_trigger", skip_serializing_if = "is_each_trigger")]
    held_triggers: HeldTriggers,
}

impl Default for HeldTriggers {
    fn default() -> Self {
        each_trigger()
    }
}

const fn each_trigger() -> HeldTriggers {
    HeldTriggers::Each
}
#[allow(clippy::trivially_copy_pass_by_ref)] // the signature serde asks for
fn is_each_trigger(held: &HeldTriggers) -> bool {
    *held == HeldTriggers::Each
}

impl Entry {
    fn is_default(&self) -> bool {
        *self == Self::default()
    }
}

/// Whether a profile may enter again.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
enum ReEntry {
    Once,
    #[default]
    EveryTime,
    AfterGap(Span),
}

impl ReEntry {
    #[allow(clippy::trivially_copy_pass_by_ref)] // the signature serde asks for
    fn is_default(&self) -> bool {
        *self == Self::default()
    }
}

/// How many runs at a time.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
enum Runs {
    #[default]
    OneAtATime,
    OnePerKey(String),
}

impl Runs {
    fn is_default(&self) -> bool {
        *self == Self::default()
    }
}

/// A condition that ends a run.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct ExitCondition {
    id: String,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    name: String,
    when: Condition,
}

/// What the journey is for.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Goal {
    when: Condition,
    within: Span,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    ends_run: bool,
}

/// A place on the canvas, in points.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Position {
    #[serde(deserialize_with = "finite_f32")]
    x: f32,
    #[serde(deserialize_with = "finite_f32")]
    y: f32,
}

/// A note on the canvas.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Note {
    #[serde(deserialize_with = "finite_f32")]
    x: f32,
    #[serde(deserialize_with = "finite_f32")]
    y: f32,
    text: String,
}

impl From<Note> for model::Note {
    fn from(note: Note) -> Self {
        Self { text: note.text, at: model::Position { x: note.x, y: note.y } }
    }
}

impl From<model::Note> for Note {
    fn from(note: model::Note) -> Self {
        Self { x: note.at.x, y: note.at.y, text: note.text }
    }
}

impl From<Journey> for model::Journey {
    fn from(file: Journey) -> Self {
        Self {
            id: JourneyId(file.id),
            name: file.name,
            note: file.note,
            status: file.status.into(),
            trigger: file.trigger.map_or_else(model::Trigger::missing, Into::into),
            audience: file.audience.map(Into::into),
            entry: file.entry.into(),
            exits: each(file.exits),
            goal: file.goal.map(Into::into),
            priority: file.priority,
            start: file.start.map(BlockId),
            never_identified: file.never_identified.map(BlockId),
            blocks: file.blocks.into_iter().map(|(id, block)| (BlockId(id), block.into())).collect(),
            positions: file.positions.into_iter().map(|(id, at)| (BlockId(id), at.into())).collect(),
            notes: file.notes.into_iter().map(|(id, note)| (NoteId(id), note.into())).collect(),
        }
    }
}

impl From<model::Journey> for Journey {
    fn from(journey: model::Journey) -> Self {
        Self {
            format: JOURNEY_FORMAT.name.to_owned(),
            version: 1,
            id: journey.id.0,
            name: journey.name,
            note: journey.note,
            status: journey.status.into(),
            trigger: (journey.trigger != model::Trigger::missing()).then(|| journey.trigger.into()),
            audience: journey.audience.map(Into::into),
            entry: journey.entry.into(),
            exits: each(journey.exits),
            goal: journey.goal.map(Into::into),
            priority: journey.priority,
            start: journey.start.map(|id| id.0),
            never_identified: journey.never_identified.map(|id| id.0),
            blocks: journey.blocks.into_iter().map(|(id, block)| (id.0, block.into())).collect(),
            positions: journey.positions.into_iter().map(|(id, at)| (id.0, at.into())).collect(),
            notes: journey.notes.into_iter().map(|(id, note)| (id.0, note.into())).collect(),
        }
    }
}

impl From<Trigger> for model::Trigger {
    fn from(trigger: Trigger) -> Self {
        match trigger {
            Trigger::Event { event, filters } => Self::Event { event: event.into(), filters: each(filters) },
            Trigger::EntersSegment(segment) => Self::EntersSegment(segment),
            Trigger::LeavesSegment(segment) => Self::LeavesSegment(segment),
            Trigger::AttributeChange { name, to } => Self::AttributeChange { name, to: to.map(Into::into) },
            Trigger::DateAttribute { name, yearly, offset_days, at } => Self::DateAttribute {
                name,
                yearly,
                offset_days,
                at_minute: i32::try_from(at.minute()).unwrap_or_default(),
            },
        }
    }
}

impl From<model::Trigger> for Trigger {
    fn from(trigger: model::Trigger) -> Self {
        use model::Trigger as Model;
        match trigger {
            Model::Event { event, filters } => Self::Event { event: event.into(), filters: each(filters) },
            Model::EntersSegment(segment) => Self::EntersSegment(segment),
            Model::LeavesSegment(segment) => Self::LeavesSegment(segment),
            Model::AttributeChange { name, to } => Self::AttributeChange { name, to: to.map(Into::into) },
            Model::DateAttribute { name, yearly, offset_days, at_minute } => Self::DateAttribute {
                name,
                yearly,
                offset_days,
                at: Clock::of(u32::try_from(at_minute).unwrap_or_default()),
            },
        }
    }
}

impl From<Entry> for model::EntryRules {
    fn from(entry: Entry) -> Self {
        Self {
            re_entry: match entry.re_entry {
                ReEntry::Once => model::ReEntry::Once,
                ReEntry::EveryTime => model::ReEntry::EveryTime,
                ReEntry::AfterGap(gap) => model::ReEntry::AfterGap(gap),
            },
            runs: match entry.runs {
                Runs::OneAtATime => model::Runs::OneAtATime,
                Runs::OnePerKey(key) => model::Runs::OnePerKey(key),
            },
            held_triggers: entry.held_triggers.into(),
        }
    }
}

impl From<model::EntryRules> for Entry {
    fn from(entry: model::EntryRules) -> Self {
        Self {
            re_entry: match entry.re_entry {
                model::ReEntry::Once => ReEntry::Once,
                model::ReEntry::EveryTime => ReEntry::EveryTime,
                model::ReEntry::AfterGap(gap) => ReEntry::AfterGap(gap),
            },
            runs: match entry.runs {
                model::Runs::OneAtATime => Runs::OneAtATime,
                model::Runs::OnePerKey(key) => Runs::OnePerKey(key),
            },
            held_triggers: entry.held_triggers.into(),
        }
    }
}

impl From<ExitCondition> for model::ExitCondition {
    fn from(exit: ExitCondition) -> Self {
        Self { id: exit.id, name: exit.name, when: exit.when.into() }
    }
}

impl From<model::ExitCondition> for ExitCondition {
    fn from(exit: model::ExitCondition) -> Self {
        Self { id: exit.id, name: exit.name, when: exit.when.into() }
    }
}

impl From<Goal> for model::Goal {
    fn from(goal: Goal) -> Self {
        Self { when: goal.when.into(), within: goal.within, ends_run: goal.ends_run }
    }
}

impl From<model::Goal> for Goal {
    fn from(goal: model::Goal) -> Self {
        Self { when: goal.when.into(), within: goal.within, ends_run: goal.ends_run }
    }
}

impl From<Position> for model::Position {
    fn from(at: Position) -> Self {
        Self { x: at.x, y: at.y }
    }
}

impl From<model::Position> for Position {
    fn from(at: model::Position) -> Self {
        Self { x: at.x, y: at.y }
    }
}
