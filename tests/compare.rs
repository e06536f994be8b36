//! Two replay results side by side: laws over made-up results, and the samples.

#![allow(clippy::unwrap_used)]

#[path = "common/shop.rs"]
mod shops;

use std::{
    collections::{BTreeMap, BTreeSet},
    path::Path,
    sync::Arc,
};

use proptest::{collection, option, prelude::*, sample};
use shops::replayed;
use throughline::{
    identity::Platform,
    journey::{BlockKind, Channel, DelayKind, Journey},
    lab::{
        Comparison, DifferenceKind, compare,
        compare::{by_person, of_journey},
    },
    recording::Span,
    simulator::{MessageRecord, MessageState, Reason, ReplayResult},
    workspace::{self, Workspace},
};

const STATES: [MessageState; 4] =
    [MessageState::Sent, MessageState::NotSent, MessageState::Skipped, MessageState::Waiting];

/// Few values of everything, so that messages meet, and meet half-way.
fn message() -> impl Strategy<Value = MessageRecord> {
    let people = sample::subsequence(vec!["email:a", "email:b", "user_id:c", "anonymous_id:d"], 1..=3);
    let started = option::of((0_i64..3, sample::subsequence(vec!["m1", "m2"], 0..=1)));
    (people, 0_i64..4, 1_u32..4, 0_usize..3, 0_usize..4, started, any::<bool>()).prop_map(
        |(people, at_ms, run, block, state, started, other)| {
            let is_message = block > 0;
            MessageRecord {
                at_ms,
                identifiers: people.into_iter().map(str::to_owned).collect(),
                journey: if other { "j" } else { "k" }.into(),
                run,
                started: std::sync::Arc::new(throughline::simulator::RunStart {
                    profile: "".into(),
                    number: run,
                }),
                block: ["wait", "mail", "offer"][block].into(),
                message: is_message.then(|| ["wait", "mail", "offer"][block].into()),
                channel: is_message.then_some(Channel::Email),
                state: if is_message { STATES[state] } else { MessageState::Waiting },
                reason: None,
                flags: Vec::new(),
                because: started.into_iter().map(|(at_ms, events)| begun(at_ms, &events).into()).collect(),
                subject: if state % 2 == 0 { "Hello" } else { "Again" }.to_owned(),
                body: String::new(),
                absent: Vec::new(),
            }
        },
    )
}

fn begun(at_ms: i64, events: &[&str]) -> Reason {
    let events = events.iter().map(|event| (*event).to_owned()).collect();
    Reason { at_ms, rule: "trigger", confidence: None, text: String::new(), events }
}

/// In the order every result has.
fn result() -> impl Strategy<Value = ReplayResult> {
    collection::vec(message(), 0..24).prop_map(|messages| {
        let mut result = ReplayResult { messages, ..ReplayResult::default() };
        result.put_in_order();
        result
    })
}

