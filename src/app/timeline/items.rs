//! From a story to what is drawn of it at a zoom: rows of items, with everything that would be
//! narrower than can be told apart merged. Nothing here paints.

use std::collections::BTreeMap;

use super::window::Scale;
use crate::{
    app::{canvas::text, theme::size},
    journey::JourneyId,
    lab::{Mark, MergedPerson, Story, story::WAITING},
    recording::EventKind,
    simulator::{HeldState, MessageState},
};

/// Marks nearer than this to each other are one.
const NEAR_PT: f32 = 7.0;
/// So many marks on the room of one are dense.
const DENSE: usize = 4;
/// Width of a step of a density.
const STEP_PT: f32 = 4.0;
/// The side of a message's sign.
pub const SIGN_PT: f32 = 20.0;
/// Height of a lane.
const LANE_PT: f32 = 40.0;
/// Height of a row of bars.
const BARS_PT: f32 = 28.0;

/// A row of the timeline.
#[derive(Clone, Debug, PartialEq)]
pub struct Row {
    /// What it is of.
    pub kind: RowKind,
    /// Its upper end, from the top of all rows, in points.
    pub top: f32,
    /// Its height, in points.
    pub height: f32,
    /// What is in it, from left to right.
    pub items: Vec<Item>,
}

impl Row {
    /// Its middle.
    pub fn middle(&self) -> f32 {
        self.top + self.height / 2.0
    }
}

/// What a row is of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RowKind {
    /// A device, by its place in the story.
    Device(usize),
    /// Somebody who was merged into the person, by their place in the story.
    Merged(usize),
    /// The person.
    Person,
    /// Triggers that were held.
    Holds,
    /// One run: the journey and its ordinal.
    Run(JourneyId, u32),
}

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
        counts: Vec<u32>,
        /// Positions in the lane's marks: the first, and one past the last.
        range: (usize, usize),
    },
    /// One or several marks that cannot be told apart at this zoom.
    Marks {
        /// From.
        from: f32,
        /// To; the same as `from` for one.
        to: f32,
        /// What kind they are, the one that says most first.
        sign: Sign,
        /// Positions in the lane's marks: the first, and one past the last.
        range: (usize, usize),
    },
    /// A hold, by its place in the story.
    Hold {
        /// From.
        from: f32,
        /// To.
        to: f32,
        /// Position in the story's holds.
        hold: usize,
    },
    /// A stay, by its place in the story.
    Stay {
        /// From.
        from: f32,
        /// To.
        to: f32,
        /// Position in the story's stays.
        stay: usize,
        /// Whether it goes on at the end of the replay.
        open: bool,
    },
    /// One or several messages that cannot be told apart at this zoom.
    Messages {
        /// Where the sign stands.
        x: f32,
        /// Room for a name to the right of the sign; 0: none.
        name_pt: f32,
        /// Positions in the story's messages, never empty.
        messages: Vec<usize>,
    },
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
    const fn of(kind: EventKind) -> Self {
        match kind {
            EventKind::Identify | EventKind::Alias | EventKind::Merge => Self::Identify,
            EventKind::Track | EventKind::Group => Self::Done,
            EventKind::Page | EventKind::Screen => Self::Seen,
        }
    }
}

/// The rows of a story at a zoom: devices, the person, held triggers, runs in order of their
/// begin. Only what is in the window is made into items.
pub fn rows(story: &Story, scale: &Scale, name: impl Fn(usize) -> String) -> Vec<Row> {
    let devices: Vec<usize> =
        (0..story.devices.len()).filter(|at| !story.devices[*at].marks.is_empty()).collect();
    let middle = |lane: usize| lane as f32 * LANE_PT + LANE_PT / 2.0;
    let person_y = middle(devices.len() + story.merged.len());
    let first_merged = devices.len();
    let mut rows = Vec::new();
    let mut top = 0.0;
    let mut push = |kind: RowKind, height: f32, items: Vec<Item>| {
        rows.push(Row { kind, top, height, items });
        top += height;
    };
    for at in devices {
        let it = &story.devices[at];
        let into = |other: &MergedPerson| it.joined_ms.is_some_and(|ms| other.has(&it.anonymous_id, ms));
        let into = story.merged.iter().position(into).map_or(person_y, |other| middle(first_merged + other));
        push(RowKind::Device(at), LANE_PT, device(story, at, scale, into));
    }
    for at in 0..story.merged.len() {
        push(RowKind::Merged(at), LANE_PT, merged(story, at, scale, person_y));
    }
    // A visitor who never said who they are is their device.
    if story.is_known() || !story.marks.is_empty() {
        push(RowKind::Person, LANE_PT, person(story, scale));
    }
    if !story.holds.is_empty() {
        push(RowKind::Holds, BARS_PT, holds(story, scale));
    }
    for run in runs(story) {
        let items = run_items(story, &run, scale, &name);
        push(RowKind::Run(run.journey.clone(), run.ordinal), BARS_PT, items);
    }
    rows
}

