//! A platform preset: identity, entry and delivery rules as data, each with its source and how
//! sure we are of it.

use serde::{Deserialize, Serialize};

use crate::recording::Span;

/// How sure we are of a rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Confidence {
    /// The platform's documentation or its own tests say so.
    Documented,
    /// It follows from documented rules.
    Inferred,
    /// The documentation is silent; this is our reading, kept as a visible setting.
    Assumed,
}

impl Confidence {
    /// `documented`, `inferred`, `assumed`.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Documented => "documented",
            Self::Inferred => "inferred",
            Self::Assumed => "assumed",
        }
    }
}

/// One rule: a value, how sure we are, where it comes from, and what it means in plain words.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule<T> {
    /// What the simulator does.
    pub value: T,
    /// How sure we are.
    pub confidence: Confidence,
    /// The document or test the rule was read from.
    pub source: String,
    /// The rule in plain words, as a trace says it.
    pub text: String,
}

/// A preset. Fields are rules; the trace names the one that decided by [`RuleId`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Platform {
    /// Always `throughline-platform`.
    pub format: String,
    /// Version of the format; 1.
    pub version: u32,
    /// The name used on the command line and in `workspace.ron`.
    pub name: String,
    /// The name shown to people.
    pub label: String,
    /// Identifier kinds, strongest first.
    pub identifiers: Rule<Vec<IdentifierRule>>,
    /// Whether all identifiers share one namespace.
    pub namespace: Rule<Namespace>,
    /// Values that are never identifiers.
    pub blocked_values: Rule<BlockedValues>,
    /// Which calls link identifiers.
    pub linking_calls: Rule<LinkingCalls>,
    /// What an alias call does.
    pub alias: Rule<AliasRule>,
    /// Whether profiles can be merged on request (`merge` events).
    pub profile_merge: Rule<ProfileMerge>,
    /// What a profile merge that brings another value of an identifier keeps.
    pub conflict: Rule<Conflict>,
    /// What an id that nobody has does when a weaker identifier of its call belongs to a profile
    /// that cannot take it.
    pub unknown_id: Rule<UnknownId>,
    /// Who survives a merge.
    pub survivor: Rule<Survivor>,
    /// Which attribute wins at a merge.
    pub attribute_wins: Rule<AttributeWins>,
    /// Attributes that a merge carries over from either side, whoever wins otherwise.
    pub survives_merge: Rule<Vec<StickyAttribute>>,
    /// What becomes of anonymous events.
    pub anonymous: Rule<Anonymous>,
    /// Which of an event's instants its age is counted from while it is held.
    pub retention_clock: Rule<RetentionClock>,
    /// Whether an anonymous id that somebody has can be claimed by somebody else.
    pub reclaim: Rule<Reclaim>,
    /// How old (join − happened) a joined event may be and still trigger an event journey;
    /// inclusive; `None`: any age.
    pub trigger_age: Rule<Option<Span>>,
    /// Whether events that arrive by a profile merge are offered to event journeys.
    pub merged_triggers: Rule<MergedTriggers>,
    /// What becomes of current runs at a merge.
    pub runs_on_merge: Rule<RunsOnMerge>,
    /// Which messages the message limit spares.
    pub limit_exempt: Rule<Vec<Exempt>>,
    /// What printing a missing template variable does.
    pub missing_variable: Rule<MissingVariable>,
    /// Which values of an `unsubscribed` attribute mean unsubscribed.
    pub unsubscribed_values: Rule<Vec<String>>,
    /// Whether “has not done X within N days” needs a profile that is N days old.
    pub segment_age: Rule<bool>,
    /// Blocks the platform does not have (words of [`BlockWord`]), checked by lint.
    pub missing_blocks: Rule<Vec<BlockWord>>,
    /// Where a delay may be counted from an event.
    pub anchored_delay: Rule<AnchoredDelay>,
    /// Whether anonymous visitors may enter journeys.
    pub anonymous_entry: Rule<bool>,
}

/// One kind of identifier.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct IdentifierRule {
    /// `user_id`, `email`, `phone`, `anonymous_id`, or a type of `context.externalIds`;
    /// `*` stands for every other external id type, in order of name.
    pub kind: String,
    /// How values are compared.
    pub matching: Matching,
    /// How many a profile may have; `None`: any number.
    #[serde(default)]
    pub at_most: Option<u32>,
    /// Longest value in bytes; a longer one is refused.
    #[serde(default)]
    pub max_bytes: Option<u32>,
    /// What a new value does when a profile has as many as it may.
    #[serde(default)]
    pub when_full: WhenFull,
}

