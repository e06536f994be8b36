//! Held triggers: events that would start a journey if somebody were identified.

use rustc_hash::{FxHashMap, FxHashSet};

use super::{
    plan::JourneyIndex,
    state::Held,
    tally::count,
    tell::Because,
    world::{Due, World},
};
use crate::{
    identity::{Identifier, RuleId},
    recording::{
        EventIndex, Symbol,
        facts::{FactKey, FactsFold, FactsInput},
    },
    simulator::{HeldState, HeldTrigger},
};

impl World<'_> {
    /// Holds an event that would start a journey if somebody were identified.
    pub(super) fn hold(&mut self, event: EventIndex, anonymous: &Identifier) {
        if self.building {
            return;
        }
        for journey in self.journeys_started_by(event) {
            if !self.trigger_matches(journey, event) {
                continue;
            }
            let position = self.held.len();
            self.held.push(Held { journey, event, state: None, left_ms: None });
            if let Some(id) = self.event(event).anonymous_id {
                self.held_by.entry(id).or_default().push(position);
            }
            let because = Because::platform(self.shared.input.platform, RuleId::Anonymous);
            let text =
                |world: &Self| format!("Held: {} by somebody not identified yet", world.name_of(event));
            self.tell_identifiers(
                vec![anonymous.to_string()],
                Some(journey),
                "held",
                "",
                because,
                text,
                &[event],
            );
            if self.plan().journeys[journey].never_identified.is_some()
                && let Some(until_ms) = self.resolver.held_until(self.event(event))
            {
                // Who may join until the very end of the replay is judged at the end.
                if until_ms <= self.shared.horizon_ms {
                    let at_ms = until_ms.saturating_add(1).clamp(self.now_ms, self.shared.horizon_ms);
                    self.set_timer(at_ms, Due::HoldEnds(position));
                }
            }
        }
    }

    pub(super) fn decide_held(&mut self, event: EventIndex, journey: JourneyIndex, state: HeldState) {
        let Some(id) = self.event(event).anonymous_id else { return };
        let now_ms = self.now_ms;
        let World { held, held_by, .. } = self;
        for &position in held_by.get(&id).into_iter().flatten() {
            let held = &mut held[position];
            if held.event == event && held.journey == journey {
                held.state = Some((state, now_ms));
            }
        }
    }

    pub(super) fn expire(&mut self, events: &[EventIndex]) {
        let gone: FxHashSet<EventIndex> = events.iter().copied().collect();
        let now_ms = self.now_ms;
        for held in self.held.iter_mut().filter(|held| gone.contains(&held.event)) {
            held.state = Some((HeldState::Expired, now_ms));
        }
    }

    /// A held trigger's time is over: it leaves by the trigger's `never identified` exit.
    pub(super) fn hold_ends(&mut self, held: usize) {
        let (journey, event) = (self.held[held].journey, self.held[held].event);
        let joined = matches!(self.held[held].state, Some((HeldState::Joined | HeldState::TooOld, _)));
        let Some(start) = self.plan().journeys[journey].never_identified else { return };
        if joined || self.held[held].left_ms.is_some() {
            return;
        }
        if let Some(reason) = self.stays_outside(held) {
            let visitor = self.event(event).anonymous_id.map(|id| self.visitor_id(id).canonical());
            let text = |world: &Self| format!("{} leads nowhere: {reason}", world.event_text(event));
            let because = Because::rule("entry");
            let who = visitor.into_iter().collect();
            return self.tell_identifiers(who, Some(journey), "stays_held", "", because, text, &[event]);
        }
        self.held[held].left_ms = Some(self.now_ms);
        self.walk_outside(journey, event, start);
    }

    pub(super) fn close_held(&mut self, events: &[EventIndex]) {
        if self.held.is_empty() {
            return;
        }
        let values = self.cart_values(events);
        let horizon_ms = self.shared.horizon_ms;
        for held in std::mem::take(&mut self.held) {
            let (state, decided_ms) = held.state.unwrap_or((HeldState::NeverIdentified, horizon_ms));
            let event = *self.event(held.event);
            let decided_by_join = matches!(state, HeldState::Joined | HeldState::TooOld | HeldState::Expired);
            count(&mut self.tallies[held.journey].counts.held, state.word());
            if let Some(passing) = &mut self.passing {
                // Who leaves by `never identified` is known to have done so from then on.
                let left_ms = held.left_ms.filter(|_| state == HeldState::NeverIdentified);
                passing.held(held.journey, event.arrived_ms, state.word(), left_ms.unwrap_or(decided_ms));
            }
            let anonymous = event.anonymous_id.map_or("", |id| self.shared.input.log.text(id));
            self.result.held.push(HeldTrigger {
                journey: self.plan().journeys[held.journey].id().clone(),
                anonymous_id: [Identifier::ANONYMOUS, ":", anonymous].concat(),
                event: self.message_id_of(held.event).to_owned(),
                held_ms: event.arrived_ms,
                state,
                decided_ms,
                age_ms: decided_by_join.then_some(decided_ms - event.happened_ms),
                cart_value: values.get(&held.event).cloned(),
            });
        }
        self.held_by.clear();
    }

    /// The value of each anonymous visitor's cart just after each held event.
    fn cart_values(&self, events: &[EventIndex]) -> FxHashMap<EventIndex, (f64, String)> {
        let input = self.shared.input;
        let mut by_visitor: FxHashMap<Symbol, Vec<EventIndex>> = FxHashMap::default();
        for event in events {
            if let Some(id) = self.event(*event).anonymous_id.filter(|id| self.held_by.contains_key(id)) {
                by_visitor.entry(id).or_default().push(*event);
            }
        }
        let mut values = FxHashMap::default();
        for (anonymous, mut theirs) in by_visitor {
            let held = self.held_by.get(&anonymous).into_iter().flatten();
            let wanted: Vec<EventIndex> = held.map(|position| self.held[*position].event).collect();
            theirs.sort_by(|a, b| self.history_order(*a, *b));
            let facts = FactsInput {
                log: input.log,
                history: &theirs,
                now_ms: i64::MAX,
                roles: &self.plan().roles,
                sessions: input.workspace.sessions,
                catalog: input.catalog,
                currency: &input.workspace.currency,
            };
            let mut fold = FactsFold::of_parts(&[FactKey::Cart]);
            for event in &theirs {
                fold.push(&facts, *event);
                if wanted.contains(event)
                    && let Some(value) = fold.cart_value(&facts)
                {
                    values.insert(*event, value);
                }
            }
        }
        values
    }
}
