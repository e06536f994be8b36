//! A journey ready to be drawn: its graph, arranged, with rectangles and curves in canvas points.

use std::collections::{BTreeMap, BTreeSet};

use egui::{Pos2, Rect, Vec2, pos2, vec2};

use super::{
    graph::{Edge, Graph, NodeKey},
    layout::{self, Arranged, EdgeRequest, LABEL_HEIGHT, Lane, Place, Request},
    notes::{self, Paper},
    route::{self, Cubic},
};
use crate::{
    app::{text, theme::size},
    journey::{BlockId, Note, NoteId, Position, edit::Port},
};

/// Size of a block.
pub const BLOCK: Vec2 = Vec2::new(224.0, 54.0);
/// Side of the + at the end of an open exit.
pub const STUB: f32 = 22.0;
/// Between the feet of a block's edges.
pub const FEET: f32 = 22.0;

/// What is drawn for one journey. Counts are not in it: a replay moves nothing.
#[derive(Clone, Debug)]
pub struct Scene {
    /// Nodes and edges.
    pub graph: Graph,
    /// Rectangle of each node.
    pub blocks: Vec<Rect>,
    /// Curve of each edge.
    pub curves: Vec<Vec<Cubic>>,
    /// Slot of each edge's label.
    pub labels: Vec<Rect>,
    /// Where a block is added to each edge: its middle, or its end if it is open.
    pub pluses: Vec<Pos2>,
    /// Around each edge with its label and +.
    pub reaches: Vec<Rect>,
    /// Notes for colleagues.
    pub notes: Vec<Paper>,
    /// Around everything.
    pub bounds: Rect,
    /// What was arranged, and how: moving a block by hand arranges nothing anew.
    arrangement: (Request, Arranged),
}

impl Scene {
    /// A node with those of its exits that are open: what somebody at it may want to press.
    pub fn with_open_exits(&self, node: usize) -> Rect {
        let edges = self.graph.edges.iter().zip(&self.reaches);
        let open = edges.filter(|(edge, _)| edge.from == node && edge.to.is_none());
        open.fold(self.blocks[node], |around, (_, reach)| around.union(*reach))
    }

    /// Arranges a journey; blocks that were put somewhere by hand stay there. The scene `before`
    /// a change saves the work if the change left the arrangement as it was.
    pub fn of(graph: Graph, positions: &BTreeMap<BlockId, Position>, before: Option<Self>) -> Self {
        let request = request(&graph);
        let arrangement = match before {
            Some(before) if before.arrangement.0 == request => before.arrangement,
            _ => {
                let arranged = layout::arrange(&request);
                (request, arranged)
            }
        };
        Self::placed(graph, arrangement, |key| match key {
            NodeKey::Trigger => None,
            NodeKey::Block(id) => positions.get(id).map(|at| pos2(at.x, at.y)),
        })
    }

    fn placed(
        graph: Graph,
        arrangement: (Request, Arranged),
        by_hand: impl Fn(&NodeKey) -> Option<Pos2>,
    ) -> Self {
        let arranged = &arrangement.1;
        let put: Vec<Option<Pos2>> = graph.nodes.iter().map(|node| by_hand(&node.key)).collect();
        let own = |at: usize| pos2(arranged.nodes[at].x, arranged.nodes[at].y);
        let blocks: Vec<Rect> = put
            .iter()
            .enumerate()
            .map(|(at, put)| match put {
                Some(corner) => Rect::from_min_size(*corner, BLOCK),
                None => Rect::from_center_size(own(at), BLOCK),
            })
            .collect();
        let feet = feet(&graph, arranged);
        let mut open = graph.nodes.len()..;
        let (mut curves, mut labels, mut pluses) = (Vec::new(), Vec::new(), Vec::new());
        for ((edge, lane), foot) in graph.edges.iter().zip(&arranged.edges).zip(feet) {
            let from = blocks[edge.from];
            // An open exit ends beside its block, wherever that is.
            let end = edge.to.or_else(|| open.next()).unwrap_or(edge.from);
            let to = if let Some(to) = edge.to {
                blocks[to]
            } else {
                let beside = own(end) - own(edge.from);
                Rect::from_center_size(from.center() + beside, Vec2::splat(STUB))
            };
            let moved = put[edge.from].is_some() || edge.to.is_some_and(|to| put[to].is_some());
            let lane = if moved { direct(from, to) } else { lane.clone() };
            let slot = vec2(label_width(edge), LABEL_HEIGHT);
            let label = Rect::from_center_size(pos2(lane.label.x, lane.label.y), slot);
            let curve = route::route(from, foot, to, &lane);
            let middle = route::middle(&curve, (slot.x > 0.0).then_some(label));
            pluses.push(if edge.to.is_some() { middle.unwrap_or(to.center_top()) } else { to.center() });
            labels.push(label);
            curves.push(curve);
        }
        let reaches: Vec<Rect> = (0..curves.len())
            .map(|at| {
                let plus = Rect::from_center_size(pluses[at], Vec2::splat(STUB));
                route::bounds(&curves[at]).union(labels[at]).union(plus)
            })
            .collect();
        let bounds = blocks.iter().chain(&reaches).copied().fold(Rect::NOTHING, Rect::union);
        Self { graph, blocks, curves, labels, pluses, reaches, notes: Vec::new(), bounds, arrangement }
    }

