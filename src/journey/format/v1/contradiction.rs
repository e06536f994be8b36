//! Parts of a journey file that each are well formed and yet contradict each other.

use std::collections::BTreeSet;

use super::Journey;
use crate::journey::format::read::nearest;

impl Journey {
    /// The first contradiction between parts of the file that each are well formed.
    pub(in super::super) fn contradiction(&self) -> Option<String> {
        let known = |block: &String| self.blocks.contains_key(block);
        let start = self.start.iter().map(|to| ("`start`".to_owned(), to));
        let never = self.never_identified.iter().map(|to| ("`never_identified`".to_owned(), to));
        let exits = self.blocks.iter().flat_map(|(id, block)| {
            block.exits.iter().map(move |(exit, to)| (format!("block “{id}”: exit “{exit}”"), to))
        });
        if self.id.is_empty() {
            return Some("the journey has an empty id; give it one".to_owned());
        }
        if self.blocks.contains_key("") {
            return Some("a block has an empty id; give it one".to_owned());
        }
        for (place, to) in start.chain(never).chain(exits) {
            if !known(to) {
                let hint = nearest(to, self.blocks.keys().map(String::as_str));
                return Some(format!("{place} leads to “{to}”, which is no block{hint}"));
            }
        }
        if let Some(block) = self.positions.keys().find(|block| !known(block)) {
            let hint = nearest(block, self.blocks.keys().map(String::as_str));
            return Some(format!("a position is given for “{block}”, which is no block{hint}"));
        }
        if self.notes.contains_key("") {
            return Some("a note has an empty id; give it one".to_owned());
        }
        if let Some(id) = first_duplicate(self.exits.iter().map(|exit| exit.id.as_str())) {
            return Some(format!("two exit conditions have the id “{id}”; give one of them another"));
        }
        self.blocks.iter().find_map(|(id, block)| {
            let (arms, reserved) = block.kind().arm_ids();
            if let Some(arm) = first_duplicate(arms.iter().copied()) {
                return Some(format!("block “{id}”: two arms have the id “{arm}”; give one of them another"));
            }
            let wrong = arms.into_iter().find(|arm| arm.is_empty() || reserved.contains(arm))?;
            Some(if wrong.is_empty() {
                format!("block “{id}”: an arm has an empty id; give it one")
            } else {
                format!("block “{id}”: no arm may be called “{wrong}”, the block has that exit already")
            })
        })
    }
}

fn first_duplicate<'a>(ids: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let mut seen = BTreeSet::new();
    let mut ids = ids;
    ids.find(|id| !seen.insert(*id))
}
