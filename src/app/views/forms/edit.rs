//! The field that every text is typed into, and how it looks.

use std::sync::Arc;

use egui::{Galley, Id, Margin, Pos2, Response, TextBuffer, TextEdit, Ui, WidgetInfo, accesskit::Role};

use super::marks::Said;
use crate::app::{
    theme::{fonts, size},
    widgets,
};

/// How a field looks and what it is called.
#[derive(Clone, Copy)]
pub struct Look<'a> {
    /// What a screen reader calls it.
    pub name: &'a str,
    /// What is shown while it is empty.
    pub hint: &'a str,
    /// Width in points; infinite: all there is.
    pub width_pt: f32,
    /// Lines of text; 1: Enter ends the typing.
    pub rows: usize,
    /// Whether what is typed counts only once the field is left: for names that order a list.
    pub on_leaving: bool,
    /// What is known of its variables, if it is a template.
    pub liquid: Option<&'a Said>,
}

impl<'a> Look<'a> {
    /// One line, as wide as the form.
    pub const fn line(name: &'a str) -> Self {
        Self { name, hint: "", width_pt: f32::INFINITY, rows: 1, on_leaving: false, liquid: None }
    }
    /// With a hint.
    #[must_use]
    pub const fn hint(self, hint: &'a str) -> Self {
        Self { hint, ..self }
    }
    /// Of a width.
    #[must_use]
    pub const fn wide(self, width_pt: f32) -> Self {
        Self { width_pt, ..self }
    }
    /// What is typed counts only once the field is left.
    #[must_use]
    pub const fn on_leaving(self) -> Self {
        Self { on_leaving: true, ..self }
    }
    /// A template, and what is known of its variables.
    #[must_use]
    pub const fn liquid(self, said: &'a Said) -> Self {
        Self { liquid: Some(said), ..self }
    }
    /// Several lines high.
    #[must_use]
    pub const fn rows(self, rows: usize) -> Self {
        Self { rows, ..self }
    }
}

/// A field on the screen.
pub struct Shown {
    /// The field.
    pub response: Response,
    /// Its text as it was laid out.
    pub galley: Arc<Galley>,
    /// Where on the screen the text begins.
    pub galley_pos: Pos2,
}

/// Lays a field's text out.
type Layouter<'l> = dyn FnMut(&Ui, &dyn TextBuffer, f32) -> Arc<Galley> + 'l;

/// The text field itself, accessible by its name.
pub fn show_edit(
    ui: &mut Ui,
    id: Id,
    look: Look<'_>,
    text: &mut String,
    layouter: Option<&mut Layouter<'_>>,
) -> Shown {
    let edit = if look.rows > 1 {
        TextEdit::multiline(text).desired_rows(look.rows)
    } else {
        TextEdit::singleline(text)
    };
    let margin = Margin::symmetric(8, 5);
    let width = if look.width_pt.is_finite() { look.width_pt } else { ui.available_width() };
    let edit = edit.id(id).hint_text(look.hint).margin(margin).font(fonts::body()).desired_width(width);
    let output = match layouter {
        Some(layouter) => edit.layouter(layouter).show(ui),
        None => edit.show(ui),
    };
    let response = output.response.response;
    let (name, now) = (look.name.to_owned(), text.clone());
    response.widget_info(|| {
        let role = if look.rows > 1 { Role::MultilineTextInput } else { Role::TextInput };
        let mut info = WidgetInfo::labeled(role, true, &name);
        info.current_text_value = Some(now.clone());
        info
    });
    widgets::focus_ring(ui, &response, size::RADIUS);
    Shown { response, galley: output.galley, galley_pos: output.galley_pos }
}
