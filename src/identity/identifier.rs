//! One identifier: what kind, and its value.

use std::{cmp::Ordering, fmt, sync::Arc};

/// `kind:value`, for example `email:ana@example.com`. Ordered as its canonical text is.
///
/// Cheap to clone: both texts are shared.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Identifier {
    /// `user_id`, `email`, `phone`, `anonymous_id`, or an external id's type.
    pub kind: Arc<str>,
    /// The value as it is shown (emails in lower case).
    pub value: Arc<str>,
}

impl Identifier {
    /// The kind of anonymous ids.
    pub const ANONYMOUS: &'static str = "anonymous_id";
    /// The kind of user ids.
    pub const USER: &'static str = "user_id";
    /// The kind of email addresses.
    pub const EMAIL: &'static str = "email";
    /// The kind of phone numbers.
    pub const PHONE: &'static str = "phone";

    /// An identifier.
    pub fn new(kind: &str, value: &str) -> Self {
        Self { kind: kind.into(), value: value.into() }
    }
    /// Whether it is an anonymous id.
    pub fn is_anonymous(&self) -> bool {
        &*self.kind == Self::ANONYMOUS
    }
    /// Canonical text, `kind:value`; quicker than writing it through a formatter.
    pub fn canonical(&self) -> String {
        [&*self.kind, ":", &*self.value].concat()
    }
    /// As people say it: `email ana@example.com`, `user id u-7`, `device 5e1f0c52`.
    pub fn spoken(&self) -> String {
        if self.is_anonymous() {
            format!("device {}", self.value)
        } else {
            format!("{} {}", self.kind.replace('_', " "), self.value)
        }
    }
    fn text_bytes(&self) -> impl Iterator<Item = u8> + '_ {
        self.kind.bytes().chain([b':']).chain(self.value.bytes())
    }
}

impl fmt::Display for Identifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.kind, self.value)
    }
}

impl Ord for Identifier {
    fn cmp(&self, other: &Self) -> Ordering {
        if self.kind == other.kind {
            return self.value.cmp(&other.value);
        }
        // `a:b` + `c` and `a` + `b:c` read the same and are not the same: the kind decides then.
        self.text_bytes().cmp(other.text_bytes()).then_with(|| self.kind.cmp(&other.kind))
    }
}

impl PartialOrd for Identifier {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}
