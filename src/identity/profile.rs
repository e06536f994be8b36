//! Who the platform thinks somebody is.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::identifier::Identifier;
use crate::recording::EventIndex;

/// A profile of one [`Resolver`]. Numbers are given in order of creation and never reused; they
/// are not stable between replays, so no output may show or sort by them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ProfileId(pub u32);

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
    /// When the event that made it was applied: on its arrival, but for history (UTC ms).
    pub created_ms: i64,
    /// Events it owns, in the order they joined.
    pub events: Vec<EventIndex>,
    /// Whether an identify or merge ever named it.
    pub identified: bool,
    /// The profile it was merged into, if it was.
    pub merged_into: Option<ProfileId>,
}

impl Profile {
    /// A profile with nothing yet, made by an event applied at `created_ms`.
    pub(super) fn new(created_ms: i64) -> Self {
        Self {
            key: Box::default(),
            identifiers: BTreeSet::new(),
            attributes: BTreeMap::new(),
            created_ms,
            events: Vec::new(),
            identified: false,
            merged_into: None,
        }
    }
    /// Whether it has an identifier that is not anonymous.
    pub fn is_known(&self) -> bool {
        self.identifiers.iter().any(|identifier| !identifier.is_anonymous())
    }
    /// Its first identifier of a kind.
    pub fn identifier(&self, kind: &str) -> Option<&str> {
        self.identifiers.iter().find(|identifier| &*identifier.kind == kind).map(|i| &*i.value)
    }
}
