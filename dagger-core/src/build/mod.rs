//! Building a graph: typed handles to values that do not exist yet, and nodes that connect them.

pub mod builder;
pub mod describe;
pub mod inputs;
pub mod parameters;