fn device(story: &Story, at: usize, scale: &Scale, person_y: f32) -> Vec<Item> {
    let device = &story.devices[at];
    let first = device.marks.first().map_or(story.from_ms, |mark| mark.at_ms);
    let last = device.marks.last().map_or(first, |mark| mark.at_ms);
    let end = device.joined_ms.unwrap_or(last);
    let dashed = device.joined_ms.is_none() && story.is_known();
    let mut items = vec![Item::Line { from: scale.x(first), to: scale.x(end), dashed }];
    if let Some(joined_ms) = device.joined_ms {
        items.push(Item::Joins { x: scale.x(joined_ms), to_y: person_y });
    }
    items.extend(marks(story, 1 + at, scale));
    items
}

fn merged(story: &Story, at: usize, scale: &Scale, person_y: f32) -> Vec<Item> {
    let other = &story.merged[at];
    let mut items =
        vec![Item::Line { from: scale.x(other.from_ms), to: scale.x(other.merged_ms), dashed: false }];
    items.push(Item::Joins { x: scale.x(other.merged_ms), to_y: person_y });
    items.extend(marks(story, 1 + story.devices.len() + at, scale));
    items
}

fn person(story: &Story, scale: &Scale) -> Vec<Item> {
    let joined = story.devices.iter().filter_map(|device| {
        let joined_ms = device.joined_ms?;
        (!story.merged.iter().any(|other| other.has(&device.anonymous_id, joined_ms))).then_some(joined_ms)
    });
    let first = story.marks.first().map(|mark| mark.at_ms);
    let from = joined.chain(story.known_ms).chain(first).min();
    let mut items: Vec<Item> = from
        .map(|from| Item::Line { from: scale.x(from), to: scale.x(story.to_ms), dashed: false })
        .into_iter()
        .collect();
    items.extend(marks(story, 0, scale));
    items
}

/// Marks in the window; those that touch are one. Of a great many that touch each other the
/// density is shown, with whoever says who they are set off.
fn marks(story: &Story, lane: usize, scale: &Scale) -> Vec<Item> {
    let marks = story.lane(lane);
    let begin = marks.partition_point(|mark| mark.at_ms < scale.window.from_ms);
    let end = marks.partition_point(|mark| mark.at_ms <= scale.window.to_ms);
    if end - begin > (scale.width / NEAR_PT) as usize * DENSE {
        let says_who = story.says_who.get(lane).map_or(&[][..], Vec::as_slice);
        return density(marks, says_who, (begin, end), scale);
    }
    let mut items: Vec<Item> = Vec::new();
    for (at, mark) in marks.iter().enumerate().take(end).skip(begin) {
        let x = scale.x(mark.at_ms);
        let own = Sign::of(mark.kind);
        match items.last_mut() {
            Some(Item::Marks { to, sign, range, .. }) if x - *to < NEAR_PT => {
                *to = x;
                *sign = own.min(*sign);
                range.1 = at + 1;
            }
            _ => items.push(Item::Marks { from: x, to: x, sign: own, range: (at, at + 1) }),
        }
    }
    items
}

/// Looks for the ends of each step instead of at each mark, so that many cost no more than few.
fn density(marks: &[Mark], says_who: &[u32], (begin, end): (usize, usize), scale: &Scale) -> Vec<Item> {
    let steps = (scale.width / STEP_PT).ceil().max(1.0) as usize;
    let mut counts = Vec::with_capacity(steps);
    let mut from = begin;
    for step in 1..=steps {
        let until_ms = scale.at(scale.left + step as f32 * STEP_PT);
        let to = if step == steps {
            end
        } else {
            from + marks[from..end].partition_point(|mark| mark.at_ms < until_ms)
        };
        counts.push((to - from) as u32);
        from = to;
    }
    let mut items = vec![Item::Density { from: scale.left, step: STEP_PT, counts, range: (begin, end) }];
    let first = says_who.partition_point(|at| (*at as usize) < begin);
    for at in says_who[first..].iter().map(|at| *at as usize).take_while(|at| *at < end) {
        let x = scale.x(marks[at].at_ms);
        let near = |item: &Item| matches!(item, Item::Marks { to, .. } if x - *to < NEAR_PT * 2.0);
        if !items.last().is_some_and(near) {
            items.push(Item::Marks { from: x, to: x, sign: Sign::Identify, range: (at, at + 1) });
        }
    }
    items
}

