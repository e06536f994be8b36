//! Questions as sentences whose words can be changed: what is said, where it can be changed, what
//! could be said beside it. Pure; the builder draws it.

use crate::{
    journey::{
        AddressNeed, Channel, CompareCount, Condition, ConsentState, EventCondition, EventRef,
        Identification, MessageStatus, PropertyFilter, Scalar, Test,
    },
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
    let mut lines =
        vec![Line { parts: vec![At(Slot::Holds("did", "did not")), At(Slot::Event)], piece: None }];
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

/// What can be asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ask {
    /// Did they do something?
    Event,
    /// What do we know about them?
    Attribute,
    /// Visits, cart, orders.
    Fact,
    /// The event that started the run.
    Trigger,
    /// Segment.
    Segment,
    /// Identified.
    Identified,
    /// Consent.
    Consent,
    /// Reachable.
    Reachable,
    /// Messages they got.
    Message,
    /// Journeys they are in.
    InJourney,
}

impl Ask {
    /// In the order they are offered.
    pub const ALL: [Self; 10] = [
        Self::Event,
        Self::Attribute,
        Self::Fact,
        Self::Trigger,
        Self::Segment,
        Self::Identified,
        Self::Consent,
        Self::Reachable,
        Self::Message,
        Self::InJourney,
    ];
    /// What the menu calls it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Event => "Did something",
            Self::Attribute => "Has an attribute",
            Self::Fact => "Visits, cart and orders",
            Self::Trigger => "What started the run",
            Self::Segment => "Is in a segment",
            Self::Identified => "Is identified",
            Self::Consent => "Gave consent",
            Self::Reachable => "Can be reached",
            Self::Message => "Got a message",
            Self::InJourney => "Is in a journey",
        }
    }
    /// Whether a segment can ask it: there is no run to ask about.
    pub fn in_segments(self) -> bool {
        self != Self::Trigger
    }
    /// A question to begin with. `segment` and `journey` are the first there are, or empty.
    pub fn question(self, segment: &str, journey: &str) -> Condition {
        match self {
            Self::Event => Condition::Event(EventCondition {
                event: EventRef::Role(Role::View),
                filters: Vec::new(),
                count: CompareCount::default(),
                within: None,
                since_entry: false,
                after: None,
                before: None,
            }),
            Self::Attribute => Condition::Attribute { name: String::new(), is: Test::Exists },
            Self::Fact => Condition::Fact { path: "cart.count".to_owned(), is: Test::AtLeast(1.0) },
            Self::Trigger => Condition::Trigger { property: String::new(), is: Test::Exists },
            Self::Segment => Condition::Segment(segment.to_owned()),
            Self::Identified => Condition::Identified { by: Identification::Any, address: AddressNeed::Any },
            Self::Consent => Condition::Consent { channel: Channel::Email, is: ConsentState::Granted },
            Self::Reachable => Condition::Reachable(Channel::Email),
            Self::Message => Condition::Message {
                journey: None,
                block: None,
                status: MessageStatus::Sent,
                within: Some(Span::days(7)),
            },
            Self::InJourney => Condition::InJourney { journey: journey.into(), within: None },
        }
    }
}

/// What a group asks of its questions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Group {
    /// Every one holds.
    All,
    /// At least one holds.
    Any,
    /// None holds.
    None,
    /// Not every one holds.
    NotAll,
}

