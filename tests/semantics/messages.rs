//! Messages: the checks in their order, deferrals, limits, templates.

use serde_json::json;
use throughline::{
    journey::{BlockKind, Channel, Message},
    simulator::{
        Flag,
        settings::{BadAddresses, ConsentFrom, ConsentSource, MessageLimit, QuietHours},
    },
};

use crate::world::*;

fn ana() -> Call {
    identify("1 00:00").user("U1").email("ana@example.com")
}

fn by(event: &str, at: &str) -> Call {
    track(at, event).user("U1")
}

/// One message to Ana at `Go` on 2 March, 09:00.
fn to(person: Call, change: impl FnOnce(&mut Message)) -> World {
    on("open")
        .hears([person, by("Go", "2 09:00")])
        .runs(journey("j", "Go").then("mail", email_with("hi", change)))
}

fn limit(at_most: u32, per: &str) -> MessageLimit {
    MessageLimit { channel: None, at_most, per: span(per) }
}

fn night(from_hour: u32, to_hour: u32) -> QuietHours {
    QuietHours { from_minute: from_hour * 60, to_minute: to_hour * 60 }
}

// ---- the order of the checks -------------------------------------------------------------

/// Everything that can be wrong is wrong; the checks are put right one after the other.
#[test]
fn an_email_that_is_emptied_stays_an_address_until_another_replaces_it() {
    let emptied = |value: serde_json::Value| {
        on("customerio")
            .hears([
                identify("2 08:00").user("U").email("ana@example.com"),
                identify("2 08:30").user("U").says("email", value),
                track("2 09:00", "Go").user("U"),
            ])
            .runs(journey("j", "Go").then("mail", email("{{ customer.email }}")))
            .messages()
    };
    assert_eq!(emptied(serde_json::Value::Null), ["2 09:00 j/mail sent"]);
    assert_eq!(emptied("".into()), ["2 09:00 j/mail sent"]);
}

#[test]
fn the_first_check_that_fails_names_the_reason() {
    let quiet = |world: World| world.set(|workspace| workspace.delivery.quiet_hours = Some(night(8, 10)));
    let limited = |world: World| world.set(|workspace| workspace.delivery.limits = vec![limit(0, "1d")]);
    let asked = |world: World| {
        world
            .consent_by_trait(Channel::Email, "email_ok")
            .set(|w| w.delivery.needs_consent.extend([Channel::Email]))
    };
    let all = |person: Call, only_if: bool| {
        let world = to(person, |message| {
            message.only_if = only_if.then(|| did("Never"));
            message.template.body = "{% if %}".to_owned();
        });
        quiet(limited(asked(world)))
            .with(|world| world.recordings[0].2[1]["anonymousId"] = json!("D"))
            .messages()[0]
            .clone()
    };
    let bare = || identify("1 00:00").user("U1");
    assert!(all(bare(), true).contains("skipped"), "the extra condition comes first");
    assert_eq!(all(bare(), false), "2 09:00 j/mail not_sent no_address");
    let unsubscribed = |call: Call| call.says("unsubscribed", true);
    assert_eq!(
        all(unsubscribed(bare().email("ana@@example")), false),
        "2 09:00 j/mail not_sent invalid_address"
    );
    assert_eq!(all(unsubscribed(ana()), false), "2 09:00 j/mail not_sent unsubscribed");
    assert_eq!(all(ana(), false), "2 09:00 j/mail not_sent consent_unknown");
    assert_eq!(all(ana().says("email_ok", "no"), false), "2 09:00 j/mail not_sent consent_denied");
    assert_eq!(all(ana().says("email_ok", "yes"), false), "2 09:00 j/mail not_sent message_limit");
}

#[test]
fn an_anonymous_visitor_gets_no_message() {
    let world =
        on("open").hears([track("2 09:00", "Go").on("D")]).runs(journey("j", "Go").then("mail", email("hi")));
    assert_eq!(world.messages(), ["2 09:00 j/mail not_sent not_identified"]);
}

// ---- address -----------------------------------------------------------------------------

