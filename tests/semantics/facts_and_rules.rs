//! What a workspace says once for all journeys: history, sessions, consent, delivery rules.

use serde_json::json;
use throughline::{
    journey::{AddressNeed, BlockKind, Channel, Condition, Goal, Identification, Test, Trigger},
    simulator::{
        Flag,
        settings::{BeforeConsent, ConsentFrom, ConsentSource, MessageLimit, QuietHours},
    },
};

use crate::world::*;

fn ana() -> Call {
    identify("1 00:00").user("U1").email("ana@example.com")
}

fn by(event: &str, at: &str) -> Call {
    track(at, event).user("U1")
}

fn mail_at_go() -> Draw {
    journey("j", "Go").then("mail", email("hi"))
}

// ---- history -----------------------------------------------------------------------------

#[test]
fn messages_that_a_history_recording_says_were_sent_count_towards_limits() {
    let limit = MessageLimit { channel: Some(Channel::Email), at_most: 1, per: span("7d") };
    let world = |history: bool, event: &str| {
        let world = on("open").set(|workspace| workspace.delivery.limits = vec![limit]);
        let sent = [ana(), by(event, "2 09:00")];
        let world = if history { world.remembers(sent) } else { world.hears(sent) };
        world.hears([by("Go", "3 09:00")]).runs(mail_at_go()).messages()
    };
    assert_eq!(world(true, "Email Sent"), ["3 09:00 j/mail not_sent message_limit"]);
    assert_eq!(world(true, "SMS Sent"), ["3 09:00 j/mail sent"], "another channel");
    assert_eq!(world(false, "Email Sent"), ["3 09:00 j/mail sent"], "only history counts so");
}

#[test]
fn consent_and_profiles_of_a_history_recording_count() {
    let world = on("customerio")
        .consent_by_trait(Channel::Email, "email_ok")
        .remembers([ana().on("D").says("email_ok", "no").says("name", "Ana")])
        .hears([by("Go", "3 09:00")])
        .runs(mail_at_go())
        .runs(
            journey("named", "Go")
                .then("hook", BlockKind::Message(message(Channel::Webhook, "{{ customer.name }}"))),
        );
    let outcome = world.replay();
    assert_eq!(outcome.messages(), ["3 09:00 j/mail not_sent consent_denied", "3 09:00 named/hook sent"]);
    assert_eq!(outcome.bodies(), ["Ana"]);
}

#[test]
fn history_that_arrived_late_is_older_than_what_was_live() {
    let world = on("rudderstack")
        .remembers([identify("1 00:00").received("9 00:00").user("V").says("city", "Oslo")])
        .hears([
            track("2 00:00", "Look").user("U"),
            identify("3 00:00").user("U").says("city", "Rome"),
            alias("4 00:00", "V", "U"),
            track("5 09:00", "Go").user("U"),
        ])
        .runs(
            journey("j", "Go")
                .then("hook", BlockKind::Message(message(Channel::Webhook, "{{ customer.city }}"))),
        );
    assert_eq!(world.replay().bodies(), ["Rome"], "the newest trait wins a merge, and history is none");
}

// ---- sessions ----------------------------------------------------------------------------

#[test]
fn the_gap_between_sessions_is_a_setting() {
    let events = |gap: &str| {
        on("open")
            .set(|workspace| workspace.sessions.gap = span(gap))
            .hears([
                page("2 09:00", "a").on("D").user("U1"),
                page("2 09:40", "b").on("D").user("U1"),
                identify("3 09:00").on("D").user("U1").email("ana@example.com"),
                track("3 10:00", "Go").on("D").user("U1"),
            ])
            .runs(journey("j", "Go").then("mail", email("{{ first_session.events }}")))
            .replay()
            .bodies()[0]
            .to_owned()
    };
    assert_eq!((events("30m"), events("41m")), ("1".to_owned(), "2".to_owned()));
}

