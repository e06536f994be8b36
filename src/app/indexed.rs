//! A result made ready for looking things up, by the worker: what the window needs in a frame or
//! at a keystroke it must not search for in everything.

use std::{collections::BTreeMap, sync::Arc};

use super::{
    members::{self, Members},
    messages::index::MessageIndex,
    people::PeopleIndex,
};
use crate::{
    journey::{Journey, JourneyId},
    lab::{self, Directory, held::HeldGroups},
    simulator::ReplayResult,
    words::{names::Names, person::PeopleGroup},
};

/// See the module.
#[derive(Debug, Default)]
pub struct Indexed {
    /// Who owns what.
    pub directory: Directory,
    /// The messages, ready to be filtered.
    pub messages: MessageIndex,
    /// The people, ready to be filtered.
    pub people: PeopleIndex,
    /// Who is in each segment when the last event arrives.
    pub segments: BTreeMap<String, Members>,
    /// Who is in each group.
    pub groups: BTreeMap<PeopleGroup, Members>,
    /// Held triggers of each journey, added up.
    pub held: BTreeMap<JourneyId, HeldGroups>,
}

impl Indexed {
    /// Prepares a result of these journeys.
    pub fn of(result: &ReplayResult, journeys: &[Arc<Journey>]) -> Self {
        let directory = Directory::of(result);
        Self {
            people: PeopleIndex::of(result, &directory),
            messages: MessageIndex::of(&result.messages, &Names::of(journeys), &directory),
            segments: members::of_segments(&result.people),
            groups: members::of_groups(&result.people),
            held: lab::held::by_journey(&result.held),
            directory,
        }
    }
}
