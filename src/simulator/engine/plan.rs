//! Journeys compiled for the replay: names interned, ids turned into positions, conditions
//! resolved. A plan is read-only and shared by all threads.

use std::collections::BTreeMap;

use rustc_hash::FxHashMap;

use crate::{
    journey::{
        Anchor, Block, BlockId, BlockKind, Channel, CompareCount, Condition, ConsentState, DelayKind,
        EventCondition, EventRef, Identification, Journey, JourneyId, MessageStatus, Segments, Template,
        Test, Trigger, condition::AddressNeed,
    },
    recording::{
        Event, EventKind, EventLog, Span, Symbol,
        facts::{FactKey, Role, Roles, RolesByName},
    },
    simulator::template::CompiledTemplate,
};

/// Position of a journey in [`Plan::journeys`], which are in order of id.
pub type JourneyIndex = usize;
/// Position of a block in [`JourneyPlan::blocks`], which are in order of id.
pub type BlockIndex = usize;
/// Position of a segment in [`Plan::segments`], which are in order of id.
pub type SegmentIndex = usize;

/// Everything the replay runs.
pub struct Plan<'a> {
    /// Journeys that run, by id.
    pub journeys: Vec<JourneyPlan<'a>>,
    /// All segments, by id.
    pub segments: Vec<SegmentPlan>,
    /// Segments whose entering or leaving starts a journey: followed as time passes.
    pub followed: Vec<SegmentIndex>,
    /// Journeys that an event of this name may start, by position.
    by_event: FxHashMap<Symbol, Vec<JourneyIndex>>,
    /// Journeys that page and screen views may start.
    by_page: Vec<JourneyIndex>,
    /// Every journey with an event trigger.
    pub event_triggered: Vec<JourneyIndex>,
    /// Journeys started by a change of an attribute.
    pub attribute_triggered: Vec<JourneyIndex>,
    /// Journeys started by a date in an attribute.
    pub date_triggered: Vec<JourneyIndex>,
    /// Whether any journey has exit conditions or a goal, which are asked at events.
    pub asks_at_events: bool,
    /// Whether any condition asks for consent or reach, which somebody must then keep up to date.
    pub asks_contact: bool,
    /// Whether any wait is for what other runs do: entering a journey, concluding a message.
    pub waits_on_moves: bool,
    /// Roles of the log's names.
    pub roles: RolesByName,
    /// Events at which somebody may have said who they are.
    capture: Matcher,
}

/// One journey.
pub struct JourneyPlan<'a> {
    /// As drawn.
    pub journey: &'a Journey,
    /// Matches the triggering event, for event triggers.
    pub trigger: Option<EventPlan>,
    /// Who may enter.
    pub audience: Option<Cond>,
    /// Exit conditions, in order.
    pub exits: Vec<(&'a str, &'a str, Cond)>,
    /// The goal's condition.
    pub goal: Option<Cond>,
    /// Blocks, by id.
    pub blocks: Vec<BlockPlan<'a>>,
    /// First block.
    pub start: Option<BlockIndex>,
    /// Where held triggers go whose visitor is never identified.
    pub never_identified: Option<BlockIndex>,
}

/// One block.
pub struct BlockPlan<'a> {
    /// Its id.
    pub id: &'a BlockId,
    /// As drawn.
    pub block: &'a Block,
    /// Conditions of its arms (branch: one; wait until and multi-way branch: one per arm;
    /// message: the extra condition).
    pub conditions: Vec<Cond>,
    /// The anchor event of an anchored delay.
    pub anchor: Option<Matcher>,
    /// The facts its templates read.
    pub facts: Vec<FactKey>,
    exits: Vec<(&'a str, BlockIndex)>,
}

/// One segment.
pub struct SegmentPlan {
    /// Its id.
    pub id: String,
    /// Who is in it; `None` while it refers to itself.
    pub condition: Cond,
}

/// Which events are meant.
#[derive(Clone, Debug)]
pub struct Matcher {
    /// Page and screen views instead of track events.
    page: bool,
    /// Any name will do.
    any_name: bool,
    symbols: Vec<Symbol>,
    names: Vec<String>,
}

