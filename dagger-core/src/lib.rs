//! The graph of a [dagger](https://docs.rs/dagger) pipeline: plain data, its laws, and the builder.
//!
//! This crate knows neither the macros that read a function nor the runtimes that run a graph.
//! Users come to it through the facade crate `dagger`.
//!
//! | module | what it holds |
//! | --- | --- |
//! | [`graph`] | [`Dag`], its nodes, inputs and outputs: what every runtime reads |
//! | [`error`] | the [`Error`] of a run, and its parts on their way out |
//! | [`build`] | the typed builder behind `#[dag]`, and over the same plan the one of a graph [by hand](build::hand) |
//! | [`callee`] | what a call in a body calls: a task or a dag, sync or async |
//! | [`exec`] | the code behind the nodes, as steps over slots |

pub mod build;
mod by_name;
pub mod callee;
pub mod error;
pub mod event;
pub mod exec;
pub mod graph;
pub mod lend;
pub mod name;
pub mod options;
pub mod owners;
pub mod panic_place;
pub mod progress;
mod recursion;
pub mod remote;
mod render;
pub mod serializer;
mod sync;
mod violation;

pub use by_name::{Inputs, Outputs};
pub use error::{BoxError, BuildError, Error, Violation};
pub use event::{CallId, Detail, Event, EventKind, Observer};
pub use graph::{Dag, Input, Node, NodeKind, Output, Parameter, Reference, Source};
pub use options::{ArgoOptions, Retry, TaskOptions};
pub use progress::{NodeProgress, Progress, Tally};
pub use recursion::build_once;
pub use serializer::{Json, MessagePack, Postcard, Serializer};
