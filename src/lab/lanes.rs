//! A story made ready for being drawn at any zoom.
//!
//! What a frame asks of fifty thousand events (which are in sight, how many of each kind fall on
//! a step) is found by halving sorted times and by subtracting counts, never by looking at each.

use std::{collections::BTreeMap, ops::Range};

use super::story::{Mark, Stay, WAITING};
use crate::{
    journey::JourneyId,
    recording::EventKind,
    simulator::{MessageRecord, MessageState, RunStart},
};

/// The events of one lane, ready to be counted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LaneIndex {
    /// When each happened, in order.
    times_ms: Vec<i64>,
    /// How many of the first so many are something done (and not a page looked at).
    done: Vec<u32>,
    /// Places of the calls that say who somebody is.
    says_who: Vec<u32>,
}

impl LaneIndex {
    /// Of marks in order of time.
    pub fn of(marks: &[Mark]) -> Self {
        let mut done = Vec::with_capacity(marks.len() + 1);
        let mut so_far = 0;
        done.push(0);
        for mark in marks {
            so_far += u32::from(matches!(mark.kind, EventKind::Track | EventKind::Group));
            done.push(so_far);
        }
        let says =
            |mark: &Mark| matches!(mark.kind, EventKind::Identify | EventKind::Alias | EventKind::Merge);
        Self {
            times_ms: marks.iter().map(|mark| mark.at_ms).collect(),
            says_who: (0..).zip(marks).filter(|(_, mark)| says(mark)).map(|(at, _)| at).collect(),
            done,
        }
    }
    /// Places of what happened between two instants, both included.
    pub fn between(&self, from_ms: i64, to_ms: i64) -> Range<usize> {
        let begin = self.times_ms.partition_point(|at_ms| *at_ms < from_ms);
        begin..begin + self.times_ms[begin..].partition_point(|at_ms| *at_ms <= to_ms)
    }
    /// The part of a range that happened before an instant ends here.
    pub fn before(&self, at_ms: i64, within: Range<usize>) -> usize {
        within.start + self.times_ms[within].partition_point(|other| *other < at_ms)
    }
    /// When the one at a place happened.
    pub fn at_ms(&self, place: usize) -> i64 {
        self.times_ms[place]
    }
    /// How many in a range are something done.
    pub fn done(&self, within: &Range<usize>) -> u32 {
        self.done[within.end] - self.done[within.start]
    }
    /// Places in a range at which somebody says who they are.
    pub fn says_who(&self, within: &Range<usize>) -> &[u32] {
        let from = self.says_who.partition_point(|at| (*at as usize) < within.start);
        let to = self.says_who.partition_point(|at| (*at as usize) < within.end);
        &self.says_who[from..to]
    }
}

/// Runs of one journey, one after the other: those that overlap are in rows of their own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RunRow {
    /// The journey.
    pub journey: JourneyId,
    /// Positions in the story's stays, in order of time.
    pub stays: Vec<u32>,
    /// Positions in the story's messages, in order of time; a run that waits in a block that sends
    /// nothing is its stay, and no message.
    pub messages: Vec<u32>,
}

/// One run, to be laid into a row.
struct Run {
    begin_ms: i64,
    end_ms: i64,
    stays: Vec<u32>,
    messages: Vec<u32>,
}

/// Rows of runs: journeys in order of their first run, each in as few rows as its runs overlap.
pub fn run_rows(stays: &[Stay], messages: &[MessageRecord]) -> Vec<RunRow> {
    let mut journeys: Vec<(&JourneyId, Vec<Run>)> = Vec::new();
    for ((journey, _), run) in runs(stays, messages) {
        match journeys.iter_mut().find(|(other, _)| *other == journey) {
            Some((_, runs)) => runs.push(run),
            None => journeys.push((journey, vec![run])),
        }
    }
    for (_, runs) in &mut journeys {
        runs.sort_by_key(|run| (run.begin_ms, run.end_ms));
    }
    journeys.sort_by_key(|(id, runs)| (runs.first().map(|run| run.begin_ms), *id));
    journeys.into_iter().flat_map(|(journey, runs)| laid(journey, runs, messages)).collect()
}

fn runs<'s>(
    stays: &'s [Stay],
    messages: &'s [MessageRecord],
) -> BTreeMap<(&'s JourneyId, &'s RunStart), Run> {
    let mut runs: BTreeMap<(&JourneyId, &RunStart), Run> = BTreeMap::new();
    let begun = |at_ms| Run { begin_ms: at_ms, end_ms: at_ms, stays: Vec::new(), messages: Vec::new() };
    for (at, stay) in (0..).zip(stays) {
        let run = runs.entry((&stay.journey, &stay.started)).or_insert_with(|| begun(stay.from_ms));
        run.begin_ms = run.begin_ms.min(stay.from_ms);
        run.end_ms = run.end_ms.max(if stay.ended == WAITING { i64::MAX } else { stay.to_ms });
        run.stays.push(at);
    }
    for (at, message) in (0..).zip(messages) {
        if message.message.is_none() || message.state == MessageState::Waiting {
            continue;
        }
        let run = runs.entry((&message.journey, &*message.started)).or_insert_with(|| begun(message.at_ms));
        run.begin_ms = run.begin_ms.min(message.at_ms);
        run.end_ms = run.end_ms.max(message.at_ms);
        run.messages.push(at);
    }
    runs
}

