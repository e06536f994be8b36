//! Why a message reached somebody, or why not: the trace of a replay, walked back to the
//! decision that settled it.

use std::{
    collections::{BTreeMap, BTreeSet},
    io::{self, Write},
};

use chrono_tz::Tz;

use super::{
    table::one_line,
    words::{self, instant},
};
use crate::{
    journey::{BlockId, Journey},
    recording::Span,
    simulator::{HeldState, HeldTrigger, ReplayResult, TraceRecord},
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
    /// Triggers that started nothing, in time order. With no run at all, the reason for that.
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
        person: words::person(&identifiers),
        what: format!(
            "{} / {}",
            journey_name(question.journey),
            block_name(question.journey, question.block)
        ),
        ..Answer::default()
    };
    let about: Vec<&TraceRecord> =
        result.trace.iter().filter(|record| concerns(record, question.identifiers)).collect();
    let of_journey = |record: &&&TraceRecord| record.journey.as_ref() == Some(&question.journey.id);
    let mut runs: BTreeMap<u32, Vec<&TraceRecord>> = BTreeMap::new();
    for record in about.iter().filter(of_journey) {
        match record.run {
            Some(run) => runs.entry(run).or_default().push(record),
            None => answer.before.push(step(record)),
        }
    }
    let held = result.held.iter().filter(|held| {
        held.journey == question.journey.id && question.identifiers.contains(&held.anonymous_id)
    });
    if runs.is_empty() && answer.before.is_empty() {
        answer.before.extend(held.map(|held| held_step(held, zone)));
    }
    for (run, records) in runs {
        let span_ms = records.first().zip(records.last()).map(|(first, last)| first.at_ms..=last.at_ms);
        let of_run = |record: &&&TraceRecord| match &record.journey {
            Some(journey) => *journey == question.journey.id && record.run == Some(run),
            None => says_who(record) && span_ms.as_ref().is_some_and(|span| span.contains(&record.at_ms)),
        };
        let verdict = verdict(&records, question, zone);
        let steps = about.iter().filter(of_run).map(|record| step(record)).collect();
        answer.runs.push(RunStory { run, verdict, steps });
    }
    answer
}

