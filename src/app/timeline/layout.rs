//! Which rows there are and where: everybody on the timeline one below the other, each with their
//! devices, those who were merged into them, what was held, and their runs. Nothing here paints
//! or looks at an event.

use crate::lab::{MergedPerson, Story};

/// Height of a lane.
pub const LANE_PT: f32 = 40.0;
/// Height of a row of bars.
pub const BARS_PT: f32 = 28.0;
/// Height of the line over each of several people.
pub const HEAD_PT: f32 = 28.0;
/// Room below somebody's rows.
const BELOW_PT: f32 = 8.0;

/// What a row is of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RowKind {
    /// A device, by its place in the story.
    Device(usize),
    /// Somebody who was merged into the person, by their place in the story.
    Merged(usize),
    /// The person.
    Person,
    /// Triggers that were held.
    Holds,
    /// Runs of a journey, by their place in the story's rows of runs.
    Runs(usize),
}

/// A row of the timeline. Places are from the top of all rows, in points.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Row {
    /// What it is of.
    pub kind: RowKind,
    /// Its upper end.
    pub top: f32,
    /// Its height.
    pub height: f32,
    /// The middle of the row it flows into, if it does.
    pub into: Option<f32>,
}

impl Row {
    /// Its middle.
    pub fn middle(&self) -> f32 {
        self.top + self.height / 2.0
    }
    /// Whether anything of it, its way into another row included, lies between two heights.
    pub fn is_between(&self, top: f32, bottom: f32) -> bool {
        self.top <= bottom && (self.top + self.height).max(self.into.unwrap_or(0.0)) >= top
    }
}

/// Somebody's rows.
#[derive(Clone, Debug, PartialEq)]
pub struct Group {
    /// Where they begin.
    pub top: f32,
    /// How high they are, with the line over them if there are several people.
    pub height: f32,
    /// The rows, from the top.
    pub rows: Vec<Row>,
}

/// The rows of each; those whose story is not told yet have none but the line that says who it is.
pub fn groups<'s>(stories: impl ExactSizeIterator<Item = Option<&'s Story>>) -> Vec<Group> {
    let head = if stories.len() > 1 { HEAD_PT } else { 0.0 };
    let mut top = 0.0;
    let group = |story: Option<&Story>| {
        let first = top + head;
        let rows = story.map_or_else(Vec::new, |story| rows(story, first));
        let bottom = rows.last().map_or(first, |row| row.top + row.height);
        let group = Group { top, height: bottom + BELOW_PT - top, rows };
        top = bottom + BELOW_PT;
        group
    };
    stories.map(group).collect()
}

/// Devices, those who were merged, the person, held triggers, runs.
fn rows(story: &Story, first: f32) -> Vec<Row> {
    let devices: Vec<usize> =
        (0..story.devices.len()).filter(|at| !story.devices[*at].marks.is_empty()).collect();
    let middle = |lane: usize| first + lane as f32 * LANE_PT + LANE_PT / 2.0;
    let person_y = middle(devices.len() + story.merged.len());
    let first_merged = devices.len();
    let mut rows = Vec::new();
    let mut top = first;
    let mut push = |kind: RowKind, height: f32, into: Option<f32>| {
        rows.push(Row { kind, top, height, into });
        top += height;
    };
    for at in devices {
        let it = &story.devices[at];
        let into = it.joined_ms.map(|joined_ms| {
            let has = |other: &MergedPerson| other.has(&it.anonymous_id, joined_ms);
            story.merged.iter().position(has).map_or(person_y, |other| middle(first_merged + other))
        });
        push(RowKind::Device(at), LANE_PT, into);
    }
    for at in 0..story.merged.len() {
        push(RowKind::Merged(at), LANE_PT, Some(person_y));
    }
    // A visitor who never said who they are is their device.
    if story.is_known() || !story.marks.is_empty() {
        push(RowKind::Person, LANE_PT, None);
    }
    if !story.holds.is_empty() {
        push(RowKind::Holds, BARS_PT, None);
    }
    (0..story.run_rows.len()).for_each(|at| push(RowKind::Runs(at), BARS_PT, None));
    rows
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        lab::{Device, Mark},
        recording::EventKind,
    };

    fn story(devices: usize) -> Story {
        let mark = Mark {
            at_ms: 0,
            arrived_ms: 0,
            kind: EventKind::Page,
            name: String::new(),
            event: String::new(),
            source: (String::new(), 1),
        };
        let device = |number: usize| Device {
            anonymous_id: format!("d{number}"),
            name: String::new(),
            marks: vec![mark.clone()],
            joined_ms: Some(5),
        };
        let identifiers = vec!["email:a@b.example".to_owned()];
        Story { identifiers, devices: (0..devices).map(device).collect(), ..Story::default() }
    }

    #[test]
    fn rows_follow_each_other_and_flow_into_their_own_person() {
        let (one, two) = (story(2), story(3));
        let groups = groups([Some(&one), None, Some(&two)].into_iter());
        let mut bottom = 0.0;
        for group in &groups {
            assert!((group.top - bottom).abs() < 0.01, "{groups:?}");
            bottom = group.top + group.height;
            let mut below = group.top + HEAD_PT;
            for row in &group.rows {
                assert!((row.top - below).abs() < 0.01 && row.top + row.height <= bottom);
                below = row.top + row.height;
            }
            let person = group.rows.iter().find(|row| row.kind == RowKind::Person).map(Row::middle);
            let flowing = group.rows.iter().filter(|row| matches!(row.kind, RowKind::Device(_)));
            assert!(flowing.into_iter().all(|row| row.into == person));
        }
        assert_eq!(groups[1].rows, []);
    }

    #[test]
    fn somebody_alone_has_no_line_over_their_rows() {
        let one = story(1);
        let groups = groups([Some(&one)].into_iter());
        assert!(groups[0].rows[0].top.abs() < 0.01);
    }

    #[test]
    fn a_row_is_seen_as_long_as_its_way_into_another_is() {
        let row = Row { kind: RowKind::Device(0), top: 0.0, height: 40.0, into: Some(300.0) };
        assert!(row.is_between(100.0, 200.0) && !row.is_between(301.0, 400.0));
        assert!(!Row { into: None, ..row }.is_between(100.0, 200.0));
    }
}