#[test]
fn another_campaign_is_another_session_and_conditions_may_ask_for_the_first() {
    let from = |name: &str| json!({ "campaign": { "name": name, "source": "ad" } });
    let first_is = |name: &str| {
        let first = Condition::Fact { path: "first_session.campaign.name".to_owned(), is: equals(name) };
        on("open")
            .hears([
                page("2 09:00", "home").on("D").context(from("spring")),
                page("2 09:05", "home").on("D").context(from("summer")),
                identify("2 09:06").on("D").user("U1").email("ana@example.com"),
                track("2 09:10", "Go").on("D").user("U1"),
            ])
            .runs(
                journey("j", "Go")
                    .then("first", branch(first))
                    .then("yes", email("{{ first_session.events }}")),
            )
            .replay()
            .bodies()
            .join("")
    };
    assert_eq!(first_is("spring"), "1", "five minutes later, but another campaign");
    assert_eq!(first_is("summer"), "");
}

// ---- consent -----------------------------------------------------------------------------

#[test]
fn events_before_analytics_consent_are_counted_and_left_out_if_the_workspace_says_so() {
    let allows = |allowed: bool| json!({ "consent": { "categoryPreferences": { "Analytics": allowed } } });
    let world = |rule: BeforeConsent, asked: bool| {
        on("open")
            .set(|workspace| {
                workspace.delivery.before_consent = rule;
                workspace.delivery.analytics_consent =
                    asked.then(|| "categoryPreferences.Analytics".to_owned());
            })
            .hears([
                ana(),
                by("Go", "2 09:00").context(allows(false)),
                by("Go", "3 09:00").context(allows(true)),
                by("Go", "4 09:00"),
            ])
            .runs(mail_at_go())
            .replay()
    };
    let counted = world(BeforeConsent::Counted, true);
    assert_eq!((counted.0.before_consent, counted.messages().len()), (1, 3));
    let left_out = world(BeforeConsent::LeftOut, true);
    assert_eq!(left_out.messages(), ["3 09:00 j/mail sent", "4 09:00 j/mail sent"]);
    assert_eq!(left_out.0.before_consent, 1);
    assert_eq!(world(BeforeConsent::LeftOut, false).0.before_consent, 0, "nobody asked");
}

#[test]
fn an_event_that_says_nothing_of_analytics_follows_what_its_browser_said_last() {
    let allows = |allowed: bool| json!({ "consent": { "Analytics": allowed } });
    let world = on("open")
        .set(|workspace| {
            workspace.delivery.before_consent = BeforeConsent::LeftOut;
            workspace.delivery.analytics_consent = Some("Analytics".to_owned());
        })
        .hears([
            ana(),
            by("Go", "2 09:00"),
            by("Go", "3 09:00").context(allows(false)),
            by("Go", "4 09:00"),
            by("Go", "5 09:00").context(allows(true)),
            by("Go", "6 09:00"),
        ])
        .runs(mail_at_go());
    assert_eq!(world.messages(), ["2 09:00 j/mail sent", "5 09:00 j/mail sent", "6 09:00 j/mail sent"]);
    assert_eq!(world.replay().0.before_consent, 2);
}

/// What an audience block did, by the trace.
fn audience(platform: &str, allowed: Option<bool>, needs_consent: bool) -> String {
    let context = |allowed: bool| json!({ "consent": { "categoryPreferences": { "Advertising": allowed } } });
    let viewed = page("2 08:00", "home").on("D");
    let viewed = match allowed {
        Some(allowed) => viewed.context(context(allowed)),
        None => viewed,
    };
    let source = ConsentSource {
        channels: [Channel::Audience].into(),
        from: ConsentFrom::Context("categoryPreferences.Advertising".to_owned()),
        granted: vec!["true".to_owned()],
        denied: vec!["false".to_owned()],
        expires_after: None,
    };
    let block = BlockKind::Audience { audience: "Carts".to_owned(), remove: false };
    let outcome = on(platform)
        .with(|world| world.trace = true)
        .set(|workspace| {
            workspace.consent.push(source);
            workspace.delivery.audience_needs_consent = needs_consent;
        })
        .hears([viewed, track("2 09:00", "Go").on("D")])
        .runs(journey("j", "Go").then("ads", block).set(|j| j.never_identified = Some("ads".into())))
        .replay();
    let told = outcome.0.trace.iter().find(|record| record.because.text.contains("the audience Carts"));
    told.unwrap().because.text.clone()
}

