//! Conditions: what may be asked of a person at an instant.

use serde::{Deserialize, Serialize};

use super::{
    channel::Channel,
    ids::{BlockId, JourneyId},
};
use crate::recording::{Span, facts::Role};

/// A question with a yes or no answer for one profile at one instant.
///
/// Absent is null: every test of an absent value fails, but for `NotEquals`, `NotIn` and
/// `Missing`, which hold.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Condition {
    /// Every one holds (an empty list holds).
    All(Vec<Condition>),
    /// At least one holds (an empty list does not).
    Any(Vec<Condition>),
    /// It does not hold.
    Not(Box<Condition>),
    /// The person did something, so often, in a window.
    Event(EventCondition),
    /// An attribute passes a test. Dots reach into nested values.
    Attribute {
        /// Name or path.
        name: String,
        /// The test.
        is: Test,
    },
    /// A fact passes a test: `first_session.campaign`, `cart.value`, `last_viewed.category`…
    /// (the tree of [`crate::recording::Facts::tree`]).
    Fact {
        /// Path into the tree; reaches into arrays (any element matches).
        path: String,
        /// The test.
        is: Test,
    },
    /// The triggering event's own property passes a test. Only in a journey.
    Trigger {
        /// Path into the event's properties.
        property: String,
        /// The test.
        is: Test,
    },
    /// The person is in a segment.
    Segment(String),
    /// The person is identified.
    Identified {
        /// By what.
        #[serde(default)]
        by: Identification,
        /// Whether the address must be good.
        #[serde(default)]
        address: AddressNeed,
    },
    /// Consent for a channel is in this state.
    Consent {
        /// The channel (or `Advertising` purposes through [`Channel::Audience`]).
        channel: Channel,
        /// The state.
        is: ConsentState,
    },
    /// A message on the channel could reach the person: there is an address, and it is neither
    /// suppressed nor unsubscribed.
    Reachable(Channel),
    /// The person got (or did not get) a message.
    Message {
        /// Of this journey; `None`: any.
        #[serde(default)]
        journey: Option<JourneyId>,
        /// This block; `None`: any.
        #[serde(default)]
        block: Option<BlockId>,
        /// What happened to it.
        #[serde(default)]
        status: MessageStatus,
        /// Within this long before now, (now − w, now]; `None`: ever.
        #[serde(default)]
        within: Option<Span>,
    },
    /// The person is in a journey now, or entered it lately.
    InJourney {
        /// The journey.
        journey: JourneyId,
        /// `None`: is in it now. Otherwise: entered it within this long before now.
        #[serde(default)]
        within: Option<Span>,
    },
}

impl Condition {
    /// The conditions this one is made of; empty for a plain question.
    pub fn parts(&self) -> &[Self] {
        match self {
            Self::All(parts) | Self::Any(parts) => parts,
            Self::Not(inner) => std::slice::from_ref(inner),
            _ => &[],
        }
    }
    /// Shows this condition and every one inside it, outermost first.
    pub fn visit<'a>(&'a self, see: &mut impl FnMut(&'a Self)) {
        see(self);
        for part in self.parts() {
            part.visit(see);
        }
    }
    /// Changes this condition and every one inside it, outermost first.
    pub fn visit_mut(&mut self, change: &mut impl FnMut(&mut Self)) {
        change(self);
        match self {
            Self::All(parts) | Self::Any(parts) => {
                for part in parts {
                    part.visit_mut(change);
                }
            }
            Self::Not(inner) => inner.visit_mut(change),
            _ => {}
        }
    }
}

/// “did *event* at least *n* times in the last *w* where …”.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EventCondition {
    /// Which events.
    pub event: EventRef,
    /// Filters every counted event must pass.
    #[serde(default, rename = "where", skip_serializing_if = "Vec::is_empty")]
    pub filters: Vec<PropertyFilter>,
    /// How many must there be.
    #[serde(default, skip_serializing_if = "CompareCount::is_default")]
    pub count: CompareCount,
    /// Only events in (now − w, now]. Without it, wait conditions, exits and goals count from the
    /// run's trigger; branches, audiences and segments count all history.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub within: Option<Span>,
    /// Only events since the run's trigger (strictly after it in event order).
    #[serde(default, skip_serializing_if = "is_false")]
    pub since_entry: bool,
    /// Only events after the latest event of this kind (“viewed sizing *after* Added to Cart”);
    /// if there is none, nothing counts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub after: Option<EventRef>,
    /// Only events before the latest event of this kind; if there is none, nothing counts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub before: Option<EventRef>,
}

