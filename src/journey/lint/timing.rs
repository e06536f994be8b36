//! Rules about how long things take.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    Look, Place, Problem, Severity,
    walk::{is_message, ways},
};
use crate::{
    journey::{
        Anchor, Block, BlockId, BlockKind, DelayKind, EventRef, ExitId, Journey, Trigger, ZoneChoice,
        block::exit, format::read::nearest_name,
    },
    recording::{Span, facts::Role},
};

/// `wait_of_no_time`: a delay or wait that takes none.
pub(super) fn waits_of_no_time(look: &Look<'_>) -> Vec<Problem> {
    let waits = look.journey.blocks.iter().filter(|(_, block)| waits_no_time(&block.kind));
    waits
        .map(|(id, _)| {
            let text = format!("“{}” waits for no time at all. Say how long.", look.name(id));
            let fix = look.fix("Wait an hour", |journey| {
                if let Some(block) = journey.blocks.get_mut(id) {
                    set_wait(&mut block.kind, Span::hours(1));
                }
            });
            Problem::warning("wait_of_no_time", Place::block(id), text).with(fix)
        })
        .collect()
}

fn waits_no_time(kind: &BlockKind) -> bool {
    match kind {
        BlockKind::Delay(DelayKind::For(span))
        | BlockKind::OnSitePrompt { within: span, .. }
        | BlockKind::WaitForIdentify { up_to: span, .. }
        | BlockKind::WaitUntil { up_to: Some(span), .. } => span.is_zero(),
        BlockKind::Delay(DelayKind::Anchored { after, floor, .. }) => after.is_zero() && floor.is_zero(),
        _ => false,
    }
}

fn set_wait(kind: &mut BlockKind, wait: Span) {
    match kind {
        BlockKind::Delay(DelayKind::For(span) | DelayKind::Anchored { after: span, .. })
        | BlockKind::OnSitePrompt { within: span, .. }
        | BlockKind::WaitForIdentify { up_to: span, .. } => *span = wait,
        BlockKind::WaitUntil { up_to, .. } => *up_to = Some(wait),
        _ => {}
    }
}

/// `wait_for_ever`: a wait without a limit, where people pile up.
pub(super) fn waits_for_ever(look: &Look<'_>) -> Vec<Problem> {
    let endless = look
        .journey
        .blocks
        .iter()
        .filter(|(_, block)| matches!(block.kind, BlockKind::WaitUntil { up_to: None, .. }));
    endless
        .map(|(id, _)| {
            let text = format!(
                "“{}” waits without a limit: people whose condition never holds stay for ever. Say how long.",
                look.name(id)
            );
            let fix = look.fix("Wait at most 7 days", |journey| {
                if let Some(block) = journey.blocks.get_mut(id) {
                    set_wait(&mut block.kind, Span::days(7));
                }
            });
            Problem::warning("wait_for_ever", Place::block(id), text).with(fix)
        })
        .collect()
}

/// `goal_without_time`: a goal that nobody has time to reach.
pub(super) fn goal_without_time(look: &Look<'_>) -> Vec<Problem> {
    let zero = look.journey.goal.as_ref().is_some_and(|goal| goal.within.is_zero());
    let problem = || {
        let text = "The goal counts for no time at all, so nobody reaches it. Say how long after the trigger it counts.";
        let fix = look.fix("Count it for 7 days", |journey| {
            if let Some(goal) = &mut journey.goal {
                goal.within = Span::days(7);
            }
        });
        Problem::warning("goal_without_time", Place::Journey, text).with(fix)
    };
    zero.then(problem).into_iter().collect()
}

/// When a first message makes sense after a trigger.
struct Window {
    from: Span,
    to: Span,
    /// What the trigger is, in plain words.
    after: &'static str,
    /// Where the window comes from.
    because: String,
}

