//! Ticks of the time axis: local days and times of day, as daylight saving has them.

use chrono::{Datelike as _, NaiveDate};
use chrono_tz::Tz;

use crate::{
    app::{stretch::Scale, text, theme::size},
    recording::time::{local_of_ms, resolve_local_ms},
};

const MINUTE_MS: i64 = 60_000;
const HOUR_MS: i64 = 60 * MINUTE_MS;
const DAY_MS: i64 = 24 * HOUR_MS;

/// Steps below a day, in milliseconds of the local clock.
const STEPS_MS: [i64; 13] = [
    1_000,
    5_000,
    15_000,
    30_000,
    MINUTE_MS,
    5 * MINUTE_MS,
    15 * MINUTE_MS,
    30 * MINUTE_MS,
    HOUR_MS,
    2 * HOUR_MS,
    3 * HOUR_MS,
    6 * HOUR_MS,
    12 * HOUR_MS,
];
/// Steps in days.
const STEPS_DAYS: [i64; 4] = [1, 2, 7, 14];
/// Steps in months.
const STEPS_MONTHS: [i64; 6] = [1, 3, 12, 60, 120, 1_200];
/// A month, about.
const MONTH_MS: i64 = 30 * DAY_MS;
/// The least room for a tick with its label, in points.
const ROOM_PT: f32 = 46.0;

/// A labelled instant of the axis.
#[derive(Clone, Debug, PartialEq)]
pub struct Tick {
    /// When.
    pub at_ms: i64,
    /// `Mon 2 Mar`, `06`, `14:30`; empty where a neighbour's label takes the room.
    pub label: String,
    /// Whether a local day begins.
    pub day: bool,
}

/// Ticks in the window, in order, with labels that do not overlap; days come first.
pub fn ticks(scale: &Scale, zone: Tz) -> Vec<Tick> {
    let most = (scale.width / ROOM_PT).max(1.0) as i64;
    let length = scale.window.length_ms();
    let fits = |unit_ms: i64, room: i64| move |step: &&i64| length / (**step * unit_ms) <= room;
    let mut ticks = if let Some(step) = STEPS_MS.iter().find(fits(1, most)) {
        times(scale, zone, *step)
    } else if let Some(step) = STEPS_DAYS.iter().find(fits(DAY_MS, most / 2)) {
        days(scale, zone, *step)
    } else {
        let step = STEPS_MONTHS.iter().find(fits(MONTH_MS, most / 2));
        months(scale, zone, step.copied().unwrap_or(1_200))
    };
    make_room(scale, &mut ticks);
    ticks
}

/// A change of the local clock: when, and by how much (ms, forward positive).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shift {
    /// When.
    pub at_ms: i64,
    /// By how much.
    pub by_ms: i64,
}

/// Changes of the local clock in the window; of more than a few years none are shown.
pub fn shifts(scale: &Scale, zone: Tz) -> Vec<Shift> {
    const LONGEST_MS: i64 = 3 * 366 * DAY_MS;
    let window = scale.window;
    if window.length_ms() > LONGEST_MS {
        return Vec::new();
    }
    let offset = |at_ms: i64| {
        let (day, of_day) = local_of_ms(zone, at_ms);
        day * DAY_MS + of_day - at_ms
    };
    let mut shifts = Vec::new();
    let mut from_ms = window.from_ms;
    while from_ms < window.to_ms {
        let to_ms = (from_ms + DAY_MS).min(window.to_ms);
        let by_ms = offset(to_ms) - offset(from_ms);
        if by_ms != 0 {
            // The change lies in this day: halve until it is found.
            let (mut before, mut after) = (from_ms, to_ms);
            while after - before > 1 {
                let middle = before + (after - before) / 2;
                let same = offset(middle) == offset(from_ms);
                if same { before = middle } else { after = middle }
            }
            shifts.push(Shift { at_ms: after, by_ms });
        }
        from_ms = to_ms;
    }
    shifts
}

