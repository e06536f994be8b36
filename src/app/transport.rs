//! The cursor of virtual time: where it is, how it is moved and played, and what is known at it.
//!
//! Without a cursor the window shows the end of the replay. Everything here is the model's: time
//! comes in with [`Model::play`], and what is shown at the cursor is worked out when it moves.

use std::{collections::BTreeMap, sync::Arc};

use chrono_tz::Tz;

use super::{
    command::Command,
    diagram::graph::NodeKey,
    intent::Effect,
    selection::{MessageKey, Selection},
    state::Model,
};
use crate::{
    journey::JourneyId,
    lab::{Step, Story},
    simulator::{JourneyCounts, MessageState, PersonState, TraceRecord},
};

/// A pass of the window that took longer (it was hidden, say) does not leap further than this.
const LONGEST_PASS_S: f64 = 0.25;

/// How fast virtual time runs while playing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Speed {
    /// As it was.
    Real,
    /// A minute a second.
    Minute,
    /// Ten minutes a second.
    TenMinutes,
    /// An hour a second.
    #[default]
    Hour,
    /// Six hours a second.
    SixHours,
    /// A day a second.
    Day,
}

impl Speed {
    /// All, the slowest first.
    pub const ALL: [Self; 6] =
        [Self::Real, Self::Minute, Self::TenMinutes, Self::Hour, Self::SixHours, Self::Day];

    /// As people say it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Real => "×1",
            Self::Minute => "1 min/s",
            Self::TenMinutes => "10 min/s",
            Self::Hour => "1 h/s",
            Self::SixHours => "6 h/s",
            Self::Day => "1 day/s",
        }
    }
    /// Virtual milliseconds a second.
    pub const fn ms_a_second(self) -> f64 {
        match self {
            Self::Real => 1e3,
            Self::Minute => 6e4,
            Self::TenMinutes => 6e5,
            Self::Hour => 3.6e6,
            Self::SixHours => 2.16e7,
            Self::Day => 8.64e7,
        }
    }
    fn moved(self, by: isize) -> Option<Self> {
        let at = Self::ALL.iter().position(|speed| *speed == self)?;
        Self::ALL.get(at.checked_add_signed(by)?).copied()
    }
}

/// Where the cursor is and how it moves.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Transport {
    /// The instant; `None`: the end of the replay.
    pub cursor: Option<i64>,
    /// The record that is set off, by its position in the story's trace.
    pub record: Option<usize>,
    /// How fast it plays.
    pub speed: Speed,
    /// The clock that plays, finer than the cursor and ahead of it where it jumps; `None`: paused.
    playing: Option<Playing>,
    /// Whether times are shown in the zone of the person in focus.
    pub own_zone: bool,
}

#[derive(Clone, Copy, Debug, PartialEq)]
struct Playing {
    clock_ms: f64,
    /// When the last pass was (s); `None`: none yet.
    pass_s: Option<f64>,
}

impl Transport {
    /// Whether time runs.
    pub const fn is_playing(&self) -> bool {
        self.playing.is_some()
    }
}

/// What is known at the cursor.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Moment {
    /// Everybody's counts as of it; `None`: the totals are shown.
    pub counts: Option<BTreeMap<JourneyId, JourneyCounts>>,
    /// Everybody on the timeline, in its order: one profile each, several that are not merged yet,
    /// or none.
    pub people: Vec<Vec<PersonState>>,
}

/// What somebody wants of the cursor.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CursorIntent {
    /// Move it; `None`: to the end.
    Move(Option<i64>),
    /// Play so fast.
    Speed(Speed),
    /// Show a record of the story's trace, with all it is about.
    Show(usize),
}

impl Model {
    /// Acts on an intent about the cursor.
    pub(super) fn move_cursor(&mut self, intent: CursorIntent) -> Vec<Effect> {
        match intent {
            CursorIntent::Move(to) => self.put_cursor(to),
            CursorIntent::Speed(speed) => self.view.transport.speed = speed,
            CursorIntent::Show(record) => return self.show_record(record),
        }
        Vec::new()
    }

    /// Runs a command about the cursor.
    pub(super) fn run_transport(&mut self, command: Command) -> Vec<Effect> {
        match command {
            Command::PlayPause if self.view.transport.is_playing() => self.view.transport.playing = None,
            Command::PlayPause => {
                // At the end it begins anew.
                let last = self.stop_before(Step::Anything, self.end_ms());
                let here = self.view.transport.cursor.filter(|at| last.is_none_or(|last| *at < last));
                if let Some(from) = here.or_else(|| self.stop_after(Step::Anything, i64::MIN)) {
                    self.put_cursor(Some(from));
                    self.view.transport.playing = Some(Playing { clock_ms: from as f64, pass_s: None });
                }
            }
            Command::Faster | Command::Slower => {
                let by = if command == Command::Faster { 1 } else { -1 };
                let speed = self.view.transport.speed.moved(by);
                self.view.transport.speed = speed.unwrap_or(self.view.transport.speed);
            }
            Command::FirstMoment => {
                let first = self.stop_after(Step::Anything, i64::MIN);
                self.put_cursor(first);
            }
            Command::LastMoment => self.put_cursor(None),
            Command::OwnZone => self.view.transport.own_zone ^= true,
            _ => {
                if let Some(to) = self.step_of(command) {
                    return self.step_to(to, command);
                }
            }
        }
        Vec::new()
    }

