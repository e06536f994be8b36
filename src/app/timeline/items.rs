//! From a row of a story to what is drawn of it at a zoom, with everything that would be narrower
//! than can be told apart merged. Nothing here paints, and nothing looks at each of many events:
//! what a row costs depends on its width.

use std::ops::Range;

use super::layout::{Row, RowKind};
use crate::{
    app::{stretch::Scale, text, theme::size},
    lab::{LaneIndex, Mark, RunRow, Story, story::WAITING},
    recording::EventKind,
    simulator::HeldState,
};

/// Marks nearer than this to each other are one.
const NEAR_PT: f32 = 7.0;
/// So many marks on the room of one are dense.
const DENSE: usize = 4;
/// Width of a step of a density.
const STEP_PT: f32 = 4.0;
/// The side of a message's sign.
pub const SIGN_PT: f32 = 20.0;
/// Bars narrower than this are merged with those that begin on it.
const NARROW_PT: f32 = 3.0;
/// Bars nearer than this to each other cannot be told apart.
const APART_PT: f32 = 1.0;
/// The least room between two names.
const GAP_PT: f32 = 8.0;

/// Something in a row. Places are x in points.
#[derive(Clone, Debug, PartialEq)]
pub enum Item {
    /// The line of a lane; dashed for a device that never joined.
    Line {
        /// From.
        from: f32,
        /// To.
        to: f32,
        /// Whether it is only perhaps the same person.
        dashed: bool,
    },
    /// Where a device's lane flows into the person's, and the middle of the row it flows to.
    Joins {
        /// Where.
        x: f32,
        /// The middle of the person's row.
        to_y: f32,
    },
    /// So many marks that only how dense they are can be seen.
    Density {
        /// From.
        from: f32,
        /// How wide a step is.
        step: f32,
        /// How many marks fall on each step.
        counts: Vec<Count>,
        /// Places in the lane.
        range: Range<usize>,
    },
    /// One or several marks that cannot be told apart at this zoom.
    Marks {
        /// From.
        from: f32,
        /// To; the same as `from` for one.
        to: f32,
        /// What kind they are, the one that says most first.
        sign: Sign,
        /// Places in the lane.
        range: Range<usize>,
        /// Whether there is room for its name over it.
        named: bool,
    },
    /// One or several holds that overlap.
    Holds {
        /// From.
        from: f32,
        /// To.
        to: f32,
        /// Positions in the story's holds.
        holds: Range<usize>,
    },
    /// One stay, or several that cannot be told apart at this zoom.
    Stays {
        /// From.
        from: f32,
        /// To.
        to: f32,
        /// Places among the stays of the row.
        stays: Range<usize>,
        /// Where its timer would have ended it, if it was left before.
        until: Option<f32>,
        /// From where to where signs leave room for its name.
        name: (f32, f32),
    },
    /// One or several messages that cannot be told apart at this zoom.
    Messages {
        /// Where the sign stands.
        x: f32,
        /// Room for a name to the right of the sign; 0: none.
        name_pt: f32,
        /// Places among the messages of the row, never empty.
        messages: Range<usize>,
    },
}

/// How many marks fall on a step.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Count {
    /// All.
    pub all: u32,
    /// Those that are something done, and not a page looked at.
    pub done: u32,
}

/// What a mark looks like.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Sign {
    /// Somebody says who they are.
    Identify,
    /// A purchase, a cart, something done.
    Done,
    /// A page or screen looked at.
    Seen,
}

impl Sign {
    /// That of a kind of call.
    pub const fn of(kind: EventKind) -> Self {
        match kind {
            EventKind::Identify | EventKind::Alias | EventKind::Merge => Self::Identify,
            EventKind::Track | EventKind::Group => Self::Done,
            EventKind::Page | EventKind::Screen => Self::Seen,
        }
    }
}

