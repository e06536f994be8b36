//! One resolver for every platform: applies an event to the people known so far.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::{
    carried::{Carried, Item},
    identifier::Identifier,
    outcome::{IdentityStep, Outcome, Owner, RefusalReason},
    platform::{AliasRule, Anonymous, Conflict, LinkingCalls, Platform, RuleId},
    profile::{AttributeValue, Profile, ProfileId},
    register::{Found, IdNo, Register},
};
use crate::recording::{Event, EventIndex, EventKind, EventLog};

/// Applies events, in replay order, to the people known so far. Cheap to make: one is made for
/// each set of people who can never meet.
#[derive(Clone, Debug)]
pub struct Resolver<'p> {
    pub(super) register: Register<'p>,
    pub(super) people: Vec<Person>,
}

/// A profile, and its identifiers by number.
#[derive(Clone, Debug)]
pub(super) struct Person {
    pub profile: Profile,
    pub ids: Vec<IdNo>,
}

/// The call being applied.
pub(super) struct Call<'l> {
    pub log: &'l EventLog,
    pub index: EventIndex,
    /// When it is applied.
    pub at_ms: i64,
    pub steps: Vec<IdentityStep>,
}

impl Call<'_> {
    pub fn event(&self) -> &Event {
        self.log.event(self.index)
    }
    pub fn refuse(&mut self, identifier: Option<Identifier>, reason: RefusalReason, rule: RuleId) {
        self.steps.push(IdentityStep::Refused { identifier, reason, rule });
    }
}

