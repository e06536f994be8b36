//! A journey as nodes and edges, before anything is placed.

use std::collections::BTreeMap;

use crate::{
    journey::{Block, BlockId, ExitId, Journey, Segments, edit::Port},
    words::block::{self, BlockFamily},
};

/// What a node of the canvas stands for.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum NodeKey {
    /// The journey's trigger.
    Trigger,
    /// A block.
    Block(BlockId),
}

impl NodeKey {
    /// The block; `None`: the trigger.
    pub const fn block(&self) -> Option<&BlockId> {
        match self {
            Self::Trigger => None,
            Self::Block(id) => Some(id),
        }
    }
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
    /// What colleagues should know.
    pub note: String,
    /// How many exits it has.
    pub exits: usize,
}

/// A way from one node to another, or an exit that still leads nowhere.
#[derive(Clone, Debug, PartialEq)]
pub struct Edge {
    /// Position of the node it leaves.
    pub from: usize,
    /// Position of the node it leads to; `None`: nowhere yet.
    pub to: Option<usize>,
    /// The way out that is led elsewhere, or that a block is put on.
    pub port: Port,
    /// Exits it stands for (a message's `sent` and unconnected `not_sent` are one way).
    pub exits: Vec<ExitId>,
    /// What it is called; empty where there is nothing to say.
    pub name: String,
}

impl Edge {
    /// The way out that goes along with this one until it is led elsewhere: a message's
    /// `not_sent`.
    pub fn joined(&self) -> Option<Port> {
        let block = self.port.block()?;
        self.exits.get(1).map(|exit| Port::Exit(block.clone(), exit.clone()))
    }
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
    /// The graph of a journey. Where the platform holds triggers, the trigger also has a way for
    /// visitors who are never identified.
    pub fn of(journey: &Journey, segments: &Segments, holds: bool) -> Self {
        let order = journey.reading_order();
        let position: BTreeMap<&BlockId, usize> =
            order.iter().enumerate().map(|(at, id)| (*id, at + 1)).collect();
        let place = |to: Option<&BlockId>| to.and_then(|to| position.get(to)).copied();
        let never = place(journey.never_identified.as_ref());
        let mut nodes = vec![Node {
            key: NodeKey::Trigger,
            family: BlockFamily::Trigger,
            kind: "Trigger",
            title: block::trigger_title(journey, segments),
            summary: block::trigger_summary(journey),
            note: journey.note.clone(),
            exits: 1 + usize::from(holds || never.is_some()),
        }];
        let mut edges = vec![Edge {
            from: 0,
            to: place(journey.start.as_ref()),
            port: Port::Start,
            exits: vec![STARTED.into()],
            name: String::new(),
        }];
        if holds || never.is_some() {
            edges.push(Edge {
                from: 0,
                to: never,
                port: Port::NeverIdentified,
                exits: vec![NEVER_IDENTIFIED.into()],
                name: "never identified".to_owned(),
            });
        }
        for id in &order {
            let block = &journey.blocks[*id];
            let from = nodes.len();
            nodes.push(Node {
                key: NodeKey::Block((*id).clone()),
                family: block::family(&block.kind),
                kind: block.kind.name(),
                title: block::title(block).to_owned(),
                summary: block::summary(block, journey.goal.as_ref(), segments),
                note: block.note.clone(),
                exits: block.kind.exits().len(),
            });
            edges.extend(ways(block).map(|way| Edge {
                from,
                to: place(way.to),
                port: Port::Exit((*id).clone(), way.exits[0].clone()),
                exits: way.exits,
                name: way.name,
            }));
        }
        Self { nodes, edges }
    }

    /// Position of a node.
    pub fn position(&self, key: &NodeKey) -> Option<usize> {
        self.nodes.iter().position(|node| node.key == *key)
    }
}

/// A way out of a block.
struct Way<'a> {
    /// Its exits: several where they are one way.
    exits: Vec<ExitId>,
    /// Where it leads.
    to: Option<&'a BlockId>,
    /// What it is called.
    name: String,
}

/// The ways out of a block, in order of its exits.
fn ways(block: &Block) -> impl Iterator<Item = Way<'_>> {
    block.ways().into_iter().filter_map(|exits| {
        let first = exits.first()?;
        let name =
            if exits.len() == 1 { block::exit_name(&block.kind, first.as_str()) } else { String::new() };
        Some(Way { to: block.exits.get(first), name, exits })
    })
}
