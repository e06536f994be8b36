//! The words and small values of version 1: channels, days, states, times of day, scalars.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use crate::journey::{self, condition as cond};

/// Makes an enum of plain words with conversions from and to the model's.
macro_rules! words {
    ($($(#[$doc:meta])* $name:ident = $model:path { $($word:ident),* $(,)? })*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
        pub(crate) enum $name { $($word),* }

        impl From<$name> for $model {
            fn from(word: $name) -> Self {
                match word { $($name::$word => Self::$word),* }
            }
        }
        impl From<$model> for $name {
            fn from(word: $model) -> Self {
                match word { $(<$model>::$word => Self::$word),* }
            }
        }
    )*};
}

words! {
    /// Whether a journey runs.
    Status = journey::Status { Draft, Active }
    /// Which of several joined triggers are offered.
    HeldTriggers = journey::HeldTriggers { Each, Oldest, Newest }
    /// How a message goes out.
    Channel = journey::Channel { Email, Sms, Push, InApp, Webhook, OnSite, Audience }
    /// A day of the week.
    Weekday = journey::Weekday { Mon, Tue, Wed, Thu, Fri, Sat, Sun }
    /// By what somebody must be identified.
    Identification = cond::Identification { Any, UserId, Email, Phone, ReachableChannel }
    /// Whether the address must be good.
    AddressNeed = cond::AddressNeed { Any, Good }
    /// A state of consent.
    ConsentState = cond::ConsentState { Granted, Denied, Unknown }
    /// What happened to a message.
    MessageStatus = cond::MessageStatus { Sent, NotSent }
}

/// A time of day: `"09:30"`; minutes after local midnight, up to and including `"24:00"`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Clock(u32);

const LAST_MINUTE: u32 = 24 * 60;

impl Clock {
    pub(crate) const fn minute(self) -> u32 {
        self.0
    }
    pub(crate) fn of(minute: u32) -> Self {
        Self(minute.min(LAST_MINUTE))
    }
    #[allow(clippy::trivially_copy_pass_by_ref)] // the signature serde asks for
    pub(crate) const fn is_midnight(&self) -> bool {
        self.0 == 0
    }
}

impl fmt::Display for Clock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:02}:{:02}", self.0 / 60, self.0 % 60)
    }
}

impl FromStr for Clock {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let wrong = || format!("“{text}” is no time of day; write for example 09:30");
        let two_digits = |part: &str| {
            let plain = (1..=2).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_digit());
            if plain { part.parse::<u32>().ok() } else { None }
        };
        let (hours, minutes) = text.trim().split_once(':').ok_or_else(wrong)?;
        let hours = two_digits(hours).ok_or_else(wrong)?;
        let minutes = two_digits(minutes).filter(|m| *m < 60 && minutes.len() == 2).ok_or_else(wrong)?;
        let minute = hours * 60 + minutes;
        if minute > LAST_MINUTE { Err(wrong()) } else { Ok(Self(minute)) }
    }
}

impl Serialize for Clock {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Clock {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(de::Error::custom)
    }
}

/// A value to compare with or to set: `true`, `12.5`, `"text"`.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Scalar {
    Bool(bool),
    Number(f64),
    Text(String),
}

impl Serialize for Scalar {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Bool(value) => serializer.serialize_bool(*value),
            Self::Number(value) => serializer.serialize_f64(*value),
            Self::Text(value) => serializer.serialize_str(value),
        }
    }
}

impl<'de> Deserialize<'de> for Scalar {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(ScalarVisitor)
    }
}

struct ScalarVisitor;

impl de::Visitor<'_> for ScalarVisitor {
    type Value = Scalar;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("text in quotes, a number, true or false")
    }
    fn visit_bool<E: de::Error>(self, value: bool) -> Result<Scalar, E> {
        Ok(Scalar::Bool(value))
    }
    fn visit_i64<E: de::Error>(self, value: i64) -> Result<Scalar, E> {
        Ok(Scalar::Number(value as f64))
    }
    fn visit_u64<E: de::Error>(self, value: u64) -> Result<Scalar, E> {
        Ok(Scalar::Number(value as f64))
    }
    fn visit_f64<E: de::Error>(self, value: f64) -> Result<Scalar, E> {
        finite_number(value).map(Scalar::Number)
    }
    fn visit_str<E: de::Error>(self, value: &str) -> Result<Scalar, E> {
        Ok(Scalar::Text(value.to_owned()))
    }
}

/// Refuses numbers that nothing can be compared with.
fn finite_number<E: de::Error>(value: f64) -> Result<f64, E> {
    if value.is_finite() { Ok(value) } else { Err(E::custom("a number must be finite")) }
}

/// Reads a number that can be compared with.
pub(crate) fn finite<'de, D: Deserializer<'de>>(deserializer: D) -> Result<f64, D::Error> {
    f64::deserialize(deserializer).and_then(finite_number)
}

/// Reads a coordinate.
pub(crate) fn finite_f32<'de, D: Deserializer<'de>>(deserializer: D) -> Result<f32, D::Error> {
    let value = f32::deserialize(deserializer)?;
    finite_number(f64::from(value)).map(|_: f64| value)
}

impl From<Scalar> for cond::Scalar {
    fn from(scalar: Scalar) -> Self {
        match scalar {
            Scalar::Bool(value) => Self::Bool(value),
            Scalar::Number(value) => Self::Number(value),
            Scalar::Text(value) => Self::Text(value),
        }
    }
}

impl From<cond::Scalar> for Scalar {
    fn from(scalar: cond::Scalar) -> Self {
        match scalar {
            cond::Scalar::Bool(value) => Self::Bool(value),
            cond::Scalar::Number(value) => Self::Number(value),
            cond::Scalar::Text(value) => Self::Text(value),
        }
    }
}
