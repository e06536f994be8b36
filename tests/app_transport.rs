//! The cursor of virtual time in the window, by role and label.
#![cfg(feature = "gui")]
#![allow(clippy::expect_used, reason = "a test that cannot go on should say where")]

mod app_support;

use app_support::{builder, sample, window};
use egui::{Context, Key, Modifiers, Theme, accesskit::Role};
use egui_kittest::{Harness, kittest::Queryable as _};
use throughline::{
    app::{
        ThroughlineApp,
        command::Command,
        diagram::graph::NodeKey,
        intent::Intent,
        motion,
        selection::Selection,
        state::BottomTab,
        stretch::Window,
        transport::{CursorIntent, Speed},
    },
    lab::Step,
    simulator::PersonState,
};

type App = Harness<'static, ThroughlineApp>;

fn open() -> App {
    window(builder((1600.0, 1000.0), Theme::Light), sample())
}

/// The window with somebody in focus and their timeline shown.
fn following(person: &str) -> App {
    let mut harness = open();
    harness.get_by_label("Timeline tab").click();
    want(&mut harness, Intent::Select(Selection::Person(vec![person.to_owned()])));
    harness
}

fn shopper() -> App {
    following("email:ana.keller@example.com")
}

fn want(harness: &mut App, intent: Intent) {
    harness.state_mut().apply(&Context::default(), intent);
    harness.run();
}

fn press(harness: &mut App, key: Key) {
    harness.key_press(key);
    harness.run();
}

fn cursor(harness: &App) -> Option<i64> {
    harness.state().model().view.transport.cursor
}

fn states(harness: &App) -> Vec<PersonState> {
    harness.state().model().states().to_vec()
}

#[test]
fn why_did_this_message_go_out_then() {
    let mut harness = shopper();
    harness.get_by_label("Cursor: End of the replay");
    press(&mut harness, Key::Home);
    press(&mut harness, Key::M);
    harness.get_by_label("Cursor: Wed 4 Mar 15:22:09");
    // The message is selected, with its why; beneath is who they were by then.
    harness.get_by_label("Sent: Cart reminder");
    harness.get_by_label("ana.keller@example.com at Wed 4 Mar 15:22");
    harness.get_by_label("What happened Wed 4 Mar 15:22:09");
    harness.get_by_label_contains("Consent was given");
    harness.get_by_label("Email opted in (trait email_consent, Wed 4 Mar 14:52)");
    harness.get_by_label("1 of 2 emails in 24 hours");
    harness.get_by_label("Cart recovery: at Comes back worried?");
    harness.get_by_label("A run of the person in focus is at Comes back worried?");
    let model = harness.state().model();
    assert_eq!(model.record().map(|record| record.decision), Some("sent"));
    assert_eq!(model.highlighted(), Some(NodeKey::Block("reminder".into())));
}

#[test]
fn who_is_this_person_and_which_devices_joined_when() {
    let mut harness = shopper();
    harness.get_by_label("iPhone joined Wed 4 Mar 14:52 with 8 events");
    // Just before, they were a device of which nobody knew whose it is.
    harness.get_by_label("iPhone joined Wed 4 Mar 14:52 with 8 events").click();
    harness.run();
    // Above is the person at the end, below at the cursor.
    let named = |harness: &App| harness.query_all_by_label("Email ana.keller@example.com").count();
    assert_eq!(named(&harness), 2);
    harness.get_by_label("1 device: iPhone");
    press(&mut harness, Key::Comma);
    assert_eq!(named(&harness), 1);
    assert!(states(&harness).iter().all(|state| !state.is_known()));
    harness.get_by_label("1 device: iPhone");
}

