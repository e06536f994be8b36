//! What was painted, as SVG: each shape as the element that says the same. Text stays text, so
//! that it can be searched and read out.

use std::fmt::Write as _;

use egui::{
    Color32, FontFamily, Pos2, Shape, Stroke, StrokeKind, Vec2,
    epaint::{ColorMode, Mesh, PathShape, PathStroke, RectShape, TextShape},
};

/// A document of a size in points.
pub(super) fn document<'s>(
    name: &str,
    size: Vec2,
    ground: Color32,
    shapes: impl Iterator<Item = &'s Shape>,
) -> String {
    let (width, height, name) = (number(size.x), number(size.y), escaped(name));
    let mut out = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"{height}\" \
         viewBox=\"0 0 {width} {height}\" role=\"img\" font-family=\"Inter, system-ui, sans-serif\">\n\
         <title>{name}</title>\n<rect width=\"100%\" height=\"100%\"{}/>\n",
        fill(ground)
    );
    for shape in shapes {
        element(&mut out, shape);
    }
    out.push_str("</svg>\n");
    out
}

fn element(out: &mut String, shape: &Shape) {
    let _ = match shape {
        // The canvas paints no bands, and nothing of a graphics card's own.
        Shape::Noop | Shape::Callback(_) | Shape::Band(_) => Ok(()),
        Shape::Vec(shapes) => {
            for shape in shapes {
                element(out, shape);
            }
            Ok(())
        }
        Shape::Circle(circle) => {
            let (at, radius) = (circle.center, number(circle.radius));
            let paint = fill(circle.fill) + &stroke(circle.stroke);
            writeln!(out, "<circle cx=\"{}\" cy=\"{}\" r=\"{radius}\"{paint}/>", number(at.x), number(at.y))
        }
        Shape::Ellipse(ellipse) => {
            let (at, radius) = (ellipse.center, ellipse.radius);
            let paint = fill(ellipse.fill) + &stroke(ellipse.stroke);
            let at = format!("cx=\"{}\" cy=\"{}\"", number(at.x), number(at.y));
            writeln!(out, "<ellipse {at} rx=\"{}\" ry=\"{}\"{paint}/>", number(radius.x), number(radius.y))
        }
        Shape::LineSegment { points, stroke: line } => {
            path(out, &polyline(points, false), Color32::TRANSPARENT, *line)
        }
        Shape::Path(PathShape { points, closed, fill, stroke }) => {
            path(out, &polyline(points, *closed), *fill, plain(stroke))
        }
        Shape::CubicBezier(curve) => {
            let [from, a, b, to] = curve.points;
            let way = format!("M{} C{} {} {}", pair(from), pair(a), pair(b), pair(to));
            path(out, &way, curve.fill, plain(&curve.stroke))
        }
        Shape::QuadraticBezier(curve) => {
            let [from, over, to] = curve.points;
            path(
                out,
                &format!("M{} Q{} {}", pair(from), pair(over), pair(to)),
                curve.fill,
                plain(&curve.stroke),
            )
        }
        Shape::Rect(shape) => rect(out, shape),
        Shape::Mesh(mesh) => triangles(out, mesh),
        Shape::Text(shape) => text(out, shape),
    };
}

fn path(out: &mut String, way: &str, inside: Color32, line: Stroke) -> std::fmt::Result {
    writeln!(out, "<path d=\"{way}\"{}{} stroke-linejoin=\"round\"/>", fill(inside), stroke(line))
}

fn polyline(points: &[Pos2], closed: bool) -> String {
    let points: Vec<String> = points.iter().map(|point| pair(*point)).collect();
    format!("M{}{}", points.join(" L"), if closed { " Z" } else { "" })
}

fn rect(out: &mut String, shape: &RectShape) -> std::fmt::Result {
    // SVG draws a line on both sides of the outline.
    let half = shape.stroke.width / 2.0;
    let inwards = match shape.stroke_kind {
        StrokeKind::Inside => half,
        StrokeKind::Middle => 0.0,
        StrokeKind::Outside => -half,
    };
    let inwards = if shape.stroke.is_empty() { 0.0 } else { inwards };
    let rect = shape.rect.shrink(inwards);
    let most = rect.size().min_elem() / 2.0;
    let radius = (f32::from(shape.corner_radius.nw) - inwards).clamp(0.0, most.max(0.0));
    let place = format!("x=\"{}\" y=\"{}\"", number(rect.left()), number(rect.top()));
    let size = format!("width=\"{}\" height=\"{}\"", number(rect.width()), number(rect.height()));
    let paint = fill(shape.fill) + &stroke(shape.stroke);
    writeln!(out, "<rect {place} {size} rx=\"{}\"{paint}/>", number(radius))
}

