//! The messages of a result, prepared so that half a million of them are filtered between two
//! frames: what they are filtered by is a small number each, what is searched is kept once and in
//! lower case, and every order is made beforehand, on the worker.

use std::collections::BTreeMap;

use rayon::prelude::*;
use rustc_hash::FxHashMap;

use super::{Column, MessageList};
use crate::{
    journey::{BlockId, Channel, JourneyId},
    lab::Directory,
    simulator::{Flag, MessageRecord, MessageState},
    words::{condition, names::Names, person, status},
};

/// What a message is, in numbers.
#[derive(Clone, Copy, Debug)]
struct Mark {
    who: u32,
    place: u32,
    subject: u32,
    said: u16,
    channel: u8,
    state: u8,
}

/// Who a message was for, as known at that instant.
#[derive(Debug)]
struct Who {
    /// Every identifier and the name, in lower case.
    searched: String,
    /// The name as it is shown.
    name: String,
    identifiers: Vec<String>,
    /// Who it is at the end: a position among `owners`.
    owner: u32,
}

/// The journey and block of a message; runs that only wait there are apart.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Site {
    journey: JourneyId,
    block: BlockId,
    message: bool,
}

/// What the reason's column says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Said {
    Nothing,
    Reason(&'static str),
    Flag(Flag),
}

/// See the module.
#[derive(Debug, Default)]
pub struct MessageIndex {
    marks: Vec<Mark>,
    whos: Vec<Who>,
    /// Who the messages are for at the end: a position in `whos` to call each by.
    owners: Vec<u32>,
    sites: Vec<Site>,
    subjects: Vec<String>,
    said: Vec<Said>,
    channels: Vec<Option<Channel>>,
    /// Positions by each column but the first, by which the result is ordered already.
    orders: Vec<Vec<u32>>,
}

const STATES: [MessageState; 4] =
    [MessageState::Sent, MessageState::NotSent, MessageState::Skipped, MessageState::Waiting];
/// Columns that have an order of their own.
const ORDERED: [Column; 6] =
    [Column::Person, Column::Journey, Column::Message, Column::Channel, Column::Status, Column::Reason];
/// A thread goes through so many messages at least: few enough for all cores, enough that their
/// counts are put together few times.
const FEWEST_A_THREAD: usize = 65_536;
/// How many people the menu of people offers.
const OFFERED: usize = 12;

/// How many messages there would be for each choice of a menu, all other choices kept.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Facets {
    /// By status, in its order.
    pub states: Vec<(MessageState, u64)>,
    /// By journey.
    pub journeys: BTreeMap<JourneyId, u64>,
    /// By block of a journey.
    pub blocks: BTreeMap<(JourneyId, BlockId), u64>,
    /// By channel.
    pub channels: BTreeMap<Channel, u64>,
    /// By reason, most frequent first.
    pub reasons: Vec<(&'static str, u64)>,
    /// The people with most messages, most first: name, identifiers.
    pub people: Vec<(String, Vec<String>, u64)>,
}

/// What passes a filter.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Listed {
    /// Positions of the messages, in the order of the list.
    pub rows: Vec<usize>,
    /// Counts beside the choices.
    pub facets: Facets,
}

/// Numbers for things, in order of their first appearance.
struct Interner<K>(FxHashMap<K, u32>);

impl<K: std::hash::Hash + Eq + Clone> Interner<K> {
    fn new() -> Self {
        Self(FxHashMap::default())
    }
    fn number<T>(&mut self, key: K, table: &mut Vec<T>, make: impl FnOnce(&K) -> T) -> u32 {
        let next = table.len() as u32;
        *self.0.entry(key).or_insert_with_key(|key| {
            table.push(make(key));
            next
        })
    }
}

