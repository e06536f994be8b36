//! The journey file and `segments.ron`: RON with `format` and `version` first, one canonical form.
//!
//! Reading goes text → header → the frozen structs of its version ([`v1`]) → model; writing the
//! other way, through a small tree that is laid out for people who review it in git. Comments do
//! not survive saving ([`has_comments`]); notes do.

mod comments;
mod layout;
pub(crate) mod read;
mod tree;
pub(crate) mod v1;

use read::FileKind;
use serde::Serialize;

pub use comments::has_comments;

use super::model::Journey;
use super::segment::Segments;

/// Journey files.
const JOURNEY_FORMAT: FileKind = FileKind { name: "throughline-journey", newest: 1 };
/// `segments.ron`.
const SEGMENTS_FORMAT: FileKind = FileKind { name: "throughline-segments", newest: 1 };

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
    let journey: v1::Journey = read::read(text, file, JOURNEY_FORMAT)?;
    match journey.contradiction() {
        Some(reason) => Err(FormatError::Inconsistent { file: file.to_owned(), reason }),
        None => Ok(journey.into()),
    }
}

/// Writes a journey in its canonical form, with a final newline. Reading it back gives the same
/// journey, and writing that the same bytes.
pub fn journey_to_ron(journey: &Journey) -> String {
    write(&v1::Journey::from(journey.clone()))
}

/// Why a journey could not be kept in a file, if it could not: what a reader would refuse.
pub(super) fn refusal(journey: &Journey) -> Option<String> {
    let in_place = |at: &super::Position| at.x.is_finite() && at.y.is_finite();
    if !journey.positions.values().all(in_place) {
        return Some("a block would lie nowhere".to_owned());
    }
    if !journey.notes.values().all(|note| in_place(&note.at)) {
        return Some("a note would lie nowhere".to_owned());
    }
    v1::Journey::from(journey.clone()).contradiction()
}

/// Reads `segments.ron`.
pub fn segments_from_ron(text: &str, file: &str) -> Result<Segments, FormatError> {
    let segments: v1::Segments = read::read(text, file, SEGMENTS_FORMAT)?;
    match segments.contradiction() {
        Some(reason) => Err(FormatError::Inconsistent { file: file.to_owned(), reason }),
        None => Ok(segments.into()),
    }
}

/// Why segments could not be kept in a file, if they could not.
pub(crate) fn segments_refusal(segments: &Segments) -> Option<String> {
    v1::Segments::from(segments.clone()).contradiction()
}

/// Writes `segments.ron` in its canonical form.
pub fn segments_to_ron(segments: &Segments) -> String {
    write(&v1::Segments::from(segments.clone()))
}

/// The canonical text of a file's struct.
pub(crate) fn write<T: Serialize>(file: &T) -> String {
    match tree::tree(file) {
        Ok(tree) => layout::lay_out(&tree),
        // No file struct holds bytes or tuples; a test writes every one of their variants.
        Err(error) => format!("// {error}\n"),
    }
}
