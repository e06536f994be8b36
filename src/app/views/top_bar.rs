//! The bar at the top: menu, workspace, journeys, selectors.

use egui::{
    Align, Frame, Layout, Margin, Panel, Popup, PopupCloseBehavior, Role, Sense, ThemePreference, Ui,
    WidgetInfo, vec2,
};

use super::sidebar::journey_menu;
use crate::app::{
    command::Command,
    filing::file_name,
    icons::Icon,
    intent::{Intent, Intents},
    motion,
    session::RecordingChoice,
    state::Model,
    theme::{self, fonts, size},
    widgets::{self, menu_choice},
};

/// Draws it.
pub fn show(ui: &mut Ui, model: &Model, intents: &mut Intents) {
    let t = theme::of(ui);
    let frame = Frame::new().fill(t.panel).inner_margin(Margin::symmetric(8, 0));
    Panel::top("top bar").exact_size(size::TOP_BAR).frame(frame).show(ui, |ui| {
        ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
            ui.spacing_mut().item_spacing.x = 4.0;
            menu(ui, model, intents);
            if let Some(workspace) = model.workspace() {
                let settings = widgets::quiet_button(ui, &workspace.name)
                    .on_hover_text(widgets::command_tip(ui, Command::WorkspaceSettings));
                if settings.clicked() {
                    intents.run(Command::WorkspaceSettings);
                }
                ui.add_space(16.0);
            }
            // The selectors come first in room, the tabs take what is left.
            widgets::from_right(ui, |ui| {
                ui.spacing_mut().item_spacing.x = 8.0;
                theme_switch(ui, intents);
                super::finder::opener(ui, intents);
                super::transport::show(ui, model, intents);
                recordings(ui, model, intents);
                platforms(ui, model, intents);
                widgets::in_what_is_left(ui, |ui| {
                    // The + stays where the tabs scroll.
                    let plus = size::CONTROL + 4.0;
                    widgets::scrolling_tabs(ui, "tabs", plus, |ui| journeys(ui, model, intents));
                    another(ui, model, intents);
                });
            });
        });
    });
}

/// The product's name opens the menu.
fn menu(ui: &mut Ui, model: &Model, intents: &mut Intents) {
    let t = theme::of(ui);
    let name = ui.painter().layout_no_wrap("Throughline".to_owned(), fonts::strong(), t.text);
    let (rect, response) = ui.allocate_exact_size(vec2(name.size().x + 12.0, size::CONTROL), Sense::click());
    response.widget_info(|| WidgetInfo::labeled(Role::Button, true, "Throughline menu"));
    if response.hovered() {
        ui.painter().rect_filled(rect, f32::from(size::RADIUS), t.hover);
    }
    ui.painter().galley(rect.center() - name.size() / 2.0, name, t.text);
    widgets::focus_ring(ui, &response, size::RADIUS);
    Popup::menu(&response).gap(6.0).show(|ui| {
        let panels = model.view.panels;
        let groups: [(&str, &[Command]); 6] = [
            ("File", &FILE),
            ("Edit", &EDIT),
            ("View", &VIEW),
            ("Journey", &JOURNEY),
            ("Replay", &REPLAY),
            ("Help", &[Command::Find, Command::Help]),
        ];
        for (name, commands) in groups {
            ui.menu_button(name, |ui| {
                let is_on = |command: &Command| match command {
                    Command::ToggleSidebar => Some(panels.sidebar),
                    Command::ToggleBottom => Some(panels.bottom),
                    Command::ToggleInspector => Some(panels.inspector),
                    Command::ReduceMotion => Some(motion::is_reduced(ui.ctx())),
                    Command::OwnZone => Some(model.view.transport.own_zone),
                    _ => None,
                };
                let on: Vec<Option<bool>> = commands.iter().map(is_on).collect();
                let has_marks = on.iter().any(Option::is_some);
                for (command, on) in commands.iter().zip(on) {
                    let checked = on.or(has_marks.then_some(false));
                    if widgets::menu_command(ui, model, *command, checked) {
                        intents.run(*command);
                    }
                }
                if name == "File" {
                    recent(ui, model, intents);
                    ui.separator();
                    if widgets::menu_command(ui, model, Command::Quit, None) {
                        intents.run(Command::Quit);
                    }
                }
            });
        }
    });
}

const FILE: [Command; 6] = [
    Command::OpenWorkspace,
    Command::Save,
    Command::SaveAs,
    Command::AddRecording,
    Command::ReplaceCatalog,
    Command::Replay,
];
const EDIT: [Command; 14] = [
    Command::Undo,
    Command::Redo,
    Command::AddBlock,
    Command::AddNote,
    Command::CutBlocks,
    Command::CopyBlocks,
    Command::PasteBlocks,
    Command::DuplicateBlocks,
    Command::DeleteBlocks,
    Command::SelectAll,
    Command::FindBlock,
    Command::ArrangeBlocks,
    Command::CopyBugReport,
    Command::WorkspaceSettings,
];
const VIEW: [Command; 13] = [
    Command::ZoomIn,
    Command::ZoomOut,
    Command::ZoomFull,
    Command::ZoomFit,
    Command::FindMessage,
    Command::ShowCoverage,
    Command::ShowCompare,
    Command::ShowCharts,
    Command::KeepResult,
    Command::ToggleSidebar,
    Command::ToggleBottom,
    Command::ToggleInspector,
    Command::ReduceMotion,
];
const REPLAY: [Command; 12] = [
    Command::PlayPause,
    Command::FirstMoment,
    Command::StepBack,
    Command::StepForward,
    Command::LastMoment,
    Command::DecisionBack,
    Command::DecisionForward,
    Command::MessageBack,
    Command::MessageForward,
    Command::Slower,
    Command::Faster,
    Command::OwnZone,
];
const JOURNEY: [Command; 13] = [
    Command::NewJourney,
    Command::DuplicateJourney,
    Command::RenameJourney,
    Command::DeleteJourney,
    Command::ImportJourney,
    Command::ExportJourney,
    Command::ExportReview,
    Command::ExportSvg,
    Command::ExportPng,
    Command::ExportMermaid,
    Command::NextJourney,
    Command::PreviousJourney,
    Command::CloseJourney,
];

