//! What the canvas tells of a replay by numbers, lines and colours: pure, from counts to marks.
//!
//! Every mark has a word or a sign beside its colour, and says in words what it shows.

use std::collections::BTreeMap;

use super::tally::Tally;
use crate::{
    app::{
        diagram::{
            graph::{Edge, Node, NodeKey},
            overlay::Overlay,
        },
        icons::Icon,
        state::Model,
    },
    journey::{BlockId, JourneyId},
    lab::{
        DifferenceKind, JourneyCoverage,
        coverage::{Obstacle, Taken},
    },
    simulator::MessageState,
    words::{count, counted, status},
};

/// What a mark means; the theme has a colour for it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Tone {
    /// Nothing in particular.
    #[default]
    Plain,
    /// Nobody, nothing.
    Quiet,
    /// Sent, taken.
    Good,
    /// Not sent; only before.
    Bad,
    /// Waiting, skipped.
    Waiting,
    /// Not taken; another time or end.
    Odd,
    /// More than before.
    More,
}

/// A small text on the upper side of a block.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pill {
    /// What it says.
    pub text: String,
    /// A sign before it.
    pub icon: Option<Icon>,
    /// What it means.
    pub tone: Tone,
    /// What a screen reader says of it.
    pub said: String,
}

/// What is told of a node.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct NodeMark {
    /// Pills, from the right.
    pub pills: Vec<Pill>,
    /// The colour of its ground, and how much of it (0 to 1); `None`: as always.
    pub ground: Option<(Tone, f32)>,
}

/// How an edge is drawn.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Line {
    /// Whole.
    #[default]
    Solid,
    /// In dashes: nobody took it.
    Dashed,
    /// In dots: nobody can.
    Dotted,
}

/// What is told of an edge.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct EdgeMark {
    /// What its label says after its name; empty: nothing.
    pub text: String,
    /// Its colour.
    pub tone: Tone,
    /// How it is drawn.
    pub line: Line,
}

/// A line of the legend.
#[derive(Clone, Debug, PartialEq)]
pub struct LegendLine {
    /// A colour as a pill has it, or as a ground.
    pub swatch: Swatch,
    /// What it means.
    pub text: String,
}

/// What a line of the legend shows.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Swatch {
    /// A sign.
    Sign(Icon, Tone),
    /// A piece of an edge.
    Line(Line, Tone),
    /// From a weak to a strong ground.
    Heat(Tone),
    /// Nothing: a sentence.
    None,
}

/// Differences by kind, of one journey's blocks.
pub type BlockDifferences = BTreeMap<BlockId, BTreeMap<DifferenceKind, usize>>;

/// Everything the marks are read from.
#[derive(Clone, Copy, Default)]
pub struct Reading<'a> {
    /// What is told.
    pub overlay: Overlay,
    /// Counts of the result; `None`: nothing was replayed.
    pub tally: Option<Tally<'a>>,
    /// Counts of the result that is compared with; `None`: nothing is compared.
    pub before: Option<Tally<'a>>,
    /// Which ways were taken; `None`: the journey was not replayed.
    pub coverage: Option<&'a JourneyCoverage>,
    /// What differs; `None`: nothing does.
    pub differences: Option<&'a BlockDifferences>,
    /// The most that is held back at one node: the strongest ground.
    pub hottest: u64,
}

impl Model {
    /// What the canvas tells of a journey.
    pub fn reading(&self, journey: &JourneyId) -> Reading<'_> {
        // What was taken and what differs is said of the whole replay, wherever the cursor is.
        let tally = match self.view.overlay {
            Overlay::Flow | Overlay::Delivery | Overlay::Reasons => self.tally(journey),
            Overlay::Coverage | Overlay::Difference => {
                self.outcome.as_ref().map(|outcome| Tally::new(outcome.counts(journey)))
            }
        };
        let compared = self.comparing.compared.as_ref().filter(|_| self.comparing.against.is_some());
        let scene = self.scene.as_ref().filter(|_| self.view.overlay == Overlay::Reasons);
        let hottest = tally.zip(scene).map_or(0, |(tally, (_, scene))| {
            scene.graph.nodes.iter().map(|node| held_back(tally, &node.key)).max().unwrap_or(0)
        });
        Reading {
            overlay: self.view.overlay,
            tally,
            before: compared.map(|compared| Tally::new(compared.before.counts(journey))),
            coverage: self.coverage_of(journey),
            differences: compared.and_then(|compared| compared.blocks.get(journey)),
            hottest,
        }
    }
}

