//! Blocks in plain words: kind, one-line summary, exits, settings.

use super::{
    condition::{self, channel, identification},
    time,
};
use crate::journey::{
    Anchor, Block, BlockId, BlockKind, Condition, DelayKind, Goal, HeldTriggers, Journey, Message, ReEntry,
    Runs, Segments, Trigger, ZoneChoice, block::exit,
};

/// What colour a block has on the canvas.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum BlockFamily {
    /// The trigger.
    Trigger,
    /// Waits, delays and time windows.
    Wait,
    /// Branches and splits.
    Branch,
    /// Messages and prompts.
    Message,
    /// Audiences, attributes, events sent.
    Audience,
    /// Goals and exits.
    End,
}

/// The family of a block.
pub const fn family(kind: &BlockKind) -> BlockFamily {
    match kind {
        BlockKind::WaitForIdentify { .. }
        | BlockKind::Delay(_)
        | BlockKind::WaitUntil { .. }
        | BlockKind::TimeWindow { .. } => BlockFamily::Wait,
        BlockKind::Branch { .. } | BlockKind::MultiBranch { .. } | BlockKind::RandomSplit { .. } => {
            BlockFamily::Branch
        }
        BlockKind::Message(_) | BlockKind::OnSitePrompt { .. } => BlockFamily::Message,
        BlockKind::Audience { .. } | BlockKind::UpdateAttributes { .. } | BlockKind::SendEvent { .. } => {
            BlockFamily::Audience
        }
        BlockKind::Goal | BlockKind::Exit { .. } => BlockFamily::End,
    }
}

/// The name on the block; its kind where it has none.
pub fn title(block: &Block) -> &str {
    if block.name.is_empty() { block.kind.name() } else { &block.name }
}

/// A block's name as a sentence quotes it: “Cart reminder”.
pub fn quoted(journey: &Journey, id: &BlockId) -> String {
    format!("“{}”", journey.blocks.get(id).map_or_else(|| id.as_str(), title))
}

/// One line under the name.
pub fn summary(block: &Block, goal: Option<&Goal>, segments: &Segments) -> String {
    match &block.kind {
        BlockKind::Message(message) => {
            let text = spoken_line(if message.template.subject.is_empty() {
                &message.template.body
            } else {
                &message.template.subject
            });
            format!("{} · {text}", channel(message.channel))
        }
        BlockKind::OnSitePrompt { within, .. } => format!("next page view within {}", time::span(*within)),
        BlockKind::Audience { audience, remove } => {
            format!("{} {audience}", if *remove { "remove from" } else { "add to" })
        }
        BlockKind::WaitForIdentify { by, address, up_to } => {
            format!("{}, up to {}", identification(*by, *address), time::span(*up_to))
        }
        BlockKind::Delay(delay) => self::delay(delay),
        BlockKind::WaitUntil { conditions, up_to } => {
            let first = conditions.first().map_or_else(
                || "nothing to wait for".to_owned(),
                |arm| condition::condition(&arm.when, segments),
            );
            let more = if conditions.len() > 1 {
                format!(" or {} more", conditions.len() - 1)
            } else {
                String::new()
            };
            let limit = up_to.map_or_else(String::new, |span| format!(", up to {}", time::span(span)));
            format!("{first}{more}{limit}")
        }
        BlockKind::TimeWindow { days, from_minute, to_minute, .. } => {
            format!("{}, {} to {}", time::days(days), time::of_day(*from_minute), time::of_day(*to_minute))
        }
        BlockKind::Branch { when } => when.as_ref().map_or_else(
            || "no question yet: always no".to_owned(),
            |when| condition::condition(when, segments),
        ),
        BlockKind::MultiBranch { conditions } => {
            super::counted(conditions.len() as u64, "condition, left to right", "conditions, left to right")
        }
        BlockKind::RandomSplit { arms, .. } => {
            arms.iter().map(|arm| format!("{} %", arm.percent)).collect::<Vec<_>>().join(" / ")
        }
        BlockKind::UpdateAttributes { set } => {
            let names: Vec<String> = set.keys().cloned().collect();
            format!("set {}", super::list(&names, "and"))
        }
        BlockKind::SendEvent { event, .. } => event.clone(),
        BlockKind::Goal => {
            goal.map_or_else(|| "reached".to_owned(), |goal| format!("within {}", time::span(goal.within)))
        }
        BlockKind::Exit { reason } if reason.is_empty() => "leaves the journey".to_owned(),
        BlockKind::Exit { reason } => reason.clone(),
    }
}

