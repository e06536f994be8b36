//! “Why did that one never go”: what is asked follows from what is selected, the worker looks for
//! the smallest change that would have sent it, and a stale answer is never shown.

use std::sync::Arc;

use super::{jobs::WhyNot, selection::Selection};
use crate::lab::{Asked, Story};

/// What is asked at the moment, and the answer once it is there.
#[derive(Debug, Default)]
pub struct Asking {
    /// What the question follows from: another selection or another story is another question.
    pub(super) from: Option<(Selection, Arc<Story>)>,
    /// The question, made once: a long story has many identifiers to gather.
    pub(super) asked: Option<Asked>,
    /// Whether the worker looks for the answer.
    pub(super) under_way: bool,
    /// What was found, all of it or so far.
    pub(super) found: Option<Arc<WhyNot>>,
}

/// How far the search for the smallest change is.
#[derive(Clone, Debug, PartialEq)]
pub enum Search {
    /// There is nothing to ask.
    Nothing,
    /// The worker looks; what it found so far begins with the smallest change.
    UnderWay(Option<Arc<WhyNot>>),
    /// It was stopped before the end.
    Stopped,
    /// It is done.
    Done(Arc<WhyNot>),
}
