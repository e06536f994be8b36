//! Sessions: one device's events less than the gap apart and of one campaign.

use rustc_hash::FxHashMap;
use serde::Deserialize;
use serde_json::Value;

use super::{
    FactsInput,
    product::{Object, text_of},
};
use crate::recording::{Event, EventKind, EventLog, time::format_instant};

/// Query parameters that name a campaign, and the names they have in `context.campaign`.
const UTM: [(&str, &str); 5] = [
    ("utm_campaign", "name"),
    ("utm_source", "source"),
    ("utm_medium", "medium"),
    ("utm_term", "term"),
    ("utm_content", "content"),
];

/// One session so far.
#[derive(Clone, Debug)]
struct Session {
    device: Box<str>,
    started_ms: i64,
    ended_ms: i64,
    events: u64,
    page: Page,
    campaign: Option<Object>,
}

/// Where a visit landed.
#[derive(Clone, Debug, Default)]
struct Page {
    url: Option<String>,
    path: Option<String>,
    referrer: Option<String>,
}

impl Page {
    fn is_known(&self) -> bool {
        self.url.is_some() || self.path.is_some()
    }
}

/// The sessions of a person, folded from events in the order they happened.
///
/// Only the first and the last session are asked for, so only those and the one open session of
/// each device are kept.
#[derive(Clone, Debug, Default)]
pub(super) struct Sessions {
    open: FxHashMap<Box<str>, Session>,
    first_device: Option<Box<str>>,
    /// The first session, once its device has begun another.
    first_ended: Option<Session>,
    last_device: Box<str>,
}

impl Sessions {
    pub(super) fn push(&mut self, input: &FactsInput<'_>, event: &Event) {
        let log = input.log;
        let known = event.anonymous_id.map(|id| log.text(id)).filter(|id| !id.is_empty());
        let open = known.and_then(|device| self.open.get_mut(device));
        if let Some(session) = open
            && event.happened_ms - session.ended_ms < input.sessions.gap.ms()
            && session.page.is_known()
            && !may_name_campaign(log, event)
        {
            session.ended_ms = event.happened_ms;
            session.events += 1;
            return;
        }
        self.push_with_context(input, event, known);
    }

    /// The careful way: reads the event's context.
    fn push_with_context(&mut self, input: &FactsInput<'_>, event: &Event, known: Option<&str>) {
        let log = input.log;
        let context = Context::of(log, event);
        let (page, campaign) = context.landing(log, event);
        let Some(device) = known.map(str::to_owned).or_else(|| context.device(log, event, &page)) else {
            return;
        };
        let session = self.open.get_mut(device.as_str());
        let goes_on = session.filter(|session| {
            let near = event.happened_ms - session.ended_ms < input.sessions.gap.ms();
            let other_campaign = campaign.is_some() && campaign != session.campaign;
            // A call without a page just before the landing page belongs to that landing.
            let before_landing = session.campaign.is_none() && !session.page.is_known();
            near && (!other_campaign || before_landing)
        });
        if let Some(session) = goes_on {
            session.ended_ms = event.happened_ms;
            session.events += 1;
            if !session.page.is_known() {
                session.page = page;
            }
            if session.campaign.is_none() {
                session.campaign = campaign;
            }
        } else {
            let session = Session {
                device: device.as_str().into(),
                started_ms: event.happened_ms,
                ended_ms: event.happened_ms,
                events: 1,
                page,
                campaign,
            };
            self.begin(session);
        }
    }

    fn begin(&mut self, session: Session) {
        let device = session.device.clone();
        let before = self.open.insert(device.clone(), session);
        let first_device = self.first_device.get_or_insert_with(|| device.clone());
        if *first_device == device && self.first_ended.is_none() {
            self.first_ended = before;
        }
        self.last_device = device;
    }

    /// The earliest session over all devices.
    pub(super) fn first(&self) -> Value {
        let open = || self.open.get(self.first_device.as_ref()?);
        self.first_ended.as_ref().or_else(open).map_or(Value::Null, Session::value)
    }

    /// The session that started last.
    pub(super) fn last(&self) -> Value {
        self.open.get(&self.last_device).map_or(Value::Null, Session::value)
    }
}

impl Session {
    fn value(&self) -> Value {
        let mut object = Object::new();
        object.insert("started_at".to_owned(), format_instant(self.started_ms).into());
        object.insert("ended_at".to_owned(), format_instant(self.ended_ms).into());
        let mut text = |key: &str, text: &Option<String>| {
            if let Some(text) = text {
                object.insert(key.to_owned(), text.clone().into());
            }
        };
        text("landing_page", &self.page.url);
        text("landing_path", &self.page.path);
        text("referrer", &self.page.referrer);
        if let Some(campaign) = &self.campaign {
            object.insert("campaign".to_owned(), Value::Object(campaign.clone()));
        }
        object.insert("device".to_owned(), (*self.device).into());
        object.insert("events".to_owned(), self.events.into());
        Value::Object(object)
    }
}

