//! Every rule of the platform tables, each as the smallest recording that shows it.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::format_push_string)] // also in the helpers of tests

mod identity_support;

use identity_support::after;
use serde_json::{Value, json};
use throughline::identity::{Confidence, People, Platform, RuleId};

/// `user_id:U1 email:a@x.org [m1 m2]`, one line a profile, then `anonymous D [m3]`, `expired m4`,
/// `refused m5 already_claimed`.
fn told(people: &People) -> Vec<String> {
    let profiles =
        people.profiles.iter().map(|p| format!("{} [{}]", p.identifiers.join(" "), p.events.join(" ")));
    let anonymous =
        people.anonymous.iter().map(|a| format!("anonymous {} [{}]", a.anonymous_id, a.events.join(" ")));
    let expired = people.expired.iter().map(|event| format!("expired {event}"));
    let refused = people.refused.iter().map(|r| format!("refused {} {}", r.message_id, r.reason));
    profiles.chain(anonymous).chain(expired).chain(refused).collect()
}

fn attributes(people: &People, identifier: &str) -> Value {
    let found = people.profiles.iter().find(|profile| profile.identifiers.iter().any(|id| id == identifier));
    json!(found.unwrap_or_else(|| panic!("nobody is {identifier}: {people:#?}")).attributes)
}

/// Asserts what a script comes to.
fn comes_to(platform: &str, script: &str, expected: &[&str]) -> People {
    let people = after(platform, script);
    assert_eq!(told(&people), expected, "{platform}:\n{script}");
    people
}

#[test]
fn every_preset_can_be_read_and_says_why() {
    let names: Vec<&str> = Platform::presets().iter().map(|preset| preset.name.as_str()).collect();
    assert_eq!(names, ["customerio", "open", "posthog", "rudderstack", "segment"]);
    for preset in Platform::presets() {
        assert_eq!(preset.rules().len(), RuleId::ALL.len());
        for rule in preset.rules() {
            assert!(!rule.source.is_empty() && !rule.text.is_empty(), "{} {}", preset.name, rule.name);
        }
    }
    let customerio = Platform::preset("customerio").expect("a preset");
    assert_eq!(customerio.rule(RuleId::TriggerAge).confidence, Confidence::Documented);
    assert_eq!(customerio.rule(RuleId::Reclaim).confidence, Confidence::Assumed);
    assert_eq!(customerio.rule(RuleId::LinkingCalls).confidence, Confidence::Inferred);
    assert_eq!(customerio.rule(RuleId::TriggerAge).name, "trigger_age");
}

// Anonymous events that are held.

#[test]
fn an_event_exactly_30_days_old_joins_and_one_older_is_gone() {
    comes_to(
        "customerio",
        "m1 @0s track anon=D
         m2 @1ms track anon=D
         m3 @30d+1ms identify anon=D user=U1",
        &["anonymous_id:D user_id:U1 [m2 m3]", "expired m1"],
    );
}

#[test]
fn age_is_counted_from_when_it_happened_not_from_when_it_arrived() {
    comes_to(
        "customerio",
        "m1 @0s/20d track anon=D
         m2 @31d identify anon=D user=U1",
        &["anonymous_id:D user_id:U1 [m2]", "expired m1"],
    );
}

#[test]
fn the_tail_counts_by_arrival_and_ends_after_exactly_five_minutes() {
    comes_to(
        "customerio",
        "m1 @0s identify anon=D user=U1
         m2 @5m track anon=D
         m3 @1m/5m+1ms track anon=D",
        &["anonymous_id:D user_id:U1 [m1 m2]", "anonymous D [m3]"],
    );
}

#[test]
fn the_same_person_again_joins_nothing_new_and_opens_no_new_tail() {
    comes_to(
        "customerio",
        "m1 @0s identify anon=D user=U1
         m2 @10m track anon=D
         m3 @20m identify anon=D user=U1
         m4 @21m track anon=D",
        &["anonymous_id:D user_id:U1 [m1 m3]", "anonymous D [m2 m4]"],
    );
}