/// Which events a condition or trigger means.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum EventRef {
    /// Track events of this name.
    Named(String),
    /// Events whose name plays this role in the workspace.
    Role(Role),
    /// Page or screen views; with a name, only of that name.
    Page(#[serde(default)] Option<String>),
}

/// A test of one property of a counted event.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PropertyFilter {
    /// Path into the event's properties, completed from the catalogue (`category`,
    /// `products[].category`, `context.page.url` for the context). An array matches if any
    /// element does.
    pub property: String,
    /// The test.
    pub is: Test,
}

/// A comparison of a count.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum CompareCount {
    /// This many or more.
    AtLeast(u32),
    /// This many or fewer.
    AtMost(u32),
    /// Exactly this many.
    Exactly(u32),
}

impl Default for CompareCount {
    fn default() -> Self {
        Self::AtLeast(1)
    }
}

impl CompareCount {
    /// Whether it is “at least once”.
    #[allow(clippy::trivially_copy_pass_by_ref)] // the signature serde asks for
    pub fn is_default(&self) -> bool {
        *self == Self::default()
    }
    /// Whether `n` passes.
    pub const fn holds(self, n: u32) -> bool {
        match self {
            Self::AtLeast(bound) => n >= bound,
            Self::AtMost(bound) => n <= bound,
            Self::Exactly(bound) => n == bound,
        }
    }
}

/// A value to compare with.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Scalar {
    /// True or false.
    Bool(bool),
    /// A number.
    Number(f64),
    /// Text.
    Text(String),
}

/// A test of one value. Numbers compare as numbers, text with its case (unless `ignore_case`);
/// comparing text with a number does not match (text that holds a number is text).
/// An array passes if any element does; `NotEquals` and `NotIn` if none is equal.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Test {
    /// Equal.
    Equals(Scalar),
    /// Equal text whatever the case.
    EqualsIgnoreCase(String),
    /// Not equal; holds for absent.
    NotEquals(Scalar),
    /// Contains the text (with case).
    Contains(String),
    /// Contains the text whatever the case.
    ContainsIgnoreCase(String),
    /// Begins with the text (with case).
    StartsWith(String),
    /// Is there and not null.
    Exists,
    /// Is absent or null.
    Missing,
    /// Number greater than.
    MoreThan(f64),
    /// Number greater or equal.
    AtLeast(f64),
    /// Number less than.
    LessThan(f64),
    /// Number less or equal.
    AtMost(f64),
    /// Equal to one of these.
    In(Vec<Scalar>),
    /// Equal to none of these; holds for absent.
    NotIn(Vec<Scalar>),
    /// A date (RFC 3339 text or epoch seconds) in (now − w, now].
    WithinLast(Span),
    /// A date at or before now − w.
    LongerAgoThan(Span),
    /// A date in (now, now + w].
    WithinNext(Span),
}

/// By what somebody must be identified.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Identification {
    /// Any identifier that is not anonymous.
    #[default]
    Any,
    /// A user id.
    UserId,
    /// An email address.
    Email,
    /// A phone number.
    Phone,
    /// Any channel a message could reach them on (email or phone, not suppressed or unsubscribed).
    ReachableChannel,
}

/// Whether the address must be good.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum AddressNeed {
    /// Any address will do.
    #[default]
    Any,
    /// The email must be neither invalid nor mistyped nor disposable.
    Good,
}

/// A state of consent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum ConsentState {
    /// Given and not expired.
    Granted,
    /// Refused or withdrawn.
    Denied,
    /// Never said, or expired.
    Unknown,
}

/// What happened to a message, as a condition asks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum MessageStatus {
    /// It was sent.
    #[default]
    Sent,
    /// It was not sent.
    NotSent,
}

#[allow(clippy::trivially_copy_pass_by_ref)] // the signature serde asks for
pub(crate) fn is_false(value: &bool) -> bool {
    !value
}
