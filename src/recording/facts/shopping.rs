//! What was viewed and bought, and what to recommend from that.

use std::collections::{BTreeMap, BTreeSet};

use rustc_hash::{FxHashMap, FxHashSet};
use serde_json::Value;

use super::{
    FactsInput,
    cart::{Cart, Sum, ordered_products, price_of, quantity_of},
    product::{Object, complete, in_stock, key_of, number_of, number_value, tags_of, text_of},
};
use crate::recording::time::format_instant;

/// How many products are recommended at most.
const RECOMMENDED: usize = 10;

/// One product that was viewed.
#[derive(Clone, Debug)]
struct View {
    product: Object,
    count: u64,
    last_ms: i64,
    /// Position of its last view among all views: the order of recency.
    last: u64,
}

/// Products viewed so far.
#[derive(Clone, Debug, Default)]
pub(super) struct Viewed {
    products: FxHashMap<String, View>,
    /// The last view, also of a product that nothing identifies.
    last: Option<(Object, i64)>,
    views: u64,
}

impl Viewed {
    pub(super) fn push(&mut self, product: Object, happened_ms: i64) {
        self.views += 1;
        let last = self.views;
        if let Some(key) = key_of(&product) {
            let count = self.products.get(&key).map_or(0, |view| view.count) + 1;
            let view = View { product: product.clone(), count, last_ms: happened_ms, last };
            self.products.insert(key, view);
        }
        self.last = Some((product, happened_ms));
    }

    pub(super) fn last(&self, input: &FactsInput<'_>) -> Value {
        let Some((product, last_ms)) = &self.last else { return Value::Null };
        let mut product = completed(product, input);
        product.insert("viewed_at".to_owned(), format_instant(*last_ms).into());
        Value::Object(product)
    }

    /// Products by recency, latest first.
    pub(super) fn value(&self, input: &FactsInput<'_>) -> Value {
        let products = self.by_recency().into_iter().map(|view| {
            let mut product = completed(&view.product, input);
            product.insert("count".to_owned(), view.count.into());
            product.insert("viewed_at".to_owned(), format_instant(view.last_ms).into());
            Value::Object(product)
        });
        Value::Array(products.collect())
    }

    fn by_recency(&self) -> Vec<&View> {
        let mut views: Vec<&View> = self.products.values().collect();
        views.sort_unstable_by_key(|view| std::cmp::Reverse(view.last));
        views
    }
}

/// One product that was bought.
#[derive(Clone, Debug)]
struct Bought {
    product: Object,
    quantity: f64,
    last: u64,
}

/// Orders so far.
#[derive(Clone, Debug)]
pub(super) struct Orders {
    seen: FxHashSet<String>,
    count: u64,
    total: Sum,
    last_ms: Option<i64>,
    products: FxHashMap<String, Bought>,
}

impl Default for Orders {
    fn default() -> Self {
        Self {
            seen: FxHashSet::default(),
            count: 0,
            total: Sum::new(),
            last_ms: None,
            products: FxHashMap::default(),
        }
    }
}

impl Orders {
    /// Takes in an order; `false` if its order id was seen before.
    pub(super) fn push(&mut self, order: &Object, happened_ms: i64, currency: &str) -> bool {
        let id = ["order_id", "orderId", "OrderId", "transaction_id"]
            .iter()
            .find_map(|key| text_of(order.get(*key)?));
        if id.is_some_and(|id| !self.seen.insert(id)) {
            return false;
        }
        let products = ordered_products(order);
        let own_currency = order.get("currency").and_then(text_of);
        let said = ["total", "revenue", "value"].iter().find_map(|key| number_of(order.get(*key)?));
        let amount = said.or_else(|| sum_of(&products));
        self.count += 1;
        self.total.add(amount, own_currency.as_deref().unwrap_or(currency));
        self.last_ms = Some(happened_ms);
        for product in products {
            let Some(key) = key_of(&product) else { continue };
            let before = self.products.get(&key).map_or(0.0, |bought| bought.quantity);
            let quantity = before + quantity_of(&product).max(0.0);
            self.products.insert(key, Bought { product, quantity, last: self.count });
        }
        true
    }

    pub(super) fn value(&self, input: &FactsInput<'_>) -> Value {
        let mut bought: Vec<(&String, &Bought)> = self.products.iter().collect();
        bought.sort_unstable_by(|(a_key, a), (b_key, b)| b.last.cmp(&a.last).then_with(|| a_key.cmp(b_key)));
        let products = bought.into_iter().map(|(_, bought)| {
            let mut product = completed(&bought.product, input);
            product.insert("quantity".to_owned(), number_value(bought.quantity));
            Value::Object(product)
        });
        let mut orders = Object::new();
        orders.insert("count".to_owned(), self.count.into());
        self.total.clone().write(&mut orders, "total", input.currency);
        if let Some(last_ms) = self.last_ms {
            orders.insert("last_at".to_owned(), format_instant(last_ms).into());
        }
        orders.insert("products".to_owned(), Value::Array(products.collect()));
        Value::Object(orders)
    }
}

/// The sum of an order's lines, if each has a price. All are in the order's currency.
fn sum_of(products: &[Object]) -> Option<f64> {
    let prices =
        products.iter().map(|product| Some(number_of(product.get("price")?)? * quantity_of(product)));
    if products.is_empty() { None } else { prices.sum() }
}

/// Products in stock, not bought, sharing most tags with what was viewed; ties by product id.
/// What was viewed or lies in the cart is no recommendation.
pub(super) fn recommendations(
    input: &FactsInput<'_>,
    viewed: &Viewed,
    orders: &Orders,
    cart: &Cart,
) -> Value {
    let catalog = input.catalog;
    let mut had: BTreeSet<String> =
        orders.products.values().filter_map(|b| key_of(&completed(&b.product, input))).collect();
    had.extend(cart.product_keys(catalog, input.currency));
    let mut tags = BTreeSet::new();
    for view in viewed.products.values() {
        let product = completed(&view.product, input);
        had.extend(key_of(&product));
        tags.extend(tags_of(&Value::Object(product)));
    }
    let mut shared: BTreeMap<&str, usize> = BTreeMap::new();
    for id in tags.iter().flat_map(|tag| catalog.with_tag(tag)) {
        *shared.entry(id).or_default() += 1;
    }
    let mut ranked: Vec<(&str, usize)> = shared.into_iter().filter(|(id, _)| !had.contains(*id)).collect();
    // The map was in order of id and the sort is stable: that settles ties.
    ranked.sort_by_key(|(_, shared)| std::cmp::Reverse(*shared));
    let products = ranked.into_iter().filter_map(|(id, _)| Some((id, catalog.get(id)?)));
    let products = products.filter(|(_, product)| in_stock(product)).take(RECOMMENDED);
    let products = products.map(|(id, product)| {
        let mut product = product.as_object().cloned().unwrap_or_default();
        product.entry("product_id").or_insert_with(|| id.into());
        Value::Object(product)
    });
    Value::Array(products.collect())
}

/// A product with what the catalogue adds, its price a number.
fn completed(product: &Object, input: &FactsInput<'_>) -> Object {
    let mut product = product.clone();
    complete(&mut product, input.catalog, input.currency);
    price_of(&mut product);
    product
}
