//! From bytes to messages: lines, arrays, batches and captured requests.

use std::{
    io::{self, BufRead},
    ops::ControlFlow,
};

use serde_json::{Value, value::RawValue};

use super::{
    Intake,
    broken::broken_batch,
    canonical::{not_json, repair_surrogates},
    element::{EFFORT, broken_length, length_of_broken},
    message::Defaults,
    translate,
    wire::{Field, Wire, text_of},
};

/// Where a message stands, for reports.
#[derive(Clone, Copy, Debug)]
pub(super) struct Place {
    /// Line in the file, from 1.
    pub line: u32,
    /// Its number in a list, from 1, where one line holds all of it and would tell nothing alone.
    pub number: Option<u32>,
}

impl Place {
    const fn line(line: u32) -> Self {
        Self { line, number: None }
    }
    /// The place after some more text of the file.
    pub(super) fn after(self, text: &[u8]) -> Self {
        let lines = text.split(|byte| *byte == b'\n').count() - 1;
        Self { line: self.line.saturating_add(lines as u32), ..self }
    }
}

const BOM: &[u8] = b"\xef\xbb\xbf";

/// Reads a whole recording.
///
/// The first line that is not blank tells the form: complete JSON with more after it is JSON
/// Lines, read line by line. Anything else that could be a document over several lines (a
/// pretty-printed array or batch, or events printed one after another) is read whole.
pub(super) fn read(reader: &mut dyn BufRead, intake: &mut Intake<'_>) -> io::Result<ControlFlow<()>> {
    let mut line = Vec::new();
    let mut number = 0;
    loop {
        line.clear();
        if reader.read_until(b'\n', &mut line)? == 0 {
            return Ok(ControlFlow::Continue(()));
        }
        number += 1;
        intake.bytes += line.len() as u64;
        if !trimmed(&line).is_empty() {
            break;
        }
    }
    if let Some(reason) = no_text(&line) {
        return Ok(intake.refuse(Place::line(number), reason.to_owned()));
    }
    let more_follows = !reader.fill_buf()?.is_empty();
    if could_be_a_document(trimmed(&line), more_follows) {
        let first = line.len();
        reader.read_to_end(&mut line)?;
        intake.bytes = line.len() as u64;
        if let Some(document) = document(&line, first) {
            return Ok(document.read(Place::line(number), intake));
        }
        // It only looked like one: a broken first line of many.
        return lines(&mut line.as_slice(), number - 1, intake);
    }
    if read_line(&line, Place::line(number), intake).is_break() {
        return Ok(ControlFlow::Break(()));
    }
    lines(reader, number, intake)
}

fn lines(reader: &mut dyn BufRead, done: u32, intake: &mut Intake<'_>) -> io::Result<ControlFlow<()>> {
    let mut line = Vec::new();
    let mut number = done;
    loop {
        line.clear();
        if reader.read_until(b'\n', &mut line)? == 0 {
            return Ok(ControlFlow::Continue(()));
        }
        number = number.saturating_add(1);
        intake.bytes += line.len() as u64;
        if read_line(&line, Place::line(number), intake).is_break() {
            return Ok(ControlFlow::Break(()));
        }
    }
}

/// One line: blank, a message, a batch, or an array.
fn read_line(line: &[u8], place: Place, intake: &mut Intake<'_>) -> ControlFlow<()> {
    let line = trimmed(line);
    match line.first() {
        None => ControlFlow::Continue(()),
        Some(b'[') => array(line, place, &Defaults::default(), intake),
        Some(_) => value(line, place, &Defaults::default(), intake),
    }
}

/// Without white space around it and without a byte order mark.
fn trimmed(line: &[u8]) -> &[u8] {
    let line = line.trim_ascii();
    line.strip_prefix(BOM).map_or(line, <[u8]>::trim_ascii)
}

fn could_be_a_document(line: &[u8], more_follows: bool) -> bool {
    // A complete line with more after it is one line of many.
    matches!(line.first(), Some(b'[' | b'{'))
        && (!more_follows || serde_json::from_slice::<&RawValue>(line).is_err_and(|error| error.is_eof()))
}

/// Why a file is no text that can be read; `None` if it may be. UTF-16 and gzip say so in their
/// first bytes.
fn no_text(bytes: &[u8]) -> Option<&'static str> {
    match bytes {
        [0x1f, 0x8b, ..] => Some("compressed with gzip: unpack the file first"),
        [0xff, 0xfe, ..] | [0xfe, 0xff, ..] => Some("UTF-16 text: save the file as UTF-8"),
        _ => None,
    }
}

