//! From a story to what is drawn of it at a zoom: rows of items, with everything that would be
//! narrower than can be told apart merged. Nothing here paints.

use super::window::Scale;
use crate::{
    app::{canvas::text, theme::size},
    journey::JourneyId,
    lab::{Mark, Stay, Story, story::WAITING},
    recording::EventKind,
    simulator::{HeldState, MessageState},
};

/// Marks nearer than this to each other are one.
const NEAR_PT: f32 = 7.0;
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
    let person_y = devices.len() as f32 * LANE_PT + LANE_PT / 2.0;
    let mut rows = Vec::new();
    let mut top = 0.0;
    let mut push = |kind: RowKind, height: f32, items: Vec<Item>| {
        rows.push(Row { kind, top, height, items });
        top += height;
    };
    for at in devices {
        push(RowKind::Device(at), LANE_PT, device(story, at, scale, person_y));
    }
    // A visitor who never said who they are is their device.
    if story.is_known() || !story.marks.is_empty() {
        push(RowKind::Person, LANE_PT, person(story, scale));
    }
    if !story.holds.is_empty() {
        push(RowKind::Holds, BARS_PT, holds(story, scale));
    }
    for (journey, run) in runs(story) {
        let items = run_items(story, &journey, run, scale, &name);
        push(RowKind::Run(journey, run), BARS_PT, items);
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
    items.extend(marks(&device.marks, scale));
    items
}

fn person(story: &Story, scale: &Scale) -> Vec<Item> {
    let joined = story.devices.iter().filter_map(|device| device.joined_ms);
    let first = story.marks.first().map(|mark| mark.at_ms);
    let from = joined.chain(story.known_ms).chain(first).min();
    let mut items: Vec<Item> = from
        .map(|from| Item::Line { from: scale.x(from), to: scale.x(story.to_ms), dashed: false })
        .into_iter()
        .collect();
    items.extend(marks(&story.marks, scale));
    items
}

