//! Times of day in a zone: when a window opens, when a time comes next.

use chrono_tz::Tz;

use crate::{
    journey::Weekday,
    recording::time::{local_of_ms, resolve_local_ms},
};

const MINUTE_MS: i64 = 60_000;
const DAYS_AHEAD: i64 = 8;

/// The weekday of a local day (days since the epoch).
pub const fn weekday(day: i64) -> Weekday {
    // 1 January 1970 was a Thursday.
    match (day + 3).rem_euclid(7) {
        0 => Weekday::Mon,
        1 => Weekday::Tue,
        2 => Weekday::Wed,
        3 => Weekday::Thu,
        4 => Weekday::Fri,
        5 => Weekday::Sat,
        _ => Weekday::Sun,
    }
}

/// An instant as people say it: `Wed 4 Mar 14:02`.
pub fn spoken(zone: Tz, at_ms: i64) -> String {
    let instant = chrono::DateTime::from_timestamp_millis(at_ms).unwrap_or_default();
    instant.with_timezone(&zone).format("%a %-d %b %H:%M").to_string()
}

fn is_open(days: &[Weekday], day: i64) -> bool {
    days.is_empty() || days.contains(&weekday(day))
}

fn instant(zone: Tz, day: i64, minute: u32) -> i64 {
    let minute = i64::from(minute);
    resolve_local_ms(zone, day + minute / 1_440, minute % 1_440 * MINUTE_MS)
}

/// The first instant at or after `from_ms` that is this time of day on one of these days
/// (empty: any day).
pub fn next_time_of_day(zone: Tz, from_ms: i64, days: &[Weekday], at_minute: u32) -> i64 {
    let (today, _) = local_of_ms(zone, from_ms);
    (today - 1..=today + DAYS_AHEAD)
        .filter(|day| is_open(days, *day))
        .map(|day| instant(zone, day, at_minute))
        .find(|at_ms| *at_ms >= from_ms)
        .unwrap_or(from_ms)
}

/// The first instant at or after `from_ms` inside the window [from, to) that opens on one of
/// these days; a window whose end is not after its beginning ends the next day.
pub fn window_opens(zone: Tz, from_ms: i64, days: &[Weekday], from_minute: u32, to_minute: u32) -> i64 {
    let (today, _) = local_of_ms(zone, from_ms);
    let overnight = i64::from(to_minute <= from_minute);
    (today - 1..=today + DAYS_AHEAD)
        .filter(|day| is_open(days, *day))
        .map(|day| (instant(zone, day, from_minute), instant(zone, day + overnight, to_minute)))
        .find(|(_, closes_ms)| *closes_ms > from_ms)
        .map_or(from_ms, |(opens_ms, _)| opens_ms.max(from_ms))
}
