//! From one wire message to one event of the log.

use std::borrow::Cow;

use serde::Deserialize;
use serde_json::{Value, value::RawValue};

use super::{
    canonical::{content_id, not_json},
    wire::{Field, Wire, text_of},
};
use crate::recording::{EventFlags, EventIndex, EventKind, EventLog, NewEvent, time::parse_instant_ms};

/// What messages have from the batch or the request they came in, where they do not say it
/// themselves.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Defaults<'a> {
    kind: Option<EventKind>,
    sent_at: Option<&'a str>,
    received_at: Option<&'a str>,
    context: Option<&'a str>,
}

impl<'a> Defaults<'a> {
    /// Those of a captured request: when it came, and the kind of call where its address ends in
    /// one (`/v1/identify`).
    pub(super) fn of_request(request: &Wire<'a>) -> Self {
        let path = request.get(Field::Path).and_then(text_of).unwrap_or_default();
        let last = path.split('?').next().and_then(|path| path.trim_end_matches('/').rsplit('/').next());
        Self {
            kind: last.and_then(EventKind::from_word),
            received_at: request.get(Field::RequestReceivedAt),
            ..Self::default()
        }
    }
    /// Whether the request says what kind of call it makes.
    pub(super) const fn say_the_kind(&self) -> bool {
        self.kind.is_some()
    }
    /// Those of a batch that came with these.
    #[must_use]
    pub(super) fn and_batch(self, batch: &Wire<'a>) -> Self {
        Self {
            sent_at: batch.get(Field::SentAt).or(batch.get(Field::RequestSentAt)).or(self.sent_at),
            received_at: batch.get(Field::ReceivedAt).or(self.received_at),
            context: batch.get(Field::Context).or(self.context),
            ..self
        }
    }
}

/// Reads one message into the log. `text` is the whole of it, for the content hash.
///
/// # Errors
/// Why it is unusable, in plain words.
pub(super) fn read(
    text: &str,
    wire: &Wire<'_>,
    line: u32,
    defaults: &Defaults<'_>,
    log: &mut EventLog,
) -> Result<EventIndex, String> {
    let kind = kind(wire, defaults)?;
    let name = name(wire, kind)?;
    let times = Times::of(wire, defaults)?;

    let anonymous_id = wire.text(Field::AnonymousId)?;
    let user_id = wire.text(Field::UserId)?;
    let previous_id = wire.text(Field::PreviousId)?;
    let group_id = wire.text(Field::GroupId)?;
    let properties = properties(wire, kind)?;
    let context = match (wire.object(Field::Context)?, defaults.context) {
        ("", Some(shared)) if shared.starts_with('{') => shared,
        (own, _) => own,
    };
    let traits = match wire.object(Field::Traits)? {
        "" => context_traits(context)?,
        own => Cow::Borrowed(own),
    };
    let mut flags = times.flags;
    let ids = [&anonymous_id, &user_id, &previous_id];
    if kind != EventKind::Merge
        && ids.iter().all(|id| id.as_deref().is_none_or(str::is_empty))
        && !names_somebody(&traits, context)
    {
        flags.set(EventFlags::NO_IDENTIFIER);
    }
    let message_id = wire.text(Field::MessageId)?.filter(|id| !id.is_empty()).unwrap_or_else(|| {
        flags.set(EventFlags::NO_MESSAGE_ID);
        Cow::Owned(content_id(text, &times.inherited))
    });
    Ok(log.push(&NewEvent {
        happened_ms: times.happened_ms,
        arrived_ms: times.arrived_ms,
        kind: Some(kind),
        flags,
        line,
        name: name.as_deref(),
        anonymous_id: anonymous_id.as_deref(),
        user_id: user_id.as_deref(),
        previous_id: previous_id.as_deref(),
        group_id: group_id.as_deref(),
        message_id: &message_id,
        properties: &properties,
        traits: &traits,
        context,
    }))
}

fn kind(wire: &Wire<'_>, defaults: &Defaults<'_>) -> Result<EventKind, String> {
    let Some(word) = wire.text(Field::Kind)? else {
        return defaults.kind.ok_or_else(|| "`type` is missing".to_owned());
    };
    EventKind::from_word(&word)
        .or_else(|| EventKind::from_word(&word.trim().to_ascii_lowercase()))
        .ok_or_else(|| format!("unknown `type` “{}”", shortened(&word)))
}

/// `event` of a track, `name` of a page or screen; each stands in for the other.
fn name<'a>(wire: &Wire<'a>, kind: EventKind) -> Result<Option<Cow<'a, str>>, String> {
    let (own, other) = match kind {
        EventKind::Track => (Field::Event, Field::Name),
        EventKind::Page | EventKind::Screen => (Field::Name, Field::Event),
        _ => return Ok(None),
    };
    let filled = |name: Option<Cow<'a, str>>| name.filter(|name| !name.trim().is_empty());
    let name = match filled(wire.text(own)?) {
        None => filled(wire.text(other)?),
        name => name,
    };
    if kind == EventKind::Track && name.is_none() {
        return Err("a track without a name (`event` is missing)".to_owned());
    }
    Ok(name)
}

