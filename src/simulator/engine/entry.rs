//! Triggers and entry: what is offered, what starts, and why not; segments that are followed.

use serde_json::Value;

use super::{
    plan::JourneyIndex,
    state::{Entry, Run, RunSlot, TriggerFact},
    tally::Counted,
    tell::{Because, plural},
    world::{Due, MOST_STARTS_PER_INSTANT, World},
};
use crate::{
    identity::{Confidence, ProfileId, RuleId, platform::Anonymous},
    journey::{HeldTriggers, ReEntry, Runs, Trigger},
    recording::{EventIndex, Span, time},
    simulator::{clock, result::RunStart},
};

const MINUTE_MS: i64 = 60_000;
const DAY_MS: i64 = 86_400_000;

/// A trigger offered to a journey.
pub struct Offer {
    /// The journey.
    pub journey: JourneyIndex,
    /// Who.
    pub profile: ProfileId,
    /// The event, for event triggers.
    pub event: Option<EventIndex>,
    /// The call that shows it: the event itself, or the call at which something else came about.
    pub evidence: Option<EventIndex>,
    /// Whether the event joined (and did not arrive just now).
    pub joined: bool,
    /// The instant, for triggers without an event.
    pub at_ms: i64,
}

impl Offer {
    /// An event that arrived just now.
    pub const fn event(journey: JourneyIndex, profile: ProfileId, event: EventIndex) -> Self {
        Self { journey, profile, event: Some(event), evidence: Some(event), joined: false, at_ms: 0 }
    }
    /// An event that joined.
    pub const fn joined(journey: JourneyIndex, profile: ProfileId, event: EventIndex) -> Self {
        Self { journey, profile, event: Some(event), evidence: Some(event), joined: true, at_ms: 0 }
    }
    /// Something other than an event.
    pub const fn instant(journey: JourneyIndex, profile: ProfileId, at_ms: i64) -> Self {
        Self { journey, profile, event: None, evidence: None, joined: false, at_ms }
    }
}

/// A followed segment that was entered or left.
pub struct Transition {
    profile: ProfileId,
    followed: usize,
    entered: bool,
}

/// Whether two triggers may not run at the same time under these rules.
pub fn same_key(rules: &Runs, a: &TriggerFact, b: &TriggerFact) -> bool {
    match rules {
        Runs::OneAtATime => true,
        Runs::OnePerKey(_) => a.key == b.key,
    }
}

/// Why somebody who entered at `last_ms` may not enter again at `now_ms`, if so.
pub fn too_soon(rule: ReEntry, last_ms: i64, now_ms: i64) -> Option<&'static str> {
    match rule {
        ReEntry::EveryTime => None,
        ReEntry::Once => Some("already_entered"),
        ReEntry::AfterGap(gap) => (now_ms - last_ms < gap.ms()).then_some("gap"),
    }
}

