//! A made-up outcome: what the pictures show depends on drawing alone, not on how the simulator
//! words or counts things today.

use std::collections::BTreeMap;

use throughline::{
    app::session::{Outcome, RuleCount},
    identity::Confidence,
    journey::Channel,
    recording::ImportCounts,
    simulator::{
        BlockCounts, Counts, Flag, Headcount, JourneyCounts, Memberships, MessageRecord, MessageState,
        Reason, ReplayResult,
    },
    words::person::PeopleGroup,
};

/// Mon 2 Mar 2026 11:40 in Berlin.
const CART_MS: i64 = 1_772_448_000_000;
const HOUR_MS: i64 = 3_600_000;

/// Counts and messages of the sample's cart recovery.
pub fn outcome() -> Outcome {
    let result = ReplayResult {
        messages: vec![
            message("ana@exmaple.com", MessageState::NotSent),
            message("ben@example.com", MessageState::Sent),
        ],
        journeys: BTreeMap::from([("cart-recovery".into(), counts())]),
        events: 533,
        ..ReplayResult::default()
    };
    Outcome {
        result,
        counted: Counts { memberships: Some(memberships()), passages: None },
        groups: BTreeMap::from([(PeopleGroup::Known, 19), (PeopleGroup::SeveralDevices, 3)]),
        strangers: 42,
        imports: vec![Some(ImportCounts { read: 533, kept: 533, ..ImportCounts::default() })],
        rules: RuleCount { settings: 24, assumed: 0 },
        platform: "Open".to_owned(),
        took_ms: 4,
        ..Outcome::default()
    }
}

fn memberships() -> Memberships {
    let step = |ever| vec![(CART_MS, Headcount { inside: ever / 2, ever })];
    let known = [("viewed-skincare-24h", 14), ("cart-no-purchase-4h", 6)];
    known.into_iter().map(|(segment, ever)| (segment.to_owned(), step(ever))).collect()
}

fn counts() -> JourneyCounts {
    let block = |entered: u64, exits: &[(&str, u64)]| BlockCounts {
        entered,
        exits: exits.iter().map(|(exit, count)| ((*exit).into(), *count)).collect(),
        ..BlockCounts::default()
    };
    JourneyCounts {
        offered: 48,
        started: 40,
        not_started: BTreeMap::from([("already_in_run".to_owned(), 8)]),
        held: BTreeMap::from([("joined".to_owned(), 24), ("never_identified".to_owned(), 16)]),
        left_unknown: 16,
        blocks: BTreeMap::from([
            ("wait-identify".into(), block(40, &[("identified", 24), ("timed_out", 16)])),
            ("cart-clock".into(), block(24, &[("next", 24)])),
            ("friction".into(), block(24, &[("yes", 15), ("no", 9)])),
            ("reassurance".into(), block(15, &[("sent", 15)])),
            ("reminder".into(), block(9, &[("sent", 6), ("not_sent", 3)])),
            ("retargeting".into(), block(32, &[("next", 32)])),
        ]),
        ..JourneyCounts::default()
    }
}

fn message(email: &str, state: MessageState) -> MessageRecord {
    let held = state == MessageState::NotSent;
    let step = |hours: i64, rule: &'static str, confidence: Confidence, text: &str| Reason {
        at_ms: CART_MS + hours * HOUR_MS,
        rule,
        confidence: Some(confidence),
        text: text.to_owned(),
        events: Vec::new(),
    };
    let mut because = vec![
        step(0, "trigger", Confidence::Documented, "Added to cart as an anonymous visitor"),
        step(0, "anonymous_entry", Confidence::Documented, "The run started and waits for an email"),
        step(50, "identified", Confidence::Documented, "Identified by the popup"),
        step(50, "delay_anchored", Confidence::Inferred, "4 hours since the cart had passed: no wait"),
    ];
    because.push(if held {
        step(51, "address", Confidence::Assumed, "Held back: the address looks mistyped")
    } else {
        step(51, "sent", Confidence::Documented, "Sent")
    });
    MessageRecord {
        at_ms: CART_MS + 51 * HOUR_MS,
        identifiers: vec![format!("anonymous_id:device-of-{email}"), format!("email:{email}")],
        journey: "cart-recovery".into(),
        run: 1,
        started: throughline::simulator::RunStart::shared("", 1),
        block: "reminder".into(),
        message: Some("reminder".into()),
        channel: Some(Channel::Email),
        state,
        reason: held.then_some("mistyped"),
        flags: if held { vec![Flag::Mistyped] } else { Vec::new() },
        because: because.into_iter().map(Into::into).collect(),
        subject: "Still thinking about the Calm Serum?".to_owned(),
        body: "Hi Ana, it is in your cart, and it is made for sensitive skin. 30 ml, €24.".to_owned(),
        absent: Vec::new(),
    }
}
