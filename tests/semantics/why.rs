//! The first sentence of `why` names the decision that turned somebody away.

use serde_json::json;
use throughline::{
    journey::{BlockKind, Channel, Goal, ReEntry, Runs},
    report::why::{Answer, Question, explain, find_people},
    simulator::settings::{BadAddresses, MessageLimit, QuietHours},
};

use crate::world::*;

/// The headline for a person and a block of the journey `j`.
fn headline(world: World, person: &str, block: &str) -> String {
    answer(world, person, block).headline
}

fn answer(world: World, person: &str, block: &str) -> Answer {
    let world = world.with(|world| world.trace = true);
    let result = world.replay().0;
    let people = find_people(&result, person);
    assert_eq!(people.len(), 1, "{person} is one person");
    let question = Question { identifiers: &people[0], journey: &world.journeys[0], block: &block.into() };
    let answer = explain(&result, &question, chrono_tz::Tz::UTC);
    let mut text = Vec::new();
    throughline::report::why::write_answer(&answer, chrono_tz::Tz::UTC, &mut text).unwrap();
    let text = String::from_utf8(text).unwrap();
    assert_eq!(text.lines().nth(2), Some(answer.headline.as_str()), "it comes first: {text}");
    answer
}

fn cart(at: &str) -> Call {
    product(at, "Product Added", "P1").on("D")
}

fn ana(at: &str) -> Call {
    identify(at).on("D").user("U1").email("ana@example.com")
}

/// Somebody known who puts something in the cart on Tuesday.
fn known() -> World {
    on("customerio").hears([ana("3 09:00"), product("3 09:10", "Product Added", "P1").user("U1")])
}

fn mails() -> Draw {
    journey("j", "Product Added").then("mail", email("hi"))
}

#[test]
fn held_and_never_identified() {
    let drawn = || {
        mails().then("ads", BlockKind::Audience { audience: "Carts".to_owned(), remove: false }).set(|j| {
            j.never_identified = Some("ads".into());
        })
    };
    let world = || on("customerio").hears([cart("2 09:00")]).runs(drawn());
    assert_eq!(
        headline(world(), "D", "mail"),
        "Held, never identified: the journey never started for them. The trigger was held from Mon 2 Mar \
         09:00; nobody ever said who they were."
    );
    let ads = headline(world(), "D", "ads");
    assert!(
        ads.starts_with("Held, never identified: they came to “ads” on Wed 1 Apr 09:00, outside"),
        "{ads}"
    );
}

#[test]
fn a_run_is_told_whole_whoever_was_merged() {
    let merged = || {
        on("customerio")
            .hears([
                identify("1 09:00").user("U1").email("ana@example.com"),
                identify("1 09:00").user("U2"),
                product("2 09:00", "Product Added", "P1").user("U2"),
                merge("2 10:00", json!({"id": "U1"}), json!({"id": "U2"})),
            ])
            .runs(journey("j", "Product Added").then("wait", wait("5h")).then("mail", email("hi")))
    };
    let steps = |person: &str| -> Vec<String> {
        let answer = answer(merged(), person, "mail");
        assert_eq!(answer.headline, "“mail” was sent on Mon 2 Mar 14:00.", "{person}");
        answer.runs[0].steps.iter().map(|step| step.text.clone()).collect()
    };
    // The half before the merge was told of the one who is merged away, the other of the survivor.
    for person in ["U1", "U2"] {
        let steps = steps(person);
        assert!(steps[0].starts_with("Product Added started the journey"), "{person}: {steps:?}");
        assert!(steps.iter().any(|step| step.starts_with("Sent by email")), "{person}: {steps:?}");
    }
}

#[test]
fn runs_of_two_who_are_one_are_told_apart() {
    let sku = |at: &str, sku: &str| track(at, "Go").with("sku", sku);
    let world = on("open")
        .hears([
            sku("2 10:00", "anonymous").on("D"),
            sku("2 11:00", "known").user("U1"),
            identify("2 12:00").on("D").user("U1").email("ana@example.com"),
            sku("2 13:00", "third").user("U1"),
        ])
        .runs(
            journey("j", "Go")
                .set(|j| {
                    j.entry.re_entry = ReEntry::EveryTime;
                    j.entry.runs = Runs::OnePerKey("sku".to_owned());
                })
                .then("wait", wait("5h"))
                .then("mail", email("{{ event.sku }}")),
        );
    let outcome = world.replay();
    let numbered: Vec<(&str, u32)> = outcome.0.messages.iter().map(|it| (&*it.body, it.run)).collect();
    assert_eq!(numbered, [("anonymous", 2), ("known", 1), ("third", 3)]);
    let answer = answer(world, "U1", "mail");
    let told: Vec<(u32, bool)> =
        answer.runs.iter().map(|run| (run.run, run.verdict.contains("sent"))).collect();
    assert_eq!(told, [(2, true), (1, true), (3, true)]);
    assert_eq!(answer.headline, "“mail” was sent on Mon 2 Mar 18:00. That was run 3, of 3 in all.");
}

#[test]
fn identified_too_late() {
    let late =
        |at: &str| headline(on("customerio").hears([cart("2 09:00"), ana(at)]).runs(mails()), "U1", "mail");
    assert_eq!(late("5 09:00"), "“mail” was sent on Thu 5 Mar 09:00.");
    assert_eq!(
        late("5 09:00:00.001"),
        "Identified too late: the journey never started for them. Held since Mon 2 Mar 09:00: nobody was \
         identified yet. Identified 3 d later. Product Added was just over 72 h old: too old to start the \
         journey (72-hour rule, documented)."
    );
    let expired = late("40 09:00");
    assert!(expired.starts_with("Held, and identified too late: the journey never started"), "{expired}");
}