impl MessageIndex {
    /// Prepares messages; `directory` says whose they are.
    pub fn of(messages: &[MessageRecord], names: &Names<'_>, directory: &Directory) -> Self {
        let mut index = Self::default();
        let mut whos = Interner::<&[String]>::new();
        let mut owners = Interner::<Owner<'_>>::new();
        let mut sites = Interner::<(&JourneyId, &BlockId, bool)>::new();
        let mut subjects = Interner::<&str>::new();
        let mut said = Interner::<Said>::new();
        let mut channels = Interner::<Option<Channel>>::new();
        index.marks.reserve(messages.len());
        for message in messages {
            let ids = message.identifiers.as_slice();
            let owner_list = &mut index.owners;
            let next_who = index.whos.len() as u32;
            let who = whos.number(ids, &mut index.whos, |ids| {
                let name = person::who(ids);
                let owner = directory.person(ids).map_or(Owner::Nobody(ids), Owner::Person);
                Who {
                    searched: format!("{name}\n{}", ids.join("\n")).to_lowercase(),
                    owner: owners.number(owner, owner_list, |_| next_who),
                    identifiers: ids.to_vec(),
                    name,
                }
            });
            let site = (&message.journey, &message.block, message.message.is_some());
            index.marks.push(Mark {
                who,
                place: sites.number(site, &mut index.sites, |(journey, block, message)| Site {
                    journey: (*journey).clone(),
                    block: (*block).clone(),
                    message: *message,
                }),
                subject: subjects.number(&message.subject, &mut index.subjects, |text| text.to_lowercase()),
                said: said.number(said_of(message), &mut index.said, |said| *said) as u16,
                channel: channels.number(message.channel, &mut index.channels, |channel| *channel) as u8,
                state: message.state as u8,
            });
        }
        // The last name known is what somebody is called.
        for (at, who) in (0_u32..).zip(&index.whos) {
            index.owners[who.owner as usize] = at;
        }
        index.orders = ORDERED.par_iter().map(|column| index.order(*column, names)).collect();
        index
    }

    /// How many messages there are.
    pub fn len(&self) -> usize {
        self.marks.len()
    }
    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.marks.is_empty()
    }

    /// Positions by a column, equals in the order of the result.
    fn order(&self, column: Column, names: &Names<'_>) -> Vec<u32> {
        let ranks: Vec<u32> = match column {
            Column::When => return Vec::new(),
            Column::Person => ranks(self.whos.iter().map(|who| who.name.to_lowercase())),
            Column::Journey => ranks(self.sites.iter().map(|it| names.journey(&it.journey).to_lowercase())),
            Column::Message => ranks(self.sites.iter().map(|it| block_text(it, names).to_lowercase())),
            Column::Channel => ranks(self.channels.iter().map(|channel| channel_text(*channel))),
            Column::Status => ranks(0..STATES.len()),
            Column::Reason => ranks(self.said.iter().map(|said| said_text(*said).to_lowercase())),
        };
        let rank = |mark: &Mark| match column {
            Column::When | Column::Status => ranks[usize::from(mark.state)],
            Column::Person => ranks[mark.who as usize],
            Column::Journey | Column::Message => ranks[mark.place as usize],
            Column::Channel => ranks[usize::from(mark.channel)],
            Column::Reason => ranks[usize::from(mark.said)],
        };
        let mut order: Vec<u32> = (0..self.marks.len() as u32).collect();
        order.sort_by_key(|at| rank(&self.marks[*at as usize]));
        order
    }

    /// What passes a filter, and what each choice of a menu would leave.
    pub fn list(&self, names: &Names<'_>, list: &MessageList) -> Listed {
        let filter = Filter::of(self, names, list);
        let order = ORDERED.iter().position(|column| *column == list.sort).and_then(|at| self.orders.get(at));
        let position = |place: usize| {
            let place = if list.descending { self.len() - 1 - place } else { place };
            order.map_or(place, |order| order[place] as usize)
        };
        let seen = (0..self.len()).into_par_iter().with_min_len(FEWEST_A_THREAD);
        let seen = seen.fold(
            || (Vec::new(), Counts::of(self)),
            |(mut rows, mut counts), place| {
                let at = position(place);
                let mark = &self.marks[at];
                if filter.holds_text(mark) {
                    let misses = filter.misses(self, mark);
                    if misses == 0 {
                        rows.push(at);
                    }
                    counts.count(self, mark, misses);
                }
                (rows, counts)
            },
        );
        // Parts are put together in the order of the list, whoever was done first.
        let both = |(mut rows, mut counts): (Vec<usize>, Counts), (more, others): (Vec<usize>, Counts)| {
            rows.extend(more);
            counts.add(&others);
            (rows, counts)
        };
        match seen.reduce_with(both) {
            Some((rows, counts)) => Listed { rows, facets: counts.facets(self) },
            None => Listed::default(),
        }
    }
}

/// Whose a message is at the end.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
enum Owner<'a> {
    /// Somebody with a profile, by position.
    Person(usize),
    /// A device that is nobody's.
    Nobody(&'a [String]),
}

fn said_of(message: &MessageRecord) -> Said {
    match (message.reason, message.flags.first()) {
        (Some(reason), _) => Said::Reason(reason),
        (None, Some(flag)) => Said::Flag(*flag),
        (None, None) => Said::Nothing,
    }
}

