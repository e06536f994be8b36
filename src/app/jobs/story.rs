//! The story of one person: everybody they could ever meet, replayed with the whole trace.

use super::{
    around::{Around, AroundJob, stopped},
    control::{Control, Timing},
    memory::{Memory, Stop},
};
use crate::{
    lab::{Chronicle, Story, story},
    simulator::replay_with_states,
};

impl Memory {
    /// The story; `None`: nobody in the recordings has one of the identifiers.
    pub(super) fn story(
        &mut self,
        job: &AroundJob,
        control: &Control,
        timing: Timing,
    ) -> Result<Option<Story>, Stop> {
        let told = self.around(job, control, timing, |Around { input, bounds, .. }| {
            let replayed = replay_with_states(input, *bounds);
            let (result, states) = replayed.map_err(|error| stopped(&error.into()))?;
            let order = input.log.replay_order().0;
            Ok(story(input.platform, input.log, &order, result, &job.person).map(|story| {
                let chronicle = Chronicle::of(states, &story.identifiers);
                story.with_states(chronicle)
            }))
        })?;
        Ok(told.flatten())
    }
}
