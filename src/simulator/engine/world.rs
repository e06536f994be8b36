//! The state of one replay: the people, their runs, the timers, and the loop that moves them.
//!
//! A world replays whole identity components one after another. Its life: events of a component
//! in replay order through [`World::replay`], each preceded by the timers due by then; at the end
//! the timers up to the horizon; then [`World::depart`] hands over the results and makes room.

use std::{
    cmp::Reverse,
    collections::{BinaryHeap, VecDeque},
};

use rustc_hash::{FxHashMap, FxHashSet};

use super::{
    ReplayInput,
    attending::Attending,
    halt::EVENTS_BETWEEN_LOOKS,
    outcome::Outcome,
    outside::Walk,
    passing::Passing,
    plan::{JourneyIndex, Plan, SegmentIndex},
    state::{Held, Pending, Person, Run, RunSlot},
    tally::{self, Tally},
    watch::Watch,
};
use crate::{
    identity::{Identifier, ProfileId, Resolver},
    journey::ZoneChoice,
    recording::{Event, EventIndex, EventLog, NewEvent, Symbol},
    simulator::{
        ReplayResult,
        delivery::ContactRules,
        template::{CompiledTemplate, TemplateError},
    },
};

/// A run may pass through this many blocks; then it stops with `too_many_stays`.
pub const MOST_STAYS: u32 = 1_000;
/// A profile may start this many runs at one instant; then `loop_stopped`.
pub const MOST_STARTS_PER_INSTANT: u32 = 100;

/// What every thread shares.
pub struct Shared<'a> {
    /// What the replay was asked.
    pub input: &'a ReplayInput<'a>,
    /// The compiled journeys.
    pub plan: &'a Plan<'a>,
    /// How consent, subscriptions and bounces are recorded.
    pub contact_rules: &'a ContactRules,
    /// The workspace's zone.
    pub zone: chrono_tz::Tz,
    /// When the first event of all arrived that is not history; nothing starts before.
    pub first_ms: i64,
    /// When the last event of all arrived.
    pub last_ms: i64,
    /// The absolute horizon.
    pub horizon_ms: i64,
}

/// Order of timers at an instant: class, then priority (attempts only), journey, run, block.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct TimerKey {
    at_ms: i64,
    class: u8,
    priority: Reverse<i32>,
    journey: u32,
    ordinal: u32,
    block: u32,
    sequence: u64,
}

/// What comes due.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Due {
    /// A followed segment may change by time alone.
    Segment(u32, usize),
    /// A run's wait may end.
    Run(RunSlot, u32),
    /// A message's turn.
    Message(RunSlot, u32),
    /// A date in an attribute.
    Date(u32, JourneyIndex, i64),
    /// A held trigger leaves by `never identified`.
    HoldEnds(usize),
    /// An event that was dated ahead of its arrival happens.
    Happens(u32),
    /// A prompt for a visitor without a profile gives up.
    Outside(usize),
}

/// The state of one replay.
pub struct World<'a> {
    /// What every thread shares.
    pub shared: &'a Shared<'a>,
    /// Who is who.
    pub resolver: Resolver<'a>,
    /// By profile number.
    pub people: Vec<Person>,
    /// All runs ever.
    pub runs: Vec<Run>,
    /// Held triggers of the current component.
    pub held: Vec<Held>,
    /// The same by anonymous id.
    pub held_by: FxHashMap<Symbol, Vec<usize>>,
    /// Whether a browser (or a person without one) last said that analytics is not allowed, by id, in
    /// the current component.
    pub analytics_denied: FxHashMap<Symbol, bool>,
    /// Visitors without a profile on the way of `never identified`, of the current component.
    pub walks: Vec<Walk>,
    /// Events of the current component at which somebody may have said who they are.
    pub captures: Vec<EventIndex>,
    /// Events that started a run of a journey.
    pub started: FxHashSet<(JourneyIndex, EventIndex)>,
    /// Events sent by blocks, numbered after those of the recordings.
    pub own: EventLog,
    /// What blocks did that waits its turn.
    pub queue: VecDeque<Pending>,
    /// Templates parsed so far, by source.
    pub templates: FxHashMap<&'a str, Result<CompiledTemplate, TemplateError>>,
    /// The virtual clock (UTC ms).
    pub now_ms: i64,
    /// Whether history is being built and nothing may start.
    pub building: bool,
    /// What came out so far, but for the counts.
    pub result: ReplayResult,
    /// Counts by journey.
    pub tallies: Vec<Tally>,
    /// When everything was counted, if that is kept.
    pub passing: Option<Passing<'a>>,
    /// Who is in which segment, if that is counted.
    pub attending: Option<Attending<'a>>,
    /// How people's state changed, if that is recorded.
    pub watch: Option<Watch>,
    timers: BinaryHeap<Reverse<(TimerKey, Due)>>,
    sequence: u64,
}

