//! What an arriving event does: identity, history, segments, waits and exits, triggers.
//!
//! The order is the six steps of a join, of which an ordinary event is the case with nothing
//! joined: (1) link, (2) history, (3) segments, exits and waits, (4) triggers, (5) new runs look
//! back, (6) new runs advance.

use rustc_hash::FxHashSet;
use serde_json::Value;

use super::{
    condition::value_passes,
    entry::Offer,
    plan::JourneyIndex,
    world::{Because, Due, Held, RunSlot, World},
};
use crate::{
    identity::{
        Identifier, IdentityStep, Outcome, Owner, ProfileId, RefusalReason, RuleId,
        platform::{Anonymous, MergedTriggers, RunsOnMerge},
    },
    journey::model::Trigger,
    recording::{EventIndex, EventKind, Span, facts::lookup},
    simulator::{
        HeldState,
        delivery::recorded_message,
        result::{MergeRecord, RefusalRecord},
        settings::BeforeConsent,
    },
};

/// What an arrival gathered for the profiles it touched.
#[derive(Default)]
struct Gathered {
    /// Profiles concerned, in order, without repeats.
    touched: Vec<ProfileId>,
    /// Events that joined, with their profile, to be offered as triggers.
    joined: Vec<(ProfileId, EventIndex)>,
    /// Attributes that changed.
    changed: Vec<(ProfileId, Box<str>)>,
}

