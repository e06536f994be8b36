//! The checks themselves, each a few lines that read like the rule.

use super::{
    Act, Basis, CheckStep, Country, Decision, DeliveryView, Hindrance, Verdict,
    address::{is_phone_number, text_attribute},
    contact_rules, country_of, is_limit_exempt, quiet_until_ms, region,
};
use crate::{
    identity::{AddressReport, AddressVerdict, Confidence, RuleId, check_address},
    journey::{Channel, ConsentState},
    recording::Span,
    simulator::{Flag, settings::BadAddresses},
};

/// Runs every check in order, until one ends it.
pub(super) fn run(view: &DeliveryView<'_>) -> Decision {
    let mut checks = Checks { view, flags: Vec::new(), steps: Vec::new() };
    let verdict = match checks.all() {
        Ok(()) => Verdict::Send,
        Err(verdict) => verdict,
    };
    checks.flags.sort_unstable();
    checks.flags.dedup();
    Decision { verdict, flags: checks.flags, steps: checks.steps }
}

/// Goes on, or ends with a verdict.
type Step = Result<(), Verdict>;

struct Checks<'v> {
    view: &'v DeliveryView<'v>,
    flags: Vec<Flag>,
    steps: Vec<CheckStep>,
}

impl Checks<'_> {
    /// The order of the checks.
    fn all(&mut self) -> Step {
        self.identified()?;
        self.address()?;
        self.suppressed()?;
        if self.view.message.transactional {
            self.pass("transactional", "Transactional: consent, topics, limits and quiet hours do not apply");
            return Ok(());
        }
        self.subscribed()?;
        self.consent()?;
        self.offer_limit()?;
        self.message_limit()?;
        self.quiet_hours()
    }

    fn identified(&mut self) -> Step {
        if self.view.profile.is_known() {
            self.pass("identified", "The person is identified");
            return Ok(());
        }
        self.fail("identified", Hindrance::NotIdentified, "Nobody knows yet who this is")
    }

    /// Address present, address good.
    fn address(&mut self) -> Step {
        let view = self.view;
        let channel = view.message.channel;
        if !matches!(channel, Channel::Email | Channel::Sms | Channel::Push) {
            return Ok(());
        }
        let Some(address) = view.address else {
            let what = match channel {
                Channel::Email => "email address",
                Channel::Sms => "phone number",
                _ => "device token",
            };
            return self.fail("address", Hindrance::NoAddress, format!("There is no {what}"));
        };
        match channel {
            Channel::Email => self.email_address(&check_address(address)),
            Channel::Sms if !is_phone_number(address) => {
                let text = format!("{address} is no phone number with its country code (E.164)");
                self.fail("address_check", Hindrance::InvalidAddress, text)
            }
            _ => {
                self.pass("address", "There is an address");
                Ok(())
            }
        }
    }

    fn email_address(&mut self, report: &AddressReport) -> Step {
        let address = &report.address;
        let (flag, hindrance, what) = match report.verdict {
            AddressVerdict::Ok => {
                self.pass("address_check", format!("{address} looks right"));
                return Ok(());
            }
            AddressVerdict::Invalid => {
                let text = format!("{address} cannot be an email address");
                return self.fail("address_check", Hindrance::InvalidAddress, text);
            }
            AddressVerdict::Role => {
                self.flags.push(Flag::Role);
                self.pass("address_check", format!("{address} is a shared mailbox: flagged"));
                return Ok(());
            }
            AddressVerdict::Mistyped => {
                let meant = report.suggestion.as_deref().unwrap_or("another domain");
                (
                    Flag::Mistyped,
                    Hindrance::MistypedAddress,
                    format!("{address} looks mistyped (for {meant})"),
                )
            }
            AddressVerdict::Disposable => {
                (Flag::Disposable, Hindrance::DisposableAddress, format!("{address} is a throw-away address"))
            }
        };
        match self.view.workspace.delivery.bad_addresses {
            BadAddresses::Held => {
                self.fail("bad_addresses", hindrance, format!("{what}; the workspace holds such"))
            }
            BadAddresses::Flagged => {
                self.flags.push(flag);
                self.pass("bad_addresses", format!("{what}: sent all the same, likely to bounce"));
                Ok(())
            }
        }
    }

    fn suppressed(&mut self) -> Step {
        let view = self.view;
        match view.contact.suppression(view.message.channel, view.address, view.now_ms) {
            Some(why) => self.fail("suppression", Hindrance::Suppressed, format!("Suppressed: {why}")),
            None => Ok(()),
        }
    }

    /// All, then topic, then channel.
    fn subscribed(&mut self) -> Step {
        let view = self.view;
        if let Some(source) = view.contact.unsubscribed(view.now_ms) {
            let text = format!("Unsubscribed ({source})");
            let rule = view.platform.rule(RuleId::UnsubscribedValues);
            return self.end(
                rule.name,
                Some(rule.confidence),
                Verdict::NotSent(Hindrance::Unsubscribed),
                text,
            );
        }
        if let Some(topic) = &view.message.topic
            && let Some(source) = view.contact.unsubscribed_topic(topic, view.now_ms)
        {
            let text = format!("Unsubscribed from the topic {topic} ({source})");
            return self.fail("topic", Hindrance::UnsubscribedTopic, text);
        }
        if let Some(source) = view.contact.unsubscribed_channel(view.message.channel, view.now_ms) {
            let text = format!("Unsubscribed from this channel ({source})");
            return self.fail("channel_subscription", Hindrance::UnsubscribedChannel, text);
        }
        self.pass("subscribed", "The person is subscribed");
        Ok(())
    }

    fn consent(&mut self) -> Step {
        let view = self.view;
        let channel = view.message.channel;
        let said = view.contact.consent(channel, view.now_ms);
        let state = said.as_ref().map_or(ConsentState::Unknown, |said| said.state);
        let when = said.map(|said| format!("{}, {}", said.source, view.spoken(said.said_ms)));
        let past = match (state, when) {
            (ConsentState::Denied, when) => {
                let text = format!("Consent was refused ({})", when.unwrap_or_default());
                return self.fail("consent", Hindrance::ConsentDenied, text);
            }
            (ConsentState::Granted, when) => {
                self.pass("consent", format!("Consent was given ({})", when.unwrap_or_default()));
                return Ok(());
            }
            (ConsentState::Unknown, when) => when,
        };
        let missing = past.map_or_else(
            || "none is known".to_owned(),
            |when| format!("what was said has expired or was taken back ({when})"),
        );
        if view.workspace.delivery.needs_consent.contains(&channel) {
            let text = format!("The workspace sends on this channel only with consent, and {missing}");
            return self.fail("needs_consent", Hindrance::ConsentUnknown, text);
        }
        self.consent_in_region(channel, &missing)
    }

    /// Nothing was said that still counts, for which `missing` has the words: what the region's
    /// rules make of that.
    fn consent_in_region(&mut self, channel: Channel, missing: &str) -> Step {
        let view = self.view;
        let on = &view.workspace.delivery.regions;
        if on.is_empty() {
            return Ok(());
        }
        let Some(country) = self.country() else {
            self.pass("region", "No country is known: no region's rules apply");
            return Ok(());
        };
        let guess = if country.guessed { ", a guess" } else { "" };
        let from = format!("{} (from {}{guess})", country.code, country.from);
        if country.guessed {
            self.flags.push(Flag::RegionGuessed);
        }
        let Some(region) = region::rules_of(on, &country.code) else {
            self.pass("region", format!("Country {from}: no region's rules apply"));
            return Ok(());
        };
        let Some(rule) = region.channels.get(&channel) else { return Ok(()) };
        let text = |what: &str| format!("{what}; {}, country {from}; {}", region.label, region.source);
        if rule.basis == Basis::OptOut {
            self.pass("region", text("No refusal is known, and none is enough"));
            return Ok(());
        }
        let implied = rule.implied.iter().find_map(|implied| {
            let act_ms = view.contact.last_act_ms(implied.after, view.now_ms)?;
            implied.holds(act_ms, view.now_ms).then_some((implied.after, act_ms))
        });
        let Some((act, act_ms)) = implied else {
            let needed = text(&format!("Consent is needed, and {missing}"));
            return self.fail("region", Hindrance::ConsentUnknown, needed);
        };
        let what = if act == Act::Purchase { "purchase" } else { "inquiry" };
        self.pass("region", text(&format!("Consent follows from the {what} of {}", view.spoken(act_ms))));
        Ok(())
    }

    fn country(&self) -> Option<Country> {
        let view = self.view;
        let names = contact_rules::names();
        let attribute = |paths: &'static [String]| {
            paths.iter().find_map(|path| Some((path.as_str(), text_attribute(view.profile, path)?)))
        };
        let own = attribute(&names.country_attributes);
        let own_locale = attribute(&names.locale_attributes).map(|(_, locale)| locale);
        let zone = view.own_zone.map(chrono_tz::Tz::name);
        country_of(
            own.as_ref().map(|(name, country)| (*name, country.as_str())),
            own_locale.as_deref().or_else(|| view.contact.locale()),
            zone,
            &view.workspace.country,
        )
    }

    fn offer_limit(&mut self) -> Step {
        let view = self.view;
        let (Some(offer), Some(gap)) = (&view.message.offer, view.workspace.delivery.offer_gap) else {
            return Ok(());
        };
        match view.sent.last_offer_ms(view.now_ms) {
            Some(last_ms) if last_ms > view.now_ms - gap.ms() => {
                let text = format!(
                    "At most one offer in {}: the last went out {} ago",
                    gap.spoken(),
                    Span::from_ms(view.now_ms - last_ms).spoken()
                );
                self.fail("offer_gap", Hindrance::OfferLimit, text)
            }
            _ => {
                self.pass("offer_gap", format!("The offer {offer} is the first in {}", gap.spoken()));
                Ok(())
            }
        }
    }

    fn message_limit(&mut self) -> Step {
        let view = self.view;
        let rules = &view.workspace.delivery;
        let channel = view.message.channel;
        let limits = rules.limits.iter().filter(|limit| limit.channel.is_none_or(|only| only == channel));
        let limits: Vec<_> = limits.collect();
        if limits.is_empty() {
            return Ok(());
        }
        if is_limit_exempt(view.message, view.platform) {
            let rule = view.platform.rule(RuleId::LimitExempt);
            self.step(rule.name, Some(rule.confidence), format!("No limit applies: {}", rule.text), true);
            return Ok(());
        }
        // Every limit has to leave room, so the last to do so decides.
        let mut free_ms = Some(view.now_ms);
        let mut text = String::new();
        for limit in limits {
            let free = view.sent.free_ms(limit, view.now_ms);
            if free != Some(view.now_ms) {
                let had = view.sent.counted_within(limit.channel, limit.per, view.now_ms);
                let what = limit.channel.map_or("message", Channel::word);
                text =
                    format!("Limit: {had} of {} {what}s in {} went out", limit.at_most, limit.per.spoken());
            }
            free_ms = free_ms.zip(free).map(|(a, b)| a.max(b));
        }
        match free_ms {
            Some(free_ms) if free_ms == view.now_ms => {
                self.pass("message_limit", "The message limits leave room");
                Ok(())
            }
            Some(free_ms)
                if rules
                    .limit_retry
                    .is_some_and(|retry| free_ms <= view.reached_ms.saturating_add(retry.ms())) =>
            {
                let text = format!("{text}; tried again at {}", view.spoken(free_ms));
                let verdict = Verdict::Defer { until_ms: free_ms, reason: Hindrance::MessageLimit };
                self.end("message_limit", None, verdict, text)
            }
            _ => {
                let text = format!("{text}, and there is no room before the retry time ends");
                self.fail("message_limit", Hindrance::MessageLimit, text)
            }
        }
    }

    fn quiet_hours(&mut self) -> Step {
        let view = self.view;
        let Some(hours) = view.workspace.delivery.quiet_hours else { return Ok(()) };
        let zone = view.own_zone.unwrap_or(view.workspace_zone);
        let clock = |minute: u32| format!("{:02}:{:02}", minute / 60, minute % 60);
        let range = format!("{} to {}, {}", clock(hours.from_minute), clock(hours.to_minute), zone.name());
        match quiet_until_ms(hours, zone, view.now_ms) {
            None => {
                self.pass("quiet_hours", format!("It is not quiet hours ({range})"));
                Ok(())
            }
            Some(until_ms) => {
                let text = format!("Held back: quiet hours ({range}), until {}", view.spoken(until_ms));
                let verdict = Verdict::Defer { until_ms, reason: Hindrance::QuietHours };
                self.end("quiet_hours", None, verdict, text)
            }
        }
    }

    fn pass(&mut self, rule: &'static str, text: impl Into<String>) {
        self.step(rule, None, text.into(), true);
    }
    fn fail(&mut self, rule: &'static str, reason: Hindrance, text: impl Into<String>) -> Step {
        self.end(rule, None, Verdict::NotSent(reason), text.into())
    }
    fn end(
        &mut self,
        rule: &'static str,
        confidence: Option<Confidence>,
        verdict: Verdict,
        text: String,
    ) -> Step {
        self.step(rule, confidence, text, false);
        Err(verdict)
    }
    fn step(&mut self, rule: &'static str, confidence: Option<Confidence>, text: String, passed: bool) {
        self.steps.push(CheckStep { rule, confidence, text, passed });
    }
}
