//! The smallest single change that would have sent a message that never went out.

use throughline::{
    identity::platform::Anonymous,
    journey::{Anchor, BlockKind, Channel, ExitId, SplitArm},
    lab::{
        Asked, Change, Remedies, Stopped,
        remedy::{self, JourneyRule, Said, WorkspaceRule},
    },
    report::why::find_people,
    simulator::{
        Bounds, FirstArrivals, HeldState, MessageState, ReplayInput, replay_part,
        settings::{BadAddresses, MessageLimit, QuietHours},
    },
};

use crate::world::*;

/// What would have sent the block of the journey `j` to somebody; every change offered is made on
/// the whole recording and replayed.
pub fn remedies(world: &World, person: &str, block: &str) -> Option<Remedies> {
    let log = world.log();
    let history: Vec<u16> = (0..).zip(&world.recordings).filter(|(_, it)| it.1).map(|(n, _)| n).collect();
    let input = ReplayInput { log: &log, history: &history, ..input(world) };
    let order = log.replay_order().0;
    let mut first_ms = FirstArrivals::default();
    log.events().iter().for_each(|event| first_ms.see(event));
    let last_ms = order.last().map_or(0, |last| log.event(*last).arrived_ms);
    let bounds = Bounds { first_ms: first_ms.of_all_but(&history), last_ms };
    let traced = replay_part(&ReplayInput { trace: true, ..input }, bounds).unwrap();
    let people = find_people(&traced, person);
    assert_eq!(people.len(), 1, "{person} is one person");
    let journey = &world.journeys[0];
    let asked =
        Asked { identifiers: people[0].clone(), journey: journey.id.clone(), block: block.into(), run: None };
    let remedies = remedy::remedies(&input, bounds, &asked).unwrap()?;
    for offered in &remedies.found {
        let changed = remedy::apply(&offered.change, &input, &journey.id).unwrap();
        let input = ReplayInput { trace: true, ..changed.input(&input) };
        let result = replay_part(&input, bounds).unwrap();
        let at_ms = remedy::reached_ms(&asked, &offered.change, &result, journey);
        assert_eq!(at_ms, Some(offered.reached_ms), "{:?}", offered.change);
    }
    Some(remedies)
}

fn input(world: &World) -> ReplayInput<'_> {
    static NO_EVENTS: std::sync::LazyLock<throughline::recording::EventLog> =
        std::sync::LazyLock::new(Default::default);
    ReplayInput {
        log: &NO_EVENTS,
        platform: &world.platform,
        workspace: &world.workspace,
        catalog: &world.catalog,
        segments: &world.segments,
        journeys: &world.journeys,
        also: None,
        history: &[],
        seed: world.seed,
        horizon: world.horizon,
        threads: 1,
        trace: false,
        cancel: None,
        progress: None,
    }
}

/// The smallest change, and when the message goes out then.
pub fn smallest(world: &World, person: &str, block: &str) -> (Change, String) {
    let remedies = remedies(world, person, block).unwrap();
    let first = remedies.found.first().unwrap_or_else(|| panic!("no single change: {remedies:?}"));
    (first.change.clone(), said(first.reached_ms))
}

fn cart(at: &str) -> Call {
    product(at, "Product Added", "P1").on("D").id("cart")
}

fn ana(at: &str) -> Call {
    identify(at).on("D").user("U1").email("ana@example.com").id("ana")
}

fn mails() -> Draw {
    journey("j", "Product Added").then("mail", email("hi"))
}

/// Somebody known who puts something in the cart on Tuesday.
fn known() -> World {
    on("customerio").hears([ana("3 09:00"), product("3 09:10", "Product Added", "P1").user("U1").id("cart")])
}

#[test]
fn one_millisecond_past_72_hours_identify_would_have_had_to_come_one_millisecond_earlier() {
    let world = on("customerio").hears([cart("2 09:20"), ana("5 09:20:00.001")]).runs(
        journey("j", "Product Added")
            .then("known", wait_for_identify("7d"))
            .then("clock", anchored(Anchor::Trigger, "4h", "30m", None, false))
            .then("mail", email("hi")),
    );
    let found = remedies(&world, "U1", "mail").unwrap();
    assert_eq!(
        found.stopped,
        Stopped::NotStarted { at_ms: ms("5 09:20:00.001"), reason: "too_old".to_owned() }
    );
    let earlier = Change::IdentifiedEarlier {
        call: "ana".to_owned(),
        was_ms: ms("5 09:20:00.001"),
        at_ms: ms("5 09:20"),
    };
    assert_eq!(found.found[0].change, earlier);
    assert_eq!(said(found.found[0].reached_ms), "5 09:50");
    // And, touching more, the rule itself.
    let rule = Change::TriggerAge {
        from: Some(span("72h")),
        to: throughline::recording::Span::from_ms(span("72h").ms() + 1),
    };
    assert_eq!(found.found.last().unwrap().change, rule);
    assert!(!found.cut_short);
}