impl World<'_> {
    /// An event arrives.
    pub(super) fn arrive(&mut self, event: EventIndex) {
        self.result.events += 1;
        if self.is_before_consent(event) {
            self.result.before_consent += 1;
            if self.shared.input.workspace.delivery.before_consent == BeforeConsent::LeftOut {
                return;
            }
        }
        let outcome = self.resolver.apply(self.shared.input.log, event);
        if self.building {
            self.remember_sending(event, &outcome.owner);
        }
        if outcome.steps.is_empty()
            && let Owner::Profile(profile) = outcome.owner
        {
            // The common case: one more event of somebody known.
            self.remember(profile, event);
            self.react(profile, &[], &[event], &[]);
            return;
        }
        let gathered = self.take_steps(event, &outcome);
        match &outcome.owner {
            Owner::Profile(profile) => {
                self.remember(*profile, event);
                for other in gathered.touched.iter().filter(|other| *other != profile) {
                    self.react_to(*other, &gathered, None);
                }
                self.react_to(*profile, &gathered, Some(event));
            }
            Owner::Held(anonymous) => {
                self.hold(event, anonymous);
                for other in &gathered.touched {
                    self.react_to(*other, &gathered, None);
                }
            }
            Owner::Nobody => {
                for other in &gathered.touched {
                    self.react_to(*other, &gathered, None);
                }
            }
        }
    }

    /// Whether an event says that analytics was not allowed yet.
    fn is_before_consent(&self, event: EventIndex) -> bool {
        let Some(path) = &self.shared.input.workspace.delivery.analytics_consent else { return false };
        let context = self.shared.input.log.context_value(self.event(event));
        let said = context.get("consent").map(|consent| lookup(consent, path)).unwrap_or_default();
        said.into_iter().any(|value| match value {
            Value::Bool(allowed) => !allowed,
            Value::String(word) => ["false", "no", "denied"].contains(&word.to_lowercase().as_str()),
            _ => false,
        })
    }

    /// A message that a history recording says was sent counts towards limits.
    fn remember_sending(&mut self, event: EventIndex, owner: &Owner) {
        let at_ms = self.event(event).happened_ms;
        if let (Owner::Profile(profile), Some(channel)) = (owner, recorded_message(self.name_of(event))) {
            self.person_mut(*profile).sent.record_recorded(at_ms, channel);
        }
    }

    fn react_to(&mut self, profile: ProfileId, gathered: &Gathered, event: Option<EventIndex>) {
        let joined: Vec<EventIndex> =
            gathered.joined.iter().filter(|(who, _)| *who == profile).map(|(_, e)| *e).collect();
        let arriving: Vec<EventIndex> = event.into_iter().filter(|e| !joined.contains(e)).collect();
        let changed: Vec<Box<str>> = gathered
            .changed
            .iter()
            .filter(|(who, _)| *who == profile)
            .map(|(_, name)| name.clone())
            .collect();
        self.react(profile, &joined, &arriving, &changed);
    }

    /// Steps 3 to 6 for one profile whose history and attributes are up to date.
    pub(super) fn react(
        &mut self,
        profile: ProfileId,
        joined: &[EventIndex],
        arriving: &[EventIndex],
        changed: &[Box<str>],
    ) {
        self.person_mut(profile);
        if self.plan().asks_contact {
            self.hear(profile);
        }
        let transitions = self.follow_segments(profile);
        for event in arriving {
            self.tell_profile(
                profile,
                None,
                "event",
                "",
                Because::rule("arrival"),
                |world| world.event_text(*event),
                &[*event],
            );
        }
        if !self.person(profile).runs.is_empty() || !self.person(profile).watched.is_empty() {
            // Exits and goals are asked at events alone, waits at whatever may have changed.
            if !arriving.is_empty() || !joined.is_empty() {
                self.check_exits_of(profile);
            }
            self.check_waits(profile, arriving);
        }
        if self.building {
            return;
        }
        let mut offers: Vec<Offer> = Vec::new();
        for name in changed {
            self.attribute_offers(profile, name, &mut offers);
        }
        self.joined_offers(profile, joined, &mut offers);
        for &event in arriving {
            self.event_offers(profile, event, &mut offers);
        }
        self.segment_offers(&transitions, &mut offers);
        self.enter_all(offers);
    }

    /// Step 3: exits and goals of current runs, in (journey, run) order.
    fn check_exits_of(&mut self, profile: ProfileId) {
        for slot in self.person(profile).watched.clone() {
            self.check_goal(slot);
        }
        for slot in self.person(profile).runs.clone() {
            if !self.runs[slot].ended {
                self.check_exits(slot);
            }
        }
    }

    /// Step 3: the waits of current runs, in the same order.
    pub(super) fn check_waits(&mut self, profile: ProfileId, arriving: &[EventIndex]) {
        for slot in self.person(profile).runs.clone() {
            if !self.runs[slot].ended && self.runs[slot].wait.is_some() {
                self.check_wait(slot, arriving);
            }
        }
    }

    fn event_offers(&self, profile: ProfileId, event: EventIndex, offers: &mut Vec<Offer>) {
        for journey in self.journeys_started_by(event) {
            if self.trigger_matches(journey, event) {
                offers.push(Offer::event(journey, profile, event));
            }
        }
    }

    /// Journeys that an event might start, filters not looked at.
    fn journeys_started_by(&self, event: EventIndex) -> Vec<JourneyIndex> {
        if self.is_own(event) {
            let (kind, name) = (self.event(event).kind, self.name_of(event));
            let all = self.plan().event_triggered.iter().copied();
            let named = |journey: &JourneyIndex| {
                let trigger = self.plan().journeys[*journey].trigger.as_ref();
                trigger.is_some_and(|trigger| trigger.matcher.matches_name(kind, name))
            };
            all.filter(named).collect()
        } else {
            let head = self.event(event);
            let candidates = self.plan().started_by(head).iter().copied();
            let meant = |journey: &JourneyIndex| {
                self.plan().journeys[*journey].trigger.as_ref().is_some_and(|t| t.matcher.matches(head))
            };
            candidates.filter(meant).collect()
        }
    }

    fn trigger_matches(&self, journey: JourneyIndex, event: EventIndex) -> bool {
        let trigger = self.plan().journeys[journey].trigger.as_ref();
        trigger.is_some_and(|trigger| self.passes_filters(event, &trigger.filters, self.now_ms))
    }

    /// Step 4 for joined events: each is judged by its age and offered in order.
    fn joined_offers(&mut self, profile: ProfileId, joined: &[EventIndex], offers: &mut Vec<Offer>) {
        if joined.is_empty() {
            return;
        }
        let limit = self.shared.input.platform.trigger_age.value.map(Span::ms);
        let first = offers.len();
        for &event in joined {
            if !self.is_own(event) && self.shared.input.history.contains(&self.event(event).recording) {
                continue;
            }
            for journey in self.journeys_started_by(event) {
                if !self.trigger_matches(journey, event) || self.started.contains(&(journey, event)) {
                    continue;
                }
                let age_ms = self.now_ms - self.event(event).happened_ms;
                let too_old = limit.is_some_and(|limit| age_ms > limit);
                self.decide_held(event, journey, if too_old { HeldState::TooOld } else { HeldState::Joined });
                if too_old {
                    self.not_started(profile, journey, Some(event), "too_old", RuleId::TriggerAge, age_ms);
                } else {
                    offers.push(Offer::joined(journey, profile, event));
                }
            }
        }
        self.keep_oldest_or_newest(first, offers);
    }

    fn attribute_offers(&mut self, profile: ProfileId, name: &str, offers: &mut Vec<Offer>) {
        for &journey in &self.plan().attribute_triggered {
            let Trigger::AttributeChange { name: wanted, to } =
                &self.plan().journeys[journey].journey.trigger
            else {
                continue;
            };
            let value = self.attribute(profile, name);
            let fits = to.as_ref().is_none_or(|test| value_passes(value.as_ref(), test, self.now_ms));
            if wanted == name && fits {
                offers.push(Offer::instant(journey, profile, self.now_ms));
            }
        }
        for &journey in &self.plan().date_triggered {
            let trigger = &self.plan().journeys[journey].journey.trigger;
            if matches!(trigger, Trigger::DateAttribute { name: wanted, .. } if wanted == name) {
                self.schedule_date(profile, journey);
            }
        }
    }

    /// Step 1 and 2: what the resolver did, carried over to the simulator's own state.
    fn take_steps(&mut self, call: EventIndex, outcome: &Outcome) -> Gathered {
        let mut gathered = Gathered::default();
        for step in &outcome.steps {
            match step {
                IdentityStep::Created { profile, identifier } => {
                    self.person_mut(*profile);
                    touch(&mut gathered, *profile);
                    self.tell_profile(
                        *profile,
                        None,
                        "created",
                        "",
                        Because::platform(self.shared.input.platform, RuleId::Identifiers),
                        |_| format!("First seen as {identifier}"),
                        &[call],
                    );
                }
                IdentityStep::Gained { profile, identifier, rule } => {
                    self.person_mut(*profile);
                    touch(&mut gathered, *profile);
                    let because = Because::platform(self.shared.input.platform, *rule);
                    let text = |_: &Self| format!("Now also known as {identifier}");
                    self.tell_profile(*profile, None, "identified", "", because, text, &[call]);
                }
                IdentityStep::Changed { profile, from, to, rule } => {
                    self.person_mut(*profile);
                    touch(&mut gathered, *profile);
                    let because = Because::platform(self.shared.input.platform, *rule);
                    let text = |_: &Self| format!("{from} changed to {to}");
                    self.tell_profile(*profile, None, "identified", "", because, text, &[call]);
                }
                IdentityStep::Joined { profile, anonymous_id, events, expired, tail, rule } => {
                    touch(&mut gathered, *profile);
                    self.join_held(*profile, anonymous_id, events, *rule, *tail, call);
                    self.expire(expired);
                    gathered.joined.extend(events.iter().map(|event| (*profile, *event)));
                }
                IdentityStep::Merged { survivor, absorbed, absorbed_was_anonymous, events, rule } => {
                    let sent = self.sent_by_blocks(*absorbed);
                    self.merge(*survivor, *absorbed, *rule, events.len(), call);
                    gathered.touched.retain(|who| who != absorbed);
                    touch(&mut gathered, *survivor);
                    for (who, _) in &mut gathered.joined {
                        if who == absorbed {
                            *who = *survivor;
                        }
                    }
                    for (who, _) in &mut gathered.changed {
                        if who == absorbed {
                            *who = *survivor;
                        }
                    }
                    let offered = self.shared.input.platform.merged_triggers.value == MergedTriggers::Offered;
                    if offered || *absorbed_was_anonymous {
                        gathered.joined.extend(events.iter().chain(&sent).map(|event| (*survivor, *event)));
                    }
                }
                IdentityStep::Relinked { anonymous_id, from, to, rule } => {
                    touch(&mut gathered, *from);
                    touch(&mut gathered, *to);
                    let because = Because::platform(self.shared.input.platform, *rule);
                    let text = |_: &Self| {
                        format!("{anonymous_id} now belongs to somebody else; joined history stayed")
                    };
                    self.tell_profile(*to, None, "relinked", "", because, text, &[call]);
                }
                IdentityStep::Refused { identifier, reason, rule } => {
                    self.refused(call, outcome, identifier.as_ref(), *reason, *rule);
                }
                IdentityStep::Traits { profile, changed } => {
                    touch(&mut gathered, *profile);
                    gathered.changed.extend(changed.iter().map(|(name, _)| (*profile, name.clone())));
                }
            }
        }
        gathered.joined.sort_by(|a, b| self.history_order(a.1, b.1));
        gathered
    }

    /// Events that blocks sent for a profile: the resolver does not know them.
    fn sent_by_blocks(&self, profile: ProfileId) -> Vec<EventIndex> {
        let person = self.people.get(profile.0 as usize);
        let history = person.map_or(&[][..], |person| &person.history);
        history.iter().copied().filter(|event| self.is_own(*event)).collect()
    }

    fn join_held(
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
        let text = |_: &Self| format!("{} of {anonymous_id} joined", plural(count, "event"));
        self.tell_profile(profile, None, decision, "", because, text, &[call]);
        if !tail {
            self.record_merge(profile, vec![anonymous_id.to_string()], count, because, call);
        }
    }

    fn record_merge(
        &mut self,
        survivor: ProfileId,
        joined: Vec<String>,
        events: usize,
        because: Because,
        call: EventIndex,
    ) {
        let record = MergeRecord {
            at_ms: self.now_ms,
            survivor: self.identifiers(survivor),
            joined,
            events: events as u64,
            call: self.message_id_of(call).to_owned(),
            rule: because.rule,
            confidence: because.confidence,
        };
        self.result.merges.push(record);
    }

    /// Two profiles become one: history, entries, runs, messages and draws unite.
    fn merge(
        &mut self,
        survivor: ProfileId,
        absorbed: ProfileId,
        rule: RuleId,
        events: usize,
        call: EventIndex,
    ) {
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
        let joined = self.identifiers(absorbed);
        let text = |_: &Self| format!("Merged with {}, {}", joined.join(", "), plural(events, "event"));
        self.tell_profile(survivor, None, "merged", "", because, text, &[call]);
        self.record_merge(survivor, joined, events, because, call);
        self.unite_runs(survivor, &gone.runs);
        let now_ms = self.now_ms;
        let person = self.person_mut(survivor);
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
        for audience in gone.audiences {
            if !person.audiences.contains(&audience) {
                person.audiences.push(audience);
            }
        }
        for slot in gone.watched {
            self.runs[slot].profile = survivor;
        }
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
    pub(super) fn run_order(&self, slot: RunSlot) -> (JourneyIndex, u32, Box<str>, RunSlot) {
        let run = &self.runs[slot];
        (run.journey, run.ordinal, run.origin.clone(), slot)
    }

    fn later_of(&self, a: RunSlot, b: RunSlot) -> RunSlot {
        let order = |slot: RunSlot| {
            let run = &self.runs[slot];
            (run.trigger.offered_ms, run.origin.clone(), run.ordinal)
        };
        if order(a) <= order(b) { b } else { a }
    }

    fn later_would_be_refused(&self, a: RunSlot, b: RunSlot) -> bool {
        let later = self.later_of(a, b);
        let earlier = if later == a { b } else { a };
        let (earlier, later) = (&self.runs[earlier], &self.runs[later]);
        let rules = &self.plan().journeys[later.journey].journey.entry;
        super::entry::same_key(&rules.runs, &earlier.trigger, &later.trigger)
            || super::entry::too_soon(rules.re_entry, earlier.trigger.offered_ms, later.trigger.offered_ms)
                .is_some()
    }

    fn refused(
        &mut self,
        call: EventIndex,
        outcome: &Outcome,
        identifier: Option<&Identifier>,
        reason: RefusalReason,
        rule: RuleId,
    ) {
        let because = Because::platform(self.shared.input.platform, rule);
        let shown = identifier.map(ToString::to_string);
        self.result.refusals.push(RefusalRecord {
            at_ms: self.now_ms,
            call: self.message_id_of(call).to_owned(),
            identifier: shown.clone(),
            reason,
            rule: because.rule,
            confidence: because.confidence,
        });
        let text = |_: &Self| match &shown {
            Some(identifier) => format!("{identifier} was not linked: {}", reason_text(reason)),
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

    /// Holds an event that would start a journey if somebody were identified.
    fn hold(&mut self, event: EventIndex, anonymous: &Identifier) {
        if self.building {
            return;
        }
        for journey in self.journeys_started_by(event) {
            if !self.trigger_matches(journey, event) {
                continue;
            }
            let position = self.held.len();
            self.held.push(Held { journey, event, state: None, left: false });
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
                && let Anonymous::Held { retention, .. } = self.shared.input.platform.anonymous.value
            {
                let ends_ms = self.event(event).happened_ms.saturating_add(retention.ms()).saturating_add(1);
                let at_ms = ends_ms.clamp(self.now_ms, self.shared.horizon_ms);
                self.set_timer(at_ms, Due::HoldEnds(position));
            }
        }
    }

    fn decide_held(&mut self, event: EventIndex, journey: JourneyIndex, state: HeldState) {
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

    fn expire(&mut self, events: &[EventIndex]) {
        let gone: FxHashSet<EventIndex> = events.iter().copied().collect();
        let now_ms = self.now_ms;
        for held in self.held.iter_mut().filter(|held| gone.contains(&held.event)) {
            held.state = Some((HeldState::Expired, now_ms));
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

fn touch(gathered: &mut Gathered, profile: ProfileId) {
    if !gathered.touched.contains(&profile) {
        gathered.touched.push(profile);
    }
}

/// `1 event`, `3 events`.
pub(super) fn plural(count: usize, word: &str) -> String {
    if count == 1 { format!("1 {word}") } else { format!("{count} {word}s") }
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
