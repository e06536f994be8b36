//! Looking closer: pure functions over recordings and replay results. Nothing here draws, reads
//! files or decides anything about people; it only puts together what was decided.

pub mod calendar;
pub mod chronicle;
pub mod directory;
pub mod held;
pub mod person;
pub mod story;

pub use chronicle::Chronicle;
pub use directory::Directory;
pub use story::{Device, Hold, Mark, Stay, Story, story};
