//! Rules about who is known when.

use super::{
    Look, Place, Problem,
    walk::{bypass, exit_name, insert_before, reachable},
};
use crate::{
    identity::platform::Anonymous,
    journey::{
        AddressNeed, Anchor, Block, BlockId, BlockKind, Channel, Condition, DelayKind, ExitId,
        Identification, Segments, Test, Trigger, block::exit, condition::MessageStatus,
    },
    recording::Span,
};

/// Deepest chain of segments within segments that a rule follows.
const SEGMENTS_DEEP: usize = 16;

/// `message_before_identify`: a message that anonymous visitors can reach, who have no address.
pub(super) fn messages_before_identify(look: &Look<'_>) -> Vec<Problem> {
    let journey = look.journey;
    let segments = look.context.segments;
    if !look.context.platform.anonymous_entry.value || entry_is_identified(look) {
        return Vec::new();
    }
    let unknown = reachable(journey, &journey.start, |block, exit| !identifies(block, exit, segments));
    unknown
        .into_iter()
        .filter_map(|id| match &journey.blocks.get(id)?.kind {
            BlockKind::Message(message) => Some((id, message)),
            _ => None,
        })
        .filter(|(_, message)| {
            !message.only_if.as_ref().is_some_and(|condition| implies_identified(condition, segments, 0))
        })
        .map(|(id, message)| {
            let text = format!(
                "Anonymous visitors can reach “{}”, and {} needs to know them. Put a wait for identify before it.",
                look.name(id),
                channel_name(message.channel)
            );
            let kind = BlockKind::WaitForIdentify {
                by: needed(message.channel),
                address: AddressNeed::Any,
                up_to: Span::days(3),
            };
            let fix = look.fix("Wait for identify before it", |journey| {
                insert_before(journey, id, "wait-for-identify", kind, exit::IDENTIFIED);
            });
            Problem::warning("message_before_identify", Place::block(id), text).with(fix)
        })
        .collect()
}

const fn needed(channel: Channel) -> Identification {
    match channel {
        Channel::Email => Identification::Email,
        Channel::Sms => Identification::Phone,
        _ => Identification::Any,
    }
}

const fn channel_name(channel: Channel) -> &'static str {
    match channel {
        Channel::Email => "an email",
        Channel::Sms => "a text message",
        Channel::Push => "a push notification",
        Channel::InApp => "an in-app message",
        Channel::Webhook => "a webhook",
        Channel::OnSite => "an on-site prompt",
        Channel::Audience => "an audience",
    }
}

/// Whether only identified people get in.
fn entry_is_identified(look: &Look<'_>) -> bool {
    let segments = look.context.segments;
    let by_segment = match &look.journey.trigger {
        Trigger::EntersSegment(id) => implies_identified(&Condition::Segment(id.clone()), segments, 0),
        _ => false,
    };
    by_segment
        || look.journey.audience.as_ref().is_some_and(|condition| implies_identified(condition, segments, 0))
}

/// Whether whoever leaves a block by an exit is identified.
fn identifies(block: &Block, exit: &ExitId, segments: &Segments) -> bool {
    let implies = |condition: &Condition| implies_identified(condition, segments, 0);
    match &block.kind {
        BlockKind::WaitForIdentify { .. } => exit.as_str() == exit::IDENTIFIED,
        BlockKind::Branch { when: Some(Condition::Not(inner)) } if exit.as_str() == exit::NO => {
            implies(inner)
        }
        BlockKind::Branch { when: Some(when) } => exit.as_str() == exit::YES && implies(when),
        BlockKind::MultiBranch { conditions } | BlockKind::WaitUntil { conditions, .. } => {
            conditions.iter().any(|arm| arm.id == *exit && implies(&arm.when))
        }
        _ => false,
    }
}

/// Whether a condition can hold only for somebody who is identified.
fn implies_identified(condition: &Condition, segments: &Segments, depth: usize) -> bool {
    let inner = |condition: &Condition| implies_identified(condition, segments, depth + 1);
    match condition {
        Condition::Identified { .. } | Condition::Message { status: MessageStatus::Sent, .. } => true,
        Condition::Reachable(channel) => !matches!(channel, Channel::OnSite | Channel::Audience),
        Condition::Attribute { name, is } => {
            matches!(name.as_str(), "email" | "phone")
                && !matches!(is, Test::Missing | Test::NotEquals(_) | Test::NotIn(_))
        }
        Condition::All(all) => all.iter().any(inner),
        Condition::Any(any) => !any.is_empty() && any.iter().all(inner),
        Condition::Segment(id) if depth < SEGMENTS_DEEP => {
            segments.0.get(id).is_some_and(|segment| inner(&segment.condition))
        }
        _ => false,
    }
}

/// `exit_never_taken`: an exit nobody can take, on this platform or anywhere.
pub(super) fn exits_never_taken(look: &Look<'_>) -> Vec<Problem> {
    let journey = look.journey;
    journey
        .blocks
        .iter()
        .flat_map(|(id, block)| never_taken(look, block).into_iter().map(move |exit| (id, block, exit)))
        .map(|(id, block, exit)| {
            let mere = matches!(&block.kind, BlockKind::WaitForIdentify { .. });
            let why = if mere {
                format!(
                    "everyone in a journey on {} is identified already. Wait for an email or phone instead, or \
                     delete the wait",
                    look.context.platform.label
                )
            } else {
                "what stands before it decides every time".to_owned()
            };
            let name = exit_name(&block.kind, exit.as_str());
            let text = format!("Nobody leaves “{}” by “{name}”: {why}.", look.name(id));
            let fix = mere.then(|| {
                let onward = block.target(exit::IDENTIFIED);
                look.fix("Delete the wait", |journey| bypass(journey, id, onward))
            });
            Problem::warning("exit_never_taken", Place::exit(id, &exit), text).with_any(fix)
        })
        .collect()
}

