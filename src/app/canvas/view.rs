//! The canvas on the screen: pan, zoom, select, and what the last replay says on blocks and edges.

use egui::{
    Color32, CursorIcon, Frame, Id, Key, PointerButton, Pos2, Rect, Response, Role, Sense, Stroke, Ui,
    WidgetInfo, vec2,
};

use super::{
    camera::Camera,
    graph::{Edge, NEVER_IDENTIFIED, NodeKey, STARTED},
    minimap,
    paint::{self, BlockLook, Detail},
    route,
    scene::Scene,
};
use crate::{
    app::{
        command::Command,
        intent::Intent,
        session::Outcome,
        state::{Model, Selection},
        theme::{self, Tokens, fonts, size},
        views::{Intents, icons::Icon, widgets},
        words::{count, counted},
    },
    journey::{JourneyId, Place, Severity},
    simulator::JourneyCounts,
};

/// Who has the keys when the canvas has them.
pub fn id() -> Id {
    Id::unique("canvas")
}

/// Draws it.
pub fn show(ui: &mut Ui, model: &Model, intents: &mut Intents) {
    let t = theme::of(ui);
    let view = ui.available_rect_before_wrap();
    if view != model.view.canvas {
        intents.want(Intent::CanvasAt(view));
    }
    ui.painter().rect_filled(view, 0.0, t.background);
    let (Some((id, scene)), Some(camera)) = (&model.scene, model.camera()) else {
        return nothing(ui, model);
    };
    let ground = ui.interact(view, self::id(), Sense::click_and_drag());
    ground.widget_info(|| WidgetInfo::labeled(Role::Canvas, true, "Journey canvas"));
    let drawing = Drawing { model, id, scene, camera, view, tokens: t };
    drawing.ground(ui);
    let hovered = ground.hover_pos().map(|at| camera.to_canvas(at, view));
    drawing.edges(ui, hovered);
    drawing.blocks(ui, intents);
    look_around(ui, &ground, camera, view, intents);
    if ground.clicked() {
        ground.request_focus();
        intents.want(Intent::Select(Selection::Nothing));
    }
    if let Some(map) = minimap::place(view)
        && let Some(look) = minimap::show(ui, scene, camera, view, map)
    {
        intents.want(Intent::Look(look));
    }
    zoom_control(ui, camera, view, intents);
}

fn nothing(ui: &mut Ui, model: &Model) {
    let (what, how) = if model.opened.is_some() {
        (
            "This workspace has no journey yet",
            "Put a journey file (.ron) into its journeys folder and open the workspace again.",
        )
    } else if model.faults.is_empty() {
        ("Opening the workspace", "Its journeys appear here in a moment.")
    } else {
        ("No workspace is open", "Open a folder with workspace.ron from the menu at the top left.")
    };
    widgets::empty(ui, what, how);
}

/// Pan by dragging, wheel, trackpad or space; zoom by ctrl and wheel, or pinch.
fn look_around(ui: &Ui, ground: &Response, camera: Camera, view: Rect, intents: &mut Intents) {
    let mut next = camera;
    if ground.dragged_by(PointerButton::Primary) || ground.dragged_by(PointerButton::Middle) {
        next = next.panned(ground.drag_delta());
        ui.set_cursor_icon(CursorIcon::Grabbing);
    }
    // Blocks lie over the ground, so the pointer is asked for, not the ground's hover.
    let over = ui.rect_contains_pointer(view) && ui.ctx().dragged_id().is_none();
    if over {
        let (scroll, zoom, pointer) =
            ui.input(|input| (input.smooth_scroll_delta(), input.zoom_delta(), input.pointer.hover_pos()));
        next = next.panned(scroll);
        if zoom != 1.0 {
            next = next.zoomed(zoom, pointer.unwrap_or(view.center()), view);
        }
        // With the space bar held the paper sticks to the pointer, blocks or not.
        if ui.input(|input| input.key_down(Key::Space)) && !ui.ctx().egui_wants_keyboard_input() {
            ui.set_cursor_icon(CursorIcon::Grab);
            next = next.panned(ui.input(|input| input.pointer.delta()));
        }
    }
    if next != camera {
        intents.want(Intent::Look(next));
    }
}

