//! The canvas: a journey’s [`diagram`](super::diagram) painted, what is told on it of a replay, and
//! what the pointer and the keys do to it.

mod hands;
pub mod held_chips;
mod legend;
pub mod minimap;
pub mod notes;
pub mod overlay;
pub mod paint;
mod palette;
pub mod picture;
mod place;
pub mod runs;
pub mod tally;
pub mod tools;
pub mod view;