/// What is drawn of a row: only what is in the window. `name` is what a message is called, by its
/// position in the story.
pub fn items(story: &Story, row: &Row, scale: &Scale, name: impl Fn(usize) -> String) -> Vec<Item> {
    let mut items = match row.kind {
        RowKind::Device(at) => device(story, at, scale),
        RowKind::Merged(at) => {
            let other = &story.merged[at];
            vec![Item::Line { from: scale.x(other.from_ms), to: scale.x(other.merged_ms), dashed: false }]
        }
        RowKind::Person => person(story, scale),
        RowKind::Holds => return holds(story, scale),
        RowKind::Runs(at) => {
            return story.run_rows.get(at).map_or_else(Vec::new, |runs| run_items(story, runs, scale, name));
        }
    };
    let joins_ms = match row.kind {
        RowKind::Device(at) => story.devices[at].joined_ms,
        RowKind::Merged(at) => Some(story.merged[at].merged_ms),
        _ => None,
    };
    items.extend(joins_ms.zip(row.into).map(|(at_ms, to_y)| Item::Joins { x: scale.x(at_ms), to_y }));
    let lane = lane_of(story, row.kind);
    if let Some(index) = story.lanes.get(lane) {
        items.extend(marks(story.lane(lane), index, scale));
    }
    items
}

/// The lane of events that a row shows.
pub fn lane_of(story: &Story, kind: RowKind) -> usize {
    match kind {
        RowKind::Device(at) => 1 + at,
        RowKind::Merged(at) => 1 + story.devices.len() + at,
        _ => 0,
    }
}

fn device(story: &Story, at: usize, scale: &Scale) -> Vec<Item> {
    let device = &story.devices[at];
    let first = device.marks.first().map_or(story.from_ms, |mark| mark.at_ms);
    let last = device.marks.last().map_or(first, |mark| mark.at_ms);
    let end = device.joined_ms.unwrap_or(last);
    let dashed = device.joined_ms.is_none() && story.is_known();
    vec![Item::Line { from: scale.x(first), to: scale.x(end), dashed }]
}

fn person(story: &Story, scale: &Scale) -> Vec<Item> {
    let joined = story.devices.iter().filter_map(|device| {
        let joined_ms = device.joined_ms?;
        (!story.merged.iter().any(|other| other.has(&device.anonymous_id, joined_ms))).then_some(joined_ms)
    });
    let first = story.marks.first().map(|mark| mark.at_ms);
    let from = joined.chain(story.known_ms).chain(first).min();
    let line = from.map(|from| Item::Line { from: scale.x(from), to: scale.x(story.to_ms), dashed: false });
    line.into_iter().collect()
}

/// Marks in the window; those that touch are one. Of a great many that touch each other the
/// density is shown, with whoever says who they are set off.
fn marks(marks: &[Mark], index: &LaneIndex, scale: &Scale) -> Vec<Item> {
    let seen = index.between(scale.window.from_ms, scale.window.to_ms);
    if seen.len() > (scale.width / NEAR_PT) as usize * DENSE {
        return density(index, seen, scale);
    }
    let mut items: Vec<Item> = Vec::new();
    for at in seen {
        let x = scale.x(index.at_ms(at));
        let own = Sign::of(marks[at].kind);
        match items.last_mut() {
            Some(Item::Marks { to, sign, range, .. }) if x - *to < NEAR_PT => {
                *to = x;
                *sign = own.min(*sign);
                range.end = at + 1;
            }
            _ => items.push(Item::Marks { from: x, to: x, sign: own, range: at..at + 1, named: false }),
        }
    }
    name_marks(&mut items, marks, scale);
    items
}

/// Gives names to single marks where there is room: what was done first, then what was looked at.
fn name_marks(items: &mut [Item], marks: &[Mark], scale: &Scale) {
    let mut taken: Vec<(f32, f32)> = Vec::new();
    for wanted in [Sign::Done, Sign::Seen] {
        for item in items.iter_mut() {
            let Item::Marks { from, sign, range, named, .. } = item else { continue };
            let name = &marks[range.start].name;
            if *sign != wanted || range.len() > 1 || name.is_empty() {
                continue;
            }
            let (left, right) = (*from - GAP_PT, *from + text::width(name, size::SMALL) + GAP_PT);
            let next = taken.partition_point(|(other, _)| *other < left);
            let is_free = taken.get(next).is_none_or(|(other, _)| *other >= right)
                && (next == 0 || taken[next - 1].1 <= left);
            if is_free && *from >= scale.left && right <= scale.left + scale.width {
                taken.insert(next, (left, right));
                *named = true;
            }
        }
    }
}

