//! Anonymous events that are held: kept back until somebody claims their anonymous id.

use serde_json::Value;

use super::{
    merge::Precedence,
    outcome::{IdentityStep, Owner, RefusalReason},
    platform::{Anonymous, Reclaim, RetentionClock, RuleId},
    profile::ProfileId,
    register::IdNo,
    resolver::{Call, Resolver, push_traits},
};
use crate::recording::{Event, EventIndex};

impl Resolver<'_> {
    /// A call with nothing but an anonymous id: it joins whoever claimed the id not long ago, else
    /// it is held. `traits` are those of an anonymous identify.
    pub(super) fn held_activity(&mut self, call: &mut Call<'_>, anonymous: IdNo, traits: &Value) -> Owner {
        let known = self.register.get(anonymous);
        let identifier = known.identifier.clone();
        let Anonymous::Held { tail, .. } = self.platform().anonymous.value else {
            return Owner::Held(identifier);
        };
        let holder = known.holder.filter(|_| call.at_ms - known.held.claimed_ms <= tail.ms());
        let joins = self.still_joins(call, call.event());
        if let Some(profile) = holder {
            let (events, expired) =
                if joins { (vec![call.index], Vec::new()) } else { (Vec::new(), vec![call.index]) };
            call.steps.push(IdentityStep::Joined {
                profile,
                anonymous_id: identifier,
                events,
                expired,
                tail: true,
                rule: if joins { RuleId::Anonymous } else { RuleId::RetentionClock },
            });
            if !joins {
                return Owner::Nobody;
            }
            self.hold_traits(call, anonymous, traits);
            let changed = self.apply_held_traits(call, profile, anonymous);
            push_traits(call, profile, changed);
            return Owner::Profile(profile);
        }
        self.hold_traits(call, anonymous, traits);
        self.register.get_mut(anonymous).held.add(call.log, call.index);
        Owner::Held(identifier)
    }

    /// Whether `profile` may claim an anonymous id with this call; a refusal is recorded. The same
    /// person again gains nothing.
    pub(super) fn may_claim(&mut self, call: &mut Call<'_>, profile: ProfileId, anonymous: IdNo) -> bool {
        let known = self.register.get(anonymous);
        let identifier = known.identifier.clone();
        let Some(holder) = known.holder else { return true };
        if holder == profile {
            return false;
        }
        if self.platform().reclaim.value == Reclaim::Relinks {
            self.relink(call, anonymous, holder, profile);
            return true;
        }
        call.refuse(Some(identifier), RefusalReason::AlreadyClaimed, RuleId::Reclaim);
        false
    }

    /// Joins what is held against an anonymous id to the profile that claims it.
    pub(super) fn claim(&mut self, call: &mut Call<'_>, profile: ProfileId, anonymous: IdNo) {
        let held = self.register.get_mut(anonymous).held.take_events();
        let still_joins = |index: &EventIndex| self.still_joins(call, call.log.event(*index));
        let (events, expired): (Vec<_>, Vec<_>) = held.into_iter().partition(still_joins);
        if self.register.get(anonymous).holder.is_none() {
            self.bind(profile, anonymous);
        }
        self.register.get_mut(anonymous).held.claimed_ms = call.at_ms;
        self.person_mut(profile).profile.events.extend(&events);
        call.steps.push(IdentityStep::Joined {
            profile,
            anonymous_id: self.register.get(anonymous).identifier.clone(),
            events,
            expired,
            tail: false,
            rule: RuleId::Anonymous,
        });
    }

    /// Applies the traits of anonymous identify calls where the profile lacks them, but for those
    /// said so long ago that the platform has forgotten the call. Returns what changed, with the
    /// value before.
    pub(super) fn apply_held_traits(
        &mut self,
        call: &Call<'_>,
        profile: ProfileId,
        anonymous: IdNo,
    ) -> Vec<(Box<str>, Value)> {
        let mut traits = std::mem::take(&mut self.register.get_mut(anonymous).held.traits);
        traits.retain(|_, said| said.event.is_none_or(|event| self.still_joins(call, call.log.event(event))));
        self.absorb_attributes(profile, traits, Precedence::Ours)
    }

    fn hold_traits(&mut self, call: &Call<'_>, anonymous: IdNo, traits: &Value) {
        let held = &mut self.register.get_mut(anonymous).held.traits;
        for (name, value) in traits.as_object().into_iter().flatten() {
            super::merge::set(held, name, value, call.at_ms, Some(call.index));
        }
    }

    /// Whether a held event is young enough to join at this call; exactly as old as allowed is.
    fn still_joins(&self, call: &Call<'_>, event: &Event) -> bool {
        self.held_until(event).is_none_or(|until_ms| call.at_ms <= until_ms)
    }

    /// The last instant (UTC ms) at which an anonymous event may join; `None`: any.
    pub fn held_until(&self, event: &Event) -> Option<i64> {
        let Anonymous::Held { retention, .. } = self.platform().anonymous.value else { return None };
        let since_ms = match self.platform().retention_clock.value {
            RetentionClock::Happened => event.happened_ms,
            RetentionClock::Arrived => event.arrived_ms,
        };
        Some(since_ms.saturating_add(retention.ms()))
    }
}
