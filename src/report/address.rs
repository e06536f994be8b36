//! Verdicts on email addresses.

use std::io::{self, Write};

use serde::Serialize;

use super::{table::Table, write_json_line};
use crate::identity::AddressReport;

#[derive(Serialize)]
struct AddressLine<'a> {
    address: &'a str,
    verdict: &'static str,
    suggestion: Option<&'a str>,
}

/// One JSON object a line: `address`, `verdict`, `suggestion` (null where there is none).
pub fn write_json(reports: &[AddressReport], out: &mut dyn Write) -> io::Result<()> {
    for report in reports {
        let line = AddressLine {
            address: &report.address,
            verdict: report.verdict.word(),
            suggestion: report.suggestion.as_deref(),
        };
        write_json_line(&line, out)?;
    }
    Ok(())
}

/// The same for people.
pub fn write_table(reports: &[AddressReport], out: &mut dyn Write) -> io::Result<()> {
    let mut table = Table::new(&["Address", "Verdict", "Did they mean"]);
    for report in reports {
        let suggestion = report.suggestion.clone().unwrap_or_default();
        table.row([report.address.clone(), report.verdict.word().to_owned(), suggestion]);
    }
    table.write(out)
}
