//! The rule about facts: whether `cart.value` and the like are in the tree of facts.

use super::{
    Look, Problem,
    names::hint,
    values::{CATALOG_COLUMNS, plain},
    walk::questions,
};
use crate::{
    journey::{Condition, format::read::nearest_name},
    recording::facts::FactKey,
};

const SESSION: &[&str] =
    &["started_at", "ended_at", "landing_page", "landing_path", "referrer", "campaign", "device", "events"];
const CART: &[&str] = &["products", "count", "value", "currency", "updated_at"];
const ORDERS: &[&str] = &["count", "total", "currency", "last_at", "products"];
/// What a product of a cart, view or order has beside its own properties.
const PRODUCT: &[&str] = &["quantity", "count", "viewed_at", "variant", "sku", "brand", "image_url"];
/// What Liquid offers on any list.
const LIST: &[&str] = &["first", "last", "size"];

/// `unknown_fact`: a condition on a fact there is not.
pub(super) fn unknown_facts(look: &Look<'_>) -> Vec<Problem> {
    questions(look.journey)
        .into_iter()
        .filter_map(|(place, question)| match question {
            Condition::Fact { path, .. } => Some((place, path)),
            _ => None,
        })
        .filter_map(|(place, path)| {
            let hint = missing_fact(look, path)?;
            let text = format!("There is no fact “{path}”{hint}. The condition sees it as absent.");
            Some(Problem::warning("unknown_fact", place, text))
        })
        .collect()
}

/// A hint (or empty text) if no fact has this path; `None` if it is known.
pub(super) fn missing_fact(look: &Look<'_>, path: &str) -> Option<String> {
    let plain = plain(path);
    let mut keys = plain.split('.').filter(|key| !LIST.contains(key));
    let root = keys.next()?;
    let Some(fact) = FactKey::ALL.into_iter().find(|fact| fact.word() == root) else {
        return Some(hint(nearest_name(root, FactKey::ALL.into_iter().map(FactKey::word))));
    };
    let key = keys.next()?;
    let (known, products): (&[&str], bool) = match fact {
        FactKey::FirstSession | FactKey::LastSession => (SESSION, false),
        FactKey::Cart => (CART, true),
        FactKey::Orders => (ORDERS, true),
        FactKey::LastViewed | FactKey::Viewed | FactKey::Recommendations => {
            return missing_product_key(look, key);
        }
    };
    if !known.contains(&key) {
        return Some(hint(nearest_name(key, known.iter().copied())));
    }
    let inner = keys.next()?;
    if products && key == "products" { missing_product_key(look, inner) } else { None }
}

/// A product has what any recorded event or the catalogue says of products; without a recording
/// nobody can tell.
fn missing_product_key(look: &Look<'_>, key: &str) -> Option<String> {
    let taxonomy = look.context.taxonomy.filter(|taxonomy| !taxonomy.events.is_empty())?;
    let paths = taxonomy.events.values().flat_map(|paths| paths.keys());
    let seen = paths.map(|path| path.rsplit(['.', ']']).next().unwrap_or(path));
    let known: std::collections::BTreeSet<&str> = seen
        .chain(CATALOG_COLUMNS)
        .chain(look.context.catalog.columns())
        .chain(PRODUCT.iter().copied())
        .collect();
    (!known.contains(key)).then(|| hint(nearest_name(key, known.iter().copied())))
}
