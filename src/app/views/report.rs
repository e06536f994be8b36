//! The dialog of a bug report: what it is about, and what should have happened.

use egui::{Align, Button, Layout, Popup, RichText, Role, ScrollArea, TextEdit, Ui, WidgetInfo, vec2};

use crate::{
    app::{
        filing::FilesIntent,
        icons::Icon,
        intent::{Intent, Intents},
        reporting::{Draft, Progress, ReportIntent, Subject},
        state::Model,
        theme::{self, fonts, size},
        widgets,
    },
    journey::Journey,
    report::bug_report::{Happened, Spot, spot_name},
    words::{counted, person, status},
};

/// What the button that begins one says.
pub const NAME: &str = "Copy as bug report";

/// Draws it.
pub fn show(ui: &mut Ui, model: &Model, draft: &Draft, intents: &mut Intents) {
    let t = theme::of(ui);
    widgets::text(ui, NAME, fonts::title(), t.text);
    about(ui, model, draft, intents);
    ui.add_space(4.0);
    wishes(ui, draft, intents);
    words(ui, draft, intents);
    let holds = match draft.subjects.get(draft.chosen) {
        Some(Subject::Somebody { .. }) => {
            "The report holds what happened and why, the settings with their digests, and the smallest \
             recording that still shows it. It may name people: look through it before you send it on."
        }
        _ => {
            "The report holds what was counted here, the settings with their digests, and the smallest \
             recording in which somebody comes here, or as near as anybody did. It may name people: look \
             through it before you send it on."
        }
    };
    widgets::paragraph(ui, holds, fonts::small(), t.text_weak);
    answers(ui, draft, intents);
}

/// What it is about: a line, or a list to choose from.
fn about(ui: &mut Ui, model: &Model, draft: &Draft, intents: &mut Intents) {
    let t = theme::of(ui);
    let Some(chosen) = draft.subjects.get(draft.chosen) else { return };
    let said = |subject: &Subject| format!("{}: {}", called(model, subject), became(subject));
    if draft.subjects.len() == 1 {
        widgets::paragraph(ui, said(chosen), fonts::body(), t.text);
    } else {
        let selector = widgets::selector(ui, "About", &said(chosen), ui.available_width() - 80.0);
        Popup::menu(&selector).gap(4.0).show(|ui| {
            ui.set_width(420.0);
            ScrollArea::vertical().max_height(320.0).show(ui, |ui| {
                for (at, subject) in draft.subjects.iter().enumerate() {
                    let name = said(subject);
                    let label = name.clone();
                    let selected = at == draft.chosen;
                    let row = widgets::Row { name: &name, count: None, count_color: None, label, selected };
                    if row.show(ui).clicked() {
                        intents.want(Intent::Report(ReportIntent::About(at)));
                        ui.close();
                    }
                }
            });
        });
    }
    if let Subject::Somebody { person: who, beside, .. } = chosen {
        widgets::paragraph(ui, person::who(who), fonts::body(), t.text_weak);
        if let Some(beside) = beside {
            widgets::paragraph(ui, beside.clone(), fonts::small(), t.text_weak);
        }
    }
}

/// A subject by name.
fn called(model: &Model, subject: &Subject) -> String {
    match subject {
        Subject::Somebody { journey, block, .. } => {
            let names = model.names();
            format!("{} / {}", names.journey(journey), names.block(journey, block))
        }
        Subject::Place { journey, spot, .. } => {
            let name = |journey: &Journey| format!("{} / {}", journey.name, spot_name(journey, spot));
            model
                .journey_by_id(journey)
                .map_or_else(String::new, |journey| format!("Everybody, {}", name(journey)))
        }
    }
}