#[test]
fn an_event_too_old_for_the_tail_is_gone() {
    comes_to(
        "customerio",
        "m1 @40d identify anon=D user=U1
         m2 @0s/40d+1m track anon=D",
        &["anonymous_id:D user_id:U1 [m1]", "expired m2"],
    );
}

#[test]
fn an_email_alone_claims() {
    comes_to(
        "customerio",
        "m1 @0s track anon=D
         m2 @1m identify anon=D email=ana@example.com",
        &["anonymous_id:D email:ana@example.com [m1 m2]"],
    );
}

#[test]
fn a_refused_claim_leaves_the_rest_of_the_call() {
    let people = comes_to(
        "customerio",
        "m1 @0s identify anon=D user=U1
         m2 @10m track anon=D
         m3 @20m identify anon=D user=U2 email=b@example.com city=Rome",
        &[
            "anonymous_id:D user_id:U1 [m1]",
            "email:b@example.com user_id:U2 [m3]",
            "anonymous D [m2]",
            "refused m3 already_claimed",
        ],
    );
    assert_eq!(attributes(&people, "user_id:U2"), json!({"email": "b@example.com", "city": "Rome"}));
    assert_eq!(people.refused[0].rule, "reclaim");
    assert_eq!(people.refused[0].confidence, "assumed");
}

#[test]
fn traits_of_an_anonymous_identify_wait_for_the_claim_and_fill_what_is_lacking() {
    comes_to("customerio", "m1 @0s identify anon=D city=Oslo", &["anonymous D [m1]"]);
    let people = comes_to(
        "customerio",
        "m1 @0s identify anon=D city=Oslo plan=free size=M
         m2 @1m identify user=U1 plan=pro
         m3 @2m identify anon=D user=U1 size=L",
        &["anonymous_id:D user_id:U1 [m1 m2 m3]"],
    );
    assert_eq!(attributes(&people, "user_id:U1"), json!({"city": "Oslo", "plan": "pro", "size": "L"}));
}

#[test]
fn other_calls_with_both_ids_belong_to_the_user_and_link_nothing() {
    comes_to(
        "customerio",
        "m1 @0s track anon=D
         m2 @1m track anon=D user=U1
         m3 @2m page anon=D",
        &["user_id:U1 [m2]", "anonymous D [m1 m3]"],
    );
}

#[test]
fn an_alias_links_nothing_where_only_identify_does() {
    comes_to(
        "customerio",
        "m1 @0s track anon=D
         m2 @1m alias prev=D user=U1",
        &["user_id:U1 [m2]", "anonymous D [m1]"],
    );
}

// Who a call is for.

#[test]
fn a_known_profile_gains_what_nobody_has() {
    comes_to(
        "customerio",
        "m1 @0s identify user=U1
         m2 @1m identify user=U1 email=A@Example.com
         m3 @2m identify email=a@example.com phone=\"+4791234567\"",
        &["email:a@example.com phone:+4791234567 user_id:U1 [m1 m2 m3]"],
    );
}

#[test]
fn a_new_id_does_not_take_the_email_of_somebody_with_another_id() {
    let people = comes_to(
        "customerio",
        "m1 @0s identify user=U1 email=a@example.com
         m2 @1m identify user=U2 email=a@example.com city=Rome",
        &["email:a@example.com user_id:U1 [m1]", "user_id:U2 [m2]", "refused m2 belongs_to_another"],
    );
    assert_eq!(attributes(&people, "user_id:U2"), json!({"city": "Rome"}));
    assert_eq!((people.refused[0].rule, people.refused[0].confidence), ("unknown_id", "assumed"));
}

#[test]
fn a_new_email_replaces_the_old_which_is_free_then() {
    let people = comes_to(
        "customerio",
        "m1 @0s identify user=U1 email=a@example.com
         m2 @1m identify user=U1 email=b@example.com
         m3 @2m identify email=a@example.com",
        &["email:a@example.com [m3]", "email:b@example.com user_id:U1 [m1 m2]"],
    );
    assert_eq!(attributes(&people, "user_id:U1"), json!({"email": "b@example.com"}));
}

