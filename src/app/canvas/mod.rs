//! The canvas: pure geometry first (graph, layout, routes, camera, text fitting), painting after.

pub mod camera;
mod columns;
pub mod graph;
mod hands;
pub mod held_chips;
pub mod hold;
pub mod layout;
mod legend;
pub mod minimap;
pub mod notes;
pub mod overlay;
pub mod paint;
pub mod picture;
pub mod route;
pub mod runs;
pub mod scene;
pub mod separate;
pub mod tally;
pub mod text;
pub mod tools;
pub mod view;
