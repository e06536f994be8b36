//! What the result shown is compared with, and what came of it.
//!
//! One side is always the live result, so that an edit shows its difference as soon as it is
//! replayed. The other side is a result that was kept, or a replay of its own that differs from
//! the live one in one thing. Both the replay and the comparison are the worker's.

use std::sync::Arc;

use super::{
    jobs::{Against, Compared},
    session::Outcome,
};
use crate::{lab::DifferenceKind, workspace::Workspace};

/// A result that was kept to compare with.
#[derive(Clone, Debug)]
pub struct Kept {
    /// The result.
    pub outcome: Arc<Outcome>,
    /// The workspace it came of.
    pub workspace: Arc<Workspace>,
}

/// What is compared, and how its differences are listed.
#[derive(Debug, Default)]
pub struct Comparing {
    /// With what; `None`: nothing is compared.
    pub against: Option<Against>,
    /// The result that was kept.
    pub kept: Option<Kept>,
    /// What came of it, perhaps not yet of the newest result.
    pub compared: Option<Arc<Compared>>,
    /// Differences that pass the filter: positions in the comparison.
    pub rows: Vec<usize>,
    /// Only those that differ so.
    pub kind: Option<DifferenceKind>,
    /// Only this person's: a position in [`Compared::people`].
    pub person: Option<usize>,
    /// The difference that was picked last: a position in the comparison.
    pub picked: Option<usize>,
    /// It was cancelled or could not be done: it is not begun again by itself.
    pub(super) gave_up: bool,
}

/// What somebody wants of the comparison.
#[derive(Clone, Debug, PartialEq)]
pub enum CompareIntent {
    /// Keep the result shown, and compare with it.
    Keep,
    /// Compare with something else, or with nothing.
    With(Option<Against>),
    /// List only what differs so; the same again lists everything.
    Kind(DifferenceKind),
    /// List only a person's differences: a position in [`Compared::people`].
    Person(Option<usize>),
    /// Go to a difference: a position in the comparison.
    Pick(usize),
    /// Compare again, after it was cancelled.
    Again,
}
