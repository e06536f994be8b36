//! What the replay leaves out and what changed: coverage, comparison, charts and the canvas that
//! tells them, by role and label, and in pictures of both themes.
#![cfg(feature = "gui")]
#![allow(clippy::expect_used, reason = "a test that cannot go on should say where")]

mod app_support;
#[path = "app_support/made.rs"]
mod made_outcome;
#[path = "app_support/pictures.rs"]
mod pictures;

use app_support::{builder, edge_to_edge, sample, window};
use chrono::NaiveDate;
use egui::{Context, Key, Modifiers, Theme, accesskit::Role};
use egui_kittest::{Harness, SnapshotResults, kittest::Queryable};
use made_outcome::outcome;
use pictures::{THEMES, comparable, with_cpu};
use throughline::{
    app::{
        ThroughlineApp, canvas,
        comparing::CompareIntent,
        diagram::{graph::NodeKey, overlay::Overlay},
        intent::{Intent, Intents},
        selection::Selection,
        session::Outcome,
        state::BottomTab,
        views,
    },
    journey::Channel,
    lab::{
        DifferenceKind,
        coverage::Taken,
        series::{Charts, DaySent, Ends, Took},
    },
    simulator::MessageState,
};

type Window = Harness<'static, ThroughlineApp>;

/// The window on the sample, looking at cart recovery.
fn open() -> Window {
    let mut app = sample();
    app.apply(&Context::default(), Intent::OpenJourney("cart-recovery".into()));
    window(builder((1600.0, 1400.0), Theme::Light), app)
}

fn press(harness: &mut Window, label: &str) {
    harness.get_by_label(label).click();
    harness.run();
}

/// Presses the first that has this in its label.
fn press_first(harness: &mut Window, part: &str) {
    harness.get_all_by_label_contains(part).next().expect(part).click();
    harness.run();
}

/// Replaces what is in a field, as a person would.
fn retype(harness: &mut Window, name: &str, text: &str) {
    harness.get_by_role_and_label(Role::TextInput, name).focus();
    harness.run();
    harness.key_press_modifiers(Modifiers::COMMAND, Key::A);
    harness.run();
    for letter in text.chars() {
        harness.event(egui::Event::Text(letter.to_string()));
        harness.run();
    }
    harness.key_press(Key::Enter);
    harness.run();
}

#[test]
fn which_branch_did_nobody_take() {
    let mut harness = open();
    // The samples together leave nothing out; one recording does.
    press_first(&mut harness, "Coverage tab, 100 percent");
    press_first(&mut harness, "Recording: ");
    harness.get_by_role_and_label(Role::MenuItemRadio, "Spring web crowd").click();
    harness.run();
    let share = harness.state().model().coverage_share();
    let percent = share.percent().expect("ways");
    assert!(share.taken < share.all, "one recording does not take every way");
    press(&mut harness, &format!("Coverage tab, {percent} percent of the ways taken"));

    let untaken: Vec<_> = harness
        .state()
        .model()
        .covered
        .journeys
        .iter()
        .flat_map(|journey| journey.ways.iter().filter(|way| way.taken == Taken::ByNobody))
        .cloned()
        .collect();
    let listed = harness.get_all_by_label_contains(", taken by nobody").count();
    assert!((1..=untaken.len()).contains(&listed), "{listed} of {}", untaken.len());
    press_first(&mut harness, ", taken by nobody");
    let expected = untaken[0].port.block().map_or(NodeKey::Trigger, |block| NodeKey::Block(block.clone()));
    assert_eq!(harness.state().model().view.selection, Selection::Node(expected));

    press(&mut harness, "Show coverage on the canvas");
    harness.get_by_label_contains("Legend of Coverage: ");
    harness.get_by_label_contains("Taken by nobody");
    press(&mut harness, "Show flow on the canvas");
    assert!(harness.query_by_label_contains("Legend of").is_none(), "flow needs no words");
}