fn said_text(said: Said) -> String {
    match said {
        Said::Nothing => String::new(),
        Said::Reason(word) => status::reason(word),
        Said::Flag(flag) => status::flag(flag).to_owned(),
    }
}

fn channel_text(channel: Option<Channel>) -> &'static str {
    channel.map_or("", condition::channel)
}

fn block_text(site: &Site, names: &Names<'_>) -> String {
    let block = names.block(&site.journey, &site.block);
    if site.message { block.to_owned() } else { format!("at {block}") }
}

/// The place of each key among the different keys.
fn ranks<K: Ord + Clone>(keys: impl Iterator<Item = K>) -> Vec<u32> {
    let keys: Vec<K> = keys.collect();
    let mut sorted = keys.clone();
    sorted.sort_unstable();
    sorted.dedup();
    keys.iter().map(|key| sorted.partition_point(|other| other < key) as u32).collect()
}

/// Choices, each a bit: a message that misses one only still counts beside that menu's choices.
const STATE: u8 = 1;
const JOURNEY: u8 = 2;
const BLOCK: u8 = 4;
const CHANNEL: u8 = 8;
const REASON: u8 = 16;
const PERSON: u8 = 32;

/// A filter, worked out for every entry of the tables.
struct Filter {
    state: [bool; STATES.len()],
    journey: Vec<bool>,
    block: Vec<bool>,
    channel: Vec<bool>,
    reason: Vec<bool>,
    /// By owner.
    person: Vec<bool>,
    /// `None`: no text is looked for.
    text: Option<Found>,
}

/// Where the text was found.
struct Found {
    who: Vec<bool>,
    site: Vec<bool>,
    subject: Vec<bool>,
    said: Vec<bool>,
    channel: Vec<bool>,
    state: [bool; STATES.len()],
}

impl Filter {
    fn of(index: &MessageIndex, names: &Names<'_>, list: &MessageList) -> Self {
        let wanted = list.text.trim().to_lowercase();
        Self {
            state: STATES.map(|state| list.state.is_none_or(|wanted| wanted == state)),
            journey: passing(&index.sites, list.journey.as_ref(), |site, id| site.journey == *id),
            block: passing(&index.sites, list.block.as_ref(), |site, (journey, block)| {
                site.journey == *journey && site.block == *block
            }),
            channel: passing(&index.channels, list.channel.as_ref(), |has, wanted| *has == Some(*wanted)),
            reason: passing(&index.said, list.reason.as_ref(), |said, word| *said == Said::Reason(word)),
            person: index.owned_by(list.person.as_deref()),
            text: (!wanted.is_empty()).then(|| Found::of(index, names, &wanted)),
        }
    }

    fn holds_text(&self, mark: &Mark) -> bool {
        self.text.as_ref().is_none_or(|found| {
            found.who[mark.who as usize]
                || found.subject[mark.subject as usize]
                || found.site[mark.place as usize]
                || found.said[usize::from(mark.said)]
                || found.channel[usize::from(mark.channel)]
                || found.state[usize::from(mark.state)]
        })
    }

    fn misses(&self, index: &MessageIndex, mark: &Mark) -> u8 {
        let miss = |passes: bool, bit: u8| if passes { 0 } else { bit };
        miss(self.state[usize::from(mark.state)], STATE)
            | miss(self.journey[mark.place as usize], JOURNEY)
            | miss(self.block[mark.place as usize], BLOCK)
            | miss(self.channel[usize::from(mark.channel)], CHANNEL)
            | miss(self.reason[usize::from(mark.said)], REASON)
            | miss(self.person[index.whos[mark.who as usize].owner as usize], PERSON)
    }
}

/// Whether each entry passes a choice; without one all do.
fn passing<T, C>(table: &[T], choice: Option<&C>, fits: impl Fn(&T, &C) -> bool) -> Vec<bool> {
    table.iter().map(|entry| choice.is_none_or(|choice| fits(entry, choice))).collect()
}

impl MessageIndex {
    /// Which owners have one of these identifiers, now or at the time of a message.
    fn owned_by(&self, identifiers: Option<&[String]>) -> Vec<bool> {
        let Some(identifiers) = identifiers else { return vec![true; self.owners.len()] };
        let mut owned = vec![false; self.owners.len()];
        for who in &self.whos {
            owned[who.owner as usize] |= who.identifiers.iter().any(|id| identifiers.contains(id));
        }
        owned
    }
}

