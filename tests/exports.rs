//! What journeys look like in other forms.
#![allow(clippy::unwrap_used)]

use std::path::Path;

use throughline::{
    journey::{Journey, edit::EditCommand, edit::apply},
    report::{mermaid, review},
    workspace,
};

fn sample(name: &str) -> Journey {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("sample-journeys/journeys");
    workspace::read_journey(&folder.join(name)).unwrap()
}

#[test]
fn cart_recovery_as_mermaid() {
    insta::assert_snapshot!(mermaid::flowchart(&sample("cart-recovery.ron")));
}

#[test]
fn no_name_can_end_its_quotes() {
    let mut journey = sample("cart-recovery.ron");
    apply(&mut journey, EditCommand::Rename("a\"]\n end #quot; b".to_owned())).unwrap();
    let text = mermaid::flowchart(&journey);
    assert!(text.contains("n0([\"a#quot;] end #35;quot; b\"])"), "{text}");
}

#[test]
fn cart_recovery_for_a_review() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("sample-journeys");
    let segments = workspace::open(&folder).unwrap().workspace.segments;
    insta::assert_snapshot!(review::markdown(&sample("cart-recovery.ron"), &segments, &[]));
}

#[test]
fn no_name_is_markdown_and_no_text_ends_its_fence() {
    let mut journey = sample("cart-recovery.ron");
    apply(&mut journey, EditCommand::Rename("# *Cart*\n<b>".to_owned())).unwrap();
    let reminder = journey.blocks.get_mut("reminder").unwrap();
    let throughline::journey::BlockKind::Message(message) = &mut reminder.kind else { panic!("a message") };
    message.template.body = "one\n````\n# two".to_owned();
    let text = review::markdown(&journey, &throughline::journey::Segments::default(), &[]);
    assert!(text.starts_with("# \\# \\*Cart\\* \\<b\\>\n"), "{text}");
    assert!(text.contains("`````liquid\none\n````\n# two\n`````\n"), "{text}");
}
