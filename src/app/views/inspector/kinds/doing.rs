//! Blocks that do something at once: audience, attributes, an event, the end.

use std::collections::BTreeMap;

use egui::Ui;

use crate::{
    app::views::forms::{Form, gap, remark},
    journey::{Journey, Scalar},
    words::{condition, sentence, time},
};

/// Adds to or removes from an audience.
pub fn audience(ui: &mut Ui, form: &mut Form<'_>, audience: &mut String, remove: &mut bool) {
    form.choice(ui, "Does", &[(false, "Adds people to an audience"), (true, "Removes them from it")], remove);
    form.suggested(ui, "Audience", "name of the audience", audience, Form::audiences);
}

/// Sets attributes.
pub fn attributes(ui: &mut Ui, form: &mut Form<'_>, set: &mut BTreeMap<String, Option<Scalar>>) {
    form.pairs(ui, "Attributes", "Add an attribute", Some("empty: removes it"), set, &|form| {
        form.attributes()
    });
    typing(ui);
}

/// Sends an event.
pub fn send_event(
    ui: &mut Ui,
    form: &mut Form<'_>,
    event: &mut String,
    properties: &mut BTreeMap<String, Scalar>,
) {
    form.suggested(ui, "Event", "name of the event", event, Form::events);
    let mut pairs: BTreeMap<String, Option<Scalar>> =
        properties.iter().map(|(name, value)| (name.clone(), Some(value.clone()))).collect();
    let before = pairs.clone();
    form.pairs(ui, "Properties", "Add a property", None, &mut pairs, &|form| {
        form.properties(&crate::journey::EventRef::Named(event.clone()))
    });
    if pairs != before {
        *properties = pairs.into_iter().filter_map(|(name, value)| Some((name, value?))).collect();
    }
    typing(ui);
}

fn typing(ui: &mut Ui) {
    remark(ui, "20 is a number, yes and no are answers. Anything else is text, and so is \"20\" in quotes.");
    gap(ui);
}

/// Counts the goal and ends the run.
pub fn goal(ui: &mut Ui, journey: &Journey) {
    let text = match &journey.goal {
        Some(goal) => format!(
            "Counts the journey's goal as reached and ends the run. {} within {} counts anyway.",
            sentence(&condition::condition(&goal.when, &crate::journey::Segments::default())),
            time::span(goal.within)
        ),
        None => "Counts the journey's goal as reached and ends the run.".to_owned(),
    };
    remark(ui, &text);
    gap(ui);
}

/// Ends the run with a reason.
pub fn exit(ui: &mut Ui, form: &mut Form<'_>, reason: &mut String) {
    form.text(ui, "Reason", "why people leave here", reason);
}
