//! Numbers agree everywhere: what the canvas counts, what the tables list, what stories tell, what
//! the command line prints and what SQL over the store says are one result.
#![cfg(feature = "gui")]
#![allow(clippy::unwrap_used)]

mod app_support;
#[path = "common/shop.rs"]
mod shop;

use std::{
    collections::BTreeMap,
    fs,
    path::Path,
    process::{Command, Stdio},
};

use app_support::{builder, window};
use egui::Theme;
use egui_kittest::{Harness, kittest::Queryable};
use rusqlite::Connection;
use serde_json::Value;
use tempfile::TempDir;
use throughline::{
    app::{
        ThroughlineApp,
        command::Command as AppCommand,
        intent::Intent,
        selection::Selection,
        session::{Outcome, RecordingChoice},
    },
    identity::Platform,
    journey::{BlockId, Journey, JourneyId},
    lab::{Story, story},
    simulator::{Flag, MessageRecord, MessageState, ReplayInput, ReplayResult, replay},
    store::{STORE_FILE, STORE_FOLDER},
    words::counted,
    workspace,
};

/// How often each of some words (journey, block, what, which) occurs.
type Counts = BTreeMap<Vec<String>, u64>;

fn count(counts: &mut Counts, words: &[&str]) {
    *counts.entry(words.iter().map(|word| (*word).to_owned()).collect()).or_default() += 1;
}

/// A copy of the sample workspace with these of its recordings.
fn shop(recordings: &[&str]) -> TempDir {
    let from = Path::new(env!("CARGO_MANIFEST_DIR")).join("sample-journeys");
    let to = tempfile::tempdir().unwrap();
    for below in ["journeys", "recordings"] {
        fs::create_dir_all(to.path().join(below)).unwrap();
        for entry in fs::read_dir(from.join(below)).unwrap() {
            let entry = entry.unwrap();
            fs::copy(entry.path(), to.path().join(below).join(entry.file_name())).unwrap();
        }
    }
    for file in ["segments.ron", "catalog.csv"] {
        fs::copy(from.join(file), to.path().join(file)).unwrap();
    }
    let text = fs::read_to_string(from.join("workspace.ron")).unwrap();
    let is_kept = |line: &&str| {
        !line.contains("recordings/")
            || recordings.iter().any(|name| line.contains(&format!("/{name}.jsonl")))
    };
    let kept: Vec<&str> = text.lines().filter(is_kept).collect();
    fs::write(to.path().join("workspace.ron"), kept.join("\n")).unwrap();
    to
}

/// What the window knows after replaying the workspace on a platform.
fn in_the_window(shop: &Path, platform: &str) -> Harness<'static, ThroughlineApp> {
    let opened = workspace::open(shop).unwrap();
    let mut harness = window(builder((1440.0, 900.0), Theme::Light), ThroughlineApp::loaded(opened));
    let ctx = harness.ctx.clone();
    for intent in [
        Intent::ChooseRecordings(RecordingChoice::All),
        Intent::ChoosePlatform(platform.to_owned()),
        // The canvas has all the room there is, or far blocks would not be drawn.
        Intent::Run(AppCommand::ToggleBottom),
        Intent::Run(AppCommand::ToggleInspector),
    ] {
        harness.state_mut().apply(&ctx, intent);
    }
    harness.run();
    harness
}

fn outcome(harness: &Harness<'_, ThroughlineApp>) -> std::sync::Arc<Outcome> {
    harness.state().model().outcome.clone().unwrap()
}

/// What `throughline simulate --format json` prints: a header and one message a line.
fn on_the_command_line(shop: &Path, platform: &str) -> (Vec<Value>, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_throughline"))
        .args(["simulate", "--format", "json", "--platform", platform])
        .arg(shop)
        .env_remove("DISPLAY")
        .env_remove("WAYLAND_DISPLAY")
        .stdin(Stdio::null())
        .output()
        .unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(output.status.success(), "{said}");
    let text = String::from_utf8(output.stdout).unwrap();
    (text.lines().skip(1).map(|line| serde_json::from_str(line).unwrap()).collect(), said)
}

/// Counts of messages by journey, block, status and reason.
fn of_result(result: &ReplayResult) -> Counts {
    let mut counts = Counts::new();
    for message in &result.messages {
        let (journey, block) = (message.journey.as_str(), message.block.as_str());
        count(&mut counts, &[journey, block, message.state.word(), message.reason.unwrap_or("")]);
    }
    counts
}

fn of_lines(lines: &[Value]) -> Counts {
    let mut counts = Counts::new();
    for line in lines {
        let word = |field: &str| line[field].as_str().unwrap_or("");
        count(&mut counts, &[word("journey"), word("block"), word("status"), word("reason")]);
    }
    counts
}

