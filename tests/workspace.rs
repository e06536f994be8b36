//! Opening, reading and saving a workspace.
#![allow(clippy::unwrap_used)]

use std::{fs, path::Path};

use throughline::{
    journey::{FormatError, journey_from_ron, journey_to_ron},
    recording::{Span, facts::Role},
    workspace::{self, WorkspaceError, WorkspaceFile, workspace_from_ron, workspace_to_ron},
};

const WORKSPACE: &str = include_str!("golden/workspace-v1.ron");
const JOURNEY: &str = include_str!("golden/journey-v1.ron");

fn header(rest: &str) -> String {
    format!("(format: \"throughline-workspace\", version: 1, {rest})")
}

/// A folder with these files.
fn folder(files: &[(&str, &str)]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in files {
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    folder
}

fn journey(id: &str) -> String {
    JOURNEY.replace("id: \"everything\"", &format!("id: \"{id}\""))
}

#[test]
fn the_golden_file_is_canonical() {
    let read = workspace_from_ron(WORKSPACE, "workspace.ron").unwrap();
    let written = workspace_to_ron(&read);
    if std::env::var_os("THROUGHLINE_WRITE_GOLDEN").is_some() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/golden/workspace-v1.ron");
        fs::write(path, &written).unwrap();
    }
    assert_eq!(workspace_from_ron(&written, "written").unwrap(), read);
    assert_eq!(written, WORKSPACE);
    assert_eq!(read.facts.delivery.quiet_hours.map(|hours| hours.from_minute), Some(21 * 60));
    assert!(read.facts.roles.names(Role::CartAdd).any(|name| name == "In den Korb"));
}

#[test]
fn what_is_left_out_is_as_usual() {
    let read = workspace_from_ron(&header(""), "workspace.ron").unwrap();
    let usual = WorkspaceFile {
        name: String::new(),
        platform: String::new(),
        facts: throughline::simulator::WorkspaceFacts::default(),
        recordings: Vec::new(),
    };
    assert_eq!(read, usual);
    assert_eq!(workspace_to_ron(&usual).lines().count(), 4);
    assert_eq!(read.facts.sessions.gap, Span::minutes(30));
}

#[test]
fn a_name_given_to_one_role_is_taken_from_the_others() {
    let usual = workspace_from_ron(&header(""), "w").unwrap().facts.roles;
    let name = usual.names(Role::CartAdd).next().unwrap().to_owned();
    let read = workspace_from_ron(&header(&format!("roles: (view: [\"{name}\"])")), "w").unwrap();
    assert_eq!(read.facts.roles.role_of(&name), Some(Role::View));
    assert_eq!(read.facts.roles.names(Role::View).count(), 1);
    assert_eq!(workspace_from_ron(&workspace_to_ron(&read), "w").unwrap(), read);
}

#[test]
fn refuses_what_cannot_be_meant() {
    for (rest, said) in [
        ("zone: \"Europe/Pariss\"", "did you mean “Europe/Paris”"),
        ("country: \"Germany\"", "no country code"),
        ("currency: \"€\"", "no currency code"),
        ("roles: (view: [\"A\"], search: [\"A\"])", "two roles"),
        ("roles: (veiw: [\"A\"])", "did you mean “view”"),
        ("delivery: (assumed_open_percent: 101)", "0 to 100"),
        ("delivery: (regions: [\"eu_ku\"])", "did you mean “eu_uk”"),
        ("delivery: (regions: [\"mars\"])", "known are "),
        ("delivery: (limits: [(at_most: 1, per: \"0s\")])", "no period"),
        ("delivery: (quiet_hours: (from: \"25:00\", to: \"8:00\"))", "no time of day"),
        ("recordings: [(file: \"../secret.jsonl\")]", "not below"),
        ("recordings: [(file: \"/etc/passwd\")]", "not below"),
        ("recordings: [(file: \"a\"), (file: \"a\")]", "listed twice"),
        ("platform: \"../p.ron\"", "not below"),
        ("sessions: (gap: \"half an hour\")", "half an hour"),
    ] {
        let error = workspace_from_ron(&header(rest), "workspace.ron").unwrap_err().to_string();
        assert!(error.contains(said) && error.starts_with("workspace.ron:"), "{rest}: {error}");
    }
}

#[test]
fn a_broken_file_hides_nothing_but_itself() {
    let folder = folder(&[
        ("workspace.ron", &header("platform: \"open\"")),
        ("journeys/a.ron", &journey("a")),
        ("journeys/b.ron", "(format: \"throughline-journey\", version: 1,"),
        ("journeys/c.ron", &journey("c")),
        ("journeys/d.ron", &journey("a")),
        ("journeys/.hidden.ron", "nothing"),
        ("journeys/notes.txt", "nothing"),
        ("segments.ron", "(format: \"throughline-segments\", version: 7)"),
        ("catalog.csv", "product_id,price\nP1,2\nP2,cheap\n"),
    ]);
    let opened = workspace::open(folder.path()).unwrap();
    let ids: Vec<&str> = opened.workspace.journeys.iter().map(|journey| journey.id.as_str()).collect();
    assert_eq!(ids, ["a", "c"]);
    assert_eq!(opened.workspace.platform.name, "open");
    assert_eq!(opened.files.journeys["c"], folder.path().join("journeys/c.ron"));
    assert_eq!(opened.workspace.catalog.products().len(), 2);
    let said: Vec<&str> = opened.problems.iter().map(|problem| problem.text.as_str()).collect();
    assert_eq!(said.len(), 4, "{said:?}");
    assert!(said[0].contains("version 7 is newer"), "{said:?}");
    assert!(said[1].contains("catalog.csv:3:"), "{said:?}");
    assert!(said[2].contains("b.ron:1:"), "{said:?}");
    assert!(said[3].contains("d.ron") && said[3].contains("a.ron"), "{said:?}");
    assert_eq!(opened.problems.iter().filter(|problem| problem.blocking).count(), 3);
}

