//! The journey and segments files: golden, canonical form, refusals.
#![allow(clippy::unwrap_used)]

use throughline::journey::{
    BlockKind, FormatError, Journey, journey_from_ron, journey_to_ron, segments_from_ron, segments_to_ron,
};

const GOLDEN: &str = include_str!("golden/journey-v1.ron");
const SEGMENTS: &str = include_str!("golden/segments-v1.ron");

/// Saves the golden file when asked to (after a change that is meant).
fn keep(file: &str, text: &str) {
    if std::env::var_os("THROUGHLINE_WRITE_GOLDEN").is_some() {
        std::fs::write(format!("{}/tests/golden/{file}", env!("CARGO_MANIFEST_DIR")), text).unwrap();
    }
}

#[test]
fn the_golden_files_are_canonical() {
    let journey = journey_from_ron(GOLDEN, "journey-v1.ron").unwrap();
    let written = journey_to_ron(&journey);
    keep("journey-v1.ron", &written);
    assert_eq!(journey_from_ron(&written, "written").unwrap(), journey);
    assert_eq!(written, GOLDEN);

    let segments = segments_from_ron(SEGMENTS, "segments-v1.ron").unwrap();
    let written = segments_to_ron(&segments);
    keep("segments-v1.ron", &written);
    assert_eq!(segments_from_ron(&written, "written").unwrap(), segments);
    assert_eq!(written, SEGMENTS);
}

#[test]
fn the_golden_journey_uses_everything() {
    for word in [
        // Blocks.
        "Message(",
        "OnSitePrompt(",
        "Audience(",
        "WaitForIdentify(",
        "Delay(For(",
        "Delay(UntilTime(",
        "Delay(Anchored(",
        "WaitUntil(",
        "TimeWindow(",
        "Branch(",
        "MultiBranch(",
        "RandomSplit(",
        "UpdateAttributes(",
        "SendEvent(",
        "kind: Goal",
        "Exit(",
        // Conditions.
        "All(",
        "Any(",
        "Not(",
        "Event(",
        "Attribute(",
        "Fact(",
        "Trigger(",
        "Segment(",
        "Identified(",
        "Consent(",
        "Reachable(",
        "Message()",
        "InJourney(",
        // Tests.
        "Equals(",
        "EqualsIgnoreCase(",
        "NotEquals(",
        "Contains(",
        "ContainsIgnoreCase(",
        "StartsWith(",
        "Exists",
        "Missing",
        "MoreThan(",
        "is: AtLeast(",
        "LessThan(",
        "is: AtMost(",
        "In(",
        "NotIn(",
        "WithinLast(",
        "LongerAgoThan(",
        "WithinNext(",
        "count: AtLeast(",
        "count: AtMost(",
        "Exactly(",
        // Exits.
        "\"next\"",
        "\"sent\"",
        "\"not_sent\"",
        "\"identified\"",
        "\"timed_out\"",
        "\"too_late\"",
        "\"yes\"",
        "\"no\"",
        "\"otherwise\"",
        "never_identified:",
        "notes:",
    ] {
        assert!(GOLDEN.contains(word), "the golden journey has no {word}");
    }
}

/// A minimal journey with something in it.
fn file(rest: &str) -> String {
    format!(
        "(\n    format: \"throughline-journey\",\n    version: 1,\n    id: \"a\",\n    name: \"A\",\n    status: Draft,\n{rest}\n)"
    )
}

fn error(text: &str) -> FormatError {
    journey_from_ron(text, "j.ron").unwrap_err()
}

#[test]
fn changing_one_value_changes_one_line() {
    let before = journey_from_ron(GOLDEN, "golden").unwrap();
    let lines = |journey: &Journey| journey_to_ron(journey).lines().map(str::to_owned).collect::<Vec<_>>();
    let changes: [fn(&mut Journey); 6] = [
        |journey| journey.name = "A much longer name than it had before, to be sure of it".repeat(3),
        |journey| journey.priority = 1_000_000,
        |journey| journey.goal.as_mut().unwrap().within = throughline::recording::Span::from_ms(1_234_567),
        |journey| journey.positions.get_mut("ads").unwrap().x = 1234.567,
        |journey| {
            let Some(BlockKind::Message(message)) =
                journey.blocks.get_mut("reminder").map(|block| &mut block.kind)
            else {
                panic!("the golden reminder is a message")
            };
            message.template.subject = "Another ".repeat(20);
        },
        |journey| {
            let block = journey.blocks.get_mut("floor").unwrap();
            *block.exits.get_mut("next").unwrap() = "end".into();
        },
    ];
    for change in changes {
        let mut after = before.clone();
        change(&mut after);
        let (old, new) = (lines(&before), lines(&after));
        assert_eq!(old.len(), new.len());
        assert_eq!(old.iter().zip(&new).filter(|(old, new)| old != new).count(), 1);
    }
}

