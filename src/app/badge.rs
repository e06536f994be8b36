//! The number by which people beside each other are told apart: at their lanes, in the lists, and
//! on the tokens of their runs.

use egui::{Align2, Painter, Pos2, Stroke};

use super::theme::{Tokens, fonts};

/// Half the width of a badge.
pub const RADIUS_PT: f32 = 8.0;

/// Draws the number of somebody by their place, filled for the one in focus.
pub fn paint(painter: &Painter, center: Pos2, radius: f32, place: usize, in_focus: bool, t: &Tokens) {
    let (fill, ink) = if in_focus { (t.accent, t.on_fill) } else { (t.panel, t.text_weak) };
    let ring = if in_focus { t.accent } else { t.text_weak };
    painter.circle(center, radius, fill, Stroke::new(1.2, ring));
    if radius >= RADIUS_PT - 2.0 {
        painter.text(center, Align2::CENTER_CENTER, place + 1, fonts::small_figures(), ink);
    }
}
