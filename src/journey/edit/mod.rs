//! Changing a journey: every change a person makes is one [`EditCommand`].
//!
//! Canvas, inspector, menus, fixes and tests all go through [`apply`], which either makes the
//! whole change or leaves the journey as it was. A journey that a file could not hold (an exit
//! that leads to no block, two arms with one id) is never made. [`History`] keeps labelled steps
//! for undo and redo.

mod fragment;
mod history;
mod ids;
mod starter;
mod wiring;

use std::collections::{BTreeMap, BTreeSet};

pub use fragment::Fragment;
pub use history::{Gesture, History};
pub use ids::{fresh_arm, fresh_block, fresh_journey, fresh_note};
pub use starter::Starter;
pub use wiring::Port;

use super::{
    Block, BlockId, BlockKind, Condition, EntryRules, ExitCondition, Goal, Journey, Note, NoteId, Position,
    Status, Trigger, format,
};

/// One change of a journey.
#[derive(Clone, Debug, PartialEq)]
pub enum EditCommand {
    /// Give the journey another name.
    Rename(String),
    /// Leave colleagues a note on the journey.
    SetNote(String),
    /// Draft or active.
    SetStatus(Status),
    /// Ties on a limit go to the higher number.
    SetPriority(i32),
    /// What starts a run.
    SetTrigger(Trigger),
    /// Who may enter.
    SetAudience(Option<Condition>),
    /// Re-entry and concurrency.
    SetEntry(EntryRules),
    /// Conditions that end a run.
    SetExits(Vec<ExitCondition>),
    /// What the journey is for.
    SetGoal(Option<Goal>),
    /// Add a block: on a way (it is put in between), on an open exit, or by itself.
    Insert {
        /// What it does.
        kind: BlockKind,
        /// The way out it is put on.
        on: Option<Port>,
        /// Where it is put by hand; `None`: it is arranged.
        at: Option<Position>,
    },
    /// Take blocks away. Ways that led to them go on to where their first connected exit led.
    Delete(BTreeSet<BlockId>),
    /// Lead a way out to a block, or (`None`) nowhere.
    Connect {
        /// The way out.
        from: Port,
        /// Where it leads.
        to: Option<BlockId>,
    },
    /// Add blocks that were copied, with fresh ids; on a way out like [`EditCommand::Insert`].
    Paste {
        /// What was copied.
        fragment: Fragment,
        /// The way out it is put on.
        on: Option<Port>,
        /// Where its top left corner is put by hand; `None`: it is arranged.
        at: Option<Position>,
    },
    /// Copy blocks beside themselves, with fresh ids and the ways between them.
    Duplicate(BTreeSet<BlockId>),
    /// Give a block another name; empty: it is called by its kind.
    RenameBlock(BlockId, String),
    /// Leave colleagues a note on a block.
    SetBlockNote(BlockId, String),
    /// Change what a block does. Ways out that it has no more are disconnected.
    SetBlock(BlockId, Box<BlockKind>),
    /// Put blocks somewhere by hand.
    Move(BTreeMap<BlockId, Position>),
    /// Let go of every block that was put somewhere by hand.
    Arrange,
    /// Lay a note on the canvas, or change the one with this id.
    PutNote(NoteId, Note),
    /// Take a note off the canvas.
    DeleteNote(NoteId),
    /// Mend a problem in the way lint proposes.
    Fix {
        /// What the fix says it does.
        label: String,
        /// The journey mended; its id is that of the journey it is applied to.
        journey: Box<Journey>,
    },
}

/// What a change did.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Change {
    /// What undo and redo call it, in the imperative: `Delete Wait for identify`.
    pub label: String,
    /// Blocks to select now: those that were made, or that took the place of what went.
    pub select: Vec<BlockId>,
}