/// The differences seen from the other side.
fn mirrored(comparison: &Comparison) -> BTreeSet<(DifferenceKind, Option<usize>, Option<usize>)> {
    comparison.differences.iter().map(|it| (it.kind.mirrored(), it.after, it.before)).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn nothing_differs_from_itself(result in result()) {
        let comparison = compare(&result, &result);
        prop_assert_eq!(comparison.differences, vec![]);
        prop_assert_eq!(comparison.same, result.messages.len());
    }

    #[test]
    fn the_other_way_round_is_the_mirror(a in result(), b in result()) {
        let (there, back) = (compare(&a, &b), compare(&b, &a));
        let there_as_is: BTreeSet<_> =
            there.differences.iter().map(|it| (it.kind, it.before, it.after)).collect();
        prop_assert_eq!(there_as_is, mirrored(&back));
        prop_assert_eq!(there.same, back.same);
    }

    #[test]
    fn every_message_is_counted_once(a in result(), b in result()) {
        let comparison = compare(&a, &b);
        let before: Vec<usize> = comparison.differences.iter().filter_map(|it| it.before).collect();
        let after: Vec<usize> = comparison.differences.iter().filter_map(|it| it.after).collect();
        prop_assert_eq!(before.len() + comparison.same, a.messages.len());
        prop_assert_eq!(after.len() + comparison.same, b.messages.len());
        prop_assert_eq!(before.iter().collect::<BTreeSet<_>>().len(), before.len());
        prop_assert_eq!(after.iter().collect::<BTreeSet<_>>().len(), after.len());
        prop_assert_eq!(comparison.counts().values().sum::<usize>(), comparison.differences.len());
        let blocks = comparison.by_block(&a.messages, &b.messages);
        let by_block = blocks.values().flat_map(BTreeMap::values).flat_map(BTreeMap::values).sum::<usize>();
        prop_assert_eq!(by_block, comparison.differences.len());
    }

    #[test]
    fn pairs_are_of_one_person_and_journey(a in result(), b in result()) {
        for it in compare(&a, &b).differences {
            if let (Some(before), Some(after)) = (it.before, it.after) {
                let (before, after) = (&a.messages[before], &b.messages[after]);
                prop_assert!(before.identifiers.iter().any(|id| after.identifiers.contains(id)));
                prop_assert_eq!(&before.journey, &after.journey);
            }
        }
    }

    #[test]
    fn every_difference_is_somebodys(a in result(), b in result()) {
        let comparison = compare(&a, &b);
        let people = by_person(&comparison, &a.messages, &b.messages);
        let mut all: Vec<usize> = people.iter().flat_map(|person| person.differences.clone()).collect();
        all.sort_unstable();
        prop_assert_eq!(all, (0..comparison.differences.len()).collect::<Vec<_>>());
        let named: Vec<&String> = people.iter().flat_map(|person| &person.identifiers).collect();
        prop_assert_eq!(named.iter().collect::<BTreeSet<_>>().len(), named.len(), "nobody is two people");
    }
}

fn one(change: impl FnOnce(&mut MessageRecord)) -> ReplayResult {
    let mut message = MessageRecord {
        at_ms: 1_000,
        identifiers: vec!["email:ana@example.com".to_owned()],
        journey: "j".into(),
        run: 1,
        started: throughline::simulator::RunStart::shared("", 1),
        block: "mail".into(),
        message: Some("mail".into()),
        channel: Some(Channel::Email),
        state: MessageState::Sent,
        reason: None,
        flags: Vec::new(),
        because: vec![begun(0, &["added"]).into()],
        subject: "Hello".to_owned(),
        body: String::new(),
        absent: Vec::new(),
    };
    change(&mut message);
    ReplayResult { messages: vec![message], ..ReplayResult::default() }
}

#[track_caller]
fn kinds(before: &ReplayResult, after: &ReplayResult) -> Vec<DifferenceKind> {
    compare(before, after).differences.iter().map(|it| it.kind).collect()
}

#[test]
fn each_way_to_differ_is_told() {
    use DifferenceKind::{OnlyAfter, OnlyBefore, Status, Text, Time};
    let was = one(|_| {});
    let cases: [(&str, ReplayResult, &[DifferenceKind]); 8] = [
        ("another time", one(|it| it.at_ms = 2_000), &[Time]),
        ("another text", one(|it| it.subject = "Again".to_owned()), &[Text]),
        ("another channel", one(|it| it.channel = Some(Channel::Sms)), &[Text]),
        ("not sent", one(|it| it.state = MessageState::NotSent), &[Status]),
        ("later and not sent", one(|it| (it.at_ms, it.state) = (2_000, MessageState::NotSent)), &[Status]),
        (
            "somebody else",
            one(|it| it.identifiers = vec!["email:ben@example.com".to_owned()]),
            &[OnlyBefore, OnlyAfter],
        ),
        ("another journey", one(|it| it.journey = "k".into()), &[OnlyBefore, OnlyAfter]),
        ("more identifiers", one(|it| it.identifiers.push("user_id:7".to_owned())), &[]),
    ];
    for (name, is, expected) in cases {
        assert_eq!(kinds(&was, &is), expected, "{name}");
    }
}

