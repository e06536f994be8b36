//! Conditions, asked over whole histories.

use serde_json::Value;
use throughline::{
    identity::{AddressVerdict, check_address},
    journey::{
        AddressNeed, Channel, CompareCount, Condition, ConsentState, EventCondition, EventRef,
        Identification, MessageStatus, PropertyFilter, Scalar, Test,
    },
    recording::{
        Event, EventIndex, EventKind, Facts,
        facts::{FactsInput, product_of},
        time::parse_instant_ms,
    },
    simulator::{MessageState, settings::ConsentFrom},
};

use super::world::World;

/// What a run was started by.
#[derive(Clone, Debug)]
pub struct Trigger {
    /// When the event happened; for other triggers when the run was started.
    pub at_ms: i64,
    pub event: Option<EventIndex>,
}

/// Who is asked, when, and from where events count.
#[derive(Clone, Copy)]
pub struct Asked<'a> {
    pub person: usize,
    pub now: i64,
    pub trigger: Option<&'a Trigger>,
    /// Waits, exits and goals count events from the trigger unless a window is set.
    pub from_trigger: bool,
    /// Segments: “has not done X within N days” needs a profile N days old, on some platforms.
    pub in_segment: bool,
}

impl World<'_> {
    pub fn holds(&self, condition: &Condition, asked: Asked<'_>) -> bool {
        let person = &self.people.all[asked.person];
        match condition {
            Condition::All(all) => all.iter().all(|one| self.holds(one, asked)),
            Condition::Any(any) => any.iter().any(|one| self.holds(one, asked)),
            Condition::Not(one) => !self.holds(one, asked) && self.old_enough(one, asked),
            Condition::Event(event) => {
                let n = self.counted(event, asked).len() as u32;
                let absence = event.count.holds(0) && !matches!(event.count, CompareCount::AtLeast(0));
                event.count.holds(n) && (!absence || self.old_enough(condition, asked))
            }
            Condition::Attribute { name, is } => {
                let attributes = Value::Object(self.attributes(asked.person));
                passes(is, &values_at(&attributes, name), asked.now)
            }
            Condition::Fact { path, is } => {
                passes(is, &values_at(self.facts(asked.person, asked.now).tree(), path), asked.now)
            }
            Condition::Trigger { property, is } => {
                let event = asked.trigger.and_then(|trigger| trigger.event);
                let properties =
                    event.map_or(Value::Null, |event| self.log.properties_value(self.log.event(event)));
                passes(is, &values_at(&properties, property), asked.now)
            }
            Condition::Segment(id) => self.in_segment(id, asked.person, asked.now),
            Condition::Identified { by, address } => self.identified(asked.person, *by, *address),
            Condition::Consent { channel, is } => self.consent(asked.person, *channel, asked.now) == *is,
            Condition::Reachable(channel) => self.reachable(asked.person, *channel),
            Condition::Message { journey, block, status, within } => {
                let wanted = match status {
                    MessageStatus::Sent => MessageState::Sent,
                    MessageStatus::NotSent => MessageState::NotSent,
                };
                self.records.iter().any(|record| {
                    record.person == asked.person
                        && record.seen.state == wanted
                        && journey.as_ref().is_none_or(|id| record.seen.journey == *id)
                        && block.as_ref().is_none_or(|id| record.seen.block == *id)
                        && within.is_none_or(|w| record.seen.at_ms > asked.now - w.ms())
                })
            }
            Condition::InJourney { journey, within } => {
                self.runs.iter().any(|run| {
                    run.person == asked.person
                        && self.journeys[run.journey].id == *journey
                        && match within {
                            None => run.ended.is_none(),
                            Some(w) => run.started_ms > asked.now - w.ms(),
                        }
                }) && !person.gone
            }
        }
    }

    pub fn in_segment(&self, id: &str, person: usize, now: i64) -> bool {
        let asked = Asked { person, now, trigger: None, from_trigger: false, in_segment: true };
        self.input.segments.0.get(id).is_some_and(|segment| self.holds(&segment.condition, asked))
    }

    /// Whether an absence may be claimed of this profile: only “has not done X within N” in a
    /// segment asks for a profile N old.
    fn old_enough(&self, condition: &Condition, asked: Asked<'_>) -> bool {
        let Condition::Event(EventCondition { within: Some(within), .. }) = condition else { return true };
        if !asked.in_segment || !self.input.platform.segment_age.value {
            return true;
        }
        asked.now - self.born_ms(asked.person) >= within.ms()
    }

    /// The earlier of creation and first event.
    fn born_ms(&self, person: usize) -> i64 {
        let person = &self.people.all[person];
        let first = person.history.iter().map(|event| self.log.event(*event).happened_ms).min();
        first.map_or(person.created_ms, |first| first.min(person.created_ms))
    }

    /// (happened, arrived, message id): the order of history. Sent events come after those of the
    /// recordings, in the order they were sent.
    pub fn order(&self, index: EventIndex) -> (i64, i64, EventIndex, &str) {
        let event = self.log.event(index);
        let sent = if (index as usize) < self.input.log.len() { 0 } else { index };
        (event.happened_ms, event.arrived_ms, sent, self.log.message_id(event))
    }

    /// A person's events that happened by now, in order.
    pub fn history(&self, person: usize, now: i64) -> Vec<EventIndex> {
        let mut history = self.people.all[person].history.clone();
        history.retain(|event| self.log.event(*event).happened_ms <= now);
        history.sort_by(|a, b| self.order(*a).cmp(&self.order(*b)));
        history
    }

    fn counted(&self, condition: &EventCondition, asked: Asked<'_>) -> Vec<EventIndex> {
        let history = self.history(asked.person, asked.now);
        let latest = |of: &EventRef| {
            history.iter().rev().copied().find(|event| self.matches(self.log.event(*event), of))
        };
        let since = condition.since_entry || (asked.from_trigger && condition.within.is_none());
        let mut counted = history.clone();
        counted.retain(|index| {
            let event = self.log.event(*index);
            self.matches(event, &condition.event)
                && self.passes_filters(event, &condition.filters, asked.now)
                && condition.within.is_none_or(|w| event.happened_ms > asked.now - w.ms())
                && (!since || asked.trigger.is_none_or(|trigger| self.is_after(*index, trigger)))
                && condition
                    .after
                    .as_ref()
                    .is_none_or(|of| latest(of).is_some_and(|mark| self.order(*index) > self.order(mark)))
                && condition
                    .before
                    .as_ref()
                    .is_none_or(|of| latest(of).is_some_and(|mark| self.order(*index) < self.order(mark)))
        });
        counted
    }

    fn is_after(&self, event: EventIndex, trigger: &Trigger) -> bool {
        match trigger.event {
            Some(start) => self.order(event) > self.order(start),
            None => self.log.event(event).happened_ms > trigger.at_ms,
        }
    }

    pub fn matches(&self, event: &Event, wanted: &EventRef) -> bool {
        let name = self.log.name(event);
        match wanted {
            EventRef::Named(text) => event.kind == EventKind::Track && name == text,
            EventRef::Role(role) => {
                event.kind == EventKind::Track && self.input.workspace.roles.role_of(name) == Some(*role)
            }
            EventRef::Page(page) => {
                matches!(event.kind, EventKind::Page | EventKind::Screen)
                    && page.as_ref().is_none_or(|page| page == name)
            }
        }
    }

    pub fn passes_filters(&self, event: &Event, filters: &[PropertyFilter], now: i64) -> bool {
        filters.iter().all(|filter| {
            let values = match filter.property.strip_prefix("context.") {
                Some(path) => values_at(&self.log.context_value(event), path),
                None => values_at(&self.completed(self.log.properties_value(event)), &filter.property),
            };
            passes(&filter.is, &values, now)
        })
    }

    fn completed(&self, properties: Value) -> Value {
        product_of(properties, self.input.catalog, &self.input.workspace.currency)
    }

    pub fn facts(&self, person: usize, now: i64) -> Facts {
        let recorded = self.input.log.len();
        let mut history = self.history(person, now);
        history.retain(|event| (*event as usize) < recorded);
        let roles = self.input.workspace.roles.in_log(&self.log);
        Facts::of(&FactsInput {
            log: &self.log,
            history: &history,
            now_ms: now,
            roles: &roles,
            sessions: self.input.workspace.sessions,
            catalog: self.input.catalog,
            currency: &self.input.workspace.currency,
        })
    }

    pub fn attributes(&self, person: usize) -> serde_json::Map<String, Value> {
        self.people.all[person].attributes.iter().map(|(name, value)| (name.clone(), value.clone())).collect()
    }

    pub fn email(&self, person: usize) -> Option<String> {
        let person = &self.people.all[person];
        let attribute = person.attributes.get("email").and_then(Value::as_str).filter(|e| !e.is_empty());
        person.id("email").or(attribute).map(str::to_owned)
    }

    pub fn phone(&self, person: usize) -> Option<String> {
        let person = &self.people.all[person];
        let attribute = person.attributes.get("phone").and_then(Value::as_str).filter(|e| !e.is_empty());
        person.id("phone").or(attribute).map(str::to_owned)
    }

    pub fn identified(&self, person: usize, by: Identification, need: AddressNeed) -> bool {
        let identified = match by {
            Identification::Any => self.people.all[person].known(),
            Identification::UserId => self.people.all[person].id("user_id").is_some(),
            Identification::Email => self.email(person).is_some(),
            Identification::Phone => self.phone(person).is_some(),
            Identification::ReachableChannel => {
                self.reachable(person, Channel::Email) || self.reachable(person, Channel::Sms)
            }
        };
        let good = || {
            self.email(person).is_some_and(|email| {
                matches!(check_address(&email).verdict, AddressVerdict::Ok | AddressVerdict::Role)
            })
        };
        identified && (need == AddressNeed::Any || good())
    }

    pub fn reachable(&self, person: usize, channel: Channel) -> bool {
        let address = match channel {
            Channel::Email => self.email(person).is_some(),
            Channel::Sms => self.phone(person).is_some(),
            _ => self.people.all[person].known(),
        };
        address && !self.unsubscribed(person)
    }

    pub fn unsubscribed(&self, person: usize) -> bool {
        let attribute = &self.input.workspace.delivery.unsubscribed_attribute;
        self.people.all[person].attributes.get(attribute).is_some_and(|value| {
            let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
            let yes = &self.input.platform.unsubscribed_values.value;
            yes.iter().any(|yes| yes.eq_ignore_ascii_case(&text))
        })
    }

    /// The latest thing said about a channel.
    pub fn consent(&self, person: usize, channel: Channel, now: i64) -> ConsentState {
        let mut state = ConsentState::Unknown;
        let mut said = i64::MIN;
        for source in &self.input.workspace.consent {
            if !source.channels.contains(&channel) {
                continue;
            }
            let expired = |at: i64| source.expires_after.is_some_and(|after| now - at >= after.ms());
            match &source.from {
                ConsentFrom::Trait(name) if self.people.all[person].still_refused.contains(name) => {
                    state = ConsentState::Denied;
                }
                ConsentFrom::Trait(name) => {
                    let Some(value) = self.people.all[person].attributes.get(name) else { continue };
                    let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned).to_lowercase();
                    let is = |words: &[String]| words.iter().any(|word| word.to_lowercase() == text);
                    if is(&source.granted) {
                        state = ConsentState::Granted;
                    } else if is(&source.denied) {
                        state = ConsentState::Denied;
                    }
                }
                ConsentFrom::GrantedBy(name) | ConsentFrom::DeniedBy(name) => {
                    let of = EventRef::Named(name.clone());
                    for index in self.history(person, now) {
                        let event = self.log.event(index);
                        if self.matches(event, &of) && event.happened_ms >= said {
                            said = event.happened_ms;
                            state = match source.from {
                                ConsentFrom::DeniedBy(_) => ConsentState::Denied,
                                _ if expired(said) => ConsentState::Unknown,
                                _ => ConsentState::Granted,
                            };
                        }
                    }
                }
                ConsentFrom::Context(_) => panic!("the oracle reads no consent from context"),
            }
        }
        state
    }
}

