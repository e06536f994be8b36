//! Reading what people type into fields, and writing values the way they are typed. Pure.

use crate::{
    journey::Scalar,
    recording::{Span, ValueKinds},
    words::sentence,
};

/// A length of time: `2 days 4 h`.
pub fn span(text: &str) -> Result<Span, String> {
    text.parse::<Span>().map_err(|error| format!("{}.", sentence(&error.to_string())))
}

/// A length of time that is not nothing.
pub fn some_span(text: &str) -> Result<Span, String> {
    let span = span(text)?;
    if span.is_zero() { Err("This must be longer than nothing.".to_owned()) } else { Ok(span) }
}

/// `2 days 4 hours`, so that reading it gives the same span.
pub fn write_span(span: Span) -> String {
    const UNITS: [(i64, &str, &str); 5] = [
        (86_400_000, "day", "days"),
        (3_600_000, "hour", "hours"),
        (60_000, "minute", "minutes"),
        (1_000, "second", "seconds"),
        (1, "ms", "ms"),
    ];
    let ms = span.ms();
    if ms == 0 {
        return "0 minutes".to_owned();
    }
    // People say “36 hours” and “90 minutes”, but no number of hours that has four digits.
    for (unit, one, many) in UNITS {
        let number = ms / unit;
        if ms % unit == 0 && (1..1000).contains(&number) {
            return format!("{number} {}", if number == 1 { one } else { many });
        }
    }
    let mut rest = ms;
    let mut parts = Vec::new();
    for (unit, one, many) in UNITS {
        let number = rest / unit;
        rest %= unit;
        if number > 0 {
            parts.push(format!("{number} {}", if number == 1 { one } else { many }));
        }
    }
    parts.join(" ")
}

/// A time of day in minutes after midnight: `9:00`, `21:30`, `9`.
pub fn time_of_day(text: &str) -> Result<u32, String> {
    let wrong = || "Write a time of day like 09:00 or 21:30.".to_owned();
    let (hours, minutes) = text.trim().split_once([':', '.']).unwrap_or((text.trim(), "0"));
    let digits = |part: &str| !part.is_empty() && part.len() <= 2 && part.bytes().all(|b| b.is_ascii_digit());
    if !digits(hours) || !digits(minutes) {
        return Err(wrong());
    }
    let (hours, minutes): (u32, u32) =
        (hours.parse().map_err(|_| wrong())?, minutes.parse().map_err(|_| wrong())?);
    if hours < 24 && minutes < 60 { Ok(hours * 60 + minutes) } else { Err(wrong()) }
}

/// A whole number between two bounds.
pub fn whole(text: &str, least: i64, most: i64) -> Result<i64, String> {
    let number: Option<i64> = text.trim().parse().ok();
    number.filter(|number| (least..=most).contains(number)).ok_or_else(|| {
        if most == i64::from(i32::MAX) && least == 0 {
            "Write a whole number, 0 or more.".to_owned()
        } else {
            format!("Write a whole number from {least} to {most}.")
        }
    })
}

/// Any number.
pub fn number(text: &str) -> Result<f64, String> {
    let number: Option<f64> = text.trim().replace(',', ".").parse().ok();
    number
        .filter(|number| number.is_finite())
        .ok_or_else(|| "Write a number, such as 20 or 12.50.".to_owned())
}

/// A value as its kind in the recordings means it: where only texts were seen, `2` is a text;
/// elsewhere it is a number, `yes` and `no` are answers, and quotes make a text of anything.
pub fn scalar(text: &str, kinds: Option<ValueKinds>) -> Scalar {
    let trimmed = text.trim();
    let quoted = trimmed.strip_prefix('"').and_then(|rest| rest.strip_suffix('"'));
    if let Some(inner) = quoted {
        return Scalar::Text(inner.to_owned());
    }
    if only_text(kinds) {
        return Scalar::Text(trimmed.to_owned());
    }
    match trimmed {
        "yes" | "true" => return Scalar::Bool(true),
        "no" | "false" => return Scalar::Bool(false),
        _ => {}
    }
    let looks_so = trimmed.bytes().all(|byte| byte.is_ascii_digit() || b".-".contains(&byte));
    match trimmed.parse::<f64>() {
        Ok(number) if looks_so && number.is_finite() => Scalar::Number(number),
        _ => Scalar::Text(trimmed.to_owned()),
    }
}

