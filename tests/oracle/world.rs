//! The naive clock: at every instant at which anything could change, look at everybody.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use chrono::{DateTime, Datelike};
use serde_json::Value;
use throughline::{
    identity::platform::{MergedTriggers, RunsOnMerge},
    journey::{
        AddressNeed, Anchor, BlockId, BlockKind, Channel, Condition, DelayKind, HeldTriggers, Identification,
        Journey, ReEntry, Runs, Scalar, Status, Test, Trigger as Starts, ZoneChoice,
    },
    recording::{EventIndex, EventKind, EventLog, NewEvent, Span, time::parse_instant_ms},
    simulator::{HeldState, MessageState, ReplayInput, engine::draw},
};

use super::{
    HeldSeen, Outcome, Seen,
    ask::{Asked, Trigger, instant, passes, values_at},
    delivery::{Verdict, inside, local},
    people::{Arrival, Joined, People},
};

/// Why a message waits that was only just reached: its turn comes after the rest of the instant.
const QUEUED: &str = "queued";
const MOST_STAYS: u32 = 1_000;
const MOST_STARTS: usize = 100;

#[derive(Clone, Debug)]
pub struct Run {
    pub person: usize,
    pub journey: usize,
    pub ordinal: u32,
    pub trigger: Trigger,
    pub started_ms: i64,
    key: Option<Value>,
    stays: u32,
    at: Stay,
    pub ended: Option<String>,
    goal_reached: bool,
}

/// Where a run waits, and since when.
#[derive(Clone, Debug, Default)]
struct Stay {
    block: BlockId,
    since: i64,
    /// Goes on then, for blocks that fix it on arrival.
    due: i64,
    /// A message that waits for a better instant, and why.
    deferred: Option<&'static str>,
}

pub struct Record {
    pub person: usize,
    pub channel: Option<Channel>,
    /// Sent by a message block (not a prompt, an audience, or a run that waits).
    pub is_message: bool,
    pub offer: bool,
    pub spared: bool,
    pub seen: Seen,
}

pub struct World<'a> {
    pub input: &'a ReplayInput<'a>,
    /// Those that run, by id.
    pub journeys: Vec<&'a Journey>,
    pub log: EventLog,
    pub people: People<'a>,
    pub runs: Vec<Run>,
    pub records: Vec<Record>,
    members: BTreeSet<(usize, String)>,
    instants: BTreeSet<i64>,
    windows: BTreeSet<i64>,
    /// Sent events and changed attributes that nobody has reacted to yet.
    echoes: VecDeque<(usize, Echo)>,
    /// Arms drawn once per person, by journey and block.
    drawn: BTreeMap<(usize, usize, BlockId), String>,
    /// Triggers that are held, or were.
    held: Vec<Held>,
    walks: Vec<Walk>,
    horizon: i64,
    counts: BTreeMap<String, u64>,
    /// Nothing but history has arrived so far.
    building: bool,
    /// When the first event arrives that is not history.
    first_ms: i64,
}

struct Held {
    journey: usize,
    event: EventIndex,
    /// When it leaves by `never identified`, if that is within the replay and has not been.
    ends: Option<i64>,
    fate: Option<(HeldState, i64)>,
}

/// A visitor without a profile on the way of `never identified`.
struct Walk {
    journey: usize,
    device: String,
    run: u32,
    started: i64,
    /// The prompt where it waits, since when, and until when.
    at: Option<(BlockId, i64, i64)>,
}

enum Echo {
    Event(EventIndex),
    Attribute(String),
}

