//! Copy as bug report, wherever a result is shown: what it is about, what should have happened, and
//! what comes onto the clipboard.
#![cfg(feature = "gui")]
#![allow(clippy::expect_used)]

mod app_support;

use app_support::{builder, sample, window};
use egui::{Key, OutputCommand, Role, Theme};
use egui_kittest::{
    Harness,
    kittest::{NodeT, Queryable},
};
use throughline::{
    app::{
        ThroughlineApp,
        comparing::CompareIntent,
        diagram::graph::NodeKey,
        intent::Intent,
        jobs::Against,
        reporting::{Progress, ReportIntent, Subject},
        selection::Selection,
        state::BottomTab,
    },
    report::bug_report::{Happened, Spot},
    simulator::{HeldState, MessageState},
};

type Window = Harness<'static, ThroughlineApp>;

fn open() -> Window {
    window(builder((1440.0, 900.0), Theme::Light), sample())
}

fn wish(harness: &mut Window, intent: Intent) {
    let ctx = harness.ctx.clone();
    harness.state_mut().apply(&ctx, intent);
    harness.run();
}

/// Presses the first button that begins a report from a row.
fn press_first(harness: &mut Window) {
    let buttons = harness.get_all_by_role(Role::Button);
    let first = buttons.into_iter().find(|button| {
        button.accesskit_node().label().is_some_and(|label| label.starts_with("Copy as bug report: "))
    });
    first.expect("a row has one").click();
    harness.run();
}

fn subject(harness: &Window) -> Subject {
    let draft = harness.state().model().draft().expect("the dialog is open");
    draft.subjects[draft.chosen].clone()
}

/// Presses Copy; what is on the clipboard then.
fn copied(harness: &mut Window) -> String {
    harness.get_by_role_and_label(Role::Button, "Copy").click();
    for _ in 0..8 {
        harness.step();
        let commands = &harness.output().platform_output.commands;
        let text = commands.iter().find_map(|command| match command {
            OutputCommand::CopyText(text) => Some(text.clone()),
            _ => None,
        });
        if let Some(text) = text {
            harness.run();
            harness.get_by_label("Copied to the clipboard");
            assert_eq!(harness.state().model().draft().map(|it| it.progress), Some(Progress::Copied));
            return text;
        }
    }
    panic!("no text for the clipboard")
}

#[test]
fn a_held_trigger_says_what_became_of_it_and_what_was_expected() {
    let mut harness = open();
    wish(&mut harness, Intent::ChoosePlatform("customerio".to_owned()));
    wish(&mut harness, Intent::ShowTab(BottomTab::Held));
    let model = harness.state().model();
    let outcome = model.outcome.clone().expect("a replay");
    let held = &outcome.result.held[model.held[0]];
    press_first(&mut harness);
    let Subject::Somebody { journey, happened, .. } = subject(&harness) else { panic!("somebody") };
    assert_eq!(journey, held.journey);
    let joined = held.state == HeldState::Joined;
    assert_eq!(happened, Happened::Came(joined));
    let expected = if joined { "They should not have come here" } else { "They should have come here" };
    harness.get_by_label(expected).click();
    harness.run();
    let text = copied(&mut harness);
    assert!(text.contains(&format!("**What should have happened:** {expected}.")), "{text}");
    for part in ["**What happened:**", "## Decisions", "| Seed | 0 |", "```jsonl", "| Happened | Arrived |"] {
        assert!(text.contains(part), "{part}: {text}");
    }
}

#[test]
fn a_difference_says_both_sides() {
    let mut harness = open();
    wish(&mut harness, Intent::ShowTab(BottomTab::Compare));
    let against = Against::Platform("customerio".to_owned());
    wish(&mut harness, Intent::Compare(CompareIntent::With(Some(against))));
    press_first(&mut harness);
    let Subject::Somebody { beside: Some(beside), .. } = subject(&harness) else { panic!("a comparison") };
    assert!(beside.starts_with("On Customer.io. Before: ") && beside.contains(". Now: "), "{beside}");
    let text = copied(&mut harness);
    assert!(text.contains(&format!("**Compared:** {beside}")), "{text}");
    assert!(text.contains("_please say_"), "nothing was chosen: {text}");
}

