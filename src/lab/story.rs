//! One person's story: devices that flow into a person, what they did, where they waited, what
//! they got. It is what the timeline draws.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use chrono_tz::Tz;

use super::{
    Chronicle,
    lanes::{self, LaneIndex, RunRow},
    merged::{self, MergedPerson},
};
use crate::{
    identity::{Platform, people_among},
    journey::{BlockId, JourneyId},
    recording::{EventIndex, EventKind, EventLog},
    simulator::{
        HeldState, MessageRecord, ReplayResult, RunStart, TraceRecord, person_state::Change,
        result::PersonSummary,
    },
};

/// Everything about one person on one line of time. Instants are UTC milliseconds.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Story {
    /// Who it is: identifiers at the end, sorted canonical text.
    pub identifiers: Vec<String>,
    /// When an identifier that is not anonymous was first known.
    pub known_ms: Option<i64>,
    /// Devices, in order of their first event.
    pub devices: Vec<Device>,
    /// Known people who turned out to be this one, in order of their begin.
    pub merged: Vec<MergedPerson>,
    /// Events on the person's own lane: all of a device once it has joined, and those that came
    /// with no device. In order of time.
    pub marks: Vec<Mark>,
    /// Triggers the platform held back until somebody would say who they are.
    pub holds: Vec<Hold>,
    /// Stays in blocks that took time, in order of time.
    pub stays: Vec<Stay>,
    /// Their messages and runs still waiting, in the result's order.
    pub messages: Vec<MessageRecord>,
    /// The replay of everybody they could ever meet, with every decision.
    pub replay: ReplayResult,
    /// Positions in its trace of what was decided about them, in order of time.
    pub records: Vec<usize>,
    /// Where each event is, by message id: the lane ([`Story::lane`]) and the place in it.
    pub by_event: Vec<(u32, u32)>,
    /// The events of each lane, ready to be counted at any zoom.
    pub lanes: Vec<LaneIndex>,
    /// Their runs, those of a journey one after the other.
    pub run_rows: Vec<RunRow>,
    /// When their events arrived, in order: the platform acts on arrival.
    pub arrivals_ms: Vec<i64>,
    /// The zone they say they are in, if they do.
    pub zone: Option<Tz>,
    /// Their state at any instant; empty unless the replay recorded it.
    pub chronicle: Chronicle,
    /// From the first to the last thing in it.
    pub from_ms: i64,
    /// See `from_ms`.
    pub to_ms: i64,
}

/// One browser's store: a lane that flows into the person's when it joins.
#[derive(Clone, Debug, PartialEq)]
pub struct Device {
    /// Its anonymous id.
    pub anonymous_id: String,
    /// What the first event says of it: `Mobile Safari`, `iPhone`; empty where it says nothing.
    pub name: String,
    /// Its events until it joined.
    pub marks: Vec<Mark>,
    /// When it joined the person; `None`: it never did, and is at most perhaps the same person.
    pub joined_ms: Option<i64>,
}

/// Something that happened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mark {
    /// When it happened.
    pub at_ms: i64,
    /// When the platform learned of it.
    pub arrived_ms: i64,
    /// What kind of call.
    pub kind: EventKind,
    /// Its name; empty for calls without.
    pub name: String,
    /// Its message id.
    pub event: String,
    /// The recording and the line in it.
    pub source: (String, u32),
}

/// A trigger held back.
#[derive(Clone, Debug, PartialEq)]
pub struct Hold {
    /// The journey it would have started.
    pub journey: JourneyId,
    /// From when.
    pub from_ms: i64,
    /// Until when.
    pub to_ms: i64,
    /// What became of it.
    pub state: HeldState,
}

/// A stay in a block that took time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stay {
    /// Which run.
    pub journey: JourneyId,
    /// See `journey`.
    pub run: u32,
    /// The same, however a merge numbered it.
    pub started: Arc<RunStart>,
    /// Where.
    pub block: BlockId,
    /// From when.
    pub from_ms: i64,
    /// Until when; the horizon for one that goes on.
    pub to_ms: i64,
    /// What ended it: the exit taken, the reason the run ended, or `waiting`.
    pub ended: String,
    /// Whether the run was taken out of it: it ended there, before the block was done with it.
    pub cut_short: bool,
    /// When a timer would have ended it at the latest; `None`: none was set, or states were not recorded.
    pub until_ms: Option<i64>,
    /// When a message that waits there was held back, first and again.
    pub deferred_ms: Vec<i64>,
}

