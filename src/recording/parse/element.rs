//! An element of a list that is no JSON: where it ends, so that it costs only itself.

use serde_json::value::RawValue;

use super::wire::{Field, Wire};

/// Length of an element that is not JSON: up to the comma or bracket that seems to end it.
/// At least 1 where there is anything, so that reading always goes on.
pub(super) fn broken_length(bytes: &[u8]) -> usize {
    end_of_broken(bytes).unwrap_or_else(|at_most| at_most)
}

/// Where an element that is not JSON seems to end, going by quotes and brackets.
///
/// # Errors
/// When they do not fit, so that it would take with it all up to where it must have ended.
fn end_of_broken(bytes: &[u8]) -> Result<usize, usize> {
    let (mut open, mut in_text, mut escaped) = (Open::default(), false, false);
    // The comma that nothing but white space followed so far.
    let mut comma = None;
    for (index, byte) in bytes.iter().enumerate() {
        let after_comma = if byte.is_ascii_whitespace() { comma } else { comma.take() };
        match byte {
            // Text does not go over a line end in JSON: a forgotten quote costs one line.
            b'\n' => in_text = false,
            _ if escaped => escaped = false,
            b'\\' if in_text => escaped = true,
            b'"' => in_text = !in_text,
            _ if in_text => {}
            // An object holds none without a key: a brace is missing, and the next element is here.
            b'{' if open.in_object()
                && let Some(comma) = after_comma =>
            {
                return Ok(comma);
            }
            b'{' | b'[' => open.open(*byte),
            b']' if index > 0 && open.lists == 0 && is_last(bytes, index) => {
                return if open.is_empty() { Ok(index) } else { Err(index) };
            }
            b'}' | b']' if !open.is_empty() => open.close(*byte),
            b',' | b']' if open.is_empty() && index > 0 => return Ok(index),
            b',' => comma = Some(index),
            _ => {}
        }
    }
    if open.is_empty() && !in_text { Ok(bytes.len()) } else { Err(bytes.len()) }
}

/// Whether nothing but white space follows a byte.
fn is_last(bytes: &[u8], index: usize) -> bool {
    bytes[index + 1..].trim_ascii_start().is_empty()
}

/// The brackets that are open at some place of a text.
#[derive(Default)]
struct Open {
    brackets: Vec<u8>,
    /// How many of them are `[`.
    lists: usize,
}

impl Open {
    const fn is_empty(&self) -> bool {
        self.brackets.is_empty()
    }
    fn in_object(&self) -> bool {
        self.brackets.last() == Some(&b'{')
    }
    fn open(&mut self, bracket: u8) {
        self.brackets.push(bracket);
        self.lists += usize::from(bracket == b'[');
    }
    /// Closes the innermost bracket of this kind, with those in it that were forgotten; any
    /// bracket if there is none of the kind.
    fn close(&mut self, bracket: u8) {
        let kind = if bracket == b']' { b'[' } else { b'{' };
        let of_kind = if kind == b'[' { self.lists } else { self.brackets.len() - self.lists };
        while let Some(closed) = self.brackets.pop() {
            self.lists -= usize::from(closed == b'[');
            if closed == kind || of_kind == 0 {
                break;
            }
        }
    }
}

/// An event longer than this is not looked for behind a broken element: no client sends one.
const LONGEST: usize = 64 * 1024;
/// How many times the length of a list may be read to find where to go on in it. It bounds what
/// a list costs that is broken all over.
pub(super) const EFFORT: usize = 16;

/// Length of an element that is not JSON, for this reason. Where its brackets and quotes do not
/// fit, it goes up to the next event that is whole, as long as there is `effort` left (bytes).
pub(super) fn length_of_broken(bytes: &[u8], error: &serde_json::Error, effort: &mut usize) -> usize {
    let at_most = match end_of_broken(bytes) {
        Ok(end) => return end,
        Err(at_most) => at_most,
    };
    *effort = effort.saturating_sub(bytes.len());
    // What is merely cut off hides no element: up to its end all was as it should be.
    let next = if error.is_eof() { None } else { next_whole(bytes, place_of(error, bytes), effort) };
    next.unwrap_or(at_most)
}

/// Where JSON is broken: the byte an error tells of.
fn place_of(error: &serde_json::Error, bytes: &[u8]) -> usize {
    let lines = bytes.split_inclusive(|byte| *byte == b'\n');
    let above: usize = lines.take(error.line().saturating_sub(1)).map(<[u8]>::len).sum();
    (above + error.column()).min(bytes.len())
}

/// The comma before the next event that is whole. A forgotten quote is noticed only at the end of
/// the text that it made of what follows, so looking begins at the beginning of the text before the
/// broken place.
fn next_whole(bytes: &[u8], broken_at: usize, effort: &mut usize) -> Option<usize> {
    let mut quotes = bytes[..broken_at].iter().enumerate().rev().filter(|(_, byte)| **byte == b'"');
    let mut from = quotes.nth(1).map_or(0, |(at, _)| at);
    while *effort > 0 {
        let comma = from + bytes[from..].iter().position(|byte| *byte == b',')?;
        from = comma + 1;
        let object = bytes[from..].trim_ascii_start();
        if object.first() != Some(&b'{') {
            continue;
        }
        if is_event(&object[..object.len().min(LONGEST)]) {
            return Some(comma);
        }
        *effort = effort.saturating_sub(object.len().min(LONGEST));
    }
    None
}

/// Whether a text begins with an event of a list, whole and with what follows one. What has no
/// type would be refused anyway, and is rather a part of the broken element.
fn is_event(text: &[u8]) -> bool {
    let mut values = serde_json::Deserializer::from_slice(text).into_iter::<&RawValue>();
    let has_type = |object: &RawValue| Wire::read(object.get()).is_ok_and(|it| it.get(Field::Kind).is_some());
    let is_whole = values.next().is_some_and(|it| it.is_ok_and(has_type));
    is_whole && matches!(text[values.byte_offset()..].trim_ascii_start().first(), Some(b',' | b']'))
}
