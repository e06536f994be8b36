//! Merging: one profile absorbs another, with identifiers, attributes and events.

use std::collections::BTreeMap;

use serde_json::Value;

use super::{
    carried::{Carried, id_text},
    identifier::Identifier,
    outcome::{IdentityStep, Owner, RefusalReason},
    platform::{AttributeWins, ProfileMerge, RuleId},
    profile::{AttributeValue, ProfileId},
    register::{Found, IdNo},
    resolver::{Call, Resolver},
};
use crate::recording::EventIndex;

type Attributes = BTreeMap<Box<str>, AttributeValue>;

/// Whose value stays where both sides have one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Precedence {
    /// The absorbing side's.
    Ours,
    /// The one set last; of two set at once the absorbing side's.
    Newest,
}

impl Resolver<'_> {
    /// A call that asks the platform to merge two profiles.
    pub(super) fn profile_merge(&mut self, call: &mut Call<'_>) -> Owner {
        let sides = call.log.properties_value(call.event());
        let mut side = |name: &str| {
            let carried = Carried::side(&mut self.register, sides.get(name).unwrap_or(&Value::Null));
            let holder = carried.items.iter().find_map(|item| self.register.get(item.id).holder);
            let named = carried.items.first().map(|item| self.register.get(item.id).identifier.clone());
            (holder, named)
        };
        let (primary, primary_named) = side("primary");
        let (secondary, secondary_named) = side("secondary");
        let refused = if self.platform().profile_merge.value == ProfileMerge::Unsupported {
            Some((None, RefusalReason::Unsupported))
        } else if primary.is_none() {
            Some((primary_named, RefusalReason::MissingPrimary))
        } else if secondary.is_none() {
            Some((secondary_named, RefusalReason::MissingSecondary))
        } else if primary == secondary {
            Some((secondary_named, RefusalReason::SameProfile))
        } else {
            None
        };
        if let Some((identifier, reason)) = refused {
            call.refuse(identifier, reason, RuleId::ProfileMerge);
        } else if let (Some(primary), Some(secondary)) = (primary, secondary) {
            self.absorb(call, primary, secondary, RuleId::ProfileMerge);
            self.person_mut(primary).profile.identified = true;
        }
        primary.map_or(Owner::Nobody, Owner::Profile)
    }

    /// `survivor` takes over identifiers, attributes and events of `absorbed`, which then forwards
    /// to it. Identifiers for which it has no room are nobody's from then on.
    pub(super) fn absorb(
        &mut self,
        call: &mut Call<'_>,
        survivor: ProfileId,
        absorbed: ProfileId,
        rule: RuleId,
    ) {
        let absorbed_was_anonymous = !self.profile(absorbed).is_known();
        let identifiers = self.profile(absorbed).identifiers.iter().cloned().collect();
        self.move_identifiers(survivor, absorbed, rule);

        let gone = &mut self.person_mut(absorbed).profile;
        gone.merged_into = Some(survivor);
        let mut events: Vec<EventIndex> = std::mem::take(&mut gone.events);
        let attributes = std::mem::take(&mut gone.attributes);
        let was_identified = gone.identified;
        events.sort_by(|a, b| call.log.history_key(*a).cmp(&call.log.history_key(*b)));
        let precedence = match (rule, self.platform().attribute_wins.value) {
            // A merge on request fills what its primary lacks, whatever wins otherwise.
            (RuleId::ProfileMerge, _) | (_, AttributeWins::Survivor) => Precedence::Ours,
            (_, AttributeWins::Newest) => Precedence::Newest,
        };
        self.absorb_attributes(survivor, attributes, precedence);
        let profile = &mut self.person_mut(survivor).profile;
        profile.identified |= was_identified;
        profile.events.extend(&events);
        call.steps.push(IdentityStep::Merged {
            survivor,
            absorbed,
            identifiers,
            absorbed_was_anonymous,
            events,
            rule,
        });
    }

    fn move_identifiers(&mut self, survivor: ProfileId, absorbed: ProfileId, rule: RuleId) {
        let unites =
            rule == RuleId::ProfileMerge && self.platform().profile_merge.value == ProfileMerge::Unites;
        let mut ids: Vec<IdNo> = self.person(absorbed).ids.clone();
        // By text, so that of several candidates for one free place always the same one gets it.
        ids.sort_by(|a, b| self.register.get(*a).identifier.cmp(&self.register.get(*b).identifier));
        for id in ids {
            self.unbind(id);
            if unites || self.has_room(survivor, id) {
                self.bind(survivor, id);
            }
        }
    }

    /// Adds the attributes of another side. Returns names whose value changed, with the value
    /// before.
    pub(super) fn absorb_attributes(
        &mut self,
        profile: ProfileId,
        theirs: Attributes,
        precedence: Precedence,
    ) -> Vec<(Box<str>, Value)> {
        let platform = self.platform();
        let is_protective = |name: &str, value: &Value| {
            let sticky = platform.survives_merge.value.iter().find(|sticky| sticky.attribute == name);
            sticky.is_some_and(|sticky| sticky.values.iter().any(|text| is_text(value, text)))
        };
        let mut changed = Vec::new();
        for (name, their) in theirs {
            if self.names_somebody_else(profile, &name, &their.value) {
                continue;
            }
            let ours = &mut self.person_mut(profile).profile.attributes;
            let takes = ours.get(&name).is_none_or(|our| {
                let newer = precedence == Precedence::Newest && their.set_ms > our.set_ms;
                match (is_protective(&name, &our.value), is_protective(&name, &their.value)) {
                    (true, false) => false,
                    (false, true) => true,
                    _ => newer,
                }
            });
            if takes {
                let value = their.value.clone();
                let before = ours.insert(name.clone(), their).map_or(Value::Null, |our| our.value);
                if before != value {
                    changed.push((name, before));
                }
            }
        }
        changed
    }

    /// Applies the traits of a call. Returns names whose value changed, with the value before.
    pub(super) fn apply_traits(
        &mut self,
        call: &Call<'_>,
        profile: ProfileId,
        traits: &Value,
    ) -> Vec<(Box<str>, Value)> {
        let mut changed = Vec::new();
        for (name, value) in traits.as_object().into_iter().flatten() {
            if self.names_somebody_else(profile, name, value) {
                continue;
            }
            let attributes = &mut self.person_mut(profile).profile.attributes;
            let before = set(attributes, name, value, call.at_ms, Some(call.index));
            if before != *value {
                changed.push((name.as_str().into(), before));
            }
        }
        changed
    }

    /// Whether an attribute is an identifier that the profile was refused: that part of a call
    /// does not apply.
    fn names_somebody_else(&mut self, profile: ProfileId, name: &str, value: &Value) -> bool {
        if !matches!(name, Identifier::EMAIL | Identifier::PHONE) {
            return false;
        }
        let vocabulary = self.register.vocabulary;
        let (Some(rule), Some(text)) = (vocabulary.rule_of(name), id_text(value)) else { return false };
        match self.register.intern(rule, name, &text) {
            Found::Id(id) => self.register.get(id).holder != Some(profile),
            Found::Refused(_) => true,
            Found::Nothing => false,
        }
    }
}

/// Sets an attribute (`Null` removes it) and returns the value before, `Null` if there was none.
pub(super) fn set(
    attributes: &mut Attributes,
    name: &str,
    value: &Value,
    set_ms: i64,
    event: Option<EventIndex>,
) -> Value {
    let before = if value.is_null() {
        attributes.remove(name)
    } else {
        attributes.insert(name.into(), AttributeValue { value: value.clone(), set_ms, event })
    };
    before.map_or(Value::Null, |before| before.value)
}

/// Whether a value reads as `text`, whatever the case.
fn is_text(value: &Value, text: &str) -> bool {
    match value {
        Value::String(own) => own.trim().to_lowercase() == text.to_lowercase(),
        Value::Bool(_) | Value::Number(_) => text.eq_ignore_ascii_case(&value.to_string()),
        _ => false,
    }
}