fn of_sql(store: &Connection, sql: &str) -> Counts {
    let mut statement = store.prepare(sql).unwrap();
    let columns = statement.column_count();
    let rows = statement.query_map([], |row| {
        let words = (0..columns - 1).map(|at| Ok(row.get::<_, Option<String>>(at)?.unwrap_or_default()));
        Ok((words.collect::<rusqlite::Result<Vec<_>>>()?, row.get::<_, i64>(columns - 1)? as u64))
    });
    rows.unwrap().map(Result::unwrap).collect()
}

/// What the canvas draws, as the tables' counts: each journey's blocks and ways.
fn canvas_agrees_with_the_messages(journeys: &[std::sync::Arc<Journey>], result: &ReplayResult) {
    let ends_runs = |journey: &JourneyId, block: &BlockId| {
        let journey = journeys.iter().find(|it| it.id == *journey).unwrap();
        journey.blocks[block].kind.exits().is_empty()
    };
    let (mut statuses, mut reasons) = (Counts::new(), Counts::new());
    for message in result.messages.iter().filter(|message| message.message.is_some()) {
        let (journey, block) = (message.journey.as_str(), message.block.as_str());
        count(&mut statuses, &[journey, block, message.state.word()]);
        if let Some(reason) = message.reason {
            count(&mut reasons, &[journey, block, reason]);
        }
    }
    let (mut drawn_statuses, mut drawn_reasons) = (Counts::new(), Counts::new());
    let mut waiting = Counts::new();
    for (journey, counts) in &result.journeys {
        for (block, counts) in &counts.blocks {
            let key = |word: &str| vec![journey.to_string(), block.to_string(), word.to_owned()];
            drawn_statuses.extend(counts.messages.iter().map(|(word, number)| (key(word), *number)));
            drawn_reasons.extend(counts.reasons.iter().map(|(word, number)| (key(word), *number)));
            if counts.waiting > 0 {
                waiting.insert(vec![journey.to_string(), block.to_string()], counts.waiting);
            }
            let left: u64 = counts.exits.values().sum();
            let all = left + counts.waiting + counts.left_early;
            let expected = if ends_runs(journey, block) { 0 } else { counts.entered };
            assert_eq!(all, expected, "whoever came to {journey}/{block} left it or waits");
        }
    }
    assert_eq!(drawn_statuses, statuses, "statuses on the canvas and in the table");
    assert_eq!(drawn_reasons, reasons, "reasons on the canvas and in the table");
    let mut listed = Counts::new();
    for message in result.messages.iter().filter(|message| message.state == MessageState::Waiting) {
        count(&mut listed, &[message.journey.as_str(), message.block.as_str()]);
    }
    assert_eq!(waiting, listed, "who waits on the canvas and in the table");
}

/// Whoever leaves a block by an exit comes to the block it leads to.
fn ways_carry_what_leaves(journeys: &[std::sync::Arc<Journey>], result: &ReplayResult) {
    for journey in journeys {
        let Some(counts) = result.journeys.get(&journey.id) else { continue };
        let mut came: BTreeMap<&str, u64> = BTreeMap::new();
        if let Some(start) = &journey.start {
            *came.entry(start.as_str()).or_default() += counts.started;
        }
        if let Some(never) = &journey.never_identified {
            *came.entry(never.as_str()).or_default() += counts.left_unknown;
        }
        for (id, block) in &journey.blocks {
            for (exit, to) in &block.exits {
                let left = counts.blocks.get(id).and_then(|block| block.exits.get(exit));
                *came.entry(to.as_str()).or_default() += left.copied().unwrap_or(0);
            }
        }
        // What no exit of its own leads to may still go with another: a message that was not sent.
        for (id, block) in &journey.blocks {
            for (exit, number) in counts.blocks.get(id).into_iter().flat_map(|block| &block.exits) {
                if !block.exits.contains_key(exit)
                    && let Some(to) = block.exits.get("sent")
                {
                    *came.entry(to.as_str()).or_default() += number;
                }
            }
        }
        // A run may be over before it comes to the first block: its exit conditions look back.
        let first = journey.start.as_ref().map_or("", |start| start.as_str());
        for (id, block) in &counts.blocks {
            let came = came.get(id.as_str()).copied().unwrap_or(0);
            assert!(
                came == block.entered || id.as_str() == first,
                "{came} came to {}/{id}, but {} entered",
                journey.id,
                block.entered
            );
        }
        // A visitor without a profile waits at a prompt without a run.
        let visitors =
            result.messages.iter().filter(|it| it.journey == journey.id && waits_outside(it)).count();
        let ended: u64 = counts.ended.values().sum();
        let waiting: u64 = counts.blocks.values().map(|block| block.waiting).sum::<u64>() - visitors as u64;
        assert_eq!(counts.started, ended + waiting, "every run of {} ended or waits", journey.id);
    }
}

