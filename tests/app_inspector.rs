//! The inspector as an editor: by role and label, as a person would use it.
#![cfg(feature = "gui")]
#![allow(clippy::expect_used, reason = "a test that cannot go on should say where")]

mod app_support;

use app_support::{builder, sample, window};
use egui::{Key, Modifiers, Theme, accesskit::Role};
use egui_kittest::{Harness, kittest::Queryable};
use throughline::{
    app::{ThroughlineApp, command::Command, diagram::graph::NodeKey, intent::Intent, selection::Selection},
    identity::Confidence,
    journey::{
        BlockKind, CompareCount, Condition, DelayKind, EventRef, JourneyId, Status, Trigger,
        edit::EditCommand,
    },
    recording::Span,
    words::{self, ask::Ask, sentence, test_form::TestForm},
    workspace::WorkspaceEdit,
};

type Window = Harness<'static, ThroughlineApp>;

/// The window on the sample, tall enough for a whole form.
fn open() -> Window {
    open_of_height(2400.0)
}

fn open_of_height(height: f32) -> Window {
    let mut app = sample();
    app.apply(&egui::Context::default(), Intent::OpenJourney("cart-recovery".into()));
    window(builder((1440.0, height), Theme::Light), app)
}

fn select(harness: &mut Window, selection: Selection) {
    let ctx = harness.ctx.clone();
    harness.state_mut().apply(&ctx, Intent::Select(selection));
    harness.run();
}

fn select_block(harness: &mut Window, id: &str) {
    select(harness, Selection::Node(NodeKey::Block(id.into())));
}

fn kind(harness: &Window, id: &str) -> BlockKind {
    let journey = harness.state().model().journey().expect("a journey");
    journey.blocks.get(id).expect("the block").kind.clone()
}

/// Replaces what is in a field, as a person would.
fn retype(harness: &mut Window, name: &str, text: &str) {
    harness.get_by_role_and_label(Role::TextInput, name).focus();
    harness.run();
    harness.key_press_modifiers(Modifiers::COMMAND, Key::A);
    harness.run();
    for letter in text.chars() {
        harness.event(egui::Event::Text(letter.to_string()));
        harness.run();
    }
}

fn leave(harness: &mut Window) {
    harness.key_press(Key::Enter);
    harness.run();
}

#[test]
fn a_delay_is_changed_by_typing_and_taken_back_in_one_step() {
    let mut harness = open();
    select_block(&mut harness, "give-it-a-day");
    let before = kind(&harness, "give-it-a-day");
    retype(&mut harness, "For", "2 days 4 h");
    leave(&mut harness);
    assert_eq!(kind(&harness, "give-it-a-day"), BlockKind::Delay(DelayKind::For(Span::hours(52))));
    harness.key_press_modifiers(Modifiers::COMMAND, Key::Z);
    harness.run();
    assert_eq!(kind(&harness, "give-it-a-day"), before, "the whole burst is one step");
    let field = harness.get_by_role_and_label(Role::TextInput, "For");
    assert_eq!(field.value().as_deref(), Some("1 day"), "the field shows what is stored again");
}

#[test]
fn what_is_no_duration_is_said_and_not_stored() {
    let mut harness = open();
    select_block(&mut harness, "give-it-a-day");
    let before = kind(&harness, "give-it-a-day");
    retype(&mut harness, "For", "soon");
    assert_eq!(kind(&harness, "give-it-a-day"), before);
    harness.get_by_label_contains("“soon” is no length of time");
    leave(&mut harness);
    assert_eq!(kind(&harness, "give-it-a-day"), before);
    assert!(!harness.state().model().opened.as_ref().expect("open").document.unsaved());
}

fn find<'h>(harness: &'h Window, role: Role, name: &'h str, at: usize) -> egui_kittest::Node<'h> {
    harness.get_all_by_role_and_label(role, name).nth(at).unwrap_or_else(|| panic!("no {name}"))
}

/// Clicks what is called so; of several the one at a place.
fn click(harness: &mut Window, role: Role, name: &str, at: usize) {
    find(harness, role, name, at).scroll_to_me();
    harness.run();
    find(harness, role, name, at).click();
    harness.run();
}

/// Opens a menu and chooses a row of it.
fn choose(harness: &mut Window, menu: &str, at: usize, row: &str) {
    click(harness, Role::Button, menu, at);
    click(harness, Role::MenuItemRadio, row, 0);
}

