//! Making a change: what a replay depends on, changed in one place.

use std::sync::Arc;

use serde_json::{Map, Value};

use super::{
    change::{Change, JourneyRule, NewCall, Said, WorkspaceRule},
    witness::put,
};
use crate::{
    identity::{Platform, platform::Anonymous},
    journey::{
        BlockId, BlockKind, Condition, DelayKind, ExitId, HeldTriggers, Journey, JourneyId, ReEntry, Status,
    },
    recording::{Event, EventKind, EventLog, Span},
    simulator::{ReplayInput, WorkspaceFacts, settings::BadAddresses},
};

/// Message id of a call that was not recorded.
pub const ADDED: &str = "throughline-added";

/// What a replay depends on, changed. What did not change is the original's.
#[derive(Clone, Debug, Default)]
pub struct Changed {
    log: Option<EventLog>,
    workspace: Option<WorkspaceFacts>,
    journeys: Option<Vec<Arc<Journey>>>,
    platform: Option<Platform>,
    horizon: Option<Span>,
}

impl Changed {
    /// The original's input with the change in it.
    pub fn input<'a>(&'a self, original: &ReplayInput<'a>) -> ReplayInput<'a> {
        ReplayInput {
            log: self.log.as_ref().unwrap_or(original.log),
            workspace: self.workspace.as_ref().unwrap_or(original.workspace),
            journeys: self.journeys.as_deref().unwrap_or(original.journeys),
            platform: self.platform.as_ref().unwrap_or(original.platform),
            horizon: self.horizon.unwrap_or(original.horizon),
            ..*original
        }
    }
}

/// Makes a change that concerns a journey; `None` where there is nothing to change.
pub fn apply(change: &Change, input: &ReplayInput<'_>, journey: &JourneyId) -> Option<Changed> {
    let mut changed = Changed::default();
    match change {
        Change::LongerReplay { by } => {
            changed.horizon = Some(Span::from_ms(input.horizon.ms().saturating_add(by.ms())));
        }
        Change::AddressCorrected { from, to } => {
            changed.log = Some(rewritten(input.log, |draft| draft.readdress(from, to)));
        }
        Change::IdentifiedEarlier { call, was_ms, at_ms } => {
            let by_ms = was_ms - at_ms;
            changed.log = Some(rewritten(input.log, |draft| {
                if draft.message_id == *call {
                    draft.head.arrived_ms -= by_ms;
                    draft.head.happened_ms -= by_ms;
                }
                true
            }));
        }
        Change::AddressGiven(_, said)
        | Change::Identified(said)
        | Change::ConsentGiven(_, said)
        | Change::AttributeSaid(_, said)
        | Change::EventAdded(said) => changed.log = Some(say(input.log, said)?),
        Change::EventLeftOut { event, .. } => {
            changed.log = Some(rewritten(input.log, |draft| draft.message_id != *event));
        }
        Change::TraitLeftOut { event, name, .. } => {
            changed.log = Some(rewritten(input.log, |draft| {
                if draft.message_id == *event {
                    draft.change_traits(|traits| drop(traits.remove(name)));
                }
                true
            }));
        }
        Change::Workspace(rule) => {
            let mut workspace = input.workspace.clone();
            let delivery = &mut workspace.delivery;
            match rule {
                WorkspaceRule::NoQuietHours => delivery.quiet_hours = None,
                WorkspaceRule::Limit { at, to: Some(to) } => delivery.limits.get_mut(*at)?.at_most = *to,
                WorkspaceRule::Limit { at, to: None } => {
                    delivery.limits.get(*at)?;
                    delivery.limits.remove(*at);
                }
                WorkspaceRule::LimitRetry(span) => delivery.limit_retry = Some(*span),
                WorkspaceRule::NoOfferGap => delivery.offer_gap = None,
                WorkspaceRule::BadAddressesSent => delivery.bad_addresses = BadAddresses::Flagged,
                WorkspaceRule::NoConsentNeeded(channel) => drop(delivery.needs_consent.remove(channel)),
                WorkspaceRule::NoRegions => delivery.regions.clear(),
            }
            changed.workspace = Some(workspace);
        }
        Change::Journey(rule) => {
            let mut journeys = input.journeys.to_vec();
            let meant = journeys.iter_mut().find(|it| it.id == *journey)?;
            redraw(Arc::make_mut(meant), rule)?;
            changed.journeys = Some(journeys);
        }
        Change::PropertyGiven { event, name, value, .. } => {
            let mut put_there = false;
            changed.log = Some(rewritten(input.log, |draft| {
                if draft.message_id == *event {
                    put_there |= draft.give_property(name, value).is_some();
                }
                true
            }));
            put_there.then_some(())?;
        }
        Change::JourneyRun(other, runs) => {
            if other == journey {
                return None;
            }
            let mut journeys = input.journeys.to_vec();
            if *runs {
                Arc::make_mut(journeys.iter_mut().find(|it| it.id == *other)?).status = Status::Active;
            } else {
                journeys.retain(|it| it.id != *other);
            }
            changed.journeys = Some(journeys);
        }
        Change::Retention { to, .. } => {
            let mut platform = input.platform.clone();
            let Anonymous::Held { retention, .. } = &mut platform.anonymous.value else { return None };
            *retention = *to;
            changed.platform = Some(platform);
        }
        Change::TriggerAge { to, .. } => {
            let mut platform = input.platform.clone();
            platform.trigger_age.value = Some(*to);
            changed.platform = Some(platform);
        }
    }
    Some(changed)
}