#[test]
fn mistyped_and_disposable_addresses_are_flagged_by_default_or_held() {
    for (address, flag, word) in [
        ("ana@gmial.com", Flag::Mistyped, "mistyped_address"),
        ("ana@mailinator.com", Flag::Disposable, "disposable_address"),
    ] {
        let person = || identify("1 00:00").user("U1").email(address);
        let flagged = to(person(), |_| {}).replay();
        assert_eq!(flagged.messages(), ["2 09:00 j/mail sent"]);
        assert_eq!(flagged.0.messages[0].flags, [flag]);
        let held =
            to(person(), |_| {}).set(|workspace| workspace.delivery.bad_addresses = BadAddresses::Held);
        assert_eq!(held.messages(), [format!("2 09:00 j/mail not_sent {word}")]);
    }
}

#[test]
fn role_accounts_are_flagged() {
    let outcome = to(identify("1 00:00").user("U1").email("info@example.com"), |_| {}).replay();
    assert_eq!(outcome.messages(), ["2 09:00 j/mail sent"]);
    assert_eq!(outcome.0.messages[0].flags, [Flag::Role]);
}

#[test]
fn recorded_bounces_and_complaints_suppress_even_what_is_transactional() {
    for event in ["Email Bounced", "Email Marked as Spam"] {
        let world = on("open")
            .hears([ana(), by(event, "2 08:00"), by("Go", "2 09:00")])
            .runs(journey("j", "Go").then("mail", email_with("hi", |message| message.transactional = true)));
        assert_eq!(world.messages(), ["2 09:00 j/mail not_sent suppressed"], "{event}");
    }
}

// ---- consent -----------------------------------------------------------------------------

fn asked(world: World) -> World {
    world.set(|workspace| workspace.delivery.needs_consent.extend([Channel::Email]))
}

#[test]
fn consent_comes_from_traits() {
    let with = |said: &str| {
        asked(to(ana().says("email_ok", said), |_| {}))
            .consent_by_trait(Channel::Email, "email_ok")
            .messages()
    };
    assert_eq!(with("yes"), ["2 09:00 j/mail sent"]);
    assert_eq!(with("no"), ["2 09:00 j/mail not_sent consent_denied"]);
    assert_eq!(with("perhaps"), ["2 09:00 j/mail not_sent consent_unknown"]);
}

fn source(from: ConsentFrom) -> ConsentSource {
    let words = |word: &str| vec![word.to_owned()];
    ConsentSource {
        channels: [Channel::Email].into(),
        from,
        granted: words("true"),
        denied: words("false"),
        expires_after: None,
    }
}

#[test]
fn consent_comes_from_context() {
    let with = |said: bool| {
        let context = json!({ "consent": { "categoryPreferences": { "Email": said } } });
        asked(on("open"))
            .set(|w| w.consent.push(source(ConsentFrom::Context("categoryPreferences.Email".to_owned()))))
            .hears([ana(), by("Look", "2 08:00").context(context), by("Go", "2 09:00")])
            .runs(journey("j", "Go").then("mail", email("hi")))
            .messages()
    };
    assert_eq!(with(true), ["2 09:00 j/mail sent"]);
    assert_eq!(with(false), ["2 09:00 j/mail not_sent consent_denied"]);
}

#[test]
fn consent_comes_from_events_and_the_latest_word_counts() {
    let with = |first: &str, second: &str| {
        asked(on("open"))
            .set(|w| {
                w.consent.push(source(ConsentFrom::GrantedBy("Opted In".to_owned())));
                w.consent.push(source(ConsentFrom::DeniedBy("Opted Out".to_owned())));
            })
            .hears([ana(), by(first, "2 07:00"), by(second, "2 08:00"), by("Go", "2 09:00")])
            .runs(journey("j", "Go").then("mail", email("hi")))
            .messages()
    };
    assert_eq!(with("Opted Out", "Opted In"), ["2 09:00 j/mail sent"]);
    assert_eq!(with("Opted In", "Opted Out"), ["2 09:00 j/mail not_sent consent_denied"]);
}