/// An event test: which events, and filters on each.
#[derive(Clone, Debug)]
pub struct EventPlan {
    /// Which events.
    pub matcher: Matcher,
    /// Path and test of each filter.
    pub filters: Vec<(String, Test)>,
}

/// A compiled [`EventCondition`].
#[derive(Clone, Debug)]
pub struct EventCond {
    /// Which events.
    pub event: EventPlan,
    /// How many.
    pub count: CompareCount,
    /// Window length in ms.
    pub within_ms: Option<i64>,
    /// Only since the run's trigger.
    pub since_entry: bool,
    /// Only after the latest of these.
    pub after: Option<Matcher>,
    /// Only before the latest of these.
    pub before: Option<Matcher>,
}

/// A compiled [`Condition`].
#[derive(Clone, Debug)]
pub enum Cond {
    /// Every one.
    All(Vec<Cond>),
    /// At least one.
    Any(Vec<Cond>),
    /// Not.
    Not(Box<Cond>),
    /// Events.
    Event(Box<EventCond>),
    /// An attribute.
    Attribute(String, Test),
    /// A fact.
    Fact(String, Test),
    /// A property of the trigger.
    Trigger(String, Test),
    /// In a segment.
    Segment(SegmentIndex),
    /// Identified.
    Identified(Identification, AddressNeed),
    /// Consent.
    Consent(Channel, ConsentState),
    /// Reachable.
    Reachable(Channel),
    /// Message history.
    Message {
        /// Of this journey.
        journey: Option<JourneyId>,
        /// Of this block.
        block: Option<BlockId>,
        /// Status.
        status: MessageStatus,
        /// Window in ms.
        within_ms: Option<i64>,
    },
    /// In a journey, or entered it lately.
    InJourney(JourneyId, Option<i64>),
    /// Never holds: an unknown segment, or one that refers to itself.
    Never,
}

impl Cond {
    /// Whether this or any condition inside it is of a kind.
    fn any(&self, kind: &dyn Fn(&Self) -> bool) -> bool {
        kind(self)
            || match self {
                Self::All(list) | Self::Any(list) => list.iter().any(|cond| cond.any(kind)),
                Self::Not(inner) => inner.any(kind),
                _ => false,
            }
    }

    /// Whether the answer depends on what somebody said about being contacted.
    fn is_of_contact(&self) -> bool {
        let by_reach = matches!(self, Self::Identified(Identification::ReachableChannel, _));
        by_reach || matches!(self, Self::Consent(..) | Self::Reachable(_))
    }

    /// Whether the answer depends on what runs did.
    const fn is_of_moves(&self) -> bool {
        matches!(self, Self::Message { .. } | Self::InJourney(..))
    }
}

impl Matcher {
    /// Compiles an event reference.
    pub fn new(event: &EventRef, roles: &Roles, log: &EventLog) -> Self {
        let (page, any_name, names): (bool, bool, Vec<String>) = match event {
            EventRef::Named(name) => (false, false, vec![name.clone()]),
            EventRef::Role(role) => (false, false, roles.names(*role).map(str::to_owned).collect()),
            EventRef::Page(None) => (true, true, Vec::new()),
            EventRef::Page(Some(name)) => (true, false, vec![name.clone()]),
        };
        let symbols = names.iter().filter_map(|name| log.symbols().get(name)).collect();
        Self { page, any_name, symbols, names }
    }
    /// Whether an event of the recordings is meant.
    pub fn matches(&self, event: &Event) -> bool {
        self.kind_fits(event.kind)
            && (self.any_name || event.name.is_some_and(|name| self.symbols.contains(&name)))
    }
    /// Whether an event of this kind and name is meant.
    pub fn matches_name(&self, kind: EventKind, name: &str) -> bool {
        self.kind_fits(kind) && (self.any_name || self.names.iter().any(|known| known == name))
    }
    const fn kind_fits(&self, kind: EventKind) -> bool {
        match kind {
            EventKind::Track => !self.page,
            EventKind::Page | EventKind::Screen => self.page,
            _ => false,
        }
    }
}

