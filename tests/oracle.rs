//! The oracle law: for every accepted `#[dag] fn f`, the plain function and the graph give equal values and call
//! each task with the same arguments the same number of times.
//!
//! Each theme module holds small DAGs, each for one thing the language accepts, and at its end a module `law` that
//! lists the arguments with which both readings are run and compared.
#![allow(
    clippy::needless_pass_by_value,
    clippy::ref_option,
    clippy::trivially_copy_pass_by_ref,
    reason = "whether a node moves or borrows its inputs is what many of these tasks are for"
)]

#[path = "oracle/support.rs"]
mod support;

#[path = "oracle/asynchronous.rs"]
mod asynchronous;
#[path = "oracle/basics.rs"]
mod basics;
#[path = "oracle/borrowing.rs"]
mod borrowing;
#[path = "oracle/fallible.rs"]
mod fallible;
#[path = "oracle/iterators.rs"]
mod iterators;
#[path = "oracle/maps.rs"]
mod maps;
#[path = "oracle/nesting.rs"]
mod nesting;
#[path = "oracle/ownership.rs"]
mod ownership;
#[path = "oracle/properties.rs"]
mod properties;
#[path = "oracle/results.rs"]
mod results;
#[path = "oracle/sources.rs"]
mod sources;
