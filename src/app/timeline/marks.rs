//! Events on the screen: one by one, together, or as a density.

use std::{ops::Range, sync::Arc};

use egui::{Align2, Color32, CornerRadius, Mesh, Pos2, Rect, Shape, Stroke, Ui, pos2, vec2};

use super::{
    items::{Count, Sign, lane_of},
    layout::RowKind,
    paint::Painting,
};
use crate::{
    app::{
        intent::{Intent, Intents},
        theme::fonts,
    },
    lab::Mark,
    recording::EventKind,
    words::{count, counted, sentence, time},
};

/// Height of the densest step of a density.
const DENSITY_PT: f32 = 22.0;
/// How much closer a press on a density looks.
const CLOSER: f64 = 6.0;

impl Painting<'_> {
    /// The events of a row.
    pub(super) fn lane(&self, kind: RowKind) -> &[Mark] {
        self.story.lane(lane_of(self.story, kind))
    }

    fn color(&self, sign: Sign) -> Color32 {
        match sign {
            Sign::Identify => self.tokens.branch,
            Sign::Done => self.tokens.trigger,
            Sign::Seen => self.tokens.end,
        }
    }

    pub(super) fn marks(
        &self,
        ui: &mut Ui,
        y: f32,
        (from, to): (f32, f32),
        sign: Sign,
        marks: &[Mark],
        intents: &mut Intents,
    ) {
        let t = self.tokens;
        let color = self.color(sign);
        let rect = Rect::from_min_max(pos2(from - 5.0, y - 5.0), pos2(to + 5.0, y + 5.0));
        let id = ("marks", marks.first().map(|mark| mark.event.as_str()), y.to_bits());
        let response = self.hover(ui, rect, id, || self.marks_text(marks));
        if marks.len() > 1 {
            ui.painter().rect_filled(rect, CornerRadius::same(5), color);
            let number = marks.len().to_string();
            if rect.width() > 8.0 + 7.0 * number.len() as f32 {
                let font = fonts::small_figures();
                ui.painter().text(rect.center(), Align2::CENTER_CENTER, number, font, t.on_fill);
            }
        } else if sign == Sign::Identify {
            let at = |dx: f32, dy: f32| rect.center() + vec2(dx, dy);
            let points = vec![at(0.0, -7.0), at(7.0, 0.0), at(0.0, 7.0), at(-7.0, 0.0)];
            ui.painter().add(Shape::convex_polygon(points, color, Stroke::new(1.0, t.panel)));
        } else {
            // Two discs are drawn faster than one with an outline.
            ui.painter().circle_filled(rect.center(), 5.5, t.panel);
            ui.painter().circle_filled(rect.center(), 4.5, color);
        }
        let is_chosen =
            self.record.is_some_and(|it| marks.iter().any(|mark| it.because.events.contains(&mark.event)));
        self.outline(ui, rect.expand(2.0), 7, is_chosen, &response);
        if response.clicked()
            && let Some(mark) = marks.first()
        {
            self.show(self.story.record_of_event(&mark.event), mark.arrived_ms, intents);
        }
    }

    /// The name of a mark, over it.
    pub(super) fn mark_name(&self, ui: &Ui, at: Pos2, marks: &[Mark]) {
        let Some(mark) = marks.first() else { return };
        let color = if Sign::Seen == Sign::of(mark.kind) { self.tokens.text_weak } else { self.tokens.text };
        let place = at - vec2(5.0, 12.0);
        ui.painter().text(place, Align2::LEFT_CENTER, &mark.name, fonts::small(), color);
    }

    /// How many events come when, far out: one bar for each step, what was done over what was
    /// looked at. A press looks closer.
    pub(super) fn density(
        &self,
        ui: &Ui,
        from: Pos2,
        step: f32,
        counts: &[Count],
        (kind, range): (RowKind, &Range<usize>),
        intents: &mut Intents,
    ) {
        let most = counts.iter().map(|it| it.all).max().unwrap_or(1).max(1) as f32;
        let (seen, done) = (self.color(Sign::Seen), self.color(Sign::Done));
        let mut mesh = Mesh::default();
        let filled = counts.iter().filter(|it| it.all > 0).count();
        mesh.reserve_vertices(filled * 8);
        mesh.reserve_triangles(filled * 4);
        for (at, it) in counts.iter().enumerate().filter(|(_, it)| it.all > 0) {
            let height = ((it.all as f32 / most).sqrt() * DENSITY_PT).max(2.0);
            let x = from.x + at as f32 * step + 0.5;
            let (top, bottom) = (from.y - height / 2.0, from.y + height / 2.0);
            let parts = top + height * (it.done as f32 / it.all as f32);
            let bar = |top: f32, bottom: f32| Rect::from_min_max(pos2(x, top), pos2(x + step - 1.0, bottom));
            if it.done > 0 {
                mesh.add_colored_rect(bar(top, parts), done.gamma_multiply(0.7));
            }
            if it.done < it.all {
                mesh.add_colored_rect(bar(parts, bottom), seen.gamma_multiply(0.7));
            }
        }
        ui.painter().add(Shape::Mesh(Arc::new(mesh)));
        let size = vec2(counts.len() as f32 * step, DENSITY_PT);
        let rect = Rect::from_min_size(pos2(from.x, from.y - DENSITY_PT / 2.0), size);
        let pointed = ui.input(|input| input.pointer.hover_pos()).filter(|at| rect.contains(*at));
        let what = || {
            let marks = &self.lane(kind)[range.clone()];
            let ends = marks.first().zip(marks.last());
            let (first, last) = ends.map_or((0, 0), |(first, last)| (first.at_ms, last.at_ms));
            let all = count(range.len() as u64);
            let whole = format!("{all} events from {} to {}", self.moment(first), self.moment(last));
            let here = pointed.and_then(|at| {
                let it = counts.get(((at.x - from.x) / step) as usize)?;
                let here = counted(u64::from(it.all), "event", "events");
                Some(format!("\n{here} around {}", self.moment(self.scale.at(at.x))))
            });
            format!("{whole}; press to look closer{}", here.unwrap_or_default())
        };
        let response = self.hover(ui, rect, ("density", from.y.to_bits()), what);
        if response.clicked() {
            let share = pointed.map_or(0.5, |at| self.scale.share(at.x));
            intents.want(Intent::LookTimeline(Some(self.scale.window.zoomed(CLOSER, share))));
        }
    }

    /// What a hover says of marks: each of a few, else how many.
    fn marks_text(&self, marks: &[Mark]) -> String {
        const SHOWN: usize = 8;
        let line = |mark: &Mark| {
            let what = match (mark.kind, mark.name.as_str()) {
                (EventKind::Track, name) => name.to_owned(),
                (kind, "") => sentence(kind.word()),
                (kind, name) => format!("{}: {name}", sentence(kind.word())),
            };
            let late = time::later(mark.at_ms, mark.arrived_ms);
            let late = if late.is_empty() { late } else { format!(", arrived {late}") };
            let (recording, number) = &mark.source;
            format!("{} · {what}{late} ({recording}, line {number})", self.moment(mark.at_ms))
        };
        let mut lines: Vec<String> = marks.iter().take(SHOWN).map(line).collect();
        if marks.len() > SHOWN {
            lines.push(format!("and {} more", marks.len() - SHOWN));
        }
        lines.join("\n")
    }
}
