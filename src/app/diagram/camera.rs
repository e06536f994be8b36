//! Where one looks at the canvas from: pan and zoom as pure arithmetic.

use egui::{Pos2, Rect, Vec2};

/// Screen points for one canvas point.
const ZOOM: std::ops::RangeInclusive<f32> = 0.03..=3.0;
/// Room around a journey that is fitted into the view, in screen points.
const MARGIN: f32 = 32.0;
/// Room at the foot, where the zoom's buttons lie.
const FOOT: f32 = 64.0;
/// Room around a block that is brought into view.
const EDGE: f32 = 24.0;
/// A journey too tall to be read whole at this zoom is shown from its top instead.
const READABLE: f32 = 0.72;

/// A view of the canvas.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Camera {
    /// The canvas point in the middle of the view.
    pub center: Pos2,
    /// Screen points for one canvas point.
    pub zoom: f32,
}

impl Camera {
    /// Shows all of `bounds`, never larger than 100 %.
    pub fn fit(bounds: Rect, view: Vec2) -> Self {
        let room = (view - Vec2::new(2.0 * MARGIN, MARGIN + FOOT)).max(Vec2::splat(1.0));
        let size = bounds.size().max(Vec2::splat(1.0));
        let zoom = (room.x / size.x).min(room.y / size.y).min(1.0).clamp(*ZOOM.start(), *ZOOM.end());
        let lower = Vec2::new(0.0, (FOOT - MARGIN) / 2.0 / zoom);
        Self { center: bounds.center() + lower, zoom }
    }

    /// Moved as little as needed to show `wanted` (canvas) clear of the zoom's buttons; of what is
    /// too large its top left.
    #[must_use]
    pub fn showing(self, wanted: Rect, view: Rect) -> Self {
        let clear = Rect::from_min_max(view.min + Vec2::splat(EDGE), view.max - Vec2::new(EDGE, FOOT));
        let here = self.rect_to_screen(wanted, view);
        if !clear.is_positive() || clear.contains_rect(here) {
            return self;
        }
        // Positive moves right or down; what sticks out on both sides is led by its beginning.
        let shift = |least: f32, most: f32, from: f32, to: f32| {
            if from < least { least - from } else { (most - to).min(0.0).max(least - from) }
        };
        self.panned(Vec2::new(
            shift(clear.left(), clear.right(), here.left(), here.right()),
            shift(clear.top(), clear.bottom(), here.top(), here.bottom()),
        ))
    }

    /// The first look at a journey: all of it if it can be read so, else its top.
    pub fn first(bounds: Rect, trigger: Pos2, view: Vec2) -> Self {
        let fitted = Self::fit(bounds, view);
        if fitted.zoom >= READABLE {
            return fitted;
        }
        let zoom = READABLE.max(((view.x - 2.0 * MARGIN) / bounds.width().max(1.0)).min(0.85));
        let wide = bounds.width() * zoom > view.x - 2.0 * MARGIN;
        let x = if wide { trigger.x } else { bounds.center().x };
        Self { center: Pos2::new(x, bounds.top() + (view.y / 2.0 - MARGIN) / zoom), zoom }
    }

    /// Canvas to screen.
    pub fn to_screen(self, point: Pos2, view: Rect) -> Pos2 {
        view.center() + (point - self.center) * self.zoom
    }

    /// Screen to canvas.
    pub fn to_canvas(self, point: Pos2, view: Rect) -> Pos2 {
        self.center + (point - view.center()) / self.zoom
    }

    /// A canvas rectangle on the screen.
    pub fn rect_to_screen(self, rect: Rect, view: Rect) -> Rect {
        Rect::from_min_max(self.to_screen(rect.min, view), self.to_screen(rect.max, view))
    }

    /// The part of the canvas in view.
    pub fn visible(self, view: Rect) -> Rect {
        Rect::from_min_max(self.to_canvas(view.min, view), self.to_canvas(view.max, view))
    }

    /// Moved by a drag of the paper.
    #[must_use]
    pub fn panned(self, drag: Vec2) -> Self {
        Self { center: self.center - drag / self.zoom, ..self }
    }

