//! Numbers for charts: what was sent by day, how long people take, and why messages do not go out.

use std::collections::{BTreeMap, HashMap};

use chrono::{DateTime, NaiveDate, Utc};
use chrono_tz::Tz;

use crate::{
    journey::Channel,
    simulator::{MessageRecord, MessageState, ReplayResult, result::PersonSummary},
};

/// Everything the charts show of a result.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Charts {
    /// What was sent by day and channel.
    pub days: Vec<DaySent>,
    /// From the first event to being known.
    pub to_identify: Took,
    /// From the first event to the first message sent.
    pub to_message: Took,
    /// What became of messages.
    pub ends: Ends,
}

impl Charts {
    /// Of a result, with days as a zone has them.
    pub fn of(result: &ReplayResult, zone: Tz) -> Self {
        Self {
            days: sent_by_day(&result.messages, zone),
            to_identify: Took::of(&first_touch_to_identify(&result.people)),
            to_message: Took::of(&first_touch_to_message(result)),
            ends: ends(&result.messages),
        }
    }
}

/// How long something took.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Took {
    /// How many took how long.
    pub bins: Vec<Bin>,
    /// How many there are.
    pub number: u64,
    /// Half of them took this long or less (ms).
    pub median_ms: Option<i64>,
}

impl Took {
    /// Of some spans (ms).
    pub fn of(spans_ms: &[i64]) -> Self {
        Self { bins: histogram(spans_ms), number: spans_ms.len() as u64, median_ms: median(spans_ms) }
    }
}

/// What was sent on one day.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DaySent {
    /// The day, in the zone asked for.
    pub day: NaiveDate,
    /// How many by channel.
    pub by_channel: BTreeMap<Channel, u64>,
}

impl DaySent {
    /// How many in all.
    pub fn total(&self) -> u64 {
        self.by_channel.values().sum()
    }
}

/// Messages sent by day and channel, in order; days without any are left out.
pub fn sent_by_day(messages: &[MessageRecord], zone: Tz) -> Vec<DaySent> {
    let mut days: BTreeMap<NaiveDate, BTreeMap<Channel, u64>> = BTreeMap::new();
    for message in messages.iter().filter(|message| message.state == MessageState::Sent) {
        let (Some(channel), Some(at)) =
            (message.channel, DateTime::<Utc>::from_timestamp_millis(message.at_ms))
        else {
            continue;
        };
        let day = at.with_timezone(&zone).date_naive();
        *days.entry(day).or_default().entry(channel).or_default() += 1;
    }
    days.into_iter().map(|(day, by_channel)| DaySent { day, by_channel }).collect()
}

/// How long it took each known person from their first event to being known (ms), in the result's
/// order. Whoever was known from the first event on took no time.
pub fn first_touch_to_identify(people: &[PersonSummary]) -> Vec<i64> {
    people.iter().filter_map(|person| Some((person.known_ms? - person.first_ms).max(0))).collect()
}

/// How long it took each person who got a message from their first event to the first message that
/// was sent to them (ms), in the result's order.
pub fn first_touch_to_message(result: &ReplayResult) -> Vec<i64> {
    let mut owner: HashMap<&str, usize> = HashMap::new();
    for (at, person) in result.people.iter().enumerate() {
        for identifier in &person.identifiers {
            owner.entry(identifier).or_insert(at);
        }
    }
    let mut first: Vec<Option<i64>> = vec![None; result.people.len()];
    for message in result.messages.iter().filter(|message| message.state == MessageState::Sent) {
        let known = message.identifiers.iter().filter_map(|identifier| owner.get(identifier.as_str()));
        if let Some(at) = known.min() {
            let earliest = first[*at].into_iter().chain([message.at_ms]).min();
            first[*at] = earliest;
        }
    }
    let took = |(person, first): (&PersonSummary, Option<i64>)| Some((first? - person.first_ms).max(0));
    result.people.iter().zip(first).filter_map(took).collect()
}

/// One bar of a histogram of spans.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bin {
    /// From this span on (ms).
    pub from_ms: i64,
    /// Up to, and not including, this one; `None`: any longer.
    pub to_ms: Option<i64>,
    /// How many.
    pub number: u64,
}

const MINUTE_MS: i64 = 60_000;
const HOUR_MS: i64 = 60 * MINUTE_MS;
const DAY_MS: i64 = 24 * HOUR_MS;

/// Where bars begin: the steps marketers plan in, from a minute to a month.
const STEPS_MS: [i64; 9] =
    [0, MINUTE_MS, 10 * MINUTE_MS, HOUR_MS, 4 * HOUR_MS, DAY_MS, 3 * DAY_MS, 7 * DAY_MS, 30 * DAY_MS];

/// How many spans fall into each step.
pub fn histogram(spans_ms: &[i64]) -> Vec<Bin> {
    let mut bins: Vec<Bin> = STEPS_MS
        .iter()
        .enumerate()
        .map(|(at, from_ms)| Bin { from_ms: *from_ms, to_ms: STEPS_MS.get(at + 1).copied(), number: 0 })
        .collect();
    for span_ms in spans_ms {
        let at = STEPS_MS.partition_point(|from_ms| from_ms <= span_ms).saturating_sub(1);
        bins[at].number += 1;
    }
    bins
}

/// The middle one of some spans, the lower of two; `None` of none.
pub fn median(spans_ms: &[i64]) -> Option<i64> {
    let mut spans = spans_ms.to_vec();
    spans.sort_unstable();
    spans.get(spans.len().checked_sub(1)? / 2).copied()
}

/// What became of messages.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Ends {
    /// How many were sent.
    pub sent: u64,
    /// How many were not sent or were skipped, by reason, the most frequent first, those of one
    /// number by word.
    pub not_sent: Vec<(&'static str, u64)>,
}

impl Ends {
    /// How many were not sent or were skipped.
    pub fn total_not_sent(&self) -> u64 {
        self.not_sent.iter().map(|(_, number)| number).sum()
    }
}

/// What became of the messages whose turn came; those that still wait are left out.
pub fn ends(messages: &[MessageRecord]) -> Ends {
    let mut ends = Ends::default();
    let mut reasons: BTreeMap<&'static str, u64> = BTreeMap::new();
    for message in messages {
        match message.state {
            MessageState::Sent => ends.sent += 1,
            MessageState::NotSent | MessageState::Skipped => {
                *reasons.entry(message.reason.unwrap_or_default()).or_default() += 1;
            }
            MessageState::Waiting => {}
        }
    }
    ends.not_sent = reasons.into_iter().collect();
    ends.not_sent.sort_by_key(|(_, number)| std::cmp::Reverse(*number));
    ends
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_span_is_in_the_step_it_belongs_to() {
        let spans = [0, 59_999, MINUTE_MS, 5 * HOUR_MS, DAY_MS, 400 * DAY_MS];
        let bins = histogram(&spans);
        assert_eq!(bins.iter().map(|bin| bin.number).sum::<u64>(), spans.len() as u64);
        for bin in &bins {
            let inside = |span: &&i64| **span >= bin.from_ms && bin.to_ms.is_none_or(|to| **span < to);
            assert_eq!(bin.number, spans.iter().filter(inside).count() as u64, "{bin:?}");
        }
    }

    #[test]
    fn the_middle_is_one_of_them() {
        assert_eq!(median(&[]), None);
        assert_eq!(median(&[7]), Some(7));
        assert_eq!(median(&[9, 1, 5, 3]), Some(3));
    }
}
