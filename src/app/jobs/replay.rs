//! Replaying: everything, or after an edit only what it can reach.

use std::{collections::BTreeSet, sync::Arc, time::Instant};

use super::{
    control::{Control, Stage, Timing},
    memory::{Keep, Memory, ReplayJob, Shown, Stop, platform, replay_fault},
};
use crate::{
    app::{
        indexed::Indexed,
        session::{Choice, Outcome, RuleCount},
    },
    identity::Platform,
    journey::{Journey, JourneyId, Severity, lint},
    lab::{
        coupling::{Last, replay_again},
        series::Charts,
    },
    recording::{EventLog, Span, Taxonomy},
    simulator::{ReplayError, ReplayInput, ReplayResult},
    words::{person::PeopleGroup, time},
    workspace::{Workspace, lint::in_context},
};

/// Counts as of the cursor are kept up to so many changes (12 to 16 bytes each).
const MOST_COUNTED: usize = 2_000_000;

/// What a replay depends on beside the recordings.
#[derive(Clone, Copy)]
struct Settings<'a> {
    workspace: &'a Workspace,
    platform: &'a Platform,
    choice: &'a Choice,
    journeys: &'a [Arc<Journey>],
}

impl<'a> Settings<'a> {
    fn input(&self, log: &'a EventLog, history: &'a [u16]) -> ReplayInput<'a> {
        ReplayInput {
            log,
            platform: self.platform,
            workspace: &self.workspace.facts,
            catalog: &self.workspace.catalog,
            segments: &self.workspace.segments,
            journeys: self.journeys,
            also: self.choice.draft.as_ref(),
            history,
            seed: self.choice.seed,
            horizon: Span::days(30),
            threads: 0,
            trace: false,
            cancel: None,
            progress: None,
        }
    }
}

impl Shown {
    fn settings(&self) -> Settings<'_> {
        Settings {
            workspace: &self.workspace,
            platform: &self.platform,
            choice: &self.choice,
            journeys: &self.journeys,
        }
    }
}

impl Memory {
    /// Replays what differs from the last replay of the same recordings.
    pub(super) fn replay(
        &mut self,
        job: &ReplayJob,
        control: &Control,
        timing: Timing,
        keep: Keep,
    ) -> Result<Arc<Outcome>, Stop> {
        let workspace = &*job.workspace;
        let platform = platform(workspace, &job.choice.platform)?;
        let taken = job.taken();
        if keep == Keep::Yes {
            self.forget_changed(&taken);
        }
        let read = self.read(workspace, &taken, control, timing)?;

        control.begin(Stage::Checking, 0);
        let taxonomy = read.taxonomy(&workspace.facts.roles);
        let (journeys, broken) = sound(workspace, &platform, &read.log, &taxonomy);

        control.begin(Stage::Replaying, read.log.len() as u64);
        let started = Instant::now();
        let ready = read.ready(&platform);
        let settings = Settings { workspace, platform: &platform, choice: &job.choice, journeys: &journeys };
        let input = ReplayInput {
            cancel: Some(&control.cancel),
            progress: Some(&control.done),
            ..settings.input(&read.log, &read.history)
        };
        let last = read.shown.as_ref().map(|shown| Last {
            input: shown.settings().input(&read.log, &read.history),
            result: &shown.outcome.result,
            counted: &shown.outcome.counted,
        });
        let again = replay_again(last.as_ref(), &input, &ready, MOST_COUNTED);
        let again = again.map_err(|error| match error {
            ReplayError::Cancelled => Stop::Cancelled,
            ReplayError::UnknownZone(_) => Stop::Fault(replay_fault(&error)),
        })?;
        let took_ms = match timing {
            Timing::Measured => started.elapsed().as_millis() as u64,
            Timing::Fixed(ms) => ms,
        };

        let result = again.result;
        let groups = PeopleGroup::ALL
            .into_iter()
            .map(|group| (group, result.people.iter().filter(|person| group.holds(person)).count() as u64))
            .collect();
        let strangers = strangers(&read.log, &result);
        let mut imports = vec![None; job.sources.len()];
        for ((at, _), counts) in taken.iter().zip(&read.imports) {
            imports[*at].clone_from(counts);
        }
        let outcome = Arc::new(Outcome {
            index: Arc::new(Indexed::of(&result, &workspace.journeys)),
            charts: Charts::of(&result, time::zone(&workspace.facts.zone)),
            result,
            counted: again.counted,
            groups,
            strangers,
            broken,
            imports,
            taxonomy,
            rules: RuleCount::of(&platform),
            platform: platform.label.clone(),
            took_ms,
            faults: read.faults.clone(),
            extent: again.extent,
        });
        if keep == Keep::Yes {
            let (workspace, choice) = (Arc::clone(&job.workspace), job.choice.clone());
            let outcome = Arc::clone(&outcome);
            read.shown = Some(Shown { workspace, platform, choice, journeys, outcome });
        }
        Ok(outcome)
    }
}

/// The journeys that can be replayed, and the ids of those that have errors.
fn sound(
    workspace: &Workspace,
    platform: &Platform,
    log: &EventLog,
    taxonomy: &Taxonomy,
) -> (Vec<Arc<Journey>>, BTreeSet<JourneyId>) {
    let taxonomy = (!log.is_empty()).then_some(taxonomy);
    let (broken, sound): (Vec<Arc<Journey>>, Vec<Arc<Journey>>) =
        in_context(workspace, platform, taxonomy, |context| {
            workspace.journeys.iter().cloned().partition(|journey| {
                lint(journey, context).iter().any(|problem| problem.severity == Severity::Error)
            })
        });
    (sound, broken.iter().map(|journey| journey.id.clone()).collect())
}

/// Devices of the recordings that nobody in the result owns: on a platform that keeps no anonymous
/// profiles, its anonymous visitors.
fn strangers(log: &EventLog, result: &ReplayResult) -> u64 {
    let owned: BTreeSet<&str> = result
        .people
        .iter()
        .flat_map(|person| &person.identifiers)
        .filter_map(|id| id.strip_prefix("anonymous_id:"))
        .collect();
    let seen: BTreeSet<&str> =
        log.events().iter().filter_map(|event| event.anonymous_id).map(|id| log.text(id)).collect();
    seen.into_iter().filter(|id| !id.is_empty() && !owned.contains(id)).count() as u64
}
