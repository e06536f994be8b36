//! Rules about properties and attributes: whether the recordings have them, and whether what they
//! are compared with is of their kind.

use std::collections::BTreeMap;

use super::{
    Look, Place, Problem,
    names::{hint, rename},
    walk::{change_conditions, questions},
};
use crate::{
    journey::{BlockKind, Condition, EventRef, Scalar, Test, Trigger, format::read::nearest_name},
    recording::{Taxonomy, ValueKinds},
};

/// Columns of `catalog.csv`: an event's product is completed from it, so they may be missing from
/// the recordings.
pub(super) const CATALOG_COLUMNS: [&str; 11] = [
    "product_id",
    "name",
    "url",
    "collection",
    "category",
    "tags",
    "ingredients",
    "size",
    "price",
    "currency",
    "stock",
];
/// Attributes that every platform keeps without being told.
pub(super) const OWN_ATTRIBUTES: [&str; 6] =
    ["id", "user_id", "email", "phone", "unsubscribed", "created_at"];

/// One comparison: what with, and where its value comes from.
struct Comparison<'a> {
    place: Place,
    path: &'a str,
    test: &'a Test,
    source: Source<'a>,
}

enum Source<'a> {
    Event(Vec<&'a str>),
    Attribute,
}

/// `unknown_property`, `unknown_attribute`, `text_compared_with_number`.
pub(super) fn unknown_values_and_kinds(look: &Look<'_>) -> Vec<Problem> {
    let Some(taxonomy) = look.context.taxonomy else { return Vec::new() };
    comparisons(look).iter().filter_map(|comparison| judge(look, taxonomy, comparison)).collect()
}

fn judge(look: &Look<'_>, taxonomy: &Taxonomy, comparison: &Comparison<'_>) -> Option<Problem> {
    let path = comparison.path;
    let (known, kinds) = match &comparison.source {
        Source::Event(names) => {
            let seen: Vec<&BTreeMap<String, ValueKinds>> =
                names.iter().filter_map(|name| taxonomy.events.get(*name)).collect();
            if seen.is_empty() || path.starts_with("context.") {
                return None;
            }
            let known: Vec<&str> = seen.iter().flat_map(|paths| paths.keys().map(String::as_str)).collect();
            let kinds = seen.iter().filter_map(|paths| kinds_of(paths, path)).reduce(both);
            (known, kinds)
        }
        Source::Attribute => {
            if taxonomy.attributes.is_empty() {
                return None;
            }
            let known = taxonomy.attributes.keys().map(String::as_str).collect();
            (known, kinds_of(&taxonomy.attributes, path))
        }
    };
    match kinds {
        Some(kinds) => mismatch(look, comparison, kinds),
        None => unknown(look, comparison, &known),
    }
}

fn unknown(look: &Look<'_>, comparison: &Comparison<'_>, known: &[&str]) -> Option<Problem> {
    let path = comparison.path;
    let last = path.rsplit('.').next().unwrap_or(path);
    let near = nearest_name(path, known.iter().copied());
    match &comparison.source {
        Source::Event(names) => {
            if CATALOG_COLUMNS.contains(&last)
                || look.context.catalog.has_column(last)
                || last == "event_name"
            {
                return None;
            }
            let text =
                format!("No recorded “{}” has a property “{path}”{}.", names.join("” or “"), hint(near));
            let fix = near.map(|near| respell(look, path, near, false));
            Some(Problem::warning("unknown_property", comparison.place.clone(), text).with_any(fix))
        }
        Source::Attribute => {
            let set_here = look.journey.blocks.values().any(
                |block| matches!(&block.kind, BlockKind::UpdateAttributes { set } if set.contains_key(path)),
            );
            if OWN_ATTRIBUTES.contains(&path) || set_here {
                return None;
            }
            let text = format!("No recorded person has an attribute “{path}”{}.", hint(near));
            let fix = near.map(|near| respell(look, path, near, true));
            Some(Problem::warning("unknown_attribute", comparison.place.clone(), text).with_any(fix))
        }
    }
}

/// A fix: another spelling of an attribute, or of a property, wherever the journey asks for it.
fn respell(look: &Look<'_>, path: &str, near: &str, attribute: bool) -> super::Fix {
    rename(look, near, |journey| {
        let swap = |at: &mut String, of_attribute: bool| {
            if of_attribute == attribute && at == path {
                near.clone_into(at);
            }
        };
        match &mut journey.trigger {
            Trigger::Event { filters, .. } => {
                for filter in filters {
                    swap(&mut filter.property, false);
                }
            }
            Trigger::AttributeChange { name, .. } => swap(name, true),
            _ => {}
        }
        change_conditions(journey, &mut |condition| match condition {
            Condition::Event(event) => {
                for filter in &mut event.filters {
                    swap(&mut filter.property, false);
                }
            }
            Condition::Trigger { property, .. } => swap(property, false),
            Condition::Attribute { name, .. } => swap(name, true),
            _ => {}
        });
    })
}

/// A text compared with numbers, or a number with texts: never a match.
fn mismatch(look: &Look<'_>, comparison: &Comparison<'_>, kinds: ValueKinds) -> Option<Problem> {
    let only_number = kinds.number && !kinds.text;
    let only_text = kinds.text && !kinds.number;
    let asks = asks(comparison.test)?;
    let (is, asked) = match asks {
        Asks::Number if only_text => ("text", "a number"),
        Asks::Text if only_number => ("a number", "text"),
        _ => return None,
    };
    let text = format!(
        "“{}” is {is} in the recordings, but is compared with {asked}, which never matches. Compare it with {is}.",
        comparison.path
    );
    let fix = converted(comparison.test).map(|test| {
        look.fix("Compare it as what it is", |journey| {
            let (old, path) = (comparison.test, comparison.path);
            let swap = |at: &str, is: &mut Test| {
                if at == path && is == old {
                    is.clone_from(&test);
                }
            };
            if let Trigger::Event { filters, .. } = &mut journey.trigger {
                for filter in filters {
                    swap(&filter.property, &mut filter.is);
                }
            }
            change_conditions(journey, &mut |condition| match condition {
                Condition::Event(event) => {
                    for filter in &mut event.filters {
                        swap(&filter.property, &mut filter.is);
                    }
                }
                Condition::Trigger { property: at, is } | Condition::Attribute { name: at, is } => {
                    swap(at, is);
                }
                _ => {}
            });
        })
    });
    Some(Problem::warning("text_compared_with_number", comparison.place.clone(), text).with_any(fix))
}

