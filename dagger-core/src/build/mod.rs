//! Building a graph: typed handles to values that do not exist yet, and nodes that connect them.

pub(crate) mod assembly;
pub mod code;
pub mod copies;
pub mod describe;
pub(crate) mod draft;
pub mod edges;
pub mod hand;
mod names;
pub mod parameters;
pub mod table;
