//! A small made-up world, told in a few words: who did what when, which journeys run, and what
//! came of it. Instants read `4 09:30` (4 March 2026, 09:30 UTC), finer as `4 09:30:00.001`.

use std::{io::Cursor, sync::Arc};

use serde_json::{Value, json};
use throughline::{
    identity::Platform,
    journey::{
        Anchor, Block, BlockKind, Channel, Condition, ConditionArm, DelayKind, EventCondition, EventRef,
        Journey, Message, PropertyFilter, Scalar, Segment, Segments, Status, Template, Test, Trigger,
    },
    recording::{Catalog, EventLog, Span, read_events, time::format_instant},
    simulator::{
        MessageRecord, MessageState, ReplayInput, ReplayResult, WorkspaceFacts, replay,
        settings::{ConsentFrom, ConsentSource},
    },
};

const MARCH_2026_MS: i64 = 1_772_323_200_000; // 1 March 2026, 00:00 UTC

/// `4 09:30` or `4 09:30:00.001` as UTC ms.
pub fn ms(text: &str) -> i64 {
    let (day, clock) = text.split_once(' ').unwrap();
    let mut parts = clock.split(':');
    let mut next = |unit: f64| parts.next().map_or(0.0, |part| part.parse::<f64>().unwrap() * unit);
    let of_day = next(3_600_000.0) + next(60_000.0) + next(1_000.0);
    MARCH_2026_MS + (day.parse::<i64>().unwrap() - 1) * 86_400_000 + of_day.round() as i64
}

/// UTC ms as `4 09:30`, with seconds and milliseconds only where there are any.
pub fn said(at_ms: i64) -> String {
    let since = at_ms - MARCH_2026_MS;
    let (day, of_day) = (since.div_euclid(86_400_000) + 1, since.rem_euclid(86_400_000));
    let (minutes, rest) = (of_day / 60_000, of_day % 60_000);
    let clock = format!("{day} {:02}:{:02}", minutes / 60, minutes % 60);
    match rest {
        0 => clock,
        rest if rest % 1_000 == 0 => format!("{clock}:{:02}", rest / 1_000),
        rest => format!("{clock}:{:02}.{:03}", rest / 1_000, rest % 1_000),
    }
}

pub fn span(text: &str) -> Span {
    text.parse().unwrap()
}

// ---- events ------------------------------------------------------------------------------

/// One recorded call, as a line of JSON.
#[derive(Clone)]
pub struct Call(Value);

fn call(kind: &str, at: &str) -> Call {
    let at = format_instant(ms(at));
    Call(json!({ "type": kind, "timestamp": at, "receivedAt": at, "properties": {} }))
}

pub fn track(at: &str, event: &str) -> Call {
    call("track", at).put("event", event.into())
}
pub fn page(at: &str, name: &str) -> Call {
    call("page", at).put("name", name.into())
}
pub fn identify(at: &str) -> Call {
    call("identify", at).put("traits", json!({}))
}
pub fn alias(at: &str, previous: &str, user: &str) -> Call {
    call("alias", at).put("previousId", previous.into()).user(user)
}
/// A profile merge; each side is `{"id": …}` or `{"email": …}`.
pub fn merge(at: &str, primary: Value, secondary: Value) -> Call {
    call("merge", at).put("primary", primary).put("secondary", secondary)
}

impl Call {
    fn put(mut self, key: &str, value: Value) -> Self {
        self.0[key] = value;
        self
    }
    pub fn on(self, device: &str) -> Self {
        self.put("anonymousId", device.into())
    }
    pub fn user(self, user: &str) -> Self {
        self.put("userId", user.into())
    }
    pub fn id(self, message_id: &str) -> Self {
        self.put("messageId", message_id.into())
    }
    pub fn received(self, at: &str) -> Self {
        self.put("receivedAt", format_instant(ms(at)).into())
    }
    /// Any other field of the call.
    pub fn field(self, key: &str, value: impl Into<Value>) -> Self {
        self.put(key, value.into())
    }
    pub fn without(mut self, key: &str) -> Self {
        self.0.as_object_mut().unwrap().remove(key);
        self
    }
    pub fn with(mut self, property: &str, value: impl Into<Value>) -> Self {
        self.0["properties"][property] = value.into();
        self
    }
    pub fn says(mut self, attribute: &str, value: impl Into<Value>) -> Self {
        self.0["traits"][attribute] = value.into();
        self
    }
    pub fn email(self, address: &str) -> Self {
        self.says("email", address)
    }
    pub fn context(self, context: Value) -> Self {
        self.put("context", context)
    }
}

