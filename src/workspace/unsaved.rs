//! What was changed and not saved, kept beside the workspace against a crash.
//!
//! One file under `.throughline/unsaved/` holds every changed file's text and the digest of the
//! file it was changed from. It is replaced whole after each change and taken away by a save.
//! What is found there when the workspace is opened was left by a crash: it is set aside in a file
//! of its own, which stays, whatever is edited and saved meanwhile, until somebody decided about it.

use std::{
    fs,
    path::{Path, PathBuf},
    sync::Arc,
};

use serde::{Deserialize, Serialize};

use super::{
    Files, Part, Workspace, WorkspaceError,
    catalog::read_catalog,
    file::workspace_from_ron,
    files::{differing, journey_in, put_journey},
    load::{CATALOG_FILE, JOURNEYS_FOLDER, SEGMENTS_FILE, WORKSPACE_FILE, name_or_folder, read_platform},
    replace::{remove_file, replace_file},
    save::drafts,
};
use crate::{
    identity::Platform,
    journey::{journey_from_ron, segments_from_ron},
    store::STORE_FOLDER,
};

const FORMAT: &str = "throughline-unsaved";
const VERSION: u32 = 1;

/// Changes that were not saved.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Unsaved {
    format: String,
    version: u32,
    /// When they were kept, in milliseconds since 1970 (UTC).
    pub at_ms: i64,
    /// The files they are in.
    pub files: Vec<UnsavedFile>,
}

/// A file as it would have been saved.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct UnsavedFile {
    /// Path below the workspace's folder, with `/`.
    pub file: String,
    /// Digest of the file it was changed from; `None`: there was none.
    base: Option<String>,
    /// Its text; `None`: it was deleted.
    text: Option<String>,
    /// What people call what is in it.
    pub name: String,
}

/// A workspace with its unsaved changes back.
#[derive(Clone, Debug)]
pub struct Recovered {
    /// The workspace.
    pub workspace: Workspace,
    /// Its files. One that was changed on disk after the changes were kept is said to hold what
    /// they were made on, so that it is not overwritten unasked.
    pub files: Files,
    /// Files whose changes cannot be read, and why.
    pub lost: Vec<String>,
}

/// The file that keeps a workspace's unsaved changes.
fn place(folder: &Path) -> PathBuf {
    folder.join(STORE_FOLDER).join("unsaved").join("changes.json")
}
/// The file of what a crash left, until somebody decided about it.
fn aside(folder: &Path) -> PathBuf {
    folder.join(STORE_FOLDER).join("unsaved").join("left.json")
}

/// Keeps what differs from the disk; where nothing does, nothing is kept any more.
///
/// # Errors
/// When it cannot be written; what was kept before is untouched.
pub fn keep(now: &Workspace, on_disk: &Workspace, files: &Files, at_ms: i64) -> Result<(), WorkspaceError> {
    let Some(folder) = &now.folder else { return Ok(()) };
    if !folder.is_dir() {
        return Err(WorkspaceError::Gone { folder: folder.clone() });
    }
    let changed: Vec<UnsavedFile> = drafts(now, on_disk, files)
        .into_iter()
        .filter_map(|draft| {
            let below = draft.path.strip_prefix(folder).ok()?;
            let name = match &draft.part {
                Part::Journey(id) => journey_in(now, id)
                    .or_else(|| journey_in(on_disk, id))
                    .map_or_else(String::new, |journey| format!("journey {}", journey.name)),
                Part::Segments => "the segments".to_owned(),
                Part::Platform => "the platform".to_owned(),
                Part::Facts => "the workspace’s settings".to_owned(),
                Part::Catalog => "the catalogue".to_owned(),
            };
            Some(UnsavedFile {
                file: below.iter().map(|part| part.to_string_lossy()).collect::<Vec<_>>().join("/"),
                base: files.seen.get(&draft.path).map(|stamp| stamp.digest.clone()),
                text: draft.text,
                name,
            })
        })
        .collect();
    if changed.is_empty() {
        return forget(folder);
    }
    let unsaved = Unsaved { format: FORMAT.to_owned(), version: VERSION, at_ms, files: changed };
    let path = place(folder);
    let write = || {
        let parent = path.parent().unwrap_or(folder);
        fs::create_dir_all(parent)?;
        let ignore = folder.join(STORE_FOLDER).join(".gitignore");
        if !ignore.exists() {
            fs::write(ignore, "*\n")?;
        }
        replace_file(&path, &serde_json::to_vec_pretty(&unsaved)?)
    };
    write().map_err(|error| WorkspaceError::unsaved(&path, error))
}

/// Lets go of what was kept; what was set aside stays.
///
/// # Errors
/// When the file cannot be taken away.
pub fn forget(folder: &Path) -> Result<(), WorkspaceError> {
    take_away(&place(folder))
}

