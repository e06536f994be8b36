//! What the pointer holds: blocks, a way out, a frame, a block from the palette.

use std::collections::BTreeMap;

use egui::{
    CornerRadius, CursorIcon, Id, PointerButton, Pos2, Rect, Role, Sense, Stroke, StrokeKind, Ui, Vec2,
    WidgetInfo, vec2,
};

use super::{
    notes,
    paint::{self, Detail},
    picture::Picture,
    place,
};
use crate::{
    app::{
        diagram::{
            graph::NodeKey,
            hold::{Hold, Pick, Picker, fits, snapped},
            scene::{BLOCK, FEET},
        },
        intent::{Intent, Intents},
        selection::{Selection, several},
    },
    journey::{
        BlockId, Position,
        edit::{EditCommand, Gesture, Port, Starter},
    },
    words::block::family,
    workspace::WorkspaceEdit,
};

/// Radius of a port, in screen points at 100 %.
const PORT: f32 = 5.0;
/// How near a block from the palette must come to an edge to be put on it, in screen points.
const NEAR: f32 = 26.0;

/// Ports at the foot of the block that is selected or under the pointer, and at the end of the
/// selected edge: a drag from one leads the way out elsewhere.
pub fn handles(ui: &Ui, picture: &Picture<'_>, intents: &mut Intents) {
    if Detail::at(picture.camera.zoom) != Detail::Full || picture.model.view.hold.is_some() {
        return;
    }
    // A port stays while it is pressed, also when the pointer has left its block.
    let pointer = ui.input(|input| input.pointer.press_origin().or_else(|| input.pointer.hover_pos()));
    let under = pointer.and_then(|at| {
        let near = picture.scene.blocks.iter().rposition(|block| {
            picture.camera.rect_to_screen(*block, picture.view).expand2(vec2(0.0, 8.0)).contains(at)
        });
        near.filter(|_| picture.view.contains(at))
    });
    let selected = picture.model.highlighted().and_then(|key| picture.scene.graph.position(&key));
    for (at, edge) in picture.scene.graph.edges.iter().enumerate() {
        let chosen = picture.model.view.selection == Selection::Edge(edge.port.clone());
        let foot = picture.scene.curves[at].first().map(|cubic| picture.to_screen(cubic[0]));
        let from = &picture.scene.graph.nodes[edge.from].title;
        if let Some(foot) = foot.filter(|_| Some(edge.from) == under || Some(edge.from) == selected) {
            let exit = if edge.name.is_empty() { String::new() } else { format!(", {}", edge.name) };
            handle(ui, picture, foot, &edge.port, &format!("Connect {from}{exit}"), intents);
            // A message that cannot be sent goes on with the others until it is led elsewhere.
            if let Some(joined) = edge.joined() {
                let beside = foot + vec2(FEET * picture.camera.zoom, 0.0);
                handle(ui, picture, beside, &joined, &format!("Connect {from}, not sent"), intents);
            }
        }
        if let Some(end) = picture.end_of(at).filter(|_| chosen && edge.to.is_some()) {
            handle(ui, picture, end, &edge.port, &format!("Lead {from} elsewhere"), intents);
        }
    }
}

fn handle(ui: &Ui, picture: &Picture<'_>, at: Pos2, port: &Port, name: &str, intents: &mut Intents) {
    let t = picture.tokens;
    let rect = Rect::from_center_size(at, Vec2::splat(16.0));
    let id = Id::unique(("port", picture.id.as_str(), port, name));
    let response = ui.interact(rect.intersect(picture.view), id, Sense::click_and_drag());
    response.widget_info(|| WidgetInfo::labeled(Role::Button, true, name));
    let radius = if response.hovered() { PORT + 1.5 } else { PORT };
    let fill = if response.hovered() { t.accent } else { t.panel };
    ui.painter_at(picture.view).circle(at, radius, fill, Stroke::new(1.5, t.accent));
    if response.hovered() {
        ui.set_cursor_icon(CursorIcon::Crosshair);
    }
    if response.drag_started_by(PointerButton::Primary) {
        intents.want(Intent::Hold(Some(Hold::Way(port.clone()))));
    }
    if response.clicked() && picture.scene.edge_of(port).is_some() {
        intents.want(Intent::Select(Selection::Edge(port.clone())));
        ui.memory_mut(|memory| memory.request_focus(place::id()));
    }
    let joined = picture.scene.edge_of(port).is_none();
    response.on_hover_text(if joined {
        "Drag to a block to lead there who could not be sent it"
    } else {
        "Drag to a block to lead this way there, click to select the way"
    });
}

/// The edge a block from the palette would be put on.
pub fn target_edge(picture: &Picture<'_>, pointer: Option<Pos2>) -> Option<usize> {
    let Some(Hold::Starter(starter)) = &picture.model.view.hold else { return None };
    let at = picture.camera.to_canvas(pointer?, picture.view);
    let edge = picture.edge_under(at, NEAR)?;
    let found = &picture.scene.graph.edges[edge];
    fits(&starter.kind(), Some(&found.port), found.to.is_some()).then_some(edge)
}