#[test]
fn forward_and_back_gives_exactly_the_same_state() {
    let mut harness = shopper();
    press(&mut harness, Key::Home);
    let mut seen = vec![(cursor(&harness), states(&harness), harness.state().model().moment.counts.clone())];
    for (forward, back) in [(Key::CloseBracket, Key::OpenBracket), (Key::Period, Key::Comma)] {
        loop {
            let before = cursor(&harness);
            press(&mut harness, forward);
            if cursor(&harness) == before {
                break;
            }
            assert!(cursor(&harness) > before);
            seen.push((cursor(&harness), states(&harness), harness.state().model().moment.counts.clone()));
        }
        assert!(seen.len() > 5, "{}", seen.len());
        let last = seen.last().cloned();
        for (at, states_then, counts_then) in seen.iter().rev().skip(1) {
            press(&mut harness, back);
            assert_eq!(cursor(&harness), *at);
            assert_eq!(&states(&harness), states_then);
            assert_eq!(&harness.state().model().moment.counts, counts_then);
        }
        assert_ne!(last.map(|it| it.1), seen.first().map(|it| it.1.clone()));
        press(&mut harness, Key::Home);
        seen.truncate(1);
    }
}

#[test]
fn counts_are_as_of_the_cursor_and_at_the_end_they_are_the_totals() {
    let mut harness = shopper();
    let journey = harness.state().model().view.journey.clone().expect("a journey");
    let came = |harness: &App| {
        harness.state().model().tally(&journey).map(|tally| tally.came(&NodeKey::Trigger)).expect("counts")
    };
    let total = came(&harness);
    press(&mut harness, Key::Home);
    assert!(came(&harness) < total);
    harness.get_by_label("Counts as of Mon 2 Mar 11:31");
    let end_ms = harness.state().model().end_ms();
    want(&mut harness, Intent::Cursor(CursorIntent::Move(Some(end_ms))));
    let model = harness.state().model();
    let outcome = model.outcome.as_ref().expect("a replay");
    let counts = model.moment.counts.clone().expect("counts");
    for (id, journey) in &counts {
        assert_eq!(Some(journey.started), outcome.counts(id).map(|it| it.started), "{id}");
        for (block, counts) in &journey.blocks {
            assert_eq!(Some(counts), outcome.counts(id).and_then(|it| it.blocks.get(block)), "{id} {block}");
        }
    }
    harness.get_by_label("Show totals").click();
    harness.run();
    assert_eq!(cursor(&harness), None);
    assert_eq!(came(&harness), total);
}

#[test]
fn too_many_events_are_said_and_the_totals_stay() {
    let mut harness = shopper();
    let mut outcome = harness.state().model().outcome.as_deref().expect("a replay").clone();
    outcome.counted.passages = None;
    harness.state_mut().show_outcome(outcome);
    harness.run();
    press(&mut harness, Key::Home);
    harness.get_by_label_contains("Too many events to count as of the cursor");
    assert_eq!(harness.state().model().moment.counts, None);
}

#[test]
fn it_plays_by_the_windows_clock_and_stops_at_the_last_thing() {
    let mut harness = shopper();
    want(&mut harness, Intent::Cursor(CursorIntent::Speed(Speed::Minute)));
    press(&mut harness, Key::Home);
    let begin = cursor(&harness).expect("an instant");
    harness.key_press(Key::Space);
    harness.run_steps(3);
    harness.get_by_label("Pause");
    harness.run_steps(10);
    let ran = cursor(&harness).expect("an instant") - begin;
    // A step of the harness is a quarter of a second at most: so many virtual minutes went by.
    assert!(ran > 0 && ran <= 14 * 15_000, "{ran}");
    harness.key_press(Key::L);
    harness.run_steps(1);
    assert_eq!(harness.state().model().view.transport.speed, Speed::TenMinutes);
    harness.key_press(Key::Space);
    harness.run();
    harness.get_by_label("Play");
    let paused = cursor(&harness);
    harness.run_steps(5);
    assert_eq!(cursor(&harness), paused);
    want(&mut harness, Intent::Cursor(CursorIntent::Speed(Speed::Day)));
    harness.key_press(Key::K);
    harness.run_steps(400);
    let model = harness.state().model();
    assert!(!model.view.transport.is_playing());
    let story = model.story.as_ref().expect("a story");
    assert_eq!(model.view.transport.cursor, story.previous_ms(Step::Anything, model.end_ms()));
}

