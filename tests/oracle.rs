//! The real engine against the deliberately naive one, over random journeys and recordings.

#[path = "oracle/mod.rs"]
mod oracle;
