//! What was recorded: events, their order, and the facts that follow from them alone.
//!
//! This room knows nothing of journeys, SQLite or the window. Instants are UTC milliseconds
//! since the Unix epoch, as `i64`, in every field whose name ends in `_ms`.

pub mod digest;
pub mod event;
pub mod facts;
mod order;
pub mod parse;
pub mod span;
pub mod symbols;
pub mod taxonomy;
pub mod time;
pub mod write;

pub use digest::Digest;
pub use event::{Event, EventBlock, EventFlags, EventIndex, EventKind, EventLog, NewEvent};
pub use facts::{
    CapturePoint, CaptureRules, Catalog, FactKey, Facts, FactsFold, FactsInput, Roles, RolesByName,
    SessionRules, capture_point, lookup, lookup_first, product_of,
};
pub(crate) use order::shared;
pub use parse::{ImportCounts, ReadProgress, RecordingError, Rejection, read_events, read_events_in_blocks};
pub use span::Span;
pub use symbols::{Symbol, Symbols};
pub use taxonomy::{Seen, SeenValues, Taxonomy, ValueKinds};
pub use write::event_line;
