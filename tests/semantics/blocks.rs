//! What each block does, exit by exit.

use std::collections::BTreeMap;

use throughline::journey::{
    AddressNeed, Anchor, BlockKind, Channel, ConditionArm, DelayKind, Identification, Scalar, SplitArm,
    Template, Weekday, ZoneChoice,
};

use crate::world::*;

const NOTHING: [&str; 0] = [];

fn ana() -> Call {
    identify("1 00:00").user("U1").email("ana@example.com")
}

fn go(at: &str) -> Call {
    track(at, "Go").user("U1")
}

fn by(event: &str, at: &str) -> Call {
    track(at, event).user("U1")
}

/// Ana, then these calls; the journey starts at `Go`.
fn after(calls: impl IntoIterator<Item = Call>, drawn: Draw) -> World {
    on("open").hears(std::iter::once(ana()).chain(calls)).runs(drawn)
}

fn tail(drawn: Draw) -> Draw {
    drawn.then("mail", email("hi"))
}

// ---- message -----------------------------------------------------------------------------

#[test]
fn not_sent_goes_where_sent_goes_unless_connected() {
    let held = |drawn: Draw| {
        on("open").hears([identify("1 00:00").user("U1"), go("2 09:00")]).runs(drawn).messages()
    };
    let joined = journey("j", "Go")
        .then("first", email("hi"))
        .then("second", BlockKind::Message(message(Channel::InApp, "x")));
    assert_eq!(held(joined.clone()), ["2 09:00 j/first not_sent no_address", "2 09:00 j/second sent"]);
    let apart = joined.from("first", "not_sent", "hook", BlockKind::Message(message(Channel::Webhook, "y")));
    assert_eq!(held(apart), ["2 09:00 j/first not_sent no_address", "2 09:00 j/hook sent"]);
}

#[test]
fn an_extra_condition_that_is_not_met_skips_and_goes_on_by_sent() {
    let never = email_with("first", |message| message.only_if = Some(did("Never")));
    let drawn = journey("j", "Go").then("first", never).then("second", email("second"));
    let drawn = drawn.from("first", "not_sent", "third", email("third"));
    let messages = after([go("2 09:00")], drawn).messages();
    assert_eq!(messages.len(), 2);
    assert!(messages[0].starts_with("2 09:00 j/first skipped"), "{messages:?}");
    assert_eq!(messages[1], "2 09:00 j/second sent");
}

// ---- on-site prompt and audience ---------------------------------------------------------

fn prompt(within: &str) -> BlockKind {
    let template = Template { subject: String::new(), body: "Stay!".to_owned() };
    BlockKind::OnSitePrompt { within: span(within), template }
}

#[test]
fn a_prompt_reaches_an_anonymous_visitor_at_the_next_page_view_within_the_window() {
    let seen = |viewed: &str| {
        on("open")
            .hears([track("2 09:00", "Go").on("D"), page(viewed, "home").on("D")])
            .runs(journey("j", "Go").then("prompt", prompt("1h")).then("after", wait("1h")))
            .replay()
    };
    let shown = seen("2 09:30");
    assert_eq!(shown.messages(), ["2 09:30 j/prompt sent"]);
    assert_eq!(shown.0.messages[0].channel, Some(Channel::OnSite));
    assert_eq!(shown.0.messages[0].body, "Stay!");
    let late = seen("2 10:00").messages();
    assert!(late[0].starts_with("2 10:00 j/prompt not_sent"), "{late:?}");
}

#[test]
fn a_prompt_waits_for_a_page_view_after_the_run_came_to_it() {
    let world = on("open")
        .hears([
            track("2 09:00", "Go").on("D"),
            page("2 09:00", "home").on("D"),
            page("2 09:10", "home").on("D"),
        ])
        .runs(journey("j", "Go").then("prompt", prompt("1h")));
    assert_eq!(world.messages(), ["2 09:10 j/prompt sent"]);
}

