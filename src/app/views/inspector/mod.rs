//! The details on the right: of a block, a message, a segment, a recording, a group of people,
//! or of the journey when nothing is selected.

mod block;
mod device;
mod dotted;
mod found;
mod headcount;
mod held;
mod journey;
mod journey_form;
mod kinds;
mod lists;
mod message;
mod moment;
mod note;
mod parts;
mod person;
mod preview;
mod remedy;
pub mod segment_form;
mod trigger_form;
mod why;
mod workspace_form;

use egui::{Frame, Margin, Panel, ScrollArea, Ui};

use super::inspector::parts::title;
use crate::{
    app::{
        diagram::graph::{Edge, Graph, NodeKey},
        intent::Intents,
        selection::Selection,
        state::Model,
        theme::{self, fonts},
        widgets,
    },
    words,
};

/// Draws it.
pub fn show(ui: &mut Ui, model: &Model, intents: &mut Intents) {
    let t = theme::of(ui);
    if !model.view.panels.inspector {
        return;
    }
    let width = if ui.available_width() < 1400.0 { 296.0 } else { 336.0 };
    let frame = Frame::new().fill(t.panel).inner_margin(Margin { left: 16, right: 8, top: 14, bottom: 0 });
    let panel =
        Panel::right("inspector").resizable(true).default_size(width).size_range(240.0..=520.0).frame(frame);
    panel.show(ui, |ui| {
        moment::show(ui, model, intents);
        // Of something else the beginning is seen, not where one was reading before.
        let what = ("inspector", format!("{:?}", model.view.selection));
        ScrollArea::vertical().id_salt(what).auto_shrink(false).show(ui, |ui| {
            ui.set_max_width(ui.available_width() - 8.0);
            ui.spacing_mut().item_spacing = egui::vec2(6.0, 2.0);
            content(ui, model, intents);
            ui.add_space(16.0);
        });
    });
}

fn content(ui: &mut Ui, model: &Model, intents: &mut Intents) {
    match &model.view.selection {
        Selection::Message(_) => {
            if let Some(found) = model.message() {
                return message::show(ui, model, found, intents);
            }
        }
        Selection::Node(key) => {
            if let Some(journey) = model.journey() {
                match key {
                    NodeKey::Trigger => return journey::trigger(ui, model, journey, intents),
                    NodeKey::Block(id) => {
                        if let Some(found) = journey.blocks.get(id) {
                            return block::show(ui, model, journey, id, found, intents);
                        }
                    }
                }
            }
        }
        Selection::Blocks(blocks) => {
            let what = format!("{} blocks selected", blocks.len());
            return title(ui, &what, "Move, copy, duplicate or delete them together.");
        }
        Selection::Note(id) => {
            if let Some((journey, found)) =
                model.journey().and_then(|journey| journey.notes.get(id).map(|note| (journey, note)))
            {
                return note::show(ui, model, journey, id, found, intents);
            }
        }
        Selection::Segment(id) => {
            if let Some(segment) = model.segments().0.get(id) {
                return lists::segment(ui, model, id, segment, intents);
            }
        }
        Selection::Recording(at) => {
            if let Some(source) = model.sources.get(*at) {
                return lists::recording(ui, model, *at, source);
            }
        }
        Selection::Workspace => {
            if let Some(workspace) = model.workspace() {
                return workspace_form::show(ui, model, workspace, intents);
            }
        }
        Selection::Person(ids) => {
            if let Some((outcome, found)) = model.outcome.as_ref().zip(model.person(ids)) {
                return person::show(ui, model, outcome, found, intents);
            }
            if let Some(outcome) = &model.outcome {
                return device::show(ui, model, outcome, ids, intents);
            }
        }
        Selection::People(group) => return lists::people(ui, model, *group),
        Selection::Edge(port) => {
            if let Some((_, scene)) = &model.scene
                && let Some(edge) = scene.edge_of(port).map(|at| &scene.graph.edges[at])
            {
                return way(ui, &scene.graph, edge);
            }
        }
        Selection::Nothing => {}
    }
    match model.journey() {
        Some(journey) => journey::show(ui, model, journey, intents),
        None => widgets::empty(
            ui,
            "No workspace is open",
            "Open a folder with workspace.ron from the menu, or drop one on the window.",
        ),
    }
}

/// A way from one block to another.
fn way(ui: &mut Ui, graph: &Graph, edge: &Edge) {
    let called = |at: usize| graph.nodes[at].title.as_str();
    let (what, how) = match edge.to {
        Some(to) => (
            format!("From {} to {}", called(edge.from), called(to)),
            "Press Delete to disconnect it, drag its end to another block, or press + to add a block on it.",
        ),
        None => (
            format!("From {} to nowhere", called(edge.from)),
            "Nothing comes after it yet. Press + to add a block, or drag the + to one.",
        ),
    };
    let name = if edge.name.is_empty() { String::new() } else { words::sentence(&edge.name) };
    title(ui, &what, &name);
    widgets::paragraph(ui, how, fonts::body(), theme::of(ui).text_weak);
}
