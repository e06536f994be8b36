//! Everybody at the end of a recording: who is who, what is still anonymous, what was refused.
//! No journey is needed to know it.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::Value;

use super::{
    identifier::Identifier,
    outcome::IdentityStep,
    platform::{Platform, RuleId},
    profile::Profile,
    register::Found,
    resolver::Resolver,
};
use crate::recording::{EventIndex, EventLog};

/// Everybody at the end. Lists are sorted by text; lists of events by (happened, message id).
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct People {
    /// Those who have an identifier that is not anonymous.
    pub profiles: Vec<KnownPerson>,
    /// Events that belong to nobody known, by anonymous id.
    pub anonymous: Vec<AnonymousVisitor>,
    /// Links, merges and identifier changes that did not happen.
    pub refused: Vec<RefusedCall>,
    /// Message ids of events that were held and too old when somebody claimed their anonymous id.
    pub expired: Vec<String>,
}

/// Somebody with a name.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct KnownPerson {
    /// Identifiers in canonical text (`kind:value`).
    pub identifiers: Vec<String>,
    /// Attributes by name.
    pub attributes: BTreeMap<String, Value>,
    /// Message ids of the events they own.
    pub events: Vec<String>,
}

/// An anonymous id with events that belong to nobody known.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct AnonymousVisitor {
    /// The value of the anonymous id.
    pub anonymous_id: String,
    /// Message ids of those events.
    pub events: Vec<String>,
}

/// A call whose link, merge or identifier change was refused, once. The rest of it applied.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct RefusedCall {
    /// Message id of the call.
    pub message_id: String,
    /// Why, for example `already_claimed`.
    pub reason: &'static str,
    /// The rule that decided, for example `reclaim`.
    pub rule: &'static str,
    /// How sure we are of the rule.
    pub confidence: &'static str,
}

/// Resolves a whole log, duplicates left out.
pub fn people(platform: &Platform, log: &EventLog) -> People {
    people_among(platform, log, &log.replay_order().0)
}

/// Resolves some events of a log, given in replay order: those of whole identity components.
pub fn people_among(platform: &Platform, log: &EventLog, order: &[EventIndex]) -> People {
    let mut resolver = Resolver::new(platform);
    let mut people = People::default();
    let mut refused_at = None;
    for index in order.iter().copied() {
        for step in resolver.apply(log, index).steps {
            match step {
                // Of a call that was refused more than one thing the strongest is told.
                IdentityStep::Refused { .. } if refused_at == Some(index) => {}
                IdentityStep::Refused { reason, rule, .. } => {
                    refused_at = Some(index);
                    people.refused.push(refused_call(platform, log, index, reason.word(), rule));
                }
                IdentityStep::Joined { expired, .. } => people.expired.extend(message_ids(log, expired)),
                _ => {}
            }
        }
    }
    let mut anonymous: BTreeMap<Identifier, Vec<EventIndex>> = resolver.held();
    let profiles: Vec<Profile> = resolver.profiles().map(|(_, profile)| profile.clone()).collect();
    for profile in profiles {
        if profile.is_known() {
            people.profiles.push(known_person(log, profile));
            continue;
        }
        for index in &profile.events {
            let visitor = visitor_of(&mut resolver, log, *index, &profile);
            anonymous.entry(visitor).or_default().push(*index);
        }
    }
    let visitor = |(identifier, events): (Identifier, Vec<EventIndex>)| AnonymousVisitor {
        anonymous_id: identifier.value.to_string(),
        events: message_ids(log, events),
    };
    people.anonymous = anonymous.into_iter().map(visitor).collect();
    people.profiles.sort_by(|a, b| a.identifiers.cmp(&b.identifiers));
    people.refused.sort();
    people.expired.sort();
    people
}

fn refused_call(
    platform: &Platform,
    log: &EventLog,
    call: EventIndex,
    reason: &'static str,
    rule: RuleId,
) -> RefusedCall {
    RefusedCall {
        message_id: log.message_id(log.event(call)).to_owned(),
        reason,
        rule: rule.word(),
        confidence: platform.rule(rule).confidence.word(),
    }
}

fn known_person(log: &EventLog, profile: Profile) -> KnownPerson {
    let value = |(name, attribute): (Box<str>, super::AttributeValue)| (name.into(), attribute.value);
    KnownPerson {
        identifiers: profile.identifiers.iter().map(Identifier::to_string).collect(),
        attributes: profile.attributes.into_iter().map(value).collect(),
        events: message_ids(log, profile.events),
    }
}

/// The anonymous id an event of an anonymous profile came with; the profile's first where it came
/// with none (an alias, say).
fn visitor_of(
    resolver: &mut Resolver<'_>,
    log: &EventLog,
    event: EventIndex,
    profile: &Profile,
) -> Identifier {
    let own = log.event(event).anonymous_id.map(|symbol| resolver.register.anonymous(log, symbol));
    match own {
        Some(Found::Id(id)) => resolver.register.get(id).identifier.clone(),
        _ => {
            profile.identifiers.first().cloned().unwrap_or_else(|| Identifier::new(Identifier::ANONYMOUS, ""))
        }
    }
}

/// Message ids, by (happened, message id).
fn message_ids(log: &EventLog, mut events: Vec<EventIndex>) -> Vec<String> {
    let key = |index: &EventIndex| {
        let event = log.event(*index);
        (event.happened_ms, log.message_id(event))
    };
    events.sort_by(|a, b| key(a).cmp(&key(b)));
    events.into_iter().map(|index| log.message_id(log.event(index)).to_owned()).collect()
}
