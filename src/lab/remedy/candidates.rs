//! Every single change worth trying, in order of size.

use std::collections::BTreeSet;

use serde_json::{Map, Value};

use super::{
    Change, JourneyRule, NewCall, Reach, Said, Scene, WorkspaceRule,
    apply::{choosable, says_traits},
    witness::{event_meant, put, witness},
};
use crate::{
    identity::{AddressVerdict, check_address},
    journey::{
        AddressNeed, Block, BlockId, BlockKind, Channel, Condition, DelayKind, EventCondition,
        Identification, ReEntry, Trigger,
    },
    lab::asked::{Stopped, blocks_leading_to},
    recording::{Event, EventIndex, EventKind, Span},
    simulator::{
        HeldState, MessageState,
        settings::{BadAddresses, ConsentFrom, ConsentSource},
    },
};

/// How many calls, events and traits of the recording are changed one by one at most, the last first.
const MOST_OF_A_KIND: usize = 48;
/// How many calls something is said with at most.
const MOST_CALLS: usize = 4;
/// An address nobody has, which is good.
const GOOD_EMAIL: &str = "new.customer@example.com";
/// A number kept free for stories (Ofcom).
const GOOD_PHONE: &str = "+447700900123";
/// A user id nobody has.
const NEW_USER: &str = "throughline-new-customer";

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
    fn said(&mut self, traits: Map<String, Value>, change: impl Fn(Said) -> Change + Copy + 'a) {
        let with = self.calls().into_iter().map(|call| {
            change(Said::With {
                call: self.id(call),
                at_ms: self.event(call).happened_ms,
                traits: traits.clone(),
            })
        });
        let with = with.collect();
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

    /// Bad addresses corrected; an address where there is none.
    fn addresses(&mut self) {
        let log = self.scene.input.log;
        let mut given: Vec<String> = Vec::new();
        for event in log.events() {
            let traits = log.traits_value(event);
            let email = traits.get("email").and_then(Value::as_str).map(|email| email.trim().to_owned());
            given.extend(email.filter(|email| !given.contains(email)));
        }
        for from in given.into_iter().take(MOST_CALLS) {
            let report = check_address(&from);
            if matches!(report.verdict, AddressVerdict::Ok | AddressVerdict::Role) {
                continue;
            }
            let to = report.suggestion.unwrap_or_else(|| GOOD_EMAIL.to_owned());
            self.one(Change::AddressCorrected { from, to });
        }
        let known = |kind: &str| self.scene.asked.identifiers.iter().any(|id| id.starts_with(kind));
        let (no_email, no_phone) = (!known("email:"), !known("phone:"));
        if no_email {
            let traits = Map::from_iter([("email".to_owned(), GOOD_EMAIL.into())]);
            self.said(traits, |said| Change::AddressGiven(Channel::Email, said));
        }
        if no_phone && self.channels().contains(&Channel::Sms) {
            let traits = Map::from_iter([("phone".to_owned(), GOOD_PHONE.into())]);
            self.said(traits, |said| Change::AddressGiven(Channel::Sms, said));
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

    /// Who they are said earlier, or at all.
    fn identity(&mut self) {
        let says_who = |decision: &str| {
            matches!(decision, "created" | "identified" | "joined" | "joined_tail" | "merged" | "relinked")
        };
        let scene = self.scene;
        let mut calls: Vec<EventIndex> = Vec::new();
        for record in scene.before.trace.iter().filter(|it| says_who(it.decision)) {
            if !scene.asked.is_theirs(&record.identifiers) {
                continue;
            }
            let meant = self.theirs.iter().copied().find(|index| {
                let event = self.event(*index);
                let speaks = event.user_id.is_some() || says_traits(event);
                speaks && record.because.events.contains(&self.id(*index))
            });
            calls.extend(meant.filter(|call| !calls.contains(call)));
        }
        let first_ms = self.first_ms();
        for call in calls.into_iter().take(MOST_CALLS) {
            let (id, was_ms) = (self.id(call), self.event(call).arrived_ms);
            self.latest(first_ms, was_ms - 1, move |at_ms| {
                Some(Change::IdentifiedEarlier { call: id.clone(), was_ms, at_ms })
            });
        }
        let known = scene.asked.identifiers.iter().any(|id| !id.starts_with("anonymous_id:"));
        let held = matches!(scene.stopped, Stopped::Held { state: HeldState::NeverIdentified, .. });
        if let Some(call) = self.call(EventKind::Identify).filter(|_| !known || held) {
            self.latest(first_ms, self.stopped_ms(), move |at_ms| {
                let mut call = call(at_ms);
                call.user_id = Some(NEW_USER.to_owned());
                call.traits.entry("email".to_owned()).or_insert_with(|| GOOD_EMAIL.into());
                Some(Change::Identified(Said::Alone(Box::new(call))))
            });
        }
    }

    /// Consent given, wherever the workspace reads it from.
    fn consent(&mut self) {
        let scene = self.scene;
        for channel in self.channels() {
            for source in scene.input.workspace.consent.iter().filter(|it| it.channels.contains(&channel)) {
                self.consent_from(channel, source);
            }
        }
    }

    fn consent_from(&mut self, channel: Channel, source: &'a ConsentSource) {
        let yes = || Value::from(source.granted.first().map_or("true", String::as_str));
        match &source.from {
            ConsentFrom::Trait(path) => {
                let mut traits = Map::new();
                if put(&mut traits, path, yes()).is_some() {
                    self.said(traits, move |said| Change::ConsentGiven(channel, said));
                }
            }
            ConsentFrom::Context(path) => {
                let mut consent = Map::new();
                if put(&mut consent, path, yes()).is_none() {
                    return;
                }
                let Some(call) = self.call(EventKind::Page) else { return };
                self.latest(self.first_ms(), self.stopped_ms(), move |at_ms| {
                    let mut call = call(at_ms);
                    call.consent = Some(Value::Object(consent.clone()));
                    Some(Change::ConsentGiven(channel, Said::Alone(Box::new(call))))
                });
            }
            ConsentFrom::GrantedBy(event) => {
                let Some(call) = self.call(EventKind::Track) else { return };
                self.latest(self.first_ms(), self.stopped_ms(), move |at_ms| {
                    let mut call = call(at_ms);
                    call.name.clone_from(event);
                    Some(Change::ConsentGiven(channel, Said::Alone(Box::new(call))))
                });
            }
            ConsentFrom::DeniedBy(_) => {}
        }
    }

    fn block(&self, id: &BlockId) -> Option<&'a Block> {
        self.scene.journey.blocks.get(id)
    }

    fn on_the_way(&self) -> Vec<(&'a BlockId, &'a Block)> {
        let leading = blocks_leading_to(self.scene.journey, &self.scene.asked.block);
        self.scene.journey.blocks.iter().filter(|(id, _)| leading.contains(*id)).collect()
    }

    /// Every plain question that is asked on the way to the block, those inside segments too.
    fn questions(&self) -> Vec<&'a Condition> {
        let journey = self.scene.journey;
        let mut roots: Vec<&'a Condition> = journey.audience.iter().collect();
        let segments = &self.scene.input.segments.0;
        if let Trigger::EntersSegment(id) | Trigger::LeavesSegment(id) = &journey.trigger {
            roots.extend(segments.get(id).map(|segment| &segment.condition));
        }
        for (_, block) in self.on_the_way() {
            match &block.kind {
                BlockKind::Branch { when } => roots.extend(when),
                BlockKind::MultiBranch { conditions } | BlockKind::WaitUntil { conditions, .. } => {
                    roots.extend(conditions.iter().map(|arm| &arm.when));
                }
                BlockKind::Message(message) => roots.extend(&message.only_if),
                _ => {}
            }
        }
        let mut plain = Vec::new();
        let mut at = 0;
        // Segments may ask for segments; each is looked into once.
        let mut seen: BTreeSet<&str> = BTreeSet::new();
        while let Some(root) = roots.get(at).copied() {
            at += 1;
            root.visit(&mut |part| match part {
                Condition::Segment(id) => {
                    if let Some(segment) = segments.get(id).filter(|_| seen.insert(id.as_str())) {
                        roots.push(&segment.condition);
                    }
                }
                part if part.parts().is_empty() => plain.push(part),
                _ => {}
            });
        }
        plain.truncate(MOST_OF_A_KIND);
        plain
    }

    /// What questions ask for, done or said.
    fn conditions(&mut self) {
        for question in self.questions() {
            match question {
                Condition::Event(EventCondition { event, filters, .. }) => self.added(event, filters),
                Condition::Attribute { name, is } => self.attribute(name, is),
                _ => {}
            }
        }
        match &self.scene.journey.trigger {
            // Where something did start it, once more is no answer.
            Trigger::Event { event, filters } if *self.scene.stopped == Stopped::Nothing => {
                self.added(event, filters);
            }
            Trigger::AttributeChange { name, to: Some(test) } => self.attribute(name, test),
            _ => {}
        }
        let prompts =
            self.on_the_way().iter().any(|(_, it)| matches!(it.kind, BlockKind::OnSitePrompt { .. }));
        if prompts {
            self.added(&crate::journey::EventRef::Page(None), &[]);
        }
    }

    fn added(&mut self, event: &'a crate::journey::EventRef, filters: &'a [crate::journey::PropertyFilter]) {
        let kind = match event {
            crate::journey::EventRef::Page(_) => EventKind::Page,
            _ => EventKind::Track,
        };
        let Some(call) = self.call(kind) else { return };
        let scene = self.scene;
        self.latest(self.first_ms(), self.stopped_ms(), move |at_ms| {
            let (kind, name, properties) = event_meant(event, filters, scene, at_ms)?;
            Some(Change::EventAdded(Said::Alone(Box::new(NewCall { kind, name, properties, ..call(at_ms) }))))
        });
    }

    fn attribute(&mut self, name: &'a str, is: &'a crate::journey::Test) {
        let Some(call) = self.call(EventKind::Identify) else { return };
        self.latest(self.first_ms(), self.stopped_ms(), move |at_ms| {
            let mut call = call(at_ms);
            put(&mut call.traits, name, witness(is, at_ms)?)?;
            Some(Change::AttributeSaid(name.to_owned(), Said::Alone(Box::new(call))))
        });
    }

    /// Each event that had not happened, each trait that had not been said.
    fn left_out(&mut self) {
        let (log, stopped_ms) = (self.scene.input.log, self.stopped_ms());
        let before: Vec<EventIndex> = self
            .theirs
            .iter()
            .rev()
            .copied()
            .filter(|index| self.event(*index).arrived_ms <= stopped_ms)
            .take(MOST_OF_A_KIND)
            .collect();
        for index in before {
            let event = self.event(index);
            let (id, at_ms) = (self.id(index), event.happened_ms);
            if matches!(event.kind, EventKind::Track | EventKind::Page | EventKind::Screen) {
                let name = log.name(event);
                let name =
                    if name.is_empty() { format!("{} view", event.kind.word()) } else { name.to_owned() };
                self.one(Change::EventLeftOut { event: id, name, at_ms });
            } else if says_traits(event) {
                let Value::Object(traits) = log.traits_value(event) else { continue };
                for name in traits.into_iter().map(|(name, _)| name).filter(|name| name != "email") {
                    self.one(Change::TraitLeftOut { event: id.clone(), name, at_ms });
                }
            }
        }
    }

    /// Rules of the workspace.
    fn workspace(&mut self) {
        let delivery = &self.scene.input.workspace.delivery;
        for (at, limit) in delivery.limits.iter().enumerate() {
            let raised = [1, 2, 3, 5, 10].map(|more| Some(limit.at_most.saturating_add(more)));
            let to = raised.into_iter().chain([None]);
            self.one_of(to.map(|to| Change::Workspace(WorkspaceRule::Limit { at, to })).collect());
        }
        if let Some(longest) = delivery.limits.iter().map(|limit| limit.per).max() {
            let spans = [Span::hours(6), Span::days(1), Span::days(3), longest];
            let longer = spans.into_iter().filter(|span| delivery.limit_retry.is_none_or(|now| *span > now));
            self.one_of(longer.map(|span| Change::Workspace(WorkspaceRule::LimitRetry(span))).collect());
        }
        if delivery.quiet_hours.is_some() {
            self.one(Change::Workspace(WorkspaceRule::NoQuietHours));
        }
        if delivery.offer_gap.is_some() {
            self.one(Change::Workspace(WorkspaceRule::NoOfferGap));
        }
        if delivery.bad_addresses == BadAddresses::Held {
            self.one(Change::Workspace(WorkspaceRule::BadAddressesSent));
        }
        for channel in self.channels() {
            if delivery.needs_consent.contains(&channel) {
                self.one(Change::Workspace(WorkspaceRule::NoConsentNeeded(channel)));
            }
        }
        if !delivery.regions.is_empty() {
            self.one(Change::Workspace(WorkspaceRule::NoRegions));
        }
    }

    /// Rules of the journey: those of the block where the person was turned away first.
    fn journey(&mut self) {
        let journey = self.scene.journey;
        if journey.audience.is_some() {
            self.one(Change::Journey(JourneyRule::NoAudience));
        }
        if journey.entry.re_entry != ReEntry::EveryTime {
            self.one(Change::Journey(JourneyRule::EveryTime));
        }
        if journey.entry.held_triggers != crate::journey::HeldTriggers::Each {
            self.one(Change::Journey(JourneyRule::EachTrigger));
        }
        for exit in &journey.exits {
            self.one(Change::Journey(JourneyRule::NoExit(exit.id.clone())));
        }
        if journey.goal.as_ref().is_some_and(|goal| goal.ends_run) {
            self.one(Change::Journey(JourneyRule::GoalGoesOn));
        }
        let turned_at = match self.scene.stopped {
            Stopped::OnTheWay { block, .. } => block.as_ref(),
            Stopped::Message { .. } => Some(&self.scene.asked.block),
            _ => None,
        };
        let mut blocks = self.on_the_way();
        blocks.sort_by_key(|(id, _)| Some(*id) != turned_at);
        for (id, block) in blocks.into_iter().take(MOST_OF_A_KIND) {
            self.block_rules(id, &block.kind);
        }
    }

    fn block_rules(&mut self, id: &BlockId, kind: &BlockKind) {
        let id = || id.clone();
        match kind {
            BlockKind::Branch { .. } => {
                for yes in [true, false] {
                    self.one(Change::Journey(JourneyRule::Answer(id(), yes)));
                }
            }
            BlockKind::Message(message) if message.only_if.is_some() => {
                self.one(Change::Journey(JourneyRule::NoExtraCondition(id())));
            }
            BlockKind::Delay(DelayKind::Anchored { fresh_for: Some(_), .. }) => {
                self.one(Change::Journey(JourneyRule::NoFreshness(id())));
            }
            _ => {}
        }
        let choose =
            if matches!(kind, BlockKind::RandomSplit { .. }) { JourneyRule::Draw } else { JourneyRule::Arm };
        for exit in choosable(kind) {
            self.one(Change::Journey(choose(id(), exit)));
        }
        if let BlockKind::WaitForIdentify { up_to, .. }
        | BlockKind::WaitUntil { up_to: Some(up_to), .. }
        | BlockKind::OnSitePrompt { within: up_to, .. } = kind
        {
            let longer = [2, 4, 8, 16].map(|times| Span::from_ms(up_to.ms().saturating_mul(times)));
            let rule = |span| Change::Journey(JourneyRule::WaitsFor(id(), span));
            self.one_of(longer.into_iter().chain([Span::days(365)]).map(rule).collect());
        }
    }

    /// The platform's age limit: the least that would do is the age of a trigger it refused.
    fn platform(&mut self) {
        let scene = self.scene;
        let from = scene.input.platform.trigger_age.value;
        let Some(limit) = from else { return };
        let ages = scene.before.held.iter().filter(|held| held.journey == scene.asked.journey);
        let mut ages: Vec<i64> =
            ages.filter_map(|held| held.age_ms).filter(|age| *age > limit.ms()).collect();
        ages.sort_unstable();
        ages.dedup();
        let to =
            ages.into_iter().take(MOST_CALLS).map(|age| Change::TriggerAge { from, to: Span::from_ms(age) });
        self.one_of(to.collect());
    }
}

