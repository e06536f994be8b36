//! What starts a run: triggers, audience, re-entry, drafts, exits, goals.

use serde_json::json;
use throughline::journey::{Condition, Goal, ReEntry, Runs, Status, Test, Trigger};

use crate::world::*;

const NOTHING: [&str; 0] = [];

fn ana() -> Call {
    identify("1 00:00").user("U1").email("ana@example.com")
}

fn go(at: &str) -> Call {
    track(at, "Go").user("U1")
}

/// Ana does `Go` at these instants; the journey starts at each.
fn goes(at: &[&str], drawn: Draw) -> World {
    on("open").hears(std::iter::once(ana()).chain(at.iter().map(|at| go(at)))).runs(drawn)
}

#[test]
fn only_active_journeys_run() {
    let draft = journey("j", "Go").set(|j| j.status = Status::Draft).then("mail", email("hi"));
    assert_eq!(goes(&["2 09:00"], draft).messages(), NOTHING);
}

#[test]
fn an_event_starts_a_run_if_its_properties_pass() {
    let vip = Trigger::Event { event: named("Go"), filters: vec![filter("level", Test::AtLeast(2.0))] };
    let world = on("open")
        .hears([ana(), go("2 09:00").with("level", 1), go("3 09:00").with("level", 2)])
        .runs(starting("j", vip).then("mail", email("hi")));
    assert_eq!(world.messages(), ["3 09:00 j/mail sent"]);
}

#[test]
fn entering_a_segment_starts_a_run() {
    let world = on("open")
        .segment("goers", did("Go"))
        .hears([ana(), go("2 09:00"), go("3 09:00")])
        .runs(starting("j", Trigger::EntersSegment("goers".to_owned())).then("mail", email("hi")));
    assert_eq!(world.messages(), ["2 09:00 j/mail sent"]);
}

#[test]
fn being_in_a_segment_when_the_replay_starts_is_no_entering() {
    let world = on("open")
        .segment("goers", did("Go"))
        .remembers([ana(), go("2 09:00")])
        .hears([go("3 09:00")])
        .runs(starting("j", Trigger::EntersSegment("goers".to_owned())).then("mail", email("hi")));
    assert_eq!(world.messages(), NOTHING);
}

#[test]
fn leaving_a_segment_by_time_alone_starts_a_run_at_the_exact_instant() {
    let world = on("open")
        .segment("lately", did_within("Go", "24h"))
        .hears([ana(), go("2 09:00")])
        .runs(starting("j", Trigger::LeavesSegment("lately".to_owned())).then("mail", email("hi")));
    assert_eq!(world.messages(), ["3 09:00 j/mail sent"]);
}

#[test]
fn an_attribute_change_starts_a_run_if_the_new_value_passes() {
    let to_gold = Trigger::AttributeChange { name: "tier".to_owned(), to: Some(equals("gold")) };
    let tier = |at: &str, tier: &str| identify(at).user("U1").says("tier", tier);
    let world = on("open")
        .hears([ana(), tier("2 09:00", "silver"), tier("3 09:00", "gold"), tier("4 09:00", "gold")])
        .runs(starting("j", to_gold).then("mail", email("hi")));
    assert_eq!(world.messages(), ["3 09:00 j/mail sent"], "the same value again is no change");
    let outcome = world.hears([tier("5 09:00", "silver"), tier("6 09:00", "gold").id("said")]).replay();
    let why = &outcome.0.messages.last().unwrap().because[0];
    assert_eq!(
        (&*why.text, &why.events[..]),
        ("A change of tier started the journey", &["said".to_owned()][..])
    );
}

#[test]
fn a_date_in_an_attribute_starts_a_run_on_its_day_in_the_persons_zone() {
    let date = |yearly: bool, offset_days: i32| Trigger::DateAttribute {
        name: "renews".to_owned(),
        yearly,
        offset_days,
        at_minute: 540,
    };
    let at = |trigger: Trigger, value: &str| {
        on("open")
            .hears([ana().says("renews", value).says("timezone", "Europe/Berlin"), go("2 09:00")])
            .runs(starting("j", trigger).then("mail", email("hi")))
            .messages()
    };
    assert_eq!(at(date(false, 0), "2026-03-10"), ["10 08:00 j/mail sent"]);
    assert_eq!(at(date(false, -3), "2026-03-10"), ["7 08:00 j/mail sent"]);
    assert_eq!(at(date(true, 0), "1990-03-10"), ["10 08:00 j/mail sent"]);
    assert_eq!(at(date(false, 0), "1990-03-10"), NOTHING);
}

#[test]
fn a_date_that_history_tells_starts_a_run_when_it_comes() {
    let birthday =
        Trigger::DateAttribute { name: "birthday".to_owned(), yearly: true, offset_days: 0, at_minute: 480 };
    let world = on("open")
        .remembers([identify("1 09:00").user("U1").email("ana@example.com").says("birthday", "1990-03-10")])
        .hears([track("3 09:00", "Go").user("U1")])
        .runs(starting("j", birthday).then("mail", email("hi")));
    assert_eq!(world.messages(), ["10 08:00 j/mail sent"]);
}

