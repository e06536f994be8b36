//! Times as people say them: “Wed 4 Mar 14:02”, “2 d 3 h later”.

use chrono::{DateTime, TimeZone, Utc};
use chrono_tz::Tz;

use crate::{
    journey::Weekday,
    recording::{Span, time::format_instant},
};

/// The zone of this name, or UTC.
pub fn zone(name: &str) -> Tz {
    name.parse().unwrap_or(Tz::UTC)
}

/// `Wed 4 Mar 14:02`, in the zone.
pub fn moment(ms: i64, zone: Tz) -> String {
    said(ms, zone, "%a %-d %b %H:%M")
}

/// `Wed 4 Mar 14:02`, in the zone; the year is said where it is not that of `beside_ms`.
pub fn moment_beside(ms: i64, zone: Tz, beside_ms: i64) -> String {
    let year = |ms| said(ms, zone, "%Y");
    if year(ms) == year(beside_ms) { moment(ms, zone) } else { said(ms, zone, "%a %-d %b %Y %H:%M") }
}

/// `Wed 4 Mar 14:02:11`, in the zone.
pub fn moment_and_second(ms: i64, zone: Tz) -> String {
    said(ms, zone, "%a %-d %b %H:%M:%S")
}

/// `14:02:11`, in the zone.
pub fn clock(ms: i64, zone: Tz) -> String {
    said(ms, zone, "%H:%M:%S")
}

/// `Wed 4 Mar 2026`, in the zone.
pub fn day(ms: i64, zone: Tz) -> String {
    said(ms, zone, "%a %-d %b %Y")
}

/// `Wed 4 Mar 2026 14:02:11 CET`, in the zone.
pub fn moment_in_full(ms: i64, zone: Tz) -> String {
    said(ms, zone, "%a %-d %b %Y %H:%M:%S %Z")
}

/// `Wed 4 Mar 2026 14:02:11.345`, in the zone: where every millisecond may matter.
pub fn moment_to_the_millisecond(ms: i64, zone: Tz) -> String {
    said(ms, zone, "%a %-d %b %Y %H:%M:%S%.3f")
}

/// A text with every instant in it (RFC 3339, as traces quote values) said as people say it.
pub fn with_spoken_instants(text: &str, zone: Tz) -> String {
    const SHORTEST: usize = "2026-03-04T13:02:00Z".len();
    let mut spoken = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(start) = rest.find(|letter: char| letter.is_ascii_digit()) {
        let (before, from) = rest.split_at(start);
        let in_instant = |letter: char| letter.is_ascii_digit() || "-:.TZ+".contains(letter);
        let end = from.find(|letter| !in_instant(letter)).unwrap_or(from.len());
        let word = from[..end].trim_end_matches(['.', ':', '-', '+']);
        let instant = (word.len() >= SHORTEST).then(|| DateTime::parse_from_rfc3339(word).ok()).flatten();
        spoken += before;
        spoken += &instant.map_or_else(|| word.to_owned(), |at| moment(at.timestamp_millis(), zone));
        rest = &from[word.len()..];
    }
    spoken + rest
}

/// An instant in a chrono format; in the universal one where no calendar reaches it.
fn said(ms: i64, zone: Tz, format: &str) -> String {
    local(ms, zone).map_or_else(|| format_instant(ms), |at| at.format(format).to_string())
}

fn local(ms: i64, zone: Tz) -> Option<DateTime<Tz>> {
    DateTime::<Utc>::from_timestamp_millis(ms).map(|at| zone.from_utc_datetime(&at.naive_utc()))
}

/// `2 d 3 h later`; empty for less than a second.
pub fn later(from_ms: i64, to_ms: i64) -> String {
    let gap = Span::from_ms(to_ms.saturating_sub(from_ms));
    if gap.ms() < 1_000 { String::new() } else { format!("{} later", gap.spoken()) }
}

