//! The house rules that a compiler does not hold: rooms import only downwards, no vendor is named
//! in code, and the package without the window has none.
#![allow(clippy::unwrap_used)]

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

/// Rooms from the ground up. Those of one floor do not see each other. The command line opens the
/// window, so it stands highest.
const FLOORS: [&[&str]; 9] = [
    &["recording"],
    &["identity"],
    &["journey"],
    &["simulator"],
    &["store", "words"],
    &["workspace", "lab", "capture"],
    &["report"],
    &["app"],
    &["cli"],
];

/// Names of vendors, in parts so that this file does not name them either. Platforms are data.
const VENDORS: [&str; 8] =
    ["customerio", "customer.io", "customer_io", "rudderstack", "posthog", "klaviyo", "braze", "mparticle"];

fn floor(room: &str) -> Option<usize> {
    FLOORS.iter().position(|rooms| rooms.contains(&room))
}

/// A line of code as the checks see it: without comments, and without what stands in a test
/// module (which begins at `#[cfg(test)]` and goes to the end of the file, as rustfmt and our
/// habits have it).
fn code_lines(source: &str) -> impl Iterator<Item = (usize, &str)> {
    source
        .lines()
        .enumerate()
        .take_while(|(_, line)| !line.trim_start().starts_with("#[cfg(test)]"))
        .map(|(index, line)| (index + 1, line.split("//").next().unwrap_or_default()))
}

/// The rooms that a file names, each with its line: by `crate::room`, or inside `crate::{…}`.
fn rooms_named(source: &str) -> Vec<(usize, String)> {
    let mut named = Vec::new();
    let mut depth = 0_usize;
    for (line, code) in code_lines(source) {
        let mut rest = code;
        if depth == 0 {
            while let Some(at) = rest.find("crate::") {
                let path = &rest[at + "crate::".len()..];
                if let Some(list) = path.strip_prefix('{') {
                    depth = 1;
                    rest = list;
                    break;
                }
                named.push((line, word(path).to_owned()));
                rest = path;
            }
        }
        // Inside a list of imports: the words on its first level are rooms.
        let mut at_start = true;
        let mut chars = rest.char_indices();
        while depth > 0
            && let Some((at, c)) = chars.next()
        {
            match c {
                '{' => depth += 1,
                '}' => depth -= 1,
                ',' => at_start = true,
                c if c.is_whitespace() => {}
                _ if depth == 1 && at_start => {
                    named.push((line, word(&rest[at..]).to_owned()));
                    at_start = false;
                }
                _ => {}
            }
        }
    }
    named
}

fn word(text: &str) -> &str {
    let end = text.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(text.len());
    &text[..end]
}

/// Imports of a file in `room` that point up or sideways.
fn imports_up(room: &str, source: &str) -> Vec<(usize, String)> {
    let Some(here) = floor(room) else { return Vec::new() };
    let mut wrong = rooms_named(source);
    wrong.retain(|(_, other)| {
        other != room && floor(other).is_some_and(|there| there > here || (there == here && other != room))
    });
    wrong
}

/// Every Rust file below a folder with its text, by path.
fn sources(folder: &Path) -> Vec<(PathBuf, String)> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let text = fs::read_to_string(&path).unwrap();
                found.push((path, text));
            }
        }
    }
    found.sort();
    found
}

fn src() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("src")
}

/// The room of a file: the first part of its path below `src`.
fn room_of(path: &Path) -> String {
    let below = path.strip_prefix(src()).unwrap();
    let first = below.components().next().unwrap().as_os_str().to_string_lossy();
    first.trim_end_matches(".rs").to_owned()
}

