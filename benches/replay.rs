//! Imports and replays a seeded crowd beside its yardsticks: parsing alone, and a bare `SELECT`
//! over the same rows. Prints times (medians) and ratios; `benches/README.md` has the last ones.
//!
//! `cargo bench --bench replay [-- EVENTS]` (default 1,000,000).

#![allow(clippy::unwrap_used, clippy::print_stdout)]

mod common;

use std::{fs::File, io::BufReader, path::Path, sync::Arc};

use common::{
    crowd,
    measure::{median_ms, peak_mib},
};
use throughline::{
    identity::{Platform, components},
    journey::{Journey, Segments, format::journey_from_ron},
    recording::{Catalog, EventLog, Span, read_events},
    simulator::{ReplayInput, ReplayResult, WorkspaceFacts, replay},
    store::{self, ImportControl, RecordingId, Store},
};

const SEED: u64 = 20_260_301;
const RUNS: usize = 5;

fn main() {
    let events = std::env::args().skip(1).find_map(|word| word.parse().ok()).unwrap_or(1_000_000);
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("crowd.jsonl");
    crowd::write(events, SEED, &mut File::create(&file).unwrap()).unwrap();
    let mib = file.metadata().unwrap().len() >> 20;
    println!("{events} events, {mib} MiB of JSON Lines, {cores} cores, medians of {RUNS} runs\n");

    let row = |what: &str, ms: f64, note: String| {
        println!("{what:<44} {ms:>8.0} ms {:>8.0} ns/event  {note}", ms * 1e6 / events as f64);
    };
    let (parse_ms, _) = median_ms(RUNS, || parse(&file));
    row("parse only (one thread)", parse_ms, String::new());
    let (import_ms, id) = median_ms(RUNS, || import(folder.path(), &file));
    row("JSON Lines to store", import_ms, format!("{:.2} x parse", import_ms / parse_ms));

    let store = Store::open(folder.path()).unwrap();
    let (select_ms, scan) = median_ms(RUNS, || store.scan(id).unwrap());
    row("bare SELECT of the rows (one thread)", select_ms, format!("{} rows", scan.rows));
    let against = |ms: f64| format!("{:.2} x SELECT", ms / select_ms);
    let (load_ms, log) = median_ms(RUNS, || store.load_log(&[id]).unwrap());
    row("store to memory", load_ms, against(load_ms));
    let (order_ms, (order, _)) = median_ms(RUNS, || log.replay_order());
    row("  of a replay: order and duplicates", order_ms, against(order_ms));
    let platform = Platform::preset("customerio").unwrap();
    let (components_ms, _) = median_ms(RUNS, || components(platform, &log, &order));
    row("  of a replay: components", components_ms, against(components_ms));

    let journey = Arc::new(journey_from_ron(include_str!("common/cart.ron"), "cart.ron").unwrap());
    let (one_ms, result) = median_ms(RUNS, || run(&log, platform, &journey, 1));
    row("replay of one journey, one thread", one_ms, against(one_ms));
    let (all_ms, _) = median_ms(RUNS, || run(&log, platform, &journey, 0));
    row(
        "replay of one journey, all cores",
        all_ms,
        format!("{}, {:.2} x faster than one", against(all_ms), one_ms / all_ms),
    );
    let (whole_ms, _) = median_ms(RUNS, || run(&store.load_log(&[id]).unwrap(), platform, &journey, 0));
    row("store to messages, all cores", whole_ms, against(whole_ms));
    row("replay again after an edit", all_ms, format!("{:.2} x the first", all_ms / whole_ms));
    row("JSON Lines to messages, all cores", import_ms + whole_ms, String::new());
    println!(
        "\n{} messages; {} people; peak memory {} MiB",
        result.messages.len(),
        result.people.len(),
        peak_mib().unwrap_or(0)
    );
}

fn parse(file: &Path) -> EventLog {
    let mut log = EventLog::new();
    read_events(&mut BufReader::with_capacity(1 << 20, File::open(file).unwrap()), "crowd", &mut log)
        .unwrap();
    log
}

fn import(folder: &Path, file: &Path) -> RecordingId {
    store::delete(folder).unwrap();
    let mut store = Store::open(folder).unwrap();
    store.import(file, "crowd.jsonl", "crowd", ImportControl::default()).unwrap().recording.id
}

fn run(log: &EventLog, platform: &Platform, journey: &Arc<Journey>, threads: usize) -> ReplayResult {
    let (workspace, catalog, segments) = (WorkspaceFacts::default(), Catalog::default(), Segments::default());
    replay(&ReplayInput {
        log,
        platform,
        workspace: &workspace,
        catalog: &catalog,
        segments: &segments,
        journeys: std::slice::from_ref(journey),
        also: None,
        history: &[],
        seed: 1,
        horizon: Span::days(30),
        threads,
        trace: false,
        cancel: None,
        progress: None,
    })
    .unwrap()
}
