//! Texts with Liquid in them: what cannot be printed is said below, with its line.

use egui::Ui;

use super::{Form, complaint, field::Look, gap, label};
use crate::journey::template::CompiledTemplate;

impl Form<'_> {
    /// A template.
    pub fn liquid(&mut self, ui: &mut Ui, name: &str, rows: usize, template: &mut String) {
        label(ui, name);
        let id = ui.make_persistent_id(name);
        let look = Look::line(name).rows(rows);
        self.typed_value(ui, id, look, template, Clone::clone, |text| Ok(text.to_owned()));
        if let Err(error) = CompiledTemplate::parse(template) {
            complaint(ui, &crate::app::words::sentence(&error.to_string()));
        }
        gap(ui);
    }
}
