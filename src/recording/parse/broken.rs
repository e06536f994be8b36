//! Batches that are no JSON as a whole: what is whole in them is kept.

use std::ops::ControlFlow;

use serde_json::value::RawValue;

use super::{
    Intake,
    document::{Place, array},
    element::broken_length,
    message::Defaults,
    wire::{Field, Wire},
};

/// A batch that is no JSON as a whole: cut off, or with a broken event in it.
pub(super) struct BrokenBatch<'a> {
    /// What stands before the list.
    before: &'a [u8],
    /// From `[` to its `]`, or to the end if there is none.
    list: &'a [u8],
    /// The fields beside the list that can be read, each object as JSON: of the request the batch
    /// came in, if any, and of the batch.
    around: Vec<String>,
    /// The list is whole, and what follows it cannot be read.
    broken_after: bool,
}

/// Finds the list of a batch (or of a captured request's batch) in what is no JSON as a whole.
pub(super) fn broken_batch(bytes: &[u8]) -> Option<BrokenBatch<'_>> {
    let (key, field) = open_field(bytes)?;
    if field.starts_with(b"[") {
        return Some(around_list(bytes, None, &bytes[..key], field));
    }
    let (inner_key, inner) = open_field(field).filter(|(_, inner)| inner.starts_with(b"["))?;
    Some(around_list(bytes, Some(&bytes[..key]), &field[..inner_key], inner))
}

/// A batch whose list begins with `list` and goes on to the end of `whole`; before it stand the
/// fields of its request, if any, and its own.
fn around_list<'a>(whole: &'a [u8], request: Option<&[u8]>, own: &[u8], list: &'a [u8]) -> BrokenBatch<'a> {
    let before = &whole[..whole.len() - list.len()];
    let end = end_of_list(list);
    let (list, after) = list.split_at(end.unwrap_or(list.len()));
    let (own, rest, mut is_read) = first_object(own, after.trim_ascii());
    let mut around = Vec::new();
    if let Some(request) = request {
        let (request, rest, request_is_read) = first_object(request, rest.as_bytes());
        around.push(request);
        is_read &= request_is_read && rest.is_empty();
    } else {
        is_read &= rest.is_empty();
    }
    around.push(own);
    BrokenBatch { before, list, around, broken_after: end.is_some() && !is_read }
}

/// The object of the fields before and after something, what stands after it, and whether the
/// fields after could be read: they are left out otherwise.
fn first_object(before: &[u8], after: &[u8]) -> (String, String, bool) {
    let all = closed(before, after);
    let mut values = serde_json::Deserializer::from_str(&all).into_iter::<&RawValue>();
    if let Some(Ok(object)) = values.next()
        && Wire::read(object.get()).is_ok()
    {
        return (object.get().to_owned(), all[values.byte_offset()..].trim().to_owned(), true);
    }
    (closed(before, b""), String::new(), false)
}

impl BrokenBatch<'_> {
    pub(super) fn read(
        &self,
        place: Place,
        defaults: &Defaults<'_>,
        intake: &mut Intake<'_>,
    ) -> ControlFlow<()> {
        let wires: Vec<Wire<'_>> = self.around.iter().filter_map(|fields| Wire::read(fields).ok()).collect();
        let defaults = match &wires[..] {
            [request, batch] => Defaults::of_request(request).and_batch(batch),
            [batch] => defaults.and_batch(batch),
            _ => *defaults,
        };
        array(self.list, place.after(self.before), &defaults, intake)?;
        if self.broken_after {
            let place = place.after(self.before).after(self.list);
            return intake.refuse(place, "the batch is cut off or broken after its list".to_owned());
        }
        ControlFlow::Continue(())
    }
}

/// The list of a batch, or the body of a request, among the fields of an object that may be
/// broken from there on: where its key begins, and its value with all that follows.
fn open_field(object: &[u8]) -> Option<(usize, &[u8])> {
    let mut rest = object.strip_prefix(b"{")?;
    loop {
        rest = rest.trim_ascii_start();
        let begins = object.len() - rest.len();
        let mut keys = serde_json::Deserializer::from_slice(rest).into_iter::<&str>();
        let key = keys.next()?.ok()?;
        let field = rest[keys.byte_offset()..].trim_ascii_start().strip_prefix(b":")?.trim_ascii_start();
        match field.first()? {
            b'[' if key == Field::Batch.key() => return Some((begins, field)),
            b'{' if key == Field::Body.key() => return Some((begins, field)),
            _ => {}
        }
        let mut values = serde_json::Deserializer::from_slice(field).into_iter::<&RawValue>();
        values.next()?.ok()?;
        rest = field[values.byte_offset()..].trim_ascii_start().strip_prefix(b",")?;
    }
}

/// The object of the fields before a list and of those after it.
fn closed(before: &[u8], after: &[u8]) -> String {
    let before = before.trim_ascii_end();
    let before = before.strip_suffix(b",").unwrap_or(before);
    let after = after.trim_ascii_start();
    let is_first = before.ends_with(b"{");
    let after = if is_first { after.strip_prefix(b",").unwrap_or(after) } else { after };
    let after = if after.is_empty() { b"}" } else { after };
    String::from_utf8_lossy(&[before, after].concat()).into_owned()
}

/// Length of a list with its `]`, going by the brackets alone; `None` if it does not end.
fn end_of_list(list: &[u8]) -> Option<usize> {
    let mut length = 1;
    loop {
        let rest = &list[length..];
        match rest.first()? {
            b']' => return Some(length + 1),
            b',' => length += 1,
            _ => length += broken_length(rest).max(1),
        }
    }
}
