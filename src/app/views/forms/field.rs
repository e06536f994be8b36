//! Fields to type into: text, several lines, numbers, lengths of time.

use egui::{Id, Response, Ui};

use super::{
    Form, complaint,
    draft::Draft,
    edit::{Look, show_edit},
    gap, label, liquid, reading,
};
use crate::{recording::Span, words::time};

/// What typing into a field came to in this pass.
pub struct Typed {
    /// The field on the screen.
    pub response: Response,
    /// Why what was typed cannot be read.
    pub wrong: Option<String>,
    /// What is in the field.
    pub text: String,
}

impl Form<'_> {
    /// A field for any value that is typed: `read` and `write` say how. The label and what is
    /// wrong are the caller's.
    pub fn typed_value<T: PartialEq>(
        &mut self,
        ui: &mut Ui,
        id: Id,
        look: Look<'_>,
        value: &mut T,
        write: impl Fn(&T) -> String,
        read: impl Fn(&str) -> Result<T, String>,
    ) -> Typed {
        let kept = ui.data(|data| data.get_temp::<Draft>(id));
        let mut draft = Draft::resume(kept, &write(value));
        let response = match look.liquid {
            Some(said) => liquid::edit(ui, id, look, said, &mut draft.text),
            None => show_edit(ui, id, look, &mut draft.text, None).response,
        };
        let read = read(&draft.text);
        let wrong = read.as_ref().err().cloned();
        let counts = if look.on_leaving { response.lost_focus() } else { response.changed() };
        if let (true, Ok(new)) = (counts, read)
            && new != *value
        {
            *value = new;
            draft.became(write(value));
            self.typed(id);
        }
        self.left(&response);
        let text = draft.text.clone();
        let keep = response.has_focus() || wrong.is_some();
        ui.data_mut(|data| {
            if keep {
                data.insert_temp(id, draft);
            } else {
                data.remove::<Draft>(id);
            }
        });
        Typed { response, wrong, text }
    }

    /// A labelled field for any value that is typed.
    pub fn value<T: PartialEq>(
        &mut self,
        ui: &mut Ui,
        look: Look<'_>,
        value: &mut T,
        write: impl Fn(&T) -> String,
        read: impl Fn(&str) -> Result<T, String>,
    ) -> Response {
        label(ui, look.name);
        let id = ui.make_persistent_id(look.name);
        let typed = self.typed_value(ui, id, look, value, write, read);
        if let Some(wrong) = typed.wrong {
            complaint(ui, &wrong);
        }
        gap(ui);
        typed.response
    }

    /// A line of text.
    pub fn text(&mut self, ui: &mut Ui, name: &str, hint: &str, value: &mut String) {
        self.value(ui, Look::line(name).hint(hint), value, Clone::clone, |text| Ok(text.to_owned()));
    }

    /// A line of text that may not be empty.
    pub fn name(&mut self, ui: &mut Ui, name: &str, value: &mut String) {
        self.value(ui, Look::line(name), value, Clone::clone, |text| {
            if text.trim().is_empty() { Err("This cannot be empty.".to_owned()) } else { Ok(text.to_owned()) }
        });
    }

    /// Several lines of text.
    pub fn lines(
        &mut self,
        ui: &mut Ui,
        name: &str,
        hint: &str,
        rows: usize,
        value: &mut String,
    ) -> Response {
        let look = Look::line(name).hint(hint).rows(rows);
        self.value(ui, look, value, Clone::clone, |text| Ok(text.to_owned()))
    }

    /// A text that may be absent.
    pub fn optional_text(&mut self, ui: &mut Ui, name: &str, hint: &str, value: &mut Option<String>) {
        let write = |value: &Option<String>| value.clone().unwrap_or_default();
        let read = |text: &str| Ok((!text.trim().is_empty()).then(|| text.to_owned()));
        self.value(ui, Look::line(name).hint(hint), value, write, read);
    }

    /// A length of time, longer than nothing.
    pub fn span(&mut self, ui: &mut Ui, name: &str, value: &mut Span) {
        let look = Look::line(name).hint("for example 2 days 4 h");
        self.value(ui, look, value, |span| reading::write_span(*span), reading::some_span);
    }

    /// A length of time that may be nothing: left empty.
    pub fn span_or_none(&mut self, ui: &mut Ui, name: &str, hint: &str, value: &mut Option<Span>) {
        let write = |value: &Option<Span>| value.map_or_else(String::new, reading::write_span);
        let read = |text: &str| {
            if text.trim().is_empty() { Ok(None) } else { reading::some_span(text).map(Some) }
        };
        self.value(ui, Look::line(name).hint(hint), value, write, read);
    }

    /// A time of day, in minutes after midnight.
    pub fn time_of_day(&mut self, ui: &mut Ui, name: &str, value: &mut u32) {
        let look = Look::line(name).hint("09:00");
        self.value(ui, look, value, |minute| time::of_day(*minute), reading::time_of_day);
    }

    /// A whole number between two bounds.
    pub fn whole(&mut self, ui: &mut Ui, name: &str, least: i64, most: i64, value: &mut i64) {
        let read = |text: &str| reading::whole(text, least, most);
        self.value(ui, Look::line(name), value, ToString::to_string, read);
    }
}
