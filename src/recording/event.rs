//! The event model: compact heads beside one text arena.
//!
//! A month's export has millions of events, and most questions look at a few fields of each.
//! So an [`Event`] is a small fixed-size head; names and identifiers are interned [`Symbol`]s;
//! properties, traits and context stay raw JSON in the log's arena and are read only when a
//! condition or template asks.

use std::sync::Arc;

use serde_json::Value;

use super::symbols::{Symbol, Symbols};

/// The kind of a recorded call, after the Segment spec, and `merge` (a profile merge).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[repr(u8)]
pub enum EventKind {
    /// Something a person did; has a name.
    Track,
    /// A page view; the name is optional.
    Page,
    /// A screen view in an app; the name is optional.
    Screen,
    /// Says who somebody is, with traits.
    Identify,
    /// Says that two ids are one person.
    Alias,
    /// Says that a person belongs to a group; carried, never acted on.
    Group,
    /// Asks the platform to merge two profiles (`primary`, `secondary`).
    Merge,
}

impl EventKind {
    /// Every kind, in the order of its stored number.
    pub const ALL: [Self; 7] =
        [Self::Track, Self::Page, Self::Screen, Self::Identify, Self::Alias, Self::Group, Self::Merge];

    /// The wire word: `track`, `page`, …
    pub const fn word(self) -> &'static str {
        match self {
            Self::Track => "track",
            Self::Page => "page",
            Self::Screen => "screen",
            Self::Identify => "identify",
            Self::Alias => "alias",
            Self::Group => "group",
            Self::Merge => "merge",
        }
    }
    /// The kind with this wire word.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.word() == word)
    }
    /// The kind with this stored number.
    pub fn from_number(number: u8) -> Option<Self> {
        Self::ALL.get(usize::from(number)).copied()
    }
}

/// The texts of an event in its log's arena, one after another.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Texts {
    start: u64,
    /// Of message id, properties, traits, context.
    lens: [u32; Texts::COUNT],
}

impl Texts {
    const COUNT: usize = 4;

    /// The text at a place of the four; empty for an event of another arena.
    fn of(self, place: usize, arena: &str) -> &str {
        let before: u64 = self.lens[..place].iter().map(|len| u64::from(*len)).sum();
        let start = (self.start + before) as usize;
        arena.get(start..start + self.lens[place] as usize).unwrap_or_default()
    }
    fn all(self, arena: &str) -> [&str; Self::COUNT] {
        [0, 1, 2, 3].map(|place| self.of(place, arena))
    }
}

/// What is odd about an event. Odd events are kept and reported, never dropped.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct EventFlags(pub u8);

impl EventFlags {
    /// It says it happened after it arrived.
    pub const FUTURE: u8 = 1;
    /// The client's clock was corrected by its own `sentAt`.
    pub const SKEW_CORRECTED: u8 = 2;
    /// It had no `messageId`; a hash of its content stands in.
    pub const NO_MESSAGE_ID: u8 = 4;
    /// It carries no identifier at all.
    pub const NO_IDENTIFIER: u8 = 8;

    /// Whether `flag` is set.
    pub const fn has(self, flag: u8) -> bool {
        self.0 & flag != 0
    }
    /// Sets `flag`.
    pub fn set(&mut self, flag: u8) {
        self.0 |= flag;
    }
}

/// One recorded call. Cheap to copy; text is read through the [`EventLog`] that holds it.
#[derive(Clone, Copy, Debug)]
pub struct Event {
    /// When it happened, after skew correction (UTC ms).
    pub happened_ms: i64,
    /// When the platform learned of it (UTC ms).
    pub arrived_ms: i64,
    /// What kind of call.
    pub kind: EventKind,
    /// What is odd about it.
    pub flags: EventFlags,
    /// Which of the log's recordings it came from.
    pub recording: u16,
    /// Line in that recording's file, from 1 (position in the array for JSON arrays).
    pub line: u32,
    /// Event, page or screen name.
    pub name: Option<Symbol>,
    /// `anonymousId`, as sent.
    pub anonymous_id: Option<Symbol>,
    /// `userId`, as sent; may be a blocked value such as `null` or empty text.
    pub user_id: Option<Symbol>,
    /// `previousId` of an alias, as sent.
    pub previous_id: Option<Symbol>,
    /// `groupId` of a group call, as sent.
    pub group_id: Option<Symbol>,
    /// Whether the context names external ids (`context.externalIds`): few events do, and this
    /// spares the others a look into their context.
    pub names_external_ids: bool,
    texts: Texts,
}

impl Event {
    /// An event of which only the kind is said.
    pub(crate) fn blank(kind: EventKind) -> Self {
        Self {
            happened_ms: 0,
            arrived_ms: 0,
            kind,
            flags: EventFlags::default(),
            recording: 0,
            line: 0,
            name: None,
            anonymous_id: None,
            user_id: None,
            previous_id: None,
            group_id: None,
            names_external_ids: false,
            texts: Texts::default(),
        }
    }
}

