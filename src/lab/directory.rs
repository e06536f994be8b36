//! Who in a result owns what: messages, merges, refusals and held triggers by person, so that a
//! page about somebody need not search through everybody's.

use rustc_hash::FxHashMap;

use crate::simulator::ReplayResult;

/// Positions in the lists of a [`ReplayResult`], by person.
#[derive(Clone, Debug, Default)]
pub struct Directory {
    owners: FxHashMap<Box<str>, u32>,
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
        let any = |ids: &[String]| ids.iter().find_map(|id| owners.get(id.as_str()).copied());
        let one = |id: &str| owners.get(id).copied();
        Self {
            messages: Owned::by(people, result.messages.iter().map(|it| any(&it.identifiers))),
            merges: Owned::by(people, result.merges.iter().map(|it| any(&it.survivor))),
            refusals: Owned::by(people, result.refusals.iter().map(|it| one(it.identifier.as_deref()?))),
            held: Owned::by(people, result.held.iter().map(|it| one(&it.anonymous_id))),
            owners,
        }
    }

    /// Who has one of these identifiers at the end.
    pub fn person(&self, identifiers: &[String]) -> Option<usize> {
        identifiers.iter().find_map(|id| self.owners.get(id.as_str())).map(|at| *at as usize)
    }
    /// Somebody's messages and waiting runs, in the result's order.
    pub fn messages(&self, person: usize) -> &[u32] {
        self.messages.of(person)
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

    #[test]
    fn what_is_owned_is_grouped_in_order() {
        let owned = Owned::by(3, [Some(2), None, Some(0), Some(2)].into_iter());
        assert_eq!(owned.of(0), [2]);
        assert_eq!(owned.of(1), [0_u32; 0]);
        assert_eq!(owned.of(2), [0, 3]);
        assert_eq!(owned.of(9), [0_u32; 0]);
    }
}