#[test]
fn what_delivery_refused() {
    let consent = on("customerio")
        .hears([
            ana("3 09:00").says("email_consent", "no"),
            product("3 09:10", "Product Added", "P1").user("U1"),
        ])
        .consent_by_trait(Channel::Email, "email_consent")
        .runs(mails());
    let limit = MessageLimit { channel: None, at_most: 1, per: span("7d") };
    let limited = known()
        .set(|workspace| workspace.delivery.limits.push(limit))
        .runs(journey("j", "Product Added").then("first", email("hi")).then("mail", email("again")));
    let mistyped = on("customerio")
        .hears([
            identify("3 09:00").user("U1").email("ana@gmial.com"),
            product("3 09:10", "Product Added", "P1").user("U1"),
        ])
        .set(|workspace| workspace.delivery.bad_addresses = BadAddresses::Held)
        .runs(mails());
    let broken = known().runs(journey("j", "Product Added").then("mail", email("{{ customer.nickname }}")));
    for (world, why) in [
        (consent, "(consent denied): Consent was refused"),
        (limited, "(message limit): Limit: 1 of 1 messages"),
        (mistyped, "(mistyped address): ana@gmial.com looks mistyped"),
        (broken, "(template error): The template failed"),
    ] {
        let told = headline(world, "U1", "mail");
        assert!(told.starts_with(&format!("“mail” was not sent on Tue 3 Mar 09:10 {why}")), "{told}");
    }
}

#[test]
fn held_back_by_quiet_hours() {
    let world = |horizon: &str| {
        known()
            .set(|workspace| {
                workspace.delivery.quiet_hours = Some(QuietHours { from_minute: 9 * 60, to_minute: 20 * 60 });
            })
            .with(|world| world.horizon = span(horizon))
            .runs(mails())
    };
    assert_eq!(
        headline(world("30d"), "U1", "mail"),
        "“mail” was sent on Tue 3 Mar 20:00, held back from Tue 3 Mar 09:10 (quiet hours)."
    );
    let waiting = headline(world("1h"), "U1", "mail");
    assert!(waiting.starts_with("They are still in “mail” at the end: Held back: quiet hours"), "{waiting}");
}

#[test]
fn turned_away_at_the_entry() {
    let outsider = known().runs(mails().set(|j| j.audience = Some(attribute("vip", equals("yes")))));
    let told = headline(outsider, "U1", "mail");
    assert!(told.starts_with("Not in the journey's audience: the journey never started for them."), "{told}");

    let busy = known()
        .hears([product("3 09:20", "Product Added", "P2").user("U1")])
        .runs(journey("j", "Product Added").then("wait", wait("1d")).then("mail", email("hi")));
    assert_eq!(
        headline(busy, "U1", "mail"),
        "“mail” was sent on Wed 4 Mar 09:10. Another trigger started nothing: already in this journey."
    );
}

#[test]
fn turned_away_on_the_way() {
    let bought = known().hears([track("3 10:00", "Order Completed").user("U1")]).runs(
        journey("j", "Product Added")
            .leaves_when("bought", did("Order Completed"))
            .then("wait", wait("1d"))
            .then("mail", email("hi")),
    );
    assert_eq!(
        headline(bought, "U1", "mail"),
        "They never came to “mail”: on Tue 3 Mar 10:00 the run ended in “wait”: the exit condition “bought” held."
    );
    // A goal that is reached afterwards has nothing to do with it.
    let later = known()
        .hears([track("3 10:00", "Left"), track("3 11:00", "Order Completed")].map(|it| it.user("U1")));
    let later = later.runs(
        journey("j", "Product Added")
            .leaves_when("left", did("Left"))
            .set(|j| {
                j.goal = Some(Goal { when: did("Order Completed"), within: span("5d"), ends_run: false });
            })
            .then("wait", wait("1d"))
            .then("mail", email("hi")),
    );
    assert_eq!(
        headline(later, "U1", "mail"),
        "They never came to “mail”: on Tue 3 Mar 10:00 the run ended in “wait”: the exit condition “left” held."
    );
    let branched =
        known().runs(
            journey("j", "Product Added")
                .then("worried", branch(did("Help")))
                .then("mail", email("hi"))
                .from("worried", "no", "other", email("no worries")),
        );
    assert_eq!(
        headline(branched, "U1", "mail"),
        "They never came to “mail”: on Tue 3 Mar 09:10 they left “worried” by “no”. worried: no."
    );
    let alone = on("open")
        .hears([cart("2 09:00"), ana("9 09:00")])
        .runs(journey("j", "Product Added").then("who", wait_for_identify("3d")).then("mail", email("hi")));
    assert_eq!(
        headline(alone, "U1", "mail"),
        "They never came to “mail”: on Thu 5 Mar 09:00 they left “who” by “timed out”. Nobody was identified in time."
    );
}

#[test]
fn nothing_they_did_starts_it() {
    let world = on("customerio").hears([ana("3 09:00")]).runs(mails());
    assert_eq!(
        headline(world, "U1", "mail"),
        "Nothing they did starts this journey: it never started for them."
    );
}