fn zoom_control(ui: &mut Ui, camera: Camera, view: Rect, intents: &mut Intents) {
    let t = theme::of(ui);
    let rect = Rect::from_min_size(view.left_bottom() + vec2(16.0, -16.0 - 32.0), vec2(152.0, 32.0));
    let builder = egui::UiBuilder::new().max_rect(rect);
    ui.scope_builder(builder, |ui| {
        Frame::new()
            .fill(t.panel)
            .stroke(Stroke::new(1.0, t.line_strong))
            .corner_radius(f32::from(size::RADIUS))
            .inner_margin(2)
            .show(ui, |ui| {
                ui.horizontal_centered(|ui| {
                    ui.spacing_mut().item_spacing.x = 2.0;
                    let mut button = |ui: &mut Ui, icon: Icon, command: Command| {
                        let tip = widgets::command_tip(ui, command);
                        if widgets::icon_button(ui, icon, command.text(), 26.0).on_hover_text(tip).clicked() {
                            intents.run(command);
                        }
                    };
                    button(ui, Icon::Minus, Command::ZoomOut);
                    let zoom = format!("{:.0} %", camera.zoom * 100.0);
                    let full = flat_button(ui, &zoom, "Zoom to 100 %", 48.0)
                        .on_hover_text(widgets::command_tip(ui, Command::ZoomFull));
                    button(ui, Icon::Plus, Command::ZoomIn);
                    let fit = flat_button(ui, "Fit", "Fit journey", 38.0)
                        .on_hover_text(widgets::command_tip(ui, Command::ZoomFit));
                    if full.clicked() {
                        intents.run(Command::ZoomFull);
                    }
                    if fit.clicked() {
                        intents.run(Command::ZoomFit);
                    }
                });
            });
    });
}

fn flat_button(ui: &mut Ui, text: &str, name: &str, width: f32) -> Response {
    let t = theme::of(ui);
    let (rect, response) = ui.allocate_exact_size(vec2(width, 26.0), Sense::click());
    response.widget_info(|| WidgetInfo::labeled(Role::Button, true, name));
    if response.hovered() {
        ui.painter().rect_filled(rect, f32::from(size::RADIUS), t.hover);
    }
    ui.painter().text(rect.center(), egui::Align2::CENTER_CENTER, text, fonts::figures(), t.text_weak);
    widgets::focus_ring(ui, &response, size::RADIUS);
    response
}

/// One drawing of a scene.
struct Drawing<'a> {
    model: &'a Model,
    id: &'a JourneyId,
    scene: &'a Scene,
    camera: Camera,
    view: Rect,
    tokens: &'static Tokens,
}

