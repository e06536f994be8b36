//! What the recordings give away, each taken over at the press of a button.

use egui::Ui;

use crate::{
    app::{
        theme::{self, fonts},
        views::forms::{Form, gap, rows::member},
        widgets,
    },
    journey::EventRef,
    lab::guess,
    recording::Roles,
    simulator::settings::ConsentSource,
    words::{
        condition::{channel, event_title},
        counted, list,
    },
};

/// So many are offered at once.
const OFFERED: usize = 8;

/// Events that look like a role.
pub fn roles(ui: &mut Ui, form: &Form<'_>, roles: &mut Roles) {
    let Some(taxonomy) = form.taxonomy() else { return };
    for guess in guess::roles(taxonomy, roles).into_iter().take(OFFERED) {
        let looks = format!("“{}” looks like “{}”", guess.event, event_title(&EventRef::Role(guess.role)));
        if offer(ui, &looks, guess.seen) {
            roles.0.entry(guess.role).or_default().insert(guess.event);
        }
    }
}

/// Attributes that look like consent.
pub fn consent(ui: &mut Ui, form: &Form<'_>, sources: &mut Vec<ConsentSource>) {
    let Some(taxonomy) = form.taxonomy() else { return };
    for guess in guess::consent(taxonomy, sources).into_iter().take(OFFERED) {
        let to: Vec<String> = guess.source.channels.iter().map(|it| channel(*it).to_owned()).collect();
        let looks = format!("“{}” looks like consent to {}", guess.attribute, list(&to, "and"));
        if offer(ui, &looks, guess.seen) {
            sources.push(guess.source);
        }
    }
}

/// One of them; whether it is taken over.
fn offer(ui: &mut Ui, looks: &str, seen: u64) -> bool {
    let t = theme::of(ui);
    let mut taken = false;
    member(ui, |ui| {
        widgets::paragraph(
            ui,
            format!("{looks}, recorded {}.", counted(seen, "time", "times")),
            fonts::body(),
            t.text,
        );
        let button = widgets::quiet_button(ui, "Use it");
        button
            .widget_info(|| egui::WidgetInfo::labeled(egui::Role::Button, true, format!("Use it: {looks}")));
        taken = button.clicked();
    });
    gap(ui);
    taken
}
