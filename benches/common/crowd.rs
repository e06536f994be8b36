//! A seeded crowd of shoppers, as an export would have it: a month of browsing in bursts, 30 % of
//! browsers identified at some point, second devices, shared browsers, late and duplicate
//! deliveries. The same size and seed give the same bytes on every machine.

use std::io::{self, BufWriter, Write};

use throughline::recording::time::format_instant;

/// 1 March 2026, midnight UTC.
const FIRST_MS: i64 = 1_772_323_200_000;
const HOUR_MS: f64 = 3_600_000.0;
const DAY_MS: f64 = 24.0 * HOUR_MS;
/// Events per browser, on average.
const EVENTS_PER_BROWSER: usize = 8;

/// One wire message.
#[derive(Clone, Copy)]
struct Message {
    happened_ms: i64,
    arrived_ms: i64,
    browser: u32,
    /// Known on this call; `u32::MAX`: nobody.
    user: u32,
    id: u32,
    what: What,
    sku: u16,
    cents: u32,
}

#[derive(Clone, Copy, PartialEq)]
enum What {
    Page,
    View,
    Add,
    Checkout,
    Order,
    Remove,
    Opened,
    Identify,
}

/// Shares of what people do, in percent.
const SHARES: [(What, f64); 7] = [
    (What::Page, 52.0),
    (What::View, 27.0),
    (What::Add, 11.0),
    (What::Checkout, 4.5),
    (What::Order, 2.5),
    (What::Remove, 2.0),
    (What::Opened, 1.0),
];

/// `SplitMix64`: small, good enough, and the same everywhere.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }
    /// In [0, 1).
    fn unit(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1_u64 << 53) as f64
    }
    fn below(&mut self, end: usize) -> usize {
        (self.unit() * end as f64) as usize
    }
    fn chance(&mut self, share: f64) -> bool {
        self.unit() < share
    }
    /// Exponential with this mean.
    fn waiting(&mut self, mean: f64) -> f64 {
        -(1.0 - self.unit()).ln() * mean
    }
    /// Most draw little, few draw much; mean about 1, at most 40.
    fn activity(&mut self) -> f64 {
        ((1.0 - self.unit()).powf(-1.0 / 1.6) - 1.0 + 0.15).min(40.0) / 1.7
    }
}

/// Writes `count` events as JSON Lines, in the order they arrived.
pub fn write(count: usize, seed: u64, out: &mut dyn Write) -> io::Result<()> {
    let mut random = Random(seed);
    let browsers = (count / EVENTS_PER_BROWSER).max(1);
    let users = (browsers as f64 * 0.30 * 0.83) as usize + 1;
    let mut messages = Vec::with_capacity(count + count / 8);
    let mut browser = 0;
    while messages.len() < count {
        visit(&mut random, browser, users, &mut messages);
        browser += 1;
    }
    messages.truncate(count - count / 200);
    for index in 0..count - messages.len() {
        // Delivered twice, the second time later.
        let mut again = messages[random.below(messages.len() - index)];
        again.arrived_ms += random.waiting(60_000.0) as i64;
        messages.push(again);
    }
    messages.sort_by_key(|message| (message.arrived_ms, message.id));
    let mut out = BufWriter::with_capacity(1 << 20, out);
    for message in &messages {
        line(message, &mut out)?;
    }
    out.flush()
}

/// All that one browser does in its month.
fn visit(random: &mut Random, browser: u32, users: usize, messages: &mut Vec<Message>) {
    let activity = random.activity();
    let count = 1 + random.waiting(activity * (EVENTS_PER_BROWSER - 1) as f64) as usize;
    let identified_at = random.chance(0.30).then(|| random.below(count));
    // One in a hundred identified browsers is shared: somebody else logs in later.
    let shared_at = identified_at.filter(|_| random.chance(0.01)).map(|at| at + 1 + random.below(5));
    let mut user = u32::MAX;
    let mut at_ms = FIRST_MS as f64 + random.unit() * 26.0 * DAY_MS;
    let last_ms = FIRST_MS as f64 + 30.0 * DAY_MS;
    for step in 0..count {
        if step > 0 {
            let new_session = random.chance(0.18);
            at_ms +=
                if new_session { random.waiting(20.0 * HOUR_MS) } else { 800.0 + random.waiting(45_000.0) };
        }
        at_ms = at_ms.min(last_ms);
        messages.push(message(random, browser, user, at_ms as i64, None, messages.len()));
        if identified_at == Some(step) || shared_at == Some(step) {
            // A fifth of the people come back on a second browser: fewer users than browsers.
            user = random.below(users) as u32;
            let at_ms = at_ms as i64 + 1 + random.below(4_000) as i64;
            messages.push(message(random, browser, user, at_ms, Some(What::Identify), messages.len()));
        }
    }
}

fn message(
    random: &mut Random,
    browser: u32,
    user: u32,
    happened_ms: i64,
    what: Option<What>,
    id: usize,
) -> Message {
    let mut draw = random.unit() * 100.0;
    let what = what.unwrap_or_else(|| {
        SHARES
            .into_iter()
            .find(|(_, share)| {
                draw -= share;
                draw < 0.0
            })
            .map_or(What::Page, |(what, _)| what)
    });
    // Three in a hundred are delivered hours late.
    let late = random.chance(0.03);
    let delay_ms = if late { random.below(6 * 3_600_000) } else { 20 + random.below(880) };
    Message {
        happened_ms,
        arrived_ms: happened_ms + delay_ms as i64,
        browser,
        user,
        id: id as u32,
        what,
        sku: 1 + random.below(5_000) as u16,
        cents: 300 + random.waiting(4_000.0) as u32,
    }
}

fn line(message: &Message, out: &mut dyn Write) -> io::Result<()> {
    let Message { browser, user, id, sku, cents, .. } = *message;
    let (happened, arrived) = (format_instant(message.happened_ms), format_instant(message.arrived_ms));
    let kind = if message.what == What::Identify { "identify" } else { "track" };
    write!(
        out,
        r#"{{"type":"{kind}","messageId":"m{id:08}","timestamp":"{happened}","receivedAt":"{arrived}","anonymousId":"a-{browser:06}""#
    )?;
    if user == u32::MAX {
        out.write_all(br#","userId":null"#)?;
    } else {
        write!(out, r#","userId":"u-{user:06}""#)?;
    }
    let (units, rest) = (cents / 100, cents % 100);
    match message.what {
        What::Identify => write!(out, r#","traits":{{"email":"u{user}@example.com"}}"#)?,
        What::Page => out.write_all(br#","event":"Page Viewed","properties":{}"#)?,
        What::Checkout => out.write_all(br#","event":"Checkout Started","properties":{}"#)?,
        What::Opened => out.write_all(br#","event":"Email Opened","properties":{}"#)?,
        What::View => write!(out, r#","event":"Product Viewed","properties":{{"product_id":"P{sku}"}}"#)?,
        What::Remove => write!(out, r#","event":"Product Removed","properties":{{"product_id":"P{sku}"}}"#)?,
        What::Add => write!(
            out,
            r#","event":"Product Added","properties":{{"product_id":"P{sku}","value":{units}.{rest:02}}}"#
        )?,
        What::Order => {
            write!(out, r#","event":"Order Completed","properties":{{"value":{units}.{rest:02}}}"#)?;
        }
    }
    out.write_all(b"}\n")
}
