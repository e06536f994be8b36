//! Opening a workspace from its folder.

use std::{
    collections::BTreeMap,
    fs, io,
    path::{Path, PathBuf},
    sync::Arc,
};

use super::{
    Files, Stamp, Workspace, WorkspaceError, WorkspaceFile,
    catalog::{CatalogProblem, read_catalog},
    file::{is_platform_file, workspace_from_ron},
};
use crate::{
    identity::{Platform, PlatformError},
    journey::{Journey, JourneyId, Segments, journey_from_ron, segments_from_ron},
    recording::Catalog,
    simulator::WorkspaceFacts,
};

/// The file that makes a folder a workspace.
pub const WORKSPACE_FILE: &str = "workspace.ron";
/// Named conditions.
pub const SEGMENTS_FILE: &str = "segments.ron";
/// Products.
pub const CATALOG_FILE: &str = "catalog.csv";
/// Folder of the journeys.
pub const JOURNEYS_FOLDER: &str = "journeys";
/// Name of the preset that is in force where nobody chose one.
pub const DEFAULT_PLATFORM: &str = include_str!("../../assets/platforms/default.txt").trim_ascii();

/// A workspace as opened, with what could not be read of it.
#[derive(Clone, Debug)]
pub struct Opened {
    /// What could be read.
    pub workspace: Workspace,
    /// Which file each part came from and what the file held, to save it there.
    pub files: Files,
    /// Files that could not be read, or not wholly; the rest is open all the same.
    pub problems: Vec<FileProblem>,
}

/// A file of the workspace that could not be read, or not wholly.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileProblem {
    /// The file.
    pub file: PathBuf,
    /// What is wrong, where, and what to do; names the file.
    pub text: String,
    /// Whether something of the file is missing from the workspace altogether (a journey, the
    /// segments), rather than a value of a product.
    pub blocking: bool,
}

/// The platform that is in force where neither a workspace nor the user chose one.
pub fn default_platform() -> Result<Platform, PlatformError> {
    Platform::preset(DEFAULT_PLATFORM).cloned()
}

/// Opens the workspace in `folder`.
///
/// A broken `workspace.ron` or platform is an error, for everything else depends on them; any
/// other broken file becomes a [`FileProblem`] and hides nothing but itself.
pub fn open(folder: &Path) -> Result<Opened, WorkspaceError> {
    let mut seen = Seen::default();
    let Some(file) = read_workspace_file(folder, &mut seen)? else {
        return Err(if folder.is_dir() {
            WorkspaceError::NotAWorkspace { folder: folder.to_owned() }
        } else {
            WorkspaceError::unreadable(
                folder,
                io::Error::new(io::ErrorKind::NotFound, "there is no such folder"),
            )
        });
    };
    let unnamed = file.name.is_empty();
    let mut problems = Vec::new();
    let segments = read_segments(folder, &mut seen, &mut problems);
    let catalog = read_products(folder, &mut seen, &mut problems);
    let (journeys, journey_files) = read_journeys(&folder.join(JOURNEYS_FOLDER), &mut seen, &mut problems)?;
    let workspace = Workspace {
        folder: Some(folder.to_owned()),
        name: name_or_folder(file.name, folder),
        platform: seen.platform(folder, &file.platform)?,
        facts: file.facts,
        segments,
        catalog: Arc::new(catalog),
        journeys,
        recordings: file.recordings,
    };
    for problem in problems.iter().filter(|problem| problem.blocking) {
        if let Some(stamp) = seen.0.get_mut(&problem.file) {
            stamp.unreadable = true;
        }
    }
    let files = Files { journeys: journey_files, platform: file.platform, unnamed, seen: seen.0 };
    Ok(Opened { workspace, files, problems })
}

/// Files as they were read.
#[derive(Default)]
struct Seen(BTreeMap<PathBuf, Stamp>);

