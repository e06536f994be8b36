//! A result as a bug report in Markdown: what was expected and what happened, the events and the
//! rules it rests on, everything needed to get the same again, and the smallest recording that
//! still shows it.

mod expected;
mod place;

use std::fmt::Write as _;

use chrono_tz::Tz;

use super::{
    remedy::{Setting, paragraph},
    table::one_line,
    why::{Answer, Question, Step, explain},
};
use crate::{
    journey::Journey,
    lab::{
        Asked, remedies,
        shrink::{Kept, Shown, Smallest, shrink},
    },
    recording::Span,
    simulator::{Bounds, ReplayError, ReplayInput, replay_part},
    store::ReplayKey,
    words::time,
};

pub use expected::{Expectation, Happened, Wish};
pub use place::{PlaceCase, Spot, name as spot_name, place_report, smallest as smallest_at};

/// What a report is about.
#[derive(Clone, Copy)]
pub struct Case<'a> {
    /// The events of the person's identity component, and the settings of the replay.
    pub input: &'a ReplayInput<'a>,
    /// What of everybody's events it depends on.
    pub bounds: Bounds,
    /// Digests of everything that made the result.
    pub key: &'a ReplayKey,
    /// The question.
    pub asked: &'a Asked,
    /// The journey asked about.
    pub journey: &'a Journey,
    /// The zone times are said in.
    pub zone: Tz,
    /// What should have happened.
    pub expected: &'a Expectation,
    /// How another result differs, where two are compared.
    pub beside: Option<&'a str>,
}

/// Writes the report.
///
/// # Errors
/// When a replay is cancelled, or the workspace's zone is unknown.
pub fn bug_report(case: &Case<'_>) -> Result<String, ReplayError> {
    let Case { input, bounds, asked, journey, zone, .. } = *case;
    let input = ReplayInput { trace: true, progress: None, ..*input };
    let result = replay_part(&input, bounds)?;
    let question = Question { identifiers: &asked.identifiers, journey, block: &asked.block };
    let answer = explain(&result, &question, zone);
    let found = remedies(&input, bounds, asked)?;
    let smallest = shrink(&input, bounds, asked, &Shown::of(&result, asked, journey))?;

    let mut text = String::new();
    let out = &mut text;
    let told = asked.run.and_then(|run| answer.runs.iter().find(|story| story.run == run));
    let happened = told.map_or(&answer.headline, |story| &story.verdict);
    line(out, &format!("# {}: {}", one_line(&answer.what), one_line(&answer.person)));
    line(out, &format!("\n**What should have happened:** {}\n", case.expected.text()));
    line(out, &format!("**What happened:** {}", one_line(happened)));
    if let Some(beside) = case.beside {
        line(out, &format!("\n**Compared:** {}", one_line(beside)));
    }
    if let Some(found) = &found {
        let setting = Setting { journey, journeys: input.journeys, workspace: input.workspace, zone };
        line(out, &format!("\n{}", paragraph(found, asked, &setting)));
    }
    decisions(out, &answer, asked.run, zone);
    settings(out, &input, case.key);
    match &smallest {
        Some(smallest) => recording(out, case, smallest),
        None => line(out, "\nNo smaller recording shows the same when it is replayed alone."),
    }
    Ok(text)
}

fn line(out: &mut String, text: &str) {
    out.push_str(text);
    out.push('\n');
}

/// The decisions with their rules, and how sure we are of the platform's.
fn decisions(out: &mut String, answer: &Answer, run: Option<u32>, zone: Tz) {
    line(out, "\n## Decisions\n");
    let mut say = |steps: &[Step]| {
        for step in steps {
            let when = time::moment_to_the_millisecond(step.at_ms, zone);
            line(out, &format!("- {when}: {} [{}]", one_line(&step.text), step.rule));
        }
    };
    say(&answer.before);
    for story in answer.runs.iter().filter(|story| run.is_none_or(|run| run == story.run)) {
        say(&story.steps);
    }
}

/// Everything that is needed to get the same result again.
fn settings(out: &mut String, input: &ReplayInput<'_>, key: &ReplayKey) {
    line(out, "\n## Settings\n\n| | |\n| --- | --- |");
    let mut row = |name: &str, value: &str| line(out, &format!("| {name} | {} |", cell(value)));
    row("Program", concat!("Throughline ", env!("CARGO_PKG_VERSION")));
    row("Platform", &format!("{} (`{}`)", input.platform.label, input.platform.name));
    row("Zone", &input.workspace.zone);
    row("Seed", &input.seed.to_string());
    row("Horizon", &format!("{} after the last event", Span::from_ms(key.horizon_ms)));
    for (name, digest) in [
        ("Journeys", &key.journeys),
        ("Workspace", &key.workspace),
        ("Platform rules", &key.platform),
        ("Recordings", &key.recordings),
    ] {
        row(name, &format!("`{digest}`"));
    }
}

/// The smallest recording: its events with where they come from, and the lines themselves.
fn recording(out: &mut String, case: &Case<'_>, smallest: &Smallest) {
    let Case { input, zone, journey, asked, .. } = case;
    line(out, "\n## The smallest recording that still shows it");
    events(out, (&smallest.history, &smallest.live), smallest.cut_short, input.log.len(), *zone);
    // Writing to a text cannot fail.
    let _ = write!(
        out,
        "\nSaved as a file, it shows the same by\n\n```sh\nthroughline why '{}' '{}/{}' --platform {} --seed {} --horizon '{}' --recording FILE\n```\n",
        quoted(smallest.person.as_deref().unwrap_or_default()),
        journey.id,
        asked.block,
        input.platform.name,
        input.seed,
        input.horizon,
    );
}

/// Events (history, all others) with where they come from, and the lines themselves.
fn events(out: &mut String, (history, live): (&[Kept], &[Kept]), cut_short: bool, of: usize, zone: Tz) {
    let kept = history.len() + live.len();
    let found = if cut_short { "found in the time there was" } else { "nothing in it can be left out" };
    line(out, &format!("\n{kept} of {of} events; {found}.\n"));
    line(out, "| Happened | Arrived | Event | Recording and line |\n| --- | --- | --- | --- |");
    for event in history.iter().chain(live) {
        let source = event.source.as_ref().map_or_else(
            || "stands for everybody else".to_owned(),
            |(recording, line)| format!("{recording}, line {line}"),
        );
        let (happened, arrived) = (
            time::moment_to_the_millisecond(event.happened_ms, zone),
            time::moment_to_the_millisecond(event.arrived_ms, zone),
        );
        line(out, &format!("| {happened} | {arrived} | {} | {} |", cell(&event.name), cell(&source)));
    }
    for events in [history, live].into_iter().filter(|events| !events.is_empty()) {
        line(out, "\n```jsonl");
        for event in events {
            line(out, &event.line);
        }
        line(out, "```");
    }
    if !history.is_empty() {
        line(out, "\nThe first block is a recording marked `history: true` in `workspace.ron`.");
    }
}

/// Text inside single quotes of a shell.
fn quoted(text: &str) -> String {
    text.replace('\'', r"'\''")
}

/// A cell of a table.
fn cell(text: &str) -> String {
    one_line(text).replace('|', "\\|")
}
