//! Ways out of blocks: leading them somewhere, putting something in between, healing them.

use std::collections::{BTreeMap, BTreeSet};

use super::{EditError, called};
use crate::journey::{Block, BlockId, ExitId, Journey, block::exit};

/// A way out that can lead to a block.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Port {
    /// From the trigger into the journey.
    Start,
    /// From the trigger, for held triggers whose visitor is never identified.
    NeverIdentified,
    /// An exit of a block.
    Exit(BlockId, ExitId),
}

impl Port {
    /// The block it leaves; `None`: the trigger.
    pub const fn block(&self) -> Option<&BlockId> {
        match self {
            Self::Exit(block, _) => Some(block),
            Self::Start | Self::NeverIdentified => None,
        }
    }
    /// Every way out of a journey, those of the trigger first, then by block and in the order
    /// exits are drawn. A message's `not_sent` is one even while it is joined with `sent`.
    pub fn all(journey: &Journey) -> Vec<Self> {
        let exits = journey
            .blocks
            .iter()
            .flat_map(|(id, block)| block.kind.exits().into_iter().map(|exit| Self::Exit(id.clone(), exit)));
        [Self::Start, Self::NeverIdentified].into_iter().chain(exits).collect()
    }
    /// Where it leads in a journey; a joined `not_sent` leads nowhere of its own.
    pub fn target<'a>(&self, journey: &'a Journey) -> Option<&'a BlockId> {
        match self {
            Self::Start => journey.start.as_ref(),
            Self::NeverIdentified => journey.never_identified.as_ref(),
            Self::Exit(block, exit) => journey.blocks.get(block)?.exits.get(exit),
        }
    }
}

/// A block to change.
pub(super) fn block_mut<'a>(journey: &'a mut Journey, id: &BlockId) -> Result<&'a mut Block, EditError> {
    journey.blocks.get_mut(id).ok_or_else(|| EditError::UnknownBlock(id.clone()))
}

/// Leads a way out to a block or nowhere.
pub(super) fn lead(journey: &mut Journey, from: &Port, to: Option<BlockId>) -> Result<(), EditError> {
    match from {
        Port::Start => journey.start = to,
        Port::NeverIdentified => journey.never_identified = to,
        Port::Exit(id, exit) => {
            let block = block_mut(journey, id)?;
            if !block.kind.exits().contains(exit) {
                return Err(EditError::UnknownExit { block: called(block).to_owned(), exit: exit.0.clone() });
            }
            match to {
                Some(to) => block.exits.insert(exit.clone(), to),
                None => block.exits.remove(exit),
            };
        }
    }
    Ok(())
}

/// Puts what begins with `first` and ends with `last` on a way out: the way leads to `first`, and
/// the first open exit of `last` leads to where the way led before.
pub(super) fn put_between(
    journey: &mut Journey,
    port: &Port,
    first: &BlockId,
    last: &BlockId,
) -> Result<(), EditError> {
    let before = port.target(journey).cloned();
    if let Some(before) = before {
        let block = block_mut(journey, last)?;
        let open = block.kind.exits().into_iter().find(|exit| !block.exits.contains_key(exit));
        let Some(open) = open else { return Err(EditError::EndsThePath(block.kind.name())) };
        block.exits.insert(open, before);
    }
    lead(journey, port, Some(first.clone()))
}

/// Removes blocks and heals the ways that led to them. Returns where those ways lead now.
pub(super) fn remove(journey: &mut Journey, blocks: &BTreeSet<BlockId>) -> Vec<BlockId> {
    let heirs: BTreeMap<BlockId, Option<BlockId>> =
        blocks.iter().map(|id| (id.clone(), heir(journey, id, blocks))).collect();
    let mut healed = Vec::new();
    for port in ports(journey) {
        let Some(to) = port.target(journey).filter(|to| blocks.contains(*to)).cloned() else { continue };
        if port.block().is_some_and(|block| blocks.contains(block)) {
            continue;
        }
        let heir = heirs.get(&to).cloned().flatten();
        healed.extend(heir.clone());
        // The block is there and has the exit: it was just found in it.
        let _ = set(journey, &port, heir);
    }
    journey.blocks.retain(|id, _| !blocks.contains(id));
    journey.positions.retain(|id, _| !blocks.contains(id));
    healed
}

/// Every way out there is, with connections of exits that a block's settings no longer give it.
fn ports(journey: &Journey) -> Vec<Port> {
    let kept = journey
        .blocks
        .iter()
        .flat_map(|(id, block)| block.exits.keys().map(|exit| Port::Exit(id.clone(), exit.clone())));
    [Port::Start, Port::NeverIdentified].into_iter().chain(kept).collect()
}

fn set(journey: &mut Journey, port: &Port, to: Option<BlockId>) -> Option<()> {
    match (port, to) {
        (Port::Start, to) => journey.start = to,
        (Port::NeverIdentified, to) => journey.never_identified = to,
        (Port::Exit(id, exit), Some(to)) => {
            journey.blocks.get_mut(id)?.exits.insert(exit.clone(), to);
        }
        (Port::Exit(id, exit), None) => {
            journey.blocks.get_mut(id)?.exits.remove(exit);
        }
    }
    Some(())
}

/// Where a way that led to a block leads once it and others are gone: along first connected
/// exits to the first block that stays. A circle of blocks that all go leads nowhere.
fn heir(journey: &Journey, id: &BlockId, gone: &BTreeSet<BlockId>) -> Option<BlockId> {
    let mut seen = BTreeSet::new();
    let mut at = id;
    while gone.contains(at) {
        if !seen.insert(at) {
            return None;
        }
        let block = journey.blocks.get(at)?;
        at = main_exit(block)?;
    }
    Some(at.clone())
}

/// Where the first connected exit of a block leads.
pub(super) fn main_exit(block: &Block) -> Option<&BlockId> {
    block
        .kind
        .exits()
        .iter()
        .filter(|exit| exit.as_str() != exit::NOT_SENT)
        .find_map(|exit| block.exits.get(exit))
        .or_else(|| block.exits.get(exit::NOT_SENT))
}
