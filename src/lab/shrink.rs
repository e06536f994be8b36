//! The smallest recording that still shows a result, found by leaving things out.
//!
//! **The same result** is, for a message: the same block of the same journey, the same status,
//! reason and text, at the same instant, for somebody with one of the person's identifiers; which
//! of their runs it is does not matter, and what still waits at the end has no instant of its own.
//! For a message they never reached: the same decision that turned them away ([`Stopped`]).
//!
//! **How.** Other people's events go first, then events by delta debugging (ever smaller chunks),
//! then what properties, traits and context say, key by key. Each try is written as JSON Lines,
//! read back and replayed alone, so that what comes out is proven to show the same. The order of
//! tries is fixed, and there are at most [`MOST_REPLAYS`] of together at most [`MOST_EVENTS`]
//! events; what is left then is shown, if not the smallest.
//!
//! A replay of everybody ends after the last event, and nothing starts before the first. Two events
//! of a bystander stand for these at first; they mostly turn out not to matter.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

use super::asked::{Asked, Stopped};
use crate::{
    journey::Journey,
    recording::{Event, EventLog, event_line, read_events, time::format_instant},
    simulator::{Bounds, MessageRecord, MessageState, ReplayError, ReplayInput, ReplayResult, replay},
};

/// How often something is replayed at most.
pub const MOST_REPLAYS: u32 = 1_000;
/// How many events are replayed at most, over all replays.
pub const MOST_EVENTS: u64 = 2_000_000;
/// Whom the events belong to that stand for everybody else's first and last.
pub const BYSTANDER: &str = "throughline-bystander";

/// What a replay shows of a question.
#[derive(Clone, Debug, PartialEq)]
pub enum Shown {
    /// What became of the message.
    Message {
        /// Its status.
        state: MessageState,
        /// Its reason.
        reason: Option<&'static str>,
        /// When (UTC ms); `None` for one that waits at the end.
        at_ms: Option<i64>,
        /// Subject and body, rendered.
        text: (String, String),
    },
    /// They came to a block that sends nothing.
    Came {
        /// When (UTC ms).
        at_ms: i64,
    },
    /// They never came to it.
    Stopped(Stopped),
}

/// The smallest recording found.
#[derive(Clone, Debug, PartialEq)]
pub struct Smallest {
    /// Events of recordings marked history, in replay order.
    pub history: Vec<Kept>,
    /// All others, in replay order.
    pub live: Vec<Kept>,
    /// An identifier by which the person is found in it.
    pub person: String,
    /// How many replays were made.
    pub tried: u32,
    /// Whether the bounds ended the search.
    pub cut_short: bool,
}

/// An event that is kept.
#[derive(Clone, Debug, PartialEq)]
pub struct Kept {
    /// As a line of a recording, less what does not matter.
    pub line: String,
    /// The recording it is from and the line there; `None` for a bystander's.
    pub source: Option<(String, u32)>,
    /// When it happened (UTC ms).
    pub happened_ms: i64,
    /// When it arrived (UTC ms).
    pub arrived_ms: i64,
    /// Its name, or what kind of call it is.
    pub name: String,
}

impl Shown {
    /// What a replay with its trace shows of a question.
    pub fn of(result: &ReplayResult, asked: &Asked, journey: &Journey) -> Self {
        let is_run = |run: u32| asked.run.is_none_or(|asked| asked == run);
        let theirs = || messages(result, asked).filter(|message| is_run(message.run));
        let sent = theirs().find(|message| message.state == MessageState::Sent);
        if let Some(message) = sent.or_else(|| theirs().last()) {
            return Self::of_message(message);
        }
        match asked.reached_ms(result, journey) {
            Some(at_ms) => Self::Came { at_ms },
            None => Self::Stopped(without_end(asked.stopped(result, journey), result)),
        }
    }

    /// Whether a replay with its trace shows the same; in whichever run.
    pub fn is_in(&self, result: &ReplayResult, asked: &Asked, journey: &Journey) -> bool {
        match self {
            Self::Message { .. } => messages(result, asked).any(|message| Self::of_message(message) == *self),
            _ => Self::of(result, &Asked { run: None, ..asked.clone() }, journey) == *self,
        }
    }

    fn of_message(message: &MessageRecord) -> Self {
        let waits = message.state == MessageState::Waiting;
        Self::Message {
            state: message.state,
            reason: message.reason,
            at_ms: (!waits).then_some(message.at_ms),
            text: (message.subject.clone(), message.body.clone()),
        }
    }
}

/// The person's messages of the block.
fn messages<'r>(result: &'r ReplayResult, asked: &'r Asked) -> impl Iterator<Item = &'r MessageRecord> {
    result.messages.iter().filter(|message| {
        message.message.as_ref() == Some(&asked.block)
            && message.journey == asked.journey
            && asked.is_theirs(&message.identifiers)
    })
}

