//! Blocks that send people different ways.

use egui::Ui;

use crate::{
    app::{
        theme::{self, fonts},
        views::forms::{
            Form,
            choice::switch,
            gap, label, remark,
            rows::{add_button, member, row_controls},
        },
        widgets,
    },
    journey::{Condition, ConditionArm, ExitId, SplitArm, edit::fresh_arm},
    words,
};

/// One question: yes or no.
pub fn branch(ui: &mut Ui, form: &mut Form<'_>, when: &mut Option<Condition>) {
    label(ui, "Yes, if");
    form.optional_condition(ui, when, "No question yet: everybody leaves by no.");
    gap(ui);
}

/// Several questions; the first yes decides.
pub fn multi(ui: &mut Ui, form: &mut Form<'_>, conditions: &mut Vec<ConditionArm>) {
    remark(ui, "Asked from top to bottom; the first that holds decides. Nobody's: otherwise.");
    gap(ui);
    arms(ui, form, conditions);
}

/// Arms with a condition each.
pub fn arms(ui: &mut Ui, form: &mut Form<'_>, conditions: &mut Vec<ConditionArm>) {
    let mut change = None;
    let len = conditions.len();
    for (at, arm) in conditions.iter_mut().enumerate() {
        let called = arm_name(&arm.id, &arm.name);
        ui.push_id(arm.id.as_str(), |ui| {
            member(ui, |ui| {
                ui.horizontal(|ui| {
                    heading(ui, &format!("{}. {called}", at + 1));
                    change = row_controls(ui, &called, at, len).or(change);
                });
                let hint = words::sentence(&words::spaced(arm.id.as_str()));
                form.text(ui, &format!("Name of way {}", at + 1), &hint, &mut arm.name);
                label(ui, "Taken, if");
                form.condition(ui, &mut arm.when);
            });
        });
        gap(ui);
    }
    if let Some(change) = change {
        change.apply(conditions);
    }
    if add_button(ui, "Add a way").clicked() {
        let id = fresh_arm("condition", conditions.iter().map(|arm| arm.id.as_str()));
        conditions.push(ConditionArm { id, name: String::new(), when: Condition::All(Vec::new()) });
    }
    gap(ui);
}

fn arm_name(id: &ExitId, name: &str) -> String {
    if name.is_empty() { words::sentence(&words::spaced(id.as_str())) } else { name.to_owned() }
}

/// The name of a member of a list; leaves room for its buttons.
pub fn heading(ui: &mut Ui, text: &str) {
    let t = theme::of(ui);
    let room = (ui.available_width() - 76.0).max(40.0);
    let font = fonts::strong();
    let measure = |text: &str| ui.painter().layout_no_wrap(text.to_owned(), fonts::strong(), t.text).size().x;
    let text = crate::app::text::fitted(text, room, measure);
    widgets::text(ui, text, font, t.text);
}

/// Ways by chance.
pub fn split(ui: &mut Ui, form: &mut Form<'_>, arms: &mut Vec<SplitArm>, each_run: &mut bool) {
    let mut change = None;
    let len = arms.len();
    for (at, arm) in arms.iter_mut().enumerate() {
        let called = arm_name(&arm.id, &arm.name);
        ui.push_id(arm.id.as_str(), |ui| {
            member(ui, |ui| {
                ui.horizontal(|ui| {
                    heading(ui, &called);
                    change = row_controls(ui, &called, at, len).or(change);
                });
                let hint = words::sentence(&words::spaced(arm.id.as_str()));
                form.text(ui, &format!("Name of way {}", at + 1), &hint, &mut arm.name);
                let mut percent = i64::from(arm.percent);
                form.whole(ui, &format!("Share of way {}, in percent", at + 1), 0, 100, &mut percent);
                arm.percent = percent as u32;
                if switch(ui, &format!("{called} is held out, to compare with"), arm.holdout).clicked() {
                    arm.holdout = !arm.holdout;
                }
            });
        });
        gap(ui);
    }
    let sum: u32 = arms.iter().map(|arm| arm.percent).sum();
    if sum != 100 && !arms.is_empty() {
        let text = format!("The shares sum to {sum} %. People are split in proportion to them all the same.");
        remark(ui, &text);
        gap(ui);
    }
    if let Some(change) = change {
        change.apply(arms);
    }
    if add_button(ui, "Add a way").clicked() {
        let id = fresh_arm("arm", arms.iter().map(|arm| arm.id.as_str()));
        arms.push(SplitArm { id, name: String::new(), percent: 0, holdout: false });
    }
    ui.add_space(4.0);
    form.choice(
        ui,
        "Drawn",
        &[(false, "Once a person: the same way in every run"), (true, "Anew in every run")],
        each_run,
    );
}