/// `track` of a product on a device or by a user.
pub fn product(at: &str, event: &str, product_id: &str) -> Call {
    track(at, event).with("product_id", product_id)
}

// ---- journeys ----------------------------------------------------------------------------

/// Draws a journey block by block; each new block hangs on the last one's first exit.
#[derive(Clone)]
pub struct Draw {
    journey: Journey,
    last: Option<String>,
}

/// An active journey that starts at an event.
pub fn journey(id: &str, event: &str) -> Draw {
    starting(id, Trigger::Event { event: named(event), filters: Vec::new() })
}

pub fn starting(id: &str, trigger: Trigger) -> Draw {
    let journey = Journey {
        id: id.into(),
        name: id.to_owned(),
        note: String::new(),
        status: Status::Active,
        trigger,
        audience: None,
        entry: Default::default(),
        exits: Vec::new(),
        goal: None,
        priority: 0,
        start: None,
        never_identified: None,
        blocks: Default::default(),
        positions: Default::default(),
        notes: Default::default(),
    };
    Draw { journey, last: None }
}

impl Draw {
    /// Adds a block behind the last one.
    pub fn then(mut self, id: &str, kind: BlockKind) -> Self {
        match &self.last {
            Some(last) => {
                let last = self.journey.blocks.get_mut(last.as_str()).unwrap();
                if let Some(exit) = last.kind.exits().first().cloned() {
                    last.exits.entry(exit).or_insert_with(|| id.into());
                }
            }
            None if self.journey.start.is_none() => self.journey.start = Some(id.into()),
            None => {}
        }
        let block = Block { name: id.to_owned(), note: String::new(), kind, exits: Default::default() };
        self.journey.blocks.insert(id.into(), block);
        self.last = Some(id.to_owned());
        self
    }
    /// Adds a block that hangs on an exit of an earlier one.
    pub fn from(mut self, block: &str, exit: &str, id: &str, kind: BlockKind) -> Self {
        self.last = None;
        self.then(id, kind).exit(block, exit, id)
    }
    /// Leads an exit somewhere.
    pub fn exit(mut self, block: &str, exit: &str, to: &str) -> Self {
        self.journey.blocks.get_mut(block).unwrap().exits.insert(exit.into(), to.into());
        self
    }
    pub fn set(mut self, change: impl FnOnce(&mut Journey)) -> Self {
        change(&mut self.journey);
        self
    }
    /// Ends every run once a condition holds.
    pub fn leaves_when(self, id: &str, when: Condition) -> Self {
        let exit = throughline::journey::ExitCondition { id: id.to_owned(), name: String::new(), when };
        self.set(|journey| journey.exits.push(exit))
    }
}

pub fn wait(text: &str) -> BlockKind {
    BlockKind::Delay(DelayKind::For(span(text)))
}

/// An anchored delay without floor or freshness limit.
pub fn wait_from(from: Anchor, after: &str) -> BlockKind {
    anchored(from, after, "0s", None, false)
}

pub fn anchored(from: Anchor, after: &str, floor: &str, fresh_for: Option<&str>, restart: bool) -> BlockKind {
    let (after, floor, fresh_for) = (span(after), span(floor), fresh_for.map(span));
    BlockKind::Delay(DelayKind::Anchored { from, after, floor, fresh_for, restart })
}

pub fn last(event: &str) -> Anchor {
    Anchor::LastEvent(named(event))
}

pub fn wait_until(arms: &[(&str, Condition)], up_to: Option<&str>) -> BlockKind {
    BlockKind::WaitUntil { conditions: arms_of(arms), up_to: up_to.map(span) }
}

pub fn branches(arms: &[(&str, Condition)]) -> BlockKind {
    BlockKind::MultiBranch { conditions: arms_of(arms) }
}

fn arms_of(arms: &[(&str, Condition)]) -> Vec<ConditionArm> {
    let arm = |(id, when): &(&str, Condition)| ConditionArm {
        id: (*id).into(),
        name: String::new(),
        when: when.clone(),
    };
    arms.iter().map(arm).collect()
}

