//! `throughline lint`: problems in a journey, or in every journey of a workspace.

use std::io::Write;

use super::{
    Verdict,
    args::LintArgs,
    load::{self, problems_of},
    say,
};
use crate::{
    journey::{Problem, Severity},
    recording::Taxonomy,
    report::problems,
};

/// Prints every problem; warnings alone are fine. Names in the recordings are checked where the
/// workspace has recordings that can be read.
pub fn run(arguments: &LintArgs, out: &mut dyn Write) -> anyhow::Result<Verdict> {
    let target = load::target(&arguments.path, arguments.platform.as_deref())?;
    let workspace = &target.workspace;
    let (recordings, _) = load::usable_recordings(workspace, &[], usize::MAX)?;
    let taxonomy =
        (!recordings.sources.is_empty()).then(|| Taxonomy::of(&recordings.log, &workspace.facts.roles));
    let mut all: Vec<Problem> = Vec::new();
    let is_asked = |id| target.journey.as_ref().is_none_or(|asked| asked == id);
    for journey in workspace.journeys.iter().filter(|journey| is_asked(&journey.id)) {
        let problems = problems_of(journey, workspace, taxonomy.as_ref());
        problems::write_problems(&target.file_of(&journey.id), journey, &problems, out)?;
        all.extend(problems);
    }
    if target.journey.is_none() {
        for (id, problems) in load::problems_of_segments(workspace, taxonomy.as_ref()) {
            let name = workspace.segments.0.get(&id).map_or(id.as_str(), |segment| segment.name.as_str());
            problems::write_segment_problems("segments.ron", name, &problems, out)?;
            all.extend(problems);
        }
    }
    let (missing, odd): (Vec<_>, Vec<_>) = target.problems.iter().partition(|problem| problem.blocking);
    for problem in odd {
        writeln!(out, "{} [unusable_value]", problem.text)?;
    }
    let texts: Vec<&str> = missing.iter().map(|problem| problem.text.as_str()).collect();
    anyhow::ensure!(texts.is_empty(), "{}", texts.join("\n"));
    say(&problems::count(&all));
    let any_error = all.iter().any(|problem| problem.severity == Severity::Error);
    Ok(if any_error { Verdict::Bad } else { load::verdict(&recordings) })
}
