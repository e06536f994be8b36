//! Painting blocks, edges and labels. Everything is given in screen points; nothing is decided.

use egui::{
    Align2, Color32, CornerRadius, FontId, Painter, Pos2, Rect, Stroke, StrokeKind, Vec2,
    emath::GuiRounding as _,
    epaint::{CubicBezierShape, Mesh},
    pos2, vec2,
};

use super::overlay::{Line, NodeMark, Pill, Tone};
use crate::{
    app::{
        diagram::route::{self, Cubic},
        icons::Icon,
        text::fitted,
        theme::{Tokens, fonts::Face, size, tokens},
    },
    words::block::BlockFamily,
};

/// How much of a block is drawn at a zoom.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Detail {
    /// A rectangle in the colour of its family.
    Shape,
    /// Its name.
    Name,
    /// Everything.
    Full,
}

impl Detail {
    /// The detail that can be read at a zoom.
    pub fn at(zoom: f32) -> Self {
        if zoom < 0.3 {
            Self::Shape
        } else if zoom < 0.55 {
            Self::Name
        } else {
            Self::Full
        }
    }
}

/// A block about to be painted.
pub struct BlockLook<'a> {
    /// Where, on the screen.
    pub rect: Rect,
    /// Its colour.
    pub family: BlockFamily,
    /// Its name.
    pub title: &'a str,
    /// The line under it.
    pub summary: &'a str,
    /// What is told of it.
    pub mark: NodeMark,
    /// Whether it is outlined.
    pub selected: bool,
    /// Whether the pointer is on it.
    pub hovered: bool,
    /// The colour of its problem badge, if it has problems.
    pub problem: Option<Color32>,
    /// Whether colleagues left a note.
    pub noted: bool,
}

/// The colour of a family.
pub const fn family_color(t: &Tokens, family: BlockFamily) -> Color32 {
    match family {
        BlockFamily::Trigger => t.trigger,
        BlockFamily::Wait => t.wait,
        BlockFamily::Branch => t.branch,
        BlockFamily::Message => t.message,
        BlockFamily::Audience => t.audience,
        BlockFamily::End => t.end,
    }
}

/// A font size in whole half points: text is crisp, and zooming makes few glyph sizes.
fn font(face: Face, points: f32, zoom: f32) -> FontId {
    face.at(((points * zoom * 2.0).round() / 2.0).max(4.0))
}

/// Paints a block.
pub fn block(painter: &Painter, t: &Tokens, zoom: f32, look: &BlockLook<'_>) {
    let rect = look.rect;
    let radius = corner(f32::from(size::BLOCK_RADIUS) * zoom);
    let family = family_color(t, look.family);
    let detail = Detail::at(zoom);
    if detail == Detail::Shape {
        let family = look.mark.ground.map_or(family, |(tone, _)| tone_color(t, tone));
        if rect.height() < 8.0 && !look.selected {
            // Too small for an outline: it would hide the colour.
            painter.rect_filled(rect, 1.0, family.gamma_multiply(0.6));
            return;
        }
        let stroke = if look.selected { Stroke::new(2.0, t.accent) } else { Stroke::new(1.0, t.line_strong) };
        painter.rect(rect, radius, family.gamma_multiply(0.35), stroke, StrokeKind::Inside);
        return;
    }
    let fill = match look.mark.ground {
        Some((tone, strength)) => tokens::tinted(t.panel, tone_color(t, tone), strength),
        None if look.hovered => t.hover,
        None => t.panel,
    };
    painter.rect(rect, radius, fill, Stroke::new(1.0, t.line_strong), StrokeKind::Inside);
    let bar = Rect::from_min_max(
        rect.left_top() + vec2(0.0, 8.0 * zoom),
        rect.left_bottom() + vec2(4.0 * zoom, -8.0 * zoom),
    );
    painter.rect_filled(bar, corner(2.0 * zoom), family);
    if look.selected {
        let outline = Stroke::new((2.0 * zoom).clamp(1.5, 3.0), t.accent);
        painter.rect_stroke(rect, radius, outline, StrokeKind::Inside);
    }
    words(painter, t, zoom, look, detail);
    let mut right = rect.right() - 12.0 * zoom;
    let shown = if detail == Detail::Full { look.mark.pills.len() } else { 1 };
    for told in look.mark.pills.iter().take(shown) {
        right = pill(painter, t, zoom, pos2(right, rect.top()), told) - 4.0 * zoom;
    }
    if look.noted && detail == Detail::Full {
        note_mark(painter, t, zoom, pos2(rect.right() - 16.0 * zoom, rect.top() + 37.0 * zoom));
    }
    if let Some(color) = look.problem {
        let center = pos2(rect.right(), rect.bottom());
        painter.circle(center, 8.0 * zoom, color, Stroke::new(1.5 * zoom, t.panel));
        Icon::Warning.paint_at(painter, center, 9.0 * zoom, t.on_fill);
    }
}

