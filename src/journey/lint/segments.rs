//! Segments, looked at like the conditions of a journey.

use std::collections::BTreeMap;

use super::{LintContext, Look, Place, Problem, Rule, content, facts, names, sorted, values};
use crate::journey::{Condition, Journey, JourneyId, Segments};

/// The rules that ask about conditions alone.
const RULES: [Rule; 6] = [
    content::empty_conditions,
    names::unknown_segments,
    names::unknown_journeys,
    names::unknown_events,
    values::unknown_values_and_kinds,
    facts::unknown_facts,
];

/// Every problem of the workspace's segments, by their ids; those without a problem are left out.
///
/// The place of each is [`Place::Journey`], for a segment has no places of its own, and none has a
/// fix, for a fix is a whole journey.
pub fn lint_segments(context: &LintContext<'_>) -> BTreeMap<String, Vec<Problem>> {
    let problems = |condition: &Condition| -> Vec<Problem> {
        // As if it were the question of who may enter a journey without anything else.
        let mut journey = Journey::empty(JourneyId::default(), "");
        journey.audience = Some(condition.clone());
        let look = Look { journey: &journey, context };
        let mut found = sorted(RULES.iter().flat_map(|rule| rule(&look)).collect());
        found.retain(|problem| problem.place == Place::Journey);
        for problem in &mut found {
            problem.fix = None;
        }
        found
    };
    let Segments(segments) = context.segments;
    let all = segments.iter().map(|(id, segment)| (id.clone(), problems(&segment.condition)));
    all.filter(|(_, problems)| !problems.is_empty()).collect()
}
