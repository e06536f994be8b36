//! Edges as curves: from lanes to cubic Béziers, and how near a point is to one.

use egui::{Pos2, Rect, Vec2, pos2, vec2};

use super::layout::Lane;

/// One cubic Bézier.
pub type Cubic = [Pos2; 4];

/// The curve of an edge between two blocks: down from the upper one's lower side, `foot` points
/// from its middle, through its lane, into the middle of the lower one's upper side. An edge that
/// leads back up leaves and enters at the sides.
pub fn route(from: Rect, foot: f32, to: Rect, lane: &Lane) -> Vec<Cubic> {
    if lane.back {
        return route_back(from, to, lane);
    }
    let (start, end) = (from.center_bottom() + vec2(foot, 0.0), to.center_top());
    if lane.through.len() <= 1 && lies_between(start, end, pos2(lane.label.x, lane.label.y)) {
        return vec![swing(start, end)];
    }
    let mut curve = Curve { at: start, pieces: Vec::new() };
    for stretch in &lane.through {
        curve.down_to(pos2(stretch.x, stretch.top));
        curve.straight_to(pos2(stretch.x, stretch.bottom));
    }
    curve.down_to(end);
    curve.pieces
}

/// Whether one swing from block to block passes a label so near its middle that the label lies on
/// it (the wider the swing, the flatter is its middle), and not so wide that it runs along others.
fn lies_between(start: Pos2, end: Pos2, label: Pos2) -> bool {
    const WIDEST: f32 = 420.0;
    let width = (end.x - start.x).abs();
    let near = (width * 0.15).max(24.0);
    (start.lerp(end, 0.5).x - label.x).abs() <= near && width <= WIDEST
}

/// An S from one point down to another, upright at both.
fn swing(start: Pos2, end: Pos2) -> Cubic {
    let handle = vec2(0.0, (end.y - start.y) * 0.6);
    [start, start + handle, end - handle, end]
}

fn route_back(from: Rect, to: Rect, lane: &Lane) -> Vec<Cubic> {
    let x = lane.label.x;
    let right = x >= from.center().x;
    let side = |rect: Rect| if right { rect.right_center() } else { rect.left_center() };
    if lane.through.is_empty() {
        // A block that leads to itself: a loop at its side.
        let (low, high) = (side(from) + vec2(0.0, 12.0), side(from) - vec2(0.0, 12.0));
        return vec![[low, pos2(x, low.y + 12.0), pos2(x, high.y - 12.0), high]];
    }
    let mut curve = Curve { at: side(from), pieces: Vec::new() };
    for (number, stretch) in lane.through.iter().rev().enumerate() {
        let (low, high) = (pos2(stretch.x, stretch.bottom), pos2(stretch.x, stretch.top));
        if number == 0 {
            curve.out_to(low);
        } else {
            curve.down_to(low);
        }
        curve.straight_to(high);
    }
    let end = side(to);
    let corner = pos2(curve.at.x, end.y);
    curve.pieces.push([curve.at, corner, corner, end]);
    curve.pieces
}

struct Curve {
    at: Pos2,
    pieces: Vec<Cubic>,
}

impl Curve {
    /// On to a point that is passed vertically.
    fn down_to(&mut self, to: Pos2) {
        if (self.at.x - to.x).abs() < 0.5 {
            return self.straight_to(to);
        }
        let half = vec2(0.0, (to.y - self.at.y) / 2.0);
        // A flat S needs longer handles than half its height, or it starts with a kink.
        let reach = half.y.signum() * half.y.abs().max(((to.x - self.at.x).abs() * 0.08).min(10.0));
        let handle = vec2(0.0, reach);
        self.pieces.push([self.at, self.at + handle, to - handle, to]);
        self.at = to;
    }
    /// On from a side, then vertically.
    fn out_to(&mut self, to: Pos2) {
        let corner = pos2(to.x, self.at.y);
        self.pieces.push([self.at, corner, corner, to]);
        self.at = to;
    }
    fn straight_to(&mut self, to: Pos2) {
        if (to - self.at).length() > 0.1 {
            let third = (to - self.at) / 3.0;
            self.pieces.push([self.at, self.at + third, self.at + third * 2.0, to]);
            self.at = to;
        }
    }
}

/// A point of a cubic, `t` in 0..=1.
pub fn point(cubic: &Cubic, t: f32) -> Pos2 {
    let rest = 1.0 - t;
    let weights = [rest.powi(3), 3.0 * rest * rest * t, 3.0 * rest * t * t, t.powi(3)];
    let sum =
        cubic.iter().zip(weights).fold(Vec2::ZERO, |sum, (point, weight)| sum + point.to_vec2() * weight);
    sum.to_pos2()
}

