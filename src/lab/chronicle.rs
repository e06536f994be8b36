//! One person's state at any instant, forward and back.
//!
//! A replay records every change of state; this keeps those of one person, with the whole state
//! every so many changes. Any instant is then a keyframe and a few changes away, whichever way
//! the cursor came, and it is exactly what a replay up to that instant says.

use std::collections::{BTreeMap, BTreeSet};

use crate::simulator::{PersonState, StateChange, person_state::Change};

/// After so many changes the state is kept whole.
const KEYFRAME: usize = 256;

/// Profiles by number, in order of creation.
type Profiles = BTreeMap<u32, PersonState>;

/// How one person's state changed. Before a merge a person may be several profiles.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Chronicle {
    changes: Vec<StateChange>,
    /// The state after every [`KEYFRAME`] changes; the first is before any.
    keyframes: Vec<Profiles>,
}

impl Chronicle {
    /// Of whoever has one of these identifiers at the end, from all changes of a replay in order
    /// of time: their profile and those that were merged into it.
    pub fn of(changes: Vec<StateChange>, person: &[String]) -> Self {
        let own = profiles_of(&changes, person);
        let mut changes = changes;
        changes.retain(|change| own.contains(&change.profile));
        let mut state = Profiles::new();
        let mut keyframes = vec![state.clone()];
        for chunk in changes.chunks_exact(KEYFRAME) {
            take(&mut state, chunk);
            keyframes.push(state.clone());
        }
        Self { changes, keyframes }
    }

    /// The person after everything up to and including an instant: one profile, several that are
    /// not merged yet, or none.
    pub fn at(&self, at_ms: i64) -> Vec<PersonState> {
        let end = self.changes.partition_point(|change| change.at_ms <= at_ms);
        let frame = end / KEYFRAME;
        let mut state = self.keyframes.get(frame).cloned().unwrap_or_default();
        take(&mut state, &self.changes[frame * KEYFRAME..end]);
        state.into_values().collect()
    }

    /// Every change, in order of time.
    pub fn changes(&self) -> &[StateChange] {
        &self.changes
    }
}

fn take(state: &mut Profiles, changes: &[StateChange]) {
    for StateChange { profile, change, .. } in changes {
        if matches!(change, Change::MergedInto(_)) {
            state.remove(profile);
        } else {
            state.entry(*profile).or_default().apply(change);
        }
    }
}

/// The profile that has one of the identifiers at the end, and all that were merged into it.
fn profiles_of(changes: &[StateChange], person: &[String]) -> BTreeSet<u32> {
    let mut identifiers: BTreeMap<u32, &[String]> = BTreeMap::new();
    let mut merged: Vec<(u32, u32)> = Vec::new();
    for StateChange { profile, change, .. } in changes {
        match change {
            Change::Identifiers(ids) => drop(identifiers.insert(*profile, ids)),
            Change::MergedInto(into) => {
                identifiers.remove(profile);
                merged.push((*profile, *into));
            }
            _ => {}
        }
    }
    let is_meant = |ids: &&[String]| ids.iter().any(|id| person.contains(id));
    let mut own: BTreeSet<u32> =
        identifiers.into_iter().filter(|(_, ids)| is_meant(ids)).map(|(profile, _)| profile).collect();
    // Later merges first: what went into a profile that went into the person is theirs, too.
    for (profile, into) in merged.into_iter().rev() {
        if own.contains(&into) {
            own.insert(profile);
        }
    }
    own
}
