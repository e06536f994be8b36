//! Asking for a file: by the system's dialog, or, where it has none, by a field in the window.
//!
//! On Linux a file dialog is another program's work; where there is none, asking for one would look
//! like a button that does nothing.

use std::{
    ffi::OsStr,
    path::{Path, PathBuf},
};

use super::{
    asked::Asked,
    filing::{FilesIntent, file_name},
    intent::Intent,
};
use crate::words::{counted, list};

impl Asked {
    /// What is wanted once the path is known.
    pub fn answered(self, path: PathBuf) -> Intent {
        Intent::Files(match self {
            Self::Workspace => return Intent::OpenWorkspace(path),
            Self::Recordings => return Intent::AddRecordings(vec![whole(&path)]),
            Self::CopyFolder => FilesIntent::SaveCopy(path),
            Self::Journey => FilesIntent::Import(path),
            Self::Catalog => FilesIntent::ReplaceCatalog(path),
            Self::Export(_, text) => FilesIntent::Export(path, text),
            Self::Sheet(sheet) => FilesIntent::ExportSheet(path, sheet),
            Self::Picture(_, form) => FilesIntent::Print(path, form),
        })
    }
    /// Asks with the system's dialog and waits for the answer; `None`: nothing was chosen.
    pub fn by_system(self) -> Option<Intent> {
        let dialog = rfd::FileDialog::new().set_title(self.title());
        let path = match &self {
            Self::Recordings => {
                let chosen = dialog.add_filter("Recordings", &["jsonl", "json", "ndjson"]).pick_files()?;
                return Some(Intent::AddRecordings(chosen.iter().map(|path| whole(path)).collect()));
            }
            Self::Workspace | Self::CopyFolder => dialog.pick_folder(),
            Self::Journey => dialog.add_filter("Journeys", &["ron"]).pick_file(),
            Self::Catalog => dialog.add_filter("Tables", &["csv"]).pick_file(),
            Self::Picture(name, form) => {
                dialog.set_file_name(name).add_filter("Pictures", &[form.ending()]).save_file()
            }
            Self::Export(..) | Self::Sheet(_) => dialog.set_file_name(self.name()).save_file(),
        };
        path.map(|path| self.answered(path))
    }
    /// The path that a person typed, if it can be what is asked for. `~` is their home.
    ///
    /// # Errors
    /// In a sentence for them, when it cannot.
    pub fn typed(&self, text: &str) -> Result<PathBuf, &'static str> {
        let path = at_home(text.trim());
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
        match self {
            _ if text.trim().is_empty() => Err("Say where it is."),
            Self::Workspace | Self::CopyFolder if path.is_dir() => Ok(path),
            // One that is still to be made.
            Self::CopyFolder if !path.exists() && folder.is_none_or(Path::is_dir) => Ok(path),
            Self::Workspace | Self::CopyFolder => Err("There is no such folder."),
            Self::Recordings | Self::Journey | Self::Catalog if path.is_file() => Ok(path),
            Self::Recordings | Self::Journey | Self::Catalog => Err("There is no such file."),
            _ if path.is_dir() => Err("This is a folder. Add a name for the file."),
            _ if path.exists() => Err("There is a file of this name already. Choose another name."),
            _ if folder.is_none_or(Path::is_dir) => Ok(path),
            _ => Err("There is no such folder to write it in."),
        }
    }
}

/// What a file or folder that is dropped on the window is taken for.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Thing {
    Workspace,
    Journey,
    Catalog,
    Recording,
}

impl Thing {
    /// Folders are workspaces, `.ron` files journeys, `.csv` files catalogues, all others recordings.
    fn of(path: &Path) -> Self {
        let ending = path.extension().map(OsStr::to_ascii_lowercase);
        match ending.as_deref().and_then(OsStr::to_str) {
            _ if path.is_dir() => Self::Workspace,
            Some("ron") => Self::Journey,
            Some("csv") => Self::Catalog,
            _ => Self::Recording,
        }
    }
    /// Those that are taken of several: there is one workspace and one catalogue, the first.
    fn taken(paths: Vec<PathBuf>) -> Vec<(Self, PathBuf)> {
        let mut taken: Vec<(Self, PathBuf)> = Vec::new();
        for path in paths {
            let thing = Self::of(&path);
            let is_one = matches!(thing, Self::Workspace | Self::Catalog);
            if !(is_one && taken.iter().any(|(other, _)| *other == thing)) {
                taken.push((thing, path));
            }
        }
        taken
    }
}

/// What is wanted of files and folders that were dropped on the window.
pub fn dropped(paths: Vec<PathBuf>) -> Vec<Intent> {
    let (mut wanted, mut recordings) = (Vec::new(), Vec::new());
    for (thing, path) in Thing::taken(paths) {
        match thing {
            Thing::Workspace => wanted.push(Asked::Workspace.answered(path)),
            Thing::Journey => wanted.push(Asked::Journey.answered(path)),
            Thing::Catalog => wanted.push(Asked::Catalog.answered(path)),
            Thing::Recording => recordings.push(path),
        }
    }
    if !recordings.is_empty() {
        wanted.push(Intent::AddRecordings(recordings));
    }
    wanted
}