fn days(scale: &Scale, zone: Tz, step: i64) -> Vec<Tick> {
    let (first, _) = local_of_ms(zone, scale.window.from_ms);
    let (last, _) = local_of_ms(zone, scale.window.to_ms);
    (first.div_euclid(step)..=last.div_euclid(step))
        .map(|number| number * step)
        .map(|day| Tick { at_ms: resolve_local_ms(zone, day, 0), label: day_label(day, step), day: true })
        .filter(|tick| in_window(scale, tick.at_ms))
        .collect()
}

fn months(scale: &Scale, zone: Tz, step: i64) -> Vec<Tick> {
    let month_of = |at_ms: i64| {
        let date = date(local_of_ms(zone, at_ms).0);
        i64::from(date.year()) * 12 + i64::from(date.month0())
    };
    let (first, last) = (month_of(scale.window.from_ms), month_of(scale.window.to_ms));
    (first.div_euclid(step)..=last.div_euclid(step))
        .filter_map(|number| {
            let month = number * step;
            let (year, month0) = (month.div_euclid(12) as i32, month.rem_euclid(12) as u32);
            let begins = NaiveDate::from_ymd_opt(year, month0 + 1, 1)?;
            let day = begins.signed_duration_since(NaiveDate::default()).num_days();
            let label = begins.format(if step < 12 { "%b %Y" } else { "%Y" }).to_string();
            Some(Tick { at_ms: resolve_local_ms(zone, day, 0), label, day: true })
        })
        .filter(|tick| in_window(scale, tick.at_ms))
        .collect()
}

fn times(scale: &Scale, zone: Tz, step: i64) -> Vec<Tick> {
    let (first, since_midnight) = local_of_ms(zone, scale.window.from_ms);
    let (last, _) = local_of_ms(zone, scale.window.to_ms);
    let mut ticks: Vec<Tick> = Vec::new();
    for day in first..=last {
        let begin = if day == first { since_midnight / step } else { 0 };
        for number in begin..DAY_MS / step {
            let of_day = number * step;
            let at_ms = resolve_local_ms(zone, day, of_day);
            if at_ms > scale.window.to_ms {
                break;
            }
            // Times that the spring change leaves out all fall on the instant it ends.
            let is_new = ticks.last().is_none_or(|last| last.at_ms < at_ms);
            if is_new && in_window(scale, at_ms) {
                let label = if of_day == 0 { day_label(day, 1) } else { time_label(of_day, step) };
                ticks.push(Tick { at_ms, label, day: of_day == 0 });
            }
        }
    }
    ticks
}

const fn in_window(scale: &Scale, at_ms: i64) -> bool {
    at_ms >= scale.window.from_ms && at_ms <= scale.window.to_ms
}

/// Takes the labels away that would lie on another: days stay, then who comes first.
fn make_room(scale: &Scale, ticks: &mut [Tick]) {
    let width = |tick: &Tick| text::width(&tick.label, size::SMALL) + 10.0;
    let mut taken: Vec<(f32, f32)> = Vec::new();
    for days in [true, false] {
        for tick in ticks.iter_mut().filter(|tick| tick.day == days) {
            let (from, to) = (scale.x(tick.at_ms), scale.x(tick.at_ms) + width(tick));
            if taken.iter().any(|(left, right)| from < *right && to > *left) {
                tick.label.clear();
            } else {
                taken.push((from, to));
            }
        }
    }
}

fn day_label(day: i64, step: i64) -> String {
    date(day).format(if step <= 2 { "%a %-d %b" } else { "%-d %b" }).to_string()
}

/// The date of a local day (days since the epoch).
fn date(day: i64) -> NaiveDate {
    chrono::DateTime::from_timestamp_millis(day * DAY_MS).unwrap_or_default().date_naive()
}