#[test]
fn texts_survive_whatever_they_hold() {
    let mut journey = journey_from_ron(GOLDEN, "golden").unwrap();
    for text in
        ["", "\r\n", "\r", "a\nb", "\"#\n", "\"##\"###", "\\", "\u{0}\u{1b}\t", "\u{feff}x", "\u{202e}", "🛒"]
    {
        journey.name = text.to_owned();
        journey.note = format!("x{text}\ny");
        let written = journey_to_ron(&journey);
        assert_eq!(journey_from_ron(&written, "written").unwrap(), journey, "{written}");
        // What git may do to line ends changes nothing.
        assert_eq!(journey_from_ron(&written.replace('\n', "\r\n"), "windows").unwrap(), journey, "{text:?}");
        assert_eq!(journey_from_ron(&format!("\u{feff}{written}"), "marked").unwrap(), journey);
    }
}

#[test]
fn multi_line_bodies_are_raw() {
    assert!(
        GOLDEN.contains("body: r##\"Hi {{ customer.first_name | default: \"there\" }},\n\nyou left"),
        "{GOLDEN}"
    );
}

#[test]
fn the_header_decides_before_anything_else() {
    let newer = FormatError::NewerVersion { file: "j.ron".to_owned(), found: 99, newest: 1 };
    for text in [
        "(format: \"throughline-journey\", version: 99, blocks: what is this)",
        "(format: \"throughline-journey\", version: 99",
        "(version: 99, format: \"throughline-journey\", #!?",
    ] {
        assert_eq!(error(text), newer, "{text}");
    }
    let other = error("(format: \"throughline-segments\", version: 99, segments: {})");
    assert!(matches!(other, FormatError::WrongFormat { .. }), "{other}");
    for (text, said) in [
        ("", "ends too early"),
        ("(id: \"a\")", "begin with `format` and `version`"),
        ("(format: \"throughline-journey\", id: \"a\")", "begin with `format` and `version`"),
        ("(format: \"throughline-journey\", version: 0)", "no version 0"),
        ("(format: \"throughline-journey\", version: -1)", ""),
        ("(format: \"throughline-journey\", version: \"1\")", ""),
        ("[1, 2]", ""),
        ("Journey(format: \"throughline-journey\", version: 1)", "not with “Journey”"),
    ] {
        let error = error(text);
        assert!(
            matches!(error, FormatError::Syntax { .. }) && error.to_string().contains(said),
            "{text}: {error}"
        );
    }
}

#[test]
fn unknown_words_are_refused_with_the_nearest_known_and_their_place() {
    for (rest, line, column, said) in [
        ("    nmae: \"x\",", 7, 5, "did you mean “name”?"),
        ("    trigger: Evnt(event: Role(view)),", 7, 14, "did you mean “Event”?"),
        ("    trigger: Event(event: Role(veiw)),", 7, 32, "did you mean “view”?"),
        ("    goal: (when: Segment(\"x\"), within: \"soon\"),", 7, 0, "soon"),
        ("    blocks: {\"a\": (kind: Delay(For(\"4 parsecs\")))},", 7, 0, "4 parsecs"),
        ("    blocks: {\"a\": (kind: WaitForIdentify(upto: \"3d\"))},", 7, 0, "did you mean “up_to”?"),
        ("    blocks: {\"a\": (kind: WaitForIdentify())},", 7, 0, "“up_to” is missing in WaitForIdentify"),
        ("    blocks: {\"a\": (kind: TimeWindow(from: \"9\", to: \"25:00\"))},", 7, 0, "no time of day"),
        ("    audience: Attribute(name: \"x\", is: MoreThan(inf)),", 7, 0, "finite"),
        ("    name: \"B\",", 7, 5, "given twice"),
        ("    note: \"x", 7, 0, ""),
        ("    note: 5,", 7, 11, "text in quotes"),
    ] {
        let FormatError::Syntax { line: at_line, column: at_column, reason, .. } = error(&file(rest)) else {
            panic!("{rest} is no slip of the pen: {}", error(&file(rest)))
        };
        assert_eq!(at_line, line, "{rest}: {reason}");
        assert!(column == 0 || at_column == column, "{rest}: column {at_column}: {reason}");
        assert!(reason.contains(said), "{rest}: {reason}");
    }
}