/// The template of a block that says something.
pub fn template_of(block: &Block) -> Option<&Template> {
    match &block.kind {
        BlockKind::Message(message) => Some(&message.template),
        BlockKind::OnSitePrompt { template, .. } => Some(template),
        _ => None,
    }
}

/// Which facts a template reads, so that only those are computed.
fn facts_read(template: &Template) -> Vec<FactKey> {
    let texts = [&template.subject, &template.body];
    let parsed = texts.into_iter().filter_map(|text| CompiledTemplate::parse(text).ok());
    let mut keys: Vec<FactKey> = parsed
        .flat_map(|template| template.variables())
        .flat_map(|path| match path.split(['.', '[']).next().unwrap_or_default() {
            "history" => vec![FactKey::Viewed, FactKey::Orders],
            "catalog" => vec![FactKey::Recommendations],
            _ => FactKey::of_path(&path).into_iter().collect(),
        })
        .collect();
    keys.sort_unstable();
    keys.dedup();
    keys
}

struct Compiler<'a> {
    log: &'a EventLog,
    roles: &'a Roles,
    segments: &'a Segments,
    segment_index: BTreeMap<&'a str, SegmentIndex>,
}

impl<'a> Plan<'a> {
    /// Compiles the journeys given (those that are to run).
    pub fn new(
        journeys: impl IntoIterator<Item = &'a Journey>,
        segments: &'a Segments,
        roles: &'a Roles,
        log: &'a EventLog,
    ) -> Self {
        let segment_index = segments.0.keys().enumerate().map(|(i, id)| (id.as_str(), i)).collect();
        let compiler = Compiler { log, roles, segments, segment_index };
        let mut sorted: Vec<&Journey> = journeys.into_iter().collect();
        sorted.sort_by(|a, b| a.id.cmp(&b.id));
        let journeys: Vec<JourneyPlan<'a>> = sorted.into_iter().map(|j| compiler.journey(j)).collect();
        let segment_plans: Vec<SegmentPlan> = segments
            .0
            .iter()
            .map(|(id, segment)| SegmentPlan {
                id: id.clone(),
                condition: compiler.segment_condition(id, &segment.condition),
            })
            .collect();
        let mut plan = Self {
            followed: compiler.followed(&journeys),
            journeys,
            segments: segment_plans,
            by_event: FxHashMap::default(),
            by_page: Vec::new(),
            event_triggered: Vec::new(),
            attribute_triggered: Vec::new(),
            date_triggered: Vec::new(),
            asks_at_events: false,
            asks_contact: false,
            waits_on_moves: false,
            roles: roles.in_log(log),
            capture: Matcher::new(&EventRef::Role(Role::Capture), roles, log),
        };
        plan.index_triggers();
        let asks_contact =
            plan.conditions().any(|cond| cond.any(&Cond::is_of_contact)) || plan.waits_for_reach();
        plan.asks_at_events =
            plan.journeys.iter().any(|it| !it.journey.exits.is_empty() || it.journey.goal.is_some());
        let waits_on_moves = plan.conditions().any(|cond| cond.any(&Cond::is_of_moves));
        (plan.asks_contact, plan.waits_on_moves) = (asks_contact, waits_on_moves);
        plan
    }

    /// Journeys that an event of the recordings might start (filters not looked at), by id.
    pub fn started_by(&self, event: &Event) -> &[JourneyIndex] {
        match event.kind {
            EventKind::Track => {
                event.name.and_then(|name| self.by_event.get(&name)).map_or(&[], Vec::as_slice)
            }
            EventKind::Page | EventKind::Screen => &self.by_page,
            _ => &[],
        }
    }

    /// Whether an event of the recordings plays the role `capture`.
    pub fn is_capture(&self, event: &Event) -> bool {
        self.capture.matches(event)
    }

