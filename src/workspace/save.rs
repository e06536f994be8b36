//! Saving a workspace: what differs from the disk is written, each file whole or not at all, and
//! nothing that somebody else wrote is overwritten unasked.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use super::{
    Files, Part, Stamp, Workspace, WorkspaceError, WorkspaceFile,
    catalog_text::rewritten,
    file::{is_platform_file, workspace_to_ron},
    files::{copy_part, differing, journey_in},
    load::{CATALOG_FILE, SEGMENTS_FILE, WORKSPACE_FILE},
    replace::{remove_file, replace_file},
};
use crate::{
    identity::Platform,
    journey::{
        FormatError, Journey, format, journey_from_ron, journey_to_ron, segments_from_ron, segments_to_ron,
    },
};

/// What came of saving: every part is tried, so one that cannot be saved holds no other back.
#[derive(Clone, Debug)]
pub struct Saved {
    /// The workspace as it lies on disk now.
    pub workspace: Workspace,
    /// Its files as they are now.
    pub files: Files,
    /// Files that were written or taken away.
    pub written: Vec<PathBuf>,
    /// Files that were left alone until somebody decides.
    pub held: Vec<Held>,
    /// What the system would not do.
    pub failed: Vec<String>,
}

/// A file that was not written because something would be lost.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Held {
    /// The file.
    pub file: PathBuf,
    /// What would be lost.
    pub loses: Loss,
}

/// What overwriting a file would lose.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Loss {
    /// What another program wrote meanwhile.
    Theirs,
    /// What the file held when it could not be read.
    Unreadable,
    /// Its comments.
    Comments,
}

/// What a file should hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Draft {
    /// The part it is of.
    pub part: Part,
    /// The file.
    pub path: PathBuf,
    /// Its text; `None`: it should not be there.
    pub text: Option<String>,
}

/// Saves what differs between the workspace now and as it lies on disk. A workspace without a
/// folder has no files; nothing is done.
pub fn save(now: &Workspace, on_disk: &Workspace, files: &Files) -> Saved {
    let mut saved = Saved {
        workspace: on_disk.clone(),
        files: files.clone(),
        written: Vec::new(),
        held: Vec::new(),
        failed: Vec::new(),
    };
    let Some(folder) = &now.folder else { return saved };
    if !folder.is_dir() {
        saved.failed.push(WorkspaceError::Gone { folder: folder.clone() }.to_string());
        return saved;
    }
    let platform = files.platform_name(folder, &now.platform);
    let mut platform_is_there = true;
    for draft in drafts(now, on_disk, files) {
        // `workspace.ron` must not name a platform file that is not there.
        if draft.part == Part::Facts && !platform_is_there {
            continue;
        }
        if let Err(error) = reads_back(&draft) {
            saved.failed.push(error.to_string());
            continue;
        }
        let written = write(&draft, &saved.files);
        platform_is_there &= draft.part != Part::Platform || matches!(written, Ok(Ok(_)));
        match written {
            Err(error) => saved.failed.push(error.to_string()),
            Ok(Err(held)) => saved.held.push(held),
            Ok(Ok(stamp)) => saved.took(now, draft, stamp, &platform),
        }
    }
    saved
}

impl Saved {
    /// Writes down that a file lies on disk as it should.
    fn took(&mut self, now: &Workspace, draft: Draft, stamp: Option<Stamp>, platform: &str) {
        let files = &mut self.files;
        match (&draft.part, &stamp) {
            (Part::Journey(id), Some(_)) => {
                files.journeys.insert(id.clone(), draft.path.clone());
            }
            (Part::Journey(id), None) => {
                files.journeys.remove(id);
            }
            (Part::Facts, _) => {
                files.unnamed = files.unnamed && now.name == self.workspace.name;
                platform.clone_into(&mut files.platform);
                copy_part(now, &mut self.workspace, &Part::Platform);
            }
            _ => {}
        }
        match stamp {
            Some(stamp) => files.seen.insert(draft.path.clone(), stamp),
            None => files.seen.remove(&draft.path),
        };
        copy_part(now, &mut self.workspace, &draft.part);
        self.written.push(draft.path);
    }
}

/// The files to write or take away, `workspace.ron` last: it names the platform's.
pub(super) fn drafts(now: &Workspace, on_disk: &Workspace, files: &Files) -> Vec<Draft> {
    let Some(folder) = &now.folder else { return Vec::new() };
    let parts = differing(now, on_disk);
    let platform = files.platform_name(folder, &now.platform);
    let mut drafts = Vec::new();
    let mut draft = |part: &Part, path: PathBuf, text: Option<String>| {
        drafts.push(Draft { part: part.clone(), path, text });
    };
    for part in &parts {
        match part {
            Part::Journey(id) => {
                let text = journey_in(now, id).map(|journey| journey_to_ron(journey));
                draft(part, files.journey_file(folder, id), text);
            }
            Part::Segments => draft(part, folder.join(SEGMENTS_FILE), Some(segments_to_ron(&now.segments))),
            Part::Platform if is_platform_file(&platform) => {
                draft(part, folder.join(&platform), Some(platform_to_ron(&now.platform)));
            }
            Part::Catalog => {
                let path = folder.join(CATALOG_FILE);
                let before = fs::read_to_string(&path).ok();
                draft(part, path, Some(rewritten(before.as_deref(), &now.catalog)));
            }
            Part::Platform | Part::Facts => {}
        }
    }
    if parts.contains(&Part::Facts) || (parts.contains(&Part::Platform) && platform != files.platform) {
        let mut file = now.as_file(platform);
        // A workspace that is called as its folder stays so.
        if files.unnamed && now.name == on_disk.name {
            file.name.clear();
        }
        draft(&Part::Facts, folder.join(WORKSPACE_FILE), Some(workspace_to_ron(&file)));
    }
    drafts
}