    /// Where a stepping command goes.
    pub(super) fn step_of(&self, command: Command) -> Option<i64> {
        let here = self.cursor_ms();
        match command {
            Command::StepForward => self.stop_after(Step::Event, here),
            Command::StepBack => self.stop_before(Step::Event, here),
            Command::DecisionForward => self.stop_after(Step::Decision, here),
            Command::DecisionBack => self.stop_before(Step::Decision, here),
            Command::MessageForward => self.stop_after(Step::Message, here),
            Command::MessageBack => self.stop_before(Step::Message, here),
            _ => None,
        }
    }

    fn step_to(&mut self, to_ms: i64, command: Command) -> Vec<Effect> {
        self.put_cursor(Some(to_ms));
        // Of several the one something happens to then is turned to.
        let step = match command {
            Command::MessageForward | Command::MessageBack => Step::Message,
            Command::DecisionForward | Command::DecisionBack => Step::Decision,
            _ => Step::Event,
        };
        let happens = |story: &Story| story.next_ms(step, to_ms - 1) == Some(to_ms);
        let stays = self.story.as_deref().is_some_and(happens);
        let other = self.company.stories().find(|story| happens(story)).filter(|_| !stays);
        if let Some(person) = other.map(|story| story.identifiers.clone()) {
            self.turn_to(person);
        }
        let story = self.story.clone();
        match command {
            Command::MessageForward | Command::MessageBack => {
                let known = self.outcome.as_ref().map_or(&[][..], |outcome| &outcome.result.messages);
                let messages = story.as_ref().map_or(known, |story| &story.messages);
                let here = messages.iter().find(|it| it.at_ms == to_ms && it.message.is_some());
                here.map(MessageKey::of).map_or_else(Vec::new, |key| self.select(Selection::Message(key)))
            }
            Command::DecisionForward | Command::DecisionBack => {
                let record = story.and_then(|story| story.decision_at(to_ms));
                record.map_or_else(Vec::new, |record| self.show_record(record))
            }
            _ => {
                self.view.transport.record = story.and_then(|story| story.records_at(to_ms).first().copied());
                Vec::new()
            }
        }
    }

    /// Shows a record of the trace: the cursor goes to it, and what it is about is selected.
    fn show_record(&mut self, at: usize) -> Vec<Effect> {
        let Some(story) = self.story.clone() else { return Vec::new() };
        let Some(record) = story.replay.trace.get(at) else { return Vec::new() };
        self.put_cursor(Some(record.at_ms));
        let effects = match (story.message_of(record), &record.journey, &record.block) {
            (Some(message), ..) => self.select(Selection::Message(MessageKey::of(message))),
            (None, Some(journey), block) => {
                let node = block.clone().map_or(NodeKey::Trigger, NodeKey::Block);
                let mut effects = self.show(journey.clone());
                effects.extend(self.select(Selection::Node(node)));
                effects
            }
            (None, None, _) => Vec::new(),
        };
        self.view.transport.record = Some(at);
        effects
    }

    /// What is selected elsewhere is set off in the story, too; while the cursor stands at an
    /// instant, it goes along with a message.
    pub(super) fn follow_selection(&mut self) {
        let Some(story) = self.story.clone() else { return };
        let record = match &self.view.selection {
            Selection::Message(key) => {
                let found = story.messages.iter().find(|message| key.fits(message));
                if let Some(at_ms) = found.map(|message| message.at_ms)
                    && self.view.transport.cursor.is_some()
                {
                    self.put_cursor(Some(at_ms));
                }
                found.and_then(|message| story.record_of_message(message))
            }
            Selection::Node(NodeKey::Block(block)) => {
                let journey = self.view.journey.clone();
                journey.and_then(|journey| story.record_of_block(&journey, block, self.cursor_ms()))
            }
            _ => None,
        };
        self.view.transport.record = record;
    }

