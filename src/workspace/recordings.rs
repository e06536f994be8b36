//! A workspace's recordings, ready to replay: the one call that both shells make.
//!
//! What is new or changed is imported into the store, the rest comes from it. Without a store (no
//! workspace, a folder that cannot be written, another program at work in it) files are read
//! straight into memory; the events are the same.

use std::{
    fs::File,
    io::BufReader,
    path::{Path, PathBuf},
};

use super::{Events, RecordingEntry, Workspace};
use crate::{
    recording::{Digest, EventLog, ImportCounts, RecordingError, read_events_in_blocks},
    simulator::result::SourceCounts,
    store::{self, ImportControl, RecordingId, RecordingInfo, Store, StoreError, StoredEvents},
};

/// Recordings in memory, and where they came from.
#[derive(Debug, Default)]
pub struct LoadedRecordings {
    /// All their events; of recordings left in the store only names and identifiers.
    pub log: EventLog,
    /// Their events where these were too many to be loaded.
    pub stored: Option<StoredEvents>,
    /// Positions (in the log) of the recordings that build state and trigger nothing.
    pub history: Vec<u16>,
    /// One for each recording of the log, in its order.
    pub sources: Vec<RecordingSource>,
    /// Those that could not be used; the others were loaded all the same.
    pub unusable: Vec<UnusableRecording>,
    /// What a person should know about how they were loaded.
    pub notes: Vec<String>,
}

/// One recording that was loaded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RecordingSource {
    /// Its place among the files that were given, or else in the workspace's list.
    pub place: usize,
    /// The file, as the workspace or the user named it.
    pub file: String,
    /// The name people see; unique among those loaded.
    pub name: String,
    /// Builds state and triggers nothing.
    pub history: bool,
    /// Digest of the file's content.
    pub digest: String,
    /// What reading it counted.
    pub counts: ImportCounts,
    /// Its id, if it is in the store.
    pub stored: Option<RecordingId>,
}

/// One recording that cannot be read, or holds no usable event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnusableRecording {
    /// Its place among the files that were given, or else in the workspace's list.
    pub place: usize,
    /// The file, as the workspace or the user named it.
    pub file: String,
    /// What is wrong with it, in plain words; names the recording.
    pub reason: String,
}

impl LoadedRecordings {
    /// Counts by recording name, for showing beside a result.
    pub fn counts(&self) -> SourceCounts {
        let counts = |source: &RecordingSource| (source.name.clone(), source.counts.clone());
        SourceCounts { recordings: self.sources.iter().map(counts).collect() }
    }
    /// The events, wherever they are.
    pub fn events(&self) -> Events<'_> {
        self.stored.as_ref().map_or(Events::Memory(&self.log), Events::Stored)
    }
    /// What reading a recording gave; `None` if it cannot be used, which is noted.
    fn usable<T>(&mut self, wanted: &Wanted, read: Result<T, StoreError>) -> Result<Option<T>, StoreError> {
        match read {
            Ok(read) => Ok(Some(read)),
            Err(StoreError::Recording(error)) if !matches!(error, RecordingError::Cancelled { .. }) => {
                let (place, file) = (wanted.place, wanted.file.clone());
                self.unusable.push(UnusableRecording { place, file, reason: error.to_string() });
                Ok(None)
            }
            Err(error) => Err(error),
        }
    }
    /// Digests of the files, in the log's order (for [`store::ReplayKey::of`]).
    pub fn digests(&self) -> Vec<String> {
        self.sources.iter().map(|source| source.digest.clone()).collect()
    }
}

/// Opens the workspace's store, or says why to work without one.
///
/// No folder, a folder that cannot be written, a store in use or of another program are no
/// errors here: everything works without, only slower.
pub fn open_store(workspace: &Workspace) -> (Option<Store>, Vec<String>) {
    let Some(folder) = &workspace.folder else { return (None, Vec::new()) };
    match Store::open(folder) {
        Ok(store) => {
            let notes = store.notes().to_vec();
            (Some(store), notes)
        }
        Err(error) => (None, vec![format!("Working without the store: {error}.")]),
    }
}