impl<'a> Reading<'a> {
    /// What is told of a node.
    pub fn node(&self, node: &Node) -> NodeMark {
        let Some(tally) = self.tally else { return NodeMark::default() };
        match self.overlay {
            Overlay::Flow => flow(tally, &node.key),
            Overlay::Delivery => delivery(tally, &node.key),
            Overlay::Reasons => self.reasons(tally, &node.key),
            Overlay::Coverage => coverage(tally, &node.key),
            Overlay::Difference => self.difference(tally, &node.key),
        }
    }

    /// How many took an edge that leaves a node, where its width follows that.
    pub fn flow(&self, from: &Node, edge: &Edge) -> Option<u64> {
        let tally = self.tally.filter(|_| self.overlay != Overlay::Coverage)?;
        Some(tally.flow(&from.key, edge))
    }

    /// What is told of an edge that leaves a node.
    pub fn edge(&self, from: &Node, edge: &Edge) -> EdgeMark {
        let Some(tally) = self.tally else { return EdgeMark::default() };
        let flow = tally.flow(&from.key, edge);
        let mark = EdgeMark { text: count(flow), ..EdgeMark::default() };
        match self.overlay {
            Overlay::Coverage => self.way(edge, mark),
            Overlay::Difference => match self.before {
                Some(before) => {
                    let (text, tone) = changed(before.flow(&from.key, edge), flow);
                    EdgeMark { text, tone, ..mark }
                }
                None => mark,
            },
            Overlay::Flow | Overlay::Delivery | Overlay::Reasons => mark,
        }
    }

    fn way(&self, edge: &Edge, mark: EdgeMark) -> EdgeMark {
        match self.coverage.and_then(|coverage| coverage.way(&edge.port)).map(|way| way.taken) {
            Some(Taken::By(_)) => EdgeMark { tone: Tone::Good, ..mark },
            Some(Taken::ByNobody) => {
                EdgeMark { text: "nobody".to_owned(), tone: Tone::Odd, line: Line::Dashed }
            }
            Some(Taken::Never(obstacle)) => {
                EdgeMark { text: obstacle_word(obstacle).to_owned(), tone: Tone::Quiet, line: Line::Dotted }
            }
            None => EdgeMark { text: String::new(), ..mark },
        }
    }

    /// The ground is the stronger, the more is held back here.
    fn reasons(&self, tally: Tally<'a>, key: &NodeKey) -> NodeMark {
        let reasons = tally.reasons(key);
        let held_back = held_back(tally, key);
        let Some((first, _)) = reasons.first().filter(|_| held_back > 0) else {
            return NodeMark::default();
        };
        let more = match reasons.len() {
            1 => String::new(),
            several => format!(" +{}", several - 1),
        };
        let said: Vec<String> = reasons
            .iter()
            .map(|(word, number)| format!("{} {}", count(*number), status::reason(word)))
            .collect();
        let strength = (held_back as f32 / self.hottest.max(1) as f32).sqrt();
        NodeMark {
            pills: vec![Pill {
                text: format!("{} {}{more}", count(held_back), short_reason(first)),
                icon: Some(Icon::Cross),
                tone: Tone::Bad,
                said: said.join(", "),
            }],
            ground: Some((Tone::Bad, strength)),
        }
    }

    fn difference(&self, tally: Tally<'a>, key: &NodeKey) -> NodeMark {
        let Some(before) = self.before else { return NodeMark::default() };
        let kinds = key.block().and_then(|block| self.differences?.get(block));
        let of = |kind| kinds.and_then(|kinds| kinds.get(&kind)).copied().unwrap_or(0) as u64;
        let (more, fewer) = (of(DifferenceKind::OnlyAfter), of(DifferenceKind::OnlyBefore));
        let other = of(DifferenceKind::Status) + of(DifferenceKind::Time) + of(DifferenceKind::Text);
        let mut pills = Vec::new();
        let mut kinds = [
            (more, Icon::Plus, Tone::More, "only now"),
            (fewer, Icon::Minus, Tone::Bad, "only before"),
            (other, Icon::Differs, Tone::Odd, "otherwise than before"),
        ];
        // Far out there is room for one: that of most messages.
        kinds.sort_by_key(|(number, ..)| std::cmp::Reverse(*number));
        for (number, icon, tone, what) in kinds {
            if number > 0 {
                let said = format!("{} {what}", counted(number, "message", "messages"));
                pills.push(Pill { text: count(number), icon: Some(icon), tone, said });
            }
        }
        let ground = pills.first().map(|pill| (pill.tone, 0.6));
        if pills.is_empty() {
            let (was, is) = (before.came(key), tally.came(key));
            if was != is {
                let (text, tone) = changed(was, is);
                let said = format!("{} before", counted(was, "run", "runs"));
                pills.push(Pill { text, icon: None, tone, said });
            }
        }
        NodeMark { pills, ground }
    }

