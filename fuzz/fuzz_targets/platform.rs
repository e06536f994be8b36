//! A platform file is read or refused.
#![no_main]

use libfuzzer_sys::fuzz_target;
use throughline::identity::Platform;

fuzz_target!(|text: &str| {
    let _ = Platform::from_ron(text, "fuzz.ron");
});