#[test]
fn two_halves_merge_and_the_call_applies_last() {
    let people = comes_to(
        "customerio",
        "m1 @0s identify email=a@example.com plan=free city=Oslo
         m2 @1m identify user=U1 plan=pro tier=gold
         m3 @2m identify user=U1 email=a@example.com plan=max",
        &["email:a@example.com user_id:U1 [m1 m2 m3]"],
    );
    assert_eq!(
        attributes(&people, "user_id:U1"),
        json!({"email": "a@example.com", "plan": "max", "city": "Oslo", "tier": "gold"})
    );
}

#[test]
fn two_wholes_are_kept_apart_and_the_other_traits_apply() {
    let people = comes_to(
        "customerio",
        "m1 @0s identify user=U1 email=a@example.com
         m2 @1m identify email=b@example.com
         m3 @2m identify user=U1 email=b@example.com city=Rome",
        &[
            "email:a@example.com user_id:U1 [m1 m3]",
            "email:b@example.com [m2]",
            "refused m3 belongs_to_another",
        ],
    );
    assert_eq!(attributes(&people, "user_id:U1"), json!({"email": "a@example.com", "city": "Rome"}));
}

#[test]
fn ids_are_compared_in_their_form() {
    let long = "x".repeat(151);
    comes_to(
        "customerio",
        &format!("m1 @0s identify user={long} email=a@example.com"),
        &["email:a@example.com [m1]", "refused m1 bad_value"],
    );
    let fits = "x".repeat(150);
    comes_to("customerio", &format!("m1 @0s track user={fits}"), &[&format!("user_id:{fits} [m1]")]);
    comes_to("customerio", "m1 @0s track user=7\nm2 @1m track user=\"7\"", &["user_id:7 [m1 m2]"]);
    comes_to(
        "customerio",
        "m1 @0s identify user=U1 phone=91234567\nm2 @1m identify user=U2 phone=91234567",
        &["user_id:U1 [m1]", "user_id:U2 [m2]"],
    );
    comes_to("customerio", "m1 @0s track user=\"\" anon=D", &["anonymous D [m1]"]);
    comes_to("customerio", "m1 @0s identify user=\"\" email=\"\" anon=\"\"", &[]);
}

#[test]
fn external_ids_name_too() {
    comes_to(
        "customerio",
        "m1 @0s identify x.email=A@example.com user=U1
         m2 @1m track x.email=a@example.com
         m3 @2m identify x.shoe_size=42 user=U1",
        &["email:a@example.com user_id:U1 [m1 m2 m3]"],
    );
    comes_to(
        "segment",
        "m1 @0s track anon=D x.ga_client_id=G
         m2 @1m track x.ga_client_id=G user=U1",
        &["anonymous_id:D ga_client_id:G user_id:U1 [m1 m2]"],
    );
}

// Profile merges.

#[test]
fn a_merge_fills_what_the_primary_lacks_and_deletes_the_secondary() {
    let people = comes_to(
        "customerio",
        "m1 @0s identify user=U1 name=Ana
         m2 @1m identify user=U2 email=b@example.com name=Bo city=Rome anon=D
         m3 @2m merge primary.id=U1 secondary.id=U2
         m4 @3m track anon=D
         m5 @4m track user=U2",
        &["anonymous_id:D email:b@example.com user_id:U1 [m1 m2 m3 m4]", "user_id:U2 [m5]"],
    );
    assert_eq!(
        attributes(&people, "user_id:U1"),
        json!({"name": "Ana", "city": "Rome", "email": "b@example.com"})
    );
}

