//! Editing the journey shown: what the canvas' commands change, and what stays in place meanwhile.

use egui::vec2;

use crate::{
    app::{
        diagram::{
            graph::{Graph, NodeKey},
            hold::{Hold, Pick, Picker, snapped},
            scene::Scene,
        },
        filing::FilesIntent,
        intent::{Effect, Intent},
        selection::{Selection, several},
        state::Model,
    },
    journey::{
        BlockId, Journey, Note,
        edit::{EditCommand, Fragment, Port, fresh_note},
    },
    workspace::WorkspaceEdit,
};

impl Model {
    /// Changes the journey shown.
    pub(super) fn edit_shown(&mut self, command: EditCommand) -> Vec<Effect> {
        match self.view.journey.clone() {
            Some(id) => self.edit(WorkspaceEdit::Journey(id, command), None),
            None => Vec::new(),
        }
    }

    /// A journey, arranged.
    pub(super) fn scene_of(&self, journey: &Journey, before: Option<Scene>) -> Scene {
        let graph = Graph::of(journey, self.segments(), self.holds_triggers());
        Scene::of(graph, &journey.positions, before).with_notes(&journey.notes)
    }

    /// Draws the journey shown anew. What `anchor` stands for (else the node nearest to the middle
    /// of the view) stays where it is on the screen, however the others are arranged.
    pub(super) fn draw_again(&mut self, anchor: Option<NodeKey>) {
        let camera = self.camera();
        let before = self.scene.take().filter(|(id, _)| Some(id) == self.view.journey.as_ref());
        let Some(journey) = self.journey() else { return };
        let id = journey.id.clone();
        let scene = self.scene_of(journey, before.as_ref().map(|(_, scene)| scene.clone()));
        let moved = before.zip(camera).and_then(|((_, before), camera)| {
            let near = |at: usize| before.blocks[at].center().distance(camera.center);
            let nearest = || {
                let both = (0..before.blocks.len())
                    .filter(|at| scene.graph.position(&before.graph.nodes[*at].key).is_some());
                both.min_by(|a, b| near(*a).total_cmp(&near(*b))).map(|at| before.graph.nodes[at].key.clone())
            };
            let anchor = anchor
                .filter(|key| before.graph.position(key).is_some() && scene.graph.position(key).is_some());
            let key = anchor.or_else(nearest)?;
            let by = scene.place_of(&key)?.center() - before.place_of(&key)?.center();
            Some((camera, by))
        });
        self.scene = Some((id, scene));
        if let Some((camera, by)) = moved.filter(|(_, by)| *by != vec2(0.0, 0.0)) {
            self.look(camera.panned(-by * camera.zoom));
        }
    }

    /// What an edit happens at: that node stays in place on the screen.
    pub(super) fn anchor(&self, edit: &WorkspaceEdit) -> Option<NodeKey> {
        let WorkspaceEdit::Journey(_, command) = edit else { return None };
        match command {
            EditCommand::Insert { on: Some(port), .. }
            | EditCommand::Paste { on: Some(port), .. }
            | EditCommand::Connect { from: port, .. } => {
                Some(port.block().cloned().map_or(NodeKey::Trigger, NodeKey::Block))
            }
            // Blocks that are moved must not take the paper with them.
            EditCommand::Move(moved) => self.scene.as_ref().and_then(|(_, scene)| {
                let still = |key: &&NodeKey| key.block().is_none_or(|block| !moved.contains_key(block));
                scene.graph.nodes.iter().map(|node| &node.key).find(still).cloned()
            }),
            EditCommand::Delete(gone) => self.journey().and_then(|journey| {
                let leads = |port: &Port| port.target(journey).is_some_and(|to| gone.contains(to));
                let stays = |port: &Port| port.block().is_none_or(|block| !gone.contains(block));
                let before = Port::all(journey).into_iter().find(|port| leads(port) && stays(port))?;
                Some(before.block().cloned().map_or(NodeKey::Trigger, NodeKey::Block))
            }),
            _ => self.highlighted(),
        }
    }

    /// Lets go of what is held, open, said or selected: the innermost first.
    pub(super) fn let_go(&mut self) -> Vec<Effect> {
        if self.filing.dialog.is_some() {
            return self.apply(Intent::Files(FilesIntent::Stay));
        }
        let mut effects = Vec::new();
        match self.view.hold.take() {
            Some(Hold::Blocks { from, .. }) => {
                let was = |id: &BlockId| from.get(id).copied();
                let moved = self.scene.as_ref().is_some_and(|(_, scene)| {
                    let place = |id: &BlockId| scene.place_of(&NodeKey::Block(id.clone())).map(|at| at.min);
                    from.keys().any(|id| place(id) != was(id))
                });
                if let Some(opened) = self.opened.as_mut().filter(|_| moved) {
                    opened.document.undo();
                    opened.document.settle();
                }
                self.draw_again(None);
            }
            Some(Hold::Note { id, from, .. }) => {
                let place = |it: &Journey| it.notes.get(&id).map(|note| egui::pos2(note.at.x, note.at.y));
                let moved = self.journey().is_some_and(|it| place(it) != Some(from));
                if let Some(opened) = self.opened.as_mut().filter(|_| moved) {
                    opened.document.undo();
                    opened.document.settle();
                }
                self.draw_again(None);
            }
            Some(_) => {}
            None if self.view.picker.is_some() => self.view.picker = None,
            None if self.notice.is_some() => self.notice = None,
            None => effects = self.apply(Intent::Select(Selection::Nothing)),
        }
        effects
    }

