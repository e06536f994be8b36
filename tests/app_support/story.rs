//! A made-up story: what the pictures of the timeline show depends on drawing alone.

use std::collections::BTreeMap;

use serde_json::json;
use throughline::{
    app::stretch::Window,
    journey::{Channel, ConsentState},
    lab::{Chronicle, Device, Hold, Mark, MergedPerson, Stay, Story},
    recording::EventKind,
    simulator::{
        HeldState, MessageRecord, MessageState, StateChange,
        person_state::{AttributeState, Change, RunState, SentState},
        settings::ConsentFact,
    },
};

/// Mon 2 Mar 2026 11:40 in Berlin.
const CART_MS: i64 = 1_772_448_000_000;
const MINUTE_MS: i64 = 60_000;
const HOUR_MS: i64 = 60 * MINUTE_MS;

/// Ana adds to the cart on her phone, looks around on a laptop that never says who it is, and
/// gives her email two days later.
pub fn story() -> Story {
    let identified_ms = CART_MS + 50 * HOUR_MS;
    let phone = Device {
        anonymous_id: "0ebd1c9a-8dd2-4c6e".to_owned(),
        name: "iPhone".to_owned(),
        marks: vec![
            mark(-6 * MINUTE_MS, EventKind::Page, "collection"),
            mark(-4 * MINUTE_MS, EventKind::Track, "Product Viewed"),
            mark(0, EventKind::Track, "Product Added"),
            mark(26 * HOUR_MS, EventKind::Page, "home"),
            mark(50 * HOUR_MS - MINUTE_MS, EventKind::Page, "popup"),
        ],
        joined_ms: Some(identified_ms),
    };
    let laptop = Device {
        anonymous_id: "laptop-1".to_owned(),
        name: "Firefox".to_owned(),
        marks: vec![
            mark(22 * HOUR_MS, EventKind::Page, "home"),
            mark(23 * HOUR_MS, EventKind::Track, "Product Viewed"),
        ],
        joined_ms: None,
    };
    let stay = |block: &str, from_ms: i64, to_ms: i64, ended: &str| Stay {
        journey: "cart-recovery".into(),
        run: 1,
        started: throughline::simulator::RunStart::shared("", 1),
        block: block.into(),
        from_ms,
        to_ms,
        ended: ended.to_owned(),
        cut_short: false,
        until_ms: None,
        deferred_ms: Vec::new(),
    };
    Story {
        identifiers: vec!["anonymous_id:0ebd1c9a-8dd2-4c6e".to_owned(), "email:ana@example.com".to_owned()],
        known_ms: Some(identified_ms),
        devices: vec![phone, laptop],
        marks: vec![
            mark(50 * HOUR_MS, EventKind::Identify, ""),
            mark(55 * HOUR_MS, EventKind::Track, "Order Completed"),
        ],
        holds: vec![Hold {
            journey: "checkout-abandonment".into(),
            from_ms: CART_MS,
            to_ms: identified_ms,
            state: HeldState::Joined,
        }],
        stays: vec![
            stay("wait-identify", CART_MS, identified_ms, "identified"),
            stay("cart-clock", identified_ms, identified_ms + 30 * MINUTE_MS, "next"),
            stay("give-it-a-day", identified_ms + 30 * MINUTE_MS, identified_ms + 20 * HOUR_MS, "bought"),
        ],
        messages: vec![
            message("reassurance", identified_ms + 30 * MINUTE_MS, MessageState::Sent),
            message("comfort-offer", identified_ms + 20 * HOUR_MS, MessageState::NotSent),
        ],
        from_ms: CART_MS - 6 * MINUTE_MS,
        to_ms: identified_ms + 20 * HOUR_MS,
        ..Story::default()
    }
}

/// The same with a kiosk that never rests, somebody who turned out to be Ana, and her state.
pub fn busy() -> Story {
    let mut story = story();
    let kiosk = (0..9_000).map(|at| {
        // Busier by day than by night.
        let night = (at / 1_500 % 2) * HOUR_MS * 8;
        mark(at * 20_000 - 6 * MINUTE_MS + night, EventKind::Page, "home")
    });
    let mut marks: Vec<Mark> = kiosk.collect();
    marks.sort_by_key(|mark| mark.at_ms);
    story.devices.push(Device {
        anonymous_id: "kiosk".to_owned(),
        name: "Kiosk".to_owned(),
        marks,
        joined_ms: Some(CART_MS + 44 * HOUR_MS),
    });
    story.merged.push(MergedPerson {
        identifiers: vec!["anonymous_id:kiosk".to_owned(), "user_id:u-12".to_owned()],
        marks: vec![
            mark(44 * HOUR_MS, EventKind::Identify, ""),
            mark(46 * HOUR_MS, EventKind::Track, "Looked"),
        ],
        from_ms: CART_MS + 44 * HOUR_MS,
        merged_ms: CART_MS + 52 * HOUR_MS,
    });
    story.replay.horizon_ms = CART_MS + 900 * HOUR_MS;
    story.chronicle = Chronicle::of(states(), &story.identifiers);
    story
}

