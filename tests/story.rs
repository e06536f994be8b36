//! One person's story: what the timeline is drawn from.

#![allow(clippy::unwrap_used)]

#[path = "common/shop.rs"]
mod shop;

use std::path::Path;

use throughline::{
    identity::Platform,
    journey::Segments,
    lab::{Chronicle, Mark, Step, Story, story},
    recording::{Catalog, EventLog, Span, read_events},
    simulator::{Bounds, HeldState, MessageState, ReplayInput, WorkspaceFacts, replay, replay_with_states},
    workspace::{self, Events, Following, Split},
};

/// The story of somebody in the sample workspace on a platform.
fn told(platform: &str, person: &str) -> Option<Story> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("sample-journeys");
    let shop = workspace::open(&folder).unwrap().workspace;
    let loaded = shop::recorded(&shop);
    let platform = Platform::preset(platform).unwrap();
    let result = replay(&ReplayInput { trace: true, ..shop::input(&shop, platform, &loaded) }).unwrap();
    let events = Events::Memory(&loaded.log);
    let split = Split::people(events, platform, person, Following::default()).unwrap();
    let part = loaded.log.part(split.iter().next()?);
    story(platform, &part, &part.replay_order().0, result, &[person.to_owned()])
}

/// Who the sensitive-skin shopper turns out to be.
const SHOPPER: &str = "email:ana.keller@example.com";

#[test]
fn a_device_flows_into_the_person_when_it_says_who_it_is() {
    for platform in ["open", "customerio"] {
        let story = told(platform, SHOPPER).unwrap();
        let [device] = &story.devices[..] else { panic!("one device on {platform}: {:?}", story.devices) };
        let joined_ms = device.joined_ms.unwrap();
        assert!(!device.marks.is_empty() && device.marks.iter().all(|mark| mark.arrived_ms < joined_ms));
        assert!(story.marks.iter().all(|mark| mark.arrived_ms >= joined_ms));
        assert!(story.from_ms < joined_ms && joined_ms <= story.to_ms);
        assert!(story.messages.iter().any(|message| message.state == MessageState::Sent), "{platform}");
    }
}

#[test]
fn what_the_platform_holds_back_is_told_and_what_it_does_not_is_not() {
    let held = told("customerio", SHOPPER).unwrap();
    assert!(held.holds.iter().any(|hold| hold.state == HeldState::Joined && hold.to_ms > hold.from_ms));
    assert_eq!(told("open", SHOPPER).unwrap().holds, []);
}

#[test]
fn stays_take_time_and_follow_each_other_in_a_run() {
    let story = told("open", SHOPPER).unwrap();
    assert!(!story.stays.is_empty());
    for stay in &story.stays {
        assert!(stay.to_ms > stay.from_ms);
        let same = |other: &&throughline::lab::Stay| other.journey == stay.journey && other.run == stay.run;
        for other in story.stays.iter().filter(same).filter(|other| other.from_ms > stay.from_ms) {
            assert!(other.from_ms >= stay.to_ms, "{stay:?} and {other:?}");
        }
    }
}

#[test]
fn nobody_has_no_story() {
    assert_eq!(told("open", "email:nobody@example.com"), None);
}

/// A story told of lines of a recording, with nothing to run.
fn told_of(lines: &[&str], person: &str) -> Story {
    let mut log = EventLog::new();
    read_events(&mut lines.join("\n").as_bytes(), "made up", &mut log).unwrap();
    let (facts, catalog, segments) = (WorkspaceFacts::default(), Catalog::default(), Segments::default());
    let input = ReplayInput {
        log: &log,
        platform: Platform::preset("customerio").unwrap(),
        workspace: &facts,
        catalog: &catalog,
        segments: &segments,
        journeys: &[],
        also: None,
        history: &[],
        seed: 0,
        horizon: Span::days(1),
        threads: 1,
        trace: true,
        cancel: None,
        progress: None,
    };
    let order = log.replay_order().0;
    let (result, changes) = replay_with_states(&input, Bounds::of(&input, &order)).unwrap();
    let story = story(input.platform, &log, &order, result, &[person.to_owned()]).unwrap();
    let chronicle = Chronicle::of(changes, &story.identifiers);
    story.with_states(chronicle)
}

