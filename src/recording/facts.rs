//! Facts that follow from a person's events alone: sessions, what was viewed, the cart, orders,
//! each completed from the catalogue.
//!
//! Conditions and templates see one tree of facts ([`Facts::tree`]), so that `cart.value` in a
//! condition and `{{ cart.value }}` in a message can never disagree.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{EventIndex, EventLog, Span};

/// What an event means in a shop, whatever the recording calls it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// A product was viewed.
    View,
    /// A collection or category was viewed.
    CollectionView,
    /// A search.
    Search,
    /// Something was put into the cart.
    CartAdd,
    /// Something was taken out of the cart.
    CartRemove,
    /// The whole cart as it is now (`products`).
    CartUpdate,
    /// The checkout began.
    Checkout,
    /// An order was placed.
    Purchase,
    /// An address was captured (popup, newsletter, account).
    Capture,
}

/// Which event names play which role in this workspace, so that “Added to Cart” and
/// “Product Added” are one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Roles(pub BTreeMap<Role, BTreeSet<String>>);

/// When a device's events are one session.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct SessionRules {
    /// Events of one device this far apart or further are two sessions. Default 30 minutes.
    pub gap: Span,
}

impl Default for SessionRules {
    fn default() -> Self {
        Self { gap: Span::minutes(30) }
    }
}

/// The shop's catalogue: completes an event's product; the event's own value wins.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Catalog {
    /// Products by `product_id`; each a JSON object with the columns of `catalog.csv`
    /// (`tags` and `ingredients` are arrays, `price` and `stock` numbers).
    pub products: BTreeMap<String, Value>,
}

/// What a person's events add up to at one instant.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Facts {
    tree: Value,
}

/// What facts are computed from.
#[derive(Clone, Copy)]
pub struct FactsInput<'a> {
    /// The log that holds the events.
    pub log: &'a EventLog,
    /// The person's events by (happened, arrived, message id); those after `now_ms` are ignored.
    pub history: &'a [EventIndex],
    /// The instant the facts are asked for (UTC ms).
    pub now_ms: i64,
    /// Event-name roles.
    pub roles: &'a Roles,
    /// Session rule.
    pub sessions: SessionRules,
    /// The catalogue; may be empty.
    pub catalog: &'a Catalog,
}

impl Facts {
    /// The facts as one JSON object with the keys `first_session`, `last_session`,
    /// `last_viewed`, `viewed`, `cart`, `orders`, `recommendations`. What is not known is absent.
    pub const fn tree(&self) -> &Value {
        &self.tree
    }
    /// Computes the facts.
    pub fn of(input: &FactsInput<'_>) -> Self {
        let _ = input;
        todo!()
    }
}

impl Roles {
    /// The role an event name plays, if any.
    pub fn role_of(&self, event_name: &str) -> Option<Role> {
        self.0.iter().find(|(_, names)| names.contains(event_name)).map(|(role, _)| *role)
    }
    /// The names that play a role.
    pub fn names(&self, role: Role) -> impl Iterator<Item = &str> {
        self.0.get(&role).into_iter().flatten().map(String::as_str)
    }
}

impl Default for Roles {
    /// The names of the Segment e-commerce spec, and common variants.
    fn default() -> Self {
        todo!()
    }
}
