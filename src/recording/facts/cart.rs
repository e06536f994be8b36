//! The cart, folded from add, remove, update and order events.

use std::borrow::Cow;

use rustc_hash::FxHashMap;
use serde_json::Value;

use super::{
    Catalog, Role,
    product::{
        Object, VARIANT_KEYS, complete, id_of, key_of, listed, number_of, number_value, sku_of, text_of,
    },
};
use crate::recording::time::format_instant;

/// A quantity no real cart reaches; larger ones are slips that must not overflow a sum.
const MOST: f64 = 1e9;

/// One line of the cart.
#[derive(Clone, Debug)]
struct Line {
    product: Object,
    quantity: f64,
}

/// The cart so far. Lines are never dropped from the vector while it grows, so that the index
/// stays valid; a line with nothing left is skipped.
#[derive(Clone, Debug, Default)]
pub(super) struct Cart {
    lines: Vec<Line>,
    by_product: FxHashMap<String, Vec<usize>>,
    updated_ms: Option<i64>,
}

impl Cart {
    /// Applies a cart or order event.
    pub(super) fn push(&mut self, role: Role, properties: Object, happened_ms: i64) {
        match role {
            Role::CartAdd => {
                for product in products_of(properties) {
                    self.add(product);
                }
            }
            Role::CartRemove => {
                for product in products_of(properties) {
                    self.take(&product);
                }
            }
            Role::CartUpdate => {
                // An update that lists nothing says nothing about the cart's content.
                let Some(products) = listed(&properties) else { return };
                self.clear();
                for product in products {
                    self.add(product);
                }
            }
            Role::Purchase => {
                let products = ordered_products(&properties);
                if products.is_empty() {
                    self.clear();
                }
                for product in products {
                    self.take(&product);
                }
            }
            _ => return,
        }
        self.updated_ms = Some(happened_ms);
    }

    fn clear(&mut self) {
        self.lines.clear();
        self.by_product.clear();
    }

    fn add(&mut self, product: Object) {
        let quantity = quantity_of(&product);
        if quantity <= 0.0 {
            return;
        }
        let keys = keys_of(&product);
        let known = self.matching(&keys, &product).next();
        if let Some(at) = known {
            let line = &mut self.lines[at];
            line.quantity = (line.quantity.max(0.0) + quantity).min(MOST);
            line.product.extend(product);
            return;
        }
        let at = self.lines.len();
        for key in keys {
            self.by_product.entry(key).or_default().push(at);
        }
        self.lines.push(Line { product, quantity });
    }

    /// Takes a quantity out of the lines of a product, never more than there is.
    fn take(&mut self, product: &Object) {
        let mut left = quantity_of(product).max(0.0);
        let lines: Vec<usize> = self.matching(&keys_of(product), product).collect();
        for at in lines {
            let line = &mut self.lines[at];
            let taken = left.min(line.quantity);
            line.quantity -= taken;
            left -= taken;
        }
    }

    /// Lines of the same product, found by its keys, whose variant does not say otherwise.
    fn matching<'a>(&'a self, keys: &[String], product: &'a Object) -> impl Iterator<Item = usize> + use<'a> {
        let lines = keys.iter().find_map(|key| self.by_product.get(key));
        lines.into_iter().flatten().copied().filter(|at| same_variant(&self.lines[*at].product, product))
    }

    /// What the products in the cart are known by.
    pub(super) fn product_keys(&self, catalog: &Catalog, currency: &str) -> Vec<String> {
        let held = self.lines.iter().filter(|line| line.quantity > 0.0);
        let keys = held.filter_map(|line| {
            let mut product = line.product.clone();
            complete(&mut product, catalog, currency);
            key_of(&product)
        });
        keys.collect()
    }

    /// What the cart is worth, and in which currency, as [`Cart::value`] says it.
    pub(super) fn worth(&self, catalog: &Catalog, currency: &str) -> Option<(f64, String)> {
        let mut sum = Sum::new();
        for line in self.lines.iter().filter(|line| line.quantity > 0.0) {
            let mut product = Cow::Borrowed(&line.product);
            if !catalog.is_empty() {
                complete(product.to_mut(), catalog, currency);
            }
            let price = price_in(&product).map(|price| price * line.quantity);
            let own_currency = product.get("currency").and_then(text_of);
            sum.add(price, own_currency.as_deref().unwrap_or(currency));
            // Once unknown, it stays so.
            sum.total?;
        }
        sum.done(currency)
    }

