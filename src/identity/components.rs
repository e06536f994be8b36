//! Who can never meet: a recording split into sets of events that share no identifier.
//!
//! Profiles that share no identifier never meet, so such sets can be replayed apart, in parallel
//! and in bounded memory. The split joins everything one call carries, which is at least what any
//! platform would link; blocked values are left out, or one `"null"` would join everybody.

use std::{borrow::Cow, collections::hash_map::Entry};

use rustc_hash::FxHashMap;
use serde_json::Value;

use super::{
    carried::Carried,
    identifier::Identifier,
    platform::{LinkingCalls, Platform},
    register::{IdNo, Known, Register, spelled},
    vocabulary::{Reading, RuleNo},
};
use crate::recording::{Digest, Event, EventIndex, EventKind, EventLog, Symbol};

/// Every identifier an event carries under a platform's rules, strongest first, blocked values
/// left out, in the form they are compared by; over-approximates what a resolver would link.
pub fn identifiers_of(platform: &Platform, log: &EventLog, event: EventIndex) -> Vec<Identifier> {
    let mut register = Register::new(platform);
    let ids = carried_ids(&mut register, log, log.event(event));
    let compared = |id: &IdNo| {
        let known = register.get(*id);
        match register.vocabulary.read(known.rule, &known.identifier.value) {
            Reading::Usable { key, .. } => Identifier::new(&known.identifier.kind, &key),
            _ => known.identifier.clone(),
        }
    };
    ids.iter().map(compared).collect()
}

/// The number of the component of each event, by its position in the log. Components are numbered
/// by their first event there; an event without identifier is a component of its own.
pub fn components(platform: &Platform, log: &EventLog) -> Vec<u32> {
    let mut builder = ComponentsBuilder::new(platform);
    builder.standing.reserve(log.len());
    for event in log.events() {
        builder.add(log, event);
    }
    builder.finish().numbers
}

/// Finds components from events that come one by one and need not be kept.
///
/// Identifiers are told apart by a 64-bit hash of what they are compared by. Two with one hash
/// would only join what could have stayed apart, which changes no replay.
pub struct ComponentsBuilder<'p> {
    /// Reads the calls that carry more than two ids; emptied after each of them.
    register: Register<'p>,
    by_hash: FxHashMap<u64, u32>,
    sets: Sets,
    /// What the user id of each symbol is, once it was looked at.
    users: Vec<Looked>,
    /// The same of anonymous ids.
    anonymous: Vec<Looked>,
    /// Of each event the set of one of its identifiers, which stands for them all.
    standing: Vec<u32>,
    /// Whom to look out for, in lower case.
    sought: Option<String>,
    found: Vec<u32>,
    /// Spare text, so that a lookup allocates nothing.
    buffer: String,
}

/// What a [`ComponentsBuilder`] found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Components {
    /// The component of each event, in the order they came. Components are numbered by their
    /// first event.
    pub numbers: Vec<u32>,
    /// Components of the identifiers that [`ComponentsBuilder::seek`] asked for, sorted.
    pub sought: Vec<u32>,
}

impl Components {
    /// How many there are.
    pub fn count(&self) -> usize {
        self.numbers.iter().max().map_or(0, |last| *last as usize + 1)
    }
    /// Of each component the first of those that are to be kept with it, where these pairs of
    /// events (by the order they came) must not be parted, whoever they belong to.
    pub fn together(&self, pairs: impl Iterator<Item = (u32, u32)>) -> Vec<u32> {
        let count = self.count() as u32;
        let mut sets = Sets { parents: (0..count).collect() };
        for (a, b) in pairs {
            sets.join(self.numbers[a as usize], self.numbers[b as usize]);
        }
        (0..count).map(|component| sets.root(component)).collect()
    }
}

/// What is known of a symbol as an identifier.
#[derive(Clone, Copy)]
enum Looked {
    /// Nobody asked yet.
    NotYet,
    /// It is an identifier of this set, or none.
    Found(Option<u32>),
}

impl<'p> ComponentsBuilder<'p> {
    /// No event yet.
    pub fn new(platform: &'p Platform) -> Self {
        Self {
            register: Register::new(platform),
            by_hash: FxHashMap::default(),
            sets: Sets::default(),
            users: Vec::new(),
            anonymous: Vec::new(),
            standing: Vec::new(),
            sought: None,
            found: Vec::new(),
            buffer: String::new(),
        }
    }

    /// Also notes the components of whoever may be called `asked`: an identifier in canonical
    /// text or the bare value of one, in any case. To be said before the first event.
    #[must_use]
    pub fn seek(mut self, asked: &str) -> Self {
        self.sought = Some(asked.to_lowercase());
        self
    }

    /// The next event; all events must be of logs that share one table of symbols.
    pub fn add(&mut self, log: &EventLog, event: &Event) {
        let standing = self.join_carried(log, event).unwrap_or_else(|| self.sets.add());
        self.standing.push(standing);
    }

    /// The components.
    pub fn finish(mut self) -> Components {
        const NONE: u32 = u32::MAX;
        let mut number_of = vec![NONE; self.sets.parents.len()];
        let mut next = 0;
        let mut numbers = self.standing;
        for number in &mut numbers {
            let of_root = &mut number_of[self.sets.root(*number) as usize];
            if *of_root == NONE {
                *of_root = next;
                next += 1;
            }
            *number = *of_root;
        }
        let mut sought: Vec<u32> =
            self.found.iter().map(|set| number_of[self.sets.root(*set) as usize]).collect();
        sought.sort_unstable();
        sought.dedup();
        Components { numbers, sought }
    }

