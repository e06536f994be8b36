//! Messages, people and held triggers, driven by role and label: who got what, what did not go and
//! why, who somebody is.
#![cfg(feature = "gui")]
#![allow(clippy::expect_used)]

mod app_support;

use std::{fs, path::Path};

use app_support::{builder, sample, window};
use egui::{Theme, accesskit::Role};
use egui_kittest::{Harness, kittest::NodeT, kittest::Queryable};
use throughline::{
    app::{
        ThroughlineApp,
        diagram::graph::NodeKey,
        filing::FilesIntent,
        held::HeldList,
        intent::Intent,
        messages::Filter,
        people::PeopleFilter,
        selection::{MessageKey, Selection},
        session::Outcome,
        state::BottomTab,
        stretch::Window,
    },
    journey::{Channel, JourneyId},
    lab,
    simulator::{HeldState, HeldTrigger, MessageRecord, MessageState, ReplayResult},
    words,
};

fn open() -> Harness<'static, ThroughlineApp> {
    window(builder((1440.0, 900.0), Theme::Light), sample())
}

/// Messages that are listed, in order.
fn listed(harness: &Harness<'_, ThroughlineApp>) -> Vec<MessageRecord> {
    let model = harness.state().model();
    let all = &model.outcome.as_ref().expect("a replay").result.messages;
    model.rows.iter().map(|at| all[*at].clone()).collect()
}

#[test]
fn which_messages_did_not_go_and_why() {
    let mut harness = open();
    let all = listed(&harness).len();
    harness.get_by_label("Status: Any").click();
    harness.run();
    harness.get_by_label_contains("Not sent, ").click();
    harness.run();
    let not_sent = listed(&harness);
    assert!(not_sent.len() < all && not_sent.iter().all(|it| it.state == MessageState::NotSent));
    // Why, most frequent first.
    let (word, number) = harness.state().model().facets.reasons[0];
    let said = format!(
        "{}: {}",
        words::counted(number, "message", "messages"),
        words::sentence(&words::status::reason(word))
    );
    harness.get_by_label(&said).click();
    harness.run();
    let chosen = listed(&harness);
    assert_eq!(chosen.len() as u64, number);
    assert!(chosen.iter().all(|it| it.reason == Some(word)));
    // One of them, and why.
    let who = words::person::who(&chosen[0].identifiers);
    harness.get_all_by_label_contains(&format!(" to {who}, not sent")).next().expect("its row").click();
    harness.run();
    assert!(matches!(harness.state().model().view.selection, Selection::Message(_)));
    harness.get_by_label("Why");
    // And all again.
    harness.get_by_label("Clear filters").click();
    harness.run();
    assert_eq!(listed(&harness).len(), all);
    assert!(harness.query_by_label("Clear filters").is_none());
}

#[test]
fn messages_are_filtered_by_journey_block_channel_and_person() {
    let mut harness = open();
    harness.get_by_label("Channel: All").click();
    harness.run();
    harness.get_by_label_contains("SMS, ").click();
    harness.run();
    assert!(listed(&harness).iter().all(|it| it.channel == Some(Channel::Sms)));
    harness.get_by_label("Clear filters").click();
    harness.run();
    harness.get_by_label("Journey: All").click();
    harness.run();
    harness.get_by_label_contains("Cart recovery, ").click();
    harness.run();
    assert!(listed(&harness).iter().all(|it| it.journey.as_str() == "cart-recovery"));
    harness.get_by_label("Block: All").click();
    harness.run();
    let reminder = ("cart-recovery".into(), "reminder".into());
    let number = harness.state().model().facets.blocks[&reminder];
    let offer = format!("Cart reminder, {}", words::counted(number, "message", "messages"));
    harness.get_by_label(&offer).click();
    harness.run();
    let reminders = listed(&harness);
    assert!(!reminders.is_empty() && reminders.iter().all(|it| it.block.as_str() == "reminder"));
    harness.get_by_label("Person: Everybody").click();
    harness.run();
    let (name, ids, number) = harness.state().model().facets.people[0].clone();
    let offer = format!("{name}, {}", words::counted(number, "message", "messages"));
    harness.get_by_label(&offer).click();
    harness.run();
    let theirs = listed(&harness);
    assert_eq!(theirs.len() as u64, number);
    assert!(theirs.iter().all(|it| it.identifiers.iter().any(|id| ids.contains(id))));
}