/// Loads the recordings of a workspace; if `files` are given, those instead.
///
/// A given file that the workspace lists keeps its name and whether it is history. Files outside
/// the workspace are read but not kept in its store. A recording that cannot be used is left out
/// and told of in [`LoadedRecordings::unusable`].
///
/// # Errors
/// When the caller cancels, or the store fails in a way that rebuilding it does not mend.
pub fn load_recordings(
    workspace: &Workspace,
    store: Option<&mut Store>,
    files: &[PathBuf],
    control: ImportControl<'_>,
) -> Result<LoadedRecordings, StoreError> {
    load_up_to(usize::MAX, workspace, store, files, control)
}

/// [`load_recordings`] that leaves recordings in the store if they are all there and have more
/// than `most` events together.
fn load_up_to(
    most: usize,
    workspace: &Workspace,
    mut store: Option<&mut Store>,
    files: &[PathBuf],
    mut control: ImportControl<'_>,
) -> Result<LoadedRecordings, StoreError> {
    let mut loaded = LoadedRecordings::default();
    let mut found = Vec::new();
    for wanted in wanted(workspace, files) {
        let info = match store.as_deref_mut().filter(|_| wanted.inside) {
            Some(store) => {
                let imported = store.import(&wanted.path, &wanted.file, &wanted.name, control);
                control.pass(wanted.bytes());
                imported.map(|imported| Some(imported.recording))
            }
            None => Ok(None),
        };
        if let Some(info) = loaded.usable(&wanted, info)? {
            found.push((wanted, info));
        }
    }
    let stored: Option<Vec<RecordingId>> =
        found.iter().map(|(_, info)| info.as_ref().map(|info| info.id)).collect();
    let events: u64 = found.iter().filter_map(|(_, info)| info.as_ref()).map(RecordingInfo::events).sum();
    if let (Some(ids), Some(store)) = (stored, store.as_deref())
        && events > most as u64
    {
        let events = store.stored_events(&ids)?;
        loaded.log = events.names().clone();
        loaded.stored = Some(events);
    }
    for (wanted, info) in found {
        let read = if let Some(info) = info {
            if let Some(store) = store.as_deref().filter(|_| loaded.stored.is_none()) {
                store.load_into(&mut loaded.log, info.id)?;
            }
            Ok((info.digest, info.counts, Some(info.id)))
        } else {
            let read = read_file(&wanted, &mut loaded.log, control);
            control.pass(wanted.bytes());
            read.map(|(digest, counts)| (digest, counts, None)).map_err(StoreError::from)
        };
        let Some((digest, counts, stored)) = loaded.usable(&wanted, read)? else { continue };
        if wanted.history {
            loaded.history.push(loaded.sources.len() as u16);
        }
        loaded.sources.push(RecordingSource {
            place: wanted.place,
            file: wanted.file,
            name: wanted.name,
            history: wanted.history,
            digest,
            counts,
            stored,
        });
    }
    loaded.unusable.sort_by_key(|unusable| unusable.place);
    Ok(loaded)
}

/// Opens the store, loads the recordings, and lets the store go again. A store that turns out to
/// be damaged is rebuilt once.
///
/// # Errors
/// As [`load_recordings`].
pub fn load(
    workspace: &Workspace,
    files: &[PathBuf],
    control: ImportControl<'_>,
) -> Result<(LoadedRecordings, Option<Store>), StoreError> {
    open_and_load(usize::MAX, workspace, files, control)
}