impl<'a> World<'a> {
    /// Nobody is there yet.
    pub fn new(shared: &'a Shared<'a>) -> Self {
        Self {
            shared,
            resolver: Resolver::new(shared.input.platform),
            people: Vec::new(),
            runs: Vec::new(),
            held: Vec::new(),
            held_by: FxHashMap::default(),
            walks: Vec::new(),
            analytics_denied: FxHashMap::default(),
            captures: Vec::new(),
            started: FxHashSet::default(),
            own: EventLog::new(),
            queue: VecDeque::new(),
            templates: FxHashMap::default(),
            now_ms: i64::MIN,
            building: false,
            result: ReplayResult::default(),
            tallies: tally::blank(shared.plan),
            passing: None,
            attending: None,
            watch: None,
            timers: BinaryHeap::new(),
            sequence: 0,
        }
    }

    /// Replays the events of one component, given in replay order, and then its timers up to
    /// the horizon. Of a replay that is cancelled it leaves the rest out.
    pub fn replay(&mut self, events: &[EventIndex]) {
        self.now_ms = i64::MIN;
        let (first_run, first_profile) = (self.runs.len(), self.people.len());
        let is_capture =
            |event: &EventIndex| self.shared.plan.is_capture(self.shared.input.log.event(*event));
        self.captures = events.iter().copied().filter(is_capture).collect();
        for chunk in events.chunks(EVENTS_BETWEEN_LOOKS) {
            if self.shared.cancelled() {
                return;
            }
            for &event in chunk {
                let known_ms = self.known_ms(event);
                self.fire_until(known_ms);
                self.now_ms = self.now_ms.max(known_ms);
                self.building = self.is_history(event);
                self.arrive(event);
                self.drain_sent();
                // Timers of the instant at which the first other event arrives are no history.
                self.building = false;
                self.look();
            }
            self.shared.count_done(chunk.len());
        }
        self.fire_until(self.shared.horizon_ms);
        self.now_ms = self.shared.horizon_ms;
        self.close(events, first_run, first_profile);
        self.watch_others();
    }

