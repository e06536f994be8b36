//! Maps that refuse a key given twice. A plain map would keep the last and lose the other block.

use std::{collections::BTreeMap, fmt, marker::PhantomData};

use serde::{Deserialize, Deserializer, de};

use super::{Block, Note, Position, Scalar, Segment};
use crate::journey::format::read::inconsistent;

type Map<V> = BTreeMap<String, V>;

macro_rules! maps {
    ($($name:ident: $value:ty, $what:literal;)*) => {$(
        pub(crate) fn $name<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Map<$value>, D::Error> {
            unique_map(deserializer, $what)
        }
    )*};
}

maps! {
    blocks: Block, "two blocks have the id";
    exits: String, "two connections leave by the exit";
    positions: Position, "two positions are given for the block";
    notes: Note, "two notes have the id";
    segments: Segment, "two segments have the id";
    attributes: Option<Scalar>, "two values are set for the attribute";
    properties: Scalar, "two values are given for the property";
}

/// Reads a map; a key given twice is an error that begins with `what`.
pub(crate) fn unique_map<'de, D: Deserializer<'de>, V: Deserialize<'de>>(
    deserializer: D,
    what: &'static str,
) -> Result<Map<V>, D::Error> {
    deserializer.deserialize_map(UniqueVisitor { what, value: PhantomData })
}

struct UniqueVisitor<V> {
    what: &'static str,
    value: PhantomData<V>,
}

impl<'de, V: Deserialize<'de>> de::Visitor<'de> for UniqueVisitor<V> {
    type Value = Map<V>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a table in { } whose keys are texts in quotes")
    }
    fn visit_map<A: de::MapAccess<'de>>(self, mut entries: A) -> Result<Self::Value, A::Error> {
        let mut map = BTreeMap::new();
        while let Some(key) = entries.next_key::<String>()? {
            if map.contains_key(&key) {
                return Err(inconsistent(&format!("{} “{key}”; keep one", self.what)));
            }
            map.insert(key, entries.next_value()?);
        }
        Ok(map)
    }
}
