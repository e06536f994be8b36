//! What of a workspace lies in which file, and what each file held when it was read or saved last.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs, io,
    path::{Path, PathBuf},
    time::SystemTime,
};

use super::{
    Workspace,
    file::is_platform_file,
    load::{DEFAULT_PLATFORM, WORKSPACE_FILE},
};
use crate::{
    identity::Platform,
    journey::{Journey, JourneyId, edit::fresh_journey, has_comments},
    recording::Digest,
};

/// The file of a platform that belongs to the workspace, where nobody gave it another name.
const PLATFORM_FILE: &str = "platform.ron";

/// A part of a workspace that is saved as a whole.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Part {
    /// A journey.
    Journey(JourneyId),
    /// All segments.
    Segments,
    /// The platform's rules, where they are the workspace's own.
    Platform,
    /// `workspace.ron`: name, platform, facts, recordings in use.
    Facts,
    /// The catalogue.
    Catalog,
}

/// The files of a workspace as they were read or saved last.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Files {
    /// Which file each journey came from.
    pub journeys: BTreeMap<JourneyId, PathBuf>,
    /// What `workspace.ron` calls the platform; empty: nothing, so the default preset is in force.
    pub platform: String,
    /// Whether `workspace.ron` gives no name, so that the workspace is called as its folder.
    pub unnamed: bool,
    /// What each file held; one that is absent here was not there.
    pub seen: BTreeMap<PathBuf, Stamp>,
}

/// A file as it was read or saved last.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stamp {
    /// Digest of its bytes.
    pub digest: String,
    /// Its length in bytes.
    pub size: u64,
    /// When it was changed, as the system says; tells that a file must be read again.
    pub modified: Option<SystemTime>,
    /// It could not be read, so what it holds is not in the workspace and saving would lose it.
    pub unreadable: bool,
    /// It has comments, which saving would drop.
    pub commented: bool,
}

impl Stamp {
    /// Of a file that holds these bytes.
    pub(super) fn of(path: &Path, bytes: &[u8]) -> Self {
        let text = std::str::from_utf8(bytes).unwrap_or_default();
        Self {
            digest: Digest::of(bytes),
            size: bytes.len() as u64,
            modified: fs::metadata(path).and_then(|data| data.modified()).ok(),
            unreadable: false,
            commented: path.extension().is_some_and(|ending| ending == "ron") && has_comments(text),
        }
    }
    /// Of a file on disk; `None` when there is none.
    pub(super) fn on_disk(path: &Path) -> io::Result<Option<Self>> {
        match fs::read(path) {
            Ok(bytes) => Ok(Some(Self::of(path, &bytes))),
            Err(error) if is_absence(&error) => Ok(None),
            Err(error) => Err(error),
        }
    }
}

/// Whether an error says that there is no such file.
pub(super) fn is_absence(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory)
}

impl Files {
    /// Which part of the workspace a file holds.
    pub fn part(&self, folder: &Path, file: &Path) -> Option<Part> {
        if let Some((id, _)) = self.journeys.iter().find(|(_, path)| *path == file) {
            return Some(Part::Journey(id.clone()));
        }
        let name = file.strip_prefix(folder).ok()?.to_str()?;
        match name {
            WORKSPACE_FILE => Some(Part::Facts),
            super::load::SEGMENTS_FILE => Some(Part::Segments),
            super::load::CATALOG_FILE => Some(Part::Catalog),
            _ => (name == self.platform).then_some(Part::Platform),
        }
    }
    /// The person has agreed that what a file held beyond the workspace may go at the next save.
    pub fn give_up(&mut self, file: &Path) {
        if let Some(stamp) = self.seen.get_mut(file) {
            (stamp.unreadable, stamp.commented) = (false, false);
        }
    }
    /// What `workspace.ron` should call a platform: a preset's name, or a file of the workspace's
    /// own (one that is there already and was another platform's is left alone).
    pub(super) fn platform_name(&self, folder: &Path, platform: &Platform) -> String {
        let preset = Platform::preset(&platform.name).ok().filter(|preset| *preset == platform);
        match preset {
            Some(preset) if self.platform.is_empty() && preset.name == DEFAULT_PLATFORM => String::new(),
            Some(preset) => preset.name.clone(),
            None if is_platform_file(&self.platform) => self.platform.clone(),
            None => free_name(folder, PLATFORM_FILE),
        }
    }
    /// The file a journey is kept in: its own, or a new one that nothing lies in yet.
    pub(super) fn journey_file(&self, folder: &Path, id: &JourneyId) -> PathBuf {
        self.journeys.get(id).cloned().unwrap_or_else(|| {
            let journeys = folder.join(super::load::JOURNEYS_FOLDER);
            let name = free_name(&journeys, &format!("{}.ron", file_stem(id)));
            journeys.join(name)
        })
    }
}