#[test]
fn contradictions_are_refused_with_their_place() {
    let block = |block: &str| format!("    blocks: {{\"a\": {block}, \"b\": (kind: Goal)}},");
    for (rest, said) in [
        (
            "    blocks: {\n    \"a\": (kind: Goal),\n    \"a\": (kind: Goal)},".to_owned(),
            "line 9: two blocks have the id “a”",
        ),
        (
            block("(kind: Branch(), exits: {\"yes\": \"b\", \"yes\": \"b\"})"),
            "two connections leave by the exit “yes”",
        ),
        (
            block("(kind: Branch(), exits: {\"yes\": \"bb\"})"),
            "block “a”: exit “yes” leads to “bb”, which is no block",
        ),
        ("    start: \"x\",".to_owned(), "`start` leads to “x”, which is no block"),
        ("    never_identified: \"x\",".to_owned(), "`never_identified` leads to “x”"),
        ("    positions: {\"x\": (x: 1, y: 2)},".to_owned(), "a position is given for “x”"),
        (
            "    positions: {\"x\": (x: 1, y: 2), \"x\": (x: 1, y: 2)},".to_owned(),
            "two positions are given for the block “x”",
        ),
        (
            "    exits: [(id: \"x\", when: Segment(\"s\")), (id: \"x\", when: Segment(\"t\"))],".to_owned(),
            "two exit conditions have the id “x”",
        ),
        (
            block(
                "(kind: MultiBranch(conditions: [(id: \"x\", when: Segment(\"s\")), (id: \"x\", when: Segment(\"t\"))]))",
            ),
            "block “a”: two arms have the id “x”",
        ),
        (
            block("(kind: RandomSplit(arms: [(id: \"x\", percent: 1), (id: \"x\", percent: 1)]))"),
            "two arms have the id “x”",
        ),
        (
            block("(kind: MultiBranch(conditions: [(id: \"otherwise\", when: Segment(\"s\"))]))"),
            "no arm may be called “otherwise”",
        ),
        (
            block("(kind: UpdateAttributes(set: {\"x\": 1, \"x\": 2}))"),
            "two values are set for the attribute “x”",
        ),
        ("    blocks: {\"\": (kind: Goal)},".to_owned(), "empty id"),
    ] {
        let error = error(&file(&rest));
        assert!(matches!(error, FormatError::Inconsistent { .. }), "{rest}: {error}");
        assert!(
            error.to_string().contains(said) && error.to_string().starts_with("j.ron: "),
            "{rest}: {error}"
        );
    }
}

#[test]
fn a_file_cut_anywhere_is_refused() {
    // Every eleventh place comes by every kind of token.
    let ends: Vec<usize> = GOLDEN.char_indices().map(|(at, _)| at).step_by(11).collect();
    // Without the last bracket it is not whole; without the final newline it is.
    let whole = GOLDEN.trim_end().len();
    for end in ends.into_iter().filter(|end| *end < whole) {
        let error = error(&GOLDEN[..end]);
        assert!(matches!(error, FormatError::Syntax { .. }), "{end}: {error}");
    }
}

#[test]
fn deep_nesting_is_refused() {
    for levels in [200, 20_000] {
        for (open, close) in [("Not(", ")"), ("All([", "])")] {
            let condition = format!("{}Segment(\"s\"){}", open.repeat(levels), close.repeat(levels));
            let error = error(&file(&format!("    audience: {condition},")));
            assert!(error.to_string().contains("nested too deeply"), "{error}");
        }
        for text in ["(".repeat(levels), "[".repeat(levels), "/*".repeat(levels), "Some(".repeat(levels)] {
            assert!(matches!(error(&text), FormatError::Syntax { .. }));
            assert!(matches!(error(&file(&format!("    what: {text}"))), FormatError::Syntax { .. }));
        }
    }
    // What people write is far from the limit.
    let condition = format!("{}Segment(\"s\"){}", "All([Any([".repeat(6), "])])".repeat(6));
    assert!(journey_from_ron(&file(&format!("    audience: {condition},")), "j.ron").is_ok());
}

#[test]
fn segments_contradict_each_other_or_not() {
    let file =
        |segments: &str| format!("(format: \"throughline-segments\", version: 1, segments: {{{segments}}})");
    let segment = |id: &str, condition: &str| format!("\"{id}\": (name: \"x\", condition: {condition}),");
    let good = segment("a", "Not(Segment(\"b\"))") + &segment("b", "Event(event: Role(view))");
    assert!(segments_from_ron(&file(&good), "s.ron").is_ok());
    for (bad, said) in [
        (segment("a", "Segment(\"a\")"), "depends on itself"),
        (segment("a", "Segment(\"b\")") + &segment("b", "Not(Segment(\"a\"))"), "depends on itself"),
        (segment("a", "Trigger(property: \"x\", is: Exists)"), "only journeys have a trigger"),
        (segment("a", "All([])") + &segment("a", "Any([])"), "two segments have the id “a”"),
    ] {
        let error = segments_from_ron(&file(&bad), "s.ron").unwrap_err();
        assert!(
            matches!(&error, FormatError::Inconsistent { reason, .. } if reason.contains(said)),
            "{error}"
        );
    }
}
