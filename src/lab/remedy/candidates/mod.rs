//! Every single change worth trying, in order of size.

mod facts;
mod others;
mod person;
mod questions;
mod rules;
mod template;
mod undoes;

use std::collections::BTreeSet;

use serde_json::{Map, Value};

use self::undoes::undoes;
use super::{Change, NewCall, Reach, Said, Scene, apply::says_traits};
use crate::{
    journey::{Block, BlockId, BlockKind, Channel, Condition, Identification},
    lab::asked::{Stopped, blocks_leading_to},
    recording::{Event, EventIndex, EventKind, Span},
    simulator::MessageState,
};

/// How many calls, events and traits of the recording are changed one by one at most, the last first.
const MOST_OF_A_KIND: usize = 48;
/// How many calls something is said with at most.
const MOST_CALLS: usize = 4;
/// A change to try, or several of one kind.
pub struct Candidate<'a> {
    /// Whether it leaves the decision alone that turned the person away.
    pub aside: bool,
    /// How much it touches.
    pub reach: Reach,
    /// What to try.
    pub idea: Idea<'a>,
}

/// What to try.
pub enum Idea<'a> {
    /// The first of these that does.
    OneOf(Vec<Change>),
    /// The latest instant that does.
    Latest {
        /// From here (UTC ms).
        from_ms: i64,
        /// To here, inclusive.
        to_ms: i64,
        /// The change at an instant.
        make: Box<dyn Fn(i64) -> Option<Change> + 'a>,
    },
}

/// Every candidate, in order of size.
pub fn all<'a>(scene: &'a Scene<'a>) -> Vec<Candidate<'a>> {
    let mut list = List { scene, theirs: theirs(scene), all: Vec::new() };
    list.longer_replay();
    list.addresses();
    list.identity();
    list.consent();
    list.conditions();
    list.template();
    list.other_journeys();
    list.left_out();
    list.workspace();
    list.journey();
    list.platform();
    // Stable: within one size they stay in the order of this list.
    list.all.sort_by_key(|candidate| (candidate.aside, candidate.reach));
    list.all
}

/// The person's events in replay order: those that carry one of their identifiers.
fn theirs(scene: &Scene<'_>) -> Vec<EventIndex> {
    let log = scene.input.log;
    let values: BTreeSet<&str> = scene
        .asked
        .identifiers
        .iter()
        .filter_map(|identifier| identifier.split_once(':').map(|(_, value)| value))
        .collect();
    let carries = |event: &Event| {
        let ids = [event.anonymous_id, event.user_id].into_iter().flatten();
        ids.map(|id| log.text(id)).any(|id| values.contains(id))
    };
    let (order, _) = log.replay_order();
    let theirs: Vec<EventIndex> = order.iter().copied().filter(|index| carries(log.event(*index))).collect();
    if theirs.is_empty() { order } else { theirs }
}

struct List<'a> {
    scene: &'a Scene<'a>,
    theirs: Vec<EventIndex>,
    all: Vec<Candidate<'a>>,
}

impl<'a> List<'a> {
    fn one(&mut self, change: Change) {
        self.one_of(vec![change]);
    }

    fn one_of(&mut self, changes: Vec<Change>) {
        let Some(first) = changes.first() else { return };
        let (aside, reach) = (!undoes(self.scene, first), first.reach());
        self.all.push(Candidate { aside, reach, idea: Idea::OneOf(changes) });
    }

    fn latest(&mut self, from_ms: i64, to_ms: i64, make: impl Fn(i64) -> Option<Change> + 'a) {
        let Some(sample) = make(to_ms) else { return };
        let (aside, reach) = (!undoes(self.scene, &sample), sample.reach());
        self.all.push(Candidate {
            aside,
            reach,
            idea: Idea::Latest { from_ms, to_ms, make: Box::new(make) },
        });
    }