#[test]
fn what_is_listed_is_written_as_a_spreadsheet() {
    let folder = tempfile::tempdir().expect("a folder");
    let shop = folder.path().join("shop");
    copy(&Path::new(env!("CARGO_MANIFEST_DIR")).join("sample-journeys"), &shop);
    let app = ThroughlineApp::at_once(shop);
    let mut harness = window(builder((1440.0, 900.0), Theme::Light), app);
    let ctx = harness.ctx.clone();
    let only = Filter::State(Some(MessageState::NotSent));
    harness.state_mut().apply(&ctx, Intent::FilterMessages(only));
    harness.run();
    harness.get_by_label("Export CSV");
    let file = folder.path().join("not sent.csv");
    let sheet = harness.state().model().sheet().expect("something is listed");
    // What the file dialog answers with.
    let answer = Intent::Files(FilesIntent::ExportSheet(file.clone(), Box::new(sheet)));
    harness.state_mut().apply(&ctx, answer);
    harness.run();
    let text = fs::read_to_string(&file).expect("it was written");
    let text = text.strip_prefix('\u{feff}').expect("spreadsheets read it as UTF-8");
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let rows: Vec<csv::StringRecord> = reader.records().map(|row| row.expect("a row")).collect();
    let expected: Vec<String> =
        listed(&harness).iter().map(|it| words::person::who(&it.identifiers)).collect();
    assert_eq!(rows.iter().map(|row| row[2].to_owned()).collect::<Vec<_>>(), expected);
    assert!(rows.iter().all(|row| &row[8] == "Not sent"));
    assert_eq!(harness.state().model().faults, []);
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).expect("a folder");
    for entry in fs::read_dir(from).expect("a folder") {
        let entry = entry.expect("an entry");
        let name = entry.file_name();
        if name == ".throughline" {
            continue;
        }
        if entry.path().is_dir() {
            copy(&entry.path(), &to.join(name));
        } else {
            fs::copy(entry.path(), to.join(name)).expect("a copy");
        }
    }
}

/// A result with a great many messages to a great many people.
fn large(count: usize) -> Outcome {
    let message = |at: usize| {
        let state = if at.is_multiple_of(3) { MessageState::NotSent } else { MessageState::Sent };
        MessageRecord {
            at_ms: 1_772_448_000_000 + at as i64 * 1_000,
            identifiers: vec![format!("email:shopper-{}@example.com", at / 5)],
            journey: "cart-recovery".into(),
            run: 1,
            started: throughline::simulator::RunStart::shared("", 1),
            block: if at.is_multiple_of(2) { "reminder" } else { "reassurance" }.into(),
            message: Some("reminder".into()),
            channel: Some(Channel::Email),
            state,
            reason: (state == MessageState::NotSent).then_some("message_limit"),
            flags: Vec::new(),
            because: Vec::new(),
            subject: format!("Still thinking, {at}?"),
            body: String::new(),
            absent: Vec::new(),
        }
    };
    let messages = (0..count).map(message).collect();
    Outcome { result: ReplayResult { messages, ..ReplayResult::default() }, ..Outcome::default() }
}

#[test]
fn of_half_a_million_messages_only_those_in_view_are_drawn() {
    const COUNT: usize = 500_000;
    let mut app = sample();
    app.show_outcome(large(COUNT));
    let mut harness = window(builder((1440.0, 900.0), Theme::Light), app);
    let drawn = |harness: &Harness<'_, ThroughlineApp>| {
        harness
            .get_all_by_role(Role::Button)
            .filter(|node| node.accesskit_node().label().is_some_and(|label| label.contains(" to shopper-")))
            .count()
    };
    harness.get_by_label("Messages tab, 500\u{202f}000 messages");
    assert!((3..60).contains(&drawn(&harness)), "{}", drawn(&harness));
    let field = harness.get_by_role_and_label(Role::TextInput, "Filter messages");
    field.focus();
    harness.run();
    harness.get_by_role_and_label(Role::TextInput, "Filter messages").type_text("shopper-77777@");
    harness.run();
    assert_eq!(harness.state().model().rows[..], [388_885, 388_886, 388_887, 388_888, 388_889]);
    assert_eq!(drawn(&harness), 5);
    let ctx = harness.ctx.clone();
    harness.state_mut().apply(&ctx, Intent::FilterMessages(Filter::Clear));
    harness.state_mut().apply(&ctx, Intent::ShowTab(BottomTab::Messages));
    harness.run();
    assert_eq!(harness.state().model().rows.len(), COUNT);
    harness.get_by_label("166\u{202f}667 messages: Reached the message limit").click();
    harness.run();
    assert_eq!(harness.state().model().rows.len(), 166_667);
}

