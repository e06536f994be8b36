//! One rule of a platform that belongs to the workspace, to be changed.

use egui::Ui;

use crate::{
    app::views::forms::{Form, remark},
    identity::{Confidence, platform::Rule},
    words::{sentence, spaced},
};

/// What a changed rule says of where it comes from, until somebody says better.
const CHANGED: &str = "changed in this workspace";

/// A rule that can be changed: what it does by `draw`, then what a trace says of it. What was
/// said no longer holds once the rule is another, so it is asked for again.
pub(super) fn rule<T: Clone + PartialEq>(
    ui: &mut Ui,
    form: &mut Form<'_>,
    name: &str,
    rule: &mut Rule<T>,
    draw: impl FnOnce(&mut Ui, &mut Form<'_>, &str, &mut T),
) {
    ui.push_id(name, |ui| {
        let called = sentence(&spaced(name));
        let before = rule.value.clone();
        draw(ui, form, &called, &mut rule.value);
        if rule.value != before && rule.source != CHANGED {
            rule.confidence = Confidence::Assumed;
            CHANGED.clone_into(&mut rule.source);
        }
        if rule.source == CHANGED {
            remark(ui, "The words below still say what it was. Say what it does now.");
        }
        form.lines(ui, &format!("{called}, in words"), "what a trace says of it", 2, &mut rule.text);
        form.text(ui, &format!("{called}, source"), "a document, a test, a person", &mut rule.source);
        let sure = [
            (Confidence::Documented, "Documented"),
            (Confidence::Inferred, "Inferred from documented rules"),
            (Confidence::Assumed, "Assumed"),
        ];
        form.choice(ui, &format!("{called}, how sure"), &sure, &mut rule.confidence);
        ui.add_space(10.0);
    });
}