/// A span as a sentence says it: `4 hours`, `1 day`, `2 d 4 h`.
pub fn span(span: Span) -> String {
    const UNITS: [(i64, &str, &str); 4] = [
        (86_400_000, "day", "days"),
        (3_600_000, "hour", "hours"),
        (60_000, "minute", "minutes"),
        (1_000, "second", "seconds"),
    ];
    // 24 h is said as hours, 48 h as days: people say “in the last 24 hours” but “2 days”.
    if span.ms() == 86_400_000 {
        return "24 hours".to_owned();
    }
    for (ms, one, many) in UNITS {
        if span.ms() >= ms && span.ms() % ms == 0 {
            let number = span.ms() / ms;
            return format!("{number} {}", if number == 1 { one } else { many });
        }
    }
    span.spoken()
}

/// `09:30` of minutes after midnight.
pub fn of_day(minute: u32) -> String {
    format!("{:02}:{:02}", minute / 60 % 24, minute % 60)
}

/// `Mon to Fri`, `Sat and Sun`, `every day`.
pub fn days(days: &[Weekday]) -> String {
    use Weekday::{Fri, Mon, Sat, Sun, Thu, Tue, Wed};
    const WEEK: [Weekday; 7] = [Mon, Tue, Wed, Thu, Fri, Sat, Sun];
    let on: Vec<bool> = WEEK.iter().map(|day| days.is_empty() || days.contains(day)).collect();
    let first = on.iter().position(|day| *day).unwrap_or(0);
    let last = on.iter().rposition(|day| *day).unwrap_or(6);
    if on.iter().all(|day| *day) {
        "every day".to_owned()
    } else if last > first + 1 && on[first..=last].iter().all(|day| *day) {
        format!("{:?} to {:?}", WEEK[first], WEEK[last])
    } else {
        let named: Vec<String> =
            WEEK.iter().zip(&on).filter(|(_, on)| **on).map(|(day, _)| format!("{day:?}")).collect();
        super::list(&named, "and")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_are_local() {
        let berlin = zone("Europe/Berlin");
        assert_eq!(moment(1_772_629_320_000, berlin), "Wed 4 Mar 14:02");
        assert_eq!(moment(1_772_629_320_000, zone("no such place")), "Wed 4 Mar 13:02");
        assert_eq!(moment_beside(1_772_629_320_000, berlin, 1_772_629_320_000), "Wed 4 Mar 14:02");
        assert_eq!(moment_beside(1_772_629_320_000, berlin, 1_804_165_320_000), "Wed 4 Mar 2026 14:02");
        let in_full = moment_to_the_millisecond(1_772_629_331_345, berlin);
        assert_eq!(in_full, "Wed 4 Mar 2026 14:02:11.345");
    }

    #[test]
    fn instants_in_a_text_are_said() {
        let text = "Consent (trait a-1, 2026-03-04T13:02:00.608Z). 7 days, 10:30.";
        let said = "Consent (trait a-1, Wed 4 Mar 14:02). 7 days, 10:30.";
        assert_eq!(with_spoken_instants(text, zone("Europe/Berlin")), said);
        assert_eq!(
            with_spoken_instants("no digits, 2026-99-99T99:99:99Z", Tz::UTC),
            "no digits, 2026-99-99T99:99:99Z"
        );
    }

    #[test]
    fn spans_are_said() {
        for (text, said) in [
            ("4h", "4 hours"),
            ("1h", "1 hour"),
            ("1d", "24 hours"),
            ("7d", "7 days"),
            ("90m", "90 minutes"),
            ("2d 4h", "52 hours"),
            ("500ms", "500 ms"),
        ] {
            assert_eq!(span(text.parse().unwrap_or_default()), said, "{text}");
        }
        assert_eq!(later(0, 183_600_000), "2 d 3 h later");
        assert_eq!(later(0, 10), "");
    }

    #[test]
    fn days_run_together() {
        use Weekday::{Fri, Mon, Sat, Sun, Thu, Tue, Wed};
        assert_eq!(days(&[]), "every day");
        assert_eq!(days(&[Mon, Tue, Wed, Thu, Fri]), "Mon to Fri");
        assert_eq!(days(&[Sun, Sat]), "Sat and Sun");
        assert_eq!(of_day(570), "09:30");
    }
}
