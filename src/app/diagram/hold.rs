//! What is under way on the canvas between two clicks: something held by the pointer, a list open.

use std::collections::BTreeMap;

use egui::Pos2;

use crate::journey::{
    BlockId, BlockKind, NoteId, Position,
    edit::{Gesture, Port, Starter},
};

/// What the pointer holds.
#[derive(Clone, Debug, PartialEq)]
pub enum Hold {
    /// Blocks being moved.
    Blocks {
        /// Where they were taken, in canvas points.
        taken: Pos2,
        /// Where they were.
        from: BTreeMap<BlockId, Pos2>,
        /// What makes the moves one step.
        gesture: Gesture,
    },
    /// A note being moved.
    Note {
        /// Where it was taken, in canvas points.
        taken: Pos2,
        /// Which.
        id: NoteId,
        /// Where it was.
        from: Pos2,
        /// What makes the moves one step.
        gesture: Gesture,
    },
    /// A way out that is being led to another block.
    Way(Port),
    /// A frame around blocks, from this canvas point.
    Frame(Pos2),
    /// A block that is being brought from the palette.
    Starter(Starter),
}

/// A list that is open over the canvas.
#[derive(Clone, Debug, PartialEq)]
pub struct Picker {
    /// What is picked.
    pub what: Pick,
    /// Where it opens, on the screen.
    pub at: Pos2,
    /// What was typed to find something.
    pub text: String,
    /// The row that Enter picks.
    pub row: usize,
}

/// What is picked from a list.
#[derive(Clone, Debug, PartialEq)]
pub enum Pick {
    /// A block to add.
    Add {
        /// The way out it is put on.
        on: Option<Port>,
        /// Where it is put by hand.
        at: Option<Position>,
    },
    /// A block to go to.
    Find,
}

impl Picker {
    /// A list just opened.
    pub const fn new(what: Pick, at: Pos2) -> Self {
        Self { what, at, text: String::new(), row: 0 }
    }
}

/// Whether a block may stand on a way out: what has no exits cannot stand between two others, and
/// visitors nobody knows can only be shown something, advertised to, or left.
pub fn fits(kind: &BlockKind, on: Option<&Port>, led: bool) -> bool {
    let reaches = match on {
        Some(Port::NeverIdentified) => matches!(
            kind,
            BlockKind::OnSitePrompt { .. } | BlockKind::Audience { .. } | BlockKind::Exit { .. }
        ),
        _ => true,
    };
    reaches && !(led && kind.exits().is_empty())
}

/// The distance of the places a block is moved to, in points.
const STEP: f32 = 8.0;

/// The nearest place a block is moved to.
pub fn snapped(at: Pos2) -> Position {
    Position { x: (at.x / STEP).round() * STEP, y: (at.y / STEP).round() * STEP }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_ends_a_path_is_not_put_between_two_blocks() {
        let start = Port::Start;
        assert!(!fits(&Starter::Exit.kind(), Some(&start), true));
        assert!(fits(&Starter::Exit.kind(), Some(&start), false));
        assert!(fits(&Starter::Email.kind(), Some(&start), true));
    }

    #[test]
    fn nobody_writes_to_visitors_who_are_never_identified() {
        let fitting = Starter::ALL.iter().filter(|s| fits(&s.kind(), Some(&Port::NeverIdentified), false));
        assert_eq!(fitting.count(), 3);
    }

    #[test]
    fn moved_blocks_lie_in_steps() {
        assert_eq!(snapped(Pos2::new(11.9, -5.0)), Position { x: 8.0, y: -8.0 });
    }
}
