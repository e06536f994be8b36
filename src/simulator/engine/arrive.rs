//! What an arriving event does: identity, history, segments, waits and exits, triggers.
//!
//! The order is the six steps of a join, of which an ordinary event is the case with nothing
//! joined: (1) link, (2) history, (3) segments, exits and waits, (4) triggers, (5) new runs look
//! back, (6) new runs advance.

use serde_json::Value;

use super::{condition::value_passes, entry::Offer, plan::JourneyIndex, tell::Because, world::World};
use crate::{
    identity::{IdentityStep, Outcome, Owner, ProfileId, RuleId, platform::MergedTriggers},
    journey::Trigger,
    recording::{CapturePoint, EventIndex, Span, capture_point, facts::lookup},
    simulator::{HeldState, delivery::recorded_message, settings::BeforeConsent},
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
        let outcome = self.resolver.apply_at(self.shared.input.log, event, self.now_ms);
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
                self.view_outside(event);
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

    /// Whether analytics was not allowed when an event came: it says so itself, or says nothing and
    /// its browser said so last. Who never said anything is not left out.
    fn is_before_consent(&mut self, event: EventIndex) -> bool {
        let Some(path) = &self.shared.input.workspace.delivery.analytics_consent else { return false };
        let event = self.event(event);
        let context = self.shared.input.log.context_value(event);
        let said = context.get("consent").map(|consent| lookup(consent, path)).unwrap_or_default();
        let denies = |value: &Value| match value {
            Value::Bool(allowed) => Some(!allowed),
            Value::String(word) => Some(["false", "no", "denied"].contains(&word.to_lowercase().as_str())),
            _ => None,
        };
        let said = said.into_iter().filter_map(denies).reduce(|one, other| one || other);
        let Some(browser) = event.anonymous_id.or(event.user_id) else { return said.unwrap_or(false) };
        match said {
            Some(denied) => {
                self.analytics_denied.insert(browser, denied);
                denied
            }
            None => self.analytics_denied.get(&browser).copied().unwrap_or(false),
        }
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
        self.schedule_dates(profile, arriving, changed);
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
        for offer in &mut offers {
            offer.evidence = offer.event.or(arriving.first().copied());
        }
        self.enter_all(offers);
    }

    /// Step 3: exits and goals of current runs, in (journey, run) order.
    pub(super) fn check_exits_of(&mut self, profile: ProfileId) {
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
    pub(super) fn journeys_started_by(&self, event: EventIndex) -> Vec<JourneyIndex> {
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

    pub(super) fn trigger_matches(&self, journey: JourneyIndex, event: EventIndex) -> bool {
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
                    self.too_old(profile, journey, event);
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
    }

    /// Sets the timers of date triggers whose date may be another now: the attribute changed, or the
    /// person's zone may have. History sets them too: what it says of a date still to come counts.
    fn schedule_dates(&mut self, profile: ProfileId, arriving: &[EventIndex], changed: &[Box<str>]) {
        let plan = self.plan();
        let moves = |event: &EventIndex| self.log_of(*event).context(self.event(*event)).contains("timezone");
        let moved = !plan.date_triggered.is_empty()
            && (changed.iter().any(|name| matches!(&**name, "timezone" | "time_zone"))
                || arriving.iter().any(moves));
        for &journey in &plan.date_triggered {
            let Trigger::DateAttribute { name, .. } = &plan.journeys[journey].journey.trigger else {
                continue;
            };
            if moved || changed.iter().any(|changed| **changed == **name) {
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
                        |_| format!("First seen as {}", identifier.spoken()),
                        &[call],
                    );
                }
                IdentityStep::Gained { profile, identifier, rule } => {
                    self.person_mut(*profile);
                    touch(&mut gathered, *profile);
                    let because = Because::platform(self.shared.input.platform, *rule);
                    let text = |_: &Self| format!("Now also known as {}", identifier.spoken());
                    self.tell_profile(*profile, None, "identified", "", because, text, &[call]);
                }
                IdentityStep::Changed { profile, from, to, rule } => {
                    self.person_mut(*profile);
                    touch(&mut gathered, *profile);
                    let because = Because::platform(self.shared.input.platform, *rule);
                    let text = |_: &Self| format!("The {} changed to {}", from.spoken(), to.spoken());
                    self.tell_profile(*profile, None, "identified", "", because, text, &[call]);
                }
                IdentityStep::Joined { profile, anonymous_id, events, expired, tail, rule } => {
                    touch(&mut gathered, *profile);
                    self.join_held(*profile, anonymous_id, events, *rule, *tail, call);
                    self.expire(expired);
                    gathered.joined.extend(events.iter().map(|event| (*profile, *event)));
                }
                IdentityStep::Merged {
                    survivor,
                    absorbed,
                    identifiers,
                    absorbed_was_anonymous,
                    events,
                    rule,
                } => {
                    let sent = self.sent_by_blocks(*absorbed);
                    self.merge((*survivor, *absorbed), identifiers, *rule, events.len(), call);
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
                        let device = anonymous_id.spoken();
                        format!("The {device} now belongs to somebody else; joined history stayed")
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
        if let Owner::Profile(profile) = outcome.owner
            && outcome.steps.iter().any(says_who)
        {
            self.identified(profile, call);
        }
        gathered
    }

    /// Keeps the call that said who somebody is, and tells where it did.
    fn identified(&mut self, profile: ProfileId, call: EventIndex) {
        let known_ms = self.resolver.profile(profile).is_known().then_some(self.now_ms);
        let person = self.person_mut(profile);
        person.identified_by = Some(call);
        person.known_ms = person.known_ms.or(known_ms);
        let because = Because::rule("capture_point");
        let text = |world: &Self| match world.capture_point(call) {
            CapturePoint::Unknown => "Nothing tells where they said who they are".to_owned(),
            point => format!("Said who they are ({point})"),
        };
        self.tell_profile(profile, None, "captured", "", because, text, &[call]);
    }

    fn capture_point(&self, call: EventIndex) -> CapturePoint {
        let input = self.shared.input;
        let call = input.log.event(call);
        capture_point(input.log, &input.workspace.capture, call, self.captures.iter().copied())
    }

    /// ` (popup)`: where somebody last said who they are; empty where nothing tells.
    pub(super) fn captured_text(&self, profile: ProfileId) -> String {
        let point = self.person(profile).identified_by.map(|call| self.capture_point(call));
        point
            .filter(|point| *point != CapturePoint::Unknown)
            .map_or_else(String::new, |point| format!(" ({point})"))
    }
}

/// Whether a step says who somebody is: they got an identifier that is not anonymous, or a device.
fn says_who(step: &IdentityStep) -> bool {
    match step {
        IdentityStep::Created { identifier, .. } => !identifier.is_anonymous(),
        IdentityStep::Joined { tail, .. } => !tail,
        IdentityStep::Gained { .. }
        | IdentityStep::Changed { .. }
        | IdentityStep::Merged { .. }
        | IdentityStep::Relinked { .. } => true,
        IdentityStep::Refused { .. } | IdentityStep::Traits { .. } => false,
    }
}

fn touch(gathered: &mut Gathered, profile: ProfileId) {
    if !gathered.touched.contains(&profile) {
        gathered.touched.push(profile);
    }
}
