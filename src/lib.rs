//! Throughline: draw lifecycle journeys that begin with an anonymous visitor, replay recorded
//! sessions through them on a virtual clock, and see which messages would fire, to whom, when,
//! saying what, and if not, why not.
//!
//! The rooms, from the ground up; a room may use only those before it (a test holds this):
//!
//! | room | what lives there |
//! |---|---|
//! | [`recording`] | the event model, parsing, sessions, cart and history facts |
//! | [`identity`] | platform rules as data, the resolver, the address check |
//! | [`journey`] | what a marketer draws: model, file format, lint |
//! | [`simulator`] | virtual clock, profile state, blocks, delivery rules, trace |
//! | [`store`] | the SQLite store |
//! | [`words`] | journeys, times and results in plain words |
//! | [`workspace`], [`report`] | the folder on disk; exports |
//! | [`cli`], `app` | two shells over the same calls |

pub mod cli;
pub mod identity;
pub mod journey;
pub mod lab;
pub mod recording;
pub mod report;
pub mod simulator;
pub mod store;
pub mod words;
pub mod workspace;

#[cfg(feature = "gui")]
pub mod app;