    /// Where the cursor is; without one, the end.
    pub fn cursor_ms(&self) -> i64 {
        self.view.transport.cursor.unwrap_or_else(|| self.end_ms())
    }
    /// The end of the replay.
    pub fn end_ms(&self) -> i64 {
        let story = self.story.as_ref().map(|story| story.replay.horizon_ms).filter(|at_ms| *at_ms > 0);
        story.or_else(|| Some(self.outcome.as_ref()?.result.horizon_ms)).unwrap_or(0)
    }
    /// The zone times along the cursor are shown in.
    pub fn cursor_zone(&self) -> Tz {
        let own = self.story.as_ref().and_then(|story| story.zone);
        own.filter(|_| self.view.transport.own_zone).unwrap_or_else(|| self.zone())
    }
    /// How many people are in a segment at the cursor; without one, how many were at some time.
    /// `None`: nothing was replayed, or it is too much to count.
    pub fn in_segment(&self, segment: &str) -> Option<u64> {
        let memberships = self.outcome.as_ref()?.counted.memberships.as_ref()?;
        let at_cursor = |at_ms| memberships.at(segment, at_ms).inside;
        Some(self.view.transport.cursor.map_or_else(|| memberships.ever(segment), at_cursor).into())
    }
    /// The record that is set off.
    pub fn record(&self) -> Option<&TraceRecord> {
        self.story.as_ref()?.replay.trace.get(self.view.transport.record?)
    }

    /// The first instant after one to which a step goes: of those on the timeline, else of everybody.
    fn stop_after(&self, step: Step, at_ms: i64) -> Option<i64> {
        let next = match (&self.story, step) {
            (Some(_), _) => self.company.stories().filter_map(|story| story.next_ms(step, at_ms)).min(),
            (None, Step::Message) => self.all_messages_ms().find(|other| *other > at_ms),
            (None, _) => self.outcome.as_ref()?.counted.passages.as_ref()?.next_ms(at_ms),
        };
        next.filter(|stop_ms| *stop_ms < self.end_ms())
    }
    /// The last instant before one to which a step goes.
    fn stop_before(&self, step: Step, at_ms: i64) -> Option<i64> {
        match (&self.story, step) {
            (Some(_), _) => self.company.stories().filter_map(|story| story.previous_ms(step, at_ms)).max(),
            (None, Step::Message) => self.all_messages_ms().rfind(|other| *other < at_ms),
            (None, _) => self.outcome.as_ref()?.counted.passages.as_ref()?.previous_ms(at_ms),
        }
    }
    /// When messages of anybody went out or did not, in order.
    fn all_messages_ms(&self) -> impl DoubleEndedIterator<Item = i64> + '_ {
        let messages = self.outcome.as_ref().map_or(&[][..], |outcome| &outcome.result.messages);
        let told = messages.iter().filter(|it| it.message.is_some() && it.state != MessageState::Waiting);
        told.map(|message| message.at_ms)
    }

    /// Puts the cursor somewhere and stops playing.
    fn put_cursor(&mut self, to: Option<i64>) {
        self.view.transport.playing = None;
        self.view.transport.record = None;
        self.view.transport.cursor = to.map(|to| to.min(self.end_ms()));
        self.follow_cursor();
        self.look_at_cursor();
    }

    /// The timeline follows a cursor that moved out of its sight.
    fn follow_cursor(&mut self) {
        if let Some((window, at_ms)) = self.view.timeline.zip(self.view.transport.cursor) {
            self.view.timeline = Some(window.showing(at_ms));
        }
    }

    /// Works out what is known at the cursor.
    pub(super) fn look_at_cursor(&mut self) {
        let passages = self.outcome.as_ref().and_then(|outcome| outcome.counted.passages.as_ref());
        let counts = self.view.transport.cursor.zip(passages).map(|(at_ms, passages)| passages.until(at_ms));
        let at_ms = self.cursor_ms();
        let states = |story: &Arc<Story>| story.chronicle.at(at_ms);
        let people = self.company.people().iter();
        let people = people.map(|it| it.story.as_ref().map_or_else(Vec::new, states)).collect();
        self.moment = Moment { counts, people };
    }

    /// Lets virtual time run on while playing, by the window's clock; with reduced motion the
    /// cursor jumps from one thing to the next instead of gliding. Whether it still plays.
    pub(super) fn play(&mut self, now_s: f64, reduced_motion: bool) -> bool {
        let speed = self.view.transport.speed;
        let Some(playing) = &mut self.view.transport.playing else { return false };
        let passed_s = playing.pass_s.replace(now_s).map_or(0.0, |before_s| now_s - before_s);
        playing.clock_ms += passed_s.clamp(0.0, LONGEST_PASS_S) * speed.ms_a_second();
        let (clock_ms, here) = (playing.clock_ms as i64, self.cursor_ms());
        let last = self.stop_before(Step::Anything, self.end_ms());
        let done = last.is_none_or(|last| clock_ms >= last);
        let to = if done {
            last
        } else if reduced_motion {
            self.stop_before(Step::Anything, clock_ms + 1)
        } else {
            Some(clock_ms)
        };
        if let Some(to) = to.filter(|to| *to > here) {
            self.view.transport.cursor = Some(to);
            self.view.transport.record = None;
            self.follow_cursor();
            self.look_at_cursor();
        }
        if done {
            self.view.transport.playing = None;
        }
        !done
    }
}
