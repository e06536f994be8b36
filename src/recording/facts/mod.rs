//! Facts that follow from a person's events alone: sessions, what was viewed, the cart, orders,
//! each completed from the catalogue.
//!
//! Conditions and templates see one tree of facts ([`Facts::tree`]), so that `cart.value` in a
//! condition and `{{ cart.value }}` in a message can never disagree.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::LazyLock,
};

use rustc_hash::FxHashMap;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{EventIndex, EventKind, EventLog, Span, Symbol};

mod capture;
mod cart;
mod path;
mod product;
mod session;
mod shopping;

pub use capture::{CapturePoint, CaptureRules, capture_point};
pub use path::{lookup, lookup_first};
pub use product::{Catalog, product_of};

use cart::Cart;
use product::Object;
use session::Sessions;
use shopping::{Orders, Viewed, recommendations};

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

impl Role {
    /// Every role, on the way from looking to buying.
    pub const ALL: [Self; 9] = [
        Self::View,
        Self::CollectionView,
        Self::Search,
        Self::CartAdd,
        Self::CartRemove,
        Self::CartUpdate,
        Self::Checkout,
        Self::Purchase,
        Self::Capture,
    ];
}

/// Which event names play which role in this workspace, so that “Added to Cart” and
/// “Product Added” are one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Roles(pub BTreeMap<Role, BTreeSet<String>>);

/// The roles that the names of one log play ([`Roles::in_log`]): a replay asks for every event.
#[derive(Clone, Debug, Default)]
pub struct RolesByName(FxHashMap<Symbol, Role>);

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

/// What facts are computed from.
#[derive(Clone, Copy)]
pub struct FactsInput<'a> {
    /// The log that holds the events.
    pub log: &'a EventLog,
    /// The person's events by (happened, arrived, message id); those after `now_ms` are ignored.
    pub history: &'a [EventIndex],
    /// The instant the facts are asked for (UTC ms).
    pub now_ms: i64,
    /// Event-name roles, as the log's names play them.
    pub roles: &'a RolesByName,
    /// Session rule.
    pub sessions: SessionRules,
    /// The catalogue; may be empty.
    pub catalog: &'a Catalog,
    /// ISO 4217 currency of prices that name none; may be empty.
    pub currency: &'a str,
}

/// What a person's events add up to at one instant.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Facts {
    tree: Value,
}

/// One part of [`Facts::tree`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum FactKey {
    /// `first_session`: the earliest over all joined devices.
    FirstSession,
    /// `last_session`: the one that began last.
    LastSession,
    /// `last_viewed`: the product viewed last.
    LastViewed,
    /// `viewed`: products viewed, latest first, each with `count` and `viewed_at`.
    Viewed,
    /// `cart`: `products`, `count`, `value`, `currency`, `updated_at`.
    Cart,
    /// `orders`: `count`, `total`, `currency`, `last_at`, `products`.
    Orders,
    /// `recommendations`: products in stock, not bought, nor viewed or in the cart already, by
    /// how many tags they share with what was viewed.
    Recommendations,
}

impl FactKey {
    /// Every part, in the order of the tree.
    pub const ALL: [Self; 7] = [
        Self::FirstSession,
        Self::LastSession,
        Self::LastViewed,
        Self::Viewed,
        Self::Cart,
        Self::Orders,
        Self::Recommendations,
    ];

    /// The key in the tree.
    pub const fn word(self) -> &'static str {
        match self {
            Self::FirstSession => "first_session",
            Self::LastSession => "last_session",
            Self::LastViewed => "last_viewed",
            Self::Viewed => "viewed",
            Self::Cart => "cart",
            Self::Orders => "orders",
            Self::Recommendations => "recommendations",
        }
    }
    /// The part a path such as `cart.value` reads.
    pub fn of_path(path: &str) -> Option<Self> {
        let root = path.split(['.', '[']).next().unwrap_or_default().trim();
        Self::ALL.into_iter().find(|key| key.word() == root)
    }
}

impl Facts {
    /// The facts as one JSON object with the keys `first_session`, `last_session`,
    /// `last_viewed`, `viewed`, `cart`, `orders`, `recommendations`. What is not known is absent.
    pub const fn tree(&self) -> &Value {
        &self.tree
    }
    /// Computes the facts. One pass over the history.
    pub fn of(input: &FactsInput<'_>) -> Self {
        Self::only(input, &FactKey::ALL)
    }
    /// Computes only some parts: a condition on `cart.value` need not rank recommendations.
    pub fn only(input: &FactsInput<'_>, keys: &[FactKey]) -> Self {
        if keys.is_empty() {
            return Self { tree: Value::Object(Object::new()) };
        }
        let mut fold = FactsFold::of_parts(keys);
        for &index in input.history {
            if input.log.event(index).happened_ms <= input.now_ms {
                fold.push(input, index);
            }
        }
        fold.facts(input, keys)
    }
}

/// Facts under way: fed with events in history order, asked at any time.
///
/// A profile that keeps its fold pays for each event once, however often it is asked. An event
/// that joins *before* the last one fed (anonymous history) needs a fresh fold.
#[derive(Clone, Debug)]
pub struct FactsFold {
    sessions: Option<Sessions>,
    viewed: Option<Viewed>,
    cart: Option<Cart>,
    orders: Orders,
}

