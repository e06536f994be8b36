//! A workspace file or catalogue is read or refused.
#![no_main]

use libfuzzer_sys::fuzz_target;
use throughline::workspace::{catalog::read_catalog, workspace_from_ron, workspace_to_ron};

fuzz_target!(|text: &str| {
    let _ = read_catalog(text);
    if let Ok(workspace) = workspace_from_ron(text, "fuzz.ron") {
        assert_eq!(workspace_from_ron(&workspace_to_ron(&workspace), "written.ron"), Ok(workspace));
    }
});