    /// The cart as facts show it. `currency` is the workspace's.
    pub(super) fn value(&self, catalog: &Catalog, currency: &str) -> Value {
        let mut products = Vec::new();
        let mut count = 0.0;
        let mut value = Sum::new();
        for line in self.lines.iter().filter(|line| line.quantity > 0.0) {
            let mut product = line.product.clone();
            complete(&mut product, catalog, currency);
            count += line.quantity;
            let price = price_of(&mut product);
            let own_currency = product.get("currency").and_then(text_of);
            value.add(price.map(|price| price * line.quantity), own_currency.as_deref().unwrap_or(currency));
            product.insert("quantity".to_owned(), number_value(line.quantity));
            products.push(Value::Object(product));
        }
        let mut cart = Object::new();
        cart.insert("products".to_owned(), Value::Array(products));
        cart.insert("count".to_owned(), number_value(count));
        value.write(&mut cart, "value", currency);
        if let Some(updated_ms) = self.updated_ms {
            cart.insert("updated_at".to_owned(), format_instant(updated_ms).into());
        }
        Value::Object(cart)
    }
}

/// A sum of prices in one currency. A price that is missing, or in another currency, makes the
/// sum unknown: a wrong total in a message is worse than none.
#[derive(Clone, Debug)]
pub(super) struct Sum {
    total: Option<f64>,
    currency: Option<String>,
}

impl Sum {
    pub(super) const fn new() -> Self {
        Self { total: Some(0.0), currency: None }
    }
    /// Adds an amount in a currency (upper or lower case).
    pub(super) fn add(&mut self, amount: Option<f64>, currency: &str) {
        let same = self.currency.as_ref().is_none_or(|known| known.eq_ignore_ascii_case(currency));
        self.total = match (self.total, amount) {
            (Some(total), Some(amount)) if same => Some(total + amount),
            _ => None,
        };
        self.currency.get_or_insert_with(|| currency.to_uppercase());
    }
    /// The sum and its currency, if they are known.
    fn done(self, workspace_currency: &str) -> Option<(f64, String)> {
        let total = number_value(self.total?).as_f64()?;
        Some((total, self.currency.unwrap_or_else(|| workspace_currency.to_uppercase())))
    }
    /// Writes the sum under `key` and its `currency`, if they are known. An empty sum is in the
    /// workspace's currency.
    pub(super) fn write(self, object: &mut Object, key: &str, workspace_currency: &str) {
        if let Some(total) = self.total {
            object.insert(key.to_owned(), number_value(total));
            let currency = self.currency.unwrap_or_else(|| workspace_currency.to_uppercase());
            if !currency.is_empty() {
                object.insert("currency".to_owned(), currency.into());
            }
        }
    }
}

/// The products an event names: its list, else the one product it is about.
fn products_of(properties: Object) -> Vec<Object> {
    match listed(&properties) {
        Some(products) if !products.is_empty() => products,
        _ if key_of(&properties).is_some() => vec![properties],
        _ => Vec::new(),
    }
}

/// The products an order names. A name alone is no product here: an order may be called
/// anything.
pub(super) fn ordered_products(properties: &Object) -> Vec<Object> {
    match listed(properties) {
        Some(products) if !products.is_empty() => products,
        _ if id_of(properties).or_else(|| sku_of(properties)).is_some() => vec![properties.clone()],
        _ => Vec::new(),
    }
}

fn price_in(product: &Object) -> Option<f64> {
    product.get("price").and_then(number_of)
}

/// A product's price, read as a number from now on even if it came as text.
pub(super) fn price_of(product: &mut Object) -> Option<f64> {
    let price = price_in(product)?;
    product.insert("price".to_owned(), number_value(price));
    Some(price)
}

/// How many; one if it does not say.
pub(super) fn quantity_of(product: &Object) -> f64 {
    let said = ["quantity", "Quantity", "qty"].iter().find_map(|key| product.get(*key));
    said.filter(|value| !value.is_null()).and_then(number_of).unwrap_or(1.0).clamp(-MOST, MOST)
}

/// Everything a line may be found by: product id and stock-keeping unit, else the name.
fn keys_of(product: &Object) -> Vec<String> {
    let mut keys: Vec<String> = [id_of(product), sku_of(product)].into_iter().flatten().collect();
    if keys.is_empty() {
        keys.extend(key_of(product));
    }
    keys.dedup();
    keys
}

fn same_variant(a: &Object, b: &Object) -> bool {
    VARIANT_KEYS.iter().all(|key| {
        let of = |object: &Object| object.get(*key).and_then(text_of);
        match (of(a), of(b)) {
            (Some(a), Some(b)) => a == b,
            _ => true,
        }
    })
}
