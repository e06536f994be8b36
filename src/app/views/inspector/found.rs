//! Problems of what is shown, with the change that mends them.

use egui::Ui;

use super::parts::section;
use crate::{
    app::{
        intent::Intents,
        theme::{self, fonts},
        views::problems,
        widgets,
    },
    journey::{Journey, Place, Problem, Severity},
};

/// Draws those of a segment: no place of its own, and nothing that mends it by itself.
pub fn of_segment(ui: &mut Ui, here: &[Problem]) {
    for (at, problem) in here.iter().enumerate() {
        head(ui, at, problem);
        ui.add_space(4.0);
    }
}

/// A problem's words, under the heading if it is the first.
fn head(ui: &mut Ui, at: usize, problem: &Problem) {
    let t = theme::of(ui);
    if at == 0 {
        section(ui, "Problems");
    }
    let color = if problem.severity == Severity::Error { t.not_sent_text } else { t.deferred_text };
    widgets::paragraph(ui, &problem.text, fonts::body(), color);
}

/// Draws them.
pub fn show<'p>(
    ui: &mut Ui,
    journey: &Journey,
    here: impl Iterator<Item = &'p Problem>,
    intents: &mut Intents,
) {
    let t = theme::of(ui);
    for (at, problem) in here.enumerate() {
        head(ui, at, problem);
        if let Place::Exit(..) = problem.place {
            widgets::paragraph(ui, problems::place(journey, &problem.place), fonts::small(), t.text_weak);
        }
        if let Some(fix) = &problem.fix {
            problems::fix_button(ui, journey, fix, intents);
        }
        ui.add_space(4.0);
    }
}
