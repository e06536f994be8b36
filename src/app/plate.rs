//! Triangles into pixels, on the processor: a picture needs no graphics card and no window.
//!
//! It blends as egui does, premultiplied and in gamma space, so that a file looks like the window.

use egui::{
    ClippedPrimitive, Color32, ColorImage, Mesh, Pos2, Vec2,
    epaint::{ImageData, ImageDelta, Primitive, Vertex, WHITE_UV},
};

/// What a picture is written as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// Lines and text: sharp at any size.
    Svg,
    /// Pixels: for what opens nothing else.
    Png,
}

impl Form {
    /// How the file's name ends.
    pub const fn ending(self) -> &'static str {
        match self {
            Self::Svg => "svg",
            Self::Png => "png",
        }
    }
}

/// Parts of a pixel that corners are rounded to: edges shared by two triangles are then exactly
/// the same, and no pixel is painted twice or left out.
const PARTS: f32 = 256.0;

/// A picture before its pixels: what a graphics card would be given.
#[derive(Clone, Debug)]
pub struct Plate {
    width: usize,
    height: usize,
    scale: f32,
    ground: Color32,
    meshes: Vec<Mesh>,
    glyphs: ColorImage,
}

/// The glyphs with a patch laid on them.
pub(super) fn patched(mut all: ColorImage, patch: &ImageDelta) -> ColorImage {
    let ImageData::Color(image) = &patch.image;
    let Some([left, top]) = patch.pos else { return ColorImage::clone(image) };
    for (row, line) in image.pixels.chunks(image.size[0].max(1)).enumerate() {
        let start = (top + row) * all.size[0] + left;
        if let Some(under) = all.pixels.get_mut(start..start + line.len()) {
            under.copy_from_slice(line);
        }
    }
    all
}

impl Plate {
    pub(super) fn new(
        size: Vec2,
        scale: f32,
        ground: Color32,
        triangles: Vec<ClippedPrimitive>,
        glyphs: ColorImage,
    ) -> Self {
        // Everything lies on the sheet, so clips cut nothing off.
        let meshes = triangles
            .into_iter()
            .filter_map(|clipped| match clipped.primitive {
                Primitive::Mesh(mesh) => Some(mesh),
                Primitive::Callback(_) => None,
            })
            .collect();
        let pixels = (size * scale).ceil();
        Self { width: pixels.x as usize, height: pixels.y as usize, scale, ground, meshes, glyphs }
    }

    /// The width in pixels, and the pixels row by row.
    pub fn pixels(&self) -> (usize, Vec<Color32>) {
        let mut picture = ColorImage::filled([self.width, self.height], self.ground);
        for mesh in &self.meshes {
            for corners in mesh.indices.chunks_exact(3) {
                let corner = |at: usize| mesh.vertices.get(corners[at] as usize);
                if let (Some(a), Some(b), Some(c)) = (corner(0), corner(1), corner(2)) {
                    self.triangle(&mut picture, [a, b, c]);
                }
            }
        }
        (self.width, picture.pixels)
    }

    /// As a PNG file.
    ///
    /// # Errors
    /// When the picture has no pixels.
    pub fn png(&self) -> Result<Vec<u8>, png::EncodingError> {
        let (_, pixels) = self.pixels();
        let bytes: Vec<u8> = pixels.iter().flat_map(|pixel| [pixel.r(), pixel.g(), pixel.b()]).collect();
        let mut file = Vec::new();
        let mut encoder = png::Encoder::new(&mut file, self.width as u32, self.height as u32);
        encoder.set_color(png::ColorType::Rgb);
        encoder.set_depth(png::BitDepth::Eight);
        let mut writer = encoder.write_header()?;
        writer.write_image_data(&bytes)?;
        writer.finish()?;
        Ok(file)
    }

    fn triangle(&self, picture: &mut ColorImage, mut corners: [&Vertex; 3]) {
        let place = |vertex: &Vertex| {
            let at = vertex.pos.to_vec2() * self.scale * PARTS;
            (at.x.round() as i64, at.y.round() as i64)
        };
        let mut area = cross(place(corners[0]), place(corners[1]), place(corners[2]));
        if area < 0 {
            corners.swap(1, 2);
            area = -area;
        }
        if area == 0 {
            return;
        }
        let [a, b, c] = corners.map(place);
        let plain = corners.iter().all(|corner| corner.uv == WHITE_UV);
        let one_colour = corners.iter().all(|corner| corner.color == corners[0].color);
        let colours = corners.map(|corner| floats(corner.color));
        let columns = pixels_between([a.0, b.0, c.0], self.width);
        for row in pixels_between([a.1, b.1, c.1], self.height) {
            for column in columns.clone() {
                let at = (middle(column), middle(row));
                let inside = [(b, c), (c, a), (a, b)].map(|(from, to)| within(from, to, at));
                let [Some(wa), Some(wb), Some(wc)] = inside else { continue };
                let share = [wa, wb, wc].map(|weight| weight as f32 / area as f32);
                let mut ink = if one_colour { colours[0] } else { mixed(share, colours) };
                if !plain {
                    let uv = (0..3).fold(Vec2::ZERO, |sum, at| sum + corners[at].uv.to_vec2() * share[at]);
                    let glyph = self.glyph(uv.to_pos2());
                    ink = std::array::from_fn(|at| ink[at] * glyph[at] / 255.0);
                }
                let under = &mut picture.pixels[row * self.width + column];
                *under = over(ink, *under);
            }
        }
    }

