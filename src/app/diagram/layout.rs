//! Arranging a journey from top to bottom: a pure function from sizes and edges to places.
//!
//! Layers come from the longest path, with the edges that go back turned round. Every edge then
//! becomes a chain of one vertex per row: its label has a row of its own between two rows of
//! blocks, and a long edge has a vertex in every row it passes. `rust-sugiyama` orders the rows
//! with few crossings and gives first places; a last step centres parents over children with the
//! exact separations kept. So labels never lie on blocks or each other, and long edges run in
//! lanes of their own.

use rust_sugiyama::{
    configure::{Config, RankingType},
    from_vertices_and_edges,
};

use super::{columns::Columns, separate::separated};

/// What to arrange. Sizes are in points.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Request {
    /// Width and height of each node; the order is the reading order and settles ties.
    pub nodes: Vec<(f32, f32)>,
    /// The edges, in order of exits for each node.
    pub edges: Vec<EdgeRequest>,
}

/// One edge to route.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct EdgeRequest {
    /// Position of the node it leaves.
    pub from: usize,
    /// Position of the node it leads to.
    pub to: usize,
    /// Width of its label; 0 for none.
    pub label_pt: f32,
}

/// A point of the canvas, in points, y down.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Place {
    /// To the right.
    pub x: f32,
    /// Down.
    pub y: f32,
}

/// Where everything goes.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Arranged {
    /// Centres of the nodes.
    pub nodes: Vec<Place>,
    /// For each edge the lane it takes.
    pub edges: Vec<Lane>,
}

/// The rows an edge passes, from its source to its target.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Lane {
    /// Stretches it passes straight down: x, from y, to y.
    pub through: Vec<Stretch>,
    /// Centre of its label (also where it has none).
    pub label: Place,
    /// Whether it leads back up.
    pub back: bool,
}

/// A vertical piece of a lane.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Stretch {
    /// Where.
    pub x: f32,
    /// Its upper end.
    pub top: f32,
    /// Its lower end.
    pub bottom: f32,
}

/// Room between blocks side by side.
const BLOCK_GAP: f32 = 36.0;
/// Room between labels side by side.
const LABEL_GAP: f32 = 16.0;
/// Width of the lane of a long edge.
const LANE: f32 = 28.0;
/// Height of a label.
pub const LABEL_HEIGHT: f32 = 20.0;
/// Between a block and the labels under it, and between labels and the blocks below.
const LABEL_PAD: f32 = 16.0;
/// How often rows are placed again, each time by the places of their neighbours.
const SWEEPS: usize = 36;
/// Between rows of blocks without labels.
const PLAIN_GAP: f32 = 40.0;

/// Arranges. The result depends on the request alone.
pub fn arrange(request: &Request) -> Arranged {
    if request.nodes.is_empty() {
        return Arranged::default();
    }
    let back = back_edges(request);
    let layers = layers(request, &back);
    let chains = Chains::new(request, &back, &layers);
    let xs = chains.places();
    chains.arranged(request, &back, &xs)
}

/// Edges that lead back to a node on the way from a root: turned round while layering.
fn back_edges(request: &Request) -> Vec<bool> {
    let mut out: Vec<Vec<usize>> = vec![Vec::new(); request.nodes.len()];
    for (at, edge) in request.edges.iter().enumerate() {
        out[edge.from].push(at);
    }
    let mut back = vec![false; request.edges.len()];
    // 0: not seen, 1: on the way, 2: done.
    let mut state = vec![0_u8; request.nodes.len()];
    for root in 0..request.nodes.len() {
        if state[root] != 0 {
            continue;
        }
        state[root] = 1;
        let mut stack = vec![(root, 0_usize)];
        while let Some((node, next)) = stack.last_mut() {
            let Some(edge) = out[*node].get(*next).copied() else {
                state[*node] = 2;
                stack.pop();
                continue;
            };
            *next += 1;
            let to = request.edges[edge].to;
            match state[to] {
                0 => {
                    state[to] = 1;
                    stack.push((to, 0));
                }
                1 => back[edge] = true,
                _ => {}
            }
        }
    }
    back
}

