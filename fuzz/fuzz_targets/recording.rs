//! A recording is read or refused, and its counts add up.
#![no_main]

use std::io::Cursor;

use libfuzzer_sys::fuzz_target;
use throughline::recording::{EventLog, read_events};

fuzz_target!(|bytes: &[u8]| {
    let mut log = EventLog::new();
    if let Ok(counts) = read_events(&mut Cursor::new(bytes), "fuzz.jsonl", &mut log) {
        assert_eq!(counts.read, counts.kept + counts.duplicate + counts.rejected.len() as u64);
    }
});