/// The least distance of a point to a curve.
pub fn distance(curve: &[Cubic], to: Pos2) -> f32 {
    const STEPS: u8 = 12;
    let mut least = f32::INFINITY;
    for cubic in curve {
        let mut last = cubic[0];
        for step in 1..=STEPS {
            let next = point(cubic, f32::from(step) / f32::from(STEPS));
            least = least.min(to_segment(last, next, to));
            last = next;
        }
    }
    least
}

/// The middle of a curve, measured along it; of what lies behind its label where it has one.
pub fn middle(curve: &[Cubic], label: Option<Rect>) -> Option<Pos2> {
    const STEPS: u8 = 8;
    let points: Vec<Pos2> = curve
        .iter()
        .flat_map(|cubic| (0..=STEPS).map(|step| point(cubic, f32::from(step) / f32::from(STEPS))))
        .collect();
    let behind = label.and_then(|label| points.iter().rposition(|point| label.contains(*point)));
    let rest = &points[behind.unwrap_or(0)..];
    let length: f32 = rest.windows(2).map(|pair| pair[0].distance(pair[1])).sum();
    let mut left = length / 2.0;
    for pair in rest.windows(2) {
        let step = pair[0].distance(pair[1]);
        if left <= step {
            return Some(pair[0].lerp(pair[1], left / step.max(f32::EPSILON)));
        }
        left -= step;
    }
    rest.last().copied()
}

fn to_segment(a: Pos2, b: Pos2, point: Pos2) -> f32 {
    let along = b - a;
    let t = if along.length_sq() == 0.0 {
        0.0
    } else {
        ((point - a).dot(along) / along.length_sq()).clamp(0.0, 1.0)
    };
    (a + along * t - point).length()
}

/// The box around a curve's handles, which holds the curve.
pub fn bounds(curve: &[Cubic]) -> Rect {
    curve.iter().flatten().fold(Rect::NOTHING, |bounds, point| bounds.union(Rect::from_pos(*point)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::diagram::layout::{Place, Stretch};

    fn block(x: f32, y: f32) -> Rect {
        Rect::from_center_size(pos2(x, y), vec2(200.0, 50.0))
    }

    #[test]
    fn an_edge_is_one_line_from_block_to_block() {
        let lane = Lane {
            through: vec![
                Stretch { x: 60.0, top: 40.0, bottom: 60.0 },
                Stretch { x: 80.0, top: 90.0, bottom: 140.0 },
            ],
            label: Place { x: 60.0, y: 50.0 },
            back: false,
        };
        let (from, to) = (block(0.0, 0.0), block(80.0, 200.0));
        let curve = route(from, 0.0, to, &lane);
        assert_eq!(curve[0][0], from.center_bottom());
        assert_eq!(curve[curve.len() - 1][3], to.center_top());
        assert!(curve.windows(2).all(|pair| pair[0][3] == pair[1][0]));
        assert!(distance(&curve, pos2(60.0, 50.0)) < 0.5);
        assert!(distance(&curve, pos2(400.0, 50.0)) > 300.0);
        assert!(bounds(&curve).contains(pos2(80.0, 120.0)));
        let label = Rect::from_center_size(pos2(60.0, 50.0), vec2(80.0, 20.0));
        let middle = middle(&curve, Some(label)).expect("a curve");
        assert!(middle.y > label.bottom() && middle.y < to.top() && distance(&curve, middle) < 0.5);
    }

    #[test]
    fn a_label_half_way_lies_on_one_swing() {
        let (from, to) = (block(0.0, 0.0), block(240.0, 110.0));
        for (x, pieces) in [(120.0, 1), (140.0, 1), (230.0, 3)] {
            let label = Place { x, y: 55.0 };
            let through = vec![Stretch { x, top: 45.0, bottom: 65.0 }];
            let curve = route(from, 0.0, to, &Lane { through, label, back: false });
            assert_eq!(curve.len(), pieces, "at {x}");
            assert!(distance(&curve, pos2(x, 55.0)) < 8.0, "at {x}");
            assert_eq!((curve[0][0], curve[pieces - 1][3]), (from.center_bottom(), to.center_top()));
        }
    }

    #[test]
    fn a_way_back_enters_at_the_side() {
        let lane = Lane {
            through: vec![Stretch { x: 150.0, top: 30.0, bottom: 170.0 }],
            label: Place { x: 150.0, y: 100.0 },
            back: true,
        };
        let (from, to) = (block(0.0, 200.0), block(0.0, 0.0));
        let curve = route(from, 0.0, to, &lane);
        assert_eq!((curve[0][0], curve[curve.len() - 1][3]), (from.right_center(), to.right_center()));
    }
}