fn redraw(journey: &mut Journey, rule: &JourneyRule) -> Option<()> {
    let always = || Condition::All(Vec::new());
    let never = || Condition::Any(Vec::new());
    match rule {
        JourneyRule::NoAudience => journey.audience = None,
        JourneyRule::EveryTime => journey.entry.re_entry = ReEntry::EveryTime,
        JourneyRule::EachTrigger => journey.entry.held_triggers = HeldTriggers::Each,
        JourneyRule::NoExit(id) => journey.exits.retain(|exit| exit.id != *id),
        JourneyRule::GoalGoesOn => journey.goal.as_mut()?.ends_run = false,
        JourneyRule::NoExtraCondition(block) => match kind(journey, block)? {
            BlockKind::Message(message) => message.only_if = None,
            _ => return None,
        },
        JourneyRule::Answer(block, yes) => match kind(journey, block)? {
            BlockKind::Branch { when } => *when = Some(if *yes { always() } else { never() }),
            _ => return None,
        },
        JourneyRule::Arm(block, exit) => match kind(journey, block)? {
            BlockKind::WaitUntil { conditions, .. } | BlockKind::MultiBranch { conditions } => {
                // To the left of it none may hold.
                let at = conditions.iter().position(|arm| arm.id == *exit);
                for (place, arm) in conditions.iter_mut().enumerate() {
                    if at.is_none_or(|at| place <= at) {
                        arm.when = if Some(place) == at { always() } else { never() };
                    }
                }
            }
            _ => return None,
        },
        JourneyRule::Draw(block, exit) => match kind(journey, block)? {
            BlockKind::RandomSplit { arms, .. } => {
                for arm in arms {
                    arm.percent = if arm.id == *exit { 100 } else { 0 };
                }
            }
            _ => return None,
        },
        JourneyRule::WaitsFor(block, span) => match kind(journey, block)? {
            BlockKind::WaitForIdentify { up_to, .. } => *up_to = *span,
            BlockKind::WaitUntil { up_to, .. } => *up_to = Some(*span),
            BlockKind::OnSitePrompt { within, .. } => *within = *span,
            _ => return None,
        },
        JourneyRule::NoFreshness(block) => match kind(journey, block)? {
            BlockKind::Delay(DelayKind::Anchored { fresh_for, .. }) => *fresh_for = None,
            _ => return None,
        },
    }
    Some(())
}

fn kind<'j>(journey: &'j mut Journey, block: &BlockId) -> Option<&'j mut BlockKind> {
    journey.blocks.get_mut(block).map(|block| &mut block.kind)
}

/// The exits of a block that a journey's rule can choose: those of conditions and of chance.
pub(super) fn choosable(kind: &BlockKind) -> Vec<ExitId> {
    match kind {
        BlockKind::WaitUntil { conditions, .. } => conditions.iter().map(|arm| arm.id.clone()).collect(),
        BlockKind::MultiBranch { .. } | BlockKind::RandomSplit { .. } => kind.exits(),
        _ => Vec::new(),
    }
}

/// The log with something said in it that was not.
fn say(log: &EventLog, said: &Said) -> Option<EventLog> {
    match said {
        Said::With { call, traits, .. } => Some(rewritten(log, |draft| {
            if draft.message_id == *call {
                draft.change_traits(|own| own.extend(traits.clone()));
            }
            true
        })),
        Said::Alone(call) => {
            let like = *log.events().iter().find(|event| log.message_id(event) == call.like)?;
            let mut changed = rewritten(log, |_| true);
            add(&mut changed, log, &like, call);
            Some(changed)
        }
    }
}

