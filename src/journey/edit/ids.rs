//! Fresh ids: readable, and not met before.
//!
//! Results, comparisons and reviews key on ids, so an id that was deleted should not come back as
//! another block. The id therefore ends in four letters drawn from everything the journey says at
//! that moment: the same edit of the same journey gives the same id, any other edit another one.

use std::hash::Hasher;

use siphasher::sip::SipHasher13;

use crate::journey::{BlockId, ExitId, Journey, JourneyId, NoteId, journey_to_ron};

const LETTERS: &[u8; 31] = b"abcdefghijkmnpqrstuvwxyz2345679";

/// An id no block of the journey has, beginning with `word`: `delay-k3fa`.
pub fn fresh_block(journey: &Journey, word: &str) -> BlockId {
    BlockId(fresh(word, &journey_to_ron(journey), |id| journey.blocks.contains_key(id)))
}

/// An id for a condition, arm or exit condition: none of `taken`.
pub fn fresh_arm<'a>(word: &str, taken: impl IntoIterator<Item = &'a str>) -> ExitId {
    let taken: Vec<&str> = taken.into_iter().collect();
    let mut number = taken.len() + 1;
    loop {
        let id = format!("{word}-{number}");
        if !taken.contains(&id.as_str()) {
            return ExitId(id);
        }
        number += 1;
    }
}

/// An id no note of the journey has.
pub fn fresh_note(journey: &Journey) -> NoteId {
    NoteId(fresh_arm("note", journey.notes.keys().map(NoteId::as_str)).0)
}

/// An id for a journey called `name`, none of `taken`: `Cart recovery` gives `cart-recovery`,
/// then `cart-recovery-2`. It is also the name of the journey's file, so it holds letters, digits
/// and dashes only.
pub fn fresh_journey<'a>(name: &str, taken: impl IntoIterator<Item = &'a JourneyId>) -> JourneyId {
    let taken: Vec<&JourneyId> = taken.into_iter().collect();
    let mut word = String::new();
    for letter in name.to_lowercase().chars() {
        if letter.is_ascii_alphanumeric() {
            word.push(letter);
        } else if !word.is_empty() && !word.ends_with('-') {
            word.push('-');
        }
        if word.len() >= 40 {
            break;
        }
    }
    let word = word.trim_end_matches('-');
    let word = if word.is_empty() { "journey" } else { word };
    let is_free = |id: &str| !taken.iter().any(|taken| taken.as_str().eq_ignore_ascii_case(id));
    let mut id = word.to_owned();
    let mut number = 2;
    while !is_free(&id) {
        id = format!("{word}-{number}");
        number += 1;
    }
    JourneyId(id)
}

fn fresh(word: &str, content: &str, taken: impl Fn(&str) -> bool) -> String {
    let mut salt = 0_u64;
    loop {
        let mut hasher = SipHasher13::new_with_keys(salt, 0);
        hasher.write(word.as_bytes());
        hasher.write(content.as_bytes());
        let mut rest = hasher.finish();
        let mut id = format!("{word}-");
        for _ in 0..4 {
            id.push(char::from(LETTERS[(rest % LETTERS.len() as u64) as usize]));
            rest /= LETTERS.len() as u64;
        }
        if !taken(&id) {
            return id;
        }
        salt += 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_journeys_id_is_a_file_name_and_free() {
        let taken = [JourneyId::from("cart-recovery"), JourneyId::from("Cart-Recovery-2")];
        assert_eq!(fresh_journey("Cart recovery!", &taken).as_str(), "cart-recovery-3");
        assert_eq!(fresh_journey("漢 / ..", &taken).as_str(), "journey");
        assert!(fresh_journey(&"x".repeat(500), &taken).as_str().len() <= 41);
    }

    #[test]
    fn an_arm_takes_the_next_free_number() {
        assert_eq!(fresh_arm("tier", ["tier-1", "tier-3"]).as_str(), "tier-4");
        assert_eq!(fresh_arm("tier", ["tier-2"]).as_str(), "tier-3");
    }
}