#[test]
fn a_merge_needs_two_different_sides() {
    comes_to(
        "customerio",
        "m1 @0s identify user=U1 email=a@example.com
         m2 @1m merge primary.id=U1 secondary.id=U2
         m3 @2m merge primary.id=U2 secondary.id=U1
         m4 @3m merge primary.id=U1 secondary.email=a@example.com
         m5 @4m merge primary.id=U1",
        &[
            "email:a@example.com user_id:U1 [m1 m2 m4 m5]",
            "refused m2 missing_secondary",
            "refused m3 missing_primary",
            "refused m4 same_profile",
            "refused m5 missing_secondary",
        ],
    );
    comes_to(
        "segment",
        "m1 @0s track user=U1
         m2 @1m track user=U2
         m3 @2m merge primary.id=U1 secondary.id=U2",
        &["user_id:U1 [m1 m3]", "user_id:U2 [m2]", "refused m3 unsupported"],
    );
}

#[test]
fn a_no_survives_a_merge_from_either_side() {
    for (first, second) in [("\"true\"", "false"), ("false", "1"), ("TRUE", "false")] {
        let people = after(
            "customerio",
            &format!(
                "m1 @0s identify user=U1 unsubscribed={first} email_consent=yes
                 m2 @1m identify user=U2 unsubscribed={second} email_consent=denied
                 m3 @2m merge primary.id=U1 secondary.id=U2"
            ),
        );
        let after = attributes(&people, "user_id:U1");
        assert_ne!(after["unsubscribed"], json!(false), "{first} {second}");
        assert_eq!(after["email_consent"], "denied");
    }
}

// Anonymous profiles.

#[test]
fn an_anonymous_profile_joins_the_known_one_whichever_is_older() {
    let people = comes_to(
        "open",
        "m1 @0s identify anon=D city=Oslo plan=free
         m2 @90d identify user=U1 plan=pro
         m3 @90d+1m identify anon=D user=U1",
        &["anonymous_id:D user_id:U1 [m1 m2 m3]"],
    );
    assert_eq!(attributes(&people, "user_id:U1"), json!({"city": "Oslo", "plan": "pro"}));
}

#[test]
fn a_shared_browser_follows_the_newest_claim_and_back() {
    comes_to(
        "open",
        "m1 @0s identify anon=D user=U1
         m2 @1m identify anon=D user=U2
         m3 @2m track anon=D
         m4 @3m identify anon=D user=U1
         m5 @4m track anon=D",
        &["anonymous_id:D user_id:U1 [m1 m4 m5]", "user_id:U2 [m2 m3]"],
    );
}

#[test]
fn known_by_email_then_by_id_in_one_browser_is_one_person() {
    comes_to(
        "open",
        "m1 @0s identify anon=D email=a@example.com
         m2 @1m identify anon=D user=U1",
        &["anonymous_id:D email:a@example.com user_id:U1 [m1 m2]"],
    );
    // Another email in the same browser may be another person.
    comes_to(
        "open",
        "m1 @0s identify anon=D email=a@example.com
         m2 @1m identify anon=D email=b@example.com",
        &["anonymous_id:D email:b@example.com [m2]", "email:a@example.com [m1]"],
    );
}

#[test]
fn two_user_ids_never_merge_by_themselves() {
    comes_to(
        "open",
        "m1 @0s identify user=U1 email=a@example.com
         m2 @1m identify user=U2 email=a@example.com
         m3 @2m alias prev=U1 user=U2",
        &[
            "email:a@example.com user_id:U1 [m1]",
            "user_id:U2 [m2 m3]",
            "refused m2 belongs_to_another",
            "refused m3 belongs_to_another",
        ],
    );
}

#[test]
fn an_alias_takes_a_known_user_id_for_one_and_anything_else_for_anonymous() {
    comes_to(
        "open",
        "m1 @0s track anon=D
         m2 @1m alias prev=D user=U1",
        &["anonymous_id:D user_id:U1 [m1 m2]"],
    );
    comes_to(
        "rudderstack",
        "m1 @0s track user=U1
         m2 @1m alias prev=U1 user=U2
         m3 @2m alias prev=X user=U2",
        &["anonymous_id:X user_id:U1 user_id:U2 [m1 m2 m3]"],
    );
    // In one namespace, too, what was only ever anonymous stays so.
    comes_to(
        "posthog",
        "m1 @0s track anon=O
         m2 @1m identify user=N
         m3 @2m alias prev=O user=N",
        &["anonymous_id:O user_id:N [m1 m2 m3]"],
    );
}

