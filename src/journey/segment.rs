//! Segments: named conditions, kept up to date as events arrive and as time passes.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::condition::Condition;

/// A named condition.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Segment {
    /// The name people see.
    pub name: String,
    /// For colleagues.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub note: String,
    /// Who is in it.
    pub condition: Condition,
}

/// The segments of a workspace, by id (`segments.ron`).
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Segments(pub BTreeMap<String, Segment>);