impl Group {
    /// In words, in the order they are offered.
    pub const WORDS: [(Self, &'static str); 4] = [
        (Self::All, "all of these"),
        (Self::Any, "any of these"),
        (Self::None, "none of these"),
        (Self::NotAll, "not all of these"),
    ];
    /// What a condition groups, if it is a group.
    pub fn of(condition: &Condition) -> Option<Self> {
        match condition {
            Condition::All(_) => Some(Self::All),
            Condition::Any(_) => Some(Self::Any),
            Condition::Not(inner) => match **inner {
                Condition::Any(_) => Some(Self::None),
                Condition::All(_) => Some(Self::NotAll),
                _ => None,
            },
            _ => None,
        }
    }
    /// A group of questions.
    pub fn with(self, parts: Vec<Condition>) -> Condition {
        match self {
            Self::All => Condition::All(parts),
            Self::Any => Condition::Any(parts),
            Self::None => Condition::Not(Box::new(Condition::Any(parts))),
            Self::NotAll => Condition::Not(Box::new(Condition::All(parts))),
        }
    }
}

/// The questions of a group.
pub fn members(condition: &mut Condition) -> Option<&mut Vec<Condition>> {
    match condition {
        Condition::All(parts) | Condition::Any(parts) => Some(parts),
        Condition::Not(inner) => match &mut **inner {
            Condition::All(parts) | Condition::Any(parts) => Some(parts),
            _ => None,
        },
        _ => None,
    }
}

/// Which test it is, without what it compares with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs)] // as in Test
pub enum TestForm {
    Equals,
    EqualsIgnoreCase,
    NotEquals,
    In,
    NotIn,
    Contains,
    ContainsIgnoreCase,
    StartsWith,
    Exists,
    Missing,
    MoreThan,
    AtLeast,
    LessThan,
    AtMost,
    WithinLast,
    LongerAgoThan,
    WithinNext,
}

impl TestForm {
    /// In words, in the order they are offered.
    pub const WORDS: [(Self, &'static str); 17] = [
        (Self::Equals, "is"),
        (Self::NotEquals, "is not"),
        (Self::In, "is one of"),
        (Self::NotIn, "is none of"),
        (Self::Contains, "contains"),
        (Self::StartsWith, "starts with"),
        (Self::EqualsIgnoreCase, "is, in any case,"),
        (Self::ContainsIgnoreCase, "contains, in any case,"),
        (Self::MoreThan, "is more than"),
        (Self::AtLeast, "is at least"),
        (Self::LessThan, "is less than"),
        (Self::AtMost, "is at most"),
        (Self::Exists, "is known"),
        (Self::Missing, "is missing"),
        (Self::WithinLast, "is in the last"),
        (Self::LongerAgoThan, "is longer ago than"),
        (Self::WithinNext, "is in the next"),
    ];
    /// Which test a test is.
    pub const fn of(test: &Test) -> Self {
        match test {
            Test::Equals(_) => Self::Equals,
            Test::EqualsIgnoreCase(_) => Self::EqualsIgnoreCase,
            Test::NotEquals(_) => Self::NotEquals,
            Test::Contains(_) => Self::Contains,
            Test::ContainsIgnoreCase(_) => Self::ContainsIgnoreCase,
            Test::StartsWith(_) => Self::StartsWith,
            Test::Exists => Self::Exists,
            Test::Missing => Self::Missing,
            Test::MoreThan(_) => Self::MoreThan,
            Test::AtLeast(_) => Self::AtLeast,
            Test::LessThan(_) => Self::LessThan,
            Test::AtMost(_) => Self::AtMost,
            Test::In(_) => Self::In,
            Test::NotIn(_) => Self::NotIn,
            Test::WithinLast(_) => Self::WithinLast,
            Test::LongerAgoThan(_) => Self::LongerAgoThan,
            Test::WithinNext(_) => Self::WithinNext,
        }
    }
    /// This test of what another one compared with, as far as that can be kept.
    pub fn from(self, old: &Test) -> Test {
        let values = match old {
            Test::Equals(value) | Test::NotEquals(value) => vec![value.clone()],
            Test::EqualsIgnoreCase(text)
            | Test::Contains(text)
            | Test::ContainsIgnoreCase(text)
            | Test::StartsWith(text) => vec![Scalar::Text(text.clone())],
            Test::MoreThan(number)
            | Test::AtLeast(number)
            | Test::LessThan(number)
            | Test::AtMost(number) => vec![Scalar::Number(*number)],
            Test::In(values) | Test::NotIn(values) => values.clone(),
            _ => Vec::new(),
        };
        let first = || values.first().cloned().unwrap_or_else(|| Scalar::Text(String::new()));
        let text = || match first() {
            Scalar::Text(text) => text,
            Scalar::Number(number) => number.to_string(),
            Scalar::Bool(answer) => answer.to_string(),
        };
        let number = || match first() {
            Scalar::Number(number) => number,
            _ => 0.0,
        };
        let span = match old {
            Test::WithinLast(span) | Test::LongerAgoThan(span) | Test::WithinNext(span) => *span,
            _ => Span::days(7),
        };
        match self {
            Self::Equals => Test::Equals(first()),
            Self::EqualsIgnoreCase => Test::EqualsIgnoreCase(text()),
            Self::NotEquals => Test::NotEquals(first()),
            Self::Contains => Test::Contains(text()),
            Self::ContainsIgnoreCase => Test::ContainsIgnoreCase(text()),
            Self::StartsWith => Test::StartsWith(text()),
            Self::Exists => Test::Exists,
            Self::Missing => Test::Missing,
            Self::MoreThan => Test::MoreThan(number()),
            Self::AtLeast => Test::AtLeast(number()),
            Self::LessThan => Test::LessThan(number()),
            Self::AtMost => Test::AtMost(number()),
            Self::In => Test::In(values),
            Self::NotIn => Test::NotIn(values),
            Self::WithinLast => Test::WithinLast(span),
            Self::LongerAgoThan => Test::LongerAgoThan(span),
            Self::WithinNext => Test::WithinNext(span),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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

    #[test]
    fn groups_are_turned_round_without_losing_questions() {
        let parts = vec![Ask::Reachable.question("", "")];
        for (group, _) in Group::WORDS {
            let mut condition = group.with(parts.clone());
            assert_eq!(Group::of(&condition), Some(group));
            assert_eq!(members(&mut condition), Some(&mut parts.clone()));
        }
        assert_eq!(Group::of(&Condition::Not(Box::new(parts[0].clone()))), None);
    }

    #[test]
    fn a_test_keeps_what_it_compared_with() {
        let old = Test::Equals(Scalar::Number(20.0));
        for (form, _) in TestForm::WORDS {
            assert_eq!(TestForm::of(&form.from(&old)), form);
        }
        assert_eq!(TestForm::MoreThan.from(&old), Test::MoreThan(20.0));
        assert_eq!(TestForm::In.from(&old), Test::In(vec![Scalar::Number(20.0)]));
        assert_eq!(TestForm::Contains.from(&old), Test::Contains("20".into()));
    }
}