/// Whether a decision is about this person. Where it names somebody known, that must be them: a
/// shared browser's anonymous id may have belonged to several people.
fn concerns(record: &TraceRecord, identifiers: &BTreeSet<String>) -> bool {
    let is_known = |identifier: &&String| !identifier.starts_with("anonymous_id:");
    let is_theirs = |identifier: &String| identifiers.contains(identifier);
    let known: Vec<&String> = record.identifiers.iter().filter(is_known).collect();
    if !known.is_empty() && identifiers.iter().any(|identifier| is_known(&identifier)) {
        return known.into_iter().any(is_theirs);
    }
    record.identifiers.iter().any(is_theirs)
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

/// A held trigger in words, where the trace has nothing on it.
fn held_step(held: &HeldTrigger, zone: Tz) -> Step {
    let age = held.age_ms.map_or(String::new(), |age| format!(" ({} old)", Span::from_ms(age).spoken()));
    let fate = match held.state {
        HeldState::Joined => "then it joined its person's history",
        HeldState::TooOld => "when it joined, it was too old to start the journey",
        HeldState::Expired => "it was too old to join anybody's history",
        HeldState::Refused => "the claim on its visitor was refused",
        HeldState::NeverIdentified => "nobody ever said who they were",
    };
    let since = instant(held.held_ms, zone, held.held_ms);
    Step {
        at_ms: held.decided_ms,
        text: format!("The trigger was held from {since}; {fate}{age}"),
        rule: format!("{}, held trigger", held.state.word()),
    }
}

/// In one sentence, what became of the block in this run.
fn verdict(records: &[&TraceRecord], question: &Question<'_>, zone: Tz) -> String {
    let name = block_name(question.journey, question.block);
    let at_block = records.iter().rfind(|record| {
        record.block.as_ref() == Some(question.block)
            && matches!(
                record.decision,
                "sent" | "not_sent" | "skipped" | "deferred" | "waiting" | "left_block" | "run_ended"
            )
    });
    let outcome = records.iter().rfind(|record| {
        record.block.as_ref() == Some(question.block)
            && matches!(record.decision, "sent" | "not_sent" | "skipped")
    });
    if let Some(record) = outcome.or(at_block) {
        let when = instant(record.at_ms, zone, record.at_ms);
        let why = one_line(&record.because.text);
        return match record.decision {
            "sent" => format!("{name} was sent on {when}."),
            "not_sent" => format!("{name} was not sent on {when} ({}): {why}", plain(&record.detail)),
            "skipped" => format!("{name} was skipped on {when}: {why}"),
            "deferred" | "waiting" => format!("{name} was still waiting at the end: {why}"),
            "run_ended" => format!("The run ended in {name} on {when} ({}): {why}", plain(&record.detail)),
            _ => format!("They passed {name} on {when}, by “{}”.", plain(&record.detail)),
        };
    }
    turned_away(records, question, zone)
}

/// The decision after which the block could no longer be reached.
fn turned_away(records: &[&TraceRecord], question: &Question<'_>, zone: Tz) -> String {
    let journey = question.journey;
    let name = block_name(journey, question.block);
    let leading = blocks_leading_to(journey, question.block);
    let on_the_way =
        |record: &&&TraceRecord| record.block.as_ref().is_some_and(|block| leading.contains(block));
    // A run may end before it comes to any block; then its last decision settled it.
    let Some(settled) = records.iter().rfind(on_the_way).or(records.last()) else {
        return format!("They never came to {name}.");
    };
    let place = settled.block.as_ref().map_or(String::new(), |block| block_name(journey, block));
    let when = instant(settled.at_ms, zone, settled.at_ms);
    let why = one_line(&settled.because.text);
    let how = plain(&settled.detail);
    match settled.decision {
        "run_ended" => {
            let place = if settled.block.is_some() { format!("in {place}") } else { "at once".to_owned() };
            format!("They never came to {name}: on {when} the run ended {place} ({how}). {why}")
        }
        "left_block" | "sent" | "not_sent" | "skipped" => {
            let by =
                if settled.decision == "left_block" { format!(" by “{how}”") } else { String::new() };
            format!("They never came to {name}: on {when} they left {place}{by}. {why}")
        }
        _ => format!("They have not come to {name} yet: at the end they are in {place}. {why}"),
    }
}

/// Blocks from which `target` can be reached, `target` among them.
fn blocks_leading_to(journey: &Journey, target: &BlockId) -> BTreeSet<BlockId> {
    let mut leading = BTreeSet::from([target.clone()]);
    loop {
        let before = leading.len();
        for (id, block) in &journey.blocks {
            if block.exits.values().any(|to| leading.contains(to)) {
                leading.insert(id.clone());
            }
        }
        if leading.len() == before {
            return leading;
        }
    }
}

fn plain(word: &str) -> String {
    word.replace('_', " ")
}

fn journey_name(journey: &Journey) -> &str {
    if journey.name.is_empty() { journey.id.as_str() } else { &journey.name }
}

fn block_name(journey: &Journey, id: &BlockId) -> String {
    let name = journey.blocks.get(id).map_or("", |block| block.name.as_str());
    format!("“{}”", if name.is_empty() { id.as_str() } else { name })
}

/// Writes an answer for people; instants in `zone`.
pub fn write_answer(answer: &Answer, zone: Tz, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "{} · {}", one_line(&answer.person), answer.what)?;
    if answer.runs.is_empty() {
        let why = answer.before.last().map_or("nothing they did starts this journey", |step| &step.text);
        writeln!(out, "\nThe journey never started for them: {why}.")?;
    }
    if !answer.before.is_empty() {
        writeln!(out, "\nOutside any run:")?;
        write_steps(&answer.before, zone, out)?;
    }
    for story in &answer.runs {
        writeln!(out, "\nRun {}: {}", story.run, story.verdict)?;
        write_steps(&story.steps, zone, out)?;
    }
    Ok(())
}

fn write_steps(steps: &[Step], zone: Tz, out: &mut dyn Write) -> io::Result<()> {
    const WHEN_WIDTH: usize = 16;
    let beside_ms = steps.first().map_or(0, |step| step.at_ms);
    for step in steps {
        let when = instant(step.at_ms, zone, beside_ms);
        writeln!(out, "  {when:WHEN_WIDTH$}  {}  [{}]", step.text, step.rule)?;
    }
    Ok(())
}
