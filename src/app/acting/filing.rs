//! Acting on wishes about files and on the clerk’s reports: saving, what other programs wrote, what a
//! crash left behind.
//!
//! Nothing here touches a file: intents and the clerk's reports go in, errands come out. Time comes
//! in with [`Model::tick`].

use std::{path::PathBuf, sync::Arc};

use crate::{
    app::{
        clerk::{Done, Errand, Papers},
        command::Command,
        fault::Fault,
        filing::{Dialog, FilesIntent, Filing, Pace, Then, file_name},
        intent::{Effect, Intent},
        reporting::Progress,
        state::Model,
    },
    words::{counted, sentence},
    workspace::{DiskChange, Files, Held, Loss, Part, Saved, Unsaved, Workspace, WorkspaceEdit, recovered},
};

/// What a banner says of a save that did not succeed wholly.
const UNSAVED: &str = "Not everything is saved";
/// What a banner says of a workspace whose folder is gone.
const GONE: &str = "The workspace is not where it was";

impl Model {
    /// What the clerk needs to know of the workspace.
    fn papers(&self) -> Option<Papers> {
        let document = &self.opened.as_ref()?.document;
        Some(Papers {
            now: Arc::clone(document.workspace()),
            saved: Arc::clone(document.saved()),
            files: Arc::clone(document.files()),
        })
    }

    /// Time has passed: does what is due by now.
    pub fn tick(&mut self, now_s: f64, pace: Pace) -> Vec<Effect> {
        self.find_problems();
        let mut effects = Vec::new();
        // Each edit puts the replay off, so that typing is not replayed letter by letter.
        if std::mem::take(&mut self.filing.edited) {
            self.filing.replay_at_s = Some(now_s + pace.replay_s);
        }
        if self.filing.replay_at_s.is_some_and(|due| now_s >= due) {
            effects.extend(self.replay());
        }
        self.find_untaken();
        if effects.is_empty() {
            effects.extend(self.compare_now());
        }
        let Some(papers) = self.papers() else { return effects };
        let filing = &mut self.filing;
        if filing.saving.is_none() && filing.kept.as_ref().is_none_or(|kept| !Arc::ptr_eq(kept, &papers.now))
        {
            let due = *filing.keep_at_s.get_or_insert(now_s + pace.keep_s);
            if now_s >= due {
                filing.keep_at_s = None;
                filing.kept = Some(Arc::clone(&papers.now));
                effects.push(Effect::File(Errand::Keep(papers.clone())));
            }
        }
        let is_watched = |files: &Arc<Files>| Arc::ptr_eq(files, &papers.files);
        if let (Some(pause), Some(folder)) = (pace.look, &papers.now.folder)
            && filing.saving.is_none()
            && !filing.watched.as_ref().is_some_and(is_watched)
        {
            filing.watched = Some(Arc::clone(&papers.files));
            effects.push(Effect::File(Errand::Watch(folder.clone(), Arc::clone(&papers.files), pause)));
        }
        effects
    }

    /// Looks whether another program changed a file.
    pub fn look_for_changes(&mut self) -> Option<Effect> {
        let papers = self.papers()?;
        Some(Effect::File(Errand::Look(papers.now.folder.clone()?, papers.files)))
    }

    /// A workspace has just been opened.
    pub(super) fn file_opened(&mut self, unsaved: Option<Unsaved>) -> Option<Effect> {
        let recent = std::mem::take(&mut self.filing.recent);
        self.filing = Filing { recovery: unsaved, recent, ..Filing::default() };
        let papers = self.papers()?;
        self.filing.kept = Some(Arc::clone(&papers.now));
        Some(Effect::File(Errand::Recent(papers.now.folder.clone())))
    }

    fn save(&mut self) -> Vec<Effect> {
        match self.papers() {
            Some(papers) if self.unsaved() => {
                self.filing.saving = Some(Arc::clone(&papers.now));
                vec![Effect::File(Errand::Save(papers))]
            }
            _ => self.leave_if_saved(),
        }
    }

