//! Evaluating conditions: what may be asked of a person at an instant, and when the answer may
//! next change by time alone.

use serde_json::Value;

use super::{
    plan::{Cond, EventCond, Matcher, SegmentIndex},
    state::{Entry, MessageFact, Person, RunSlot, TriggerFact},
    world::World,
};
use crate::{
    identity::{AddressVerdict, ProfileId, check_address},
    journey::{
        Channel, CompareCount, Scalar, Test,
        condition::{AddressNeed, Identification, MessageStatus},
    },
    recording::{
        EventIndex,
        facts::{FactKey, Facts, FactsInput, lookup, product_of},
        time,
    },
    simulator::result::MessageState,
};

/// Whom a condition is asked of, when, and from what it counts.
#[derive(Clone, Copy)]
struct Ask<'r> {
    profile: ProfileId,
    now_ms: i64,
    /// The run's trigger, where there is a run.
    trigger: Option<&'r TriggerFact>,
    /// Whether events without a window count from the trigger only.
    since_trigger: bool,
    /// Whether this is (part of) a segment's condition.
    in_segment: bool,
}

impl World<'_> {
    /// Whether a condition holds for a run now. `since_trigger`: wait conditions, exits and goals
    /// count events from the run's trigger unless a window is set.
    pub(super) fn holds_in_run(&self, cond: &Cond, slot: RunSlot, since_trigger: bool) -> bool {
        let run = &self.runs[slot];
        let ask = Ask {
            profile: run.profile,
            now_ms: self.now_ms,
            trigger: Some(&run.trigger),
            since_trigger,
            in_segment: false,
        };
        self.holds(cond, ask)
    }

    /// When a wait condition of a run may next change by time alone.
    pub(super) fn changes_in_run(&self, cond: &Cond, slot: RunSlot) -> Option<i64> {
        let run = &self.runs[slot];
        let ask = Ask {
            profile: run.profile,
            now_ms: self.now_ms,
            trigger: Some(&run.trigger),
            since_trigger: true,
            in_segment: false,
        };
        earlier(self.changes(cond, ask), self.next_future_event(run.profile))
    }

    /// Whether a journey's audience condition holds when a trigger is offered.
    pub(super) fn holds_for_trigger(&self, cond: &Cond, profile: ProfileId, trigger: &TriggerFact) -> bool {
        let ask = Ask {
            profile,
            now_ms: self.now_ms,
            trigger: Some(trigger),
            since_trigger: false,
            in_segment: false,
        };
        self.holds(cond, ask)
    }

    /// Whether somebody is in a segment.
    pub(super) fn in_segment(&self, segment: SegmentIndex, profile: ProfileId, now_ms: i64) -> bool {
        let ask = Ask { profile, now_ms, trigger: None, since_trigger: false, in_segment: true };
        self.holds(&self.plan().segments[segment].condition, ask)
    }

    /// When a membership may next change by time alone.
    pub(super) fn segment_changes(
        &self,
        segment: SegmentIndex,
        profile: ProfileId,
        now_ms: i64,
    ) -> Option<i64> {
        let ask = Ask { profile, now_ms, trigger: None, since_trigger: false, in_segment: true };
        let changes = self.changes(&self.plan().segments[segment].condition, ask);
        earlier(changes, self.next_future_event(profile))
    }

    fn holds(&self, cond: &Cond, ask: Ask<'_>) -> bool {
        match cond {
            Cond::All(all) => all.iter().all(|cond| self.holds(cond, ask)),
            Cond::Any(any) => any.iter().any(|cond| self.holds(cond, ask)),
            Cond::Not(inner) => {
                if let Cond::Event(event) = &**inner
                    && !self.old_enough(event, ask)
                {
                    return false;
                }
                !self.holds(inner, ask)
            }
            Cond::Event(event) => {
                let of_absence = event.count.holds(0);
                self.count_holds(event, ask) && (!of_absence || self.old_enough(event, ask))
            }
            Cond::Attribute(name, test) => {
                value_passes(self.attribute(ask.profile, name).as_ref(), test, ask.now_ms)
            }
            Cond::Fact(path, test) => {
                let facts = self.facts(ask.profile, ask.now_ms, FactKey::of_path(path).as_slice());
                passes(&lookup(facts.tree(), path), test, ask.now_ms)
            }
            Cond::Trigger(property, test) => match ask.trigger.and_then(|trigger| trigger.event) {
                Some(event) => self.property_passes(event, property, test, ask.now_ms),
                None => passes(&[], test, ask.now_ms),
            },
            Cond::Segment(segment) => {
                let ask = Ask { trigger: None, since_trigger: false, in_segment: true, ..ask };
                self.holds(&self.plan().segments[*segment].condition, ask)
            }
            Cond::Identified(by, address) => self.is_identified(ask.profile, *by, *address),
            Cond::Consent(channel, state) => self.consent(ask.profile, *channel, ask.now_ms) == *state,
            Cond::Reachable(channel) => self.is_reachable(ask.profile, *channel),
            Cond::Message { status, within_ms, .. } => {
                let after_ms = within_ms.map_or(i64::MIN, |within| ask.now_ms - within);
                self.messages_meant(cond, ask.profile)
                    .any(|message| message.at_ms > after_ms && status_fits(*status, message.state))
            }
            Cond::InJourney(journey, None) => {
                let mut runs = self.person(ask.profile).runs.iter();
                runs.any(|slot| {
                    !self.runs[*slot].ended && self.journey_id(self.runs[*slot].journey) == journey.as_str()
                })
            }
            Cond::InJourney(journey, Some(within_ms)) => self
                .entries_of(ask.profile, journey.as_str())
                .any(|entry| entry.at_ms > ask.now_ms - within_ms),
            Cond::Never => false,
        }
    }

    /// The earliest instant after now at which the answer may change by time alone; later
    /// changes are found when that instant comes.
    fn changes(&self, cond: &Cond, ask: Ask<'_>) -> Option<i64> {
        match cond {
            Cond::All(list) | Cond::Any(list) => list.iter().filter_map(|cond| self.changes(cond, ask)).min(),
            Cond::Not(inner) => self.changes(inner, ask),
            Cond::Event(event) => earlier(self.window_ends(event, ask), self.comes_of_age(event, ask)),
            Cond::Attribute(name, test) => {
                let value = self.attribute(ask.profile, name);
                value.and_then(|value| dates_pass(&[&value], test, ask.now_ms))
            }
            Cond::Fact(path, test) => {
                let facts = self.facts(ask.profile, ask.now_ms, FactKey::of_path(path).as_slice());
                dates_pass(&lookup(facts.tree(), path), test, ask.now_ms)
            }
            Cond::Trigger(property, test) => {
                let event = ask.trigger.and_then(|trigger| trigger.event)?;
                let properties = self.properties(event, property);
                dates_pass(&lookup(&properties, inner_path(property)), test, ask.now_ms)
            }
            Cond::Segment(segment) => {
                let ask = Ask { trigger: None, since_trigger: false, in_segment: true, ..ask };
                self.changes(&self.plan().segments[*segment].condition, ask)
            }
            Cond::Consent(channel, _) => self.consent_changes(ask.profile, *channel, ask.now_ms),
            Cond::Message { within_ms: Some(within), .. } => self
                .messages_meant(cond, ask.profile)
                .map(|message| message.at_ms + within)
                .filter(|at_ms| *at_ms > ask.now_ms)
                .min(),
            Cond::InJourney(journey, Some(within_ms)) => self
                .entries_of(ask.profile, journey.as_str())
                .map(|entry| entry.at_ms + within_ms)
                .filter(|at_ms| *at_ms > ask.now_ms)
                .min(),
            Cond::Identified(..)
            | Cond::Reachable(_)
            | Cond::Message { within_ms: None, .. }
            | Cond::InJourney(_, None)
            | Cond::Never => None,
        }
    }

    /// Whether the number of events is as asked. Walks the history from the latest back and
    /// stops as soon as the answer is known.
    fn count_holds(&self, cond: &EventCond, ask: Ask<'_>) -> bool {
        let enough = match cond.count {
            CompareCount::AtLeast(n) => n,
            CompareCount::AtMost(n) | CompareCount::Exactly(n) => n.saturating_add(1),
        };
        let mut count = 0;
        for event in self.counted(cond, ask) {
            if count >= enough {
                break;
            }
            if self.passes_filters(event, &cond.event.filters, ask.now_ms) {
                count += 1;
            }
        }
        cond.count.holds(count)
    }

    /// Events of the right name inside every bound, latest first; filters not looked at.
    fn counted<'w>(&'w self, cond: &'w EventCond, ask: Ask<'_>) -> impl Iterator<Item = EventIndex> + 'w {
        let since = cond.since_entry || (ask.since_trigger && cond.within_ms.is_none());
        let base = ask.trigger.filter(|_| since).map(|trigger| (trigger.event, trigger.at_ms));
        let after_ms = cond.within_ms.map_or(i64::MIN, |within| ask.now_ms - within);
        let latest = |matcher: &Option<Matcher>| {
            matcher.as_ref().map(|matcher| self.latest_before(ask.profile, matcher, ask.now_ms))
        };
        let (after, before) = (latest(&cond.after), latest(&cond.before));
        let nothing = after == Some(None) || before == Some(None);
        let history: &[EventIndex] = if nothing { &[] } else { &self.person(ask.profile).history };
        let now_ms = ask.now_ms;
        history
            .iter()
            .rev()
            .copied()
            .skip_while(move |event| self.event(*event).happened_ms > now_ms)
            .take_while(move |event| self.event(*event).happened_ms > after_ms)
            .take_while(move |event| match base {
                Some((Some(trigger), _)) => self.history_order(*event, trigger).is_gt(),
                Some((None, at_ms)) => self.event(*event).happened_ms > at_ms,
                None => true,
            })
            .take_while(move |event| match after {
                Some(Some(bound)) => self.history_order(*event, bound).is_gt(),
                _ => true,
            })
            .filter(move |event| match before {
                Some(Some(bound)) => self.history_order(*event, bound).is_lt(),
                _ => true,
            })
            .filter(|event| self.is_meant(*event, &cond.event.matcher))
    }

    fn window_ends(&self, cond: &EventCond, ask: Ask<'_>) -> Option<i64> {
        let within_ms = cond.within_ms?;
        // The last of an iterator that goes back in time leaves the window first.
        self.counted(cond, ask).last().map(|event| self.event(event).happened_ms + within_ms)
    }

    /// “Has not done X within N days” holds only for profiles that old, where the preset says so.
    fn old_enough(&self, cond: &EventCond, ask: Ask<'_>) -> bool {
        self.age_limit(cond, ask).is_none_or(|since_ms| ask.now_ms >= since_ms)
    }

    fn comes_of_age(&self, cond: &EventCond, ask: Ask<'_>) -> Option<i64> {
        self.age_limit(cond, ask).filter(|at_ms| *at_ms > ask.now_ms)
    }

    fn age_limit(&self, cond: &EventCond, ask: Ask<'_>) -> Option<i64> {
        let within_ms = cond.within_ms?;
        if !ask.in_segment || !self.shared.input.platform.segment_age.value {
            return None;
        }
        let created_ms = self.resolver.profile(ask.profile).created_ms;
        let first = self.person(ask.profile).history.first();
        let since_ms = first.map_or(created_ms, |first| self.event(*first).happened_ms.min(created_ms));
        Some(since_ms.saturating_add(within_ms))
    }

    /// The latest event of a kind that happened by now.
    pub(super) fn latest(&self, profile: ProfileId, matcher: &Matcher) -> Option<EventIndex> {
        self.latest_before(profile, matcher, self.now_ms)
    }

    fn latest_before(&self, profile: ProfileId, matcher: &Matcher, now_ms: i64) -> Option<EventIndex> {
        let history = self.person(profile).history.iter().rev().copied();
        history
            .skip_while(|event| self.event(*event).happened_ms > now_ms)
            .find(|event| self.is_meant(*event, matcher))
    }

    /// When the next event that says it happens in the future comes into sight.
    fn next_future_event(&self, profile: ProfileId) -> Option<i64> {
        let history = self.person(profile).history.iter().rev();
        history
            .map(|event| self.event(*event).happened_ms)
            .take_while(|happened_ms| *happened_ms > self.now_ms)
            .last()
    }

    fn is_meant(&self, event: EventIndex, matcher: &Matcher) -> bool {
        if self.is_own(event) {
            matcher.matches_name(self.event(event).kind, self.name_of(event))
        } else {
            matcher.matches(self.event(event))
        }
    }

    /// Whether an event passes every filter.
    pub(super) fn passes_filters(&self, event: EventIndex, filters: &[(String, Test)], now_ms: i64) -> bool {
        filters.iter().all(|(path, test)| self.property_passes(event, path, test, now_ms))
    }

    fn property_passes(&self, event: EventIndex, path: &str, test: &Test, now_ms: i64) -> bool {
        let properties = self.properties(event, path);
        passes(&lookup(&properties, inner_path(path)), test, now_ms)
    }

    /// The object a property path reads from: the event's context, or its properties completed
    /// from the catalogue.
    fn properties(&self, event: EventIndex, path: &str) -> Value {
        let (log, head) = (self.log_of(event), self.event(event));
        if path.starts_with("context.") {
            return log.context_value(head);
        }
        let currency = &self.shared.input.workspace.currency;
        product_of(log.properties_value(head), self.shared.input.catalog, currency)
    }

    /// One property of an event as text, for run keys.
    pub(super) fn event_property_text(&self, event: EventIndex, path: &str) -> Option<String> {
        let properties = self.properties(event, path);
        lookup(&properties, inner_path(path)).first().map(|value| match value {
            Value::String(text) => text.clone(),
            other => other.to_string(),
        })
    }

    /// Properties of an event, completed from the catalogue.
    pub(super) fn event_properties(&self, event: EventIndex) -> Value {
        self.properties(event, "")
    }

    /// An attribute; dots reach into nested values. Identifiers count as attributes where no
    /// attribute has their name.
    pub(super) fn attribute(&self, profile: ProfileId, name: &str) -> Option<Value> {
        let who = self.resolver.profile(profile);
        if let Some(value) = who.attributes.get(name) {
            return Some(value.value.clone()).filter(|value| !value.is_null());
        }
        if let Some(identifier) = who.identifier(name) {
            return Some(Value::String(identifier.to_owned()));
        }
        let (root, rest) = name.split_once(['.', '['])?;
        let value = &who.attributes.get(root)?.value;
        let found = lookup(value, rest);
        match found.as_slice() {
            [] => None,
            [one] => Some((*one).clone()),
            many => Some(Value::Array(many.iter().map(|value| (*value).clone()).collect())),
        }
    }

    /// Facts of a profile at an instant.
    pub(super) fn facts(&self, profile: ProfileId, now_ms: i64, keys: &[FactKey]) -> Facts {
        let history = &self.person(profile).history;
        if self.own.is_empty() {
            return self.facts_of(history, now_ms, keys);
        }
        // Events sent by blocks are no shopping.
        let recorded: Vec<EventIndex> =
            history.iter().copied().filter(|event| !self.is_own(*event)).collect();
        self.facts_of(&recorded, now_ms, keys)
    }

    /// Facts of recorded events, given in the order of history, at an instant.
    pub(super) fn facts_of(&self, history: &[EventIndex], now_ms: i64, keys: &[FactKey]) -> Facts {
        let input = self.shared.input;
        Facts::only(
            &FactsInput {
                log: input.log,
                history,
                now_ms,
                roles: &self.plan().roles,
                sessions: input.workspace.sessions,
                catalog: input.catalog,
                currency: &input.workspace.currency,
            },
            keys,
        )
    }

    /// Whether somebody is identified as asked.
    pub(super) fn is_identified(&self, profile: ProfileId, by: Identification, need: AddressNeed) -> bool {
        let who = self.resolver.profile(profile);
        let identified = match by {
            Identification::Any => who.is_known(),
            Identification::UserId => who.identifier("user_id").is_some(),
            Identification::Email => self.address(profile, Channel::Email).is_some(),
            Identification::Phone => self.address(profile, Channel::Sms).is_some(),
            Identification::ReachableChannel => {
                self.is_reachable(profile, Channel::Email) || self.is_reachable(profile, Channel::Sms)
            }
        };
        identified && (need == AddressNeed::Any || self.address_is_good(profile))
    }

    /// Whether the email is neither invalid nor mistyped nor disposable; somebody identified
    /// otherwise, without an email, has no bad address.
    fn address_is_good(&self, profile: ProfileId) -> bool {
        self.address(profile, Channel::Email).is_none_or(|address| {
            matches!(check_address(&address).verdict, AddressVerdict::Ok | AddressVerdict::Role)
        })
    }

    fn messages_meant<'w>(
        &'w self,
        cond: &'w Cond,
        profile: ProfileId,
    ) -> impl Iterator<Item = &'w MessageFact> + 'w {
        let Person { messages, .. } = self.person(profile);
        messages.iter().filter(move |message| {
            let Cond::Message { journey, block, .. } = cond else { return false };
            let plan = &self.plan().journeys[message.journey];
            journey.as_ref().is_none_or(|id| id == plan.id())
                && block.as_ref().is_none_or(|id| id == plan.blocks[message.block].id)
        })
    }

    fn entries_of<'w>(
        &'w self,
        profile: ProfileId,
        journey: &'w str,
    ) -> impl Iterator<Item = &'w Entry> + 'w {
        let entries = self.person(profile).entries.iter();
        entries.filter(move |entry| self.journey_id(entry.journey) == journey)
    }

    fn journey_id(&self, journey: usize) -> &str {
        self.plan().journeys[journey].id().as_str()
    }
}

