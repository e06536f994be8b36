//! One resolver for every platform: applies an event to the people known so far.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::platform::{Platform, RuleId};
use crate::recording::{EventIndex, EventLog};

/// A profile of one [`Resolver`]. Numbers are given in order of creation and never reused; they
/// are not stable between replays, so no output may show or sort by them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ProfileId(pub u32);

/// `kind:value`, for example `email:ana@example.com`. Ordered as its canonical text would be.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Identifier {
    /// `user_id`, `email`, `phone`, `anonymous_id`, or an external id's type.
    pub kind: Box<str>,
    /// The value as it is shown (emails in lower case).
    pub value: Box<str>,
}

impl Identifier {
    /// The kind of anonymous ids.
    pub const ANONYMOUS: &'static str = "anonymous_id";

    /// An identifier.
    pub fn new(kind: &str, value: &str) -> Self {
        Self { kind: kind.into(), value: value.into() }
    }
    /// Whether it is an anonymous id.
    pub fn is_anonymous(&self) -> bool {
        &*self.kind == Self::ANONYMOUS
    }
}

impl std::fmt::Display for Identifier {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}:{}", self.kind, self.value)
    }
}

/// One attribute of a profile, and where its value came from.
#[derive(Clone, Debug, PartialEq)]
pub struct AttributeValue {
    /// The value.
    pub value: Value,
    /// When it was set: arrival of the call (UTC ms), or the instant a block set it.
    pub set_ms: i64,
    /// The call that set it; `None` if a block did.
    pub event: Option<EventIndex>,
}

/// Who the platform thinks somebody is.
#[derive(Clone, Debug)]
pub struct Profile {
    /// First identifier in canonical text; stays through merges.
    pub key: Box<str>,
    /// Current identifiers; with held anonymous events, claimed anonymous ids are among them.
    pub identifiers: BTreeSet<Identifier>,
    /// Current attributes by name.
    pub attributes: BTreeMap<Box<str>, AttributeValue>,
    /// Arrival of the event that made it (UTC ms).
    pub created_ms: i64,
    /// Events it owns, in the order they joined.
    pub events: Vec<EventIndex>,
    /// Whether an identify or merge ever named it.
    pub identified: bool,
    /// The profile it was merged into, if it was.
    pub merged_into: Option<ProfileId>,
}

impl Profile {
    /// Whether it has an identifier that is not anonymous.
    pub fn is_known(&self) -> bool {
        self.identifiers.iter().any(|identifier| !identifier.is_anonymous())
    }
    /// Its first identifier of a kind.
    pub fn identifier(&self, kind: &str) -> Option<&str> {
        self.identifiers.iter().find(|identifier| &*identifier.kind == kind).map(|i| &*i.value)
    }
}

/// Whose an event is, at the moment it arrives.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Owner {
    /// This profile's.
    Profile(ProfileId),
    /// Nobody's yet: held against this anonymous id.
    Held(Identifier),
    /// Nobody's, ever: it carries no usable identifier.
    Nobody,
}

/// Why a link, merge or identifier change was refused (or an identifier dropped).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum RefusalReason {
    /// The value is blocked.
    BlockedValue,
    /// The value is longer than the platform takes, or not of its form.
    BadValue,
    /// Another person has claimed the anonymous id.
    AlreadyClaimed,
    /// The identifier belongs to another profile, and the two cannot be merged.
    BelongsToAnother,
    /// The profile already has as many of this kind as it may.
    LimitReached,
    /// Both sides are identified people.
    BothIdentified,
    /// A merge whose primary does not exist.
    MissingPrimary,
    /// A merge whose secondary does not exist.
    MissingSecondary,
    /// A merge of a profile with itself.
    SameProfile,
    /// The platform has no such call.
    Unsupported,
}

impl RefusalReason {
    /// Documented snake_case word, for example `already_claimed`.
    pub const fn word(self) -> &'static str {
        match self {
            Self::BlockedValue => "blocked_value",
            Self::BadValue => "bad_value",
            Self::AlreadyClaimed => "already_claimed",
            Self::BelongsToAnother => "belongs_to_another",
            Self::LimitReached => "limit_reached",
            Self::BothIdentified => "both_identified",
            Self::MissingPrimary => "missing_primary",
            Self::MissingSecondary => "missing_secondary",
            Self::SameProfile => "same_profile",
            Self::Unsupported => "unsupported",
        }
    }
}

