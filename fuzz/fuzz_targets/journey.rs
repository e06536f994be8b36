//! A journey file is read or refused; what is read is written and read again as the same journey.
#![no_main]

use libfuzzer_sys::fuzz_target;
use throughline::journey::{has_comments, journey_from_ron, journey_to_ron, segments_from_ron, segments_to_ron};

fuzz_target!(|text: &str| {
    let _ = has_comments(text);
    if let Ok(journey) = journey_from_ron(text, "fuzz.ron") {
        let written = journey_to_ron(&journey);
        let read = journey_from_ron(&written, "written.ron");
        assert_eq!(read.as_ref(), Ok(&journey), "{written}");
    }
    if let Ok(segments) = segments_from_ron(text, "fuzz.ron") {
        assert_eq!(segments_from_ron(&segments_to_ron(&segments), "written.ron"), Ok(segments));
    }
});
