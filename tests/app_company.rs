//! Several people on the timeline, by role and label.
#![cfg(feature = "gui")]
#![allow(clippy::expect_used, reason = "a test that cannot go on should say where")]

mod app_support;

use app_support::{builder, sample, window};
use egui::{Context, Event, Key, Modifiers, RawInput, Rect, Shape, Theme, epaint::ClippedShape, pos2, vec2};
use egui_kittest::{Harness, kittest::Queryable as _};
use throughline::app::{
    ThroughlineApp,
    company::CompanyIntent,
    intent::{Intent, Intents},
    selection::Selection,
    state::BottomTab,
    stretch::Window as Stretch,
    theme, timeline,
};

type Window = Harness<'static, ThroughlineApp>;

const ANA: &str = "email:ana.keller@example.com";

fn want(harness: &mut Window, intent: Intent) {
    harness.state_mut().apply(&Context::default(), intent);
    harness.run();
}

/// The window with the shopper in focus and everybody listed.
fn listed() -> Window {
    let mut harness = window(builder((1600.0, 1000.0), Theme::Light), sample());
    want(&mut harness, Intent::Select(Selection::Person(vec![ANA.to_owned()])));
    want(&mut harness, Intent::ShowTab(BottomTab::People));
    harness
}

/// What the rows of the list of people are called, the first few that are not the shopper.
fn others(harness: &Window, count: usize) -> Vec<(String, Vec<String>)> {
    let model = harness.state().model();
    let outcome = model.outcome.as_ref().expect("a replay");
    let people = model.people.iter().map(|at| &outcome.result.people[*at]);
    let others = people.filter(|person| !person.identifiers.contains(&ANA.to_owned()));
    let named = others.map(|person| {
        let who = throughline::words::person::who(&person.identifiers);
        let events = throughline::words::counted(person.events, "event", "events");
        (format!("{who}, {events}"), person.identifiers.clone())
    });
    named.take(count).collect()
}

fn company(harness: &Window) -> Vec<String> {
    let people = harness.state().model().company.people();
    people.iter().map(|it| throughline::words::person::who(it.known_as())).collect()
}

fn focus(harness: &Window) -> String {
    let company = &harness.state().model().company;
    throughline::words::person::who(company.focused().expect("somebody").known_as())
}

#[test]
fn with_ctrl_somebody_is_put_beside_another_and_taken_off_again() {
    let mut harness = listed();
    let [(row, _)] = &others(&harness, 1)[..] else { panic!("there are others") };
    let name = row.split_once(", ").expect("a name").0.to_owned();
    harness.get_by_label(row).click_modifiers(Modifiers::COMMAND);
    harness.run();
    assert_eq!(company(&harness), ["ana.keller@example.com".to_owned(), name.clone()]);
    assert_eq!(focus(&harness), name, "whoever was added is looked at");
    want(&mut harness, Intent::ShowTab(BottomTab::Timeline));
    harness.get_by_label("Turn to ana.keller@example.com").click();
    harness.run();
    assert_eq!(focus(&harness), "ana.keller@example.com");
    harness.get_by_label("ana.keller@example.com at the end");
    harness.get_by_label(&format!("Take {name} off the timeline")).click();
    harness.run();
    assert_eq!(company(&harness), ["ana.keller@example.com"]);
    assert!(harness.query_by_label("Turn to ana.keller@example.com").is_none(), "alone there is no choice");
}

#[test]
fn with_shift_everybody_up_to_there_is_added_and_a_click_alone_leaves_one() {
    let mut harness = listed();
    want(&mut harness, Intent::FindPeople("example.com".to_owned()));
    let rows = others(&harness, 3);
    harness.get_by_label(&rows[0].0).click();
    harness.run();
    assert_eq!(company(&harness).len(), 1);
    harness.get_by_label(&rows[2].0).click_modifiers(Modifiers::SHIFT);
    harness.run();
    assert!(company(&harness).len() >= 3, "{:?}", company(&harness));
    let model = harness.state().model();
    assert!(model.company.people().iter().all(|it| it.story.is_some()), "each story is told");
    harness.get_by_label(&rows[1].0).click();
    harness.run();
    assert!(company(&harness).len() >= 3, "turning to one of them keeps the others");
    want(&mut harness, Intent::Company(CompanyIntent::Alone));
    assert_eq!(company(&harness), [rows[1].0.split_once(", ").expect("a name").0]);
}