/// `first_message_too_early`, `first_message_too_late`: outside the realistic window.
pub(super) fn first_message(look: &Look<'_>) -> Vec<Problem> {
    let Some(window) = window(look) else { return Vec::new() };
    let earliest = earliest_arrival(look.journey);
    let mut problems = Vec::new();
    for id in first_messages(look.journey) {
        let Some(arrival) = earliest.get(id) else { continue };
        let (code, word) = if arrival.at < window.from {
            ("first_message_too_early", "early")
        } else if arrival.at > window.to {
            ("first_message_too_late", "late")
        } else {
            continue;
        };
        let text = format!(
            "“{}” goes out {} after {} at the earliest, which is {word}: {}. A first message between {} and {} fits.",
            look.name(id),
            arrival.at.spoken(),
            window.after,
            window.because,
            window.from.spoken(),
            window.to.spoken()
        );
        let goal = if arrival.at < window.from { window.from } else { window.to };
        let fix = arrival.delay.and_then(|delay| stretch(look, delay, arrival.at, goal));
        let place = Place::block(arrival.delay.unwrap_or(id));
        problems.push(Problem { code, severity: Severity::Warning, place, text, fix, about: None });
    }
    problems
}

/// A fix that makes a delay longer or shorter, so that what took `now` takes `goal`.
fn stretch(look: &Look<'_>, delay: &BlockId, now: Span, goal: Span) -> Option<super::Fix> {
    let length = match look.journey.blocks.get(delay).map(|block| &block.kind)? {
        BlockKind::Delay(DelayKind::For(span) | DelayKind::Anchored { after: span, .. }) => *span,
        _ => return None,
    };
    let changed = length.ms() + goal.ms() - now.ms();
    let changed = (changed > 0).then(|| Span::from_ms(changed))?;
    let label = format!("Make “{}” {} long", look.name(delay), changed.spoken());
    Some(look.fix(&label, |journey| {
        if let Some(block) = journey.blocks.get_mut(delay) {
            set_wait(&mut block.kind, changed);
        }
    }))
}

/// Fewer carts than this say nothing about a shop's customers.
const ENOUGH_CARTS: usize = 8;

/// The realistic window of this journey's trigger, if there is one: minutes to hours after a cart
/// or checkout, one to three days after browsing. Where the recording has enough carts that ended
/// in a purchase, its own customers say what is usual.
fn window(look: &Look<'_>) -> Option<Window> {
    let Trigger::Event { event, .. } = &look.journey.trigger else { return None };
    let role = match event {
        EventRef::Role(role) => *role,
        EventRef::Named(name) => look.context.roles.role_of(name)?,
        EventRef::Page(_) => return None,
    };
    match role {
        Role::CartAdd | Role::CartUpdate | Role::Checkout => Some(cart_window(look)),
        Role::View | Role::CollectionView | Role::Search => Some(Window {
            from: Span::days(1),
            to: Span::days(3),
            after: "browsing",
            because: "people who only looked need 1 to 3 days".to_owned(),
        }),
        Role::CartRemove | Role::Purchase | Role::Capture => None,
    }
}

/// From the time a quarter of the buyers took (they need no reminder) to twice what three quarters
/// took (later than that hardly anybody comes back).
fn cart_window(look: &Look<'_>) -> Window {
    let after = "the cart";
    let times = look.context.taxonomy.map_or(&[][..], |taxonomy| &taxonomy.cart_to_purchase);
    if times.len() < ENOUGH_CARTS {
        let because = "carts are won back within minutes to hours".to_owned();
        return Window { from: Span::minutes(5), to: Span::hours(24), after, because };
    }
    let (quarter, three_quarters) = (times[times.len() / 4], times[times.len() * 3 / 4]);
    let from = quarter.max(Span::minutes(5));
    let to = Span::from_ms(three_quarters.ms().saturating_mul(2)).max(Span::hours(1)).max(from);
    let because = format!(
        "in the recording a quarter of the buyers bought within {} of the cart and three quarters within {}",
        quarter.spoken(),
        three_quarters.spoken()
    );
    Window { from, to, after, because }
}