/// What was decided at the end has no instant of its own: an earlier end decides the same.
fn without_end(mut stopped: Stopped, result: &ReplayResult) -> Stopped {
    if let Stopped::OnTheWay { at_ms, .. } = &mut stopped
        && *at_ms == result.horizon_ms
    {
        *at_ms = 0;
    }
    stopped
}

/// Leaves out what does not matter. `input` holds the events of the person's identity component,
/// `bounds` are those of the whole recording. `None`: the journey is not there, or what these
/// events show alone is not what they show with everybody.
///
/// # Errors
/// When the replay is cancelled, or the workspace's zone is unknown.
pub fn shrink(
    input: &ReplayInput<'_>,
    bounds: Bounds,
    asked: &Asked,
    shown: &Shown,
) -> Result<Option<Smallest>, ReplayError> {
    let Some(journey) = input.journeys.iter().find(|journey| journey.id == asked.journey) else {
        return Ok(None);
    };
    let input = ReplayInput { threads: 1, trace: true, progress: None, ..*input };
    let mut shrinking = Shrinking { input, asked, journey, shown, tried: 0, events: 0, cut_short: false };
    let log = input.log;
    let mut pieces: Vec<Piece> =
        log.replay_order().0.iter().map(|index| Piece::of(&input, log.event(*index))).collect();
    pieces.extend(bystander(bounds));
    if !shrinking.holds(&pieces)? {
        return Ok(None);
    }
    let theirs = |piece: &Piece| piece.is_of(&asked.identifiers);
    shrinking.leave_out(&mut pieces, |piece| !theirs(piece) && !piece.is_bystander())?;
    shrinking.leave_out(&mut pieces, Piece::is_bystander)?;
    shrinking.fewer(&mut pieces)?;
    shrinking.barer(&mut pieces)?;
    let person = shrinking.person(&pieces)?;
    let Shrinking { tried, cut_short, .. } = shrinking;
    let (history, live): (Vec<Piece>, Vec<Piece>) = pieces.into_iter().partition(|piece| piece.history);
    let kept = |pieces: Vec<Piece>| pieces.into_iter().map(Piece::kept).collect();
    Ok(Some(Smallest { history: kept(history), live: kept(live), person, tried, cut_short }))
}

/// The recordings that lines make: those of history first. With the positions of history.
///
/// `None` where there is no event at all.
pub fn read_back<'l>(
    history: impl Iterator<Item = &'l str>,
    live: impl Iterator<Item = &'l str>,
) -> Option<(EventLog, &'static [u16])> {
    let mut log = EventLog::new();
    let mut read = |name: &str, lines: Vec<&str>| {
        let text = lines.join("\n");
        !lines.is_empty() && read_events(&mut text.as_bytes(), name, &mut log).is_ok()
    };
    let has_history = read("history", history.collect());
    let has_live = read("recording", live.collect());
    let marked: &[u16] = if has_history { &[0] } else { &[] };
    (has_history || has_live).then_some((log, marked))
}

