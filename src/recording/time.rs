//! Instants and zones: RFC 3339 at the edges, local time in one place.

use chrono::{DateTime, Datelike, LocalResult, NaiveDate, NaiveDateTime, Offset, TimeZone, Utc};
use chrono_tz::Tz;

/// One day of 24 hours.
const DAY_MS: i64 = 86_400_000;
/// A number below this is epoch seconds (until the year 5138), from here on milliseconds.
const SECONDS_BELOW: f64 = 1e11;
/// The first and last instant that is read: years 1 to 9999. Differences of any two fit easily.
const EARLIEST_MS: i64 = -62_135_596_800_000;
const LATEST_MS: i64 = 253_402_300_799_999;

/// Reads an ISO 8601 / RFC 3339 instant (or a number of epoch seconds or milliseconds) into UTC
/// ms. `None` if it is no instant.
///
/// A time without a zone is UTC, a date alone its midnight; digits after the millisecond are cut
/// off, so that what happened within one millisecond never moves into the next. The date form
/// of emails and HTTP (`Mon, 02 Mar 2026 09:00:00 GMT`) is read too.
pub fn parse_instant_ms(text: &str) -> Option<i64> {
    let text = text.trim();
    iso_ms(text.as_bytes())
        .or_else(|| epoch_ms(text))
        .or_else(|| DateTime::parse_from_rfc2822(text).ok().map(|instant| instant.timestamp_millis()))
        .filter(|ms| (EARLIEST_MS..=LATEST_MS).contains(ms))
}

/// `2026-03-02`, then optionally `T09:00`, `:00`, `.000`, `Z` or `+01:00`.
fn iso_ms(text: &[u8]) -> Option<i64> {
    let (year, rest) = digits(text, 4)?;
    let (month, rest) = digits(rest.strip_prefix(b"-")?, 2)?;
    let (day, rest) = digits(rest.strip_prefix(b"-")?, 2)?;
    let midnight_ms = i64::from(days_of(year, month, day)?) * DAY_MS;
    let Some((b'T' | b't' | b' ', rest)) = rest.split_first() else {
        return rest.is_empty().then_some(midnight_ms);
    };
    let (hour, rest) = digits(rest, 2)?;
    let (minute, rest) = digits(rest.strip_prefix(b":")?, 2)?;
    let (second, rest) = match rest.strip_prefix(b":") {
        Some(rest) => digits(rest, 2)?,
        None => (0, rest),
    };
    let (fraction_ms, rest) = fraction(rest)?;
    // 24:00 is the end of a day; a leap second reads as the first instant of the next minute.
    let end_of_day = hour == 24 && minute == 0 && second == 0 && fraction_ms == 0;
    if (hour > 23 && !end_of_day) || minute > 59 || second > 60 {
        return None;
    }
    let time_ms = i64::from(hour) * 3_600_000 + i64::from(minute) * 60_000 + i64::from(second) * 1_000;
    Some(midnight_ms + time_ms + fraction_ms - offset_ms(rest)?)
}

fn digits(text: &[u8], count: usize) -> Option<(u32, &[u8])> {
    let (head, rest) = text.split_at_checked(count)?;
    let mut number = 0;
    for byte in head {
        if !byte.is_ascii_digit() {
            return None;
        }
        number = number * 10 + u32::from(byte - b'0');
    }
    Some((number, rest))
}

/// Milliseconds of `.5`, `.123` or `,123456789`; none is zero.
fn fraction(text: &[u8]) -> Option<(i64, &[u8])> {
    let Some((b'.' | b',', rest)) = text.split_first() else { return Some((0, text)) };
    let count = rest.iter().take_while(|byte| byte.is_ascii_digit()).count();
    if count == 0 {
        return None;
    }
    let digit =
        |place: usize| rest.get(place).filter(|_| place < count).map_or(0, |byte| i64::from(byte - b'0'));
    Some((digit(0) * 100 + digit(1) * 10 + digit(2), &rest[count..]))
}