    /// The glyphs' picture at a place, between its pixels too.
    fn glyph(&self, uv: Pos2) -> [f32; 4] {
        let [width, height] = self.glyphs.size;
        let (x, y) = (uv.x * width as f32 - 0.5, uv.y * height as f32 - 0.5);
        let (left, top) = (x.floor(), y.floor());
        let (right_share, low_share) = (x - left, y - top);
        let texel = |column: f32, row: f32| {
            let column = (column.max(0.0) as usize).min(width.saturating_sub(1));
            let row = (row.max(0.0) as usize).min(height.saturating_sub(1));
            floats(self.glyphs.pixels.get(row * width + column).copied().unwrap_or(Color32::WHITE))
        };
        let blend = |a: [f32; 4], b: [f32; 4], share: f32| -> [f32; 4] {
            std::array::from_fn(|at| a[at] + (b[at] - a[at]) * share)
        };
        let upper = blend(texel(left, top), texel(left + 1.0, top), right_share);
        let lower = blend(texel(left, top + 1.0), texel(left + 1.0, top + 1.0), right_share);
        blend(upper, lower, low_share)
    }
}

type Place = (i64, i64);

const fn cross(a: Place, b: Place, at: Place) -> i64 {
    (b.0 - a.0) * (at.1 - a.1) - (b.1 - a.1) * (at.0 - a.0)
}

/// How far a place lies inside an edge; `None`: outside, or on an edge that is the neighbour's.
const fn within(from: Place, to: Place, at: Place) -> Option<i64> {
    let inside = cross(from, to, at);
    let ours = (to.1 == from.1 && to.0 > from.0) || to.1 < from.1;
    if inside > 0 || (inside == 0 && ours) { Some(inside) } else { None }
}

/// The middle of a pixel.
const fn middle(pixel: usize) -> i64 {
    pixel as i64 * PARTS as i64 + PARTS as i64 / 2
}

/// The pixels a triangle can touch along one side.
fn pixels_between(corners: [i64; 3], side: usize) -> std::ops::Range<usize> {
    let least = corners.into_iter().min().unwrap_or(0).max(0) as usize / PARTS as usize;
    let most = corners.into_iter().max().unwrap_or(0).max(0) as usize / PARTS as usize + 1;
    least.min(side)..most.min(side)
}

fn floats(colour: Color32) -> [f32; 4] {
    colour.to_array().map(f32::from)
}

fn mixed(share: [f32; 3], colours: [[f32; 4]; 3]) -> [f32; 4] {
    std::array::from_fn(|at| (0..3).map(|corner| share[corner] * colours[corner][at]).sum())
}

/// A colour over an opaque one.
fn over(ink: [f32; 4], under: Color32) -> Color32 {
    let left = 1.0 - ink[3] / 255.0;
    let channel = |at: usize, under: u8| (ink[at] + f32::from(under) * left).round().clamp(0.0, 255.0) as u8;
    Color32::from_rgb(channel(0, under.r()), channel(1, under.g()), channel(2, under.b()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use egui::pos2;

    fn plate(meshes: Vec<Mesh>) -> Plate {
        Plate {
            width: 8,
            height: 8,
            scale: 1.0,
            ground: Color32::WHITE,
            meshes,
            glyphs: ColorImage::filled([2, 2], Color32::WHITE),
        }
    }

    #[test]
    fn two_triangles_of_a_square_paint_each_pixel_once() {
        let mut mesh = Mesh::default();
        let half = Color32::from_black_alpha(128);
        let rect = egui::Rect::from_min_max(pos2(1.0, 2.0), pos2(6.0, 7.0));
        mesh.add_colored_rect(rect, half);
        let (width, pixels) = plate(vec![mesh]).pixels();
        for (at, pixel) in pixels.iter().enumerate() {
            let inside = rect.contains(pos2((at % width) as f32 + 0.5, (at / width) as f32 + 0.5));
            let expected = if inside { Color32::from_gray(127) } else { Color32::WHITE };
            assert_eq!(*pixel, expected, "pixel {at}");
        }
    }

    #[test]
    fn a_patch_lies_where_it_belongs() {
        let all = ColorImage::filled([4, 4], Color32::WHITE);
        let patch = ColorImage::filled([2, 1], Color32::BLACK);
        let delta = ImageDelta::partial([1, 2], patch, egui::TextureOptions::LINEAR);
        let black: Vec<usize> = patched(all, &delta)
            .pixels
            .iter()
            .enumerate()
            .filter_map(|(at, pixel)| (*pixel == Color32::BLACK).then_some(at))
            .collect();
        assert_eq!(black, [9, 10]);
    }
}
