//! Dialogs: a quiet card over a dimmed window, answered by buttons, Enter and Escape.

use egui::{
    Button, CornerRadius, Frame, Id, Key, Margin, Modal, RichText, Stroke, TextEdit, Ui,
    text::{CCursor, CCursorRange},
};

use super::{finder, help, report};
use crate::{
    app::{
        asked::Asked,
        filing::{Dialog, FilesIntent, file_name},
        intent::{Intent, Intents},
        state::Model,
        theme::{self, fonts, size},
        widgets,
    },
    journey::{Journey, JourneyId, edit::EditCommand},
    words::{counted, list},
    workspace::{Held, Loss, Part, WorkspaceEdit, templates::templates},
};

/// Draws the dialog that is open, if any.
pub fn show(ui: &Ui, model: &Model, intents: &mut Intents) {
    let Some(dialog) = &model.filing.dialog else { return };
    let t = theme::of(ui);
    let width: f32 = match dialog {
        Dialog::Unsaved(_) | Dialog::Losing(_) | Dialog::Rename(_) => 420.0,
        Dialog::NewJourney | Dialog::Finder | Dialog::Report(_) | Dialog::Path(_) => 520.0,
        Dialog::Help => 720.0,
    };
    let frame = Frame::new()
        .fill(t.panel)
        .stroke(Stroke::new(1.0, t.line_strong))
        .corner_radius(CornerRadius::same(size::BLOCK_RADIUS))
        .inner_margin(Margin::same(20));
    let shown = Modal::new(Id::unique("dialog")).frame(frame).show(ui.ctx(), |ui| {
        ui.set_width(width.min(ui.ctx().content_rect().width() - 80.0));
        ui.spacing_mut().item_spacing.y = 8.0;
        match dialog {
            Dialog::Unsaved(_) => unsaved(ui, model, intents),
            Dialog::Losing(held) => losing(ui, held, intents),
            Dialog::NewJourney => new_journey(ui, intents),
            Dialog::Rename(id) => rename(ui, model, id, intents),
            Dialog::Finder => finder::show(ui, model, intents),
            Dialog::Help => help::show(ui),
            Dialog::Report(draft) => report::show(ui, model, draft, intents),
            Dialog::Path(asked) => path(ui, model, asked, intents),
        }
    });
    if shown.should_close() {
        forget(ui);
        intents.want(Intent::Files(FilesIntent::Stay));
    }
}

/// The head of a dialog: what it is about, and one sentence more.
fn head(ui: &mut Ui, title: &str, text: &str) {
    let t = theme::of(ui);
    widgets::text(ui, title, fonts::title(), t.text);
    if !text.is_empty() {
        widgets::paragraph(ui, text, fonts::body(), t.text_weak);
    }
    ui.add_space(4.0);
}

/// The buttons of a dialog, the first at the right; which was pressed. The first is the one that goes
/// on, unless it is alone.
fn buttons(ui: &mut Ui, names: &[&str]) -> Option<usize> {
    let t = theme::of(ui);
    ui.add_space(8.0);
    let row = ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
        ui.spacing_mut().item_spacing.x = 8.0;
        let mut pressed = None;
        for (at, name) in names.iter().enumerate() {
            let text = RichText::new(*name).font(fonts::body());
            let goes_on = at == 0 && names.len() > 1;
            let button =
                if goes_on { Button::new(text.color(t.on_fill)).fill(t.accent) } else { Button::new(text) };
            if ui.add(button.min_size(egui::vec2(88.0, size::CONTROL))).clicked() {
                pressed = Some(at);
            }
        }
        pressed
    });
    row.inner
}

/// The buttons of a question about files, each with its answer.
fn answers(ui: &mut Ui, answers: &[(&str, FilesIntent)], intents: &mut Intents) {
    let names: Vec<&str> = answers.iter().map(|(name, _)| *name).collect();
    if let Some((_, answer)) = buttons(ui, &names).and_then(|at| answers.get(at)) {
        intents.want(Intent::Files(answer.clone()));
    }
}

