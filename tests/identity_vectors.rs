//! Worked examples of how real platforms resolve identity, run through the public doors: events
//! are written as JSON Lines, read as a recording and resolved, event by event and as the command
//! `people` does. `conformance/identity.json` was restated from the platforms' documentation and
//! tests; `identity-own.json` holds the rules and their boundaries one by one, with answers worked
//! out by hand from the text of the rules.

#![allow(clippy::unwrap_used, clippy::expect_used)] // also in the helpers of tests

mod identity_support;

use std::collections::{BTreeMap, BTreeSet};

use identity_support::log_of;
use serde_json::Value;
use throughline::{
    identity::{Identifier, IdentityStep, Platform, Resolver, people},
    recording::EventLog,
};

/// Everything a vector may ask about, in canonical text.
#[derive(Default)]
struct Resolved {
    sets: BTreeSet<BTreeSet<String>>,
    /// Owner's identifiers by message id; absent: nobody known.
    owners: BTreeMap<String, BTreeSet<String>>,
    attributes: Vec<(BTreeSet<String>, BTreeMap<String, Value>)>,
    refused: BTreeSet<String>,
}

fn resolve(platform: &Platform, log: &EventLog) -> Resolved {
    let mut resolver = Resolver::new(platform);
    let mut resolved = Resolved::default();
    for index in log.replay_order().0 {
        let outcome = resolver.apply(log, index);
        if outcome.steps.iter().any(|step| matches!(step, IdentityStep::Refused { .. })) {
            resolved.refused.insert(log.message_id(log.event(index)).to_owned());
        }
    }
    let mut claimed = BTreeSet::new();
    for (_, profile) in resolver.profiles() {
        let set: BTreeSet<String> = profile.identifiers.iter().map(Identifier::to_string).collect();
        claimed.extend(set.iter().cloned());
        if profile.is_known() {
            for index in &profile.events {
                resolved.owners.insert(log.message_id(log.event(*index)).to_owned(), set.clone());
            }
        }
        let attributes =
            profile.attributes.iter().map(|(name, value)| (name.to_string(), value.value.clone()));
        resolved.attributes.push((set.clone(), attributes.collect()));
        resolved.sets.insert(set);
    }
    for anonymous in resolver.held().into_keys().map(|id| id.to_string()) {
        if !claimed.contains(&anonymous) {
            resolved.sets.insert(BTreeSet::from([anonymous]));
        }
    }
    resolved
}

/// The same, read off what the command `people` prints.
fn printed(platform: &Platform, log: &EventLog) -> Resolved {
    let people = people(platform, log);
    let mut resolved = Resolved::default();
    for person in people.profiles {
        let set: BTreeSet<String> = person.identifiers.into_iter().collect();
        resolved.owners.extend(person.events.into_iter().map(|event| (event, set.clone())));
        resolved.attributes.push((set.clone(), person.attributes));
        resolved.sets.insert(set);
    }
    let claimed: BTreeSet<String> = resolved.sets.iter().flatten().cloned().collect();
    let visitors =
        people.anonymous.into_iter().map(|visitor| format!("anonymous_id:{}", visitor.anonymous_id));
    resolved.sets.extend(visitors.filter(|id| !claimed.contains(id)).map(|id| BTreeSet::from([id])));
    resolved.refused = people.refused.into_iter().map(|refused| refused.message_id).collect();
    resolved
}

fn texts(value: &Value) -> BTreeSet<String> {
    value.as_array().expect("a list").iter().map(|text| text.as_str().expect("text").to_owned()).collect()
}

fn check(vector: &Value) {
    let name = vector["name"].as_str().expect("a name");
    let platform = Platform::preset(vector["platform"].as_str().expect("a platform")).expect("a preset");
    let log = log_of(vector["events"].as_array().expect("events"));
    holds(name, &resolve(platform, &log), &vector["expect"]);
    holds(&format!("{name} (as printed)"), &printed(platform, &log), &vector["expect"]);
}

fn holds(name: &str, resolved: &Resolved, expect: &Value) {
    if let Some(profiles) = expect["profiles"].as_array() {
        let expected: BTreeSet<BTreeSet<String>> = profiles.iter().map(texts).collect();
        let mentioned: BTreeSet<String> = expected.iter().flatten().cloned().collect();
        let found: BTreeSet<BTreeSet<String>> = resolved
            .sets
            .iter()
            .map(|set| set.intersection(&mentioned).cloned().collect::<BTreeSet<String>>())
            .filter(|set| !set.is_empty())
            .collect();
        assert_eq!(found, expected, "{name}: profiles");
    }
    for (message, owner) in expect["events"].as_object().into_iter().flatten() {
        match owner.as_str() {
            Some(owner) => {
                let found = resolved.owners.get(message);
                assert!(found.is_some_and(|set| set.contains(owner)), "{name}: {message} is {found:?}'s");
            }
            None => assert_eq!(resolved.owners.get(message), None, "{name}: {message}"),
        }
    }
    for (identifier, attributes) in expect["attributes"].as_object().into_iter().flatten() {
        let (_, found) =
            resolved.attributes.iter().find(|(set, _)| set.contains(identifier)).expect("such a profile");
        for (attribute, value) in attributes.as_object().expect("attributes") {
            assert_eq!(found.get(attribute), Some(value), "{name}: {attribute} of {identifier}");
        }
    }
    if expect["refused"].is_array() {
        assert_eq!(resolved.refused, texts(&expect["refused"]), "{name}: refused");
    }
}

/// Checks every vector of a file of at least so many.
fn all_hold(file: &str, at_least: usize) {
    let file: Value = serde_json::from_str(file).expect("JSON");
    let vectors = file["vectors"].as_array().expect("vectors");
    assert!(vectors.len() >= at_least, "the file was cut short");
    let failed: Vec<String> = vectors
        .iter()
        .filter_map(|vector| std::panic::catch_unwind(|| check(vector)).err())
        .filter_map(|panic| panic.downcast_ref::<String>().cloned())
        .collect();
    assert_eq!(failed, [] as [String; 0]);
}

#[test]
fn every_vector_holds() {
    all_hold(include_str!("conformance/identity.json"), 30);
}

#[test]
fn every_rule_holds_at_its_boundaries() {
    all_hold(include_str!("conformance/identity-own.json"), 85);
}
