//! Notes for colleagues that lie on the canvas: papers beside the blocks, moved and written by
//! hand. No run ever meets them.

use egui::{
    CornerRadius, CursorIcon, Id, PointerButton, Pos2, Rect, Role, Sense, Shape, Stroke, StrokeKind, Ui,
    Vec2, WidgetInfo, epaint::text::LayoutJob, pos2, vec2,
};

use super::{paint::Detail, picture::Picture, place};
use crate::{
    app::{
        command::Command,
        diagram::{
            hold::{Hold, snapped},
            notes::{LINE, PAD, Paper, WIDTH},
        },
        intent::{Intent, Intents},
        selection::Selection,
        theme::{Tokens, fonts, size},
        widgets,
    },
    journey::{JourneyId, Note, NoteId, edit::EditCommand},
    workspace::WorkspaceEdit,
};

/// The side of the corner that is folded over.
const FOLD: f32 = 12.0;
/// What an empty note says.
const EMPTY: &str = "Write a note …";

/// The id of a note's widget.
pub fn note_id(journey: &JourneyId, id: &NoteId) -> Id {
    Id::unique(("note", journey.as_str(), id.as_str()))
}

/// Draws the notes in view, ready to be pressed and moved.
pub fn show(ui: &Ui, picture: &Picture<'_>, intents: &mut Intents) {
    for paper in &picture.scene.notes {
        let rect = picture.camera.rect_to_screen(paper.rect, picture.view);
        if !rect.intersects(picture.view) {
            continue;
        }
        let id = note_id(picture.id, &paper.id);
        let response = ui.interact(rect.intersect(picture.view), id, Sense::click_and_drag());
        let selected = picture.model.view.selection == Selection::Note(paper.id.clone());
        let said = if paper.text.trim().is_empty() {
            "Empty note".to_owned()
        } else {
            format!("Note: {}", paper.text)
        };
        response.widget_info(|| WidgetInfo::selected(Role::Button, true, selected, &said));
        let detail = Detail::at(picture.camera.zoom);
        let look =
            Look { rect, zoom: picture.camera.zoom, outlined: selected || response.has_focus(), detail };
        paint(&ui.painter_at(picture.view), picture.tokens, &look, &paper.text);
        pressed(ui, picture, paper, &response, intents);
        response.context_menu(|ui| {
            for command in [Command::DeleteBlocks, Command::AddNote] {
                if widgets::menu_command(ui, picture.model, command, None) {
                    intents.run(command);
                }
            }
        });
    }
}

fn pressed(ui: &Ui, picture: &Picture<'_>, paper: &Paper, response: &egui::Response, intents: &mut Intents) {
    let select = || Intent::Select(Selection::Note(paper.id.clone()));
    if response.clicked() {
        intents.want(select());
        ui.memory_mut(|memory| memory.request_focus(place::id()));
    } else if response.gained_focus() || response.secondary_clicked() {
        intents.want(select());
    }
    if response.drag_started_by(PointerButton::Primary)
        && let Some(taken) = ui.input(|input| input.pointer.press_origin())
    {
        intents.want(select());
        ui.memory_mut(|memory| memory.request_focus(place::id()));
        let taken = picture.camera.to_canvas(taken, picture.view);
        let gesture = Id::unique(("move note", ui.ctx().cumulative_pass_nr())).value();
        let hold = Hold::Note { taken, id: paper.id.clone(), from: paper.rect.min, gesture };
        intents.want(Intent::Hold(Some(hold)));
    }
}

/// Moves a note that is held by `by` from where it was.
pub fn carry(ui: &Ui, picture: &Picture<'_>, hold: &Hold, at: Pos2, intents: &mut Intents) {
    let Hold::Note { taken, id, from, gesture } = hold else { return };
    ui.set_cursor_icon(CursorIcon::Grabbing);
    let to = snapped(*from + (at - *taken));
    let found = picture.scene.notes.iter().find(|paper| paper.id == *id);
    if let Some(paper) = found.filter(|paper| paper.rect.min != pos2(to.x, to.y)) {
        let note = Note { text: paper.text.clone(), at: to };
        let edit = WorkspaceEdit::Journey(picture.id.clone(), EditCommand::PutNote(id.clone(), note));
        intents.want(Intent::Edit(Box::new(edit), Some(*gesture)));
    }
}

struct Look {
    rect: Rect,
    zoom: f32,
    outlined: bool,
    detail: Detail,
}

fn paint(painter: &egui::Painter, t: &Tokens, look: &Look, text: &str) {
    let (rect, zoom) = (look.rect, look.zoom);
    let line = if look.outlined { Stroke::new(2.0, t.accent) } else { Stroke::new(1.0, t.line_strong) };
    painter.rect(rect, CornerRadius::same(2), t.hover, line, StrokeKind::Inside);
    if look.detail == Detail::Shape {
        return;
    }
    let fold = Vec2::splat(FOLD * zoom);
    let corner = rect.right_bottom();
    let folded = vec![corner - vec2(fold.x, 0.0), corner - fold, corner - vec2(0.0, fold.y)];
    painter.add(Shape::convex_polygon(folded, t.line_strong, Stroke::NONE));
    let (said, ink) = if text.trim().is_empty() { (EMPTY, t.text_weak) } else { (text, t.text) };
    let font = egui::FontId::new(((size::TEXT * zoom * 2.0).round() / 2.0).max(4.0), fonts::body().family);
    let mut job = LayoutJob::simple(said.to_owned(), font, ink, (WIDTH - 2.0 * PAD) * zoom);
    for section in &mut job.sections {
        section.format.line_height = Some(LINE * zoom);
    }
    let galley = painter.layout_job(job);
    painter.with_clip_rect(rect).galley(rect.min + Vec2::splat(PAD * zoom), galley, ink);
}
