//! Time: happened and arrived, order, timers before events, windows, horizon, zones.

use serde_json::json;
use throughline::journey::{BlockKind, DelayKind, Weekday, ZoneChoice};

use crate::world::*;

const NOTHING: [&str; 0] = [];

/// A known user to whom things happen.
fn ana() -> Call {
    identify("1 00:00").user("U1").email("ana@example.com")
}

#[test]
fn without_received_at_an_event_arrived_when_it_happened() {
    let world = on("open")
        .hears([ana(), track("2 09:00", "Go").user("U1").without("receivedAt")])
        .runs(journey("j", "Go").then("mail", email("hi")));
    assert_eq!(world.messages(), ["2 09:00 j/mail sent"]);
}

#[test]
fn the_platform_acts_on_arrival() {
    let world = on("open")
        .hears([ana(), track("2 09:00", "Go").user("U1").received("2 11:00")])
        .runs(journey("j", "Go").then("mail", email("hi")));
    assert_eq!(world.messages(), ["2 11:00 j/mail sent"]);
}

#[test]
fn conditions_look_at_when_things_happened() {
    let recent = branch(did_within("Seen", "1h"));
    let world = on("open")
        .hears([
            ana(),
            track("2 08:00", "Seen").user("U1").received("2 09:30"),
            track("2 09:40", "Go").user("U1"),
        ])
        .runs(journey("j", "Go").then("recent", recent).then("yes", email("yes")).from(
            "recent",
            "no",
            "no",
            email("no"),
        ));
    assert_eq!(world.messages(), ["2 09:40 j/no sent"], "it arrived lately but happened long ago");
}

#[test]
fn conditions_do_not_see_an_event_that_happened_after_now() {
    let world = on("open")
        .hears([
            ana(),
            track("2 12:00", "Seen").user("U1").received("2 09:00"),
            track("2 09:10", "Go").user("U1"),
        ])
        .runs(journey("j", "Go").then("seen", branch(did("Seen"))).then("yes", email("yes")).from(
            "seen",
            "no",
            "no",
            email("no"),
        ));
    assert_eq!(world.messages(), ["2 09:10 j/no sent"]);
}

#[test]
fn a_wait_sees_an_event_from_the_future_once_its_time_has_come() {
    let world = on("open")
        .hears([
            ana(),
            track("2 09:00", "Go").user("U1"),
            track("2 12:00", "Seen").user("U1").received("2 09:10"),
        ])
        .runs(
            journey("j", "Go")
                .then("seen", wait_until(&[("saw", did("Seen"))], Some("1d")))
                .then("mail", email("hi")),
        );
    assert_eq!(world.messages(), ["2 12:00 j/mail sent"]);
}

#[test]
fn client_skew_is_taken_out_by_the_clients_own_clock() {
    // The client's clock is an hour ahead: sent 10:05, received 09:05, so 10:00 was 09:00.
    let skewed = track("2 10:00", "Seen").user("U1").received("2 09:05");
    let skewed = skewed.field("originalTimestamp", "2026-03-02T10:00:00.000Z");
    let skewed = skewed.field("sentAt", "2026-03-02T10:05:00.000Z").without("timestamp");
    let world = on("open").hears([ana(), skewed]);
    assert_eq!(said(world.log().events()[1].happened_ms), "2 09:00");
}

#[test]
fn without_an_original_timestamp_the_wire_timestamp_is_the_original() {
    let skewed = track("2 10:00", "Seen").user("U1").received("2 09:05");
    let world = on("open").hears([ana(), skewed.field("sentAt", "2026-03-02T10:05:00.000Z")]);
    assert_eq!(said(world.log().events()[1].happened_ms), "2 09:00");
}

#[test]
fn events_at_one_arrival_come_by_happened_then_message_id() {
    let run = |first: Call, second: Call| {
        on("open")
            .hears([ana(), first, second])
            .runs(journey("j", "B").then("a", branch(did("A"))).then("yes", email("A came before")).from(
                "a",
                "no",
                "no",
                email("A had not come"),
            ))
            .replay()
            .bodies()[0]
            .to_owned()
    };
    let at = "2 09:00";
    let (a, b) = (track(at, "A").user("U1"), track(at, "B").user("U1"));
    assert_eq!(run(a.clone().id("x"), b.clone().id("y")), "A came before");
    assert_eq!(run(a.clone().id("y"), b.clone().id("x")), "A had not come");
    let earlier = track("2 08:00", "A").user("U1").received(at);
    assert_eq!(run(earlier.id("y"), b.id("x")), "A came before");
}