/// Milliseconds east of UTC of `Z`, `+01:00`, `+0100`, `+01` or nothing.
fn offset_ms(text: &[u8]) -> Option<i64> {
    let text = text.trim_ascii_start();
    let (sign, rest) = match text.split_first() {
        None => return Some(0),
        Some((b'Z' | b'z', rest)) => return rest.is_empty().then_some(0),
        Some((b'+', rest)) => (1, rest),
        Some((b'-', rest)) => (-1, rest),
        Some(_) => return None,
    };
    let (hours, rest) = digits(rest, 2)?;
    let rest = rest.strip_prefix(b":").unwrap_or(rest);
    let (minutes, rest) = if rest.is_empty() { (0, rest) } else { digits(rest, 2)? };
    let fits = hours < 24 && minutes < 60 && rest.is_empty();
    fits.then_some(sign * (i64::from(hours) * 3_600_000 + i64::from(minutes) * 60_000))
}

/// Days since the epoch of a proleptic Gregorian date.
fn days_of(year: u32, month: u32, day: u32) -> Option<i32> {
    NaiveDate::from_ymd_opt(year as i32, month, day).map(|date| date.num_days_from_ce() - EPOCH_DAYS_CE)
}
/// Day number of 1970-01-01 where 0001-01-01 is day 1.
const EPOCH_DAYS_CE: i32 = 719_163;

fn epoch_ms(text: &str) -> Option<i64> {
    // Four or eight digits are a year or a date, not seconds in 1970.
    let is_number = text.bytes().all(|byte| byte.is_ascii_digit() || matches!(byte, b'-' | b'.'))
        && !matches!(text.len(), 4 | 8);
    let number: f64 = is_number.then(|| text.parse().ok())??;
    let ms = if number.abs() < SECONDS_BELOW { number * 1_000.0 } else { number };
    Some(ms.round() as i64)
}

/// Writes UTC ms as RFC 3339 with milliseconds and `Z`.
///
/// RFC 3339 has years of four digits: an instant outside of them reads as the nearest one inside.
pub fn format_instant(ms: i64) -> String {
    let ms = ms.clamp(EARLIEST_MS, LATEST_MS);
    if let Some(text) = format_usual(ms) {
        return text;
    }
    let instant = DateTime::<Utc>::from_timestamp_millis(ms).unwrap_or_default();
    instant.format("%Y-%m-%dT%H:%M:%S%.3fZ").to_string()
}

/// The same for the years 1970 to 9999, written digit by digit: a result has many.
fn format_usual(ms: i64) -> Option<String> {
    let at = u64::try_from(ms).ok()?;
    let day_ms = DAY_MS as u64;
    let (days, of_day) = (at / day_ms, at % day_ms);
    let (year, month, day) = civil_from_days(days)?;
    let mut text = String::with_capacity(24);
    let mut put = |number: u64, digits: u32, after: char| {
        for place in (0..digits).rev() {
            text.push(char::from(b'0' + (number / 10_u64.pow(place) % 10) as u8));
        }
        text.push(after);
    };
    put(year, 4, '-');
    put(month, 2, '-');
    put(day, 2, 'T');
    put(of_day / 3_600_000, 2, ':');
    put(of_day / 60_000 % 60, 2, ':');
    put(of_day / 1_000 % 60, 2, '.');
    put(of_day % 1_000, 3, 'Z');
    Some(text)
}

/// Year, month and day of a day since 1 January 1970, up to the year 9999; after Howard Hinnant's
/// “chrono-Compatible Low-Level Date Algorithms”, with years that begin in March.
fn civil_from_days(days: u64) -> Option<(u64, u64, u64)> {
    let shifted = days + 719_468;
    let (era, of_era) = (shifted / 146_097, shifted % 146_097);
    let year_of_era = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let from_march = (5 * of_year + 2) / 153;
    let day = of_year - (153 * from_march + 2) / 5 + 1;
    let month = if from_march < 10 { from_march + 3 } else { from_march - 9 };
    let year = year_of_era + era * 400 + u64::from(month <= 2);
    (year <= 9_999).then_some((year, month, day))
}