/// Looks for the ends of each step instead of at each mark, so that many cost no more than few.
fn density(index: &LaneIndex, seen: Range<usize>, scale: &Scale) -> Vec<Item> {
    let steps = (scale.width / STEP_PT).ceil().max(1.0) as usize;
    let mut counts = Vec::with_capacity(steps);
    let mut from = seen.start;
    for step in 1..=steps {
        let until_ms = scale.at(scale.left + step as f32 * STEP_PT);
        let to = if step == steps { seen.end } else { index.before(until_ms, from..seen.end) };
        counts.push(Count { all: (to - from) as u32, done: index.done(&(from..to)) });
        from = to;
    }
    let mut items = vec![Item::Density { from: scale.left, step: STEP_PT, counts, range: seen.clone() }];
    let says_who = index.says_who(&seen);
    let mut next = 0;
    while let Some(at) = says_who.get(next).map(|at| *at as usize) {
        let x = scale.x(index.at_ms(at));
        items.push(Item::Marks { from: x, to: x, sign: Sign::Identify, range: at..at + 1, named: false });
        let until_ms = scale.at(x + NEAR_PT * 2.0);
        next += says_who[next..].partition_point(|at| index.at_ms(*at as usize) < until_ms).max(1);
    }
    items
}

fn holds(story: &Story, scale: &Scale) -> Vec<Item> {
    let mut items: Vec<Item> = Vec::new();
    for (at, it) in story.holds.iter().enumerate() {
        let end = if it.state == HeldState::NeverIdentified { story.to_ms } else { it.to_ms };
        let (begin, end) = (scale.x(it.from_ms), scale.x(end));
        match items.last_mut() {
            Some(Item::Holds { to, holds, .. }) if begin - *to < APART_PT => {
                *to = to.max(end);
                holds.end = at + 1;
            }
            _ => items.push(Item::Holds { from: begin, to: end.max(begin + NARROW_PT), holds: at..at + 1 }),
        }
    }
    items.retain(|item| matches!(item, Item::Holds { from, to, .. } if is_seen(scale, *from, *to)));
    items
}

fn run_items(story: &Story, row: &RunRow, scale: &Scale, name: impl Fn(usize) -> String) -> Vec<Item> {
    let mut items = stays(story, row, scale);
    let mut begins: Vec<f32> = items.iter().filter_map(Item::begin).collect();
    let signs = signs(story, row, scale);
    begins.extend(signs.iter().map(|(x, _)| *x));
    begins.sort_by(f32::total_cmp);
    let mut places: Vec<(f32, f32)> = Vec::new();
    for (x, messages) in signs {
        let next = begins[begins.partition_point(|begin| *begin <= x + SIGN_PT)..].first();
        let next = next.copied().unwrap_or(f32::INFINITY);
        let right = next.min(scale.left + scale.width) - 6.0;
        let room = right - (x + SIGN_PT);
        let wanted = || text::width(&name(row.messages[messages.start] as usize), size::SMALL) + 10.0;
        let name_pt = if messages.len() == 1 && room > 0.0 { Some(wanted()) } else { None };
        let name_pt = name_pt.filter(|wanted| *wanted <= room).unwrap_or(0.0);
        places.push((x, x + SIGN_PT + name_pt));
        items.push(Item::Messages { x, name_pt, messages });
    }
    for item in &mut items {
        if let Item::Stays { from, to, name, .. } = item {
            *name = free(&places, *from, *to);
        }
    }
    items
}

/// What is free of a stretch: from the sign at its begin to the next.
fn free(signs: &[(f32, f32)], from: f32, to: f32) -> (f32, f32) {
    let begun = signs.partition_point(|sign| sign.0 <= from + GAP_PT);
    let begin = begun.checked_sub(1).map_or(from, |last| signs[last].1.max(from));
    let end = signs.get(begun).map_or(to, |sign| sign.0.min(to));
    (begin, end.max(begin))
}