fn unsaved(ui: &mut Ui, model: &Model, intents: &mut Intents) {
    let parts = model.opened.as_ref().map(|opened| opened.document.unsaved_parts()).unwrap_or_default();
    let names: Vec<String> = parts
        .iter()
        .map(|part| match part {
            Part::Journey(id) => model.journey_by_id(id).map_or_else(
                || "a deleted journey".to_owned(),
                |journey| format!("the journey {}", journey.name),
            ),
            Part::Segments => "the segments".to_owned(),
            Part::Platform => "the platform".to_owned(),
            Part::Facts | Part::Catalog => "the workspace’s settings".to_owned(),
        })
        .collect();
    let what =
        if names.len() > 4 { counted(names.len() as u64, "file", "files") } else { list(&names, "and") };
    head(ui, "Save your changes?", &format!("Not saved yet: {what}. What is not saved is lost."));
    let offered = [
        ("Save", FilesIntent::SaveAndLeave),
        ("Don’t save", FilesIntent::LeaveUnsaved),
        ("Cancel", FilesIntent::Stay),
    ];
    answers(ui, &offered, intents);
}

fn losing(ui: &mut Ui, held: &[Held], intents: &mut Intents) {
    let t = theme::of(ui);
    head(ui, "Saving would lose something", "");
    for held in held {
        let file = file_name(&held.file);
        let text = match held.loses {
            Loss::Comments => format!(
                "{file} has comments. Saving writes the file anew, without them; notes on journeys and blocks stay."
            ),
            Loss::Unreadable => format!(
                "{file} could not be read when the workspace was opened. Saving replaces what it holds."
            ),
            Loss::Theirs => format!("{file} was changed by another program. Saving replaces its changes."),
        };
        widgets::paragraph(ui, text, fonts::body(), t.text);
    }
    answers(ui, &[("Save anyway", FilesIntent::SaveOver), ("Cancel", FilesIntent::Stay)], intents);
}

fn new_journey(ui: &mut Ui, intents: &mut Intents) {
    head(ui, "New journey", "Begin with nothing, or with a template and change what you like.");
    let of = Id::unique("name of the new journey");
    let (typed, response) =
        field(ui, of, "Name of the new journey", "Name, if you have one yet", String::new);
    let entered = response.lost_focus() && ui.input(|input| input.key_pressed(Key::Enter));
    let name = typed.text.trim().to_owned();
    ui.data_mut(|data| data.insert_temp(typed_id(), typed));
    let empty = Journey::empty(JourneyId::default(), "New journey");
    let about = "A trigger to choose and no blocks".to_owned();
    let mut all = vec![("An empty journey".to_owned(), about, empty)];
    all.extend(templates().into_iter().map(|journey| (journey.name.clone(), journey.note.clone(), journey)));
    for (at, (template, about, mut journey)) in all.into_iter().enumerate() {
        // Enter is for the first: nobody who typed a name wants to be asked again.
        if choice(ui, &template, &about) || (at == 0 && entered) {
            if !name.is_empty() {
                // Its file is called by its id, so that comes from the name, too.
                (journey.name, journey.id) = (name.clone(), JourneyId::default());
            }
            forget(ui);
            intents.want(Intent::Files(FilesIntent::Stay));
            intents.want(Intent::Edit(Box::new(WorkspaceEdit::AddJourney(Box::new(journey))), None));
        }
    }
    if buttons(ui, &["Cancel"]).is_some() {
        forget(ui);
        intents.want(Intent::Files(FilesIntent::Stay));
    }
}

/// What is being typed into a dialog's one line, and why it was not taken.
#[derive(Clone)]
struct Typed {
    /// The question it answers.
    of: Id,
    text: String,
    problem: &'static str,
}

/// One question is asked at a time.
fn typed_id() -> Id {
    Id::unique("typed into a dialog")
}

/// Forgets what was typed: the dialog closes.
fn forget(ui: &Ui) {
    ui.data_mut(|data| data.remove::<Typed>(typed_id()));
}