/// Workspaces that were open lately, but this one.
fn recent(ui: &mut Ui, model: &Model, intents: &mut Intents) {
    let here = model.workspace().and_then(|workspace| workspace.folder.as_ref()?.canonicalize().ok());
    let others: Vec<_> = model.filing.recent.iter().filter(|folder| Some(*folder) != here.as_ref()).collect();
    if others.is_empty() {
        return;
    }
    ui.separator();
    widgets::caption(ui, "Recent workspaces");
    for folder in others {
        if menu_choice(ui, &file_name(folder), false) {
            intents.want(Intent::OpenWorkspace(folder.clone()));
        }
    }
}

fn journeys(ui: &mut Ui, model: &Model, intents: &mut Intents) {
    // A tab that was just shown, or has grown with its name, comes into view.
    let tab_shown = model.journey().map(|it| (it.id.clone(), it.name.clone(), model.journey_unsaved(&it.id)));
    let newly_shown = widgets::is_news(ui, "journey shown in the tabs", tab_shown);
    for id in &model.view.tabs {
        let Some(journey) = model.journey_by_id(id) else { continue };
        let shown = model.view.journey.as_ref() == Some(id);
        let unsaved = model.journey_unsaved(id);
        let (name, label) = if unsaved {
            (format!("• {}", journey.name), format!("Journey {}, not saved", journey.name))
        } else {
            (journey.name.clone(), format!("Journey {}", journey.name))
        };
        let tab = widgets::tab(ui, &name, None, shown, &label);
        if shown && newly_shown {
            tab.scroll_to_me(None);
        }
        tab.context_menu(|ui| journey_menu(ui, id, intents));
        if tab.clicked() {
            intents.want(Intent::OpenJourney(id.clone()));
        }
        if tab.middle_clicked() {
            intents.want(Intent::CloseJourney(id.clone()));
        }
    }
}

/// Opens another journey in a tab.
fn another(ui: &mut Ui, model: &Model, intents: &mut Intents) {
    let more: Vec<_> =
        model.journeys().iter().filter(|journey| !model.view.tabs.contains(&journey.id)).collect();
    if !more.is_empty() {
        let plus = widgets::icon_button(ui, Icon::Plus, "Open another journey", size::CONTROL);
        Popup::menu(&plus).gap(6.0).show(|ui| {
            for journey in more {
                if menu_choice(ui, &journey.name, false) {
                    intents.want(Intent::OpenJourney(journey.id.clone()));
                }
            }
        });
    }
}

fn platforms(ui: &mut Ui, model: &Model, intents: &mut Intents) {
    let (Some(opened), Some(choice)) = (&model.opened, &model.choice) else { return };
    let selector = widgets::telling_selector(ui, "Platform", model.platform_label(), 190.0)
        .on_hover_text("Whose rules decide who is who and what may be sent");
    Popup::menu(&selector).gap(4.0).close_behavior(PopupCloseBehavior::CloseOnClick).show(|ui| {
        for platform in &opened.platforms {
            if menu_choice(ui, &platform.label, platform.name == choice.platform) {
                intents.want(Intent::ChoosePlatform(platform.name.clone()));
            }
        }
    });
}

fn recordings(ui: &mut Ui, model: &Model, intents: &mut Intents) {
    let Some(choice) = &model.choice else { return };
    let selector = widgets::selector(ui, "Recording", &model.recording_name(), 150.0)
        .on_hover_text("Which recorded visits are replayed");
    Popup::menu(&selector).gap(4.0).close_behavior(PopupCloseBehavior::CloseOnClick).show(|ui| {
        if model.sources.len() > 1 {
            let all = format!("All {} recordings", model.sources.len());
            if menu_choice(ui, &all, choice.recordings == RecordingChoice::All) {
                intents.want(Intent::ChooseRecordings(RecordingChoice::All));
            }
        }
        for (at, source) in model.sources.iter().enumerate() {
            let one = RecordingChoice::One(at);
            let chosen = choice.recordings == one || model.sources.len() == 1;
            if menu_choice(ui, &source.name, chosen) {
                intents.want(Intent::ChooseRecordings(one));
            }
        }
        ui.separator();
        if widgets::menu_command(ui, model, Command::AddRecording, Some(false)) {
            intents.run(Command::AddRecording);
        }
    });
}

fn theme_switch(ui: &mut Ui, intents: &mut Intents) {
    let now = ui.ctx().options(|options| options.theme_preference);
    let button =
        widgets::icon_button(ui, Icon::HalfMoon, "Theme", size::CONTROL).on_hover_text("Light or dark");
    Popup::menu(&button).gap(4.0).show(|ui| {
        for (command, preference) in [
            (Command::ThemeSystem, ThemePreference::System),
            (Command::ThemeLight, ThemePreference::Light),
            (Command::ThemeDark, ThemePreference::Dark),
        ] {
            if menu_choice(ui, command.text(), now == preference) {
                intents.run(command);
            }
        }
    });
}