/// A value the way it is typed; reading it with the same kinds gives it back.
pub fn write_scalar(value: &Scalar, kinds: Option<ValueKinds>) -> String {
    match value {
        Scalar::Bool(true) => "yes".to_owned(),
        Scalar::Bool(false) => "no".to_owned(),
        Scalar::Number(number) => number.to_string(),
        Scalar::Text(text) if scalar(text, kinds) == *value => text.clone(),
        Scalar::Text(text) => format!("\"{text}\""),
    }
}

/// Several values apart by commas.
pub fn scalars(text: &str, kinds: Option<ValueKinds>) -> Vec<Scalar> {
    text.split(',').map(str::trim).filter(|part| !part.is_empty()).map(|part| scalar(part, kinds)).collect()
}

/// Several values the way they are typed.
pub fn write_scalars(values: &[Scalar], kinds: Option<ValueKinds>) -> String {
    values.iter().map(|value| write_scalar(value, kinds)).collect::<Vec<_>>().join(", ")
}

fn only_text(kinds: Option<ValueKinds>) -> bool {
    kinds.is_some_and(|kinds| kinds.text && !kinds.number && !kinds.boolean)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_are_read_as_people_say_them() {
        for (typed, written) in [
            ("2 days 4 h", "52 hours"),
            ("1d", "1 day"),
            ("90 min", "90 minutes"),
            ("36h", "36 hours"),
            ("1w", "7 days"),
            ("0", ""),
            ("soon", ""),
            ("45 days 7 minutes", "45 days 7 minutes"),
        ] {
            assert_eq!(span(typed).map(write_span).unwrap_or_default(), written, "{typed}");
        }
        for ms in [1, 999, 1_000, 61_000, 86_400_000, 3_888_420_000, 90_061_001] {
            let span = Span::from_ms(ms);
            assert_eq!(super::span(&write_span(span)), Ok(span));
        }
        assert!(some_span("0h").is_err());
    }

    #[test]
    fn times_and_numbers_are_read() {
        for (typed, minute) in [("9", 540), ("09:00", 540), ("21:30", 1290), ("0:05", 5)] {
            assert_eq!(time_of_day(typed), Ok(minute), "{typed}");
        }
        for typed in ["", "24:00", "9:60", "nine", "-1:00", "9:", "009:00"] {
            assert!(time_of_day(typed).is_err(), "{typed}");
        }
        assert_eq!(whole(" 7 ", 0, 100), Ok(7));
        assert!(whole("101", 0, 100).is_err() && whole("1.5", 0, 100).is_err());
        assert_eq!(number("12,5"), Ok(12.5));
        assert!(number("inf").is_err());
    }

    #[test]
    fn values_keep_their_kind() {
        let text = Some(ValueKinds { text: true, ..ValueKinds::default() });
        let mixed = Some(ValueKinds { text: true, number: true, ..ValueKinds::default() });
        assert_eq!(scalar("2", None), Scalar::Number(2.0));
        assert_eq!(scalar("2", text), Scalar::Text("2".into()));
        assert_eq!(scalar("\"2\"", mixed), Scalar::Text("2".into()));
        assert_eq!(scalar("yes", None), Scalar::Bool(true));
        assert_eq!(scalar("skincare", None), Scalar::Text("skincare".into()));
        assert_eq!(scalar("1e5", None), Scalar::Text("1e5".into()));
        for kinds in [None, text, mixed] {
            for value in ["2", "yes", "skincare", "", "-", "P-7"].map(|text| Scalar::Text(text.into())) {
                assert_eq!(scalar(&write_scalar(&value, kinds), kinds), value);
            }
        }
        assert_eq!(write_scalars(&scalars("a, 2,,b ", None), None), "a, 2, b");
    }
}