/// Whether it is a prompt that waits for a visitor who was never identified.
fn waits_outside(message: &MessageRecord) -> bool {
    message.state == MessageState::Waiting && message.flags.contains(&Flag::OutsidePlatform)
}

/// What a screen reader says of every block of every journey.
fn canvas_says_the_counts(harness: &mut Harness<'_, ThroughlineApp>) {
    let outcome = outcome(harness);
    let journeys = harness.state().model().journeys().to_vec();
    for journey in journeys {
        let ctx = harness.ctx.clone();
        harness.state_mut().apply(&ctx, Intent::OpenJourney(journey.id.clone()));
        harness.run();
        harness.state_mut().apply(&ctx, Intent::Run(AppCommand::ZoomFit));
        harness.run();
        let counts = outcome.counts(&journey.id).unwrap();
        harness.get_by_label_contains(&format!(", trigger, {}", counted(counts.started, "run", "runs")));
        for (id, block) in &journey.blocks {
            let entered = counts.blocks.get(id).map_or(0, |block| block.entered);
            let kind = block.kind.name().to_lowercase();
            let title = throughline::words::block::title(block);
            let said = format!("{title}, {kind}, {}", counted(entered, "run", "runs"));
            assert!(harness.query_all_by_label_contains(&said).next().is_some(), "{}: {said}", journey.id);
        }
    }
}

/// Everybody's story together has every message, every held trigger once, and every wait.
fn stories_tell_the_same(shop: &Path, platform: &str, whole: &ReplayResult) {
    let shop = workspace::open(shop).unwrap().workspace;
    let loaded = shop::recorded(&shop);
    let platform = Platform::preset(platform).unwrap();
    let input = ReplayInput { trace: true, ..shop::input(&shop, platform, &loaded) };
    let (order, _) = loaded.log.replay_order();
    let traced = replay(&input).unwrap();
    assert_eq!((&traced.messages, &traced.held), (&whole.messages, &whole.held), "with and without trace");
    let told = |person: &[String]| -> Story {
        story(platform, &loaded.log, &order, traced.clone(), person).unwrap()
    };
    let mut messages = 0;
    let mut waits = 0;
    for person in &whole.people {
        let story = told(&person.identifiers);
        messages += story.messages.len();
        waits += story.stays.iter().filter(|stay| stay.ended == "waiting").count() as u64;
        let waiting = story.messages.iter().filter(|it| it.state == MessageState::Waiting).count();
        let stays = story.stays.iter().filter(|stay| stay.ended == "waiting").count();
        assert_eq!(stays, waiting, "{:?}", person.identifiers);
    }
    let outside = whole.messages.iter().filter(|it| it.flags.contains(&Flag::OutsidePlatform)).count();
    assert_eq!(messages + outside, whole.messages.len(), "every message is in one story");
    let waiting: u64 =
        whole.journeys.values().flat_map(|it| it.blocks.values()).map(|block| block.waiting).sum();
    let waits = waits + whole.messages.iter().filter(|it| waits_outside(it)).count() as u64;
    assert_eq!(waits, waiting, "every wait is in one story");
}

/// What the window tells of the person with the most messages, from the events of their component
/// alone, is what the whole replay found.
fn the_window_tells_the_same(harness: &mut Harness<'_, ThroughlineApp>, whole: &ReplayResult) {
    let theirs = |person: &[String]| -> Vec<_> {
        let is_theirs = |ids: &[String]| ids.iter().any(|id| person.contains(id));
        whole.messages.iter().filter(|message| is_theirs(&message.identifiers)).cloned().collect()
    };
    let person =
        whole.people.iter().max_by_key(|it| (theirs(&it.identifiers).len(), &it.identifiers)).unwrap();
    let ctx = harness.ctx.clone();
    let select = Intent::Select(Selection::Person(person.identifiers.clone()));
    harness.state_mut().apply(&ctx, select);
    harness.run();
    let story = harness.state().model().story.clone().unwrap();
    assert_eq!(story.messages, theirs(&person.identifiers));
}

