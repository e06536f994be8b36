//! One block: what it does, who passed, and why not the others.

use egui::Ui;

use super::{
    found,
    kinds::{self, message::TEMPLATE_CODES},
    parts::{part, section, title},
    why,
};
use crate::{
    app::{
        intent::{Intent, Intents},
        messages::Filter,
        selection::{MessageKey, Selection},
        session::Outcome,
        state::{BottomTab, Model},
        theme::{self, fonts},
        views::forms::Form,
        widgets,
    },
    journey::{Block, BlockId, Journey, Place, Problem},
    simulator::{BlockCounts, MessageRecord},
    words::{block, count, counted, person, sentence, spaced, status},
};

/// Draws it.
pub fn show(
    ui: &mut Ui,
    model: &Model,
    journey: &Journey,
    id: &BlockId,
    block: &Block,
    intents: &mut Intents,
) {
    let t = theme::of(ui);
    title(ui, block::title(block), &format!("{} · {}", block.kind.name(), journey.name));
    // Of somebody in focus the answer is what was asked for, and the form is long.
    let answer = why::show(ui, model, journey, id, intents);
    ui.push_id((journey.id.as_str(), id.as_str()), |ui| {
        let mut form = Form::new(model, intents);
        kinds::show(ui, &mut form, journey, id, block);
        form.finish();
    });
    if let Some(answer) = answer {
        why::steps(ui, model, &answer);
    }
    if let Some(outcome) = &model.outcome {
        part(ui, "What happened here");
        if let Some(counts) = outcome.counts(&journey.id).and_then(|counts| counts.blocks.get(id)) {
            passed(ui, block, counts);
            why_not(ui, outcome, journey, id, counts, intents);
        } else {
            section(ui, "Passed");
            widgets::paragraph(ui, "Nobody came here in this replay.", fonts::body(), t.text_weak);
        }
        let here = |problem: &&Problem| {
            let template = TEMPLATE_CODES.contains(&problem.code);
            let place = matches!(&problem.place, Place::Block(block) | Place::Exit(block, _) if block == id);
            place && !template
        };
        found::show(ui, journey, model.problems_of(&journey.id).iter().filter(here), intents);
        people(ui, outcome, journey, id, intents);
    }
}

fn passed(ui: &mut Ui, block: &Block, counts: &BlockCounts) {
    let t = theme::of(ui);
    section(ui, "Passed");
    ui.spacing_mut().item_spacing.y = 0.0;
    widgets::count_line(ui, "Came here", &count(counts.entered), t.text);
    for exit in block.kind.exits() {
        let number = counts.exits.get(&exit).copied().unwrap_or(0);
        let name = block::exit_title(&block.kind, exit.as_str());
        let name = if name.is_empty() { "Went on".to_owned() } else { name };
        widgets::count_line(ui, &name, &count(number), t.text_weak);
    }
    for (name, number) in [("Still waiting", counts.waiting), ("Left early", counts.left_early)] {
        if number > 0 {
            widgets::count_line(ui, name, &count(number), t.text_weak);
        }
    }
}

/// Why messages did not go out; a press lists those.
fn why_not(
    ui: &mut Ui,
    outcome: &Outcome,
    journey: &Journey,
    id: &BlockId,
    counts: &BlockCounts,
    intents: &mut Intents,
) {
    if counts.reasons.is_empty() {
        return;
    }
    section(ui, "Why not");
    for (reason, number) in &counts.reasons {
        let name = sentence(&status::reason(reason));
        let row = widgets::Row {
            name: &name,
            count: Some(count(*number)),
            count_color: None,
            label: format!("{name}, {} of this block", counted(*number, "message", "messages")),
            selected: false,
        };
        if row.show(ui).on_hover_text("List them").clicked() {
            let word = here(outcome, journey, id).find_map(|it| it.reason.filter(|word| word == reason));
            list(journey, id, word, intents);
        }
    }
}

/// Lists the messages of a block, with a reason or with any.
fn list(journey: &Journey, id: &BlockId, reason: Option<&'static str>, intents: &mut Intents) {
    let block = Filter::Block(Some((journey.id.clone(), id.clone())));
    for filter in [Filter::Clear, block, Filter::Reason(reason)] {
        intents.want(Intent::FilterMessages(filter));
    }
    intents.want(Intent::ShowTab(BottomTab::Messages));
}

/// Messages of a block, and runs that wait there.
fn here<'a>(
    outcome: &'a Outcome,
    journey: &Journey,
    id: &BlockId,
) -> impl Iterator<Item = &'a MessageRecord> + use<'a> {
    let all = &outcome.result.messages;
    outcome.index.directory.messages_at(&journey.id, id).iter().filter_map(|at| all.get(*at as usize))
}

/// The first messages of this block, to look into.
fn people(ui: &mut Ui, outcome: &Outcome, journey: &Journey, id: &BlockId, intents: &mut Intents) {
    const SHOWN: usize = 8;
    let all = outcome.index.directory.messages_at(&journey.id, id).len();
    if all == 0 {
        return;
    }
    section(ui, "People");
    ui.spacing_mut().item_spacing.y = 0.0;
    for message in here(outcome, journey, id).take(SHOWN) {
        let who = person::who(&message.identifiers);
        let state = message.reason.map_or_else(|| status::state(message.state).to_owned(), spaced);
        let row = widgets::Row {
            name: &who,
            count: Some(state.to_lowercase()),
            count_color: None,
            label: format!("{who}, {}", state.to_lowercase()),
            selected: false,
        };
        if row.show(ui).clicked() {
            intents.want(Intent::Select(Selection::Message(MessageKey::of(message))));
        }
    }
    if all > SHOWN {
        let more = format!("and {} more in the Messages tab", count((all - SHOWN) as u64));
        if ui.link(more).clicked() {
            list(journey, id, None, intents);
        }
    }
}
