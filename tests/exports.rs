//! What journeys look like in other forms.
#![allow(clippy::unwrap_used)]

use std::path::Path;

use throughline::{
    journey::{Journey, edit::EditCommand, edit::apply},
    report::mermaid,
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
