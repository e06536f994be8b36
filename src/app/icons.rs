//! Small icons, drawn: they take their colour from the tokens and are crisp at every scale.

use egui::{Color32, Painter, Pos2, Rect, Shape, Stroke, pos2, vec2};

/// An icon.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Icon {
    /// Opens a list.
    ChevronDown,
    /// Closes.
    Cross,
    /// Less.
    Minus,
    /// More.
    Plus,
    /// Sorted from first to last.
    ArrowUp,
    /// Sorted from last to first.
    ArrowDown,
    /// Sent.
    Check,
    /// Still waiting.
    Clock,
    /// Left out.
    Skip,
    /// Something to look at.
    Warning,
    /// A theme.
    HalfMoon,
    /// Search.
    Lens,
    /// Is otherwise than before.
    Differs,
    /// Something is to be reported: a flag.
    Report,
    /// To the beginning.
    First,
    /// A step back.
    Back,
    /// Plays.
    Play,
    /// Stops playing.
    Pause,
    /// A step forward.
    Forward,
    /// To the end.
    Last,
}

impl Icon {
    /// Draws it in the middle of a rectangle, as large as its shorter side.
    pub fn paint(self, painter: &Painter, rect: Rect, color: Color32) {
        let side = rect.width().min(rect.height());
        let at = |x: f32, y: f32| rect.center() + vec2(x, y) * side / 2.0;
        let stroke = Stroke::new((side * 0.11).max(1.2), color);
        let line = |points: &[(f32, f32)]| {
            let points: Vec<Pos2> = points.iter().map(|(x, y)| at(*x, *y)).collect();
            painter.add(Shape::line(points, stroke));
        };
        let triangle = |corners: &[(f32, f32)]| {
            let corners: Vec<Pos2> = corners.iter().map(|(x, y)| at(*x, *y)).collect();
            painter.add(Shape::convex_polygon(corners, color, Stroke::NONE));
        };
        match self {
            Self::ChevronDown => line(&[(-0.55, -0.28), (0.0, 0.28), (0.55, -0.28)]),
            Self::Cross => {
                line(&[(-0.5, -0.5), (0.5, 0.5)]);
                line(&[(-0.5, 0.5), (0.5, -0.5)]);
            }
            Self::Minus => line(&[(-0.6, 0.0), (0.6, 0.0)]),
            Self::Plus => {
                line(&[(-0.6, 0.0), (0.6, 0.0)]);
                line(&[(0.0, -0.6), (0.0, 0.6)]);
            }
            Self::ArrowUp => {
                line(&[(0.0, 0.6), (0.0, -0.6)]);
                line(&[(-0.45, -0.15), (0.0, -0.6), (0.45, -0.15)]);
            }
            Self::ArrowDown => {
                line(&[(0.0, -0.6), (0.0, 0.6)]);
                line(&[(-0.45, 0.15), (0.0, 0.6), (0.45, 0.15)]);
            }
            Self::Check => line(&[(-0.6, 0.05), (-0.15, 0.5), (0.65, -0.45)]),
            Self::Clock => {
                painter.circle_stroke(rect.center(), side * 0.42, stroke);
                line(&[(0.0, -0.45), (0.0, 0.0), (0.35, 0.2)]);
            }
            Self::Skip => {
                painter.circle_stroke(rect.center(), side * 0.42, stroke);
                line(&[(-0.55, 0.55), (0.55, -0.55)]);
            }
            Self::Warning => {
                let bar = Stroke::new(side * 0.2, color);
                painter.line_segment([at(0.0, -0.62), at(0.0, 0.18)], bar);
                painter.circle_filled(at(0.0, 0.6), side * 0.12, color);
            }
            Self::HalfMoon => {
                let radius = side * 0.4;
                painter.circle_stroke(rect.center(), radius, stroke);
                let half: Vec<Pos2> = (0_u8..=16)
                    .map(|step| {
                        let angle = std::f32::consts::PI * (f32::from(step) / 16.0 - 0.5);
                        rect.center() + vec2(angle.cos(), angle.sin()) * radius
                    })
                    .collect();
                painter.add(Shape::convex_polygon(half, color, Stroke::NONE));
            }
            Self::Differs => {
                line(&[(-0.6, -0.25), (0.6, -0.25)]);
                line(&[(-0.6, 0.25), (0.6, 0.25)]);
                line(&[(-0.3, 0.7), (0.3, -0.7)]);
            }
            Self::Report => {
                line(&[(-0.45, 0.8), (-0.45, -0.7), (0.6, -0.7), (0.25, -0.3), (0.6, 0.1), (-0.45, 0.1)]);
            }
            Self::First | Self::Last => {
                let way = if self == Self::First { -1.0 } else { 1.0 };
                triangle(&[(-0.45 * way, -0.55), (0.35 * way, 0.0), (-0.45 * way, 0.55)]);
                line(&[(0.6 * way, -0.6), (0.6 * way, 0.6)]);
            }
            Self::Back => triangle(&[(0.35, -0.55), (-0.45, 0.0), (0.35, 0.55)]),
            Self::Forward => triangle(&[(-0.35, -0.55), (0.45, 0.0), (-0.35, 0.55)]),
            Self::Play => triangle(&[(-0.6, -0.85), (0.85, 0.0), (-0.6, 0.85)]),
            Self::Pause => {
                let bar = Stroke::new(side * 0.22, color);
                painter.line_segment([at(-0.4, -0.7), at(-0.4, 0.7)], bar);
                painter.line_segment([at(0.4, -0.7), at(0.4, 0.7)], bar);
            }
            Self::Lens => {
                painter.circle_stroke(at(-0.12, -0.12), side * 0.32, stroke);
                painter.line_segment([at(0.32, 0.32), at(0.75, 0.75)], stroke);
            }
        }
    }

    /// Draws it `side` points large around a point.
    pub fn paint_at(self, painter: &Painter, center: Pos2, side: f32, color: Color32) {
        self.paint(painter, Rect::from_center_size(pos2(center.x, center.y), vec2(side, side)), color);
    }
}