fn holds(story: &Story, scale: &Scale) -> Vec<Item> {
    let mut items: Vec<Item> = Vec::new();
    for (hold, it) in story.holds.iter().enumerate() {
        let end = if it.state == HeldState::NeverIdentified { story.to_ms } else { it.to_ms };
        let (from, to) = (scale.x(it.from_ms), scale.x(end));
        match items.last_mut() {
            // Several journeys may hold the same event.
            Some(Item::Hold { from: before, to: until, .. }) if *before == from && *until == to => {}
            _ if is_seen(scale, from, to) => items.push(Item::Hold { from, to, hold }),
            _ => {}
        }
    }
    items
}

/// A run that waited or sent something.
struct RunParts<'s> {
    journey: &'s JourneyId,
    ordinal: u32,
    begin_ms: i64,
    /// Positions in the story's stays.
    stays: Vec<usize>,
    /// Positions in the story's messages; a run that waits in another block is its stay, and no
    /// message.
    messages: Vec<usize>,
}

/// Every run, in order of its begin.
fn runs(story: &Story) -> Vec<RunParts<'_>> {
    let mut runs: BTreeMap<(&JourneyId, u32), RunParts<'_>> = BTreeMap::new();
    let begun = |journey, ordinal, begin_ms| RunParts {
        journey,
        ordinal,
        begin_ms,
        stays: Vec::new(),
        messages: Vec::new(),
    };
    for (at, stay) in story.stays.iter().enumerate() {
        let key = (&stay.journey, stay.run);
        let run = runs.entry(key).or_insert_with(|| begun(&stay.journey, stay.run, stay.from_ms));
        run.begin_ms = run.begin_ms.min(stay.from_ms);
        run.stays.push(at);
    }
    for (at, message) in story.messages.iter().enumerate() {
        let key = (&message.journey, message.run);
        let run = runs.entry(key).or_insert_with(|| begun(&message.journey, message.run, message.at_ms));
        run.begin_ms = run.begin_ms.min(message.at_ms);
        if message.message.is_some() && message.state != MessageState::Waiting {
            run.messages.push(at);
        }
    }
    let mut runs: Vec<RunParts<'_>> = runs.into_values().collect();
    runs.sort_by_key(|run| run.begin_ms);
    runs
}

fn run_items(story: &Story, run: &RunParts<'_>, scale: &Scale, name: impl Fn(usize) -> String) -> Vec<Item> {
    let mut items: Vec<Item> = Vec::new();
    for &stay in &run.stays {
        let it = &story.stays[stay];
        let open = it.ended == WAITING;
        let (from, to) =
            (scale.x(it.from_ms), scale.x(if open { story.to_ms.max(it.from_ms) } else { it.to_ms }));
        if is_seen(scale, from, to) {
            items.push(Item::Stay { from, to: to.max(from + 3.0), stay, open });
        }
    }
    let mut signs: Vec<(f32, Vec<usize>)> = Vec::new();
    for &at in &run.messages {
        let x = scale.x(story.messages[at].at_ms);
        match signs.last_mut() {
            Some((before, messages)) if x - *before < SIGN_PT => messages.push(at),
            _ if is_seen(scale, x, x + SIGN_PT) => signs.push((x, vec![at])),
            _ => {}
        }
    }
    let mut begins: Vec<f32> =
        items.iter().filter_map(Item::begin).chain(signs.iter().map(|it| it.0)).collect();
    begins.sort_by(f32::total_cmp);
    for (x, messages) in signs {
        let next = begins[begins.partition_point(|begin| *begin <= x + SIGN_PT)..].first();
        let next = next.copied().unwrap_or(f32::INFINITY);
        let right = next.min(scale.left + scale.width) - 6.0;
        let wanted = text::width(&name(messages[0]), size::SMALL) + 10.0;
        let room = right - (x + SIGN_PT);
        let name_pt = if messages.len() == 1 && room >= wanted { wanted } else { 0.0 };
        items.push(Item::Messages { x, name_pt, messages });
    }
    items
}

impl Item {
    fn begin(&self) -> Option<f32> {
        match self {
            Self::Stay { from, .. } | Self::Hold { from, .. } => Some(*from),
            _ => None,
        }
    }
}

fn is_seen(scale: &Scale, from: f32, to: f32) -> bool {
    to >= scale.left && from <= scale.left + scale.width
}

#[cfg(test)]
mod tests;