    fn conditions(&self) -> impl Iterator<Item = &Cond> {
        let of_journeys = self.journeys.iter().flat_map(|plan| {
            let exits = plan.exits.iter().map(|(_, _, cond)| cond);
            let blocks = plan.blocks.iter().flat_map(|block| &block.conditions);
            plan.audience.iter().chain(&plan.goal).chain(exits).chain(blocks)
        });
        of_journeys.chain(self.segments.iter().map(|segment| &segment.condition))
    }

    fn waits_for_reach(&self) -> bool {
        let mut blocks = self.journeys.iter().flat_map(|plan| &plan.blocks);
        blocks.any(|planned| {
            let BlockKind::WaitForIdentify { by, .. } = &planned.block.kind else { return false };
            *by == Identification::ReachableChannel
        })
    }

    fn index_triggers(&mut self) {
        for (index, plan) in self.journeys.iter().enumerate() {
            match &plan.journey.trigger {
                Trigger::Event { .. } => self.event_triggered.push(index),
                Trigger::AttributeChange { .. } => self.attribute_triggered.push(index),
                Trigger::DateAttribute { .. } => self.date_triggered.push(index),
                Trigger::EntersSegment(_) | Trigger::LeavesSegment(_) => {}
            }
            let Some(trigger) = &plan.trigger else { continue };
            if trigger.matcher.page {
                self.by_page.push(index);
            }
            for symbol in &trigger.matcher.symbols {
                self.by_event.entry(*symbol).or_default().push(index);
            }
        }
    }
}

impl JourneyPlan<'_> {
    /// The journey's id.
    pub const fn id(&self) -> &JourneyId {
        &self.journey.id
    }
}

impl BlockPlan<'_> {
    /// Where an exit leads.
    pub fn target(&self, exit: &str) -> Option<BlockIndex> {
        let find = |exit: &str| self.exits.iter().find(|(word, _)| *word == exit).map(|(_, index)| *index);
        find(exit).or_else(|| {
            use crate::journey::block::exit;
            let joined = matches!(self.block.kind, BlockKind::Message(_)) && exit == exit::NOT_SENT;
            if joined { find(exit::SENT) } else { None }
        })
    }
}

impl<'a> Compiler<'a> {
    fn journey(&self, journey: &'a Journey) -> JourneyPlan<'a> {
        let position: BTreeMap<&BlockId, BlockIndex> =
            journey.blocks.keys().enumerate().map(|(index, id)| (id, index)).collect();
        let at = |id: &Option<BlockId>| id.as_ref().and_then(|id| position.get(id).copied());
        let trigger = match &journey.trigger {
            Trigger::Event { event, filters } => Some(EventPlan {
                matcher: Matcher::new(event, self.roles, self.log),
                filters: filters.iter().map(|f| (f.property.clone(), f.is.clone())).collect(),
            }),
            _ => None,
        };
        JourneyPlan {
            journey,
            trigger,
            audience: journey.audience.as_ref().map(|c| self.condition(c)),
            exits: journey
                .exits
                .iter()
                .map(|exit| {
                    let name = if exit.name.is_empty() { &exit.id } else { &exit.name };
                    (exit.id.as_str(), name.as_str(), self.condition(&exit.when))
                })
                .collect(),
            goal: journey.goal.as_ref().map(|goal| self.condition(&goal.when)),
            blocks: journey.blocks.iter().map(|(id, block)| self.block(id, block, &position)).collect(),
            start: at(&journey.start),
            never_identified: at(&journey.never_identified),
        }
    }

    fn block(
        &self,
        id: &'a BlockId,
        block: &'a Block,
        position: &BTreeMap<&BlockId, BlockIndex>,
    ) -> BlockPlan<'a> {
        let conditions = match &block.kind {
            BlockKind::WaitUntil { conditions, .. } | BlockKind::MultiBranch { conditions } => {
                conditions.iter().map(|arm| self.condition(&arm.when)).collect()
            }
            BlockKind::Branch { when } => when.iter().map(|c| self.condition(c)).collect(),
            BlockKind::Message(message) => message.only_if.iter().map(|c| self.condition(c)).collect(),
            _ => Vec::new(),
        };
        let anchor = match &block.kind {
            BlockKind::Delay(DelayKind::Anchored { from: Anchor::LastEvent(event), .. }) => {
                Some(Matcher::new(event, self.roles, self.log))
            }
            _ => None,
        };
        BlockPlan {
            id,
            block,
            conditions,
            anchor,
            facts: template_of(block).map(facts_read).unwrap_or_default(),
            exits: block
                .exits
                .iter()
                .filter_map(|(exit, to)| position.get(to).map(|index| (exit.as_str(), *index)))
                .collect(),
        }
    }

