//! Blocks as version 1 writes them.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{
    condition::{
        Condition, EventRef, any_address, any_identification, each, is_any_address, is_any_identification,
    },
    unique,
    words::{AddressNeed, Channel, Clock, Identification, Scalar, Weekday},
};
use crate::{
    journey::{self as model, BlockId, ExitId, block::exit},
    recording::Span,
};

/// One block. What it does comes before where it leads, as a reader goes.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Block {
    #[serde(default, skip_serializing_if = "String::is_empty")]
    name: String,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    note: String,
    kind: BlockKind,
    #[serde(default, deserialize_with = "unique::exits", skip_serializing_if = "BTreeMap::is_empty")]
    pub(super) exits: BTreeMap<String, String>,
}

/// What a block does.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) enum BlockKind {
    Message {
        channel: Channel,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        topic: Option<String>,
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        transactional: bool,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        offer: Option<String>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        only_if: Option<Condition>,
        #[serde(default, skip_serializing_if = "String::is_empty")]
        subject: String,
        body: String,
    },
    OnSitePrompt {
        within: Span,
        #[serde(default, skip_serializing_if = "String::is_empty")]
        subject: String,
        body: String,
    },
    Audience {
        audience: String,
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        remove: bool,
    },
    WaitForIdentify {
        #[serde(default = "any_identification", skip_serializing_if = "is_any_identification")]
        by: Identification,
        #[serde(default = "any_address", skip_serializing_if = "is_any_address")]
        address: AddressNeed,
        up_to: Span,
    },
    Delay(Delay),
    WaitUntil {
        conditions: Vec<Arm>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        up_to: Option<Span>,
    },
    TimeWindow {
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        days: Vec<Weekday>,
        from: Clock,
        to: Clock,
        #[serde(default, skip_serializing_if = "ZoneChoice::is_person")]
        zone: ZoneChoice,
    },
    Branch {
        #[serde(default, skip_serializing_if = "Option::is_none")]
        when: Option<Condition>,
    },
    MultiBranch {
        conditions: Vec<Arm>,
    },
    RandomSplit {
        arms: Vec<SplitArm>,
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        each_run: bool,
    },
    UpdateAttributes {
        #[serde(deserialize_with = "unique::attributes")]
        set: BTreeMap<String, Option<Scalar>>,
    },
    SendEvent {
        event: String,
        #[serde(
            default,
            deserialize_with = "unique::properties",
            skip_serializing_if = "BTreeMap::is_empty"
        )]
        properties: BTreeMap<String, Scalar>,
    },
    Goal,
    Exit {
        #[serde(default, skip_serializing_if = "String::is_empty")]
        reason: String,
    },
}

/// How long a delay lasts.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) enum Delay {
    For(Span),
    UntilTime {
        at: Clock,
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        days: Vec<Weekday>,
    },
    Anchored {
        from: Anchor,
        after: Span,
        #[serde(default, skip_serializing_if = "Span::is_zero_ref")]
        floor: Span,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        fresh_for: Option<Span>,
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        restart: bool,
    },
}

/// What an anchored delay counts from.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) enum Anchor {
    Entry,
    Trigger,
    LastEvent(EventRef),
}

/// A condition with a permanent id.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Arm {
    id: String,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    name: String,
    when: Condition,
}

/// One arm of a random split.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct SplitArm {
    id: String,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    name: String,
    percent: u32,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    holdout: bool,
}

/// Which zone a time window looks at.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(crate) enum ZoneChoice {
    #[default]
    Person,
    Workspace,
    Fixed(String),
}

impl ZoneChoice {
    fn is_person(&self) -> bool {
        *self == Self::Person
    }
}

impl BlockKind {
    /// The ids of conditions and split arms, which are the block's exits, and the words that no
    /// arm may take because the block has such an exit anyway.
    pub(super) fn arm_ids(&self) -> (Vec<&str>, &'static [&'static str]) {
        match self {
            Self::WaitUntil { conditions, .. } => {
                (conditions.iter().map(|arm| arm.id.as_str()).collect(), &[exit::TIMED_OUT])
            }
            Self::MultiBranch { conditions } => {
                (conditions.iter().map(|arm| arm.id.as_str()).collect(), &[exit::OTHERWISE])
            }
            Self::RandomSplit { arms, .. } => (arms.iter().map(|arm| arm.id.as_str()).collect(), &[]),
            _ => (Vec::new(), &[]),
        }
    }
}