#[test]
fn what_the_platform_kept_too_briefly_would_have_had_to_be_kept_as_long_as_it_waited() {
    let mut world = on("customerio").hears([cart("2 09:00"), ana("4 12:00")]).runs(mails());
    let Anonymous::Held { retention, .. } = &mut world.platform.anonymous.value else { panic!("it holds") };
    *retention = span("2d");
    let found = remedies(&world, "U1", "mail").unwrap();
    assert!(matches!(found.stopped, Stopped::Held { state: HeldState::Expired, .. }), "{:?}", found.stopped);
    assert!(matches!(found.found[0].change, Change::IdentifiedEarlier { .. }), "{:?}", found.found[0]);
    // And, touching more, the rule itself: the least that does is the trigger's age.
    let rule = found.found.last().unwrap();
    assert_eq!(rule.change, Change::Retention { from: span("2d"), to: span("51h") });
    assert_eq!(said(rule.reached_ms), "4 12:00");
    // A millisecond less does not.
    let Anonymous::Held { retention, .. } = &mut world.platform.anonymous.value else { panic!("it holds") };
    *retention = throughline::recording::Span::from_ms(span("51h").ms() - 1);
    assert!(remedies(&world, "U1", "mail").is_some(), "it still does not go out");
    let Anonymous::Held { retention, .. } = &mut world.platform.anonymous.value else { panic!("it holds") };
    *retention = span("51h");
    assert_eq!(remedies(&world, "U1", "mail"), None, "it goes out");
}

#[test]
fn identify_days_too_late_had_to_come_by_the_last_instant_that_counts() {
    let world = on("customerio")
        .hears([cart("2 09:00"), page("4 12:00", "home").on("D"), ana("9 18:00")])
        .runs(mails());
    let (change, sent) = smallest(&world, "U1", "mail");
    assert!(
        matches!(change, Change::IdentifiedEarlier { at_ms, .. } if at_ms == ms("5 09:00")),
        "{change:?}"
    );
    assert_eq!(sent, "5 09:00");
}

#[test]
fn a_wait_that_ran_out_had_to_end_before_its_deadline() {
    let world = on("open")
        .hears([cart("2 09:00"), ana("9 09:00")])
        .runs(journey("j", "Product Added").then("who", wait_for_identify("3d")).then("mail", email("hi")));
    let (change, _) = smallest(&world, "U1", "mail");
    let latest = ms("5 09:00") - 1;
    assert!(matches!(change, Change::IdentifiedEarlier { at_ms, .. } if at_ms == latest), "{change:?}");
}

#[test]
fn somebody_who_never_said_who_they_are_had_to_within_the_time_that_counts() {
    let world = on("customerio").hears([cart("2 09:00")]).runs(mails());
    let (change, sent) = smallest(&world, "D", "mail");
    let Change::Identified(said) = &change else { panic!("{change:?}") };
    assert_eq!((said.at_ms(), sent.as_str()), (ms("5 09:00"), "5 09:00"));
}

#[test]
fn consent_had_to_be_given() {
    let refused = on("customerio")
        .hears([
            ana("3 09:00").says("email_consent", "no"),
            product("3 09:10", "Product Added", "P1").user("U1"),
        ])
        .consent_by_trait(Channel::Email, "email_consent")
        .runs(mails());
    let unknown = known()
        .consent_by_trait(Channel::Email, "email_consent")
        .set(|workspace| {
            workspace.delivery.needs_consent.insert(Channel::Email);
        })
        .runs(mails());
    for world in [refused, unknown] {
        let (change, sent) = smallest(&world, "U1", "mail");
        let Change::ConsentGiven(Channel::Email, Said::With { call, at_ms, .. }) = &change else {
            panic!("{change:?}")
        };
        assert_eq!((call.as_str(), *at_ms, sent.as_str()), ("ana", ms("3 09:00"), "3 09:10"));
    }
}

