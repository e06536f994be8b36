//! One picture of a journey: what is in view, painted and ready to be pressed.

use std::collections::BTreeMap;

use egui::{
    Color32, CursorIcon, Id, PointerButton, Pos2, Rect, Response, Role, Sense, Stroke, Ui, Vec2, WidgetInfo,
    vec2,
};

use super::{
    overlay::{EdgeMark, Line, NodeMark, Reading, Tone},
    paint::{self, BlockLook, Detail},
    place,
};
use crate::{
    app::{
        command::Command,
        diagram::{
            camera::Camera,
            graph::{Edge, NodeKey},
            hold::{Hold, Pick, Picker},
            route,
            scene::{STUB, Scene},
        },
        intent::{Intent, Intents},
        selection::Selection,
        state::Model,
        theme::Tokens,
        widgets,
    },
    journey::{BlockId, JourneyId, Place, Severity},
    words::counted,
};

/// A picture of a scene.
pub struct Picture<'a> {
    /// The model.
    pub model: &'a Model,
    /// The journey.
    pub id: &'a JourneyId,
    /// It, arranged.
    pub scene: &'a Scene,
    /// Where it is looked at from.
    pub camera: Camera,
    /// Where the canvas is on the screen.
    pub view: Rect,
    /// Colours.
    pub tokens: &'static Tokens,
    /// What is told of the replay.
    pub reading: Reading<'a>,
}

/// Room for what is told of a way without a name, in canvas points.
const UNNAMED: Vec2 = Vec2::new(150.0, 18.0);

/// What a screen reader says of the marks on a block.
fn said_of(mark: &NodeMark) -> String {
    let said: Vec<&str> =
        mark.pills.iter().map(|pill| pill.said.as_str()).filter(|it| !it.is_empty()).collect();
    said.join(", ")
}

/// How many problems a node has, and whether one of them is an error.
type Problems<'a> = BTreeMap<Option<&'a BlockId>, (usize, bool)>;

/// What the menu of a block offers.
const BLOCK_MENU: [Command; 6] = [
    Command::CutBlocks,
    Command::CopyBlocks,
    Command::PasteBlocks,
    Command::DuplicateBlocks,
    Command::DeleteBlocks,
    Command::CopyBugReport,
];
/// What the menu of the ground offers.
const GROUND_MENU: [Command; 7] = [
    Command::AddBlock,
    Command::AddNote,
    Command::PasteBlocks,
    Command::SelectAll,
    Command::FindBlock,
    Command::ArrangeBlocks,
    Command::ZoomFit,
];

fn menu(response: &Response, model: &Model, commands: &[Command], intents: &mut Intents) {
    response.context_menu(|ui| {
        for command in commands {
            if widgets::menu_command(ui, model, *command, None) {
                intents.run(*command);
            }
        }
    });
}

/// The menu of the ground.
pub fn ground_menu(ground: &Response, model: &Model, intents: &mut Intents) {
    menu(ground, model, &GROUND_MENU, intents);
}

/// The id of a node's widget.
pub fn node_id(journey: &JourneyId, key: &NodeKey) -> Id {
    Id::unique(("block", journey.as_str(), key))
}

/// The id of the + of an edge.
pub fn plus_id(journey: &JourneyId, edge: &Edge) -> Id {
    Id::unique(("plus", journey.as_str(), &edge.port))
}