/// One thing the resolver did with a call, in the order it did it.
#[derive(Clone, Debug, PartialEq)]
pub enum IdentityStep {
    /// A new profile.
    Created {
        /// The profile.
        profile: ProfileId,
        /// Its first identifier.
        identifier: Identifier,
    },
    /// A profile got an identifier it did not have.
    Gained {
        /// The profile.
        profile: ProfileId,
        /// What it gained.
        identifier: Identifier,
        /// The rule that decided.
        rule: RuleId,
    },
    /// A profile's identifier was replaced.
    Changed {
        /// The profile.
        profile: ProfileId,
        /// Before.
        from: Identifier,
        /// After.
        to: Identifier,
        /// The rule that decided.
        rule: RuleId,
    },
    /// Held history joined a profile (a claim, or a later event within the claim's tail).
    Joined {
        /// The profile.
        profile: ProfileId,
        /// The anonymous id.
        anonymous_id: Identifier,
        /// Events that joined, by (happened, arrived, message id).
        events: Vec<EventIndex>,
        /// Held events that were too old to join.
        expired: Vec<EventIndex>,
        /// Whether this was the tail after a claim and not the claim itself.
        tail: bool,
        /// The rule that decided.
        rule: RuleId,
    },
    /// Two profiles became one.
    Merged {
        /// Who survives.
        survivor: ProfileId,
        /// Who was absorbed; its id now forwards to the survivor.
        absorbed: ProfileId,
        /// Whether the absorbed one had only anonymous identifiers (anonymous history joining a
        /// person), as opposed to a merge of two known profiles.
        absorbed_was_anonymous: bool,
        /// The absorbed one's events, by (happened, arrived, message id).
        events: Vec<EventIndex>,
        /// The rule that decided.
        rule: RuleId,
    },
    /// An anonymous id moved to another profile; joined history stayed.
    Relinked {
        /// The id.
        anonymous_id: Identifier,
        /// Who had it.
        from: ProfileId,
        /// Who has it now.
        to: ProfileId,
        /// The rule that decided.
        rule: RuleId,
    },
    /// A link, merge or identifier change that did not happen. The rest of the call applied.
    Refused {
        /// The identifier concerned; `None` for a merge whose sides are missing.
        identifier: Option<Identifier>,
        /// Why.
        reason: RefusalReason,
        /// The rule that decided.
        rule: RuleId,
    },
    /// Traits were applied.
    Traits {
        /// To whom.
        profile: ProfileId,
        /// Names whose value changed, with the value before (`Null` if absent), sorted by name.
        changed: Vec<(Box<str>, Value)>,
    },
}

/// What one event did.
#[derive(Clone, Debug, PartialEq)]
pub struct Outcome {
    /// Whose the event is now.
    pub owner: Owner,
    /// What happened, in order. The event itself is in its owner's `events` already.
    pub steps: Vec<IdentityStep>,
}

/// Applies events, in replay order, to the people known so far.
#[derive(Clone, Debug)]
pub struct Resolver<'p> {
    platform: &'p Platform,
}

impl<'p> Resolver<'p> {
    /// Nobody is known yet.
    pub fn new(platform: &'p Platform) -> Self {
        Self { platform }
    }
    /// The rules in force.
    pub const fn platform(&self) -> &'p Platform {
        self.platform
    }
    /// Applies one event. Call once per event, in replay order, duplicates left out.
    pub fn apply(&mut self, log: &EventLog, event: EventIndex) -> Outcome {
        let _ = (log, event);
        todo!()
    }
    /// A profile. Ask [`Resolver::current`] first where it may have been merged away.
    pub fn profile(&self, id: ProfileId) -> &Profile {
        let _ = id;
        todo!()
    }
    /// Sets an attribute as a block does. A value of `Null` removes it.
    pub fn set_attribute(&mut self, id: ProfileId, name: &str, value: Value, at_ms: i64) {
        let _ = (id, name, value, at_ms);
        todo!()
    }
    /// Follows merges to the profile that exists now.
    pub fn current(&self, id: ProfileId) -> ProfileId {
        let _ = id;
        todo!()
    }
    /// Profiles that exist now, in order of creation.
    pub fn profiles(&self) -> impl Iterator<Item = (ProfileId, &Profile)> {
        std::iter::empty()
    }
    /// Events held now, by anonymous id, each list by (happened, arrived, message id); both
    /// those never claimed and those that came after a claim's tail.
    pub fn held(&self) -> BTreeMap<Identifier, Vec<EventIndex>> {
        todo!()
    }
    /// The profile that has this identifier now.
    pub fn find(&self, identifier: &Identifier) -> Option<ProfileId> {
        let _ = identifier;
        todo!()
    }
}

/// Every identifier an event carries under a platform's rules, strongest first, blocked values
/// left out, in the form they are compared by. Used to split a recording into components that
/// can never meet; over-approximates what [`Resolver::apply`] would link.
pub fn identifiers_of(platform: &Platform, log: &EventLog, event: EventIndex) -> Vec<Identifier> {
    let _ = (platform, log, event);
    todo!()
}