    /// Nothing that was selected may be gone.
    pub(super) fn forget_gone(&mut self) {
        let there = |block: &BlockId| self.journey().is_some_and(|it| it.blocks.contains_key(block));
        let selection = match &self.view.selection {
            Selection::Node(NodeKey::Block(block)) if !there(block) => Selection::Nothing,
            Selection::Blocks(blocks) => {
                several(blocks.iter().filter(|block| there(block)).cloned().collect())
            }
            Selection::Edge(port)
                if self.scene.as_ref().is_none_or(|(_, scene)| scene.edge_of(port).is_none()) =>
            {
                Selection::Nothing
            }
            Selection::Note(id) if self.journey().is_none_or(|it| !it.notes.contains_key(id)) => {
                Selection::Nothing
            }
            Selection::Segment(id) if !self.segments().0.contains_key(id) => Selection::Nothing,
            _ => return,
        };
        self.view.selection = selection;
    }

    /// Deletes the selected blocks, or disconnects the selected edge.
    pub(super) fn delete_selected(&mut self) -> Vec<Effect> {
        if let Selection::Edge(port) = &self.view.selection {
            let command = EditCommand::Connect { from: port.clone(), to: None };
            return self.edit_shown(command);
        }
        if let Selection::Note(id) = &self.view.selection {
            return self.edit_shown(EditCommand::DeleteNote(id.clone()));
        }
        match self.selected_blocks() {
            blocks if blocks.is_empty() => Vec::new(),
            blocks => self.edit_shown(EditCommand::Delete(blocks)),
        }
    }

    /// Lays an empty note beside what is selected, else in the middle of the view, to be written.
    pub(super) fn add_note(&mut self) -> Vec<Effect> {
        let Some(((journey, (_, scene)), camera)) =
            self.journey().zip(self.scene.as_ref()).zip(self.camera())
        else {
            return Vec::new();
        };
        let beside = self.highlighted().and_then(|key| scene.place_of(&key));
        let at = beside.map_or(camera.center, |block| block.right_top() + vec2(24.0, 0.0));
        let id = fresh_note(journey);
        let note = Note { text: String::new(), at: snapped(at) };
        let effects = self.edit_shown(EditCommand::PutNote(id.clone(), note));
        self.view.selection = Selection::Note(id);
        self.view.panels.inspector = true;
        effects
    }

    pub(super) fn duplicate_selected(&mut self) -> Vec<Effect> {
        match self.selected_blocks() {
            blocks if blocks.is_empty() => Vec::new(),
            blocks => self.edit_shown(EditCommand::Duplicate(blocks)),
        }
    }

    pub(super) fn copy_selected(&mut self) -> Vec<Effect> {
        let Some(journey) = self.journey() else { return Vec::new() };
        let fragment = Fragment::copy(journey, &self.selected_blocks());
        if fragment.is_empty() { Vec::new() } else { vec![Effect::CopyText(fragment.to_text())] }
    }

    pub(super) fn cut_selected(&mut self) -> Vec<Effect> {
        let mut effects = self.copy_selected();
        if !effects.is_empty() {
            effects.extend(self.delete_selected());
        }
        effects
    }

    /// Pastes copied blocks: on the selected edge or the selected block's open exit, else by
    /// themselves.
    pub(super) fn paste(&mut self, text: &str) -> Vec<Effect> {
        let Ok(fragment) = Fragment::from_text(text) else {
            self.notice = Some(
                "What lies on the clipboard is no part of a journey. Copy some blocks first, then paste them."
                    .to_owned(),
            );
            return Vec::new();
        };
        let on = match &self.view.selection {
            Selection::Edge(port) => Some(port.clone()),
            _ => None,
        };
        self.edit_shown(EditCommand::Paste { fragment, on, at: None })
    }

    pub(super) fn select_all(&mut self) {
        if let Some(journey) = self.journey() {
            self.view.selection = several(journey.blocks.keys().cloned().collect());
        }
    }

    /// Opens the palette for what is selected: an edge, or a block's first open exit (else its
    /// first).
    pub(super) fn open_palette(&mut self) {
        let Some(((_, scene), camera)) = self.scene.as_ref().zip(self.camera()) else { return };
        let edge = if let Selection::Edge(port) = &self.view.selection {
            scene.edge_of(port)
        } else {
            let from = self.highlighted().and_then(|key| scene.graph.position(&key)).unwrap_or(0);
            let ways = || (0..scene.graph.edges.len()).filter(|at| scene.graph.edges[*at].from == from);
            ways().find(|at| scene.graph.edges[*at].to.is_none()).or_else(|| ways().next())
        };
        let at = match edge {
            Some(edge) => camera.to_screen(scene.pluses[edge], self.view.canvas),
            None => self.view.canvas.left_top() + vec2(16.0, 56.0),
        };
        let on = edge.map(|edge| scene.graph.edges[edge].port.clone());
        self.view.picker = Some(Picker::new(Pick::Add { on, at: None }, at));
    }

    pub(super) fn list_blocks(&mut self) {
        if self.scene.is_some() {
            let at = self.view.canvas.center_top() + vec2(-150.0, 24.0);
            self.view.picker = Some(Picker::new(Pick::Find, at));
        }
    }
}
