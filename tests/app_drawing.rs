//! The whole cart recovery of the samples, drawn from an empty journey by role and label, as
//! somebody would who has never written code. What comes out means what the sample means.
#![cfg(feature = "gui")]
#![allow(clippy::expect_used, reason = "a test that cannot go on should say where")]

mod app_support;

use std::collections::BTreeMap;

use app_support::{builder, sample, window};
use egui::{Event, Key, Modifiers, PointerButton, Pos2, Theme, accesskit::Role};
use egui_kittest::{
    Harness,
    kittest::{NodeT, Queryable},
};
use throughline::{
    app::ThroughlineApp,
    journey::{BlockId, BlockKind, Condition, ExitId, Journey, JourneyId, Template, journey_to_ron},
};

type Window = Harness<'static, ThroughlineApp>;

/// What can be clicked or typed into, for whoever reads a failure.
fn labels(harness: &Window) -> String {
    let node = |node: egui_kittest::Node<'_>| {
        let node = node.accesskit_node();
        Some(format!("{:?} {}", node.role(), node.label()?))
    };
    harness.query_all_by(|_| true).filter_map(node).collect::<Vec<_>>().join("\n")
}

/// What is called so; of several the one at a place.
fn find<'h>(harness: &'h Window, role: Role, name: &'h str, at: usize) -> egui_kittest::Node<'h> {
    let found = harness.query_all_by_role_and_label(role, name).nth(at);
    found.unwrap_or_else(|| panic!("no {name} at {at}:\n{}", labels(harness)))
}

/// Clicks it.
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

/// Types into a field, in place of what is in it, and leaves it.
fn fill(harness: &mut Window, role: Role, name: &str, text: &str) {
    harness.get_by_role_and_label(role, name).scroll_to_me();
    harness.run();
    harness.get_by_role_and_label(role, name).focus();
    harness.run();
    harness.key_press_modifiers(Modifiers::COMMAND, Key::A);
    harness.run();
    harness.event(Event::Text(text.to_owned()));
    harness.run();
    harness.event(Event::Key {
        key: Key::Tab,
        physical_key: None,
        pressed: true,
        repeat: false,
        modifiers: Modifiers::NONE,
    });
    harness.run();
}

fn type_in(harness: &mut Window, name: &str, text: &str) {
    fill(harness, Role::TextInput, name, text);
}

/// Adds a block where a + says so, and names it.
fn add(harness: &mut Window, after: &str, what: &str, name: &str) {
    click(harness, Role::Button, &format!("Add a block after {after}"), 0);
    harness.event(Event::Text(what.to_owned()));
    harness.run();
    harness.key_press(Key::Enter);
    harness.run();
    type_in(harness, "Name", name);
}

/// The middle of a block on the canvas.
fn block_at(harness: &Window, name: &str) -> Pos2 {
    let is_block = |node: &egui_kittest::Node<'_>| node.accesskit_node().role() == Role::Button;
    let label = format!("{name}, ");
    let found = harness.query_all_by_label_contains(&label).find(is_block);
    found.unwrap_or_else(|| panic!("no block {name}")).rect().center()
}

fn select(harness: &mut Window, name: &str) {
    let at = block_at(harness, name);
    pointer(harness, &[at]);
}

/// Presses at the first place, moves through the others, and lets go at the last.
fn pointer(harness: &mut Window, way: &[Pos2]) {
    let button = |pos: Pos2, pressed: bool| Event::PointerButton {
        pos,
        button: PointerButton::Primary,
        pressed,
        modifiers: Modifiers::NONE,
    };
    let (first, last) = (way[0], way[way.len() - 1]);
    harness.event(Event::PointerMoved(first));
    harness.run();
    harness.event(button(first, true));
    harness.run();
    for at in &way[1..] {
        harness.event(Event::PointerMoved(first.lerp(*at, 0.5)));
        harness.run();
        harness.event(Event::PointerMoved(*at));
        harness.run();
    }
    harness.event(button(last, false));
    harness.run();
}

/// Drags an open exit to a block.
fn connect(harness: &mut Window, from: &str, to: &str) {
    let plus = harness.get_by_label(&format!("Add a block after {from}")).rect().center();
    let target = block_at(harness, to);
    pointer(harness, &[plus, target]);
}

/// “viewed the page … after the last cart add”, twice, any of them.
fn ask_for_friction(harness: &mut Window, group: &str) {
    for (at, page) in ["shipping", "size guide"].into_iter().enumerate() {
        choose(harness, "Add a question", 0, if at == 0 { group } else { "Did something" });
        choose(harness, "Event: view a product", 0, "view the page");
        let field = harness.get_all_by_role_and_label(Role::TextInput, "Page (Event)").nth(at);
        field.expect("a field for the page").focus();
        harness.run();
        click(harness, Role::MenuItemRadio, page, 0);
        let asked = format!("Say more about “viewed the page {page}”");
        choose(harness, &asked, 0, "after another event");
    }
}

fn write(harness: &mut Window, template: &Template, topic: &str) {
    type_in(harness, "Subject", &template.subject);
    fill(harness, Role::MultilineTextInput, "Body", &template.body);
    type_in(harness, "Topic", topic);
}

fn journey(harness: &Window) -> Journey {
    harness.state().model().journey().expect("a journey is shown").clone()
}

