//! Texts with Liquid in them: variables to insert, tags in a colour of their own, and what prints
//! nothing or cannot be printed underlined where it stands, said below and under the pointer.

use std::sync::Arc;

use egui::{
    Color32, Galley, Id, Popup, PopupCloseBehavior, Response, ScrollArea, Stroke, TextBuffer, Ui,
    text::{CCursor, CCursorRange, LayoutJob, TextFormat},
    text_edit::TextEditState,
};

use super::{
    Form, choice, complaint,
    edit::{self, Look, Shown},
    gap, label,
    marks::{Kind, Mark, Said, marks},
    variables::{self, Variable},
};
use crate::app::{
    theme::{self, Tokens, fonts, size},
    widgets,
};

/// How thick what is marked is underlined (points).
const UNDERLINE: f32 = 1.5;
/// The most height the list of variables takes, in points.
const LIST_HEIGHT: f32 = 340.0;

impl Form<'_> {
    /// A template, and what is known of its variables.
    pub fn liquid(&mut self, ui: &mut Ui, name: &str, rows: usize, said: &Said, template: &mut String) {
        let id = ui.make_persistent_id(name);
        let mut inserted = None;
        ui.horizontal(|ui| {
            label(ui, name);
            widgets::from_right(ui, |ui| {
                let button = widgets::quiet_button(ui, "Insert");
                let called = format!("Insert into {}", name.to_lowercase());
                button
                    .widget_info(|| egui::WidgetInfo::labeled(egui::accesskit::Role::Button, true, &called));
                inserted = menu(&button, || self.variables());
            });
        });
        let look = Look::line(name).rows(rows).liquid(said);
        self.typed_value(ui, id, look, template, Clone::clone, |text| Ok(text.to_owned()));
        if let Some(text) = inserted {
            insert(ui, id, template, &text);
            self.typed(id);
        }
        let t = theme::of(ui);
        let mut before = "";
        for mark in &marks(template, said) {
            // One variable printed twice is said once.
            match mark.kind {
                _ if mark.text == before => {}
                Kind::Wrong => complaint(ui, &mark.text),
                Kind::Missing => {
                    ui.add_space(2.0);
                    widgets::paragraph(ui, &mark.text, fonts::small(), t.deferred_text);
                }
            }
            before = &mark.text;
        }
        gap(ui);
    }
}

/// The list of variables under its button, asked for while it is open; what to insert.
fn menu(button: &Response, variables: impl FnOnce() -> Vec<Variable>) -> Option<String> {
    let mut chosen = None;
    let popup = Popup::menu(button).gap(4.0).close_behavior(PopupCloseBehavior::CloseOnClick);
    popup.show(|ui| {
        ScrollArea::vertical().max_height(LIST_HEIGHT).show(ui, |ui| {
            ui.spacing_mut().item_spacing.y = 0.0;
            let mut group = "";
            for variable in variables() {
                if variable.group != group {
                    group = variable.group;
                    ui.add_space(6.0);
                    widgets::caption(ui, group);
                    ui.add_space(2.0);
                }
                if choice::menu_row(ui, &variable.name, "", None, 260.0) {
                    chosen = Some(variable.text);
                }
            }
        });
    });
    chosen
}

/// Puts text where the cursor was last, else at the end, and the keys behind it.
fn insert(ui: &Ui, id: Id, template: &mut String, text: &str) {
    let mut state = TextEditState::load(ui.ctx(), id).unwrap_or_default();
    let chars = template.chars().count();
    let at = state.cursor.char_range().map_or(chars, |range| range.primary.index.0).min(chars);
    let byte = template.char_indices().nth(at).map_or(template.len(), |(byte, _)| byte);
    template.insert_str(byte, text);
    let behind = CCursor::new(at + text.chars().count());
    state.cursor.set_char_range(Some(CCursorRange::one(behind)));
    state.store(ui.ctx(), id);
    ui.memory_mut(|memory| memory.request_focus(id));
}

/// Lays a template out with what is printed and what steers in colours of their own, and what is
/// marked underlined.
fn galley(ui: &Ui, text: &str, marks: &[Mark], width: f32) -> Arc<Galley> {
    let t = theme::of(ui);
    let mut job = LayoutJob::default();
    job.wrap.max_width = width;
    let line = (size::TEXT * size::LINE_HEIGHT).round();
    let mut start = 0;
    for (piece, kind) in variables::pieces(text) {
        for (part, mark) in cut(piece, start, marks) {
            let mut format = TextFormat::simple(fonts::body(), ink(t, kind));
            format.line_height = Some(line);
            if let Some(mark) = mark {
                let (words, underline) = match mark.kind {
                    Kind::Wrong => (t.not_sent_text, t.not_sent),
                    Kind::Missing => (t.deferred_text, t.deferred),
                };
                (format.color, format.underline) = (words, Stroke::new(UNDERLINE, underline));
            }
            job.append(part, 0.0, format);
        }
        start += piece.len();
    }
    ui.fonts_mut(|fonts| fonts.layout_job(job))
}

/// A piece that starts at a byte of the text, cut where marks begin and end.
fn cut<'t, 'm>(piece: &'t str, start: usize, marks: &'m [Mark]) -> Vec<(&'t str, Option<&'m Mark>)> {
    let mut parts = Vec::new();
    let mut at = 0;
    let end = start + piece.len();
    for mark in marks.iter().filter(|mark| mark.place.start < end && mark.place.end > start) {
        let from = mark.place.start.saturating_sub(start).max(at);
        let to = (mark.place.end - start).min(piece.len());
        parts.push((&piece[at..from], None));
        parts.push((&piece[from..to], Some(mark)));
        at = to;
    }
    parts.push((&piece[at..], None));
    parts.retain(|(part, _)| !part.is_empty());
    parts
}

const fn ink(t: &Tokens, kind: variables::PieceKind) -> Color32 {
    match kind {
        variables::PieceKind::Text => t.text,
        variables::PieceKind::Printed => t.accent_text,
        variables::PieceKind::Steers => t.text_weak,
    }
}

/// The text field of a template.
pub fn edit(ui: &mut Ui, id: Id, look: Look<'_>, said: &Said, text: &mut String) -> Response {
    let mut layouter = |ui: &Ui, text: &dyn TextBuffer, width: f32| {
        galley(ui, text.as_str(), &marks(text.as_str(), said), width)
    };
    let shown = edit::show_edit(ui, id, look, text, Some(&mut layouter));
    let marks = marks(text, said);
    if !marks.is_empty() {
        let all: Vec<&str> = marks.iter().map(|mark| mark.text.as_str()).collect();
        ui.ctx().accesskit_node_builder(id, |node| node.set_description(all.join(" ")));
    }
    match under_pointer(&shown, text, &marks) {
        Some(mark) => shown.response.on_hover_text_at_pointer(&mark.text),
        None => shown.response,
    }
}

/// The mark that the pointer is on.
fn under_pointer<'m>(shown: &Shown, text: &str, marks: &'m [Mark]) -> Option<&'m Mark> {
    let at = shown.response.hover_pos()? - shown.galley_pos;
    let char = shown.galley.cursor_from_pos(at).index.0;
    let byte = text.char_indices().nth(char).map_or(text.len(), |(byte, _)| byte);
    marks.iter().find(|mark| mark.place.contains(&byte))
}
