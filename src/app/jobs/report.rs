//! A result written down as a bug report.

use std::collections::BTreeSet;

use super::{
    around::{Around, AroundJob, stopped},
    control::{Control, Stage, Timing},
    memory::{Memory, ReplayJob, Stop, platform},
};
use crate::{
    journey::JourneyId,
    lab::Asked,
    recording::Span,
    report::{
        bug_report::{Case, Expectation, PlaceCase, Spot, bug_report, place_report},
        why::find_people,
    },
    simulator::{JourneyCounts, ReplayInput, replay_part},
    store::ReplayKey,
    words::time,
};

/// Asks for a report.
#[derive(Clone, Debug)]
pub struct ReportJob {
    /// About what.
    pub about: About,
    /// What should have happened.
    pub expected: Expectation,
    /// How another result differs, where two are compared.
    pub beside: Option<String>,
}

/// What a report is about.
#[derive(Clone, Debug)]
pub enum About {
    /// What became of somebody at a block.
    Somebody(Box<AroundJob>, Asked),
    /// What everybody did at a place of a journey.
    Place {
        /// What was replayed.
        replay: Box<ReplayJob>,
        /// Journeys that could not be.
        broken: BTreeSet<JourneyId>,
        /// The journey.
        journey: JourneyId,
        /// Where in it.
        spot: Spot,
        /// What was counted of it.
        counts: Option<JourneyCounts>,
    },
}

impl Memory {
    /// The bug report; `None`: nobody in the recordings is called so, or the journey is gone.
    pub(super) fn report(
        &mut self,
        job: &ReportJob,
        control: &Control,
        timing: Timing,
    ) -> Result<Option<String>, Stop> {
        match &job.about {
            About::Somebody(around, asked) => self.report_on(around, asked, job, control, timing),
            About::Place { replay, .. } => self.report_place(replay, job, control, timing),
        }
    }

    fn report_on(
        &mut self,
        around: &AroundJob,
        asked: &Asked,
        job: &ReportJob,
        control: &Control,
        timing: Timing,
    ) -> Result<Option<String>, Stop> {
        let report = self.around(around, control, timing, |Around { input, bounds, digests, whole }| {
            control.begin(Stage::Reporting, 0);
            let Some(journey) = input.journeys.iter().find(|journey| journey.id == asked.journey) else {
                return Ok(None);
            };
            let asked = Asked { identifiers: everyone(input, *bounds, asked)?, ..asked.clone() };
            let case = Case {
                input,
                bounds: *bounds,
                key: &ReplayKey::of(whole, digests),
                asked: &asked,
                journey,
                zone: time::zone(&input.workspace.zone),
                expected: &job.expected,
                beside: job.beside.as_deref(),
            };
            bug_report(&case).map(Some).map_err(|error| stopped(&error.into()))
        })?;
        Ok(report.flatten())
    }

    fn report_place(
        &mut self,
        replay: &ReplayJob,
        job: &ReportJob,
        control: &Control,
        timing: Timing,
    ) -> Result<Option<String>, Stop> {
        let About::Place { broken, journey, spot, counts, .. } = &job.about else { return Ok(None) };
        let workspace = &*replay.workspace;
        let platform = platform(workspace, &replay.choice.platform)?;
        let read = self.read(workspace, &replay.taken(), control, timing)?;
        control.begin(Stage::Reporting, 0);
        let sound = |id: &JourneyId| !broken.contains(id);
        let journeys: Vec<_> = workspace.journeys.iter().filter(|it| sound(&it.id)).cloned().collect();
        let Some(journey) = workspace.journeys.iter().find(|it| it.id == *journey) else { return Ok(None) };
        let input = ReplayInput {
            log: &read.log,
            platform: &platform,
            workspace: &workspace.facts,
            catalog: &workspace.catalog,
            segments: &workspace.segments,
            journeys: &journeys,
            also: replay.choice.draft.as_ref(),
            history: &read.history,
            seed: replay.choice.seed,
            horizon: Span::days(30),
            threads: 0,
            trace: false,
            cancel: Some(&control.cancel),
            progress: None,
        };
        let report = place_report(&PlaceCase {
            input: &input,
            key: &ReplayKey::of(&input, &read.digests),
            journey,
            spot,
            counts: counts.as_ref(),
            expected: &job.expected,
        });
        report.map(Some).map_err(|error| stopped(&error))
    }
}

/// Every identifier that whoever is asked about ever had.
fn everyone(
    input: &ReplayInput<'_>,
    bounds: crate::simulator::Bounds,
    asked: &Asked,
) -> Result<BTreeSet<String>, Stop> {
    let result = replay_part(input, bounds).map_err(|error| stopped(&error.into()))?;
    let called = asked.identifiers.iter().flat_map(|id| find_people(&result, id));
    Ok(called.flatten().chain(asked.identifiers.iter().cloned()).collect())
}
