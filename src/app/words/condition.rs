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
            Condition::Event(event) => format!("did not do {}", did_tail(event)),
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

/// “did Product Added at least 2 times …”.
fn did(event: &EventCondition) -> String {
    match event.count {
        CompareCount::Exactly(0) | CompareCount::AtMost(0) => format!("did not do {}", did_tail(event)),
        _ => format!("did {}", did_tail(event)),
    }
}

fn did_tail(event: &EventCondition) -> String {
    let mut text = self::event(&event.event);
    match event.count {
        CompareCount::AtLeast(0 | 1) | CompareCount::Exactly(0) | CompareCount::AtMost(0) => {}
        CompareCount::AtLeast(number) => text += &format!(" at least {number} times"),
        CompareCount::AtMost(1) => text += " at most once",
        CompareCount::AtMost(number) => text += &format!(" at most {number} times"),
        CompareCount::Exactly(1) => text += " exactly once",
        CompareCount::Exactly(number) => text += &format!(" exactly {number} times"),
    }
    text += &filters(&event.filters);
    text += &last(event.within);
    if event.since_entry {
        text += " since the trigger";
    }
    if let Some(after) = &event.after {
        text += &format!(" after {}", self::event(after));
    }
    if let Some(before) = &event.before {
        text += &format!(" before {}", self::event(before));
    }
    text
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

/// An event as people name it.
pub fn event(event: &EventRef) -> String {
    match event {
        EventRef::Named(name) => name.clone(),
        EventRef::Role(role) => self::role(*role).to_owned(),
        EventRef::Page(None) => "a page view".to_owned(),
        EventRef::Page(Some(name)) => format!("a view of the page {name}"),
    }
}

/// A role of an event name.
pub fn role(role: Role) -> &'static str {
    match role {
        Role::View => "Product viewed",
        Role::CollectionView => "Collection viewed",
        Role::Search => "Search",
        Role::CartAdd => "Added to cart",
        Role::CartRemove => "Removed from cart",
        Role::CartUpdate => "Cart updated",
        Role::Checkout => "Checkout started",
        Role::Purchase => "Purchase",
        Role::Capture => "Email captured",
    }
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

fn scalar(value: &Scalar) -> String {
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
