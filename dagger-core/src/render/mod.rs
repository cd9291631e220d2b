//! Pictures of a graph: one description, several writers.

pub(crate) mod dot;
pub(crate) mod mermaid;
mod picture;
pub(crate) mod text;