#[test]
fn a_way_nobody_took_is_reported_with_what_was_counted() {
    let mut harness = open();
    wish(&mut harness, Intent::ChoosePlatform("customerio".to_owned()));
    wish(&mut harness, Intent::ShowTab(BottomTab::Coverage));
    press_first(&mut harness);
    let Subject::Place { spot, came, .. } = subject(&harness) else { panic!("a place") };
    assert!(matches!(spot, Spot::Way(_)), "{spot:?}");
    assert_eq!(came, 0);
    harness.get_by_label("Somebody should have taken this way").click();
    harness.run();
    let text = copied(&mut harness);
    assert!(text.contains("**What should have happened:** Somebody should have taken this way."), "{text}");
    assert!(text.contains("**What happened:** Nobody took this way."), "{text}");
    assert!(text.contains("## Counts") && text.contains("| Recordings | `"), "{text}");
    let smallest = "## The smallest recording in which somebody comes to ";
    assert!(text.contains(smallest) && text.contains(", and no further"), "{text}");
    assert!(text.contains("```jsonl") && text.contains("throughline simulate WORKSPACE"), "{text}");
}

#[test]
fn a_block_is_reported_with_somebody_who_comes_to_it() {
    let mut harness = open();
    wish(&mut harness, Intent::OpenJourney("cart-recovery".into()));
    wish(&mut harness, Intent::Select(Selection::Node(NodeKey::Block("reassurance".into()))));
    let ctx = harness.ctx.clone();
    let subjects = harness.state().model().reportable();
    harness.state_mut().apply(&ctx, Intent::Report(ReportIntent::Begin(subjects)));
    harness.run();
    let Subject::Place { came, .. } = subject(&harness) else { panic!("a place") };
    assert!(came > 1);
    let text = copied(&mut harness);
    assert!(text.contains("## The smallest recording in which somebody comes here"), "{text}");
    let lines = text.lines().filter(|line| line.starts_with("{\"")).count();
    assert!((1..8).contains(&lines), "{lines} events are enough to come here: {text}");
}

#[test]
fn with_somebody_in_focus_a_block_is_reported_of_them_or_of_everybody() {
    let mut harness = open();
    let ana = vec!["email:ana.keller@example.com".to_owned()];
    wish(&mut harness, Intent::Select(Selection::Person(ana)));
    wish(&mut harness, Intent::OpenJourney("cart-recovery".into()));
    wish(&mut harness, Intent::Select(Selection::Node(NodeKey::Block("reassurance".into()))));
    let subjects = harness.state().model().reportable();
    wish(&mut harness, Intent::Report(ReportIntent::Begin(subjects)));
    assert!(matches!(subject(&harness), Subject::Somebody { .. }), "them first");
    harness.get_by_label_contains("About: ").click();
    harness.run();
    harness.get_by_label_contains("Everybody, Cart recovery / ").click();
    harness.run();
    let Subject::Place { spot, .. } = subject(&harness) else { panic!("everybody") };
    assert_eq!(spot, Spot::Block("reassurance".into()));
    harness.get_by_label_contains("runs came here");
}

#[test]
fn of_a_person_any_of_their_messages_is_chosen() {
    let mut harness = open();
    let outcome = harness.state().model().outcome.clone().expect("a replay");
    let sent =
        outcome.result.messages.iter().find(|it| it.state == MessageState::Sent).expect("one was sent");
    wish(&mut harness, Intent::Select(Selection::Person(sent.identifiers.clone())));
    harness.get_by_label("Copy as bug report").click();
    harness.run();
    let subjects = harness.state().model().draft().expect("the dialog").subjects.clone();
    assert!(subjects.len() > 3, "each message they got, and each they did not");
    let never = subjects.iter().position(|it| it.happened() == Happened::Message(None)).expect("one");
    wish(&mut harness, Intent::Report(ReportIntent::About(never)));
    harness.get_by_label("It should have been sent").click();
    harness.run();
    let words = "What should have happened, in your own words";
    harness.get_by_role_and_label(Role::MultilineTextInput, words).focus();
    harness.run();
    harness.get_by_role_and_label(Role::MultilineTextInput, words).type_text("Two days after the cart");
    harness.run();
    let text = copied(&mut harness);
    let said = "**What should have happened:** It should have been sent. Two days after the cart";
    assert!(text.contains(said), "{text}");
}

#[test]
fn a_block_is_reported_without_anybody_in_focus() {
    let mut harness = open();
    let key = throughline::app::diagram::graph::NodeKey::Block("wait-identify".into());
    wish(&mut harness, Intent::Select(Selection::Node(key)));
    harness.key_press_modifiers(egui::Modifiers::COMMAND | egui::Modifiers::SHIFT, Key::C);
    harness.run();
    assert!(matches!(subject(&harness), Subject::Place { spot: Spot::Block(_), came, .. } if came > 0));
    let text = copied(&mut harness);
    assert!(text.contains("| Came | ") && text.contains("| Went on: "), "{text}");
    harness.get_by_role_and_label(Role::Button, "Done").click();
    harness.run();
    assert!(harness.state().model().draft().is_none());
}
