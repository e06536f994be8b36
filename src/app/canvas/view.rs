//! The canvas on the screen: look around, select, and change the journey by hand.

use egui::{
    Context, CursorIcon, Event, EventFilter, Key, PointerButton, Response, Role, Sense, Ui, WidgetInfo, vec2,
};

use super::{
    hands, held_chips, legend, minimap, notes, palette,
    picture::{Picture, ground_menu, node_id, plus_id},
    place, runs, tools,
};
use crate::app::{
    command::Command,
    diagram::{
        graph::NodeKey,
        hold::{Hold, Pick, Picker},
    },
    intent::{Intent, Intents},
    selection::Selection,
    state::Model,
    theme, widgets,
};

/// Whether the canvas has the keys: nothing has them, or the canvas, or a block or + on it.
pub fn has_keys(ctx: &Context, model: &Model) -> bool {
    let Some(focused) = ctx.memory(egui::Memory::focused) else { return true };
    focused == place::id()
        || model.scene.as_ref().is_some_and(|(journey, scene)| {
            scene.graph.nodes.iter().any(|node| node_id(journey, &node.key) == focused)
                || scene.notes.iter().any(|paper| notes::note_id(journey, &paper.id) == focused)
        })
}

/// Draws it.
pub fn show(ui: &mut Ui, model: &Model, intents: &mut Intents) {
    let t = theme::of(ui);
    let view = ui.available_rect_before_wrap();
    if view != model.view.canvas {
        intents.want(Intent::CanvasAt(view));
    }
    ui.painter().rect_filled(view, 0.0, t.background);
    // Lists come first: a press beside one closes it, and may open another.
    palette::show(ui, model, intents);
    let (Some((id, scene)), Some(camera)) = (&model.scene, model.camera()) else {
        return nothing(ui, model);
    };
    let ground = ui.interact(view, place::id(), Sense::click_and_drag());
    ground.widget_info(|| WidgetInfo::labeled(Role::Canvas, true, "Journey canvas"));
    ground_menu(&ground, model, intents);
    let picture = Picture { model, id, scene, camera, view, tokens: t, reading: model.reading(id) };
    picture.ground(ui);
    let pointer = ui.input(|input| input.pointer.hover_pos()).filter(|_| ui.rect_contains_pointer(view));
    let over = pointer.and_then(|at| picture.edge_under(camera.to_canvas(at, view), 8.0));
    let hovered = over.filter(|_| model.view.hold.is_none());
    notes::show(ui, &picture, intents);
    picture.edges(ui, hovered.or_else(|| hands::target_edge(&picture, pointer)));
    picture.nodes(ui, hovered, intents);
    held_chips::show(ui, &picture, intents);
    runs::show(ui, &picture);
    hands::handles(ui, &picture, intents);
    hands::drive(ui, &picture, intents);
    if scene.graph.nodes.len() == 1
        && let Some(plus) = scene.pluses.first()
    {
        tools::first_block(ui, picture.to_screen(*plus) + vec2(0.0, 24.0));
    }
    press(ui, &picture, &ground, over, intents);
    look_around(ui, &ground, &picture, intents);
    clipboard(ui, model, intents);
    keep_focus(ui, &picture);
    if let Some(map) = minimap::place(view)
        && let Some(look) = minimap::show(ui, scene, camera, view, map)
    {
        intents.want(Intent::Look(look));
    }
    tools::zoom_control(ui, camera, view, intents);
    legend::legend(ui, &picture.reading, view);
    legend::switch(ui, model.view.overlay, view, intents);
    tools::as_of(ui, model, view, intents);
    if let Some(button) = tools::add_button(ui, view) {
        let what = Pick::Add { on: None, at: None };
        let at = button.rect.left_bottom() + vec2(0.0, 6.0);
        intents.want(Intent::Pick(Some(Picker::new(what, at))));
    }
    if let Some(notice) = &model.notice
        && tools::notice(ui, notice, view)
    {
        intents.want(Intent::DismissNotice);
    }
}

