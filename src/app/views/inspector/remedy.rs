//! The smallest change that would have sent a message, beneath why it was not.

use egui::{CornerRadius, Frame, Margin, Stroke, Ui};

use super::parts::section;
use crate::{
    app::{
        command::Command,
        intent::{Intent, Intents},
        jobs::WhyNot,
        state::Model,
        theme::{self, fonts, size},
        why_not::Search,
        widgets,
    },
    lab::{Remedies, asked::sends},
    report::remedy::{Setting, Told, none, told},
    words::time,
};

/// Draws it, and the button that copies all of it as a bug report; nothing where nothing is asked.
pub fn show(ui: &mut Ui, model: &Model, intents: &mut Intents) {
    smallest(ui, model, intents);
    if model.asked().is_some() {
        copy(ui, intents);
    }
}

fn copy(ui: &mut Ui, intents: &mut Intents) {
    ui.add_space(8.0);
    let name = Command::CopyBugReport.text();
    let button = egui::Button::new(egui::RichText::new(name).font(fonts::body()));
    let tip = widgets::command_tip(ui, Command::CopyBugReport);
    if ui.add(button.min_size(egui::vec2(0.0, size::ROW))).on_hover_text(tip).clicked() {
        intents.run(Command::CopyBugReport);
    }
}

fn smallest(ui: &mut Ui, model: &Model, intents: &mut Intents) {
    let t = theme::of(ui);
    let search = model.search();
    let Some((journey, asked)) =
        model.asked().and_then(|asked| Some((model.journey_by_id(&asked.journey)?, asked)))
    else {
        return;
    };
    let heading = if sends(journey, &asked.block) {
        "Smallest change that would send it"
    } else {
        "Smallest change that would bring them here"
    };
    let answered = |ui: &mut Ui, answer: &WhyNot| {
        let (Some(found), Some(workspace)) = (&answer.remedies, model.workspace()) else { return };
        section(ui, heading);
        let setting = Setting {
            journey,
            journeys: &workspace.journeys,
            workspace: &workspace.facts,
            zone: model.cursor_zone(),
        };
        changes(ui, model, found, |remedy| told(remedy, asked, &setting));
    };
    match search {
        Search::Nothing => {}
        Search::UnderWay(Some(so_far)) => {
            answered(ui, &so_far);
            widgets::paragraph(ui, "Looking for others…", fonts::small(), t.text_weak);
        }
        Search::UnderWay(None) => {
            section(ui, heading);
            widgets::paragraph(ui, "Looking for it…", fonts::body(), t.text_weak);
        }
        Search::Stopped => {
            section(ui, heading);
            if ui.link(egui::RichText::new("Look for it").font(fonts::body())).clicked() {
                intents.want(Intent::SearchAgain);
            }
        }
        Search::Done(answer) => answered(ui, &answer),
    }
}

fn changes(ui: &mut Ui, model: &Model, found: &Remedies, told: impl Fn(&crate::lab::Remedy) -> Told) {
    let t = theme::of(ui);
    let [smallest, others @ ..] = &found.found[..] else {
        widgets::paragraph(ui, none(found), fonts::body(), t.text_weak);
        return;
    };
    let Told { order, outcome, .. } = told(smallest);
    let known_ms = model.story.as_ref().and_then(|story| story.known_ms);
    let after = known_ms.map_or_else(String::new, |known_ms| time::later(known_ms, smallest.reached_ms));
    let after =
        after.strip_suffix(" later").map_or_else(String::new, |gap| format!(", {gap} after identify"));
    let frame = Frame::new()
        .fill(t.background)
        .stroke(Stroke::new(1.0, t.sent))
        .corner_radius(CornerRadius::same(size::RADIUS))
        .inner_margin(Margin::symmetric(10, 8));
    frame.show(ui, |ui| {
        ui.set_width(ui.available_width());
        widgets::paragraph(ui, format!("{order} → {outcome}{after}"), fonts::body(), t.text);
    });
    for other in others {
        let Told { order, outcome, .. } = told(other);
        ui.add_space(4.0);
        widgets::paragraph(ui, format!("Or: {order} → {outcome}"), fonts::small(), t.text_weak);
    }
}
