//! Who somebody is: platform rules as data, one resolver, the address check.
//!
//! No vendor name appears in code. A platform is a RON file in `assets/platforms/` (or one that
//! a workspace keeps); the [`Resolver`] reads its rules and nothing else. Every step it takes is
//! a record that names the rule that decided.

pub mod address;
pub mod platform;
pub mod resolver;

pub use address::{AddressReport, AddressVerdict, check_address};
pub use platform::{Confidence, Platform, PlatformError, Rule, RuleId};
pub use resolver::{
    AttributeValue, Identifier, IdentityStep, Outcome, Owner, Profile, ProfileId, RefusalReason, Resolver,
    identifiers_of,
};