impl World<'_> {
    /// Of several joined triggers of one journey, keeps those its `held_triggers` rule offers.
    pub(super) fn keep_oldest_or_newest(&mut self, first: usize, offers: &mut Vec<Offer>) {
        let mut left_out = Vec::new();
        for (position, offer) in offers.iter().enumerate().skip(first) {
            let rule = self.plan().journeys[offer.journey].journey.entry.held_triggers;
            let same = |other: &&Offer| other.journey == offer.journey;
            let passed_over = match rule {
                HeldTriggers::Each => None,
                HeldTriggers::Oldest => offers[first..position].iter().find(same).map(|_| "not_oldest"),
                HeldTriggers::Newest => offers[position + 1..].iter().find(same).map(|_| "not_newest"),
            };
            if let Some(reason) = passed_over {
                left_out.push((position, reason));
            }
        }
        for (position, reason) in left_out.into_iter().rev() {
            let offer = offers.remove(position);
            self.count_refusal(offer.journey, reason);
            let text = |world: &Self| {
                let which = if reason == "not_oldest" { "oldest" } else { "newest" };
                format!(
                    "{}: only the {which} of the joined triggers is offered",
                    world.offer_text(offer.journey, offer.event)
                )
            };
            let events: Vec<EventIndex> = offer.evidence.into_iter().collect();
            let because = Because::rule("held_triggers");
            self.tell_profile(
                offer.profile,
                Some(offer.journey),
                "not_started",
                reason,
                because,
                text,
                &events,
            );
        }
    }

    /// Steps 4 to 6: entry decides on each offer in order; the new runs look back, then advance.
    pub(super) fn enter_all(&mut self, offers: Vec<Offer>) {
        let mut started = Vec::new();
        for offer in offers {
            if let Some(slot) = self.enter(&offer) {
                started.push(slot);
            }
        }
        for &slot in &started {
            self.check_exits(slot);
        }
        for slot in started {
            if !self.runs[slot].ended {
                self.advance_to_start(slot);
            }
        }
    }

    fn advance_to_start(&mut self, slot: RunSlot) {
        if let Some(block) = self.plan().journeys[self.runs[slot].journey].start {
            self.enter_block(slot, block);
        } else {
            let because = Because::rule("path_ended");
            self.end(slot, "path_ended", because, "The trigger leads nowhere".to_owned(), &[]);
        }
    }

    fn enter(&mut self, offer: &Offer) -> Option<RunSlot> {
        self.count(offer.journey, Counted::Offered);
        let trigger = self.trigger_fact(offer);
        if let Some(reason) = self.entry_refusal(offer, &trigger) {
            self.count_refusal(offer.journey, reason);
            let events: Vec<EventIndex> = offer.evidence.into_iter().collect();
            let text = |world: &Self| {
                format!("{}: {}", world.offer_text(offer.journey, offer.event), refusal_text(reason))
            };
            let because = Because::rule("entry");
            self.tell_profile(
                offer.profile,
                Some(offer.journey),
                "not_started",
                reason,
                because,
                text,
                &events,
            );
            return None;
        }
        Some(self.start(offer, trigger))
    }

    fn entry_refusal(&self, offer: &Offer, trigger: &TriggerFact) -> Option<&'static str> {
        let journey = &self.plan().journeys[offer.journey];
        let known = self.resolver.profile(offer.profile).is_known();
        if !known && !self.shared.input.platform.anonymous_entry.value {
            return Some("anonymous");
        }
        if let Some(audience) = &journey.audience
            && !self.holds_for_trigger(audience, offer.profile, trigger)
        {
            return Some("audience");
        }
        let person = self.person(offer.profile);
        let rules = &journey.journey.entry;
        let running = person.runs.iter().any(|slot| {
            let run = &self.runs[*slot];
            run.journey == offer.journey && !run.ended && same_key(&rules.runs, &run.trigger, trigger)
        });
        if running {
            return Some("already_in_run");
        }
        let last = person.entries.iter().filter(|e| e.journey == offer.journey).map(|e| e.at_ms).max();
        if let Some(reason) = last.and_then(|last| too_soon(rules.re_entry, last, self.now_ms)) {
            return Some(reason);
        }
        let (at_ms, count) = person.starts;
        (at_ms == self.now_ms && count >= MOST_STARTS_PER_INSTANT).then_some("loop_stopped")
    }

    fn trigger_fact(&self, offer: &Offer) -> TriggerFact {
        let at_ms = offer.event.map_or(offer.at_ms, |event| self.event(event).happened_ms);
        let key = match (&self.plan().journeys[offer.journey].journey.entry.runs, offer.event) {
            (Runs::OnePerKey(property), Some(event)) => self.event_property_text(event, property),
            _ => None,
        };
        TriggerFact { event: offer.event, at_ms, offered_ms: self.now_ms, key }
    }

    fn start(&mut self, offer: &Offer, trigger: TriggerFact) -> RunSlot {
        let slot = self.runs.len();
        let entries = &self.person(offer.profile).entries;
        let ordinal = entries.iter().filter(|entry| entry.journey == offer.journey).count() as u32 + 1;
        self.runs.push(Run {
            journey: offer.journey,
            ordinal,
            profile: offer.profile,
            started: RunStart::shared(self.resolver.profile(offer.profile).key.clone(), ordinal),
            trigger,
            block: usize::MAX,
            entered_ms: self.now_ms,
            stays: 0,
            wait: None,
            ended: false,
            goal_reached: false,
            because: Vec::new(),
        });
        let now_ms = self.now_ms;
        let order = self.run_order(slot);
        let at = self.person(offer.profile).runs.partition_point(|other| self.run_order(*other) < order);
        let person = self.person_mut(offer.profile);
        person.runs.insert(at, slot);
        person.entries.push(Entry { journey: offer.journey, at_ms: now_ms });
        person.starts = if person.starts.0 == now_ms { (now_ms, person.starts.1 + 1) } else { (now_ms, 1) };
        if let Some(event) = offer.event {
            self.started.insert((offer.journey, event));
        }
        self.count(offer.journey, Counted::Started);
        self.note_move(offer.profile);
        self.tell_start(slot, offer);
        slot
    }

    fn tell_start(&mut self, slot: RunSlot, offer: &Offer) {
        let platform = self.shared.input.platform;
        let events: Vec<EventIndex> = offer.evidence.into_iter().collect();
        let what = self.offer_text(offer.journey, offer.event);
        let known = self.resolver.profile(offer.profile).is_known();
        let (because, text) = if let Some(event) = offer.event.filter(|_| offer.joined) {
            let joined = self.joined_text(offer.profile, &what, event);
            let text = match platform.trigger_age.value {
                Some(limit) => format!(
                    "{joined}, so it still counts ({})",
                    age_rule(limit, platform.trigger_age.confidence)
                ),
                None => format!("{joined}; any age counts"),
            };
            (Because::platform(platform, RuleId::TriggerAge), text)
        } else if known {
            (Because::rule("trigger"), format!("{what} started the journey"))
        } else {
            let because = Because::platform(platform, RuleId::AnonymousEntry);
            (because, format!("{what} by an anonymous visitor started the journey"))
        };
        self.tell(slot, "run_started", "", because, text, &events);
    }

    /// A trigger that joined, in plain words: since when it was held, who was identified where, and
    /// how old it was by then.
    fn joined_text(&self, profile: ProfileId, what: &str, event: EventIndex) -> String {
        let event = self.event(event);
        let age_ms = self.now_ms - event.happened_ms;
        let (since, age) = (clock::spoken(self.shared.zone, event.happened_ms), age_text(age_ms));
        match self.shared.input.platform.anonymous.value {
            // What arrives just after identify was never held.
            Anonymous::Held { .. } if event.arrived_ms < self.now_ms => {
                let later = Span::from_ms(age_ms).spoken();
                let captured = self.captured_text(profile);
                format!(
                    "Held since {since}: nobody was identified yet. Identified {later} later{captured}. {what} was {age} old"
                )
            }
            _ => format!("{what} ({since}) was {age} old when it joined"),
        }
    }

    /// What was offered, in plain words.
    fn offer_text(&self, journey: JourneyIndex, event: Option<EventIndex>) -> String {
        let segment =
            |id: &String| self.shared.input.segments.0.get(id).map_or_else(|| id.clone(), |s| s.name.clone());
        match (event, &self.plan().journeys[journey].journey.trigger) {
            (Some(event), _) => self.event_text(event),
            (None, Trigger::EntersSegment(id)) => format!("Entering “{}”", segment(id)),
            (None, Trigger::LeavesSegment(id)) => format!("Leaving “{}”", segment(id)),
            (None, Trigger::AttributeChange { name, .. }) => format!("A change of {name}"),
            (None, Trigger::DateAttribute { name, .. }) => format!("The date in {name}"),
            (None, Trigger::Event { .. }) => "The trigger".to_owned(),
        }
    }

    fn count_refusal(&mut self, journey: JourneyIndex, reason: &'static str) {
        self.count(journey, Counted::NotStarted(reason));
    }

    /// A trigger that is not even offered: it is too old for the platform.
    pub(super) fn too_old(&mut self, profile: ProfileId, journey: JourneyIndex, event: EventIndex) {
        const REASON: &str = "too_old";
        self.count_refusal(journey, REASON);
        let platform = self.shared.input.platform;
        let limit = platform.trigger_age.value;
        let text = |world: &Self| {
            let limit = limit
                .map(|limit| format!(" ({})", age_rule(limit, platform.trigger_age.confidence)))
                .unwrap_or_default();
            let joined = world.joined_text(profile, &world.event_text(event), event);
            format!("{joined}: too old to start the journey{limit}")
        };
        let because = Because::platform(platform, RuleId::TriggerAge);
        self.tell_profile(profile, Some(journey), "not_started", REASON, because, text, &[event]);
    }

    /// Re-evaluates the followed segments of a profile; gives what was entered and left.
    pub(super) fn follow_segments(&mut self, profile: ProfileId) -> Vec<Transition> {
        let count = self.plan().followed.len();
        if count == 0 {
            return Vec::new();
        }
        (0..count).filter_map(|followed| self.follow_segment(profile, followed)).collect()
    }

    fn follow_segment(&mut self, profile: ProfileId, followed: usize) -> Option<Transition> {
        let count = self.plan().followed.len();
        let person = self.person_mut(profile);
        person.memberships.resize(count, false);
        person.checks_ms.resize(count, None);
        let segment = self.followed_segment(followed);
        let is_in = self.in_segment(segment, profile, self.now_ms);
        let changes_ms = self.segment_changes(segment, profile, self.now_ms);
        // One timer is valid at a time; those of an earlier reckoning are passed over.
        let before_ms = std::mem::replace(&mut self.person_mut(profile).checks_ms[followed], changes_ms);
        if let Some(at_ms) = changes_ms.filter(|_| changes_ms != before_ms) {
            self.set_timer(at_ms, Due::Segment(profile.0, followed));
        }
        let was_in = std::mem::replace(&mut self.person_mut(profile).memberships[followed], is_in);
        if is_in == was_in {
            return None;
        }
        let id = self.plan().segments[segment].id.clone();
        let decision = if is_in { "entered_segment" } else { "left_segment" };
        let because = Because::rule("segment");
        let verb = if is_in { "Entered" } else { "Left" };
        let text = |_: &Self| format!("{verb} the segment {id}");
        self.tell_profile(profile, None, decision, &id, because, text, &[]);
        Some(Transition { profile, followed, entered: is_in })
    }

    /// A followed segment may change by time alone.
    pub(super) fn segment_due(&mut self, profile: ProfileId, followed: usize) {
        let profile = self.resolver.current(profile);
        if self.person(profile).checks_ms.get(followed).copied().flatten() != Some(self.now_ms) {
            return;
        }
        let Some(transition) = self.follow_segment(profile, followed) else { return };
        if self.now_ms < self.shared.first_ms {
            return;
        }
        let mut offers = Vec::new();
        self.segment_offers(&[transition], &mut offers);
        self.enter_all(offers);
    }

    /// Segments that somebody entered or left start journeys, as any trigger does in the journeys'
    /// order: which segment is which does not matter.
    pub(super) fn segment_offers(&self, transitions: &[Transition], offers: &mut Vec<Offer>) {
        if transitions.is_empty() {
            return;
        }
        for (journey, plan) in self.plan().journeys.iter().enumerate() {
            let (segment, entered) = match &plan.journey.trigger {
                Trigger::EntersSegment(segment) => (segment, true),
                Trigger::LeavesSegment(segment) => (segment, false),
                _ => continue,
            };
            let is_meant = |transition: &&Transition| {
                let followed = self.followed_segment(transition.followed);
                transition.entered == entered && self.plan().segments[followed].id == *segment
            };
            offers.extend(
                transitions
                    .iter()
                    .filter(is_meant)
                    .map(|transition| Offer::instant(journey, transition.profile, self.now_ms)),
            );
        }
    }

    /// Sets the timer of a date trigger to its next occurrence.
    pub(super) fn schedule_date(&mut self, profile: ProfileId, journey: JourneyIndex) {
        let Some(at_ms) = self.next_date(profile, journey, self.now_ms) else { return };
        let dates = &mut self.person_mut(profile).dates;
        if !dates.contains(&(journey, at_ms)) {
            dates.push((journey, at_ms));
            self.set_timer(at_ms, Due::Date(profile.0, journey, at_ms));
        }
    }

    pub(super) fn date_due(&mut self, profile: ProfileId, journey: JourneyIndex, date_ms: i64) {
        let profile = self.resolver.current(profile);
        // Both sides of a merge may have set a timer for it; it comes once.
        let dates = &mut self.person_mut(profile).dates;
        let Some(at) = dates.iter().position(|date| *date == (journey, date_ms)) else { return };
        dates.swap_remove(at);
        // The attribute may have changed meanwhile: the date must still be the one that was set.
        if self.next_date(profile, journey, date_ms - 1) != Some(date_ms) {
            return;
        }
        if self.now_ms >= self.shared.first_ms {
            self.enter_all(vec![Offer::instant(journey, profile, date_ms)]);
        }
        self.schedule_date(profile, journey);
    }

    /// The first occurrence of a date trigger strictly after an instant.
    fn next_date(&self, profile: ProfileId, journey: JourneyIndex, after_ms: i64) -> Option<i64> {
        let Trigger::DateAttribute { name, yearly, offset_days, at_minute } =
            &self.plan().journeys[journey].journey.trigger
        else {
            return None;
        };
        let value = self.attribute(profile, name)?;
        let zone = self.person_zone(profile).unwrap_or(self.shared.zone);
        let date = Occurrence::of(&value, i64::from(*at_minute) * MINUTE_MS)?;
        date.next(zone, *yearly, i64::from(*offset_days), after_ms)
    }
}