#[test]
fn what_changed_between_these_two_versions_of_the_journey() {
    let mut harness = open();
    press(&mut harness, "Compare tab");
    press(&mut harness, "Keep this result to compare with");
    harness.get_by_label("No difference");

    // Another version: the day after the reassurance becomes three.
    press_first(&mut harness, "Give it a day, delay");
    retype(&mut harness, "For", "3 days");
    let counts = harness.state().model().comparing.compared.as_ref().expect("compared").comparison.counts();
    let later = counts[&DifferenceKind::Time];
    press(&mut harness, &format!("Other time: {later} message{}", if later == 1 { "" } else { "s" }));
    let rows = harness.get_all_by_label_contains("Other time: Comfort offer to ").count();
    assert_eq!(rows, later, "{counts:?}");
    press_first(&mut harness, "Other time: Comfort offer to ");
    let model = harness.state().model();
    assert!(
        matches!(&model.view.selection, Selection::Message(key) if key.block.as_str() == "comfort-offer")
    );
    assert_eq!(model.highlighted(), Some(NodeKey::Block("comfort-offer".into())));

    // On the canvas, too, in words.
    press(&mut harness, "Show: Flow");
    press(&mut harness, "Difference");
    harness.get_by_label_contains("Legend of Difference: ");
    let said = format!("{later} message{} otherwise than before", if later == 1 { "" } else { "s" });
    harness.get_by_label_contains(&said);

    // Undo brings the first version back, and nothing differs.
    harness.get_by_label("Journey canvas").focus();
    harness.run();
    for _ in 0..8 {
        harness.key_press_modifiers(Modifiers::COMMAND, Key::Z);
        harness.run();
    }
    harness.get_by_label("No difference");
}

#[test]
fn another_platform_is_compared_person_by_person() {
    let mut harness = open();
    press(&mut harness, "Compare tab");
    press(&mut harness, "Compared with: Nothing");
    press(&mut harness, "On Customer.io");
    let compared = harness.state().model().comparing.compared.clone().expect("compared");
    assert!(!compared.comparison.differences.is_empty());
    let first = &compared.people[0];
    let who = throughline::words::person::who(&first.identifiers);
    let number = first.differences.len();
    press(&mut harness, &format!("{who}, {number} difference{}", if number == 1 { "" } else { "s" }));
    assert_eq!(harness.state().model().comparing.rows, first.differences);

    // What is gone is shown with its person and its block.
    press_first(&mut harness, "Everybody, ");
    press_first(&mut harness, "Only before: ");
    assert_eq!(harness.state().model().comparing.kind, Some(DifferenceKind::OnlyBefore));
    let picked = harness.state().model().comparing.rows[0];
    let gone = compared.both(&compared.comparison.differences[picked]).0.expect("it was there").clone();
    harness.get_all_by_label_contains("Only before: ").nth(1).expect("a row").click();
    harness.run();
    let model = harness.state().model();
    assert_eq!(model.view.selection, Selection::Person(gone.identifiers));
    assert_eq!(model.view.journey, Some(gone.journey));
}

#[test]
fn each_other_side_can_be_chosen() {
    let mut harness = open();
    press(&mut harness, "Compare tab");
    for (chosen, differs) in
        [("As saved on disk", false), ("With seed 1", true), ("Only Sensitive skin shopper", true)]
    {
        press_first(&mut harness, "Compared with: ");
        press(&mut harness, chosen);
        let model = harness.state().model();
        assert!(model.compared_now(), "{chosen}");
        let compared = model.comparing.compared.clone().expect("compared");
        assert_eq!(!compared.comparison.differences.is_empty(), differs, "{chosen}");
        let before = compared.before.result.messages.len();
        let counted = compared.comparison.differences.iter().filter(|it| it.before.is_some()).count();
        assert_eq!(before, counted + compared.comparison.same, "{chosen}");
    }
}

#[test]
fn the_charts_say_their_numbers() {
    let mut harness = open();
    press(&mut harness, "Charts tab");
    let charts = harness.state().model().outcome.as_ref().expect("a replay").charts.clone();
    let sent = charts.ends.sent;
    harness.get_by_label_contains(&format!("Chart: Sent, and why not. {sent} sent, "));
    harness.get_by_label_contains("Chart: Sent by day. ");
    let known = charts.to_identify.number;
    harness.get_by_label_contains(&format!("Chart: First visit to identify. Half of {known} people"));
    harness.get_by_label_contains("Chart: First visit to first message. Half of ");
}

/// The made-up outcome with its charts.
fn made() -> Outcome {
    let mut made = outcome();
    let counts = made.result.journeys.get_mut("cart-recovery").expect("its counts");
    for (block, messages, reasons) in [
        ("reassurance", &[("sent", 14), ("not_sent", 1)][..], &[("consent_unknown", 1)][..]),
        ("reminder", &[("sent", 6), ("not_sent", 3)], &[("mistyped", 2), ("offer_limit", 1)]),
    ] {
        let of = |numbers: &[(&str, u64)]| numbers.iter().map(|(word, n)| ((*word).to_owned(), *n)).collect();
        let block = counts.blocks.get_mut(block).expect("a block");
        (block.messages, block.reasons) = (of(messages), of(reasons));
    }
    counts.blocks.get_mut("wait-identify").expect("a block").waiting = 5;
    made.charts = charts();
    made
}

