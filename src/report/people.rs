//! Who everybody is, as a platform sees it.

use std::{
    collections::BTreeMap,
    io::{self, Write},
};

use super::{table::Table, write_json_line};
use crate::{identity::People, words::person::who};

/// One JSON object: `profiles`, `anonymous`, `refused`, `expired`, in the order of [`People`].
pub fn write_json(people: &People, out: &mut dyn Write) -> io::Result<()> {
    write_json_line(people, out)
}

/// Tables for people: everybody known, visitors without a name, what was refused, and how many
/// events came too late.
pub fn write_table(people: &People, out: &mut dyn Write) -> io::Result<()> {
    let mut known = Table::new(&["Person", "Events", "Identifiers"]);
    for person in &people.profiles {
        known.row([who(&person.identifiers), person.events.len().to_string(), person.identifiers.join(" ")]);
    }
    known.write(out)?;
    let mut visitors = Table::new(&["Anonymous visitor", "Events"]);
    for visitor in &people.anonymous {
        visitors.row([visitor.anonymous_id.clone(), visitor.events.len().to_string()]);
    }
    write_part(!people.profiles.is_empty(), &visitors, out)?;
    let mut refused = Table::new(&["Refused call", "Why", "Rule"]);
    for call in &people.refused {
        refused.row([
            call.message_id.clone(),
            call.reason.replace('_', " "),
            format!("{}, {}", call.rule, call.confidence),
        ]);
    }
    write_part(!people.profiles.is_empty() || !people.anonymous.is_empty(), &refused, out)?;
    if !people.expired.is_empty() {
        writeln!(out, "\n{} events were too old to join anybody's history", people.expired.len())?;
    }
    Ok(())
}

/// A table, after an empty line if something stands above it.
fn write_part<const COLUMNS: usize>(
    follows: bool,
    table: &Table<COLUMNS>,
    out: &mut dyn Write,
) -> io::Result<()> {
    if follows && !table.is_empty() {
        writeln!(out)?;
    }
    table.write(out)
}

/// `19 people and 42 anonymous visitors; 3 calls refused (already claimed 2, limit reached 1).`
pub fn summary(people: &People) -> String {
    let mut reasons: BTreeMap<&str, usize> = BTreeMap::new();
    for call in &people.refused {
        *reasons.entry(call.reason).or_default() += 1;
    }
    let reasons: Vec<String> =
        reasons.iter().map(|(reason, count)| format!("{} {count}", reason.replace('_', " "))).collect();
    let refused = match people.refused.len() {
        0 => String::new(),
        1 => format!("; 1 call refused ({})", reasons.join(", ")),
        count => format!("; {count} calls refused ({})", reasons.join(", ")),
    };
    let persons = match people.profiles.len() {
        1 => "1 person".to_owned(),
        count => format!("{count} people"),
    };
    let visitors = match people.anonymous.len() {
        1 => "1 anonymous visitor".to_owned(),
        count => format!("{count} anonymous visitors"),
    };
    format!("{persons} and {visitors}{refused}.")
}