/// Ben, whose message waits for a free place in the week, and whose last wait was cut short.
pub fn ben() -> Story {
    let first_ms = CART_MS + 8 * HOUR_MS;
    let stay = |block: &str, from: i64, to: i64, ended: &str| Stay {
        journey: "cart-recovery".into(),
        run: 1,
        started: throughline::simulator::RunStart::shared("", 1),
        block: block.into(),
        from_ms: first_ms + from * HOUR_MS,
        to_ms: first_ms + to * HOUR_MS,
        ended: ended.to_owned(),
        cut_short: false,
        until_ms: None,
        deferred_ms: Vec::new(),
    };
    let again = |hours: i64| first_ms + hours * HOUR_MS;
    Story {
        identifiers: vec!["anonymous_id:b".to_owned(), "email:ben@example.com".to_owned()],
        known_ms: Some(first_ms),
        devices: Vec::new(),
        marks: vec![
            mark(8 * HOUR_MS, EventKind::Identify, ""),
            mark(9 * HOUR_MS, EventKind::Track, "Product Added"),
            mark(56 * HOUR_MS, EventKind::Track, "Order Completed"),
        ],
        stays: vec![
            stay("cart-clock", 1, 5, "next"),
            Stay { deferred_ms: vec![again(5), again(18)], ..stay("reassurance", 5, 24, "sent") },
            Stay { cut_short: true, until_ms: Some(again(60)), ..stay("give-it-a-day", 24, 48, "goal") },
        ],
        messages: vec![message("reassurance", again(24), MessageState::Sent)],
        from_ms: first_ms,
        to_ms: again(60),
        ..Story::default()
    }
}

/// Where [`busy`]'s cursor stands: just after the first message.
pub const fn cursor_ms() -> i64 {
    CART_MS + 50 * HOUR_MS + 31 * MINUTE_MS
}

fn states() -> Vec<StateChange> {
    let known_ms = CART_MS + 50 * HOUR_MS;
    let said = ConsentFact {
        state: ConsentState::Granted,
        said_ms: known_ms,
        source: "trait email_consent".to_owned(),
    };
    let run = RunState {
        journey: "cart-recovery".into(),
        run: 1,
        block: "give-it-a-day".into(),
        since_ms: known_ms + 30 * MINUTE_MS,
        until_ms: Some(known_ms + 1_470 * MINUTE_MS),
    };
    let attributes = BTreeMap::from([("country", json!("DE")), ("first_name", json!("Ana"))]);
    let attributes = attributes.into_iter().map(|(name, value)| {
        let value = AttributeState { value, set_ms: known_ms, event: Some("m180000000".to_owned()) };
        Change::Attribute(name.to_owned(), Some(value))
    });
    let sent = SentState { at_ms: known_ms, channel: Channel::Email, counted: true, offer: false };
    let identifiers = ["anonymous_id:0ebd1c9a-8dd2-4c6e", "email:ana@gmial.com", "email:ana@example.com"];
    let changes = [
        Change::Identifiers(identifiers.map(str::to_owned).to_vec()),
        Change::Segment("high-intent".to_owned(), true),
        Change::Consent(Channel::Email, Some(said)),
        Change::Blocked(Some(Channel::Sms), Some("unsubscribed (event Stop)".to_owned())),
        Change::Sent(sent),
        Change::Run(0, Some(run)),
    ];
    let changes = changes.into_iter().chain(attributes);
    changes.map(|change| StateChange { at_ms: known_ms, profile: 0, change }).collect()
}

/// Names of three stretches of it, from far to near.
pub fn windows() -> [(&'static str, Option<Window>); 3] {
    let around = |from_ms: i64, length: i64| Some(Window { from_ms, to_ms: from_ms + length });
    [
        ("whole", None),
        ("hours", around(CART_MS + 48 * HOUR_MS, 5 * HOUR_MS)),
        ("minutes", around(CART_MS - 7 * MINUTE_MS, 10 * MINUTE_MS)),
    ]
}

fn mark(after_ms: i64, kind: EventKind, name: &str) -> Mark {
    let at_ms = CART_MS + after_ms;
    Mark {
        at_ms,
        arrived_ms: at_ms,
        kind,
        name: name.to_owned(),
        event: format!("m{after_ms}"),
        source: ("Spring web crowd".to_owned(), 1),
    }
}

fn message(block: &str, at_ms: i64, state: MessageState) -> MessageRecord {
    MessageRecord {
        at_ms,
        identifiers: vec!["email:ana@example.com".to_owned()],
        journey: "cart-recovery".into(),
        run: 1,
        started: throughline::simulator::RunStart::shared("", 1),
        block: block.into(),
        message: Some(block.into()),
        channel: Some(Channel::Email),
        state,
        reason: (state == MessageState::NotSent).then_some("offer_limit"),
        flags: Vec::new(),
        because: Vec::new(),
        subject: String::new(),
        body: String::new(),
        absent: Vec::new(),
    }
}
