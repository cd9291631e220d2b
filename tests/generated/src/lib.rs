//! What the generated programs are made of: tasks, the values they pass, and the log of their calls.
//!
//! A program is drawn by the `generator` module when this package is built, and consists of `#[dag]` functions that
//! wire the tasks of [`tasks`] at random. `tests/oracle.rs` runs each as a function and as a graph; the two must
//! give equal values and equal [`log`]s.

pub mod log;
pub mod tasks;
pub mod values;
