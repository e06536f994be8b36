//! What the benchmarks share.

pub mod crowd;
pub mod measure;