/// Whether what is to be written could be read again: conditions can be drawn deeper than any
/// file is read.
fn reads_back(draft: &Draft) -> Result<(), FormatError> {
    let file = draft.path.display().to_string();
    match (&draft.part, &draft.text) {
        (Part::Journey(_), Some(text)) => journey_from_ron(text, &file).map(drop),
        (Part::Segments, Some(text)) => segments_from_ron(text, &file).map(drop),
        _ => Ok(()),
    }
}

/// Writes a file, or says what would be lost by it.
fn write(draft: &Draft, files: &Files) -> Result<Result<Option<Stamp>, Held>, WorkspaceError> {
    let path = &draft.path;
    let here = Stamp::on_disk(path).map_err(|error| WorkspaceError::unsaved(path, error))?;
    let known = files.seen.get(path);
    let same = here.as_ref().map(|stamp| &stamp.digest) == known.map(|stamp| &stamp.digest);
    let wanted = draft.text.as_ref().map(|text| Stamp::of(path, text.as_bytes()));
    // What should be there is there already: a save that was cut short, or the same change made
    // by hand.
    if here.as_ref().map(|stamp| &stamp.digest) == wanted.as_ref().map(|stamp| &stamp.digest) {
        return Ok(Ok(here));
    }
    let loses = match known {
        _ if !same => Some(Loss::Theirs),
        Some(stamp) if stamp.unreadable => Some(Loss::Unreadable),
        Some(stamp) if stamp.commented => Some(Loss::Comments),
        _ => None,
    };
    if let Some(loses) = loses {
        return Ok(Err(Held { file: path.clone(), loses }));
    }
    match &draft.text {
        Some(text) => path
            .parent()
            .map_or(Ok(()), fs::create_dir_all)
            .and_then(|()| replace_file(path, text.as_bytes())),
        None => remove_file(path),
    }
    .map_err(|error| WorkspaceError::unsaved(path, error))?;
    Ok(Ok(draft.text.as_ref().map(|text| Stamp::of(path, text.as_bytes()))))
}

/// Saves a copy of a workspace in another folder, which must be empty or not there yet: every file
/// of the old one that belongs to a workspace, and on top of them what is not saved yet.
///
/// # Errors
/// When the folder holds something, or a file cannot be copied.
pub fn save_copy(
    now: &Workspace,
    on_disk: &Workspace,
    files: &Files,
    to: &Path,
) -> Result<(), WorkspaceError> {
    let fail = |error| WorkspaceError::unsaved(to, error);
    fs::create_dir_all(to).map_err(fail)?;
    if fs::read_dir(to).map_err(fail)?.next().is_some() {
        return Err(fail(io::Error::new(io::ErrorKind::DirectoryNotEmpty, "the folder is not empty")));
    }
    let from = now.folder.clone().unwrap_or_default();
    let mut known: Vec<PathBuf> = files.seen.keys().cloned().collect();
    known.extend(now.recordings.iter().map(|recording| from.join(&recording.file)));
    for file in known {
        // What cannot be read now is written below, from memory.
        if let Ok(below) = file.strip_prefix(&from)
            && file.is_file()
        {
            let copy = to.join(below);
            copy.parent().map_or(Ok(()), fs::create_dir_all).map_err(fail)?;
            fs::copy(&file, &copy).map_err(|error| WorkspaceError::unsaved(&copy, error))?;
        }
    }
    // Everything is written once more as it is in memory: the old folder may be gone.
    let nothing = Workspace { folder: None, ..super::bare(on_disk.platform.clone()) };
    let mut there = Files { platform: files.platform.clone(), unnamed: files.unnamed, ..Files::default() };
    let moved = |path: &PathBuf| path.strip_prefix(&from).map(|below| to.join(below)).ok();
    there.journeys =
        files.journeys.iter().filter_map(|(id, path)| Some((id.clone(), moved(path)?))).collect();
    for file in files.seen.keys().filter_map(moved) {
        if let Ok(Some(stamp)) = Stamp::on_disk(&file) {
            there.seen.insert(file, Stamp { commented: false, ..stamp });
        }
    }
    let kept = Workspace { folder: Some(to.to_owned()), ..now.clone() };
    let mut before = Workspace { platform: on_disk.platform.clone(), ..nothing };
    // A journey that was deleted and not saved yet is deleted in the copy.
    before.journeys.clone_from(&on_disk.journeys);
    before.journeys.retain(|journey| journey_in(now, &journey.id).is_none());
    let saved = save(&kept, &before, &there);
    match saved.failed.into_iter().next() {
        Some(text) => Err(fail(io::Error::other(text))),
        None => Ok(()),
    }
}

/// Saves a journey in its canonical form.
pub fn save_journey(journey: &Journey, path: &Path) -> Result<(), WorkspaceError> {
    save_file(path, journey_to_ron(journey))
}

/// Saves `workspace.ron` in its canonical form.
pub fn save_workspace(workspace: &WorkspaceFile, path: &Path) -> Result<(), WorkspaceError> {
    save_file(path, workspace_to_ron(workspace))
}

/// Saves what somebody asked for as a file.
pub fn save_file(path: &Path, bytes: impl AsRef<[u8]>) -> Result<(), WorkspaceError> {
    replace_file(path, bytes.as_ref()).map_err(|error| WorkspaceError::unsaved(path, error))
}

/// The text of a platform that belongs to a workspace.
pub fn platform_to_ron(platform: &Platform) -> String {
    format::write(platform)
}
