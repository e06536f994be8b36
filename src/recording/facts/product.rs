//! Products: which one an event names, and what the catalogue adds to it.

use std::collections::BTreeMap;

use rustc_hash::FxHashMap;
use serde_json::{Map, Value};

/// A JSON object.
pub(super) type Object = Map<String, Value>;

/// Property names that hold a product's id, most telling first.
const ID_KEYS: [&str; 4] = ["product_id", "productId", "ProductID", "item_id"];
/// Property names that hold a stock-keeping unit.
const SKU_KEYS: [&str; 2] = ["sku", "SKU"];
/// Property names that hold a list of products.
const LIST_KEYS: [&str; 4] = ["products", "items", "line_items", "Items"];
/// Properties that tell two variants of one product apart.
pub(super) const VARIANT_KEYS: [&str; 4] = ["variant_id", "variant", "sku", "size"];

/// The shop's catalogue: completes an event's product; the event's own value wins.
///
/// It is `Eq`, and so an `Arc` of it that is the same one is not looked into when two are compared.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Catalog {
    products: BTreeMap<String, Value>,
    by_sku: FxHashMap<String, String>,
    by_tag: BTreeMap<String, Vec<String>>,
}

impl Catalog {
    /// A catalogue of products by `product_id`; each a JSON object with the columns of
    /// `catalog.csv` (`tags` and `ingredients` are arrays, `price` and `stock` numbers).
    pub fn new(products: BTreeMap<String, Value>) -> Self {
        let mut by_sku = FxHashMap::default();
        let mut by_tag: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for (id, product) in &products {
            if let Some(sku) = SKU_KEYS.iter().find_map(|key| text_of(product.get(*key)?)) {
                by_sku.entry(sku).or_insert_with(|| id.clone());
            }
            for tag in tags_of(product) {
                by_tag.entry(tag).or_default().push(id.clone());
            }
        }
        Self { products, by_sku, by_tag }
    }
    /// Products by `product_id`.
    pub const fn products(&self) -> &BTreeMap<String, Value> {
        &self.products
    }
    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.products.is_empty()
    }
    /// Whether any product has this column.
    pub fn has_column(&self, column: &str) -> bool {
        self.products.values().any(|product| product.get(column).is_some())
    }
    /// Names of all columns.
    pub fn columns(&self) -> impl Iterator<Item = &str> {
        let keys = self.products.values().filter_map(Value::as_object).flat_map(Map::keys);
        keys.map(String::as_str).collect::<std::collections::BTreeSet<&str>>().into_iter()
    }
    /// The product with this id.
    pub fn get(&self, product_id: &str) -> Option<&Value> {
        self.products.get(product_id)
    }
    /// Ids of the products with a tag, sorted.
    pub(super) fn with_tag(&self, tag: &str) -> &[String] {
        self.by_tag.get(tag).map_or(&[], Vec::as_slice)
    }
    /// The id and row of the product that an object names by `product_id` or `sku`.
    fn row_of(&self, object: &Object) -> Option<(&str, &Object)> {
        let by_id = id_of(object).and_then(|id| self.products.get_key_value(&id));
        let found = by_id.or_else(|| {
            let sku = sku_of(object)?;
            let id = self.by_sku.get(&sku).unwrap_or(&sku);
            self.products.get_key_value(id)
        });
        found.and_then(|(id, row)| Some((id.as_str(), row.as_object()?)))
    }
}

/// Completes an event's properties from the catalogue: the product they name, and each product of
/// a list such as `products`. The event's own value wins.
///
/// `currency` is the workspace's, for prices that name none: where the event names another
/// currency than the catalogue's price has, that price is not taken over, because prices in
/// different currencies are never compared.
pub fn product_of(properties: Value, catalog: &Catalog, currency: &str) -> Value {
    let Value::Object(mut object) = properties else { return properties };
    if catalog.is_empty() {
        return Value::Object(object);
    }
    let event_currency = object.get("currency").cloned();
    for key in LIST_KEYS {
        if let Some(Value::Array(items)) = object.get_mut(key) {
            for item in items {
                if let Value::Object(line) = item {
                    inherit_currency(line, event_currency.as_ref());
                    complete(line, catalog, currency);
                }
            }
        }
    }
    complete(&mut object, catalog, currency);
    Value::Object(object)
}

