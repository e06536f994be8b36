//! What leaves the program as text: JSON for machines, tables for people, CSV for spreadsheets.
//!
//! Nothing here decides anything; it writes down results in one documented order.

pub mod address;
pub mod bug_report;
pub mod compare;
pub mod difference;
pub mod mermaid;
pub mod messages;
pub mod people;
pub mod problems;
pub mod remedy;
pub mod review;
pub mod spreadsheet;
pub mod table;
pub mod why;

use std::io::{self, Write};

use serde::Serialize;

/// Writes one JSON value and a line break.
fn write_json_line(value: &impl Serialize, out: &mut dyn Write) -> io::Result<()> {
    serde_json::to_writer(&mut *out, value)?;
    out.write_all(b"\n")
}
