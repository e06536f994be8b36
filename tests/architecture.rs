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

/// The same within the window, by the first part of a path below `src/app`. Highest stands the
/// shell, `mod.rs`, which nobody imports.
const FLOORS_OF_APP: [&[&str]; 14] = [
    // How it looks, and what everybody speaks of.
    &["theme", "text", "command", "fault"],
    &["icons", "motion", "badge", "diagram"],
    // The workspace and a result, made ready to be listed.
    &["document", "held", "members", "messages", "people", "recent", "stretch"],
    &["indexed", "plate", "selection"],
    &["session"],
    // What the threads beside the window are asked for.
    &["jobs", "sheet"],
    &["asked", "clerk", "listing", "reporting", "worker"],
    // What the window knows, by piece and as one.
    &["checking", "company", "comparing", "covering", "filing", "finder", "transport", "why_not"],
    &["state"],
    // What a person can want.
    &["intent", "offer"],
    // What draws.
    &["dialogs", "widgets"],
    &["canvas", "timeline"],
    &["printing", "views"],
    // What acts.
    &["acting", "fixture"],
];

/// Names of vendors, in parts so that this file does not name them either. Platforms are data.
const VENDORS: [&str; 8] =
    ["customerio", "customer.io", "customer_io", "rudderstack", "posthog", "klaviyo", "braze", "mparticle"];

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