#[test]
fn consent_expires_into_unknown() {
    let with = |at: &str| {
        asked(on("open"))
            .set(|w| {
                let expires_after = Some(span("1d"));
                w.consent.push(ConsentSource {
                    expires_after,
                    ..source(ConsentFrom::GrantedBy("Opted In".to_owned()))
                });
            })
            .hears([ana(), by("Opted In", "2 09:00"), by("Go", at)])
            .runs(journey("j", "Go").then("mail", email("hi")))
            .messages()[0]
            .clone()
    };
    assert_eq!(with("3 08:59"), "3 08:59 j/mail sent");
    assert_eq!(with("3 09:01"), "3 09:01 j/mail not_sent consent_unknown");
}

#[test]
fn what_was_said_and_has_expired_is_told() {
    let outcome = asked(on("open"))
        .set(|w| {
            let expires_after = Some(span("1d"));
            let source = source(ConsentFrom::GrantedBy("Opted In".to_owned()));
            w.consent.push(ConsentSource { expires_after, ..source });
        })
        .hears([ana(), by("Opted In", "2 09:00"), by("Go", "4 09:00")])
        .runs(journey("j", "Go").then("mail", email("hi")))
        .replay();
    let why = &outcome.0.messages[0].because.last().expect("a reason").text;
    assert!(why.contains("has expired or was taken back (event Opted In, Mon 2 Mar 09:00)"), "{why}");
    let outcome = on("open")
        .set(|w| {
            w.delivery.regions.insert("eu_uk".to_owned());
            let source = source(ConsentFrom::GrantedBy("Opted In".to_owned()));
            w.consent.push(ConsentSource { expires_after: Some(span("1d")), ..source });
        })
        .hears([ana().says("country", "DE"), by("Opted In", "2 09:00"), by("Go", "4 09:00")])
        .runs(journey("j", "Go").then("mail", email("hi")))
        .replay();
    let why = &outcome.0.messages[0].because.last().expect("a reason").text;
    assert!(why.starts_with("Consent is needed, and what was said has expired"), "{why}");
}

#[test]
fn a_region_asks_for_what_its_law_asks_for() {
    let from = |country: &str, region: &str, channel: Channel| {
        let person = ana().says("country", country).says("phone", "+4915112345678");
        on("open")
            .set(|workspace| workspace.delivery.regions.extend([region.to_owned()]))
            .hears([person, by("Go", "2 09:00")])
            .runs(journey("j", "Go").then("mail", BlockKind::Message(message(channel, "hi"))))
            .messages()[0]
            .clone()
    };
    assert_eq!(from("DE", "eu_uk", Channel::Email), "2 09:00 j/mail not_sent consent_unknown", "opt-in");
    assert_eq!(from("DE", "eu_uk", Channel::Sms), "2 09:00 j/mail not_sent consent_unknown");
    assert_eq!(from("US", "us", Channel::Email), "2 09:00 j/mail sent", "opt-out");
    assert_eq!(from("US", "us", Channel::Sms), "2 09:00 j/mail not_sent consent_unknown", "opt-in");
    assert_eq!(from("CA", "ca", Channel::Email), "2 09:00 j/mail not_sent consent_unknown");
    assert_eq!(
        from("DE", "us", Channel::Email),
        "2 09:00 j/mail sent",
        "a rule set that is not on says nothing"
    );
}

#[test]
fn a_canadian_customer_of_the_last_two_years_has_implied_consent() {
    let world = on("open")
        .set(|workspace| workspace.delivery.regions.extend(["ca".to_owned()]))
        .hears([ana().says("country", "CA"), by("Order Completed", "1 09:00"), by("Go", "2 09:00")])
        .runs(journey("j", "Go").then("mail", email("hi")));
    assert_eq!(world.messages(), ["2 09:00 j/mail sent"]);
}

// ---- transactional -----------------------------------------------------------------------

#[test]
fn transactional_skips_consent_topics_limits_and_quiet_hours() {
    let world = asked(to(ana().says("email_ok", "no"), |message| {
        message.transactional = true;
        message.topic = Some("news".to_owned());
    }))
    .consent_by_trait(Channel::Email, "email_ok")
    .set(|workspace| {
        workspace.delivery.limits = vec![limit(0, "1d")];
        workspace.delivery.quiet_hours = Some(night(8, 10));
    });
    assert_eq!(world.messages(), ["2 09:00 j/mail sent"]);
}

