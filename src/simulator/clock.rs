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

/// The first instant at or after `from_ms` at which the local clock is inside the window
/// [from, to) that opens on one of these days; a window whose end is not after its beginning ends
/// the next day. What the clock shows twice in autumn is inside both times.
pub fn window_opens(zone: Tz, from_ms: i64, days: &[Weekday], from_minute: u32, to_minute: u32) -> i64 {
    let overnight = to_minute <= from_minute;
    let is_inside = |at_ms: i64| {
        let (day, ms_of_day) = local_of_ms(zone, at_ms);
        let minute = (ms_of_day / MINUTE_MS) as u32;
        match (minute >= from_minute, minute < to_minute) {
            (true, before_end) if overnight || before_end => is_open(days, day),
            (false, true) if overnight => is_open(days, day - 1),
            _ => false,
        }
    };
    if is_inside(from_ms) {
        return from_ms;
    }
    let (today, _) = local_of_ms(zone, from_ms);
    let opens_ms = (today - 1..=today + DAYS_AHEAD)
        .filter(|day| is_open(days, *day))
        .map(|day| instant(zone, day, from_minute))
        // A time that the clock skips in spring is none.
        .find(|opens_ms| *opens_ms > from_ms && is_inside(*opens_ms))
        .unwrap_or(from_ms);
    if ahead_of_utc(zone, from_ms - 24 * 60 * MINUTE_MS) == ahead_of_utc(zone, opens_ms) {
        return opens_ms;
    }
    // The clock was turned lately or will be, perhaps back into the window: looked for by the minute.
    let first = from_ms - from_ms.rem_euclid(MINUTE_MS) + MINUTE_MS;
    let mut minutes = (first..opens_ms).step_by(MINUTE_MS as usize);
    minutes.find(|at_ms| is_inside(*at_ms)).unwrap_or(opens_ms)
}

/// How far the local clock is ahead of UTC (ms).
fn ahead_of_utc(zone: Tz, at_ms: i64) -> i64 {
    let (day, ms_of_day) = local_of_ms(zone, at_ms);
    day * 24 * 60 * MINUTE_MS + ms_of_day - at_ms
}

#[cfg(test)]
mod tests {
    use super::*;

    /// By looking at every minute.
    fn by_the_clock(zone: Tz, from_ms: i64, days: &[Weekday], from: u32, to: u32) -> i64 {
        let inside = |at_ms: i64| {
            let (day, ms) = local_of_ms(zone, at_ms);
            let minute = (ms / MINUTE_MS) as u32;
            if to > from {
                (from..to).contains(&minute) && is_open(days, day)
            } else if minute >= from {
                is_open(days, day)
            } else {
                minute < to && is_open(days, day - 1)
            }
        };
        let next = from_ms - from_ms.rem_euclid(MINUTE_MS) + MINUTE_MS;
        let later = (0..9 * 24 * 60).map(|minute| next + minute * MINUTE_MS);
        std::iter::once(from_ms).chain(later).find(|at| inside(*at)).expect("within nine days")
    }

    #[test]
    fn a_window_is_open_whenever_the_local_clock_says_so() {
        let zone = chrono_tz::Europe::Berlin;
        // Clocks go back on 25 October 2026 at 01:00 UTC and forward on 29 March at 01:00 UTC.
        let turns = [1_792_890_000_000, 1_774_746_000_000];
        let days: [&[Weekday]; 3] = [&[], &[Weekday::Sun], &[Weekday::Mon, Weekday::Sat]];
        let windows = [(130, 170), (150, 210), (90, 135), (120, 121), (1_380, 150), (165, 165), (540, 1_020)];
        for turn in turns {
            for step in -20..20_i64 {
                let from_ms = turn + step * 11 * MINUTE_MS + 1;
                for days in days {
                    for (from, to) in windows {
                        assert_eq!(
                            window_opens(zone, from_ms, days, from, to),
                            by_the_clock(zone, from_ms, days, from, to),
                            "{from_ms} {days:?} {from} {to}"
                        );
                    }
                }
            }
        }
    }
}
