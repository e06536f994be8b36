//! Why somebody did not get a message: what would have sent it, and the same as a bug report.

use std::sync::atomic::Ordering;

use super::{
    AroundJob, Control, Memory, Stop, Timing,
    around::{Around, stopped},
};
use crate::{
    app::worker::Stage,
    lab::{
        Asked, Remedies,
        remedy::{MOST_REPLAYS, remedies},
    },
    report::bug_report::{Case, bug_report},
    simulator::ReplayInput,
    store::ReplayKey,
    words::time,
};

/// Asks for the smallest change, or for a bug report.
#[derive(Clone, Debug)]
pub struct WhyNotJob {
    /// Among whom.
    pub around: AroundJob,
    /// What is asked.
    pub asked: Asked,
}

/// The answer.
#[derive(Clone, Debug, PartialEq)]
pub struct WhyNot {
    /// What was asked.
    pub asked: Asked,
    /// What would have sent it; `None`: they got it.
    pub remedies: Option<Remedies>,
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
            let remedies = remedies(&input, *bounds, &job.asked).map_err(|error| stopped(&error.into()))?;
            Ok(WhyNot { asked: job.asked.clone(), remedies })
        })
    }
    /// The bug report; `None`: nobody in the recordings has one of the identifiers, or the journey
    /// is gone.
    pub(super) fn report(
        &mut self,
        job: &WhyNotJob,
        control: &Control,
        timing: Timing,
    ) -> Result<Option<String>, Stop> {
        let report =
            self.around(&job.around, control, timing, |Around { input, bounds, digests, whole }| {
                control.begin(Stage::Reporting, 0);
                let meant = input.journeys.iter().find(|journey| journey.id == job.asked.journey);
                let Some(journey) = meant else { return Ok(None) };
                let case = Case {
                    input,
                    bounds: *bounds,
                    key: &ReplayKey::of(whole, digests),
                    asked: &job.asked,
                    journey,
                    zone: time::zone(&input.workspace.zone),
                };
                bug_report(&case).map(Some).map_err(|error| stopped(&error.into()))
            })?;
        Ok(report.flatten())
    }
}
