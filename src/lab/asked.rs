//! What somebody asks about: this person and that block. And the decision that kept them from it.

use std::collections::BTreeSet;

use crate::{
    journey::{BlockId, BlockKind, Journey, JourneyId},
    simulator::{HeldState, MessageState, ReplayResult, TraceRecord},
};

/// A question about one person and one block of a journey.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asked {
    /// Every identifier the person ever had, canonical text.
    pub identifiers: BTreeSet<String>,
    /// The journey.
    pub journey: JourneyId,
    /// The block.
    pub block: BlockId,
    /// Which of their runs; `None`: any.
    pub run: Option<u32>,
}

/// The decision that kept somebody from a block.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Stopped {
    /// What the block sends was not sent, skipped, or waits at the end; a word of
    /// [`crate::simulator::delivery::Hindrance`].
    Message {
        /// When (UTC ms).
        at_ms: i64,
        /// What became of it.
        state: MessageState,
        /// Why.
        reason: &'static str,
    },
    /// The last decision of a run on the way to the block.
    OnTheWay {
        /// When (UTC ms).
        at_ms: i64,
        /// Where; `None`: before the first block.
        block: Option<BlockId>,
        /// `left_block`, `run_ended`, `waiting`, `deferred`, `not_sent`…
        decision: &'static str,
        /// The exit taken, or why the run ended.
        detail: String,
    },
    /// A trigger started nothing.
    NotStarted {
        /// When (UTC ms).
        at_ms: i64,
        /// Why: `too_old`, `audience`, `already_in_run`…
        reason: String,
    },
    /// A trigger was held back and started nothing.
    Held {
        /// Message id of the trigger.
        event: String,
        /// When it arrived (UTC ms).
        held_ms: i64,
        /// What became of it.
        state: HeldState,
    },
    /// Nothing they did starts the journey.
    Nothing,
}

impl Asked {
    /// Whether a decision or message is about this person ([`concerns`]).
    pub fn is_theirs(&self, identifiers: &[String]) -> bool {
        concerns(identifiers, &self.identifiers)
    }

    /// When the person got what the block sends, or came to a block that sends nothing (which only
    /// a trace tells); `None`: never.
    pub fn reached_ms(&self, result: &ReplayResult, journey: &Journey) -> Option<i64> {
        let is_run = |run: u32| self.run.is_none_or(|asked| asked == run);
        if sends(journey, &self.block) {
            let got = result.messages.iter().find(|message| {
                message.state == MessageState::Sent
                    && message.journey == self.journey
                    && message.block == self.block
                    && is_run(message.run)
                    && self.is_theirs(&message.identifiers)
            });
            return got.map(|message| message.at_ms);
        }
        let came = result.trace.iter().find(|record| {
            record.journey.as_ref() == Some(&self.journey)
                && record.block.as_ref() == Some(&self.block)
                && record.run.is_some_and(is_run)
                && self.is_theirs(&record.identifiers)
        });
        came.map(|record| record.at_ms)
    }

    /// The decision that kept them from the block, read off a replay with its trace. Of several
    /// runs the one that came nearest counts, and of these the last.
    pub fn stopped(&self, result: &ReplayResult, journey: &Journey) -> Stopped {
        let is_run = |run: u32| self.run.is_none_or(|asked| asked == run);
        let message = result.messages.iter().rfind(|message| {
            message.message.as_ref() == Some(&self.block)
                && message.journey == self.journey
                && message.state != MessageState::Sent
                && is_run(message.run)
                && self.is_theirs(&message.identifiers)
        });
        if let Some(message) = message {
            let reason = message.reason.unwrap_or_default();
            return Stopped::Message { at_ms: message.at_ms, state: message.state, reason };
        }
        let of_journey = |record: &&TraceRecord| {
            record.journey.as_ref() == Some(&self.journey) && self.is_theirs(&record.identifiers)
        };
        let leading = blocks_leading_to(journey, &self.block);
        let in_runs = || result.trace.iter().filter(of_journey).filter(|it| it.run.is_some_and(is_run));
        let on_the_way = in_runs().rfind(|record| {
            record.block.as_ref().is_some_and(|block| leading.contains(block)) && !is_afterword(record)
        });
        if let Some(record) = on_the_way.or_else(|| in_runs().next_back()) {
            return Stopped::OnTheWay {
                at_ms: record.at_ms,
                block: record.block.clone(),
                decision: record.decision,
                detail: record.detail.clone(),
            };
        }
        let refused = result.trace.iter().filter(of_journey).rfind(|it| it.decision == "not_started");
        if let Some(refused) = refused {
            return Stopped::NotStarted { at_ms: refused.at_ms, reason: refused.detail.clone() };
        }
        let held = result
            .held
            .iter()
            .filter(|held| held.journey == self.journey && self.identifiers.contains(&held.anonymous_id));
        held.max_by_key(|held| (held.decided_ms, held.held_ms)).map_or(Stopped::Nothing, |held| {
            Stopped::Held { event: held.event.clone(), held_ms: held.held_ms, state: held.state }
        })
    }
}

/// Whether a decision is about a person. Where it names somebody known, that must be them: a
/// shared browser's anonymous id may have belonged to several people.
pub fn concerns(named: &[String], person: &BTreeSet<String>) -> bool {
    let is_known = |identifier: &&String| !identifier.starts_with("anonymous_id:");
    let is_theirs = |identifier: &String| person.contains(identifier);
    let mut known = named.iter().filter(is_known).peekable();
    if known.peek().is_some() && person.iter().any(|identifier| is_known(&identifier)) {
        return known.any(is_theirs);
    }
    named.iter().any(is_theirs)
}

/// Whether a block sends something that leaves a message in the result.
pub fn sends(journey: &Journey, block: &BlockId) -> bool {
    let kind = journey.blocks.get(block).map(|block| &block.kind);
    matches!(kind, Some(BlockKind::Message(_) | BlockKind::OnSitePrompt { .. }))
}

/// Whether a record turned nobody anywhere: the path ended, which the decision before it settled,
/// or the goal was reached, be it after the run.
pub fn is_afterword(record: &TraceRecord) -> bool {
    (record.decision == "run_ended" && record.detail == "path_ended") || record.decision == "goal_reached"
}

/// Blocks from which `target` can be reached, `target` among them.
pub fn blocks_leading_to(journey: &Journey, target: &BlockId) -> BTreeSet<BlockId> {
    let mut leading = BTreeSet::from([target.clone()]);
    loop {
        let before = leading.len();
        for (id, block) in &journey.blocks {
            if block.exits.values().any(|to| leading.contains(to)) {
                leading.insert(id.clone());
            }
        }
        if leading.len() == before {
            return leading;
        }
    }
}
