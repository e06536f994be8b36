//! A length of time as people say it: `"2d 4h"`, `"90m"`, `"30s"`.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

/// A length of time in whole milliseconds, never negative.
///
/// Read from text such as `2d 4h`, `2 days 4 hours`, `90 min`, `1w`, `500ms`; written in the
/// shortest canonical form (`2d 4h`). In files it is that text, so a change of one delay is a
/// readable one-line diff.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Span(i64);

/// Why a text is no length of time.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SpanError {
    /// Nothing was written.
    #[error("a length of time is missing; write for example 4h, 30m or 2d 4h")]
    Empty,
    /// A number without a unit, or a unit that is none.
    #[error("“{0}” is no length of time; write for example 4h, 30m or 2d 4h")]
    Unreadable(String),
    /// Longer than a thousand years.
    #[error("“{0}” is too long")]
    TooLong(String),
}

const UNITS: [(&str, i64); 6] =
    [("w", 604_800_000), ("d", 86_400_000), ("h", 3_600_000), ("m", 60_000), ("s", 1_000), ("ms", 1)];
/// A thousand years: long enough for any journey, short enough that sums never overflow.
const LONGEST_MS: i64 = 31_557_600_000_000;

impl Span {
    /// No time at all.
    pub const ZERO: Self = Self(0);

    /// `ms` milliseconds; a negative number becomes zero, an absurd one a thousand years.
    pub const fn from_ms(ms: i64) -> Self {
        if ms < 0 {
            Self(0)
        } else if ms > LONGEST_MS {
            Self(LONGEST_MS)
        } else {
            Self(ms)
        }
    }
    /// `hours` hours.
    pub const fn hours(hours: i64) -> Self {
        Self::from_ms(hours * 3_600_000)
    }
    /// `minutes` minutes.
    pub const fn minutes(minutes: i64) -> Self {
        Self::from_ms(minutes * 60_000)
    }
    /// `days` days of 24 hours.
    pub const fn days(days: i64) -> Self {
        Self::from_ms(days * 86_400_000)
    }
    /// The length in milliseconds.
    pub const fn ms(self) -> i64 {
        self.0
    }
    /// Whether it is no time at all.
    pub const fn is_zero(self) -> bool {
        self.0 == 0
    }
    /// [`Span::is_zero`] with the signature serde asks for.
    #[allow(clippy::trivially_copy_pass_by_ref)]
    pub(crate) const fn is_zero_ref(&self) -> bool {
        self.0 == 0
    }
    /// The two largest units, for reading: `2 d 3 h`, `45 min`, `0 s`. Of more than a second
    /// nobody reads the milliseconds.
    pub fn spoken(self) -> String {
        let mut parts = Vec::new();
        let mut rest = if self.0 < 1_000 { self.0 } else { self.0 - self.0 % 1_000 };
        for (unit, ms) in UNITS {
            let word = match unit {
                "w" => continue,
                "m" => "min",
                other => other,
            };
            if rest >= ms && parts.len() < 2 {
                parts.push(format!("{} {word}", rest / ms));
                rest %= ms;
            } else if !parts.is_empty() {
                break;
            }
        }
        if parts.is_empty() { "0 s".to_owned() } else { parts.join(" ") }
    }
}

impl fmt::Display for Span {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0 == 0 {
            return f.write_str("0s");
        }
        let mut rest = self.0;
        let mut first = true;
        // Weeks are read but not written: "14d" and "2w" are one value and need one form.
        for (unit, ms) in &UNITS[1..] {
            if rest >= *ms {
                if !first {
                    f.write_str(" ")?;
                }
                write!(f, "{}{unit}", rest / ms)?;
                rest %= ms;
                first = false;
            }
        }
        Ok(())
    }
}

impl FromStr for Span {
    type Err = SpanError;

    fn from_str(text: &str) -> Result<Self, SpanError> {
        let unreadable = || SpanError::Unreadable(text.trim().to_owned());
        let mut rest = text.trim();
        if rest.is_empty() {
            return Err(SpanError::Empty);
        }
        let mut total: i64 = 0;
        while !rest.is_empty() {
            let digits = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len());
            let number: i64 = rest[..digits].parse().map_err(|_| unreadable())?;
            rest = rest[digits..].trim_start();
            let letters = rest.find(|c: char| !c.is_alphabetic()).unwrap_or(rest.len());
            let unit_ms = unit_ms(&rest[..letters]).ok_or_else(unreadable)?;
            rest = rest[letters..].trim_start_matches([' ', ',', '\u{a0}']);
            let part = number.checked_mul(unit_ms).ok_or_else(|| SpanError::TooLong(text.to_owned()))?;
            total = total.checked_add(part).ok_or_else(|| SpanError::TooLong(text.to_owned()))?;
        }
        if total > LONGEST_MS { Err(SpanError::TooLong(text.to_owned())) } else { Ok(Self(total)) }
    }
}

fn unit_ms(word: &str) -> Option<i64> {
    let unit = match word.to_lowercase().as_str() {
        "ms" | "millisecond" | "milliseconds" => "ms",
        "s" | "sec" | "secs" | "second" | "seconds" => "s",
        "m" | "min" | "mins" | "minute" | "minutes" => "m",
        "h" | "hr" | "hrs" | "hour" | "hours" => "h",
        "d" | "day" | "days" => "d",
        "w" | "week" | "weeks" => "w",
        _ => return None,
    };
    UNITS.iter().find(|(name, _)| *name == unit).map(|(_, ms)| *ms)
}

impl Serialize for Span {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Span {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_people_write() {
        for (text, ms) in [
            ("4h", 14_400_000),
            ("2 days 4 h", 187_200_000),
            ("2d, 3 hours", 183_600_000),
            ("90 min", 5_400_000),
            ("1w", 604_800_000),
            ("500ms", 500),
            ("0s", 0),
        ] {
            assert_eq!(text.parse::<Span>().map(Span::ms), Ok(ms), "{text}");
        }
        for text in ["", "4", "h", "4 parsecs", "-4h", "99999999999999999999d", "9999999d"] {
            assert!(text.parse::<Span>().is_err(), "{text}");
        }
    }

    #[test]
    fn canonical_text_reads_back() {
        for ms in [0, 1, 999, 1_000, 61_001, 5_400_000, 604_800_000, 187_200_000] {
            let span = Span::from_ms(ms);
            assert_eq!(span.to_string().parse(), Ok(span));
        }
        assert_eq!(Span::from_ms(187_200_000).to_string(), "2d 4h");
        assert_eq!(Span::from_ms(183_600_000).spoken(), "2 d 3 h");
        assert_eq!(Span::from_ms(30_000).spoken(), "30 s");
        assert_eq!(Span::from_ms(52_148).spoken(), "52 s");
        assert_eq!(Span::from_ms(148).spoken(), "148 ms");
    }
}
