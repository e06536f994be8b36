//! A journey ready to be drawn: its graph, arranged, with rectangles and curves in canvas points.

use egui::{Pos2, Rect, Vec2, pos2, vec2};

use super::{
    graph::{Edge, Graph, NodeKey},
    layout::{self, Arranged, EdgeRequest, LABEL_HEIGHT, Lane, Place, Request},
    route::{self, Cubic},
    text,
};
use crate::{
    app::theme::size,
    journey::{Journey, Segments},
};

/// Size of a block.
pub const BLOCK: Vec2 = Vec2::new(224.0, 54.0);

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
    /// Around everything.
    pub bounds: Rect,
}

impl Scene {
    /// Arranges a journey; blocks that were put somewhere by hand stay there.
    pub fn of(journey: &Journey, segments: &Segments) -> Self {
        let graph = Graph::of(journey, segments);
        let request = Request {
            nodes: vec![(BLOCK.x, BLOCK.y); graph.nodes.len()],
            edges: graph
                .edges
                .iter()
                .map(|edge| EdgeRequest { from: edge.from, to: edge.to, label_pt: label_width(edge) })
                .collect(),
        };
        let arranged = layout::arrange(&request);
        Self::placed(graph, &arranged, |key| match key {
            NodeKey::Trigger => None,
            NodeKey::Block(id) => journey.positions.get(id).map(|at| pos2(at.x, at.y)),
        })
    }

    fn placed(graph: Graph, arranged: &Arranged, by_hand: impl Fn(&NodeKey) -> Option<Pos2>) -> Self {
        let moved: Vec<bool> = graph.nodes.iter().map(|node| by_hand(&node.key).is_some()).collect();
        let blocks: Vec<Rect> = graph
            .nodes
            .iter()
            .zip(&arranged.nodes)
            .map(|(node, place)| {
                by_hand(&node.key).map_or_else(
                    || Rect::from_center_size(pos2(place.x, place.y), BLOCK),
                    |at| Rect::from_min_size(at, BLOCK),
                )
            })
            .collect();
        let mut curves = Vec::with_capacity(graph.edges.len());
        let mut labels = Vec::with_capacity(graph.edges.len());
        for (edge, lane) in graph.edges.iter().zip(&arranged.edges) {
            let (from, to) = (blocks[edge.from], blocks[edge.to]);
            let lane = if moved[edge.from] || moved[edge.to] { direct(from, to) } else { lane.clone() };
            let slot = vec2(label_width(edge), LABEL_HEIGHT);
            labels.push(Rect::from_center_size(pos2(lane.label.x, lane.label.y), slot));
            curves.push(route::route(from, to, &lane));
        }
        let bounds = blocks
            .iter()
            .chain(&labels)
            .copied()
            .chain(curves.iter().map(|curve| route::bounds(curve)))
            .fold(Rect::NOTHING, Rect::union);
        Self { graph, blocks, curves, labels, bounds }
    }

    /// The node at a canvas point; the one drawn last wins.
    pub fn node_at(&self, point: Pos2) -> Option<usize> {
        self.blocks.iter().rposition(|block| block.contains(point))
    }

    /// The edge within `reach` of a canvas point.
    pub fn edge_at(&self, point: Pos2, reach: f32) -> Option<usize> {
        let near = |at: &usize| {
            self.labels[*at].contains(point) && self.labels[*at].width() > 0.0
                || route::bounds(&self.curves[*at]).expand(reach).contains(point)
                    && route::distance(&self.curves[*at], point) <= reach
        };
        (0..self.curves.len()).find(near)
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
    use crate::app::fixture;

    #[test]
    fn blocks_and_edges_can_be_hit() {
        let scene = Scene::of(&fixture::cart_recovery(), &Segments::default());
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

    #[test]
    fn arrows_lead_down_the_journey() {
        let scene = Scene::of(&fixture::cart_recovery(), &Segments::default());
        let down = scene.neighbour(0, vec2(0.0, 1.0)).expect("a block under the trigger");
        assert!(scene.blocks[down].top() > scene.blocks[0].bottom());
        assert_eq!(scene.neighbour(0, vec2(0.0, -1.0)), None);
    }
}
