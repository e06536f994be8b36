//! A journey as a Mermaid flowchart, for documents and reviews.

use std::fmt::Write as _;

use crate::{
    journey::{BlockId, BlockKind, Journey},
    words::block::exit_name,
};

/// The flowchart's text: the trigger, then each block in order of its id, then the ways between.
/// Nodes are numbered, so that no id can be mistaken for a word of the language.
pub fn flowchart(journey: &Journey) -> String {
    let number = |id: &BlockId| journey.blocks.keys().position(|other| other == id).map(|at| at + 1);
    let mut text = String::from("flowchart TD\n");
    let name = if journey.name.is_empty() { "Journey" } else { &journey.name };
    let _ = writeln!(text, "    n0([\"{}\"])", quoted(name));
    for (at, block) in journey.blocks.values().enumerate() {
        let name = quoted(if block.name.is_empty() { block.kind.name() } else { &block.name });
        let (open, close) = shape(&block.kind);
        let _ = writeln!(text, "    n{}{open}\"{name}\"{close}", at + 1);
    }
    let mut way = |from: usize, said: &str, to: Option<usize>| {
        let Some(to) = to else { return };
        let _ = match said {
            "" => writeln!(text, "    n{from} --> n{to}"),
            said => writeln!(text, "    n{from} -->|\"{}\"| n{to}", quoted(said)),
        };
    };
    way(0, "", journey.start.as_ref().and_then(number));
    way(0, "never identified", journey.never_identified.as_ref().and_then(number));
    for (at, block) in journey.blocks.values().enumerate() {
        for (exit, to) in &block.exits {
            way(at + 1, &exit_name(&block.kind, exit.as_str()), number(to));
        }
    }
    text
}

/// Waits are rounded, questions diamonds, messages slanted, the rest boxes.
const fn shape(kind: &BlockKind) -> (&'static str, &'static str) {
    match kind {
        BlockKind::Branch { .. } | BlockKind::MultiBranch { .. } | BlockKind::RandomSplit { .. } => {
            ("{", "}")
        }
        BlockKind::WaitForIdentify { .. }
        | BlockKind::Delay(_)
        | BlockKind::WaitUntil { .. }
        | BlockKind::TimeWindow { .. } => ("(", ")"),
        BlockKind::Message(_) | BlockKind::OnSitePrompt { .. } => ("[/", "/]"),
        BlockKind::Goal | BlockKind::Exit { .. } => ("([", "])"),
        _ => ("[", "]"),
    }
}

/// A text inside quotes: quotes and line breaks cannot end it.
fn quoted(text: &str) -> String {
    text.replace('#', "#35;").replace('"', "#quot;").split_whitespace().collect::<Vec<_>>().join(" ")
}