// Any call links; the weakest identifier is dropped.

#[test]
fn any_call_with_two_ids_links_but_an_alias() {
    comes_to(
        "segment",
        "m1 @0s track anon=D
         m2 @1m track anon=D user=U1
         m3 @2m alias prev=E user=U1
         m4 @3m track anon=E",
        &["anonymous_id:D user_id:U1 [m1 m2 m3]", "anonymous E [m4]"],
    );
}

#[test]
fn the_weakest_identifier_is_dropped_until_the_limits_hold() {
    // The email is stronger than the anonymous id, which goes first although it would have fitted.
    comes_to(
        "segment",
        "m1 @0s identify user=U1 email=a@example.com
         m2 @1m identify user=U2 email=a@example.com anon=D",
        &["email:a@example.com user_id:U1 [m1]", "user_id:U2 [m2]", "refused m2 belongs_to_another"],
    );
}

#[test]
fn a_profile_has_at_most_five_of_the_others() {
    let mut script = String::new();
    for n in 1..=6 {
        script += &format!("m{n} @{n}m identify user=U1 email=a{n}@example.com anon=D{n}\n");
    }
    let people = after("segment", &script);
    assert_eq!(people.profiles.len(), 1);
    assert_eq!(people.profiles[0].identifiers.len(), 11);
    assert_eq!(people.profiles[0].events.len(), 6);
    // A call is told once, though both its email and its anonymous id were one too many.
    assert_eq!(people.refused.len(), 1);
    assert_eq!((&*people.refused[0].message_id, people.refused[0].reason), ("m6", "limit_reached"));
}

#[test]
fn the_newest_trait_wins_at_a_merge() {
    let people = comes_to(
        "segment",
        "m1 @0s identify user=U1 plan=free city=Oslo
         m2 @1m identify anon=D plan=pro
         m3 @2m identify user=U1 city=Rome
         m4 @3m track anon=D user=U1",
        &["anonymous_id:D user_id:U1 [m1 m2 m3 m4]"],
    );
    assert_eq!(attributes(&people, "user_id:U1"), json!({"plan": "pro", "city": "Rome"}));
}

#[test]
fn a_link_that_one_side_may_not_have_is_dropped_and_recorded_whatever_the_call() {
    comes_to(
        "segment",
        "m1 @0s track anon=A user=\"null\"
         m2 @1m track anon=A user=U1
         m3 @2m track user=\"null\"",
        &["anonymous_id:A user_id:U1 [m1 m2]", "refused m1 blocked_value"],
    );
}

#[test]
fn blocked_values_join_nobody() {
    for value in ["-1", "null", "anonymous", "000", "00000000-0000-0000-0000-000000000000", "---"] {
        let script = format!(
            "m1 @0s track anon=D1 user=\"{value}\"
             m2 @1m track anon=D2 user=\"{value}\""
        );
        let refused = ["refused m1 blocked_value", "refused m2 blocked_value"];
        comes_to("segment", &script, &["anonymous D1 [m1]", "anonymous D2 [m2]", refused[0], refused[1]]);
    }
    let quoted = ["'undefined'", "Anonymous", "GUEST", "Distinct_Id", "NaN", "none", "0", " ", "''"];
    for value in quoted {
        let event = json!({"messageId": "m1", "type": "identify", "anonymousId": "D", "userId": value,
            "timestamp": "2026-03-02T09:00:00Z"});
        let log = identity_support::log_of(&[event]);
        let people = throughline::identity::people(Platform::preset("posthog").expect("a preset"), &log);
        assert_eq!(told(&people), ["anonymous D [m1]", "refused m1 blocked_value"], "{value:?}");
    }
    // Only these very spellings are blocked.
    for value in ["nan", "NULL", "[objectObject]", "00"] {
        comes_to("posthog", &format!("m1 @0s track user=\"{value}\""), &[&format!("user_id:{value} [m1]")]);
    }
}