#[test]
fn a_date_moves_with_the_persons_zone() {
    let day =
        Trigger::DateAttribute { name: "birthday".to_owned(), yearly: false, offset_days: 0, at_minute: 480 };
    let with = |change: Call| {
        on("open")
            .hears([
                identify("1 09:00").user("U1").email("ana@example.com").says("birthday", "2026-03-10"),
                change,
            ])
            .runs(starting("j", day.clone()).then("mail", email("hi")))
            .messages()
    };
    let later = identify("3 09:00").user("U1").says("timezone", "America/New_York");
    assert_eq!(with(later), ["10 12:00 j/mail sent"]);
    let abroad = track("3 09:00", "Go").user("U1").context(json!({ "timezone": "Asia/Tokyo" }));
    assert_eq!(with(abroad), ["9 23:00 j/mail sent"]);
}

#[test]
fn nothing_starts_before_the_first_event_that_is_not_history() {
    let lapsed = |days: &str| {
        on("open")
            .remembers([
                identify("1 09:00").user("U1").email("ana@example.com"),
                track("1 09:00", "Go").user("U1"),
            ])
            .hears([track("9 09:00", "Other").user("U2")])
            .segment("recent", did_within("Go", days))
            .runs(starting("j", Trigger::LeavesSegment("recent".to_owned())).then("mail", email("hi")))
            .messages()
    };
    assert_eq!(lapsed("7d"), NOTHING, "on the 8th, before the recording begins");
    assert_eq!(lapsed("9d"), ["10 09:00 j/mail sent"], "somebody else's event begins it");
}

#[test]
fn a_segment_that_ends_within_history_starts_nothing() {
    let recent = did_within("Go", "1d");
    let world = on("open")
        .remembers([
            identify("1 09:00").user("U1").email("ana@example.com"),
            track("1 09:00", "Go").user("U1"),
            track("5 09:00", "Other").user("U1"),
        ])
        .hears([track("9 09:00", "Other").user("U1")])
        .segment("recent", recent)
        .runs(starting("j", Trigger::LeavesSegment("recent".to_owned())).then("mail", email("hi")));
    assert_eq!(world.messages(), NOTHING);
}

#[test]
fn the_audience_filters_who_enters() {
    let only = |value: &str| {
        let audience = Some(attribute("tier", equals(value)));
        let drawn = journey("j", "Go").set(|j| j.audience = audience).then("mail", email("hi"));
        on("open").hears([ana().says("tier", "gold"), go("2 09:00")]).runs(drawn).replay()
    };
    assert_eq!(only("gold").messages(), ["2 09:00 j/mail sent"]);
    assert_eq!(only("silver").messages(), NOTHING);
    assert_eq!(only("silver").not_started("j", "audience"), 1);
}

fn enters(re_entry: ReEntry) -> Vec<String> {
    let drawn = journey("j", "Go").set(|j| j.entry.re_entry = re_entry).then("mail", email("hi"));
    goes(&["2 09:00", "3 08:59:59.999", "4 09:00"], drawn).messages()
}

#[test]
fn re_entry_once_lets_a_profile_in_once_in_its_life() {
    assert_eq!(enters(ReEntry::Once), ["2 09:00 j/mail sent"]);
}

#[test]
fn re_entry_every_time() {
    assert_eq!(enters(ReEntry::EveryTime).len(), 3);
}

#[test]
fn re_entry_after_a_gap_counts_from_the_last_entry_inclusively() {
    assert_eq!(enters(ReEntry::AfterGap(span("1d"))), ["2 09:00 j/mail sent", "4 09:00 j/mail sent"]);
    assert_eq!(
        enters(ReEntry::AfterGap(span("2d"))),
        ["2 09:00 j/mail sent", "4 09:00 j/mail sent"],
        "exactly two days"
    );
}

#[test]
fn a_run_already_going_refuses_and_is_recorded() {
    let drawn = journey("j", "Go").then("wait", wait("2h")).then("mail", email("hi"));
    let outcome = goes(&["2 09:00", "2 10:00", "2 11:00"], drawn).replay();
    assert_eq!(
        outcome.messages(),
        ["2 11:00 j/mail sent", "2 13:00 j/mail sent"],
        "timers first: the run is over at 11:00"
    );
    assert_eq!(outcome.not_started("j", "already_in_run"), 1);
}

#[test]
fn one_run_per_key() {
    let drawn = journey("j", "Go")
        .set(|j| j.entry.runs = Runs::OnePerKey("product_id".to_owned()))
        .then("wait", wait("2h"))
        .then("mail", email("{{ event.product_id }}"));
    let world = on("open")
        .hears([
            ana(),
            go("2 09:00").with("product_id", "P1"),
            go("2 09:10").with("product_id", "P2"),
            go("2 09:20").with("product_id", "P1"),
        ])
        .runs(drawn);
    assert_eq!(world.replay().bodies(), ["P1", "P2"]);
}

