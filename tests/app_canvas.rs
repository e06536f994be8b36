//! Drawing a journey on the canvas: adding, selecting, moving, connecting, copying, by pointer and
//! by keyboard.
#![cfg(feature = "gui")]
#![allow(clippy::expect_used, reason = "a test that cannot go on should say where")]

mod app_support;
#[path = "app_support/large.rs"]
mod large;

use app_support::{builder, sample, window};
use egui::{Event, Key, Modifiers, OutputCommand, PointerButton, Pos2, Shape, Theme, accesskit::Role, vec2};
use egui_kittest::{
    Harness,
    kittest::{NodeT, Queryable},
};
use throughline::{
    app::{ThroughlineApp, command::Command, diagram::graph::NodeKey, intent::Intent, selection::Selection},
    journey::{
        Block, BlockId, Journey, JourneyId,
        edit::{EditCommand, Port},
    },
    workspace::WorkspaceEdit,
};

type Window = Harness<'static, ThroughlineApp>;

/// The sample, looking at all of cart recovery.
fn open() -> Window {
    let mut harness = window(builder((1440.0, 1400.0), Theme::Light), sample());
    wish(&mut harness, Intent::OpenJourney("cart-recovery".into()));
    wish(&mut harness, Intent::Run(Command::ToggleBottom));
    wish(&mut harness, Intent::Run(Command::ZoomFit));
    harness
}

fn wish(harness: &mut Window, intent: Intent) {
    let ctx = harness.ctx.clone();
    harness.state_mut().apply(&ctx, intent);
    harness.run();
}

fn journey(harness: &Window) -> &Journey {
    harness.state().model().journey().expect("a journey is shown")
}

fn block<'a>(harness: &'a Window, name: &str) -> (&'a BlockId, &'a Block) {
    journey(harness).blocks.iter().find(|(_, block)| block.name == name).expect("a block of this name")
}

/// Where the only exit of a block leads.
fn next<'a>(harness: &'a Window, name: &str) -> Option<&'a Block> {
    block(harness, name).1.exits.values().next().map(|to| &journey(harness).blocks[to])
}

/// The middle of a block on the screen.
fn place(harness: &Window, name: &str) -> Pos2 {
    let key = NodeKey::Block(block(harness, name).0.clone());
    let model = harness.state().model();
    let (_, scene) = model.scene.as_ref().expect("a scene");
    let rect = scene.place_of(&key).expect("it is drawn");
    model.camera().expect("a camera").to_screen(rect.center(), model.view.canvas)
}

fn click_block(harness: &mut Window, name: &str) {
    harness
        .get_all_by_label_contains(&format!("{name}, "))
        .find(|node| node.accesskit_node().role() == Role::Button)
        .expect("the block")
        .click();
    harness.run();
}

fn undoes(harness: &Window) -> Option<&str> {
    harness.state().model().opened.as_ref().and_then(|opened| opened.document.undoes())
}

fn key(harness: &mut Window, modifiers: Modifiers, key: Key) {
    harness.key_press_modifiers(modifiers, key);
    harness.run();
}

fn type_text(harness: &mut Window, text: &str) {
    harness.event(Event::Text(text.to_owned()));
    harness.run();
}

/// Presses, moves in two steps and lets go.
fn drag(harness: &mut Window, from: Pos2, to: Pos2, modifiers: Modifiers) {
    let button = |pos: Pos2, pressed: bool| Event::PointerButton {
        pos,
        button: PointerButton::Primary,
        pressed,
        modifiers,
    };
    for event in [
        Event::PointerMoved(from),
        button(from, true),
        Event::PointerMoved(from.lerp(to, 0.5)),
        Event::PointerMoved(to),
        button(to, false),
    ] {
        harness.event_modifiers(event, modifiers);
        harness.run();
    }
}

/// Leads the retargeting audience nowhere.
fn with_an_open_exit() -> Window {
    let mut harness = open();
    let (from, _) = block(&harness, "Retargeting audience");
    let command = EditCommand::Connect { from: Port::Exit(from.clone(), "next".into()), to: None };
    let edit = WorkspaceEdit::Journey(journey(&harness).id.clone(), command);
    wish(&mut harness, Intent::Edit(Box::new(edit), None));
    harness
}

