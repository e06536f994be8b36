//! What a journey does that others may notice, and what it notices of others.

use std::collections::BTreeSet;

use crate::{
    identity::Platform,
    journey::{
        Anchor, BlockKind, Condition, DelayKind, EventRef, Journey, JourneyId, Segments, Template, Trigger,
        lint::walk, template::CompiledTemplate,
    },
    simulator::{
        WorkspaceFacts,
        delivery::{is_limit_exempt, is_looked_at},
    },
};

/// What the journeys run in.
#[derive(Clone, Copy)]
pub(super) struct Setting<'a> {
    pub platform: &'a Platform,
    pub workspace: &'a WorkspaceFacts,
    pub segments: &'a Segments,
}

/// What is asked for: some of a kind, or any.
#[derive(Debug, PartialEq, Eq)]
struct Wanted<T> {
    named: BTreeSet<T>,
    any: bool,
}

impl<T> Default for Wanted<T> {
    fn default() -> Self {
        Self { named: BTreeSet::new(), any: false }
    }
}

/// Something of which a person gets only so many.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Limited {
    /// Messages that count towards the limit at this position.
    By(usize),
    /// Offers.
    Offers,
}

/// See the module. Of a journey that was edited: what it was and what it is, together.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Touches {
    /// What of all that is limited it sends.
    limits: BTreeSet<Limited>,
    /// Attributes it sets.
    sets: BTreeSet<String>,
    /// Whether it sets one that delivery looks at for every journey.
    sets_contact: bool,
    /// Events it sends.
    sends: BTreeSet<String>,
    /// Attributes it asks for.
    attributes: Wanted<String>,
    /// Events it asks for.
    events: BTreeSet<String>,
    /// Journeys it asks about: their messages, or who is in them.
    moves: Wanted<JourneyId>,
    /// Whether it asks something at every event, whatever the event.
    at_events: bool,
    /// Whether a run of it may be asked again whenever anything moves.
    at_moves: bool,
}

impl Touches {
    /// Takes a journey in.
    pub fn add(&mut self, journey: &Journey, setting: &Setting<'_>) {
        self.trigger(&journey.trigger, setting);
        for (_, condition) in walk::conditions(journey) {
            self.asks(condition, setting);
        }
        self.at_events |= !journey.exits.is_empty() || journey.goal.is_some();
        for block in journey.blocks.values() {
            self.block(&block.kind, setting);
        }
    }

    /// Takes in what the segments ask, which decides who is in them at the end.
    pub fn add_segments(&mut self, setting: &Setting<'_>) {
        for segment in setting.segments.0.values() {
            self.asks(&segment.condition, setting);
        }
        self.attributes.any = true;
    }

    /// Whether it asks about what runs do.
    pub fn asks_of_moves(&self) -> bool {
        self.moves.any || !self.moves.named.is_empty()
    }

    /// Whether what this journey (of this id) does may change what becomes of another.
    pub fn reaches(&self, id: Option<&JourneyId>, other: &Self, moves_are_asked: bool) -> bool {
        let limits = !self.limits.is_disjoint(&other.limits);
        let sets = !self.sets.is_empty()
            && (other.attributes.any
                || other.at_moves
                || self.sets_contact
                || !self.sets.is_disjoint(&other.attributes.named));
        let sends = !self.sends.is_empty()
            && (other.at_events || other.at_moves || !self.sends.is_disjoint(&other.events));
        let moves = id.is_some_and(|id| other.moves.named.contains(id))
            || other.moves.any
            || (moves_are_asked && other.at_moves);
        limits || sets || sends || moves
    }

    fn trigger(&mut self, trigger: &Trigger, setting: &Setting<'_>) {
        match trigger {
            Trigger::Event { event, .. } => self.event(event, setting),
            Trigger::EntersSegment(id) | Trigger::LeavesSegment(id) => self.segment(id, setting, 0),
            Trigger::AttributeChange { name, .. } | Trigger::DateAttribute { name, .. } => {
                self.attributes.named.insert(root(name));
            }
        }
    }

    fn block(&mut self, kind: &BlockKind, setting: &Setting<'_>) {
        match kind {
            BlockKind::Message(message) => {
                if !is_limit_exempt(message, setting.platform) {
                    let limits = setting.workspace.delivery.limits.iter().enumerate();
                    let of = limits.filter(|(_, it)| it.channel.is_none_or(|it| it == message.channel));
                    self.limits.extend(of.map(|(at, _)| Limited::By(at)));
                }
                if message.offer.is_some() && setting.workspace.delivery.offer_gap.is_some() {
                    self.limits.insert(Limited::Offers);
                }
                self.template(&message.template);
            }
            BlockKind::OnSitePrompt { template, .. } => self.template(template),
            BlockKind::UpdateAttributes { set } => {
                self.sets.extend(set.keys().map(|name| root(name)));
                self.sets_contact |= set.keys().any(|name| is_looked_at(name, setting.workspace));
            }
            BlockKind::SendEvent { event, .. } => {
                self.sends.insert(event.clone());
            }
            BlockKind::Delay(DelayKind::Anchored { from: Anchor::LastEvent(event), restart, .. }) => {
                self.event(event, setting);
                self.at_moves |= restart;
            }
            BlockKind::WaitUntil { .. } => self.at_moves = true,
            _ => {}
        }
    }

    fn asks(&mut self, condition: &Condition, setting: &Setting<'_>) {
        self.asks_within(condition, setting, 0);
    }

    fn asks_within(&mut self, condition: &Condition, setting: &Setting<'_>, depth: usize) {
        condition.visit(&mut |question| match question {
            Condition::Event(asked) => {
                for event in
                    [Some(&asked.event), asked.after.as_ref(), asked.before.as_ref()].into_iter().flatten()
                {
                    self.event(event, setting);
                }
            }
            Condition::Attribute { name, .. } => {
                self.attributes.named.insert(root(name));
            }
            Condition::Segment(id) => self.segment(id, setting, depth),
            Condition::Message { journey: None, .. } => self.moves.any = true,
            Condition::Message { journey: Some(id), .. } | Condition::InJourney { journey: id, .. } => {
                self.moves.named.insert(id.clone());
            }
            // Facts come of recorded events alone; what delivery looks at is asked for every journey.
            _ => {}
        });
    }

    /// What a segment asks, and those it is made of; one that refers to itself holds for nobody.
    fn segment(&mut self, id: &str, setting: &Setting<'_>, depth: usize) {
        if depth <= setting.segments.0.len()
            && let Some(segment) = setting.segments.0.get(id)
        {
            self.asks_within(&segment.condition, setting, depth + 1);
        }
    }

    /// Blocks send track events; no page view can be one of them.
    fn event(&mut self, event: &EventRef, setting: &Setting<'_>) {
        match event {
            EventRef::Named(name) => drop(self.events.insert(name.clone())),
            EventRef::Role(role) => {
                self.events.extend(setting.workspace.roles.names(*role).map(str::to_owned));
            }
            EventRef::Page(_) => {}
        }
    }

    fn template(&mut self, template: &Template) {
        let texts = [&template.subject, &template.body];
        let parsed = texts.into_iter().filter_map(|text| CompiledTemplate::parse(text).ok());
        for path in parsed.flat_map(|template| template.variables()) {
            if let Some(inside) = path.strip_prefix("customer") {
                match inside.strip_prefix('.') {
                    Some(name) => drop(self.attributes.named.insert(root(name))),
                    None => self.attributes.any = true,
                }
            }
        }
    }
}

/// The attribute a path begins with.
fn root(path: &str) -> String {
    path.split(['.', '[']).next().unwrap_or_default().to_owned()
}
