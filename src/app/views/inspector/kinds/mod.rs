//! The form of a block: its name and note, then the settings of its kind.

mod branching;
mod doing;
pub mod message;
mod waiting;

pub use branching::heading as member_heading;
pub use waiting::zone_name;

use egui::Ui;

use crate::{
    app::views::forms::Form,
    journey::{Block, BlockId, BlockKind, Journey, edit::EditCommand},
    workspace::WorkspaceEdit,
};

/// Draws it.
pub fn show(ui: &mut Ui, form: &mut Form<'_>, journey: &Journey, id: &BlockId, block: &Block) {
    let edit = |command: EditCommand| WorkspaceEdit::Journey(journey.id.clone(), command);
    let mut name = block.name.clone();
    form.text(ui, "Name", block.kind.name(), &mut name);
    if name != block.name {
        form.edit(edit(EditCommand::RenameBlock(id.clone(), name)));
    }
    let mut kind = block.kind.clone();
    settings(ui, form, (journey, id), &mut kind);
    if kind != block.kind {
        form.edit(edit(EditCommand::SetBlock(id.clone(), Box::new(kind))));
    }
    let mut note = block.note.clone();
    form.lines(ui, "Note", "For colleagues", 2, &mut note);
    if note != block.note {
        form.edit(edit(EditCommand::SetBlockNote(id.clone(), note)));
    }
}

fn settings(ui: &mut Ui, form: &mut Form<'_>, place: (&Journey, &BlockId), kind: &mut BlockKind) {
    match kind {
        BlockKind::Message(it) => message::message(ui, form, place, it),
        BlockKind::OnSitePrompt { within, template } => message::prompt(ui, form, place, within, template),
        BlockKind::Audience { audience, remove } => doing::audience(ui, form, audience, remove),
        BlockKind::WaitForIdentify { by, address, up_to } => {
            waiting::for_identify(ui, form, by, address, up_to);
        }
        BlockKind::Delay(delay) => waiting::delay(ui, form, delay),
        BlockKind::WaitUntil { conditions, up_to } => waiting::until(ui, form, conditions, up_to),
        BlockKind::TimeWindow { days, from_minute, to_minute, zone } => {
            waiting::window(ui, form, days, (from_minute, to_minute), zone);
        }
        BlockKind::Branch { when } => branching::branch(ui, form, when),
        BlockKind::MultiBranch { conditions } => branching::multi(ui, form, conditions),
        BlockKind::RandomSplit { arms, each_run } => branching::split(ui, form, arms, each_run),
        BlockKind::UpdateAttributes { set } => doing::attributes(ui, form, set),
        BlockKind::SendEvent { event, properties } => doing::send_event(ui, form, event, properties),
        BlockKind::Goal => doing::goal(ui, place.0),
        BlockKind::Exit { reason } => doing::exit(ui, form, reason),
    }
}