// ---- offers ------------------------------------------------------------------------------

#[test]
fn at_most_one_offer_per_person_per_period() {
    let offer = |name: &str| email_with("10 % off", |message| message.offer = Some(name.to_owned()));
    let world = on("open")
        .set(|workspace| workspace.delivery.offer_gap = Some(span("7d")))
        .hears([ana(), by("Go", "2 09:00"), by("Go", "9 08:59"), by("Go", "9 09:00")])
        .runs(journey("j", "Go").then("offer", offer("ten")));
    assert_eq!(
        world.messages(),
        ["2 09:00 j/offer sent", "9 08:59 j/offer not_sent offer_limit", "9 09:00 j/offer sent"]
    );
}

// ---- limits ------------------------------------------------------------------------------

#[test]
fn a_limit_is_rolling_and_holds_without_a_retry_time() {
    let world = on("open")
        .set(|workspace| workspace.delivery.limits = vec![limit(1, "1d")])
        .hears([ana(), by("Go", "2 09:00"), by("Go", "3 08:59"), by("Go", "3 09:00")])
        .runs(journey("j", "Go").then("mail", email("hi")));
    assert_eq!(
        world.messages(),
        ["2 09:00 j/mail sent", "3 08:59 j/mail not_sent message_limit", "3 09:00 j/mail sent"],
        "(now − w, now]"
    );
}

#[test]
fn a_limit_may_be_for_one_channel() {
    let email_only = MessageLimit { channel: Some(Channel::Email), at_most: 1, per: span("1d") };
    let world = on("open")
        .set(|workspace| workspace.delivery.limits = vec![email_only])
        .hears([ana(), by("Go", "2 09:00")])
        .runs(
            journey("j", "Go")
                .then("one", email("one"))
                .then("hook", BlockKind::Message(message(Channel::Webhook, "hook")))
                .then("two", email("two")),
        );
    assert_eq!(
        world.messages(),
        ["2 09:00 j/hook sent", "2 09:00 j/one sent", "2 09:00 j/two not_sent message_limit"],
        "messages of one instant stand by block"
    );
}

#[test]
fn a_message_over_a_limit_is_retried_at_the_first_free_instant_and_the_run_waits() {
    let with = |retry: &str| {
        on("open")
            .set(|workspace| {
                workspace.delivery.limits = vec![limit(1, "1d")];
                workspace.delivery.limit_retry = Some(span(retry));
            })
            .hears([ana(), by("Go", "2 09:00"), by("More", "2 20:00")])
            .runs(journey("a", "Go").then("mail", email("hi")))
            .runs(
                journey("b", "More")
                    .then("mail", email("hi"))
                    .then("next", wait("1h"))
                    .then("hook", BlockKind::Message(message(Channel::Webhook, "x"))),
            )
            .messages()
    };
    let sent = with("1d");
    assert_eq!(sent[..2], ["2 09:00 a/mail sent", "3 09:00 b/mail sent"]);
    let refused = with("12h");
    assert!(refused[1].ends_with("b/mail not_sent message_limit"), "{refused:?}");
}

#[test]
fn ties_on_a_limit_go_to_the_journey_with_priority() {
    let world = on("open")
        .set(|workspace| {
            workspace.delivery.limits = vec![limit(1, "1d")];
            workspace.delivery.limit_retry = Some(span("1d"));
        })
        .hears([ana(), by("First", "2 09:00"), by("Go", "2 10:00")])
        .runs(journey("first", "First").then("mail", email("first")))
        .runs(journey("a", "Go").then("mail", email("a")))
        .runs(journey("b", "Go").set(|j| j.priority = 5).then("mail", email("b")));
    let sent: Vec<String> = world.messages().into_iter().filter(|line| line.ends_with(" sent")).collect();
    assert_eq!(sent[..2], ["2 09:00 first/mail sent", "3 09:00 b/mail sent"]);
}