/// A dialog's one line, called `label` and beginning with `first`, with a button `verb` that goes on.
/// Gives what `read` makes of it once somebody goes on, and says why where it cannot be read.
fn line<T>(
    ui: &mut Ui,
    (of, label, verb): (Id, &str, &str),
    first: impl FnOnce() -> String,
    read: impl FnOnce(&str) -> Result<T, &'static str>,
    intents: &mut Intents,
) -> Option<T> {
    let (mut typed, response) = field(ui, of, label, "", first);
    if !typed.problem.is_empty() {
        widgets::paragraph(ui, typed.problem, fonts::small(), theme::of(ui).not_sent_text);
    }
    let entered = response.lost_focus() && ui.input(|input| input.key_pressed(Key::Enter));
    let pressed = buttons(ui, &[verb, "Cancel"]);
    let taken = if entered || pressed == Some(0) {
        read(&typed.text).map_err(|why| {
            typed.problem = why;
            response.request_focus();
        })
    } else {
        Err(())
    };
    if taken.is_ok() || pressed == Some(1) {
        forget(ui);
        intents.want(Intent::Files(FilesIntent::Stay));
    } else {
        ui.data_mut(|data| data.insert_temp(typed_id(), typed));
    }
    taken.ok()
}

/// A line of a dialog that has the keys from the start: what stands in it, and why that was not
/// taken. The caller keeps it, or forgets it with the dialog.
fn field(
    ui: &mut Ui,
    of: Id,
    label: &str,
    hint: &str,
    first: impl FnOnce() -> String,
) -> (Typed, egui::Response) {
    let known = ui.data(|data| data.get_temp::<Typed>(typed_id())).filter(|typed| typed.of == of);
    let begins = known.is_none();
    let mut typed = known.unwrap_or_else(|| Typed { of, text: first(), problem: "" });
    if begins {
        // One types on at the end, wherever the cursor was when this was asked before.
        let mut state = TextEdit::load_state(ui.ctx(), of).unwrap_or_default();
        let end = CCursor::new(typed.text.chars().count());
        state.cursor.set_char_range(Some(CCursorRange::one(end)));
        state.store(ui.ctx(), of);
    }
    let field = TextEdit::singleline(&mut typed.text).desired_width(f32::INFINITY).font(fonts::body());
    let response = ui.add(field.id(of).hint_text(hint));
    response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::TextInput, true, label));
    if begins {
        response.request_focus();
    }
    if response.changed() {
        typed.problem = "";
    }
    (typed, response)
}

/// Where a file is or goes, typed or pasted.
fn path(ui: &mut Ui, model: &Model, asked: &Asked, intents: &mut Intents) {
    let about = "This system can show no file dialog: there is neither a desktop portal nor zenity. \
                 Type or paste the path; ~ is your home folder.";
    head(ui, asked.title(), about);
    let first = || {
        let folder = model.workspace().and_then(|workspace| workspace.folder.clone()).unwrap_or_default();
        folder.join(asked.name()).display().to_string()
    };
    let line_of = (Id::unique("path").with(asked.title()), "Path", asked.verb());
    if let Some(path) = line(ui, line_of, first, |text| asked.typed(text), intents) {
        intents.want(asked.clone().answered(path));
    }
}

/// Something to choose, with a line on what it is.
fn choice(ui: &mut Ui, name: &str, about: &str) -> bool {
    let t = theme::of(ui);
    let (rect, response) =
        ui.allocate_exact_size(egui::vec2(ui.available_width(), 44.0), egui::Sense::click());
    response
        .widget_info(|| egui::WidgetInfo::labeled(egui::Role::Button, true, format!("Begin with: {name}")));
    if response.hovered() {
        ui.painter().rect_filled(rect, CornerRadius::same(size::RADIUS), t.hover);
    }
    let room = rect.width() - 20.0;
    let at = |y: f32| egui::pos2(rect.left() + 10.0, rect.top() + y);
    let align = egui::Align2::LEFT_CENTER;
    widgets::clipped(ui, at(13.0), align, name, &fonts::strong(), t.text, room);
    widgets::clipped(ui, at(31.0), align, about, &fonts::small(), t.text_weak, room);
    widgets::focus_ring(ui, &response, size::RADIUS);
    response.on_hover_text(about).clicked()
}

fn rename(ui: &mut Ui, model: &Model, id: &JourneyId, intents: &mut Intents) {
    let Some(journey) = model.journey_by_id(id) else { return };
    head(ui, "Rename journey", "");
    let line_of = (Id::unique("journey name").with(id), "Name of the journey", "Rename");
    let read = |text: &str| Ok(text.trim().to_owned());
    if let Some(name) = line(ui, line_of, || journey.name.clone(), read, intents)
        && !name.is_empty()
    {
        let edit = WorkspaceEdit::Journey(id.clone(), EditCommand::Rename(name));
        intents.want(Intent::Edit(Box::new(edit), None));
    }
}
