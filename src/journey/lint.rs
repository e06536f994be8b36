//! Lint: problems in a journey, as data with severity, place, plain words and a fix.

use super::{BlockId, Journey, Segments};
use crate::{
    identity::Platform,
    recording::{Roles, Taxonomy},
};

/// How bad a problem is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// Worth a look.
    Warning,
    /// The journey cannot be replayed.
    Error,
}

/// Where a problem is.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Place {
    /// The journey as a whole, its entry, exit conditions or goal.
    Journey,
    /// Its trigger.
    Trigger,
    /// A block.
    Block(BlockId),
    /// An exit of a block.
    Exit(BlockId, String),
}

/// A change that would mend a problem.
#[derive(Clone, Debug, PartialEq)]
pub struct Fix {
    /// What the button says.
    pub label: String,
    /// The journey after the fix.
    pub journey: Box<Journey>,
}

/// One problem.
#[derive(Clone, Debug, PartialEq)]
pub struct Problem {
    /// Stable word for the rule, for example `no_trigger`.
    pub code: &'static str,
    /// How bad.
    pub severity: Severity,
    /// Where.
    pub place: Place,
    /// What, in plain words, and what to do.
    pub text: String,
    /// A change that mends it, where one exists.
    pub fix: Option<Fix>,
}

/// What lint knows beside the journey.
#[derive(Clone, Copy)]
pub struct LintContext<'a> {
    /// The platform in force.
    pub platform: &'a Platform,
    /// The workspace's segments.
    pub segments: &'a Segments,
    /// Event-name roles.
    pub roles: &'a Roles,
    /// Names seen in the recordings; `None` when there is no recording.
    pub taxonomy: Option<&'a Taxonomy>,
    /// Ids of the workspace's journeys.
    pub journeys: &'a [super::JourneyId],
}

/// Every problem of a journey, ordered by (severity, worst first; place; code).
pub fn lint(journey: &Journey, context: &LintContext<'_>) -> Vec<Problem> {
    let _ = (journey, context);
    todo!()
}
