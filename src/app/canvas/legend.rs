//! The switch between what the canvas tells, and what its marks mean.

use egui::{
    CornerRadius, Popup, Rect, Role, Sense, Stroke, StrokeKind, Ui, UiBuilder, Vec2, WidgetInfo, pos2, vec2,
};

use super::{
    overlay::{LegendLine, Reading, Swatch},
    paint,
};
use crate::app::{
    diagram::overlay::Overlay,
    intent::{Intent, Intents},
    theme::{self, Tokens, fonts, size, tokens},
    widgets,
};

/// Height of a line.
const LINE: f32 = 20.0;
/// Room for what stands before a line.
const SWATCH: f32 = 34.0;

/// The switch, beside the button that adds blocks.
pub fn switch(ui: &mut Ui, shown: Overlay, view: Rect, intents: &mut Intents) {
    let rect = Rect::from_min_size(view.left_top() + vec2(132.0, 18.0), vec2(240.0, size::CONTROL));
    ui.scope_builder(UiBuilder::new().max_rect(rect), |ui| {
        let selector = widgets::selector(ui, "Show", shown.name(), 140.0).on_hover_text(shown.meaning());
        Popup::menu(&selector).gap(4.0).show(|ui| {
            ui.set_width(200.0);
            for overlay in Overlay::ALL {
                let row = widgets::Row {
                    name: overlay.name(),
                    count: None,
                    count_color: None,
                    label: overlay.name().to_owned(),
                    selected: overlay == shown,
                };
                if row.show(ui).on_hover_text(overlay.meaning()).clicked() {
                    intents.want(Intent::Overlay(overlay));
                    ui.close();
                }
            }
        });
    });
}

/// What the marks mean, above the zoom control; nothing where they need no words.
pub fn legend(ui: &Ui, reading: &Reading<'_>, view: Rect) {
    let lines = reading.legend();
    if lines.is_empty() || view.height() < 220.0 {
        return;
    }
    let t = theme::of(ui);
    let painter = ui.painter_at(view);
    let measure = |line: &LegendLine| {
        let text = painter.layout_no_wrap(line.text.clone(), fonts::small(), t.text).size().x;
        text + if line.swatch == Swatch::None { 0.0 } else { SWATCH }
    };
    let width = lines.iter().map(measure).fold(0.0, f32::max) + 20.0;
    let height = lines.len() as f32 * LINE + 12.0;
    let foot = view.left_bottom() + vec2(16.0, -16.0 - 32.0 - 8.0);
    let rect = Rect::from_min_max(foot - vec2(0.0, height), foot + vec2(width, 0.0));
    let response = ui.interact(rect, ui.unique_id().with("legend"), Sense::hover());
    let said: Vec<&str> = lines.iter().map(|line| line.text.as_str()).collect();
    response.widget_info(|| {
        WidgetInfo::labeled(
            Role::Label,
            true,
            format!("Legend of {}: {}", reading.overlay.name(), said.join(", ")),
        )
    });
    let radius = CornerRadius::same(size::RADIUS);
    painter.rect(rect, radius, t.panel, Stroke::new(1.0, t.line_strong), StrokeKind::Inside);
    for (number, line) in lines.iter().enumerate() {
        let middle = rect.top() + 6.0 + (number as f32 + 0.5) * LINE;
        let mut left = rect.left() + 10.0;
        if line.swatch != Swatch::None {
            let place = Rect::from_center_size(pos2(left + SWATCH / 2.0 - 4.0, middle), vec2(26.0, 12.0));
            swatch(&painter, t, line.swatch, place);
            left += SWATCH;
        }
        painter.text(pos2(left, middle), egui::Align2::LEFT_CENTER, &line.text, fonts::small(), t.text);
    }
}

fn swatch(painter: &egui::Painter, t: &Tokens, swatch: Swatch, place: Rect) {
    match swatch {
        Swatch::None => {}
        Swatch::Sign(icon, tone) => {
            icon.paint_at(painter, place.center(), 11.0, paint::tone_color(t, tone));
        }
        Swatch::Line(line, tone) => {
            let stroke = Stroke::new(2.0, paint::line_color(t, tone));
            paint::line(painter, &[place.left_center(), place.right_center()], line, stroke);
        }
        Swatch::Heat(tone) => {
            const STEPS: u8 = 4;
            let width = place.width() / f32::from(STEPS);
            for step in 0..STEPS {
                let corner = place.left_top() + vec2(width * f32::from(step), 0.0);
                let strength = f32::from(step + 1) / f32::from(STEPS);
                let color = tokens::tinted(t.panel, paint::tone_color(t, tone), strength);
                painter.rect_filled(
                    Rect::from_min_size(corner, Vec2::new(width, place.height())),
                    0.0,
                    color,
                );
            }
            painter.rect_stroke(place, 0.0, Stroke::new(1.0, t.line_strong), StrokeKind::Inside);
        }
    }
}