/// Whether a change undoes the very decision that turned the person away.
fn undoes(scene: &Scene<'_>, change: &Change) -> bool {
    use Change as C;
    let identity = matches!(change, C::IdentifiedEarlier { .. } | C::Identified(_));
    let deed = matches!(change, C::EventAdded(_) | C::EventLeftOut { .. } | C::TraitLeftOut { .. });
    if let C::LongerReplay { .. } = change {
        return true;
    }
    match scene.stopped {
        Stopped::Message { reason, .. } => match *reason {
            "not_identified" => identity,
            "no_address" => matches!(change, C::AddressGiven(..)) || identity,
            "invalid_address" | "mistyped_address" | "disposable_address" => {
                matches!(change, C::AddressCorrected { .. } | C::Workspace(WorkspaceRule::BadAddressesSent))
            }
            "suppressed" | "unsubscribed" | "unsubscribed_topic" | "unsubscribed_channel" => {
                matches!(change, C::EventLeftOut { .. } | C::TraitLeftOut { .. })
            }
            "consent_denied" | "consent_unknown" => matches!(
                change,
                C::ConsentGiven(..)
                    | C::Workspace(WorkspaceRule::NoConsentNeeded(_) | WorkspaceRule::NoRegions)
            ),
            "offer_limit" => matches!(change, C::Workspace(WorkspaceRule::NoOfferGap)),
            "message_limit" => {
                matches!(change, C::Workspace(WorkspaceRule::Limit { .. } | WorkspaceRule::LimitRetry(_)))
            }
            "quiet_hours" => matches!(change, C::Workspace(WorkspaceRule::NoQuietHours)),
            "left_while_deferred" => {
                matches!(
                    change,
                    C::EventLeftOut { .. } | C::Workspace(_) | C::Journey(JourneyRule::NoExit(_))
                )
            }
            "extra_condition" => {
                deed || matches!(
                    change,
                    C::AttributeSaid(..) | C::ConsentGiven(..) | C::Journey(JourneyRule::NoExtraCondition(_))
                )
            }
            "template_error" => matches!(change, C::AttributeSaid(..)),
            "no_page_view" => deed,
            _ => false,
        },
        Stopped::NotStarted { reason, .. } => match reason.as_str() {
            "too_old" => identity || matches!(change, C::TriggerAge { .. }),
            "anonymous" => identity,
            "audience" => {
                deed || matches!(
                    change,
                    C::AttributeSaid(..) | C::ConsentGiven(..) | C::Journey(JourneyRule::NoAudience)
                )
            }
            "already_entered" | "gap" => matches!(change, C::Journey(JourneyRule::EveryTime)),
            "not_oldest" | "not_newest" => matches!(change, C::Journey(JourneyRule::EachTrigger)),
            _ => deed,
        },
        Stopped::Held { state, .. } => match state {
            HeldState::NeverIdentified => identity,
            _ => identity || matches!(change, C::TriggerAge { .. }),
        },
        Stopped::Nothing => matches!(change, C::EventAdded(_) | C::AttributeSaid(..)),
        Stopped::OnTheWay { block, .. } => {
            let kind = block.as_ref().and_then(|id| scene.journey.blocks.get(id)).map(|block| &block.kind);
            match kind {
                Some(BlockKind::WaitForIdentify { address, .. }) => {
                    let address = *address == AddressNeed::Good;
                    identity
                        || matches!(change, C::AddressGiven(..))
                        || (address && matches!(change, C::AddressCorrected { .. }))
                        || is_rule_of(change, block.as_ref())
                }
                Some(BlockKind::Delay(DelayKind::Anchored { fresh_for: Some(_), .. })) => {
                    identity || deed || is_rule_of(change, block.as_ref())
                }
                Some(BlockKind::RandomSplit { .. }) => is_rule_of(change, block.as_ref()),
                _ => {
                    deed || matches!(change, C::AttributeSaid(..) | C::ConsentGiven(..))
                        || is_rule_of(change, block.as_ref())
                }
            }
        }
    }
}

/// Whether a change is of a rule of this block, or of one that ends runs anywhere.
fn is_rule_of(change: &Change, block: Option<&BlockId>) -> bool {
    match change {
        Change::Journey(
            JourneyRule::Answer(id, _)
            | JourneyRule::Arm(id, _)
            | JourneyRule::Draw(id, _)
            | JourneyRule::WaitsFor(id, _)
            | JourneyRule::NoFreshness(id)
            | JourneyRule::NoExtraCondition(id),
        ) => Some(id) == block,
        Change::Journey(JourneyRule::NoExit(_) | JourneyRule::GoalGoesOn) => true,
        _ => false,
    }
}
