//! The command line through the real binary: output, exit codes, bad input.

#![allow(clippy::unwrap_used)] // also in the helpers of tests

use std::{
    fs,
    io::Read,
    path::{Path, PathBuf},
    process::{Command, Output, Stdio},
};

use serde_json::Value;
use tempfile::TempDir;

/// The binary, without a display and far from any workspace.
fn throughline() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_throughline"));
    command.env_remove("DISPLAY").env_remove("WAYLAND_DISPLAY").stdin(Stdio::null());
    command
}

fn run(arguments: &[&str]) -> Output {
    throughline().args(arguments).output().unwrap()
}

fn stdout(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

fn stderr(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

/// Asserts the exit code, and that nothing panicked.
fn exits(output: &Output, code: i32) {
    assert!(!stderr(output).contains("panicked"), "{}", stderr(output));
    assert_eq!(output.status.code(), Some(code), "stdout: {}\nstderr: {}", stdout(output), stderr(output));
}

fn samples() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("sample-journeys")
}

/// A copy of the sample workspace, so that tests do not share a store.
fn shop() -> (TempDir, String) {
    let folder = tempfile::tempdir().unwrap();
    let shop = folder.path().join("shop");
    for below in ["journeys", "recordings"] {
        fs::create_dir_all(shop.join(below)).unwrap();
    }
    for file in ["workspace.ron", "segments.ron", "catalog.csv"] {
        fs::copy(samples().join(file), shop.join(file)).unwrap();
    }
    for below in ["journeys", "recordings"] {
        for entry in fs::read_dir(samples().join(below)).unwrap() {
            let entry = entry.unwrap();
            fs::copy(entry.path(), shop.join(below).join(entry.file_name())).unwrap();
        }
    }
    let path = shop.to_str().unwrap().to_owned();
    (folder, path)
}

fn recording(name: &str) -> String {
    samples().join("recordings").join(name).to_str().unwrap().to_owned()
}

fn written(folder: &TempDir, name: &str, text: &str) -> String {
    let path = folder.path().join(name);
    fs::write(&path, text).unwrap();
    path.to_str().unwrap().to_owned()
}

fn lines(output: &Output) -> Vec<Value> {
    stdout(output).lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

fn keys(value: &Value) -> Vec<&str> {
    value.as_object().unwrap().keys().map(String::as_str).collect()
}

#[test]
fn addresses_are_judged_one_a_line() {
    let output = run(&["address", "--format", "json", "ana@example.com", "ana@gmial.com", "nonsense@"]);
    exits(&output, 1);
    let lines = lines(&output);
    assert_eq!(keys(&lines[0]), ["address", "verdict", "suggestion"]);
    assert_eq!(lines[0]["verdict"], "ok");
    assert_eq!(lines[1]["verdict"], "mistyped");
    assert_eq!(lines[1]["suggestion"], "ana@gmail.com");
    assert_eq!(lines[2]["verdict"], "invalid");
    assert_eq!(lines.len(), 3);
    exits(&run(&["address", "ana@example.com", "info@example.com"]), 0);
    exits(&run(&["address", "ana@mailinator.com"]), 1);
    exits(&run(&["address"]), 2);
}

#[test]
fn people_are_the_same_whatever_the_order_of_files() {
    let (crowd, path) = (recording("spring-web-crowd.jsonl"), recording("every-path.jsonl"));
    let one = run(&["people", &crowd, &path, "--format", "json"]);
    let other = run(&["people", &path, &crowd, "--format", "json"]);
    exits(&one, 0);
    assert_eq!(stdout(&one), stdout(&other));
    let people = &lines(&one)[0];
    assert_eq!(keys(people), ["profiles", "anonymous", "refused", "expired"]);
    assert_eq!(keys(&people["profiles"][0]), ["identifiers", "attributes", "events"]);
    assert_eq!(keys(&people["anonymous"][0]), ["anonymous_id", "events"]);
    let by_name = run(&["people", &crowd, "--platform", "segment"]);
    exits(&by_name, 0);
    assert!(stdout(&by_name).contains("user-1@example.com"));
    let unknown = run(&["people", &crowd, "--platform", "segmnt"]);
    exits(&unknown, 2);
    assert!(stderr(&unknown).contains("segment"), "{}", stderr(&unknown));
}

#[test]
fn the_json_export_has_its_documented_shape() {
    let (_folder, shop) = shop();
    let output = run(&["simulate", &shop, "--format", "json"]);
    exits(&output, 0);
    let lines = lines(&output);
    assert_eq!(stdout(&output).lines().next(), Some(r#"{"format":"messages","version":1}"#));
    assert!(lines.len() > 50);
    let mut before: Option<(String, String, String, u64, String)> = None;
    for line in &lines[1..] {
        assert_eq!(
            keys(line),
            [
                "at", "person", "journey", "run", "block", "message", "channel", "status", "reason", "flags",
                "because", "subject", "body"
            ]
        );
        let at = line["at"].as_str().unwrap();
        assert!(at.len() == "2026-03-02T10:00:00.000Z".len() && at.ends_with('Z'), "{at}");
        assert_eq!(line["status"] == "sent", line["reason"].is_null(), "{line}");
        for because in line["because"].as_array().unwrap() {
            assert_eq!(keys(because), ["rule", "confidence", "text", "events"]);
        }
        let key = (
            at.to_owned(),
            line["person"]["identifiers"].to_string(),
            line["journey"].as_str().unwrap().to_owned(),
            line["run"].as_u64().unwrap(),
            line["block"].as_str().unwrap().to_owned(),
        );
        assert!(before.as_ref().is_none_or(|before| *before <= key), "{before:?} comes before {key:?}");
        before = Some(key);
    }
}

#[test]
fn the_same_bytes_whatever_the_threads_and_the_order_of_files() {
    let (_folder, shop) = shop();
    let file = |name: &str| format!("{shop}/recordings/{name}");
    let (crowd, path, past) =
        (file("spring-web-crowd.jsonl"), file("every-path.jsonl"), file("past-orders.jsonl"));
    let export = |files: [&String; 3], threads: &str| {
        let mut arguments = vec!["simulate", &shop, "--format", "json", "--threads", threads];
        arguments.extend(files.into_iter().flat_map(|file| ["--recording", file]));
        let output = run(&arguments);
        exits(&output, 0);
        stdout(&output)
    };
    let first = export([&crowd, &path, &past], "1");
    assert_eq!(first, export([&crowd, &path, &past], "1"), "twice in a row");
    assert_eq!(first, export([&crowd, &path, &past], "2"), "two threads");
    assert_eq!(first, export([&past, &path, &crowd], "2"), "files in another order");
    fs::remove_dir_all(format!("{shop}/.throughline")).unwrap();
    assert_eq!(first, export([&path, &crowd, &past], "1"), "a new store");
}

#[test]
fn only_the_journey_asked_for_is_printed() {
    let (_folder, shop) = shop();
    let all = run(&["simulate", &shop, "--format", "json"]);
    let one = run(&["simulate", &shop, "--format", "json", "--journey", "cart-recovery"]);
    exits(&one, 0);
    let of_cart = |output: &Output| -> Vec<Value> {
        lines(output).into_iter().filter(|line| line["journey"] == "cart-recovery").collect()
    };
    assert_eq!(of_cart(&all), of_cart(&one));
    assert_eq!(lines(&one).len(), of_cart(&one).len() + 1);
    let unknown = run(&["simulate", &shop, "--journey", "cart-recoverie"]);
    exits(&unknown, 2);
    assert!(stderr(&unknown).contains("cart-recovery"));
}

#[test]
fn a_spreadsheet_gets_every_message_and_no_formula() {
    let (_folder, shop) = shop();
    let journey = Path::new(&shop).join("journeys/cart-recovery.ron");
    let text = fs::read_to_string(&journey).unwrap();
    let evil = text.replace("name: \"Cart recovery\"", "name: \"=HYPERLINK(1)\"");
    assert_ne!(text, evil);
    fs::write(&journey, evil).unwrap();
    let messages = lines(&run(&["simulate", &shop, "--format", "json"])).len() - 1;
    let output = run(&["simulate", &shop, "--format", "csv"]);
    exits(&output, 0);
    let text = stdout(&output);
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    assert_eq!(reader.headers().unwrap().iter().take(3).collect::<Vec<_>>(), ["When", "Zone", "Person"]);
    let rows: Vec<csv::StringRecord> = reader.records().map(Result::unwrap).collect();
    assert_eq!(rows.len(), messages);
    assert!(rows.iter().any(|row| &row[4] == "'=HYPERLINK(1)"));
    assert!(rows.iter().flatten().all(|cell| !cell.starts_with(['=', '+', '-', '@'])));
}

#[test]
fn a_bare_journey_takes_the_workspace_around_it() {
    let (folder, shop) = shop();
    let journey = format!("{shop}/journeys/cart-recovery.ron");
    let output = run(&["simulate", &journey, "--format", "json"]);
    exits(&output, 0);
    assert!(lines(&output)[1..].iter().all(|line| line["journey"] == "cart-recovery"));
    let alone = folder.path().join("alone.ron");
    fs::copy(&journey, &alone).unwrap();
    let alone = alone.to_str().unwrap();
    let nothing_to_replay = run(&["simulate", alone]);
    exits(&nothing_to_replay, 2);
    assert!(stderr(&nothing_to_replay).contains("--recording"));
    let shopper = recording("sensitive-skin-shopper.jsonl");
    let output = run(&["simulate", alone, "--recording", &shopper, "--format", "json"]);
    exits(&output, 0);
    let sent = &lines(&output)[1];
    assert_eq!(sent["status"], "sent");
    assert!(sent["subject"].as_str().unwrap().contains("Calm Serum"));
    // Half an hour after identify, not four hours: the cart was two days old.
    assert_eq!(sent["at"], "2026-03-04T14:22:09.345Z");
    let rules: Vec<&str> =
        sent["because"].as_array().unwrap().iter().map(|because| because["rule"].as_str().unwrap()).collect();
    assert!(rules.contains(&"trigger_age"), "{rules:?}");
}

#[test]
fn without_a_display_it_says_so_and_simulates() {
    let (_folder, shop) = shop();
    let opened = run(&[&shop]);
    exits(&opened, 0);
    let first = stderr(&opened).lines().next().unwrap_or_default().to_owned();
    assert!(first.contains("no display") || first.contains("no window"), "{first}");
    assert_eq!(stdout(&opened), stdout(&run(&["simulate", &shop])));
}

#[test]
fn why_says_what_turned_somebody_away() {
    let (_folder, shop) = shop();
    let ask = |who: &str, block: &str, platform: &str| {
        run(&["why", who, block, "--workspace", &shop, "--platform", platform])
    };
    let sent = ask("ana.keller@example.com", "cart-recovery/reminder", "customerio");
    exits(&sent, 0);
    let text = stdout(&sent);
    assert!(text.contains("“Cart reminder” was sent on Wed 4 Mar 15:22"), "{text}");
    assert!(text.contains("Held") && text.contains("72-hour rule"), "{text}");
    assert!(text.contains("[trigger_age, documented]"), "{text}");
    let turned_away = stdout(&ask("email:ana.keller@example.com", "Cart recovery/Comfort offer", "open"));
    assert!(turned_away.contains("They never came to “Comfort offer”"), "{turned_away}");
    let smallest =
        "It would have gone out on Fri 6 Mar 15:22 if a view of the page “shipping” had happened by";
    assert!(turned_away.contains(smallest), "{turned_away}");
    assert!(!text.contains("It would have gone out"), "nothing is missing to what was sent: {text}");
    let never = stdout(&ask("ana.keller@example.com", "reactivation/whats-new", "open"));
    assert!(never.contains("it never started for them"), "{never}");
    exits(&ask("nobody@example.com", "cart-recovery/reminder", "open"), 2);
    let no_block = ask("ana.keller@example.com", "cart-recovery/remindr", "open");
    exits(&no_block, 2);
    assert!(stderr(&no_block).contains("reminder"));
    exits(&ask("ana.keller@example.com", "cart-recovery", "open"), 2);
}

#[test]
fn a_bug_report_holds_a_recording_that_shows_the_same() {
    let (folder, shop) = shop();
    let ask = |person: &str, more: &[&str]| {
        let common =
            ["why", person, "cart-recovery/comfort-offer", "--workspace", &shop, "--platform", "customerio"];
        stdout(&run(&[&common[..], more].concat()))
    };
    let headline = |text: &str| text.lines().nth(2).unwrap().to_owned();
    let report = ask("ana.keller@example.com", &["--report"]);
    assert!(report.starts_with("# Cart recovery / “Comfort offer”: ana.keller@example.com\n"), "{report}");
    for part in ["**What should have happened:**", "[trigger_age, documented]", "| Zone | Europe/Berlin |"] {
        assert!(report.contains(part), "{part}: {report}");
    }
    let lines = report.split("```jsonl\n").nth(1).and_then(|rest| rest.split("```").next()).unwrap();
    let command = report.split("throughline why '").nth(1).unwrap();
    let person = command.split('\'').next().unwrap();
    let file = written(&folder, "smallest.jsonl", lines);
    let again = ask(person, &["--recording", &file]);
    assert_eq!(headline(&again), headline(&ask("ana.keller@example.com", &[])));
    assert!(lines.lines().count() < 9, "something was left out: {lines}");
}

#[test]
fn a_trigger_past_72_hours_is_told_with_its_rule() {
    let (folder, shop) = shop();
    let text = fs::read_to_string(recording("sensitive-skin-shopper.jsonl")).unwrap();
    // The cart was at 2026-03-02T10:40:12.345Z.
    for (identified, starts) in [("2026-03-05T10:40:12.345Z", true), ("2026-03-05T10:40:12.346Z", false)] {
        let later = text.replace("2026-03-04T13:52:09.345Z", identified);
        let later = later.replace("2026-03-04T13:5", "2026-03-05T09:5");
        let file = written(&folder, "later.jsonl", &later);
        let output = run(&[
            "why",
            "u-7",
            "cart-recovery/reminder",
            "--workspace",
            &shop,
            "--platform",
            "customerio",
            "--recording",
            &file,
        ]);
        exits(&output, 0);
        let told = stdout(&output);
        assert_eq!(told.contains("Run 1"), starts, "{told}");
        assert!(told.contains("trigger_age"), "{told}");
        let smallest = "if identify had come by Thu 5 Mar 11:40:12, 1 ms earlier. Or if the platform let triggers be \
                        72 h 1 ms old instead of 72 h.";
        assert_eq!(told.contains(smallest), !starts, "{told}");
    }
}

#[test]
fn lint_finds_errors_and_forgives_warnings() {
    let (folder, shop) = shop();
    exits(&run(&["lint", &shop]), 0);
    let journey = fs::read_to_string(format!("{shop}/journeys/cart-recovery.ron")).unwrap();
    let without_trigger = journey.replace("    trigger: Event(event: Role(cart_add)),\n", "");
    let file = written(&folder, "broken.ron", &without_trigger);
    let output = run(&["lint", &file]);
    exits(&output, 1);
    assert!(
        stdout(&output).contains("error") && stdout(&output).contains("[no_trigger]"),
        "{}",
        stdout(&output)
    );
    let shopper = recording("sensitive-skin-shopper.jsonl");
    let refused = run(&["simulate", &file, "--recording", &shopper]);
    exits(&refused, 1);
    assert_eq!(stdout(&refused), "");
    assert!(stderr(&refused).contains("no_trigger"));
    // Segments are looked at like any question.
    let segments = fs::read_to_string(format!("{shop}/segments.ron")).unwrap();
    let asked = segments.replacen("Role(purchase)", "Named(\"Ordr Completed\")", 1);
    assert_ne!(asked, segments);
    fs::write(format!("{shop}/segments.ron"), &asked).unwrap();
    let output = run(&["lint", &shop]);
    exits(&output, 0);
    let told = stdout(&output);
    assert!(told.contains("segments.ron: warning: “"), "{told}");
    assert!(told.contains("“Ordr Completed”") && told.contains("[unknown_event]"), "{told}");
    fs::write(format!("{shop}/segments.ron"), &segments).unwrap();
    let (copied, twice) = (format!("{shop}/journeys/copy.ron"), &journey);
    fs::write(&copied, twice).unwrap();
    let output = run(&["lint", &shop]);
    exits(&output, 2);
    assert!(!stderr(&output).contains("0 errors"), "{}", stderr(&output));
    fs::remove_file(&copied).unwrap();
    let unconnected = journey.replace("exits: {\"sent\": \"done\"}", "exits: {}");
    let output = run(&["lint", &written(&folder, "warns.ron", &unconnected)]);
    exits(&output, 0);
    assert!(stdout(&output).contains("warning"), "{}", stdout(&output));
}

#[test]
fn unreadable_files_are_named_with_their_place() {
    let (folder, shop) = shop();
    let journey = fs::read_to_string(format!("{shop}/journeys/cart-recovery.ron")).unwrap();
    let newer = written(&folder, "newer.ron", &journey.replace("version: 1", "version: 99"));
    let output = run(&["lint", &newer]);
    exits(&output, 2);
    assert!(stderr(&output).contains("newer.ron") && stderr(&output).contains("99"), "{}", stderr(&output));
    let half = written(&folder, "half.ron", &journey[..journey.len() / 2]);
    exits(&run(&["simulate", &half]), 2);
    exits(&run(&["lint", folder.path().join("none.ron").to_str().unwrap()]), 2);
    exits(&run(&["simulate", folder.path().join("none").to_str().unwrap()]), 2);
    exits(&run(&["people", folder.path().join("none.jsonl").to_str().unwrap()]), 2);
    let empty = written(&folder, "empty.jsonl", "\n\n");
    exits(&run(&["people", &empty]), 2);
    fs::write(format!("{shop}/journeys/cart-recovery.ron"), "(format: \"throughline-journey\"").unwrap();
    let broken = run(&["simulate", &shop]);
    exits(&broken, 2);
    assert!(stderr(&broken).contains("cart-recovery.ron"), "{}", stderr(&broken));
}

#[test]
fn rejected_lines_are_named_and_the_rest_goes_on() {
    let folder = tempfile::tempdir().unwrap();
    let good = r#"{"type":"track","event":"X","anonymousId":"a","messageId":"m1","timestamp":"2026-03-01T00:00:00Z"}"#;
    let file = written(&folder, "some.jsonl", &format!("{good}\nnot json\n"));
    let output = run(&["people", &file, "--format", "json"]);
    exits(&output, 0);
    assert!(stderr(&output).contains("some.jsonl:2:"), "{}", stderr(&output));
    assert_eq!(lines(&output)[0]["anonymous"][0]["events"][0], "m1");
    let many = written(&folder, "many.jsonl", &format!("{good}\n{}", "not json\n".repeat(6)));
    let told = stderr(&run(&["people", &many]));
    assert!(
        told.contains("1 more line rejected; 1 event kept (`throughline import` lists every line)"),
        "{told}"
    );
}

#[test]
fn one_unusable_recording_does_not_stop_the_others() {
    let (folder, shop) = shop();
    let shopper = recording("sensitive-skin-shopper.jsonl");
    let empty = written(&folder, "empty.jsonl", "\n");
    // Named on the command line: the others are replayed, and the exit says that one was not.
    let alone = run(&["simulate", &shop, "--recording", &shopper]);
    exits(&alone, 0);
    let both = run(&["simulate", &shop, "--recording", &empty, "--recording", &shopper]);
    exits(&both, 2);
    assert_eq!(stdout(&both), stdout(&alone));
    assert!(stderr(&both).contains("empty.jsonl has no usable event"), "{}", stderr(&both));
    let none = run(&["simulate", &shop, "--recording", &empty]);
    exits(&none, 2);
    assert_eq!(stdout(&none), "");
    assert!(stderr(&none).contains("no recording can be used"), "{}", stderr(&none));
    let people = run(&["people", &empty, &shopper]);
    exits(&people, 2);
    assert_eq!(stdout(&people), stdout(&run(&["people", &shopper])));
    // Listed in the workspace: the same.
    fs::write(format!("{shop}/recordings/past-orders.jsonl"), "{}\n").unwrap();
    for arguments in [
        vec!["simulate", &shop],
        vec!["why", "ana.keller@example.com", "cart-recovery/reminder", "--workspace", &shop],
        vec!["lint", &shop],
    ] {
        let output = run(&arguments);
        exits(&output, 2);
        assert!(stderr(&output).contains("has no usable event: line 1"), "{}", stderr(&output));
        assert!(arguments[0] == "lint" || !stdout(&output).is_empty(), "{arguments:?}");
    }
}

#[test]
fn an_import_copies_lists_and_counts() {
    let (folder, shop) = shop();
    let good = r#"{"type":"track","event":"X","anonymousId":"a","messageId":"m1","timestamp":"2026-03-01T00:00:00Z"}"#;
    let file = written(&folder, "new.jsonl", &format!("{good}\nnope\n"));
    let output = run(&["import", &file, "--workspace", &shop]);
    exits(&output, 0);
    assert_eq!(stdout(&output), "recordings/new.jsonl: 2 read, 1 kept, 0 duplicate, 1 rejected\n");
    let many = written(&folder, "many.jsonl", &format!("{good}\n{}", "nope\n".repeat(8)));
    let told = stderr(&run(&["import", &many, "--workspace", &shop]));
    let lines = told.lines().filter(|line| line.contains("rejected: not JSON")).count();
    assert_eq!(lines, 8, "an import tells of every rejected line: {told}");
    let brief = stderr(&run(&["people", &many]));
    assert!(brief.contains("3 more lines rejected"), "{brief}");
    assert!(fs::read_to_string(format!("{shop}/workspace.ron")).unwrap().contains("recordings/new.jsonl"));
    let again = run(&["import", &file, "--workspace", &shop]);
    exits(&again, 0);
    assert!(stdout(&again).contains("known already"), "{}", stdout(&again));
    fs::write(&file, good).unwrap();
    exits(&run(&["import", &file, "--workspace", &shop]), 2);
    let bad = written(&folder, "bad.jsonl", "nope\n");
    exits(&run(&["import", &bad, "--workspace", &shop]), 2);
    assert!(!Path::new(&shop).join("recordings/bad.jsonl").exists(), "nothing is left behind");
    assert!(!fs::read_to_string(format!("{shop}/workspace.ron")).unwrap().contains("bad.jsonl"));
    exits(&run(&["import", &file, "--workspace", folder.path().join("none").to_str().unwrap()]), 2);
}

#[test]
fn an_import_into_an_empty_folder_begins_a_workspace_and_clears_what_a_killed_one_left() {
    let (folder, shop) = shop();
    let good = r#"{"type":"track","event":"X","anonymousId":"a","messageId":"m1","timestamp":"2026-03-01T00:00:00Z"}"#;
    let file = written(&folder, "new.jsonl", good);
    let new = folder.path().join("new");
    fs::create_dir(&new).unwrap();
    let bad = written(&folder, "bad.jsonl", "nope\n");
    exits(&run(&["import", &bad, "--workspace", new.to_str().unwrap()]), 2);
    assert_eq!(fs::read_dir(&new).unwrap().count(), 0, "an import that fails leaves nothing");
    let output = run(&["import", &file, "--workspace", new.to_str().unwrap()]);
    exits(&output, 0);
    assert!(stderr(&output).contains("is a workspace now"), "{}", stderr(&output));
    assert!(fs::read_to_string(new.join("workspace.ron")).unwrap().contains("recordings/new.jsonl"));
    // A folder that holds anything else may be a slip.
    let other = folder.path().join("other");
    fs::create_dir(&other).unwrap();
    fs::write(other.join("letter.txt"), "").unwrap();
    exits(&run(&["import", &file, "--workspace", other.to_str().unwrap()]), 2);
    assert_eq!(fs::read_dir(&other).unwrap().count(), 1);

    let unfinished = Path::new(&shop).join("recordings/.importing-a1b2c3.tmp");
    fs::write(&unfinished, "half of it").unwrap();
    exits(&run(&["import", &file, "--workspace", &shop]), 0);
    assert!(!unfinished.exists());
}

#[test]
fn a_folder_that_cannot_be_written_is_no_obstacle() {
    let (_folder, shop) = shop();
    let expected = stdout(&run(&["simulate", &shop]));
    fs::remove_dir_all(format!("{shop}/.throughline")).unwrap();
    // A file where the store's folder should be.
    fs::write(format!("{shop}/.throughline"), "").unwrap();
    let output = run(&["simulate", &shop]);
    exits(&output, 0);
    assert_eq!(stdout(&output), expected);
    assert!(stderr(&output).contains("store"), "{}", stderr(&output));
}

#[test]
fn a_reader_that_goes_away_is_met_with_silence() {
    let (_folder, shop) = shop();
    let mut child = throughline()
        .args(["simulate", &shop, "--format", "json"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut pipe = child.stdout.take().unwrap();
    pipe.read_exact(&mut [0; 10]).unwrap();
    drop(pipe);
    let output = child.wait_with_output().unwrap();
    assert_eq!(stderr(&output), "", "not a word");
    assert_eq!(output.status.code(), Some(0));
}

#[cfg(unix)]
#[test]
fn ctrl_c_is_130() {
    use std::io::Write;

    let folder = tempfile::tempdir().unwrap();
    let pipe = folder.path().join("slow.jsonl");
    assert!(Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    let child =
        throughline().arg("people").arg(&pipe).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    // Opening waits until the program reads, so by then it listens for Ctrl-C.
    let mut file = fs::OpenOptions::new().write(true).open(&pipe).unwrap();
    let line = r#"{"type":"track","event":"X","anonymousId":"a","timestamp":"2026-03-01T00:00:00Z"}"#;
    writeln!(file, "{line}").unwrap();
    let killed = Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap();
    assert!(killed.success());
    writeln!(file, "{line}").unwrap();
    drop(file);
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(130), "{}", stderr(&output));
    assert_eq!(stdout(&output), "");
    assert_eq!(stderr(&output), "cancelled\n");
}

#[test]
fn usage_errors_are_2_and_help_is_0() {
    exits(&run(&["--help"]), 0);
    exits(&run(&["--version"]), 0);
    exits(&run(&["simulate"]), 2);
    exits(&run(&["simulate", "x", "--horizon", "soon"]), 2);
    exits(&run(&["people"]), 2);
    exits(&run(&["no-such-workspace"]), 2);
    exits(&run(&["frobnicate", "--all"]), 2);
    let absent = run(&["import", &recording("sensitive-skin-shopper.jsonl"), "--workspace", "no-such"]);
    exits(&absent, 2);
    assert!(stderr(&absent).contains("cannot read no-such: there is no such folder"), "{}", stderr(&absent));
    let folder = tempfile::tempdir().unwrap();
    let nowhere = throughline().current_dir(folder.path()).output().unwrap();
    exits(&nowhere, 2);
    assert!(stderr(&nowhere).contains("workspace.ron"));
}

/// What people read. `INSTA_UPDATE=always cargo test --test cli` writes it anew.
#[test]
fn what_people_read() {
    let (folder, shop) = shop();
    let shopper = format!("{shop}/recordings/sensitive-skin-shopper.jsonl");
    let messages = run(&["simulate", &shop, "--recording", &shopper]);
    insta::assert_snapshot!("simulate", stdout(&messages));
    insta::assert_snapshot!("simulate_summary", stderr(&messages));
    insta::assert_snapshot!("people", stdout(&run(&["people", &shopper])));
    let why = ["why", "ana.keller@example.com", "cart-recovery/comfort-offer", "--workspace", &shop];
    insta::assert_snapshot!("why", stdout(&run(&[&why[..], &["--platform", "customerio"]].concat())));
    let journey = fs::read_to_string(format!("{shop}/journeys/cart-recovery.ron")).unwrap();
    fs::write(
        folder.path().join("draft.ron"),
        journey.replace("\"too_late\": \"too-old\"", "\"too_late\": \"lost\""),
    )
    .unwrap();
    let lint = throughline().args(["lint", "draft.ron"]).current_dir(folder.path()).output().unwrap();
    insta::assert_snapshot!("unreadable_journey", stderr(&lint));
    insta::assert_snapshot!("addresses", stdout(&run(&["address", "ana@gmial.com", "ana@example.com"])));
}

#[test]
fn a_comparison_says_what_differs_and_is_no_failure() {
    let (_folder, shop) = shop();
    let same = run(&["compare", &shop, &shop, "--format", "json"]);
    exits(&same, 0);
    let [header] = &lines(&same)[..] else { panic!("{}", stdout(&same)) };
    assert_eq!((header["format"].as_str(), header["version"].as_u64()), (Some("comparison"), Some(1)));
    assert!(header["same"].as_u64() > Some(10));

    let elsewhere = run(&["compare", &shop, &shop, "--platform-b", "customerio", "--format", "json"]);
    exits(&elsewhere, 0);
    let lines = lines(&elsewhere);
    assert!(lines.len() > 2);
    for line in &lines[1..] {
        assert_eq!(keys(line), ["difference", "person", "journey", "before", "after"]);
        let sides = [&line["before"], &line["after"]].map(Value::is_null);
        let expected = match line["difference"].as_str() {
            Some("only_before") => [false, true],
            Some("only_after") => [true, false],
            _ => [false, false],
        };
        assert_eq!(sides, expected, "{line}");
    }
    // Every message of both sides is counted once.
    let counted = |side: &str| {
        lines[0]["same"].as_u64().unwrap_or(0)
            + lines[1..].iter().filter(|it| !it[side].is_null()).count() as u64
    };
    let said = stderr(&elsewhere);
    let summary = format!("{} messages before, {} after", counted("before"), counted("after"));
    assert!(said.contains(&summary), "{summary} in {said}");
}

#[test]
fn two_versions_of_a_journey_are_compared_as_one() {
    let (folder, shop) = shop();
    let old = Path::new(&shop).join("journeys/cart-recovery.ron");
    let text = fs::read_to_string(&old).unwrap();
    let newer = text.replace("id: \"cart-recovery\"", "id: \"cart-recovery-2\"");
    assert_ne!(text, newer);
    let new = written(&folder, "cart-recovery-2.ron", &newer);
    let spring = recording("spring-web-crowd.jsonl");
    let arguments = ["compare", old.to_str().unwrap(), &new, "--recording", &spring];
    let output = run(&arguments);
    exits(&output, 0);
    assert!(stderr(&output).contains("messages before"), "{}", stderr(&output));
    exits(&run(&["compare", &shop, "no-such-place"]), 2);
}
