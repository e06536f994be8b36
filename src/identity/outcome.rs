//! What the resolver did with a call: decisions as records, each naming the rule that decided.

use serde_json::Value;

use super::{identifier::Identifier, platform::RuleId, profile::ProfileId};
use crate::recording::EventIndex;

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
    /// Documented `snake_case` word, for example `already_claimed`.
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
    /// Held history joined a profile (a claim, or a later event within the claim's tail). A claim
    /// says so even where nothing was held; the profile has gained the anonymous id with it.
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
        /// What it was called until then.
        identifiers: Vec<Identifier>,
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
