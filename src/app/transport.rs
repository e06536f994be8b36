//! The cursor of virtual time: where it is, how it is moved and played, and what is known at it.
//!
//! Without a cursor the window shows the end of the replay. What is shown at it is worked out when
//! it moves.

use std::collections::BTreeMap;

use crate::{
    journey::JourneyId,
    simulator::{JourneyCounts, PersonState},
};

/// How fast virtual time runs while playing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Speed {
    /// As it was.
    Real,
    /// A minute a second.
    Minute,
    /// Ten minutes a second.
    TenMinutes,
    /// An hour a second.
    #[default]
    Hour,
    /// Six hours a second.
    SixHours,
    /// A day a second.
    Day,
}

impl Speed {
    /// All, the slowest first.
    pub const ALL: [Self; 6] =
        [Self::Real, Self::Minute, Self::TenMinutes, Self::Hour, Self::SixHours, Self::Day];

    /// As people say it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Real => "×1",
            Self::Minute => "1 min/s",
            Self::TenMinutes => "10 min/s",
            Self::Hour => "1 h/s",
            Self::SixHours => "6 h/s",
            Self::Day => "1 day/s",
        }
    }
    /// Virtual milliseconds a second.
    pub const fn ms_a_second(self) -> f64 {
        match self {
            Self::Real => 1e3,
            Self::Minute => 6e4,
            Self::TenMinutes => 6e5,
            Self::Hour => 3.6e6,
            Self::SixHours => 2.16e7,
            Self::Day => 8.64e7,
        }
    }
    pub(super) fn moved(self, by: isize) -> Option<Self> {
        let at = Self::ALL.iter().position(|speed| *speed == self)?;
        Self::ALL.get(at.checked_add_signed(by)?).copied()
    }
}

/// Where the cursor is and how it moves.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Transport {
    /// The instant; `None`: the end of the replay.
    pub cursor: Option<i64>,
    /// The record that is set off, by its position in the story's trace.
    pub record: Option<usize>,
    /// How fast it plays.
    pub speed: Speed,
    /// The clock that plays, finer than the cursor and ahead of it where it jumps; `None`: paused.
    pub(super) playing: Option<Playing>,
    /// Whether times are shown in the zone of the person in focus.
    pub own_zone: bool,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Playing {
    pub(super) clock_ms: f64,
    /// When the last pass was (s); `None`: none yet.
    pub(super) pass_s: Option<f64>,
}

impl Transport {
    /// Whether time runs.
    pub const fn is_playing(&self) -> bool {
        self.playing.is_some()
    }
}

/// What is known at the cursor.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Moment {
    /// Everybody's counts as of it; `None`: the totals are shown.
    pub counts: Option<BTreeMap<JourneyId, JourneyCounts>>,
    /// Everybody on the timeline, in its order: one profile each, several that are not merged yet,
    /// or none.
    pub people: Vec<Vec<PersonState>>,
}

/// What somebody wants of the cursor.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CursorIntent {
    /// Move it; `None`: to the end.
    Move(Option<i64>),
    /// Play so fast.
    Speed(Speed),
    /// Show a record of the story's trace, with all it is about.
    Show(usize),
}
