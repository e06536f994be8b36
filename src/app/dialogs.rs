//! Whether the system can show a file dialog at all. On Linux that is another program's work; where
//! there is none, asking for one would look like a button that does nothing.

use std::{
    ffi::OsStr,
    path::{Path, PathBuf},
};

use super::state::Fault;

/// What is said where no file dialog can be shown; `None`: one can.
pub fn refusal() -> Option<Fault> {
    if !cfg!(target_os = "linux") {
        return None;
    }
    let set = |name: &str| std::env::var_os(name).filter(|value| !value.is_empty());
    let bus = set("XDG_RUNTIME_DIR").map(|folder| PathBuf::from(folder).join("bus"));
    let has_bus = set("DBUS_SESSION_BUS_ADDRESS").is_some() || bus.is_some_and(|bus| bus.exists());
    let has_zenity = is_on(&set("PATH").unwrap_or_default(), "zenity");
    (!has_bus && !has_zenity).then(|| Fault {
        what: "No file dialog can be shown".to_owned(),
        place: "There is neither a desktop portal nor zenity on this system.".to_owned(),
        advice: "Install zenity or xdg-desktop-portal and try again. To open a workspace, a journey or a \
                 recording meanwhile, drop it on the window."
            .to_owned(),
    })
}

/// Whether a program lies in one of the folders of a `PATH`.
fn is_on(path: &OsStr, program: &str) -> bool {
    std::env::split_paths(path).any(|folder: PathBuf| Path::new(&folder).join(program).is_file())
}

#[cfg(test)]
mod tests {
    use super::*;

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