/// Every value at a path; dots reach into objects, and any array on the way is gone through.
pub fn values_at(value: &Value, path: &str) -> Vec<Value> {
    let mut values = vec![value.clone()];
    for step in path.split('.') {
        let name = step.trim_end_matches("[]");
        values = flat(values).into_iter().filter_map(|value| value.get(name).cloned()).collect();
    }
    flat(values).into_iter().filter(|value| !value.is_null()).collect()
}

fn flat(values: Vec<Value>) -> Vec<Value> {
    values
        .into_iter()
        .flat_map(|value| match value {
            Value::Array(elements) => flat(elements),
            other => vec![other],
        })
        .collect()
}

/// Whether a test passes for the values found (none: absent).
pub fn passes(test: &Test, values: &[Value], now: i64) -> bool {
    let any = |pass: &dyn Fn(&Value) -> bool| values.iter().any(pass);
    let number = |pass: &dyn Fn(f64) -> bool| any(&|v: &Value| v.as_f64().is_some_and(pass));
    let text = |pass: &dyn Fn(&str) -> bool| any(&|v: &Value| v.as_str().is_some_and(pass));
    let date = |pass: &dyn Fn(i64) -> bool| any(&|v: &Value| instant(v).is_some_and(pass));
    match test {
        Test::Equals(wanted) => any(&|v| equal(v, wanted)),
        Test::NotEquals(wanted) => !any(&|v| equal(v, wanted)),
        Test::In(list) => any(&|v| list.iter().any(|wanted| equal(v, wanted))),
        Test::NotIn(list) => !any(&|v| list.iter().any(|wanted| equal(v, wanted))),
        Test::EqualsIgnoreCase(wanted) => text(&|t| t.to_lowercase() == wanted.to_lowercase()),
        Test::Contains(part) => text(&|t| t.contains(part.as_str())),
        Test::ContainsIgnoreCase(part) => text(&|t| t.to_lowercase().contains(&part.to_lowercase())),
        Test::StartsWith(part) => text(&|t| t.starts_with(part.as_str())),
        Test::Exists => !values.is_empty(),
        Test::Missing => values.is_empty(),
        Test::MoreThan(bound) => number(&|n| n > *bound),
        Test::AtLeast(bound) => number(&|n| n >= *bound),
        Test::LessThan(bound) => number(&|n| n < *bound),
        Test::AtMost(bound) => number(&|n| n <= *bound),
        Test::WithinLast(span) => date(&|at| at > now - span.ms() && at <= now),
        Test::LongerAgoThan(span) => date(&|at| at <= now - span.ms()),
        Test::WithinNext(span) => date(&|at| at > now && at <= now + span.ms()),
    }
}

fn equal(value: &Value, wanted: &Scalar) -> bool {
    match wanted {
        Scalar::Bool(wanted) => value.as_bool() == Some(*wanted),
        Scalar::Number(wanted) => value.as_f64() == Some(*wanted),
        Scalar::Text(wanted) => value.as_str() == Some(wanted),
    }
}

/// RFC 3339 text or epoch seconds.
pub fn instant(value: &Value) -> Option<i64> {
    match value {
        Value::String(text) => parse_instant_ms(text),
        Value::Number(number) => number.as_f64().map(|seconds| (seconds * 1_000.0) as i64),
        _ => None,
    }
}
