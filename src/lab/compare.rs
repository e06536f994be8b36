//! Two replay results side by side: which messages only one of them has, and which came at another
//! time, to another end, or saying something else.
//!
//! **Which messages are the same one.** Two messages can only be the same if their people share an
//! identifier: who somebody is may differ between the results, and what they are called grows as a
//! replay goes on. Among those, in this order, each message with the first that is still free:
//!
//! 1. the same block in the same run, at the same instant, with the same status;
//! 2. the same block in the same run;
//! 3. the same block in the run of the same number;
//! 4. where a run waits in another block: the same run, then the run of the same number.
//!
//! A run is the same if the same events started it (where it had none: the same instant), so that
//! a run more or fewer before it changes nothing. Its number counts only for what is left over, as
//! when the trigger itself is another one.
//!
//! “First” is the results' own order. Of two pairs that share a message the same one comes first
//! whichever side one begins with, so comparing the other way round pairs the same messages.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use crate::{
    journey::{BlockId, JourneyId},
    simulator::{MessageRecord, MessageState, ReplayResult},
};

/// How a message differs; of several ways the first one here.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum DifferenceKind {
    /// Only the result before has it.
    OnlyBefore,
    /// Only the result after has it.
    OnlyAfter,
    /// It came to another end, or for another reason, or the run waits elsewhere.
    Status,
    /// It came to the same end at another time.
    Time,
    /// It says something else or goes by another channel.
    Text,
}

impl DifferenceKind {
    /// All, in their order.
    pub const ALL: [Self; 5] = [Self::OnlyBefore, Self::OnlyAfter, Self::Status, Self::Time, Self::Text];

    /// `only_before`, `only_after`, `status`, `time`, `text`.
    pub const fn word(self) -> &'static str {
        match self {
            Self::OnlyBefore => "only_before",
            Self::OnlyAfter => "only_after",
            Self::Status => "status",
            Self::Time => "time",
            Self::Text => "text",
        }
    }
    /// What it is from the other side.
    #[must_use]
    pub const fn mirrored(self) -> Self {
        match self {
            Self::OnlyBefore => Self::OnlyAfter,
            Self::OnlyAfter => Self::OnlyBefore,
            other => other,
        }
    }
}

/// One message that differs. Positions are those of [`ReplayResult::messages`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Difference {
    /// How.
    pub kind: DifferenceKind,
    /// The message before.
    pub before: Option<usize>,
    /// The message after.
    pub after: Option<usize>,
}

/// What differs between two results.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Comparison {
    /// Ordered by the earlier of both instants, then by their positions.
    pub differences: Vec<Difference>,
    /// How many messages are the same in both.
    pub same: usize,
}

impl Comparison {
    /// How many differ in each way; ways that nothing differs in are left out.
    pub fn counts(&self) -> BTreeMap<DifferenceKind, usize> {
        let mut counts = BTreeMap::new();
        for difference in &self.differences {
            *counts.entry(difference.kind).or_default() += 1;
        }
        counts
    }

    /// How many differ in each way, by journey and block: the block after, or before where there is
    /// none after.
    pub fn by_block(
        &self,
        before: &[MessageRecord],
        after: &[MessageRecord],
    ) -> BTreeMap<JourneyId, BTreeMap<BlockId, BTreeMap<DifferenceKind, usize>>> {
        let mut blocks: BTreeMap<_, BTreeMap<_, BTreeMap<_, usize>>> = BTreeMap::new();
        for difference in &self.differences {
            if let Some(message) = difference.shown(before, after) {
                let journey = blocks.entry(message.journey.clone()).or_default();
                let block = journey.entry(message.block.clone()).or_default();
                *block.entry(difference.kind).or_default() += 1;
            }
        }
        blocks
    }
}

impl Difference {
    /// The message after, or before where there is none after.
    pub fn shown<'a>(
        &self,
        before: &'a [MessageRecord],
        after: &'a [MessageRecord],
    ) -> Option<&'a MessageRecord> {
        self.after.and_then(|at| after.get(at)).or_else(|| self.before.and_then(|at| before.get(at)))
    }
}

