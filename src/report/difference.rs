//! How messages of two results differ, in words.

use chrono_tz::Tz;

use crate::{
    lab::DifferenceKind,
    recording::Span,
    simulator::{MessageRecord, MessageState},
    words::{condition, sentence, status, time},
};

/// `Only before`, `Only now`, `Other end`, `Other time`, `Other text`.
pub const fn kind(kind: DifferenceKind) -> &'static str {
    match kind {
        DifferenceKind::OnlyBefore => "Only before",
        DifferenceKind::OnlyAfter => "Only now",
        DifferenceKind::Status => "Other end",
        DifferenceKind::Time => "Other time",
        DifferenceKind::Text => "Other text",
    }
}

/// What it means, for a tooltip.
pub const fn meaning(kind: DifferenceKind) -> &'static str {
    match kind {
        DifferenceKind::OnlyBefore => "Messages that are there no more",
        DifferenceKind::OnlyAfter => "Messages that were not there before",
        DifferenceKind::Status => "Another status or reason, or the run waits elsewhere",
        DifferenceKind::Time => "The same end at another time",
        DifferenceKind::Text => "Another text or channel",
    }
}

/// One side of a difference; `other` is the message on the other side, if there is one, and `block`
/// says what a block is called.
pub fn side(
    message: &MessageRecord,
    other: Option<&MessageRecord>,
    kind: DifferenceKind,
    zone: Tz,
    block: impl Fn(&MessageRecord) -> String,
) -> String {
    match kind {
        DifferenceKind::Text => says(message, other),
        DifferenceKind::Time => time::moment(message.at_ms, zone),
        DifferenceKind::OnlyBefore | DifferenceKind::OnlyAfter | DifferenceKind::Status => {
            let elsewhere = message.message.is_none() || other.is_some_and(|it| it.block != message.block);
            let place = if elsewhere { format!(" at {}", block(message)) } else { String::new() };
            format!("{}{place}", ended(message, zone))
        }
    }
}

/// `5 h later`, `2 d 3 h earlier`.
pub fn shift(before_ms: i64, after_ms: i64) -> String {
    if before_ms <= after_ms {
        return time::later(before_ms, after_ms);
    }
    format!("{} earlier", Span::from_ms(before_ms - after_ms).spoken())
}

/// `Sent Wed 4 Mar 14:02`, `Not sent: consent was refused`.
fn ended(message: &MessageRecord, zone: Tz) -> String {
    let state = status::state(message.state);
    match (message.state, message.reason) {
        (MessageState::NotSent | MessageState::Skipped, Some(reason)) => {
            format!("{state}: {}", status::reason(reason))
        }
        (MessageState::Waiting, _) => state.to_owned(),
        _ => format!("{state} {}", time::moment(message.at_ms, zone)),
    }
}

/// What of a message differs from the other: its channel, its subject, or the text.
pub fn says(message: &MessageRecord, other: Option<&MessageRecord>) -> String {
    let Some(other) = other else { return format!("“{}”", message.subject) };
    if message.channel != other.channel {
        return message
            .channel
            .map_or_else(|| "No channel".to_owned(), |it| sentence(condition::channel(it)));
    }
    if message.subject != other.subject {
        return format!("“{}”", message.subject);
    }
    format!("“{}”", parting(&message.body, &other.body))
}

/// A text from a little before where it parts from another.
fn parting(text: &str, other: &str) -> String {
    const LEAD: usize = 12;
    let same = text.chars().zip(other.chars()).take_while(|(a, b)| a == b).count();
    let from = same.saturating_sub(LEAD);
    let rest: String = text.chars().skip(from).collect();
    let rest = rest.split_whitespace().collect::<Vec<_>>().join(" ");
    if from == 0 { rest } else { format!("…{rest}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shifts_are_said_both_ways() {
        assert_eq!(shift(0, 18_000_000), "5 h later");
        assert_eq!(shift(18_000_000, 0), "5 h earlier");
    }

    #[test]
    fn texts_are_quoted_from_where_they_part() {
        assert_eq!(parting("Hello you", "Hello me"), "Hello you");
        let long = "A long beginning that is the same, then you";
        assert_eq!(parting(long, "A long beginning that is the same, then me"), "…same, then you");
        assert_eq!(parting("", "x"), "");
    }
}
