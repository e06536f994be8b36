//! The journey file: RON with `format` and `version` first, one canonical form.

use super::model::Journey;
use super::segment::Segments;

/// Why a file could not be read; each says what, where and what to do.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FormatError {
    /// Not readable RON, or not of this shape.
    #[error("{file}:{line}:{column}: {reason}")]
    Syntax {
        /// The file, as the user named it.
        file: String,
        /// From 1.
        line: usize,
        /// From 1.
        column: usize,
        /// What is wrong, with the nearest known name where one helps.
        reason: String,
    },
    /// Another kind of file.
    #[error("{file}: this is a “{found}” file, expected “{expected}”")]
    WrongFormat {
        /// The file.
        file: String,
        /// Its `format`.
        found: String,
        /// The one wanted.
        expected: String,
    },
    /// A newer version than this program knows.
    #[error(
        "{file}: version {found} is newer than this program reads ({newest}); update Throughline to open it"
    )]
    NewerVersion {
        /// The file.
        file: String,
        /// Its `version`.
        found: u32,
        /// The newest known.
        newest: u32,
    },
    /// Two blocks (conditions, arms…) with one id, an exit or position of no block, and the like.
    #[error("{file}: {reason}")]
    Inconsistent {
        /// The file.
        file: String,
        /// What and where.
        reason: String,
    },
}

/// Reads a journey; `file` is named in errors.
pub fn journey_from_ron(text: &str, file: &str) -> Result<Journey, FormatError> {
    let _ = (text, file);
    todo!()
}

/// Writes a journey in its canonical form, with a final newline. Reading it back gives the same
/// journey, and writing that the same bytes.
pub fn journey_to_ron(journey: &Journey) -> String {
    let _ = journey;
    todo!()
}

/// Reads `segments.ron`.
pub fn segments_from_ron(text: &str, file: &str) -> Result<Segments, FormatError> {
    let _ = (text, file);
    todo!()
}

/// Writes `segments.ron` in its canonical form.
pub fn segments_to_ron(segments: &Segments) -> String {
    let _ = segments;
    todo!()
}
