//! Dags whose tasks write down what they do, and processes that run them and are killed.

#![allow(
    clippy::must_use_candidate,
    clippy::missing_panics_doc,
    reason = "tasks of every kind, which nobody else calls"
)]

pub mod journal;
pub mod random;
pub mod shapes;