#[test]
fn a_condition_is_built_from_nothing_by_clicks() {
    let mut harness = open();
    select_block(&mut harness, "friction");
    let wanted = kind(&harness, "friction");
    let none = BlockKind::Branch { when: None };
    let edit = EditCommand::SetBlock("friction".into(), Box::new(none));
    let ctx = harness.ctx.clone();
    let edit = WorkspaceEdit::Journey("cart-recovery".into(), edit);
    harness.state_mut().apply(&ctx, Intent::Edit(Box::new(edit), None));
    harness.run();
    choose(&mut harness, "Add a question", 0, "A group of questions");
    for (at, page) in ["shipping", "size guide"].into_iter().enumerate() {
        if at > 0 {
            choose(&mut harness, "Add a question", 0, "Did something");
        }
        choose(&mut harness, "Event: view a product", 0, "view the page");
        harness.get_all_by_role_and_label(Role::TextInput, "Page (Event)").nth(at).expect("a field").focus();
        harness.run();
        click(&mut harness, Role::MenuItemRadio, page, 0);
        choose(&mut harness, &format!("Say more about “viewed the page {page}”"), 0, "after another event");
    }
    assert_eq!(kind(&harness, "friction"), wanted);
}

#[test]
fn a_question_is_turned_round_said_more_about_and_taken_away() {
    let mut harness = open();
    select_block(&mut harness, "friction");
    let before = kind(&harness, "friction");
    choose(&mut harness, "Holds or not: did", 0, "did not");
    choose(&mut harness, "Holds or not: did not", 0, "did");
    assert_eq!(kind(&harness, "friction"), before);
    let called = "viewed the page shipping after the last cart add";
    choose(&mut harness, &format!("Say more about “{called}”"), 0, "how many times");
    retype(&mut harness, "How many times", "3");
    let BlockKind::Branch { when: Some(Condition::Any(parts)) } = kind(&harness, "friction") else {
        panic!("a group of questions")
    };
    let Condition::Event(event) = &parts[0] else { panic!("a question about an event") };
    assert_eq!(event.count, CompareCount::AtLeast(3));
    click(&mut harness, Role::Button, "Leave out “how many times”", 0);
    assert_eq!(kind(&harness, "friction"), before);
    click(&mut harness, Role::Button, &format!("Remove “{called}”"), 0);
    assert_ne!(kind(&harness, "friction"), before);
}

#[test]
fn a_way_is_added_and_taken_away_and_ids_stay() {
    let mut harness = open();
    select_block(&mut harness, "second-look");
    let ids = |harness: &Window| match kind(harness, "second-look") {
        BlockKind::WaitUntil { conditions, .. } => {
            conditions.iter().map(|arm| arm.id.0.clone()).collect::<Vec<_>>()
        }
        _ => Vec::new(),
    };
    click(&mut harness, Role::Button, "Add a way", 0);
    assert_eq!(ids(&harness), ["worried", "condition-2"]);
    click(&mut harness, Role::Button, "Move Condition 2 up", 0);
    assert_eq!(ids(&harness), ["condition-2", "worried"]);
    click(&mut harness, Role::Button, "Remove Condition 2", 0);
    assert_eq!(ids(&harness), ["worried"]);
    let journey = harness.state().model().journey().expect("a journey");
    assert!(journey.blocks["second-look"].exits.contains_key("worried"), "its way leads on");
}

#[test]
fn a_segment_is_edited_and_counted_anew() {
    let mut harness = open();
    select(&mut harness, Selection::Segment("viewed-skincare-24h".to_owned()));
    let count =
        |harness: &Window| harness.state().model().in_segment("viewed-skincare-24h").expect("a replay");
    let before = count(&harness);
    assert!(before > 0);
    retype(&mut harness, "Value of category", "no such category");
    leave(&mut harness);
    assert_eq!(count(&harness), 0);
    harness.get_by_label("In it at some time: 0");
    harness.key_press_modifiers(Modifiers::COMMAND, Key::Z);
    harness.run();
    assert_eq!(count(&harness), before);
}

