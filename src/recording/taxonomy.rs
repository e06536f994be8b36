//! What names, properties and kinds of values a recording has.

use std::collections::BTreeMap;

use super::{EventLog, Roles, Span};

/// What the recordings contain: names, properties, kinds of values, cart-to-purchase times.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Taxonomy {
    /// Event names with their properties (paths) and the kinds of value seen.
    pub events: BTreeMap<String, BTreeMap<String, ValueKinds>>,
    /// Attribute (trait) names with the kinds of value seen.
    pub attributes: BTreeMap<String, ValueKinds>,
    /// Times from a cart add to the same person's next purchase, sorted.
    pub cart_to_purchase: Vec<Span>,
}

/// Which kinds of value a property had.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[allow(missing_docs, clippy::struct_excessive_bools)]
pub struct ValueKinds {
    pub text: bool,
    pub number: bool,
    pub boolean: bool,
    pub list: bool,
    pub object: bool,
}

impl Taxonomy {
    /// Reads the taxonomy off a log. One pass; bounded in the number of distinct paths per event.
    pub fn of(log: &EventLog, roles: &Roles) -> Self {
        let _ = (log, roles);
        todo!()
    }
}