#[test]
fn in_app_messages_are_exempt_where_the_platform_says_so() {
    let world = on("customerio")
        .set(|workspace| workspace.delivery.limits = vec![limit(1, "1d")])
        .hears([ana(), by("Go", "2 09:00")])
        .runs(
            journey("j", "Go")
                .then("app", BlockKind::Message(message(Channel::InApp, "app")))
                .then("one", email("one"))
                .then("again", BlockKind::Message(message(Channel::InApp, "again"))),
        );
    assert!(world.messages().iter().all(|line| line.ends_with(" sent")));
}

// ---- quiet hours -------------------------------------------------------------------------

#[test]
fn quiet_hours_defer_to_their_end_in_the_persons_zone() {
    let at = |go: &str, zone: &str| {
        on("open")
            .set(|workspace| workspace.delivery.quiet_hours = Some(night(22, 8)))
            .hears([ana().says("timezone", zone), by("Go", go)])
            .runs(journey("j", "Go").then("mail", email("hi")))
            .replay()
    };
    let deferred = at("2 23:00", "UTC");
    assert_eq!(deferred.messages(), ["3 08:00 j/mail sent"]);
    assert_eq!(deferred.0.messages[0].flags, [Flag::Deferred]);
    assert_eq!(at("2 22:00", "UTC").messages(), ["3 08:00 j/mail sent"], "[from, to)");
    assert_eq!(at("3 08:00", "UTC").messages(), ["3 08:00 j/mail sent"]);
    assert_eq!(at("2 21:30", "Europe/Berlin").messages(), ["3 07:00 j/mail sent"]);
}

#[test]
fn all_checks_run_again_when_a_deferred_message_comes_due() {
    let world = |call: Call| {
        on("open")
            .set(|workspace| workspace.delivery.quiet_hours = Some(night(22, 8)))
            .hears([ana(), by("Go", "2 23:00"), call])
            .runs(journey("j", "Go").then("mail", email_with("hi", |m| m.only_if = Some(not(did("Bought"))))))
            .messages()
    };
    let unsubscribes = identify("3 01:00").user("U1").says("unsubscribed", true);
    assert_eq!(world(unsubscribes), ["3 08:00 j/mail not_sent unsubscribed"]);
    assert!(world(by("Bought", "3 01:00"))[0].starts_with("3 08:00 j/mail skipped"));
}

#[test]
fn a_run_that_leaves_while_its_message_is_deferred_does_not_send() {
    let world = on("open")
        .set(|workspace| workspace.delivery.quiet_hours = Some(night(22, 8)))
        .hears([ana(), by("Go", "2 23:00"), by("Bought", "3 01:00")])
        .runs(journey("j", "Go").leaves_when("bought", did("Bought")).then("mail", email("hi")));
    assert_eq!(world.messages(), ["3 01:00 j/mail not_sent left_while_deferred"]);
}

#[test]
fn a_message_overtaken_before_its_turn_was_not_deferred() {
    let send = BlockKind::SendEvent { event: "Ping".to_owned(), properties: Default::default() };
    let world = on("open").hears([ana(), by("Go", "2 09:00")]).runs(
        journey("j", "Go").leaves_when("pinged", did("Ping")).then("ping", send).then("mail", email("hi")),
    );
    let outcome = world.replay();
    assert!(outcome.messages().is_empty());
    assert_eq!(outcome.ended("j", "pinged"), 1);
}

#[test]
fn exits_are_checked_when_a_deferred_message_comes_due() {
    // By time alone: an hour of silence ends the run, noticed when the message comes due.
    let world = on("open")
        .set(|workspace| workspace.delivery.quiet_hours = Some(night(22, 8)))
        .hears([ana(), by("Go", "2 23:00")])
        .runs(journey("j", "Go").leaves_when("idle", not(did_within("Go", "1h"))).then("mail", email("hi")));
    assert_eq!(world.messages(), ["3 08:00 j/mail not_sent left_while_deferred"]);
}

