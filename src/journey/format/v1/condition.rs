//! Conditions as version 1 writes them.

use serde::{Deserialize, Serialize};

use super::words::{AddressNeed, Channel, ConsentState, Identification, MessageStatus, Scalar, finite};
use crate::{
    journey::condition as cond,
    recording::{Span, facts::Role},
};

/// A condition.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) enum Condition {
    All(Vec<Condition>),
    Any(Vec<Condition>),
    Not(Box<Condition>),
    Event {
        event: EventRef,
        #[serde(default, rename = "where", skip_serializing_if = "Vec::is_empty")]
        filters: Vec<PropertyFilter>,
        #[serde(default, skip_serializing_if = "CompareCount::is_default")]
        count: CompareCount,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        within: Option<Span>,
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        since_entry: bool,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        after: Option<EventRef>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        before: Option<EventRef>,
    },
    Attribute {
        name: String,
        is: Test,
    },
    Fact {
        path: String,
        is: Test,
    },
    Trigger {
        property: String,
        is: Test,
    },
    Segment(String),
    Identified {
        #[serde(default = "any_identification", skip_serializing_if = "is_any_identification")]
        by: Identification,
        #[serde(default = "any_address", skip_serializing_if = "is_any_address")]
        address: AddressNeed,
    },
    Consent {
        channel: Channel,
        is: ConsentState,
    },
    Reachable(Channel),
    Message {
        #[serde(default, skip_serializing_if = "Option::is_none")]
        journey: Option<String>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        block: Option<String>,
        #[serde(default = "sent", skip_serializing_if = "is_sent")]
        status: MessageStatus,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        within: Option<Span>,
    },
    InJourney {
        journey: String,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        within: Option<Span>,
    },
}

impl Condition {
    /// The conditions this one is made of; empty for a plain question.
    fn inner(&self) -> &[Self] {
        match self {
            Self::All(inner) | Self::Any(inner) => inner,
            Self::Not(inner) => std::slice::from_ref(inner),
            _ => &[],
        }
    }
    /// Adds the segments this condition asks for.
    pub(super) fn segments_into<'a>(&'a self, ids: &mut Vec<&'a str>) {
        if let Self::Segment(id) = self {
            ids.push(id);
        }
        self.inner().iter().for_each(|inner| inner.segments_into(ids));
    }
    /// Whether it asks for the triggering event.
    pub(super) fn asks_trigger(&self) -> bool {
        matches!(self, Self::Trigger { .. }) || self.inner().iter().any(Self::asks_trigger)
    }
}

pub(super) const fn any_identification() -> Identification {
    Identification::Any
}
#[allow(clippy::trivially_copy_pass_by_ref)] // the signature serde asks for
pub(super) fn is_any_identification(by: &Identification) -> bool {
    *by == Identification::Any
}
pub(super) const fn any_address() -> AddressNeed {
    AddressNeed::Any
}
#[allow(clippy::trivially_copy_pass_by_ref)] // the signature serde asks for
pub(super) fn is_any_address(address: &AddressNeed) -> bool {
    *address == AddressNeed::Any
}
const fn sent() -> MessageStatus {
    MessageStatus::Sent
}
#[allow(clippy::trivially_copy_pass_by_ref)] // the signature serde asks for
fn is_sent(status: &MessageStatus) -> bool {
    *status == MessageStatus::Sent
}

/// Which events are meant.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) enum EventRef {
    Named(String),
    Role(Role),
    Page(String),
    AnyPage,
}

/// A test of one property.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct PropertyFilter {
    property: String,
    is: Test,
}

/// A comparison of a count.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum CompareCount {
    AtLeast(u32),
    AtMost(u32),
    Exactly(u32),
}

impl Default for CompareCount {
    fn default() -> Self {
        Self::AtLeast(1)
    }
}

impl CompareCount {
    #[allow(clippy::trivially_copy_pass_by_ref)] // the signature serde asks for
    fn is_default(&self) -> bool {
        *self == Self::default()
    }
}

