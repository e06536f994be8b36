//! Conditions in plain words: “did Product Added at least 2 times in the last 24 hours where
//! category is skincare”.

use super::{list, time};
use crate::{
    journey::{
        AddressNeed, Channel, CompareCount, Condition, ConsentState, EventCondition, EventRef,
        Identification, MessageStatus, PropertyFilter, Scalar, Segments, Test,
    },
    recording::facts::Role,
};

/// A condition as the second half of a sentence about a person.
pub fn condition(condition: &Condition, segments: &Segments) -> String {
    match condition {
        Condition::All(parts) => join(parts, segments, "and", "anybody"),
        Condition::Any(parts) => join(parts, segments, "or", "nobody"),
        Condition::Not(inner) => match &**inner {
            Condition::Event(event) => format!("{}{}", not_done(&event.event), tail(event)),
            Condition::Segment(id) => format!("not in {}", segment_name(id, segments)),
            Condition::Identified { .. } => "not identified".to_owned(),
            other => format!("not: {}", self::condition(other, segments)),
        },
        Condition::Event(event) => did(event),
        Condition::Attribute { name, is } => format!("{name} {}", test(is)),
        Condition::Fact { path, is } => format!("{} {}", fact(path), test(is)),
        Condition::Trigger { property, is } => format!("the trigger's {property} {}", test(is)),
        Condition::Segment(id) => format!("in {}", segment_name(id, segments)),
        Condition::Identified { by, address } => format!("identified by {}", identification(*by, *address)),
        Condition::Consent { channel, is } => {
            let state = match is {
                ConsentState::Granted => "given",
                ConsentState::Denied => "refused",
                ConsentState::Unknown => "unknown",
            };
            format!("{} consent {state}", self::channel(*channel))
        }
        Condition::Reachable(channel) => format!("reachable by {}", self::channel(*channel)),
        Condition::Message { status, within, .. } => {
            let got = match status {
                MessageStatus::Sent => "got a message",
                MessageStatus::NotSent => "was to get a message but did not",
            };
            format!("{got}{}", last(*within))
        }
        Condition::InJourney { journey, within } => match within {
            None => format!("in the journey {journey}"),
            Some(_) => format!("entered the journey {journey}{}", last(*within)),
        },
    }
}

fn join(parts: &[Condition], segments: &Segments, word: &str, none: &str) -> String {
    if parts.is_empty() {
        return none.to_owned();
    }
    let parts: Vec<String> = parts
        .iter()
        .map(|part| {
            let nested = matches!(part, Condition::All(inner) | Condition::Any(inner) if inner.len() > 1);
            let text = condition(part, segments);
            if nested { format!("({text})") } else { text }
        })
        .collect();
    list(&parts, word)
}

fn segment_name(id: &str, segments: &Segments) -> String {
    segments.0.get(id).map_or_else(|| format!("“{id}”"), |segment| format!("“{}”", segment.name))
}

/// “viewed a product at least 2 times …”.
fn did(event: &EventCondition) -> String {
    let verb = match event.count {
        CompareCount::Exactly(0) | CompareCount::AtMost(0) => not_done(&event.event),
        _ => done(&event.event),
    };
    verb + &tail(event)
}

fn tail(event: &EventCondition) -> String {
    let mut text = String::new();
    match event.count {
        CompareCount::AtLeast(0 | 1) | CompareCount::Exactly(0) | CompareCount::AtMost(0) => {}
        CompareCount::AtLeast(number) => text = format!("{text} at least {number} times"),
        CompareCount::AtMost(1) => text += " at most once",
        CompareCount::AtMost(number) => text = format!("{text} at most {number} times"),
        CompareCount::Exactly(1) => text += " exactly once",
        CompareCount::Exactly(number) => text = format!("{text} exactly {number} times"),
    }
    text += &filters(&event.filters);
    text += &last(event.within);
    if event.since_entry {
        text += " since the trigger";
    }
    if let Some(after) = &event.after {
        text = format!("{text} after the last {}", self::event(after));
    }
    if let Some(before) = &event.before {
        text = format!("{text} before the last {}", self::event(before));
    }
    text
}

