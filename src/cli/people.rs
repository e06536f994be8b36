//! `throughline people`: who the platform thinks everybody is.

use std::io::Write;

use super::{Format, Verdict, args::PeopleArgs, load, say};
use crate::{
    identity::people,
    recording::EventLog,
    report::people::{summary, write_json, write_table},
};

/// Reads the files together and resolves them. Refused links are part of the answer, not a
/// failure. A file that cannot be used is said and left out, as long as there is another.
pub fn run(arguments: &PeopleArgs, out: &mut dyn Write) -> anyhow::Result<Verdict> {
    let platform = load::platform(&arguments.platform)?;
    let mut log = EventLog::new();
    let mut unusable = 0;
    for file in &arguments.files {
        unusable += usize::from(!load::read_recording(file, &mut log)?);
    }
    anyhow::ensure!(unusable < arguments.files.len(), "no recording can be used");
    let everybody = people(&platform, &log);
    match arguments.format {
        Format::Json => write_json(&everybody, out)?,
        Format::Table => write_table(&everybody, out)?,
    }
    say(&summary(&everybody));
    Ok(if unusable == 0 { Verdict::Fine } else { Verdict::Partial })
}