/// Position of an event in its [`EventLog`].
pub type EventIndex = u32;

/// An event about to be added to a log, all text borrowed.
#[derive(Clone, Copy, Debug, Default)]
pub struct NewEvent<'a> {
    /// See [`Event::happened_ms`].
    pub happened_ms: i64,
    /// See [`Event::arrived_ms`].
    pub arrived_ms: i64,
    /// See [`Event::kind`]; `None` reads as track.
    pub kind: Option<EventKind>,
    /// See [`Event::flags`].
    pub flags: EventFlags,
    /// See [`Event::line`].
    pub line: u32,
    /// See [`Event::name`].
    pub name: Option<&'a str>,
    /// See [`Event::anonymous_id`].
    pub anonymous_id: Option<&'a str>,
    /// See [`Event::user_id`].
    pub user_id: Option<&'a str>,
    /// See [`Event::previous_id`].
    pub previous_id: Option<&'a str>,
    /// See [`Event::group_id`].
    pub group_id: Option<&'a str>,
    /// The message id, or the content hash that stands in.
    pub message_id: &'a str,
    /// Raw JSON object of `properties`; of a merge, an object with `primary` and `secondary`.
    /// Empty text for none.
    pub properties: &'a str,
    /// Raw JSON object of `traits` (of `context.traits` where a call has no own). Empty for none.
    pub traits: &'a str,
    /// Raw JSON object of `context`. Empty for none.
    pub context: &'a str,
}

/// Events of one or several recordings, with the text they refer to.
#[derive(Clone, Debug, Default)]
pub struct EventLog {
    /// Shared by the pieces of one large recording.
    symbols: Arc<Symbols>,
    events: Vec<Event>,
    arena: String,
    recordings: Vec<String>,
}

