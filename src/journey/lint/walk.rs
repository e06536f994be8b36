//! Ways through a journey, its conditions, and changes that fixes are made of.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use super::Place;
use crate::journey::{Block, BlockId, BlockKind, Condition, ExitId, Journey, block::exit};

/// What people call a block: its name, else what kind it is; its id if there is none.
pub(super) fn block_name(journey: &Journey, id: &BlockId) -> String {
    let called = |block: &Block| {
        if block.name.is_empty() { block.kind.name().to_owned() } else { block.name.clone() }
    };
    journey.blocks.get(id).map_or_else(|| id.0.clone(), called)
}

/// Every exit of a block that leads to another, and where.
pub(super) fn ways(block: &Block) -> impl Iterator<Item = (ExitId, &BlockId)> {
    block.kind.exits().into_iter().filter_map(|exit| {
        let to = block.target(exit.as_str())?;
        Some((exit, to))
    })
}

/// Blocks that can be reached from `from` by exits that `open` lets through.
pub(super) fn reachable<'a>(
    journey: &'a Journey,
    from: impl IntoIterator<Item = &'a BlockId>,
    open: impl Fn(&Block, &ExitId) -> bool,
) -> BTreeSet<&'a BlockId> {
    let mut seen = BTreeSet::new();
    let mut queue: VecDeque<&BlockId> = from.into_iter().collect();
    while let Some(id) = queue.pop_front() {
        let Some((id, block)) = journey.blocks.get_key_value(id) else { continue };
        if seen.insert(id) {
            queue.extend(ways(block).filter(|(exit, _)| open(block, exit)).map(|(_, to)| to));
        }
    }
    seen
}

/// Blocks of a run that begins at the start.
pub(super) fn reached(journey: &Journey) -> BTreeSet<&BlockId> {
    reachable(journey, &journey.start, |_, _| true)
}

/// Every condition of a journey with its place, outermost ones only.
pub(crate) fn conditions(journey: &Journey) -> Vec<(Place, &Condition)> {
    let mut all: Vec<(Place, &Condition)> = Vec::new();
    all.extend(journey.audience.iter().map(|condition| (Place::Journey, condition)));
    all.extend(journey.exits.iter().map(|exit| (Place::Journey, &exit.when)));
    all.extend(journey.goal.iter().map(|goal| (Place::Journey, &goal.when)));
    for (id, block) in &journey.blocks {
        all.extend(block_conditions(&block.kind).into_iter().map(|condition| (Place::block(id), condition)));
    }
    all
}

fn block_conditions(kind: &BlockKind) -> Vec<&Condition> {
    match kind {
        BlockKind::Message(message) => message.only_if.iter().collect(),
        BlockKind::Branch { when } => when.iter().collect(),
        BlockKind::WaitUntil { conditions, .. } | BlockKind::MultiBranch { conditions } => {
            conditions.iter().map(|arm| &arm.when).collect()
        }
        _ => Vec::new(),
    }
}

/// Every plain question of a journey with its place.
pub(super) fn questions(journey: &Journey) -> Vec<(Place, &Condition)> {
    let mut all = Vec::new();
    for (place, condition) in conditions(journey) {
        condition.visit(&mut |question| {
            if question.parts().is_empty() {
                all.push((place.clone(), question));
            }
        });
    }
    all
}

/// Changes every condition of a journey, outermost first.
pub(super) fn change_conditions(journey: &mut Journey, change: &mut impl FnMut(&mut Condition)) {
    let blocks = journey.blocks.values_mut().flat_map(|block| match &mut block.kind {
        BlockKind::Message(message) => message.only_if.iter_mut().collect(),
        BlockKind::Branch { when } => when.iter_mut().collect(),
        BlockKind::WaitUntil { conditions, .. } | BlockKind::MultiBranch { conditions } => {
            conditions.iter_mut().map(|arm| &mut arm.when).collect::<Vec<_>>()
        }
        _ => Vec::new(),
    });
    let own = journey.audience.iter_mut();
    let exits = journey.exits.iter_mut().map(|exit| &mut exit.when);
    let goal = journey.goal.iter_mut().map(|goal| &mut goal.when);
    for condition in own.chain(exits).chain(goal).chain(blocks) {
        condition.visit_mut(change);
    }
}

/// An id that no block has: `wanted`, or `wanted-2` and so on.
pub(super) fn fresh_id(journey: &Journey, wanted: &str) -> BlockId {
    let taken = |id: &str| journey.blocks.contains_key(id);
    let numbered = (2..).map(|number| format!("{wanted}-{number}"));
    let free = std::iter::once(wanted.to_owned()).chain(numbered).find(|id| !taken(id));
    BlockId(free.unwrap_or_default())
}

/// Removes a block and leads whatever led to it to `instead`, or nowhere.
pub(super) fn bypass(journey: &mut Journey, id: &BlockId, instead: Option<&BlockId>) {
    let instead = instead.filter(|to| *to != id).cloned();
    journey.blocks.remove(id);
    journey.positions.remove(id);
    for entry in [&mut journey.start, &mut journey.never_identified] {
        if entry.as_ref() == Some(id) {
            entry.clone_from(&instead);
        }
    }
    for block in journey.blocks.values_mut() {
        match &instead {
            Some(to) => block.exits.values_mut().filter(|at| *at == id).for_each(|at| at.clone_from(to)),
            None => block.exits.retain(|_, at| at != id),
        }
    }
}

/// Puts a new block in front of `id` on every way to it; the new block leads on by `exit`.
pub(super) fn insert_before(journey: &mut Journey, id: &BlockId, new: &str, kind: BlockKind, exit: &str) {
    let new = fresh_id(journey, new);
    if journey.start.as_ref() == Some(id) {
        journey.start = Some(new.clone());
    }
    let targets = journey.blocks.values_mut().flat_map(|block| block.exits.values_mut());
    targets.filter(|to| *to == id).for_each(|to| to.clone_from(&new));
    let exits = BTreeMap::from([(ExitId::from(exit), id.clone())]);
    journey.blocks.insert(new, Block { name: String::new(), note: String::new(), kind, exits });
}

/// Blocks after which a run is in touch with a person, as opposed to moving along inside.
pub(super) const fn is_message(kind: &BlockKind) -> bool {
    matches!(kind, BlockKind::Message(_))
}

/// The exit's word as people read it.
pub(super) fn exit_name(kind: &BlockKind, exit: &str) -> String {
    let arms: Vec<(&ExitId, &String)> = match kind {
        BlockKind::WaitUntil { conditions, .. } | BlockKind::MultiBranch { conditions } => {
            conditions.iter().map(|arm| (&arm.id, &arm.name)).collect()
        }
        BlockKind::RandomSplit { arms, .. } => arms.iter().map(|arm| (&arm.id, &arm.name)).collect(),
        _ => Vec::new(),
    };
    let named = arms.into_iter().find(|(id, name)| id.as_str() == exit && !name.is_empty());
    named.map_or_else(|| exit.replace('_', " "), |(_, name)| name.clone())
}

/// Whether an exit needs no connection: a message's `not_sent` goes where `sent` goes.
pub(super) fn is_joined(block: &Block, exit: &ExitId) -> bool {
    is_message(&block.kind) && exit.as_str() == exit::NOT_SENT
}