/// The first line of a template as somebody would read it: a placeholder is its default, or “…”;
/// tags say nothing.
fn spoken_line(template: &str) -> String {
    let line = template.lines().map(str::trim).find(|line| !line.is_empty()).unwrap_or("no text yet");
    let mut spoken = String::new();
    let mut rest = line;
    while let Some(start) = rest.find(['{']) {
        let (before, from) = rest.split_at(start);
        let close = if from.starts_with("{{") {
            "}}"
        } else if from.starts_with("{%") {
            "%}"
        } else {
            spoken += before;
            spoken.push('{');
            rest = &from[1..];
            continue;
        };
        spoken += before;
        let Some(end) = from.find(close) else {
            rest = "";
            break;
        };
        if close == "}}" {
            spoken += default_of(&from[2..end]);
        }
        rest = &from[end + 2..];
    }
    (spoken + rest).split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The text after `default:` in a placeholder, else “…”.
fn default_of(placeholder: &str) -> &str {
    let quoted = placeholder.split_once("default:").map(|(_, rest)| rest.trim_start());
    let inner = quoted.and_then(|rest| {
        let quote = rest.chars().next().filter(|quote| matches!(quote, '\'' | '"'))?;
        rest[1..].split(quote).next()
    });
    inner.unwrap_or("…")
}

fn delay(delay: &DelayKind) -> String {
    match delay {
        DelayKind::For(span) => format!("wait {}", time::span(*span)),
        DelayKind::UntilTime { at_minute, days } => {
            format!("until {}, {}", time::of_day(*at_minute), time::days(days))
        }
        DelayKind::Anchored { from, after, floor, .. } => {
            let from = match from {
                Anchor::Entry => "here".to_owned(),
                Anchor::Trigger => "the trigger".to_owned(),
                Anchor::LastEvent(event) => format!("the last {}", condition::event(event)),
            };
            let floor =
                if floor.is_zero() { String::new() } else { format!(", at least {}", time::span(*floor)) };
            format!("{} from {from}{floor}", time::span(*after))
        }
    }
}

/// The trigger's name on the canvas.
pub fn trigger_title(journey: &Journey, segments: &Segments) -> String {
    let segment = |id: &str| segments.0.get(id).map_or_else(|| id.to_owned(), |segment| segment.name.clone());
    if journey.trigger.is_missing() {
        return "No trigger yet".to_owned();
    }
    match &journey.trigger {
        Trigger::Event { event, .. } => condition::event_title(event),
        Trigger::EntersSegment(id) => format!("Enters {}", segment(id)),
        Trigger::LeavesSegment(id) => format!("Leaves {}", segment(id)),
        Trigger::AttributeChange { name, to: None } => format!("{} changes", super::sentence(name)),
        Trigger::AttributeChange { name, to: Some(test) } => {
            format!("{} {}", super::sentence(name), condition::test(test).replacen("is ", "becomes ", 1))
        }
        Trigger::DateAttribute { name, .. } => format!("Date: {name}"),
    }
}

/// One line under the trigger's name: re-entry and runs.
pub fn trigger_summary(journey: &Journey) -> String {
    let again = match journey.entry.re_entry {
        ReEntry::Once => "once a person".to_owned(),
        ReEntry::EveryTime => "each time".to_owned(),
        ReEntry::AfterGap(gap) => format!("again after {}", time::span(gap)),
    };
    let runs = match &journey.entry.runs {
        Runs::OneAtATime => "one run at a time".to_owned(),
        Runs::OnePerKey(key) => format!("one run per {key}"),
    };
    if journey.entry.re_entry == ReEntry::Once { again } else { format!("{again}, {runs}") }
}

/// An exit as its edge names it; empty where there is nothing to say.
pub fn exit_name(kind: &BlockKind, exit: &str) -> String {
    match arm_name(kind, exit) {
        None if exit == exit::NEXT => String::new(),
        None | Some("") => super::spaced(exit),
        Some(name) => name.to_owned(),
    }
}

/// What an arm is named, maybe nothing; `None` if the exit is no arm's.
fn arm_name<'k>(kind: &'k BlockKind, exit: &str) -> Option<&'k str> {
    match kind {
        BlockKind::WaitUntil { conditions, .. } | BlockKind::MultiBranch { conditions } => {
            conditions.iter().find(|arm| arm.id.as_str() == exit).map(|arm| arm.name.as_str())
        }
        BlockKind::RandomSplit { arms, .. } => {
            arms.iter().find(|arm| arm.id.as_str() == exit).map(|arm| arm.name.as_str())
        }
        _ => None,
    }
}

