//! What a marketer draws: the model, its RON format, and lint.
//!
//! This room knows nothing of how a journey is drawn or simulated.

pub mod block;
mod channel;
pub mod condition;
pub mod edit;
pub mod format;
mod ids;
mod kind;
pub mod lint;
mod model;
pub mod segment;
pub mod template;
mod ways;

pub use block::{
    Anchor, Block, BlockKind, ConditionArm, DelayKind, Message, SplitArm, Template, Weekday, ZoneChoice,
};
pub use channel::Channel;
pub use condition::{
    AddressNeed, CompareCount, Condition, ConsentState, EventCondition, EventRef, Identification,
    MessageStatus, PropertyFilter, Scalar, Test,
};
pub use format::{
    FormatError, has_comments, journey_from_ron, journey_to_ron, segments_from_ron, segments_to_ron,
};
pub use ids::{BlockId, ExitId, JourneyId, NoteId};
pub use lint::{Fix, LintContext, Place, Problem, Severity, lint, lint_segments};
pub use model::{
    EntryRules, ExitCondition, Goal, HeldTriggers, Journey, Note, Position, ReEntry, Runs, Status, Trigger,
};
pub use segment::{Segment, Segments};
