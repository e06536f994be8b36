//! Why a message reached somebody, or why not: the trace of a replay, walked back to the
//! decision that settled it.

use std::{
    collections::{BTreeMap, BTreeSet},
    io::{self, Write},
};

use chrono_tz::Tz;

mod verdict;

use super::table::one_line;
use crate::{
    journey::{BlockId, Journey},
    lab::asked::concerns,
    recording::Span,
    simulator::{HeldState, HeldTrigger, ReplayResult, RunStart, TraceRecord},
    words::{block, person, spaced, time},
};

/// What is asked: this person, this block.
#[derive(Clone, Copy)]
pub struct Question<'a> {
    /// Every identifier the person ever had, canonical text.
    pub identifiers: &'a BTreeSet<String>,
    /// The journey.
    pub journey: &'a Journey,
    /// The block.
    pub block: &'a BlockId,
}

/// The answer: a story for every run, and what was decided outside any run.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Answer {
    /// Who it is about, by their best name.
    pub person: String,
    /// Name of the journey and of the block.
    pub what: String,
    /// The answer itself: the decision that settled it comes first.
    pub headline: String,
    /// What was decided outside any run, in time order: triggers held, triggers that started
    /// nothing, what was done outside the platform.
    pub before: Vec<Step>,
    /// Every run, in order.
    pub runs: Vec<RunStory>,
}

/// One run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RunStory {
    /// The run's ordinal, from 1.
    pub run: u32,
    /// In one sentence: did it get to the block, and if not, what turned it away.
    pub verdict: String,
    /// The decisions, in time order.
    pub steps: Vec<Step>,
}

/// One decision.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// When (UTC ms).
    pub at_ms: i64,
    /// What and why, in plain words.
    pub text: String,
    /// The rule, and how sure we are of it if it is the platform's: `trigger_age, documented`.
    pub rule: String,
}

/// The identifiers of everybody who is, or at some time was, called `asked`: an identifier
/// (`email:ana@example.com`) or the bare value of one.
///
/// Each set is one person at the end of the replay, or a visitor who never became one.
pub fn find_people(result: &ReplayResult, asked: &str) -> Vec<BTreeSet<String>> {
    let is_asked = |identifier: &str| {
        let value = identifier.split_once(':').map_or("", |(_, value)| value);
        identifier == asked
            || value == asked
            || identifier.split_once(':').is_some_and(|(kind, value)| {
                kind == "email"
                    && (value.eq_ignore_ascii_case(asked) || identifier.eq_ignore_ascii_case(asked))
            })
    };
    let mut found: Vec<BTreeSet<String>> = Vec::new();
    for person in &result.people {
        if person.identifiers.iter().any(|identifier| is_asked(identifier)) {
            found.push(person.identifiers.iter().cloned().collect());
        }
    }
    if !found.is_empty() {
        return found;
    }
    // Nobody has that identifier at the end: a visitor whose events are held, or an identifier
    // that a merge dropped.
    let held = result.held.iter().map(|held| std::slice::from_ref(&held.anonymous_id));
    let traced = result.trace.iter().map(|record| record.identifiers.as_slice());
    for identifiers in held.chain(traced) {
        if identifiers.iter().any(|identifier| is_asked(identifier)) {
            match found.iter_mut().find(|set| identifiers.iter().any(|one| set.contains(one))) {
                Some(set) => set.extend(identifiers.iter().cloned()),
                None => found.push(identifiers.iter().cloned().collect()),
            }
        }
    }
    found
}

/// Answers the question from a replay that kept its trace.
pub fn explain(result: &ReplayResult, question: &Question<'_>, zone: Tz) -> Answer {
    let identifiers: Vec<String> = question.identifiers.iter().cloned().collect();
    let mut answer = Answer {
        person: person::who(&identifiers),
        what: format!(
            "{} / {}",
            journey_name(question.journey),
            block::quoted(question.journey, question.block)
        ),
        ..Answer::default()
    };
    let of_journey = |record: &&TraceRecord| record.journey.as_ref() == Some(&question.journey.id);
    let of_person = |record: &&TraceRecord| concerns(&record.identifiers, question.identifiers);
    // A run may have begun with somebody who was merged into the person, or gone on with somebody
    // the person was merged into.
    let theirs = result.trace.iter().filter(of_journey).filter(of_person);
    let started: BTreeSet<&RunStart> = theirs.filter_map(|record| record.started.as_deref()).collect();
    let of_their_runs = |record: &&TraceRecord| {
        of_journey(record) && record.started.as_ref().is_some_and(|run| started.contains(&**run))
    };
    let about: Vec<&TraceRecord> =
        result.trace.iter().filter(|record| of_person(record) || of_their_runs(record)).collect();
    let (in_runs, outside): (Vec<&TraceRecord>, Vec<&TraceRecord>) =
        about.iter().copied().filter(of_journey).partition(|record| record.run.is_some());
    let held: Vec<&HeldTrigger> = result
        .held
        .iter()
        .filter(|held| {
            held.journey == question.journey.id && question.identifiers.contains(&held.anonymous_id)
        })
        .collect();
    answer.before = outside.iter().map(|record| step(record)).collect();
    // Of those that joined the trace has told already.
    let lost = held.iter().filter(|held| !matches!(held.state, HeldState::Joined | HeldState::TooOld));
    answer.before.extend(lost.map(|held| held_step(held, zone)));
    answer.before.sort_by_key(|step| step.at_ms);

    let mut runs: BTreeMap<&RunStart, Vec<&TraceRecord>> = BTreeMap::new();
    for record in in_runs {
        if let Some(started) = &record.started {
            runs.entry(started).or_default().push(record);
        }
    }
    let number =
        |records: &Vec<&TraceRecord>| records.last().and_then(|record| record.run).unwrap_or_default();
    let mut runs: Vec<(&RunStart, Vec<&TraceRecord>)> = runs.into_iter().collect();
    runs.sort_by_key(|(started, records)| (records.first().map(|it| it.at_ms), number(records), *started));
    let mut nearest: Option<(verdict::Came, usize)> = None;
    for (started, records) in runs {
        let run = number(&records);
        let span_ms = records.first().zip(records.last()).map(|(first, last)| first.at_ms..=last.at_ms);
        let of_run = |record: &&&TraceRecord| match &record.journey {
            Some(journey) => *journey == question.journey.id && record.started.as_deref() == Some(started),
            None => says_who(record) && span_ms.as_ref().is_some_and(|span| span.contains(&record.at_ms)),
        };
        let (came, verdict) = verdict::of_run(&records, question, zone);
        let steps = about.iter().filter(of_run).map(|record| step(record)).collect();
        nearest = nearest.max(Some((came, answer.runs.len())));
        answer.runs.push(RunStory { run, verdict, steps });
    }
    answer.headline = if let Some((_, nearest)) = nearest {
        headline(&answer.runs, nearest, &outside)
    } else {
        let never = verdict::never_started(&outside, &held, question, zone);
        // A claim that was refused may be why what they did is not theirs.
        let refused = about.iter().rfind(|record| record.decision == "refused");
        let refused = refused
            .map(|record| format!(" {}.", record.because.text.trim_end_matches('.')))
            .unwrap_or_default();
        never + &refused
    };
    answer
}