/// Having done an event: “bought”, “viewed the page shipping”, “did Ring Sized”.
fn done(event: &EventRef) -> String {
    match event {
        EventRef::Named(name) => format!("did {name}"),
        EventRef::Role(role) => spoken(*role).done.to_owned(),
        EventRef::Page(None) => "viewed a page".to_owned(),
        EventRef::Page(Some(name)) => format!("viewed the page {name}"),
    }
}

/// Not having done an event.
fn not_done(event: &EventRef) -> String {
    match event {
        EventRef::Named(name) => format!("did not do {name}"),
        EventRef::Role(role) => format!("did not {}", spoken(*role).to_do),
        EventRef::Page(None) => "did not view a page".to_owned(),
        EventRef::Page(Some(name)) => format!("did not view the page {name}"),
    }
}

fn last(within: Option<crate::recording::Span>) -> String {
    within.map_or_else(String::new, |within| format!(" in the last {}", time::span(within)))
}

/// “ where category is skincare and price is more than 20”, or nothing.
pub fn filters(filters: &[PropertyFilter]) -> String {
    if filters.is_empty() {
        return String::new();
    }
    let parts: Vec<String> =
        filters.iter().map(|filter| format!("{} {}", filter.property, test(&filter.is))).collect();
    format!(" where {}", list(&parts, "and"))
}

/// An event as people name it: “cart add”, “view of the page shipping”.
pub fn event(event: &EventRef) -> String {
    match event {
        EventRef::Named(name) => name.clone(),
        EventRef::Role(role) => spoken(*role).noun.to_owned(),
        EventRef::Page(None) => "page view".to_owned(),
        EventRef::Page(Some(name)) => format!("view of the page {name}"),
    }
}

/// An event as a journey's trigger names it: “Added to cart”.
pub fn event_title(event: &EventRef) -> String {
    match event {
        EventRef::Named(name) => name.clone(),
        other => super::sentence(&done(other)),
    }
}

/// A role's event as something people do: “add to cart”.
pub const fn to_do(role: Role) -> &'static str {
    spoken(role).to_do
}

/// A role's event as a thing: “cart add”.
pub const fn noun(role: Role) -> &'static str {
    spoken(role).noun
}

/// The forms of a role's words.
struct Spoken {
    done: &'static str,
    to_do: &'static str,
    noun: &'static str,
}

const fn spoken(role: Role) -> Spoken {
    let (done, to_do, noun) = match role {
        Role::View => ("viewed a product", "view a product", "product view"),
        Role::CollectionView => ("viewed a collection", "view a collection", "collection view"),
        Role::Search => ("searched", "search", "search"),
        Role::CartAdd => ("added to cart", "add to cart", "cart add"),
        Role::CartRemove => ("removed from cart", "remove from cart", "cart removal"),
        Role::CartUpdate => ("changed the cart", "change the cart", "cart change"),
        Role::Checkout => ("started a checkout", "start a checkout", "checkout"),
        Role::Purchase => ("bought", "buy", "purchase"),
        Role::Capture => ("gave an email", "give an email", "email capture"),
    };
    Spoken { done, to_do, noun }
}

