//! Why the person in focus got to a block, or why not: the decision that settled it comes first.

use std::collections::BTreeSet;

use egui::Ui;

use super::{
    dotted::{self, Dot},
    parts::section,
    remedy,
};
use crate::{
    app::{
        intent::Intents,
        state::Model,
        theme::{self, fonts},
        widgets,
    },
    journey::{BlockId, BlockKind, Journey},
    report::why::{Answer, Question, Step, explain},
    words::{person, spaced, time},
};

/// Draws the answer, with the smallest change that would have done, and returns it with its steps;
/// nothing while nobody is in focus.
pub fn show(
    ui: &mut Ui,
    model: &Model,
    journey: &Journey,
    block: &BlockId,
    intents: &mut Intents,
) -> Option<Answer> {
    let story = model.story.as_ref()?;
    let t = theme::of(ui);
    let zone = model.cursor_zone();
    let identifiers: BTreeSet<String> = story.everybody().map(str::to_owned).collect();
    let question = Question { identifiers: &identifiers, journey, block };
    let answer = explain(&story.replay, &question, zone);
    let who = person::who(&story.identifiers);
    let is_message =
        matches!(journey.blocks.get(block), Some(it) if matches!(it.kind, BlockKind::Message(_)));
    let got = story
        .messages
        .iter()
        .any(|it| it.journey == journey.id && it.message.as_ref() == Some(block) && it.reason.is_none());
    section(
        ui,
        &match (is_message, got) {
            (true, true) => format!("Why {who} got it"),
            (true, false) => format!("Why {who} did not get it"),
            (false, _) => format!("What became of {who} here"),
        },
    );
    widgets::paragraph(ui, time::with_spoken_instants(&answer.headline, zone), fonts::strong(), t.text);
    remedy::show(ui, model, intents);
    Some(answer)
}

/// Draws how it came to that, if there was any step.
pub fn steps(ui: &mut Ui, model: &Model, answer: &Answer) {
    if answer.before.is_empty() && answer.runs.iter().all(|run| run.steps.is_empty()) {
        return;
    }
    let t = theme::of(ui);
    let zone = model.cursor_zone();
    section(ui, "Step by step");
    let dots = |steps: &[Step]| -> Vec<Dot> {
        let mut before: Option<i64> = None;
        steps
            .iter()
            .map(|step| {
                let rule = step.rule.split(',').next().unwrap_or_default();
                let later = before.map_or_else(String::new, |before| time::later(before, step.at_ms));
                let when = time::moment(step.at_ms, zone);
                let when = if later.is_empty() { when } else { format!("{when} · {later}") };
                before = Some(step.at_ms);
                Dot {
                    text: time::with_spoken_instants(&step.text, zone),
                    under: format!("{when} · {}", spaced(&step.rule)),
                    color: dotted::color(t, rule),
                    font: fonts::body(),
                    ink: t.text,
                }
            })
            .collect()
    };
    dotted::show(ui, dots(&answer.before));
    for run in &answer.runs {
        if answer.runs.len() > 1 {
            widgets::paragraph(ui, format!("Run {}. {}", run.run, run.verdict), fonts::strong(), t.text);
            ui.add_space(4.0);
        }
        dotted::show(ui, dots(&run.steps));
    }
}