    /// Runs a command on the journey shown.
    pub(super) fn run_on_journey(&mut self, command: Command) -> Vec<Effect> {
        let Some(journey) = self.journey() else { return Vec::new() };
        let id = journey.id.clone();
        match command {
            Command::ExportJourney
            | Command::ExportMermaid
            | Command::ExportReview
            | Command::ExportSvg
            | Command::ExportPng => self.export(command, journey),
            Command::RenameJourney => self.files(FilesIntent::Show(Dialog::Rename(id))),
            Command::DuplicateJourney => {
                self.apply(Intent::Edit(Box::new(WorkspaceEdit::DuplicateJourney(id)), None))
            }
            _ => self.apply(Intent::Edit(Box::new(WorkspaceEdit::DeleteJourney(id)), None)),
        }
    }

    /// Closes the dialog; nothing happens, and what was going to is given up.
    fn stay(&mut self) -> Vec<Effect> {
        let writes = self.draft().is_some_and(|draft| draft.progress == Progress::Writing);
        (self.filing.dialog, self.filing.then) = (None, None);
        if writes { vec![Effect::CancelWork] } else { Vec::new() }
    }

    /// Acts on an answer or a wish about files.
    pub(super) fn files(&mut self, intent: FilesIntent) -> Vec<Effect> {
        // What lies in which file is known again when a save that is being made is done.
        if self.filing.saving.is_some() && intent.asks_what_lies_on_disk() {
            if !self.filing.after_save.contains(&intent) {
                self.filing.after_save.push(intent);
            }
            return Vec::new();
        }
        match intent {
            FilesIntent::Save => return self.save(),
            FilesIntent::Leave(then) => {
                if self.unsaved() {
                    self.filing.dialog = Some(Dialog::Unsaved(then));
                    return Vec::new();
                }
                return self.leave(then);
            }
            FilesIntent::SaveAndLeave => {
                if let Some(Dialog::Unsaved(then)) = self.filing.dialog.take() {
                    self.filing.then = Some(then);
                    return self.files(FilesIntent::Save);
                }
            }
            FilesIntent::LeaveUnsaved => {
                if let Some(Dialog::Unsaved(then)) = self.filing.dialog.take() {
                    self.filing.then = Some(then);
                    return self.on_folder(Errand::Forget);
                }
            }
            FilesIntent::SaveOver => {
                if let Some(Dialog::Losing(held)) = self.filing.dialog.take() {
                    self.with_files(|files| held.iter().for_each(|held| files.give_up(&held.file)));
                    return self.save();
                }
            }
            FilesIntent::Show(dialog) => self.filing.dialog = Some(dialog),
            FilesIntent::Heard => self.filing.told = None,
            FilesIntent::Stay => return self.stay(),
            FilesIntent::TakeTheirs(file) => {
                if let Some(change) = self.conflict(&file) {
                    return self.take_theirs(&[change]);
                }
            }
            FilesIntent::KeepOurs(file) => {
                if let Some(change) = self.conflict(&file) {
                    self.with_files(|files| change.keep_ours(files));
                }
            }
            FilesIntent::Recover => return self.recover(),
            FilesIntent::Discard => {
                self.filing.recovery = None;
                return self.on_folder(Errand::Discard);
            }
            FilesIntent::SaveCopy(to) => {
                return self
                    .papers()
                    .map(|papers| Effect::File(Errand::SaveCopy(papers, to)))
                    .into_iter()
                    .collect();
            }
            FilesIntent::Import(path) => return vec![Effect::File(Errand::ReadJourney(path))],
            FilesIntent::ReplaceCatalog(path) => return vec![Effect::File(Errand::ReadCatalog(path))],
            FilesIntent::ExportSheet(path, sheet) => {
                return vec![Effect::File(Errand::WriteSheet(path, sheet))];
            }
            FilesIntent::Print(path, form) => return vec![Effect::Print(path, form)],
            FilesIntent::Export(path, text) => return vec![Effect::File(Errand::Write(path, text))],
        }
        Vec::new()
    }

    fn on_folder(&self, errand: impl FnOnce(PathBuf) -> Errand) -> Vec<Effect> {
        let folder = self.workspace().and_then(|workspace| workspace.folder.clone());
        folder.map(|folder| Effect::File(errand(folder))).into_iter().collect()
    }

    fn conflict(&mut self, file: &std::path::Path) -> Option<DiskChange> {
        let at = self.filing.conflicts.iter().position(|change| change.file == file)?;
        Some(self.filing.conflicts.remove(at))
    }

