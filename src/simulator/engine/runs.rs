//! How runs end: exit conditions, goals, merges, the horizon; and what is told of them then.

use std::sync::Arc;

use super::{
    state::{RunSlot, Wait, Written},
    tally::Counted,
    tell::Because,
    world::World,
};
use crate::{
    identity::ProfileId,
    journey::BlockKind,
    recording::EventIndex,
    simulator::{Flag, MessageRecord, MessageState, delivery::Hindrance, result::PersonSummary},
};

impl World<'_> {
    /// Ends a run if one of its exit conditions holds, or its goal is reached and ends it.
    /// Returns whether it ended. What makes somebody leave may be the goal itself (a purchase), so
    /// that the goal is asked first.
    pub(super) fn check_exits(&mut self, slot: RunSlot) -> bool {
        self.check_goal(slot);
        let plan = &self.plan().journeys[self.runs[slot].journey];
        let held = plan.exits.iter().find(|(_, _, cond)| self.holds_in_run(cond, slot, true));
        if let Some((id, name, _)) = held {
            let text = format!("Left the journey: {name}");
            self.end(slot, id, Because::rule("exit_condition"), text, &[]);
            return true;
        }
        if self.runs[slot].goal_reached && plan.journey.goal.as_ref().is_some_and(|goal| goal.ends_run) {
            self.end(slot, "goal", Because::rule("goal"), "Reached the goal".to_owned(), &[]);
            return true;
        }
        false
    }

    /// Counts the goal if it is reached within its window from the trigger.
    pub(super) fn check_goal(&mut self, slot: RunSlot) {
        let run = &self.runs[slot];
        let plan = &self.plan().journeys[run.journey];
        let (Some(goal), Some(cond)) = (&plan.journey.goal, &plan.goal) else { return };
        if run.goal_reached {
            return;
        }
        if self.now_ms - run.trigger.at_ms > goal.within.ms() {
            let profile = run.profile;
            self.person_mut(profile).watched.retain(|other| *other != slot);
        } else if self.holds_in_run(cond, slot, true) {
            self.reach_goal(slot);
        }
    }

    /// Counts a run's goal, once.
    pub(super) fn reach_goal(&mut self, slot: RunSlot) {
        if self.runs[slot].goal_reached {
            return;
        }
        self.runs[slot].goal_reached = true;
        let (journey, profile) = (self.runs[slot].journey, self.runs[slot].profile);
        self.count(journey, Counted::Goal);
        self.person_mut(profile).watched.retain(|other| *other != slot);
        self.tell(slot, "goal_reached", "", Because::rule("goal"), "Reached the goal".to_owned(), &[]);
    }

    /// Ends a run where it is, cutting its stay short.
    pub(super) fn end(
        &mut self,
        slot: RunSlot,
        reason: &str,
        because: Because,
        text: String,
        events: &[EventIndex],
    ) {
        if self.runs[slot].ended {
            return;
        }
        let (journey, block) = (self.runs[slot].journey, self.runs[slot].block);
        let cut_short = self.runs[slot].wait.take();
        if let Some(wait) = cut_short {
            self.count(journey, Counted::WaitsNoMore(block));
            self.count(journey, Counted::LeftEarly(block));
            self.tell(slot, "run_ended", reason, because, text, events);
            // A message whose turn had not come yet was never attempted: there is nothing to record.
            if matches!(wait, Wait::Message { deferred: Some(_) } | Wait::Prompt { .. }) {
                self.record_message(
                    slot,
                    MessageState::NotSent,
                    Some(Hindrance::LeftWhileDeferred.word()),
                    Vec::new(),
                    Written::default(),
                );
            }
            self.retire(slot, reason);
        } else {
            self.finish_run(slot, reason, because, text, events);
        }
    }

    /// Ends a run that has left its last block.
    pub(super) fn finish_run(
        &mut self,
        slot: RunSlot,
        reason: &str,
        because: Because,
        text: String,
        events: &[EventIndex],
    ) {
        self.tell(slot, "run_ended", reason, because, text, events);
        self.retire(slot, reason);
    }

    fn retire(&mut self, slot: RunSlot, reason: &str) {
        let run = &mut self.runs[slot];
        run.ended = true;
        run.wait = None;
        // Nothing reads the steps of an ended run any more: its messages carry their own copy.
        run.because = Vec::new();
        let (journey, profile, reached) = (run.journey, run.profile, run.goal_reached);
        self.count(journey, Counted::Ended(reason));
        let watches = !reached && self.plan().journeys[journey].goal.is_some();
        self.note_move(profile);
        let person = self.person_mut(profile);
        person.runs.retain(|other| *other != slot);
        if watches {
            person.watched.push(slot);
        }
    }

    /// The component's last word: runs that still wait, held triggers, people.
    pub(super) fn close(&mut self, events: &[EventIndex], first_run: RunSlot, first_profile: usize) {
        for slot in first_run..self.runs.len() {
            if !self.runs[slot].ended && self.runs[slot].wait.is_some() {
                self.close_waiting(slot);
            }
        }
        self.close_outside();
        self.close_held(events);
        for number in first_profile..self.people.len() {
            let id = ProfileId(number as u32);
            if self.resolver.current(id) == id {
                let summary = self.summary(id);
                self.result.people.push(summary);
            }
        }
    }

    fn close_waiting(&mut self, slot: RunSlot) {
        let reason = match &self.runs[slot].wait {
            Some(Wait::Identify { .. }) => "wait_for_identify",
            Some(Wait::Delay { .. }) => "delay",
            Some(Wait::Until { .. }) => "wait_until",
            Some(Wait::Window { .. }) => "time_window",
            Some(Wait::Prompt { .. }) => "no_page_view",
            Some(Wait::Message { deferred }) => deferred.unwrap_or("horizon"),
            None => return,
        };
        let because = Because::rule("horizon");
        let text = "Still waiting at the end of the replay".to_owned();
        self.tell(slot, "waiting", reason, because, text, &[]);
        self.record_message(slot, MessageState::Waiting, Some(reason), Vec::new(), Written::default());
    }

    /// Writes the line of a message (or of a waiting run), and counts it.
    pub(super) fn record_message(
        &mut self,
        slot: RunSlot,
        state: MessageState,
        reason: Option<&'static str>,
        mut flags: Vec<Flag>,
        written: Written,
    ) {
        let run = &self.runs[slot];
        let plan = &self.plan().journeys[run.journey];
        let planned = &plan.blocks[run.block];
        let channel = match &planned.block.kind {
            BlockKind::Message(message) => Some(message.channel),
            BlockKind::OnSitePrompt { .. } => Some(crate::journey::Channel::OnSite),
            _ => None,
        };
        flags.sort_unstable();
        flags.dedup();
        let Written { subject, body, absent } = written;
        let record = MessageRecord {
            at_ms: self.now_ms,
            identifiers: self.identifiers(run.profile),
            journey: plan.id().clone(),
            run: run.ordinal,
            started: Arc::clone(&run.started),
            block: planned.id.clone(),
            message: channel.map(|_| planned.id.clone()),
            channel,
            state,
            reason,
            flags,
            because: run.because.clone(),
            subject,
            body,
            absent,
        };
        if channel.is_some() {
            let (journey, block) = (run.journey, run.block);
            self.count(journey, Counted::Message(block, state.word()));
            if let Some(reason) = reason {
                self.count(journey, Counted::Reason(block, reason));
            }
        }
        self.result.messages.push(record);
    }

    fn summary(&self, id: ProfileId) -> PersonSummary {
        let who = self.resolver.profile(id);
        let history = self.person(id).history.iter().filter(|event| !self.is_own(**event));
        let happened = history.clone().map(|event| self.event(*event).happened_ms);
        let segments = (0..self.plan().segments.len())
            .filter(|segment| self.in_segment(*segment, id, self.shared.last_ms))
            .map(|segment| self.plan().segments[segment].id.clone())
            .collect();
        PersonSummary {
            identifiers: self.identifiers(id),
            known: who.is_known(),
            known_ms: self.person(id).known_ms,
            attributes: who.attributes.iter().map(|(k, v)| (k.to_string(), v.value.clone())).collect(),
            events: history.count() as u64,
            first_ms: happened.clone().min().unwrap_or(who.created_ms),
            last_ms: happened.max().unwrap_or(who.created_ms),
            segments,
        }
    }
}