impl Seen {
    /// A file's text; bytes that are no text are an error with their line.
    fn text(&mut self, path: &Path) -> Result<String, WorkspaceError> {
        let bytes = fs::read(path).map_err(|error| WorkspaceError::unreadable(path, error))?;
        self.0.insert(path.to_owned(), Stamp::of(path, &bytes));
        text_of(path, bytes)
    }
    fn journey(&mut self, path: &Path) -> Result<Journey, WorkspaceError> {
        let text = self.text(path)?;
        journey_from_ron(&text, &path.display().to_string()).map_err(WorkspaceError::Format)
    }
    /// The platform that `workspace.ron` names: a preset, a file below the folder, or none.
    fn platform(&mut self, folder: &Path, platform: &str) -> Result<Platform, WorkspaceError> {
        if platform.is_empty() {
            return Ok(default_platform()?);
        }
        if !is_platform_file(platform) {
            return Ok(Platform::preset(platform).cloned()?);
        }
        let path = folder.join(platform);
        let text = self.text(&path)?;
        Ok(Platform::from_ron(&text, &path.display().to_string())?)
    }
}

/// Opens one journey file: with the facts, segments and catalogue of the workspace around it, if
/// there is one, else with the usual ones. It is the only journey of the result, and a broken
/// neighbour is no concern of it.
pub fn open_journey(path: &Path) -> Result<Opened, WorkspaceError> {
    let journey = read_journey(path)?;
    let mut opened = match enclosing(path) {
        Some(folder) => open(&folder)?,
        None => {
            Opened { workspace: bare(default_platform()?), files: Files::default(), problems: Vec::new() }
        }
    };
    opened.problems.retain(|problem| !problem.file.starts_with(path.parent().unwrap_or(path)));
    opened.files.journeys = BTreeMap::from([(journey.id.clone(), path.to_owned())]);
    opened.workspace.journeys = vec![Arc::new(journey)];
    Ok(opened)
}

/// A workspace of no folder: the usual facts, nothing in it.
pub fn bare(platform: Platform) -> Workspace {
    Workspace {
        folder: None,
        name: String::new(),
        platform,
        facts: WorkspaceFacts::default(),
        segments: Segments::default(),
        catalog: Arc::default(),
        journeys: Vec::new(),
        recordings: Vec::new(),
    }
}

/// The nearest folder above `path` that is a workspace.
pub fn enclosing(path: &Path) -> Option<PathBuf> {
    let path = path.canonicalize().ok()?;
    path.ancestors().skip(1).find(|folder| folder.join(WORKSPACE_FILE).is_file()).map(Path::to_owned)
}

/// Reads one journey file.
pub fn read_journey(path: &Path) -> Result<Journey, WorkspaceError> {
    Seen::default().journey(path)
}

/// Reads a catalogue from anywhere, with the rows that could not be used.
///
/// # Errors
/// When the file cannot be read or is no text.
pub fn read_catalog_file(path: &Path) -> Result<(Catalog, Vec<CatalogProblem>), WorkspaceError> {
    Ok(read_catalog(&Seen::default().text(path)?))
}

/// The platform that `workspace.ron` names: a preset, a file below the folder, or none.
pub fn read_platform(folder: &Path, platform: &str) -> Result<Platform, WorkspaceError> {
    Seen::default().platform(folder, platform)
}

/// What `workspace.ron` says; the usual things for a folder that has journeys but no such file;
/// `None` for any other folder.
fn read_workspace_file(folder: &Path, seen: &mut Seen) -> Result<Option<WorkspaceFile>, WorkspaceError> {
    let path = folder.join(WORKSPACE_FILE);
    if path.exists() {
        let text = seen.text(&path)?;
        return Ok(Some(workspace_from_ron(&text, &path.display().to_string())?));
    }
    let usual = WorkspaceFile {
        name: String::new(),
        platform: String::new(),
        facts: WorkspaceFacts::default(),
        recordings: Vec::new(),
    };
    Ok(folder.join(JOURNEYS_FOLDER).is_dir().then_some(usual))
}

