//! Notes for colleagues: where each lies, and how high its text makes it.

use std::collections::BTreeMap;

use egui::{Rect, pos2, vec2};

use crate::{
    app::{text, theme::size},
    journey::{Note, NoteId},
};

/// Width of a note, in points at 100 %.
pub const WIDTH: f32 = 200.0;
/// Between the edge of a note and its text.
pub const PAD: f32 = 10.0;
/// The height of a line of it.
pub const LINE: f32 = 18.0;

/// A note on the canvas.
#[derive(Clone, Debug, PartialEq)]
pub struct Paper {
    /// Which.
    pub id: NoteId,
    /// What it says.
    pub text: String,
    /// Where it lies, in canvas points.
    pub rect: Rect,
}

/// The notes of a journey, each as high as its text needs.
pub fn papers(notes: &BTreeMap<NoteId, Note>) -> Vec<Paper> {
    let paper = |(id, note): (&NoteId, &Note)| Paper {
        id: id.clone(),
        text: note.text.clone(),
        rect: Rect::from_min_size(pos2(note.at.x, note.at.y), vec2(WIDTH, height(&note.text))),
    };
    notes.iter().map(paper).collect()
}

/// The height of a note, by an estimate that rather leaves room than cuts a line off.
fn height(note: &str) -> f32 {
    let room = WIDTH - 2.0 * PAD;
    let lines = |part: &str| {
        let mut lines = 1;
        let mut used = 0.0;
        for word in part.split_inclusive(' ') {
            let wide = text::width(word, size::TEXT);
            if used > 0.0 && used + wide > room {
                (lines, used) = (lines + 1, 0.0);
            }
            used += wide;
            while used > room {
                (lines, used) = (lines + 1, used - room);
            }
        }
        lines
    };
    let all: i32 = note.split('\n').map(lines).sum();
    all as f32 * LINE + 2.0 * PAD
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_note_is_as_high_as_its_text() {
        let one = height("Ask Mila");
        assert_eq!(one, LINE + 2.0 * PAD);
        assert_eq!(height(""), one);
        assert_eq!(height("a\nb\nc"), 3.0 * LINE + 2.0 * PAD);
        assert!(height(&"word ".repeat(40)) > 5.0 * LINE);
        assert!(height(&"x".repeat(200)) > 5.0 * LINE, "a word without spaces breaks too");
    }
}