#[test]
fn rooms_import_only_downwards() {
    let mut wrong = Vec::new();
    for (path, source) in sources(&src()) {
        let room = room_of(&path);
        let known = floor(&room).is_some() || matches!(room.as_str(), "lib" | "main");
        assert!(known, "{} is in no room; give “{room}” a floor here", path.display());
        for (line, other) in imports_up(&room, &source) {
            wrong.push(format!("{}:{line}: {room} may not use {other}", path.display()));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn the_check_can_fail() {
    let up = |room, source| {
        imports_up(room, source)
            .into_iter()
            .map(|(line, other)| format!("{line} {other}"))
            .collect::<Vec<_>>()
    };
    assert_eq!(up("recording", "\nuse crate::journey::Journey;"), ["2 journey"]);
    assert_eq!(up("recording", "fn f() { crate::store::open() }"), ["1 store"]);
    assert_eq!(
        up(
            "identity",
            "use crate::{\n    recording::{Span, journey},\n    simulator::{engine::{a, b}, store},\n    app::App,\n};\nuse crate::cli::x;"
        ),
        ["3 simulator", "4 app", "6 cli"]
    );
    assert_eq!(up("simulator", "use crate::{store::a, identity::b}; // crate::cli"), ["1 store"]);
    assert_eq!(up("app", "use crate::cli::Args;"), ["1 cli"]);
    assert_eq!(up("simulator", "use crate::simulator::x; use crate::journey::y; use super::z;"), [""; 0]);
    assert_eq!(up("recording", "#[cfg(test)]\nmod tests { use crate::journey::x; }"), [""; 0]);
}

/// Vendors named in the code of a file.
fn vendors_named(source: &str) -> Vec<(usize, &'static str)> {
    let in_line = |(line, code): (usize, &str)| {
        let code = code.to_lowercase();
        VENDORS.into_iter().filter(move |vendor| code.contains(vendor)).map(move |vendor| (line, vendor))
    };
    code_lines(source).flat_map(in_line).collect()
}

#[test]
fn no_vendor_is_named_in_code() {
    let wrong: Vec<String> = sources(&src())
        .iter()
        .flat_map(|(path, source)| {
            let named = vendors_named(source).into_iter();
            named.map(move |(line, vendor)| format!("{}:{line}: {vendor} is data", path.display()))
        })
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert_eq!(vendors_named("// PostHog\nlet a = \"PostHog\";"), [(2, "posthog")]);
}

#[test]
fn no_source_is_left_unfinished() {
    let marks = ["todo!(", "unimplemented!(", "dbg!("];
    let wrong: Vec<String> = sources(&src())
        .iter()
        .flat_map(|(path, source)| {
            let lines = code_lines(source).filter(|(_, code)| marks.iter().any(|mark| code.contains(mark)));
            lines.map(move |(line, code)| format!("{}:{line}: {}", path.display(), code.trim()))
        })
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// What `cargo tree` says of the package.
fn tree(arguments: &[&str]) -> String {
    let cargo = std::env::var("CARGO").unwrap_or_else(|_| "cargo".to_owned());
    let tree = Command::new(cargo)
        .args(["tree", "--prefix", "none", "--offline"])
        .args(arguments)
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .unwrap();
    assert!(tree.status.success(), "{}", String::from_utf8_lossy(&tree.stderr));
    String::from_utf8(tree.stdout).unwrap()
}

/// Without this feature copying and pasting would work within the window alone, and nothing would
/// say so.
#[test]
#[cfg(feature = "gui")]
fn the_window_reaches_the_systems_clipboard() {
    let tree = tree(&["-e", "features"]);
    assert!(tree.lines().any(|line| line.starts_with("egui-winit feature \"clipboard\"")), "{tree}");
}

#[test]
fn without_the_window_nothing_of_it_is_built() {
    let tree = tree(&["-e", "normal", "--no-default-features"]);
    assert!(tree.lines().any(|line| line.starts_with("ron ")), "{tree}");
    let window =
        ["egui", "eframe", "winit", "wgpu", "rfd", "accesskit", "epaint", "wayland", "x11rb", "glutin"];
    let found: Vec<&str> =
        tree.lines().filter(|line| window.iter().any(|name| line.starts_with(name))).collect();
    assert!(found.is_empty(), "{found:?}");
}