/// Charts with something in every part of them.
fn charts() -> Charts {
    const HOUR_MS: i64 = 3_600_000;
    let day = |day: u32, email: u64, on_site: u64| DaySent {
        day: NaiveDate::from_ymd_opt(2026, 3, day).expect("a day"),
        by_channel: [(Channel::Email, email), (Channel::OnSite, on_site)].into(),
    };
    Charts {
        days: vec![day(2, 4, 0), day(3, 9, 2), day(4, 14, 3), day(5, 6, 0), day(9, 1, 1)],
        to_identify: Took::of(&[
            0,
            0,
            40_000,
            HOUR_MS,
            2 * HOUR_MS,
            50 * HOUR_MS,
            51 * HOUR_MS,
            900 * HOUR_MS,
        ]),
        to_message: Took::of(&[5 * HOUR_MS, 6 * HOUR_MS, 30 * HOUR_MS, 54 * HOUR_MS]),
        ends: Ends { sent: 40, not_sent: vec![("offer_limit", 9), ("consent_unknown", 6), ("mistyped", 2)] },
    }
}

/// Another version: ana got hers, ben's came a day later, and carl's is new.
fn changed() -> Outcome {
    let mut changed = outcome();
    let messages = &mut changed.result.messages;
    let mut carl = messages[1].clone();
    carl.identifiers = vec!["email:carl@example.com".to_owned()];
    carl.block = "reassurance".into();
    carl.message = Some("reassurance".into());
    (messages[0].state, messages[0].reason) = (MessageState::Sent, None);
    messages[1].at_ms += 86_400_000;
    messages.push(carl);
    let counts = changed.result.journeys.get_mut("cart-recovery").expect("its counts");
    for (block, exit, number) in [("friction", "yes", 17), ("friction", "no", 7), ("reassurance", "sent", 17)]
    {
        counts.blocks.get_mut(block).expect("a block").exits.insert(exit.into(), number);
    }
    counts.blocks.get_mut("reassurance").expect("a block").entered = 17;
    changed
}

/// The made-up outcome with reasons, looked at through an overlay; for the difference, compared
/// with the other version.
fn looking(overlay: Overlay, tab: BottomTab) -> ThroughlineApp {
    let ctx = Context::default();
    let mut app = sample();
    app.show_outcome(made());
    app.apply(&ctx, Intent::OpenJourney("cart-recovery".into()));
    if overlay == Overlay::Difference {
        app.apply(&ctx, Intent::Compare(CompareIntent::Keep));
        app.show_outcome(changed());
    }
    app.apply(&ctx, Intent::Overlay(overlay));
    app.apply(&ctx, Intent::ShowTab(tab));
    app
}

/// One view alone, with what comes before drawing.
fn view(
    size: (f32, f32),
    theme: Theme,
    app: ThroughlineApp,
    show: fn(&mut egui::Ui, &ThroughlineApp),
) -> Window {
    let mut harness = with_cpu(builder(size, theme)).build_ui_state(
        move |ui, app: &mut ThroughlineApp| {
            app.before(&ui.ctx().clone());
            edge_to_edge(ui, |ui| show(ui, app));
        },
        app,
    );
    harness.run();
    harness
}

#[test]
fn the_canvas_tells_each_of_them_in_both_themes() {
    if !comparable() {
        return;
    }
    let mut results = SnapshotResults::new();
    for (theme, name) in THEMES {
        for overlay in Overlay::ALL {
            let app = looking(overlay, BottomTab::Messages);
            let mut harness = view((900.0, 640.0), theme, app, |ui, app| {
                canvas::view::show(ui, app.model(), &mut Intents::default());
            });
            let what = overlay.name().to_lowercase().replace(' ', "_");
            results.add(harness.try_snapshot(format!("overlay_{what}_{name}")));
        }
    }
}

#[test]
fn the_tabs_in_both_themes() {
    if !comparable() {
        return;
    }
    let mut results = SnapshotResults::new();
    for (theme, name) in THEMES {
        for (tab, overlay, what) in [
            (BottomTab::Coverage, Overlay::Coverage, "coverage"),
            (BottomTab::Compare, Overlay::Difference, "compare"),
            (BottomTab::Charts, Overlay::Flow, "charts"),
        ] {
            let app = looking(overlay, tab);
            let mut harness = view((1160.0, 300.0), theme, app, |ui, app| {
                ui.painter().rect_filled(ui.max_rect(), 0.0, throughline::app::theme::of(ui).panel);
                let intents = &mut Intents::default();
                match app.model().view.bottom {
                    BottomTab::Coverage => views::coverage::show(ui, app.model(), intents),
                    BottomTab::Compare => views::compare::show(ui, app.model(), intents),
                    _ => views::charts::show(ui, app.model()),
                }
            });
            results.add(harness.try_snapshot(format!("tab_{what}_{name}")));
        }
    }
}