impl Default for FactsFold {
    /// A fold of everything.
    fn default() -> Self {
        Self::of_parts(&FactKey::ALL)
    }
}

impl FactsFold {
    /// A fold of only what some parts need; it cannot be asked for others.
    pub fn of_parts(keys: &[FactKey]) -> Self {
        let needs = |any: &[FactKey]| any.iter().any(|key| keys.contains(key));
        Self {
            sessions: needs(&[FactKey::FirstSession, FactKey::LastSession]).then(Sessions::default),
            viewed: needs(&[FactKey::LastViewed, FactKey::Viewed, FactKey::Recommendations])
                .then(Viewed::default),
            cart: needs(&[FactKey::Cart, FactKey::Recommendations]).then(Cart::default),
            orders: Orders::default(),
        }
    }
    /// Takes in the next event of the history.
    pub fn push(&mut self, input: &FactsInput<'_>, index: EventIndex) {
        let event = input.log.event(index);
        if let Some(sessions) = &mut self.sessions {
            sessions.push(input, event);
        }
        if event.kind != EventKind::Track {
            return;
        }
        let Some(name) = event.name else { return };
        let Some(role) = input.roles.0.get(&name).copied() else { return };
        match role {
            Role::View => {
                if let Some(viewed) = &mut self.viewed {
                    viewed.push(properties_of(input, index), event.happened_ms);
                }
            }
            Role::CartAdd | Role::CartRemove | Role::CartUpdate => {
                if let Some(cart) = &mut self.cart {
                    cart.push(role, properties_of(input, index), event.happened_ms);
                }
            }
            Role::Purchase => {
                let properties = properties_of(input, index);
                // The browser and the server often both report an order: it counts once.
                let is_new = self.orders.push(&properties, event.happened_ms, input.currency);
                if let Some(cart) = self.cart.as_mut().filter(|_| is_new) {
                    cart.push(role, properties, event.happened_ms);
                }
            }
            Role::CollectionView | Role::Search | Role::Checkout | Role::Capture => {}
        }
    }
    /// The facts now.
    pub fn facts(&self, input: &FactsInput<'_>, keys: &[FactKey]) -> Facts {
        let mut tree = Object::new();
        for key in FactKey::ALL.into_iter().filter(|key| keys.contains(key)) {
            let value = self.value(input, key).unwrap_or(Value::Null);
            if !value.is_null() {
                tree.insert(key.word().to_owned(), value);
            }
        }
        Facts { tree: Value::Object(tree) }
    }
    /// What the cart is worth now, and in which currency: `cart.value` and `cart.currency` of the
    /// facts, without the rest of them. `None` where it is not known.
    pub fn cart_value(&self, input: &FactsInput<'_>) -> Option<(f64, String)> {
        self.cart.as_ref()?.worth(input.catalog, input.currency)
    }
    fn value(&self, input: &FactsInput<'_>, key: FactKey) -> Option<Value> {
        Some(match key {
            FactKey::FirstSession => self.sessions.as_ref()?.first(),
            FactKey::LastSession => self.sessions.as_ref()?.last(),
            FactKey::LastViewed => self.viewed.as_ref()?.last(input),
            FactKey::Viewed => self.viewed.as_ref()?.value(input),
            FactKey::Cart => self.cart.as_ref()?.value(input.catalog, input.currency),
            FactKey::Orders => self.orders.value(input),
            FactKey::Recommendations => {
                recommendations(input, self.viewed.as_ref()?, &self.orders, self.cart.as_ref()?)
            }
        })
    }
}

fn properties_of(input: &FactsInput<'_>, index: EventIndex) -> Object {
    match input.log.properties_value(input.log.event(index)) {
        Value::Object(properties) => properties,
        _ => Object::new(),
    }
}

impl Roles {
    /// The role an event name plays, if any.
    pub fn role_of(&self, event_name: &str) -> Option<Role> {
        self.0.iter().find(|(_, names)| names.contains(event_name)).map(|(role, _)| *role)
    }
    /// The role of each name of a log that plays one.
    pub fn in_log(&self, log: &EventLog) -> RolesByName {
        let mut known = FxHashMap::default();
        for (role, names) in &self.0 {
            for symbol in names.iter().filter_map(|name| log.symbols().get(name)) {
                known.entry(symbol).or_insert(*role);
            }
        }
        RolesByName(known)
    }
    /// The names that play a role.
    pub fn names(&self, role: Role) -> impl Iterator<Item = &str> {
        self.0.get(&role).into_iter().flatten().map(String::as_str)
    }
}

impl Default for Roles {
    /// The names of the Segment e-commerce spec, and common variants (`assets/roles.ron`).
    fn default() -> Self {
        static BUILT_IN: LazyLock<Roles> = LazyLock::new(|| {
            ron::from_str(include_str!("../../../assets/roles.ron")).unwrap_or(Roles(BTreeMap::new()))
        });
        BUILT_IN.clone()
    }
}