/// Three lines of writing: there is a note.
fn note_mark(painter: &Painter, t: &Tokens, zoom: f32, center: Pos2) {
    let stroke = Stroke::new(1.2 * zoom, t.text_weak);
    for (line, width) in [(-3.5, 8.0), (0.0, 8.0), (3.5, 5.0)] {
        let left = center + vec2(-4.0, line) * zoom;
        painter.line_segment([left, left + vec2(width * zoom, 0.0)], stroke);
    }
}

/// The + of an edge: quiet at an open exit, in the accent's colour where it is about to be pressed.
pub fn plus(painter: &Painter, t: &Tokens, rect: Rect, open: bool, lively: bool) {
    let radius = rect.width() / 2.0;
    let (fill, line, sign) = match (lively, open) {
        (true, _) => (t.accent, t.accent, t.on_fill),
        (false, true) => (t.panel, t.line_strong, t.text_weak),
        (false, false) => (t.panel, t.accent, t.accent),
    };
    painter.circle(rect.center(), radius - 1.0, fill, Stroke::new(1.0, line));
    Icon::Plus.paint_at(painter, rect.center(), radius, sign);
}

/// A block on its way from the palette.
pub fn brought(painter: &Painter, t: &Tokens, zoom: f32, rect: Rect, family: BlockFamily, name: &str) {
    let look = BlockLook {
        rect,
        family,
        title: name,
        summary: "Drop it on an edge, an exit or the ground",
        mark: NodeMark::default(),
        selected: true,
        hovered: false,
        problem: None,
        noted: false,
    };
    block(painter, t, zoom, &look);
}

fn words(painter: &Painter, t: &Tokens, zoom: f32, look: &BlockLook<'_>, detail: Detail) {
    let rect = look.rect;
    let left = rect.left() + 16.0 * zoom;
    let mark = if look.noted { 16.0 } else { 0.0 };
    let room = rect.right() - left - (10.0 + mark) * zoom;
    let line = |at: Pos2, text: &str, font: FontId, color: Color32, room: f32| {
        let laid = |text: String| painter.layout_no_wrap(text, font.clone(), color);
        let mut galley = laid(text.to_owned());
        if galley.size().x > room {
            galley = laid(fitted(text, room, |text| laid(text.to_owned()).size().x));
        }
        painter.galley(Align2::LEFT_CENTER.anchor_size(at, galley.size()).min, galley, color);
    };
    if detail == Detail::Name {
        let name = font(Face::Strong, size::TEXT + 4.0, zoom);
        return line(pos2(left, rect.center().y), look.title, name, t.text, room);
    }
    let name = font(Face::Strong, size::TEXT, zoom);
    let small = font(Face::Regular, size::TEXT - 1.0, zoom);
    line(pos2(left, rect.top() + 18.0 * zoom), look.title, name, t.text, room);
    line(pos2(left, rect.top() + 37.0 * zoom), look.summary, small, t.text_weak, room);
}

/// The colour of what has a tone.
pub const fn tone_color(t: &Tokens, tone: Tone) -> Color32 {
    match tone {
        Tone::Plain => t.text,
        Tone::Quiet => t.text_weak,
        Tone::Good => t.sent,
        Tone::Bad => t.not_sent,
        Tone::Waiting => t.waiting,
        Tone::Odd => t.deferred,
        Tone::More => t.accent,
    }
}

/// The colour of an edge that has a tone.
pub const fn line_color(t: &Tokens, tone: Tone) -> Color32 {
    match tone {
        Tone::Plain => t.edge,
        other => tone_color(t, other),
    }
}

/// The colour of words that have a tone.
const fn tone_text(t: &Tokens, tone: Tone) -> Color32 {
    match tone {
        Tone::Plain => t.text,
        Tone::Quiet => t.text_weak,
        Tone::Good => t.sent_text,
        Tone::Bad => t.not_sent_text,
        Tone::Waiting => t.waiting_text,
        Tone::Odd => t.deferred_text,
        Tone::More => t.accent_text,
    }
}

/// A text on the upper side of a block; `right` is the middle of its right end. Gives its left.
fn pill(painter: &Painter, t: &Tokens, zoom: f32, right: Pos2, told: &Pill) -> f32 {
    let color = tone_text(t, told.tone);
    let font = font(Face::Figures, size::SMALL, zoom);
    let galley = painter.layout_no_wrap(told.text.clone(), font, color);
    let sign = if told.icon.is_some() { 14.0 * zoom } else { 0.0 };
    let width = (galley.size().x + sign + 20.0 * zoom).max(36.0 * zoom);
    let rect = Rect::from_min_max(right - vec2(width, 9.0 * zoom), right + vec2(0.0, 9.0 * zoom));
    painter.rect(rect, corner(9.0 * zoom), t.panel, Stroke::new(1.0, t.line_strong), StrokeKind::Inside);
    if let Some(icon) = told.icon {
        let left = rect.center().x - f32::midpoint(galley.size().x, sign);
        icon.paint_at(
            painter,
            pos2(left + 4.5 * zoom, rect.center().y),
            9.0 * zoom,
            tone_color(t, told.tone),
        );
    }
    painter.galley(rect.center() + vec2(sign / 2.0, 0.0) - galley.size() / 2.0, galley, color);
    rect.left()
}

