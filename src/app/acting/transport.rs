//! Acting on the cursor of virtual time: moving it, playing, and showing what it comes to. Time comes
//! in with [`Model::play`].

use std::sync::Arc;

use crate::{
    app::{
        command::Command,
        diagram::graph::NodeKey,
        intent::Effect,
        selection::{MessageKey, Selection},
        state::Model,
        transport::{CursorIntent, Moment, Playing},
    },
    lab::{Step, Story},
};

/// A pass of the window that took longer (it was hidden, say) does not leap further than this.
const LONGEST_PASS_S: f64 = 0.25;

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
    pub(in crate::app) fn play(&mut self, now_s: f64, reduced_motion: bool) -> bool {
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
