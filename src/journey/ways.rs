//! The ways out of a block.

use super::{Block, BlockKind, ExitId, block::exit};

impl Block {
    /// The ways out, in order of the exits. Exits that lead on together are one way: a message's
    /// `not_sent` goes along with `sent` until it is led elsewhere.
    pub fn ways(&self) -> Vec<Vec<ExitId>> {
        let joined = matches!(self.kind, BlockKind::Message(_)) && !self.exits.contains_key(exit::NOT_SENT);
        let exits = self.kind.exits();
        if joined { vec![exits] } else { exits.into_iter().map(|exit| vec![exit]).collect() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::journey::edit::Starter;

    fn block(starter: Starter, exits: &[(&str, &str)]) -> Block {
        let exits = exits.iter().map(|(exit, to)| ((*exit).into(), (*to).into())).collect();
        Block { name: String::new(), note: String::new(), kind: starter.kind(), exits }
    }

    #[test]
    fn not_sent_is_a_way_of_its_own_once_it_is_led_elsewhere() {
        let joined = block(Starter::Email, &[("sent", "a")]);
        assert_eq!(joined.ways(), [[ExitId::from("sent"), ExitId::from("not_sent")]]);
        let apart = block(Starter::Email, &[("sent", "a"), ("not_sent", "b")]);
        assert_eq!(apart.ways(), [[ExitId::from("sent")], [ExitId::from("not_sent")]]);
    }
}