fn nothing(ui: &mut Ui, model: &Model) {
    let (what, how) = if model.opened.is_some() {
        (
            "This workspace has no journey yet",
            "Begin one, empty or from a template, with the + beside Journeys at the left, or press Ctrl+N.",
        )
    } else if model.faults.is_empty() {
        ("Opening the workspace", "Its journeys appear here in a moment.")
    } else {
        ("No workspace is open", "Open a folder with workspace.ron from the menu at the top left.")
    };
    widgets::empty(ui, what, how);
}

/// A press on the ground selects the edge under it, or nothing; with Shift a drag draws a frame.
fn press(ui: &Ui, picture: &Picture<'_>, ground: &Response, over: Option<usize>, intents: &mut Intents) {
    if ground.clicked() {
        ground.request_focus();
        intents.want(Intent::Select(over.map_or(Selection::Nothing, |edge| {
            Selection::Edge(picture.scene.graph.edges[edge].port.clone())
        })));
    }
    let shift = ui.input(|input| input.modifiers.shift);
    if shift
        && ground.drag_started_by(PointerButton::Primary)
        && let Some(from) = ui.input(|input| input.pointer.press_origin())
    {
        let from = picture.camera.to_canvas(from, picture.view);
        intents.want(Intent::Hold(Some(Hold::Frame(from))));
    }
}

/// Pan by dragging, wheel, trackpad or space; zoom by ctrl and wheel, or pinch.
fn look_around(ui: &Ui, ground: &Response, picture: &Picture<'_>, intents: &mut Intents) {
    let (camera, view) = (picture.camera, picture.view);
    let mut next = camera;
    let shift = ui.input(|input| input.modifiers.shift);
    let panning = ground.dragged_by(PointerButton::Primary) && picture.model.view.hold.is_none() && !shift;
    if panning || ground.dragged_by(PointerButton::Middle) {
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
            let moved = ui.input(|input| input.pointer.delta());
            if moved != vec2(0.0, 0.0) {
                next = next.panned(moved);
                ui.data_mut(|data| data.insert_temp(crate::app::command::hand_id(), true));
            }
        }
    }
    if next != camera {
        intents.want(Intent::Look(next));
    }
}

/// The system's copy, cut and paste, where the canvas has the keys and no text is selected.
fn clipboard(ui: &Ui, model: &Model, intents: &mut Intents) {
    if model.filing.dialog.is_some()
        || !has_keys(ui.ctx(), model)
        || ui.ctx().plugin::<egui::text_selection::LabelSelectionState>().lock().has_selection()
    {
        return;
    }
    let wanted = ui.input(|input| {
        let intent = |event: &Event| match event {
            Event::Copy => Some(Intent::Run(Command::CopyBlocks)),
            Event::Cut => Some(Intent::Run(Command::CutBlocks)),
            Event::Paste(text) => Some(Intent::Paste(text.clone())),
            _ => None,
        };
        input.events.iter().filter_map(intent).collect::<Vec<_>>()
    });
    for intent in wanted {
        intents.want(intent);
    }
}

/// The arrow keys select; the focus of a block goes along with the selection.
fn keep_focus(ui: &Ui, picture: &Picture<'_>) {
    let Some(focused) = ui.memory(egui::Memory::focused) else { return };
    let is_focused = |key: &NodeKey| node_id(picture.id, key) == focused;
    let on_plus = || picture.scene.graph.edges.iter().any(|edge| plus_id(picture.id, edge) == focused);
    let on_block = picture.scene.graph.nodes.iter().find(|node| is_focused(&node.key));
    if focused == place::id() || on_block.is_some() || on_plus() {
        let arrows = EventFilter { horizontal_arrows: true, vertical_arrows: true, ..EventFilter::default() };
        ui.memory_mut(|memory| memory.set_focus_lock_filter(focused, arrows));
    }
    if let Some(selected) = picture.model.highlighted()
        && on_block.is_some_and(|node| node.key != selected)
        && !ui.input(|input| input.key_pressed(Key::Tab))
    {
        ui.memory_mut(|memory| memory.request_focus(node_id(picture.id, &selected)));
    }
}
