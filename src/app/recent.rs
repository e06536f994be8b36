//! Workspaces that were open lately: a small file where the system keeps settings of programs.

use std::{
    ffi::OsString,
    fs,
    path::{Path, PathBuf},
};

use crate::workspace;

/// How many are remembered.
const KEPT: usize = 8;

/// The file that remembers them, by what the environment says.
pub fn file() -> Option<PathBuf> {
    settings_folder(|name| std::env::var_os(name)).map(|folder| folder.join("recent.txt"))
}

/// Notes that a workspace is open now, and returns all of them that are still there, latest first.
/// Where the file cannot be written, nothing is remembered and nothing fails.
pub fn note(file: &Path, latest: Option<&Path>) -> Vec<PathBuf> {
    let known = fs::read_to_string(file).unwrap_or_default();
    let latest = latest.map(|folder| folder.canonicalize().unwrap_or_else(|_| folder.to_owned()));
    let mut folders: Vec<PathBuf> = latest.iter().cloned().collect();
    for folder in known.lines().map(PathBuf::from) {
        if !folders.contains(&folder) && folder.is_dir() {
            folders.push(folder);
        }
    }
    folders.truncate(KEPT);
    if latest.is_some() {
        let lines: Vec<String> = folders.iter().map(|folder| format!("{}\n", folder.display())).collect();
        let parent = file.parent().unwrap_or(Path::new("."));
        let _ = fs::create_dir_all(parent);
        let _ = workspace::save_file(file, lines.concat());
    }
    folders
}

/// The program's folder for settings, by what the environment says.
fn settings_folder(variable: impl Fn(&str) -> Option<OsString>) -> Option<PathBuf> {
    let set = |name: &str| variable(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    let home = || set("HOME");
    let base = if cfg!(windows) {
        set("APPDATA")
    } else if cfg!(target_os = "macos") {
        home().map(|home| home.join("Library/Application Support"))
    } else {
        set("XDG_CONFIG_HOME").or_else(|| home().map(|home| home.join(".config")))
    };
    base.map(|base| base.join("throughline"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_latest_comes_first_and_what_is_gone_is_forgotten() {
        let folder = tempfile::tempdir().expect("a folder");
        let home = folder.path().canonicalize().expect("a path");
        let (a, b) = (home.join("a"), home.join("b"));
        for path in [&a, &b] {
            fs::create_dir(path).expect("a folder");
        }
        let file = home.join("settings/recent.txt");
        assert_eq!(note(&file, Some(&a)), vec![a.clone()]);
        assert_eq!(note(&file, Some(&b)), [b.clone(), a.clone()]);
        assert_eq!(note(&file, Some(&a)), [a.clone(), b.clone()]);
        fs::remove_dir(&b).expect("gone");
        assert_eq!(note(&file, None), [a]);
    }

    #[test]
    fn settings_lie_where_the_system_keeps_them() {
        let folder = |name: &str| (name == "HOME").then(|| OsString::from("/home/ana"));
        if cfg!(target_os = "linux") {
            assert_eq!(settings_folder(folder), Some("/home/ana/.config/throughline".into()));
        }
        assert_eq!(settings_folder(|_| None), None);
    }
}