#[test]
fn a_block_is_added_on_an_edge_and_taken_back() {
    let mut harness = open();
    let before = journey(&harness).clone();
    harness.get_by_label("Add a block between Retargeting audience and Never identified").click();
    harness.run();
    assert!(harness.query_by_label_contains("Exit: ").is_none(), "what has no exits cannot stand there");
    type_text(&mut harness, "attributes");
    key(&mut harness, Modifiers::NONE, Key::Enter);
    let added = next(&harness, "Retargeting audience").expect("it leads on");
    assert_eq!(added.kind.name(), "Update attributes");
    assert_eq!(added.exits.values().next(), Some(block(&harness, "Never identified").0));
    assert_eq!(undoes(&harness), Some("Add Update attributes"));
    assert!(matches!(harness.state().model().view.selection, Selection::Node(NodeKey::Block(_))));
    assert_eq!(harness.state().model().view.picker, None);
    key(&mut harness, Modifiers::COMMAND, Key::Z);
    assert_eq!(*journey(&harness), before);
    key(&mut harness, Modifiers::COMMAND | Modifiers::SHIFT, Key::Z);
    assert_eq!(journey(&harness).blocks.len(), before.blocks.len() + 1);
}

#[test]
fn the_block_an_edit_happens_at_stays_where_it_is() {
    let mut harness = open();
    let before = place(&harness, "Wait for an email");
    harness.get_by_label("Add a block between Wait for an email and 4 hours from the cart").click();
    harness.run();
    type_text(&mut harness, "multi");
    key(&mut harness, Modifiers::NONE, Key::Enter);
    assert!((place(&harness, "Wait for an email") - before).length() < 1.0);
}

/// What the notes of the journey shown say.
fn notes(harness: &Window) -> Vec<String> {
    journey(harness).notes.values().map(|note| note.text.clone()).collect()
}

#[test]
fn a_note_is_laid_beside_a_block_written_moved_and_taken_away() {
    let mut harness = open();
    click_block(&mut harness, "Cart reminder");
    key(&mut harness, Modifiers::NONE, Key::N);
    harness.get_by_role_and_label(Role::Button, "Empty note");
    // The keys are in its text at once.
    type_text(&mut harness, "Ask Mila");
    assert_eq!(notes(&harness), ["Ask Mila"]);
    assert_eq!(undoes(&harness), Some("Change a note"));
    let (block, note) = (place(&harness, "Cart reminder"), harness.get_by_label("Note: Ask Mila").rect());
    assert!(note.left() > block.x && note.top() < block.y + 40.0);

    drag(&mut harness, note.center(), note.center() + vec2(60.0, 80.0), Modifiers::NONE);
    let moved = harness.get_by_label("Note: Ask Mila").rect();
    assert!((moved.center() - note.center() - vec2(60.0, 80.0)).length() < 8.0);
    assert_eq!(undoes(&harness), Some("Move a note"));
    key(&mut harness, Modifiers::COMMAND, Key::Z);
    assert_eq!(harness.get_by_label("Note: Ask Mila").rect(), note, "the whole drag is one step");

    harness.get_by_label("Note: Ask Mila").click();
    harness.run();
    key(&mut harness, Modifiers::NONE, Key::Delete);
    assert!(notes(&harness).is_empty() && harness.query_by_label("Note: Ask Mila").is_none());
    key(&mut harness, Modifiers::COMMAND, Key::Z);
    assert_eq!(notes(&harness), ["Ask Mila"]);
}

#[test]
fn an_open_exit_is_led_to_a_new_block() {
    let mut harness = with_an_open_exit();
    harness.get_by_label("Add a block after Retargeting audience").click();
    harness.run();
    harness.get_by_label_contains("Exit: ").scroll_to_me();
    harness.run();
    harness.get_by_label_contains("Exit: ").click();
    harness.run();
    assert_eq!(next(&harness, "Retargeting audience").map(|block| block.kind.name()), Some("Exit"));
}

#[test]
fn deleting_closes_the_gap() {
    let mut harness = open();
    click_block(&mut harness, "Wait for an email");
    let heir = block(&harness, "4 hours from the cart").0.clone();
    key(&mut harness, Modifiers::NONE, Key::Delete);
    assert_eq!(journey(&harness).start, Some(heir));
    assert_eq!(undoes(&harness), Some("Delete Wait for an email"));
}

#[test]
fn a_moved_block_stays_and_is_one_step() {
    let mut harness = open();
    let before = journey(&harness).clone();
    let from = place(&harness, "Cart too old");
    drag(&mut harness, from, from + vec2(61.0, 37.0), Modifiers::NONE);
    let (id, _) = block(&harness, "Cart too old");
    let at = journey(&harness).positions[id];
    assert!(at.x % 8.0 == 0.0 && at.y % 8.0 == 0.0, "{at:?}");
    assert!((place(&harness, "Cart too old") - from - vec2(61.0, 37.0)).length() < 9.0);
    assert_eq!(undoes(&harness), Some("Move Cart too old"));
    key(&mut harness, Modifiers::COMMAND, Key::Z);
    assert_eq!(*journey(&harness), before);
    assert_eq!(undoes(&harness), None);
    key(&mut harness, Modifiers::COMMAND, Key::Y);
    wish(&mut harness, Intent::Run(Command::ArrangeBlocks));
    assert!(journey(&harness).positions.is_empty());
}