/// Layer of each node: the longest path to it, back edges turned round.
fn layers(request: &Request, back: &[bool]) -> Vec<usize> {
    let count = request.nodes.len();
    let mut out: Vec<Vec<usize>> = vec![Vec::new(); count];
    let mut waiting = vec![0_usize; count];
    for (edge, back) in request.edges.iter().zip(back) {
        let (upper, lower) = if *back { (edge.to, edge.from) } else { (edge.from, edge.to) };
        if upper != lower {
            out[upper].push(lower);
            waiting[lower] += 1;
        }
    }
    let mut layer = vec![0; count];
    let mut ready: Vec<usize> = (0..count).rev().filter(|node| waiting[*node] == 0).collect();
    while let Some(node) = ready.pop() {
        for to in &out[node] {
            layer[*to] = layer[*to].max(layer[node] + 1);
            waiting[*to] -= 1;
            if waiting[*to] == 0 {
                ready.push(*to);
            }
        }
    }
    layer
}

/// The graph with every edge as a chain of vertices, one in each row it passes.
struct Chains {
    /// Row of each vertex: nodes are first, on even rows.
    row: Vec<usize>,
    /// Width of each vertex with the room around it.
    width: Vec<f32>,
    /// Links between vertices of neighbouring rows, in order of edges.
    links: Vec<(usize, usize)>,
    /// Inner vertices of each edge, downwards; the label's place in it.
    inner: Vec<(Vec<usize>, usize)>,
}

impl Chains {
    fn new(request: &Request, back: &[bool], layers: &[usize]) -> Self {
        let mut chains = Self {
            row: layers.iter().map(|layer| layer * 2).collect(),
            width: request.nodes.iter().map(|(width, _)| width + BLOCK_GAP).collect(),
            links: Vec::new(),
            inner: Vec::new(),
        };
        for (edge, back) in request.edges.iter().zip(back) {
            let (upper, lower) = if *back { (edge.to, edge.from) } else { (edge.from, edge.to) };
            let (top, bottom) = (layers[upper] * 2, layers[lower] * 2);
            // A block that leads to itself has a lane beside it, on its own row.
            if upper == lower {
                chains.width[upper] += 2.0 * (LANE / 2.0 + edge.label_pt + LABEL_GAP);
            }
            let rows = if top == bottom { top..top } else { top + 1..bottom };
            // The label is by the source: right under it, or right above it for a way back.
            let label_row = if *back { bottom.saturating_sub(1) } else { top + 1 };
            let mut inner = Vec::new();
            let mut label = 0;
            let mut above = upper;
            for row in rows {
                let vertex = chains.row.len();
                chains.row.push(row);
                let width =
                    if row == label_row && edge.label_pt > 0.0 { edge.label_pt + LABEL_GAP } else { LANE };
                chains.width.push(width);
                if row == label_row {
                    label = inner.len();
                }
                chains.links.push((above, vertex));
                inner.push(vertex);
                above = vertex;
            }
            if upper != lower {
                chains.links.push((above, lower));
            }
            chains.inner.push((inner, label));
        }
        chains
    }

