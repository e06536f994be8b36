//! The rules of the platform in force, each with where it comes from and how sure we are.

use egui::Ui;

use crate::{
    app::{
        theme::{self, fonts},
        views::{
            forms::{gap, remark},
            widgets,
        },
        words::{sentence, spaced},
    },
    identity::{Confidence, Platform},
};

/// Draws them.
pub fn show(ui: &mut Ui, platform: &Platform) {
    let t = theme::of(ui);
    remark(ui, "Which platform is replayed is chosen at the top. Its rules cannot be changed here.");
    gap(ui);
    for rule in platform.rules() {
        widgets::paragraph(ui, sentence(&spaced(rule.name)), fonts::strong(), t.text);
        widgets::paragraph(ui, sentence(rule.text), fonts::body(), t.text);
        let ink = if rule.confidence == Confidence::Assumed { t.deferred_text } else { t.text_weak };
        let under = format!("{} · {}", sentence(rule.confidence.word()), rule.source);
        widgets::paragraph(ui, under, fonts::small(), ink);
        gap(ui);
    }
}