/// The paths from the root or from a module above that a file names, each with its line: `crate::a`,
/// `super::b::c`, and every leaf of `crate::{a, b::{c, d}}`.
fn paths_named(source: &str) -> Vec<(usize, Vec<String>)> {
    let code: Vec<(usize, char)> = code_lines(source)
        .flat_map(|(line, code)| code.chars().chain(['\n']).map(move |c| (line, c)))
        .collect();
    let mut named = Vec::new();
    let mut at = 0;
    while at < code.len() {
        let begins = at == 0 || !(is_word(code[at - 1].1) || code[at - 1].1 == ':');
        if begins && ["crate::", "super::"].iter().any(|root| follows(&code, at, root)) {
            at = leaves(&code, at, &[], &mut named);
        } else {
            at += 1;
        }
    }
    named
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

fn follows(code: &[(usize, char)], at: usize, text: &str) -> bool {
    text.chars().enumerate().all(|(by, c)| code.get(at + by).is_some_and(|(_, it)| *it == c))
}

/// Reads one path, or one tree of them, that goes on from `before`; where it ends.
fn leaves(
    code: &[(usize, char)],
    begin: usize,
    before: &[String],
    named: &mut Vec<(usize, Vec<String>)>,
) -> usize {
    let mut path = before.to_vec();
    let mut at = begin;
    loop {
        let end = (at..code.len()).find(|at| !is_word(code[*at].1)).unwrap_or(code.len());
        path.extend((end > at).then(|| code[at..end].iter().map(|(_, c)| *c).collect()));
        if follows(code, end, "::") {
            at = end + 2;
        } else if follows(code, end, "{") {
            return branches(code, end + 1, &path, named);
        } else {
            named.push((code[begin].0, path));
            return end;
        }
    }
}

/// Reads what stands between braces; where they are closed.
fn branches(
    code: &[(usize, char)],
    mut at: usize,
    before: &[String],
    named: &mut Vec<(usize, Vec<String>)>,
) -> usize {
    while let Some((_, c)) = code.get(at) {
        match c {
            '}' => return at + 1,
            // A leaf may have another name here: ` as x`.
            c if is_word(*c) => {
                at = leaves(code, at, before, named);
                at += code[at..].iter().take_while(|(_, c)| !matches!(c, ',' | '}')).count();
            }
            _ => at += 1,
        }
    }
    at
}

/// A path as it is from the root, named in the module `here`.
fn from_root(here: &[String], path: &[String]) -> Vec<String> {
    let above = path.iter().take_while(|part| *part == "super").count();
    match above {
        0 => path[1..].to_vec(),
        _ => here[..here.len().saturating_sub(above)].iter().chain(&path[above..]).cloned().collect(),
    }
}

/// Imports of the module `here` that point up or sideways on these floors, which are those of what
/// lies `below` the root. What is in no room there is the crate's or the shell's own, above all.
fn imports_up(floors: &[&[&str]], below: &[&str], here: &str, source: &str) -> Vec<(usize, String)> {
    let here: Vec<String> = here.split("::").map(str::to_owned).collect();
    let floor = |room: &str| floors.iter().position(|rooms| rooms.contains(&room));
    let room = |path: &[String]| {
        let inside = path.len() > below.len() && path.iter().zip(below).all(|(part, of)| part == of);
        inside.then(|| path[below.len()].clone())
    };
    let Some(own) = room(&here) else { return Vec::new() };
    let Some(from) = floor(&own) else { return Vec::new() };
    let named = paths_named(source).into_iter().map(|(line, path)| (line, from_root(&here, &path)));
    let others = named.filter_map(|(line, path)| Some((line, room(&path)?)));
    let mut up: Vec<(usize, String)> =
        others.filter(|(_, other)| *other != own && floor(other).is_none_or(|to| to >= from)).collect();
    up.dedup();
    up
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
            } else if path.extension().is_some_and(|extension| extension == "rs")
                // A test module of its own may use what the tests use.
                && path.file_stem().is_some_and(|name| name != "tests")
            {
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

/// The module of a file: its path below `src`.
fn module_of(path: &Path) -> String {
    let below = path.strip_prefix(src()).unwrap().with_extension("");
    let parts: Vec<_> = below.iter().map(|part| part.to_string_lossy()).collect();
    parts.join("::").trim_end_matches("::mod").to_owned()
}

#[test]
fn rooms_import_only_downwards() {
    let mut wrong = Vec::new();
    for (path, source) in sources(&src()) {
        let module = module_of(&path);
        let room = module.split("::").next().unwrap();
        let known = FLOORS.iter().any(|rooms| rooms.contains(&room)) || matches!(room, "lib" | "main");
        assert!(known, "{} is in no room; give “{room}” a floor here", path.display());
        for (line, other) in imports_up(&FLOORS, &[], &module, &source) {
            wrong.push(format!("{}:{line}: {room} may not use {other}", path.display()));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn the_window_imports_only_downwards() {
    let mut wrong = Vec::new();
    for (path, source) in sources(&src().join("app")) {
        let module = module_of(&path);
        let Some(room) = module.split("::").nth(1) else { continue };
        let known = FLOORS_OF_APP.iter().any(|rooms| rooms.contains(&room));
        assert!(known, "{} has no floor; give “{room}” one here", path.display());
        for (line, other) in imports_up(&FLOORS_OF_APP, &["app"], &module, &source) {
            wrong.push(format!("{}:{line}: {room} may not use {other}", path.display()));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn the_check_can_fail() {
    let said = |found: Vec<(usize, String)>| {
        found.into_iter().map(|(line, other)| format!("{line} {other}")).collect::<Vec<_>>()
    };
    let up = |room, source| said(imports_up(&FLOORS, &[], room, source));
    assert_eq!(up("recording", "\nuse crate::journey::Journey;"), ["2 journey"]);
    assert_eq!(up("recording", "fn f() { crate::store::open() }"), ["1 store"]);
    assert_eq!(
        up(
            "identity",
            "use crate::{\n    recording::{Span, journey},\n    simulator::{engine::{a, b}, store},\n    app::App,\n};\nuse crate::cli::x;"
        ),
        ["3 simulator", "4 app", "6 cli"]
    );
    assert_eq!(up("simulator", "use crate::{store::a as cli, identity::b}; // crate::cli"), ["1 store"]);
    assert_eq!(up("app", "use crate::cli::Args;"), ["1 cli"]);
    assert_eq!(
        up("simulator::engine", "use crate::simulator::x; use crate::journey::y; use super::z;"),
        [""; 0]
    );
    assert_eq!(up("recording", "#[cfg(test)]\nmod tests { use crate::journey::x; }"), [""; 0]);

    let up = |module, source| said(imports_up(&FLOORS_OF_APP, &["app"], module, source));
    assert_eq!(
        up("app::theme", "use super::{\n    text::fitted,\n    icons::Icon,\n};"),
        ["2 text", "3 icons"]
    );
    assert_eq!(up("app::theme::fonts", "use super::super::state::Model; use super::views::x;"), ["1 state"]);
    assert_eq!(
        up("app::canvas::view", "use crate::{app::{state::Model, views::{a, b}}, lab::x};"),
        ["1 views"]
    );
    assert_eq!(
        up("app::canvas::view", "use super::{text, paint::views};\nfn f() { crate::app::acting::g() }"),
        ["2 acting"]
    );
    assert_eq!(up("app::jobs::replay", "use crate::app::AppOptions;"), ["1 AppOptions"]);
    assert_eq!(
        up("app::state", "use crate::app::selection::{self, Selection}; use crate::words::intent;"),
        [""; 0]
    );
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
