//! The rules of the platform in force, each with where it comes from and how sure we are; and
//! those of a copy that belongs to the workspace, to be changed.

use egui::Ui;

use super::rule_values;
use crate::{
    app::{
        theme::{self, fonts},
        views::forms::{Form, gap, remark},
        widgets,
    },
    identity::{Confidence, Platform, platform::RuleInfo},
    words::{sentence, spaced},
    workspace::{Workspace, WorkspaceEdit},
};

/// Draws them.
pub fn show(ui: &mut Ui, form: &mut Form<'_>, workspace: &Workspace) {
    let platform = &workspace.platform;
    let preset = Platform::preset(&platform.name).ok();
    choose(ui, form, platform);
    if preset.is_some() {
        remark(ui, "To change a rule, make a copy: it belongs to this workspace and is saved with it.");
        gap(ui);
        if widgets::quiet_button(ui, "Copy these rules to change them").clicked() {
            form.edit(WorkspaceEdit::SetPlatform(Box::new(copy(platform))));
        }
        gap(ui);
        platform.rules().iter().for_each(|rule| said(ui, rule));
        return;
    }
    let mut own = platform.clone();
    form.name(ui, "Name of these rules", &mut own.label);
    remark(ui, "A changed rule counts as assumed until you say where it comes from.");
    gap(ui);
    rule_values::show(ui, form, &mut own);
    if own != *platform {
        form.edit(WorkspaceEdit::SetPlatform(Box::new(own)));
    }
}

/// Takes the platform that is looked at at the top as the workspace's.
fn choose(ui: &mut Ui, form: &mut Form<'_>, platform: &Platform) {
    let chosen = form.model.choice.as_ref().map(|choice| choice.platform.as_str());
    let other = chosen.filter(|name| *name != platform.name).and_then(|name| Platform::preset(name).ok());
    let Some(other) = other else { return };
    let text = format!(
        "You are looking at {}. The workspace is kept for {}: the command line and everybody who opens it replay that.",
        other.label, platform.label
    );
    remark(ui, &text);
    gap(ui);
    if widgets::quiet_button(ui, &format!("Keep the workspace for {}", other.label)).clicked() {
        form.edit(WorkspaceEdit::SetPlatform(Box::new(other.clone())));
    }
    gap(ui);
}

/// A copy that belongs to the workspace.
pub(super) fn copy(platform: &Platform) -> Platform {
    Platform {
        name: format!("{}-copy", platform.name),
        label: format!("{} (changed)", platform.label),
        ..platform.clone()
    }
}

/// A rule that cannot be changed.
fn said(ui: &mut Ui, rule: &RuleInfo<'_>) {
    let t = theme::of(ui);
    widgets::paragraph(ui, sentence(&spaced(rule.name)), fonts::strong(), t.text);
    widgets::paragraph(ui, sentence(rule.text), fonts::body(), t.text);
    source(ui, rule.confidence, rule.source);
    gap(ui);
}

fn source(ui: &mut Ui, confidence: Confidence, source: &str) {
    let t = theme::of(ui);
    let ink = if confidence == Confidence::Assumed { t.deferred_text } else { t.text_weak };
    let under = format!("{} · {source}", sentence(confidence.word()));
    widgets::paragraph(ui, under, fonts::small(), ink);
}
