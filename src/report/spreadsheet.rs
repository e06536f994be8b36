//! Messages as CSV for a spreadsheet (RFC 4180: commas, every cell in quotes, CRLF).
//!
//! What shoppers typed ends up in these cells, and a spreadsheet runs a cell that begins like a
//! formula. So no cell, and no part of one that a spreadsheet with another separator might take
//! for a cell, begins with `=`, `+`, `-`, `@`, a tab or a line break: an apostrophe goes before it,
//! which says “text” and is not shown.

use std::{borrow::Cow, io::Write};

use chrono::TimeZone;
use chrono_tz::Tz;
use csv::{QuoteStyle, Terminator, WriterBuilder};

use crate::{
    simulator::MessageRecord,
    words::{condition, names::Names, person, status},
};

/// What a file for spreadsheets begins with, so that they read it as UTF-8.
pub const BYTE_ORDER_MARK: &str = "\u{feff}";

/// The heading.
pub const COLUMNS: [&str; 14] = [
    "When",
    "Zone",
    "Person",
    "Identifiers",
    "Journey",
    "Run",
    "Message",
    "Channel",
    "Status",
    "Reason",
    "Flags",
    "Subject",
    "Body",
    "Why",
];

/// Messages in the order given, one a line, under a heading. `When` is local to `zone` and sorts as
/// text.
///
/// # Errors
/// When `out` cannot be written.
pub fn write_messages<'a>(
    messages: impl IntoIterator<Item = &'a MessageRecord>,
    names: &Names<'_>,
    zone: Tz,
    out: impl Write,
) -> std::io::Result<()> {
    let mut writer =
        WriterBuilder::new().quote_style(QuoteStyle::Always).terminator(Terminator::CRLF).from_writer(out);
    writer.write_record(COLUMNS).map_err(as_written)?;
    for message in messages {
        let cells = cells(message, names, zone);
        let cells = cells.iter().map(|cell| guarded(cell));
        writer.write_record(cells.map(|cell| cell.into_owned().into_bytes())).map_err(as_written)?;
    }
    writer.flush()
}

/// What went wrong with the writing itself, so that a broken pipe is still one.
fn as_written(error: csv::Error) -> std::io::Error {
    match error.into_kind() {
        csv::ErrorKind::Io(error) => error,
        other => std::io::Error::other(format!("{other:?}")),
    }
}

fn cells<'a>(message: &'a MessageRecord, names: &'a Names<'_>, zone: Tz) -> [Cow<'a, str>; COLUMNS.len()] {
    let when = zone.timestamp_millis_opt(message.at_ms).single();
    let flags: Vec<&str> = message.flags.iter().map(|flag| status::flag(*flag)).collect();
    let because: Vec<&str> = message.because.iter().map(|reason| reason.text.as_str()).collect();
    [
        when.map_or_else(String::new, |at| at.format("%Y-%m-%d %H:%M:%S").to_string()).into(),
        zone.name().into(),
        person::who(&message.identifiers).into(),
        message.identifiers.join(" ").into(),
        names.journey(&message.journey).into(),
        message.run.to_string().into(),
        names.block_or_id(&message.journey, &message.block).into(),
        message.channel.map_or("", condition::channel).into(),
        status::state(message.state).into(),
        message.reason.map_or_else(String::new, status::reason).into(),
        flags.join(", ").into(),
        message.subject.as_str().into(),
        message.body.as_str().into(),
        because.join("; ").into(),
    ]
}

/// The text with an apostrophe wherever a spreadsheet would begin a formula.
pub fn guarded(cell: &str) -> Cow<'_, str> {
    if !cell.chars().any(|letter| begins_formula(letter) || separates(letter)) {
        return Cow::Borrowed(cell);
    }
    let mut guarded = String::with_capacity(cell.len() + 1);
    // Whether a cell might begin here: at the front, or after what other settings separate by.
    let mut may_begin = true;
    for letter in cell.chars() {
        if may_begin && (begins_formula(letter) || guarded.is_empty() && separates(letter)) {
            guarded.push('\'');
        }
        may_begin = separates(letter) || may_begin && is_passed_over(letter);
        guarded.push(letter);
    }
    Cow::Owned(guarded)
}

/// What a formula begins with; some spreadsheets take the full-width forms for the others.
const fn begins_formula(letter: char) -> bool {
    matches!(letter, '=' | '+' | '-' | '@' | '＝' | '＋' | '－' | '＠')
}

/// What separates cells or rows, whatever the settings of who opens the file.
const fn separates(letter: char) -> bool {
    matches!(letter, '\t' | '\r' | '\n' | ';' | '|')
}