/// The story of whoever has one of these identifiers, from the events of their identity component
/// (in replay order) and its replay with the whole trace. `None`: nobody has.
pub fn story(
    platform: &Platform,
    log: &EventLog,
    order: &[EventIndex],
    result: ReplayResult,
    person: &[String],
) -> Option<Story> {
    let is_meant = |identifiers: &[String]| identifiers.iter().any(|id| person.contains(id));
    let summary = result.people.iter().find(|summary| is_meant(&summary.identifiers))?;
    let identifiers: BTreeSet<&str> = summary.identifiers.iter().map(String::as_str).collect();
    let is_theirs = |ids: &[String]| ids.iter().any(|id| identifiers.contains(id.as_str()));
    // Whom events belong to at the end; a shared browser's events may belong to several.
    let people = people_among(platform, log, order);
    let own: BTreeSet<&str> = people
        .profiles
        .iter()
        .filter(|known| is_theirs(&known.identifiers))
        .flat_map(|known| known.events.iter().map(String::as_str))
        .collect();
    let others: BTreeSet<&str> = people
        .profiles
        .iter()
        .filter(|known| !is_theirs(&known.identifiers))
        .flat_map(|known| known.events.iter().map(String::as_str))
        .collect();
    let mut story = Story {
        identifiers: summary.identifiers.clone(),
        messages: result.messages.iter().filter(|message| is_theirs(&message.identifiers)).cloned().collect(),
        ..Story::default()
    };
    let trace: Vec<&TraceRecord> =
        result.trace.iter().filter(|record| is_theirs(&record.identifiers)).collect();
    story.known_ms = trace.iter().find(|record| record.decision == "identified").map(|it| it.at_ms);
    let joins = joins(log, order, &result, &identifiers);
    let mut devices: BTreeMap<&str, Device> = BTreeMap::new();
    for index in order {
        let event = log.event(*index);
        let mark = mark(log, *index);
        if others.contains(mark.event.as_str()) {
            continue;
        }
        let Some(anonymous_id) = event.anonymous_id.map(|id| log.text(id)).filter(|id| !id.is_empty()) else {
            if own.contains(mark.event.as_str()) || !summary.known {
                story.marks.push(mark);
            }
            continue;
        };
        let device = devices.entry(anonymous_id).or_insert_with(|| Device {
            anonymous_id: anonymous_id.to_owned(),
            name: device_name(&log.context_value(event)),
            marks: Vec::new(),
            joined_ms: joins.get(anonymous_id).copied(),
        });
        match device.joined_ms {
            Some(joined_ms) if mark.arrived_ms >= joined_ms => story.marks.push(mark),
            _ => device.marks.push(mark),
        }
    }
    story.devices = devices.into_values().collect();
    let first = |device: &Device| device.marks.first().map_or(i64::MAX, |mark| mark.at_ms);
    story.devices.sort_by(|a, b| (first(a), &a.anonymous_id).cmp(&(first(b), &b.anonymous_id)));
    story.marks.sort_by(|a, b| (a.at_ms, &a.event).cmp(&(b.at_ms, &b.event)));
    story.merged = merged::part(&mut story.marks, &trace, &result, &story.identifiers);
    story.holds = holds(&result, &story.devices);
    story.stays = stays(&trace, result.horizon_ms);
    story.index();
    let told = result.trace.iter().enumerate().filter(|(_, record)| is_theirs(&record.identifiers));
    story.records = told.map(|(at, _)| at).collect();
    story.arrivals_ms = story.arrivals();
    story.zone = zone(log, order, summary, &own);
    (story.from_ms, story.to_ms) = story.extent();
    story.replay = result;
    Some(story)
}

impl Story {
    /// Whether anybody said who they are.
    pub fn is_known(&self) -> bool {
        self.identifiers.iter().any(|id| !id.starts_with(ANONYMOUS))
    }

    /// Every identifier that is theirs at some time: those at the end, and their devices'.
    pub fn everybody(&self) -> impl Iterator<Item = &str> {
        let records = self.replay.trace.iter();
        let theirs = records.filter(|it| it.identifiers.iter().any(|id| self.identifiers.contains(id)));
        let before = theirs.flat_map(|record| record.identifiers.iter().map(String::as_str));
        self.identifiers.iter().map(String::as_str).chain(before)
    }

