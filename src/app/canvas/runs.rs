//! Where the runs of those on the timeline are at the cursor: a token on each run's block, with
//! their number if they are several, moving along the edge when the run moves on.

use std::collections::BTreeMap;

use egui::{Id, Pos2, Rect, Role, Sense, Stroke, Ui, Vec2, WidgetInfo, vec2};

use super::picture::Picture;
use crate::{
    app::{
        badge,
        diagram::{graph::NodeKey, route, scene::Scene},
        motion,
    },
    journey::BlockId,
    simulator::{PersonState, person_state::RunState},
    words::person,
};

/// How long a token moves (s).
const MOVES_S: f64 = 0.18;
/// A token's radius on a block of its own size.
const RADIUS_PT: f32 = 6.0;

/// Where a token is, and where it came from when.
#[derive(Clone, Debug, PartialEq)]
struct Moving {
    from: Option<BlockId>,
    to: BlockId,
    since_s: f64,
}

/// Draws a token for each run of the journey shown.
pub fn show(ui: &Ui, picture: &Picture<'_>) {
    let model = picture.model;
    let several = model.company.is_several();
    let everybody = model.company.people().iter().zip(&model.moment.people).enumerate();
    let all = everybody.flat_map(|(at, (it, states))| runs_of(states).map(move |run| (at, it, run)));
    let runs = all.filter(|(.., (_, run))| run.journey == *picture.id);
    let (now_s, reduced) = (ui.input(|input| input.time), motion::is_reduced(ui.ctx()));
    let mut beside: BTreeMap<&BlockId, usize> = BTreeMap::new();
    for (at, it, (number, run)) in runs {
        let Some(rest) = resting(picture.scene, &run.block) else { continue };
        let place = beside.entry(&run.block).or_default();
        let radius = if several { badge::RADIUS_PT } else { RADIUS_PT };
        let rest = rest + vec2(*place as f32 * radius * 2.5, 0.0);
        *place += 1;
        // By whom, not by their place: turning to somebody else moves no token.
        let id = Id::unique(("token", picture.id.as_str(), it.known_as(), *number));
        let moving = ui.data_mut(|data| {
            let known = data.get_temp::<Moving>(id);
            let moving = next(known, &run.block, now_s);
            data.insert_temp(id, moving.clone());
            moving
        });
        let share = if reduced { 1.0 } else { ((now_s - moving.since_s) / MOVES_S).clamp(0.0, 1.0) as f32 };
        let place = match &moving.from {
            Some(from) if share < 1.0 => {
                ui.ctx().request_repaint();
                along(picture.scene, from, &run.block, rest, share)
            }
            _ => rest,
        };
        let name = picture.model.names().block(&run.journey, &run.block).to_owned();
        let whose = if several { person::who(it.known_as()) } else { "the person in focus".to_owned() };
        let number = several.then_some((at, model.company.focus() == at));
        paint(ui, picture, id, place, number, &format!("A run of {whose} is at {name}"));
    }
}

/// The runs of one person: of one profile, or of several that are not merged yet.
fn runs_of(states: &[PersonState]) -> impl Iterator<Item = (&u32, &RunState)> {
    states.iter().flat_map(|state| &state.runs)
}

/// What becomes of a token: it stays, or begins to move.
fn next(known: Option<Moving>, block: &BlockId, now_s: f64) -> Moving {
    match known {
        Some(known) if known.to == *block => known,
        Some(known) => Moving { from: Some(known.to), to: block.clone(), since_s: now_s },
        None => Moving { from: None, to: block.clone(), since_s: now_s },
    }
}

/// Where a token rests: on the upper left corner of its block.
fn resting(scene: &Scene, block: &BlockId) -> Option<Pos2> {
    Some(scene.place_of(&NodeKey::Block(block.clone()))?.left_top() + vec2(18.0, 0.0))
}

/// A point on the way from one block to the next: along the edge if one leads there.
fn along(scene: &Scene, from: &BlockId, to: &BlockId, rest: Pos2, share: f32) -> Pos2 {
    let at = |block: &BlockId| scene.graph.position(&NodeKey::Block(block.clone()));
    let (Some(from), Some(to)) = (at(from), at(to)) else { return rest };
    let edge = scene.graph.edges.iter().position(|edge| edge.from == from && edge.to == Some(to));
    let Some(curve) = edge.map(|edge| &scene.curves[edge]).filter(|curve| !curve.is_empty()) else {
        return scene.blocks[from].center().lerp(rest, share);
    };
    let whole = share * curve.len() as f32;
    let piece = (whole as usize).min(curve.len() - 1);
    let on_edge = route::point(&curve[piece], whole - piece as f32);
    // From the edge's end it slides to its place.
    on_edge.lerp(rest, share * share * share)
}

fn paint(ui: &Ui, picture: &Picture<'_>, id: Id, at: Pos2, number: Option<(usize, bool)>, what: &str) {
    let (t, zoom) = (picture.tokens, picture.camera.zoom);
    let center = picture.to_screen(at);
    let painter = ui.painter_at(picture.view);
    let radius = if let Some((place, in_focus)) = number {
        let radius = (badge::RADIUS_PT * zoom).clamp(3.0, 11.0);
        painter.circle_filled(center, radius + 1.5, t.panel);
        badge::paint(&painter, center, radius, place, in_focus, t);
        radius
    } else {
        let radius = (RADIUS_PT * zoom).clamp(3.0, 9.0);
        painter.circle(center, radius + 2.5, t.panel, Stroke::new(1.0, t.accent));
        painter.circle_filled(center, radius, t.accent);
        radius
    };
    let rect = Rect::from_center_size(center, Vec2::splat(radius * 2.0)).intersect(picture.view);
    if rect.is_positive() {
        let response = ui.interact(rect, id, Sense::hover());
        response.widget_info(|| WidgetInfo::labeled(Role::Label, true, what));
        response.on_hover_text(what);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::{diagram::graph::Graph, fixture};

    #[test]
    fn a_token_moves_when_its_block_is_another_and_only_then() {
        let (a, b) = (BlockId::from("a"), BlockId::from("b"));
        let first = next(None, &a, 1.0);
        assert_eq!((&first.from, first.since_s), (&None, 1.0));
        let same = next(Some(first.clone()), &a, 5.0);
        assert_eq!(same, first);
        let moved = next(Some(same), &b, 7.0);
        assert_eq!(moved, Moving { from: Some(a), to: b, since_s: 7.0 });
    }

    #[test]
    fn it_starts_on_the_edge_and_ends_on_the_block() {
        let journey = fixture::cart_recovery();
        let graph = Graph::of(&journey, &crate::journey::Segments::default(), false);
        let edge = graph.edges.iter().position(|edge| edge.from > 0 && edge.to.is_some()).expect("an edge");
        let scene = Scene::of(graph, &journey.positions, None);
        let key = |at: usize| scene.graph.nodes[at].key.block().cloned().expect("a block");
        let (from, to) = (scene.graph.edges[edge].from, scene.graph.edges[edge].to.expect("an end"));
        let (from, to) = (key(from), key(to));
        let rest = resting(&scene, &to).expect("a place");
        assert_eq!(along(&scene, &from, &to, rest, 0.0), scene.curves[edge][0][0]);
        assert!(along(&scene, &from, &to, rest, 1.0).distance(rest) < 0.1);
    }
}
