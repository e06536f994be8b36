//! The rooms of the house: a room imports only those below it.

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
};

/// From the ground up; rooms of one storey do not see each other.
const STOREYS: [&[&str]; 8] = [
    &["recording"],
    &["identity"],
    &["journey"],
    &["simulator"],
    &["store"],
    &["workspace", "report"],
    &["app"],
    &["cli"],
];

fn storey(room: &str) -> Option<usize> {
    STOREYS.iter().position(|rooms| rooms.contains(&room))
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(files(&path));
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
    found
}

/// The first words after `crate::`, also of a list in braces, comments left out.
fn imported(text: &str) -> BTreeSet<String> {
    let code: String =
        text.lines().map(|line| line.split("//").next().unwrap_or_default()).collect::<Vec<_>>().join("\n");
    let word = |text: &str| -> String {
        text.trim_start().chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect()
    };
    let mut rooms = BTreeSet::new();
    for (at, _) in code.match_indices("crate::") {
        let after = &code[at + "crate::".len()..];
        let Some(list) = after.strip_prefix('{') else {
            rooms.insert(word(after));
            continue;
        };
        let (mut depth, mut begins) = (1, 0);
        for (position, c) in list.char_indices() {
            match c {
                '{' => depth += 1,
                '}' => depth -= 1,
                _ => {}
            }
            if (c == ',' && depth == 1) || depth == 0 {
                rooms.insert(word(&list[begins..position]));
                begins = position + 1;
            }
            if depth == 0 {
                break;
            }
        }
    }
    rooms.remove("");
    rooms
}

#[test]
fn imports_point_down() {
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut wrong = Vec::new();
    let mut seen = 0;
    for (level, room) in
        STOREYS.iter().enumerate().flat_map(|(level, rooms)| rooms.iter().map(move |r| (level, r)))
    {
        for file in files(&src.join(room)) {
            seen += 1;
            for other in imported(&fs::read_to_string(&file).unwrap()) {
                if other != **room && storey(&other).is_some_and(|other| other >= level) {
                    wrong.push(format!("{} imports {other}", file.strip_prefix(&src).unwrap().display()));
                }
            }
        }
    }
    assert!(seen > 50, "only {seen} files were read");
    assert_eq!(wrong, [] as [String; 0]);
}

#[test]
fn every_room_is_on_a_storey() {
    let lib = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("src/lib.rs")).unwrap();
    for line in lib.lines().filter_map(|line| line.trim().strip_prefix("pub mod ")) {
        let room = line.trim_end_matches(';');
        assert!(storey(room).is_some(), "{room} has no storey in this test");
    }
}

#[test]
fn lists_and_single_imports_are_both_read() {
    let text = "use crate::{\n    journey::{A, b::C},\n    store,\n};\nuse crate::app::X; // crate::cli\nlet x = crate::report::f();";
    let rooms: Vec<String> = imported(text).into_iter().collect();
    assert_eq!(rooms, ["app", "journey", "report", "store"]);
}