/// An exit at the beginning of a line: what somebody named stays as they wrote it.
pub fn exit_title(kind: &BlockKind, exit: &str) -> String {
    let name = exit_name(kind, exit);
    if arm_name(kind, exit).is_some_and(|given| !given.is_empty()) { name } else { super::sentence(&name) }
}

/// An exit as a sentence names it.
pub fn exit_said(journey: &Journey, block: &BlockId, exit: &str) -> String {
    let name = journey.blocks.get(block).map(|block| exit_name(&block.kind, exit));
    name.filter(|name| !name.is_empty()).unwrap_or_else(|| super::spaced(exit))
}

/// Settings of a block for the inspector: (name, value).
pub fn settings(block: &Block, segments: &Segments) -> Vec<(&'static str, String)> {
    let say = |when: &Condition| super::sentence(&condition::condition(when, segments));
    match &block.kind {
        BlockKind::Message(message) => message_settings(message, segments),
        BlockKind::OnSitePrompt { within, template } => {
            vec![("Waits for a page view", time::span(*within)), ("Says", template.body.trim().to_owned())]
        }
        BlockKind::Audience { audience, remove } => {
            vec![
                ("Audience", audience.clone()),
                ("Does", if *remove { "Removes" } else { "Adds" }.to_owned()),
            ]
        }
        BlockKind::WaitForIdentify { by, address, up_to } => vec![
            ("Waits for", super::sentence(&identification(*by, *address))),
            ("At most", time::span(*up_to)),
        ],
        BlockKind::Delay(delay) => delay_settings(delay),
        BlockKind::WaitUntil { conditions, up_to } => conditions
            .iter()
            .map(|arm| ("Until", say(&arm.when)))
            .chain(std::iter::once(("At most", up_to.map_or_else(|| "For ever".to_owned(), time::span))))
            .collect(),
        BlockKind::TimeWindow { days, from_minute, to_minute, zone } => vec![
            ("Days", super::sentence(&time::days(days))),
            ("Hours", format!("{} to {}", time::of_day(*from_minute), time::of_day(*to_minute))),
            (
                "Zone",
                match zone {
                    ZoneChoice::Person => "The person's".to_owned(),
                    ZoneChoice::Workspace => "The workspace's".to_owned(),
                    ZoneChoice::Fixed(name) => name.clone(),
                },
            ),
        ],
        BlockKind::Branch { when } => {
            vec![("Asks", when.as_ref().map_or_else(|| "Nothing: always no".to_owned(), say))]
        }
        BlockKind::MultiBranch { conditions } => {
            conditions.iter().map(|arm| ("Asks", say(&arm.when))).collect()
        }
        BlockKind::RandomSplit { arms, each_run } => arms
            .iter()
            .map(|arm| {
                let name = exit_name(&block.kind, arm.id.as_str());
                let holdout = if arm.holdout { ", held out" } else { "" };
                ("Share", format!("{} % {name}{holdout}", arm.percent))
            })
            .chain(std::iter::once((
                "Drawn",
                if *each_run { "In every run" } else { "Once a person" }.to_owned(),
            )))
            .collect(),
        BlockKind::UpdateAttributes { set } => set
            .iter()
            .map(|(name, value)| match value {
                Some(value) => ("Sets", format!("{name} to {}", condition::scalar(value))),
                None => ("Removes", name.clone()),
            })
            .collect(),
        BlockKind::SendEvent { event, properties } => std::iter::once(("Event", event.clone()))
            .chain(
                properties
                    .iter()
                    .map(|(name, value)| ("With", format!("{name} {}", condition::scalar(value)))),
            )
            .collect(),
        BlockKind::Goal => Vec::new(),
        BlockKind::Exit { reason } => vec![("Reason", super::sentence(reason))],
    }
    .into_iter()
    .filter(|(_, value)| !value.is_empty())
    .collect()
}

fn message_settings(message: &Message, segments: &Segments) -> Vec<(&'static str, String)> {
    let mut rows = vec![("Channel", super::sentence(channel(message.channel)))];
    if let Some(topic) = &message.topic {
        rows.push(("Topic", topic.clone()));
    }
    if let Some(offer) = &message.offer {
        rows.push(("Offer", offer.clone()));
    }
    if message.transactional {
        rows.push(("Transactional", "Yes: skips consent, limits and quiet hours".to_owned()));
    }
    if let Some(only_if) = &message.only_if {
        rows.push(("Only if", super::sentence(&condition::condition(only_if, segments))));
    }
    rows
}

