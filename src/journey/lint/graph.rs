//! Rules about how blocks are connected.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    Look, Place, Problem,
    walk::{bypass, exit_name, fresh_id, insert_before, is_joined, reachable, reached, ways},
};
use crate::{
    identity::platform::Anonymous,
    journey::{Anchor, Block, BlockId, BlockKind, DelayKind, ExitId, Trigger, block::exit},
    recording::Span,
};

/// `no_trigger`: nothing would ever start it.
pub(super) fn no_trigger(look: &Look<'_>) -> Vec<Problem> {
    let missing = look.journey.trigger.is_missing();
    let text =
        "Nothing starts this journey. Choose an event, a segment, an attribute or a date as its trigger.";
    missing.then(|| Problem::error("no_trigger", Place::Trigger, text)).into_iter().collect()
}

/// `no_start`: the trigger leads nowhere.
pub(super) fn no_start(look: &Look<'_>) -> Vec<Problem> {
    if look.journey.start.is_some() {
        return Vec::new();
    }
    let text = "The trigger leads to no block, so nothing would happen. Connect it to the first block.";
    let problem = Problem::error("no_start", Place::Trigger, text);
    let led_to: BTreeSet<&BlockId> =
        look.journey.blocks.values().flat_map(|block| block.exits.values()).collect();
    let mut first = look
        .journey
        .blocks
        .keys()
        .filter(|id| !led_to.contains(id) && look.journey.never_identified.as_ref() != Some(id));
    let fix = match (first.next(), first.next()) {
        (Some(only), None) => {
            let label = format!("Start with “{}”", look.name(only));
            Some(look.fix(&label, |journey| journey.start = Some(only.clone())))
        }
        _ => None,
    };
    vec![problem.with_any(fix)]
}

/// `unreachable_block`: no way leads there.
pub(super) fn unreachable_blocks(look: &Look<'_>) -> Vec<Problem> {
    let journey = look.journey;
    let entries = journey.start.iter().chain(&journey.never_identified);
    let seen = reachable(journey, entries, |_, _| true);
    let lost = journey.blocks.keys().filter(|id| !seen.contains(id));
    lost.map(|id| {
        let text = format!("No way leads to “{}”. Connect an exit to it, or delete it.", look.name(id));
        let fix = look.fix("Delete the block", |journey| bypass(journey, id, None));
        Problem::warning("unreachable_block", Place::block(id), text).with(fix)
    })
    .collect()
}

/// `exit_leads_nowhere`: an exit without a connection ends the run there.
pub(super) fn exits_that_lead_nowhere(look: &Look<'_>) -> Vec<Problem> {
    let open_ends = look.journey.blocks.iter().flat_map(|(id, block)| {
        let exits = block.kind.exits().into_iter();
        exits
            .filter(|exit| block.target(exit.as_str()).is_none() && !is_joined(block, exit))
            .map(move |exit| (id, block, exit))
    });
    open_ends
        .map(|(id, block, exit)| {
            let text = format!(
                "The exit “{}” of “{}” leads nowhere; whoever leaves by it is done, with no reason given. \
                 Connect it, or end it with an exit block.",
                exit_name(&block.kind, exit.as_str()),
                look.name(id)
            );
            let place = Place::exit(id, &exit);
            let fix = look.fix("End it with an exit block", |journey| {
                let end = fresh_id(journey, "end");
                let kind = BlockKind::Exit { reason: "Done".to_owned() };
                let (name, note, exits) = (String::new(), String::new(), BTreeMap::new());
                journey.blocks.insert(end.clone(), Block { name, note, kind, exits });
                if let Some(block) = journey.blocks.get_mut(id) {
                    block.exits.insert(exit, end);
                }
            });
            Problem::warning("exit_leads_nowhere", place, text).with(fix)
        })
        .collect()
}

/// `connection_of_no_exit`: a connection by an exit the block does not have (any more).
pub(super) fn connections_of_no_exit(look: &Look<'_>) -> Vec<Problem> {
    let stale = look.journey.blocks.iter().flat_map(|(id, block)| {
        let known: BTreeSet<ExitId> = block.kind.exits().into_iter().collect();
        block.exits.keys().filter(move |exit| !known.contains(*exit)).map(move |exit| (id, exit))
    });
    stale
        .map(|(id, exit)| {
            let text = format!(
                "“{}” has a connection by the exit “{exit}”, which it does not have. Remove the connection.",
                look.name(id)
            );
            let fix = look.fix("Remove the connection", |journey| {
                if let Some(block) = journey.blocks.get_mut(id) {
                    block.exits.remove(exit);
                }
            });
            Problem::warning("connection_of_no_exit", Place::exit(id, exit), text).with(fix)
        })
        .collect()
}

