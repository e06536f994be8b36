//! The stretch of time that is looked at, and where an instant lies on the screen.

use crate::lab::Story;

/// The shortest stretch that can be looked at: ten seconds.
const SHORTEST_MS: i64 = 10_000;
/// The longest: fifty years.
const LONGEST_MS: i64 = 50 * 366 * 86_400_000;

/// From and to, UTC milliseconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Window {
    /// At the left edge.
    pub from_ms: i64,
    /// At the right edge; always later.
    pub to_ms: i64,
}

impl Window {
    /// Whole stories, from the first thing in them to the last, with a little room at both ends.
    pub fn around<'s>(stories: impl Iterator<Item = &'s Story>) -> Self {
        let (from_ms, to_ms) = extent(stories);
        let length = (to_ms - from_ms).max(60_000);
        let room = length / 24 + 1;
        // Names of messages stand to the right of their instant.
        Self { from_ms: from_ms - room, to_ms: to_ms + room * 4 }
    }
    /// How long it is.
    pub const fn length_ms(self) -> i64 {
        self.to_ms - self.from_ms
    }
    /// Closer (a factor above 1) or further, with what lies at `share` of the width kept there.
    #[must_use]
    pub fn zoomed(self, factor: f64, share: f64) -> Self {
        let length = (self.length_ms() as f64 / factor.max(1e-6)) as i64;
        let length = length.clamp(SHORTEST_MS, LONGEST_MS);
        let kept = self.from_ms + (self.length_ms() as f64 * share) as i64;
        let from_ms = kept - (length as f64 * share) as i64;
        Self { from_ms, to_ms: from_ms + length }
    }
    /// Moved by a share of its length; positive: later.
    #[must_use]
    pub fn panned(self, share: f64) -> Self {
        let by = (self.length_ms() as f64 * share) as i64;
        Self { from_ms: self.from_ms + by, to_ms: self.to_ms + by }
    }
    /// Moved so that an instant is in its middle, unless it is in sight already.
    #[must_use]
    pub const fn showing(self, at_ms: i64) -> Self {
        if self.from_ms <= at_ms && at_ms < self.to_ms {
            return self;
        }
        let from_ms = at_ms.saturating_sub(self.length_ms() / 2);
        Self { from_ms, to_ms: from_ms.saturating_add(self.length_ms()) }
    }
    /// Kept so near to stories that some of them is always in sight.
    #[must_use]
    pub fn kept_near<'s>(self, stories: impl Iterator<Item = &'s Story>) -> Self {
        let (first_ms, last_ms) = extent(stories);
        let earliest_ms = first_ms.saturating_sub(self.length_ms() * 9 / 10);
        let latest_ms = last_ms.saturating_sub(self.length_ms() / 10).max(earliest_ms);
        let from_ms = self.from_ms.clamp(earliest_ms, latest_ms);
        Self { from_ms, to_ms: from_ms + self.length_ms() }
    }
}

/// From the first thing in any of the stories to the last.
fn extent<'s>(stories: impl Iterator<Item = &'s Story>) -> (i64, i64) {
    // A story with nothing in it reaches from the end of time to its beginning.
    let spans = stories.filter(|story| story.from_ms <= story.to_ms);
    let all = spans.fold(None, |all: Option<(i64, i64)>, story| {
        let (from_ms, to_ms) = all.unwrap_or((story.from_ms, story.to_ms));
        Some((from_ms.min(story.from_ms), to_ms.max(story.to_ms)))
    });
    all.unwrap_or_default()
}

/// A window on a stretch of the screen.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Scale {
    /// What is looked at.
    pub window: Window,
    /// Where it begins, in points.
    pub left: f32,
    /// How wide it is, in points.
    pub width: f32,
}

impl Scale {
    /// Where an instant lies; far outside it is cut off, so that no number grows out of hand.
    pub fn x(&self, at_ms: i64) -> f32 {
        let share = (at_ms - self.window.from_ms) as f64 / self.window.length_ms() as f64;
        self.left + (share.clamp(-2.0, 3.0) * f64::from(self.width)) as f32
    }
    /// The instant at a point.
    pub fn at(&self, x: f32) -> i64 {
        self.window.from_ms + (self.share(x) * self.window.length_ms() as f64).round() as i64
    }
    /// The share of the width at a point.
    pub fn share(&self, x: f32) -> f64 {
        f64::from((x - self.left) / self.width.max(1.0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const DAY_MS: i64 = 86_400_000;

    #[test]
    fn zooming_keeps_what_is_under_the_pointer() {
        let window = Window { from_ms: 0, to_ms: 10 * DAY_MS };
        let closer = window.zoomed(2.0, 0.25);
        let at = |window: Window| window.from_ms + window.length_ms() / 4;
        assert_eq!(closer.length_ms(), 5 * DAY_MS);
        assert!((at(window) - at(closer)).abs() < 10);
        assert_eq!(closer.panned(1.0).from_ms, closer.to_ms);
        assert_eq!(window.zoomed(1e12, 0.5).length_ms(), SHORTEST_MS);
        assert_eq!(window.zoomed(1e-5, 0.5).length_ms(), LONGEST_MS);
    }

    #[test]
    fn an_instant_out_of_sight_is_brought_into_the_middle() {
        let window = Window { from_ms: 0, to_ms: DAY_MS };
        assert_eq!(window.showing(0), window);
        assert_eq!(window.showing(DAY_MS - 1), window);
        let moved = window.showing(DAY_MS);
        assert_eq!((moved.from_ms, moved.length_ms()), (DAY_MS / 2, DAY_MS));
        assert_eq!(window.showing(-1).from_ms, -1 - DAY_MS / 2);
    }

    #[test]
    fn the_story_stays_in_sight() {
        let story = Story { from_ms: 0, to_ms: DAY_MS, ..Story::default() };
        for share in [-50.0, -1.0, 0.0, 1.0, 50.0] {
            let near = || std::iter::once(&story);
            let window = Window::around(near()).panned(share).kept_near(near());
            assert!(window.to_ms > story.from_ms && window.from_ms < story.to_ms, "{window:?}");
        }
    }
}
