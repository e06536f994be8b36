//! Looking closer: pure functions over recordings and replay results. Nothing here draws, reads
//! files or decides anything about people; it only puts together what was decided.

pub mod chronicle;
pub mod story;

pub use chronicle::Chronicle;
pub use story::{Device, Hold, Mark, Stay, Story, story};
