//! One person's story: what the timeline is drawn from.

#![allow(clippy::unwrap_used)]

use std::path::Path;

use throughline::{
    identity::Platform,
    lab::{Story, story},
    recording::Span,
    simulator::{HeldState, MessageState, ReplayInput, replay},
    store::ImportControl,
    workspace::{self, Events, Following, Split, load_recordings},
};

/// The story of somebody in the sample workspace on a platform.
fn told(platform: &str, person: &str) -> Option<Story> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("sample-journeys");
    let shop = workspace::open(&folder).unwrap().workspace;
    let loaded = load_recordings(&shop, None, &[], ImportControl::default()).unwrap();
    let platform = Platform::preset(platform).unwrap();
    let result = replay(&ReplayInput {
        log: &loaded.log,
        platform,
        workspace: &shop.facts,
        catalog: &shop.catalog,
        segments: &shop.segments,
        journeys: &shop.journeys,
        also: None,
        history: &loaded.history,
        seed: 0,
        horizon: Span::days(30),
        threads: 1,
        trace: true,
        cancel: None,
        progress: None,
    })
    .unwrap();
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