    /// An x for every vertex.
    fn places(&self) -> Vec<f32> {
        let rows = self.ordered_rows();
        let mut xs: Vec<f32> = vec![0.0; self.row.len()];
        for row in &rows {
            let mut x = 0.0;
            for vertex in row {
                x += self.width[*vertex] / 2.0;
                xs[*vertex] = x;
                x += self.width[*vertex] / 2.0;
            }
        }
        let columns = Columns::new(&self.row, &self.links);
        // Sweeps towards the mean of the neighbours: down, up, and both at last. Each row is
        // placed as near to its wishes as its separations let it.
        for sweep in 0..SWEEPS {
            let downwards = sweep % 2 == 0;
            let both = sweep * 3 >= SWEEPS * 2;
            for step in 0..rows.len() {
                let row = &rows[if downwards { step } else { rows.len() - 1 - step }];
                let wishes: Vec<f32> =
                    row.iter().map(|vertex| columns.wish(*vertex, &xs, downwards, both)).collect();
                let widths: Vec<f32> = row.iter().map(|vertex| self.width[*vertex]).collect();
                for (vertex, x) in row.iter().zip(separated(&wishes, &widths)) {
                    xs[*vertex] = x;
                }
            }
        }
        columns.straighten(&rows, &self.width, &mut xs);
        self.ease_labels(&rows, &mut xs);
        // Counted from the first node, so that what was put somewhere by hand keeps its place
        // among the others when the arrangement grows to the left.
        let origin = xs.first().copied().unwrap_or(0.0);
        xs.iter().map(|x| (x - origin).round()).collect()
    }

    /// Puts the label of an edge between neighbouring blocks half-way, where its curve is steepest,
    /// as far as the others in its row leave room.
    fn ease_labels(&self, rows: &[Vec<usize>], xs: &mut [f32]) {
        let (mut above, mut below) = (vec![0; xs.len()], vec![0; xs.len()]);
        for (upper, lower) in &self.links {
            (above[*lower], below[*upper]) = (*upper, *lower);
        }
        let mut wishes = vec![None; xs.len()];
        for (inner, _) in &self.inner {
            // Only an inner vertex has one neighbour above and one below.
            if let [label] = inner[..] {
                wishes[label] = Some(f32::midpoint(xs[above[label]], xs[below[label]]));
            }
        }
        // There and back, each time up to where the neighbours are now: the lanes of long edges
        // stay, and what makes room for another is followed.
        for row in rows.iter().skip(1).step_by(2) {
            let count = row.len();
            for at in (0..count).chain((0..count).rev()) {
                let Some(wish) = wishes[row[at]] else { continue };
                let apart = |other: usize| f32::midpoint(self.width[row[at]], self.width[row[other]]);
                let least = if at > 0 { xs[row[at - 1]] + apart(at - 1) } else { f32::NEG_INFINITY };
                let most = if at + 1 < count { xs[row[at + 1]] - apart(at + 1) } else { f32::INFINITY };
                // The row was apart before, so the bounds cross by rounding at most.
                xs[row[at]] = wish.max(least).min(most.max(least));
            }
        }
    }

    /// Vertices of each row from left to right.
    fn ordered_rows(&self) -> Vec<Vec<usize>> {
        let vertices: Vec<(u32, (f64, f64))> =
            self.width.iter().enumerate().map(|(at, width)| (at as u32, (f64::from(*width), 1.0))).collect();
        // The library visits the links of a vertex last to first: turned round, the leftmost
        // exit is visited first and stays leftmost unless a crossing can be saved.
        let links: Vec<(u32, u32)> =
            self.links.iter().rev().map(|(upper, lower)| (*upper as u32, *lower as u32)).collect();
        let config = Config {
            minimum_length: 1,
            vertex_spacing: 0.0,
            dummy_vertices: true,
            ranking_type: RankingType::Up,
            ..Config::default()
        };
        let mut xs = vec![0.0_f64; self.row.len()];
        let mut left = 0.0;
        let mut parts = from_vertices_and_edges(&vertices, &links, &config);
        // Parts that share no edge stand side by side, in reading order.
        for (part, _, _) in &mut parts {
            part.sort_by_key(|(vertex, _)| *vertex);
        }
        parts.sort_by_key(|(part, _, _)| part.first().map(|(vertex, _)| *vertex));
        for (part, _, _) in &parts {
            let mut right = left;
            for (vertex, (x, _)) in part {
                xs[*vertex] = left + x;
                right = f64::max(right, left + x + f64::from(self.width[*vertex]));
            }
            left = right + 1.0;
        }
        let count = self.row.iter().max().map_or(0, |row| row + 1);
        let mut rows = vec![Vec::new(); count];
        for (vertex, row) in self.row.iter().enumerate() {
            rows[*row].push(vertex);
        }
        for row in &mut rows {
            row.sort_by(|a, b| xs[*a].total_cmp(&xs[*b]).then(a.cmp(b)));
        }
        rows
    }