fn add(changed: &mut EventLog, log: &EventLog, like: &Event, call: &NewCall) {
    let mut intern = |text: &str| Some(changed.symbols_mut().intern(text)).filter(|_| !text.is_empty());
    let mut head = Event::blank(call.kind);
    (head.happened_ms, head.arrived_ms) = (call.at_ms, call.at_ms);
    head.recording = like.recording;
    head.names_external_ids = like.names_external_ids;
    head.name = intern(&call.name);
    head.anonymous_id = like.anonymous_id;
    head.user_id = call.user_id.as_deref().map_or(like.user_id, intern);
    let context = match (&call.consent, log.context_value(like)) {
        (None, _) => log.context(like).to_owned(),
        (Some(consent), Value::Object(mut context)) => {
            context.insert("consent".to_owned(), consent.clone());
            Value::Object(context).to_string()
        }
        (Some(consent), _) => serde_json::json!({ "consent": consent }).to_string(),
    };
    let text = |map: &Map<String, Value>| {
        if map.is_empty() { String::new() } else { Value::Object(map.clone()).to_string() }
    };
    changed.push_head(head, [ADDED, &text(&call.properties), &text(&call.traits), &context]);
}

/// An event as a change sees it.
struct Draft<'l> {
    log: &'l EventLog,
    head: Event,
    message_id: &'l str,
    user_id: Option<String>,
    properties: Option<String>,
    traits: Option<String>,
    context: Option<String>,
}

impl Draft<'_> {
    fn change_traits(&mut self, change: impl FnOnce(&mut Map<String, Value>)) {
        let mut traits = match self.log.traits_value(&self.head) {
            Value::Object(traits) => traits,
            _ => Map::new(),
        };
        change(&mut traits);
        self.traits = Some(Value::Object(traits).to_string());
    }

    /// Puts a property at a path.
    fn give_property(&mut self, path: &str, value: &Value) -> Option<()> {
        let mut properties = match self.log.properties_value(&self.head) {
            Value::Object(properties) => properties,
            _ => Map::new(),
        };
        put(&mut properties, path, value.clone())?;
        self.properties = Some(Value::Object(properties).to_string());
        Some(())
    }

    /// Puts one address in the place of another wherever it is all of a text; keeps the event.
    fn readdress(&mut self, from: &str, to: &str) -> bool {
        let is_meant = |text: &str| text.trim().eq_ignore_ascii_case(from);
        if self.head.user_id.is_some_and(|id| is_meant(self.log.text(id))) {
            self.user_id = Some(to.to_owned());
        }
        let replaced = |raw: &str| {
            if raw.to_ascii_lowercase().contains(&from.to_ascii_lowercase()) {
                let mut value: Value = serde_json::from_str(raw).ok()?;
                replace_text(&mut value, &is_meant, to);
                Some(value.to_string())
            } else {
                None
            }
        };
        self.properties = replaced(self.log.properties(&self.head));
        self.traits = replaced(self.log.traits(&self.head));
        self.context = replaced(self.log.context(&self.head));
        true
    }
}

fn replace_text(value: &mut Value, is_meant: &impl Fn(&str) -> bool, to: &str) {
    match value {
        Value::String(text) if is_meant(text) => to.clone_into(text),
        Value::Array(items) => items.iter_mut().for_each(|item| replace_text(item, is_meant, to)),
        Value::Object(fields) => fields.values_mut().for_each(|item| replace_text(item, is_meant, to)),
        _ => {}
    }
}

/// The log with each event changed, or left out where `keep` says no.
fn rewritten(log: &EventLog, mut keep: impl FnMut(&mut Draft<'_>) -> bool) -> EventLog {
    let mut changed = log.without_events();
    changed.reserve(log.len());
    for event in log.events() {
        let mut draft = Draft {
            log,
            head: *event,
            message_id: log.message_id(event),
            user_id: None,
            properties: None,
            traits: None,
            context: None,
        };
        if !keep(&mut draft) {
            continue;
        }
        let mut head = draft.head;
        if let Some(id) = &draft.user_id {
            head.user_id = Some(changed.symbols_mut().intern(id));
        }
        let text = |changed: &Option<String>, own: &str| changed.clone().unwrap_or_else(|| own.to_owned());
        let texts = [
            draft.message_id.to_owned(),
            text(&draft.properties, log.properties(event)),
            text(&draft.traits, log.traits(event)),
            text(&draft.context, log.context(event)),
        ];
        changed.push_head(head, texts.each_ref().map(String::as_str));
    }
    changed
}

/// Whether a call can say a trait: those that say who somebody is.
pub(super) fn says_traits(event: &Event) -> bool {
    event.kind == EventKind::Identify
}

/// The same events with a table of names of their own, which is cheap to add to: that of a part of
/// a large recording holds the names of all of it.
pub(super) fn compact(log: &EventLog) -> EventLog {
    let mut own = EventLog::new();
    for name in log.recordings() {
        own.start_recording(name);
    }
    own.reserve(log.len());
    for event in log.events() {
        let mut head = *event;
        for id in [
            &mut head.name,
            &mut head.anonymous_id,
            &mut head.user_id,
            &mut head.previous_id,
            &mut head.group_id,
        ] {
            *id = id.map(|id| own.symbols_mut().intern(log.text(id)));
        }
        let texts = [log.message_id(event), log.properties(event), log.traits(event), log.context(event)];
        own.push_head(head, texts);
    }
    own
}
