//! The presets' tables, cell by cell: value and how sure we are of it. What a rule does is tested
//! elsewhere (`identity_rules.rs`, `semantics/`); this holds that each platform has its own.

#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::fmt::Debug;

use throughline::identity::{
    Platform, Rule,
    platform::{IdentifierRule, WhenFull},
};

fn cell<T: Debug>(rule: &Rule<T>) -> String {
    said(&format!("{:?}", rule.value), rule)
}

fn said<T>(value: &str, rule: &Rule<T>) -> String {
    let sure = rule.confidence.word().chars().next().unwrap_or_default().to_uppercase();
    format!("{value} {sure}")
}

/// `user_id Exact 1 ≤150, email Email 1 replaced, anonymous_id Exact any`.
fn identifiers(rule: &Rule<Vec<IdentifierRule>>) -> String {
    let kind = |kind: &IdentifierRule| {
        let most = kind.at_most.map_or("any".to_owned(), |most| most.to_string());
        let bytes = kind.max_bytes.map(|bytes| format!(" ≤{bytes}")).unwrap_or_default();
        let replaced = if kind.when_full == WhenFull::Replace { " replaced" } else { "" };
        format!("{} {:?} {most}{bytes}{replaced}", kind.kind, kind.matching)
    };
    let kinds: Vec<String> = rule.value.iter().map(kind).collect();
    said(&kinds.join(", "), rule)
}

/// The rules of identity and entry, in the order of the table.
fn table(name: &str) -> Vec<String> {
    let p = Platform::preset(name).expect("a preset");
    vec![
        identifiers(&p.identifiers),
        cell(&p.namespace),
        cell(&p.linking_calls),
        cell(&p.alias),
        cell(&p.conflict),
        cell(&p.unknown_id),
        cell(&p.survivor),
        cell(&p.attribute_wins),
        cell(&p.profile_merge),
        cell(&p.anonymous),
        cell(&p.retention_clock),
        cell(&p.reclaim),
        cell(&p.trigger_age),
        cell(&p.merged_triggers),
        cell(&p.runs_on_merge),
        cell(&p.anonymous_entry),
    ]
}

/// Delivery, segments and blocks.
fn delivery(name: &str) -> Vec<String> {
    let p = Platform::preset(name).expect("a preset");
    vec![
        cell(&p.limit_exempt),
        cell(&p.missing_variable),
        cell(&p.unsubscribed_values),
        cell(&p.segment_age),
        cell(&p.missing_blocks),
        cell(&p.anchored_delay),
    ]
}

#[test]
fn customerio() {
    assert_eq!(
        table("customerio"),
        [
            "user_id Exact 1 ≤150, email Email 1 replaced, phone Phone 1 replaced, anonymous_id Exact any D",
            "PerKind D",
            "Identify I",
            "Ignored I",
            "RefuseConflicting D",
            "MakesProfile A",
            "Older D",
            "Survivor D",
            "FillsAndDeletes D",
            // 30 days and 5 minutes, in ms.
            "Held { retention: Span(2592000000), tail: Span(300000) } D",
            "Happened A",
            "Refused A",
            // 72 hours.
            "Some(Span(259200000)) D",
            "Never D",
            "IfNeverEntered D",
            "false D",
        ]
    );
    assert_eq!(
        delivery("customerio"),
        ["[Transactional, InApp] D", "Fails D", "[\"true\", \"1\"] D", "true D", "[] D", "EventTriggered D"]
    );
}

#[test]
fn open() {
    assert_eq!(
        table("open"),
        [
            "user_id Exact 1, email Email 1 replaced, phone Phone 1 replaced, anonymous_id Exact any D",
            "PerKind D",
            "Identify D",
            "AsIdentify D",
            "RefuseConflicting D",
            "MakesProfile D",
            "KnownElseOlder D",
            "Survivor D",
            "FillsAndDeletes D",
            "Profiles D",
            "Happened D",
            "Relinks D",
            "None D",
            "Offered D",
            "GoOn D",
            "true D",
        ]
    );
    assert_eq!(
        delivery("open"),
        ["[Transactional] D", "Blank D", "[\"true\", \"1\"] D", "false D", "[] D", "AnyJourney D"]
    );
}

#[test]
fn segment() {
    assert_eq!(
        table("segment"),
        [
            "user_id Exact 1, email Email 5, * Exact 5 D",
            "PerKind D",
            "AnyCall D",
            "Ignored D",
            "DropWeakest D",
            "MakesProfile D",
            "Older A",
            "Newest D",
            "Unsupported A",
            "Profiles D",
            "Happened D",
            "AsIdentifier D",
            "None A",
            "Offered A",
            "GoOn A",
            "true D",
        ]
    );
    let blocked = &Platform::preset("segment").unwrap().blocked_values.value;
    assert_eq!(blocked.exact, ["-1", "null", "anonymous"]);
    assert!(blocked.any_case.is_empty() && blocked.zeros_and_dashes && blocked.blank && !blocked.quoted);
}

#[test]
fn rudderstack() {
    assert_eq!(
        table("rudderstack"),
        [
            "user_id AnyCase any, anonymous_id AnyCase any D",
            "PerKind D",
            "AnyCall D",
            "Merges D",
            "AlwaysMerge D",
            "MakesProfile D",
            "Older A",
            "Newest A",
            "Unsupported A",
            "Profiles I",
            "Happened I",
            "AsIdentifier D",
            "None A",
            "Offered A",
            "GoOn A",
            "true A",
        ]
    );
}

#[test]
fn posthog() {
    assert_eq!(
        table("posthog"),
        [
            "user_id Exact any, anonymous_id Exact any D",
            "Shared D",
            "Identify D",
            "AsIdentify D",
            "MergeUnidentified D",
            "MakesProfile D",
            "Named D",
            "Survivor D",
            "Unites D",
            "Profiles D",
            "Happened D",
            "AsIdentifier D",
            "None A",
            "Offered A",
            "GoOn A",
            "true A",
        ]
    );
    let blocked = &Platform::preset("posthog").unwrap().blocked_values.value;
    assert_eq!(blocked.exact, ["[object Object]", "NaN", "None", "none", "null", "0"]);
    let any_case = "anonymous guest distinctid distinct_id id not_authenticated email undefined true false";
    assert_eq!(blocked.any_case.join(" "), any_case);
    assert!(blocked.blank && blocked.quoted && !blocked.zeros_and_dashes);
}

#[test]
fn where_the_documentation_is_silent_it_is_said() {
    for name in ["segment", "rudderstack", "posthog"] {
        let told = ["[Transactional] A", "Blank A", "[\"true\", \"1\"] A", "false A", "[] A", "AnyJourney A"];
        assert_eq!(delivery(name), told, "{name}");
    }
}

/// A no to messages survives whatever else a merge does.
#[test]
fn a_no_survives_a_merge_on_every_platform() {
    for platform in Platform::presets() {
        let names: Vec<&str> =
            platform.survives_merge.value.iter().map(|sticky| sticky.attribute.as_str()).collect();
        assert!(
            names.starts_with(&["unsubscribed", "suppressed", "consent"]),
            "{}: {names:?}",
            platform.name
        );
    }
}
