//! Going through a story step by step, and from what is shown to the decision behind it.

use super::Story;
use crate::{
    journey::{BlockId, JourneyId},
    simulator::{MessageRecord, MessageState, TraceRecord},
};

/// What a step goes to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// The next thing of any kind.
    Anything,
    /// An event of theirs arrives.
    Event,
    /// Something is decided about them.
    Decision,
    /// A message of theirs is sent or not.
    Message,
}

impl Story {
    /// The first instant later than this one to which a step goes.
    pub fn next_ms(&self, step: Step, at_ms: i64) -> Option<i64> {
        match step {
            Step::Anything => [Step::Event, Step::Decision, Step::Message]
                .into_iter()
                .filter_map(|step| self.next_ms(step, at_ms))
                .min(),
            Step::Event => {
                self.arrivals_ms.get(self.arrivals_ms.partition_point(|other| *other <= at_ms)).copied()
            }
            Step::Decision => {
                let first = self.records.partition_point(|at| self.record_ms(*at) <= at_ms);
                let mut later = self.records[first..].iter().copied();
                later.find(|at| self.is_decision(*at)).map(|at| self.record_ms(at))
            }
            Step::Message => self.messages_ms().filter(|other| *other > at_ms).min(),
        }
    }

    /// The last instant earlier than this one to which a step goes.
    pub fn previous_ms(&self, step: Step, at_ms: i64) -> Option<i64> {
        match step {
            Step::Anything => [Step::Event, Step::Decision, Step::Message]
                .into_iter()
                .filter_map(|step| self.previous_ms(step, at_ms))
                .max(),
            Step::Event => {
                self.arrivals_ms[..self.arrivals_ms.partition_point(|other| *other < at_ms)].last().copied()
            }
            Step::Decision => {
                let end = self.records.partition_point(|at| self.record_ms(*at) < at_ms);
                let mut earlier = self.records[..end].iter().rev().copied();
                earlier.find(|at| self.is_decision(*at)).map(|at| self.record_ms(at))
            }
            Step::Message => self.messages_ms().filter(|other| *other < at_ms).max(),
        }
    }

    /// Positions of the records of an instant, in order of decision.
    pub fn records_at(&self, at_ms: i64) -> &[usize] {
        let first = self.records.partition_point(|at| self.record_ms(*at) < at_ms);
        let end = self.records.partition_point(|at| self.record_ms(*at) <= at_ms);
        &self.records[first..end]
    }
    /// The first decision of an instant, else the first record of it.
    pub fn decision_at(&self, at_ms: i64) -> Option<usize> {
        let all = self.records_at(at_ms);
        all.iter().copied().find(|at| self.is_decision(*at)).or_else(|| all.first().copied())
    }
    /// The record that tells what an event did, by its message id.
    pub fn record_of_event(&self, event: &str) -> Option<usize> {
        self.records.iter().copied().find(|at| {
            let record = self.replay.trace.get(*at);
            record.is_some_and(|record| record.because.events.iter().any(|id| id == event))
        })
    }
    /// The record that decided about a message.
    pub fn record_of_message(&self, message: &MessageRecord) -> Option<usize> {
        let of_it = |record: &TraceRecord| {
            record.journey.as_ref() == Some(&message.journey)
                && record.block.as_ref() == Some(&message.block)
                && record.started.as_ref() == Some(&message.started)
        };
        let decided = |at: &usize| {
            let record = self.replay.trace.get(*at);
            record.is_some_and(|it| of_it(it) && matches!(it.decision, "sent" | "not_sent" | "skipped"))
        };
        self.records_at(message.at_ms).iter().copied().find(decided)
    }
    /// The record about a block that lies nearest to an instant.
    pub fn record_of_block(&self, journey: &JourneyId, block: &BlockId, near_ms: i64) -> Option<usize> {
        let about = self.records.iter().copied().filter(|at| {
            let record = self.replay.trace.get(*at);
            record.is_some_and(|it| it.journey.as_ref() == Some(journey) && it.block.as_ref() == Some(block))
        });
        about.min_by_key(|at| self.record_ms(*at).abs_diff(near_ms))
    }
    /// The message that a record decided about.
    pub fn message_of(&self, record: &TraceRecord) -> Option<&MessageRecord> {
        self.messages.iter().find(|message| {
            message.message.is_some()
                && message.at_ms == record.at_ms
                && record.journey.as_ref() == Some(&message.journey)
                && record.block.as_ref() == Some(&message.block)
                && record.started.as_ref() == Some(&message.started)
        })
    }

    fn record_ms(&self, at: usize) -> i64 {
        self.replay.trace.get(at).map_or(i64::MAX, |record| record.at_ms)
    }
    /// Whether a record decides something: that an event came, or a check passed, does not.
    fn is_decision(&self, at: usize) -> bool {
        let record = self.replay.trace.get(at);
        record.is_some_and(|record| !matches!(record.decision, "event" | "passed" | "captured"))
            && self.record_ms(at) < self.replay.horizon_ms
    }
    fn messages_ms(&self) -> impl Iterator<Item = i64> + '_ {
        let told = |it: &&MessageRecord| it.message.is_some() && it.state != MessageState::Waiting;
        self.messages.iter().filter(told).map(|message| message.at_ms)
    }
}
