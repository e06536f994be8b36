//! Looking closer: pure functions over recordings and replay results. Nothing here draws, reads
//! files or decides anything about people; it only puts together what was decided.

pub mod asked;
pub mod calendar;
pub mod chronicle;
pub mod compare;
pub mod coupling;
pub mod coverage;
pub mod directory;
pub mod guess;
pub mod held;
pub mod lanes;
pub mod merged;
pub mod person;
pub mod place;
pub mod remedy;
pub mod series;
pub mod shrink;
pub mod steps;
pub mod story;

pub use asked::{Asked, Stopped};
pub use chronicle::Chronicle;
pub use compare::{Comparison, Difference, DifferenceKind, compare};
pub use coverage::{JourneyCoverage, coverage};
pub use directory::Directory;
pub use lanes::{LaneIndex, RunRow};
pub use merged::MergedPerson;
pub use remedy::{Change, Remedies, Remedy, remedies};
pub use steps::Step;
pub use story::{Device, Hold, Mark, Stay, Story, story};
