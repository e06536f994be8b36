//! Blocks that were copied, to paste into this or another journey, or as text into a chat.

use std::collections::{BTreeMap, BTreeSet};

use super::{called, ids::fresh_block};
use crate::journey::{
    Block, BlockId, FormatError, Journey, JourneyId, Position, journey_from_ron, journey_to_ron,
};

/// How far a copy lies from its original where that was put by hand, in points.
const BESIDE: f32 = 32.0;
/// The id of the journey that stands for copied blocks in text.
const COPIED: &str = "copied-blocks";

/// Some blocks and the ways between them. As text it is a journey file that holds them, so a
/// whole journey's text can be pasted too.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Fragment {
    blocks: BTreeMap<BlockId, Block>,
    positions: BTreeMap<BlockId, Position>,
    /// The block that comes first.
    first: Option<BlockId>,
}

impl Fragment {
    /// Copies blocks of a journey; ways to others are left out.
    pub fn copy(journey: &Journey, blocks: &BTreeSet<BlockId>) -> Self {
        let kept: BTreeMap<BlockId, Block> = journey
            .blocks
            .iter()
            .filter(|(id, _)| blocks.contains(*id))
            .map(|(id, block)| {
                let mut block = block.clone();
                block.exits.retain(|_, to| blocks.contains(to));
                (id.clone(), block)
            })
            .collect();
        let positions = journey
            .positions
            .iter()
            .filter(|(id, _)| kept.contains_key(*id))
            .map(|(id, at)| (id.clone(), *at));
        let led_to: BTreeSet<&BlockId> = kept.values().flat_map(|block| block.exits.values()).collect();
        let first = journey
            .start
            .iter()
            .find(|start| kept.contains_key(*start))
            .or_else(|| kept.keys().find(|id| !led_to.contains(id)))
            .or_else(|| kept.keys().next())
            .cloned();
        Self { positions: positions.collect(), first, blocks: kept }
    }

    /// Whether it holds no block.
    pub fn is_empty(&self) -> bool {
        self.blocks.is_empty()
    }

    /// How many blocks it holds.
    pub fn len(&self) -> usize {
        self.blocks.len()
    }

    /// What people call it: the block's name, or how many there are.
    pub fn called(&self) -> String {
        match self.blocks.values().next() {
            Some(block) if self.blocks.len() == 1 => called(block).to_owned(),
            _ => format!("{} blocks", self.blocks.len()),
        }
    }

    /// The text for the system's clipboard: a journey file.
    pub fn to_text(&self) -> String {
        journey_to_ron(&Journey {
            start: self.first.clone(),
            blocks: self.blocks.clone(),
            positions: self.positions.clone(),
            ..Journey::empty(JourneyId::from(COPIED), "Copied blocks")
        })
    }

    /// Reads what [`Fragment::to_text`] wrote, or the blocks of any journey file.
    ///
    /// # Errors
    /// When the text is no journey file.
    pub fn from_text(text: &str) -> Result<Self, FormatError> {
        let journey = journey_from_ron(text, "clipboard")?;
        let all = journey.blocks.keys().cloned().collect();
        Ok(Self::copy(&journey, &all))
    }

    /// Adds the blocks to a journey with fresh ids. Returns these: the first block first, and the
    /// end of its main path last. With `at`, their common top left corner is put there; else
    /// those that had a place of their own lie beside it.
    pub(super) fn paste_into(&self, journey: &mut Journey, at: Option<Position>) -> Vec<BlockId> {
        let mut fresh: BTreeMap<&BlockId, BlockId> = BTreeMap::new();
        for (id, block) in &self.blocks {
            let new = fresh_block(journey, block.kind.word());
            journey.blocks.insert(new.clone(), block.clone());
            fresh.insert(id, new);
        }
        for new in fresh.values() {
            if let Some(block) = journey.blocks.get_mut(new) {
                for to in block.exits.values_mut() {
                    if let Some(fresh) = fresh.get(&*to) {
                        to.clone_from(fresh);
                    }
                }
            }
        }
        let by = self.offset(at);
        for (id, place) in &self.positions {
            let put = Position { x: place.x + by.x, y: place.y + by.y };
            journey.positions.insert(fresh[id].clone(), put);
        }
        if let (Some(at), true, Some(first)) = (at, self.positions.is_empty(), &self.first) {
            journey.positions.insert(fresh[first].clone(), at);
        }
        let path = self.main_path();
        let others = self.blocks.keys().filter(|id| !path.contains(id));
        let mut order: Vec<&BlockId> = path.iter().take(1).copied().chain(others).collect();
        order.extend(path.iter().skip(1));
        order.into_iter().filter_map(|id| fresh.get(id).cloned()).collect()
    }

    /// How far the blocks that were put by hand are moved.
    fn offset(&self, at: Option<Position>) -> Position {
        let least =
            |pick: fn(&Position) -> f32| self.positions.values().map(pick).fold(f32::INFINITY, f32::min);
        match at {
            Some(at) if !self.positions.is_empty() => {
                Position { x: at.x - least(|at| at.x), y: at.y - least(|at| at.y) }
            }
            _ => Position { x: BESIDE, y: BESIDE },
        }
    }

    /// From the first block along first connected exits.
    fn main_path(&self) -> Vec<&BlockId> {
        let mut path: Vec<&BlockId> = Vec::new();
        let mut at = self.first.as_ref();
        while let Some((id, block)) = at.and_then(|id| self.blocks.get_key_value(id)) {
            if path.contains(&id) {
                break;
            }
            path.push(id);
            at = super::wiring::main_exit(block);
        }
        path
    }
}
