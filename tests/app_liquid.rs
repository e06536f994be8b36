//! The editor of templates: what prints nothing is marked where it stands, said below and aloud.
#![cfg(feature = "gui")]
#![allow(clippy::expect_used, reason = "a test that cannot go on should say where")]

mod app_support;
#[path = "app_support/pictures.rs"]
mod pictures;

use app_support::{builder, sample, window};
use egui::{Context, Theme, accesskit::Role};
use egui_kittest::{
    Harness, SnapshotResults,
    kittest::{NodeT as _, Queryable as _},
};
use pictures::{THEMES, comparable, part, with_cpu};
use throughline::{
    app::{ThroughlineApp, diagram::graph::NodeKey, intent::Intent, selection::Selection, views},
    journey::{BlockKind, edit::EditCommand},
    words,
    workspace::WorkspaceEdit,
};

type Window = Harness<'static, ThroughlineApp>;

/// The sample with the reminder selected, its text replaced, and replayed.
fn with_body(body: &str) -> ThroughlineApp {
    let mut app = sample();
    app.apply(&Context::default(), Intent::OpenJourney("cart-recovery".into()));
    let journey = app.model().journey().expect("the sample").clone();
    let mut kind = journey.blocks["reminder"].kind.clone();
    if let BlockKind::Message(message) = &mut kind {
        body.clone_into(&mut message.template.body);
    }
    let edit = WorkspaceEdit::Journey(journey.id, EditCommand::SetBlock("reminder".into(), Box::new(kind)));
    app.apply(&Context::default(), Intent::Edit(Box::new(edit), None));
    app.apply(&Context::default(), Intent::Select(Selection::Node(NodeKey::Block("reminder".into()))));
    app.before(&Context::default());
    app
}

fn open(body: &str) -> Window {
    window(builder((1440.0, 1500.0), Theme::Light), with_body(body))
}

const BODY: &str = "Hi {{ customer.frist_name }},\n\n{% if cart.count > 1 %}these are{% endif %} \
                    in size {{ customer.shoe_size }} and {{ customer.shoe_size | default: 'M' }}.";

#[test]
fn a_variable_that_nobody_has_is_marked_below_and_aloud() {
    let harness = open(BODY);
    let field = harness.get_by_role_and_label(Role::MultilineTextInput, "Body");
    let aloud = field.accesskit_node().description().unwrap_or_default();
    assert!(aloud.contains("customer.frist_name") && aloud.contains("customer.shoe_size"), "{aloud}");
    harness.get_by_label_contains("prints “customer.frist_name”");
}

#[test]
fn a_variable_that_the_person_previewed_has_not_is_marked_unless_something_stands_in() {
    let body = "{{ customer.first_name }} {{ event.variant }} {{ event.variant | default: 'x' }}";
    let mut harness = open(body);
    let outcome = harness.state().model().outcome.clone().expect("a replay");
    let absent = |has_it: bool| {
        let mut here = outcome.result.messages.iter().filter(|it| it.block.as_str() == "reminder");
        let found = here
            .find(|it| !it.because.is_empty() && it.absent.contains(&"event.variant".to_owned()) != has_it);
        words::person::who(&found.expect("somebody of both kinds").identifiers)
    };
    for (person, marked) in [(absent(true), false), (absent(false), true)] {
        let menu = |harness: &Window| {
            let found = harness.get_all_by_role(Role::Button);
            found.filter_map(|it| it.accesskit_node().label()).find(|it| it.starts_with("As seen by: "))
        };
        let menu = menu(&harness).expect("the choice of whom to look as");
        harness.get_by_label(&menu).scroll_to_me();
        harness.run();
        harness.get_by_label(&menu).click();
        harness.run();
        harness.get_by_role_and_label(Role::MenuItemRadio, &person).click();
        harness.run();
        let said = format!("{person} has no “event.variant” here, and no default is given.");
        assert_eq!(harness.query_by_label(&said).is_some(), marked, "{person}");
    }
}

#[test]
fn what_is_no_liquid_is_said_with_its_line() {
    let harness = open("Hi\n{{ customer.first_name | shout }}");
    let field = harness.get_by_role_and_label(Role::MultilineTextInput, "Body");
    let aloud = field.accesskit_node().description().unwrap_or_default();
    assert!(aloud.starts_with("Line 2"), "{aloud}");
    harness.get_by_label_contains("Line 2");
}

#[test]
fn the_editor_in_both_themes() {
    if !comparable() {
        return;
    }
    let mut results = SnapshotResults::new();
    for (theme, name) in THEMES {
        let builder = with_cpu(builder((340.0, 620.0), theme));
        let mut harness = part(builder, with_body(BODY), |ui, app, intents| {
            views::inspector::show(ui, app.model(), intents);
        });
        results.add(harness.try_snapshot(format!("liquid_{name}")));
    }
}
