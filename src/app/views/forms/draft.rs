//! What somebody is typing, before it is a value.

/// The text of a field while it is not yet (or not only) the value's own.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Draft {
    /// What was typed.
    pub text: String,
    /// How the value was written when that was typed: if it is another one now, it was changed
    /// from elsewhere (an undo, another field) and the draft speaks of the past.
    over: String,
}

impl Draft {
    /// The draft to show for a value written so: the one kept, if it still speaks of the value.
    pub fn resume(kept: Option<Self>, written: &str) -> Self {
        kept.filter(|draft| draft.over == written)
            .unwrap_or_else(|| Self { text: written.to_owned(), over: written.to_owned() })
    }
    /// The value is what was typed now, and is written so.
    pub fn became(&mut self, written: String) {
        self.over = written;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_draft_lasts_until_the_value_changes_from_elsewhere() {
        let mut draft = Draft::resume(None, "4 hours");
        "6h".clone_into(&mut draft.text);
        draft.became("6 hours".to_owned());
        let kept = Draft::resume(Some(draft.clone()), "6 hours");
        assert_eq!(kept.text, "6h", "typing goes on");
        assert_eq!(Draft::resume(Some(draft), "4 hours").text, "4 hours", "undone");
    }
}