/// What is over all of a file.
enum Document<'a> {
    Array(&'a [u8]),
    /// One object, or the cut-off or broken beginning of a batch.
    Object(&'a [u8]),
    /// Objects of any number of lines each, one after another.
    Stream(&'a [u8]),
}

/// The document that `bytes` is, whose first line has `first` bytes; `None` if it is rather lines
/// of their own.
fn document(bytes: &[u8], first: usize) -> Option<Document<'_>> {
    let whole = trimmed(bytes);
    if whole.first() == Some(&b'[') {
        // `[` on a line that is not complete: an array, however broken further down.
        return Some(Document::Array(whole));
    }
    let mut values = serde_json::Deserializer::from_slice(whole).into_iter::<&RawValue>();
    match values.next()? {
        Ok(_) if whole[values.byte_offset()..].trim_ascii().is_empty() => Some(Document::Object(whole)),
        // The first one goes over several lines, so its line alone is none.
        Ok(_) => Some(Document::Stream(whole)),
        Err(_) => {
            // A line that is cut off within a value is one of many lines.
            let is_last_line = first >= bytes.len();
            let open = ends_between_values(&bytes[..first]) || is_last_line;
            (open && broken_batch(whole).is_some()).then_some(Document::Object(whole))
        }
    }
}

/// Whether a line could go on in the next one as a printer breaks lines: after a bracket or comma.
fn ends_between_values(line: &[u8]) -> bool {
    matches!(line.trim_ascii_end().last(), Some(b'[' | b'{' | b'}' | b','))
}

impl Document<'_> {
    fn read(&self, place: Place, intake: &mut Intake<'_>) -> ControlFlow<()> {
        match self {
            Self::Array(bytes) => array(bytes, place, &Defaults::default(), intake),
            Self::Object(bytes) => value(bytes, place, &Defaults::default(), intake),
            Self::Stream(bytes) => stream(bytes, place, intake),
        }
    }
}

/// Objects one after another. What follows a broken one is read from the next line that begins
/// with a brace.
fn stream(bytes: &[u8], mut place: Place, intake: &mut Intake<'_>) -> ControlFlow<()> {
    let mut rest = bytes;
    while !rest.is_empty() {
        let mut values = serde_json::Deserializer::from_slice(rest).into_iter::<&RawValue>();
        let length = match values.next() {
            Some(Ok(object)) => {
                value(object.get().as_bytes(), place, &Defaults::default(), intake)?;
                values.byte_offset()
            }
            Some(Err(error)) => {
                intake.refuse(place, not_json(&error))?;
                rest.windows(2).position(|two| two == b"\n{").map_or(rest.len(), |at| at + 1)
            }
            None => break,
        };
        let after = rest[length..].trim_ascii_start();
        place = place.after(&rest[..rest.len() - after.len()]);
        rest = after;
    }
    ControlFlow::Continue(())
}

/// A message, a batch of them, or a captured request (`{"received_at", "method", "path", "body"}`)
/// whose body is one of these.
fn value(bytes: &[u8], place: Place, defaults: &Defaults<'_>, intake: &mut Intake<'_>) -> ControlFlow<()> {
    let broken = |reason: String, intake: &mut Intake<'_>| match broken_batch(bytes) {
        Some(batch) => batch.read(place, defaults, intake),
        None => intake.refuse(place, reason),
    };
    let Ok(text) = std::str::from_utf8(bytes) else {
        return broken("not UTF-8 text".to_owned(), intake);
    };
    let text = repair_surrogates(text);
    let wire = match Wire::read(&text) {
        Ok(wire) => wire,
        Err(reason) => return broken(reason, intake),
    };
    let is_request = [Field::Batch, Field::Kind].iter().all(|field| wire.get(*field).is_none());
    let Some(body) = wire.get(Field::Body).filter(|body| is_request && body.starts_with('{')) else {
        return message_or_batch(&text, &wire, place, defaults, intake);
    };
    let path = wire.get(Field::Path).and_then(text_of).unwrap_or_default();
    if let Some(calls) = translate::request(&path, body) {
        return translated(calls, place, &Defaults::of_request(&wire), intake);
    }
    match Wire::read(body) {
        Ok(inner) => {
            let place = place.after(before(&text, body));
            message_or_batch(body, &inner, place, &Defaults::of_request(&wire), intake)
        }
        Err(reason) => intake.refuse(place, reason),
    }
}

