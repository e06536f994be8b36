//! The way of a held trigger whose visitor was never identified: on-site prompts and retargeting
//! audiences, which work without a profile and are done outside the platform.

use std::sync::Arc;

use serde_json::Map;

use super::{
    entry::too_soon,
    plan::{BlockIndex, JourneyIndex},
    state::Written,
    tally::Counted,
    tell::Because,
    world::{Due, World},
};
use crate::{
    identity::Identifier,
    journey::{BlockKind, Channel, ConsentState, HeldTriggers, block::exit},
    recording::{EventIndex, EventKind, Symbol},
    simulator::{
        Flag, MessageRecord, MessageState, RunStart, TraceRecord,
        delivery::{self, Hindrance},
    },
};

/// A visitor without a profile on the way of the exit `never identified`.
pub struct Walk {
    /// Which journey.
    journey: JourneyIndex,
    /// The trigger that was held.
    event: EventIndex,
    /// The anonymous id it was held against.
    visitor: Symbol,
    /// When it set out.
    started_ms: i64,
    /// The visitor's first walk of this journey is 1: what its runs are to somebody with a profile.
    ordinal: u32,
    /// Blocks come to so far.
    stays: usize,
    /// The prompt at which it waits for a page view, if it does.
    waits: Option<PromptWait>,
}

impl Walk {
    /// Which journey.
    pub const fn journey(&self) -> JourneyIndex {
        self.journey
    }
}

#[derive(Clone, Copy)]
struct PromptWait {
    block: BlockIndex,
    entered_ms: i64,
    deadline_ms: i64,
}

/// What a prompt came to.
struct Ending<'e> {
    state: MessageState,
    reason: Option<&'static str>,
    /// The page view at which it was decided, if there was one.
    events: &'e [EventIndex],
    text: String,
    written: Written,
}

impl Ending<'_> {
    /// Nobody came by to see it, or has not yet.
    fn unseen(state: MessageState, text: String) -> Self {
        let reason = Some(Hindrance::NoPageView.word());
        Self { state, reason, events: &[], text, written: Written::default() }
    }
}

