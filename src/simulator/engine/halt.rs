//! Stopping early, and saying how far a replay is: looked at every so many events, so that one
//! person with very many events holds nobody up.

use std::sync::atomic::Ordering;

use super::world::Shared;

/// A replay that is cancelled goes on for at most so many events in each thread.
pub const EVENTS_BETWEEN_LOOKS: usize = 256;

impl Shared<'_> {
    /// Whether the replay was cancelled.
    pub fn cancelled(&self) -> bool {
        self.input.cancel.is_some_and(|cancel| cancel.load(Ordering::Relaxed))
    }

    /// Counts events that are done.
    pub fn count_done(&self, events: usize) {
        if let Some(progress) = self.input.progress {
            progress.fetch_add(events as u64, Ordering::Relaxed);
        }
    }
}
