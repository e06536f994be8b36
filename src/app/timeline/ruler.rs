//! The axis on the screen: days, times, and where the clocks change.

use egui::{Align2, Id, Rect, Role, Sense, Stroke, Ui, WidgetInfo, pos2, vec2};

use super::{
    axis::{Shift, Tick},
    paint::dashes,
};
use crate::{
    app::{
        state::Model,
        stretch::Scale,
        theme::{Tokens, fonts},
    },
    recording::Span,
    words::time,
};

/// Height of the axis.
pub const AXIS_PT: f32 = 26.0;

/// What the axis is painted of.
pub struct Ruler<'a> {
    pub model: &'a Model,
    pub scale: Scale,
    pub tokens: &'static Tokens,
    /// All of the timeline.
    pub all: Rect,
}

impl Ruler<'_> {
    /// Where the clocks change: a dashed line that says by how much.
    pub fn shifts(&self, ui: &Ui, shifts: &[Shift]) {
        let (t, all) = (self.tokens, self.all);
        for shift in shifts {
            let x = self.scale.x(shift.at_ms);
            let line = [pos2(x, all.top() + AXIS_PT), pos2(x, all.bottom())];
            let stroke = Stroke::new(1.0, t.wait);
            dashes(&ui.painter_at(all), line, stroke, (3.0, 3.0));
            let by = Span::from_ms(shift.by_ms.abs()).spoken();
            let way = if shift.by_ms > 0 { "forward" } else { "back" };
            let sign = if shift.by_ms > 0 { "+" } else { "−" };
            // Below the lanes, whose own names stand at the top; on a ground of its own, should a
            // bar come so far.
            let at = pos2(x + 6.0, all.bottom() - 5.0);
            let painter = ui.painter_at(all);
            let galley = painter.layout_no_wrap(format!("{sign}{by}"), fonts::small(), t.text_weak);
            let drawn = Align2::LEFT_BOTTOM.anchor_size(at, galley.size());
            painter.rect_filled(drawn.expand2(vec2(3.0, 1.0)), 3.0, t.panel);
            painter.galley(drawn.min, galley, t.text_weak);
            let said = format!("The clocks go {way} {by} here");
            let place = drawn.union(Rect::from_two_pos(line[1], pos2(x, drawn.top()))).intersect(all);
            let response = ui.interact(place, Id::unique(("shift", shift.at_ms)), Sense::hover());
            response.widget_info(|| WidgetInfo::labeled(Role::Label, true, &said));
            response.on_hover_text(&said);
        }
    }

    /// The axis itself.
    pub fn axis(&self, ui: &Ui, ticks: &[Tick]) {
        let (t, all) = (self.tokens, self.all);
        let painter = ui.painter_at(all);
        for tick in ticks.iter().filter(|tick| !tick.label.is_empty()) {
            let at = pos2(self.scale.x(tick.at_ms) + 4.0, all.top() + AXIS_PT / 2.0);
            let color = if tick.day { t.text } else { t.text_weak };
            painter.text(at, Align2::LEFT_CENTER, &tick.label, fonts::small_figures(), color);
        }
        // Close up no day begins in sight: the first one is said where the names stand.
        let day = time::day(self.scale.window.from_ms, self.model.cursor_zone());
        let at = pos2(all.left() + 16.0, all.top() + AXIS_PT / 2.0);
        painter.text(at, Align2::LEFT_CENTER, day, fonts::small_figures(), t.text_weak);
        painter.hline(all.x_range(), all.top() + AXIS_PT, Stroke::new(1.0, t.line));
    }

    /// Lines where days begin.
    pub fn days(&self, ui: &Ui, area: Rect, ticks: &[Tick]) {
        let painter = ui.painter();
        for tick in ticks.iter().filter(|tick| tick.day) {
            painter.vline(self.scale.x(tick.at_ms), area.y_range(), Stroke::new(1.0, self.tokens.line));
        }
    }
}