// Everything that was seen together, and one namespace.

#[test]
fn whatever_the_case_and_however_many() {
    comes_to(
        "rudderstack",
        "m1 @0s track anon=D user=Ana
         m2 @1m track anon=E user=ANA
         m3 @2m identify anon=e user=Bo email=a@example.com
         m4 @3m identify user=Cy email=a@example.com",
        &["anonymous_id:D anonymous_id:E user_id:Ana user_id:Bo [m1 m2 m3]", "user_id:Cy [m4]"],
    );
}

#[test]
fn one_namespace_of_ids() {
    comes_to(
        "posthog",
        "m1 @0s track anon=X
         m2 @1m track user=X
         m3 @2m identify anon=X user=N",
        &["anonymous_id:X user_id:N [m1 m2 m3]"],
    );
    comes_to(
        "posthog",
        "m1 @0s track anon=X
         m2 @1m identify user=X",
        &["user_id:X [m1 m2]"],
    );
}

#[test]
fn an_identified_person_is_not_merged_by_identify_or_alias_but_by_merge() {
    let refused = "m1 @0s identify anon=O user=N1
        m2 @1m identify anon=P user=N2
        m3 @2m identify anon=O user=N2 t.plan=pro
        m4 @3m alias prev=N1 user=N2";
    let people = comes_to(
        "posthog",
        refused,
        &[
            "anonymous_id:O user_id:N1 [m1]",
            "anonymous_id:P user_id:N2 [m2 m3 m4]",
            "refused m3 both_identified",
            "refused m4 both_identified",
        ],
    );
    assert_eq!(attributes(&people, "user_id:N2"), json!({"plan": "pro"}));
    comes_to(
        "posthog",
        "m1 @0s identify anon=O user=N1
         m2 @1m identify anon=P user=N2
         m3 @2m merge primary.id=N2 secondary.id=N1",
        &["anonymous_id:O anonymous_id:P user_id:N1 user_id:N2 [m1 m2 m3]"],
    );
    // A new name for somebody identified joins: only two existing people are kept apart.
    comes_to(
        "posthog",
        "m1 @0s identify anon=O user=N1
         m2 @1m identify anon=O user=N2",
        &["anonymous_id:O user_id:N1 user_id:N2 [m1 m2]"],
    );
}

// Files.

#[test]
fn a_file_of_ones_own_is_read_or_refused_with_a_place() {
    let preset = include_str!("../assets/platforms/open.ron");
    assert!(Platform::from_ron(preset, "mine.ron").is_ok());
    let said = |text: &str| Platform::from_ron(text, "mine.ron").expect_err("refused").to_string();

    let newer = preset.replace("version: 1", "version: 99, hologram: (1)");
    assert!(said(&newer).contains("version 99"), "{}", said(&newer));
    let unknown = preset.replace("survivor:", "survivors:");
    assert!(said(&unknown).contains("did you mean “survivor”"), "{}", said(&unknown));
    assert!(said(&unknown).contains("line "), "{}", said(&unknown));
    let variant = preset.replace("KnownElseOlder", "KnownElseOldest");
    assert!(said(&variant).contains("did you mean “KnownElseOlder”"), "{}", said(&variant));
    let twice = preset.replace("kind: \"phone\"", "kind: \"email\"");
    assert!(said(&twice).contains("listed twice"), "{}", said(&twice));
    let other = preset.replace("throughline-platform", "throughline-journey");
    assert!(said(&other).contains("throughline-journey"), "{}", said(&other));
    for broken in ["", "(", "Platform(", &preset[..200], &"(".repeat(10_000)] {
        assert!(said(broken).contains("mine.ron"));
    }
    let unknown = Platform::preset("segmant").expect_err("no such preset").to_string();
    assert!(unknown.contains("did you mean “segment”"), "{unknown}");
}