/// How values of an identifier are compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Matching {
    /// Letter by letter.
    Exact,
    /// Whatever the case; shown as first seen.
    AnyCase,
    /// As email: trimmed, whatever the case, shown in lower case.
    Email,
    /// As E.164 phone number; other text is no identifier.
    Phone,
}

/// What a new value of a full identifier kind does.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum WhenFull {
    /// The new value is refused.
    #[default]
    Refuse,
    /// The new value replaces the old one, if nobody else has it.
    Replace,
}

/// Whether a value means the same whichever field it came in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Namespace {
    /// `user_id: x` and `anonymous_id: x` are two identifiers.
    PerKind,
    /// They are one.
    Shared,
}

/// Values that are never identifiers.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct BlockedValues {
    /// Letter by letter.
    pub exact: Vec<String>,
    /// In any case.
    pub any_case: Vec<String>,
    /// Values of only zeros and dashes (a nil UUID, `000`).
    pub zeros_and_dashes: bool,
    /// Any of the above inside single or double quotes.
    pub quoted: bool,
    /// Blank text counts as blocked. Blank text is never an identifier either way; where it is
    /// blocked, a call that would link it is recorded as refused.
    pub blank: bool,
}

/// Which calls link the identifiers they carry.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum LinkingCalls {
    /// Identify (and alias) only; another call with both ids belongs to the user and links nothing.
    Identify,
    /// Any call that carries two identifiers.
    AnyCall,
}

/// What an alias call does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum AliasRule {
    /// Nothing.
    Ignored,
    /// Links `previousId` (a user id if known, else an anonymous id) like an identify would.
    AsIdentify,
    /// Merges the previous id's profile into the user's.
    Merges,
}

/// Whether profiles can be merged on request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum ProfileMerge {
    /// No such call: it is refused.
    Unsupported,
    /// The secondary fills what the primary lacks and is deleted; its surplus identifiers go.
    FillsAndDeletes,
    /// The profiles become one with all identifiers.
    Unites,
}

/// What happens when one call's identifiers belong to several profiles, or a limit is exceeded.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Conflict {
    /// Strongest identifier first; each further one joins if the union respects the limits, else
    /// that identifier is refused and the rest applies.
    RefuseConflicting,
    /// Merge if the union respects the limits, else drop the weakest identifier and try again.
    DropWeakest,
    /// Merge unless the anonymous side was already identified.
    MergeUnidentified,
    /// Always merge.
    AlwaysMerge,
}

/// What an unknown id does when a weaker identifier of its call belongs to a profile that cannot
/// take it (because it has another id already).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum UnknownId {
    /// It makes a profile of its own; the weaker identifier is refused.
    MakesProfile,
    /// It is refused; the call is for the profile that has the weaker identifier.
    IsRefused,
}

/// Who survives a merge.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Survivor {
    /// The older profile.
    Older,
    /// The one that is known (has an identifier that is not anonymous); of two known the older.
    KnownElseOlder,
    /// The one the call names (its user id).
    Named,
}

/// Which attribute value wins at a merge.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum AttributeWins {
    /// The survivor's.
    Survivor,
    /// The one set last.
    Newest,
}

/// An attribute whose protective values survive a merge from either side.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StickyAttribute {
    /// Name of the attribute.
    pub attribute: String,
    /// Values that survive, compared as text whatever the case (`true` and `"TRUE"` are one).
    pub values: Vec<String>,
}

/// Which of an event's instants its age is counted from while it is held.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum RetentionClock {
    /// When it happened.
    Happened,
    /// When it arrived.
    Arrived,
}

/// What becomes of events that have only an anonymous id.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Anonymous {
    /// The anonymous id is an identifier like others; profiles exist at once.
    Profiles,
    /// Events are held against the anonymous id until somebody claims it.
    Held {
        /// How old (join − the instant that [`Platform::retention_clock`] names) an event may be
        /// and still join; inclusive.
        retention: Span,
        /// How long after the claim later events with only that id still join (by arrival);
        /// inclusive.
        tail: Span,
    },
}

/// Whether an anonymous id that somebody has can be claimed by somebody else.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Reclaim {
    /// No: the claim is refused.
    Refused,
    /// Yes: later events follow the newest claim, joined history stays.
    Relinks,
    /// It is decided as for any other identifier.
    AsIdentifier,
}