#[test]
fn an_audience_needs_advertising_consent_if_the_workspace_says_so() {
    // Where visitors enter at once, and where they leave by “never identified”.
    for platform in ["open", "customerio"] {
        let added = |allowed, needs| audience(platform, allowed, needs).starts_with("Added to");
        assert!(added(None, false) && added(Some(false), false), "{platform}: nobody asks");
        assert!(added(Some(true), true), "{platform}");
        assert!(!added(Some(false), true) && !added(None, true), "{platform}: refused or never said");
    }
}

// ---- delivery ----------------------------------------------------------------------------

fn night() -> QuietHours {
    QuietHours { from_minute: 22 * 60, to_minute: 8 * 60 }
}

#[test]
fn the_extra_condition_is_asked_before_whether_the_run_has_left() {
    // In the morning both hold: the shopper bought, and has been idle, which ends the run.
    let idle = not(did_within("Go", "1h"));
    let world = |only_if: bool| {
        let mail = email_with("hi", |m| m.only_if = only_if.then(|| not(did("Bought"))));
        on("open")
            .set(|workspace| workspace.delivery.quiet_hours = Some(night()))
            .hears([ana(), by("Go", "2 23:00"), by("Bought", "2 23:10")])
            .runs(journey("j", "Go").leaves_when("idle", idle.clone()).then("mail", mail))
            .messages()
    };
    assert_eq!(world(true), ["3 08:00 j/mail skipped extra_condition"]);
    assert_eq!(world(false), ["3 08:00 j/mail not_sent left_while_deferred"]);
}

#[test]
fn quiet_hours_come_before_the_template() {
    let world = on("open")
        .set(|workspace| workspace.delivery.quiet_hours = Some(night()))
        .hears([ana(), by("Go", "2 23:00")])
        .runs(journey("j", "Go").then("mail", email("{% if %}")));
    assert_eq!(world.messages(), ["3 08:00 j/mail not_sent template_error"]);
}

#[test]
fn a_template_that_fails_uses_up_no_limit() {
    let limit = MessageLimit { channel: None, at_most: 1, per: span("1d") };
    let world = on("open")
        .set(|workspace| workspace.delivery.limits = vec![limit])
        .hears([ana(), by("Go", "2 09:00")])
        .runs(journey("j", "Go").then("broken", email("{% if %}")).then("mail", email("hi")));
    assert_eq!(world.messages(), ["2 09:00 j/broken not_sent template_error", "2 09:00 j/mail sent"]);
}

#[test]
fn a_message_held_back_says_when_it_would_have_gone_out() {
    let world = on("open")
        .set(|workspace| workspace.delivery.quiet_hours = Some(night()))
        .hears([ana(), by("Go", "2 23:00")])
        .runs(mail_at_go());
    let because = world.replay().0.messages[0].because.clone();
    let held = because.iter().find(|reason| reason.rule == "quiet_hours").expect("why it waited");
    assert_eq!(held.at_ms, ms("2 23:00"));
}

#[test]
fn where_an_address_is_no_identifier_it_identifies_nobody() {
    let world = on("rudderstack")
        .hears([identify("2 08:00").on("D").email("ana@example.com"), track("2 09:00", "Go").on("D")])
        .runs(mail_at_go());
    assert_eq!(world.messages(), ["2 09:00 j/mail not_sent not_identified"]);
}