    fn with_files(&mut self, change: impl FnOnce(&mut crate::workspace::Files)) {
        if let Some(opened) = &mut self.opened {
            opened.document.change_files(change);
        }
    }

    /// Takes other programs' changes into the workspace, as one step that can be undone.
    fn take_theirs(&mut self, changes: &[DiskChange]) -> Vec<Effect> {
        let Some(opened) = &mut self.opened else { return Vec::new() };
        for change in changes {
            opened.document.change_files(|files| change.note_in(files));
        }
        let label = "Read changed files again";
        opened.document.replace(label, |workspace| {
            for change in changes {
                change.take_into(workspace);
            }
        });
        opened.document.change_saved(|workspace| {
            for change in changes {
                change.take_into(workspace);
            }
        });
        self.replaced()
    }

    fn recover(&mut self) -> Vec<Effect> {
        let (Some(unsaved), Some(opened)) = (self.filing.recovery.take(), &mut self.opened) else {
            return Vec::new();
        };
        let back = recovered(&unsaved, opened.document.workspace(), opened.document.files());
        opened.document.change_files(|files| *files = back.files);
        opened.document.replace("Recover unsaved changes", |workspace| *workspace = back.workspace);
        for lost in back.lost {
            self.faults.push(Fault {
                what: "A change could not be recovered".to_owned(),
                place: lost,
                advice: "Everything else is back. Save to keep it.".to_owned(),
            });
        }
        let mut effects = self.replaced();
        // What was set aside is let go of once it is kept with everything else.
        if let Some(papers) = self.papers() {
            self.filing.kept = Some(Arc::clone(&papers.now));
            effects.push(Effect::File(Errand::KeepRecovered(papers)));
        }
        effects
    }

    /// A save is done, as far as it succeeded. One of a workspace that is not open any more says
    /// nothing about this one.
    fn saved(&mut self, now: &Arc<Workspace>, saved: Saved) -> Vec<Effect> {
        let is_ours = self.filing.saving.take_if(|saving| Arc::ptr_eq(saving, now)).is_some();
        let Some(opened) = self.opened.as_mut().filter(|_| is_ours) else { return Vec::new() };
        opened.document.mark_saved(saved.workspace, saved.files);
        self.faults.retain(|fault| fault.what != UNSAVED);
        let (theirs, losing): (Vec<Held>, Vec<Held>) =
            saved.held.into_iter().partition(|held| held.loses == Loss::Theirs);
        let mut later = std::mem::take(&mut self.filing.after_save);
        if !(saved.failed.is_empty() && theirs.is_empty() && losing.is_empty()) {
            // Saving again would meet the same.
            later.retain(|intent| *intent != FilesIntent::Save);
        }
        for text in saved.failed {
            self.filing.then = None;
            self.fault(Fault {
                what: UNSAVED.to_owned(),
                place: sentence(&text),
                advice: "Your work stays here. Make room or mend the folder and save again, or save it in another folder."
                    .to_owned(),
            });
        }
        let mut effects: Vec<Effect> = Vec::new();
        if !losing.is_empty() {
            self.filing.dialog = Some(Dialog::Losing(losing));
        } else if !theirs.is_empty() {
            self.filing.then = None;
            effects.extend(self.look_for_changes());
        } else if later.is_empty() {
            return self.leave_if_saved();
        }
        for intent in later {
            effects.extend(self.files(intent));
        }
        effects
    }