fn read_segments(folder: &Path, seen: &mut Seen, problems: &mut Vec<FileProblem>) -> Segments {
    let path = folder.join(SEGMENTS_FILE);
    let mut read = |path: &Path| -> Result<Segments, WorkspaceError> {
        Ok(segments_from_ron(&seen.text(path)?, &path.display().to_string())?)
    };
    if !path.exists() {
        return Segments::default();
    }
    read(&path).unwrap_or_else(|error| {
        problems.push(FileProblem { file: path, text: error.to_string(), blocking: true });
        Segments::default()
    })
}

fn read_products(folder: &Path, seen: &mut Seen, problems: &mut Vec<FileProblem>) -> Catalog {
    let path = folder.join(CATALOG_FILE);
    if !path.exists() {
        return Catalog::default();
    }
    match seen.text(&path) {
        Ok(text) => {
            let (catalog, rows) = read_catalog(&text);
            problems.extend(rows.into_iter().map(|row| FileProblem {
                file: path.clone(),
                text: format!("{}:{}: {}", path.display(), row.line, row.text),
                blocking: false,
            }));
            catalog
        }
        Err(error) => {
            problems.push(FileProblem { file: path, text: error.to_string(), blocking: true });
            Catalog::default()
        }
    }
}

type Journeys = (Vec<Arc<Journey>>, BTreeMap<JourneyId, PathBuf>);

/// Every journey of a folder in order of file name. Of two files with one id the first stays.
fn read_journeys(
    folder: &Path,
    seen: &mut Seen,
    problems: &mut Vec<FileProblem>,
) -> Result<Journeys, WorkspaceError> {
    let mut journeys = Vec::new();
    let mut files: BTreeMap<JourneyId, PathBuf> = BTreeMap::new();
    for path in journey_paths(folder)? {
        let mut refuse = |text: String| {
            problems.push(FileProblem { file: path.clone(), text, blocking: true });
        };
        match seen.journey(&path) {
            Err(error) => refuse(error.to_string()),
            Ok(journey) => {
                if let Some(first) = files.get(&journey.id) {
                    refuse(format!(
                        "{}: the id “{}” is already that of {}; give one of them another id",
                        path.display(),
                        journey.id,
                        first.display()
                    ));
                } else {
                    files.insert(journey.id.clone(), path.clone());
                    journeys.push(Arc::new(journey));
                }
            }
        }
    }
    Ok((journeys, files))
}

/// The journey files of a folder by name; hidden ones (an editor's, or ours) are none.
pub(super) fn journey_paths(folder: &Path) -> Result<Vec<PathBuf>, WorkspaceError> {
    if !folder.is_dir() {
        return Ok(Vec::new());
    }
    let unreadable = |error| WorkspaceError::unreadable(folder, error);
    let mut paths = Vec::new();
    for entry in fs::read_dir(folder).map_err(unreadable)? {
        let path = entry.map_err(unreadable)?.path();
        let is_ron = path.extension().is_some_and(|extension| extension == "ron");
        let hidden = path.file_name().is_some_and(|name| name.to_string_lossy().starts_with('.'));
        if is_ron && !hidden && path.is_file() {
            paths.push(path);
        }
    }
    paths.sort();
    Ok(paths)
}

/// A file's bytes as text; bytes that are none are an error with their line.
pub(super) fn text_of(path: &Path, bytes: Vec<u8>) -> Result<String, WorkspaceError> {
    String::from_utf8(bytes).map_err(|error| {
        let good = &error.as_bytes()[..error.utf8_error().valid_up_to()];
        let line = good.split(|byte| *byte == b'\n').count();
        WorkspaceError::NotText { file: path.to_owned(), line }
    })
}

pub(super) fn name_or_folder(name: String, folder: &Path) -> String {
    if !name.is_empty() {
        return name;
    }
    let folder = folder.canonicalize().unwrap_or_else(|_| folder.to_owned());
    folder.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default()
}
