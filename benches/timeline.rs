//! A frame of the timeline with a person of many events beside one with none, and what moving the
//! cursor costs. Prints times (medians) and ratios; `benches/README.md` has the last ones.
//!
//! `cargo bench --bench timeline [-- EVENTS]` (default 50,000 of one person, and a crowd of twenty
//! times as many).

#![allow(clippy::unwrap_used, clippy::print_stdout)]

#[allow(dead_code, reason = "memory is measured elsewhere")]
mod common;

use std::{hint::black_box, path::Path, sync::Arc};

use common::{crowd, measure::median_ms};
use egui::{Context, RawInput, Rect, pos2, vec2};
use throughline::{
    app::{
        ThroughlineApp,
        intent::{Intent, Intents},
        stretch::Window,
        theme, timeline,
        transport::CursorIntent,
    },
    identity::Platform,
    journey::{Segments, format::journey_from_ron},
    lab::{Chronicle, Story, story},
    recording::{Catalog, EventLog, Span, read_events, time::format_instant},
    simulator::{Bounds, ReplayInput, WorkspaceFacts, replay, replay_with_counts, replay_with_states},
    workspace,
};

/// 2 March 2026, midnight UTC.
const START_MS: i64 = 1_772_409_600_000;
const RUNS: usize = 101;

/// As the program has it.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() {
    let events: usize = std::env::args().skip(1).find_map(|word| word.parse().ok()).unwrap_or(50_000);
    println!("One person of {events} events, medians of {RUNS} runs\n");
    frames(events);
    crowd_counts(events * 20);
}

/// Frames at four zooms, and a moved cursor.
fn frames(events: usize) {
    let empty = frame_ms(told(1), None);
    let row = |what: &str, ms: f64| println!("{what:<44} {ms:>9.3} ms  {:>6.2} x empty", ms / empty);
    row("a frame of an empty timeline", empty);
    let busy = told(events);
    let (from_ms, to_ms) = (busy.from_ms, busy.to_ms);
    let middle = from_ms + (to_ms - from_ms) / 2;
    let near = |length_ms: i64| Some(Window { from_ms: middle, to_ms: middle + length_ms });
    for (what, window) in [
        ("whole", None),
        ("a day", near(86_400_000)),
        ("an hour", near(3_600_000)),
        ("a minute", near(60_000)),
    ] {
        row(&format!("a frame of it: {what}"), frame_ms(busy.clone(), window));
    }
    let changes = busy.chronicle.changes().len();
    let mut at_ms = from_ms;
    let (state_ms, _) = median_ms(RUNS, || {
        at_ms = from_ms + (at_ms - from_ms + 987_654_321) % (to_ms - from_ms);
        black_box(busy.chronicle.at(at_ms))
    });
    row(&format!("its state at any instant ({changes} changes)"), state_ms);
}

/// Counts as of any instant of a crowd.
fn crowd_counts(events: usize) {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("crowd.jsonl");
    crowd::write(events, 20_260_301, &mut std::fs::File::create(&file).unwrap()).unwrap();
    let mut log = EventLog::new();
    read_events(&mut std::io::BufReader::new(std::fs::File::open(&file).unwrap()), "crowd", &mut log)
        .unwrap();
    let journeys = [Arc::new(journey_from_ron(include_str!("common/cart.ron"), "cart.ron").unwrap())];
    let facts = (WorkspaceFacts::default(), Catalog::default(), Segments::default());
    let input = input(&log, &journeys, &facts);
    let (plain_ms, _) = median_ms(3, || replay(&input).unwrap());
    let (kept_ms, (result, counts)) = median_ms(3, || replay_with_counts(&input, usize::MAX).unwrap());
    let passages = counts.passages.unwrap();
    println!("\nA crowd of {events} events, {} passages", passages.len());
    println!(
        "replay without, and with passages kept       {plain_ms:>9.0} ms, {kept_ms:.0} ms ({:.2} x)",
        kept_ms / plain_ms
    );
    let (from_ms, to_ms) = (START_MS - 86_400_000, result.horizon_ms);
    let mut at_ms = from_ms;
    let (counts_ms, _) = median_ms(RUNS, || {
        at_ms = from_ms + (at_ms - from_ms + 987_654_321) % (to_ms - from_ms);
        black_box(passages.until(at_ms))
    });
    println!("the counts as of any instant                 {counts_ms:>9.3} ms");
}

