//! People who turned out to be the person of a story: a lane of their own until the merge.

use rustc_hash::FxHashMap;

use super::story::{Mark, is_anonymous};
use crate::simulator::{ReplayResult, TraceRecord};

/// Somebody known who was merged into the person.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct MergedPerson {
    /// Who they were: identifiers, sorted canonical text.
    pub identifiers: Vec<String>,
    /// What they did until then, but for what devices did before they joined them.
    pub marks: Vec<Mark>,
    /// When the platform first knew of them.
    pub from_ms: i64,
    /// When they were merged.
    pub merged_ms: i64,
}

impl MergedPerson {
    /// Whether a device that joined at an instant joined them.
    pub fn has(&self, anonymous_id: &str, joined_ms: i64) -> bool {
        let is_it = |id: &String| id.strip_prefix("anonymous_id:") == Some(anonymous_id);
        joined_ms < self.merged_ms && self.identifiers.iter().any(is_it)
    }
}

/// Takes what others did before they were merged out of the person's marks.
pub fn part(
    marks: &mut Vec<Mark>,
    trace: &[&TraceRecord],
    result: &ReplayResult,
    own: &[String],
) -> Vec<MergedPerson> {
    let is_own = |ids: &[String]| ids.iter().any(|id| own.contains(id));
    let merges = result.merges.iter().filter(|merge| is_own(&merge.survivor));
    let mut people: Vec<MergedPerson> = merges
        .filter(|merge| merge.joined.iter().any(|id| !is_anonymous(id)))
        .map(|merge| MergedPerson {
            identifiers: merge.joined.clone(),
            marks: Vec::new(),
            from_ms: merge.at_ms,
            merged_ms: merge.at_ms,
        })
        .collect();
    if people.is_empty() {
        return people;
    }
    for record in trace {
        for other in people.iter_mut().filter(|it| record.at_ms < it.merged_ms) {
            if record.identifiers.iter().any(|id| other.identifiers.contains(id)) {
                other.from_ms = other.from_ms.min(record.at_ms);
            }
        }
    }
    // Whose an event was when it arrived.
    let arrivals = trace.iter().filter(|record| record.decision == "event");
    let whose: FxHashMap<&str, &[String]> = arrivals
        .filter_map(|record| Some((record.because.events.first()?.as_str(), &record.identifiers[..])))
        .collect();
    for mark in std::mem::take(marks) {
        let ids = whose.get(mark.event.as_str()).copied().unwrap_or_default();
        let other = people
            .iter_mut()
            .find(|it| mark.arrived_ms < it.merged_ms && ids.iter().any(|id| it.identifiers.contains(id)));
        match other {
            Some(other) => other.marks.push(mark),
            None => marks.push(mark),
        }
    }
    people.sort_by(|a, b| (a.from_ms, &a.identifiers).cmp(&(b.from_ms, &b.identifiers)));
    people
}