#[test]
fn an_audience_works_anonymously_and_is_no_message() {
    let audience = BlockKind::Audience { audience: "ads".to_owned(), remove: false };
    let outcome = on("open")
        .hears([track("2 09:00", "Go").on("D")])
        .runs(journey("j", "Go").then("ads", audience))
        .replay();
    assert_eq!(outcome.0.journeys["j"].blocks["ads"].exits.get("next"), Some(&1));
    assert_eq!(outcome.messages(), NOTHING);
}

// ---- wait for identify -------------------------------------------------------------------

#[test]
fn a_wait_for_identify_leaves_when_identified_or_times_out() {
    let world =
        |known: &str| {
            on("open")
                .hears([
                    track("2 09:00", "Go").on("D"),
                    identify(known).on("D").user("U1").email("ana@example.com"),
                ])
                .runs(
                    journey("j", "Go")
                        .then("known", wait_for_identify("1d"))
                        .then("mail", email("known"))
                        .from("known", "timed_out", "late", email("late")),
                )
                .messages()
        };
    assert_eq!(world("2 10:00"), ["2 10:00 j/mail sent"]);
    assert_eq!(
        world("3 09:00"),
        ["3 09:00 j/late not_sent not_identified"],
        "at the deadline timed out wins"
    );
}

#[test]
fn a_wait_for_identify_may_ask_by_what_and_for_a_good_address() {
    let wait = |by: Identification, address: AddressNeed| BlockKind::WaitForIdentify {
        by,
        address,
        up_to: span("7d"),
    };
    let calls = [
        track("2 09:00", "Go").on("D"),
        identify("2 10:00").on("D").user("U1"),
        identify("2 11:00").on("D").user("U1").email("ana@gmial.com"),
        identify("2 12:00").on("D").user("U1").email("ana@gmail.com"),
        identify("2 13:00").on("D").user("U1").says("phone", "+4915112345678"),
    ];
    let world = |by, address| {
        let drawn = journey("j", "Go")
            .then("known", wait(by, address))
            .then("mail", BlockKind::Message(message(Channel::Webhook, "hi")));
        on("open").hears(calls.clone()).runs(drawn).messages()[0].clone()
    };
    assert_eq!(world(Identification::Any, AddressNeed::Any), "2 10:00 j/mail sent");
    assert_eq!(world(Identification::UserId, AddressNeed::Any), "2 10:00 j/mail sent");
    assert_eq!(world(Identification::Email, AddressNeed::Any), "2 11:00 j/mail sent");
    assert_eq!(world(Identification::ReachableChannel, AddressNeed::Any), "2 11:00 j/mail sent");
    assert_eq!(world(Identification::Phone, AddressNeed::Any), "2 13:00 j/mail sent");
    assert_eq!(world(Identification::Email, AddressNeed::Good), "2 12:00 j/mail sent");
}

#[test]
fn where_profiles_are_known_people_mere_identification_passes_at_once() {
    let drawn = tail(journey("j", "Go").then("known", wait_for_identify("7d")));
    let world = on("customerio").hears([ana(), go("2 09:00")]).runs(drawn);
    assert_eq!(world.messages(), ["2 09:00 j/mail sent"]);
}

// ---- delay -------------------------------------------------------------------------------

#[test]
fn a_fixed_delay_counts_from_the_blocks_entry() {
    assert_eq!(
        after([go("2 09:00")], tail(journey("j", "Go").then("wait", wait("90m")))).messages(),
        ["2 10:30 j/mail sent"]
    );
}

#[test]
fn a_delay_may_last_until_a_time_of_day_and_weekday() {
    let until =
        |at_minute: u32, days: Vec<Weekday>| BlockKind::Delay(DelayKind::UntilTime { at_minute, days });
    let at =
        |kind: BlockKind| after([go("2 09:00")], tail(journey("j", "Go").then("until", kind))).messages();
    assert_eq!(at(until(600, vec![])), ["2 10:00 j/mail sent"]);
    assert_eq!(at(until(480, vec![])), ["3 08:00 j/mail sent"]);
    assert_eq!(at(until(540, vec![])), ["2 09:00 j/mail sent"], "at or after entry");
    assert_eq!(at(until(600, vec![Weekday::Fri])), ["6 10:00 j/mail sent"]);
}

