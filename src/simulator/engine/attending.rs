//! Counts who is in which segment as time passes, if a replay is asked to.
//!
//! As in [`super::watch`], the profiles that an event or a timer touched are looked at after it,
//! and others when a membership may next change by time alone. Looking changes nothing.

use std::{
    cmp::Reverse,
    collections::{BTreeSet, BinaryHeap},
};

use super::{passing::Allowance, plan::Plan, world::World};
use crate::{
    identity::ProfileId,
    simulator::memberships::{Change, Memberships},
};

/// A profile is in a segment.
const INSIDE: u8 = 1;
/// It was at some time.
const EVER: u8 = 2;

/// What one world counted.
pub struct Attending<'a> {
    allowed: &'a Allowance,
    segments: usize,
    /// Of each profile and segment, [`INSIDE`] and [`EVER`].
    marks: Vec<u8>,
    /// When each profile is looked at again.
    next_ms: Vec<Option<i64>>,
    touched: BTreeSet<u32>,
    due: BinaryHeap<Reverse<(i64, u32)>>,
    noted: Vec<Change>,
    full: bool,
}

impl<'a> Attending<'a> {
    /// Nobody is in any; `None`: there is none to be in.
    pub fn new(plan: &Plan<'_>, allowed: &'a Allowance) -> Option<Self> {
        let segments = plan.segments.len();
        let new = Self {
            allowed,
            segments,
            marks: Vec::new(),
            next_ms: Vec::new(),
            touched: BTreeSet::new(),
            due: BinaryHeap::new(),
            noted: Vec::new(),
            full: false,
        };
        (segments > 0).then_some(new)
    }

    /// Something of a profile may have changed.
    pub fn touch(&mut self, profile: ProfileId) {
        self.touched.insert(profile.0);
    }

    /// A component has come to its end.
    pub fn end(&mut self) {
        self.touched.clear();
        self.due.clear();
    }

    fn mark(&mut self, profile: ProfileId, segment: usize) -> &mut u8 {
        let place = profile.0 as usize * self.segments + segment;
        if place >= self.marks.len() {
            self.marks.resize((profile.0 as usize + 1) * self.segments, 0);
        }
        &mut self.marks[place]
    }

    /// Sets what is known of a profile in a segment, and notes how that changes the counts.
    fn set(&mut self, profile: ProfileId, segment: usize, now: u8, at_ms: i64) {
        let before = std::mem::replace(self.mark(profile, segment), now);
        if before == now {
            return;
        }
        if self.full || !self.allowed.one_more() {
            self.full = true;
            return;
        }
        let step = |mark: u8| i8::from(now & mark != 0) - i8::from(before & mark != 0);
        let change = Change { segment: segment as u32, at_ms, inside: step(INSIDE), ever: step(EVER) };
        self.noted.push(change);
    }

    /// A profile is gone: whoever it was is counted as the other one.
    fn merge(&mut self, gone: ProfileId, into: ProfileId, at_ms: i64) {
        for segment in 0..self.segments {
            let was = *self.mark(gone, segment);
            if was != 0 {
                let other = *self.mark(into, segment);
                self.set(gone, segment, 0, at_ms);
                self.set(into, segment, other | (was & EVER), at_ms);
            }
        }
    }
}

impl World<'_> {
    /// Looks at the profiles that were touched.
    pub(super) fn attend(&mut self) {
        let Some(attending) = &mut self.attending else { return };
        for profile in std::mem::take(&mut attending.touched) {
            self.attend_to(ProfileId(profile));
        }
    }

    /// Looks at what changes by time alone up to an instant.
    pub(super) fn attend_until(&mut self, at_ms: i64) {
        while let Some(attending) = &mut self.attending
            && let Some(Reverse((due_ms, profile))) = attending.due.peek().copied()
            && due_ms <= at_ms
        {
            attending.due.pop();
            let id = ProfileId(profile);
            if attending.next_ms.get(profile as usize).copied().flatten() == Some(due_ms) {
                self.now_ms = self.now_ms.max(due_ms);
                self.attend_to(id);
            }
        }
    }

    fn attend_to(&mut self, id: ProfileId) {
        let (into, now_ms, horizon_ms) = (self.resolver.current(id), self.now_ms, self.shared.horizon_ms);
        if into != id {
            if let Some(attending) = &mut self.attending {
                attending.merge(id, into, now_ms);
            }
            return;
        }
        if self.plan().asks_contact {
            self.hear(id);
        }
        let segments = 0..self.plan().segments.len();
        let inside: Vec<bool> = segments.clone().map(|it| self.in_segment(it, id, now_ms)).collect();
        let next_ms = segments.filter_map(|it| self.segment_changes(it, id, now_ms)).min();
        let next_ms = next_ms.filter(|next_ms| *next_ms <= horizon_ms);
        let Some(attending) = &mut self.attending else { return };
        // Hearing touches; nothing else was done since.
        attending.touched.remove(&id.0);
        for (segment, is_in) in inside.into_iter().enumerate() {
            let ever = *attending.mark(id, segment) & EVER;
            attending.set(id, segment, if is_in { INSIDE | EVER } else { ever }, now_ms);
        }
        let place = id.0 as usize;
        if place >= attending.next_ms.len() {
            attending.next_ms.resize(place + 1, None);
        }
        if let Some(next_ms) = next_ms.filter(|next_ms| attending.next_ms[place] != Some(*next_ms)) {
            attending.due.push(Reverse((next_ms, id.0)));
        }
        attending.next_ms[place] = next_ms;
    }
}

/// Everything that the worlds counted; `None`: it was too much.
pub fn gather(plan: &Plan<'_>, worlds: Vec<Attending<'_>>) -> Option<Memberships> {
    if worlds.iter().any(|world| world.full) {
        return None;
    }
    let ids: Vec<&str> = plan.segments.iter().map(|segment| segment.id.as_str()).collect();
    Some(Memberships::new(worlds.into_iter().flat_map(|world| world.noted).collect(), &ids))
}