/// A journey's id as a file name; an id that could lead elsewhere is spelled in letters and dashes.
fn file_stem(id: &JourneyId) -> String {
    let plain = |letter: char| letter.is_ascii_alphanumeric() || letter == '-' || letter == '_';
    if !id.as_str().is_empty() && id.as_str().chars().all(plain) {
        return id.to_string();
    }
    fresh_journey(id.as_str(), []).to_string()
}

/// A name that no file of the folder has: the one wished for, or that with a number.
fn free_name(folder: &Path, wished: &str) -> String {
    let stem = wished.strip_suffix(".ron").unwrap_or(wished);
    let mut name = wished.to_owned();
    let mut number = 2;
    while fs::symlink_metadata(folder.join(&name)).is_ok() {
        name = format!("{stem}-{number}.ron");
        number += 1;
    }
    name
}

/// Every part that is not the same in both.
pub fn differing(now: &Workspace, saved: &Workspace) -> BTreeSet<Part> {
    let mut parts = BTreeSet::new();
    for journey in &now.journeys {
        let before = journey_in(saved, &journey.id);
        if before.is_none_or(|before| !std::sync::Arc::ptr_eq(before, journey) && before != journey) {
            parts.insert(Part::Journey(journey.id.clone()));
        }
    }
    let gone = saved.journeys.iter().filter(|journey| journey_in(now, &journey.id).is_none());
    parts.extend(gone.map(|journey| Part::Journey(journey.id.clone())));
    let same_facts = now.name == saved.name && now.facts == saved.facts && now.recordings == saved.recordings;
    for (part, same) in [
        (Part::Segments, now.segments == saved.segments),
        (Part::Platform, now.platform == saved.platform),
        (Part::Facts, same_facts),
        (Part::Catalog, now.catalog == saved.catalog),
    ] {
        if !same {
            parts.insert(part);
        }
    }
    parts
}

/// A journey of a workspace.
pub(super) fn journey_in<'a>(
    workspace: &'a Workspace,
    id: &JourneyId,
) -> Option<&'a std::sync::Arc<Journey>> {
    workspace.journeys.iter().find(|journey| journey.id == *id)
}

/// Puts a journey among the others in order of ids, in place of the one with its id.
pub(super) fn put_journey(workspace: &mut Workspace, journey: std::sync::Arc<Journey>) {
    if let Some(other) = workspace.journeys.iter_mut().find(|other| other.id == journey.id) {
        *other = journey;
    } else {
        let at = workspace.journeys.partition_point(|other| other.id < journey.id);
        workspace.journeys.insert(at, journey);
    }
}

/// Copies one part from a workspace to another.
pub(super) fn copy_part(from: &Workspace, to: &mut Workspace, part: &Part) {
    match part {
        Part::Journey(id) => match journey_in(from, id) {
            Some(journey) => put_journey(to, std::sync::Arc::clone(journey)),
            None => to.journeys.retain(|journey| journey.id != *id),
        },
        Part::Segments => to.segments = from.segments.clone(),
        Part::Platform => to.platform = from.platform.clone(),
        Part::Facts => {
            to.name.clone_from(&from.name);
            to.facts.clone_from(&from.facts);
            to.recordings.clone_from(&from.recordings);
        }
        Part::Catalog => to.catalog = std::sync::Arc::clone(&from.catalog),
    }
}
