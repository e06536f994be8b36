//! `segments.ron` as version 1 writes it.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::{Condition, unique};
use crate::journey::{format::SEGMENTS_FORMAT, segment};

/// The segments file.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(clippy::struct_field_names)] // the file's words
pub(crate) struct Segments {
    format: String,
    version: u32,
    #[serde(deserialize_with = "unique::segments")]
    segments: BTreeMap<String, Segment>,
}

/// A named condition.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Segment {
    name: String,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    note: String,
    condition: Condition,
}

impl Segments {
    /// The first contradiction between segments that each are well formed.
    pub(in super::super) fn contradiction(&self) -> Option<String> {
        if self.segments.contains_key("") {
            return Some("a segment has an empty id; give it one".to_owned());
        }
        self.segments.iter().find_map(|(id, segment)| {
            let mut asked = Vec::new();
            segment.condition.segments_into(&mut asked);
            // Who is in a segment must be decided before whoever asks for it: no circles.
            let mut seen = BTreeSet::new();
            while let Some(other) = asked.pop() {
                if other == id {
                    return Some(format!("segment “{id}” depends on itself; break the circle"));
                }
                if seen.insert(other)
                    && let Some(segment) = self.segments.get(other)
                {
                    segment.condition.segments_into(&mut asked);
                }
            }
            segment.condition.asks_trigger().then(|| {
                format!("segment “{id}” asks for the trigger's property, but only journeys have a trigger")
            })
        })
    }
}

impl From<Segments> for segment::Segments {
    fn from(file: Segments) -> Self {
        Self(
            file.segments
                .into_iter()
                .map(|(id, segment)| {
                    let condition = segment.condition.into();
                    (id, segment::Segment { name: segment.name, note: segment.note, condition })
                })
                .collect(),
        )
    }
}

impl From<segment::Segments> for Segments {
    fn from(segments: segment::Segments) -> Self {
        Self {
            format: SEGMENTS_FORMAT.name.to_owned(),
            version: 1,
            segments: segments
                .0
                .into_iter()
                .map(|(id, segment)| {
                    let condition = segment.condition.into();
                    (id, Segment { name: segment.name, note: segment.note, condition })
                })
                .collect(),
        }
    }
}
