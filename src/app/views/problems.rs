//! The list of problems: what lint says of every journey on the platform chosen.

use egui::{Align2, Role, ScrollArea, Sense, Ui, WidgetInfo, pos2, vec2};

use crate::{
    app::{
        icons::Icon,
        intent::{Intent, Intents},
        selection::Selection,
        state::Model,
        theme::{self, fonts, size},
        widgets,
    },
    journey::{Fix, Journey, Place, Problem, Segment, Severity, edit::EditCommand},
    words::block,
    workspace::WorkspaceEdit,
};

/// Draws it.
pub fn show(ui: &mut Ui, model: &Model, intents: &mut Intents) {
    let Some(outcome) = &model.outcome else {
        return widgets::empty(
            ui,
            "Not looked yet",
            "After a replay, everything doubtful in the journeys is listed here.",
        );
    };
    let listed = listed(model);
    if listed.is_empty() {
        let how = format!("Every journey can run on {} as it is drawn.", outcome.platform);
        return widgets::empty(ui, "No problems", &how);
    }
    ScrollArea::vertical().id_salt("problems").auto_shrink(false).show_rows(
        ui,
        44.0,
        listed.len(),
        |ui, rows| {
            ui.spacing_mut().item_spacing.y = 0.0;
            for found in &listed[rows] {
                row(ui, found, intents);
            }
        },
    );
}

/// What has a problem.
#[derive(Clone, Copy)]
enum Owner<'m> {
    Journey(&'m Journey),
    Segment(&'m str, &'m Segment),
}

impl Owner<'_> {
    fn name(&self) -> &str {
        match self {
            Self::Journey(journey) => &journey.name,
            Self::Segment(_, segment) => &segment.name,
        }
    }
    /// Whose it is and where, in words.
    fn place(&self, place: &Place) -> String {
        match self {
            Self::Journey(journey) => format!("{} · {}", journey.name, self::place(journey, place)),
            Self::Segment(_, segment) => format!("{} · the segment", segment.name),
        }
    }
    fn way_to(&self, place: &Place) -> Intent {
        match self {
            Self::Journey(journey) => Intent::GoTo(journey.id.clone(), place.clone()),
            Self::Segment(id, _) => Intent::Select(Selection::Segment((*id).to_owned())),
        }
    }
}

/// Every problem with whose it is: of the journeys, then of the segments.
fn listed(model: &Model) -> Vec<(Owner<'_>, &Problem)> {
    let journeys =
        model.journeys().iter().map(|journey| (Owner::Journey(journey), model.problems_of(&journey.id)));
    let segments = model.segments().0.iter();
    let segments = segments.map(|(id, segment)| (Owner::Segment(id, segment), model.problems_of_segment(id)));
    journeys
        .chain(segments)
        .flat_map(|(owner, found)| found.iter().map(move |problem| (owner, problem)))
        .collect()
}

/// How many there are.
pub fn number(model: &Model) -> usize {
    listed(model).len()
}

fn row(ui: &mut Ui, (owner, problem): &(Owner<'_>, &Problem), intents: &mut Intents) {
    let t = theme::of(ui);
    let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), 44.0), Sense::click());
    let label = format!("{}: {}", owner.name(), problem.text);
    response.widget_info(|| WidgetInfo::labeled(Role::Button, true, &label));
    if response.hovered() {
        ui.painter().rect_filled(rect, 0.0, t.hover);
    }
    let color = match problem.severity {
        Severity::Error => t.not_sent,
        Severity::Warning => t.deferred,
    };
    let badge = rect.left_center() + vec2(24.0, 0.0);
    ui.painter().circle_filled(badge, 8.0, color);
    Icon::Warning.paint_at(ui.painter(), badge, 10.0, t.on_fill);
    let left = rect.left() + 44.0;
    let fix_pt = problem.fix.as_ref().map_or(0.0, |fix| {
        let name = format!("Fix: {}", fix.label);
        ui.painter().layout_no_wrap(name, fonts::body(), t.text).size().x.min(rect.width() * 0.4) + 32.0
    });
    let room = rect.right() - left - 12.0 - fix_pt;
    let first = pos2(left, rect.top() + 14.0);
    widgets::clipped(ui, first, Align2::LEFT_CENTER, &problem.text, &fonts::body(), t.text, room);
    let place = owner.place(&problem.place);
    let second = pos2(left, rect.top() + 31.0);
    widgets::clipped(ui, second, Align2::LEFT_CENTER, &place, &fonts::small(), t.text_weak, room);
    widgets::focus_ring(ui, &response, size::RADIUS);
    let response = response.on_hover_text(&problem.text);
    if response.clicked() {
        intents.want(owner.way_to(&problem.place));
    }
    if let (Owner::Journey(journey), Some(fix)) = (owner, &problem.fix) {
        let button = egui::Rect::from_min_max(
            pos2(rect.right() - fix_pt, rect.top() + 8.0),
            pos2(rect.right() - 12.0, rect.bottom() - 8.0),
        );
        ui.scope_builder(egui::UiBuilder::new().max_rect(button), |ui| fix_button(ui, journey, fix, intents));
    }
}

/// A button that mends a problem.
pub fn fix_button(ui: &mut Ui, journey: &Journey, fix: &Fix, intents: &mut Intents) {
    let text = egui::RichText::new(format!("Fix: {}", fix.label)).font(fonts::body());
    let button = egui::Button::new(text).truncate().min_size(vec2(0.0, size::CONTROL));
    if ui.add(button).on_hover_text(&fix.label).clicked() {
        let command = EditCommand::Fix { label: fix.label.clone(), journey: fix.journey.clone() };
        let edit = WorkspaceEdit::Journey(journey.id.clone(), command);
        intents.want(Intent::Edit(Box::new(edit), None));
    }
}

/// Where a problem is, in words.
pub fn place(journey: &Journey, place: &Place) -> String {
    let name = |id| journey.blocks.get(id).map_or("a block", block::title);
    match place {
        Place::Journey => "the journey".to_owned(),
        Place::Trigger => "the trigger".to_owned(),
        Place::Block(id) => name(id).to_owned(),
        Place::Exit(id, exit) => {
            let exit =
                journey.blocks.get(id).map_or_else(String::new, |found| block::exit_name(&found.kind, exit));
            if exit.is_empty() { name(id).to_owned() } else { format!("{}, exit {exit}", name(id)) }
        }
    }
}
