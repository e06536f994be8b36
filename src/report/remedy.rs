//! The smallest change that would have sent a message, in words.

use std::sync::Arc;

use chrono_tz::Tz;

use super::table::one_line;
use crate::{
    journey::{BlockId, Channel, Journey},
    lab::{
        Asked, Change, Remedies, Remedy,
        asked::sends,
        remedy::{JourneyRule, NewCall, Said, WorkspaceRule},
    },
    recording::{EventKind, Span},
    simulator::WorkspaceFacts,
    words::{block, time},
};

/// What the words need to know besides the change.
#[derive(Clone, Copy)]
pub struct Setting<'a> {
    /// The journey asked about.
    pub journey: &'a Journey,
    /// All journeys.
    pub journeys: &'a [Arc<Journey>],
    /// The workspace as it is.
    pub workspace: &'a WorkspaceFacts,
    /// The zone times are said in.
    pub zone: Tz,
}

/// A change in words: as an order (“Correct the address to ana@gmail.com”) and as a condition (“the
/// address had been ana@gmail.com”).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Told {
    /// What to do.
    pub order: String,
    /// What would have had to be so, behind “if”.
    pub condition: String,
    /// `sent Wed 4 Mar 13:52`, or `reached …` for a block that sends nothing.
    pub outcome: String,
}

/// Says one change and what comes of it.
pub fn told(remedy: &Remedy, asked: &Asked, setting: &Setting<'_>) -> Told {
    let (order, condition) = of_change(&remedy.change, setting);
    let verb = if sends(setting.journey, &asked.block) { "sent" } else { "reached" };
    let when = time::moment(remedy.reached_ms, setting.zone);
    Told { order: one_line(&order), condition: one_line(&condition), outcome: format!("{verb} {when}") }
}

/// The answer in a paragraph, as `why` ends with it: “It would have gone out on … if …”.
pub fn paragraph(remedies: &Remedies, asked: &Asked, setting: &Setting<'_>) -> String {
    let [smallest, others @ ..] = &remedies.found[..] else {
        return none(remedies);
    };
    let would = if sends(setting.journey, &asked.block) {
        "It would have gone out"
    } else {
        "They would have come there"
    };
    let when = time::moment(smallest.reached_ms, setting.zone);
    let mut text = format!("{would} on {when} if {}.", told(smallest, asked, setting).condition);
    for other in others {
        text.push_str(" Or if ");
        text.push_str(&told(other, asked, setting).condition);
        text.push('.');
    }
    text
}

/// What is said where nothing was found.
pub fn none(remedies: &Remedies) -> String {
    let tried = match remedies.tried.saturating_sub(1) {
        1 => "1 change was tried".to_owned(),
        count => format!("{count} changes were tried"),
    };
    if remedies.cut_short {
        format!("No single change was found that would have done; {tried}, and there are more.")
    } else {
        format!("No single change would have done; {tried}.")
    }
}

