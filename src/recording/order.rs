//! Replay order, and which events were delivered before.

use std::cmp::Ordering;

use super::{
    digest::Digest,
    event::{Event, EventIndex, EventLog},
    symbols::Symbol,
};

impl EventLog {
    /// Total order of two events: (arrived, happened, message id, content). File order never
    /// matters.
    pub fn compare(&self, a: &Event, b: &Event) -> Ordering {
        let times = |e: &Event| (e.arrived_ms, e.happened_ms);
        times(a)
            .cmp(&times(b))
            .then_with(|| self.message_id(a).cmp(self.message_id(b)))
            .then_with(|| self.content(a).cmp(&self.content(b)))
    }
    /// Orders the events of a history: by (happened, arrived, message id).
    pub(crate) fn history_key(&self, index: EventIndex) -> (i64, i64, &str) {
        let event = self.event(index);
        (event.happened_ms, event.arrived_ms, self.message_id(event))
    }
    /// [`EventLog::compare`] of two events by their positions; those alike in all of it stay in
    /// the order they were read.
    pub(crate) fn compare_at(&self, a: EventIndex, b: EventIndex) -> Ordering {
        self.compare(self.event(a), self.event(b)).then_with(|| a.cmp(&b))
    }
    /// Indices in replay order, without duplicates: of several events with one message id the
    /// first arrival stays. Returns the order and how many duplicates it left out.
    pub fn replay_order(&self) -> (Vec<EventIndex>, usize) {
        let repeats = self.repeats();
        // Times side by side, for almost every comparison ends with them.
        let mut keys: Vec<(i64, i64, EventIndex)> = (0..)
            .zip(self.events())
            .filter(|(index, _)| repeats.binary_search(index).is_err())
            .map(|(index, event)| (event.arrived_ms, event.happened_ms, index))
            .collect();
        keys.sort_unstable_by(|a, b| (a.0, a.1).cmp(&(b.0, b.1)).then_with(|| self.compare_at(a.2, b.2)));
        (keys.into_iter().map(|(_, _, index)| index).collect(), repeats.len())
    }
    /// Events whose message id another one had that comes before them in replay order; sorted.
    pub(crate) fn repeats(&self) -> Vec<EventIndex> {
        let ids: Vec<u64> = self.events().iter().map(|event| Digest::short(self.message_id(event))).collect();
        self.repeats_among(shared(&ids).into_iter().map(|(_, index)| index).collect())
    }
    /// The same, if no other events than these can share a message id.
    pub(crate) fn repeats_among(&self, mut alike: Vec<EventIndex>) -> Vec<EventIndex> {
        let id = |index: EventIndex| self.message_id(self.event(index));
        alike.sort_unstable_by(|a, b| id(*a).cmp(id(*b)).then_with(|| self.compare_at(*a, *b)));
        let mut repeats: Vec<EventIndex> =
            alike.windows(2).filter(|pair| id(pair[0]) == id(pair[1])).map(|pair| pair[1]).collect();
        repeats.sort_unstable();
        repeats
    }
    fn content<'a>(&'a self, event: &Event) -> impl Ord + 'a {
        let text = |symbol: Option<Symbol>| symbol.map(|symbol| self.text(symbol));
        (
            event.kind,
            text(event.name),
            text(event.anonymous_id),
            text(event.user_id),
            text(event.previous_id),
            self.properties(event),
            self.traits(event),
            self.context(event),
        )
    }
}

/// The hashes that occur more than once, each with its position; sorted.
///
/// Hardly any do, so the many are told from the few by two tables of bits that stay at hand in the
/// processor, where a table of all hashes would not; of very many hashes a share at a time.
pub(crate) fn shared(hashes: &[u64]) -> Vec<(u64, u32)> {
    /// One in so many hashes meets another's bit by chance.
    const BITS_PER_HASH: usize = 8;
    /// A table of one MiB.
    const MOST_BITS: usize = 1 << 23;
    /// The bits of a hash below these find its place, these its share.
    const SHARE: u32 = 40;
    let wanted = (hashes.len() * BITS_PER_HASH).next_power_of_two();
    let bits = wanted.min(MOST_BITS);
    let shares = (wanted / bits) as u64;
    let place = |hash: u64| hash as usize & (bits - 1);
    let mut few = Vec::new();
    for share in 0..shares {
        let hashes =
            || hashes.iter().copied().zip(0_u32..).filter(|(hash, _)| hash >> SHARE & (shares - 1) == share);
        let (mut once, mut twice) = (Bits::new(bits), Bits::new(bits));
        for (hash, _) in hashes() {
            if once.set(place(hash)) {
                twice.set(place(hash));
            }
        }
        few.extend(hashes().filter(|(hash, _)| twice.has(place(*hash))));
    }
    few.sort_unstable();
    few.chunk_by(|a, b| a.0 == b.0).filter(|same| same.len() > 1).flatten().copied().collect()
}

/// A table of bits, none of them set at first.
struct Bits(Vec<u64>);

impl Bits {
    fn new(count: usize) -> Self {
        Self(vec![0; count.div_ceil(64)])
    }
    fn has(&self, bit: usize) -> bool {
        self.0[bit / 64] >> (bit % 64) & 1 == 1
    }
    /// Sets a bit. Returns whether it was set already.
    fn set(&mut self, bit: usize) -> bool {
        let was_set = self.has(bit);
        self.0[bit / 64] |= 1 << (bit % 64);
        was_set
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hashes_that_occur_twice_are_found_among_many_that_fall_on_the_same_bits() {
        // All in one bit, all in bits of their own.
        for step in [1_u64 << 32, 1] {
            let mut hashes: Vec<u64> = (0..1_000).map(|number| number * step).collect();
            assert_eq!(shared(&hashes), []);
            hashes.extend([7 * step, 900 * step, 7 * step]);
            let found = [(7, 7), (7, 1_000), (7, 1_002), (900, 900), (900, 1_001)];
            assert_eq!(shared(&hashes), found.map(|(number, at)| (number * step, at)));
        }
        assert_eq!(shared(&[]), []);
        // So many that they are looked at in two shares, of which each has half.
        let mut hashes: Vec<u64> = (0..1_100_000).map(|number| number | (number & 1) << 40).collect();
        hashes.extend([5 | 1 << 40, 6]);
        assert_eq!(shared(&hashes), [(6, 6), (6, 1_100_001), (5 | 1 << 40, 5), (5 | 1 << 40, 1_100_000)]);
    }
}
