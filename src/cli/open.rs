//! `throughline [WORKSPACE]`: the window, or without a display what `simulate` does.

use std::{io::Write, path::Path};

use super::{Verdict, load, say, simulate};

/// Opens the window on a workspace.
pub fn run(workspace: Option<&Path>, out: &mut dyn Write) -> anyhow::Result<Verdict> {
    let folder = match workspace {
        Some(folder) => folder.to_owned(),
        None => load::default_folder()?,
    };
    match no_window() {
        None => open(&folder, out),
        Some(why) => without_window(why, &folder, out),
    }
}

fn without_window(why: &str, folder: &Path, out: &mut dyn Write) -> anyhow::Result<Verdict> {
    say(&format!("{why}, so this is what `throughline simulate {}` prints:", folder.display()));
    simulate::run_workspace(folder, out)
}

/// Why no window can be opened, if that is known beforehand.
fn no_window() -> Option<&'static str> {
    if cfg!(not(feature = "gui")) {
        return Some("this build has no window");
    }
    let is_set = |name| std::env::var_os(name).is_some_and(|value| !value.is_empty());
    let needs_display = cfg!(all(unix, not(target_os = "macos")));
    (needs_display && !is_set("DISPLAY") && !is_set("WAYLAND_DISPLAY")).then_some("there is no display")
}

#[cfg(not(feature = "gui"))]
fn open(folder: &Path, out: &mut dyn Write) -> anyhow::Result<Verdict> {
    without_window("this build has no window", folder, out)
}

#[cfg(feature = "gui")]
fn open(folder: &Path, out: &mut dyn Write) -> anyhow::Result<Verdict> {
    use crate::app::{self, AppOptions};

    anyhow::ensure!(folder.is_dir(), "there is no folder {}", folder.display());
    match app::run(AppOptions { workspace: folder.to_owned() }) {
        Ok(()) => Ok(Verdict::Fine),
        Err(error) => without_window(&format!("{error:#}"), folder, out),
    }
}
