//! Who in a result owns what: messages, merges, refusals and held triggers by person, so that a
//! page about somebody need not search through everybody's.

use std::collections::BTreeMap;

use rustc_hash::FxHashMap;

use crate::{
    journey::{BlockId, JourneyId},
    simulator::ReplayResult,
};

/// Positions in the lists of a [`ReplayResult`], by person; devices that never joined anybody are
/// listed after the people.
#[derive(Clone, Debug, Default)]
pub struct Directory {
    owners: FxHashMap<Box<str>, u32>,
    strangers: FxHashMap<Box<str>, u32>,
    blocks: BTreeMap<JourneyId, BTreeMap<BlockId, Vec<u32>>>,
    messages: Owned,
    merges: Owned,
    refusals: Owned,
    held: Owned,
}

impl Directory {
    /// The directory of a result.
    pub fn of(result: &ReplayResult) -> Self {
        let people = result.people.len();
        let mut owners = FxHashMap::default();
        for (at, person) in (0_u32..).zip(&result.people) {
            for id in &person.identifiers {
                owners.entry(id.as_str().into()).or_insert(at);
            }
        }
        let mut strangers: FxHashMap<Box<str>, u32> = FxHashMap::default();
        let held = result.held.iter().map(|it| std::slice::from_ref(&it.anonymous_id));
        for ids in result.messages.iter().map(|it| it.identifiers.as_slice()).chain(held) {
            if !ids.iter().any(|id| owners.contains_key(id.as_str())) {
                let next = (people + strangers.len()) as u32;
                if let Some(id) = ids.first() {
                    strangers.entry(id.as_str().into()).or_insert(next);
                }
            }
        }
        let all = people + strangers.len();
        let one = |id: &str| owners.get(id).copied();
        let any = |ids: &[String]| {
            let person = ids.iter().find_map(|id| one(id));
            person.or_else(|| ids.iter().find_map(|id| strangers.get(id.as_str()).copied()))
        };
        Self {
            messages: Owned::by(all, result.messages.iter().map(|it| any(&it.identifiers))),
            merges: Owned::by(all, result.merges.iter().map(|it| any(&it.survivor))),
            refusals: Owned::by(all, result.refusals.iter().map(|it| one(it.identifier.as_deref()?))),
            held: Owned::by(all, result.held.iter().map(|it| any(std::slice::from_ref(&it.anonymous_id)))),
            blocks: by_block(result),
            owners,
            strangers,
        }
    }

    /// Who has one of these identifiers at the end.
    pub fn person(&self, identifiers: &[String]) -> Option<usize> {
        identifiers.iter().find_map(|id| self.owners.get(id.as_str())).map(|at| *at as usize)
    }
    /// A device that never joined anybody, by one of its identifiers.
    pub fn device(&self, identifiers: &[String]) -> Option<usize> {
        identifiers.iter().find_map(|id| self.strangers.get(id.as_str())).map(|at| *at as usize)
    }
    /// Somebody's messages and waiting runs, in the result's order.
    pub fn messages(&self, person: usize) -> &[u32] {
        self.messages.of(person)
    }
    /// Messages of a block and runs that wait there, in the result's order.
    pub fn messages_at(&self, journey: &JourneyId, block: &BlockId) -> &[u32] {
        self.blocks.get(journey).and_then(|blocks| blocks.get(block)).map_or(&[], Vec::as_slice)
    }
    /// What joined somebody.
    pub fn merges(&self, person: usize) -> &[u32] {
        self.merges.of(person)
    }
    /// What was refused about an identifier of somebody's.
    pub fn refusals(&self, person: usize) -> &[u32] {
        self.refusals.of(person)
    }
    /// Triggers that were held back on a device of somebody's.
    pub fn held(&self, person: usize) -> &[u32] {
        self.held.of(person)
    }
}

fn by_block(result: &ReplayResult) -> BTreeMap<JourneyId, BTreeMap<BlockId, Vec<u32>>> {
    let mut blocks: BTreeMap<JourneyId, BTreeMap<BlockId, Vec<u32>>> = BTreeMap::new();
    for (at, message) in (0_u32..).zip(&result.messages) {
        if let Some(here) = blocks.get_mut(&message.journey).and_then(|it| it.get_mut(&message.block)) {
            here.push(at);
        } else {
            let of_journey = blocks.entry(message.journey.clone()).or_default();
            of_journey.entry(message.block.clone()).or_default().push(at);
        }
    }
    blocks
}

/// Positions grouped by owner: those of owner `n` lie from `starts[n]` to `starts[n + 1]`.
#[derive(Clone, Debug, Default)]
struct Owned {
    starts: Vec<u32>,
    positions: Vec<u32>,
}

impl Owned {
    /// Groups things by owner; what nobody owns is left out.
    fn by(owners: usize, of: impl Iterator<Item = Option<u32>>) -> Self {
        let of: Vec<Option<u32>> = of.collect();
        let mut starts = vec![0_u32; owners + 1];
        for owner in of.iter().flatten() {
            starts[*owner as usize + 1] += 1;
        }
        for at in 0..owners {
            starts[at + 1] += starts[at];
        }
        let mut next = starts.clone();
        let mut positions = vec![0; starts[owners] as usize];
        for (at, owner) in (0_u32..).zip(&of) {
            if let Some(owner) = owner {
                let place = &mut next[*owner as usize];
                positions[*place as usize] = at;
                *place += 1;
            }
        }
        Self { starts, positions }
    }
    fn of(&self, owner: usize) -> &[u32] {
        match (self.starts.get(owner), self.starts.get(owner + 1)) {
            (Some(from), Some(to)) => &self.positions[*from as usize..*to as usize],
            _ => &[],
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::simulator::{HeldState, HeldTrigger, result::PersonSummary};

    #[test]
    fn a_device_that_never_joined_is_listed_apart_from_the_people() {
        let held = |id: &str| HeldTrigger {
            journey: "cart".into(),
            anonymous_id: id.to_owned(),
            event: "m1".to_owned(),
            held_ms: 0,
            state: HeldState::NeverIdentified,
            decided_ms: 0,
            age_ms: None,
            cart_value: None,
        };
        let ana = PersonSummary {
            identifiers: vec!["anonymous_id:a".to_owned(), "email:ana@example.com".to_owned()],
            known: true,
            known_ms: None,
            attributes: std::collections::BTreeMap::new(),
            events: 1,
            first_ms: 0,
            last_ms: 0,
            segments: Vec::new(),
        };
        let result = ReplayResult {
            people: vec![ana],
            held: vec![held("anonymous_id:b"), held("anonymous_id:a"), held("anonymous_id:b")],
            ..ReplayResult::default()
        };
        let directory = Directory::of(&result);
        let [known, stranger] = ["anonymous_id:a", "anonymous_id:b"].map(|id| vec![id.to_owned()]);
        assert_eq!((directory.person(&known), directory.device(&known)), (Some(0), None));
        assert_eq!(directory.person(&stranger), None);
        assert_eq!(directory.device(&stranger).map(|at| directory.held(at)), Some(&[0, 2][..]));
        assert_eq!(directory.held(0), [1]);
    }

    #[test]
    fn what_is_owned_is_grouped_in_order() {
        let owned = Owned::by(3, [Some(2), None, Some(0), Some(2)].into_iter());
        assert_eq!(owned.of(0), [2]);
        assert_eq!(owned.of(1), [0_u32; 0]);
        assert_eq!(owned.of(2), [0, 3]);
        assert_eq!(owned.of(9), [0_u32; 0]);
    }
}