/// Why a change could not be made; the journey is as it was.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum EditError {
    /// The journey has no such block (any more).
    #[error("there is no block “{0}” in this journey")]
    UnknownBlock(BlockId),
    /// The journey has no such note (any more).
    #[error("this note is not there any more")]
    UnknownNote,
    /// The block has no such exit.
    #[error("“{block}” has no exit “{exit}”")]
    UnknownExit {
        /// What people call the block.
        block: String,
        /// The exit.
        exit: String,
    },
    /// A block without exits cannot be put between two others.
    #[error("{0} ends the path, so it cannot stand between two blocks; put it on an open exit")]
    EndsThePath(&'static str),
    /// Nothing was copied.
    #[error("there is nothing to paste; copy some blocks first")]
    NothingToPaste,
    /// The journey after the change could not be kept in a file.
    #[error("this cannot be: {0}")]
    Contradiction(String),
}

/// Changes a journey as `command` says; on an error the journey is as it was.
///
/// # Errors
/// When the command speaks of a block or exit that is not there, or its outcome could not be kept
/// in a journey file.
pub fn apply(journey: &mut Journey, command: EditCommand) -> Result<Change, EditError> {
    let mut next = journey.clone();
    let change = change(&mut next, command)?;
    if let Some(reason) = format::refusal(&next) {
        return Err(EditError::Contradiction(reason));
    }
    *journey = next;
    Ok(change)
}

fn change(journey: &mut Journey, command: EditCommand) -> Result<Change, EditError> {
    let done = |label: &str| Ok(Change { label: label.to_owned(), select: Vec::new() });
    match command {
        EditCommand::Rename(name) => {
            journey.name = name;
            done("Rename the journey")
        }
        EditCommand::SetNote(note) => {
            journey.note = note;
            done("Change the journey’s note")
        }
        EditCommand::SetStatus(status) => {
            journey.status = status;
            done(if status == Status::Active { "Activate the journey" } else { "Make the journey a draft" })
        }
        EditCommand::SetPriority(priority) => {
            journey.priority = priority;
            done("Change the priority")
        }
        EditCommand::SetTrigger(trigger) => {
            journey.trigger = trigger;
            done("Change the trigger")
        }
        EditCommand::SetAudience(audience) => {
            journey.audience = audience;
            done("Change the audience")
        }
        EditCommand::SetEntry(entry) => {
            journey.entry = entry;
            done("Change the entry rules")
        }
        EditCommand::SetExits(exits) => {
            journey.exits = exits;
            done("Change the exit conditions")
        }
        EditCommand::SetGoal(goal) => {
            journey.goal = goal;
            done("Change the goal")
        }
        EditCommand::Insert { kind, on, at } => insert(journey, kind, on, at),
        EditCommand::Delete(blocks) => delete(journey, &blocks),
        EditCommand::Connect { from, to } => connect(journey, &from, to),
        EditCommand::Paste { fragment, on, at } => paste(journey, &fragment, on, at),
        EditCommand::Duplicate(blocks) => duplicate(journey, &blocks),
        EditCommand::RenameBlock(id, name) => {
            let block = wiring::block_mut(journey, &id)?;
            let label = format!("Rename {}", called(block));
            block.name = name;
            Ok(Change { label, select: vec![id] })
        }
        EditCommand::SetBlockNote(id, note) => {
            let block = wiring::block_mut(journey, &id)?;
            block.note = note;
            Ok(Change { label: format!("Change the note of {}", called(block)), select: vec![id] })
        }
        EditCommand::SetBlock(id, kind) => {
            let block = wiring::block_mut(journey, &id)?;
            let exits = kind.exits();
            block.exits.retain(|exit, _| exits.contains(exit));
            block.kind = *kind;
            Ok(Change { label: format!("Change {}", called(block)), select: vec![id] })
        }
        EditCommand::Move(positions) => put(journey, positions),
        EditCommand::Arrange => {
            journey.positions.clear();
            done("Arrange the journey")
        }
        EditCommand::PutNote(id, note) => {
            let label = match journey.notes.get(&id) {
                None => "Add a note",
                Some(before) if before.at != note.at => "Move a note",
                Some(_) => "Change a note",
            };
            journey.notes.insert(id, note);
            done(label)
        }
        EditCommand::DeleteNote(id) => match journey.notes.remove(&id) {
            Some(_) => done("Delete a note"),
            None => Err(EditError::UnknownNote),
        },
        EditCommand::Fix { label, journey: mended } => {
            let id = journey.id.clone();
            *journey = Journey { id, ..*mended };
            done(&label)
        }
    }
}