#[test]
fn a_folder_of_journeys_is_a_workspace_with_the_usual_facts() {
    let folder = folder(&[("journeys/a.ron", &journey("a"))]);
    let opened = workspace::open(folder.path()).unwrap();
    assert_eq!(opened.workspace.journeys.len(), 1);
    assert_eq!(opened.workspace.name, folder.path().file_name().unwrap().to_string_lossy());
    assert_eq!(opened.workspace.platform.name, workspace::default_platform().unwrap().name);
}

#[test]
fn says_what_is_no_workspace() {
    let empty = tempfile::tempdir().unwrap();
    let error = workspace::open(empty.path()).unwrap_err();
    assert!(matches!(error, WorkspaceError::NotAWorkspace { .. }), "{error}");
    let error = workspace::open(&empty.path().join("nowhere")).unwrap_err();
    assert!(matches!(error, WorkspaceError::Unreadable { .. }), "{error}");
    let broken = folder(&[("workspace.ron", "(")]);
    let error = workspace::open(broken.path()).unwrap_err();
    assert!(matches!(error, WorkspaceError::Format(FormatError::Syntax { .. })), "{error}");
    let binary = tempfile::tempdir().unwrap();
    fs::write(binary.path().join("workspace.ron"), b"(\n\xff\xfe)").unwrap();
    let error = workspace::open(binary.path()).unwrap_err();
    assert!(error.to_string().contains("workspace.ron:2:"), "{error}");
    let unknown = folder(&[("workspace.ron", &header("platform: \"opne\""))]);
    let error = workspace::open(unknown.path()).unwrap_err();
    assert!(matches!(error, WorkspaceError::Platform(_)), "{error}");
}

#[test]
fn a_bare_journey_takes_the_workspace_around_it() {
    let folder = folder(&[
        ("workspace.ron", &header("name: \"Shop\", platform: \"open\"")),
        ("journeys/a.ron", &journey("a")),
        ("journeys/b.ron", "broken"),
    ]);
    let opened = workspace::open_journey(&folder.path().join("journeys/a.ron")).unwrap();
    assert_eq!(opened.workspace.name, "Shop");
    assert_eq!(opened.workspace.journeys.len(), 1);
    assert_eq!(opened.problems, []);
    assert!(workspace::open_journey(&folder.path().join("journeys/b.ron")).is_err());

    let alone = tempfile::tempdir().unwrap();
    let path = alone.path().join("alone.ron");
    fs::write(&path, journey("alone")).unwrap();
    let opened = workspace::open_journey(&path).unwrap();
    assert_eq!(opened.workspace.folder, None);
    assert_eq!(opened.workspace.journeys[0].id.as_str(), "alone");
}

#[test]
fn saving_replaces_the_file_whole_and_leaves_nothing_beside_it() {
    let folder = folder(&[("a.ron", "old")]);
    let path = folder.path().join("a.ron");
    let journey = journey_from_ron(JOURNEY, "golden").unwrap();
    workspace::save_journey(&journey, &path).unwrap();
    assert_eq!(fs::read_to_string(&path).unwrap(), journey_to_ron(&journey));
    assert_eq!(names(folder.path()), ["a.ron"]);

    let nowhere = folder.path().join("missing").join("a.ron");
    let error = workspace::save_journey(&journey, &nowhere).unwrap_err();
    assert!(matches!(error, WorkspaceError::Unsaved { .. }), "{error}");
}

#[cfg(unix)]
#[test]
fn saving_keeps_permissions_and_follows_links() {
    use std::os::unix::fs::{PermissionsExt as _, symlink};
    let folder = folder(&[("real/a.ron", "old")]);
    let real = folder.path().join("real/a.ron");
    fs::set_permissions(&real, fs::Permissions::from_mode(0o640)).unwrap();
    let link = folder.path().join("a.ron");
    symlink(&real, &link).unwrap();
    let journey = journey_from_ron(JOURNEY, "golden").unwrap();
    workspace::save_journey(&journey, &link).unwrap();
    assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
    assert_eq!(fs::metadata(&real).unwrap().permissions().mode() & 0o777, 0o640);
    assert_eq!(fs::read_to_string(&real).unwrap(), journey_to_ron(&journey));
}

fn names(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).unwrap();
    entries.map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned()).collect()
}
