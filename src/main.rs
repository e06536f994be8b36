//! The thin binary over the library.

use std::process::ExitCode;

/// A replay makes and drops many small texts on every core, which the system's allocator is slow at.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    throughline::cli::main()
}
