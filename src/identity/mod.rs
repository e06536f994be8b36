//! Who somebody is: platform rules as data, one resolver, the address check.
//!
//! No vendor name appears in code. A platform is a RON file in `assets/platforms/` (or one that
//! a workspace keeps); the [`Resolver`] reads its rules and nothing else. Every step it takes is
//! a record that names the rule that decided.
//!
//! | file | what |
//! |---|---|
//! | [`platform`], `platform_file` | the rules; reading them from RON |
//! | [`identifier`], `vocabulary` | one identifier; what counts as one and in what form |
//! | `register`, `carried` | the identifiers of one replay; those that a call carries |
//! | [`resolver`], `link`, `merge`, `held` | calls applied: who is who |
//! | [`profile`], [`outcome`] | people, and what became of a call |
//! | [`components`], [`people`] | who can never meet; everybody at the end |
//! | [`address`], `mistyped` | whether an email address can be mailed |

pub mod address;
mod carried;
pub mod components;
mod held;
pub mod identifier;
mod link;
mod merge;
mod mistyped;
pub mod outcome;
pub mod people;
pub mod platform;
mod platform_file;
pub mod profile;
mod register;
pub mod resolver;
mod vocabulary;

pub use address::{AddressReport, AddressVerdict, check_address};
pub use components::{Components, ComponentsBuilder, components, identifiers_of};
pub use identifier::Identifier;
pub use outcome::{IdentityStep, Outcome, Owner, RefusalReason};
pub use people::{People, people, people_among};
pub use platform::{Confidence, Platform, PlatformError, Rule, RuleId};
pub use profile::{AttributeValue, Profile, ProfileId};
pub use resolver::Resolver;

/// The words of a data file; a line that begins with `#` is a comment.
fn data_words(text: &'static str) -> impl Iterator<Item = &'static str> {
    text.lines().filter(|line| !line.starts_with('#')).flat_map(str::split_whitespace)
}