/// What a spreadsheet may drop from the front of a cell.
fn is_passed_over(letter: char) -> bool {
    letter.is_whitespace() || letter.is_control() || matches!(letter, '"' | '\u{feff}' | '\u{200b}')
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use proptest::prelude::*;

    use super::*;
    use crate::{
        journey::{Channel, Journey},
        simulator::{Flag, MessageState},
    };

    fn message(subject: &str) -> MessageRecord {
        MessageRecord {
            at_ms: 1_772_629_320_000,
            identifiers: vec!["email:ana@example.com".to_owned(), "phone:+49170".to_owned()],
            journey: "cart".into(),
            run: 1,
            started: crate::simulator::RunStart::shared("", 1),
            block: "reminder".into(),
            message: Some("reminder".into()),
            channel: Some(Channel::Email),
            state: MessageState::Sent,
            reason: None,
            flags: vec![Flag::Deferred],
            because: Vec::new(),
            subject: subject.to_owned(),
            body: "Two\nlines, \"quoted\"".to_owned(),
            absent: Vec::new(),
        }
    }

    fn written(messages: &[MessageRecord]) -> String {
        let journeys: Vec<Arc<Journey>> = Vec::new();
        let mut out = Vec::new();
        write_messages(messages, &Names::of(&journeys), chrono_tz::Europe::Berlin, &mut out).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn what_begins_like_a_formula_is_text() {
        for (cell, safe) in [
            ("=1+1", "'=1+1"),
            ("+49 170 1", "'+49 170 1"),
            ("-2", "'-2"),
            ("@SUM(A1)", "'@SUM(A1)"),
            ("\t=1", "'\t'=1"),
            ("\r=1", "'\r'=1"),
            ("\n", "'\n"),
            ("  =cmd|' /C calc'!A0", "  '=cmd|' /C calc'!A0"),
            ("\"=1", "\"'=1"),
            ("＝1", "'＝1"),
            ("fine;=1", "fine;'=1"),
            ("fine\n@x", "fine\n'@x"),
            ("Still thinking - about it?", "Still thinking - about it?"),
            ("ana@example.com", "ana@example.com"),
            ("", ""),
        ] {
            assert_eq!(guarded(cell), safe, "{cell:?}");
        }
    }

    #[test]
    fn a_table_reads_back_as_it_was() {
        let text = written(&[message("=HYPERLINK(\"http://evil\")"), message("Ünïcode, \"quotes\"")]);
        assert!(text.starts_with("\"When\",\"Zone\","), "{text}");
        let mut reader = csv::Reader::from_reader(text.as_bytes());
        assert_eq!(reader.headers().unwrap().iter().collect::<Vec<_>>(), COLUMNS);
        let rows: Vec<csv::StringRecord> = reader.records().map(Result::unwrap).collect();
        assert_eq!(rows.len(), 2);
        assert_eq!(&rows[0][0], "2026-03-04 14:02:00");
        assert_eq!(&rows[0][11], "'=HYPERLINK(\"http://evil\")");
        assert_eq!(&rows[1][11], "Ünïcode, \"quotes\"");
        assert_eq!(&rows[1][12], "Two\nlines, \"quoted\"");
    }

    /// Cells as a spreadsheet with this separator sees them.
    fn cells_of(text: &str, separator: u8) -> Vec<String> {
        let mut reader = csv::ReaderBuilder::new()
            .has_headers(false)
            .flexible(true)
            .delimiter(separator)
            .from_reader(text.as_bytes());
        reader.records().flat_map(|row| row.unwrap().iter().map(str::to_owned).collect::<Vec<_>>()).collect()
    }

    proptest! {
        #[test]
        fn no_cell_is_a_formula_whatever_separates_cells(
            subject in "[-=+@\t\r\n;|,\"' a1＝]{0,12}"
        ) {
            let text = written(&[message(&subject)]);
            for separator in [b',', b';', b'\t', b'|'] {
                for cell in cells_of(&text, separator) {
                    let front = cell.trim_start_matches(|letter: char| letter == '"' || letter.is_whitespace());
                    prop_assert!(!front.starts_with(['=', '+', '-', '@', '＝']), "{cell:?} in {text:?}");
                    prop_assert!(!cell.starts_with(['\t', '\r', '\n']) || separator != b',', "{cell:?}");
                }
            }
        }

        #[test]
        fn a_cell_without_marks_stays_as_it_is(cell in "[a-zäöü0-9 .,!?]{0,20}") {
            prop_assert_eq!(&guarded(&cell), &cell);
        }
    }
}
