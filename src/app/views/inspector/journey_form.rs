//! The form of a journey: what it is called and for, who enters how often, what ends a run.

use egui::Ui;

use super::{kinds::member_heading, parts::part};
use crate::{
    app::views::forms::{
        Form,
        choice::switch,
        gap, label, remark,
        rows::{add_button, member, row_controls},
        suggestion::Suggestion,
    },
    journey::{
        Condition, EntryRules, ExitCondition, Goal, HeldTriggers, Journey, ReEntry, Runs, Status, Trigger,
        edit::{EditCommand, fresh_arm},
    },
    recording::Span,
    workspace::WorkspaceEdit,
};

/// Draws it.
pub fn show(ui: &mut Ui, form: &mut Form<'_>, journey: &Journey) {
    about(ui, form, journey);
    part(ui, "Who enters");
    entry(ui, form, journey);
    part(ui, "Who leaves early");
    exits(ui, form, journey);
    part(ui, "Goal");
    goal(ui, form, journey);
}

fn edit(form: &mut Form<'_>, journey: &Journey, command: EditCommand) {
    form.edit(WorkspaceEdit::Journey(journey.id.clone(), command));
}

fn about(ui: &mut Ui, form: &mut Form<'_>, journey: &Journey) {
    let mut name = journey.name.clone();
    form.name(ui, "Name", &mut name);
    if name != journey.name {
        edit(form, journey, EditCommand::Rename(name));
    }
    let mut note = journey.note.clone();
    form.lines(ui, "Note", "For colleagues", 2, &mut note);
    if note != journey.note {
        edit(form, journey, EditCommand::SetNote(note));
    }
    let mut active = journey.status == Status::Active;
    form.switch(ui, "Active", "A draft runs only while you look at it.", &mut active);
    let status = if active { Status::Active } else { Status::Draft };
    if status != journey.status {
        edit(form, journey, EditCommand::SetStatus(status));
    }
    let mut priority = i64::from(journey.priority);
    form.whole(ui, "Priority", -1000, 1000, &mut priority);
    if priority != i64::from(journey.priority) {
        edit(form, journey, EditCommand::SetPriority(priority as i32));
    }
}

/// Audience and entry rules.
pub fn entry(ui: &mut Ui, form: &mut Form<'_>, journey: &Journey) {
    label(ui, "Only people who");
    let mut audience = journey.audience.clone();
    form.optional_condition(ui, &mut audience, "Everybody the trigger happens to.");
    gap(ui);
    if audience != journey.audience {
        edit(form, journey, EditCommand::SetAudience(audience));
    }
    let mut rules = journey.entry.clone();
    entry_rules(ui, form, &journey.trigger, &mut rules);
    if rules != journey.entry {
        edit(form, journey, EditCommand::SetEntry(rules));
    }
}

/// Which of the rules on coming again it is.
#[derive(Clone, Copy, PartialEq)]
enum Again {
    EveryTime,
    Once,
    AfterGap,
}

fn entry_rules(ui: &mut Ui, form: &mut Form<'_>, trigger: &Trigger, rules: &mut EntryRules) {
    let before = match rules.re_entry {
        ReEntry::EveryTime => Again::EveryTime,
        ReEntry::Once => Again::Once,
        ReEntry::AfterGap(_) => Again::AfterGap,
    };
    let mut now = before;
    let options = [
        (Again::EveryTime, "Every time"),
        (Again::Once, "Once in their life"),
        (Again::AfterGap, "Again after a while"),
    ];
    form.choice(ui, "How often", &options, &mut now);
    if now != before {
        rules.re_entry = match now {
            Again::EveryTime => ReEntry::EveryTime,
            Again::Once => ReEntry::Once,
            Again::AfterGap => ReEntry::AfterGap(Span::days(30)),
        };
    }
    if let ReEntry::AfterGap(span) = &mut rules.re_entry {
        form.span(ui, "Again after", span);
    }
    let mut keyed = matches!(rules.runs, Runs::OnePerKey(_));
    let was_keyed = keyed;
    let options = [(false, "One run at a time"), (true, "One run for each value of a property")];
    form.choice(ui, "Runs of one person", &options, &mut keyed);
    if keyed != was_keyed {
        rules.runs = if keyed { Runs::OnePerKey("product_id".to_owned()) } else { Runs::OneAtATime };
    }
    if let Runs::OnePerKey(key) = &mut rules.runs {
        form.suggested(ui, "Property", "product_id", key, |form| match trigger {
            Trigger::Event { event, .. } => form.properties(event),
            _ => Vec::<Suggestion>::new(),
        });
    }
    let options = [
        (HeldTriggers::Each, "Each, in order"),
        (HeldTriggers::Oldest, "Only the oldest"),
        (HeldTriggers::Newest, "Only the newest"),
    ];
    form.choice(ui, "Of several triggers held while anonymous", &options, &mut rules.held_triggers);
}

fn exits(ui: &mut Ui, form: &mut Form<'_>, journey: &Journey) {
    let mut exits = journey.exits.clone();
    let mut change = None;
    let len = exits.len();
    if exits.is_empty() {
        remark(ui, "Nobody: every run goes to the end of its path.");
        ui.add_space(4.0);
    }
    for (at, exit) in exits.iter_mut().enumerate() {
        let called = if exit.name.is_empty() { format!("Exit {}", at + 1) } else { exit.name.clone() };
        ui.push_id(("exit", &exit.id), |ui| {
            member(ui, |ui| {
                ui.horizontal(|ui| {
                    member_heading(ui, &called);
                    change = row_controls(ui, &called, at, len).or(change);
                });
                form.text(ui, &format!("Name of exit {}", at + 1), "why they leave", &mut exit.name);
                label(ui, "Leaves, as soon as");
                form.condition(ui, &mut exit.when);
            });
        });
        gap(ui);
    }
    if let Some(change) = change {
        change.apply(&mut exits);
    }
    if add_button(ui, "Add an exit condition").clicked() {
        let id = fresh_arm("exit", exits.iter().map(|exit| exit.id.as_str())).0;
        exits.push(ExitCondition { id, name: String::new(), when: Condition::Any(Vec::new()) });
    }
    gap(ui);
    if exits != journey.exits {
        edit(form, journey, EditCommand::SetExits(exits));
    }
}

fn goal(ui: &mut Ui, form: &mut Form<'_>, journey: &Journey) {
    let mut goal = journey.goal.clone();
    if let Some(there) = &mut goal {
        ui.push_id("goal", |ui| {
            label(ui, "Reached, when somebody");
            form.condition(ui, &mut there.when);
            gap(ui);
            form.span(ui, "Within, from the trigger", &mut there.within);
            if switch(ui, "Reaching it ends the run", there.ends_run).clicked() {
                there.ends_run = !there.ends_run;
            }
            gap(ui);
        });
        if crate::app::widgets::quiet_button(ui, "Remove the goal").clicked() {
            goal = None;
        }
    } else {
        remark(ui, "What the journey is for. Reaching it is counted.");
        if add_button(ui, "Set a goal").clicked() {
            goal = Some(Goal { when: Condition::Any(Vec::new()), within: Span::days(7), ends_run: false });
        }
    }
    gap(ui);
    if goal != journey.goal {
        edit(form, journey, EditCommand::SetGoal(goal));
    }
}