#[test]
fn timers_at_an_instant_come_before_its_events() {
    // The purchase that would end the run arrives at the very instant the delay is over.
    let world = on("open")
        .hears([ana(), track("2 09:00", "Go").user("U1"), track("2 10:00", "Bought").user("U1")])
        .runs(
            journey("j", "Go")
                .leaves_when("bought", did("Bought"))
                .then("wait", wait("1h"))
                .then("mail", email("hi")),
        );
    assert_eq!(world.messages(), ["2 10:00 j/mail sent"]);
}

#[test]
fn at_an_instant_segments_end_before_blocks_go_on() {
    // The window ends exactly when the delay does: the branch already sees the person outside.
    let world = on("open")
        .segment("lately", did_within("Go", "1h"))
        .hears([ana(), track("2 09:00", "Go").user("U1")])
        .runs(
            journey("j", "Go")
                .then("wait", wait("1h"))
                .then("in", branch(throughline::journey::Condition::Segment("lately".to_owned())))
                .then("yes", email("in"))
                .from("in", "no", "no", email("out")),
        )
        .runs(
            starting("left", throughline::journey::Trigger::LeavesSegment("lately".to_owned()))
                .then("mail", email("left")),
        );
    let outcome = world.replay();
    let mut bodies = outcome.bodies();
    bodies.sort_unstable();
    assert_eq!(bodies, ["left", "out"]);
}

#[test]
fn windows_are_open_at_their_far_end_and_closed_at_now() {
    let asks = |happened: &str| {
        on("open")
            .hears([ana(), track(happened, "Seen").user("U1"), track("2 10:00", "Go").user("U1").id("z")])
            .runs(
                journey("j", "Go")
                    .then("in", branch(did_within("Seen", "1h")))
                    .then("yes", email("in"))
                    .from("in", "no", "no", email("out")),
            )
            .replay()
            .bodies()[0]
            .to_owned()
    };
    assert_eq!(asks("2 09:00"), "out", "exactly an hour ago is outside");
    assert_eq!(asks("2 09:00:00.001"), "in");
    assert_eq!(asks("2 10:00"), "in", "now is inside");
}

#[test]
fn the_horizon_is_counted_from_the_last_event_of_the_whole_input() {
    let two = |with_bo: bool| {
        let mut calls = vec![ana(), track("2 09:00", "Go").user("U1")];
        if with_bo {
            calls.push(track("5 09:00", "Look").user("U2"));
        }
        on("open")
            .with(|world| world.horizon = span("2d"))
            .hears(calls)
            .runs(journey("j", "Go").then("wait", wait("3d")).then("mail", email("hi")))
            .replay()
    };
    assert_eq!(two(false).waiting(), ["4 09:00 j/wait"]);
    assert_eq!(two(true).messages(), ["5 09:00 j/mail sent"], "somebody else's event moved the horizon");
}

#[test]
fn what_waits_at_the_horizon_is_reported_as_waiting() {
    let world = on("open")
        .with(|world| world.horizon = span("1d"))
        .hears([ana(), track("2 09:00", "Go").user("U1")])
        .runs(journey("j", "Go").then("wait", wait("2d")).then("mail", email("hi")));
    let outcome = world.replay();
    assert_eq!(outcome.waiting(), ["3 09:00 j/wait"], "reported at the horizon");
    assert_eq!(outcome.0.messages[0].message, None);
    assert_eq!(outcome.0.journeys["j"].blocks["wait"].waiting, 1);
}

/// Daylight saving in Berlin: on 29 March 2026, 02:00 becomes 03:00.
#[test]
fn local_time_in_a_gap_is_the_first_valid_instant() {
    let until = BlockKind::Delay(DelayKind::UntilTime { at_minute: 150, days: Vec::new() });
    let world = on("open")
        .set(|workspace| workspace.zone = "Europe/Berlin".to_owned())
        .hears([ana(), track("28 22:00", "Go").user("U1")])
        .runs(journey("j", "Go").then("until", until).then("mail", email("hi")));
    assert_eq!(
        world.messages(),
        ["29 01:00 j/mail sent"],
        "02:30 does not exist; 03:00 is the first that does"
    );
}

