//! The whole journey in a corner, with a frame around what is in view.

use egui::{CornerRadius, Pos2, Rect, Role, Sense, Stroke, StrokeKind, Ui, Vec2, WidgetInfo, vec2};

use crate::app::{
    diagram::{camera::Camera, scene::Scene},
    theme::{self, size},
};

/// Its size in a large view, and in a small one.
const SIZES: [Vec2; 2] = [Vec2::new(152.0, 112.0), Vec2::new(112.0, 84.0)];
/// Between its frame and what it shows.
const PAD: f32 = 8.0;

/// Where it goes in a view; nowhere if the view is small.
pub fn place(view: Rect) -> Option<Rect> {
    let size = SIZES[usize::from(view.width() < 900.0 || view.height() < 520.0)];
    (view.width() > 520.0 && view.height() > 260.0)
        .then(|| Rect::from_min_size(view.right_bottom() - size - vec2(16.0, 16.0), size))
}

/// How the canvas is shown in the map: canvas points to screen points.
pub fn camera(bounds: Rect, map: Rect) -> Camera {
    let room = map.size() - Vec2::splat(2.0 * PAD);
    let zoom = (room.x / bounds.width().max(1.0)).min(room.y / bounds.height().max(1.0));
    Camera { center: bounds.center(), zoom }
}

/// Draws it; a click or drag in it returns where to look.
pub fn show(ui: &Ui, scene: &Scene, look: Camera, view: Rect, map: Rect) -> Option<Camera> {
    let t = theme::of(ui);
    let painter = ui.painter_at(map.expand(1.0));
    let radius = CornerRadius::same(size::BLOCK_RADIUS);
    painter.rect(map, radius, t.panel, Stroke::new(1.0, t.line_strong), StrokeKind::Inside);
    let small = camera(scene.bounds, map);
    for paper in &scene.notes {
        painter.rect_filled(small.rect_to_screen(paper.rect, map), 1.0, t.line);
    }
    for block in &scene.blocks {
        painter.rect_filled(small.rect_to_screen(*block, map), 1.5, t.line_strong);
    }
    let seen = small.rect_to_screen(look.visible(view), map).intersect(map.shrink(3.0));
    if seen.is_positive() {
        painter.rect_stroke(seen, CornerRadius::same(3), Stroke::new(1.0, t.accent), StrokeKind::Inside);
    }
    let response = ui.interact(map, ui.unique_id().with("minimap"), Sense::click_and_drag());
    response.widget_info(|| WidgetInfo::labeled(Role::Button, true, "Map of the journey"));
    let at: Pos2 = response.interact_pointer_pos()?;
    Some(Camera { center: small.to_canvas(at, map), ..look })
}

#[cfg(test)]
mod tests {
    use super::*;
    use egui::pos2;

    #[test]
    fn it_holds_the_whole_journey_and_hides_in_small_views() {
        let view = Rect::from_min_size(pos2(0.0, 0.0), vec2(900.0, 600.0));
        let map = place(view).expect("room for a map");
        assert!(view.contains_rect(map));
        let bounds = Rect::from_min_size(pos2(-50.0, 0.0), vec2(3000.0, 1200.0));
        assert!(map.contains_rect(camera(bounds, map).rect_to_screen(bounds, map)));
        assert_eq!(place(Rect::from_min_size(pos2(0.0, 0.0), vec2(300.0, 600.0))), None);
    }
}