impl Block {
    pub(super) const fn kind(&self) -> &BlockKind {
        &self.kind
    }
}

impl From<Block> for model::Block {
    fn from(block: Block) -> Self {
        Self {
            name: block.name,
            note: block.note,
            kind: block.kind.into(),
            exits: block.exits.into_iter().map(|(exit, to)| (ExitId(exit), BlockId(to))).collect(),
        }
    }
}

impl From<model::Block> for Block {
    fn from(block: model::Block) -> Self {
        Self {
            name: block.name,
            note: block.note,
            kind: block.kind.into(),
            exits: block.exits.into_iter().map(|(exit, to)| (exit.0, to.0)).collect(),
        }
    }
}

impl From<BlockKind> for model::BlockKind {
    fn from(kind: BlockKind) -> Self {
        match kind {
            BlockKind::Message { channel, topic, transactional, offer, only_if, subject, body } => {
                Self::Message(model::Message {
                    channel: channel.into(),
                    template: model::Template { subject, body },
                    topic,
                    transactional,
                    offer,
                    only_if: only_if.map(Into::into),
                })
            }
            BlockKind::OnSitePrompt { within, subject, body } => {
                Self::OnSitePrompt { within, template: model::Template { subject, body } }
            }
            BlockKind::Audience { audience, remove } => Self::Audience { audience, remove },
            BlockKind::WaitForIdentify { by, address, up_to } => {
                Self::WaitForIdentify { by: by.into(), address: address.into(), up_to }
            }
            BlockKind::Delay(delay) => Self::Delay(delay.into()),
            BlockKind::WaitUntil { conditions, up_to } => {
                Self::WaitUntil { conditions: each(conditions), up_to }
            }
            BlockKind::TimeWindow { days, from, to, zone } => Self::TimeWindow {
                days: each(days),
                from_minute: from.minute(),
                to_minute: to.minute(),
                zone: zone.into(),
            },
            BlockKind::Branch { when } => Self::Branch { when: when.map(Into::into) },
            BlockKind::MultiBranch { conditions } => Self::MultiBranch { conditions: each(conditions) },
            BlockKind::RandomSplit { arms, each_run } => Self::RandomSplit { arms: each(arms), each_run },
            BlockKind::UpdateAttributes { set } => Self::UpdateAttributes {
                set: set.into_iter().map(|(name, value)| (name, value.map(Into::into))).collect(),
            },
            BlockKind::SendEvent { event, properties } => Self::SendEvent {
                event,
                properties: properties.into_iter().map(|(name, value)| (name, value.into())).collect(),
            },
            BlockKind::Goal => Self::Goal,
            BlockKind::Exit { reason } => Self::Exit { reason },
        }
    }
}

impl From<model::BlockKind> for BlockKind {
    fn from(kind: model::BlockKind) -> Self {
        use model::BlockKind as Model;
        match kind {
            Model::Message(message) => Self::Message {
                channel: message.channel.into(),
                topic: message.topic,
                transactional: message.transactional,
                offer: message.offer,
                only_if: message.only_if.map(Into::into),
                subject: message.template.subject,
                body: message.template.body,
            },
            Model::OnSitePrompt { within, template } => {
                Self::OnSitePrompt { within, subject: template.subject, body: template.body }
            }
            Model::Audience { audience, remove } => Self::Audience { audience, remove },
            Model::WaitForIdentify { by, address, up_to } => {
                Self::WaitForIdentify { by: by.into(), address: address.into(), up_to }
            }
            Model::Delay(delay) => Self::Delay(delay.into()),
            Model::WaitUntil { conditions, up_to } => Self::WaitUntil { conditions: each(conditions), up_to },
            Model::TimeWindow { days, from_minute, to_minute, zone } => Self::TimeWindow {
                days: each(days),
                from: Clock::of(from_minute),
                to: Clock::of(to_minute),
                zone: zone.into(),
            },
            Model::Branch { when } => Self::Branch { when: when.map(Into::into) },
            Model::MultiBranch { conditions } => Self::MultiBranch { conditions: each(conditions) },
            Model::RandomSplit { arms, each_run } => Self::RandomSplit { arms: each(arms), each_run },
            Model::UpdateAttributes { set } => Self::UpdateAttributes {
                set: set.into_iter().map(|(name, value)| (name, value.map(Into::into))).collect(),
            },
            Model::SendEvent { event, properties } => Self::SendEvent {
                event,
                properties: properties.into_iter().map(|(name, value)| (name, value.into())).collect(),
            },
            Model::Goal => Self::Goal,
            Model::Exit { reason } => Self::Exit { reason },
        }
    }
}

