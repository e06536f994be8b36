//! Joining: held history that joins a profile, profiles that become one, links that are refused.

use std::sync::Arc;

use super::{
    entry::{same_key, too_soon},
    plan::JourneyIndex,
    state::RunSlot,
    tell::{Because, plural},
    world::World,
};
use crate::{
    identity::{Identifier, Outcome, Owner, ProfileId, RefusalReason, RuleId, platform::RunsOnMerge},
    recording::EventIndex,
    simulator::{
        HeldState,
        result::{MergeRecord, RefusalRecord, RunStart},
    },
};

impl World<'_> {
    /// Events that blocks sent for a profile: the resolver does not know them.
    pub(super) fn sent_by_blocks(&self, profile: ProfileId) -> Vec<EventIndex> {
        let person = self.people.get(profile.0 as usize);
        let history = person.map_or(&[][..], |person| &person.history);
        history.iter().copied().filter(|event| self.is_own(*event)).collect()
    }

    pub(super) fn join_held(
        &mut self,
        profile: ProfileId,
        anonymous_id: &Identifier,
        events: &[EventIndex],
        rule: RuleId,
        tail: bool,
        call: EventIndex,
    ) {
        for &event in events {
            self.remember(profile, event);
        }
        let because = Because::platform(self.shared.input.platform, rule);
        let count = events.len();
        let decision = if tail { "joined_tail" } else { "joined" };
        let text = |_: &Self| format!("{} of {} joined", plural(count, "event"), anonymous_id.spoken());
        self.tell_profile(profile, None, decision, "", because, text, &[call]);
        if !tail {
            self.record_merge(profile, vec![anonymous_id.canonical()], count, rule, call);
        }
    }

    /// Two profiles become one: history, entries, runs, messages and draws unite.
    pub(super) fn merge(
        &mut self,
        (survivor, absorbed): (ProfileId, ProfileId),
        joined: &[Identifier],
        rule: RuleId,
        events: usize,
        call: EventIndex,
    ) {
        let mut joined = joined.to_vec();
        joined.sort_unstable();
        self.person_mut(survivor);
        self.person_mut(absorbed);
        // Each side's word is taken in before they unite: what either refused stays refused.
        self.hear(survivor);
        self.hear(absorbed);
        let gone = std::mem::take(self.person_mut(absorbed));
        for event in &gone.history {
            self.remember(survivor, *event);
        }
        self.person_mut(survivor).unheard.clear();
        let because = Because::platform(self.shared.input.platform, rule);
        let text = |_: &Self| {
            let names: Vec<String> = joined.iter().map(Identifier::spoken).collect();
            format!("Merged with {}, {}", names.join(", "), plural(events, "event"))
        };
        self.tell_profile(survivor, None, "merged", "", because, text, &[call]);
        let joined = joined.iter().map(Identifier::canonical).collect();
        self.record_merge(survivor, joined, events, rule, call);
        for slot in gone.runs.iter().chain(&gone.watched).copied() {
            self.number_after(survivor, slot);
        }
        self.unite_runs(survivor, &gone.runs);
        let now_ms = self.now_ms;
        let person = self.person_mut(survivor);
        person.known_ms = person.known_ms.into_iter().chain(gone.known_ms).min();
        person.watched.extend(gone.watched.iter().copied());
        person.entries.extend(gone.entries);
        for draw in gone.draws {
            if !person.draws.iter().any(|known| (known.0, known.1) == (draw.0, draw.1)) {
                person.draws.push(draw);
            }
        }
        person.sent.merge(gone.sent);
        person.contact.merge(gone.contact, now_ms);
        person.messages.extend(gone.messages);
        person.messages.sort_by_key(|message| message.at_ms);
        for slot in gone.watched {
            self.runs[slot].profile = survivor;
        }
        for date in gone.dates {
            let dates = &mut self.person_mut(survivor).dates;
            if !dates.contains(&date) {
                dates.push(date);
            }
        }
        // A date or a zone may have come along.
        for &journey in &self.plan().date_triggered {
            self.schedule_date(survivor, journey);
        }
    }

    fn record_merge(
        &mut self,
        survivor: ProfileId,
        joined: Vec<String>,
        events: usize,
        rule: RuleId,
        call: EventIndex,
    ) {
        let rule = self.shared.input.platform.rule(rule);
        let record = MergeRecord {
            at_ms: self.now_ms,
            survivor: self.identifiers(survivor),
            joined,
            events: events as u64,
            call: self.message_id_of(call).to_owned(),
            rule: rule.name,
            confidence: rule.confidence,
        };
        self.result.merges.push(record);
    }

    /// Numbers a run of an absorbed profile after those that the survivor started.
    fn number_after(&mut self, survivor: ProfileId, slot: RunSlot) {
        let journey = self.runs[slot].journey;
        let entries = &self.person(survivor).entries;
        let own = entries.iter().filter(|entry| entry.journey == journey).count() as u32;
        self.runs[slot].ordinal += own;
    }

    fn unite_runs(&mut self, survivor: ProfileId, runs: &[RunSlot]) {
        let rule = self.shared.input.platform.runs_on_merge.value;
        let mut ending = Vec::new();
        for &slot in runs {
            self.runs[slot].profile = survivor;
            let journey = self.runs[slot].journey;
            match rule {
                RunsOnMerge::IfNeverEntered => {
                    if self.person(survivor).entries.iter().any(|entry| entry.journey == journey) {
                        ending.push(slot);
                    }
                }
                RunsOnMerge::GoOn => {
                    let other = self.person(survivor).runs.iter().copied().find(|&other| {
                        self.runs[other].journey == journey && self.later_would_be_refused(other, slot)
                    });
                    if let Some(other) = other {
                        ending.push(self.later_of(other, slot));
                    }
                }
            }
        }
        let mut all = self.person(survivor).runs.clone();
        all.extend_from_slice(runs);
        all.sort_by_key(|slot| self.run_order(*slot));
        all.dedup();
        self.person_mut(survivor).runs = all;
        for slot in ending {
            if !self.runs[slot].ended {
                let because = Because::platform(self.shared.input.platform, RuleId::RunsOnMerge);
                self.end(
                    slot,
                    "merged",
                    because,
                    "The same person was already in this journey on another device".to_owned(),
                    &[],
                );
            }
        }
    }

    /// Order of runs: (journey, ordinal), then who started them.
    pub(super) fn run_order(&self, slot: RunSlot) -> (JourneyIndex, u32, Arc<RunStart>, RunSlot) {
        let run = &self.runs[slot];
        (run.journey, run.ordinal, Arc::clone(&run.started), slot)
    }

    /// Of two runs the one that started later; of the same instant the one whose trigger came
    /// later in replay order.
    fn later_of(&self, a: RunSlot, b: RunSlot) -> RunSlot {
        let order = |slot: RunSlot| (self.runs[slot].trigger.offered_ms, slot);
        if order(a) <= order(b) { b } else { a }
    }

    fn later_would_be_refused(&self, a: RunSlot, b: RunSlot) -> bool {
        let later = self.later_of(a, b);
        let earlier = if later == a { b } else { a };
        let (earlier, later) = (&self.runs[earlier], &self.runs[later]);
        let rules = &self.plan().journeys[later.journey].journey.entry;
        same_key(&rules.runs, &earlier.trigger, &later.trigger)
            || too_soon(rules.re_entry, earlier.trigger.offered_ms, later.trigger.offered_ms).is_some()
    }

    pub(super) fn refused(
        &mut self,
        call: EventIndex,
        outcome: &Outcome,
        identifier: Option<&Identifier>,
        reason: RefusalReason,
        rule: RuleId,
    ) {
        let platform = self.shared.input.platform;
        let (because, info) = (Because::platform(platform, rule), platform.rule(rule));
        self.result.refusals.push(RefusalRecord {
            at_ms: self.now_ms,
            call: self.message_id_of(call).to_owned(),
            identifier: identifier.map(ToString::to_string),
            reason,
            rule: info.name,
            confidence: info.confidence,
        });
        let text = |_: &Self| match identifier {
            Some(identifier) => {
                format!("The {} was not linked: {}", identifier.spoken(), reason_text(reason))
            }
            None => format!("The merge was refused: {}", reason_text(reason)),
        };
        let who = match &outcome.owner {
            Owner::Profile(profile) => {
                self.person_mut(*profile);
                self.identifiers(*profile)
            }
            Owner::Held(anonymous) => vec![anonymous.to_string()],
            Owner::Nobody => Vec::new(),
        };
        self.tell_identifiers(who, None, "refused", reason.word(), because, text, &[call]);
        if reason == RefusalReason::AlreadyClaimed
            && let Some(anonymous) = self.event(call).anonymous_id
        {
            for held in self.held_by.get(&anonymous).cloned().unwrap_or_default() {
                if self.held[held].state.is_none() {
                    self.held[held].state = Some((HeldState::Refused, self.now_ms));
                }
            }
        }
    }
}

const fn reason_text(reason: RefusalReason) -> &'static str {
    match reason {
        RefusalReason::BlockedValue => "the value is never an identifier",
        RefusalReason::BadValue => "the value is not of the form the platform takes",
        RefusalReason::AlreadyClaimed => "somebody else has claimed it",
        RefusalReason::BelongsToAnother => "it belongs to another profile, and the two cannot be merged",
        RefusalReason::LimitReached => "the profile has as many of these as it may",
        RefusalReason::BothIdentified => "both sides are identified people",
        RefusalReason::MissingPrimary => "there is no such primary profile",
        RefusalReason::MissingSecondary => "there is no such secondary profile",
        RefusalReason::SameProfile => "both sides are the same profile",
        RefusalReason::Unsupported => "the platform has no such call",
    }
}
