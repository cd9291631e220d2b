//! Pictures of a graph: one description, several writers.

pub(crate) mod dot;
pub(crate) mod mermaid;
mod picture;
#[cfg(feature = "svg")]
pub(crate) mod svg;
pub(crate) mod text;
