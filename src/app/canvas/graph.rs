//! A journey as nodes and edges, before anything is placed.

use std::collections::{BTreeMap, BTreeSet};

use crate::{
    app::words::block::{self, BlockFamily},
    journey::{BlockId, ExitId, Journey, Segments, model::exit},
};

/// What a node of the canvas stands for.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum NodeKey {
    /// The journey's trigger.
    Trigger,
    /// A block.
    Block(BlockId),
}

/// A node.
#[derive(Clone, Debug, PartialEq)]
pub struct Node {
    /// What it stands for.
    pub key: NodeKey,
    /// Its colour.
    pub family: BlockFamily,
    /// What kind of block it is, in words.
    pub kind: &'static str,
    /// Its name.
    pub title: String,
    /// One line under it.
    pub summary: String,
}

/// A way from one node to another.
#[derive(Clone, Debug, PartialEq)]
pub struct Edge {
    /// Position of the node it leaves.
    pub from: usize,
    /// Position of the node it leads to.
    pub to: usize,
    /// Exits it stands for (a message's `sent` and unconnected `not_sent` are one way).
    pub exits: Vec<ExitId>,
    /// What it is called; empty where there is nothing to say.
    pub name: String,
}

/// Nodes in reading order (from the trigger on, left to right), and edges in order of their exits.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Graph {
    /// The nodes; the trigger is first.
    pub nodes: Vec<Node>,
    /// The edges.
    pub edges: Vec<Edge>,
}

/// The exit of the trigger that a run takes.
pub const STARTED: &str = "started";
/// The exit of the trigger for held triggers that nobody claimed.
pub const NEVER_IDENTIFIED: &str = "never_identified";

impl Graph {
    /// The graph of a journey.
    pub fn of(journey: &Journey, segments: &Segments) -> Self {
        let order = reading_order(journey);
        let position: BTreeMap<&BlockId, usize> =
            order.iter().enumerate().map(|(at, id)| (*id, at + 1)).collect();
        let mut nodes = vec![Node {
            key: NodeKey::Trigger,
            family: BlockFamily::Trigger,
            kind: "Trigger",
            title: block::trigger_title(journey, segments),
            summary: block::trigger_summary(journey),
        }];
        let mut edges = Vec::new();
        let mut connect = |from: usize, to: &BlockId, exits: Vec<ExitId>, name: String| {
            if let Some(to) = position.get(to) {
                edges.push(Edge { from, to: *to, exits, name });
            }
        };
        if let Some(start) = &journey.start {
            connect(0, start, vec![STARTED.into()], String::new());
        }
        if let Some(block) = &journey.never_identified {
            connect(0, block, vec![NEVER_IDENTIFIED.into()], "never identified".to_owned());
        }
        for id in &order {
            let block = &journey.blocks[*id];
            nodes.push(Node {
                key: NodeKey::Block((*id).clone()),
                family: block::family(&block.kind),
                kind: block.kind.name(),
                title: block::title(block).to_owned(),
                summary: block::summary(block, journey.goal.as_ref(), segments),
            });
            let from = nodes.len() - 1;
            for (exits, to, name) in ways(block) {
                connect(from, to, exits, name);
            }
        }
        Self { nodes, edges }
    }

    /// Position of a node.
    pub fn position(&self, key: &NodeKey) -> Option<usize> {
        self.nodes.iter().position(|node| node.key == *key)
    }
}

/// Where a block leads: exits (joined where they are one way), target, name.
fn ways(block: &crate::journey::Block) -> Vec<(Vec<ExitId>, &BlockId, String)> {
    let exits = block.kind.exits();
    let joined = block.exits.contains_key(exit::SENT) && !block.exits.contains_key(exit::NOT_SENT);
    let mut ways = Vec::new();
    for exit in exits {
        let Some(to) = block.exits.get(&exit) else { continue };
        if joined && exit.as_str() == exit::SENT {
            ways.push((vec![exit, exit::NOT_SENT.into()], to, String::new()));
        } else {
            let name = block::exit_name(&block.kind, exit.as_str());
            ways.push((vec![exit], to, name));
        }
    }
    ways
}

/// Blocks from the trigger on, depth first by exits; then those no path reaches, by id.
fn reading_order(journey: &Journey) -> Vec<&BlockId> {
    let mut seen = BTreeSet::new();
    let mut order = Vec::new();
    let roots = [&journey.start, &journey.never_identified].into_iter().flatten();
    for root in roots.chain(journey.blocks.keys()) {
        let mut stack = vec![root];
        while let Some(id) = stack.pop() {
            let Some((id, block)) = journey.blocks.get_key_value(id) else { continue };
            if seen.insert(id) {
                order.push(id);
                stack.extend(ways(block).into_iter().rev().map(|(_, to, _)| to));
            }
        }
    }
    order
}
