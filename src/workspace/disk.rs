//! What other programs do to the files of an open workspace: noticed, and taken in when asked.

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
    sync::Arc,
};

use super::{
    Files, Part, Stamp, Workspace, WorkspaceError,
    catalog::read_catalog,
    file::{is_platform_file, workspace_from_ron},
    files::put_journey,
    load::{
        CATALOG_FILE, JOURNEYS_FOLDER, SEGMENTS_FILE, WORKSPACE_FILE, journey_paths, name_or_folder,
        read_platform, text_of,
    },
};
use crate::{
    identity::Platform,
    journey::{Journey, Segments, journey_from_ron, segments_from_ron},
    recording::Catalog,
};

/// A file that is not as it was when it was read or saved last.
#[derive(Clone, Debug, PartialEq)]
pub struct DiskChange {
    /// The file.
    pub file: PathBuf,
    /// What it held, as far as the workspace knows it.
    pub part: Option<Part>,
    /// What it holds now.
    pub theirs: Theirs,
    stamp: Option<Stamp>,
    /// The file of the journey that it holds, before it was moved here.
    moved_from: Option<PathBuf>,
}

/// What another program made of a file.
#[derive(Clone, Debug, PartialEq)]
pub enum Theirs {
    /// It is not there any more.
    Gone,
    /// It cannot be read; why.
    Unreadable(String),
    /// A journey.
    Journey(Arc<Journey>),
    /// Segments.
    Segments(Box<Segments>),
    /// A platform.
    Platform(Box<Platform>),
    /// What `workspace.ron` says.
    Facts {
        /// As the workspace it makes where there is nothing else.
        workspace: Box<Workspace>,
        /// What it calls the platform.
        platform: String,
        /// It gives no name.
        unnamed: bool,
    },
    /// The catalogue.
    Catalog(Arc<Catalog>),
}

/// Every change since the files were read or saved last.
///
/// # Errors
/// When the workspace's folder itself is gone.
pub fn disk_changes(folder: &Path, files: &Files) -> Result<Vec<DiskChange>, WorkspaceError> {
    if !folder.is_dir() {
        return Err(WorkspaceError::Gone { folder: folder.to_owned() });
    }
    let mut paths: BTreeSet<PathBuf> = files.seen.keys().cloned().collect();
    paths.extend(journey_paths(&folder.join(JOURNEYS_FOLDER)).unwrap_or_default());
    paths.extend([WORKSPACE_FILE, SEGMENTS_FILE, CATALOG_FILE].map(|name| folder.join(name)));
    let mut changes = paths.into_iter().filter_map(|path| change(folder, files, path)).collect();
    follow_moves(&mut changes, files);
    Ok(changes)
}

/// A journey whose file was moved is one change, and not one that went and one that came.
fn follow_moves(changes: &mut Vec<DiskChange>, files: &Files) {
    for change in &mut *changes {
        if let Theirs::Journey(journey) = &change.theirs
            && let Some(from) = files.journeys.get(&journey.id).filter(|from| **from != change.file)
        {
            change.moved_from = Some(from.clone());
            change.part.get_or_insert_with(|| Part::Journey(journey.id.clone()));
        }
    }
    let moved: BTreeSet<PathBuf> = changes.iter().filter_map(|change| change.moved_from.clone()).collect();
    changes.retain(|change| change.theirs != Theirs::Gone || !moved.contains(&change.file));
}

fn change(folder: &Path, files: &Files, file: PathBuf) -> Option<DiskChange> {
    let known = files.seen.get(&file);
    // The system's word that nothing changed is enough; that something did is looked into.
    if let (Some(known), Ok(data)) = (known, fs::metadata(&file))
        && data.len() == known.size
        && known.modified.is_some()
        && data.modified().ok() == known.modified
    {
        return None;
    }
    let part = files.part(folder, &file);
    let bytes = match fs::read(&file) {
        Ok(bytes) => bytes,
        Err(error) if super::files::is_absence(&error) => {
            let gone = DiskChange { file, part, theirs: Theirs::Gone, stamp: None, moved_from: None };
            return known.is_some().then_some(gone);
        }
        Err(error) => {
            let theirs = Theirs::Unreadable(error.to_string());
            return Some(DiskChange { file, part, theirs, stamp: None, moved_from: None });
        }
    };
    let stamp = Stamp::of(&file, &bytes);
    if known.is_some_and(|known| known.digest == stamp.digest) {
        return None;
    }
    let theirs = read(folder, files, &file, bytes).unwrap_or_else(Theirs::Unreadable);
    let stamp = Stamp { unreadable: matches!(theirs, Theirs::Unreadable(_)), ..stamp };
    Some(DiskChange { file, part, theirs, stamp: Some(stamp), moved_from: None })
}

