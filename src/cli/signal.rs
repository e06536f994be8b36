//! Ctrl-C: the first asks the work at hand to stop, the second ends the program.

use std::sync::{
    Arc, LazyLock,
    atomic::{AtomicBool, Ordering},
};

use signal_hook::{consts::SIGINT, flag as on_signal};

use super::{CANCELLED, Cancelled};

static ASKED: LazyLock<Arc<AtomicBool>> = LazyLock::new(Arc::default);

/// Listens from now on. Where the system lets nobody listen, Ctrl-C ends the program as ever.
pub fn listen() {
    // In this order: the first Ctrl-C finds the flag down and only raises it.
    let ends = on_signal::register_conditional_shutdown(SIGINT, i32::from(CANCELLED), Arc::clone(&ASKED));
    if ends.is_ok() {
        let _ = on_signal::register(SIGINT, Arc::clone(&ASKED));
    }
}

/// The flag that long work looks at.
pub fn flag() -> &'static AtomicBool {
    &ASKED
}

/// Stops here if the user asked for it.
pub fn check() -> Result<(), Cancelled> {
    if ASKED.load(Ordering::SeqCst) { Err(Cancelled) } else { Ok(()) }
}