#[test]
fn held_triggers_are_counted_at_the_trigger_and_listed_by_a_click() {
    let mut harness = open();
    let ctx = harness.ctx.clone();
    assert!(harness.query_by_label_contains("Held tab").is_none(), "visitors have profiles here");
    harness.state_mut().apply(&ctx, Intent::ChoosePlatform("customerio".to_owned()));
    harness.run();
    harness.get_by_label_contains("Held tab, ");
    harness.get_by_label("Journey Cart recovery").click();
    harness.run();
    harness.get_by_label_contains("Added to cart, trigger, ").click();
    harness.run();
    let held = harness.state().model().outcome.as_ref().expect("a replay").result.held.clone();
    let here: Vec<_> = held.iter().filter(|it| it.journey.as_str() == "cart-recovery").collect();
    for state in lab::held::STATES {
        let number = here.iter().filter(|it| it.state == state).count() as u64;
        let name = words::sentence(words::status::held(state));
        let label = format!("{name}, {}", words::counted(number, "held trigger", "held triggers"));
        assert_eq!(harness.query_by_label(&label).is_some(), number > 0, "{label}");
    }
    // Ages are those of the joined.
    let joined: u64 = here.iter().filter(|it| it.state == HeldState::Joined).count() as u64;
    let groups = &harness.state().model().outcome.as_ref().expect("a replay").index.held;
    let ages: u64 =
        groups[&JourneyId::from("cart-recovery")][&HeldState::Joined].bands().map(|(_, count)| count).sum();
    assert_eq!(ages, joined);
    // Those never identified, one by one.
    let number = here.iter().filter(|it| it.state == HeldState::NeverIdentified).count() as u64;
    let row = format!("Never identified, {}", words::counted(number, "held trigger", "held triggers"));
    // It lies below the trigger's form.
    harness.get_by_label(&row).scroll_to_me();
    harness.run();
    harness.get_by_label(&row).click();
    harness.run();
    let model = harness.state().model();
    assert_eq!(model.view.bottom, BottomTab::Held);
    let never = |at: &usize| {
        held[*at].state == HeldState::NeverIdentified && held[*at].journey.as_str() == "cart-recovery"
    };
    assert!(!model.held.is_empty() && model.held.iter().all(never));
    let device = held[model.held[0]].anonymous_id.clone();
    let who = words::person::who(std::slice::from_ref(&device));
    let label = format!("Held for Cart recovery, {who}, never identified");
    harness.get_all_by_label(&label).next().expect("its row").click();
    harness.run();
    assert_eq!(harness.state().model().view.selection, Selection::Person(vec![device]));
    harness.get_by_label("A device that never joined anybody");
    harness.get_by_label_contains("perhaps the same person");
    // One that joined belongs to somebody.
    let list = HeldList { state: Some(HeldState::Joined), ..HeldList::default() };
    harness.state_mut().apply(&ctx, Intent::ListHeld(list));
    harness.run();
    harness.get_all_by_label_contains("Held for ").next().expect("a row").click();
    harness.run();
    harness.get_by_label("Messages of all journeys");
}

