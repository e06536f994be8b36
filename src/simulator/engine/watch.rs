//! Recording how the state of profiles changes, if a replay is asked to.
//!
//! After every event and every timer the profiles it touched are compared with what was recorded
//! of them. What changes by time alone (a segment whose window ends, a consent that expires) is
//! looked at when it may next change. Watching changes nothing of the replay.

use std::{
    cmp::Reverse,
    collections::{BTreeMap, BTreeSet, BinaryHeap},
};

use super::{
    state::{RunSlot, Wait},
    world::World,
};
use crate::{
    identity::{AttributeValue, ProfileId},
    journey::Channel,
    simulator::{
        delivery::CHANNELS,
        person_state::{AttributeState, Change, PersonState, RunState, StateChange},
    },
};

/// What was recorded so far.
#[derive(Default)]
pub struct Watch {
    /// Every change, in the order of the replay.
    pub changes: Vec<StateChange>,
    /// The last state recorded of each profile.
    last: BTreeMap<u32, PersonState>,
    touched: BTreeSet<u32>,
    /// When a profile may next change by time alone; of several the earliest counts.
    due: BinaryHeap<Reverse<(i64, u32)>>,
}

impl World<'_> {
    /// Something of a profile may have changed.
    pub(super) fn touch(&mut self, profile: ProfileId) {
        if let Some(watch) = &mut self.watch {
            watch.touched.insert(profile.0);
        }
        if let Some(attending) = &mut self.attending {
            attending.touch(profile);
        }
    }

    /// Records what changed of the profiles that were touched.
    pub(super) fn look(&mut self) {
        self.attend();
        let Some(watch) = &mut self.watch else { return };
        for profile in std::mem::take(&mut watch.touched) {
            self.look_at(ProfileId(profile));
        }
    }

    /// A component has come to its end: what is told at the horizon changes nobody's state.
    pub(super) fn watch_others(&mut self) {
        if let Some(attending) = &mut self.attending {
            attending.end();
        }
        if let Some(watch) = &mut self.watch {
            watch.touched.clear();
            watch.due.clear();
            watch.last.clear();
        }
    }

    /// Records what changes by time alone up to an instant.
    pub(super) fn look_until(&mut self, at_ms: i64) {
        self.attend_until(at_ms);
        while let Some(watch) = &mut self.watch
            && let Some(Reverse((due_ms, profile))) = watch.due.peek().copied()
            && due_ms <= at_ms
        {
            watch.due.pop();
            self.now_ms = self.now_ms.max(due_ms);
            self.look_at(ProfileId(profile));
        }
    }

    fn look_at(&mut self, id: ProfileId) {
        let merged_into = self.resolver.current(id);
        let Some(watch) = &mut self.watch else { return };
        let last = watch.last.remove(&id.0);
        let (changes, next_ms) = if merged_into == id {
            self.hear(id);
            let known = last.as_ref();
            (self.differences(id, known.unwrap_or(&PersonState::default())), self.state_changes(id))
        } else if last.is_some() {
            (vec![Change::MergedInto(merged_into.0)], None)
        } else {
            return;
        };
        let (at_ms, horizon_ms) = (self.now_ms, self.shared.horizon_ms);
        let Some(watch) = &mut self.watch else { return };
        // Hearing touches; nothing else was done since.
        watch.touched.remove(&id.0);
        let mut state = last.unwrap_or_default();
        for change in &changes {
            state.apply(change);
        }
        if merged_into == id {
            watch.last.insert(id.0, state);
        }
        if let Some(next_ms) = next_ms.filter(|next_ms| *next_ms <= horizon_ms) {
            watch.due.push(Reverse((next_ms, id.0)));
        }
        let record = |change| StateChange { at_ms, profile: id.0, change };
        watch.changes.extend(changes.into_iter().map(record));
    }

    /// When anything of a profile may next change by time alone.
    fn state_changes(&self, id: ProfileId) -> Option<i64> {
        let segments = 0..self.plan().segments.len();
        let segments = segments.filter_map(|segment| self.segment_changes(segment, id, self.now_ms));
        segments.chain(self.person(id).contact.changes_ms(self.now_ms)).min()
    }

    /// What a profile is now, as changes of what it was.
    fn differences(&self, id: ProfileId, last: &PersonState) -> Vec<Change> {
        let mut changes = Vec::new();
        let identifiers = self.identifiers(id);
        if identifiers != last.identifiers {
            changes.push(Change::Identifiers(identifiers));
        }
        self.attribute_changes(id, last, &mut changes);
        for (segment, plan) in self.plan().segments.iter().enumerate() {
            let is_in = self.in_segment(segment, id, self.now_ms);
            if is_in != last.segments.contains(&plan.id) {
                changes.push(Change::Segment(plan.id.clone(), is_in));
            }
        }
        let person = self.person(id);
        let consents = person.contact.consents(self.now_ms);
        map_changes(&last.consent, &consents, &mut changes, Change::Consent);
        map_changes(&last.blocked, &self.blocked(id), &mut changes, Change::Blocked);
        let runs = person.runs.iter().filter_map(|slot| Some((*slot as u32, self.run_state(*slot)?)));
        map_changes(&last.runs, &runs.collect(), &mut changes, Change::Run);
        let sent = person.sent.all();
        let known = last.sent.len();
        if sent.len() == known + 1 && sent.clone().take(known).eq(last.sent.iter().copied()) {
            changes.extend(sent.last().map(Change::Sent));
        } else if !sent.clone().eq(last.sent.iter().copied()) {
            changes.push(Change::AllSent(sent.collect()));
        }
        let events = person.history.len() as u32;
        if events != last.events {
            changes.push(Change::Events(events));
        }
        changes
    }

    fn attribute_changes(&self, id: ProfileId, last: &PersonState, changes: &mut Vec<Change>) {
        let now = &self.resolver.profile(id).attributes;
        let said = |value: &AttributeValue| AttributeState {
            value: value.value.clone(),
            set_ms: value.set_ms,
            event: value.event.map(|event| self.message_id_of(event).to_owned()),
        };
        for (name, value) in now {
            let is_same = |known: &AttributeState| {
                let event = value.event.map(|event| self.message_id_of(event));
                known.set_ms == value.set_ms && known.event.as_deref() == event && known.value == value.value
            };
            if !last.attributes.get(&**name).is_some_and(is_same) {
                changes.push(Change::Attribute(name.to_string(), Some(said(value))));
            }
        }
        let gone = last.attributes.keys().filter(|name| !now.contains_key(name.as_str()));
        changes.extend(gone.map(|name| Change::Attribute(name.clone(), None)));
    }

    /// Why nothing may be sent to a profile, on any channel or on one.
    fn blocked(&self, id: ProfileId) -> BTreeMap<Option<Channel>, String> {
        let (contact, now_ms) = (&self.person(id).contact, self.now_ms);
        let everything = contact.unsubscribed(now_ms);
        let everything = everything.map(|source| (None, format!("unsubscribed from everything ({source})")));
        let channels = CHANNELS.into_iter().filter_map(|channel| {
            let unsubscribed = contact.unsubscribed_channel(channel, now_ms);
            let unsubscribed = unsubscribed.map(|source| format!("unsubscribed ({source})"));
            let address = self.address(id, channel);
            let why = unsubscribed.or_else(|| contact.suppression(channel, address.as_deref(), now_ms))?;
            Some((Some(channel), why))
        });
        everything.into_iter().chain(channels).collect()
    }

    /// Where a run is; `None`: it has ended, or has not begun to move.
    fn run_state(&self, slot: RunSlot) -> Option<RunState> {
        let run = &self.runs[slot];
        let plan = &self.plan().journeys[run.journey];
        let block = plan.blocks.get(run.block).filter(|_| !run.ended)?;
        let until_ms = match run.wait.as_ref()? {
            Wait::Identify { deadline_ms } | Wait::Prompt { deadline_ms } => Some(*deadline_ms),
            Wait::Delay { due_ms } => Some(*due_ms),
            Wait::Until { deadline_ms, .. } => *deadline_ms,
            Wait::Window { open_ms } => Some(*open_ms),
            Wait::Message { .. } => None,
        };
        Some(RunState {
            journey: plan.id().clone(),
            run: run.ordinal,
            block: block.id.clone(),
            since_ms: run.entered_ms,
            until_ms,
        })
    }
}

/// What is new, another, or gone in a map.
fn map_changes<K: Ord + Clone, V: Clone + PartialEq>(
    before: &BTreeMap<K, V>,
    now: &BTreeMap<K, V>,
    changes: &mut Vec<Change>,
    change: impl Fn(K, Option<V>) -> Change,
) {
    let other = now.iter().filter(|(key, value)| before.get(key) != Some(value));
    changes.extend(other.map(|(key, value)| change(key.clone(), Some(value.clone()))));
    let gone = before.keys().filter(|key| !now.contains_key(key));
    changes.extend(gone.map(|key| change(key.clone(), None)));
}