/// Stays in the window. Runs of a row follow each other, so that their stays are in order both of
/// begin and of end.
fn stays(story: &Story, row: &RunRow, scale: &Scale) -> Vec<Item> {
    let stay = |place: usize| &story.stays[row.stays[place] as usize];
    // Where a timer would have ended it: up to whatever comes next in the row.
    let until_ms = |place: usize| {
        let it = stay(place);
        let next_ms = row.stays.get(place + 1).map_or(i64::MAX, |at| story.stays[*at as usize].from_ms);
        it.until_ms.filter(|_| it.cut_short).map(|until_ms| until_ms.min(next_ms)).filter(|ms| *ms > it.to_ms)
    };
    let ends_before = |place: usize, ms: i64| {
        stay(place).ended != WAITING && until_ms(place).unwrap_or(stay(place).to_ms) < ms
    };
    let mut place = first_place(row.stays.len(), |place| !ends_before(place, scale.window.from_ms));
    let last = first_place(row.stays.len(), |place| stay(place).from_ms > scale.window.to_ms);
    let end_ms = |place: usize| {
        let it = stay(place);
        if it.ended == WAITING { story.to_ms.max(it.from_ms) } else { it.to_ms }
    };
    let mut items = Vec::new();
    while place < last {
        let (from, to) = (scale.x(stay(place).from_ms), scale.x(end_ms(place)));
        if to - from >= NARROW_PT {
            let until = until_ms(place).map(|until_ms| scale.x(until_ms));
            items.push(Item::Stays { from, to, stays: place..place + 1, until, name: (from, to) });
            place += 1;
            continue;
        }
        // Those that begin on the same few points are one, but for a wide one at the end.
        let near_ms = scale.at(from + NARROW_PT);
        let more = first_place(last - place - 1, |more| stay(place + 1 + more).from_ms >= near_ms);
        let wide = |place: usize| scale.x(end_ms(place)) - scale.x(stay(place).from_ms) >= NARROW_PT;
        let end = place + 1 + more - usize::from(more > 0 && wide(place + more));
        let to = scale.x(end_ms(end - 1)).max(from + NARROW_PT);
        items.push(Item::Stays { from, to, stays: place..end, until: None, name: (from, to) });
        place = end;
    }
    items
}

/// The first of so many places from which on something holds, found by halving.
fn first_place(count: usize, holds: impl Fn(usize) -> bool) -> usize {
    let (mut from, mut to) = (0, count);
    while from < to {
        let middle = from + (to - from) / 2;
        if holds(middle) { to = middle } else { from = middle + 1 }
    }
    from
}

/// Where signs of messages stand, and the places of the messages each stands for.
fn signs(story: &Story, row: &RunRow, scale: &Scale) -> Vec<(f32, Range<usize>)> {
    let at_ms = |at: &u32| story.messages[*at as usize].at_ms;
    // A sign that stands a little to the left reaches into the window.
    let first_ms = scale.at(scale.left - SIGN_PT);
    let mut place = row.messages.partition_point(|at| at_ms(at) < first_ms);
    let last = row.messages.partition_point(|at| at_ms(at) <= scale.window.to_ms);
    let mut signs = Vec::new();
    while place < last {
        let x = scale.x(at_ms(&row.messages[place]));
        let until_ms = scale.at(x + SIGN_PT);
        let rest = &row.messages[place..last];
        let end = place + rest.partition_point(|at| at_ms(at) < until_ms).max(1);
        signs.push((x, place..end));
        place = end;
    }
    signs
}

impl Item {
    fn begin(&self) -> Option<f32> {
        match self {
            Self::Stays { from, .. } | Self::Holds { from, .. } => Some(*from),
            _ => None,
        }
    }
}

fn is_seen(scale: &Scale, from: f32, to: f32) -> bool {
    to >= scale.left && from <= scale.left + scale.width
}

#[cfg(test)]
mod tests;