/// Messages that no other message comes before on the way from the start.
fn first_messages(journey: &Journey) -> BTreeSet<&BlockId> {
    let before_any = super::walk::reachable(journey, &journey.start, |block, _| !is_message(&block.kind));
    before_any
        .into_iter()
        .filter(|id| journey.blocks.get(*id).is_some_and(|block| is_message(&block.kind)))
        .collect()
}

/// How soon after the trigger a block can be reached.
#[derive(Clone, Copy)]
struct Arrival<'a> {
    at: Span,
    /// The last delay on that way.
    delay: Option<&'a BlockId>,
}

/// The earliest arrival at every block: the shortest way by what each exit takes at least.
fn earliest_arrival(journey: &Journey) -> BTreeMap<&BlockId, Arrival<'_>> {
    let mut done: BTreeMap<&BlockId, Arrival<'_>> = BTreeMap::new();
    let mut open: BTreeMap<&BlockId, Arrival<'_>> = BTreeMap::new();
    if let Some(start) = &journey.start {
        open.insert(start, Arrival { at: Span::ZERO, delay: None });
    }
    while let Some((id, arrival)) =
        open.iter().min_by_key(|(id, arrival)| (arrival.at, **id)).map(|(id, at)| (*id, *at))
    {
        open.remove(id);
        done.insert(id, arrival);
        let Some(block) = journey.blocks.get(id) else { continue };
        for (exit, to) in ways(block) {
            let at = leaves(block, &exit, arrival.at);
            let delay = if matches!(block.kind, BlockKind::Delay(_)) { Some(id) } else { arrival.delay };
            let sooner = open.get(to).is_none_or(|known| at < known.at);
            if !done.contains_key(to) && sooner {
                open.insert(to, Arrival { at, delay });
            }
        }
    }
    done
}

/// When a run that enters at `entered` (after the trigger) leaves by an exit, at the earliest.
fn leaves(block: &Block, exit: &ExitId, entered: Span) -> Span {
    let plus = |span: Span| Span::from_ms(entered.ms().saturating_add(span.ms()));
    match &block.kind {
        BlockKind::Delay(DelayKind::For(span)) => plus(*span),
        BlockKind::Delay(DelayKind::Anchored { from: Anchor::Entry, after, floor, .. }) => {
            plus((*after).max(*floor))
        }
        // The anchor is the trigger or something like it, so the clock began there.
        BlockKind::Delay(DelayKind::Anchored { after, floor, .. }) => (*after).max(plus(*floor)),
        BlockKind::WaitForIdentify { up_to, .. } | BlockKind::WaitUntil { up_to: Some(up_to), .. }
            if exit.as_str() == exit::TIMED_OUT =>
        {
            plus(*up_to)
        }
        _ => entered,
    }
}

/// `unknown_zone`: a time window in a zone that is none.
pub(super) fn unknown_zones(look: &Look<'_>) -> Vec<Problem> {
    let zones = look.journey.blocks.iter().filter_map(|(id, block)| match &block.kind {
        BlockKind::TimeWindow { zone: ZoneChoice::Fixed(zone), .. } => Some((id, zone)),
        _ => None,
    });
    zones
        .filter(|(_, zone)| zone.parse::<chrono_tz::Tz>().is_err())
        .map(|(id, zone)| {
            let near = nearest_name(zone, chrono_tz::TZ_VARIANTS.iter().map(|zone| zone.name()));
            let hint = near.unwrap_or("Europe/Paris");
            let text = format!(
                "“{}” looks at the zone “{zone}”, which is none. Write for example {hint}.",
                look.name(id)
            );
            let fix = near.map(|near| {
                look.fix(&format!("Use {near}"), |journey| {
                    if let Some(BlockKind::TimeWindow { zone, .. }) =
                        journey.blocks.get_mut(id).map(|block| &mut block.kind)
                    {
                        *zone = ZoneChoice::Fixed(near.to_owned());
                    }
                })
            });
            Problem::error("unknown_zone", Place::block(id), text).with_any(fix)
        })
        .collect()
}