/// The label of an edge, in the middle of its slot.
pub fn label(painter: &Painter, t: &Tokens, zoom: f32, slot: Rect, text: &str, tone: Tone, hovered: bool) {
    let font = font(Face::Figures, size::SMALL, zoom);
    let ink = if tone == Tone::Plain { t.text_weak } else { tone_text(t, tone) };
    let galley = painter.layout_no_wrap(text.to_owned(), font, ink);
    let width = (galley.size().x + 18.0 * zoom).min(slot.width());
    let rect = Rect::from_center_size(slot.center(), vec2(width, 18.0 * zoom));
    let line = if hovered { t.line_strong } else { t.line };
    painter.rect(rect, corner(9.0 * zoom), t.background, Stroke::new(1.0, line), StrokeKind::Inside);
    painter.galley(rect.center() - galley.size() / 2.0, galley, ink);
}

/// An edge: blocks are above and below, so it needs no arrow head.
pub fn edge(painter: &Painter, curve: &[Cubic], to_screen: impl Fn(Pos2) -> Pos2, stroke: Stroke) {
    for cubic in curve {
        let points = cubic.map(&to_screen);
        painter.add(CubicBezierShape::from_points_stroke(points, false, Color32::TRANSPARENT, stroke));
    }
}

/// An edge in dashes or dots.
pub fn broken_edge(
    painter: &Painter,
    curve: &[Cubic],
    to_screen: impl Fn(Pos2) -> Pos2,
    how: Line,
    stroke: Stroke,
) {
    const STEPS: u8 = 16;
    let steps = |cubic| (0..=STEPS).map(move |step| route::point(cubic, f32::from(step) / f32::from(STEPS)));
    let points: Vec<Pos2> = curve.iter().flat_map(steps).map(to_screen).collect();
    line(painter, &points, how, stroke);
}

/// A line on the screen, whole, in dashes or in dots.
pub fn line(painter: &Painter, points: &[Pos2], how: Line, stroke: Stroke) {
    match how {
        Line::Solid => {
            painter.add(egui::Shape::line(points.to_vec(), stroke));
        }
        Line::Dashed => {
            painter.extend(egui::Shape::dashed_line(points, stroke, 7.0, 4.0));
        }
        Line::Dotted => {
            painter.extend(egui::Shape::dotted_line(points, stroke.color, 5.0, stroke.width * 0.6));
        }
    }
}

/// An edge seen from far away: straight pieces.
pub fn far_edge(painter: &Painter, curve: &[Cubic], to_screen: impl Fn(Pos2) -> Pos2, stroke: Stroke) {
    let points = curve.iter().take(1).map(|cubic| cubic[0]).chain(curve.iter().map(|cubic| cubic[3]));
    painter.add(egui::Shape::line(points.map(to_screen).collect(), stroke));
}

/// Dots on the ground, in whole steps of the canvas, which are wider from afar. They are one mesh
/// of whole pixels: as shapes, thousands of dots would cost more than all blocks.
pub fn grid(painter: &Painter, t: &Tokens, visible: Rect, zoom: f32, to_screen: impl Fn(Pos2) -> Pos2) {
    const DOT: f32 = 1.5;
    const STEP: f32 = 24.0;
    if zoom < 0.45 {
        return;
    }
    let step = if zoom < 0.75 { 2.0 * STEP } else { STEP };
    let steps = |from: f32, to: f32| (from / step).ceil() as i32..=(to / step).floor() as i32;
    let pixel = painter.pixels_per_point();
    let side = Vec2::splat((DOT * pixel).round() / pixel);
    let mut dots = Mesh::default();
    for column in steps(visible.left(), visible.right()) {
        for row in steps(visible.top(), visible.bottom()) {
            let at = to_screen(pos2(column as f32 * step, row as f32 * step));
            let corner = (at - side / 2.0).round_to_pixels(pixel);
            dots.add_colored_rect(Rect::from_min_size(corner, side), t.grid);
        }
    }
    painter.add(dots);
}

fn corner(points: f32) -> CornerRadius {
    CornerRadius::same(points.round().clamp(0.0, 255.0) as u8)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blocks_simplify_when_far_away() {
        assert_eq!(Detail::at(1.0), Detail::Full);
        assert_eq!(Detail::at(0.4), Detail::Name);
        assert_eq!(Detail::at(0.1), Detail::Shape);
    }
}