/// Compares two results. Takes about as long as sorting their messages.
pub fn compare(before: &ReplayResult, after: &ReplayResult) -> Comparison {
    let mut pairing = Pairing::new(&before.messages, &after.messages);
    let anywhere = |_: &MessageRecord| true;
    let in_message = |message: &MessageRecord| message.message.is_some();
    let elsewhere = |message: &MessageRecord| message.message.is_none();
    pairing.pair(|m| (&m.journey, Some(&m.block), started(m), Some((m.at_ms, m.state))), anywhere, anywhere);
    pairing.pair(|m| (&m.journey, Some(&m.block), started(m), None), anywhere, anywhere);
    pairing.pair(|m| (&m.journey, Some(&m.block), Start::Number(m.run), None), anywhere, anywhere);
    for (left, right) in [
        (&elsewhere as &dyn Fn(&MessageRecord) -> bool, &elsewhere as &dyn Fn(&MessageRecord) -> bool),
        (&elsewhere, &in_message),
        (&in_message, &elsewhere),
    ] {
        pairing.pair(|m| (&m.journey, None, started(m), None), left, right);
        pairing.pair(|m| (&m.journey, None, Start::Number(m.run), None), left, right);
    }
    pairing.differences()
}

/// The messages of one journey, under another id: two versions of a journey that were saved under
/// ids of their own are compared as one.
pub fn of_journey(result: ReplayResult, journey: &JourneyId, called: &JourneyId) -> ReplayResult {
    let theirs = result.messages.into_iter().filter(|message| message.journey == *journey);
    let messages = theirs.map(|message| MessageRecord { journey: called.clone(), ..message }).collect();
    ReplayResult { messages, ..result }
}

/// What makes a run the same one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Start<'a> {
    /// These events started it.
    Events(&'a [String]),
    /// It started at this instant, without an event.
    Instant(i64),
    /// Its ordinal.
    Number(u32),
}

/// How the run of a message started: its first decision says so.
fn started(message: &MessageRecord) -> Start<'_> {
    match message.because.first() {
        Some(first) if first.events.is_empty() => Start::Instant(first.at_ms),
        Some(first) => Start::Events(&first.events),
        None => Start::Number(message.run),
    }
}

/// What two messages must have in common to be paired.
type Common<'a> = (&'a JourneyId, Option<&'a BlockId>, Start<'a>, Option<(i64, MessageState)>);

/// Messages being paired.
struct Pairing<'a> {
    before: &'a [MessageRecord],
    after: &'a [MessageRecord],
    /// For each message before, the one after.
    partner: Vec<Option<usize>>,
    /// Whether a message after has one before.
    taken: Vec<bool>,
}

impl<'a> Pairing<'a> {
    fn new(before: &'a [MessageRecord], after: &'a [MessageRecord]) -> Self {
        Self { before, after, partner: vec![None; before.len()], taken: vec![false; after.len()] }
    }

    /// Pairs each free message before, in order, with the first free message after that has `key`
    /// in common with it and one of its identifiers.
    fn pair(
        &mut self,
        key: impl Fn(&'a MessageRecord) -> Common<'a>,
        left: impl Fn(&MessageRecord) -> bool,
        right: impl Fn(&MessageRecord) -> bool,
    ) {
        // Positions after, last first, by what they have in common and an identifier. A hash map
        // is only looked up here; nothing follows its order.
        let mut free: HashMap<(Common<'a>, &'a str), Vec<usize>> = HashMap::new();
        for (at, message) in self.after.iter().enumerate().rev() {
            if self.taken[at] || !right(message) {
                continue;
            }
            let key = key(message);
            for identifier in &message.identifiers {
                free.entry((key, identifier)).or_default().push(at);
            }
        }
        for (at, message) in self.before.iter().enumerate() {
            if self.partner[at].is_some() || !left(message) {
                continue;
            }
            let key = key(message);
            let mut first: Option<usize> = None;
            for identifier in &message.identifiers {
                let Some(list) = free.get_mut(&(key, identifier.as_str())) else { continue };
                while list.last().is_some_and(|other| self.taken[*other]) {
                    list.pop();
                }
                first = first.into_iter().chain(list.last().copied()).min();
            }
            if let Some(other) = first {
                self.partner[at] = Some(other);
                self.taken[other] = true;
            }
        }
    }

    fn differences(self) -> Comparison {
        let mut comparison = Comparison::default();
        for (at, partner) in self.partner.iter().enumerate() {
            let kind = match partner {
                None => Some(DifferenceKind::OnlyBefore),
                Some(other) => differs(&self.before[at], &self.after[*other]),
            };
            match kind {
                Some(kind) => {
                    comparison.differences.push(Difference { kind, before: Some(at), after: *partner });
                }
                None => comparison.same += 1,
            }
        }
        let only_after = self.taken.iter().enumerate().filter(|(_, taken)| !**taken);
        comparison.differences.extend(only_after.map(|(at, _)| Difference {
            kind: DifferenceKind::OnlyAfter,
            before: None,
            after: Some(at),
        }));
        let instant = |of: &[MessageRecord], at: Option<usize>| at.map(|at| of[at].at_ms);
        comparison.differences.sort_by_key(|difference| {
            let before_ms = instant(self.before, difference.before);
            let after_ms = instant(self.after, difference.after);
            let last = difference.before.is_none();
            (before_ms.into_iter().chain(after_ms).min(), last, difference.before, difference.after)
        });
        comparison
    }
}

/// How two messages that are the same one differ.
fn differs(before: &MessageRecord, after: &MessageRecord) -> Option<DifferenceKind> {
    let end = |m: &MessageRecord| (m.state, m.reason, m.message.is_some());
    if end(before) != end(after) || before.block != after.block {
        Some(DifferenceKind::Status)
    } else if before.at_ms != after.at_ms && before.state != MessageState::Waiting {
        // The instant of what still waits is the end of the replay: it says nothing of the run.
        Some(DifferenceKind::Time)
    } else if (&before.subject, &before.body, before.channel) != (&after.subject, &after.body, after.channel)
    {
        Some(DifferenceKind::Text)
    } else {
        None
    }
}

/// Somebody's differences.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PersonDifferences {
    /// Every identifier that their messages name, sorted.
    pub identifiers: Vec<String>,
    /// Positions in [`Comparison::differences`].
    pub differences: Vec<usize>,
}

