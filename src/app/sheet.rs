//! The messages of a list as a file for a spreadsheet, written by the clerk.

use std::sync::Arc;

use chrono_tz::Tz;

use super::session::Outcome;
use crate::{journey::Journey, report::spreadsheet, words::names::Names};

/// What is to be written. It shares everything with the model: making one costs nothing.
#[derive(Clone, Debug)]
pub struct Sheet {
    pub(super) outcome: Arc<Outcome>,
    pub(super) journeys: Vec<Arc<Journey>>,
    pub(super) rows: Arc<Vec<usize>>,
    pub(super) zone: Tz,
}

impl Eq for Sheet {}

impl PartialEq for Sheet {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.outcome, &other.outcome) && self.rows == other.rows
    }
}

impl Sheet {
    /// The text of the file.
    ///
    /// # Errors
    /// When there is not enough memory for it.
    pub fn text(&self) -> std::io::Result<String> {
        let messages = &self.outcome.result.messages;
        let listed = self.rows.iter().filter_map(|at| messages.get(*at));
        let mut bytes = spreadsheet::BYTE_ORDER_MARK.as_bytes().to_vec();
        spreadsheet::write_messages(listed, &Names::of(&self.journeys), self.zone, &mut bytes)?;
        String::from_utf8(bytes).map_err(std::io::Error::other)
    }
}
