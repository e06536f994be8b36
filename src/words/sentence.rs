//! Questions as sentences whose words can be changed: what is said, where it can be changed, what
//! could be said beside it. Pure; the builder draws it.

use crate::{
    journey::{CompareCount, Condition, EventCondition, EventRef, PropertyFilter, Scalar, Test},
    recording::{Span, facts::Role},
};

/// A part of a sentence.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// Words that stay.
    Says(&'static str),
    /// Words that can be changed in place.
    Slot(Slot),
}

/// What can be changed in place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Slot {
    /// Whether it holds or does not: the two ways to say that.
    Holds(&'static str, &'static str),
    /// Which event.
    Event,
    /// At least, at most, exactly.
    Comparison,
    /// How many times.
    Times,
    /// In the last so long.
    Within,
    /// Which property a filter asks about.
    FilterPath(usize),
    /// What a filter asks.
    FilterTest(usize),
    /// After which event.
    After,
    /// Before which event.
    Before,
    /// Name of an attribute, fact or property.
    Path,
    /// What is asked about it.
    Test,
    /// Which segment.
    Segment,
    /// By what somebody is identified.
    Identification,
    /// Whether the address must be good.
    Address,
    /// Which channel.
    Channel,
    /// Which state of consent.
    Consent,
    /// Whether a message was sent, and whether that holds.
    MessageStatus,
    /// Which journey.
    Journey,
    /// Which message of the journey.
    Block,
}

/// A part of a question that can be left out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Piece {
    /// How many times.
    Count,
    /// In the last so long.
    Within,
    /// Only since the run began.
    SinceEntry,
    /// A filter on a property.
    Filter(usize),
    /// After the last event of a kind.
    After,
    /// Before the last event of a kind.
    Before,
    /// Of one message.
    Block,
}

impl Piece {
    /// What adding it is called.
    pub const fn offer(self) -> &'static str {
        match self {
            Self::Count => "how many times",
            Self::Within => "in the last …",
            Self::SinceEntry => "since the run began",
            Self::Filter(_) => "where …",
            Self::After => "after another event",
            Self::Before => "before another event",
            Self::Block => "which message",
        }
    }
}

/// A line of a sentence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// From left to right.
    pub parts: Vec<Part>,
    /// The piece it is, if it can be left out.
    pub piece: Option<Piece>,
}

/// A question as lines of a sentence about a person.
pub fn lines(question: &Condition) -> Vec<Line> {
    use Part::{Says, Slot as At};
    let whole = |parts: &[Part]| Line { parts: parts.to_vec(), piece: None };
    let piece = |piece: Piece, parts: &[Part]| Line { parts: parts.to_vec(), piece: Some(piece) };
    let last = |within: &Option<Span>| {
        within.map(|_| piece(Piece::Within, &[Says("in the last"), At(Slot::Within)]))
    };
    match question {
        Condition::Event(event) => event_lines(event),
        Condition::Attribute { .. } => vec![whole(&[Says("their"), At(Slot::Path), At(Slot::Test)])],
        Condition::Fact { .. } => vec![whole(&[At(Slot::Path), At(Slot::Test)])],
        Condition::Trigger { .. } => {
            vec![whole(&[Says("the trigger’s"), At(Slot::Path), At(Slot::Test)])]
        }
        Condition::Segment(_) => {
            vec![whole(&[At(Slot::Holds("is in", "is not in")), At(Slot::Segment)])]
        }
        Condition::Identified { .. } => vec![whole(&[
            At(Slot::Holds("is identified by", "is not identified by")),
            At(Slot::Identification),
            At(Slot::Address),
        ])],
        Condition::Consent { .. } => vec![whole(&[
            At(Slot::Channel),
            Says("consent"),
            At(Slot::Holds("is", "is not")),
            At(Slot::Consent),
        ])],
        Condition::Reachable(_) => {
            vec![whole(&[At(Slot::Holds("can be reached by", "cannot be reached by")), At(Slot::Channel)])]
        }
        Condition::Message { block, within, .. } => {
            let mut lines = vec![whole(&[At(Slot::MessageStatus), Says("from"), At(Slot::Journey)])];
            if block.is_some() {
                lines.push(piece(Piece::Block, &[Says("namely"), At(Slot::Block)]));
            }
            lines.extend(last(within));
            lines
        }
        Condition::InJourney { within: None, .. } => {
            vec![whole(&[At(Slot::Holds("is in the journey", "is not in the journey")), At(Slot::Journey)])]
        }
        Condition::InJourney { within: Some(_), .. } => vec![
            whole(&[At(Slot::Holds("entered the journey", "did not enter the journey")), At(Slot::Journey)]),
            piece(Piece::Within, &[Says("in the last"), At(Slot::Within)]),
        ],
        Condition::All(_) | Condition::Any(_) | Condition::Not(_) => Vec::new(),
    }
}