#[test]
fn the_address_had_to_be_right() {
    let held = |address: &str| {
        on("customerio")
            .hears([
                identify("3 09:00").user("U1").email(address),
                product("3 09:10", "Product Added", "P1").user("U1"),
            ])
            .set(|workspace| workspace.delivery.bad_addresses = BadAddresses::Held)
            .runs(mails())
    };
    let corrected =
        |from: &str, to: &str| Change::AddressCorrected { from: from.to_owned(), to: to.to_owned() };
    let (change, sent) = smallest(&held("ana@gmial.com"), "U1", "mail");
    assert_eq!((change, sent.as_str()), (corrected("ana@gmial.com", "ana@gmail.com"), "3 09:10"));
    let (change, _) = smallest(&held("ana@mailinator.com"), "U1", "mail");
    assert!(matches!(change, Change::AddressCorrected { .. }), "{change:?}");

    // On a platform where the email is all that says who somebody is.
    let only_email = on("open")
        .hears([
            identify("3 09:00").on("D").email("ana@gmial.com"),
            product("3 09:10", "Product Added", "P1").on("D"),
        ])
        .set(|workspace| workspace.delivery.bad_addresses = BadAddresses::Held)
        .runs(mails());
    let (change, _) = smallest(&only_email, "ana@gmial.com", "mail");
    assert_eq!(change, corrected("ana@gmial.com", "ana@gmail.com"));

    let none = on("customerio")
        .hears([
            identify("3 09:00").user("U1").id("who"),
            product("3 09:10", "Product Added", "P1").user("U1"),
        ])
        .runs(mails());
    let (change, _) = smallest(&none, "U1", "mail");
    assert!(
        matches!(&change, Change::AddressGiven(Channel::Email, Said::With { call, .. }) if call == "who"),
        "{change:?}"
    );
}

#[test]
fn limits_and_gaps_had_to_be_wider() {
    let limit = MessageLimit { channel: None, at_most: 1, per: span("7d") };
    let two = || journey("j", "Product Added").then("first", email("hi")).then("mail", email("again"));
    let limited = known().set(|workspace| workspace.delivery.limits.push(limit)).runs(two());
    let (change, sent) = smallest(&limited, "U1", "mail");
    assert_eq!(change, Change::Workspace(WorkspaceRule::Limit { at: 0, to: Some(2) }));
    assert_eq!(sent, "3 09:10");

    let offer = |body: &str| email_with(body, |message| message.offer = Some("ten".to_owned()));
    let offers = known()
        .set(|workspace| workspace.delivery.offer_gap = Some(span("30d")))
        .runs(journey("j", "Product Added").then("first", offer("hi")).then("mail", offer("again")));
    let (change, _) = smallest(&offers, "U1", "mail");
    assert_eq!(change, Change::Workspace(WorkspaceRule::NoOfferGap));
}

#[test]
fn quiet_hours_had_to_be_off_or_to_end() {
    let world = known()
        .set(|workspace| {
            workspace.delivery.quiet_hours = Some(QuietHours { from_minute: 9 * 60, to_minute: 20 * 60 });
        })
        .with(|world| world.horizon = span("1h"))
        .runs(mails());
    let found = remedies(&world, "U1", "mail").unwrap();
    let Stopped::Message { state: MessageState::Waiting, reason: "quiet_hours", .. } = found.stopped else {
        panic!("{:?}", found.stopped)
    };
    let changes: Vec<&Change> = found.found.iter().map(|remedy| &remedy.change).collect();
    assert_eq!(
        changes,
        [&Change::LongerReplay { by: span("1d") }, &Change::Workspace(WorkspaceRule::NoQuietHours)]
    );
    assert_eq!(said(found.found[0].reached_ms), "3 20:00");
}