pub fn branch(when: Condition) -> BlockKind {
    BlockKind::Branch { when: Some(when) }
}

pub fn wait_for_identify(up_to: &str) -> BlockKind {
    BlockKind::WaitForIdentify { by: Default::default(), address: Default::default(), up_to: span(up_to) }
}

pub fn message(channel: Channel, body: &str) -> Message {
    Message {
        channel,
        template: Template { subject: String::new(), body: body.to_owned() },
        topic: None,
        transactional: false,
        offer: None,
        only_if: None,
    }
}

pub fn email(body: &str) -> BlockKind {
    BlockKind::Message(message(Channel::Email, body))
}

pub fn email_with(body: &str, change: impl FnOnce(&mut Message)) -> BlockKind {
    let mut message = message(Channel::Email, body);
    change(&mut message);
    BlockKind::Message(message)
}

// ---- conditions --------------------------------------------------------------------------

pub fn named(event: &str) -> EventRef {
    EventRef::Named(event.to_owned())
}

pub fn event_condition(event: &str) -> EventCondition {
    EventCondition {
        event: named(event),
        filters: Vec::new(),
        count: Default::default(),
        within: None,
        since_entry: false,
        after: None,
        before: None,
    }
}

/// The person did it.
pub fn did(event: &str) -> Condition {
    Condition::Event(event_condition(event))
}

pub fn did_with(event: &str, change: impl FnOnce(&mut EventCondition)) -> Condition {
    let mut condition = event_condition(event);
    change(&mut condition);
    Condition::Event(condition)
}

pub fn did_within(event: &str, window: &str) -> Condition {
    did_with(event, |condition| condition.within = Some(span(window)))
}

pub fn did_where(event: &str, property: &str, is: Test) -> Condition {
    did_with(event, |condition| condition.filters.push(filter(property, is)))
}

pub fn filter(property: &str, is: Test) -> PropertyFilter {
    PropertyFilter { property: property.to_owned(), is }
}

pub fn not(condition: Condition) -> Condition {
    Condition::Not(Box::new(condition))
}

pub fn attribute(name: &str, is: Test) -> Condition {
    Condition::Attribute { name: name.to_owned(), is }
}

pub fn text(value: &str) -> Scalar {
    Scalar::Text(value.to_owned())
}

pub fn equals(value: &str) -> Test {
    Test::Equals(text(value))
}

// ---- the world ---------------------------------------------------------------------------

/// Recordings, journeys and settings, ready to be replayed.
#[derive(Clone)]
pub struct World {
    pub platform: Platform,
    pub workspace: WorkspaceFacts,
    pub catalog: Catalog,
    pub segments: Segments,
    pub journeys: Vec<Arc<Journey>>,
    /// Name, whether it is history, and lines.
    pub recordings: Vec<(String, bool, Vec<Value>)>,
    pub seed: u64,
    pub horizon: Span,
    pub threads: usize,
    pub trace: bool,
}

pub fn on(platform: &str) -> World {
    World {
        platform: Platform::preset(platform).unwrap().clone(),
        workspace: WorkspaceFacts::default(),
        catalog: Catalog::default(),
        segments: Segments::default(),
        journeys: Vec::new(),
        recordings: Vec::new(),
        seed: 7,
        horizon: Span::days(30),
        threads: 1,
        trace: false,
    }
}

