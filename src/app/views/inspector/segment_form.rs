//! The form of a segment: its name, and who is in it.

use egui::Ui;

use super::found;
use crate::{
    app::{
        intent::Intent,
        selection::Selection,
        state::Model,
        views::forms::{Form, gap, label, remark},
        widgets,
    },
    journey::{Condition, Journey, Segment, Trigger},
    words,
    workspace::WorkspaceEdit,
};

/// Draws it.
pub fn show(ui: &mut Ui, form: &mut Form<'_>, id: &str, segment: &Segment) {
    form.of_a_run = false;
    let mut now = segment.clone();
    form.name(ui, "Name", &mut now.name);
    form.lines(ui, "Note", "For colleagues", 2, &mut now.note);
    label(ui, "In it is who");
    form.condition(ui, &mut now.condition);
    gap(ui);
    if now != *segment {
        form.edit(WorkspaceEdit::SetSegment(id.to_owned(), Box::new(now)));
    }
    found::of_segment(ui, form.model.problems_of_segment(id));
}

/// Where it is used, and the button that deletes it.
pub fn end(ui: &mut Ui, form: &mut Form<'_>, id: &str) {
    let users = users(form.model, id);
    if !users.is_empty() {
        remark(ui, &format!("Used by {}.", words::list(&users, "and")));
        gap(ui);
    }
    if widgets::quiet_button(ui, "Delete the segment").clicked() {
        form.edit(WorkspaceEdit::DeleteSegment(id.to_owned()));
        form.want(Intent::Select(Selection::Nothing));
    }
}

/// Names of the journeys and segments that ask for it.
fn users(model: &Model, id: &str) -> Vec<String> {
    let asks = |condition: &Condition| {
        let mut asks = false;
        condition.visit(&mut |part| asks |= matches!(part, Condition::Segment(other) if other == id));
        asks
    };
    let journeys = model.journeys().iter().filter(|journey| conditions(journey, id, &asks));
    let segments = model.segments().0.values().filter(|segment| asks(&segment.condition));
    journeys.map(|journey| journey.name.clone()).chain(segments.map(|segment| segment.name.clone())).collect()
}

fn conditions(journey: &Journey, id: &str, asks: &impl Fn(&Condition) -> bool) -> bool {
    use crate::journey::BlockKind;
    let of_trigger = matches!(
        &journey.trigger,
        Trigger::EntersSegment(other) | Trigger::LeavesSegment(other) if other == id
    );
    let of_journey = journey.audience.iter().chain(journey.exits.iter().map(|exit| &exit.when));
    let of_goal = journey.goal.iter().map(|goal| &goal.when);
    let in_blocks = journey.blocks.values().any(|block| match &block.kind {
        BlockKind::Branch { when: Some(when) } => asks(when),
        BlockKind::Message(message) => message.only_if.as_ref().is_some_and(asks),
        BlockKind::MultiBranch { conditions } | BlockKind::WaitUntil { conditions, .. } => {
            conditions.iter().any(|arm| asks(&arm.when))
        }
        _ => false,
    });
    of_trigger || of_journey.chain(of_goal).any(asks) || in_blocks
}