/// Two page views of somebody else: when everybody's first event arrived, and the last.
fn bystander(bounds: Bounds) -> Vec<Piece> {
    // Where everything is history nothing may start, and so it stays.
    let history = bounds.first_ms == i64::MAX;
    let at = |id: &str, at_ms: i64| {
        let line = json!({
            "type": "page",
            "messageId": format!("{BYSTANDER}-{id}"),
            "anonymousId": BYSTANDER,
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
struct Piece {
    line: Map<String, Value>,
    history: bool,
    source: Option<(String, u32)>,
    happened_ms: i64,
    arrived_ms: i64,
    name: String,
}

impl Piece {
    fn of(input: &ReplayInput<'_>, event: &Event) -> Self {
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
    fn is_bystander(&self) -> bool {
        self.source.is_none()
    }
    /// Whether it carries one of these identifiers.
    fn is_of(&self, identifiers: &BTreeSet<String>) -> bool {
        let is_value = |text: &str| {
            identifiers.iter().any(|id| id.split_once(':').is_some_and(|(_, value)| value == text))
        };
        let ids = ["anonymousId", "userId"].map(|key| self.line.get(key).and_then(Value::as_str));
        ids.into_iter().flatten().any(is_value)
    }
    fn text(&self) -> String {
        Value::Object(self.line.clone()).to_string()
    }
    fn kept(self) -> Kept {
        Kept {
            line: self.text(),
            source: self.source,
            happened_ms: self.happened_ms,
            arrived_ms: self.arrived_ms,
            name: self.name,
        }
    }
}

/// Leaving out, under a budget.
struct Shrinking<'a> {
    input: ReplayInput<'a>,
    asked: &'a Asked,
    journey: &'a Journey,
    shown: &'a Shown,
    tried: u32,
    events: u64,
    cut_short: bool,
}

impl Shrinking<'_> {
    /// Whether these events, read back and replayed alone, show the same.
    fn holds(&mut self, pieces: &[Piece]) -> Result<bool, ReplayError> {
        let size = pieces.len() as u64;
        if self.tried >= MOST_REPLAYS || self.events.saturating_add(size) > MOST_EVENTS {
            self.cut_short = true;
            return Ok(false);
        }
        self.tried += 1;
        self.events += size;
        let result = self.replayed(pieces)?;
        Ok(result.is_some_and(|result| self.shown.is_in(&result, self.asked, self.journey)))
    }

    fn replayed(&self, pieces: &[Piece]) -> Result<Option<ReplayResult>, ReplayError> {
        let lines: Vec<(bool, String)> = pieces.iter().map(|piece| (piece.history, piece.text())).collect();
        let of =
            |history: bool| lines.iter().filter(move |(is, _)| *is == history).map(|(_, line)| line.as_str());
        let Some((log, history)) = read_back(of(true), of(false)) else { return Ok(None) };
        replay(&ReplayInput { log: &log, history, ..self.input }).map(Some)
    }

    /// An identifier that the person still has, one that is not anonymous if there is any.
    fn person(&self, pieces: &[Piece]) -> Result<String, ReplayError> {
        let result = self.replayed(pieces)?.unwrap_or_default();
        let named = result.people.iter().flat_map(|person| &person.identifiers);
        let left: BTreeSet<&String> = named.filter(|id| self.asked.identifiers.contains(*id)).collect();
        let known = left.iter().rfind(|id| !id.starts_with("anonymous_id:"));
        let person = known.or_else(|| left.last()).copied().or_else(|| self.asked.identifiers.first());
        Ok(person.cloned().unwrap_or_default())
    }

    /// Tries without all pieces that are so.
    fn leave_out(
        &mut self,
        pieces: &mut Vec<Piece>,
        is_so: impl Fn(&Piece) -> bool,
    ) -> Result<(), ReplayError> {
        let fewer: Vec<Piece> = pieces.iter().filter(|piece| !is_so(piece)).cloned().collect();
        if fewer.len() < pieces.len() && self.holds(&fewer)? {
            *pieces = fewer;
        }
        Ok(())
    }

    /// Delta debugging: leaves out chunk after chunk, ever smaller ones, until no single event can
    /// be left out.
    fn fewer(&mut self, pieces: &mut Vec<Piece>) -> Result<(), ReplayError> {
        let mut chunk = pieces.len().div_ceil(2);
        while chunk > 0 && !self.cut_short {
            let before = pieces.len();
            // From the end: what comes later matters less often to what was decided.
            let mut end = pieces.len();
            while end > 0 && !self.cut_short {
                let start = end.saturating_sub(chunk);
                let mut fewer = pieces[..start].to_vec();
                fewer.extend_from_slice(&pieces[end..]);
                if !fewer.is_empty() && self.holds(&fewer)? {
                    *pieces = fewer;
                }
                end = start;
            }
            // Single events are gone through again until none goes.
            chunk =
                if chunk > 1 { chunk.div_ceil(2).min(chunk - 1) } else { usize::from(pieces.len() < before) };
        }
        Ok(())
    }

    /// Leaves out what the events say, whole objects first, then key by key.
    fn barer(&mut self, pieces: &mut [Piece]) -> Result<(), ReplayError> {
        for at in 0..pieces.len() {
            for key in ["context", "properties", "traits"] {
                self.without(pieces, at, &[key])?;
            }
        }
        Ok(())
    }

    /// Leaves out what lies at a path, or else parts of it; two levels deep.
    fn without(&mut self, pieces: &mut [Piece], at: usize, path: &[&str]) -> Result<(), ReplayError> {
        const DEEPEST: usize = 3;
        let whole = pieces[at].line.clone();
        let Some(removed) = remove(&mut pieces[at].line, path) else { return Ok(()) };
        if !self.cut_short && self.holds(pieces)? {
            return Ok(());
        }
        pieces[at].line = whole;
        let Value::Object(parts) = removed else { return Ok(()) };
        if path.len() < DEEPEST {
            for key in parts.keys() {
                let mut below = path.to_vec();
                below.push(key.as_str());
                self.without(pieces, at, &below)?;
            }
        }
        Ok(())
    }
}

fn remove(line: &mut Map<String, Value>, path: &[&str]) -> Option<Value> {
    match path {
        [] => None,
        [key] => line.remove(*key),
        [key, rest @ ..] => remove(line.get_mut(*key)?.as_object_mut()?, rest),
    }
}