impl Drawing<'_> {
    fn outcome(&self) -> Option<&Outcome> {
        self.model.outcome.as_deref()
    }
    fn counts(&self) -> Option<&JourneyCounts> {
        self.outcome().and_then(|outcome| outcome.counts(self.id))
    }
    fn to_screen(&self, point: Pos2) -> Pos2 {
        self.camera.to_screen(point, self.view)
    }

    fn ground(&self, ui: &Ui) {
        let painter = ui.painter_at(self.view);
        let visible = self.camera.visible(self.view);
        paint::grid(&painter, self.tokens, visible, self.camera.zoom, |point| self.to_screen(point));
    }

    fn edges(&self, ui: &Ui, hovered: Option<Pos2>) {
        let t = self.tokens;
        let zoom = self.camera.zoom;
        let painter = ui.painter_at(self.view);
        let visible = self.camera.visible(self.view);
        let flows: Vec<Option<u64>> = self.scene.graph.edges.iter().map(|edge| self.flow(edge)).collect();
        let most = flows.iter().flatten().copied().max().unwrap_or(0);
        let hovered = hovered.and_then(|point| self.scene.edge_at(point, 6.0 / zoom));
        let seen: Vec<usize> = (0..flows.len())
            .filter(|at| {
                route::bounds(&self.scene.curves[*at]).union(self.scene.labels[*at]).intersects(visible)
            })
            .collect();
        for at in &seen {
            let width = edge_width(flows[*at], most) * zoom.max(0.4);
            let color = if hovered == Some(*at) { t.accent } else { t.edge };
            paint::edge(
                &painter,
                &self.scene.curves[*at],
                |point| self.to_screen(point),
                Stroke::new(width, color),
            );
        }
        if Detail::at(zoom) == Detail::Full {
            for at in seen {
                let edge = &self.scene.graph.edges[at];
                if !edge.name.is_empty() {
                    let slot = self.camera.rect_to_screen(self.scene.labels[at], self.view);
                    let text = match flows[at] {
                        Some(flow) => format!("{} · {}", edge.name, count(flow)),
                        None => edge.name.clone(),
                    };
                    paint::label(&painter, t, zoom, slot, &text, hovered == Some(at));
                }
            }
        }
    }

    fn blocks(&self, ui: &Ui, intents: &mut Intents) {
        let painter = ui.painter_at(self.view);
        let highlighted = self.model.highlighted();
        for (node, block) in self.scene.graph.nodes.iter().zip(&self.scene.blocks) {
            let rect = self.camera.rect_to_screen(*block, self.view);
            if !rect.expand(12.0).intersects(self.view) {
                continue;
            }
            let id = Id::unique(("block", self.id.as_str(), &node.key));
            let response = ui.interact(rect.intersect(self.view), id, Sense::click());
            let came = self.came(&node.key);
            let problems = self.problems(&node.key);
            let selected = highlighted.as_ref() == Some(&node.key);
            let mut label = format!("{}, {}", node.title, node.kind.to_lowercase());
            if let Some(came) = came {
                label = format!("{label}, {}", counted(came, "run", "runs"));
            }
            if let Some((_, number)) = problems {
                label = format!("{label}, {}", counted(number as u64, "problem", "problems"));
            }
            response.widget_info(|| WidgetInfo::selected(Role::Button, true, selected, &label));
            let held = self.held(&node.key);
            paint::block(
                &painter,
                self.tokens,
                self.camera.zoom,
                &BlockLook {
                    rect,
                    family: node.family,
                    title: &node.title,
                    summary: &node.summary,
                    count: came.map(count),
                    held: held.map(|held| format!("{} held", count(held))),
                    selected: selected || response.has_focus(),
                    hovered: response.hovered(),
                    problem: problems.map(|(color, _)| color),
                    idle: came == Some(0),
                },
            );
            let tip = || block_tip(&node.title, &node.summary);
            let response = if Detail::at(self.camera.zoom) == Detail::Full && node.summary.len() < 34 {
                response
            } else {
                response.on_hover_text(tip())
            };
            if response.clicked() {
                intents.want(Intent::Select(Selection::Node(node.key.clone())));
            }
        }
    }

    /// How many came to a node.
    fn came(&self, key: &NodeKey) -> Option<u64> {
        let outcome = self.outcome()?;
        Some(match (outcome.counts(self.id), key) {
            (None, _) => 0,
            (Some(counts), NodeKey::Trigger) => counts.started,
            (Some(counts), NodeKey::Block(id)) => counts.blocks.get(id).map_or(0, |block| block.entered),
        })
    }

    /// How many triggers were held at the trigger.
    fn held(&self, key: &NodeKey) -> Option<u64> {
        let held = self.counts()?.held.values().sum();
        (*key == NodeKey::Trigger && held > 0).then_some(held)
    }

    /// How many took an edge.
    fn flow(&self, edge: &Edge) -> Option<u64> {
        let outcome = self.outcome()?;
        let Some(counts) = outcome.counts(self.id) else { return Some(0) };
        let from = &self.scene.graph.nodes[edge.from].key;
        let through = |exit: &str| match (from, exit) {
            (NodeKey::Trigger, STARTED) => counts.started,
            (NodeKey::Trigger, NEVER_IDENTIFIED) => counts.held.get(NEVER_IDENTIFIED).copied().unwrap_or(0),
            (NodeKey::Trigger, _) => 0,
            (NodeKey::Block(id), exit) => {
                counts.blocks.get(id).and_then(|block| block.exits.get(exit)).copied().unwrap_or(0)
            }
        };
        Some(edge.exits.iter().map(|exit| through(exit.as_str())).sum())
    }

    /// Colour of the worst problem of a node, and how many it has.
    fn problems(&self, key: &NodeKey) -> Option<(Color32, usize)> {
        let here = self.outcome()?.problems(self.id).iter().filter(|problem| match (&problem.place, key) {
            (Place::Trigger | Place::Journey, NodeKey::Trigger) => true,
            (Place::Block(id) | Place::Exit(id, _), NodeKey::Block(block)) => id == block,
            _ => false,
        });
        let (mut number, mut error) = (0, false);
        for problem in here {
            number += 1;
            error |= problem.severity == Severity::Error;
        }
        let color = if error { self.tokens.not_sent } else { self.tokens.deferred };
        (number > 0).then_some((color, number))
    }
}

fn block_tip(title: &str, summary: &str) -> String {
    format!("{title}\n{summary}")
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