/// Marks in the window; those that touch are one.
fn marks(marks: &[Mark], scale: &Scale) -> Vec<Item> {
    let mut items: Vec<Item> = Vec::new();
    let begin = marks.partition_point(|mark| mark.at_ms < scale.window.from_ms);
    let end = marks.partition_point(|mark| mark.at_ms <= scale.window.to_ms);
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

/// Every run that waited or sent something, in order of its begin.
fn runs(story: &Story) -> Vec<(JourneyId, u32)> {
    let stays = story.stays.iter().map(|stay| (stay.from_ms, &stay.journey, stay.run));
    let messages = story.messages.iter().map(|message| (message.at_ms, &message.journey, message.run));
    let mut all: Vec<_> = stays.chain(messages).collect();
    all.sort();
    let mut runs: Vec<(JourneyId, u32)> = Vec::new();
    for (_, journey, run) in all {
        if !runs.iter().any(|(known, ordinal)| known == journey && *ordinal == run) {
            runs.push((journey.clone(), run));
        }
    }
    runs
}

fn run_items(
    story: &Story,
    journey: &JourneyId,
    run: u32,
    scale: &Scale,
    name: impl Fn(usize) -> String,
) -> Vec<Item> {
    let is_own = |stay: &Stay| stay.journey == *journey && stay.run == run;
    let mut items: Vec<Item> = Vec::new();
    for (stay, it) in story.stays.iter().enumerate().filter(|(_, it)| is_own(it)) {
        let open = it.ended == WAITING;
        let (from, to) =
            (scale.x(it.from_ms), scale.x(if open { story.to_ms.max(it.from_ms) } else { it.to_ms }));
        if is_seen(scale, from, to) {
            items.push(Item::Stay { from, to: to.max(from + 3.0), stay, open });
        }
    }
    let mut signs: Vec<(f32, Vec<usize>)> = Vec::new();
    for (at, message) in story.messages.iter().enumerate() {
        // A run that waits in another block is its stay; it is no message.
        let is_message = message.message.is_some() && message.state != MessageState::Waiting;
        if message.journey != *journey || message.run != run || !is_message {
            continue;
        }
        let x = scale.x(message.at_ms);
        match signs.last_mut() {
            Some((before, messages)) if x - *before < SIGN_PT => messages.push(at),
            _ if is_seen(scale, x, x + SIGN_PT) => signs.push((x, vec![at])),
            _ => {}
        }
    }
    let begins: Vec<f32> = items.iter().filter_map(Item::begin).chain(signs.iter().map(|it| it.0)).collect();
    for (x, messages) in signs {
        let next = begins.iter().copied().filter(|begin| *begin > x + SIGN_PT).fold(f32::INFINITY, f32::min);
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
mod tests {
    use super::*;
    use crate::{app::timeline::window::Window, lab::Device};

    const HOUR_MS: i64 = 3_600_000;

    fn mark(at_ms: i64, kind: EventKind) -> Mark {
        Mark {
            at_ms,
            arrived_ms: at_ms,
            kind,
            name: String::new(),
            event: format!("m{at_ms}"),
            source: (String::new(), 1),
        }
    }

    fn story(marks: Vec<Mark>) -> Story {
        let (from_ms, to_ms) = (0, 100 * HOUR_MS);
        let device = Device {
            anonymous_id: "d".to_owned(),
            name: String::new(),
            marks,
            joined_ms: Some(50 * HOUR_MS),
        };
        let identifiers = vec!["email:a@b.example".to_owned()];
        Story { identifiers, devices: vec![device], from_ms, to_ms, ..Story::default() }
    }

    fn scale(from_ms: i64, to_ms: i64) -> Scale {
        Scale { window: Window { from_ms, to_ms }, left: 100.0, width: 1_000.0 }
    }

    fn pools(story: &Story, scale: &Scale) -> Vec<(usize, usize)> {
        let items = rows(story, scale, |_| String::new()).into_iter().flat_map(|row| row.items);
        items
            .filter_map(|item| if let Item::Marks { range, .. } = item { Some(range) } else { None })
            .collect()
    }

    #[test]
    fn marks_merge_far_out_and_part_close_up() {
        let story = story((0..40).map(|minute| mark(minute * 60_000, EventKind::Page)).collect());
        assert_eq!(pools(&story, &scale(0, 100 * HOUR_MS)), [(0, 40)]);
        assert_eq!(pools(&story, &scale(0, HOUR_MS)).len(), 40);
    }

    #[test]
    fn only_what_is_in_sight_becomes_an_item() {
        let story = story((0..50_000).map(|at| mark(at * 3_000, EventKind::Track)).collect());
        assert!(pools(&story, &scale(HOUR_MS, HOUR_MS + 60_000)).len() <= 21);
        let far = rows(&story, &scale(0, 100 * HOUR_MS), |_| String::new());
        assert!(far.iter().map(|row| row.items.len()).sum::<usize>() < 150);
    }

    #[test]
    fn who_says_who_they_are_is_seen_in_a_crowd_of_marks() {
        let story = story(vec![mark(0, EventKind::Page), mark(1_000, EventKind::Identify)]);
        let items = &rows(&story, &scale(0, 100 * HOUR_MS), |_| String::new())[0].items;
        assert!(items.iter().any(|item| matches!(item, Item::Marks { sign: Sign::Identify, .. })));
    }

    #[test]
    fn a_device_flows_into_the_persons_row() {
        let story = story(vec![mark(0, EventKind::Page)]);
        let rows = rows(&story, &scale(0, 100 * HOUR_MS), |_| String::new());
        let person = rows.iter().find(|row| row.kind == RowKind::Person).expect("the person's row");
        let joins = rows[0].items.iter().find_map(|item| match item {
            Item::Joins { x, to_y } => Some((*x, *to_y)),
            _ => None,
        });
        assert_eq!(joins, Some((600.0, person.middle())));
    }
}
