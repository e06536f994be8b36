//! The story of one person: everybody they could ever meet, replayed with the whole trace.

use std::collections::BTreeSet;

use super::{Control, Memory, ReplayJob, Stop, Timing, platform, replay_fault};
use crate::{
    app::{session::Choice, state::Fault, worker::Stage},
    journey::JourneyId,
    lab::{Chronicle, Story, story},
    recording::Span,
    simulator::{Bounds, ReplayError, ReplayInput, replay_with_states},
    workspace::{Events, EventsReader, Following, PieceError, Split},
};

/// Asks for a story.
#[derive(Clone, Debug)]
pub struct StoryJob {
    /// What was replayed.
    pub replay: ReplayJob,
    /// Journeys that cannot be replayed.
    pub broken: BTreeSet<JourneyId>,
    /// Whose story: identifiers in canonical text.
    pub person: Vec<String>,
}

impl Memory {
    /// The story; `None`: nobody in the recordings has one of the identifiers.
    pub(super) fn story(
        &mut self,
        job: &StoryJob,
        control: &Control,
        timing: Timing,
    ) -> Result<Option<Story>, Stop> {
        let Some(asked) = job.person.first() else { return Ok(None) };
        let workspace = &*job.replay.workspace;
        let platform = platform(workspace, &job.replay.choice.platform)?;
        let Choice { draft, seed, .. } = &job.replay.choice;
        let taken = job.replay.taken();
        let read = self.read(workspace, &taken, control, timing)?;
        control.begin(Stage::Replaying, read.log.len() as u64);
        let journeys: Vec<_> =
            workspace.journeys.iter().filter(|journey| !job.broken.contains(&journey.id)).cloned().collect();
        let input = ReplayInput {
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
        let events = Events::Memory(&read.log);
        let following = Following { cancel: Some(&control.cancel), progress: Some(&control.done) };
        let split = Split::people(events, &platform, asked, following).map_err(|error| stopped(&error))?;
        let reader = EventsReader::Memory(&read.log);
        let Some(piece) = split.iter().next() else { return Ok(None) };
        let part = reader.read(piece).map_err(|error| stopped(&error.into()))?;
        let order = part.replay_order().0;
        let bounds =
            Bounds { first_ms: split.first_arrivals.of_all_but(&read.history), last_ms: split.last_ms };
        let (result, states) = replay_with_states(&ReplayInput { log: &part, ..input }, bounds)
            .map_err(|error| stopped(&error.into()))?;
        Ok(story(&platform, &part, &order, result, &job.person).map(|story| {
            let chronicle = Chronicle::of(states, &story.identifiers);
            Story { chronicle, ..story }
        }))
    }
}

fn stopped(error: &PieceError) -> Stop {
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