/// Properties; of a merge its two sides.
fn properties<'a>(wire: &Wire<'a>, kind: EventKind) -> Result<Cow<'a, str>, String> {
    let own = wire.object(Field::Properties)?;
    if kind != EventKind::Merge {
        return Ok(Cow::Borrowed(own));
    }
    let sides = [Field::Primary, Field::Secondary];
    if !own.is_empty() && sides.iter().all(|side| wire.get(*side).is_none()) {
        return Ok(Cow::Borrowed(own));
    }
    let mut parts = Vec::new();
    for side in sides {
        let raw = wire.object(side)?;
        if !raw.is_empty() {
            parts.push(format!("\"{}\":{raw}", side.key()));
        }
    }
    Ok(Cow::Owned(format!("{{{}}}", parts.join(","))))
}

/// `context.traits`, which stands in for a call's own.
fn context_traits(context: &str) -> Result<Cow<'_, str>, String> {
    #[derive(Deserialize)]
    struct Context<'a> {
        #[serde(borrow)]
        traits: Option<&'a RawValue>,
    }
    if !context.contains("\"traits\"") {
        return Ok(Cow::Borrowed(""));
    }
    match serde_json::from_str::<Context<'_>>(context) {
        Ok(Context { traits: Some(traits) }) if traits.get().starts_with('{') => {
            Ok(Cow::Borrowed(traits.get()))
        }
        Ok(_) => Ok(Cow::Borrowed("")),
        Err(error) => Err(format!("`context` is {}", not_json(&error))),
    }
}

/// Whether traits or context carry an identifier where the call's own ids do not.
fn names_somebody(traits: &str, context: &str) -> bool {
    let has_value = |text: &str, keys: &[&str]| {
        let value = serde_json::from_str::<Value>(text).unwrap_or_default();
        keys.iter().any(|key| match value.get(key) {
            None | Some(Value::Null) => false,
            Some(Value::String(text)) => !text.is_empty(),
            Some(Value::Array(items)) => !items.is_empty(),
            Some(_) => true,
        })
    };
    has_value(traits, &["email", "phone"]) || has_value(context, &["externalIds"])
}

/// When a message happened and arrived.
struct Times<'a> {
    happened_ms: i64,
    arrived_ms: i64,
    flags: EventFlags,
    /// Times taken from the batch: part of the content where there is no message id.
    inherited: [Option<&'a str>; 2],
}

impl<'a> Times<'a> {
    /// The Segment spec's correction of a client's clock: by the server's clock it happened as
    /// long before it was received as, by the client's own, before it was sent.
    fn of(wire: &Wire<'a>, defaults: &Defaults<'a>) -> Result<Self, String> {
        let own = |field| wire.get(field).and_then(instant_ms);
        let shared = |field, default: Option<&'a str>| match own(field) {
            Some(ms) => (Some(ms), None),
            None => (default.and_then(instant_ms), default),
        };
        let (sent, inherited_sent) = shared(Field::SentAt, defaults.sent_at);
        let (received, inherited_received) = shared(Field::ReceivedAt, defaults.received_at);
        let timestamp = own(Field::Timestamp);
        let original = own(Field::OriginalTimestamp);
        let mut flags = EventFlags::default();
        let happened_ms = match (received, sent, original.or(timestamp)) {
            (Some(received), Some(sent), Some(original)) => {
                let corrected = received - (sent - original);
                if corrected != original {
                    flags.set(EventFlags::SKEW_CORRECTED);
                }
                corrected
            }
            _ => timestamp
                .or(original)
                .or(received)
                .or(sent)
                .ok_or("no readable time (`timestamp` is missing or not a date)")?,
        };
        let arrived_ms = received.unwrap_or(happened_ms);
        if happened_ms > arrived_ms {
            flags.set(EventFlags::FUTURE);
        }
        Ok(Self { happened_ms, arrived_ms, flags, inherited: [inherited_sent, inherited_received] })
    }
}

fn instant_ms(raw: &str) -> Option<i64> {
    if raw.starts_with('"') { parse_instant_ms(&text_of(raw)?) } else { parse_instant_ms(raw) }
}

/// The beginning of a text that may be of any length.
fn shortened(text: &str) -> String {
    const LONGEST: usize = 40;
    if text.chars().count() <= LONGEST {
        text.to_owned()
    } else {
        text.chars().take(LONGEST).chain(['…']).collect()
    }
}
