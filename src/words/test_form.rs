//! Tests of a value in words, apart from what they compare with. Pure.

use crate::{
    journey::{Scalar, Test},
    recording::Span,
};

/// Which test it is, without what it compares with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs)] // as in Test
pub enum TestForm {
    Equals,
    EqualsIgnoreCase,
    NotEquals,
    In,
    NotIn,
    Contains,
    ContainsIgnoreCase,
    StartsWith,
    Exists,
    Missing,
    MoreThan,
    AtLeast,
    LessThan,
    AtMost,
    WithinLast,
    LongerAgoThan,
    WithinNext,
}

impl TestForm {
    /// In words, in the order they are offered.
    pub const WORDS: [(Self, &'static str); 17] = [
        (Self::Equals, "is"),
        (Self::NotEquals, "is not"),
        (Self::In, "is one of"),
        (Self::NotIn, "is none of"),
        (Self::Contains, "contains"),
        (Self::StartsWith, "starts with"),
        (Self::EqualsIgnoreCase, "is, in any case,"),
        (Self::ContainsIgnoreCase, "contains, in any case,"),
        (Self::MoreThan, "is more than"),
        (Self::AtLeast, "is at least"),
        (Self::LessThan, "is less than"),
        (Self::AtMost, "is at most"),
        (Self::Exists, "is known"),
        (Self::Missing, "is missing"),
        (Self::WithinLast, "is in the last"),
        (Self::LongerAgoThan, "is longer ago than"),
        (Self::WithinNext, "is in the next"),
    ];
    /// Which test a test is.
    pub const fn of(test: &Test) -> Self {
        match test {
            Test::Equals(_) => Self::Equals,
            Test::EqualsIgnoreCase(_) => Self::EqualsIgnoreCase,
            Test::NotEquals(_) => Self::NotEquals,
            Test::Contains(_) => Self::Contains,
            Test::ContainsIgnoreCase(_) => Self::ContainsIgnoreCase,
            Test::StartsWith(_) => Self::StartsWith,
            Test::Exists => Self::Exists,
            Test::Missing => Self::Missing,
            Test::MoreThan(_) => Self::MoreThan,
            Test::AtLeast(_) => Self::AtLeast,
            Test::LessThan(_) => Self::LessThan,
            Test::AtMost(_) => Self::AtMost,
            Test::In(_) => Self::In,
            Test::NotIn(_) => Self::NotIn,
            Test::WithinLast(_) => Self::WithinLast,
            Test::LongerAgoThan(_) => Self::LongerAgoThan,
            Test::WithinNext(_) => Self::WithinNext,
        }
    }
    /// This test of what another one compared with, as far as that can be kept.
    pub fn from(self, old: &Test) -> Test {
        let values = match old {
            Test::Equals(value) | Test::NotEquals(value) => vec![value.clone()],
            Test::EqualsIgnoreCase(text)
            | Test::Contains(text)
            | Test::ContainsIgnoreCase(text)
            | Test::StartsWith(text) => vec![Scalar::Text(text.clone())],
            Test::MoreThan(number)
            | Test::AtLeast(number)
            | Test::LessThan(number)
            | Test::AtMost(number) => vec![Scalar::Number(*number)],
            Test::In(values) | Test::NotIn(values) => values.clone(),
            _ => Vec::new(),
        };
        let first = || values.first().cloned().unwrap_or_else(|| Scalar::Text(String::new()));
        let text = || match first() {
            Scalar::Text(text) => text,
            Scalar::Number(number) => number.to_string(),
            Scalar::Bool(answer) => answer.to_string(),
        };
        let number = || match first() {
            Scalar::Number(number) => number,
            _ => 0.0,
        };
        let span = match old {
            Test::WithinLast(span) | Test::LongerAgoThan(span) | Test::WithinNext(span) => *span,
            _ => Span::days(7),
        };
        match self {
            Self::Equals => Test::Equals(first()),
            Self::EqualsIgnoreCase => Test::EqualsIgnoreCase(text()),
            Self::NotEquals => Test::NotEquals(first()),
            Self::Contains => Test::Contains(text()),
            Self::ContainsIgnoreCase => Test::ContainsIgnoreCase(text()),
            Self::StartsWith => Test::StartsWith(text()),
            Self::Exists => Test::Exists,
            Self::Missing => Test::Missing,
            Self::MoreThan => Test::MoreThan(number()),
            Self::AtLeast => Test::AtLeast(number()),
            Self::LessThan => Test::LessThan(number()),
            Self::AtMost => Test::AtMost(number()),
            Self::In => Test::In(values),
            Self::NotIn => Test::NotIn(values),
            Self::WithinLast => Test::WithinLast(span),
            Self::LongerAgoThan => Test::LongerAgoThan(span),
            Self::WithinNext => Test::WithinNext(span),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_test_keeps_what_it_compared_with() {
        let old = Test::Equals(Scalar::Number(20.0));
        for (form, _) in TestForm::WORDS {
            assert_eq!(TestForm::of(&form.from(&old)), form);
        }
        assert_eq!(TestForm::MoreThan.from(&old), Test::MoreThan(20.0));
        assert_eq!(TestForm::In.from(&old), Test::In(vec![Scalar::Number(20.0)]));
        assert_eq!(TestForm::Contains.from(&old), Test::Contains("20".into()));
    }
}
