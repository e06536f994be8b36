//! Which messages differ between two replays: JSON Lines, and a table for people.

use std::io::{self, Write};

use chrono_tz::Tz;
use serde::Serialize;

use super::{difference, messages::status, table::Table, write_json_line};
use crate::{
    lab::{Comparison, Difference, DifferenceKind},
    recording::time::format_instant,
    simulator::MessageRecord,
    words::{names::Names, person, time},
};

/// The messages that were compared, and what to call things.
pub struct Sides<'a> {
    /// Messages before.
    pub before: &'a [MessageRecord],
    /// Messages after.
    pub after: &'a [MessageRecord],
    /// Names of journeys and blocks.
    pub names: Names<'a>,
    /// The zone of the times in tables.
    pub zone: Tz,
}

/// First line of the JSON export.
#[derive(Serialize)]
struct Header {
    format: &'static str,
    version: u32,
    same: usize,
}

#[derive(Serialize)]
struct Line<'a> {
    difference: &'static str,
    person: Person<'a>,
    journey: &'a str,
    before: Option<Side<'a>>,
    after: Option<Side<'a>>,
}

#[derive(Serialize)]
struct Person<'a> {
    identifiers: &'a [String],
}

#[derive(Serialize)]
struct Side<'a> {
    at: String,
    run: u32,
    block: &'a str,
    channel: Option<&'static str>,
    status: &'static str,
    reason: Option<&'a str>,
    subject: &'a str,
    body: &'a str,
}

impl<'a> Side<'a> {
    fn of(message: &'a MessageRecord) -> Self {
        Self {
            at: format_instant(message.at_ms),
            run: message.run,
            block: message.block.as_str(),
            channel: message.channel.map(crate::journey::Channel::word),
            status: message.state.word(),
            reason: message.reason,
            subject: &message.subject,
            body: &message.body,
        }
    }
}

impl<'a> Sides<'a> {
    fn both(&self, difference: &Difference) -> (Option<&'a MessageRecord>, Option<&'a MessageRecord>) {
        (
            difference.before.and_then(|at| self.before.get(at)),
            difference.after.and_then(|at| self.after.get(at)),
        )
    }
}

/// JSON Lines: a header with how many messages are the same, then one difference a line. Fields and
/// their order are fixed; the README documents them.
pub fn write_json(comparison: &Comparison, sides: &Sides<'_>, out: &mut dyn Write) -> io::Result<()> {
    write_json_line(&Header { format: "comparison", version: 1, same: comparison.same }, out)?;
    for difference in &comparison.differences {
        let (before, after) = sides.both(difference);
        let Some(shown) = after.or(before) else { continue };
        let line = Line {
            difference: difference.kind.word(),
            person: Person { identifiers: &shown.identifiers },
            journey: shown.journey.as_str(),
            before: before.map(Side::of),
            after: after.map(Side::of),
        };
        write_json_line(&line, out)?;
    }
    Ok(())
}

/// A table for people: how it differs, who, which message, before and after.
pub fn write_table(comparison: &Comparison, sides: &Sides<'_>, out: &mut dyn Write) -> io::Result<()> {
    let mut table = Table::new(&["Difference", "Person", "Journey", "Message", "Before", "After"]);
    let mut beside_ms = None;
    for difference in &comparison.differences {
        let (before, after) = sides.both(difference);
        let Some(shown) = after.or(before) else { continue };
        let beside_ms = *beside_ms.get_or_insert(shown.at_ms);
        let cell = |message: Option<&MessageRecord>, other| {
            message.map_or_else(
                || "–".to_owned(),
                |message| said(message, other, difference.kind, sides, beside_ms),
            )
        };
        table.row([
            name(difference.kind).to_owned(),
            person::who(&shown.identifiers),
            sides.names.journey(&shown.journey).to_owned(),
            sides.names.block_or_id(&shown.journey, &shown.block).to_owned(),
            cell(before, after),
            cell(after, before),
        ]);
    }
    table.write(out)
}

/// One side of a difference: `Wed 4 Mar 14:02 sent`, and what it says if that is what differs.
fn said(
    message: &MessageRecord,
    other: Option<&MessageRecord>,
    kind: DifferenceKind,
    sides: &Sides<'_>,
    beside_ms: i64,
) -> String {
    let said = format!("{} {}", time::moment_beside(message.at_ms, sides.zone, beside_ms), status(message));
    if kind == DifferenceKind::Text {
        return format!("{said}: {}", difference::says(message, other));
    }
    if other.is_some_and(|other| other.block != message.block) {
        return format!("{said} at {}", sides.names.block_or_id(&message.journey, &message.block));
    }
    said
}

/// How a message differs, in words.
pub const fn name(kind: DifferenceKind) -> &'static str {
    match kind {
        DifferenceKind::OnlyBefore => "only before",
        DifferenceKind::OnlyAfter => "only after",
        DifferenceKind::Status => "status",
        DifferenceKind::Time => "time",
        DifferenceKind::Text => "text",
    }
}

/// `61 messages before, 58 after: 50 the same, 3 only before, 8 time.`
pub fn summary(comparison: &Comparison, sides: &Sides<'_>) -> String {
    let mut parts = vec![format!("{} the same", comparison.same)];
    parts.extend(comparison.counts().iter().map(|(kind, count)| match kind {
        DifferenceKind::OnlyBefore | DifferenceKind::OnlyAfter => format!("{count} {}", name(*kind)),
        DifferenceKind::Status => format!("{count} with another status"),
        DifferenceKind::Time => format!("{count} at another time"),
        DifferenceKind::Text => format!("{count} with another text"),
    }));
    format!("{} messages before, {} after: {}.", sides.before.len(), sides.after.len(), parts.join(", "))
}
