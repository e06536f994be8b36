//! Whether an email address can be mailed: syntax, mistyped domain, disposable, role.
//!
//! The facts (providers, top-level domains, role names) are data in `assets/addresses/`; the list
//! of throw-away domains is that of the `mailchecker` crate.

use std::sync::OnceLock;

use email_address::{EmailAddress, Options};
use rustc_hash::FxHashSet;

use super::{data_words, mistyped::meant_domain};

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

/// Longest address (RFC 5321: a path of 256 octets with its angle brackets).
const LONGEST_ADDRESS_BYTES: usize = 254;
/// Longest part before the `@` (RFC 5321).
const LONGEST_LOCAL_BYTES: usize = 64;
/// Longest part between two dots of a domain (RFC 1035).
const LONGEST_LABEL_BYTES: usize = 63;

/// Checks an address without asking any network. Pure and quick; safe to call per message.
///
/// Of several faults the first of: invalid, mistyped, disposable, role.
pub fn check_address(address: &str) -> AddressReport {
    let address = address.trim();
    let report = |verdict, suggestion| AddressReport { address: address.to_owned(), verdict, suggestion };
    let Some((local, domain)) = split(address) else {
        return report(AddressVerdict::Invalid, None);
    };
    let domain = domain.to_lowercase();
    if let Some(meant) = meant_domain(&domain) {
        return report(AddressVerdict::Mistyped, Some(format!("{local}@{meant}")));
    }
    if is_disposable(&domain) {
        return report(AddressVerdict::Disposable, None);
    }
    if is_role(local) {
        return report(AddressVerdict::Role, None);
    }
    report(AddressVerdict::Ok, None)
}

/// Local part and domain of a well-formed address. Quoted local parts, comments and address
/// literals are legal in mail and never a shopper's address: they count as malformed.
fn split(address: &str) -> Option<(&str, &str)> {
    let options = Options::default().with_required_tld().without_domain_literal().without_display_text();
    let (local, domain) = address.rsplit_once('@')?;
    let well_formed = address.len() <= LONGEST_ADDRESS_BYTES
        && local.len() <= LONGEST_LOCAL_BYTES
        && !address.contains(|c: char| matches!(c, '"' | '(' | ')' | '[' | ']' | '\\') || c.is_whitespace())
        && EmailAddress::parse_with_options(address, options).is_ok()
        && domain.split('.').all(is_label)
        && domain.rsplit('.').next().is_some_and(is_top_level);
    well_formed.then_some((local, domain))
}

fn is_label(label: &str) -> bool {
    !label.is_empty()
        && label.len() <= LONGEST_LABEL_BYTES
        && !label.starts_with('-')
        && !label.ends_with('-')
        && label.chars().all(|c| c == '-' || c.is_alphanumeric() || !c.is_ascii())
}

/// No top-level domain is one ASCII letter, and none is a number (that would be an IP address).
fn is_top_level(label: &str) -> bool {
    let one_letter = label.is_ascii() && label.len() == 1;
    !one_letter && !label.bytes().all(|byte| byte.is_ascii_digit())
}

/// Whether a domain, or a domain it is part of, gives throw-away mailboxes.
fn is_disposable(domain: &str) -> bool {
    static DOMAINS: OnceLock<FxHashSet<&str>> = OnceLock::new();
    let domains = DOMAINS.get_or_init(|| mailchecker::blacklist().into_iter().collect());
    if super::mistyped::is_real(domain) {
        return false;
    }
    let mut rest = Some(domain);
    while let Some(suffix) = rest {
        if domains.contains(suffix) {
            return true;
        }
        rest = suffix.split_once('.').map(|(_, parent)| parent).filter(|parent| parent.contains('.'));
    }
    false
}

/// Whether a local part stands for a function; `+tags` are looked past.
fn is_role(local: &str) -> bool {
    static ROLES: OnceLock<FxHashSet<&str>> = OnceLock::new();
    let roles = ROLES.get_or_init(|| data_words(include_str!("../../assets/addresses/roles.txt")).collect());
    let name = local.split('+').next().unwrap_or(local).to_lowercase();
    roles.contains(name.as_str())
}