/// [`load`] that leaves recordings of more than `most` events in the store
/// ([`LoadedRecordings::stored`]), to be replayed in pieces.
///
/// # Errors
/// As [`load_recordings`].
pub fn open_and_load(
    most: usize,
    workspace: &Workspace,
    files: &[PathBuf],
    control: ImportControl<'_>,
) -> Result<(LoadedRecordings, Option<Store>), StoreError> {
    let (mut opened, mut notes) = open_store(workspace);
    let mut loaded = load_up_to(most, workspace, opened.as_mut(), files, control);
    if let (Err(StoreError::Damaged { detail, .. }), Some(folder)) = (&loaded, &workspace.folder) {
        notes.push(format!("The store was damaged ({detail}) and is rebuilt from the recordings."));
        drop(opened);
        store::delete(folder)?;
        opened = open_store(workspace).0;
        loaded = load_up_to(most, workspace, opened.as_mut(), files, control);
    }
    let mut loaded = loaded?;
    loaded.notes = notes;
    Ok((loaded, opened))
}

/// A recording to load.
struct Wanted {
    place: usize,
    path: PathBuf,
    file: String,
    name: String,
    history: bool,
    /// Whether the file lies in the workspace.
    inside: bool,
}

impl Wanted {
    /// How large the file is.
    fn bytes(&self) -> u64 {
        std::fs::metadata(&self.path).map_or(0, |data| data.len())
    }
}

fn wanted(workspace: &Workspace, files: &[PathBuf]) -> Vec<Wanted> {
    let folder = workspace.folder.as_deref();
    let listed = |(place, entry): (usize, &RecordingEntry)| Wanted {
        place,
        path: folder.map_or_else(|| PathBuf::from(&entry.file), |folder| folder.join(&entry.file)),
        file: entry.file.clone(),
        name: if entry.name.is_empty() { file_name(&entry.file) } else { entry.name.clone() },
        history: entry.history,
        inside: folder.is_some(),
    };
    let given = |(place, path): (usize, &PathBuf)| {
        let below = folder.and_then(|folder| below(folder, path));
        let entry =
            below.as_ref().and_then(|file| workspace.recordings.iter().find(|entry| entry.file == *file));
        entry.map_or_else(
            || {
                let file = below.clone().unwrap_or_else(|| path.display().to_string());
                Wanted {
                    place,
                    path: path.clone(),
                    name: file_name(&file),
                    file,
                    history: false,
                    inside: below.is_some(),
                }
            },
            |entry| listed((place, entry)),
        )
    };
    let all: Vec<Wanted> = match files {
        [] => workspace.recordings.iter().enumerate().map(listed).collect(),
        files => files.iter().enumerate().map(given).collect(),
    };
    let mut kept: Vec<Wanted> = Vec::new();
    for mut wanted in all {
        if kept.iter().any(|other| other.file == wanted.file) {
            continue;
        }
        if kept.iter().any(|other| other.name == wanted.name) {
            wanted.name.clone_from(&wanted.file);
        }
        kept.push(wanted);
    }
    kept
}

/// The path of a file from a folder that it lies in, with `/` on every system.
fn below(folder: &Path, file: &Path) -> Option<String> {
    let (folder, file) = (folder.canonicalize().ok()?, file.canonicalize().ok()?);
    let parts: Option<Vec<_>> = file.strip_prefix(folder).ok()?.iter().map(|part| part.to_str()).collect();
    parts.map(|parts| parts.join("/"))
}

fn file_name(file: &str) -> String {
    Path::new(file).file_name().map_or_else(|| file.to_owned(), |name| name.to_string_lossy().into_owned())
}

/// Reads a file straight into the log. If it cannot be used, the log stays as it was.
fn read_file(
    wanted: &Wanted,
    log: &mut EventLog,
    control: ImportControl<'_>,
) -> Result<(String, ImportCounts), RecordingError> {
    let unreadable = |source| RecordingError::Unreadable { file: wanted.path.display().to_string(), source };
    let file = File::open(&wanted.path).map_err(unreadable)?;
    let mut reader = BufReader::with_capacity(1 << 20, Digest::reading(file));
    let recordings = log.recordings().len();
    let counts =
        read_events_in_blocks(&mut reader, &wanted.name, log, &mut |_, progress| control.report(progress));
    let counts = counts.inspect_err(|_| {
        if log.recordings().len() > recordings {
            log.drop_last_recording();
        }
    })?;
    Ok((reader.get_ref().digest().finish(), counts))
}