fn delay_settings(delay: &DelayKind) -> Vec<(&'static str, String)> {
    match delay {
        DelayKind::For(span) => vec![("Waits", time::span(*span))],
        DelayKind::UntilTime { at_minute, days } => {
            vec![("Until", time::of_day(*at_minute)), ("Days", super::sentence(&time::days(days)))]
        }
        DelayKind::Anchored { from, after, floor, fresh_for, restart } => {
            let mut rows = vec![
                ("Waits", time::span(*after)),
                (
                    "Counted from",
                    match from {
                        Anchor::Entry => "Entering this block".to_owned(),
                        Anchor::Trigger => "The trigger".to_owned(),
                        Anchor::LastEvent(event) => format!("The last {}", condition::event(event)),
                    },
                ),
            ];
            if !floor.is_zero() {
                rows.push(("At least", format!("{} after entering this block", time::span(*floor))));
            }
            if let Some(fresh) = fresh_for {
                rows.push(("Too late", format!("{} after it was due", time::span(*fresh))));
            }
            if *restart {
                rows.push(("Starts anew", "When it happens again".to_owned()));
            }
            rows
        }
    }
}

/// Settings of the trigger for the inspector.
pub fn trigger_settings(journey: &Journey, segments: &Segments) -> Vec<(&'static str, String)> {
    let mut rows = vec![(
        "Starts on",
        match &journey.trigger {
            Trigger::Event { event, filters } => {
                format!("{}{}", condition::event_title(event), condition::filters(filters))
            }
            _ => trigger_title(journey, segments),
        },
    )];
    if let Some(audience) = &journey.audience {
        rows.push(("For", super::sentence(&condition::condition(audience, segments))));
    }
    rows.push(("Again", super::sentence(&trigger_summary(journey))));
    match journey.entry.held_triggers {
        HeldTriggers::Each => {}
        HeldTriggers::Oldest => rows.push(("Held triggers", "Only the oldest".to_owned())),
        HeldTriggers::Newest => rows.push(("Held triggers", "Only the newest".to_owned())),
    }
    for end in &journey.exits {
        rows.push(("Leaves when", super::sentence(&condition::condition(&end.when, segments))));
    }
    if let Some(goal) = &journey.goal {
        let when = condition::condition(&goal.when, segments);
        rows.push(("Goal", format!("{} within {}", super::sentence(&when), time::span(goal.within))));
    }
    rows
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        journey::{AddressNeed, Identification, block::SplitArm},
        recording::Span,
    };

    fn block(kind: BlockKind) -> Block {
        Block { name: String::new(), note: String::new(), kind, exits: std::collections::BTreeMap::new() }
    }

    #[test]
    fn summaries_are_one_plain_line() {
        let none = Segments::default();
        let wait = block(BlockKind::WaitForIdentify {
            by: Identification::Email,
            address: AddressNeed::Any,
            up_to: Span::days(7),
        });
        assert_eq!(summary(&wait, None, &none), "any email, up to 7 days");
        let delay = block(BlockKind::Delay(DelayKind::Anchored {
            from: Anchor::Trigger,
            after: Span::hours(4),
            floor: Span::minutes(30),
            fresh_for: None,
            restart: false,
        }));
        assert_eq!(summary(&delay, None, &none), "4 hours from the trigger, at least 30 minutes");
        assert_eq!(
            spoken_line("Still thinking about {{ item.name | default: 'it' }}? {% if x %}"),
            "Still thinking about it?"
        );
        assert_eq!(spoken_line("\n Hi {{ name }}, {{ cut"), "Hi …,");
        assert_eq!(title(&delay), "Delay");
        assert_eq!(exit_name(&wait.kind, "timed_out"), "timed out");
        assert_eq!(exit_name(&delay.kind, "next"), "");
    }

    #[test]
    fn what_somebody_named_begins_a_line_as_they_wrote_it() {
        let arm = |id: &str, name: &str| SplitArm {
            id: id.into(),
            name: name.to_owned(),
            percent: 50,
            holdout: false,
        };
        let split =
            BlockKind::RandomSplit { arms: vec![arm("vip", "vip"), arm("all_others", "")], each_run: false };
        assert_eq!(exit_title(&split, "vip"), "vip");
        assert_eq!(exit_title(&split, "all_others"), "All others");
        assert_eq!(exit_title(&split, "next"), "");
    }
}