/// The differences by person, those with most first. Messages whose identifiers meet, directly or
/// through other messages that differ, are one person's here: two results may draw the line
/// between people differently, and what they make of the same people belongs together.
pub fn by_person(
    comparison: &Comparison,
    before: &[MessageRecord],
    after: &[MessageRecord],
) -> Vec<PersonDifferences> {
    let mut groups = Groups::default();
    let mut group_of = Vec::with_capacity(comparison.differences.len());
    for difference in &comparison.differences {
        let messages =
            [difference.before.and_then(|at| before.get(at)), difference.after.and_then(|at| after.get(at))];
        let identifiers = messages.into_iter().flatten().flat_map(|message| &message.identifiers);
        group_of.push(groups.join(identifiers.map(String::as_str)));
    }
    let mut people: BTreeMap<usize, PersonDifferences> = BTreeMap::new();
    for (at, group) in group_of.into_iter().enumerate() {
        let group = groups.root(group);
        people
            .entry(group)
            .or_insert_with(|| PersonDifferences { identifiers: Vec::new(), differences: Vec::new() })
            .differences
            .push(at);
    }
    for (identifier, group) in groups.named() {
        if let Some(person) = people.get_mut(&group) {
            person.identifiers.push(identifier.to_owned());
        }
    }
    let mut people: Vec<PersonDifferences> = people.into_values().collect();
    people.sort_by(|a, b| (b.differences.len(), &a.identifiers).cmp(&(a.differences.len(), &b.identifiers)));
    people
}

/// Sets of identifiers that grow together.
#[derive(Default)]
struct Groups<'a> {
    of: HashMap<&'a str, usize>,
    parent: Vec<usize>,
}

impl<'a> Groups<'a> {
    fn root(&mut self, mut group: usize) -> usize {
        while self.parent[group] != group {
            self.parent[group] = self.parent[self.parent[group]];
            group = self.parent[group];
        }
        group
    }
    /// Puts identifiers into one group.
    fn join(&mut self, identifiers: impl Iterator<Item = &'a str>) -> usize {
        let own = self.parent.len();
        self.parent.push(own);
        for identifier in identifiers {
            let known = *self.of.entry(identifier).or_insert(own);
            let (a, b) = (self.root(known), self.root(own));
            self.parent[a.max(b)] = a.min(b);
        }
        self.root(own)
    }
    /// Every identifier with its group, by identifier.
    fn named(&mut self) -> Vec<(&'a str, usize)> {
        let identifiers: BTreeSet<&str> = self.of.keys().copied().collect();
        identifiers
            .into_iter()
            .map(|identifier| {
                let group = self.of.get(identifier).copied().unwrap_or(0);
                (identifier, self.root(group))
            })
            .collect()
    }
}
