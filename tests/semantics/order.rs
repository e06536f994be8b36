//! Order: timers among themselves, ties, duplicates at one instant, the last instant.

use throughline::{
    journey::{BlockKind, Channel, Runs},
    simulator::settings::MessageLimit,
};

use crate::world::*;

fn ana() -> Call {
    identify("1 00:00").user("U1").email("ana@example.com")
}

fn by(event: &str, at: &str) -> Call {
    track(at, event).user("U1")
}

/// One email a day, retried for two days.
fn one_a_day() -> World {
    on("open").set(|workspace| {
        workspace.delivery.limits =
            vec![MessageLimit { channel: Some(Channel::Email), at_most: 1, per: span("1d") }];
        workspace.delivery.limit_retry = Some(span("2d"));
    })
}

#[test]
fn a_block_timer_comes_before_a_message_retried_at_the_same_instant() {
    // On the 3rd, 09:00, there is room for the message of `a` again; at that very instant the delay
    // of `z` ends and its event takes everybody out of `a`.
    let ping = BlockKind::SendEvent { event: "Ping".to_owned(), properties: Default::default() };
    let world = one_a_day()
        .hears([ana(), by("First", "2 09:00"), by("More", "2 20:00")])
        .runs(journey("first", "First").then("mail", email("first")))
        .runs(journey("a", "More").leaves_when("pinged", did("Ping")).then("mail", email("a")))
        .runs(journey("z", "First").then("wait", wait("1d")).then("ping", ping));
    assert_eq!(world.messages(), ["2 09:00 first/mail sent", "3 09:00 a/mail not_sent left_while_deferred"]);
}

#[test]
fn messages_of_one_instant_meet_at_a_limit_by_journey_whether_retried_or_new() {
    let world = |waiting: &str, new: &str| {
        one_a_day()
            .hears([ana(), by("First", "2 09:00"), by("More", "2 20:00")])
            .runs(journey("first", "First").then("mail", email("first")))
            .runs(journey(waiting, "More").then("mail", email("waiting")))
            .runs(journey(new, "First").then("wait", wait("1d")).then("mail", email("new")))
            .replay()
            .bodies()
            .join(" ")
    };
    assert_eq!(world("a", "z"), "first waiting new");
    assert_eq!(world("z", "a"), "first new waiting");
}

#[test]
fn block_timers_of_one_instant_come_by_journey_then_run() {
    let delayed = |id: &str| journey(id, "Go").then("wait", wait("1h")).then("mail", email(id));
    let world = || one_a_day().hears([ana(), by("Go", "2 09:00")]);
    let first = |world: World| world.messages()[0].clone();
    assert_eq!(first(world().runs(delayed("a")).runs(delayed("b"))), "2 10:00 a/mail sent");
    assert_eq!(first(world().runs(delayed("b")).runs(delayed("a"))), "2 10:00 a/mail sent");

    let per_product = delayed("j").set(|j| j.entry.runs = Runs::OnePerKey("product_id".to_owned()));
    let two = one_a_day()
        .hears([
            ana(),
            by("Go", "2 09:00").with("product_id", "P2"),
            by("Go", "2 09:00").with("product_id", "P1"),
        ])
        .runs(per_product.set(|j| {
            let BlockKind::Message(mail) = &mut j.blocks.get_mut("mail").unwrap().kind else {
                unreachable!()
            };
            mail.template.body = "{{ event.product_id }}".to_owned();
        }))
        .replay();
    assert_eq!(two.bodies(), ["P2", "P1"], "the run that started first is the first");
}

#[test]
fn of_block_timers_that_meet_at_a_limit_the_journey_with_priority_is_first() {
    let delayed = |id: &str| journey(id, "Go").then("wait", wait("1h")).then("mail", email(id));
    let world = one_a_day()
        .hears([ana(), by("Go", "2 09:00")])
        .runs(delayed("a"))
        .runs(delayed("b").set(|j| j.priority = 1));
    assert_eq!(world.messages()[0], "2 10:00 b/mail sent");
}

#[test]
fn retries_of_one_instant_without_priority_come_by_journey() {
    let world = one_a_day()
        .hears([ana(), by("First", "2 09:00"), by("Go", "2 10:00")])
        .runs(journey("first", "First").then("mail", email("first")))
        .runs(journey("b", "Go").then("mail", email("b")))
        .runs(journey("a", "Go").then("mail", email("a")));
    assert_eq!(world.messages(), ["2 09:00 first/mail sent", "3 09:00 a/mail sent", "4 09:00 b/mail sent"]);
}

#[test]
fn of_duplicates_that_arrive_together_the_content_decides_and_not_the_file() {
    let go = |n: i64| by("Go", "2 09:00").id("same").with("n", n);
    let body = |first: Call, second: Call| {
        on("open")
            .hears([ana(), first])
            .hears([second])
            .runs(journey("j", "Go").then("mail", email("{{ event.n }}")))
            .replay()
            .bodies()
            .join(" ")
    };
    assert_eq!(body(go(1), go(2)), body(go(2), go(1)));
    let earlier = by("Go", "2 08:00").received("2 09:00").id("same").with("n", 3);
    assert_eq!(body(go(1), earlier.clone()), "3", "of one arrival the first to happen");
    assert_eq!(body(earlier, go(1)), "3");
}

#[test]
fn what_is_due_at_the_horizon_still_happens_and_what_is_due_after_it_waits() {
    let outcome = |delay: &str| {
        on("open")
            .with(|world| world.horizon = span("1d"))
            .hears([ana(), by("Go", "2 09:00")])
            .runs(journey("j", "Go").then("wait", wait(delay)).then("mail", email("hi")))
            .replay()
    };
    assert_eq!(outcome("1d").messages(), ["3 09:00 j/mail sent"]);
    let late = throughline::recording::Span::from_ms(span("1d").ms() + 1).to_string();
    assert_eq!(outcome(&late).waiting(), ["3 09:00 j/wait"]);
}

#[test]
fn an_event_that_happened_before_another_but_arrived_after_it_comes_after_it() {
    let world = on("open").hears([ana(), by("A", "2 08:00").received("2 10:00"), by("Go", "2 09:00")]).runs(
        journey("j", "Go").then("a", branch(did("A"))).then("yes", email("yes")).from(
            "a",
            "no",
            "no",
            email("no"),
        ),
    );
    assert_eq!(world.replay().bodies(), ["no"], "the platform did not know of it yet");
}
