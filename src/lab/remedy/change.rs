//! One change of what a replay depends on.

use serde_json::{Map, Value};

use crate::{
    journey::{BlockId, Channel, ExitId, JourneyId},
    recording::{EventKind, Span},
};

/// One change of what a replay depends on: of the recording, the workspace's rules, a journey, or a
/// rule of the platform. [`super::apply`] makes it.
#[derive(Clone, Debug, PartialEq)]
pub enum Change {
    /// The replay goes on longer: what still waits comes due.
    LongerReplay {
        /// By how much.
        by: Span,
    },
    /// An email address is another, wherever it was given.
    AddressCorrected {
        /// As it was given.
        from: String,
        /// What was meant, or any address that is good.
        to: String,
    },
    /// An address for the channel is given where there was none.
    AddressGiven(Channel, Said),
    /// A call that said who the person is came earlier; happened and arrived alike.
    IdentifiedEarlier {
        /// Its message id.
        call: String,
        /// When it arrived (UTC ms).
        was_ms: i64,
        /// When it arrives now (UTC ms): the latest instant found that still does.
        at_ms: i64,
    },
    /// Somebody who never said who they are does, with an email address.
    Identified(Said),
    /// Consent to the channel is given.
    ConsentGiven(Channel, Said),
    /// An attribute has a value that a condition asks for.
    AttributeSaid(String, Said),
    /// The event that began a run says more than it did.
    PropertyGiven {
        /// Its message id.
        event: String,
        /// Its name.
        of: String,
        /// The property (a path).
        name: String,
        /// What it says.
        value: Value,
        /// When it happened (UTC ms).
        at_ms: i64,
    },
    /// An event happens that did not.
    EventAdded(Said),
    /// An event does not happen.
    EventLeftOut {
        /// Its message id.
        event: String,
        /// Its name, or what kind of call it was.
        name: String,
        /// When it happened (UTC ms).
        at_ms: i64,
    },
    /// A call does not say a trait.
    TraitLeftOut {
        /// The call's message id.
        event: String,
        /// The trait.
        name: String,
        /// When it happened (UTC ms).
        at_ms: i64,
    },
    /// A rule of the workspace is another.
    Workspace(WorkspaceRule),
    /// A rule of the journey is another.
    Journey(JourneyRule),
    /// Another journey runs that did not (true), or does not that did.
    JourneyRun(JourneyId, bool),
    /// Held events are kept this long for somebody to claim.
    Retention {
        /// As the platform has it.
        from: Span,
        /// The least that does.
        to: Span,
    },
    /// A joined event may be this old and still start a journey.
    TriggerAge {
        /// As the platform has it.
        from: Option<Span>,
        /// The least that does.
        to: Span,
    },
}

/// Something said with a call: one of the recording, or one of its own.
#[derive(Clone, Debug, PartialEq)]
pub enum Said {
    /// With a call of the recording, which also has these traits then.
    With {
        /// Its message id.
        call: String,
        /// When it happened (UTC ms).
        at_ms: i64,
        /// The traits.
        traits: Map<String, Value>,
    },
    /// With a call of its own.
    Alone(Box<NewCall>),
}

/// A call that was not recorded.
#[derive(Clone, Debug, PartialEq)]
pub struct NewCall {
    /// When it happens and arrives (UTC ms): the latest instant found that still does.
    pub at_ms: i64,
    /// Message id of the recorded call whose ids, context and recording it has.
    pub like: String,
    /// A user id in place of that call's.
    pub user_id: Option<String>,
    /// What kind of call.
    pub kind: EventKind,
    /// Its name; empty for calls without.
    pub name: String,
    /// Its properties.
    pub properties: Map<String, Value>,
    /// Its traits.
    pub traits: Map<String, Value>,
    /// What its context says of consent, if it does.
    pub consent: Option<Value>,
}

