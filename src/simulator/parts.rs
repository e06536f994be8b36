//! Results of parts of a recording put together, in the one documented order.
//!
//! Parts are whole identity components, so that nobody is in two of them: adding them up in any
//! order and ordering the sum once gives what a replay of everything gives.

use std::collections::BTreeMap;

use super::result::{BlockCounts, JourneyCounts, MessageRecord, ReplayResult};

impl ReplayResult {
    /// Adds what another part came to; [`ReplayResult::put_in_order`] ends the adding. The
    /// horizon stays.
    pub fn add(&mut self, part: Self) {
        self.messages.extend(part.messages);
        self.held.extend(part.held);
        self.merges.extend(part.merges);
        self.refusals.extend(part.refusals);
        self.people.extend(part.people);
        self.trace.extend(part.trace);
        self.events += part.events;
        self.duplicates += part.duplicates;
        self.before_consent += part.before_consent;
        for (journey, counts) in part.journeys {
            match self.journeys.get_mut(&journey) {
                Some(known) => known.add(&counts),
                None => {
                    self.journeys.insert(journey, counts);
                }
            }
        }
    }

    /// Makes room for these parts, which are about to be added: growing copies all there is.
    pub(super) fn reserve_for<'p>(&mut self, parts: &(impl Iterator<Item = &'p Self> + Clone)) {
        let total = |of: fn(&Self) -> usize| parts.clone().map(of).sum();
        self.messages.reserve(total(|part| part.messages.len()));
        self.held.reserve(total(|part| part.held.len()));
        self.merges.reserve(total(|part| part.merges.len()));
        self.refusals.reserve(total(|part| part.refusals.len()));
        self.people.reserve(total(|part| part.people.len()));
        self.trace.reserve(total(|part| part.trace.len()));
    }

    /// Brings every list in its documented order.
    pub fn put_in_order(&mut self) {
        self.messages.sort_by(|a, b| message_order(a).cmp(&message_order(b)));
        self.held.sort_by(|a, b| {
            (a.held_ms, &a.anonymous_id, &a.journey, &a.event).cmp(&(
                b.held_ms,
                &b.anonymous_id,
                &b.journey,
                &b.event,
            ))
        });
        self.merges.sort_by(|a, b| (a.at_ms, &a.survivor, &a.call).cmp(&(b.at_ms, &b.survivor, &b.call)));
        self.refusals.sort_by(|a, b| {
            (a.at_ms, &a.call, &a.identifier, a.reason).cmp(&(b.at_ms, &b.call, &b.identifier, b.reason))
        });
        self.people.sort_by(|a, b| a.identifiers.cmp(&b.identifiers));
        // Stable: what one component decided at one instant stays in its order.
        self.trace.sort_by_key(|record| record.at_ms);
    }
}

fn message_order(m: &MessageRecord) -> impl Ord + '_ {
    (m.at_ms, &m.identifiers, &m.journey, m.run, &m.block, m.state, m.reason, &m.body)
}

impl JourneyCounts {
    /// Adds another part's counts.
    pub fn add(&mut self, other: &Self) {
        self.offered += other.offered;
        self.started += other.started;
        self.goals += other.goals;
        self.left_unknown += other.left_unknown;
        add_all(&mut self.not_started, &other.not_started);
        add_all(&mut self.held, &other.held);
        add_all(&mut self.ended, &other.ended);
        for (block, counts) in &other.blocks {
            match self.blocks.get_mut(block) {
                Some(known) => known.add(counts),
                None => {
                    self.blocks.insert(block.clone(), counts.clone());
                }
            }
        }
    }
}

impl BlockCounts {
    /// Adds another part's counts.
    pub fn add(&mut self, other: &Self) {
        self.entered += other.entered;
        self.waiting += other.waiting;
        self.left_early += other.left_early;
        add_all(&mut self.exits, &other.exits);
        add_all(&mut self.messages, &other.messages);
        add_all(&mut self.reasons, &other.reasons);
    }
}

fn add_all<K: Ord + Clone>(into: &mut BTreeMap<K, u64>, from: &BTreeMap<K, u64>) {
    for (key, number) in from {
        *into.entry(key.clone()).or_default() += number;
    }
}
