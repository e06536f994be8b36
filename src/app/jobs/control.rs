//! What a job and the window share while it runs, and the answer that is told before it is whole.

use std::sync::{
    Arc, Mutex, PoisonError,
    atomic::{AtomicBool, AtomicU8, AtomicU64, Ordering},
};

use crate::lab::{Asked, Remedies};

/// How long things take: by the clock, or always the same (for tests).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Timing {
    /// By the clock.
    Measured,
    /// This many milliseconds, whatever happens.
    Fixed(u64),
}

/// What a job does at the moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Stage {
    /// Reads the workspace.
    Opening,
    /// Reads recordings; counts bytes.
    Reading,
    /// Replays; counts events.
    Replaying,
    /// Looks for problems.
    Checking,
    /// Compares two results.
    Comparing,
    /// Tries changes; counts replays.
    Trying,
    /// Writes a bug report.
    Reporting,
}

impl Stage {
    const ALL: [Self; 7] = [
        Self::Opening,
        Self::Reading,
        Self::Replaying,
        Self::Checking,
        Self::Comparing,
        Self::Trying,
        Self::Reporting,
    ];
}

/// Shared between a job and the window: where the job is, and whether it should stop.
#[derive(Debug, Default)]
pub struct Control {
    /// Set to stop the job.
    pub cancel: AtomicBool,
    /// What is done of the stage.
    pub done: AtomicU64,
    total: AtomicU64,
    stage: AtomicU8,
    /// What is known of the answer before the job is done.
    so_far: Mutex<Option<Arc<WhyNot>>>,
}

impl Control {
    /// Begins a stage of so much work (0: unknown).
    pub fn begin(&self, stage: Stage, total: u64) {
        self.done.store(0, Ordering::Relaxed);
        self.total.store(total, Ordering::Relaxed);
        self.stage.store(stage as u8, Ordering::Relaxed);
    }
    /// Tells what is known of the answer so far.
    pub fn tell(&self, so_far: WhyNot) {
        *self.so_far.lock().unwrap_or_else(PoisonError::into_inner) = Some(Arc::new(so_far));
    }
    /// What became known of the answer since it was last asked for.
    pub fn told(&self) -> Option<Arc<WhyNot>> {
        self.so_far.lock().unwrap_or_else(PoisonError::into_inner).take()
    }
    /// Whether the job should stop.
    pub fn cancelled(&self) -> bool {
        self.cancel.load(Ordering::Relaxed)
    }
    /// Stage, done, total.
    pub fn now(&self) -> (Stage, u64, u64) {
        let stage = Stage::ALL.get(usize::from(self.stage.load(Ordering::Relaxed))).copied();
        (
            stage.unwrap_or(Stage::Opening),
            self.done.load(Ordering::Relaxed),
            self.total.load(Ordering::Relaxed),
        )
    }
}

/// The answer.
#[derive(Clone, Debug, PartialEq)]
pub struct WhyNot {
    /// What was asked.
    pub asked: Asked,
    /// What would have sent it; `None`: they got it.
    pub remedies: Option<Remedies>,
}
