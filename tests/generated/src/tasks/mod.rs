//! The tasks that generated programs wire together.
//!
//! The generator reads the signatures below from these files, so a new task is in use as soon as it is written. It
//! understands the types of [`values`](crate::values), `u64`, `String`, their collections, and one type parameter
//! `T`. Every task
//!
//! - notes its call, arguments and all, before anything else;
//! - is deterministic, and never panics;
//! - keeps numbers, text and collections small, since programs chain and nest without end.
//!
//! Names ending in `_async` are the async variants of their namesakes; they suspend at random.

#![allow(
    clippy::missing_errors_doc,
    clippy::must_use_candidate,
    clippy::needless_pass_by_value,
    clippy::ptr_arg,
    clippy::trivially_copy_pass_by_ref,
    reason = "the signatures are what is tested: every way of taking and returning every kind of value"
)]

mod collections;
mod fallible;
mod generic;
mod numeric;
mod structs;
mod text;

pub use collections::*;
pub use fallible::*;
pub use generic::*;
pub use numeric::*;
pub use structs::*;
pub use text::*;

/// Notes a call: `called!(task, argument, …)`.
macro_rules! called {
    ($task:ident $(, $argument:expr)*) => {
        crate::log::record(stringify!($task), &[$(&$argument as &dyn std::fmt::Debug),*])
    };
}
use called;