#[test]
fn an_anchored_delay_counts_from_the_trigger_event_or_the_last_event_of_a_name() {
    let calls = || vec![by("Cart", "2 07:00"), go("2 08:00").received("2 09:00"), by("Cart", "2 08:30")];
    let at = |from: Anchor| {
        after(calls(), tail(journey("j", "Go").then("wait", wait_from(from, "4h")))).messages()
    };
    assert_eq!(at(Anchor::Entry), ["2 13:00 j/mail sent"]);
    assert_eq!(at(Anchor::Trigger), ["2 12:00 j/mail sent"], "from when it happened");
    assert_eq!(at(last("Cart")), ["2 12:30 j/mail sent"], "the latest by happened");
    assert_eq!(at(last("Never")), ["2 13:00 j/mail sent"], "none: from entry");
}

#[test]
fn the_last_event_is_not_one_after_now() {
    let calls = [by("Cart", "2 07:00"), by("Cart", "2 20:00").received("2 08:00"), go("2 09:00")];
    let drawn = tail(journey("j", "Go").then("wait", wait_from(last("Cart"), "4h")));
    assert_eq!(after(calls, drawn).messages(), ["2 11:00 j/mail sent"]);
}

#[test]
fn an_anchored_delay_is_fixed_on_arrival_unless_it_restarts() {
    let calls = || [by("Cart", "2 08:00"), go("2 09:00"), by("Cart", "2 10:00")];
    let at = |restart: bool| {
        let delay = anchored(last("Cart"), "4h", "0s", None, restart);
        after(calls(), tail(journey("j", "Go").then("wait", delay))).messages()
    };
    assert_eq!(at(false), ["2 12:00 j/mail sent"]);
    assert_eq!(at(true), ["2 14:00 j/mail sent"]);
}

#[test]
fn a_delay_that_restarts_goes_on_when_older_history_joins() {
    let delay = anchored(last("Cart"), "4h", "0s", None, true);
    let world = on("open")
        .hears([track("2 04:00", "Cart").on("E"), go("2 09:00"), identify("2 10:00").on("E").user("U1")])
        .runs(tail(journey("j", "Go").then("wait", delay)));
    assert_eq!(world.messages(), ["2 10:00 j/mail not_sent no_address"]);
}

#[test]
fn a_delay_that_restarts_earlier_keeps_its_floor() {
    // At 10:00 a cart of 04:00 joins: four hours after it are past, so only the floor is left.
    let delay = anchored(last("Cart"), "4h", "90m", None, true);
    let world = on("open")
        .hears([
            ana(),
            track("2 04:00", "Cart").on("E"),
            go("2 09:00"),
            identify("2 10:00").on("E").user("U1"),
        ])
        .runs(tail(journey("j", "Go").then("wait", delay)));
    assert_eq!(world.messages(), ["2 10:30 j/mail sent"]);
}

#[test]
fn the_floor_is_counted_from_the_blocks_entry() {
    let at = |floor: &str| {
        let delay = anchored(last("Cart"), "4h", floor, None, false);
        after([by("Cart", "2 08:00"), go("2 11:50")], tail(journey("j", "Go").then("wait", delay))).messages()
    };
    assert_eq!(at("30m"), ["2 12:20 j/mail sent"]);
    assert_eq!(at("5m"), ["2 12:00 j/mail sent"]);
}

#[test]
fn past_already_it_goes_on_after_the_floor() {
    let delay = anchored(last("Cart"), "4h", "30m", None, false);
    let world = after([by("Cart", "2 01:00"), go("2 09:00")], tail(journey("j", "Go").then("wait", delay)));
    assert_eq!(world.messages(), ["2 09:30 j/mail sent"]);
}

