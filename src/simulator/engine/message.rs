//! Messages, on-site prompts and audiences: whether they go out, what they say, and what is
//! recorded of them.

use std::collections::BTreeMap;

use serde_json::Value;

use super::{
    state::{MessageFact, Pending, RunSlot, Wait, Written},
    tell::Because,
    world::{Due, World},
};
use crate::{
    identity::{ProfileId, RuleId},
    journey::{BlockKind, Channel, ConsentState, Message, Scalar, block::exit},
    recording::EventIndex,
    simulator::{
        Flag, MessageState, RunStart,
        delivery::{self, Decision, DeliveryView, Hindrance, Verdict},
        template::TemplateError,
    },
};

impl World<'_> {
    /// Puts a message into the queue of an instant.
    pub(super) fn set_attempt(&mut self, slot: RunSlot, at_ms: i64) {
        let stay = self.runs[slot].stays;
        self.set_timer(at_ms, Due::Message(slot, stay));
    }

    /// A message's turn has come: the checks in their order, all again after a deferral.
    pub(super) fn attempt(&mut self, slot: RunSlot) {
        let planned = self.block_of(slot);
        let BlockKind::Message(message) = &planned.block.kind else { return };
        let deferred = matches!(self.runs[slot].wait, Some(Wait::Message { deferred: Some(_) }));
        if planned.conditions.first().is_some_and(|cond| !self.holds_in_run(cond, slot, false)) {
            let because = Because::rule("extra_condition");
            self.tell(
                slot,
                "skipped",
                "extra_condition",
                because,
                "Skipped: its extra condition does not hold".to_owned(),
                &[],
            );
            self.conclude(
                slot,
                MessageState::Skipped,
                Some(Hindrance::ExtraCondition.word()),
                Vec::new(),
                Written::default(),
            );
            return;
        }
        if deferred && self.check_exits(slot) {
            return;
        }
        let Decision { verdict, flags, steps } = self.check_delivery(slot, message);
        let mut flags = flags;
        if deferred {
            flags.push(Flag::Deferred);
        }
        // What passed is told in the trace alone; a message's “because” keeps what decided.
        for step in steps {
            let because = Because { rule: step.rule, confidence: step.confidence };
            let decision = if step.passed { "passed" } else { verdict_word(&verdict) };
            if step.passed {
                self.tell_aside(slot, decision, because, step.text);
            } else {
                self.tell(slot, decision, verdict_detail(&verdict), because, step.text, &[]);
            }
        }
        match verdict {
            Verdict::Defer { until_ms, reason } => {
                self.runs[slot].wait = Some(Wait::Message { deferred: Some(reason.word()) });
                self.set_attempt(slot, until_ms);
            }
            Verdict::NotSent(reason) => {
                self.conclude(slot, MessageState::NotSent, Some(reason.word()), flags, Written::default());
            }
            Verdict::Send => match self.render(slot) {
                (written, Err(error)) => {
                    let because = match error {
                        TemplateError::Missing(_) => {
                            Because::platform(self.shared.input.platform, RuleId::MissingVariable)
                        }
                        _ => Because::rule("template"),
                    };
                    self.tell(
                        slot,
                        "not_sent",
                        "template_error",
                        because,
                        format!("The template failed: {error}"),
                        &[],
                    );
                    self.conclude(
                        slot,
                        MessageState::NotSent,
                        Some(Hindrance::TemplateError.word()),
                        flags,
                        written,
                    );
                }
                (written, Ok(())) => self.send_out(slot, message, flags, written),
            },
        }
    }

    fn send_out(&mut self, slot: RunSlot, message: &Message, mut flags: Vec<Flag>, written: Written) {
        let profile = self.runs[slot].profile;
        let now_ms = self.now_ms;
        let rules = &self.shared.input.workspace.delivery;
        let exempt = delivery::is_limit_exempt(message, self.shared.input.platform);
        self.person_mut(profile).sent.record(now_ms, message, exempt);
        if self.assumed_open(slot, message, rules.assumed_open_percent) {
            flags.push(Flag::Assumed);
        }
        let address = self.address(profile, message.channel);
        let to = address.map(|address| format!(" to {address}")).unwrap_or_default();
        let text = format!("Sent by {}{to}", channel_text(message.channel));
        self.tell(slot, "sent", "", Because::rule("sent"), text, &[]);
        self.conclude(slot, MessageState::Sent, None, flags, written);
    }

    /// Whether an open is assumed; then the person opens the email now.
    fn assumed_open(&mut self, slot: RunSlot, message: &Message, percent: Option<u32>) -> bool {
        let Some(percent) = percent.filter(|_| message.channel == Channel::Email) else { return false };
        let run = &self.runs[slot];
        let plan = &self.plan().journeys[run.journey];
        let (journey, block) = (plan.id().as_str(), plan.blocks[run.block].id.as_str());
        let key = &self.resolver.profile(run.profile).key;
        let number = super::draw(self.shared.input.seed, key, journey, block, Some((run.ordinal, run.stays)));
        if number % 100 >= u64::from(percent) {
            return false;
        }
        let id = {
            let RunStart { profile, number } = &*run.started;
            format!("{profile}/{journey}/{number}/{block}/{}/opened", run.stays)
        };
        let profile = run.profile;
        let properties =
            serde_json::json!({ "journey": journey, "block": block, "assumed": true }).to_string();
        self.send(profile, "Email Opened", &properties, &id);
        true
    }

    /// Records what became of a message and moves the run on.
    fn conclude(
        &mut self,
        slot: RunSlot,
        state: MessageState,
        reason: Option<&'static str>,
        flags: Vec<Flag>,
        written: Written,
    ) {
        self.record_message(slot, state, reason, flags, written);
        let (journey, block, profile) = {
            let run = &self.runs[slot];
            (run.journey, run.block, run.profile)
        };
        let at_ms = self.now_ms;
        self.person_mut(profile).messages.push(MessageFact { journey, block, state, at_ms });
        self.note_move(profile);
        let way = if state == MessageState::NotSent { exit::NOT_SENT } else { exit::SENT };
        if let Some(next) = self.leave(slot, way) {
            self.enter_block(slot, next);
        }
    }

    fn check_delivery(&mut self, slot: RunSlot, message: &Message) -> Decision {
        let (profile, reached_ms) = (self.runs[slot].profile, self.runs[slot].entered_ms);
        self.hear(profile);
        let address = self.address(profile, message.channel);
        let input = self.shared.input;
        let person = self.person(profile);
        delivery::check(&DeliveryView {
            now_ms: self.now_ms,
            reached_ms,
            message,
            profile: self.resolver.profile(profile),
            address: address.as_deref(),
            contact: &person.contact,
            sent: &person.sent,
            own_zone: self.person_zone(profile),
            workspace_zone: self.shared.zone,
            workspace: input.workspace,
            platform: input.platform,
        })
    }

    /// The address a channel would use.
    pub(super) fn address(&self, profile: ProfileId, channel: Channel) -> Option<String> {
        delivery::address_of(self.resolver.profile(profile), &self.person(profile).contact, channel)
    }

    /// Whether a message on a channel could reach somebody.
    pub(super) fn is_reachable(&self, profile: ProfileId, channel: Channel) -> bool {
        let contact = &self.person(profile).contact;
        delivery::is_reachable(self.resolver.profile(profile), contact, channel, self.now_ms)
    }

    /// The state of consent to a channel.
    pub(super) fn consent(&self, profile: ProfileId, channel: Channel, now_ms: i64) -> ConsentState {
        let said = self.person(profile).contact.consent(channel, now_ms);
        said.map_or(ConsentState::Unknown, |said| said.state)
    }

    /// When consent to a channel next changes by time alone.
    pub(super) fn consent_changes(&self, profile: ProfileId, channel: Channel, now_ms: i64) -> Option<i64> {
        self.person(profile).contact.consent_changes_ms(channel, now_ms)
    }

    /// A page view within the window: the prompt is shown.
    pub(super) fn prompt_shown(&mut self, slot: RunSlot, view: EventIndex) {
        let (written, rendered) = self.render(slot);
        let because = Because::rule("on_site_prompt");
        match rendered {
            Ok(()) => {
                self.tell(slot, "sent", "", because, "Shown at the next page view".to_owned(), &[view]);
                self.conclude_prompt(slot, MessageState::Sent, None, written);
            }
            Err(error) => {
                self.tell(
                    slot,
                    "not_sent",
                    "template_error",
                    because,
                    format!("The template failed: {error}"),
                    &[view],
                );
                self.conclude_prompt(
                    slot,
                    MessageState::NotSent,
                    Some(Hindrance::TemplateError.word()),
                    written,
                );
            }
        }
    }

    /// No page view came.
    pub(super) fn prompt_gives_up(&mut self, slot: RunSlot) {
        let because = Because::rule("on_site_prompt");
        let text = "Not shown: no page view within the window".to_owned();
        self.tell(slot, "not_sent", "no_page_view", because, text, &[]);
        self.conclude_prompt(
            slot,
            MessageState::NotSent,
            Some(Hindrance::NoPageView.word()),
            Written::default(),
        );
    }

    fn conclude_prompt(
        &mut self,
        slot: RunSlot,
        state: MessageState,
        reason: Option<&'static str>,
        written: Written,
    ) {
        self.record_message(slot, state, reason, Vec::new(), written);
        let (journey, block, profile) = {
            let run = &self.runs[slot];
            (run.journey, run.block, run.profile)
        };
        let at_ms = self.now_ms;
        self.person_mut(profile).messages.push(MessageFact { journey, block, state, at_ms });
        self.note_move(profile);
        if let Some(next) = self.leave(slot, exit::NEXT) {
            self.enter_block(slot, next);
        }
    }

    /// Whether a retargeting audience is added to or removed from, in words. The audience itself is
    /// kept by the advertising platform; the run and its trace are all a replay needs.
    pub(super) fn audience_step(&mut self, slot: RunSlot, audience: &str, remove: bool) -> String {
        let profile = self.runs[slot].profile;
        let needs_consent = self.shared.input.workspace.delivery.advertising_needs_consent();
        if remove {
            return format!("Removed from the audience {audience}");
        }
        self.hear(profile);
        if needs_consent && self.consent(profile, Channel::Audience, self.now_ms) != ConsentState::Granted {
            return format!("Not added to the audience {audience}: no consent to advertising");
        }
        format!("Added to the audience {audience}")
    }

    /// Sets attributes as a block says; their changes may start journeys once this cascade is done.
    pub(super) fn update_attributes(
        &mut self,
        slot: RunSlot,
        set: &BTreeMap<String, Option<Scalar>>,
    ) -> String {
        let profile = self.runs[slot].profile;
        let mut changed = Vec::new();
        for (name, value) in set {
            let value = match value {
                None => Value::Null,
                Some(Scalar::Bool(yes)) => Value::Bool(*yes),
                Some(Scalar::Number(number)) => number_value(*number),
                Some(Scalar::Text(text)) => Value::String(text.clone()),
            };
            if self.attribute(profile, name).unwrap_or(Value::Null) != value {
                changed.push(name.as_str().into());
            }
            let said = serde_json::json!({ name.as_str(): value.clone() });
            let (rules, now_ms) = (self.shared.contact_rules, self.now_ms);
            self.hear(profile);
            self.person_mut(profile).contact.note_attributes(rules, &said, now_ms);
            self.resolver.set_attribute(profile, name, value, now_ms);
        }
        let names: Vec<&str> = set.keys().map(String::as_str).collect();
        self.queue.push_back(Pending::Changed(profile, changed));
        format!("Set {}", names.join(", "))
    }
}

const fn verdict_word(verdict: &Verdict) -> &'static str {
    match verdict {
        Verdict::Send => "passed",
        Verdict::NotSent(_) => "not_sent",
        Verdict::Defer { .. } => "deferred",
    }
}

const fn verdict_detail(verdict: &Verdict) -> &'static str {
    match verdict {
        Verdict::Send => "",
        Verdict::NotSent(reason) | Verdict::Defer { reason, .. } => reason.word(),
    }
}

/// A whole number stays whole, so that it compares and prints as people wrote it.
fn number_value(number: f64) -> Value {
    if number.fract() == 0.0 && number.abs() < 9e15 {
        Value::from(number as i64)
    } else {
        Value::from(number)
    }
}

const fn channel_text(channel: Channel) -> &'static str {
    match channel {
        Channel::Email => "email",
        Channel::Sms => "text message",
        Channel::Push => "push notification",
        Channel::InApp => "in-app message",
        Channel::Webhook => "webhook",
        Channel::OnSite => "on-site prompt",
        Channel::Audience => "audience",
    }
}