impl EventLog {
    /// An empty log.
    pub fn new() -> Self {
        Self::default()
    }
    /// Starts a recording; events pushed from now on belong to it. Returns its position.
    pub fn start_recording(&mut self, name: &str) -> u16 {
        self.recordings.push(name.to_owned());
        (self.recordings.len() - 1) as u16
    }
    /// Takes the recording started last away again, with the events pushed since.
    pub fn drop_last_recording(&mut self) {
        if self.recordings.pop().is_some() {
            let kept = self.recordings.len();
            self.events.retain(|event| usize::from(event.recording) < kept);
        }
    }
    /// Names of the recordings, in order.
    pub fn recordings(&self) -> &[String] {
        &self.recordings
    }
    /// Interned names and identifiers.
    pub fn symbols(&self) -> &Symbols {
        &self.symbols
    }
    /// The same, to add to.
    pub fn symbols_mut(&mut self) -> &mut Symbols {
        Arc::make_mut(&mut self.symbols)
    }
    /// A log of some of the events, given by their positions; it shares this one's names.
    #[must_use]
    pub fn part(&self, positions: &[EventIndex]) -> Self {
        let mut part = self.without_events();
        self.part_into(positions, &mut part);
        part
    }
    /// Puts some of the events, given by their positions, in place of those of `part`, whose
    /// symbols are this log's; the memory of what was there is used again.
    pub(crate) fn part_into(&self, positions: &[EventIndex], part: &mut Self) {
        part.clear_events();
        part.events.reserve(positions.len());
        for position in positions {
            let event = self.event(*position);
            part.push_head(*event, event.texts.all(&self.arena));
        }
    }
    /// Takes the events away and keeps names, identifiers and recordings, and the memory.
    pub(crate) fn clear_events(&mut self) {
        self.events.clear();
        self.arena.clear();
    }
    /// A log without events that shares this one's names, identifiers and recordings.
    #[must_use]
    pub fn without_events(&self) -> Self {
        Self { symbols: Arc::clone(&self.symbols), recordings: self.recordings.clone(), ..Self::default() }
    }
    /// Text of a symbol of this log.
    pub fn text(&self, symbol: Symbol) -> &str {
        self.symbols.text(symbol)
    }
    /// All events, in the order they were pushed.
    pub fn events(&self) -> &[Event] {
        &self.events
    }
    /// How many events.
    pub fn len(&self) -> usize {
        self.events.len()
    }
    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.events.is_empty()
    }
    /// One event.
    pub fn event(&self, index: EventIndex) -> &Event {
        &self.events[index as usize]
    }
    /// The event, page or screen name, or empty text.
    pub fn name(&self, event: &Event) -> &str {
        event.name.map_or("", |name| self.text(name))
    }
    /// The message id, or the content hash that stands in for one.
    pub fn message_id(&self, event: &Event) -> &str {
        event.texts.of(0, &self.arena)
    }
    /// Raw JSON of the properties, or empty text.
    pub fn properties(&self, event: &Event) -> &str {
        event.texts.of(1, &self.arena)
    }
    /// Raw JSON of the traits, or empty text.
    pub fn traits(&self, event: &Event) -> &str {
        event.texts.of(2, &self.arena)
    }
    /// Raw JSON of the context, or empty text.
    pub fn context(&self, event: &Event) -> &str {
        event.texts.of(3, &self.arena)
    }
    /// Parsed properties; [`Value::Null`] for none.
    pub fn properties_value(&self, event: &Event) -> Value {
        parsed(self.properties(event))
    }
    /// Parsed traits; [`Value::Null`] for none.
    pub fn traits_value(&self, event: &Event) -> Value {
        parsed(self.traits(event))
    }
    /// Parsed context; [`Value::Null`] for none.
    pub fn context_value(&self, event: &Event) -> Value {
        parsed(self.context(event))
    }
    /// Adds an event to the recording started last.
    pub fn push(&mut self, new: &NewEvent<'_>) -> EventIndex {
        let recording = self.recordings.len().saturating_sub(1) as u16;
        let symbols = Arc::make_mut(&mut self.symbols);
        let mut symbol = |text: Option<&str>| text.map(|text| symbols.intern(text));
        let mut event = Event {
            happened_ms: new.happened_ms,
            arrived_ms: new.arrived_ms,
            kind: new.kind.unwrap_or(EventKind::Track),
            flags: new.flags,
            recording,
            line: new.line,
            name: symbol(new.name),
            anonymous_id: symbol(new.anonymous_id),
            user_id: symbol(new.user_id),
            previous_id: symbol(new.previous_id),
            group_id: symbol(new.group_id),
            names_external_ids: new.context.contains("\"externalIds\""),
            texts: Texts::default(),
        };
        event.texts = self.keep([new.message_id, new.properties, new.traits, new.context]);
        self.events.push(event);
        (self.events.len() - 1) as EventIndex
    }
    /// Makes room for as many more events of usual size.
    pub(crate) fn reserve(&mut self, events: usize) {
        /// Message id and properties of a page view or two.
        const TEXT_BYTES: usize = 64;
        self.reserve_text(events, TEXT_BYTES);
    }
    /// The same with this much text each at most: room that is not used costs nothing, and growing
    /// copies all there is.
    pub(crate) fn reserve_text(&mut self, events: usize, text_bytes: usize) {
        self.events.reserve(events);
        self.arena.reserve(events.saturating_mul(text_bytes));
    }
    /// Adds an event whose symbols are this log's already (or will be those of the log it is
    /// appended to), with its texts: message id, properties, traits, context.
    pub(crate) fn push_head(&mut self, head: Event, texts: [&str; 4]) {
        let texts = self.keep(texts);
        self.events.push(Event { texts, ..head });
    }
    /// Moves over the events of `part`, whose symbols are this log's.
    pub(crate) fn append_events(&mut self, part: &mut Self) {
        if self.events.is_empty() {
            std::mem::swap(&mut self.events, &mut part.events);
            std::mem::swap(&mut self.arena, &mut part.arena);
            return;
        }
        let base = self.arena.len() as u64;
        self.arena.push_str(&std::mem::take(&mut part.arena));
        self.events.reserve(part.events.len());
        for mut event in std::mem::take(&mut part.events) {
            event.texts.start += base;
            self.events.push(event);
        }
    }
    /// Takes the events and their text away and keeps names, identifiers and recordings, so that
    /// a long reading goes on in little memory. Symbols of the block are symbols of this log.
    pub fn cut(&mut self) -> EventBlock {
        EventBlock { events: std::mem::take(&mut self.events), arena: std::mem::take(&mut self.arena) }
    }
    fn keep(&mut self, texts: [&str; Texts::COUNT]) -> Texts {
        let start = self.arena.len() as u64;
        for text in texts {
            self.arena.push_str(text);
        }
        Texts { start, lens: texts.map(|text| text.len() as u32) }
    }
}

/// Events cut off a log ([`EventLog::cut`]), with their own text.
#[derive(Clone, Debug, Default)]
pub struct EventBlock {
    events: Vec<Event>,
    arena: String,
}

impl EventBlock {
    /// The events, in the order they were pushed.
    pub fn events(&self) -> &[Event] {
        &self.events
    }
    /// The text of each event: message id, properties, traits, context.
    pub fn texts(&self, event: &Event) -> [&str; 4] {
        event.texts.all(&self.arena)
    }
}

fn parsed(text: &str) -> Value {
    if text.is_empty() { Value::Null } else { serde_json::from_str(text).unwrap_or(Value::Null) }
}