/// The verdict of the run that came nearest, and what else did not start one.
fn headline(runs: &[RunStory], nearest: usize, outside: &[&TraceRecord]) -> String {
    let RunStory { run, verdict, .. } = &runs[nearest];
    let of_all = if runs.len() > 1 {
        format!(" That was run {run}, of {} in all.", runs.len())
    } else {
        String::new()
    };
    let refused = outside.iter().rfind(|record| record.decision == "not_started");
    let refused = refused.map_or_else(String::new, |refused| {
        let why = verdict::refusal(&refused.detail).to_lowercase();
        format!(" Another trigger started nothing: {why}.")
    });
    format!("{verdict}{of_all}{refused}")
}

/// Whether a decision outside any journey belongs in a run's story: who they are changed.
fn says_who(record: &TraceRecord) -> bool {
    matches!(
        record.decision,
        "captured" | "created" | "identified" | "joined" | "joined_tail" | "merged" | "refused" | "relinked"
    )
}

fn step(record: &TraceRecord) -> Step {
    let reason = &record.because;
    let text = if reason.text.is_empty() {
        format!("{} {}", record.decision.replace('_', " "), record.detail)
    } else {
        reason.text.clone()
    };
    Step {
        at_ms: record.at_ms,
        text: one_line(&text),
        rule: match reason.confidence {
            Some(confidence) => format!("{}, {}", reason.rule, confidence.word()),
            None => reason.rule.to_owned(),
        },
    }
}

/// What became of a held trigger, as a step.
fn held_step(held: &HeldTrigger, zone: Tz) -> Step {
    Step {
        at_ms: held.decided_ms,
        text: held_text(held, zone),
        rule: format!("held_triggers, {}", spaced(held.state.word())),
    }
}

/// What became of a held trigger, in words.
fn held_text(held: &HeldTrigger, zone: Tz) -> String {
    let age = held.age_ms.map_or(String::new(), |age| format!(" ({} old)", Span::from_ms(age).spoken()));
    let fate = match held.state {
        HeldState::Joined => "then it joined its person's history",
        HeldState::TooOld => "when it joined, it was too old to start the journey",
        HeldState::Expired => "when they were identified, it was too old to join their history",
        HeldState::Refused => "the claim on its visitor was refused",
        HeldState::NeverIdentified => "nobody ever said who they were",
    };
    let since = time::moment(held.held_ms, zone);
    format!("The trigger was held from {since}; {fate}{age}")
}

fn journey_name(journey: &Journey) -> &str {
    if journey.name.is_empty() { journey.id.as_str() } else { &journey.name }
}

/// Writes an answer for people; instants in `zone`.
pub fn write_answer(answer: &Answer, zone: Tz, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "{} · {}", one_line(&answer.person), answer.what)?;
    writeln!(out, "\n{}", answer.headline)?;
    if !answer.before.is_empty() {
        writeln!(out, "\nOutside any run:")?;
        write_steps(&answer.before, zone, out)?;
    }
    for story in &answer.runs {
        // Of a single run the headline has said it.
        let verdict = if answer.runs.len() > 1 { format!(" {}", story.verdict) } else { String::new() };
        writeln!(out, "\nRun {}:{verdict}", story.run)?;
        write_steps(&story.steps, zone, out)?;
    }
    Ok(())
}

fn write_steps(steps: &[Step], zone: Tz, out: &mut dyn Write) -> io::Result<()> {
    const WHEN_WIDTH: usize = 16;
    let beside_ms = steps.first().map_or(0, |step| step.at_ms);
    for step in steps {
        let when = time::moment_beside(step.at_ms, zone, beside_ms);
        writeln!(out, "  {when:WHEN_WIDTH$}  {}  [{}]", step.text, step.rule)?;
    }
    Ok(())
}
