//! Imports and replays a seeded crowd beside its yardsticks: parsing alone, and a bare `SELECT`
//! over the same rows. Prints times (medians) and ratios; `benches/README.md` has the last ones.
//!
//! `cargo bench --bench replay [-- EVENTS]` (default 1,000,000). Of more events than are replayed
//! from memory only what goes in bounded memory is measured, once. With a name that ends in `.jsonl` the
//! crowd is written there and nothing measured: for the programs in `compare`.

#![allow(clippy::unwrap_used, clippy::print_stdout)]

#[allow(dead_code, reason = "frames are timed elsewhere")]
mod common;

use std::{fs::File, io::BufReader, path::Path, sync::Arc};

use common::{
    crowd,
    measure::{Took, forget_peak, median, peak_mib},
};
use throughline::{
    identity::{Platform, components},
    journey::{Journey, Segments, format::journey_from_ron},
    recording::{Catalog, EventLog, Span, read_events},
    simulator::{GroupedEvents, ReplayInput, ReplayResult, WorkspaceFacts, replay, replay_grouped},
    store::{self, ImportControl, RecordingId, Store, StoredEvents},
    workspace::{EVENTS_IN_MEMORY, Events, Following, Split, events_of_a_piece, replay_recordings},
};

const SEED: u64 = 20_260_301;
const RUNS: usize = 5;

/// As the program has it.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() {
    let events = std::env::args().skip(1).find_map(|word| word.parse().ok()).unwrap_or(1_000_000);
    let is_jsonl = |word: &String| Path::new(word).extension().is_some_and(|ending| ending == "jsonl");
    if let Some(kept) = std::env::args().skip(1).find(is_jsonl) {
        return crowd::write(events, SEED, &mut File::create(kept).unwrap()).unwrap();
    }
    let fits = events <= EVENTS_IN_MEMORY;
    let runs = if fits { RUNS } else { 1 };
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("crowd.jsonl");
    crowd::write(events, SEED, &mut File::create(&file).unwrap()).unwrap();
    let mib = file.metadata().unwrap().len() >> 20;
    println!("{events} events, {mib} MiB of JSON Lines, {cores} cores, medians of {runs} runs");
    println!("{:<44} {:>11} {:>11}\n", "", "on the clock", "computing");

    let row = |what: &str, took: Took, note: String| {
        println!("{what:<44} {:>8.0} ms {:>8.0} ms  {note}", took.ms, took.cpu_ms);
    };
    forget_peak();
    let (imported, id) = median(runs, || import(folder.path(), &file));
    row("JSON Lines to store", imported, format!("peak memory {} MiB", peak_mib()));
    let store = Store::open(folder.path()).unwrap();
    let (select, scan) = median(runs, || store.scan(id).unwrap());
    row("bare SELECT of the rows (one thread)", select, format!("{} rows", scan.rows));
    let against = |took: Took| {
        format!("{:.2} x SELECT, computing {:.2} x", took.ms / select.ms, took.cpu_ms / select.cpu_ms)
    };

    let platform = Platform::preset("customerio").unwrap();
    let journey = Arc::new(journey_from_ron(include_str!("common/cart.ron"), "cart.ron").unwrap());
    forget_peak();
    let (swept, _) = median(runs, || split(&store.stored_events(&[id]).unwrap(), platform));
    row("  in pieces: who may meet", swept, against(swept));
    let (pieces, (messages, people)) =
        median(runs, || run_in_pieces(&store.stored_events(&[id]).unwrap(), platform, &journey));
    let note = format!("{}, peak memory {} MiB", against(pieces), peak_mib());
    row("store to messages in pieces, all cores", pieces, note);
    if !fits {
        println!("\n{messages} messages; {people} people");
        return;
    }

    forget_peak();
    let (parsed, _) = median(runs, || parse(&file));
    row("parse only (one thread)", parsed, format!("an import is {:.2} x this", imported.ms / parsed.ms));
    let (loaded, log) = median(runs, || store.load_log(&[id]).unwrap());
    row("store to memory", loaded, against(loaded));
    let (found, _) = median(runs, || components(platform, &log));
    row("  of a replay: components", found, against(found));
    let (grouped, events) = median(runs, || GroupedEvents::of(&log, platform, 0));
    row("  of a replay: events made ready, all cores", grouped, against(grouped));
    let (one, result) = median(runs, || run(&log, platform, &journey, 1));
    row("replay of one journey, one thread", one, against(one));
    let (all, _) = median(runs, || run(&log, platform, &journey, 0));
    let note = format!("{}, {:.2} x faster than one", against(all), one.ms / all.ms);
    row("replay of one journey, all cores", all, note);
    let (again, _) = median(runs, || run_again(&log, &events, platform, &journey));
    drop((log, events));
    let (whole, _) = median(runs, || run(&store.load_log(&[id]).unwrap(), platform, &journey, 0));
    let note = format!("{}, peak memory {} MiB", against(whole), peak_mib());
    row("store to messages, all cores", whole, note);
    let of_first =
        format!("{:.2} x the first, computing {:.2} x", again.ms / whole.ms, again.cpu_ms / whole.cpu_ms);
    row("replay again after an edit", again, of_first);
    let (ms, cpu_ms) = (imported.ms + whole.ms, imported.cpu_ms + whole.cpu_ms);
    row("JSON Lines to messages, all cores", Took { ms, cpu_ms }, String::new());
    assert_eq!((result.messages.len(), result.people.len() as u64), (messages, people));
    println!("\n{messages} messages; {people} people");
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

fn split(events: &StoredEvents, platform: &Platform) -> Split {
    let events = Events::Stored(events);
    Split::pieces(events, platform, events_of_a_piece(events.len(), 0), Following::default()).unwrap()
}

/// How many messages, and how many people.
fn run_in_pieces(events: &StoredEvents, platform: &Platform, journey: &Arc<Journey>) -> (usize, u64) {
    let split = split(events, platform);
    with_input(events.names(), platform, journey, 0, |input| {
        let replayed = replay_recordings(input, Some((Events::Stored(events), &split)), None).unwrap();
        (replayed.result.messages.len(), replayed.people)
    })
}

fn run(log: &EventLog, platform: &Platform, journey: &Arc<Journey>, threads: usize) -> ReplayResult {
    with_input(log, platform, journey, threads, |input| replay(input).unwrap())
}

fn run_again(
    log: &EventLog,
    events: &GroupedEvents,
    platform: &Platform,
    journey: &Arc<Journey>,
) -> ReplayResult {
    with_input(log, platform, journey, 0, |input| replay_grouped(input, events).unwrap())
}

fn with_input<T>(
    log: &EventLog,
    platform: &Platform,
    journey: &Arc<Journey>,
    threads: usize,
    work: impl FnOnce(&ReplayInput<'_>) -> T,
) -> T {
    let (workspace, catalog, segments) = (WorkspaceFacts::default(), Catalog::default(), Segments::default());
    work(&ReplayInput {
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
}