#[test]
fn every_block_trigger_and_setting_has_a_form_that_changes_nothing_by_itself() {
    let mut harness = open();
    let nodes: Vec<(JourneyId, NodeKey)> = harness
        .state()
        .model()
        .journeys()
        .iter()
        .flat_map(|journey| {
            let blocks = journey.blocks.keys().map(|id| NodeKey::Block(id.clone()));
            blocks.chain([NodeKey::Trigger]).map(|node| (journey.id.clone(), node)).collect::<Vec<_>>()
        })
        .collect();
    let ctx = harness.ctx.clone();
    for (journey, node) in nodes {
        harness.state_mut().apply(&ctx, Intent::OpenJourney(journey));
        select(&mut harness, Selection::Node(node));
    }
    let segments: Vec<String> = harness.state().model().segments().0.keys().cloned().collect();
    for segment in segments {
        select(&mut harness, Selection::Segment(segment));
    }
    select(&mut harness, Selection::Workspace);
    harness.get_by_label("Workspace settings");
    select(&mut harness, Selection::Nothing);
    let opened = harness.state().model().opened.as_ref().expect("open");
    assert!(!opened.document.unsaved() && opened.document.undoes().is_none());
}

#[test]
fn a_variable_is_inserted_where_the_cursor_is() {
    let mut harness = open();
    select_block(&mut harness, "reassurance");
    retype(&mut harness, "Subject", "Hello ");
    click(&mut harness, Role::Button, "Insert into subject", 0);
    click(&mut harness, Role::MenuItemRadio, "customer.first_name", 0);
    let subject = |harness: &Window| match kind(harness, "reassurance") {
        BlockKind::Message(message) => message.template.subject,
        _ => String::new(),
    };
    assert_eq!(subject(&harness), "Hello {{ customer.first_name | default: 'there' }}");
    let model = harness.state().model();
    let outcome = model.outcome.as_ref().expect("a replay");
    let sent = outcome.result.messages.iter().find(|it| it.block.as_str() == "reassurance").expect("one");
    let text = sent.subject.clone();
    assert!(text.starts_with("Hello "), "{text}");
    harness.get_all_by_label(&text).next().expect("the preview");
    retype(&mut harness, "Subject", "Hello {{ nobody");
    assert!(harness.query_all_by_label_contains("Line 1").next().is_some(), "what is wrong is said");
}

fn condition(harness: &Window) -> Condition {
    match kind(harness, "friction") {
        BlockKind::Branch { when: Some(when) } => when,
        other => panic!("no condition in {other:?}"),
    }
}

#[test]
fn every_question_and_everything_beside_it_is_asked_by_clicks() {
    let mut harness = open();
    select_block(&mut harness, "friction");
    for ask in Ask::ALL {
        let before = condition(&harness);
        choose(&mut harness, "Add a question", 0, ask.name());
        let Condition::Any(parts) = condition(&harness) else { panic!("a group of questions") };
        assert_eq!(parts.len(), 3, "{ask:?}");
        let asked = parts[2].clone();
        let segments = harness.state().model().segments().clone();
        for piece in sentence::offers(&asked, true) {
            let Condition::Any(parts) = condition(&harness) else { panic!("a group of questions") };
            let called = words::condition::condition(&parts[2], &segments);
            choose(&mut harness, &format!("Say more about “{called}”"), 0, piece.offer());
        }
        let Condition::Any(parts) = condition(&harness) else { panic!("a group of questions") };
        assert!(sentence::lines(&parts[2]).len() > sentence::offers(&asked, true).len(), "{ask:?}");
        let called = words::condition::condition(&parts[2], &segments);
        click(&mut harness, Role::Button, &format!("Remove “{called}”"), 0);
        assert_eq!(condition(&harness), before, "{ask:?}");
    }
}

#[test]
fn every_test_of_a_value_is_chosen_by_its_words() {
    let mut harness = open();
    select_block(&mut harness, "friction");
    choose(&mut harness, "Add a question", 0, "Has an attribute");
    retype(&mut harness, "Attribute", "plan");
    leave(&mut harness);
    let mut said = "is known";
    for (form, words) in TestForm::WORDS {
        choose(&mut harness, &format!("Test of plan: {said}"), 0, words);
        let Condition::Any(parts) = condition(&harness) else { panic!("a group of questions") };
        let Some(Condition::Attribute { name, is }) = parts.last() else { panic!("an attribute") };
        assert_eq!((name.as_str(), TestForm::of(is)), ("plan", form));
        said = words;
    }
}

