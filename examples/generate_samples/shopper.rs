//! One made-up shopper: a device, a clock, and what they do, as calls of the Segment spec.

use serde_json::{Map, Value, json};
use throughline::recording::{Span, time::format_instant};

const SHOP: &str = "https://calmandclay.example";

/// A small seeded generator (SplitMix64): the same seed writes the same bytes everywhere.
pub struct Dice(pub u64);

impl Dice {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }
    /// A number in `0..below`.
    pub fn below(&mut self, below: i64) -> i64 {
        (self.next() % below.unsigned_abs().max(1)) as i64
    }
    fn device(&mut self) -> String {
        let (a, b) = (self.next(), self.next());
        format!(
            "{:08x}-{:04x}-4{:03x}-8{:03x}-{:012x}",
            a >> 32,
            a & 0xffff,
            (a >> 16) & 0xfff,
            b & 0xfff,
            b >> 16
        )
    }
}

/// The dice of a story, seeded by its name.
fn dice_of(name: &str) -> Dice {
    let seed = name.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    });
    Dice(seed)
}

/// The products the stories mention, as the shop's own tracking sends them.
fn product(id: &str) -> Value {
    let (name, category, variant, price) = match id {
        "P1" => ("Gentle Oat Cleanser", "skincare", "150 ml", 16),
        "P2" => ("Barrier Repair Cream", "skincare", "50 ml", 16),
        "P5" => ("Daily Mineral SPF 30", "skincare", "50 ml", 16),
        "P7" => ("Calm Serum", "skincare", "30 ml", 16),
        "P9" => ("Overnight Recovery Balm", "skincare", "40 ml", 16),
        "P10" => ("Vitamin C Glow Drops", "skincare", "30 ml", 19),
        "P12" => ("Redness Relief Concentrate", "skincare", "30 ml", 19),
        "P14" => ("Magnesium Bath Salts", "bodycare", "500 g", 18),
        "P20" => ("Waffle Spa Robe", "accessories", "M", 69),
        other => (other, "skincare", "one size", 16),
    };
    json!({
        "product_id": id, "sku": format!("CC-{id}"), "name": name, "category": category,
        "price": price, "currency": "EUR", "variant": variant,
    })
}

/// A shopper at a moment of their story. Each method is something they do, a few seconds
/// after the last thing; [`Shopper::later`] lets time pass.
pub struct Shopper {
    name: &'static str,
    user: &'static str,
    signed_in: bool,
    now_ms: i64,
    device: String,
    campaign: Option<(&'static str, &'static str)>,
    dice: Dice,
    calls: Vec<(i64, Value)>,
}

