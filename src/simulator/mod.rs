//! Replays journeys over recordings on a virtual clock.
//!
//! A replay is a pure function of its [`ReplayInput`]: no files, SQL, clocks or randomness of its
//! own. Profiles that share no identifier never meet, so the recording is split into components
//! that are replayed apart, on as many threads as asked for; results are merged in one order.

mod bounds;
pub mod clock;
pub mod delivery;
pub mod engine;
mod grouped;
pub mod memberships;
mod parts;
pub mod passages;
pub mod person_state;
pub mod result;
pub mod settings;

pub use bounds::{Bounds, FirstArrivals};
pub use engine::{
    Counts, EVENTS_BETWEEN_LOOKS, MOST_STARTS_PER_INSTANT, ReplayError, ReplayInput, replay, replay_grouped,
    replay_grouped_with_counts, replay_grouped_with_passages, replay_part, replay_part_grouped,
    replay_with_counts, replay_with_passages, replay_with_states,
};
pub use grouped::GroupedEvents;
pub use memberships::{Headcount, Memberships};
pub use passages::Passages;
pub use person_state::{PersonState, StateChange};
pub use result::{
    BlockCounts, Flag, HeldState, HeldTrigger, JourneyCounts, MessageRecord, MessageState, Reason,
    ReplayResult, RunStart, TraceRecord,
};
pub use settings::WorkspaceFacts;

pub use crate::journey::template;
