//! Everybody at the end of a recording, without any journey.

use super::platform::Platform;
use crate::recording::EventLog;

/// Everybody.
pub struct People;

/// Resolves a log.
pub fn people(platform: &Platform, log: &EventLog) -> People {
    let _ = (platform, log);
    People
}
