//! Laws that hold for every platform and any recording.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::format_push_string)] // also in the helpers of tests

mod identity_support;

use std::collections::{BTreeMap, BTreeSet};

use identity_support::{events_of, log_of};
use proptest::prelude::*;
use serde_json::Value;
use throughline::{
    identity::{Identifier, Owner, People, Platform, Resolver, components, identifiers_of, people},
    recording::{EventIndex, EventLog},
};

/// One call over few ids, so that they often meet.
fn line() -> impl Strategy<Value = String> {
    let id = |prefix: &'static str| {
        prop_oneof![
            4 => Just(None),
            6 => (0..4_u8).prop_map(move |n| Some(format!("{prefix}{n}"))),
            1 => Just(Some(format!("{}0", prefix.to_lowercase()))),
            1 => Just(Some("null".to_owned())),
        ]
    };
    let kind = prop_oneof![4 => Just("track"), 4 => Just("identify"), 1 => Just("alias"), 1 => Just("merge")];
    let email = prop_oneof![3 => Just(None), 2 => (0..3_u8).prop_map(Some)];
    let minutes = prop_oneof![Just(0_u64), Just(1), Just(5), Just(6), Just(30 * 24 * 60), Just(31 * 24 * 60)];
    (kind, id("D"), id("U"), id("U"), email, (0..8_u8, minutes)).prop_map(
        |(kind, anonymous, user, other, email, (trait_value, late_minutes))| {
            let mut line = format!("{kind} late={late_minutes}");
            let mut add = |key: &str, value: Option<String>| {
                if let Some(value) = value {
                    line += &format!(" {key}=\"{value}\"");
                }
            };
            let email = email.map(|n| format!("e{n}@example.com"));
            match kind {
                "merge" => {
                    add("primary.id", user);
                    add("secondary.id", other);
                    add("secondary.email", email);
                }
                "alias" => {
                    add("prev", anonymous.or(other));
                    add("user", user);
                }
                "identify" => {
                    add("anon", anonymous);
                    add("user", user);
                    add("t.email", email);
                    add("t.plan", Some(trait_value.to_string()));
                }
                _ => {
                    add("anon", anonymous);
                    add("user", user);
                }
            }
            line
        },
    )
}

/// Events a few minutes apart, some of which arrive late.
fn recording() -> impl Strategy<Value = Vec<Value>> {
    prop::collection::vec((line(), 0..8_i64), 1..40).prop_map(|lines| {
        let mut minute = 0;
        let script: Vec<String> = lines
            .into_iter()
            .enumerate()
            .map(|(number, (line, gap))| {
                minute += gap;
                let (kind, rest) = line.split_once(" late=").expect("a line");
                let (late, rest) = rest.split_once(' ').unwrap_or((rest, ""));
                let arrived = minute + late.parse::<i64>().expect("minutes");
                format!("m{number} @{minute}m/{arrived}m {kind} {rest}")
            })
            .collect();
        events_of(&script.join("\n"))
    })
}

fn platform() -> impl Strategy<Value = &'static Platform> {
    (0..Platform::presets().len()).prop_map(|n| &Platform::presets()[n])
}

