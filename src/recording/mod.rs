//! What was recorded: events, their order, and the facts that follow from them alone.
//!
//! This room knows nothing of journeys, SQLite or the window. Instants are UTC milliseconds
//! since the Unix epoch, as `i64`, in every field whose name ends in `_ms`.

pub mod event;
pub mod facts;
pub mod parse;
pub mod span;
pub mod taxonomy;
pub mod time;

pub use event::{Event, EventFlags, EventIndex, EventKind, EventLog, NewEvent, Symbol, Symbols};
pub use facts::{
    Catalog, FactKey, Facts, FactsFold, FactsInput, Roles, SessionRules, lookup, lookup_first, product_of,
};
pub use parse::{ImportCounts, RecordingError, Rejection, read_events};
pub use span::Span;
pub use taxonomy::{Taxonomy, ValueKinds};
