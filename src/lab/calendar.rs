//! One person's messages on a calendar, and how much of the message limits they used.

use std::collections::BTreeMap;

use chrono::{DateTime, Datelike, NaiveDate, TimeZone, Utc};
use chrono_tz::Tz;

use crate::simulator::{MessageRecord, person_state::SentState, settings::MessageLimit};

/// A month in which something was sent, or was not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Month {
    /// Its first day.
    pub first: NaiveDate,
    /// How many days it has.
    pub days: u32,
    /// Positions of the messages of each day that has any, in order of time.
    pub messages: BTreeMap<u32, Vec<usize>>,
}

impl Month {
    /// How many days of the week before lie in its first row; weeks begin on Monday.
    pub fn lead(&self) -> u32 {
        self.first.weekday().num_days_from_monday()
    }
    /// How many rows of weeks it takes.
    pub fn weeks(&self) -> u32 {
        (self.lead() + self.days).div_ceil(7)
    }
}

/// The months with messages, in order. A run that waits in another block than a message is no
/// message yet, and has no day.
pub fn months<'a>(messages: impl IntoIterator<Item = &'a MessageRecord>, zone: Tz) -> Vec<Month> {
    let mut months: BTreeMap<NaiveDate, Month> = BTreeMap::new();
    for (at, message) in messages.into_iter().enumerate() {
        let day = day_of(message.at_ms, zone).filter(|_| message.message.is_some());
        let Some(first) = day.and_then(|day| day.with_day(1)) else { continue };
        let month = months.entry(first).or_insert_with(|| Month {
            first,
            days: u32::from(first.num_days_in_month()),
            messages: BTreeMap::new(),
        });
        month.messages.entry(day.map_or(1, |day| day.day())).or_default().push(at);
    }
    months.into_values().collect()
}

fn day_of(ms: i64, zone: Tz) -> Option<NaiveDate> {
    DateTime::<Utc>::from_timestamp_millis(ms).map(|at| zone.from_utc_datetime(&at.naive_utc()).date_naive())
}

/// How much of a limit was used when most of it was.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LimitUse {
    /// The limit.
    pub limit: MessageLimit,
    /// How many messages lay in its window then.
    pub most: u32,
    /// When (UTC ms): the instant of the last of them.
    pub at_ms: i64,
}

/// Whether a message counts towards a limit.
fn counts(limit: &MessageLimit, sent: &SentState) -> bool {
    sent.counted && limit.channel.is_none_or(|channel| channel == sent.channel)
}

/// How many of the messages (in order of time) lie in a limit's window (at − per, at].
pub fn used(limit: &MessageLimit, sent: &[SentState], at_ms: i64) -> u32 {
    let after_ms = at_ms.saturating_sub(limit.per.ms());
    let from = sent.partition_point(|it| it.at_ms <= after_ms);
    let to = sent.partition_point(|it| it.at_ms <= at_ms);
    sent[from..to.max(from)].iter().filter(|it| counts(limit, it)).count() as u32
}

/// For each limit that was touched by the messages (in order of time): its fullest window, the
/// first of equals.
pub fn limit_use(limits: &[MessageLimit], sent: &[SentState]) -> Vec<LimitUse> {
    let fullest = |limit: &MessageLimit| {
        let counted: Vec<i64> = sent.iter().filter(|it| counts(limit, it)).map(|it| it.at_ms).collect();
        let mut from = 0;
        let mut fullest: Option<LimitUse> = None;
        for (at, at_ms) in counted.iter().copied().enumerate() {
            while from < at && counted[from] <= at_ms.saturating_sub(limit.per.ms()) {
                from += 1;
            }
            let most = (at + 1 - from) as u32;
            if fullest.is_none_or(|known| most > known.most) {
                fullest = Some(LimitUse { limit: *limit, most, at_ms });
            }
        }
        fullest
    };
    limits.iter().filter_map(fullest).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{journey::Channel, recording::Span, simulator::MessageState};

    const DAY_MS: i64 = 86_400_000;
    /// Sat 28 Mar 2026 23:30 in Berlin, the night before clocks go forward.
    const NIGHT_MS: i64 = 1_774_737_000_000;

    fn message(at_ms: i64, channel: Channel, state: MessageState) -> MessageRecord {
        MessageRecord {
            at_ms,
            identifiers: Vec::new(),
            journey: "cart".into(),
            run: 1,
            started: crate::simulator::RunStart::shared("", 1),
            block: "reminder".into(),
            message: Some("reminder".into()),
            channel: Some(channel),
            state,
            reason: None,
            flags: Vec::new(),
            because: Vec::new(),
            subject: String::new(),
            body: String::new(),
            absent: Vec::new(),
        }
    }

    #[test]
    fn messages_stand_on_their_local_day() {
        let mut waits = message(NIGHT_MS, Channel::Email, MessageState::Waiting);
        waits.message = None;
        let messages = [
            message(NIGHT_MS, Channel::Email, MessageState::Sent),
            waits,
            message(NIGHT_MS + 3_600_000, Channel::Sms, MessageState::NotSent),
            message(NIGHT_MS + 5 * DAY_MS, Channel::Sms, MessageState::Sent),
        ];
        let months = months(&messages, chrono_tz::Europe::Berlin);
        let [march, april] = &months[..] else { panic!("{months:?}") };
        assert_eq!((march.days, march.lead(), march.weeks()), (31, 6, 6), "1 March 2026 is a Sunday");
        assert_eq!(march.messages, BTreeMap::from([(28, vec![0]), (29, vec![2])]));
        assert_eq!(april.messages, BTreeMap::from([(3, vec![3])]), "an hour is lost in between");
    }

    #[test]
    fn a_limits_window_is_open_at_its_far_end() {
        let sent = |at_ms, channel| SentState { at_ms, channel, counted: true, offer: false };
        let all = [sent(0, Channel::Email), sent(DAY_MS, Channel::Email), sent(DAY_MS + 1, Channel::Sms)];
        let limit = |channel, per| MessageLimit { channel, at_most: 2, per };
        let daily = limit(Some(Channel::Email), Span::days(1));
        assert_eq!(used(&daily, &all, DAY_MS), 1, "the first left the window just then");
        assert_eq!(used(&daily, &all, DAY_MS - 1), 1);
        let overall = limit(None, Span::days(7));
        let fullest = limit_use(&[daily, overall, limit(Some(Channel::Push), Span::days(1))], &all);
        let said: Vec<_> = fullest.iter().map(|it| (it.most, it.at_ms)).collect();
        assert_eq!(said, [(1, 0), (3, DAY_MS + 1)]);
        let exempt = [SentState { counted: false, ..all[0] }];
        assert_eq!(limit_use(&[overall], &exempt), []);
    }
}