    /// How many lanes of events there are.
    pub const fn lane_count(&self) -> usize {
        1 + self.devices.len() + self.merged.len()
    }
    /// The events of a lane: first the person's own, then the devices', then those of people who
    /// were merged.
    pub fn lane(&self, lane: usize) -> &[Mark] {
        let Some(at) = lane.checked_sub(1) else { return &self.marks };
        let device = self.devices.get(at).map(|device| &device.marks);
        let merged = || self.merged.get(at - self.devices.len()).map(|other| &other.marks);
        device.or_else(merged).map_or(&[], Vec::as_slice)
    }
    /// An event by its message id.
    pub fn mark(&self, event: &str) -> Option<&Mark> {
        let find = |at: &(u32, u32)| self.lane(at.0 as usize).get(at.1 as usize);
        let first =
            self.by_event.partition_point(|at| find(at).is_some_and(|mark| mark.event.as_str() < event));
        self.by_event.get(first).and_then(find).filter(|mark| mark.event == event)
    }
    /// Makes everything quick to find and to draw; after it has changed.
    pub fn index(&mut self) {
        let places = |lane: usize| (0..self.lane(lane).len()).map(move |at| (lane as u32, at as u32));
        let mut all: Vec<(u32, u32)> = (0..self.lane_count()).flat_map(places).collect();
        all.sort_by(|a, b| {
            let id = |at: &(u32, u32)| &self.lane(at.0 as usize)[at.1 as usize].event;
            id(a).cmp(id(b)).then(a.cmp(b))
        });
        self.by_event = all;
        self.lanes = (0..self.lane_count()).map(|lane| LaneIndex::of(self.lane(lane))).collect();
        self.run_rows = lanes::run_rows(&self.stays, &self.messages);
    }
    /// Adds their states, which know the timers of stays.
    #[must_use]
    pub fn with_states(mut self, chronicle: Chronicle) -> Self {
        let mut timers: BTreeMap<(&JourneyId, u32, &BlockId, i64), Option<i64>> = BTreeMap::new();
        for change in chronicle.changes() {
            if let Change::Run(_, Some(run)) = &change.change {
                timers.insert((&run.journey, run.run, &run.block, run.since_ms), run.until_ms);
            }
        }
        for stay in &mut self.stays {
            let set = timers.get(&(&stay.journey, stay.run, &stay.block, stay.from_ms));
            stay.until_ms = set.copied().flatten();
        }
        self.chronicle = chronicle;
        self
    }

    /// When their events arrived, in order; a device that never joined is nobody's yet.
    fn arrivals(&self) -> Vec<i64> {
        let known = self.is_known();
        let own = self.devices.iter().filter(|device| device.joined_ms.is_some() || !known);
        let merged = self.merged.iter().flat_map(|other| &other.marks);
        let marks = own.flat_map(|device| &device.marks).chain(merged).chain(&self.marks);
        let mut arrivals: Vec<i64> = marks.map(|mark| mark.arrived_ms).collect();
        arrivals.sort_unstable();
        arrivals
    }

    /// From the first to the last thing in it; the horizon itself is left out, or a month of
    /// waiting would dwarf the rest.
    fn extent(&self) -> (i64, i64) {
        let marks = (0..self.lane_count()).flat_map(|lane| self.lane(lane));
        let moments = marks
            .map(|mark| mark.at_ms)
            .chain(
                self.stays.iter().filter(|stay| stay.ended != WAITING).flat_map(|it| [it.from_ms, it.to_ms]),
            )
            .chain(self.stays.iter().map(|stay| stay.from_ms))
            .chain(self.messages.iter().filter(|it| it.message.is_some()).map(|message| message.at_ms));
        moments.fold((i64::MAX, i64::MIN), |(from, to), at| (from.min(at), to.max(at)))
    }
}

/// What canonical anonymous ids begin with.
const ANONYMOUS: &str = "anonymous_id:";

/// Whether a canonical identifier is anonymous.
pub fn is_anonymous(id: &str) -> bool {
    id.starts_with(ANONYMOUS)
}

/// How a stay that goes on at the horizon ends.
pub const WAITING: &str = "waiting";

/// When each anonymous id joined the person: at a claim or merge; where the platform has the
/// visitor become the person without one, with the first call that says who it is.
fn joins<'a>(
    log: &'a EventLog,
    order: &[EventIndex],
    result: &'a ReplayResult,
    identifiers: &BTreeSet<&str>,
) -> BTreeMap<&'a str, i64> {
    let mut joins = BTreeMap::new();
    let is_theirs = |ids: &[String]| ids.iter().any(|id| identifiers.contains(id.as_str()));
    for merge in result.merges.iter().filter(|merge| is_theirs(&merge.survivor)) {
        for id in merge.joined.iter().filter_map(|id| id.strip_prefix(ANONYMOUS)) {
            joins.entry(id).or_insert(merge.at_ms);
        }
    }
    for index in order {
        let event = log.event(*index);
        let Some(id) = event.anonymous_id.map(|id| log.text(id)) else { continue };
        let says_who = event.user_id.is_some() || event.kind == EventKind::Identify;
        if says_who && identifiers.contains(format!("{ANONYMOUS}{id}").as_str()) {
            joins.entry(id).or_insert(event.arrived_ms);
        }
    }
    joins
}

