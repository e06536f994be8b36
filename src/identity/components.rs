//! Who can never meet: a recording split into sets of events that share no identifier.
//!
//! Profiles that share no identifier never meet, so such sets can be replayed apart, in parallel
//! and in bounded memory. The split joins everything one call carries, which is at least what any
//! platform would link; blocked values are left out, or one `"null"` would join everybody.

use serde_json::Value;

use super::{
    carried::Carried,
    identifier::Identifier,
    platform::{LinkingCalls, Platform},
    register::{IdNo, Register},
    vocabulary::Reading,
};
use crate::recording::{Event, EventIndex, EventKind, EventLog};

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

/// The number of the component of each event of `order`, in that order. Components are numbered
/// by their first event; an event without identifier is a component of its own.
pub fn components(platform: &Platform, log: &EventLog, order: &[EventIndex]) -> Vec<u32> {
    let mut joining = Joining::new(platform, log.symbols().len());
    // The identifier that stands for an event; `None`: it carries none.
    let standing: Vec<Option<IdNo>> =
        order.iter().map(|index| joining.join(log, log.event(*index))).collect();
    let mut sets = joining.sets;
    let mut numbers: Vec<Option<u32>> = vec![None; sets.parents.len()];
    let mut next = 0;
    let mut fresh = || {
        next += 1;
        next - 1
    };
    standing
        .into_iter()
        .map(|id| match id {
            Some(id) => *numbers[sets.root(id.index()) as usize].get_or_insert_with(&mut fresh),
            None => fresh(),
        })
        .collect()
}

/// Identifiers of a whole log and the sets they have joined to so far.
struct Joining<'p> {
    register: Register<'p>,
    sets: Sets,
    /// What the user id of each symbol is, once it was looked at.
    users: Vec<Looked>,
    /// The same of anonymous ids.
    anonymous: Vec<Looked>,
}

/// What is known of a symbol as an identifier.
#[derive(Clone, Copy)]
enum Looked {
    /// Nobody asked yet.
    NotYet,
    /// It is this identifier, or none.
    Found(Option<IdNo>),
}

impl Looked {
    fn or_look(&mut self, look: impl FnOnce() -> Option<IdNo>) -> Option<IdNo> {
        match *self {
            Self::Found(id) => id,
            Self::NotYet => {
                let id = look();
                *self = Self::Found(id);
                id
            }
        }
    }
}

impl<'p> Joining<'p> {
    fn new(platform: &'p Platform, symbols: usize) -> Self {
        Self {
            register: Register::new(platform),
            sets: Sets::default(),
            users: vec![Looked::NotYet; symbols],
            anonymous: vec![Looked::NotYet; symbols],
        }
    }

    /// Joins what an event carries; any one of its identifiers, which stands for them all.
    fn join(&mut self, log: &EventLog, event: &Event) -> Option<IdNo> {
        let says_more = event.names_external_ids
            || event.previous_id.is_some()
            || !log.traits(event).is_empty()
            || event.kind == EventKind::Merge;
        if says_more {
            let ids = carried_ids(&mut self.register, log, event);
            self.sets.grow(self.register.len());
            for pair in ids.windows(2) {
                self.sets.join(pair[0], pair[1]);
            }
            return ids.first().copied();
        }
        let user = event
            .user_id
            .and_then(|symbol| self.users[symbol.index()].or_look(|| self.register.user(log, symbol).id()));
        let anonymous = event.anonymous_id.and_then(|symbol| {
            self.anonymous[symbol.index()].or_look(|| self.register.anonymous(log, symbol).id())
        });
        self.sets.grow(self.register.len());
        if let (Some(user), Some(anonymous)) = (user, anonymous) {
            self.sets.join(user, anonymous);
        }
        user.or(anonymous)
    }
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

/// Disjoint sets of identifiers.
#[derive(Default)]
struct Sets {
    parents: Vec<u32>,
}

impl Sets {
    fn grow(&mut self, len: usize) {
        if self.parents.len() == len {
            return;
        }
        self.parents.extend(self.parents.len() as u32..len as u32);
    }
    fn root(&mut self, mut item: usize) -> u32 {
        while self.parents[item] as usize != item {
            // Halving the path keeps later walks short.
            self.parents[item] = self.parents[self.parents[item] as usize];
            item = self.parents[item] as usize;
        }
        item as u32
    }
    fn join(&mut self, a: IdNo, b: IdNo) {
        let (a, b) = (self.root(a.index()), self.root(b.index()));
        let (low, high) = (a.min(b), a.max(b));
        self.parents[high as usize] = low;
    }
}