#[test]
fn freshness_is_measured_from_the_due_instant() {
    let at = |entered: &str| {
        let delay = anchored(last("Cart"), "4h", "0s", Some("1h"), false);
        let drawn =
            tail(journey("j", "Go").then("wait", delay)).from("wait", "too_late", "stale", email("stale"));
        after([by("Cart", "2 01:00"), go(entered)], drawn).messages()
    };
    assert_eq!(at("2 06:00"), ["2 06:00 j/mail sent"], "exactly the limit is fresh");
    assert_eq!(at("2 06:00:00.001"), ["2 06:00:00.001 j/stale sent"]);
}

// ---- wait until --------------------------------------------------------------------------

#[test]
fn a_wait_until_takes_the_leftmost_exit_that_holds() {
    let kind = wait_until(&[("left", did("A")), ("right", did("A"))], Some("1d"));
    let drawn = journey("j", "Go").then("until", kind).then("l", email("left")).from(
        "until",
        "right",
        "r",
        email("right"),
    );
    assert_eq!(after([go("2 09:00"), by("A", "2 10:00")], drawn).messages(), ["2 10:00 j/l sent"]);
}

#[test]
fn a_wait_until_that_is_already_true_goes_on_at_once() {
    let kind = wait_until(&[("done", did_within("A", "1d"))], Some("1d"));
    let drawn = tail(journey("j", "Go").then("until", kind));
    assert_eq!(after([by("A", "2 08:00"), go("2 09:00")], drawn).messages(), ["2 09:00 j/mail sent"]);
}

#[test]
fn a_waits_event_conditions_count_from_the_runs_trigger() {
    let drawn = || {
        journey("j", "Go")
            .then("pause", wait("1h"))
            .then("until", wait_until(&[("done", did("A"))], Some("1d")))
            .then("mail", email("hi"))
            .from("until", "timed_out", "late", email("late"))
    };
    let before = after([by("A", "2 08:00"), go("2 09:00")], drawn()).messages();
    assert_eq!(before, ["3 10:00 j/late sent"], "what happened before the trigger does not count");
    let between = after([go("2 09:00"), by("A", "2 09:30")], drawn()).messages();
    assert_eq!(
        between,
        ["2 10:00 j/mail sent"],
        "what happened since the trigger does, even before the block"
    );
}

#[test]
fn at_the_deadline_instant_timed_out_wins() {
    let at = |happened: &str| {
        let drawn = tail(journey("j", "Go").then("until", wait_until(&[("done", did("A"))], Some("1h"))))
            .from("until", "timed_out", "late", email("late"));
        after([go("2 09:00"), by("A", happened)], drawn).messages()
    };
    assert_eq!(at("2 09:59:59.999"), ["2 09:59:59.999 j/mail sent"]);
    assert_eq!(at("2 10:00"), ["2 10:00 j/late sent"]);
}

#[test]
fn a_wait_until_may_become_true_by_time_alone() {
    let idle = not(did_within("A", "1h"));
    let drawn = tail(journey("j", "Go").then("until", wait_until(&[("idle", idle)], Some("1d"))));
    assert_eq!(after([by("A", "2 08:40"), go("2 09:00")], drawn).messages(), ["2 09:40 j/mail sent"]);
}

// ---- time window -------------------------------------------------------------------------

fn window(days: Vec<Weekday>, from_hour: u32, to_hour: u32, zone: ZoneChoice) -> BlockKind {
    BlockKind::TimeWindow { days, from_minute: from_hour * 60, to_minute: to_hour * 60, zone }
}

