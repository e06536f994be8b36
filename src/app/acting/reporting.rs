//! Acting on a bug report: what is asked for it, and what the worker writes.

use crate::{
    app::{
        filing::Dialog,
        intent::Effect,
        jobs::{About, Job, ReportJob},
        reporting::{Draft, Progress, ReportIntent, Subject},
        state::Model,
    },
    lab::Asked,
    report::bug_report::Expectation,
};

impl Model {
    fn draft_mut(&mut self) -> Option<&mut Draft> {
        match &mut self.filing.dialog {
            Some(Dialog::Report(draft)) => Some(draft),
            _ => None,
        }
    }

    /// Acts on an intent about a report.
    pub(super) fn report(&mut self, intent: ReportIntent) -> Vec<Effect> {
        if let ReportIntent::Begin(subjects) = intent {
            if !subjects.is_empty() {
                let expected = Expectation::default();
                let draft = Draft { subjects, chosen: 0, expected, progress: Progress::Asking };
                self.filing.dialog = Some(Dialog::Report(Box::new(draft)));
            }
            return Vec::new();
        }
        let Some(draft) = self.draft_mut() else { return Vec::new() };
        draft.progress = Progress::Asking;
        match intent {
            ReportIntent::Begin(_) => {}
            ReportIntent::About(at) => {
                draft.chosen = at.min(draft.subjects.len().saturating_sub(1));
                draft.expected.wish = None;
            }
            ReportIntent::Wish(wish) => draft.expected.wish = wish,
            ReportIntent::Words(words) => draft.expected.words = words,
            ReportIntent::Copy => {
                draft.progress = Progress::Writing;
                let draft = draft.clone();
                let job = self.report_job(&draft);
                if job.is_none() {
                    self.stop_reporting();
                }
                return job.map(|job| Effect::Work(Box::new(job))).into_iter().collect();
            }
        }
        Vec::new()
    }

    fn report_job(&self, draft: &Draft) -> Option<Job> {
        let expected = draft.expected.clone();
        let about = match draft.subjects.get(draft.chosen)?.clone() {
            Subject::Somebody { person, journey, block, run, beside, .. } => {
                let asked = Asked { identifiers: person.iter().cloned().collect(), journey, block, run };
                let about = About::Somebody(Box::new(self.around(person)?), asked);
                return Some(Job::Report(Box::new(ReportJob { about, expected, beside })));
            }
            Subject::Place { journey, spot, .. } => {
                let (replay, outcome) = (Box::new(self.replay_job()?), self.outcome.as_ref()?);
                let counts = outcome.counts(&journey).cloned();
                About::Place { replay, broken: outcome.broken.clone(), journey, spot, counts }
            }
        };
        Some(Job::Report(Box::new(ReportJob { about, expected, beside: None })))
    }

    /// Puts a report on the clipboard, and goes on with what had to wait for it.
    pub(super) fn reported(&mut self, report: Option<String>) -> Vec<Effect> {
        if let Some(draft) = self.draft_mut() {
            draft.progress = if report.is_some() { Progress::Copied } else { Progress::Stopped };
        }
        let next = self.go_on();
        report.map(Effect::CopyText).into_iter().chain(next).collect()
    }

    /// The worker stopped: whoever waits for a report is told.
    pub(super) fn stop_reporting(&mut self) {
        if let Some(draft) = self.draft_mut().filter(|draft| draft.progress == Progress::Writing) {
            draft.progress = Progress::Stopped;
        }
    }
}
