//! The window replays by itself: after every edit, what it shows is what a replay of the edited
//! workspace gives, and never what an older one gave.
#![cfg(feature = "gui")]
#![allow(clippy::expect_used)]

mod app_support;
#[path = "common/shop.rs"]
mod shops;

use std::sync::Arc;

use app_support::{builder, sample, window};
use egui::Theme;
use egui_kittest::{Harness, kittest::Queryable};
use shops::replayed;
use throughline::{
    app::{
        ThroughlineApp,
        intent::Intent,
        jobs::{Job, Product, ReplayJob},
        session::{Choice, Opened, RecordingChoice, sources},
        worker::Worker,
    },
    journey::{
        EntryRules, JourneyId, ReEntry, Status,
        edit::{EditCommand, Gesture},
    },
    lab::coupling::{Extent, Reached},
    simulator::MessageState,
    workspace::{self, WorkspaceEdit},
};

fn shows_what_a_fresh_replay_gives(harness: &Harness<'_, ThroughlineApp>) {
    let model = harness.state().model();
    let shown = &model.outcome.as_ref().expect("a replay").result;
    let shop = model.workspace().expect("a workspace");
    let fresh = replayed(shop, &shop.platform);
    assert_eq!(shown.messages, fresh.messages);
    assert_eq!(shown.journeys, fresh.journeys);
    assert_eq!(model.rows.len(), fresh.messages.len(), "the table lists the new messages");
}

fn edit(harness: &mut Harness<'_, ThroughlineApp>, journey: &str, command: EditCommand) {
    let edit = WorkspaceEdit::Journey(JourneyId::from(journey), command);
    let ctx = harness.ctx.clone();
    harness.state_mut().apply(&ctx, Intent::Edit(Box::new(edit), None::<Gesture>));
}

#[test]
fn what_is_shown_after_edits_is_what_a_fresh_replay_gives() {
    let mut harness = window(builder((1440.0, 900.0), Theme::Light), sample());
    shows_what_a_fresh_replay_gives(&harness);
    let before = harness.state().model().outcome.clone().expect("a replay");
    assert_eq!(before.extent, Extent::First);
    // A journey that is switched off, one that other journeys' limits know of, and back again.
    edit(&mut harness, "cart-recovery", EditCommand::SetStatus(Status::Draft));
    harness.run();
    let other = harness
        .state()
        .model()
        .journeys()
        .iter()
        .map(|it| it.id.clone())
        .find(|id| id.as_str() != "cart-recovery");
    let ctx = harness.ctx.clone();
    harness.state_mut().apply(&ctx, Intent::OpenJourney(other.expect("another journey")));
    harness.run();
    shows_what_a_fresh_replay_gives(&harness);
    let without = harness.state().model().outcome.clone().expect("a replay");
    assert_ne!(without.result.messages, before.result.messages);
    harness.state_mut().apply(&ctx, Intent::Run(throughline::app::command::Command::Undo));
    harness.run();
    shows_what_a_fresh_replay_gives(&harness);
    let again = harness.state().model().outcome.clone().expect("a replay");
    assert_eq!(again.result.messages, before.result.messages);
    assert!(before.result.messages.iter().any(|it| it.state == MessageState::Sent));
}

#[test]
fn an_edit_that_one_journey_alone_can_notice_replays_it_alone() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("sample-journeys");
    let mut shop = workspace::open(&folder).expect("the sample workspace opens");
    // No limit couples the journeys, and nobody hears of what another does.
    shop.workspace.facts.delivery.limits.clear();
    shop.workspace.facts.delivery.offer_gap = None;
    shop.workspace.journeys.retain(|it| !["ad-promise-welcome", "reactivation"].contains(&it.id.as_str()));
    let mut harness = window(builder((1440.0, 900.0), Theme::Light), ThroughlineApp::loaded(shop));
    let first = harness.state().model().outcome.clone().expect("a replay");
    let id = JourneyId::from("cart-recovery");
    let rename = EditCommand::SetNote("Ask Ana".to_owned());
    edit(&mut harness, "cart-recovery", rename);
    harness.run();
    let noted = harness.state().model().outcome.clone().expect("a replay");
    assert_eq!(noted.extent, Extent::Journeys(Reached::default()));
    assert_eq!(noted.result, first.result);
    assert_eq!(noted.counted, first.counted);
    harness.get_by_label("Kept");

    let rules = EntryRules { re_entry: ReEntry::Once, ..EntryRules::default() };
    edit(&mut harness, "cart-recovery", EditCommand::SetEntry(rules));
    harness.run();
    let again = harness.state().model().outcome.clone().expect("a replay");
    let Extent::Journeys(reached) = &again.extent else { panic!("{:?}", again.extent) };
    assert_eq!(reached.journeys, [id].into());
    assert!(again.result.journeys.len() > 2);
    shows_what_a_fresh_replay_gives(&harness);
    harness.get_by_label("1 journey replayed");
}

#[test]
fn of_replays_asked_for_one_after_the_other_only_the_last_is_reported() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("sample-journeys");
    let mut shop = workspace::open(&folder).expect("the sample workspace opens");
    // Nothing is written, so that tests do not share a store.
    shop.workspace.folder = None;
    let recordings = folder.join("recordings");
    let opened = Opened::new(shop);
    let mut sources = sources(opened.document.workspace());
    for source in &mut sources {
        source.path = recordings.join(source.path.file_name().expect("a file"));
    }
    let job = |platform: &str| {
        Job::Replay(ReplayJob {
            workspace: Arc::clone(opened.document.workspace()),
            sources: sources.clone(),
            choice: Choice {
                platform: platform.to_owned(),
                recordings: RecordingChoice::All,
                draft: None,
                seed: 0,
            },
        })
    };
    let (woken, wakes) = crossbeam_channel::bounded(8);
    let mut worker = Worker::start(move || woken.send(()).unwrap_or_default()).expect("a thread");
    for platform in ["open", "customerio", "segment", "posthog", "customerio"] {
        worker.submit(job(platform));
    }
    let report = loop {
        // A stale report wakes the window, too, and is dropped.
        wakes.recv_timeout(std::time::Duration::from_mins(2)).expect("a wake");
        if let Some(report) = worker.poll() {
            break report;
        }
    };
    assert_eq!(report.revision, 5);
    let Ok(Product::Replayed(outcome)) = report.product else { panic!("a replay") };
    assert_eq!(outcome.platform, "Customer.io");
    assert!(worker.poll().is_none() && worker.control().is_none());
}