/// The texts of the sample's messages, by block.
fn texts(sample: &Journey) -> BTreeMap<String, Template> {
    let template = |kind: &BlockKind| match kind {
        BlockKind::Message(message) => Some(message.template.clone()),
        _ => None,
    };
    sample.blocks.values().filter_map(|block| Some((block.name.clone(), template(&block.kind)?))).collect()
}

/// A group of one question asks that question.
fn plain(condition: &Condition) -> Condition {
    match condition {
        Condition::All(parts) | Condition::Any(parts) if parts.len() == 1 => plain(&parts[0]),
        other => other.clone(),
    }
}

/// The same journey with ids that follow from names, and without notes: what it means.
fn meaning(journey: &Journey) -> Journey {
    let id = |id: &BlockId| BlockId(journey.blocks[id].name.clone());
    let blocks = journey.blocks.iter().map(|(at, block)| {
        let mut block = block.clone();
        block.note.clear();
        let mut arms = BTreeMap::new();
        if let BlockKind::WaitUntil { conditions, .. } = &mut block.kind {
            for arm in conditions {
                arm.when = plain(&arm.when);
                arms.insert(arm.id.clone(), ExitId(arm.name.clone()));
                arm.id = ExitId(arm.name.clone());
            }
        }
        block.exits =
            block.exits.iter().map(|(exit, to)| (arms.get(exit).unwrap_or(exit).clone(), id(to))).collect();
        (id(at), block)
    });
    let mut exits = journey.exits.clone();
    for exit in &mut exits {
        exit.id.clone_from(&exit.name);
        exit.when = plain(&exit.when);
    }
    let mut goal = journey.goal.clone();
    if let Some(goal) = &mut goal {
        goal.when = plain(&goal.when);
    }
    Journey {
        id: JourneyId::default(),
        note: String::new(),
        start: journey.start.as_ref().map(id),
        never_identified: journey.never_identified.as_ref().map(id),
        blocks: blocks.collect(),
        positions: BTreeMap::new(),
        exits,
        goal,
        ..journey.clone()
    }
}

#[test]
fn cart_recovery_is_drawn_from_nothing() {
    let mut harness = window(builder((1800.0, 3200.0), Theme::Light), sample());
    let model = harness.state().model();
    let wanted = model.journey_by_id(&"cart-recovery".into()).expect("the sample").clone();
    let texts = texts(&wanted);
    let h = &mut harness;

    click(h, Role::Button, "New journey", 0);
    click(h, Role::Button, "Begin with: An empty journey", 0);
    type_in(h, "Name", "Cart recovery");
    click(h, Role::CheckBox, "Active", 0);
    type_in(h, "Priority", "30");
    choose(h, "Of several triggers held while anonymous: Each, in order", 0, "Only the newest");
    click(h, Role::Button, "Add an exit condition", 0);
    type_in(h, "Name of exit 1", "Bought");
    choose(h, "Add a question", 1, "Did something");
    choose(h, "Event: view a product", 0, "buy");
    click(h, Role::Button, "Set a goal", 0);
    choose(h, "Add a question", 2, "Did something");
    choose(h, "Event: view a product", 0, "buy");
    type_in(h, "Within, from the trigger", "5 days");

    select(h, "No trigger yet");
    choose(h, "Event: the event", 0, "add to cart");
    add(h, "Added to cart", "wait for identify", "Wait for an email");

    add(h, "Wait for an email, identified", "delay from", "4 hours from the cart");
    type_in(h, "Too late, if due longer ago than", "5 days");
    click(h, Role::CheckBox, "Starts anew when it happens again", 0);
    add(h, "4 hours from the cart, too late", "exit", "Cart too old");
    type_in(h, "Reason", "The cart is more than five days old; a reminder would only confuse");

    add(h, "4 hours from the cart", "branch", "Showed friction?");
    ask_for_friction(h, "A group of questions");
    add(h, "Showed friction?, no", "email", "Cart reminder");
    write(h, &texts["Cart reminder"], "cart");
    add(h, "Showed friction?, yes", "email", "Reassurance");
    write(h, &texts["Reassurance"], "cart");

    add(h, "Cart reminder", "wait until", "Comes back worried?");
    ask_for_friction(h, "A group of questions");
    type_in(h, "Name of way 1", "Looked up delivery or sizes");
    connect(h, "Comes back worried?, Looked up delivery or sizes", "Reassurance");
    add(h, "Comes back worried?, timed out", "exit", "Done");
    type_in(h, "Reason", "We have said what we can; the cart is theirs");

    add(h, "Reassurance", "delay", "Give it a day");
    add(h, "Give it a day", "email", "Comfort offer");
    write(h, &texts["Comfort offer"], "offers");
    type_in(h, "Offer", "comfort-10");
    connect(h, "Comfort offer", "Done");

    add(h, "Wait for an email, timed out", "audience", "Retargeting audience");
    type_in(h, "Audience", "Cart abandoners");
    add(h, "Retargeting audience", "exit", "Never identified");
    type_in(h, "Reason", "Never identified");
    select(h, "Added to cart");
    choose(h, "Whoever is never identified goes to: Nowhere", 0, "Retargeting audience");

    // As files, for whoever reads a failure.
    let file = |journey: &Journey| journey_to_ron(&meaning(journey));
    assert_eq!(file(&journey(h)), file(&wanted));
    assert_eq!(meaning(&journey(h)), meaning(&wanted));
}
