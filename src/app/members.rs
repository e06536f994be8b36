//! Who belongs to a segment or a group, made ready by the worker: what the inspector lists it must
//! not look for among everybody in each frame.

use std::collections::BTreeMap;

use crate::{simulator::result::PersonSummary, words::person::PeopleGroup};

/// How many are listed one by one.
pub const LISTED: usize = 200;

/// Some of the people of a result.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Members {
    /// How many there are.
    pub count: usize,
    /// Positions of the first of them.
    pub first: Vec<u32>,
}

impl Members {
    fn add(&mut self, at: u32) {
        self.count += 1;
        if self.first.len() < LISTED {
            self.first.push(at);
        }
    }
    /// The first of them.
    pub fn listed<'a>(&'a self, people: &'a [PersonSummary]) -> impl Iterator<Item = &'a PersonSummary> {
        self.first.iter().filter_map(|at| people.get(*at as usize))
    }
}

/// Who is in each segment when the last event arrives.
pub fn of_segments(people: &[PersonSummary]) -> BTreeMap<String, Members> {
    let mut segments: BTreeMap<String, Members> = BTreeMap::new();
    for (at, person) in (0_u32..).zip(people) {
        for segment in &person.segments {
            match segments.get_mut(segment) {
                Some(members) => members.add(at),
                None => segments.entry(segment.clone()).or_default().add(at),
            }
        }
    }
    segments
}

/// Who is in each group.
pub fn of_groups(people: &[PersonSummary]) -> BTreeMap<PeopleGroup, Members> {
    let mut groups: BTreeMap<PeopleGroup, Members> = BTreeMap::new();
    for (at, person) in (0_u32..).zip(people) {
        for group in PeopleGroup::ALL.into_iter().filter(|group| group.holds(person)) {
            groups.entry(group).or_default().add(at);
        }
    }
    groups
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::fixture;

    #[test]
    fn they_are_those_that_a_look_at_everybody_finds() {
        let outcome = fixture::outcome();
        let people = &outcome.result.people;
        let segments = of_segments(people);
        assert!(!segments.is_empty());
        for (id, members) in &segments {
            let all: Vec<_> = people.iter().filter(|person| person.segments.contains(id)).collect();
            assert_eq!(members.count, all.len(), "{id}");
            assert!(members.listed(people).eq(all.into_iter().take(LISTED)), "{id}");
        }
        for (group, members) in of_groups(people) {
            assert_eq!(members.count, people.iter().filter(|person| group.holds(person)).count());
        }
    }
}