enum Step {
    Leaves(&'static str),
    LeavesBy(String),
    Waits(i64),
    Defers { until: i64, reason: &'static str },
    Ends(String),
}

impl<'a> World<'a> {
    pub fn new(input: &'a ReplayInput<'a>) -> Self {
        let mut journeys: Vec<&Journey> = input
            .journeys
            .iter()
            .filter(|journey| journey.status == Status::Active || input.also == Some(&journey.id))
            .map(AsRef::as_ref)
            .collect();
        journeys.sort_by(|a, b| a.id.cmp(&b.id));
        let mut windows = BTreeSet::from([0]);
        for journey in &journeys {
            spans_of_journey(journey, &mut windows);
        }
        for segment in input.segments.0.values() {
            spans_of(&segment.condition, &mut windows);
        }
        let delivery = &input.workspace.delivery;
        windows.extend(delivery.limits.iter().map(|limit| limit.per.ms()));
        windows.extend(input.workspace.consent.iter().filter_map(|source| Some(source.expires_after?.ms())));
        let mut log = input.log.clone();
        log.start_recording("sent by journeys");
        Self {
            input,
            journeys,
            log,
            people: People::new(input.platform, &input.workspace.consent),
            runs: Vec::new(),
            records: Vec::new(),
            members: BTreeSet::new(),
            instants: BTreeSet::new(),
            windows,
            echoes: VecDeque::new(),
            drawn: BTreeMap::new(),
            held: Vec::new(),
            walks: Vec::new(),
            horizon: i64::MAX,
            counts: BTreeMap::new(),
            building: !input.history.is_empty(),
            first_ms: i64::MAX,
        }
    }

    pub fn replay(mut self) -> Outcome {
        let (order, _) = self.log.replay_order();
        let Some(last) = order.last().map(|index| self.log.event(*index).arrived_ms) else {
            return Outcome::default();
        };
        let horizon = last + self.input.horizon.ms();
        self.horizon = horizon;
        let live = self.log.events().iter().filter(|event| !self.input.history.contains(&event.recording));
        self.first_ms = live.map(|event| event.arrived_ms).min().unwrap_or(i64::MAX);
        let (history, live): (Vec<_>, Vec<_>) = order.into_iter().partition(|index| self.is_history(*index));
        let arrives = |world: &Self, index: EventIndex| {
            let arrived = world.log.event(index).arrived_ms;
            if world.is_history(index) { arrived.min(world.first_ms) } else { arrived }
        };
        for index in history.iter().chain(&live) {
            let arrives = arrives(&self, *index);
            self.instants.insert(arrives);
            self.interesting(arrives);
            self.interesting(self.log.event(*index).happened_ms);
        }
        let mut events = history.into_iter().chain(live).peekable();
        let mut done = i64::MIN;
        while let Some(now) = self.instants.pop_first() {
            if now > horizon {
                break;
            }
            if now <= done {
                continue;
            }
            done = now;
            self.building = now < self.first_ms;
            self.timers(now);
            while let Some(index) = events.next_if(|index| arrives(&self, *index) == now) {
                self.building = self.is_history(index);
                self.arrive(index, now);
            }
            self.building = now < self.first_ms;
            self.leave_never_identified(now);
        }
        self.report_waiting(horizon);
        for run in &self.runs {
            let journey = &self.journeys[run.journey].id;
            *self.counts.entry(format!("{journey} started")).or_default() += 1;
            if let Some(reason) = &run.ended {
                *self.counts.entry(format!("{journey} ended {reason}")).or_default() += 1;
            }
        }
        let held = self.held.iter().map(|held| {
            let event = self.log.event(held.event);
            let (state, decided_ms) = held.fate.unwrap_or((HeldState::NeverIdentified, horizon));
            HeldSeen {
                held_ms: event.arrived_ms,
                anonymous_id: format!(
                    "anonymous_id:{}",
                    event.anonymous_id.map_or("", |id| self.log.text(id))
                ),
                journey: self.journeys[held.journey].id.clone(),
                event: self.log.message_id(event).to_owned(),
                state,
                decided_ms,
            }
        });
        let mut held: Vec<HeldSeen> = held.collect();
        held.sort();
        let messages = self.records.into_iter().map(|record| record.seen).collect();
        Outcome { messages, counts: self.counts, held }
    }

    fn count(&mut self, run: usize, what: &str) {
        let run = &self.runs[run];
        let key = format!("{}/{} {what}", self.journeys[run.journey].id, run.at.block);
        *self.counts.entry(key).or_default() += 1;
    }

    fn is_history(&self, index: EventIndex) -> bool {
        self.input.history.contains(&self.log.event(index).recording)
    }

    /// Something dated `at` was learned: conditions may change then, or a window later.
    fn interesting(&mut self, at: i64) {
        for window in &self.windows {
            self.instants.insert(at + window);
            self.instants.insert(at - window);
        }
    }

    /// Only instants still to come are looked at.
    fn wake_at(&mut self, at: i64, now: i64) {
        if at > now {
            self.instants.insert(at);
        }
    }

    // ---- an instant ----------------------------------------------------------------------

    fn timers(&mut self, now: i64) {
        self.leave_never_identified(now);
        for person in 0..self.people.all.len() {
            if !self.people.all[person].gone {
                self.leave_at_what_was_dated_ahead(person, now);
                self.start_by_date(person, now);
                self.settle(person, now);
                self.attempt_messages(person, now);
            }
        }
    }

    /// An event that came before the instant it names counts from then on.
    fn leave_at_what_was_dated_ahead(&mut self, person: usize, now: i64) {
        let ahead = self.history(person, now).into_iter().any(|index| {
            let event = self.log.event(index);
            let known =
                if self.is_history(index) { event.arrived_ms.min(self.first_ms) } else { event.arrived_ms };
            event.happened_ms == now && known < now
        });
        if ahead {
            for run in self.current(person) {
                self.leave_if_due(run, now);
            }
        }
    }

    // ---- never identified ----------------------------------------------------------------

    fn device_of(&self, index: EventIndex) -> String {
        let id = self.log.event(index).anonymous_id.map_or("", |id| self.log.text(id));
        format!("anonymous_id:{id}")
    }

    /// Held triggers whose time is over set out, and prompts that nobody came to give up.
    fn leave_never_identified(&mut self, now: i64) {
        let mut due: Vec<usize> =
            (0..self.held.len()).filter(|at| self.held[*at].ends.is_some_and(|ends| ends <= now)).collect();
        due.sort_by_key(|at| (self.held[*at].journey, *at));
        for at in due {
            self.held[at].ends = None;
            let fate = self.held[at].fate.map(|(state, _)| state);
            if !matches!(fate, Some(HeldState::Joined | HeldState::TooOld)) {
                self.set_out(at, now);
            }
        }
        for walk in 0..self.walks.len() {
            if let Some((block, _, until)) = self.walks[walk].at.clone()
                && until <= now
            {
                self.record_walk(walk, &block, MessageState::NotSent, Some("no_page_view"), "", now);
                self.walk_on(walk, &block, now);
            }
        }
    }

    fn set_out(&mut self, at: usize, now: i64) {
        let (index, event) = (self.held[at].journey, self.held[at].event);
        let (journey, device) = (self.journeys[index], self.device_of(event));
        let same = |walk: &&Walk| walk.journey == index && walk.device == device;
        let before: Vec<&Walk> = self.walks.iter().filter(same).collect();
        let newer = (at + 1..self.held.len()).any(|other| {
            self.held[other].journey == index && self.device_of(self.held[other].event) == device
        });
        let last = before.iter().map(|walk| walk.started).max();
        let refused = match journey.entry.held_triggers {
            HeldTriggers::Newest if newer => true,
            HeldTriggers::Oldest if last.is_some() => true,
            _ => false,
        } || before.iter().any(|walk| walk.at.is_some())
            || match journey.entry.re_entry {
                ReEntry::EveryTime => false,
                ReEntry::Once => last.is_some(),
                ReEntry::AfterGap(gap) => last.is_some_and(|last| now - last < gap.ms()),
            };
        if refused {
            return;
        }
        let run = before.len() as u32 + 1;
        self.walks.push(Walk { journey: index, device, run, started: now, at: None });
        self.walk_to(self.walks.len() - 1, journey.never_identified.clone(), now);
    }

    fn walk_to(&mut self, walk: usize, block: Option<BlockId>, now: i64) {
        let Some(block) = block else { return };
        let journey = self.journeys[self.walks[walk].journey];
        *self.counts.entry(format!("{}/{block} entered", journey.id)).or_default() += 1;
        match &journey.blocks[&block].kind {
            BlockKind::OnSitePrompt { within, .. } => {
                self.walks[walk].at = Some((block, now, now + within.ms()));
                self.wake_at(now + within.ms(), now);
            }
            BlockKind::Audience { .. } => self.walk_on(walk, &block, now),
            _ => {}
        }
    }

    fn walk_on(&mut self, walk: usize, block: &BlockId, now: i64) {
        let journey = self.journeys[self.walks[walk].journey];
        self.walks[walk].at = None;
        *self.counts.entry(format!("{}/{block} exit next", journey.id)).or_default() += 1;
        self.walk_to(walk, journey.blocks[block].exits.get("next").cloned(), now);
    }

    /// A page view of somebody who is still nobody.
    fn show_to_nobody(&mut self, index: EventIndex, now: i64) {
        let device = self.device_of(index);
        let is_view = matches!(self.log.event(index).kind, EventKind::Page | EventKind::Screen);
        if !is_view || self.people.find(&device).is_some() {
            return;
        }
        for walk in 0..self.walks.len() {
            if let Some((block, since, _)) = self.walks[walk].at.clone()
                && self.walks[walk].device == device
                && since < now
            {
                let journey = self.journeys[self.walks[walk].journey];
                let BlockKind::OnSitePrompt { template, .. } = &journey.blocks[&block].kind else { continue };
                self.record_walk(walk, &block, MessageState::Sent, None, &template.body, now);
                self.walk_on(walk, &block, now);
            }
        }
    }

    fn record_walk(
        &mut self,
        walk: usize,
        block: &BlockId,
        state: MessageState,
        reason: Option<&str>,
        body: &str,
        now: i64,
    ) {
        let Walk { journey, device, run, .. } = &self.walks[walk];
        let seen = Seen {
            at_ms: now,
            identifiers: vec![device.clone()],
            journey: self.journeys[*journey].id.clone(),
            run: *run,
            block: block.clone(),
            state,
            reason: reason.map(str::to_owned),
            subject: String::new(),
            body: body.to_owned(),
        };
        // Nobody's: no limit and no condition sees it.
        let person = usize::MAX;
        self.records.push(Record {
            person,
            channel: None,
            is_message: false,
            offer: false,
            spared: false,
            seen,
        });
    }

    fn arrive(&mut self, index: EventIndex, now: i64) {
        self.leave_never_identified(now);
        let before = self.people.all.len();
        let arrival = self.people.arrive(&self.log, index, now);
        self.keep_held(index, &arrival, now);
        let Some(person) = arrival.person else { return };
        for absorbed in &arrival.absorbed {
            self.move_runs(person, *absorbed, now);
        }
        if self.people.all.len() > before {
            self.interesting(now);
        }
        for value in self.people.all[person].attributes.values().filter_map(instant).collect::<Vec<_>>() {
            self.interesting(value);
        }
        for journey in 0..self.journeys.len() {
            for date in self.dates(person, journey, now) {
                self.wake_at(date, now);
            }
        }
        self.react(person, Some(index), &arrival, now);
        self.settle(person, now);
        self.attempt_messages(person, now);
    }

    /// What becomes of triggers that are held.
    fn keep_held(&mut self, index: EventIndex, arrival: &Arrival, now: i64) {
        let device = self.log.event(index).anonymous_id;
        for journey in 0..self.journeys.len() {
            if arrival.held && !self.building && self.triggers(journey, index, now) {
                let until = self.people.kept_until(self.log.event(index));
                let leads = self.journeys[journey].never_identified.is_some() && until <= self.horizon;
                let ends = leads.then(|| (until + 1).clamp(now, self.horizon));
                self.held.push(Held { journey, event: index, ends, fate: None });
                if let Some(ends) = ends {
                    self.wake_at(ends, now);
                }
            }
        }
        if arrival.held {
            self.show_to_nobody(index, now);
        }
        let platform = self.input.platform;
        for held in &mut self.held {
            let event = self.log.event(held.event);
            let joins = arrival.joined.iter().any(|one| one.event == held.event && !one.by_merge);
            if joins {
                let age = now - event.happened_ms;
                let young = platform.trigger_age.value.is_none_or(|most| age <= most.ms());
                held.fate = Some((if young { HeldState::Joined } else { HeldState::TooOld }, now));
            } else if arrival.expired.contains(&held.event) {
                held.fate = Some((HeldState::Expired, now));
            } else if arrival.refused && event.anonymous_id == device && held.fate.is_none() {
                held.fate = Some((HeldState::Refused, now));
            }
        }
    }

    /// Steps (3) to (6) of the joining rules, for any arriving event.
    fn react(&mut self, person: usize, own: Option<EventIndex>, arrival: &Arrival, now: i64) {
        let moved = self.resegment(person, now);
        for run in self.current(person) {
            self.leave_if_due(run, now);
        }
        if let Some(own) = own {
            self.show_prompts(person, own, now);
        }
        for run in self.current(person) {
            if let Some(exit) = self.goes_on(run, now) {
                self.leave_block(run, &exit, now);
            }
        }
        if self.building {
            return;
        }
        let mut started = Vec::new();
        for name in &arrival.changed {
            started.extend(self.offer_attribute(person, name, now));
        }
        started.extend(self.offer_events(person, own, &arrival.joined, now));
        started.extend(self.offer_segments(person, &moved, now));
        self.begin(&started, now);
    }

    /// Looks again until nothing changes any more.
    fn settle(&mut self, person: usize, now: i64) {
        loop {
            if let Some((person, echo)) = self.echoes.pop_front() {
                match echo {
                    Echo::Event(index) => self.react(person, Some(index), &Arrival::default(), now),
                    Echo::Attribute(name) => {
                        let moved = self.resegment(person, now);
                        let mut started = self.offer_attribute(person, &name, now);
                        started.extend(self.offer_segments(person, &moved, now));
                        self.begin(&started, now);
                    }
                }
                continue;
            }
            let moved = self.resegment(person, now);
            if !moved.is_empty() && !self.building {
                let started = self.offer_segments(person, &moved, now);
                self.begin(&started, now);
                continue;
            }
            let ready = self.current(person).into_iter().find_map(|run| Some((run, self.goes_on(run, now)?)));
            let Some((run, exit)) = ready else { break };
            self.leave_block(run, &exit, now);
        }
    }

    /// Messages that runs came to, and deferred ones that come due: by priority, then (journey,
    /// run), one at a time, after everything else of the instant.
    fn attempt_messages(&mut self, person: usize, now: i64) {
        loop {
            let due = |run: &usize| self.runs[*run].at.deferred.is_some() && self.runs[*run].at.due <= now;
            let mut waiting: Vec<usize> = self.current(person).into_iter().filter(due).collect();
            waiting.sort_by_key(|run| std::cmp::Reverse(self.journeys[self.runs[*run].journey].priority));
            let Some(first) = waiting.first().copied() else { break };
            let fresh = self.runs[first].at.deferred == Some(QUEUED);
            if fresh || !self.leave_if_due(first, now) {
                self.advance(first, now);
            }
            self.settle(person, now);
        }
    }

    /// Runs that wait, by (journey, run).
    fn current(&self, person: usize) -> Vec<usize> {
        let mut current: Vec<usize> = (0..self.runs.len())
            .filter(|run| self.runs[*run].person == person && self.runs[*run].ended.is_none())
            .collect();
        current.sort_by_key(|run| (self.runs[*run].journey, self.runs[*run].ordinal));
        current
    }

    // ---- segments ------------------------------------------------------------------------

    /// Brings memberships up to date: which segments were entered (true) or left.
    fn resegment(&mut self, person: usize, now: i64) -> Vec<(String, bool)> {
        let mut moved = Vec::new();
        for id in self.input.segments.0.keys() {
            let member = (person, id.clone());
            let is_in = self.in_segment(id, person, now);
            let changed = if is_in { self.members.insert(member) } else { self.members.remove(&member) };
            if changed {
                moved.push((id.clone(), is_in));
            }
        }
        moved
    }

    // ---- triggers ------------------------------------------------------------------------

    fn offer_events(
        &mut self,
        person: usize,
        own: Option<EventIndex>,
        joined: &[Joined],
        now: i64,
    ) -> Vec<usize> {
        let mut started = Vec::new();
        let chosen = self.held_choices(joined, now);
        for one in joined {
            for journey in 0..self.journeys.len() {
                let choice = chosen.get(&journey);
                if self.starts_from_joined(journey, *one, now) && choice.is_none_or(|only| *only == one.event)
                {
                    started.extend(self.offer_event(person, journey, one.event, now));
                }
            }
        }
        if let Some(own) = own {
            for journey in 0..self.journeys.len() {
                if self.triggers(journey, own, now) {
                    started.extend(self.offer_event(person, journey, own, now));
                }
            }
        }
        started
    }

    /// For journeys that take only the oldest or newest joined trigger: which.
    fn held_choices(&self, joined: &[Joined], now: i64) -> BTreeMap<usize, EventIndex> {
        let mut chosen = BTreeMap::new();
        for (number, journey) in self.journeys.iter().enumerate() {
            let mut offered = joined.iter().filter(|one| self.starts_from_joined(number, **one, now));
            let choice = match journey.entry.held_triggers {
                HeldTriggers::Each => None,
                HeldTriggers::Oldest => offered.next(),
                HeldTriggers::Newest => offered.next_back(),
            };
            if let Some(choice) = choice {
                chosen.insert(number, choice.event);
            }
        }
        chosen
    }

    fn starts_from_joined(&self, journey: usize, one: Joined, now: i64) -> bool {
        let platform = self.input.platform;
        let age = now - self.log.event(one.event).happened_ms;
        let young = platform.trigger_age.value.is_none_or(|most| age <= most.ms());
        let may = !one.by_merge || platform.merged_triggers.value == MergedTriggers::Offered;
        let again =
            self.runs.iter().any(|run| run.journey == journey && run.trigger.event == Some(one.event));
        young && may && !again && !self.is_history(one.event) && self.triggers(journey, one.event, now)
    }

    fn triggers(&self, journey: usize, index: EventIndex, now: i64) -> bool {
        let event = self.log.event(index);
        match &self.journeys[journey].trigger {
            Starts::Event { event: wanted, filters } => {
                self.matches(event, wanted) && self.passes_filters(event, filters, now)
            }
            _ => false,
        }
    }

    fn offer_event(&mut self, person: usize, journey: usize, event: EventIndex, now: i64) -> Option<usize> {
        let at_ms = self.log.event(event).happened_ms;
        self.offer(person, journey, Trigger { at_ms, event: Some(event) }, now)
    }

    fn offer_attribute(&mut self, person: usize, changed: &str, now: i64) -> Vec<usize> {
        let mut started = Vec::new();
        for journey in 0..self.journeys.len() {
            let Starts::AttributeChange { name, to } = &self.journeys[journey].trigger else { continue };
            let attributes = Value::Object(self.attributes(person));
            let passes = to.as_ref().is_none_or(|test| passes(test, &values_at(&attributes, name), now));
            if name == changed && passes {
                started.extend(self.offer(person, journey, Trigger { at_ms: now, event: None }, now));
            }
        }
        started
    }

    fn offer_segments(&mut self, person: usize, moved: &[(String, bool)], now: i64) -> Vec<usize> {
        let mut started = Vec::new();
        for journey in 0..self.journeys.len() {
            let starts = match &self.journeys[journey].trigger {
                Starts::EntersSegment(id) => moved.contains(&(id.clone(), true)),
                Starts::LeavesSegment(id) => moved.contains(&(id.clone(), false)),
                _ => false,
            };
            if starts {
                started.extend(self.offer(person, journey, Trigger { at_ms: now, event: None }, now));
            }
        }
        started
    }

    /// Dates that come now start journeys, one after the other: each is a timer of its own.
    fn start_by_date(&mut self, person: usize, now: i64) {
        for journey in 0..self.journeys.len() {
            if !self.building && self.dates(person, journey, now - 1).contains(&now) {
                let started = self.offer(person, journey, Trigger { at_ms: now, event: None }, now);
                self.begin(started.as_slice(), now);
            }
        }
    }

    /// When the date of a journey's trigger comes, after `now`: in the year it names, or in each of
    /// the years around now.
    fn dates(&self, person: usize, journey: usize, now: i64) -> Vec<i64> {
        let Starts::DateAttribute { name, yearly, offset_days, at_minute } = &self.journeys[journey].trigger
        else {
            return Vec::new();
        };
        let Some(text) = self.people.all[person].attributes.get(name).and_then(Value::as_str) else {
            return Vec::new();
        };
        let zone = self.zone(person);
        let offset = chrono::TimeDelta::days(i64::from(*offset_days));
        let (date, clock) = if let Ok(day) = text.parse::<chrono::NaiveDate>() {
            (day, chrono::TimeDelta::minutes(i64::from(*at_minute)))
        } else {
            let Some(at) = parse_instant_ms(text) else { return Vec::new() };
            if !yearly {
                let at = at + offset.num_milliseconds();
                return if at > now { vec![at] } else { Vec::new() };
            }
            let there = DateTime::from_timestamp_millis(at).unwrap_or_default().with_timezone(&zone);
            (there.date_naive(), there.time() - chrono::NaiveTime::MIN)
        };
        let days = if *yearly {
            (2025..=2027).filter_map(|year| date.with_year(year)).collect()
        } else {
            vec![date]
        };
        let at = |day: chrono::NaiveDate| {
            let local = (day + offset).and_time(chrono::NaiveTime::MIN) + clock;
            local.and_local_timezone(zone).earliest().map(|at| at.timestamp_millis())
        };
        days.into_iter().filter_map(at).filter(|at| *at > now).collect()
    }

    /// Offers one trigger: a run, unless the audience or the entry rules refuse it.
    fn offer(&mut self, person: usize, journey: usize, trigger: Trigger, now: i64) -> Option<usize> {
        let drawn = self.journeys[journey];
        if !self.input.platform.anonymous_entry.value && !self.people.all[person].known() {
            return None;
        }
        let asked = Asked { person, now, trigger: Some(&trigger), from_trigger: false, in_segment: false };
        if drawn.audience.as_ref().is_some_and(|audience| !self.holds(audience, asked)) {
            return None;
        }
        let key = match &drawn.entry.runs {
            Runs::OneAtATime => None,
            Runs::OnePerKey(property) => trigger.event.map(|event| {
                let properties = self.log.properties_value(self.log.event(event));
                values_at(&properties, property).into_iter().next().unwrap_or_default()
            }),
        };
        let earlier: Vec<&Run> =
            self.runs.iter().filter(|run| run.person == person && run.journey == journey).collect();
        if earlier.iter().any(|run| run.ended.is_none() && run.key == key) {
            return None;
        }
        let last = earlier.iter().map(|run| run.started_ms).max();
        let refused = match drawn.entry.re_entry {
            ReEntry::Once => last.is_some(),
            ReEntry::EveryTime => false,
            ReEntry::AfterGap(gap) => last.is_some_and(|last| now - last < gap.ms()),
        };
        let starts_now = self.runs.iter().filter(|run| run.person == person && run.started_ms == now);
        if refused || starts_now.count() >= MOST_STARTS {
            return None;
        }
        let ordinal = earlier.len() as u32 + 1;
        self.runs.push(Run {
            person,
            journey,
            ordinal,
            trigger,
            started_ms: now,
            key,
            stays: 0,
            at: Stay { due: i64::MAX, ..Stay::default() },
            ended: None,
            goal_reached: false,
        });
        self.interesting(now);
        Some(self.runs.len() - 1)
    }

    /// New runs look back at their exits and goal, then advance.
    fn begin(&mut self, started: &[usize], now: i64) {
        for run in started {
            self.leave_if_due(*run, now);
        }
        for run in started {
            if self.runs[*run].ended.is_none() {
                match self.journeys[self.runs[*run].journey].start.clone() {
                    Some(start) => self.enter_block(*run, &start, now),
                    None => self.end(*run, "path_ended"),
                }
            }
        }
    }

    // ---- runs ----------------------------------------------------------------------------

    fn asked(&self, run: usize, now: i64, from_trigger: bool) -> Asked<'_> {
        let run = &self.runs[run];
        Asked { person: run.person, now, trigger: Some(&run.trigger), from_trigger, in_segment: false }
    }

    /// Ends the run if an exit condition holds, or its goal does and ends it.
    fn leave_if_due(&mut self, run: usize, now: i64) -> bool {
        if self.runs[run].ended.is_some() {
            return true;
        }
        let journey = self.journeys[self.runs[run].journey];
        let exit = journey.exits.iter().find(|exit| self.holds(&exit.when, self.asked(run, now, true)));
        if let Some(exit) = exit {
            self.cut_short(run, &exit.id, now);
            return true;
        }
        if let Some(goal) = &journey.goal
            && !self.runs[run].goal_reached
            && now <= self.runs[run].trigger.at_ms + goal.within.ms()
            && self.holds(&goal.when, self.asked(run, now, true))
        {
            self.runs[run].goal_reached = true;
            if goal.ends_run {
                self.cut_short(run, "goal", now);
                return true;
            }
        }
        false
    }

    fn end(&mut self, run: usize, reason: &str) {
        self.runs[run].ended = Some(reason.to_owned());
    }

    /// Ends a run from outside its path: what it was about to send or show stays unsent.
    fn cut_short(&mut self, run: usize, reason: &str, now: i64) {
        self.end(run, reason);
        if !self.runs[run].at.block.0.is_empty() {
            self.count(run, "left_early");
        }
        let Stay { block, deferred, .. } = &self.runs[run].at;
        let drawn = self.journeys[self.runs[run].journey].blocks.get(block);
        let prompt = drawn.is_some_and(|block| matches!(block.kind, BlockKind::OnSitePrompt { .. }));
        if prompt || deferred.is_some_and(|reason| reason != QUEUED) {
            self.record(run, MessageState::NotSent, Some("left_while_deferred"), Default::default(), now);
        }
    }

    /// Does a run that waits go on now, and by which exit?
    fn goes_on(&self, run: usize, now: i64) -> Option<String> {
        let Run { at, journey, ended: None, .. } = &self.runs[run] else { return None };
        let block = self.journeys[*journey].blocks.get(&at.block)?;
        let due = at.due <= now;
        match &block.kind {
            BlockKind::Delay(DelayKind::Anchored { from, after, floor, restart: true, .. }) => {
                let due = (self.anchor(run, from, at.since, now) + after.ms()).max(at.since + floor.ms());
                (due <= now).then(|| "next".to_owned())
            }
            BlockKind::Delay(_) | BlockKind::TimeWindow { .. } => due.then(|| "next".to_owned()),
            BlockKind::OnSitePrompt { .. } => due.then(|| "too late".to_owned()),
            BlockKind::WaitForIdentify { by, address, .. } => {
                if due {
                    return Some("timed_out".to_owned());
                }
                self.identified(self.runs[run].person, *by, *address).then(|| "identified".to_owned())
            }
            BlockKind::WaitUntil { conditions, .. } => {
                if due {
                    return Some("timed_out".to_owned());
                }
                let arm = conditions.iter().find(|arm| self.holds(&arm.when, self.asked(run, now, true)));
                arm.map(|arm| arm.id.0.clone())
            }
            _ => None,
        }
    }

    fn leave_block(&mut self, run: usize, exit: &str, now: i64) {
        if exit == "too late" {
            // A prompt that no page view came for.
            self.record(
                run,
                MessageState::NotSent,
                Some("no_page_view"),
                (String::new(), String::new()),
                now,
            );
            return self.leave_block(run, "next", now);
        }
        self.count(run, &format!("exit {exit}"));
        let here = self.runs[run].at.block.clone();
        let journey = self.journeys[self.runs[run].journey];
        let target = journey.blocks.get(&here).and_then(|block| block.target(exit)).cloned();
        match target {
            Some(target) => self.enter_block(run, &target, now),
            None => self.end(run, "path_ended"),
        }
    }

    fn enter_block(&mut self, run: usize, block: &BlockId, now: i64) {
        self.runs[run].stays += 1;
        if self.runs[run].stays > MOST_STAYS {
            self.runs[run].at.deferred = None;
            return self.end(run, "too_many_stays");
        }
        self.runs[run].at = Stay { block: block.clone(), since: now, due: i64::MAX, deferred: None };
        self.count(run, "entered");
        self.advance(run, now);
    }

    /// Does what the run's block does now.
    fn advance(&mut self, run: usize, now: i64) {
        match self.step(run, now) {
            Step::Leaves(exit) => self.leave_block(run, exit, now),
            Step::LeavesBy(exit) => self.leave_block(run, &exit, now),
            Step::Ends(reason) => self.end(run, &reason),
            Step::Waits(due) => {
                self.runs[run].at.due = due;
                self.wake_at(due, now);
                // A delay that restarts may become shorter, but not than its floor.
                let block = self.journeys[self.runs[run].journey].blocks.get(&self.runs[run].at.block);
                if let Some(BlockKind::Delay(DelayKind::Anchored { floor, .. })) =
                    block.map(|block| &block.kind)
                {
                    self.wake_at(self.runs[run].at.since + floor.ms(), now);
                }
            }
            Step::Defers { until, reason } => {
                self.runs[run].at.due = until;
                self.runs[run].at.deferred = Some(reason);
                self.wake_at(until, now);
            }
        }
    }

    fn step(&mut self, run: usize, now: i64) -> Step {
        let person = self.runs[run].person;
        let since = self.runs[run].at.since;
        let journey = self.journeys[self.runs[run].journey];
        let Some(block) = journey.blocks.get(&self.runs[run].at.block) else {
            return Step::Ends("path_ended".to_owned());
        };
        let wait_to = |due: i64| if due <= now { Step::Leaves("next") } else { Step::Waits(due) };
        match &block.kind {
            BlockKind::Message(_) if self.runs[run].at.deferred.is_none() => {
                Step::Defers { until: now, reason: QUEUED }
            }
            BlockKind::Message(message) => {
                let attempt = self.attempt(&self.runs[run].clone(), message, since, now);
                if let Verdict::Deferred { until, reason } = attempt {
                    return Step::Defers { until, reason };
                }
                self.runs[run].at.deferred = None;
                match attempt {
                    Verdict::Send { subject, body } => {
                        self.record(run, MessageState::Sent, None, (subject, body), now);
                        Step::Leaves("sent")
                    }
                    Verdict::NotSent(reason) => {
                        self.record(run, MessageState::NotSent, Some(reason), Default::default(), now);
                        Step::Leaves("not_sent")
                    }
                    Verdict::Skipped | Verdict::Deferred { .. } => {
                        self.record(
                            run,
                            MessageState::Skipped,
                            Some("extra_condition"),
                            Default::default(),
                            now,
                        );
                        Step::Leaves("sent")
                    }
                }
            }
            BlockKind::OnSitePrompt { within, .. } => Step::Waits(now + within.ms()),
            BlockKind::Audience { .. } => Step::Leaves("next"),
            BlockKind::WaitForIdentify { by, address, up_to } => {
                self.wait_for_identify(person, *by, *address, now + up_to.ms())
            }
            BlockKind::Delay(DelayKind::For(span)) => wait_to(since + span.ms()),
            BlockKind::Delay(DelayKind::UntilTime { at_minute, days }) => {
                let zone = self.zone(person);
                let mut at =
                    if now.rem_euclid(60_000) == 0 { now } else { now - now.rem_euclid(60_000) + 60_000 };
                loop {
                    let (day, minute) = local(zone, at);
                    let (day_before, minute_before) = local(zone, at - 60_000);
                    let reached = minute >= *at_minute && (minute_before < *at_minute || day_before != day);
                    if reached && (days.is_empty() || days.contains(&day)) {
                        return wait_to(at);
                    }
                    at += 60_000;
                }
            }
            BlockKind::Delay(DelayKind::Anchored { from, after, floor, fresh_for, .. }) => {
                let due = self.anchor(run, from, since, now) + after.ms();
                if fresh_for.is_some_and(|fresh| now - due > fresh.ms()) {
                    return Step::Leaves("too_late");
                }
                wait_to(due.max(since + floor.ms()))
            }
            BlockKind::WaitUntil { up_to, .. } => match self.goes_on(run, now) {
                Some(exit) => Step::LeavesBy(exit),
                None => Step::Waits(up_to.map_or(i64::MAX, |up_to| now + up_to.ms())),
            },
            BlockKind::TimeWindow { days, from_minute, to_minute, zone } => {
                let workspace = self.input.workspace.zone.parse().unwrap_or_default();
                let zone = match zone {
                    ZoneChoice::Person => self.zone(person),
                    ZoneChoice::Workspace => workspace,
                    ZoneChoice::Fixed(name) => name.parse().unwrap_or(workspace),
                };
                let open = |at: i64| {
                    let (day, minute) = local(zone, at);
                    let late = *from_minute >= *to_minute && minute < *from_minute;
                    let opened = if late { local(zone, at - 86_400_000).0 } else { day };
                    inside(minute, *from_minute, *to_minute) && (days.is_empty() || days.contains(&opened))
                };
                let mut at = now;
                while !open(at) {
                    at = at - at.rem_euclid(60_000) + 60_000;
                }
                wait_to(at)
            }
            BlockKind::Branch { when } => {
                let yes = when.as_ref().is_some_and(|when| self.holds(when, self.asked(run, now, false)));
                Step::Leaves(if yes { "yes" } else { "no" })
            }
            BlockKind::MultiBranch { conditions } => {
                let arm = conditions.iter().find(|arm| self.holds(&arm.when, self.asked(run, now, false)));
                arm.map_or(Step::Leaves("otherwise"), |arm| Step::LeavesBy(arm.id.0.clone()))
            }
            BlockKind::RandomSplit { arms, each_run } => {
                let (number, stays) = (self.runs[run].journey, self.runs[run].stays);
                let place = (person, number, self.runs[run].at.block.clone());
                if let Some(arm) = self.drawn.get(&place).filter(|_| !each_run) {
                    return Step::LeavesBy(arm.clone());
                }
                let anew = each_run.then(|| (self.runs[run].ordinal, stays));
                let key = &self.people.all[person].key;
                let lot = draw(self.input.seed, key, &journey.id.0, &place.2.0, anew);
                let total: u64 = arms.iter().map(|arm| u64::from(arm.percent)).sum();
                let mut up_to = 0;
                let arm = arms.iter().find(|arm| {
                    up_to += u64::from(arm.percent);
                    lot % total < up_to
                });
                let arm = arm.map_or_else(String::new, |arm| arm.id.0.clone());
                if !each_run {
                    self.drawn.insert(place, arm.clone());
                }
                Step::LeavesBy(arm)
            }
            BlockKind::UpdateAttributes { set } => {
                for (name, value) in set {
                    let value = value.as_ref().map_or(Value::Null, json);
                    if let Some(date) = instant(&value) {
                        self.interesting(date);
                    }
                    if self.people.all[person].set(name, &value, now).is_some() {
                        self.echoes.push_back((person, Echo::Attribute(name.clone())));
                    }
                }
                Step::Leaves("next")
            }
            BlockKind::SendEvent { event, properties } => {
                let run = &self.runs[run];
                let id = format!("sent:{}/{}/{}/{}", journey.id, run.at.block, run.ordinal, run.stays);
                let properties: serde_json::Map<String, Value> =
                    properties.iter().map(|(name, value)| (name.clone(), json(value))).collect();
                let properties = Value::Object(properties).to_string();
                let index = self.log.push(&NewEvent {
                    happened_ms: now,
                    arrived_ms: now,
                    kind: Some(EventKind::Track),
                    name: Some(event),
                    message_id: &id,
                    properties: &properties,
                    ..NewEvent::default()
                });
                self.people.all[person].history.push(index);
                self.interesting(now);
                self.echoes.push_back((person, Echo::Event(index)));
                Step::Leaves("next")
            }
            BlockKind::Goal => Step::Ends("goal".to_owned()),
            BlockKind::Exit { .. } => Step::Ends("exit".to_owned()),
        }
    }

    fn wait_for_identify(&self, person: usize, by: Identification, need: AddressNeed, until: i64) -> Step {
        if self.identified(person, by, need) { Step::Leaves("identified") } else { Step::Waits(until) }
    }

    /// The instant an anchored delay counts from.
    fn anchor(&self, run: usize, from: &Anchor, entry: i64, now: i64) -> i64 {
        match from {
            Anchor::Entry => entry,
            Anchor::Trigger => self.runs[run].trigger.at_ms,
            Anchor::LastEvent(wanted) => self
                .history(self.runs[run].person, now)
                .into_iter()
                .rev()
                .find(|index| self.matches(self.log.event(*index), wanted))
                .map_or(entry, |index| self.log.event(index).happened_ms),
        }
    }

    /// A page view arrived: prompts that wait for one are shown.
    fn show_prompts(&mut self, person: usize, index: EventIndex, now: i64) {
        let event = *self.log.event(index);
        if !matches!(event.kind, EventKind::Page | EventKind::Screen) {
            return;
        }
        for run in self.current(person) {
            if self.runs[run].at.since == now {
                continue;
            }
            let block = self.runs[run].at.block.clone();
            let drawn = self.journeys[self.runs[run].journey].blocks.get(&block);
            if let Some(BlockKind::OnSitePrompt { template, .. }) = drawn.map(|block| &block.kind) {
                let message = throughline::journey::Message {
                    channel: Channel::OnSite,
                    template: template.clone(),
                    topic: None,
                    transactional: true,
                    offer: None,
                    only_if: None,
                };
                match self.render(&self.runs[run].clone(), &message, now) {
                    Some(text) => self.record(run, MessageState::Sent, None, text, now),
                    None => self.record(
                        run,
                        MessageState::NotSent,
                        Some("template_error"),
                        Default::default(),
                        now,
                    ),
                }
                self.leave_block(run, "next", now);
            }
        }
    }

    /// Runs of both sides after a merge.
    fn move_runs(&mut self, survivor: usize, absorbed: usize, now: i64) {
        for record in &mut self.records {
            if record.person == absorbed {
                record.person = survivor;
            }
        }
        for ((_, journey, block), arm) in
            self.drawn.clone().into_iter().filter(|((who, ..), _)| *who == absorbed)
        {
            self.drawn.entry((survivor, journey, block)).or_insert(arm);
        }
        let own: Vec<usize> = (0..self.runs.len()).filter(|run| self.runs[*run].person == survivor).collect();
        let theirs: Vec<usize> =
            (0..self.runs.len()).filter(|run| self.runs[*run].person == absorbed).collect();
        let mut merged = Vec::new();
        match self.input.platform.runs_on_merge.value {
            RunsOnMerge::IfNeverEntered => {
                let entered =
                    |run: &&usize| own.iter().any(|one| self.runs[*one].journey == self.runs[**run].journey);
                merged.extend(theirs.iter().filter(entered).copied());
            }
            RunsOnMerge::GoOn => {
                for (one, two) in own.iter().flat_map(|one| theirs.iter().map(move |two| (*one, *two))) {
                    // Runs are numbered in the order they started.
                    let (earlier, later) = (one.min(two), one.max(two));
                    if self.would_have_refused(earlier, later) {
                        merged.push(later);
                    }
                }
            }
        }
        for run in theirs {
            self.runs[run].person = survivor;
            // Numbered after those the survivor had; one that has ended keeps its number, for nothing
            // more is told of it.
            let journey = self.runs[run].journey;
            self.runs[run].ordinal +=
                own.iter().filter(|one| self.runs[**one].journey == journey).count() as u32;
        }
        for run in merged {
            if self.runs[run].ended.is_none() {
                self.cut_short(run, "merged", now);
            }
        }
    }

    fn would_have_refused(&self, earlier: usize, later: usize) -> bool {
        let (earlier, later) = (&self.runs[earlier], &self.runs[later]);
        if earlier.journey != later.journey || earlier.ended.is_some() || later.ended.is_some() {
            return false;
        }
        let by_re_entry = match self.journeys[earlier.journey].entry.re_entry {
            ReEntry::Once => true,
            ReEntry::EveryTime => false,
            ReEntry::AfterGap(gap) => later.started_ms - earlier.started_ms < gap.ms(),
        };
        by_re_entry || earlier.key == later.key
    }

    // ---- records -------------------------------------------------------------------------

    fn record(
        &mut self,
        run: usize,
        state: MessageState,
        reason: Option<&str>,
        (subject, body): (String, String),
        now: i64,
    ) {
        let Run { person, ordinal, journey, at, .. } = &self.runs[run];
        let (person, ordinal, block) = (*person, *ordinal, at.block.clone());
        let journey = self.journeys[*journey];
        let message = match journey.blocks.get(&block).map(|block| &block.kind) {
            Some(BlockKind::Message(message)) => Some(message),
            _ => None,
        };
        self.interesting(now);
        let identifiers = self.people.all[person].ids.iter().cloned().collect();
        self.records.push(Record {
            person,
            channel: message.map(|message| message.channel),
            is_message: message.is_some(),
            offer: message.is_some_and(|message| message.offer.is_some()),
            spared: message.is_some_and(|message| self.spared(message)),
            seen: Seen {
                at_ms: now,
                identifiers,
                journey: journey.id.clone(),
                run: ordinal,
                block,
                state,
                reason: reason.map(str::to_owned),
                subject,
                body,
            },
        });
    }

    fn report_waiting(&mut self, horizon: i64) {
        for walk in 0..self.walks.len() {
            if let Some((block, ..)) = self.walks[walk].at.clone() {
                let journey = &self.journeys[self.walks[walk].journey].id;
                *self.counts.entry(format!("{journey}/{block} waiting")).or_default() += 1;
                self.record_walk(walk, &block, MessageState::Waiting, None, "", horizon);
            }
        }
        for run in 0..self.runs.len() {
            if self.runs[run].ended.is_none() {
                self.count(run, "waiting");
                self.record(run, MessageState::Waiting, None, Default::default(), horizon);
            }
        }
    }
}

fn json(scalar: &Scalar) -> Value {
    match scalar {
        Scalar::Bool(value) => Value::Bool(*value),
        Scalar::Number(value) => serde_json::json!(value),
        Scalar::Text(value) => Value::String(value.clone()),
    }
}

/// Every length of time in a journey's conditions and anchors: a window ends that long after
/// something happened.
fn spans_of_journey(journey: &Journey, spans: &mut BTreeSet<i64>) {
    let exits = journey.exits.iter().map(|exit| &exit.when);
    for condition in exits.chain(&journey.audience).chain(journey.goal.as_ref().map(|goal| &goal.when)) {
        spans_of(condition, spans);
    }
    for block in journey.blocks.values() {
        match &block.kind {
            BlockKind::Message(message) => message.only_if.iter().for_each(|one| spans_of(one, spans)),
            BlockKind::WaitUntil { conditions, .. } | BlockKind::MultiBranch { conditions } => {
                for arm in conditions {
                    spans_of(&arm.when, spans);
                }
            }
            BlockKind::Branch { when: Some(when) } => spans_of(when, spans),
            BlockKind::Delay(DelayKind::Anchored { after, .. }) => drop(spans.insert(after.ms())),
            _ => {}
        }
    }
}

fn spans_of(condition: &Condition, spans: &mut BTreeSet<i64>) {
    let mut of_test = |test: &Test| {
        if let Test::WithinLast(span) | Test::LongerAgoThan(span) | Test::WithinNext(span) = test {
            spans.insert(span.ms());
        }
    };
    match condition {
        Condition::All(all) | Condition::Any(all) => all.iter().for_each(|one| spans_of(one, spans)),
        Condition::Not(one) => spans_of(one, spans),
        Condition::Event(event) => {
            event.filters.iter().for_each(|filter| of_test(&filter.is));
            spans.extend(event.within.map(Span::ms));
        }
        Condition::Attribute { is, .. } | Condition::Fact { is, .. } | Condition::Trigger { is, .. } => {
            of_test(is);
        }
        Condition::Message { within, .. } | Condition::InJourney { within, .. } => {
            spans.extend(within.map(Span::ms));
        }
        _ => {}
    }
}
