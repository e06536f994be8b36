//! Randomness: whom a draw belongs to, and what a merge does to it.

use serde_json::json;
use throughline::journey::{BlockKind, SplitArm};

use crate::world::*;

const PEOPLE: u32 = 24;

/// A journey that draws lots by person (or by run); the message's block says which lot it was.
fn lots(each_run: bool) -> Draw {
    let arm = |id: &str| SplitArm { id: id.into(), name: String::new(), percent: 50, holdout: false };
    let split = BlockKind::RandomSplit { arms: vec![arm("a"), arm("b")], each_run };
    let hook = |body: &str| BlockKind::Message(message(throughline::journey::Channel::Webhook, body));
    journey("j", "Go").then("split", split).then("one", hook("a")).from("split", "b", "two", hook("b"))
}

fn drawn(platform: &str, each_run: bool, calls: Vec<Call>) -> Vec<String> {
    let outcome = on(platform).hears(calls).runs(lots(each_run)).replay();
    outcome.0.messages.iter().map(|record| record.block.to_string()).collect()
}

fn goes(user: &str, at: &str) -> Call {
    track(at, "Go").user(user)
}

/// What everybody of a few people draws.
fn each(calls: impl Fn(u32) -> Vec<Call>) -> Vec<Vec<String>> {
    (0..PEOPLE).map(|n| drawn("open", false, calls(n))).collect()
}

#[test]
fn a_merge_keeps_the_draws_already_made() {
    let (one, other) = (|n: u32| format!("U{n}"), |n: u32| format!("V{n}"));
    let merged = |n: u32| merge("2 10:00", json!({ "id": one(n) }), json!({ "id": other(n) }));
    let begin = |n: u32| vec![identify("2 08:00").user(&one(n)), identify("2 08:00").user(&other(n))];
    // Only the secondary has drawn: the survivor goes its way from then on.
    let secondary = each(|n| {
        let calls = [goes(&other(n), "2 09:00"), merged(n), goes(&one(n), "2 11:00")];
        begin(n).into_iter().chain(calls).collect()
    });
    assert!(secondary.iter().all(|lots| lots.len() == 2 && lots[0] == lots[1]), "{secondary:?}");
    // Both have drawn: the survivor's own lot stays.
    let both = each(|n| {
        let calls =
            [goes(&one(n), "2 09:00"), goes(&other(n), "2 09:30"), merged(n), goes(&one(n), "2 11:00")];
        begin(n).into_iter().chain(calls).collect()
    });
    assert!(both.iter().all(|lots| lots.len() == 3 && lots[0] == lots[2]), "{both:?}");
    assert!(both.iter().any(|lots| lots[0] != lots[1]), "the two never differed, so nothing was asked");
}

#[test]
fn a_merge_keeps_the_survivors_key() {
    // Nobody has drawn before the merge; what is drawn afterwards is what the survivor would have
    // drawn without it.
    let one = |n: u32| format!("U{n}");
    let alone = each(|n| vec![identify("2 08:00").user(&one(n)), goes(&one(n), "2 11:00")]);
    let merged = each(|n| {
        let (primary, secondary) = (json!({ "id": one(n) }), json!({ "id": "V" }));
        vec![
            identify("2 07:00").user("V"),
            identify("2 08:00").user(&one(n)),
            merge("2 10:00", primary, secondary),
            goes(&one(n), "2 11:00"),
        ]
    });
    assert_eq!(alone, merged);
}

#[test]
fn the_key_is_the_first_identifier_whatever_is_learned_later() {
    let device = |n: u32| format!("D{n}");
    let go = |n: u32| track("2 11:00", "Go").on(&device(n));
    let seen = |n: u32| page("2 08:00", "home").on(&device(n));
    let anonymous = each(|n| vec![seen(n), go(n)]);
    assert!(anonymous.iter().any(|lots| *lots != anonymous[0]), "all drew alike, so nothing was asked");
    // By whatever name the visitor is known when lots are drawn: the device was first.
    for name in ["U", "V", "W"] {
        let known = each(|n| vec![seen(n), identify("2 10:00").on(&device(n)).user(name), go(n)]);
        assert_eq!(known, anonymous, "known as {name}");
    }
}

#[test]
fn where_each_run_draws_anew_the_run_and_its_stay_decide_and_not_the_time() {
    let at = |first: &str, second: &str| {
        drawn("open", true, vec![identify("2 08:00").user("U1"), goes("U1", first), goes("U1", second)])
    };
    assert_eq!(at("2 09:00", "2 10:00"), at("3 17:00", "5 04:00"));
}
