//! Whose events alone show something, of everybody's.

use super::split::{Events, Following, PieceError, Split};
use crate::{
    recording::EventLog,
    simulator::{Bounds, ReplayInput, ReplayResult, replay_part},
};

/// So many events are replayed together while looking for the people: few enough that little is
/// replayed again when they are found among them.
const MOST_TOGETHER: usize = 4_096;

/// The events of the first people in the recordings whose replay alone shows something, one
/// identity component with what shares message ids with it; and what of the whole their replay
/// depends on. `None`: no component shows it.
///
/// No trace is kept. `input` holds everybody's events.
///
/// # Errors
/// When the replay is cancelled, or the workspace's zone is unknown.
pub fn witnesses(
    input: &ReplayInput<'_>,
    shows: &dyn Fn(&ReplayResult) -> bool,
) -> Result<Option<(EventLog, Bounds)>, PieceError> {
    let following = Following { cancel: input.cancel, progress: None };
    let split =
        |log: &EventLog, most: usize| Split::pieces(Events::Memory(log), input.platform, most, following);
    let all = split(input.log, MOST_TOGETHER)?;
    let bounds = all.bounds(input.history);
    let first = |log: &EventLog, split: &Split| -> Result<Option<EventLog>, PieceError> {
        for positions in split.iter() {
            let part = log.part(positions);
            let alone = ReplayInput { log: &part, threads: 1, trace: false, progress: None, ..*input };
            if shows(&replay_part(&alone, bounds)?) {
                return Ok(Some(part));
            }
        }
        Ok(None)
    };
    let Some(some) = first(input.log, &all)? else { return Ok(None) };
    let few = first(&some, &split(&some, 1)?)?;
    // What no component shows alone, all of them together do.
    Ok(Some((few.unwrap_or(some), bounds)))
}
