//! Ctrl-C: the first asks the work at hand to stop, the second ends the program.

use std::sync::atomic::{AtomicBool, Ordering};

use super::{CANCELLED, Cancelled};

static ASKED: AtomicBool = AtomicBool::new(false);

/// Listens from now on. Where the system lets nobody listen, Ctrl-C ends the program as ever.
pub fn listen() {
    let _ = ctrlc::set_handler(|| {
        if ASKED.swap(true, Ordering::SeqCst) {
            std::process::exit(i32::from(CANCELLED));
        }
    });
}

/// The flag that long work looks at.
pub const fn flag() -> &'static AtomicBool {
    &ASKED
}

/// Stops here if the user asked for it.
pub fn check() -> Result<(), Cancelled> {
    if ASKED.load(Ordering::SeqCst) { Err(Cancelled) } else { Ok(()) }
}
