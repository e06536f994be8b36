//! The identifiers of one replay, numbered, each with its holder.
//!
//! Most events carry nothing but symbols that were seen before, so the number of a user id or
//! anonymous id is found by its symbol alone; text is looked at once per symbol.

use std::{collections::BTreeMap, sync::Arc};

use rustc_hash::FxHashMap;

use super::{
    identifier::Identifier,
    outcome::RefusalReason,
    platform::Platform,
    profile::{AttributeValue, ProfileId},
    vocabulary::{Reading, RuleNo, Vocabulary},
};
use crate::recording::{EventIndex, EventLog, Symbol};

/// Number of an identifier in its [`Register`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) struct IdNo(u32);

impl IdNo {
    pub const fn index(self) -> usize {
        self.0 as usize
    }
}

/// What a value turned out to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Found {
    /// An identifier.
    Id(IdNo),
    /// Nothing, or merely a trait.
    Nothing,
    /// A value that may not be an identifier.
    Refused(RefusalReason),
}

/// One identifier and who has it.
#[derive(Clone, Debug)]
pub(super) struct Known {
    pub identifier: Identifier,
    pub rule: RuleNo,
    /// Who has it now; of an anonymous id whose events are held, who claimed it.
    pub holder: Option<ProfileId>,
    pub held: Held,
}

/// What is held against an anonymous id where the platform keeps no anonymous profiles.
#[derive(Clone, Debug, Default)]
pub(super) struct Held {
    /// When it was claimed (UTC ms); means something only while it has a holder.
    pub claimed_ms: i64,
    /// Events that joined nobody, by (happened, arrived, message id).
    pub events: Vec<EventIndex>,
    /// When the last of them happened (UTC ms).
    latest_ms: i64,
    /// Traits of anonymous identify calls, for whoever claims it.
    pub traits: BTreeMap<Box<str>, AttributeValue>,
}

impl Held {
    /// Adds an event at its place. Most events happen in the order they arrive, and then the
    /// others need not be looked at.
    pub fn add(&mut self, log: &EventLog, index: EventIndex) {
        let happened_ms = log.event(index).happened_ms;
        if self.events.is_empty() || happened_ms > self.latest_ms {
            self.events.push(index);
            self.latest_ms = happened_ms;
            return;
        }
        let key = log.history_key(index);
        let place = self.events.partition_point(|earlier| log.history_key(*earlier) <= key);
        self.events.insert(place, index);
    }
    /// Takes every event, in order.
    pub fn take_events(&mut self) -> Vec<EventIndex> {
        std::mem::take(&mut self.events)
    }
}

/// The identifiers of one replay.
#[derive(Clone, Debug)]
pub(super) struct Register<'p> {
    pub vocabulary: Vocabulary<'p>,
    known: Vec<Known>,
    /// Kinds met so far; one shared text each.
    kinds: Vec<Arc<str>>,
    /// By kind and comparison form (the form alone in a shared namespace).
    by_text: FxHashMap<Box<str>, IdNo>,
    by_user: FxHashMap<Symbol, Found>,
    by_anonymous: FxHashMap<Symbol, Found>,
    /// Spare text, so that a lookup allocates nothing.
    buffer: String,
}

impl<'p> Register<'p> {
    pub fn new(platform: &'p Platform) -> Self {
        Self {
            vocabulary: Vocabulary::new(platform),
            known: Vec::new(),
            kinds: Vec::new(),
            by_text: FxHashMap::default(),
            by_user: FxHashMap::default(),
            by_anonymous: FxHashMap::default(),
            buffer: String::new(),
        }
    }
    pub fn get(&self, id: IdNo) -> &Known {
        &self.known[id.index()]
    }
    pub fn get_mut(&mut self, id: IdNo) -> &mut Known {
        &mut self.known[id.index()]
    }
    pub fn iter(&self) -> impl Iterator<Item = &Known> {
        self.known.iter()
    }
    /// Forgets every identifier.
    pub fn clear(&mut self) {
        self.known.clear();
        self.kinds.clear();
        self.by_text.clear();
        self.by_user.clear();
        self.by_anonymous.clear();
    }
    /// The `userId` of an event.
    pub fn user(&mut self, log: &EventLog, symbol: Symbol) -> Found {
        if let Some(found) = self.by_user.get(&symbol) {
            return *found;
        }
        let found = self
            .vocabulary
            .user
            .map_or(Found::Nothing, |rule| self.intern(rule, Identifier::USER, log.text(symbol)));
        self.by_user.insert(symbol, found);
        found
    }
    /// The `anonymousId` of an event.
    pub fn anonymous(&mut self, log: &EventLog, symbol: Symbol) -> Found {
        if let Some(found) = self.by_anonymous.get(&symbol) {
            return *found;
        }
        let rule = self.vocabulary.anonymous;
        let found = self.intern(rule, Identifier::ANONYMOUS, log.text(symbol));
        self.by_anonymous.insert(symbol, found);
        found
    }
    /// The identifier of a kind with this value, made if new.
    pub fn intern(&mut self, rule: RuleNo, kind: &str, value: &str) -> Found {
        let (key, shown) = match self.vocabulary.read(rule, value) {
            Reading::Usable { key, shown } => (key, shown),
            Reading::Blank | Reading::OtherText => return Found::Nothing,
            Reading::Blocked => return Found::Refused(RefusalReason::BlockedValue),
            Reading::Bad => return Found::Refused(RefusalReason::BadValue),
        };
        self.spell(kind, &key);
        if let Some(id) = self.by_text.get(self.buffer.as_str()) {
            return Found::Id(*id);
        }
        let id = IdNo(self.known.len() as u32);
        self.by_text.insert(self.buffer.as_str().into(), id);
        let identifier = Identifier { kind: self.kind(kind), value: (&*shown).into() };
        self.known.push(Known { identifier, rule, holder: None, held: Held::default() });
        Found::Id(id)
    }
    /// The identifier of a kind with this value, if it was ever met.
    pub fn find(&self, kind: &str, value: &str) -> Option<IdNo> {
        let rule = self.vocabulary.rule_of(kind)?;
        let Reading::Usable { key, .. } = self.vocabulary.read(rule, value) else { return None };
        let spelled = spelled(String::new(), self.vocabulary.is_shared(), kind, &key);
        self.by_text.get(spelled.as_str()).copied()
    }
    /// Shows an identifier as one of another kind: in a shared namespace, an anonymous id that
    /// turns out to be somebody's name.
    pub fn rename(&mut self, id: IdNo, kind: &str, rule: RuleNo) {
        let kind = self.kind(kind);
        let known = &mut self.known[id.index()];
        known.identifier.kind = kind;
        known.rule = rule;
    }

    fn spell(&mut self, kind: &str, key: &str) {
        let buffer = std::mem::take(&mut self.buffer);
        self.buffer = spelled(buffer, self.vocabulary.is_shared(), kind, key);
    }
    fn kind(&mut self, kind: &str) -> Arc<str> {
        if let Some(known) = self.kinds.iter().find(|known| &***known == kind) {
            return Arc::clone(known);
        }
        let kind: Arc<str> = kind.into();
        self.kinds.push(Arc::clone(&kind));
        kind
    }
}

/// The text an identifier is looked up by, written into `buffer`.
pub(super) fn spelled(mut buffer: String, shared: bool, kind: &str, key: &str) -> String {
    buffer.clear();
    if !shared {
        buffer.push_str(kind);
        buffer.push('\u{1f}');
    }
    buffer.push_str(key);
    buffer
}