/// Everything that has numbers, on one workspace and platform.
fn agree(recordings: &[&str], platform: &str) {
    let shop = shop(recordings);
    let mut harness = in_the_window(shop.path(), platform);
    let outcome = outcome(&harness);
    let result = &outcome.result;
    assert!(!result.messages.is_empty() && !result.people.is_empty());

    // The table lists every message once, the people's table everybody.
    let model = harness.state().model();
    let mut rows = model.rows.to_vec();
    rows.sort_unstable();
    assert!(rows.iter().copied().eq(0..result.messages.len()), "the table has every message once");
    assert_eq!(model.people.len(), result.people.len());
    let got = |pick: fn(&throughline::app::people::Got) -> u32| {
        outcome.index.people.got.iter().map(pick).sum::<u32>()
    };
    let of = |state| result.messages.iter().filter(|it| it.state == state).count() as u32;
    // What is done outside the platform reaches a device that is nobody's.
    let outside = |it: &&MessageRecord| it.flags.contains(&Flag::OutsidePlatform);
    let to_nobody =
        |state| result.messages.iter().filter(outside).filter(|it| it.state == state).count() as u32;
    let theirs = |state| of(state) - to_nobody(state);
    assert_eq!(
        (got(|got| got.sent), got(|got| got.not_sent)),
        (theirs(MessageState::Sent), theirs(MessageState::NotSent)),
        "messages of the people and of the table"
    );
    if platform == "open" {
        assert_eq!(to_nobody(MessageState::Sent), 0, "every visitor has a profile");
    }

    canvas_agrees_with_the_messages(model.journeys(), result);
    ways_carry_what_leaves(model.journeys(), result);
    canvas_says_the_counts(&mut harness);
    stories_tell_the_same(shop.path(), platform, result);
    the_window_tells_the_same(&mut harness, result);

    // Held triggers, listed and counted.
    let mut held = Counts::new();
    for it in &result.held {
        count(&mut held, &[it.journey.as_str(), it.state.word()]);
    }
    let mut counted_held = Counts::new();
    for (journey, counts) in &result.journeys {
        let rows =
            counts.held.iter().map(|(word, number)| (vec![journey.to_string(), word.clone()], *number));
        counted_held.extend(rows);
    }
    assert_eq!(counted_held, held);

    // The command line.
    let (lines, said) = on_the_command_line(shop.path(), platform);
    assert_eq!(of_lines(&lines), of_result(result), "the command line and the window");
    assert!(
        said.contains(&format!("{} sent, {} not sent", of(MessageState::Sent), of(MessageState::NotSent))),
        "{said}"
    );
    for (line, message) in lines.iter().zip(&result.messages) {
        assert_eq!(line["subject"], message.subject);
        assert_eq!(line["because"].as_array().unwrap().len(), message.because.len());
    }

    // SQL over what the command line kept.
    let store = Connection::open(shop.path().join(STORE_FOLDER).join(STORE_FILE)).unwrap();
    let messages = of_sql(
        &store,
        "SELECT journey, block, status, coalesce(reason, ''), count(*) FROM latest_messages GROUP BY 1, 2, 3, 4",
    );
    assert_eq!(messages, of_result(result), "SQL and the window");
    let sql = "SELECT journey, state, count(*) FROM held_triggers
               WHERE replay = (SELECT max(id) FROM replays) GROUP BY 1, 2";
    assert_eq!(of_sql(&store, sql), held, "held triggers in SQL and in the window");
    let mut counts = Counts::new();
    for (journey, of_journey) in &result.journeys {
        for (block, number) in of_journey.blocks.iter().map(|(block, counts)| (block, counts.entered)) {
            counts.insert(vec![journey.to_string(), block.to_string()], number);
        }
    }
    let sql = "SELECT journey, block, count FROM counts
               WHERE what = 'entered' AND replay = (SELECT max(id) FROM replays)";
    assert_eq!(of_sql(&store, sql), counts, "counts in SQL and on the canvas");
    for (table, number) in [
        ("profiles", result.people.len()),
        ("merges", result.merges.len()),
        ("refusals", result.refusals.len()),
    ] {
        let sql = format!("SELECT '', count(*) FROM {table} WHERE replay = (SELECT max(id) FROM replays)");
        assert_eq!(of_sql(&store, &sql).into_values().sum::<u64>(), number as u64, "{table}");
    }
}

const ALL: [&str; 4] = ["past-orders", "spring-web-crowd", "sensitive-skin-shopper", "every-path"];

#[test]
fn on_the_recording_of_the_browser_sdk_where_visitors_have_profiles() {
    agree(&["spring-web-crowd"], "open");
}

#[test]
fn on_the_recording_of_the_browser_sdk_where_triggers_are_held() {
    agree(&["spring-web-crowd"], "customerio");
}

#[test]
fn on_the_whole_workspace_where_visitors_have_profiles() {
    agree(&ALL, "open");
}

#[test]
fn on_the_whole_workspace_where_triggers_are_held() {
    agree(&ALL, "customerio");
}
