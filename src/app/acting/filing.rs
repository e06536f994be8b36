//! Acting on wishes about files and on the clerk’s reports: saving, what other programs wrote, what a
//! crash left behind.
//!
//! Nothing here touches a file: intents and the clerk's reports go in, errands come out. Time comes
//! in with [`Model::tick`].

use std::sync::Arc;

use crate::{
    app::{
        clerk::{Done, Errand, Papers},
        command::Command,
        fault::Fault,
        filing::{Dialog, FilesIntent, Filing, Pace, Then, file_name},
        intent::{Effect, Intent},
        jobs::Job,
        reporting::Progress,
        state::Model,
    },
    words::{counted, sentence},
    workspace::{DiskChange, Files, Held, Loss, Part, Unsaved, WorkspaceEdit, recovered},
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
        // Until the person has decided about what a crash left, it is not replaced.
        let may_keep = filing.recovery.is_none() && !filing.saving;
        if may_keep && filing.kept.as_ref().is_none_or(|kept| !Arc::ptr_eq(kept, &papers.now)) {
            let due = *filing.keep_at_s.get_or_insert(now_s + pace.keep_s);
            if now_s >= due {
                filing.keep_at_s = None;
                filing.kept = Some(Arc::clone(&papers.now));
                effects.push(Effect::File(Errand::Keep(papers.clone())));
            }
        }
        let is_watched = |files: &Arc<Files>| Arc::ptr_eq(files, &papers.files);
        if let (Some(pause), Some(folder)) = (pace.look, &papers.now.folder)
            && !filing.saving
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

    /// Saves.
    pub(super) fn save(&mut self) -> Vec<Effect> {
        match self.papers() {
            Some(papers) if self.unsaved() => {
                self.filing.saving = true;
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
        match intent {
            FilesIntent::Leave(then) => {
                if self.unsaved() {
                    self.filing.dialog = Some(Dialog::Unsaved(then));
                    return Vec::new();
                }
                return leave(then);
            }
            FilesIntent::SaveAndLeave => {
                if let Some(Dialog::Unsaved(then)) = self.filing.dialog.take() {
                    self.filing.then = Some(then);
                    return self.save();
                }
            }
            FilesIntent::LeaveUnsaved => {
                if let Some(Dialog::Unsaved(then)) = self.filing.dialog.take() {
                    self.filing.then = Some(then);
                    return self.forget_kept();
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
                return self.forget_kept();
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

    fn forget_kept(&self) -> Vec<Effect> {
        let folder = self.workspace().and_then(|workspace| workspace.folder.clone());
        folder.map(|folder| Effect::File(Errand::Forget(folder))).into_iter().collect()
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
        self.replaced()
    }

    /// Takes in what the clerk did.
    pub fn filed(&mut self, done: Done) -> Vec<Effect> {
        match done {
            Done::Saved(saved) => {
                self.filing.saving = false;
                let Some(opened) = &mut self.opened else { return Vec::new() };
                opened.document.mark_saved(saved.workspace, saved.files);
                self.faults.retain(|fault| fault.what != UNSAVED);
                for text in saved.failed {
                    self.filing.then = None;
                    self.fault(Fault {
                        what: UNSAVED.to_owned(),
                        place: sentence(&text),
                        advice: "Your work stays here. Make room or mend the folder and save again, or save it in another folder."
                            .to_owned(),
                    });
                }
                let (theirs, losing): (Vec<Held>, Vec<Held>) =
                    saved.held.into_iter().partition(|held| held.loses == Loss::Theirs);
                if !losing.is_empty() {
                    self.filing.dialog = Some(Dialog::Losing(losing));
                    return Vec::new();
                }
                if !theirs.is_empty() {
                    self.filing.then = None;
                    return self.look_for_changes().into_iter().collect();
                }
                self.leave_if_saved()
            }
            Done::Forgotten => match self.filing.then.take() {
                Some(then) => leave(then),
                None => Vec::new(),
            },
            Done::Kept(Ok(())) => Vec::new(),
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
            Done::Copied(Ok(folder)) => vec![Effect::Work(Box::new(Job::Open(folder)))],
            Done::Copied(Err(text)) | Done::Written(Err(text)) => {
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
        // Saved or opened since: what was found is about other files.
        if !Arc::ptr_eq(files, opened.document.files()) {
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
        self.filing.then.take().map_or_else(Vec::new, leave)
    }
}

fn leave(then: Then) -> Vec<Effect> {
    match then {
        Then::Quit => vec![Effect::Quit],
        Then::Open(folder) => vec![Effect::Work(Box::new(Job::Open(folder)))],
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::{app::jobs::Product, app::session::Opened, journey::edit::EditCommand};

    const PACE: Pace = Pace { keep_s: 1.0, look: Some(Duration::from_secs(5)), replay_s: 0.15 };

    fn model() -> Model {
        let mut model = Model::default();
        model.take(Ok(Product::Opened(Box::new(Opened::new(crate::app::fixture::opened())))));
        model.tick(0.0, PACE);
        model
    }

    fn rename(model: &mut Model, name: &str) -> Vec<Effect> {
        let id = model.journeys()[0].id.clone();
        let edit = WorkspaceEdit::Journey(id, EditCommand::Rename(name.to_owned()));
        model.apply(Intent::Edit(Box::new(edit), None))
    }

    fn names(effects: &[Effect]) -> Vec<&'static str> {
        let name = |effect: &Effect| match effect {
            Effect::Work(_) => "replay",
            Effect::File(Errand::Keep(_)) => "keep",
            Effect::File(Errand::Watch(..)) => "watch",
            _ => "other",
        };
        effects.iter().map(name).collect()
    }

    #[test]
    fn a_replay_waits_for_a_pause_and_what_is_unsaved_is_kept_after_a_while() {
        let mut model = model();
        assert!(rename(&mut model, "A").is_empty(), "nothing is replayed while somebody types");
        assert!(model.tick(1.0, PACE).is_empty());
        rename(&mut model, "AB");
        assert!(model.tick(1.1, PACE).is_empty());
        assert!(model.tick(1.2, PACE).is_empty(), "the second letter put it off");
        assert_eq!(names(&model.tick(1.3, PACE)), ["replay"]);
        assert_eq!(names(&model.tick(2.0, PACE)), ["keep"], "a second after the first change");
        assert!(model.tick(3.0, PACE).is_empty() && !model.filing.replays_soon());
    }

    #[test]
    fn the_files_of_a_workspace_are_watched_from_when_they_are_known() {
        let mut fresh = Model::default();
        fresh.take(Ok(Product::Opened(Box::new(Opened::new(crate::app::fixture::opened())))));
        let folder = fresh.workspace().and_then(|workspace| workspace.folder.clone());
        let watched = usize::from(folder.is_some());
        let of = |effects: Vec<Effect>| names(&effects).iter().filter(|name| **name == "watch").count();
        assert_eq!(of(fresh.tick(0.0, PACE)), watched);
        assert_eq!(of(fresh.tick(9.0, PACE)), 0, "once is enough");
        let never = Pace { look: None, ..PACE };
        fresh.filing.watched = None;
        assert_eq!(of(fresh.tick(10.0, never)), 0);
    }
}