/// The zone somebody is in at the end: their attribute, else what their latest event says.
fn zone(log: &EventLog, order: &[EventIndex], summary: &PersonSummary, own: &BTreeSet<&str>) -> Option<Tz> {
    let mut attributes =
        ["timezone", "time_zone"].iter().filter_map(|name| summary.attributes.get(*name)?.as_str());
    attributes.find_map(|name| name.parse().ok()).or_else(|| {
        let theirs = order.iter().rev().map(|index| log.event(*index));
        let theirs = theirs.filter(|event| own.contains(log.message_id(event)));
        let mut telling = theirs.filter(|event| log.context(event).contains("timezone"));
        telling.find_map(|event| log.context_value(event).get("timezone")?.as_str()?.parse().ok())
    })
}

fn mark(log: &EventLog, index: EventIndex) -> Mark {
    let event = log.event(index);
    let recording = log.recordings().get(usize::from(event.recording)).cloned().unwrap_or_default();
    Mark {
        at_ms: event.happened_ms,
        arrived_ms: event.arrived_ms,
        kind: event.kind,
        name: log.name(event).to_owned(),
        event: log.message_id(event).to_owned(),
        source: (recording, event.line),
    }
}

/// What a context says of its device: the model or kind, else the browser.
fn device_name(context: &serde_json::Value) -> String {
    let text = |path: &str| context.pointer(path).and_then(serde_json::Value::as_str).unwrap_or_default();
    let agent = text("/userAgent");
    let browser = [("Edg", "Edge"), ("Firefox", "Firefox"), ("Chrome", "Chrome"), ("Safari", "Safari")]
        .iter()
        .find(|(part, _)| agent.contains(part))
        .map_or("", |(_, name)| *name);
    let kind = [("iPhone", "iPhone"), ("iPad", "iPad"), ("Android", "Android phone"), ("Mobile", "phone")]
        .iter()
        .find(|(part, _)| agent.contains(part))
        .map_or("", |(_, name)| *name);
    let said = [text("/device/model"), text("/device/name"), kind, text("/device/type"), browser];
    said.into_iter().find(|name| !name.is_empty()).unwrap_or_default().to_owned()
}

fn holds(result: &ReplayResult, devices: &[Device]) -> Vec<Hold> {
    let is_theirs = |id: &str| {
        let id = id.strip_prefix(ANONYMOUS).unwrap_or(id);
        devices.iter().any(|device| device.anonymous_id == id)
    };
    let mut holds: Vec<Hold> = result
        .held
        .iter()
        .filter(|held| is_theirs(&held.anonymous_id))
        .map(|held| Hold {
            journey: held.journey.clone(),
            from_ms: held.held_ms,
            to_ms: held.decided_ms,
            state: held.state,
        })
        .collect();
    holds.sort_by(|a, b| (a.from_ms, a.to_ms, &a.journey).cmp(&(b.from_ms, b.to_ms, &b.journey)));
    holds
}

/// Stays that took time, read off the trace: from a run's `waiting` to what moved it on.
fn stays(trace: &[&TraceRecord], horizon_ms: i64) -> Vec<Stay> {
    let mut open: Vec<Stay> = Vec::new();
    let mut stays = Vec::new();
    for record in trace {
        let (Some(journey), Some(run), Some(started), Some(block)) =
            (&record.journey, record.run, &record.started, &record.block)
        else {
            continue;
        };
        let waits = matches!(record.decision, "waiting" | "deferred") && record.at_ms < horizon_ms;
        let deferred_ms = (record.decision == "deferred").then_some(record.at_ms);
        let ends = matches!(record.decision, "left_block" | "run_ended" | "sent" | "not_sent" | "skipped");
        let is_its =
            |stay: &Stay| stay.journey == *journey && stay.started == *started && stay.block == *block;
        match open.iter().position(is_its) {
            // A wait that is counted anew is still the same stay.
            Some(at) if waits => open[at].deferred_ms.extend(deferred_ms),
            None if waits => {
                let stay = Stay {
                    journey: journey.clone(),
                    run,
                    started: Arc::clone(started),
                    block: block.clone(),
                    from_ms: record.at_ms,
                    to_ms: horizon_ms,
                    ended: WAITING.to_owned(),
                    cut_short: false,
                    until_ms: None,
                    deferred_ms: deferred_ms.into_iter().collect(),
                };
                open.push(stay);
            }
            Some(at) if ends => {
                let stay = open.remove(at);
                let ended = if record.detail.is_empty() { record.decision } else { &record.detail };
                let cut_short = record.decision == "run_ended";
                stays.push(Stay { to_ms: record.at_ms, ended: ended.to_owned(), cut_short, ..stay });
            }
            _ => {}
        }
    }
    stays.extend(open);
    stays.retain(|stay| stay.to_ms > stay.from_ms);
    stays.sort_by(|a, b| (a.from_ms, &a.journey, &a.started).cmp(&(b.from_ms, &b.journey, &b.started)));
    stays
}