    fn condition(&self, condition: &Condition) -> Cond {
        let list = |list: &[Condition]| list.iter().map(|c| self.condition(c)).collect();
        match condition {
            Condition::All(all) => Cond::All(list(all)),
            Condition::Any(any) => Cond::Any(list(any)),
            Condition::Not(not) => Cond::Not(Box::new(self.condition(not))),
            Condition::Event(event) => Cond::Event(Box::new(self.event_condition(event))),
            Condition::Attribute { name, is } => Cond::Attribute(name.clone(), is.clone()),
            Condition::Fact { path, is } => Cond::Fact(path.clone(), is.clone()),
            Condition::Trigger { property, is } => Cond::Trigger(property.clone(), is.clone()),
            Condition::Segment(id) => {
                self.segment_index.get(id.as_str()).map_or(Cond::Never, |index| Cond::Segment(*index))
            }
            Condition::Identified { by, address } => Cond::Identified(*by, *address),
            Condition::Consent { channel, is } => Cond::Consent(*channel, *is),
            Condition::Reachable(channel) => Cond::Reachable(*channel),
            Condition::Message { journey, block, status, within } => Cond::Message {
                journey: journey.clone(),
                block: block.clone(),
                status: *status,
                within_ms: within.map(Span::ms),
            },
            Condition::InJourney { journey, within } => {
                Cond::InJourney(journey.clone(), within.map(Span::ms))
            }
        }
    }

    fn event_condition(&self, event: &EventCondition) -> EventCond {
        EventCond {
            event: EventPlan {
                matcher: Matcher::new(&event.event, self.roles, self.log),
                filters: event.filters.iter().map(|f| (f.property.clone(), f.is.clone())).collect(),
            },
            count: event.count,
            within_ms: event.within.map(Span::ms),
            since_entry: event.since_entry,
            after: event.after.as_ref().map(|event| Matcher::new(event, self.roles, self.log)),
            before: event.before.as_ref().map(|event| Matcher::new(event, self.roles, self.log)),
        }
    }

    /// A segment that refers to itself, however far around, holds for nobody.
    fn segment_condition(&self, id: &str, condition: &Condition) -> Cond {
        if self.reaches(condition, id, &mut Vec::new()) { Cond::Never } else { self.condition(condition) }
    }

    fn reaches(&self, condition: &Condition, goal: &str, seen: &mut Vec<String>) -> bool {
        match condition {
            Condition::All(list) | Condition::Any(list) => list.iter().any(|c| self.reaches(c, goal, seen)),
            Condition::Not(inner) => self.reaches(inner, goal, seen),
            Condition::Segment(id) if id == goal => true,
            Condition::Segment(id) if seen.contains(id) => false,
            Condition::Segment(id) => {
                seen.push(id.clone());
                self.segments.0.get(id).is_some_and(|s| self.reaches(&s.condition, goal, seen))
            }
            _ => false,
        }
    }

    fn followed(&self, journeys: &[JourneyPlan<'a>]) -> Vec<SegmentIndex> {
        let mut followed: Vec<SegmentIndex> = journeys
            .iter()
            .filter_map(|plan| match &plan.journey.trigger {
                Trigger::EntersSegment(id) | Trigger::LeavesSegment(id) => {
                    self.segment_index.get(id.as_str()).copied()
                }
                _ => None,
            })
            .collect();
        followed.sort_unstable();
        followed.dedup();
        followed
    }
}
