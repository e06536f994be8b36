//! What should have happened, as whoever reports a result says it.

use crate::simulator::MessageState;

/// What somebody wishes had happened instead.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wish {
    /// The message goes out.
    Sent,
    /// It does not.
    NotSent,
    /// It goes out earlier or later.
    OtherTime,
    /// It says something else.
    OtherText,
    /// They come to the block.
    Come,
    /// They do not.
    NotCome,
    /// Somebody takes the way.
    Taken,
    /// Nobody does.
    NotTaken,
}

impl Wish {
    /// In a sentence.
    pub const fn text(self) -> &'static str {
        match self {
            Self::Sent => "It should have been sent",
            Self::NotSent => "It should not have been sent",
            Self::OtherTime => "It should have been sent at another time",
            Self::OtherText => "It should have said something else",
            Self::Come => "They should have come here",
            Self::NotCome => "They should not have come here",
            Self::Taken => "Somebody should have taken this way",
            Self::NotTaken => "Nobody should have come this way",
        }
    }
}

/// What happened, as far as wishes go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Happened {
    /// A message came to this end; `None`: they never came to it.
    Message(Option<MessageState>),
    /// They came to a block that sends nothing, or did not.
    Came(bool),
    /// A way of a journey was taken by so many.
    Way(u64),
}

impl Happened {
    /// What may be wished instead.
    pub const fn wishes(self) -> &'static [Wish] {
        match self {
            Self::Message(Some(MessageState::Sent)) => &[Wish::NotSent, Wish::OtherTime, Wish::OtherText],
            Self::Message(Some(MessageState::Waiting)) => &[Wish::Sent, Wish::OtherTime, Wish::NotSent],
            Self::Message(_) => &[Wish::Sent, Wish::OtherTime],
            Self::Came(true) => &[Wish::NotCome],
            Self::Came(false) => &[Wish::Come],
            Self::Way(0) => &[Wish::Taken],
            Self::Way(_) => &[Wish::NotTaken],
        }
    }
}

/// What should have happened: a wish, own words, both or neither.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Expectation {
    /// The wish.
    pub wish: Option<Wish>,
    /// Own words.
    pub words: String,
}

impl Expectation {
    /// In one line; whoever reads a report without it is asked to say.
    pub fn text(&self) -> String {
        let words = super::one_line(&self.words);
        match (self.wish, words.trim()) {
            (None, "") => "_please say_".to_owned(),
            (None, words) => words.to_owned(),
            (Some(wish), "") => format!("{}.", wish.text()),
            (Some(wish), words) => format!("{}. {words}", wish.text()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_said_in_one_line() {
        let say = |wish, words: &str| Expectation { wish, words: words.to_owned() }.text();
        assert_eq!(say(None, " "), "_please say_");
        assert_eq!(say(Some(Wish::OtherTime), ""), "It should have been sent at another time.");
        assert_eq!(say(Some(Wish::Sent), "At 14:00,\nnot 9."), "It should have been sent. At 14:00, not 9.");
        assert_eq!(say(None, "Ask Ana"), "Ask Ana");
    }

    #[test]
    fn nobody_wishes_what_happened() {
        for state in [MessageState::Sent, MessageState::NotSent, MessageState::Skipped, MessageState::Waiting]
        {
            let wishes = Happened::Message(Some(state)).wishes();
            assert_eq!(wishes.contains(&Wish::Sent), state != MessageState::Sent);
        }
        assert_eq!(Happened::Way(0).wishes(), [Wish::Taken]);
    }
}