/// Lets go of what was set aside: it was recovered and kept, or nobody wants it.
///
/// # Errors
/// When the file cannot be taken away.
pub fn decided(folder: &Path) -> Result<(), WorkspaceError> {
    take_away(&aside(folder))
}

fn take_away(path: &Path) -> Result<(), WorkspaceError> {
    if !path.exists() {
        return Ok(());
    }
    remove_file(path).map_err(|error| WorkspaceError::unsaved(path, error))
}

/// What was kept, if anything was that this program can read.
pub fn kept(folder: &Path) -> Option<Unsaved> {
    read(&place(folder))
}

/// What earlier times left unsaved and nobody decided about yet. It is set aside, so that what is
/// kept from now on does not replace it. Of a file that was left twice the later text counts.
///
/// Where it cannot be set aside (the folder can only be read) it is told all the same.
pub fn left_behind(folder: &Path) -> Option<Unsaved> {
    let (earlier, later) = (read(&aside(folder)), kept(folder));
    let Some(mut left) = later else { return earlier };
    if let Some(earlier) = earlier {
        let is_told = |file: &UnsavedFile| left.files.iter().any(|later| later.file == file.file);
        let others: Vec<UnsavedFile> = earlier.files.into_iter().filter(|file| !is_told(file)).collect();
        left.files.extend(others);
    }
    let is_aside =
        serde_json::to_vec_pretty(&left).is_ok_and(|text| replace_file(&aside(folder), &text).is_ok());
    if is_aside {
        // Should it stay, it is found again and is the same.
        let _ = forget(folder);
    }
    Some(left)
}

fn read(path: &Path) -> Option<Unsaved> {
    let unsaved: Unsaved = serde_json::from_str(&fs::read_to_string(path).ok()?).ok()?;
    (unsaved.format == FORMAT && unsaved.version <= VERSION && !unsaved.files.is_empty()).then_some(unsaved)
}

/// The workspace with unsaved changes back in it. Changes that were saved after all (a save that
/// was cut short) make no difference.
pub fn recovered(unsaved: &Unsaved, workspace: &Workspace, files: &Files) -> Recovered {
    let mut back = Recovered { workspace: workspace.clone(), files: files.clone(), lost: Vec::new() };
    let Some(folder) = &workspace.folder else { return back };
    for file in &unsaved.files {
        let before = back.workspace.clone();
        if let Err(reason) = put_back(&mut back, unsaved, file, folder) {
            back.lost.push(format!("{}: {reason}", file.file));
            back.workspace = before;
            continue;
        }
        // Another base than the file on disk: whoever saves must be asked first.
        let path = folder.join(&file.file);
        let changed = !differing(&back.workspace, &before).is_empty();
        if let Some(stamp) = back.files.seen.get_mut(&path).filter(|_| changed) {
            stamp.digest = file.base.clone().unwrap_or_default();
        }
    }
    back
}

fn put_back(
    back: &mut Recovered,
    unsaved: &Unsaved,
    file: &UnsavedFile,
    folder: &Path,
) -> Result<(), String> {
    let name = &file.file;
    let workspace = &mut back.workspace;
    if name.starts_with(JOURNEYS_FOLDER) {
        if let Some(text) = &file.text {
            let journey = journey_from_ron(text, name).map_err(|error| error.to_string())?;
            put_journey(workspace, std::sync::Arc::new(journey));
        } else {
            let path = folder.join(name);
            let of_file = back.files.journeys.iter().find(|(_, file)| **file == path);
            workspace.journeys.retain(|journey| of_file.is_none_or(|(id, _)| journey.id != *id));
        }
        return Ok(());
    }
    let text = file.text.as_deref().unwrap_or_default();
    match name.as_str() {
        SEGMENTS_FILE => {
            workspace.segments = segments_from_ron(text, name).map_err(|error| error.to_string())?;
        }
        CATALOG_FILE => workspace.catalog = Arc::new(read_catalog(text).0),
        WORKSPACE_FILE => {
            let said = workspace_from_ron(text, name).map_err(|error| error.to_string())?;
            let own = unsaved.files.iter().find(|other| other.file == said.platform);
            workspace.platform = match own.and_then(|own| own.text.as_deref()) {
                Some(text) => Platform::from_ron(text, &said.platform).map_err(|error| error.to_string())?,
                None => read_platform(folder, &said.platform).map_err(|error| error.to_string())?,
            };
            workspace.name = name_or_folder(said.name, folder);
            workspace.facts = said.facts;
            workspace.recordings = said.recordings;
        }
        _ => workspace.platform = Platform::from_ron(text, name).map_err(|error| error.to_string())?,
    }
    Ok(())
}
