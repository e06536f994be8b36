//! What counts as an identifier on a platform, how strong it is, and in what form it is compared.

use std::borrow::Cow;

use super::{
    identifier::Identifier,
    platform::{IdentifierRule, Matching, Namespace, Platform, WhenFull},
};

/// Position of an [`IdentifierRule`] in its platform; a smaller one is stronger.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct RuleNo(u8);

impl RuleNo {
    /// Stands for the rule of anonymous ids where a platform lists none: letter by letter, any
    /// number, weakest.
    const UNLISTED: Self = Self(u8::MAX);
    /// As weak as any.
    pub(super) const WEAKEST: Self = Self::UNLISTED;
}

/// What a text is, read as an identifier of some kind.
pub(super) enum Reading<'a> {
    /// An identifier: the form it is compared by, and the form it is shown in.
    Usable { key: Cow<'a, str>, shown: Cow<'a, str> },
    /// Nothing at all.
    Blank,
    /// A value that the platform blocks.
    Blocked,
    /// Longer than the platform takes.
    Bad,
    /// Not of the kind's form (a phone number that is none): merely a trait.
    OtherText,
}

/// The identifier rules of a platform, with the usual kinds looked up once. Cheap to make.
#[derive(Clone, Copy, Debug)]
pub(super) struct Vocabulary<'p> {
    platform: &'p Platform,
    /// The rule of user ids, if the platform has them.
    pub user: Option<RuleNo>,
    /// The rule of anonymous ids.
    pub anonymous: RuleNo,
}

impl<'p> Vocabulary<'p> {
    pub fn new(platform: &'p Platform) -> Self {
        let mut vocabulary = Self { platform, user: None, anonymous: RuleNo::UNLISTED };
        vocabulary.user = vocabulary.rule_of(Identifier::USER);
        vocabulary.anonymous = vocabulary.rule_of(Identifier::ANONYMOUS).unwrap_or(RuleNo::UNLISTED);
        vocabulary
    }
    /// The rules in force.
    pub const fn platform(&self) -> &'p Platform {
        self.platform
    }
    /// The rule of a kind; `None` if it is no identifier on this platform.
    pub fn rule_of(&self, kind: &str) -> Option<RuleNo> {
        let rules = &self.platform.identifiers.value;
        let named = rules.iter().position(|rule| rule.kind == kind);
        let position = named.or_else(|| rules.iter().position(|rule| rule.kind == "*"));
        match position {
            Some(position) => Some(RuleNo(position as u8)),
            None if kind == Identifier::ANONYMOUS => Some(RuleNo::UNLISTED),
            None => None,
        }
    }
    /// How many identifiers of this rule and kind a profile may have.
    pub fn at_most(&self, rule: RuleNo) -> usize {
        let at_most = self.rule(rule).and_then(|rule| rule.at_most);
        at_most.map_or(usize::MAX, |at_most| at_most as usize)
    }
    /// What a new value does when a profile has as many as it may.
    pub fn when_full(&self, rule: RuleNo) -> WhenFull {
        self.rule(rule).map_or(WhenFull::Refuse, |rule| rule.when_full)
    }
    /// Whether identifiers of all kinds share one namespace.
    pub fn is_shared(&self) -> bool {
        self.platform.namespace.value == Namespace::Shared
    }
    /// Reads `value` as an identifier under `rule`.
    pub fn read<'a>(&self, rule: RuleNo, value: &'a str) -> Reading<'a> {
        let blocked = &self.platform.blocked_values.value;
        if value.trim().is_empty() {
            return if blocked.blank { Reading::Blocked } else { Reading::Blank };
        }
        if self.is_blocked(value) {
            return Reading::Blocked;
        }
        let rule = self.rule(rule);
        let longest = rule.and_then(|rule| rule.max_bytes).unwrap_or(u32::MAX);
        if value.len() > longest as usize {
            return Reading::Bad;
        }
        match rule.map_or(Matching::Exact, |rule| rule.matching) {
            Matching::Exact => Reading::Usable { key: Cow::Borrowed(value), shown: Cow::Borrowed(value) },
            Matching::AnyCase => {
                Reading::Usable { key: Cow::Owned(value.to_lowercase()), shown: Cow::Borrowed(value) }
            }
            Matching::Email => {
                let email: Cow<'a, str> = Cow::Owned(value.trim().to_lowercase());
                Reading::Usable { key: email.clone(), shown: email }
            }
            Matching::Phone => match phone_number(value) {
                Some(number) => {
                    Reading::Usable { key: Cow::Owned(number.clone()), shown: Cow::Owned(number) }
                }
                None => Reading::OtherText,
            },
        }
    }

    fn rule(&self, rule: RuleNo) -> Option<&'p IdentifierRule> {
        self.platform.identifiers.value.get(usize::from(rule.0))
    }
    fn is_blocked(&self, value: &str) -> bool {
        let blocked = &self.platform.blocked_values.value;
        let bare = if blocked.quoted { without_quotes(value) } else { value };
        let trimmed = bare.trim();
        (blocked.quoted && trimmed.is_empty())
            || blocked.exact.iter().any(|word| word == trimmed)
            || blocked.any_case.iter().any(|word| same_in_any_case(word, trimmed))
            || (blocked.zeros_and_dashes && trimmed.chars().all(|c| matches!(c, '0' | '-')))
    }
}

/// Whether two texts are the same in lower case. Every identifier is asked, and nearly all are ASCII.
fn same_in_any_case(a: &str, b: &str) -> bool {
    if a.is_ascii() && b.is_ascii() {
        a.eq_ignore_ascii_case(b)
    } else {
        a.to_lowercase() == b.to_lowercase()
    }
}

/// The text inside one pair of single or double quotes, or the text itself.
fn without_quotes(value: &str) -> &str {
    let value = value.trim();
    let inside = |quote: char| value.strip_prefix(quote).and_then(|rest| rest.strip_suffix(quote));
    inside('"').or_else(|| inside('\'')).unwrap_or(value)
}

/// An E.164 number (`+` and 7 to 15 digits, the first not zero), without the spaces, dashes, dots
/// and brackets that people write. `None` for other text.
fn phone_number(value: &str) -> Option<String> {
    let number: String =
        value.chars().filter(|c| !c.is_whitespace() && !matches!(c, '-' | '.' | '(' | ')' | '/')).collect();
    let digits = number.strip_prefix('+')?;
    let fits = (7..=15).contains(&digits.len())
        && !digits.starts_with('0')
        && digits.bytes().all(|byte| byte.is_ascii_digit());
    fits.then_some(number)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn phone_numbers_are_read_as_people_write_them() {
        assert_eq!(phone_number("+47 (912) 34-567").as_deref(), Some("+4791234567"));
        for text in ["91234567", "+0912345678", "+47", "+4791234567890123", "+47 nine", ""] {
            assert_eq!(phone_number(text), None, "{text}");
        }
    }
}