#[test]
fn a_way_out_is_dragged_to_another_block() {
    let mut harness = with_an_open_exit();
    let plus = harness.get_by_label("Add a block after Retargeting audience").rect().center();
    let target = place(&harness, "Cart too old");
    drag(&mut harness, plus, target, Modifiers::NONE);
    let expected = block(&harness, "Cart too old").0.clone();
    assert_eq!(block(&harness, "Retargeting audience").1.exits.values().next(), Some(&expected));
}

#[test]
fn a_port_is_dragged_to_another_block_and_a_message_that_fails_goes_its_own_way() {
    let mut harness = open();
    harness.hover_at(place(&harness, "Cart reminder"));
    harness.run();
    let port = harness.get_by_label("Connect Cart reminder, not sent").rect().center();
    let target = place(&harness, "Cart too old");
    drag(&mut harness, port, target, Modifiers::NONE);
    let expected = block(&harness, "Cart too old").0.clone();
    assert_eq!(block(&harness, "Cart reminder").1.exits.get("not_sent"), Some(&expected));
    harness.get_by_label_contains("Add a block between Cart reminder and Cart too old");
}

#[test]
fn a_way_out_dropped_on_the_ground_opens_the_palette() {
    let mut harness = with_an_open_exit();
    let plus = harness.get_by_label("Add a block after Retargeting audience").rect().center();
    let ground = harness.state().model().view.canvas.left_center() + vec2(60.0, 0.0);
    drag(&mut harness, plus, ground, Modifiers::NONE);
    harness.get_by_label("Search blocks");
    key(&mut harness, Modifiers::NONE, Key::Escape);
    assert_eq!(harness.state().model().view.picker, None);
    assert!(block(&harness, "Retargeting audience").1.exits.is_empty());
}

#[test]
fn an_edge_is_selected_and_disconnected() {
    let mut harness = open();
    let (id, _) = block(&harness, "Retargeting audience");
    let port = Port::Exit(id.clone(), "next".into());
    let at = {
        let model = harness.state().model();
        let (_, scene) = model.scene.as_ref().expect("a scene");
        let edge = scene.edge_of(&port).expect("it leads on");
        let start = scene.curves[edge][0][0] + vec2(0.0, 3.0);
        model.camera().expect("a camera").to_screen(start, model.view.canvas)
    };
    harness.hover_at(at);
    harness.run();
    for pressed in [true, false] {
        harness.event(Event::PointerButton {
            pos: at,
            button: PointerButton::Primary,
            pressed,
            modifiers: Modifiers::NONE,
        });
    }
    harness.run();
    assert_eq!(harness.state().model().view.selection, Selection::Edge(port));
    harness.get_by_label("From Retargeting audience to Never identified");
    key(&mut harness, Modifiers::NONE, Key::Delete);
    assert!(block(&harness, "Retargeting audience").1.exits.is_empty());
    assert_eq!(undoes(&harness), Some("Disconnect"));
}

#[test]
fn blocks_are_copied_between_journeys() {
    let mut harness = open();
    click_block(&mut harness, "Retargeting audience");
    harness.event(Event::Copy);
    harness.step();
    let copied = harness.output().platform_output.commands.iter().find_map(|command| match command {
        OutputCommand::CopyText(text) => Some(text.clone()),
        _ => None,
    });
    harness.run();
    let copied = copied.expect("text for the clipboard");
    wish(&mut harness, Intent::OpenJourney(JourneyId::from("browse-abandonment")));
    let before = journey(&harness).blocks.len();
    harness.event(Event::Paste(copied));
    harness.run();
    assert_eq!(journey(&harness).blocks.len(), before + 1);
    assert_eq!(undoes(&harness), Some("Paste Retargeting audience"));
}

#[test]
fn a_clipboard_that_holds_no_journey_is_said() {
    let mut harness = open();
    harness.event(Event::Paste("Dear Ana".to_owned()));
    harness.run();
    harness.get_by_label_contains("no part of a journey");
    assert_eq!(undoes(&harness), None);
    key(&mut harness, Modifiers::NONE, Key::Escape);
    assert!(harness.query_by_label_contains("no part of a journey").is_none());
}

