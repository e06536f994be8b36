//! Problems in journeys, as lint finds them.

use std::io::{self, Write};

use super::table::one_line;
use crate::journey::{Journey, Place, Problem, Severity};

/// One line for each problem: `file: error: “Wait” (exit timed out): what and what to do [code]`,
/// and where there is a fix, what it is called.
pub fn write_problems(
    file: &str,
    journey: &Journey,
    problems: &[Problem],
    out: &mut dyn Write,
) -> io::Result<()> {
    for problem in problems {
        line(file, &place(journey, &problem.place), problem, out)?;
        if let Some(fix) = &problem.fix {
            writeln!(out, "    fix: {}", one_line(&fix.label))?;
        }
    }
    Ok(())
}

/// The same of a segment.
pub fn write_segment_problems(
    file: &str,
    name: &str,
    problems: &[Problem],
    out: &mut dyn Write,
) -> io::Result<()> {
    let place = format!("“{}”", one_line(name));
    problems.iter().try_for_each(|problem| line(file, &place, problem, out))
}

fn line(file: &str, place: &str, problem: &Problem, out: &mut dyn Write) -> io::Result<()> {
    let severity = match problem.severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
    };
    writeln!(out, "{file}: {severity}: {place}: {} [{}]", one_line(&problem.text), problem.code)
}

/// Where a problem is, as people say it.
pub(super) fn place(journey: &Journey, place: &Place) -> String {
    let name = |id: &crate::journey::BlockId| {
        let name = journey.blocks.get(id).map_or("", |block| block.name.as_str());
        one_line(if name.is_empty() { id.as_str() } else { name })
    };
    match place {
        Place::Journey => "the journey".to_owned(),
        Place::Trigger => "the trigger".to_owned(),
        Place::Block(id) => format!("“{}”", name(id)),
        Place::Exit(id, exit) => format!("“{}”, exit {}", name(id), exit.replace('_', " ")),
    }
}

/// `2 errors, 1 warning`.
pub fn count(problems: &[Problem]) -> String {
    let of = |severity| problems.iter().filter(|problem| problem.severity == severity).count();
    let many = |count: usize, word: &str| format!("{count} {word}{}", if count == 1 { "" } else { "s" });
    format!("{}, {}", many(of(Severity::Error), "error"), many(of(Severity::Warning), "warning"))
}
