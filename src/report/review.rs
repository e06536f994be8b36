//! A journey as a Markdown document: what somebody reads who is to agree to it, in the window's
//! words, with the whole text of every message.

use std::fmt::Write as _;

use super::{mermaid, problems};
use crate::{
    journey::{Block, BlockId, BlockKind, Journey, Problem, Segments, Severity, Status, Template},
    words::{block as words, sentence},
};

/// The document: what the journey is for, who enters, a diagram (Mermaid), each step in reading
/// order with where it leads, notes for colleagues, and the problems that are left.
pub fn markdown(journey: &Journey, segments: &Segments, problems: &[Problem]) -> String {
    let order = journey.reading_order();
    let mut out = format!("# {}\n\n", line(named(&journey.name, "Journey")));
    let status = match journey.status {
        Status::Active => "Active",
        Status::Draft => "Draft",
    };
    let _ = writeln!(out, "{status}, priority {}.\n", journey.priority);
    quote(&mut out, &journey.note);
    out.push_str("## Who enters\n\n");
    bullets(&mut out, &words::trigger_settings(journey, segments));
    let leads = |way: &str, to: Option<&BlockId>| lead(journey, &order, way, to);
    out += &leads("starts", journey.start.as_ref());
    if journey.never_identified.is_some() {
        out += &leads("never identified", journey.never_identified.as_ref());
    }
    let _ = write!(out, "\n## Diagram\n\n```mermaid\n{}```\n\n## Steps\n", mermaid::flowchart(journey));
    for (at, id) in order.iter().enumerate() {
        let block = &journey.blocks[*id];
        let _ = writeln!(out, "\n### {}. {}\n", at + 1, line(words::title(block)));
        quote(&mut out, &block.note);
        if !block.name.is_empty() {
            let _ = writeln!(out, "- Kind: {}", block.kind.name());
        }
        bullets(&mut out, &without_texts(block, segments));
        for exit in block.kind.exits() {
            let name = words::exit_name(&block.kind, exit.as_str());
            let way = if name.is_empty() { "then" } else { &name };
            match block.exits.get(&exit) {
                // Who could not be sent a message goes on with the others.
                None if exit.as_str() == crate::journey::block::exit::NOT_SENT => {}
                to => out += &leads(way, to),
            }
        }
        match &block.kind {
            BlockKind::Message(message) => template(&mut out, &message.template),
            BlockKind::OnSitePrompt { template: says, .. } => template(&mut out, says),
            _ => {}
        }
    }
    if !journey.notes.is_empty() {
        out.push_str("\n## Notes for colleagues\n\n");
        for note in journey.notes.values() {
            quote(&mut out, &note.text);
        }
    }
    if !problems.is_empty() {
        out.push_str("\n## Problems\n\n");
        for problem in problems {
            let severity = match problem.severity {
                Severity::Error => "Error",
                Severity::Warning => "Warning",
            };
            let place = problems::place(journey, &problem.place);
            let _ = writeln!(out, "- {severity}, {}: {}", line(&place), line(&problem.text));
        }
    }
    out
}

/// The settings of a block but for what it says, which stands below in full.
fn without_texts(block: &Block, segments: &Segments) -> Vec<(&'static str, String)> {
    let mut rows = words::settings(block, segments);
    rows.retain(|(name, _)| *name != "Says");
    rows
}

fn bullets(out: &mut String, rows: &[(&'static str, String)]) {
    for (name, value) in rows {
        let _ = writeln!(out, "- {name}: {}", line(value));
    }
}

/// `- Yes: goes on to 3, Cart reminder`.
fn lead(journey: &Journey, order: &[&BlockId], way: &str, to: Option<&BlockId>) -> String {
    let found = to.and_then(|to| order.iter().position(|id| *id == to).map(|at| (at, &journey.blocks[to])));
    let to = found.map_or_else(
        || "the path ends".to_owned(),
        |(at, block)| format!("goes on to {}, {}", at + 1, line(words::title(block))),
    );
    format!("- {}: {to}\n", line(&sentence(way)))
}

/// A text for colleagues, set off from what the journey does.
fn quote(out: &mut String, note: &str) {
    if note.trim().is_empty() {
        return;
    }
    for part in note.trim().lines() {
        let _ = writeln!(out, "> {}", line(part));
    }
    out.push('\n');
}

fn template(out: &mut String, template: &Template) {
    if !template.subject.is_empty() {
        let _ = write!(out, "\nSubject:\n\n{}", fenced(&template.subject));
    }
    if !template.body.is_empty() {
        let _ = write!(out, "\nBody:\n\n{}", fenced(&template.body));
    }
}

/// A text as it is: the fence is longer than any in it.
fn fenced(text: &str) -> String {
    let longest = text.split(|letter| letter != '`').map(str::len).max().unwrap_or(0);
    let fence = "`".repeat(longest.max(2) + 1);
    format!("{fence}liquid\n{}\n{fence}\n", text.trim_end())
}

/// A text on one line that is text and no Markdown.
fn line(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for letter in text.split_whitespace().collect::<Vec<_>>().join(" ").chars() {
        if matches!(letter, '\\' | '`' | '*' | '_' | '[' | ']' | '<' | '>' | '#' | '|' | '~') {
            out.push('\\');
        }
        out.push(letter);
    }
    out
}

fn named<'t>(name: &'t str, otherwise: &'t str) -> &'t str {
    if name.is_empty() { otherwise } else { name }
}