/// What dropping these would do: `Drop to open the workspace shop`.
pub fn drop_hint(paths: Vec<PathBuf>) -> String {
    let taken = Thing::taken(paths);
    let name =
        |wanted: Thing| taken.iter().find(|(thing, _)| *thing == wanted).map(|(_, path)| file_name(path));
    let number = |wanted: Thing| taken.iter().filter(|(thing, _)| *thing == wanted).count() as u64;
    let mut does = Vec::new();
    does.extend(name(Thing::Workspace).map(|name| format!("open the workspace {name}")));
    let (journeys, recordings) = (number(Thing::Journey), number(Thing::Recording));
    if journeys > 0 {
        does.push(format!("import {}", counted(journeys, "journey", "journeys")));
    }
    does.extend(name(Thing::Catalog).map(|name| format!("replace the catalogue by {name}")));
    if recordings > 0 {
        does.push(format!("add {}", counted(recordings, "recording", "recordings")));
    }
    format!("Drop to {}", list(&does, "and"))
}

/// The whole path of a file, so that one file has one name in a session.
pub fn whole(path: &Path) -> PathBuf {
    path.canonicalize().unwrap_or_else(|_| path.to_owned())
}

fn at_home(text: &str) -> PathBuf {
    let home = text.strip_prefix('~').filter(|rest| rest.is_empty() || rest.starts_with('/'));
    match home.zip(std::env::home_dir()) {
        Some((rest, home)) => home.join(rest.trim_start_matches('/')),
        None => PathBuf::from(text),
    }
}

/// Whether the system can show no file dialog: it has neither a desktop portal nor zenity.
pub fn is_missing() -> bool {
    if !cfg!(target_os = "linux") {
        return false;
    }
    let set = |name: &str| std::env::var_os(name).filter(|value| !value.is_empty());
    let bus = set("XDG_RUNTIME_DIR").map(|folder| PathBuf::from(folder).join("bus"));
    let has_bus = set("DBUS_SESSION_BUS_ADDRESS").is_some() || bus.is_some_and(|bus| bus.exists());
    !has_bus && !is_on(&set("PATH").unwrap_or_default(), "zenity")
}

/// Whether a program lies in one of the folders of a `PATH`.
fn is_on(path: &OsStr, program: &str) -> bool {
    std::env::split_paths(path).any(|folder: PathBuf| Path::new(&folder).join(program).is_file())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_typed_path_is_taken_only_if_it_can_be_meant() {
        let folder = tempfile::tempdir().expect("a folder");
        let at = |name: &str| folder.path().join(name).display().to_string();
        std::fs::write(at("taken.mmd"), "").expect("a file");
        let export = Asked::Export("cart.mmd".to_owned(), String::new());
        assert_eq!(export.typed(&format!(" {} ", at("new.mmd"))), Ok(folder.path().join("new.mmd")));
        assert!(export.typed(&at("taken.mmd")).is_err(), "nothing is written over unasked");
        assert!(export.typed(&at("none/new.mmd")).is_err());
        assert!(export.typed(&at("")).is_err(), "a folder");
        assert!(Asked::CopyFolder.typed(&at("new")).is_ok(), "it is made");
        assert!(Asked::CopyFolder.typed(&at("none/new")).is_err());
        assert!(Asked::Journey.typed(&at("none.ron")).is_err());
        assert!(Asked::Journey.typed("  ").is_err());
        assert!(Asked::Workspace.typed(&at("taken.mmd")).is_err(), "no folder");
        let home = std::env::home_dir().filter(|home| home.is_dir());
        assert_eq!(Asked::Workspace.typed("~").ok(), home);
    }

    #[test]
    fn what_is_dropped_is_taken_for_what_it_is() {
        let folder = tempfile::tempdir().expect("a folder").path().to_owned();
        std::fs::create_dir(&folder).expect("a folder");
        let at = |name: &str| folder.join(name);
        let paths = ["a.jsonl", "J.RON", "products.csv", "b"].map(at).into_iter();
        let wanted = dropped(paths.chain([folder.clone()]).collect());
        std::fs::remove_dir(&folder).expect("it is empty");
        assert_eq!(
            wanted,
            [
                Intent::Files(FilesIntent::Import(at("J.RON"))),
                Intent::Files(FilesIntent::ReplaceCatalog(at("products.csv"))),
                Intent::OpenWorkspace(folder.clone()),
                Intent::AddRecordings(vec![at("a.jsonl"), at("b")]),
            ]
        );
    }

    #[test]
    fn a_program_is_found_in_any_folder_of_the_path() {
        let folder = tempfile::tempdir().expect("a folder");
        let empty = tempfile::tempdir().expect("a folder");
        let path = std::env::join_paths([empty.path(), folder.path()]).expect("plain folders");
        assert!(!is_on(&path, "zenity"));
        std::fs::write(folder.path().join("zenity"), "").expect("a file");
        assert!(is_on(&path, "zenity"));
    }
}