#[test]
fn who_is_this_and_which_devices_joined_when() {
    let mut harness = open();
    harness.get_by_label_contains("People tab, ").click();
    harness.run();
    harness.get_by_label("Show: Everybody").click();
    harness.run();
    let model = harness.state().model();
    let outcome = model.outcome.clone().expect("a replay");
    let (_, merged) =
        *outcome.index.people.counts.iter().find(|it| it.0 == PeopleFilter::Merged).expect("a count");
    harness.get_by_label(&format!("Merged, {}", words::counted(merged, "person", "people"))).click();
    harness.run();
    let model = harness.state().model();
    assert_eq!(model.people.len() as u64, merged);
    // Somebody with two devices, found by one of them.
    let two =
        model.people.iter().find(|at| words::person::devices(&outcome.result.people[**at].identifiers) > 1);
    let person = outcome.result.people[*two.expect("somebody with two devices")].clone();
    let device = person.identifiers.iter().find_map(|id| id.strip_prefix("anonymous_id:")).expect("a device");
    harness.get_by_role_and_label(Role::TextInput, "Find people").focus();
    harness.run();
    harness.get_by_role_and_label(Role::TextInput, "Find people").type_text(device);
    harness.run();
    let who = words::person::who(&person.identifiers);
    harness.get_all_by_label_contains(&format!("{who}, ")).next().expect("their row").click();
    harness.run();
    // When each joined, and by which rule.
    harness.get_by_label("Devices");
    let story = harness.state().model().story.clone().expect("their story");
    let zone = harness.state().model().zone();
    let joins: Vec<String> = story
        .devices
        .iter()
        .filter_map(|device| {
            let when = words::time::moment(device.joined_ms?, zone);
            let before = words::counted(device.marks.len() as u64, "event", "events");
            Some(format!("joined {when} with {before} before"))
        })
        .collect();
    assert!(joins.len() > 1, "{joins:?}");
    for said in joins {
        assert!(harness.query_all_by_label(&said).next().is_some(), "{said}");
    }
    harness.get_all_by_label("Joined").next().expect("what joined");
    harness.get_all_by_label_contains(" rule, ").next().expect("the rule that joined them");
    harness.get_by_label("Messages of all journeys");
}

#[test]
fn a_persons_messages_stand_on_a_calendar_with_the_limits_used() {
    let mut harness = open();
    let outcome = harness.state().model().outcome.clone().expect("a replay");
    let most = (0..outcome.result.people.len()).max_by_key(|at| outcome.index.people.got[*at].sent);
    let person = outcome.result.people[most.expect("somebody")].clone();
    let ctx = harness.ctx.clone();
    harness.state_mut().apply(&ctx, Intent::Select(Selection::Person(person.identifiers.clone())));
    harness.run();
    harness.get_by_label("March 2026");
    // Each attribute with the call it came from, and its line in the recording.
    let story = harness.state().model().story.clone().expect("their story");
    let state = story.chronicle.at(i64::MAX).pop().expect("a profile");
    let (name, attribute) = state.attributes.iter().find(|(_, it)| it.event.is_some()).expect("an attribute");
    assert_eq!(person.attributes.get(name), Some(&attribute.value));
    harness.get_all_by_label_contains(", line ").next().expect("where it came from");
    harness.get_by_label("Limits when they were fullest");
    harness.get_by_label_contains(" in 24 hours");
    let day = harness.get_all_by_label_contains(" March: ").next().expect("a day with messages");
    day.click();
    harness.run();
    let Selection::Message(key) = &harness.state().model().view.selection else {
        panic!("a message of that day")
    };
    assert!(key.identifiers.iter().any(|id| person.identifiers.contains(id)));
    harness.get_by_label("Show who this is").scroll_to_me();
    harness.run();
    harness.get_by_label("Show who this is").click();
    harness.run();
    harness.get_by_label("List their messages").click();
    harness.run();
    let theirs = outcome.index.directory.messages(most.expect("somebody")).len();
    assert_eq!(listed(&harness).len(), theirs);
}

#[test]
fn a_mail_is_shown_as_a_mail_and_a_text_in_its_bubble() {
    let mut harness = open();
    let ctx = harness.ctx.clone();
    for (channel, says) in [(Channel::Email, "From"), (Channel::Sms, "characters, sent as 1 text")] {
        let outcome = harness.state().model().outcome.clone().expect("a replay");
        let sent = |it: &&MessageRecord| it.channel == Some(channel) && !it.body.is_empty();
        let message = outcome.result.messages.iter().find(sent).expect("one that was written");
        harness.state_mut().apply(&ctx, Intent::Select(Selection::Message(MessageKey::of(message))));
        harness.run();
        harness.get_by_label("Preview");
        harness.get_by_label_contains(says);
    }
}