/// What became of it.
fn became(subject: &Subject) -> String {
    match subject.happened() {
        Happened::Message(Some(state)) => status::state(state).to_lowercase(),
        Happened::Message(None) => "never came to it".to_owned(),
        Happened::Came(true) => "came here".to_owned(),
        Happened::Came(false) => "never came here".to_owned(),
        Happened::Way(number) => {
            let is_block = matches!(subject, Subject::Place { spot: Spot::Block(_), .. });
            let place = if is_block { "here" } else { "this way" };
            let who = if number == 0 { "nobody".to_owned() } else { counted(number, "run", "runs") };
            format!("{who} came {place}")
        }
    }
}

fn wishes(ui: &mut Ui, draft: &Draft, intents: &mut Intents) {
    let Some(subject) = draft.subjects.get(draft.chosen) else { return };
    widgets::caption(ui, "What should have happened?");
    for wish in subject.happened().wishes() {
        let chosen = draft.expected.wish == Some(*wish);
        if ui.radio(chosen, RichText::new(wish.text()).font(fonts::body())).clicked() {
            let wish = (!chosen).then_some(*wish);
            intents.want(Intent::Report(ReportIntent::Wish(wish)));
        }
    }
}

fn words(ui: &mut Ui, draft: &Draft, intents: &mut Intents) {
    let mut words = draft.expected.words.clone();
    let hint = "In your own words: when, to whom, saying what";
    let field = TextEdit::multiline(&mut words).desired_rows(2).desired_width(f32::INFINITY).hint_text(hint);
    let response = ui.add(field);
    response.widget_info(|| {
        WidgetInfo::labeled(Role::MultilineTextInput, true, "What should have happened, in your own words")
    });
    if response.changed() {
        intents.want(Intent::Report(ReportIntent::Words(words)));
    }
}

fn answers(ui: &mut Ui, draft: &Draft, intents: &mut Intents) {
    let t = theme::of(ui);
    ui.add_space(8.0);
    ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
        ui.spacing_mut().item_spacing.x = 8.0;
        let text = |name: &str| RichText::new(name.to_owned()).font(fonts::body());
        let sized = |button: Button<'static>| button.min_size(vec2(88.0, size::CONTROL));
        let writes = draft.progress == Progress::Writing;
        // The first at the right is what is wanted next.
        let first = |name: &str| sized(Button::new(text(name).color(t.on_fill)).fill(t.accent));
        let second = |name: &str| sized(Button::new(text(name)));
        let (copy, close) = if draft.progress == Progress::Copied {
            let close = ui.add(first("Done"));
            (ui.add(second("Copy again")), close)
        } else {
            (ui.add_enabled(!writes, first("Copy")), ui.add(second("Cancel")))
        };
        if close.clicked() {
            intents.want(Intent::Files(FilesIntent::Stay));
        }
        if copy.clicked() {
            intents.want(Intent::Report(ReportIntent::Copy));
        }
        let (icon, color, said) = match draft.progress {
            Progress::Asking => return,
            Progress::Writing => (None, t.text_weak, "Looking for the smallest recording…"),
            Progress::Copied => (Some(Icon::Check), t.sent_text, "Copied to the clipboard"),
            Progress::Stopped => (Some(Icon::Warning), t.not_sent_text, "Nothing was written"),
        };
        let response = widgets::text(ui, said, fonts::small(), color);
        response.widget_info(|| WidgetInfo::labeled(Role::Status, true, said));
        match icon {
            Some(icon) => {
                let (rect, _) = ui.allocate_exact_size(vec2(14.0, 14.0), egui::Sense::hover());
                icon.paint_at(ui.painter(), rect.center(), 11.0, color);
            }
            None => drop(ui.add(egui::Spinner::new().size(12.0).color(t.accent))),
        }
    });
}

/// A small button that begins one, at the end of a row; `of` says of what.
pub fn button(ui: &mut Ui, of: &str) -> bool {
    widgets::icon_button(ui, Icon::Report, &format!("{NAME}: {of}"), 22.0).on_hover_text(NAME).clicked()
}

/// What begins a report.
pub fn begin(subject: Subject) -> Intent {
    Intent::Report(ReportIntent::Begin(vec![subject]))
}