impl<'p> Resolver<'p> {
    /// Nobody is known yet.
    pub fn new(platform: &'p Platform) -> Self {
        Self { register: Register::new(platform), people: Vec::new() }
    }
    /// Forgets everybody.
    pub fn clear(&mut self) {
        self.register.clear();
        self.people.clear();
    }
    /// The rules in force.
    pub const fn platform(&self) -> &'p Platform {
        self.register.vocabulary.platform()
    }

    /// Applies one event when it arrives. Call once per event, in replay order, duplicates left
    /// out.
    pub fn apply(&mut self, log: &EventLog, event: EventIndex) -> Outcome {
        self.apply_at(log, event, log.event(event).arrived_ms)
    }
    /// Applies one event at another instant than it arrived at: what is known beforehand has no
    /// arrival of its own. Profiles are as old as `at_ms`, and claims are made then.
    pub fn apply_at(&mut self, log: &EventLog, event: EventIndex, at_ms: i64) -> Outcome {
        let head = log.event(event);
        let mut call = Call { log, index: event, at_ms, steps: Vec::new() };
        let owner = match head.kind {
            EventKind::Identify => self.identify(&mut call),
            EventKind::Merge => self.profile_merge(&mut call),
            EventKind::Alias if self.platform().alias.value != AliasRule::Ignored => self.alias(&mut call),
            _ => self.activity(&mut call),
        };
        if let Owner::Profile(id) = owner {
            self.person_mut(id).profile.events.push(event);
        }
        Outcome { owner, steps: call.steps }
    }
    /// A profile. Ask [`Resolver::current`] first where it may have been merged away.
    pub fn profile(&self, id: ProfileId) -> &Profile {
        &self.person(id).profile
    }
    /// Sets an attribute as a block does. A value of `Null` removes it.
    pub fn set_attribute(&mut self, id: ProfileId, name: &str, value: Value, at_ms: i64) {
        let attributes = &mut self.person_mut(id).profile.attributes;
        if value.is_null() {
            attributes.remove(name);
        } else {
            attributes.insert(name.into(), AttributeValue { value, set_ms: at_ms, event: None });
        }
    }
    /// Follows merges to the profile that exists now.
    pub fn current(&self, mut id: ProfileId) -> ProfileId {
        while let Some(into) = self.profile(id).merged_into {
            id = into;
        }
        id
    }
    /// Profiles that exist now, in order of creation.
    pub fn profiles(&self) -> impl Iterator<Item = (ProfileId, &Profile)> {
        let numbered = self.people.iter().enumerate();
        numbered
            .map(|(number, person)| (ProfileId(number as u32), &person.profile))
            .filter(|(_, profile)| profile.merged_into.is_none())
    }
    /// Events held now, by anonymous id, each list by (happened, arrived, message id); both
    /// those never claimed and those that came after a claim's tail.
    pub fn held(&self) -> BTreeMap<Identifier, Vec<EventIndex>> {
        let waiting = self.register.iter().filter(|known| !known.held.events.is_empty());
        waiting.map(|known| (known.identifier.clone(), known.held.events.clone())).collect()
    }
    /// The profile that has this identifier now.
    pub fn find(&self, identifier: &Identifier) -> Option<ProfileId> {
        let id = self.register.find(&identifier.kind, &identifier.value)?;
        self.register.get(id).holder
    }

    /// A call in which somebody does something: it belongs to the strongest identifier it
    /// carries. On some platforms it also links them.
    fn activity(&mut self, call: &mut Call<'_>) -> Owner {
        let event = call.event();
        // An alias that gets here is one the platform ignores.
        let links =
            self.platform().linking_calls.value == LinkingCalls::AnyCall && event.kind != EventKind::Alias;
        let user = event.user_id.map(|symbol| self.register.user(call.log, symbol));
        let anonymous = event.anonymous_id.map(|symbol| self.register.anonymous(call.log, symbol));
        let says_more = event.names_external_ids || (links && has_own_traits(call));
        // A link that one side may not have is recorded as dropped.
        let drops_link = links
            && matches!(
                (user, anonymous),
                (Some(Found::Refused(_)), Some(_)) | (Some(_), Some(Found::Refused(_)))
            );
        match (user, anonymous) {
            _ if says_more || drops_link => self.activity_that_says_more(call, links),
            (Some(Found::Id(user)), Some(Found::Id(anonymous)))
                if links && (user != anonymous && !self.share_a_holder(user, anonymous)) =>
            {
                self.activity_that_says_more(call, links)
            }
            (Some(Found::Id(user)), _) => Owner::Profile(self.holder_or_new(call, user)),
            (_, Some(Found::Id(anonymous))) => self.anonymous_activity(call, anonymous),
            _ => Owner::Nobody,
        }
    }

    fn activity_that_says_more(&mut self, call: &mut Call<'_>, links: bool) -> Owner {
        let traits =
            if links && has_own_traits(call) { call.log.traits_value(call.event()) } else { Value::Null };
        let mut carried = Carried::of(&mut self.register, call.log, call.event(), Some(&traits));
        if links {
            for (identifier, reason) in std::mem::take(&mut carried.refused) {
                call.refuse(Some(identifier), reason, refusing_rule(reason));
            }
        }
        match carried.items.first() {
            None => Owner::Nobody,
            Some(_) if links => {
                let conflict = self.platform().conflict.value;
                self.link_call(call, &carried.items, conflict, &Value::Null)
            }
            Some(strongest) if strongest.anonymous => self.anonymous_activity(call, strongest.id),
            Some(strongest) => Owner::Profile(self.holder_or_new(call, strongest.id)),
        }
    }

    fn anonymous_activity(&mut self, call: &mut Call<'_>, anonymous: IdNo) -> Owner {
        if self.holds_anonymous() {
            self.held_activity(call, anonymous, &Value::Null)
        } else {
            Owner::Profile(self.holder_or_new(call, anonymous))
        }
    }

    /// A call that says who somebody is, with traits.
    fn identify(&mut self, call: &mut Call<'_>) -> Owner {
        let traits = call.log.traits_value(call.event());
        let carried = Carried::of(&mut self.register, call.log, call.event(), Some(&traits));
        for (identifier, reason) in carried.refused {
            let rule = refusing_rule(reason);
            call.refuse(Some(identifier), reason, rule);
        }
        if carried.items.is_empty() {
            return Owner::Nobody;
        }
        let conflict = self.platform().conflict.value;
        self.link_call(call, &carried.items, conflict, &traits)
    }

    /// A call that says that two ids are one person.
    fn alias(&mut self, call: &mut Call<'_>) -> Owner {
        let event = call.event();
        let platform = self.platform();
        let mut carried = Carried::of(&mut self.register, call.log, event, None);
        if platform.linking_calls.value == LinkingCalls::Identify
            && carried.items.iter().any(|item| !item.anonymous)
        {
            // The client's own anonymous id rides along; only `previousId` is meant.
            carried.items.retain(|item| !item.anonymous);
        }
        if let Some(previous) = event.previous_id {
            let previous = call.log.text(previous);
            let known = self.register.find(Identifier::USER, previous);
            // In a shared namespace an anonymous id is found under the same text; it stays one.
            let is_user = known
                .map(|id| self.register.get(id))
                .is_some_and(|known| known.holder.is_some() && !known.identifier.is_anonymous());
            let kind = if is_user { Identifier::USER } else { Identifier::ANONYMOUS };
            carried.add(&mut self.register, kind, &Value::String(previous.to_owned()));
            carried.in_order(&self.register);
            // Of two user ids the call names the new one; the previous comes after it.
            let named = event.user_id.map(|symbol| self.register.user(call.log, symbol));
            carried.items.sort_by_key(|item| Some(Found::Id(item.id)) != named);
        }
        for (identifier, reason) in std::mem::take(&mut carried.refused) {
            call.refuse(Some(identifier), reason, refusing_rule(reason));
        }
        if carried.items.is_empty() {
            return Owner::Nobody;
        }
        let conflict = match platform.alias.value {
            AliasRule::Merges => Conflict::AlwaysMerge,
            AliasRule::Ignored | AliasRule::AsIdentify => platform.conflict.value,
        };
        self.link_call(call, &carried.items, conflict, &Value::Null)
    }

    /// Links what a call carries, applies its traits, and joins what was held.
    fn link_call(
        &mut self,
        call: &mut Call<'_>,
        items: &[Item],
        conflict: Conflict,
        traits: &Value,
    ) -> Owner {
        let held = self.holds_anonymous();
        let (claims, links): (Vec<Item>, Vec<Item>) = items.iter().partition(|item| held && item.anonymous);
        if links.is_empty() {
            return match claims.first() {
                Some(anonymous) => self.held_activity(call, anonymous.id, traits),
                None => Owner::Nobody,
            };
        }
        self.name_anonymous(&links);
        let profile = self.link(call, &links, conflict);
        let names = matches!(call.event().kind, EventKind::Identify | EventKind::Alias)
            && links.iter().any(|item| !item.anonymous);
        if names {
            self.person_mut(profile).profile.identified = true;
        }
        let claims: Vec<IdNo> =
            claims.iter().map(|item| item.id).filter(|id| self.may_claim(call, profile, *id)).collect();
        let mut changed = self.apply_traits(call, profile, traits);
        for anonymous in &claims {
            changed.extend(self.apply_held_traits(call, profile, *anonymous));
        }
        push_traits(call, profile, changed);
        for anonymous in claims {
            self.claim(call, profile, anonymous);
        }
        Owner::Profile(profile)
    }

    /// In a shared namespace, an anonymous id that a call uses as a name is a name from then on.
    fn name_anonymous(&mut self, items: &[Item]) {
        for item in items.iter().filter(|item| !item.anonymous) {
            let Some(rule) = self.register.vocabulary.user else { continue };
            let known = self.register.get(item.id);
            if !known.identifier.is_anonymous() {
                continue;
            }
            let (before, holder) = (known.identifier.clone(), known.holder);
            self.register.rename(item.id, Identifier::USER, rule);
            if let Some(holder) = holder {
                let after = self.register.get(item.id).identifier.clone();
                let identifiers: &mut BTreeSet<_> = &mut self.person_mut(holder).profile.identifiers;
                identifiers.remove(&before);
                identifiers.insert(after);
            }
        }
    }

    pub(super) fn holds_anonymous(&self) -> bool {
        matches!(self.platform().anonymous.value, Anonymous::Held { .. })
    }
    pub(super) fn person(&self, id: ProfileId) -> &Person {
        &self.people[id.0 as usize]
    }
    pub(super) fn person_mut(&mut self, id: ProfileId) -> &mut Person {
        &mut self.people[id.0 as usize]
    }
    fn share_a_holder(&self, a: IdNo, b: IdNo) -> bool {
        let holder = self.register.get(a).holder;
        holder.is_some() && holder == self.register.get(b).holder
    }
}

/// Records the traits a call changed, by name; of a name changed twice the first value before.
pub(super) fn push_traits(call: &mut Call<'_>, profile: ProfileId, mut changed: Vec<(Box<str>, Value)>) {
    changed.sort_by(|a, b| a.0.cmp(&b.0));
    changed.dedup_by(|later, earlier| later.0 == earlier.0);
    if !changed.is_empty() {
        call.steps.push(IdentityStep::Traits { profile, changed });
    }
}

/// Whether a call has traits of the person: those of a group call are the group's.
fn has_own_traits(call: &Call<'_>) -> bool {
    let event = call.event();
    event.kind != EventKind::Group && !call.log.traits(event).is_empty()
}

fn refusing_rule(reason: RefusalReason) -> RuleId {
    match reason {
        RefusalReason::BlockedValue => RuleId::BlockedValues,
        _ => RuleId::Identifiers,
    }
}
