//! Platform files: the presets that come with the program, and those a workspace keeps.
//!
//! A file is read in two steps, `format` and `version` first, so that a file of a newer program
//! is refused for what it is and not for a field this one has never heard of.

use std::sync::OnceLock;

use ron::extensions::Extensions;
use serde::Deserialize;

use super::platform::{Platform, PlatformError, Rule, RuleId, RuleInfo};

/// First field of every platform file.
const FORMAT: &str = "throughline-platform";
/// The newest version this program reads.
const VERSION: u32 = 1;
/// Text of every preset that comes with the program.
const PRESETS: &[&str] = &include!("../../assets/platforms/presets.in");

/// Pairs every rule's field with its [`RuleId`], so that no rule can be listed and not named.
macro_rules! rules {
    ($($field:ident: $id:ident,)+) => {
        impl RuleId {
            /// Every rule, in the order of the file.
            pub const ALL: &[Self] = &[$(Self::$id),+];

            /// The rule's `snake_case` name, for example `trigger_age`.
            pub const fn word(self) -> &'static str {
                match self {
                    $(Self::$id => stringify!($field),)+
                }
            }
        }

        impl Platform {
            /// What a trace quotes of a rule.
            pub fn rule(&self, id: RuleId) -> RuleInfo<'_> {
                match id {
                    $(RuleId::$id => self.$field.info(stringify!($field)),)+
                }
            }
        }
    };
}

rules! {
    identifiers: Identifiers,
    namespace: Namespace,
    blocked_values: BlockedValues,
    linking_calls: LinkingCalls,
    alias: Alias,
    profile_merge: ProfileMerge,
    conflict: Conflict,
    unknown_id: UnknownId,
    survivor: Survivor,
    attribute_wins: AttributeWins,
    survives_merge: SurvivesMerge,
    anonymous: Anonymous,
    retention_clock: RetentionClock,
    reclaim: Reclaim,
    trigger_age: TriggerAge,
    merged_triggers: MergedTriggers,
    runs_on_merge: RunsOnMerge,
    limit_exempt: LimitExempt,
    missing_variable: MissingVariable,
    unsubscribed_values: UnsubscribedValues,
    segment_age: SegmentAge,
    missing_blocks: MissingBlocks,
    anchored_delay: AnchoredDelay,
    anonymous_entry: AnonymousEntry,
}

impl<T> Rule<T> {
    fn info(&self, name: &'static str) -> RuleInfo<'_> {
        RuleInfo { name, confidence: self.confidence, source: &self.source, text: &self.text }
    }
}

impl Platform {
    /// The presets that come with the program, by name.
    pub fn presets() -> &'static [Self] {
        static READ: OnceLock<Vec<Platform>> = OnceLock::new();
        READ.get_or_init(|| {
            // A test holds that every preset can be read; here a bad one is merely absent.
            let read = |text: &&str| Self::from_ron(text, "a preset").ok();
            let mut presets: Vec<Self> = PRESETS.iter().filter_map(read).collect();
            presets.sort_by(|a, b| a.name.cmp(&b.name));
            presets
        })
    }

    /// The preset called `name`.
    pub fn preset(name: &str) -> Result<&'static Self, PlatformError> {
        let presets = Self::presets();
        presets.iter().find(|preset| preset.name == name).ok_or_else(|| {
            let names: Vec<&str> = presets.iter().map(|preset| preset.name.as_str()).collect();
            PlatformError::Unknown {
                name: name.to_owned(),
                hint: nearest(name, &names).map_or(String::new(), |near| format!("; did you mean “{near}”?")),
                known: names.join(", "),
            }
        })
    }

    /// Reads a preset from RON text; `file` is named in errors.
    pub fn from_ron(text: &str, file: &str) -> Result<Self, PlatformError> {
        let unreadable = |reason: String| PlatformError::Unreadable { file: file.to_owned(), reason };
        let options = ron::Options::default().with_default_extension(Extensions::IMPLICIT_SOME);
        let head: Head = options.from_str(text).map_err(|error| unreadable(said(&error)))?;
        if head.format != FORMAT {
            return Err(unreadable(format!(
                "it says it is “{}”; a platform file begins with format: \"{FORMAT}\"",
                head.format
            )));
        }
        if head.version > VERSION {
            return Err(PlatformError::TooNew {
                file: file.to_owned(),
                version: head.version,
                known: VERSION,
            });
        }
        let platform: Self = options.from_str(text).map_err(|error| unreadable(said(&error)))?;
        platform.check().map_err(unreadable)?;
        Ok(platform)
    }

    /// Every rule in order, for listing.
    pub fn rules(&self) -> Vec<RuleInfo<'_>> {
        RuleId::ALL.iter().map(|id| self.rule(*id)).collect()
    }

    /// What the types cannot say: names are there, kinds are listed once and hold something.
    fn check(&self) -> Result<(), String> {
        if self.version == 0 {
            return Err("version 0 does not exist; write version: 1".to_owned());
        }
        if self.name.trim().is_empty() {
            return Err("the platform has no name; write for example name: \"my_platform\"".to_owned());
        }
        let kinds = &self.identifiers.value;
        if kinds.len() > usize::from(u8::MAX) {
            return Err("more than 255 kinds of identifier".to_owned());
        }
        for (position, rule) in kinds.iter().enumerate() {
            let kind = &rule.kind;
            if kind.trim().is_empty() {
                return Err("an identifier has an empty kind".to_owned());
            }
            if kinds[..position].iter().any(|earlier| earlier.kind == *kind) {
                return Err(format!("the identifier “{kind}” is listed twice"));
            }
            if rule.at_most == Some(0) {
                return Err(format!(
                    "a profile may have no “{kind}” at all; leave the identifier out instead"
                ));
            }
        }
        match self.rules().into_iter().find(|rule| rule.text.trim().is_empty()) {
            Some(rule) => Err(format!("the rule {} has no text for a trace to quote", rule.name)),
            None => Ok(()),
        }
    }
}

/// The part of a file that is read before the rest.
#[derive(Deserialize)]
#[serde(rename = "Platform")]
struct Head {
    format: String,
    version: u32,
}

/// What is wrong with a file, where, and the nearest name there is for an unknown one.
fn said(error: &ron::error::SpannedError) -> String {
    let near = match &error.code {
        ron::Error::NoSuchStructField { expected, found, .. }
        | ron::Error::NoSuchEnumVariant { expected, found, .. } => nearest(found, expected),
        _ => None,
    };
    let hint = near.map_or(String::new(), |near| format!("; did you mean “{near}”?"));
    let place = &error.span.start;
    format!("line {}, column {}: {}{hint}", place.line, place.col, error.code)
}

/// The known word most like `word`, if any is like it at all.
fn nearest<'a>(word: &str, known: &[&'a str]) -> Option<&'a str> {
    let likeness = |candidate: &str| strsim::jaro_winkler(&word.to_lowercase(), &candidate.to_lowercase());
    known
        .iter()
        .map(|candidate| (likeness(candidate), *candidate))
        .filter(|(likeness, _)| *likeness > 0.75)
        .max_by(|a, b| a.0.total_cmp(&b.0).then_with(|| b.1.cmp(a.1)))
        .map(|(_, candidate)| candidate)
}