impl World<'_> {
    /// Why a held trigger does not set out although nobody was identified: the journey's rules of
    /// entry hold for these, too.
    pub(super) fn stays_outside(&self, held: usize) -> Option<&'static str> {
        let (journey, visitor) = (self.held[held].journey, self.event(self.held[held].event).anonymous_id);
        let rules = &self.plan().journeys[journey].journey.entry;
        let newer = || {
            let others = visitor.and_then(|visitor| self.held_by.get(&visitor)).into_iter().flatten();
            others.copied().any(|other| other > held && self.held[other].journey == journey)
        };
        let mut before = self.walks.iter().filter(|it| it.journey == journey && Some(it.visitor) == visitor);
        let last = before.clone().map(|it| it.started_ms).max();
        match rules.held_triggers {
            HeldTriggers::Newest if newer() => Some("only the newest of the held triggers counts"),
            HeldTriggers::Oldest if last.is_some() => Some("only the oldest of the held triggers counts"),
            _ if before.any(|it| it.waits.is_some()) => Some("the visitor is on this way already"),
            _ => last
                .and_then(|last| too_soon(rules.re_entry, last, self.now_ms))
                .map(|_| "the visitor went this way before"),
        }
    }

    /// Sets out on the blocks of the `never identified` exit.
    pub(super) fn walk_outside(&mut self, journey: JourneyIndex, event: EventIndex, start: BlockIndex) {
        let Some(visitor) = self.event(event).anonymous_id else { return };
        self.count(journey, Counted::LeftUnknown);
        let earlier = self.walks.iter().filter(|it| (it.journey, it.visitor) == (journey, visitor));
        let ordinal = earlier.count() as u32 + 1;
        let started_ms = self.now_ms;
        self.walks.push(Walk { journey, event, visitor, started_ms, ordinal, stays: 0, waits: None });
        self.walk_on(self.walks.len() - 1, Some(start));
    }

    /// Goes on from a block until one takes time or none is left.
    fn walk_on(&mut self, walk: usize, mut next: Option<BlockIndex>) {
        let Walk { journey, visitor, .. } = self.walks[walk];
        let plan = &self.plan().journeys[journey];
        while let Some(block) = next.filter(|_| self.walks[walk].stays < plan.blocks.len()) {
            self.walks[walk].stays += 1;
            self.count(journey, Counted::Entered(block));
            match &plan.blocks[block].block.kind {
                BlockKind::Audience { audience, remove } => {
                    let text = self.outside_audience(visitor, audience, *remove);
                    self.tell_outside(walk, block, "left_block", exit::NEXT, &[], text);
                    next = self.leave_outside(walk, block);
                }
                BlockKind::OnSitePrompt { within, .. } => {
                    let deadline_ms = self.now_ms.saturating_add(within.ms());
                    self.walks[walk].waits = Some(PromptWait { block, entered_ms: self.now_ms, deadline_ms });
                    self.count(journey, Counted::Waits(block));
                    let text = format!("Waiting up to {} for the next page view", within.spoken());
                    self.tell_outside(walk, block, "waiting", "", &[], text);
                    self.set_timer(deadline_ms, Due::Outside(walk));
                    return;
                }
                _ => return,
            }
        }
    }

    /// The block that an exit taken leads to.
    fn leave_outside(&mut self, walk: usize, block: BlockIndex) -> Option<BlockIndex> {
        let journey = self.walks[walk].journey;
        self.count(journey, Counted::Exit(block, exit::NEXT));
        self.plan().journeys[journey].blocks[block].target(exit::NEXT)
    }

    /// A page view of a visitor who is still nobody: prompts that wait for one are shown.
    pub(super) fn view_outside(&mut self, view: EventIndex) {
        if self.walks.is_empty() || !matches!(self.event(view).kind, EventKind::Page | EventKind::Screen) {
            return;
        }
        // What a claimed browser does long after the claim is held anew, but by somebody known.
        let visitor = self.event(view).anonymous_id;
        if visitor.is_some_and(|visitor| self.resolver.find(&self.visitor_id(visitor)).is_some()) {
            return;
        }
        for walk in 0..self.walks.len() {
            let Some(wait) = self.walks[walk].waits else { continue };
            if Some(self.walks[walk].visitor) == visitor && wait.entered_ms < self.now_ms {
                self.show_outside(walk, wait.block, view);
            }
        }
    }

    fn show_outside(&mut self, walk: usize, block: BlockIndex, view: EventIndex) {
        let Walk { journey, event, visitor, .. } = self.walks[walk];
        let planned = &self.plan().journeys[journey].blocks[block];
        let (written, rendered) = self.render_block(planned, |world| {
            let facts = world.facts_of(&world.visitor_history(visitor), world.now_ms, &planned.facts);
            world.scope(Map::new(), Some(event), &facts)
        });
        match rendered {
            Ok(()) => {
                let text = "Shown by the site at the next page view".to_owned();
                let shown =
                    Ending { state: MessageState::Sent, reason: None, events: &[view], text, written };
                self.conclude_outside(walk, block, shown);
            }
            Err(error) => {
                let reason = Some(Hindrance::TemplateError.word());
                let text = format!("The template failed: {error}");
                let failed = Ending { state: MessageState::NotSent, reason, events: &[view], text, written };
                self.conclude_outside(walk, block, failed);
            }
        }
    }

    /// No page view came.
    pub(super) fn outside_due(&mut self, walk: usize) {
        let Some(wait) = self.walks[walk].waits.filter(|wait| wait.deadline_ms <= self.now_ms) else {
            return;
        };
        let text = "Not shown: no page view within the window".to_owned();
        self.conclude_outside(walk, wait.block, Ending::unseen(MessageState::NotSent, text));
    }

    fn conclude_outside(&mut self, walk: usize, block: BlockIndex, ending: Ending<'_>) {
        self.walks[walk].waits = None;
        self.count(self.walks[walk].journey, Counted::WaitsNoMore(block));
        self.record_outside(walk, block, ending);
        let next = self.leave_outside(walk, block);
        self.walk_on(walk, next);
    }

    /// Prompts that still wait when the replay ends.
    pub(super) fn close_outside(&mut self) {
        for walk in 0..self.walks.len() {
            let Some(wait) = self.walks[walk].waits.take() else { continue };
            let text = "Still waiting at the end of the replay".to_owned();
            self.record_outside(walk, wait.block, Ending::unseen(MessageState::Waiting, text));
        }
        self.walks.clear();
    }

    /// Tells of a prompt, writes its line, and counts it.
    fn record_outside(&mut self, walk: usize, block: BlockIndex, ending: Ending<'_>) {
        let Ending { state, reason, events, text, written: Written { subject, body, absent } } = ending;
        self.tell_outside(walk, block, state.word(), reason.unwrap_or_default(), events, text.clone());
        let Walk { journey, event, visitor, ordinal, .. } = self.walks[walk];
        let plan = &self.plan().journeys[journey];
        let why = [
            self.reason(NEVER_IDENTIFIED, "Nobody was ever identified".to_owned(), &[event]),
            self.reason(Because::rule("on_site_prompt"), text, events),
        ];
        let visitor_id = self.visitor_id(visitor).canonical();
        self.result.messages.push(MessageRecord {
            at_ms: self.now_ms,
            identifiers: vec![visitor_id.clone()],
            journey: plan.id().clone(),
            run: ordinal,
            started: RunStart::shared(visitor_id, ordinal),
            block: plan.blocks[block].id.clone(),
            message: Some(plan.blocks[block].id.clone()),
            channel: Some(Channel::OnSite),
            state,
            reason,
            flags: vec![Flag::OutsidePlatform],
            because: why.into_iter().map(Arc::new).collect(),
            subject,
            body,
            absent,
        });
        self.count(journey, Counted::Message(block, state.word()));
        if let Some(reason) = reason {
            self.count(journey, Counted::Reason(block, reason));
        }
    }

    /// Whether the visitor is added to an audience or removed from it, in words.
    fn outside_audience(&self, visitor: Symbol, audience: &str, remove: bool) -> String {
        let needs_consent = self.shared.input.workspace.delivery.advertising_needs_consent();
        if !remove && needs_consent && !self.visitor_allows_advertising(visitor) {
            return format!("Not added to the audience {audience}: no consent to advertising");
        }
        let verb = if remove { "Removed from" } else { "Added to" };
        format!("{verb} the audience {audience}, outside the platform: nobody was ever identified")
    }

    /// Whether a visitor consented to advertising, by what is held of them.
    fn visitor_allows_advertising(&self, visitor: Symbol) -> bool {
        let log = self.shared.input.log;
        let mut contact = delivery::ContactLog::default();
        for held in self.visitor_history(visitor) {
            contact.note(self.shared.contact_rules, log, self.event(held), self.known_ms(held));
        }
        let said = contact.consent(Channel::Audience, self.now_ms);
        said.is_some_and(|said| said.state == ConsentState::Granted)
    }

    /// The events that are held of a visitor, in the order of history.
    fn visitor_history(&self, visitor: Symbol) -> Vec<EventIndex> {
        let mut theirs = self.resolver.held().remove(&self.visitor_id(visitor)).unwrap_or_default();
        theirs.sort_by(|a, b| self.history_order(*a, *b));
        theirs
    }

    pub(super) fn visitor_id(&self, visitor: Symbol) -> Identifier {
        Identifier::new(Identifier::ANONYMOUS, self.shared.input.log.text(visitor))
    }

    /// Records what a block did for a visitor without a profile.
    fn tell_outside(
        &mut self,
        walk: usize,
        block: BlockIndex,
        decision: &'static str,
        detail: &str,
        events: &[EventIndex],
        text: String,
    ) {
        if !self.shared.input.trace {
            return;
        }
        let Walk { journey, event, visitor, .. } = self.walks[walk];
        let plan = &self.plan().journeys[journey];
        let events: Vec<EventIndex> = std::iter::once(event).chain(events.iter().copied()).collect();
        let because = self.reason(NEVER_IDENTIFIED, text, &events);
        self.result.trace.push(TraceRecord {
            at_ms: self.now_ms,
            identifiers: vec![self.visitor_id(visitor).canonical()],
            journey: Some(plan.id().clone()),
            run: None,
            started: None,
            block: Some(plan.blocks[block].id.clone()),
            decision,
            detail: detail.to_owned(),
            because,
        });
    }
}

const NEVER_IDENTIFIED: Because = Because::rule("never_identified");