const MERGE: [&str; 7] = [
    r#"{"messageId":"1","timestamp":"2026-03-02T08:00:00Z","userId":"u1","type":"identify","traits":{"timezone":"Asia/Kolkata"}}"#,
    r#"{"messageId":"2","timestamp":"2026-03-02T09:00:00Z","anonymousId":"d","type":"page","name":"home"}"#,
    r#"{"messageId":"3","timestamp":"2026-03-02T10:00:00Z","userId":"u2","anonymousId":"d","type":"identify"}"#,
    r#"{"messageId":"4","timestamp":"2026-03-02T11:00:00Z","userId":"u2","type":"track","event":"Looked"}"#,
    r#"{"messageId":"5","timestamp":"2026-03-02T11:30:00Z","userId":"u1","type":"track","event":"Looked"}"#,
    r#"{"messageId":"6","timestamp":"2026-03-02T12:00:00Z","type":"merge","primary":{"id":"u1"},"secondary":{"id":"u2"}}"#,
    r#"{"messageId":"7","timestamp":"2026-03-02T13:00:00Z","userId":"u1","type":"track","event":"Bought"}"#,
];

#[test]
fn somebody_merged_keeps_their_lane_until_the_merge_and_two_profiles_become_one() {
    let story = told_of(&MERGE, "user_id:u1");
    let ids = |marks: &[Mark]| marks.iter().map(|mark| mark.event.clone()).collect::<Vec<_>>();
    let [other] = &story.merged[..] else {
        panic!("one other: {:?} {:#?} {:#?}", story.merged, story.replay.merges, story.replay.refusals)
    };
    assert!(other.identifiers.contains(&"user_id:u2".to_owned()));
    assert_eq!(ids(&other.marks), ["3", "4"]);
    assert!(other.has("d", other.from_ms) && !other.has("d", other.merged_ms));
    assert_eq!(ids(&story.devices[0].marks), ["2"]);
    assert_eq!(ids(&story.marks)[..2], ["1", "5"]);
    assert_eq!(story.mark("4").map(|mark| mark.name.as_str()), Some("Looked"));
    assert_eq!(story.mark("no such"), None);
    // Their state is two profiles until the merge, and one from its instant on.
    let merged_ms = other.merged_ms;
    assert_eq!(story.chronicle.at(merged_ms - 1).len(), 2);
    let [one] = &story.chronicle.at(merged_ms)[..] else { panic!("one profile") };
    assert!(one.identifiers.contains(&"user_id:u1".to_owned()));
    assert_eq!(story.chronicle.at(i64::MIN), []);
    assert_eq!(story.zone, Some(chrono_tz::Asia::Kolkata));
}

#[test]
fn steps_go_to_everything_of_theirs_and_back() {
    let story = told("open", SHOPPER).unwrap();
    for step in [Step::Anything, Step::Event, Step::Decision, Step::Message] {
        let mut stops = Vec::new();
        let mut at_ms = i64::MIN;
        while let Some(next_ms) = story.next_ms(step, at_ms) {
            assert!(next_ms > at_ms);
            stops.push(next_ms);
            at_ms = next_ms;
        }
        assert!(!stops.is_empty(), "{step:?}");
        let mut back = Vec::new();
        let mut at_ms = i64::MAX;
        while let Some(before_ms) = story.previous_ms(step, at_ms) {
            back.push(before_ms);
            at_ms = before_ms;
        }
        back.reverse();
        assert_eq!(stops, back, "{step:?}");
    }
    let message = story.messages.iter().find(|it| it.state == MessageState::Sent).unwrap();
    let record = story.record_of_message(message).unwrap();
    assert_eq!(story.replay.trace[record].decision, "sent");
    assert_eq!(story.message_of(&story.replay.trace[record]), Some(message));
    let of_block = story.record_of_block(&message.journey, &message.block, message.at_ms).unwrap();
    assert_eq!(story.replay.trace[of_block].block.as_ref(), Some(&message.block));
    let mark = &story.devices[0].marks[0];
    let told = &story.replay.trace[story.record_of_event(&mark.event).unwrap()];
    assert!(told.because.events.contains(&mark.event));
}
