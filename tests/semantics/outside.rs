//! The trigger's exit `never identified`: what is done for a visitor without a profile.

use throughline::{
    identity::platform::RetentionClock,
    journey::{BlockKind, Channel, HeldTriggers, ReEntry, Template},
    simulator::{Flag, HeldState},
};

use crate::world::*;

fn cart(at: &str) -> Call {
    product(at, "Product Added", "P1").on("D").with("price", 20)
}

fn audience() -> BlockKind {
    BlockKind::Audience { audience: "ads".to_owned(), remove: false }
}

/// A cart starts it; nobody identified leads to a prompt for an hour, and then to an audience.
fn never_identified() -> Draw {
    let template = Template {
        subject: "Still thinking about {{ event.product_id }}?".to_owned(),
        body: "A cart of {{ cart.value }}".to_owned(),
    };
    journey("j", "Product Added")
        .then("mail", email("hi"))
        .from("mail", "sent", "prompt", BlockKind::OnSitePrompt { within: span("1h"), template })
        .from("prompt", "next", "ads", audience())
        .set(|j| {
            j.never_identified = Some("prompt".into());
            if let Some(mail) = j.blocks.get_mut("mail") {
                mail.exits.clear();
            }
        })
}

/// What the cart of 2 March, 9:00, is held for by `customerio`: 30 days.
fn visitor(calls: impl IntoIterator<Item = Call>) -> Outcome {
    on("customerio").hears([cart("2 09:00")]).hears(calls).runs(never_identified()).replay()
}

#[test]
fn an_audience_works_without_a_profile() {
    let drawn = journey("j", "Product Added")
        .then("mail", email("hi"))
        .from("mail", "sent", "ads", audience())
        .set(|j| j.never_identified = Some("ads".into()));
    let outcome = on("customerio").hears([cart("2 09:00")]).runs(drawn).replay();
    assert_eq!(outcome.0.journeys["j"].blocks["ads"].entered, 1);
    assert!(outcome.0.messages.is_empty(), "no message was attempted");
}

#[test]
fn a_prompt_is_shown_at_the_visitors_next_page_view() {
    // Held to the last instant of the 30th day; what came before does not count.
    let outcome = visitor([page("10 09:00", "Home").on("D"), page("32 09:30", "Home").on("D")]);
    assert_eq!(outcome.messages(), ["32 09:30 j/prompt sent"]);
    let shown = &outcome.0.messages[0];
    assert_eq!((&*shown.subject, &*shown.body), ("Still thinking about P1?", "A cart of 20"));
    assert_eq!(shown.identifiers, ["anonymous_id:D"]);
    assert_eq!((shown.channel, &shown.flags[..]), (Some(Channel::OnSite), &[Flag::OutsidePlatform][..]));
    assert_eq!(outcome.0.held[0].state, HeldState::NeverIdentified);
    assert_eq!(outcome.0.journeys["j"].blocks["ads"].entered, 1, "and goes on");
}

#[test]
fn what_is_held_leaves_when_the_platform_forgets_it() {
    let late = cart("2 09:00").received("3 09:00").field("sentAt", "2026-03-03T09:00:00Z");
    let left = |clock: RetentionClock| {
        on("customerio")
            .with(|world| world.platform.retention_clock.value = clock)
            .hears([late.clone(), page("32 09:30", "Home").on("D"), page("33 09:30", "Home").on("D")])
            .runs(never_identified())
            .messages()
    };
    assert_eq!(left(RetentionClock::Happened), ["32 09:30 j/prompt sent"]);
    assert_eq!(left(RetentionClock::Arrived), ["33 09:30 j/prompt sent"]);
}

#[test]
fn without_a_page_view_within_the_window_it_is_not_shown() {
    let nobody = |calls: &[Call]| visitor(calls.to_vec()).messages();
    let not_shown = ["32 10:00:00.001 j/prompt not_sent no_page_view"];
    let later = page("33 09:00", "Home");
    assert_eq!(nobody(&[later.clone().on("D")]), not_shown, "too late");
    assert_eq!(
        nobody(&[page("32 09:30", "Home").on("E"), later.clone().on("D")]),
        not_shown,
        "another visitor"
    );
    assert_eq!(
        nobody(&[track("32 09:30", "Clicked").on("D"), later.on("D")]),
        not_shown,
        "no view of a page"
    );
}