/// On 25 October 2026, 03:00 becomes 02:00 again in Berlin: day 239 from 1 March.
#[test]
fn local_time_in_a_fold_is_the_earlier_instant() {
    let until = BlockKind::Delay(DelayKind::UntilTime { at_minute: 150, days: Vec::new() });
    let world = on("open")
        .set(|workspace| workspace.zone = "Europe/Berlin".to_owned())
        .hears([ana(), track("238 22:30", "Go").user("U1")])
        .runs(journey("j", "Go").then("until", until).then("mail", email("hi")));
    assert_eq!(world.messages(), ["239 00:30 j/mail sent"]);
}

#[test]
fn a_zone_is_fixed_when_a_stay_begins() {
    let window = BlockKind::TimeWindow {
        days: Vec::new(),
        from_minute: 9 * 60,
        to_minute: 17 * 60,
        zone: ZoneChoice::Person,
    };
    let world = on("open")
        .hears([
            ana().says("timezone", "Europe/Berlin"),
            track("2 20:00", "Go").user("U1"),
            identify("2 21:00").user("U1").says("timezone", "America/New_York"),
        ])
        .runs(journey("j", "Go").then("window", window).then("mail", email("hi")));
    assert_eq!(world.messages(), ["3 08:00 j/mail sent"], "nine in Berlin, where the stay began");
}

#[test]
fn future_events_are_kept() {
    let world = on("open").hears([ana(), track("9 09:00", "Later").user("U1").received("2 09:00")]);
    let log = world.log();
    assert_eq!(log.len(), 2);
    assert!(log.events()[1].flags.has(throughline::recording::EventFlags::FUTURE));
}

#[test]
fn a_weekday_is_one_of_the_persons_zone() {
    // Monday 2 March, 23:30 UTC is already Tuesday in Berlin.
    let until = BlockKind::Delay(DelayKind::UntilTime { at_minute: 45, days: vec![Weekday::Tue] });
    let world = on("open")
        .hears([ana().says("timezone", "Europe/Berlin"), track("2 23:30", "Go").user("U1")])
        .runs(journey("j", "Go").then("until", until).then("mail", email("hi")));
    assert_eq!(world.messages(), ["2 23:45 j/mail sent"]);
}

#[test]
fn an_event_without_any_id_is_kept_and_nobodys() {
    let world =
        on("open").hears([ana(), track("2 09:00", "Go")]).runs(journey("j", "Go").then("mail", email("hi")));
    let outcome = world.replay();
    assert_eq!(outcome.messages(), NOTHING);
    assert_eq!(outcome.0.events, 2, "kept");
    assert_eq!(json!(outcome.0.people.len()), 1);
}

#[test]
fn an_event_dated_ahead_of_its_arrival_ends_runs_when_it_happens() {
    let world = on("open")
        .hears([
            identify("2 08:00").user("U").email("ana@example.com"),
            track("2 09:00", "Go").user("U"),
            track("2 11:00:01", "Order Completed")
                .user("U")
                .received("2 11:00")
                .field("sentAt", "2026-03-02T11:00:01Z"),
        ])
        .runs(
            journey("j", "Go")
                .leaves_when("bought", did("Order Completed"))
                .then("wait", wait("5h"))
                .then("mail", email("hi")),
        );
    let outcome = world.replay();
    let corrected = outcome.messages();
    assert!(corrected.is_empty(), "the client's clock is put right: {corrected:?}");
    let ahead = |at: &str| {
        on("open")
            .hears([
                identify("2 08:00").user("U").email("ana@example.com"),
                track("2 09:00", "Go").user("U"),
                track(at, "Order Completed").user("U").received("2 11:00"),
            ])
            .runs(
                journey("j", "Go")
                    .leaves_when("bought", did("Order Completed"))
                    .then("wait", wait("5h"))
                    .then("mail", email("hi")),
            )
            .replay()
    };
    let outcome = ahead("2 11:00:01");
    assert!(outcome.messages().is_empty());
    assert_eq!(outcome.ended("j", "bought"), 1);
    assert_eq!(ahead("2 14:00:01").messages(), ["2 14:00 j/mail sent"], "not before it happened");
}
