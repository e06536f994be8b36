//! The canvas: pure geometry first (graph, layout, routes, camera, text fitting), painting after.

pub mod camera;
mod columns;
pub mod graph;
pub mod layout;
pub mod minimap;
pub mod paint;
pub mod route;
pub mod scene;
pub mod separate;
pub mod text;
pub mod view;
