//! Writes the generated recordings of the sample workspace:
//! `cargo run --example generate_samples`. The output is committed; a test checks that it is
//! what this program writes.

mod shopper;
mod stories;

use std::{fs, io, path::Path};

fn main() -> io::Result<()> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("sample-journeys").join("recordings");
    for (file, text) in stories::recordings() {
        fs::write(folder.join(file), text)?;
    }
    Ok(())
}