#[test]
fn a_run_more_before_it_changes_nothing() {
    let was = one(|_| {});
    let mut is = one(|it| it.run = 2);
    let other = one(|it| (it.at_ms, it.because) = (500, vec![begun(-1, &["added earlier"]).into()]));
    is.messages.extend(other.messages);
    is.put_in_order();
    let comparison = compare(&was, &is);
    assert_eq!(comparison.same, 1);
    assert_eq!(kinds(&was, &is), [DifferenceKind::OnlyAfter]);
}

#[test]
fn another_trigger_is_compared_run_by_run() {
    let was = one(|_| {});
    let is = one(|it| (it.at_ms, it.because) = (3_000, vec![begun(2_000, &["checkout"]).into()]));
    assert_eq!(kinds(&was, &is), [DifferenceKind::Time]);
}

#[test]
fn a_run_that_waits_now_is_the_one_that_got_the_message() {
    let was = one(|_| {});
    let waits = |it: &mut MessageRecord| {
        (it.block, it.message, it.channel) = ("delay".into(), None, None);
        (it.state, it.at_ms) = (MessageState::Waiting, 9_000);
    };
    let is = one(waits);
    let comparison = compare(&was, &is);
    let [it] = comparison.differences[..] else { panic!("one difference: {comparison:?}") };
    assert_eq!((it.kind, it.before, it.after), (DifferenceKind::Status, Some(0), Some(0)));
    // What still waits at another horizon is the same.
    let longer = one(|it| {
        waits(it);
        it.at_ms = 20_000;
    });
    assert_eq!(kinds(&is, &longer), []);
}

/// The sample workspace, replayed with a change made to its cart recovery.
fn sample(platform: &str, change: impl FnOnce(&mut Journey)) -> ReplayResult {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("sample-journeys");
    let mut shop: Workspace = workspace::open(&folder).unwrap().workspace;
    let cart = shop.journeys.iter_mut().find(|journey| journey.id.as_str() == "cart-recovery").unwrap();
    change(Arc::make_mut(cart));
    replayed(&shop, Platform::preset(platform).unwrap())
}

#[test]
fn a_longer_delay_moves_messages_of_its_journey_alone() {
    let was = sample("open", |_| {});
    let is = sample("open", |journey| {
        for block in journey.blocks.values_mut() {
            if let BlockKind::Delay(DelayKind::Anchored { after, .. }) = &mut block.kind {
                *after = Span::hours(9);
            }
        }
    });
    let comparison = compare(&was, &is);
    let moved = comparison.counts().get(&DifferenceKind::Time).copied().unwrap_or(0);
    assert!(moved > 0 && comparison.same > 0, "{:?}", comparison.counts());
    for it in comparison.differences.iter().filter(|it| it.kind == DifferenceKind::Time) {
        let (before, after) = (&was.messages[it.before.unwrap()], &is.messages[it.after.unwrap()]);
        assert_eq!((&before.block, &before.journey), (&after.block, &after.journey));
        assert!(before.at_ms < after.at_ms, "{before:?} and {after:?}");
    }
}

#[test]
fn another_platform_differs_and_mirrors() {
    let (open, other) = (sample("open", |_| {}), sample("customerio", |_| {}));
    let (there, back) = (compare(&open, &other), compare(&other, &open));
    assert!(!there.differences.is_empty() && there.same > 0);
    let as_is: BTreeSet<_> = there.differences.iter().map(|it| (it.kind, it.before, it.after)).collect();
    assert_eq!(as_is, mirrored(&back));
}

#[test]
fn versions_under_two_ids_are_compared_as_one() {
    let was = sample("open", |_| {});
    let cart = "cart-recovery".into();
    let renamed = of_journey(was.clone(), &cart, &"cart-recovery-2".into());
    let own = of_journey(was, &cart, &cart);
    assert!(!own.messages.is_empty());
    assert!(!compare(&own, &renamed).differences.is_empty());
    let back = of_journey(renamed, &"cart-recovery-2".into(), &cart);
    assert_eq!(compare(&own, &back).differences, []);
}