/// “is skincare”, “is more than 20”.
pub fn test(test: &Test) -> String {
    match test {
        Test::Equals(value) => format!("is {}", scalar(value)),
        Test::EqualsIgnoreCase(value) => format!("is {value} (in any case)"),
        Test::NotEquals(value) => format!("is not {}", scalar(value)),
        Test::Contains(text) => format!("contains “{text}”"),
        Test::ContainsIgnoreCase(text) => format!("contains “{text}” (in any case)"),
        Test::StartsWith(text) => format!("starts with “{text}”"),
        Test::Exists => "is known".to_owned(),
        Test::Missing => "is missing".to_owned(),
        Test::MoreThan(number) => format!("is more than {number}"),
        Test::AtLeast(number) => format!("is at least {number}"),
        Test::LessThan(number) => format!("is less than {number}"),
        Test::AtMost(number) => format!("is at most {number}"),
        Test::In(values) => format!("is {}", list(&values.iter().map(scalar).collect::<Vec<_>>(), "or")),
        Test::NotIn(values) => {
            format!("is neither {}", list(&values.iter().map(scalar).collect::<Vec<_>>(), "nor"))
        }
        Test::WithinLast(span) => format!("is in the last {}", time::span(*span)),
        Test::LongerAgoThan(span) => format!("is longer ago than {}", time::span(*span)),
        Test::WithinNext(span) => format!("is in the next {}", time::span(*span)),
    }
}

pub(super) fn scalar(value: &Scalar) -> String {
    match value {
        Scalar::Bool(true) => "yes".to_owned(),
        Scalar::Bool(false) => "no".to_owned(),
        Scalar::Number(number) => number.to_string(),
        Scalar::Text(text) => text.clone(),
    }
}

/// `first_session.campaign.name` is “first visit's campaign name”.
fn fact(path: &str) -> String {
    let (root, rest) = path.split_once('.').unwrap_or((path, ""));
    let root = match root {
        "first_session" => "the first visit's",
        "last_session" => "the last visit's",
        "last_viewed" => "the last viewed product's",
        "cart" => "the cart's",
        other => return super::spaced(&format!("{other} {rest}").replace('.', " ")).trim().to_owned(),
    };
    if rest.is_empty() {
        root.trim_end_matches("'s").to_owned()
    } else {
        format!("{root} {}", super::spaced(&rest.replace('.', " ")))
    }
}

/// By what somebody must be identified, in words: “any email”, “a good email”.
pub fn identification(by: Identification, address: AddressNeed) -> String {
    let good = address == AddressNeed::Good;
    match by {
        Identification::Any if good => "anything, with a good address".to_owned(),
        Identification::Any => "anything".to_owned(),
        Identification::UserId if good => "a user id, with a good address".to_owned(),
        Identification::UserId => "a user id".to_owned(),
        Identification::Email => if good { "a good email" } else { "any email" }.to_owned(),
        Identification::Phone => "a phone number".to_owned(),
        Identification::ReachableChannel => "a channel that reaches them".to_owned(),
    }
}

/// A channel as people write it.
pub const fn channel(channel: Channel) -> &'static str {
    match channel {
        Channel::Email => "email",
        Channel::Sms => "SMS",
        Channel::Push => "push",
        Channel::InApp => "in-app",
        Channel::Webhook => "webhook",
        Channel::OnSite => "on-site",
        Channel::Audience => "audience",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::recording::Span;

    #[test]
    fn a_condition_reads_as_a_sentence() {
        let event = EventCondition {
            event: EventRef::Named("Product Viewed".into()),
            filters: vec![PropertyFilter {
                property: "category".into(),
                is: Test::Equals(Scalar::Text("skincare".into())),
            }],
            count: CompareCount::AtLeast(2),
            within: Some(Span::hours(24)),
            since_entry: false,
            after: None,
            before: None,
        };
        let none = Segments::default();
        assert_eq!(
            condition(&Condition::Event(event.clone()), &none),
            "did Product Viewed at least 2 times where category is skincare in the last 24 hours"
        );
        let not = Condition::Not(Box::new(Condition::Event(EventCondition {
            count: CompareCount::default(),
            filters: Vec::new(),
            ..event
        })));
        assert_eq!(
            condition(&Condition::All(vec![not, Condition::Segment("vip".into())]), &none),
            "did not do Product Viewed in the last 24 hours and in “vip”"
        );
        assert_eq!(fact("first_session.campaign.name"), "the first visit's campaign name");
        assert_eq!(identification(Identification::Email, AddressNeed::Any), "any email");
    }
}