    /// What the marks mean.
    pub fn legend(&self) -> Vec<LegendLine> {
        let line = |swatch, text: &str| LegendLine { swatch, text: text.to_owned() };
        let sign = |icon, tone, text: &str| line(Swatch::Sign(icon, tone), text);
        if self.tally.is_none() {
            return vec![line(Swatch::None, "Nothing was replayed yet")];
        }
        match self.overlay {
            Overlay::Flow => Vec::new(),
            Overlay::Delivery => vec![
                sign(Icon::Check, Tone::Good, "Sent"),
                sign(Icon::Cross, Tone::Bad, "Not sent"),
                sign(Icon::Clock, Tone::Waiting, "Skipped or waiting"),
            ],
            Overlay::Reasons if self.hottest == 0 => vec![line(Swatch::None, "Nothing was held back")],
            Overlay::Reasons => {
                vec![
                    line(Swatch::Heat(Tone::Bad), "Few to many held back"),
                    sign(Icon::Cross, Tone::Bad, "How many, and why"),
                ]
            }
            Overlay::Coverage => match self.coverage.map(JourneyCoverage::share) {
                None => vec![line(Swatch::None, "This journey was not replayed")],
                Some(share) => {
                    let percent = share.percent().unwrap_or(0);
                    vec![
                        line(
                            Swatch::None,
                            &format!("{} of {} ways taken, {percent} %", share.taken, share.all),
                        ),
                        line(Swatch::Line(Line::Solid, Tone::Good), "Taken"),
                        line(Swatch::Line(Line::Dashed, Tone::Odd), "Taken by nobody"),
                        line(Swatch::Line(Line::Dotted, Tone::Quiet), "Cannot be taken"),
                    ]
                }
            },
            Overlay::Difference if self.before.is_none() => {
                vec![line(Swatch::None, "Choose what to compare with under Compare")]
            }
            Overlay::Difference => vec![
                sign(Icon::Plus, Tone::More, "Messages only now"),
                sign(Icon::Minus, Tone::Bad, "Messages only before"),
                sign(Icon::Differs, Tone::Odd, "Other time, end or text"),
                line(Swatch::None, "(+2) (−2)  more or fewer runs"),
            ],
        }
    }
}

/// Messages not sent or skipped at a block; triggers that started nothing.
pub fn held_back(tally: Tally<'_>, key: &NodeKey) -> u64 {
    match key {
        NodeKey::Trigger => tally.reasons(key).iter().map(|(_, number)| number).sum(),
        NodeKey::Block(_) => {
            tally.messages(key, MessageState::NotSent) + tally.messages(key, MessageState::Skipped)
        }
    }
}

fn flow(tally: Tally<'_>, key: &NodeKey) -> NodeMark {
    let came = tally.came(key);
    let mut pills = vec![Pill {
        text: count(came),
        icon: None,
        tone: if came == 0 { Tone::Quiet } else { Tone::Plain },
        said: String::new(),
    }];
    let waiting = tally.waiting(key);
    if waiting > 0 {
        let text = format!("{} waiting", count(waiting));
        pills.push(Pill { said: text.clone(), text, icon: None, tone: Tone::Waiting });
    }
    NodeMark { pills, ground: None }
}

fn delivery(tally: Tally<'_>, key: &NodeKey) -> NodeMark {
    let of = |state| tally.messages(key, state);
    let aside = of(MessageState::Skipped) + of(MessageState::Waiting);
    let pills = [
        (of(MessageState::Sent), Icon::Check, Tone::Good, "sent"),
        (of(MessageState::NotSent), Icon::Cross, Tone::Bad, "not sent"),
        (aside, Icon::Clock, Tone::Waiting, "skipped or waiting"),
    ]
    .into_iter()
    .filter(|(number, ..)| *number > 0)
    .map(|(number, icon, tone, what)| Pill {
        text: count(number),
        icon: Some(icon),
        tone,
        said: format!("{} {what}", count(number)),
    })
    .collect();
    NodeMark { pills, ground: None }
}

