//! A workspace that was opened: what of it is shown first, and what of it could not be read.

use std::{path::PathBuf, sync::Arc};

use crate::{
    app::{
        company::Company,
        comparing::Comparing,
        fault::{Fault, and_more},
        filing::{Dialog, Then, file_name},
        intent::Effect,
        jobs::Job,
        session::{Choice, Opened, RecordingChoice, sources},
        state::{Model, View},
        transport::Moment,
    },
    journey::JourneyId,
    words::counted,
    workspace::FileProblem,
};

impl Model {
    /// Opens a workspace in place of the one there is.
    pub(super) fn open(&mut self, folder: PathBuf) -> Vec<Effect> {
        let from = self.opened.as_ref().map(|opened| Arc::clone(opened.document.workspace()));
        self.filing.opening = Some((from, folder.clone()));
        vec![Effect::Work(Box::new(Job::Open(folder)))]
    }

    /// Whether the worker may begin a job. While a workspace is being opened nothing takes its
    /// place: what is open is replayed again should it stay.
    pub(in crate::app) fn admits(&mut self, job: &Job) -> bool {
        let admits = self.filing.opening.is_none() || matches!(job, Job::Open(_));
        if !admits {
            self.filing.replay_soon();
        }
        admits
    }

    /// Nothing was opened: what is open stays, is replayed and kept.
    pub(in crate::app) fn not_opened(&mut self) {
        if self.filing.opening.take().is_some() && self.opened.is_some() {
            self.filing.kept = None;
            self.filing.replay_soon();
        }
    }

    /// A workspace is open: shows its first journeys and replays. If the one before was edited
    /// meanwhile, its person is asked first.
    pub(super) fn opened(&mut self, mut opened: Opened) -> Vec<Effect> {
        const TABS: usize = 3;
        if let Some((Some(from), folder)) = self.filing.opening.take()
            && self.workspace().is_some_and(|now| !std::ptr::eq(now, &raw const *from))
            && self.unsaved()
        {
            self.filing.dialog = Some(Dialog::Unsaved(Then::Open(folder)));
            return Vec::new();
        }
        let workspace = opened.document.workspace();
        // The journeys there is most to see in come first.
        let mut journeys: Vec<_> = workspace.journeys.iter().collect();
        journeys.sort_by_key(|journey| std::cmp::Reverse((journey.blocks.len(), journey.priority)));
        let tabs: Vec<JourneyId> = journeys.iter().take(TABS).map(|journey| journey.id.clone()).collect();
        self.choice = Some(Choice {
            platform: workspace.platform.name.clone(),
            recordings: RecordingChoice::All,
            draft: None,
            seed: 0,
        });
        self.sources = sources(workspace);
        self.outcome = None;
        self.comparing = Comparing::default();
        (self.company, self.story) = (Company::default(), None);
        self.rows = Arc::default();
        self.moment = Moment::default();
        self.people.clear();
        self.held.clear();
        self.faults = file_faults(&opened.problems);
        self.scene = None;
        let first = tabs.first().cloned();
        self.view = View { tabs, canvas: self.view.canvas, panels: self.view.panels, ..View::default() };
        let unsaved = opened.unsaved.take();
        self.opened = Some(opened);
        let mut effects = match first {
            Some(first) => self.show(first),
            None => Vec::new(),
        };
        if effects.is_empty() {
            effects = self.replay();
        }
        effects.extend(self.file_opened(unsaved));
        effects
    }
}

/// Files of the workspace that could not be read, or not wholly: a banner each for the first few,
/// and one for all others.
fn file_faults(problems: &[FileProblem]) -> Vec<Fault> {
    const EACH: usize = 3;
    const ADVICE: &str = "Everything else is open. Mend the file and open the workspace again.";
    let files: Vec<&[FileProblem]> = problems.chunk_by(|one, next| one.file == next.file).collect();
    let (each, others) = files.split_at(EACH.min(files.len()));
    let mut faults: Vec<Fault> = each
        .iter()
        .filter_map(|file| {
            let (first, more) = file.split_first()?;
            let is_missing = file.iter().any(|problem| problem.blocking);
            let what =
                if is_missing { "A file of the workspace cannot be read" } else { "A file has a flaw" };
            Some(Fault {
                what: what.to_owned(),
                place: and_more(&first.text, more.len()),
                advice: ADVICE.to_owned(),
            })
        })
        .collect();
    if !others.is_empty() {
        let names = others.iter().filter_map(|file| Some(file_name(&file.first()?.file))).take(EACH);
        let named: Vec<String> = names.collect();
        faults.push(Fault {
            what: format!(
                "{} cannot be read, or not wholly",
                counted(others.len() as u64, "more file", "more files")
            ),
            place: and_more(&named.join(", "), others.len() - named.len()),
            advice: ADVICE.replace("the file", "them"),
        });
    }
    faults
}
