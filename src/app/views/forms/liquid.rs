//! Texts with Liquid in them: variables to insert, tags in a colour of their own, and what cannot
//! be printed said below with its line.

use std::sync::Arc;

use egui::{
    Color32, Galley, Id, Popup, PopupCloseBehavior, Response, ScrollArea, TextBuffer, Ui,
    text::{CCursor, CCursorRange, LayoutJob, TextFormat},
    text_edit::TextEditState,
};

use super::{
    Form, choice, complaint,
    field::{self, Look},
    gap, label,
    variables::{self, Variable},
};
use crate::{
    app::{
        theme::{self, Tokens, fonts, size},
        views::widgets,
        words::sentence,
    },
    journey::template::CompiledTemplate,
};

/// The most height the list of variables takes, in points.
const LIST_HEIGHT: f32 = 340.0;

impl Form<'_> {
    /// A template.
    pub fn liquid(&mut self, ui: &mut Ui, name: &str, rows: usize, template: &mut String) {
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
        let look = Look::line(name).rows(rows).liquid();
        self.typed_value(ui, id, look, template, Clone::clone, |text| Ok(text.to_owned()));
        if let Some(text) = inserted {
            insert(ui, id, template, &text);
            self.typed(id);
        }
        if let Err(error) = CompiledTemplate::parse(template) {
            complaint(ui, &sentence(&error.to_string()));
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

/// Lays a template out with what is printed and what steers in colours of their own.
pub fn galley(ui: &Ui, text: &dyn TextBuffer, width: f32) -> Arc<Galley> {
    let t = theme::of(ui);
    let mut job = LayoutJob::default();
    job.wrap.max_width = width;
    let line = (size::TEXT * size::LINE_HEIGHT).round();
    for (piece, kind) in variables::pieces(text.as_str()) {
        let mut format = TextFormat::simple(fonts::body(), ink(t, kind));
        format.line_height = Some(line);
        job.append(piece, 0.0, format);
    }
    ui.fonts_mut(|fonts| fonts.layout_job(job))
}

const fn ink(t: &Tokens, kind: variables::PieceKind) -> Color32 {
    match kind {
        variables::PieceKind::Text => t.text,
        variables::PieceKind::Printed => t.accent_text,
        variables::PieceKind::Steers => t.text_weak,
    }
}

/// The text field of a template.
pub fn edit(ui: &mut Ui, id: Id, look: Look<'_>, text: &mut String) -> Response {
    let mut layouter = |ui: &Ui, text: &dyn TextBuffer, width: f32| galley(ui, text, width);
    field::show_edit(ui, id, look, text, Some(&mut layouter))
}