#[test]
fn a_deferred_message_still_waits_at_the_horizon() {
    let world = on("open")
        .with(|world| world.horizon = span("1h"))
        .set(|workspace| workspace.delivery.quiet_hours = Some(night(22, 8)))
        .hears([ana(), by("Go", "2 23:00")])
        .runs(journey("j", "Go").then("mail", email("hi")));
    let outcome = world.replay();
    assert_eq!(outcome.waiting(), ["3 00:00 j/mail"]);
    assert_eq!(outcome.0.messages[0].channel, Some(Channel::Email));
}

// ---- Liquid ------------------------------------------------------------------------------

fn body(platform: &str, person: Call, template: &str) -> String {
    let world = on(platform)
        .hears([person, by("Go", "2 09:00").with("size", "L")])
        .runs(journey("j", "Go").then("mail", email(template)));
    let outcome = world.replay();
    outcome.bodies().first().map_or_else(|| outcome.messages()[0].clone(), |body| (*body).to_owned())
}

#[test]
fn templates_read_the_customer_and_the_trigger() {
    let person = ana().says("name", "Ana");
    assert_eq!(body("open", person, "{{ customer.name }} in {{ event.size }}"), "Ana in L");
}

#[test]
fn an_absent_variable_reads_as_nil_for_default() {
    for platform in ["customerio", "open"] {
        assert_eq!(body(platform, ana(), "{{ customer.name | default: 'you' }}"), "you");
    }
}

#[test]
fn printing_a_nil_fails_or_is_blank_as_the_platform_has_it() {
    assert_eq!(body("customerio", ana(), "Hi {{ customer.name }}"), "2 09:00 j/mail not_sent template_error");
    assert_eq!(body("open", ana(), "Hi {{ customer.name }}"), "Hi ");
}

#[test]
fn now_and_today_are_the_virtual_clock() {
    assert_eq!(body("open", ana(), "{{ 'now' | date: '%Y-%m-%d %H:%M' }}"), "2026-03-02 09:00");
    assert_eq!(body("open", ana(), "{{ 'today' | date: '%Y-%m-%d' }}"), "2026-03-02");
}

#[test]
fn a_template_may_not_hang_or_exhaust_memory() {
    for template in [
        "{% for i in (1..10001) %}x{% endfor %}",
        "{% for i in (1..1000) %}{% for j in (1..1000) %}{% for k in (1..1000) %}x{% endfor %}{% endfor %}{% endfor %}",
        "{% assign s = 'x' %}{% for i in (1..40) %}{% assign s = s | append: s %}{% endfor %}{{ s }}",
        "{% for",
    ] {
        assert_eq!(body("open", ana(), template), "2 09:00 j/mail not_sent template_error", "{template}");
    }
}

#[test]
fn opens_come_from_recorded_events_only() {
    let opened = did("Email Opened");
    let drawn = journey("j", "Go")
        .then("mail", email("hi"))
        .then("wait", wait("1d"))
        .then("opened", branch(opened))
        .then("yes", email("yes"));
    let world = |calls: Vec<Call>| {
        on("open").hears([ana(), by("Go", "2 09:00")].into_iter().chain(calls)).runs(drawn.clone()).replay()
    };
    assert_eq!(world(vec![]).bodies(), ["hi"]);
    assert_eq!(world(vec![by("Email Opened", "2 10:00")]).bodies(), ["hi", "yes"]);
}

#[test]
fn unsubscribed_people_keep_moving() {
    let world = on("customerio").hears([ana().says("unsubscribed", "TRUE"), by("Go", "2 09:00")]).runs(
        journey("j", "Go")
            .then("one", email("one"))
            .then("hook", BlockKind::Message(message(Channel::Webhook, "x"))),
    );
    let messages = world.messages();
    assert!(messages.contains(&"2 09:00 j/one not_sent unsubscribed".to_owned()), "{messages:?}");
    assert_eq!(messages.len(), 2);
    let other = on("customerio")
        .hears([ana().says("unsubscribed", "yes"), by("Go", "2 09:00")])
        .runs(journey("j", "Go").then("one", email("one")));
    assert_eq!(other.messages(), ["2 09:00 j/one sent"], "only true, 1 and \"1\" mean unsubscribed");
}
