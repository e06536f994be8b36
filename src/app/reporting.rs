//! “Copy as bug report”, wherever a result is shown: what it is about follows from what was pressed
//! or selected, what should have happened is asked, and the worker writes it down.

use crate::{
    journey::{BlockId, JourneyId},
    report::bug_report::{Expectation, Happened, Spot, Wish},
};

/// What is reported.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Subject {
    /// What became of somebody at a block.
    Somebody {
        /// Their identifiers.
        person: Vec<String>,
        /// The journey.
        journey: JourneyId,
        /// The block.
        block: BlockId,
        /// Which of their runs; `None`: any.
        run: Option<u32>,
        /// What became of it.
        happened: Happened,
        /// How another result differs.
        beside: Option<String>,
    },
    /// What everybody did at a place of a journey.
    Place {
        /// The journey.
        journey: JourneyId,
        /// Where in it.
        spot: Spot,
        /// How many did.
        came: u64,
    },
}

impl Subject {
    /// What happened.
    pub const fn happened(&self) -> Happened {
        match self {
            Self::Somebody { happened, .. } => *happened,
            Self::Place { came, .. } => Happened::Way(*came),
        }
    }
}

/// How far a report is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Progress {
    /// It is being asked what should have happened.
    #[default]
    Asking,
    /// The worker writes it.
    Writing,
    /// It is on the clipboard.
    Copied,
    /// The worker stopped, or found nothing to write.
    Stopped,
}

/// A report that is being put together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Draft {
    /// What it may be about; never empty.
    pub subjects: Vec<Subject>,
    /// Which of them.
    pub chosen: usize,
    /// What should have happened.
    pub expected: Expectation,
    /// How far it is.
    pub progress: Progress,
}

/// Something about a report.
#[derive(Clone, Debug, PartialEq)]
pub enum ReportIntent {
    /// Begin one about one of these.
    Begin(Vec<Subject>),
    /// Choose what it is about.
    About(usize),
    /// Choose what should have happened.
    Wish(Option<Wish>),
    /// Say so in own words.
    Words(String),
    /// Write it and put it on the clipboard.
    Copy,
}