    /// Zoomed by a factor; what is under `anchor` (screen) stays there.
    #[must_use]
    pub fn zoomed(self, factor: f32, anchor: Pos2, view: Rect) -> Self {
        let zoom = (self.zoom * factor).clamp(*ZOOM.start(), *ZOOM.end());
        let under = self.to_canvas(anchor, view);
        Self { center: under - (anchor - view.center()) / zoom, zoom }
    }

    /// Keeps at least a corner of the journey in view, so that nobody gets lost.
    #[must_use]
    pub fn kept_near(self, bounds: Rect, view: Rect) -> Self {
        let half = view.size() / 2.0 / self.zoom;
        let rest = (half - Vec2::splat(48.0 / self.zoom)).max(Vec2::ZERO);
        let reach = bounds.expand2(rest);
        Self { center: reach.clamp(self.center), ..self }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const VIEW: Rect = Rect { min: Pos2::new(100.0, 50.0), max: Pos2::new(900.0, 650.0) };

    #[test]
    fn there_and_back_is_the_same_point() {
        let camera = Camera { center: Pos2::new(20.0, 30.0), zoom: 0.5 };
        let point = Pos2::new(123.0, 321.0);
        assert!((camera.to_canvas(camera.to_screen(point, VIEW), VIEW) - point).length() < 0.01);
    }

    #[test]
    fn zooming_keeps_what_is_under_the_pointer() {
        let camera = Camera { center: Pos2::ZERO, zoom: 1.0 };
        let anchor = Pos2::new(300.0, 200.0);
        let under = camera.to_canvas(anchor, VIEW);
        let zoomed = camera.zoomed(1.7, anchor, VIEW);
        assert!((zoomed.to_screen(under, VIEW) - anchor).length() < 0.01);
        assert_eq!(camera.zoomed(1000.0, anchor, VIEW).zoom, 3.0);
    }

    #[test]
    fn fitting_shows_everything_and_never_magnifies() {
        let small = Rect::from_min_size(Pos2::ZERO, Vec2::splat(100.0));
        let fitted = Camera::fit(small, VIEW.size());
        assert_eq!(fitted.zoom, 1.0);
        assert_eq!(fitted.showing(small, VIEW), fitted, "nothing to move");
        let large = Rect::from_min_size(Pos2::ZERO, Vec2::new(4000.0, 900.0));
        assert!(Camera::fit(large, VIEW.size()).visible(VIEW).contains_rect(large));
    }

    #[test]
    fn what_is_wanted_comes_into_view_clear_of_the_buttons() {
        let camera = Camera { center: Pos2::ZERO, zoom: 1.0 };
        let below = Rect::from_min_size(Pos2::new(0.0, 240.0), Vec2::new(100.0, 50.0));
        let shown = camera.showing(below, VIEW).rect_to_screen(below, VIEW);
        assert_eq!((shown.bottom(), shown.left()), (VIEW.bottom() - FOOT, VIEW.center().x));
        let beside = Rect::from_min_size(Pos2::new(-500.0, 0.0), Vec2::new(100.0, 50.0));
        assert_eq!(camera.showing(beside, VIEW).rect_to_screen(beside, VIEW).left(), VIEW.left() + EDGE);
        let vast = Rect::from_min_size(Pos2::new(-300.0, 200.0), Vec2::new(4000.0, 50.0));
        assert_eq!(camera.showing(vast, VIEW).rect_to_screen(vast, VIEW).left(), VIEW.left() + EDGE);
    }

    #[test]
    fn a_tall_journey_opens_at_its_top() {
        let tall = Rect::from_min_size(Pos2::ZERO, Vec2::new(600.0, 3000.0));
        let camera = Camera::first(tall, Pos2::new(300.0, 26.0), VIEW.size());
        assert!(camera.zoom >= READABLE);
        let top = camera.to_screen(tall.center_top(), VIEW);
        assert!((top.y - VIEW.top() - MARGIN).abs() < 0.5 && (top.x - VIEW.center().x).abs() < 0.5);
    }

    #[test]
    fn the_journey_cannot_be_lost() {
        let bounds = Rect::from_min_size(Pos2::ZERO, Vec2::splat(100.0));
        let camera = Camera { center: Pos2::new(1.0e6, 0.0), zoom: 1.0 }.kept_near(bounds, VIEW);
        assert!(camera.visible(VIEW).intersects(bounds));
    }
}