#[test]
fn suggestions_are_chosen_with_the_keys() {
    let mut harness = open();
    select(&mut harness, Selection::Node(NodeKey::Trigger));
    choose(&mut harness, "Event: add to cart", 0, "the event");
    retype(&mut harness, "Event name (Event)", "order");
    harness.key_press(Key::ArrowDown);
    harness.run();
    harness.key_press(Key::Enter);
    harness.run();
    let journey = harness.state().model().journey().expect("a journey");
    let Trigger::Event { event: EventRef::Named(name), .. } = &journey.trigger else { panic!("an event") };
    assert!(name.to_lowercase().starts_with("order") && name.len() > 5, "{name}");
}

#[test]
fn the_workspace_and_the_journey_are_edited() {
    let mut harness = open();
    retype(&mut harness, "Name", "Cart rescue");
    leave(&mut harness);
    click(&mut harness, Role::CheckBox, "Active", 0);
    let journey = harness.state().model().journey().expect("a journey").clone();
    assert_eq!((journey.name.as_str(), journey.status), ("Cart rescue", Status::Draft));
    select(&mut harness, Selection::Workspace);
    retype(&mut harness, "Country", "at");
    retype(&mut harness, "Time zone", "Mars/Base");
    harness.get_by_label_contains("There is no such zone");
    let facts = &harness.state().model().workspace().expect("open").facts;
    assert_eq!((facts.country.as_str(), facts.zone.as_str()), ("AT", "Europe/Berlin"));
}

#[test]
fn a_copy_of_the_platforms_rules_is_changed_and_replayed() {
    let mut harness = open_of_height(12_000.0);
    select(&mut harness, Selection::Workspace);
    let platform = |harness: &Window| harness.state().model().workspace().expect("open").platform.clone();
    let before = platform(&harness);
    click(&mut harness, Role::Button, "Copy these rules to change them", 0);
    let own = platform(&harness);
    assert_eq!(
        (own.name, own.anonymous_entry),
        (format!("{}-copy", before.name), before.anonymous_entry.clone())
    );
    // The copy is what is looked at now, and can be chosen.
    assert_eq!(harness.state().model().platform_label(), format!("{} (changed)", before.label));
    click(&mut harness, Role::CheckBox, "Anonymous entry", 0);
    let rule = platform(&harness).anonymous_entry;
    assert_eq!((rule.value, rule.confidence), (!before.anonymous_entry.value, Confidence::Assumed));
    assert_eq!(rule.source, "changed in this workspace");
    retype(&mut harness, "Anonymous entry, source", "our own tests");
    leave(&mut harness);
    assert_eq!(platform(&harness).anonymous_entry.source, "our own tests");

    let undo = |harness: &mut Window| {
        let ctx = harness.ctx.clone();
        harness.state_mut().apply(&ctx, Intent::Run(Command::Undo));
        harness.run();
    };
    for _ in 0..3 {
        undo(&mut harness);
    }
    assert_eq!(platform(&harness), before);
    assert_eq!(harness.state().model().platform_label(), before.label);
}

#[test]
fn escape_closes_a_menu_and_keeps_what_is_selected() {
    let mut harness = open();
    select_block(&mut harness, "friction");
    click(&mut harness, Role::Button, "Add a question", 0);
    harness.get_by_role_and_label(Role::MenuItemRadio, "Has an attribute");
    harness.key_press(Key::Escape);
    harness.run();
    assert!(harness.query_by_role_and_label(Role::MenuItemRadio, "Has an attribute").is_none());
    assert!(matches!(harness.state().model().view.selection, Selection::Node(_)));
    // Nor does the one that leaves a field.
    harness.get_by_role_and_label(Role::TextInput, "Name").focus();
    harness.run();
    harness.key_press(Key::Escape);
    harness.run();
    assert!(matches!(harness.state().model().view.selection, Selection::Node(_)));
    harness.key_press(Key::Escape);
    harness.run();
    assert_eq!(harness.state().model().view.selection, Selection::Nothing);
}

#[test]
fn a_problem_is_mended_where_it_is_said() {
    let mut harness = open();
    select_block(&mut harness, "friction");
    let emptied = BlockKind::Branch { when: None };
    let edit = EditCommand::SetBlock("friction".into(), Box::new(emptied));
    let edit = WorkspaceEdit::Journey("cart-recovery".into(), edit);
    let ctx = harness.ctx.clone();
    harness.state_mut().apply(&ctx, Intent::Edit(Box::new(edit), None));
    harness.run();
    harness.get_by_label_contains("has no condition, so everybody leaves by");
    click(&mut harness, Role::Button, "Fix: Delete the block", 0);
    let journey = harness.state().model().journey().expect("a journey");
    assert!(!journey.blocks.contains_key("friction"));
}
