//! The smallest recording that still shows a result, found by leaving things out.
//!
//! **The same result** is, for a message: the same block of the same journey, the same status,
//! reason and text, at the same instant, for somebody with one of the person's identifiers; which
//! of their runs it is does not matter, and what still waits at the end has no instant of its own.
//! For a message they never reached: the same decision that turned them away ([`Stopped`]). For a
//! place of a journey over everybody: somebody comes there, or as near as anybody did ([`Shows`]).
//!
//! **How.** Other people's events go first, then events by delta debugging (ever smaller chunks),
//! then what properties, traits and context say, key by key. Each try is written as JSON Lines,
//! read back and replayed alone, so that what comes out is proven to show the same. The order of
//! tries is fixed, and there are at most [`MOST_REPLAYS`] of together at most [`MOST_EVENTS`]
//! events; what is left then is shown, if not the smallest.
//!
//! A replay of everybody ends after the last event, and nothing starts before the first. Two events
//! of a bystander stand for these at first; they mostly turn out not to matter. They carry no
//! identifier, so that they are nobody's and start nothing.

mod piece;

use std::collections::BTreeSet;

use serde_json::Value;

use self::piece::{Piece, bystander};
use super::{
    asked::{Asked, Stopped},
    place::Shows,
};
use crate::{
    journey::Journey,
    recording::{EventLog, read_events},
    simulator::{Bounds, MessageRecord, MessageState, ReplayError, ReplayInput, ReplayResult, replay},
};

/// How often something is replayed at most.
pub const MOST_REPLAYS: u32 = 1_000;
/// How many events are replayed at most, over all replays.
pub const MOST_EVENTS: u64 = 2_000_000;

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
    /// An identifier by which the person is found in it; `None` where nobody in particular is
    /// meant.
    pub person: Option<String>,
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
    let shows = |result: &ReplayResult| shown.is_in(result, asked, journey);
    let mut shrinking = Shrinking::new(input, &shows);
    let mut pieces = shrinking.pieces(bounds);
    if !shrinking.holds(&pieces)? {
        return Ok(None);
    }
    let theirs = |piece: &Piece| piece.is_of(&asked.identifiers);
    shrinking.leave_out(&mut pieces, |piece| !theirs(piece) && !piece.is_bystander())?;
    shrinking.least(&mut pieces)?;
    let person = shrinking.person(&pieces, asked)?;
    Ok(Some(shrinking.smallest(pieces, Some(person))))
}

/// Leaves out what does not matter to what is shown of a place. `input` holds the events of some
/// identity components, `bounds` are those of the whole recording. `None`: these events do not show it.
///
/// # Errors
/// As [`shrink`].
pub fn shrink_place(
    input: &ReplayInput<'_>,
    bounds: Bounds,
    journey: &Journey,
    shows: &Shows,
) -> Result<Option<Smallest>, ReplayError> {
    let input = ReplayInput { threads: 1, trace: false, progress: None, ..*input };
    let shows = |result: &ReplayResult| shows.is_in(journey, &result.journeys);
    let mut shrinking = Shrinking::new(input, &shows);
    let mut pieces = shrinking.pieces(bounds);
    if !shrinking.holds(&pieces)? {
        return Ok(None);
    }
    shrinking.least(&mut pieces)?;
    Ok(Some(shrinking.smallest(pieces, None)))
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

/// Leaving out, under a budget.
struct Shrinking<'a> {
    input: ReplayInput<'a>,
    /// Whether a replay shows what is looked for.
    shows: &'a dyn Fn(&ReplayResult) -> bool,
    tried: u32,
    events: u64,
    cut_short: bool,
}

impl<'a> Shrinking<'a> {
    fn new(input: ReplayInput<'a>, shows: &'a dyn Fn(&ReplayResult) -> bool) -> Self {
        Self { input, shows, tried: 0, events: 0, cut_short: false }
    }

    /// Every event, and a bystander's that stand for everybody else.
    fn pieces(&self, bounds: Bounds) -> Vec<Piece> {
        let log = self.input.log;
        let order = log.replay_order().0;
        let events = order.iter().map(|index| Piece::of(&self.input, log.event(*index)));
        events.chain(bystander(bounds)).collect()
    }

    /// Leaves out all that can be.
    fn least(&mut self, pieces: &mut Vec<Piece>) -> Result<(), ReplayError> {
        self.leave_out(pieces, Piece::is_bystander)?;
        self.fewer(pieces)?;
        self.barer(pieces)
    }

    fn smallest(self, pieces: Vec<Piece>, person: Option<String>) -> Smallest {
        let Self { tried, cut_short, .. } = self;
        let (history, live): (Vec<Piece>, Vec<Piece>) = pieces.into_iter().partition(|piece| piece.history);
        let kept = |pieces: Vec<Piece>| pieces.into_iter().map(Piece::kept).collect();
        Smallest { history: kept(history), live: kept(live), person, tried, cut_short }
    }

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
        Ok(result.is_some_and(|result| (self.shows)(&result)))
    }

    fn replayed(&self, pieces: &[Piece]) -> Result<Option<ReplayResult>, ReplayError> {
        let lines: Vec<(bool, String)> = pieces.iter().map(|piece| (piece.history, piece.text())).collect();
        let of =
            |history: bool| lines.iter().filter(move |(is, _)| *is == history).map(|(_, line)| line.as_str());
        let Some((log, history)) = read_back(of(true), of(false)) else { return Ok(None) };
        replay(&ReplayInput { log: &log, history, ..self.input }).map(Some)
    }

    /// An identifier that the person still has, one that is not anonymous if there is any.
    fn person(&self, pieces: &[Piece], asked: &Asked) -> Result<String, ReplayError> {
        let result = self.replayed(pieces)?.unwrap_or_default();
        let named = result.people.iter().flat_map(|person| &person.identifiers);
        let left: BTreeSet<&String> = named.filter(|id| asked.identifiers.contains(*id)).collect();
        let known = left.iter().rfind(|id| !id.starts_with("anonymous_id:"));
        let person = known.or_else(|| left.last()).copied().or_else(|| asked.identifiers.first());
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
        let whole = pieces[at].clone();
        let Some(removed) = pieces[at].remove(path) else { return Ok(()) };
        if !self.cut_short && self.holds(pieces)? {
            return Ok(());
        }
        pieces[at] = whole;
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
