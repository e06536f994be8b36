//! Whether an email address can be mailed: syntax, mistyped domain, disposable, role.

/// What the check says of an address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AddressVerdict {
    /// Nothing wrong.
    Ok,
    /// No mailbox can have this name.
    Invalid,
    /// The domain looks like a slip of the keyboard; there is a suggestion.
    Mistyped,
    /// A throw-away mailbox.
    Disposable,
    /// A shared mailbox such as `info@`: usable, flagged.
    Role,
}

/// The verdict on one address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AddressReport {
    /// The address as given, trimmed.
    pub address: String,
    /// The verdict.
    pub verdict: AddressVerdict,
    /// For a mistyped address, what was probably meant.
    pub suggestion: Option<String>,
}

impl AddressVerdict {
    /// `ok`, `invalid`, `mistyped`, `disposable`, `role`.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Invalid => "invalid",
            Self::Mistyped => "mistyped",
            Self::Disposable => "disposable",
            Self::Role => "role",
        }
    }
}

/// Checks an address without asking any network. Pure and quick; safe to call per message.
pub fn check_address(address: &str) -> AddressReport {
    let _ = address;
    todo!()
}