/// Triangles, each in the colour of its first corner.
fn triangles(out: &mut String, mesh: &Mesh) -> std::fmt::Result {
    for corners in mesh.indices.chunks_exact(3) {
        let found: Vec<_> = corners.iter().filter_map(|at| mesh.vertices.get(*at as usize)).collect();
        let points: Vec<Pos2> = found.iter().map(|vertex| vertex.pos).collect();
        if let Some(first) = found.first().filter(|_| points.len() == 3) {
            path(out, &polyline(&points, true), first.color, Stroke::NONE)?;
        }
    }
    Ok(())
}

/// Text, line by line. Each line is told its width, so that it fits where another font stands in.
fn text(out: &mut String, shape: &TextShape) -> std::fmt::Result {
    let Some(section) = shape.galley.job.sections.first() else { return Ok(()) };
    let format = &section.format;
    let own = if format.color == Color32::PLACEHOLDER { shape.fallback_color } else { format.color };
    let ink = shape.override_text_color.unwrap_or(own).gamma_multiply(shape.opacity_factor);
    let strong = matches!(&format.font_id.family, FontFamily::Name(name) if **name == *"semibold");
    let weight = if strong { " font-weight=\"600\"" } else { "" };
    for row in &shape.galley.rows {
        let Some(first) = row.glyphs.first() else { continue };
        let said: String = row.glyphs.iter().map(|glyph| glyph.chr).collect();
        let at = shape.pos + row.pos.to_vec2() + first.pos.to_vec2();
        let width: f32 = row.glyphs.iter().map(|glyph| glyph.advance_width).sum();
        writeln!(
            out,
            "<text x=\"{}\" y=\"{}\" font-size=\"{}\"{weight}{} textLength=\"{}\" \
             lengthAdjust=\"spacingAndGlyphs\">{}</text>",
            number(at.x),
            number(at.y),
            number(format.font_id.size),
            fill(ink),
            number(width),
            escaped(said.trim_end())
        )?;
    }
    Ok(())
}

fn plain(stroke: &PathStroke) -> Stroke {
    match stroke.color {
        ColorMode::Solid(color) => Stroke::new(stroke.width, color),
        ColorMode::UV(_) => Stroke::NONE,
    }
}

fn fill(color: Color32) -> String {
    paint("fill", color)
}

fn stroke(stroke: Stroke) -> String {
    if stroke.is_empty() {
        return String::new();
    }
    format!("{} stroke-width=\"{}\"", paint("stroke", stroke.color), number(stroke.width))
}

fn paint(what: &str, color: Color32) -> String {
    let [red, green, blue, alpha] = color.to_srgba_unmultiplied();
    match alpha {
        0 => format!(" {what}=\"none\""),
        255 => format!(" {what}=\"#{red:02x}{green:02x}{blue:02x}\""),
        _ => {
            let share = number(f32::from(alpha) / 255.0);
            format!(" {what}=\"#{red:02x}{green:02x}{blue:02x}\" {what}-opacity=\"{share}\"")
        }
    }
}

fn pair(point: Pos2) -> String {
    format!("{} {}", number(point.x), number(point.y))
}

/// With at most two decimals, and none where there are none.
fn number(value: f32) -> String {
    let text = format!("{value:.2}");
    let text = text.trim_end_matches('0').trim_end_matches('.');
    if text == "-0" { "0".to_owned() } else { text.to_owned() }
}

/// A text that can stand in XML: markup is no markup, and what no XML may hold is left out.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            letter if letter.is_control() => {}
            letter => out.push(letter),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use egui::{CornerRadius, Rect, pos2, vec2};

    #[test]
    fn shapes_say_the_same_in_svg() {
        let area = Rect::from_min_size(pos2(10.0, 20.0), vec2(30.0, 40.5));
        let stroke = Stroke::new(1.0, Color32::from_rgb(1, 2, 3));
        let radius = CornerRadius::same(8);
        let shapes = [
            Shape::Rect(RectShape::new(area, radius, Color32::WHITE, stroke, StrokeKind::Inside)),
            Shape::circle_filled(pos2(1.25, 0.0), 4.0, Color32::from_black_alpha(128)),
            Shape::line_segment([pos2(0.0, 0.0), pos2(5.0, 6.0)], stroke),
        ];
        let text = document("Cart & <more>", vec2(100.0, 50.0), Color32::WHITE, shapes.iter());
        let expected = "\
<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"100\" height=\"50\" viewBox=\"0 0 100 50\" role=\"img\" font-family=\"Inter, system-ui, sans-serif\">
<title>Cart &amp; &lt;more&gt;</title>
<rect width=\"100%\" height=\"100%\" fill=\"#ffffff\"/>
<rect x=\"10.5\" y=\"20.5\" width=\"29\" height=\"39.5\" rx=\"7.5\" fill=\"#ffffff\" stroke=\"#010203\" stroke-width=\"1\"/>
<circle cx=\"1.25\" cy=\"0\" r=\"4\" fill=\"#000000\" fill-opacity=\"0.5\"/>
<path d=\"M0 0 L5 6\" fill=\"none\" stroke=\"#010203\" stroke-width=\"1\" stroke-linejoin=\"round\"/>
</svg>
";
        assert_eq!(text, expected);
    }
}
