//! Interned names and identifiers, in as little memory as they take.
//!
//! A large recording names millions of devices and people, so each text is kept once, end to end
//! with the others, and found by a table of numbers.

use std::{hash::Hasher, num::NonZeroU32};

use rustc_hash::FxHasher;

/// An interned string of one [`Symbols`] table. Its order means nothing: sort by text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Symbol(NonZeroU32);

impl Symbol {
    /// Position in the table, from zero.
    pub const fn index(self) -> usize {
        self.0.get() as usize - 1
    }
    /// The symbol at a position of the table. Only for a store that wrote [`Symbol::index`].
    pub const fn from_index(index: u32) -> Option<Self> {
        match NonZeroU32::new(index.saturating_add(1)) {
            Some(number) => Some(Self(number)),
            None => None,
        }
    }
}

/// Interned names and identifiers.
#[derive(Clone, Debug, Default)]
pub struct Symbols {
    /// All texts, one after another.
    texts: String,
    /// Where each text ends.
    ends: Vec<usize>,
    /// Symbols at the place their text hashes to, or the next free one. The length is a power of
    /// two, and at least an eighth is free.
    slots: Vec<Option<Symbol>>,
}

impl Symbols {
    /// The symbol of `text`, made if new.
    pub fn intern(&mut self, text: &str) -> Symbol {
        if self.ends.len() >= self.slots.len() / 8 * 7 {
            self.grow();
        }
        let slot = match self.find(text) {
            Ok(symbol) => return symbol,
            Err(slot) => slot,
        };
        self.texts.push_str(text);
        self.ends.push(self.texts.len());
        let symbol = Symbol(NonZeroU32::new(self.ends.len() as u32).unwrap_or(NonZeroU32::MAX));
        self.slots[slot] = Some(symbol);
        symbol
    }
    /// The symbol of `text`, if it was ever interned.
    pub fn get(&self, text: &str) -> Option<Symbol> {
        if self.slots.is_empty() { None } else { self.find(text).ok() }
    }
    /// The text of `symbol`; empty for a symbol of another table.
    pub fn text(&self, symbol: Symbol) -> &str {
        self.nth(symbol.index()).unwrap_or_default()
    }
    /// How many there are.
    pub fn len(&self) -> usize {
        self.ends.len()
    }
    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }
    /// All texts, in order of their symbols.
    pub fn iter(&self) -> impl Iterator<Item = &str> {
        (0..self.len()).filter_map(|index| self.nth(index))
    }

    fn nth(&self, index: usize) -> Option<&str> {
        let start = if index == 0 { 0 } else { *self.ends.get(index - 1)? };
        self.texts.get(start..*self.ends.get(index)?)
    }

    /// The symbol of a text, or the free slot where it belongs.
    fn find(&self, text: &str) -> Result<Symbol, usize> {
        let mask = self.slots.len() - 1;
        let mut slot = place(text) & mask;
        loop {
            match self.slots[slot] {
                None => return Err(slot),
                Some(symbol) if self.text(symbol) == text => return Ok(symbol),
                Some(_) => slot = (slot + 1) & mask,
            }
        }
    }

    fn grow(&mut self) {
        const FEWEST: usize = 16;
        self.slots = vec![None; (self.slots.len() * 2).max(FEWEST)];
        let mask = self.slots.len() - 1;
        for index in 0..self.ends.len() {
            let mut slot = self.nth(index).map_or(0, place) & mask;
            while self.slots[slot].is_some() {
                slot = (slot + 1) & mask;
            }
            self.slots[slot] = Symbol::from_index(index as u32);
        }
    }
}

/// Where a text belongs in a table, before it is cut to the table's size.
fn place(text: &str) -> usize {
    let mut hasher = FxHasher::default();
    hasher.write(text.as_bytes());
    let hash = hasher.finish();
    // The upper bits are the better mixed ones.
    (hash ^ (hash >> 32)) as usize
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_text_has_one_symbol_and_every_symbol_its_text() {
        let mut symbols = Symbols::default();
        assert_eq!(symbols.get("a"), None);
        let texts: Vec<String> = (0..5_000).map(|n| format!("a-{n}")).chain([String::new()]).collect();
        let first: Vec<Symbol> = texts.iter().map(|text| symbols.intern(text)).collect();
        let again: Vec<Symbol> = texts.iter().map(|text| symbols.intern(text)).collect();
        assert_eq!(first, again);
        assert_eq!(symbols.len(), texts.len());
        assert!(symbols.iter().eq(texts.iter().map(String::as_str)));
        assert!(texts.iter().zip(&first).all(|(text, symbol)| symbols.text(*symbol) == text));
        assert_eq!((symbols.get("a-4999"), symbols.get("a-5000")), (Some(first[4_999]), None));
        let other = Symbol::from_index(1_000_000).map(|symbol| symbols.text(symbol));
        assert_eq!(other, Some(""));
    }
}