/// Whether an event's raw text could name a campaign; most do not, and need no parsing.
fn may_name_campaign(log: &EventLog, event: &Event) -> bool {
    let context = log.context(event);
    context.contains("utm_")
        || (context.contains("\"campaign\"")
            && !context.contains("\"campaign\":{}")
            && !context.contains("\"campaign\": {}"))
        || log.properties(event).contains("utm_")
}

/// What a session reads of an event's context; anything else is skipped unread.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Context {
    page: Value,
    campaign: Value,
    referrer: Value,
    device: Value,
}

impl Context {
    fn of(log: &EventLog, event: &Event) -> Self {
        serde_json::from_str(log.context(event)).unwrap_or_default()
    }

    /// The page an event was on and the campaign it names: `context.campaign`, else `utm_*` of
    /// the page's address.
    fn landing(&self, log: &EventLog, event: &Event) -> (Page, Option<Object>) {
        let properties = match event.kind {
            EventKind::Page | EventKind::Screen => log.properties_value(event),
            _ => Value::Null,
        };
        let field = |key: &str| {
            let of = |value: &Value| value.get(key).and_then(text_of);
            of(&self.page).or_else(|| of(&properties))
        };
        let url = field("url");
        let search = field("search");
        let path = field("path").or_else(|| url.as_deref().and_then(path_of_url));
        let referrer = field("referrer").or_else(|| self.referrer.get("url").and_then(text_of));
        let named = match &self.campaign {
            Value::Object(fields) => {
                let named =
                    fields.iter().filter_map(|(key, value)| Some((key.clone(), text_of(value)?.into())));
                Some(named.collect::<Object>()).filter(|campaign| !campaign.is_empty())
            }
            other => text_of(other).map(|name| Object::from_iter([("name".to_owned(), name.into())])),
        };
        let campaign = named
            .or_else(|| url.as_deref().and_then(campaign_of_query))
            .or_else(|| search.as_deref().and_then(campaign_of_query));
        (Page { url, path, referrer }, campaign)
    }

    /// The device of an event without an anonymous id: `context.device.id`, else the user's own
    /// lane if it was on a page. A server's call is on no device and part of no session.
    fn device(&self, log: &EventLog, event: &Event, page: &Page) -> Option<String> {
        let on_page = page.is_known() || matches!(event.kind, EventKind::Page | EventKind::Screen);
        let user = || event.user_id.map(|id| log.text(id).to_owned()).filter(|id| on_page && !id.is_empty());
        self.device.get("id").and_then(text_of).or_else(user)
    }
}

fn path_of_url(url: &str) -> Option<String> {
    let (_, rest) = url.split_once("://")?;
    let path = rest.find('/').map_or("/", |start| &rest[start..]);
    let end = path.find(['?', '#']).unwrap_or(path.len());
    Some(path[..end].to_owned())
}

/// The campaign that the `utm_*` parameters of a URL or query string name.
fn campaign_of_query(url: &str) -> Option<Object> {
    let (_, query) = url.split_once('?')?;
    let query = query.split('#').next().unwrap_or_default();
    let mut campaign = Object::new();
    for (parameter, name) in UTM {
        let values = query.split('&').filter_map(|pair| pair.split_once('='));
        let mut values = values.filter(|(key, _)| *key == parameter).map(|(_, value)| decoded(value));
        if let Some(value) = values.find(|value| !value.is_empty()) {
            campaign.insert(name.to_owned(), value.into());
        }
    }
    Some(campaign).filter(|campaign| !campaign.is_empty())
}

/// Undoes percent-encoding and `+` of a query value; what is not valid stays as it stands.
fn decoded(text: &str) -> String {
    let bytes = text.as_bytes();
    let hex = |byte: u8| (byte as char).to_digit(16).map(|digit| digit as u8);
    let mut out = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while at < bytes.len() {
        let pair = (bytes.get(at + 1).copied().and_then(hex), bytes.get(at + 2).copied().and_then(hex));
        match (bytes[at], pair) {
            (b'%', (Some(high), Some(low))) => {
                out.push(high << 4 | low);
                at += 3;
                continue;
            }
            (b'+', _) => out.push(b' '),
            (byte, _) => out.push(byte),
        }
        at += 1;
    }
    String::from_utf8_lossy(&out).trim().to_owned()
}