/// A rule of the workspace that is another.
#[derive(Clone, Debug, PartialEq)]
pub enum WorkspaceRule {
    /// No quiet hours.
    NoQuietHours,
    /// The limit at this place allows so many, or any number.
    Limit {
        /// Its place in the list.
        at: usize,
        /// How many it allows; `None`: there is no such limit.
        to: Option<u32>,
    },
    /// A message over a limit is retried for this long.
    LimitRetry(Span),
    /// Offers may follow each other at any distance.
    NoOfferGap,
    /// Bad addresses are flagged and sent to.
    BadAddressesSent,
    /// The channel needs no consent, whatever the region.
    NoConsentNeeded(Channel),
    /// No region's rules are on.
    NoRegions,
}

/// A rule of a journey that is another.
#[derive(Clone, Debug, PartialEq)]
pub enum JourneyRule {
    /// Everybody may enter.
    NoAudience,
    /// People may enter every time.
    EveryTime,
    /// Each of several joined triggers is offered.
    EachTrigger,
    /// An exit condition is not there.
    NoExit(String),
    /// Reaching the goal does not end the run.
    GoalGoesOn,
    /// A message has no extra condition.
    NoExtraCondition(BlockId),
    /// A branch says yes, or no.
    Answer(BlockId, bool),
    /// The condition of an exit holds.
    Arm(BlockId, ExitId),
    /// Chance draws this arm.
    Draw(BlockId, ExitId),
    /// A block waits this long.
    WaitsFor(BlockId, Span),
    /// A delay has no freshness limit.
    NoFreshness(BlockId),
}

/// How much a change touches: the notion of size by which the smallest is found. A change of what
/// one person did touches nobody else; a rule of the workspace touches everybody's messages; a
/// journey's drawing is what the marketer meant; a platform's rule cannot be changed, only left.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Reach {
    /// Nothing that happened: the replay is only watched for longer.
    Nothing,
    /// The letters of an address.
    Letters,
    /// When or whether the person said something.
    Word,
    /// Whether the person did something.
    Deed,
    /// A rule of the workspace.
    Workspace,
    /// A rule of the journey.
    Journey,
    /// A rule of the platform.
    Platform,
}

impl Change {
    /// How much it touches.
    pub const fn reach(&self) -> Reach {
        match self {
            Self::LongerReplay { .. } => Reach::Nothing,
            Self::AddressCorrected { .. } => Reach::Letters,
            Self::AddressGiven(..)
            | Self::IdentifiedEarlier { .. }
            | Self::Identified(_)
            | Self::ConsentGiven(..)
            | Self::PropertyGiven { .. }
            | Self::AttributeSaid(..) => Reach::Word,
            Self::EventAdded(_) | Self::EventLeftOut { .. } | Self::TraitLeftOut { .. } => Reach::Deed,
            Self::Workspace(_) => Reach::Workspace,
            Self::Journey(_) | Self::JourneyRun(..) => Reach::Journey,
            Self::Retention { .. } | Self::TriggerAge { .. } => Reach::Platform,
        }
    }

    /// Identifiers that the person has by this change alone, canonical text.
    pub(super) fn new_identifiers(&self) -> Vec<String> {
        let email = |traits: &Map<String, Value>| {
            traits.get("email").and_then(Value::as_str).map(|email| format!("email:{email}"))
        };
        match self {
            Self::AddressCorrected { to, .. } => vec![format!("email:{}", to.to_lowercase())],
            Self::Identified(said) | Self::AddressGiven(_, said) => match said {
                Said::With { traits, .. } => email(traits).into_iter().collect(),
                Said::Alone(call) => {
                    let user = call.user_id.as_ref().map(|id| format!("user_id:{id}"));
                    email(&call.traits).into_iter().chain(user).collect()
                }
            },
            _ => Vec::new(),
        }
    }
}

impl Said {
    /// When (UTC ms).
    pub const fn at_ms(&self) -> i64 {
        match self {
            Self::With { at_ms, .. } => *at_ms,
            Self::Alone(call) => call.at_ms,
        }
    }
}