/// Moves on what is held, and puts it down when the pointer lets go.
pub fn drive(ui: &Ui, picture: &Picture<'_>, intents: &mut Intents) {
    let Some(hold) = &picture.model.view.hold else { return };
    let Some(at) = place::pointer(ui, picture.camera, picture.view) else { return };
    let put_down = !ui.input(|input| input.pointer.primary_down());
    match hold {
        Hold::Blocks { taken, from, gesture } => {
            move_blocks(ui, picture, at - *taken, from, *gesture, intents);
        }
        Hold::Note { .. } => notes::carry(ui, picture, hold, at, intents),
        Hold::Way(port) => lead(ui, picture, port, at, put_down, intents),
        Hold::Frame(from) => frame(ui, picture, Rect::from_two_pos(*from, at), put_down, intents),
        Hold::Starter(starter) => bring(ui, picture, *starter, at, put_down, intents),
    }
    if put_down {
        intents.want(Intent::Hold(None));
        if matches!(hold, Hold::Blocks { .. } | Hold::Note { .. }) {
            intents.want(Intent::Settle);
        }
    }
}

/// Wants the journey shown changed.
fn change(picture: &Picture<'_>, command: EditCommand, gesture: Option<Gesture>, intents: &mut Intents) {
    let edit = WorkspaceEdit::Journey(picture.id.clone(), command);
    intents.want(Intent::Edit(Box::new(edit), gesture));
}

fn move_blocks(
    ui: &Ui,
    picture: &Picture<'_>,
    by: Vec2,
    from: &BTreeMap<BlockId, Pos2>,
    gesture: Gesture,
    intents: &mut Intents,
) {
    ui.set_cursor_icon(CursorIcon::Grabbing);
    let to: BTreeMap<BlockId, Position> =
        from.iter().map(|(id, at)| (id.clone(), snapped(*at + by))).collect();
    let there = |id: &BlockId, to: &Position| {
        let place = picture.scene.place_of(&NodeKey::Block(id.clone()));
        place.is_some_and(|place| place.min == Pos2::new(to.x, to.y))
    };
    if !to.iter().all(|(id, to)| there(id, to)) {
        change(picture, EditCommand::Move(to), Some(gesture), intents);
    }
}

/// Leads a way out to the block under the pointer; on free ground the palette opens.
fn lead(ui: &Ui, picture: &Picture<'_>, port: &Port, at: Pos2, put_down: bool, intents: &mut Intents) {
    let t = picture.tokens;
    let edge = picture.scene.edge_with(port);
    let start = edge.and_then(|edge| picture.scene.curves[edge].first()).map(|cubic| cubic[0]);
    let target = picture.scene.node_at(at).and_then(|node| picture.scene.graph.nodes[node].key.block());
    let target = target.filter(|to| Some(*to) != port.block());
    let painter = ui.painter_at(picture.view);
    ui.set_cursor_icon(CursorIcon::Crosshair);
    if let Some(start) = start {
        let reach = vec2(0.0, ((at.y - start.y) / 2.0).abs().max(24.0));
        let curve = [[start, start + reach, at - reach, at]];
        paint::edge(&painter, &curve, |point| picture.to_screen(point), Stroke::new(2.0, t.accent));
        painter.circle_filled(picture.to_screen(at), PORT, t.accent);
    }
    if !put_down {
        return;
    }
    match target {
        Some(to) => {
            let command = EditCommand::Connect { from: port.clone(), to: Some(to.clone()) };
            change(picture, command, None, intents);
        }
        None if picture.scene.node_at(at).is_none() => {
            let what = Pick::Add { on: Some(port.clone()), at: None };
            intents.want(Intent::Pick(Some(Picker::new(what, picture.to_screen(at)))));
        }
        None => {}
    }
}

fn frame(ui: &Ui, picture: &Picture<'_>, area: Rect, put_down: bool, intents: &mut Intents) {
    let t = picture.tokens;
    let rect = picture.camera.rect_to_screen(area, picture.view);
    let painter = ui.painter_at(picture.view);
    let radius = CornerRadius::same(2);
    painter.rect(rect, radius, t.accent.gamma_multiply(0.08), Stroke::new(1.0, t.accent), StrokeKind::Inside);
    if put_down {
        intents.want(Intent::Select(several(picture.scene.within(area))));
    }
}

/// Brings a block from the palette to an edge, an open exit or free ground.
fn bring(ui: &Ui, picture: &Picture<'_>, starter: Starter, at: Pos2, put_down: bool, intents: &mut Intents) {
    let screen = picture.to_screen(at);
    let inside = picture.view.contains(screen);
    let kind = starter.kind();
    ui.set_cursor_icon(CursorIcon::Grabbing);
    let look = Rect::from_center_size(screen, BLOCK * picture.camera.zoom);
    let painter = ui.ctx().layer_painter(egui::LayerId::new(egui::Order::Foreground, Id::unique("brought")));
    paint::brought(&painter, picture.tokens, picture.camera.zoom, look, family(&kind), starter.name());
    if !put_down || !inside {
        return;
    }
    let edge = target_edge(picture, Some(screen)).map(|edge| picture.scene.graph.edges[edge].port.clone());
    let free = edge.is_none().then(|| snapped(at - BLOCK / 2.0));
    change(picture, EditCommand::Insert { kind, on: edge, at: free }, None, intents);
}