/// The instant of a local date and time in a zone (`days` since the epoch, `ms_of_day`).
/// In a gap the first valid instant, in a fold the earlier one. The only place that decides it.
///
/// `ms_of_day` may lie outside one day; it then reaches into the days around. A date beyond the
/// calendar is taken as UTC.
pub fn resolve_local_ms(zone: Tz, days: i64, ms_of_day: i64) -> i64 {
    let local_ms = days.saturating_mul(DAY_MS).saturating_add(ms_of_day);
    let Some(local) = naive(local_ms) else { return local_ms };
    match zone.from_local_datetime(&local) {
        LocalResult::Single(instant) | LocalResult::Ambiguous(instant, _) => instant.timestamp_millis(),
        LocalResult::None => end_of_gap_ms(zone, local_ms),
    }
}

/// The first instant whose local time is not before `local_ms`, which falls into a gap.
fn end_of_gap_ms(zone: Tz, local_ms: i64) -> i64 {
    // No zone is further than a day from UTC, and no gap longer than a day, so the clock
    // jumps within two days of the same reading in UTC. Before the jump every local time is
    // earlier, after it later: bisect.
    let (mut before, mut after) = (local_ms - 2 * DAY_MS, local_ms + 2 * DAY_MS);
    while after - before > 1 {
        let middle = before + (after - before) / 2;
        if middle + zone_offset_ms(zone, middle) < local_ms {
            before = middle;
        } else {
            after = middle;
        }
    }
    after
}

/// Local (days since epoch, ms of day) of an instant in a zone.
pub fn local_of_ms(zone: Tz, instant_ms: i64) -> (i64, i64) {
    let local_ms = instant_ms.saturating_add(zone_offset_ms(zone, instant_ms));
    (local_ms.div_euclid(DAY_MS), local_ms.rem_euclid(DAY_MS))
}

/// Milliseconds east of UTC at an instant.
fn zone_offset_ms(zone: Tz, instant_ms: i64) -> i64 {
    naive(instant_ms)
        .map_or(0, |utc| i64::from(zone.offset_from_utc_datetime(&utc).fix().local_minus_utc()) * 1_000)
}