#[test]
fn a_frame_selects_what_lies_in_it_and_the_selection_is_handled_together() {
    let mut harness = open();
    let view = harness.state().model().view.canvas;
    let corner = place(&harness, "Cart too old") - vec2(140.0, 60.0);
    drag(&mut harness, corner, view.right_bottom() - vec2(8.0, 200.0), Modifiers::SHIFT);
    let Selection::Blocks(blocks) = harness.state().model().view.selection.clone() else {
        panic!("several blocks are selected");
    };
    assert!(blocks.contains(block(&harness, "Cart too old").0));
    let before = journey(&harness).blocks.len();
    key(&mut harness, Modifiers::COMMAND, Key::D);
    assert_eq!(journey(&harness).blocks.len(), before + blocks.len());
    key(&mut harness, Modifiers::COMMAND, Key::A);
    let all = harness.state().model().selected_blocks();
    assert_eq!(all.len(), before + blocks.len());
    harness.get_by_label(&format!("{} blocks selected", all.len()));
}

#[test]
fn a_block_is_added_with_keys_alone() {
    let mut harness = open();
    let before = journey(&harness).blocks.len();
    for _ in 0..2 {
        key(&mut harness, Modifiers::NONE, Key::ArrowDown);
    }
    key(&mut harness, Modifiers::NONE, Key::A);
    harness.get_by_label("Search blocks");
    key(&mut harness, Modifiers::NONE, Key::ArrowDown);
    key(&mut harness, Modifiers::NONE, Key::Enter);
    assert_eq!(journey(&harness).blocks.len(), before + 1);
    assert_eq!(undoes(&harness), Some("Add Delay"));
}

#[test]
fn a_block_is_found_by_its_name() {
    let mut harness = open();
    key(&mut harness, Modifiers::COMMAND | Modifiers::SHIFT, Key::F);
    harness.get_by_label("Find a block");
    type_text(&mut harness, "too old");
    key(&mut harness, Modifiers::NONE, Key::Enter);
    let found = NodeKey::Block(block(&harness, "Cart too old").0.clone());
    assert_eq!(harness.state().model().view.selection, Selection::Node(found));
}

#[test]
fn a_block_is_dragged_from_the_palette_onto_an_edge() {
    let mut harness = open();
    let edge =
        harness.get_by_label("Add a block between Retargeting audience and Never identified").rect().center();
    harness.get_by_role_and_label(Role::Button, "Add block").click();
    harness.run();
    let row = harness.get_by_label_contains("Delay: ").rect().center();
    drag(&mut harness, row, edge, Modifiers::NONE);
    assert_eq!(next(&harness, "Retargeting audience").map(|block| block.kind.name()), Some("Delay"));
    harness.get_by_role_and_label(Role::Button, "Add block").click();
    harness.run();
    let row = harness.get_by_label_contains("Delay: ").rect().center();
    let ground = harness.state().model().view.canvas.left_bottom() + vec2(160.0, -120.0);
    drag(&mut harness, row, ground, Modifiers::NONE);
    assert_eq!(journey(&harness).positions.len(), 1, "on the ground it stays where it was dropped");
}

#[test]
fn a_journey_without_blocks_says_how_to_begin() {
    let mut harness = open();
    let empty = Journey::empty(JourneyId::from("new"), "New");
    wish(&mut harness, Intent::Edit(Box::new(WorkspaceEdit::AddJourney(Box::new(empty))), None));
    let plus = harness.get_all_by_label_contains("Add a block after ").next().expect("a first +");
    plus.click();
    harness.run();
    key(&mut harness, Modifiers::NONE, Key::Enter);
    assert_eq!(journey(&harness).blocks.len(), 1);
    assert!(journey(&harness).start.is_some());
}

#[test]
fn a_thousand_blocks_are_drawn_small_without_words() {
    let mut harness = open();
    let journey = large::journey(1000);
    wish(&mut harness, Intent::Edit(Box::new(WorkspaceEdit::AddJourney(Box::new(journey))), None));
    wish(&mut harness, Intent::Run(Command::ZoomFit));
    wish(&mut harness, Intent::Select(Selection::Nothing));
    let count = |harness: &Window| {
        let view = harness.state().model().view.canvas;
        let shapes = || {
            harness
                .output()
                .shapes
                .iter()
                .filter(|shape| view.contains_rect(shape.shape.visual_bounding_rect()))
        };
        let words = shapes().filter(|shape| matches!(shape.shape, Shape::Text(_))).count();
        (shapes().count(), words)
    };
    let (far, words) = count(&harness);
    assert!(words < 12, "{words} texts, and only the tools have some");
    assert!(far < 4500, "{far} shapes");
    wish(&mut harness, Intent::Run(Command::ZoomFull));
    let (near, _) = count(&harness);
    assert!(near < 3500, "{near} shapes near by: only what is in view is drawn");
}
