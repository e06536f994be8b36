//! The first sentence of an answer: the decision that settled it.

use chrono_tz::Tz;

use super::{Question, held_text};
use crate::{
    journey::Journey,
    lab::asked::{blocks_leading_to, is_afterword},
    report::table::one_line,
    simulator::{HeldState, HeldTrigger, TraceRecord},
    words::{block, spaced, time},
};

/// How near a run came to the block that is asked about; the nearest run is the answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Came {
    /// Turned away before.
    Never,
    /// It came there.
    There,
    /// What the block sends was refused or skipped.
    Refused,
    /// What the block sends went out.
    Sent,
}

/// What became of the block in a run.
pub(super) fn of_run(records: &[&TraceRecord], question: &Question<'_>, zone: Tz) -> (Came, String) {
    let name = block::quoted(question.journey, question.block);
    let here: Vec<&TraceRecord> =
        records.iter().copied().filter(|record| record.block.as_ref() == Some(question.block)).collect();
    let is_outcome = |record: &&&TraceRecord| matches!(record.decision, "sent" | "not_sent" | "skipped");
    let is_stay = |record: &&&TraceRecord| {
        matches!(record.decision, "deferred" | "waiting" | "left_block" | "run_ended")
            && !is_afterword(record)
    };
    let Some(record) = here.iter().rfind(is_outcome).or_else(|| here.iter().rfind(is_stay)) else {
        return (Came::Never, turned_away(records, question, zone));
    };
    let when = time::moment(record.at_ms, zone);
    let why = sentence(&record.because.text);
    match record.decision {
        "sent" => {
            let deferred = here.iter().find(|before| before.decision == "deferred");
            let after = deferred.map_or(String::new(), |deferred| {
                let since = time::moment_beside(deferred.at_ms, zone, record.at_ms);
                format!(", held back from {since} ({})", spaced(&deferred.detail))
            });
            (Came::Sent, format!("{name} was sent on {when}{after}."))
        }
        "not_sent" => {
            (Came::Refused, format!("{name} was not sent on {when} ({}): {why}", spaced(&record.detail)))
        }
        "skipped" => (Came::Refused, format!("{name} was skipped on {when}: {why}")),
        "deferred" => (Came::There, format!("{name} is still held back at the end: {why}")),
        "waiting" => {
            // The last record only says that the replay ended; the one before it says for what.
            let wait = here.iter().rfind(|before| {
                matches!(before.decision, "deferred" | "waiting") && before.because.rule != "horizon"
            });
            (
                Came::There,
                format!(
                    "They are still in {name} at the end: {}",
                    sentence(&wait.unwrap_or(record).because.text)
                ),
            )
        }
        "run_ended" => {
            (Came::There, format!("The run ended in {name} on {when}{}", ended(record, question.journey)))
        }
        _ => (
            Came::There,
            format!("They passed {name} on {when}, by “{}”.", exit_said(record, question.journey)),
        ),
    }
}

/// The decision after which the block could no longer be reached.
fn turned_away(records: &[&TraceRecord], question: &Question<'_>, zone: Tz) -> String {
    let journey = question.journey;
    let name = block::quoted(journey, question.block);
    let leading = blocks_leading_to(journey, question.block);
    let on_the_way =
        |record: &&&TraceRecord| record.block.as_ref().is_some_and(|block| leading.contains(block));
    let settled = records.iter().rfind(|record| on_the_way(record) && !is_afterword(record));
    // A run may end before it comes to any block; then its last decision settled it.
    let Some(settled) = settled.or(records.last()) else {
        return format!("They never came to {name}.");
    };
    let place = settled.block.as_ref().map_or(String::new(), |block| block::quoted(journey, block));
    let when = time::moment(settled.at_ms, zone);
    let why = sentence(&settled.because.text);
    match settled.decision {
        "run_ended" => {
            let place = if place.is_empty() { "at once".to_owned() } else { format!("in {place}") };
            let how = ended(settled, journey);
            format!("They never came to {name}: on {when} the run ended {place}{how}")
        }
        "left_block" => {
            let by = exit_said(settled, journey);
            format!("They never came to {name}: on {when} they left {place} by “{by}”. {why}")
        }
        "sent" | "not_sent" | "skipped" => {
            let how = spaced(settled.decision);
            format!(
                "They never came to {name}: on {when} {place} was {how}, and the path led elsewhere. {why}"
            )
        }
        _ => format!("They have not come to {name} yet: at the end they are in {place}. {why}"),
    }
}

/// How a run ended, behind “the run ended in …”.
fn ended(record: &TraceRecord, journey: &Journey) -> String {
    match journey.exits.iter().find(|exit| exit.id == record.detail) {
        Some(exit) => {
            let name = if exit.name.is_empty() { &exit.id } else { &exit.name };
            format!(": the exit condition “{name}” held.")
        }
        None => format!(" ({}). {}", spaced(&record.detail), sentence(&record.because.text)),
    }
}

/// The exit a run left by.
fn exit_said(record: &TraceRecord, journey: &Journey) -> String {
    let block = record.block.as_ref();
    block.map_or_else(|| spaced(&record.detail), |id| block::exit_said(journey, id, &record.detail))
}

/// Why the journey never started, from what was decided outside any run.
pub(super) fn never_started(
    outside: &[&TraceRecord],
    held: &[&HeldTrigger],
    question: &Question<'_>,
    zone: Tz,
) -> String {
    if let Some(refused) = outside.iter().rfind(|record| record.decision == "not_started") {
        let lead = refusal(&refused.detail);
        return format!("{lead}: the journey never started for them. {}", sentence(&refused.because.text));
    }
    let Some(held) = held.iter().max_by_key(|held| (held.decided_ms, held.held_ms)) else {
        return "Nothing they did starts this journey: it never started for them.".to_owned();
    };
    let lead = match held.state {
        HeldState::NeverIdentified => "Held, never identified",
        HeldState::Refused => "Held, and the claim on the visitor was refused",
        HeldState::Expired | HeldState::TooOld => "Held, and identified too late",
        HeldState::Joined => "Held, and joined",
    };
    // What a visitor came to by the trigger's exit `never identified`.
    let here = outside.iter().rfind(|record| record.block.as_ref() == Some(question.block));
    if let Some(here) = here {
        let (name, when) = (block::quoted(question.journey, question.block), time::moment(here.at_ms, zone));
        return format!(
            "{lead}: they came to {name} on {when}, outside the platform. {}",
            sentence(&here.because.text)
        );
    }
    format!("{lead}: the journey never started for them. {}", sentence(&held_text(held, zone)))
}

/// Why a trigger started nothing, as the beginning of a sentence.
pub(super) fn refusal(reason: &str) -> String {
    match reason {
        "too_old" => "Identified too late",
        "audience" => "Not in the journey's audience",
        "already_in_run" => "Already in this journey",
        "already_entered" => "Entered before",
        "gap" => "Entered too recently",
        "anonymous" => "Not identified",
        "not_oldest" => "Not the oldest of the joined triggers",
        "not_newest" => "Not the newest of the joined triggers",
        "loop_stopped" => "Stopped as a loop",
        other => return spaced(other),
    }
    .to_owned()
}

fn sentence(text: &str) -> String {
    let text = one_line(text);
    if text.ends_with(['.', '!', '?']) { text } else { format!("{text}.") }
}