#[test]
fn an_assumed_rate_of_opens_is_seeded_and_marked() {
    let outcome = |percent: Option<u32>, seed: u64| {
        let calls = (0..60).flat_map(|n| {
            let user = format!("U{n}");
            let address = format!("user{n}@example.com");
            [identify("2 08:00").user(&user).email(&address), track("2 09:00", "Go").user(&user)]
        });
        on("open")
            .with(|world| world.seed = seed)
            .set(|workspace| workspace.delivery.assumed_open_percent = percent)
            .hears(calls)
            .runs(
                journey("j", "Go")
                    .then("mail", email("hi"))
                    .then("wait", wait("1d"))
                    .then("opened", branch(did("Email Opened")))
                    .then("yes", email("yes")),
            )
            .replay()
    };
    let opened = |percent, seed| {
        let outcome = outcome(percent, seed);
        let marked = |record: &&throughline::simulator::MessageRecord| {
            record.block.as_str() == "mail" && record.flags == [Flag::Assumed]
        };
        let marked = outcome.0.messages.iter().filter(marked).count();
        let yes = outcome.bodies().iter().filter(|body| **body == "yes").count();
        assert_eq!(marked, yes, "every assumed open is marked as one");
        yes
    };
    assert_eq!((opened(None, 1), opened(Some(0), 1), opened(Some(100), 1)), (0, 0, 60));
    let half = opened(Some(50), 1);
    assert!((15..=45).contains(&half), "{half} of 60");
    let bodies = |seed| outcome(Some(50), seed).0.messages;
    assert_eq!(bodies(1), bodies(1));
    assert_ne!(bodies(1), bodies(2));
}

// ---- conditions, goals, reasons ----------------------------------------------------------

#[test]
fn a_condition_may_ask_by_what_somebody_is_identified_and_how_well() {
    let holds = |person: Call, by: Identification, address: AddressNeed| {
        let hook = BlockKind::Message(message(Channel::Webhook, "yes"));
        let drawn =
            journey("j", "Go").then("ask", branch(Condition::Identified { by, address })).then("yes", hook);
        let world = on("open").hears([person, by_device()]).runs(drawn);
        !world.replay().bodies().is_empty()
    };
    let visitor = || identify("1 00:00").on("D");
    let any = AddressNeed::Any;
    assert!(!holds(visitor(), Identification::Any, any));
    assert!(holds(visitor().user("U1"), Identification::Any, any));
    assert!(holds(visitor().user("U1"), Identification::UserId, any));
    assert!(!holds(visitor().user("U1"), Identification::Email, any));
    assert!(holds(visitor().email("ana@gmial.com"), Identification::Email, any));
    assert!(!holds(visitor().email("ana@gmial.com"), Identification::Email, AddressNeed::Good));
    assert!(holds(visitor().email("ana@gmail.com"), Identification::Email, AddressNeed::Good));
    assert!(holds(visitor().says("phone", "+4915112345678"), Identification::Phone, any));
    assert!(!holds(visitor().user("U1"), Identification::ReachableChannel, any));
}

fn by_device() -> Call {
    track("2 09:00", "Go").on("D")
}

#[test]
fn a_goal_counts_up_to_the_end_of_its_window() {
    let goals = |bought: &str| {
        let goal = Goal { when: did("Bought"), within: span("1d"), ends_run: false };
        let drawn = journey("j", "Go").set(|j| j.goal = Some(goal)).then("wait", wait("3d"));
        on("open").hears([ana(), by("Go", "2 09:00"), by("Bought", bought)]).runs(drawn).replay().0.journeys["j"]
            .goals
    };
    assert_eq!((goals("3 09:00"), goals("3 09:00:00.001")), (1, 0));
}

#[test]
fn what_makes_somebody_leave_may_be_the_goal() {
    for ends_run in [false, true] {
        let goal = Goal { when: did("Bought"), within: span("1d"), ends_run };
        let drawn = journey("j", "Go")
            .set(|j| j.goal = Some(goal))
            .leaves_when("bought", did("Bought"))
            .then("wait", wait("3d"));
        let world = on("open").hears([ana(), by("Go", "2 09:00"), by("Bought", "2 10:00")]).runs(drawn);
        let outcome = world.with(|world| world.trace = true).replay();
        assert_eq!((outcome.0.journeys["j"].goals, outcome.ended("j", "bought")), (1, 1));
        let trace = outcome.0.trace.iter().filter(|it| it.run.is_some());
        let last: Vec<&str> = trace.map(|it| it.decision).collect();
        assert_eq!(last[last.len() - 2..], ["goal_reached", "run_ended"]);
    }
}

