//! Why somebody did not get a message: what would have sent it.

use std::sync::atomic::Ordering;

use super::{
    around::{Around, AroundJob, stopped},
    control::{Control, Stage, Timing, WhyNot},
    memory::{Memory, Stop},
};
use crate::{
    lab::{
        Asked, Remedies,
        remedy::{MOST_REPLAYS, remedies_as_found},
    },
    simulator::ReplayInput,
};

/// Asks for the smallest change.
#[derive(Clone, Debug)]
pub struct WhyNotJob {
    /// Among whom.
    pub around: AroundJob,
    /// What is asked.
    pub asked: Asked,
}

impl Memory {
    /// The smallest change; `None`: nobody in the recordings has one of the identifiers.
    pub(super) fn why_not(
        &mut self,
        job: &WhyNotJob,
        control: &Control,
        timing: Timing,
    ) -> Result<Option<WhyNot>, Stop> {
        self.around(&job.around, control, timing, |Around { input, bounds, .. }| {
            control.begin(Stage::Trying, u64::from(MOST_REPLAYS));
            control.done.store(0, Ordering::Relaxed);
            let input = ReplayInput { progress: Some(&control.done), ..*input };
            let answer = |remedies| WhyNot { asked: job.asked.clone(), remedies };
            let tell = |so_far: &Remedies| control.tell(answer(Some(so_far.clone())));
            let remedies = remedies_as_found(&input, *bounds, &job.asked, &tell);
            remedies.map(answer).map_err(|error| stopped(&error.into()))
        })
    }
}