fn naive(ms: i64) -> Option<NaiveDateTime> {
    DateTime::from_timestamp_millis(ms).map(|instant| instant.naive_utc())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> i64 {
        parse_instant_ms(text).unwrap()
    }

    #[test]
    fn usual_instants_are_written_as_the_calendar_has_them() {
        for day in (0..2_932_897).step_by(13).chain([11_016, 19_781, 19_782, 47_540, 2_932_896]) {
            let ms = day * DAY_MS + (day * 7_919) % DAY_MS;
            let instant = DateTime::from_timestamp_millis(ms).unwrap();
            let expected = instant.format("%Y-%m-%dT%H:%M:%S%.3fZ").to_string();
            assert_eq!(format_usual(ms), Some(expected));
        }
        assert_eq!((format_usual(-1), format_usual(2_932_897 * DAY_MS)), (None, None));
    }

    #[test]
    fn reads_every_common_form_of_an_instant() {
        let nine = 1_772_442_000_000;
        for text in [
            "2026-03-02T09:00:00.000Z",
            "2026-03-02T09:00:00Z",
            "2026-03-02T09:00Z",
            "2026-03-02 09:00:00",
            "2026-03-02t09:00:00z",
            "2026-03-02T10:00:00+01:00",
            "2026-03-02T10:00:00.000+0100",
            "2026-03-02T10:00:00+01",
            "2026-03-02T03:30:00-05:30",
            "2026-03-02T09:00:00.000999999Z",
            " 2026-03-02T09:00:00 +00:00 ",
            "1772442000",
            "1772442000.0",
            "1772442000000",
            "Mon, 02 Mar 2026 09:00:00 GMT",
        ] {
            assert_eq!(parse_instant_ms(text), Some(nine), "{text}");
        }
        assert_eq!(at("2026-03-02T09:00:00.5Z") - nine, 500);
        assert_eq!(at("2026-03-02"), nine - 9 * 3_600_000);
        assert_eq!(at("2026-03-01T24:00:00Z"), at("2026-03-02"));
        assert_eq!(at("2016-12-31T23:59:60Z"), at("2017-01-01"));
        assert_eq!(at("1969-12-31T23:59:59.999Z"), -1);
    }

    #[test]
    fn refuses_what_is_no_instant() {
        for text in [
            "",
            "now",
            "2026",
            "20260302",
            "2026-13-01",
            "2026-02-29",
            "2026-03-02T",
            "2026-03-02T25:00Z",
            "2026-03-02T09:61Z",
            "2026-03-02T24:00:01Z",
            "2026-03-02T09:00:00.Z",
            "2026-03-02T09:00:00Z!",
            "2026-03-02T09:00:00+1",
            "99999999999999999999",
            "1e12",
            "-",
            "2026-03-02T09:00:00+01:00é",
        ] {
            assert_eq!(parse_instant_ms(text), None, "{text}");
        }
    }

    #[test]
    fn instants_are_written_as_they_are_read() {
        for ms in [0, -1, 1_772_442_000_000, 1_772_442_000_123, EARLIEST_MS, LATEST_MS] {
            assert_eq!(parse_instant_ms(&format_instant(ms)), Some(ms), "{ms}");
        }
        assert_eq!(format_instant(1_772_442_000_005), "2026-03-02T09:00:00.005Z");
        assert_eq!(format_instant(i64::MAX), "9999-12-31T23:59:59.999Z");
        assert_eq!(format_instant(i64::MIN), "0001-01-01T00:00:00.000Z");
    }

    /// Local time → instant: ordinary, in a gap (first valid instant), in a fold (the earlier).
    #[test]
    fn local_times_resolve_in_gaps_and_folds() {
        for (zone, local, instant) in [
            (Tz::UTC, "2026-03-29T02:30:00Z", "2026-03-29T02:30:00Z"),
            (Tz::Europe__Berlin, "2026-03-02T09:00:00Z", "2026-03-02T08:00:00Z"),
            // Gaps: everything inside leads to the instant after the jump.
            (Tz::Europe__Berlin, "2026-03-29T01:59:59.999Z", "2026-03-29T00:59:59.999Z"),
            (Tz::Europe__Berlin, "2026-03-29T02:00:00Z", "2026-03-29T01:00:00Z"),
            (Tz::Europe__Berlin, "2026-03-29T02:30:00Z", "2026-03-29T01:00:00Z"),
            (Tz::Europe__Berlin, "2026-03-29T03:00:00Z", "2026-03-29T01:00:00Z"),
            (Tz::America__New_York, "2026-03-08T02:30:00Z", "2026-03-08T07:00:00Z"),
            (Tz::Australia__Lord_Howe, "2026-10-04T02:15:00Z", "2026-10-03T15:30:00Z"),
            (Tz::America__Santiago, "2026-09-06T00:30:00Z", "2026-09-06T04:00:00Z"),
            // Samoa skipped the whole of 30 December 2011.
            (Tz::Pacific__Apia, "2011-12-30T12:00:00Z", "2011-12-30T10:00:00Z"),
            // Folds: the first of the two.
            (Tz::Europe__Berlin, "2026-10-25T02:30:00Z", "2026-10-25T00:30:00Z"),
            (Tz::America__New_York, "2026-11-01T01:30:00Z", "2026-11-01T05:30:00Z"),
            (Tz::Australia__Lord_Howe, "2026-04-05T01:45:00Z", "2026-04-04T14:45:00Z"),
        ] {
            let local_ms = at(local);
            let found = resolve_local_ms(zone, local_ms.div_euclid(DAY_MS), local_ms.rem_euclid(DAY_MS));
            assert_eq!(format_instant(found), format_instant(at(instant)), "{zone} {local}");
        }
    }

    #[test]
    fn local_time_of_an_instant_resolves_back() {
        for zone in [Tz::Europe__Berlin, Tz::Asia__Kathmandu, Tz::Pacific__Apia, Tz::America__St_Johns] {
            for ms in (0..400).map(|day| 1_767_225_600_000 + day * DAY_MS + 45_296_789) {
                let (days, ms_of_day) = local_of_ms(zone, ms);
                assert_eq!(resolve_local_ms(zone, days, ms_of_day), ms, "{zone} {ms}");
            }
        }
        assert_eq!(local_of_ms(Tz::Europe__Berlin, -1), (0, 3_599_999));
        // Far beyond the calendar: no panic.
        resolve_local_ms(Tz::Europe__Berlin, i64::MAX, i64::MAX);
        local_of_ms(Tz::Europe__Berlin, i64::MIN);
    }
}
