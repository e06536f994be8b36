//! Which event is meant: what it means in a shop, a page, or its name.

use egui::Ui;

use super::{
    Form,
    choice::{self, Shape},
    edit::Look,
};
use crate::{
    journey::EventRef,
    recording::facts::Role,
    words::condition::{noun, to_do},
};

/// How a sentence names an event.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Manner {
    /// After “did”: “add to cart”.
    ToDo,
    /// After “the last”: “cart add”.
    Noun,
}

/// Which way an event is said.
#[derive(Clone, Copy, PartialEq)]
enum Kind {
    Role(Role),
    AnyPage,
    Page,
    Named,
}

/// Width of a name in a sentence, in points.
const NAME_WIDTH: f32 = 150.0;

impl Form<'_> {
    /// An event, on lines of its own.
    pub fn event(&mut self, ui: &mut Ui, name: &str, event: &mut EventRef, manner: Manner) {
        ui.horizontal_wrapped(|ui| {
            ui.spacing_mut().item_spacing = egui::vec2(4.0, 4.0);
            self.event_words(ui, name, event, manner);
        });
    }

    /// An event as words of a sentence.
    pub fn event_words(&mut self, ui: &mut Ui, name: &str, event: &mut EventRef, manner: Manner) {
        let said = |role: Role| if manner == Manner::ToDo { to_do(role) } else { noun(role) };
        let mut options: Vec<(Kind, &str)> =
            Role::ALL.into_iter().map(|role| (Kind::Role(role), said(role))).collect();
        options.extend(match manner {
            Manner::ToDo => {
                [(Kind::Page, "view the page"), (Kind::AnyPage, "view any page"), (Kind::Named, "the event")]
            }
            Manner::Noun => {
                [(Kind::Page, "view of the page"), (Kind::AnyPage, "page view"), (Kind::Named, "event")]
            }
        });
        let before = match event {
            EventRef::Role(role) => Kind::Role(*role),
            EventRef::Page(None) => Kind::AnyPage,
            EventRef::Page(Some(_)) => Kind::Page,
            EventRef::Named(_) => Kind::Named,
        };
        let mut now = before;
        if choice::menu_of(ui, name, &options, &mut now, Shape::Word) && now != before {
            *event = match now {
                Kind::Role(role) => EventRef::Role(role),
                Kind::AnyPage => EventRef::Page(None),
                Kind::Page => EventRef::Page(Some(String::new())),
                Kind::Named => EventRef::Named(String::new()),
            };
        }
        let is_page = matches!(event, EventRef::Page(_));
        if let EventRef::Named(text) | EventRef::Page(Some(text)) = event {
            let called = if is_page { "Page" } else { "Event name" };
            let called = format!("{called} ({name})");
            let hint = if is_page { "name of the page" } else { "name of the event" };
            let look = Look::line(&called).hint(hint).wide(NAME_WIDTH);
            let id = ui.make_persistent_id((name, "event"));
            let read = |text: &str| Ok(text.to_owned());
            self.suggested_value(ui, id, look, text, Clone::clone, read, |form| {
                if is_page { form.pages() } else { form.events() }
            });
        }
    }
}