/// Exits of a block that nobody can take.
fn never_taken(look: &Look<'_>, block: &Block) -> Vec<ExitId> {
    let settled = |condition: &Condition| always(condition, look.context.platform.anonymous_entry.value);
    match &block.kind {
        BlockKind::WaitForIdentify { by: Identification::Any, address: AddressNeed::Any, .. }
            if !look.context.platform.anonymous_entry.value =>
        {
            vec![exit::TIMED_OUT.into()]
        }
        BlockKind::Branch { when: Some(when) } => match settled(when) {
            Some(true) => vec![exit::NO.into()],
            Some(false) => vec![exit::YES.into()],
            None => Vec::new(),
        },
        BlockKind::MultiBranch { conditions } | BlockKind::WaitUntil { conditions, .. } => {
            let mut decided = false;
            let mut never = Vec::new();
            for arm in conditions {
                let holds = settled(&arm.when);
                if decided || holds == Some(false) {
                    never.push(arm.id.clone());
                }
                decided = decided || holds == Some(true);
            }
            let arms = conditions.len();
            never.extend(block.kind.exits().into_iter().skip(arms).filter(|_| decided));
            never
        }
        BlockKind::RandomSplit { arms, .. } => {
            // A split without any share is a rule of its own.
            let any = arms.iter().any(|arm| arm.percent > 0);
            arms.iter().filter(|arm| any && arm.percent == 0).map(|arm| arm.id.clone()).collect()
        }
        _ => Vec::new(),
    }
}

/// What a condition answers whoever is asked, if that can be said.
fn always(condition: &Condition, anonymous_may_enter: bool) -> Option<bool> {
    let settled = |condition: &Condition| always(condition, anonymous_may_enter);
    match condition {
        Condition::Identified { by: Identification::Any, address: AddressNeed::Any } => {
            (!anonymous_may_enter).then_some(true)
        }
        Condition::Not(inner) => settled(inner).map(|answer| !answer),
        Condition::All(all) => {
            let answers: Vec<Option<bool>> = all.iter().map(settled).collect();
            let no = answers.contains(&Some(false));
            let yes = answers.iter().all(|answer| *answer == Some(true));
            if no { Some(false) } else { yes.then_some(true) }
        }
        Condition::Any(any) => {
            let answers: Vec<Option<bool>> = any.iter().map(settled).collect();
            let yes = answers.contains(&Some(true));
            let no = answers.iter().all(|answer| *answer == Some(false));
            if yes { Some(true) } else { no.then_some(false) }
        }
        _ => None,
    }
}

/// `anchored_delay_without_floor`: counted from something that is usually long past once the
/// person is known, so the message goes out the moment they give their address.
pub(super) fn anchored_delays_without_floor(look: &Look<'_>) -> Vec<Problem> {
    let journey = look.journey;
    let anchored = journey.blocks.iter().filter_map(|(id, block)| match &block.kind {
        BlockKind::Delay(DelayKind::Anchored {
            from: Anchor::Trigger | Anchor::LastEvent(_),
            after,
            floor,
            ..
        }) if floor.is_zero() => Some((id, *after)),
        _ => None,
    });
    anchored
        .filter(|(id, after)| *after < longest_before(look, id))
        .map(|(id, after)| {
            let floor = after.min(Span::minutes(30)).max(Span::minutes(5));
            let text = format!(
                "“{}” counts {} from something that is often longer past by the time people give their address, \
                 and has no floor: they would get the message while they are still at the till. Set a floor, for \
                 example {}.",
                look.name(id),
                after.spoken(),
                floor.spoken()
            );
            let fix = look.fix(&format!("Set a floor of {}", floor.spoken()), |journey| {
                if let Some(BlockKind::Delay(DelayKind::Anchored { floor: at_least, .. })) =
                    journey.blocks.get_mut(id).map(|block| &mut block.kind)
                {
                    *at_least = floor;
                }
            });
            Problem::warning("anchored_delay_without_floor", Place::block(id), text).with(fix)
        })
        .collect()
}

/// The longest that identify may have taken before a run reaches a block: by the waits for
/// identify on the way, and by the platform that held the trigger until somebody was known.
fn longest_before(look: &Look<'_>, id: &BlockId) -> Span {
    let journey = look.journey;
    let held = match &look.context.platform.anonymous.value {
        Anonymous::Held { retention, .. } if matches!(journey.trigger, Trigger::Event { .. }) => {
            look.context.platform.trigger_age.value.unwrap_or(*retention)
        }
        _ => Span::ZERO,
    };
    let waits = journey.blocks.iter().filter_map(|(wait, block)| match &block.kind {
        BlockKind::WaitForIdentify { up_to, .. } => {
            let onward = block.target(exit::IDENTIFIED);
            let leads = wait != id && reachable(journey, onward, |_, _| true).contains(id);
            leads.then_some(*up_to)
        }
        _ => None,
    });
    waits.fold(held, Span::max)
}
