//! “Why did that one never go”, answered from the window: the verdict, the smallest change, and the
//! bug report. By role and label, as a person would use it.
#![cfg(feature = "gui")]
#![allow(clippy::expect_used, reason = "a test that cannot go on should say where")]

mod app_support;

use app_support::{builder, sample, window};
use egui::{Key, Modifiers, OutputCommand, Theme, accesskit::Role};
use egui_kittest::{Harness, kittest::Queryable};
use throughline::{
    app::{
        ThroughlineApp,
        diagram::graph::NodeKey,
        intent::Intent,
        selection::{MessageKey, Selection},
        why_not::Search,
    },
    lab::Change,
    recording::{EventLog, read_events},
    simulator::MessageState,
};

type Window = Harness<'static, ThroughlineApp>;

/// The window on the sample, tall enough for a whole story.
fn open() -> Window {
    window(builder((1440.0, 2600.0), Theme::Light), sample())
}

fn wish(harness: &mut Window, intent: Intent) {
    let ctx = harness.ctx.clone();
    harness.state_mut().apply(&ctx, intent);
    harness.run();
}

/// Chooses somebody in the people tab.
fn focus_on(harness: &mut Window, who: &str) {
    harness.get_by_label_contains("People tab, ").click();
    harness.run();
    harness.get_by_role_and_label(Role::TextInput, "Find people").focus();
    harness.run();
    harness.get_by_role_and_label(Role::TextInput, "Find people").type_text(who);
    harness.run();
    harness.get_all_by_label_contains(&format!("{who}, ")).next().expect("their row").click();
    harness.run();
}

fn select_block(harness: &mut Window, journey: &str, block: &str) {
    wish(harness, Intent::OpenJourney(journey.into()));
    wish(harness, Intent::Select(Selection::Node(NodeKey::Block(block.into()))));
}

fn found(harness: &Window) -> throughline::lab::Remedies {
    let Search::Done(answer) = harness.state().model().search() else {
        panic!("{:?}", harness.state().model().search())
    };
    answer.remedies.clone().expect("they did not get it")
}

/// What is on the clipboard after an act; the worker's answer comes a pass or two later.
fn copied_by(harness: &mut Window, act: impl FnOnce(&mut Window)) -> String {
    const PASSES: usize = 8;
    act(harness);
    for _ in 0..PASSES {
        harness.step();
        let commands = &harness.output().platform_output.commands;
        let copied = commands.iter().find_map(|command| match command {
            OutputCommand::CopyText(text) => Some(text.clone()),
            _ => None,
        });
        if let Some(copied) = copied {
            return copied;
        }
    }
    panic!("no text for the clipboard")
}

/// The key of the first message that was not sent for a reason.
fn refused(harness: &Window, reason: &str) -> MessageKey {
    let outcome = harness.state().model().outcome.as_ref().expect("replayed");
    let message = outcome.result.messages.iter().find(|message| message.reason == Some(reason));
    MessageKey::of(message.expect("one such message"))
}

#[test]
fn why_did_that_one_never_go() {
    let mut harness = open();
    focus_on(&mut harness, "ana.keller@example.com");
    select_block(&mut harness, "cart-recovery", "reassurance");
    harness.get_by_label("Why ana.keller@example.com did not get it");
    harness.get_by_label("Smallest change that would send it");
    let found = found(&harness);
    let smallest = &found.found[0];
    assert!(matches!(smallest.change, Change::EventAdded(_)), "{smallest:?}");
    harness.get_by_label_contains("Add a view of the page “shipping” by Thu 5 Mar 15:22");
    harness.get_by_label_contains("→ sent Thu 5 Mar 15:22, 1 d");
    harness.get_by_label_contains("Or: Let “Looked up delivery or sizes” hold at “Comes back worried?”");
}

#[test]
fn a_message_that_was_refused_says_what_would_have_sent_it() {
    let mut harness = open();
    let key = refused(&harness, "consent_denied");
    wish(&mut harness, Intent::Select(Selection::Message(key)));
    harness.get_by_label("Smallest change that would send it");
    harness.get_by_label_contains("Give consent to ");
}