    fn arranged(&self, request: &Request, back: &[bool], xs: &[f32]) -> Arranged {
        let bands = self.bands(request);
        let middle = |vertex: usize| {
            let (top, bottom) = bands[self.row[vertex]];
            Place { x: xs[vertex], y: f32::midpoint(top, bottom) }
        };
        let edges = self
            .inner
            .iter()
            .zip(&request.edges)
            .zip(back)
            .map(|(((inner, label), edge), back)| {
                // A row without height or labels is passed anywhere: the curve is calmer so.
                let through = inner
                    .iter()
                    .map(|vertex| (xs[*vertex], bands[self.row[*vertex]]))
                    .filter(|(_, (top, bottom))| bottom > top)
                    .map(|(x, (top, bottom))| Stretch { x, top, bottom })
                    .collect();
                let label = inner.get(*label).map_or_else(
                    || {
                        let beside = middle(edge.from);
                        let x = beside.x + (request.nodes[edge.from].0 + LANE + edge.label_pt) / 2.0;
                        Place { x, y: beside.y }
                    },
                    |vertex| middle(*vertex),
                );
                Lane { through, label, back: *back || edge.from == edge.to }
            })
            .collect();
        // What is lower than its row hangs from the row's top, near the block above it.
        let hung = |node: usize| {
            let (top, _) = bands[self.row[node]];
            Place { x: xs[node], y: top + request.nodes[node].1 / 2.0 }
        };
        Arranged { nodes: (0..request.nodes.len()).map(hung).collect(), edges }
    }