fn status_fits(wanted: MessageStatus, state: MessageState) -> bool {
    match wanted {
        MessageStatus::Sent => state == MessageState::Sent,
        MessageStatus::NotSent => state == MessageState::NotSent,
    }
}

fn inner_path(path: &str) -> &str {
    path.strip_prefix("context.").unwrap_or(path)
}

fn earlier(a: Option<i64>, b: Option<i64>) -> Option<i64> {
    a.into_iter().chain(b).min()
}

/// Whether an attribute's value passes a test.
pub fn value_passes(value: Option<&Value>, test: &Test, now_ms: i64) -> bool {
    match value {
        Some(Value::Array(items)) => passes(&items.iter().collect::<Vec<_>>(), test, now_ms),
        Some(value) => passes(&[value], test, now_ms),
        None => passes(&[], test, now_ms),
    }
}

/// Whether the values a path leads to pass a test: any of them, or for the negative tests none.
pub fn passes(values: &[&Value], test: &Test, now_ms: i64) -> bool {
    let text = |wanted: &dyn Fn(&str) -> bool| values.iter().any(|v| v.as_str().is_some_and(wanted));
    let number = |wanted: &dyn Fn(f64) -> bool| values.iter().any(|v| v.as_f64().is_some_and(wanted));
    let date = |wanted: &dyn Fn(i64) -> bool| values.iter().any(|v| instant_of(v).is_some_and(wanted));
    let equals = |scalar: &Scalar| values.iter().any(|value| is_equal(value, scalar));
    match test {
        Test::Exists => !values.is_empty(),
        Test::Missing => values.is_empty(),
        Test::Equals(scalar) => equals(scalar),
        Test::NotEquals(scalar) => !equals(scalar),
        Test::In(list) => list.iter().any(equals),
        Test::NotIn(list) => !list.iter().any(equals),
        Test::EqualsIgnoreCase(wanted) => text(&|t| t.to_lowercase() == wanted.to_lowercase()),
        Test::Contains(part) => text(&|t| t.contains(part.as_str())),
        Test::ContainsIgnoreCase(part) => text(&|t| t.to_lowercase().contains(&part.to_lowercase())),
        Test::StartsWith(part) => text(&|t| t.starts_with(part.as_str())),
        Test::MoreThan(bound) => number(&|n| n > *bound),
        Test::AtLeast(bound) => number(&|n| n >= *bound),
        Test::LessThan(bound) => number(&|n| n < *bound),
        Test::AtMost(bound) => number(&|n| n <= *bound),
        Test::WithinLast(span) => date(&|at| at <= now_ms && at > now_ms - span.ms()),
        Test::LongerAgoThan(span) => date(&|at| at <= now_ms - span.ms()),
        Test::WithinNext(span) => date(&|at| at > now_ms && at <= now_ms + span.ms()),
    }
}

