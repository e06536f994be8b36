//! What a marketer draws: the model, its RON format, and lint.
//!
//! This room knows nothing of how a journey is drawn or simulated.

pub mod condition;
pub mod edit;
pub mod format;
mod kind;
pub mod lint;
pub mod model;
pub mod segment;
pub mod template;
mod ways;

pub use condition::{
    AddressNeed, CompareCount, Condition, ConsentState, EventCondition, EventRef, Identification,
    MessageStatus, PropertyFilter, Scalar, Test,
};
pub use format::{
    FormatError, has_comments, journey_from_ron, journey_to_ron, segments_from_ron, segments_to_ron,
};
pub use lint::{Fix, LintContext, Place, Problem, Severity, lint};
pub use model::{
    Anchor, Block, BlockId, BlockKind, Channel, ConditionArm, DelayKind, EntryRules, ExitCondition, ExitId,
    Goal, HeldTriggers, Journey, JourneyId, Message, Note, NoteId, Position, ReEntry, Runs, SplitArm, Status,
    Template, Trigger, Weekday, ZoneChoice,
};
pub use segment::{Segment, Segments};
