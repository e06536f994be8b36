//! Rules about what the chosen platform can build.

use super::{Look, Place, Problem};
use crate::{
    identity::platform::{AnchoredDelay, BlockWord},
    journey::{Anchor, BlockKind, DelayKind, Trigger},
};

/// `block_not_on_platform`: a block, or a form of one, that the platform does not have.
pub(super) fn missing_blocks(look: &Look<'_>) -> Vec<Problem> {
    let platform = look.context.platform;
    let missing = &platform.missing_blocks;
    let by_event = matches!(look.journey.trigger, Trigger::Event { .. });
    look.journey
        .blocks
        .iter()
        .filter_map(|(id, block)| {
            let word = word(&block.kind)?;
            let rule = if missing.value.contains(&word) {
                &missing.text
            } else if word == BlockWord::AnchoredDelay
                && platform.anchored_delay.value == AnchoredDelay::EventTriggered
                && !by_event
            {
                &platform.anchored_delay.text
            } else {
                return None;
            };
            let text = format!(
                "{} cannot build “{}”: {rule}. It runs here, but you will have to solve it otherwise there.",
                platform.label,
                look.name(id)
            );
            Some(Problem::warning("block_not_on_platform", Place::block(id), text))
        })
        .collect()
}

/// The word presets have for a block; `None` for what every platform has.
const fn word(kind: &BlockKind) -> Option<BlockWord> {
    match kind {
        BlockKind::OnSitePrompt { .. } => Some(BlockWord::OnSitePrompt),
        BlockKind::Audience { .. } => Some(BlockWord::Audience),
        BlockKind::WaitForIdentify { .. } => Some(BlockWord::WaitForIdentify),
        BlockKind::Delay(DelayKind::Anchored { from: Anchor::Trigger | Anchor::LastEvent(_), .. }) => {
            Some(BlockWord::AnchoredDelay)
        }
        BlockKind::WaitUntil { .. } => Some(BlockWord::WaitUntil),
        BlockKind::TimeWindow { .. } => Some(BlockWord::TimeWindow),
        BlockKind::MultiBranch { .. } => Some(BlockWord::MultiBranch),
        BlockKind::RandomSplit { .. } => Some(BlockWord::RandomSplit),
        BlockKind::SendEvent { .. } => Some(BlockWord::SendEvent),
        BlockKind::Message(_)
        | BlockKind::Delay(_)
        | BlockKind::Branch { .. }
        | BlockKind::UpdateAttributes { .. }
        | BlockKind::Goal
        | BlockKind::Exit { .. } => None,
    }
}