/// When a test of dates may next change its answer.
fn dates_pass(values: &[&Value], test: &Test, now_ms: i64) -> Option<i64> {
    let turns = |at_ms: i64| match test {
        Test::WithinLast(span) => vec![at_ms, at_ms.saturating_add(span.ms())],
        Test::LongerAgoThan(span) => vec![at_ms.saturating_add(span.ms())],
        Test::WithinNext(span) => vec![at_ms.saturating_sub(span.ms()), at_ms],
        _ => Vec::new(),
    };
    let flat = values.iter().flat_map(|value| match value {
        Value::Array(items) => items.iter().collect::<Vec<_>>(),
        other => vec![*other],
    });
    flat.filter_map(instant_of).flat_map(turns).filter(|at_ms| *at_ms > now_ms).min()
}

fn is_equal(value: &Value, scalar: &Scalar) -> bool {
    match (value, scalar) {
        (Value::Bool(a), Scalar::Bool(b)) => a == b,
        (Value::Number(a), Scalar::Number(b)) => a.as_f64() == Some(*b),
        (Value::String(a), Scalar::Text(b)) => a == b,
        _ => false,
    }
}

fn instant_of(value: &Value) -> Option<i64> {
    match value {
        Value::String(text) => time::parse_instant_ms(text),
        Value::Number(number) => time::parse_instant_ms(&number.to_string()),
        _ => None,
    }
}