fn coverage(tally: Tally<'_>, key: &NodeKey) -> NodeMark {
    let came = tally.came(key);
    if came > 0 {
        return NodeMark::default();
    }
    let nobody = "nobody came".to_owned();
    NodeMark {
        pills: vec![Pill { said: nobody.clone(), text: nobody, icon: None, tone: Tone::Odd }],
        ground: None,
    }
}

/// A number as it is, and by how much it changed.
fn changed(was: u64, is: u64) -> (String, Tone) {
    if is == was {
        return (count(is), Tone::Plain);
    }
    let (sign, by, tone) = if is > was { ('+', is - was, Tone::More) } else { ('−', was - is, Tone::Bad) };
    (format!("{} ({sign}{})", count(is), count(by)), tone)
}

/// Why a way cannot be taken, in a word or two.
pub const fn obstacle_word(obstacle: Obstacle) -> &'static str {
    match obstacle {
        Obstacle::Decided => "never",
        Obstacle::NothingHeld => "nothing is held",
        Obstacle::Unreachable => "no way leads here",
    }
}

/// A reason that fits on a block.
fn short_reason(word: &str) -> String {
    let text = crate::words::spaced(word);
    if text.chars().count() > 20 { format!("{}…", text.chars().take(19).collect::<String>()) } else { text }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        app::{diagram::graph::Graph, fixture},
        journey::Segments,
    };

    fn graph() -> Graph {
        Graph::of(&fixture::cart_recovery(), &Segments::default(), false)
    }

    fn marks(reading: Reading<'_>) -> (Vec<NodeMark>, Vec<EdgeMark>) {
        let graph = graph();
        let edges = graph.edges.iter().map(|edge| reading.edge(&graph.nodes[edge.from], edge)).collect();
        (graph.nodes.iter().map(|node| reading.node(node)).collect(), edges)
    }

    #[test]
    fn without_a_replay_nothing_is_marked() {
        for overlay in Overlay::ALL {
            let (nodes, edges) = marks(Reading { overlay, ..Reading::default() });
            assert!(nodes.iter().all(|mark| *mark == NodeMark::default()), "{overlay:?}");
            assert!(edges.iter().all(|mark| *mark == EdgeMark::default()), "{overlay:?}");
        }
    }

    #[test]
    fn a_result_compared_with_itself_shows_no_difference() {
        let outcome = fixture::outcome();
        let tally = Some(Tally::new(outcome.counts(&"cart-recovery".into())));
        let reading = Reading { overlay: Overlay::Difference, tally, before: tally, ..Reading::default() };
        let (nodes, edges) = marks(reading);
        assert!(nodes.iter().all(|mark| mark.pills.is_empty() && mark.ground.is_none()));
        assert!(edges.iter().all(|mark| mark.tone == Tone::Plain && !mark.text.contains('(')));
    }

    #[test]
    fn colour_never_stands_alone() {
        let outcome = fixture::outcome();
        let tally = Some(Tally::new(outcome.counts(&"cart-recovery".into())));
        for overlay in Overlay::ALL {
            let reading =
                Reading { overlay, tally, before: Some(Tally::default()), hottest: 9, ..Reading::default() };
            let (nodes, edges) = marks(reading);
            for pill in nodes.iter().flat_map(|mark| &mark.pills) {
                let worded = pill.text.chars().any(char::is_alphabetic);
                let neutral = matches!(pill.tone, Tone::Plain | Tone::Quiet);
                assert!(neutral || worded || pill.icon.is_some() || pill.text.contains('('), "{pill:?}");
            }
            for mark in edges.iter().filter(|mark| mark.tone == Tone::Odd || mark.tone == Tone::Quiet) {
                assert_ne!(mark.line, Line::Solid, "{mark:?}");
            }
            let lines = reading.legend();
            assert_eq!(lines.is_empty(), overlay == Overlay::Flow);
            assert!(lines.iter().all(|line| !line.text.is_empty()));
        }
    }

    #[test]
    fn more_and_fewer_are_said() {
        assert_eq!(changed(3, 5), ("5 (+2)".to_owned(), Tone::More));
        assert_eq!(changed(5, 3), ("3 (−2)".to_owned(), Tone::Bad));
        assert_eq!(changed(5, 5), ("5".to_owned(), Tone::Plain));
    }
}