/// `circle_without_time`: a circle is legal only if every turn of it takes time.
pub(super) fn circles_that_take_no_time(look: &Look<'_>) -> Vec<Problem> {
    let journey = look.journey;
    let at_once = |block: &Block, exit: &ExitId| !takes_time(&block.kind, exit.as_str());
    // Blocks that lead back to themselves without any time passing; a circle is named by the
    // first of them, and all of one circle reach each other.
    let after = |id: &BlockId| {
        let next = journey.blocks.get(id).into_iter().flat_map(|block| {
            ways(block).filter(|(exit, _)| at_once(block, exit)).map(|(_, to)| to).collect::<Vec<_>>()
        });
        reachable(journey, next, at_once)
    };
    let circling: BTreeMap<&BlockId, BTreeSet<&BlockId>> = journey
        .blocks
        .keys()
        .map(|id| (id, after(id)))
        .filter(|(id, reached)| reached.contains(id))
        .collect();
    let mut named: BTreeSet<&BlockId> = BTreeSet::new();
    let mut problems = Vec::new();
    for (id, reached) in &circling {
        if named.contains(id) {
            continue;
        }
        named.extend(
            reached.iter().filter(|other| circling.get(*other).is_some_and(|back| back.contains(id))),
        );
        let text = format!(
            "From “{}” people can come round to it again without any time passing, for ever. \
             Put a delay into the circle.",
            look.name(id)
        );
        let fix = look.fix("Put a delay of a day before it", |journey| {
            insert_before(journey, id, "delay", BlockKind::Delay(DelayKind::For(Span::days(1))), exit::NEXT);
        });
        problems.push(Problem::error("circle_without_time", Place::block(id), text).with(fix));
    }
    problems
}

/// Whether leaving a block by an exit always takes time, however the block is met.
fn takes_time(kind: &BlockKind, exit: &str) -> bool {
    match kind {
        BlockKind::Delay(DelayKind::For(span)) => !span.is_zero(),
        BlockKind::Delay(DelayKind::Anchored { from, after, floor, .. }) => {
            exit != exit::TOO_LATE && (!floor.is_zero() || (*from == Anchor::Entry && !after.is_zero()))
        }
        BlockKind::OnSitePrompt { within, .. } => !within.is_zero(),
        BlockKind::WaitForIdentify { up_to, .. } => exit == exit::TIMED_OUT && !up_to.is_zero(),
        BlockKind::WaitUntil { up_to, .. } => {
            exit == exit::TIMED_OUT && up_to.is_some_and(|up_to| !up_to.is_zero())
        }
        // A time of day may be just now, and so again in the next turn; a window may be open.
        _ => false,
    }
}

/// `never_identified_leads_to`: that way is walked outside the platform, for people nobody knows.
/// `never_identified_unused`: blocks that only that way leads to, on a platform that holds no
/// triggers.
pub(super) fn never_identified_path(look: &Look<'_>) -> Vec<Problem> {
    let journey = look.journey;
    let path = reachable(journey, &journey.never_identified, |_, _| true);
    let wrong =
        path.iter().filter(|id| journey.blocks.get(**id).is_some_and(|block| !block.kind.serves_unknown()));
    let mut problems: Vec<Problem> = wrong
        .map(|id| {
            let text = format!(
                "“{}” is on the way of visitors who were never identified. Only on-site prompts, audiences and \
                 exits may stand there; lead that way elsewhere.",
                look.name(id)
            );
            Problem::error("never_identified_leads_to", Place::block(id), text)
        })
        .collect();
    let holds = matches!(look.context.platform.anonymous.value, Anonymous::Held { .. });
    let is_event = matches!(journey.trigger, Trigger::Event { .. });
    if holds && !is_event && !path.is_empty() {
        let text = "Only an event is held until somebody is identified, and this journey is started by something \
                    else, so nobody leaves by “never identified”. Start it by an event, or lead that way nowhere.";
        let fix = look.fix("Lead “never identified” nowhere", |journey| journey.never_identified = None);
        problems.push(Problem::warning("never_identified_unused", Place::Trigger, text).with(fix));
    }
    let run = reached(journey);
    if !holds && path.iter().any(|id| !run.contains(id)) {
        let text = format!(
            "On {} anonymous visitors enter at once, so nobody leaves by “never identified”, and blocks that \
             only that way leads to are never used. Lead a wait's “timed out” there too.",
            look.context.platform.label
        );
        problems.push(Problem::warning("never_identified_unused", Place::Journey, text));
    }
    problems
}