    /// Takes in what the clerk did.
    pub fn filed(&mut self, done: Done) -> Vec<Effect> {
        match done {
            Done::Saved(now, saved) => self.saved(&now, *saved),
            Done::Failed(text) => {
                self.filing.saving = None;
                self.filing.after_save.clear();
                (self.filing.then, self.filing.kept) = (None, None);
                self.fault(Fault {
                    what: "Throughline made a mistake with a file".to_owned(),
                    place: text,
                    advice: "Please report it. Your work stays here; save it, or save it in another folder."
                        .to_owned(),
                });
                Vec::new()
            }
            Done::Forgotten => match self.filing.then.take() {
                Some(then) => self.leave(then),
                None => Vec::new(),
            },
            Done::Kept(Ok(())) | Done::Discarded => Vec::new(),
            Done::Written(Ok(path)) => {
                self.filing.exported = Some(file_name(&path));
                Vec::new()
            }
            Done::Kept(Err(text)) => {
                self.fault(Fault {
                    what: "Unsaved changes cannot be kept against a crash".to_owned(),
                    place: sentence(&text),
                    advice: "Your work stays here. Save it, or save it in another folder.".to_owned(),
                });
                Vec::new()
            }
            Done::Looked(files, changes) | Done::Noticed(files, changes) => self.looked(&files, changes),
            Done::Copied(copied, Ok(folder)) => {
                // What was edited while it was copied is not in the copy.
                let is_all = self.papers().is_some_and(|papers| Arc::ptr_eq(&papers.now, &copied));
                if is_all {
                    return self.open(folder);
                }
                self.filing.dialog = Some(Dialog::Unsaved(Then::Open(folder)));
                Vec::new()
            }
            Done::Copied(_, Err(text)) | Done::Written(Err(text)) => {
                self.fault(Fault {
                    what: "Nothing was saved there".to_owned(),
                    place: sentence(&text),
                    advice: "Choose another place.".to_owned(),
                });
                Vec::new()
            }
            Done::ReadCatalog(read) => self.take_catalog(read),
            Done::Read(Ok(journey)) => {
                self.apply(Intent::Edit(Box::new(WorkspaceEdit::AddJourney(journey)), None))
            }
            Done::Read(Err(text)) => {
                self.fault(Fault {
                    what: "The journey cannot be read".to_owned(),
                    place: sentence(&text),
                    advice: "Mend the file and import it again. Nothing was changed.".to_owned(),
                });
                Vec::new()
            }
            Done::Recent(folders) => {
                self.filing.recent = folders;
                Vec::new()
            }
        }
    }

    fn looked(
        &mut self,
        files: &Arc<crate::workspace::Files>,
        changes: Result<Vec<DiskChange>, String>,
    ) -> Vec<Effect> {
        let Some(opened) = &self.opened else { return Vec::new() };
        // Saved or opened since, or about to be: what was found is about other files.
        if self.filing.saving.is_some() || !Arc::ptr_eq(files, opened.document.files()) {
            return Vec::new();
        }
        let changes = match changes {
            Ok(changes) => changes,
            Err(text) => {
                let advice = "Your work stays here. Put the folder back, or save it in another folder.";
                self.fault(Fault {
                    what: GONE.to_owned(),
                    place: sentence(&text),
                    advice: advice.to_owned(),
                });
                return Vec::new();
            }
        };
        self.faults.retain(|fault| fault.what != GONE);
        let unsaved = opened.document.unsaved_parts();
        let ours = |change: &DiskChange| {
            let facts = unsaved.contains(&Part::Facts) || unsaved.contains(&Part::Platform);
            match &change.part {
                Some(Part::Facts | Part::Platform) => facts,
                Some(part) => unsaved.contains(part),
                None => match &change.theirs {
                    crate::workspace::Theirs::Journey(journey) => {
                        unsaved.contains(&Part::Journey(journey.id.clone()))
                    }
                    _ => false,
                },
            }
        };
        let (conflicts, quiet): (Vec<DiskChange>, Vec<DiskChange>) = changes
            .into_iter()
            .filter(|change| change.can_be_taken() || change.part.is_some())
            .partition(|change| ours(change) || !change.can_be_taken());
        self.filing.conflicts = conflicts;
        if quiet.is_empty() {
            return Vec::new();
        }
        let names: Vec<String> = quiet.iter().map(|change| file_name(&change.file)).collect();
        self.filing.told = Some(match &names[..] {
            [one] => format!("{one} was changed by another program and read again."),
            many => {
                let files = counted(many.len() as u64, "file was", "files were");
                format!("{files} changed by another program and read again.")
            }
        });
        self.take_theirs(&quiet)
    }

    fn leave_if_saved(&mut self) -> Vec<Effect> {
        if self.unsaved() {
            return Vec::new();
        }
        self.filing.then.take().map_or_else(Vec::new, |then| self.leave(then))
    }

    fn leave(&mut self, then: Then) -> Vec<Effect> {
        match then {
            Then::Quit => vec![Effect::Quit],
            Then::Open(folder) => self.open(folder),
        }
    }
}

#[cfg(test)]
mod tests;