    /// Joins what an event carries; the set of all of it.
    fn join_carried(&mut self, log: &EventLog, event: &Event) -> Option<u32> {
        let says_more = event.names_external_ids
            || event.previous_id.is_some()
            || !log.traits(event).is_empty()
            || event.kind == EventKind::Merge;
        if says_more {
            return self.join_all(log, event);
        }
        let user = event.user_id.and_then(|symbol| self.user(log, symbol));
        let anonymous = event.anonymous_id.and_then(|symbol| self.anonymous(log, symbol));
        if let (Some(user), Some(anonymous)) = (user, anonymous) {
            self.sets.join(user, anonymous);
        }
        user.or(anonymous)
    }

    fn join_all(&mut self, log: &EventLog, event: &Event) -> Option<u32> {
        let ids = carried_ids(&mut self.register, log, event);
        let mut first = None;
        for id in ids {
            let Known { identifier, rule, .. } = self.register.get(id).clone();
            let key = match self.register.vocabulary.read(rule, &identifier.value) {
                Reading::Usable { key, .. } => key,
                _ => Cow::Borrowed(&*identifier.value),
            };
            let set = self.set_of(&identifier.kind, &key);
            self.sets.join(*first.get_or_insert(set), set);
        }
        self.register.clear();
        first
    }

    fn user(&mut self, log: &EventLog, symbol: Symbol) -> Option<u32> {
        if let Some(Looked::Found(set)) = self.users.get(symbol.index()) {
            return *set;
        }
        let rule = self.register.vocabulary.user;
        let set = rule.and_then(|rule| self.read(rule, Identifier::USER, log.text(symbol)));
        note(&mut self.users, symbol, set);
        set
    }

    fn anonymous(&mut self, log: &EventLog, symbol: Symbol) -> Option<u32> {
        if let Some(Looked::Found(set)) = self.anonymous.get(symbol.index()) {
            return *set;
        }
        let rule = self.register.vocabulary.anonymous;
        let set = self.read(rule, Identifier::ANONYMOUS, log.text(symbol));
        note(&mut self.anonymous, symbol, set);
        set
    }

    /// The set of a value that may be an identifier.
    fn read(&mut self, rule: RuleNo, kind: &str, value: &str) -> Option<u32> {
        match self.register.vocabulary.read(rule, value) {
            Reading::Usable { key, .. } => Some(self.set_of(kind, &key)),
            _ => None,
        }
    }

    /// The set of an identifier, by its kind and comparison form; made if new.
    fn set_of(&mut self, kind: &str, key: &str) -> u32 {
        let buffer = std::mem::take(&mut self.buffer);
        self.buffer = spelled(buffer, self.register.vocabulary.is_shared(), kind, key);
        match self.by_hash.entry(Digest::short(&self.buffer)) {
            Entry::Occupied(known) => *known.get(),
            Entry::Vacant(place) => {
                let set = *place.insert(self.sets.add());
                if self.sought.as_ref().is_some_and(|asked| may_mean(asked, key)) {
                    self.found.push(set);
                }
                set
            }
        }
    }
}

fn note(looked: &mut Vec<Looked>, symbol: Symbol, set: Option<u32>) {
    if looked.len() <= symbol.index() {
        looked.resize(symbol.index() + 1, Looked::NotYet);
    }
    looked[symbol.index()] = Looked::Found(set);
}

/// Whether somebody may be asked for by `asked` (in lower case) who has an identifier with this
/// comparison form, of whatever kind.
fn may_mean(asked: &str, key: &str) -> bool {
    let key = key.to_lowercase();
    asked.strip_suffix(&*key).is_some_and(|kind| kind.is_empty() || kind.ends_with(':'))
}

/// Everything an event carries that some call might link, strongest first.
fn carried_ids(register: &mut Register<'_>, log: &EventLog, event: &Event) -> Vec<IdNo> {
    let any_call = register.vocabulary.platform().linking_calls.value == LinkingCalls::AnyCall;
    let names = event.kind == EventKind::Identify || any_call;
    let traits = if names { log.traits_value(event) } else { Value::Null };
    let carried = Carried::of(register, log, event, Some(&traits));
    let mut ids: Vec<IdNo> = carried.items.iter().map(|item| item.id).collect();
    if let Some(previous) = event.previous_id {
        // A user id or an anonymous id, by what is known when the call arrives.
        let previous = Value::String(log.text(previous).to_owned());
        let mut either = Carried::default();
        either.add(register, Identifier::USER, &previous);
        either.add(register, Identifier::ANONYMOUS, &previous);
        ids.extend(either.items.iter().map(|item| item.id));
    }
    if event.kind == EventKind::Merge {
        let sides = log.properties_value(event);
        for side in [sides.get("primary"), sides.get("secondary")].into_iter().flatten() {
            ids.extend(Carried::side(register, side).items.iter().map(|item| item.id));
        }
    }
    ids
}

/// Disjoint sets.
#[derive(Default)]
struct Sets {
    parents: Vec<u32>,
}

impl Sets {
    /// A new set.
    fn add(&mut self) -> u32 {
        let set = self.parents.len() as u32;
        self.parents.push(set);
        set
    }
    /// The set that stands for all it was joined with: the first of them.
    fn root(&mut self, set: u32) -> u32 {
        let mut item = set as usize;
        while self.parents[item] as usize != item {
            // Halving the path keeps later walks short.
            self.parents[item] = self.parents[self.parents[item] as usize];
            item = self.parents[item] as usize;
        }
        item as u32
    }
    fn join(&mut self, a: u32, b: u32) {
        let (a, b) = (self.root(a), self.root(b));
        self.parents[a.max(b) as usize] = a.min(b);
    }
}