#[test]
fn a_time_window_lets_through_from_its_opening_to_before_its_closing() {
    let at = |entered: &str, kind: BlockKind| {
        after([go(entered)], tail(journey("j", "Go").then("window", kind))).messages()
    };
    let day = || window(vec![], 9, 17, ZoneChoice::Workspace);
    assert_eq!(at("2 08:00", day()), ["2 09:00 j/mail sent"]);
    assert_eq!(at("2 12:00", day()), ["2 12:00 j/mail sent"]);
    assert_eq!(at("2 17:00", day()), ["3 09:00 j/mail sent"]);
    let weekend = window(vec![Weekday::Sat, Weekday::Sun], 9, 17, ZoneChoice::Workspace);
    assert_eq!(at("2 12:00", weekend), ["7 09:00 j/mail sent"]);
    let night = || window(vec![], 22, 6, ZoneChoice::Workspace);
    assert_eq!(at("2 03:00", night()), ["2 03:00 j/mail sent"]);
    assert_eq!(at("2 12:00", night()), ["2 22:00 j/mail sent"]);
}

#[test]
fn a_time_window_is_in_the_persons_workspaces_or_a_fixed_zone() {
    let at = |zone: ZoneChoice| {
        on("open")
            .set(|workspace| workspace.zone = "Asia/Tokyo".to_owned())
            .hears([ana().says("timezone", "Europe/Berlin"), go("2 12:00")])
            .runs(tail(journey("j", "Go").then("window", window(vec![], 9, 10, zone))))
            .messages()[0]
            .clone()
    };
    assert_eq!(at(ZoneChoice::Person), "3 08:00 j/mail sent");
    assert_eq!(at(ZoneChoice::Workspace), "3 00:00 j/mail sent");
    assert_eq!(at(ZoneChoice::Fixed("America/New_York".to_owned())), "2 14:00 j/mail sent");
}

// ---- branches and splits -----------------------------------------------------------------

#[test]
fn a_branch_without_a_condition_says_no() {
    let drawn = journey("j", "Go")
        .then("which", BlockKind::Branch { when: None })
        .then("yes", email("yes"))
        .from("which", "no", "no", email("no"));
    assert_eq!(after([go("2 09:00")], drawn).messages(), ["2 09:00 j/no sent"]);
}

#[test]
fn a_branch_counts_all_history() {
    let drawn = journey("j", "Go").then("which", branch(did("A"))).then("yes", email("yes")).from(
        "which",
        "no",
        "no",
        email("no"),
    );
    assert_eq!(after([by("A", "1 09:00"), go("2 09:00")], drawn).messages(), ["2 09:00 j/yes sent"]);
}

#[test]
fn a_multi_way_branch_goes_left_to_right_and_otherwise() {
    let tiers = || {
        branches(&[
            ("hot", did_with("View", |c| c.count = throughline::journey::CompareCount::AtLeast(2))),
            ("warm", did("View")),
        ])
    };
    let drawn = || {
        journey("j", "Go")
            .then("tier", tiers())
            .then("h", email("hot"))
            .from("tier", "warm", "w", email("warm"))
            .from("tier", "otherwise", "o", email("otherwise"))
    };
    let bodies = |views: &[&str]| {
        let calls: Vec<Call> = views.iter().map(|at| by("View", at)).chain([go("2 09:00")]).collect();
        after(calls, drawn()).replay().bodies()[0].to_owned()
    };
    assert_eq!(bodies(&["2 07:00", "2 08:00"]), "hot");
    assert_eq!(bodies(&["2 07:00"]), "warm");
    assert_eq!(bodies(&[]), "otherwise");
}

fn split(each_run: bool, shares: [u32; 2]) -> Draw {
    let arm =
        |id: &str, percent: u32| SplitArm { id: id.into(), name: String::new(), percent, holdout: false };
    let kind = BlockKind::RandomSplit { arms: vec![arm("a", shares[0]), arm("b", shares[1])], each_run };
    journey("j", "Go").then("split", kind).then("one", email("a")).from("split", "b", "two", email("b"))
}

#[test]
fn a_split_is_drawn_per_person() {
    let calls = (2..12).map(|day| go(&format!("{day} 09:00")));
    let outcome = after(calls, split(false, [50, 50])).replay();
    let bodies: std::collections::BTreeSet<&str> = outcome.bodies().into_iter().collect();
    assert_eq!((outcome.bodies().len(), bodies.len()), (10, 1), "the same person, the same way, every run");
}

