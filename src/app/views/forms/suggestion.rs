//! What a field suggests.

/// Something that may be meant.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Suggestion {
    /// What the field then holds.
    pub text: String,
    /// How often it was recorded.
    pub seen: Option<u64>,
    /// What people call it, where that is something else: found by it too.
    pub also: Option<String>,
}

impl Suggestion {
    /// Something that was recorded so often.
    pub fn seen(text: impl Into<String>, times: u64) -> Self {
        Self { text: text.into(), seen: Some(times), also: None }
    }
    /// Something that is known without being counted.
    pub fn known(text: impl Into<String>) -> Self {
        Self { text: text.into(), seen: None, also: None }
    }
    /// The same, also found by what people call it.
    #[must_use]
    pub fn also(self, called: Option<String>) -> Self {
        Self { also: called, ..self }
    }
    /// Whether it or what people call it contains what was typed, in small letters.
    pub fn holds(&self, wanted: &str) -> bool {
        let called = self.also.as_deref().unwrap_or_default();
        self.text.to_lowercase().contains(wanted) || called.to_lowercase().contains(wanted)
    }
}