/// The calls that a request of another shape makes.
fn translated(
    calls: Vec<Result<Value, String>>,
    place: Place,
    defaults: &Defaults<'_>,
    intake: &mut Intake<'_>,
) -> ControlFlow<()> {
    for call in calls {
        let text = call.map(|call| call.to_string());
        match text.as_deref().map_err(Clone::clone).and_then(Wire::read) {
            Ok(wire) => intake.message(text.as_deref().unwrap_or_default(), &wire, place, defaults)?,
            Err(reason) => intake.refuse(place, reason)?,
        }
    }
    ControlFlow::Continue(())
}

fn message_or_batch(
    text: &str,
    wire: &Wire<'_>,
    place: Place,
    defaults: &Defaults<'_>,
    intake: &mut Intake<'_>,
) -> ControlFlow<()> {
    match (wire.get(Field::Batch), wire.get(Field::Kind)) {
        (Some(batch), None) if batch.starts_with('[') => {
            array(batch.as_bytes(), place.after(before(text, batch)), &defaults.and_batch(wire), intake)
        }
        (Some(_), None) => intake.refuse(place, "`batch` is not a list of events".to_owned()),
        _ => intake.message(text, wire, place, defaults),
    }
}

/// What stands before a part of a text that lies in it.
fn before<'t>(text: &'t str, part: &str) -> &'t [u8] {
    let at = (part.as_ptr() as usize).checked_sub(text.as_ptr() as usize);
    at.and_then(|at| text.as_bytes().get(..at)).unwrap_or_default()
}

/// The elements of an array, one by one, so that one broken element costs only itself. What is
/// refused is named by the line it begins on.
pub(super) fn array(
    bytes: &[u8],
    begins: Place,
    defaults: &Defaults<'_>,
    intake: &mut Intake<'_>,
) -> ControlFlow<()> {
    let mut rest = bytes.get(1..).unwrap_or_default();
    let (mut place, mut seen) = (begins, 0);
    let (is_one_line, mut number) = (!bytes.contains(&b'\n'), 0_u32);
    let mut effort = bytes.len().saturating_mul(EFFORT);
    loop {
        rest = rest.trim_ascii_start();
        // Each stretch of the list is counted through once.
        let here = bytes.len() - rest.len();
        place = place.after(&bytes[seen..here]);
        seen = here;
        let whole_list = Place::line(place.line);
        match rest.first() {
            None => return intake.refuse(whole_list, "the list ends too early: `]` is missing".to_owned()),
            Some(b']') if rest[1..].trim_ascii().is_empty() => return ControlFlow::Continue(()),
            Some(b']') => {
                return intake.refuse(whole_list, "there is more after the end of the list".to_owned());
            }
            Some(_) => {}
        }
        number = number.saturating_add(1);
        place.number = is_one_line.then_some(number);
        let mut values = serde_json::Deserializer::from_slice(rest).into_iter::<&RawValue>();
        let length = match values.next() {
            Some(Ok(element)) => {
                element_of_list(element.get(), place, defaults, intake)?;
                values.byte_offset()
            }
            Some(Err(error)) => {
                intake.refuse(place, not_json(&error))?;
                length_of_broken(rest, &error, &mut effort)
            }
            None => return ControlFlow::Continue(()),
        };
        rest = rest.get(length..).unwrap_or_default().trim_ascii_start();
        match rest.first() {
            Some(b',') => rest = &rest[1..],
            Some(b']') | None => {}
            Some(_) => {
                let reason = "not JSON: `,` or `]` is missing after this element".to_owned();
                intake.refuse(place, reason)?;
                rest = &rest[broken_length(rest)..];
                rest = rest.strip_prefix(b",").unwrap_or(rest);
            }
        }
    }
}

/// A message of a list; a list in a list is none, so that no nesting can exhaust the stack.
fn element_of_list(
    text: &str,
    place: Place,
    defaults: &Defaults<'_>,
    intake: &mut Intake<'_>,
) -> ControlFlow<()> {
    let text = repair_surrogates(text);
    match Wire::read(&text) {
        Ok(wire) => intake.message(&text, &wire, place, defaults),
        Err(reason) => intake.refuse(place, reason),
    }
}