impl Shopper {
    /// A shopper who arrives at `start_ms` (UTC ms). `name` is the start of their message ids,
    /// their user id, and the seed of everything random about them, so that a new story never
    /// changes an old one.
    pub fn arrives(name: &'static str, start_ms: i64) -> Self {
        let mut dice = dice_of(name);
        let device = dice.device();
        let now_ms = start_ms + dice.below(40 * 60_000);
        Self { name, user: name, signed_in: false, now_ms, device, campaign: None, dice, calls: Vec::new() }
    }
    /// Has an account from another story.
    pub fn known_as(self, user: &'static str) -> Self {
        Self { user, ..self }
    }
    /// Uses the browser of another story.
    pub fn on_device_of(self, name: &str) -> Self {
        Self { device: dice_of(name).device(), ..self }
    }
    /// Time passes.
    pub fn later(mut self, span: &str) -> Self {
        self.now_ms += span.parse::<Span>().map_or(0, Span::ms);
        self
    }
    /// Another browser: a new anonymous id, nobody signed in.
    pub fn on_another_device(mut self) -> Self {
        self.device = self.dice.device();
        self.signed_in = false;
        self
    }
    /// Lands on a page from a campaign.
    pub fn lands(mut self, path: &str, source: &'static str, campaign: &'static str) -> Self {
        self.campaign = Some((source, campaign));
        let landed = self.page("landing", path);
        Self { campaign: None, ..landed }
    }
    /// A page view.
    pub fn page(self, name: &str, path: &str) -> Self {
        let properties = json!({ "name": name, "path": path, "url": format!("{SHOP}{path}") });
        self.call("page", json!({ "name": name, "properties": properties }), path)
    }
    /// Opens the shop's front page.
    pub fn home(self) -> Self {
        self.page("home", "/")
    }
    /// Looks at a product.
    pub fn views(self, id: &str) -> Self {
        self.track("Product Viewed", &product(id))
    }
    /// Looks at a collection.
    pub fn browses(self, collection: &str) -> Self {
        self.track("Collection Viewed", &json!({ "collection": collection }))
    }
    /// Searches.
    pub fn searches(self, query: &str) -> Self {
        self.track("Products Searched", &json!({ "query": query }))
    }
    /// Puts a product in the cart.
    pub fn adds(self, id: &str) -> Self {
        let mut added = product(id);
        added["quantity"] = json!(1);
        self.track("Product Added", &added)
    }
    /// Takes it out again.
    pub fn removes(self, id: &str) -> Self {
        let mut removed = product(id);
        removed["quantity"] = json!(1);
        self.track("Product Removed", &removed)
    }
    /// Starts a checkout.
    pub fn checks_out(self, id: &str) -> Self {
        self.page("checkout", "/checkout").track("Checkout Started", &json!({ "products": [product(id)] }))
    }
    /// Buys.
    pub fn buys(mut self, id: &str) -> Self {
        let order = format!("O{}", 100_000 + self.dice.below(900_000));
        let bought = product(id);
        let total = bought["price"].clone();
        let mut line = bought;
        line["quantity"] = json!(1);
        self.track(
            "Order Completed",
            &json!({ "order_id": order, "total": total, "currency": "EUR", "products": [line] }),
        )
    }
    /// Leaves an email address in the popup: the capture, then the identify.
    pub fn gives(self, email: &str, traits: Value) -> Self {
        let captured = self.track("Email Captured", &json!({ "method": "popup" }));
        captured.identifies(email, traits)
    }
    /// Is identified (signs in, checks out).
    pub fn identifies(mut self, email: &str, traits: Value) -> Self {
        self.signed_in = true;
        let mut all = Map::new();
        all.insert("email".to_owned(), json!(email));
        if let Value::Object(more) = traits {
            all.extend(more);
        }
        self.call("identify", json!({ "traits": all }), "/")
    }
    /// Tells the shop something new about them (preferences, consent).
    pub fn updates(self, traits: &Value) -> Self {
        self.call("identify", json!({ "traits": traits }), "/account")
    }
    /// Every call, each with when it was made (UTC ms).
    pub fn story(self) -> Vec<(i64, Value)> {
        self.calls
    }
    /// A tracked event.
    fn track(self, event: &str, properties: &Value) -> Self {
        self.call("track", json!({ "event": event, "properties": properties }), "/")
    }
    /// Makes a call, between 4 and 40 seconds after the last.
    fn call(mut self, kind: &str, content: Value, path: &str) -> Self {
        self.now_ms += 4_000 + self.dice.below(36_000);
        let mut call = Map::new();
        call.insert("type".to_owned(), json!(kind));
        call.insert("messageId".to_owned(), json!(format!("{}-{:02}", self.name, self.calls.len() + 1)));
        call.insert("anonymousId".to_owned(), json!(self.device));
        if self.signed_in {
            call.insert("userId".to_owned(), json!(self.user));
        }
        if let Value::Object(content) = content {
            call.extend(content);
        }
        let mut context = json!({
            "page": { "path": path, "url": format!("{SHOP}{path}") },
            "locale": "de-DE",
            "timezone": "Europe/Berlin",
        });
        if let Some((source, name)) = self.campaign {
            context["campaign"] = json!({ "source": source, "name": name });
        }
        call.insert("context".to_owned(), context);
        call.insert("timestamp".to_owned(), json!(format_instant(self.now_ms)));
        self.calls.push((self.now_ms, Value::Object(call)));
        self
    }
}
