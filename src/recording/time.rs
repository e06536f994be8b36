//! Instants and zones: RFC 3339 at the edges, local time in one place.

use chrono_tz::Tz;

/// Reads an ISO 8601 / RFC 3339 instant (or a whole number of epoch seconds or milliseconds)
/// into UTC ms. `None` if it is no instant.
pub fn parse_instant_ms(text: &str) -> Option<i64> {
    let _ = text;
    todo!()
}

/// Writes UTC ms as RFC 3339 with milliseconds and `Z`.
pub fn format_instant(ms: i64) -> String {
    let _ = ms;
    todo!()
}

/// The instant of a local date and time in a zone (`days` since the epoch, `ms_of_day`).
/// In a gap the first valid instant, in a fold the earlier one. The only place that decides it.
pub fn resolve_local_ms(zone: Tz, days: i64, ms_of_day: i64) -> i64 {
    let _ = (zone, days, ms_of_day);
    todo!()
}

/// Local (days since epoch, ms of day) of an instant in a zone.
pub fn local_of_ms(zone: Tz, instant_ms: i64) -> (i64, i64) {
    let _ = (zone, instant_ms);
    todo!()
}
