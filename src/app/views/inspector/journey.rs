//! The journey as a whole, and its trigger.

use egui::Ui;

use super::{
    found, held, journey_form,
    parts::{part, section, title},
    trigger_form,
};
use crate::{
    app::{intent::Intents, state::Model, theme, views::forms::Form, widgets},
    journey::{Journey, Place, Status},
    simulator::JourneyCounts,
    words::{block, count, sentence, status},
};

/// A journey when nothing is selected.
pub fn show(ui: &mut Ui, model: &Model, journey: &Journey, intents: &mut Intents) {
    let under = match journey.status {
        Status::Active => "Active journey",
        Status::Draft => "Draft, replayed while you look at it",
    };
    title(ui, &journey.name, under);
    ui.push_id(("journey", journey.id.as_str()), |ui| {
        let mut form = Form::new(model, intents);
        journey_form::show(ui, &mut form, journey);
        form.finish();
    });
    problems(ui, model, journey, &Place::Journey, intents);
    if let Some(counts) = counts(model, journey) {
        part(ui, "What happened");
        entered(ui, journey, counts);
    }
}

/// The trigger.
pub fn trigger(ui: &mut Ui, model: &Model, journey: &Journey, intents: &mut Intents) {
    let name = block::trigger_title(journey, model.segments());
    let name = if journey.trigger.is_missing() { "No trigger yet" } else { &name };
    title(ui, name, &format!("Trigger · {}", journey.name));
    ui.push_id(("trigger", journey.id.as_str()), |ui| {
        let mut form = Form::new(model, intents);
        trigger_form::show(ui, &mut form, journey);
        form.finish();
    });
    problems(ui, model, journey, &Place::Trigger, intents);
    if let Some(counts) = counts(model, journey) {
        part(ui, "What happened");
        held::show(ui, model, journey, intents);
        entered(ui, journey, counts);
    }
}

fn problems(ui: &mut Ui, model: &Model, journey: &Journey, place: &Place, intents: &mut Intents) {
    let here = model.problems_of(&journey.id).iter().filter(|problem| problem.place == *place);
    found::show(ui, journey, here, intents);
}

fn counts<'a>(model: &'a Model, journey: &Journey) -> Option<&'a JourneyCounts> {
    model.outcome.as_ref().and_then(|outcome| outcome.counts(&journey.id))
}

fn entered(ui: &mut Ui, journey: &Journey, counts: &JourneyCounts) {
    let t = theme::of(ui);
    ui.spacing_mut().item_spacing.y = 0.0;
    section(ui, "Entered");
    widgets::count_line(ui, "Triggers offered", &count(counts.offered), t.text);
    widgets::count_line(ui, "Runs started", &count(counts.started), t.text);
    for (reason, number) in &counts.not_started {
        widgets::count_line(ui, &sentence(&status::reason(reason)), &count(*number), t.text_weak);
    }
    if counts.goals > 0 {
        widgets::count_line(ui, "Reached the goal", &count(counts.goals), t.sent_text);
    }
    if !counts.ended.is_empty() {
        section(ui, "Ended");
        for (reason, number) in &counts.ended {
            // An exit condition that ended the run is known by its own name.
            let exit = journey.exits.iter().find(|exit| exit.id == *reason && !exit.name.is_empty());
            let name = exit.map_or_else(|| sentence(&status::reason(reason)), |exit| exit.name.clone());
            widgets::count_line(ui, &name, &count(*number), t.text_weak);
        }
    }
}