#[test]
fn steps_go_through_what_happens_to_any_of_them_and_turn_to_whom_it_happens() {
    let mut harness = listed();
    let people: Vec<Vec<String>> = others(&harness, 4).into_iter().map(|it| it.1).collect();
    want(&mut harness, Intent::Company(CompanyIntent::Add(people)));
    want(&mut harness, Intent::ShowTab(BottomTab::Timeline));
    harness.key_press(Key::Home);
    harness.run();
    let mut turned = std::collections::BTreeSet::new();
    let mut before = harness.state().model().cursor_ms();
    for _ in 0..40 {
        harness.key_press(Key::CloseBracket);
        harness.run();
        let model = harness.state().model();
        let at_ms = model.cursor_ms();
        if at_ms == before {
            break;
        }
        assert!(at_ms > before);
        before = at_ms;
        let record = model.record().expect("a decision is set off");
        let story = model.story.as_ref().expect("a story");
        assert!(record.identifiers.iter().any(|id| story.everybody().any(|own| own == id)));
        turned.insert(focus(&harness));
    }
    assert!(turned.len() > 1, "{turned:?}");
    // The state of each is that of the cursor, whoever is in focus.
    let model = harness.state().model();
    for (it, states) in model.company.people().iter().zip(&model.moment.people) {
        let story = it.story.as_ref().expect("a story");
        assert_eq!(*states, story.chronicle.at(model.cursor_ms()));
    }
}

#[test]
fn after_an_edit_every_story_is_told_again() {
    let mut harness = listed();
    let people: Vec<Vec<String>> = others(&harness, 2).into_iter().map(|it| it.1).collect();
    want(&mut harness, Intent::Company(CompanyIntent::Add(people)));
    let told = |harness: &Window| harness.state().model().company.stories().cloned().collect::<Vec<_>>();
    let before = told(&harness);
    want(&mut harness, Intent::Run(throughline::app::command::Command::Replay));
    let after = told(&harness);
    assert_eq!(before.len(), 3);
    for (before, after) in before.iter().zip(&after) {
        assert_eq!(before, after);
        assert!(!std::sync::Arc::ptr_eq(before, after), "told anew");
    }
}

/// A frame of the timeline alone, with the pointer there or nowhere.
fn frame(ctx: &Context, app: &ThroughlineApp, pointer: Option<egui::Pos2>) -> Vec<ClippedShape> {
    let screen = Rect::from_min_size(pos2(0.0, 0.0), vec2(1_200.0, 400.0));
    let events = vec![pointer.map_or(Event::PointerGone, Event::PointerMoved)];
    let raw = RawInput { screen_rect: Some(screen), events, ..RawInput::default() };
    let mut output = ctx.run_ui(raw, |ui| {
        timeline::view::show(ui, app.model(), &mut Intents::default());
    });
    output.textures_delta.clear();
    std::mem::take(&mut output.shapes)
}

/// Every text of a frame with its place, in an order of their own.
fn texts(shapes: &[ClippedShape]) -> Vec<String> {
    let said = |it: &ClippedShape| match &it.shape {
        Shape::Text(text) => Some(format!("{} at {:?} in {:?}", text.galley.text(), text.pos, it.clip_rect)),
        _ => None,
    };
    let mut all: Vec<String> = shapes.iter().filter_map(said).collect();
    all.sort();
    all
}

/// What the shapes of a frame cover.
fn covered(shapes: &[ClippedShape]) -> Rect {
    let visual = shapes.iter().map(|it| it.shape.visual_bounding_rect().intersect(it.clip_rect));
    visual.filter(Rect::is_positive).fold(Rect::NOTHING, Rect::union)
}

#[test]
fn rows_nobody_points_at_are_drawn_again_as_they_were_and_anew_when_something_changes() {
    let mut app = sample();
    let ctx = Context::default();
    theme::install(&ctx);
    let story = listed().state().model().story.clone().expect("a story");
    app.show_stories(vec![(*story).clone()]);
    for _ in 0..3 {
        frame(&ctx, &app, None);
    }
    app.apply(&ctx, Intent::LookTimeline(Some(Stretch { from_ms: story.from_ms, to_ms: story.to_ms })));
    let first = frame(&ctx, &app, None);
    let again = frame(&ctx, &app, None);
    assert_eq!(texts(&again), texts(&first));
    assert!(again.len() < first.len(), "{} shapes, then {}", first.len(), again.len());
    let (one, other) = (covered(&first), covered(&again));
    assert!(one.min.distance(other.min) < 3.0 && one.max.distance(other.max) < 3.0, "{one:?} {other:?}");
    // Under the pointer a row is drawn anew, so that it can be pressed; the others stay.
    let pointed = frame(&ctx, &app, Some(pos2(600.0, 60.0)));
    let pointed =
        if pointed.len() > again.len() { pointed } else { frame(&ctx, &app, Some(pos2(600.0, 61.0))) };
    assert!(pointed.len() > again.len() && pointed.len() < first.len() + 10);
    // Another stretch of time, another theme: nothing of what was kept is shown.
    let middle = story.from_ms + (story.to_ms - story.from_ms) / 2;
    app.apply(&ctx, Intent::LookTimeline(Some(Stretch { from_ms: story.from_ms, to_ms: middle })));
    frame(&ctx, &app, None);
    let closer = frame(&ctx, &app, None);
    assert_ne!(texts(&closer), texts(&again));
}
