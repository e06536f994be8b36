//! The settings of a workspace: place and money, what event names mean, where consent is said,
//! what may go out when, and the platform's rules.

mod consent;
mod delivery;
mod guesses;
mod products;
mod roles;
mod rule;
mod rule_values;
mod rules;

use egui::Ui;

use super::{
    kinds::zone_name,
    parts::{part, title},
};
use crate::{
    app::{
        intent::Intents,
        state::Model,
        views::forms::{Form, edit::Look, gap, remark},
    },
    simulator::WorkspaceFacts,
    workspace::{Workspace, WorkspaceEdit},
};

/// Draws it.
pub fn show(ui: &mut Ui, model: &Model, workspace: &Workspace, intents: &mut Intents) {
    title(ui, &workspace.name, "Workspace settings");
    ui.push_id("workspace", |ui| {
        let mut form = Form::new(model, intents);
        let mut name = workspace.name.clone();
        form.name(ui, "Name", &mut name);
        if name != workspace.name {
            form.edit(WorkspaceEdit::Rename(name));
        }
        let mut facts = workspace.facts.clone();
        shop(ui, &mut form, &mut facts);
        part(ui, "What event names mean");
        guesses::roles(ui, &form, &mut facts.roles);
        roles::show(ui, &mut form, &mut facts.roles);
        part(ui, "Visits and email captures");
        visits(ui, &mut form, &mut facts);
        part(ui, "Where consent is said");
        guesses::consent(ui, &form, &mut facts.consent);
        consent::show(ui, &mut form, &mut facts.consent);
        part(ui, "Catalogue");
        products::show(ui, &mut form, &workspace.catalog);
        part(ui, "What may go out");
        delivery::show(ui, &mut form, &mut facts.delivery);
        if facts != workspace.facts {
            form.edit(WorkspaceEdit::SetFacts(Box::new(facts)));
        }
        part(ui, &format!("Rules of {}", workspace.platform.label));
        rules::show(ui, &mut form, workspace);
        form.finish();
    });
}

fn shop(ui: &mut Ui, form: &mut Form<'_>, facts: &mut WorkspaceFacts) {
    zone_name(ui, form, "Time zone", &mut facts.zone);
    let code = |length: usize, what: &'static str| {
        move |text: &str| {
            let code = text.trim().to_uppercase();
            let fits =
                code.is_empty() || (code.len() == length && code.bytes().all(|b| b.is_ascii_uppercase()));
            if fits { Ok(code) } else { Err(format!("Write {what}.")) }
        }
    };
    let look = Look::line("Country").hint("DE");
    let read = code(2, "the two letters of a country, such as DE");
    form.value(ui, look, &mut facts.country, Clone::clone, read);
    let look = Look::line("Currency of prices that name none").hint("EUR");
    let read = code(3, "the three letters of a currency, such as EUR");
    form.value(ui, look, &mut facts.currency, Clone::clone, read);
}

fn visits(ui: &mut Ui, form: &mut Form<'_>, facts: &mut WorkspaceFacts) {
    form.span(ui, "A pause this long begins a new visit", &mut facts.sessions.gap);
    let name = "Property that says where an email was given";
    form.optional_text(ui, name, "none", &mut facts.capture.property);
    form.span(ui, "Otherwise an email capture this near tells", &mut facts.capture.nearby);
    remark(ui, "Before or after the call that identified somebody, on the same device.");
    gap(ui);
}
