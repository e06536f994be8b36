//! What is known of the cursor of virtual time, and where a step from it goes.

use chrono_tz::Tz;

use crate::{
    app::{command::Command, state::Model},
    lab::Step,
    simulator::{MessageState, TraceRecord},
};

impl Model {
    /// Where a stepping command goes.
    pub(in crate::app) fn step_of(&self, command: Command) -> Option<i64> {
        let here = self.cursor_ms();
        match command {
            Command::StepForward => self.stop_after(Step::Event, here),
            Command::StepBack => self.stop_before(Step::Event, here),
            Command::DecisionForward => self.stop_after(Step::Decision, here),
            Command::DecisionBack => self.stop_before(Step::Decision, here),
            Command::MessageForward => self.stop_after(Step::Message, here),
            Command::MessageBack => self.stop_before(Step::Message, here),
            _ => None,
        }
    }

    /// Where the cursor is; without one, the end.
    pub fn cursor_ms(&self) -> i64 {
        self.view.transport.cursor.unwrap_or_else(|| self.end_ms())
    }

    /// The end of the replay.
    pub fn end_ms(&self) -> i64 {
        let story = self.story.as_ref().map(|story| story.replay.horizon_ms).filter(|at_ms| *at_ms > 0);
        story.or_else(|| Some(self.outcome.as_ref()?.result.horizon_ms)).unwrap_or(0)
    }

    /// The zone times along the cursor are shown in.
    pub fn cursor_zone(&self) -> Tz {
        let own = self.story.as_ref().and_then(|story| story.zone);
        own.filter(|_| self.view.transport.own_zone).unwrap_or_else(|| self.zone())
    }

    /// How many people are in a segment at the cursor; without one, how many were at some time.
    /// `None`: nothing was replayed, or it is too much to count.
    pub fn in_segment(&self, segment: &str) -> Option<u64> {
        let memberships = self.outcome.as_ref()?.counted.memberships.as_ref()?;
        let at_cursor = |at_ms| memberships.at(segment, at_ms).inside;
        Some(self.view.transport.cursor.map_or_else(|| memberships.ever(segment), at_cursor).into())
    }

    /// The record that is set off.
    pub fn record(&self) -> Option<&TraceRecord> {
        self.story.as_ref()?.replay.trace.get(self.view.transport.record?)
    }

    /// The first instant after one to which a step goes: of those on the timeline, else of everybody.
    pub(in crate::app) fn stop_after(&self, step: Step, at_ms: i64) -> Option<i64> {
        let next = match (&self.story, step) {
            (Some(_), _) => self.company.stories().filter_map(|story| story.next_ms(step, at_ms)).min(),
            (None, Step::Message) => self.all_messages_ms().find(|other| *other > at_ms),
            (None, _) => self.outcome.as_ref()?.counted.passages.as_ref()?.next_ms(at_ms),
        };
        next.filter(|stop_ms| *stop_ms < self.end_ms())
    }

    /// The last instant before one to which a step goes.
    pub(in crate::app) fn stop_before(&self, step: Step, at_ms: i64) -> Option<i64> {
        match (&self.story, step) {
            (Some(_), _) => self.company.stories().filter_map(|story| story.previous_ms(step, at_ms)).max(),
            (None, Step::Message) => self.all_messages_ms().rfind(|other| *other < at_ms),
            (None, _) => self.outcome.as_ref()?.counted.passages.as_ref()?.previous_ms(at_ms),
        }
    }

    /// When messages of anybody went out or did not, in order.
    fn all_messages_ms(&self) -> impl DoubleEndedIterator<Item = i64> + '_ {
        let messages = self.outcome.as_ref().map_or(&[][..], |outcome| &outcome.result.messages);
        let told = messages.iter().filter(|it| it.message.is_some() && it.state != MessageState::Waiting);
        told.map(|message| message.at_ms)
    }
}