impl World {
    /// A recording. Calls without a message id get the words `m1`, `m2`, … in order.
    pub fn hears(self, calls: impl IntoIterator<Item = Call>) -> Self {
        self.records("recording", false, calls)
    }
    /// A recording that builds state and triggers nothing.
    pub fn remembers(self, calls: impl IntoIterator<Item = Call>) -> Self {
        self.records("history", true, calls)
    }
    fn records(mut self, name: &str, history: bool, calls: impl IntoIterator<Item = Call>) -> Self {
        let before: usize = self.recordings.iter().map(|(_, _, lines)| lines.len()).sum();
        let numbered = calls.into_iter().enumerate().map(|(number, Call(mut line))| {
            if line.get("messageId").is_none() {
                line["messageId"] = format!("m{}", before + number + 1).into();
            }
            line
        });
        self.recordings.push((name.to_owned(), history, numbered.collect()));
        self
    }
    pub fn runs(mut self, drawn: Draw) -> Self {
        self.journeys.push(Arc::new(drawn.journey));
        self
    }
    pub fn segment(mut self, id: &str, condition: Condition) -> Self {
        let segment = Segment { name: id.to_owned(), note: String::new(), condition };
        self.segments.0.insert(id.to_owned(), segment);
        self
    }
    pub fn product(mut self, id: &str, columns: Value) -> Self {
        let mut products = self.catalog.products().clone();
        products.insert(id.to_owned(), columns);
        self.catalog = Catalog::new(products);
        self
    }
    pub fn set(mut self, change: impl FnOnce(&mut WorkspaceFacts)) -> Self {
        change(&mut self.workspace);
        self
    }
    pub fn consent_by_trait(self, channel: Channel, name: &str) -> Self {
        let source = ConsentSource {
            channels: [channel].into(),
            from: ConsentFrom::Trait(name.to_owned()),
            granted: vec!["yes".to_owned()],
            denied: vec!["no".to_owned()],
            expires_after: None,
        };
        self.set(|workspace| workspace.consent.push(source))
    }
    pub fn with(mut self, change: impl FnOnce(&mut Self)) -> Self {
        change(&mut self);
        self
    }

    pub fn log(&self) -> EventLog {
        let mut log = EventLog::new();
        for (name, _, lines) in &self.recordings {
            let text: Vec<String> = lines.iter().map(ToString::to_string).collect();
            let counts = read_events(&mut Cursor::new(text.join("\n")), name, &mut log).unwrap();
            assert_eq!(counts.rejected, [], "every made-up line is sound");
        }
        log
    }

    /// What comes of it.
    pub fn replay(&self) -> Outcome {
        let log = self.log();
        let history: Vec<u16> =
            (0..).zip(&self.recordings).filter(|(_, recording)| recording.1).map(|(n, _)| n).collect();
        let input = ReplayInput {
            log: &log,
            platform: &self.platform,
            workspace: &self.workspace,
            catalog: &self.catalog,
            segments: &self.segments,
            journeys: &self.journeys,
            also: None,
            history: &history,
            seed: self.seed,
            horizon: self.horizon,
            threads: self.threads,
            trace: self.trace,
            cancel: None,
            progress: None,
        };
        Outcome(replay(&input).unwrap())
    }
    /// Short for the lines of messages.
    pub fn messages(&self) -> Vec<String> {
        self.replay().messages()
    }
}

/// What came of a replay.
pub struct Outcome(pub ReplayResult);

impl Outcome {
    /// `4 13:00 cart/mail sent`, or with a reason `4 13:00 cart/mail not_sent unsubscribed`; one
    /// line for each message, but for runs that wait elsewhere.
    pub fn messages(&self) -> Vec<String> {
        let is_message = |record: &&MessageRecord| record.message.is_some();
        self.0.messages.iter().filter(is_message).map(line).collect()
    }
    /// Runs that wait at the horizon, each with the horizon's instant.
    pub fn waiting(&self) -> Vec<String> {
        let waits = |record: &&MessageRecord| record.state == MessageState::Waiting;
        let line =
            |record: &MessageRecord| format!("{} {}/{}", said(record.at_ms), record.journey, record.block);
        self.0.messages.iter().filter(waits).map(line).collect()
    }
    pub fn bodies(&self) -> Vec<&str> {
        self.0.messages.iter().filter(|record| record.state == MessageState::Sent).map(|r| &*r.body).collect()
    }
    pub fn not_started(&self, journey: &str, reason: &str) -> u64 {
        self.0.journeys[journey].not_started.get(reason).copied().unwrap_or(0)
    }
    pub fn ended(&self, journey: &str, reason: &str) -> u64 {
        self.0.journeys[journey].ended.get(reason).copied().unwrap_or(0)
    }
}

fn line(record: &MessageRecord) -> String {
    let Some(reason) = record.reason else {
        return format!("{} {}/{} {}", said(record.at_ms), record.journey, record.block, record.state.word());
    };
    let (at, state) = (said(record.at_ms), record.state.word());
    format!("{at} {}/{} {state} {reason}", record.journey, record.block)
}
