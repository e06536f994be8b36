//! Telling what was decided: the “because” of a run's messages, and the trace.

use std::sync::Arc;

use super::{plan::JourneyIndex, state::RunSlot, world::World};
use crate::{
    identity::{Confidence, Platform, ProfileId, RuleId},
    recording::{EventIndex, EventKind},
    simulator::{Reason, TraceRecord},
};

/// A rule as a reason quotes it.
#[derive(Clone, Copy)]
pub struct Because {
    /// The rule's word, as results show it.
    pub rule: &'static str,
    /// How sure we are, if it is the platform's.
    pub confidence: Option<Confidence>,
}

impl Because {
    /// A rule of the journey, the workspace or the replay itself.
    pub const fn rule(rule: &'static str) -> Self {
        Self { rule, confidence: None }
    }
    /// A rule of the platform.
    pub fn platform(platform: &Platform, id: RuleId) -> Self {
        let rule = platform.rule(id);
        Self { rule: rule.name, confidence: Some(rule.confidence) }
    }
}

impl World<'_> {
    /// Records a decision about a run, for its messages' “because” and for the trace.
    pub fn tell(
        &mut self,
        slot: RunSlot,
        decision: &'static str,
        detail: &str,
        because: Because,
        text: String,
        events: &[EventIndex],
    ) {
        self.touch(self.runs[slot].profile);
        let reason = self.reason(because, text, events);
        if self.shared.input.trace {
            let run = &self.runs[slot];
            let plan = &self.plan().journeys[run.journey];
            self.result.trace.push(TraceRecord {
                at_ms: self.now_ms,
                identifiers: self.identifiers(run.profile),
                journey: Some(plan.id().clone()),
                run: Some(run.ordinal),
                started: Some(Arc::clone(&run.started)),
                block: plan.blocks.get(run.block).map(|block| block.id.clone()),
                decision,
                detail: detail.to_owned(),
                because: reason.clone(),
            });
        }
        self.runs[slot].because.push(Arc::new(reason));
    }

    /// Records a decision about a run in the trace alone.
    pub fn tell_aside(&mut self, slot: RunSlot, decision: &'static str, because: Because, text: String) {
        if self.shared.input.trace {
            self.tell(slot, decision, "", because, text, &[]);
            self.runs[slot].because.pop();
        }
    }

    /// Records a decision about a profile (and perhaps a journey), for the trace only.
    #[allow(clippy::too_many_arguments)] // one record, one argument a column
    pub fn tell_profile(
        &mut self,
        profile: ProfileId,
        journey: Option<JourneyIndex>,
        decision: &'static str,
        detail: &str,
        because: Because,
        text: impl FnOnce(&Self) -> String,
        events: &[EventIndex],
    ) {
        if !self.shared.input.trace {
            return;
        }
        let identifiers = self.identifiers(profile);
        self.tell_identifiers(identifiers, journey, decision, detail, because, text, events);
    }

    /// Records a decision about somebody who may have no profile.
    #[allow(clippy::too_many_arguments)] // one record, one argument a column
    pub fn tell_identifiers(
        &mut self,
        identifiers: Vec<String>,
        journey: Option<JourneyIndex>,
        decision: &'static str,
        detail: &str,
        because: Because,
        text: impl FnOnce(&Self) -> String,
        events: &[EventIndex],
    ) {
        if !self.shared.input.trace {
            return;
        }
        let text = text(self);
        let because = self.reason(because, text, events);
        self.result.trace.push(TraceRecord {
            at_ms: self.now_ms,
            identifiers,
            journey: journey.map(|index| self.plan().journeys[index].id().clone()),
            run: None,
            started: None,
            block: None,
            decision,
            detail: detail.to_owned(),
            because,
        });
    }

    /// A decision of now, as a reason quotes it.
    pub fn reason(&self, because: Because, text: String, events: &[EventIndex]) -> Reason {
        Reason {
            at_ms: self.now_ms,
            rule: because.rule,
            confidence: because.confidence,
            text,
            events: events.iter().map(|event| self.message_id_of(*event).to_owned()).collect(),
        }
    }

    /// One event in plain words: its name, or what kind of call it was.
    pub(super) fn event_text(&self, event: EventIndex) -> String {
        let head = self.event(event);
        let name = self.name_of(event);
        match head.kind {
            EventKind::Track => name.to_owned(),
            EventKind::Page if name.is_empty() => "Page view".to_owned(),
            EventKind::Page => format!("Page view: {name}"),
            EventKind::Screen => format!("Screen view: {name}"),
            EventKind::Identify => "Identify".to_owned(),
            EventKind::Alias => "Alias".to_owned(),
            EventKind::Group => "Group".to_owned(),
            EventKind::Merge => "Profile merge".to_owned(),
        }
    }
}

/// `1 event`, `3 events`.
pub(super) fn plural(count: usize, word: &str) -> String {
    if count == 1 { format!("1 {word}") } else { format!("{count} {word}s") }
}