#[test]
fn it_is_not_shown_to_somebody_who_was_identified_meanwhile() {
    let said = identify("32 09:10").on("D").user("U");
    // What only the browser says, long after the claim, is held anew; it is nobody unknown all the same.
    let alone = [said.clone(), page("32 09:30", "Home").on("D"), page("33 09:00", "Home").on("E")];
    assert_eq!(visitor(alone).messages(), ["32 10:00:00.001 j/prompt not_sent no_page_view"]);
    let outcome =
        visitor([said, page("32 09:30", "Home").on("D").user("U"), page("33 09:00", "Home").on("E")]);
    assert_eq!(outcome.messages(), ["32 10:00:00.001 j/prompt not_sent no_page_view"]);
}

#[test]
fn a_prompt_that_waits_at_the_end_says_so() {
    let outcome = visitor([track("2 09:00:01", "Clicked").on("E")]);
    assert_eq!(outcome.messages(), ["32 09:00:01 j/prompt waiting no_page_view"]);
    let prompt = &outcome.0.journeys["j"].blocks["prompt"];
    assert_eq!((prompt.entered, prompt.waiting), (1, 1));
}

#[test]
fn the_rules_of_entry_hold_for_held_triggers_that_leave_so() {
    // The first cart is forgotten at 9:00 of day 32, the second a day later.
    let calls = |second: &str| {
        [
            cart(second),
            page("32 09:30", "Home").on("D"),
            page("33 09:30", "Home").on("D"),
            page("35 09:00", "X").on("E"),
        ]
    };
    let shown = |second: &str, held_triggers, re_entry| {
        let drawn = never_identified().set(|j| {
            j.entry.held_triggers = held_triggers;
            j.entry.re_entry = re_entry;
        });
        let world = on("customerio").hears([cart("2 09:00")]).hears(calls(second)).runs(drawn);
        let outcome = world.replay();
        let counts = &outcome.0.journeys["j"];
        assert_eq!(
            counts.left_unknown, counts.blocks["prompt"].entered,
            "those who leave come to the prompt"
        );
        let told = outcome.0.messages.iter();
        told.map(|it| format!("{} run {}", &said(it.at_ms)[..8], it.run)).collect::<Vec<_>>()
    };
    let again = ReEntry::EveryTime;
    assert_eq!(
        shown("3 09:00", HeldTriggers::Each, again),
        ["32 09:30 run 1", "33 09:30 run 2"],
        "told apart"
    );
    assert_eq!(shown("3 09:00", HeldTriggers::Newest, again), ["33 09:30 run 1"]);
    assert_eq!(shown("3 09:00", HeldTriggers::Oldest, again), ["32 09:30 run 1"]);
    assert_eq!(shown("3 09:00", HeldTriggers::Each, ReEntry::Once), ["32 09:30 run 1"]);
    assert_eq!(shown("3 09:00", HeldTriggers::Each, ReEntry::AfterGap(span("2d"))), ["32 09:30 run 1"]);
    assert_eq!(shown("2 09:10", HeldTriggers::Each, again), ["32 09:30 run 1"], "on the way already");
}

#[test]
fn what_is_held_to_the_end_of_the_replay_does_not_leave_before() {
    let world = on("customerio")
        .hears([cart("2 09:00"), track("4 09:00", "Clicked").on("E")])
        .runs(never_identified())
        .with(|world| world.horizon = span("10d"));
    let outcome = world.replay();
    assert!(outcome.0.messages.is_empty());
    assert_eq!(outcome.0.held[0].state, HeldState::NeverIdentified, "not yet, as far as was replayed");
}

#[test]
fn somebody_identified_in_time_does_not_leave_so() {
    let said = identify("2 10:00").on("D").user("U").email("ana@example.com");
    assert_eq!(visitor([said, page("32 09:30", "Home").on("D")]).messages(), ["2 10:00 j/mail sent"]);
}
