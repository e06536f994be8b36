//! Quiet hours: [from, to) in the person's zone, over midnight where `to` is not after `from`.

use chrono_tz::Tz;

use crate::{
    recording::time::{local_of_ms, resolve_local_ms},
    simulator::settings::QuietHours,
};

const MINUTE_MS: i64 = 60_000;

/// When the quiet hours that `now_ms` lies in end; `None` if it lies in none. Hours that begin
/// and end at the same minute are no hours at all.
pub fn quiet_until_ms(hours: QuietHours, zone: Tz, now_ms: i64) -> Option<i64> {
    let (from_ms, to_ms) = (i64::from(hours.from_minute) * MINUTE_MS, i64::from(hours.to_minute) * MINUTE_MS);
    let (day, now_of_day_ms) = local_of_ms(zone, now_ms);
    let over_midnight = to_ms < from_ms;
    let ends_today = now_of_day_ms < to_ms;
    let quiet = if over_midnight {
        from_ms <= now_of_day_ms || ends_today
    } else {
        from_ms <= now_of_day_ms && ends_today
    };
    if !quiet {
        return None;
    }
    let end_day = if ends_today { day } else { day + 1 };
    let until_ms = resolve_local_ms(zone, end_day, to_ms);
    // When clocks go back, the end may come twice; if the first has passed, wait for the second.
    Some(if until_ms > now_ms { until_ms } else { now_ms + to_ms - now_of_day_ms })
}