    /// With notes lying on it.
    #[must_use]
    pub fn with_notes(mut self, notes: &BTreeMap<NoteId, Note>) -> Self {
        self.notes = notes::papers(notes);
        self.bounds = self.notes.iter().map(|paper| paper.rect).fold(self.bounds, Rect::union);
        self
    }

    /// The node at a canvas point; the one drawn last wins.
    pub fn node_at(&self, point: Pos2) -> Option<usize> {
        self.blocks.iter().rposition(|block| block.contains(point))
    }

    /// The edge within `reach` of a canvas point.
    pub fn edge_at(&self, point: Pos2, reach: f32) -> Option<usize> {
        let near = |at: &usize| {
            self.reaches[*at].expand(reach).contains(point)
                && (self.labels[*at].contains(point) && self.labels[*at].width() > 0.0
                    || self.pluses[*at].distance(point) <= STUB / 2.0
                    || route::distance(&self.curves[*at], point) <= reach)
        };
        (0..self.curves.len()).find(near)
    }

    /// Blocks that lie in a rectangle, at least with their middle.
    pub fn within(&self, area: Rect) -> BTreeSet<BlockId> {
        let inside =
            self.graph.nodes.iter().zip(&self.blocks).filter(|(_, block)| area.contains(block.center()));
        inside.filter_map(|(node, _)| node.key.block().cloned()).collect()
    }

    /// The edge of a way out.
    pub fn edge_of(&self, port: &Port) -> Option<usize> {
        self.graph.edges.iter().position(|edge| edge.port == *port)
    }

    /// The edge of a way out, or the one it is joined with.
    pub fn edge_with(&self, port: &Port) -> Option<usize> {
        let joined = || self.graph.edges.iter().position(|edge| edge.joined().as_ref() == Some(port));
        self.edge_of(port).or_else(joined)
    }

    /// Where a node is.
    pub fn place_of(&self, key: &NodeKey) -> Option<Rect> {
        self.graph.position(key).map(|at| self.blocks[at])
    }

    /// The nearest node in a direction (a unit step), for the arrow keys.
    pub fn neighbour(&self, of: usize, step: Vec2) -> Option<usize> {
        let from = self.blocks[of].center();
        let cost = |at: usize| {
            let way = self.blocks[at].center() - from;
            let along = way.dot(step);
            let aside = (way - step * along).length();
            (along > 1.0).then_some(along + 2.0 * aside)
        };
        (0..self.blocks.len())
            .filter(|at| *at != of)
            .filter_map(|at| cost(at).map(|cost| (at, cost)))
            .min_by(|a, b| a.1.total_cmp(&b.1))
            .map(|(at, _)| at)
    }
}

/// What is to be arranged: the nodes, and a small place for each open exit.
fn request(graph: &Graph) -> Request {
    let mut nodes = vec![(BLOCK.x, BLOCK.y); graph.nodes.len()];
    let edges = graph
        .edges
        .iter()
        .map(|edge| {
            let to = edge.to.unwrap_or_else(|| {
                nodes.push((STUB, STUB));
                nodes.len() - 1
            });
            EdgeRequest { from: edge.from, to, label_pt: label_width(edge) }
        })
        .collect();
    Request { nodes, edges }
}

