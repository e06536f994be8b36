//! Dialogs: a quiet card over a dimmed window, answered by buttons, Enter and Escape.

use egui::{Button, CornerRadius, Frame, Id, Key, Margin, Modal, RichText, Stroke, TextEdit, Ui};

use super::{Intents, finder, help, report, widgets};
use crate::{
    app::{
        dialogs::Asked,
        filing::{Dialog, FilesIntent, file_name},
        intent::Intent,
        state::Model,
        theme::{self, fonts, size},
        words::{counted, list},
    },
    journey::{Journey, JourneyId, edit::EditCommand},
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
        if let Dialog::Path(asked) = dialog {
            ui.data_mut(|data| data.remove::<(String, &'static str)>(path_key(asked)));
        }
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

/// The buttons of a dialog, the first at the right. It is the one that goes on, unless it is alone.
fn buttons(ui: &mut Ui, answers: &[(&str, FilesIntent)], intents: &mut Intents) {
    let t = theme::of(ui);
    ui.add_space(8.0);
    ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
        ui.spacing_mut().item_spacing.x = 8.0;
        for (at, (name, answer)) in answers.iter().enumerate() {
            let text = RichText::new(*name).font(fonts::body());
            let goes_on = at == 0 && answers.len() > 1;
            let button =
                if goes_on { Button::new(text.color(t.on_fill)).fill(t.accent) } else { Button::new(text) };
            let response = ui.add(button.min_size(egui::vec2(88.0, size::CONTROL)));
            if response.clicked() {
                intents.want(Intent::Files(answer.clone()));
            }
        }
    });
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
    let answers = [
        ("Save", FilesIntent::SaveAndLeave),
        ("Don’t save", FilesIntent::LeaveUnsaved),
        ("Cancel", FilesIntent::Stay),
    ];
    buttons(ui, &answers, intents);
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
    let answers = [("Save anyway", FilesIntent::SaveOver), ("Cancel", FilesIntent::Stay)];
    buttons(ui, &answers, intents);
}

fn new_journey(ui: &mut Ui, intents: &mut Intents) {
    head(ui, "New journey", "Begin with nothing, or with a template and change what you like.");
    let empty = Journey::empty(JourneyId::default(), "New journey");
    let about = "A trigger to choose and no blocks".to_owned();
    let mut all = vec![("An empty journey".to_owned(), about, empty)];
    all.extend(templates().into_iter().map(|journey| (journey.name.clone(), journey.note.clone(), journey)));
    for (name, about, journey) in all {
        if choice(ui, &name, &about) {
            intents.want(Intent::Files(FilesIntent::Stay));
            intents.want(Intent::Edit(Box::new(WorkspaceEdit::AddJourney(Box::new(journey))), None));
        }
    }
    buttons(ui, &[("Cancel", FilesIntent::Stay)], intents);
}

/// Where a file is or goes, typed or pasted. What was typed stays until the dialog closes.
fn path(ui: &mut Ui, model: &Model, asked: &Asked, intents: &mut Intents) {
    let t = theme::of(ui);
    let about = "This system can show no file dialog: there is neither a desktop portal nor zenity. \
                 Type or paste the path; ~ is your home folder.";
    head(ui, asked.title(), about);
    let key = path_key(asked);
    let draft: Option<(String, &'static str)> = ui.data(|data| data.get_temp(key));
    let begun = draft.is_some();
    let (mut text, mut problem) = draft.unwrap_or_else(|| (begin_with(model, asked), ""));
    let field = TextEdit::singleline(&mut text).desired_width(f32::INFINITY).font(fonts::body());
    let response = ui.add(field);
    response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::TextInput, true, "Path"));
    if !begun {
        response.request_focus();
    }
    if response.changed() {
        problem = "";
    }
    let entered = response.lost_focus() && ui.input(|input| input.key_pressed(Key::Enter));
    if !problem.is_empty() {
        widgets::paragraph(ui, problem, fonts::small(), t.not_sent_text);
    }
    let does = if asked.name().is_empty() { "Open" } else { "Save" };
    let mut answers = Intents::default();
    buttons(ui, &[(does, FilesIntent::SaveOver), ("Cancel", FilesIntent::Stay)], &mut answers);
    let goes_on = entered || answers.0.contains(&Intent::Files(FilesIntent::SaveOver));
    let cancels = answers.0.contains(&Intent::Files(FilesIntent::Stay));
    let typed = if goes_on { asked.typed(&text) } else { Err("") };
    if let Err(why) = typed
        && goes_on
    {
        problem = why;
        response.request_focus();
    }
    ui.data_mut(|data| data.insert_temp(key, (text, problem)));
    if typed.is_ok() || cancels {
        ui.data_mut(|data| data.remove::<(String, &'static str)>(key));
        intents.want(Intent::Files(FilesIntent::Stay));
    }
    if let Ok(path) = typed {
        intents.want(asked.clone().answered(path));
    }
}

fn path_key(asked: &Asked) -> Id {
    Id::unique("asked path").with(asked.title())
}

/// The workspace's folder, and the name proposed.
fn begin_with(model: &Model, asked: &Asked) -> String {
    let folder = model.workspace().and_then(|workspace| workspace.folder.clone()).unwrap_or_default();
    folder.join(asked.name()).display().to_string()
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
    let key = Id::unique("journey name").with(id);
    let draft: Option<String> = ui.data(|data| data.get_temp(key));
    let begun = draft.is_some();
    let mut name = draft.unwrap_or_else(|| journey.name.clone());
    let field = TextEdit::singleline(&mut name).desired_width(f32::INFINITY);
    let response = ui.add(field);
    response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::TextInput, true, "Name of the journey"));
    if !begun {
        response.request_focus();
    }
    let done = response.lost_focus() && ui.input(|input| input.key_pressed(Key::Enter));
    ui.data_mut(|data| data.insert_temp(key, name.clone()));
    let mut answers = Intents::default();
    buttons(ui, &[("Rename", FilesIntent::SaveOver), ("Cancel", FilesIntent::Stay)], &mut answers);
    let renames = done || answers.0.contains(&Intent::Files(FilesIntent::SaveOver));
    if renames && !name.trim().is_empty() {
        let edit = WorkspaceEdit::Journey(id.clone(), EditCommand::Rename(name.trim().to_owned()));
        intents.want(Intent::Edit(Box::new(edit), None));
    }
    if renames || !answers.0.is_empty() {
        ui.data_mut(|data| data.remove::<String>(key));
        intents.want(Intent::Files(FilesIntent::Stay));
    }
}