fn of_change(change: &Change, setting: &Setting<'_>) -> (String, String) {
    let at = |ms: i64| time::moment(ms, setting.zone);
    let by = |ms: i64| latest(ms, setting.zone);
    match change {
        Change::LongerReplay { by } => (
            format!("Replay {} longer", by.spoken()),
            format!("the replay had gone on {} longer", by.spoken()),
        ),
        Change::AddressCorrected { from, to } => {
            (format!("Correct the address to {to}"), format!("the address had been {to} instead of {from}"))
        }
        Change::AddressGiven(channel, said) => {
            let what = if *channel == Channel::Sms { "a phone number" } else { "an email address" };
            (
                format!("Give {what} {}", when_said(said, setting)),
                format!("{what} had been given {}", when_said(said, setting)),
            )
        }
        Change::IdentifiedEarlier { was_ms, at_ms, .. } => {
            let earlier = Span::from_ms(was_ms - at_ms).spoken();
            (
                format!("Identify {earlier} earlier, by {}", by(*at_ms)),
                format!("identify had come by {}, {earlier} earlier", by(*at_ms)),
            )
        }
        Change::Identified(said) => (
            format!("Identify with an email address by {}", by(said.at_ms())),
            format!("they had said who they are, with an email address, by {}", by(said.at_ms())),
        ),
        Change::ConsentGiven(channel, said) => {
            let to = consent_word(*channel);
            let when = when_said(said, setting);
            (format!("Give consent to {to} {when}"), format!("consent to {to} had been given {when}"))
        }
        Change::AttributeSaid(name, said) => {
            let value = said_value(said, name);
            let when = when_said(said, setting);
            (format!("Set {name} to {value} {when}"), format!("{name} had been {value} {when}"))
        }
        Change::PropertyGiven { of, name, value, at_ms, .. } => {
            let value = value.as_str().map_or_else(|| value.to_string(), |text| format!("“{text}”"));
            (
                format!("Give {name} with {of} of {}, as {value}", at(*at_ms)),
                format!("{of} of {} had said {name}, for example {value}", at(*at_ms)),
            )
        }
        Change::JourneyRun(id, runs) => {
            let name = setting.journeys.iter().find(|it| it.id == *id);
            let name = name.map_or(id.as_str(), |it| it.name.as_str());
            if *runs {
                (format!("Let the journey “{name}” run"), format!("the journey “{name}” had run"))
            } else {
                (format!("Do not run the journey “{name}”"), format!("the journey “{name}” had not run"))
            }
        }
        Change::Retention { from, to } => (
            format!("Keep held events {} instead of {}", hours(*to), hours(*from)),
            format!("the platform kept held events {} instead of {}", hours(*to), hours(*from)),
        ),
        Change::EventAdded(said) => {
            let what = call_name(said);
            let when = when_said(said, setting);
            (format!("Add {what} {when}"), format!("{what} had happened {when}"))
        }
        Change::EventLeftOut { name, at_ms, .. } => (
            format!("Leave out {name} of {}", at(*at_ms)),
            format!("{name} of {} had not happened", at(*at_ms)),
        ),
        Change::TraitLeftOut { name, at_ms, .. } => (
            format!("Do not set {name} with the identify of {}", at(*at_ms)),
            format!("{name} had not been set with the identify of {}", at(*at_ms)),
        ),
        Change::Workspace(rule) => of_workspace(rule, setting.workspace),
        Change::Journey(rule) => of_journey(rule, setting.journey),
        Change::TriggerAge { from, to } => {
            let from = from.map_or_else(String::new, |from| format!(" instead of {}", hours(from)));
            (
                format!("Let triggers be {} old{from}", hours(*to)),
                format!("the platform let triggers be {} old{from}", hours(*to)),
            )
        }
    }
}

fn of_workspace(rule: &WorkspaceRule, workspace: &WorkspaceFacts) -> (String, String) {
    match rule {
        WorkspaceRule::NoQuietHours => {
            ("Turn quiet hours off".to_owned(), "there were no quiet hours".to_owned())
        }
        WorkspaceRule::Limit { at, to } => {
            let limit = workspace.delivery.limits.get(*at);
            let (most, per) = limit.map_or((0, Span::ZERO), |limit| (limit.at_most, limit.per));
            let channel = limit.and_then(|limit| limit.channel).map_or("message", channel_word);
            let of = format!(
                "the limit of {most} {channel}{} in {}",
                if most == 1 { "" } else { "s" },
                per.spoken()
            );
            match to {
                Some(to) => (format!("Raise {of} to {to}"), format!("{of} were {to}")),
                None => (format!("Lift {of}"), format!("{of} did not exist")),
            }
        }
        WorkspaceRule::LimitRetry(span) => (
            format!("Retry messages over a limit for {}", span.spoken()),
            format!("messages over a limit were retried for {}", span.spoken()),
        ),
        WorkspaceRule::NoOfferGap => (
            "Let offers follow each other at any distance".to_owned(),
            "there were no distance between offers".to_owned(),
        ),
        WorkspaceRule::BadAddressesSent => (
            "Send to bad addresses all the same".to_owned(),
            "the workspace sent to bad addresses all the same".to_owned(),
        ),
        WorkspaceRule::NoConsentNeeded(channel) => (
            format!("Send {}s without consent", channel_word(*channel)),
            format!("the workspace needed no consent for {}s", channel_word(*channel)),
        ),
        WorkspaceRule::NoRegions => {
            ("Turn region rules off".to_owned(), "no region's rules were on".to_owned())
        }
    }
}