#[test]
fn a_blocks_reasons_lead_to_its_messages() {
    let mut harness = open();
    let ctx = harness.ctx.clone();
    harness.get_by_label("Journey Cart recovery").click();
    harness.run();
    let outcome = harness.state().model().outcome.clone().expect("a replay");
    let counts = &outcome.counts(&"cart-recovery".into()).expect("counts").blocks;
    let (id, block) =
        counts.iter().find(|(_, block)| !block.reasons.is_empty()).expect("one that did not go");
    let (reason, number) = block.reasons.iter().next().expect("a reason");
    let select = Selection::Node(NodeKey::Block(id.clone()));
    harness.state_mut().apply(&ctx, Intent::Select(select));
    harness.run();
    let name = words::sentence(&words::status::reason(reason));
    let label = format!("{name}, {} of this block", words::counted(*number, "message", "messages"));
    harness.get_by_label(&label).scroll_to_me();
    harness.run();
    harness.get_by_label(&label).click();
    harness.run();
    let chosen = listed(&harness);
    assert_eq!(chosen.len() as u64, *number, "the inspector and the table agree");
    assert!(chosen.iter().all(|it| it.block == *id && it.reason == Some(reason.as_str())));
}

#[test]
fn a_bar_of_several_held_triggers_lists_them() {
    let mut harness = open();
    let ctx = harness.ctx.clone();
    harness.state_mut().apply(&ctx, Intent::ChoosePlatform("customerio".to_owned()));
    harness.run();
    let outcome = harness.state().model().outcome.clone().expect("a replay");
    let all = &outcome.result.held;
    let of = |device: &str| all.iter().filter(|held| held.anonymous_id == device).count();
    let device = all.iter().map(|held| held.anonymous_id.clone()).find(|device| of(device) > 1);
    let device = device.expect("a device with several");
    harness.state_mut().apply(&ctx, Intent::ShowTab(BottomTab::Timeline));
    harness.state_mut().apply(&ctx, Intent::Select(Selection::Person(vec![device.clone()])));
    harness.run();
    // From so far away that they are one bar.
    let story = harness.state().model().story.clone().expect("their story");
    let years_ms = 8 * 365 * 86_400_000;
    let far = Window { from_ms: story.from_ms - years_ms, to_ms: story.to_ms + years_ms };
    harness.state_mut().apply(&ctx, Intent::LookTimeline(Some(far)));
    harness.run();
    harness.get_by_label_contains("triggers held; press to list them").click();
    harness.run();
    let model = harness.state().model();
    assert_eq!(model.view.bottom, BottomTab::Held);
    assert!(model.held.len() > 1);
    let theirs = |held: &HeldTrigger| {
        held.anonymous_id == device
            || story.devices.iter().any(|it| held.anonymous_id.ends_with(&it.anonymous_id))
    };
    assert!(model.held.iter().all(|at| theirs(&all[*at])));
    // And everybody's again.
    harness.get_by_label_contains("press to list everybody's").click();
    harness.run();
    let journey = harness.state().model().view.held.journey.clone();
    let is_listed = |held: &&HeldTrigger| journey.as_ref().is_none_or(|journey| held.journey == *journey);
    assert_eq!(harness.state().model().held.len(), all.iter().filter(is_listed).count());
}

#[test]
fn every_tab_is_reached_and_stays_in_its_place_in_a_narrow_window() {
    let mut harness = window(builder((1000.0, 700.0), Theme::Dark), sample());
    let ctx = harness.ctx.clone();
    harness.state_mut().apply(&ctx, Intent::ChoosePlatform("customerio".to_owned()));
    harness.run();
    let left_of_the_inspector = harness.get_by_label("Compare tab").rect().left() + 500.0;
    for (name, tab) in [
        ("Messages", BottomTab::Messages),
        ("People", BottomTab::People),
        ("Held", BottomTab::Held),
        ("Problems", BottomTab::Problems),
        ("Coverage", BottomTab::Coverage),
        ("Charts", BottomTab::Charts),
        ("Compare", BottomTab::Compare),
        ("Timeline", BottomTab::Timeline),
    ] {
        harness.get_by_role_and_label(Role::Button, "All tabs").click();
        harness.run();
        harness.get_by_role_and_label(Role::MenuItemRadio, name).click();
        harness.run();
        assert_eq!(harness.state().model().view.bottom, tab);
        let all = harness.get_by_role_and_label(Role::Button, "All tabs").rect();
        assert!(all.right() < left_of_the_inspector, "{name}: {all:?}");
        let shown = harness.get_by_label_contains(&format!("{name} tab")).rect();
        assert!(shown.left() >= 0.0 && shown.right() <= all.left(), "{name}: {shown:?} {all:?}");
    }
}
