//! The journey file: golden, canonical form, refusals.
#![allow(clippy::unwrap_used)]

use throughline::journey::{journey_from_ron, journey_to_ron};

const GOLDEN: &str = include_str!("golden/journey-v1.ron");

#[test]
fn the_golden_file_is_canonical() {
    let journey = journey_from_ron(GOLDEN, "journey-v1.ron").unwrap();
    let written = journey_to_ron(&journey);
    if std::env::var_os("THROUGHLINE_WRITE_GOLDEN").is_some() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/golden/journey-v1.ron");
        std::fs::write(path, &written).unwrap();
    }
    assert_eq!(journey_from_ron(&written, "written").unwrap(), journey);
    assert_eq!(written, GOLDEN);
}