/// How far from the middle of its block's lower side each edge leaves: side by side, in the order
/// of the lanes, so that no two cross there.
fn feet(graph: &Graph, arranged: &Arranged) -> Vec<f32> {
    let mut feet = vec![0.0; graph.edges.len()];
    let mut first = 0;
    for group in graph.edges.chunk_by(|a, b| a.from == b.from) {
        let mut order: Vec<usize> = (first..first + group.len()).collect();
        first += group.len();
        order.sort_by(|a, b| arranged.edges[*a].label.x.total_cmp(&arranged.edges[*b].label.x));
        let step = FEET.min((BLOCK.x - 40.0) / group.len() as f32);
        for (number, edge) in order.iter().enumerate() {
            feet[*edge] = (number as f32 - (group.len() - 1) as f32 / 2.0) * step;
        }
    }
    feet
}

/// A lane between blocks that were moved by hand.
fn direct(from: Rect, to: Rect) -> Lane {
    let label = from.center_bottom().lerp(to.center_top(), 0.5);
    Lane { through: Vec::new(), label: Place { x: label.x, y: label.y }, back: to.top() < from.bottom() }
}

/// Room for an edge's label with a count of up to five digits.
fn label_width(edge: &Edge) -> f32 {
    if edge.name.is_empty() {
        0.0
    } else {
        text::width(&edge.name, size::SMALL) + text::width(" · 00\u{202f}000", size::SMALL) + 16.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        app::fixture,
        journey::{
            Segments,
            edit::{self, EditCommand, Starter},
        },
    };

    fn scene() -> Scene {
        let journey = fixture::cart_recovery();
        Scene::of(Graph::of(&journey, &Segments::default(), false), &journey.positions, None)
    }

    #[test]
    fn blocks_and_edges_can_be_hit() {
        let scene = scene();
        for (at, block) in scene.blocks.iter().enumerate() {
            assert_eq!(scene.node_at(block.center()), Some(at));
            assert!(scene.bounds.contains_rect(*block));
        }
        for (at, curve) in scene.curves.iter().enumerate() {
            let middle = route::point(&curve[curve.len() / 2], 0.5);
            assert!(scene.edge_at(middle, 4.0).is_some(), "edge {at}");
        }
        assert_eq!(scene.node_at(pos2(-1.0e5, 0.0)), None);
    }

    /// How many pairs of blocks lie the other way round, sideways or up and down, after a block
    /// was put on a way out.
    fn turned_round(port: &Port) -> (usize, usize) {
        let mut journey = fixture::cart_recovery();
        let segments = Segments::default();
        let before = scene();
        let kind = Starter::UpdateAttributes.kind();
        let insert = EditCommand::Insert { kind, on: Some(port.clone()), at: None };
        edit::apply(&mut journey, insert).expect("it is put there");
        let graph = Graph::of(&journey, &segments, false);
        let after = Scene::of(graph, &journey.positions, None);
        let places: Vec<(Pos2, Pos2)> = before
            .graph
            .nodes
            .iter()
            .zip(&before.blocks)
            .filter_map(|(node, was)| after.place_of(&node.key).map(|is| (was.center(), is.center())))
            .collect();
        let turned = |a: f32, b: f32| a.abs() > 40.0 && a * b < 0.0 && b.abs() > 40.0;
        let (mut pairs, mut turns) = (0, 0);
        for (at, (was, is)) in places.iter().enumerate() {
            for (other_was, other_is) in &places[at + 1..] {
                let (before, after) = (*other_was - *was, *other_is - *is);
                pairs += 1;
                turns += usize::from(turned(before.x, after.x) || turned(before.y, after.y));
            }
        }
        (pairs, turns)
    }

    #[test]
    fn a_small_edit_turns_few_blocks_round() {
        let ports: Vec<Port> = scene()
            .graph
            .edges
            .iter()
            .filter(|edge| edge.to.is_some())
            .map(|edge| edge.port.clone())
            .collect();
        let (mut pairs, mut turns) = (0, 0);
        for port in &ports {
            let (all, turned) = turned_round(port);
            assert!(turned * 5 <= all, "{port:?}: {turned} of {all} pairs turned round");
            pairs += all;
            turns += turned;
        }
        assert!(turns * 12 <= pairs, "{turns} of {pairs} pairs turned round");
    }

    #[test]
    fn arrows_lead_down_the_journey() {
        let scene = scene();
        let down = scene.neighbour(0, vec2(0.0, 1.0)).expect("a block under the trigger");
        assert!(scene.blocks[down].top() > scene.blocks[0].bottom());
        assert_eq!(scene.neighbour(0, vec2(0.0, -1.0)), None);
    }
}
