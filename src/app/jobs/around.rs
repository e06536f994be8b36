//! One person and all they could ever meet, taken out of the recordings to be looked at closely.

use std::collections::BTreeSet;

use super::{
    control::{Control, Stage, Timing},
    memory::{Memory, ReplayJob, Stop, platform, replay_fault},
};
use crate::{
    app::{fault::Fault, session::Choice},
    journey::JourneyId,
    recording::Span,
    simulator::{Bounds, ReplayError, ReplayInput},
    workspace::{Events, EventsReader, Following, PieceError, Split},
};

/// Asks for somebody and all they could ever meet.
#[derive(Clone, Debug)]
pub struct AroundJob {
    /// What was replayed.
    pub replay: ReplayJob,
    /// Journeys that cannot be replayed.
    pub broken: BTreeSet<JourneyId>,
    /// Who: identifiers in canonical text.
    pub person: Vec<String>,
}

/// Them, ready to be replayed as they were with everybody.
pub(super) struct Around<'a> {
    /// Their events, with the settings of the replay; the trace is kept.
    pub input: ReplayInput<'a>,
    /// What of everybody's events their replay depends on.
    pub bounds: Bounds,
    /// Everybody's recordings: digests in the log's order.
    pub digests: &'a [String],
    /// Everybody's events.
    pub whole: ReplayInput<'a>,
}

impl Memory {
    /// Looks at them; `None`: nobody in the recordings is called so.
    pub(super) fn around<T>(
        &mut self,
        job: &AroundJob,
        control: &Control,
        timing: Timing,
        look: impl FnOnce(&Around<'_>) -> Result<T, Stop>,
    ) -> Result<Option<T>, Stop> {
        let Some(asked) = job.person.first() else { return Ok(None) };
        let workspace = &*job.replay.workspace;
        let platform = platform(workspace, &job.replay.choice.platform)?;
        let Choice { draft, seed, .. } = &job.replay.choice;
        let taken = job.replay.taken();
        let read = self.read(workspace, &taken, control, timing)?;
        control.begin(Stage::Replaying, read.log.len() as u64);
        let journeys: Vec<_> =
            workspace.journeys.iter().filter(|journey| !job.broken.contains(&journey.id)).cloned().collect();
        let whole = ReplayInput {
            log: &read.log,
            platform: &platform,
            workspace: &workspace.facts,
            catalog: &workspace.catalog,
            segments: &workspace.segments,
            journeys: &journeys,
            also: draft.as_ref(),
            history: &read.history,
            seed: *seed,
            horizon: Span::days(30),
            threads: 0,
            trace: true,
            cancel: Some(&control.cancel),
            progress: None,
        };
        let following = Following { cancel: Some(&control.cancel), progress: Some(&control.done) };
        let split = Split::people(Events::Memory(&read.log), &platform, asked, following);
        let split = split.map_err(|error| stopped(&error))?;
        let Some(piece) = split.iter().next() else { return Ok(None) };
        let part = EventsReader::Memory(&read.log).read(piece).map_err(|error| stopped(&error.into()))?;
        let input = ReplayInput { log: &part, ..whole };
        let bounds = split.bounds(&read.history);
        look(&Around { input, bounds, digests: &read.digests, whole }).map(Some)
    }
}

pub(super) fn stopped(error: &PieceError) -> Stop {
    match error {
        PieceError::Replay(ReplayError::Cancelled) => Stop::Cancelled,
        PieceError::Replay(error) => Stop::Fault(replay_fault(error)),
        PieceError::Store(error) => Stop::Fault(Fault {
            what: "The person’s story cannot be read".to_owned(),
            place: error.to_string(),
            advice: "Replay again.".to_owned(),
        }),
    }
}
