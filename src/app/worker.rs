//! Work off the UI thread: one worker thread, bounded channels, progress, cancel, and a revision
//! on each job so that a stale result is dropped.
//!
//! The window submits the newest job it wants done; a job already running is cancelled, for
//! nobody waits for its answer any more. The window polls for reports and never blocks.

use std::{
    collections::VecDeque,
    panic::{self, AssertUnwindSafe},
    sync::{Arc, atomic::Ordering},
    thread,
};

use crossbeam_channel::{Receiver, Sender, TryRecvError, TrySendError, bounded};

use super::{
    fault::Fault,
    jobs::{Control, Job, Memory, Product, Timing},
};

/// A job with its revision and control.
struct Request {
    revision: u64,
    job: Job,
    control: Arc<Control>,
}

/// What became of a job.
pub struct Report {
    /// Of which job.
    pub revision: u64,
    /// What it made.
    pub product: Result<Product, Fault>,
}

/// The worker as the window sees it.
pub struct Worker {
    revision: u64,
    current: Option<Arc<Control>>,
    side: Side,
}

enum Side {
    /// A thread of its own.
    Thread { jobs: Sender<Request>, reports: Receiver<Report>, unsent: Option<Request> },
    /// Done at once, when asked for (tests).
    Immediate { memory: Box<Memory>, timing: Timing, reports: VecDeque<Report> },
}

impl Worker {
    /// Starts the worker thread; `wake` is called when a report is there to be polled.
    pub fn start(wake: impl Fn() + Send + 'static) -> std::io::Result<Self> {
        let (jobs, todo) = bounded::<Request>(1);
        let (done, reports) = bounded::<Report>(4);
        thread::Builder::new().name("throughline-worker".to_owned()).spawn(move || {
            let mut memory = Memory::default();
            for request in todo {
                let report = perform(&mut memory, request, Timing::Measured);
                if done.send(report).is_err() {
                    return;
                }
                wake();
            }
        })?;
        Ok(Self { revision: 0, current: None, side: Side::Thread { jobs, reports, unsent: None } })
    }

    /// A worker that does each job at once.
    pub fn immediate(timing: Timing) -> Self {
        let side = Side::Immediate { memory: Box::default(), timing, reports: VecDeque::new() };
        Self { revision: 0, current: None, side }
    }

    /// Asks for a job; an earlier one is cancelled.
    pub fn submit(&mut self, job: Job) {
        self.cancel();
        self.revision += 1;
        let control = Arc::new(Control::default());
        self.current = Some(Arc::clone(&control));
        let request = Request { revision: self.revision, job, control };
        match &mut self.side {
            Side::Thread { unsent, .. } => *unsent = Some(request),
            Side::Immediate { memory, timing, reports } => {
                reports.push_back(perform(memory, request, *timing));
            }
        }
        self.send();
    }

    /// Stops the job that runs; its report is dropped.
    pub fn cancel(&mut self) {
        if let Some(control) = self.current.take() {
            control.cancel.store(true, Ordering::Relaxed);
        }
        if let Side::Thread { unsent, .. } = &mut self.side {
            *unsent = None;
        }
    }

    /// Where the job is that runs, if any.
    pub fn control(&self) -> Option<&Arc<Control>> {
        self.current.as_ref()
    }

    /// The report of the newest job, once it is there. Stale reports are dropped.
    pub fn poll(&mut self) -> Option<Report> {
        self.send();
        loop {
            let report = match &mut self.side {
                Side::Thread { reports, .. } => match reports.try_recv() {
                    Ok(report) => report,
                    Err(TryRecvError::Empty | TryRecvError::Disconnected) => return None,
                },
                Side::Immediate { reports, .. } => reports.pop_front()?,
            };
            if report.revision == self.revision && self.current.take().is_some() {
                return Some(report);
            }
        }
    }

    /// Hands the newest job over when the thread has room for it.
    fn send(&mut self) {
        if let Side::Thread { jobs, unsent, .. } = &mut self.side
            && let Some(request) = unsent.take()
            && let Err(TrySendError::Full(request)) = jobs.try_send(request)
        {
            *unsent = Some(request);
        }
    }
}

/// Does a job. A panic in it is a fault of the program, and is said like any other: the window
/// and the worker live on.
fn perform(memory: &mut Memory, request: Request, timing: Timing) -> Report {
    let Request { revision, job, control } = request;
    let done = panic::catch_unwind(AssertUnwindSafe(|| memory.perform(job, &control, timing)));
    let product = done.unwrap_or_else(|panic| {
        *memory = Memory::default();
        let text = panic.downcast_ref::<&str>().map(|text| (*text).to_owned());
        Err(Fault {
            what: "Throughline made a mistake; nothing was replayed".to_owned(),
            place: text.or_else(|| panic.downcast_ref::<String>().cloned()).unwrap_or_default(),
            advice: "Please report it with the recording and the journeys. Other choices may still work."
                .to_owned(),
        })
    });
    Report { revision, product }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::path::PathBuf;

    fn missing() -> Job {
        Job::Open(PathBuf::from("/no/such/workspace"))
    }

    #[test]
    fn a_job_that_fails_says_where() {
        let mut worker = Worker::immediate(Timing::Fixed(4));
        worker.submit(missing());
        let report = worker.poll().expect("a report");
        let fault = report.product.err().expect("a fault");
        assert!(fault.place.contains("/no/such/workspace"), "{fault:?}");
        assert!(worker.poll().is_none());
    }

    #[test]
    fn a_stale_report_is_dropped() {
        let mut worker = Worker::immediate(Timing::Fixed(4));
        worker.submit(missing());
        worker.submit(missing());
        assert_eq!(worker.poll().map(|report| report.revision), Some(2));
        assert!(worker.poll().is_none());
        worker.submit(missing());
        worker.cancel();
        assert!(worker.poll().is_none(), "a cancelled job is not reported");
    }

    #[test]
    fn the_thread_answers_and_wakes_the_window() {
        let (woken, wakes) = bounded(8);
        let mut worker = Worker::start(move || woken.send(()).unwrap_or_default()).expect("a thread");
        worker.submit(missing());
        wakes.recv_timeout(std::time::Duration::from_secs(20)).expect("a wake");
        assert!(worker.poll().is_some_and(|report| report.product.is_err()));
    }
}