    /// Top and bottom of each row.
    fn bands(&self, request: &Request) -> Vec<(f32, f32)> {
        let count = self.row.iter().max().map_or(0, |row| row + 1);
        let mut labelled = vec![false; count];
        for ((inner, label), edge) in self.inner.iter().zip(&request.edges) {
            if let Some(vertex) = inner.get(*label).filter(|_| edge.label_pt > 0.0) {
                labelled[self.row[*vertex]] = true;
            }
        }
        let mut heights = vec![0.0_f32; count];
        for (node, (_, height)) in request.nodes.iter().enumerate() {
            heights[self.row[node]] = heights[self.row[node]].max(*height);
        }
        let mut bands = Vec::with_capacity(count);
        let mut y = 0.0;
        for row in 0..count {
            let height = match (row % 2, labelled[row]) {
                (0, _) => heights[row],
                (_, true) => LABEL_HEIGHT,
                (_, false) => 0.0,
            };
            let pad = match (row % 2, labelled[row]) {
                (0, _) => 0.0,
                (_, true) => LABEL_PAD,
                (_, false) => PLAIN_GAP / 2.0,
            };
            y += pad;
            bands.push((y, y + height));
            y += height + pad;
        }
        bands
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const BLOCK: (f32, f32) = (208.0, 52.0);

    fn request(nodes: usize, edges: &[(usize, usize, f32)]) -> Request {
        Request {
            nodes: vec![BLOCK; nodes],
            edges: edges
                .iter()
                .map(|(from, to, label_pt)| EdgeRequest { from: *from, to: *to, label_pt: *label_pt })
                .collect(),
        }
    }

    /// Rectangles of nodes and labels: left, top, right, bottom.
    fn boxes(request: &Request, arranged: &Arranged) -> Vec<(f32, f32, f32, f32)> {
        let around = |place: &Place, w: f32, h: f32| {
            (place.x - w / 2.0, place.y - h / 2.0, place.x + w / 2.0, place.y + h / 2.0)
        };
        let nodes = arranged.nodes.iter().zip(&request.nodes).map(|(place, (w, h))| around(place, *w, *h));
        let labels = arranged
            .edges
            .iter()
            .zip(&request.edges)
            .filter(|(_, edge)| edge.label_pt > 0.0)
            .map(|(lane, edge)| around(&lane.label, edge.label_pt, LABEL_HEIGHT));
        nodes.chain(labels).collect()
    }

    fn assert_apart(request: &Request) {
        let arranged = arrange(request);
        let boxes = boxes(request, &arranged);
        for (at, a) in boxes.iter().enumerate() {
            for b in &boxes[at + 1..] {
                let apart = a.2 <= b.0 || b.2 <= a.0 || a.3 <= b.1 || b.3 <= a.1;
                assert!(apart, "{a:?} on {b:?}");
            }
            for lane in &arranged.edges {
                for piece in lane.through.iter().filter(|piece| piece.bottom > piece.top) {
                    let own = f32::midpoint(a.0, a.2) == piece.x && f32::midpoint(a.1, a.3) == lane.label.y;
                    let crosses = piece.x > a.0 && piece.x < a.2 && piece.top < a.3 && piece.bottom > a.1;
                    assert!(own || !crosses, "the lane at {piece:?} crosses {a:?}");
                }
            }
        }
    }

    #[test]
    fn a_chain_is_straight() {
        let arranged = arrange(&request(4, &[(0, 1, 0.0), (1, 2, 80.0), (2, 3, 0.0)]));
        assert!(arranged.nodes.windows(2).all(|pair| pair[0].x == pair[1].x && pair[0].y < pair[1].y));
    }

    #[test]
    fn a_parent_stands_over_the_middle_of_its_children_in_exit_order() {
        let arranged = arrange(&request(3, &[(0, 1, 60.0), (0, 2, 60.0)]));
        let [parent, yes, no] = arranged.nodes[..] else { panic!("three nodes") };
        assert!(yes.x < no.x && yes.y == no.y);
        assert!((parent.x - f32::midpoint(yes.x, no.x)).abs() <= 1.0, "{arranged:?}");
    }

    #[test]
    fn joins_long_edges_loops_and_strays_keep_apart() {
        for edges in [
            // A diamond with a long edge beside it.
            vec![(0, 1, 70.0), (0, 2, 70.0), (1, 3, 0.0), (2, 3, 0.0), (0, 3, 90.0), (3, 4, 0.0)],
            // Parallel edges, a way back, a block that leads to itself.
            vec![(0, 1, 60.0), (0, 1, 60.0), (1, 2, 50.0), (2, 0, 80.0), (1, 1, 40.0), (2, 4, 0.0)],
            // Six ways out, with strays.
            vec![(0, 1, 90.0), (0, 2, 90.0), (0, 3, 90.0), (0, 4, 90.0), (1, 5, 30.0), (4, 5, 30.0)],
        ] {
            assert_apart(&request(7, &edges));
        }
    }

    #[test]
    fn a_thousand_blocks_are_arranged() {
        let chain: Vec<(usize, usize, f32)> = (1..1000).map(|to| (to - 1, to, 60.0)).collect();
        assert_eq!(arrange(&request(1000, &chain)).nodes.len(), 1000);
        let tree: Vec<(usize, usize, f32)> = (1..1000).map(|to| ((to - 1) / 3, to, 60.0)).collect();
        assert_apart(&request(1000, &tree));
    }

    #[test]
    fn the_same_request_gives_the_same_places_and_an_empty_one_none() {
        let edges: Vec<(usize, usize, f32)> =
            (1..60).map(|to| ((to * 7) % to, to, if to % 3 == 0 { 0.0 } else { 64.0 })).collect();
        let request = request(60, &edges);
        assert_eq!(arrange(&request), arrange(&request));
        assert_apart(&request);
        assert_eq!(arrange(&Request::default()), Arranged::default());
    }
}