fn event_lines(event: &EventCondition) -> Vec<Line> {
    use Part::{Says, Slot as At};
    let not = if matches!(event.event, EventRef::Named(_)) { "did not do" } else { "did not" };
    let mut lines = vec![Line { parts: vec![At(Slot::Holds("did", not)), At(Slot::Event)], piece: None }];
    let mut say = |piece: Piece, parts: &[Part]| {
        lines.push(Line { parts: parts.to_vec(), piece: Some(piece) });
    };
    if event.count != CompareCount::default() {
        say(Piece::Count, &[At(Slot::Comparison), At(Slot::Times), Says("times")]);
    }
    if event.within.is_some() {
        say(Piece::Within, &[Says("in the last"), At(Slot::Within)]);
    }
    if event.since_entry {
        say(Piece::SinceEntry, &[Says("since the run began")]);
    }
    for at in 0..event.filters.len() {
        let word = if at == 0 { "where" } else { "and where" };
        say(Piece::Filter(at), &[Says(word), At(Slot::FilterPath(at)), At(Slot::FilterTest(at))]);
    }
    if event.after.is_some() {
        say(Piece::After, &[Says("after the last"), At(Slot::After)]);
    }
    if event.before.is_some() {
        say(Piece::Before, &[Says("before the last"), At(Slot::Before)]);
    }
    lines
}

/// What could be said beside it. A segment knows of no run.
pub fn offers(question: &Condition, in_journey: bool) -> Vec<Piece> {
    match question {
        Condition::Event(event) => {
            let all = [
                (Piece::Count, event.count == CompareCount::default()),
                (Piece::Within, event.within.is_none()),
                (Piece::Filter(event.filters.len()), true),
                (Piece::After, event.after.is_none()),
                (Piece::Before, event.before.is_none()),
                (Piece::SinceEntry, !event.since_entry && in_journey),
            ];
            all.into_iter().filter(|(_, free)| *free).map(|(piece, _)| piece).collect()
        }
        Condition::Message { journey, block, within, .. } => {
            let all =
                [(Piece::Block, block.is_none() && journey.is_some()), (Piece::Within, within.is_none())];
            all.into_iter().filter(|(_, free)| *free).map(|(piece, _)| piece).collect()
        }
        Condition::InJourney { within: None, .. } => vec![Piece::Within],
        _ => Vec::new(),
    }
}

/// Says a piece that was not said, with a value that makes sense.
pub fn say(question: &mut Condition, piece: Piece) {
    let day = Some(Span::days(1));
    match (question, piece) {
        (Condition::Event(event), Piece::Count) => event.count = CompareCount::AtLeast(2),
        (Condition::Event(event), Piece::Within) => event.within = day,
        (Condition::Event(event), Piece::SinceEntry) => event.since_entry = true,
        (Condition::Event(event), Piece::Filter(_)) => event
            .filters
            .push(PropertyFilter { property: String::new(), is: Test::Equals(Scalar::Text(String::new())) }),
        (Condition::Event(event), Piece::After) => event.after = Some(EventRef::Role(Role::CartAdd)),
        (Condition::Event(event), Piece::Before) => event.before = Some(EventRef::Role(Role::Purchase)),
        (Condition::Message { block, .. }, Piece::Block) => *block = Some("".into()),
        (Condition::Message { within, .. } | Condition::InJourney { within, .. }, Piece::Within) => {
            *within = day;
        }
        _ => {}
    }
}

/// Leaves a piece out.
pub fn leave_out(question: &mut Condition, piece: Piece) {
    match (question, piece) {
        (Condition::Event(event), Piece::Count) => event.count = CompareCount::default(),
        (Condition::Event(event), Piece::Within) => event.within = None,
        (Condition::Event(event), Piece::SinceEntry) => event.since_entry = false,
        (Condition::Event(event), Piece::Filter(at)) if at < event.filters.len() => {
            event.filters.remove(at);
        }
        (Condition::Event(event), Piece::After) => event.after = None,
        (Condition::Event(event), Piece::Before) => event.before = None,
        (Condition::Message { block, .. }, Piece::Block) => *block = None,
        (Condition::Message { within, .. } | Condition::InJourney { within, .. }, Piece::Within) => {
            *within = None;
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::{super::ask::Ask, *};

    fn said(question: &Condition) -> String {
        let part = |part: &Part| match part {
            Part::Says(words) => (*words).to_owned(),
            Part::Slot(Slot::Holds(yes, _)) => format!("[{yes}]"),
            Part::Slot(slot) => format!("[{slot:?}]"),
        };
        let line = |line: &Line| line.parts.iter().map(part).collect::<Vec<_>>().join(" ");
        lines(question).iter().map(line).collect::<Vec<_>>().join(" / ")
    }

    #[test]
    fn every_question_is_a_sentence_and_every_piece_comes_and_goes() {
        for ask in Ask::ALL {
            let fresh = ask.question("s", "j");
            assert!(!lines(&fresh).is_empty(), "{ask:?}");
            for piece in offers(&fresh, true) {
                let mut question = fresh.clone();
                say(&mut question, piece);
                assert_eq!(lines(&question).len(), lines(&fresh).len() + 1, "{ask:?} {piece:?}");
                leave_out(&mut question, piece);
                assert_eq!(question, fresh, "{ask:?} {piece:?}");
            }
        }
        assert!(!offers(&Ask::Event.question("", ""), false).contains(&Piece::SinceEntry));
    }

    #[test]
    fn an_event_reads_as_said() {
        let mut question = Ask::Event.question("", "");
        for piece in [Piece::Count, Piece::Within, Piece::Filter(0), Piece::Filter(1), Piece::After] {
            say(&mut question, piece);
        }
        assert_eq!(
            said(&question),
            "[did] [Event] / [Comparison] [Times] times / in the last [Within] / where [FilterPath(0)] \
             [FilterTest(0)] / and where [FilterPath(1)] [FilterTest(1)] / after the last [After]"
        );
    }
}