    /// Hands over what came out, and forgets everybody. The memory is used again: most of it would
    /// have to be asked of the system anew.
    pub fn depart(&mut self) -> Outcome<'a> {
        self.resolver.clear();
        self.people.clear();
        self.runs.clear();
        self.held.clear();
        self.held_by.clear();
        self.walks.clear();
        self.analytics_denied.clear();
        self.started.clear();
        self.own.clear_events();
        self.queue.clear();
        self.timers.clear();
        self.sequence = 0;
        let tallies = std::mem::replace(&mut self.tallies, tally::blank(self.shared.plan));
        // The next share is likely to come to as much.
        let mut next = ReplayResult::default();
        next.reserve_for(&std::iter::once(&self.result));
        Outcome {
            result: std::mem::replace(&mut self.result, next),
            tallies,
            passing: self.passing.take(),
            attending: self.attending.take(),
            states: self.watch.take().map(|watch| watch.changes).unwrap_or_default(),
        }
    }

    /// Plan, for short.
    pub const fn plan(&self) -> &'a Plan<'a> {
        self.shared.plan
    }

    /// An event, of the recordings or sent by a block.
    pub fn event(&self, index: EventIndex) -> &Event {
        let log = self.shared.input.log;
        if (index as usize) < log.len() {
            log.event(index)
        } else {
            self.own.event(index - log.len() as EventIndex)
        }
    }
    /// The log that holds an event's text.
    pub fn log_of(&self, index: EventIndex) -> &EventLog {
        if (index as usize) < self.shared.input.log.len() { self.shared.input.log } else { &self.own }
    }
    /// Whether an event was sent by a block.
    pub fn is_own(&self, index: EventIndex) -> bool {
        (index as usize) >= self.shared.input.log.len()
    }
    /// An event's name.
    pub fn name_of(&self, index: EventIndex) -> &str {
        self.log_of(index).name(self.event(index))
    }
    /// An event's message id.
    pub fn message_id_of(&self, index: EventIndex) -> &str {
        self.log_of(index).message_id(self.event(index))
    }
    /// Whether an event is of a recording that is history.
    fn is_history(&self, index: EventIndex) -> bool {
        self.shared.input.history.contains(&self.event(index).recording) && !self.is_own(index)
    }
    /// Since when an event is known: its arrival. History is there before the first event of all
    /// others: it never moves the clock past it, however late it was written down.
    pub fn known_ms(&self, index: EventIndex) -> i64 {
        let latest_ms = if self.is_history(index) { self.shared.first_ms } else { i64::MAX };
        self.event(index).arrived_ms.min(latest_ms)
    }
    /// Order of two events in history: (happened, arrived, message id); what blocks sent comes
    /// after what made them send it, in the order it was sent.
    pub fn history_order(&self, a: EventIndex, b: EventIndex) -> std::cmp::Ordering {
        let (x, y) = (self.event(a), self.event(b));
        (x.happened_ms, x.arrived_ms)
            .cmp(&(y.happened_ms, y.arrived_ms))
            .then_with(|| self.is_own(a).cmp(&self.is_own(b)))
            .then_with(|| if self.is_own(a) { a.cmp(&b) } else { std::cmp::Ordering::Equal })
            .then_with(|| self.message_id_of(a).cmp(self.message_id_of(b)))
            .then_with(|| a.cmp(&b))
    }

    /// Has waits on journeys and messages looked at again, if there are any.
    pub fn note_move(&mut self, profile: ProfileId) {
        if self.plan().waits_on_moves {
            self.queue.push_back(Pending::Moved(profile));
        }
    }

    /// What the simulator keeps of a profile.
    pub fn person(&self, id: ProfileId) -> &Person {
        &self.people[id.0 as usize]
    }
    /// The same, to change.
    pub fn person_mut(&mut self, id: ProfileId) -> &mut Person {
        self.touch(id);
        let index = id.0 as usize;
        if index >= self.people.len() {
            self.people.resize_with(index + 1, Person::default);
        }
        &mut self.people[index]
    }

    /// Adds an event to a profile's history.
    pub fn remember(&mut self, id: ProfileId, event: EventIndex) {
        self.person_mut(id);
        let happened_ms = self.event(event).happened_ms;
        if happened_ms > self.now_ms && self.plan().asks_at_events {
            self.set_timer(happened_ms, Due::Happens(id.0));
        }
        let history = &self.person(id).history;
        // Nearly always it is the latest.
        let at = match history.last() {
            Some(last) if self.history_order(*last, event).is_ge() => {
                history.partition_point(|known| self.history_order(*known, event).is_lt())
            }
            _ => history.len(),
        };
        if self.person(id).history.get(at) != Some(&event) {
            let person = self.person_mut(id);
            person.history.insert(at, event);
            person.unheard.push(event);
        }
    }

    /// Brings what a person said about being contacted up to date.
    pub fn hear(&mut self, id: ProfileId) {
        let unheard = std::mem::take(&mut self.person_mut(id).unheard);
        let (log, rules) = (self.shared.input.log, self.shared.contact_rules);
        for event in unheard.into_iter().filter(|event| (*event as usize) < log.len()) {
            let known_ms = self.known_ms(event);
            self.person_mut(id).contact.note(rules, log, log.event(event), known_ms);
        }
    }

    /// Sorted canonical text of a profile's identifiers.
    pub fn identifiers(&self, id: ProfileId) -> Vec<String> {
        let mut all: Vec<String> =
            self.resolver.profile(id).identifiers.iter().map(Identifier::canonical).collect();
        all.sort_unstable();
        all
    }

    /// Sets a timer; one past the horizon never fires.
    pub fn set_timer(&mut self, at_ms: i64, due: Due) {
        if at_ms > self.shared.horizon_ms {
            return;
        }
        let key = self.timer_key(at_ms, due);
        self.timers.push(Reverse((key, due)));
    }

    fn timer_key(&mut self, at_ms: i64, due: Due) -> TimerKey {
        self.sequence += 1;
        let mut key = TimerKey {
            at_ms,
            class: 1,
            priority: Reverse(0),
            journey: 0,
            ordinal: 0,
            block: 0,
            sequence: self.sequence,
        };
        match due {
            Due::Segment(_, followed) => {
                key.class = 0;
                key.journey = followed as u32;
            }
            Due::Run(slot, _) | Due::Message(slot, _) => {
                let run = &self.runs[slot];
                (key.journey, key.ordinal, key.block) = (run.journey as u32, run.ordinal, run.block as u32);
                if matches!(due, Due::Message(..)) {
                    key.class = 2;
                    key.priority = Reverse(self.plan().journeys[run.journey].journey.priority);
                }
            }
            // Before anything else of its instant: as if it arrived now.
            Due::Happens(_) => (key.class, key.priority) = (0, Reverse(1)),
            Due::Date(_, journey, _) => key.journey = journey as u32,
            Due::HoldEnds(held) => key.journey = self.held[held].journey as u32,
            Due::Outside(walk) => key.journey = self.walks[walk].journey() as u32,
        }
        key
    }

    fn fire_until(&mut self, at_ms: i64) {
        while let Some(Reverse((key, due))) = self.timers.peek().copied() {
            if key.at_ms > at_ms {
                break;
            }
            self.look_until(key.at_ms);
            self.timers.pop();
            if let Due::Run(slot, _) | Due::Message(slot, _) = due
                && self.runs[slot].ordinal != key.ordinal
            {
                // A merge numbered the run anew: its turn is another.
                self.set_timer(key.at_ms, due);
                continue;
            }
            self.now_ms = self.now_ms.max(key.at_ms);
            self.fire(due);
            self.drain_sent();
            self.look();
        }
        self.look_until(at_ms);
    }

    fn fire(&mut self, due: Due) {
        match due {
            Due::Segment(profile, followed) => self.segment_due(ProfileId(profile), followed),
            Due::Run(slot, stay) => {
                if self.is_current(slot, stay) {
                    self.wait_due(slot);
                }
            }
            Due::Message(slot, stay) => {
                if self.is_current(slot, stay) {
                    self.attempt(slot);
                }
            }
            Due::Date(profile, journey, date_ms) => self.date_due(ProfileId(profile), journey, date_ms),
            Due::HoldEnds(held) => self.hold_ends(held),
            Due::Happens(profile) => self.check_exits_of(self.resolver.current(ProfileId(profile))),
            Due::Outside(walk) => self.outside_due(walk),
        }
    }

    fn is_current(&self, slot: RunSlot, stay: u32) -> bool {
        let run = &self.runs[slot];
        !run.ended && run.stays == stay && run.wait.is_some()
    }

    /// Sends an event as if the person had done it now.
    pub fn send(&mut self, profile: ProfileId, name: &str, properties: &str, message_id: &str) {
        let new = NewEvent {
            happened_ms: self.now_ms,
            arrived_ms: self.now_ms,
            name: Some(name),
            message_id,
            properties,
            ..NewEvent::default()
        };
        let event = self.own.push(&new) + self.shared.input.log.len() as EventIndex;
        // In the history at once; exits, waits and triggers hear of it once this cascade is done.
        self.remember(profile, event);
        self.queue.push_back(Pending::Event(profile, event));
    }

    fn drain_sent(&mut self) {
        while let Some(pending) = self.queue.pop_front() {
            match pending {
                Pending::Event(profile, event) => {
                    self.react(self.resolver.current(profile), &[], &[event], &[]);
                }
                Pending::Moved(profile) => self.check_waits(self.resolver.current(profile), &[]),
                Pending::Changed(profile, names) => {
                    self.react(self.resolver.current(profile), &[], &[], &names);
                }
            }
        }
    }

    /// The zone a stay counts in, fixed when it begins.
    pub fn zone(&self, profile: ProfileId, choice: &ZoneChoice) -> chrono_tz::Tz {
        match choice {
            ZoneChoice::Workspace => self.shared.zone,
            ZoneChoice::Fixed(name) => name.parse().unwrap_or(self.shared.zone),
            ZoneChoice::Person => self.person_zone(profile).unwrap_or(self.shared.zone),
        }
    }

    /// The person's own zone: the attribute `timezone`, else the latest event's
    /// `context.timezone`.
    pub fn person_zone(&self, profile: ProfileId) -> Option<chrono_tz::Tz> {
        let attributes = &self.resolver.profile(profile).attributes;
        for name in ["timezone", "time_zone"] {
            let zone = attributes.get(name).and_then(|value| value.value.as_str());
            if let Some(zone) = zone.and_then(|text| text.parse().ok()) {
                return Some(zone);
            }
        }
        let history = self.person(profile).history.iter().rev();
        history.filter(|index| !self.is_own(**index)).find_map(|index| {
            let log = self.shared.input.log;
            let context = log.context(self.event(*index));
            if !context.contains("timezone") {
                return None;
            }
            let context: serde_json::Value = serde_json::from_str(context).ok()?;
            context.get("timezone")?.as_str()?.parse().ok()
        })
    }

    /// Position of a segment among the followed ones.
    pub fn followed_segment(&self, followed: usize) -> SegmentIndex {
        self.plan().followed[followed]
    }
}