#[test]
fn what_was_sent_asks_for_no_change_and_is_copied_all_the_same() {
    let mut harness = open();
    let outcome = harness.state().model().outcome.clone().expect("replayed");
    let sent = outcome.result.messages.iter().find(|message| message.state == MessageState::Sent);
    wish(&mut harness, Intent::Select(Selection::Message(MessageKey::of(sent.expect("one was sent")))));
    assert!(harness.query_by_label("Smallest change that would send it").is_none());
    assert_eq!(harness.state().model().search(), Search::Nothing);
    harness.get_by_role_and_label(Role::Button, "Copy as bug report");
}

#[test]
fn nobody_in_focus_is_asked_about() {
    let mut harness = open();
    select_block(&mut harness, "cart-recovery", "reassurance");
    assert!(harness.query_by_label("Copy as bug report").is_none());
    harness.key_press_modifiers(Modifiers::COMMAND | Modifiers::SHIFT, Key::C);
    harness.step();
    assert!(harness.output().platform_output.commands.is_empty());
}

#[test]
fn the_answer_follows_what_is_selected() {
    let mut harness = open();
    focus_on(&mut harness, "ana.keller@example.com");
    select_block(&mut harness, "cart-recovery", "reassurance");
    let first = found(&harness);
    wish(&mut harness, Intent::Select(Selection::Nothing));
    assert_eq!(harness.state().model().search(), Search::Nothing);
    assert!(harness.query_by_label("Smallest change that would send it").is_none());
    select_block(&mut harness, "cart-recovery", "too-old");
    harness.get_by_label("Smallest change that would bring them here");
    assert_ne!(found(&harness), first);
    wish(&mut harness, Intent::ChoosePlatform("customerio".to_owned()));
    found(&harness);
}

#[test]
fn a_result_is_copied_as_a_bug_report_that_holds_the_smallest_recording() {
    let mut harness = open();
    focus_on(&mut harness, "ana.keller@example.com");
    select_block(&mut harness, "cart-recovery", "reassurance");
    harness.get_by_role_and_label(Role::Button, "Copy as bug report").scroll_to_me();
    harness.run();
    harness.get_by_role_and_label(Role::Button, "Copy as bug report").click();
    harness.run();
    harness.get_by_label("It should have been sent").click();
    harness.run();
    let report = copied_by(&mut harness, |harness| {
        harness.get_by_role_and_label(Role::Button, "Copy").click();
    });
    harness.run();
    harness.get_by_label("Copied to the clipboard");
    for part in [
        "# Cart recovery / “Reassurance”: ana.keller@example.com",
        "**What should have happened:** It should have been sent.",
        "**What happened:** They never came to “Reassurance”",
        "It would have gone out on Thu 5 Mar 15:22 if a view of the page “shipping” had happened by",
        "| Zone | Europe/Berlin |",
        "| Seed | 0 |",
        "Sensitive skin shopper, line ",
        "throughline why ",
    ] {
        assert!(report.contains(part), "{part}: {report}");
    }
    let lines = report.split("```jsonl\n").nth(1).and_then(|rest| rest.split("```").next()).expect("lines");
    let mut log = EventLog::new();
    let counts = read_events(&mut lines.as_bytes(), "report", &mut log).expect("a recording");
    assert_eq!(counts.rejected, []);
    let whole = 9;
    assert!(counts.kept > 0 && counts.kept < whole, "{lines}");
    assert!(!lines.contains("userAgent"), "what does not matter is left out: {lines}");
}

#[test]
fn a_search_that_was_stopped_is_begun_again_on_demand() {
    let mut harness = open();
    focus_on(&mut harness, "ana.keller@example.com");
    select_block(&mut harness, "cart-recovery", "reassurance");
    let before = found(&harness);
    wish(&mut harness, Intent::SearchAgain);
    assert_eq!(found(&harness), before, "the same question has the same answer");
}

#[test]
fn an_address_is_written_as_it_is_where_a_step_begins_with_it() {
    let mut harness = open();
    focus_on(&mut harness, "ana.keller@example.com");
    select_block(&mut harness, "cart-recovery", "reassurance");
    harness.get_by_label("ana.keller@example.com looks right");
}
