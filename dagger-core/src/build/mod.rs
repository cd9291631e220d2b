//! Building a graph: typed handles to values that do not exist yet, and nodes that connect them.

mod assembly;
pub mod builder;
pub mod describe;
pub(crate) mod draft;
pub mod hand;
pub mod inputs;
mod names;
pub mod parameters;