fn of_journey(rule: &JourneyRule, journey: &Journey) -> (String, String) {
    let name = |id: &BlockId| block::quoted(journey, id);
    let both = |order: String, condition: String| (order, condition);
    match rule {
        JourneyRule::NoAudience => both("Let everybody enter".to_owned(), "everybody could enter".to_owned()),
        JourneyRule::EveryTime => {
            both("Let people enter every time".to_owned(), "people could enter every time".to_owned())
        }
        JourneyRule::EachTrigger => both(
            "Offer each of several joined triggers".to_owned(),
            "each of several joined triggers were offered".to_owned(),
        ),
        JourneyRule::NoExit(id) => {
            let exit = journey.exits.iter().find(|exit| exit.id == *id);
            let exit = exit.map(|exit| exit.name.as_str()).filter(|name| !name.is_empty()).unwrap_or(id);
            both(
                format!("Take away the exit condition “{exit}”"),
                format!("there were no exit condition “{exit}”"),
            )
        }
        JourneyRule::GoalGoesOn => {
            both("Let runs go on after the goal".to_owned(), "runs went on after the goal".to_owned())
        }
        JourneyRule::NoExtraCondition(block) => both(
            format!("Take away the extra condition of {}", name(block)),
            format!("the extra condition of {} had held", name(block)),
        ),
        JourneyRule::Answer(block, yes) => {
            let answer = if *yes { "yes" } else { "no" };
            both(
                format!("Answer {} with {answer}", name(block)),
                format!("{} had been answered {answer}", name(block)),
            )
        }
        JourneyRule::Arm(block, exit) => {
            let arm = block::exit_said(journey, block, exit.as_str());
            both(
                format!("Let “{arm}” hold at {}", name(block)),
                format!("they had left {} by “{arm}”", name(block)),
            )
        }
        JourneyRule::Draw(block, exit) => {
            let arm = block::exit_said(journey, block, exit.as_str());
            both(
                format!("Draw “{arm}” at {}", name(block)),
                format!("chance had drawn “{arm}” at {}", name(block)),
            )
        }
        JourneyRule::WaitsFor(block, span) => both(
            format!("Let {} wait {}", name(block), span.spoken()),
            format!("{} waited {}", name(block), span.spoken()),
        ),
        JourneyRule::NoFreshness(block) => both(
            format!("Take away the freshness limit of {}", name(block)),
            format!("{} had no freshness limit", name(block)),
        ),
    }
}

/// “by Wed 4 Mar 13:52” for a call of its own, “with the identify of …” for one of the recording.
fn when_said(said: &Said, setting: &Setting<'_>) -> String {
    match said {
        Said::With { at_ms, .. } => format!("with the identify of {}", time::moment(*at_ms, setting.zone)),
        Said::Alone(call) => format!("by {}", latest(call.at_ms, setting.zone)),
    }
}

/// The latest instant that does, to the second where it has any: rounded down it still does.
fn latest(ms: i64, zone: Tz) -> String {
    let text = time::moment(ms, zone);
    match ms.rem_euclid(60_000) / 1_000 {
        0 => text,
        seconds => format!("{text}:{seconds:02}"),
    }
}

fn said_value(said: &Said, name: &str) -> String {
    let traits = match said {
        Said::With { traits, .. } => traits,
        Said::Alone(call) => &call.traits,
    };
    let path = format!("/{}", name.replace('.', "/"));
    match serde_json::Value::Object(traits.clone()).pointer(&path) {
        Some(serde_json::Value::String(text)) => format!("“{text}”"),
        Some(serde_json::Value::Null) | None => "nothing".to_owned(),
        Some(value) => value.to_string(),
    }
}

fn call_name(said: &Said) -> String {
    match said {
        Said::Alone(call) => call_words(call),
        Said::With { .. } => "a call".to_owned(),
    }
}

fn call_words(call: &NewCall) -> String {
    let name = match (call.kind, call.name.as_str()) {
        (EventKind::Page, "") => "a page view".to_owned(),
        (EventKind::Page, name) => format!("a view of the page “{name}”"),
        (_, name) => name.to_owned(),
    };
    let with: Vec<String> = call
        .properties
        .iter()
        .map(|(property, value)| match value {
            serde_json::Value::String(text) => format!("{property} “{text}”"),
            value => format!("{property} {value}"),
        })
        .collect();
    if with.is_empty() { name } else { format!("{name} with {}", with.join(", ")) }
}

const fn channel_word(channel: Channel) -> &'static str {
    match channel {
        Channel::Email => "email",
        Channel::Sms => "text message",
        Channel::Push => "push message",
        Channel::InApp => "in-app message",
        Channel::Webhook => "webhook",
        Channel::OnSite => "on-site prompt",
        Channel::Audience => "ad",
    }
}

const fn consent_word(channel: Channel) -> &'static str {
    match channel {
        Channel::Email => "email",
        Channel::Sms => "text messages",
        Channel::Push => "push messages",
        Channel::Audience => "advertising",
        Channel::InApp | Channel::Webhook | Channel::OnSite => channel_word(channel),
    }
}

/// As the age rule counts: whole hours, and what is over.
fn hours(span: Span) -> String {
    const HOUR_MS: i64 = 3_600_000;
    let (hours, rest) = (span.ms() / HOUR_MS, span.ms() % HOUR_MS);
    match (hours, rest) {
        (0, _) => span.spoken(),
        (hours, 0) => format!("{hours} h"),
        (hours, rest) => format!("{hours} h {}", Span::from_ms(rest).spoken()),
    }
}