/// Whether events that arrive by a profile merge may trigger event journeys.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum MergedTriggers {
    /// Never; segment journeys they may.
    Never,
    /// Yes, but for those that already started a run.
    Offered,
}

/// What becomes of current runs at a merge of two profiles.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum RunsOnMerge {
    /// Runs of journeys the survivor never entered come along; others end as `merged`.
    IfNeverEntered,
    /// Runs go on; with both sides in one journey the later ends as `merged` where re-entry
    /// would have refused it.
    GoOn,
}

/// A kind of message that a limit spares.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Exempt {
    /// Transactional messages.
    Transactional,
    /// In-app messages.
    InApp,
}

/// What printing an absent template variable does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum MissingVariable {
    /// The message fails with `template_error`.
    Fails,
    /// It prints nothing.
    Blank,
}

/// A block kind (or a form of one), as presets name it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum BlockWord {
    /// On-site prompt.
    OnSitePrompt,
    /// Retargeting audience.
    Audience,
    /// Wait for identify.
    WaitForIdentify,
    /// A delay counted from the trigger event or the last event of a name.
    AnchoredDelay,
    /// Wait until.
    WaitUntil,
    /// Time window.
    TimeWindow,
    /// Multi-way branch.
    MultiBranch,
    /// Random split.
    RandomSplit,
    /// Send event.
    SendEvent,
}

/// Where a delay may be counted from the trigger event or the last event of a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum AnchoredDelay {
    /// In any journey.
    AnyJourney,
    /// Only in journeys that an event triggers.
    EventTriggered,
}

/// Names a rule of a [`Platform`]; the word is the field's name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum RuleId {
    /// [`Platform::identifiers`]
    Identifiers,
    /// [`Platform::namespace`]
    Namespace,
    /// [`Platform::blocked_values`]
    BlockedValues,
    /// [`Platform::linking_calls`]
    LinkingCalls,
    /// [`Platform::alias`]
    Alias,
    /// [`Platform::profile_merge`]
    ProfileMerge,
    /// [`Platform::conflict`]
    Conflict,
    /// [`Platform::unknown_id`]
    UnknownId,
    /// [`Platform::survivor`]
    Survivor,
    /// [`Platform::attribute_wins`]
    AttributeWins,
    /// [`Platform::survives_merge`]
    SurvivesMerge,
    /// [`Platform::anonymous`]
    Anonymous,
    /// [`Platform::retention_clock`]
    RetentionClock,
    /// [`Platform::reclaim`]
    Reclaim,
    /// [`Platform::trigger_age`]
    TriggerAge,
    /// [`Platform::merged_triggers`]
    MergedTriggers,
    /// [`Platform::runs_on_merge`]
    RunsOnMerge,
    /// [`Platform::limit_exempt`]
    LimitExempt,
    /// [`Platform::missing_variable`]
    MissingVariable,
    /// [`Platform::unsubscribed_values`]
    UnsubscribedValues,
    /// [`Platform::segment_age`]
    SegmentAge,
    /// [`Platform::missing_blocks`]
    MissingBlocks,
    /// [`Platform::anchored_delay`]
    AnchoredDelay,
    /// [`Platform::anonymous_entry`]
    AnonymousEntry,
}

/// What a trace quotes of a rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RuleInfo<'a> {
    /// The rule's `snake_case` name, for example `trigger_age`.
    pub name: &'static str,
    /// How sure we are.
    pub confidence: Confidence,
    /// Where it comes from.
    pub source: &'a str,
    /// The rule in plain words.
    pub text: &'a str,
}

/// Why a preset could not be had.
#[derive(Debug, thiserror::Error)]
pub enum PlatformError {
    /// No preset has this name.
    #[error("there is no platform “{name}”{hint}; known are {known}")]
    Unknown {
        /// What was asked for.
        name: String,
        /// `; did you mean …?` or empty.
        hint: String,
        /// The names there are.
        known: String,
    },
    /// The file was written by a newer program.
    #[error(
        "{file} is a platform file of version {version}; this program reads up to version {known}. \
         A newer program can read it"
    )]
    TooNew {
        /// The file.
        file: String,
        /// The version it says.
        version: u32,
        /// The newest version that can be read.
        known: u32,
    },
    /// The file could not be read as a preset.
    #[error("{file}: {reason}")]
    Unreadable {
        /// The file.
        file: String,
        /// What and where.
        reason: String,
    },
}
