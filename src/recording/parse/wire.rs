//! One message as it stands on the wire: the raw JSON of each field that matters.

use std::{borrow::Cow, fmt};

use serde::{
    Deserialize, Deserializer,
    de::{IgnoredAny, MapAccess, Visitor},
};
use serde_json::value::RawValue;

use super::canonical::{check_piece, not_json};

/// A field of the Segment spec (and of `merge`, batches and captured requests) that is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Field {
    Kind,
    MessageId,
    AnonymousId,
    UserId,
    PreviousId,
    GroupId,
    Event,
    Name,
    Properties,
    Traits,
    Context,
    Timestamp,
    OriginalTimestamp,
    ReceivedAt,
    SentAt,
    Primary,
    Secondary,
    Batch,
    /// What a captured request said, where to, when it was sent and when it came.
    Body,
    Path,
    RequestSentAt,
    RequestReceivedAt,
}

impl Field {
    const COUNT: usize = Self::RequestReceivedAt as usize + 1;

    fn of_key(key: &str) -> Option<Self> {
        Some(match key {
            "type" => Self::Kind,
            "messageId" => Self::MessageId,
            "anonymousId" => Self::AnonymousId,
            "userId" => Self::UserId,
            "previousId" => Self::PreviousId,
            "groupId" => Self::GroupId,
            "event" => Self::Event,
            "name" => Self::Name,
            "properties" => Self::Properties,
            "traits" => Self::Traits,
            "context" => Self::Context,
            "timestamp" => Self::Timestamp,
            "originalTimestamp" => Self::OriginalTimestamp,
            "receivedAt" => Self::ReceivedAt,
            "sentAt" => Self::SentAt,
            "primary" => Self::Primary,
            "secondary" => Self::Secondary,
            "batch" => Self::Batch,
            "body" => Self::Body,
            "path" => Self::Path,
            "sent_at" => Self::RequestSentAt,
            "received_at" => Self::RequestReceivedAt,
            _ => return None,
        })
    }
    /// The key on the wire.
    pub(super) const fn key(self) -> &'static str {
        match self {
            Self::Kind => "type",
            Self::MessageId => "messageId",
            Self::AnonymousId => "anonymousId",
            Self::UserId => "userId",
            Self::PreviousId => "previousId",
            Self::GroupId => "groupId",
            Self::Event => "event",
            Self::Name => "name",
            Self::Properties => "properties",
            Self::Traits => "traits",
            Self::Context => "context",
            Self::Timestamp => "timestamp",
            Self::OriginalTimestamp => "originalTimestamp",
            Self::ReceivedAt => "receivedAt",
            Self::SentAt => "sentAt",
            Self::Primary => "primary",
            Self::Secondary => "secondary",
            Self::Batch => "batch",
            Self::Body => "body",
            Self::Path => "path",
            Self::RequestSentAt => "sent_at",
            Self::RequestReceivedAt => "received_at",
        }
    }
}

/// The raw JSON of each field; `null` is none. Of a key written twice the last counts, as in
/// every browser.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Wire<'a> {
    raw: [Option<&'a str>; Field::COUNT],
}

impl<'a> Wire<'a> {
    /// Skims a message.
    ///
    /// # Errors
    /// Why it is no JSON object, in plain words.
    pub(super) fn read(text: &'a str) -> Result<Self, String> {
        if text.starts_with('{') {
            return serde_json::from_str(text).map_err(|error| not_json(&error));
        }
        match serde_json::from_str::<&RawValue>(text) {
            Ok(_) => Err("not an object".to_owned()),
            Err(error) => Err(not_json(&error)),
        }
    }
    pub(super) const fn get(&self, field: Field) -> Option<&'a str> {
        self.raw[field as usize]
    }
    /// The field as text: text itself, or a number as it is written (ids are often numbers).
    pub(super) fn text(&self, field: Field) -> Result<Option<Cow<'a, str>>, String> {
        let Some(raw) = self.get(field) else { return Ok(None) };
        match raw.as_bytes().first() {
            Some(b'"') => {
                text_of(raw).map(Some).ok_or_else(|| format!("`{}` is not readable text", field.key()))
            }
            Some(b'{' | b'[' | b't' | b'f') | None => {
                Err(format!("`{}` is neither text nor a number", field.key()))
            }
            Some(_) => Ok(Some(Cow::Borrowed(raw))),
        }
    }
    /// The raw JSON object of the field, or empty text for none. An empty list counts as an
    /// empty object: that is how PHP writes one.
    pub(super) fn object(&self, field: Field) -> Result<&'a str, String> {
        let Some(raw) = self.get(field) else { return Ok("") };
        if raw.starts_with('{') {
            check_piece(raw).map_err(|reason| format!("`{}` {reason}", field.key()))?;
            return Ok(raw);
        }
        let is_empty_list = raw.strip_prefix('[').is_some_and(|rest| rest.trim_start() == "]");
        if is_empty_list { Ok("") } else { Err(format!("`{}` is not an object", field.key())) }
    }
}

/// What a raw JSON text says; borrowed where nothing is escaped.
pub(super) fn text_of(raw: &str) -> Option<Cow<'_, str>> {
    let inner = raw.strip_prefix('"')?.strip_suffix('"')?;
    if inner.as_bytes().contains(&b'\\') {
        serde_json::from_str(raw).ok().map(Cow::Owned)
    } else {
        Some(Cow::Borrowed(inner))
    }
}

impl<'de> Deserialize<'de> for Wire<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(WireVisitor)
    }
}

struct WireVisitor;

impl<'de> Visitor<'de> for WireVisitor {
    type Value = Wire<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }
    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Wire<'de>, A::Error> {
        let mut wire = Wire::default();
        while let Some(Key(field)) = map.next_key()? {
            match field {
                None => {
                    map.next_value::<IgnoredAny>()?;
                }
                Some(field) => {
                    let raw = map.next_value::<&RawValue>()?.get();
                    wire.raw[field as usize] = (raw != "null").then_some(raw);
                }
            }
        }
        Ok(wire)
    }
}

struct Key(Option<Field>);

impl<'de> Deserialize<'de> for Key {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct KeyVisitor;
        impl Visitor<'_> for KeyVisitor {
            type Value = Key;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a key")
            }
            fn visit_str<E>(self, key: &str) -> Result<Key, E> {
                Ok(Key(Field::of_key(key)))
            }
        }
        deserializer.deserialize_str(KeyVisitor)
    }
}
