//! The tables of the window over many messages: what the worker prepares, and what a keystroke, a
//! click and a frame cost. `cargo bench --bench tables [-- MESSAGES]` (default 500,000).

#![cfg(feature = "gui")]
#![allow(clippy::unwrap_used, clippy::print_stdout, clippy::cast_precision_loss)]

#[path = "common/measure.rs"]
#[allow(dead_code)]
mod measure;

use std::{collections::BTreeMap, sync::Arc};

use measure::median_ms;
use throughline::{
    app::{
        indexed::Indexed,
        messages::{Column, Filter, MessageList},
        people::{PeopleColumn, PeopleList},
    },
    journey::{Channel, Journey},
    lab::{compare, compare::by_person},
    report::spreadsheet,
    simulator::{MessageRecord, MessageState, ReplayResult, result::PersonSummary},
    words::names::Names,
};

const RUNS: usize = 9;

fn main() {
    let count = std::env::args().skip(1).find_map(|word| word.parse().ok()).unwrap_or(500_000_usize);
    let result = result(count);
    let journeys = vec![Arc::new(Journey::empty("cart-recovery".into(), "Cart recovery"))];
    let names = Names::of(&journeys);
    println!("{count} messages to {} people, medians of {RUNS} runs\n", result.people.len());
    let row = |what: &str, ms: f64, rows: usize| println!("{what:<44} {ms:>8.1} ms  {rows} rows");

    let (ms, index) = median_ms(3, || Indexed::of(&result, &journeys));
    row("prepare a result (worker)", ms, index.messages.len());
    let list = |what: &str, change: &dyn Fn(&mut MessageList)| {
        let mut list = MessageList::default();
        change(&mut list);
        let (ms, listed) = median_ms(RUNS, || index.messages.list(&names, &list));
        row(what, ms, listed.rows.len());
    };
    list("list all", &|_| {});
    list("a letter in the filter", &|list| "a".clone_into(&mut list.text));
    list("a name in the filter", &|list| "shopper-4711@".clone_into(&mut list.text));
    list("a subject in the filter", &|list| "about it, 77".clone_into(&mut list.text));
    list("one reason, sorted by person", &|list| {
        list.choose(Filter::Reason(Some("message_limit")));
        (list.sort, list.descending) = (Column::Person, true);
    });
    list("one person", &|list| {
        list.choose(Filter::Person(Some(vec!["email:shopper-4711@example.com".to_owned()])));
    });
    let people = |what: &str, list: PeopleList| {
        let (ms, rows) = median_ms(RUNS, || index.people.list(&result.people, &list));
        row(what, ms, rows.len());
    };
    people("people: list all", PeopleList::default());
    let text = "471".to_owned();
    people(
        "people: a number in the search, by sent",
        PeopleList { text, sort: PeopleColumn::Sent, ..PeopleList::default() },
    );
    let other = changed(&result);
    let (ms, comparison) = median_ms(3, || compare(&result, &other));
    row("compare with another result (worker)", ms, comparison.differences.len());
    let (ms, people) = median_ms(3, || by_person(&comparison, &result.messages, &other.messages));
    row("  by person (worker)", ms, people.len());
    let (ms, _) = median_ms(3, || {
        let mut text = Vec::new();
        let names = Names::of(&journeys);
        spreadsheet::write_messages(&result.messages, &names, chrono_tz::Tz::UTC, &mut text).unwrap();
        text.len()
    });
    row("write all as CSV (clerk)", ms, count);
}

/// The same a little different: of every ten messages one comes later, and one does not go out.
fn changed(result: &ReplayResult) -> ReplayResult {
    let mut other = result.clone();
    for (at, message) in other.messages.iter_mut().enumerate() {
        match at % 10 {
            0 => message.at_ms += 3_600_000,
            1 => (message.state, message.reason) = (MessageState::NotSent, Some("consent_unknown")),
            _ => {}
        }
    }
    other.put_in_order();
    other
}

/// Messages to a fifth as many people, a third of them not sent.
fn result(count: usize) -> ReplayResult {
    let ids = |person: usize| {
        vec![format!("anonymous_id:device-{person:08}"), format!("email:shopper-{person}@example.com")]
    };
    let message = |at: usize| {
        let state = if at.is_multiple_of(3) { MessageState::NotSent } else { MessageState::Sent };
        MessageRecord {
            at_ms: 1_772_448_000_000 + at as i64 * 1_000,
            identifiers: ids(at / 5),
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
            subject: format!("Still thinking about it, {at}?"),
            body: "Hello, you left something good behind.".to_owned(),
            absent: Vec::new(),
        }
    };
    let person = |at: usize| PersonSummary {
        identifiers: ids(at),
        known: true,
        known_ms: Some(at as i64),
        attributes: BTreeMap::new(),
        events: 5,
        first_ms: at as i64,
        last_ms: at as i64,
        segments: Vec::new(),
    };
    ReplayResult {
        messages: (0..count).map(message).collect(),
        people: (0..count / 5).map(person).collect(),
        ..ReplayResult::default()
    }
}