#[test]
fn a_split_may_be_drawn_anew_in_every_run() {
    let calls = (2..32).map(|day| go(&format!("{day} 09:00")));
    let outcome = after(calls, split(true, [50, 50])).replay();
    let bodies: std::collections::BTreeSet<&str> = outcome.bodies().into_iter().collect();
    assert_eq!(bodies.len(), 2, "thirty draws that all fall alike would be odd");
}

#[test]
fn a_split_keeps_its_shares_over_many_people() {
    let calls = (0..400).flat_map(|n| {
        let user = format!("U{n}");
        let address = format!("user{n}@example.com");
        [identify("2 08:00").user(&user).email(&address), track("2 09:00", "Go").user(&user)]
    });
    let outcome = on("open").hears(calls).runs(split(false, [25, 75])).replay();
    let a = outcome.bodies().iter().filter(|body| **body == "a").count();
    assert!((60..=140).contains(&a), "{a} of 400 went the way of a quarter");
}

// ---- the rest ----------------------------------------------------------------------------

#[test]
fn update_attributes_sets_and_removes() {
    let set = BTreeMap::from([
        ("tier".to_owned(), Some(Scalar::Text("gold".to_owned()))),
        ("old".to_owned(), None),
    ]);
    let world = on("open").hears([ana().says("old", "x"), go("2 09:00")]).runs(
        journey("j", "Go")
            .then("set", BlockKind::UpdateAttributes { set })
            .then("mail", email("{{ customer.tier }}")),
    );
    let outcome = world.replay();
    assert_eq!(outcome.bodies(), ["gold"]);
    assert!(!outcome.0.people[0].attributes.contains_key("old"));
}

#[test]
fn a_sent_event_counts_as_done_now() {
    let properties = BTreeMap::from([("n".to_owned(), Scalar::Number(3.0))]);
    let send = BlockKind::SendEvent { event: "Ping".to_owned(), properties };
    let drawn = journey("j", "Go")
        .then("send", send)
        .then("did", branch(did_where("Ping", "n", throughline::journey::Test::Equals(Scalar::Number(3.0)))))
        .then("yes", email("yes"));
    assert_eq!(after([go("2 09:00")], drawn).messages(), ["2 09:00 j/yes sent"]);
}

#[test]
fn a_goal_block_counts_and_ends_and_an_exit_ends() {
    let outcome = after([go("2 09:00")], journey("j", "Go").then("goal", BlockKind::Goal)).replay();
    assert_eq!((outcome.0.journeys["j"].goals, outcome.ended("j", "goal")), (1, 1));
    let outcome =
        after([go("2 09:00")], journey("j", "Go").then("out", BlockKind::Exit { reason: "done".to_owned() }))
            .replay();
    assert_eq!(outcome.ended("j", "exit"), 1);
    assert_eq!(outcome.messages(), NOTHING);
}

#[test]
fn blocks_count_stays_and_exits() {
    let drawn = tail(journey("j", "Go").then("wait", wait("1h")));
    let outcome = after([go("2 09:00"), go("3 09:00")], drawn).replay();
    let wait = &outcome.0.journeys["j"].blocks["wait"];
    assert_eq!((wait.entered, wait.exits.get("next")), (2, Some(&2)));
    let mail = &outcome.0.journeys["j"].blocks["mail"];
    assert_eq!(mail.messages.get("sent"), Some(&2));
}

#[test]
fn an_arm_keeps_its_id_when_renamed() {
    let renamed = |name: &str| {
        let arm = ConditionArm { id: "hot".into(), name: name.to_owned(), when: did("Go") };
        let kind = BlockKind::MultiBranch { conditions: vec![arm] };
        let outcome = after([go("2 09:00")], journey("j", "Go").then("tier", kind)).replay();
        outcome.0.journeys["j"].blocks["tier"].exits.clone()
    };
    assert_eq!(renamed("Hot"), renamed("Very hot"));
}