/// How many identifiers of a kind a profile may have.
fn limit(platform: &Platform, kind: &str) -> usize {
    let rules = &platform.identifiers.value;
    let rule = rules.iter().find(|rule| rule.kind == kind).or_else(|| rules.iter().find(|r| r.kind == "*"));
    rule.and_then(|rule| rule.at_most).map_or(usize::MAX, |at_most| at_most as usize)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn identifiers_and_events_have_one_owner(platform in platform(), events in recording()) {
        let log = log_of(&events);
        let mut resolver = Resolver::new(platform);
        let mut nobodys = 0;
        let order = log.replay_order().0;
        for index in &order {
            let outcome = resolver.apply(&log, *index);
            match outcome.owner {
                Owner::Profile(id) => {
                    let profile = resolver.profile(id);
                    prop_assert!(profile.merged_into.is_none());
                    prop_assert!(profile.events.contains(index));
                }
                Owner::Held(anonymous) => prop_assert!(anonymous.is_anonymous()),
                Owner::Nobody => nobodys += 1,
            }
            let mut seen: BTreeSet<Identifier> = BTreeSet::new();
            for (id, profile) in resolver.profiles() {
                prop_assert!(!profile.identifiers.is_empty());
                prop_assert_eq!(resolver.current(id), id);
                let mut kinds: BTreeMap<&str, usize> = BTreeMap::new();
                for identifier in &profile.identifiers {
                    prop_assert!(seen.insert(identifier.clone()), "{} has two owners", identifier);
                    prop_assert_eq!(resolver.find(identifier), Some(id));
                    *kinds.entry(&identifier.kind).or_default() += 1;
                }
                for (kind, count) in kinds {
                    prop_assert!(count <= limit(platform, kind), "{count} of {kind}");
                }
            }
        }
        let people = people(platform, &log);
        let mut owned: Vec<&String> = people.profiles.iter().flat_map(|p| &p.events).collect();
        owned.extend(people.anonymous.iter().flat_map(|visitor| &visitor.events));
        owned.extend(&people.expired);
        let distinct: BTreeSet<&String> = owned.iter().copied().collect();
        prop_assert_eq!(distinct.len(), owned.len(), "an event has two owners");
        prop_assert!(owned.len() <= order.len() && owned.len() + nobodys >= order.len());
    }

    #[test]
    fn neither_order_of_lines_nor_repetition_matters(
        platform in platform(),
        (events, shuffled) in recording().prop_flat_map(|events| (Just(events.clone()), Just(events).prop_shuffle())),
    ) {
        let once = people(platform, &log_of(&events));
        let twice: Vec<Value> = shuffled.iter().chain(&shuffled).cloned().collect();
        prop_assert_eq!(people(platform, &log_of(&twice)), once);
    }

    #[test]
    fn components_never_meet(platform in platform(), events in recording()) {
        let log = log_of(&events);
        let order = log.replay_order().0;
        let parts = parts_of(platform, &log, &order);
        prop_assert_eq!(parts.iter().map(Vec::len).sum::<usize>(), order.len());
        let carried = |part: &[EventIndex]| -> BTreeSet<Identifier> {
            part.iter().flat_map(|index| identifiers_of(platform, &log, *index)).collect()
        };
        let mut seen: BTreeSet<Identifier> = BTreeSet::new();
        for part in &parts {
            let mut own = carried(part);
            let len = seen.len() + own.len();
            seen.append(&mut own);
            prop_assert_eq!(seen.len(), len, "two components share an identifier");
        }
        // Resolved apart, they come to the same people.
        let whole = profiles_of(platform, &log, &order);
        prop_assert_eq!(profiles_apart(platform, &log, &parts), whole);
    }

    #[test]
    fn a_broken_platform_file_is_an_error(cut in 0..20_000_usize, junk in "[(){}\\[\\]\",:a-z0-9]{0,8}") {
        let preset = include_str!("../assets/platforms/posthog.ron");
        let cut = cut % preset.len();
        if preset.is_char_boundary(cut) {
            let broken = format!("{}{junk}{}", &preset[..cut], &preset[cut..]);
            // Either is fine; panicking or hanging is not.
            let _ = Platform::from_ron(&broken, "broken.ron");
            let _ = Platform::from_ron(&preset[..cut], "broken.ron");
        }
    }
}

/// The events of each component, in replay order.
fn parts_of(platform: &Platform, log: &EventLog, order: &[EventIndex]) -> Vec<Vec<EventIndex>> {
    let numbers = components(platform, log);
    let mut parts: BTreeMap<u32, Vec<EventIndex>> = BTreeMap::new();
    for index in order {
        parts.entry(numbers[*index as usize]).or_default().push(*index);
    }
    parts.into_values().collect()
}

/// What [`profiles_of`] says of all parts, each resolved by itself.
fn profiles_apart(platform: &Platform, log: &EventLog, parts: &[Vec<EventIndex>]) -> Vec<String> {
    let mut apart: Vec<String> = parts.iter().flat_map(|part| profiles_of(platform, log, part)).collect();
    apart.sort();
    apart
}

/// Identifiers, attributes and events of every profile, sorted.
fn profiles_of(platform: &Platform, log: &EventLog, part: &[EventIndex]) -> Vec<String> {
    let mut resolver = Resolver::new(platform);
    for index in part {
        resolver.apply(log, *index);
    }
    let mut profiles: Vec<String> = resolver
        .profiles()
        .map(|(_, profile)| {
            let attributes: Vec<String> =
                profile.attributes.iter().map(|(name, value)| format!("{name}={}", value.value)).collect();
            format!("{} {:?} {attributes:?} {:?}", profile.key, profile.identifiers, profile.events)
        })
        .collect();
    profiles.sort();
    profiles
}

#[test]
fn a_recording_of_sixty_visitors_is_resolved_alike_whole_and_in_parts() {
    let text = include_str!("../sample-journeys/recordings/spring-web-crowd.jsonl");
    let events: Vec<Value> = text.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
    let log = log_of(&events);
    for platform in Platform::presets() {
        let people: People = people(platform, &log);
        assert!(people.profiles.len() >= 19, "{}: {} people", platform.name, people.profiles.len());
        assert!(!people.anonymous.is_empty());
        let order = log.replay_order().0;
        let parts = parts_of(platform, &log, &order);
        assert!(parts.len() > 30, "{}: {} components", platform.name, parts.len());
        assert_eq!(profiles_apart(platform, &log, &parts), profiles_of(platform, &log, &order));
    }
}
