//! Calm banners over the canvas: what went wrong, where, what to do; what a crash left; what
//! another program wrote; what was done by itself.

use egui::{Align2, Area, Button, Color32, CornerRadius, Frame, Margin, Order, RichText, Stroke, Ui, vec2};

use crate::{
    app::{
        command::Command,
        filing::{FilesIntent, file_name},
        icons::Icon,
        intent::{Intent, Intents},
        state::Model,
        theme::{self, Tokens, fonts, size},
        widgets,
    },
    words::{counted, list, sentence, time},
};

/// One banner.
struct Banner {
    what: String,
    place: String,
    advice: String,
    line: Color32,
    ink: Color32,
    actions: Vec<(String, Intent)>,
    dismiss: Option<Intent>,
}

/// Draws them.
pub fn show(ui: &Ui, model: &Model, intents: &mut Intents) {
    let t = theme::of(ui);
    let banners = all(model, t);
    if banners.is_empty() {
        return;
    }
    let room = ui.max_rect();
    let width = (room.width() - 48.0).clamp(200.0, 560.0);
    Area::new(egui::Id::unique("banners"))
        .order(Order::Middle)
        .pivot(Align2::CENTER_TOP)
        .fixed_pos(room.center_top() + vec2(0.0, 16.0))
        .show(ui.ctx(), |ui| {
            for banner in banners {
                draw(ui, banner, width, intents);
                ui.add_space(8.0);
            }
        });
}

fn all(model: &Model, t: &Tokens) -> Vec<Banner> {
    let mut banners: Vec<Banner> = Vec::new();
    if let Some(unsaved) = &model.filing.recovery {
        let names: Vec<String> = unsaved.files.iter().map(|file| file.name.clone()).collect();
        let what =
            if names.len() > 4 { counted(names.len() as u64, "file", "files") } else { list(&names, "and") };
        banners.push(Banner {
            what: "Changes that were not saved can be recovered".to_owned(),
            place: format!("{}, last changed {}", sentence(&what), time::moment(unsaved.at_ms, model.zone())),
            advice: "Throughline was closed before they were saved. Recovering can be undone.".to_owned(),
            line: t.accent,
            ink: t.accent_text,
            actions: vec![
                ("Recover".to_owned(), Intent::Files(FilesIntent::Recover)),
                ("Discard".to_owned(), Intent::Files(FilesIntent::Discard)),
            ],
            dismiss: None,
        });
    }
    for change in &model.filing.conflicts {
        let file = file_name(&change.file);
        let (place, takes) = match &change.theirs {
            crate::workspace::Theirs::Gone => {
                ("It was deleted, and you have changes in it.".to_owned(), true)
            }
            crate::workspace::Theirs::Unreadable(why) => (sentence(why), false),
            _ => ("You have unsaved changes in it too.".to_owned(), true),
        };
        let mut actions = Vec::new();
        if takes {
            let theirs = FilesIntent::TakeTheirs(change.file.clone());
            actions.push(("Take theirs".to_owned(), Intent::Files(theirs)));
        }
        actions.push(("Keep mine".to_owned(), Intent::Files(FilesIntent::KeepOurs(change.file.clone()))));
        banners.push(Banner {
            what: format!("{file} was changed by another program"),
            place,
            advice: "Keep yours to write over it at the next save; taking theirs can be undone.".to_owned(),
            line: t.deferred,
            ink: t.deferred_text,
            actions,
            dismiss: None,
        });
    }
    if let Some(told) = &model.filing.told {
        banners.push(Banner {
            what: told.clone(),
            place: String::new(),
            advice: "Undo brings back what was here before.".to_owned(),
            line: t.line_strong,
            ink: t.text,
            actions: vec![("Undo".to_owned(), Intent::Run(Command::Undo))],
            dismiss: Some(Intent::Files(FilesIntent::Heard)),
        });
    }
    banners.extend(model.faults.iter().enumerate().map(|(at, fault)| Banner {
        what: fault.what.clone(),
        place: fault.place.clone(),
        advice: fault.advice.clone(),
        line: t.not_sent,
        ink: t.not_sent_text,
        actions: Vec::new(),
        dismiss: Some(Intent::Dismiss(at)),
    }));
    banners
}

fn draw(ui: &mut Ui, banner: Banner, width: f32, intents: &mut Intents) {
    let t = theme::of(ui);
    Frame::new()
        .fill(t.panel)
        .stroke(Stroke::new(1.0, banner.line))
        .corner_radius(CornerRadius::same(size::BLOCK_RADIUS))
        .inner_margin(Margin::symmetric(12, 10))
        .show(ui, |ui| {
            ui.set_width(width);
            ui.horizontal_top(|ui| {
                ui.vertical(|ui| {
                    ui.set_width(width - 36.0);
                    ui.spacing_mut().item_spacing.y = 4.0;
                    widgets::text(ui, banner.what, fonts::strong(), banner.ink);
                    if !banner.place.is_empty() {
                        widgets::paragraph(ui, banner.place, fonts::body(), t.text);
                    }
                    widgets::paragraph(ui, banner.advice, fonts::body(), t.text_weak);
                    if !banner.actions.is_empty() {
                        ui.add_space(4.0);
                        ui.horizontal(|ui| {
                            for (name, intent) in banner.actions {
                                let text = RichText::new(name).font(fonts::body());
                                if ui.add(Button::new(text).min_size(vec2(80.0, size::ROW))).clicked() {
                                    intents.want(intent);
                                    intents.want(Intent::Files(FilesIntent::Heard));
                                }
                            }
                        });
                    }
                });
                if let Some(dismiss) = banner.dismiss
                    && widgets::icon_button(ui, Icon::Cross, "Dismiss", 24.0).clicked()
                {
                    intents.want(dismiss);
                }
            });
        });
}