impl Found {
    fn of(index: &MessageIndex, names: &Names<'_>, wanted: &str) -> Self {
        let (who, subject) = rayon::join(
            || index.whos.par_iter().map(|who| who.searched.contains(wanted)).collect(),
            || index.subjects.par_iter().map(|subject| subject.contains(wanted)).collect(),
        );
        let holds = |text: &str| text.to_lowercase().contains(wanted);
        let site = |site: &Site| holds(names.journey(&site.journey)) || holds(&block_text(site, names));
        Self {
            who,
            subject,
            site: index.sites.iter().map(site).collect(),
            said: index.said.iter().map(|said| holds(&said_text(*said))).collect(),
            channel: index.channels.iter().map(|channel| holds(channel_text(*channel))).collect(),
            state: STATES.map(|state| holds(status::state(state))),
        }
    }
}

/// Counts by table entry.
struct Counts {
    states: [u64; STATES.len()],
    journeys: Vec<u64>,
    blocks: Vec<u64>,
    channels: Vec<u64>,
    reasons: Vec<u64>,
    people: Vec<u64>,
}

impl Counts {
    fn of(index: &MessageIndex) -> Self {
        Self {
            states: [0; STATES.len()],
            journeys: vec![0; index.sites.len()],
            blocks: vec![0; index.sites.len()],
            channels: vec![0; index.channels.len()],
            reasons: vec![0; index.said.len()],
            people: vec![0; index.owners.len()],
        }
    }

    /// Adds what another thread counted.
    fn add(&mut self, other: &Self) {
        fn sum(into: &mut [u64], from: &[u64]) {
            into.iter_mut().zip(from).for_each(|(into, from)| *into += from);
        }
        sum(&mut self.states, &other.states);
        sum(&mut self.journeys, &other.journeys);
        sum(&mut self.blocks, &other.blocks);
        sum(&mut self.channels, &other.channels);
        sum(&mut self.reasons, &other.reasons);
        sum(&mut self.people, &other.people);
    }

    /// Counts a message beside the choices of every menu that is its only miss.
    fn count(&mut self, index: &MessageIndex, mark: &Mark, misses: u8) {
        let only = |bit: u8| u64::from(misses & !bit == 0);
        self.states[usize::from(mark.state)] += only(STATE);
        self.journeys[mark.place as usize] += only(JOURNEY);
        self.blocks[mark.place as usize] += only(BLOCK);
        self.channels[usize::from(mark.channel)] += only(CHANNEL);
        self.reasons[usize::from(mark.said)] += only(REASON);
        self.people[index.whos[mark.who as usize].owner as usize] += only(PERSON);
    }

    fn facets(self, index: &MessageIndex) -> Facets {
        let states = STATES.into_iter().zip(self.states).filter(|(_, count)| *count > 0).collect();
        let mut facets = Facets { states, people: most(index, &self.people), ..Facets::default() };
        for (site, (of_journey, of_block)) in index.sites.iter().zip(self.journeys.iter().zip(&self.blocks)) {
            add(&mut facets.journeys, &site.journey, *of_journey);
            add(&mut facets.blocks, &(site.journey.clone(), site.block.clone()), *of_block);
        }
        for (channel, count) in index.channels.iter().zip(self.channels) {
            if let Some(channel) = channel {
                add(&mut facets.channels, channel, count);
            }
        }
        let reasons = index.said.iter().zip(self.reasons).filter_map(|(said, count)| match said {
            Said::Reason(word) if count > 0 => Some((*word, count)),
            _ => None,
        });
        facets.reasons = reasons.collect();
        facets.reasons.sort_by_key(|(word, count)| (std::cmp::Reverse(*count), *word));
        facets
    }
}

fn add<K: Ord + Clone>(counts: &mut BTreeMap<K, u64>, key: &K, count: u64) {
    if count > 0 {
        *counts.entry(key.clone()).or_default() += count;
    }
}

/// The people with most messages, most first, then by name.
fn most(index: &MessageIndex, counts: &[u64]) -> Vec<(String, Vec<String>, u64)> {
    let who = |owner: usize| &index.whos[index.owners[owner] as usize];
    let mut owners: Vec<usize> = (0..counts.len()).filter(|owner| counts[*owner] > 0).collect();
    let before = |a: &usize, b: &usize| {
        counts[*b].cmp(&counts[*a]).then_with(|| who(*a).name.cmp(&who(*b).name)).then(a.cmp(b))
    };
    if owners.len() > OFFERED {
        owners.select_nth_unstable_by(OFFERED, before);
        owners.truncate(OFFERED);
    }
    owners.sort_unstable_by(before);
    let offered = |owner: usize| (who(owner).name.clone(), who(owner).identifiers.clone(), counts[owner]);
    owners.into_iter().map(offered).collect()
}