    fn event(&self, index: EventIndex) -> &'a Event {
        self.scene.input.log.event(index)
    }

    fn id(&self, index: EventIndex) -> String {
        self.scene.input.log.message_id(self.event(index)).to_owned()
    }

    /// When the person was turned away; the end of the replay where nothing was decided.
    fn stopped_ms(&self) -> i64 {
        match self.scene.stopped {
            Stopped::Message { at_ms, .. }
            | Stopped::OnTheWay { at_ms, .. }
            | Stopped::NotStarted { at_ms, .. } => *at_ms,
            Stopped::Held { .. } => self.scene.before.horizon_ms,
            // While they were there.
            Stopped::Nothing => {
                let last = self.theirs.last().map(|last| self.event(*last).arrived_ms + 1);
                last.unwrap_or(self.scene.before.horizon_ms)
            }
        }
    }

    fn first_ms(&self) -> i64 {
        self.theirs.first().map_or(self.scene.bounds.first_ms, |first| self.event(*first).arrived_ms)
    }

    /// A call of the person's own at an instant: the ids of their last event by then, one with a
    /// user id if there is any.
    fn call(&self, kind: EventKind) -> Option<impl Fn(i64) -> NewCall + use<'a>> {
        let theirs: Vec<(i64, bool, String)> = self
            .theirs
            .iter()
            .map(|index| {
                (self.event(*index).arrived_ms, self.event(*index).user_id.is_some(), self.id(*index))
            })
            .collect();
        let first = theirs.first()?.2.clone();
        let email = self.scene.asked.identifiers.iter().find_map(|id| id.strip_prefix("email:"));
        let email = email.filter(|_| theirs.iter().all(|(_, has_user, _)| !has_user)).map(str::to_owned);
        Some(move |at_ms| {
            let before = || theirs.iter().rev().filter(|(arrived_ms, ..)| *arrived_ms <= at_ms);
            let known = before().find(|(_, has_user, _)| *has_user);
            let like = known.or_else(|| before().next()).map_or(&first, |(.., id)| id);
            let traits = match (&email, kind) {
                (Some(email), EventKind::Identify) => {
                    Map::from_iter([("email".to_owned(), email.as_str().into())])
                }
                _ => Map::new(),
            };
            NewCall {
                at_ms,
                like: like.clone(),
                user_id: None,
                kind,
                name: String::new(),
                properties: Map::new(),
                traits,
                consent: None,
            }
        })
    }

    /// Calls by which the person says who they are, up to when they were turned away; the last first.
    fn calls(&self) -> Vec<EventIndex> {
        let stopped_ms = self.stopped_ms();
        let said = self.theirs.iter().rev().copied();
        said.filter(|index| says_traits(self.event(*index)) && self.event(*index).arrived_ms <= stopped_ms)
            .take(MOST_CALLS)
            .collect()
    }

    /// Something said: with one of their calls, else with one of its own at the latest instant.
    fn said(&mut self, traits: Map<String, Value>, change: impl Fn(Said) -> Change + Clone + 'a) {
        let with = self.calls().into_iter().map(|call| {
            change(Said::With {
                call: self.id(call),
                at_ms: self.event(call).happened_ms,
                traits: traits.clone(),
            })
        });
        let with: Vec<Change> = with.collect();
        self.one_of(with);
        if let Some(call) = self.call(EventKind::Identify) {
            self.latest(self.first_ms(), self.stopped_ms(), move |at_ms| {
                let mut call = call(at_ms);
                call.traits.extend(traits.clone());
                Some(change(Said::Alone(Box::new(call))))
            });
        }
    }

    /// What still waits may only need time.
    fn longer_replay(&mut self) {
        let waits = match self.scene.stopped {
            Stopped::Message { state, .. } => *state == MessageState::Waiting,
            Stopped::OnTheWay { decision, .. } => matches!(*decision, "waiting" | "deferred"),
            _ => false,
        };
        if waits {
            let by = [1, 7, 30, 365].map(|days| Change::LongerReplay { by: Span::days(days) });
            self.one_of(by.to_vec());
        }
    }

    /// Channels that the block and the conditions on the way to it are about.
    fn channels(&self) -> BTreeSet<Channel> {
        let mut channels = BTreeSet::new();
        if let Some(BlockKind::Message(message)) = self.block(&self.scene.asked.block).map(|it| &it.kind) {
            channels.insert(message.channel);
        }
        for condition in self.questions() {
            if let Condition::Consent { channel, .. } | Condition::Reachable(channel) = condition {
                channels.insert(*channel);
            }
        }
        for (_, block) in self.on_the_way() {
            if let BlockKind::WaitForIdentify { by: Identification::Phone, .. } = block.kind {
                channels.insert(Channel::Sms);
            }
        }
        channels
    }

    fn block(&self, id: &BlockId) -> Option<&'a Block> {
        self.scene.journey.blocks.get(id)
    }

    fn on_the_way(&self) -> Vec<(&'a BlockId, &'a Block)> {
        let leading = blocks_leading_to(self.scene.journey, &self.scene.asked.block);
        self.scene.journey.blocks.iter().filter(|(id, _)| leading.contains(*id)).collect()
    }
}
