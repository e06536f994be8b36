//! The settings of a workspace, by role and label.
#![cfg(feature = "gui")]
#![allow(clippy::expect_used, reason = "a test that cannot go on should say where")]

mod app_support;

use app_support::{builder, sample, window};
use egui::{Context, Key, Modifiers, Theme};
use egui_kittest::{Harness, kittest::Queryable as _};
use throughline::{
    app::{ThroughlineApp, intent::Intent, state::Selection},
    recording::{Roles, facts::Role},
    workspace::WorkspaceEdit,
};

type Window = Harness<'static, ThroughlineApp>;

fn open(app: ThroughlineApp) -> Window {
    let mut app = app;
    app.apply(&Context::default(), Intent::Select(Selection::Workspace));
    window(builder((1440.0, 4000.0), Theme::Light), app)
}

#[test]
fn what_event_names_and_attributes_look_like_is_taken_over_at_a_press() {
    let mut app = sample();
    let mut facts = app.model().workspace().expect("the sample").facts.clone();
    let consent = facts.consent.clone();
    facts.roles.0.entry(Role::CartAdd).or_default().clear();
    facts.consent.clear();
    app.apply(&Context::default(), Intent::Edit(Box::new(WorkspaceEdit::SetFacts(Box::new(facts))), None));
    let mut harness = open(app);
    let roles = |harness: &Window| -> Roles {
        harness.state().model().workspace().expect("the sample").facts.roles.clone()
    };
    assert_eq!(roles(&harness).role_of("Product Added"), None);
    harness.get_by_label_contains("Use it: “Product Added” looks like").click();
    harness.run();
    assert_eq!(roles(&harness).role_of("Product Added"), Some(Role::CartAdd));
    assert!(harness.query_by_label_contains("Use it: “Product Added”").is_none(), "it is not offered again");
    harness.key_press_modifiers(Modifiers::COMMAND, Key::Z);
    harness.run();
    assert_eq!(roles(&harness).role_of("Product Added"), None, "taken back in one step");

    harness.get_by_label_contains("Use it: “email_consent” looks like consent to email").click();
    harness.run();
    let now = harness.state().model().workspace().expect("the sample").facts.consent.clone();
    assert_eq!(now.len(), 1);
    assert_eq!(
        now[0].channels,
        consent.iter().find(|it| it.from == now[0].from).expect("the sample’s own").channels
    );
}