/// Each run into the first row that is free by then.
fn laid(journey: &JourneyId, runs: Vec<Run>, messages: &[MessageRecord]) -> Vec<RunRow> {
    let mut rows: Vec<(i64, RunRow)> = Vec::new();
    for run in runs {
        let free = rows.iter().position(|(end_ms, _)| *end_ms < run.begin_ms);
        let at = free.unwrap_or_else(|| {
            let row = RunRow { journey: journey.clone(), stays: Vec::new(), messages: Vec::new() };
            rows.push((i64::MIN, row));
            rows.len() - 1
        });
        let (end_ms, row) = &mut rows[at];
        *end_ms = run.end_ms;
        row.stays.extend(run.stays);
        row.messages.extend(run.messages);
    }
    let in_order = |mut row: RunRow| {
        row.stays.sort_unstable();
        row.messages.sort_by_key(|at| (messages[*at as usize].at_ms, *at));
        row
    };
    rows.into_iter().map(|(_, row)| in_order(row)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn mark(at_ms: i64, kind: EventKind) -> Mark {
        Mark {
            at_ms,
            arrived_ms: at_ms,
            kind,
            name: String::new(),
            event: String::new(),
            source: (String::new(), 1),
        }
    }

    fn stay(run: u32, from_ms: i64, to_ms: i64) -> Stay {
        Stay {
            journey: "j".into(),
            run,
            started: crate::simulator::RunStart::shared("", run),
            block: "b".into(),
            from_ms,
            to_ms,
            ended: "next".to_owned(),
            cut_short: false,
            until_ms: None,
            deferred_ms: Vec::new(),
        }
    }

    proptest! {
        #[test]
        fn it_counts_as_looking_at_each_would(
            mut marks in proptest::collection::vec(
                (0..60_i64, prop::sample::select(vec![EventKind::Page, EventKind::Track, EventKind::Identify])),
                0..40,
            ),
            (a, b) in (0..60_i64, 0..60_i64),
        ) {
            marks.sort_by_key(|(at_ms, _)| *at_ms);
            let marks: Vec<Mark> = marks.into_iter().map(|(at_ms, kind)| mark(at_ms, kind)).collect();
            let (from_ms, to_ms) = (a.min(b), a.max(b));
            let index = LaneIndex::of(&marks);
            let range = index.between(from_ms, to_ms);
            let seen = |kind: EventKind| {
                marks.iter().filter(|it| (from_ms..=to_ms).contains(&it.at_ms) && it.kind == kind).count()
            };
            let kinds = [EventKind::Page, EventKind::Track, EventKind::Identify].map(seen);
            prop_assert_eq!(range.len(), kinds.iter().sum::<usize>());
            prop_assert_eq!(index.done(&range) as usize, kinds[1]);
            prop_assert_eq!(index.says_who(&range).len(), kinds[2]);
            let first = index.before(to_ms, range.clone());
            let before = marks.iter().filter(|it| (from_ms..to_ms).contains(&it.at_ms)).count();
            prop_assert_eq!(first - range.start, before);
        }

        #[test]
        fn runs_in_a_row_never_overlap_and_none_is_lost(
            spans in proptest::collection::vec((0..40_i64, 1..20_i64), 0..20),
        ) {
            let mut stays: Vec<Stay> =
                (1..).zip(&spans).map(|(run, (from, length))| stay(run, *from, from + length)).collect();
            stays.sort_by_key(|it| it.from_ms);
            let rows = run_rows(&stays, &[]);
            for row in &rows {
                let its = row.stays.iter().map(|at| &stays[*at as usize]);
                let ends: Vec<(i64, i64)> = its.map(|it| (it.from_ms, it.to_ms)).collect();
                prop_assert!(ends.windows(2).all(|pair| pair[0].1 < pair[1].0), "{:?}", ends);
            }
            prop_assert_eq!(rows.iter().map(|row| row.stays.len()).sum::<usize>(), stays.len());
            // No more rows than runs go on at once.
            let at_once = |at: i64| stays.iter().filter(|it| it.from_ms <= at && at <= it.to_ms).count();
            prop_assert_eq!(rows.len(), (0..61).map(at_once).max().unwrap_or(0));
        }
    }
}
