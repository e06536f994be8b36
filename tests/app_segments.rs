//! Who is in a segment, as the window says it: by role and label.
#![cfg(feature = "gui")]
#![allow(clippy::expect_used, reason = "a test that cannot go on should say where")]

mod app_support;

use app_support::{builder, sample, window};
use egui::{Context, Key, Theme};
use egui_kittest::{Harness, kittest::Queryable as _};
use throughline::{
    app::{ThroughlineApp, intent::Intent, selection::Selection, transport::CursorIntent},
    words::{counted, time},
};

type Window = Harness<'static, ThroughlineApp>;

const SEGMENT: &str = "cart-no-purchase-4h";

fn open() -> Window {
    let mut harness = window(builder((1600.0, 1000.0), Theme::Light), sample());
    want(&mut harness, Intent::Select(Selection::Segment(SEGMENT.to_owned())));
    harness
}

fn want(harness: &mut Window, intent: Intent) {
    harness.state_mut().apply(&Context::default(), intent);
    harness.run();
}

#[test]
fn counts_of_a_segment_follow_the_cursor() {
    let mut harness = open();
    let model = harness.state().model();
    let memberships =
        model.outcome.as_ref().and_then(|it| it.counted.memberships.clone()).expect("counts of segments");
    let steps = memberships.steps(SEGMENT).to_vec();
    let name = model.segments().0[SEGMENT].name.clone();
    let zone = model.zone();
    let ever = memberships.ever(SEGMENT);
    assert!(steps.len() > 5 && ever > 2, "{} changes, {ever} people", steps.len());
    // Without a cursor the list counts everybody who ever was in it.
    harness.get_by_label(&format!("In it at some time: {ever}"));
    harness.get_by_label(&format!("Segment {name}, {}", counted(ever.into(), "person", "people")));
    for (at_ms, count) in &steps {
        want(&mut harness, Intent::Cursor(CursorIntent::Move(Some(*at_ms))));
        harness.get_by_label(&format!("In it on {}: {}", time::moment(*at_ms, zone), count.inside));
        harness.get_by_label(&format!("In it at some time until then: {}", count.ever));
        let inside = counted(count.inside.into(), "person", "people");
        harness.get_by_label(&format!("Segment {name}, {inside}"));
    }
}

#[test]
fn the_drawing_of_a_segment_moves_the_cursor_by_mouse_and_by_key() {
    let mut harness = open();
    let memberships = harness.state().model().outcome.as_ref().and_then(|it| it.counted.memberships.clone());
    let steps: Vec<i64> =
        memberships.expect("counts").steps(SEGMENT).iter().map(|(at_ms, _)| *at_ms).collect();
    let cursor = |harness: &Window| harness.state().model().view.transport.cursor;
    harness.get_by_label_contains("In it over time").click();
    harness.run();
    let middle = cursor(&harness).expect("a cursor");
    let (first, last) = (steps[0], steps[steps.len() - 1]);
    assert!((middle - i64::midpoint(first, last)).abs() <= (last - first) / 50, "{first} {middle} {last}");
    harness.get_by_label_contains("In it over time").focus();
    harness.run();
    harness.key_press(Key::ArrowRight);
    harness.run();
    assert_eq!(cursor(&harness), steps.iter().copied().find(|at_ms| *at_ms > middle));
    harness.key_press(Key::ArrowLeft);
    harness.run();
    let right = steps.iter().copied().find(|at_ms| *at_ms > middle).expect("a change after the middle");
    assert_eq!(cursor(&harness), steps.iter().copied().rfind(|at_ms| *at_ms < right));
}
