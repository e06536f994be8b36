//! What was drawn and is drawn again: while neither the view nor the data changed, a row that
//! nobody points at is the mesh it was, and the axis has the ticks it had.
//!
//! A row that is pointed at, and every row while the keyboard or a screen reader walks through
//! them, is drawn anew, so that each of its items can be reached.

use std::{collections::BTreeMap, sync::Arc};

use egui::{
    Context, Id, LayerId, Painter, Rect, Shape, Ui,
    epaint::{ClippedShape, Mesh, TessellationOptions, Tessellator},
};

use super::axis::{self, Shift, Tick};
use crate::{
    app::{
        selection::Selection,
        state::Model,
        stretch::Scale,
        theme::{self, Tokens},
    },
    lab::Story,
    workspace::Workspace,
};

/// What all that is kept depends on. What is the same thing is not looked into.
#[derive(Clone)]
struct Key {
    stories: Vec<Option<Arc<Story>>>,
    workspace: Option<Arc<Workspace>>,
    scale: Scale,
    /// The rows' area, and what of it is in sight.
    places: [Rect; 2],
    zone: chrono_tz::Tz,
    tokens: &'static Tokens,
    pixels_per_point: f32,
    record: Option<usize>,
    focus: usize,
    selection: Selection,
}

impl Key {
    fn is_same(&self, other: &Self) -> bool {
        let same = |one: &Option<Arc<Story>>, other: &Option<Arc<Story>>| match (one, other) {
            (Some(one), Some(other)) => Arc::ptr_eq(one, other),
            (one, other) => one.is_none() && other.is_none(),
        };
        let same_workspace = match (&self.workspace, &other.workspace) {
            (Some(one), Some(other)) => Arc::ptr_eq(one, other),
            (one, other) => one.is_none() && other.is_none(),
        };
        same_workspace
            && self.stories.len() == other.stories.len()
            && self.stories.iter().zip(&other.stories).all(|(one, other)| same(one, other))
            && self.scale == other.scale
            && self.places == other.places
            && self.zone == other.zone
            && std::ptr::eq(self.tokens, other.tokens)
            && self.pixels_per_point.to_bits() == other.pixels_per_point.to_bits()
            && (self.record, self.focus) == (other.record, other.focus)
            && self.selection == other.selection
    }
}

/// Shapes of a row that share what they are cut off by, in the order they are drawn.
#[derive(Clone)]
struct Ink {
    clip: Rect,
    shapes: Vec<Shape>,
}

/// See the module. Rows by somebody's place and their own.
#[derive(Clone)]
pub struct Kept {
    key: Key,
    rows: BTreeMap<(usize, usize), Arc<Vec<Ink>>>,
    /// Whether every item must be there to be reached.
    is_walked: bool,
    is_new: bool,
}

/// Ticks and shifts of an axis.
#[derive(Clone)]
pub struct Axis {
    scale: Scale,
    zone: chrono_tz::Tz,
    /// See [`axis::ticks`].
    pub ticks: Vec<Tick>,
    /// See [`axis::shifts`].
    pub shifts: Vec<Shift>,
}

impl Axis {
    /// The axis of a scale, as it was if it is the same.
    pub fn of(ctx: &Context, scale: Scale, zone: chrono_tz::Tz) -> Arc<Self> {
        let id = Id::unique("timeline axis kept");
        let known = ctx.data(|data| data.get_temp::<Arc<Self>>(id));
        if let Some(known) = known.filter(|it| it.scale == scale && it.zone == zone) {
            return known;
        }
        let (ticks, shifts) = (axis::ticks(&scale, zone), axis::shifts(&scale, zone));
        let fresh = Arc::new(Self { scale, zone, ticks, shifts });
        ctx.data_mut(|data| data.insert_temp(id, Arc::clone(&fresh)));
        fresh
    }
}