/// Fills what `object` lacks from the catalogue row it names.
pub(super) fn complete(object: &mut Object, catalog: &Catalog, currency: &str) {
    let Some((id, row)) = catalog.row_of(object) else { return };
    let same_currency = match (object.get("currency").and_then(text_of), row.get("currency")) {
        (None, _) => true,
        (Some(own), of_row) => {
            let of_row = of_row.and_then(text_of).unwrap_or_else(|| currency.to_owned());
            own.eq_ignore_ascii_case(&of_row)
        }
    };
    for (column, value) in row {
        let is_price = column == "currency" || column.contains("price");
        if value.is_null() || (is_price && !same_currency) {
            continue;
        }
        if object.get(column).is_none_or(Value::is_null) {
            object.insert(column.clone(), value.clone());
        }
    }
    if object.get("product_id").is_none_or(Value::is_null) {
        object.insert("product_id".to_owned(), Value::from(id));
    }
}

/// A product of a list is priced in the event's currency unless it names its own.
pub(super) fn inherit_currency(line: &mut Object, currency: Option<&Value>) {
    if let Some(currency) = currency
        && line.get("currency").is_none_or(Value::is_null)
    {
        line.insert("currency".to_owned(), currency.clone());
    }
}

/// The products of an event's list, if it has one; each with the event's currency.
pub(super) fn listed(properties: &Object) -> Option<Vec<Object>> {
    let items = LIST_KEYS.iter().find_map(|key| properties.get(*key)?.as_array())?;
    let currency = properties.get("currency");
    let lines = items.iter().filter_map(Value::as_object).map(|line| {
        let mut line = line.clone();
        // Inside a list, a bare `id` is the product's.
        if id_of(&line).is_none()
            && let Some(id) = line.get("id").and_then(text_of)
        {
            line.insert("product_id".to_owned(), Value::from(id));
        }
        inherit_currency(&mut line, currency);
        line
    });
    Some(lines.collect())
}

/// The product id an object names.
pub(super) fn id_of(object: &Object) -> Option<String> {
    ID_KEYS.iter().find_map(|key| text_of(object.get(*key)?))
}

/// The stock-keeping unit an object names.
pub(super) fn sku_of(object: &Object) -> Option<String> {
    SKU_KEYS.iter().find_map(|key| text_of(object.get(*key)?))
}

/// What a product is known by: its id, else its stock-keeping unit, else its name.
pub(super) fn key_of(object: &Object) -> Option<String> {
    id_of(object)
        .or_else(|| sku_of(object))
        .or_else(|| ["name", "title"].iter().find_map(|key| text_of(object.get(*key)?)))
}

/// Text of a text or number; nothing for blank text and other values.
pub(super) fn text_of(value: &Value) -> Option<String> {
    match value {
        Value::String(text) if !text.trim().is_empty() => Some(text.trim().to_owned()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

/// A number, also one written as text (`"19.90"`), as many trackers send it.
pub(super) fn number_of(value: &Value) -> Option<f64> {
    let number = match value {
        Value::Number(number) => number.as_f64(),
        Value::String(text) => text.trim().parse().ok(),
        _ => None,
    };
    number.filter(|number| number.is_finite())
}

/// A sum of money or a quantity as JSON: a whole number where it is one, else to four decimals
/// (so that 0.1 + 0.2 reads 0.3).
pub(super) fn number_value(number: f64) -> Value {
    let rounded = (number * 10_000.0).round() / 10_000.0;
    if rounded.fract() == 0.0 && rounded.abs() < 9e15 {
        Value::from(rounded as i64)
    } else {
        serde_json::Number::from_f64(rounded).map_or(Value::Null, Value::Number)
    }
}

/// The tags of a product, without repeats, sorted.
pub(super) fn tags_of(product: &Value) -> Vec<String> {
    let mut tags: Vec<String> = match product.get("tags") {
        Some(Value::Array(tags)) => tags.iter().filter_map(text_of).collect(),
        Some(Value::String(tags)) => {
            tags.split([',', ';', '|']).map(|tag| tag.trim().to_owned()).filter(|t| !t.is_empty()).collect()
        }
        _ => Vec::new(),
    };
    tags.sort_unstable();
    tags.dedup();
    tags
}

/// Whether a product can be had: a stock above zero, or a catalogue that does not say.
pub(super) fn in_stock(product: &Value) -> bool {
    match product.get("stock").or_else(|| product.get("in_stock")) {
        None | Some(Value::Null) => true,
        Some(Value::Bool(there)) => *there,
        Some(value) => match number_of(value) {
            Some(stock) => stock > 0.0,
            None => !matches!(
                text_of(value).unwrap_or_default().to_lowercase().as_str(),
                "false" | "no" | "out" | "out_of_stock" | "out of stock" | "sold out"
            ),
        },
    }
}