impl Picture<'_> {
    /// A canvas point on the screen.
    pub fn to_screen(&self, point: Pos2) -> Pos2 {
        self.camera.to_screen(point, self.view)
    }
    fn detail(&self) -> Detail {
        Detail::at(self.camera.zoom)
    }

    /// Whether what the pointer rests on is told: not while it holds something, and not through a
    /// dialog.
    const fn tells(&self) -> bool {
        self.model.view.hold.is_none() && self.model.filing.dialog.is_none()
    }

    /// The dots.
    pub fn ground(&self, ui: &Ui) {
        let painter = ui.painter_at(self.view);
        let visible = self.camera.visible(self.view);
        paint::grid(&painter, self.tokens, visible, self.camera.zoom, |point| self.to_screen(point));
    }

    /// The edges in view, with `hovered` and what is selected set off.
    pub fn edges(&self, ui: &Ui, hovered: Option<usize>) {
        let t = self.tokens;
        let zoom = self.camera.zoom;
        let painter = ui.painter_at(self.view);
        let visible = self.camera.visible(self.view);
        let selected = match &self.model.view.selection {
            Selection::Edge(port) => self.scene.edge_of(port),
            _ => None,
        };
        let nodes = &self.scene.graph.nodes;
        let edges = &self.scene.graph.edges;
        let flows: Vec<Option<u64>> =
            edges.iter().map(|edge| self.reading.flow(&nodes[edge.from], edge)).collect();
        let most = flows.iter().flatten().copied().max().unwrap_or(0);
        let seen: Vec<(usize, EdgeMark)> = (0..edges.len())
            .filter(|at| self.scene.reaches[*at].intersects(visible))
            .map(|at| (at, self.reading.edge(&nodes[edges[at].from], &edges[at])))
            .collect();
        let set_off = |at: usize| hovered == Some(at) || selected == Some(at);
        for (at, mark) in &seen {
            let edge = &edges[*at];
            let open = edge.to.is_none();
            if open && self.detail() == Detail::Shape {
                continue;
            }
            let flow = if open { None } else { flows[*at] };
            let width = edge_width(flow, most) * zoom.max(0.4) + f32::from(u8::from(selected == Some(*at)));
            let color = if set_off(*at) { t.accent } else { paint::line_color(t, mark.tone) };
            let stroke = Stroke::new(width, color);
            let curve = &self.scene.curves[*at];
            if self.detail() == Detail::Shape {
                paint::far_edge(&painter, curve, |point| self.to_screen(point), stroke);
            } else if mark.line != Line::Solid {
                let stroke = Stroke::new(stroke.width.max(1.6), stroke.color);
                paint::broken_edge(&painter, curve, |point| self.to_screen(point), mark.line, stroke);
            } else {
                paint::edge(&painter, curve, |point| self.to_screen(point), stroke);
            }
        }
        if self.detail() != Detail::Full {
            return;
        }
        for (at, mark) in seen {
            let edge = &edges[at];
            let slot = self.camera.rect_to_screen(self.scene.labels[at], self.view);
            if edge.name.is_empty() {
                // A way without a name says something only where that is what is looked for.
                if mark.tone != Tone::Plain && mark.tone != Tone::Good && !mark.text.is_empty() {
                    let room = Rect::from_center_size(self.to_screen(self.scene.pluses[at]), UNNAMED * zoom);
                    paint::label(&painter, t, zoom, room, &mark.text, mark.tone, set_off(at));
                }
                continue;
            }
            let text = match mark.text.as_str() {
                "" => edge.name.clone(),
                more => format!("{} · {more}", edge.name),
            };
            let room = if mark.tone == Tone::Plain { slot } else { slot.expand2(vec2(28.0, 0.0) * zoom) };
            paint::label(&painter, t, zoom, room, &text, mark.tone, set_off(at));
        }
    }

    /// The nodes in view, each followed by the + of its edges.
    pub fn nodes(&self, ui: &Ui, hovered: Option<usize>, intents: &mut Intents) {
        let problems = self.problems();
        let highlighted = self.model.highlighted();
        let chosen = self.model.selected_blocks();
        let mut edges = self.scene.graph.edges.iter().enumerate().peekable();
        for (at, node) in self.scene.graph.nodes.iter().enumerate() {
            let rect = self.camera.rect_to_screen(self.scene.blocks[at], self.view);
            if rect.expand(12.0).intersects(self.view) {
                let selected = highlighted.as_ref() == Some(&node.key)
                    || node.key.block().is_some_and(|block| chosen.contains(block));
                let here = problems.get(&node.key.block()).copied();
                self.node(ui, at, rect, selected, here, intents);
            }
            while let Some((number, _)) = edges.next_if(|(_, edge)| edge.from == at) {
                self.plus(ui, number, hovered == Some(number), intents);
            }
        }
    }

    fn node(
        &self,
        ui: &Ui,
        at: usize,
        rect: Rect,
        selected: bool,
        problems: Option<(usize, bool)>,
        intents: &mut Intents,
    ) {
        let node = &self.scene.graph.nodes[at];
        let zoom = self.camera.zoom;
        let sense = if node.key == NodeKey::Trigger { Sense::click() } else { Sense::click_and_drag() };
        let response = ui.interact(rect.intersect(self.view), node_id(self.id, &node.key), sense);
        let came = self.reading.tally.map(|tally| tally.came(&node.key));
        let mark = self.reading.node(node);
        let told = said_of(&mark);
        response.widget_info(|| {
            WidgetInfo::selected(Role::Button, true, selected, self.said(at, came, &told, problems))
        });
        let target = self.model.view.hold.as_ref().is_some_and(|hold| matches!(hold, Hold::Way(_)))
            && ui.rect_contains_pointer(rect)
            && node.key != NodeKey::Trigger;
        paint::block(
            &ui.painter_at(self.view),
            self.tokens,
            zoom,
            &BlockLook {
                rect,
                family: node.family,
                title: &node.title,
                summary: &node.summary,
                mark,
                selected: selected || target || response.has_focus(),
                hovered: response.hovered() || target,
                problem: problems.map(|(_, error)| self.problem_color(error)),
                noted: !node.note.is_empty(),
            },
        );
        self.pressed(ui, &node.key, &response, selected, intents);
        if node.key != NodeKey::Trigger {
            menu(&response, self.model, &BLOCK_MENU, intents);
        }
        let whole = self.detail() == Detail::Full && node.summary.len() < 34 && node.note.is_empty();
        if !whole && self.tells() {
            let note = if node.note.is_empty() { String::new() } else { format!("\n\n{}", node.note) };
            response.on_hover_text(format!("{}\n{}{note}", node.title, node.summary));
        }
    }

    /// Selecting and taking a node.
    fn pressed(&self, ui: &Ui, key: &NodeKey, response: &Response, selected: bool, intents: &mut Intents) {
        if response.clicked() {
            let shift = ui.input(|input| input.modifiers.shift || input.modifiers.command);
            intents.want(Intent::Select(match key.block() {
                Some(block) if shift => {
                    let mut blocks = self.model.selected_blocks();
                    if !blocks.remove(block) {
                        blocks.insert(block.clone());
                    }
                    crate::app::selection::several(blocks)
                }
                _ => Selection::Node(key.clone()),
            }));
            ui.memory_mut(|memory| memory.request_focus(place::id()));
        } else if response.gained_focus() || response.secondary_clicked() && !selected {
            intents.want(Intent::Select(Selection::Node(key.clone())));
        }
        if let Some(block) = key.block()
            && response.drag_started_by(PointerButton::Primary)
            && let Some(taken) = ui.input(|input| input.pointer.press_origin())
        {
            // Who drags has stopped typing, though no press ended it.
            ui.memory_mut(|memory| memory.request_focus(place::id()));
            let mut blocks = self.model.selected_blocks();
            if !blocks.contains(block) {
                blocks = [block.clone()].into();
                intents.want(Intent::Select(Selection::Node(key.clone())));
            }
            let place = |id: &BlockId| self.scene.place_of(&NodeKey::Block(id.clone())).map(|at| at.min);
            let from = blocks.into_iter().filter_map(|id| place(&id).map(|at| (id, at))).collect();
            let gesture = Id::unique(("move", ui.ctx().cumulative_pass_nr())).value();
            let taken = self.camera.to_canvas(taken, self.view);
            intents.want(Intent::Hold(Some(Hold::Blocks { taken, from, gesture })));
        }
    }

    /// The + of an edge: always there for keys, seen under the pointer; at open exits always seen.
    fn plus(&self, ui: &Ui, at: usize, hovered: bool, intents: &mut Intents) {
        let edge = &self.scene.graph.edges[at];
        let place = self.to_screen(self.scene.pluses[at]);
        let open = edge.to.is_none();
        if self.detail() < Detail::Name || !self.view.expand(8.0).contains(place) {
            return;
        }
        let zoom = self.camera.zoom;
        // On an edge the + leaves room to press the edge itself.
        let side = (if open { STUB } else { STUB - 4.0 } * zoom).clamp(14.0, 28.0);
        let rect = Rect::from_center_size(place, Vec2::splat(side));
        let id = plus_id(self.id, edge);
        let response = ui.interact(rect.intersect(self.view), id, Sense::click_and_drag());
        let name = self.plus_name(edge);
        response.widget_info(|| WidgetInfo::labeled(Role::Button, true, &name));
        let picking = self.model.view.picker.as_ref().is_some_and(
            |picker| matches!(&picker.what, Pick::Add { on: Some(port), .. } if *port == edge.port),
        );
        let lively = response.hovered() || response.has_focus() || picking;
        if open || hovered || lively {
            paint::plus(&ui.painter_at(self.view), self.tokens, rect, open, lively);
        }
        if response.drag_started_by(PointerButton::Primary) {
            intents.want(Intent::Hold(Some(Hold::Way(edge.port.clone()))));
        }
        let response = if self.tells() { response.on_hover_text(&name) } else { response };
        if response.hovered() {
            ui.set_cursor_icon(CursorIcon::PointingHand);
        }
        if response.clicked() {
            let what = Pick::Add { on: Some(edge.port.clone()), at: None };
            let under = rect.center_bottom() + egui::vec2(-24.0, 6.0);
            intents.want(Intent::Pick(Some(Picker::new(what, under))));
        }
    }

    /// What the + of an edge says.
    pub fn plus_name(&self, edge: &Edge) -> String {
        let title = |at: usize| self.scene.graph.nodes[at].title.as_str();
        match edge.to {
            Some(to) => format!("Add a block between {} and {}", title(edge.from), title(to)),
            None if edge.name.is_empty() => format!("Add a block after {}", title(edge.from)),
            None => format!("Add a block after {}, {}", title(edge.from), edge.name),
        }
    }

    /// What a screen reader says of a node.
    fn said(&self, at: usize, came: Option<u64>, told: &str, problems: Option<(usize, bool)>) -> String {
        let node = &self.scene.graph.nodes[at];
        let mut said = format!("{}, {}", node.title, node.kind.to_lowercase());
        if let Some(came) = came {
            said = format!("{said}, {}", counted(came, "run", "runs"));
        }
        if !told.is_empty() {
            said = format!("{said}, {told}");
        }
        if let Some((number, _)) = problems {
            said = format!("{said}, {}", counted(number as u64, "problem", "problems"));
        }
        said = format!("{said}, {}, {}", node.summary, counted(node.exits as u64, "exit", "exits"));
        if node.note.is_empty() { said } else { format!("{said}, with a note") }
    }

    /// The problems of each node; `None` is the trigger.
    fn problems(&self) -> Problems<'_> {
        let mut problems = Problems::new();
        for problem in self.model.problems_of(self.id) {
            let node = match &problem.place {
                Place::Trigger | Place::Journey => None,
                Place::Block(id) | Place::Exit(id, _) => Some(id),
            };
            let (number, error) = problems.entry(node).or_default();
            *number += 1;
            *error |= problem.severity == Severity::Error;
        }
        problems
    }

    const fn problem_color(&self, error: bool) -> Color32 {
        if error { self.tokens.not_sent } else { self.tokens.deferred }
    }

    /// The edge under a canvas point, unless a block lies over it.
    pub fn edge_under(&self, point: Pos2, reach: f32) -> Option<usize> {
        let free = self.scene.node_at(point).is_none();
        free.then(|| self.scene.edge_at(point, reach / self.camera.zoom)).flatten()
    }

    /// Where an edge ends on the screen.
    pub fn end_of(&self, edge: usize) -> Option<Pos2> {
        self.scene.curves[edge].last().map(|cubic| self.to_screen(route::point(cubic, 1.0)))
    }
}

/// Width of an edge by its share of the widest flow.
pub fn edge_width(flow: Option<u64>, most: u64) -> f32 {
    match flow {
        Some(flow) if flow > 0 && most > 0 => 1.5 + 2.5 * (flow as f32 / most as f32).sqrt(),
        _ => 1.2,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn width_follows_flow() {
        assert!(edge_width(Some(40), 40) > edge_width(Some(10), 40));
        assert!(edge_width(Some(10), 40) > edge_width(Some(0), 40));
        assert_eq!(edge_width(None, 0), edge_width(Some(0), 0));
    }
}
