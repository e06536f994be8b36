//! What a replay of a part must know of the whole.

use crate::recording::{Event, EventIndex};

use super::ReplayInput;

/// What a replay of a part must know of the whole (UTC ms).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bounds {
    /// When the first event arrived that is not history: before it nothing starts.
    pub first_ms: i64,
    /// When the last event arrived that is no duplicate.
    pub last_ms: i64,
}

impl Bounds {
    /// Those of a replay of everything in the log, given in replay order.
    pub fn of(input: &ReplayInput<'_>, order: &[EventIndex]) -> Self {
        let last_ms = order.last().map_or(0, |last| input.log.event(*last).arrived_ms);
        let mut first_ms = FirstArrivals::default();
        input.log.events().iter().for_each(|event| first_ms.see(event));
        Self { first_ms: first_ms.of_all_but(input.history), last_ms }
    }
}

/// When the first event of each recording arrived.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FirstArrivals(Vec<i64>);

impl FirstArrivals {
    /// Takes an event in.
    pub fn see(&mut self, event: &Event) {
        let recording = usize::from(event.recording);
        if recording >= self.0.len() {
            self.0.resize(recording + 1, i64::MAX);
        }
        self.0[recording] = self.0[recording].min(event.arrived_ms);
    }
    /// The earliest over all recordings but these; the end of time if there is none.
    pub fn of_all_but(&self, history: &[u16]) -> i64 {
        let live = (0..).zip(&self.0).filter(|(recording, _)| !history.contains(recording));
        live.map(|(_, first_ms)| *first_ms).min().unwrap_or(i64::MAX)
    }
}