impl From<Delay> for model::DelayKind {
    fn from(delay: Delay) -> Self {
        match delay {
            Delay::For(span) => Self::For(span),
            Delay::UntilTime { at, days } => Self::UntilTime { at_minute: at.minute(), days: each(days) },
            Delay::Anchored { from, after, floor, fresh_for, restart } => {
                Self::Anchored { from: from.into(), after, floor, fresh_for, restart }
            }
        }
    }
}

impl From<model::DelayKind> for Delay {
    fn from(delay: model::DelayKind) -> Self {
        use model::DelayKind as Model;
        match delay {
            Model::For(span) => Self::For(span),
            Model::UntilTime { at_minute, days } => {
                Self::UntilTime { at: Clock::of(at_minute), days: each(days) }
            }
            Model::Anchored { from, after, floor, fresh_for, restart } => {
                Self::Anchored { from: from.into(), after, floor, fresh_for, restart }
            }
        }
    }
}

impl From<Anchor> for model::Anchor {
    fn from(anchor: Anchor) -> Self {
        match anchor {
            Anchor::Entry => Self::Entry,
            Anchor::Trigger => Self::Trigger,
            Anchor::LastEvent(event) => Self::LastEvent(event.into()),
        }
    }
}

impl From<model::Anchor> for Anchor {
    fn from(anchor: model::Anchor) -> Self {
        match anchor {
            model::Anchor::Entry => Self::Entry,
            model::Anchor::Trigger => Self::Trigger,
            model::Anchor::LastEvent(event) => Self::LastEvent(event.into()),
        }
    }
}

impl From<ZoneChoice> for model::ZoneChoice {
    fn from(zone: ZoneChoice) -> Self {
        match zone {
            ZoneChoice::Person => Self::Person,
            ZoneChoice::Workspace => Self::Workspace,
            ZoneChoice::Fixed(zone) => Self::Fixed(zone),
        }
    }
}

impl From<model::ZoneChoice> for ZoneChoice {
    fn from(zone: model::ZoneChoice) -> Self {
        match zone {
            model::ZoneChoice::Person => Self::Person,
            model::ZoneChoice::Workspace => Self::Workspace,
            model::ZoneChoice::Fixed(zone) => Self::Fixed(zone),
        }
    }
}

impl From<Arm> for model::ConditionArm {
    fn from(arm: Arm) -> Self {
        Self { id: ExitId(arm.id), name: arm.name, when: arm.when.into() }
    }
}

impl From<model::ConditionArm> for Arm {
    fn from(arm: model::ConditionArm) -> Self {
        Self { id: arm.id.0, name: arm.name, when: arm.when.into() }
    }
}

impl From<SplitArm> for model::SplitArm {
    fn from(arm: SplitArm) -> Self {
        Self { id: ExitId(arm.id), name: arm.name, percent: arm.percent, holdout: arm.holdout }
    }
}

impl From<model::SplitArm> for SplitArm {
    fn from(arm: model::SplitArm) -> Self {
        Self { id: arm.id.0, name: arm.name, percent: arm.percent, holdout: arm.holdout }
    }
}
