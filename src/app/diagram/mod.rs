//! A journey as a drawing, before it is painted: its graph, where its blocks and arrows lie, where
//! it is looked at from and what the pointer can hold of it. Pure geometry and data.

pub mod camera;
mod columns;
pub mod graph;
pub mod hold;
pub mod layout;
pub mod notes;
pub mod overlay;
pub mod route;
pub mod scene;
pub mod separate;
