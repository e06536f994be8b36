//! What the person said, or did not say: addresses, who they are, consent.

use serde_json::{Map, Value};

use super::{Change, List, MOST_CALLS, Said};
use crate::{
    identity::{AddressVerdict, check_address},
    journey::Channel,
    lab::{
        asked::Stopped,
        remedy::{apply::says_traits, witness::put},
    },
    recording::{EventIndex, EventKind},
    simulator::{
        HeldState,
        settings::{ConsentFrom, ConsentSource},
    },
};

/// An address nobody has, which is good.
const GOOD_EMAIL: &str = "new.customer@example.com";
/// A number kept free for stories (Ofcom).
const GOOD_PHONE: &str = "+447700900123";
/// A user id nobody has.
const NEW_USER: &str = "throughline-new-customer";

impl<'a> List<'a> {
    /// Bad addresses corrected; an address where there is none.
    pub(super) fn addresses(&mut self) {
        let log = self.scene.input.log;
        let mut given: Vec<String> = Vec::new();
        for event in log.events() {
            let traits = log.traits_value(event);
            let email = traits.get("email").and_then(Value::as_str).map(|email| email.trim().to_owned());
            given.extend(email.filter(|email| !given.contains(email)));
        }
        for from in given.into_iter().take(MOST_CALLS) {
            let report = check_address(&from);
            if matches!(report.verdict, AddressVerdict::Ok | AddressVerdict::Role) {
                continue;
            }
            let to = report.suggestion.unwrap_or_else(|| GOOD_EMAIL.to_owned());
            self.one(Change::AddressCorrected { from, to });
        }
        let known = |kind: &str| self.scene.asked.identifiers.iter().any(|id| id.starts_with(kind));
        let (no_email, no_phone) = (!known("email:"), !known("phone:"));
        if no_email {
            let traits = Map::from_iter([("email".to_owned(), GOOD_EMAIL.into())]);
            self.said(traits, |said| Change::AddressGiven(Channel::Email, said));
        }
        if no_phone && self.channels().contains(&Channel::Sms) {
            let traits = Map::from_iter([("phone".to_owned(), GOOD_PHONE.into())]);
            self.said(traits, |said| Change::AddressGiven(Channel::Sms, said));
        }
    }

    /// Who they are said earlier, or at all.
    pub(super) fn identity(&mut self) {
        let says_who = |decision: &str| {
            matches!(decision, "created" | "identified" | "joined" | "joined_tail" | "merged" | "relinked")
        };
        let scene = self.scene;
        let mut calls: Vec<EventIndex> = Vec::new();
        for record in scene.before.trace.iter().filter(|it| says_who(it.decision)) {
            if !scene.asked.is_theirs(&record.identifiers) {
                continue;
            }
            let meant = self.theirs.iter().copied().find(|index| {
                let event = self.event(*index);
                let speaks = event.user_id.is_some() || says_traits(event);
                speaks && record.because.events.contains(&self.id(*index))
            });
            calls.extend(meant.filter(|call| !calls.contains(call)));
        }
        let first_ms = self.first_ms();
        for call in calls.into_iter().take(MOST_CALLS) {
            let (id, was_ms) = (self.id(call), self.event(call).arrived_ms);
            self.latest(first_ms, was_ms - 1, move |at_ms| {
                Some(Change::IdentifiedEarlier { call: id.clone(), was_ms, at_ms })
            });
        }
        let known = scene.asked.identifiers.iter().any(|id| !id.starts_with("anonymous_id:"));
        let held = matches!(scene.stopped, Stopped::Held { state: HeldState::NeverIdentified, .. });
        if let Some(call) = self.call(EventKind::Identify).filter(|_| !known || held) {
            self.latest(first_ms, self.stopped_ms(), move |at_ms| {
                let mut call = call(at_ms);
                call.user_id = Some(NEW_USER.to_owned());
                call.traits.entry("email".to_owned()).or_insert_with(|| GOOD_EMAIL.into());
                Some(Change::Identified(Said::Alone(Box::new(call))))
            });
        }
    }

    /// Consent given, wherever the workspace reads it from.
    pub(super) fn consent(&mut self) {
        let scene = self.scene;
        for channel in self.channels() {
            for source in scene.input.workspace.consent.iter().filter(|it| it.channels.contains(&channel)) {
                self.consent_from(channel, source);
            }
        }
    }

    pub(super) fn consent_from(&mut self, channel: Channel, source: &'a ConsentSource) {
        let yes = || Value::from(source.granted.first().map_or("true", String::as_str));
        match &source.from {
            ConsentFrom::Trait(path) => {
                let mut traits = Map::new();
                if put(&mut traits, path, yes()).is_some() {
                    self.said(traits, move |said| Change::ConsentGiven(channel, said));
                }
            }
            ConsentFrom::Context(path) => {
                let mut consent = Map::new();
                if put(&mut consent, path, yes()).is_none() {
                    return;
                }
                let Some(call) = self.call(EventKind::Page) else { return };
                self.latest(self.first_ms(), self.stopped_ms(), move |at_ms| {
                    let mut call = call(at_ms);
                    call.consent = Some(Value::Object(consent.clone()));
                    Some(Change::ConsentGiven(channel, Said::Alone(Box::new(call))))
                });
            }
            ConsentFrom::GrantedBy(event) => {
                let Some(call) = self.call(EventKind::Track) else { return };
                self.latest(self.first_ms(), self.stopped_ms(), move |at_ms| {
                    let mut call = call(at_ms);
                    call.name.clone_from(event);
                    Some(Change::ConsentGiven(channel, Said::Alone(Box::new(call))))
                });
            }
            ConsentFrom::DeniedBy(_) => {}
        }
    }
}