/// A date as an attribute holds it.
enum Occurrence {
    /// An exact instant.
    Instant(i64),
    /// A local day (days since the epoch) at a time of day (ms).
    Day(i64, i64),
}

impl Occurrence {
    fn of(value: &Value, time_of_day_ms: i64) -> Option<Self> {
        let text = match value {
            Value::String(text) => text.trim().to_owned(),
            Value::Number(number) => number.to_string(),
            _ => return None,
        };
        if let Ok(day) = chrono::NaiveDate::parse_from_str(&text, "%Y-%m-%d") {
            return Some(Self::Day(days_of(day), time_of_day_ms));
        }
        time::parse_instant_ms(&text).map(Self::Instant)
    }

    fn next(&self, zone: chrono_tz::Tz, yearly: bool, offset_days: i64, after_ms: i64) -> Option<i64> {
        let (day, time_ms, instant) = match *self {
            Self::Day(day, time_ms) => (day, time_ms, None),
            Self::Instant(ms) => {
                let (day, time_ms) = time::local_of_ms(zone, ms);
                (day, time_ms, Some(ms + offset_days * DAY_MS))
            }
        };
        let at = |day: i64| time::resolve_local_ms(zone, day + offset_days, time_ms);
        if !yearly {
            let at_ms = instant.unwrap_or_else(|| at(day));
            return (at_ms > after_ms).then_some(at_ms);
        }
        let date = date_of(day)?;
        let first_year = chrono::Datelike::year(&date_of(time::local_of_ms(zone, after_ms).0)?) - 1;
        (first_year..first_year + 4)
            .filter_map(|year| in_year(date, year))
            .map(|date| at(days_of(date)))
            .find(|at_ms| *at_ms > after_ms)
    }
}