fn time_label(of_day: i64, step: i64) -> String {
    let (hour, minute, second) = (of_day / HOUR_MS, of_day % HOUR_MS / MINUTE_MS, of_day % MINUTE_MS / 1_000);
    if step >= HOUR_MS {
        format!("{hour:02}")
    } else if step >= MINUTE_MS {
        format!("{hour:02}:{minute:02}")
    } else {
        format!("{hour:02}:{minute:02}:{second:02}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::stretch::Window;

    fn scale(from_ms: i64, length_ms: i64, width: f32) -> Scale {
        Scale { window: Window { from_ms, to_ms: from_ms + length_ms }, left: 0.0, width }
    }

    /// Labels of the ticks, those that are shown.
    fn labels(from: &str, length_ms: i64, zone: Tz) -> Vec<String> {
        let from_ms = chrono::DateTime::parse_from_rfc3339(from).expect("an instant").timestamp_millis();
        ticks(&scale(from_ms, length_ms, 900.0), zone)
            .into_iter()
            .map(|tick| tick.label)
            .filter(|label| !label.is_empty())
            .collect()
    }

    #[test]
    fn steps_follow_the_zoom() {
        let zone = chrono_tz::Europe::Berlin;
        assert_eq!(
            labels("2026-03-01T22:30:00Z", 2 * DAY_MS, zone)[..4],
            ["Mon 2 Mar", "06", "09", "12"].map(String::from)
        );
        assert_eq!(labels("2026-03-02T08:00:00Z", HOUR_MS, zone)[..2], ["09:00", "09:05"].map(String::from));
        assert_eq!(labels("2026-03-02T08:00:00Z", MINUTE_MS, zone)[1], "09:00:05");
        assert_eq!(labels("2026-03-02T08:00:00Z", 60 * DAY_MS, zone)[0], "5 Mar");
        assert_eq!(labels("2020-03-02T08:00:00Z", 2_000 * DAY_MS, zone)[0], "2021");
    }

    #[test]
    fn an_hour_that_is_left_out_has_no_tick_and_a_day_begins_at_its_own_midnight() {
        let zone = chrono_tz::Europe::Berlin;
        let hours = labels("2026-03-28T23:00:00Z", 10 * HOUR_MS, zone);
        assert_eq!(hours[..4], ["Sun 29 Mar", "01", "02", "04"].map(String::from), "{hours:?}");
        let days: Vec<i64> = ticks(&scale(1_774_600_000_000, 6 * DAY_MS, 900.0), zone)
            .into_iter()
            .filter(|tick| tick.day)
            .map(|tick| tick.at_ms)
            .collect();
        assert!(days.windows(2).any(|pair| pair[1] - pair[0] == 23 * HOUR_MS), "{days:?}");
    }

    #[test]
    fn the_clocks_change_where_they_do() {
        let zone = chrono_tz::Europe::Berlin;
        // A year from 1 January 2026, UTC.
        let year = scale(1_767_225_600_000, 365 * DAY_MS, 900.0);
        let found = shifts(&year, zone);
        // Both at 01:00 UTC, on 29 March and on 25 October.
        let spring = Shift { at_ms: 1_774_746_000_000, by_ms: HOUR_MS };
        let autumn = Shift { at_ms: 1_792_890_000_000, by_ms: -HOUR_MS };
        assert_eq!(found, [spring, autumn]);
        assert_eq!(shifts(&year, chrono_tz::Asia::Kolkata), []);
        assert_eq!(shifts(&scale(0, 3_000 * DAY_MS, 900.0), zone), []);
    }

    #[test]
    fn labels_never_overlap_and_ticks_are_few() {
        for hours in [1, 5, 24, 100, 24 * 30, 24 * 400, 24 * 4_000] {
            for width in [60.0, 300.0, 1_800.0] {
                let scale = scale(1_772_448_123_456, hours * HOUR_MS, width);
                let ticks = ticks(&scale, chrono_tz::America::New_York);
                assert!(ticks.len() as f32 <= width / 20.0 + 3.0, "{hours} h: {}", ticks.len());
                let mut right = f32::NEG_INFINITY;
                for tick in ticks.iter().filter(|tick| !tick.label.is_empty()) {
                    let x = scale.x(tick.at_ms);
                    assert!(x >= right, "{hours} h on {width}: {tick:?}");
                    right = x + text::width(&tick.label, size::SMALL);
                }
            }
        }
    }
}