fn input<'a>(
    log: &'a EventLog,
    journeys: &'a [Arc<throughline::journey::Journey>],
    facts: &'a (WorkspaceFacts, Catalog, Segments),
) -> ReplayInput<'a> {
    ReplayInput {
        log,
        platform: Platform::preset("open").unwrap(),
        workspace: &facts.0,
        catalog: &facts.1,
        segments: &facts.2,
        journeys,
        also: None,
        history: &[],
        seed: 0,
        horizon: Span::days(30),
        threads: 0,
        trace: false,
        cancel: None,
        progress: None,
    }
}

/// The story of a person with so many events over 30 days, who puts something in the cart now and then.
fn told(events: usize) -> Story {
    let step_ms = 30 * 86_400_000 / events as i64;
    let line = |at: usize| {
        let time = format_instant(START_MS + at as i64 * step_ms);
        let what = match at % 500 {
            0 => r#""type":"identify","traits":{"email":"ana@example.com"}"#.to_owned(),
            499 => r#""type":"track","event":"Product Added","properties":{"product_id":"P1"}"#.to_owned(),
            _ => r#""type":"page","name":"product""#.to_owned(),
        };
        format!(r#"{{"messageId":"m{at:06}","timestamp":"{time}","anonymousId":"d1","userId":"u1",{what}}}"#)
    };
    let text: Vec<String> = (0..events).map(line).collect();
    let mut log = EventLog::new();
    read_events(&mut text.join("\n").as_bytes(), "made up", &mut log).unwrap();
    let journeys = [Arc::new(journey_from_ron(include_str!("common/cart.ron"), "cart.ron").unwrap())];
    let facts = (WorkspaceFacts::default(), Catalog::default(), Segments::default());
    let input = ReplayInput { trace: true, ..input(&log, &journeys, &facts) };
    let order = log.replay_order().0;
    let (result, changes) = replay_with_states(&input, Bounds::of(&input, &order)).unwrap();
    let person = ["user_id:u1".to_owned()];
    let told = story(input.platform, &log, &order, result, &person).unwrap();
    let chronicle = Chronicle::of(changes, &told.identifiers);
    told.with_states(chronicle)
}

/// Median of drawing the timeline, shapes to triangles included, with the cursor in its middle.
fn frame_ms(story: Story, window: Option<Window>) -> f64 {
    let sample = Path::new(env!("CARGO_MANIFEST_DIR")).join("sample-journeys");
    let mut app = ThroughlineApp::loaded(workspace::open(&sample).unwrap());
    let ctx = Context::default();
    theme::install(&ctx);
    let middle = story.from_ms + (story.to_ms - story.from_ms) / 2;
    app.show_stories(vec![story]);
    app.apply(&ctx, Intent::LookTimeline(window));
    app.apply(&ctx, Intent::Cursor(CursorIntent::Move(Some(middle))));
    let screen = Rect::from_min_size(pos2(0.0, 0.0), vec2(1_440.0, 320.0));
    let draw = || {
        let raw = RawInput { screen_rect: Some(screen), ..RawInput::default() };
        let mut output = ctx.run_ui(raw, |ui| {
            let mut intents = Intents::default();
            timeline::view::show(ui, app.model(), &mut intents);
        });
        output.textures_delta.clear();
        black_box(ctx.tessellate(std::mem::take(&mut output.shapes), output.pixels_per_point))
    };
    (0..5).for_each(|_| drop(draw()));
    median_ms(RUNS, draw).0
}
