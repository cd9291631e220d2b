//! The code behind a graph: typed when it is built, erased where a runtime handles it.
//!
//! A [`plan`] is a list of steps over numbered slots. A step's body was generic when it was built,
//! so a map runs monomorphised code over its partitions; only whole values are erased, once a
//! slot. Bodies never touch an executor: what they need of one comes through [`context::Host`].

pub mod attempt;
pub mod coding;
pub mod context;
pub mod edges;
pub mod in_flight;
pub mod map;
pub mod plan;
pub mod run;
pub mod signature;
pub mod slots;
pub mod span;
pub mod value;
