//! One test for every rule of how a replay works, through the library's public doors alone:
//! recordings are JSON lines, journeys are drawn, and what came of it is read off the result.

#![allow(clippy::unwrap_used)] // also outside the test functions themselves
#![allow(clippy::default_trait_access)] // the field's name says what is left as it is

mod world;

mod blocks;
mod conditions;
mod determinism;
mod draws;
mod events;
mod facts_and_rules;
mod joining;
mod joining_steps;
mod messages;
mod order;
mod outside;
mod remedy;
mod remedy_facts;
mod segments;
mod shopper;
mod time;
mod trace;
mod triggers;
mod why;