/// The same day and month in another year; 29 February becomes 28 where there is none.
fn in_year(date: chrono::NaiveDate, year: i32) -> Option<chrono::NaiveDate> {
    use chrono::Datelike;
    chrono::NaiveDate::from_ymd_opt(year, date.month(), date.day())
        .or_else(|| chrono::NaiveDate::from_ymd_opt(year, date.month(), 28))
}

fn days_of(date: chrono::NaiveDate) -> i64 {
    date.signed_duration_since(chrono::NaiveDate::default()).num_days()
}

fn date_of(days: i64) -> Option<chrono::NaiveDate> {
    chrono::NaiveDate::default().checked_add_signed(chrono::TimeDelta::try_days(days)?)
}

/// An age as the age rule counts: in hours once it is one, so that it compares with “72-hour rule”.
fn age_text(age_ms: i64) -> String {
    const HOUR_MS: i64 = 3_600_000;
    let hours = age_ms / HOUR_MS;
    let minutes = age_ms % HOUR_MS / MINUTE_MS;
    if hours < 1 {
        Span::from_ms(age_ms).spoken()
    } else if minutes > 0 {
        format!("{hours} h {minutes} min")
    } else if age_ms % MINUTE_MS > 0 {
        format!("just over {hours} h")
    } else {
        format!("{hours} h")
    }
}

/// `72-hour rule, documented`.
fn age_rule(limit: Span, confidence: Confidence) -> String {
    format!("{}-hour rule, {}", limit.ms() / 3_600_000, confidence.word())
}

fn refusal_text(reason: &str) -> String {
    match reason {
        "anonymous" => "nobody is identified yet".to_owned(),
        "audience" => "not in the journey's audience".to_owned(),
        "already_in_run" => "already in this journey".to_owned(),
        "already_entered" => "entered before, and the journey is for once only".to_owned(),
        "gap" => "entered too recently".to_owned(),
        _ => format!("stopped after {} at one instant", plural(MOST_STARTS_PER_INSTANT as usize, "start")),
    }
}