impl Kept {
    /// What was kept of this view of this model; nothing, if it is another. `ground` is the
    /// timeline itself.
    pub fn of(ui: &Ui, model: &Model, scale: Scale, area: Rect, ground: Id) -> Self {
        let ctx = ui.ctx();
        let key = Key {
            stories: model.company.people().iter().map(|it| it.story.clone()).collect(),
            workspace: model.opened.as_ref().map(|opened| Arc::clone(opened.document.workspace())),
            scale,
            places: [area, ui.clip_rect()],
            zone: model.cursor_zone(),
            tokens: theme::of(ui),
            pixels_per_point: ctx.pixels_per_point(),
            record: model.view.transport.record,
            focus: model.company.focus(),
            selection: model.view.selection.clone(),
        };
        let known = ctx.data(|data| data.get_temp::<Arc<Self>>(kept_id()));
        let known = known.filter(|it| it.key.is_same(&key));
        let rows = known.as_ref().map_or_else(BTreeMap::new, |it| it.rows.clone());
        let listens = ctx.accesskit_node_builder(ground, |_| ()).is_some();
        let is_walked = listens || ctx.memory(|memory| memory.focused().is_some());
        Self { key, rows, is_walked, is_new: known.is_none() }
    }

    /// Draws a row as it was, if it is kept and nobody points at `reach`, and else with `draw`.
    pub fn row(&mut self, ui: &mut Ui, row: (usize, usize), reach: Rect, draw: impl FnOnce(&mut Ui)) {
        if self.is_walked || ui.rect_contains_pointer(reach) {
            return draw(ui);
        }
        if let Some(inks) = self.rows.get(&row) {
            let painter = ui.painter();
            return inks.iter().for_each(|ink| ink.draw(painter));
        }
        let layer = ui.layer_id();
        let first = ui.ctx().graphics(|all| all.get(layer).map_or(0, |list| list.all_entries().len()));
        draw(ui);
        let inks = inks(&drawn(ui.ctx(), layer, first), ui.ctx());
        self.rows.insert(row, Arc::new(inks));
        self.is_new = true;
    }

    /// Keeps it for the next frame.
    pub fn keep(self, ctx: &Context) {
        if self.is_new {
            ctx.data_mut(|data| data.insert_temp(kept_id(), Arc::new(self)));
        }
    }
}

fn kept_id() -> Id {
    Id::unique("timeline rows kept")
}

impl Ink {
    fn draw(&self, painter: &Painter) {
        painter.with_clip_rect(self.clip).extend(self.shapes.iter().cloned());
    }
}

/// What was drawn on a layer in this frame, from the so-manieth shape on.
fn drawn(ctx: &Context, layer: LayerId, first: usize) -> Vec<ClippedShape> {
    ctx.graphics(|graphics| {
        let all = graphics.get(layer).map(|list| list.all_entries().skip(first).cloned().collect());
        all.unwrap_or_default()
    })
}

/// Shapes as triangles, but for texts and discs: they are copied out of the atlas, in which they may
/// lie elsewhere by the next frame, and are drawn faster so.
fn inks(shapes: &[ClippedShape], ctx: &Context) -> Vec<Ink> {
    let options = ctx.tessellation_options(|options| TessellationOptions {
        coarse_tessellation_culling: false,
        ..*options
    });
    let mut tessellator = Tessellator::new(ctx.pixels_per_point(), options, [1, 1], Vec::new());
    let is_of_the_atlas = |it: &ClippedShape| matches!(it.shape, Shape::Text(_) | Shape::Circle(_));
    shapes
        .chunk_by(|one, other| one.clip_rect == other.clip_rect)
        .filter_map(|shapes| {
            let clip = shapes.first()?.clip_rect;
            tessellator.set_clip_rect(clip);
            let alike = shapes.chunk_by(|one, other| is_of_the_atlas(one) == is_of_the_atlas(other));
            let kept = alike.flat_map(|shapes| {
                if shapes.first().is_some_and(is_of_the_atlas) {
                    return shapes.iter().map(|it| it.shape.clone()).collect();
                }
                let mut mesh = Mesh::default();
                for it in shapes {
                    tessellator.tessellate_shape(it.shape.clone(), &mut mesh);
                }
                vec![Shape::Mesh(Arc::new(mesh))]
            });
            Some(Ink { clip, shapes: kept.collect() })
        })
        .collect()
}
