//! Whether a message may go out: the checks in the order of `semantics.md`, first failure wins.

use chrono::{DateTime, Datelike, Timelike};
use chrono_tz::Tz;
use serde_json::{Map, Value};
use throughline::{
    identity::{AddressVerdict, check_address, platform::Exempt},
    journey::{Channel, ConsentState, Message, Weekday},
    simulator::{MessageState, settings::BadAddresses, template::CompiledTemplate},
};

use super::{
    ask::Asked,
    world::{Run, World},
};

/// What becomes of an attempt.
pub enum Verdict {
    Send {
        subject: String,
        body: String,
    },
    NotSent(&'static str),
    Skipped,
    /// Try again then.
    Deferred {
        until: i64,
        reason: &'static str,
    },
}

impl World<'_> {
    pub fn attempt(&self, run: &Run, message: &Message, first_try: i64, now: i64) -> Verdict {
        let person = run.person;
        let rules = &self.input.workspace.delivery;
        if let Some(condition) = &message.only_if {
            let trigger = Some(&run.trigger);
            let asked = Asked { person, now, trigger, from_trigger: false, in_segment: false };
            if !self.holds(condition, asked) {
                return Verdict::Skipped;
            }
        }
        if !self.people.all[person].known() {
            return Verdict::NotSent("not_identified");
        }
        match message.channel {
            Channel::Email => {
                let Some(email) = self.email(person) else { return Verdict::NotSent("no_address") };
                match check_address(&email).verdict {
                    AddressVerdict::Invalid => return Verdict::NotSent("invalid_address"),
                    AddressVerdict::Mistyped if rules.bad_addresses == BadAddresses::Held => {
                        return Verdict::NotSent("mistyped_address");
                    }
                    AddressVerdict::Disposable if rules.bad_addresses == BadAddresses::Held => {
                        return Verdict::NotSent("disposable_address");
                    }
                    _ => {}
                }
            }
            Channel::Sms if self.phone(person).is_none() => return Verdict::NotSent("no_address"),
            _ => {}
        }
        if !message.transactional {
            if self.unsubscribed(person) {
                return Verdict::NotSent("unsubscribed");
            }
            let needed = rules.needs_consent.contains(&message.channel);
            match self.consent(person, message.channel, now) {
                ConsentState::Denied => return Verdict::NotSent("consent_denied"),
                ConsentState::Unknown if needed => return Verdict::NotSent("consent_unknown"),
                _ => {}
            }
            if let (Some(gap), Some(_)) = (rules.offer_gap, &message.offer)
                && self.sent(person).any(|record| record.offer && record.seen.at_ms > now - gap.ms())
            {
                return Verdict::NotSent("offer_limit");
            }
        }
        if !self.spared(message)
            && let Some(free) = self.first_free(person, message.channel, now)
            && free > now
        {
            return match rules.limit_retry {
                Some(retry) if free <= first_try + retry.ms() => {
                    Verdict::Deferred { until: free, reason: "message_limit" }
                }
                _ => Verdict::NotSent("message_limit"),
            };
        }
        if !message.transactional
            && let Some(quiet) = rules.quiet_hours
        {
            let zone = self.zone(person);
            let minute = local(zone, now).1;
            if inside(minute, quiet.from_minute, quiet.to_minute) {
                let until = next_minute(zone, now, |m| m == quiet.to_minute);
                return Verdict::Deferred { until, reason: "quiet_hours" };
            }
        }
        match self.render(run, message, now) {
            Some((subject, body)) => Verdict::Send { subject, body },
            None => Verdict::NotSent("template_error"),
        }
    }

    pub fn spared(&self, message: &Message) -> bool {
        let exempt = &self.input.platform.limit_exempt.value;
        (message.transactional) || (message.channel == Channel::InApp && exempt.contains(&Exempt::InApp))
    }

    fn sent(&self, person: usize) -> impl Iterator<Item = &super::world::Record> {
        self.records.iter().filter(move |record| {
            record.person == person && record.is_message && record.seen.state == MessageState::Sent
        })
    }

    /// The first instant at which one more message keeps every limit; now if it does already.
    fn first_free(&self, person: usize, channel: Channel, now: i64) -> Option<i64> {
        let limits = &self.input.workspace.delivery.limits;
        let free = |at: i64| {
            limits.iter().filter(|limit| limit.channel.is_none_or(|c| c == channel)).all(|limit| {
                let counted = self.sent(person).filter(|record| {
                    !record.spared
                        && limit.channel.is_none_or(|c| Some(c) == record.channel)
                        && record.seen.at_ms > at - limit.per.ms()
                });
                (counted.count() as u32) < limit.at_most
            })
        };
        let mut instants: Vec<i64> = vec![now];
        for limit in limits {
            instants.extend(self.sent(person).map(|record| record.seen.at_ms + limit.per.ms()));
        }
        instants.sort_unstable();
        instants.into_iter().find(|at| *at >= now && free(*at)).or(Some(i64::MAX))
    }

    pub fn render(&self, run: &Run, message: &Message, now: i64) -> Option<(String, String)> {
        let scope = self.scope(run, now);
        let missing = self.input.platform.missing_variable.value;
        let text = |source: &str| {
            Some(CompiledTemplate::parse(source).ok()?.render(&scope, now, missing).ok()?.text)
        };
        Some((text(&message.template.subject)?, text(&message.template.body)?))
    }

    pub fn scope(&self, run: &Run, now: i64) -> Map<String, Value> {
        let mut scope = self.facts(run.person, now).tree().as_object().cloned().unwrap_or_default();
        scope.insert("customer".to_owned(), Value::Object(self.attributes(run.person)));
        let event = run.trigger.event.map(|event| self.log.properties_value(self.log.event(event)));
        scope.insert("event".to_owned(), event.unwrap_or_default());
        scope
    }

    /// The person's zone: attribute `timezone`, else the latest `context.timezone`, else the
    /// workspace's.
    pub fn zone(&self, person: usize) -> Tz {
        let attribute = self.people.all[person].attributes.get("timezone").and_then(Value::as_str);
        let workspace = self.input.workspace.zone.as_str();
        attribute.and_then(|name| name.parse().ok()).or_else(|| workspace.parse().ok()).unwrap_or(Tz::UTC)
    }
}

/// The first whole minute after `now` whose local minute of the day is wanted.
fn next_minute(zone: Tz, now: i64, wanted: impl Fn(u32) -> bool) -> i64 {
    let mut at = now - now.rem_euclid(60_000) + 60_000;
    while !wanted(local(zone, at).1) {
        at += 60_000;
    }
    at
}

/// Local weekday and minute of the day.
pub fn local(zone: Tz, at: i64) -> (Weekday, u32) {
    let local = DateTime::from_timestamp_millis(at).unwrap_or_default().with_timezone(&zone);
    let weekday = match local.weekday() {
        chrono::Weekday::Mon => Weekday::Mon,
        chrono::Weekday::Tue => Weekday::Tue,
        chrono::Weekday::Wed => Weekday::Wed,
        chrono::Weekday::Thu => Weekday::Thu,
        chrono::Weekday::Fri => Weekday::Fri,
        chrono::Weekday::Sat => Weekday::Sat,
        chrono::Weekday::Sun => Weekday::Sun,
    };
    (weekday, local.hour() * 60 + local.minute())
}

/// Whether a minute lies in [from, to), over midnight where `to` is not after `from`.
pub fn inside(minute: u32, from: u32, to: u32) -> bool {
    if from < to { (from..to).contains(&minute) } else { minute >= from || minute < to }
}
