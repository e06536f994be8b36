//! Lint: problems in a journey, as data with severity, place, plain words and a fix.
//!
//! Each rule is a small function that looks at the journey and reports what it finds; they are
//! listed in [`RULES`]. A code is stable: people name it in reviews and scripts.

mod content;
mod facts;
mod graph;
mod identity;
mod names;
mod platform;
mod segments;
mod template;
mod timing;
mod values;
pub(crate) mod walk;

pub use segments::lint_segments;

use super::{BlockId, ExitId, Journey, Segments};
use crate::{
    identity::Platform,
    recording::{Catalog, Roles, Taxonomy},
};
use walk::block_name;

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
    /// What it is about within its place, where that has a name: a template's variable.
    pub about: Option<String>,
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
    /// The shop's catalogue: its columns complete the products of events.
    pub catalog: &'a Catalog,
    /// Names seen in the recordings; `None` when there is no recording.
    pub taxonomy: Option<&'a Taxonomy>,
    /// Ids of the workspace's journeys.
    pub journeys: &'a [super::JourneyId],
}

/// A rule: looks, and reports what it finds.
type Rule = fn(&Look<'_>) -> Vec<Problem>;

/// Every rule.
const RULES: [Rule; 31] = [
    graph::no_trigger,
    graph::no_start,
    graph::unreachable_blocks,
    graph::exits_that_lead_nowhere,
    graph::connections_of_no_exit,
    graph::circles_that_take_no_time,
    graph::never_identified_path,
    identity::messages_before_identify,
    identity::exits_never_taken,
    identity::anchored_delays_without_floor,
    timing::waits_of_no_time,
    timing::waits_for_ever,
    timing::goal_without_time,
    timing::first_message,
    timing::unknown_zones,
    content::empty_messages,
    content::channels_of_no_message,
    content::missing_conditions,
    content::empty_conditions,
    content::nameless_audiences,
    content::repeated_arms,
    content::split_shares,
    content::split_sums,
    content::draft,
    names::unknown_segments,
    names::unknown_journeys,
    names::unknown_events,
    values::unknown_values_and_kinds,
    facts::unknown_facts,
    template::templates,
    platform::missing_blocks,
];

/// Every problem of a journey, ordered by (severity, worst first; place; code).
pub fn lint(journey: &Journey, context: &LintContext<'_>) -> Vec<Problem> {
    let look = Look { journey, context };
    sorted(RULES.iter().flat_map(|rule| rule(&look)).collect())
}

/// In one order, each once.
fn sorted(mut problems: Vec<Problem>) -> Vec<Problem> {
    problems.sort_by(|a, b| {
        let key =
            |problem: &Problem| (std::cmp::Reverse(problem.severity), problem.place.clone(), problem.code);
        key(a).cmp(&key(b)).then_with(|| a.text.cmp(&b.text))
    });
    problems.dedup();
    problems
}

/// What a rule looks at.
struct Look<'a> {
    journey: &'a Journey,
    context: &'a LintContext<'a>,
}

impl Look<'_> {
    /// A fix: the journey with something changed.
    fn fix(&self, label: &str, change: impl FnOnce(&mut Journey)) -> Fix {
        let mut journey = Box::new(self.journey.clone());
        change(&mut journey);
        Fix { label: label.to_owned(), journey }
    }
    /// What people call a block.
    fn name(&self, block: &BlockId) -> String {
        block_name(self.journey, block)
    }
}

impl Problem {
    fn error(code: &'static str, place: Place, text: impl Into<String>) -> Self {
        Self { code, severity: Severity::Error, place, text: text.into(), fix: None, about: None }
    }
    fn warning(code: &'static str, place: Place, text: impl Into<String>) -> Self {
        Self { code, severity: Severity::Warning, place, text: text.into(), fix: None, about: None }
    }
    fn about(mut self, name: String) -> Self {
        self.about = Some(name);
        self
    }
    fn with(mut self, fix: Fix) -> Self {
        self.fix = Some(fix);
        self
    }
    fn with_any(mut self, fix: Option<Fix>) -> Self {
        self.fix = fix;
        self
    }
}

impl Place {
    fn block(block: &BlockId) -> Self {
        Self::Block(block.clone())
    }
    fn exit(block: &BlockId, exit: &ExitId) -> Self {
        Self::Exit(block.clone(), exit.0.clone())
    }
}
