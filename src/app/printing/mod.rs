//! The journey on paper: all of it as a picture in a file, just as the window draws it.
//!
//! A sheet is drawn by the canvas' own code, in a context of its own and off the screen. What it
//! painted is written down as SVG, or handed to the clerk as triangles that become a PNG.

mod svg;

use std::mem;

use egui::{
    ClippedPrimitive, Color32, ColorImage, Context, Pos2, RawInput, Rect, Theme, Vec2, ViewportId,
    epaint::ClippedShape,
};

use super::{
    canvas::{notes, picture::Picture},
    diagram::camera::Camera,
    intent::Intents,
    plate::{self, Plate},
    state::Model,
    theme,
};

/// Room around the journey, in points.
const MARGIN: f32 = 32.0;
/// Pixels for a point in a PNG, as on a fine screen; fewer where the picture would be larger than
/// most programs open.
const SCALE: f32 = 2.0;
/// The most pixels a PNG has.
const MOST_PIXELS: f32 = 6.0e7;
/// The most pixels a side of a PNG has.
const LONGEST_SIDE: f32 = 16_000.0;

/// The journey shown, drawn whole.
pub struct Sheet {
    name: String,
    size: Vec2,
    scale: f32,
    ground: Color32,
    shapes: Vec<ClippedShape>,
    triangles: Vec<ClippedPrimitive>,
    glyphs: ColorImage,
}

impl Sheet {
    /// Draws the journey shown as large as 100 %, in a theme; `None` where none is shown. What is
    /// selected or held is not seen.
    pub fn of(model: &mut Model, theme: Theme) -> Option<Self> {
        let view = &mut model.view;
        let busy = (mem::take(&mut view.selection), view.hold.take(), view.picker.take());
        let sheet = Self::drawn(model, theme);
        (model.view.selection, model.view.hold, model.view.picker) = busy;
        sheet
    }

    fn drawn(model: &Model, theme: Theme) -> Option<Self> {
        let (id, scene) = model.scene.as_ref()?;
        let size = (scene.bounds.size() + Vec2::splat(2.0 * MARGIN)).ceil();
        let scale = SCALE.min((MOST_PIXELS / (size.x * size.y)).sqrt()).min(LONGEST_SIDE / size.max_elem());
        let view = Rect::from_min_size(Pos2::ZERO, size);
        let camera = Camera { center: scene.bounds.center(), zoom: 1.0 };
        let tokens = theme::of_dark(theme == Theme::Dark);
        let picture = Picture { model, id, scene, camera, view, tokens, reading: model.reading(id) };

        let ctx = Context::default();
        theme::install(&ctx);
        ctx.set_theme(theme);
        let mut input = RawInput { screen_rect: Some(view), ..RawInput::default() };
        input.viewports.entry(ViewportId::ROOT).or_default().native_pixels_per_point = Some(scale);
        let mut output = ctx.run_ui(input, |ui| {
            notes::show(ui, &picture, &mut Intents::default());
            picture.edges(ui, None);
            picture.nodes(ui, None, &mut Intents::default());
        });
        let deltas = output.textures_delta.set.get(&egui::TextureId::default());
        let glyphs = deltas.into_iter().flatten().fold(ColorImage::default(), plate::patched);
        output.textures_delta.clear();
        Some(Self {
            name: model.journey()?.name.clone(),
            size,
            scale: output.pixels_per_point,
            ground: tokens.background,
            triangles: ctx.tessellate(output.shapes.clone(), output.pixels_per_point),
            shapes: output.shapes,
            glyphs,
        })
    }

    /// As SVG.
    pub fn svg(&self) -> String {
        let shapes = self.shapes.iter().map(|clipped| &clipped.shape);
        svg::document(&self.name, self.size, self.ground, shapes)
    }

    /// As triangles, to be made into a PNG elsewhere.
    pub fn plate(self) -> Plate {
        Plate::new(self.size, self.scale, self.ground, self.triangles, self.glyphs)
    }
}

/// The corner of a sheet that a point of the canvas has, for tests.
#[cfg(test)]
fn on_sheet(bounds: Rect, point: Pos2) -> Pos2 {
    Pos2::ZERO + (point - bounds.min) + Vec2::splat(MARGIN)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::{fixture, intent::Intent, jobs::Product, selection::Selection, session::Opened};

    fn model() -> Model {
        let mut model = Model::default();
        model.take(Ok(Product::Opened(Box::new(Opened::new(fixture::opened())))));
        model
    }

    #[test]
    fn a_sheet_shows_the_whole_journey_and_nothing_selected() {
        let mut model = model();
        let plain = Sheet::of(&mut model, Theme::Light).expect("a journey is shown").svg();
        model.apply(Intent::Select(Selection::Node(crate::app::diagram::graph::NodeKey::Trigger)));
        let selected = Sheet::of(&mut model, Theme::Light).expect("a journey is shown").svg();
        assert_eq!(plain, selected);
        assert!(matches!(model.view.selection, Selection::Node(_)), "it is still selected");
        let scene = &model.scene.as_ref().expect("a journey is shown").1;
        for node in &scene.graph.nodes {
            assert!(plain.contains(&node.title), "{}", node.title);
        }
        assert!(plain.contains("<title>") && !plain.contains("NaN"));
        assert_ne!(plain, Sheet::of(&mut model, Theme::Dark).expect("a journey is shown").svg());
    }

    #[test]
    fn a_plate_has_the_colour_of_what_lies_there() {
        let mut model = model();
        let sheet = Sheet::of(&mut model, Theme::Light).expect("a journey is shown");
        let scene = &model.scene.as_ref().expect("a journey is shown").1;
        let (bounds, block) = (scene.bounds, scene.blocks[0]);
        let scale = sheet.scale;
        let plate = sheet.plate();
        let (width, pixels) = plate.pixels();
        let pixel = |point: Pos2| {
            let at = on_sheet(bounds, point) * scale;
            pixels[at.y as usize * width + at.x as usize]
        };
        let t = theme::of_dark(false);
        assert_eq!(pixels[0], t.background);
        assert_eq!(pixel(block.left_center() + egui::vec2(2.0, 0.0)), t.trigger);
        assert_eq!(pixel(block.right_center() - egui::vec2(6.0, 0.0)), t.panel);
        let dark = |at: &Color32| at.r() < 80 && at.g() < 80 && at.b() < 100;
        assert!(pixels.iter().filter(|at| dark(at)).count() > 500, "names are written");
        assert_eq!(plate.png().expect("it is written")[..4], *b"\x89PNG");
    }
}
