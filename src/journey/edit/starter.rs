//! Blocks as they come from the palette: with settings that make sense and can be changed.

use std::collections::BTreeMap;

use crate::{
    journey::{
        AddressNeed, Anchor, BlockKind, Channel, Condition, ConditionArm, DelayKind, EntryRules, EventRef,
        ExitId, Identification, Journey, JourneyId, Message, SplitArm, Status, Template, Trigger, Weekday,
        ZoneChoice,
    },
    recording::{Span, facts::Role},
};

/// What the palette offers, in its order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[allow(missing_docs)] // each is said in its text
pub enum Starter {
    WaitForIdentify,
    Delay,
    CartClock,
    WaitUntil,
    TimeWindow,
    Branch,
    MultiBranch,
    RandomSplit,
    Email,
    Sms,
    Push,
    InApp,
    Webhook,
    OnSitePrompt,
    Audience,
    UpdateAttributes,
    SendEvent,
    Goal,
    Exit,
}

impl Starter {
    /// All, in the order of the palette.
    pub const ALL: [Self; 19] = [
        Self::WaitForIdentify,
        Self::Delay,
        Self::CartClock,
        Self::WaitUntil,
        Self::TimeWindow,
        Self::Branch,
        Self::MultiBranch,
        Self::RandomSplit,
        Self::Email,
        Self::Sms,
        Self::Push,
        Self::InApp,
        Self::Webhook,
        Self::OnSitePrompt,
        Self::Audience,
        Self::UpdateAttributes,
        Self::SendEvent,
        Self::Goal,
        Self::Exit,
    ];

    /// What the palette calls it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::WaitForIdentify => "Wait for identify",
            Self::Delay => "Delay",
            Self::CartClock => "Delay from an event",
            Self::WaitUntil => "Wait until",
            Self::TimeWindow => "Time window",
            Self::Branch => "Branch",
            Self::MultiBranch => "Multi-way branch",
            Self::RandomSplit => "Random split",
            Self::Email => "Email",
            Self::Sms => "SMS",
            Self::Push => "Push notification",
            Self::InApp => "In-app message",
            Self::Webhook => "Webhook",
            Self::OnSitePrompt => "On-site prompt",
            Self::Audience => "Audience",
            Self::UpdateAttributes => "Update attributes",
            Self::SendEvent => "Send event",
            Self::Goal => "Goal",
            Self::Exit => "Exit",
        }
    }

    /// One line on what it is for.
    pub const fn about(self) -> &'static str {
        match self {
            Self::WaitForIdentify => "Hold people here until we know who they are",
            Self::Delay => "Wait a fixed time, or until a time of day",
            Self::CartClock => "Wait a time counted from the cart, not from now",
            Self::WaitUntil => "Wait until somebody does something",
            Self::TimeWindow => "Go on only on certain days and hours",
            Self::Branch => "Ask one question: yes or no",
            Self::MultiBranch => "Ask several questions; the first yes decides",
            Self::RandomSplit => "Send people different ways by chance",
            Self::Email => "Send an email; needs an address",
            Self::Sms => "Send a text message; needs a phone number",
            Self::Push => "Notify a device",
            Self::InApp => "Show a message in the app",
            Self::Webhook => "Call another system",
            Self::OnSitePrompt => "Show a prompt at the next page view; reaches anonymous visitors",
            Self::Audience => "Add to or remove from a retargeting audience; works anonymously",
            Self::UpdateAttributes => "Write something down about the person",
            Self::SendEvent => "Send an event as if the person had done it",
            Self::Goal => "Count the goal as reached and leave",
            Self::Exit => "Leave the journey, with a reason",
        }
    }

    /// The block it makes.
    pub fn kind(self) -> BlockKind {
        match self {
            Self::WaitForIdentify => BlockKind::WaitForIdentify {
                by: Identification::Email,
                address: AddressNeed::Any,
                up_to: Span::days(7),
            },
            Self::Delay => BlockKind::Delay(DelayKind::For(Span::days(1))),
            Self::CartClock => BlockKind::Delay(DelayKind::Anchored {
                from: Anchor::LastEvent(EventRef::Role(Role::CartAdd)),
                after: Span::hours(4),
                floor: Span::minutes(30),
                fresh_for: None,
                restart: false,
            }),
            Self::WaitUntil => {
                BlockKind::WaitUntil { conditions: vec![arm("condition-1")], up_to: Some(Span::days(1)) }
            }
            Self::TimeWindow => BlockKind::TimeWindow {
                days: vec![Weekday::Mon, Weekday::Tue, Weekday::Wed, Weekday::Thu, Weekday::Fri],
                from_minute: 9 * 60,
                to_minute: 18 * 60,
                zone: ZoneChoice::Person,
            },
            Self::Branch => BlockKind::Branch { when: None },
            Self::MultiBranch => {
                BlockKind::MultiBranch { conditions: vec![arm("condition-1"), arm("condition-2")] }
            }
            Self::RandomSplit => BlockKind::RandomSplit {
                arms: vec![split("arm-1", "A"), split("arm-2", "B")],
                each_run: false,
            },
            Self::Email => message(Channel::Email),
            Self::Sms => message(Channel::Sms),
            Self::Push => message(Channel::Push),
            Self::InApp => message(Channel::InApp),
            Self::Webhook => message(Channel::Webhook),
            Self::OnSitePrompt => {
                BlockKind::OnSitePrompt { within: Span::days(1), template: Template::default() }
            }
            Self::Audience => BlockKind::Audience { audience: String::new(), remove: false },
            Self::UpdateAttributes => BlockKind::UpdateAttributes { set: BTreeMap::new() },
            Self::SendEvent => BlockKind::SendEvent { event: String::new(), properties: BTreeMap::new() },
            Self::Goal => BlockKind::Goal,
            Self::Exit => BlockKind::Exit { reason: String::new() },
        }
    }
}

impl Journey {
    /// A journey just begun: a draft without trigger or blocks.
    pub fn empty(id: JourneyId, name: &str) -> Self {
        Self {
            id,
            name: name.to_owned(),
            note: String::new(),
            status: Status::Draft,
            trigger: Trigger::missing(),
            audience: None,
            entry: EntryRules::default(),
            exits: Vec::new(),
            goal: None,
            priority: 0,
            start: None,
            never_identified: None,
            blocks: BTreeMap::new(),
            positions: BTreeMap::new(),
            notes: BTreeMap::new(),
        }
    }
}

fn message(channel: Channel) -> BlockKind {
    BlockKind::Message(Message {
        channel,
        template: Template::default(),
        topic: None,
        transactional: false,
        offer: None,
        only_if: None,
    })
}

/// A condition nobody has said yet: it never holds, and lint says so.
fn arm(id: &str) -> ConditionArm {
    ConditionArm { id: ExitId::from(id), name: String::new(), when: Condition::Any(Vec::new()) }
}

fn split(id: &str, name: &str) -> SplitArm {
    SplitArm { id: ExitId::from(id), name: name.to_owned(), percent: 50, holdout: false }
}
