//! The messages of a replay: JSON Lines, and a table for people.

use std::io::{self, Write};

use chrono_tz::Tz;
use serde::Serialize;

use super::{table::Table, write_json_line};
use crate::{
    journey::{BlockId, Channel},
    recording::time::format_instant,
    simulator::{MessageRecord, MessageState, Reason},
    words::{names::Names, person, time},
};

/// First line of the JSON export.
#[derive(Serialize)]
struct Header {
    format: &'static str,
    version: u32,
}

#[derive(Serialize)]
struct Line<'a> {
    at: String,
    person: Person<'a>,
    journey: &'a str,
    run: u32,
    block: &'a str,
    message: Option<&'a str>,
    channel: Option<&'static str>,
    status: &'static str,
    reason: Option<&'a str>,
    flags: Vec<&'static str>,
    because: Vec<Because<'a>>,
    subject: &'a str,
    body: &'a str,
}

#[derive(Serialize)]
struct Person<'a> {
    identifiers: &'a [String],
}

#[derive(Serialize)]
struct Because<'a> {
    rule: &'a str,
    confidence: &'static str,
    text: &'a str,
    events: &'a [String],
}

/// JSON Lines: a header, then one message a line in the order given. Fields and their order are
/// fixed; the README documents them.
pub fn write_json<'a>(
    messages: impl IntoIterator<Item = &'a MessageRecord>,
    out: &mut dyn Write,
) -> io::Result<()> {
    write_json_line(&Header { format: "messages", version: 1 }, out)?;
    for message in messages {
        write_json_line(&line(message), out)?;
    }
    Ok(())
}

fn line(message: &MessageRecord) -> Line<'_> {
    Line {
        at: format_instant(message.at_ms),
        person: Person { identifiers: &message.identifiers },
        journey: message.journey.as_str(),
        run: message.run,
        block: message.block.as_str(),
        message: message.message.as_ref().map(BlockId::as_str),
        channel: message.channel.map(Channel::word),
        status: message.state.word(),
        reason: message.reason,
        flags: message.flags.iter().map(|flag| flag.word()).collect(),
        because: message.because.iter().map(|reason| because(reason)).collect(),
        subject: &message.subject,
        body: &message.body,
    }
}

fn because(reason: &Reason) -> Because<'_> {
    Because {
        rule: reason.rule,
        confidence: reason.confidence_word(),
        text: &reason.text,
        events: &reason.events,
    }
}

/// A table for people: when (in `zone`), who, which message, and what became of it.
pub fn write_table<'a>(
    messages: impl IntoIterator<Item = &'a MessageRecord>,
    names: &Names<'_>,
    zone: Tz,
    out: &mut dyn Write,
) -> io::Result<()> {
    let mut table = Table::new(&["When", "Person", "Journey", "Message", "Channel", "Status", "Why"]);
    let mut beside_ms = None;
    for message in messages {
        let beside_ms = *beside_ms.get_or_insert(message.at_ms);
        table.row([
            time::moment_beside(message.at_ms, zone, beside_ms),
            person::who(&message.identifiers),
            names.journey(&message.journey).to_owned(),
            names.block_or_id(&message.journey, &message.block).to_owned(),
            message.channel.map_or("", Channel::word).to_owned(),
            status(message),
            why(message),
        ]);
    }
    table.write(out)
}

/// `sent`, `not sent: unsubscribed`, `waiting`.
pub(super) fn status(message: &MessageRecord) -> String {
    let word = message.state.word().replace('_', " ");
    match (message.state, message.reason) {
        (MessageState::NotSent | MessageState::Skipped, Some(reason)) => {
            format!("{word}: {}", reason.replace('_', " "))
        }
        _ => word,
    }
}

/// What was sent, or the decision that spoke last; and what is odd about it.
fn why(message: &MessageRecord) -> String {
    let said = match message.state {
        MessageState::Sent if !message.subject.is_empty() => message.subject.clone(),
        MessageState::Sent => message.body.chars().take(60).collect(),
        _ => message.because.last().map_or_else(String::new, |reason| reason.text.clone()),
    };
    let flags: Vec<String> = message.flags.iter().map(|flag| flag.word().replace('_', " ")).collect();
    if flags.is_empty() { said } else { format!("{said} ({})", flags.join(", ")) }
}