#[test]
fn what_they_did_had_not_to_happen() {
    let bought = known().hears([track("3 10:00", "Order Completed").user("U1").id("order")]).runs(
        journey("j", "Product Added")
            .leaves_when("bought", did("Order Completed"))
            .then("wait", wait("1d"))
            .then("mail", email("hi")),
    );
    let left_out = |event: &str, name: &str, at: &str| Change::EventLeftOut {
        event: event.to_owned(),
        name: name.to_owned(),
        at_ms: ms(at),
    };
    let found = remedies(&bought, "U1", "mail").unwrap();
    assert_eq!(found.found[0].change, left_out("order", "Order Completed", "3 10:00"));
    assert_eq!(said(found.found[0].reached_ms), "4 09:10");
    assert_eq!(found.found[1].change, Change::Journey(JourneyRule::NoExit("bought".to_owned())));

    let bounced = known()
        .hears([track("3 09:05", "Email Bounced").user("U1").with("email", "ana@example.com").id("bounce")])
        .runs(mails());
    assert_eq!(smallest(&bounced, "U1", "mail").0, left_out("bounce", "Email Bounced", "3 09:05"));

    let unsubscribed = on("customerio")
        .hears([
            ana("3 09:00").says("unsubscribed", true),
            product("3 09:10", "Product Added", "P1").user("U1"),
        ])
        .runs(mails());
    let (change, _) = smallest(&unsubscribed, "U1", "mail");
    assert!(matches!(&change, Change::TraitLeftOut { name, .. } if name == "unsubscribed"), "{change:?}");
}

#[test]
fn what_a_condition_asks_for_had_to_happen() {
    let branched = known().runs(
        journey("j", "Product Added")
            .then("wait", wait("1h"))
            .then("worried", branch(did("Help")))
            .then("mail", email("hi")),
    );
    let found = remedies(&branched, "U1", "mail").unwrap();
    let Change::EventAdded(Said::Alone(call)) = &found.found[0].change else { panic!("{found:?}") };
    assert_eq!((call.name.as_str(), call.at_ms), ("Help", ms("3 10:10") - 1), "the latest instant that does");
    assert_eq!(found.found[1].change, Change::Journey(JourneyRule::Answer("worried".into(), true)));

    let vip = known().runs(mails().set(|j| j.audience = Some(attribute("vip", equals("yes")))));
    let (change, _) = smallest(&vip, "U1", "mail");
    assert!(matches!(&change, Change::AttributeSaid(name, _) if name == "vip"), "{change:?}");

    let skipped = known().runs(
        journey("j", "Product Added")
            .then("mail", email_with("hi", |message| message.only_if = Some(not(did("Product Added"))))),
    );
    assert_eq!(
        smallest(&skipped, "U1", "mail").0,
        Change::Journey(JourneyRule::NoExtraCondition("mail".into()))
    );
}

#[test]
fn chance_had_to_draw_otherwise() {
    let arm =
        |id: &str, percent| SplitArm { id: ExitId::from(id), name: String::new(), percent, holdout: false };
    let split = BlockKind::RandomSplit { arms: vec![arm("mailed", 0), arm("not", 100)], each_run: false };
    let drawn = known().runs(journey("j", "Product Added").then("chance", split).then("mail", email("hi")));
    let (change, _) = smallest(&drawn, "U1", "mail");
    assert_eq!(change, Change::Journey(JourneyRule::Draw("chance".into(), ExitId::from("mailed"))));
}

#[test]
fn nothing_they_did_starts_it() {
    let world = on("customerio").hears([ana("3 09:00")]).runs(mails());
    let (change, _) = smallest(&world, "U1", "mail");
    assert!(
        matches!(&change, Change::EventAdded(Said::Alone(call)) if call.name == "Product Added"),
        "{change:?}"
    );
}

#[test]
fn no_single_change_is_an_answer_too() {
    // No consent, and nowhere to say it; besides, the only way there is closed twice.
    let world = known().runs(
        journey("j", "Product Added")
            .then("first", branch(not(did("Product Added"))))
            .then("second", branch(not(did("Product Added"))))
            .then("mail", email("hi")),
    );
    let found = remedies(&world, "U1", "mail").unwrap();
    assert_eq!(found.found, []);
    assert!(!found.cut_short && found.tried > 5, "{found:?}");
}

#[test]
fn nothing_is_offered_to_who_got_it_and_a_block_that_sends_nothing_is_reached() {
    assert_eq!(remedies(&known().runs(mails()), "U1", "mail"), None);
    let world = known()
        .runs(journey("j", "Product Added").then("worried", branch(did("Help"))).then("wait", wait("1h")));
    let (change, at) = smallest(&world, "U1", "wait");
    assert!(matches!(change, Change::EventAdded(_)), "{change:?}");
    assert_eq!(at, "3 09:10");
}

#[test]
fn the_same_is_offered_every_time() {
    let world = on("customerio").hears([cart("2 09:00"), ana("9 18:00")]).runs(mails());
    assert_eq!(remedies(&world, "U1", "mail"), remedies(&world, "U1", "mail"));
}
