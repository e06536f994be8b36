//! Bringing a recording into a workspace: a copy in `recordings/`, and a line in
//! `workspace.ron`.

use std::{
    fs,
    io::{self, Read},
    path::{Path, PathBuf},
};

use super::{
    RecordingEntry, WorkspaceError, WorkspaceFile,
    file::workspace_from_ron,
    load::{JOURNEYS_FOLDER, WORKSPACE_FILE},
    save::save_workspace,
};
use crate::{
    journey::format::has_comments, recording::Digest, simulator::WorkspaceFacts, store::STORE_FOLDER,
};

/// Folder of the recordings.
const RECORDINGS_FOLDER: &str = "recordings";
/// How the name of an unfinished copy begins and ends.
const UNFINISHED: (&str, &str) = (".importing-", ".tmp");

/// A recording that lies in the workspace's folder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Adopted {
    /// Path below the folder, as `workspace.ron` names it.
    pub file: String,
    /// The file itself.
    pub path: PathBuf,
    /// Whether it was copied there just now.
    pub copied: bool,
}

impl Adopted {
    /// Takes the copy away again, if one was made: an import that failed leaves nothing behind.
    pub fn undo(&self) {
        if self.copied {
            let _ = fs::remove_file(&self.path);
        }
    }
}

/// Whether `workspace.ron` lists a recording.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Listing {
    /// It did already.
    Already,
    /// It does now.
    Added,
    /// It has comments, which saving would drop, so the line must be written by hand.
    ByHand,
}

/// Makes an empty folder a workspace, with nothing in it yet. Says whether it did; a folder that
/// holds anything is left alone, and one that is not there stays so, for it may be a slip.
///
/// # Errors
/// When the folder cannot be read or written.
pub fn begin_in_empty(folder: &Path) -> Result<bool, WorkspaceError> {
    let entries = match fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(false),
        Err(error) => return Err(WorkspaceError::unreadable(folder, error)),
    };
    for entry in entries {
        let entry = entry.map_err(|error| WorkspaceError::unreadable(folder, error))?;
        if entry.file_name() != STORE_FOLDER {
            return Ok(false);
        }
    }
    let journeys = folder.join(JOURNEYS_FOLDER);
    fs::create_dir(&journeys).map_err(|error| WorkspaceError::unsaved(&journeys, error))?;
    Ok(true)
}

/// Takes back what [`begin_in_empty`] did, as far as nothing else came into the folder.
pub fn end_what_began(folder: &Path) {
    for made in [RECORDINGS_FOLDER, JOURNEYS_FOLDER] {
        let _ = fs::remove_dir(folder.join(made));
    }
}

/// Copies a recording into the workspace's `recordings/`, unless it lies in the workspace or the
/// same content was copied there before.
///
/// # Errors
/// When the file cannot be read or written, or another recording has its name.
pub fn adopt_recording(folder: &Path, source: &Path) -> Result<Adopted, WorkspaceError> {
    let unreadable = |error| WorkspaceError::unreadable(source, error);
    let absolute = source.canonicalize().map_err(unreadable)?;
    let home = folder.canonicalize().map_err(|error| WorkspaceError::unreadable(folder, error))?;
    if let Ok(below) = absolute.strip_prefix(&home) {
        return Ok(Adopted { file: with_slashes(below), path: absolute, copied: false });
    }
    let name = absolute.file_name().ok_or_else(|| unreadable(io::ErrorKind::InvalidInput.into()))?;
    let below = Path::new(RECORDINGS_FOLDER).join(name);
    let path = home.join(&below);
    let file = with_slashes(&below);
    if path.exists() {
        let same = digest_of(&path).map_err(|error| WorkspaceError::unreadable(&path, error))?
            == digest_of(&absolute).map_err(unreadable)?;
        if same {
            return Ok(Adopted { file, path, copied: false });
        }
        let taken = io::Error::new(
            io::ErrorKind::AlreadyExists,
            "another recording has this name; rename the one to import",
        );
        return Err(WorkspaceError::unsaved(&path, taken));
    }
    copy_whole(&absolute, &path).map_err(|error| WorkspaceError::unsaved(&path, error))?;
    Ok(Adopted { file, path, copied: true })
}

/// Lists a recording in `workspace.ron`, in canonical form.
///
/// # Errors
/// When the file cannot be read or saved; it is then as it was.
pub fn list_recording(folder: &Path, file: &str) -> Result<Listing, WorkspaceError> {
    let path = folder.join(WORKSPACE_FILE);
    let (mut workspace, commented) = match fs::read_to_string(&path) {
        Ok(text) => (workspace_from_ron(&text, &path.display().to_string())?, has_comments(&text)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => (usual(), false),
        Err(error) => return Err(WorkspaceError::unreadable(&path, error)),
    };
    if workspace.recordings.iter().any(|entry| entry.file == file) {
        return Ok(Listing::Already);
    }
    if commented {
        return Ok(Listing::ByHand);
    }
    let entry = RecordingEntry { file: file.to_owned(), name: String::new(), history: false };
    workspace.recordings.push(entry);
    save_workspace(&workspace, &path)?;
    Ok(Listing::Added)
}

/// What a folder without `workspace.ron` is taken for.
fn usual() -> WorkspaceFile {
    WorkspaceFile {
        name: String::new(),
        platform: String::new(),
        facts: WorkspaceFacts::default(),
        recordings: Vec::new(),
    }
}

/// A copy that is there whole or not at all.
fn copy_whole(from: &Path, to: &Path) -> io::Result<()> {
    let folder = to.parent().unwrap_or(Path::new("."));
    fs::create_dir_all(folder)?;
    sweep(folder)?;
    let (prefix, suffix) = UNFINISHED;
    let mut temporary = tempfile::Builder::new().prefix(prefix).suffix(suffix).tempfile_in(folder)?;
    io::copy(&mut fs::File::open(from)?, &mut temporary)?;
    temporary.as_file().set_permissions(fs::metadata(from)?.permissions())?;
    temporary.as_file().sync_all()?;
    temporary.persist_noclobber(to).map_err(|error| error.error)?;
    Ok(())
}

/// Takes away what an import left that was killed while it copied. Only one writes at a time, so
/// nobody is at it any more.
fn sweep(folder: &Path) -> io::Result<()> {
    let (prefix, suffix) = UNFINISHED;
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let name = entry.file_name();
        if name.to_str().is_some_and(|name| name.starts_with(prefix) && name.ends_with(suffix)) {
            fs::remove_file(entry.path())?;
        }
    }
    Ok(())
}

fn digest_of(path: &Path) -> io::Result<String> {
    let mut reader = Digest::reading(fs::File::open(path)?);
    let mut buffer = vec![0; 1 << 16];
    while reader.read(&mut buffer)? > 0 {}
    Ok(reader.digest().finish())
}

/// A relative path with `/` on every system.
fn with_slashes(path: &Path) -> String {
    path.iter().map(|part| part.to_string_lossy()).collect::<Vec<_>>().join("/")
}