fn insert(
    journey: &mut Journey,
    kind: BlockKind,
    on: Option<Port>,
    at: Option<Position>,
) -> Result<Change, EditError> {
    let id = fresh_block(journey, kind.word());
    let name = kind.name();
    let block = Block { name: String::new(), note: String::new(), kind, exits: BTreeMap::new() };
    journey.blocks.insert(id.clone(), block);
    if let Some(at) = at {
        journey.positions.insert(id.clone(), at);
    }
    match on {
        Some(port) => wiring::put_between(journey, &port, &id, &id)?,
        // The first block of a journey is where it starts.
        None if journey.blocks.len() == 1 => journey.start = Some(id.clone()),
        None => {}
    }
    Ok(Change { label: format!("Add {name}"), select: vec![id] })
}

fn delete(journey: &mut Journey, blocks: &BTreeSet<BlockId>) -> Result<Change, EditError> {
    let label = format!("Delete {}", called_all(journey, blocks)?);
    let heirs = wiring::remove(journey, blocks);
    Ok(Change { label, select: heirs.into_iter().take(1).collect() })
}

fn connect(journey: &mut Journey, from: &Port, to: Option<BlockId>) -> Result<Change, EditError> {
    if let Some(to) = &to
        && !journey.blocks.contains_key(to)
    {
        return Err(EditError::UnknownBlock(to.clone()));
    }
    let label = match &to {
        Some(to) => format!("Connect to {}", called(wiring::block_mut(journey, to)?)),
        None => "Disconnect".to_owned(),
    };
    wiring::lead(journey, from, to)?;
    Ok(Change { label, select: from.block().cloned().into_iter().collect() })
}

fn paste(
    journey: &mut Journey,
    fragment: &Fragment,
    on: Option<Port>,
    at: Option<Position>,
) -> Result<Change, EditError> {
    if fragment.is_empty() {
        return Err(EditError::NothingToPaste);
    }
    let pasted = fragment.paste_into(journey, at);
    if let Some(port) = on
        && let (Some(first), Some(last)) = (pasted.first(), pasted.last())
    {
        wiring::put_between(journey, &port, first, last)?;
    }
    Ok(Change { label: format!("Paste {}", fragment.called()), select: pasted })
}

fn duplicate(journey: &mut Journey, blocks: &BTreeSet<BlockId>) -> Result<Change, EditError> {
    let label = format!("Duplicate {}", called_all(journey, blocks)?);
    let select = Fragment::copy(journey, blocks).paste_into(journey, None);
    Ok(Change { label, select })
}

fn put(journey: &mut Journey, positions: BTreeMap<BlockId, Position>) -> Result<Change, EditError> {
    let label = format!("Move {}", called_all(journey, &positions.keys().cloned().collect())?);
    journey.positions.extend(positions);
    Ok(Change { label, select: Vec::new() })
}

/// What people call a block: its name, else its kind.
fn called(block: &Block) -> &str {
    if block.name.is_empty() { block.kind.name() } else { &block.name }
}

/// What people call some blocks; an unknown one is an error.
fn called_all(journey: &Journey, blocks: &BTreeSet<BlockId>) -> Result<String, EditError> {
    if let Some(unknown) = blocks.iter().find(|id| !journey.blocks.contains_key(*id)) {
        return Err(EditError::UnknownBlock(unknown.clone()));
    }
    Ok(match blocks.first().and_then(|id| journey.blocks.get(id)) {
        Some(block) if blocks.len() == 1 => called(block).to_owned(),
        _ => format!("{} blocks", blocks.len()),
    })
}