/// A test of one value.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) enum Test {
    Equals(Scalar),
    EqualsIgnoreCase(String),
    NotEquals(Scalar),
    Contains(String),
    ContainsIgnoreCase(String),
    StartsWith(String),
    Exists,
    Missing,
    MoreThan(#[serde(deserialize_with = "finite")] f64),
    AtLeast(#[serde(deserialize_with = "finite")] f64),
    LessThan(#[serde(deserialize_with = "finite")] f64),
    AtMost(#[serde(deserialize_with = "finite")] f64),
    In(Vec<Scalar>),
    NotIn(Vec<Scalar>),
    WithinLast(Span),
    LongerAgoThan(Span),
    WithinNext(Span),
}

/// Converts every element.
pub(super) fn each<A, B: From<A>>(items: Vec<A>) -> Vec<B> {
    items.into_iter().map(B::from).collect()
}

impl From<Condition> for cond::Condition {
    fn from(condition: Condition) -> Self {
        match condition {
            Condition::All(all) => Self::All(each(all)),
            Condition::Any(any) => Self::Any(each(any)),
            Condition::Not(inner) => Self::Not(Box::new((*inner).into())),
            Condition::Event { event, filters, count, within, since_entry, after, before } => {
                Self::Event(cond::EventCondition {
                    event: event.into(),
                    filters: each(filters),
                    count: count.into(),
                    within,
                    since_entry,
                    after: after.map(Into::into),
                    before: before.map(Into::into),
                })
            }
            Condition::Attribute { name, is } => Self::Attribute { name, is: is.into() },
            Condition::Fact { path, is } => Self::Fact { path, is: is.into() },
            Condition::Trigger { property, is } => Self::Trigger { property, is: is.into() },
            Condition::Segment(id) => Self::Segment(id),
            Condition::Identified { by, address } => {
                Self::Identified { by: by.into(), address: address.into() }
            }
            Condition::Consent { channel, is } => Self::Consent { channel: channel.into(), is: is.into() },
            Condition::Reachable(channel) => Self::Reachable(channel.into()),
            Condition::Message { journey, block, status, within } => Self::Message {
                journey: journey.map(crate::journey::JourneyId),
                block: block.map(crate::journey::BlockId),
                status: status.into(),
                within,
            },
            Condition::InJourney { journey, within } => {
                Self::InJourney { journey: crate::journey::JourneyId(journey), within }
            }
        }
    }
}

impl From<cond::Condition> for Condition {
    fn from(condition: cond::Condition) -> Self {
        use cond::Condition as Model;
        match condition {
            Model::All(all) => Self::All(each(all)),
            Model::Any(any) => Self::Any(each(any)),
            Model::Not(inner) => Self::Not(Box::new((*inner).into())),
            Model::Event(event) => Self::Event {
                event: event.event.into(),
                filters: each(event.filters),
                count: event.count.into(),
                within: event.within,
                since_entry: event.since_entry,
                after: event.after.map(Into::into),
                before: event.before.map(Into::into),
            },
            Model::Attribute { name, is } => Self::Attribute { name, is: is.into() },
            Model::Fact { path, is } => Self::Fact { path, is: is.into() },
            Model::Trigger { property, is } => Self::Trigger { property, is: is.into() },
            Model::Segment(id) => Self::Segment(id),
            Model::Identified { by, address } => Self::Identified { by: by.into(), address: address.into() },
            Model::Consent { channel, is } => Self::Consent { channel: channel.into(), is: is.into() },
            Model::Reachable(channel) => Self::Reachable(channel.into()),
            Model::Message { journey, block, status, within } => Self::Message {
                journey: journey.map(|id| id.0),
                block: block.map(|id| id.0),
                status: status.into(),
                within,
            },
            Model::InJourney { journey, within } => Self::InJourney { journey: journey.0, within },
        }
    }
}

impl From<EventRef> for cond::EventRef {
    fn from(event: EventRef) -> Self {
        match event {
            EventRef::Named(name) => Self::Named(name),
            EventRef::Role(role) => Self::Role(role),
            EventRef::Page(name) => Self::Page(Some(name)),
            EventRef::AnyPage => Self::Page(None),
        }
    }
}

impl From<cond::EventRef> for EventRef {
    fn from(event: cond::EventRef) -> Self {
        match event {
            cond::EventRef::Named(name) => Self::Named(name),
            cond::EventRef::Role(role) => Self::Role(role),
            cond::EventRef::Page(Some(name)) => Self::Page(name),
            cond::EventRef::Page(None) => Self::AnyPage,
        }
    }
}

impl From<PropertyFilter> for cond::PropertyFilter {
    fn from(filter: PropertyFilter) -> Self {
        Self { property: filter.property, is: filter.is.into() }
    }
}

impl From<cond::PropertyFilter> for PropertyFilter {
    fn from(filter: cond::PropertyFilter) -> Self {
        Self { property: filter.property, is: filter.is.into() }
    }
}

/// Conversions between two enums whose variants have the same names and one value each.
macro_rules! same_variants {
    ($file:ident = $model:ident { $($unit:ident),* ; $($one:ident($value:ident => $convert:expr)),* $(,)? }) => {
        impl From<$file> for cond::$model {
            fn from(from: $file) -> Self {
                match from {
                    $($file::$unit => Self::$unit,)*
                    $($file::$one($value) => Self::$one($convert),)*
                }
            }
        }
        impl From<cond::$model> for $file {
            fn from(from: cond::$model) -> Self {
                match from {
                    $(cond::$model::$unit => Self::$unit,)*
                    $(cond::$model::$one($value) => Self::$one($convert),)*
                }
            }
        }
    };
}

same_variants! {
    CompareCount = CompareCount { ; AtLeast(n => n), AtMost(n => n), Exactly(n => n) }
}

same_variants! {
    Test = Test {
        Exists, Missing;
        Equals(value => value.into()),
        EqualsIgnoreCase(text => text),
        NotEquals(value => value.into()),
        Contains(text => text),
        ContainsIgnoreCase(text => text),
        StartsWith(text => text),
        MoreThan(number => number),
        AtLeast(number => number),
        LessThan(number => number),
        AtMost(number => number),
        In(values => each(values)),
        NotIn(values => each(values)),
        WithinLast(span => span),
        LongerAgoThan(span => span),
        WithinNext(span => span),
    }
}
