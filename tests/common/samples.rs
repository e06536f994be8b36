//! The sample workspace in a folder of its own, to change.

use std::{fs, path::Path};

/// A copy of the sample workspace.
pub fn copy_of_samples() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let samples = Path::new(env!("CARGO_MANIFEST_DIR")).join("sample-journeys");
    for below in ["", "journeys", "recordings"] {
        fs::create_dir_all(folder.path().join(below)).unwrap();
        for entry in fs::read_dir(samples.join(below)).unwrap() {
            let path = entry.unwrap().path();
            if path.is_file() {
                fs::copy(&path, folder.path().join(below).join(path.file_name().unwrap())).unwrap();
            }
        }
    }
    folder
}
