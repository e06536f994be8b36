//! What the worker does: open a workspace, read recordings, replay, lint.

mod around;
mod compare;
mod control;
mod memory;
mod ready;
mod replay;
mod report;
mod story;
mod why_not;

use std::{path::PathBuf, sync::Arc};

use self::memory::{Keep, Stop};
use super::{
    fault::Fault,
    session::{Opened, Outcome},
};
use crate::{lab::Story, workspace};

pub use around::AroundJob;
pub use compare::{Against, Before, CompareJob, Compared};
pub use control::{Control, Stage, Timing, WhyNot};
pub use memory::{Memory, ReplayJob};
pub use report::{About, ReportJob};
pub use why_not::WhyNotJob;

/// A job.
pub enum Job {
    /// Open the workspace in this folder.
    Open(PathBuf),
    /// Replay.
    Replay(ReplayJob),
    /// Tell the story of one person.
    Story(AroundJob),
    /// Compare the result shown with another.
    Compare(CompareJob),
    /// Look for what would have sent a message.
    WhyNot(Box<WhyNotJob>),
    /// Write a result down as a bug report.
    Report(Box<ReportJob>),
}

/// What a job made.
pub enum Product {
    /// An open workspace.
    Opened(Box<Opened>),
    /// A replay's outcome.
    Replayed(Arc<Outcome>),
    /// A person's story; `None`: nobody is called so.
    Story(Option<Box<Story>>),
    /// A comparison.
    Compared(Box<Compared>),
    /// What would have sent a message; `None`: nobody is called so.
    WhyNot(Option<Box<WhyNot>>),
    /// A bug report; `None`: nobody is called so.
    Report(Option<String>),
    /// Nothing: it was cancelled.
    Cancelled,
}

impl Memory {
    /// Does a job.
    pub fn perform(&mut self, job: Job, control: &Control, timing: Timing) -> Result<Product, Fault> {
        let done = match job {
            Job::Open(folder) => open(&folder, control).map(|opened| Product::Opened(Box::new(opened))),
            Job::Story(job) => {
                self.story(&job, control, timing).map(|story| Product::Story(story.map(Box::new)))
            }
            Job::Compare(job) => {
                self.compare(job, control, timing).map(|compared| Product::Compared(Box::new(compared)))
            }
            Job::Report(job) => self.report(&job, control, timing).map(Product::Report),
            Job::WhyNot(job) => {
                self.why_not(&job, control, timing).map(|found| Product::WhyNot(found.map(Box::new)))
            }
            Job::Replay(job) => self.replay(&job, control, timing, Keep::Yes).map(Product::Replayed),
        };
        match done {
            Ok(product) => Ok(product),
            Err(Stop::Cancelled) => Ok(Product::Cancelled),
            Err(Stop::Fault(fault)) => Err(fault),
        }
    }
}

fn open(folder: &std::path::Path, control: &Control) -> Result<Opened, Stop> {
    control.begin(Stage::Opening, 0);
    let opened = workspace::open(folder).map_err(|error| Fault {
        what: "The workspace cannot be opened".to_owned(),
        place: error.to_string(),
        advice: "Mend it and open the workspace again, or open another folder.".to_owned(),
    })?;
    let unsaved = workspace::left_behind(folder);
    Ok(Opened { unsaved, ..Opened::new(opened) })
}