#[test]
fn what_is_stopped_is_stopped_with_a_reason() {
    let send = BlockKind::SendEvent { event: "Go".to_owned(), properties: Default::default() };
    let outcome =
        on("open").hears([ana(), by("Go", "2 09:00")]).runs(journey("j", "Go").then("send", send)).replay();
    assert_eq!(outcome.not_started("j", "loop_stopped"), 1);
    let circle = journey("j", "Go")
        .then("wait", wait("1m"))
        .then("again", BlockKind::UpdateAttributes { set: Default::default() })
        .exit("again", "next", "wait");
    let outcome = on("open").hears([ana(), by("Go", "2 09:00")]).runs(circle).replay();
    assert_eq!(outcome.ended("j", "too_many_stays"), 1);
    let exit = BlockKind::Exit { reason: "Enough said".to_owned() };
    let outcome = on("open")
        .with(|world| world.trace = true)
        .hears([ana(), by("Go", "2 09:00")])
        .runs(journey("j", "Go").then("out", exit))
        .replay();
    let ended = outcome.0.trace.iter().find(|record| record.decision == "run_ended").expect("the end");
    assert!(ended.because.text.contains("Enough said"), "{}", ended.because.text);
}

#[test]
fn the_triggers_way_for_the_never_identified_is_walked_when_the_hold_ends() {
    let audience = BlockKind::Audience { audience: "ads".to_owned(), remove: false };
    let left = |claimed: Option<&str>| {
        let claim = claimed.map(|at| identify(at).on("D").user("U1").email("ana@example.com"));
        let outcome = on("customerio")
            .with(|world| world.horizon = span("60d"))
            .hears([track("2 09:00", "Go").on("D")].into_iter().chain(claim))
            .runs(mail_at_go().from("mail", "sent", "ads", audience.clone()).set(|j| {
                j.blocks.get_mut("mail").unwrap().exits.clear();
                j.never_identified = Some("ads".into());
            }))
            .replay();
        (outcome.0.journeys["j"].blocks["ads"].entered, outcome.messages())
    };
    assert_eq!(left(None), (1, Vec::<String>::new()));
    assert_eq!(left(Some("3 09:00")).0, 0, "joined and started");
    assert_eq!(left(Some("10 09:00")).0, 0, "joined too old: that is no never");
}

#[test]
fn a_segment_condition_in_a_trigger_of_a_date_needs_no_event() {
    let day =
        Trigger::DateAttribute { name: "renews".to_owned(), yearly: false, offset_days: 0, at_minute: 540 };
    let world = on("open")
        .segment("gold", attribute("tier", Test::Equals(text("gold"))))
        .hears([ana().says("renews", "2026-03-05").says("tier", "gold")])
        .runs(
            starting("j", day)
                .set(|j| j.audience = Some(Condition::Segment("gold".to_owned())))
                .then("mail", email("hi")),
        );
    assert_eq!(world.messages(), ["5 09:00 j/mail sent"]);
}

#[test]
fn a_date_at_the_very_beginning_starts_what_its_journey_sends_on() {
    // The recording begins on the 2nd at midnight, the instant of the date that history told.
    let day =
        Trigger::DateAttribute { name: "renews".to_owned(), yearly: false, offset_days: 0, at_minute: 0 };
    let send = BlockKind::SendEvent { event: "Renewed".to_owned(), properties: Default::default() };
    let world = on("open")
        .remembers([ana().says("renews", "2026-03-02")])
        .hears([by("Other", "2 00:00")])
        .runs(starting("date", day).then("send", send))
        .runs(journey("mails", "Renewed").then("mail", email("hi")));
    assert_eq!(world.messages(), ["2 00:00 mails/mail sent"]);
}