#[test]
fn exit_conditions_are_checked_at_every_arriving_event() {
    let drawn = journey("j", "Go")
        .leaves_when("bought", did("Bought"))
        .then("wait", wait("2h"))
        .then("mail", email("hi"));
    let world = on("open").hears([ana(), go("2 09:00"), track("2 10:00", "Bought").user("U1")]).runs(drawn);
    let outcome = world.replay();
    assert_eq!(outcome.messages(), NOTHING);
    assert_eq!(outcome.ended("j", "bought"), 1);
}

#[test]
fn an_exit_condition_counts_from_the_runs_trigger_unless_a_window_is_set() {
    let with = |exit: Condition| {
        on("open")
            .hears([
                ana(),
                track("2 08:00", "Bought").user("U1"),
                go("2 09:00"),
                track("2 09:30", "Other").user("U1"),
            ])
            .runs(
                journey("j", "Go")
                    .leaves_when("bought", exit)
                    .then("wait", wait("1h"))
                    .then("mail", email("hi")),
            )
            .messages()
    };
    assert_eq!(with(did("Bought")), ["2 10:00 j/mail sent"]);
    assert_eq!(with(did_within("Bought", "1d")), NOTHING);
}

#[test]
fn exits_are_not_checked_by_time_alone() {
    // Nobody does anything more; that the window has passed is noticed by no event.
    let idle = not(did_within("Go", "1h"));
    let drawn =
        journey("j", "Go").leaves_when("idle", idle).then("wait", wait("2h")).then("mail", email("hi"));
    assert_eq!(goes(&["2 09:00"], drawn).messages(), ["2 11:00 j/mail sent"]);
}

#[test]
fn a_goal_counts_within_its_window_and_the_run_goes_on() {
    let goals = |bought: &str| {
        let goal = Goal { when: did("Bought"), within: span("1d"), ends_run: false };
        let drawn = journey("j", "Go")
            .set(|j| j.goal = Some(goal))
            .then("wait", wait("3d"))
            .then("mail", email("hi"));
        let outcome =
            on("open").hears([ana(), go("2 09:00"), track(bought, "Bought").user("U1")]).runs(drawn).replay();
        assert_eq!(outcome.messages(), ["5 09:00 j/mail sent"]);
        outcome.0.journeys["j"].goals
    };
    assert_eq!(goals("2 20:00"), 1);
    assert_eq!(goals("3 20:00"), 0);
}

#[test]
fn a_goal_may_end_the_run() {
    let goal = Goal { when: did("Bought"), within: span("1d"), ends_run: true };
    let drawn =
        journey("j", "Go").set(|j| j.goal = Some(goal)).then("wait", wait("3d")).then("mail", email("hi"));
    let world = on("open").hears([ana(), go("2 09:00"), track("2 10:00", "Bought").user("U1")]).runs(drawn);
    assert_eq!(world.messages(), NOTHING);
}

#[test]
fn journeys_run_together_and_hear_each_others_events() {
    let send = throughline::journey::BlockKind::SendEvent {
        event: "Ping".to_owned(),
        properties: Default::default(),
    };
    let world = on("open")
        .hears([ana(), go("2 09:00")])
        .runs(journey("a", "Go").then("send", send))
        .runs(journey("b", "Ping").then("mail", email("hi")));
    assert_eq!(world.messages(), ["2 09:00 b/mail sent"]);
}

#[test]
fn a_hundred_zero_time_starts_at_one_instant_and_no_more() {
    let send =
        throughline::journey::BlockKind::SendEvent { event: "Go".to_owned(), properties: Default::default() };
    let outcome = goes(&["2 09:00"], journey("j", "Go").then("send", send)).replay();
    assert_eq!(outcome.0.journeys["j"].started, 100);
}

#[test]
fn a_thousand_stays_and_no_more() {
    let drawn = journey("j", "Go")
        .then("wait", wait("1m"))
        .then("again", throughline::journey::BlockKind::UpdateAttributes { set: Default::default() })
        .exit("again", "next", "wait");
    let outcome = goes(&["2 09:00"], drawn).replay();
    let blocks = &outcome.0.journeys["j"].blocks;
    assert_eq!(blocks["wait"].entered + blocks["again"].entered, 1_000);
    assert!(
        outcome.waiting().is_empty(),
        "the run was stopped, with a reason: {:?}",
        outcome.0.journeys["j"].ended
    );
}

#[test]
fn an_unconnected_exit_ends_the_run() {
    let outcome = goes(&["2 09:00"], journey("j", "Go").then("wait", wait("1h"))).replay();
    assert_eq!(outcome.ended("j", "path_ended"), 1);
}

#[test]
fn exits_may_lead_to_a_shared_block() {
    let drawn = journey("j", "Go")
        .then("which", branch(did("Never")))
        .then("mail", email("hi"))
        .exit("which", "no", "mail");
    assert_eq!(goes(&["2 09:00"], drawn).messages(), ["2 09:00 j/mail sent"]);
}