/// What kind of value a test asks for, if it asks for one.
enum Asks {
    Number,
    Text,
}

fn asks(test: &Test) -> Option<Asks> {
    let of = |value: &Scalar| match value {
        Scalar::Number(_) => Some(Asks::Number),
        Scalar::Text(_) => Some(Asks::Text),
        Scalar::Bool(_) => None,
    };
    match test {
        Test::Equals(value) | Test::NotEquals(value) => of(value),
        Test::In(values) | Test::NotIn(values) => {
            let numbers = values.iter().filter(|value| matches!(value, Scalar::Number(_))).count();
            let texts = values.iter().filter(|value| matches!(value, Scalar::Text(_))).count();
            match (numbers, texts) {
                (1.., 0) => Some(Asks::Number),
                (0, 1..) => Some(Asks::Text),
                _ => None,
            }
        }
        Test::MoreThan(_) | Test::AtLeast(_) | Test::LessThan(_) | Test::AtMost(_) => Some(Asks::Number),
        Test::EqualsIgnoreCase(_) | Test::Contains(_) | Test::ContainsIgnoreCase(_) | Test::StartsWith(_) => {
            Some(Asks::Text)
        }
        Test::Exists | Test::Missing | Test::WithinLast(_) | Test::LongerAgoThan(_) | Test::WithinNext(_) => {
            None
        }
    }
}

/// The same test of the other kind, where its values can be read so.
fn converted(test: &Test) -> Option<Test> {
    let other = |value: &Scalar| match value {
        Scalar::Number(number) => Some(Scalar::Text(number.to_string())),
        Scalar::Text(text) => {
            text.trim().parse::<f64>().ok().filter(|number| number.is_finite()).map(Scalar::Number)
        }
        Scalar::Bool(_) => None,
    };
    match test {
        Test::Equals(value) => other(value).map(Test::Equals),
        Test::NotEquals(value) => other(value).map(Test::NotEquals),
        Test::In(values) => values.iter().map(other).collect::<Option<_>>().map(Test::In),
        Test::NotIn(values) => values.iter().map(other).collect::<Option<_>>().map(Test::NotIn),
        _ => None,
    }
}

/// Every comparison of an event's property or an attribute.
fn comparisons<'a>(look: &'a Look<'_>) -> Vec<Comparison<'a>> {
    let mut all = Vec::new();
    let trigger_names = match &look.journey.trigger {
        Trigger::Event { event, filters } => {
            let names = event_names(look, event);
            all.extend(filters.iter().map(|filter| Comparison {
                place: Place::Trigger,
                path: &filter.property,
                test: &filter.is,
                source: Source::Event(names.clone()),
            }));
            names
        }
        Trigger::AttributeChange { name, to: Some(test) } => {
            all.push(Comparison { place: Place::Trigger, path: name, test, source: Source::Attribute });
            Vec::new()
        }
        _ => Vec::new(),
    };
    for (place, question) in questions(look.journey) {
        match question {
            Condition::Event(event) => {
                let names = event_names(look, &event.event);
                all.extend(event.filters.iter().map(|filter| Comparison {
                    place: place.clone(),
                    path: &filter.property,
                    test: &filter.is,
                    source: Source::Event(names.clone()),
                }));
            }
            Condition::Trigger { property, is } => {
                let source = Source::Event(trigger_names.clone());
                all.push(Comparison { place, path: property, test: is, source });
            }
            Condition::Attribute { name, is } => {
                all.push(Comparison { place, path: name, test: is, source: Source::Attribute });
            }
            _ => {}
        }
    }
    all
}

/// Names of the events that are meant; none for page views of any name.
pub(super) fn event_names<'a>(look: &'a Look<'_>, event: &'a EventRef) -> Vec<&'a str> {
    match event {
        EventRef::Named(name) | EventRef::Page(Some(name)) => vec![name],
        EventRef::Role(role) => look.context.roles.names(*role).collect(),
        EventRef::Page(None) => Vec::new(),
    }
}

/// The kinds a path has; list marks and positions (`products[0].sku`) make no difference, and the
/// kinds of a list are those of its elements.
pub(super) fn kinds_of(paths: &BTreeMap<String, ValueKinds>, path: &str) -> Option<ValueKinds> {
    let wanted = plain(path);
    paths.iter().filter(|(path, _)| plain(path) == wanted).map(|(_, kinds)| *kinds).reduce(both)
}

/// A path without its list marks and positions.
pub(super) fn plain(path: &str) -> String {
    let mut plain = String::with_capacity(path.len());
    let mut rest = path;
    while let Some((before, after)) = rest.split_once('[') {
        plain.push_str(before);
        rest = after.split_once(']').map_or("", |(_, behind)| behind);
    }
    plain + rest
}

const fn both(a: ValueKinds, b: ValueKinds) -> ValueKinds {
    ValueKinds {
        text: a.text || b.text,
        number: a.number || b.number,
        boolean: a.boolean || b.boolean,
        list: a.list || b.list,
        object: a.object || b.object,
    }
}
