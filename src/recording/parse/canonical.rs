//! JSON that comes from anywhere: what is wrong with it in plain words, what can be put right,
//! and one canonical form for hashing.

use std::borrow::Cow;

use serde_json::Value;

use crate::recording::Digest;

/// How deep properties, traits and context may nest. No shop comes near, and what reads them
/// later may recurse.
const MAX_DEPTH: u32 = 100;
/// Digits in a row that may be a number too large for any reader.
const LONG_NUMBER: u32 = 300;

/// A JSON error without the parser's own line count, which means nothing here.
pub(super) fn not_json(error: &serde_json::Error) -> String {
    let text = error.to_string();
    let reason = text.split(" at line ").next().unwrap_or_default();
    format!("not JSON: {reason} (column {})", error.column())
}

/// Whether a well-formed piece of JSON can be read as values later on. It was only skimmed so
/// far, and skimming accepts what no number or stack holds.
pub(super) fn check_piece(raw: &str) -> Result<(), String> {
    let (mut depth, mut digits, mut suspicious) = (0_u32, 0_u32, false);
    let (mut in_text, mut escaped, mut previous) = (false, false, 0_u8);
    for byte in raw.bytes() {
        if in_text {
            match byte {
                _ if escaped => escaped = false,
                b'\\' => escaped = true,
                b'"' => in_text = false,
                _ => {}
            }
            continue;
        }
        match byte {
            b'"' => in_text = true,
            b'{' | b'[' => {
                depth += 1;
                if depth > MAX_DEPTH {
                    return Err(format!("is nested deeper than {MAX_DEPTH} levels"));
                }
            }
            b'}' | b']' => depth = depth.saturating_sub(1),
            b'e' | b'E' if previous.is_ascii_digit() => suspicious = true,
            _ => {}
        }
        digits = if byte.is_ascii_digit() { digits + 1 } else { 0 };
        suspicious |= digits >= LONG_NUMBER;
        previous = byte;
    }
    if suspicious && serde_json::from_str::<Value>(raw).is_err() {
        return Err("holds a number that is too large".to_owned());
    }
    Ok(())
}

/// Replaces escaped halves of surrogate pairs (`\ud83d` alone: an emoji cut in two, as browsers
/// do write it) by the replacement character, so that the rest of the message can be read.
pub(super) fn repair_surrogates(text: &str) -> Cow<'_, str> {
    if !text.as_bytes().contains(&b'\\') {
        return Cow::Borrowed(text);
    }
    let mut repaired = String::new();
    let mut kept = 0;
    let mut at = 0;
    while let Some(found) = text[at..].find('\\') {
        let start = at + found;
        let high = unit(text, start);
        at = match high {
            // A pair, high then low: whole.
            Some(0xD800..=0xDBFF) if matches!(unit(text, start + 6), Some(0xDC00..=0xDFFF)) => start + 12,
            Some(0xD800..=0xDFFF) => {
                repaired.push_str(&text[kept..start]);
                repaired.push_str("\\ufffd");
                kept = start + 6;
                kept
            }
            Some(_) => start + 6,
            // Any other escape: the backslash and one character, which may be a backslash.
            None => start + 1 + text[start + 1..].chars().next().map_or(0, char::len_utf8),
        };
    }
    if kept == 0 {
        return Cow::Borrowed(text);
    }
    repaired.push_str(&text[kept..]);
    Cow::Owned(repaired)
}

/// The UTF-16 unit of an escape `\uXXXX` at `start`.
fn unit(text: &str, start: usize) -> Option<u32> {
    let digits = text.as_bytes().get(start..start + 6)?.strip_prefix(b"\\u")?;
    let digits =
        std::str::from_utf8(digits).ok().filter(|digits| digits.bytes().all(|b| b.is_ascii_hexdigit()))?;
    u32::from_str_radix(digits, 16).ok()
}

/// An id that stands in for a missing one: the digest of the content in canonical form (keys
/// sorted, no white space), so that it is the same wherever the message stands. `inherited` are
/// the raw fields that the message has from its batch.
pub(super) fn content_id(text: &str, inherited: &[Option<&str>]) -> String {
    let mut digest = Digest::new();
    match serde_json::from_str::<Value>(text) {
        Ok(value) => {
            let mut canonical = String::with_capacity(text.len());
            write_sorted(&value, &mut canonical);
            digest.field(canonical.as_bytes());
        }
        Err(_) => digest.field(text.as_bytes()),
    }
    for raw in inherited.iter().flatten() {
        digest.field(raw.as_bytes());
    }
    format!("content-{}", digest.finish())
}

fn write_sorted(value: &Value, out: &mut String) {
    match value {
        Value::Object(map) => {
            let mut keys: Vec<_> = map.iter().collect();
            keys.sort_unstable_by_key(|(key, _)| *key);
            out.push('{');
            for (key, value) in keys {
                out.push_str(&Value::from(key.as_str()).to_string());
                out.push(':');
                write_sorted(value, out);
                out.push(',');
            }
            out.push('}');
        }
        Value::Array(items) => {
            out.push('[');
            for item in items {
                write_sorted(item, out);
                out.push(',');
            }
            out.push(']');
        }
        leaf => out.push_str(&leaf.to_string()),
    }
}
