//! An event of a recording on its way to being left out.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

use super::Kept;
use crate::{
    recording::{Event, event_line, time::format_instant},
    simulator::{Bounds, ReplayInput},
};

/// What the message ids of the events begin with that stand for everybody else's first and last.
const BYSTANDER: &str = "throughline-bystander";

/// Two page views of nobody in particular: when everybody's first event arrived, and the last.
pub(super) fn bystander(bounds: Bounds) -> Vec<Piece> {
    // Where everything is history nothing may start, and so it stays.
    let history = bounds.first_ms == i64::MAX;
    let at = |id: &str, at_ms: i64| {
        let line = json!({
            "type": "page",
            "messageId": format!("{BYSTANDER}-{id}"),
            "timestamp": format_instant(at_ms),
        });
        let line = line.as_object().cloned().unwrap_or_default();
        Piece { line, history, source: None, happened_ms: at_ms, arrived_ms: at_ms, name: "page".to_owned() }
    };
    let mut pieces = Vec::new();
    if bounds.first_ms < bounds.last_ms {
        pieces.push(at("first", bounds.first_ms));
    }
    pieces.push(at("last", bounds.last_ms));
    pieces
}

/// An event on its way to being left out.
#[derive(Clone)]
pub(super) struct Piece {
    line: Map<String, Value>,
    /// Whether it is of a recording marked history.
    pub history: bool,
    source: Option<(String, u32)>,
    happened_ms: i64,
    arrived_ms: i64,
    name: String,
}

impl Piece {
    /// As it stands in the recording.
    pub fn of(input: &ReplayInput<'_>, event: &Event) -> Self {
        let log = input.log;
        let name = log.name(event);
        let recording = log.recordings().get(usize::from(event.recording)).cloned().unwrap_or_default();
        Self {
            line: serde_json::from_str(&event_line(log, event)).unwrap_or_default(),
            history: input.history.contains(&event.recording),
            source: Some((recording, event.line)),
            happened_ms: event.happened_ms,
            arrived_ms: event.arrived_ms,
            name: if name.is_empty() { event.kind.word().to_owned() } else { name.to_owned() },
        }
    }
    /// Whether it stands for everybody else.
    pub fn is_bystander(&self) -> bool {
        self.source.is_none()
    }
    /// Whether it carries one of these identifiers.
    pub fn is_of(&self, identifiers: &BTreeSet<String>) -> bool {
        let is_value = |text: &str| {
            identifiers.iter().any(|id| id.split_once(':').is_some_and(|(_, value)| value == text))
        };
        let ids = ["anonymousId", "userId"].map(|key| self.line.get(key).and_then(Value::as_str));
        ids.into_iter().flatten().any(is_value)
    }
    /// As a line of a recording.
    pub fn text(&self) -> String {
        Value::Object(self.line.clone()).to_string()
    }
    /// As it comes out.
    pub fn kept(self) -> Kept {
        Kept {
            line: self.text(),
            source: self.source,
            happened_ms: self.happened_ms,
            arrived_ms: self.arrived_ms,
            name: self.name,
        }
    }
    /// Takes out what lies at a path of keys.
    pub fn remove(&mut self, path: &[&str]) -> Option<Value> {
        remove(&mut self.line, path)
    }
}

fn remove(line: &mut Map<String, Value>, path: &[&str]) -> Option<Value> {
    match path {
        [] => None,
        [key] => line.remove(*key),
        [key, rest @ ..] => remove(line.get_mut(*key)?.as_object_mut()?, rest),
    }
}