fn read(folder: &Path, files: &Files, file: &Path, bytes: Vec<u8>) -> Result<Theirs, String> {
    let said = |error: &dyn std::fmt::Display| error.to_string();
    let name = file.display().to_string();
    let text = text_of(file, bytes).map_err(|error| said(&error))?;
    let below = file.strip_prefix(folder).ok().and_then(Path::to_str).unwrap_or_default();
    Ok(match below {
        SEGMENTS_FILE => {
            Theirs::Segments(Box::new(segments_from_ron(&text, &name).map_err(|error| said(&error))?))
        }
        CATALOG_FILE => Theirs::Catalog(Arc::new(read_catalog(&text).0)),
        WORKSPACE_FILE => {
            let file = workspace_from_ron(&text, &name).map_err(|error| said(&error))?;
            let platform = read_platform(folder, &file.platform).map_err(|error| said(&error))?;
            let unnamed = file.name.is_empty();
            let workspace = Workspace {
                folder: Some(folder.to_owned()),
                name: name_or_folder(file.name, folder),
                facts: file.facts,
                recordings: file.recordings,
                ..super::bare(platform)
            };
            Theirs::Facts { workspace: Box::new(workspace), platform: file.platform, unnamed }
        }
        platform if is_platform_file(platform) && platform == files.platform => {
            Theirs::Platform(Box::new(Platform::from_ron(&text, &name).map_err(|error| said(&error))?))
        }
        _ => {
            let journey = journey_from_ron(&text, &name).map_err(|error| said(&error))?;
            if let Some(other) =
                files.journeys.get(&journey.id).filter(|other| *other != file && other.exists())
            {
                return Err(format!("{name}: its id is already that of {}", other.display()));
            }
            Theirs::Journey(Arc::new(journey))
        }
    })
}

impl DiskChange {
    /// Whether there is something to take.
    pub const fn can_be_taken(&self) -> bool {
        !matches!(self.theirs, Theirs::Unreadable(_))
    }
    /// Takes their side into a workspace.
    pub fn take_into(&self, workspace: &mut Workspace) {
        let old = match &self.part {
            Some(Part::Journey(id)) => Some(id),
            _ => None,
        };
        match &self.theirs {
            Theirs::Unreadable(_) => {}
            Theirs::Gone => match &self.part {
                Some(Part::Journey(id)) => workspace.journeys.retain(|journey| journey.id != *id),
                Some(Part::Segments) => workspace.segments = Segments::default(),
                Some(Part::Catalog) => workspace.catalog = Arc::default(),
                _ => {}
            },
            Theirs::Journey(journey) => {
                workspace.journeys.retain(|other| Some(&other.id) != old || other.id == journey.id);
                put_journey(workspace, Arc::clone(journey));
            }
            Theirs::Segments(segments) => workspace.segments = (**segments).clone(),
            Theirs::Platform(platform) => workspace.platform = (**platform).clone(),
            Theirs::Facts { workspace: theirs, .. } => {
                super::files::copy_part(theirs, workspace, &Part::Facts);
                workspace.platform = theirs.platform.clone();
            }
            Theirs::Catalog(catalog) => workspace.catalog = Arc::clone(catalog),
        }
    }
    /// From now on the file is known to hold what it holds: their side was taken, or is to be
    /// written over.
    pub fn note_in(&self, files: &mut Files) {
        match &self.theirs {
            Theirs::Journey(journey) => {
                files.journeys.retain(|_, path| *path != self.file);
                files.journeys.insert(journey.id.clone(), self.file.clone());
            }
            Theirs::Facts { platform, unnamed, .. } => {
                files.platform.clone_from(platform);
                files.unnamed = *unnamed;
            }
            Theirs::Gone => files.journeys.retain(|_, path| *path != self.file),
            _ => {}
        }
        self.note_stamp(files);
    }
    /// Our side is kept: the next save writes over theirs, comments and all.
    pub fn keep_ours(&self, files: &mut Files) {
        if let (Some(from), Some(Part::Journey(id))) = (&self.moved_from, &self.part)
            && files.journeys.get(id) == Some(from)
        {
            files.journeys.insert(id.clone(), self.file.clone());
        }
        self.note_stamp(files);
        files.give_up(&self.file);
    }

    fn note_stamp(&self, files: &mut Files) {
        match &self.stamp {
            Some(stamp) => files.seen.insert(self.file.clone(), stamp.clone()),
            None => files.seen.remove(&self.file),
        };
        if let Some(from) = &self.moved_from {
            files.seen.remove(from);
        }
    }
}