#[test]
fn with_reduced_motion_it_jumps_from_one_thing_to_the_next() {
    let mut harness = shopper();
    motion::reduce(&harness.ctx, true);
    want(&mut harness, Intent::Cursor(CursorIntent::Speed(Speed::Minute)));
    press(&mut harness, Key::Home);
    harness.key_press(Key::Space);
    let story = harness.state().model().story.clone().expect("a story");
    let mut seen = 0;
    for _ in 0..200 {
        harness.step();
        let at_ms = cursor(&harness).expect("an instant");
        let is_stop = story.previous_ms(Step::Anything, at_ms + 1) == Some(at_ms);
        assert!(is_stop, "{at_ms}");
        seen = seen.max(at_ms);
    }
    assert!(Some(seen) > story.next_ms(Step::Anything, i64::MIN));
}

#[test]
fn the_axis_and_the_line_move_the_cursor() {
    let mut harness = shopper();
    let axis = harness.get_by_label("Time axis: click to move the cursor").rect();
    let at = |share: f32| egui::pos2(axis.left() + axis.width() * share, axis.center().y);
    harness.hover_at(at(0.5));
    harness.drag_at(at(0.5));
    harness.drop_at(at(0.5));
    harness.run();
    let first = cursor(&harness).expect("an instant");
    let line = harness.get_by_label_contains("Cursor at ").rect();
    assert!((line.center().x - at(0.5).x).abs() < 2.0);
    harness.drag_at(line.center());
    harness.run();
    harness.hover_at(at(0.25));
    harness.run();
    harness.drop_at(at(0.25));
    harness.run();
    let second = cursor(&harness).expect("an instant");
    assert!(second < first);
    // Dragging the line does not move what is looked at.
    assert_eq!(harness.state().model().view.timeline, None);
}

#[test]
fn a_click_on_the_timeline_selects_everywhere_and_the_other_way_round() {
    let mut harness = shopper();
    harness.get_by_label_contains("Wait for an email: 2 d").click();
    harness.run();
    let model = harness.state().model();
    assert_eq!(model.view.selection, Selection::Node(NodeKey::Block("wait-identify".into())));
    let record = model.record().expect("a record");
    assert_eq!((record.decision, record.at_ms), ("waiting", model.cursor_ms()));
    // The other way round: a block chosen on the canvas is set off in the story.
    want(&mut harness, Intent::Select(Selection::Node(NodeKey::Block("reminder".into()))));
    let record = harness.state().model().record().expect("a record").block.clone();
    assert_eq!(record, Some("reminder".into()));
    want(&mut harness, Intent::Select(Selection::Nothing));
    assert_eq!(harness.state().model().record(), None);
}

#[test]
fn without_anybody_in_focus_everybodys_passages_are_stepped_through() {
    let mut harness = open();
    press(&mut harness, Key::Home);
    let first = cursor(&harness).expect("an instant");
    press(&mut harness, Key::Period);
    assert!(cursor(&harness).expect("an instant") > first);
    press(&mut harness, Key::M);
    assert!(matches!(harness.state().model().view.selection, Selection::Message(_)));
    harness.key_press_modifiers(Modifiers::SHIFT, Key::M);
    harness.run();
    press(&mut harness, Key::End);
    assert_eq!(cursor(&harness), None);
    assert!(harness.state().model().offer(Command::StepForward).why_not.is_some());
    assert_eq!(harness.state().model().view.bottom, BottomTab::Messages);
    assert!(harness.query_all_by_role(Role::Slider).next().is_none(), "no timeline, no axis");
}

#[test]
fn close_up_the_timeline_follows_the_cursor_out_of_sight() {
    let mut harness = shopper();
    press(&mut harness, Key::Home);
    let first = cursor(&harness).expect("the first moment");
    let near = Window { from_ms: first - 1_000, to_ms: first + 1_000 };
    want(&mut harness, Intent::LookTimeline(Some(near)));
    press(&mut harness, Key::M);
    let (at_ms, shown) = (cursor(&harness).expect("a message"), harness.state().model().view.timeline);
    let shown = shown.expect("still close up");
    assert_eq!(shown.length_ms(), near.length_ms(), "as close as before");
    assert!((shown.from_ms..shown.to_ms).contains(&at_ms));
    // What is in sight stays where it is.
    want(&mut harness, Intent::Cursor(CursorIntent::Move(Some(at_ms + 10))));
    assert_eq!(harness.state().model().view.timeline, Some(shown));
}
