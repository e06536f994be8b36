//! `throughline address`: checks email addresses.

use std::io::Write;

use super::{Format, Verdict, args::AddressArgs};
use crate::{
    identity::{AddressVerdict, check_address},
    report::address::{write_json, write_table},
};

/// One line for each address, in the order given. A shared mailbox (`role`) can be mailed, so it
/// is not bad.
pub fn run(arguments: &AddressArgs, out: &mut dyn Write) -> anyhow::Result<Verdict> {
    let reports: Vec<_> = arguments.addresses.iter().map(|address| check_address(address)).collect();
    match arguments.format {
        Format::Json => write_json(&reports, out)?,
        Format::Table => write_table(&reports, out)?,
    }
    let usable = |verdict| matches!(verdict, AddressVerdict::Ok | AddressVerdict::Role);
    let all_usable = reports.iter().all(|report| usable(report.verdict));
    Ok(if all_usable { Verdict::Fine } else { Verdict::Bad })
}
