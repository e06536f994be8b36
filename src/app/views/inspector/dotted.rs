//! Decisions on a dotted line, one under the other.

use egui::{Color32, FontId, Stroke, Ui, pos2, vec2};

use crate::{
    app::{
        theme::{self, Tokens, fonts},
        widgets,
    },
    words::status::{self, StepKind},
};

/// One decision.
pub struct Dot {
    /// What was decided.
    pub text: String,
    /// When, and by which rule.
    pub under: String,
    /// The dot's colour.
    pub color: Color32,
    /// The text's font: strong for what settles it.
    pub font: FontId,
    /// The text's colour.
    pub ink: Color32,
}

/// The colour of a decision by the rule behind it.
pub fn color(t: &Tokens, rule: &str) -> Color32 {
    match status::step_kind(rule) {
        StepKind::Start => t.trigger,
        StepKind::Wait => t.wait,
        StepKind::Identity => t.branch,
        StepKind::Other => t.end,
    }
}

/// Draws them.
pub fn show(ui: &mut Ui, steps: Vec<Dot>) {
    let t = theme::of(ui);
    ui.spacing_mut().item_spacing.y = 2.0;
    let mut dots = Vec::with_capacity(steps.len());
    for step in steps {
        let top = ui.cursor().min;
        dots.push((pos2(top.x + 5.0, top.y + 10.0), step.color));
        ui.horizontal_top(|ui| {
            ui.add_space(16.0);
            ui.vertical(|ui| {
                widgets::paragraph(ui, step.text, step.font, step.ink);
                widgets::paragraph(ui, step.under, fonts::small(), t.text_weak);
                ui.add_space(10.0);
            });
        });
    }
    for pair in dots.windows(2) {
        let (from, to) = (pair[0].0 + vec2(0.0, 8.0), pair[1].0 - vec2(0.0, 8.0));
        ui.painter().line_segment([from, to], Stroke::new(1.5, t.line_strong));
    }
    for (center, color) in dots {
        ui.painter().circle_filled(center, 4.0, color);
    }
}
