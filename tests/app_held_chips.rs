//! The trigger on the canvas says what became of held triggers, on platforms that hold them.
#![cfg(feature = "gui")]
#![allow(clippy::expect_used)]

mod app_support;
#[path = "app_support/pictures.rs"]
mod pictures;

use app_support::{builder, sample, window};
use egui::Theme;
use egui_kittest::{Harness, SnapshotResults, kittest::Queryable};
use throughline::{
    app::{ThroughlineApp, held::carts, intent::Intent, state::BottomTab, transport::CursorIntent},
    journey::JourneyId,
    lab, words,
};

const SIZE: (f32, f32) = (1440.0, 900.0);

fn on(platform: &str) -> Harness<'static, ThroughlineApp> {
    let mut harness = window(builder(SIZE, Theme::Light), sample());
    let ctx = harness.ctx.clone();
    harness.state_mut().apply(&ctx, Intent::ChoosePlatform(platform.to_owned()));
    harness.run();
    harness
}

#[test]
fn each_chip_says_what_the_result_says_and_lists_those_alone() {
    let mut harness = on("customerio");
    let journey = JourneyId::from("cart-recovery");
    let outcome = harness.state().model().outcome.clone().expect("a replay");
    let groups = &outcome.index.held[&journey];
    assert!(groups.len() >= 2, "the sample holds triggers of several ends");
    for state in lab::held::STATES {
        let Some(group) = groups.get(&state) else { continue };
        let held = words::counted(group.count, "held trigger", "held triggers");
        let mut label = format!("List {held}: {}", words::status::held(state));
        let worth = carts(&group.carts);
        if !worth.is_empty() {
            label = format!("{label}, carts worth {worth}");
        }
        harness.get_by_label(&label).click();
        harness.run();
        let model = harness.state().model();
        assert_eq!(model.view.bottom, BottomTab::Held);
        assert_eq!(model.held.len() as u64, group.count);
        let is_meant = |at: &usize| {
            let held = &outcome.result.held[*at];
            held.state == state && held.journey == journey
        };
        assert!(model.held.iter().all(is_meant));
    }
}

#[test]
fn at_the_cursor_they_count_what_was_so_by_then() {
    let mut harness = on("customerio");
    let journey = JourneyId::from("cart-recovery");
    let outcome = harness.state().model().outcome.clone().expect("a replay");
    let held: Vec<_> = outcome.result.held.iter().filter(|it| it.journey == journey).collect();
    let first = held.iter().map(|it| it.held_ms).min().expect("some are held");
    let ctx = harness.ctx.clone();
    harness.state_mut().apply(&ctx, Intent::Cursor(CursorIntent::Move(Some(first))));
    harness.run();
    let still = held.iter().filter(|it| it.held_ms <= first && it.decided_ms > first).count() as u64;
    let said = words::counted(still, "trigger that", "triggers that");
    harness.get_by_label(&format!("List {said} nobody has claimed yet"));
    assert!(harness.query_by_label_contains("carts worth").is_none(), "of an instant no worth is known");
}

#[test]
fn where_nothing_is_held_there_are_none() {
    let harness = on("open");
    assert!(harness.query_by_label_contains("held trigger").is_none());
    assert!(harness.query_by_label_contains("nobody has claimed").is_none());
}

#[test]
fn they_look_calm() {
    if !pictures::comparable() {
        return;
    }
    let mut results = SnapshotResults::new();
    for (theme, name) in pictures::THEMES {
        let mut app = sample();
        let ctx = egui::Context::default();
        app.apply(&ctx, Intent::ChoosePlatform("customerio".to_owned()));
        app.look_for_changes(&ctx);
        let builder = pictures::with_cpu(builder((900.0, 240.0), theme));
        let mut harness = pictures::part(builder, app, |ui, app, intents| {
            throughline::app::canvas::view::show(ui, app.model(), intents);
        });
        harness.snapshot(format!("held_chips_{name}"));
        results.extend_harness(&mut harness);
    }
}
