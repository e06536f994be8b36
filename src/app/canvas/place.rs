//! The canvas as a place on the screen: what has its keys, and where the pointer is on it.

use egui::{Id, Pos2, Rect, Ui};

use crate::app::diagram::camera::Camera;

/// Who has the keys when the canvas has them.
pub fn id() -> Id {
    Id::unique("canvas")
}

/// Where the pointer is on the canvas.
pub fn pointer(ui: &Ui, camera: Camera, view: Rect) -> Option<Pos2> {
    ui.input(|input| input.pointer.latest_pos()).map(|at| camera.to_canvas(at, view))
}
