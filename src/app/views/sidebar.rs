//! The lists on the left: journeys, segments, recordings, people.

use egui::{Frame, Margin, Panel, ScrollArea, Ui};

use crate::{
    app::{
        command::Command,
        filing::{Dialog, FilesIntent},
        icons::Icon,
        intent::{Intent, Intents},
        selection::Selection,
        state::Model,
        theme::{self, fonts, size},
        widgets::{self, Row},
    },
    journey::{JourneyId, Severity, Status},
    words::{count, counted, person::PeopleGroup},
    workspace::WorkspaceEdit,
};

/// Draws it.
pub fn show(ui: &mut Ui, model: &Model, intents: &mut Intents) {
    let t = theme::of(ui);
    let frame = Frame::new().fill(t.panel).inner_margin(Margin { left: 8, right: 8, top: 8, bottom: 0 });
    let panel = Panel::left("sidebar").default_size(216.0).size_range(160.0..=360.0).frame(frame);
    if !model.view.panels.sidebar {
        return;
    }
    panel.show(ui, |ui| {
        ScrollArea::vertical().auto_shrink(false).show(ui, |ui| {
            ui.spacing_mut().item_spacing.y = 0.0;
            journeys(ui, model, intents);
            segments(ui, model, intents);
            recordings(ui, model, intents);
            people(ui, model, intents);
            ui.add_space(8.0);
        });
    });
}

fn heading(ui: &mut Ui, name: &str) {
    heading_with(ui, name, None);
}

/// A heading with a plus that begins another of its kind; whether it was pressed.
fn heading_with(ui: &mut Ui, name: &str, add: Option<Command>) -> bool {
    let weak = theme::of(ui).text_weak;
    ui.add_space(10.0);
    let pressed = ui
        .horizontal(|ui| {
            ui.add_space(8.0);
            widgets::text(ui, name.to_uppercase(), fonts::small_strong(), weak);
            add.is_some_and(|command| {
                widgets::from_right(ui, |ui| {
                    let name = command.text().trim_end_matches('…');
                    let button = widgets::icon_button(ui, Icon::Plus, name, 20.0);
                    button.on_hover_text(widgets::command_tip(ui, command)).clicked()
                })
            })
        })
        .inner;
    ui.add_space(2.0);
    pressed
}

/// What can be done with a journey, in a menu of its own.
pub fn journey_menu(ui: &mut Ui, id: &JourneyId, intents: &mut Intents) {
    let edit = |edit: WorkspaceEdit| Intent::Edit(Box::new(edit), None);
    for (name, intent) in [
        ("Rename…", Intent::Files(FilesIntent::Show(Dialog::Rename(id.clone())))),
        ("Duplicate", edit(WorkspaceEdit::DuplicateJourney(id.clone()))),
        ("Delete", edit(WorkspaceEdit::DeleteJourney(id.clone()))),
    ] {
        let button = egui::Button::new(name).min_size(egui::vec2(160.0, size::ROW));
        let response = ui.add(button);
        response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::MenuItem, true, name));
        if response.clicked() {
            intents.want(intent);
            ui.close();
        }
    }
}

fn journeys(ui: &mut Ui, model: &Model, intents: &mut Intents) {
    let t = theme::of(ui);
    if heading_with(ui, "Journeys", Some(Command::NewJourney)) {
        intents.run(Command::NewJourney);
    }
    for journey in model.journeys() {
        let problems = model.problems_of(&journey.id);
        let errors = problems.iter().any(|problem| problem.severity == Severity::Error);
        let draft = if journey.status == Status::Draft { ", draft" } else { "" };
        let label = match problems.len() {
            0 => format!("{}{draft}", journey.name),
            number => format!("{}{draft}, {}", journey.name, counted(number as u64, "problem", "problems")),
        };
        let unsaved = model.journey_unsaved(&journey.id);
        let name = if unsaved { format!("• {}", journey.name) } else { journey.name.clone() };
        let label = if unsaved { format!("{label}, not saved") } else { label };
        let row = Row {
            name: &name,
            count: (!problems.is_empty()).then(|| count(problems.len() as u64)),
            count_color: errors.then_some(t.not_sent_text),
            label,
            selected: model.view.journey.as_ref() == Some(&journey.id),
        };
        let response = row.show(ui).on_hover_text(&journey.name);
        if response.clicked() {
            intents.want(Intent::OpenJourney(journey.id.clone()));
            // Its own form, whoever's page was there.
            intents.want(Intent::Select(Selection::Nothing));
        }
        response.context_menu(|ui| journey_menu(ui, &journey.id, intents));
    }
}

fn segments(ui: &mut Ui, model: &Model, intents: &mut Intents) {
    if heading_with(ui, "Segments", Some(Command::NewSegment)) {
        intents.run(Command::NewSegment);
    }
    for (id, segment) in &model.segments().0 {
        let members = model.in_segment(id);
        let selection = Selection::Segment(id.clone());
        let row = Row {
            name: &segment.name,
            count: members.map(count),
            count_color: None,
            label: members.map_or_else(
                || format!("Segment {}", segment.name),
                |members| format!("Segment {}, {}", segment.name, counted(members, "person", "people")),
            ),
            selected: model.view.selection == selection,
        };
        let counts = match model.view.transport.cursor {
            Some(_) => "Counted: who is in it at the cursor.",
            None => "Counted: who was in it at some time.",
        };
        if row.show(ui).on_hover_text(format!("{}\n{counts}", segment.name)).clicked() {
            intents.want(Intent::Select(selection));
        }
    }
}

fn recordings(ui: &mut Ui, model: &Model, intents: &mut Intents) {
    if model.sources.is_empty() {
        return;
    }
    heading(ui, "Recordings");
    for (at, source) in model.sources.iter().enumerate() {
        let import =
            model.outcome.as_ref().and_then(|outcome| outcome.imports.get(at)).and_then(Option::as_ref);
        let selection = Selection::Recording(at);
        let row = Row {
            name: &source.name,
            count: import.map(|import| count(import.kept)),
            count_color: None,
            label: import.map_or_else(
                || format!("Recording {}", source.name),
                |import| format!("Recording {}, {}", source.name, counted(import.kept, "event", "events")),
            ),
            selected: model.view.selection == selection,
        };
        if row.show(ui).on_hover_text(&source.name).clicked() {
            intents.want(Intent::Select(selection));
        }
    }
}

fn people(ui: &mut Ui, model: &Model, intents: &mut Intents) {
    let Some(outcome) = &model.outcome else { return };
    heading(ui, "People");
    for group in PeopleGroup::ALL {
        let number = outcome.group(group);
        let selection = Selection::People(group);
        let row = Row {
            name: group.name(),
            count: Some(count(number)),
            count_color: None,
            label: format!("{}, {}", group.name(), counted(number, "person", "people")),
            selected: model.view.selection == selection,
        };
        if row.show(ui).on_hover_text(group.meaning()).clicked() {
            intents.want(Intent::Select(selection));
        }
    }
}
