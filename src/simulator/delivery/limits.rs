//! What was sent, and how much more may be.

use crate::{
    identity::{Platform, platform::Exempt},
    journey::{Channel, Message},
    recording::Span,
    simulator::{person_state::SentState, settings::MessageLimit},
};

/// One message that went out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Sent {
    at_ms: i64,
    channel: Channel,
    /// Whether it counts towards limits.
    counted: bool,
    /// Whether it made an offer.
    offer: bool,
}

/// Messages that went out to one person, by time. Unites when profiles merge.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SentLog {
    sent: Vec<Sent>,
}

impl SentLog {
    /// Notes a message; one that is exempt from limits does not count towards them either.
    pub fn record(&mut self, at_ms: i64, message: &Message, exempt: bool) {
        self.insert(Sent {
            at_ms,
            channel: message.channel,
            counted: !exempt,
            offer: message.offer.is_some(),
        });
    }
    /// Notes a message that a recording marked `history` holds.
    pub fn record_recorded(&mut self, at_ms: i64, channel: Channel) {
        self.insert(Sent { at_ms, channel, counted: true, offer: false });
    }
    /// Every message, by time.
    pub fn all(&self) -> impl DoubleEndedIterator<Item = SentState> + ExactSizeIterator + Clone + '_ {
        self.sent.iter().map(|&Sent { at_ms, channel, counted, offer }| SentState {
            at_ms,
            channel,
            counted,
            offer,
        })
    }
    /// Takes in another profile's messages.
    pub fn merge(&mut self, other: Self) {
        self.sent.extend(other.sent);
        self.sent.sort_unstable();
    }
    /// How many counted messages lie in (now − per, now].
    pub fn counted_within(&self, channel: Option<Channel>, per: Span, now_ms: i64) -> usize {
        let after_ms = now_ms.saturating_sub(per.ms());
        self.counted(channel, now_ms).take_while(|sent| sent.at_ms > after_ms).count()
    }
    /// The first instant, not before now, at which a limit lets one more message out. `None`: never.
    pub fn free_ms(&self, limit: &MessageLimit, now_ms: i64) -> Option<i64> {
        let nth = usize::try_from(limit.at_most).ok()?.checked_sub(1)?;
        // A message leaves the window `per` after it went out.
        let leaves_ms = self.counted(limit.channel, now_ms).nth(nth).map(|sent| sent.at_ms + limit.per.ms());
        Some(leaves_ms.map_or(now_ms, |leaves_ms| leaves_ms.max(now_ms)))
    }
    /// When an offer was last made, up to now.
    pub fn last_offer_ms(&self, now_ms: i64) -> Option<i64> {
        self.sent.iter().rev().find(|sent| sent.offer && sent.at_ms <= now_ms).map(|sent| sent.at_ms)
    }

    /// Counted messages up to now, latest first.
    fn counted(&self, channel: Option<Channel>, now_ms: i64) -> impl Iterator<Item = &Sent> {
        let fits = move |sent: &&Sent| {
            sent.counted && sent.at_ms <= now_ms && channel.is_none_or(|channel| channel == sent.channel)
        };
        self.sent.iter().rev().filter(fits)
    }
    fn insert(&mut self, sent: Sent) {
        let at = self.sent.partition_point(|other| other.at_ms <= sent.at_ms);
        self.sent.insert(at, sent);
    }
}

/// Whether the platform's limits spare a message. Transactional messages skip limits everywhere.
pub fn is_limit_exempt(message: &Message, platform: &Platform) -> bool {
    let spared = |exempt| platform.limit_exempt.value.contains(&exempt);
    message.transactional || (message.channel == Channel::InApp && spared(Exempt::InApp))
}
